"""What became of every record of two runs: the one list behind all counts of a comparison."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from searchsets.errors import ReviewError
from searchsets.published import PublishedRun, Row
from searchsets.records.other_sources import UNSEARCHED
from searchsets.screening.model import SHOWN, changed_fields
from searchsets.screening.outcomes.states import DECIDED
from searchsets.updates.earlier import Earlier
from searchsets.updates.memory import FOUND

COLUMNS = (
    "record_id", "source", "title", "year", "a", "b", "change", "became", "changed_fields", "work_a",
    "work_b", "state_a", "state_b", "decision",
)  # fmt: skip
FOUND_IN, CARRIED = "found", "carried over"
"""How a run has a record: it found it, or took it over from the run before."""

NEW, CHANGED, SAME, NOT_AGAIN, DROPPED = "new", "changed", "the same", "not found again", "dropped"
CHANGES = {
    NEW: "among the records of {b}, and not of {a}",
    CHANGED: "among the records of both, with another title, abstract, year or journal",
    SAME: "among the records of both, and says the same",
    NOT_AGAIN: "in {a}; no search of {b} found it, and its work is taken over",
    DROPPED: "in {a} and not in {b}",
}
"""What can become of a record between two runs, with what it says."""

TAKEN_OVER, ASKED_AGAIN, DECIDED_NOW, OPEN = (
    "taken over", "asked for again", "decided in the later run", "open",
)  # fmt: skip
DECISIONS = {
    TAKEN_OVER: "decided in {a}, and so it stands in {b}",
    ASKED_AGAIN: "decided in {a} and asked for again in {b}, for a reason that is stated",
    DECIDED_NOW: "decided in {b}, by people or by a rule of the criteria",
    OPEN: "not decided in {b} yet",
}
"""What became of the decision on the work of a record in the later run, with what it says."""


@dataclass(frozen=True)
class Side:
    """One of the two runs: its records as they are shown, their works and states."""

    run: Earlier

    @cached_property
    def links(self) -> dict[str, Row]:
        """The link of each record, by its id."""
        return {row["record_id"]: row for row in self.run.links}

    @cached_property
    def shown(self) -> dict[str, Mapping[str, Any]]:
        """What a reviewer is shown of each record, by its id."""
        rows = self.run.records(("record_id", *SHOWN)).to_pylist()
        return {row["record_id"]: row for row in rows}

    @cached_property
    def states(self) -> dict[str, str]:
        """Where screening left each work."""
        return {row["work_id"]: row["state"] for row in self.run.rows("screening/final.csv")}

    @cached_property
    def again(self) -> set[str]:
        """The works that were decided before and asked for again."""
        return {row["work_id"] for row in self.run.rows("screening/recheck.csv")}

    def has(self, record_id: str) -> str:
        """Return how the run has a record, nothing if it has not."""
        if record_id not in self.links:
            return ""
        became = self.run.memory.get(record_id, {}).get("became", FOUND)
        return FOUND_IN if became == FOUND else CARRIED

    def work(self, record_id: str) -> str:
        """Return the work of a record, nothing if the run has it not."""
        return self.links[record_id]["work_id"] if record_id in self.links else ""

    def source(self, record_id: str) -> str:
        """Return the source that gave a record."""
        return self.run.source_of(self.links[record_id])


def compared_records(a: Side, b: Side) -> Iterator[dict[str, Any]]:
    """Yield every record of either run with what became of it (`COLUMNS`), in the order of ids."""
    before = {row["work_id"] for row in a.run.links}
    for record_id in sorted(a.links.keys() | b.links.keys()):
        side = b if record_id in b.links else a
        changed = _changed(a, b, record_id)
        work = b.work(record_id)
        yield {
            "record_id": record_id,
            "source": side.source(record_id),
            "title": side.shown[record_id]["title"],
            "year": side.shown[record_id]["year"],
            "a": a.has(record_id),
            "b": b.has(record_id),
            "change": _change(a.has(record_id), b.has(record_id), changed),
            "became": b.run.memory.get(record_id, {}).get("became", ""),
            "changed_fields": changed,
            "work_a": a.work(record_id),
            "work_b": work,
            "state_a": a.states.get(a.work(record_id) or work, ""),  # a new record of an old work
            "state_b": b.states.get(work, ""),
            "decision": _decision(a, b, work, was_there=work in before) if work else "",
        }


def _changed(a: Side, b: Side, record_id: str) -> list[str]:
    then, now = a.shown.get(record_id), b.shown.get(record_id)
    return changed_fields(then, now) if then and now else []


def _change(a: str, b: str, changed: list[str]) -> str:
    if not a or not b:
        return NEW if b else DROPPED
    if b == CARRIED and a == FOUND_IN:
        return NOT_AGAIN
    return CHANGED if changed else SAME


def _decision(a: Side, b: Side, work: str, *, was_there: bool) -> str:
    if b.states[work] not in DECIDED:
        return ASKED_AGAIN if work in b.again else OPEN
    if work in b.again or not was_there:
        return DECIDED_NOW
    return TAKEN_OVER if a.states.get(work) == b.states[work] else DECIDED_NOW


def check_closing(rows: list[dict[str, Any]], a: Side, b: Side) -> None:
    """Raise where records are lost between two runs and their comparison.

    Raises:
        ReviewError: which two counts do not close, with both numbers.
    """
    change = Counter(row["change"] for row in rows)
    both = change[SAME] + change[CHANGED] + change[NOT_AGAIN]
    sums = [
        (f"records of {a.run.name}", len(a.links), both + change[DROPPED]),
        (f"records of {b.run.name}", len(b.links), both + change[NEW]),
    ]
    found = Counter(row["source"] for row in rows if row["b"] == FOUND_IN)
    for source, retrieved in _retrieved(b.run).items():
        sums.append((f"records of {source} that {b.run.name} retrieved", retrieved, found[source]))
    for what, one, other in sums:
        if one != other:
            raise ReviewError(
                f"the counts of the comparison do not close: {what}: {one} and {other}",
                str(b.run.folder),
                "make both runs again; if it comes back, please report it",
            )


def _retrieved(run: PublishedRun) -> dict[str, int]:
    """Return how many records each database gave to the works, by the lists of the searches."""
    sources = {row["database"] for row in run.links} - set(UNSEARCHED)
    lists = [name for name in run.manifest["outputs"] if name.endswith("/retrieved.csv")]
    ids: dict[str, set[str]] = {source: set() for source in sources}
    for name in lists:
        for row in run.rows(name):
            source = row["record_id"].partition(":")[0]
            ids.setdefault(source, set()).add(row["record_id"])
    return {source: len(many) for source, many in ids.items()}
