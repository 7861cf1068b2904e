"""Records judged by the rules of the criteria: what is met is quoted, the rest is unclear."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import records_table
from searchsets.records.known_items import SOURCE, open_known_items, read_items
from searchsets.records.store import import_database
from searchsets.screening.criteria.file import Criteria, Criterion, read_criteria
from searchsets.screening.criteria.judge import Judged, Read, judge
from searchsets.screening.criteria.stated import Wanted
from searchsets.search.engine import SearchableRecords
from searchsets.search.quotes import Text
from searchsets.strategy.language import parse
from searchsets.text import normalise, word_places

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
    ("year", "judgement"),
    [(2001, "not met"), (2002, "met"), (2008, "met"), (2009, "not met"), (None, "unclear")],
)
def test_a_window_has_a_first_and_a_last_year(year, judgement):
    window = Criterion("one", "", "", None, 2002, published_until=2008)
    [found] = judge(
        Criteria("", (window,), (), (), ""), SearchableRecords(records_table({"year": year}))
    )
    assert found.judgement == judgement
    assert str(year or "no year") in found.evidence


def stated(wanted: Wanted, value: str | None) -> Judged:
    rule = Criterion("one", "", "", None, None, stated=wanted)
    table = records_table({wanted.field: value})
    [found] = judge(Criteria("", (rule,), (), (), ""), SearchableRecords(table))
    return found


@pytest.mark.parametrize(
    ("language", "judgement"),
    [("en", "met"), ("eng", "met"), ("English", "met"), ("ENGLISH", "met"), ("en-GB", "met"),
     ("en_US", "met"), ("English; French", "met"), ("fre,eng", "met"), ("French and English", "met"),
     ("English (British)", "met"), ("fr", "not met"), ("Welsh; Irish", "not met"),
     ("Español", "not met"), ("pt-BR", "not met"), ("", "unclear"), (None, "unclear"),
     (" ", "unclear"), ("und", "unclear"), ("Multilingual", "unclear"),
     ("Summary in Volapük", "unclear")],
)  # fmt: skip
def test_a_language_is_compared_by_its_names_and_codes(language, judgement):
    found = stated(Wanted("language", ("English",)), language)
    assert found.judgement == judgement
    if judgement != "unclear":
        assert found.evidence == f"language: {language}"


@pytest.mark.parametrize(
    ("kind", "judgement"),
    [("JOUR", "met"), ("Journal Articles; Reports - Research", "met"), ("journal-article", "met"),
     ("article", "met"), ("journalArticle", "met"), ("RPRT", "met"), ("techreport", "met"),
     ("Reports - Evaluative", "met"), ("BOOK", "not met"), ("Opinion Papers", "not met"),
     ("Journal Articles; Book/Product Reviews", "not met"), ("GEN", "unclear"), ("misc", "unclear"),
     ("am", "unclear"), (None, "unclear"), ("", "unclear")],
)  # fmt: skip
def test_a_type_is_compared_with_what_exports_call_it(kind, judgement):
    wanted = Wanted("type", ("article", "report"), ("book review",))
    assert stated(wanted, kind).judgement == judgement


def test_a_type_that_is_only_refused_leaves_all_others_met():
    wanted = Wanted("type", (), ("Reports - Descriptive",))
    assert stated(wanted, "Reports - Descriptive").judgement == "not met"
    assert stated(wanted, "Reports - Research").judgement == "met"


STATED = st.none() | st.sampled_from(["", " ", "-", "und", "GEN"])


@given(RECORDS, st.none() | st.integers(1990, 2020), STATED, STATED)
def test_nothing_is_ever_not_met_for_want_of_a_value(record, year, language, kind):
    rules = (
        Criterion("uk", "", "", parse("UK (ft) and not (a* (ft))"), None),
        Criterion("date", "", "", None, 2002, published_until=2009),
        Criterion("language", "", "", None, None, stated=Wanted("language", ("en",))),
        Criterion("type", "", "", None, None, stated=Wanted("type", ("article",), ("news",))),
    )
    row = record | {"year": year, "language": language, "type": kind}
    found = judge(Criteria("", rules, (), (), ""), SearchableRecords(records_table(row)))
    not_met = {one.criterion for one in found if one.judgement == "not met"}
    assert not_met <= ({"date"} if year is not None else set())


PLAIN = st.text("ab1 '`-.,\n\t&Z/", max_size=60)


@given(PLAIN, st.data())
def test_a_plain_text_is_quoted_as_any_other(text, data):
    words = normalise(text)
    if words:
        count = words.count(" ") + 1
        first = data.draw(st.integers(0, count - 1))
        last = data.draw(st.integers(first + 1, count))
        shown = Text("title", text, words, word_places(text)).quote(first, last)
        assert Read("title", text, words).quote(first, last) == shown


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
     ("Primary Care Trusts", "met"), ("Children’s trusts", "met"), ("New Englanders", "unclear"),
     ("Schools in New South Wales and Wales", "met"), ("Children's trust in teachers", "unclear"),
     ("England's schools", "met"), ("New England's schools", "unclear"), ("Hull House", "unclear"),
     ("Teaching reading", "unclear"), ("Reading Borough Council", "met"), ("Kent LEA", "met"),
     ("Kent State University", "unclear"), ("British Columbia", "unclear"),
     ("London, Ontario", "unclear"), ("From London, Ontario, to London", "met"),
     ("East London, South Africa", "unclear"), ("Boston schools", "unclear"),
     ("Boston, Lincolnshire", "met"), ("The LEA must report to the state", "unclear"),
     ("See www.example.ac.uk", "unclear"), ("New York metropolitan schools", "unclear")],
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


# Hallinger 2003, Blank 2005, Thompson and Uyeda 2004: on the United States and others, two of them
# published in British journals.
ELSEWHERE = ("Hallinger, P.", "Blank, M.", "Thompson, L.")


def test_the_known_items_about_elsewhere_are_not_placed_in_the_united_kingdom(project, tmp_path):
    import_database(SOURCE, open_known_items(project / "resources/known_items"), tmp_path)
    _, table, _ = read_items(tmp_path, project / "resources/known_items/enrichment.csv")
    authors = {row["record_id"]: row["authors"][0] for row in table.to_pylist()}
    found = {
        authors[one.record_id]: one.judgement
        for one in judge(read_criteria(Path("config/criteria.yaml")), SearchableRecords(table))
        if one.criterion == "uk"
    }
    assert {name: found[name] for name in ELSEWHERE} == dict.fromkeys(ELSEWHERE, "unclear")
    assert (found["Balarin, M."], found["SQW Limited"]) == ("met", "met")
