"""Checks 10, 14 and 15: does the log look like the work of people who read; what to look at again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import groupby
from typing import Any

from searchsets.screening.agreement import implausible, pairs
from searchsets.screening.audit.model import Finding
from searchsets.screening.model import MODEL, SCREENER, Event, read_time, whole_number
from searchsets.screening.outcomes.outcome import BY_PERSON, EXCLUDED, IS_DUPLICATE, NOT_RETRIEVED
from searchsets.screening.outcomes.screening import Screening
from searchsets.screening.outcomes.states import BY_RULE, INCLUDED, KEPT_STATES

_FAST = 2.0  # seconds
_RUN = 10  # decisions
_SAME = 5
_FEWEST_RANKED = 100


def check_agreement(screening: Screening) -> Iterator[Finding]:
    """Yield pairs of screeners that can hardly be independent (10)."""
    for pair, chance in implausible(pairs(screening.standing)):
        yield Finding(
            "implausible_agreement",
            f"{pair.a} and {pair.b} agree on {pair.records:,} of {pair.records:,} records of "
            f"{pair.stage}, {pair.round} ({pair.both:,} kept by both, none by one alone); chance "
            f"{chance:.0e} if they were independent",
            "ask how they worked: one may have copied the other's decisions, or both were one file",
            stage=pair.stage,
        )


def check_speed(screening: Screening) -> Iterator[Finding]:
    """Yield runs of decisions that were too fast to be read, and many of one second (10)."""
    for file in screening.log.files:
        timed = [
            (time, event)
            for event in file.events
            if event.role == SCREENER and (time := read_time(event.decided_at))
        ]
        for _, same in groupby(timed, key=lambda one: one[0]):
            acts = [event for _, event in same]
            if len(acts) >= _SAME:
                yield Finding(
                    "identical_times",
                    f"{len(acts)} decisions of {file.reviewer} at {acts[0].decided_at}",
                    "ask whether they were taken one by one",
                    **screening.about(acts[0]),
                )
        yield from _fast(screening, timed)


def _fast(screening: Screening, timed: list[tuple[datetime, Event]]) -> Iterator[Finding]:
    run: list[Event] = []
    for place, (time, event) in enumerate(timed):
        gap = (time - timed[place - 1][0]).total_seconds() if place else None
        if gap is not None and 0 < gap < _FAST:
            run = run or [timed[place - 1][1]]
            run.append(event)
        elif gap != 0:
            yield from _told(screening, run)
            run = []
    yield from _told(screening, run)


def _told(screening: Screening, run: list[Event]) -> Iterator[Finding]:
    if len(run) >= _RUN:
        yield Finding(
            "implausible_speed",
            f"{len(run)} decisions of {run[0].reviewer} within {_FAST:.0f} seconds of each other, "
            f"from {run[0].decided_at} to {run[-1].decided_at}",
            "ask whether they were read",
            **screening.about(run[0]),
        )


def check_ranks(screening: Screening) -> Iterator[Finding]:
    """Yield decisions that stand far from where a model ranks the record (14).

    The rank is `order_shown` of the last act of role `model` on the record; where there is none, of
    a screener's act whose `order_policy` is a model's.
    """
    ranks = _ranks(screening.standing)
    if len(ranks) < _FEWEST_RANKED:
        return
    place = {record: n for n, record in enumerate(sorted(ranks, key=lambda i: (ranks[i], i)))}
    top, bottom = max(1, len(place) // 100), len(place) - len(place) // 10
    for row in screening.finals:
        rank = place.get(row["record_id"])
        if rank is None or row["decided_by"] != BY_PERSON:
            continue
        excluded = row["state"] == EXCLUDED and rank < top
        if excluded or (row["state"] in KEPT_STATES and rank >= bottom):
            side = "in the first hundredth" if excluded else "in the last tenth"
            yield Finding(
                "second_look",
                f"{row['state']}, but the model ranks it {rank + 1:,} of {len(place):,}, {side}",
                "look at it again",
                row["record_id"],
            )


def _ranks(events: list[Event]) -> dict[str, int]:
    models = [event for event in events if event.role == MODEL]
    by_model = models or [event for event in events if event.order_policy.startswith("model")]
    ranks = ((event.record_id, whole_number(event.order_shown)) for event in by_model)
    return {record_id: rank for record_id, rank in ranks if rank is not None}


def check_known_items(screening: Screening) -> Iterator[Finding]:
    """Yield key sources that no search found, that are lost, or that wait for a decision (15)."""
    state = {row["record_id"]: row for row in screening.finals}
    for item in screening.known_items:
        row = state.get(item.record_id)
        if row is None:
            yield _lost(item.record_id, f"{item.called}: has no state in this run")
            continue
        if item.found is False:
            yield Finding(
                "known_item_not_found",
                f"{item.called}: no record retrieved from a database is this work",
                "see the table of key sources and strategies: does the database hold it?",
                item.record_id,
            )
        if row["state"] in (EXCLUDED, NOT_RETRIEVED, IS_DUPLICATE):
            how = "by rule" if row["decided_by"] == BY_RULE else _how(screening, row)
            yield _lost(item.record_id, f"{item.called}: {row['state']} {how} ({row['reason']})")
        elif row["state"] != INCLUDED:
            message = f"{item.called}: {row['state']}"
            yield Finding("known_item_waits", message, "decide on it", item.record_id)


def _how(screening: Screening, row: Mapping[str, Any]) -> str:
    outcome = screening.outcomes[row["work_id"]][row["stage"]]
    return (
        f"at {row['stage']} by {', '.join(sorted({event.reviewer for event in outcome.counted}))}"
    )


def _lost(record_id: str, message: str) -> Finding:
    return Finding("known_item_lost", message, "look whether that is right", record_id)
