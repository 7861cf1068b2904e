"""The vocabulary of what-if: options, settings, and the coded records, works and known items.

A *cell* is one way to run one search (`eric`, literal, #57, strict). A *signature* is the set of
cells under which a record is retrieved. Thousands of records share few signatures, so that the
totals of a setting are counted over signatures, and not over records.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from searchsets.screening.criteria.file import Combination, Judgement
from searchsets.search.choices import ERRATA, FALLBACK, STRICT, Choice

Settings = Mapping[str, str | int | None]
"""A value for each option by its id; what is left out is as in this run."""
Cells = frozenset[int]
TEXT, COMBINATION = "text", "combination"
WINDOW_FROM, WINDOW_UNTIL = "window_from", "window_until"
PUBLISHED_FROM = "published_from"
ONE_OF, YEAR = "one of", "year"

BASIS_WORDS = {
    FALLBACK: "as free text too",
    STRICT: "strictly",
}


@dataclass(frozen=True)
class Value:
    """One value of an option: what it is called, and what speaks for it."""

    value: str | int | None
    label: str
    why: str = ""


@dataclass(frozen=True)
class Option:
    """A choice that a re-runner must make.

    Args:
        id: `reading.eric`, `errata.bei`, `basis.assia`, `text`, `combination`, `window_from`, ...
        label: the question in plain words.
        kind: `one of` the values, or a `year`, of which the values are suggestions.
        default: the value of this run.
        database: whose choice it is; empty: of the review.
    """

    id: str
    label: str
    kind: str
    values: tuple[Value, ...]
    default: str | int | None
    database: str = ""


@dataclass(frozen=True)
class Search:
    """A strategy on the records of a source: its own database, or one in its place."""

    name: str
    database: str
    source: str


class Cell(NamedTuple):
    """One way to run one search; for known items `search` is the database and `text` is one of two."""

    search: str
    errata: str
    reading: str
    basis: str
    text: str = ""


@dataclass(frozen=True)
class Cellbook:
    """The cells that were evaluated. Where errata change nothing, there are cells for one only."""

    cells: tuple[Cell, ...]

    def number(self, search: str, choice: Choice, text: str = "") -> int:
        """Return the number of the cell that tells of a choice.

        Raises:
            KeyError: the strategy has no such reading, or basis.
        """
        for errata in (choice.errata, ERRATA[choice.errata]):
            cell = Cell(search, errata, choice.reading, choice.basis, text)
            if cell in self._numbers:
                return self._numbers[cell]
        raise KeyError(choice.column)

    @cached_property
    def _numbers(self) -> dict[Cell, int]:
        return {cell: n for n, cell in enumerate(self.cells)}


class Record(NamedTuple):
    """A record that is retrieved under at least one choice; without a work if this run left it out."""

    record_id: str
    source: str
    work_id: str
    signature: int


class Work(NamedTuple):
    """A work of this run.

    `signature`: under which cells any of its records is retrieved; `brought`: it is there without
    a search; `year`: that of the work; `years`: those of its records; `judged`: the number of its
    judgements.
    """

    work_id: str
    record_id: str
    signature: int
    brought: bool
    year: int | None
    years: tuple[int, ...]
    judged: int
    state: str


class Known(NamedTuple):
    """A known item, with the signatures under which it matches and under which it may match."""

    record_id: str
    work_id: str
    role: str
    number: int | None
    matches: int
    undecidable: int


@dataclass(frozen=True)
class Judged:
    """What is judged of works: a judgement for each criterion, and which are those of people."""

    judgements: tuple[Judgement, ...]
    by_people: tuple[str, ...] = ()


@dataclass(frozen=True)
class Data:
    """All that the totals of any setting are counted from."""

    options: tuple[Option, ...]
    searches: tuple[Search, ...]
    cells: Cellbook
    undecidable: tuple[int, ...]
    """For each cell, the records of its source that cannot be judged."""
    signatures: tuple[Cells, ...]
    known_cells: Cellbook
    known_signatures: tuple[Cells, ...]
    criteria: tuple[str, ...]
    dated: Mapping[str, int | None]
    """The criteria whose rule is a first year of publication, and the last year they accept."""
    combinations: tuple[Combination, ...]
    judged: tuple[Judged, ...]
    databases: tuple[str, ...]
    records: tuple[Record, ...] = ()
    works: tuple[Work, ...] = ()
    known: tuple[Known, ...] = ()

    @property
    def default(self) -> dict[str, str | int | None]:
        """The settings of this run."""
        return {option.id: option.default for option in self.options}
