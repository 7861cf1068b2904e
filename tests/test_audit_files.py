"""The audit of files: whatever is done to a log that was written is told with its row."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logs import CLOSED, act, changed, codes, found_in, log_of, only
from searchsets.screening.audit.run import audit
from searchsets.screening.log.chain import row_hash
from searchsets.screening.log.reading import read_log
from searchsets.screening.model import COLUMNS
from searchsets.screening.results import seal_rows
from searchsets.screening.stage import read_alone

R01 = "title_abstract/main/R01.csv"
ACTS = [act("R01", "include" if n % 3 else "exclude", f"eric:{n}") for n in range(1, 7)]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return log_of(tmp_path / "decisions", *ACTS)


def errors(folder: Path) -> list[tuple[str, str]]:
    """Return (check, place) of each error about files."""
    found = [one for one in found_in(folder) if one["number"] == 7 and one["severity"] == "error"]
    return [(one["check"], one["place"]) for one in found]


def test_a_log_as_it_was_written_has_no_error(log):
    assert errors(log) == []


def test_a_changed_cell_is_told_with_its_row(log):
    changed(log / R01, lambda rows: [*rows[:3], rows[3].replace("include", "exclude"), *rows[4:]])
    assert errors(log) == [("row_changed", f"{R01}:5")]


def test_a_changed_row_with_a_new_hash_breaks_the_next_row(log):
    events = read_log(log).files[0].events
    forged = events[3]._replace(decision="exclude")
    forged = forged._replace(hash=row_hash(forged))
    changed(log / R01, lambda rows: [*rows[:3], ",".join(forged), *rows[4:]])
    assert errors(log) == [("row_changed", f"{R01}:6")]


def test_a_row_that_is_gone_is_told_at_the_row_behind_it(log):
    changed(log / R01, lambda rows: [*rows[:2], *rows[3:]])
    assert errors(log) == [("row_missing", f"{R01}:4")]
    assert "row 3 is gone" in only(found_in(log), "row_missing")["message"]


def test_the_first_rows_gone_are_told(log):
    changed(log / R01, lambda rows: rows[2:])
    assert "rows 1 to 2 are gone" in only(found_in(log), "row_missing")["message"]


def test_the_last_rows_gone_are_told_by_the_seal(log):
    changed(log / R01, lambda rows: rows[:4])
    assert errors(log) == [("file_cut_off", f"{R01}:5")]


def test_all_rows_gone_are_told_by_the_seal(log):
    changed(log / R01, lambda rows: [])
    assert errors(log) == [("file_cut_off", R01)]


def test_a_file_that_is_gone_is_told_by_its_seal(log):
    (log / R01).unlink()
    assert errors(log) == [("file_gone", R01)]


def test_rows_in_another_order_are_told(log):
    changed(log / R01, lambda rows: [rows[0], rows[2], rows[1], *rows[3:]])
    assert errors(log) == [("row_moved", f"{R01}:4")]


def test_a_row_twice_is_told_at_the_copy(log):
    changed(log / R01, lambda rows: [*rows, rows[1]])
    assert errors(log) == [("row_repeated", f"{R01}:8")]


def test_another_row_of_the_same_number_is_told(log):
    changed(log / R01, lambda rows: [*rows[:3], rows[2].replace("exclude", "include"), *rows[3:]])
    finding = only(found_in(log), "row_repeated")
    assert finding["place"] == f"{R01}:5" and "something else" in finding["message"]


def test_a_row_written_into_the_file_by_hand_is_told(log):
    def add(rows: list[str]) -> list[str]:
        cells = rows[-1].split(",")
        cells[:3], cells[-2:] = ["R01-7", "7", "eric:7"], ["", ""]
        return [*rows, ",".join(cells)]

    changed(log / R01, add)
    assert errors(log) == [("row_added", f"{R01}:8")]


def test_a_file_whose_hashes_were_wiped_out_is_told_by_its_seal(log):
    def wipe(rows: list[str]) -> list[str]:
        return [",".join([*row.split(",")[:-2], "", ""]) for row in rows]

    changed(log / R01, wipe)
    assert ("row_changed", f"{R01}:7") in errors(log)


def test_a_whole_file_copied_for_another_round_is_told(log):
    target = log / "title_abstract/pilot/R01.csv"
    target.parent.mkdir()
    text = (log / R01).read_text(encoding="utf-8")
    target.write_text(text.replace(",main,R01,", ",pilot,R01,"), encoding="utf-8")
    assert {check for check, _ in errors(log)} == {"row_repeated", "row_changed", "seal_missing"}


def test_a_seal_that_is_gone_is_told(log):
    (log / "title_abstract/main/R01.seal").unlink()
    assert errors(log) == [("seal_missing", f"{R01}:7")]


def kept(log: Path) -> list[dict[str, str]]:
    return [{name: str(value) for name, value in row.items()} for row in seal_rows(read_log(log))]


def compared(log: Path, seals: list[dict[str, str]]) -> list[str]:
    made = replace(read_alone(log, CLOSED), kept_seals=seals)
    return [one["check"] for one in audit(made) if one["number"] == 7]


def test_a_list_of_seals_that_was_kept_tells_what_no_file_of_the_log_can_tell(log):
    seals = kept(log)
    log_of(log, act("R01", "include", "eric:9"))
    assert compared(log, seals) == []
    shutil.rmtree(log / "title_abstract")
    assert compared(log, seals) == ["file_gone"]
    log_of(log, *[one._replace(decision="include") for one in ACTS])  # written anew, chain and seal
    assert errors(log) == []
    assert compared(log, seals) == ["file_cut_off"]


def test_a_seal_of_another_file_is_told(log):
    log_of(log, *[act("R02", "include", f"eric:{n}") for n in range(6)])
    shutil.copy(log / "title_abstract/main/R02.seal", log / "title_abstract/main/R01.seal")
    assert errors(log) == [("row_changed", f"{R01}:7")]


def test_rows_behind_the_seal_are_no_fault(log):
    seal = (log / "title_abstract/main/R01.seal").read_bytes()
    log_of(log, act("R01", "include", "eric:9"))
    (log / "title_abstract/main/R01.seal").write_bytes(seal)
    assert errors(log) == []


def test_a_file_without_hashes_is_told_once_and_is_no_error(log):
    (log / "title_abstract/main/R01.seal").unlink()
    changed(log / R01, lambda rows: [",".join([*row.split(",")[:-2], "", ""]) for row in rows])
    finding = only(found_in(log), "not_chained")
    assert finding["severity"] == "info" and "screening seal" in finding["remedy"]


CELLS = st.sampled_from([name for name in COLUMNS if name not in ("stage", "round", "reviewer")])


@given(st.data())
def test_whatever_one_cell_is_made_to_say_is_told_at_its_row(tmp_path_factory, data):
    log = log_of(tmp_path_factory.mktemp("log"), *ACTS)
    row = data.draw(st.integers(0, len(ACTS) - 1))
    column = COLUMNS.index(data.draw(CELLS))
    allowed = {"decision": ["unclear", "duplicate"], "role": ["model"], "seq": ["4", "40"]}
    value = data.draw(st.sampled_from(allowed.get(COLUMNS[column], ["x", "2026-01-01T00:00:00Z"])))

    def change(rows: list[str]) -> list[str]:
        cells = rows[row].split(",")
        cells[column] = value if cells[column] != value else "41"
        return [*rows[:row], ",".join(cells), *rows[row + 1 :]]

    changed(log / R01, change)
    told = [place for _, place in errors(log)]
    assert f"{R01}:{row + 2}" in told or (COLUMNS[column] == "seq" and told)


@given(st.lists(st.integers(0, len(ACTS) - 1), max_size=9))
def test_any_choice_of_rows_but_the_whole_in_order_is_told(tmp_path_factory, chosen):
    log = log_of(tmp_path_factory.mktemp("log"), *ACTS)
    changed(log / R01, lambda rows: [rows[n] for n in chosen])
    assert bool(errors(log)) == (chosen != list(range(len(ACTS))))


def timed(*times: str, **fields: str) -> list:
    return [act("R01", "include", f"eric:{n}", decided_at=t, **fields) for n, t in enumerate(times)]


def test_a_time_that_goes_back_is_told(tmp_path):
    log = log_of(tmp_path, *timed("2026-01-01T10:00:00Z", "2026-01-01T09:59:00Z"))
    assert errors(log) == [("time_goes_back", f"{R01}:3")]


def test_times_are_compared_across_zones(tmp_path):
    log = log_of(
        tmp_path, *timed("2026-01-01T10:00:00+01:00", "2026-01-01T09:30:00Z", "", "2026-01-01")
    )
    assert [f["event_id"] for f in found_in(log) if f["check"] == "time_goes_back"] == [
        "R01-title_abstract-main-4"
    ]


def test_a_decision_before_its_record_was_shown_is_told(tmp_path):
    log = log_of(tmp_path, *timed("2026-01-01T10:00:00Z", shown_at="2026-01-01T10:00:01Z"))
    assert "before it was shown" in only(found_in(log), "time_goes_back")["message"]


def test_what_another_tool_brings_later_may_be_older(tmp_path):
    now = timed("2026-01-01T10:00:00Z", tool="searchsets decide")
    then = [act("R01", "include", "eric:9", decided_at="2025-01-01T10:00:00Z", tool="asreview")]
    assert errors(log_of(tmp_path, *now, *then)) == []


def test_what_is_no_time_is_told(tmp_path):
    log = log_of(tmp_path, *timed("yesterday", "2026-01-01T10:00:00Z"))
    assert only(found_in(log), "bad_time")["place"] == f"{R01}:2"


@pytest.mark.parametrize(
    "supersedes", ["R01-title_abstract-main-2", "R01-title_abstract-main-9", "x"]
)
def test_a_correction_of_no_earlier_act_is_told(tmp_path, supersedes):
    log = log_of(tmp_path, act("R01", "include"), act("R01", "exclude", supersedes=supersedes))
    assert only(found_in(log), "bad_correction")["place"] == f"{R01}:3"


def test_a_correction_of_another_record_is_told(tmp_path):
    wrong = act("R01", "exclude", "eric:2", supersedes="R01-title_abstract-main-1")
    assert "bad_correction" in codes(found_in(log_of(tmp_path, act("R01", "include"), wrong)))


def test_two_standing_decisions_of_one_person_are_told(tmp_path):
    log = log_of(tmp_path, act("R01", "include"), act("R01", "exclude"))
    assert only(found_in(log), "voted_twice")["place"] == f"{R01}:3"


def test_a_corrected_decision_is_no_second_vote(tmp_path):
    log = log_of(tmp_path, act("R01", "include"), act("R01", "exclude", supersedes="previous"))
    assert not {"voted_twice", "bad_correction"} & set(codes(found_in(log)))
