"""Packs columns into a text that a page carries: dictionary-coded, compressed, in printable letters.

A browser unpacks it with what it has (`DecompressionStream`), so the page needs no library.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa

Column = list[Any] | dict[str, list[Any]]
"""The values of a column: plainly, by a dictionary (`of`, `at`), or by their distances (`steps`)."""


def column(values: Iterable[Any]) -> Column:
    """Return the values of a column, as `{"of": different values, "at": places}` where many are alike.

    >>> column(["a", "b", "a", "a"])
    {'of': ['a', 'b'], 'at': [0, 1, 0, 0]}
    >>> column(["a", "b", "c"])
    ['a', 'b', 'c']
    """
    plain = list(values)
    places: dict[Any, int] = {}
    at = [places.setdefault(value, len(places)) for value in plain]
    if 2 * len(places) > len(plain):
        return plain
    return {"of": list(places), "at": at}


def steps(values: Iterable[int]) -> Column:
    """Return whole numbers that mostly follow each other, as the first and how far each is from the last.

    >>> steps([7, 8, 9, 4])
    {'steps': [7, 1, 1, -5]}
    """
    last, made = 0, []
    for value in values:
        made.append(value - last)
        last = value
    return {"steps": made}


def columns(rows: Sequence[dict[str, Any]], names: Iterable[str]) -> dict[str, Column]:
    """Return the columns of these names, each as `column` gives it."""
    return {name: column(row[name] for row in rows) for name in names}


def grouped(
    rows: Iterable[dict[str, Any]], places: dict[str, int], key: str, names: Sequence[str]
) -> dict[str, Any]:
    """Return rows that belong to records as columns, in the order of the records.

    Args:
        rows: each names its record in `key`; those of a record that is not in `places` are left out.
        places: the place of each record in the page's list of records.
        names: the columns that are kept.

    Returns:
        `per`: how many rows each record has; then the columns. So no row needs to say whose it is.
    """
    of_record: list[list[dict[str, Any]]] = [[] for _ in places]
    for row in rows:
        place = places.get(row[key])
        if place is not None:
            of_record[place].append(row)
    flat = [row for many in of_record for row in many]
    return {"per": [len(many) for many in of_record], **columns(flat, names)}


def packed(data: Any) -> str:
    """Return data as JSON, compressed with gzip, in base64; the same text from the same data.

    The compressor is the one that PyArrow brings, since those of Python installations differ in the
    bytes that they make; it writes no date.
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    squeezed = pa.Codec("gzip", compression_level=9).compress(text, asbytes=True)
    return base64.b64encode(squeezed).decode("ascii")
