r"""Writes records as tables: CSV and TSV for us, CSV as ASReview, Rayyan and Covidence take it.

Lists are joined by `; `. In our own tables a value that holds a semicolon or a backslash has `\;`
and `\\` for them, so that lists come back exactly (`formats/exact.py`). A cell that begins with `=`
is written as it is: data is not changed for the sake of spreadsheets, which may take it for a
formula.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial

from searchsets.files import cell
from searchsets.records.formats import exact
from searchsets.records.model import COLUMNS, LIST_COLUMNS, TEXT_COLUMNS, Record
from searchsets.records.writers.base import OWN_PLACE, Target, terms

Row = tuple[str, str | Callable[[Record], object]]
"""A column of the table, and our column or the function that gives its cell; `` for none."""


def _ours(name: str) -> Row:
    if name in LIST_COLUMNS:
        return name, lambda record: exact.joined(getattr(record, name))
    return name, name


def _id(record: Record) -> object:
    return record.record_id or record.position


def _notes(record: Record) -> str:
    said = (
        ("DOI", record.doi),
        ("Accession", record.accession),
        ("Database", record.database),
        ("Keywords", "; ".join(terms(record))),
        ("ISBN", "; ".join(record.isbn)),
    )
    return " | ".join(f"{name}: {value}" for name, value in said if value)


_OURS: tuple[Row, ...] = tuple(map(_ours, COLUMNS))
# https://asreview.readthedocs.io/en/latest/lab/data_format.html
_ASREVIEW: tuple[Row, ...] = (
    ("record_id", _id), ("title", "title"), ("abstract", "abstract"), ("authors", "authors"),
    ("keywords", terms), ("year", "year"), ("doi", "doi"), ("url", "url"),
    ("journal", "container"), ("volume", "volume"), ("issue", "issue"), ("pages", "pages"),
    ("publisher", "publisher"), ("place_published", "place"), ("language", "language"),
    ("type", "type"), ("issn", "issn"), ("isbn", "isbn"), ("accession_number", "accession"),
    ("database", "database"),
)  # fmt: skip
# The header of Rayyan's own export, which it imports; names are parted by " and ".
_RAYYAN: tuple[Row, ...] = (
    ("key", _id), ("title", "title"), ("year", "year"), ("month", ""), ("day", ""),
    ("journal", "container"), ("issn", "issn"), ("volume", "volume"), ("issue", "issue"),
    ("pages", "pages"), ("authors", lambda record: " and ".join(record.authors)), ("url", "url"),
    ("language", "language"), ("publisher", "publisher"), ("location", "place"),
    ("abstract", "abstract"), ("notes", _notes),
)  # fmt: skip
# The header of Covidence's own export.
_COVIDENCE: tuple[Row, ...] = (
    ("Title", "title"), ("Authors", "authors"), ("Abstract", "abstract"),
    ("Published Year", "year"), ("Published Month", ""), ("Journal", "container"),
    ("Volume", "volume"), ("Issue", "issue"), ("Pages", "pages"),
    ("Accession Number", "accession"), ("DOI", "doi"), ("Ref", _id), ("Covidence #", ""),
    ("Study", ""), ("Notes", _notes), ("Tags", ""),
)  # fmt: skip


class _Line:
    """Takes what a csv writer writes and hands it back."""

    def write(self, text: str) -> str:
        """Return the line, which `writerow` returns in turn."""
        return text


def _escaped(record: Record) -> Record:
    """Return a record whose texts our readers take for what they are (`formats/exact.py`)."""
    made = {name: exact.text(getattr(record, name)) for name in TEXT_COLUMNS if name != "doi"}
    made |= {name: list(map(exact.text, getattr(record, name))) for name in LIST_COLUMNS}
    return replace(record, doi=exact.doi(record.doi), **made)


def _pieces(rows: tuple[Row, ...], delimiter: str, records: Iterable[Record]) -> Iterator[str]:
    writer = csv.writer(_Line(), delimiter=delimiter, lineterminator="\n")
    yield writer.writerow([name for name, _ in rows])
    for number, record in enumerate(records, start=1):
        if rows is not _OURS:  # numbered through, for records may come from several files
            record = replace(_escaped(record), position=number)
        yield writer.writerow([cell(_value(record, source)) for _, source in rows])


def _value(record: Record, source: str | Callable[[Record], object]) -> object:
    if callable(source):
        return source(record)
    return getattr(record, source) if source else ""


TARGETS = (
    Target("csv", (".csv",), "CSV, ours: every column exactly, `;` in a list's value as `\\;`",
           pieces=partial(_pieces, _OURS, ",")),
    Target("tsv", (".tsv",), "TSV, ours: as CSV, parted by tabs",
           pieces=partial(_pieces, _OURS, "\t")),
    Target("asreview", (".csv",),
           "CSV for ASReview LAB (descriptors among the keywords; `;` parts names)",
           ("descriptors", "keywords", "accession", *OWN_PLACE),
           pieces=partial(_pieces, _ASREVIEW, ",")),
    Target("rayyan", (".csv",),
           "CSV for Rayyan (DOI, accession number, database, terms and ISBN in the notes)",
           ("authors", "doi", "accession", "type", "descriptors", "keywords", "isbn", "database",
            *OWN_PLACE),
           pieces=partial(_pieces, _RAYYAN, ",")),
    Target("covidence_csv", (".csv",),
           "CSV with the columns of Covidence (database, terms and ISBN in the notes)",
           ("type", "descriptors", "keywords", "publisher", "language", "place", "issn", "isbn",
            "url", "database", *OWN_PLACE),
           pieces=partial(_pieces, _COVIDENCE, ",")),
)  # fmt: skip
