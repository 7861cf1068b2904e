"""Decisions of people, read from their files: in order, complete, and with every slip told."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchsets.errors import ReviewError
from searchsets.files import write_csv
from searchsets.screening.log.reading import is_earlier, read_log, round_key, standing
from searchsets.screening.model import COLUMNS, DECISIONS, REQUIRED, ROLES, Event

RECORDS = ("eric:1", "eric:2", "eric:3")


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
    return read_log(folder).events


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
        event(3, round="pilot", record_id="eric:2"),
        event(2),
        event(10),
        event(1, record_id="eric:2"),
        event(1, stage="full_text", reviewer="A"),
        event(1, stage="final", reviewer="B", role="published_outcome"),
    ]
    written(tmp_path, *reversed(expected[1:]), expected[0])
    assert read(tmp_path) == expected


def test_nobody_has_decided_where_there_is_no_folder(tmp_path):
    assert read(tmp_path / "none") == []


def test_a_file_needs_the_required_columns_only(tmp_path):
    written(tmp_path, event(1), columns=REQUIRED)
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
    assert sorted(read(folder)) == sorted(events)


WRONG = [
    ({"role": "boss"}, "'boss'"),
    ({"decision": "maybe"}, "'maybe'"),
    ({"decision": ""}, "decision"),
    ({"event_id": ""}, "no id"),
    ({"record_id": ""}, "no record"),
    *(({"seq": seq}, f"{seq!r}") for seq in ("two", "-2", "2.0", "²", "", "٣", "9" * 19)),
]


@pytest.mark.parametrize(("changed", "said"), WRONG, ids=str)
def test_a_wrong_cell_is_told_with_its_line(tmp_path, changed, said):
    second = event(2)._replace(**changed)
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


def test_all_slips_of_a_file_are_told_at_once(tmp_path):
    written(tmp_path, event(1, role="boss"), event(2, decision="maybe"))
    with pytest.raises(ReviewError) as error:
        read(tmp_path)
    assert "'boss'" in str(error.value) and "'maybe'" in str(error.value)


@pytest.mark.parametrize("cut", [10, 1])
def test_a_row_that_is_cut_off_is_told_with_its_line(tmp_path, cut):
    path = written(tmp_path, event(1), event(2, note="a, b"))
    data = path.read_bytes()
    path.write_bytes(data[: data.index(b'"a, b"') + cut])
    assert "cut off" in told(tmp_path, f"{path}:3")


def test_a_row_is_told_by_the_line_on_which_it_begins(tmp_path):
    path = written(tmp_path, event(1, note="two\nlines"), event(2, note="a\nb", role="boss"))
    told(tmp_path, f"{path}:4")


def test_a_column_twice_is_told(tmp_path):
    path = written(tmp_path, event(1))
    path.write_text(path.read_text(encoding="utf-8").replace("quote_loc", "note"), encoding="utf-8")
    assert "two columns 'note'" in told(tmp_path, f"{path}:1")


def test_a_seal_without_its_file_is_kept_in_mind(tmp_path):
    path = written(tmp_path, event(1))
    path.rename(path.with_suffix(".seal"))
    log = read_log(tmp_path)
    assert (log.files, [one.name for one in log.orphans]) == ([], ["R01.seal"])


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"rows": true, "hash": "a"}', '{"rows": 1}', "[" * 9_999]
)
def test_a_seal_that_is_none_is_told(tmp_path, text):
    path = written(tmp_path, event(1))
    path.with_suffix(".seal").write_text(text, encoding="utf-8")
    told(tmp_path, str(path.with_suffix(".seal")))


def test_decisions_on_pairs_of_records_are_read_elsewhere(tmp_path):
    written(tmp_path, event(1))
    (tmp_path / "dedupe/main").mkdir(parents=True)
    (tmp_path / "dedupe/main/R01.csv").write_text("nothing of this\n", encoding="utf-8")
    assert read(tmp_path) == [event(1)]


def test_a_folder_that_is_a_link_is_read(tmp_path):
    written(tmp_path / "elsewhere", event(1))
    (tmp_path / "log").mkdir()
    (tmp_path / "log/title_abstract").symlink_to(tmp_path / "elsewhere/title_abstract")
    assert read(tmp_path / "log") == [event(1)]


def test_folders_that_link_to_each_other_come_to_an_end(tmp_path):
    written(tmp_path, event(1))
    (tmp_path / "title_abstract/main/again").symlink_to(tmp_path)
    assert read(tmp_path) == [event(1)]


@pytest.mark.parametrize(
    "name", ["R02.CSV", "R02.txt", "R02.xlsx", "R02.tsv", "../../R02.xlsx", "R02.csv.gz"]
)
def test_a_file_that_would_not_be_read_is_told(tmp_path, name):
    path = (written(tmp_path, event(1)).parent / name).resolve()
    path.write_text("", encoding="utf-8")
    assert "not read" in told(tmp_path, str(path))


def test_decisions_in_a_folder_too_deep_are_told(tmp_path):
    path = written(tmp_path, event(1))
    deep = path.parent / "old/2009" / path.name
    deep.parent.mkdir(parents=True)
    path.rename(deep)
    told(tmp_path, str(deep))


@pytest.mark.parametrize("name", [".DS_Store", "README.md", "~$R01.xlsx", ".R01.csv.7.part"])
def test_files_of_no_interest_are_left_alone(tmp_path, name):
    written(tmp_path, event(1)).with_name(name).write_text("", encoding="utf-8")
    assert read(tmp_path) == [event(1)]


@pytest.mark.parametrize("other", ["r01", "Р01", "R０1", "<b>R<b>"])
def test_names_that_look_alike_or_are_none_are_told(tmp_path, other):
    path = written(tmp_path, event(1, stage="title"), event(1, reviewer=other))
    told(tmp_path, str(path))


def test_only_what_a_review_published_stands_at_the_end(tmp_path):
    path = written(tmp_path, event(1, stage="final"))
    assert "where only what a review published" in told(tmp_path, f"{path}:2")


def test_a_stray_quotation_mark_is_told_at_its_row(tmp_path):
    path = written(tmp_path, *[event(n, note="a") for n in range(1, 40)])
    lines = path.read_text(encoding="utf-8").split("\n")
    lines[9] = lines[9].replace(",a,", ',"a,')
    path.write_text("\n".join(lines), encoding="utf-8")
    assert "quotation mark" in told(tmp_path, f"{path}:10")


def test_calibration_comes_before_all_other_rounds():
    rounds = ["update-2010", "main", "pilot-2", "Calibration", "recheck", "pilot-1"]
    assert sorted(rounds, key=round_key) == [
        "Calibration", "pilot-1", "pilot-2", "main", "recheck", "update-2010"
    ]  # fmt: skip


EARLIER = event(3)
LATER = [
    (event(4), True), (event(2), False), (event(3), False), (event(4, reviewer="R02"), False),
    (event(4, record_id="eric:2"), False), (event(4, role="consensus"), False),
    (event(4, round="recheck"), False), (event(4, stage="full_text"), False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("later", "expected"),
    LATER,
    ids=lambda one: "-".join(one[7:10]) if isinstance(one, Event) else str(one),
)
def test_only_a_later_act_of_its_own_kind_corrects_an_act(later, expected):
    assert is_earlier(EARLIER, later) == expected


def test_superseded_acts_do_not_stand():
    first, second = event(1), event(2, supersedes="R01-1")
    third, other = event(3, supersedes="R01-2"), event(1, reviewer="R02")
    assert standing([first, second, third, other]) == [third, other]


@pytest.mark.parametrize("supersedes", ["R01-1", "R01-9", "R02-1"])
def test_what_names_no_earlier_act_of_its_own_supersedes_nothing(supersedes):
    wrong = event(1, supersedes=supersedes), event(1, reviewer="R02")
    assert standing([*wrong]) == [*wrong]
