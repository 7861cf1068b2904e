"""Shows a person how far a long reading is."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

from searchsets.errors import ERROR_NOTE
from searchsets.records.source import Source

Taken = TypeVar("Taken")


def progress(taken: Iterable[Taken], source: Source) -> Iterator[Taken]:
    """Yield what is taken from a source, with a bar on a terminal: how much of its file is read."""
    # In the workflow several commands run beside each other, and their bars would mix.
    if not sys.stderr.isatty() or ERROR_NOTE in os.environ:
        yield from taken
        return
    import click

    size = source.path.stat().st_size
    with click.progressbar(length=size, label=source.name, file=sys.stderr) as bar:
        source.on_bytes = bar.update
        yield from taken
