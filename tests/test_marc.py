"""MARC 21 as libraries exchange it: binary records, each told by the byte that ends it."""

from __future__ import annotations

import contextlib
import json

import pymarc
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reads import Reads, read_bytes
from refusal import refused
from searchsets.errors import ReviewError
from searchsets.records.exports import Export
from searchsets.records.extraction import CUT_OFF, Extraction
from searchsets.records.formats.marc import Marc
from searchsets.records.model import Record
from searchsets.records.reading import ReadFile, read_export

FIELDS: list[tuple[str, str | bytes]] = [
    ("001", "ocm17"),
    ("003", "OCoLC"),
    ("008", "040501s2004    enka     b    001 0 eng d"),
    ("020", "  $a9780748712342 (pbk.)"),
    ("022", "  $a1234-5678"),
    ("024", "7 $a10.1000/ABC$2doi"),
    ("100", "1 $aFox, Clare,$d1960-"),
    ("245", "10$aTrusts :$btheir boards /$cClare Fox."),
    ("260", "  $aLeeds :$bTrusts Press,$c2004."),
    ("490", "0 $aLocal government ;$v3"),
    ("520", "  $aWhere they meet."),
    ("650", " 0$aSchools$xGovernance$zEngland."),
    ("650", " 0$aBoards (Councils)."),
    ("653", "  $atrusts"),
    ("700", "1 $aButler, Greg."),
    ("710", "2 $aDepartment of Health,$bTrusts Unit."),
    ("856", "40$uhttps://example.org/17"),
]


def marc(*fields: tuple[str, str | bytes], coding: str = "a", encoding: str = "utf-8") -> bytes:
    """Return a record by hand: leader, directory, fields; `$` stands for the sign of subfields."""
    directory, body = b"", b""
    for tag, value in fields:
        data = value if isinstance(value, bytes) else value.encode(encoding)
        data = data.replace(b"$", b"\x1f") + b"\x1e"
        directory += f"{tag}{len(data):04}{len(body):05}".encode()
        body += data
    base = 24 + len(directory) + 1
    size = base + len(body) + 1
    leader = f"{size:05}nam {coding}22{base:05}   4500".encode()
    return leader + directory + b"\x1e" + body + b"\x1d"


def simple(title: str, number: str = "17") -> bytes:
    return marc(("001", number), ("245", f"10$a{title}"))


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Reads:
    return Reads(tmp_path_factory.mktemp("marc") / "export.mrc")


def titles(made: ReadFile) -> list[str]:
    return [one.title for one in made.records]


# What libraries write.


def test_a_record_is_read_as_a_library_writes_it(read):
    made = read(marc(*FIELDS))
    [found] = made.records
    fields = {"title": "Trusts : their boards", "year": 2004, "container": "Local government",
              "authors": ["Fox, Clare", "Butler, Greg", "Department of Health"],
              "publisher": "Trusts Press", "place": "Leeds", "abstract": "Where they meet.",
              "descriptors": ["Schools -- Governance -- England", "Boards (Councils)"],
              "keywords": ["trusts"], "accession": "ocm17", "isbn": ["9780748712342"],
              "issn": ["1234-5678"], "doi": "10.1000/abc", "language": "eng", "type": "Book",
              "url": "https://example.org/17"}  # fmt: skip
    assert {name: getattr(found, name) for name in fields} == fields
    assert (made.broken, made.extraction.found, made.extraction.cut_off) == ([], 1, False)
    assert made.extraction.databases == {"OCoLC": 1}
    assert made.findings() == []


