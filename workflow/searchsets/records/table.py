"""Reads records from CSV: one row a record, columns known by their names."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

from searchsets.errors import ReviewError
from searchsets.records import clean
from searchsets.records.model import Broken, Imported, Record

# Our field: the column names that may hold it, the best first, compared in lower case.
COLUMNS = {
    "accession": ("id", "accession", "accession number", "eric number", "an"),
    "title": ("title", "article title", "document title", "primary_title"),
    "authors": ("author", "authors"),
    "year": ("publicationdateyear", "year", "publication year", "published year"),
    "container": (
        "source title",
        "journal",
        "journal/book",
        "publication title",
        "source",
        "container",
    ),
    "publisher": ("publisher",),
    "volume": ("volume",),
    "issue": ("issue",),
    "pages": ("pages", "page range"),
    "abstract": ("description", "abstract"),
    "descriptors": ("subject", "descriptors", "subjects", "subject terms"),
    "keywords": ("keywords", "author keywords", "identifiersgeo"),
    "language": ("language",),
    "place": ("place", "place of publication"),
    "issn": ("issn",),
    "isbn": ("isbn",),
    "doi": ("doi",),
    "type": ("publicationtype", "type", "document type", "publication type"),
    "url": ("url", "link"),
}
csv.field_size_limit(1 << 30)  # some platforms write all references of an article into one cell
_ERIC_COLUMNS = {"publicationdateyear", "description", "subject"}
_ERIC_COMMA = re.compile(r"(?<!\\),\s*")


def read(text: str, imported: Imported) -> None:
    """Add the rows of a CSV text to `imported`.

    Raises:
        ReviewError: no title column, or a quotation mark that is never closed (a cut-off file).
    """
    rows = _rows(text, imported.source_file)
    if not rows:
        raise ReviewError("the table is empty", imported.source_file, "export it again")
    header = [name.strip().lower() for name in rows[0][1]]
    if not set(COLUMNS["title"]) & set(header):
        raise ReviewError(
            f"no column is named title; the first row has: {', '.join(rows[0][1])}",
            f"{imported.source_file}:1",
            "name the columns in the first row: title, authors, year, abstract, ...",
        )
    eric = set(header) >= _ERIC_COLUMNS
    imported.format = "ERIC CSV" if eric else "CSV"
    imported.marks = len(rows) - 1
    names = [
        name if name and name not in header[:column] else f"{name} (column {column + 1})".strip()
        for column, name in enumerate(header)
    ]
    for position, (line, cells) in enumerate(rows[1:], start=1):
        if len(cells) == len(header):
            fields = dict(zip(names, cells, strict=True))
            imported.records.append(record_of(fields, imported.source_file, position, eric))
        elif position == len(rows) - 1 and len(cells) < len(header) and not text.endswith("\n"):
            raise ReviewError(
                f"the last row stops after {len(cells)} of {len(header)} cells: the file was cut off",
                f"{imported.source_file}:{line}",
                "export or download it again",
            )
        else:
            reason = f"{len(cells)} cells where the header has {len(header)}"
            raw = clean.raw(cells)
            imported.broken.append(Broken(imported.source_file, None, line, reason, raw))


def _rows(text: str, name: str) -> list[tuple[int, list[str]]]:
    header = text.lstrip("\n").partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        started = 1
        for cells in reader:
            if any(map(str.strip, cells)):
                rows.append((started, cells))
            started = reader.line_num + 1
    except csv.Error as error:
        raise ReviewError(
            f"the table cannot be read from this row on: {error}",
            f"{name}:{started}",
            "a quotation mark is opened and never closed: the file was cut off, or a cell holds "
            'a single "; export it again',
        ) from None
    return rows


def record_of(fields: dict[str, str], source_file: str, position: int, eric: bool) -> Record:
    """Return the record that one row describes; `eric`: lists are parted by commas, not `;`."""

    def get(field: str) -> str:
        values = (clean.text(fields.get(name)) for name in COLUMNS[field])
        value = next((value for value in values if value), "")
        return "" if value == "NA" else value

    split: Callable[[str], list[str]] = _eric_list if eric else _semicolon_list
    return Record(
        source_file,
        position,
        year=clean.year(get("year")),
        doi=clean.doi(get("doi")) or clean.doi(get("url")),
        issn=clean.texts([clean.without_prefix(value) for value in split(get("issn"))]),
        isbn=clean.texts([clean.without_prefix(value) for value in split(get("isbn"))]),
        raw=clean.raw(fields),
        **{name: split(get(name)) for name in ("authors", "descriptors", "keywords")},
        **{
            name: get(name)
            for name in COLUMNS
            if name not in {"year", "doi", "issn", "isbn", "authors", "descriptors", "keywords"}
        },
    )


def _eric_list(value: str) -> list[str]:
    return clean.texts([part.replace("\\,", ",") for part in _ERIC_COMMA.split(value)])


def _semicolon_list(value: str) -> list[str]:
    return clean.texts(value.split(";"))
