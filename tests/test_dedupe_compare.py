"""What two records are to each other: one work, versions, doubtful, or nothing at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import records_table
from searchsets.dedupe.compare import Candidate, Decision, candidate, compare

TITLE = "Governance and outcomes for vulnerable children in three local authorities"
ARTICLE = {"title": TITLE, "year": 2004, "authors": ["Lord, Pippa"]}

TITLES = st.sampled_from(
    ["", "—", "Editorial", "Annual report 2008", TITLE, f"{TITLE}.", f"{TITLE}: Part 1",
     f"{TITLE}: Part 2", f"Erratum: {TITLE}", f"Reply to: {TITLE}", "Управление школами", "学校管理",
     TITLE.replace("three local", "four rural")]
) | st.text(max_size=12)  # fmt: skip
RECORDS = st.fixed_dictionaries(
    {
        "title": TITLES,
        "year": st.sampled_from([None, 2003, 2004, 2006]),
        "authors": st.sampled_from([[], ["Lord, Pippa"], ["Pippa Lord"], ["Hart, R.", "Lord, P."]]),
        "doi": st.sampled_from(["", "10.1000/a", "10.1000/b"]),
        "accession": st.sampled_from(["", "EJ612345", "EJ612346"]),
        "url": st.sampled_from(["", "https://eric.ed.gov/?id=EJ612345"]),
        "volume": st.sampled_from(["", "3", "4"]),
        "issue": st.sampled_from(["", "1"]),
        "pages": st.sampled_from(["", "11-20", "11", "31-40"]),
    }
)


def made(record_id: str, fields: dict) -> Candidate:
    return candidate(records_table(fields | {"record_id": record_id}).to_pylist()[0])


def compared(one: dict, other: dict) -> Decision | None:
    return compare(made("assia:1", ARTICLE | one), made("eric:1", ARTICLE | other))


def outcome(one: dict, other: dict) -> str | None:
    decision = compared(one, other)
    return decision.outcome if decision else None


@given(RECORDS, RECORDS)
def test_the_order_of_two_records_does_not_matter(one, other):
    a, b = made("assia:1", one), made("eric:1", other)
    assert compare(a, b) == compare(b, a)


@given(RECORDS)
def test_nothing_but_an_identifier_merges_a_record_without_title(fields):
    unidentified = fields | {"doi": "", "accession": "", "url": ""}
    assert compared(unidentified | {"title": ""}, unidentified) is None


DOI = {"doi": "10.1000/a"}
PLACE = {"volume": "3", "pages": "11-20"}
EDITORIAL = {"title": "Editorial"}
SAME = {
    "same DOI, near titles": (DOI, DOI | {"title": f"{TITLE}, UK"}),
    "same DOI, years differ": (DOI, DOI | {"year": 2005}),
    "one DOI only": (DOI, {}),
    "same ERIC number": ({"accession": "EJ61234"}, {"url": "https://eric.ed.gov/?id=EJ61234"}),
    "all alike": ({}, {}),
    "case and punctuation": ({}, {"title": TITLE.upper().replace(" ", "  ") + "!"}),
    "accents": ({"title": f"Évaluation: {TITLE}"}, {"title": f"Evaluation - {TITLE}"}),
    "a slip of the pen": ({}, {"title": TITLE.replace("vulnerable", "vulnerabel")}),
    "initials": ({}, {"authors": ["Lord P", "Hart, R."]}),
    "first page only": ({"pages": "179-193"}, {"pages": "179"}),
    "two kinds of dash": ({"pages": "179-193"}, {"pages": "179–193"}),
    "issue counted otherwise": (PLACE | {"issue": "2"}, PLACE | {"issue": "17"}),
    "volume in one only": ({"volume": "3", "issue": "1"}, {}),
    "generic, same place": (EDITORIAL | PLACE, EDITORIAL | PLACE),
    "Cyrillic": ({"title": "Управление этой школой"}, {"title": "Управление этой школой"}),
    "Chinese": ({"title": "学校管理", "pages": "5-9"}, {"title": "学校管理", "pages": "5-9"}),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME)
def test_the_same_work_is_merged(one, other):
    assert outcome(one, other) == "merge"


DOUBTFUL = {
    "same DOI, other title": (DOI, DOI | {"title": "School meals"}),
    "same DOI, title like a reply": (DOI, DOI | {"title": "Response to intervention in schools"}),
    "same DOI, no titles": (DOI | {"title": ""}, DOI | {"title": ""}),
    "other DOI": (DOI, {"doi": "10.1000/b"}),
    "year off by one": ({}, {"year": 2005}),
    "no year": ({}, {"year": None}),
    "no years": ({"year": None}, {"year": None}),
    "no author": ({}, {"authors": []}),
    "no authors": ({"authors": []}, {"authors": []}),
    "given name first": ({}, {"authors": ["Pippa Lord"]}),
    "other author": ({}, {"authors": ["Hart, Ruth"]}),
    "other volume": ({"volume": "3"}, {"volume": "4"}),
    "other issue": ({"volume": "3", "issue": "1"}, {"volume": "3", "issue": "2"}),
    "other pages": ({"pages": "11-20"}, {"pages": "31-40"}),
    "another word": ({}, {"title": TITLE.replace("three", "seventeen")}),
    "generic title": (EDITORIAL, EDITORIAL),
    "short title": ({"title": "Book reviews", "volume": "3"}, {"title": "Book reviews"}),
    "short Chinese title": ({"title": "学校管理"}, {"title": "学校管理"}),
}


@pytest.mark.parametrize(("one", "other"), DOUBTFUL.values(), ids=DOUBTFUL)
def test_what_is_not_certain_is_left_to_a_person(one, other):
    assert outcome(one, other) == "uncertain"


UNRELATED = {
    "other title": ({}, {"title": "School meals"}),
    "years apart": ({}, {"year": 2006}),
    "other DOI, years apart": (DOI, {"doi": "10.1000/b", "year": 2006}),
    "generic title, other author": (EDITORIAL, EDITORIAL | {"authors": ["Hart, Ruth"]}),
    "no titles": ({"title": ""}, {"title": ""}),
    "titles without words": ({"title": "..."}, {"title": "—"}),
    "parts": ({"title": f"{TITLE}: Part 1"}, {"title": f"{TITLE}: Part 2"}),
    "years in titles": ({"title": f"{TITLE} 2004"}, {"title": f"{TITLE} 2005"}),
    "Cyrillic": ({"title": "Управление школами"}, {"title": "Здоровье детей и семьи"}),
    "letters inside a word": ({"title": "Erratum: partnership"}, {"title": "Art"}),
}


@pytest.mark.parametrize(("one", "other"), UNRELATED.values(), ids=UNRELATED)
def test_records_that_have_nothing_to_do_with_each_other(one, other):
    assert compared(one, other) is None


@pytest.mark.parametrize(
    ("word", "another"), [("Part I", "Part II"), ("Part one", "Part two"), ("boys", "girls")]
)
def test_one_word_that_matters_keeps_long_titles_apart(word, another):
    one, other = {"title": f"{TITLE}: {word}"}, {"title": f"{TITLE}: {another}"}
    assert outcome(one, other) != "merge"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Department of Health", "Department for Education and Skills"),
        ("John Smith", "John Brown"),
    ],
)
def test_a_shared_first_word_makes_no_same_author(one, other):
    assert outcome({"authors": [one]}, {"authors": [other]}) != "merge"


@pytest.mark.parametrize(
    "notice",
    ["Erratum: ", "Erratum to ", "Corrigendum to: ", "Correction to: ", "Correction: ",
     "Author correction: ", "Retraction of: ", "Reply to: ", "Response to: ", "Comment on: "],
)  # fmt: skip
@pytest.mark.parametrize("shared", [{}, {"doi": "10.1000/a"}, {"accession": "EJ612345"}])
def test_a_notice_about_an_article_is_a_version_of_it_and_never_merged(notice, shared):
    long = f"{TITLE} and what they mean for the governance of children's services in England"
    article, about = {"title": long} | shared, {"title": notice + long} | shared
    assert outcome(article, about) == "version"


def test_a_decision_names_both_records_the_rule_and_the_evidence():
    decision = compared({}, {})
    assert (decision.a, decision.b) == ("assia:1", "eric:1")
    assert decision.rule == "same title, year and first author"
    assert "100 % alike" in decision.evidence
    assert "2004" in decision.evidence
    assert "lord" in decision.evidence
