"""Records from CSV: one row a record, columns known by their names."""

from __future__ import annotations

import contextlib
import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refusal import refused
from searchsets.errors import ReviewError
from searchsets.records import table
from searchsets.records.model import Imported, Record

FILE = "childdata/trusts.csv"
ERIC = "id,title,description,author,subject,publicationdateyear,issn\n"


def read(text: str) -> Imported:
    imported = Imported(FILE, "CSV", "utf-8")
    table.read(text, imported)
    return imported


def record(header: str, row: str) -> Record:
    return read(f"{header}\n{row}\n").records[0]


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_cells_are_parted_as_the_header_parts_them(sign):
    found = record(sign.join(["Title", "Year", "Place"]), sign.join(["Trusts", "2004", "Leeds"]))
    assert (found.title, found.year, found.place) == ("Trusts", 2004, "Leeds")


@pytest.mark.parametrize(
    ("header", "row", "field", "value"),
    [
        ("Title,Authors", 'Trusts,"Fox, C.; Butler, G."', "authors", ["Fox, C.", "Butler, G."]),
        ("ARTICLE TITLE,x", "Trusts,", "title", "Trusts"),
        (
            "Title,Subject Terms",
            "Trusts,Governance; Boards",
            "descriptors",
            ["Governance", "Boards"],
        ),
        ("Title,Author Keywords", "Trusts,Boards", "keywords", ["Boards"]),
        ("Title,Accession Number", "Trusts,A 17", "accession", "A 17"),
        ("Title,Link", "Trusts,https://doi.org/10.1000/A", "doi", "10.1000/a"),
        ("Title,Abstract", "Trusts,NA", "abstract", ""),
        ("Title,Abstract", 'Trusts,"One, ""two""\nthree"', "abstract", 'One, "two" three'),
        (
            "Title,Source title,Source",
            "Trusts,Local Government,Scopus",
            "container",
            "Local Government",
        ),
        ("Title,Journal/Book", "Trusts,Local Government", "container", "Local Government"),
        ("Title,ISSN", "Trusts,ISSN-1234-5678", "issn", ["1234-5678"]),
    ],
)
def test_a_field_is_found_under_the_names_of_its_column(header, row, field, value):
    assert getattr(record(header, row), field) == value


def test_the_csv_of_eric_is_known_by_its_columns_and_parts_lists_by_commas():
    row = r'EJ1,Trusts,Where,"Fox\, C.,Butler\, G.","Governance,Boards",2004,ISSN-1234-5678'
    imported = read(f"{ERIC}{row}\n")
    [found] = imported.records
    assert imported.format == "ERIC CSV"
    assert (found.authors, found.descriptors) == (
        ["Fox, C.", "Butler, G."],
        ["Governance", "Boards"],
    )


@pytest.mark.parametrize(
    ("header", "row"), [("title,notes,Notes", "T,one,two"), ("title,,notes", "T,one,two")]
)
def test_every_cell_a_source_gave_is_in_raw(header, row):
    kept = str(json.loads(record(header, row).raw))
    assert "one" in kept and "two" in kept


def test_positions_count_the_rows_and_blank_lines_are_none():
    found = read("title,year\n\nOne,2001\n,\nTwo,2002\n").records
    assert [(one.position, one.title) for one in found] == [(1, "One"), (2, "Two")]


@pytest.mark.parametrize("row", ["Two", "Two,2002,3"])
def test_a_row_with_cells_too_few_or_too_many_is_broken_and_counted(row):
    imported = read(f"title,year\nOne,2001\n{row}\nThree,2003\n")
    [broken] = imported.broken
    assert (imported.marks, len(imported.records), broken.line) == (3, 2, 3)
    assert json.loads(broken.raw) == row.split(",")


def test_a_last_row_that_stops_early_is_told_as_cut_off():
    with refused(f"{FILE}:3", "cut off", "again"):
        read("title,year,place\nOne,2001,Leeds\nTwo,20")


def test_a_quotation_mark_that_is_never_closed_is_told_with_the_row_it_opens_in():
    with refused(f"{FILE}:3", "quotation mark"):
        read('title,year\nOne,2001\n"Two,2002\nThree,2003\n')


def test_a_table_without_a_title_column_is_told_with_the_columns_it_has():
    with refused(FILE, "no column is named title", "name, year"):
        read("name,year\nOne,2001\n")


@pytest.mark.parametrize("text", [",,\n", ",\n,\n", "\n\n"])
def test_a_table_of_empty_cells_is_refused(text):
    with refused(FILE):
        read(text)


def test_a_header_alone_holds_no_record():
    assert read("title,year\n").marks == 0


def test_a_cell_of_any_length_is_read():
    assert len(record("title,abstract", "Trusts," + "x" * 200_000).abstract) == 200_000


@given(st.text() | st.text('",;\t\n a', max_size=30).map("title,year\n{}".format))
def test_any_text_gives_records_that_are_all_accounted_for_or_is_refused(text):
    with contextlib.suppress(ReviewError):
        imported = read(text)
        assert imported.marks == len(imported.records) + len(imported.broken)


CELLS = st.lists(st.text('abä漢",;', min_size=1, max_size=8), min_size=1, max_size=5).map(" ".join)


@given(st.lists(st.tuples(CELLS, st.integers(1500, 2099)), min_size=1), st.sampled_from(",;\t"))
def test_rows_written_as_csv_are_read_back(written, sign):
    out = io.StringIO()
    csv.writer(out, delimiter=sign, lineterminator="\n").writerows([("title", "year"), *written])
    assert [(one.title, one.year) for one in read(out.getvalue()).records] == written
