"""RIS, as platforms really write it: tagged lines, a record from TY to ER."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchsets.records.exports import Export
from searchsets.records.extraction import CUT_OFF, Extraction
from searchsets.records.formats.tagged import RIS, Tagged, dialect_of, fields_of
from searchsets.records.model import Record
from searchsets.records.reading import read_export

FILE = "bei/trusts.ris"
EBSCO = "UR  - https://search.ebscohost.com/login.aspx?direct=true&db=eric&AN=EJ700001"


class Read:
    """What came out of a text of RIS."""

    def __init__(self, text: str):
        self.extraction = Extraction(Tagged(RIS), [text.encode()], FILE)
        self.records = list(self.extraction)
        self.broken = self.extraction.broken
        self.marks = self.extraction.found


def read(*lines: str) -> Read:
    return Read("\n".join(lines) + "\n")


def record(*lines: str) -> Record:
    return read("TY  - JOUR", *lines, "ER  - ").records[0]


def titles(*lines: str) -> list[str]:
    return [one.title for one in read(*lines).records]


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("TI  - Trusts &amp; boards", "title", "Trusts & boards"),
        ("T1  - Trusts", "title", "Trusts"),
        ("CT  - Trusts", "title", "Trusts"),
        ("N2  - What they do.", "abstract", "What they do."),
        ("JF  - Local Government", "container", "Local Government"),
        ("T2  - Local Government", "container", "Local Government"),
        ("PY  - 2004", "year", 2004),
        ("Y1  - 2004/05//", "year", 2004),
        ("DA  - 2004 May 3", "year", 2004),
        ("AN  - 20041234; 77", "accession", "20041234"),
        (EBSCO, "accession", "EJ700001"),
        ("ID  - ED480001", "accession", "ED480001"),
        ("DO  - https://doi.org/10.1000/ABC.7.", "doi", "10.1000/abc.7"),
        ("M3  - doi: 10.1000/abc", "doi", "10.1000/abc"),
        ("SP  - 22-29", "pages", "22-29"),
        ("CY  - Leeds", "place", "Leeds"),
        ("SN  - 1234-5678, 8765-4321", "issn", ["1234-5678", "8765-4321"]),
        ("SN  - 12345678 (ISSN)", "issn", ["12345678"]),
        ("SN  - 1234-5678 8765-4321", "issn", ["1234-5678", "8765-4321"]),
        ("SN  - 978-0-7487-1234-2", "isbn", ["978-0-7487-1234-2"]),
        ("SN  - 978-0-7487-1234-2", "issn", []),
        ("UR  - https://doi.org/10.1000/a%281%29b", "doi", "10.1000/a(1)b"),
        ("AB  - NA", "abstract", ""),
    ],
)
def test_a_field_is_found_under_its_tags(line, field, value):
    assert getattr(record(line), field) == value


@pytest.mark.parametrize("stated", ["99", "1998-2001", "10 15", "2007/08//2014", "in press", ""])
def test_a_year_is_never_guessed(stated):
    assert record(f"PY  - {stated}").year is None


def test_the_best_tag_goes_first_whatever_the_order():
    assert record("T1  - Second best", "TI  - Best").title == "Best"


def test_authors_keep_their_order_each_once():
    found = record("AU  - Fox, C.", "A1  - Butler, G.", "AU  - Fox, C.").authors
    assert found == ["Fox, C.", "Butler, G."]


@pytest.mark.parametrize("url", [EBSCO, "UR  - https://www.proquest.com/docview/1"])
def test_keywords_are_descriptors_on_platforms_that_write_them_so(url):
    found = record("KW  - Governance", url)
    assert (found.descriptors, found.keywords) == (["Governance"], [])


def test_keywords_of_unknown_origin_are_no_descriptors():
    found = record("KW  - Governance", "UR  - https://example.org/1")
    assert (found.descriptors, found.keywords) == ([], ["Governance"])


def test_every_field_a_source_gave_is_in_raw():
    kept = fields_of(record("TI  - Trusts", "ZZ  - one", "ZZ  - two").raw)
    assert kept == {"TY": ["JOUR"], "TI": ["Trusts"], "ZZ": ["one", "two"]}


@pytest.mark.parametrize("start", ["TY  - JOUR", "TY - JOUR", "  TY  - JOUR", "TY  -"])
@pytest.mark.parametrize(
    "end", ["ER  - ", "ER  -", "ER - ", "  ER  - ", "ER  - 0", "ER  - \nER  - "]
)
def test_dialects_of_begin_and_end_are_read(start, end):
    assert titles(start, "TI  - One", end, "", start, "TI  - Two", end) == ["One", "Two"]


def test_a_first_line_without_a_blank_after_its_sign_begins_a_record_all_the_same():
    assert titles("TY  -JOUR", "TI  - One", "ER  - ") == ["One"]


def test_what_a_platform_writes_between_records_is_passed_over():
    lines = ["TY  - JOUR", "TI  - One", "ER  - ", "", "Record #2 of 2", "Provider: us", "2."]
    assert titles("1.", *lines, "TY  - BOOK", "TI  - Two", "ER  - ") == ["One", "Two"]


def test_a_byte_order_mark_between_joined_files_costs_no_record():
    assert titles("TY  - A", "TI  - One", "ER  - ", "\ufeffTY  - A", "TI  - Two", "ER  - ") == [
        "One",
        "Two",
    ]


@pytest.mark.parametrize("rest", ["boards meet", "   boards meet", "ER boards", "UK - boards meet"])
def test_a_wrapped_line_belongs_to_the_abstract(rest):
    assert record("AB  - Where", rest).abstract == f"Where {rest.strip()}"


def test_a_wrapped_line_after_kw_is_one_more_keyword():
    assert record("KW  - Governance", "Trusts").keywords == ["Governance", "Trusts"]


def test_a_last_record_without_its_end_line_is_broken_as_cut_off():
    done = read("TY  - JOUR", "TI  - One", "ER  - ", "TY  - JOUR", "TI  - Tw")
    [broken] = done.broken
    assert (broken.line, broken.reason, done.extraction.cut_off) == (4, CUT_OFF, True)
    assert [one.title for one in done.records] == ["One"]


def test_a_file_in_which_no_record_has_an_end_is_read_all_the_same():
    text = "TY  - JOUR\nTI  - One\n\nTY  - JOUR\nTI  - Two\n"
    reader, sign = dialect_of(text)
    titles = [one.title for one in Extraction(reader, [text.encode()], FILE)]
    assert titles == ["One", "Two"] and "none that ends" in sign


def test_a_record_that_never_ends_before_the_next_is_broken_and_the_next_is_read():
    imported = read("TY  - JOUR", "TI  - On", "TY  - JOUR", "TI  - Two", "ER  - ")
    [broken], [record] = imported.broken, imported.records
    assert (broken.line, broken.raw, record.title) == (1, "TY  - JOUR\nTI  - On", "Two")


def test_a_record_without_its_first_line_is_one_broken_record_with_all_its_text():
    imported = read(
        "TI  - One", "AB  - Where", "boards meet", "ER  - ", "TY  - A", "TI  - Two", "ER  - "
    )
    [broken] = imported.broken
    assert (imported.marks, len(imported.records), broken.line) == (2, 1, 1)
    assert "TI  - One" in broken.raw and "boards meet" in broken.raw


LINES = st.one_of(
    st.text(max_size=20),
    st.builds("{}{}{}{}".format, st.sampled_from(["", " ", "\ufeff"]), st.sampled_from(["TY", "ER", "TI", "KW"]),
              st.sampled_from(["  - ", " - ", "  -", " -", "- "]), st.sampled_from(["", "JOUR", "TY  - A"])),
)  # fmt: skip


@given(st.lists(LINES, max_size=12))
def test_any_text_gives_records_that_are_all_accounted_for_or_is_refused(lines):
    imported = read(*lines)
    assert imported.marks == len(imported.records) + len(imported.broken)


@given(st.lists(LINES, max_size=12), st.lists(st.integers(1, 9), min_size=1))
def test_a_file_is_read_the_same_in_pieces_of_any_size(lines, sizes):
    data = "\n".join(lines).encode("utf-8", "replace")
    pieces, at = [], 0
    while at < len(data):
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(data[at : at + size])
        at += size
    whole = Extraction(Tagged(RIS), [data], FILE)
    parted = Extraction(Tagged(RIS), pieces, FILE)
    assert list(whole) == list(parted)
    assert whole.broken == parted.broken and whole.marks.starts == parted.marks.starts


@given(st.binary())
def test_a_whole_record_beside_any_bytes_is_never_lost(noise):
    data = b"TY  - JOUR\nTI  - One\nER  - \n" + noise + b"\nTY  - JOUR\nTI  - Two\nER  - \n"
    data = data.replace(b"\r", b"\n")
    found = [one.title for one in Extraction(Tagged(RIS), [data], FILE)]
    assert found[0] == "One" and found[-1] == "Two"


WORDS = st.lists(st.text("abcäñß漢'-", min_size=1, max_size=8), min_size=1, max_size=5).map(
    " ".join
)


@given(
    st.lists(
        st.tuples(WORDS, st.lists(WORDS, unique=True, max_size=3), st.integers(1500, 2099)),
        min_size=1,
    )
)
def test_records_written_as_ris_are_read_back(written):
    lines = [
        line
        for title, authors, year in written
        for line in (
            "TY  - RPRT",
            f"TI  - {title}",
            *(f"AU  - {a}" for a in authors),
            f"PY  - {year}",
            "ER  - ",
        )
    ]
    assert [(one.title, one.authors, one.year) for one in read(*lines).records] == written


@pytest.mark.parametrize("before", [(), ("TY  - JOUR", "TI  - One", "ER  - ", "")])
def test_a_record_whose_tags_have_odd_blanks_is_told_and_not_passed_over(before):
    odd = ("TY\u00a0 - JOUR", "TI\u00a0 - Odd", "ER\u00a0 -")
    made = read(*before, *odd, "", "TY  - JOUR", "TI  - Last", "ER  - ")
    assert made.records[-1].title == "Last"
    [part] = made.broken
    assert (part.raw, part.line) == ("\n".join(odd), len(before) + 1)


def test_a_record_of_endnote_that_nothing_begins_does_not_melt_into_the_one_before(tmp_path):
    path = tmp_path / "a.enw"
    path.write_text("%0 Book\n%T One\n%A Fox, C.\n\n%A Elm, D.\n%T Two\n\n%0 Book\n%T Three\n")
    [made] = read_export(Export("bei", path, "bei/a.enw"))
    assert [(one.title, one.authors) for one in made.records] == [
        ("One", ["Fox, C."]), ("Three", []),
    ]  # fmt: skip
    assert [(part.line, part.raw) for part in made.broken] == [(5, "%A Elm, D.\n%T Two")]
