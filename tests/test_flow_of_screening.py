"""The flow through the stages: every count is that of a list, and nothing is lost between two."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from logs import CLOSED, act, both, codes, found_in, log_of
from searchsets.screening.model import Event
from searchsets.screening.outcomes.flow import stage_rows, sums, way_of
from searchsets.screening.outcomes.outcome import Outcome
from searchsets.screening.outcomes.protocol import Protocol
from searchsets.screening.outcomes.states import Deriver
from searchsets.screening.stage import read_alone

FULL = {"stage": "full_text"}
STAGES = ("title", "title_abstract", "full_text")
WAYS = ("passed", "in doubt", "returned", "directly")


def flow_of(folder, *acts: Event, protocol=CLOSED) -> dict[tuple[str, str, str], int]:
    made = read_alone(log_of(folder, *acts), protocol)
    return {(row["stage"], row["what"], row["reason"]): row["n"] for row in made.flow}


def test_the_counts_of_a_small_review(tmp_path):
    acts = [
        *both("include"), *both("include", "eric:2"), *both("exclude", "eric:3", reason_code="uk"),
        act("R01", "include", "eric:4"), act("R02", "exclude", "eric:4"),
        act("R03", "include", "eric:4", role="adjudicator"),
        *both("include", **FULL), *both("exclude", "eric:2", reason_code="date", **FULL),
        *both("exclude", "eric:3", reason_code="uk", **FULL),
    ]  # fmt: skip
    n = flow_of(tmp_path, *acts)
    expected = {"entered": 4, "by two or more": 4, "differed": 1, "differed, settled": 1, "passed": 3,
                "excluded": 1, "passed, then lost": 1}  # fmt: skip
    assert {what: n["title_abstract", what, ""] for what in expected} == expected
    expected = {
        "entered": 3,
        "entered: passed": 2,
        "entered: returned": 1,
        "passed": 1,
        "excluded": 2,
    }
    assert {what: n["full_text", what, ""] for what in expected} == expected
    assert n["title_abstract", "excluded", "uk"] == n["full_text", "excluded", "uk"] == 1
    assert n["full_text", "excluded", "date"] == 1


def test_a_work_that_skips_a_stage_was_lost_after_the_one_it_passed():
    made = {
        stage: Outcome(stage, "passed", "person", ("R01",), False, "", ())
        for stage in ("title", "full_text")
    }
    way = way_of(made, STAGES)
    assert (way.lost_after, way.entered["full_text"]) == ("title", "directly")


def test_what_comes_by_other_methods_enters_directly(tmp_path):
    n = flow_of(
        tmp_path, *both("include"), *both("include", **FULL), *both("include", "web:1", **FULL)
    )
    assert (n["full_text", "entered: passed", ""], n["full_text", "entered: directly", ""]) == (
        1,
        1,
    )


ACTS = st.lists(
    st.builds(
        act,
        st.sampled_from(["R01", "R02"]),
        st.sampled_from(["include", "exclude", "unclear", "not_retrieved", "duplicate"]),
        st.sampled_from([f"eric:{n}" for n in range(6)]),
        stage=st.sampled_from(STAGES),
        role=st.sampled_from(["screener", "screener", "adjudicator"]),
        reason_code=st.sampled_from(["", "uk", "date"]),
    ),
    max_size=30,
)
PROTOCOLS = st.builds(
    Protocol,
    screeners=st.dictionaries(st.sampled_from(STAGES), st.integers(1, 3)),
    open_stages=st.just(()),
)


@given(ACTS, PROTOCOLS)
def test_every_count_is_that_of_the_rows_behind_it_and_all_sums_close(
    tmp_path_factory, acts, protocol
):
    folder = tmp_path_factory.mktemp("log")
    made = read_alone(log_of(folder, *acts), protocol)
    rows = list(stage_rows(made.outcomes, made.ways, Deriver(protocol, made.standing)))
    for count in made.flow:
        here = [row for row in rows if row["stage"] == count["stage"]]
        match count["what"]:
            case "entered":
                n = len(here)
            case "by two or more":
                n = sum(len(row["screeners"]) >= 2 for row in here)
            case "differed":
                n = sum(row["differed"] for row in here)
            case "differed, settled":
                n = sum(row["differed"] and row["settled_by"] != "" for row in here)
            case "passed, then lost":
                later = [s for s in STAGES if any(row["stage"] == s for row in rows)]
                following = later[later.index(count["stage"]) + 1 :][:1]
                seen = {row["work_id"] for row in rows if [row["stage"]] == following}
                passed = {row["work_id"] for row in here if row["outcome"] == "passed"}
                n = len(passed - seen) if following else 0
            case what if what.startswith("entered: "):
                n = sum(row["entered"] == what.removeprefix("entered: ") for row in here)
            case outcome:
                reasons = {count["reason"]} if count["reason"] else {"", "uk", "date"}
                n = sum(row["outcome"] == outcome and row["reason"] in reasons for row in here)
        assert count["n"] == n, count
    for what, one, other in sums(made.flow):
        assert one == other, what
    assert "flow_sums" not in codes(found_in(folder, protocol))
    assert "one_state" not in codes(found_in(folder, protocol))
