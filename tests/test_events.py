"""Decisions of people, read from their files: in order, complete, and with every slip told."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchsets.errors import ReviewError
from searchsets.files import write_csv
from searchsets.screening.events import COLUMNS, DECISIONS, ROLES, Event, read_events, standing

RECORDS = {"eric:1", "eric:2", "eric:3"}


def event(seq: int | str, **fields: str) -> Event:
    """Return an act of the screener R01 on eric:1, but for the fields that are given."""
    cells = {"reviewer": "R01", "record_id": "eric:1", "role": "screener", "decision": "include"}
    cells |= {"seq": str(seq), "stage": "title_abstract", "round": "main"} | fields
    cells.setdefault("event_id", f"{cells['reviewer']}-{seq}")
    return Event(**{name: cells.get(name, "") for name in COLUMNS})


def written(folder: Path, *events: Event, columns=COLUMNS) -> Path:
    """Write events to the files they belong to, and return the last of them."""
    files: dict[Path, list[dict]] = {}
    for one in events:
        path = folder / one.stage / one.round / f"{one.reviewer}.csv"
        files.setdefault(path, []).append({name: getattr(one, name) for name in columns})
    for path, rows in files.items():
        write_csv(path, columns, rows)
    return path


def read(folder: Path) -> list[Event]:
    return read_events(folder, RECORDS, "original")[0]


def told(folder: Path, place: str) -> str:
    """Return what is said of the decisions, which begins with the place and holds a remedy."""
    with pytest.raises(ReviewError) as error:
        read(folder)
    assert str(error.value).startswith(f"{place}: ")
    assert "\n  -> " in str(error.value)
    return str(error.value)


def test_events_come_by_stage_round_record_and_number(tmp_path):
    expected = [
        event(9, stage="title"),
        event(2),
        event(10),
        event(1, record_id="eric:2"),
        event(3, round="pilot", record_id="eric:1"),
        event(1, stage="full_text", reviewer="A"),
        event(1, stage="final", reviewer="B", role="published_outcome"),
    ]
    written(tmp_path, *reversed(expected[1:]), expected[0])
    assert read(tmp_path) == expected


def test_nobody_has_decided_where_there_is_no_folder(tmp_path):
    assert read(tmp_path / "none") == []


def test_a_file_needs_the_required_columns_only(tmp_path):
    required = ("event_id", "seq", "record_id", "stage", "round", "reviewer", "role", "decision")
    written(tmp_path, event(1), columns=required)
    assert read(tmp_path) == [event(1)]


def test_a_file_as_spreadsheets_save_it_is_read(tmp_path):
    path = written(tmp_path, event(1))
    text = path.read_text(encoding="utf-8").replace("include", " include ")
    path.write_bytes(text.replace(",", ";").replace("\n", "\r\n").encode("utf-8-sig"))
    assert read(tmp_path) == [event(1)]


TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.just("\n")).map(str.strip)
TOLD = st.fixed_dictionaries(
    {name: TEXTS for name in ("reason_code", "criteria", "quote", "note", "decided_at", "hash")}
    | {"role": st.sampled_from(ROLES), "decision": st.sampled_from(DECISIONS)}
    | {"record_id": st.sampled_from(sorted(RECORDS))}
)


@given(st.lists(TOLD, min_size=1, max_size=5))
def test_what_was_written_is_read_back(tmp_path_factory, many):
    events = [event(number, **fields) for number, fields in enumerate(many, start=1)]
    folder = tmp_path_factory.mktemp("decisions")
    written(folder, *events)
    assert sorted(map(str, map(asdict, read(folder)))) == sorted(map(str, map(asdict, events)))


WRONG = [
    ({"role": "boss"}, "'boss'"),
    ({"decision": "maybe"}, "'maybe'"),
    ({"decision": ""}, "decision"),
    ({"record_id": "eric:9"}, "'eric:9'"),
    ({"record_id": "eric:9", "search_run": "original"}, "'eric:9'"),
    ({"event_id": ""}, "no id"),
    ({"event_id": "R01-1"}, "'R01-1'"),
    ({"supersedes": "R01-7"}, "'R01-7'"),
    ({"supersedes": "R01-2"}, "'R01-2'"),
    ({"supersedes": "R01-1", "record_id": "eric:2"}, "'R01-1'"),
    *(({"seq": seq}, f"{seq!r}") for seq in ("two", "-2", "2.0", "²", "")),
]


@pytest.mark.parametrize(("changed", "said"), WRONG, ids=str)
def test_a_wrong_cell_is_told_with_its_line(tmp_path, changed, said):
    second = replace(event(2), **changed)
    path = written(tmp_path, event(1), second)
    assert said in told(tmp_path, f"{path}:3")


@pytest.mark.parametrize("name", ["stage", "round", "reviewer"])
def test_a_row_in_the_file_of_another_is_told(tmp_path, name):
    path = written(tmp_path, event(1))
    text = path.read_text(encoding="utf-8")
    other = "title" if name == "stage" else "other"
    path.write_text(text.replace(f",{getattr(event(1), name)},", f",{other},"), encoding="utf-8")
    assert f"the {name} is {other!r}" in told(tmp_path, f"{path}:2")


def test_an_unknown_column_is_told(tmp_path):
    path = written(tmp_path, event(1))
    path.write_text(path.read_text(encoding="utf-8").replace("quote_loc", "page"), encoding="utf-8")
    assert "'page'" in told(tmp_path, f"{path}:1")


def test_a_missing_column_is_told(tmp_path):
    path = written(tmp_path, event(1), columns=[name for name in COLUMNS if name != "role"])
    assert "'role'" in told(tmp_path, f"{path}:1")


@pytest.mark.parametrize("place", ["R01.csv", "main/R01.csv", "abstracts/main/R01.csv"])
def test_a_file_in_the_wrong_folder_is_told(tmp_path, place):
    (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / place).write_text("event_id\n", encoding="utf-8")
    told(tmp_path, str(tmp_path / place))


def test_one_id_in_two_files_is_told_with_both_places(tmp_path):
    first = written(tmp_path, event(1))
    second = written(tmp_path, event(1, stage="full_text"))
    assert f"{second}:2" in told(tmp_path, f"{first}:2")


def test_an_act_cannot_supersede_one_of_another_person(tmp_path):
    path = written(tmp_path, event(1), event(1, reviewer="R02", supersedes="R01-1"))
    assert "same reviewer" in told(tmp_path, f"{path}:2")


def test_an_act_cannot_supersede_a_later_one(tmp_path):
    path = written(tmp_path, event(1, supersedes="R01-2"), event(2, supersedes="R01-1"))
    assert "earlier" in told(tmp_path, f"{path}:2")


def test_an_act_of_another_run_on_a_record_this_run_does_not_have_is_set_aside(tmp_path):
    other = event(2, record_id="eric:9", search_run="update-2010")
    written(tmp_path, event(1), other)
    assert read_events(tmp_path, RECORDS, "original") == ([event(1)], [other])


def test_an_act_of_another_run_counts_where_this_run_has_the_record(tmp_path):
    written(tmp_path, event(1, search_run="update-2010"))
    assert len(read(tmp_path)) == 1


def test_superseded_acts_do_not_stand():
    first, second = event(1), event(2, supersedes="R01-1")
    third, other = event(3, supersedes="R01-2"), event(1, reviewer="R02")
    assert standing([first, second, third, other]) == [third, other]


def test_a_number_that_stands_twice_in_a_file_is_told(tmp_path):
    path = written(tmp_path, event(1), event(1, event_id="another"))
    assert "stands twice" in told(tmp_path, f"{path}:3")


@pytest.mark.parametrize("supersedes", [("R01-1", ""), ("R01-2", "R01-1")])
def test_no_act_can_make_itself_or_a_circle_vanish(tmp_path, supersedes):
    written(tmp_path, event(1, supersedes=supersedes[0]), event(2, supersedes=supersedes[1]))
    with pytest.raises(ReviewError, match="no earlier act"):
        read(tmp_path)
