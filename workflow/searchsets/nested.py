"""Nested settings as a flat list of values, to hold two of them against each other."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any


def leaves(value: Any, path: tuple = ()) -> Iterator[tuple[tuple, Any]]:
    """Yield the values of nested mappings; an empty one stands for itself.

    >>> list(leaves({"window": {"from": 2002}, "outputs": {}}))
    [(('window', 'from'), 2002), (('outputs',), {})]
    """
    if isinstance(value, Mapping) and value:
        for key, one in value.items():
            yield from leaves(one, (*path, key))
    else:
        yield path, value


def flat(value: Mapping[str, Any]) -> dict[str, str]:
    """Return nested values as texts, by name.

    >>> flat({"window": {"from": 2002}, "errata": "read"})
    {'window.from': '2002', 'errata': 'read'}
    """
    return {
        ".".join(map(str, path)): one
        if isinstance(one, str)
        else json.dumps(one, ensure_ascii=False)
        for path, one in leaves(value)
    }
