"""What two records are to each other: one work, versions, a question for a person, or nothing."""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from conftest import records_table
from searchsets.dedupe import evidence, quick, versions
from searchsets.dedupe.evidence import compare_fields, doi_of, year_of
from searchsets.dedupe.judge import Judgement, judge
from searchsets.dedupe.reading import Reading, read
from searchsets.dedupe.venues import same_venue
from searchsets.dedupe.vetoes import VETOES, WEIGHTS, doubt_of, why_of

TITLE = "Harbour fees and the wages of dockers in some northern towns"
RECORD = {
    "title": TITLE,
    "authors": ["Fox, Ann", "Day, Bob"],
    "year": 2004,
    "container": "Harbour Studies",
}
VOLUME = {"volume": "3", "issue": "2"}
PLACE = VOLUME | {"pages": "482-491"}
DOI = {"doi": "10.1000/tide.1"}
NO_VENUE = {"container": ""}


def made(record_id: str, fields: dict) -> Reading:
    return read(records_table(fields | {"record_id": record_id}).to_pylist()[0])


def judged(one: dict, other: dict, frequency: int = 1) -> Judgement:
    """Judge two records of which only what differs from `RECORD` is given."""
    return judge(made("assia:1", RECORD | one), made("eric:1", RECORD | other), frequency)


def outcome(one: dict, other: dict, frequency: int = 1) -> str:
    return judged(one, other, frequency).outcome


CHINESE = {"title": "海港城市的码头工人工资", "authors": ["王小海"], "container": "海港研究"}
RUSSIAN = {
    "title": "Портовые сборы и заработки докеров на севере",
    "authors": ["Иванков, И. П."],
    "container": "Вестник порта",
}
ARABIC = {
    "title": "رسوم الموانئ وأجور العمال في مدن الشمال",
    "authors": ["سالم البحري"],
    "container": "مجلة البحر",
}
GREEK = {
    "title": "Λιμενικά τέλη και ημερομίσθια στις πόλεις του βορρά",
    "authors": ["Λιμενάς, Γ."],
    "container": "Ναυτικά Χρονικά του Βορρά",
}

SAME = {
    "all alike": ({}, {}),
    "all alike, with the place": (PLACE, PLACE),
    "case and punctuation": ({}, {"title": TITLE.upper().replace(" ", "  ") + "!"}),
    "accents": ({"title": f"Évaluation: {TITLE}"}, {"title": f"Evaluation - {TITLE}"}),
    "a slip of the pen": ({}, {"title": TITLE.replace("wages", "wagse")}),
    "British and American": ({}, {"title": TITLE.replace("Harbour", "Harbor")}),
    "hyphen or none": ({"title": f"Re-thinking {TITLE}"}, {"title": f"Rethinking {TITLE}"}),
    "initials": ({}, {"authors": ["Fox A", "Day, B."]}),
    "given name first": ({}, {"authors": ["Ann Fox", "Bob Day"]}),
    "all authors in one entry": ({}, {"authors": ["Ann Fox, Bob Day"]}),
    "list broken off": ({}, {"authors": ["Fox, A.", "And Others"]}),
    "list broken off within": ({}, {"authors": ["Fox A, et al."]}),
    "journal abbreviated": ({}, {"container": "Harb. Stud."}),
    "no journal": ({}, NO_VENUE),
    "first page only": (PLACE, PLACE | {"pages": "482"}),
    "last page cut": (PLACE, PLACE | {"pages": "482–91"}),
    "volume in one only": (PLACE, {}),
    "issue counted otherwise": (PLACE, PLACE | {"issue": "17"}),
    "published online the year before": (PLACE, PLACE | {"year": 2003}),
    "no authors in one, but the place": (PLACE, PLACE | {"authors": []}),
    "no year in one, but the place": (PLACE, PLACE | {"year": None}),
    "translated title, same place": (
        PLACE,
        PLACE | {"title": "[Droits de port et salaires des dockers dans sept villes]"},
    ),
    "two titles in one": ({}, {"title": f"Hafengebühren und Löhne im Norden [{TITLE}]"}),
    "a note behind the title": ({}, {"title": f"{TITLE}. [Review] [33 refs]"}),
    "erratum appears in": ({}, {"title": f"{TITLE} [Erratum appears in Tide Rep. 2005;4:9]"}),
    "same DOI, near titles": (DOI, DOI | {"title": f"{TITLE} today"}),
    "same DOI, years differ": (DOI, DOI | {"year": 2006}),
    "one DOI only": (DOI, {}),
    "same DOI, one title": (DOI, DOI | {"title": ""}),
    "same ERIC number": ({"accession": "EJ612345"}, {"url": "https://x.test/?id=EJ612345"}),
    "Roman volume": (PLACE | {"volume": "XIV"}, PLACE | {"volume": "14"}),
    "spreadsheet date": (PLACE | {"pages": "1-8"}, PLACE | {"pages": "01-Aug"}),
    "editorial in one place": (PLACE | {"title": "Editorial"}, PLACE | {"title": "Editorial"}),
    "erratum twice": ({"title": f"Erratum: {TITLE}"}, {"title": f"Erratum: {TITLE}"}),
    "reply twice, same place": (
        PLACE | {"title": f"{TITLE} - Reply"},
        PLACE | {"title": f"{TITLE}: reply"},
    ),
    "a sequel's number left out, same place": (
        {"volume": "3", "pages": "482"},
        {"volume": "3", "pages": "482", "title": f"{TITLE} II"},
    ),
    "Chinese": (CHINESE | PLACE, CHINESE | PLACE),
    "Russian": (RUSSIAN | PLACE, RUSSIAN | PLACE),
    "Arabic": (ARABIC | PLACE, ARABIC | PLACE),
    "Greek": (GREEK | PLACE, GREEK | PLACE),
    "Russian, without the place": (RUSSIAN, RUSSIAN),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME)
