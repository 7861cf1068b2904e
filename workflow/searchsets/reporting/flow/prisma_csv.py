"""Writes and reads `PRISMA.csv`, the file from which the R package PRISMA2020 draws a flow diagram.

The columns, and the names, boxes and order of its 34 rows, are those of that package (Haddaway et
al. 2022, doi:10.1002/cl2.1230), which finds a row by its name. A number that is not known is `NA`,
which the package draws as such. What its form has no row for follows below, only where something
stands there, with `NA` for a name: the package passes over it, and `searchsets flow` draws it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from searchsets.errors import ReviewError
from searchsets.files import csv_text, read_csv_with_lines
from searchsets.reporting.flow.boxes import STEPS
from searchsets.reporting.flow.diagram import SPECIFIC, link_of
from searchsets.reporting.flow.model import (
    ARMS,
    DATABASES,
    KNOWN,
    NOT_STATED,
    OTHER,
    RECORDS,
    RECORDS_UNIT,
    REPORTS_UNIT,
    STUDIES_UNIT,
    Box,
    Count,
)
from searchsets.reporting.tables import NOT_REPORTED, NOT_SEARCHED

COLUMNS = ("data", "node", "box", "description", "boxtext", "tooltips", "url", "n")
MISSING = "NA"


@dataclass(frozen=True)
class FormRow:
    """A row of the form: its names in the package, what it says, and which box of ours it is.

    `is_list` is a row whose `n` packs several: `Reason, 3; Reason, 1`.
    """

    data: str
    node: str
    box: str
    description: str
    boxtext: str
    id: str = ""
    arm: str = ""
    unit: str = RECORDS_UNIT
    is_list: bool = False


_DB, _OM = " (databases and registers)", " (other methods)"

FORM = (
    FormRow("", "node4", "prevstud", "Title: previous studies", "Previous studies"),
    FormRow("previous_studies", "node5", "box1", "Studies in the version of the review before",
            "Studies included in previous version of review", "previous_studies", "", STUDIES_UNIT),
    FormRow("previous_reports", "", "box1", "Reports of those studies",
            "Reports of studies included in previous version of review", "previous_reports", "",
            REPORTS_UNIT),
    FormRow("", "node6", "newstud", "Title: databases and registers",
            "Identification of new studies via databases and registers"),
    FormRow("database_results", "node7", "box2", "Records from databases", "Databases",
            "records_databases", DATABASES),
    FormRow("database_specific_results", "", "box2", "Records from each database",
            "Specific Databases", "specific_databases", DATABASES, is_list=True),
    FormRow("register_results", "", "box2", "Records from registers", "Registers",
            "records_registers", DATABASES),
    FormRow("register_specific_results", "", "box2", "Records from each register",
            "Specific Registers", "specific_registers", DATABASES, is_list=True),
    FormRow("", "node16", "othstud", "Title: other methods",
            "Identification of new studies via other methods"),
    FormRow("website_results", "node17", "box11", "Records from websites", "Websites",
            "records_websites", OTHER),
    FormRow("organisation_results", "", "box11", "Records from organisations", "Organisations",
            "records_supplied", OTHER),
    FormRow("citations_results", "", "box11", "Records from citation searching",
            "Citation searching", "records_citations", OTHER),
    FormRow("duplicates", "node8", "box3", "Duplicates removed", "Duplicate records",
            "databases_duplicates", DATABASES),
    FormRow("excluded_automatic", "", "box3", "Removed by rules before screening",
            "Records marked as ineligible by automation tools", "databases_excluded_by_rule",
            DATABASES),
    FormRow("excluded_other", "", "box3", "Removed for other reasons",
            "Records removed for other reasons", "databases_removed_other", DATABASES),
    FormRow("records_screened", "node9", "box4", f"Records screened{_DB}", "Records screened",
            "databases_screened", DATABASES),
    FormRow("records_excluded", "node10", "box5", f"Records excluded{_DB}", "Records excluded",
            "databases_excluded", DATABASES),
    FormRow("dbr_sought_reports", "node11", "box6", f"Reports sought{_DB}",
            "Reports sought for retrieval", "databases_sought", DATABASES, REPORTS_UNIT),
    FormRow("dbr_notretrieved_reports", "node12", "box7", f"Reports not retrieved{_DB}",
            "Reports not retrieved", "databases_not_retrieved", DATABASES, REPORTS_UNIT),
    FormRow("other_sought_reports", "node18", "box12", f"Reports sought{_OM}",
            "Reports sought for retrieval", "other_sought", OTHER, REPORTS_UNIT),
    FormRow("other_notretrieved_reports", "node19", "box13", f"Reports not retrieved{_OM}",
            "Reports not retrieved", "other_not_retrieved", OTHER, REPORTS_UNIT),
    FormRow("dbr_assessed", "node13", "box8", f"Reports assessed{_DB}",
            "Reports assessed for eligibility", "databases_assessed", DATABASES, REPORTS_UNIT),
    FormRow("dbr_excluded", "node14", "box9", f"Reports excluded, by reason{_DB}",
            "Reports excluded", "databases_reports_excluded", DATABASES, REPORTS_UNIT, True),
    FormRow("other_assessed", "node20", "box14", f"Reports assessed{_OM}",
            "Reports assessed for eligibility", "other_assessed", OTHER, REPORTS_UNIT),
    FormRow("other_excluded", "node21", "box15", f"Reports excluded, by reason{_OM}",
            "Reports excluded", "other_reports_excluded", OTHER, REPORTS_UNIT, True),
    FormRow("new_studies", "node15", "box10", "Studies that this version includes",
            "New studies included in review", "studies", "", STUDIES_UNIT),
    FormRow("new_reports", "", "box10", "Reports of those studies",
            "Reports of new included studies", "included", "", REPORTS_UNIT),
    FormRow("total_studies", "node22", "box16", "Studies that all versions include",
            "Total studies included in review", "total_studies", "", STUDIES_UNIT),
    FormRow("total_reports", "", "box16", "Reports of those studies",
            "Reports of total included studies", "total_reports", "", REPORTS_UNIT),
    FormRow("identification", "node1", "identification", "Bar: identification", "Identification"),
    FormRow("screening", "node2", "screening", "Bar: screening", "Screening"),
    FormRow("included", "node3", "included", "Bar: included", "Included"),
    FormRow("total_studies_ma", "node23", "box17", "Studies in a meta-analysis",
            "Total studies included in meta-analysis", "total_studies_ma", "", STUDIES_UNIT),
    FormRow("total_reports_ma", "", "box17", "Reports in a meta-analysis",
            "Reports of total included studies in meta-analysis", "total_reports_ma", "",
            REPORTS_UNIT),
)  # fmt: skip

_STEPS = {f"{arm}_{step.name}": (arm, step) for arm in ARMS for step in STEPS}
_OURS = {f"{RECORDS}known_items": (KNOWN, "Works of the report’s own reference list")}
_TEXTS = {"prevstud": "previous", "newstud": DATABASES, "othstud": OTHER,
          "identification": "identification", "screening": "screening",
          "included": "included"}  # fmt: skip
_HAND_MADE = "mend the number, or write NA where it is not known"


# Writing


def prisma_csv(boxes: Sequence[Box]) -> str:
    """Return the text of `PRISMA.csv` for the boxes of a run, a new review's."""
    by_id = {box.id: box for box in boxes}
    formed = dict(_formed(by_id))
    rows = [_row(row, formed.get(row.id)) for row in FORM]
    taken = {row.id for row in FORM} | {"databases_duplicates_by_people"}
    for box in boxes:
        extra = box.arm and (box.id in _STEPS or box.arm == KNOWN) and box.id not in taken
        if extra and _is_own_step(box) and box.n:
            rows.append(_extra_row(box, by_id))
    return csv_text(COLUMNS, rows)


