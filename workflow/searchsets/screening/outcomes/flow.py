"""Counts the flow of works through the stages of screening, and names those behind each count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from searchsets.screening.model import SCREENED_STAGES, STAGES
from searchsets.screening.outcomes.outcome import (
    EXCLUDED,
    IN_DOUBT,
    NOT_RETRIEVED,
    OUTCOMES,
    PASSED,
    Outcome,
)
from searchsets.screening.outcomes.states import Deriver

COLUMNS = ("stage", "what", "reason", "n")
STAGE_COLUMNS = (
    "work_id", "stage", "outcome", "decided_by", "reason", "screeners", "differed", "settled_by",
    "entered", "counted",
)  # fmt: skip

# How a work came to a stage.
FIRST, PASSED_BEFORE, RETURNED, DIRECTLY = "first stage", "passed", "returned", "directly"
IN_DOUBT_BEFORE = "in doubt"
WAYS = (PASSED_BEFORE, IN_DOUBT_BEFORE, RETURNED, DIRECTLY)

Outcomes = Mapping[str, Mapping[str, Outcome]]
"""What came of each stage, in the order of the stages, for each work, by its id."""


@dataclass(frozen=True)
class Way:
    """The way of one work: how it came to each stage at which it was screened, and where it was lost.

    `lost_after` is the stage that it passed without being seen at the next one that this review has;
    None where it is not lost, or the next stage has not begun.
    """

    entered: Mapping[str, str]
    lost_after: str | None


def stages_of(outcomes: Outcomes) -> list[str]:
    """Return the stages at which anything was screened, in their order."""
    met = {stage for made in outcomes.values() for stage in made}
    return [stage for stage in SCREENED_STAGES if stage in met]


def ways_of(outcomes: Outcomes) -> dict[str, Way]:
    """Return the way of each work through the stages."""
    stages = stages_of(outcomes)
    return {work_id: way_of(made, stages) for work_id, made in outcomes.items()}


def way_of(made: Mapping[str, Outcome], stages: Sequence[str]) -> Way:
    """Return the way of a work through the stages that the review has."""
    entered: dict[str, str] = {}
    lost = None
    for place, stage in enumerate(stages):
        before = made.get(stages[place - 1]) if place else None
        if stage in made:
            earlier = [made[one].outcome for one in stages[:place] if one in made]
            entered[stage] = _way(before, earlier) if place else FIRST
        elif before and before.outcome == PASSED:
            lost = stages[place - 1]
    return Way(entered, lost)


def _way(before: Outcome | None, earlier: Sequence[str]) -> str:
    """Return how a work came to a stage, from the one just before and what came of all earlier."""
    if before and before.outcome == PASSED:
        return PASSED_BEFORE
    if not earlier or earlier[-1] == PASSED:
        return DIRECTLY
    return IN_DOUBT_BEFORE if earlier[-1] == IN_DOUBT else RETURNED


def stage_rows(
    outcomes: Outcomes, ways: Mapping[str, Way], deriver: Deriver
) -> Iterator[dict[str, Any]]:
    """Yield what came of each stage for each work, by work and stage."""
    for work_id, made in outcomes.items():
        for stage, one in made.items():
            yield {
                "work_id": work_id,
                "stage": stage,
                "outcome": one.outcome,
                "decided_by": one.decided_by,
                "reason": deriver.first(one.reasons),
                "screeners": one.screeners,
                "differed": one.differed,
                "settled_by": one.settled_by,
                "entered": ways[work_id].entered.get(stage, ""),
                "counted": [event.event_id for event in one.counted],
            }


def flow_rows(rows: Sequence[Mapping[str, Any]], lost: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield the counts of each stage; each is the number of rows of `stages.csv` that fit it.

    Args:
        rows: what `stage_rows` made.
        lost: for each work that passed a stage and was lost, that stage.
    """
    vanished = Counter(lost)
    present = {row["stage"] for row in rows}
    for stage in (stage for stage in STAGES if stage in present):
        here = [row for row in rows if row["stage"] == stage]
        yield _count(stage, "entered", len(here))
        if stage in SCREENED_STAGES:  # of what a review published nothing else is known
            yield from _ways_and_votes(stage, here)
        by_outcome = Counter(row["outcome"] for row in here)
        for outcome in OUTCOMES:
            if by_outcome[outcome] or outcome in (PASSED, EXCLUDED):
                yield _count(stage, outcome, by_outcome[outcome])
            if outcome in (EXCLUDED, NOT_RETRIEVED):
                yield from _reasons(stage, outcome, here)
        if stage in SCREENED_STAGES:
            yield _count(stage, "passed, then lost", vanished[stage])


def _ways_and_votes(stage: str, here: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for way in WAYS:
        yield _count(stage, f"entered: {way}", sum(row["entered"] == way for row in here))
    yield _count(stage, "by two or more", sum(len(row["screeners"]) > 1 for row in here))
    yield _count(stage, "differed", sum(row["differed"] for row in here))
    settled = sum(row["differed"] and bool(row["settled_by"]) for row in here)
    yield _count(stage, "differed, settled", settled)


def _reasons(stage: str, outcome: str, here: Sequence[Mapping[str, Any]]) -> Iterator[dict]:
    by_reason = Counter(row["reason"] for row in here if row["outcome"] == outcome)
    for reason, n in sorted(by_reason.items(), key=lambda one: (-one[1], one[0])):
        if reason:
            yield _count(stage, outcome, n, reason)


def _count(stage: str, what: str, n: int, reason: str = "") -> dict[str, Any]:
    return {"stage": stage, "what": what, "reason": reason, "n": n}


def sums(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, int, int]]:
    """Yield (what, one number, another) of every two counts of the flow that must be equal."""
    n = {(row["stage"], row["what"]): row["n"] for row in rows if not row["reason"]}
    stages = [stage for stage in SCREENED_STAGES if (stage, "entered") in n]
    for place, stage in enumerate(stages):
        ends = sum(n.get((stage, outcome), 0) for outcome in OUTCOMES)
        yield f"works at {stage}, and works with an outcome there", n[stage, "entered"], ends
        if place:
            ways = sum(n[stage, f"entered: {w}"] for w in WAYS)
            yield f"works at {stage}, and the ways they came", n[stage, "entered"], ways
            before = stages[place - 1]
            came = n[stage, f"entered: {PASSED_BEFORE}"] + n[before, "passed, then lost"]
            yield (
                f"works that passed {before}, and those seen or lost after",
                n[before, PASSED],
                came,
            )
