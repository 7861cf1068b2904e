"""The commands on the log, as a person types them: decide, seal, audit."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import PROJECT, records_table
from logs import CLOSED, CRITERIA, act, both, changed, codes, found_in, log_of
from searchsets.files import read_csv, write_csv
from searchsets.records.shards import Shards
from searchsets.screening.audit.model import CHECKS
from searchsets.screening.log.reading import read_log
from searchsets.screening.model import record_sha

R01 = "title_abstract/main/R01.csv"


def command(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, and require that no traceback is shown."""
    done = subprocess.run(
        [sys.executable, "-m", "searchsets", "screening", *map(str, arguments)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(PROJECT / "workflow")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture
def review(tmp_path: Path) -> Path:
    """A review whose run has one record, and no decision yet."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config/criteria.yaml").write_text(CRITERIA, encoding="utf-8")
    shards = Shards(tmp_path / "results/original/records/test")
    shards.write(records_table({"title": "Governing schools", "year": 2004}))
    shards.close()
    (tmp_path / "results/original/records/websites").mkdir()  # a source that brought nothing
    return tmp_path


def test_a_decision_is_written_with_what_it_is_about(review):
    done = command(
        review,
        "decide",
        "test:1",
        "exclude",
        "--by",
        "R01",
        "--reason",
        "uk",
        "--judge",
        "uk=not",
        "--quote",
        "in Ohio",
        "--quote-at",
        "abstract",
        "--note",
        "a, b",
        "--confidence",
        "2",
    )
    assert done.returncode == 0, done.stderr
    [event] = read_log(review / "resources/decisions").events
    assert (event.stage, event.round, event.reviewer, event.role) == (
        "title_abstract", "main", "R01", "screener"
    )  # fmt: skip
    assert (event.decision, event.reason_code, event.criteria) == ("exclude", "uk", "uk=not")
    assert (event.quote, event.quote_loc, event.note, event.confidence) == (
        "in Ohio",
        "abstract",
        "a, b",
        "2",
    )
    assert event.record_sha == record_sha({"title": "Governing schools", "year": 2004})
    assert event.search_run == "original" and event.criteria_version and event.decided_at


def test_a_second_decision_takes_the_place_of_the_first_and_a_consensus_of_none(review):
    for arguments in (["include"], ["exclude"], ["include", "--as", "consensus"]):
        assert command(review, "decide", "test:1", *arguments, "--by", "R01").returncode == 0
    events = read_log(review / "resources/decisions").events
    first = next(event for event in events if event.seq == "1")
    assert [event.supersedes for event in events] == ["", first.event_id, ""]


def test_whoever_screened_a_record_cannot_adjudicate_it(review):
    assert command(review, "decide", "test:1", "include", "--by", "R01").returncode == 0
    done = command(review, "decide", "test:1", "exclude", "--by", "R01", "--as", "adjudicator")
    assert done.returncode == 2 and "--as consensus" in done.stderr
    done = command(review, "decide", "test:1", "exclude", "--by", "R03", "--as", "adjudicator")
    assert done.returncode == 0


WRONG = {
    "a record that there is not": (["test:9", "include"], "no record 'test:9'"),
    "an unknown reason": (["test:1", "exclude", "--reason", "dull"], "the reasons are: uk, date"),
    "an unknown criterion": (["test:1", "include", "--judge", "impact=met"], "the criteria are uk, date"),
    "an unknown judgement": (["test:1", "include", "--judge", "uk=perhaps"], "judge met, partly"),
    "a full text excluded without reason": (["test:1", "exclude", "--stage", "full_text"], "--reason"),
    "a text not to be had at its title": (["test:1", "not_retrieved", "--stage", "title"], "full_text"),
    "an override without a note": (["test:1", "include", "--override", "nearest_evidence"], "--note"),
    "a name that leads elsewhere": (["test:1", "include", "--by", "../R02"], "letters A to Z"),
    "an unknown decision": (["test:1", "keep"], "'keep' is not one of"),
    "a judgement of nothing": (["test:1", "include", "--judge", "uk"], "CRITERION=VALUE"),
}  # fmt: skip


@pytest.mark.parametrize(("arguments", "told"), WRONG.values(), ids=WRONG)
def test_a_wrong_decision_is_refused_and_nothing_is_written(review, arguments, told):
    by = [] if "--by" in arguments else ["--by", "R01"]
    done = command(review, "decide", *arguments, *by)
    assert done.returncode == 2 and told in done.stderr
    assert not list(review.glob("resources/decisions/*/*/*"))


def test_all_files_are_sealed_or_one_that_is_named_from_anywhere(tmp_path):
    log = log_of(tmp_path / "log", act("R01", "include"), act("R02", "include"))
    for seal in log.rglob("*.seal"):
        seal.unlink()
    done = command(log / "title_abstract/main", "seal", "R01.csv")
    assert done.returncode == 0, done.stderr
    assert [path.name for path in log.rglob("*.seal")] == ["R01.seal"]
    assert command(tmp_path, "seal", "--decisions", log).returncode == 0
    assert len(list(log.rglob("*.seal"))) == 2


def test_a_file_in_a_folder_that_is_a_link_is_sealed(tmp_path):
    log_of(tmp_path / "shared", act("R01", "include"))
    next((tmp_path / "shared").rglob("*.seal")).unlink()
    (tmp_path / "log/title_abstract").mkdir(parents=True)
    (tmp_path / "log/title_abstract/main").symlink_to(tmp_path / "shared/title_abstract/main")
    done = command(tmp_path, "seal", "--decisions", tmp_path / "log")
    assert done.returncode == 0, done.stderr
    assert list((tmp_path / "shared").rglob("*.seal"))


def test_a_seal_of_no_file_is_refused(tmp_path):
    done = command(tmp_path, "seal", "a/b/c.csv")
    assert done.returncode == 2 and "no such file" in done.stderr
    assert not (tmp_path / "a").exists()


def test_the_audit_tells_what_a_log_comes_to_and_writes_it(tmp_path):
    log = log_of(tmp_path / "log", *both("include"), *both("exclude", "eric:2"))
    done = command(tmp_path, "audit", log, "-o", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "title_abstract: entered: 2" in done.stdout
    assert "R01 and R02, 2 records: kappa 1.0000, positive agreement 1.0000" in done.stdout
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "events.csv", "final.csv", "stages.csv", "flow.csv", "audit.csv", "agreement.csv",
        "agreement_together.csv", "seals.csv",
    }  # fmt: skip
    states = {row["record_id"]: row["state"] for row in read_csv(tmp_path / "out/final.csv")}
    assert states == {"eric:1": "awaiting full text", "eric:2": "excluded"}


def test_the_audit_of_a_log_with_a_fault_ends_with_an_error(tmp_path):
    log = log_of(tmp_path / "log", *both("include"))
    changed(log / R01, lambda rows: [rows[0].replace("include", "exclude")])
    done = command(tmp_path, "audit", log)
    assert done.returncode == 2
    assert f"row_changed: {R01}:2, eric:1: row 1 is not as it was written" in done.stderr


def test_the_audit_holds_decisions_against_records_works_and_the_protocol(tmp_path):
    log = log_of(tmp_path / "log", act("R01", "exclude"), act("R01", "exclude", "eric:2"))
    assert command(tmp_path, "audit", log).returncode == 0
    assert (
        "too_few_screeners"
        in command(tmp_path, "audit", log, "--screeners", "title_abstract=2").stderr
    )
    open_stage = ["--screeners", "title_abstract=2", "--open", "title_abstract"]
    assert command(tmp_path, "audit", log, *open_stage).returncode == 0
    write_csv(tmp_path / "records.csv", ("id", "title"), [{"id": "eric:1", "title": "A"}])
    done = command(tmp_path, "audit", log, "--records", tmp_path / "records.csv")
    assert "unknown_record" in done.stderr and "eric:2" in done.stderr
    links = [{"record_id": f"eric:{n}", "work_id": "work:1"} for n in (1, 2)]
    (tmp_path / "works").mkdir()
    write_csv(tmp_path / "works/links.csv", ("record_id", "work_id"), links)
    done = command(tmp_path, "audit", log, "--works", tmp_path / "works")
    assert "title_abstract: entered: 1" in done.stdout


@pytest.mark.parametrize(
    ("options", "told"),
    [(["--screeners", "title_abstract=none"], "a number from 1"),
     (["--screeners", "abstract=2"], "a stage (title"),
     (["--severity", "unsettled=soft"], "error, warning, info"),
     (["--severity", "row_changed=info"], "for one of"),
     (["--last-search", "5 September 2008"], "write 2008"),
     (["--combination", "all"], "needs --criteria")],
)  # fmt: skip
def test_an_option_that_says_nothing_is_refused(tmp_path, options, told):
    done = command(tmp_path, "audit", log_of(tmp_path / "log", act("R01", "include")), *options)
    assert done.returncode == 2 and told in done.stderr


def test_a_folder_that_is_not_there_and_a_command_that_is_none_are_told(tmp_path):
    assert "no such folder" in command(tmp_path, "audit", "nowhere").stderr
    assert "No such command 'audti'" in command(tmp_path, "audti").stderr


def test_every_check_of_the_audit_is_in_its_documentation_as_it_is():
    text = (PROJECT / "docs/screening.md").read_text(encoding="utf-8")
    for check in CHECKS.values():
        open_too = check.while_open if check.while_open != check.severity else ""
        row = f"| {check.number} | `{check.code}` | {check.asks} | {check.severity} | {open_too} |"
        assert row in text, row


def test_an_honest_log_of_all_that_can_be_decided_has_no_error(tmp_path):
    full = {"stage": "full_text"}
    excluded = {"reason_code": "uk", "quote": "in Ohio"}
    acts = [
        *both("include"), *both("include", **full),
        *both("include", "eric:2"), act("R01", "not_retrieved", "eric:2", **full),
        *both("duplicate", "eric:3"),
        act("R01", "include", "eric:4"), act("R02", "exclude", "eric:4"),
        act("R03", "exclude", "eric:4", role="adjudicator"),
        act("R01", "conflict_of_interest", "eric:5"),
        act("R02", "exclude", "eric:5"), act("R03", "exclude", "eric:5"),
        *both("unclear", "eric:6"), *both("exclude", "eric:6", **full, **excluded),
        *both("include", "eric:7", round="pilot"), *both("exclude", "eric:7"),
    ]  # fmt: skip
    assert codes(found_in(log_of(tmp_path, *acts), CLOSED)) == []