@pytest.mark.parametrize(
    ("fields", "name", "value"),
    [
        ([("110", "2 $aDepartment of Health.")], "authors", ["Department of Health"]),
        ([("111", "2 $aTrusts Conference")], "authors", ["Trusts Conference"]),
        ([("245", "00$aTrusts.$nPart 2,$pBoards /")], "title", "Trusts. Part 2, Boards"),
        ([("264", " 1$aLeeds$bPress$c[2005]")], "year", 2005),
        ([("264", " 1$aLeeds$bPress$cc2005")], "year", 2005),
        ([("008", "040501s2003    enk           000 0 eng d")], "year", 2003),
        ([("008", "040501s19uu    enk           000 0 eng d")], "year", None),
        ([("041", "0 $ager")], "language", "ger"),
        ([("773", "0 $tLocal Government.$gVol. 3, no. 2 (2004), p. 5-17$x1234-5678")],
         "container", "Local Government"),
        ([("773", "0 $tLocal Government.$gVol. 3, no. 2 (2004), p. 5-17")], "pages", "5-17"),
        ([("773", "0 $tLocal Government.$gVol. 3, no. 2 (2004), p. 5-17")], "issue", "2"),
        ([("773", "0 $tA$gBd. 3 (2004), S. 5-17$x1234-5678")], "issn", ["1234-5678"]),
        ([("856", "40$uhttps://doi.org/10.1000/ABC")], "doi", "10.1000/abc"),
        ([("035", "  $a(ERIC)ED480001")], "accession", "ED480001"),
        ([("520", "  $a ")], "abstract", ""),
    ],
)  # fmt: skip
def test_a_field_is_found_under_its_tag_and_subfield(read, fields, name, value):
    found = read.record(marc(("001", "17"), *fields))
    assert getattr(found, name) == value


def test_every_field_a_source_gave_is_in_raw(read):
    kept = json.loads(read.record(marc(*FIELDS, ("999", "  $xodd$xagain"))).raw)
    said = [field for field in kept["fields"] if "999" in field]
    assert said == [
        {"999": {"ind1": " ", "ind2": " ", "subfields": [{"x": "odd"}, {"x": "again"}]}}
    ]
    assert len(kept["fields"]) == len(FIELDS) + 1


def test_records_keep_their_order_and_are_counted_from_one(read):
    made = read(simple("One"), simple("Two"), simple("Three"))
    assert [(one.position, one.title) for one in made.records] == [
        (1, "One"), (2, "Two"), (3, "Three"),
    ]  # fmt: skip
    assert made.facts()["start_marks"] == made.facts()["read"] == 3


def test_records_that_pymarc_writes_are_read(read):
    written = pymarc.Record(force_utf8=True)
    written.add_field(pymarc.Field(tag="001", data="17"))
    written.add_field(
        pymarc.Field(
            tag="245", indicators=["1", "0"], subfields=[pymarc.Subfield("a", "Où est le café?")]
        )
    )
    found = read.record(written.as_marc())
    assert (found.title, found.accession) == ("Où est le café?", "17")


@pytest.mark.parametrize("between", [b"\n", b"\r\n", b"\n\n", b" ", b"\0"])
def test_what_some_programs_write_between_records_is_passed_over(read, between):
    made = read(simple("One"), between, simple("Two"), between)
    assert (titles(made), made.broken, made.extraction.found) == (["One", "Two"], [], 2)


def test_a_sign_of_the_end_of_a_file_is_no_record(read):
    made = read(simple("One"), simple("Two"), b"\x1a")
    assert (titles(made), made.broken) == (["One", "Two"], [])


def test_line_ends_within_a_field_are_bytes_of_it(read):
    made = read(simple("One\r\ntwo\rthree\nfour"), simple("After"))
    assert titles(made) == ["One two three four", "After"]


# Encodings.


def test_a_record_of_utf_8_is_read(read):
    assert read.record(simple("Où – Łódź 漢字 😀")).title == "Où – Łódź 漢字 😀"


@pytest.mark.parametrize(
    ("written", "title"),
    [
        (b"Caf\xe2e", "Café"),
        (b"M\xe8uller", "Müller"),
        (b"\xa2rsted \xb2re \xa5r", "Ørsted øre Ær"),
        (b"\xa1\xe2od\xe2z", "Łódź"),
        (b"plain", "plain"),
        (b"\x1b(NabC\x1b(B abc", "АБц abc"),
    ],
)
def test_a_record_of_marc_8_is_read(read, written, title):
    found = read.record(marc(("001", "17"), ("245", b"10$a" + written), coding=" "))
    assert found.title == title


