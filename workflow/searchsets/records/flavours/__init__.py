"""What the flavours of each format have of their own, as tables: which field holds what.

One file a format. Its head says what every flavour of the format shares; each `[flavours.NAME]` says
what differs. The keys are those of `Flavour` below.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Flavour:
    """How one platform or program writes a format.

    Every name of a field is as the format has it (a tag, a column, a path).
    """

    name: str
    """`ebscohost`; empty for the format as such."""
    label: str = ""
    """What the log calls it."""
    platform: str = ""
    """The platform the records were exported from, where the flavour tells."""
    program: str = ""
    """The program that wrote the file, where that is no platform."""
    database: str = ""
    """The database the records are from, where the flavour alone tells it."""
    signs: tuple[re.Pattern[str], ...] = ()
    """A record is of this flavour if one of these is found in its text (any column name, in tables)."""
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Our column: the fields that may hold it, the best first; lists take the values of all of them.
    `AF|AU` stands for the first of the two that the record has. Two columns are helpers: `pages_end`,
    and `eric_number` (where the number of ERIC may hide)."""
    separators: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    """List column: what parts the values within one field."""
    joined: tuple[str, ...] = ()
    """Columns of one text that take all values of their field, joined by `; `."""
    drop: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    """Column: values that are none (`NA`, a pseudo keyword); they stay in `raw`."""
    strip: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    """Column: what is taken out of a value (thesaurus marks, ids of authors)."""
    citations: tuple[tuple[str, re.Pattern[str]], ...] = ()
    """(field, expression with named groups): a citation that fills columns still empty."""
    descriptors_if: tuple[tuple[str, re.Pattern[str]], ...] = ()
    """(field, expression): where one is found, the record's keywords are the database's descriptors."""
    databases: tuple[tuple[str, re.Pattern[str]], ...] = ()
    """(field, expression whose group is the database's code or name)."""
    repeats: Mapping[str, str] = field(default_factory=dict)
    """Field: another field whose values it repeats before its own (terms for programs that know one
    field of terms); only its own count."""


def _pattern(expression: str) -> re.Pattern[str]:
    return re.compile(expression)


def _pairs(rows: list[Mapping[str, str]]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((row["field"], _pattern(row["pattern"])) for row in rows)


def _made(name: str, table: Mapping[str, Any], base: Flavour | None) -> Flavour:
    def merged(key: str, make: Any) -> Mapping[str, Any]:
        inherited = getattr(base, key) if base else {}
        return {**inherited, **{k: make(v) for k, v in table.get(key, {}).items()}}

    def rows(key: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
        if table.get(key) == []:
            return ()  # an empty list says that nothing is inherited
        return _pairs(table.get(key, [])) + (getattr(base, key) if base else ())

    return Flavour(
        name,
        label=table.get("label", name),
        platform=table.get("platform", base.platform if base else ""),
        program=table.get("program", base.program if base else ""),
        database=table.get("database", base.database if base else ""),
        signs=tuple(map(_pattern, table.get("signs", []))),
        columns={
            column: tuple(fields)
            for column, fields in merged("columns", tuple).items()
            if fields
        },
        separators=merged("separators", _pattern),
        joined=tuple(table.get("joined", base.joined if base else ())),
        drop=merged("drop", _pattern),
        strip=merged("strip", _pattern),
        citations=rows("citations"),
        descriptors_if=rows("descriptors_if"),
        databases=rows("databases"),
        repeats=table.get("repeats", {}),
    )


@cache
def flavours_of(table: str) -> tuple[Flavour, ...]:
    """Return the flavours of a format in the order of its table; the last is the format as such.

    >>> flavours_of("ris")[-1].columns["title"]
    ('TI', 'T1', 'CT', 'BT')
    """
    with (Path(__file__).parent / f"{table}.toml").open("rb") as file:
        read = tomllib.load(file)
    base = _made("", read, None)
    return (*(_made(name, own, base) for name, own in read.get("flavours", {}).items()), base)