def test_the_same_work_is_merged(one, other):
    judgement = judged(one, other)
    assert (judgement.outcome, judgement.vetoes) == ("merge", ())


LETTERS = "Letters to the editor"
QUESTIONS = {
    "year off by one, no place": ({}, {"year": 2005}),
    "no author in one, no place": ({}, {"authors": []}),
    "one author missing, no place": ({}, {"authors": []}),
    "no authors, another venue": ({"authors": []}, {"authors": [], "container": ""}),
    "other DOIs, no place": (DOI, {"doi": "10.1000/tide.2"}),
    "other pages": (PLACE, PLACE | {"pages": "531-540"}),
    "another word": ({}, {"title": TITLE.replace("wages", "hopes")}),
    "girls and boys": ({"title": f"{TITLE}: girls"}, {"title": f"{TITLE}: boys"}),
    "men and women": ({"title": f"{TITLE}: men"}, {"title": f"{TITLE}: women"}),
    "inpatients and outpatients": (
        {"title": f"{TITLE} for inpatients"},
        {"title": f"{TITLE} for outpatients"},
    ),
    "a longer title": (NO_VENUE, NO_VENUE | {"title": f"{TITLE}: a study of the tides"}),
    "another journal": ({}, {"container": "Tide Reports"}),
    "the same word for word, but short": (
        {"title": "Harbour fees", "authors": ["Fox, Ann"]},
        {"title": "Harbour fees", "authors": ["Fox, Ann"]},
    ),
    "same DOI, other authors": (DOI, DOI | {"authors": ["Marsh, Cy"]}),
}  # fmt: skip


@pytest.mark.parametrize(("one", "other"), QUESTIONS.values(), ids=QUESTIONS)
def test_what_is_not_certain_is_left_to_a_person(one, other):
    assert outcome(one, other) == "review"


UNRELATED = {
    "another title": ({}, {"title": "What swimmers eat"}),
    "another title in one issue": (VOLUME, VOLUME | {"title": "What swimmers eat"}),
    "no titles": ({"title": "", "authors": []}, {"title": "", "authors": []}),
    "titles without words": ({"title": "...", "authors": []}, {"title": "—", "authors": []}),
    "letters inside a word": ({"title": "Erratum: partnership"}, {"title": "Art"}),
    "a column by others": (
        {"title": LETTERS, "authors": ["Fox, A."]},
        {"title": LETTERS, "authors": ["Marsh, C."]},
    ),
    "a column in another issue": (
        VOLUME | {"title": "Editorial"},
        VOLUME | {"title": "Editorial", "issue": "3"},
    ),
    "a column in another volume": (
        PLACE | {"title": "Editorial"},
        {"title": "Editorial", "volume": "4", "pages": "1-2", "year": 2005},
    ),
    "other authors": ({}, {"authors": ["Marsh, Cy"]}),
    "two Chinese": (CHINESE | PLACE, CHINESE | PLACE | {"title": "山地学校的学生生活", "pages": "7-9"}),
    "two Russian": (RUSSIAN | PLACE, RUSSIAN | PLACE | {"title": "Здоровье семьи", "pages": "7-9"}),
    "two Arabic": (ARABIC | PLACE, ARABIC | PLACE | {"title": "صحة الأسرة", "pages": "7-9"}),
    "two volumes and pages": (PLACE, {"volume": "9", "pages": "7-9"}),
}  # fmt: skip


@pytest.mark.parametrize(("one", "other"), UNRELATED.values(), ids=UNRELATED)
def test_records_that_have_nothing_to_do_with_each_other_stay_apart(one, other):
    assert outcome(one, other) == "apart"