def test_a_damaged_text_of_marc_8_is_no_matter_of_the_terminal(read, capfd):
    chinese = marc(("001", "1"), ("245", b"10$aOne \x1b?1a"), coding=" ").replace(b"?", b"$")
    made = read(chinese, simple("Two"))
    assert titles(made)[-1] == "Two"
    assert capfd.readouterr() == ("", "")


def test_records_of_both_encodings_in_one_file_are_read(read):
    eight = marc(("001", "1"), ("245", b"10$aCaf\xe2e"), coding=" ")
    made = read(simple("Où"), eight, simple("Zwö"))
    assert titles(made) == ["Où", "Café", "Zwö"]


def test_a_byte_that_is_no_utf_8_costs_no_record(read):
    bad = marc(("001", "1"), ("245", b"10$aCaf\xe9 \x93so\x94 \x81"))
    made = read(simple("One"), bad, simple("Two"))
    assert titles(made) == ["One", "Café “so”", "Two"]


# What is damaged.


def _with_length(record: bytes, length: bytes) -> bytes:
    return length + record[5:]


@pytest.mark.parametrize("length", [b"00001", b"99999", b"00000", b"00100"])
def test_a_wrong_length_in_a_leader_costs_no_other_record(read, length):
    made = read(simple("One"), _with_length(simple("Wrong"), length), simple("Two"))
    assert (titles(made)[0], titles(made)[-1]) == ("One", "Two")
    assert made.extraction.found == 3


@pytest.mark.parametrize("length", [b"abcde", b"     ", b"-0001", b"\xff\xff\xff\xff\xff"])
def test_a_length_that_is_no_number_costs_no_other_record(read, length):
    made = read(simple("One"), _with_length(simple("Wrong"), length), simple("Two"))
    assert (titles(made)[0], titles(made)[-1]) == ("One", "Two")
    assert made.extraction.found == 3


def _replaced(record: bytes, at: int, new: bytes) -> bytes:
    return record[:at] + new + record[at + len(new) :]


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: _replaced(whole, 12, b"99999"),
        lambda whole: _replaced(whole, 12, b"00000"),
        lambda whole: _replaced(whole, 12, b"abcde"),
        lambda whole: _replaced(whole, 24 + 3, b"9999"),
        lambda whole: _replaced(whole, 24 + 3, b"0000"),
        lambda whole: _replaced(whole, 24 + 3, b"abcd"),
        lambda whole: _replaced(whole, 24 + 7, b"99999"),
        lambda whole: _replaced(whole, 24 + 7, b"-0001"),
        lambda whole: whole[:40] + whole[50:],
        lambda whole: whole[:24] + b"\x1d",
        lambda whole: whole[:10] + b"\x1d",
        lambda whole: b"\x1d",
        lambda whole: b"nothing of MARC\x1d",
        lambda whole: whole[:60] + b"two" + whole[60:],
    ],
)
def test_a_damaged_record_is_broken_alone(read, damage):
    before = simple("Before")
    damaged = damage(simple("Damaged"))
    made = read(before, damaged, simple("After"))
    [broken] = made.broken
    assert titles(made) == ["Before", "After"]
    assert (broken.byte_offset, made.extraction.found) == (len(before), 3)
    assert broken.reason and not made.extraction.cut_off
    assert broken.raw == damaged.decode("latin-1")


@pytest.mark.parametrize("cut", [1, 2, 10, 40, 60])
def test_a_truncated_last_record_is_cut_off(read, cut):
    one, two = simple("Önë"), simple("Two")
    made = read(one, two[:-cut])
    [broken] = made.broken
    assert titles(made) == ["Önë"]
    assert (broken.byte_offset, broken.reason) == (len(one), CUT_OFF)
    assert made.extraction.cut_off
    assert any("cut off" in finding for finding in made.findings())


