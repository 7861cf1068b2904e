"""JSON as services answer it, and lists of records that people saved."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchsets.errors import ReviewError
from searchsets.records.extraction import CUT_OFF, Extraction
from searchsets.records.formats.json_items import JsonItems
from searchsets.records.model import Record

FILE = "eric/page_1.json"
DOCUMENT = {
    "id": "EJ700001",
    "title": "Trusts and Boards",
    "author": ["Fox, C."],
    "publicationdateyear": 2004,
}


class Read:
    """What came out of a JSON text."""

    def __init__(self, text: str):
        self.extraction = Extraction(JsonItems(), [text.encode("utf-8", "replace")], FILE)
        self.records = list(self.extraction)
        self.broken = self.extraction.broken
        self.marks = self.extraction.found
        self.announced = self.extraction.reader.announced


def read(text: str) -> Read:
    return Read(text)


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
    imported = read(answer(DOCUMENT, {"score": 1}, "text"))
    assert (imported.marks, len(imported.records), len(imported.broken)) == (3, 1, 2)


def test_lone_surrogates_are_replaced_in_every_text_of_a_record():
    found = read(
        r'[{"id": "EJ1", "title": "a \ud800 b", "subject": ["\udfff"], "note": "\ud800"}]'
    ).records[0]
    assert found.title == "a \ufffd b"
    for value in [found.title, *found.descriptors, found.raw]:
        value.encode("utf-8")


def test_an_answer_cut_anywhere_inside_a_record_is_told_as_cut_off():
    whole = answer(DOCUMENT, DOCUMENT)
    second = whole.index("{", whole.index("}"))
    for length in range(second + 1, whole.rindex("}]")):
        done = read(whole[:length])
        assert len(done.records) == 1 and done.broken[0].reason == CUT_OFF, whole[:length]


@pytest.mark.parametrize(
    "error",
    [
        {"error": {"msg": "undefined field boards", "code": 400}},
        {"error": "undefined field boards"},
    ],
)
def test_an_error_of_the_service_is_told_in_its_own_words(error):
    with pytest.raises(ReviewError, match="undefined field boards"):
        read(json.dumps(error))


@pytest.mark.parametrize(
    "text", ["[" * 100_000, f'[{{"title": {"9" * 5000}}}]'], ids=["deep", "digits"]
)
def test_json_that_python_will_not_read_neither_crashes_nor_hangs(text):
    with contextlib.suppress(ReviewError):
        assert not read(text).records


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
    if not documents:
        return
    found = read(answer(*(DOCUMENT | document for document in documents))).records
    assert [
        {"title": r.title, "description": r.abstract, "subject": r.descriptors} for r in found
    ] == documents
