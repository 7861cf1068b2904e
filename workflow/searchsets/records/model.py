"""The vocabulary of records: the fields every record has, and what can befall one at import."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

TEXT_COLUMNS = (
    "record_id", "database", "source_file", "accession", "doi", "type", "title", "container",
    "publisher", "volume", "issue", "pages", "abstract", "language", "place", "url", "raw",
)  # fmt: skip
LIST_COLUMNS = ("authors", "descriptors", "keywords", "issn", "isbn")
COLUMNS = (
    "record_id", "database", "source_file", "position", "accession", "doi", "type", "title",
    "authors", "year", "container", "publisher", "volume", "issue", "pages", "abstract",
    "descriptors", "keywords", "language", "place", "issn", "isbn", "url", "raw",
)  # fmt: skip
"""The columns of a record, in the order of every file that holds records."""
OWN_COLUMNS = ("record_id", "database", "source_file", "position", "raw")
"""Columns that no source has: the import fills them."""


@dataclass
class Record:
    """One record as a source gave it; an empty string or list means the source was silent.

    `year` is None where the source gives no year or one that cannot be read; it is never guessed.
    `position` counts the records of the source file from 1. `raw` holds every original field, so that
    nothing a source said is gone: the record's own text where its lines are tagged, else JSON.
    """

    source_file: str
    position: int
    accession: str = ""
    doi: str = ""
    type: str = ""
    title: str = ""
    authors: list[str] = field(default_factory=list)
    year: int | None = None
    container: str = ""
    publisher: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    abstract: str = ""
    descriptors: list[str] = field(default_factory=list)
    keywords: list[str] = field(default_factory=list)
    language: str = ""
    place: str = ""
    issn: list[str] = field(default_factory=list)
    isbn: list[str] = field(default_factory=list)
    url: str = ""
    raw: str = ""
    database: str = ""
    record_id: str = ""

    def as_row(self) -> dict[str, Any]:
        """Return the record as a row with the columns of `COLUMNS`."""
        return {name: getattr(self, name) for name in COLUMNS}


@dataclass(frozen=True)
class Broken:
    """A stretch of a file that should be a record and cannot be read as one.

    `line` counts from 1, `byte_offset` from 0, both in the file as it is, unpacked.
    """

    source_file: str
    byte_offset: int
    line: int
    reason: str
    raw: str


BROKEN_COLUMNS = tuple(column.name for column in fields(Broken))
