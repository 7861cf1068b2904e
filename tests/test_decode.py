"""From the bytes of a file to its text: encodings, and what is no text at all."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refusal import refused
from searchsets.errors import ReviewError
from searchsets.records.decode import decode

FILE = "exports/bei/trusts.ris"
RIS = "TY  - JOUR\nTI  - Où est le café?\nER  - \n"
CAFE = RIS.encode("cp1252")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-32")
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00")).map(
    "a{}".format
)


@given(TEXTS, st.sampled_from(ENCODINGS))
def test_a_text_comes_back_from_every_encoding_that_marks_itself(text, encoding):
    assert decode(text.encode(encoding), FILE)[0] == text


@pytest.mark.parametrize(
    "encoding", ["cp1252", "latin-1", "mac-roman", "utf-16-le", "UTF8", "windows-1252"]
)
def test_a_stated_encoding_is_used(encoding):
    assert decode(RIS.encode(encoding), FILE, encoding) == (RIS, encoding)


def test_a_byte_order_mark_goes_before_a_stated_encoding():
    assert decode(RIS.encode("utf-16"), FILE, "cp1252") == (RIS, "utf-16")


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_every_line_end_becomes_one(end):
    assert decode(f"one{end}two{end}".encode(), FILE)[0] == "one\ntwo\n"


@pytest.mark.parametrize(
    "data", [b"", b" \n\t\r\n", codecs.BOM_UTF8, codecs.BOM_UTF8 + b" \n", " \n".encode("utf-16")]
)
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
    with refused(
        f"{FILE}:2", f"byte {data.index(0xF9)} is 0xf9", "exports.csv", "encoding", "cp1252"
    ):
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
