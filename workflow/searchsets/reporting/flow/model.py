"""The vocabulary of the flow: the list of records, the filters over it, and the boxes they count.

The boxes are those of PRISMA 2020 (Page et al. 2021, BMJ 372:n71), and a few more, so that the sums
of a review that is not finished, or was decided elsewhere, close too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

from searchsets.reporting.tables.model import NOT_REPORTED, UNSEARCHED

COLUMNS = (
    "record_id", "work_id", "source", "arm", "removed", "screening", "retrieval", "eligibility",
    "reason", "state", "study_id",
)  # fmt: skip
"""The columns of `flow/records.csv`, one row a record."""

FILTERED = ("source", "arm", "removed", "screening", "retrieval", "eligibility", "reason", "state")
"""The columns that a filter may name."""

DATABASES, OTHER, KNOWN, CARRIED = "databases", "other", "known", "carried"
ARMS = (DATABASES, OTHER, KNOWN, CARRIED)
"""The arms of the flow, in the order in which a work that is in several belongs to one."""

SEEN = "seen"
"""Why a record of a work that the run before decided is taken out before screening."""

RECORDS = "records_"
"""How the ids of the boxes begin that say what came from a source."""

RECORDS_UNIT, REPORTS_UNIT, STUDIES_UNIT = "records", "reports", "studies"
NOT_STATED = "not stated"

Count = int | str
"""A number, or why there is none: `not reported`, `not searched`, `not searchable`, `not stated`."""

Row = Mapping[str, str]
Filter = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Box:
    """One number of the flow, and the filter over the list of records that opens it.

    Args:
        id: its name in `tables/prisma.csv`; `_` joins the arm and the step.
        arm: one of `ARMS`, or empty for a total.
        label: what it is called.
        unit: records, reports or studies.
        n: the number, or why there is none.
        filter: as `filter_text` writes it; empty for a box of which no list is known.
        published: the number that the published review reports.
        link: what the box opens, where that is not its filter.
        line: the line of the file that it was read from, 0 if it was counted.
    """

    id: str
    arm: str
    label: str
    unit: str
    n: Count
    filter: str = ""
    published: Count = NOT_REPORTED
    link: str = ""
    line: int = 0


def filter_text(wanted: Iterable[tuple[str, Iterable[str]]]) -> str:
    """Return a filter as it stands in a table and behind `#records?` in a link.

    Columns are joined by `&`, the values of which one must stand there by `|`; what else could be
    taken for these marks is written as in any URL. Nothing behind `=` is an empty cell.

    >>> filter_text([("arm", ["databases"]), ("removed", ["", "rule"]), ("state", ["not screened"])])
    'arm=databases&removed=|rule&state=not%20screened'
    """
    return "&".join(
        f"{column}={'|'.join(quote(value, safe='') for value in values)}"
        for column, values in wanted
    )


def read_filter(text: str) -> Filter:
    """Return what a filter asks: which columns, and the values of which one must stand there.

    >>> read_filter("removed=|rule&state=not%20screened")
    (('removed', ('', 'rule')), ('state', ('not screened',)))
    """
    parts = (part.partition("=") for part in text.split("&") if part)
    return tuple((name, tuple(map(unquote, values.split("|")))) for name, _, values in parts)


def passes(row: Row, wanted: Filter) -> bool:
    """Tell whether a row of the list passes a filter."""
    return all(row[column] in values for column, values in wanted)


class Counts:
    """Counts the rows that pass a filter; rows that no filter tells apart are counted once."""

    def __init__(self, rows: Iterable[Row]):
        """Take the list of records."""
        counter = Counter(tuple(row[column] for column in FILTERED) for row in rows)
        self._kinds = [
            (dict(zip(FILTERED, kind, strict=True)), n) for kind, n in sorted(counter.items())
        ]

    def of(self, text: str) -> int:
        """Return how many rows pass a filter."""
        wanted = read_filter(text)
        return sum(n for row, n in self._kinds if passes(row, wanted))

    def values(self, column: str, text: str) -> list[str]:
        """Return the different values of a column among the rows that pass a filter."""
        wanted = read_filter(text)
        return sorted({row[column] for row, _ in self._kinds if passes(row, wanted)})


def number_text(n: Count) -> str:
    """Return a count as a box says it.

    >>> number_text(1234), number_text("not reported"), number_text("not searched")
    ('n = 1,234', 'n not reported', 'not searched')
    """
    if isinstance(n, int):
        return f"n = {n:,}"
    return n if n in UNSEARCHED else f"n {n}"
