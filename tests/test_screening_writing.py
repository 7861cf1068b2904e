"""Events are written behind those of the log: numbered, chained, sealed, all or none."""

from __future__ import annotations

import errno
import multiprocessing
import os
import resource
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logs import act, changed, codes, found_in, log_of
from searchsets.errors import ReviewError
from searchsets.screening.log.chain import read_seal, row_hash
from searchsets.screening.log.reading import read_log
from searchsets.screening.log.writing import PREVIOUS, append, complete
from searchsets.screening.model import COLUMNS, DECISIONS, Event

R01 = "title_abstract/main/R01.csv"


def test_acts_get_ids_numbers_and_hashes(tmp_path):
    first, second = append(tmp_path, [act("R01", "include"), act("R01", "exclude", "eric:2")])
    assert (first.event_id, first.seq) == ("R01-title_abstract-main-1", "1")
    assert (second.seq, second.prev_hash) == ("2", first.hash)
    assert first.hash == row_hash(first)
    assert read_log(tmp_path).events == [first, second]


def test_each_act_goes_to_the_file_of_its_stage_round_and_reviewer(tmp_path):
    acts = [act("R01", "include"), act("R02", "include"), act("R01", "include", stage="full_text"),
            act("R01", "include", round="pilot")]  # fmt: skip
    append(tmp_path, acts)
    assert sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.csv")) == [
        "full_text/main/R01.csv", R01, "title_abstract/main/R02.csv", "title_abstract/pilot/R01.csv"
    ]  # fmt: skip


def test_later_acts_go_on_with_the_numbers_and_the_chain(tmp_path):
    [first] = append(tmp_path, [act("R01", "include")])
    before = (tmp_path / R01).read_bytes()
    [second] = append(tmp_path, [act("R01", "include", "eric:2")])
    assert (tmp_path / R01).read_bytes().startswith(before)
    assert (second.seq, second.prev_hash) == ("2", first.hash)
    assert read_seal(tmp_path / R01).rows == 2


TEXTS = st.text(max_size=12)
ACTS = st.lists(
    st.fixed_dictionaries(
        {"record": st.sampled_from(["eric:1", "eric:2", "a,\"b\"\nc"]), "note": TEXTS, "quote": TEXTS,
         "decision": st.sampled_from(DECISIONS), "reviewer": st.sampled_from(["R01", "R02"])}
    ), max_size=6,
)  # fmt: skip


@given(ACTS, ACTS)
def test_whatever_is_written_is_read_back_with_its_chain_whole(tmp_path_factory, first, second):
    folder = tmp_path_factory.mktemp("log")
    written = [
        *append(folder, [act(**a) for a in first]),
        *append(folder, [act(**a) for a in second]),
    ]
    assert sorted(read_log(folder).events) == sorted(written)
    broken = {
        "row_changed",
        "row_missing",
        "row_moved",
        "row_repeated",
        "row_added",
        "file_cut_off",
    }
    assert not broken & set(codes(found_in(folder)))


def test_previous_names_the_last_standing_act_on_the_record(tmp_path):
    acts = [
        act("R01", "include"),
        act("R01", "exclude", supersedes=PREVIOUS),
        act("R01", "unclear", supersedes=PREVIOUS),
        act("R01", "include", "eric:2", supersedes=PREVIOUS),
    ]
    one, two, three, other = append(tmp_path, acts)
    assert (two.supersedes, three.supersedes) == (one.event_id, two.event_id)
    assert other.supersedes == ""
    [later] = append(tmp_path, [act("R01", "exclude", supersedes=PREVIOUS)])
    assert later.supersedes == three.event_id


def test_a_consensus_leaves_the_vote_of_the_same_person_as_it_is(tmp_path):
    log_of(tmp_path, act("R01", "include"), act("R02", "exclude"))
    [settled] = append(tmp_path, [act("R01", "exclude", role="consensus", supersedes=PREVIOUS)])
    assert settled.supersedes == ""


@pytest.mark.parametrize("name", ["", "../R02", "a/b", ".hidden", "a,b", "a b"])
def test_a_name_that_is_no_file_name_is_refused(tmp_path, name):
    with pytest.raises(ReviewError, match="letters A to Z"):
        append(tmp_path, [act(name, "include")])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("reviewer", "round_name"), [("r01", "main"), ("R02", "Main")])
def test_a_name_that_is_that_of_another_but_for_its_capitals_is_refused(
    tmp_path, reviewer, round_name
):
    log_of(tmp_path, act("R01", "include"))
    with pytest.raises(ReviewError, match=r"letters alone|is called"):
        append(tmp_path, [act(reviewer, "include", round=round_name)])
    assert len(read_log(tmp_path).events) == 1


