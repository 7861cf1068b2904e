"""Finds the words of a record that come nearest to terms that it does not hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz, process

from searchsets.search.proximity import Words
from searchsets.search.quotes import Text
from searchsets.text import normalise_term

LIKE_ENOUGH = 75
"""Of 100: the least likeness of words that are worth showing (rapidfuzz's `ratio`)."""
FIRST_WORDS = 20_000
"""So many words of a record are looked at; abstracts have some hundred."""
FARTHEST = 10
"""So many words may stand between those of a term to be worth showing."""


@dataclass(frozen=True)
class Nearest:
    """What of a record comes nearest to a term: the words as they stand there, and in which field.

    `value` is the title, the abstract, or the one descriptor that they stand in. `likeness` is of 100;
    `between` is the number of other words among those of the term, where all of them are there.
    """

    term: str
    words: str
    field: str
    value: str
    likeness: float
    between: int = 0

    def __str__(self) -> str:
        return f"{self.term} ~ “{self.words}” in {self.field}"


def nearest(terms: Iterable[str], texts: Sequence[Text], limit: int = 3) -> list[Nearest]:
    """Return the terms that come nearest to words of a record, the nearest first.

    Args:
        terms: as a strategy writes them, none of which the record holds.
        texts: the record, as far as it is searched.
        limit: so many at most, each of another term and other words.
    """
    terms = list(dict.fromkeys(terms))
    texts = list(_first_words(texts))
    found = [*_apart(terms, texts), *_alike(terms, texts)]
    found.sort(key=lambda one: (-one.likeness, one.term, one.words))
    kept: list[Nearest] = []
    for one in found:
        if all(one.term != other.term and one.words != other.words for other in kept):
            kept.append(one)
    return kept[:limit]


def _first_words(texts: Iterable[Text]) -> Iterator[Text]:
    left = FIRST_WORDS
    for text in texts:
        if left > 0:
            yield text.first(left)
            left -= len(text.places)


def _alike(terms: Sequence[str], texts: Sequence[Text]) -> Iterator[Nearest]:
    """Yield for each term the run of as many words that is spelled most like it."""
    by_length: dict[int, list[tuple[str, str]]] = {}
    for term in terms:
        plain = normalise_term(term).replace("*", "").replace("?", "")
        by_length.setdefault(len(plain.split()), []).append((term, plain))
    for length, some in by_length.items():
        # What is longer cannot be alike enough, and comparing it takes long.
        longest = max(len(plain) for _, plain in some) * (200 - LIKE_ENOUGH) // LIKE_ENOUGH + 1
        runs = [run for run in _runs(texts, length) if len(run[0]) <= longest]
        if not runs:
            continue
        words = [run for run, _, _ in runs]
        plain_terms = [plain for _, plain in some]
        likeness = process.cdist(plain_terms, words, scorer=fuzz.ratio, score_cutoff=LIKE_ENOUGH)
        for (term, _), row in zip(some, likeness, strict=True):
            best = int(np.argmax(row))
            if row[best]:
                _, text, first = runs[best]
                words = text.between(first, first + length)
                yield Nearest(term, words, text.field, text.text, round(float(row[best]), 1))


def _runs(texts: Sequence[Text], length: int) -> Iterator[tuple[str, Text, int]]:
    for text in texts:
        words = text.words.split()
        for first in range(len(words) - length + 1):
            yield " ".join(words[first : first + length]), text, first


def _apart(terms: Sequence[str], texts: Sequence[Text]) -> Iterator[Nearest]:
    """Yield the terms of several words that all stand in one value, but not next to each other."""
    values = [(text, Words(text.text)) for text in texts if text.words]
    for term in terms:
        parts = normalise_term(term).split()
        if len(parts) < 2:
            continue
        for text, words in values:
            window = _window([[first for first, _ in words.runs(part)] for part in parts])
            if window:
                first, last = window
                between = last - first - len(parts)
                if 0 <= between <= FARTHEST:
                    stretch = text.between(first, last)
                    yield Nearest(term, stretch, text.field, text.text, 100 - between, between)


def _window(places: Sequence[Sequence[int]]) -> tuple[int, int] | None:
    """Return the shortest stretch of words that holds each part once, or None.

    >>> _window([[0, 7], [9, 5]]), _window([[0], []]), _window([[2, 5], [2, 5]])
    ((5, 8), None, (2, 6))
    """
    if not all(places):
        return None
    ordered = sorted((place, part) for part, some in enumerate(places) for place in some)
    latest: dict[int, int] = {}
    best: tuple[int, int] | None = None
    for place, part in ordered:
        latest[part] = place
        # One word cannot stand for two parts.
        if len(latest) == len(set(latest.values())) == len(places):
            first = min(latest.values())
            if best is None or place + 1 - first < best[1] - best[0]:
                best = first, place + 1
    return best
