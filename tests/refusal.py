"""What every refusal must tell a person: which file, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from searchsets.errors import ReviewError


@contextmanager
def refused(file: object, *words: str) -> Iterator[None]:
    """Expect a ReviewError that names the file as the place, says the words and gives a remedy."""
    with pytest.raises(ReviewError) as caught:
        yield
    error = caught.value
    assert str(file) in str(error.where), f"does not name {file}: {error}"
    assert error.remedy, f"says not what to do: {error}"
    for word in words:
        assert word in str(error)