def _is_own_step(box: Box) -> bool:
    """Tell whether a box stands in the file only where the form has none for it."""
    derived = ("_identified", "_kept", "_passed", "_included")
    return isinstance(box.n, int) and not box.id.endswith(derived) and ":" not in box.id


def _formed(by_id: Mapping[str, Box]) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield `n` and the link of each row of the form that a run has a number for."""
    plain = {row.id for row in FORM if row.id and not row.is_list}
    for name in plain & by_id.keys():
        yield name, (_n(by_id[name].n), link_of(by_id[name]))
    found = by_id.get("databases_identified")
    if found:
        yield "records_databases", (_n(found.n), link_of(found))
    if found and isinstance(found.n, int):
        sources = [one for one in by_id.values() if one.arm == DATABASES and one.id[:8] == RECORDS]
        yield "specific_databases", (_packed(sources), link_of(found))
        twice = [by_id.get(f"databases_{one}") for one in ("duplicates", "duplicates_by_people")]
        there = [box for box in twice if box]
        link = link_of(there[0]).replace("duplicate", "duplicate|duplicate_by_people")
        n = str(sum(box.n for box in there))
        yield "databases_duplicates", (n, link if len(there) > 1 else link_of(there[0]))
        yield "databases_removed_other", ("0", "")
    for arm in (DATABASES, OTHER):
        whole = by_id.get(f"{arm}_reports_excluded")
        if whole:
            reasons = [one for one in by_id.values() if one.id.startswith(f"{whole.id}:")]
            yield whole.id, (_packed(reasons) if reasons else _n(whole.n), link_of(whole))


def _n(n: Count) -> str:
    return str(n) if isinstance(n, int) else MISSING


def _packed(boxes: Sequence[Box]) -> str:
    """Return labels and numbers in one cell; what parts them there is another mark within a label."""
    return "; ".join(f"{safe_label(box.label)}, {_n(box.n)}" for box in boxes)


def safe_label(label: str) -> str:
    """Return a label without the marks that part the labels of a cell.

    >>> safe_label("not UK, or before 2002; unclear")
    'not UK / or before 2002 / unclear'
    """
    return re.sub(r"\s*[,;]\s*", " / ", label).strip(" /")


def _row(row: FormRow, formed: tuple[str, str] | None) -> dict[str, str]:
    n, url = formed or (MISSING if row.id else "0", "")
    has_tip = row.node != ""
    return {
        "data": row.data or MISSING,
        "node": row.node or MISSING,
        "box": row.box,
        "description": row.description,
        "boxtext": row.boxtext,
        "tooltips": row.description if has_tip else MISSING,
        "url": url or MISSING,
        "n": n,
    }


def _extra_row(box: Box, by_id: Mapping[str, Box]) -> dict[str, str]:
    reasons = [one for one in by_id.values() if one.id.startswith(f"{box.id}:")]
    return {
        "data": MISSING,
        "node": MISSING,
        "box": box.id,
        "description": f"{box.label} (no row of the R package)",
        "boxtext": box.label,
        "tooltips": MISSING,
        "url": link_of(box) or MISSING,
        "n": _packed(reasons) if reasons else _n(box.n),
    }


# Reading


@dataclass(frozen=True)
class Form:
    """What a file says: its boxes, and what it calls the arms and the bars."""

    path: Path
    boxes: list[Box]
    headings: dict[str, str]


def read_prisma_csv(path: Path) -> Form:
    """Return the boxes of a `PRISMA.csv`, ours or that of the R package, filled in by hand.

    Groups of rows in which nothing is filled in (nothing but 0 or `NA`) are left out: the version
    before, other methods, what is in a meta-analysis.

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
        elif cells["box"] in _STEPS or cells["box"] in _OURS:
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
    if name in _STEPS:
        arm, step = _STEPS[name]
        usual, unit = step.label, step.unit
    else:
        (arm, usual), unit = _OURS[name], RECORDS_UNIT
    is_list = name.endswith("_reports_excluded")
    label = cells["boxtext"] if _is_filled(cells["boxtext"]) else usual
    row = FormRow("", "", name, "", label, name, arm, unit, is_list)
    return _boxes(path, row, line, cells)


_TEMPLATE = re.compile(r"(?i)x+|\?|")
_SAID = {"not reported": NOT_REPORTED, "n not reported": NOT_REPORTED,
         "not searched": NOT_SEARCHED, "not stated": NOT_STATED}  # fmt: skip


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
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 16):
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
    """Yield the boxes of what is filled in: each group as a whole, or not at all."""
    is_update = any(_says(box) for box in boxes if box.id in _GROUPS[0])
    has_other = any(_says(box) for box in boxes if box.arm == OTHER)
    for box in boxes:
        group = next((one for one in _GROUPS if box.id in one), ())
        if group and not any(_says(one) for one in boxes if one.id in group):
            continue
        if group == _GROUPS[1] and not is_update:
            continue
        if box.arm == OTHER and not has_other:
            continue
        if box.id in ("records_registers", "databases_removed_other") and not _says(box):
            continue
        yield box


def _says(box: Box) -> bool:
    """Tell whether a box is filled in: a 0 and an `NA` stand in the empty form too."""
    return box.n not in (0, NOT_STATED)
