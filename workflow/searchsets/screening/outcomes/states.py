"""Derives where every work stands: what people decided first, then what was published, then rules.

A decision is never typed as final; it follows from the acts of the log. At each stage the votes of the
last round count in which anybody voted (of a calibration round only where there is no other); an
adjudicator or a consensus of that round or a later one stands above the screeners; screeners who
differ are a conflict for a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from searchsets.screening.criteria.file import Judgement, Suggestion
from searchsets.screening.log.reading import is_calibration, round_key
from searchsets.screening.model import (
    CONFLICT_OF_INTEREST,
    DUPLICATE,
    EXCLUDE,
    FINAL,
    INCLUDE,
    NO_FULL_TEXT,
    PEOPLE,
    PUBLISHED_OUTCOME,
    SETTLING_ROLES,
    STAGES,
    UNCLEAR,
    VOTES,
    Event,
)
from searchsets.screening.outcomes.protocol import Protocol

# What comes of a stage for one work.
PASSED, EXCLUDED, NOT_RETRIEVED, IS_DUPLICATE = "passed", "excluded", "not retrieved", "duplicate"
IN_DOUBT, CONFLICT, HALF = "unclear", "conflict", "awaiting another screener"
OUTCOMES = (PASSED, EXCLUDED, NOT_RETRIEVED, IS_DUPLICATE, IN_DOUBT, CONFLICT, HALF)

# Where a work stands after all stages.
INCLUDED, AWAITING, NOT_SCREENED = "included", "awaiting full text", "not screened"
AWAITING_ABSTRACT = "awaiting title and abstract"
STATES = (
    INCLUDED, EXCLUDED, NOT_RETRIEVED, IS_DUPLICATE, AWAITING, AWAITING_ABSTRACT, HALF, CONFLICT,
    IN_DOUBT, NOT_SCREENED,
)  # fmt: skip
KEPT_STATES = (INCLUDED, AWAITING, AWAITING_ABSTRACT)
"""The states of works that somebody kept and nobody has taken out since."""

BY_PERSON, BY_PUBLICATION, BY_RULE, BY_MACHINE = "person", "published outcome", "rule", "machine"
"""Who decided: people, what the review published, a rule of the criteria, or acts of rules or models
in the log that the protocol counts."""

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
    """

    stage: str
    outcome: str
    decided_by: str
    screeners: tuple[str, ...]
    differed: bool
    settled_by: str
    counted: tuple[Event, ...]

    @property
    def reasons(self) -> list[str]:
        """The different reasons that those who decided gave."""
        return sorted({event.reason_code for event in self.counted} - {""})


def outcome_of(stage: str, events: Sequence[Event], required: int) -> Outcome | None:
    """Return what came of a stage for one work; None if nobody said anything on it.

    Two who screen a title or an abstract, of whom one includes and one is in doubt, agree to keep
    the work; at the full text they do not.

    Args:
        stage: the stage.
        events: the standing events of that stage on the records of the work that count.
        required: how many different people must screen a work.
    """
    votes, settling = _of_last_round(
        [event for event in events if event.decision != CONFLICT_OF_INTEREST]
    )
    counted = settling or votes
    if not counted:
        return None
    screeners = {event.reviewer for event in votes if event.role != PUBLISHED_OUTCOME}
    voted = {event.decision for event in votes}
    enough = bool(settling) or len(screeners) >= required or counted[0].role == PUBLISHED_OUTCOME
    return Outcome(
        stage=stage,
        outcome=_outcome(stage, {event.decision for event in counted}, enough),
        decided_by=_decided_by(counted),
        screeners=tuple(sorted(screeners)),
        differed=len(voted) > 1 and _outcome(stage, voted, True) == CONFLICT,
        settled_by=", ".join(sorted({event.reviewer for event in settling})),
        counted=tuple(counted),
    )


