"""Writes `PRISMA.csv`, from which the R package PRISMA2020 draws the flow of a run too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from searchsets.files import csv_text
from searchsets.reporting.flow.diagram import link_of
from searchsets.reporting.flow.form import COLUMNS, FORM, MISSING, STEP_BOXES, FormRow
from searchsets.reporting.flow.model import (
    DATABASES,
    KNOWN,
    OTHER,
    RECORDS,
    Box,
    Count,
    filter_text,
)


def prisma_csv(boxes: Sequence[Box]) -> str:
    """Return the text of `PRISMA.csv` for the boxes of a run, a new review's."""
    by_id = {box.id: box for box in boxes}
    formed = dict(_formed(by_id))
    rows = [_row(row, formed.get(row.id)) for row in FORM]
    taken = {row.id for row in FORM} | {"databases_duplicates_by_people"}
    for box in boxes:
        extra = box.arm and (box.id in STEP_BOXES or box.arm == KNOWN) and box.id not in taken
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
        sources = [
            one for one in by_id.values() if one.arm == DATABASES and one.id.startswith(RECORDS)
        ]
        yield "specific_databases", (_packed(sources), link_of(found))
        yield "databases_duplicates", _duplicates(by_id)
        yield "databases_removed_other", ("0", "")
    for arm in (DATABASES, OTHER):
        whole = by_id.get(f"{arm}_reports_excluded")
        if whole:
            reasons = [one for one in by_id.values() if one.id.startswith(f"{whole.id}:")]
            yield whole.id, (_packed(reasons) if reasons else _n(whole.n), link_of(whole))


def _duplicates(by_id: Mapping[str, Box]) -> tuple[str, str]:
    """Return how many duplicates of databases there are, whoever found them: the form has one row."""
    joined, by_people = by_id["databases_duplicates"], by_id.get("databases_duplicates_by_people")
    if by_people is None:
        return _n(joined.n), link_of(joined)
    wanted = filter_text([("arm", [DATABASES]), ("removed", ["duplicate", "duplicate_by_people"])])
    return str(joined.n + by_people.n), link_of(replace(joined, filter=wanted))


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
