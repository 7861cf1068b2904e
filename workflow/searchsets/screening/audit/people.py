"""Checks 10, 14 and 15: does the log look like the work of people who read; what to look at again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from searchsets.screening.agreement import implausible, pairs
from searchsets.screening.audit.model import Case, Finding
from searchsets.screening.model import INCLUDE, Event
from searchsets.screening.states import (
    EXCLUDED,
    INCLUDED,
    IS_DUPLICATE,
    NOT_RETRIEVED,
)

_FAST = 2.0  # seconds
_RUN = 10  # decisions
_SAME = 5
_FEWEST_RANKED = 100


def check_agreement(case: Case) -> Iterator[Finding]:
    """Yield pairs of screeners that can hardly be independent (10)."""
    for pair, chance in implausible(pairs(case.standing)):
        yield Finding(
            "implausible_agreement",
            f"{pair.a} and {pair.b} agree on {pair.records:,} of {pair.records:,} records of "
            f"{pair.stage}, {pair.round} ({pair.both:,} kept by both, none by one alone); chance "
            f"{chance:.0e} if they were independent",
            "ask how they worked: one may have copied the other's decisions, or both were one file",
            stage=pair.stage,
        )


def check_speed(case: Case) -> Iterator[Finding]:
    """Yield runs of decisions that were too fast to be read, and many of one second (10)."""
    for file in case.log.files:
        timed = [
            (time, event)
            for event in file.events
            if event.role == "screener" and (time := _time(event.decided_at))
        ]
        for _, same in groupby(timed, key=lambda one: one[0]):
            acts = [event for _, event in same]
            if len(acts) >= _SAME:
                yield Finding(
                    "identical_times",
                    f"{len(acts)} decisions of {file.reviewer} at {acts[0].decided_at}",
                    "ask whether they were taken one by one",
                    **case.about(acts[0]),
                )
        yield from _fast(case, timed)


def _fast(case: Case, timed: list[tuple[datetime, Event]]) -> Iterator[Finding]:
    run: list[Event] = []
    for place, (time, event) in enumerate(timed):
        gap = (time - timed[place - 1][0]).total_seconds() if place else None
        if gap is not None and 0 < gap < _FAST:
            run = run or [timed[place - 1][1]]
            run.append(event)
        elif gap != 0:
            yield from _told(case, run)
            run = []
    yield from _told(case, run)


def _told(case: Case, run: list[Event]) -> Iterator[Finding]:
    if len(run) >= _RUN:
        yield Finding(
            "implausible_speed",
            f"{len(run)} decisions of {run[0].reviewer} within {_FAST:.0f} seconds of each other, "
            f"from {run[0].decided_at} to {run[-1].decided_at}",
            "ask whether they were read",
            **case.about(run[0]),
        )


def _time(value: str) -> datetime | None:
    try:
        return datetime.fromisoformat(value).replace(tzinfo=None) if value else None
    except ValueError:
        return None


def check_ranks(case: Case) -> Iterator[Finding]:
    """Yield decisions that stand far from where a model ranks the record (14).

    The rank is `order_shown` of the last act of role `model` on the record; where there is none, of
    a screener's act whose `order_policy` is a model's.
    """
    ranks = _ranks(case.standing)
    if len(ranks) < _FEWEST_RANKED:
        return
    place = {record: n for n, record in enumerate(sorted(ranks, key=lambda i: (ranks[i], i)))}
    top, bottom = max(1, len(place) // 100), len(place) - len(place) // 10
    for row in case.finals:
        rank = place.get(row["record_id"])
        if rank is None or row["decided_by"] != "person":
            continue
        excluded = row["state"] == EXCLUDED and rank < top
        if excluded or (row["state"] != EXCLUDED and row["state"] in _KEPT and rank >= bottom):
            side = "in the first hundredth" if excluded else "in the last tenth"
            yield Finding(
                "second_look",
                f"{row['state']}, but the model ranks it {rank + 1:,} of {len(place):,}, {side}",
                "look at it again",
                row["record_id"],
            )


_KEPT = (INCLUDED, "awaiting full text")


def _ranks(events: list[Event]) -> dict[str, int]:
    ranked = [event for event in events if event.order_shown.isdecimal()]
    models = [event for event in ranked if event.role == "model"]
    by_model = models or [event for event in ranked if event.order_policy.startswith("model")]
    return {event.record_id: int(event.order_shown) for event in by_model}


def check_known_items(case: Case) -> Iterator[Finding]:
    """Yield key sources that no search found, that are lost, or that wait for a decision (15)."""
    state = {row["record_id"]: row for row in case.finals}
    for item in case.known_items:
        row = state.get(item.record_id)
        if row is None:
            yield _lost(item.record_id, f"{item.called}: has no state in this run")
            continue
        if item.found is False:
            yield Finding(
                "known_item_waits",
                f"{item.called}: no record retrieved from a database is this work",
                "see the table of key sources and strategies: does the database hold it?",
                item.record_id,
            )
        if row["state"] in (EXCLUDED, NOT_RETRIEVED, IS_DUPLICATE):
            by = "by rule" if row["decided_by"] == "rule" else _by(case, row["work_id"])
            where = f" at {row['stage']}" if row["stage"] != "rule" else ""
            yield _lost(
                item.record_id, f"{item.called}: {row['state']}{where} {by} ({row['reason']})"
            )
        elif row["state"] != INCLUDED:
            message = f"{item.called}: {row['state']}"
            yield Finding("known_item_waits", message, "decide on it", item.record_id)


def _by(case: Case, work: str) -> str:
    outcomes = list(case.outcomes.get(work, {}).values())
    acts = outcomes[-1].counted if outcomes else ()
    return "by " + ", ".join(
        sorted({event.reviewer for event in acts if event.decision != INCLUDE})
    )


def _lost(record_id: str, message: str) -> Finding:
    return Finding("known_item_lost", message, "look whether that is right", record_id)
