"""Writes the review tables as one workbook that is the same, byte for byte, from the same tables."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from searchsets.files import cell, whole_file
from searchsets.reporting.tables import Table

_MADE = datetime.datetime(
    2009, 6, 1, tzinfo=datetime.UTC
)  # any fixed date: the files must not differ
_WIDEST = 60  # characters
_NARROWEST = 8
_NUMBER = re.compile(r"0|[1-9]\d{0,14}")  # more digits, or a leading 0, Excel would not keep
_LONGEST_CELL = 32_767  # Excel's limit


def write_workbook(path: Path, title: str, tables: Sequence[Table]) -> None:
    """Write one sheet a table, after a first sheet that lists them."""
    with whole_file(path) as temporary:
        book = xlsxwriter.Workbook(
            str(temporary), {"strings_to_formulas": False, "strings_to_urls": False}
        )
        book.set_properties({"title": title, "created": _MADE})
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        contents = Table("contents", title, ("sheet", "shows"), _contents(tables))
        for made in (contents, *tables):
            _add_sheet(book, made, head, wrap)
        book.close()


def _contents(tables: Sequence[Table]) -> list[dict[str, Any]]:
    return [{"sheet": made.name[:31], "shows": made.caption} for made in tables]


def _add_sheet(book: Any, made: Table, head: Any, wrap: Any) -> None:
    sheet = book.add_worksheet(made.name[:31])
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    for column, name in enumerate(made.columns):
        values = [cell(row.get(name)) for row in made.rows]
        heading = name.replace("_", " ")  # it wraps, so its longest word counts
        longest = max(len(text) for text in (*heading.split(), *values))
        sheet.set_column(column, column, min(max(longest + 1, _NARROWEST), _WIDEST), wrap)
        sheet.write_string(0, column, heading, head)
        for number, value in enumerate(values, start=1):
            if _NUMBER.fullmatch(value):
                sheet.write_number(number, column, int(value), wrap)
            elif value:
                sheet.write_string(number, column, _fitted(value), wrap)
    if made.rows:
        sheet.autofilter(0, 0, len(made.rows), len(made.columns) - 1)


def _fitted(value: str) -> str:
    """Return a text that a cell can hold; a longer one says where the whole of it stands."""
    more = " ... (the whole text is in the CSV file)"
    return value if len(value) <= _LONGEST_CELL else value[: _LONGEST_CELL - len(more)] + more
