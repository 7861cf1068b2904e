"""Finds the export files people brought, and what each of them represents."""

from __future__ import annotations

import difflib
import fnmatch
import os
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from searchsets.errors import ReviewError
from searchsets.files import read_csv_with_lines
from searchsets.strategy.model import Strategy

_IGNORED = ("readme*", ".*", "thumbs.db", "~$*")
TABLE = "exports.csv"
_COLUMNS = ("file", "represents", "database", "encoding", "reported", "note")
_REPRESENTS = re.compile(r"(corpus|unknown)|(output|line) +#?(\d{1,6})")


@dataclass(frozen=True)
class Represents:
    """What an export file is: `corpus`, `unknown`, or a platform's answer to a line or output."""

    kind: str
    line: int | None = None

    def __str__(self) -> str:
        return self.kind if self.line is None else f"{self.kind} {self.line}"

    @property
    def is_answer(self) -> bool:
        """Whether every record of the file counts as retrieved because a platform said so."""
        return self.kind != "corpus"


CORPUS, UNKNOWN = Represents("corpus"), Represents("unknown")


def represents(text: str, where: str) -> Represents:
    """Return what a cell of `exports.csv` says a file represents.

    >>> str(represents("Output 49", "exports.csv:2"))
    'output 49'
    """
    found = _REPRESENTS.fullmatch(" ".join(text.lower().split()))
    if not found:
        raise ReviewError(
            f"{text!r} is nothing that a file can represent",
            where,
            "write corpus (everything, to be searched), output 49 or line 12 (the platform's "
            "answer to that line), or unknown",
        )
    return Represents(found[1]) if found[1] else Represents(found[2], int(found[3]))


@dataclass(frozen=True)
class Export:
    """One export file: where it lies and what `exports.csv` says of it."""

    database: str
    path: Path
    name: str
    """`<database>/<file>`, the same on every machine."""
    represents: Represents | None = None
    encoding: str = ""
    reported: str = ""
    """The number of records the platform reported, as the person wrote it down."""
    where: str = "exports.csv"
    """The place, as `file:line`, where it is said what the file represents."""


def find_exports(
    folder: Path, declared: Path, databases: Collection[str] | None = None
) -> list[Export]:
    """Return the export files of all databases, sorted by name.

    Args:
        folder: holds one folder a database. An `exports.csv` in it goes before `declared`.
        declared: the review's own `exports.csv`; it need not exist.
        databases: the databases that have a strategy; None where that is not to be checked.

    Raises:
        ReviewError: no such folder, a folder of no known database, a stray file, or a row of
            `exports.csv` that is not understood or names no file.
    """
    if not folder.is_dir():
        raise ReviewError(
            "the folder of the exports does not exist",
            str(folder),
            "make it, with one folder a database in it, or name another: --config exports=FOLDER",
        )
    own = folder / TABLE
    rows = _declarations(own if own.exists() else declared)
    exports = []
    used: set[int] = set()
    for path in _all_below(folder):
        inside = path.relative_to(folder)
        if path.is_dir():
            if databases is not None:
                _check_database_folder(path, inside, databases)
        elif path != own and not any(is_ignored(part) for part in inside.parts):
            _check_file_place(path, inside)
            row = _declaration_for(inside.as_posix(), rows)
            used.add(row.line if row else 0)
            exports.append(_export(path, inside, row))
    named = {row.file for row in rows if row.line in used}
    for row in rows:
        if row.line not in used and row.file in named:
            raise ReviewError(
                f"{row.file!r} has a row already", f"{row.source}:{row.line}", "keep one of the two"
            )
        if row.line not in used:
            raise ReviewError(
                f"there is no file {row.file!r} in {folder}",
                f"{row.source}:{row.line}",
                "mend the name (it begins with the folder: eric/records.ris) or delete the row",
            )
    return exports


def _all_below(folder: Path) -> list[Path]:
    """Return what is in a folder, also in folders that are links (rglob passes them over)."""
    found: list[Path] = []
    seen: set[str] = set()
    for root, folders, files in os.walk(folder, followlinks=True):
        real = os.path.realpath(root)
        if real in seen:  # a link to a folder above it: once is enough
            folders.clear()
            continue
        seen.add(real)
        found += [Path(root) / name for name in (*folders, *files)]
    return sorted(found)


