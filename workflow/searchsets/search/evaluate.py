"""Evaluates the lines of a strategy as sets of records, with three truth values.

A record matches a line, does not match it, or is undecidable for it because it lacks what the line
needs. `and`, `or` and `not` follow Kleene's strong logic of three values (S. C. Kleene,
Introduction to Metamathematics, 1952, section 64).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

import numpy as np

from searchsets.search.engine import Flags, SearchableRecords
from searchsets.search.proximity import find_near
from searchsets.strategy.expansion import descriptors_of, expansion_of
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


def evaluate(
    strategy: Strategy,
    thesaurus: Thesaurus | None,
    records: SearchableRecords,
    settled: Results | None = None,
) -> Results:
    """Return the result of every line of a strategy on the records.

    Args:
        strategy: the strategy.
        thesaurus: that of the strategy, if there is one.
        records: the records.
        settled: results of lines that are known already, and are not evaluated again.
    """
    settled = settled or {}
    known = {number: result.strict for number, result in settled.items()}
    strict = Evaluator(strategy, thesaurus, records, read_as_text=False, settled=known).lines
    if not reads_as_text(strategy, records):
        return {number: LineResult(truth, truth) for number, truth in strict.items()}
    known = {number: result.fallback for number, result in settled.items()}
    fallback = Evaluator(strategy, thesaurus, records, read_as_text=True, settled=known).lines
    return {number: LineResult(strict[number], fallback[number]) for number in strict}


def reads_as_text(strategy: Strategy, records: SearchableRecords) -> bool:
    """Tell whether the fallback reading can differ: it reads descriptors as free text too."""
    return strategy.when_unindexed == "free_text" and not bool(records.has("descriptors").all())


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


def free_text_of(strategies: Iterable[Strategy]) -> dict[tuple[str, ...], set[str]]:
    """Return the free-text terms of strategies, by the fields that they are looked for in.

    The parts of a proximity are looked for in each field by itself, for they stand in one value.
    """
    terms: dict[tuple[str, ...], set[str]] = {}
    for strategy in strategies:
        for leaf in _leaves(strategy):
            if isinstance(leaf, (Term, Near)):
                fields = leaf.fields or strategy.free_text_fields
                if isinstance(leaf, Near):
                    for field in fields:
                        terms.setdefault((field,), set()).update(t.text for t in terms_of(leaf))
                elif leaf.free_text:
                    terms.setdefault(fields, set()).add(leaf.text)
    return terms


def prepare(strategies: Iterable[Strategy], records: SearchableRecords) -> None:
    """Look for all phrases of strategies at once, in one pass for each choice of fields.

    `evaluate` does so for one; where several are to be run on the same records, this saves time.
    """
    for fields, terms in free_text_of(strategies).items():
        records.prepare(fields, terms)


class Evaluator:
    """Evaluates the lines of a strategy on records, and single expressions beside them."""

    def __init__(
        self,
        strategy: Strategy,
        thesaurus: Thesaurus | None,
        records: SearchableRecords,
        *,
        read_as_text: bool,
        settled: Mapping[int, Truth] | None = None,
    ):
        """Evaluate every line; their truths are in `lines`, by number.

        Args:
            read_as_text: do so on records without descriptors: the fallback reading.
            settled: the truths of lines that are known already.
        """
        self.strategy, self.thesaurus, self.records = strategy, thesaurus, records
        self.read_as_text = read_as_text
        self._unindexed = ~records.has("descriptors")
        prepare([strategy], records)
        if read_as_text:
            names = {
                name
                for line in strategy.lines.values()
                for term in descriptors_of(line.expression)
                for together in self._alternatives(term)
                for name in together
            }
            records.prepare(strategy.free_text_fields, names, unindexed=True)
        self.lines: dict[int, Truth] = dict(settled or {})
        for number in strategy.order:
            if number not in self.lines:
                self.lines[number] = self.truth(strategy.lines[number].expression)

    def truth(self, expression: Expression) -> Truth:
        """Return the truth of an expression, in which lines may be referred to."""
        match expression:
            case Term() | Near():
                return self._leaf(expression)
            case Reference(line):
                return self.lines[line]
            case Range(first, last, operator):
                lines = (self.lines[number] for number in range(first, last + 1))
                return reduce(_AND if operator == "and" else _OR, lines)
            case And(parts):
                return reduce(_AND, map(self.truth, parts))
            case Or(parts):
                return reduce(_OR, map(self.truth, parts))
            case Not(part):
                return ~self.truth(part)

    def union(self, numbers: Iterable[int]) -> Truth:
        """Return the truth of the union of some lines."""
        return reduce(_OR, (self.lines[number] for number in numbers))

    def _leaf(self, leaf: Term | Near) -> Truth:
        """Return the truth of a term, or of a proximity."""
        fields = leaf.fields or self.strategy.free_text_fields
        if isinstance(leaf, Near):
            return self._free_text(fields, find_near(leaf, fields, self.records))
        if leaf.free_text:
            return self._free_text(fields, self.records.phrase(fields, leaf.text))
        return self._descriptor(leaf)

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
        alternatives = self._alternatives(term)
        found = self._any_of(alternatives, self.records.descriptor)
        possible = found | self._unindexed
        if self.read_as_text:
            found = found | self._any_of(alternatives, self._as_text)
        return Truth(found, possible)

    def _alternatives(self, term: Term) -> tuple[tuple[str, ...], ...]:
        return expansion_of(term, self.strategy, self.thesaurus).alternatives

    def _as_text(self, names: Iterable[str]) -> Flags:
        fields = self.strategy.free_text_fields
        return reduce(
            np.logical_or, (self.records.phrase(fields, name, unindexed=True) for name in names)
        )

    def _any_of(
        self, alternatives: tuple[tuple[str, ...], ...], find: Callable[[Iterable[str]], Flags]
    ) -> Flags:
        """Tell which records have one of the alternatives, and of it all names."""
        found = find([names[0] for names in alternatives if len(names) == 1])
        for names in alternatives:
            if len(names) > 1:
                found = found | reduce(np.logical_and, (find([name]) for name in names))
        return found


_AND = Truth.__and__
_OR = Truth.__or__
