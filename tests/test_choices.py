"""What-if: the totals under every choice are those of a run in which that choice was made."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import brute_force
from conftest import records_table
from logs import act, log_of
from made_up_review import BETA, CRITERIA, brought, export, run_review
from searchsets.errors import ReviewError
from searchsets.files import read_csv
from searchsets.reporting.build import Build
from searchsets.reporting.choices.files import read_choices, write_choices
from searchsets.reporting.choices.gather import gather
from searchsets.reporting.choices.model import (
    Cell,
    Cellbook,
    Data,
    Judged,
    Known,
    Option,
    Record,
    Search,
    Work,
)
from searchsets.reporting.choices.options import options
from searchsets.reporting.choices.stage import FOLDER, choices, single_changes
from searchsets.reporting.choices.totals import totals, within
from searchsets.screening.criteria.file import Combination
from searchsets.search.choices import BASES, choices_of, rival_of, states
from searchsets.search.engine import SearchableRecords
from searchsets.search.evaluate import evaluate
from searchsets.strategy.file import read_strategy
from test_strategy_file import HEAD, written


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the made-up review with exports of both databases."""
    folder = tmp_path_factory.mktemp("review")
    brought(folder)
    export(folder, "alpha", "beta")
    return folder


@pytest.fixture(scope="module")
def build(review: Path) -> Build:
    return run_review(review)


@pytest.fixture(scope="module")
def data(build: Build) -> Data:
    return gather(build)


# ---- the search under both errata, all readings, both bases -----------------------------------

PRINTED = (
    "#1 Planning",
    "#2 joint (ft)",
    "#3 govern* (ft)",
    "#4 {}",
    "#5 #2 and #4",
    "#6 #5 not #3",
)
SECOND = (
    "#1",
    "#3",
    "#1 or #3",
    "#1 and #2",
    "#2 not #1",
    "Planning or joint (ft)",
    "#1 or plan* (ft)",
)
WORDS = st.lists(st.sampled_from(["joint", "planning", "governing", "towns"]), max_size=4).map(
    " ".join
)


def strategy_with(folder: Path, printed: str, read_as: str) -> Path:
    tail = (
        "outputs: {lines: [5], basis: inferred, why: w, rival_readings: "
        "[{name: last, lines: [6], why: v}, {name: both, lines: [4, 6], why: u}]}\n"
        f"errata: [{{line: 4, kind: reading, text: '{printed}', read_as: '{read_as}', why: x}}]\n"
    )
    return written(folder, *(line.format(printed) for line in PRINTED), head=HEAD, tail=tail)


def by_hand(printed: str, rows: list[dict], reading: list[int]) -> list[tuple[str, str]]:
    """Return the states (strict, fallback) of rows under a reading, by the slow twin of the search."""
    lines = {n: line.format(printed).partition(" ")[2] for n, line in enumerate(PRINTED, start=1)}
    found = []
    for row in rows:
        truths = brute_force.evaluate(lines, row)
        per_basis = [[truths[number][basis] for number in reading] for basis in (0, 1)]
        found.append(
            tuple(
                "match" if True in values else "undecidable" if None in values else "no match"
                for values in per_basis
            )
        )
    return found


@settings(max_examples=60)
@given(
    printed=st.sampled_from(SECOND),
    read_as=st.sampled_from(SECOND),
    rows=st.lists(
        st.fixed_dictionaries(
            {
                "title": WORDS | st.none(),
                "abstract": WORDS | st.none(),
                "descriptors": st.lists(st.sampled_from(["Planning", "Towns"]), max_size=2),
                "keywords": st.just([]),
            }
        ),
        min_size=1,
        max_size=5,
    ),
    errata=st.sampled_from(["read", "literal"]),
)
def test_every_choice_of_a_search_is_what_its_slow_twin_finds(
    tmp_path_factory, printed, read_as, rows, errata
):
    path = strategy_with(tmp_path_factory.mktemp("s"), printed, read_as)
    strategy = read_strategy(path, literal=errata == "literal")
    records = SearchableRecords(records_table(*rows))
    results = evaluate(strategy, None, records)
    rival = rival_of(strategy, errata)
    other = rival.evaluate(None, records, results) if rival else None
    found = {
        one: states(truth).to_pylist()
        for one, truth in choices_of(strategy, errata, results, other)
    }
    text = {"literal": printed, "read": read_as}
    assert {one.errata for one in found} == (set(text) if printed != read_as else {errata})
    for one, told in found.items():
        lines = list(strategy.reading(one.reading).lines)
        expected = by_hand(text[one.errata], rows, lines)
        assert told == [pair[BASES.index(one.basis)] for pair in expected]


