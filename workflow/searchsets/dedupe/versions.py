"""Tells versions of a text from the text itself: they are linked and never merged.

An erratum, a reply, a preprint, a meeting abstract, a new edition or another part is a record of its
own; a review may want to count some kinds with the text that they belong to.
"""

from __future__ import annotations

import re

from searchsets.dedupe.evidence import (
    CONTAINED,
    MISSING,
    NEAR,
    OTHER,
    SAME,
    SPELLING,
    Evidence,
)
from searchsets.dedupe.places import ARTICLE_NUMBER_DIGITS
from searchsets.dedupe.reading import Reading

KINDS = {
    "erratum": "a notice of an error, and the text that it corrects",
    "retraction": "a notice of a retraction, and the text retracted",
    "notice": "a notice or letter about a text, and the text",
    "reply": "a reply, and the text that it answers",
    "comment": "a comment, and the text that it is about",
    "protocol": "the protocol of a study, and its report",
    "summary": "a summary, and the whole text",
    "supplement": "a supplement, and the text that it belongs to",
    "preprint": "a preprint or working paper, and the publication",
    "update": "two versions that their DOIs tell apart",
    "edition": "two editions of a book or report",
    "abstract": "a meeting abstract, and the article",
    "report": "a report or thesis, and the article",
    "part": "two parts of one text",
}
"""The kinds of versions, each with what the two records are."""
_NOTICES = frozenset(("", "notice", "erratum", "retraction"))
_PART = frozenset(("part", "parts", "volume", "vol", "chapter", "section", "book", "teil", "band",
                   "partie", "parte", "tome"))  # fmt: skip
_WHOLE = re.compile(r"report|thesis|dissertation|book(?! section| chapter|part)|monograph|dataset")
_ARTICLE = re.compile(r"article|journal|jour\b|incollection|inbook|chapter|section|proceedings")


def is_other_kind(a: Reading, b: Reading, e: Evidence) -> bool:
    """Tell whether only one record is an erratum, a reply or the like.

    Not so where both have one place: then it is one notice, of which a source left out the mark.
    """
    if a.title.kind == b.title.kind:
        return False
    if not {a.title.kind, b.title.kind} <= _NOTICES or not (e.alike or e.title == CONTAINED):
        return True
    return not e.placed or e.year != SAME or OTHER in (e.issue, e.authors)


def is_preprint_of(a: Reading, b: Reading, e: Evidence) -> bool:
    """Tell whether one record is the preprint of the other."""
    return e.alike and a.preprint != b.preprint and e.venue != SAME and not e.placed


def is_update_of(a: Reading, b: Reading, e: Evidence) -> bool:
    """Tell whether a review stands under one article number in another year or issue."""
    numbered = e.start == SAME and all(
        len(page) >= ARTICLE_NUMBER_DIGITS for page in a.pages.starts
    )
    return numbered and e.doi != SAME and (e.year not in (SAME, MISSING) or e.issue == OTHER)


def are_whole_and_article(a: Reading, b: Reading) -> bool:
    """Tell whether one is a report, a thesis, a book or data, and the other an article."""
    return any(
        _is_whole(one.type) and bool(_ARTICLE.search(other.type)) for one, other in ((a, b), (b, a))
    )


def version_of(a: Reading, b: Reading, e: Evidence, *, vetoed: bool) -> str:
    """Return the kind of the version that one record is of the other, or nothing.

    Args:
        a: one record.
        b: the other.
        e: what their fields are to each other.
        vetoed: whether anything stands against their being one work.
    """
    if e.authors == OTHER:
        return ""
    if is_other_kind(a, b, e):
        about = e.alike or e.title in (CONTAINED, NEAR)
        return _kind_of(a, b) if about else ""
    if not vetoed or e.authors == MISSING:
        return ""
    if e.numbers == OTHER and _differ_in_part(a, b, e):
        return "part"
    if not e.alike or e.numbers == OTHER:
        return ""
    if is_preprint_of(a, b, e):
        return "preprint"
    if e.doi == NEAR or (is_update_of(a, b, e) and e.authors == SAME):
        return "update"
    if e.authors == SAME and e.title_words > 2:
        return _other_publication(a, b, e)
    return ""


def _kind_of(a: Reading, b: Reading) -> str:
    """Return the kind of text about another that one of two records is, whichever comes first."""
    return next(kind for kind in KINDS if kind in (a.title.kind, b.title.kind))


def _differ_in_part(a: Reading, b: Reading, e: Evidence) -> bool:
    counted = not _PART.isdisjoint(a.title.words) and not _PART.isdisjoint(b.title.words)
    return counted and e.title in (SAME, SPELLING, NEAR, CONTAINED)


def _is_whole(folded: str) -> bool:
    """Tell whether a type names a report, a thesis or a book, and no article besides."""
    return bool(_WHOLE.search(folded)) and not _ARTICLE.search(folded)


def _other_publication(a: Reading, b: Reading, e: Evidence) -> str:
    """Return how a text of the same title and authors was published in another place."""
    if a.meeting != b.meeting and OTHER in (e.venue, e.volume):
        return "abstract"
    if are_whole_and_article(a, b):
        return "report"
    is_book = not (a.pages.starts or b.pages.starts or a.volume.values or b.volume.values)
    if is_book and not (a.venue.key or b.venue.key) and OTHER in (e.year, e.isbn):
        return "edition"
    return ""
