"""Checks 1 to 5, 11 and 13: did every work go its way through the stages, and is all accounted for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import takewhile

from searchsets.screening.audit.model import Finding
from searchsets.screening.log.reading import round_key
from searchsets.screening.model import (
    ADJUDICATOR,
    CONSENSUS,
    SCREENED_STAGES,
    SCREENER,
    STAGE_WORDS,
)
from searchsets.screening.outcomes.flow import DIRECTLY, RETURNED, stages_of, sums
from searchsets.screening.outcomes.outcome import (
    BY_PUBLICATION,
    CONFLICT,
    HALF,
    IN_DOUBT,
    NOT_RETRIEVED,
    PASSED,
    Outcome,
)
from searchsets.screening.outcomes.screening import Screening
from searchsets.screening.outcomes.states import NOT_SCREENED, STATES


def check_states(screening: Screening) -> Iterator[Finding]:
    """Yield records without exactly one state (1)."""
    counts = Counter(row["record_id"] for row in screening.finals)
    for members in screening.members.values():
        for record_id in members:
            if counts[record_id] != 1:
                message = f"the record has {counts[record_id]} final states"
                yield Finding("one_state", message, _REPORT, record_id)
    for row in screening.finals:
        if row["state"] not in STATES:
            yield Finding("one_state", f"unknown state {row['state']!r}", _REPORT, row["record_id"])


_REPORT = "this is a fault of searchsets: please report it with the folder resources/decisions"


def check_transfers(screening: Screening) -> Iterator[Finding]:
    """Yield works that vanished after a stage, came back, or came in without being screened (2, 3)."""
    for work, way in screening.ways.items():
        made = screening.outcomes[work]
        lost = way.lost_after or _never_begun(screening, made)
        if lost:
            yield _lost(screening, work, made[lost])
        for stage, came in way.entered.items():
            if came in (RETURNED, DIRECTLY):
                yield _came(screening, work, stage, came)


def _never_begun(screening: Screening, made: Mapping[str, Outcome]) -> str | None:
    """Return the last stage of a work that passed it, if the next is finished and nobody began it."""
    last = list(made.values())[-1]
    if last.outcome != PASSED or last.stage not in SCREENED_STAGES[:-1]:
        return None
    following = SCREENED_STAGES[SCREENED_STAGES.index(last.stage) + 1]
    finished = screening.protocol.is_closed(following) and screening.protocol.all_stages
    return last.stage if finished else None


def _lost(screening: Screening, work: str, outcome: Outcome) -> Finding:
    stages = stages_of(screening.outcomes)
    later = stages[stages.index(outcome.stage) + 1 :] or ["full_text"]
    who = ", ".join(sorted({event.reviewer for event in outcome.counted}))
    return Finding(
        "stage_transfer_loss",
        f"passed {STAGE_WORDS[outcome.stage]} (by {who}) and was never seen at the next stage",
        "decide on it at the next stage; if the text could not be had: not_retrieved",
        screening.members[work][0],
        place=screening.log.places.get(outcome.counted[-1].event_id, ""),
        stage=later[0],
    )


def _came(screening: Screening, work: str, stage: str, way: str) -> Finding:
    """Return what to say of a work that is at a stage without having passed the one before."""
    here = screening.outcomes[work][stage].counted
    at = screening.about(here[0])
    if way == DIRECTLY:
        return Finding(
            "entered_directly",
            f"is at {STAGE_WORDS[stage]} without a decision at the stage before",
            "right for what was found by other methods; else screen it at the stage before",
            **at,
        )
    before = list(takewhile(lambda one: one.stage != stage, screening.outcomes[work].values()))[-1]
    said = f"{before.outcome} at {STAGE_WORDS[before.stage]}"
    if before.outcome in (CONFLICT, HALF):
        return Finding(
            "too_early",
            f"is at {STAGE_WORDS[stage]} though it is still {said}",
            "finish the stage before; what is decided there counts first",
            **at | {"stage": before.stage},
        )
    excused = next((event for event in here if event.override and event.note), None)
    if excused:
        message = f"came back to {STAGE_WORDS[stage]} ({said}), with the reason: {excused.note}"
        return Finding("entered_directly", message, "nothing, if the reason holds", **at)
    return Finding(
        "returned",
        f"is at {STAGE_WORDS[stage]} though it was {said}",
        "if that was meant, decide again with an override and a note that says why; else take the "
        "decision back",
        **at,
    )


def check_screeners(screening: Screening) -> Iterator[Finding]:
    """Yield works that too few people screened (4)."""
    for work, made in screening.outcomes.items():
        for stage, outcome in made.items():
            required = screening.deriver.required(stage)
            asked = stage in screening.protocol.screeners or screening.deriver.is_voted(stage)
            if len(outcome.screeners) >= required or not asked:
                continue  # a log of outcomes alone is not asked for votes, unless the protocol does
            if outcome.outcome == NOT_RETRIEVED or outcome.decided_by == BY_PUBLICATION:
                continue
            who = ", ".join(outcome.screeners) or "nobody"
            yield Finding(
                "too_few_screeners",
                f"screened at {STAGE_WORDS[stage]} by {who}; {required} must screen it",
                "let another person screen it",
                **screening.about(outcome.counted[0]) | {"record_id": screening.members[work][0]},
            )


def check_gaps(screening: Screening) -> Iterator[Finding]:
    """Yield works that nobody screened (4) or that were left in doubt (5) at a finished stage.

    While the stage is open both are what is still to be done, and no findings.
    """
    begun = stages_of(screening.outcomes)
    whole = ["title_abstract"] if screening.protocol.all_stages else []
    finished = [s for s in [*begun, *whole] if screening.protocol.is_closed(s)]
    for row in screening.finals:
        first_of_work = row["record_id"] == screening.members[row["work_id"]][0]
        if finished and first_of_work and row["state"] == NOT_SCREENED:
            yield Finding(
                "not_screened",
                f"nobody screened it at {STAGE_WORDS[finished[0]]}, and that stage is finished",
                "screen it, or put the stage among the open_stages",
                row["record_id"],
                stage=finished[0],
            )
    for work, made in screening.outcomes.items():
        last = list(made.values())[-1]
        if last.outcome == IN_DOUBT and screening.protocol.is_closed(last.stage):
            yield Finding(
                "left_in_doubt",
                f"in doubt at {STAGE_WORDS[last.stage]}, and nothing was decided since",
                "decide on it at the next stage, or let an adjudicator decide",
                **screening.about(last.counted[0]) | {"record_id": screening.members[work][0]},
            )


def check_disagreements(screening: Screening) -> Iterator[Finding]:
    """Yield disagreements that nobody settled, or that a screener settled alone (5)."""
    for work, made in screening.outcomes.items():
        for outcome in made.values():
            if outcome.outcome == CONFLICT and not outcome.contrary:
                yield Finding(
                    "unsettled",
                    f"{_votes(outcome)}: nobody has settled it",
                    "let a third person decide as adjudicator, or both by consensus",
                    **screening.about(outcome.counted[0]),
                )
            elif outcome.settled_by:
                yield from _settled_badly(screening, work, outcome)


def _settled_badly(screening: Screening, work: str, outcome: Outcome) -> Iterator[Finding]:
    screened = screening.screened_by(work, outcome.stage)
    own = screened | _stepped_back(screening, outcome)
    for event in outcome.counted:
        if event.role == ADJUDICATOR and event.reviewer in own:
            yield Finding(
                "settled_by_a_screener",
                f"{event.reviewer} screened it, or stepped back from it, and adjudicated it",
                "let somebody else settle it, or log the agreement of both as consensus",
                **screening.about(event),
            )
    if _looked_again_alone(screening, work, outcome):
        event = outcome.counted[0]
        yield Finding(
            "settled_by_a_screener",
            f"{event.reviewer} looked at it again alone, and settled it alone",
            "let the others agree too: each logs the consensus",
            **screening.about(event),
        )


def _looked_again_alone(screening: Screening, work: str, outcome: Outcome) -> bool:
    """Tell whether one person voted in the last round, others before, and that one settled it alone."""
    settlers = {event.reviewer for event in outcome.counted}
    votes = [
        event
        for event in screening.by_work.get(work, ())
        if (event.stage, event.role) == (outcome.stage, SCREENER)
    ]
    last = max((event.round for event in votes), key=round_key, default="")
    latest = {event.reviewer for event in votes if event.round == last}
    by_consensus = all(event.role == CONSENSUS for event in outcome.counted)
    several_rounds = len({event.round for event in votes}) > 1
    return by_consensus and several_rounds and settlers == latest and len(settlers) == 1


def _stepped_back(screening: Screening, outcome: Outcome) -> set[str]:
    """Return who declared an interest of their own in one of the records decided on."""
    decided = {event.record_id for event in outcome.counted}
    return {reviewer for record, reviewer in screening.interests if record in decided}


def _votes(outcome: Outcome) -> str:
    return ", ".join(f"{event.reviewer}: {event.decision}" for event in outcome.counted)


def check_groups(screening: Screening) -> Iterator[Finding]:
    """Yield works whose records were decided on in contrary ways (11)."""
    for work, made in screening.outcomes.items():
        outcome = list(made.values())[-1]
        if outcome.contrary:
            yield Finding(
                "contrary_group",
                f"the records of one work were decided on in contrary ways: {outcome.contrary}",
                "decide on the work as adjudicator, or say that the records are no duplicates",
                screening.members[work][0],
                stage=outcome.stage,
            )


def check_sums(screening: Screening) -> Iterator[Finding]:
    """Yield counts of the flow that do not close (13)."""
    for what, one, other in sums(screening.flow):
        if one != other:
            yield Finding("flow_sums", f"{what}: {one} and {other}", _REPORT)
