"""What a target is: its name, its endings, what it cannot hold, and how records are written to it."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pyarrow as pa

from searchsets.records import clean
from searchsets.records.model import Record
from searchsets.records.tables import records_of

PROGRAM = "searchsets"
"""How a file says who wrote it; readers know by it what stands where."""
OWN_PLACE = ("source_file", "position", "raw")
"""Columns that only our own tables carry: where a record came from, and all it said there."""


@dataclass(frozen=True)
class Target:
    """One way to write records."""

    name: str
    endings: tuple[str, ...]
    description: str
    cannot_hold: tuple[str, ...] = ()
    """Columns that are gone, or do not come back as they were."""
    pieces: Callable[[Iterable[Record]], Iterator[str]] | None = None
    """The text of the file, piece by piece."""
    save: Callable[[Iterable[pa.Table], Path], None] | None = None
    """Writes the file, where it is no text."""

    @property
    def may_be_packed(self) -> bool:
        """Whether the file may be written as .gz."""
        return self.pieces is not None

    def write(self, tables: Iterable[pa.Table], path: Path, packed: bool) -> None:
        """Write the records to a path; packed with gzip, the same bytes at any time."""
        if self.pieces is None:
            self.save(tables, path)
            return
        records = chain.from_iterable(map(records_of, tables))
        with path.open("wb") as file:
            if packed:
                # No name and no time in the head: the same records give the same bytes.
                with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as inner:
                    self._write_text(records, inner)
            else:
                self._write_text(records, file)

    def _write_text(self, records: Iterable[Record], file) -> None:
        out = io.TextIOWrapper(file, encoding="utf-8", errors="replace", newline="\n")
        out.writelines(self.pieces(records))
        out.flush()
        out.detach()


def terms(record: Record) -> list[str]:
    """Return all terms: descriptors first, for programs that have one field of terms."""
    return [*record.descriptors, *record.keywords]


def page_range(pages: str) -> tuple[str, str]:
    """Return the first and the last page where a range is plainly one, else the whole and nothing.

    >>> page_range("22-29"), page_range("e12"), page_range("5-5"), page_range("1-2, 7")
    (('22', '29'), ('e12', ''), ('5-5', ''), ('1-2, 7', ''))
    """
    first, dash, last = pages.partition("-")
    if dash and first.isalnum() and last.isalnum() and clean.pages(first, last) == pages:
        return first, last
    return pages, ""


def name_for_endnote(author: str) -> str:
    """Return an author as EndNote takes it: a comma behind a name without one keeps it whole.

    >>> name_for_endnote("Fox, C."), name_for_endnote("Department for Education")
    ('Fox, C.', 'Department for Education,')
    """
    return author if "," in author and not author.endswith(",") else author + ","
