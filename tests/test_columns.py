"""What a person can say of the columns of a table, in config/columns.csv."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from refusal import refused
from searchsets.cli import main
from searchsets.records.columns import FIELDS, columns_for, read_columns, refuse_unused
from searchsets.records.flavours import flavours_of
from searchsets.records.mapping import Mapper
from searchsets.records.shards import read_records


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "columns.csv"

    def write(*rows: str):
        path.write_text("\n".join(["file,column,field", *rows]) + "\n", encoding="utf-8")
        return path

    return write


def test_a_row_says_which_column_of_a_file_holds_what(table):
    read = read_columns(table("ceruk/all.csv,Name of the study,title", "ceruk/all.csv,Who,Authors"))
    assert columns_for("ceruk/all.csv", read) == {"Name of the study": "title", "Who": "authors"}


@pytest.mark.parametrize("file", ["ceruk/all.csv", "ceruk/*.csv", "*.csv", "all.csv", r"ceruk\all.csv"])
def test_a_file_is_named_with_or_without_its_folder_or_by_a_pattern(table, file):
    assert columns_for("ceruk/all.csv", read_columns(table(f"{file},Name,title")))


@pytest.mark.parametrize("file", ["eric/all.csv", "ceruk/*.tsv", "al.csv", "CERUK/all.csv"])
def test_other_files_keep_their_columns(table, file):
    assert columns_for("ceruk/all.csv", read_columns(table(f"{file},Name,title"))) == {}


def test_the_row_that_names_a_file_goes_before_patterns(table):
    read = read_columns(table("ceruk/all.csv,Name,title", "*.csv,Name,container"))
    assert columns_for("ceruk/all.csv", read) == {"Name": "title"}
    assert columns_for("ceruk/more.csv", read) == {"Name": "container"}


def test_a_review_needs_no_such_table(tmp_path):
    assert read_columns(tmp_path / "columns.csv") == {}


def test_the_table_as_shipped_says_nothing(table):
    assert read_columns(table()) == {}


def test_a_field_that_is_none_of_ours_is_told_with_the_nearest(table):
    with refused("columns.csv:3", "'titel'", "did you mean 'title'?"):
        read_columns(table("a.csv,Name,title", "b.csv,Name,titel"))


@pytest.mark.parametrize("field", ["raw", "record_id", "colour", ""])
def test_a_field_that_no_column_can_hold_is_told_with_those_that_can_be(table, field):
    with refused("columns.csv:2", repr(field), "title, authors"):
        read_columns(table(f"a.csv,Name,{field}"))


def test_a_column_said_twice_is_told(table):
    with refused("columns.csv:3", "'name'", "already"):
        read_columns(table("a.csv,Name,title", "a.csv,name,abstract"))


@pytest.mark.parametrize("row", [",Name,title", "a.csv,,title"])
def test_a_row_without_a_file_or_a_column_is_told(table, row):
    with refused("columns.csv:2", "empty"):
        read_columns(table(row))


def test_every_field_of_ours_can_be_named(table):
    rows = [f"a.csv,{number},{field}" for number, field in enumerate(FIELDS)]
    assert list(columns_for("a.csv", read_columns(table(*rows))).values()) == list(FIELDS)


def test_a_table_that_no_flavour_fits_is_imported_by_what_is_said_of_its_columns(table, tmp_path):
    exports = tmp_path / "exports"
    (exports / "ceruk").mkdir(parents=True)
    (exports / "ceruk/all.csv").write_text(
        'Name of the study;Who;When\nTrusts;"Fox, C.; Butler, G.";2004\n', encoding="utf-8"
    )
    (exports / "exports.csv").write_text("file,represents\n", encoding="utf-8")
    rows = ("Name of the study,title", "Who,authors", "When,year")
    done = CliRunner().invoke(
        main,
        ["records", "import", "ceruk", "--exports", str(exports), "--table",
         str(exports / "exports.csv"), "--columns", str(table(*(f"ceruk/all.csv,{row}" for row in rows))),
         "--out", str(tmp_path / "out")],
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    [row] = read_records(tmp_path / "out").to_pylist()
    assert (row["title"], row["authors"], row["year"]) == ("Trusts", ["Fox, C.", "Butler, G."], 2004)


@pytest.mark.parametrize("file", ["ceruk/al.csv", "resources/exports/ceruk/al.csv"])
def test_a_row_for_a_file_that_is_not_there_is_told_with_the_nearest(table, file):
    with refused("columns.csv", file, "did you mean 'ceruk/all.csv'"):
        refuse_unused(
            read_columns(table(f"{file},Name,title")), "ceruk", ["ceruk/all.csv"], "columns.csv"
        )


def test_a_row_for_the_file_of_another_database_is_no_matter(table):
    read = read_columns(table("eric/x.csv,Name,title", "*.csv,Who,authors"))
    refuse_unused(read, "ceruk", ["ceruk/all.csv"], "columns.csv")


@pytest.mark.parametrize("flavour", [one.name for one in flavours_of("table")])
@pytest.mark.parametrize("field", FIELDS)
def test_what_a_person_says_of_a_column_goes_before_every_flavour(flavour, field):
    [one] = [one for one in flavours_of("table") if one.name == flavour]
    value = {"year": "2004", "issn": "1234-5678", "isbn": "9780748712342", "doi": "10.1000/1",
             "accession": "EJ700001"}.get(field, "said")  # fmt: skip
    made = getattr(Mapper(one).record({f"={field}": [value]}, "", "x", 1), field)
    assert made == (2004 if field == "year" else [value] if isinstance(made, list) else value)
