"""Reads the full coding report of EPPI-Reviewer: who gave which code to which record.

It is one HTML table: four columns about the record, then one for each code, in whose cells the names
of those who gave it stand; the name of a coding that was completed has the class `complete`. Behind a
name may stand `[Arm: ...]`, and on lines of their own `[info]:` with a note and `[text]:` with a
passage of the document. Nothing is escaped. A second table, of outcomes, may follow.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

from searchsets.errors import ReviewError
from searchsets.screening.exchange.coding import (
    Coding,
    acts_of,
    counts_of,
    decisions_of,
    unsettled_said,
)
from searchsets.screening.exchange.model import (
    Asked,
    Foreign,
    Found,
    joined,
    require_votes,
    year_of,
)
from searchsets.screening.exchange.opening import chunks
from searchsets.text import folded
from searchsets.words import counted

TOOL = "eppi-reviewer"
TITLE = "Full Comparison Report"
_BEFORE = ("itemid", "shorttitle", "title", "i/e/d/s flag")
"""The columns about the record; all behind them are codes."""
_PATHS = "fullpath"
"""So begins the row below the header: the place of each code in the tree of codes."""
_INFO, _ARM = "[info]:", "[Arm: "
_SET_ASIDE = ("(d)", "(s)")
"""Flags of records that EPPI-Reviewer holds as deleted, or as duplicates (its "shadow")."""
_EXPORT = (
    "in EPPI-Reviewer: Reports, Coding report of the screening codes, All coding, save as HTML"
)
_LONGEST = 4 << 20
"""No cell, and nothing between two marks, is longer."""


class Name(NamedTuple):
    """A person in a cell: the text of a span, and whether the coding is the completed one."""

    text: str
    is_complete: bool


class Cell(NamedTuple):
    """A cell: its text, and the people in it."""

    text: str
    names: tuple[Name, ...]
    is_head: bool


class _Cells(HTMLParser):
    """Hands out each row of the table when it is read; what stands outside is passed over."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[Cell]] = []
        self._row: list[Cell] | None = None
        self._text: list[str] | None = None
        self._size = 0
        self._name: list[str] | None = None
        self._names: list[Name] = []
        self._complete = self._head = False
        self._depth = self._tables = 0
        self.has_ended = self.goes_on = self.is_too_long = False

    def set_cdata_mode(self, *_: object, **__: object) -> None:
        """Read on where a title holds the mark of a script: what stands behind it is no script."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the beginning of an element; the names are those of `HTMLParser`."""
        self._tables += tag == "table"
        if tag == "tr" and self.has_ended:
            self.goes_on = self.goes_on or self._tables == 1
        elif tag == "tr":
            self._end_cell()
            self._row = []
        elif tag in ("td", "th") and self._row is not None:
            self._end_cell()
            self._text, self._names, self._size, self._head = [], [], 0, tag == "th"
        elif tag == "span" and self._name is not None:
            self._depth += 1  # a passage of the document, within what stands of a person
        elif tag == "span" and self._text is not None:
            self._name, self._depth = [], 0
            self._complete = "complete" in (dict(attrs).get("class") or "").split()
        elif tag == "br":
            self.handle_data("\n")

    def handle_endtag(self, tag: str) -> None:
        """Take the end of an element."""
        if tag == "span" and self._depth:
            self._depth -= 1
        elif tag == "span":
            self._end_name()
        elif tag in ("td", "th"):
            self._end_cell()
        elif tag in ("tr", "table"):
            self.has_ended = self.has_ended or tag == "table"
            self._end_cell()
            if self._row:
                self.rows.append(self._row)
            self._row = None

    def handle_data(self, data: str) -> None:
        """Take text."""
        if self._text is None:
            return
        self._size += len(data)
        self.is_too_long = self.is_too_long or self._size > _LONGEST
        (self._text if self._name is None else self._name).append(data)

    def _end_name(self) -> None:
        if self._name is not None and self._text is not None:
            said = "".join(self._name)
            self._names.append(Name(said.strip(), self._complete))
            self._text.append(said)
        self._name = None

    def _end_cell(self) -> None:
        self._end_name()
        if self._text is not None and self._row is not None:
            text = " ".join("".join(self._text).split())
            self._row.append(Cell(text, tuple(self._names), self._head))
        self._text = None


