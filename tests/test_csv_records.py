"""Records from tables: one row a record, columns known by their names, no row ever lost."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchsets.errors import ReviewError
from searchsets.records.extraction import Extraction
from searchsets.records.flavours import flavours_of
from searchsets.records.formats import table
from searchsets.records.formats.table import Table
from searchsets.records.model import Record

NAME = "childdata/trusts.csv"


def taken(text: str | bytes, columns: dict[str, str] | None = None, cut: int = 1 << 16):
    data = text.encode() if isinstance(text, str) else text
    chunks = [data[at : at + cut] for at in range(0, len(data), cut)]
    extraction = Extraction(Table(columns), chunks, NAME)
    return extraction, list(extraction)


def record(header: str, row: str, columns: dict[str, str] | None = None) -> Record:
    extraction, [found] = taken(f"{header}\n{row}\n", columns)
    assert extraction.marks.starts == 1
    return found


def titles(text: str | bytes) -> list[str]:
    return [one.title for one in taken(text)[1]]


@contextlib.contextmanager
def refused(*words: str):
    """Expect a ReviewError that says the words and gives a remedy; the caller names the file."""
    with pytest.raises(ReviewError) as caught:
        yield
    assert caught.value.remedy
    for word in words:
        assert word in str(caught.value)


# Columns of any program.


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_cells_are_parted_as_the_header_parts_them(sign):
    found = record(sign.join(["Title", "Year", "Place"]), sign.join(["Trusts", "2004", "Leeds"]))
    assert (found.title, found.year, found.place) == ("Trusts", 2004, "Leeds")


@pytest.mark.parametrize(
    ("header", "row", "field", "value"),
    [
        ("Title,Authors", 'Trusts,"Fox, C.; Butler, G."', "authors", ["Fox, C.", "Butler, G."]),
        ("ARTICLE TITLE,x", "Trusts,", "title", "Trusts"),
        ("Title,Subject Terms", "Trusts,Governance; Boards", "descriptors", ["Governance", "Boards"]),
        ("Title,Author Keywords", "Trusts,Boards", "keywords", ["Boards"]),
        ("Title,Accession Number", "Trusts,A 17", "accession", "A 17"),
        ("Title,Accession Number", "Trusts,EJ123456", "accession", "EJ123456"),
        ("Title,Link", "Trusts,https://doi.org/10.1000/A", "doi", "10.1000/a"),
        ("Title,Abstract", "Trusts,NA", "abstract", ""),
        ("Title,Abstract", 'Trusts,"One, ""two""\nthree"', "abstract", 'One, "two" three'),
        ("Title,Source title,Source", "Trusts,Local Government,X", "container", "Local Government"),
        ("Title,Journal/Book", "Trusts,Local Government", "container", "Local Government"),
        ("Title,ISSN", "Trusts,ISSN-1234-5678", "issn", ["1234-5678"]),
        ("Title,Publication Date", "Trusts,12 May 2004", "year", 2004),
        ("Title,Start Page,End Page", "Trusts,5,17", "pages", "5-17"),
        ("Title,Authors", 'Trusts,"Fox, C., Butler, G."', "authors", ["Fox, C., Butler, G."]),
    ],
)
def test_a_field_is_found_under_the_names_of_its_column(header, row, field, value):
    assert getattr(record(header, row), field) == value


@pytest.mark.parametrize(
    ("header", "row", "key"),
    [
        ("title,notes,Notes", "T,one,two", "Notes (column 3)"),
        ("title,,notes", "T,one,two", "(column 2)"),
    ],
)
def test_every_cell_a_source_gave_is_in_raw_by_the_name_of_its_column(header, row, key):
    kept = json.loads(record(header, row).raw)
    assert key in kept and set(kept.values()) == {"T", "one", "two"}


def test_raw_keeps_the_names_and_the_cells_as_they_are():
    assert json.loads(record("Title, Notes ", "NA, x ").raw) == {"Title": "NA", "Notes": " x "}


# What platforms and programs write.

SCOPUS = "Authors,Author full names,Title,Year,Source title,Volume,Issue,Art. No.,Page start,Page end"
OVID = "ORN,VN,DB,AN,TI,AU,SO,MH,KW"
EBSCO_XML = "header/_uiTerm,header/_longDbName,jinfo/jtl,artinfo/tig/atl"
FLAVOURS = [
    (
        "scopus",
        f"{SCOPUS},Author Keywords,Index Keywords,ISSN,EID",
        'Fox C.; Butler G.,"Fox, Clare (123456789)",Trusts,2004,Boards,3,2,,5,17,One; two,Governance,'
        "12345678,2-s2.0-1",
        {"authors": ["Fox C.", "Butler G."], "container": "Boards", "pages": "5-17",
         "keywords": ["One", "two"], "descriptors": ["Governance"], "accession": "2-s2.0-1",
         "issn": ["12345678"], "volume": "3", "issue": "2", "year": 2004},
    ),
    (
        "scopus",
        f"{SCOPUS},EID",
        ',"Fox, Clare (123456789); Butler, Greg (987654321)",Trusts,2004,Boards,3,2,e17,,,2-s2.0-1',
        {"authors": ["Fox, Clare", "Butler, Greg"], "pages": "e17"},
    ),
    (
        "scopus_old",
        "Authors,Title,Year,Source title,Volume,EID",
        '"Fox C., Butler G.H.",Trusts,2004,Boards,3,2-s2.0-1',
        {"authors": ["Fox C.", "Butler G.H."]},
    ),
    (
        "web_of_science",
        "PT\tAU\tTI\tSO\tDE\tID\tSN\tPY\tVL\tIS\tBP\tEP\tDI\tUT",
        "J\tFox, C; Butler, G\tTrusts\tBOARDS\tgovernance\tSCHOOLS\t1234-5678\t2004\t3\t2\t5\t17"
        "\t10.1000/a\tWOS:1",
        {"authors": ["Fox, C", "Butler, G"], "container": "BOARDS", "issue": "2", "pages": "5-17",
         "keywords": ["governance", "SCHOOLS"], "descriptors": [], "accession": "WOS:1"},
    ),
    (
        "web_of_science",
        "Publication Type,Authors,Article Title,Source Title,Publication Year,UT (Unique WOS ID)",
        'J,"Fox, C",Trusts,BOARDS,2004,WOS:1',
        {"title": "Trusts", "container": "BOARDS", "accession": "WOS:1"},
    ),
    (
        "ovid",
        OVID,
        '1,Ovid Technologies,APA PsycInfo,2004-1,Trusts. [References].,"Fox, C\n\nButler, G",'
        '"Boards. Vol.3,(2), 2004, pp. 5-17.","Governance\n\nSchools","one\n\ntwo"',
        {"title": "Trusts. [References].", "authors": ["Fox, C", "Butler, G"], "year": 2004,
         "container": "Boards", "volume": "3", "issue": "2", "pages": "5-17",
         "descriptors": ["Governance", "Schools"], "keywords": ["one", "two"]},
    ),
    (
        "ovid",
        OVID,
        "1,Ovid Technologies,Embase,2004-1,Trusts.,Fox C.,\"Boards. 3(2) (pp 5-17), 2004. Date of "
        'Publication: May 2004.",,',
        {"container": "Boards", "volume": "3", "issue": "2", "pages": "5-17", "year": 2004},
    ),
    (
        "ebscohost",
        "Article Title,Author,Journal Title,Publication Date,First Page,Accession Number,Subjects,PLink",
        '"Trusts","Fox, C.; Butler, G.",Boards,20040501 2004,5,EJ123456,GOVERNANCE; SCHOOLS,'
        "https://search.ebscohost.com/login.aspx?db=eric&AN=EJ123456",
        {"authors": ["Fox, C.", "Butler, G."], "container": "Boards", "accession": "EJ123456",
         "descriptors": ["GOVERNANCE", "SCHOOLS"], "pages": "5"},
    ),
    (
        "ebsco_new",
        "an,title,abstract,contributors,source,publicationDate,subjects,doi,plink,longDBName,issn",
        'EJ123456,Trusts,Where,"Fox, C.; Butler, G.",Boards,20040501,Governance; Schools,10.1000/A,'
        "https://x.org,ERIC,1234-5678",
        {"authors": ["Fox, C.", "Butler, G."], "year": 2004, "doi": "10.1000/a",
         "descriptors": ["Governance", "Schools"], "accession": "EJ123456", "url": "https://x.org"},
    ),
    (
        "ebsco_flattened",
        f"{EBSCO_XML},artinfo/aug/au/0,artinfo/aug/au/1,artinfo/sug/subj/0/_type,"
        "artinfo/sug/subj/0/__text,artinfo/sug/subj/1/__text",
        '17,CINAHL,Boards,Trusts,"Fox, C",Butler; G,major,"Aged, 80 and Over",Schools',
        {"authors": ["Fox, C", "Butler; G"], "descriptors": ["Aged, 80 and Over", "Schools"],
         "title": "Trusts", "container": "Boards", "accession": "17"},
    ),
    (
        "pubmed",
        "PMID,Title,Authors,Citation,Journal/Book,Publication Year,Create Date,DOI",
        '17,Trusts,"Fox C, Butler G.",Boards. 2004 May;3(Suppl 2):5-17. doi: 10.1000/a.,Boards,2004,'
        "2004/05/01,10.1000/a",
        {"authors": ["Fox C", "Butler G"], "volume": "3", "issue": "Suppl 2", "pages": "5-17",
         "accession": "17", "container": "Boards"},
    ),
    (
        "embase",
        "Title,Author Names,Source,Emtree Medical Index Terms,Author Keywords",
        'Trusts,"Fox C., Butler G.",Boards (2004) 3:2 (5-17). Date of Publication: 2004,'
        '"board (governance, school), trust","one, two"',
        {"authors": ["Fox C.", "Butler G."], "container": "Boards", "year": 2004, "volume": "3",
         "issue": "2", "pages": "5-17", "keywords": ["one", "two"],
         "descriptors": ["board (governance, school)", "trust"]},
    ),
    (
        "eric",
        "id,title,description,author,subject,publicationdateyear,issn",
        r'EJ1,Trusts,Where,"Fox\, C.,Butler\, G.","Governance,Boards",2004,ISSN-1234-5678',
        {"authors": ["Fox, C.", "Butler, G."], "descriptors": ["Governance", "Boards"],
         "abstract": "Where", "year": 2004, "issn": ["1234-5678"]},
    ),
    (
        "ieee",
        "Document Title,Authors,Publication Title,Publication Year,Start Page,End Page,ISBNs,"
        "Author Keywords,IEEE Terms,Document Identifier",
        "Trusts,C. Fox; G. Butler,Boards,2004,5,17,,one;two,Governance;Schools,IEEE Journals",
        {"authors": ["C. Fox", "G. Butler"], "container": "Boards", "pages": "5-17",
         "keywords": ["one", "two"], "descriptors": ["Governance", "Schools"]},
    ),
    (
        "ieee_small",
        "Title,Authors,Affiliations,Abstract,Publication,Category,DOI",
        'Trusts,"Clare Fox, Greg Butler",,Where,Boards,Magazine,10.1000/a',
        {"authors": ["Clare Fox", "Greg Butler"], "container": "Boards"},
    ),
    (
        "springer",
        "Item Title,Publication Title,Book Series Title,Journal Volume,Journal Issue,Item DOI,Authors,"
        "Publication Year,URL,Content Type",
        "Trusts,Boards,,3,2,10.1000/a,Clare FoxGreg Butler,2004,http://x.org,Article",
        {"title": "Trusts", "authors": ["Clare FoxGreg Butler"], "container": "Boards",
         "volume": "3", "issue": "2", "type": "Article"},
    ),
    (
        "lens",
        "Lens ID,Title,Date Published,Publication Year,Source Title,ISSNs,Author/s,Issue Number,"
        "Start Page,End Page,Fields of Study,Keywords,MeSH Terms,DOI",
        "000-1,Trusts,2004-05-01,2004,Boards,12345678; 87654321,Clare Fox; Greg Butler,2,5,17,"
        "Education,one; two,Governance; Schools,10.1000/a",
        {"authors": ["Clare Fox", "Greg Butler"], "issn": ["12345678", "87654321"], "issue": "2",
         "keywords": ["one", "two"], "descriptors": ["Governance", "Schools"],
         "accession": "000-1"},
    ),
    (
        "openalex",
        "id,display_name,authorships.author.display_name,primary_location.source.display_name,"
        "publication_year",
        "https://openalex.org/W17,Trusts,Clare Fox|Greg Butler,Boards,2004",
        {"title": "Trusts", "authors": ["Clare Fox", "Greg Butler"], "accession": "W17",
         "container": "Boards"},
    ),
    (
        "dimensions",
        "Rank,Publication ID,DOI,Title,Source title,MeSH terms,PubYear,Pagination,Authors",
        '1,pub.17,10.1000/a,Trusts,Boards,Governance; Schools,2004,5-17,"Fox, Clare; Butler, Greg"',
        {"accession": "pub.17", "year": 2004, "pages": "5-17",
         "authors": ["Fox, Clare", "Butler, Greg"], "descriptors": ["Governance", "Schools"]},
    ),
    (
        "rayyan",
        "key,title,year,month,day,journal,issn,volume,issue,pages,authors,url,language,publisher,"
        "location,abstract,notes",
        'rayyan-17,Trusts,2004,5,1,Boards,1234-5678,3,2,5-17,"Fox, C. and Butler, G. and Department '
        'of Health and Social Care",,eng,,Leeds,Where,',
        {"authors": ["Fox, C.", "Butler, G. and Department of Health and Social Care"],
         "accession": "rayyan-17", "container": "Boards", "place": "Leeds"},
    ),
    (
        "covidence",
        "Title,Authors,Abstract,Published Year,Published Month,Journal,Volume,Issue,Pages,"
        "Accession Number,DOI,Ref,Covidence #,Study,Notes,Tags",
        'Trusts,"Fox, C.; Butler, G.",Where,2004,,Boards,3,2,5-17,,10.1000/a,17,#17,Fox 2004,,',
        {"authors": ["Fox, C.", "Butler, G."], "year": 2004, "accession": "#17"},
    ),
    (
        "asreview",
        "record_id,title,authors,keywords,asreview_label",
        "17,Trusts,\"['Fox, Clare', \"\"O'Hara, Di\"\"]\",\"['one']\",1",
        {"authors": ["Fox, Clare", "O'Hara, Di"], "keywords": ["one"], "accession": "17"},
    ),
    (
        "proquest",
        "Title,Abstract,StoreId,Authors,pubtitle,year,startPage,subjectTerms,identifierKeywords,"
        "AccessionNumber,DocumentURL,Database",
        'Trusts,Where,99,"Fox, C.; Butler, G.",Boards,2004,5,Governance; Schools,one,EJ123456,'
        "https://x.org,ERIC",
        {"container": "Boards", "descriptors": ["Governance", "Schools"], "keywords": ["one"],
         "accession": "EJ123456", "url": "https://x.org"},
    ),
    (
        "zotero",
        "Key,Item Type,Publication Year,Author,Title,Publication Title,Abstract Note,Manual Tags,"
        "Automatic Tags",
        'AB12,journalArticle,2004,"Fox, C.; Butler, G.",Trusts,Boards,Where,one,two; three',
        {"authors": ["Fox, C.", "Butler, G."], "container": "Boards", "abstract": "Where",
         "keywords": ["one", "two", "three"], "accession": "AB12"},
    ),
    (
        "publish_or_perish",
        "Cites,Authors,Title,Year,Source,Publisher,ArticleURL,GSRank,QueryDate,DOI,StartPage,EndPage",
        '9,"C Fox, G Butler...",Trusts,2004,Boards,P,https://x.org,1,2020-01-01,,5,17',
        {"container": "Boards", "pages": "5-17", "url": "https://x.org", "year": 2004},
    ),
    (
        "bibtex",
        "id,entrytype,title,author,year,journal,volume,number,pages",
        '17,article,Trusts,"Fox, C. and Butler, G.",2004,Boards,3,2,5-17',
        {"authors": ["Fox, C.", "Butler, G."], "issue": "2", "type": "article"},
    ),
    (
        "base_bibtex",
        "title,author,note,ENTRYTYPE,ID,contributor,howpublished",
        '{Trusts},Clare Fox AND Greg Butler,"{Source: Boards ; volume 3, issue 2, page 5-17 ; ISSN 1}",'
        "article,17,,",
        {"title": "Trusts", "authors": ["Clare Fox", "Greg Butler"], "container": "Boards",
         "volume": "3", "issue": "2", "pages": "5-17"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("citation", "place"),
    [("J Child. 1999 May;9(3):264-76; discussion 261-3. doi: 10.1/x.",
      ("9", "3", "264-76; discussion 261-3")),
     ("J Child. 2021;(182). doi: 10.1/x.", ("", "182", "")),
     ("J Child. 2023 Jun 12:1-19. doi: 10.1/x. Online ahead of print.", ("", "", "1-19")),
     ("J Child. 2023 Jun 12. doi: 10.1/x.", ("", "", "")),
     ("J Child. 2004 May;12 Suppl 1(2):S1-9.", ("12 Suppl 1", "2", "S1-9"))],
)  # fmt: skip
def test_volume_issue_and_pages_stand_in_the_citation_of_pubmed(citation, place):
    header = "PMID,Title,Authors,Citation,Journal/Book,Publication Year,Create Date,DOI"
    made = record(header, f'17,On trusts,"Fox C.","{citation}",J Child,1999,1999/05/01,10.1/x')
    assert (made.volume, made.issue, made.pages) == place



@pytest.mark.parametrize(("flavour", "header", "row", "fields"), FLAVOURS)
def test_the_table_of_a_platform_is_known_by_its_columns_and_read_as_it_writes(
    flavour, header, row, fields
):
    text = f"{header}\n{row}\n"
    extraction, [found] = taken(text)
    assert extraction.flavour.name == flavour
    assert {name: getattr(found, name) for name in fields} == fields
    assert Table.recognise(text)


def test_every_flavour_has_a_row_here():
    assert {name for name, *_ in FLAVOURS} == {
        one.name for one in flavours_of("table")
    } - {"", "searchsets"}  # ours: test_writers.py


def test_the_database_is_told_where_the_table_tells_it():
    extraction, _ = taken(f"{OVID}\n1,Ovid Technologies,APA PsycInfo,2,Trusts.,,,,\n")
    assert extraction.databases == {"APA PsycInfo": 1}


# Where the rows begin.


@pytest.mark.parametrize(
    ("named", "sign"),
    [("sep=;", ";"), ('"sep=;"', ";"), ("SEP=,", ","), ("sep=|", "|"), ("sep=\t", "\t")],
)
def test_a_first_line_may_name_the_delimiter(named, sign):
    extraction, [found] = taken(f"{named}\ntitle{sign}year\nTrusts{sign}2004\n")
    assert (found.title, found.year, extraction.marks.starts) == ("Trusts", 2004, 1)


def test_lines_above_the_column_names_are_no_records():
    extraction, [found] = taken(
        'About the data: exported, "2024"\n\nSearch: trusts\nTitle,Year\nTrusts,2004\n'
    )
    assert (found.title, extraction.marks.starts, extraction.broken) == ("Trusts", 1, [])


def test_a_row_of_column_names_may_have_line_ends_in_it():
    extraction, [found] = taken('title,"year\nof publication"\nTrusts,2004\n')
    assert list(json.loads(found.raw)) == ["title", "year\nof publication"]
    assert extraction.marks.starts == 1


def test_a_table_without_a_title_column_is_refused_with_its_columns_and_where_to_map_them():
    with refused("no column is named title", "name, year", "config/columns.csv"):
        taken("name,year\nOne,2001\n")


@pytest.mark.parametrize("text", ["", ",,\n", ",\n,\n", "\n\n"])
def test_a_table_of_empty_cells_is_refused(text):
    with refused("the table is empty"):
        taken(text)


def test_a_header_alone_holds_no_record():
    extraction, found = taken("title,year\n")
    assert (found, extraction.marks.starts) == ([], 0)


def test_a_list_of_titles_alone_is_read():
    assert titles("title\nOne\nTwo\n") == ["One", "Two"]


def test_positions_count_the_rows_and_blank_lines_are_none():
    extraction, found = taken("title,year\n\nOne,2001\n,\n \t,\"\"\nTwo,2002\n")
    assert [(one.position, one.title) for one in found] == [(1, "One"), (2, "Two")]
    assert extraction.marks.starts == 2


# What a person says of the columns.


def test_a_column_that_a_person_named_goes_before_the_flavours():
    said = {"Name": "title", "Terms": "descriptors", "subject": "keywords"}
    found = record("Title,Name,Terms,Subject", "Trusts,Boards,a; b,c", said)
    assert (found.title, found.descriptors, found.keywords) == ("Boards", ["a", "b"], ["c"])


def test_a_table_without_a_title_column_is_read_where_a_person_named_one():
    assert record("Study,When", "Trusts,2004", {"study": "title", "When": "year"}).year == 2004


def test_a_column_that_a_person_named_and_the_table_has_not_is_told():
    with refused("'nmae'", "did you mean 'name'?"):
        taken("title,name\nTrusts,x\n", {"Nmae": "authors"})


# Rows that cannot be read.


@pytest.mark.parametrize(
    ("row", "reason"), [("Two", "1 cells where the header has 2"), ("Two,2002,3", "3 cells")]
)
def test_a_row_with_cells_too_few_or_too_many_is_broken_and_the_others_are_read(row, reason):
    extraction, found = taken(f"title,year\nOne,2001\n{row}\nThree,2003\n")
    [broken] = extraction.broken
    assert [one.title for one in found] == ["One", "Three"]
    assert (broken.line, broken.byte_offset, broken.raw) == (3, 20, row)
    assert reason in broken.reason and extraction.marks.starts == 3


def test_empty_cells_behind_the_last_column_are_none():
    assert titles("title,year\nOne,2001,,\nTwo,2002\n") == ["One", "Two"]


@pytest.mark.parametrize("row", ["Two", '"Two', 'Two,2002,"Lee', '"Two\nand a half', "Two,20"])
def test_a_last_row_that_stops_early_is_broken_as_cut_off(row):
    extraction, found = taken(f"title,year,place\nOne,2001,Leeds\n{row}")
    [broken] = extraction.broken
    assert (extraction.cut_off, broken.line, len(found)) == (True, 3, 1)
    assert extraction.marks.starts == 2


def test_a_whole_last_row_needs_no_line_end():
    extraction, found = taken("title,year\nOne,2001")
    assert (len(found), extraction.cut_off) == (1, False)


@pytest.mark.parametrize(
    "after", ["Three,2003\n", 'Three,"2003"\n', '"Three","2003"\n', '"T, ""3""",2003\n', "Three,2003"]
)
@pytest.mark.parametrize("row", ['"Two,2002', 'Two,"2002', '"Two ""too"",2002', '"a"b,"Two'])
def test_a_quotation_mark_that_is_never_closed_costs_its_own_line_only(row, after):
    extraction, found = taken(f"title,year\nOne,2001\n{row}\n{after}")
    [broken] = extraction.broken
    assert [one.year for one in found] == [2001, 2003]
    assert (broken.line, "never closed" in broken.reason) == (3, True)


