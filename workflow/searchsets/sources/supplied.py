"""Reads what organisations sent: who was asked and when, what came, and which are documents."""

from __future__ import annotations

import datetime
import difflib
import os
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING

from searchsets.errors import ReviewError, raise_all
from searchsets.files import read_csv_with_lines
from searchsets.records import clean
from searchsets.records.exports import is_ignored
from searchsets.records.model import Record

if TYPE_CHECKING:
    from searchsets.records.reading import ReadFile

SOURCE = "supplied"
"""The source that these documents belong to, one of `OTHER_SOURCES`."""

COLUMNS = (
    "organisation", "asked", "came", "title", "authors", "year", "type", "file", "url", "abstract",
    "note",
)  # fmt: skip
_REQUIRED = ("organisation", "asked")
_OF_DOCUMENTS = ("title", "authors", "year", "type", "file", "url", "abstract")
_BETWEEN_AUTHORS = re.compile(";")
_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
_DATE_FORMS = "write 2008, 2008-10 or 2008-10-29"
_FIRST_DAY = "0000-01-01"
_YEAR = re.compile(r"1[5-9][0-9]{2}|20[0-9]{2}")
_NO_TITLES = ("NA", "N/A", "NONE", "NULL")  # the readers take these for an empty cell


@dataclass(frozen=True)
class Entry:
    """One row: a request, with what came of it, if anything did."""

    table: Path
    line: int
    cells: dict[str, str]
    """Every column of `COLUMNS`, as written but for blanks around it."""

    @property
    def where(self) -> str:
        """The place for messages."""
        return f"{self.table}:{self.line}"

    @property
    def organisation(self) -> str:
        """Who was asked."""
        return self.cells["organisation"]

    @property
    def request(self) -> tuple[str, str]:
        """What tells one request from another: who was asked, and when."""
        return self.organisation, self.cells["asked"]

    @property
    def is_answered(self) -> bool:
        """Whether anything came, a document or the answer that there is none."""
        return bool(self.cells["came"])

    @property
    def is_document(self) -> bool:
        """Whether the row is a document that came, and so a record."""
        return bool(self.cells["title"])


def tables_of(folder: Path) -> list[Path]:
    """Return the CSV files of the folder of supplied documents; none where there is no folder.

    Those in folders below are documents that were sent, not tables of ours.
    """
    if not folder.is_dir():
        return []
    found = (path for path in folder.iterdir() if path.suffix.lower() == ".csv")
    return sorted(path for path in found if not is_ignored(path.name))


def read_supplied(folder: Path) -> list[Entry]:
    """Read who was asked for documents and what came, from every CSV file of a folder.

    The columns are a contract of this project (resources/supplied/README.md).

    Args:
        folder: `resources/supplied`; it need not be there.

    Raises:
        ReviewError: a row is incomplete or contradicts itself, or its file is not in the folder; or
            a file is there that no row names. All faults are told at once.
    """
    if folder.exists() and not folder.is_dir():
        raise ReviewError("is a file, not a folder", str(folder), "name the folder with the tables")
    entries: list[Entry] = []
    errors: list[ReviewError] = []
    for path in tables_of(folder):
        rows = read_csv_with_lines(path, _REQUIRED)
        _check_columns(path, rows[0][1] if rows else ())
        for line, row in rows:
            entry = Entry(path, line, {name: row.get(name, "").strip() for name in COLUMNS})
            entries.append(entry)
            errors += (ReviewError(what, entry.where, do) for what, do in _faults(entry, folder))
    raise_all([*errors, *_unnamed(folder, entries)])
    return entries


def _check_columns(path: Path, columns: Collection[str]) -> None:
    """Refuse a column that is not read: what stands in it would be lost."""
    for name in columns:
        if name not in COLUMNS:
            near = difflib.get_close_matches(name.lower(), COLUMNS, n=1)
            hint = f"did you mean {near[0]!r}?" if near else "what you want to add goes into `note`"
            raise ReviewError(
                f"unknown column {name!r}",
                f"{path}:1",
                f"{hint} The columns are: {', '.join(COLUMNS)}",
            )


Fault = tuple[str, str]
"""What is wrong, and what to do about it."""


def _faults(entry: Entry, folder: Path) -> Iterator[Fault]:
    if not entry.organisation:
        yield "the row names no organisation", "say who was asked"
    yield from _faults_of_dates(entry.cells["asked"], entry.cells["came"])
    yield from _faults_of_document(entry.cells)
    if entry.cells["file"]:
        yield from _faults_of_file(entry.cells["file"], folder)


def _faults_of_dates(asked: str, came: str) -> Iterator[Fault]:
    if not asked:
        yield "the row does not say when the organisation was asked", _DATE_FORMS
    wrong = [(name, date) for name, date in (("asked", asked), ("came", came)) if date]
    wrong = [(name, date) for name, date in wrong if not _is_date(date)]
    for name, date in wrong:
        yield f"{name} is {date!r}, which is no date", _DATE_FORMS
    known = min(len(asked), len(came))  # as far as both are known: 2008-10 is not before 2008-10-29
    if not wrong and came[:known] < asked[:known]:
        yield (
            f"the answer came on {came}, before the organisation was asked on {asked}",
            "mend one of the two dates",
        )


