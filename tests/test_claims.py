"""What a review can and cannot claim: each number is a cell, and unknown is neither yes nor no."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from made_up_review import brought, export, ris, run_review
from searchsets.files import cell, read_csv, write_csv
from searchsets.reporting.build import Build
from searchsets.reporting.choices.files import read_choices, write_choices
from searchsets.reporting.choices.gather import gather
from searchsets.reporting.choices.model import Search
from searchsets.reporting.choices.stage import FOLDER, choices
from searchsets.reporting.choices.totals import COLUMNS, totals
from searchsets.reporting.claims.model import (
    CANNOT_BE_TOLD,
    NO,
    YES,
    Cell,
    Claim,
    Facts,
    claims_table,
    filled,
    holds,
)
from searchsets.reporting.claims.of_searches import stand_ins
from searchsets.reporting.claims.stage import claims, words_of
from searchsets.reporting.flow.table import flow_of, prisma_table
from searchsets.reporting.tables.known_items import (
    combinations,
    key_sources_by_strategy,
    known_items,
)
from searchsets.reporting.tables.model import Table
from searchsets.reporting.tables.searches import databases
from searchsets.reporting.tables.summary import summary

AGREEMENT = ("stage", "reviewer_a", "reviewer_b", "records", "agreement", "kappa")
_WHERE = re.compile(r"(\S+): tables/(\S+)\.csv, row (\d+), column (\S+)")


def made(build: Build, *more: Table) -> list[Table]:
    """Return the tables that claims are made from, and the claims."""
    write_choices(gather(build), build.folder / FOLDER)
    tables = [
        databases(build),
        prisma_table(flow_of(build)[1], build.words),
        key_sources_by_strategy(build),
        combinations(build),
    ]
    tables += [Table("strategies", "", (), []), known_items(build)]
    tables += [choices(build), *more]
    named = {one.name for one in tables}
    tables += [Table("screening_agreement", "", AGREEMENT, [])] * (
        "screening_agreement" not in named
    )
    tables.insert(0, summary(build, tables))
    return [*tables, claims(build, tables)]


def by_name(tables: list[Table]) -> dict[str, dict[str, Any]]:
    return {row["claim"]: row for row in tables[-1].rows}


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """The made-up review without any export."""
    folder = tmp_path_factory.mktemp("bare")
    brought(folder)
    return run_review(folder)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """The made-up review with exports of both databases."""
    folder = tmp_path_factory.mktemp("whole")
    brought(folder)
    export(folder, "alpha", "beta")
    return run_review(folder)


# ---- conditions and sentences -----------------------------------------------------------------

VALUES = st.fixed_dictionaries({"a": st.sampled_from(["", "0", "1", "2"]), "b": st.just("1")})


@given(values=VALUES)
def test_a_claim_whose_number_is_unknown_cannot_be_told(values):
    told = holds(["a = {b}"], ["a > {b}"], values)
    a = values["a"]
    assert told == (CANNOT_BE_TOLD if a in ("", "0") else YES if a == "1" else NO)


def test_without_a_condition_nothing_is_claimed():
    assert holds([], [], {}) == CANNOT_BE_TOLD
    assert holds(["always"], [], {}) == YES
    assert holds(["always"], ["always"], {}) == NO


def test_what_is_no_number_is_not_more_than_one():
    assert holds([], ["a > 0"], {"a": "not searched"}) == CANNOT_BE_TOLD
    assert holds(["a != not reported"], [], {"a": "12"}) == YES


def test_a_sentence_says_unknown_where_nothing_is_known_and_keeps_a_zero():
    assert filled("{a} of {b}", {"a": "", "b": "0"}) == "unknown of 0"


def test_braces_in_the_name_of_a_database_do_no_harm(tmp_path):
    brought(tmp_path)
    path = tmp_path / "strategies/alpha.yaml"
    text = path.read_text(encoding="utf-8").replace("name: Alpha", "name: 'Al{p}ha {0}'")
    path.write_text(text, encoding="utf-8")
    told = by_name(made(run_review(tmp_path)))
    assert told["reading_alpha"]["says"].startswith("Al{p}ha {0}: which lines")


def test_a_claim_names_the_cell_of_each_number():
    found = Cell("prisma", 3, "this_run", "5")
    claim = Claim("x", "{n} works", "", "", ("n > 0",), (), {"n": found})
    [row] = claims_table([claim], {}).rows
    assert (row["says"], row["holds"]) == ("5 works", YES)
    assert row["counted_from"] == ["n: tables/prisma.csv, row 3, column this_run"]


def test_a_source_in_the_place_of_a_database_is_no_search_of_it(whole):
    data = replace(gather(whole), searches=(Search("alpha_in_open_index", "alpha", "open_index"),))
    column = "records_alpha_in_open_index"
    facts = Facts([
        Table("databases", "", ("database", "name"), [{"database": "alpha", "name": "Alpha"}]),
        Table("choices", "", ("choice", column), [{"choice": "as in this run", column: 7}]),
    ])  # fmt: skip
    [claim] = stand_ins(facts, data)
    [row] = claims_table([claim], {}).rows
    assert row["holds"] == NO
    assert row["says"] == "The search of open index shows what a search of Alpha finds."
    assert "Records that the strategy retrieves from it: 7." in row["because"]


# ---- the claims of a run ----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["bare", "whole"])
def test_every_number_of_every_claim_is_the_cell_that_it_names(name, request, tmp_path):
    tables = made(request.getfixturevalue(name))
    for one in tables:
        write_csv(tmp_path / f"{one.name}.csv", one.columns, one.rows)
    written = {one.name: read_csv(tmp_path / f"{one.name}.csv") for one in tables if one.columns}
    checked = 0
    for row in written["claims"]:
        values = {}
        for place in filter(None, row["counted_from"].split("; ")):
            name_, table, number, column = _WHERE.fullmatch(place).groups()
            values[name_] = written[table][int(number) - 2][column]
            checked += 1
        words = words_of(read_choices(request.getfixturevalue(name).folder / FOLDER), {})
        assert filled(row["because_template"], values | words) == row["because"]
        assert filled(row["says_template"], values | words) == row["says"]
        conditions = [[c for c in row[n].split("; ") if c] for n in ("yes_if", "no_if")]
        assert holds(*conditions, values) == row["holds"]
        # A number in the sentence itself, and in no cell, could be wrong unseen.
        digits = re.findall(
            r"(?<![#A-Z.\d])\d+",
            re.sub(
                r"\{[^}]*\}|#\d+|A1\.4|[Ss]ource \d+|, not 0|config/\S+",
                "",
                row["because_template"],
            ),
        )
        assert not digits, row["claim"]
    assert checked > 20


def test_without_exports_no_total_can_be_claimed_and_nothing_is_said_to_be_zero(bare):
    told = by_name(made(bare))
    assert told["every_database_searched"]["holds"] == NO
    assert told["total_is_known"]["holds"] == NO
    assert "searched: unknown." in told["total_is_known"]["because"]
    assert "every_record_judged" not in told
    # The erratum of alpha changes nothing for the known items; of records nothing is known.
    assert told["errata_alpha"]["holds"] == CANNOT_BE_TOLD


def test_with_all_exports_the_total_can_be_claimed_and_what_changes_it_is_said(whole):
    told = by_name(made(whole))
    assert told["every_database_searched"]["holds"] == YES
    assert told["total_is_known"]["holds"] == YES
    assert told["errata_alpha"]["holds"] == NO
    assert told["reading_alpha"]["holds"] == NO
    assert told["free_text_reading"]["holds"] == NO
    assert told["all_went_through"]["holds"] == YES


def test_key_sources_that_cannot_be_judged_are_neither_found_nor_missed(whole):
    told = by_name(made(whole))["finds_the_key_sources"]
    assert told["holds"] == CANNOT_BE_TOLD
    assert "match: 1 of 2;" in told["because"] and "a line asks for: 1;" in told["because"]


def test_a_run_without_screening_claims_neither_its_end_nor_agreement(whole):
    told = by_name(made(whole))
    assert told["screening_is_finished"]["holds"] == NO
    assert told["agreement_is_known"]["holds"] == NO
    assert told["numbers_of_the_report"]["holds"] == NO
    assert told["route_of_the_sources"]["holds"] == NO


def test_where_two_people_screened_their_agreement_is_told(whole):
    row = {"stage": "title_abstract", "reviewer_a": "ann", "reviewer_b": "bob", "records": "40",
           "agreement": "0.9", "kappa": "0.61"}  # fmt: skip
    told = by_name(made(whole, Table("screening_agreement", "", AGREEMENT, [row])))
    assert told["agreement_is_known"]["holds"] == YES
    assert told["agreement_is_known"]["because"].startswith("ann and bob at title and abstract: ")
    assert "kappa 0.61" in told["agreement_is_known"]["because"]


def read_from_appendix_4(build: Build, folder: Path, *said: str) -> Build:
    """Return the build with a row of Appendix 4 for each of the first key sources."""
    keys = [item.record_id for item in build.known_items if item.role == "key_source"]
    columns = ("record", "cited_as", "about_this_study", "governance_context",
               "actors_and_agencies", "page", "note")  # fmt: skip
    rows = [
        {"record": record, "cited_as": "x", "about_this_study": "a", "governance_context": context,
         "actors_and_agencies": "not stated", "page": "41"}
        for record, context in zip(keys, said, strict=False)
    ]  # fmt: skip
    write_csv(folder / "extraction/included_sources.csv", columns, rows)
    return replace(build, config=build.config | {"extraction": str(folder / "extraction")})


@pytest.mark.parametrize(
    ("said", "expected", "told"),
    [
        (("schools", "trusts"), YES, "No cell of it is illegible"),
        (("schools",), CANNOT_BE_TOLD, "Nobody has taken over: source 2."),
        (("schools", "illegible"), NO, "Illegible: source 2, governance context."),
        (("illegible",), NO, "Illegible: source 1, governance context."),
    ],
)
def test_a_cell_of_appendix_4_is_told_though_this_run_includes_no_key_source(
    whole, tmp_path, said, expected, told
):
    assert not any(row["state"] == "included" for row in whole.rows("screening/final.csv"))
    row = by_name(made(read_from_appendix_4(whole, tmp_path, *said)))[
        "all_of_the_sources_could_be_read"
    ]
    assert (row["holds"], told in row["because"]) == (expected, True)


def test_without_any_row_of_appendix_4_nothing_is_claimed_of_it(whole):
    assert "all_of_the_sources_could_be_read" not in by_name(made(whole))


def answered(folder: Path) -> Build:
    """Return the made-up review with answers of both platforms, and nothing beside them."""
    brought(folder)
    for database, lines in (("alpha", "output 5"), ("beta", "output 3")):
        path = folder / "exports" / database / "answer.ris"
        path.parent.mkdir(parents=True)
        path.write_text(ris([("Told by the platform", "2002", "")]), encoding="utf-8")
        with (folder / "none.csv").open("a", encoding="utf-8") as table:
            table.write("file,represents\n" * (database == "alpha"))
            table.write(f"{database}/answer.ris,{lines}\n")
    return run_review(folder)


def test_that_a_choice_makes_no_difference_needs_records_that_could_show_one(tmp_path):
    """What a platform answered counts under every choice: of it nothing can be told."""
    tables = made(answered(tmp_path))
    [alpha, beta] = next(one for one in tables if one.name == "databases").rows
    assert [(row["export"], row["declared"], row["in_corpus"]) for row in (alpha, beta)] == [
        ("yes", 1, 0),
        ("yes", 1, 0),
    ]
    told = by_name(tables)
    assert told["errata_alpha"]["holds"] == CANNOT_BE_TOLD
    assert "its platform's answer" in told["errata_alpha"]["because"]
    assert "and they show no difference" in told["errata_alpha"]["because"]


def test_the_known_items_alone_can_tell_that_a_choice_makes_a_difference(bare):
    told = by_name(made(bare))["reading_alpha"]
    assert told["holds"] == NO
    assert told["because"].endswith(
        "Nothing was exported from this database: only the known items can tell, and they show a "
        "difference."
    )


def test_records_of_a_corpus_tell_that_a_choice_makes_no_difference(tmp_path):
    brought(tmp_path)
    path = tmp_path / "exports/alpha/corpus.ris"
    path.parent.mkdir(parents=True)
    path.write_text(ris([("Nothing of the kind", "2004", "Budgets")]), encoding="utf-8")
    tables = made(run_review(tmp_path))
    told = by_name(tables)["errata_alpha"]
    assert told["holds"] == YES
    assert told["because"].endswith("that can tell, besides the known items: 1.")


def test_free_text_reading_needs_records_of_every_database(whole):
    """Here it makes a difference; were there none, a database without a corpus would leave it open."""
    row = by_name(made(whole))["free_text_reading"]
    values = {"changes": "nothing", "in_corpus_alpha": "3", "in_corpus_beta": "3"}
    conditions = [[c for c in row[n] if c] for n in ("yes_if", "no_if")]
    assert holds(*conditions, values) == YES
    for nothing in ("", "0"):
        assert holds(*conditions, values | {"in_corpus_beta": nothing}) == CANNOT_BE_TOLD


def test_no_claim_says_that_what_was_deduplicated_was_screened(whole):
    told = by_name(made(whole))
    assert told["screening_is_finished"]["holds"] == NO
    assert "screened" not in told["all_went_through"]["says"]


@pytest.mark.parametrize("name", ["bare", "whole"])
def test_a_sentence_is_right_of_one_thing_too(name, request):
    pair = {"stage": "title_abstract", "reviewer_a": "ann", "reviewer_b": "bob", "records": "1",
            "agreement": "1", "kappa": "1"}  # fmt: skip
    tables = made(
        request.getfixturevalue(name), Table("screening_agreement", "", AGREEMENT, [pair])
    )
    for row in tables[-1].rows:
        one = re.sub(r"\{(?!option)[^{}]+\}", "1", row["because_template"])
        assert not re.search(
            r"(?<!of )(?<!#)\b1 (?!alone)[a-z]+s\b(?<!is)|\b1 (are|were|await|stay|have|meet|fail)\b",
            one,
        ), one


@pytest.mark.parametrize(
    "chosen",
    [{"reading.alpha": "narrow"}, {"errata.alpha": "literal", "basis.beta": "strict"},
     {"text": "enriched", "combination": "all"}, {"window_from": 1990, "window_until": None},
     {"published_from": 1990}],
)  # fmt: skip
def test_a_claim_told_again_under_another_choice_changes_only_if_it_says_so(whole, chosen):
    """The recipe of docs/what-if.md: totals of another choice in the place of those of this run."""
    tables = made(whole)
    data = read_choices(whole.folder / FOLDER)
    numbers = {name: cell(value) for name, value in totals(data, chosen).numbers().items()}
    now = {name: cell(value) for name, value in totals(data, {}).numbers().items()}
    changed = 0
    for row in tables[-1].rows:
        places = dict(place.split(": ", 1) for place in row["counted_from"])
        live = {
            n
            for n, where in places.items()
            if n in now and where.startswith("tables/choices.csv, row 2,")
        }
        assert bool(live) <= bool(row["depends_on"])
        values = words_of(data, chosen) | {
            n: (numbers if n in live else now).get(n, "0") for n in places
        }
        before = words_of(data, {}) | {n: now.get(n, "0") for n in places}
        again, first = (filled(row["because_template"], v) for v in (values, before))
        if again != first:
            assert any(one in chosen for one in row["depends_on"]), row["claim"]
            changed += 1
    assert changed or "published_from" in chosen or "text" in chosen


def test_every_total_has_words(whole):
    assert all(words.strip() for words in COLUMNS.values())
    data = gather(whole)
    listed = {
        n for n in totals(data, {}).numbers() if not n.startswith(("records_", "undecidable_"))
    }
    assert listed <= COLUMNS.keys()


def test_the_reviewed_claims_are_told_in_words_without_markup():
    path = Path(__file__).parent / "golden/original/tables/claims.csv"
    for row in read_csv(path):
        assert not re.search(r"[{}<>_]", row["says"] + row["because"]), row["claim"]
