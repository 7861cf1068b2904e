"""Reads `config/columns.csv`: which column of a table holds what, where no flavour knows it."""

from __future__ import annotations

import difflib
import fnmatch
from collections.abc import Mapping
from pathlib import Path

from searchsets.errors import ReviewError
from searchsets.files import read_csv_with_lines
from searchsets.records.model import COLUMNS, OWN_COLUMNS

FIELDS = tuple(name for name in COLUMNS if name not in OWN_COLUMNS)
"""Our columns that a column of a table can be said to hold."""


def read_columns(path: Path) -> dict[str, dict[str, str]]:
    """Return for each file (or pattern of files) which of its columns holds which of ours.

    Args:
        path: a table with the columns `file`, `column` and `field`; it need not exist.

    Raises:
        ReviewError: the table cannot be read, a cell is empty, a field is none of ours, or a
            column of a file is named twice.
    """
    made: dict[str, dict[str, str]] = {}
    if not path.exists():
        return made
    for line, row in read_csv_with_lines(path, ("file", "column", "field")):
        where = f"{path}:{line}"
        file = row["file"].strip().replace("\\", "/")
        column, field = row["column"].strip(), row["field"].strip().lower()
        if not file or not column:
            raise ReviewError(
                f"the {'column' if file else 'file'} is empty",
                where,
                "name the file (or a pattern such as eric/*.csv), its column, and our field",
            )
        _check_field(field, where)
        columns = made.setdefault(file, {})
        if column.lower() in map(str.lower, columns):
            raise ReviewError(
                f"the column {column!r} of {file} has a row already", where, "keep one of the two"
            )
        columns[column] = field
    return made


def _check_field(field: str, where: str) -> None:
    if field not in FIELDS:
        near = difflib.get_close_matches(field, FIELDS, n=1)
        raise ReviewError(
            f"unknown field {field!r}",
            where,
            f"did you mean {near[0]!r}?" if near else f"write one of: {', '.join(FIELDS)}",
        )


def columns_for(name: str, table: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Return which columns of a file hold what: the rows that name it go before patterns.

    Args:
        name: `<database>/<file>`; a row without a folder is for files in any folder.
        table: what `read_columns` returned.

    >>> columns_for("a/x.csv", {"*.csv": {"Name": "title"}, "a/x.csv": {"Who": "authors"}})
    {'Name': 'title', 'Who': 'authors'}
    """
    short = name.rpartition("/")[2]

    def is_named(file: str) -> int:
        if name == file or file.endswith(f"/{name}"):
            return 3
        if fnmatch.fnmatchcase(name, file):
            return 2
        return int("/" not in file and fnmatch.fnmatchcase(short, file))

    found: dict[str, str] = {}
    for file in sorted((file for file in table if is_named(file)), key=is_named):
        found.update(table[file])
    return found


def refuse_unused(
    table: Mapping[str, Mapping[str, str]], database: str, names: list[str], where: str
) -> None:
    """Refuse rows for files of a database that are not there: a name was misspelled.

    Args:
        table: what `read_columns` returned.
        database: the short name of the database, which is that of its folder.
        names: its files, as `<database>/<file>`.
        where: the table, for the message.

    Raises:
        ReviewError: a row names `<database>/...`, and no file is meant by it.
    """
    for file in table:
        of_database = file.split("/")[-2:-1] == [database]
        if of_database and not any(columns_for(name, {file: table[file]}) for name in names):
            near = difflib.get_close_matches("/".join(file.split("/")[-2:]), names, n=1)
            raise ReviewError(
                f"columns are said of {file!r}, and there is no such file",
                where,
                f"did you mean {near[0]!r}?" if near else "mend the name, or take the rows out",
            )
