"""The whole workflow, as a person runs it: what it makes, twice the same, and what stops it."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from conftest import PROJECT
from logs import act, both, changed, log_of
from loopback import documents
from page_marks import assert_every_mark_is_a_cell
from reviews import copy_project, files_of, review, spoil
from searchsets.files import read_csv
from searchsets.records.identity import content_hash
from searchsets.records.model import Record
from searchsets.screening.log.reading import read_log
from test_harvested import harvested

GOLDEN = PROJECT / "tests/golden/original"
COMPARED = (
    ".csv", ".xlsx", ".docx", ".parquet", ".html", ".svg", ".pdf", ".png", ".json", ".md", ".ris",
    ".bib", ".sqlite",
)  # fmt: skip


def test_small_results_equal_the_reviewed_copies(original):
    for path in sorted(GOLDEN.rglob("*")):
        if path.is_file():
            made = original / "results/original" / path.relative_to(GOLDEN)
            assert made.read_text(encoding="utf-8") == path.read_text(encoding="utf-8"), made


def test_every_small_text_result_has_a_reviewed_copy(original):
    results = original / "results/original"
    small = {
        path.relative_to(results).as_posix()
        for kind in ("strategies/*/*.csv", "search/*/hits.csv", "search/*/outputs.csv", "tables/*.csv",
                     "works/*.csv", "evidence/*.csv", "evidence/*/*.csv", "screening/*.csv",
                     "figures/*.svg", "figures/*.csv", "flow/*.csv")
        for path in results.glob(kind)
    }  # fmt: skip
    golden = {path.relative_to(GOLDEN).as_posix() for path in GOLDEN.rglob("*") if path.is_file()}
    assert small == golden


def test_a_second_run_from_scratch_gives_the_same_bytes(original, tmp_path):
    other = copy_project(tmp_path / "elsewhere" / "review")
    done = review(
        other,
        "--cores",
        "1",
        TZ="Pacific/Auckland",
        LC_ALL="C",
        PYTHONHASHSEED="123",
        PYTHONUTF8="0",
    )
    assert done.returncode == 0, done.stderr
    first, second = (files_of(folder / "results/original") for folder in (original, other))
    assert {name: h for name, h in first.items() if name.endswith(COMPARED)} == {
        name: h for name, h in second.items() if name.endswith(COMPARED)
    }


def test_nothing_is_done_again_when_nothing_changed(again):
    before = files_of(again / "results")
    done = review(again)
    assert done.returncode == 0
    assert "Nothing to be done" in done.stderr
    assert files_of(again / "results") == before


def test_an_edit_of_a_strategy_is_followed_and_a_deleted_result_is_put_back(again):
    (again / "results/original/report.html").unlink()
    path = again / "search_strategies/social_care_online.yaml"
    path.write_text(
        path.read_text("utf-8").replace("#1 Governance (ft)", "#1 Trusts (ft)"), "utf-8"
    )
    assert review(again).returncode == 0
    assert (again / "results/original/report.html").exists()
    hits = read_csv(again / "results/original/search/social_care_online/hits.csv")
    assert hits[0]["text"] == "Trusts (ft)"


def test_a_published_file_that_somebody_edited_is_put_back(again):
    path = again / "results/original/search/assia/hits.csv"
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole.replace("Governance", "Gxvernance"), encoding="utf-8")
    assert review(again).returncode == 0
    assert path.read_text(encoding="utf-8") == whole


def test_a_file_that_nobody_made_is_left_alone_and_one_that_is_made_no_more_goes(again):
    results = again / "results/original"
    (results / "my notes.txt").write_text("mine", encoding="utf-8")
    (again / "search_strategies/social_care_online.yaml").unlink()
    assert review(again).returncode == 0
    assert (results / "my notes.txt").read_text(encoding="utf-8") == "mine"
    assert not (results / "search/social_care_online").exists()


def test_an_export_that_is_taken_away_leaves_nothing_behind(again):
    export("eric/corpus.json", b'[{"id": "EJ100001", "title": "Governance"}]')(again)
    assert review(again).returncode == 0
    assert read_csv(again / "results/original/search/eric/hits.csv")[0]["hits"] == "0"
    shutil.rmtree(again / "resources/exports/eric")
    assert review(again).returncode == 0
    assert read_csv(again / "results/original/search/eric/hits.csv")[0]["hits"] == ""
    assert not (again / "results/original/records/eric").exists()


def test_a_run_can_be_told_to_read_the_two_lines_literally(again):
    assert review(again, "--config", "run=literal", "errata=literal").returncode == 0
    lines = {
        run: {
            row["line"]: row for row in read_csv(again / f"results/{run}/strategies/bei/lines.csv")
        }
        for run in ("original", "literal")
    }
    assert lines["original"]["73"]["expression"] == "#58 or #59 or #60 ... or #72"
    assert lines["literal"]["73"]["expression"] == "#58 or #59 or #60 or #72"
    assert lines["literal"]["73"]["text"] == lines["original"]["73"]["text"]


def test_a_run_with_exports_counts_from_file_to_flow(again):
    exports = again / "brought"
    (exports / "eric").mkdir(parents=True)
    (exports / "assia").mkdir()
    (exports / "eric/answer.json").write_text(
        '{"response": {"numFound": 3, "docs": ['
        '{"id": "EJ100001", "title": "Governing schools", "description": "On it.", "subject": ["Governance", "Schools"], "publicationdateyear": 2005},'
        '{"id": "EJ100002", "title": "Old governing", "description": "On it.", "subject": ["Governance", "Schools"], "publicationdateyear": 1999},'
        '{"id": "EJ100003", "title": "Cooking", "description": "On it.", "subject": ["Cooking"]}]}}',
        encoding="utf-8",
    )
    (exports / "assia/found.ris").write_text(
        "TY  - JOUR\nTI  - Governing schools\nAU  - Nobody, A.\nPY  - 2005\nUR  - http://x/?AN=EJ100001\nER  - \n"
        "TY  - JOUR\nTI  - Partnerships\nPY  - 2003\nER  - \n",
        encoding="utf-8",
    )
    (exports / "exports.csv").write_text(
        "file,represents\nassia/found.ris,output 49\n", encoding="utf-8"
    )
    done = review(again, "--config", f"exports={exports}", "run=brought")
    assert done.returncode == 0, done.stderr
    results = again / "results/brought"
    flow = {row["box"]: row["this_run"] for row in read_csv(results / "tables/prisma.csv")}
    assert (flow["records_eric"], flow["records_assia"], flow["records_bei"]) == (
        "2",
        "2",
        "not searched",
    )
    assert (flow["duplicates"], flow["works"], flow["excluded_by_rule"]) == ("1", "50", "1")
    databases = {row["database"]: row for row in read_csv(results / "tables/databases.csv")}
    assert databases["eric"]["records"] == "3"
    assert (databases["eric"]["in_window"], databases["eric"]["outside_window"]) == ("1", "1")
    assert (databases["eric"]["shared"], databases["assia"]["shared"]) == ("1", "1")
    assert databases["assia"]["declared"] == "2"
    assert databases["bei"]["retrieved"] == ""
    finals = {row["record_id"]: row for row in read_csv(results / "screening/final.csv")}
    assert finals["eric:EJ100002"]["state"] == "excluded"
    assert finals["eric:EJ100001"]["state"] == "not screened"
    assert "eric:EJ100003" not in finals


def test_what_was_harvested_is_searched_and_counted_and_leaves_nothing_behind(again):
    """The ERIC strategy on ERIC's own answers, and BEI's on those and on OpenAlex in BEI's place."""
    store = again / "resources/harvest"
    harvested(store, [documents("eric", 150)])
    harvested(store, [documents("eric", 50, start=101)], strategy="bei", name="later", days=9)
    harvested(store, [documents("openalex", 90)], source="openalex", strategy="bei")
    resources = files_of(again / "resources")
    done = review(again)
    assert done.returncode == 0, done.stderr
    assert files_of(again / "resources") == resources
    results = again / "results/original"

    def found(search: str) -> set[str]:
        rows = read_csv(results / f"search/{search}/retrieved.csv")
        return {row["record_id"] for row in rows}

    assert found("eric") and found("bei_in_eric") and found("bei_in_openalex")
    flow = {row["box"]: row["this_run"] for row in read_csv(results / "tables/prisma.csv")}
    assert flow["records_eric"] == str(len(found("eric") | found("bei_in_eric")))
    assert flow["records_openalex"] == str(len(found("bei_in_openalex")))
    assert flow["records_bei"] == "not searched"
    asked = {
        (row["source"], row["strategy"]): (row["announced"], row["received"])
        for row in read_csv(results / "tables/harvests.csv")
    }
    assert asked == {
        ("eric", "eric"): ("150", "150"),
        ("eric", "bei"): ("50", "50"),
        ("openalex", "bei"): ("90", "90"),
    }
    stand_ins = read_csv(results / "tables/stand_ins.csv")
    assert [(row["strategy"], row["source"], row["records"]) for row in stand_ins] == [
        ("bei", "eric", "150"),
        ("bei", "openalex", "90"),
    ]
    manifest = json.loads((results / "manifest.json").read_text("utf-8"))
    assert "resources/harvest/openalex/bei/2002-2008/plan.json" in manifest["inputs"]
    page = BeautifulSoup((results / "report.html").read_text("utf-8"), "html.parser")
    assert page.find(id="services")
    assert_every_mark_is_a_cell(results, page)

    shutil.rmtree(store)
    assert review(again).returncode == 0
    assert not (results / "records/openalex").exists()
    assert not (results / "search/bei_in_openalex").exists()
    assert not (results / "tables/harvests.csv").exists()


