"""The tables of what was left out and why, of the order of reading, and of the years."""

from __future__ import annotations

from collections import Counter
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screened import event, screened, work
from searchsets.errors import ReviewError
from searchsets.reporting.tables.exclusions import (
    NO_REASON,
    check_exclusions,
    excluded,
    excluded_reasons,
    not_retrieved,
)
from searchsets.reporting.tables.log import screening
from searchsets.reporting.tables.model import table
from searchsets.reporting.tables.stopping import NOBODY, NOT_RECORDED, stopping
from searchsets.reporting.tables.years import UNKNOWN_YEAR, years, years_svg

SVG = "{http://www.w3.org/2000/svg}"


def test_a_report_excluded_at_full_text_stands_with_reason_quotes_and_who_decided(tmp_path):
    acts = [
        event(1, "R01", "include"),
        event(1, "R02", "exclude", reason_code="uk", quote="in Ohio", quote_loc="p. 3"),
        event(1, "R03", "exclude", role="adjudicator", reason_code="uk", note="Ohio it is"),
        event(1, "R02", "exclude", event_id="old", standing="no", note="taken back"),
        event(2, "R01", "exclude", stage="title_abstract", reason_code="date"),
    ]
    works = [
        work(1, "excluded", "full_text", reason_code="uk", screeners="R01; R02", settled_by="R03"),
        work(2, "excluded", "title_abstract", reason_code="date"),
        work(3, "included", "full_text"),
    ]
    [row] = excluded(screened(tmp_path, works, acts)).rows
    assert row["work"] == "Fox, C. (2005). Work eric:1."
    assert (row["reason"], row["quotes"], row["notes"]) == (
        "not met: from the UK",
        "“in Ohio” (p. 3)",
        "Ohio it is",
    )
    assert (row["excluded_by"], row["screeners"], row["settled_by"]) == (
        "R02; R03",
        "R01; R02",
        "R03",
    )


def test_an_exclusion_that_the_review_published_stands_too(tmp_path):
    acts = [event(1, "lord", "exclude", stage="final", role="published_outcome")]
    [row] = excluded(screened(tmp_path, [work(1, "excluded", "final")], acts)).rows
    assert (row["stage"], row["reason"]) == ("as the review published it", NO_REASON)


def test_reasons_are_counted_in_the_order_of_the_flow_with_the_works_behind_them(tmp_path):
    works = [
        work(1, "excluded", "full_text", reason_code="retracted", decided_by="person"),
        work(2, "excluded", "title_abstract", reason_code="uk", decided_by="person"),
        work(3, "excluded", "title_abstract", reason_code="date", decided_by="person"),
        work(4, "excluded", "title_abstract", reason_code="date", decided_by="person"),
        work(5, "excluded", "rule", reason_code="date", decided_by="rule"),
    ]
    rows = excluded_reasons(screened(tmp_path, works)).rows
    assert [(row["stage"], row["reason"], row["works"], row["work_ids"]) for row in rows] == [
        ("before people screened", "not met: from 2002 onwards", 1, ["work:eric:5"]),
        ("title and abstract", "not met: from 2002 onwards", 2, ["work:eric:3", "work:eric:4"]),
        ("title and abstract", "not met: from the UK", 1, ["work:eric:2"]),
        ("full text", "the report was retracted", 1, ["work:eric:1"]),
    ]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["included", "excluded", "not screened", "not retrieved"]),
            st.sampled_from(["title", "title_abstract", "full_text", "final", "rule"]),
            st.sampled_from(["uk", "date", "retracted", "unheard of", ""]),
        ),
        max_size=12,
    )
)
def test_exclusions_by_reason_are_all_exclusions(tmp_path_factory, states):
    works = [work(n, state, at, reason_code=code) for n, (state, at, code) in enumerate(states)]
    build = screened(tmp_path_factory.mktemp("run"), works)
    reasons, by_state = excluded_reasons(build), screening(build)
    check_exclusions([reasons, by_state])
    expected = Counter((at, code) for state, at, code in states if state == "excluded")
    assert sorted(row["works"] for row in reasons.rows) == sorted(expected.values())
    assert sum(len(row["work_ids"]) for row in reasons.rows) == sum(expected.values())


