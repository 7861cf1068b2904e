"""Records judged by the rules of the criteria: what is met is quoted, the rest is unclear."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import records_table
from searchsets.screening.criteria import Criteria, Criterion, read_criteria
from searchsets.screening.judge import Judged, judge
from searchsets.search.engine import SearchableRecords
from searchsets.strategy.language import parse
from searchsets.text import normalise

# Words that meet often, and with everything that folding has to fold.
WORDS = st.sampled_from(
    ["children's", "Children’s", "trusts", "Trust-boards", "governance", "GOVERNANCE,", "½", "½x",
     "ﬁt", "École", "İzmir", "日本", "—", "(and)", "of", "a", "x²", "\u00a0", "accountability"]
)  # fmt: skip
TEXTS = st.lists(WORDS, max_size=25).map(" ".join)
RECORDS = st.fixed_dictionaries(
    {
        "title": TEXTS,
        "abstract": st.none() | TEXTS,
        "descriptors": st.lists(TEXTS, max_size=2),
        "keywords": st.lists(TEXTS, max_size=2),
    }
)
TERMS = st.sampled_from(
    ["governance", "childrens trust*", "children's trusts", "trust*", "ecole", "fit", "1 2", "a*",
     "x2", "governance of", "日本", "trust boards", "accountab*", "izmir"]
)  # fmt: skip


def judged(rule: str | int, record: dict) -> Judged:
    """Return the judgement of one record by an expression, or by the first year that counts."""
    rules = (None, rule) if isinstance(rule, int) else (parse(rule), None)
    criteria = Criteria("", (Criterion("one", "", "", *rules),), (), (), "")
    [found] = judge(criteria, SearchableRecords(records_table(record)))
    return found


def values(record: dict) -> list[tuple[str, str]]:
    single = [(field, record.get(field) or "") for field in ("title", "abstract")]
    listed = [(f, text) for f in ("descriptors", "keywords") for text in record.get(f, [])]
    return single + listed


@given(TERMS, RECORDS)
def test_what_is_met_is_quoted_from_the_record_and_what_is_not_is_unclear(term, record):
    found = judged(f'"{term}" (ft)', record)
    if found.judgement == "met":
        field, _, quotation = found.evidence.partition(": ")
        quoted = quotation.removeprefix("… ").removesuffix(" …")
        assert "*" in term or f" {normalise(term)} " in f" {normalise(quoted)} "
        assert quoted and any(quoted in text for name, text in values(record) if name == field)
    else:
        assert found.judgement == "unclear"
        assert found.evidence.startswith("not found")


@pytest.mark.parametrize("field", ["title", "abstract", "descriptors", "keywords"])
def test_the_quotation_holds_the_term_and_says_its_field(field):
    text = "word " * 40 + "On Children's Trusts, " + "word " * 40
    found = judged('"childrens trust*" (ft)', {field: [text] if field.endswith("s") else text})
    assert found.evidence.startswith(f"{field}: … ")
    assert "On Children's Trusts," in found.evidence
    assert len(found.evidence) < 150


def test_a_long_phrase_is_quoted_whole():
    phrase = "effective governance of services for the most vulnerable children and young people"
    assert phrase in judged(f'"{phrase}" (ft)', {"abstract": f"Of {phrase} in care"}).evidence


@pytest.mark.parametrize("record", [{}, {"title": ""}, {"title": "Schools", "abstract": "Meals"}])
@pytest.mark.parametrize("rule", ["UK (ft)", "UK (ft) and Meals (ft)", "x (ft) not UK (ft)", "UK"])
def test_a_text_rule_never_says_not_met(rule, record):
    assert judged(rule, record).judgement == "unclear"


def test_that_a_record_has_no_abstract_is_said():
    assert "no abstract" in judged("UK (ft)", {"title": "Schools"}).evidence
    assert "no abstract" not in judged("UK (ft)", {"title": "Schools", "abstract": "a"}).evidence


FAR = " and other things that fill many lines of an abstract before the next thing is said, "


def test_each_part_of_an_and_is_quoted():
    text = FAR.join(["Impact", "outcomes", "effects", "for vulnerable children"])
    found = judged(
        "(impact (ft) or outcomes (ft) or effects (ft)) and vulnerable (ft)", {"abstract": text}
    )
    assert "vulnerable" in found.evidence


def test_what_is_quoted_comes_from_the_part_that_holds():
    text = FAR.join(["New South Wales schools", "pupils in London"])
    rule = '(Wales (ft) not "New South Wales" (ft)) or London (ft)'
    found = judged(rule, {"title": "A study", "abstract": text})
    assert found.judgement == "met"
    assert "London" in found.evidence
    assert "Wales" not in found.evidence


def test_a_descriptor_is_quoted_from_the_descriptors():
    record = {"title": "Governance in schools", "descriptors": ["Budgets", "Governance"]}
    assert judged("Governance", record).evidence == "descriptors: Governance"


def test_a_descriptor_is_looked_for_in_the_text_of_a_record_that_has_none():
    assert judged("Governance", {"title": "Governance in schools"}).judgement == "met"
    elsewhere = {"title": "Governance in schools", "descriptors": ["Budgets"]}
    assert judged("Governance", elsewhere).judgement == "unclear"


def test_a_publication_before_the_first_year_is_not_met_and_a_later_one_met_by_proxy():
    before, first, later = (judged(2002, {"year": year}) for year in (2001, 2002, 2008))
    assert (before.judgement, before.basis) == ("not met", "rule")
    assert (first.judgement, first.basis) == (later.judgement, later.basis) == ("met", "proxy")
    assert "2001" in before.evidence
    assert "2008" in later.evidence


def test_a_missing_year_is_unclear():
    found = judged(2002, {"year": None})
    assert (found.judgement, found.evidence) == ("unclear", "no year of publication")


def uk(record: dict) -> Judged:
    """Judge a record by the criterion `uk` of the project."""
    criteria = read_criteria(Path("config/criteria.yaml"))
    found = judge(criteria, SearchableRecords(records_table(record)))
    return next(one for one in found if one.criterion == "uk")


@pytest.mark.parametrize(
    "elsewhere",
    [{"container": "Cambridge Journal of Education, England"}, {"place": "London"},
     {"publisher": "Department of Health, England"}, {"url": "https://www.wales.gov.uk/england"},
     {"authors": ["England, Scotland"]}, {"issn": ["UK"]}, {"raw": '{"country": "UK"}'}],
)  # fmt: skip
def test_where_a_work_was_published_does_not_place_its_research(project, elsewhere):
    record = {"title": "School boards", "abstract": "Boards in Ohio"}
    assert uk(record | elsewhere).judgement == "unclear"


@pytest.mark.parametrize(
    ("text", "judgement"),
    [("Schools in Wales", "met"), ("Schools in New South Wales", "unclear"), ("The U.K.", "met"),
     ("Primary Care Trusts", "met"), ("Children’s trusts", "met"), ("New Englanders", "unclear")],
)  # fmt: skip
def test_the_united_kingdom_is_told_by_what_a_text_says(project, text, judgement):
    assert uk({"title": text, "abstract": "What was found"}).judgement == judgement


def test_every_record_is_judged_on_every_criterion_and_facet(project):
    criteria = read_criteria(Path("config/criteria.yaml"))
    found = list(judge(criteria, SearchableRecords(records_table({}, {}))))
    names = [one.id for one in (*criteria.criteria, *criteria.facets)]
    assert [(one.record_id, one.criterion) for one in found] == [
        (record_id, name) for record_id in ("test:1", "test:2") for name in names
    ]
    assert list(judge(criteria, SearchableRecords(records_table()))) == []
