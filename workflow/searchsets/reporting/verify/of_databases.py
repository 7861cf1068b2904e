"""Compares databases: how their tables and views are made, then their rows, then the rest."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

from searchsets.reporting.database.dump import (
    dump_lines,
    hidden_fault,
    made_of,
    opened,
    tables_of,
)
from searchsets.reporting.verify.model import Place, place_of
from searchsets.reporting.verify.of_texts import first_line
from searchsets.reporting.verify.rows import first_row, rows_of_table


def databases(published: Path, now: Path) -> Place | None:
    """Compare two databases, and see to what no table shows."""
    with opened(published) as one, opened(now) as other:
        place = _made(one, other) or _rows(one, other)
    if place:
        return place
    other_line = first_line(enumerate(dump_lines(published), 1), enumerate(dump_lines(now), 1))
    if other_line:
        return replace(other_line, where=f"{other_line.where} of its dump")
    fault = hidden_fault(published)
    return Place(fault) if fault else None


def _made(one: sqlite3.Connection, other: sqlite3.Connection) -> Place | None:
    """Compare which tables, views, indexes and triggers there are, and how they are made."""
    made, made_now = made_of(one), made_of(other)
    for name in dict.fromkeys((*made_now, *made)):
        if made.get(name) != made_now.get(name):
            kind = (made.get(name) or made_now[name])[0]
            sides = (side[name][1] if name in side else None for side in (made, made_now))
            return place_of(f"the {kind} {name}", *sides)
    return None


def _rows(one: sqlite3.Connection, other: sqlite3.Connection) -> Place | None:
    for table in tables_of(one):
        pair = (rows_of_table(side, table) for side in (one, other))
        place = first_row(*pair, f"table {table}, row")
        if place:
            return place
    return None
