"""Checks 1 to 5, 11 and 13: did every work go its way through the stages, and is all accounted for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import takewhile

from searchsets.screening.audit.model import Case, Finding
from searchsets.screening.flow import DIRECTLY, RETURNED, stages_of, sums
from searchsets.screening.states import (
    CONFLICT,
    HALF,
    IS_DUPLICATE,
    NOT_RETRIEVED,
    STATES,
    Outcome,
)

_NAMES = {"title": "the title", "title_abstract": "title and abstract", "full_text": "full text",
          "final": "the end"}  # fmt: skip


def check_states(case: Case) -> Iterator[Finding]:
    """Yield records without exactly one state (1)."""
    counts = Counter(row["record_id"] for row in case.finals)
    for members in case.members.values():
        for record_id in members:
            if counts[record_id] != 1:
                message = f"the record has {counts[record_id]} final states"
                yield Finding("one_state", message, _REPORT, record_id)
    for row in case.finals:
        if row["state"] not in STATES:
            yield Finding("one_state", f"unknown state {row['state']!r}", _REPORT, row["record_id"])


_REPORT = "this is a fault of searchsets: please report it with the folder resources/decisions"


def check_transfers(case: Case) -> Iterator[Finding]:
    """Yield works that vanished after a stage, came back, or came in without being screened (2, 3)."""
    stages = stages_of(case.outcomes)
    for work, path in case.paths.items():
        record_id = case.members[work][0]
        if path.lost_after:
            outcome = case.outcomes[work][path.lost_after]
            who = ", ".join(sorted({event.reviewer for event in outcome.counted}))
            yield Finding(
                "stage_transfer_loss",
                f"passed {_NAMES[path.lost_after]} (by {who}) and was never seen at the next stage",
                "decide on it at the next stage; if the text could not be had: not_retrieved",
                record_id,
                place=case.log.places.get(outcome.counted[-1].event_id, ""),
                stage=stages[stages.index(path.lost_after) + 1],
            )
        for stage, way in path.entered.items():
            if way in (RETURNED, DIRECTLY):
                yield _came(case, work, stage, way)


def _came(case: Case, work: str, stage: str, way: str) -> Finding:
    """Return what to say of a work that is at a stage without having passed the one before."""
    here = case.outcomes[work][stage].counted
    at = case.about(here[0])
    if way == DIRECTLY:
        return Finding(
            "entered_directly",
            f"is at {_NAMES[stage]} without a decision at the stage before",
            "right for what was found by other methods; else screen it at the stage before",
            **at,
        )
    before = list(takewhile(lambda one: one.stage != stage, case.outcomes[work].values()))[-1]
    said = f"{before.outcome} at {_NAMES[before.stage]}"
    excused = next((event for event in here if event.override and event.note), None)
    if excused:
        message = f"came back to {_NAMES[stage]} ({said}), with the reason: {excused.note}"
        return Finding("entered_directly", message, "nothing, if the reason holds", **at)
    return Finding(
        "returned",
        f"is at {_NAMES[stage]} though it was {said}",
        "if that was meant, decide again with an override and a note that says why; else take the "
        "decision back",
        **at,
    )


def check_screeners(case: Case) -> Iterator[Finding]:
    """Yield works that too few people screened (4)."""
    for work, made in case.outcomes.items():
        for stage, outcome in made.items():
            required = case.deriver.required(stage)
            if len(outcome.screeners) >= required or not case.deriver.is_voted(stage):
                continue
            if outcome.outcome in (NOT_RETRIEVED, IS_DUPLICATE):
                continue
            who = ", ".join(outcome.screeners) or "nobody"
            yield Finding(
                "too_few_screeners",
                f"screened at {_NAMES[stage]} by {who}; {required} must screen it",
                "let another person screen it",
                **case.about(outcome.counted[0]) | {"record_id": case.members[work][0]},
            )


def check_disagreements(case: Case) -> Iterator[Finding]:
    """Yield disagreements that nobody settled, or that a screener settled alone (5)."""
    for made in case.outcomes.values():
        for outcome in made.values():
            if outcome.outcome == CONFLICT or (outcome.outcome == HALF and outcome.differed):
                yield Finding(
                    "unsettled",
                    f"{_votes(outcome)}: nobody has settled it",
                    "let a third person decide as adjudicator, or both by consensus",
                    **case.about(outcome.counted[0]),
                )
            for event in outcome.counted:
                if event.role == "adjudicator" and event.reviewer in outcome.screeners:
                    yield Finding(
                        "settled_by_a_screener",
                        f"{event.reviewer} screened it and adjudicated it",
                        "let somebody else settle it, or log the agreement of both as consensus",
                        **case.about(event),
                    )


def _votes(outcome: Outcome) -> str:
    return ", ".join(f"{event.reviewer}: {event.decision}" for event in outcome.counted)


def check_groups(case: Case) -> Iterator[Finding]:
    """Yield works whose records were decided on in contrary ways (11)."""
    told: set[str] = set()
    for row in case.finals:
        work = row["work_id"]
        made = case.outcomes.get(work)
        if row["state"] != CONFLICT or not made or work in told:
            continue
        if list(made.values())[-1].outcome != CONFLICT:
            told.add(work)
            yield Finding(
                "contrary_group",
                f"the records of one work were decided on in contrary ways: {row['reason']}",
                "decide on the work as adjudicator, or say that the records are no duplicates",
                row["record_id"],
                stage=row["stage"],
            )


def check_sums(case: Case) -> Iterator[Finding]:
    """Yield counts of the flow that do not close (13)."""
    for what, one, other in sums(case.flow):
        if one != other:
            yield Finding("flow_sums", f"{what}: {one} and {other}", _REPORT)
