"""Sums between screening and the flow: an edited intermediate of a run stops it, and is named."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from searchsets.cli import main

BUILD = Path("results/.build/original")
STAGES = ("choices", "tables", "documents", "page", "database", "publish")
Rows = list[dict[str, str]]


def edited(folder: Path, name: str, change: Callable[[Rows], None]) -> None:
    """Change the rows of a file of the build, as an editor would."""
    path = folder / BUILD / name
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows, columns = list(reader), reader.fieldnames
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def ran(stage: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Result:
    """Run a command of the last stages on the build."""
    monkeypatch.chdir(folder)
    out = {"page": BUILD / "report.html", "database": BUILD / "review.sqlite",
           "choices": BUILD / "choices", "publish": Path("results/original")}  # fmt: skip
    config = BUILD / "config.json"
    more = ["--inputs", BUILD / "inputs.json"] if stage == "publish" else ["--config", config]
    command = [stage, BUILD, "--out", out.get(stage, BUILD / "tables"), *more]
    return CliRunner().invoke(main, [str(one) for one in command])


def first(column: str, value: str, **where: str) -> Callable[[Rows], None]:
    """Return a change of one cell: in the first row in which these values stand."""

    def change(rows: Rows) -> None:
        row = next(r for r in rows if all(r[name] == one for name, one in where.items()))
        row[column] = value

    return change


def last_lost(rows: Rows) -> None:
    rows.pop()


def another_id(rows: Rows) -> None:
    rows[-1]["record_id"] = "known_items:ffffffffffff"


def test_a_run_as_it_was_made_closes(again, monkeypatch):
    for stage in STAGES:
        done = ran(stage, again, monkeypatch)
        assert done.exit_code == 0, done.output


COUNTS = (
    ("screening/final.csv", first("state", "excluded", state="included"),
     ("excluded", "screening/stages.csv", "screening/final.csv", "0 and 1")),
    ("screening/flow.csv", first("n", "17", what="passed"),
     ("passed", "screening/stages.csv", "screening/flow.csv", "16 and 17")),
    ("screening/flow.csv", last_lost,
     ("excluded", "screening/stages.csv", "screening/flow.csv", "0 and no row")),
    ("screening/stages.csv", last_lost,
     ("entered", "screening/stages.csv", "screening/flow.csv", "15 and 16")),
    ("screening/stages.csv", first("outcome", "excluded", outcome="passed"),
     ("excluded", "screening/stages.csv", "screening/flow.csv", "1 and 0")),
    ("records/import_log.csv", first("start_marks", "48"),
     ("begin by their marks", "records/import_log.csv", "48 and 47")),
    ("records/import_log.csv", first("end_marks", "46"),
     ("records that end", "records/import_log.csv", "47 and 46")),
)  # fmt: skip


@pytest.mark.parametrize(("name", "change", "told"), COUNTS)
@pytest.mark.parametrize("stage", ["tables", "publish"])
def test_numbers_that_do_not_fit_stop_the_run(again, monkeypatch, name, change, told, stage):
    edited(again, name, change)
    done = ran(stage, again, monkeypatch)
    assert done.exit_code == 2, done.output
    for words in ("the counts do not close: ", *told, "delete results/.build and run again"):
        assert words in done.output


def test_a_work_whose_state_is_exchanged_with_another_is_told(again, monkeypatch):
    def exchange(rows: Rows) -> None:
        one = next(row for row in rows if row["state"] == "included")
        other = next(row for row in rows if row["state"] == "not screened")
        names = ("state", "stage", "decided_by")
        one_has, other_has = ({n: row[n] for n in names} for row in (one, other))
        one.update(other_has)
        other.update(one_has)

    edited(again, "screening/final.csv", exchange)
    done = ran("tables", again, monkeypatch)
    assert done.exit_code == 2
    assert "works that are not screened" in done.output and "0 and 1" in done.output


@pytest.mark.parametrize("change", [last_lost, another_id])
@pytest.mark.parametrize("name", ["screening/final.csv", "works/links.csv"])
@pytest.mark.parametrize("stage", STAGES)
def test_a_record_that_is_lost_is_named_with_both_files(again, monkeypatch, name, change, stage):
    edited(again, name, change)
    done = ran(stage, again, monkeypatch)
    assert done.exit_code == 2, done.output
    assert "the counts do not close: records in works/links.csv and in screening/final.csv" in (
        done.output
    )
    assert f"is missing in {name}" in done.output


@pytest.mark.parametrize("stage", STAGES)
def test_an_act_that_is_lost_is_named(again, monkeypatch, stage):
    edited(again, "screening/events.csv", last_lost)
    done = ran(stage, again, monkeypatch)
    assert done.exit_code == 2, done.output
    assert "acts that count in screening/stages.csv and in screening/events.csv: 16 and 15" in (
        done.output
    )


@pytest.mark.parametrize("change", [last_lost, another_id])
@pytest.mark.parametrize("stage", ["documents", "page", "database", "publish"])
def test_a_record_that_is_not_in_the_flow_is_named(again, monkeypatch, change, stage):
    edited(again, "flow/records.csv", change)
    done = ran(stage, again, monkeypatch)
    assert done.exit_code == 2, done.output
    assert "records in works/links.csv and in flow/records.csv" in done.output
    assert "is missing in flow/records.csv" in done.output


BOXES = (
    ("tables/prisma.csv", first("this_run", "48", box="identified"), "48 and 47"),
    ("tables/prisma.csv", first("filter", "eligibility=excluded", box="included"), "16 and 0"),
    ("tables/prisma.csv", first("filter", "colour=red", box="included"), "no column 'colour'"),
    ("flow/records.csv", first("eligibility", "excluded", eligibility="included"), "0 and 1"),
    ("flow/records.csv", first("state", "conflict"), "47 and 46"),
)


@pytest.mark.parametrize(("name", "change", "told"), BOXES)
@pytest.mark.parametrize("stage", ["documents", "page", "publish"])
def test_every_filter_of_the_flow_finds_its_number(again, monkeypatch, name, change, told, stage):
    edited(again, name, change)
    done = ran(stage, again, monkeypatch)
    assert done.exit_code == 2, done.output
    assert "the counts do not close" in done.output and told in done.output
    assert "flow/records.csv" in done.output