FROM_1 = VOLUME | {"pages": "1-10"}
LONGER_TITLE = {"title": f"{TITLE}: the harbour of the north"}
NEVER_MERGED = {
    "DOI with another title": (DOI, DOI | {"title": "What swimmers eat"}),
    "DOI with an alike title": (
        DOI,
        DOI | {"title": "Harbour fees and the wages of pilots in the southern isles"},
    ),
    "DOI without titles or authors": (
        DOI | {"title": "", "authors": []},
        DOI | {"title": "", "authors": []},
    ),
    "without titles": ({"title": ""}, {"title": ""}),
    "without titles, one volume": (VOLUME | {"title": ""}, VOLUME | {"title": ""}),
    "abstracts on one page": (
        VOLUME | {"pages": "S12"},
        VOLUME | {"pages": "S12", "title": "What swimmers eat in harbours"},
    ),
    "abstracts on one page by one person": (
        VOLUME | {"pages": "S12", "title": "Harbour fees in boys", "authors": ["Fox, A."]},
        VOLUME | {"pages": "S12", "title": "Harbour fees in girls", "authors": ["Fox, A."]},
    ),
    "part I and part II": ({"title": f"{TITLE}: Part I"}, {"title": f"{TITLE}: Part II"}),
    "part one and part two": ({"title": f"{TITLE}: part one"}, {"title": f"{TITLE}: part two"}),
    "part I of two parts only": ({}, {"title": f"{TITLE}: Part II"}),
    "a sequel": ({}, {"title": f"{TITLE} II"}),
    "phase II and phase III": (
        {"title": f"{TITLE}: a phase II trial"},
        {"title": f"{TITLE}: a phase III trial"},
    ),
    "years in titles": ({"title": f"{TITLE} 2004"}, {"title": f"{TITLE} 2005"}),
    "annual introductions": (
        {"title": "Introduction to the harbour conference", "year": 2003},
        {"title": "Introduction to the harbour conference", "year": 2004},
    ),
    "hypertension and hypotension": (
        {"title": f"Hypertension and {TITLE}"},
        {"title": f"Hypotension and {TITLE}"},
    ),
    "Iran and Iraq": ({"title": f"{TITLE} in Iran"}, {"title": f"{TITLE} in Iraq"}),
    "pages of a weekly that counts no volumes": (
        {"pages": "12-19"},
        {"pages": "12-19", "title": "What swimmers eat"},
    ),
    "one person in two journals": (
        VOLUME | {"authors": ["Fox, A."]},
        VOLUME | {"authors": ["Fox, A."], "container": "Tide Reports"},
    ),
    "protocol and report": ({}, {"title": f"{TITLE}: study protocol for a randomised trial"}),
    "a shared first word of organisations": (
        {"authors": ["Department of Harbours"]},
        {"authors": ["Department for Learning and Skills"]},
    ),
    "a shared given name": ({"authors": ["Ann Fox"]}, {"authors": ["Ann Marsh"]}),
    "journals apart": ({"authors": ["Fox, A."]}, {"authors": ["Fox, A."], "container": "Tides"}),
    "vitamins": ({"title": f"Vitamin A and {TITLE}"}, {"title": f"Vitamin E and {TITLE}"}),
    "places alike": ({"title": f"{TITLE} in Austria"}, {"title": f"{TITLE} in Australia"}),
    "drugs alike": ({"title": f"Losartan and {TITLE}"}, {"title": f"Valsartan and {TITLE}"}),
    "parents": ({"title": f"Maternal {TITLE}"}, {"title": f"Paternal {TITLE}"}),
    "a word within another": ({"title": f"Married {TITLE}"}, {"title": f"Unmarried {TITLE}"}),
    "signs": ({"title": f"{TITLE} in HER2+ tumours"}, {"title": f"{TITLE} in HER2- tumours"}),
    "languages of computers": ({"title": f"{TITLE} in C"}, {"title": f"{TITLE} in C++"}),
    "a pilot study": ({}, {"title": f"{TITLE}: a pilot study"}),
    "an economic evaluation": (VOLUME, VOLUME | {"title": f"{TITLE} and economic evaluation"}),
    "an appendix": ({}, {"title": f"{TITLE}: technical appendix"}),
    "a longer title with a place": ({}, PLACE | LONGER_TITLE),
    "others at pages from 1": (FROM_1, FROM_1 | {"title": "What swimmers eat before contests"}),
    "others on the pages of an issue": (
        VOLUME | {"pages": "1190-1390"},
        VOLUME | {"pages": "1190-1390", "title": "What swimmers eat before contests"},
    ),
    "others in English on the same pages": (PLACE, PLACE | {"title": "What swimmers eat at sea"}),
    "drugs alike at pages from 1": (
        FROM_1 | {"title": f"Lansoprazole and {TITLE}"},
        FROM_1 | {"title": f"Pantoprazole and {TITLE}"},
    ),
    "elderly and younger on two pages": (
        VOLUME | {"pages": "230-231", "title": f"{TITLE} in elderly patients"},
        VOLUME | {"pages": "230-231", "title": f"{TITLE} in younger patients"},
    ),
    "one second half of the title": (
        {"title": f"{TITLE}; a randomised double blind controlled trial"},
        {"title": "What swimmers eat at sea; a randomised double blind controlled trial"},
    ),
    "the next page": (VOLUME | {"pages": "1036"}, VOLUME | {"pages": "1037"}),
    "an updated review": (
        {"pages": "CD001234", "issue": "2", "year": 2011},
        {"pages": "CD001234", "issue": "6", "year": 2012},
    ),
    "chapters under one DOI": (
        DOI | {"pages": "100-110", "title": f"{TITLE} of men"},
        DOI | {"pages": "210-220", "title": f"{TITLE} of women"},
    ),
    "a thesis and an article": (
        {"type": "thesis", "container": ""}, {"type": "journal article", "container": "Tides"},
    ),
    "a weekly": ({"issue": "1600"}, {"issue": "1612"}),
    "namesakes": ({"authors": ["Fox, A."]}, {"authors": ["Fox, B."]}),
    "reports of one name": (
        {"authors": ["Ofsted"], "container": "", "title": "Inspection report of a nursery"},
        {"authors": ["Ofsted"], "container": "", "title": "Inspection report of a nursery"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("one", "other"), NEVER_MERGED.values(), ids=NEVER_MERGED)
def test_what_looks_like_one_work_and_is_none_is_not_merged(one, other):
    assert outcome(one, other) != "merge"


def test_a_title_that_stands_in_many_places_needs_a_place():
    yearly = {"title": "Introduction to the harbour conference", "authors": ["Fox, A."]}
    assert outcome(yearly, yearly) == "merge"
    assert outcome(yearly, yearly, frequency=6) == "review"
    assert outcome(yearly | PLACE, yearly | PLACE, frequency=6) == "merge"


def test_a_title_that_stands_in_more_places_never_weighs_more():
    weights = [judged({}, {}, frequency).weight for frequency in range(1, 9)]
    assert weights == sorted(weights, reverse=True)
    assert weights[0] > weights[-1]


# Grey literature: an organisation's report.

REPORT = {"authors": ["Ministry of Tides"], "container": "", "type": "report"}


@pytest.mark.parametrize(
    "one_more",
    [
        {"publisher": "Ministry of Tides"},
        {"url": "https://tides.test/report"},
        {"isbn": ["978-0-306-40615-7"]},
        {"abstract": "The tide of the harbour rises and falls. " * 12},
        DOI,
    ],
)
def test_an_organisations_report_is_one_if_title_organisation_year_and_one_more_agree(one_more):
    assert outcome(REPORT | one_more, REPORT | one_more) == "merge"


@pytest.mark.parametrize(
    "difference",
    [
        {},
        {"year": 2005, "publisher": "Ministry of Tides"},
        {"authors": ["Harbour Towns Association"], "publisher": "Ministry of Tides"},
        {"title": f"{TITLE} 2005", "publisher": "Ministry of Tides"},
        {"title": TITLE.replace("wages", "hopes"), "publisher": "Ministry of Tides"},
        {"publisher": "Harbour Press"},
    ],
)
def test_an_organisations_report_is_not_one_by_less(difference):
    one = REPORT | ({"publisher": "Ministry of Tides"} if difference else {})
    assert outcome(one, one | difference) != "merge"


# Vetoes: of each a case in which it alone stands, and one in which it does not.

LIKE = {"title": "Harbour fees and the wages of pilots in the southern isles"}
ABROAD = {"title": f"[{LIKE['title']}]"}
NUMBERED = {"volume": "3", "issue": "2", "pages": "CD001234"}
EDITORIAL = {"title": "Editorial"}
ERRATUM = {"title": f"Erratum: {TITLE}"}
HOPES = {"title": TITLE.replace("wages", "hopes")}
LONGER = {"title": f"{TITLE}: a study of the tides"}
PREPRINT = NO_VENUE | {"type": "preprint"}
SOME = {"authors": ["Fox, Ann", "Marsh, Cy"]}
TRIAL = {"url": "https://trials.example/show/NCT01234567"}
OTHER_TRIAL = {"url": "https://trials.example/show/NCT01234568"}
VETOED = {
    "other kind": (({}, ERRATUM), (PLACE, PLACE | ERRATUM)),
    "preprint": (({}, PREPRINT), (PLACE, PLACE | PREPRINT)),
    "no title": (
        (VOLUME | {"title": "", "pages": "482"}, VOLUME | {"pages": "482"}),
        (PLACE | {"title": ""}, PLACE),
    ),
    "words": (({}, HOPES), (DOI, DOI | HOPES)),
    "title": ((PLACE | {"pages": "482"}, PLACE | LIKE | {"pages": "482"}), (PLACE, PLACE | ABROAD)),
    "numbers": (
        ({}, {"title": f"{TITLE} II"}),
        (PLACE, PLACE | {"title": f"{TITLE} in 2004"}),
    ),
    "subtitle": ((NO_VENUE, NO_VENUE | LONGER), ({}, LONGER)),
    "DOI": ((DOI, {"doi": "10.1000/tide.2"}), (PLACE | DOI, PLACE | {"doi": "10.1000/tide.2"})),
    "trial": ((TRIAL, OTHER_TRIAL), (TRIAL, TRIAL)),
    "pages": (
        (PLACE, PLACE | {"pages": "531-540"}),
        (DOI | PLACE, DOI | PLACE | {"pages": "531-540"}),
    ),
    "volume": (
        ({"volume": "3"}, {"volume": "4"}),
        (PLACE, PLACE | {"volume": "4"}),
    ),
    "issue": ((VOLUME, VOLUME | {"issue": "7"}), (PLACE, PLACE | {"issue": "7"})),
    "supplement": ((VOLUME, VOLUME | {"volume": "3 Suppl"}), (PLACE, PLACE | {"volume": "3 Suppl"})),
    "update": (
        (NUMBERED, NUMBERED | {"issue": "7"}),
        (NUMBERED | DOI, NUMBERED | DOI | {"issue": "7"}),
    ),
    "type": (
        ({"type": "journal article"}, {"type": "thesis"}),
        (PLACE | {"type": "journal article"}, PLACE | {"type": "thesis"}),
    ),
    "ISBN": (
        ({"isbn": ["978-0-306-40615-7"]}, {"isbn": ["978-1-86197-876-9"]}),
        (PLACE | {"isbn": ["978-0-306-40615-7"]}, PLACE | {"isbn": ["978-1-86197-876-9"]}),
    ),
    "years": (({}, {"year": 2007}), (PLACE, PLACE | {"year": 2007})),
    "next year": (({}, {"year": 2005}), (VOLUME, VOLUME | {"year": 2005})),
    "venue": (
        ({}, {"container": "Tide Reports"}),
        (VOLUME, VOLUME | {"container": "Tide Reports"}),
    ),
    "authors": (
        (VOLUME, VOLUME | {"authors": ["Marsh, Cy"]}),
        (PLACE, PLACE | {"authors": ["Marsh, Cy"]}),
    ),
    "some authors": (({}, SOME), (PLACE, PLACE | SOME)),
    "no author": (({}, {"authors": []}), (PLACE, PLACE | {"authors": []})),
    "recurring title": ((EDITORIAL, EDITORIAL), (PLACE | EDITORIAL, PLACE | EDITORIAL)),
    "recurring title, other issue": (
        (PLACE | EDITORIAL, PLACE | EDITORIAL | {"issue": "7"}),
        (DOI | PLACE | EDITORIAL, DOI | PLACE | EDITORIAL | {"issue": "7"}),
    ),
    "grey literature": ((REPORT, REPORT), (REPORT | DOI, REPORT | DOI)),
}  # fmt: skip


def test_every_veto_has_a_case():
    assert list(VETOED) == [veto.name for veto in VETOES]


@pytest.mark.parametrize(("name", "pair"), [(name, pairs[0]) for name, pairs in VETOED.items()])
def test_each_veto_by_itself_keeps_two_records_from_being_merged(name, pair):
    judgement = judged(*pair)
    assert judgement.vetoes == (name,)
    assert judgement.outcome != "merge"
    assert judgement.gain == judgement.weight - doubt_of((name,))


@pytest.mark.parametrize(("name", "pair"), [(name, pairs[1]) for name, pairs in VETOED.items()])
def test_what_outweighs_a_veto_lifts_it(name, pair):
    assert name not in judged(*pair).vetoes


def test_every_veto_says_why_in_words_of_its_own():
    assert len({why_of(veto.name) for veto in VETOES}) == len(VETOES)


# Versions

BOOK = {"container": "", "type": "book"}
VERSIONS = {
    "erratum": ({}, ERRATUM),
    "retraction": ({}, {"title": f"RETRACTED: {TITLE}"}),
    "notice": (PLACE, {"title": f"{TITLE} (vol 3, pg 482, 2004)", "pages": "599", "volume": "3"}),
    "reply": ({}, {"title": f"{TITLE} - Reply"}),
    "comment": ({}, {"title": f"Comment on: {TITLE}"}),
    "protocol": ({}, {"title": f"{TITLE}: study protocol"}),
    "summary": ({}, {"title": f"{TITLE}: executive summary"}),
    "supplement": ({}, {"title": f"Supplement to {TITLE}"}),
    "preprint": ({}, {"container": "medRxiv"}),
    "update": (
        {"doi": "10.1000/tide.cd000001.pub2", "year": 2004},
        {"doi": "10.1000/tide.cd000001.pub3", "year": 2009},
    ),
    "edition": (BOOK, BOOK | {"year": 2009}),
    "abstract": (PLACE, {"container": "Annual Harbour Congress", "pages": "7"}),
    "report": ({"type": "journal article"}, {"type": "report", "container": "", "year": 2002}),
    "part": ({"title": f"{TITLE}: Part 1"}, {"title": f"{TITLE}: Part 2"}),
}


def test_every_kind_of_version_has_a_case():
    assert list(VERSIONS) == list(versions.KINDS)


@pytest.mark.parametrize(("kind", "pair"), VERSIONS.items())
def test_versions_of_a_text_are_linked_and_never_merged(kind, pair):
    judgement = judged(*pair)
    assert (judgement.outcome, judgement.kind) == ("version", kind)


@pytest.mark.parametrize(("kind", "pair"), VERSIONS.items())
def test_versions_of_a_text_by_others_are_no_versions(kind, pair):
    one, other = pair
    assert judged(one, other | {"authors": ["Marsh, Cy"]}).kind == ""


@pytest.mark.parametrize(
    "notice",
    ["Erratum: ", "Erratum to ", "Corrigendum to: ", "Correction to: ", "Correction: ",
     "Author correction: ", "Retraction of: ", "Reply to: ", "Response to: ", "Comment on: ", "Re: "],
)  # fmt: skip
@pytest.mark.parametrize("shared", [{}, DOI, {"accession": "EJ612345"}, VOLUME])
def test_a_notice_about_an_article_is_a_version_of_it(notice, shared):
    assert outcome(shared, shared | {"title": notice + TITLE}) == "version"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"title": f"{TITLE}: Part I"}, {"title": f"{TITLE}: Part II"}),
        ({"title": f"{TITLE}: part one"}, {"title": f"{TITLE}: part two"}),
        ({"title": f"{TITLE}: Volume 2"}, {"title": f"{TITLE}: Volume 3"}),
        ({"title": f"{TITLE}, chapter 3"}, {"title": f"{TITLE}, chapter 12"}),
    ],
)
def test_parts_of_a_text_are_versions_however_they_are_counted(one, other):
    assert judged(one, other).kind == "part"