CHANGES = {
    "changed": lambda rows: [rows[0].replace("include", "exclude"), rows[1]],
    "one gone": lambda rows: rows[1:],
    "cut off": lambda rows: rows[:1],
    "turned": lambda rows: rows[::-1],
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_nothing_is_added_to_a_file_that_was_changed(tmp_path, change):
    log_of(tmp_path, act("R01", "include"), act("R01", "exclude", "eric:2"))
    changed(tmp_path / R01, change)
    before = (tmp_path / R01).read_bytes()
    with pytest.raises(ReviewError, match=r"nothing is added|bring it back"):
        append(tmp_path, [act("R02", "include"), act("R01", "include", "eric:3")])
    assert (tmp_path / R01).read_bytes() == before
    assert not (tmp_path / "title_abstract/main/R02.csv").exists()


def test_a_full_disk_leaves_no_row_in_part(tmp_path, monkeypatch):
    log_of(tmp_path, act("R01", "include"))
    before = (tmp_path / R01).read_bytes()

    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        append(tmp_path, [act("R01", "include", "eric:2")])
    monkeypatch.undo()
    assert (tmp_path / R01).read_bytes() == before
    assert append(tmp_path, [act("R01", "include", "eric:2")])[0].seq == "2"


def _beyond_a_limit(folder: Path, note: str) -> None:
    size = (folder / R01).stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 500, size + 500))
    with pytest.raises(OSError, match="too large"):
        append(folder, [act("R01", "include", "eric:2", note=note)])


def test_a_row_that_the_disk_takes_in_part_is_taken_back(tmp_path):
    log_of(tmp_path, act("R01", "include"))
    before = (tmp_path / R01).read_bytes()
    writer = multiprocessing.get_context("spawn").Process(
        target=_beyond_a_limit, args=(tmp_path, "long " * 9_999)
    )
    writer.start()
    writer.join()
    assert writer.exitcode == 0
    assert (tmp_path / R01).read_bytes() == before


def _many(folder: Path, start: int) -> None:
    for number in range(start, start + 25):
        append(folder, [act("R01", "include", f"eric:{number}")])


def test_two_processes_that_write_one_file_lose_and_double_nothing(tmp_path):
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_many, args=(tmp_path, start)) for start in (0, 100)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    events = read_log(tmp_path).events
    assert sorted(int(event.seq) for event in events) == list(range(1, 51))
    assert len({event.record_id for event in events}) == 50
    assert codes(found_in(tmp_path), "error") == []


def by_hand(folder: Path, text: str) -> Path:
    path = folder / R01
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return path


HAND = "event_id;seq;record_id;stage;round;reviewer;role;decision\r\n{rows}"
ROW = "R01-{n};{n};eric:{n};title_abstract;main;R01;screener;include"


def test_a_file_written_by_hand_gets_its_hashes_and_keeps_its_rows(tmp_path):
    path = by_hand(tmp_path, HAND.format(rows="\r\n".join(ROW.format(n=n) for n in (1, 2))))
    before = [event[:8] for event in read_log(tmp_path).events]
    complete(path)
    file = read_log(tmp_path).files[0]
    assert [event[:8] for event in file.events] == before
    assert (file.seal.rows, file.seal.hash) == (2, file.events[-1].hash)
    assert codes(found_in(tmp_path)) == []
    assert append(tmp_path, [act("R01", "include", "eric:3")])[0].seq == "3"


def test_a_sealed_file_whose_hashes_were_wiped_out_is_not_sealed_anew(tmp_path):
    log_of(tmp_path, act("R01", "include"))
    changed(tmp_path / R01, lambda rows: [",".join([*row.split(",")[:-2], "", ""]) for row in rows])
    with pytest.raises(ReviewError, match="not as it was written"):
        complete(tmp_path / R01)


def test_a_file_that_is_not_there_is_told_and_nothing_is_made(tmp_path):
    with pytest.raises(ReviewError, match="no such file"):
        complete(tmp_path / "none" / "main" / "R01.csv")
    assert not (tmp_path / "none").exists()


def test_a_cell_of_any_length_is_read_back(tmp_path):
    log_of(tmp_path, act("R01", "include", note="a" * 300_000))
    assert len(read_log(tmp_path).events[0].note) == 300_000


def test_a_file_with_line_ends_of_an_old_mac_is_written_to(tmp_path):
    log_of(tmp_path, act("R01", "include"))
    path = tmp_path / R01
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r"))
    append(tmp_path, [act("R01", "exclude", "eric:2")])
    assert [event.decision for event in read_log(tmp_path).events] == ["include", "exclude"]


def test_a_file_without_all_columns_is_not_written_to(tmp_path):
    path = by_hand(tmp_path, HAND.format(rows=ROW.format(n=1)))
    before = path.read_bytes()
    with pytest.raises(ReviewError, match="screening seal"):
        append(tmp_path, [act("R01", "include", "eric:2")])
    assert path.read_bytes() == before


def test_a_file_that_was_changed_is_not_sealed(tmp_path):
    log_of(tmp_path, act("R01", "include"))
    changed(tmp_path / R01, lambda rows: [rows[0].replace("include", "exclude")])
    with pytest.raises(ReviewError, match="not as it was written"):
        complete(tmp_path / R01)


def test_a_file_saved_by_a_spreadsheet_is_written_to_in_its_own_columns(tmp_path):
    log_of(tmp_path, act("R01", "include"))
    path = tmp_path / R01
    header, row, _ = path.read_text(encoding="utf-8").split("\n")
    turned = [";".join(reversed(line.split(","))) for line in (header, row)]
    path.write_bytes(("\ufeff" + "\r\n".join(turned)).encode())
    append(tmp_path, [act("R01", "exclude", "eric:2", note="a; b")])
    events = read_log(tmp_path).events
    assert [event.note for event in events] == ["", "a; b"]
    assert codes(found_in(tmp_path), "error") == []


def test_the_columns_are_those_of_the_design():
    assert len(COLUMNS) == 30
    assert COLUMNS[:3] == ("event_id", "seq", "record_id") and COLUMNS[-2:] == ("prev_hash", "hash")
    assert Event().decision == ""
