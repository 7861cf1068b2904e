"""Writes values so that our readers give back exactly what we had.

Readers clean what sources wrote: they decode entities, take mark-up out, split lists. A value that
is clean already and still looks like an entity, a tag or a list is written with an escape.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from searchsets.records import clean
from searchsets.records.formats.base import Fields
from searchsets.records.model import COLUMNS, LIST_COLUMNS, OWN_COLUMNS

_MARKUP = (clean.BLOCK_MARKUP, clean.INLINE_MARKUP)
_TAG = re.compile("|".join(f"(?:{one.pattern.removeprefix('(?i)')})" for one in _MARKUP), re.I)
_EMPTY_MARKUP = "<i></i>"
_PART = re.compile(r"((?:[^\\;]|\\.)*)(?:;|$)", re.S)
_ESCAPED = re.compile(r"\\(.)", re.S)


def text(value: str) -> str:
    """Return a clean value as it must be written for `clean.text` to give it back.

    Almost every value stays as it is. What would be decoded as an entity gets `&amp;`; what would
    be taken out as a tag gets an empty tag inside, which is taken out instead.

    >>> text("R&D"), text("AT&amp;T"), text("p < 0.05"), text("H<sub>2</sub>O")
    ('R&D', 'AT&amp;amp;T', 'p < 0.05', 'H<<i></i>sub>2<<i></i>/sub>O')
    """
    if "<" in value:
        parts, at = [], 0
        for found in _TAG.finditer(value):
            parts += (value[at : found.start() + 1], _EMPTY_MARKUP)
            at = found.start() + 1
        value = "".join((*parts, value[at:]))
    if "&" in value and html.unescape(value) != value:
        value = value.replace("&", "&amp;")
    return value


def doi(value: str) -> str:
    """Return a DOI as it must be written for `clean.doi` to give it back.

    >>> doi("10.1000/a(1)b"), doi("10.1000/50%25")
    ('10.1000/a(1)b', '10.1000/50%2525')
    """
    return value if clean.doi(value) == value else quote(value, safe="/")


def joined(values: Iterable[str]) -> str:
    r"""Return the values of a list as one cell: joined by `; `, with `\;` and `\\` inside a value.

    >>> joined(["Fox, C.", "a; b", "c:\\d"])
    'Fox, C.; a\\; b; c:\\\\d'
    """
    return "; ".join(value.replace("\\", "\\\\").replace(";", "\\;") for value in values)


def parted(cell: str) -> list[str]:
    r"""Return the values that `joined` made a cell of.

    >>> parted("Fox, C.; a\\; b; c:\\\\d"), parted("")
    (['Fox, C.', 'a; b', 'c:\\d'], [])
    """
    parts = (_ESCAPED.sub(r"\1", found[1]).strip() for found in _PART.finditer(cell))
    return [part for part in parts if part]


def fields(row: Mapping[str, Any]) -> Fields:
    """Return a row of our own columns as fields that a flavour's table maps to the same values.

    A list is a list, or the cell that `joined` made of it. For the reader of our JSON Lines and CSV.
    """
    made: Fields = {}
    for name in COLUMNS:
        value = row.get(name)
        if name in OWN_COLUMNS or value in (None, "", []):
            continue
        if name in LIST_COLUMNS:
            many = parted(value) if isinstance(value, str) else [str(one) for one in value]
            made[name] = [text(one) for one in many]
        else:
            made[name] = [doi(value) if name == "doi" else text(str(value))]
    return made