def test_articles_of_a_type_that_says_report_too_are_no_report_and_article():
    both = {"type": "Journal Articles; Reports - Research"}
    assert judged(both | {"volume": "3"}, both | {"volume": "4"}).kind == ""


def test_a_kind_of_version_does_not_depend_on_which_record_is_named_first():
    reply, comment = {"title": f"{TITLE} - Reply"}, {"title": f"Re: {TITLE}"}
    assert judged(reply, comment).kind == judged(comment, reply).kind == "reply"


# Weights: every level of every field occurs.

LEVELS = {
    ("title", "same"): ({}, {}),
    ("title", "spelling"): ({}, {"title": TITLE.replace("Harbour", "Harbor")}),
    ("title", "contained"): ({}, LONGER),
    ("title", "near"): ({}, HOPES),
    ("title", "loose"): ({}, LIKE),
    ("title", "other"): ({}, {"title": "What swimmers eat"}),
    ("authors", "same"): ({}, {}),
    ("authors", "near"): ({}, SOME),
    ("authors", "other"): ({}, {"authors": ["Marsh, Cy"]}),
    ("year", "same"): ({}, {}),
    ("year", "near"): ({}, {"year": 2003}),
    ("year", "other"): ({}, {"year": 2002}),
    ("venue", "same"): ({"issn": ["1234-5679"]}, {"issn": ["12345679"], "container": "Tides"}),
    ("venue", "other"): ({}, {"container": "Tide Reports"}),
    ("volume", "same"): (VOLUME, VOLUME),
    ("volume", "near"): (VOLUME, VOLUME | {"volume": "3 Suppl 2"}),
    ("volume", "other"): (VOLUME, VOLUME | {"volume": "4"}),
    ("issue", "same"): (VOLUME, VOLUME),
    ("issue", "near"): (VOLUME, VOLUME | {"issue": "Suppl 2"}),
    ("issue", "other"): (VOLUME, VOLUME | {"issue": "7"}),
    ("start", "same"): (PLACE, {"pages": "482"}),
    ("start", "near"): (PLACE, {"pages": "428-491"}),
    ("start", "other"): (PLACE, {"pages": "531-540"}),
    ("end", "same"): (PLACE, {"pages": "482-491"}),
    ("end", "near"): (PLACE, {"pages": "482-492"}),
    ("end", "other"): (PLACE, {"pages": "482-530"}),
    ("doi", "same"): (DOI, DOI),
    ("doi", "near"): (VERSIONS["update"][0], VERSIONS["update"][1]),
    ("doi", "other"): (DOI, {"doi": "10.1000/tide.2"}),
    ("eric", "same"): ({"accession": "EJ612345"}, {"accession": "EJ612345"}),
    ("eric", "other"): ({"accession": "EJ612345"}, {"accession": "ED612346"}),
    ("isbn", "same"): ({"isbn": ["978-0-306-40615-7"]}, {"isbn": ["0306406152"]}),
    ("isbn", "other"): ({"isbn": ["978-0-306-40615-7"]}, {"isbn": ["978-1-86197-876-9"]}),
    ("trial", "same"): (TRIAL, TRIAL | {"title": f"{TITLE} (NCT01234567)"}),
    ("trial", "other"): (TRIAL, OTHER_TRIAL),
    ("abstract", "same"): ({"abstract": "The tide rises. " * 30}, {"abstract": "The tide rises. " * 40}),
    ("publisher", "same"): ({"publisher": "Harbour Press"}, {"publisher": "Harbour press."}),
    ("url", "same"): ({"url": "https://tides.test/1"}, {"url": "https://tides.test/1"}),
}  # fmt: skip


