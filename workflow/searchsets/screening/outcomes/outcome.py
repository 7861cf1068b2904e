"""Derives what comes of one stage for one work, from the acts of people on its records.

The last round counts in which enough people voted; an adjudicator or a consensus of that round or a
later one stands above the screeners; screeners who differ are a conflict for a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from searchsets.screening.log.reading import round_key
from searchsets.screening.model import (
    DUPLICATE,
    EXCLUDE,
    FINAL,
    INCLUDE,
    NO_FULL_TEXT,
    PEOPLE,
    PUBLISHED_OUTCOME,
    SETTLING_ROLES,
    UNCLEAR,
    Event,
)

PASSED, EXCLUDED, NOT_RETRIEVED, IS_DUPLICATE = "passed", "excluded", "not retrieved", "duplicate"
IN_DOUBT, CONFLICT, HALF = "unclear", "conflict", "awaiting another screener"
OUTCOMES = (PASSED, EXCLUDED, NOT_RETRIEVED, IS_DUPLICATE, IN_DOUBT, CONFLICT, HALF)

BY_PERSON, BY_PUBLICATION, BY_MACHINE = "person", "published outcome", "machine"
"""Who decided: people, what the review published, or acts of rules or models in the log that the
protocol counts."""

LAST_STAGES = ("full_text", FINAL)
"""Stages after which an inclusion is final."""
KEEPING = (INCLUDE, UNCLEAR)
"""The votes that keep a work: in doubt it is not lost."""
_OUTCOME = {
    INCLUDE: PASSED,
    EXCLUDE: EXCLUDED,
    UNCLEAR: IN_DOUBT,
    NO_FULL_TEXT: NOT_RETRIEVED,
    DUPLICATE: IS_DUPLICATE,
}
_DECISION = {outcome: decision for decision, outcome in _OUTCOME.items()}


@dataclass(frozen=True)
class Outcome:
    """What came of one stage for one work.

    Args:
        stage: the stage.
        outcome: one of `OUTCOMES`.
        decided_by: one of `BY_PERSON`, `BY_PUBLICATION`, `BY_MACHINE`.
        screeners: who screened it, in order; adjudicators are none.
        differed: whether the screeners did not agree to keep or to exclude it.
        settled_by: the adjudicator, or whose consensus it is; empty where none was needed.
        counted: the events that make the outcome.
        contrary: how the records of the work were decided on in contrary ways, if they were.
    """

    stage: str
    outcome: str
    decided_by: str
    screeners: tuple[str, ...]
    differed: bool
    settled_by: str
    counted: tuple[Event, ...]
    contrary: str = ""

    @property
    def reasons(self) -> list[str]:
        """The different reasons that those who decided gave."""
        return sorted({event.reason_code for event in self.counted} - {""})


def outcome_of(stage: str, events: Sequence[Event], required: int) -> Outcome:
    """Return what came of a stage for one work.

    Two who screen a title or an abstract, of whom one includes and one is in doubt, agree to keep
    the work; at the full text they do not. A round stands above those before it, if as many voted
    in it as must. Fewer votes, such as one second look, leave the outcome as it is, or, if they
    differ from it, make a conflict; where too few had voted before, they count together. What
    settles a round may stand in a later one.

    Args:
        stage: the stage.
        events: the standing events of that stage on the records of the work that count, at least
            one; nobody steps back in them.
        required: how many different people must screen a work.
    """
    outcome: Outcome | None = None
    by_round: dict[str, list[Event]] = {}
    for event in events:
        by_round.setdefault(event.round, []).append(event)
    for _, events_of_round in sorted(by_round.items(), key=lambda one: round_key(one[0])):
        votes = [event for event in events_of_round if event.role not in SETTLING_ROLES]
        settling = [event for event in events_of_round if event.role in SETTLING_ROLES]
        if votes:
            outcome = _voted_again(stage, outcome, votes, required)
        if settling:
            outcome = _settled(stage, outcome, settling)
    return outcome


def _voted(stage: str, votes: Sequence[Event], required: int) -> Outcome:
    """Return what votes come to by themselves; that a text could not be had, one person can say."""
    voted = {event.decision for event in votes}
    enough = _is_enough(votes, required) or voted == {NO_FULL_TEXT}
    return Outcome(
        stage=stage,
        outcome=_come_to(stage, voted) if enough else HALF,
        decided_by=_decided_by(votes),
        screeners=tuple(sorted(_screeners(votes))),
        differed=len(voted) > 1 and _come_to(stage, voted) == CONFLICT,
        settled_by="",
        counted=tuple(votes),
    )


def _screeners(votes: Iterable[Event]) -> set[str]:
    return {event.reviewer for event in votes if event.role != PUBLISHED_OUTCOME}


def _is_enough(votes: Sequence[Event], required: int) -> bool:
    """Tell whether as many voted as must; what was published needs no second vote."""
    screeners = _screeners(votes)
    return len(screeners) >= required or not screeners


def _voted_again(
    stage: str, former: Outcome | None, votes: Sequence[Event], required: int
) -> Outcome:
    """Return what the votes of a round come to after what came of the rounds before."""
    if former is None or _is_enough(votes, required):
        return _voted(stage, votes, required)
    now = _screeners(votes)
    if former.outcome == HALF:
        others = [event for event in former.counted if event.reviewer not in now]
        return _voted(stage, [*others, *votes], required)
    decided = _DECISION.get(former.outcome)
    if decided and _come_to(stage, {decided, *(one.decision for one in votes)}) == former.outcome:
        return former
    return replace(
        former,
        outcome=CONFLICT,
        differed=True,
        settled_by="",
        screeners=tuple(sorted({*former.screeners, *now})),
        counted=(*former.counted, *votes),
    )


def _settled(stage: str, former: Outcome | None, settling: list[Event]) -> Outcome:
    """Return what an adjudicator or a consensus makes of the votes."""
    return Outcome(
        stage=stage,
        outcome=_come_to(stage, {event.decision for event in settling}),
        decided_by=BY_PERSON,
        screeners=former.screeners if former else (),
        differed=former.differed if former else False,
        settled_by=", ".join(sorted({event.reviewer for event in settling})),
        counted=tuple(settling),
    )


def _come_to(stage: str, decisions: set[str]) -> str:
    """Return what decisions come to where enough have decided."""
    if len(decisions) == 1:
        return _OUTCOME[next(iter(decisions))]
    return PASSED if decisions == {*KEEPING} and stage not in LAST_STAGES else CONFLICT


def _decided_by(votes: Sequence[Event]) -> str:
    if votes[0].role == PUBLISHED_OUTCOME:
        return BY_PUBLICATION
    return BY_PERSON if any(event.role in PEOPLE for event in votes) else BY_MACHINE
