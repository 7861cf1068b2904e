"""A screening sheet that is written, filled in and read says what the reviewer said, and no more."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from searchsets.screening.model import GRID_VALUES, Event, decisions_at, read_grid, record_sha
from searchsets.screening.sheets.form import CUT, LONGEST_CELL, Assignment, ordered
from searchsets.screening.sheets.opening import open_grids
from sheets import CRITERIA, FULL_TEXT, R01, RECORDS, fill, logged, place_of, read, record, write

NASTY = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from("=+-@\x00\x01\x0b\x1f\r\n\t_\ufffe\uffff\U0001f600"),
    ),
    max_size=40,
) | st.sampled_from(
    ["=1+1", "_x0041_", "_x000D_", "12-13", "007", "1e5", "TRUE", "#N/A", "@SUM(A1)"]
)
TYPED = NASTY.map(lambda text: "".join(c for c in text if c.isprintable()).strip())


@st.composite
def filled_sheets(draw):
    records = [
        record(n, title=draw(NASTY), abstract=draw(NASTY), container=draw(NASTY))
        for n in range(draw(st.integers(1, 4)))
    ]
    answers = {}
    for number in range(1, len(records) + 1):
        decision = draw(st.sampled_from(["", *decisions_at("full_text")]))
        if decision:
            grid = {n: draw(st.sampled_from(["", *GRID_VALUES])) for n in ("uk", "date", "method")}
            answers[number] = {
                "Decision": decision,
                "Reason": draw(st.sampled_from(CRITERIA.reason_order()))
                if decision == "exclude"
                else "",
                "Quote": draw(TYPED), "Where the quote stands": draw(TYPED), "Note": draw(TYPED),
                "Confidence": draw(st.sampled_from(["", "1", "2", "3"])),
                **{f"{name}?": value for name, value in grid.items()},
            }  # fmt: skip
    return records, answers, draw(st.sampled_from(["id", "random:7", "random:x-1"]))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(filled_sheets())
def test_whatever_is_filled_in_comes_back_as_it_was(tmp_path, made):
    records, answers, order = made
    path = tmp_path / "R01.xlsx"
    write(path, FULL_TEXT, records, order=order)
    fill(path, *answers.items())
    sheet = read(path, records)
    assert sheet.errors == []
    shown = ordered(records, order)
    assert [act.record_id for act in sheet.acts] == [
        shown[n - 1]["record_id"] for n in sorted(answers)
    ]
    assert sheet.undecided == len(records) - len(answers)
    for act, number in zip(sheet.acts, sorted(answers), strict=True):
        said = answers[number]
        assert (act.decision, act.reason_code) == (said["Decision"], said["Reason"])
        assert (act.quote, act.quote_loc) == (said["Quote"], said["Where the quote stands"])
        assert (act.note, act.confidence) == (said["Note"], said["Confidence"])
        assert act.record_sha == record_sha(shown[number - 1])
        grid = {n: said[f"{n}?"] for n in ("uk", "date", "method") if said[f"{n}?"]}
        assert read_grid(act.criteria) == grid


def test_an_act_says_all_that_the_sheet_knows_and_no_time(tmp_path):
    path = tmp_path / "R01.xlsx"
    write(path, R01, order="random:7")
    fill(path, (2, {"Decision": "include", "uk?": "met"}))
    [act] = read(path).acts
    shown = ordered(RECORDS, "random:7")[1]
    assert act == Event(
        record_id=shown["record_id"], record_sha=record_sha(shown), search_run="original",
        stage="title_abstract", round="main", reviewer="R01", role="screener", decision="include",
        criteria="uk=met", order_shown="2", order_policy="random:7", blinded="true",
        criteria_version="abcdef012345", tool="searchsets sheet", tool_version=act.tool_version,
    )  # fmt: skip
    assert act.tool_version and not act.shown_at and not act.decided_at


def test_the_same_records_make_the_same_bytes_in_whatever_order_they_come(tmp_path):
    write(tmp_path / "a.xlsx", R01, RECORDS, order="random:7")
    write(tmp_path / "b.xlsx", R01, RECORDS[::-1], order="random:7")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_chance_has_an_order_of_its_own_that_a_further_record_does_not_upset():
    records = [record(n) for n in range(50)]
    ids = [one["record_id"] for one in ordered(records, "random:1")]
    assert ids != sorted(ids)
    assert ids != [one["record_id"] for one in ordered(records, "random:2")]
    fewer = [one["record_id"] for one in ordered(records[1:], "random:1")]
    assert fewer == [i for i in ids if i != records[0]["record_id"]]


def test_a_text_too_long_for_a_cell_is_cut_with_a_mark_and_bound_to_the_whole(tmp_path):
    long = record(1, abstract="\U0001f600" * LONGEST_CELL, title="x" * (LONGEST_CELL + 1))
    write(tmp_path / "R01.xlsx", R01, [long])
    rows = screen(tmp_path / "R01.xlsx")
    for heading in ("Title", "Abstract"):
        cell = rows[1][place_of(rows, heading)]
        assert cell.endswith(CUT) and len(cell.encode("utf-16-le")) // 2 <= LONGEST_CELL
    fill(tmp_path / "R01.xlsx", (1, {"Decision": "include"}))
    sheet = read(tmp_path / "R01.xlsx", [long])
    assert sheet.errors == sheet.warnings == [] and sheet.acts[0].record_sha == record_sha(long)


def screen(path: Path):
    return next(grid.rows for grid in open_grids(path) if grid.name == "Screen")


def test_the_rules_say_nothing_unless_they_are_asked(tmp_path):
    records = [one | {"suggestion": "exclude"} for one in RECORDS]
    write(tmp_path / "a.xlsx", R01, records)
    write(tmp_path / "b.xlsx", R01, records, show_suggestions=True)
    assert not any("exclude" in row for row in screen(tmp_path / "a.xlsx"))
    assert all("exclude" in row for row in screen(tmp_path / "b.xlsx")[1:])


def test_a_sheet_asks_for_the_criteria_of_its_stage_alone(tmp_path):
    write(tmp_path / "a.xlsx", R01)
    write(tmp_path / "b.xlsx", FULL_TEXT)
    assert "method?" not in screen(tmp_path / "a.xlsx")[0]
    assert "method?" in screen(tmp_path / "b.xlsx")[0]


def test_an_adjudicator_sees_what_each_screener_said_and_is_not_blinded(tmp_path):
    votes = {RECORDS[0]["record_id"]: [
        Event(reviewer="R01", decision="include", note="=a clear case"),
        Event(reviewer="R02", decision="exclude", reason_code="date"),
    ]}  # fmt: skip
    path = tmp_path / "R03.xlsx"
    write(
        path, Assignment("title_abstract", "main", "R03", "adjudicator"), RECORDS[:1], votes=votes
    )
    rows = screen(path)
    beside = {rows[0][n]: rows[1][n] for n in range(len(rows[0])) if ":" in str(rows[0][n])}
    assert beside == {
        "R01: decision": "include", "R01: reason": "", "R01: note": "=a clear case",
        "R02: decision": "exclude", "R02: reason": "date", "R02: note": "",
    }  # fmt: skip
    fill(path, (1, {"Decision": "include"}))
    [act] = read(path).acts
    assert (act.role, act.blinded) == ("adjudicator", "false")


def test_a_sheet_that_is_sent_again_adds_only_what_is_new_or_changed(tmp_path):
    path = tmp_path / "R01.xlsx"
    write(path)
    fill(path, (1, {"Decision": "include"}), (2, {"Decision": "exclude"}))
    log = logged(tmp_path / "log", read(path).acts)
    fill(path, (2, {"Decision": "unclear"}), (3, {"Decision": "exclude", "Reason": "date"}))
    sheet = read(path, log=log)
    assert [(a.decision, a.supersedes) for a in sheet.acts] == [
        ("unclear", "previous"),
        ("exclude", ""),
    ]
    assert (sheet.known, sheet.undecided, sheet.errors, sheet.warnings) == (1, 1, [], [])
    assert str(sheet) == (
        "R01, title_abstract, main: 2 decisions (0 include, 1 exclude, 1 unclear), 1 changed, "
        "1 in the log already, 1 rows not yet decided"
    )
    assert read(path, log=logged(tmp_path / "log", sheet.acts)).acts == []


def test_a_note_that_is_added_later_is_a_change(tmp_path):
    path = tmp_path / "R01.xlsx"
    write(path)
    log = logged(tmp_path / "log", read(fill(path, (1, {"Decision": "include"}))).acts)
    [act] = read(fill(path, (1, {"Note": "see page 3"})), log=log).acts
    assert (act.decision, act.note, act.supersedes) == ("include", "see page 3", "previous")


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice (soffice) is not installed")
@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_what_libreoffice_saves_is_read(tmp_path, kind):
    records = [*RECORDS, record(9, title="=1+1 \x01 _x0041_ \U0001f600", abstract=" a\r\nb  c\td ")]
    path, saved = tmp_path / "R01.xlsx", tmp_path / "saved"
    write(path, FULL_TEXT, records)
    first = {"Decision": "exclude", "Reason": "date", "Quote": "“in 1999”", "uk?": "met"}
    fifth = {"Decision": "include", "Note": "two\nlines", "Where the quote stands": "12-13"}
    fill(path, (1, first), (5, fifth))
    before = read(path, records)
    home = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    subprocess.run(
        ["soffice", home, "--headless", "--convert-to", kind, "--outdir", str(saved), str(path)],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    after = read(saved / f"R01.{kind}", records)
    assert after.acts == before.acts and len(after.acts) == 2
    assert after.errors == after.warnings == before.errors == before.warnings == []
