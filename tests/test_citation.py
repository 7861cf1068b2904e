"""References: people by their surname, bodies by their whole name, and never two full stops."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchsets.reporting.citation import CITED, cited_as, reference, surname
from searchsets.reporting.tables.screening_words import why
from searchsets.words import ended

PEOPLE = {
    "Fox, C.": "Fox", "Fox, AB": "Fox", "Fox, C. and Day, B.": "Fox", "Board, John": "Board",
    "Trust, A.": "Trust", "Van der Berg, Ann B.": "Van der Berg", "King, Martin Luther, Jr.": "King",
    "Smith F.": "Smith F.", "Lord, P": "Lord",
}  # fmt: skip
BODIES = (
    "Department for Children, Schools and Families", "Department of Health, Scotland",
    "Great Britain, Department for Education", "Sage Publications, Inc.", "Ofsted",
    "Scottish Executive, Education Department", "Office of the Children's Commissioner, UK",
    "Department for Education & Skills, London",
)  # fmt: skip


def record(**fields):
    return dict.fromkeys(CITED, "") | {"authors": [], "year": 2008, "title": "Trusts"} | fields


@pytest.mark.parametrize(("author", "cited"), [*PEOPLE.items(), *zip(BODIES, BODIES, strict=True)])
def test_people_are_cited_by_surname_and_bodies_by_their_whole_name(author, cited):
    assert surname(author) == cited
    assert cited_as(record(authors=[author])) == f"{cited} (2008)"


def test_a_list_that_the_record_breaks_off_ends_with_et_al():
    broken = record(authors=["Fox, C.", "And Others"])
    assert cited_as(broken) == "Fox et al. (2008)"
    assert reference(broken) == "Fox, C. et al. (2008). Trusts."
    three = record(authors=["Fox, C.", "Day, B.", "Lee, A."])
    assert cited_as(three) == "Fox et al. (2008)"
    assert reference(three) == "Fox, C., Day, B. and Lee, A. (2008). Trusts."


ENDS = st.sampled_from(["Trusts", "Trusts.", "Who?", "Inc.", "J. Child.", "no. 3.", "", "K."])


@given(st.fixed_dictionaries({name: ENDS for name in CITED if name not in ("authors", "year")}),
       st.lists(ENDS.filter(bool), max_size=3))  # fmt: skip
def test_no_reference_has_two_full_stops_one_after_the_other(fields, authors):
    said = reference(record(authors=authors, **fields))
    assert ".." not in said and "?." not in said
    assert all(value in said for value in (*fields.values(), *authors))


@given(st.text(max_size=9))
def test_a_sentence_is_ended_once(text):
    assert ended(text).startswith(text) and ended(ended(text)) == ended(text)


def test_why_a_work_is_excluded_ends_once():
    final = {"decided_by": "person", "state": "excluded", "stage": "full_text", "reason_code": "uk",
             "reason": ""}  # fmt: skip
    assert why(final, [], {"uk": "not from the U.K."}).endswith("U.K.")