def test_a_row_that_another_row_seems_to_close_does_not_swallow_the_rows_between():
    extraction, found = taken('title,year\n"One,2001\nTwo,2002\nThree",2003,"x"\n')
    assert [one.title for one in found] == ["Two"]
    assert [one.line for one in extraction.broken] == [2, 4]


@pytest.mark.parametrize(
    ("cell", "title"),
    [('5" pipe', '5" pipe'), ('"Trusts" again', "Trusts again"), ('the "third" way', 'the "third" way')],
)
def test_stray_quotation_marks_are_read_where_the_cells_are_as_many_as_the_columns(cell, title):
    assert titles(f"title,year\n{cell},2001\nTwo,2002\n") == [title, "Two"]


def test_column_names_that_come_again_are_no_record():
    extraction, found = taken("title,year\nOne,2001\ntitle,year\nTwo,2002\n")
    assert [one.title for one in found] == ["One", "Two"]
    assert "repeats the column names" in extraction.broken[0].reason


def test_bytes_that_are_not_utf_8_are_read_and_counted():
    extraction, found = taken(b"title,year\nCaf\xe9,2001\n\x93T\x94,2002\n")
    assert ([one.title for one in found], extraction.foreign) == (["Café", "“T”"], 2)


def test_a_cell_of_any_length_is_read():
    assert len(record("title,abstract", "Trusts," + "x" * 200_000).abstract) == 200_000


