"""Writes a database as text that is the same wherever its content is, to compare and to rebuild it.

The dumps of Python and of the sqlite3 shell hold the inner tables of the full-text index, which
differ by version of SQLite, and Python 3.11's cannot be read back. Here the index is made anew.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

from searchsets.errors import ReviewError
from searchsets.reporting.database.layout import quoted

_MADE = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid"


def dump_lines(path: Path) -> Iterator[str]:
    """Yield the statements that make a database anew, rows in the order in which they stand.

    Raises:
        ReviewError: the file is no database, or damaged.
    """
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            yield from _statements(connection)
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        raise ReviewError(
            f"cannot be read as a database: {error}", str(path), "run the review again"
        ) from None


def hidden_fault(path: Path) -> str:
    """Return what is wrong in a database that its dump does not show, nothing if all is well.

    The full-text indexes are held against the rows that they index, the other indexes likewise.
    That needs a database that can be written to: a copy is looked at.

    Raises:
        ReviewError: the file is no database, or damaged.
    """
    with tempfile.TemporaryDirectory(prefix="searchsets-index-") as place:
        copy = Path(place) / "copy.sqlite"
        shutil.copyfile(path, copy)
        try:
            connection = sqlite3.connect(copy)
            try:
                return _fault(connection)
            finally:
                connection.close()
        except sqlite3.DatabaseError as error:
            raise ReviewError(f"cannot be read as a database: {error}", str(path)) from None


def _fault(connection: sqlite3.Connection) -> str:
    for _, name, sql in connection.execute(_MADE).fetchall():
        if sql.upper().startswith("CREATE VIRTUAL"):
            index = quoted(name)
            try:  # the 1: also against the rows of the table that is indexed
                connection.execute(
                    f"INSERT INTO {index}({index}, rank) VALUES ('integrity-check', 1)"  # noqa: S608
                )
            except sqlite3.DatabaseError:
                return f"the full-text index {name} does not hold what its rows say"
    [told] = connection.execute("PRAGMA integrity_check(1)").fetchone()
    return "" if told == "ok" else f"the check of SQLite says: {told}"


def _statements(connection: sqlite3.Connection) -> Iterator[str]:
    made = connection.execute(_MADE).fetchall()
    virtual = [name for _, name, sql in made if sql.upper().startswith("CREATE VIRTUAL")]
    inner = tuple(f"{name}_" for name in virtual)  # its tables are called <name>_data and so on
    yield "BEGIN;\n"
    for kind, name, sql in made:
        if kind == "table" and name not in virtual and not name.startswith((*inner, "sqlite_")):
            yield f"{sql};\n"
            yield from _rows(connection, name)
    for kind, _, sql in made:
        if kind in ("index", "view", "trigger"):
            yield f"{sql};\n"
    for _, name, sql in made:
        if name in virtual:
            yield f"{sql};\nINSERT INTO {name}({name}) VALUES ('rebuild');\n"
    yield "COMMIT;\n"


def _rows(connection: sqlite3.Connection, name: str) -> Iterator[str]:
    table = quoted(name)
    for row in connection.execute(f"SELECT * FROM {table} ORDER BY rowid"):  # noqa: S608 (quoted)
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