def _of_last_round(events: list[Event]) -> tuple[list[Event], list[Event]]:
    """Return the votes of the last round in which anybody voted, and what settled them.

    Whoever settles may do so in a later round, and what was settled in an earlier one is open again.
    """
    votes = [event for event in events if event.role not in SETTLING_ROLES]
    settling = [event for event in events if event.role in SETTLING_ROLES]
    if len({event.round for event in events}) > 1:
        votes = _of_latest(votes)
        since = round_key(votes[0].round) if votes else ()
        settling = _of_latest([one for one in settling if round_key(one.round) >= since])
    return votes, settling


def _of_latest(events: list[Event]) -> list[Event]:
    latest = max((event.round for event in events), key=round_key, default="")
    return [event for event in events if event.round == latest]


def _outcome(stage: str, decisions: set[str], enough: bool) -> str:
    """Return what decisions come to; `enough`: whether as many have decided as must."""
    if len(decisions) == 1:
        [decision] = decisions
        return _OUTCOME[decision] if enough or decision not in VOTES else HALF
    if decisions == {*KEEPING} and stage not in LAST_STAGES:
        return PASSED if enough else HALF
    return CONFLICT


def _decided_by(counted: Sequence[Event]) -> str:
    if counted[0].role == PUBLISHED_OUTCOME:
        return BY_PUBLICATION
    return BY_PERSON if any(event.role in PEOPLE for event in counted) else BY_MACHINE


@dataclass(frozen=True)
class State:
    """Where a work stands, at which stage, who decided, and why: in words, and by which reason.

    `reason_code` is the one reason that is reported, where one was given.
    """

    state: str
    stage: str
    decided_by: str
    reason: str
    reason_code: str = ""


def combine_members(judged: Iterable[Judgement]) -> Judgement:
    """Return one judgement of those on the records of one work.

    Records of one work that say opposite things (2001 and 2002) leave it unclear.

    >>> combine_members(["unclear", "met"]), combine_members(["met", "not met"])
    ('met', 'unclear')
    """
    values = set(judged) - {"unclear"}
    return values.pop() if len(values) == 1 else "unclear"


def judgements_of_work(
    members: Iterable[str], judged: Mapping[str, Mapping[str, Judgement]], criteria: Iterable[str]
) -> dict[str, Judgement]:
    """Return one judgement a criterion for a work, from the judgements on its records.

    What was not judged is unclear.
    """
    records = [judged.get(record_id, {}) for record_id in members]
    return {
        name: combine_members(record.get(name, "unclear") for record in records)
        for name in criteria
    }