def test_every_level_that_has_a_weight_has_a_case():
    assert set(LEVELS) == {(name, level) for name, levels in WEIGHTS.items() for level in levels}


@pytest.mark.parametrize(("level", "pair"), LEVELS.items(), ids=map(" ".join, LEVELS))
def test_each_level_of_each_field_occurs(level, pair):
    field, expected = level
    assert getattr(judged(*pair).evidence, field) == expected


@pytest.mark.parametrize("field", WEIGHTS)
def test_a_field_that_a_record_lacks_says_nothing(field):
    blank = {name: [] if name in ("authors", "isbn", "issn") else None for name in
             ("title", "authors", "year", "container", "volume", "issue", "pages", "doi",
              "accession", "isbn", "abstract", "publisher", "url")}  # fmt: skip
    assert getattr(judged(blank, PLACE | DOI).evidence, field) == "missing"


@pytest.mark.parametrize(
    ("one", "other", "field", "level"),
    [
        ({"volume": "2004"}, {"volume": "3"}, "volume", "missing"),
        ({"pages": "2004"}, {"pages": "482"}, "start", "missing"),
        ({"title": "Harbour Studies"}, {}, "title", "missing"),
        ({"abstract": "Short."}, {"abstract": "Short."}, "abstract", "missing"),
    ],
)
def test_what_slipped_into_the_wrong_field_says_nothing(one, other, field, level):
    assert getattr(judged(one, other).evidence, field) == level


