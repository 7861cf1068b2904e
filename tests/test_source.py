"""From the bytes of a file to its text: encodings, line ends, and what is no text at all."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refusal import refused
from searchsets.records.encoding import detect, mojibake
from searchsets.records.source import Normaliser, Source

RIS = "TY  - JOUR\nTI  - Où est le café?\nER  - \n"
CAFE = RIS.encode("cp1252")
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00\ufeff")).map(
    "a{}".format
)


def source(folder: Path, data: bytes, stated: str = "") -> Source:
    path = folder / "trusts.ris"
    path.write_bytes(data)
    made = Source(path, "bei/trusts.ris", stated=stated)
    made.examine()
    return made


def text(folder: Path, data: bytes, stated: str = "") -> str:
    return b"".join(source(folder, data, stated).chunks()).decode()


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scratch")


@given(TEXTS, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]))
def test_a_text_comes_back_from_every_encoding_that_marks_itself(scratch, written, encoding):
    assert text(scratch, written.encode(encoding)) == written


@given(TEXTS, st.sampled_from(["utf-8", "utf-8-sig", "utf-16-le"]), st.integers(1, 5))
def test_a_text_is_normalised_the_same_in_pieces_of_any_size(written, encoding, size):
    data = written.replace("\n", "\r\n").encode(encoding)
    normaliser = Normaliser(encoding)
    made = [normaliser.feed(data[at : at + size]) for at in range(0, len(data), size)]
    assert b"".join([*made, normaliser.feed(b"", True)]).decode() == written


@pytest.mark.parametrize(
    "encoding", ["utf-8", "cp1252", "latin-1", "mac-roman", "utf-16-le", "utf-16-be"]
)
def test_the_encoding_is_told_by_the_bytes(tmp_path, encoding):
    assert text(tmp_path, RIS.encode(encoding)) == RIS
    assert source(tmp_path, RIS.encode(encoding)).encoding.why


@pytest.mark.parametrize(
    "said", ["Århus kommune, Öresund", "“Children’s trusts” – a review", "naïve façade, señor"]
)
@pytest.mark.parametrize("encoding", ["cp1252", "mac-roman"])
def test_windows_and_mac_are_told_apart(said, encoding):
    assert said.encode(encoding).decode(detect(said.encode(encoding)).name) == said


def test_a_stated_encoding_goes_before_what_the_bytes_seem_to_be(tmp_path):
    assert text(tmp_path, RIS.encode("cp1252"), "windows-1252") == RIS


def test_a_byte_order_mark_goes_before_a_stated_encoding(tmp_path):
    assert text(tmp_path, RIS.encode("utf-16"), "cp1252") == RIS


@pytest.mark.parametrize(
    ("end", "name"), [("\r\n", "CRLF"), ("\r", "CR"), ("\n", "LF")]
)
def test_every_line_end_becomes_one_and_is_named(tmp_path, end, name):
    data = f"one{end}two{end}".encode()
    assert text(tmp_path, data) == "one\ntwo\n"
    assert source(tmp_path, data).line_ends == name


@pytest.mark.parametrize("data", [b"", b" \n\t\r\n", codecs.BOM_UTF8 + b" \n"])
def test_a_file_without_any_text_is_told_as_empty(tmp_path, data):
    with refused(tmp_path, "empty"):
        source(tmp_path, data).text_head()


@pytest.mark.parametrize(
    ("start", "what"),
    [
        (b"%PDF-1.7\n", "PDF"),
        (b"\xd0\xcf\x11\xe0", "Excel"),
        (b"SQLite format 3\x00", "SQLite"),
        (b"TY  - \x00\x01", "binary"),
        (b"\xff\xd8\xff\xe0\x00", "binary"),
    ],
)
def test_what_is_no_text_is_told_for_what_it_is(tmp_path, start, what):
    with refused(tmp_path, what, "export the records as"):
        source(tmp_path, start + bytes(range(256))).text_head()


def test_a_text_that_is_not_in_its_stated_encoding_is_told_with_line_and_byte(tmp_path):
    with refused(f"{tmp_path}/trusts.ris:2", "is not ascii text", "0xf9", "exports.csv"):
        text(tmp_path, CAFE, "ascii")


@pytest.mark.parametrize("name", ["utf-88", "Windows", "hex", "rot13", "undefined", "a\x00b"])
def test_an_encoding_that_is_none_is_told_with_some_that_are(tmp_path, name):
    with refused(tmp_path, repr(name), "exports.csv", "cp1252"):
        source(tmp_path, CAFE, name)


def test_text_that_was_read_in_a_wrong_encoding_is_counted_and_good_text_is_not():
    assert mojibake("le cafÃ© â€œtrusts‚Äù".encode()) >= 2
    assert mojibake("Ångström, café, “trusts” – √2".encode()) == 0
