"""Reads a `PRISMA.csv`: that of a run, or that of the R package PRISMA2020 filled in by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from searchsets.errors import ReviewError
from searchsets.files import read_csv_with_lines
from searchsets.reporting.flow.diagram import SPECIFIC
from searchsets.reporting.flow.form import COLUMNS, FORM, MISSING, STEP_BOXES, FormRow
from searchsets.reporting.flow.model import (
    ARMS,
    DATABASES,
    KNOWN,
    NOT_STATED,
    OTHER,
    RECORDS,
    RECORDS_UNIT,
    Box,
    Count,
)
from searchsets.reporting.tables.model import NOT_REPORTED, NOT_SEARCHABLE, NOT_SEARCHED

_OURS = {f"{RECORDS}known_items": (KNOWN, "Known items")}
_TEXTS = {"prevstud": "previous", "newstud": DATABASES, "othstud": OTHER,
          "identification": "identification", "screening": "screening",
          "included": "included"}  # fmt: skip
_HAND_MADE = "mend the number, or write NA where it is not known"


@dataclass(frozen=True)
class Form:
    """What a file says: its boxes, and what it calls the arms and the bars."""

    path: Path
    boxes: list[Box]
    headings: dict[str, str]


def read_prisma_csv(path: Path) -> Form:
    """Return the boxes of a `PRISMA.csv`, ours or that of the R package, filled in by hand.

    Groups of rows in which nothing is filled in (nothing but `NA` or empty cells) are left out: the
    version before, other methods, registers, all versions together, what is in a meta-analysis.

    Raises:
        ReviewError: the file cannot be read, a row is missing, unknown or there twice, or an `n` is
            no number: with the line.
    """
    by_data = {row.data: row for row in FORM if row.data}
    read: dict[str, tuple[int, dict[str, str]]] = {}
    headings: dict[str, str] = {}
    extras: list[Box] = []
    for line, cells in read_csv_with_lines(path, COLUMNS):
        cells = {column: value.strip() for column, value in cells.items() if column}
        name = cells["data"]
        if name in by_data:
            if name in read:
                raise ReviewError(f"the row {name!r} is there twice", f"{path}:{line}",
                                  "leave one of the two")  # fmt: skip
            read[name] = line, cells
        elif name not in ("", MISSING):
            raise ReviewError(f"the row {name!r} is not known", f"{path}:{line}",
                              f"the column data names one of {', '.join(by_data)}")  # fmt: skip
        elif cells["box"] in STEP_BOXES or cells["box"] in _OURS:
            extras += _extra_boxes(path, line, cells)
        if cells["box"] in _TEXTS and _is_filled(cells["boxtext"]):
            headings[_TEXTS[cells["box"]]] = cells["boxtext"]
    _require(path, read)
    boxes = [box for row in FORM if row.data in read for box in _boxes(path, row, *read[row.data])]
    used = list(_used([*boxes, *extras]))
    return Form(path, [*used, *_identified(used)], headings)


def _identified(boxes: Sequence[Box]) -> Iterator[Box]:
    """Yield what all sources of an arm found: the form has no row for it."""
    for arm in ARMS:
        found = [box for box in boxes if box.arm == arm and box.id.startswith(RECORDS)]
        if found:
            n = total_of([box.n for box in found])
            first = min(box.line for box in found)
            yield Box(f"{arm}_identified", arm, "Records identified", RECORDS_UNIT, n, line=first)


def total_of(counts: Sequence[Count]) -> Count:
    """Return the sum of counts; where one is unknown, so is the sum.

    >>> total_of([1, 2]), total_of([1, "not reported"])
    (3, 'not reported')
    """
    unknown = [n for n in counts if not isinstance(n, int)]
    return unknown[0] if unknown else sum(counts)


_LATER = {"database_specific_results", "register_specific_results", "total_studies_ma",
          "total_reports_ma"}  # fmt: skip
"""Rows that files of earlier versions of the R package have not."""


def _require(path: Path, read: Mapping[str, object]) -> None:
    missing = [row.data for row in FORM if row.id and row.data not in read.keys() | _LATER]
    if missing:
        more = f", and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise ReviewError(
            f"the row {missing[0]!r} is missing{more}",
            str(path),
            "begin with figures/PRISMA.csv of a run, or with the file of the R package PRISMA2020",
        )  # fmt: skip


def _is_filled(text: str) -> bool:
    return text not in ("", MISSING)


def _boxes(path: Path, row: FormRow, line: int, cells: Mapping[str, str]) -> Iterator[Box]:
    """Yield the box of a row, and those of the list that its `n` packs."""
    if not row.id:
        return
    label = cells["boxtext"] if _is_filled(cells["boxtext"]) else row.boxtext
    link = safe_link(cells["url"])
    if not row.is_list:
        n = read_count(cells["n"], f"{path}:{line}")
        yield Box(row.id, row.arm, label, row.unit, n, link=link, line=line)
        return
    whole, parts = read_list(cells["n"], f"{path}:{line}")
    if not row.id.startswith(SPECIFIC):
        yield Box(row.id, row.arm, label, row.unit, whole, link=link, line=line)
    for number, (name, n) in enumerate(parts):
        yield Box(f"{row.id}:{number}", row.arm, name, row.unit, n, link=link, line=line)


def _extra_boxes(path: Path, line: int, cells: Mapping[str, str]) -> Iterator[Box]:
    """Yield the boxes of a row that only we write."""
    name = cells["box"]
    if name in STEP_BOXES:
        arm, step = STEP_BOXES[name]
        usual, unit = step.label, step.unit
    else:
        (arm, usual), unit = _OURS[name], RECORDS_UNIT
    is_list = name.endswith("_reports_excluded")
    label = cells["boxtext"] if _is_filled(cells["boxtext"]) else usual
    row = FormRow("", "", name, "", label, name, arm, unit, is_list)
    return _boxes(path, row, line, cells)


_MOST_DIGITS = 15
_TEMPLATE = re.compile(r"(?i)x+|\?|")
_SAID = {"not reported": NOT_REPORTED, "n not reported": NOT_REPORTED,
         "not searched": NOT_SEARCHED, "not searchable": NOT_SEARCHABLE,
         "not stated": NOT_STATED}  # fmt: skip


def read_count(text: str, where: str) -> Count:
    """Return an `n`: a whole number, with commas or without, or that none is known.

    >>> read_count("1,234", "x"), read_count("NA", "x"), read_count("not reported", "x")
    (1234, 'not stated', 'not reported')
    """
    said = text.strip()
    if said == MISSING or _TEMPLATE.fullmatch(said):
        return NOT_STATED
    if said.lower() in _SAID:
        return _SAID[said.lower()]
    digits = said.replace(",", "").removesuffix(".0")
    is_whole = digits.isascii() and digits.isdecimal()
    if is_whole and len(digits) > _MOST_DIGITS:
        raise ReviewError(
            f"n has {len(digits)} digits; no flow counts that much", where, _HAND_MADE
        )
    if not is_whole:
        raise ReviewError(f"n is {said!r}, which is no whole number", where, _HAND_MADE)
    return int(digits)


def read_list(text: str, where: str) -> tuple[Count, list[tuple[str, Count]]]:
    """Return what a cell packs: the sum of the numbers, and each label with its number.

    A number alone is the sum without labels; the list of the empty form (`Reason1, xxx`) is none.

    >>> read_list("Not UK, 3; Too old, 1", "x")
    (4, [('Not UK', 3), ('Too old', 1)])
    >>> read_list("7", "x"), read_list("NA", "x"), read_list("Reason1, xxx; Reason2, xxx", "x")
    ((7, []), ('not stated', []), ('not stated', []))
    """
    parts = []
    pieces = [piece.strip() for piece in text.split(";") if piece.strip()]
    if len(pieces) < 2 and re.fullmatch(r"[\d,. ]*|NA|\?|(n )?not \w+", text.strip()):
        return read_count(text, where), []
    for piece in pieces:
        label, comma, number = piece.rpartition(",")
        if re.fullmatch(r"\d\d\d", number.strip()) and re.search(r",\s*\d{1,3}$", label):
            label, comma, thousands = label.rpartition(",")  # a comma within the number
            number = f"{thousands.strip()},{number.strip()}"
        if not comma or not label.strip():
            raise ReviewError(f"{piece!r} is no label with a number", where,
                              "write a list as: Reason, 3; Another reason, 1")  # fmt: skip
        parts.append((label.strip(), read_count(number, where)))
    if all(n == NOT_STATED for _, n in parts) and re.search(r"(?i),\s*x+\s*(;|$)", text):
        return NOT_STATED, []
    return total_of([n for _, n in parts]), parts


def safe_link(url: str) -> str:
    """Return a link that a drawing may hold: of the web, or to a file beside it; else none.

    >>> safe_link("excluded.html"), safe_link("https://x.example"), safe_link("javascript:alert(1)")
    ('excluded.html', 'https://x.example', '')
    """
    if not _is_filled(url) or re.search(r"[\s<>\x00-\x1f]", url):
        return ""
    scheme = re.match(r"[^/?#]*:", url)
    return url if not scheme or re.match(r"(?i)https?:", url) else ""


_GROUPS = (
    ("previous_studies", "previous_reports"),
    ("total_studies", "total_reports"),
    ("total_studies_ma", "total_reports_ma"),
)


def _used(boxes: Sequence[Box]) -> Iterator[Box]:
    """Yield the boxes of what is filled in: each group as a whole, or not at all.

    A 0 is filled in: somebody looked and found none. Only `NA` and an empty cell say nothing.
    """
    has_other = any(_says(box) for box in boxes if box.arm == OTHER)
    for box in boxes:
        group = next((one for one in _GROUPS if box.id in one), ())
        if group and not any(_says(one) for one in boxes if one.id in group):
            continue
        if box.arm == OTHER and not has_other:
            continue
        if box.id == "databases_removed_other" and not _says(box):
            continue
        if box.id == "records_registers" and not any(_says(one) for one in _registers(boxes)):
            continue
        yield box


def _registers(boxes: Sequence[Box]) -> Iterator[Box]:
    """Yield what a file says of registers, all together and each."""
    starts = ("records_registers", f"{SPECIFIC}registers:")
    return (box for box in boxes if box.id.startswith(starts))


def _says(box: Box) -> bool:
    """Tell whether a box is filled in."""
    return box.n != NOT_STATED
