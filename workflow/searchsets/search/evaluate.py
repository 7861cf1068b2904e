"""Evaluates the lines of a strategy as sets of records, with three truth values.

A record matches a line, does not match it, or is undecidable for it because it lacks what the line
needs. `and`, `or` and `not` follow Kleene's strong logic of three values (S. C. Kleene,
Introduction to Metamathematics, 1952, section 64).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

import numpy as np

from searchsets.search.engine import Flags, SearchableRecords
from searchsets.search.proximity import find_near
from searchsets.strategy.model import (
    And,
    Expression,
    Leaf,
    Line,
    Near,
    Not,
    Or,
    Range,
    Reference,
    Strategy,
    Term,
    leaves,
    terms_of,
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
    _prepare(strategy, records)
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


def _leaves(strategy: Strategy) -> Iterator[Leaf]:
    for line in strategy.lines.values():
        yield from leaves(line.expression)


def free_text_of(strategy: Strategy) -> dict[tuple[str, ...], set[str]]:
    """Return the free-text terms of a strategy, by the fields that they are looked for in.

    The parts of a proximity are looked for in each field by itself, for they stand in one value.
    """
    terms: dict[tuple[str, ...], set[str]] = {}
    for leaf in _leaves(strategy):
        if isinstance(leaf, (Term, Near)):
            fields = leaf.fields or strategy.free_text_fields
            if isinstance(leaf, Near):
                for field in fields:
                    terms.setdefault((field,), set()).update(one.text for one in terms_of(leaf))
            elif leaf.free_text:
                terms.setdefault(fields, set()).add(leaf.text)
    return terms


def _prepare(strategy: Strategy, records: SearchableRecords) -> None:
    """Look for all phrases in one pass for each choice of fields."""
    for fields, terms in free_text_of(strategy).items():
        records.prepare(fields, terms)


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
        self.unindexed = ~records.has("descriptors")

    def lines(self) -> dict[int, Truth]:
        if self.read_as_text:
            descriptors = (
                leaf
                for leaf in _leaves(self.strategy)
                if isinstance(leaf, Term) and not leaf.free_text
            )
            names = [name for term in descriptors for name in narrower_terms(term, self.thesaurus)]
            self.records.prepare(self.fields, names, unindexed=True)
        for number in self.strategy.order:
            self.done[number] = self.truth(self.strategy.lines[number].expression)
        return self.done

    def truth(self, expression: Expression) -> Truth:
        match expression:
            case Term(free_text=True):
                fields = expression.fields or self.fields
                return self._free_text(fields, self.records.phrase(fields, expression.text))
            case Near():
                fields = expression.fields or self.fields
                return self._free_text(fields, find_near(expression, fields, self.records))
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

    def _free_text(self, fields: tuple[str, ...], found: Flags) -> Truth:
        """Return the truth of what was found in some fields, of records that may lack them.

        What is not found needs a title and an abstract to be surely absent, where these are
        searched; else it needs any of the fields.
        """
        lacks = {field: ~self.records.has(field) for field in fields}
        silent = reduce(np.logical_and, lacks.values())
        needed = [lacks[field] for field in ("title", "abstract") if field in lacks]
        return Truth(found, reduce(np.logical_or, needed, found | silent))

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
