"""Which decisions of earlier runs are taken over, and which are asked for again."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchsets.screening.criteria.file import Combination, Criteria, Criterion, Reason
from searchsets.screening.model import DECISIONS, SCREENED_STAGES, Event
from searchsets.screening.outcomes.inherited import (
    ABSTRACT_GAINED,
    CRITERIA_CHANGED,
    CRITERIA_UNKNOWN,
    Inheritance,
)

NAMES = ("date", "uk", "impact")
STAGES = {"date": SCREENED_STAGES, "uk": SCREENED_STAGES, "impact": ("full_text",)}
COMBINATION = Combination("all", "", ("date",), ("uk", "impact"))


def criteria(versions: dict[str, str], version: str = "now") -> Criteria:
    made = tuple(
        Criterion(name, "", "", None, None, stages=STAGES[name], version=versions[name])
        for name in NAMES
    )
    return Criteria("", made, (), (COMBINATION,), version, reasons=(Reason("language", ""),))


def again(event: Event, now: dict[str, str], *, gained: bool = False, **known) -> list:
    before = Inheritance(
        {"then": dict.fromkeys(NAMES, "1")},
        {"original": "then"},
        frozenset(["w"] if gained else []),
    )
    found = before.rechecks({"w": [event]}, criteria(now), COMBINATION, **known)
    return [(one.why, one.criteria) for one in found]


UNCHANGED = dict.fromkeys(NAMES, "1")


@pytest.mark.parametrize(
    ("fields", "changed", "why"),
    [
        ({"decision": "exclude", "reason_code": "date"}, "date", [(CRITERIA_CHANGED, ("date",))]),
        ({"decision": "exclude", "reason_code": "date"}, "uk", []),
        ({"decision": "exclude", "criteria": "uk=not;date=met"}, "uk", [(CRITERIA_CHANGED, ("uk",))]),
        ({"decision": "exclude", "criteria": "uk=not;date=met"}, "date", []),
        ({"decision": "exclude", "reason_code": "language"}, "date", []),
        ({"decision": "exclude"}, "uk", [(CRITERIA_CHANGED, ("uk",))]),
        ({"decision": "include"}, "uk", [(CRITERIA_CHANGED, ("uk",))]),
        # What only the full text shows decided nothing before it.
        ({"decision": "include"}, "impact", []),
        ({"decision": "include", "stage": "full_text"}, "impact",
         [(CRITERIA_CHANGED, ("impact",))]),
        ({"decision": "duplicate"}, "date", []),
        ({"decision": "not_retrieved", "stage": "full_text"}, "date", []),
        ({"decision": "include", "criteria_version": "older"}, "uk", [(CRITERIA_UNKNOWN, ())]),
        ({"decision": "include", "criteria_version": "now"}, "uk", []),
        ({"decision": "include", "criteria_version": ""}, "uk", [(CRITERIA_CHANGED, ("uk",))]),
    ],
)  # fmt: skip
def test_a_decision_is_asked_again_only_where_a_criterion_that_decided_it_changed(
    fields, changed, why
):
    event = Event(**{"stage": "title_abstract", "criteria_version": "then"} | fields)
    assert again(event, UNCHANGED | {changed: "2"}) == why
    known = fields.get("criteria_version", "then") != "older"
    assert again(event, UNCHANGED) == ([] if known else why)


def test_what_the_protocol_accepts_is_not_asked_again():
    event = Event(stage="title", decision="include", criteria_version="then")
    assert again(event, UNCHANGED | {"uk": "2"}, accepted=["then"]) == []


@pytest.mark.parametrize(
    ("stage", "decision", "asked"),
    [("title", "exclude", True), ("title_abstract", "unclear", True),
     ("title_abstract", "include", False), ("full_text", "exclude", False),
     ("title_abstract", "duplicate", False)],
)  # fmt: skip
def test_what_was_left_out_without_an_abstract_is_asked_again_with_one(stage, decision, asked):
    event = Event(stage=stage, decision=decision, criteria_version="then")
    found = again(event, UNCHANGED, gained=True)
    assert found == ([(ABSTRACT_GAINED, ())] if asked else [])
    assert again(event, UNCHANGED) == []


def _founded_on(event: Event) -> set[str]:
    """Return the criteria that decided: a twin, written out case by case."""
    judgeable = {name for name in NAMES if event.stage in STAGES[name]}
    grid = dict(part.split("=") for part in event.criteria.split(";") if part)
    failed = {name for name, value in grid.items() if value == "not"}
    if event.decision in ("not_retrieved", "duplicate", "conflict_of_interest"):
        return set()
    if event.decision != "exclude":
        return judgeable
    if event.reason_code == "language":
        return set()
    return {event.reason_code} if event.reason_code else failed or judgeable


@given(
    st.sampled_from(SCREENED_STAGES),
    st.sampled_from(DECISIONS),
    st.sampled_from(["", "date", "uk", "language"]),
    st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["met", "not"])),
    st.sets(st.sampled_from(NAMES)),
)
def test_the_criteria_that_decided_are_those_of_the_twin(stage, decision, reason, grid, changed):
    text = ";".join(f"{name}={value}" for name, value in grid.items())
    event = Event(stage=stage, decision=decision, reason_code=reason, criteria=text,
                  criteria_version="then")  # fmt: skip
    found = again(event, UNCHANGED | dict.fromkeys(changed, "2"))
    wanted = _founded_on(event) & changed
    assert {name for _, names in found for name in names} == wanted
    assert bool(found) == bool(wanted)


def test_all_votes_of_a_work_are_looked_at():
    events = [Event(event_id=str(n), stage="title", decision=d, criteria_version="then")
              for n, d in enumerate(("include", "exclude", "unclear"))]  # fmt: skip
    now = criteria(UNCHANGED | {"uk": "2"})
    before = Inheritance({"then": UNCHANGED}, {"original": "then"})
    for order in itertools.permutations(events):
        found = [one.event.event_id for one in before.rechecks({"w": order}, now, COMBINATION)]
        assert sorted(found) == ["0", "1", "2"]


def event(name: str, decision: str, **fields: str) -> Event:
    said = {"event_id": name, "stage": "title", "criteria_version": "then"} | fields
    return Event(decision=decision, **said)


def test_where_one_vote_of_a_stage_is_asked_again_the_others_are_too():
    """Else the one that stands would decide alone. Behind a later stage that stands nothing is asked."""
    events = [event("1", "include"), event("2", "exclude", reason_code="uk"),
              event("3", "include", role="adjudicator")]  # fmt: skip
    before = Inheritance({"then": UNCHANGED}, {"original": "then"})
    now = criteria(UNCHANGED | {"date": "2"})
    asked = {
        one.event.event_id: one.criteria for one in before.rechecks({"w": events}, now, COMBINATION)
    }
    assert asked == dict.fromkeys("123", ("date",))
    read = event("4", "not_retrieved", stage="full_text")
    assert list(before.rechecks({"w": [*events, read]}, now, COMBINATION)) == []
    kept = event("4", "include", stage="full_text")
    again = before.rechecks({"w": [*events, kept]}, now, COMBINATION)
    assert sorted(one.event.event_id for one in again) == ["1", "2", "3", "4"]


def test_what_was_asked_for_stays_asked_until_somebody_has_voted():
    asked = {"1": (ABSTRACT_GAINED, ())}
    before = Inheritance({"then": UNCHANGED, "now": UNCHANGED}, {"original": "then"}, asked=asked)
    old = event("1", "exclude")
    [open_still] = before.rechecks({"w": [old]}, criteria(UNCHANGED), COMBINATION)
    assert (open_still.event, open_still.why) == (old, ABSTRACT_GAINED)
    since = event("2", "include", criteria_version="now", round="update")
    assert list(before.rechecks({"w": [old, since]}, criteria(UNCHANGED), COMBINATION)) == []
    assert before.is_answered(old, [old, since]) and not before.is_answered(since, [old, since])


def test_a_decision_that_states_no_criteria_was_taken_under_those_of_its_run():
    versions = {"first": UNCHANGED, "second": UNCHANGED | {"uk": "2"}}
    before = Inheritance(versions, {"original": "first", "update": "second"})
    now = criteria(UNCHANGED | {"uk": "2"})
    for run, asked in (("", True), ("original", True), ("update", False)):
        one = event("1", "include", criteria_version="", search_run=run)
        assert bool(list(before.rechecks({"w": [one]}, now, COMBINATION))) == asked
