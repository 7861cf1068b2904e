"""The table of words that age: what lines find in the years of use of their terms, and after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from searchsets.evidence.life import (
    NO_RECORDS,
    NOT_SEARCHABLE_NOW,
    SURE_BELOW,
    Life,
    Years,
    chance_of_so_few,
    life_of,
    verdict,
)
from searchsets.reporting.build import Build
from searchsets.reporting.tables.model import NO, Rows, Table, table
from searchsets.strategy.model import Line
from searchsets.strategy.vocabulary import Usage, Vocabulary, lines_that_find, read_vocabulary

COLUMNS = (
    "database", "set", "line", "text", "term", "used_from", "used_to", "verdict", "successor",
    "successor_in_strategy", "found_before", "found_in_use", "records_in_use", "per_1000_in_use",
    "found_after", "records_after", "per_1000_after", "found_no_year", "chance", "source",
)  # fmt: skip


@dataclass(frozen=True)
class AgedLine:
    """A line with a term that the vocabulary dates; without records of its database `life` is None."""

    database: str
    line: Line
    usage: Usage
    years: Years
    life: Life | None


def vocabulary_of(build: Build) -> Vocabulary:
    """Return the vocabulary of a run; a run may have none."""
    return read_vocabulary(Path(build.config["vocabulary"]))


def aged_lines(build: Build, database: str, words: Vocabulary) -> Iterator[AgedLine]:
    """Yield the lines of a database that have a term of the vocabulary, in printed order."""
    by_line: dict[int, dict[int | None, tuple[int, int]]] = {}
    for row in build.rows(f"evidence/{database}/years.csv"):
        year = int(row["year"]) if row["year"] else None
        counts = int(row["found"]), int(row["records"])
        by_line.setdefault(int(row["line"]), {})[year] = counts
    for line in build.strategies[database].lines.values():
        years = by_line.get(line.number, {})
        for _, usage in words.of_line(line):
            life = life_of(years, usage) if build.has_export(database) else None
            yield AgedLine(database, line, usage, years, life)


def vocabulary(build: Build) -> Table:
    """Every line with a term of the vocabulary: what it finds in its years of use, and after."""
    words = vocabulary_of(build)

    def rows() -> Rows:
        for database in build.strategies:
            for aged in aged_lines(build, database, words):
                yield _row(build, words, aged)

    return table(
        "vocabulary",
        "Words age: each line with a term whose years of use the vocabulary gives (both years "
        "included), and the records that the line finds before, in and after them; per_1000: of 1,000 "
        "records of the database from those years. successor_in_strategy: for each successor the lines "
        "of the same set that find it already. chance: were the line found alike often after as in its "
        "years of use, how probable would so few records after be (Fisher's exact test, one-sided)? "
        f"From {SURE_BELOW} upwards no fall is told. Where a database has no records here, nothing is "
        "known and the cells are empty. Fewer hits of a word are not less research.",
        COLUMNS,
        rows(),
    )


def _row(build: Build, words: Vocabulary, aged: AgedLine) -> dict[str, Any]:
    strategy = build.strategies[aged.database]
    successors = words.successors(aged.usage)
    return {
        "database": aged.database,
        "set": aged.line.set,
        "line": aged.line.number,
        "text": aged.line.text,
        "term": aged.usage.term,
        "used_from": aged.usage.used_from,
        "used_to": aged.usage.used_to,
        "successor": successors,
        "successor_in_strategy": [
            ", ".join(f"#{line.number}" for line in lines_that_find(strategy, name, aged.line.set))
            or NO
            for name in successors
        ],
        **_counts(aged),
        "verdict": _verdict(build, aged),
        "source": aged.usage.source,
    }


def _verdict(build: Build, aged: AgedLine) -> str:
    if aged.life is not None:
        return verdict(aged.life, aged.usage)
    return NO_RECORDS if build.is_searchable(aged.database) else NOT_SEARCHABLE_NOW


def _counts(aged: AgedLine) -> dict[str, Any]:
    life = aged.life
    if life is None:
        return {}
    counts: dict[str, Any] = {
        "found_before": life.before.found if aged.usage.used_from is not None else None,
        "found_in_use": life.in_use.found,
        "records_in_use": life.in_use.records,
        "per_1000_in_use": _rounded(life.in_use.per_1000),
        "found_no_year": life.unknown.found,
    }
    if aged.usage.used_to is None:
        return counts
    return counts | {
        "found_after": life.after.found,
        "records_after": life.after.records,
        "per_1000_after": _rounded(life.after.per_1000),
        "chance": _chance(chance_of_so_few(life)),
    }


def _rounded(rate: float | None) -> str | None:
    return None if rate is None else f"{rate:.2f}"


def _chance(chance: float | None) -> str | None:
    """Return a probability for a cell.

    >>> _chance(0.25), _chance(0.0001), _chance(None)
    ('0.250', 'below 0.001', None)
    """
    if chance is None:
        return None
    return f"{chance:.3f}" if chance >= 0.001 else "below 0.001"
