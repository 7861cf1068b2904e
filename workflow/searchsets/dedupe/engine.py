"""Deduplicates records: the whole way from a table of records to works, links and the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pyarrow as pa

from searchsets.dedupe.alike import Alike, alike_codes
from searchsets.dedupe.blocks import Cut, candidate_pairs
from searchsets.dedupe.checks import Checks, check_columns
from searchsets.dedupe.joining import Decision, Joining, Policy
from searchsets.dedupe.material import read_rows
from searchsets.dedupe.pairs import judged, learn
from searchsets.dedupe.people import Standing
from searchsets.dedupe.reading import COMPARED, Reading, read
from searchsets.dedupe.remembered import Remembered

NOTHING_BEFORE = Remembered()


@dataclass
class Deduplicated:
    """The records, the works that they are, every decision, and what was found on the way."""

    table: pa.Table
    readings: list[Reading]
    groups: Mapping[int, Sequence[int]]
    work_of: list[str]
    decisions: list[Decision]
    checks: Checks
    cuts: list[Cut] = field(default_factory=list)

    @cached_property
    def position(self) -> dict[str, int]:
        """The row of each record in the table, by its id."""
        return {one.record_id: i for i, one in enumerate(self.readings)}

    def work(self, record_id: str) -> str:
        """Return the id of the work that a record belongs to."""
        return self.work_of[self.position[record_id]]


def deduplicate(
    table: pa.Table,
    policy: Policy,
    people: Standing,
    say: Callable[[str], None] = lambda message: None,
    readings: list[Reading] | None = None,
    earlier: Remembered = NOTHING_BEFORE,
) -> Deduplicated:
    """Join records into works; the outcome does not depend on the order of the rows.

    Args:
        table: the records, with the columns of an import but `raw`, in the order of their ids.
        policy: what the review decides.
        people: what people decided about pairs.
        say: told how far it is.
        readings: what is compared of each record, if that is known already.
        earlier: the works of the run that this one updates.
    """
    checks = look_at_columns(table)
    if readings is None:
        readings = list(read_rows(table))
    set_aside(table, readings, checks)
    say(f"{len(readings):,} records read")
    apart = people.records.union(earlier.work_of)
    alike = Alike(alike_codes(table, policy.single, apart))
    few = [readings[i] for i in alike.first]
    pairs, cuts = candidate_pairs(few)
    say(f"{len(pairs):,} pairs to compare")
    known = learn(few, pairs)
    found = [*judged(few, pairs, known), *alike.judged(readings, known)]
    say(f"{len(found):,} pairs judged; joining")
    joining = Joining(table, readings, policy, people, known, earlier)
    decisions = joining.run(found)
    groups = joining.clusters.groups()
    work_of = [""] * len(readings)
    for members in groups.values():
        work = earlier.work_id([readings[member].record_id for member in members])
        for member in members:
            work_of[member] = work
    return Deduplicated(table, readings, groups, work_of, decisions, checks, cuts)


def look_at_columns(table: pa.Table) -> Checks:
    """Look at the columns of records before they are trusted."""
    names = ("database", "title", "year", "container", "issue", "pages", "doi")
    return check_columns({name: table.column(name).to_pylist() for name in names})


def set_aside(table: pa.Table, readings: list[Reading], checks: Checks) -> None:
    """Take out of what is compared the columns and values that are not to be trusted."""
    if not checks.issues and not checks.dois:
        return
    columns = [table.column(name).to_pylist() for name in COMPARED]
    for place, values in enumerate(zip(*columns, strict=True)):
        row = dict(zip(COMPARED, values, strict=True))
        if aside := checks.set_aside(row):
            readings[place] = read(row, aside)
