"""Writes `review.sqlite` of a finished run, and `review.metadata.json` that explains it to Datasette."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from searchsets.errors import ReviewError
from searchsets.files import json_text, lasting_paths, whole_file, write_text
from searchsets.reporting.database.layout import (
    CONFIGURATION,
    SEARCHED,
    Table,
    quoted,
    tables,
    views,
)
from searchsets.reporting.database.metadata import metadata
from searchsets.reporting.database.sources import columns_of, rows_of, value_of

NAME, METADATA = "review.sqlite", "review.metadata.json"
SEARCH = "records_fts"
"""The full-text index over `records`."""
_VERSION = 1  # of the layout, kept as user_version
_SETTINGS = ("page_size = 4096", "journal_mode = OFF", "synchronous = OFF", "encoding = 'UTF-8'",
             f"user_version = {_VERSION}")  # fmt: skip


def write_database(build: Path, config_file: Path, out: Path) -> dict[str, int]:
    """Write the database of a build and what explains it; return the rows of each table.

    The same inputs give the same database: rows stand in the order of the run's files. The bytes
    are the same too, with the same version of SQLite.

    Raises:
        ReviewError: this Python's SQLite has no full-text search, or a file of the run is damaged.
    """
    config = lasting_paths(json.loads(config_file.read_text(encoding="utf-8")))
    with whole_file(out) as temporary:
        connection = sqlite3.connect(temporary, isolation_level=None)
        try:
            counts = _fill(connection, build, config)
            shown = metadata(connection, config["title"])
        finally:
            connection.close()
    write_text(out.with_name(METADATA), json_text(shown))
    return counts


def _fill(connection: sqlite3.Connection, build: Path, config: Mapping[str, Any]) -> dict[str, int]:
    for setting in _SETTINGS:
        connection.execute(f"PRAGMA {setting}")
    connection.execute("BEGIN")
    _make(connection, CONFIGURATION, CONFIGURATION.columns, set())
    _insert(connection, CONFIGURATION.name, settings_of(config), 2)
    found = {one.name: sorted(build.glob(one.files)) for one in tables()}
    made = {name for name, paths in found.items() if paths}
    for one in tables():
        if one.name in made:
            _take_in(connection, build, one, found[one.name], made)
    for one in tables():
        if one.name in made:
            _index(connection, one)
    for view in views():
        if made.union((CONFIGURATION.name,)).issuperset(view.of):
            connection.execute(f"CREATE VIEW {quoted(view.name)} AS {view.sql.strip()}")
    connection.execute("COMMIT")
    connection.execute("VACUUM")
    if "records" in made:
        make_searchable(connection)
    count = "SELECT count(*) FROM {}".format
    names = sorted(made | {CONFIGURATION.name})
    return {name: connection.execute(count(quoted(name))).fetchone()[0] for name in names}


def settings_of(config: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield a configuration as (name, value) rows; a setting with several values has several rows.

    >>> list(settings_of({"run": "a", "screening": {"open": ["x", "y"]}, "outputs": {}}))
    [('outputs', None), ('run', 'a'), ('screening.open', 'x'), ('screening.open', 'y')]
    """
    if isinstance(config, dict) and config:
        for key in sorted(config):
            yield from settings_of(config[key], f"{name}.{key}" if name else key)
    elif isinstance(config, list) and config:
        for value in config:
            yield from settings_of(value, name)
    elif isinstance(config, bool):
        yield name, "yes" if config else "no"
    else:
        yield name, None if config in ({}, []) else value_of(config)


def _take_in(
    connection: sqlite3.Connection, build: Path, table: Table, paths: list[Path], made: set[str]
) -> None:
    """Make a table and fill it from all its files."""
    columns = dict(table.columns)
    for path in paths:  # what a file has besides is kept as text
        for name in columns_of(path):
            if name not in table.without:
                columns.setdefault(name, "TEXT")
    _make(connection, table, columns, made)
    star = Path(table.files).parts.index("*") if table.named else 0
    read = [name for name in columns if name != table.named]
    for path in paths:
        rows = rows_of(path, read)
        if table.named:  # it stands first
            folder = path.relative_to(build).parts[star]
            rows = ((folder, *row) for row in rows)
        _insert(connection, table.name, rows, len(columns))


def _make(
    connection: sqlite3.Connection, table: Table, columns: Mapping[str, str], made: set[str]
) -> None:
    keys = {one.name: one.key for one in tables()}
    parts = [
        f"{quoted(name)} {kind}" + (" NOT NULL" if name in table.key else "")
        for name, kind in columns.items()
    ]
    if table.key:
        parts.append(f"PRIMARY KEY ({', '.join(map(quoted, table.key))})")
    for name, other in table.refers.items():
        if other in made:
            there = quoted(keys[other][0])
            parts.append(f"FOREIGN KEY ({quoted(name)}) REFERENCES {quoted(other)} ({there})")
    connection.execute(f"CREATE TABLE {quoted(table.name)} (\n  " + ",\n  ".join(parts) + "\n)")


def _insert(
    connection: sqlite3.Connection, name: str, rows: Iterable[tuple[Any, ...]], width: int
) -> None:
    places = ", ".join("?" * width)
    try:
        connection.executemany(
            f"INSERT INTO {quoted(name)} VALUES ({places})",  # noqa: S608 (a quoted name)
            rows,
        )
    except sqlite3.IntegrityError as error:
        raise ReviewError(
            f"the rows for the table {name} do not fit each other: {error}",
            "results/.build",
            "delete results/.build and run again",
        ) from None


def _index(connection: sqlite3.Connection, table: Table) -> None:
    for number, columns in enumerate(table.index, start=1):
        names = ", ".join(quoted(one.strip()) for one in columns.split(","))
        name = quoted(f"{table.name}_by_{number}")
        connection.execute(f"CREATE INDEX {name} ON {quoted(table.name)} ({names})")


def make_searchable(connection: sqlite3.Connection) -> None:
    """Make the full-text index of the records; it holds no text of its own (`content=`).

    Raises:
        ReviewError: this Python's SQLite has no full-text search.
    """
    columns = ", ".join(SEARCHED)
    try:
        connection.execute(
            f"CREATE VIRTUAL TABLE {SEARCH} USING FTS5({columns}, "
            'content="records", tokenize="unicode61 remove_diacritics 2")'
        )
    except sqlite3.OperationalError as error:
        raise ReviewError(
            f"the database cannot be made searchable: {error}",
            f"SQLite {sqlite3.sqlite_version}",
            "use a Python whose SQLite has FTS5, as those of python.org, Debian and Homebrew have",
        ) from None
    for task in ("rebuild", "optimize"):
        connection.execute(f"INSERT INTO {SEARCH}({SEARCH}) VALUES (?)", (task,))  # noqa: S608
