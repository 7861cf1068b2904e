"""Where every work stands: people first, then what the review published, then the rules."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import records_table
from searchsets.files import read_csv
from searchsets.screening.criteria.file import Combination, Criteria, Criterion
from searchsets.screening.criteria.judge import Judged, judge
from searchsets.screening.log.reading import Log, LogFile
from searchsets.screening.model import Event
from searchsets.screening.outcomes.protocol import Protocol
from searchsets.screening.outcomes.screening import Screening
from searchsets.screening.results import write_screening
from searchsets.search.engine import SearchableRecords
from searchsets.strategy.language import parse
from test_log import event

RULE = Combination("all", "both", ("uk", "date"), ())
UK = Criterion("uk", "from the UK", "", parse("UK (ft)"), None, order=2)
DATE = Criterion("date", "from 2002", "", None, 2002, order=1)
CRITERIA = Criteria("made up", (UK, DATE), (), (RULE,), "1a2b")
EXCLUDED = [("eric:1", "met", "not met")]
INCLUDED = [("eric:1", "met", "met")]
PUBLISHED = event(1, role="published_outcome", stage="final", reviewer="lord-et-al-2009")


def log_with(*events: Event) -> Log:
    file = LogFile(
        Path("R01.csv"), "title_abstract", "main", "R01", [*events], [2] * len(events), None
    )
    return Log([file])


def screening(*events: Event, judged=EXCLUDED, protocol=Protocol(), rule=RULE) -> Screening:  # noqa: B008
    """Return the screening of one work whose records are judged as (record, uk, date) say."""
    judgements = [
        Judged(record_id, criterion, value, "rule", f"{criterion} as shown")
        for record_id, *values in judged
        for criterion, value in zip(("uk", "date"), values, strict=True)
    ]
    members = {"work:1": [record_id for record_id, *_ in judged]}
    return Screening(
        log_with(*events), "original", protocol, members, criteria=CRITERIA, combination=rule,
        judged=judgements,
    )  # fmt: skip


def final(*events: Event, **context) -> dict:
    return screening(*events, **context).finals[0]


def state(*events: Event, **context) -> str:
    return final(*events, **context)["state"]


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
    [("title", "include", "awaiting title and abstract"),
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


@pytest.mark.parametrize("other", ["exclude", "not_retrieved"])
def test_two_screeners_who_differ_are_a_conflict(other):
    row = final(by("R01", "include"), by("R02", other))
    assert row["state"] == "conflict"
    assert f"R01: include, R02: {other}" in row["reason"]


@pytest.mark.parametrize("role", ["adjudicator", "consensus"])
def test_an_adjudicator_settles_a_conflict(role):
    settled = by("R03", "exclude", role=role)
    assert state(by("R01", "include"), by("R02", "exclude"), settled) == "excluded"


@pytest.mark.parametrize(
    ("stage", "expected"), [("title_abstract", "awaiting full text"), ("full_text", "conflict")]
)
def test_one_in_doubt_keeps_an_abstract_and_not_a_full_text(stage, expected):
    votes = by("R01", "include", stage=stage), by("R02", "unclear", stage=stage)
    assert state(*votes) == expected


TWO_SCREENERS = Protocol(screeners={"title_abstract": 2, "full_text": 2})


@pytest.mark.parametrize("decision", ["include", "exclude", "unclear"])
def test_one_vote_where_two_are_needed_decides_nothing(decision):
    row = final(by("R01", decision), protocol=TWO_SCREENERS)
    assert (row["state"], row["stage"]) == ("awaiting another screener", "title_abstract")
    assert row["reason"] == "screened by R01; 2 must screen it"


@pytest.mark.parametrize(
    ("decision", "expected"),
    [("not_retrieved", "not retrieved"), ("duplicate", "awaiting another screener")],
)
def test_that_a_text_could_not_be_had_needs_one_person_and_a_duplicate_two(decision, expected):
    assert state(by("R01", decision, stage="full_text"), protocol=TWO_SCREENERS) == expected


def test_votes_that_differ_await_the_third_where_three_are_asked_for():
    three = Protocol(screeners={"title_abstract": 3})
    votes = [by("R01", "include"), by("R02", "exclude")]
    assert state(*votes, protocol=three) == "awaiting another screener"
    assert state(*votes, by("R03", "exclude"), protocol=three) == "conflict"


@pytest.mark.parametrize(
    ("second_look", "expected"), [("exclude", "excluded"), ("include", "conflict")]
)
def test_a_second_look_by_one_person_leaves_the_outcome_or_makes_a_conflict(second_look, expected):
    main = by("R01", "exclude"), by("R02", "exclude")
    look = by("R03", second_look, round="recheck")
    assert state(*main, look, protocol=TWO_SCREENERS) == expected
    assert final(*main, look, protocol=TWO_SCREENERS)["stage"] == "title_abstract"


def test_an_adjudicator_needs_no_second():
    assert state(by("R03", "exclude", role="adjudicator"), protocol=TWO_SCREENERS) == "excluded"


def test_where_two_screened_something_of_a_stage_two_must_screen_all_of_it():
    other = by("R01", "exclude", record_id="eric:2"), by("R02", "exclude", record_id="eric:2")
    assert state(by("R01", "exclude"), *other) == "awaiting another screener"
    assert state(by("R01", "exclude")) == "excluded"


def test_a_later_round_counts_and_a_calibration_round_only_where_there_is_no_other():
    main = by("R01", "exclude"), by("R02", "exclude")
    assert (
        state(*main, by("R03", "include", round="recheck"), by("R04", "include", round="recheck"))
        == "awaiting full text"
    )
    pilot = by("R03", "include", round="pilot-1"), by("R04", "include", round="pilot-1")
    assert state(*main, *pilot) == "excluded"
    assert state(*pilot) == "awaiting full text"


def test_what_settled_an_earlier_round_is_open_again_when_a_later_one_votes():
    main = by("R01", "include"), by("R02", "exclude"), by("R03", "exclude", role="adjudicator")
    again = by("R04", "include", round="recheck"), by("R05", "include", round="recheck")
    assert state(*main) == "excluded"
    assert state(*main, *again) == "awaiting full text"


def test_how_many_must_screen_is_told_from_one_round_and_not_from_calibration():
    pilot = [by(f"R0{n}", "include", round="pilot", record_id="eric:2") for n in (1, 2, 3)]
    alone = by("R01", "exclude")
    assert state(alone, *pilot) == "excluded"
    recheck = by("R02", "exclude", record_id="eric:2", round="recheck")
    assert state(alone, by("R01", "include", record_id="eric:2"), recheck) == "excluded"


def test_what_was_published_counts_until_people_decide_and_is_no_vote():
    made = screening(PUBLISHED)
    assert [row["decided_by"] for row in made.stages] == ["published outcome"]
    assert made.stages[0]["screeners"] == ()
    assert made.decisions == {"eric:1": "include"}
    assert [row["stage"] for row in screening(PUBLISHED, by("R01", "exclude")).stages] == [
        "title_abstract"
    ]


def test_a_machine_counts_where_the_protocol_says_so():
    protocol = Protocol(voting_roles=(*Protocol().voting_roles, "model"))
    row = final(by("svm", "exclude", role="model"), protocol=protocol)
    assert (row["state"], row["decided_by"]) == ("excluded", "machine")


def test_of_several_reasons_the_first_of_the_protocol_is_reported():
    votes = by("R01", "exclude", reason_code="uk"), by("R02", "exclude", reason_code="date")
    assert final(*votes, judged=INCLUDED)["reason"] == "date"


def test_the_judgement_of_a_person_is_stronger_than_that_of_a_rule():
    made = screening(by("R01", "unclear", criteria="date=met;uk=partly"))
    assert made.judgements["work:1"] == {"date": "met", "uk": "partly"}
    assert made.finals[0]["suggestion"] == "include"


def test_people_who_judge_a_criterion_in_contrary_ways_leave_it_unclear():
    made = screening(
        by("R01", "unclear", criteria="uk=met"), by("R02", "unclear", criteria="uk=not")
    )
    assert made.judgements["work:1"] == {"uk": "unclear", "date": "not met"}


def test_what_a_rule_excludes_is_an_event_of_the_rule_and_no_vote():
    made = screening()
    [one] = made.rule_events()
    assert (one.role, one.reviewer, one.decision, one.reason_code) == (
        "rule",
        "rule:date",
        "exclude",
        "date",
    )
    assert (one.quote, one.criteria) == ("date as shown", "uk=met;date=not")
    assert made.events == [] and made.all_events() == [one]
    assert list(screening(by("R01", "include")).rule_events()) == []


def test_only_records_that_people_came_to_a_decision_on_have_one():
    events = [
        by("R01", "include"),
        by("R02", "exclude"),
        by("R01", "exclude", record_id="eric:2"),
        by("R02", "exclude", record_id="eric:2"),
        by("R01", "include", record_id="eric:3"),
    ]
    events = [one._replace(event_id=f"e{number}") for number, one in enumerate(events)]
    everything = [(f"eric:{n}", "met", "met") for n in (1, 2, 3)]
    made = screening(*events, judged=everything)
    apart = replace(made, members={one: [one] for one, *_ in everything})
    assert apart.decisions == {"eric:2": "exclude"}


def test_a_superseded_decision_is_no_part_of_a_conflict():
    second = by("R02", "include")._replace(event_id="R02-2", seq="2", supersedes="R02-1")
    assert state(by("R01", "include"), by("R02", "exclude"), second) == "awaiting full text"


TWO = [("eric:1", "met", "met"), ("eric:2", "met", "met")]


def test_a_work_inherits_the_decision_on_one_of_its_records():
    rows = screening(by("R01", "include", record_id="eric:2"), judged=TWO).finals
    assert [row["state"] for row in rows] == ["awaiting full text"] * 2


@pytest.mark.parametrize("stage", ["title_abstract", "full_text"])
def test_contrary_decisions_on_the_records_of_a_work_are_a_conflict(stage):
    contrary = by("R01", "exclude"), by("R01", "include", record_id="eric:2", stage=stage)
    assert state(*contrary, judged=TWO) == "conflict"


@pytest.mark.parametrize(
    ("stage", "decision"), [("title_abstract", "duplicate"), ("full_text", "not_retrieved")]
)
def test_that_one_record_of_a_work_is_a_duplicate_or_not_to_be_had_is_no_conflict(stage, decision):
    kept = by("R01", "include", stage=stage), by("R02", "include", stage=stage)
    other = by("R01", decision, record_id="eric:2", stage=stage)
    expected = "included" if stage == "full_text" else "awaiting full text"
    assert state(*kept, other, judged=TWO) == expected


def test_a_calibration_vote_on_another_record_of_a_work_is_no_conflict():
    pilot = by("R01", "exclude", round="pilot"), by("R02", "exclude", round="pilot")
    main = [by(name, "include", record_id="eric:2") for name in ("R01", "R02")]
    assert state(*pilot, *main, judged=TWO) == "awaiting full text"


@pytest.mark.parametrize("stage", ["title_abstract", "full_text"])
def test_one_person_cannot_undo_later_what_two_decided(stage):
    main = by("R01", "exclude", stage=stage), by("R02", "exclude", stage=stage)
    for decision in ("include", "not_retrieved", "duplicate"):
        look = by("R03", decision, stage=stage, round="recheck")
        assert state(*main, look, protocol=TWO_SCREENERS) == "conflict"


@pytest.mark.parametrize(
    ("stage", "expected"), [("title_abstract", "awaiting full text"), ("full_text", "conflict")]
)
def test_a_second_look_in_doubt_leaves_what_is_kept_at_title_and_abstract(stage, expected):
    main = by("R01", "include", stage=stage), by("R02", "include", stage=stage)
    look = by("R03", "unclear", stage=stage, round="recheck")
    assert state(*main, look, protocol=TWO_SCREENERS) == expected


@pytest.mark.parametrize(
    ("second", "expected"), [("include", "awaiting full text"), ("exclude", "conflict")]
)
def test_votes_of_rounds_with_too_few_count_together(second, expected):
    votes = by("R01", "include"), by("R02", second, round="update")
    assert state(*votes, protocol=TWO_SCREENERS) == expected
    again = by("R01", "exclude", round="update"), by("R02", second, round="update-2")
    assert (
        state(by("R01", second), *again[:1], protocol=TWO_SCREENERS) == "awaiting another screener"
    )


def test_stepping_back_leaves_the_votes_of_calibration_as_they_are():
    pilot = by("R01", "include", round="pilot"), by("R02", "include", round="pilot")
    assert state(*pilot, by("R03", "conflict_of_interest")) == "awaiting full text"
    alone = by("R01", "exclude"), by("R02", "conflict_of_interest")
    assert state(*alone) == "excluded"


def test_a_correction_takes_the_place_of_all_that_the_person_said_before():
    twice = by("R01", "include"), by("R01", "exclude")._replace(event_id="R01-2", seq="2")
    again = by("R01", "exclude")._replace(event_id="R01-3", seq="3", supersedes="R01-2")
    assert state(*twice) == "conflict"
    assert state(*twice, again) == "excluded"


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
    done = Screening(
        log_with(), "", Protocol(), members, criteria=CRITERIA, combination=rule, judged=judged
    )
    if not any(record["year"] == 1998 for record in records):
        assert all(row["state"] == "not screened" for row in done.finals)


def test_every_record_has_one_row_and_every_work_is_counted_once(tmp_path):
    counts = write_screening(screening(judged=TWO), tmp_path)
    rows = read_csv(tmp_path / "final.csv")
    assert [row["record_id"] for row in rows] == ["eric:1", "eric:2"]
    assert counts == {"not screened": 1}
