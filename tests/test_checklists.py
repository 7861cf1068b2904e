"""The reporting checklists: worded as they were published, filled in by facts, and honest."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conftest import PROJECT
from screened import event, screened, work
from searchsets.errors import ReviewError
from searchsets.files import read_csv, write_csv
from searchsets.records.store import LOG_COLUMNS
from searchsets.reporting.build import Build
from searchsets.reporting.checklists import tables as checklists
from searchsets.reporting.checklists.lacking import LACKING
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
from searchsets.sources.websites.states import STATE_COLUMNS

ANSWERS = read_csv(Path(checklists.__file__).parent / "answers.csv")
REPEATED = {"called": "the report"}
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
        assert set(filter(None, row["lacking"].split("; "))) <= LACKING.keys()


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
    assert (voted["status"], voted["reported_in"]) == (IN_PART, ["screening/events.csv"])
    assert "blind to the others: 0 of 1." in voted["note"]


def test_the_process_of_selection_is_done_only_if_every_act_was_blind_and_of_this_review(tmp_path):
    works = [work(1, "included", "full_text")]
    blind = [event(1, name, "include", blinded="true") for name in ("R01", "R02")]
    settled = event(1, "R03", "include", role="adjudicator")
    done = rows_of(screened(tmp_path / "a", works, [*blind, settled]))["8"]
    assert done["status"] == DONE
    seen = event(1, "R04", "include", blinded="false")
    half = rows_of(screened(tmp_path / "b", works, [*blind, seen, settled]))["8"]
    assert half["status"] == IN_PART and "blind to the others: 2 of 3." in half["note"]
    works.append(work(2, "included", "final", decided_by="published outcome"))
    other = rows_of(screened(tmp_path / "c", works, blind))["8"]
    assert other["status"] == IN_PART and "by how many people is not said: 1." in other["note"]


def test_an_act_that_was_taken_back_is_no_screening(tmp_path):
    works = [work(1, "not screened")]
    back = [event(1, "R01", "include", standing="no")]
    assert rows_of(screened(tmp_path, works, back))["8"]["status"] == NOT_DONE


def included_sources(*about: str) -> Table:
    rows = [{"number": n, "about_this_study": text} for n, text in enumerate(about, start=1)]
    return Table("included_sources", "", ("number", "about_this_study"), rows)


@pytest.mark.parametrize(
    ("about", "statuses", "told"),
    [
        (("A study.", "A guide."), (DONE, IN_PART), ""),
        (("A study.", ""), (IN_PART, IN_PART), "a row of characteristics: 1 of 2;"),
        (("", ""), (IN_PART, NOT_DONE), "a row of characteristics: 0 of 2;"),
    ],
)
def test_characteristics_are_done_only_if_every_included_work_has_them(
    tmp_path, about, statuses, told
):
    build = screened(tmp_path, [work(1, "included", "full_text")])
    write_csv(tmp_path / "extraction/included_sources.csv", ("record", "about_this_study"), [])
    states = Table("screening", "", ("state",), [{"state": "included"}])
    rows = rows_of(build, made=(states, included_sources(*about)))
    assert (rows["17"]["status"], rows["10b"]["status"]) == statuses
    assert told in rows["17"]["note"]
    assert ("characteristics" in rows["17"]["note"]) == bool(told)


def logged(build: Build, source_databases: str = "") -> Build:
    """Write that the records of ERIC came from one file, which may name databases."""
    row = {"database": "eric", "source_file": "a.ris", "source_databases": source_databases}
    write_csv(build.folder / "records/import_log.csv", LOG_COLUMNS, [row])
    return build


@pytest.mark.parametrize(("named", "status"), [("", NOT_DONE), ("ERIC; BEI", IN_PART)])
def test_source_databases_are_told_only_where_an_export_names_them(tmp_path, named, status):
    build = logged(screened(tmp_path, [work(1, "not screened")]), named)
    assert rows_of(build, "prisma_s")["2"]["status"] == status


def test_an_export_by_hand_has_no_date_and_is_not_called_no_search(tmp_path):
    """The made-up run has records of ERIC and no harvest."""
    build = logged(screened(tmp_path, [work(1, "not screened")]))
    rows = rows_of(build, "prisma_s")
    assert rows["13"]["status"] == NOT_DONE
    assert "does not say on which day" in rows["13"]["note"]
    assert "Nothing was searched" not in rows["13"]["note"]
    assert (rows["15"]["status"], rows["8"]["status"]) == (IN_PART, IN_PART)
    assert "records in this run: 1 of 6;" in rows["15"]["note"]
    assert "typed into a database" in rows["8"]["note"]
    assert "does not say on which day" in rows_of(build)["6"]["note"]


def test_the_flow_is_done_only_if_all_was_searched_and_decided(tmp_path):
    build = screened(tmp_path, [work(1, "not screened"), work(2, "included", "full_text")])
    flow = Table("prisma", "", ("box", "this_run"), [{"box": "studies", "this_run": "not stated"}])
    row = rows_of(build, made=(flow,))["16a"]
    assert row["status"] == IN_PART
    for told in ("not decided in the end: 1 of 2.", "1 of 6;", "How many studies"):
        assert told in row["note"]


def test_a_flow_in_which_everything_was_searched_and_decided_is_done(tmp_path):
    build = screened(tmp_path, [work(1, "included", "full_text")])
    for database in build.strategies:
        (tmp_path / "records" / database).mkdir(exist_ok=True)
    flow = Table("prisma", "", ("box", "this_run"), [{"box": "studies", "this_run": 1}])
    assert rows_of(build, made=(flow,))["16a"]["status"] == DONE


def test_the_known_items_are_a_source_and_are_named(tmp_path):
    build = logged(screened(tmp_path, [work(1, "not screened")]))
    items = Table("known_items", "", ("record_id",), [{"record_id": "known_items:1"}])
    assert rows_of(build, "prisma_s")["7"]["status"] == NOT_DONE
    row = rows_of(build, "prisma_s", (items,))["7"]
    assert row["reported_in"] == ["tables/known_items.csv"] and "known items" in row["note"]


def test_an_exclusion_without_a_reason_is_told(tmp_path):
    build = screened(tmp_path, [work(1, "excluded", "full_text")], [event(1, "R01", "exclude")])
    row = rows_of(build, made=(excluded(build),))["16b"]
    assert row["status"] == IN_PART and "Without a reason: 1 of 1." in row["note"]


def test_exclusions_are_done_only_where_a_report_was_excluded_at_full_text(tmp_path):
    acts = [event(1, "R01", "exclude")]
    kept = screened(tmp_path / "a", [work(1, "included", "full_text")])
    out = screened(tmp_path / "b", [work(1, "excluded", "full_text")], acts)
    assert rows_of(kept, made=(excluded(kept),))["16b"]["status"] == NOT_DONE
    done = rows_of(out, made=(excluded(out),))["16b"]
    assert done["reported_in"] == ["tables/excluded.csv", "bibliography/excluded.ris"]


def test_what_only_the_published_review_reports_is_its_own(tmp_path):
    build = screened(tmp_path, [work(1, "included", "full_text")], published_review=REPEATED)
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
    build = screened(tmp_path, [], published_review=REPEATED)
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


def test_how_websites_were_read_is_told_to_stand_outside_the_run(tmp_path):
    build = screened(tmp_path, [work(1, "not screened")], websites="config/websites.yaml")
    (tmp_path / "records/websites").mkdir()
    row = rows_of(build)["7"]
    assert row["status"] == IN_PART and "set in config/websites.yaml" in row["note"]


def test_websites_that_were_not_read_to_the_end_are_counted(tmp_path):
    build = logged(screened(tmp_path, [work(1, "not screened")], websites="config/websites.yaml"))
    (tmp_path / "records/websites").mkdir()
    states = [{"site": "a", "state": "complete"}, {"site": "b", "state": "blocked"}]
    write_csv(tmp_path / "records/websites.csv", STATE_COLUMNS, states)
    row = rows_of(build, "prisma_s")["4"]
    assert row["status"] == IN_PART and "searched to the end: 1 of 2." in row["note"]
