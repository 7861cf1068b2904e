"""What a review table is, and what its cells say when something is not known.

A cell is empty where something is unknown; it is never 0 then. `NOT_REPORTED` stands where the
published review does not say, `NOT_SEARCHED` where this run did not look, `NOT_SEARCHABLE` where
nobody can look any more and no export was brought.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

NOT_REPORTED = "not reported"
NOT_SEARCHED = "not searched"
NOT_SEARCHABLE = "not searchable"
UNSEARCHED = (NOT_SEARCHED, NOT_SEARCHABLE)
"""Why a source has no number: this is not 0, and not unknown either."""
YES, NO, CANNOT_BE_TOLD = "yes", "no", "cannot be told"
"""The answers of a table to whether something holds."""

Rows = Iterator[dict[str, Any]]


@dataclass(frozen=True)
class Table:
    """One review table: its file name, what it shows in a sentence, its columns and rows."""

    name: str
    caption: str
    columns: tuple[str, ...]
    rows: list[dict[str, Any]]


def table(name: str, caption: str, columns: Sequence[str], rows: Rows) -> Table:
    """Return a table with all its rows made."""
    return Table(name, caption, tuple(columns), list(rows))
