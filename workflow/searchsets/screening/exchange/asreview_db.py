"""Reads the database of an ASReview project, which may be damaged or made to do harm."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from searchsets.archives import pieces
from searchsets.errors import ReviewError
from searchsets.records import clean
from searchsets.screening.exchange.opening import opened

_NEEDED = {
    "record": ("record_id", "dataset_row", "title", "year", "doi", "included", "duplicate_of"),
    "results": ("record_id", "label", "querier", "time", "note", "tags", "user_id"),
    "decision_changes": ("record_id", "label", "time", "user_id"),
}
_EXPORT = "export the project again"


class DataRecord(NamedTuple):
    """A record of the project: where it stands in the data, and the label that came with it."""

    row: int
    title: str
    year: int | None
    doi: str
    included: int | None
    duplicate_of: int | None


class Result(NamedTuple):
    """A label, present or replaced."""

    label: int
    time: float | None
    user: int | None
    is_earlier: bool
    """It was replaced, or taken back."""
    is_prior: bool = False
    """The model did not ask for it."""
    note: str = ""
    tags: tuple[tuple[str, str, str], ...] = ()
    """Of each tag that is set: the names of its group and its own, and what it says."""


class Project(NamedTuple):
    """The records of a project, and the labels of each in the order in which they were given."""

    records: dict[int, DataRecord]
    history: dict[int, list[Result]]


def read(path: Path, member: str) -> Project:
    """Return the records and labels of a project.

    Raises:
        ReviewError: the database is damaged, lacks a table or column, or holds what is no label.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "results.db"  # a place of our own: no name in the archive says where
        with opened(path) as archive, file.open("wb") as out:
            out.writelines(pieces(archive, member))
        try:
            uri = f"{file.as_uri()}?mode=ro&immutable=1"
            with closing(sqlite3.connect(uri, uri=True)) as database:
                database.execute("PRAGMA trusted_schema=OFF")
                database.text_factory = lambda data: data.decode("utf-8", "replace")
                _check(database, path)
                return Project(_records(database), _history(database, path))
        except (sqlite3.Error, OSError) as error:
            raise ReviewError(
                f"the database of the project cannot be read: {error}", f"{path}/{member}", _EXPORT
            ) from None


def _check(database: sqlite3.Connection, path: Path) -> None:
    """Require the tables and columns that are read; a view could run for ever."""
    tables = dict(database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
    for table, columns in _NEEDED.items():
        if not str(tables.get(table, "")).upper().startswith("CREATE TABLE"):
            raise ReviewError(f"the project's database has no table {table!r}", str(path), _EXPORT)
        there = {row[1] for row in database.execute(f"PRAGMA table_xinfo({table})")}
        # Projects of version 2 that were brought to version 3 may lack the user of a change.
        missing = set(columns) - there - ({"user_id"} if table == "decision_changes" else set())
        if missing:
            what = f"the table {table!r} of the project's database has no column {min(missing)!r}"
            raise ReviewError(what, str(path), "open it in ASReview 3 and export it again")


def _records(database: sqlite3.Connection) -> dict[int, DataRecord]:
    rows = database.execute(
        "SELECT record_id, dataset_row, title, year, doi, included, duplicate_of FROM record"
    )
    return {
        key: DataRecord(row, clean.text(title), clean.year(year), clean.doi(doi), included, of)
        for key, row, title, year, doi, included, of in rows
    }


def _history(database: sqlite3.Connection, path: Path) -> dict[int, list[Result]]:
    found: dict[int, list[Result]] = {}
    columns = {row[1] for row in database.execute("PRAGMA table_xinfo(decision_changes)")}
    user = "user_id" if "user_id" in columns else "NULL"
    changes = database.execute(
        f"SELECT record_id, label, time, {user} FROM decision_changes "  # noqa: S608 - one of two words
        "WHERE label IS NOT NULL ORDER BY rowid"
    )
    for key, label, time, by in changes:
        _require_label(label, key, path)
        found.setdefault(key, []).append(Result(label, _number(time), by, True))
    results = database.execute(
        "SELECT record_id, label, time, user_id, querier, note, tags FROM results "
        "WHERE label IS NOT NULL ORDER BY rowid"
    )
    for key, label, time, by, querier, note, tags in results:
        _require_label(label, key, path)
        made = Result(
            label,
            _number(time),
            by,
            False,
            querier is None,
            str(note or ""),
            tuple(_set_tags(tags)),
        )
        found.setdefault(key, []).append(made)
    return found


def _require_label(label: object, key: object, path: Path) -> None:
    if type(label) is not int or label not in (0, 1) or type(key) is not int:
        raise ReviewError(f"the label of the record {key!r} is {label!r}", str(path), _EXPORT)


def _number(time: object) -> float | None:
    return float(time) if isinstance(time, int | float) else None


def _set_tags(stored: object) -> Iterator[tuple[str, str, str]]:
    """Yield the tags that are set; what cannot be read has none."""
    try:
        groups = json.loads(stored) if isinstance(stored, str) else []
        for group in groups if isinstance(groups, list) else []:
            for tag in group.get("values") or ():
                if tag.get("checked"):
                    label = str(tag.get("label") or "")
                    yield str(group.get("export") or ""), str(tag.get("export") or label), label
    except (ValueError, RecursionError, AttributeError, TypeError):
        return