def test_a_column_that_is_set_aside_says_nothing():
    rows = records_table(RECORD | PLACE | DOI | {"record_id": "assia:1"}).to_pylist()
    aside = read(rows[0], frozenset(("doi", "issue")))
    assert (aside.doi, aside.issue.values) == ("", frozenset())
    assert aside.volume.values == {3}


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [(2004, 2004, "same"), (2004, 2005, "near"), (2004, 2006, "other"), (2004, None, "missing"),
     (None, None, "missing")],
)  # fmt: skip
def test_years_agree_or_do_not(one, other, level):
    assert year_of(one, other) == year_of(other, one) == level


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [("10.1/a", "10.1/a", "same"), ("10.1/a.v1", "10.1/a.v2", "near"), ("10.1/a", "10.1/a.v2", "near"),
     ("10.1/a", "10.1/b", "other"), ("10.1/a", "", "missing")],
)  # fmt: skip
def test_dois_agree_or_name_versions_or_do_not_agree(one, other, level):
    assert doi_of(one, other) == doi_of(other, one) == level


def test_venues_that_are_known_to_be_one_are_the_same():
    a, b = made("assia:1", RECORD), made("eric:1", RECORD | {"container": "Revue du port"})
    assert compare_fields(a, b).venue == "other"
    assert compare_fields(a, b, 1, {evidence.alias_key(b.venue, a.venue)}).venue == "same"


# Properties

