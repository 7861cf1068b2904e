"""The audit of what a log says: each check fires where it must, and is silent where it must be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from conftest import records_table
from logs import CLOSED, CRITERIA, act, both, changed, codes, found_in, log_of, only
from searchsets.errors import ReviewError
from searchsets.screening.audit.model import CHECKS
from searchsets.screening.audit.run import audit, require_passed
from searchsets.screening.criteria.file import read_criteria
from searchsets.screening.criteria.judge import judge
from searchsets.screening.outcomes.protocol import Protocol
from searchsets.screening.outcomes.screening import KnownItem
from searchsets.screening.stage import read_alone
from searchsets.search.engine import SearchableRecords

FULL = {"stage": "full_text"}


@pytest.fixture
def criteria(tmp_path_factory):
    path = tmp_path_factory.mktemp("config") / "criteria.yaml"
    path.write_text(CRITERIA, encoding="utf-8")
    return read_criteria(path)


def test_a_log_without_fault_has_no_finding(tmp_path):
    acts = [*both("include"), *both("exclude", "eric:2"), *both("include", **FULL)]
    assert found_in(log_of(tmp_path, *acts)) == []


# 1, 13


def test_a_record_without_a_state_or_with_two_is_told(tmp_path):
    made = read_alone(log_of(tmp_path, *both("include")), CLOSED)
    twice = replace(made, members={"work:1": ["eric:1"], "work:2": ["eric:1"]})
    assert "one_state" in codes(audit(twice), "error")
    made.__dict__["finals"] = []
    assert only(audit(made), "one_state")["record_id"] == "eric:1"


def test_a_flow_that_does_not_close_is_told(tmp_path):
    acts = [*both("include"), *both("exclude", "eric:2"), *both("include", **FULL)]
    log = log_of(tmp_path, *acts)
    for what in ("entered", "passed", "excluded", "passed, then lost"):
        made = read_alone(log, CLOSED)
        made.__dict__["flow"] = [
            row | {"n": row["n"] + 1}
            if (row["stage"], row["what"]) == ("title_abstract", what)
            else row
            for row in made.flow
        ]
        assert "flow_sums" in codes(audit(made)), what


# 2, 3


def test_what_passed_a_stage_and_vanished_is_told(tmp_path):
    log = log_of(
        tmp_path, *both("include"), *both("include", "eric:2"), *both("include", "eric:2", **FULL)
    )
    finding = only(found_in(log), "stage_transfer_loss")
    assert (finding["record_id"], finding["severity"]) == ("eric:1", "error")


def test_nothing_has_vanished_where_the_next_stage_has_not_begun(tmp_path):
    assert found_in(log_of(tmp_path, *both("include"))) == []


def test_a_gap_at_a_stage_that_is_still_open_is_no_error(tmp_path):
    log = log_of(
        tmp_path, *both("include"), *both("include", "eric:2"), *both("include", "eric:2", **FULL)
    )
    protocol = Protocol(open_stages=("full_text",))
    assert only(found_in(log, protocol), "stage_transfer_loss")["severity"] == "info"


def test_what_was_not_retrieved_has_not_vanished(tmp_path):
    log = log_of(tmp_path, *both("include"), act("R01", "not_retrieved", **FULL))
    assert codes(found_in(log)) == []


def test_what_was_excluded_and_comes_back_is_told(tmp_path):
    log = log_of(tmp_path, *both("exclude"), *both("include", **FULL))
    finding = only(found_in(log), "returned")
    assert (finding["record_id"], finding["severity"]) == ("eric:1", "error")
    assert finding["place"] == "full_text/main/R01.csv:2"


def test_what_comes_back_with_a_reason_is_no_error(tmp_path):
    reason = {"override": "nearest_evidence", "note": "there is nothing nearer"}
    log = log_of(tmp_path, *both("exclude"), *both("include", **FULL, **reason))
    assert codes(found_in(log), "error") == []
    assert "nothing nearer" in only(found_in(log), "entered_directly")["message"]


def test_what_was_never_screened_before_the_full_text_is_told_as_a_warning(tmp_path):
    log = log_of(
        tmp_path, *both("include"), *both("include", **FULL), *both("include", "eric:9", **FULL)
    )
    finding = only(found_in(log), "entered_directly")
    assert (finding["record_id"], finding["severity"]) == ("eric:9", "warning")


def test_what_is_read_in_full_too_early_is_told_where_the_gap_is(tmp_path):
    early = act("R01", "include"), act("R02", "exclude"), *both("include", **FULL)
    finding = only(found_in(log_of(tmp_path, *early)), "too_early")
    assert "still conflict at title and abstract" in finding["message"]
    open_stage = Protocol(open_stages=("title_abstract",))
    assert codes(found_in(tmp_path, open_stage), "error") == []


def test_a_finished_stage_that_nobody_began_is_told_in_a_review(tmp_path):
    log = log_of(tmp_path, *both("include"))
    assert found_in(log) == []  # a log by itself may be of one stage alone
    whole = Protocol(open_stages=(), all_stages=True)
    assert only(found_in(log, whole), "stage_transfer_loss")["severity"] == "error"
    assert found_in(log, Protocol(open_stages=("full_text",), all_stages=True)) == []


def test_what_was_in_doubt_may_be_read_in_full(tmp_path):
    assert codes(found_in(log_of(tmp_path, *both("unclear"), *both("include", **FULL)))) == []


# 4, 5


def test_a_record_that_one_person_screened_where_two_must_is_told(tmp_path):
    log = log_of(tmp_path, *both("exclude"), act("R01", "exclude", "eric:2"))
    finding = only(found_in(log), "too_few_screeners")
    assert (finding["record_id"], finding["severity"]) == ("eric:2", "error")
    one = Protocol(screeners={"title_abstract": 1}, open_stages=())
    assert codes(found_in(log, one)) == []


def test_the_same_person_twice_is_one_screener(tmp_path):
    log = log_of(
        tmp_path, *both("exclude"), act("R01", "exclude", "eric:2"), act("R01", "exclude", "eric:2")
    )
    assert "too_few_screeners" in codes(found_in(log))


def test_three_can_be_asked_for(tmp_path):
    three = Protocol(screeners={"title_abstract": 3}, open_stages=())
    assert codes(found_in(log_of(tmp_path, *both("exclude")), three)) == ["too_few_screeners"]


def test_a_log_that_one_person_made_is_whole(tmp_path):
    assert codes(found_in(log_of(tmp_path, act("R01", "exclude")))) == []


def test_a_log_of_outcomes_alone_is_asked_for_screeners_only_by_the_protocol(tmp_path):
    log = log_of(tmp_path, act("published", "exclude", role="consensus"))
    assert codes(found_in(log)) == []
    two = Protocol(screeners={"title_abstract": 2}, open_stages=())
    assert codes(found_in(log, two)) == ["too_few_screeners"]


def test_whoever_stepped_back_from_a_record_cannot_settle_it(tmp_path):
    acts = (
        act("R01", "include"),
        act("R02", "exclude"),
        act("R03", "conflict_of_interest"),
    )
    settled = act("R03", "exclude", role="adjudicator")
    assert codes(found_in(log_of(tmp_path, *acts, settled))) == ["settled_by_a_screener"]


def test_a_disagreement_that_nobody_settled_is_told(tmp_path):
    log = log_of(tmp_path, act("R01", "include"), act("R02", "exclude"))
    assert only(found_in(log), "unsettled")["severity"] == "error"
    assert only(found_in(log, Protocol()), "unsettled")["severity"] == "info"


@pytest.mark.parametrize(("who", "role"), [("R03", "adjudicator"), ("R01", "consensus")])
def test_a_disagreement_is_settled_by_a_third_or_by_consensus(tmp_path, who, role):
    log = log_of(
        tmp_path, act("R01", "include"), act("R02", "exclude"), act(who, "exclude", role=role)
    )
    assert codes(found_in(log)) == []


def test_a_screener_who_adjudicates_alone_is_told(tmp_path):
    acts = act("R01", "include"), act("R02", "exclude"), act("R01", "include", role="adjudicator")
    assert codes(found_in(log_of(tmp_path, *acts))) == ["settled_by_a_screener"]


@pytest.mark.parametrize(
    ("who", "round_name"), [("R01", "recheck"), ("R03", "recheck"), ("R03", "later")]
)
def test_whoever_screened_it_in_any_round_cannot_adjudicate_it(tmp_path, who, round_name):
    votes = [*both("include"), act("R03", "exclude", round="recheck")]
    settled = act(who, "exclude", role="adjudicator", round=round_name)
    assert codes(found_in(log_of(tmp_path, *votes, settled))) == ["settled_by_a_screener"]


def test_a_second_look_cannot_be_settled_by_whoever_took_it_alone(tmp_path):
    votes = [*both("include"), act("R03", "exclude", round="recheck")]
    alone = act("R03", "exclude", role="consensus", round="recheck")
    assert codes(found_in(log_of(tmp_path / "alone", *votes, alone))) == ["settled_by_a_screener"]
    shared = [alone, act("R01", "exclude", role="consensus", round="recheck")]
    assert codes(found_in(log_of(tmp_path / "shared", *votes, *shared))) == []


def test_every_finished_stage_is_looked_at_for_works_that_nobody_screened(tmp_path):
    records = {"eric:1": "", "eric:2": ""}
    log = log_of(tmp_path / "title", *both("include", stage="title"), *both("include"))
    finished = Protocol(open_stages=("title", "full_text"))
    assert only(found_in(log, finished, records=records), "not_screened")["record_id"] == "eric:2"
    later = log_of(tmp_path / "later", *both("include", **FULL))
    finished = Protocol(open_stages=("title", "full_text"), all_stages=True)
    assert "not_screened" in codes(found_in(later, finished, records=records))


def test_adjudicators_who_differ_have_settled_nothing(tmp_path):
    acts = [act("R03", "include", role="adjudicator"), act("R04", "exclude", role="adjudicator")]
    log = log_of(tmp_path, act("R01", "include"), act("R02", "exclude"), *acts)
    assert codes(found_in(log)) == ["unsettled"]


def test_a_work_that_nobody_screened_at_a_finished_stage_is_told(tmp_path):
    log = log_of(tmp_path, *both("exclude"))
    records = {"eric:1": "", "eric:2": ""}
    finding = only(found_in(log, records=records), "not_screened")
    assert (finding["record_id"], finding["severity"]) == ("eric:2", "error")
    assert found_in(log, Protocol(), records=records) == []


@pytest.mark.parametrize("stage", ["title_abstract", "full_text"])
def test_what_was_left_in_doubt_at_a_finished_stage_is_told(tmp_path, stage):
    log = log_of(tmp_path, *both("include"), *both("unclear", stage=stage, round="recheck"))
    assert codes(found_in(log), "error") == ["left_in_doubt"]
    assert "left_in_doubt" not in codes(found_in(log, Protocol()))


def test_an_adjudicator_may_settle_in_a_round_of_its_own(tmp_path):
    votes = act("R01", "include"), act("R02", "exclude")
    settled = act("R03", "exclude", role="adjudicator", round="settled")
    assert codes(found_in(log_of(tmp_path / "third", *votes, settled))) == []
    own = settled._replace(reviewer="R02")
    assert codes(found_in(log_of(tmp_path / "own", *votes, own))) == ["settled_by_a_screener"]


# 6


def excluded(**fields: str) -> list:
    return [*both("include"), *both("exclude", **FULL, **fields)]


def test_an_exclusion_at_full_text_needs_a_reason_and_a_quotation(tmp_path):
    found = found_in(log_of(tmp_path, *excluded()))
    assert {f["check"]: f["severity"] for f in found} == {
        "exclusion_without_reason": "error",
        "exclusion_without_quote": "warning",
    }
    other = log_of(tmp_path / "other", *excluded(reason_code="uk", quote="in Ohio"))
    assert codes(found_in(other)) == []


def test_an_exclusion_at_title_and_abstract_needs_neither(tmp_path):
    assert codes(found_in(log_of(tmp_path, *both("exclude")))) == []


def test_two_reasons_for_one_report_are_told_and_the_first_of_the_protocol_counts(
    tmp_path, criteria
):
    full = {**FULL, "quote": "in Ohio, 1999"}
    acts = [
        act("R01", "exclude", reason_code="date", **full),
        act("R02", "exclude", reason_code="uk", **full),
    ]
    log = log_of(tmp_path, *both("include"), *acts)
    assert "uk is reported" in only(found_in(log, criteria=criteria), "several_reasons")["message"]


def test_a_reason_that_the_protocol_does_not_know_is_told(tmp_path, criteria):
    acts = both("exclude", reason_code="boring") + both(
        "exclude", "eric:2", reason_code="retracted"
    )
    found = found_in(log_of(tmp_path, *acts), criteria=criteria)
    assert [f["record_id"] for f in found if f["check"] == "unknown_reason"] == ["eric:1"] * 2


# 8, 9, 16


def test_a_decision_under_other_criteria_is_told(tmp_path, criteria):
    log = log_of(tmp_path, *both("exclude", criteria_version="0123456789ab"),
                 *both("exclude", "eric:2", criteria_version=criteria.version))  # fmt: skip
    found = found_in(log, criteria=criteria)
    assert [(f["check"], f["record_id"], f["severity"]) for f in found] == [
        ("outdated_criteria", "eric:1", "error")
    ] * 2
    accepted = Protocol(open_stages=(), accepted_criteria=("0123456789ab",))
    assert found_in(log, accepted, criteria=criteria) == []


@pytest.mark.parametrize("grid", ["uk=met;impact=met", "all fine", "uk=perhaps"])
def test_judgements_that_name_no_criterion_are_told(tmp_path, criteria, grid):
    log = log_of(tmp_path, *both("include", criteria=grid))
    assert codes(found_in(log, criteria=criteria)) == ["unknown_criterion"] * 2


def test_a_record_that_changed_since_it_was_shown_is_told(tmp_path):
    log = log_of(
        tmp_path,
        *both("exclude", record_sha="0" * 12),
        *both("exclude", "eric:2", record_sha="1" * 12),
    )
    records = {"eric:1": "0" * 12, "eric:2": "2" * 12}
    found = found_in(log, records=records)
    assert [(f["check"], f["record_id"]) for f in found] == [("record_changed", "eric:2")] * 2


def test_a_decision_on_a_record_that_there_is_not_is_told(tmp_path):
    log = log_of(tmp_path, *both("exclude"), *both("exclude", "eric:2"))
    found = found_in(log, records={"eric:1": ""})
    assert [(f["check"], f["place"]) for f in found] == [
        ("unknown_record", f"title_abstract/main/{name}.csv:3") for name in ("R01", "R02")
    ]


def test_a_decision_on_a_record_that_no_search_retrieved_is_listed(tmp_path):
    made = read_alone(log_of(tmp_path, *both("exclude")), CLOSED, {"eric:1": ""})
    made = replace(made, members={"work:2": ["eric:2"]}, records=frozenset({"eric:1", "eric:2"}))
    made = replace(made, protocol=Protocol())
    assert codes(audit(made)) == ["not_retrieved_in_run"] * 2


def test_a_decision_of_another_run_on_a_record_that_there_is_not_is_set_aside(tmp_path):
    log = log_of(tmp_path, *both("exclude"), *both("exclude", "eric:2", search_run="update-2010"))
    found = found_in(log, records={"eric:1": ""})
    assert [(f["check"], f["severity"]) for f in found] == [("other_run", "info")] * 2


def test_what_is_included_against_its_own_judgements_needs_an_override(tmp_path, criteria):
    chosen = {"criteria": criteria, "combination": criteria.combination("all")}
    against = {"criteria": "uk=not;date=met"}
    log = log_of(
        tmp_path, *both("include", **against), *both("include", "eric:2", criteria="uk=partly")
    )
    found = found_in(log, **chosen)
    assert [(f["check"], f["record_id"]) for f in found] == [("against_criteria", "eric:1")] * 2
    excused = both("include", **against, override="nearest_evidence", note="nothing nearer")
    assert found_in(log_of(tmp_path / "excused", *excused), **chosen) == []


def test_an_override_needs_a_note(tmp_path):
    log = log_of(tmp_path, *both("include", override="nearest_evidence"))
    assert codes(found_in(log), "error") == ["override_without_note"] * 2


# 10


def perfect(records: int) -> list:
    return [one for n in range(records) for one in both("include", f"eric:{n}")]


def test_screeners_who_never_differ_on_many_kept_records_are_told(tmp_path):
    assert codes(found_in(log_of(tmp_path / "many", *perfect(70)))) == ["implausible_agreement"]
    assert codes(found_in(log_of(tmp_path / "few", *perfect(30)))) == []


def at(seconds: list[float]) -> list:
    times = [f"2026-01-01T10:{int(s // 60):02}:{s % 60:06.3f}Z" for s in seconds]
    return [act("R01", "exclude", f"eric:{n}", decided_at=t) for n, t in enumerate(times)]


def test_decisions_too_fast_to_be_read_are_told(tmp_path):
    log = log_of(tmp_path / "fast", *at([n * 1.5 for n in range(10)]))
    assert "10 decisions of R01" in only(found_in(log), "implausible_speed")["message"]
    assert codes(found_in(log_of(tmp_path / "slow", *at([n * 2.0 for n in range(30)])))) == []
    nine = at([n * 1.5 for n in range(9)] + [60 + n * 1.5 for n in range(9)])
    assert codes(found_in(log_of(tmp_path / "nine", *nine))) == []


def test_many_decisions_of_one_second_are_told(tmp_path):
    assert codes(found_in(log_of(tmp_path / "five", *at([1.0] * 5)))) == ["identical_times"]
    assert codes(found_in(log_of(tmp_path / "four", *at([1.0] * 4)))) == []


# 11, 12, 14, 15


def test_records_of_one_work_with_contrary_decisions_are_told(tmp_path):
    log = log_of(tmp_path, *both("include"), *both("exclude", "eric:2"), *both("include", **FULL))
    made = read_alone(log, CLOSED)
    made = replace(made, members={"work:1": ["eric:1", "eric:2"]})
    assert "contrary_group" in codes(audit(made))
    assert "contrary_group" not in codes(found_in(log))


@pytest.mark.parametrize(
    ("published", "told"),
    [("2008-10-29", True), ("2008-09-05", False), ("2008", False), ("2009", True), ("2008-10", True),
     ("2007-12-31", False), ("", False)],
)  # fmt: skip
def test_what_was_not_there_at_the_last_search_is_told(tmp_path, published, told):
    log = log_of(tmp_path, *both("include"), *both("include", **FULL))
    protocol = Protocol(open_stages=(), last_search="2008-09-05")
    made = replace(read_alone(log, protocol), published={"eric:1": (published, "its file name")})
    assert ("after_last_search" in codes(audit(made))) == told


def ranked(records: int) -> list:
    by_model = {"role": "model", "order_policy": "model:svm@1"}
    return [
        act("svm", "unclear", f"eric:{n:03}", order_shown=str(n + 1), **by_model)
        for n in range(records)
    ]


def test_decisions_far_from_the_rank_of_a_model_are_listed(tmp_path):
    votes = [
        *both("exclude", "eric:000"),
        *both("exclude", "eric:001"),
        *both("include", "eric:099"),
        *both("include", "eric:050"),
        *both("include", "eric:099", **FULL),
        *both("include", "eric:050", **FULL),
    ]
    found = found_in(log_of(tmp_path / "hundred", *ranked(100), *votes), Protocol())
    assert [(f["check"], f["record_id"]) for f in found] == [
        ("second_look", "eric:000"), ("second_look", "eric:099")
    ]  # fmt: skip
    assert found_in(log_of(tmp_path / "few", *ranked(99), *votes), Protocol()) == []


def known(log: Path, *items: KnownItem) -> list:
    return audit(replace(read_alone(log, CLOSED), known_items=items))


def test_a_key_source_that_is_lost_is_told_with_the_step_and_the_person(tmp_path):
    log = log_of(tmp_path, *both("exclude", reason_code="uk"))
    finding = only(known(log, KnownItem("eric:1", "key source 5", None)), "known_item_lost")
    assert finding["message"] == "key source 5: excluded at title_abstract by R01, R02 (uk)"


def test_a_key_source_that_waits_or_that_no_search_found_is_listed(tmp_path):
    log = log_of(tmp_path, *both("include"))
    found = known(log, KnownItem("eric:1", "key source 5", False))
    assert codes(found) == ["known_item_not_found", "known_item_waits"]
    assert codes(known(log, KnownItem("eric:7", "key source 6", None))) == ["known_item_lost"]


def test_a_key_source_that_is_included_is_no_finding(tmp_path):
    log = log_of(tmp_path, *both("include"), *both("include", **FULL))
    assert known(log, KnownItem("eric:1", "key source 5", True)) == []


# All together


def test_a_check_can_be_made_less_grave(tmp_path):
    log = log_of(tmp_path, act("R01", "include"), act("R02", "exclude"))
    protocol = Protocol(open_stages=(), severities={"unsettled": "info"})
    require_passed(found_in(log, protocol), "here")
    with pytest.raises(ReviewError, match="1 error") as error:
        require_passed(found_in(log), "here")
    assert "eric:1" in str(error.value) and "title_abstract/main/R01.csv:2" in str(error.value)


def test_the_remedy_names_only_checks_that_can_be_made_less_grave(tmp_path):
    log = log_of(tmp_path, act("R01", "include"), act("R02", "exclude"))
    with pytest.raises(ReviewError) as error:
        require_passed(found_in(log), "here")
    assert error.value.remedy.endswith("can make less grave: unsettled")
    changed(
        log / "title_abstract/main/R01.csv", lambda rows: [rows[0].replace("include", "exclude")]
    )
    found = [row for row in found_in(log) if row["number"] == 7]
    assert "row_changed" in codes(found)
    with pytest.raises(ReviewError) as error:
        require_passed(found, "here")
    assert error.value.remedy == "mend them"


def test_the_fifteen_checks_of_the_design_are_all_there():
    assert {check.number for check in CHECKS.values()} >= set(range(1, 16))


def test_every_check_that_there_is_fires_in_a_test():
    tests = [
        path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_audit_*.py")
    ]
    for code in CHECKS:
        assert any(f'"{code}"' in text for text in tests), code


def test_a_type_or_language_that_no_record_has_is_told(tmp_path, project):
    text = CRITERIA.replace(
        "combinations:",
        "  - {id: kind, printed: articles, rule: {type: {is: [jornal article]}}}\ncombinations:",
    )
    path = tmp_path / "criteria.yaml"
    path.write_text(text, encoding="utf-8")
    criteria = read_criteria(path)
    records = records_table({"type": "journal article"}, {"type": ""})
    judged = list(judge(criteria, SearchableRecords(records)))
    made = replace(read_alone(tmp_path, CLOSED, criteria=criteria), judged=judged)
    assert "(type: jornal article), and 1 do not" in only(audit(made), "never_met")["message"]
    text = text.replace("jornal", "journal")
    path.write_text(text, encoding="utf-8")
    criteria = read_criteria(path)
    judged = list(judge(criteria, SearchableRecords(records)))
    assert "never_met" not in codes(audit(replace(made, criteria=criteria, judged=judged)))
