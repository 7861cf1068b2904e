"""A file that somebody sent may be anything: it is refused with words, and never ends the process."""

from __future__ import annotations

import random
import zipfile
from pathlib import Path

import pytest

from refusal import refused
from searchsets.errors import ReviewError
from searchsets.screening.sheets import opening
from searchsets.screening.sheets.opening import open_grids
from sheets import R01, RECORDS, read, record, write

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def parts_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as parts:
        return {name: parts.read(name) for name in parts.namelist()}


def put(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in parts.items():
            made.writestr(name, text)
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write(tmp_path / "R01.xlsx")
    return tmp_path / "R01.xlsx"


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.xlsx", b"", "is no workbook"),
        ("a.xlsx", b"Record id,Decision\n", "is no workbook"),
        ("a.csv", b"Record id,Decision\n", "has lost the sheet About"),
        ("a.xls", OLE + b"\0" * 600, "is no workbook"),
        ("a.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "is encrypted"),
        ("a.xlsx", b"PK\x03\x04" + b"\0" * 100, "is damaged"),
    ],
)
def test_what_is_no_workbook_is_refused_with_what_to_do(tmp_path, name, data, said):
    (tmp_path / name).write_bytes(data)
    with refused(name, said):
        read(tmp_path / name)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with refused("R09.xlsx", "cannot be read"):
        read(tmp_path / "R09.xlsx")


def test_another_workbook_or_zip_is_refused(tmp_path, path):
    with refused("a.xlsx", "cannot be read"):
        read(put(tmp_path / "a.xlsx", {"hello.xml": b"<a/>"}))
    parts = {name: text for name, text in parts_of(path).items() if "sheet4" not in name}
    with refused("b.xlsx"):
        read(put(tmp_path / "b.xlsx", parts))


def test_an_encrypted_opendocument_file_is_refused_as_such(tmp_path):
    parts = {
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
        "META-INF/manifest.xml": b"<m:manifest xmlns:m='m'><m:encryption-data/></m:manifest>",
        "content.xml": b"\x00\x01",
    }
    with refused("a.ods", "is encrypted"):
        read(put(tmp_path / "a.ods", parts))


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path, path, monkeypatch):
    monkeypatch.setattr(opening, "MOST_BYTES", 1 << 20)
    parts = parts_of(path) | {"xl/worksheets/sheet9.xml": b"<a>" + b" " * (2 << 20) + b"</a>"}
    put(tmp_path / "bomb.xlsx", parts)
    assert (tmp_path / "bomb.xlsx").stat().st_size < 1 << 20
    with refused("bomb.xlsx", "takes more than 1 MB unpacked"):
        read(tmp_path / "bomb.xlsx")
    assert read(path).errors == []


