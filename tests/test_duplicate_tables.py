"""The tables and the section of the page that show what deduplication did, from made-up works."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

from conftest import records_table
from page_marks import assert_every_mark_is_a_cell, marks_of
from searchsets.dedupe import log
from searchsets.dedupe.checks import CHECK_COLUMNS
from searchsets.dedupe.people import decide
from searchsets.dedupe.stage import write_works
from searchsets.dedupe.versions import KINDS
from searchsets.errors import ReviewError
from searchsets.files import write_csv
from searchsets.records.shards import Shards
from searchsets.reporting.build import Build
from searchsets.reporting.closing import check_works
from searchsets.reporting.page import of_duplicates, view
from searchsets.reporting.page_table import read_tables
from searchsets.reporting.tables import duplicates
from searchsets.reporting.tables.duplicates import ON_PAGE

MAKERS = (
    duplicates.counts,
    duplicates.balance,
    duplicates.review,
    duplicates.version_kinds,
    duplicates.versions,
    duplicates.merges,
    duplicates.people,
    duplicates.checks,
)
TITLES = {
    "assia:1": "Governing schools", "assia:2": "Governing schools", "assia:3": "<b>Boards</b>",
    "bei:1": "Governing schools", "bei:2": "Erratum: Governing schools", "bei:3": "Boards today",
}  # fmt: skip
WORKS = {
    "assia:1": "work:assia:1", "assia:2": "work:assia:1", "bei:1": "work:assia:1",
    "assia:3": "work:assia:3", "bei:2": "work:bei:2", "bei:3": "work:bei:3",
}  # fmt: skip
BALANCE = (
    {"database": "assia", "records": 3, "duplicates_within": 1, "works": 2, "shared": 1,
     "only_here": 1, "linked": 1},
    {"database": "bei", "records": 3, "duplicates_within": 0, "works": 3, "shared": 1,
     "only_here": 2, "linked": 2},
)  # fmt: skip
DECISIONS = (
    {"record_id_a": "assia:1", "record_id_b": "assia:2", "outcome": "merge", "weight": 21,
     "title": "same", "authors": "same", "year": "near", "decided_by": "rules 2"},
    {"record_id_a": "assia:1", "record_id_b": "bei:1", "outcome": "merge", "weight": 15,
     "title": "spelling", "start": "other", "decided_by": "R01 (dedupe-R01-1)", "note": "seen"},
    {"record_id_a": "assia:1", "record_id_b": "bei:2", "outcome": "version", "kind": "erratum",
     "weight": 16, "title": "contained", "decided_by": "rules 2"},
    {"record_id_a": "assia:3", "record_id_b": "bei:3", "outcome": "review", "weight": 9,
     "title": "near", "decided_by": "dedupe-R01-2, dedupe-R02-1",
     "note": "people disagree: R01: same; R02: different"},
    {"record_id_a": "assia:3", "record_id_b": "bei:1", "outcome": "review", "weight": 7,
     "title": "near", "decided_by": "rules 2"},
)  # fmt: skip
VERSIONS = (
    {"record_id_a": "assia:1", "record_id_b": "bei:2", "type": "erratum",
     "work_id_a": "work:assia:1", "work_id_b": "work:bei:2",
     "evidence": ["title contained", "year same"], "decided_by": "rules 2"},
    {"record_id_a": "bei:1", "record_id_b": "bei:2", "type": "erratum",
     "work_id_a": "work:assia:1", "work_id_b": "work:bei:2",
     "evidence": ["title contained"], "decided_by": "rules 2"},
)  # fmt: skip
QUESTION = {
    "rank": 1, "record_id_a": "assia:3", "record_id_b": "bei:3", "gain": 8,
    "reason": "the titles are others", "disagree": ["title", "isbn"],
    "title_a": "<b>Boards</b>", "title_b": "Boards today", "year_a": 2004,
}  # fmt: skip
CHECK = {"database": "bei", "field": "issue", "records": 120, "finding": "a running number"}


def works(folder: Path, **changed: list[dict]) -> Build:
    """Write what deduplication would write, some files of it changed, and return the build."""
    links = [
        {"record_id": record, "work_id": work, "database": record.partition(":")[0]}
        for record, work in WORKS.items()
    ]
    for name, columns, rows in (
        ("links", log.LINK_COLUMNS, links),
        ("balance", log.BALANCE_COLUMNS, BALANCE),
        ("decisions", log.DECISION_COLUMNS, DECISIONS),
        ("versions", log.VERSION_COLUMNS, VERSIONS),
        ("uncertain", log.UNCERTAIN_COLUMNS, [QUESTION]),
        ("checks", CHECK_COLUMNS, [CHECK]),
    ):
        write_csv(folder / f"works/{name}.csv", columns, changed.get(name, rows))
    for database in ("assia", "bei"):
        shards = Shards(folder / "records" / database)
        shards.write(
            records_table(
                *(
                    {"record_id": record, "title": title, "authors": ["Fox, C."], "year": 2004}
                    for record, title in TITLES.items()
                    if record.startswith(database)
                )
            )
        )
        shards.close()
    return Build(folder, {"dedupe": {"collapse": ["preprint"]}})


def shown(build: Build, run: str = "original") -> BeautifulSoup:
    """Return the section of the page that is made from the tables of a build."""
    made = [maker(build) for maker in MAKERS]
    for one in made:
        write_csv(build.folder / f"tables/{one.name}.csv", one.columns, one.rows)
    contents = ({"table": one.name, "caption": one.caption} for one in made)
    write_csv(build.folder / "tables/contents.csv", ("table", "caption"), contents)
    tables = read_tables(build.folder)
    text = view("duplicates", tables, **of_duplicates(tables, run))
    return BeautifulSoup(text, "html.parser")


def text_of(tag: BeautifulSoup | Tag) -> str:
    return " ".join(tag.get_text(" ", strip=True).split())


def figures(build: Build) -> dict[str, int]:
    return {row["figure"]: row["number"] for row in duplicates.counts(build).rows}


# The tables


def test_the_figures_count_the_files_of_deduplication(tmp_path):
    assert figures(works(tmp_path)) == {
        "records": 6, "works": 4, "several": 1, "merges": 2, "questions": 1, "not_asked": 1,
        "versions": 2, "people": 2, "disputed": 1, "checks": 1,
    }  # fmt: skip


def test_the_last_row_of_the_balance_takes_all_databases_together_and_closes(tmp_path):
    row = duplicates.balance(works(tmp_path)).rows[-1]
    assert (row["records"], row["duplicates_within"], row["works"]) == (6, 2, 4)
    assert (row["shared"], row["only_here"], row["linked"]) == (1, 3, 2)


def test_a_pair_in_question_whose_records_are_one_work_by_now_is_no_question(tmp_path):
    answered = {"record_id_a": "assia:2", "record_id_b": "bei:1", "outcome": "review",
                "weight": 9, "decided_by": "rules 2"}  # fmt: skip
    assert figures(works(tmp_path, decisions=[*DECISIONS, answered]))["not_asked"] == 1


def test_merges_tell_their_evidence_in_words_the_weakest_first(tmp_path):
    weak, strong = duplicates.merges(works(tmp_path)).rows
    assert weak["evidence"] == ["title agrees but for the spelling", "first page disagrees"]
    assert strong["evidence"] == ["title and authors agree", "year nearly agrees"]
    assert weak["work_id"] == strong["work_id"] == "work:assia:1"
    assert strong["reference_a"] == "Fox, C. (2004). Governing schools."


def test_what_people_decided_is_told_apart_from_the_rules_and_disputes_stand_first(tmp_path):
    rows = duplicates.people(works(tmp_path)).rows
    assert [row["outcome"] for row in rows] == ["people disagree", "one work"]


def test_what_deduplication_writes_of_people_is_understood(tmp_path):
    build = works(tmp_path)
    for person, decision in (("rules", "same"), ("R02", "different")):
        file = tmp_path / f"decisions/main/{person}.csv"
        decide(file, ("assia:3", "bei:3"), decision, "", "seen", "")
    decide(tmp_path / "decisions/main/rules.csv", ("assia:1", "bei:3"), "different", "", "seen", "")
    sources = [tmp_path / "records" / database for database in ("assia", "bei")]
    write_works(sources, [], tmp_path / "works", decisions=tmp_path / "decisions")
    rows = duplicates.people(build).rows
    assert [row["outcome"] for row in rows] == ["people disagree", "two works"]
    check_works(build)


def test_every_kind_of_version_is_counted_and_a_count_of_none_is_0(tmp_path):
    rows = {row["kind"]: row for row in duplicates.version_kinds(works(tmp_path)).rows}
    assert rows.keys() == KINDS.keys()
    assert (rows["erratum"]["number"], rows["reply"]["number"]) == (2, 0)
    assert (rows["preprint"]["one_work"], rows["erratum"]["one_work"]) == (True, False)


def test_a_record_without_title_has_a_reference(tmp_path, monkeypatch):
    monkeypatch.setitem(TITLES, "assia:2", "")
    rows = duplicates.merges(works(tmp_path)).rows
    assert rows[1]["reference_b"] == "Fox, C. (2004). [no title]."


# The page


def test_every_marked_value_of_the_section_is_the_cell_that_it_names(tmp_path):
    page = shown(works(tmp_path))
    assert assert_every_mark_is_a_cell(tmp_path, page) > 50


def test_the_section_says_no_number_that_is_not_a_cell(tmp_path):
    page = shown(works(tmp_path))
    for mark, _, _ in list(marks_of(page)):
        mark.clear()
    assert [word for word in text_of(page).split() if word.strip(".,:;()").isdigit()] == []


def test_a_question_shows_both_records_and_marks_in_words_what_differs(tmp_path):
    card = shown(works(tmp_path)).select_one("article.pair")
    fields = {row.th.get_text(" ", strip=True): row for row in card.select("tbody tr")}
    assert list(fields) == ["title differs", "year"]
    assert [td.get_text() for td in fields["title differs"]("td")] == [
        "<b>Boards</b>",
        "Boards today",
    ]
    assert [td.get_text() for td in fields["year"]("td")] == ["2004", "not stated"]
    assert "What differs besides: ISBN." in text_of(card)
    assert "the titles are others" in card.h4.get_text()


@pytest.mark.parametrize(("run", "ending"), [("original", []), ("mine", ["--run", "mine"])])
def test_a_question_has_the_command_lines_that_decide_it(tmp_path, run, ending):
    commands = [
        shlex.split(c.get_text()) for c in shown(works(tmp_path), run).select(".pair .copy")
    ]
    begin = ["./run", "searchsets", "dedupe", "decide", "--by", "YOUR_NAME", "--why", "..."]
    pair = [*ending, "--", "assia:3", "bei:3"]
    assert commands == [
        [*begin, *pair, "same"],
        [*begin, *pair, "different"],
        [*begin, "--kind", "KIND", *pair, "version"],
    ]


def test_an_id_with_signs_of_the_shell_is_quoted(tmp_path):
    build = works(tmp_path, uncertain=[QUESTION | {"record_id_a": "assia:a; rm $b"}])
    command = shown(build).select_one(".pair .copy").get_text()
    assert "assia:a; rm $b" in shlex.split(command)


def test_of_a_long_queue_the_first_are_shown_and_the_rest_is_counted_and_linked(tmp_path):
    many = [QUESTION | {"rank": rank} for rank in range(1, ON_PAGE + 24)]
    page = shown(works(tmp_path, uncertain=many))
    ranks = [int(mark.get_text()) for mark in page.select(".pair [data-column=rank]")]
    assert ranks == list(range(1, ON_PAGE + 1))
    assert (
        "The first 50 pairs stand here; 23 more stand in tables/duplicates_review.csv"
        in text_of(page)
    )


def test_versions_stand_by_kind_with_what_it_means_and_lead_to_the_other_links(tmp_path):
    page = shown(works(tmp_path))
    (kind,) = page.select("details.versions")
    assert text_of(kind.summary).startswith("erratum: 2")
    assert KINDS["erratum"] in text_of(kind.summary)
    first, second = kind.select("tbody tr")
    assert [a["href"] for a in first.select("td a")] == [f"#{second['id']}"]
    assert [a["href"] for a in second.select("td a")] == [f"#{first['id']}"]


def test_where_there_is_nothing_a_sentence_says_so(tmp_path):
    build = works(tmp_path, decisions=[], versions=[], uncertain=[], checks=[])
    told = text_of(shown(build))
    for sentence in (
        "Nothing is in question",
        "no two records are versions of one text",
        "Nobody decided about a pair yet",
        "every column was trusted",
    ):
        assert sentence in told


# What must close


def test_what_fits_is_let_pass(tmp_path):
    check_works(works(tmp_path))


@pytest.mark.parametrize(
    ("file", "rows", "told"),
    [
        ("balance", [BALANCE[0]], "databases of the links and of the balance: 2 and 1"),
        ("balance", [BALANCE[0] | {"records": 4}, BALANCE[1]], "records of assia in links"),
        ("balance", [BALANCE[0] | {"works": 3}, BALANCE[1]], "works of assia in links"),
        ("balance", [BALANCE[0] | {"shared": 0, "only_here": 2}, BALANCE[1]], "shared works of assia"),
        ("balance", [BALANCE[0] | {"duplicates_within": 0}, BALANCE[1]], "records of assia and its"),
        ("balance", [BALANCE[0] | {"only_here": 0}, BALANCE[1]], "works of assia and its balance"),
        ("decisions", [DECISIONS[0] | {"record_id_b": "bei:9"}], "records in decisions.csv"),
        ("uncertain", [QUESTION | {"record_id_a": "bei:9"}], "records in uncertain.csv"),
        ("versions", [VERSIONS[0] | {"record_id_b": "bei:9"}], "records in versions.csv"),
        ("versions", [VERSIONS[0] | {"work_id_b": "work:bei:3"}], "works that versions.csv names"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told(tmp_path, file, rows, told):
    build = works(tmp_path, **{file: rows})
    with pytest.raises(ReviewError, match="do not close") as error:
        check_works(build)
    assert told in str(error.value)
