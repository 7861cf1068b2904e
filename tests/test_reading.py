"""One export file, whatever its format: what came out of it, held against what went in."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refusal import refused
from searchsets.errors import ReviewError
from searchsets.records.exports import Export, Represents
from searchsets.records.reading import ReadFile, read_export

RIS = "TY  - JOUR\nTI  - Où est le café?\nER  - \n"


def read_all(path: Path, data: bytes, **stated: str) -> list[ReadFile]:
    path.write_bytes(data)
    return read_export(Export("bei", path, f"bei/{path.name}", **stated))


def read(path: Path, data: bytes, **stated: str) -> ReadFile:
    [one] = read_all(path, data, **stated)
    return one


@pytest.mark.parametrize(
    ("text", "format_name"),
    [
        (RIS, "RIS"),
        (f"Record #1, of 1\n{RIS}", "RIS"),
        ('\n [{"title": "Trusts"}]', "JSON"),
        ('{"response": {"docs": [{"id": "EJ1", "title": "Trusts"}]}}', "JSON"),
        ("title,year\nTrusts,2004\n", "CSV"),
        ("title\tyear\nTrusts\t2004\n", "CSV"),
        ("PMID- 1\nOWN - NLM\nTI  - Trusts\n", "MEDLINE"),
        ("\nOWN - ERIC\nTI  - Trusts\nOID - EJ700001\n", "ERIC nbib"),
        ("FN Clarivate\nVR 1.0\nPT J\nTI Trusts\nER\n\nEF\n", "Web of Science tagged"),
        ("%0 Report\n%T Trusts\n", "EndNote tagged"),
        ("<1>\nTitle\n  Trusts\n", "Ovid tagged"),
        ("<?xml version='1.0'?><xml><records><record><titles><title>Trusts</title></titles>"
         "</record></records></xml>", "XML"),
    ],
)  # fmt: skip
def test_the_format_is_told_by_what_a_file_holds(tmp_path, text, format_name):
    made = read(tmp_path / "export", text.encode())
    assert made.extraction.reader.format == format_name
    assert len(made.records) == 1 and made.facts()["known_by"]


ESCAPED = "P &lt; 0.05, A &amp; B </title></textarea>"


@pytest.mark.parametrize(
    "text",
    [
        f"TY  - JOUR\nTI  - {ESCAPED}\nER  - \n",
        f'[{{"title": "{ESCAPED}"}}]',
        f'{{"response": {{"docs": [{{"id": "EJ1", "title": "{ESCAPED}"}}]}}}}',
        f'title,year\n"{ESCAPED}",2004\n',
        f"PMID- 1\nOWN - NLM\nTI  - {ESCAPED}\n",
        f"%0 Report\n%T {ESCAPED}\n",
        f"FN Clarivate\nVR 1.0\nPT J\nTI {ESCAPED}\nER\n\nEF\n",
        f"@article{{a,\n  title = {{{ESCAPED.replace('&', chr(92) + '&')}}},\n  year = 2004\n}}\n",
    ],
)  # fmt: skip
def test_an_escaped_sign_comes_out_as_it_was_meant_and_only_known_mark_up_goes(tmp_path, text):
    """`</title>` is mark-up that services leave in titles; `</textarea>` is none, and stays text."""
    [made] = read(tmp_path / "export", text.encode()).records
    assert made.title == "P < 0.05, A & B </textarea>"


@pytest.mark.parametrize(
    "text", ["<!DOCTYPE html><html><body>Log in</body></html>", "Dear reader\nhere is nothing"]
)
def test_what_holds_no_records_is_refused(tmp_path, text):
    with refused(tmp_path / "page"):
        read(tmp_path / "page", text.encode())


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scratch") / "export"


BYTES = st.binary() | st.text("TYERPMID%0<1> -JOUR\n{}[]\":,;@<>/", max_size=60).map(str.encode)


@given(data=BYTES, encoding=st.sampled_from(["", "", "cp1252", "utf-16"]))
def test_any_file_gives_records_that_are_all_accounted_for_or_is_refused_by_name(
    scratch, data, encoding
):
    try:
        for made in read_all(scratch, data, encoding=encoding):
            assert made.extraction.found == len(made.records) + len(made.broken) > 0
    except ReviewError as error:
        assert str(scratch) in str(error.where) and error.remedy


def test_a_read_file_is_known_by_its_bytes_and_by_the_name_it_has_on_every_machine(tmp_path):
    data = RIS.encode("cp1252")
    made = read(tmp_path / "trusts.ris", data, encoding="cp1252")
    assert (made.sha256, made.size) == (hashlib.sha256(data).hexdigest(), len(data))
    assert [made.name, made.records[0].source_file] == ["bei/trusts.ris"] * 2


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (RIS, "unknown"),
        ('{"response": {"docs": [{"id": "EJ700001", "title": "Trusts", "subject": ["A"]}]}}', "corpus"),
    ],
)  # fmt: skip
def test_a_file_of_which_nothing_is_said_is_unknown_and_json_of_the_service_a_corpus(
    tmp_path, data, kind
):
    assert read(tmp_path / "trusts", data.encode()).represents == Represents(kind)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_broken_stretch_is_found_at_its_byte_in_the_file(tmp_path, encoding, end):
    data = f"{RIS}AU  - Fox, C.\n".replace("\n", end).encode(encoding)
    [broken] = read(tmp_path / "trusts.ris", data, encoding=encoding).broken
    unmarked = "utf-16-le" if encoding == "utf-16" else encoding.removesuffix("-sig")
    assert data[broken.byte_offset :].decode(unmarked).startswith("AU  - Fox")
    assert broken.line == 4


@pytest.mark.parametrize(
    "text", ["title,year\n", '{"response": {"numFound": 0, "docs": []}}', "TY  - JOUR\nTI  - H"]
)
def test_a_file_of_which_no_record_can_be_read_is_refused(tmp_path, text):
    with refused(tmp_path / "none", "record"):
        read(tmp_path / "none", text.encode())


def test_a_file_that_cannot_be_opened_is_refused(tmp_path):
    (tmp_path / "gone.ris").symlink_to(tmp_path / "nowhere")
    with refused(tmp_path / "gone.ris", "cannot be read"):
        read_export(Export("bei", tmp_path / "gone.ris", "bei/gone.ris"))


def test_a_cut_off_file_keeps_its_whole_records_and_says_that_it_is_cut_off(tmp_path):
    made = read(tmp_path / "cut.ris", f"{RIS}TY  - JOUR\nTI  - Ha".encode())
    assert (len(made.records), len(made.broken)) == (1, 1)
    assert any("cut off" in finding for finding in made.findings())


@pytest.mark.parametrize(
    ("reported", "word"), [("2", "a part is missing"), ("0", "a part came twice")]
)
def test_another_number_than_the_platform_reported_is_a_finding(tmp_path, reported, word):
    made = read(tmp_path / "some.ris", RIS.encode(), reported=reported)
    assert word in " ".join(made.findings())


def test_a_gzip_file_and_the_members_of_a_zip_are_read_in_place(tmp_path):
    packed = read(tmp_path / "one.ris.gz", gzip.compress(RIS.encode()))
    assert packed.records[0].title == "Où est le café?"
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("b.ris", RIS)
        archive.writestr("a/c.csv", "title,year\nTrusts,2004\n")
        archive.writestr("README.txt", "nothing")
    made = read_export(Export("bei", tmp_path / "all.zip", "bei/all.zip"))
    assert [one.name for one in made] == ["bei/all.zip/a/c.csv", "bei/all.zip/b.ris"]


@pytest.mark.parametrize("cut", [5, 30, 50])
def test_a_damaged_archive_is_told_as_one(tmp_path, cut):
    with refused(tmp_path / "one.ris.gz"):
        read(tmp_path / "one.ris.gz", gzip.compress(RIS.encode() * 9)[:cut])


def test_a_record_with_bytes_of_another_encoding_is_read_and_told(tmp_path):
    data = "TY  - JOUR\nTI  - Schüler äöü\nER  - \n".encode() * 3 + RIS.encode("cp1252")
    made = read(tmp_path / "mixed.ris", data)
    assert made.records[-1].title == "Où est le café?"
    assert any("cp1252" in finding for finding in made.findings())


def test_a_byte_order_mark_costs_no_record(tmp_path):
    made = read(tmp_path / "bom.ris", codecs.BOM_UTF8 + RIS.encode() * 2)
    assert len(made.records) == 2
