"""Screening sheets for tests: made-up records and criteria, and a workbook changed as people do."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from searchsets.screening.criteria.file import Combination, Criteria, Criterion, Reason
from searchsets.screening.log.reading import read_log
from searchsets.screening.log.writing import append
from searchsets.screening.model import Event
from searchsets.screening.sheets.finding import open_sheet
from searchsets.screening.sheets.form import Assignment, Facts
from searchsets.screening.sheets.opening import open_grids
from searchsets.screening.sheets.reading import Sheet, check_sheet
from searchsets.screening.sheets.writing import write_sheet
from searchsets.text import folded

R01 = Assignment("title_abstract", "main", "R01")
FULL_TEXT = Assignment("full_text", "main", "R01")
Rows = dict[str, list[list[Any]]]


def criterion(name: str, order: int, stages: Sequence[str] = ("title_abstract", "full_text")):
    return Criterion(
        name, f"printed {name}", f"Is it {name}?", None, None, stages=tuple(stages), order=order
    )


CRITERIA = Criteria(
    "a test",
    (criterion("uk", 2), criterion("date", 1), criterion("method", 3, ["full_text"])),
    (),
    (Combination("all", "every criterion is met", ("uk", "date"), ()),),
    "abcdef012345",
    reasons=(Reason("second_report", "a second report of the same study"),),
)


def record(number: int, **fields: Any) -> dict[str, Any]:
    made = {
        "record_id": f"eric:{number:012x}", "title": f"Governing well, part {number}",
        "authors": ["Lord, P."], "year": 2004, "container": "Journal of Trusts",
        "abstract": f"We studied {number} boards.", "doi": "", "url": "",
    }  # fmt: skip
    return made | fields


RECORDS = [record(number) for number in range(1, 5)]


def by_id(records: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {one["record_id"]: one for one in records}


def write(path: Path, given: Assignment = R01, records: Any = RECORDS, **options: Any) -> Facts:
    return write_sheet(path, given, records, CRITERIA, **options)


def read(path: Path, records: Any = RECORDS, log: Sequence[Event] = ()) -> Sheet:
    return check_sheet(open_sheet(path), CRITERIA, by_id(records), log)


def rewrite(path: Path, change: Callable[[Rows], Any]) -> Path:
    """Change the cells of a workbook, and write it anew; look and drop-downs are lost."""
    sheets = {grid.name: grid.rows for grid in open_grids(path)}
    change(sheets)
    with xlsxwriter.Workbook(
        str(path), {"strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        date = book.add_format({"num_format": "d mmm"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(rows):
                for column, value in enumerate(cells):
                    if isinstance(value, datetime.date):
                        sheet.write_datetime(row, column, value, date)
                    elif isinstance(value, bool):
                        sheet.write_boolean(row, column, value)
                    elif isinstance(value, (int, float)):
                        sheet.write_number(row, column, value)
                    elif value:
                        sheet.write_string(row, column, value)
    return path


def place_of(rows: list[list[Any]], heading: str) -> int:
    return [folded(cell) for cell in rows[0]].index(folded(heading))


def fill(path: Path, *answers: tuple[int, Mapping[str, Any]]) -> Path:
    """Fill in rows as a reviewer does: the number of the row among the records, and its cells."""

    def change(sheets: Rows) -> None:
        rows = sheets["Screen"]
        for number, cells in answers:
            for heading, value in cells.items():
                rows[number][place_of(rows, heading)] = value

    return rewrite(path, change)


def logged(folder: Path, acts: Sequence[Event]) -> list[Event]:
    """Write acts to the log of a folder, and return all that it holds."""
    append(folder, acts)
    return read_log(folder).events