class Deriver:
    """Derives outcomes and states, under one protocol, of a log as a whole."""

    def __init__(self, protocol: Protocol, events: Iterable[Event], order: Sequence[str] = ()):
        """Take the standing events of the whole log.

        Args:
            protocol: whose votes count, and how many are needed.
            events: the standing events, from which it is told how many screeners each stage has.
            order: the reasons in the protocol's order; the first of several is the one reported.
        """
        self.protocol = protocol
        self._order = {code: place for place, code in enumerate(order)}
        self._most = _most_screeners(protocol, events)

    def required(self, stage: str) -> int:
        """Return how many people must screen each record of a stage."""
        return self.protocol.required(stage, self._most.get(stage, 0))

    def is_voted(self, stage: str) -> bool:
        """Tell whether the log has votes of screeners for a stage, and not outcomes alone."""
        return stage in self._most

    def outcomes(self, events: Iterable[Event]) -> dict[str, Outcome]:
        """Return what came of each stage for one work, from the standing events on its records.

        What was published counts only where nobody of this review has decided since.
        """
        counting: dict[str, list[Event]] = {}
        published: dict[str, list[Event]] = {}
        for event in events:
            if event.role in self.protocol.voting_roles:
                counting.setdefault(event.stage, []).append(event)
            elif event.role == PUBLISHED_OUTCOME:
                published.setdefault(event.stage, []).append(event)
        return self._by_stage(counting) or self._by_stage(published)

    def _by_stage(self, by_stage: Mapping[str, Sequence[Event]]) -> dict[str, Outcome]:
        made = {}
        for stage in STAGES:
            if stage in by_stage:
                outcome = outcome_of(stage, by_stage[stage], self.required(stage))
                if outcome:
                    made[stage] = outcome
        return made

    def state(
        self,
        events: Sequence[Event],
        outcomes: Mapping[str, Outcome],
        suggestion: Suggestion,
        failed: Sequence[str],
    ) -> State:
        """Return the state of a work: people first, then what was published, then the rules.

        Args:
            events: the standing events on the records of the work, in order.
            outcomes: what came of them at each stage.
            suggestion: what the rules come to under the combination of criteria of this run.
            failed: the criteria that are not met, where the suggestion is to exclude.
        """
        if outcomes:
            return self._contrary(events) or self._reached(list(outcomes.values())[-1])
        if suggestion == EXCLUDE:
            return State(EXCLUDED, BY_RULE, BY_RULE, "; ".join(failed), self.first(failed))
        return State(NOT_SCREENED, "", "", f"nobody has decided; the rules suggest: {suggestion}")

    def first(self, reasons: Sequence[str]) -> str:
        """Return the one reason to report: the first in the protocol's order, else of the alphabet."""
        last = len(self._order)
        if len(reasons) > 1:
            return min(reasons, key=lambda code: (self._order.get(code, last), code))
        return reasons[0] if reasons else ""

    def _reached(self, outcome: Outcome) -> State:
        stage, decided_by = outcome.stage, outcome.decided_by
        if outcome.outcome == CONFLICT:
            shown = ", ".join(f"{event.reviewer}: {event.decision}" for event in outcome.counted)
            return State(CONFLICT, stage, decided_by, f"{shown}; a person must settle it")
        if outcome.outcome == HALF:
            shown = ", ".join(outcome.screeners)
            needed = self.required(stage)
            return State(HALF, stage, decided_by, f"screened by {shown}; {needed} must screen it")
        who = ", ".join(sorted({event.reviewer for event in outcome.counted}))
        code = self.first(outcome.reasons)
        state = _after(stage) if outcome.outcome == PASSED else outcome.outcome
        return State(state, stage, decided_by, code or f"decided by {who}", code)

    def _contrary(self, events: Sequence[Event]) -> State | None:
        """Return the conflict of a work whose records were decided on in contrary ways, if it is one."""
        if len({event.record_id for event in events}) < 2:
            return None
        by_record: dict[str, list[Event]] = {}
        for event in events:
            if event.role in self.protocol.voting_roles:
                by_record.setdefault(event.record_id, []).append(event)
        reached = {i: list(self.outcomes(many).values()) for i, many in by_record.items()}
        last = {i: made[-1] for i, made in reached.items() if made}
        found = {one.outcome for one in last.values()}
        if not {EXCLUDED, PASSED} <= found:
            return None
        stage = max((one.stage for one in last.values()), key=STAGES.index)
        if any(one.stage == stage and one.settled_by for one in last.values()):
            return None
        shown = ", ".join(f"{i}: {self._reached(one).state}" for i, one in last.items())
        return State(CONFLICT, stage, BY_PERSON, f"{shown}; a person must settle it")


def _most_screeners(protocol: Protocol, events: Iterable[Event]) -> dict[str, int]:
    """Return how many people screened any one record in one round, by stage.

    Calibration rounds say nothing about it where there are others.
    """
    voters: dict[tuple[str, str, str], set[str]] = {}
    for event in events:
        if event.role in protocol.voting_roles and event.role not in SETTLING_ROLES:
            key = event.stage, event.round, event.record_id
            voters.setdefault(key, set()).add(event.reviewer)
    most: dict[str, dict[bool, int]] = {}
    for (stage, round_name, _), who in voters.items():
        by_kind = most.setdefault(stage, {})
        kind = is_calibration(round_name)
        by_kind[kind] = max(by_kind.get(kind, 0), len(who))
    return {stage: by_kind.get(False, by_kind.get(True, 0)) for stage, by_kind in most.items()}


def _after(stage: str) -> str:
    """Return the state of a work that passed a stage."""
    if stage in LAST_STAGES:
        return INCLUDED
    return AWAITING_ABSTRACT if stage == "title" else AWAITING
