"""The flow of records: one list behind all counts, boxes that close, nothing guessed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logs import CLOSED, act, both, log_of
from searchsets.errors import ReviewError
from searchsets.files import write_csv
from searchsets.records.other_sources import OTHER_SOURCES
from searchsets.reporting.flow.boxes import Setting, Source, boxes_of
from searchsets.reporting.flow.model import COLUMNS, Box, Counts, filter_text, passes, read_filter
from searchsets.reporting.flow.published import published_boxes
from searchsets.reporting.flow.records import arm_of, records_list, studies_of
from searchsets.reporting.flow.table import METHODS, check_flow, prisma_table
from searchsets.reporting.published_review import PublishedReview, Words
from searchsets.screening.outcomes.protocol import Protocol
from searchsets.screening.stage import read_alone

FULL = {"stage": "full_text"}
PUBLISHED = {"stage": "final", "role": "published_outcome"}
SOURCES = (
    Source("eric", "databases", "ERIC", True),
    Source("assia", "databases", "ASSIA", False),
    Source("websites", "other", "Websites", True),
    Source("supplied", "other", "Organisations", True),
    Source("citations", "other", "Citation searching", False),
    Source("known_items", "known", "Reference list", True, "not applicable"),
)
REPEATED = PublishedReview(
    "the report",
    other_methods={
        "citations": "Citation searching",
        "supplied": "Organisations (EMIE request to local authorities)",
        "websites": "Websites",
    },
)
SETTING = Setting(SOURCES, {"uk": "not from the UK"}, 16)


def listed(folder: Path, acts, links: dict[str, str] | None = None, protocol=CLOSED, ruled=()):
    """Return the list of records of a log; `links` has the work of each record.

    The works of `ruled` on which nobody decided were excluded by a rule.
    """
    links = links or {one.record_id: f"work:{one.record_id}" for one in acts}
    rows = [
        {"record_id": record, "work_id": work, "database": record.partition(":")[0]}
        for record, work in sorted(links.items())
    ]
    write_csv(folder / "works/links.csv", ("record_id", "work_id", "database"), rows)
    made = read_alone(log_of(folder / "log", *acts), protocol, works=folder / "works")
    finals = [dict(row) for row in made.finals]
    for row in finals:
        if row["work_id"] in ruled and row["state"] == "not screened":
            row |= {
                "state": "excluded",
                "decided_by": "rule",
                "stage": "rule",
                "reason_code": "date",
            }
    stages: dict[str, set[str]] = {}
    for row in made.stages:
        stages.setdefault(row["work_id"], set()).add(row["stage"])
    return sorted(records_list(rows, finals, stages, {}), key=lambda row: row["record_id"])


def places(rows) -> dict[str, str]:
    """Return where each record stands, in one line."""
    columns = ("removed", "screening", "retrieval", "eligibility", "reason")
    return {row["record_id"]: " ".join(filter(None, (row[one] for one in columns))) for row in rows}


def numbers(boxes) -> dict[str, int | str]:
    return {box.id: box.n for box in boxes}


# The list

WAYS = {
    "nobody decided": ((), "awaiting"),
    "half screened": ((act("R01", "include"), *both("include", "eric:9")), "awaiting"),
    "in conflict": ((act("R01", "include"), act("R02", "exclude")), "awaiting"),
    "in doubt": (both("unclear"), "awaiting"),
    "kept by its title": (both("include", stage="title"), "awaiting"),
    "excluded by its title": (both("exclude", stage="title", reason_code="uk"), "excluded uk"),
    "excluded": (both("exclude", reason_code="uk"), "excluded uk"),
    "waits for its text": (both("include"), "passed awaiting"),
    "no text": ((*both("include"), *both("not_retrieved", **FULL)), "passed not_retrieved"),
    "no text, not screened": (both("not_retrieved", **FULL), "direct not_retrieved"),
    "included": ((*both("include"), *both("include", **FULL)), "passed retrieved included"),
    "straight to full text": (both("include", **FULL), "direct retrieved included"),
    "excluded in full": (
        (*both("include"), *both("exclude", reason_code="uk", **FULL)),
        "passed retrieved excluded uk",
    ),
    "excluded, then read all the same": (
        (*both("exclude", reason_code="uk"), *both("include", **FULL)),
        "passed retrieved included",
    ),
    "in doubt in full": ((*both("include"), *both("unclear", **FULL)), "passed retrieved awaiting"),
    "in conflict in full": (
        (*both("include"), act("R01", "include", **FULL), act("R02", "exclude", **FULL)),
        "passed retrieved awaiting",
    ),
    "called a duplicate": (both("duplicate"), "duplicate_by_people"),
    "included by the report": (
        (act("report", "include", **PUBLISHED),),
        "not_reported not_reported included",
    ),
    "excluded by the report": (
        (act("report", "exclude", reason_code="uk", **PUBLISHED),),
        "not_reported not_reported excluded uk",
    ),
    "the report is in doubt": (
        (act("report", "unclear", **PUBLISHED),),
        "not_reported not_reported awaiting",
    ),
    "reported, then decided anew": (
        (act("report", "include", **PUBLISHED), *both("exclude", reason_code="uk")),
        "excluded uk",
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_each_record_stands_where_people_left_it_and_nothing_is_guessed(tmp_path, way):
    acts, expected = WAYS[way]
    rows = listed(tmp_path, acts, {"eric:1": "work:1", "eric:9": "work:9"})
    assert places(rows)["eric:1"] == expected
    assert all(tuple(row) == COLUMNS for row in rows)


def test_a_rule_excludes_before_screening_and_people_are_stronger(tmp_path):
    links = {"eric:1": "work:1", "eric:2": "work:2"}
    rows = listed(tmp_path, both("include", "eric:2"), links, ruled=("work:1", "work:2"))
    assert places(rows) == {"eric:1": "rule date", "eric:2": "passed awaiting"}


def test_a_work_belongs_to_one_arm_and_one_of_its_records_is_kept(tmp_path):
    links = {
        "known_items:a": "work:1", "eric:7": "work:1", "eric:3": "work:1", "websites:1": "work:1",
        "known_items:b": "work:2", "supplied:1": "work:2", "supplied:0": "work:2",
        "known_items:c": "work:3",
    }  # fmt: skip
    rows = listed(tmp_path, (), links)
    kept = {row["record_id"]: row["arm"] for row in rows if row["removed"] != "duplicate"}
    assert kept == {"eric:3": "databases", "supplied:0": "other", "known_items:c": "known"}
    assert {row["record_id"]: row["arm"] for row in rows} == {one: arm_of(one.partition(":")[0])
                                                            for one in links}  # fmt: skip
    n = numbers(boxes_of(rows, SETTING))
    assert (n["databases_duplicates"], n["other_duplicates"], n["known_duplicates"]) == (1, 2, 2)
    assert (n["duplicates"], n["works"], n["identified"]) == (5, 3, 8)


@pytest.mark.parametrize("source", OTHER_SOURCES)
def test_every_other_source_has_its_arm_and_its_box(source):
    assert arm_of(source) == "other" and source in METHODS


def test_the_studies_of_a_work_are_those_of_standing_acts():
    events = [
        {"record_id": "eric:1", "study_id": "B", "standing": "yes"},
        {"record_id": "eric:2", "study_id": "A", "standing": "yes"},
        {"record_id": "eric:2", "study_id": "C", "standing": "no"},
        {"record_id": "elsewhere:1", "study_id": "D", "standing": "yes"},
    ]
    work_of = {"eric:1": "work:1", "eric:2": "work:1"}
    assert studies_of(events, work_of) == {"work:1": "A; B"}


def record(**cells: str) -> dict[str, str]:
    """Return a row of the list: included, from ERIC, but for the cells that are given."""
    usual = {"record_id": "eric:1", "work_id": "work:1", "source": "eric", "arm": "databases",
             "screening": "passed", "retrieval": "retrieved", "eligibility": "included",
             "state": "included"}  # fmt: skip
    return dict.fromkeys(COLUMNS, "") | usual | cells


@pytest.mark.parametrize(("stated", "expected"), [
    (("A", "A", "B"), 2), (("A; B", "C"), 3), (("A", ""), "not stated"), ((), "not stated"),
])  # fmt: skip
def test_studies_are_counted_only_where_the_log_states_them_all(stated, expected):
    rows = [record(record_id=f"eric:{n}", study_id=one) for n, one in enumerate(stated)]
    boxes = boxes_of(rows, SETTING)
    n = numbers(boxes)
    assert (n["studies"], n["included"]) == (expected, len(stated))
    [studies] = [box for box in boxes if box.id == "studies"]
    assert bool(studies.filter) == isinstance(expected, int), "what is not stated opens no rows"


# Filters

CELLS = st.text("ab|&=%+# \u00e9", max_size=4)


@given(st.lists(st.tuples(st.sampled_from(COLUMNS), st.lists(CELLS, min_size=1, max_size=3))))
def test_a_filter_is_read_back_as_it_was_written(wanted):
    wanted = [(column, tuple(values)) for column, values in wanted]
    text = filter_text(wanted)
    assert list(read_filter(text)) == wanted
    assert " " not in text and "#" not in text


def by_hand(rows, text: str) -> int:
    """Count the rows that pass a filter, as slowly and plainly as can be."""
    left = list(rows)
    for part in text.split("&"):
        column, values = part.split("=")
        wanted = [unquote(value) for value in values.split("|")]
        left = [row for row in left if row[column] in wanted]
    return len(left)


# The boxes of random reviews

RECORDS = [f"{source}:{n}" for source in ("eric", "websites", "supplied", "known_items")
           for n in range(4)]  # fmt: skip
ACTS = st.lists(
    st.one_of(
        st.builds(
            act,
            st.sampled_from(["R01", "R02"]),
            st.sampled_from(
                ["include", "include", "exclude", "unclear", "not_retrieved", "duplicate"]
            ),
            st.sampled_from(RECORDS),
            stage=st.sampled_from(["title", "title_abstract", "full_text", "full_text"]),
            role=st.sampled_from(["screener", "screener", "adjudicator"]),
            reason_code=st.sampled_from(["", "uk", "date"]),
        ),
        st.builds(
            act,
            st.just("report"),
            st.sampled_from(["include", "exclude", "unclear"]),
            st.sampled_from(RECORDS),
            stage=st.sampled_from(["title_abstract", "final", "final"]),
            role=st.just("published_outcome"),
        ),
    ),
    max_size=30,
)
LINKS = st.fixed_dictionaries({one: st.sampled_from([f"work:{n}" for n in range(10)])
                               for one in RECORDS})  # fmt: skip
PROTOCOLS = st.builds(
    Protocol,
    screeners=st.dictionaries(st.sampled_from(["title_abstract", "full_text"]), st.integers(1, 3)),
    open_stages=st.just(()),
)
RULED = st.sets(st.sampled_from([f"work:{n}" for n in range(10)]))


@given(ACTS, LINKS, PROTOCOLS, RULED)
def test_every_box_is_the_number_of_rows_behind_it_and_all_sums_close(
    tmp_path_factory, acts, links, protocol, ruled
):
    rows = listed(tmp_path_factory.mktemp("log"), acts, links, protocol, ruled)
    boxes = boxes_of(rows, SETTING)
    check_flow(boxes)
    assert len({box.id for box in boxes}) == len(boxes)
    for box in boxes:
        if isinstance(box.n, int) and box.unit != "studies":
            assert box.n == by_hand(rows, box.filter), box
        assert isinstance(box.n, int) or box.id in ("studies", "records_assia", "records_citations")
    # Each work ends in one place, and that place is where its state says.
    kept = [row for row in rows if row["removed"] != "duplicate"]
    assert sorted(row["work_id"] for row in kept) == sorted(set(links.values()))
    ends = Counter(
        row["removed"] or row["eligibility"] or row["retrieval"] or row["screening"] for row in kept
    )
    n = numbers(boxes)
    states = Counter(row["state"] for row in kept)
    assert ends["included"] == states["included"] == n["included"]
    assert ends["excluded"] + ends["rule"] == states["excluded"]
    assert ends["not_retrieved"] == states["not retrieved"]
    assert ends["duplicate_by_people"] == states["duplicate"]
    assert set(ends) <= {"included", "excluded", "rule", "not_retrieved", "awaiting",
                         "duplicate_by_people"}  # fmt: skip


@given(ACTS, LINKS, st.data())
def test_a_number_that_is_changed_does_not_close(tmp_path_factory, acts, links, data):
    boxes = boxes_of(listed(tmp_path_factory.mktemp("log"), acts, links), SETTING)
    free = ("studies", "undecided", "excluded_by_people")  # other cuts through the same works
    counted = [box for box in boxes if isinstance(box.n, int) and box.id not in free]
    wrong = data.draw(st.sampled_from(counted))
    changed = replace(wrong, n=wrong.n + data.draw(st.integers(1, 3)))
    with pytest.raises(ReviewError, match="the flow does not close") as caught:
        check_flow([changed if box is wrong else box for box in boxes])
    assert f": {changed.n}" in str(caught.value)


def test_the_message_names_both_boxes_and_both_numbers():
    boxes = boxes_of([record(), record(record_id="eric:2", eligibility="excluded", state="excluded",
                                       reason="uk")], SETTING)  # fmt: skip
    check_flow(boxes)
    wrong = [
        replace(box, n=3) if box.id == "databases_reports_excluded:uk" else box for box in boxes
    ]
    with pytest.raises(ReviewError) as caught:
        check_flow(wrong)
    assert "Reports excluded (databases): 1; but not from the UK (databases): 3" in str(
        caught.value
    )


# What was not searched, not reported, not there


def test_where_nothing_was_searched_there_is_no_0():
    setting = replace(
        SETTING, sources=[replace(one, is_searched=one.arm == "known") for one in SOURCES]
    )
    boxes = boxes_of([record(source="known_items", arm="known")], setting)
    check_flow(boxes)
    in_databases = {box.n for box in boxes if box.arm == "databases"}
    assert in_databases == {"not searched"}
    assert {box.id for box in boxes if box.arm == "other"} == {
        "records_websites", "records_supplied", "records_citations",
    }  # fmt: skip


def test_boxes_that_the_form_has_not_are_there_only_where_something_stands_in_them():
    done = {box.id for box in boxes_of([record()], SETTING) if box.arm}
    assert not any("awaiting" in one or "not_reported" in one or "direct" in one for one in done)
    waiting = record(screening="awaiting", retrieval="", eligibility="", state="conflict")
    made = numbers(boxes_of([waiting], SETTING))
    assert made["databases_awaiting_screening"] == 1 and "other_awaiting_screening" not in made


def test_reasons_stand_by_number_and_one_that_is_not_stated_is_told():
    rows = [
        record(record_id=f"eric:{n}", eligibility="excluded", state="excluded", reason=reason)
        for n, reason in enumerate(["uk", "", "", "a&b|c"])
    ]
    boxes = [box for box in boxes_of(rows, SETTING) if "reports_excluded:" in box.id]
    assert [(box.label, box.n) for box in boxes] == [
        ("No reason stated", 2), ("a&b|c", 1), ("not from the UK", 1),
    ]  # fmt: skip
    assert [by_hand(rows, box.filter) for box in boxes] == [2, 1, 1]


def test_the_published_review_reports_one_number():
    boxes = published_boxes(boxes_of([], SETTING), REPEATED)
    assert {box.id: box.n for box in boxes if box.n != "not reported"} == {"included": 16}
    labels = [box.label for box in boxes if box.id.startswith("records_")]
    assert labels == [
        "ERIC", "ASSIA", "Registers", "Websites",
        "Organisations (EMIE request to local authorities)", "Citation searching",
    ]  # fmt: skip
    table = prisma_table(boxes_of([record()], SETTING), Words(REPEATED))
    published = {row["box"]: row["published_review"] for row in table.rows}
    assert published.pop("included") == 16
    assert set(published.values()) == {"not reported", "not applicable"}


def test_a_new_review_has_no_column_for_a_published_one():
    table = prisma_table(boxes_of([record()], SETTING), Words())
    assert "published_review" not in table.columns
    assert "published" not in table.caption


def test_rows_that_no_filter_tells_apart_are_counted_each():
    rows = [record(record_id=f"eric:{n}") for n in range(5)]
    assert Counts(rows).of("arm=databases&removed=") == 5
    assert not passes(rows[0], read_filter("arm=other|known"))
    assert isinstance(boxes_of(rows, SETTING)[0], Box)
