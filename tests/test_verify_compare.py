"""Where two versions of a file differ: found in the words of its kind."""

from __future__ import annotations

import sqlite3
import zipfile
from itertools import zip_longest
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from searchsets.files import json_text, sha256_of, write_csv, write_text
from searchsets.reporting.verify.compare import COMPARED, first_difference
from searchsets.reporting.verify.described import crate_difference, manifest_difference

cells = st.text(st.sampled_from(["a", "b", ";", '"', ",", "\n", "é", "\x00"]), max_size=3)
tables = st.lists(st.tuples(cells, cells), max_size=5)


@given(tables, tables)
def test_two_tables_differ_where_their_rows_do(tmp_path_factory, old, new):
    folder = tmp_path_factory.mktemp("tables")
    for name, rows in (("old.csv", old), ("new.csv", new)):
        write_csv(folder / name, ("id", "value"), rows)
    place = first_difference(folder / "old.csv", folder / "new.csv")
    assert (place is None) == (old == new)
    if place:
        first = next(n for n, (a, b) in enumerate(zip_longest(old, new)) if a != b)
        begun = [2 + first + sum(cell.count("\n") for row in side[:first] for cell in row)
                 for side in (old, new)]  # fmt: skip
        line = int(place.where.removeprefix("line ").partition(",")[0].partition(" ")[0])
        assert line in begun


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


def test_rows_that_are_gone_together_are_told_as_such(tmp_path):
    rows = [(str(n), "x") for n in range(9)]
    write_csv(tmp_path / "whole.csv", ("id", "value"), rows)
    write_csv(tmp_path / "less.csv", ("id", "value"), [*rows[:2], *rows[5:]])
    new = first_difference(tmp_path / "less.csv", tmp_path / "whole.csv")
    assert (new.where, new.now) == ("line 4, 3 new rows, the first", "2; x")
    gone = first_difference(tmp_path / "whole.csv", tmp_path / "less.csv")
    assert (gone.where, gone.published) == ("line 4, 3 rows that are made no more", "2; x")
    write_csv(tmp_path / "begun.csv", ("id", "value"), rows[:4])
    cut = first_difference(tmp_path / "whole.csv", tmp_path / "begun.csv")
    assert cut.where == "line 6, 5 rows that are made no more"


@pytest.mark.parametrize("other", ["trusts ", "trusts\n", "trusts\xa0", "trusts\x00"])
def test_two_texts_that_look_alike_are_shown_so_that_they_do_not(tmp_path, other):
    write_csv(tmp_path / "old.csv", ("id", "value"), [("1", other)])
    write_csv(tmp_path / "new.csv", ("id", "value"), [("1", "trusts")])
    place = first_difference(tmp_path / "old.csv", tmp_path / "new.csv")
    assert place.published.strip() != place.now.strip()
    assert (place.published + place.now).isprintable()


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


def test_a_note_beside_or_below_a_sheet_is_told_where_it_stands(tmp_path):
    rows = [("Id", "n"), ("w1", 6), ("w2", 7)]
    now = workbook(tmp_path / "now.xlsx", Works=rows)
    beside = workbook(tmp_path / "beside.xlsx", Works=[*rows[:1], ("w1", 6, "", "mine"), rows[2]])
    place = first_difference(beside, now)
    assert place.where == "sheet Works, row 2, the number of cells; at the end: ; mine"
    below = workbook(tmp_path / "below.xlsx", Works=[*rows, (), (), ("mine",)])
    place = first_difference(below, now)
    assert place.where == "sheet Works, row 6, a row that is made no more"
    assert place.published.startswith("mine")
    other = workbook(tmp_path / "other.xlsx", Works=[rows[0], ("w1", 5), rows[2]])
    assert (first_difference(other, now).published, first_difference(other, now).now) == ("5", "6")


def document(path: Path, *paragraphs: str, **parts: str) -> Path:
    text = "".join(f"<w:p><w:r><w:t>{one}</w:t></w:r></w:p>" for one in paragraphs)
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("word/document.xml", f"<w:body>{text}</w:body>")
        for name, said in parts.items():
            file.writestr(name, said)
    return path


def test_a_word_of_a_document_is_told_whoever_saved_it(tmp_path):
    now = document(tmp_path / "now.docx", "Included works", "Boards of <w:b/>schools")
    other = document(tmp_path / "other.docx", "Included works", "Boards of towns", styles="another")
    place = first_difference(other, now)
    assert place.where == "its words, paragraph 2"
    assert (place.published, place.now) == ("Boards of towns", "Boards of schools")
    same = document(tmp_path / "same.docx", "Included works", "Boards of schools", styles="another")
    assert first_difference(same, now).where == "the parts inside"