def read(path: Path, asked: Asked) -> Found:
    """Return what a full coding report says.

    Raises:
        ReviewError: it is no such report, or a code's name does not tell what it means.
    """
    found = Found(TOOL)
    codings: list[Coding] = []
    aside: Counter[str] = Counter()
    codes: list[str] = []
    for number, row in enumerate(_rows(path), start=1):
        if not codes:
            codes = _codes(row, path)
            continue
        if row[0].text.lower().startswith(_PATHS):
            continue
        place = f"{path}: row {number}"
        if len(row) != len(_BEFORE) + len(codes) or not row[0].text.isalnum():
            raise ReviewError("the row is not whole: the file may be cut off", place, _EXPORT)
        key, short, title, flag = (cell.text for cell in row[: len(_BEFORE)])
        if flag.lower().startswith(_SET_ASIDE):
            aside[flag] += 1
            continue
        found.records[key] = Foreign(key, (key,), title, year_of(short), "", place)
        for code, cell in zip(codes, row[len(_BEFORE) :], strict=True):
            codings += [_coding(key, code, name) for name in cell.names if name.text]
    if not codes:
        raise ReviewError("there is no table of a coding report in it", str(path), _EXPORT)
    decisions = decisions_of(counts_of(codings), asked.codes, str(path))
    found.acts, unsettled = acts_of(codings, decisions)
    found.messages += [
        f"left out: {counted(n, 'record')} with the flag {flag}" for flag, n in aside.items()
    ]
    if unsettled:
        found.messages.append(unsettled_said(unsettled))
    return require_votes(found, str(path), _EXPORT)


def _rows(path: Path) -> Iterator[list[Cell]]:
    """Yield the rows of the table; no more of the file is held than a piece of it."""
    parser = _Cells()
    for piece in _texts(path):
        _feed(parser, piece, path)
        yield from parser.rows
        parser.rows.clear()
    if not parser.has_ended:
        raise ReviewError(
            "the table has no end: the file is cut off, or no report", str(path), _EXPORT
        )


def _feed(parser: _Cells, piece: str, path: Path) -> None:
    try:
        parser.feed(piece)
    except (AssertionError, ValueError) as error:  # html.parser asserts on odd declarations
        raise ReviewError(f"the report cannot be read: {error}", str(path), _EXPORT) from None
    if parser.goes_on:
        raise ReviewError("rows stand behind the end of the table", str(path), _EXPORT)
    if parser.is_too_long or len(parser.rawdata) > _LONGEST:
        raise ReviewError("a cell or a remark in it has no end", str(path), _EXPORT)


def _texts(path: Path) -> Iterator[str]:
    """Yield the file in pieces that end behind a tag, so that none is parsed twice."""
    rest = b""
    for piece in chunks(path):
        whole, mark, rest_after = (rest + piece).rpartition(b">")
        rest = rest_after
        if len(rest) > _LONGEST:
            raise ReviewError("there is no table of a coding report in it", str(path), _EXPORT)
        if mark:
            yield (whole + mark).decode("utf-8", "replace")
    yield rest.decode("utf-8", "replace")


def _codes(row: list[Cell], path: Path) -> list[str]:
    names = [folded(cell.text) for cell in row]
    if not names or names[0] != _BEFORE[0]:
        return []
    if tuple(names[: len(_BEFORE)]) != _BEFORE or len(names) == len(_BEFORE):
        raise ReviewError(
            f"the columns are {', '.join(cell.text for cell in row)}",
            str(path),
            f"it must have the columns ItemId, ShortTitle, Title, I/E/D/S flag, and codes; {_EXPORT}",
        )
    return [cell.text for cell in row[len(_BEFORE) :]]


def _coding(record: str, code: str, name: Name) -> Coding:
    who, _, behind = name.text.partition("\n")
    who, arm, of_arm = who.partition(_ARM)
    lines = [" ".join(line.split()).removeprefix(_INFO).strip() for line in behind.split("\n")]
    note = joined([f"{arm.strip()} {of_arm.strip()}" if arm else "", " ".join(lines)])
    return Coding(record, " ".join(who.split()), code, name.is_complete, note)