TITLES = st.sampled_from(
    ["", "—", "Editorial", "Editorial board", TITLE, f"{TITLE}.", f"{TITLE}: Part I",
     f"{TITLE}: Part II", f"{TITLE} II", f"Erratum: {TITLE}", f"{TITLE} - Reply", f"Re: {TITLE}",
     f"{TITLE}: study protocol", f"{TITLE} (poster)", f"Hafengebühren und Löhne im Norden [{TITLE}]",
     "Hafengebühren und Löhne im Norden", TITLE.replace("Harbour", "Harbor"), HOPES["title"],
     LIKE["title"], LONGER["title"], TITLE.replace("northern", "southern far"), CHINESE["title"],
     RUSSIAN["title"], f"{TITLE} 2003", f"{TITLE} 2004", "Harbour fees", "What swimmers eat"]
)  # fmt: skip
# Of titles only so much is alike that the quick path has to decide.
LOOSE_TITLES = st.sampled_from(
    [
        TITLE,
        LIKE["title"],
        "Harbour fees and wages of dockers in eight towns",
        "Fees and wages of dockers",
        "Harbour fees, the wages of dockers and the hopes of children in northern towns",
        "Harbour dues and dockers: seven towns of the north",
    ]
)
ISBNS = st.sampled_from([[], ["978-0-306-40615-7"], ["978-1-86197-876-9"]])
FIELDS = {
    "title": TITLES,
    "year": st.sampled_from([None, 2003, 2004, 2004, 2006]),
    "authors": st.sampled_from(
        [[], ["Fox, Ann", "Day, Bob"], ["Fox, Ann", "Day, Bob"], ["Fox A"], ["Ann Fox", "Cy Marsh"],
         ["Fox, A.", "Fox, B."], ["Marsh, Cy"], ["Ministry of Tides"]]
    ),
    "container": st.sampled_from(["", "Harbour Studies", "Harb Stud", "Tide Reports", "medRxiv"]),
    "volume": st.sampled_from(["", "3", "3", "4", "3 Suppl 1", "2004"]),
    "issue": st.sampled_from(["", "1", "2", "Suppl 1"]),
    "pages": st.sampled_from(["", "482-91", "482", "482-492", "428-491", "531-91", "1-10", "S482"]),
    "doi": st.sampled_from(["", "", "10.1000/a", "10.1000/a.v2", "10.1000/b"]),
    "accession": st.sampled_from(["", "", "EJ612345", "EJ612346"]),
    "url": st.sampled_from(["", "https://tides.test/1", "https://tides.test/2"]),
    "isbn": ISBNS,
    "publisher": st.sampled_from(["", "Harbour Press"]),
    "type": st.sampled_from(["", "report", "journal article", "article report", "preprint"]),
    "abstract": st.sampled_from(["", "", "The tide rises. " * 30]),
}  # fmt: skip
COLUMNS = {name: None for name in records_table({}).to_pylist()[0]}


def plain(fields: dict) -> Reading:
    """Read a record without making a table of it, which takes longer than all the rest."""
    return read(COLUMNS | {"record_id": "assia:1"} | fields)


RECORDS = st.fixed_dictionaries(FIELDS)
READINGS = RECORDS.map(plain)
FREQUENCIES = st.sampled_from([1, 1, 2, 4, 9])


def named(record: Reading, record_id: str) -> Reading:
    return replace(record, record_id=record_id)


@settings(max_examples=400)
@given(READINGS, READINGS, FREQUENCIES)
def test_the_order_of_two_records_does_not_matter(one, other, frequency):
    a, b = named(one, "assia:1"), named(other, "eric:1")
    assert judge(a, b, frequency) == judge(b, a, frequency)


@settings(max_examples=400)
@given(READINGS, READINGS, FREQUENCIES)
def test_nor_does_it_matter_which_record_is_called_what(one, other, frequency):
    ahead = judge(named(one, "assia:1"), named(other, "eric:1"), frequency)
    behind = judge(named(one, "eric:1"), named(other, "assia:1"), frequency)
    assert asdict(ahead) == asdict(behind)


@settings(max_examples=400)
@given(READINGS, READINGS)
def test_what_two_fields_are_to_each_other_is_mutual(a, b):
    assert evidence.title_of(a.title, b.title) == evidence.title_of(b.title, a.title)
    assert evidence.numbers_of(a.title, b.title) == evidence.numbers_of(b.title, a.title)
    assert evidence.authors_of(a.authors, b.authors) == evidence.authors_of(b.authors, a.authors)
    assert evidence.venue_of(a, b) == evidence.venue_of(b, a)
    assert same_venue(a.venue, b.venue) == same_venue(b.venue, a.venue)
    assert evidence.volume_of(a, b) == evidence.volume_of(b, a)
    assert evidence.number_of(a.issue, b.issue) == evidence.number_of(b.issue, a.issue)
    assert evidence.pages_of(a.pages, b.pages) == evidence.pages_of(b.pages, a.pages)
    assert compare_fields(a, b) == compare_fields(b, a)
    assert quick.are_strangers(a, b) == quick.are_strangers(b, a)
    assert is_left_out(a, b) == is_left_out(b, a)


SIMILAR_WORDS = st.lists(
    st.sampled_from(
        ["tide", "tides", "tidal", "the", "tie", "ti", "des", "retide", "4th", "fourth"]
    ),
    max_size=5,
).map(tuple)


@given(SIMILAR_WORDS, SIMILAR_WORDS, st.booleans())
@example(("teach", "teachers"), ("teacher", "teaching"), False)
def test_the_words_that_one_title_has_alone_are_the_same_from_both_sides(a, b, numbered):
    assert evidence.words_alone(a, b, numbered=numbered) == evidence.words_alone(
        b, a, numbered=numbered
    )


