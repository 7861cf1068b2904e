"""What became of each record of an earlier run: found again, gone, changed, not searched again.

A record is what a source gave; the works that an earlier run made of its records, and what people
decided on them, are taken over whatever became of the record (Bramer and Bain 2017: search again as
a whole, and take out what was seen).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from searchsets.screening.model import changed_fields, record_sha

FOUND = "found again"
NOT_RETRIEVED = "not retrieved any more"
GONE = "gone from the source"
NOT_SEARCHED = "source not searched again"
NOT_BROUGHT = "not brought again"
OUTSIDE = "outside the limit of this search"
FATES = {
    FOUND: "a search of this run retrieved it, or its source brought it again",
    NOT_RETRIEVED: "the source still has it; the strategies of this run do not retrieve it",
    GONE: "the source was searched again, and what it gave does not hold it",
    NOT_BROUGHT: "its source gave something in this run, but not all that it has (an answer to a search, "
    "documents that were asked for, some websites): whether it is still there is unknown",
    NOT_SEARCHED: "nothing was brought from its source in this run: whether it is still there is unknown",
    OUTSIDE: "the searches of this run were limited to later years",
}
"""What can become of a record, each with what it says."""
KEPT, GAINED, LOST, NONE = "kept", "gained", "lost", "none"
"""What became of the abstract of a record; of one that nothing brought, what it had."""

MEMORY_COLUMNS = (
    "record_id", "source", "work_id", "first_found_in", "state_then", "became", "changed", "abstract",
    "record_sha_then", "record_sha_now",
)  # fmt: skip

Shown = Mapping[str, Any]
"""A record by the fields that a reviewer is shown."""


@dataclass(frozen=True)
class Now:
    """What the searches of a run brought.

    Args:
        records: the records of its sources, by id.
        retrieved: the ids of those that a search retrieved, or that no strategy filters.
        sources: the sources from which anything was brought.
        whole: those of them of which all was brought that they have (a corpus): only there can it be
            said that a record is gone.
        limited_from: the first year that was searched, None for whole searches.
        limited_by_entry: whether the limit is the day on which a record was entered: then no year
            of publication tells what it left out.
    """

    records: Mapping[str, Shown]
    retrieved: Collection[str]
    sources: Collection[str]
    whole: Collection[str] = ()
    limited_from: int | None = None
    limited_by_entry: bool = False

    def became(self, record_id: str, source: str, year: int | None) -> str:
        """Return what became of a record of an earlier run.

        Args:
            record_id: its id.
            source: the source that gave it.
            year: its year of publication, if known.
        """
        if record_id in self.retrieved:
            return FOUND
        if record_id in self.records:
            return NOT_RETRIEVED
        if source not in self.sources:
            return NOT_SEARCHED
        if source not in self.whole:
            return NOT_BROUGHT
        return OUTSIDE if self._left_out(year) else GONE

    def _left_out(self, year: int | None) -> bool:
        if self.limited_from is None:
            return False
        return self.limited_by_entry or year is None or year < self.limited_from


@dataclass(frozen=True)
class Then:
    """A record as an earlier run had it."""

    record_id: str
    source: str
    work_id: str
    first_found_in: str
    state: str
    shown: Shown


def memory_rows(then: Iterator[Then], now: Now) -> Iterator[dict[str, Any]]:
    """Yield what became of each record of an earlier run (`MEMORY_COLUMNS`)."""
    for one in then:
        today = now.records.get(one.record_id)
        yield {
            "record_id": one.record_id,
            "source": one.source,
            "work_id": one.work_id,
            "first_found_in": one.first_found_in,
            "state_then": one.state,
            "became": now.became(one.record_id, one.source, one.shown["year"]),
            "changed": changed_fields(one.shown, today) if today else [],
            "abstract": _abstract(one.shown, today or one.shown),
            "record_sha_then": record_sha(one.shown),
            "record_sha_now": record_sha(today) if today else "",
        }


def _abstract(then: Shown, now: Shown) -> str:
    had, has = bool(then["abstract"]), bool(now["abstract"])
    return {(True, True): KEPT, (False, True): GAINED, (True, False): LOST}.get((had, has), NONE)
