"""Weights for what speaks for one work, and vetoes for what forbids to say so without a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from searchsets.dedupe.evidence import (
    CONTAINED,
    LOOSE,
    MISSING,
    NEAR,
    OTHER,
    SAME,
    SPELLING,
    Evidence,
)
from searchsets.dedupe.reading import Reading
from searchsets.dedupe.titles import SHORT_WORDS, counts_on, is_column
from searchsets.dedupe.versions import (
    are_whole_and_article,
    is_other_kind,
    is_preprint_of,
    is_update_of,
)

RULES_VERSION = "2"
"""Named in every decision: raised whenever a weight, a veto or a level changes."""

WEIGHTS: dict[str, dict[str, int]] = {
    "title": {SAME: 10, SPELLING: 9, CONTAINED: 6, NEAR: 5, LOOSE: 0, OTHER: -8},
    "authors": {SAME: 4, NEAR: 1, OTHER: -6},
    "year": {SAME: 2, NEAR: 0, OTHER: -4},
    "venue": {SAME: 2, OTHER: -2},
    "volume": {SAME: 2, NEAR: 1, OTHER: -3},
    "issue": {SAME: 1, NEAR: 0, OTHER: -1},
    "start": {SAME: 4, NEAR: 1, OTHER: -4},
    "end": {SAME: 2, NEAR: 1, OTHER: -1},
    "doi": {SAME: 10, NEAR: 0, OTHER: -4},
    "eric": {SAME: 12, OTHER: -6},
    "isbn": {SAME: 1, OTHER: -1},
    "trial": {SAME: 3, OTHER: -6},
    "abstract": {SAME: 5},
    "publisher": {SAME: 1},
    "url": {SAME: 1},
}
"""What each field adds for each level; what is missing adds nothing."""
STRETCH_WEIGHT = 3
"""Added where volume, first and last page agree together."""
MERGE_WEIGHT, REVIEW_WEIGHT = 14, 6
"""From where two records are one work if no veto stands against it; from where a person is asked
(the doubts of all vetoes taken away)."""
TEAM = 4
"""So many authors who agree tell a text whose title is one word."""
UNSIGNED_WORDS = 5
"""A title of so many words tells a text that nobody signs, in one journal and year."""
_RARE_TITLE = ((1, 10), (3, 6), (5, 2))
"""The most that a title adds which stands in at least so many places (years, volumes, pages)."""
_SHORT_TITLE = 4


def weight_of(e: Evidence) -> int:
    """Return the weight of all fields together."""
    total = 0
    for name, levels in WEIGHTS.items():
        total += levels.get(getattr(e, name), 0)
    title = WEIGHTS["title"].get(e.title, 0)
    if e.stretch:
        total += STRETCH_WEIGHT
    if title < 0 and e.told_by_place:
        return total - title
    most = next(most for places, most in reversed(_RARE_TITLE) if e.frequency >= places)
    if e.title_words < SHORT_WORDS and e.authors != SAME:
        most = min(most, _SHORT_TITLE)
    return total - max(title - most, 0)


@dataclass(frozen=True, slots=True)
class Veto:
    """A reason not to join two records without a person.

    `doubt` is taken from the weight when it is decided whether a person is asked; `holds` tells
    whether it stands against two records.
    """

    name: str
    why: str
    doubt: int
    holds: Callable[[Reading, Reading, Evidence], bool]


def _sure(e: Evidence) -> bool:
    """DOI or ERIC number agree, and title and authors do not speak against it."""
    if SAME not in (e.doi, e.eric) or e.title in (OTHER, LOOSE) or e.authors == OTHER:
        return False
    return e.alike or (e.authors == SAME and e.start != OTHER)


def _identified(e: Evidence) -> bool:
    """DOI or ERIC number agree, and it is not that of a book or issue in which several texts stand."""
    return SAME in (e.doi, e.eric) and e.title not in (OTHER, LOOSE) and e.start != OTHER


def _preprint(a: Reading, b: Reading, e: Evidence) -> bool:
    return is_preprint_of(a, b, e) and not _sure(e)


def _no_title(a: Reading, b: Reading, e: Evidence) -> bool:
    known = SAME in (e.doi, e.eric) and e.authors == SAME
    return e.title == MISSING and not (known or e.told_by_place)


def _words(a: Reading, b: Reading, e: Evidence) -> bool:
    return e.title == NEAR and not (e.told_by_place or _identified(e))


def _title(a: Reading, b: Reading, e: Evidence) -> bool:
    if e.title == LOOSE:
        return not e.told_by_place
    return e.title == OTHER and not (e.told_by_place and e.people > 1 and e.span > 2)


def _numbers(a: Reading, b: Reading, e: Evidence) -> bool:
    if e.numbers == OTHER:
        return True
    if e.numbers != NEAR or e.told_by_place or _identified(e):
        return False
    if e.title == CONTAINED:
        return not e.placed and counts_on(a.title.words, b.title.words)
    return not e.alike


def _contained(a: Reading, b: Reading, e: Evidence) -> bool:
    if e.title != CONTAINED or e.placed or _identified(e):
        return False
    agree = e.year == SAME and e.venue == SAME and e.authors == SAME
    longer = set(a.title.words) ^ set(b.title.words)
    if e.volume != SAME and (_has_place(a) or _has_place(b)):  # the other one lacks it
        return True
    return not agree or e.start == OTHER or not longer.isdisjoint(_ANOTHER_TEXT)


def _has_place(r: Reading) -> bool:
    return bool(r.pages.starts or r.volume.values)


_ANOTHER_TEXT = frozenset(
    (
        "adolescents analyses analysis appendix brief children comparison cost costs design "
        "economic effects evaluation evidence factors fathers follow followup girls boys hoc "
        "implications interim long longterm men mothers older outcomes part pilot poster post "
        "predictors protocol qualitative quality quantitative rationale reanalysis results "
        "revisited secondary subgroup subset substudy summary survey technical term trial update "
        "validation volume women years young younger "
    ).split()
)
"""Words of a longer title that name another text about the same: a pilot study, an appendix."""


def _other_doi(a: Reading, b: Reading, e: Evidence) -> bool:
    return e.doi in (OTHER, NEAR) and not (e.stretch and e.title == SAME)


def _trial(a: Reading, b: Reading, e: Evidence) -> bool:
    return e.trial == OTHER


def _pages(a: Reading, b: Reading, e: Evidence) -> bool:
    return e.start == OTHER and not _sure(e)


def _volume(a: Reading, b: Reading, e: Evidence) -> bool:
    same_pages = e.start == SAME and e.end == SAME and e.span > 1 and e.alike
    return e.volume == OTHER and not (same_pages or _sure(e))


def _issue(a: Reading, b: Reading, e: Evidence) -> bool:
    same_volume = e.volume == SAME or not (a.volume.values or b.volume.values)
    return same_volume and e.issue == OTHER and e.start != SAME and not _sure(e)


def _supplement(a: Reading, b: Reading, e: Evidence) -> bool:
    return NEAR in (e.volume, e.issue) and e.start != SAME and not _sure(e)


def _updated(a: Reading, b: Reading, e: Evidence) -> bool:
    return is_update_of(a, b, e) and not _sure(e)


def _other_type(a: Reading, b: Reading, e: Evidence) -> bool:
    return are_whole_and_article(a, b) and not (e.placed or _sure(e))


def _isbn(a: Reading, b: Reading, e: Evidence) -> bool:
    return e.isbn == OTHER and not (e.placed or _sure(e))


def _years_apart(a: Reading, b: Reading, e: Evidence) -> bool:
    return e.year == OTHER and not (e.stretch or _sure(e))


def _next_year(a: Reading, b: Reading, e: Evidence) -> bool:
    if e.year != NEAR or e.start == SAME or _sure(e):
        return False
    counted_anew = e.start == NEAR and e.people > 1
    same_issue = e.volume == SAME and e.issue == SAME
    return not (e.alike and e.venue == SAME and (counted_anew or same_issue))


def _venue(a: Reading, b: Reading, e: Evidence) -> bool:
    if e.venue != OTHER or e.placed or _sure(e):
        return False
    agree = e.alike and e.authors == SAME and e.year == SAME and e.volume == SAME
    same_issue = e.people > 1 and e.issue == SAME
    telling = e.people > 2 and e.title_words > 5 and OTHER not in (e.issue, e.start)
    return not (agree and (same_issue or telling))


def _authors(a: Reading, b: Reading, e: Evidence) -> bool:
    return e.authors == OTHER and not (e.stretch and e.alike)


def _some_authors(a: Reading, b: Reading, e: Evidence) -> bool:
    return e.authors == NEAR and not (e.placed or _sure(e))


def _no_author(a: Reading, b: Reading, e: Evidence) -> bool:
    if e.authors != MISSING or e.placed or _sure(e):
        return False
    unsigned = not a.authors and not b.authors and e.year == SAME and e.venue == SAME
    return not (unsigned and e.title == SAME and e.title_words >= UNSIGNED_WORDS)


def _is_recurring(a: Reading, b: Reading, e: Evidence) -> bool:
    """Tell whether a title can name many texts: a column, an editorial, a yearly report."""
    if e.frequency > 2 or is_column(a.title.words) or is_column(b.title.words):
        return True
    short = e.title_words < SHORT_WORDS or (e.frequency > 1 and e.title_words <= 4)
    return short and e.people < (2 if e.title_words > 1 else TEAM)


def _recurring(a: Reading, b: Reading, e: Evidence) -> bool:
    return _is_recurring(a, b, e) and not (e.placed or _sure(e))


def _recurring_issue(a: Reading, b: Reading, e: Evidence) -> bool:
    return e.issue == OTHER and _is_recurring(a, b, e) and not _sure(e)


def _grey(a: Reading, b: Reading, e: Evidence) -> bool:
    """Tell whether too little is known: an organisation's text without place or identifier."""
    if SAME in (e.doi, e.eric, e.start, e.volume):
        return False
    names = {"".join(name.words) for name in a.authors if name.organisation}
    if e.venue == SAME and "".join(a.venue.words) not in names:
        return False
    if not any(name.organisation for name in (*a.authors, *b.authors)):
        return False
    one_more = SAME in (e.isbn, e.publisher, e.url, e.abstract)
    return not (e.alike and e.authors == SAME and e.year == SAME and one_more)


