"""Says in words what stands in the database, in the form that Datasette shows (`--metadata`)."""

from __future__ import annotations

import sqlite3
from typing import Any

from searchsets.reporting.database.layout import (
    CONFIGURATION,
    SEARCHED,
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
    "records.rowid = records_fts.rowid WHERE records_fts MATCH 'school' ORDER BY rank."
)
_INDEX = "Search by words"
_INDEX_SAYS = "The full-text index of the table records; its rowid is that of a record."
_INDEX_KEPT = "SQLite keeps the full-text index of the records here; it is not for reading."


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
    hidden = {
        name: _index_of_words(_columns(connection, name))
        for name in sorted(names)
        if name.startswith("records_fts")
    }
    return {
        "title": title,
        "description": _HOW,
        "source": "manifest.json of this run names every file that it was made from",
        "databases": {"review": {"description": _HOW, "tables": described | hidden}},
    }


def _index_of_words(columns: list[str]) -> dict[str, Any]:
    """Return what is said of the full-text index and of the tables that SQLite keeps it in."""
    words = column_words()
    said = {name: words[name] for name in columns if name in SEARCHED}
    of_index = {"title": _INDEX, "description": _INDEX_SAYS, "columns": said}
    return {"hidden": True} | (of_index if said else {"description": _INDEX_KEPT})


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
