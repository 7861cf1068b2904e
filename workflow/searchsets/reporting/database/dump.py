"""Writes a database as text that is the same wherever its content is, to compare and to rebuild it.

The dumps of Python and of the sqlite3 shell hold the inner tables of the full-text index, which
differ by version of SQLite, and Python 3.11's cannot be read back. Here the index is made anew.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from searchsets.errors import ReviewError
from searchsets.reporting.database.layout import quoted

_INNER = ("data", "idx", "content", "docsize", "config")
"""How the names end of the tables that SQLite keeps for a full-text index (FTS5)."""
_BESIDE = ("-wal", "-journal")
"""Files beside a database whose changes every reader takes for part of it."""
_MADE = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid"


def dump_lines(path: Path) -> Iterator[str]:
    """Yield the statements that make a database anew, rows in the order in which they stand.

    Raises:
        ReviewError: the file is no database, or damaged.
    """
    with opened(path) as connection:
        yield from _statements(connection)


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Give a connection that writes nothing, beside the file neither.

    Raises:
        ReviewError: the file is no database, or damaged.
    """
    try:
        with closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        ) as connection:
            yield connection
    except sqlite3.DatabaseError as error:
        raise ReviewError(
            f"cannot be read as a database: {error}", str(path), "run the review again"
        ) from None


def hidden_fault(path: Path) -> str:
    """Return what is wrong in a database that its dump does not show, nothing if all is well.

    A log beside it may hold changes that whoever opens the database sees.

    The full-text indexes are held against the rows that they index, the other indexes likewise.
    That needs a database that can be written to: a copy is looked at.

    Raises:
        ReviewError: the file is no database, or damaged.
    """
    for one in beside(path):
        return f"{one.name} lies beside it, and may change what the database holds"
    with tempfile.TemporaryDirectory(prefix="searchsets-index-") as place:
        copy = Path(place) / "copy.sqlite"
        shutil.copyfile(path, copy)
        try:
            with closing(sqlite3.connect(copy)) as connection:
                return _fault(connection)
        except sqlite3.DatabaseError as error:
            raise ReviewError(f"cannot be read as a database: {error}", str(path)) from None


def beside(path: Path) -> list[Path]:
    """Return the logs that lie beside a database and may change what it holds."""
    named = (path.with_name(f"{path.name}{end}") for end in _BESIDE)
    return [one for one in named if one.exists()]


def _fault(connection: sqlite3.Connection) -> str:
    for name in _virtual(connection.execute(_MADE).fetchall()):
        index = quoted(name)
        try:  # the 1: also against the rows of the table that is indexed
            connection.execute(
                f"INSERT INTO {index}({index}, rank) VALUES ('integrity-check', 1)"  # noqa: S608
            )
        except sqlite3.DatabaseError:
            return f"the full-text index {name} does not hold what its rows say"
    [told] = connection.execute("PRAGMA integrity_check(1)").fetchone()
    return "" if told == "ok" else f"the check of SQLite says: {told}"


def tables_of(connection: sqlite3.Connection) -> dict[str, str]:
    """Return the tables as they were made, by name, without those that SQLite keeps for an index."""
    made = connection.execute(_MADE).fetchall()
    inner = {f"{name}_{end}" for name in _virtual(made) for end in _INNER}
    return {
        name: sql
        for kind, name, sql in made
        if kind == "table"
        and not _is_virtual(sql)
        and name not in inner
        and not name.startswith("sqlite_")
    }


def made_of(connection: sqlite3.Connection) -> dict[str, tuple[str, str]]:
    """Return how everything was made, by name: its kind and its SQL, without the inner tables."""
    made = connection.execute(_MADE).fetchall()
    known = {*tables_of(connection), *_virtual(made)}
    return {name: (kind, sql) for kind, name, sql in made if kind != "table" or name in known}


def _virtual(made: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    return {name: sql for _, name, sql in made if _is_virtual(sql)}


def _is_virtual(sql: str) -> bool:
    return sql.upper().startswith("CREATE VIRTUAL")


def _statements(connection: sqlite3.Connection) -> Iterator[str]:
    made = connection.execute(_MADE).fetchall()
    yield "BEGIN;\n"
    for name, sql in tables_of(connection).items():
        yield f"{sql};\n"
        yield from _rows(connection, name)
    for kind, _, sql in made:
        if kind in ("index", "view", "trigger"):
            yield f"{sql};\n"
    for name, sql in _virtual(made).items():
        yield f"{sql};\nINSERT INTO {name}({name}) VALUES ('rebuild');\n"
        yield from _ranking(connection, name)
    yield "COMMIT;\n"


def _ranking(connection: sqlite3.Connection, name: str) -> Iterator[str]:
    """Yield what a full-text index is told of how to rank."""
    for key, value in connection.execute(f"SELECT k, v FROM {quoted(f'{name}_config')}"):  # noqa: S608 (quoted)
        if key != "version":
            values = f"{_literal(key)}, {_literal(value)}"
            yield f"INSERT INTO {name}({name}, rank) VALUES ({values});\n"  # noqa: S608 (text to compare)


def in_order(connection: sqlite3.Connection, name: str) -> sqlite3.Cursor:
    """Return the rows of a table in the order in which they stand."""
    return connection.execute(f"SELECT * FROM {quoted(name)} ORDER BY rowid")  # noqa: S608 (quoted)


def _rows(connection: sqlite3.Connection, name: str) -> Iterator[str]:
    table = quoted(name)
    for row in in_order(connection, name):
        values = ", ".join(map(_literal, row))
        yield f"INSERT INTO {table} VALUES ({values});\n"  # noqa: S608 (text to compare)


def _literal(value: object) -> str:
    """Return a value as SQL writes it.

    >>> _literal(None), _literal(2), _literal("it's"), _literal(b"a"), _literal(0.5)
    ('NULL', '2', "'it''s'", "X'61'", '0.5')
    """
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return f"X'{value.hex()}'"
    if isinstance(value, str):
        if "\x00" in value:  # SQL text would end there
            return f"CAST(X'{value.encode().hex()}' AS TEXT)"
        return "'" + value.replace("'", "''") + "'"
    return repr(value)
