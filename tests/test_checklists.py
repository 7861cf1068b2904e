"""The reporting checklists: worded as they were published, filled in by facts, and honest."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conftest import PROJECT
from screened import event, screened, work
from searchsets.errors import ReviewError
from searchsets.files import read_csv, write_csv
from searchsets.reporting.build import Build
from searchsets.reporting.checklists import tables as checklists
from searchsets.reporting.checklists.tables import (
    BY_REVIEW,
    CHECKLISTS,
    DONE,
    FACTS,
    FOR_AUTHORS,
    IN_PART,
    IN_PART_BY_REVIEW,
    MADE_LATER,
    NOT_DONE,
    PUBLISHED_COLUMNS,
    STATUSES,
    checklist,
    items_of,
)
from searchsets.reporting.tables.exclusions import excluded
from searchsets.reporting.tables.model import NOT_REPORTED, Table

ANSWERS = read_csv(Path(checklists.__file__).parent / "answers.csv")
LETTERED = {"10": "ab", "13": "abcdef", "16": "ab", "20": "abcd", "23": "abcd", "24": "abc"}


def rows_of(
    build: Build, name: str = "prisma_2020", made: tuple[Table, ...] = ()
) -> dict[str, dict]:
    return {row["item"]: row for row in checklist(build, made, name).rows}


def published(folder: Path, *rows: tuple[str, str, str, str]) -> None:
    cells = [dict(zip(PUBLISHED_COLUMNS, row, strict=False)) for row in rows]
    write_csv(folder / "extraction/reporting_items.csv", PUBLISHED_COLUMNS, cells)


def test_prisma_2020_has_its_27_items_and_42_parts_in_their_order():
    ids = [f"{n}{letter}" for n in range(1, 28) for letter in LETTERED.get(str(n), [""])]
    assert len(ids) == 42
    assert [row["item"] for row in items_of("prisma_2020")] == ids


def test_prisma_s_has_its_16_items():
    assert [row["item"] for row in items_of("prisma_s")] == [str(n) for n in range(1, 17)]


@pytest.mark.parametrize("words", [
    "meta-analysis, or both", "PICOS", "participants, interventions, comparisons",
    "Provide a structured summary", "protocol exists", "at least one database", "I2",
    "Give numbers of studies screened", "Describe sources of funding for the systematic review",
])  # fmt: skip
def test_no_item_is_worded_as_in_2009(words):
    assert all(words not in row["wording"] for name in CHECKLISTS for row in items_of(name))


def test_items_that_copies_often_get_wrong_are_as_published():
    wording = {row["item"]: row["wording"] for row in items_of("prisma_2020")}
    assert wording["2"] == "See the PRISMA 2020 for Abstracts checklist."
    assert wording["26"] == "Declare any competing interests of review authors."
    assert "objective(s) or question(s)" in wording["4"]
    assert wording["27"].count(";") == 4
    assert all(re.search(r"[.]$", text) for text in wording.values())


@pytest.mark.parametrize("name", CHECKLISTS)
def test_every_item_has_one_answer_and_every_answer_a_known_fact_and_status(name):
    answers = [row for row in ANSWERS if row["checklist"] == name]
    assert sorted(row["item"] for row in answers) == sorted(row["item"] for row in items_of(name))
    for row in answers:
        assert row["otherwise"] in (NOT_DONE, FOR_AUTHORS), row
        assert (
            bool(row["fact"]) == (row["status"] in (DONE, IN_PART)) == bool(row["reported_in"])
        ), row
        assert not row["fact"] or row["fact"] in FACTS


def test_what_this_tool_does_not_do_is_never_called_done():
    answers = {(row["checklist"], row["item"]): row for row in ANSWERS}
    for item in ("11", "12", "14", "15", "18", "19", "21", "22", "24a", "24b", "25", "26"):
        assert answers["prisma_2020", item]["fact"] == ""
    for item in [f"13{one}" for one in "abcdef"] + [f"20{one}" for one in "abcd"]:
        assert answers["prisma_2020", item]["otherwise"] == NOT_DONE
    assert answers["prisma_s", "14"]["fact"] == ""


def test_a_run_in_which_nobody_screened_says_so_and_one_with_votes_points_to_them(tmp_path):
    works = [work(1, "included", "full_text")]
    silent = rows_of(screened(tmp_path / "a", works))["8"]
    assert (silent["status"], silent["reported_in"]) == (NOT_DONE, [])
    assert "Nobody has screened" in silent["note"]
    voted = rows_of(screened(tmp_path / "b", works, [event(1, "R01", "include")]))["8"]
    assert (voted["status"], voted["reported_in"]) == (DONE, ["screening/events.csv"])


def test_exclusions_are_done_only_where_a_report_was_excluded_at_full_text(tmp_path):
    acts = [event(1, "R01", "exclude")]
    kept = screened(tmp_path / "a", [work(1, "included", "full_text")])
    out = screened(tmp_path / "b", [work(1, "excluded", "full_text")], acts)
    assert rows_of(kept, made=(excluded(kept),))["16b"]["status"] == NOT_DONE
    done = rows_of(out, made=(excluded(out),))["16b"]
    assert done["reported_in"] == ["tables/excluded.csv", "bibliography/excluded.ris"]


def test_what_only_the_published_review_reports_is_its_own(tmp_path):
    build = screened(tmp_path, [work(1, "included", "full_text")])
    published(
        tmp_path,
        ("prisma_2020", "3", "yes", "chapter 1"),
        ("prisma_2020", "8", "partly", "A1.3"),
        ("prisma_2020", "11", "no", ""),
    )
    rows = rows_of(build)
    assert (rows["3"]["status"], rows["3"]["published_review"]) == (BY_REVIEW, "chapter 1")
    assert (rows["8"]["status"], rows["8"]["published_review"]) == (
        IN_PART_BY_REVIEW,
        "partly: A1.3",
    )
    assert (rows["11"]["status"], rows["11"]["published_review"]) == (NOT_DONE, NOT_REPORTED)
    assert (rows["12"]["status"], rows["12"]["published_review"]) == (NOT_DONE, None)


@pytest.mark.parametrize(("row", "told"), [
    (("prisma_2009", "3", "yes", ""), "no checklist 'prisma_2009'"),
    (("prisma_2020", "28", "yes", ""), "item '28'"),
    (("prisma_2020", "3", "maybe", ""), "'maybe'"),
])  # fmt: skip
def test_a_row_that_cannot_be_read_is_told_with_its_line(tmp_path, row, told):
    build = screened(tmp_path, [])
    published(tmp_path, row)
    with pytest.raises(ReviewError, match=re.escape(told)) as raised:
        rows_of(build)
    assert "reporting_items.csv:2" in str(raised.value)


def test_the_shipped_review_was_looked_at_item_by_item():
    looked = read_csv(PROJECT / "resources/extraction/reporting_items.csv", PUBLISHED_COLUMNS)
    for name in CHECKLISTS:
        items = {row["item"] for row in looked if row["checklist"] == name}
        assert items == {row["item"] for row in items_of(name)}
    assert all(bool(row["where"]) == (row["reported"] != "no") for row in looked)


def test_every_file_that_the_reviewed_checklists_name_is_made_by_a_run():
    golden = PROJECT / "tests/golden/original"
    seen = 0
    for name in CHECKLISTS:
        for row in read_csv(golden / f"tables/checklist_{name}.csv"):
            assert row["status"] in STATUSES
            for place in filter(None, row["reported_in"].split("; ")):
                seen += 1
                assert any(golden.glob(place)) or place in MADE_LATER, place
    assert seen > 15
