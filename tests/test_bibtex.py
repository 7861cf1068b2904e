"""BibTeX, as programs and platforms write it: entries told by their braces, LaTeX as plain text."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reads import Reads, read_bytes
from refusal import refused
from searchsets.errors import ReviewError
from searchsets.records.exports import Export
from searchsets.records.extraction import CUT_OFF, Extraction
from searchsets.records.formats import latex
from searchsets.records.formats.bibtex import BibTeX
from searchsets.records.model import Record
from searchsets.records.reading import read_export


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Reads:
    return Reads(tmp_path_factory.mktemp("bibtex") / "export.bib")


def simple(title: str, key: str = "fox2004") -> str:
    """Return a small entry of three lines; the title is LaTeX, put in as it is."""
    return f"@article{{{key},\n  title = {{{title}}}\n}}\n"


# What each source writes.

STYLES = r"""@article{fox2004,
  author    = {Fox, Clare and Butler, Greg and {Department of Health and Social Care}},
  title     = {Trusts and their {B}oards},
  journal   = {Local Government Studies},
  year      = 2004,
  volume    = {3},
  number    = {2},
  pages     = {5--17},
  abstract  = {Where they
               meet.},
  keywords  = {governance, boards},
  doi       = {10.1000/ABC},
  issn      = {1234-5678},
  url       = {http://example.org/~fox--2004},
  language  = {english},
  pmid      = {171},
}
"""
SCOPUS = """@ARTICLE{Fox20045,
	author = {Fox, Clare and Butler, Greg},
	title = {Trusts and boards},
	year = {2004},
	journal = {Local Government Studies},
	volume = {3},
	number = {2},
	pages = {5 – 17},
	doi = {10.1000/ABC},
	url = {https://www.scopus.com/inward/record.uri?eid=2-s2.0-85012345&doi=10.1000%2fABC&partnerID=40},
	abstract = {Where they meet.},
	author_keywords = {Boards; Governance, local},
	keywords = {Schools; Trust, public},
	type = {Article},
	source = {Scopus},
}
"""
WEB_OF_SCIENCE = """@article{ WOS:000123,
Author = {Fox, Clare and Butler, Greg},
Title = {{Trusts and Boards}},
Journal = {{LOCAL GOVERNMENT STUDIES}},
Year = {{2004}},
Volume = {{3}},
Number = {{2}},
Pages = {{5-17}},
Month = {{MAY}},
Abstract = {{Where they
   meet.}},
DOI = {{10.1000/ABC}},
ISSN = {{1234-5678}},
Keywords = {{governance; boards}},
Keywords-Plus = {{SCHOOLS}},
Unique-ID = {{WOS:000123}},
DA = {{2020-01-01}},
}
"""
EBSCO = """@article{EJ70000120040501,
Abstract = {Where they meet.},
Author = {Fox, Clare and Butler, Greg},
ISSN = {1234-5678},
Journal = {Local Government Studies},
Keywords = {Governance, Boards},
Number = {2},
Pages = {5 - 17},
Title = {Trusts and Boards.},
Volume = {3},
URL = {https://search.ebscohost.com/login.aspx?direct=true&db=eric&AN=EJ700001&site=ehost-live},
Year = {2004},
}
"""
ZOTERO = """
@article{fox_trusts_2004,
\ttitle = {Trusts and {Boards}},
\tvolume = {3},
\tissn = {1234-5678},
\tdoi = {10.1000/ABC},
\tabstract = {Where they meet.},
\tlanguage = {en},
\turldate = {2020-01-01},
\tjournal = {Local Government Studies},
\tauthor = {Fox, Clare and {Department of Health}},
\tmonth = may,
\tyear = {2004},
\tkeywords = {Boards, Governance},
\tpages = {5--17},
}
"""
BIBLATEX = """@incollection{fox2004,
  author = {Fox, Clare},
  maintitle = {Not this},
  title = {Trusts},
  booktitle = {The book of boards},
  editor = {Butler, Greg},
  date = {2004-05},
  publisher = {Trusts Press},
  location = {Leeds},
  pages = {5-17},
  isbn = {978-0-7487-1234-2},
}
"""
LIKE = {"title": "Trusts and Boards", "authors": ["Fox, Clare", "Butler, Greg"], "year": 2004,
        "container": "Local Government Studies", "volume": "3",
        "abstract": "Where they meet."}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "flavour", "fields"),
    [
        (
            STYLES,
            "",
            {"title": "Trusts and their Boards", "year": 2004, "pages": "5-17", "volume": "3",
             "authors": ["Fox, Clare", "Butler, Greg", "Department of Health and Social Care"],
             "container": "Local Government Studies", "issue": "2", "abstract": "Where they meet.",
             "doi": "10.1000/abc", "keywords": ["governance", "boards"], "issn": ["1234-5678"],
             "url": "http://example.org/~fox--2004", "language": "english", "accession": "171",
             "type": "article"},
        ),
        (
            SCOPUS,
            "scopus",
            {**LIKE, "title": "Trusts and boards", "issue": "2", "doi": "10.1000/abc",
             "keywords": ["Boards", "Governance, local"], "type": "Article",
             "descriptors": ["Schools", "Trust, public"], "accession": "2-s2.0-85012345"},
        ),
        (
            WEB_OF_SCIENCE,
            "web_of_science",
            {**LIKE, "container": "LOCAL GOVERNMENT STUDIES", "issue": "2", "pages": "5-17",
             "doi": "10.1000/abc", "accession": "WOS:000123", "descriptors": []},
        ),
        (
            EBSCO,
            "ebscohost",
            {**LIKE, "title": "Trusts and Boards.", "issue": "2", "accession": "EJ700001",
             "descriptors": ["Governance", "Boards"], "keywords": []},
        ),
        (
            ZOTERO,
            "zotero",
            {**LIKE, "authors": ["Fox, Clare", "Department of Health"], "pages": "5-17",
             "doi": "10.1000/abc", "keywords": ["Boards", "Governance"]},
        ),
        (
            BIBLATEX,
            "",
            {"title": "Trusts", "authors": ["Fox, Clare"], "container": "The book of boards",
             "year": 2004, "publisher": "Trusts Press", "place": "Leeds", "pages": "5-17",
             "isbn": ["978-0-7487-1234-2"], "type": "incollection"},
        ),
    ],
    ids=["styles", "scopus", "web_of_science", "ebsco", "zotero", "biblatex"],
)  # fmt: skip
def test_an_entry_is_read_as_its_source_writes_it(read, text, flavour, fields):
    made = read(text)
    [found] = made.records
    assert made.extraction.flavour.name == flavour
    assert {name: getattr(found, name) for name in fields} == fields
    assert (made.broken, made.extraction.found) == ([], 1)
    assert made.findings() == []


def test_keywords_in_two_pairs_of_braces_are_parted(read):
    """Web of Science writes all values so, but for the authors."""
    assert read.record(WEB_OF_SCIENCE).keywords == ["governance", "boards", "SCHOOLS"]


def test_the_editors_are_the_authors_of_a_book_that_has_none(read):
    assert read.record("@book{a,\n editor = {Fox, C. and Butler, G.}\n}").authors == [
        "Fox, C.", "Butler, G.",
    ]  # fmt: skip


@pytest.mark.parametrize("others", ["and others", "and et al."])
def test_an_author_list_that_breaks_off_says_so_at_its_end(read, others):
    found = read.record(f"@book{{a,\n author = {{Fox, C. {others}}}\n}}")
    assert found.authors == ["Fox, C.", "And Others"]


def test_and_within_a_name_parts_no_authors(read):
    found = read.record("@book{a,\n author = {Anders Brandt AND\n{Sons and Co} and Sand, A.}\n}")
    assert found.authors == ["Anders Brandt", "Sons and Co", "Sand, A."]


def test_every_field_a_source_gave_is_in_raw_as_it_was_written(read):
    found = read.record('@article{K,\n Title = {A {B}},\n x-odd = "1" # {2},\n note = {M{\\"u}}\n}')
    assert json.loads(found.raw) == {
        "entrytype": ["article"], "citekey": ["K"], "Title": ["A {B}"], "x-odd": ["12"],
        "note": ['M{\\"u}'],
    }  # fmt: skip


def test_entries_keep_their_order_and_are_counted_from_one(read):
    made = read(simple("One", "a") + "\n" + simple("Two", "b"))
    assert [(one.position, one.title) for one in made.records] == [(1, "One"), (2, "Two")]
    assert made.facts()["start_marks"] == made.facts()["read"] == 2


# How entries are written.


@pytest.mark.parametrize(
    "text",
    [
        "@article{k, title = {One}}",
        "@article{k,title={One}}",
        "@ARTICLE { k , TITLE = {One} , }",
        "@article{k,\n\ttitle =\n{One}\n}",
        '@article{k, title = "One"}',
        '@article(k, title = "One")',
        "@article(title = {One})",
        "@article{title = {One}}",
        "@article{,\n title = {One},\n}",
        "@article{ä/b:c+d_e.f, title = {One},,}",
        "@article{k,\n title = {{One}},\n}",
        "@article{k,\n title = {On} # {e}\n}",
        '@article{k,\n title = "O" # {n} # "e"\n}',
        "  @article{k, title = {One}}",
        "\ufeff@article{k, title = {One}}",
        "% a remark\n@article{k, title = {One}} % behind",
        "Anything at all, fox@example.org\n\n@article{k, title = {One}}",
        "@article{k,\n year = 2004,\n title = {One}\n}\n\n",
        "@my-type{k,\n year = 2004\n , title = {One}\n}",
        "@misc{k\n, title = {One}}",
        "@misc{k with blanks, title = {One}}",
        '@misc{k, title = {One}, note = "a {"} b"}',
        "@misc{k, title = {One}, note = {a @ b @article c}}",
        '@misc{k, title = {One}, note = {it\'s "so"}}',
        "@misc{k, title = {One}, month = jan # {~1}}",
        "@misc{k, title = {One}, month = }",
    ],
)
def test_an_entry_is_read_however_it_is_laid_out(read, text):
    assert read.record(text).title == "One"


def test_a_line_end_may_stand_before_the_sign_of_a_field(read):
    assert read.record("@article{k,\n title\n = {One}\n}").title == "One"


def test_an_entry_on_the_same_line_whose_key_has_an_at_sign_is_counted(read):
    assert read.titles("@a{a, title={One}}@b{fox@b, title={Two}}") == ["One", "Two"]


@pytest.mark.parametrize("blank", ["\u00a0", "\u2028", "\x0c", "\x1c"])
def test_an_odd_blank_ahead_of_the_first_entry_is_none_to_the_marks_as_well(read, blank):
    assert read.titles(blank + simple("One") + simple("Two"))[-1] == "Two"


@pytest.mark.parametrize("head", ["@articlé{k, title = {Zero}}", "@article("])
def test_a_head_of_no_entry_ahead_of_the_first_is_none_to_the_marks_as_well(read, head):
    assert read.titles(f"{head}\n{simple('One')}{simple('Two')}")[-1] == "Two"


def test_an_entry_in_round_brackets_whose_key_has_an_at_sign_is_counted(read):
    assert read.titles("@a{a, title={One}}\n@b(fox@b, title={Two})") == ["One", "Two"]


def test_entries_on_one_line_are_parted(read):
    assert read.titles("@article{a, title={One}}@book{b, title={Two}} @misc{c, title={Three}}") == [
        "One", "Two", "Three",
    ]  # fmt: skip


def test_the_key_may_be_written_twice_and_both_entries_are_kept(read):
    made = read(simple("One", "same") + simple("Two", "same"))
    assert [one.title for one in made.records] == ["One", "Two"]
    assert made.broken == []


def test_a_field_may_be_written_twice_and_both_values_are_kept(read):
    found = read.record("@misc{k, title={One}, keywords={a, b}, keywords={c}, note={x}, note={y}}")
    assert (found.keywords, json.loads(found.raw)["note"]) == (["a", "b", "c"], ["x", "y"])


def test_braces_within_braces_are_of_the_value(read):
    assert (
        read.record(simple("The {{DNA} of {{E.} coli}} again")).title == "The DNA of E. coli again"
    )


def test_a_quotation_mark_within_braces_ends_no_quoted_value(read):
    assert read.record('@misc{k, title = "So {"}it{"} is", year = "2004"}').title == 'So "it" is'


def test_an_escaped_brace_may_be_alone(read):
    assert read.titles(simple(r"One \{ two") + simple("Three")) == ["One { two", "Three"]


# Definitions and remarks.


def test_strings_hold_for_the_entries_after_them_whatever_their_case(read):
    text = (
        '@string{lgs = "Local Government"}\n@STRING(press = {Press})\n'
        "@string{both = lgs # { } # press}\n"
        "@article{k, title = {One}, journal = LGS # { Studies}, publisher = both}\n"
    )
    found = read.record(text)
    assert (found.container, found.publisher) == (
        "Local Government Studies",
        "Local Government Press",
    )


def test_a_name_that_no_string_defines_is_the_value_itself(read):
    found = read.record("@article{k, title = {One}, journal = lgs, year = 2004}")
    assert (found.container, found.year) == ("lgs", 2004)


def test_a_string_that_doubles_itself_takes_no_memory(read):
    """The billion laughs of XML, in BibTeX."""
    bomb = "@string{a = {LAUGH}}\n" + "@string{a = a # a}\n" * 50
    made = read(f"{bomb}@misc{{k, title = {{One}}, note = a}}\n{simple('Two')}")
    assert made.records[-1].title == "Two"


def test_many_blanks_in_a_list_of_authors_are_read_soon(read):
    assert read.record(f"@misc{{k, author = {{Fox, C.{' ' * 200_000}and A, B.}}}}").authors


def test_a_string_that_names_itself_does_not_grow_without_end(read):
    grow = "".join(f"@string{{a = a # a{number}}}\n" for number in range(50))
    assert read.record(f"{grow}@misc{{k, title = {{One}}, note = a}}").title == "One"


@pytest.mark.parametrize(
    "beside",
    [
        "@comment{anything {at} all}",
        "@Comment{jabref-meta: databaseType:bibtex;}",
        "@comment anything",
        "@preamble{ {\\newcommand{\\x}[1]{#1}} # \"more\" }",
        '@preamble("x")',
        '@string{a = "b"}',
        "% @article",
        "fox@example.org",
        "@",
        "@ @ @@",
        "@article",
        "@online is a type",
    ],
)  # fmt: skip
def test_what_is_no_entry_costs_no_record_and_is_none(read, beside):
    made = read(simple("One") + beside + "\n" + simple("Two"))
    assert [one.title for one in made.records] == ["One", "Two"]
    assert (made.broken, made.extraction.found) == ([], 2)


def test_an_entry_that_is_commented_out_by_percent_signs_is_no_record(read):
    made = read(simple("One") + "% @article{x,\n%  title = {No}\n% }\n" + simple("Two"))
    assert [one.title for one in made.records] == ["One", "Two"]
    assert made.extraction.found == 2


# LaTeX.


@pytest.mark.parametrize(
    ("written", "title"),
    [
        (r"M{\"u}ller", "Müller"),
        (r"M\"{u}ller", "Müller"),
        (r'M{\"{u}}ller', "Müller"),
        (r"M\"uller", "Müller"),
        (r"\'Etude \`a la fa\c{c}on", "Étude à la façon"),
        (r"{\'\i}ndice {\v{S}}koda \v s", "índice Škoda š"),
        (r"{\AA}rhus {\o} {\ss} {\ae} \L{}\'od\'z", "Århus ø ß æ Łódź"),
        (r"Gr{\"o}{\ss}e \& Sons 5\% \$3 \#1 a\_b", "Größe & Sons 5% $3 #1 a_b"),
        (r"Pages 3--5 --- so", "Pages 3–5 — so"),
        (r"``So'' it is", "“So” it is"),
        (r"A~B", "A B"),
        (r"\textit{In vitro} and \emph{more} {\em text}", "In vitro and more text"),
        (r"H$_2$O and $x<5$", "H$_2$O and $x<5$"),
        (r"\unknown{One} stays", r"\unknownOne stays"),
        (r"caf&eacute; &amp; more", "café & more"),
        ("Ünïcode 漢字 already", "Ünïcode 漢字 already"),
        (r"\url{http://a.org/x}", "http://a.org/x"),
        (r"fran\c cais {\^o} na\"{\i}ve", "français ô naïve"),
        (r"{\relax One}", "One"),
    ],
)  # fmt: skip
def test_latex_becomes_plain_text(read, written, title):
    assert read.record(simple(written)).title == title


def test_accents_are_read_in_names_and_part_none(read):
    text = r"@misc{k, author = {M{\"u}ller, J{\'e} and {\v{C}apek and Sons} and \O{}rsted, H.}}"
    assert read.record(text).authors == ["Müller, Jé", "Čapek and Sons", "Ørsted, H."]


def test_signs_of_an_address_stay_as_they_are(read):
    text = r"@misc{k, title={A}, url={http://a.org/~b--c\_d?e=\%20f\&g=$h}, doi={10.1000/a\_b--c}}"
    found = read.record(text)
    assert (found.url, found.doi) == ("http://a.org/~b--c_d?e=%20f&g=$h", "10.1000/a_b--c")


@pytest.mark.parametrize(
    ("keywords", "terms"),
    [
        ("a, b , c", ["a", "b", "c"]),
        ("a; b, c; d", ["a", "b, c", "d"]),
        ("{a, b}, c", ["a, b", "c"]),
        ("a, a", ["a"]),
        ("one", ["one"]),
        ("Education -- History, b", ["Education -- History", "b"]),
        ("", []),
    ],
)
def test_keywords_are_parted_as_they_are_written(read, keywords, terms):
    found = read.record(f"@misc{{k, title = {{A}}, keywords = {{{keywords}}}}}")
    assert found.keywords == terms


# What is damaged.


def _line_at(text: str, line: int) -> int:
    """Return at which byte a line begins."""
    return len("".join(text.splitlines(keepends=True)[: line - 1]).encode())


@pytest.mark.parametrize(
    "damaged",
    [
        "@article{x,\n  title = {Zwö\n}\n",
        "@article{x,\n  title = {Zwö},\n",
        "@article{x,\n  title = {{Zwö},\n  year = {2004}\n}\n",
        '@article{x,\n  title = "Zwö,\n  year = 2004\n}\n',
        "@article{x,\n",
        "@article{\n",
        "@article{x, title\n",
        "@article{x, title =\n",
        "@article{x, title = {a} #\n",
        "@article(x,\n title = {a}\n",
    ],
)
def test_an_entry_that_never_closes_is_broken_alone(read, damaged):
    text = simple("Ünö") + damaged + simple("After")
    made = read(text)
    [broken] = made.broken
    assert [one.title for one in made.records] == ["Ünö", "After"]
    assert (broken.line, broken.byte_offset) == (4, _line_at(text, 4))
    assert broken.raw == damaged.rstrip("\n") and broken.reason
    assert not made.extraction.cut_off


def test_the_place_of_what_broke_is_counted_in_the_bytes_of_the_file(tmp_path):
    text = simple("Ünö") + "@article{x,\n  title = {Zwö\n" + simple("After")
    data = text.replace("\n", "\r\n").encode("cp1252")
    made = read_bytes(tmp_path / "windows.bib", data, encoding="cp1252")
    [broken] = made.broken
    assert data[broken.byte_offset :].startswith(b"@article{x,") and broken.line == 4


@pytest.mark.parametrize(
    "damaged",
    [
        "  title = {Zwö},\n  year = {2004}\n}\n",
        "article{x,\n  title = {Zwö}\n}\n",
        "@{x,\n  title = {Zwö}\n}\n",
        "}\n  title = {Zwö}\n}\n",
    ],
)
def test_fields_without_the_beginning_of_their_entry_are_one_broken_record(read, damaged):
    made = read(simple("One") + "\n" + damaged + simple("Two"))
    [broken] = made.broken
    assert [one.title for one in made.records] == ["One", "Two"]
    assert "title = {Zwö}" in broken.raw and made.extraction.found == 3


def test_a_brace_too_many_costs_no_field(read):
    text = "@article{x,\n title = {One}},\n year = {2004},\n keywords = {a, b}\n}\n"
    made = read(text + simple("Two"))
    assert [(one.title, one.year) for one in made.records] == [("One", 2004), ("Two", None)]


def test_a_comma_too_few_between_fields_costs_no_field(read):
    found = read.record("@article{x,\n title = {One}\n year = {2004}\n keywords = {a, b}\n}\n")
    assert (found.title, found.year, found.keywords) == ("One", 2004, ["a", "b"])


@pytest.mark.parametrize("cut", ["\n}\n", "}\n}\n", "wo}", " = {Two", "title = {Tw", "fox2004,"])
def test_a_file_that_ends_within_an_entry_is_cut_off(read, cut):
    whole = simple("One") + simple("Two")
    made = read(whole[: whole.rindex(cut)])
    [broken] = made.broken
    assert [one.title for one in made.records] == ["One"]
    assert (broken.reason, broken.line, made.extraction.cut_off) == (CUT_OFF, 4, True)
    assert any("cut off" in finding for finding in made.findings())


def test_a_comment_or_a_definition_without_its_brace_costs_no_entry(read):
    for open_one in ("@comment{ open", "@preamble{ open", '@string{a = "b"', "@string{a = {b}"):
        made = read(simple("One") + open_one + "\n" + simple("Two"))
        assert [one.title for one in made.records] == ["One", "Two"]


@pytest.mark.parametrize("text", ["@comment{only}\n@string{a = {b}}\n", "@article{x,\n title = {"])
def test_a_file_of_which_no_entry_can_be_read_is_refused(tmp_path, text):
    path = tmp_path / "none.bib"
    path.write_text(text)
    with refused(path):
        read_export(Export("test", path, path.name))


@pytest.mark.parametrize(
    "piece", ["{", "}", '"', "\\", "{\\", "a = ", "@a{b,", "# ", "=", "$", ",", "a ", "\\'{", "%@a{",
              "- ", "@", "a={b}\n"]
)  # fmt: skip
def test_many_of_one_sign_are_read_soon(read, piece):
    """Looking for an end again and again would take hours here."""
    made = read(simple("One") + "@misc{x,\n note = {" + piece * 20_000 + "}\n}\n" + simple("Two"))
    assert made.records[0].title == "One" and made.records[-1].title == "Two"


# Any damage.


def taken(data: bytes, sizes: list[int]) -> tuple[Extraction, list[Record]]:
    chunks, at = [], 0
    while at < len(data):
        size = sizes[len(chunks) % len(sizes)]
        chunks.append(data[at : at + size])
        at += size
    extraction = Extraction(BibTeX(), chunks, "export.bib")
    return extraction, list(extraction)


SMALL = [
    (simple("One") + simple("Zwö {a} \\& b") + simple("Three")).encode(),
    (SCOPUS + WEB_OF_SCIENCE).encode(),
    ('@string{a = "b"}\n@comment{x}\n' + STYLES + "@book(k, title = a # { b})\n").encode(),
    b"@article{a, title={One}}@book{b, title={Two}}\n@misc{c, title={Three}}",
]
TOKENS = st.lists(
    st.sampled_from(
        ["@", "@a{", "@a{b,", "@a(b,", "@comment{", "@string{", "@preamble{", "{", "}", "(", ")", ",",
         "=", "#", '"', "\\", "\\{", "$", "%", "\n", "\r", " ", "title", "a = {b}", "\na = {b}\n", "x",
         "é", "~", "\ufeff", "\t", "}@a{b,", "\x1c", "\u2028", "\u00a0", "\x85"]
    ),
    min_size=1, max_size=5,
).map(lambda many: "".join(many).encode())  # fmt: skip
NOISE = TOKENS | st.binary(min_size=1, max_size=12)


@settings(max_examples=150)
@given(st.sampled_from(SMALL), st.floats(0, 1), NOISE, st.integers(0, 60))
def test_any_bytes_put_anywhere_give_records_that_are_all_accounted_for_or_a_refusal(
    read, whole, where, noise, lost
):
    at = int(where * len(whole))
    data = whole[:at] + noise + whole[at + lost :]
    with contextlib.suppress(ReviewError):
        read_bytes(read.path, data)


@settings(max_examples=150)
@given(NOISE, st.sampled_from([simple("@"), "@", "@article{@\n}\n", "@article{k,\n@\n}\n"]))
@example(b"{", simple("@"))
def test_a_whole_entry_before_and_after_any_bytes_is_never_lost(read, noise, place):
    inside = place.encode().replace(b"@", noise) if place == "@" else _put(place, noise)
    data = simple("Before").encode() + inside + b"\n" + simple("After").encode()
    if b"\0" in noise:  # a file with a zero byte is refused
        return
    titles = [one.title for one in read_bytes(read.path, data).records]
    assert titles[0] == "Before" and titles[-1] == "After"


def _put(place: str, noise: bytes) -> bytes:
    head, _, rest = place.rpartition("@")
    return head.encode() + noise + rest.encode()


@settings(max_examples=150)
@given(
    st.sampled_from(SMALL),
    st.floats(0, 1),
    NOISE | st.just(b""),
    st.lists(st.integers(1, 40), min_size=1, max_size=5),
)
def test_a_file_is_read_the_same_in_pieces_of_any_size(whole, where, noise, sizes):
    at = int(where * len(whole))
    data = (whole[:at] + noise + whole[at:]).replace(b"\r", b"\n")
    one, records = taken(data, [len(data)])
    parted, same = taken(data, sizes)
    assert same == records
    assert parted.broken == one.broken
    assert parted.marks.starts == one.marks.starts
    assert (parted.found, parted.cut_off) == (one.found, one.cut_off)
    assert one.found == one.read + len(one.broken)


TITLES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=30)


@settings(max_examples=100)
@given(st.lists(TITLES, min_size=1, max_size=4))
def test_texts_written_as_latex_are_read_back(read, texts):
    text = "".join(f"@misc{{k,\n note = {{{latex.encode(one)}}}\n}}\n" for one in texts)
    made = read(text)
    kept = [json.loads(one.raw)["note"][0] for one in made.records]
    assert [latex.decode(one) for one in kept] == texts
