"""Prepares rows of the tables of duplicates for the page: pairs side by side, and versions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from searchsets.dedupe.explain import CALLED, decide_command
from searchsets.dedupe.log import SHOWN
from searchsets.reporting.build import Row
from searchsets.reporting.page_table import PageTable
from searchsets.reporting.tables.duplicates import ON_PAGE

ORIGINAL = "original"
"""The run that `searchsets dedupe decide` means when no run is named."""

_CALLED = CALLED | {"container": CALLED["venue"]}


@dataclass(frozen=True)
class Field:
    """A field of two records: how it is called, its column, whether the two disagree in it."""

    called: str
    name: str
    differs: bool


@dataclass(frozen=True)
class Question:
    """A pair for a person: its row, the fields that are shown, and the commands that decide it.

    `also` names fields that disagree and are not shown.
    """

    number: int
    row: Row
    fields: list[Field]
    also: list[str]
    commands: list[str]


def questions(review: PageTable, run: str) -> list[Question]:
    """Return the pairs that the page shows of the review queue, the first of them."""
    return [_question(number, row, run) for number, row in review.numbered()[:ON_PAGE]]


def _question(number: int, row: Row, run: str) -> Question:
    disagree = row["disagree"].split("; ") if row["disagree"] else []
    fields = [
        Field(_CALLED.get(name, name), name, name in disagree)
        for name in SHOWN
        if row[f"{name}_a"] or row[f"{name}_b"]
    ]
    also = [CALLED.get(name, name) for name in disagree if name not in SHOWN]
    return Question(number, row, fields, also, list(_commands(row, run)))


def _commands(row: Row, run: str) -> Iterator[str]:
    """Yield the command lines that decide a pair, ready to copy but for what is in capitals."""
    where = "" if run == ORIGINAL else f"--run {run}"
    for decision, kind in (("same", ""), ("different", ""), ("version", "--kind KIND ")):
        yield decide_command(row["record_id_a"], row["record_id_b"], decision, f"{kind}{where}")


@dataclass(frozen=True)
class VersionLink:
    """Two records that are versions: their row, and the other rows that name the one or the other."""

    number: int
    row: Row
    also: dict[str, list[tuple[int, str]]]


def version_links(versions: PageTable) -> dict[str, list[VersionLink]]:
    """Return by kind the versions that the page shows, each record with the others it is linked to."""
    shown = [one for rows in versions.groups("kind").values() for one in rows[:ON_PAGE]]
    others: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for number, row in shown:
        others[row["record_id_a"]].append((number, row["record_id_b"]))
        others[row["record_id_b"]].append((number, row["record_id_a"]))
    found: dict[str, list[VersionLink]] = defaultdict(list)
    for number, row in shown:
        also = {
            side: [one for one in others[row[f"record_id_{side}"]] if one[0] != number]
            for side in "ab"
        }
        found[row["kind"]].append(VersionLink(number, row, also))
    return dict(found)
