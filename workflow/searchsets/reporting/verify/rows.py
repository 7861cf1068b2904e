"""Finds the first row and cell at which two tables differ: of a CSV file, a sheet, a database."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Any

from searchsets.files import cell
from searchsets.reporting.database.dump import in_order
from searchsets.reporting.verify.model import Place, place_of
from searchsets.words import counted

Numbered = Iterator[tuple[int, list[str]]]
"""Rows with the number at which a person finds them, the names of the columns first."""
_END = (0, None)


def first_row(one: Numbered, other: Numbered, unit: str) -> Place | None:
    """Return the first cell, or row too many, at which two tables differ.

    Args:
        one: the published table.
        other: the table of the rebuild.
        unit: what a number counts: `line`, or `sheet Included works, row`.
    """
    (_, columns), (_, columns_now) = next(one, (1, [])), next(other, (1, []))
    if columns != columns_now:
        named = ("; ".join(columns), "; ".join(columns_now))
        return Place(f"{unit} 1, the names of the columns", *named)
    for (number, old), (number_now, new) in zip_longest(one, other, fillvalue=_END):
        if old == new:
            continue
        (_, following), (_, following_now) = next(one, _END), next(other, _END)
        if new is None or (old is not None and following == new):
            return place_of(f"{unit} {number}, a row that is made no more", "; ".join(old), None)
        if old is None or following_now == old:
            return place_of(f"{unit} {number_now}, a new row", None, "; ".join(new))
        return _cell(columns, f"{unit} {number}", old, new)
    return None


def _cell(columns: Sequence[str], row: str, old: list[str], new: list[str]) -> Place:
    if len(old) != len(new):  # somebody's hand: rows of one table have as many cells
        told = [counted(len(cells), "cell") for cells in (old, new)]
        return Place(f"{row}, the number of cells", *told)
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
    """Yield the rows of a sheet by their number in it."""
    for number, values in enumerate(rows, start=1):
        yield number, [cell(value) for value in values]


def rows_of_table(connection: sqlite3.Connection, table: str) -> Numbered:
    """Yield the rows of a table of a database in the order in which they stand."""
    found = in_order(connection, table)
    yield 1, [column for column, *_ in found.description]
    for number, values in enumerate(found, start=1):
        yield number, ["" if value is None else str(value) for value in values]
