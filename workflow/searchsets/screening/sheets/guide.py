"""The words of the sheet "How to": what a person who screens in a spreadsheet must know."""

from __future__ import annotations

import math
from typing import Any

from searchsets.screening.criteria.file import Combination, Criteria
from searchsets.screening.model import (
    ADJUDICATOR,
    CONFLICT_OF_INTEREST,
    DUPLICATE,
    EXCLUDE,
    GRID_VALUES,
    INCLUDE,
    NO_FULL_TEXT,
    STAGE_WORDS,
    UNCLEAR,
    decisions_at,
)
from searchsets.screening.sheets.form import HOW_TO, Facts, cell_text
from searchsets.words import ended

_HEADING, _PLAIN, _TABLE = "heading", "plain", "table"
LINE = 15
"""The height of a line in points."""
FREE = {
    "select_locked_cells": True, "select_unlocked_cells": True, "autofilter": True, "sort": True,
    "format_columns": True, "format_rows": True,
}  # fmt: skip
"""What is allowed on a protected sheet. Excel sorts nothing there all the same: no locked cells."""

_DECISIONS = {
    INCLUDE: "it should go on to the next step",
    EXCLUDE: "it should not; choose the first reason that applies",
    UNCLEAR: "you cannot tell",
    NO_FULL_TEXT: "nobody could get the full text",
    DUPLICATE: "it is the same work as another row",
    CONFLICT_OF_INTEREST: "you are an author, or too close to it: somebody else must decide",
}
_JUDGEMENTS = {
    "met": "yes",
    "partly": "in part",
    "not": "no",
    "unclear": "it does not say",
    "na": "the question does not apply to this work",
}


def _guide(
    facts: Facts, criteria: Criteria, combination: Combination | None
) -> list[tuple[str, list]]:
    """Return the lines of the sheet: how each is to look, and its cells."""
    given = facts.assignment
    does = "You settle what the screeners left open" if _settles(facts) else "You screen"
    lines: list[tuple[str, list]] = [
        (_HEADING, [f"Screening sheet of {given.reviewer}"]),
        (_PLAIN, [f"{does}: {len(facts.rows):,} records, by {STAGE_WORDS[given.stage]}; "
                 f"round: {given.round}."]),
        (_HEADING, ["What to do"]),
        *((_PLAIN, [text]) for text in _steps(facts)),
        (_HEADING, ["What you can decide"]),
        *((_TABLE, [name, _DECISIONS[name]]) for name in decisions_at(given.stage)),
    ]  # fmt: skip
    judged = [one for one in criteria.criteria if one.id in facts.criteria]
    if judged:
        lines.append((_HEADING, ["The criteria"]))
        lines.append(
            (
                _PLAIN,
                [
                    "Each has a column, which you may leave empty. Choose: "
                    + "; ".join(f"{name} ({_JUDGEMENTS[name]})" for name in GRID_VALUES)
                ],
            )
        )
        lines += [(_TABLE, [one.id, one.question, f"In the protocol: {one.printed}"])
                  for one in judged]  # fmt: skip
    if combination:
        lines.append((_PLAIN, [ended(f"A work is included if {combination.says}")]))
    lines.append((_HEADING, ["Reasons for an exclusion"]))
    lines.append((_PLAIN, ["Choose the first of this list that applies."]))
    says = criteria.reason_words
    return [*lines, *((_TABLE, [name, says.get(name, "")]) for name in facts.reasons)]


def _settles(facts: Facts) -> bool:
    return facts.assignment.role == ADJUDICATOR


def _steps(facts: Facts) -> list[str]:
    full_text = facts.assignment.stage == "full_text"
    steps = [
        "1. Go to the sheet Screen (the tab below). Each row is one record. Read it.",
        "2. Choose in the column Decision. The arrow of the cell opens the list; you may also type.",
        "3. If you exclude: choose a reason. "
        + (
            "It is required here. Copy the words of the text that show it into Quote, and say where "
            "they stand."
            if full_text
            else "Here you may leave it empty; the row stays yellow then."
        ),
        "4. Note is for anything else. Confidence: 1 (low) to 3 (high); you may leave it empty.",
        "5. Save the file under its name, as an Excel workbook (.xlsx), and send it back. You need "
        "not finish at once: a file that is filled in part can be sent, and sent again later.",
        "A row turns green when it is decided, and yellow when an exclusion has no reason.",
        "Only the cells to fill in can be changed. In Excel you can filter with the arrows of the "
        "first row, and change widths and heights. Sorting is not possible: Excel does not sort "
        "locked cells. In LibreOffice take the protection off to filter; there is no password.",
        "To change a decision later, choose another one and send the file again. To take one back, "
        "choose unclear; an emptied cell takes nothing back.",
    ]
    if _settles(facts):
        steps.insert(1, "What each screener decided stands left of your decision.")
    else:
        steps.append("Decide alone: do not look at the sheets of others.")
    return steps


def add_guide(book: Any, facts: Facts, criteria: Criteria, combination: Combination | None) -> None:
    """Add the sheet to a workbook."""
    sheet = book.add_worksheet(HOW_TO)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 60)
    sheet.set_column(2, 2, 60)
    heading = book.add_format({"bold": True, "font_size": 13})
    bold = book.add_format({"bold": True, "valign": "top", "text_wrap": True})
    wrap = book.add_format({"valign": "top", "text_wrap": True})
    for number, (look, cells) in enumerate(_guide(facts, criteria, combination)):
        texts = [cell_text(text) for text in cells]
        if look == _HEADING:
            sheet.write_string(number, 0, texts[0], heading)
            sheet.set_row(number, 26)
        elif look == _PLAIN:
            sheet.merge_range(number, 0, number, 2, "", wrap)
            sheet.write_string(number, 0, texts[0], wrap)
            sheet.set_row(number, LINE * lines_of(texts[0], 150))
        else:
            for column, text in enumerate(texts):
                sheet.write_string(number, column, text, wrap if column else bold)
            sheet.set_row(number, LINE * max(lines_of(text, 64) for text in texts))
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.protect("", FREE)


def lines_of(text: str, width: int) -> int:
    """Return about how many lines a text takes in a cell of a width in characters."""
    return sum(max(1, math.ceil(len(part) / width)) for part in text.split("\n"))