def test_only_the_lines_that_the_erratum_reaches_are_evaluated_again(tmp_path):
    strategy = read_strategy(strategy_with(tmp_path, "#1", "#1 or #3"))
    assert rival_of(strategy, "read").differing == {4, 5, 6}


def test_an_erratum_that_changes_no_expression_leaves_no_choice(tmp_path):
    strategy = read_strategy(strategy_with(tmp_path, "#1 or #3", "(#1 or #3)"))
    assert rival_of(strategy, "read") is None


def test_a_printed_line_that_cannot_be_run_leaves_no_choice(tmp_path):
    strategy = read_strategy(strategy_with(tmp_path, "#1 or (", "#1 or #3"))
    assert rival_of(strategy, "read") is None


# ---- against runs in which the choice was made ------------------------------------------------


def retrieved(build: Build, database: str) -> set[str]:
    return {row["record_id"] for row in build.rows(f"search/{database}/retrieved.csv")}


def matched(build: Build, text: str) -> Counter[str]:
    """Return how many known items any output matches, or may match, line by line as the run says."""
    best: dict[str, int] = {}
    for database in build.strategies:
        lines = {str(number) for number in build.reading(database).lines}
        for row in build.rows(f"search/{database}/known_items.csv"):
            if row["text"] == text and row["line"] in lines:
                rank = ("no match", "undecidable", "match").index(row["state"])
                best[row["record_id"]] = max(rank, best.get(row["record_id"], 0))
    return Counter(("not_matched", "undecidable", "matched")[rank] for rank in best.values())


@pytest.mark.parametrize(
    ("errata", "reading"),
    list(itertools.product(["read", "literal"], ["default", "narrow", "wide"])),
)
def test_errata_and_outputs_give_what_a_run_with_them_retrieves(review, data, errata, reading):
    name = f"{errata}_{reading}"
    again = run_review(review, name, errata=errata, outputs={"alpha": reading})
    told = totals(data, {"errata.alpha": errata, "reading.alpha": reading})
    for database in ("alpha", "beta"):
        assert set(told.ids[f"records_{database}"]) == retrieved(again, database)
    for state in ("matched", "undecidable", "not_matched"):
        assert len(told.ids[f"known_items_{state}"]) == matched(again, "title")[state]
    # Where that run retrieves what this one did not, it is said; else even the works are the same.
    new = retrieved(again, "alpha") - retrieved(run_review(review, "now"), "alpha")
    assert set(told.ids["records_without_work"]) == new
    works = {row["work_id"] for row in again.rows("works/links.csv")}
    if not new:
        assert len(told.ids["works_to_screen"]) == len(works)


def test_what_this_run_left_out_is_counted_apart_and_is_no_work(review, build):
    narrow = run_review(review, "narrow", outputs={"alpha": "narrow"})
    told = totals(gather(narrow), {"reading.alpha": "default"})
    left_out = retrieved(build, "alpha") - retrieved(narrow, "alpha")
    assert left_out and set(told.ids["records_without_work"]) == left_out
    assert set(told.ids["records_alpha"]) == retrieved(build, "alpha")
    assert set(told.ids["works"]) <= {row["work_id"] for row in narrow.rows("works/links.csv")}


def test_a_rival_run_tells_the_same_of_both_errata(review, data):
    literal = gather(run_review(review, "other_way", errata="literal"))
    for errata in ("read", "literal"):
        one, other = (totals(d, {"errata.alpha": errata}) for d in (data, literal))
        assert set(one.ids["records"]) == set(other.ids["records"])
        assert one.ids["known_items_matched"] == other.ids["known_items_matched"]
    assert (
        totals(literal, {}).ids["records_alpha"]
        == totals(data, {"errata.alpha": "literal"}).ids["records_alpha"]
    )


