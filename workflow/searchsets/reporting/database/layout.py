"""What stands in `review.sqlite`: its tables and views, as `tables.toml` and `views.toml` say it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
SEARCHED = ("title", "abstract", "authors", "keywords", "descriptors")
"""The columns of `records` that the full-text search looks at."""


@dataclass(frozen=True)
class Table:
    """One table: which files of a run fill it, its columns, and how they hang together."""

    name: str
    title: str
    says: str
    columns: Mapping[str, str]
    """The type of each column by its name, in their order."""
    files: str = ""
    """A pattern of paths as seen from the folder of the run."""
    named: str = ""
    """The column that holds the name of the folder that `*` stands for."""
    without: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    refers: Mapping[str, str] = field(default_factory=dict)
    """By column: the table whose key it holds."""
    index: tuple[str, ...] = ()
    label: str = ""
    facets: tuple[str, ...] = ()
    says_of: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class View:
    """One question that a reviewer asks, as SQL over the tables that it is `of`."""

    name: str
    title: str
    says: str
    of: tuple[str, ...]
    sql: str
    facets: tuple[str, ...] = ()


CONFIGURATION = Table(
    "configuration",
    "Configuration",
    "How this run was set: one row a setting, and one a value where a setting has several.",
    {"key": "TEXT", "value": "TEXT"},
    says_of={"key": "the name of the setting, parts joined by dots", "value": "its value"},
)


@cache
def tables() -> tuple[Table, ...]:
    """Return the tables that are filled from files of a run."""
    return tuple(_table(name, facts) for name, facts in _read("tables.toml")["tables"].items())


@cache
def column_words() -> Mapping[str, str]:
    """Return what a column means, by its name."""
    return _read("tables.toml")["columns"]


@cache
def views() -> tuple[View, ...]:
    """Return the views; one may use those before it."""
    return tuple(View(name, **_fixed(facts)) for name, facts in _read("views.toml").items())


def quoted(name: str) -> str:
    """Return a name as SQL takes it, whatever stands in it.

    >>> print(quoted('an "odd" name'))
    "an ""odd"" name"
    """
    return '"' + name.replace('"', '""') + '"'


def _table(name: str, facts: Mapping[str, Any]) -> Table:
    columns = {}
    if facts.get("named"):
        columns[facts["named"]] = "TEXT"
    for column in facts["columns"]:
        title, _, kind = column.partition(" ")
        columns[title] = kind or "TEXT"
    return Table(name, **_fixed(facts) | {"columns": columns})


def _fixed(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(one) if isinstance(one, list) else one for key, one in facts.items()}


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_HERE / name).read_text(encoding="utf-8"))
