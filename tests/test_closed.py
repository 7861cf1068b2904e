"""Databases close: not searchable is no 0 and no unknown, and a letter asks who may hold the records."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from click.testing import CliRunner

from refusal import refused
from reviews import PROJECT, review
from searchsets.cli import main
from searchsets.files import read_csv
from searchsets.reporting.flow.model import number_text
from searchsets.reporting.logic_figure import logic_svg
from searchsets.reporting.request import request_text
from searchsets.reporting.tables.model import NOT_SEARCHABLE
from searchsets.strategy.file import load_strategies, read_strategy
from searchsets.strategy.model import Reading
from test_search import strategy_of
from test_strategy_file import HEAD, told, written

STRATEGIES = PROJECT / "search_strategies"
CLOSED = {"ceruk_plus", "childdata", "social_care_online"}


def test_three_of_the_databases_are_closed_and_nothing_of_it_is_said_to_be_verified():
    strategies = load_strategies(STRATEGIES)
    assert {name for name, one in strategies.items() if one.is_closed} == CLOSED
    for name in CLOSED:
        assert "to our knowledge, not verified" in " ".join(
            strategies[name].available["note"].split()
        )
    assert strategies["childdata"].available["replaced_by"] == [
        "Social Policy and Practice (on Ovid)"
    ]
    assert strategies["ceruk_plus"].available["replaced_by"] == []


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("{closed: unknown}", "note"),
        ("{closed: about 2012, note: n}", "closed"),
        ("{replaced_by: ASSIA, note: n}", "replaced_by"),
        ("{shut: 2012, note: n}", "shut"),
    ],
)
def test_what_is_said_of_a_database_is_checked(tmp_path, said, fault):
    path = written(tmp_path, "#1 Planning", head=f"available: {said}\n{HEAD}")
    assert fault in told(path)


# A run without exports


def test_a_closed_database_is_not_searchable_in_every_table_and_never_0(original):
    tables = original / "results/original/tables"
    databases = read_csv(tables / "databases.csv")
    assert {row["database"] for row in databases if row["export"] == NOT_SEARCHABLE} == CLOSED
    assert {row["export"] for row in databases if row["database"] not in CLOSED} == {"no"}
    lines = read_csv(tables / "strategies.csv")
    assert {row["hits"] for row in lines if row["database"] in CLOSED} == {NOT_SEARCHABLE}
    assert {row["hits"] for row in lines if row["database"] not in CLOSED} == {""}
    outputs = read_csv(tables / "outputs.csv")
    assert {row["database"] for row in outputs if row["retrieved"] == NOT_SEARCHABLE} == CLOSED
    brought = {
        row["source"]: row["retrieved"] for row in read_csv(tables / "databases_summary.csv")
    }
    assert brought["childdata"] == NOT_SEARCHABLE and brought["bei"] == "not searched"
    flow = {row["box"]: row["this_run"] for row in read_csv(tables / "prisma.csv")}
    assert (flow["records_ceruk_plus"], flow["records_assia"]) == (NOT_SEARCHABLE, "not searched")


def test_the_methods_and_the_checklist_say_so_and_how_surely(original):
    tables = original / "results/original/tables"
    methods = [row["sentence"] for row in read_csv(tables / "methods.csv")]
    said = [sentence for sentence in methods if NOT_SEARCHABLE in sentence]
    assert len(said) == 3 and all("not verified" in sentence for sentence in said)
    items = {row["item"]: row["note"] for row in read_csv(tables / "checklist_prisma_s.csv")}
    assert "Not searchable any more, as far as their strategies know: Current Edu" in items["1"]


def test_the_contract_of_hits_stays_an_unknown_number_is_empty(original):
    for name in CLOSED:
        hits = read_csv(original / f"results/original/search/{name}/hits.csv")
        assert {row["hits"] for row in hits} == {""}


def test_the_page_says_so_and_reaches_the_letters(original):
    page = (original / "results/original/report.html").read_text(encoding="utf-8")
    for name in CLOSED:
        link = f"handover/{name}/request.md"
        assert f'href="{link}"' in page and (original / "results/original" / link).exists()
    assert "are closed, to our knowledge, and not searchable" in page
    assert not (original / "results/original/handover/bei").exists()
    drawing = (original / "results/original/figures/logic_childdata.svg").read_text(
        encoding="utf-8"
    )
    assert NOT_SEARCHABLE in drawing and "hits unknown" not in drawing


def test_an_export_of_a_closed_database_is_used_as_any_other(again):
    folder = again / "brought/childdata"
    folder.mkdir(parents=True)
    text = "TY  - JOUR\nTI  - Governing\nPY  - 2011\nAB  - On it.\nER  - \n"
    (folder / "kept.ris").write_text(text, encoding="utf-8")
    (again / "brought/exports.csv").write_text(
        "file,represents\nchilddata/kept.ris,line 34\n", encoding="utf-8"
    )
    done = review(again, "--config", "exports=brought", "run=held")
    assert done.returncode == 0, done.stderr
    results = again / "results/held"
    databases = {row["database"]: row for row in read_csv(results / "tables/databases.csv")}
    assert (databases["childdata"]["export"], databases["childdata"]["retrieved"]) == ("yes", "1")
    lines = read_csv(results / "tables/strategies.csv")
    hits = [
        (r["hits"], r["hits_declared"])
        for r in lines
        if r["database"] == "childdata" and r["line"] == "34"
    ]
    assert hits == [("0", "1")]
    words = [
        row for row in read_csv(results / "tables/vocabulary.csv") if row["database"] == "childdata"
    ]
    trusts = next(row for row in words if row["line"] == "34")
    assert (trusts["found_after"], trusts["records_after"]) == ("1", "1")
    assert (
        trusts["verdict"]
        == "still found after 2010; no records from its years of use to compare with"
    )
    assert (results / "figures/words_childdata.svg").exists()
    assert not (results / "handover/childdata").exists()
    assert (results / "handover/ceruk_plus/request.md").exists()


def test_a_count_that_cannot_be_is_said_in_words():
    assert number_text(NOT_SEARCHABLE) == "not searchable"
    strategy = strategy_of(["a", "b", "#1 or #2"])
    svg = logic_svg(strategy, Reading("default", (3,), "inferred", ""), {3: NOT_SEARCHABLE})
    assert "not searchable" in svg


# The letter


@pytest.mark.parametrize("name", sorted(CLOSED))
def test_a_letter_has_all_lines_the_years_and_places_to_fill_in(name):
    strategy = read_strategy(STRATEGIES / f"{name}.yaml")
    letter = request_text(strategy, 2002, 2008)
    for line in strategy.lines.values():
        assert f"\n#{line.number} {line.text}\n" in letter
    assert f"# A request for the records of {strategy.name}\n" in letter
    assert "published from 2002 to 2008" in letter and "between 2008-08-15 and 2008-09-05" in letter
    assert "RIS, MEDLINE" in letter and "[Your name]" in letter and "[Name and address" in letter
    for held in strategy.available["may_hold"]:
        assert f"- {held}\n" in letter


def test_a_letter_names_no_address_and_no_person_but_those_of_the_citation():
    letter = request_text(read_strategy(STRATEGIES / "childdata.yaml"), 2002, 2008)
    assert not re.search(r"@|https?:|www\.", letter)
    people = set(re.findall(r"[A-Z][a-z]+, [A-Z]\.", letter))
    assert people == {"Lord, P.", "Hart, R.", "Martin, K.", "Atkinson, M."}


def test_a_letter_says_which_lines_are_probably_meant_otherwise():
    letter = request_text(read_strategy(STRATEGIES / "ceruk_plus.yaml"), 2002, 2008)
    assert "#21 is probably meant as `#1 or #2 or #3 ... or #20`" in letter


def test_a_letter_does_not_claim_dates_that_are_not_reported(tmp_path):
    head = HEAD.replace("source: ", "available: {closed: '2012', note: Closed.}\nsource: ")
    strategy = read_strategy(written(tmp_path, "#1 Planning", head=head))
    assert "It searched A database (when is not reported)." in request_text(strategy, 2002, 2008)


def test_for_a_database_that_can_be_searched_there_is_no_letter(tmp_path):
    strategy = read_strategy(STRATEGIES / "eric.yaml")
    with refused("eric.yaml", "is not closed", "export records from it"):
        request_text(strategy, 2002, 2008)
    assert request_text(replace(strategy, available={"closed": "2030", "note": "Closed."}), 1, 2)
    command = [
        "strategy",
        "request",
        str(STRATEGIES / "eric.yaml"),
        "--from",
        "2002",
        "--until",
        "2008",
    ]
    done = CliRunner().invoke(main, [*command, "-o", str(tmp_path / "request.md")])
    assert done.exit_code == 2 and not (tmp_path / "request.md").exists()


def test_the_letters_are_in_the_manifest(original):
    manifest = json.loads((original / "results/original/manifest.json").read_text(encoding="utf-8"))
    assert {f"handover/{name}/request.md" for name in CLOSED} <= manifest["outputs"].keys()
