"""What each line of a strategy is worth: what it alone brings, and what would be lost without it.

PRESS (McGowan et al. 2016, J Clin Epidemiol 75:40-46) asks reviewers to judge every line of a search;
these are the figures to do it by. All are of records that surely match in the reading that the run
uses: with descriptors read as free text where a record has none and the strategy says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce

import numpy as np

from searchsets.search.engine import Flags, SearchableRecords
from searchsets.search.evaluate import Evaluator, Truth, combined, reads_as_text
from searchsets.strategy.file import referred
from searchsets.strategy.model import Line, Near, Reading, Strategy, Term
from searchsets.strategy.thesaurus import Thesaurus


@dataclass(frozen=True)
class Contribution:
    """What one line does on some records; all arrays are of shape (records,).

    `only_in_set`: no other line with terms of the same set matches. `only_in_output`: such records
    that are in the output. `lost`: records that leave the output if the line matches nothing;
    `gained`: those that come in then, behind a `not`.
    """

    line: Line
    found: Flags
    only_in_set: Flags
    only_in_output: Flags
    lost: Flags
    gained: Flags


class Evidence:
    """A strategy on some records, evaluated as the run uses it, and what each line contributes."""

    def __init__(
        self,
        strategy: Strategy,
        thesaurus: Thesaurus | None,
        records: SearchableRecords,
        reading: Reading,
    ):
        """Evaluate a strategy on records; the reading says which lines are its output."""
        self.strategy, self.thesaurus = strategy, thesaurus
        self.records, self.reading = records, reading
        as_text = reads_as_text(strategy, records)
        self.evaluator = Evaluator(strategy, thesaurus, records, read_as_text=as_text)
        self.truths = self.evaluator.lines()
        self.output = self.evaluator.union(reading.lines)
        self._needed_by = _needed_by(strategy)

    def with_terms(self) -> list[Line]:
        """Return the lines that have terms of their own, in printed order."""
        return [line for line in self.strategy.lines.values() if line.kind != "combination"]

    def contributions(self) -> Iterator[Contribution]:
        """Yield what each line with terms contributes, in printed order."""
        by_set: dict[str, list[Line]] = {}
        for line in self.with_terms():
            by_set.setdefault(line.set, []).append(line)
        matching = {
            name: sum(self.truths[line.number].sure.astype(np.int32) for line in lines)
            for name, lines in by_set.items()
        }
        for line in self.with_terms():
            found = self.truths[line.number].sure
            only = found & (matching[line.set] == 1)
            lost, gained = self._without(line.number)
            yield Contribution(line, found, only, only & self.output.sure, lost, gained)

    def _without(self, number: int) -> tuple[Flags, Flags]:
        """Return the records that leave the output, and that enter it, if a line matches nothing."""
        lost = np.zeros(self.records.size, dtype=bool)
        gained = np.zeros(self.records.size, dtype=bool)
        # Nothing changes where the line did not possibly match: the others need no second look.
        rows = np.flatnonzero(self.truths[number].possible)
        after = self._recomputed(number, rows)
        before = self.output.sure[rows]
        lost[rows], gained[rows] = before & ~after, after & ~before
        return lost, gained

    def _recomputed(self, number: int, rows: np.ndarray) -> Flags:
        """Return for some records whether they are surely in the output if a line matches nothing."""
        nothing = np.zeros(len(rows), dtype=bool)
        changed = {number: Truth(nothing, nothing)}

        def line(other: int) -> Truth:
            return changed[other] if other in changed else _of(self.truths[other], rows)

        def leaf(node: Term | Near) -> Truth:
            return _of(self.evaluator.leaf(node), rows)

        needing = self._needing(number)
        for other in self.strategy.order:
            if other in needing:
                expression = self.strategy.lines[other].expression
                changed[other] = combined(expression, line, leaf)
        return reduce(Truth.__or__, map(line, self.reading.lines)).sure

    def _needing(self, number: int) -> set[int]:
        """Return the lines that refer to a line, directly or through others."""
        found: set[int] = set()
        waiting = [number]
        while waiting:
            for other in self._needed_by.get(waiting.pop(), ()):
                if other not in found:
                    found.add(other)
                    waiting.append(other)
        return found


def _needed_by(strategy: Strategy) -> dict[int, list[int]]:
    made: dict[int, list[int]] = {}
    for line in strategy.lines.values():
        for number in referred(line):
            made.setdefault(number, []).append(line.number)
    return made


def _of(truth: Truth, rows: np.ndarray) -> Truth:
    return Truth(truth.sure[rows], truth.possible[rows])
