"""What is wrong with a sheet is told with the cell, all at once; what people do harmlessly is read."""

from __future__ import annotations

import dataclasses
import datetime
from pathlib import Path

import pytest

import sheets
from refusal import refused
from searchsets.screening.sheets.finding import open_sheet
from searchsets.screening.sheets.form import Assignment
from sheets import (
    FULL_TEXT,
    R01,
    RECORDS,
    Rows,
    fill,
    logged,
    place_of,
    read,
    record,
    rewrite,
    write,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write(tmp_path / "R01.xlsx")
    return tmp_path / "R01.xlsx"


@pytest.fixture
def full_text(tmp_path: Path) -> Path:
    write(tmp_path / "full.xlsx", FULL_TEXT)
    return tmp_path / "full.xlsx"


def errors(path: Path, **given) -> list[str]:
    return [str(error) for error in read(path, **given).errors]


def warnings(path: Path, **given) -> list[str]:
    sheet = read(path, **given)
    assert sheet.errors == []
    return [str(warning) for warning in sheet.warnings]


def on_screen(path: Path, change) -> Path:
    return rewrite(path, lambda cells: change(cells["Screen"]))


def test_an_untouched_sheet_has_no_problem_and_no_act(path, full_text):
    for one in (path, full_text):
        sheet = read(one)
        assert (sheet.acts, sheet.errors, sheet.warnings, sheet.undecided) == ([], [], [], 4)


def test_a_misspelt_decision_is_told_with_its_cell_and_what_can_be_chosen(path):
    [told] = errors(fill(path, (2, {"Decision": "exlude"})))
    assert told == (
        "R01.xlsx, sheet Screen, cell I3: 'exlude' is no decision\n"
        "  -> choose one of include, exclude, unclear, duplicate, conflict_of_interest"
    )


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"Decision": "include", "uk?": "yes"}, "cell J2: 'yes' is no judgement"),
        ({"Decision": "exclude", "Reason": "dull"}, "cell L2: 'dull' is no reason"),
        ({"Decision": "include", "Confidence": 4.0}, "'4' is no confidence"),
        ({"Decision": "include", "Reason": "date"}, "a reason (date) beside 'include'"),
        ({"Decision": "not_retrieved"}, "not_retrieved is for the full text only"),
        ({"Decision": "include", "Quote": datetime.date(2026, 12, 13)}, "has made a date of it"),
    ],
)
def test_each_wrong_cell_is_an_error(path, cells, said):
    [told] = errors(fill(path, (1, cells)))
    assert said in told


def test_all_that_is_wrong_is_told_at_once(path):
    fill(path, (1, {"Decision": "yes", "uk?": "yes"}), (3, {"Decision": "include", "date?": "1"}))
    assert len(errors(path)) == 3


@pytest.mark.parametrize(
    ("cells", "field", "value"),
    [
        ({"Decision": " Include "}, "decision", "include"),
        ({"Decision": "CONFLICT OF INTEREST"}, "decision", "conflict_of_interest"),
        ({"Decision": "exclude", "Reason": "Second report"}, "reason_code", "second_report"),
        ({"Decision": "include", "uk?": "Not met"}, "criteria", "uk=not"),
        ({"Decision": "include", "uk?": "N/A"}, "criteria", "uk=na"),
        ({"Decision": "include", "Confidence": 2}, "confidence", "2"),
        ({"Decision": "include", "Confidence": "2.0"}, "confidence", "2"),
        ({"Decision": "include", "Where the quote stands": 12.0}, "quote_loc", "12"),
    ],
)
def test_case_blanks_and_numbers_do_not_matter(path, cells, field, value):
    sheet = read(fill(path, (1, cells)))
    assert sheet.errors == sheet.warnings == [] and getattr(sheet.acts[0], field) == value


def test_at_full_text_an_exclusion_needs_a_reason_and_should_have_a_quote(full_text, path):
    sheet = read(fill(full_text, (1, {"Decision": "exclude"})))
    assert ["without a reason" in str(e) for e in sheet.errors] == [True]
    assert ["without a quote" in str(e) for e in sheet.warnings] == [True]
    whole = {"Decision": "exclude", "Reason": "date", "Quote": "in 1999"}
    for filled in (fill(full_text, (1, whole)), fill(path, (1, {"Decision": "exclude"}))):
        sheet = read(filled)
        assert sheet.errors == sheet.warnings == []


def test_a_full_text_that_could_not_be_got_is_a_decision_there(full_text):
    [act] = read(fill(full_text, (1, {"Decision": "not_retrieved"}))).acts
    assert act.decision == "not_retrieved"


