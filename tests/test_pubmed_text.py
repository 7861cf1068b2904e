"""PubMed's download "Abstract (text)": numbered records in paragraphs, each ended by its PMID."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reads import Reads, read_bytes
from refusal import refused
from searchsets.records.check import check
from searchsets.records.exports import Export
from searchsets.records.extraction import CUT_OFF, Extraction
from searchsets.records.formats.pubmed_text import PubMedText
from searchsets.records.model import Record
from searchsets.records.reading import ReadFile, read_export

HEAD = "Rev Sch. 2004 May-Jun;12(1):22-9. doi: 10.1000/rs.1. Epub 2003 Dec \n3."
ABOUT = "Author information:\n(1)Department of Trusts, Leeds, UK.\n(2)York, UK."
FULL = [
    HEAD,
    "Trusts and school boards in the \nwake of reform.",
    "Fox C(#)(1), van der Hale A(1)(2), Gray \nBD Jr(2), Figueiredo Rde S; Boards and Ears Group(1).",
    f"{ABOUT}\n(#)Contributed equally",
    "Collaborators: Ash E, Oak F.",
    "Comment in\n    Rev Sch. 2005;13(1):2.\n    Rev Sch. 2006;14(1):\n3.",
    "Update of\n    doi: 10.1000/other.9.",
    "BACKGROUND: What boards \ndo.\nMETHODS: We asked them.",
    "A second paragraph.",
    "Copyright © 2004 The Authors.",
]


def record(number: int, *paragraphs: str, pmid: object = None, after: str = "") -> str:
    """Return a record as PubMed writes it, with the gap behind it."""
    body = "\n\n".join(
        paragraphs or (HEAD, f"Title {number}.", "Fox C(1).", ABOUT, "What they do.")
    )
    end = f"PMID: {pmid or 100 + number}"
    return f"{number}. {body}\n\n{end}{after}\n\n\n"


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Reads:
    return Reads(tmp_path_factory.mktemp("pubmed") / "abstract-set.txt")


def numbers(made: ReadFile) -> list[str]:
    return [one.accession for one in made.records]


# What PubMed writes.


def test_a_record_is_read_as_pubmed_writes_it(read):
    ids = "DOI: 10.1000/RS.1\nPMCID: PMC7\nPMID: 77 [Indexed for MEDLINE]"
    statement = "Conflict of interest statement: She sits \non a board."
    text = "\n\n".join(("1. " + FULL[0], *FULL[1:], ids, statement))
    made = read(text)
    [found] = made.records
    fields = {
        "accession": "77", "doi": "10.1000/rs.1", "type": "", "language": "",
        "title": "Trusts and school boards in the wake of reform.",
        "authors": ["Fox C", "van der Hale A", "Gray BD Jr", "Figueiredo Rde S",
                    "Boards and Ears Group"],
        "year": 2004, "container": "Rev Sch", "volume": "12", "issue": "1", "pages": "22-9",
        "abstract": "BACKGROUND: What boards do. METHODS: We asked them. A second paragraph.",
        "raw": text,
    }  # fmt: skip
    assert {name: getattr(found, name) for name in fields} == fields
    assert (made.broken, made.findings()) == ([], [])
    assert made.facts()["source_databases"] == ["PubMed 1"]
    assert made.facts()["start_marks"] == made.facts()["end_marks"] == 1


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("Hear Res. 2015 Dec;330(Pt A):62-77.", ("Hear Res", 2015, "330", "Pt A", "62-77")),
        ("Ear Hear. 2015 Nov-Dec;36 Suppl 1(0 1):24S-37S.",
         ("Ear Hear", 2015, "36 Suppl 1", "0 1", "24S-37S")),
        ("J Vis Exp. 2022 Apr 21;(182). doi: 10.1000/1.", ("J Vis Exp", 2022, "", "182", "")),
        ("Cell. 2018 Aug 23;174(5):1247-1263.e15.", ("Cell", 2018, "174", "5", "1247-1263.e15")),
        ("JARO. 2008 Sep;9(3):264-76; discussion 261-3.", ("JARO", 2008, "9", "3", "264-76")),
        ("Sch. 2010 Jan;24(1):19-20, 24.", ("Sch", 2010, "24", "1", "19-20, 24")),
        ("Front Med (Lausanne). 2021;8:66.", ("Front Med (Lausanne)", 2021, "8", "", "66")),
        ("J Trusts. 2023 Jan 19. doi: 10.1000/1. Online ahead of print.",
         ("J Trusts", 2023, "", "", "")),
        ("bioRxiv [Preprint]. 2023 Jun 10:2023.02.15. doi: 10.1000/1.",
         ("bioRxiv", 2023, "", "", "2023.02.15")),
        ("Sch Heads. 1998 Dec-1999 Jan;3(2 Suppl (1)):4.", ("Sch Heads", None, "3", "2 Suppl (1)", "4")),
    ],
)  # fmt: skip
def test_the_parts_of_a_citation_are_told_apart_and_no_year_is_guessed(read, head, said):
    found = read.record(record(1, head, "Trusts.", "Fox C."))
    assert (found.container, found.year, found.volume, found.issue, found.pages) == said
    assert found.title == "Trusts."


def test_the_doi_above_a_record_is_that_of_the_record_where_no_line_names_it(read):
    assert read.record(record(1, HEAD, "Trusts.")).doi == "10.1000/rs.1"
    other = record(1, "Rev Sch. 2004;1:2.", "Trusts.", "Comment on\n    doi: 10.1000/other.")
    assert read.record(other).doi == ""


def test_a_long_doi_may_stand_on_the_line_under_its_name(read):
    text = record(1, "Rev. 2004;1:2.", "Trusts.").replace("PMID", "DOI: \n10.1000/long\nPMID")
    assert read.record(text).doi == "10.1000/long"


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("[Article in Chinese]", "Chinese"),
        ("[Article in German; Abstract available in German from the \npublisher]", "German"),
        ("[Article in English, Portuguese]", "English; Portuguese"),
    ],
)
def test_the_language_is_told_where_the_text_tells_it(read, said, language):
    made = (HEAD, "[Trusts].", "Vertrauen.", said, "Fox C(1).", ABOUT, "What they do.")
    found = read.record(record(1, *made))
    assert (found.language, found.title, found.authors) == (language, "[Trusts].", ["Fox C"])
    assert found.abstract == "What they do."
    assert read.record(record(1, *made[:2], *made[3:])) == Record(
        **{**vars(found), "raw": found.raw.replace("Vertrauen.\n\n", "")}
    )


@pytest.mark.parametrize(
    ("paragraphs", "authors", "abstract"),
    [
        (["Healy EW, Yoho SE.", "A primary complaint."], ["Healy EW", "Yoho SE"], "A primary complaint."),
        (["A letter, and no more.", "It ends."], [], "A letter, and no more. It ends."),
        (["Boards Study Group(1).", ABOUT, "What."], ["Boards Study Group"], "What."),
        (["Noise, Ears and Work Group; Ash E(1).", ABOUT], ["Noise, Ears and Work Group", "Ash E"], ""),
        ([ABOUT, "What they do."], [], "What they do."),
        ([], [], ""),
    ],
)  # fmt: skip
def test_authors_are_told_from_abstracts(read, paragraphs, authors, abstract):
    found = read.record(record(1, HEAD, "Trusts.", *paragraphs))
    assert (found.authors, found.abstract) == (authors, abstract)


@pytest.mark.parametrize(
    "notice",
    ["© 2004. The Author(s).", "Copyright © 2004 Elsevier.", "Published by Elsevier B.V.",
     "American Academy of Audiology.", "The Author(s). Published by S. Karger AG, Basel.",
     "AJTR Copyright © 2023.", "(c) 2004 Trusts. All rights reserved."],
)  # fmt: skip
def test_a_notice_of_copyright_is_no_part_of_the_abstract(read, notice):
    found = read.record(record(1, HEAD, "Trusts.", "Fox C.", "What they do.", notice))
    assert found.abstract == "What they do." and notice in found.raw


@pytest.mark.parametrize(
    "last", ["The authors say more.", "This Commentary ends here.", "It is 2004."]
)
def test_a_last_paragraph_that_speaks_of_the_work_is_of_the_abstract(read, last):
    found = read.record(record(1, HEAD, "Trusts.", "Fox C.", "What they do.", last))
    assert found.abstract == f"What they do. {last}"


def test_the_abstract_of_a_publisher_stands_in_only_where_there_is_no_other(read):
    top = (HEAD, "Trusts.", "Fox C.")
    assert read.record(record(1, *top, "What.", "Publisher: Was.", "Mehr.")).abstract == "What."
    assert read.record(record(1, *top, "Publisher: Was sie tun.")).abstract == "Was sie tun."
    said = "Publisher: Abstract available from the publisher."
    assert read.record(record(1, *top, said)).abstract == ""


def test_a_remark_above_a_citation_is_passed_over(read):
    found = read.record(record(1, "RETRACTED ARTICLE", HEAD, "Trusts.", "Fox C."))
    assert (found.title, found.year, found.authors) == ("Trusts.", 2004, ["Fox C"])
    assert "RETRACTED ARTICLE" in found.raw


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_encoding_and_line_end_is_read(tmp_path, encoding, end):
    text = record(1, HEAD, "Où est le café?", "Fox C.") + record(2)
    data = text.replace("\n", end).encode(encoding)
    made = read_bytes(tmp_path / "set.txt", data, encoding=encoding)
    assert [one.title for one in made.records] == ["Où est le café?", "Title 2."]
    assert made.facts()["line_ends"] == {"\n": "LF", "\r\n": "CRLF", "\r": "CR"}[end]


def test_check_tells_the_format(tmp_path):
    (tmp_path / "x").write_text(record(1), encoding="utf-8")
    [checked] = check(tmp_path / "x")
    assert "PubMed abstract text (a record numbered 1 that ends with PMID: 101" in checked.report()


# What is none of it.


@pytest.mark.parametrize(
    "text",
    [
        "1. First things first.\n\nThen others.\n\n\n2. Second things.\n",
        "1. Fox C. Trusts. Rev Sch. 2004;12:22. PMID: 77\n\n2. Ash E. Heads. Sch. 1999;1:2. PMID: 78\n",
        "1. Fox C. Trusts. Rev Sch. 2004;12:22. doi: 10.1000/1.\nPMID: 77\n\n2. Ash E. Heads.\n",
        "1: Fox C. Trusts. Rev Sch. 2004;12:22. PMID: 77.\n\n2: Ash E. Heads. PMID: 78.\n",
        "PMID: 77\n",
    ],
)
def test_other_numbered_texts_are_refused(tmp_path, text):
    with refused(tmp_path / "list.txt", "no format"):
        read_bytes(tmp_path / "list.txt", text.encode())


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("TY  - JOUR\nTI  - One\nN1  - see\n\n{}\nER  - \n", "RIS"),
        ("PMID- 1\nTI  - Trusts\nAB  - see\n\n{}", "MEDLINE"),
        ('title,year,authors\n"One\n\n{}",2004,Fox\n', "CSV"),
        ("<1>\nTitle\n  One\nAbstract\n  see\n\n{}", "Ovid tagged"),
    ],
)
def test_a_file_of_another_format_that_quotes_a_record_stays_what_it_is(read, text, form):
    assert read(text.format(record(1))).extraction.reader.format == form


# Where a record begins.


@pytest.mark.parametrize(
    "line",
    [
        "2. They met.",
        "2. Sch Heads. 1999;3(1):4-5.",
        "12. They met.",
        "1. Rev. 2004;1:2.",
        "3. Rev.",
    ],
)
def test_a_numbered_line_in_an_abstract_begins_no_record(read, line):
    one = record(
        1, HEAD, "One.", "Fox C.", "They asked\n" + line + " So\n\n" + line + "\nsay they."
    )
    made = read(one, record(2))
    assert (numbers(made), made.broken, made.findings()) == (["101", "102"], [], [])
    assert made.records[0].abstract.count(line) == 2


def test_a_numbered_line_in_a_statement_of_interest_begins_no_record(read):
    after = "\n\nConflict of interest statement: In\n2. They sat.\n\n5. They met."
    made = read(record(1, after=after), record(2))
    assert (numbers(made), made.broken, made.findings()) == (["101", "102"], [], [])
    assert made.records[0].raw.endswith("5. They met.")


@pytest.mark.parametrize("gap", ["\n\n", "\n", "\n \n\t\n", "\n\n\n\n\n"])
def test_records_are_told_apart_whatever_blank_lines_stand_between_them(read, gap):
    made = read(gap.join(record(number).strip() for number in (1, 2, 3)))
    assert (numbers(made), made.broken, made.findings()) == (["101", "102", "103"], [], [])


def test_a_gap_in_the_numbers_is_a_finding_and_costs_no_record(read):
    made = read(record(1), record(2), record(7), record(8))
    assert (numbers(made), made.broken) == (["101", "102", "107", "108"], [])
    assert made.findings() == ["4 records of an answer of 8: bring the others"]


def test_joined_files_begin_to_count_anew(read):
    made = read(record(1), record(2), "\ufeff" + record(1, pmid=201), record(2, pmid=202))
    assert (numbers(made), made.broken, made.findings()) == (["101", "102", "201", "202"], [], [])
    assert made.extraction.reader.announced == 4


@pytest.mark.parametrize(
    ("after", "kept"),
    [
        ("", []),
        (" [Indexed for MEDLINE]", []),
        ("\n\nConflict of interest statement: No.", ["101"]),
    ],
)
def test_where_files_are_joined_without_a_line_end_the_record_is_told(read, after, kept):
    made = read(record(1, after=after).strip(), record(1, pmid=201), record(2, pmid=202))
    assert numbers(made) == [*kept, "202"]
    assert made.broken[-1].raw == record(1, pmid=201).strip()
    assert made.broken[-1].reason == "a record that no number begins, outside any record"


# What is damaged.


def test_a_record_without_its_pmid_is_broken_alone(read):
    damaged = record(2).replace("PMID: 102", "PMID 102")
    made = read(record(1), damaged, record(3))
    [broken] = made.broken
    assert numbers(made) == ["101", "103"]
    assert broken.reason == "the record has no end (no PMID before the next record)"
    assert (broken.byte_offset, broken.line) == (len(record(1)), record(1).count("\n") + 1)
    assert broken.raw == damaged.rstrip("\n") and not made.extraction.cut_off


def test_a_record_without_its_number_is_told_and_costs_no_other(read):
    made = read(record(1), record(2).removeprefix("2. "), record(3))
    [broken] = made.broken
    assert numbers(made) == ["101", "103"]
    assert broken.reason == "a record that no number begins, outside any record"
    assert broken.line == record(1).count("\n") + 1


def test_a_pmid_is_never_taken_from_the_record_behind(read):
    lost = record(1).replace("PMID: 101", "").rstrip() + "\n\n\n" + record(2).removeprefix("2. ")
    made = read(lost, record(3))
    assert numbers(made) == ["103"]
    assert [one.line for one in made.broken] == [1, lost[: lost.rindex(HEAD)].count("\n") + 1]


@pytest.mark.parametrize(
    "before",
    ["What they do.\n\nDOI: 10.1000/1\nPMID: 99\n\n\n", "What they do.\n\nCopyright 2004.\n\n"],
)
def test_the_rest_of_a_record_before_the_first_is_told(read, before):
    made = read(before, record(1))
    assert numbers(made) == ["101"] and len(made.broken) == 1


def test_a_remark_before_the_first_record_is_passed_over(read):
    made = read("PubMed, searched by hand in May\n\n", record(1))
    assert (numbers(made), made.broken) == (["101"], [])


@pytest.mark.parametrize("cut", [12, 20, 60, 150])
def test_a_truncated_last_record_is_cut_off(read, cut):
    made = read(record(1), record(2).rstrip()[:-cut])
    [broken] = made.broken
    assert (numbers(made), broken.reason, made.extraction.cut_off) == (["101"], CUT_OFF, True)


@pytest.mark.parametrize("is_first", [True, False])
def test_records_joined_to_those_of_another_format_are_told(read, is_first):
    parts = [record(1) + record(2), "TY  - JOUR\nTI  - One\nER  - \n\n\n"]
    made = read(*(parts if is_first else parts[::-1]))
    assert [one.title for one in made.records] == ["One"] and len(made.broken) == 1


SMALL = record(1, *FULL) + record(2, after="\n\nConflict of interest statement: No.") + record(3)
NOISE = st.lists(
    st.sampled_from(["\n", "\n\n", "\n\n\n", " ", "\t", "2. ", "4. A. 2000;", "PMID: 7", "PMID: 8\n",
                     "\n\nPMID: 9\n", "DOI: ", "\ufeff", "\x0b", "©", "(1)", "Author information:",
                     "[Article in ", "Comment in\n    ", "x"]),
    max_size=5,
).map("".join)  # fmt: skip


def taken(text: str, size: int) -> tuple[Extraction, list[Record]]:
    data = text.encode()
    extraction = Extraction(
        PubMedText(), [data[at : at + size] for at in range(0, len(data), size)], "set.txt"
    )
    return extraction, list(extraction)


@settings(max_examples=300)
@given(st.integers(0, len(SMALL)), NOISE, st.integers(0, 60), st.integers(1, 40))
@example(0, "\n\n", 0, 1)
def test_any_damage_leaves_all_accounted_for_and_pieces_of_any_size_read_alike(
    at, noise, lost, size
):
    text = SMALL[:at] + noise + SMALL[at + lost :]
    whole, records = taken(text, len(text))
    parted, same = taken(text, size)
    assert whole.found == whole.read + len(whole.broken)
    assert (same, parted.broken, parted.found) == (records, whole.broken, whole.found)


@settings(max_examples=150)
@given(
    st.integers(3, len(record(2)) - 4), NOISE.filter(lambda one: not re.search(r"PMID|\d\.", one))
)
def test_noise_within_a_record_costs_no_other(at, noise):
    damaged = record(2)[:at] + noise + record(2)[at:]
    _, records = taken(record(1) + damaged + record(3), 1 << 16)
    found = [one.accession for one in records]
    assert found[0] == "101" and found[-1] == "103"


WORDS = st.text(st.characters(codec="utf-8", categories=["Ll"]), min_size=1, max_size=12)


@given(st.lists(st.lists(WORDS, min_size=3, max_size=8), min_size=1, max_size=4))
def test_titles_and_abstracts_are_read_back(texts):
    made = "".join(
        record(number, HEAD, " \n".join(words), "Fox C.", "\n".join(words))
        for number, words in enumerate(texts, start=1)
    )
    _, records = taken(made, 50)
    assert [one.title for one in records] == [" ".join(words) for words in texts]
    assert [one.abstract for one in records] == [" ".join(words) for words in texts]


@pytest.mark.parametrize(
    "part",
    ["\n", " ", "\n\nAb", "\n\n1. A. 2000;", "PMID: 1\n", "\n\nDOI: a", "(1)", "A B, ", "(", "A ",
     "\n\n\nAb. 2000", "\n\nComment in\n    ", "\n\nConflict of interest statement: x"],
)  # fmt: skip
def test_time_grows_with_the_file_alone(part):
    begun = time.process_time()
    made, _ = taken(
        f"1. {HEAD}\n\nT.\n\nFox C{part * (300_000 // len(part))}\n\nPMID: 7\n", 1 << 20
    )
    assert made.found == made.read + len(made.broken)
    assert time.process_time() - begun < 8


# The real thing: 859 records, and PubMed's CSV of the same search.


@pytest.fixture(scope="module")
def both(corpora: Path) -> tuple[ReadFile, ReadFile]:
    folder = corpora / "screening/dimitrov_2024/search_exports"
    names = ("pubmed_abstracts.txt.gz", "medline.csv.gz")
    [[text], [table]] = [read_export(Export("pubmed", folder / one, one)) for one in names]
    return text, table


def letters(title: str) -> str:
    return re.sub(r"\W", "", title.casefold())


def test_all_859_real_records_are_read_and_nothing_is_broken(both):
    text, _ = both
    facts = text.facts()
    counts = ("found", "read", "start_marks", "end_marks", "announced")
    assert [facts[one] for one in counts] == [859] * 5
    assert (text.broken, text.findings(), facts["line_ends"]) == ([], [], "CRLF")


def test_real_records_are_those_of_the_csv_in_order(both):
    text, table = both
    assert numbers(text) == numbers(table)
    pairs = list(zip(text.records, table.records, strict=True))
    alike = {
        "title": sum(letters(one.title) == letters(other.title) for one, other in pairs),
        "first author": sum(one.authors[:1] == other.authors[:1] for one, other in pairs),
        "last author": sum(
            one.authors[-1] == other.authors[-1].split("; ")[-1] for one, other in pairs
        ),
        **{
            name: sum(getattr(one, name) == getattr(other, name) for one, other in pairs)
            for name in ("doi", "year", "container")
        },
    }
    assert alike == dict.fromkeys(alike, 859)


def test_real_records_have_the_abstracts_and_languages_that_the_text_tells(both):
    text, _ = both
    assert sum(bool(one.abstract) for one in text.records) == 851
    assert sum(bool(one.language) for one in text.records) == 29
    assert not any(
        re.search(r"^(?:Author information|©)|PMID: \d", one.abstract) for one in text.records
    )
