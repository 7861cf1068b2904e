"""What comes of a strategy if one of its lines matches nothing, without evaluating it again.

Of everything that joins others it is counted how many of these match each record. If one of them
changes, only what is joined of it is worked out anew, and only as far as anything changes.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from searchsets.search.evaluate import Evaluator, Truth
from searchsets.strategy.file import referred
from searchsets.strategy.model import And, Expression, Not, Or, Range, Reference, Strategy

WIDE = 8
"""The counts of what joins more than this are kept; the others are as quickly made again."""

Rows = np.ndarray
"""The numbers of some records, of shape (some,)."""


@dataclass(frozen=True)
class _Counts:
    """How many of some parts surely match each record, and how many possibly do."""

    sure: np.ndarray
    possible: np.ndarray

    def changed(self, before: Truth, after: Truth) -> _Counts:
        """Return the counts after a change of one part."""
        return _Counts(
            self.sure + after.sure - before.sure, self.possible + after.possible - before.possible
        )


@dataclass(eq=False)
class _Part:
    """A line, a part of a line, or the output. `above`: the places of those that join it."""

    place: int
    truth: Truth
    above: list[int] = field(default_factory=list)


class _Joined(_Part):
    """A part that joins others; `operator` is And, Or or Not."""

    def __init__(self, place: int, operator: type, parts: list[_Part]):
        self.operator, self.parts = operator, parts
        counts = _counted([part.truth for part in parts])
        self.kept = counts if len(parts) > WIDE else None
        super().__init__(place, self.of_counts(counts))
        for part in parts:
            part.above.append(place)

    def at(self, rows: Rows) -> _Counts:
        """Return the counts for some records."""
        if self.kept:
            return _Counts(self.kept.sure[rows], self.kept.possible[rows])
        return _counted([_at(part.truth, rows) for part in self.parts])

    def of_counts(self, counts: _Counts) -> Truth:
        """Return the truth for records of which the parts are counted."""
        if self.operator is Not:
            return Truth(counts.possible == 0, counts.sure == 0)
        least = len(self.parts) if self.operator is And else 1
        return Truth(counts.sure >= least, counts.possible >= least)


class Removal:
    """Takes single lines out of a strategy and tells what becomes of its output."""

    def __init__(self, strategy: Strategy, evaluator: Evaluator, output: Iterable[int]):
        """Take a strategy, how it was evaluated, and the lines, at least one, that are the output."""
        self._evaluator = evaluator
        self._parts: list[_Part] = []
        self._lines: dict[int, _Part] = {}
        for number in strategy.order:
            line = strategy.lines[number]
            if not referred(line):  # of a line of terms nothing can change but all of it
                self._lines[number] = self._single(evaluator.lines[number])
            elif isinstance(line.expression, Reference):  # another part than the line it refers to
                self._lines[number] = self._join(Or, [self._part(line.expression)])
            else:
                self._lines[number] = self._part(line.expression)
        self._output = self._join(Or, [self._lines[number] for number in output])

    def without(self, number: int, rows: Rows) -> Truth:
        """Return the truth of the output if a line matches nothing.

        Args:
            number: the line.
            rows: the records to tell it for; the arrays of the truth are as long.
        """
        nothing = np.zeros(len(rows), dtype=bool)
        after: dict[int, Truth] = {}
        changed_of: dict[int, list[int]] = {}
        waiting: list[int] = []

        def change(place: int, truth: Truth) -> None:
            after[place] = truth
            for above in self._parts[place].above:
                if above not in changed_of:
                    heapq.heappush(waiting, above)
                changed_of.setdefault(above, []).append(place)

        change(self._lines[number].place, Truth(nothing, nothing))
        while waiting:  # what joins others stands after them
            part = self._parts[heapq.heappop(waiting)]
            counts = part.at(rows)
            for below in changed_of[part.place]:
                counts = counts.changed(_at(self._parts[below].truth, rows), after[below])
            truth, before = part.of_counts(counts), _at(part.truth, rows)
            if (truth.sure != before.sure).any() or (truth.possible != before.possible).any():
                change(part.place, truth)
        return after.get(self._output.place, _at(self._output.truth, rows))

    def _part(self, expression: Expression) -> _Part:
        match expression:
            case Reference(line):
                return self._lines[line]
            case Range(first, last, operator):
                lines = [self._lines[number] for number in range(first, last + 1)]
                return self._join(And if operator == "and" else Or, lines)
            case And(parts) | Or(parts):
                return self._join(type(expression), list(map(self._part, parts)))
            case Not(part):
                return self._join(Not, [self._part(part)])
            case _:
                return self._single(self._evaluator.truth(expression))

    def _single(self, truth: Truth) -> _Part:
        self._parts.append(_Part(len(self._parts), truth))
        return self._parts[-1]

    def _join(self, operator: type, parts: list[_Part]) -> _Joined:
        made = _Joined(len(self._parts), operator, parts)
        self._parts.append(made)
        return made


def _counted(truths: list[Truth]) -> _Counts:
    size = len(truths[0].sure)
    sure, possible = np.zeros(size, dtype=np.int32), np.zeros(size, dtype=np.int32)
    for truth in truths:
        sure += truth.sure
        possible += truth.possible
    return _Counts(sure, possible)


def _at(truth: Truth, rows: Rows) -> Truth:
    return Truth(truth.sure[rows], truth.possible[rows])
