"""One export file, whatever its format: what came out of it, held against what went in."""

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
from searchsets.records.exports import Export, Represents
from searchsets.records.reading import READERS, ReadExport, detect, read_export

FILE = "exports/bei/trusts.ris"
RIS = "TY  - JOUR\nTI  - Où est le café?\nER  - \n"


def read(path: Path, data: bytes, **stated: str) -> ReadExport:
    path.write_bytes(data)
    return read_export(Export("bei", path, f"bei/{path.name}", **stated))


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


BYTES = st.binary() | st.text('TYER  -JOUR\n{}[]":,;', max_size=40).map(str.encode)


@given(data=BYTES, encoding=st.sampled_from(["", "cp1252", "utf-16"]))
def test_any_file_gives_records_that_are_all_accounted_for_or_is_refused_by_name(
    scratch, data, encoding
):
    try:
        imported = read(scratch, data, encoding=encoding).imported
    except ReviewError as error:
        assert str(scratch) in str(error.where) and error.remedy
        assert "fault of searchsets" not in error.remedy
    else:
        assert imported.marks == len(imported.records) + len(imported.broken) > 0


def test_a_read_file_is_known_by_its_bytes_and_by_the_name_it_has_on_every_machine(tmp_path):
    data = RIS.encode("cp1252")
    made = read(tmp_path / "trusts.ris", data, encoding="cp1252")
    assert (made.sha256, made.size) == (hashlib.sha256(data).hexdigest(), len(data))
    assert [one.source_file for one in [made.imported, *made.imported.records]] == [
        "bei/trusts.ris"
    ] * 2


@pytest.mark.parametrize(("data", "kind"), [(RIS, "unknown"), ('[{"title": "Trusts"}]', "corpus")])
def test_a_file_of_which_nothing_is_said_is_unknown_and_json_of_the_service_a_corpus(
    tmp_path, data, kind
):
    assert read(tmp_path / "trusts", data.encode()).represents == Represents(kind)


def test_a_broken_stretch_is_found_at_its_byte_in_the_file(tmp_path):
    data = codecs.BOM_UTF8 + f"{RIS}AU  - Fox, C.\n".replace("\n", "\r\n").encode()
    [broken] = read(tmp_path / "trusts.ris", data).imported.broken
    assert data[broken.byte_offset :].startswith(b"AU  - Fox")


@pytest.mark.parametrize("text", ["title,year\n", '{"response": {"numFound": 0, "docs": []}}'])
def test_a_file_that_holds_no_record_is_refused(tmp_path, text):
    with refused(tmp_path / "none", "holds no record", "export it again"):
        read(tmp_path / "none", text.encode())


def test_a_file_that_cannot_be_opened_is_refused(tmp_path):
    (tmp_path / "gone.ris").symlink_to(tmp_path / "nowhere")
    with refused(tmp_path / "gone.ris", "cannot be read"):
        read_export(Export("bei", tmp_path / "gone.ris", "bei/gone.ris"))