def test_strictly_only_strict_matches_and_what_a_platform_declared_remain(build, data):
    told = totals(data, {"basis.alpha": "strict", "basis.beta": "strict"})
    for database in ("alpha", "beta"):
        rows = build.rows(f"search/{database}/retrieved.csv")
        kept = {row["record_id"] for row in rows if row["basis"] != "fallback"}
        assert set(told.ids[f"records_{database}"]) == kept
        [row] = [r for r in build.rows(f"search/{database}/outputs.csv") if r["chosen"] == "yes"]
        assert str(told.counts[f"undecidable_{database}"]) == row["undecidable"]
    assert len(told.ids["records"]) < len(totals(data, {}).ids["records"])


@pytest.mark.parametrize("combination", ["all", "either"])
@pytest.mark.parametrize("first", [None, 2004, 1990])
def test_criteria_give_what_a_run_with_them_suggests(review, data, combination, first):
    path = review / f"criteria_{first}.yaml"
    path.write_text(CRITERIA.replace("2002", str(first or 2002)), encoding="utf-8")
    again = run_review(review, "criteria", criteria=str(path), combination=combination)
    told = totals(data, {"combination": combination, "published_from": first})
    finals = {row["work_id"]: row["suggestion"] for row in again.rows("screening/final.csv")}
    for suggestion in ("include", "unclear", "exclude"):
        expected = {work for work, said in finals.items() if said == suggestion}
        assert set(told.ids[f"suggested_{suggestion}"]) == expected


def test_a_work_of_two_databases_is_one_and_stays_while_either_finds_it(data):
    now = totals(data, {})
    assert len(now.ids["works"]) == len(now.ids["records"]) - 1
    shared = [
        one for one in data.works if len([r for r in data.records if r.work_id == one.work_id]) == 2
    ]
    assert len(shared) == 1 and shared[0].work_id in now.ids["works"]


def test_the_totals_of_this_run_are_those_of_its_own_files(build, data):
    told = totals(data, {})
    for database in ("alpha", "beta"):
        [row] = [r for r in build.rows(f"search/{database}/outputs.csv") if r["chosen"] == "yes"]
        assert str(len(told.ids[f"records_{database}"])) == row["retrieved"]
    works = {row["work_id"] for row in build.rows("works/links.csv")}
    assert set(told.ids["works_to_screen"]) == works
    chosen = [row for row in build.rows("screening/combinations.csv") if row["chosen"] == "yes"]
    for suggestion in ("include", "unclear", "exclude"):
        expected = {row["work_id"] for row in chosen if row["suggestion"] == suggestion}
        assert set(told.ids[f"suggested_{suggestion}"]) == expected


def test_a_persons_judgement_of_the_date_outlives_another_first_year(review, tmp_path):
    folder = tmp_path / "judged"
    brought(folder)
    export(folder, "alpha", "beta")
    item = next(one for one in gather(run_review(folder)).works if one.year == 2001)
    version = read_csv(folder / "build/screening/criteria.csv")[0]["criteria_version"]
    grid = {"criteria": "governance=met;date=met", "criteria_version": version}
    log_of(folder / "decisions", act("ann", "include", item.record_id, stage="full_text", **grid))
    judged = gather(run_review(folder, "again"))
    for first in (None, 1990, 2004):
        told = totals(judged, {"published_from": first})
        assert item.work_id in told.ids["suggested_include"]
    assert item.work_id in told.ids["included"]


# ---- without exports --------------------------------------------------------------------------


def test_without_exports_what_is_retrieved_is_unknown_and_the_known_items_are_counted(tmp_path):
    brought(tmp_path)
    told = totals(gather(run_review(tmp_path)), {})
    numbers = told.numbers()
    assert {numbers[name] for name in ("records", "works", "records_without_work")} == {None}
    assert numbers["works_to_screen"] == 4 and numbers["known_items_matched"] > 0
    assert "records_alpha" not in numbers