def test_an_exclusion_that_is_lost_stops_the_build(tmp_path):
    build = screened(tmp_path, [work(1, "excluded", "title", reason_code="uk")])
    less = table("excluded_reasons", "", ("works",), iter([{"works": 0}]))
    with pytest.raises(ReviewError, match="0 and 1"):
        check_exclusions([less, screening(build)])


def test_what_was_tried_for_a_text_that_was_not_had_is_told(tmp_path):
    acts = [event(1, "R01", "not_retrieved", note="asked the library", decided_at="2026-01-02")]
    [row] = not_retrieved(screened(tmp_path, [work(1, "not retrieved", "full_text")], acts)).rows
    assert (row["tried"], row["said_by"], row["said_at"]) == (
        "asked the library",
        "R01",
        "2026-01-02",
    )


def test_the_order_of_reading_is_that_of_the_log_and_is_never_assumed(tmp_path):
    acts = [
        event(1, "R01", "include", order_policy="random:7"),
        event(1, "R02", "include"),
        event(2, "R02", "include", order_policy="model:svm@1a"),
        event(2, "R03", "conflict_of_interest", order_policy="id"),
        event(2, "asreview", "include", role="model", event_id="m"),
        event(9, "R01", "include", order_policy="of another run"),
    ]
    works = [work(n, "included", "full_text") for n in (1, 2)]
    rows = {row["order_policy"]: row for row in stopping(screened(tmp_path, works, acts)).rows}
    assert set(rows) == {NOBODY, "random:7", NOT_RECORDED, "model:svm@1a"}
    ranked = {name: row.get("ranked_by_model") for name, row in rows.items()}
    assert ranked == {NOBODY: None, "random:7": False, NOT_RECORDED: None, "model:svm@1a": True}
    assert all(row["models"] == ["asreview"] for name, row in rows.items() if name != NOBODY)


def test_a_stage_that_nobody_began_says_so(tmp_path):
    rows = stopping(screened(tmp_path, [work(1, "not screened")])).rows
    assert [(row["stage"], row["order_policy"], row["acts"]) for row in rows] == [
        (stage, NOBODY, 0) for stage in ("title", "title_abstract", "full_text")
    ]


@given(st.lists(st.one_of(st.none(), st.integers(0, 9999)), max_size=8))
def test_every_work_stands_in_one_year_or_among_the_unknown(tmp_path_factory, found):
    works = [work(n, "included", "full_text", record={"year": y}) for n, y in enumerate(found)]
    made = years(screened(tmp_path_factory.mktemp("run"), works))
    counts = {row["year"]: row["works"] for row in made.rows if row["works"]}
    assert counts == Counter(UNKNOWN_YEAR if year is None else year for year in found)
    assert sum(row["included"] for row in made.rows) == len(found)
    assert (made.rows[-1]["year"] == UNKNOWN_YEAR) == (None in found)
    assert len(made.rows) <= 220
    ElementTree.fromstring(years_svg(made))


def test_the_window_of_the_run_is_marked_and_not_called_the_reviews(tmp_path):
    works = [
        work(n, "included", "full_text", record={"year": y}) for n, y in enumerate((2001, 2003))
    ]
    made = years(screened(tmp_path, works, window={"from": 2002, "until": 2004}))
    assert "review asked for" not in made.caption + years_svg(made)
    assert "window of this run" in years_svg(made)
    rows = made.rows
    assert [(row["year"], row["in_window"], row["works"]) for row in rows] == [
        (2001, "no", 1), (2002, "yes", 0), (2003, "yes", 1), (2004, "yes", 0),
    ]  # fmt: skip


def test_bars_are_as_tall_as_the_numbers_and_say_them(tmp_path):
    works = [
        work(n, "included" if n == 1 else "not screened", record={"year": 2003 if n < 4 else 2004})
        for n in range(5)
    ]
    drawn = ElementTree.fromstring(years_svg(years(screened(tmp_path, works))))
    groups = {g.find(f"{SVG}title").text: g for g in drawn.iter(f"{SVG}a")}
    assert groups["2003: 4 works, 1 included"] is not None
    tall = [
        int(bar.get("height")) for bar in groups["2003: 4 works, 1 included"].iter(f"{SVG}rect")
    ]
    assert tall == [200, 50]
    assert groups["2004: 1 work, 0 included"] is not None
    assert list(groups["2005: 0 works, 0 included"].iter(f"{SVG}rect")) == []
    assert {text.text for text in drawn.iter(f"{SVG}text")} >= {"2003", "included"}
