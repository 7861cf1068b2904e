"""The commands: a sheet is written for what waits for a reviewer, and what comes back is logged."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow as pa
import pytest
from click.testing import CliRunner

from logs import act
from searchsets.cli.sheets import sheet
from searchsets.files import write_csv
from searchsets.records.model import Record
from searchsets.records.shards import Shards
from searchsets.records.tables import schema
from searchsets.screening.criteria.file import read_criteria
from searchsets.screening.log.reading import read_log
from searchsets.screening.log.writing import append
from searchsets.screening.sheets.choosing import choose
from searchsets.screening.sheets.form import Assignment
from searchsets.screening.sheets.opening import open_grids
from sheets import fill

CONFIG = Path(__file__).parent.parent / "config"
FINAL = ("record_id", "work_id", "state", "stage", "suggestion")
DECISIONS = Path("resources/decisions")


def final(record: str, work: str, state: str = "not screened", stage: str = "") -> dict[str, str]:
    return dict(zip(FINAL, (record, work, state, stage, "unclear"), strict=True))


@pytest.fixture
def review(tmp_path: Path, monkeypatch) -> Path:
    """A review with three works, one of them of two records, in the current folder."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(CONFIG, "config")
    records = [
        Record("a.ris", n, title=f"Title {n}", abstract="long " * n, record_id=f"eric:{n}")
        for n in range(1, 5)
    ]
    shards = Shards(Path("results/original/records/eric"))
    shards.write(pa.Table.from_pylist([one.as_row() for one in records], schema=schema()))
    shards.close()
    states([final(f"eric:{n}", f"w{min(n, 3)}") for n in range(1, 5)])
    return tmp_path


def states(rows) -> None:
    write_csv(Path("results/original/screening/final.csv"), FINAL, rows)


def run(*arguments: str, code: int = 0) -> str:
    done = CliRunner().invoke(sheet, arguments, catch_exceptions=False)
    assert done.exit_code == code, done.output
    return done.output


def write(*more: str, by: str = "R01", stage: str = "title_abstract", code: int = 0) -> str:
    return run("write", "--by", by, "--stage", stage, *more, code=code)


def ids_on(path: str) -> list[str]:
    rows = next(grid.rows for grid in open_grids(Path(path)) if grid.name == "Screen")
    return [row[1] for row in rows[1:]]


def test_a_sheet_goes_out_and_comes_back_into_the_log(review):
    assert "3 records for R01 (title_abstract, main)" in write("--order", "random:7")
    path = Path("R01-title_abstract-main.xlsx")
    fill(path, (1, {"Decision": "include"}), (2, {"Decision": "exclude", "Reason": "date"}))
    said = "R01, title_abstract, main: 2 decisions (1 include, 1 exclude, 0 unclear), 0 changed"
    told = run("read", str(path), "--dry-run")
    assert said in told and "nothing is written" in told
    assert read_log(DECISIONS).events == []
    assert said in run("read", str(path))
    events = read_log(DECISIONS).events
    assert {event.decision for event in events} == {"include", "exclude"}
    assert all(event.hash and event.search_run == "original" for event in events)
    assert "0 decisions" in run("read", str(path)) and len(read_log(DECISIONS).events) == 2


def test_a_changed_decision_supersedes_the_one_before(review):
    write()
    path = Path("R01-title_abstract-main.xlsx")
    run("read", str(fill(path, (1, {"Decision": "include"}))))
    assert "1 changed" in run("read", str(fill(path, (1, {"Decision": "exclude"}))))
    first, second = read_log(DECISIONS).events
    assert second.supersedes == first.event_id


def test_nothing_is_written_if_anything_is_wrong(review):
    write()
    path = Path("R01-title_abstract-main.xlsx")
    fill(path, (1, {"Decision": "include"}), (2, {"Decision": "exlude"}))
    told = run("read", str(path), code=2)
    assert "sheet Screen, cell J3: 'exlude' is no decision" in told
    assert not DECISIONS.exists()


def test_a_sheet_of_another_reviewer_is_refused(review):
    write()
    told = run("read", "R01-title_abstract-main.xlsx", "--by", "R02", code=2)
    assert "is the sheet of R01, not of R02" in told


def test_a_file_that_is_there_is_never_written_over(review):
    write()
    assert "is there already, and may hold decisions" in write(code=2)


def test_what_the_reviewer_has_decided_does_not_come_again(review):
    append(DECISIONS, [act("R01", "include", "eric:1"), act("R01", "exclude", "eric:3")])
    write()
    assert ids_on("R01-title_abstract-main.xlsx") == ["eric:2"]
    append(DECISIONS, [act("R01", "conflict_of_interest", "eric:2")])
    assert "nothing waits for R01" in write("-o", "b.xlsx")
    assert not Path("b.xlsx").exists()


