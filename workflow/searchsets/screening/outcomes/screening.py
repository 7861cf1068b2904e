"""Derives from a log what it comes to: outcomes, states, counts, and what the audit looks at."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from searchsets.screening.agreement import agreement_rows
from searchsets.screening.criteria.file import Combination, Criteria, Judgement
from searchsets.screening.criteria.judge import Judged, judgements_of_work
from searchsets.screening.log.reading import Log, in_order, standing
from searchsets.screening.model import (
    CONFLICT_OF_INTEREST,
    DUPLICATE,
    EXCLUDE,
    INCLUDE,
    JUDGED_AS,
    NO_FULL_TEXT,
    PUBLISHED_OUTCOME,
    RULE,
    SCREENER,
    UNCLEAR,
    Event,
    grid_text,
    read_grid,
)
from searchsets.screening.outcomes.flow import Way, flow_rows, stage_rows, ways_of
from searchsets.screening.outcomes.inherited import Inheritance, Recheck
from searchsets.screening.outcomes.outcome import (
    EXCLUDED,
    IN_DOUBT,
    IS_DUPLICATE,
    NOT_RETRIEVED,
    Outcome,
)
from searchsets.screening.outcomes.protocol import Protocol
from searchsets.screening.outcomes.states import BY_RULE, KEPT_STATES, Deriver

_DECISIONS = {state: INCLUDE for state in KEPT_STATES} | {
    EXCLUDED: EXCLUDE,
    NOT_RETRIEVED: NO_FULL_TEXT,
    IS_DUPLICATE: DUPLICATE,
    IN_DOUBT: UNCLEAR,
}
"""What was decided, by the state that it led to."""


@dataclass(frozen=True)
class KnownItem:
    """A source that the review must find: its record, how to call it, whether any search found it.

    `found` is None where nothing was exported, so that it cannot be known.
    """

    record_id: str
    called: str
    found: bool | None


@dataclass(frozen=True)
class Screening:
    """A log, the works it is about, and the rules' judgements of them.

    Args:
        log: the whole log.
        run: the name of the run.
        protocol: what the protocol asks.
        members: the records of each work, works and records in order.
        records: the ids of all records of the run; None: not known, and no decision is refused.
        criteria: the criteria, if they are known.
        combination: the combination of criteria that makes the suggestion.
        judged: the judgements of the rules, record by record.
        shas: what the records that were decided on are now, by `record_sha`.
        published: when a record was published, as far as known, and who says so.
        known_items: the key sources.
        kept_seals: rows of a `seals.csv` that was kept: what each file of the log must hold.
        later: the runs that update this one: it knows nothing of what was decided in them.
        inheritance: what is known of the runs before this one, if it updates one.
    """

    log: Log
    run: str
    protocol: Protocol
    members: Mapping[str, Sequence[str]]
    records: frozenset[str] | None = None
    criteria: Criteria | None = None
    combination: Combination | None = None
    judged: Sequence[Judged] = ()
    shas: Mapping[str, str] = field(default_factory=dict)
    published: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    known_items: Sequence[KnownItem] = ()
    kept_seals: Sequence[Mapping[str, str]] = ()
    later: Collection[str] = ()
    inheritance: Inheritance | None = None

    @cached_property
    def _parted(self) -> tuple[list[Event], list[Event]]:
        """The events on records of this run, and those that say that they are another run's."""
        own, other = [], []
        for event in self.log.events:
            if event.search_run in self.later:
                continue
            elsewhere = event.search_run and event.search_run != self.run
            known = self.records is None or event.record_id in self.records
            (other if elsewhere and not known else own).append(event)
        return own, other

    @property
    def events(self) -> list[Event]:
        """The events that count in this run, in order."""
        return self._parted[0]

    @property
    def other_runs(self) -> list[Event]:
        """The events that belong to another run."""
        return self._parted[1]

    @cached_property
    def _last_acts(self) -> list[Event]:
        """Those that no later one supersedes, what is asked for again among them."""
        return standing(self.events)

    @cached_property
    def rechecks(self) -> list[Recheck]:
        """The decisions of earlier runs that are set aside, so that the work is screened again.

        They stay on the list when somebody has decided again.
        """
        if self.inheritance is None or self.criteria is None or self.combination is None:
            return []
        accepted = self.protocol.accepted_criteria
        return [
            *self.inheritance.rechecks(
                self._votes_before, self.criteria, self.combination, accepted
            )
        ]

    @cached_property
    def _votes_before(self) -> dict[str, list[Event]]:
        """The votes on each work that stood before this run."""
        before = standing([event for event in self.events if event.search_run != self.run])
        return self._by_work(e for e in before if e.role in self.protocol.voting_roles)

    @cached_property
    def asked_again(self) -> set[str]:
        """The ids of acts that do not count any more: this run, or one before it, asked again."""
        asked = {recheck.event.event_id for recheck in self.rechecks}
        if self.inheritance:
            for many in self._votes_before.values():
                asked |= {e.event_id for e in many if self.inheritance.is_answered(e, many)}
        return asked

    @cached_property
    def _works_asked(self) -> set[str]:
        """The works that are screened again."""
        return {recheck.work_id for recheck in self.rechecks}

    @cached_property
    def standing(self) -> list[Event]:
        """Those that count: no later one supersedes them, and they are not asked for again."""
        return [event for event in self._last_acts if event.event_id not in self.asked_again]

    @cached_property
    def superseded(self) -> list[Event]:
        """Those that a later one corrects."""
        last = {event.event_id for event in self._last_acts}
        return [event for event in self.events if event.event_id not in last]

    @cached_property
    def by_work(self) -> dict[str, list[Event]]:
        """The standing events on the records of each work."""
        return self._by_work(self.standing)

    def _by_work(self, events: Iterable[Event]) -> dict[str, list[Event]]:
        found: dict[str, list[Event]] = {}
        for event in events:
            if event.record_id in self._work_of:
                found.setdefault(self._work_of[event.record_id], []).append(event)
        return found

    @cached_property
    def _work_of(self) -> dict[str, str]:
        return {one: work for work, ids in self.members.items() for one in ids}

    @cached_property
    def deriver(self) -> Deriver:
        """What derives outcomes and states."""
        order = self.criteria.reason_order() if self.criteria else ()
        # By all that was ever voted: what is asked for again was screened by as many people.
        return Deriver(self.protocol, self._last_acts, order)

    @cached_property
    def outcomes(self) -> dict[str, dict[str, Outcome]]:
        """What came of each stage for each work that people decided on, works in order."""
        made = {}
        for work in self.members:
            events = self.by_work.get(work, ())
            if work in self._works_asked:  # people are asked: nothing weaker stands in for them
                events = [event for event in events if event.role != PUBLISHED_OUTCOME]
            made[work] = self.deriver.outcomes(events)
        return {work: by_stage for work, by_stage in made.items() if by_stage}

    @cached_property
    def judgements(self) -> dict[str, dict[str, Judgement]]:
        """The judgement of each work on each criterion: people's, else the rules'."""
        if self.criteria is None:
            return {}
        names = [one.id for one in self.criteria.criteria]
        by_rule: dict[str, dict[str, Judgement]] = {}
        for one in self.judged:
            by_rule.setdefault(one.record_id, {})[one.criterion] = one.judgement
        made = {work: judgements_of_work(ids, by_rule, names) for work, ids in self.members.items()}
        for work, events in self.by_work.items():
            made[work] |= {n: v for n, v in self._by_people(events).items() if n in made[work]}
        return made

    def _by_people(self, events: Sequence[Event]) -> dict[str, Judgement]:
        """Return what people say of each criterion; where they differ it is unclear."""
        said: dict[str, set[str]] = {}
        for event in events:
            if event.role in self.protocol.voting_roles:
                for name, value in (read_grid(event.criteria) or {}).items():
                    said.setdefault(name, set()).add(JUDGED_AS[value])
        return {n: next(iter(v)) if len(v) == 1 else "unclear" for n, v in said.items()}

    @cached_property
    def finals(self) -> list[dict[str, Any]]:
        """The state of every record, that of its work, in the order of works and records."""
        return list(self._final_rows())

    def _final_rows(self) -> Iterator[dict[str, Any]]:
        for work, ids in self.members.items():
            events = self.by_work.get(work, ())
            outcomes = self.outcomes.get(work, {})
            suggestion, failed = UNCLEAR, []
            if self.combination:
                suggestion = self.combination.suggest(self.judgements[work])
                failed = self.combination.failed(self.judgements[work])
            by_rules = (
                UNCLEAR if work in self._works_asked else suggestion
            )  # people are asked, not rules
            state = self.deriver.state(outcomes, by_rules, failed)
            published = sorted(
                {f"{e.reviewer}: {e.decision}" for e in events if e.role == PUBLISHED_OUTCOME}
            )
            for record_id in ids:
                yield {
                    "record_id": record_id,
                    "work_id": work,
                    "state": state.state,
                    "stage": state.stage,
                    "decided_by": state.decided_by,
                    "reason": state.reason,
                    "reason_code": state.reason_code,
                    "suggestion": suggestion if self.combination else None,
                    "published_outcome": published,
                    "criteria_version": self.criteria.version if self.criteria else None,
                }

    @property
    def decisions(self) -> dict[str, str]:
        """What people, or the review that was published, came to about each record: `include` ...

        What awaits another screener, or is in conflict, is left out.
        """
        return {
            row["record_id"]: _DECISIONS[row["state"]]
            for row in self.finals
            if row["decided_by"] not in ("", BY_RULE) and row["state"] in _DECISIONS
        }

    @cached_property
    def ways(self) -> dict[str, Way]:
        """The way of each work through the stages."""
        return ways_of(self.outcomes)

    @cached_property
    def stages(self) -> list[dict[str, Any]]:
        """What came of each stage for each work."""
        return list(stage_rows(self.outcomes, self.ways, self.deriver))

    @cached_property
    def flow(self) -> list[dict[str, Any]]:
        """The counts of the flow."""
        lost = (way.lost_after for way in self.ways.values())
        return list(flow_rows(self.stages, filter(None, lost)))

    @cached_property
    def agreement(self) -> list[dict[str, Any]]:
        """How far each two screeners agree."""
        return list(agreement_rows(self.standing, self.superseded))

    @cached_property
    def voting(self) -> list[Event]:
        """The standing events of those whose decisions count."""
        return [event for event in self.standing if event.role in self.protocol.voting_roles]

    @cached_property
    def interests(self) -> set[tuple[str, str]]:
        """(record, reviewer) of everybody who stepped back from a record for an interest of their own."""
        return {
            (event.record_id, event.reviewer)
            for event in self.standing
            if event.decision == CONFLICT_OF_INTEREST
        }

    def screened_by(self, work: str, stage: str) -> set[str]:
        """Return who screened a record of a work at a stage, in whatever round."""
        here = (e for e in self.by_work.get(work, ()) if (e.stage, e.role) == (stage, SCREENER))
        return {event.reviewer for event in here if event.decision != CONFLICT_OF_INTEREST}

    def about(self, event: Event) -> dict[str, str]:
        """Return what says where an event stands, for a finding of the audit."""
        return {
            "record_id": event.record_id,
            "event_id": event.event_id,
            "place": self.log.places.get(event.event_id, ""),
            "stage": event.stage,
        }

    def rule_events(self) -> Iterator[Event]:
        """Yield as events what the rules exclude by themselves: they are no votes of people."""
        if self.criteria is None:
            return
        said = {judgement: value for value, judgement in JUDGED_AS.items()}
        shown = {(one.record_id, one.criterion): one.evidence for one in self.judged}
        for row in self.finals:
            if row["decided_by"] != BY_RULE:
                continue
            record_id, reason = row["record_id"], row["reason_code"]
            judged = self.judgements[row["work_id"]]
            yield Event(
                event_id=f"rule-{reason}-{record_id}",
                record_id=record_id,
                search_run=self.run,
                stage="title_abstract",
                round="rules",
                reviewer=f"rule:{reason}",
                role=RULE,
                decision=EXCLUDE,
                reason_code=reason,
                criteria=grid_text({name: said[judgement] for name, judgement in judged.items()}),
                quote=shown.get((record_id, reason), ""),
                criteria_version=self.criteria.version,
                tool="searchsets",
            )

    def all_events(self) -> list[Event]:
        """Return people's events and those of the rules, in order."""
        return sorted([*self.events, *self.rule_events()], key=in_order)
