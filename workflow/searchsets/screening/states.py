"""Derives where every work stands: what people decided first, then what was published, then rules.

A decision is never typed as final; it follows from the acts of the log. At each stage the last
round counts in which anybody decided (a calibration round only where no other did); an adjudicator
or a consensus stands above the screeners; screeners who differ are a conflict for a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from searchsets.screening.criteria import Judgement, Suggestion
from searchsets.screening.log import round_key, standing
from searchsets.screening.model import (
    CONFLICT_OF_INTEREST,
    DUPLICATE,
    EXCLUDE,
    INCLUDE,
    NO_FULL_TEXT,
    SETTLING_ROLES,
    STAGES,
    UNCLEAR,
    VOTES,
    Event,
)
from searchsets.screening.protocol import Protocol

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

LAST_STAGES = ("full_text", "final")
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
        screeners: who screened it, in order; adjudicators are none.
        differed: whether the screeners did not agree to keep or to exclude it.
        settled_by: the adjudicator, or whose consensus it is; empty where none was needed.
        counted: the events that make the outcome.
    """

    stage: str
    outcome: str
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
        events: the standing events of that stage on the records of the work, of people that count.
        required: how many different people must screen a work.
    """
    events = [event for event in events if event.decision != CONFLICT_OF_INTEREST]
    if not events:
        return None
    rounds = {event.round for event in events}
    if len(rounds) > 1:
        last = max(rounds, key=round_key)
        events = [event for event in events if event.round == last]
    settling = [event for event in events if event.role in SETTLING_ROLES]
    votes = [event for event in events if event.role not in SETTLING_ROLES]
    screeners = tuple(sorted({event.reviewer for event in votes}))
    voted = {event.decision for event in votes}
    counted = settling or votes
    decided = {event.decision for event in settling} or voted
    return Outcome(
        stage,
        _outcome(stage, decided, len(screeners) >= required or bool(settling)),
        screeners,
        len(voted) > 1 and (EXCLUDE in voted or _outcome(stage, voted, True) == CONFLICT),
        ", ".join(sorted({event.reviewer for event in settling})),
        tuple(counted),
    )


def _outcome(stage: str, decisions: set[str], enough: bool) -> str:
    """Return what decisions come to; `enough`: whether as many have decided as must."""
    if len(decisions) == 1:
        [decision] = decisions
        return _OUTCOME[decision] if enough or decision not in VOTES else HALF
    if decisions == {*KEEPING} and stage not in LAST_STAGES:
        return PASSED if enough else HALF
    return CONFLICT if decisions else HALF


@dataclass(frozen=True)
class State:
    """Where a work stands, at which stage, who decided, and for what reason."""

    state: str
    stage: str
    decided_by: str
    reason: str


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
    """Return one judgement a criterion for a work, from the judgements on its records."""
    records = [judged[record_id] for record_id in members]
    return {name: combine_members(record[name] for record in records) for name in criteria}


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
        voters: dict[tuple[str, str], set[str]] = {}
        for event in events:
            if event.role in protocol.voting_roles and event.role not in SETTLING_ROLES:
                voters.setdefault((event.stage, event.record_id), set()).add(event.reviewer)
        self._most: dict[str, int] = {}
        for (stage, _), who in voters.items():
            self._most[stage] = max(self._most.get(stage, 0), len(who))

    def required(self, stage: str) -> int:
        """Return how many people must screen each record of a stage."""
        return self.protocol.required(stage, self._most.get(stage, 0))

    def is_voted(self, stage: str) -> bool:
        """Tell whether the log has votes of screeners for a stage, and not outcomes alone."""
        return stage in self._most

    def outcomes(self, events: Iterable[Event]) -> dict[str, Outcome]:
        """Return what came of each stage for one work, from the standing events on its records."""
        by_stage: dict[str, list[Event]] = {}
        for event in events:
            if event.role in self.protocol.voting_roles:
                by_stage.setdefault(event.stage, []).append(event)
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
            return self._contrary(events) or self._reached(list(outcomes.values())[-1], "person")
        published = [event for event in events if event.role == "published_outcome"]
        if published:
            last = max((event.stage for event in published), key=STAGES.index)
            at_last = [event for event in published if event.stage == last]
            return self._reached(outcome_of(last, at_last, 1), "published outcome")
        if suggestion == EXCLUDE:
            return State(EXCLUDED, "rule", "rule", "; ".join(failed))
        return State(NOT_SCREENED, "", "", f"nobody has decided; the rules suggest: {suggestion}")

    def reason(self, outcome: Outcome) -> str:
        """Return the one reason to report: the first in the protocol's order, else of the alphabet."""
        last = len(self._order)
        reasons = outcome.reasons
        if len(reasons) > 1:
            return min(reasons, key=lambda code: (self._order.get(code, last), code))
        return reasons[0] if reasons else ""

    def _reached(self, outcome: Outcome | None, decided_by: str) -> State:
        if outcome is None:
            return State(NOT_SCREENED, "", "", "who decided stepped back")
        stage = outcome.stage
        if outcome.outcome == CONFLICT:
            shown = ", ".join(f"{event.reviewer}: {event.decision}" for event in outcome.counted)
            return State(CONFLICT, stage, decided_by, f"{shown}; a person must settle it")
        if outcome.outcome == HALF:
            shown = ", ".join(outcome.screeners)
            needed = self.required(stage)
            return State(HALF, stage, decided_by, f"screened by {shown}; {needed} must screen it")
        who = ", ".join(sorted({event.reviewer for event in outcome.counted}))
        reason = self.reason(outcome) or f"decided by {who}"
        if outcome.outcome == PASSED:
            return State(_after(stage), stage, decided_by, reason)
        return State(outcome.outcome, stage, decided_by, reason)

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
        shown = ", ".join(f"{i}: {self._reached(one, '').state}" for i, one in last.items())
        return State(CONFLICT, stage, "person", f"{shown}; a person must settle it")


def _after(stage: str) -> str:
    """Return the state of a work that passed a stage."""
    if stage in LAST_STAGES:
        return INCLUDED
    return AWAITING_ABSTRACT if stage == "title" else AWAITING


def final_decisions(events: Sequence[Event], protocol: Protocol | None = None) -> dict[str, str]:
    """Return for each record on which people came to a decision what it is: `include`, `exclude` ...

    Records that await another screener, or that people differ about, are left out.
    """
    stand = standing(events)
    deriver = Deriver(protocol or Protocol(), stand)
    decisions = {outcome: decision for decision, outcome in _OUTCOME.items()}
    by_record: dict[str, list[Event]] = {}
    for event in stand:
        by_record.setdefault(event.record_id, []).append(event)
    reached = {i: list(deriver.outcomes(many).values()) for i, many in by_record.items()}
    return {
        i: decisions[made[-1].outcome]
        for i, made in reached.items()
        if made and made[-1].outcome in decisions
    }
