"""Writes a workbook in which one reviewer screens: the same bytes from the same records."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from searchsets import __version__
from searchsets.errors import ReviewError
from searchsets.files import whole_file
from searchsets.screening.criteria.file import Combination, Criteria, Criterion
from searchsets.screening.model import EXCLUDE, GRID_VALUES, Event, decisions_at
from searchsets.screening.sheets.form import (
    ABOUT,
    CONFIDENCES,
    LISTS,
    ORDER,
    SCREEN,
    Assignment,
    Column,
    Facts,
    cell_text,
    columns_of,
    ordered,
    shown,
)
from searchsets.screening.sheets.guide import FREE, LINE, add_guide, lines_of

_MADE = datetime.datetime(2009, 6, 1, tzinfo=datetime.UTC)  # fixed: the files must not differ
_HIGHEST = 409  # points; Excel allows no higher row
_FROZEN = 3  # the number, the id and the title stay in sight


def write_sheet(
    path: Path,
    assignment: Assignment,
    records: Sequence[Mapping[str, Any]],
    criteria: Criteria,
    *,
    order: str = "id",
    votes: Mapping[str, Sequence[Event]] | None = None,
    combination: Combination | None = None,
    show_suggestions: bool = False,
) -> Facts:
    """Write the workbook of a reviewer, and return the facts that it holds.

    Args:
        path: the file; one that is there is replaced.
        assignment: whose sheet it is, and for what.
        records: one a work, with the columns of a record; `also` names other records of the work,
            `before` what an earlier run decided and why it is asked again, `suggestion` what the
            rules suggest.
        criteria: the criteria of the review.
        order: `id` or `random:SEED`.
        votes: of an adjudicator: the standing acts of the screeners by the id of the record.
        combination: how the criteria come together, for the words of the sheet How to.
        show_suggestions: show what the rules suggest; who sees it may follow it.

    Raises:
        ReviewError: the order is none that is known.
    """
    if not ORDER.fullmatch(order):
        raise ReviewError(f"no order {order!r}", None, "write id, or random: and a number")
    numbered = list(enumerate(ordered(records, order), start=1))
    facts = Facts(
        assignment,
        order,
        tuple(one.id for one in criteria.criteria if assignment.stage in one.stages),
        criteria.reason_order(),
        criteria.version,
        __version__,
        tuple(shown(number, record) for number, record in numbered),
    )
    rows = [_cells(number, record) for number, record in numbered]
    screeners = _add_votes(rows, votes or {})
    extra = [name for name in ("also", "before") if any(row[name] for row in rows)]
    extra += ["suggestion"] if show_suggestions else []
    columns = columns_of(assignment.stage, facts.criteria, screeners, extra)
    with whole_file(path) as temporary:
        book = xlsxwriter.Workbook(
            str(temporary), {"strings_to_formulas": False, "strings_to_urls": False}
        )
        book.set_properties(
            {"title": f"Screening sheet of {assignment.reviewer}", "created": _MADE}
        )
        add_guide(book, facts, criteria, combination)
        _Screen(book, columns, facts).fill(rows, criteria)
        _add_lists(book, facts)
        _add_about(book, facts)
        book.close()
    return facts


def _cells(number: int, record: Mapping[str, Any]) -> dict[str, str]:
    names = [str(name) for name in record.get("authors") or ()]
    doi = str(record.get("doi") or "")
    also = record.get("also") or ()
    cells = {
        "number": str(number),
        "record_id": record["record_id"],
        "authors": "; ".join(names) if len(names) < 3 else f"{names[0]} et al.",
        "link": f"https://doi.org/{doi}" if doi else record.get("url"),
        "also": "; ".join(also),
    }
    others = ("title", "year", "container", "abstract", "before", "suggestion")
    cells |= {name: record.get(name) for name in others}
    return {name: cell_text(str(value or "")) for name, value in cells.items()}


def _add_votes(rows: list[dict[str, str]], votes: Mapping[str, Sequence[Event]]) -> list[str]:
    """Put what screeners said beside the records, and return who they are."""
    for row in rows:
        for vote in votes.get(row["record_id"], ()):
            row[f"decision of {vote.reviewer}"] = vote.decision
            row[f"reason of {vote.reviewer}"] = vote.reason_code
            row[f"note of {vote.reviewer}"] = cell_text(vote.note)
    ids = {row["record_id"] for row in rows}
    return sorted({vote.reviewer for i, many in votes.items() if i in ids for vote in many})


class _Screen:
    """The sheet on which a reviewer decides."""

    def __init__(self, book: Any, columns: Sequence[Column], facts: Facts):
        self.sheet = book.add_worksheet(SCREEN)
        self.columns, self.facts = columns, facts
        self.at = {column.key: place for place, column in enumerate(columns)}
        look = {"valign": "top", "text_wrap": True, "border": 1, "border_color": "#D0D0D0"}
        self.locked = book.add_format(look)
        self.small = book.add_format(look | {"font_size": 7, "font_color": "#808080"})
        # As text: else Excel makes a date of the pages "12-13", and a sum of a note "=...".
        self.free = book.add_format(
            look | {"locked": False, "num_format": "@", "bg_color": "#FFFDF0"}
        )
        head = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 2}
        self.head = book.add_format(head | {"bg_color": "#E4E4E4"})
        self.head_free = book.add_format(head | {"bg_color": "#F6E3A1"})
        self.decided = book.add_format({"bg_color": "#DCEBDC"})
        self.lacking = book.add_format({"bg_color": "#FFEB80"})

    def fill(self, rows: Sequence[Mapping[str, str]], criteria: Criteria) -> None:
        """Write the header and the rows, and say what may be done with them."""
        for place, column in enumerate(self.columns):
            look = self.small if column.key == "record_id" else self.locked
            self.sheet.set_column(place, place, column.width, None)
            self.sheet.write_string(
                0, place, column.heading, self.head_free if column.filled else self.head
            )
            for number, row in enumerate(rows, start=1):
                text = row.get(column.key, "")
                if column.filled:
                    self.sheet.write_blank(number, place, None, self.free)
                else:
                    self.sheet.write_string(number, place, text, look)
        self.sheet.set_row(0, 3 * LINE)
        for number, row in enumerate(rows, start=1):
            self.sheet.set_row(number, self._height(row))
        if rows:
            self._offer_choices(len(rows), {one.id: one for one in criteria.criteria})
            self._colour(len(rows))
        self.sheet.autofilter(0, 0, max(len(rows), 1), len(self.columns) - 1)
        self.sheet.freeze_panes(1, _FROZEN)
        self.sheet.repeat_rows(0)
        self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, 0)
        self.sheet.protect("", FREE)

    def _height(self, row: Mapping[str, str]) -> int:
        shown_texts = ((row.get(c.key, ""), c.width) for c in self.columns if c.key != "record_id")
        lines = max(lines_of(text, width) for text, width in shown_texts)
        return min(max(LINE * lines + 4, 3 * LINE), _HIGHEST)

    def _offer_choices(self, rows: int, criteria: Mapping[str, Criterion]) -> None:
        lists = {name: place for place, (name, _) in enumerate(_lists(self.facts))}
        lengths = {name: len(values) for name, values in _lists(self.facts)}
        for column in self.columns:
            name = "criterion" if column.key.startswith("criterion ") else column.key
            if not column.filled or not lengths.get(name):
                continue
            letter = xl_col_to_name(lists[name])
            choice = {
                "validate": "list",
                "source": f"={LISTS}!${letter}$2:${letter}${lengths[name] + 1}",
                "error_title": "Not in the list",
                "error_message": "Choose one of the list, or empty the cell.",
            }
            if name == "criterion":
                one = criteria[column.key.removeprefix("criterion ")]
                choice["input_title"] = column.heading[:32]
                choice["input_message"] = cell_text(one.question or one.printed)[:255]
            place = self.at[column.key]
            self.sheet.data_validation(1, place, rows, place, choice)

    def _colour(self, rows: int) -> None:
        decision, reason = (xl_col_to_name(self.at[k]) for k in ("decision", "reason_code"))
        excluded = f'LOWER(TRIM(${decision}2))="{EXCLUDE}"'
        area = (1, 0, rows, len(self.columns) - 1)
        self.sheet.conditional_format(*area, {
            "type": "formula", "format": self.lacking, "stop_if_true": True,
            "criteria": f"=AND({excluded},LEN(TRIM(${reason}2))=0)",
        })  # fmt: skip
        self.sheet.conditional_format(*area, {
            "type": "formula", "format": self.decided,
            "criteria": f"=LEN(TRIM(${decision}2))>0",
        })  # fmt: skip
        # Numbers that are text are meant so: no green corner.
        everything = f"A1:{xl_col_to_name(len(self.columns) - 1)}{rows + 1}"
        self.sheet.ignore_errors({"number_stored_as_text": everything})


def _lists(facts: Facts) -> list[tuple[str, tuple[str, ...]]]:
    return [
        ("decision", decisions_at(facts.assignment.stage)),
        ("criterion", GRID_VALUES),
        ("reason_code", facts.reasons),
        ("confidence", CONFIDENCES),
    ]


def _add_lists(book: Any, facts: Facts) -> None:
    """Write what the drop-downs offer: in a cell's own list Excel takes 255 characters at most."""
    sheet = book.add_worksheet(LISTS)
    for column, (name, values) in enumerate(_lists(facts)):
        for row, value in enumerate((name, *values)):
            sheet.write_string(row, column, value)
    sheet.hide()
    sheet.protect("")


def _add_about(book: Any, facts: Facts) -> None:
    sheet = book.add_worksheet(ABOUT)
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 4, 24)
    for row, cells in enumerate(facts.grid()):
        for column, text in enumerate(cells):
            sheet.write_string(row, column, text)
    sheet.ignore_errors({"number_stored_as_text": f"A1:E{len(facts.rows) + 20}"})
    sheet.protect("", FREE)