def test_of_a_work_the_record_with_the_longest_abstract_is_shown(review):
    write()
    rows = next(
        g.rows for g in open_grids(Path("R01-title_abstract-main.xlsx")) if g.name == "Screen"
    )
    [row] = [row for row in rows if row[1] == "eric:4"]
    assert "eric:3" in row and not any(row[1] == "eric:3" for row in rows)


def test_an_adjudicator_gets_the_conflicts_with_the_votes_but_not_own_ones(review):
    states([final("eric:1", "w1", "conflict", "title_abstract"),
            final("eric:2", "w2", "conflict", "title_abstract"),
            final("eric:3", "w3", "not screened")])  # fmt: skip
    append(DECISIONS, [act("R01", "include", "eric:1"), act("R02", "exclude", "eric:1"),
                       act("R03", "include", "eric:2"), act("R02", "exclude", "eric:2")])  # fmt: skip
    assert "1 works are left out" in write("--as", "adjudicator", by="R03")
    assert ids_on("R03-title_abstract-main.xlsx") == ["eric:1"]
    run("read", str(fill(Path("R03-title_abstract-main.xlsx"), (1, {"Decision": "include"}))))
    assert [e.role for e in read_log(DECISIONS).events if e.reviewer == "R03"].count("adjudicator")


def test_an_adjudicator_sees_the_votes_of_all_rounds_and_settles_in_the_last(review):
    states([final("eric:1", "w1", "conflict", "title_abstract")])
    append(DECISIONS, [act("R01", "include", "eric:1"), act("R02", "include", "eric:1"),
                       act("R03", "exclude", "eric:1", round="recheck")])  # fmt: skip
    told = write("--as", "adjudicator", by="R04")
    assert "--round recheck" in told and "nothing waits" in told
    assert "1 works are left out" in write("--as", "adjudicator", "--round", "recheck", by="R01")
    write("--as", "adjudicator", "--round", "recheck", by="R04")
    assert ids_on("R04-title_abstract-recheck.xlsx") == ["eric:1"]


@pytest.mark.parametrize(
    ("state", "at", "stage", "waits"),
    [
        ("not screened", "", "title_abstract", True),
        ("awaiting title and abstract", "title", "title_abstract", True),
        ("awaiting another screener", "title_abstract", "title_abstract", True),
        ("awaiting another screener", "full_text", "title_abstract", False),
        ("awaiting full text", "title_abstract", "title_abstract", False),
        ("awaiting full text", "title_abstract", "full_text", True),
        ("awaiting another screener", "full_text", "full_text", True),
        ("not screened", "", "full_text", False),
        ("not screened", "", "title", True),
        ("conflict", "title_abstract", "title_abstract", False),
        ("excluded", "title_abstract", "full_text", False),
    ],
)
def test_what_waits_for_a_screener(state, at, stage, waits):
    chosen = choose([final("eric:1", "w1", state, at)], [], Assignment(stage, "main", "R01"))
    assert bool(chosen.works) == waits


def test_a_run_that_was_not_made_is_told(review):
    assert "make the run first" in write("--run", "other", code=2)


def how_to(*rows: tuple[str, str]) -> str:
    """Return the sheet How to of a run with these rows of `combinations.csv`."""
    path = Path("results/original/screening/combinations.csv")
    if rows:
        columns = ("combination", "chosen")
        write_csv(path, columns, (dict(zip(columns, row, strict=True)) for row in rows))
    Path("R01-title_abstract-main.xlsx").unlink(missing_ok=True)
    write()
    grids = open_grids(Path("R01-title_abstract-main.xlsx"))
    [rows] = [grid.rows for grid in grids if grid.name == "How to"]
    return "\n".join(str(cell) for row in rows for cell in row)


def test_the_sheet_says_the_combination_of_criteria_that_the_run_was_made_with(review):
    combinations = read_criteria(CONFIG / "criteria.yaml").combinations
    for one in combinations:
        made = how_to(*((other.id, "yes" if other is one else "no") for other in combinations))
        assert f"A work is included if {one.says}." in made


def test_where_no_table_names_a_combination_the_sheet_says_none(review):
    assert "A work is included if" not in how_to()


@pytest.mark.parametrize("by", ["../R01", "a b", ".x", "_x", "-x"])
def test_names_lead_nowhere_else(review, by):
    assert "use letters, digits" in write(by=by, code=2)


def test_an_unknown_order_is_refused(review):
    assert "no order 'chance'" in write("--order", "chance", code=2)
