"""Derives where every work stands: what people decided first, then what was published, then rules.

A decision is never typed as final; it follows from the acts of the log, stage by stage.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from searchsets.screening.criteria.file import Suggestion
from searchsets.screening.log.reading import is_calibration
from searchsets.screening.model import (
    CONFLICT_OF_INTEREST,
    EXCLUDE,
    PUBLISHED_OUTCOME,
    SETTLING_ROLES,
    STAGES,
    VOTES,
    Event,
)
from searchsets.screening.outcomes.outcome import (
    CONFLICT,
    EXCLUDED,
    HALF,
    IN_DOUBT,
    IS_DUPLICATE,
    LAST_STAGES,
    NOT_RETRIEVED,
    PASSED,
    Outcome,
    outcome_of,
)
from searchsets.screening.outcomes.protocol import Protocol

INCLUDED, AWAITING, NOT_SCREENED = "included", "awaiting full text", "not screened"
AWAITING_ABSTRACT = "awaiting title and abstract"
STATES = (
    INCLUDED, EXCLUDED, NOT_RETRIEVED, IS_DUPLICATE, AWAITING, AWAITING_ABSTRACT, HALF, CONFLICT,
    IN_DOUBT, NOT_SCREENED,
)  # fmt: skip
KEPT_STATES = (INCLUDED, AWAITING, AWAITING_ABSTRACT)
"""The states of works that somebody kept and nobody has taken out since."""

DECIDED = (INCLUDED, EXCLUDED, NOT_RETRIEVED, IS_DUPLICATE)
"""The states of works on which nothing is left to decide."""

BY_RULE = "rule"
"""Who decided, where a rule of the criteria did."""


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

        What was published counts only where nobody of this review has decided since; who steps back
        for an interest of their own says nothing.
        """
        counting: dict[str, list[Event]] = {}
        published: dict[str, list[Event]] = {}
        for event in events:
            if event.decision == CONFLICT_OF_INTEREST:
                continue
            if event.role in self.protocol.voting_roles:
                counting.setdefault(event.stage, []).append(event)
            elif event.role == PUBLISHED_OUTCOME:
                published.setdefault(event.stage, []).append(event)
        by_stage = {stage: _telling(many) for stage, many in counting.items()}
        made = self._by_stage(by_stage)
        if not made:
            return self._by_stage(published)
        contrary = self._contrary(by_stage)
        if contrary:
            stage, shown = contrary
            made[stage] = replace(made[stage], outcome=CONFLICT, contrary=shown)
            made = {one: made[one] for one in STAGES[: STAGES.index(stage) + 1] if one in made}
        return made

    def _by_stage(self, by_stage: Mapping[str, Sequence[Event]]) -> dict[str, Outcome]:
        return {
            stage: outcome_of(stage, by_stage[stage], self.required(stage))
            for stage in STAGES
            if stage in by_stage
        }

    def _contrary(self, by_stage: Mapping[str, Sequence[Event]]) -> tuple[str, str] | None:
        """Return at which stage the records of a work were decided on in contrary ways, and how."""
        by_record: dict[str, dict[str, list[Event]]] = {}
        for stage, events in by_stage.items():
            for event in events:
                by_record.setdefault(event.record_id, {}).setdefault(stage, []).append(event)
        if len(by_record) < 2:
            return None
        last = {i: list(self._by_stage(many).values())[-1] for i, many in by_record.items()}
        if not {EXCLUDED, PASSED} <= {one.outcome for one in last.values()}:
            return None
        stage = max((one.stage for one in last.values()), key=STAGES.index)
        if any(one.stage == stage and one.settled_by for one in last.values()):
            return None
        return stage, ", ".join(f"{i}: {self._reached(one).state}" for i, one in last.items())

    def state(
        self, outcomes: Mapping[str, Outcome], suggestion: Suggestion, failed: Sequence[str]
    ) -> State:
        """Return the state of a work: people first, then what was published, then the rules.

        Args:
            outcomes: what came of each stage.
            suggestion: what the rules come to under the combination of criteria of this run.
            failed: the criteria that are not met, where the suggestion is to exclude.
        """
        if outcomes:
            return self._reached(list(outcomes.values())[-1])
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
            votes = ", ".join(f"{event.reviewer}: {event.decision}" for event in outcome.counted)
            shown = outcome.contrary or votes
            return State(CONFLICT, stage, decided_by, f"{shown}; a person must settle it")
        if outcome.outcome == HALF:
            shown = ", ".join(outcome.screeners)
            needed = self.required(stage)
            return State(HALF, stage, decided_by, f"screened by {shown}; {needed} must screen it")
        who = ", ".join(sorted({event.reviewer for event in outcome.counted}))
        code = self.first(outcome.reasons)
        return State(
            state_after(stage, outcome.outcome),
            stage,
            decided_by,
            code or f"decided by {who}",
            code,
        )


def _telling(events: list[Event]) -> list[Event]:
    """Return the events of one stage that tell something of the work.

    Calibration tells nothing where another round voted; that one record of a work is a duplicate, or
    that its text could not be had, tells nothing where another record of it was voted on.
    """
    beyond = [event for event in events if not is_calibration(event.round)]
    events = beyond if any(event.role not in SETTLING_ROLES for event in beyond) else events
    voted = {event.record_id for event in events if event.decision in VOTES}
    several = len({event.record_id for event in events}) > 1
    return [e for e in events if e.record_id in voted] if several and voted else events


def _most_screeners(protocol: Protocol, events: Iterable[Event]) -> dict[str, int]:
    """Return how many people screened any one record in one round, by stage.

    Calibration rounds say nothing about it where there are others.
    """
    voters: dict[tuple[str, str, str], set[str]] = {}
    for event in events:
        is_vote = event.role in protocol.voting_roles and event.role not in SETTLING_ROLES
        if is_vote and event.decision != CONFLICT_OF_INTEREST:
            key = event.stage, event.round, event.record_id
            voters.setdefault(key, set()).add(event.reviewer)
    most: dict[str, dict[bool, int]] = {}
    for (stage, round_name, _), who in voters.items():
        by_kind = most.setdefault(stage, {})
        kind = is_calibration(round_name)
        by_kind[kind] = max(by_kind.get(kind, 0), len(who))
    return {stage: by_kind.get(False, by_kind.get(True, 0)) for stage, by_kind in most.items()}


def state_after(stage: str, outcome: str) -> str:
    """Return the state of a work of whose last stage this came."""
    if outcome != PASSED:
        return outcome
    if stage in LAST_STAGES:
        return INCLUDED
    return AWAITING_ABSTRACT if stage == "title" else AWAITING