def test_a_record_that_the_sheet_does_not_know_is_an_error_if_it_is_decided(path):
    on_screen(path, lambda rows: rows[2].__setitem__(1, "eric:unknown"))
    assert len(warnings(path)) == 1  # its own record is missing
    [told] = errors(fill(path, (2, {"Decision": "include"})))
    assert "cell B3: 'eric:unknown' is no record of this sheet" in told


def test_a_decision_beside_no_record_is_an_error_and_an_empty_row_is_none(path):
    def add(rows):
        rows.append([""] * len(rows[0]))
        rows.append([""] * len(rows[0]))
        rows[-1][place_of(rows, "Decision")] = "include"

    [told] = errors(on_screen(path, add))
    assert "cell B7: the row says something, but of no record" in told


def test_a_record_that_stands_twice_is_an_error(path):
    [told] = errors(on_screen(path, lambda rows: rows.append(list(rows[1]))))
    assert "cell B6" in told and "stands twice, here and in row 2" in told


def test_rows_that_are_gone_count_as_not_decided(path):
    def cut(rows):
        del rows[2:4]

    [told] = warnings(on_screen(path, cut))
    assert "2 rows are gone" in told and "No. 2" in told and "No. 3" in told
    assert read(path).undecided == 4


def test_rows_and_columns_may_be_moved_and_others_put_between(path):
    def shuffle(rows):
        rows[:] = [row[::-1] for row in [rows[0], *rows[:0:-1]]]
        for number, row in enumerate(rows):
            row.insert(2, "my own column" if not number else f"{number}")
        rows[:0] = [["my sheet"] + [""] * (len(rows[0]) - 1), [""] * len(rows[0])]

    fill(path, (1, {"Decision": "include"}), (4, {"Decision": "unclear"}))
    before = read(path)
    on_screen(path, shuffle)
    after = read(path)
    assert after.errors == after.warnings == [] and after.acts == before.acts[::-1]


def test_sheets_may_be_renamed(path):
    fill(path, (1, {"Decision": "include"}))

    def rename(cells: Rows) -> None:
        for name in list(cells):
            cells[f"mine {name}"] = cells.pop(name)

    assert len(read(rewrite(path, rename)).acts) == 1


def test_the_columns_that_are_only_shown_may_be_deleted(path):
    fill(path, (1, {"Decision": "include"}))

    def drop(rows):
        for row in rows:
            del row[2:8]

    sheet = read(on_screen(path, drop))
    assert sheet.errors == sheet.warnings == [] and len(sheet.acts) == 1


def test_a_title_that_was_changed_is_an_error_where_something_is_decided(path):
    on_screen(path, lambda rows: rows[1].__setitem__(2, rows[2][2]))  # as sorting one column does
    assert errors(path) == []
    [told] = errors(fill(path, (1, {"Decision": "include"})))
    assert "cell C2: this is not the title that was written" in told


def test_an_abstract_that_was_changed_is_an_error(path):
    fill(path, (1, {"Decision": "include", "Abstract": "We studied 9 boards."}))
    [told] = errors(path)
    assert "cell G2: this is not the abstract" in told


def test_a_record_that_has_changed_since_is_a_warning_and_keeps_what_was_shown(path):
    was = read(fill(path, (1, {"Decision": "include"}))).acts[0].record_sha
    changed = [RECORDS[0] | {"abstract": "Withdrawn."}, *RECORDS[1:]]
    [told] = warnings(path, records=changed)
    assert "has changed since the sheet was written" in told
    assert read(path, changed).acts[0].record_sha == was


def test_a_record_that_the_run_no_longer_has_is_an_error(path):
    fill(path, (1, {"Decision": "include"}))
    [told] = errors(path, records=RECORDS[1:])
    assert "the run original has no record" in told
    assert errors(path, records=RECORDS[:3]) == []


def test_other_criteria_than_now_are_a_warning_and_the_act_keeps_those_of_the_sheet(
    path, monkeypatch
):
    fill(path, (1, {"Decision": "include"}))
    monkeypatch.setattr(sheets, "CRITERIA", dataclasses.replace(sheets.CRITERIA, version="other"))
    [told] = warnings(path)
    assert "written under the criteria abcdef012345; they are other now" in told
    assert read(path).acts[0].criteria_version == "abcdef012345"


def test_a_row_that_says_something_but_decides_nothing_is_a_warning(path):
    [told] = warnings(fill(path, (1, {"Note": "hm"})))
    assert "cell I2: the row says something, but decides nothing" in told
    assert read(path).acts == []


