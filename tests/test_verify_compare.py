"""Where two versions of a file differ: found in the words of its kind."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from searchsets.files import json_text, sha256_of, write_csv, write_text
from searchsets.reporting.verify.compare import COMPARED, first_difference
from searchsets.reporting.verify.described import manifest_difference

cells = st.text(st.sampled_from(["a", "b", ";", '"', ",", "\n", "é", "\x00"]), max_size=3)
tables = st.lists(st.tuples(cells, cells), max_size=5)


@given(tables, tables)
def test_two_tables_differ_where_their_rows_do(tmp_path_factory, old, new):
    folder = tmp_path_factory.mktemp("tables")
    for name, rows in (("old.csv", old), ("new.csv", new)):
        write_csv(folder / name, ("id", "value"), rows)
    place = first_difference(folder / "old.csv", folder / "new.csv")
    assert (place is None) == (old == new)


def test_an_inserted_row_is_not_told_as_changed_cells(tmp_path):
    rows = [{"id": str(n), "value": "x"} for n in range(5)]
    write_csv(tmp_path / "old.csv", ("id", "value"), rows)
    write_csv(tmp_path / "new.csv", ("id", "value"), [*rows[:2], {"id": "9"}, *rows[2:]])
    assert first_difference(tmp_path / "old.csv", tmp_path / "new.csv").where == "line 4, a new row"
    gone = first_difference(tmp_path / "new.csv", tmp_path / "old.csv")
    assert gone.where == "line 4, a row that is made no more" and gone.published == "9; "


@pytest.mark.parametrize("edited", ["n,v\n1,\n2\n3,x\n", "n,v\n1,\n2,,\n3,x\n"])
def test_a_row_that_lost_or_won_a_cell_by_hand_is_told(tmp_path, edited):
    write_text(tmp_path / "old.csv", edited)
    write_text(tmp_path / "new.csv", "n,v\n1,\n2,\n3,x\n")
    place = first_difference(tmp_path / "old.csv", tmp_path / "new.csv")
    assert place.where == "line 3, the number of cells" and place.now == "2 cells"


def test_parquet_and_workbooks_are_compared_by_what_they_hold(tmp_path):
    table = pa.table({"record_id": ["a", "b", "c"], "year": [1, 2, 3]})
    pq.write_table(table, tmp_path / "a.parquet", compression="snappy")
    pq.write_table(table, tmp_path / "b.parquet", compression="none", row_group_size=2)
    assert sha256_of(tmp_path / "a.parquet") != sha256_of(tmp_path / "b.parquet")
    assert first_difference(tmp_path / "a.parquet", tmp_path / "b.parquet") is None
    pq.write_table(table.set_column(1, "year", [[1, 5, 3]]), tmp_path / "c.parquet")
    place = first_difference(tmp_path / "a.parquet", tmp_path / "c.parquet")
    assert (place.where, place.published, place.now) == ("row 2 (b), column year", "2", "5")
    pq.write_table(table.slice(0, 2), tmp_path / "d.parquet")
    assert first_difference(tmp_path / "a.parquet", tmp_path / "d.parquet").published == "c"


def workbook(path: Path, **sheets: list[tuple[object, ...]]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path


def test_workbooks_are_compared_by_their_cells(tmp_path):
    rows = [("Id", "Title"), ("w1", "Boards"), ("w2", 7.5)]
    old = workbook(tmp_path / "old.xlsx", Notes=rows, Works=rows)
    for new, where in (
        ({"Works": [*rows[:2], ("w2", 8)]}, "sheet Works, row 3 (w2), column Title"),
        ({"Works": rows[:2]}, "sheet Works, row 3, a row that is made no more"),
        ({"Works": [("Id", "Name"), *rows[1:]]}, "sheet Works, row 1, the names of the columns"),
        ({"Notes2": rows}, "the names of the sheets"),
    ):
        made = workbook(tmp_path / "new.xlsx", **({"Notes": rows} | new))
        assert first_difference(old, made).where == where
    place = first_difference(old, workbook(tmp_path / "new.xlsx", Notes=rows, Works=rows[:2]))
    assert (place.published, place.now) == ("w2; 7.5", "(nothing)")


def test_what_is_no_workbook_is_compared_by_its_parts(tmp_path):
    for name, text in (("a", "old"), ("b", "new")):
        for ending in (".xlsx", ".docx"):
            with zipfile.ZipFile(tmp_path / f"{name}{ending}", "w") as file:
                file.writestr("part.xml", f"<v><b>same</b>{text}</v>")
    for ending in (".xlsx", ".docx"):
        place = first_difference(tmp_path / f"a{ending}", tmp_path / f"b{ending}")
        where = "the words of the part part.xml inside"
        assert (place.where, place.published, place.now) == (where, "old", "new")


@pytest.mark.parametrize(
    ("edited", "where", "published"),
    [
        ("\ufeffid,n\na,1\nb,2\n", "a byte order mark at the start", "there"),
        ("id,n\r\na,1\r\nb,2\r\n", "line 1, how the line ends", "CR LF, as Windows ends lines"),
        ("id,n\na,1\nb,2", "line 3, how the line ends", "(nothing)"),
        ("id,n\na,1\n\nb,2\n", "line 3, where a blank line is too many or not there", ""),
        # What it says is told before how it is written.
        ("\ufeffid,n\r\n\r\na,1\r\nb,3\r\n", "line 4", "b,3"),
        ("id,n\na,1\nb,2\nc,3\n", "line 4", "c,3"),
    ],
)
@pytest.mark.parametrize("ending", [".csv", ".txt"])
def test_what_an_editor_does_to_a_text_is_told_as_such(tmp_path, edited, where, published, ending):
    old, new = tmp_path / f"old{ending}", tmp_path / f"new{ending}"
    old.write_bytes(edited.encode())
    new.write_bytes(b"id,n\na,1\nb,2\n")
    place = first_difference(old, new)
    if ending == ".csv" and where == "line 4":
        assert place.where.startswith("line 4") and place.published in ("3", "c; 3")
    else:
        assert (place.where, place.published) == (where, published)


@pytest.mark.parametrize("ending", [*COMPARED, ".json", ".svg", ".unknown"])
@pytest.mark.parametrize("damage", [b"", b"\x00\xff\xfe" * 50, b'"open', b"PK\x03\x04", b"PAR1"])
def test_a_damaged_file_is_told_and_stops_nothing(tmp_path, ending, damage):
    (tmp_path / f"old{ending}").write_bytes(damage)
    (tmp_path / f"new{ending}").write_bytes(b"id,value\n1,2\n")
    assert first_difference(tmp_path / f"old{ending}", tmp_path / f"new{ending}").where


RUN = {"outputs": {"a.csv": "1"}, "inputs": {"b.yaml": "2"}, "python": "3.11", "kinds": {},
       "configuration": {"exports": "x", "window": {"from": 2002}},
       "same_content": {"r.sqlite": "3"}}  # fmt: skip


@pytest.mark.parametrize(
    ("edit", "where"),
    [
        ({}, None),
        ({"python": "3.9", "lock": "z"}, None),
        ({"configuration": {"exports": "y", "window": {"from": 2002}}}, None),
        ({"inputs": {"b.yaml": "0", "told.yaml": "5"}}, "key inputs.b.yaml"),
        ({"inputs": {"b.yaml": "2", "told.yaml": "5"}}, None),
        ({"note": "mine"}, "key note"),
        ({"kinds": []}, "key kinds"),
        ({"configuration": {"exports": "x", "window": {"from": True}, "z": 1}},
         "key configuration.window.from (the first of 2)"),
        ({"same_content": {"r.sqlite": "4"}}, "key same_content.r.sqlite"),
    ],
)  # fmt: skip
def test_manifests_differ_by_their_keys_but_not_by_versions_and_what_is_told(tmp_path, edit, where):
    write_text(tmp_path / "then.json", json_text(RUN | edit))
    write_text(tmp_path / "now.json", json_text(RUN))
    place = manifest_difference(
        tmp_path / "then.json", tmp_path / "now.json", {"told.yaml"}, {"exports"}
    )
    assert (place and place.where) == where


def test_a_key_that_stands_twice_in_a_manifest_is_told(tmp_path):
    text = json_text(RUN)
    write_text(tmp_path / "now.json", text)
    write_text(tmp_path / "then.json", text.replace("{", '{\n "python": "4",', 1))
    place = manifest_difference(tmp_path / "then.json", tmp_path / "now.json", (), ())
    assert "stands twice" in place.where
