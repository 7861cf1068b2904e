"""Finds the first row and cell at which two tables differ: of a CSV file, a sheet, a database."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice, zip_longest
from typing import Any

from searchsets.reporting.database.dump import in_order
from searchsets.reporting.verify.model import Place, place_of, printable
from searchsets.words import counted

Row = tuple[int, list[str]]
Numbered = Iterator[Row]
"""Rows with the number at which a person finds them, the names of the columns first."""
_END: tuple[int, None] = (0, None)
_SHOWN = 60  # characters
_AHEAD = 100
"""In so many rows it is looked for the one that comes after rows that are gone, or new."""


def first_row(one: Numbered, other: Numbered, unit: str) -> Place | None:
    """Return the first cell, or rows too many, at which two tables differ.

    Args:
        one: the published table.
        other: the table of the rebuild.
        unit: what a number counts: `line`, or `sheet Included works, row`.
    """
    (_, columns), (_, columns_now) = next(one, (1, [])), next(other, (1, []))
    if columns != columns_now:
        named = ("; ".join(columns), "; ".join(columns_now))
        return place_of(f"{unit} 1, the names of the columns", *named)
    for (number, old), (number_now, new) in zip_longest(one, other, fillvalue=_END):
        if old == new:
            continue
        gone, added = _how_many(old, new, one, other)
        if gone:
            what = "a row that is" if gone == 1 else f"{gone:,} rows that are"
            return place_of(f"{unit} {number}, {what} made no more", _shown(old), None)
        if added:
            what = "a new row" if added == 1 else f"{added:,} new rows, the first"
            return place_of(f"{unit} {number_now}, {what}", None, _shown(new))
        return _cell(columns, f"{unit} {number}", old, new)
    return None


def _shown(cells: Sequence[str]) -> str:
    return "; ".join(cells)


def _how_many(
    old: list[str] | None, new: list[str] | None, one: Numbered, other: Numbered
) -> tuple[int, int]:
    """Return how many published rows are gone here, or how many are new; two zeros: a row changed."""
    if old is None or new is None:  # one table is at its end
        left = 1 + sum(1 for _ in (other if old is None else one))
        return (0, left) if old is None else (left, 0)
    olds, news = ([cells for _, cells in islice(side, _AHEAD)] for side in (one, other))
    gone = olds.index(new) + 1 if new in olds else 0
    added = news.index(old) + 1 if old in news else 0
    if gone and added:  # rows stand in another order: the shorter way is told
        return (gone, 0) if gone <= added else (0, added)
    return gone, added


def _cell(columns: Sequence[str], row: str, old: list[str], new: list[str]) -> Place:
    if len(old) != len(new):  # somebody's hand: rows of one table have as many cells
        told = [counted(len(cells), "cell") for cells in (old, new)]
        beyond = printable(_shown(max(old, new, key=len)[min(len(old), len(new)) :]))
        at_end = f"; at the end: {beyond[:_SHOWN]}" if beyond else ""
        return Place(f"{row}, the number of cells{at_end}", *told)
    column, was, now = next(
        (c, o, n) for c, o, n in zip_longest(columns, old, new, fillvalue="") if o != n
    )
    named = f" ({old[0]})" if old[0] and column != columns[0] else ""
    return place_of(f"{row}{named}, column {column}", was, now)


def lines_of(file: Iterable[str]) -> Numbered:
    """Yield the rows of a CSV file by the line on which they begin; a blank line is no row.

    Raises:
        csv.Error: the file is no CSV.
    """
    reader = csv.reader(file)
    line = 1
    for cells in reader:
        if cells:
            yield line, cells
        line = reader.line_num + 1


def rows_of_sheet(rows: Iterable[Sequence[Any]]) -> Numbered:
    """Yield the rows of a sheet by their number in it; empty ones, and cells behind the last, are none.

    A row that is shorter than the first is filled up to it.
    """
    width = 0
    for number, values in enumerate(rows, start=1):
        cells = [_of_sheet(value) for value in values]
        while cells and not cells[-1]:
            cells.pop()
        width = width or len(cells)
        if cells or number == 1:
            yield number, [*cells, *[""] * (width - len(cells))]


def _of_sheet(value: Any) -> str:
    """Return a value as a person sees it in a cell."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def rows_of_table(connection: sqlite3.Connection, table: str) -> Numbered:
    """Yield the rows of a table of a database in the order in which they stand."""
    found = in_order(connection, table)
    named = [(1, [column for column, *_ in found.description])]
    rows = (["" if value is None else str(value) for value in values] for values in found)
    return chain(named, enumerate(rows, start=1))
