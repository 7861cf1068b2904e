"""Finds proximities exactly: RE2 has found the records that hold all their words, places decide.

A find is a run of words of one value, from its first word to behind its last. Two finds that do not
overlap, with few enough words between them, are together one find again: it reaches from the first
word of the one to the last word of the other.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
import re2

from searchsets.search.engine import LIST_FIELDS, Flags, SearchableRecords, words_pattern
from searchsets.strategy.model import Near, Or, Proximate, Term
from searchsets.text import normalise, normalise_term

Run = tuple[int, int]
"""The number of the first word of a find, and the number behind that of its last; from 0."""

_BATCH = 1_000  # records whose values are held at once


def find_near(near: Near, fields: tuple[str, ...], records: SearchableRecords) -> Flags:
    """Tell which records hold a proximity in one value of one of the fields.

    Args:
        near: the proximity; its own fields are not looked at.
        fields: columns of the records.
        records: the records.
    """
    found = np.zeros(records.size, dtype=bool)
    for field in fields:
        candidates = np.flatnonzero(_candidates(near, field, records) & ~found)
        for start in range(0, len(candidates), _BATCH):
            rows = candidates[start : start + _BATCH]
            found[rows] = [
                any(runs(near, Words(value)) for value in values)
                for values in values_of(records, field, rows)
            ]
    return found


def _candidates(part: Proximate, field: str, records: SearchableRecords) -> Flags:
    """Tell which records hold in a field what the proximity is made of, wherever it stands."""
    match part:
        case Term():
            return records.phrase((field,), part.text)
        case Near():
            left = _candidates(part.left, field, records)
            return left & _candidates(part.right, field, records)
        case Or():
            return np.logical_or.reduce([_candidates(one, field, records) for one in part.parts])


def values_of(records: SearchableRecords, field: str, rows: np.ndarray) -> Iterator[Sequence[str]]:
    """Yield for each of some rows the values of a field: none, one text, or those of a list."""
    for value in records.table[field].take(rows).to_pylist():
        values = (value or []) if field in LIST_FIELDS else [value]
        yield [one for one in values if one]


class Words:
    """One value of a record, as the words that phrases are looked for in."""

    def __init__(self, value: str):
        """Take a value as the record has it."""
        self._text = f" {normalise(value)} ".encode()

    def runs(self, term: str) -> Iterator[Run]:
        """Yield where the words of a term stand next to each other, overlapping ones too.

        >>> list(Words("Children's centres, children centre").runs("child* cent*"))
        [(0, 2), (2, 4)]
        """
        pattern, length = _pattern(term)
        found = pattern.search(self._text)
        first = place = 0
        while found:
            first += self._text.count(b" ", place, found.start())
            place = found.start()
            yield first, first + length
            found = pattern.search(self._text, place + 1)

    def forms(self, term: str) -> set[str]:
        """Return the words that a term stands for here.

        >>> sorted(Words("Children's centres, children centre").forms("child* cent*"))
        ['children centre', 'childrens centres']
        """
        words = self._text.decode().split()
        return {" ".join(words[first:last]) for first, last in self.runs(term)}


@cache
def _pattern(term: str) -> tuple[re2._Regexp, int]:
    """Return the pattern of a term, and the number of its words."""
    return re2.compile(f" {words_pattern(term)} "), len(normalise_term(term).split())


def runs(part: Proximate, words: Words) -> set[Run]:
    """Return every find of a part of a proximity in a value.

    >>> near = Near(Term("trust*"), Or((Term("child*"), Term("board"))), 1, ordered=False)
    >>> sorted(runs(near, Words("Board of trust and the children")))
    [(0, 3)]
    """
    match part:
        case Term():
            return set(words.runs(part.text))
        case Or():
            return set().union(*(runs(one, words) for one in part.parts))
        case Near():
            left = runs(part.left, words)
            right = runs(part.right, words) if left else set()
            made = set(_one_behind_the_other(left, right, part.between))
            if not part.ordered:
                made |= set(_one_behind_the_other(right, left, part.between))
            return made


def _one_behind_the_other(first: set[Run], second: set[Run], between: int) -> Iterator[Run]:
    """Yield the finds made of one of the first and, behind it and near enough, one of the second."""
    following = sorted(second)
    begins = [begin for begin, _ in following]
    for begin, end in first:
        nearest, farthest = bisect_left(begins, end), bisect_right(begins, end + between)
        for _, last in following[nearest:farthest]:
            yield begin, last