def test_one_export_is_counted_and_the_other_database_has_no_number(tmp_path):
    brought(tmp_path)
    export(tmp_path, "beta")
    numbers = totals(gather(run_review(tmp_path)), {}).numbers()
    assert numbers["records_beta"] == numbers["records"] == 3
    assert "records_alpha" not in numbers


# ---- the options ------------------------------------------------------------------------------


def test_only_choices_that_there_are_are_offered(build, review):
    offered = {one.id: one for one in options(build)}
    assert list(offered) == [
        "reading.alpha", "errata.alpha", "basis.alpha", "basis.beta", "text", "combination",
        "window_from", "window_until", "published_from",
    ]  # fmt: skip
    assert [value.value for value in offered["reading.alpha"].values] == [
        "default",
        "narrow",
        "wide",
    ]
    # The searches ended in September 2008: 2007 is the last year that they cover whole.
    assert [value.value for value in offered["window_until"].values] == [2008, 2007]
    nothing = BETA.replace("sets:", "when_unindexed: nothing\nsets:")
    (review / "strategies/beta.yaml").write_text(nothing, encoding="utf-8")
    try:
        fresh = Build(build.folder, build.config)
        assert "basis.beta" not in {one.id for one in options(fresh)}
    finally:
        (review / "strategies/beta.yaml").write_text(BETA, encoding="utf-8")


@pytest.mark.parametrize(
    "wrong", [{"reading.alpha": "none"}, {"errata.alpha": "neither"}, {"basis.beta": "loose"},
              {"readings.alpha": "narrow"}, {"reading.gamma": "default"}]
)  # fmt: skip
def test_a_choice_that_there_is_not_is_refused(data, wrong):
    with pytest.raises(KeyError):
        totals(data, wrong)


# ---- files and table --------------------------------------------------------------------------


def test_what_is_written_is_read_back_the_same_and_written_the_same_again(data, tmp_path):
    write_choices(data, tmp_path / "one")
    read = read_choices(tmp_path / "one")
    assert read == data
    write_choices(read, tmp_path / "two")
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_the_page_can_count_a_choice_from_the_files_alone(data, tmp_path):
    """The recipe of docs/what-if.md for the page's script, on the files and nothing else."""
    write_choices(data, tmp_path)
    told = json.loads((tmp_path / "choices.json").read_text(encoding="utf-8"))
    chosen = {**told["default"], "reading.alpha": "narrow", "basis.beta": "strict"}

    def cell_of(search: str, database: str) -> int:
        wanted = {
            "search": search,
            "errata": chosen.get(f"errata.{database}", "read"),
            "reading": chosen.get(f"reading.{database}", "default"),
            "basis": chosen.get(f"basis.{database}", "fallback"),
        }
        either = [wanted, wanted | {"errata": "read"}, wanted | {"errata": "literal"}]
        return next(
            n
            for want in either
            for n, one in enumerate(told["cells"])
            if want.items() <= one.items()
        )

    active = {cell_of(one["name"], one["database"]) for one in told["searches"]}
    live = [bool(active & set(one)) for one in told["signatures"]]
    rows = read_csv(tmp_path / "records.csv")
    found = [row["record_id"] for row in rows if live[int(row["signature"])]]
    expected = totals(data, {"reading.alpha": "narrow", "basis.beta": "strict"})
    assert tuple(found) == expected.ids["records"] and found


def test_the_table_says_the_default_and_each_single_change(build, data):
    write_choices(data, build.folder / FOLDER)
    made = choices(build)
    assert made.rows[0]["choice"] == "as in this run"
    named = [(row["choice"], row["value"]) for row in made.rows[1:]]
    assert len(named) == len(set(named)) == len(list(single_changes(data)))
    assert ("basis", "strict") in named and ("reading.alpha", "narrow") in named
    by_name = dict(zip(named, made.rows[1:], strict=True))
    assert "records_alpha" in by_name["reading.alpha", "narrow"]["changes"]
    assert by_name["window_until", 2007]["records"] == made.rows[0]["records"]
    for row in made.rows[1:]:
        differing = {n for n in totals(data, {}).numbers() if row[n] != made.rows[0][n]}
        assert differing <= set(row["changes"] if row["changes"] != "nothing" else ())


