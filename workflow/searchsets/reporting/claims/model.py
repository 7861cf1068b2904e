"""Says what a review can claim and what it cannot, each sentence with the numbers that decide it.

A claim is something that a reader may want to say of the review. It holds, it does not, or it
cannot be told; what a number of another choice would change is told again by the page
(docs/what-if.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from searchsets.files import cell
from searchsets.reporting.published_review import Words
from searchsets.reporting.tables.model import CANNOT_BE_TOLD, NO, YES, Rows, Table, table

ALWAYS = "always"
OPTION = "option:"
"""How the names of placeholders begin that stand for the words of a choice."""
COLUMNS = (
    "claim", "says", "holds", "because", "would_change", "depends_on", "counted_from",
    "says_template", "because_template", "yes_if", "no_if",
)  # fmt: skip
CAPTION = (
    "What this review can and cannot claim: each claim, whether it holds in this run, the numbers "
    "that decide it, and what would change it. “Cannot be told” is no “no”. Counted_from: the cell "
    "of each number. Depends_on: the choices (table choices) under which it may turn out otherwise."
)
_CONDITION = re.compile(r"(\S+) (=|!=|>) (.+)")
_NUMBER = re.compile(r"-?[0-9]+")
_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True)
class Cell:
    """One cell of a table of the run: row 2 is the first below the header."""

    table: str
    row: int
    column: str
    value: str

    def __str__(self) -> str:
        return f"tables/{self.table}.csv, row {self.row}, column {self.column}"


@dataclass(frozen=True)
class Claim:
    """A claim: what is said, why it holds or not, and what would change it.

    Args:
        id: its name.
        says: the claim; `{name}` stands for a number.
        because: what decides it, with the numbers.
        change: what would make it otherwise.
        yes_if: conditions that must all be true for it to hold: `name = value`, `name != value`,
            `name > value`, where a value in braces is that of another name; or `always`.
        no_if: conditions any of which makes it not hold.
        cells: where each number stands, by its name.
        depends_on: the choices on which it depends. Of such a claim, what is named as a total of
            the table `choices` is counted again under other choices.
    """

    id: str
    says: str
    because: str
    change: str
    yes_if: tuple[str, ...] = ()
    no_if: tuple[str, ...] = ()
    cells: Mapping[str, Cell] | None = None
    depends_on: tuple[str, ...] = ()

    def values(self) -> dict[str, str]:
        """Return what stands in the cells, by the names of the claim."""
        return {name: one.value for name, one in (self.cells or {}).items()}


def holds(yes_if: Iterable[str], no_if: Iterable[str], values: Mapping[str, str]) -> str:
    """Say whether a claim holds; what needs an unknown value cannot be told.

    >>> holds(["found = {all}"], ["missed > 0"], {"found": "3", "all": "3", "missed": "0"})
    'yes'
    >>> holds(["found = {all}"], ["missed > 0"], {"found": "2", "all": "3", "missed": "0"})
    'cannot be told'
    >>> holds(["found = {all}"], ["missed > 0"], {"found": "2", "all": "3", "missed": "1"})
    'no'
    """
    if any(_true(condition, values) for condition in no_if):
        return NO
    needed = list(yes_if)
    if needed and all(_true(condition, values) for condition in needed):
        return YES
    return CANNOT_BE_TOLD


def _true(condition: str, values: Mapping[str, str]) -> bool:
    """Tell whether a condition is known to be true."""
    if condition == ALWAYS:
        return True
    name, operator, right = _CONDITION.fullmatch(condition).groups()
    left = values[name]
    if _PLACEHOLDER.fullmatch(right):
        right = values[right[1:-1]]
    if not left or not right:
        return False
    if operator == ">":
        numbers = [int(one) for one in (left, right) if _NUMBER.fullmatch(one)]
        return len(numbers) == 2 and numbers[0] > numbers[1]
    return (left == right) == (operator == "=")


def filled(template: str, values: Mapping[str, str]) -> str:
    """Return a sentence with its numbers; what is not known is called unknown.

    Braces around anything else are a person's own, in the name of a database or a printed line.

    >>> filled("{found} of {all} in {Base}", {"found": "", "all": "16"})
    'unknown of 16 in {Base}'
    """

    def value(found: re.Match[str]) -> str:
        return (values[found[1]] or "unknown") if found[1] in values else found[0]

    return _PLACEHOLDER.sub(value, template)


class Facts:
    """Finds the cells of a run's tables that decide a claim; `words` are those for its review."""

    def __init__(self, made: Sequence[Table], words: Words | None = None):
        self.tables = {one.name: one for one in made}
        self.words = words or Words()

    def has(self, name: str) -> bool:
        """Tell whether the run has a table, and the table a row."""
        return name in self.tables and bool(self.tables[name].rows)

    def cell(self, name: str, column: str, **key: str) -> Cell:
        """Return one cell of a table, of the first row with these values.

        Raises:
            KeyError: there is no such table or column.
            LookupError: there is no such row.
        """
        for number, row in self.numbered(name, **key):
            return Cell(name, number, column, cell(row.get(column)))
        raise LookupError(f"no row {key} in {name}")

    def numbered(self, name: str, **key: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield the rows of a table that have these values, each with its number in the file."""
        for number, row in enumerate(self.tables[name].rows, start=2):
            if all(cell(row.get(column)) == value for column, value in key.items()):
                yield number, row

    def cell_of_row(self, name: str, column: str, number: int) -> Cell:
        """Return the cell of a row by the number of the row in the file."""
        value = self.tables[name].rows[number - 2].get(column)
        return Cell(name, number, column, cell(value))


def claims_table(claims: Iterable[Claim], words: Mapping[str, str]) -> Table:
    """Return the table of claims.

    Args:
        claims: the claims of the run.
        words: what this run's choices are called, by `option:<id>`.
    """

    def rows() -> Rows:
        for one in claims:
            values = {**words, **one.values()}
            yield {
                "claim": one.id,
                "says": filled(one.says, values),
                "holds": holds(one.yes_if, one.no_if, values),
                "because": filled(one.because, values),
                "would_change": filled(one.change, values),
                "depends_on": one.depends_on,
                "counted_from": [f"{name}: {where}" for name, where in (one.cells or {}).items()],
                "says_template": one.says,
                "because_template": one.because,
                "yes_if": one.yes_if,
                "no_if": one.no_if,
            }

    return table("claims", CAPTION, COLUMNS, rows())
