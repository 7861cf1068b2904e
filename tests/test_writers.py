"""Properties of the writers: what `searchsets records convert` writes is read back equal."""

from __future__ import annotations

import gzip
import re
import string
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refusal import refused
from searchsets.errors import ReviewError
from searchsets.records import clean, writers
from searchsets.records.exports import Export
from searchsets.records.mapping import EMPTY
from searchsets.records.model import COLUMNS, Record
from searchsets.records.reading import ReadFile, read_export
from searchsets.records.tables import table_of

TARGETS = writers.targets()
TABLES = ("csv", "tsv", "asreview", "rayyan", "covidence_csv")
OWN = ("record_id", "database", "source_file", "position", "raw")

PIECES = [
    "&amp;amp;", "&amp;lt;i&amp;gt;", "<<i></i>sub>",
    "ER  - ", "TY  - JOUR", "TI  - x", "DP  - searchsets", "%T x", "@article{a,", "} @misc{y,",
    "<record>", "</record>", "]]>", "<!--", "&amp;", "&lt;i&gt;", "&#38;", "<i>", "</sub>", "<p>",
    "a < b", "R&D", "50%", "$x$", "c:\\new", "\\'e", "\\textit{x}", "\\", "\\;", "{", "}", "{}", "#",
    "~", "_", "^", '"', "'", '""', "``", "''", "--", "---", "; ", ";", ", ", ",", " and ", " AND ",
    "and others", "et al.", "|", "/", "=1+1", "-", "+", "[", "]", "(", ")", ".", ":", "*", "!", "?",
    "http://a.b/~c%20d?e=f&g#h", "10.1000/x", "EJ1234567", "1234-5678", "2004", "1-2", "\t", "\n",
    "  ", " ", "null", "Trusts", "boards", "é", "e\u0301", "ß", "İ", "ж", "中文", "עב", "ا", "🙂", "“",
    "–",     "\u00a0", "\u2028", "\u200b", "\ufeff", "\u0085", "x" * 300, "long " * 200,
]  # fmt: skip
SIGNS = string.printable + "éßжק中ا\u0301🙂\u00a0\u200e\u2028"


def is_held(value: str) -> bool:
    """No importer makes what means nothing; XML has no place for U+FFFE and U+FFFF."""
    return value not in EMPTY and not re.search("[\ufffe\uffff]", value)


PLAIN = st.sampled_from(["Trusts", "Boards & heads", "Élan vital", "Школа", "学校", "a b"])
NASTY = st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map("".join)
ANY = st.text(st.sampled_from(SIGNS) | st.characters(codec="utf-8"), max_size=6)
SAID = (PLAIN | NASTY | ANY).map(clean.text).filter(is_held)
KNOWN = {
    "accession": ["", "EJ700001", "ED1234567", "2004-12345-001", "WOS:000123", "20041234"],
    "doi": ["", "10.1000/a(1)b", "10.1016/s0140-6736(05)1<1:a>2.0.co;2", "10.1000/50%25",
            "10.1000/x#y?z", "10.1000/{a}_b&c", "10.1000/\\é"],
    "type": ["JOUR", "Journal Articles; Reports - Research", "BOOK", "thesis", "CHAP"],
    "year": [None, 1500, 1999, 2004, 2099],
    "volume": ["", "12", "Suppl. 1", "IV"],
    "issue": ["", "3-4", "0"],
    "pages": ["", "1-2", "5-5", "1--2", "e12", "22-29, 31", "iv-x"],
    "raw": ["{}", '{"TI": ["x;\\\\y"]}', "TY  - JOUR\nTI  - x\nER  - \n"],
    "database": ["", "eric", "BEI & co"],
    "record_id": ["", "eric:EJ1", "a b{,"],
}  # fmt: skip
NAMES = ["Fox, Clare", "Elm Trust", "O'Hara, D., Jr.", "Fox, C", "de la Cruz, Ana", "A and B Ltd"]
ISSNS = ["1234-5678", "12345679", "0000-000X"]
ISBNS = ["978-0-7487-1234-2", "9780748712342", "074871234X"]
FREE = ("container", "publisher", "abstract", "language", "place", "url", "type", "volume", "issue")


def some(values: list[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), max_size=3, unique=True)


@st.composite
def record_lists(draw) -> list[Record]:
    """Up to four records that share some values: to draw all by themselves would take long."""
    values = draw(st.lists(SAID, min_size=1, max_size=8, unique=True))
    names = [*(one for one in values if not clean.is_others(one)), *NAMES]
    columns = {name: st.sampled_from(known) for name, known in KNOWN.items()}
    columns |= {name: st.sampled_from(["", *values, *(KNOWN.get(name) or [])]) for name in FREE}
    columns["pages"] |= st.sampled_from([clean.pages(one, "") for one in values])
    columns |= {"descriptors": some(values), "keywords": some(values)}
    columns |= {"issn": some(ISSNS), "isbn": some(ISBNS)}
    columns["title"] = st.sampled_from([*values, *values, ""])
    columns["authors"] = st.builds(
        lambda named, others: [*named, *["And Others"] * others], some(names), st.booleans()
    )
    one = st.builds(Record, source_file=st.just("a/b.ris"), position=st.just(1), **columns)
    return draw(st.lists(one, min_size=1, max_size=4))


