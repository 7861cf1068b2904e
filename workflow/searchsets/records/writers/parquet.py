"""Writes records as Parquet, with the columns and types of every file of records of ours."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from searchsets.records.model import Record
from searchsets.records.tables import schema, table_of
from searchsets.records.writers.base import Target

_ROWS = 4_000
"""Rows of a group: so many records are held at once, however many there are."""


def _save(records: Iterable[Record], path: Path) -> None:
    import pyarrow.parquet as pq

    coming = iter(records)
    with pq.ParquetWriter(path, schema()) as writer:
        while rows := list(islice(coming, _ROWS)):
            writer.write_table(table_of(rows))


TARGETS = (Target("parquet", (".parquet",), "Parquet, ours: every column exactly", save=_save),)