def test_a_record_whose_end_is_missing_takes_at_most_the_next_with_it(read):
    made = read(simple("One"), simple("Two")[:-1], simple("Three"), simple("Four"))
    assert titles(made)[0] == "One" and titles(made)[-1] == "Four"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (simple("One")[:-1], "no record"),
        (_replaced(simple("One"), 12, b"99999"), "no record can be read"),
        (b"00026\x1e\x1d", "no record can be read"),
    ],
)
def test_a_file_of_which_no_record_can_be_read_is_refused(tmp_path, data, words):
    path = tmp_path / "none.mrc"
    path.write_bytes(data)
    with refused(path, words):
        read_export(Export("test", path, path.name))


def test_a_directory_of_many_entries_is_read_soon(read):
    fields = [("500", f"  $a{number:04}") for number in range(3000)]
    made = read(marc(("001", "1"), ("245", "10$aMany"), *fields), simple("After"))
    assert titles(made) == ["Many", "After"]


# Any damage.


def taken(data: bytes, sizes: list[int]) -> tuple[Extraction, list[Record]]:
    chunks, at = [], 0
    while at < len(data):
        size = sizes[len(chunks) % len(sizes)]
        chunks.append(data[at : at + size])
        at += size
    extraction = Extraction(Marc(), chunks, "export.mrc")
    return extraction, list(extraction)


SMALL = [
    simple("One") + simple("Zwö") + simple("Three"),
    marc(*FIELDS) + b"\n" + marc(*FIELDS, coding=" ") + b"\n",
]
NOISE = st.binary(min_size=1, max_size=12) | st.lists(
    st.sampled_from([b"\x1d", b"\x1e", b"\x1f", b"\n", b"\r\n", b" ", b"0", b"00123", b"\x1b(N",
                     b"\x1b$1", b"a", b"\xff", b"\xc3", b"\x1a", b"\0", b"880", b"245", b"\x1b",
                     b"\xe2"]),
    min_size=1, max_size=4,
).map(b"".join)  # fmt: skip


@settings(max_examples=150)
@given(st.sampled_from(SMALL), st.floats(0, 1), NOISE, st.integers(0, 40), st.booleans())
def test_any_bytes_put_anywhere_give_records_that_are_all_accounted_for_or_a_refusal(
    read, whole, where, noise, lost, over
):
    at = int(where * len(whole))
    lost = len(noise) if over else lost  # bytes put over others leave the directory right
    with contextlib.suppress(ReviewError):
        read(whole[:at] + noise + whole[at + lost :])


@settings(max_examples=150)
@given(st.integers(0, 60), NOISE, st.booleans())
@example(0, b"", True)
def test_a_whole_record_before_and_after_any_bytes_is_never_lost(read, at, noise, over):
    inside = simple("Inside", "99")
    inside = inside[:at] + noise + inside[at + len(noise) * over :]
    data = simple("Before") + inside.removesuffix(b"\x1d") + b"\x1d" + simple("After")
    found = titles(read_bytes(read.path, data))
    assert found[0] == "Before" and found[-1] == "After"


@settings(max_examples=150)
@given(
    st.sampled_from(SMALL),
    st.floats(0, 1),
    NOISE | st.just(b""),
    st.lists(st.integers(1, 40), min_size=1, max_size=5),
)
def test_a_file_is_read_the_same_in_pieces_of_any_size(whole, where, noise, sizes):
    at = int(where * len(whole))
    data = whole[:at] + noise + whole[at:]
    one, records = taken(data, [len(data)])
    parted, same = taken(data, sizes)
    assert same == records
    assert parted.broken == one.broken
    assert parted.marks.starts == one.marks.starts
    assert (parted.found, parted.cut_off) == (one.found, one.cut_off)
    assert one.found == one.read + len(one.broken)


TITLES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1)


@settings(max_examples=100)
@given(st.lists(TITLES, min_size=1, max_size=4))
def test_texts_written_as_marc_are_read_back(read, texts):
    written = [one.replace("$", "S") for one in texts]
    made = read(*(marc(("001", "1"), ("500", f"  $a{one}")) for one in written))
    kept = [json.loads(one.raw)["fields"][1]["500"]["subfields"][0]["a"] for one in made.records]
    assert kept == written