def test_a_row_goes_on_for_so_many_lines_and_no_more(monkeypatch):
    monkeypatch.setattr(table, "_MOST_LINES", 10)
    lines = "line\n" * 20
    extraction, found = taken(f'title,abstract\nOne,"{lines}"\nTwo,two\n')
    assert [one.title for one in found] == ["Two"]
    assert "never closed" in extraction.broken[0].reason


def test_lines_that_open_quotation_marks_in_vain_take_no_longer_than_others(monkeypatch):
    monkeypatch.setattr(table, "_MOST_READ_TWICE", 1 << 20)
    rows = 'a",",b\n' * 20_000  # each line leaves a cell open, and keeps one open
    started = time.monotonic()
    extraction, found = taken(f"title,year\n{rows}")
    assert len(found) + len(extraction.broken) == 20_000
    assert time.monotonic() - started < 20


# Which texts are tables.


@pytest.mark.parametrize(
    "text",
    [
        "TY  - JOUR\nTI  - Trusts, boards\nAB  - Title, abstract\nER  - \n",
        "TY  - JOUR\nAB  - We looked for\ntitle, abstract\nER  - \n",
        "PMID- 17\nTI  - Trusts, title, year\n",
        "@article{fox,\n  title = {Trusts},\n  year = {2004},\n}\n",
        '[\n "title",\n "year"\n]\n',
        '{"columns": ["id","title","year"]}',
        "<records>\n<title>,<year>\ntitle,year\n1,2\n",
        "%0 Journal Article\n%T Trusts\n",
        "We looked at title, abstract, and keywords.\nThen, of course, at all the rest, too, and on.\n",
        "Title, abstract\nwere looked at by two of us.\n",
        "Trusts",
        "title",
        "",
    ],
)
def test_other_texts_are_not_taken_for_tables(text):
    assert Table.recognise(text) == ""


