"""Writes records as JSON Lines: one record a line, every column as it is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from searchsets.records.model import Record
from searchsets.records.writers.base import Target


def _pieces(records: Iterable[Record]) -> Iterator[str]:
    for record in records:
        yield json.dumps(record.as_row(), ensure_ascii=False) + "\n"


TARGETS = (
    Target("jsonl", (".jsonl",), "JSON Lines, ours: every column exactly", pieces=_pieces),
)
