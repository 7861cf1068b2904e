"""From the bytes of a file to records: encodings, formats, and what is no export at all."""

from __future__ import annotations

import codecs
import contextlib
import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from refusal import refused

from searchsets.errors import ReviewError
from searchsets.records.decode import decode
from searchsets.records.exports import Export, Represents
from searchsets.records.reading import READERS, ReadExport, detect, read_export

FILE = "exports/bei/trusts.ris"
RIS = "TY  - JOUR\nTI  - Où est le café?\nER  - \n"
CAFE = RIS.encode("cp1252")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-32")
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00")).map("a{}".format)


def read(path: Path, data: bytes, **stated: str) -> ReadExport:
    path.write_bytes(data)
    return read_export(Export("bei", path, f"bei/{path.name}", **stated))


@given(TEXTS, st.sampled_from(ENCODINGS))
def test_a_text_comes_back_from_every_encoding_that_marks_itself(text, encoding):
    assert decode(text.encode(encoding), FILE)[0] == text


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "mac-roman", "utf-16-le", "UTF8", "windows-1252"])
def test_a_stated_encoding_is_used(encoding):
    assert decode(RIS.encode(encoding), FILE, encoding) == (RIS, encoding)


def test_a_byte_order_mark_goes_before_a_stated_encoding():
    assert decode(RIS.encode("utf-16"), FILE, "cp1252") == (RIS, "utf-16")


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_every_line_end_becomes_one(end):
    assert decode(f"one{end}two{end}".encode(), FILE)[0] == "one\ntwo\n"


@pytest.mark.parametrize("data", [b"", b" \n\t\r\n", codecs.BOM_UTF8, codecs.BOM_UTF8 + b" \n", " \n".encode("utf-16")])
def test_a_file_without_any_text_is_told_as_empty(data):
    with refused(FILE, "empty", "export it again"):
        decode(data, FILE)


@pytest.mark.parametrize(
    ("start", "what"),
    [
        (b"PK\x03\x04", "zip"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\xd0\xcf\x11\xe0", "Excel"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"SQLite format 3\x00", "SQLite"),
        (b"PAR1", "Parquet"),
        (b"TY  - \x00\x01", "binary"),
        (b"\xff\xd8\xff\xe0\x00", "binary"),
    ],
)
def test_what_is_no_text_is_told_for_what_it_is(start, what):
    with refused(FILE, what, "RIS, CSV or ERIC JSON"):
        decode(start + bytes(range(256)), FILE)


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_another_encoding_than_utf_8_is_told_with_its_line_and_byte_and_the_remedy(mark):
    data = mark + CAFE
    with refused(f"{FILE}:2", f"byte {data.index(0xF9)} is 0xf9", "exports.csv", "encoding", "cp1252"):
        decode(data, FILE)


def test_a_text_that_is_not_in_its_stated_encoding_is_told():
    with refused(f"{FILE}:2", "is not ascii text", "exports.csv"):
        decode(CAFE, FILE, "ascii")


def test_a_utf_16_text_that_stops_within_a_sign_is_not_called_binary():
    with pytest.raises(ReviewError) as caught:
        decode(RIS.encode("utf-16")[:-1], FILE)
    assert "binary" not in str(caught.value)


def test_utf_16_without_its_mark_is_told_with_the_encoding_to_state():
    with refused(FILE, "exports.csv", "utf-16"):
        decode(RIS.encode("utf-16-le"), FILE)


@pytest.mark.parametrize("name", ["utf-88", "Windows", "hex", "rot13", "undefined", "a\x00b", " "])
def test_an_encoding_that_is_none_is_told_with_some_that_are(name):
    with refused(FILE, repr(name), "exports.csv", "cp1252"):
        decode(CAFE, FILE, name)


@pytest.mark.parametrize(
    ("text", "format_name"),
    [
        (RIS, "RIS"),
        (f"Record #1, of 1\n{RIS}", "RIS"),
        ("\n [{}]", "ERIC JSON"),
        ('{"response": {}}', "ERIC JSON"),
        ("title,year\n", "CSV"),
        ("title\tyear\n", "CSV"),
    ],
)
def test_the_format_is_told_by_what_a_file_holds(text, format_name):
    assert detect(text, FILE) == format_name


@pytest.mark.parametrize("text", ["<!DOCTYPE html><html></html>", "<?xml version='1.0'?><a/>"])
def test_a_web_page_is_told_as_one(text):
    with refused(FILE, "web page or XML"):
        detect(text, FILE)


def test_a_text_of_no_format_is_refused():
    with refused(FILE, "no record was found"):
        detect("Dear reader\nhere is nothing", FILE)


@given(st.text())
def test_any_text_has_a_format_or_is_refused(text):
    with contextlib.suppress(ReviewError):
        assert detect(text, FILE) in READERS


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scratch") / "export"


@given(data=st.binary() | st.text('TYER  -JOUR\n{}[]":,;', max_size=40).map(str.encode), encoding=st.sampled_from(["", "cp1252", "utf-16"]))
def test_any_file_gives_records_that_are_all_accounted_for_or_is_refused_by_name(scratch, data, encoding):
    try:
        imported = read(scratch, data, encoding=encoding).imported
    except ReviewError as error:
        assert str(scratch) in str(error.where) and error.remedy
        assert "fault of searchsets" not in error.remedy
    else:
        assert imported.marks == len(imported.records) + len(imported.broken) > 0


def test_a_read_file_is_known_by_its_bytes_and_by_the_name_it_has_on_every_machine(tmp_path):
    made = read(tmp_path / "trusts.ris", CAFE, encoding="cp1252")
    assert (made.sha256, made.size) == (hashlib.sha256(CAFE).hexdigest(), len(CAFE))
    assert [one.source_file for one in [made.imported, *made.imported.records]] == ["bei/trusts.ris"] * 2


@pytest.mark.parametrize(("data", "kind"), [(RIS, "unknown"), ('[{"title": "Trusts"}]', "corpus")])
def test_a_file_of_which_nothing_is_said_is_unknown_and_json_of_the_service_a_corpus(tmp_path, data, kind):
    assert read(tmp_path / "trusts", data.encode()).represents == Represents(kind)


def test_a_broken_stretch_is_found_at_its_byte_in_the_file(tmp_path):
    data = codecs.BOM_UTF8 + f"{RIS}AU  - Fox, C.\n".replace("\n", "\r\n").encode()
    [broken] = read(tmp_path / "trusts.ris", data).imported.broken
    assert data[broken.byte_offset :].startswith(b"AU  - Fox")


def test_a_file_that_cannot_be_opened_is_refused(tmp_path):
    (tmp_path / "gone.ris").symlink_to(tmp_path / "nowhere")
    with refused(tmp_path / "gone.ris", "cannot be read"):
        read_export(Export("bei", tmp_path / "gone.ris", "bei/gone.ris"))
