"""Where every work stands: people first, then what the review published, then the rules."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import records_table
from searchsets.files import read_csv
from searchsets.screening.criteria import Combination, Criteria, Criterion
from searchsets.screening.events import Event
from searchsets.screening.judge import Judged, judge
from searchsets.screening.stage import Screening, audit_rows, final_rows, write_screening
from searchsets.search.engine import SearchableRecords
from searchsets.strategy.language import parse
from test_events import event

RULE = Combination("all", "both", ("uk", "date"), ())
UK = Criterion("uk", "from the UK", "", parse("UK (ft)"), None)
DATE = Criterion("date", "from 2002", "", None, 2002)
CRITERIA = Criteria("made up", (UK, DATE), (), (RULE,), "1a2b")
EXCLUDED = [("eric:1", "met", "not met")]
INCLUDED = [("eric:1", "met", "met")]
PUBLISHED = event(1, role="published_outcome", stage="final", reviewer="lord-et-al-2009")


def screening(*events: Event, judged=EXCLUDED) -> Screening:
    """Return the screening of one work whose records are judged as (record, uk, date) say."""
    judgements = [
        Judged(record_id, criterion, value, "rule", "")
        for record_id, *values in judged
        for criterion, value in zip(("uk", "date"), values, strict=True)
    ]
    members = {"work:1": [record_id for record_id, *_ in judged]}
    return Screening(CRITERIA, RULE, "original", members, judgements, [*events], [])


def final(*events: Event, judged=EXCLUDED) -> dict:
    return list(final_rows(screening(*events, judged=judged)))[0]


def state(*events: Event, judged=EXCLUDED) -> str:
    return final(*events, judged=judged)["state"]


def by(reviewer: str, decision: str, **fields: str) -> Event:
    return event(1, reviewer=reviewer, decision=decision, **fields)


def test_the_rules_exclude_what_does_not_meet_a_criterion_and_say_which():
    row = final()
    assert (row["state"], row["decided_by"], row["reason"]) == ("excluded", "rule", "date")


@pytest.mark.parametrize("judged", [INCLUDED, [("eric:1", "unclear", "met")]])
def test_the_rules_include_nothing(judged):
    assert state(judged=judged) == "not screened"


def test_the_published_outcome_is_stronger_than_the_rules():
    row = final(PUBLISHED)
    assert (row["state"], row["decided_by"]) == ("included", "published outcome")
    assert row["suggestion"] == "exclude"


def test_a_person_is_stronger_than_the_published_outcome():
    row = final(PUBLISHED, by("R01", "exclude", reason_code="uk"), judged=INCLUDED)
    assert (row["state"], row["decided_by"], row["reason"]) == ("excluded", "person", "uk")
    assert row["published_outcome"] == ["lord-et-al-2009: include"]


@pytest.mark.parametrize("role", ["rule", "model"])
def test_machines_decide_nothing(role):
    assert state(by("svm", "include", role=role), judged=INCLUDED) == "not screened"


def test_who_steps_back_for_a_conflict_of_interest_decides_nothing():
    assert state(by("R01", "conflict_of_interest"), PUBLISHED) == "included"


@pytest.mark.parametrize(
    ("stage", "decision", "expected"),
    [("title", "include", "awaiting full text"),
     ("title_abstract", "include", "awaiting full text"), ("full_text", "include", "included"),
     ("title_abstract", "exclude", "excluded"), ("full_text", "exclude", "excluded"),
     ("full_text", "not_retrieved", "not retrieved"), ("title", "duplicate", "duplicate"),
     ("title_abstract", "unclear", "unclear")],
)  # fmt: skip
def test_the_state_after_a_decision(stage, decision, expected):
    row = final(by("R01", decision, stage=stage))
    assert (row["state"], row["stage"]) == (expected, stage)


def test_the_last_stage_counts():
    assert state(by("R01", "include"), by("R01", "exclude", stage="full_text")) == "excluded"


@pytest.mark.parametrize("other", ["exclude", "unclear", "not_retrieved"])
def test_two_screeners_who_differ_are_a_conflict(other):
    row = final(by("R01", "include"), by("R02", other))
    assert row["state"] == "conflict"
    assert f"R01: include, R02: {other}" in row["reason"]


@pytest.mark.parametrize("role", ["adjudicator", "consensus"])
def test_an_adjudicator_settles_a_conflict(role):
    settled = by("R03", "exclude", role=role)
    assert state(by("R01", "include"), by("R02", "exclude"), settled) == "excluded"


def test_a_superseded_decision_is_no_part_of_a_conflict():
    second = replace(by("R02", "include"), event_id="R02-2", supersedes="R02-1")
    assert state(by("R01", "include"), by("R02", "exclude"), second) == "awaiting full text"


TWO = [("eric:1", "met", "met"), ("eric:2", "met", "met")]


def test_a_work_inherits_the_decision_on_one_of_its_records():
    rows = list(final_rows(screening(by("R01", "include", record_id="eric:2"), judged=TWO)))
    assert [row["state"] for row in rows] == ["awaiting full text"] * 2


@pytest.mark.parametrize("stage", ["title_abstract", "full_text"])
def test_contrary_decisions_on_the_records_of_a_work_are_a_conflict(stage):
    contrary = by("R01", "exclude"), by("R01", "include", record_id="eric:2", stage=stage)
    assert state(*contrary, judged=TWO) == "conflict"


def test_a_record_that_is_silent_leaves_the_judgement_to_the_others_of_its_work():
    assert state(judged=[("eric:1", "met", "unclear"), ("eric:2", "met", "not met")]) == "excluded"


def test_records_of_a_work_that_say_opposite_things_exclude_nothing():
    two_years = [("eric:1", "met", "not met"), ("eric:2", "met", "met")]
    assert state(judged=two_years) == "not screened"


RECORDS = st.fixed_dictionaries(
    {
        "title": st.sampled_from(["", "Schools in the UK", "Schools"]),
        "abstract": st.sampled_from([None, "", "In the UK", "In Ohio"]),
        "year": st.sampled_from([None, 1998, 2004]),
    }
)
PARTS = st.lists(st.sampled_from(["uk", "date"]), unique=True).map(tuple)


@given(st.lists(RECORDS, min_size=1, max_size=3), PARTS, PARTS)
def test_the_rules_exclude_nothing_because_a_value_is_missing(records, core, any_of):
    table = records_table(*records)
    judged = list(judge(CRITERIA, SearchableRecords(table)))
    members = {"work:1": table["record_id"].to_pylist()}
    rule = Combination("c", "", core, any_of)
    done = Screening(CRITERIA, rule, "original", members, judged, [], [])
    if not any(record["year"] == 1998 for record in records):
        assert all(row["state"] == "not screened" for row in final_rows(done))


def test_the_audit_lists_conflicts_and_exclusions_without_a_reason():
    decisions = zip(("R01", "R02"), ("exclude", "include"), strict=True)
    done = screening(*(by(*decision, stage="full_text") for decision in decisions))
    checks = [finding["check"] for finding in audit_rows(done, list(final_rows(done)))]
    assert checks == ["conflict", "exclusion_without_reason"]


def test_the_audit_lists_decisions_on_records_that_were_not_retrieved():
    done = screening(by("R01", "include", record_id="eric:9"))
    [finding] = audit_rows(done, list(final_rows(done)))
    assert (finding["check"], finding["record_id"]) == ("decision_not_retrieved", "eric:9")


def test_every_record_has_one_row_and_every_work_is_counted_once(tmp_path):
    counts = write_screening(screening(judged=TWO), tmp_path)
    rows = read_csv(tmp_path / "final.csv")
    assert [row["record_id"] for row in rows] == ["eric:1", "eric:2"]
    assert counts == {"not screened": 1}