FULL = Record(
    "eric/one.ris",
    7,
    accession="EJ700001",
    doi="10.1000/a(1)b",
    type="Journal Articles; Reports - Research",
    title="Trusts & boards: 5% {of} all",
    authors=["Fox, Clare", "Department for Education", "O'Hara and Sons", "And Others"],
    year=2004,
    container="Local Government & Society",
    publisher="Elm Press",
    volume="12",
    issue="3",
    pages="22-29",
    abstract="What they do; and why.",
    descriptors=["Governing Boards", "Schools -- Great Britain"],
    keywords=["trusts", "a; b, c"],
    language="English",
    place="Leeds",
    issn=["1234-5678"],
    isbn=["978-0-7487-1234-2"],
    url="https://search.ebscohost.com/login.aspx?db=eric&AN=EJ700001",
    raw='{"TI": ["Trusts"]}',
    database="eric",
    record_id="eric:EJ700001",
)


def read_back(records: list[Record], target: str, folder: Path, name: str = "out") -> ReadFile:
    path = folder / f"{name}{TARGETS[target][0][0]}"
    writers.write([table_of(records)], path, target)
    [read] = read_export(Export("test", path, path.name))
    return read


def columns_of(target: str) -> list[str]:
    return [name for name in COLUMNS if name not in (*TARGETS[target][2], *OWN)]


def not_back(target: str, record: Record) -> set[str]:
    """Return the columns that a program's own flavour cannot give back of this record."""
    lost: set[str] = set()
    if target in ("asreview", "covidence_csv"):  # `;` parts names, whoever wrote the table
        lost |= {"authors"} if any(";" in one for one in record.authors) else set()
    if target in ("asreview", "covidence_csv", "covidence_ris") and not record.doi:
        # Where there is no DOI, the reader takes one out of the address.
        lost |= {"doi"} if clean.doi(record.url) else set()
    return lost


def same(read: list[Record], written: list[Record], target: str, columns: list[str]) -> None:
    for found, record in zip(read, written, strict=True):
        lost = not_back(target, record)
        for name in columns:
            if name not in lost:
                assert (name, getattr(found, name)) == (name, getattr(record, name))


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("written")


@pytest.mark.parametrize("target", TARGETS)
@settings(max_examples=35)
@given(records=record_lists())
def test_what_is_written_is_read_back_equal(target, folder, records):
    read = read_back(records, target, folder)
    assert (len(read.records), read.broken) == (len(records), [])
    assert read.extraction.marks.starts == len(records)
    same(read.records, records, target, columns_of(target))


@pytest.mark.parametrize("target", ["parquet", "jsonl", "csv", "tsv"])
@settings(max_examples=12)
@given(records=record_lists())
def test_our_own_formats_hold_all_that_a_source_said(target, folder, records):
    read = read_back(records, target, folder, "raw")
    assert [one.raw for one in read.records] == [one.raw for one in records]


@pytest.mark.parametrize("target", TARGETS)
def test_a_full_record_comes_back_in_all_columns_that_the_target_says_it_holds(target, tmp_path):
    [read] = read_back([FULL], target, tmp_path).records
    columns = columns_of(target)
    found = {name: getattr(read, name) for name in columns}
    assert found == {name: getattr(FULL, name) for name in columns}


@pytest.mark.parametrize("target", ["csv", "tsv"])
def test_our_tables_hold_all_that_a_source_said(target, tmp_path):
    assert read_back([FULL], target, tmp_path).records[0].raw == FULL.raw


@pytest.mark.parametrize("target", TABLES)
def test_a_table_with_bibtex_in_a_cell_is_a_table(target, tmp_path):
    [read] = read_back([Record("f", 1, title="} @misc{y,")], target, tmp_path).records
    assert read.title == "} @misc{y,"


def test_a_table_with_the_first_line_of_ris_as_its_first_cell_is_a_table(tmp_path):
    [read] = read_back([Record("f", 1, title="TY - JOUR")], "covidence_csv", tmp_path).records
    assert read.title == "TY - JOUR"


@pytest.mark.parametrize("target", [*TABLES, "csl_json"])
@pytest.mark.parametrize(
    ("column", "value"),
    [("title", "AT&amp;T"), ("title", "the tag <sub>"), ("doi", "10.1000/5%25")],
)
def test_what_looks_like_an_escape_comes_back(target, column, value, tmp_path):
    if column in TARGETS[target][2]:
        pytest.skip("it does not hold this column")
    record = Record("f", 1, title="T", year=2004)
    setattr(record, column, value)
    [read] = read_back([record], target, tmp_path).records
    assert getattr(read, column) == value


