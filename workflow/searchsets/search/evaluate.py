"""Evaluates the lines of a strategy as sets of records, with three truth values.

A record matches a line, does not match it, or is undecidable for it because it lacks what the line
needs. `and`, `or` and `not` follow Kleene's strong logic of three values (S. C. Kleene,
Introduction to Metamathematics, 1952, section 64).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

import numpy as np

from searchsets.search.engine import Flags, SearchableRecords
from searchsets.strategy.model import (
    And,
    Expression,
    Line,
    Not,
    Or,
    Range,
    Reference,
    Strategy,
    Term,
    leaves,
)
from searchsets.strategy.thesaurus import Thesaurus


@dataclass(frozen=True)
class Truth:
    """For each record whether it surely matches, and whether it possibly does (sure or undecidable).

    Both are arrays of shape (records,); what is sure is always possible.
    """

    sure: Flags
    possible: Flags

    @property
    def undecidable(self) -> Flags:
        """The records that lack what it would take to decide."""
        return self.possible & ~self.sure

    def __and__(self, other: Truth) -> Truth:
        return Truth(self.sure & other.sure, self.possible & other.possible)

    def __or__(self, other: Truth) -> Truth:
        return Truth(self.sure | other.sure, self.possible | other.possible)

    def __invert__(self) -> Truth:
        return Truth(~self.possible, ~self.sure)


@dataclass(frozen=True)
class LineResult:
    """A line on all records: evaluated strictly, and with the free-text reading of descriptors."""

    strict: Truth
    fallback: Truth

    @property
    def added(self) -> Flags:
        """The records that only the free-text reading of descriptors finds."""
        return self.fallback.sure & ~self.strict.sure


Results = dict[int, LineResult]


def narrower_terms(term: Term, thesaurus: Thesaurus | None) -> list[str]:
    """Return the names a term stands for: itself, and if exploded all its narrower terms."""
    if term.explode and thesaurus is not None:
        return thesaurus.explode(term.text)
    return [term.text]


def evaluate(
    strategy: Strategy, thesaurus: Thesaurus | None, records: SearchableRecords
) -> Results:
    """Return the result of every line of a strategy on the records."""
    strict = _Evaluator(strategy, thesaurus, records, read_as_text=False).lines()
    unindexed = not bool(records.has("descriptors").all())
    if strategy.when_unindexed == "nothing" or not unindexed:
        return {number: LineResult(truth, truth) for number, truth in strict.items()}
    fallback = _Evaluator(strategy, thesaurus, records, read_as_text=True).lines()
    return {number: LineResult(strict[number], fallback[number]) for number in strict}


def find(
    expressions: Mapping[str, Expression], records: SearchableRecords, fields: tuple[str, ...]
) -> dict[str, Flags]:
    """Tell for each named expression which records surely match it, as a line of a strategy would.

    Descriptors are read as free text on records without descriptors. An expression may hold terms
    only, no references to lines.
    """
    names = list(expressions)
    strategy = Strategy(
        path=Path("expressions"), database="", name="", description="", source={}, searched={},
        free_text_fields=fields, when_unindexed="free_text", readings=(),
        lines={n: Line(n, "", "", expressions[name], "") for n, name in enumerate(names)},
        order=tuple(range(len(names))),
    )  # fmt: skip
    results = evaluate(strategy, None, records)
    return {name: results[number].fallback.sure for number, name in enumerate(names)}


def _terms(strategy: Strategy) -> list[Term]:
    found = (leaf for line in strategy.lines.values() for leaf in leaves(line.expression))
    return [leaf for leaf in found if isinstance(leaf, Term)]


def free_text_of(strategy: Strategy) -> list[str]:
    """Return the free-text terms of a strategy."""
    return [term.text for term in _terms(strategy) if term.free_text]


class _Evaluator:
    def __init__(
        self,
        strategy: Strategy,
        thesaurus: Thesaurus | None,
        records: SearchableRecords,
        *,
        read_as_text: bool,
    ):
        self.strategy, self.thesaurus, self.records = strategy, thesaurus, records
        self.read_as_text = read_as_text
        self.fields = strategy.free_text_fields
        self.done: dict[int, Truth] = {}
        # A phrase that is not found needs a title and an abstract to be surely absent; where only
        # descriptors or keywords are searched, it needs any of these.
        needed = [~records.has(field) for field in ("title", "abstract") if field in self.fields]
        silent = reduce(np.logical_and, (~records.has(field) for field in self.fields))
        self.text_lacking = reduce(np.logical_or, needed, silent)
        self.unindexed = ~records.has("descriptors")

    def lines(self) -> dict[int, Truth]:
        self.records.prepare(self.fields, free_text_of(self.strategy))
        if self.read_as_text:
            descriptors = (term for term in _terms(self.strategy) if not term.free_text)
            names = [name for term in descriptors for name in narrower_terms(term, self.thesaurus)]
            self.records.prepare(self.fields, names, unindexed=True)
        for number in self.strategy.order:
            self.done[number] = self.truth(self.strategy.lines[number].expression)
        return self.done

    def truth(self, expression: Expression) -> Truth:
        match expression:
            case Term(free_text=True):
                found = self.records.phrase(self.fields, expression.text)
                return Truth(found, found | self.text_lacking)
            case Term():
                return self._descriptor(expression)
            case Reference():
                return self.done[expression.line]
            case Range():
                parts = [self.done[n] for n in range(expression.first, expression.last + 1)]
                return reduce(_AND if expression.operator == "and" else _OR, parts)
            case And():
                return reduce(_AND, map(self.truth, expression.parts))
            case Or():
                return reduce(_OR, map(self.truth, expression.parts))
            case Not():
                return ~self.truth(expression.part)

    def _descriptor(self, term: Term) -> Truth:
        names = narrower_terms(term, self.thesaurus)
        found = self.records.descriptor(names)
        possible = found | self.unindexed
        if self.read_as_text:
            for name in names:
                found = found | self.records.phrase(self.fields, name, unindexed=True)
        return Truth(found, possible)


_AND = Truth.__and__
_OR = Truth.__or__
