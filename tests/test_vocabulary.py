"""Words that age: the vocabulary and its mistakes, lines by year, what can be told, the drawing."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import brute_force
from refusal import refused
from reviews import PROJECT
from searchsets.cli import main
from searchsets.evidence.life import Life, Period, chance_of_so_few, life_of, verdict
from searchsets.evidence.years import COLUMNS, write_years, years_rows
from searchsets.files import read_csv
from searchsets.records.shards import read_records
from searchsets.reporting.drawing.svg import svg_text
from searchsets.reporting.opening import opens
from searchsets.reporting.tables.vocabulary import AgedLine
from searchsets.reporting.words_figure import FEWEST, LONGEST, words_drawing
from searchsets.strategy.descriptor_status import NON_PREFERRED, RETIRED
from searchsets.strategy.file import load_strategies, read_strategy
from searchsets.strategy.vocabulary import Usage, lines_that_find, read_vocabulary
from searchsets.text import normalise_term
from test_search import strategy_of
from test_search_stage import LINES, TAIL, Run, ris
from test_strategy_file import HEAD, written

HEADER = "term,used_from,used_to,successor,source\n"


def vocabulary(folder: Path, *rows: str):
    path = folder / "vocabulary.csv"
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return read_vocabulary(path)


# The table


def test_a_review_needs_no_vocabulary(tmp_path):
    assert read_vocabulary(tmp_path / "none.csv").of("ECM") == ()


def test_a_term_is_known_as_lines_write_it_and_may_have_several_successors(tmp_path):
    words = vocabulary(tmp_path, "Trust*,2000,2013,Group*,an act", "trust*,2000,2013,Board*,an act")
    assert [one.successor for one in words.of("TRUST*")] == ["Group*", "Board*"]
    assert words.of("trusts") == ()


def test_what_followed_is_followed_as_long_as_it_is_out_of_use_itself(tmp_path):
    words = vocabulary(tmp_path, "a,,2000,b,x", "b,2001,2010,c,x", "c,2011,,d,x", "b,2001,2010,a,x")
    assert words.successors(words.of("a")[0]) == ["b", "c"]


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        (",2000,,b,x", "term", "is empty"),
        ("a,2000,,b,", "source", "where this is from"),
        ("a,about 2000,,b,x", "used_from", "'about 2000' is no year"),
        ("a,,99,b,x", "used_to", "'99' is no year"),
        ("a,2010,2003,b,x", "used_to", "2003, lies before the first, 2010"),
        ("a,2003,2010,A,x", "successor", "said to follow itself"),
        ("a,2003,2010,b or c,x", "successor", "is not one term"),
        ("a,2003,2010,b (ft),x", "successor", "is not one term"),
        ("a,2003,2010,#3,x", "successor", "is not one term"),
    ],
)
def test_a_row_that_is_wrong_is_told_with_its_line_and_column(tmp_path, row, column, said):
    with refused(f"{tmp_path}/vocabulary.csv:3: column {column}", said):
        vocabulary(tmp_path, "first,,,,x", row)


def test_a_row_that_stands_twice_and_all_other_mistakes_are_told_at_once(tmp_path):
    with pytest.raises(Exception, match=r"(?s)csv:3: column term.*csv:4: column source") as told:
        vocabulary(tmp_path, "a,,2000,b,x", "A,,2001,B,x", "c,,,,")
    assert "csv:2" in str(told.value)


def test_every_term_of_ours_stands_in_a_strategy_or_follows_one_and_names_its_source():
    rows = read_csv(PROJECT / "resources/vocabulary.csv")
    words = read_vocabulary(PROJECT / "resources/vocabulary.csv")
    strategies = load_strategies(PROJECT / "search_strategies")
    used = {
        normalise_term(usage.term)
        for strategy in strategies.values()
        for line in strategy.lines.values()
        for _, usage in words.of_line(line)
    }
    followed = {normalise_term(row["successor"]) for row in rows}
    assert {normalise_term(row["term"]) for row in rows} <= used | followed
    assert all("not verified" in row["source"] for row in rows)


def test_no_descriptor_of_the_eric_strategy_is_dead_so_that_none_stands_in_the_vocabulary():
    rows = read_csv(PROJECT / "resources/thesauri/eric-descriptor-status-2025.csv")
    dead = {row["term"] for row in rows if row["status"] in (RETIRED, NON_PREFERRED)}
    words = read_vocabulary(PROJECT / "resources/vocabulary.csv")
    assert len(rows) == 27
    assert {row["term"] for row in rows if words.of(row["term"])} == dead == set()


@pytest.mark.parametrize(
    ("line", "successor", "finds"),
    [
        ("Local authorit* (ft)", "local authorities", True),
        ("Local authorit* (ft)", "Local authorit*", True),
        ("commissioning (ft)", "clinical commissioning group*", True),
        ("clinical commissioning groups (ft)", "clinical commissioning group*", False),
        ("group* clinical (ft)", "clinical commissioning group*", False),
        ("commissioning [ti]", "clinical commissioning group*", False),
        ("Local authorities", "local authorit*", True),
        ("Local authorities", "local authorit", False),
        ("Authorities", "local authorit*", False),
        ("a or safeguarding part* (ft)", "safeguarding partner*", True),
    ],
)
def test_a_line_has_a_successor_if_it_finds_whatever_that_finds(line, successor, finds):
    assert bool(lines_that_find(strategy_of([line]), successor, "")) is finds


def test_a_line_of_another_set_has_it_not():
    assert lines_that_find(strategy_of(["boards (ft)"]), "boards", "Agencies") == []


# Lines by year


def years_of(run: Run, *lines: str) -> list[dict[str, str]]:
    path = written(run.folder, *(lines or LINES), head=HEAD, tail=TAIL)
    records = run.folder / "demo"
    matches, out = run.folder / "out/matches.parquet", run.folder / "out"
    write_years(read_strategy(path), matches, records if records.exists() else None, out)
    return read_csv(out / "years.csv")


def test_the_years_of_each_line_close_with_its_hits_declared_ones_too(tmp_path):
    run = Run(tmp_path)
    dated = ris("Joint planning", "Something else").replace("2004", "2009", 1)
    run.export("answer.ris", dated + ris("Joint affairs").replace("PY  - 2004\n", ""))
    run.export("corpus.ris", ris("Joint work of towns", keywords="KW  - Planning\n"))
    run.declare("demo/answer.ris,output 3")
    hits = run.search()["hits"]
    rows = years_of(run)
    for hit in hits:
        own = [row for row in rows if row["line"] == hit["line"]]
        for column in ("hits", "hits_fallback", "hits_declared"):
            assert sum(int(row[column]) for row in own) == int(hit[column]), (hit["line"], column)
        assert [(row["year"], row["records"]) for row in own] == [
            ("2004", "2"), ("2009", "1"), ("", "1"),
        ]  # fmt: skip
    third = [row for row in rows if row["line"] == "3"]
    assert hits[2]["hits_declared"] == "3"
    # What is declared and matches besides is one record; in 2004 it is two different ones.
    assert [(row["hits_fallback"], row["hits_declared"], row["found"]) for row in third] == [
        ("1", "1", "2"), ("1", "1", "1"), ("0", "1", "1"),
    ]  # fmt: skip


def test_an_answer_to_no_known_line_is_of_no_line(tmp_path):
    run = Run(tmp_path)
    run.export("answer.ris", ris("Something else"))
    run.search()
    assert {row["found"] for row in years_of(run)} == {"0"}


def test_without_an_export_the_table_of_years_has_its_header_alone(tmp_path):
    run = Run(tmp_path)
    run.search()
    assert years_of(run) == []
    with (tmp_path / "out/years.csv").open(encoding="utf-8") as file:
        assert next(csv.reader(file)) == list(COLUMNS)


def test_matches_of_other_records_are_refused():
    matches = pa.table({"record_id": ["demo:1"], "line": [1], "basis": ["strict"]})
    records = pa.table({"record_id": ["demo:2"], "year": pa.array([2004], pa.int64())})
    with refused("matches.parquet", "1 matches are of no record"):
        list(years_rows(strategy_of(["a"]), matches, records, "matches.parquet"))


def test_the_years_of_the_real_records_of_eric_close_with_what_was_matched(corpora, tmp_path):
    """The strategy of ERIC on 1,203 real records; counted again from the matches, one by one."""
    from searchsets.records.exports import find_exports
    from searchsets.records.reading import open_export
    from searchsets.records.store import import_database
    from searchsets.search.stage import write_search

    run = Run(tmp_path)
    for path in (corpora / "eric/api_flat").glob("*.json"):
        run.export(f"corpus-{path.name}", path.read_text(encoding="utf-8"))
    found = find_exports(tmp_path / "exports", tmp_path / "none.csv", ["demo"])
    records = tmp_path / "demo"
    import_database("demo", [read for one in found for read in open_export(one)], records)
    strategy = read_strategy(PROJECT / "search_strategies/eric.yaml")
    out = tmp_path / "out"
    write_search(strategy, None, records, tmp_path / "known_items", None, strategy.reading(), out)
    write_years(strategy, out / "matches.parquet", records, out)
    year_of = {
        row["record_id"]: row["year"]
        for row in read_records(records, ["record_id", "year"]).to_pylist()
    }
    matches = pq.ParquetFile(out / "matches.parquet").read().to_pylist()
    counted = Counter((row["line"], year_of[row["record_id"]], row["basis"]) for row in matches)
    rows = read_csv(out / "years.csv")
    assert len(rows) == len(strategy.lines) * len(set(year_of.values()))
    for row in rows:
        key = int(row["line"]), int(row["year"]) if row["year"] else None
        assert int(row["hits"]) == counted[*key, "strict"]
        assert int(row["hits_fallback"]) == counted[*key, "fallback"]
    hits = read_csv(out / "hits.csv")
    assert sum(int(row["hits"]) for row in rows) == sum(int(row["hits"]) for row in hits) > 100


# What can be told

RECORDS = st.lists(
    st.tuples(st.sampled_from([None, 1999, 2003, 2004, 2010, 2011, 2012]), st.booleans()),
    max_size=12,
)
BOUNDS = st.sampled_from([(None, None), (2003, None), (None, 2010), (2003, 2010), (2011, 2011)])


def usage(first: int | None, last: int | None) -> Usage:
    return Usage("word", first, last, "", "made up")


@settings(max_examples=300)
@given(RECORDS, BOUNDS)
def test_a_life_and_its_verdict_are_those_of_the_slow_twin(records, bounds):
    years: dict[int | None, tuple[int, int]] = {}
    for year, found in records:
        before = years.get(year, (0, 0))
        years[year] = before[0] + found, before[1] + 1
    made, slow = life_of(years, usage(*bounds)), brute_force.life(records, *bounds)
    assert made == Life(*(Period(*slow[n]) for n in ("before", "in use", "after", "unknown")))
    chance = chance_of_so_few(made)
    assert (chance is None) == (slow["chance"] is None)
    assert chance is None or chance == pytest.approx(float(slow["chance"]), abs=1e-9)
    assert verdict(made, usage(*bounds)).startswith(brute_force.verdict(slow, bounds[1]))


def told(in_use: tuple[int, int], after: tuple[int, int]) -> str:
    return verdict(Life(Period(), Period(*in_use), Period(*after), Period()), usage(2003, 2010))


def test_a_word_that_is_gone_is_no_sign_of_less_research():
    assert told((20, 1000), (0, 1000)) == (
        "word out of use since 2010: no hits after is what one would expect, not less research"
    )


def test_of_small_numbers_nothing_is_told():
    assert "may be chance" in told((2, 1000), (0, 1000))
    assert "found neither" in told((0, 1000), (0, 1000))
    assert "no records after" in told((20, 1000), (0, 0))


def test_what_is_still_found_is_told_with_whether_it_is_rarer():
    assert told((20, 1000), (2, 1000)) == (
        "still found after 2010, more rarely than in its years of use"
    )
    assert told((20, 1000), (15, 1000)).endswith("cannot be told from these numbers")
    assert told((20, 1000), (40, 2000)).endswith("no more rarely than in its years of use")


def test_the_chance_of_millions_of_records_is_a_probability():
    life = Life(Period(), Period(5000, 1_500_000), Period(900, 700_000), Period())
    assert 0 <= chance_of_so_few(life) < 1e-9


# The table of a run, and the drawing


def test_the_table_of_the_default_run_says_what_it_cannot_tell(original):
    rows = read_csv(original / "results/original/tables/vocabulary.csv")
    said = {(row["database"], row["line"]): row for row in rows}
    assert said["assia", "31"]["successor_in_strategy"] == "no; no"
    assert said["assia", "29"]["successor_in_strategy"] == "#28"
    assert said["childdata", "24"]["verdict"] == "cannot be told: this database is not searchable"
    assert said["eric", "53"]["verdict"] == "cannot be told: no records of this database"
    assert {row["found_in_use"] for row in rows} == {""}


def test_its_counts_open_the_records_of_their_years():
    row = {
        "database": "eric", "line": "53", "used_from": "2003", "used_to": "2010", "found_before": "1",
        "found_in_use": "7", "found_after": "2", "found_no_year": "0",
    }  # fmt: skip
    line = "line=eric.53.strict%7Cfallback%7Cdeclared"
    assert opens("vocabulary", "found_before", row) == f"#records?{line}&year=..2002"
    assert opens("vocabulary", "found_in_use", row) == f"#records?{line}&year=2003..2010"
    assert opens("vocabulary", "found_after", row) == f"#records?{line}&year=2011.."
    assert opens("vocabulary", "found_no_year", row) == ""
    undated = row | {"used_from": "", "used_to": ""}
    assert opens("vocabulary", "found_in_use", undated) == ""


def aged(years: dict[int | None, tuple[int, int]], *bounds: int | None, text: str = "ECM (ft)"):
    strategy = strategy_of([text])
    row = usage(*bounds)
    return AgedLine("eric", strategy.lines[1], row, years, life_of(years, row))


def titles(svg: str) -> list[str]:
    found = ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}title")
    return [title.text for title in found]


def test_a_drawing_has_a_point_for_each_year_in_which_a_line_is_found_of_records_enough():
    years = {2003: (1, 20), 2004: (3, 30), 2005: (2, FEWEST - 1), 2006: (0, 40), None: (5, 50)}
    svg = svg_text(words_drawing("eric", "ERIC", [aged(years, 2003, 2004)]))
    assert [one for one in titles(svg) if " of " in one and "records" in one and ":" in one][
        1:
    ] == [
        "2003: 1 of 20 records",
        "2004: 3 of 30 records",
    ]
    assert svg.count("year=2004") == 1 and "../report.html#records?line=eric.1." in svg
    assert "“word” from 2003 to 2004" in svg and "at most 100.0 of 1,000" in svg


def test_the_curve_is_broken_where_a_year_has_too_few_records():
    whole = {year: (1, 20) for year in range(2001, 2006)}
    broken = whole | {2003: (1, 2)}
    lines = [
        svg_text(words_drawing("a", "A", [aged(y, 2001, 2002)])).count("<polyline")
        for y in (whole, broken)
    ]
    assert lines == [2, 3]  # one of them is the axis


def test_a_drawing_shows_the_last_years_alone_and_says_which():
    years = {year: (1, 20) for year in range(1856, 2024)}
    svg = svg_text(words_drawing("eric", "ERIC", [aged(years, 1900, 2010)]))
    assert f"{2023 - LONGEST + 1} to 2023." in svg and "1856" not in svg


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "No line has a term of the vocabulary."),
        ([aged({2003: (1, 3)}, 2003, 2004)], "there is no share to draw"),
    ],
)
def test_a_drawing_of_nothing_says_why(lines, said):
    assert said in svg_text(words_drawing("eric", "ERIC", lines))


def test_the_same_lines_are_drawn_in_the_same_bytes_and_hostile_text_stays_text():
    lines = [aged({2003: (1, 20), 2004: (1, 20)}, 2003, None, text='"<b>&" (ft)')]
    first, second = (svg_text(words_drawing("eric", "<A>", lines)) for _ in range(2))
    assert first == second and "<b>" not in first and "on, no end is known" in first


def test_the_command_refuses_what_is_no_file_of_matches(tmp_path):
    done = CliRunner().invoke(
        main, ["evidence", "years", str(tmp_path / "none.yaml"), "-o", str(tmp_path)]
    )
    assert done.exit_code == 2 and "--matches" in done.output
