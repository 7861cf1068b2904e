"""What the ERIC service answers: JSON as it comes, and lists of its records that people saved."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refusal import refused
from searchsets.errors import ReviewError
from searchsets.records import eric
from searchsets.records.model import Imported, Record

FILE = "eric/page_1.json"
DOCUMENT = {
    "id": "EJ700001",
    "title": "Trusts and Boards",
    "author": ["Fox, C."],
    "publicationdateyear": 2004,
}


def read(text: str) -> Imported:
    imported = Imported(FILE, "ERIC JSON", "utf-8")
    eric.read(text, imported)
    return imported


def answer(*documents: object, **said: object) -> str:
    return json.dumps({"response": {**said, "docs": documents}})


def record(**fields: object) -> Record:
    return read(answer(DOCUMENT | fields)).records[0]


@pytest.mark.parametrize(
    "text", [answer(DOCUMENT), json.dumps([DOCUMENT]), json.dumps({"docs": [DOCUMENT]})]
)
def test_whole_answers_and_saved_lists_are_read(text):
    [found] = read(text).records
    assert (found.accession, found.title, found.authors, found.year) == (
        "EJ700001", "Trusts and Boards", ["Fox, C."], 2004,
    )  # fmt: skip


def test_the_number_the_service_announced_is_kept_beside_what_came():
    imported = read(answer(DOCUMENT, numFound=200, start=0))
    assert (imported.announced, imported.marks) == (200, 1)


def test_a_list_without_announcement_announces_nothing():
    assert read(answer(DOCUMENT)).announced is None


@pytest.mark.parametrize(
    ("name", "given", "field", "value"),
    [
        (
            "subject",
            ["Governance", "Trusts", "Governance"],
            "descriptors",
            ["Governance", "Trusts"],
        ),
        ("subject", "Governance, Trusts", "descriptors", ["Governance", "Trusts"]),
        ("subject", None, "descriptors", []),
        ("author", "Fox, C., Butler, G.", "authors", ["Fox, C., Butler, G."]),
        (
            "description",
            "&quot;Where&quot;  they\nmeet &amp; act",
            "abstract",
            '"Where" they meet & act',
        ),
        ("description", "The sign &amp;amp; is kept", "abstract", "The sign &amp; is kept"),
        ("description", None, "abstract", ""),
        ("identifiersgeo", ["England"], "keywords", ["England"]),
        ("publicationtype", ["Journal Articles", "Reports"], "type", "Journal Articles; Reports"),
        ("issn", ["ISSN-1234-5678", "EISSN-8765-4321"], "issn", ["1234-5678", "8765-4321"]),
        ("issn", ["ISSN-1234-5678", "EISSN-"], "issn", ["1234-5678"]),
        ("isbn", ["ISBN-978-0-7487-1234-2"], "isbn", ["978-0-7487-1234-2"]),
        ("publicationdateyear", "2004", "year", 2004),
        ("publicationdateyear", 1856, "year", 1856),
        ("publicationdateyear", 99, "year", None),
        ("publicationdateyear", None, "year", None),
        ("url", "https://doi.org/10.1000/ABC", "doi", "10.1000/abc"),
    ],
)
def test_a_field_of_eric_becomes_a_field_of_the_record(name, given, field, value):
    assert getattr(record(**{name: given}), field) == value


def test_every_field_the_service_gave_is_in_raw():
    assert json.loads(record(peerreviewed="T").raw) == DOCUMENT | {"peerreviewed": "T"}


def test_an_item_that_is_no_record_is_broken_and_counted():
    imported = read(answer(DOCUMENT, {"score": 1}, "text", None))
    assert (imported.marks, len(imported.records)) == (4, 1)
    assert ["item 2" in part.reason for part in imported.broken] == [True, False, False]


def test_lone_surrogates_are_replaced_in_every_text_of_a_record():
    found = read(
        r'[{"id": "EJ1", "title": "a \ud800 b", "subject": ["\udfff"], "note": "\ud800"}]'
    ).records[0]
    assert found.title == "a \ufffd b"
    for value in [found.title, *found.descriptors, found.raw]:
        value.encode("utf-8")


@pytest.mark.parametrize("length", range(2, len(answer(DOCUMENT))))
def test_an_answer_cut_anywhere_is_told_as_cut_off(length):
    with refused(FILE, "cut off", "again"):
        read(answer(DOCUMENT)[:length])


@pytest.mark.parametrize(
    "page", ["<!DOCTYPE html><title>503</title>", "\n  <html></html>", "<?xml?><a/>"]
)
def test_a_web_page_instead_of_json_is_told_as_one(page):
    with refused(FILE, "web page"):
        read(page)


@pytest.mark.parametrize(
    "error",
    [
        {"error": {"msg": "undefined field boards", "code": 400}},
        {"error": "undefined field boards"},
    ],
)
def test_an_error_of_the_service_is_told_in_its_own_words(error):
    with refused(FILE, "answered with an error", "undefined field boards"):
        read(json.dumps(error))


@pytest.mark.parametrize(
    "value", [{}, 7, "text", None, {"response": {}}, {"items": [DOCUMENT]}, [1, 2], [{"id": "x"}]]
)
def test_json_without_eric_records_is_refused(value):
    with refused(FILE, "ERIC"):
        read(json.dumps(value))


def test_references_saved_by_zotero_as_json_are_not_taken_for_eric():
    item = {
        "id": "fox",
        "title": "Trusts",
        "author": [{"family": "Fox"}],
        "issued": {"date-parts": [[2004]]},
    }
    with refused(FILE):
        read(json.dumps([item]))


@pytest.mark.parametrize(
    "text", ["[" * 100_000, f'[{{"title": {"9" * 5000}}}]'], ids=["deep", "digits"]
)
def test_json_that_python_will_not_read_is_refused(text):
    with refused(FILE):
        read(text)


KEYS = st.sampled_from(
    ["response", "docs", "numFound", "error", "id", "title", "author", "subject", "issn", "x"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
)
DOCUMENTS = st.lists(st.just(DOCUMENT) | st.dictionaries(KEYS, VALUES, max_size=5))


@given(st.text() | VALUES.map(json.dumps) | DOCUMENTS.map(json.dumps))
def test_any_text_gives_records_that_are_all_accounted_for_or_is_refused(text):
    with contextlib.suppress(ReviewError):
        imported = read(text)
        assert imported.marks == len(imported.records) + len(imported.broken)


WORDS = st.lists(st.text("abcäñß漢'-", min_size=1, max_size=8), min_size=1, max_size=5).map(
    " ".join
)


SUBJECTS = st.lists(WORDS, unique=True)


@given(st.lists(st.fixed_dictionaries({"title": WORDS, "description": WORDS, "subject": SUBJECTS})))
def test_documents_written_as_json_are_read_back(documents):
    found = read(answer(*documents)).records
    assert [
        {"title": r.title, "description": r.abstract, "subject": r.descriptors} for r in found
    ] == documents
