"""Reads the table that ASReview exports: the data with a label, its time and note for each record.

It keeps neither labels that were changed nor which came as prior knowledge: a project file does.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from searchsets.errors import ReviewError
from searchsets.screening.exchange.asreview import NOBODY, TOOL, own_ids
from searchsets.screening.exchange.model import (
    Asked,
    Foreign,
    Found,
    decision_of,
    joined,
    require_votes,
    time_of,
    year_of,
)
from searchsets.screening.exchange.opening import Row, rows
from searchsets.screening.model import SCREENER, Event, grid_text
from searchsets.words import counted

LABEL = "asreview_label"
_GROUP = "asreview_group_id"
_TAG = "asreview_tag_"
_LESS = "the table keeps neither changed labels nor which came as prior knowledge: the project file does"


def is_export(names: Sequence[str]) -> bool:
    """Tell by the names of its columns, in small letters, whether a table is such an export."""
    return LABEL in names


def read(path: Path, asked: Asked) -> Found:
    """Return the labels of an exported table as acts.

    Raises:
        ReviewError: it is no such table, or a label is neither 1 nor 0.
    """
    table = rows(path)
    if not table or not is_export(list(table[0].cells)):
        raise ReviewError(
            f"the table has no column {LABEL}", f"{path}:1", "in ASReview: Collection, Export"
        )
    found = Found(TOOL, messages=[_LESS])
    seen: set[str] = set()
    alike = 0
    for number, row in enumerate(table):
        # The first column has no name: it is ASReview's own number of the record.
        own = row.cells.get("", "").strip() or str(number)
        title, doi, year = row.get("title", "primary_title"), row.get("doi"), row.get("year")
        found.records[own] = Foreign(own, own_ids(row), title, year_of(year), doi, row.place)
        if not row.get(LABEL):
            continue
        group = row.get(_GROUP) or own
        if group in seen:
            alike += 1
            continue
        seen.add(group)
        found.acts.append(_act(own, row, asked))
    if alike:
        found.messages.append(
            f"left out: {counted(alike, 'record')}, labelled with the one that it repeats"
        )
    return require_votes(found, str(path), "screen something in ASReview, and export it again")


def _act(key: str, row: Row, asked: Asked) -> Event:
    decision = decision_of(row.get(LABEL), asked.codes)
    if not decision:
        raise ReviewError(f"the label is {row.get(LABEL)!r}", row.place, "ASReview writes 1 or 0")
    set_tags = [
        name.removeprefix(_TAG)
        for name, cell in row.cells.items()
        if name.startswith(_TAG) and cell.strip() in ("1", "1.0")
    ]
    # A tag's column is `<group>_<tag>`: either may hold the `_`.
    grid = {
        c: "met" for c in asked.criteria for tag in set_tags if tag == c or tag.endswith(f"_{c}")
    }
    others = [tag for tag in set_tags if not any(tag == c or tag.endswith(f"_{c}") for c in grid)]
    return Event(
        record_id=key, reviewer=row.get("asreview_user_name", "asreview_user_email") or NOBODY,
        role=SCREENER, decision=decision, criteria=grid_text(grid),
        note=joined([row.get("asreview_note"), f"tags: {', '.join(others)}" if others else ""]),
        decided_at=time_of(row.get("asreview_time")),
    )  # fmt: skip
