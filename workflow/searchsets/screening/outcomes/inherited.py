"""Says which decisions of earlier runs a run takes over, and which it asks for again, and why.

A decision is taken over as long as what it was founded on is there: the criteria that decided it say
what they said, and a text that was judged without an abstract has gained none. Nothing else makes a
person decide twice (MECIR U8: reasons of exclusion stay those of the present criteria).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from searchsets.screening.criteria.file import Combination, Criteria
from searchsets.screening.model import EXCLUDE, INCLUDE, STAGES, UNCLEAR, Event, read_grid
from searchsets.screening.outcomes.outcome import LAST_STAGES

Versions = Mapping[str, str]
"""The version of each criterion, by its id."""
RECHECK_COLUMNS = (
    "work_id", "record_id", "event_id", "stage", "reviewer", "decision", "why", "criteria",
    "state_now",
)  # fmt: skip
CRITERIA_CHANGED, CRITERIA_UNKNOWN = "criteria changed", "criteria not known"
ABSTRACT_GAINED = "abstract gained"
REASONS = {
    CRITERIA_CHANGED: "a criterion that decided it says something else now",
    CRITERIA_UNKNOWN: "it was decided under criteria that no run before this one had",
    ABSTRACT_GAINED: "it was decided without an abstract, and there is one now",
}
"""Why a decision can be asked for again."""


@dataclass(frozen=True)
class Recheck:
    """A decision that is set aside, so that the work is screened again at its stage."""

    work_id: str
    event: Event
    why: str
    """One of `REASONS`."""
    criteria: tuple[str, ...] = ()
    """The criteria that changed."""


@dataclass(frozen=True)
class Inheritance:
    """What is known of the runs before this one.

    Args:
        versions: by the version of all criteria, that of each.
        of_run: by the name of a run, the version of all its criteria, the oldest run first: what a
            decision of that run was taken under that states none.
        gained: the works that had no abstract in the run before and have one now.
        asked: by the id of a decision, why an earlier run asked for it again, and the criteria.
    """

    versions: Mapping[str, Versions] = field(default_factory=dict)
    of_run: Mapping[str, str] = field(default_factory=dict)
    gained: frozenset[str] = frozenset()
    asked: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)

    def rechecks(
        self,
        by_work: Mapping[str, Iterable[Event]],
        criteria: Criteria,
        combination: Combination,
        accepted: Iterable[str] = (),
    ) -> Iterator[Recheck]:
        """Yield the decisions that are asked for again.

        Where one vote of a work at a stage is, all of that stage are: else the others would decide
        alone. What an earlier run asked for stays asked until somebody has voted on it.

        Args:
            by_work: on each work the decisions of people that stood before this run.
            criteria: the criteria of this run.
            combination: the combination of them that this run uses.
            accepted: versions of all criteria whose decisions the protocol accepts.
        """
        founded = _Founded(criteria, combination)
        valid = {criteria.version, *accepted}
        for work, events in by_work.items():
            standing = [event for event in events if not self.is_answered(event, events)]
            no_text = work in self.gained and not any(e.stage in LAST_STAGES for e in standing)
            asked: list[Recheck] = []
            for many in _by_stage(standing):
                reasons = [self._reason(founded, event, valid, no_text) for event in many]
                first = next(filter(None, reasons), None)
                if first is None:
                    asked = []  # a later stage stands: what came before it is nobody's question
                    continue
                for event, reason in zip(many, reasons, strict=True):
                    asked.append(Recheck(work, event, *(reason or first)))
            yield from asked

    def is_answered(self, event: Event, events: Iterable[Event]) -> bool:
        """Tell whether an earlier run asked for a decision again, and somebody has decided since.

        Args:
            event: the decision.
            events: all that were taken on the same work.
        """
        return event.event_id in self.asked and any(
            one.stage == event.stage and one.event_id not in self.asked for one in events
        )

    def _reason(
        self, founded: _Founded, event: Event, valid: Collection[str], no_text: bool
    ) -> tuple[str, tuple[str, ...]] | None:
        """Return why a decision is asked for again, and the criteria that changed; None if it is not."""
        if event.event_id in self.asked:
            return self.asked[event.event_id]
        changed = self._changed(founded, event, valid)
        if changed is None:
            return CRITERIA_UNKNOWN, ()
        if changed:
            return CRITERIA_CHANGED, changed
        lacked_text = no_text and event.decision in (EXCLUDE, UNCLEAR) and founded.on(event)
        return (ABSTRACT_GAINED, ()) if lacked_text else None

    def _changed(
        self, founded: _Founded, event: Event, valid: Collection[str]
    ) -> tuple[str, ...] | None:
        """Return which of the criteria that decided changed, None if they are not known."""
        then, names = event.criteria_version or self._unstated(event), founded.on(event)
        if then in valid or not names:
            return ()
        versions = self.versions.get(then)
        if versions is None:
            return None
        return tuple(one for one in names if versions.get(one) != founded.versions.get(one))

    def _unstated(self, event: Event) -> str:
        """Return the criteria of the run that a decision belongs to, the oldest where it says none."""
        return self.of_run.get(event.search_run) or next(iter(self.of_run.values()), "")


def _by_stage(events: Iterable[Event]) -> list[list[Event]]:
    """Return the decisions of each stage, in the order of the stages."""
    made: dict[str, list[Event]] = {}
    for event in events:
        made.setdefault(event.stage, []).append(event)
    return [made[stage] for stage in STAGES if stage in made]


class _Founded:
    """Tells on which criteria a decision was founded."""

    def __init__(self, criteria: Criteria, combination: Combination):
        self.versions = {one.id: one.version for one in criteria.criteria}
        self._stages = {one.id: one.stages for one in criteria.criteria}
        self._used = (*combination.core, *combination.any_of)
        self._others = {reason.id for reason in criteria.reasons}

    def on(self, event: Event) -> tuple[str, ...]:
        """Return the criteria that a decision was founded on.

        An exclusion rests on the criterion that is its reason, else on those that it judged as not
        met; a reason that is no criterion (another language, a second report) stays. Where nothing
        is said, and for what was kept, it is all that can be judged at its stage.
        """
        if event.decision == EXCLUDE:
            if event.reason_code:
                return () if event.reason_code in self._others else (event.reason_code,)
            failed = [n for n, value in (read_grid(event.criteria) or {}).items() if value == "not"]
            if failed:
                return tuple(failed)
        elif event.decision not in (INCLUDE, UNCLEAR):
            return ()
        return tuple(one for one in self._used if event.stage in self._stages[one])