def _is_date(text: str) -> bool:
    if not _DATE.fullmatch(text):
        return False
    try:
        datetime.date.fromisoformat(text + _FIRST_DAY[len(text) :])
    except ValueError:
        return False
    return True


def _faults_of_document(cells: dict[str, str]) -> Iterator[Fault]:
    filled = next((name for name in _OF_DOCUMENTS if cells[name]), None)
    title = cells["title"]
    if filled and not cells["came"]:
        yield (
            f"{filled} is filled in, and came is empty, as if nothing had come",
            "say when it came, or empty the other cells of a request that nothing came of",
        )
    elif filled and not title:
        yield (
            f"{filled} is filled in, and the document has no title, so it would be no record",
            "write the title, or words that describe the document in square brackets",
        )
    elif cells["came"] and not title and not cells["note"]:
        yield (
            "something came, and the row does not say what",
            "write the title of the document, or in `note` what the answer was (nothing relevant)",
        )
    if title.upper() in _NO_TITLES or (title and not clean.text(title)):
        yield f"the title is {title!r}, which is none", "write the title, or leave the cell empty"
    if cells["year"] and not _YEAR.fullmatch(cells["year"]):
        yield (
            f"the year is {cells['year']!r}",
            "write the four digits of the year of publication, or leave the cell empty",
        )


def _faults_of_file(name: str, folder: Path) -> Iterator[Fault]:
    """Yield what is wrong with the name of a file: it must lead to one inside the folder."""
    inside = "put the file into the folder, and write its name as seen from there: files/plan.pdf"
    windows = PureWindowsPath(name)  # knows / and \ and drives, on whatever machine this runs
    if windows.drive or windows.root or ".." in windows.parts:
        yield f"the file {name!r} leads out of the folder", inside
        return
    path = _path_of(name, folder)
    if not os.path.isfile(path):  # unlike Path's, it says no of names that no file can have
        yield f"there is no file {name!r} in {folder}", inside
    elif not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
        yield f"the file {name!r} is a link that leads out of the folder", inside


def _path_of(name: str, folder: Path) -> Path:
    return folder / name.replace("\\", "/")


def _unnamed(folder: Path, entries: Iterable[Entry]) -> Iterator[ReviewError]:
    """Yield an error for each file of the folder that no row names: unseen, it would be no record."""
    names = (entry.cells["file"] for entry in entries if entry.cells["file"])
    named = {_identity(_path_of(name, folder)) for name in names}
    tables = set(tables_of(folder))
    for root, _, files in sorted(os.walk(folder)):
        for path in (Path(root) / name for name in sorted(files)):
            ignored = any(is_ignored(part) for part in path.relative_to(folder).parts)
            if path not in tables and not ignored and _identity(path) not in named:
                yield ReviewError(
                    "no row names this file",
                    str(path),
                    f"write a row for it, with its name in `file`, or move it out of {folder}",
                )


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what is one for all spellings of a file's name, should capitals or accents differ."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino


def open_supplied(folder: Path) -> list[ReadFile]:
    """Open the documents of a folder, to be imported: for each CSV file that has some, a file.

    Raises:
        ReviewError: as `read_supplied`, or no row is a document.
    """
    documents = [entry for entry in read_supplied(folder) if entry.is_document]
    if not documents:
        raise ReviewError(
            "no row is a document that came", str(folder), "there is nothing to import yet"
        )
    return [_opened(table, list(rows)) for table, rows in groupby(documents, lambda row: row.table)]


def _opened(table: Path, documents: list[Entry]) -> ReadFile:
    from searchsets.records.made import made_file  # who imports nothing needs no readers
    from searchsets.records.source import Source

    source = Source(table, f"{SOURCE}/{table.name}")
    records = [
        _record(entry, source.name, position) for position, entry in enumerate(documents, start=1)
    ]
    return made_file(
        source,
        records,
        what="documents that were sent",
        known_by="the columns of a table of requests",
        represents="sent",
    )


def _record(entry: Entry, source_file: str, position: int) -> Record:
    """Return the document of a row.

    The organisation stays in `raw`: who sends a document need not have published it.
    """
    cells = entry.cells
    return Record(
        source_file,
        position,
        doi=clean.doi(cells["url"]),
        type=clean.text(cells["type"]),
        title=clean.text(cells["title"]),
        authors=clean.texts(clean.parted(cells["authors"], _BETWEEN_AUTHORS)),
        year=clean.year(cells["year"]),
        abstract=clean.text(cells["abstract"]),
        url=cells["url"],
        raw=clean.raw({name: said for name, said in cells.items() if said}),
    )
