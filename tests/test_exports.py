"""The folder of exports: which files are read, and what exports.csv says that they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from refusal import refused
from searchsets.errors import ReviewError
from searchsets.records.exports import Export, Represents, find_exports, represents
from searchsets.records.reading import read_export

DATABASES = ("assia", "bei", "ceruk_plus", "eric", "social_care_online")
HEADER = "file,represents,encoding,reported,note\n"


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    folder = tmp_path / "exports"
    put(folder, "eric/trusts.ris")
    return folder


def put(folder: Path, name: str, text: str = "TY  - JOUR\nTI  - Trusts\nER  - \n") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def find(folder: Path, rows: str | None = None) -> list[Export]:
    table = folder.parent / "config_exports.csv"
    if rows is not None:
        table.write_text(HEADER + rows, encoding="utf-8")
    return find_exports(folder, table, DATABASES)


def names(folder: Path) -> list[str]:
    return [one.name for one in find(folder)]


@pytest.mark.parametrize("text", ["corpus", "unknown", "output 49", "line 12"])
def test_what_a_file_represents_is_said_in_one_of_four_ways(text):
    assert str(represents(text, "exports.csv:2")) == text


@pytest.mark.parametrize("text", ["Output 49", " output  49 ", "OUTPUT #49"])
def test_capitals_blanks_and_number_signs_do_not_matter(text):
    assert represents(text, "exports.csv:2") == Represents("output", 49)


@pytest.mark.parametrize(
    "text", ["", "outputs 49", "output", "line twelve", "corpus 3", "output 4 9", "line -1"]
)
def test_anything_else_is_refused_with_what_can_be_written(text):
    with refused("exports.csv:2", repr(text), "corpus", "output 49", "line 12", "unknown"):
        represents(text, "exports.csv:2")


def test_only_a_corpus_is_no_answer_of_a_platform():
    said = ("corpus", "unknown", "line 1", "output 1")
    assert [represents(text, "exports.csv:2").is_answer for text in said] == [
        False,
        True,
        True,
        True,
    ]


def test_files_are_found_in_the_folders_of_their_databases_sorted_by_name(exports):
    put(exports, "eric/2008/may.json")
    put(exports, "bei/b.csv")
    assert names(exports) == ["bei/b.csv", "eric/2008/may.json", "eric/trusts.ris"]


@pytest.mark.parametrize("name", ["README.md", "eric/readme.txt", "eric/.DS_Store", ".git/HEAD", "eric/.old/a.ris",
                                  "eric/Thumbs.db", "eric/~$trusts.xlsx"])  # fmt: skip
def test_what_is_no_export_is_passed_over(exports, name):
    put(exports, name)
    assert names(exports) == ["eric/trusts.ris"]


def test_a_table_of_exports_in_a_databases_folder_is_refused_and_never_passed_over(exports):
    put(exports, "bei/exports.csv", "file,represents\n")
    with refused(exports / "bei/exports.csv", "one folder up"):
        names(exports)


def test_the_folder_of_a_database_may_be_a_link(exports, tmp_path):
    put(tmp_path, "elsewhere/b.ris")
    (exports / "bei").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    assert names(exports) == ["bei/b.ris", "eric/trusts.ris"]


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with refused(tmp_path / "exports", "does not exist", "--config exports="):
        find(tmp_path / "exports")


@pytest.mark.parametrize(
    ("name", "near"),
    [("erik", "eric"), ("ceruk", "ceruk_plus"), ("BEI", "bei"), ("ASSIA", "assia")],
)
def test_a_folder_of_no_known_database_is_refused_with_the_near_name(exports, name, near):
    put(exports, f"{name}/a.ris")
    with refused(exports / name, f"did you mean {near}?", "assia, bei"):
        find(exports)


def test_a_file_in_no_folder_of_a_database_is_refused(exports):
    put(exports, "stray.ris")
    with refused(exports / "stray.ris", "no database's folder", "eric/"):
        find(exports)


def test_a_row_says_what_a_file_represents_its_encoding_and_what_was_reported(exports):
    [found] = find(exports, "eric/trusts.ris,output 49,cp1252,117,\n")
    assert (found.represents, found.encoding, found.reported) == (
        Represents("output", 49),
        "cp1252",
        "117",
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [("trusts.ris", None), ("corpus_2008.ris", "corpus"), ("Corpus.csv", "corpus")],
)
def test_without_a_row_only_a_file_named_corpus_is_known_to_be_one(tmp_path, name, said):
    put(tmp_path / "exports", f"bei/{name}")
    assert [one.represents and str(one.represents) for one in find(tmp_path / "exports")] == [said]


@pytest.mark.parametrize("table", [f"{HEADER}eric\\trusts.ris,corpus\n", "file;represents\neric/trusts.ris;corpus\n",
                                   "\ufefffile,represents\neric/*.ris,corpus\n",
                                   "database,file,represents\neric,trusts.ris,corpus\n"])  # fmt: skip
def test_a_table_may_be_written_by_excel_name_files_by_pattern_or_databases_apart(exports, table):
    put(exports, "exports.csv", table)
    assert [str(one.represents) for one in find(exports)] == ["corpus"]


def test_a_row_of_its_own_goes_before_a_pattern(exports):
    put(exports, "eric/b.ris")
    found = find(exports, "eric/*,corpus,,,\neric/b.ris,line 3,,,\n")
    assert [str(one.represents) for one in found] == ["line 3", "corpus"]


def test_an_exports_csv_in_the_folder_itself_goes_before_that_of_the_configuration(exports):
    put(exports, "exports.csv", f"{HEADER}eric/trusts.ris,line 3,,,\n")
    assert [str(one.represents) for one in find(exports, "eric/nowhere.ris,corpus,,,\n")] == [
        "line 3"
    ]


def test_a_row_that_says_nothing_a_file_can_represent_is_refused_with_its_line(exports):
    with refused("config_exports.csv:3", "'everything'", "corpus"):
        find(exports, "eric/trusts.ris,corpus,,,\neric/b.ris,everything,,,\n")


def test_a_row_for_a_file_that_is_not_there_is_refused_with_its_line(exports):
    with refused("config_exports.csv:2", "no file 'eric/trust.ris'", str(exports), "mend the name"):
        find(exports, "eric/trust.ris,corpus,,,\n")


def test_two_rows_for_one_file_are_not_told_as_a_file_that_is_not_there(exports):
    with pytest.raises(ReviewError) as caught:
        find(exports, "eric/trusts.ris,corpus,,,\neric/trusts.ris,line 3,,,\n")
    assert "config_exports.csv:3" in str(caught.value.where)
    assert "no file" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "name,represents\n", "file\n"])
def test_a_table_without_its_columns_is_refused(exports, text):
    with refused(put(exports, "exports.csv", text), "column", "file, represents"):
        find(exports)


def test_an_encoding_is_told_by_the_bytes_or_stated(exports):
    (exports / "eric/trusts.ris").write_bytes("TY  - JOUR\nTI  - Café\nER  - \n".encode("cp1252"))
    [plain] = find(exports)
    [stated] = find(exports, "eric/trusts.ris,line 3,cp1252,,\n")
    for export in (plain, stated):
        [made] = read_export(export)
        assert made.records[0].title == "Café" and made.facts()["encoding"] == "cp1252"


def test_what_the_platform_reported_is_a_number(exports):
    with refused("config_exports.csv:2", "'many'", "number of records"):
        find(exports, "eric/trusts.ris,corpus,,many,\n")


def test_a_misspelt_column_is_told_and_a_note_of_ones_own_is_not(exports):
    table = exports.parent / "config_exports.csv"
    table.write_text("file,represents,Encodng\neric/trusts.ris,corpus,cp1252\n", encoding="utf-8")
    with refused("config_exports.csv:1", "'Encodng'", "encoding"):
        find(exports)
    table.write_text("file,represents,who brought it\neric/trusts.ris,corpus,me\n", encoding="utf-8")
    assert find(exports)[0].represents == Represents("corpus")


def test_an_answer_that_is_short_of_what_was_announced_or_reported_is_told(exports):
    answer = '{"response": {"numFound": 50, "docs": [{"id": "EJ100001", "title": "x"}]}}'
    put(exports, "eric/page.json", answer)
    found = find(exports, "eric/trusts.ris,corpus,,5,\n")
    by_name = {one.name: " ".join(read_export(one)[0].findings()) for one in found}
    assert "1 records of an answer of 50" in by_name["eric/page.json"]
    assert "the platform reported 5" in by_name["eric/trusts.ris"]


@pytest.mark.parametrize("file", ["eric/trusts.ris", "trusts.ris", "*.ris", "my/exports/eric/trusts.ris"])
def test_a_file_may_be_named_with_or_without_its_folders(exports, file):
    assert find(exports, f"{file},line 12\n")[0].represents == Represents("line", 12)