def test_a_decision_that_is_emptied_later_stays_and_is_a_warning(path):
    log = logged(path.parent / "log", read(fill(path, (1, {"Decision": "include"}))).acts)
    [told] = warnings(fill(path, (1, {"Decision": ""})), log=log)
    assert "stays in the log" in told and "choose unclear" in told
    on_screen(path, lambda rows: rows.pop(1))
    [told] = warnings(path, log=log)
    assert "stays in the log" in told


def test_an_older_file_that_would_undo_a_change_is_told(path):
    old = path.with_name("old.xlsx")
    log = logged(path.parent / "log", read(fill(path, (1, {"Decision": "include"}))).acts)
    old.write_bytes(path.read_bytes())
    log = logged(path.parent / "log", read(fill(path, (1, {"Decision": "exclude"})), log=log).acts)
    assert warnings(path, log=log) == []
    [told] = warnings(old, log=log)
    assert (
        "goes back to what R01-title_abstract-main-1 said before R01-title_abstract-main-2" in told
    )


def test_who_screened_a_record_cannot_settle_it_too(path, tmp_path):
    log = logged(path.parent / "log", read(fill(path, (1, {"Decision": "include"}))).acts)
    settle = tmp_path / "settle.xlsx"
    write(settle, Assignment("title_abstract", "main", "R01", "adjudicator"))
    fill(settle, (1, {"Decision": "exclude"}), (2, {"Decision": "exclude"}))
    [told] = errors(settle, log=log)
    assert "cannot be its adjudicator too" in told


def test_what_an_act_of_another_kind_names_as_superseded_still_stands(path):
    [act] = read(fill(path, (1, {"Decision": "include"}))).acts
    first = act._replace(event_id="R01-1", seq="1")
    settled = first._replace(event_id="R01-2", seq="2", role="consensus", supersedes="R01-1")
    sheet = read(path, log=[first, settled._replace(decision="exclude")])
    assert (sheet.acts, sheet.errors, sheet.known) == ([], [], 1)


def test_the_log_of_others_rounds_and_stages_is_not_this_reviewers(path):
    [act] = read(fill(path, (1, {"Decision": "include"}))).acts
    others = [
        act._replace(reviewer="R02"),
        act._replace(round="pilot"),
        act._replace(stage="title"),
    ]
    assert read(path, log=logged(path.parent / "log", others)).acts == [act]


def test_a_changed_sheet_about_is_refused(path):
    def change(cells: Rows) -> None:
        cells["About"][3][1] = "R02"  # whose sheet it is

    rewrite(path, change)
    with refused("sheet About", "checksum"):
        read(path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda cells: cells.pop("About"), "has no sheet About"),
        (lambda cells: cells["About"][0].__setitem__(0, "searchsets screening sheet 2"), "form"),
        (lambda cells: cells["About"].pop(14), "checksum"),
        (lambda cells: cells.pop("Screen"), "no sheet has the columns"),
        (lambda cells: cells["Screen"][0].__setitem__(9, "x"), "column 'uk?' is missing"),
        (lambda cells: cells["Screen"][0].__setitem__(2, "Decision"), "two columns are called"),
    ],
)
def test_what_is_no_whole_sheet_is_refused(path, change, said):
    rewrite(path, change)
    with refused("R01.xlsx", said):
        read(path)


@pytest.mark.parametrize(
    "changed",
    [
        {"reviewer": "../R01"},
        {"reviewer": "_R01"},
        {"run": ".."},
        {"round": "a/b"},
        {"stage": "final"},
        {"role": "rule"},
    ],
)
def test_names_that_would_lead_to_another_folder_are_refused(path, changed):
    facts = open_sheet(path).facts
    forged = dataclasses.replace(facts, assignment=facts.assignment._replace(**changed))

    def forge(cells: Rows) -> None:
        cells["About"] = forged.grid()  # with a checksum that fits

    rewrite(path, forge)
    with refused("sheet About"):
        read(path)


def test_a_sheet_without_rows_is_read(tmp_path):
    write(tmp_path / "R01.xlsx", R01, [])
    assert str(read(tmp_path / "R01.xlsx")).endswith("0 rows not yet decided")


def test_many_rows_are_read_in_good_time(tmp_path):
    records = [record(n, abstract="words " * 200) for n in range(2000)]
    write(tmp_path / "R01.xlsx", R01, records)
    assert read(tmp_path / "R01.xlsx", records).undecided == 2000