def test_documents_that_organisations_sent_go_all_the_way_and_leave_nothing_behind(again):
    table = again / "resources/supplied/authorities.csv"
    table.write_text(
        "organisation,asked,came,title,authors,year,note\n"
        'North & <b>South</b>,2026-10,2026-10-29,<script>alert(1)</script> Plan,"Fox, C.",2005,\n'
        "=East,2026-10,2026-10-30,,,,nothing relevant\n"
        "West,2026-10,,,,,\n",
        encoding="utf-8",
    )
    record = "supplied:" + content_hash(
        Record("", 1, title="<script>alert(1)</script> Plan", authors=["Fox, C."], year=2005)
    )
    decision = again / "resources/decisions/full_text/main/R01.csv"
    decision.parent.mkdir(parents=True)
    decision.write_text(
        "event_id,seq,record_id,stage,round,reviewer,role,decision\n"
        f"R01-1,1,{record},full_text,main,R01,consensus,include\n",
        encoding="utf-8",
    )
    resources = files_of(again / "resources")
    done = review(again)
    assert done.returncode == 0, done.stderr
    assert files_of(again / "resources") == resources
    results = again / "results/original"
    flow = {row["box"]: row["this_run"] for row in read_csv(results / "tables/prisma.csv")}
    assert (flow["records_supplied"], flow["works"], flow["included"]) == ("1", "48", "17")
    sent = read_csv(results / "tables/supplied.csv")
    assert [list(row.values()) for row in sent] == [
        ["=East", "1", "1", "0", "0", "0", "0"],
        ["North & <b>South</b>", "1", "1", "0", "1", "1", "1"],
        ["West", "1", "0", "1", "0", "0", "0"],
        ["all together", "3", "2", "1", "1", "1", "1"],
    ]
    assert "supplied/authorities.csv" in (results / "records/import_log.csv").read_text("utf-8")
    manifest = json.loads((results / "manifest.json").read_text("utf-8"))
    assert "resources/supplied/authorities.csv" in manifest["inputs"]
    page = (results / "report.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page
    assert "North &amp; &lt;b&gt;South&lt;/b&gt;" in page
    assert_every_mark_is_a_cell(results, BeautifulSoup(page, "html.parser"))

    table.unlink()
    decision.unlink()
    assert review(again).returncode == 0
    assert not (results / "records/supplied").exists()
    assert not (results / "tables/supplied.csv").exists()
    assert (results / "tables/prisma.csv").read_text("utf-8") == (
        GOLDEN / "tables/prisma.csv"
    ).read_text("utf-8")


def test_people_decide_and_their_decisions_are_stronger(again):
    finals = read_csv(again / "results/original/screening/final.csv")
    kept, disputed, out = [r["record_id"] for r in finals if r["state"] == "not screened"][:3]
    acts = [*both("include", kept), *both("include", kept, stage="full_text"),
            act("R01", "include", disputed), act("R02", "exclude", disputed, reason_code="uk"),
            *both("exclude", out, reason_code="date", note="<b>old</b>", criteria="date=not")]  # fmt: skip
    log_of(again / "resources/decisions", *acts)
    done = review(again)
    assert done.returncode == 0, done.stderr
    results = again / "results/original"
    finals = {row["record_id"]: row for row in read_csv(results / "screening/final.csv")}
    states = [finals[record]["state"] for record in (kept, disputed, out)]
    assert states == ["included", "conflict", "excluded"]
    included = read_csv(results / "tables/included_sources.csv")
    assert len(included) == 17 and included[-1]["record_id"] == kept
    flow = {row["box"]: row["this_run"] for row in read_csv(results / "tables/prisma.csv")}
    assert (flow["included"], flow["excluded_by_people"]) == ("17", "1")
    assert (flow["known_screened"], flow["known_sought"], flow["known_assessed"]) == ("2", "1", "1")
    assert flow["known_awaiting_screening"] == "29"
    log = {row["record_id"]: row for row in read_csv(results / "tables/screening_log.csv")}
    assert log[out]["why"] == (
        "Decided at title and abstract; reason: not met: evidence from the UK from 2002 onwards "
        "(the date)."
    )
    assert log[disputed]["state"] == "The screeners differ"
    assert "R02 excluded it at title and abstract" in log[disputed]["decisions"]
    page = BeautifulSoup((results / "report.html").read_text("utf-8"), "html.parser")
    assert_every_mark_is_a_cell(results, page)
    assert "unsettled" in str(read_csv(results / "screening/audit.csv"))

    spoil(
        again, "config/config.yaml", "open_stages: [title, title_abstract,", "open_stages: [title,"
    )
    before = files_of(results)
    done = review(again)
    assert done.returncode == 1
    last = done.stderr[done.stderr.rindex("the results of the run before") :]
    assert "title_abstract/main/R01.csv:3" in last and disputed in last and "unsettled" in last
    assert files_of(results) == before


def test_a_log_that_was_tampered_with_stops_the_run_and_is_told_with_its_row(again):
    before = files_of(again / "results/original")
    path = again / "resources/decisions/final/published/lord-et-al-2009.csv"
    changed(path, lambda rows: [*rows[:4], *rows[5:]])
    done = review(again)
    assert done.returncode == 1
    assert "final/published/lord-et-al-2009.csv:6" in done.stderr and "row 5 is gone" in done.stderr
    assert files_of(again / "results/original") == before


def test_a_log_is_held_against_the_run_before_whatever_the_dates_of_its_files(again):
    folder = again / "resources/decisions/final/published"
    events = read_log(again / "resources/decisions").events
    shutil.rmtree(folder)
    written = log_of(again / "resources/decisions", *events[:-1])  # anew, with chain and seal
    for path in written.rglob("lord-et-al-2009.*"):
        os.utime(path, (10**9, 10**9))
    done = review(again)
    assert done.returncode == 1
    assert "file_cut_off: final/published/lord-et-al-2009.csv" in done.stderr
    shutil.rmtree(again / "results/original")  # as the message says
    done = review(again)
    assert done.returncode == 0, done.stderr


# What stops a run


def syntax_error(folder: Path) -> None:
    spoil(
        folder,
        "search_strategies/eric.yaml",
        "#20 Local authorit* (ft)",
        "#20 (Local authorit* (ft)",
    )


def unknown_criteria_key(folder: Path) -> None:
    spoil(
        folder,
        "config/criteria.yaml",
        "    printed: evidence from emp",
        "    printd: evidence from emp",
    )


def unknown_record(folder: Path) -> None:
    spoil(
        folder,
        "resources/decisions/final/published/lord-et-al-2009.csv",
        "known_items:829303568518",
        "known_items:000000000000",
    )


def settings_not_yaml(folder: Path) -> None:
    spoil(folder, "config/config.yaml", "outputs: {}", "outputs: {")


def wrong_encoding(folder: Path) -> None:
    export("bei/old.ris", b"TY  - JOUR\nTI  - Caf\xe9\nER  - \n")(folder)
    table = folder / "resources/exports/exports.csv"
    table.write_text("file,represents,encoding\nbei/old.ris,unknown,ascii\n", encoding="utf-8")


def answer_to_no_line(folder: Path) -> None:
    export("eric/a.ris", b"TY  - JOUR\nTI  - A\nER  - \n")(folder)
    export("exports.csv", b"file,represents\neric/a.ris,line 999\n")(folder)


def unknown_config_key(folder: Path) -> None:
    spoil(folder, "config/config.yaml", "combination:", "combinaton:")


def request_without_a_date(folder: Path) -> None:
    path = folder / "resources/supplied/authorities.csv"
    path.write_text("organisation,asked\nNorth,\n", encoding="utf-8")


def export(name: str, data: bytes):
    def bring(folder: Path) -> None:
        path = folder / "resources/exports" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    return bring


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (syntax_error, ["search_strategies/eric.yaml:55:32:", "never closed", "close it"]),
        (unknown_criteria_key, ["config/criteria.yaml:12:5: unknown key 'printd'", "did you mean 'printed'?"]),
        (unknown_config_key, ["unknown key 'combinaton'", "did you mean 'combination'?"]),
        (unknown_record, ["lord-et-al-2009.csv:2, known_items:000000000000: a decision on", "search_run"]),
        (settings_not_yaml, ["config/config.yaml:", "this is not YAML", "quotation marks"]),
        (request_without_a_date, ["resources/supplied/authorities.csv:2: ", "asked", "write 2008"]),
        (answer_to_no_line, ["resources/exports/exports.csv:2: ", "no line #999", "name a line"]),
        (export("asia/x.ris", b"TY  - JOUR\nER  - \n"), ["'asia'", "did you mean assia?"]),
        (export("bei/empty.ris", b""), ["bei/empty.ris: the file is empty", "export it again"]),
        (export("bei/cut.ris", b"TY  - JOUR\nTI  - Half"), ["bei/cut.ris:1: ", "cut off", "again"]),
        (export("eric/cut.json", b'{"response": {"docs": [{"id": "EJ1'), ["eric/cut.json:1:", "cut off", "download it again"]),
        (export("bei/x.ris", b"\x00\x01\x02\xff" * 99), ["bei/x.ris: ", "binary", "export the records as RIS"]),
        (wrong_encoding, ["bei/old.ris:2: ", "is not ascii text", "cp1252"]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)  # fmt: skip
def test_bad_input_is_told_in_one_message_and_the_last_good_run_stays(again, harm, told):
    before = files_of(again / "results/original")
    harm(again)
    for _ in range(2):  # it must not be forgotten the second time either
        done = review(again)
        assert done.returncode != 0
        assert "Traceback" not in done.stderr
        for words in told:
            assert words in done.stderr
        last = done.stderr[done.stderr.rindex("ERROR: ") :]
        assert told[0].split(":")[0] in last
        assert files_of(again / "results/original") == before


# The page


@pytest.fixture(scope="session")
def page(original: Path) -> BeautifulSoup:
    text = (original / "results/original/report.html").read_text(encoding="utf-8")
    return BeautifulSoup(text, "html.parser")


def test_every_marked_number_of_the_page_is_the_cell_of_the_table_that_it_names(original, page):
    assert assert_every_mark_is_a_cell(original / "results/original", page) > 3_000


def test_the_sentences_of_the_first_screen_hold_no_number_without_a_mark(page):
    claims = BeautifulSoup(str(page.select_one(".claims")), "html.parser")
    for mark in claims.select("a.n"):
        mark.decompose()
    stray = [
        w
        for w in claims.get_text().split()
        if w.strip(".,").isdigit() and w.strip(".,") not in ("2008", "0")
    ]
    assert stray == []


def test_the_first_screen_says_what_the_run_is_not(page):
    claims = page.select_one(".claims").get_text()
    assert "known items, not a database" in claims
    assert "unknown, not excluded" in claims
    assert "never 0" in claims


def test_the_page_needs_nothing_from_anywhere(original, page):
    for tag in page.find_all(True):
        for name in ("src", "href"):
            link = tag.get(name, "")
            assert not link.startswith(("http:", "https:", "//")), link
            if link and not link.startswith("#"):
                assert (original / "results/original" / link).exists(), link
    assert all(not script.get("src") for script in page.find_all("script"))
    policy = page.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert "default-src 'none'" in policy and "connect-src" not in policy


def test_text_of_records_is_escaped(again):
    path = again / "resources/exports/assia/x.ris"
    path.parent.mkdir(parents=True)
    path.write_text(
        "TY  - JOUR\nTI  - <script>alert(1)</script>\nPY  - 2005\nER  - \n", encoding="utf-8"
    )
    decision = again / "resources/decisions/full_text/main/R01.csv"
    decision.parent.mkdir(parents=True)
    assert review(again).returncode == 0
    record = next(
        r["record_id"]
        for r in read_csv(again / "results/original/screening/final.csv")
        if r["record_id"].startswith("assia:")
    )
    decision.write_text(
        "event_id,seq,record_id,stage,round,reviewer,role,decision\n"
        f"R01-1,1,{record},full_text,main,R01,screener,include\n",
        encoding="utf-8",
    )
    assert review(again).returncode == 0
    text = (again / "results/original/report.html").read_text(encoding="utf-8")
    assert "<script>alert" not in text and "&lt;script&gt;alert" in text
