"""Derives the state of every work from what people decided, what was published, and the rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from searchsets.screening.criteria import Judgement, Suggestion
from searchsets.screening.events import STAGES, VOTING_ROLES, Event

INCLUDED, EXCLUDED, NOT_RETRIEVED = "included", "excluded", "not retrieved"
CONFLICT, UNCLEAR, DUPLICATE = "conflict", "unclear", "duplicate"
AWAITING, NOT_SCREENED = "awaiting full text", "not screened"
STATES = (
    INCLUDED, EXCLUDED, NOT_RETRIEVED, DUPLICATE, AWAITING, CONFLICT, UNCLEAR, NOT_SCREENED,
)  # fmt: skip

# Stages after which an inclusion is final.
_LAST_STAGES = ("full_text", "final")
_STATE_OF_DECISION = {
    "exclude": EXCLUDED,
    "unclear": UNCLEAR,
    "not_retrieved": NOT_RETRIEVED,
    "duplicate": DUPLICATE,
}


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


def state_of(events: Sequence[Event], suggestion: Suggestion, failed: Sequence[str]) -> State:
    """Return the state of a work: people first, then what the review published, then the rules.

    Args:
        events: the standing events on the records of the work, in order.
        suggestion: what the rules come to under the combination of criteria that this run uses.
        failed: the criteria that are not met, where the suggestion is to exclude.
    """
    own = [event for event in events if event.role in VOTING_ROLES]
    own = [event for event in own if event.decision != "conflict_of_interest"]
    if own:
        return _contrary(own) or _decided(own, "person")
    published = [event for event in events if event.role == "published_outcome"]
    if published:
        return _decided(published, "published outcome")
    if suggestion == "exclude":
        return State(EXCLUDED, "rule", "rule", "; ".join(failed))
    return State(NOT_SCREENED, "", "", f"nobody has decided; the rules suggest: {suggestion}")


def _contrary(events: Sequence[Event]) -> State | None:
    """Return the conflict of a work whose records were decided on in contrary ways, if it is one."""
    by_record: dict[str, list[Event]] = {}
    for event in events:
        by_record.setdefault(event.record_id, []).append(event)
    states = {i: _decided(many, "person") for i, many in by_record.items()}
    found = {one.state for one in states.values()}
    if EXCLUDED in found and found & {INCLUDED, AWAITING}:
        last = max((one.stage for one in states.values()), key=STAGES.index)
        if not any(e.stage == last and e.role in ("adjudicator", "consensus") for e in events):
            shown = ", ".join(f"{i}: {one.state}" for i, one in states.items())
            return State(CONFLICT, last, "person", f"{shown}; a person must settle it")
    return None


def _decided(events: Sequence[Event], decided_by: str) -> State:
    last = max((event.stage for event in events), key=STAGES.index)
    at_last = [event for event in events if event.stage == last]
    settling = [event for event in at_last if event.role in ("adjudicator", "consensus")]
    counted = settling or at_last
    decisions = {event.decision for event in counted}
    who = ", ".join(sorted({event.reviewer for event in counted}))
    if len(decisions) > 1:
        shown = ", ".join(f"{event.reviewer}: {event.decision}" for event in counted)
        return State(CONFLICT, last, decided_by, f"{shown}; a person must settle it")
    decision = decisions.pop()
    reasons = sorted({event.reason_code for event in counted if event.reason_code})
    reason = "; ".join(reasons) or f"decided by {who}"
    if decision == "include":
        return State(INCLUDED if last in _LAST_STAGES else AWAITING, last, decided_by, reason)
    return State(_STATE_OF_DECISION[decision], last, decided_by, reason)


def judgements_of_work(
    members: Iterable[str], judged: Mapping[str, Mapping[str, Judgement]], criteria: Iterable[str]
) -> dict[str, Judgement]:
    """Return one judgement a criterion for a work, from the judgements on its records."""
    records = [judged[record_id] for record_id in members]
    return {name: combine_members(record[name] for record in records) for name in criteria}
