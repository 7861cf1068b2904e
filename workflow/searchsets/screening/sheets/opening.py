"""Opens a workbook that somebody sent: it may be damaged, locked, or made to do harm."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from pathlib import Path
from typing import Any, NamedTuple
from xml.parsers import expat

from searchsets import archives
from searchsets.errors import ReviewError
from searchsets.screening.log.writing import one_cell

MOST_BYTES = 300 * 1024 * 1024
"""What a workbook may take unpacked."""
MOST_CELLS = 5_000_000
"""Cells of the smallest rectangle that holds all of a sheet: python-calamine reads it as a whole."""
_RESAVE = "open it in Excel or LibreOffice, save it as an Excel workbook (.xlsx), and send that"
_DAMAGED = "ask for the file again; if it cannot be opened in a spreadsheet program, it is lost"
_DATES = (datetime.date, datetime.time, datetime.timedelta)


class Grid(NamedTuple):
    """The cells of a sheet: texts, numbers, dates; row and column 1 of the sheet are the first."""

    name: str
    rows: list[list[Any]]


def open_grids(path: Path) -> list[Grid]:
    """Return the sheets of a workbook (.xlsx or .ods).

    Raises:
        ReviewError: no workbook, encrypted, damaged, or too large.
    """
    from python_calamine import CalamineError, CalamineWorkbook  # it takes a while to import

    copy = _clean_copy(path)
    try:
        with CalamineWorkbook.from_filelike(copy) as book:
            return [
                Grid(name, book.get_sheet_by_name(name).to_python(skip_empty_area=False))
                for name in book.sheet_names
            ]
    except (CalamineError, ValueError, OSError) as error:
        raise ReviewError(f"cannot be read: {error}", path.name, _RESAVE) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # a fault in the library: of no other class
            raise
        raise ReviewError(f"cannot be read: {error}", path.name, _RESAVE) from None


def _clean_copy(path: Path) -> io.BytesIO:
    """Return the XML parts of a workbook as another one, in memory.

    Python has unpacked and looked at every byte that the reader of the copy sees: no part is
    larger than it says, none stands twice, and no cell lies so far out that the rectangle of all
    cells would not fit into memory (on which python-calamine ends the process).
    """
    data = _bytes(path)
    made = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts, zipfile.ZipFile(made, "w") as copy:
            for name in archives.members(parts, MOST_BYTES):
                if name.endswith((".xml", ".rels")) or name == "mimetype":
                    text = archives.read_part(parts, name)
                    if name.endswith(".xml"):
                        _look_through(path, name, text)
                    copy.writestr(name, text)
    except archives.TooLarge:
        raise ReviewError(
            f"takes more than {MOST_BYTES >> 20} MB unpacked, as no screening sheet does",
            path.name,
            "do not open it; ask whoever sent it what it is",
        ) from None
    except archives.Locked:
        raise _locked(path) from None
    except archives.DAMAGED as error:
        raise ReviewError(f"is damaged: {error}", path.name, _DAMAGED) from None
    made.seek(0)
    return made


def _bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= MOST_BYTES else b""
    except OSError as error:
        raise ReviewError(
            f"cannot be read: {error.strerror}", str(path), "look whether the name is right"
        ) from None
    if data.startswith(b"PK"):
        return data
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise _locked(path)
    if path.suffix.lower() in (".csv", ".tsv", ".txt"):
        raise ReviewError(
            "is text: it has lost the sheet About, which says whose decisions these are",
            path.name,
            "send the workbook itself (.xlsx, or .ods of LibreOffice), not a CSV file saved from it",
        )
    raise ReviewError("is no workbook (.xlsx or .ods)", path.name, _RESAVE)


def _locked(path: Path) -> ReviewError:
    return ReviewError(
        "is encrypted", path.name, "open it, take the password off (Save as), and send it again"
    )


def _look_through(path: Path, name: str, text: bytes) -> None:
    if name == "META-INF/manifest.xml" and b"encryption-data" in text:
        raise _locked(path)
    extent = _Extent()
    try:
        extent.parse(text)
    except expat.ExpatError as error:
        raise ReviewError(f"is damaged: {name}: {error}", path.name, _DAMAGED) from None
    if extent.rows * extent.columns > MOST_CELLS:
        raise ReviewError(
            f"a sheet reaches to row {extent.rows:,} and column {extent.columns:,}",
            path.name,
            "something stands in a cell far below or far to the right (Ctrl+End goes there): delete "
            "it, save, and send the file again",
        )


class _Extent:
    """How far the cells of a sheet reach that hold something, in either format."""

    def __init__(self) -> None:
        self.rows = self.columns = 0
        self._row = self._column = 0
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.StartDoctypeDeclHandler = self._refuse

    def parse(self, text: bytes) -> None:
        self._parser.Parse(text, True)

    def _refuse(self, *_: Any) -> None:
        raise ValueError("a document type is declared, as no spreadsheet program does")

    def _start(self, element: str, attributes: dict[str, str]) -> None:
        kind = element.rpartition(":")[2]
        if kind == "row":
            number = attributes.get("r", "")
            self._row = int(number) if number.isdecimal() else self._row + 1
            self._column = 0
        elif kind == "c":
            place = re.fullmatch(r"([A-Za-z]+)(\d+)", attributes.get("r", ""))
            self._column = _column(place[1]) if place else self._column + 1
            self._row = int(place[2]) if place else self._row
        elif kind in ("v", "f", "is"):
            self._filled()
        elif kind == "table":  # of the OpenDocument format from here on
            self._row = self._column = 0
        elif kind == "table-row":
            self._row += _repeated(attributes, "table:number-rows-repeated")
            self._column = 0
        elif kind in ("table-cell", "covered-table-cell"):
            self._column += _repeated(attributes, "table:number-columns-repeated")
            if "office:value-type" in attributes:
                self._filled()

    def _filled(self) -> None:
        self.rows, self.columns = max(self.rows, self._row), max(self.columns, self._column)


def _column(letters: str) -> int:
    """Return the number of a column: `A` is 1, `AA` 27."""
    number = 0
    for letter in letters.upper()[:8]:
        number = number * 26 + ord(letter) - 64
    return number


def _repeated(attributes: dict[str, str], name: str) -> int:
    number = attributes.get(name, "1")
    return int(number) if number.isdecimal() else 1


def text_of(value: Any) -> str:
    """Return the text of a cell; a whole number without a point.

    >>> text_of(2.0), text_of(" 2 "), text_of(2.5)
    ('2', '2', '2.5')
    """
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return one_cell(str(value))


def is_date(value: Any) -> bool:
    """Tell whether a spreadsheet program has made a date of what was typed."""
    return isinstance(value, _DATES)


def address(row: int, column: int) -> str:
    """Return the address of a cell whose row and column count from 0.

    >>> address(11, 7), address(0, 27)
    ('H12', 'AB1')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"
