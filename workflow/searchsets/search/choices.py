"""Says what a search finds under each choice of a re-runner: outputs, errata, strict or fallback.

A run makes one choice; who runs the review again may make another. Both are evaluated here, so that
the reports can count each without a new run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from searchsets.errors import ReviewError
from searchsets.search.engine import SearchableRecords
from searchsets.search.evaluate import Results, Truth, evaluate
from searchsets.strategy.file import read_strategy, referred
from searchsets.strategy.model import Reading, Strategy
from searchsets.strategy.thesaurus import Thesaurus

READ, LITERAL = "read", "literal"
ERRATA = {READ: LITERAL, LITERAL: READ}
"""How errata of kind `reading` are taken, and the other way."""
STRICT, FALLBACK = "strict", "fallback"
BASES = (STRICT, FALLBACK)
MATCH, NO_MATCH, UNDECIDABLE = "match", "no match", "undecidable"
_STATES = (NO_MATCH, UNDECIDABLE, MATCH)
RECORD_COLUMNS = ("record_id", "declared", "in_corpus")
"""The columns of `choices.parquet` before those of the choices."""
KNOWN_CHOICE_COLUMNS = ("record_id", "text", "errata", "reading", "basis", "state")


@dataclass(frozen=True)
class Rival:
    """The strategy under the errata that this run does not use, and the lines that differ by it."""

    strategy: Strategy
    differing: frozenset[int]

    def evaluate(
        self, thesaurus: Thesaurus | None, records: SearchableRecords, results: Results
    ) -> Results:
        """Return the results of all lines; only those that differ are evaluated again.

        Args:
            thesaurus: that of the strategy.
            records: those that `results` are of: the phrases found in them are still known.
            results: what the lines find under the errata of this run.
        """
        same = {n: result for n, result in results.items() if n not in self.differing}
        return evaluate(self.strategy, thesaurus, records, same)


def rival_of(strategy: Strategy, errata: str) -> Rival | None:
    """Return a strategy under the other errata, or None where no line differs by them.

    A printed line that cannot be run as it stands leaves no choice: None too.

    Args:
        strategy: as it was read for this run.
        errata: how it was read, `read` or `literal`.
    """
    if not any(erratum.kind == "reading" for erratum in strategy.errata):
        return None
    try:
        other = read_strategy(strategy.path, literal=errata == READ, schema_checked=True)
    except ReviewError:
        return None
    differing: set[int] = set()
    for number in (*strategy.order, *other.order):
        before, after = strategy.lines[number], other.lines[number]
        needs = {*referred(before), *referred(after)}
        if before.expression != after.expression or needs & differing:
            differing.add(number)
    return Rival(other, frozenset(differing)) if differing else None


@dataclass(frozen=True)
class Choice:
    """A way to search one database: how errata are taken, which lines are the result, on what basis."""

    errata: str
    reading: str
    basis: str

    @property
    def column(self) -> str:
        """The name of its column in `choices.parquet`."""
        return f"{self.errata}:{self.reading}:{self.basis}"

    @classmethod
    def of_column(cls, column: str) -> Choice:
        """Return the choice of a column.

        >>> Choice.of_column("read:default:strict").basis
        'strict'
        """
        return cls(*column.split(":"))


def choices_of(
    strategy: Strategy, errata: str, results: Results, rival: Results | None
) -> Iterator[tuple[Choice, Truth]]:
    """Yield each choice with the truth of its output.

    Args:
        strategy: as it was read for this run.
        errata: how it was read.
        results: what its lines find.
        rival: what they find under the other errata, None where no line differs by them.
    """
    by_errata = {errata: results} if rival is None else {errata: results, ERRATA[errata]: rival}
    for name in sorted(by_errata, reverse=True):  # read, literal
        for reading in strategy.readings:
            truths = union(by_errata[name], reading)
            for basis, truth in zip(BASES, truths, strict=True):
                yield Choice(name, reading.name, basis), truth


def union(results: Results, reading: Reading) -> tuple[Truth, Truth]:
    """Return the union of a reading's output lines: strict, and with the fallback reading."""
    first, *rest = [results[number] for number in reading.lines]
    strict, fallback = first.strict, first.fallback
    for result in rest:
        strict, fallback = strict | result.strict, fallback | result.fallback
    return strict, fallback


def state(truth: Truth, index: int) -> str:
    """Say whether one record matches, does not match, or cannot be decided."""
    return _STATES[int(truth.sure[index]) + int(truth.possible[index])]


def states(truth: Truth) -> pa.DictionaryArray:
    """Return the state of each record, as text that is stored once."""
    codes = truth.sure.astype(np.int8) + truth.possible
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int8()), pa.array(_STATES))


def known_choice_rows(
    ids: list[str], text: str, choices: Iterator[tuple[Choice, Truth]]
) -> Iterator[dict[str, Any]]:
    """Yield the state of every known item under each choice, for one of its texts."""
    for choice, truth in choices:
        for record_id, state in zip(ids, states(truth).to_pylist(), strict=True):
            yield {
                "record_id": record_id,
                "text": text,
                "errata": choice.errata,
                "reading": choice.reading,
                "basis": choice.basis,
                "state": state,
            }
