"""Which words each truncation caught: `cent*` is central as well as centre."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from searchsets.evidence.lines import Evidence
from searchsets.search.proximity import Words, values_of
from searchsets.strategy.model import Near, Term, leaves, terms_of
from searchsets.text import is_truncated


@dataclass(frozen=True)
class Form:
    """One form that a truncated term of a line took, and the number of records that have it."""

    line: int
    term: str
    is_free_text: bool
    form: str
    records: int


class Forms:
    """The forms of truncated terms in the records of a database, each term looked into once."""

    def __init__(self, evidence: Evidence):
        """Take a strategy that was evaluated on records."""
        self._evidence, self._records = evidence, evidence.records
        self._counted: dict[tuple[tuple[str, ...], str], Counter[str]] = {}

    def forms(self) -> Iterator[Form]:
        """Yield the forms of every truncated term, by line, the most frequent first.

        Of a proximity the forms of its terms are given wherever they stand, near or not.
        """
        for line in self._evidence.with_terms():
            for leaf in leaves(line.expression):
                if isinstance(leaf, (Term, Near)):
                    yield from self._of_leaf(line.number, leaf)

    def _of_leaf(self, line: int, leaf: Term | Near) -> Iterator[Form]:
        free_text = isinstance(leaf, Near) or leaf.free_text
        fields = leaf.fields or self._evidence.strategy.free_text_fields
        for term in terms_of(leaf):
            if not is_truncated(term.text):
                continue
            if free_text:
                counted = self._in_texts(fields, term.text)
            else:
                counted = self._records.descriptor_forms(term.text)
            for form, number in sorted(counted.items(), key=lambda item: (-item[1], item[0])):
                yield Form(line, term.text, free_text, form, number)

    def _in_texts(self, fields: tuple[str, ...], term: str) -> Counter[str]:
        if (fields, term) not in self._counted:
            rows = np.flatnonzero(self._records.phrase(fields, term))
            forms: list[set[str]] = [set() for _ in rows]
            for field in fields:
                for made, values in zip(forms, values_of(self._records, field, rows), strict=True):
                    for value in values:
                        made |= Words(value).forms(term)
            self._counted[fields, term] = Counter(form for made in forms for form in made)
        return self._counted[fields, term]
