"""A run that repeats another for later years: what it remembers, asks again, and compares."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from logs import act, both, log_of
from reviews import PROJECT, _answer, copy_project, files_of, review, spoil
from searchsets.comparison.page import behind
from searchsets.files import read_csv, write_text
from searchsets.screening.criteria.file import read_criteria
from searchsets.screening.log.reading import read_log
from searchsets.screening.sheets.opening import open_grids
from searchsets.updates.memory import FOUND, GONE, NOT_RETRIEVED, NOT_SEARCHED
from sheets import fill

RUNS = """\
original: {}
update:
  updates: original
  window: {from: 2009, until: 2026}
  exports: resources/update/exports
  harvest: resources/update/harvest
  supplied: resources/update/supplied
  criteria: config/criteria-2026.yaml
"""
THEN = [
    _answer(1, "Governing schools", publicationdateyear=2005),
    _answer(2, "Boards of towns", publicationdateyear=2006),
    _answer(3, "Governing trusts", publicationdateyear=2004),
    _answer(4, "Boards of trusts", publicationdateyear=2005, description=""),
    _answer(5, "Boards of schools", publicationdateyear=2003),
    _answer(6, "Boards of health", publicationdateyear=2003),
]
GAINED = _answer(4, "Boards of trusts", publicationdateyear=2005, description="On outcomes.")
COOKING = _answer(6, "Cooking", publicationdateyear=2003, subject=["Cooking"], description="Soup.")
NEW = _answer(8, "Boards of later years", publicationdateyear=2015)
KEY_SOURCE = "Are We There Yet? Improving Governance and Resource Management in Children's Trusts"
NOTICE = _answer(9, f"Retraction: {KEY_SOURCE}", author=["Audit Commission"],
                 publicationdateyear=2010)  # fmt: skip
NOW = [
    THEN[1] | {"title": "Boards of towns and cities"}, THEN[2], GAINED, THEN[4], COOKING, NEW, NOTICE,
]  # fmt: skip


def eric(number: int) -> str:
    return f"eric:EJ10000{number}"


def answers(folder: Path, records: list[dict]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    found = {"response": {"numFound": len(records), "start": 0, "docs": records}}
    write_text(folder / "corpus.json", json.dumps(found))


def made(folder: Path, run: str) -> Path:
    done = review(folder, "--config", f"run={run}")
    assert done.returncode == 0, done.stderr[-3000:]
    return folder / "results" / run


@pytest.fixture(scope="module")
def updated(tmp_path_factory) -> Path:
    """A review whose first run was screened, and that was searched again years later."""
    folder = copy_project(tmp_path_factory.mktemp("update") / "review")
    write_text(folder / "config/runs.yaml", RUNS)
    answers(folder / "resources/exports/eric", THEN)
    write_text(folder / "resources/exports/bei/found.ris",
               "TY  - JOUR\nTI  - Only in a closed database\nPY  - 2004\nER  - \n")  # fmt: skip
    answers(folder / "resources/update/exports/eric", NOW)
    shutil.copy(folder / "config/criteria.yaml", folder / "config/criteria-2026.yaml")
    spoil(folder, "config/criteria-2026.yaml", "an evaluation of its own?", "a study of its own?")
    then = {"criteria_version": read_criteria(folder / "config/criteria.yaml").version,
            "search_run": "original"}  # fmt: skip
    log_of(
        folder / "resources/decisions",
        *both("include", eric(1), **then),
        *both("include", eric(1), stage="full_text", **then),
        *both("exclude", eric(2), reason_code="uk", **then),
        *both("exclude", eric(3), reason_code="empirical", **then),
        *both("exclude", eric(4), reason_code="uk", **then),
        *both("exclude", eric(5), reason_code="language", **then),
        act("R01", "exclude", eric(6), reason_code="date", **then),
    )
    made(folder, "original")
    made(folder, "update")
    return folder


def by_record(path: Path) -> dict[str, dict[str, str]]:
    return {row["record_id"]: row for row in read_csv(path)}


def test_it_is_told_what_became_of_every_record(updated):
    memory = by_record(updated / "results/update/earlier/records.csv")
    assert memory.keys() == by_record(updated / "results/original/works/links.csv").keys()
    became = {one: row["became"] for one, row in memory.items()}
    assert became[eric(1)] == GONE and became[eric(6)] == NOT_RETRIEVED
    assert [became[eric(n)] for n in (2, 3, 4, 5)] == [FOUND] * 4
    [bei] = [one for one in memory if one.startswith("bei:")]
    assert became[bei] == NOT_SEARCHED
    assert memory[eric(2)]["changed"] == "title" and memory[eric(4)]["abstract"] == "gained"
    assert {row["first_found_in"] for row in memory.values()} == {"original"}


def test_ids_and_works_are_as_they_were(updated):
    then, now = (
        by_record(updated / f"results/{run}/works/links.csv") for run in ("original", "update")
    )
    assert {one: now[one]["work_id"] for one in then} == {
        one: row["work_id"] for one, row in then.items()
    }
    assert now.keys() - then.keys() == {eric(8), eric(9)}


def test_a_decision_is_asked_again_only_with_a_reason(updated):
    asked = read_csv(updated / "results/update/screening/recheck.csv")
    assert {(row["record_id"], row["why"], row["criteria"]) for row in asked} == {
        (eric(3), "criteria changed", "empirical"),
        (eric(4), "abstract gained", ""),
        # What was kept at title and abstract, and in full, rests on every criterion.
        (eric(1), "criteria changed", "empirical"),
    }
    final = by_record(updated / "results/update/screening/final.csv")
    then = by_record(updated / "results/original/screening/final.csv")
    again = {row["record_id"] for row in asked}
    decided = ("included", "excluded", "not retrieved", "duplicate")
    for record, row in then.items():
        if row["state"] in decided and record not in again:
            assert final[record]["state"] == row["state"], record
    assert final[eric(6)]["state"] == "awaiting another screener"
    assert {final[one]["state"] for one in again} == {"not screened"}


def test_every_count_of_the_comparison_is_that_of_its_records(updated):
    folder = updated / "results/comparison/original--update"
    records = read_csv(folder / "records.csv")
    counts = read_csv(folder / "counts.csv")
    for row in counts:
        assert len(list(behind(row, records))) == int(row["value"]), row
    change = Counter(row["change"] for row in records)
    new = [row["record_id"] for row in records if row["change"] == "new"]
    assert new == [eric(8), eric(9)] and sum(change.values()) == len(records)
    changed = {
        row["record_id"]: row["changed_fields"] for row in records if row["change"] == "changed"
    }
    assert changed == {eric(2): "title", eric(4): "abstract"}
    gone = {
        row["record_id"]: row["became"] for row in records if row["change"] == "not found again"
    }
    assert gone[eric(1)] == GONE and len(gone) == 3
    lines = read_csv(folder / "lines.csv")
    hits = read_csv(updated / "results/update/search/eric/hits.csv")
    assert [row["hits_b"] for row in lines if row["database"] == "eric"] == [
        r["hits"] for r in hits
    ]
    assert {row["hits_b"] for row in lines if row["database"] == "bei"} == {""}  # unknown is not 0
    criteria = {row["criterion"]: row["change"] for row in read_csv(folder / "criteria.csv")}
    assert {name for name, told in criteria.items() if told != "the same"} == {"empirical"}
    page = (folder / "comparison.html").read_text(encoding="utf-8")
    assert "http://" not in page.replace("http://www.w3.org/", "") and "<script" not in page


def test_the_flow_is_that_of_an_updated_review_and_closes(updated):
    boxes = {row["box"]: row for row in read_csv(updated / "results/update/tables/prisma.csv")}
    n = {name: int(row["this_run"]) for name, row in boxes.items() if row["this_run"].isdigit()}
    assert n["previous_reports"] == 16  # what the published review included, and nobody since
    assert n["total_reports"] == n["previous_reports"] + n["included"]
    assert n["records_earlier"] == 3 and n["databases_removed_other"] >= 2
    form = read_csv(updated / "results/update/figures/PRISMA.csv")
    assert next(row["n"] for row in form if row["data"] == "previous_reports") == "16"


def test_what_is_said_of_an_update_is_that_of_its_lists(updated):
    tables = updated / "results/update/tables"
    told = {
        (row["source"], row["became"]): row["records"] for row in read_csv(tables / "earlier.csv")
    }
    memory = read_csv(updated / "results/update/earlier/records.csv")
    assert told == {key: str(n) for key, n in
                    Counter((row["source"], row["became"]) for row in memory).items()}  # fmt: skip
    again = read_csv(updated / "results/update/screening/recheck.csv")
    assert len(read_csv(tables / "asked_again.csv")) == len(again)
    methods = (tables / "methods.md").read_text(encoding="utf-8")
    assert "Whole searches were repeated, without a limit." in methods
    item = next(r for r in read_csv(tables / "checklist_prisma_s.csv") if r["item"] == "12")
    assert item["status"] == "done by this run"
    [notice] = read_csv(tables / "notices.csv")
    assert (notice["kind"], notice["notice_record_id"]) == ("retraction", eric(9))
    assert KEY_SOURCE in notice["included"]
    base = updated / "results/original/tables"
    assert not (base / "earlier.csv").exists()


def test_a_sheet_asks_again_and_a_confirmation_is_a_decision(updated, tmp_path):
    folder = tmp_path / "review"
    shutil.copytree(updated, folder, symlinks=True)
    path = tmp_path / "a.xlsx"
    done = searchsets(folder, "screening", "sheet", "write", "--by", "R01", "--stage",
                      "title_abstract", "--run", "update", "-o", str(path))  # fmt: skip
    assert done.returncode == 0 and "decided before and are asked for again" in done.stderr
    rows = next(grid.rows for grid in open_grids(path) if grid.name == "Screen")
    number, shown = next((n, row) for n, row in enumerate(rows) if row[1] == eric(4))
    assert "exclude; asked again: abstract gained" in str(shown)
    fill(path, (number, {"Decision": "exclude", "Reason": "uk"}))
    done = searchsets(folder, "screening", "sheet", "read", str(path))
    assert done.returncode == 0 and "1 decisions" in done.stderr and "gone from" not in done.stderr
    [last] = [
        e for e in read_log(folder / "resources/decisions").events if e.search_run == "update"
    ]
    assert (last.record_id, last.decision) == (eric(4), "exclude")
    criteria = read_criteria(folder / "config/criteria-2026.yaml")  # those of the run
    assert last.criteria_version == criteria.version


def searchsets(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    own = folder if (folder / "workflow").exists() else PROJECT
    return subprocess.run(
        [sys.executable, "-m", "searchsets", *arguments], cwd=folder, capture_output=True, text=True,
        check=False, env=os.environ | {"PYTHONPATH": str(own / "workflow")},
    )  # fmt: skip


def test_what_is_decided_in_the_update_leaves_the_run_before_as_it_was(updated, tmp_path):
    folder = tmp_path / "review"
    shutil.copytree(updated, folder, symlinks=True)
    before = files_of(folder / "results/original")
    now = {"criteria_version": read_criteria(folder / "config/criteria-2026.yaml").version,
           "search_run": "update"}  # fmt: skip
    log_of(
        folder / "resources/decisions",
        *(one._replace(round="update") for one in both("include", eric(3), **now)),
        *(
            one._replace(round="update")
            for one in both("exclude", eric(8), reason_code="uk", **now)
        ),
    )
    made(folder, "original")
    after = files_of(folder / "results/original")
    # The log is one, and an input of both: its ends and hashes stand in what a run says of itself.
    told = {name for name in after if before.get(name) != after[name]}
    assert told <= {"manifest.json", "ro-crate-metadata.json", ".published.json", "screening/seals.csv",
                    "review.sqlite", "report.html"}, told  # fmt: skip
    final = by_record(made(folder, "update") / "screening/final.csv")
    assert final[eric(3)]["state"] == "awaiting full text" and final[eric(8)]["state"] == "excluded"
    again = read_csv(folder / "results/update/screening/recheck.csv")
    assert eric(3) in {row["record_id"] for row in again}  # it is still told why


def test_a_third_run_without_any_export_takes_over_what_two_runs_left(updated, tmp_path):
    folder = tmp_path / "review"
    shutil.copytree(updated, folder, symlinks=True)
    third = (
        "third: {updates: update, exports: resources/third, criteria: config/criteria-2026.yaml}\n"
    )
    write_text(folder / "config/runs.yaml", RUNS + third)
    (folder / "resources/third").mkdir()
    run = made(folder, "third")
    second = folder / "results/update"
    memory = by_record(run / "earlier/records.csv")
    assert {row["became"] for one, row in memory.items() if one.startswith("eric:")} == {
        NOT_SEARCHED
    }
    assert {memory[eric(8)]["first_found_in"], memory[eric(1)]["first_found_in"]} == {
        "update",
        "original",
    }
    then, now = (by_record(one / "screening/final.csv") for one in (second, run))
    assert {one: (row["work_id"], row["state"]) for one, row in then.items()} == {
        one: (row["work_id"], row["state"]) for one, row in now.items()
    }
    asked = [
        {(row["event_id"], row["why"]) for row in read_csv(one / "screening/recheck.csv")}
        for one in (second, run)
    ]
    assert asked[0] == asked[1]  # nobody has voted since
    boxes = {row["box"]: row["this_run"] for row in read_csv(run / "tables/prisma.csv")}
    assert boxes["total_reports"] == "16" and boxes["records_eric"] == "not searched"


def test_all_runs_and_comparisons_are_made_anew_with_the_same_bytes(updated, tmp_path):
    folder = tmp_path / "review"
    shutil.copytree(
        updated, folder, symlinks=True, ignore=shutil.ignore_patterns("results", ".snakemake")
    )
    done = searchsets(folder, "runs")
    assert done.returncode == 0, done.stderr[-2000:]
    for name in ("original", "update", "comparison/original--update"):
        assert files_of(folder / "results" / name) == files_of(updated / "results" / name)
    done = searchsets(folder, "verify", "update")
    assert done.returncode == 0, done.stdout


def test_an_update_of_a_run_that_is_not_made_or_was_edited_is_refused(updated, tmp_path):
    folder = tmp_path / "review"
    shutil.copytree(updated, folder, symlinks=True)
    links = folder / "results/original/works/links.csv"
    links.write_text(links.read_text(encoding="utf-8").replace("eric", "erik", 1), encoding="utf-8")
    shutil.rmtree(folder / "results/.build")
    done = review(folder, "--config", "run=update")
    assert done.returncode and "results/original/works/links.csv" in done.stderr
    assert "not as it was published" in done.stderr and "verify original" in done.stderr
    shutil.rmtree(folder / "results/original")
    done = review(folder, "--config", "run=update")
    assert done.returncode and "./run review --config run=original" in done.stderr


def test_a_new_run_is_named_by_a_command(tmp_path, monkeypatch):
    for name in ("config", "search_strategies"):
        shutil.copytree(PROJECT / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    done = searchsets(Path.cwd(), "update", "--from", "2009", "--to", "2026")
    assert done.returncode == 0, done.stderr
    text = Path("config/runs.yaml").read_text(encoding="utf-8")
    assert 'update-2026:\n  updates: original\n  window: {"from": 2009, "until": 2026}\n' in text
    assert Path("resources/update-2026/exports").is_dir()
    told = Path("resources/update-2026/README.md").read_text(encoding="utf-8")
    assert "harvest eric --strategy eric --store resources/update-2026/harvest" in told
    assert "ChildData**: not searchable any more" in told and "exports/bei/" in told
    again = searchsets(Path.cwd(), "update", "--from", "2009", "--to", "2026")
    assert again.returncode == 2 and "there is a run 'update-2026'" in again.stderr
    gap = searchsets(Path.cwd(), "update", "--from", "2012", "--to", "2020", "--limited-by",
                     "entry_date")  # fmt: skip
    assert "the years between are in neither" in gap.stderr
    assert 'limited: {"by": "entry_date", "from": 2011}' in Path("config/runs.yaml").read_text()
    number = searchsets(Path.cwd(), "update", "--from", "2021", "--to", "2022", "--name", "2022",
                        "--updates", "update-2020")  # fmt: skip
    assert number.returncode == 0 and '"2022":' in Path("config/runs.yaml").read_text()
    for wrong, told in (
        (["--from", "2020", "--to", "2009"], "write them in order"),
        (["--from", "2009", "--to", "2011", "--updates", "nothing"], "there is no run 'nothing'"),
        (["--from", "2009", "--to", "2011", "--name", "a b"], "name of this run"),
        (["--from", "2009", "--to", "2011", "--name", "comparison"], "not allowed"),
    ):
        done = searchsets(Path.cwd(), "update", *wrong)
        assert done.returncode == 2 and told in done.stderr, done.stderr


# The real records of ERIC, cut by year


@pytest.fixture(scope="module")
def real(tmp_path_factory, corpora) -> Path:
    """A run on the records of ERIC until 2008, screened, and its update on all, with planted changes."""
    docs: dict[str, dict] = {}
    for path in sorted((corpora / "eric/api_json").glob("*.json")):
        for doc in json.loads(path.read_text(encoding="utf-8"))["response"]["docs"]:
            docs.setdefault(doc["id"], doc)
    then = [doc for doc in docs.values() if doc.get("publicationdateyear", 0) <= 2008]
    folder = copy_project(tmp_path_factory.mktemp("real") / "review")
    write_text(folder / "config/runs.yaml", RUNS.replace("-2026.yaml", ".yaml"))
    answers(folder / "resources/exports/eric", then)
    made(folder, "original")
    found = [row["record_id"].removeprefix("eric:")
             for row in read_csv(folder / "results/original/search/eric/retrieved.csv")]  # fmt: skip
    planted = {"gone": found[:5], "changed": found[5:10], "screened": found[3:25]}
    write_text(folder / "planted.json", json.dumps(planted))
    version = read_criteria(folder / "config/criteria.yaml").version
    log_of(
        folder / "resources/decisions",
        *(vote for number, one in enumerate(planted["screened"])
          for vote in both(*_voted(number), criteria_version=version, search_run="original",
                           record=f"eric:{one}")),
    )  # fmt: skip
    now = [doc | {"title": f"{doc['title']} [corrected]"} if doc["id"] in planted["changed"] else doc
           for doc in docs.values() if doc["id"] not in planted["gone"]]  # fmt: skip
    answers(folder / "resources/update/exports/eric", now)
    for run in ("original", "update"):
        made(folder, run)
    return folder


def _voted(number: int) -> tuple[str]:
    return ("exclude",) if number % 3 else ("include",)


def test_an_update_on_real_records_loses_nothing_and_asks_nothing_again(real):
    planted = json.loads((real / "planted.json").read_text(encoding="utf-8"))
    memory = by_record(real / "results/update/earlier/records.csv")
    gone = {one for one, row in memory.items() if row["became"] == GONE}
    assert gone == {f"eric:{one}" for one in planted["gone"]}
    changed = {one for one, row in memory.items() if row["changed"] == "title"}
    assert changed == {f"eric:{one}" for one in planted["changed"]}
    then, now = (
        by_record(real / f"results/{run}/screening/final.csv") for run in ("original", "update")
    )
    for one in planted["screened"]:
        assert now[f"eric:{one}"]["state"] == then[f"eric:{one}"]["state"] != "not screened"
        assert now[f"eric:{one}"]["work_id"] == then[f"eric:{one}"]["work_id"]
    assert read_csv(real / "results/update/screening/recheck.csv") == []


def test_every_count_of_the_comparison_of_real_records_is_that_of_its_records(real):
    folder = real / "results/comparison/original--update"
    records = read_csv(folder / "records.csv")
    for row in read_csv(folder / "counts.csv"):
        assert len(list(behind(row, records))) == int(row["value"]), row
    found = read_csv(real / "results/update/search/eric/retrieved.csv")
    assert sum(row["source"] == "eric" and row["b"] == "found" for row in records) == len(found)
    new = [row for row in records if row["change"] == "new"]
    assert len(new) > 20 and all(int(row["year"]) > 2008 for row in new)
    years = {row["year"]: row for row in read_csv(folder / "years.csv")}
    assert sum(int(row["new_works"]) for row in years.values()) == len({r["work_b"] for r in new})