def test_csl_json_of_a_record_of_eric_has_its_year(tmp_path):
    record = Record("f", 1, title="T", accession="EJ700001", year=2004)
    [read] = read_back([record], "csl_json", tmp_path).records
    assert (read.accession, read.year) == ("EJ700001", 2004)


@pytest.mark.parametrize("target", TARGETS)
def test_a_record_of_which_nothing_is_known_but_its_abstract_is_a_record(target, tmp_path):
    records = [Record("f", 1, title="T"), Record("f", 2, abstract="A"), Record("f", 3, title="U")]
    read = read_back(records, target, tmp_path)
    assert [one.title for one in read.records] == ["T", "", "U"]
    assert read.broken == []


@pytest.mark.parametrize("tables", [[], [table_of([])]], ids=["no table", "a table without rows"])
@pytest.mark.parametrize("target", TARGETS)
def test_no_records_are_a_file_that_is_refused_in_words(target, tables, tmp_path):
    path = tmp_path / f"none{TARGETS[target][0][0]}"
    writers.write(tables, path, target)
    with refused(path):
        read_export(Export("test", path, path.name))


@pytest.mark.parametrize("target", [name for name in TARGETS if name != "parquet"])
def test_a_packed_file_is_the_same_bytes_each_time_and_read_as_the_plain_one(target, tmp_path):
    records = [FULL, Record("f", 2, title="A second, with little")]
    ending = TARGETS[target][0][0]
    plain = tmp_path / f"plain{ending}"
    one, two = tmp_path / f"one{ending}.gz", tmp_path / "there" / f"two{ending}.gz"
    for path in (plain, one, two):
        writers.write([table_of(records)], path, target)
    assert one.read_bytes() == two.read_bytes()
    # Neither a name nor a time stands in the head, which the two would share by chance.
    assert one.read_bytes()[3:8] == b"\0\0\0\0\0"
    assert gzip.decompress(one.read_bytes()) == plain.read_bytes()
    [unpacked] = read_export(Export("test", plain, "x"))
    [packed] = read_export(Export("test", one, "x"))
    assert packed.records == unpacked.records


@pytest.mark.parametrize("target", TARGETS)
def test_records_in_many_tables_are_one_file(target, tmp_path):
    records = [Record("f", number, title=f"T{number}", year=2000) for number in range(1, 6)]
    together, parted = (tmp_path / f"{name}{TARGETS[target][0][0]}" for name in "ab")
    writers.write([table_of(records)], together, target)
    writers.write([table_of([one]) for one in records], parted, target)
    [read] = read_export(Export("test", parted, "x"))
    assert [one.title for one in read.records] == ["T1", "T2", "T3", "T4", "T5"]
    if target != "parquet":  # its row groups are the tables
        assert together.read_bytes() == parted.read_bytes()


@pytest.mark.parametrize("target", TARGETS)
def test_what_fails_while_it_is_written_leaves_the_file_as_it_was(target, tmp_path):
    def tables():
        yield table_of([FULL])
        raise ReviewError("the source broke off")

    path = tmp_path / f"out{TARGETS[target][0][0]}"
    path.write_text("before")
    with pytest.raises(ReviewError, match="the source broke off"):
        writers.write(tables(), path, target)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_parquet_is_not_packed_twice(tmp_path):
    with refused("out.parquet.gz", "packed already", "name the file out.parquet"):
        writers.write([table_of([FULL])], tmp_path / "out.parquet.gz", "parquet")


def test_the_key_of_an_odd_id_is_the_same_wherever_the_record_stands(tmp_path):
    odd, plain = "eric:a{b}, c", "eric:EJ700001"

    def keys(*ids: str) -> list[str]:
        made = [Record("x", place, record_id=one, title="Trusts") for place, one in enumerate(ids)]
        writers.write([table_of(made)], tmp_path / "x.bib", "bibtex")
        return re.findall(r"@\w+\{([^,]*),", (tmp_path / "x.bib").read_text(encoding="utf-8"))

    [key] = keys(odd)
    assert keys(plain, odd) == [plain, key]
    assert key not in keys("eric:a{b}, d", "eric:é", "")
    assert len(set(keys("eric:a{b}, d", "eric:é", "", odd))) == 4


def test_ris_has_every_value_in_one_line_behind_its_tag(tmp_path):
    record = Record("f", 1, title="ER - ", abstract="TY - JOUR", keywords=["ER -", "TY  - BOOK"])
    read_back([record], "ris", tmp_path)
    lines = (tmp_path / "out.ris").read_text(encoding="utf-8").splitlines()
    assert [line[:6] for line in lines if line].count("TY  - ") == 1
    assert [line[:6] for line in lines if line].count("ER  - ") == 1
