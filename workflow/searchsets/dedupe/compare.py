"""Compares two records and says what they are to each other, and why.

Simple on purpose: exact identifiers, then titles with year and first author. What is not certain is
left apart and listed for a person; a wrong merge would lose a study in silence.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz

from searchsets.records import clean
from searchsets.text import normalise

SAME_TITLE = 95.0
"""Similarity of titles (rapidfuzz `ratio`, 0 to 100) from which they count as the same."""
NEAR_TITLE = 88.0
"""Similarity from which two titles are near enough for a person to look at."""
SAME_WORD = 75.0
"""Similarity of two words from which one counts as a slip of the other."""
SHORT_TITLE_WORDS = 3
"""Titles of so few words ("Editorial", "Book reviews") name no work by themselves."""

_NUMBERS = re.compile(r"\d+")
_DASHES = re.compile("[-\u2010-\u2015\u2212]")
_NOTICES = {
    "erratum": r"(?:erratum|errata|corrigend(?:um|a)|(?:author |publisher )?correction)\b",
    "retraction": r"retraction\b",
    "reply": r"(?:reply|response) to\b",
    "comment": r"comment on\b",
}

Outcome = Literal["merge", "uncertain", "version"]


@dataclass(frozen=True)
class Candidate:
    """What is compared of a record, folded once."""

    record_id: str
    title: str
    words: int
    notice: str
    numbers: tuple[str, ...]
    year: int | None
    author: str
    doi: str
    eric: str
    locator: tuple[str, str, str]


@dataclass(frozen=True)
class Decision:
    """What two records are to each other: the rule that says so and the evidence it rests on."""

    a: str
    b: str
    outcome: Outcome
    rule: str
    evidence: str


def candidate(row: dict[str, object]) -> Candidate:
    """Return what is compared of a record (a row of the records table)."""
    title = normalise(str(row["title"] or ""))
    notice = next((kind for kind, start in _NOTICES.items() if re.match(start, title)), "")
    identifiers = f"{row['accession'] or ''} {row['url'] or ''}"
    return Candidate(
        str(row["record_id"]),
        title,
        len(title.split()),
        notice,
        tuple(_NUMBERS.findall(title)),
        row["year"],  # type: ignore[arg-type]
        _surname(row["authors"]),
        str(row["doi"] or ""),
        clean.eric_number(identifiers),
        (normalise(str(row["volume"] or "")), normalise(str(row["issue"] or "")), _first_page(row)),
    )


def _surname(authors: object) -> str:
    first = authors[0] if isinstance(authors, list) and authors else ""
    before_comma = normalise(str(first).split(",")[0])
    return before_comma


def _first_page(row: dict[str, object]) -> str:
    return normalise(_DASHES.split(str(row["pages"] or ""))[0])


def compare(one: Candidate, other: Candidate) -> Decision | None:
    """Return what two records are to each other, or None where they have nothing to do with it.

    The answer is the same whichever record comes first.
    """
    a, b = sorted((one, other), key=lambda c: c.record_id)
    similarity = fuzz.ratio(a.title, b.title) if a.title and b.title else 0.0
    titles = f"titles {similarity:.0f} % alike"

    def decide(outcome: Outcome, rule: str, *evidence: str) -> Decision:
        return Decision(a.record_id, b.record_id, outcome, rule, "; ".join(evidence))

    if a.notice != b.notice and _notice_of(a, b):
        return decide("version", a.notice or b.notice, titles)
    if a.notice == b.notice and a.eric and a.eric == b.eric:
        return decide("merge", "same ERIC number", a.eric, titles)
    if a.doi and a.doi == b.doi:
        if similarity >= NEAR_TITLE and a.notice == b.notice:
            return decide("merge", "same DOI", a.doi, titles)
        return decide("uncertain", "same DOI, different titles", a.doi, titles)
    if a.notice != b.notice or similarity < NEAR_TITLE or a.numbers != b.numbers:
        return None
    return _by_title(a, b, similarity, titles, decide)


def _notice_of(a: Candidate, b: Candidate) -> bool:
    notice, article = (a, b) if a.notice else (b, a)
    return (
        bool(article.title) and not article.notice and f" {article.title} " in f" {notice.title} "
    )


def _by_title(
    a: Candidate, b: Candidate, similarity: float, titles: str, decide
) -> Decision | None:
    years = f"years {a.year or 'none'} and {b.year or 'none'}"
    authors = f"first authors {a.author or 'none'!r} and {b.author or 'none'!r}"
    if a.year and b.year and abs(a.year - b.year) > 1:
        return None
    if a.author and b.author and not set(a.author.split()) & set(b.author.split()):
        if a.year != b.year or a.title != b.title or a.words < SHORT_TITLE_WORDS:
            return None
        return decide("uncertain", "same title and year, other first authors", titles, authors)
    if a.doi and b.doi:
        return decide("uncertain", "same title, different DOIs", titles, a.doi, b.doi)
    if similarity < SAME_TITLE or not _same_words(a.title, b.title):
        return decide("uncertain", "titles nearly alike", titles, years, authors)
    if a.year != b.year or not a.year:
        return decide("uncertain", "same title, years differ or are missing", titles, years)
    if not a.author or not b.author:
        return decide("uncertain", "same title and year, an author is missing", titles, years)
    if not _same_author(a.author, b.author):
        return decide("uncertain", "same title and year, authors nearly alike", titles, authors)
    if _locators_differ(a, b):
        return decide("uncertain", "same title, another place of publication", titles, years)
    if min(a.words, b.words) < SHORT_TITLE_WORDS and not (
        a.locator == b.locator and any(a.locator)
    ):
        return decide("uncertain", "same short title, no place that agrees", titles, years)
    return decide("merge", "same title, year and first author", titles, years, authors)


def _same_author(a: str, b: str) -> bool:
    """Surnames agree, or one source wrote given names after the surname without a comma."""
    one, other = sorted((a.split(), b.split()), key=len)
    return (one == other[: len(one)] and len(one) == 1) or set(one) == set(other)


def _same_words(a: str, b: str) -> bool:
    """Tell whether titles differ in spelling only: "girls" is no misspelt "boys"."""
    left, right = Counter(a.split()), Counter(b.split())
    only_a, only_b = sorted((left - right).elements()), sorted((right - left).elements())
    if "".join(only_a) == "".join(only_b):
        return True
    return len(only_a) == len(only_b) and all(
        fuzz.ratio(x, y) >= SAME_WORD for x, y in zip(only_a, only_b, strict=True)
    )


def _locators_differ(a: Candidate, b: Candidate) -> bool:
    (volume, _, page), same = a.locator, [x == y for x, y in zip(a.locator, b.locator, strict=True)]
    if volume and page and same[0] and same[2]:
        return False  # the same volume and page: one source counts the issues otherwise
    return any(x and y and x != y for x, y in zip(a.locator, b.locator, strict=True))