@dataclass(frozen=True)
class _Declaration:
    source: Path
    line: int
    file: str
    represents: Represents
    encoding: str
    reported: str


def _declarations(path: Path) -> list[_Declaration]:
    if not path.exists():
        return []
    made = []
    rows = read_csv_with_lines(path, ("file", "represents"))
    _check_columns(path, rows[0][1] if rows else {})
    for line, row in rows:
        where = f"{path}:{line}"
        file = row["file"].strip().replace("\\", "/")
        database = row.get("database", "").strip()
        if database and not file.startswith(f"{database}/"):
            file = f"{database}/{file}"
        reported = row.get("reported", "").strip()
        if reported and not reported.isdecimal():
            raise ReviewError(
                f"reported is {reported!r}", where, "write the number of records the platform said"
            )
        made.append(
            _Declaration(
                path,
                line,
                file,
                represents(row["represents"], where),
                row.get("encoding", "").strip(),
                reported,
            )
        )
    return made


def _check_columns(path: Path, columns: Collection[str]) -> None:
    """Refuse a column whose name is nearly one that is read; others are people's own notes."""
    for name in columns:
        near = difflib.get_close_matches(name.strip().lower(), _COLUMNS, n=1, cutoff=0.75)
        if near and name.strip() not in _COLUMNS:
            raise ReviewError(f"unknown column {name!r}", f"{path}:1", f"did you mean {near[0]!r}?")


def _declaration_for(name: str, rows: list[_Declaration]) -> _Declaration | None:
    """Return the row about a file: by its name with the folder, by a pattern, by its name alone."""
    file = name.partition("/")[2]
    exact = [row for row in rows if row.file == name or row.file.endswith(f"/{name}")]
    patterns = [row for row in rows if fnmatch.fnmatchcase(name, row.file)]
    alone = [row for row in rows if "/" not in row.file and fnmatch.fnmatchcase(file, row.file)]
    return (exact or patterns or alone or [None])[0]


def _export(path: Path, inside: Path, row: _Declaration | None) -> Export:
    database, name = inside.parts[0], inside.as_posix()
    if row is None:
        corpus = path.name.lower().startswith("corpus")
        return Export(database, path, name, CORPUS if corpus else None)
    where = f"{row.source}:{row.line}"
    return Export(database, path, name, row.represents, row.encoding, row.reported, where)


def is_ignored(name: str) -> bool:
    """Tell whether a file or folder is none of what people bring: a README, or what systems leave."""
    return any(fnmatch.fnmatchcase(name.lower(), pattern) for pattern in _IGNORED)


def _check_database_folder(path: Path, inside: Path, databases: Collection[str]) -> None:
    name = inside.parts[0]
    if len(inside.parts) == 1 and name not in databases and not is_ignored(name):
        near = difflib.get_close_matches(name.lower(), databases, n=1)
        hint = f"did you mean {near[0]}? " if near else ""
        raise ReviewError(
            f"no strategy is for a database {name!r}",
            str(path),
            f"{hint}name the folder after one of: {', '.join(sorted(databases))}",
        )


def _check_file_place(path: Path, inside: Path) -> None:
    if path.name.lower() == TABLE:
        raise ReviewError(
            "the table that says what exports represent lies in a database's folder",
            str(path),
            "put it one folder up, beside the folders of the databases",
        )
    if len(inside.parts) == 1:
        raise ReviewError(
            "the file lies in no database's folder",
            str(path),
            "put it into the folder of the database it was exported from, as in eric/",
        )


def check_answer(
    strategy: Strategy, name: str, file: Represents, where: str = "exports.csv"
) -> None:
    """Raise if a file is declared as the answer to a line, or an output, that there is not."""
    if file.line is not None and file.line not in strategy.lines:
        raise ReviewError(
            f"{name} is declared as {file}, and the strategy has no line #{file.line}",
            where,
            f"name a line of {strategy.path}",
        )
    outputs = {number for reading in strategy.readings for number in reading.lines}
    if file.kind == "output" and file.line not in outputs:
        numbers = ", ".join(f"#{number}" for number in sorted(outputs))
        raise ReviewError(
            f"{name} is declared as {file}, and line #{file.line} is no output of the strategy",
            where,
            f"write line {file.line}, or one of the outputs: {numbers}",
        )