VETOES = (
    Veto("other kind", "only one is an erratum, a reply or the like", 12, is_other_kind),
    Veto("preprint", "only one is a preprint or working paper", 4, _preprint),
    Veto("no title", "a record without title, and neither place nor DOI tells the text", 3, _no_title),
    Veto("words", "a word of the title stands in the place of another, or is too many", 2, _words),
    Veto("title", "the titles are others", 2, _title),
    Veto("numbers", "the numbers in the titles differ (a part, a phase, a year)", 5, _numbers),
    Veto("subtitle", "one title is longer, and the place is not known to be the same", 3, _contained),
    Veto("DOI", "the DOIs differ, and the pages do not agree", 8, _other_doi),
    Veto("trial", "the numbers of registered trials differ", 8, _trial),
    Veto("pages", "the first pages differ", 2, _pages),
    Veto("volume", "the volumes differ", 8, _volume),
    Veto("issue", "the same volume, but other issues", 8, _issue),
    Veto("supplement", "only one is in a supplement, and no page agrees", 4, _supplement),
    Veto("update", "the same number of an article, but in another year or issue", 4, _updated),
    Veto("type", "one is a report, thesis or book, the other an article", 4, _other_type),
    Veto("ISBN", "the ISBNs differ, and no place agrees", 4, _isbn),
    Veto("years", "the years are more than one apart", 4, _years_apart),
    Veto("next year", "the years are one apart, and no place agrees", 4, _next_year),
    Veto("venue", "the journals differ, and no place agrees", 3, _venue),
    Veto("authors", "the authors are others", 8, _authors),
    Veto("some authors", "only some of the authors agree, and no place does", 3, _some_authors),
    Veto("no author", "a record names no author, and no place agrees", 2, _no_author),
    Veto("recurring title", "the title can name many texts, and no place agrees", 4, _recurring),
    Veto("recurring title, other issue", "the title can name many texts", 8, _recurring_issue),
    Veto("grey literature", "an organisation's text needs title, year and one more to agree", 2, _grey),
)  # fmt: skip
"""All vetoes, in the order in which they are told."""
_BY_NAME = {veto.name: veto for veto in VETOES}


def vetoes_of(a: Reading, b: Reading, e: Evidence) -> tuple[str, ...]:
    """Return the names of the vetoes that stand against joining two records."""
    return tuple([veto.name for veto in VETOES if veto.holds(a, b, e)])


def doubt_of(names: tuple[str, ...]) -> int:
    """Return the doubt of some vetoes together."""
    return sum(_BY_NAME[name].doubt for name in names)


def why_of(name: str) -> str:
    """Return what a veto says, as a person would; the name alone of one that other rules had."""
    return _BY_NAME[name].why if name in _BY_NAME else name
