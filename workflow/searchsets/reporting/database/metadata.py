"""Says in words what stands in the database, in the form that Datasette shows (`--metadata`)."""

from __future__ import annotations

import sqlite3
from typing import Any

from searchsets.reporting.database.layout import (
    CONFIGURATION,
    Table,
    View,
    column_words,
    tables,
    views,
)

_SIZE = 50
"""Rows that are shown at once."""
_HOW = (
    "Where a cell is empty the value is unknown, which is not zero. Search the records by words on "
    "the page of the table `records`, or in SQL: SELECT records.* FROM records JOIN records_fts ON "
    "records.rowid = records_fts.rowid WHERE records_fts MATCH 'governance' ORDER BY rank."
)


def metadata(connection: sqlite3.Connection, title: str) -> dict[str, Any]:
    """Return what Datasette shows of a database: of each table and view, and of their columns.

    Args:
        connection: the finished database.
        title: the heading of the review.
    """
    there = connection.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
    names = {name for (name,) in there}
    described = {
        one.name: _described(one, _columns(connection, one.name))
        for one in (CONFIGURATION, *tables(), *views())
        if one.name in names
    }
    hidden = {name: {"hidden": True} for name in sorted(names) if name.startswith("records_fts")}
    return {
        "title": title,
        "description": _HOW,
        "source": "manifest.json of this run names every file that it was made from",
        "databases": {"review": {"description": _HOW, "tables": described | hidden}},
    }


def _columns(connection: sqlite3.Connection, name: str) -> list[str]:
    query = "SELECT name FROM pragma_table_info(?) ORDER BY cid"
    return [column for (column,) in connection.execute(query, (name,))]


def _described(one: Table | View, columns: list[str]) -> dict[str, Any]:
    words = dict(column_words())
    if isinstance(one, Table):
        words |= one.says_of
    made: dict[str, Any] = {
        "title": one.title,
        "description": one.says,
        "columns": {name: words[name] for name in columns if name in words},
        "size": _SIZE,
    }
    facets = [name for name in one.facets if name in columns]
    if facets:
        made["facets"] = facets
    if isinstance(one, Table) and one.label:
        made["label_column"] = one.label
    return made
