"""What each line of a strategy is worth: what it alone brings, and what would be lost without it.

PRESS (McGowan et al. 2016, J Clin Epidemiol 75:40-46) asks reviewers to judge every line of a search;
these are the figures to do it by. All are of records that surely match in the reading that the run
uses: with descriptors read as free text where a record has none and the strategy says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from searchsets.evidence.removal import Removal
from searchsets.search.engine import Flags, SearchableRecords
from searchsets.search.evaluate import Evaluator, reads_as_text
from searchsets.strategy.model import Line, Reading, Strategy
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
        self.truths = self.evaluator.lines
        self.output = self.evaluator.union(reading.lines)

    def with_terms(self) -> list[Line]:
        """Return the lines that have terms of their own, in printed order."""
        return [line for line in self.strategy.lines.values() if line.kind != "combination"]

    def contributions(self) -> Iterator[Contribution]:
        """Yield what each line with terms contributes, in printed order."""
        self._removal = Removal(self.strategy, self.evaluator, self.reading.lines)
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
        if len(rows):
            after = self._removal.without(number, rows).sure
            before = self.output.sure[rows]
            lost[rows], gained[rows] = before & ~after, after & ~before
        return lost, gained