@pytest.mark.parametrize("length", [40, 60, 75, 500])
def test_a_table_is_recognised_by_its_beginning_wherever_that_ends(length):
    text = "sep=,\nTitle,Authors,Year,Abstract\n" + 'Trusts,"Fox, C.",2004,"Long\nabstract"\n' * 9
    assert Table.recognise(text[:length]) == "column names title, authors, year"


# Whatever there is to read.

CELLS = st.text('abä漢",;\t\n |=', max_size=12) | st.text(max_size=8)
WRITABLE = CELLS.map(lambda cell: cell.replace("\r", " "))
ROWS = st.lists(st.lists(WRITABLE, min_size=3, max_size=3), max_size=12)


def written(rows: list[list[str]], sign: str) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=sign, lineterminator="\n").writerows([("title", "year", "x"), *rows])
    return out.getvalue().encode("utf-8", "surrogatepass")


@given(ROWS, st.sampled_from(",;\t"), st.integers(1, 50))
def test_rows_written_as_csv_are_read_back_and_the_marks_agree(rows, sign, cut):
    extraction, found = taken(written(rows, sign), cut=cut)
    blank = table._BLANKS
    kept = [row for row in rows if any(cell.strip(blank) for cell in row)]
    kept = [row for row in kept if row != ["title", "year", "x"]]
    read = [json.loads(one.raw) for one in found]
    assert [[one["title"], one["year"], one["x"]] for one in read] == kept
    assert extraction.marks.starts == len(found) + len(extraction.broken)