def test_files_that_do_not_fit_each_other_are_told(review):
    build = run_review(review, "spoilt")
    path = build.folder / "screening/combinations.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(",unclear,", ",include,", 1), encoding="utf-8")
    with pytest.raises(ReviewError, match="do not come to 'include'") as error:
        gather(build)
    assert "delete results/.build" in error.value.remedy


def test_a_database_without_export_has_an_empty_table_of_choices(tmp_path):
    brought(tmp_path)
    build = run_review(tmp_path)
    table = pq.ParquetFile(build.folder / "search/alpha/choices.parquet").read()
    assert table.column_names == ["record_id", "declared", "in_corpus"] and not table.num_rows


# ---- the counting against its slow twin -------------------------------------------------------

JUDGEMENTS = st.sampled_from(["met", "not met", "unclear", "partly", "not applicable"])
YEARS = st.none() | st.integers(1999, 2010)
CHOICES = list(itertools.product(["read", "literal"], ["default", "rival"], ["strict", "fallback"]))
COMBINATIONS = (
    Combination("all", "", ("date", "a", "b"), ()),
    Combination("some", "", ("date",), ("a", "b")),
)


@st.composite
def facts(draw) -> dict:
    """Return plain facts of a made-up run: who finds which record, what is judged of which work."""
    cells = [("one", *choice) for choice in CHOICES] + [
        ("two", *c) for c in CHOICES if c[0] == "read"
    ]
    found = st.frozensets(st.sampled_from(range(len(cells))), max_size=6)
    works = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "records": st.lists(found, max_size=3),
                    "brought": st.booleans(),
                    "years": st.lists(YEARS, min_size=1, max_size=3),
                    "judged": st.tuples(JUDGEMENTS, JUDGEMENTS, JUDGEMENTS),
                    "by_people": st.booleans(),
                    "state": st.sampled_from(["included", "not screened"]),
                }
            ),
            max_size=6,
        )
    )
    known = draw(
        st.lists(
            st.tuples(st.booleans(), st.lists(st.sampled_from(["match", "undecidable", "no match"]),
                                              min_size=len(cells), max_size=len(cells))),
            max_size=4,
        )
    )  # fmt: skip
    return {
        "cells": cells,
        "works": works,
        "alone": draw(st.lists(found, max_size=3)),
        "known": known,
    }


def coded(facts: dict) -> Data:
    signatures: list[frozenset[int]] = []
    known_signatures: list[frozenset[int]] = []

    def number(listed: list, one: frozenset[int]) -> int:
        if one not in listed:
            listed.append(one)
        return listed.index(one)

    records, works, judged = [], [], []
    for n, work in enumerate(facts["works"]):
        ids = [f"x:{n}.{m}" for m in range(len(work["records"]))]
        records += [
            Record(i, "x", f"w{n}", number(signatures, cells))
            for i, cells in zip(ids, work["records"], strict=True)
            if cells
        ]
        years = tuple(sorted({year for year in work["years"] if year is not None}))
        judged.append(Judged(work["judged"], ("date",) if work["by_people"] else ()))
        whole = number(signatures, frozenset().union(*work["records"]))
        works.append(
            Work(
                f"w{n}", f"w{n}", whole, work["brought"], work["years"][0], years, n, work["state"]
            )
        )
    records += [
        Record(f"y:{n}", "y", "", number(signatures, cells))
        for n, cells in enumerate(facts["alone"])
        if cells
    ]
    known = []
    for n, (is_key, told) in enumerate(facts["known"]):
        places = {s: frozenset(i for i, t in enumerate(told) if t == s) for s in set(told)}
        match, may = (
            number(known_signatures, places.get(s, frozenset())) for s in ("match", "undecidable")
        )
        known.append(Known(f"k{n}", f"k{n}", "key_source" if is_key else "cited", None, match, may))
    return Data(
        options=(), searches=(), cells=Cellbook(tuple(Cell(*cell) for cell in facts["cells"])),
        undecidable=tuple(range(len(facts["cells"]))), signatures=tuple(signatures),
        known_cells=Cellbook(tuple(Cell(*cell, "title") for cell in facts["cells"])),
        known_signatures=tuple(known_signatures), criteria=("date", "a", "b"), dated={"date": 2009},
        combinations=COMBINATIONS, judged=tuple(judged), databases=("one", "two"),
        records=tuple(records), works=tuple(works), known=tuple(known),
    )  # fmt: skip


