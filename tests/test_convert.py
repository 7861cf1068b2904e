"""Files of records checked and written as other formats, as a person with a file would do it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from refusal import refused
from searchsets.cli import main
from searchsets.records.convert import convert
from searchsets.records.exports import Export
from searchsets.records.model import LIST_COLUMNS, TEXT_COLUMNS, Record
from searchsets.records.reading import read_export
from searchsets.records.writers import targets

RIS = """TY  - JOUR
AN  - 20041234
TI  - Trusts & boards: "où", {who} and 50% of C:\\x
AU  - Fox, C.
AU  - Department for Education
PY  - 2004
JF  - Local Government
VL  - 3
IS  - 2
SP  - 22
EP  - 29
AB  - Where boards meet; p < 0.05, ER and TY.
KW  - Governance
KW  - Children's trusts
SN  - 1234-5678
DO  - 10.1000/abc(1)
UR  - https://www.proquest.com/docview/1
LA  - English
PB  - Sage
CY  - Leeds
ER  -

TY  - RPRT
TI  - A second record, with little
ER  - 
"""
KEPT = [
    name
    for name in (*TEXT_COLUMNS, "year", *LIST_COLUMNS)
    if name not in ("record_id", "database", "source_file", "raw")
]
# Those that hold every column of a record, and are read back by their own flavour.
WHOLE = {"ris": "x.ris", "csv": "x.csv", "tsv": "x.tsv", "jsonl": "x.jsonl", "bibtex": "x.bib"}


@pytest.fixture
def ris(tmp_path: Path) -> Path:
    (tmp_path / "in.ris").write_text(RIS, encoding="utf-8")
    return tmp_path / "in.ris"


def read(path: Path) -> list[Record]:
    [made] = read_export(Export("test", path, path.name))
    return made.records


def said(record: Record, columns: list[str]) -> dict[str, object]:
    return {name: getattr(record, name) for name in columns}


@pytest.mark.parametrize("target", sorted(WHOLE))
def test_what_is_written_is_read_back_equal(ris, tmp_path, target):
    out = tmp_path / WHOLE[target]
    assert convert([ris], out, strict=True).written == 2
    columns = [name for name in KEPT if name not in targets()[target][2]]
    assert [said(one, columns) for one in read(out)] == [said(one, columns) for one in read(ris)]


def test_parquet_holds_every_column(ris, tmp_path):
    convert([ris], tmp_path / "x.parquet", strict=True)
    columns = [*KEPT, "raw"]
    found = [said(one, columns) for one in read(tmp_path / "x.parquet")]
    assert found == [said(one, columns) for one in read(ris)]


@pytest.mark.parametrize(
    ("name", "to"),
    [("a.csv", "asreview"), ("c.csv", "covidence"), ("c.ris", "covidence"),
     ("e.xml", "endnote"), ("e.enw", "endnote"), ("j.json", None)],
)  # fmt: skip
def test_the_flavours_of_other_programs_keep_number_titles_authors_years_and_abstracts(
    ris, tmp_path, name, to
):
    convert([ris], tmp_path / name, to, strict=True)
    columns = ["title", "authors", "year", "abstract", "doi"]
    found = [said(one, columns) for one in read(tmp_path / name)]
    assert found == [said(one, columns) for one in read(ris)]


def test_a_table_with_tagged_text_in_a_cell_is_a_table(ris, tmp_path):
    convert([ris], tmp_path / "x.csv", strict=True)
    assert "TY  - JOUR" in (tmp_path / "x.csv").read_text(encoding="utf-8")
    [made] = read_export(Export("test", tmp_path / "x.csv", "x.csv"))
    assert made.extraction.reader.format == "CSV"


def test_with_strict_a_broken_record_writes_nothing(ris, tmp_path):
    ris.write_text(RIS + "TY  - JOUR\nTI  - Ha", encoding="utf-8")
    with refused(f"{ris}:", "cut off"):
        convert([ris], tmp_path / "x.csv", strict=True)
    assert not (tmp_path / "x.csv").exists()
    done = convert([ris], tmp_path / "x.csv", strict=False)
    assert (done.written, done.broken) == (2, 1)


def test_an_ending_that_tells_no_format_is_told_with_those_that_do(ris, tmp_path):
    with refused(tmp_path / "x.docx", ".ris", ".parquet"):
        convert([ris], tmp_path / "x.docx", strict=False)


def test_check_says_what_a_file_is_and_counts_it(ris):
    done = CliRunner().invoke(main, ["records", "check", str(ris)])
    assert done.exit_code == 0
    assert "RIS of ProQuest" in done.output and "2 records found: 2 read, 0 broken" in done.output


def test_check_fails_for_a_file_that_cannot_be_read_and_still_tells_of_the_others(ris, tmp_path):
    (tmp_path / "none.txt").write_text("Dear reader", encoding="utf-8")
    done = CliRunner().invoke(main, ["records", "check", str(tmp_path / "none.txt"), str(ris)])
    assert done.exit_code == 2
    assert "no record was found" in done.output and "2 read" in done.output


def test_a_file_is_not_written_over_itself(ris):
    before = ris.read_bytes()
    with refused(ris, "one of those to read"):
        convert([ris], ris, strict=False)
    assert ris.read_bytes() == before


def test_the_numbers_of_records_from_several_files_are_of_one_row_each(ris, tmp_path):
    convert([ris, ris], tmp_path / "r.csv", "rayyan", strict=True)
    rows = (tmp_path / "r.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert [row.partition(",")[0] for row in rows] == ["1", "2", "3", "4"]


def test_a_file_without_a_record_is_not_converted_to_nothing(tmp_path):
    (tmp_path / "a.csv").write_text("Title,Authors,Year\n", encoding="utf-8")
    with refused(tmp_path / "a.csv", "no record"):
        convert([tmp_path / "a.csv"], tmp_path / "b.ris", strict=False)
    assert not (tmp_path / "b.ris").exists()
