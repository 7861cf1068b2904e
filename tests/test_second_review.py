"""A review of another field, as a folder of its own: what it holds by hand, and nothing of the first.

`handover_review/` asks how nurses hand over: one strategy with proximity and one output, criteria of
language and type, no known items, no extraction, no published review. Its records are made up. Of the
ten, by hand:

- 1, 2, 3, 4, 8 and 10 are found; 9 has neither abstract nor descriptors, so that nothing can be said;
  5 (no handover), 6 (surgeons) and 7 (homes that are handed over; nothing on safety) are not;
- 8 is a second record of 1, so that there are five works;
- 3 is in French and 4 is a letter: rules exclude them. Three works are left for people.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup

from browser import NEEDS_CHROMIUM, browser
from logs import act, both, log_of
from page_marks import assert_every_mark_is_a_cell
from reviews import ELSEWHERE, PROJECT, review, spoil
from searchsets.files import read_csv

OF_THE_FIRST = re.compile(
    r"(?i)appendix [1-4]|A1\.4|\bLord\b|\bNFER\b|\bEMIE\b|ASSIA|CERUK|ChildData|social care online|"
    r"governance|narrowing the gap|\b2008\b"
)
OF_REPETITIONS = re.compile(
    r"(?i)the report\b|published review|review published|reference list|as printed|re-run|is run again"
)
KNOWN_ITEMS = re.compile(r"(?i)known items?|key sources?")
CHECKLISTS = "table[data-table^=checklist_]"
"""They are worded by their authors, who speak of published protocols and of reference lists."""


def brought(folder: Path) -> Path:
    shutil.copytree(PROJECT / "tests/handover_review", folder)
    one, two, ten = (f"pubmed:{number}" for number in (1, 2, 10))
    log_of(
        folder / "resources/decisions",
        *both("include", one), *both("include", ten),
        act("R01", "include", two), act("R02", "exclude", two, reason_code="nursing"),
        *both("include", one, stage="full_text"),
        *both("exclude", ten, stage="full_text", reason_code="outcome"),
    )  # fmt: skip
    return folder


@pytest.fixture(scope="module")
def handover(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = brought(tmp_path_factory.mktemp("handover") / "review")
    done = review(folder, *ELSEWHERE)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def results(handover: Path) -> Path:
    return handover / "results/first"


def shown(results: Path) -> BeautifulSoup:
    """Return what a reader sees of the page: neither its data nor the wording of checklists."""
    page = BeautifulSoup((results / "report.html").read_text(encoding="utf-8"), "html.parser")
    for part in page.select(f"script, style, {CHECKLISTS}"):
        part.decompose()
    return page


def test_every_line_finds_what_it_finds_by_hand(results):
    hits = read_csv(results / "search/pubmed/hits.csv")
    # Patient Handoff; nurs* near/3 handover*; bedside pre/0 handover*; these; Patient Safety; ...
    assert [row["hits"] for row in hits] == ["5", "8", "2", "8", "3", "8", "8", "6"]
    assert {row["known_items"] for row in hits} == {"0"}
    [output] = read_csv(results / "search/pubmed/outputs.csv")
    assert (output["records"], output["hits"], output["undecidable"]) == ("10", "6", "1")
    found = {row["record_id"] for row in read_csv(results / "search/pubmed/retrieved.csv")}
    assert found == {f"pubmed:{number}" for number in (1, 2, 3, 4, 8, 10)}


def test_every_work_stands_where_it_stands_by_hand(results):
    states = {
        row["record_id"]: (row["state"], row["decided_by"], row["reason_code"])
        for row in read_csv(results / "screening/final.csv")
    }
    assert states == {
        "pubmed:1": ("included", "person", ""),
        "pubmed:8": ("included", "person", ""),  # the same work as 1
        "pubmed:2": ("conflict", "person", ""),
        "pubmed:3": ("excluded", "rule", "language"),
        "pubmed:4": ("excluded", "rule", "kind"),
        "pubmed:10": ("excluded", "person", "outcome"),
    }


def test_the_flow_closes_on_the_numbers_by_hand(results):
    boxes = {row["box"]: row["this_run"] for row in read_csv(results / "tables/prisma.csv")}
    by_hand = {
        "identified": "6", "duplicates": "1", "works": "5", "excluded_by_rule": "2",
        "unsettled": "1", "excluded_by_people": "1", "included": "1", "databases_screened": "2",
        "records_websites": "not searched",
    }  # fmt: skip
    assert {name: boxes[name] for name in by_hand} == by_hand
    assert "known_identified" not in boxes


def test_the_screeners_agree_on_two_of_three_which_is_no_better_than_by_chance(results):
    rows = read_csv(results / "tables/screening_agreement.csv")
    [row] = [row for row in rows if row["stage"] == "title_abstract"]
    assert (row["records"], row["both_keep"], row["only_a_keeps"]) == ("3", "2", "1")
    # R01 keeps all three: by chance, too, they would agree on two of three, so that kappa is 0.
    assert (float(row["agreement"]), float(row["kappa"])) == (pytest.approx(2 / 3, abs=1e-4), 0)


def test_what_this_review_has_no_data_for_has_no_table_no_drawing_and_no_column(results):
    tables = {path.stem for path in (results / "tables").glob("*.csv")}
    assert not tables & {
        "known_items", "key_sources_by_strategy", "why_known_items", "combinations",
        "criteria_matrix", "statements", "statements_coding", "features", "features_matrix",
        "harvests", "websites", "supplied", "concepts", "databases_overlap",
    }  # fmt: skip
    assert not list((results / "figures").glob("prisma_published*"))
    for name in ("strategies", "outputs", "choices", "prisma", "checklist_prisma_2020"):
        columns = read_csv(results / f"tables/{name}.csv")[0]
        assert not [c for c in columns if "known" in c or "key_source" in c or "published" in c]


def test_nothing_tells_of_the_review_that_comes_with_the_program(results):
    told = [shown(results).get_text(" ")]
    told += [path.read_text("utf-8") for path in results.rglob("*.svg")]
    told += [path.read_text("utf-8") for path in results.rglob("*.csv")]
    told += [(results / name).read_text("utf-8") for name in ("tables/methods.md",)]
    for text in told:
        assert not OF_THE_FIRST.search(text), OF_THE_FIRST.search(text)


def test_the_page_of_a_new_review_speaks_of_no_published_one_and_of_no_known_items(results):
    text = " ".join(shown(results).get_text(" ").split())
    for words in (OF_REPETITIONS, KNOWN_ITEMS):
        met = words.search(text)
        assert met is None, text[max(0, met.start() - 80) : met.end() + 40]


def test_every_mark_of_its_page_is_a_cell(results):
    page = BeautifulSoup((results / "report.html").read_text(encoding="utf-8"), "html.parser")
    assert assert_every_mark_is_a_cell(results, page) > 300


def test_the_run_is_verified_from_its_own_folder(handover):
    done = subprocess.run(
        [sys.executable, "-m", "searchsets", "verify", "first"],
        cwd=handover, env=os.environ | {"PYTHONPATH": str(PROJECT / "workflow")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "verified" in done.stdout


def test_the_disagreement_stops_the_run_once_its_stage_is_finished(handover, tmp_path):
    folder = Path(shutil.copytree(handover, tmp_path / "review"))
    spoil(folder, "config/config.yaml", "[title_abstract, full_text]", "[full_text]")
    done = review(folder, *ELSEWHERE)
    assert done.returncode != 0
    assert "pubmed:2" in done.stderr


def test_of_a_review_that_holds_nothing_yet_nothing_is_claimed(tmp_path):
    folder = Path(shutil.copytree(PROJECT / "tests/handover_review", tmp_path / "review"))
    shutil.rmtree(folder / "resources/exports/pubmed")
    done = review(folder, *ELSEWHERE)
    assert done.returncode == 0, done.stderr
    claims = read_csv(folder / "results/first/tables/claims.csv")
    assert claims and "yes" not in {row["holds"] for row in claims}
    assert "works stand:" not in shown(folder / "results/first").get_text(" ")


@NEEDS_CHROMIUM
def test_its_page_is_used_without_a_complaint(results):
    with browser() as tab:
        tab.resize(1280, 900)
        tab.open(results / "report.html")
        for name in tab.run("[...document.querySelectorAll('nav.views a')].map((a) => a.hash)"):
            tab.go(name)
            assert tab.text(".view.shown h2").strip(), name
            view = tab.text(".view.shown")
            assert not OF_THE_FIRST.search(view), name
            if name != "#review_tables":  # the checklists stand there
                assert not OF_REPETITIONS.search(view), (name, OF_REPETITIONS.search(view))
        for link in opened(tab.run("[...document.querySelectorAll('a.n')].map((a) => a.hash)")):
            tab.go(link)
        tab.go("#what_if?combination=strict")
        assert "other than in this run" in tab.text(".shown [role=status]")
        assert tab.complaints == []
        assert {urlsplit(url).scheme for url in tab.requests} == {"file"}


def opened(links: list[str]) -> Iterator[str]:
    """Yield each different address of records."""
    yield from dict.fromkeys(one for one in links if one.startswith("#records"))