def suggested(work: dict, combination: str, first: int | None) -> str:
    """Return what a combination says of a work, written out anew."""
    date, a, b = work["judged"]
    if first is not None and not work["by_people"]:
        said = {"met" if first <= y <= 2009 else "not met" for y in work["years"] if y is not None}
        date = said.pop() if len(said) == 1 else "unclear"
    value = {"met": 2, "partly": 2, "unclear": 1, "not met": 0}
    core = [date, a, b] if combination == "all" else [date]
    core = [value[one] for one in core if one != "not applicable"] or [1]
    some = [value[one] for one in (a, b) if one != "not applicable"] or [1]
    lowest = min(core) if combination == "all" else min(*core, max(some))
    return ("exclude", "unclear", "include")[lowest]


@settings(max_examples=150)
@given(
    facts=facts(),
    one=st.sampled_from(CHOICES),
    two=st.sampled_from(CHOICES),
    combination=st.sampled_from(["all", "some"]),
    window=st.tuples(YEARS, YEARS),
    first=YEARS,
)
def test_the_totals_are_those_of_a_count_of_every_record_by_itself(
    facts, one, two, combination, window, first
):
    chosen = {
        "errata.one": one[0], "reading.one": one[1], "basis.one": one[2],
        "errata.two": two[0], "reading.two": two[1], "basis.two": two[2],
        "text": "title", "combination": combination, "window_from": window[0],
        "window_until": window[1], "published_from": first,
    }  # fmt: skip
    data = replace(
        coded(facts),
        options=tuple(Option(name, "", "one of", (), value) for name, value in chosen.items()),
        searches=(Search("one", "one", "x"), Search("two", "two", "y")),
    )
    told = totals(data, {}).ids
    # The strategy `two` has no erratum: its cells are those of the lines as read.
    active = {facts["cells"].index(("one", *one)), facts["cells"].index(("two", "read", *two[1:]))}
    expected: dict[str, set[str]] = {name: set() for name in told}
    for n, work in enumerate(facts["works"]):
        hits = {f"x:{n}.{m}" for m, cells in enumerate(work["records"]) if cells & active}
        expected["records"] |= hits
        there = bool(hits) or work["brought"]
        if hits:
            expected["works"].add(f"w{n}")
        if work["state"] == "included":
            expected["included" if there else "included_not_found"].add(f"w{n}")
        if there:
            expected["works_to_screen"].add(f"w{n}")
            year = work["years"][0]
            place = (
                "no_year"
                if year is None
                else "in_window"
                if within(year, *window)
                else "outside_window"
            )
            expected[place].add(f"w{n}")
            expected[f"suggested_{suggested(work, combination, first)}"].add(f"w{n}")
    alone = {f"y:{n}" for n, cells in enumerate(facts["alone"]) if cells & active}
    expected["records"] |= alone
    expected["records_without_work"] |= alone
    for search, cell in zip(("one", "two"), sorted(active), strict=True):
        every = [
            (f"x:{n}.{m}", c)
            for n, w in enumerate(facts["works"])
            for m, c in enumerate(w["records"])
        ]
        every += [(f"y:{n}", c) for n, c in enumerate(facts["alone"])]
        expected[f"records_{search}"] = {name for name, cells in every if cell in cells}
    for n, (is_key, states_) in enumerate(facts["known"]):
        said = {states_[cell] for cell in active}
        state = (
            "matched"
            if "match" in said
            else "undecidable"
            if "undecidable" in said
            else "not_matched"
        )
        expected[f"known_items_{state}"].add(f"k{n}")
        if is_key:
            expected[f"key_sources_{state}"].add(f"k{n}")
    assert {name: set(ids) for name, ids in told.items()} == expected
    assert all(len(ids) == len(set(ids)) for ids in told.values())