@pytest.mark.parametrize("ending", [".xlsx", ".docx"])
def test_a_damaged_or_locked_part_is_told(tmp_path, ending):
    text = "".join(f"<w:p>{number * 7919}</w:p>" for number in range(999))
    with zipfile.ZipFile(tmp_path / f"now{ending}", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("word/document.xml", text)
    whole = (tmp_path / f"now{ending}").read_bytes()
    start, middle = whole.rfind(b"PK\x01\x02"), len(whole) // 3
    for harmed in (
        whole[:middle] + bytes(50) + whole[middle + 50 :],
        whole[: start + 8] + b"\x01" + whole[start + 9 :],  # the flag of an encrypted part
        whole[: start + 10] + b"\x63" + whole[start + 11 :],  # a way of packing that nobody knows
    ):
        (tmp_path / f"old{ending}").write_bytes(harmed)
        where = first_difference(tmp_path / f"old{ending}", tmp_path / f"now{ending}").where
        assert "damaged" in where or "encrypted" in where


MADE = (
    "CREATE TABLE works (id TEXT, title TEXT)", "INSERT INTO works VALUES ('w1', 'Boards')",
    "CREATE VIEW titles AS SELECT title FROM works",
    "CREATE VIRTUAL TABLE works_fts USING fts5(title, content='works')",
    "INSERT INTO works_fts(works_fts) VALUES ('rebuild')",
)  # fmt: skip


def database(path: Path, *statements: str) -> Path:
    connection = sqlite3.connect(path)
    for statement in (*MADE, *statements):
        connection.execute(statement)
    connection.commit()
    connection.close()
    return path


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        ("DROP VIEW titles", "the view titles"),
        ("CREATE TABLE works_fts_notes (id TEXT)", "the table works_fts_notes"),
        ("CREATE TRIGGER t AFTER INSERT ON works BEGIN SELECT 1; END", "the trigger t"),
        ("UPDATE works SET title = 'Towns'", "table works, row 2 (w1), column title"),
        ("UPDATE works SET title = NULL", "table works, row 2 (w1), column title"),
        ("INSERT INTO works_fts(works_fts, rank) VALUES ('rank', 'bm25(10.0)')", "of its dump"),
        ("INSERT INTO works_fts(works_fts) VALUES ('delete-all')", "the full-text index works_fts"),
    ],
)  # fmt: skip
def test_what_differs_in_a_database_is_told_by_its_name(tmp_path, statement, where):
    now = database(tmp_path / "now.sqlite")
    place = first_difference(database(tmp_path / "old.sqlite", statement), now)
    assert where.replace("row 2", "row 1") in place.where


def test_a_log_beside_a_database_is_told_for_it_changes_what_readers_see(tmp_path):
    now, old = database(tmp_path / "now.sqlite"), database(tmp_path / "old.sqlite")
    assert first_difference(old, now) is None
    (tmp_path / "old.sqlite-wal").write_bytes(b"")
    assert "old.sqlite-wal lies beside it" in first_difference(old, now).where


def crate(path: Path, *entities: dict) -> Path:
    write_text(path, json_text({"@graph": list(entities)}))
    return path


def test_an_entity_that_stands_twice_in_a_crate_or_elsewhere_is_told(tmp_path):
    root, file = {"@id": "./", "name": "A review"}, {"@id": "a.csv", "contentSize": "3"}
    now = crate(tmp_path / "now.json", root, file)
    for entities, where in (
        ((root | {"name": "Another"}, root, file), "entity ./"),
        ((file, root), "the order of the entities"),
        ((root, file | {"contentSize": 3}), "entity a.csv.contentSize"),
        ((root, file | {"note": "(nothing)"}), "entity a.csv.note"),
    ):
        old = crate(tmp_path / "old.json", *entities)
        assert where in crate_difference(old, now, (), same_versions=True).where
    assert (
        crate_difference(crate(tmp_path / "old.json", root, file), now, (), same_versions=True)
        is None
    )


def test_what_is_no_workbook_is_compared_by_its_parts(tmp_path):
    for name, text in (("a", "old"), ("b", "new")):
        for ending in (".xlsx", ".docx"):
            with zipfile.ZipFile(tmp_path / f"{name}{ending}", "w") as file:
                file.writestr("part.xml", f"<v><b>same</b>{text}</v>")
    for ending in (".xlsx", ".docx"):
        place = first_difference(tmp_path / f"a{ending}", tmp_path / f"b{ending}")
        assert place.where == "the part part.xml inside" and "old" in place.published


@pytest.mark.parametrize(
    ("edited", "where", "published"),
    [
        ("\ufeffid,n\na,1\nb,2\n", "a byte order mark at the start", "there"),
        ("id,n\r\na,1\r\nb,2\r\n", "line 1, how the line ends", "CR LF, as Windows ends lines"),
        ("id,n\na,1\nb,2", "line 3, how the line ends", "(nothing)"),
        ("id,n\na,1\nb,2\n\n\n", "line 4, where a blank line is too many or not there", ""),
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
    if ending == ".csv" and where == "line 4":  # of a table the cell is told, or the row
        table = {"b,3": ("line 4 (b), column n", "3"),
                 "c,3": ("line 4, a row that is made no more", "c; 3")}  # fmt: skip
        where, published = table[published]
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
        ({"note": "(nothing)"}, "key note"),
        ({"kinds": {"a": "1"}}, "key kinds (the first of 2)"),
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


def test_a_wrong_hash_of_a_file_that_is_as_it_was_made_is_a_fault_of_the_manifest(tmp_path):
    write_text(tmp_path / "then.json", json_text(RUN | {"outputs": {"a.csv": "0"}}))
    write_text(tmp_path / "now.json", json_text(RUN))
    pair = (tmp_path / "then.json", tmp_path / "now.json")
    assert manifest_difference(*pair, (), ()) is None  # the file itself is told
    assert manifest_difference(*pair, (), (), {"a.csv"}).where == "key outputs.a.csv"


def test_a_key_that_stands_twice_in_a_manifest_is_told(tmp_path):
    text = json_text(RUN)
    write_text(tmp_path / "now.json", text)
    write_text(tmp_path / "then.json", text.replace("{", '{\n "python": "4",', 1))
    place = manifest_difference(tmp_path / "then.json", tmp_path / "now.json", (), ())
    assert "stands twice" in place.where
