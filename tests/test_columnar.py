"""Reading RIS by columns gives what reading it record by record gives: records, counts, findings."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchsets.errors import ReviewError
from searchsets.records.formats import blocks
from searchsets.records.reading import ReadFile, open_source
from searchsets.records.source import Source, sources

TAGS = ("TI", "T1", "AU", "A1", "PY", "Y1", "JF", "T2", "VL", "IS", "SP", "EP", "AB", "KW", "DO",
        "UR", "SN", "AN", "M3", "U2", "N1", "DB", "ID", "LA", "XX", "TY", "ER")  # fmt: skip
VALUES = (
    "", " ", "NA", "null", "Trusts", "  Trusts  and boards ", "Où &amp; <i>quand</i>", "a\tb", "\xa0x\xa0",
    "Fox, C.", "et al.", "[and others]", "And Others", "et\xa0al", "N/A", "None", "No", "Others, A.", "Governance", "governance",
    "2004", "2004/05//", "1999-2001", "99", "Article 10 2019", "22", "22-29", "5–7", "e12", "\u2028",
    "10.1000/ABC.1", "https://doi.org/10.1000/x(1).", "doi:10.1/2", "10.1000/a 10.1000/b",
    "1234-5678", "ISSN-1234-567X", "1234-5678; 978-1-906792-33-6", "12345678",
    "EJ123456", "see ED98765", "E&#74;123456", "https://search.ebscohost.com/login?db=eric&AN=EJ1234567",
    "https://www.proquest.com/docview/1", "DB - GreenFILE UI - 1", "ERIC, Resources in Education (RIE)",
    "x;y", "漢字", "e\u0301", "\x85", "&", "<", "ER  - ", "TY  - JOUR", "a" * 300,
)  # fmt: skip
tagged = st.builds("{}  - {}".format, st.sampled_from(TAGS), st.sampled_from(VALUES))
odd = st.sampled_from(
    ["", " ", "wrapped", "  wrapped", "TY -", "TY - JOUR", "ER -", " ER  - ", "\ufeffTY  - JOUR",
     "TY  -", "ER  -", "AU  -", "AU  -Fox", "KW - boards", "UNIVERSITY - a", "au  - fox", "\x0c"]
)  # fmt: skip
record = st.lists(st.one_of(tagged, tagged, tagged, odd), max_size=12).map(
    lambda lines: "\n".join(["TY  - JOUR", *lines, "ER  - ", ""])
)
regular = st.lists(tagged.filter(lambda line: line[:2] not in ("TY", "ER")), max_size=12).map(
    lambda lines: "\n".join(["TY  - JOUR", *lines, "ER  - ", "", ""])
)
texts = st.lists(st.one_of(regular, regular, record, odd), min_size=1, max_size=8).map("".join)


def read(source: Source, *, by_columns: bool) -> ReadFile | None:
    try:
        made = open_source(source)
    except ReviewError:
        return None
    made.extraction.by_columns = by_columns
    made.records = list(made.take())
    return made


def check(path: Path) -> int:
    """Compare both ways of reading a file; return how many records it has."""
    for source in sources(path, "bei/a.ris"):
        quick, slow = read(source, by_columns=True), read(source, by_columns=False)
        if quick is None or slow is None:
            assert quick is slow
            return 0
        assert quick.records == slow.records
        assert quick.broken == slow.broken
        assert quick.facts() == slow.facts()
        assert sorted(quick.extraction.unread_years) == sorted(slow.extraction.unread_years)
        for record, position in zip(quick.records, range(1, 1_000_000), strict=False):
            assert record.position == position
    return len(quick.records)


@settings(max_examples=400, deadline=None)
@given(
    text=texts,
    damage=st.binary(max_size=3),
    at=st.integers(0, 400),
    size=st.integers(20, 4000),
    part=st.integers(1, 100),
)
def test_both_ways_of_reading_are_equal(tmp_path_factory, text, damage, at, size, part):
    data = text.encode()
    at = min(at, len(data))
    path = tmp_path_factory.mktemp("twin") / "a.ris"
    path.write_bytes(data[:at] + damage + data[at:])
    with pytest.MonkeyPatch.context() as small:  # so that a small file is several pieces
        small.setattr(blocks, "SIZE", size)
        small.setattr(blocks, "_SLICE", part)
        check(path)


def test_a_regular_record_is_read_by_columns_and_the_others_beside_it(tmp_path):
    path = tmp_path / "a.ris"
    path.write_text(
        "TY  - JOUR\nTI  - One\nER  - \n\nTY  - JOUR\nTI  - wrapped\n  twice\nER  - \n"
        "TY  - JOUR\nTI  - no end\nTY  - JOUR\nTI  - Four\nER  - \n",
        encoding="utf-8",
    )
    block = blocks.Block(path.read_bytes(), _dialect(path))
    assert block.is_regular.tolist() == [True, False, False, True]
    made = read(sources(path, "a.ris")[0], by_columns=True)
    assert [one.title for one in made.records] == ["One", "wrapped twice", "Four"]
    assert [(one.line, one.byte_offset) for one in made.broken] == [(9, 69)]


def _dialect(path: Path):
    return open_source(sources(path, "a.ris")[0]).extraction.reader.by_columns


@pytest.mark.skipif("SEARCHSETS_CORPORA" not in os.environ, reason="SEARCHSETS_CORPORA is not set")
def test_both_ways_are_equal_on_every_file_of_ris_of_the_corpora():
    paths = sorted(Path(os.environ["SEARCHSETS_CORPORA"]).rglob("*.ris"))
    assert sum(map(check, paths)) > 3_000