@pytest.mark.parametrize("kind", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_part_is_refused_however_it_is_packed(tmp_path, path, kind):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", kind) as made:
        for name, text in parts_of(path).items():
            made.writestr(name, text)
    data = bytearray((tmp_path / "a.xlsx").read_bytes())
    data[70:90] = b"\xff" * 20
    (tmp_path / "a.xlsx").write_bytes(data)
    with refused("a.xlsx", "is damaged"):
        read(tmp_path / "a.xlsx")


def test_a_part_with_a_password_is_refused_as_encrypted(tmp_path, path):
    data = bytearray(put(tmp_path / "a.xlsx", parts_of(path)).read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "a.xlsx").write_bytes(data)
    with refused("a.xlsx", "is encrypted"):
        read(tmp_path / "a.xlsx")


def test_a_part_that_is_larger_than_it_says_is_refused(tmp_path, path):
    data = bytearray(put(tmp_path / "liar.xlsx", parts_of(path)).read_bytes())
    at = data.rindex(b"PK\x01\x02")  # the last entry of the directory: its size unpacked
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    (tmp_path / "liar.xlsx").write_bytes(data)
    with refused("liar.xlsx", "is damaged"):
        read(tmp_path / "liar.xlsx")


@pytest.mark.parametrize(
    "cell",
    [
        b'<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>',
        b'<row r="1048576"><c t="n" r=\'XFD1048576\'><v>2</v></c></row>',
        b'<row r="9000000"><c/><c r="ZZZ9000000" t="inlineStr"><is><t>x</t></is></c></row>',
    ],
)
def test_a_cell_far_out_is_refused_and_does_not_fill_the_memory(tmp_path, path, cell):
    parts = parts_of(path)
    name = "xl/worksheets/sheet2.xml"
    parts[name] = parts[name].replace(b"</sheetData>", cell + b"</sheetData>")
    with refused("far.xlsx", "a sheet reaches to row", "delete it"):
        read(put(tmp_path / "far.xlsx", parts))


def test_an_empty_cell_far_out_does_not_matter(tmp_path, path):
    parts = parts_of(path)
    name = "xl/worksheets/sheet2.xml"
    far = b'<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>'
    parts[name] = parts[name].replace(b"</sheetData>", far)
    sheet = read(put(tmp_path / "far.xlsx", parts))
    assert sheet.errors == sheet.warnings == []


ODS = (
    '<o:document-content xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
    '<office:spreadsheet><table:table table:name="S">{}</table:table></office:spreadsheet>'
    "</office:body></o:document-content>"
)


def test_repeated_cells_that_would_fill_the_memory_are_refused(tmp_path):
    rows = (
        '<table:table-row table:number-rows-repeated="1000000"><table:table-cell '
        'table:number-columns-repeated="10000" office:value-type="string"><text:p>x</text:p>'
        "</table:table-cell></table:table-row>"
    )
    parts = {
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": ODS.format(rows).encode(),
    }
    with refused("a.ods", "a sheet reaches to row 1,000,000"):
        read(put(tmp_path / "a.ods", parts))


def test_a_document_type_is_refused(tmp_path, path):
    parts = parts_of(path)
    name = "xl/worksheets/sheet2.xml"
    parts[name] = b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    with refused("a.xlsx", "document type"):
        read(put(tmp_path / "a.xlsx", parts))


def test_a_title_that_looks_like_a_formula_is_a_text(tmp_path):
    titles = ["=1+1", '=HYPERLINK("a")', "+1", "-1", "@SUM(A1)", "{=1}", "https://example.org"]
    records = [record(n, title=title) for n, title in enumerate(titles)]
    write(tmp_path / "a.xlsx", R01, records)
    parts = parts_of(tmp_path / "a.xlsx")
    assert not any(b"<f>" in t or b"<hyperlink" in t for n, t in parts.items() if "sheet2" in n)
    [rows] = [grid.rows for grid in open_grids(tmp_path / "a.xlsx") if grid.name == "Screen"]
    assert sorted(row[2] for row in rows[1:]) == sorted(titles)


def test_whatever_bytes_are_damaged_it_is_told_or_read(tmp_path, path):
    chance = random.Random(1)
    data = path.read_bytes()
    for _ in range(300):
        changed = bytearray(data)
        for _ in range(chance.randint(1, 5)):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        (tmp_path / "b.xlsx").write_bytes(changed[: chance.choice([len(data), len(data) // 2])])
        try:
            read(tmp_path / "b.xlsx")
        except ReviewError as error:
            assert "b.xlsx" in str(error)


def test_whatever_is_damaged_inside_a_part_it_is_told_or_read(tmp_path, path):
    chance = random.Random(2)
    parts = parts_of(path)
    for _ in range(300):
        name = chance.choice(sorted(parts))
        text = bytearray(parts[name])
        at = chance.randrange(len(text))
        text[at : at + chance.randint(0, 9)] = chance.choice([b"", b"<", b"0", b"999999999", b'"'])
        put(tmp_path / "b.xlsx", parts | {name: bytes(text)})
        try:
            read(tmp_path / "b.xlsx", RECORDS)
        except ReviewError as error:
            assert "b.xlsx" in str(error)
