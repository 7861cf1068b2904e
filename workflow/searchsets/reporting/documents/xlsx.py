"""Writes the review tables as one workbook that is the same, byte for byte, from the same tables."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from searchsets.files import cell, whole_file
from searchsets.reporting.documents.choice import MADE, HasRows, heading, writable
from searchsets.reporting.tables.model import Table

_A4 = 9
_NARROWEST, _WIDEST = 8, 45  # characters
_WIDEST_OF_ALL = 200
_LETTERS = {"font_name": "Arial", "font_size": 10}  # Arial, or letters as wide, are everywhere
_LINE = 13.2  # points
_TALLEST = 28  # lines: Excel makes no row taller (409 points), and would hide what stands below
_SURE, _BOLD = 0.95, 0.85  # how many letters have room for sure, in units of a column's width
_WHOLE = re.compile(r"0|[1-9]\d{0,14}")  # more digits, or a leading 0, Excel would not keep
_DECIMAL = re.compile(r"-?(?:0|[1-9]\d{0,8})\.(\d{1,6})")
_LONGEST_CELL = 32_767  # Excel's limits
_MOST_ROWS = 1_048_576 - 2


class _Looks:
    """The formats of a workbook: of headings, of cells, and of decimals by their places."""

    def __init__(self, book: Any):
        look = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#BFBFBF"}
        look |= _LETTERS
        self.head = book.add_format(look | {"bold": True, "bg_color": "#E6EDF3"})
        self.wrap = book.add_format(look)
        self.decimals = {
            places: book.add_format({"num_format": f"0.{'0' * places}", **look})
            for places in range(1, 7)
        }


def write_workbook(path: Path, title: str, tables: Sequence[HasRows]) -> None:
    """Write one sheet a table, after a first sheet that lists them."""
    with whole_file(path) as temporary:
        book = xlsxwriter.Workbook(
            str(temporary), {"strings_to_formulas": False, "strings_to_urls": False}
        )
        book.set_properties({"title": title, "author": "searchsets", "created": MADE})
        looks = _Looks(book)
        contents = Table("contents", title, ("sheet", "shows"), _contents(tables))
        for made in (contents, *tables):
            _add_sheet(book, made, looks)
        book.close()


def _contents(tables: Sequence[HasRows]) -> list[dict[str, Any]]:
    return [{"sheet": made.name[:31], "shows": made.caption} for made in tables]


def _add_sheet(book: Any, made: HasRows, looks: _Looks) -> None:
    sheet = book.add_worksheet(made.name[:31])
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&RPage &P of &N")
    rows = made.rows[:_MOST_ROWS]
    lines = [1] * (len(rows) + 1)
    for column, name in enumerate(made.columns):
        values = [writable(cell(row.get(name))) for row in rows]
        width = _width(heading(name), values)
        sheet.set_column(column, column, width, looks.wrap)
        sheet.write_string(0, column, heading(name), looks.head)
        for number, value in enumerate(values, start=1):
            _write(sheet, number, column, value, looks)
        for number, value in enumerate([heading(name), *values]):
            lines[number] = max(lines[number], _lines(value, width, bold=number == 0))
    for number, tall in enumerate(lines):  # not every program makes rows as tall as their text
        sheet.set_row(number, min(tall, _TALLEST + 2) * _LINE)
    if len(made.rows) > len(rows):
        told = f"{len(made.rows) - len(rows):,} further rows stand in tables/{made.name}.csv."
        sheet.write_string(len(rows) + 1, 0, told, looks.wrap)
    if rows:
        sheet.autofilter(0, 0, len(rows), len(made.columns) - 1)


def _width(heading_: str, values: Sequence[str]) -> int:
    """Return a width in which the words of the heading, and the tallest cell, find room."""
    longest = max(len(text) for text in (*heading_.split(), *values))
    wide = min(max(longest + 3, _NARROWEST), _WIDEST)
    return min(max(wide, math.ceil(longest / (_TALLEST * _SURE * 0.9))), _WIDEST_OF_ALL)


def _lines(text: str, width: int, *, bold: bool) -> int:
    """Return how many lines a text takes in a column: rather one too many than one too few."""
    room = max(int(width * (_BOLD if bold else _SURE)), 1)
    if len(text) <= room and "\n" not in text:
        return 1
    return sum(_lines_of(paragraph, room) for paragraph in text.split("\n"))


def _lines_of(paragraph: str, room: int) -> int:
    lines, filled = 1, 0
    for word in paragraph.split(" "):
        size = len(word)
        if filled and filled + 1 + size > room:
            lines, filled = lines + 1, 0
        filled += size + (1 if filled else 0)
        while filled > room:  # a word without a blank is torn
            lines, filled = lines + 1, filled - room
    return lines


def _write(sheet: Any, row: int, column: int, value: str, looks: _Looks) -> None:
    if _WHOLE.fullmatch(value):
        sheet.write_number(row, column, int(value), looks.wrap)
    elif decimal := _DECIMAL.fullmatch(value):
        sheet.write_number(row, column, float(value), looks.decimals[len(decimal[1])])
    elif value:
        sheet.write_string(row, column, _fitted(value), looks.wrap)


def _fitted(value: str) -> str:
    """Return a text that a cell can hold; a longer one says where the whole of it stands."""
    more = " ... (the whole text is in the CSV file)"
    return value if len(value) <= _LONGEST_CELL else value[: _LONGEST_CELL - len(more)] + more