@given(RECORDS)
def test_a_full_record_is_one_with_itself(fields):
    full = fields | RECORD | PLACE | {"doi": "10.1000/a", "type": "journal article"}
    full["title"] = fields["title"] if len(fields["title"]) > 20 else TITLE
    a, b = plain(full), named(plain(full), "eric:1")
    assert judge(a, b).outcome == "merge"


@given(RECORDS, RECORDS)
def test_nothing_but_identifier_or_place_merges_records_without_title(one, other):
    bare = {"title": "", "doi": "", "accession": "", "url": "", "pages": ""}
    assert judge(plain(one | bare), named(plain(other | bare), "eric:1")).outcome != "merge"


@settings(max_examples=400)
@given(READINGS, READINGS, FREQUENCIES)
def test_a_merge_has_no_veto_and_a_version_has_a_kind(one, other, frequency):
    judgement = judge(one, named(other, "eric:1"), frequency)
    assert (judgement.outcome == "version") == bool(judgement.kind)
    if judgement.outcome == "merge":
        assert judgement.vetoes == ()
        assert judgement.is_told
    assert judgement.gain <= judgement.weight


ANY_TEXT = st.text(max_size=30)
SIGNS = st.text("[](){}<>=;:.,-–/&*†… 09aIVXLCivxlcıİſKSse²①٣王и", max_size=16)
ODD = st.one_of(ANY_TEXT, SIGNS, st.none())
ODD_RECORDS = st.fixed_dictionaries(
    {name: ODD for name in ("title", "container", "volume", "issue", "pages", "doi", "abstract",
                            "publisher", "type", "accession", "url")}
    | {"authors": st.lists(ANY_TEXT | SIGNS, max_size=3), "year": st.none() | st.integers(0, 9999),
       "isbn": st.lists(SIGNS, max_size=2), "issn": st.lists(SIGNS, max_size=2)}
)  # fmt: skip


@settings(max_examples=400)
@given(ODD_RECORDS, ODD_RECORDS)
@example({"title": "9" * 5000, "volume": "9" * 5000}, {"volume": "ıv", "pages": "İ-ı"})
@example({"title": "[" * 50, "authors": ["," * 50]}, {"title": "[review" * 50, "authors": ["&&"]})
def test_no_text_in_any_field_stops_the_reading_or_the_judging(one, other):
    a, b = plain(one), named(plain(other), "eric:1")
    assert judge(a, b).outcome in ("merge", "review", "version", "apart")
    assert judge(b, a) == judge(a, b)


# The quick path, and its brute-force twin: the judge, who looks at all fields.


def is_left_out(a: Reading, b: Reading) -> bool:
    """Tell whether a pair of records is not even judged (see `pairs.judged`)."""
    readings, pair = [a, b], np.array([[0, 1]])
    titles = [r.title.forms[0] if r.title.forms else "" for r in readings]
    elsewhere = quick.Columns.of(readings).surely_apart(pair)[0]
    return bool(elsewhere) or not list(quick.near_pairs(readings, titles, pair))


AGREEING = RECORD | VOLUME | {"publisher": "Harbour Press", "isbn": ["978-0-306-40615-7"]}


def some_fields(most: int) -> st.SearchStrategy[dict]:
    names = st.sets(st.sampled_from(sorted(set(FIELDS) - {"title"})), max_size=most)
    return names.flatmap(lambda some: st.fixed_dictionaries({name: FIELDS[name] for name in some}))


def differing(titles: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[Reading, Reading]]:
    """Return pairs of records that agree but for their titles and a few fields."""
    return st.builds(
        lambda both, one, other, title: (
            plain(AGREEING | both | {"title": one}),
            named(plain(AGREEING | both | other | {"title": title}), "eric:1"),
        ),
        some_fields(3), titles, some_fields(4), titles,
    )  # fmt: skip


@settings(max_examples=1500)
@given(differing(TITLES) | differing(LOOSE_TITLES) | differing(st.just(TITLE)), FREQUENCIES)
def test_the_quick_path_leaves_out_no_pair_that_the_judge_would_tell(pair, frequency):
    a, b = pair
    if is_left_out(a, b):
        assert not judge(a, b, frequency).is_told


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, LIKE),
        ({"pages": "482-91"}, LIKE | {"pages": "428-91"}),
        ({"url": "https://tides.test/1"}, LIKE | {"url": "https://tides.test/1"}),
        ({"pages": "482-91"}, {"volume": "4", "pages": "471-91"}),
        ({"pages": "482-91", "isbn": []}, {"volume": "4", "pages": "471-91", "isbn": []}),
        ({"pages": "482-91"}, {"volume": "4", "pages": "531-40"}),
        ({"pages": "482-91"}, {"volume": "4", "pages": "531"}),
    ],
)
def test_the_quick_path_heeds_all_that_could_outweigh_titles_or_places(one, other):
    a, b = made("assia:1", AGREEING | one), made("eric:1", AGREEING | other)
    assert not (is_left_out(a, b) and judge(a, b).is_told)


def test_the_quick_path_does_leave_out_most_pairs():
    assert is_left_out(made("a:1", RECORD), made("b:1", RECORD | {"title": "What swimmers eat"}))
    assert is_left_out(made("a:1", RECORD), made("b:1", RECORD | LIKE))
    elsewhere = {"volume": "4", "pages": "531-40"}
    assert is_left_out(made("a:1", RECORD | PLACE), made("b:1", RECORD | elsewhere))
    assert not is_left_out(made("a:1", RECORD | PLACE), made("b:1", RECORD | PLACE))