@given(st.binary() | st.text('",;\t\n a1', max_size=60).map(str.encode), st.integers(1, 40))
def test_any_bytes_are_read_and_accounted_for_or_refused(data, cut):
    with contextlib.suppress(ReviewError):
        taken(data, cut=cut)
    text = b"title,year\n" + data.replace(b"\r", b"\n")
    extraction, found = taken(text, cut=cut)
    lines = text.decode("utf-8", "replace").split("\n")
    accounted = len(found) + len(extraction.broken)
    assert accounted <= len(lines)
    again, same = taken(text)
    assert ([one.raw for one in same], again.broken) == ([one.raw for one in found], extraction.broken)


BROKEN = st.sampled_from(
    ["x", "x,1,y", '"x,1', 'x,"1', '"x"y,1,2', '"x ""y"",1', '"x","y', '5",1,z']
)
WELL = st.sampled_from(["Well,2001", '"Well","2001"', '"Well",2001', 'Well,"2001"'])


@given(st.lists(BROKEN | WELL, min_size=1, max_size=12), st.booleans())
def test_a_well_formed_row_beside_broken_ones_is_never_lost(rows, is_closed):
    text = "\n".join(["title,year", *rows]) + "\n" * is_closed
    extraction, found = taken(text)
    wells = [row for row in rows if "Well" in row]
    assert sum((one.title, one.year) == ("Well", 2001) for one in found) >= len(wells)
    assert len(found) + sum(one.raw.count("\n") + 1 for one in extraction.broken) == len(rows)
