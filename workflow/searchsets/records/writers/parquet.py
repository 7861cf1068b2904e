"""Writes records as Parquet, with the columns and types of every file of records of ours."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from searchsets.records.model import Record
from searchsets.records.store import schema
from searchsets.records.writers.base import Target

_ROWS = 4_000
"""Rows of a group: so many records are held at once, however many there are."""


def _save(records: Iterable[Record], path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = schema()
    coming = iter(records)
    with pq.ParquetWriter(path, columns) as writer:
        while rows := [record.as_row() for record in islice(coming, _ROWS)]:
            writer.write_table(pa.Table.from_pylist(rows, schema=columns))


TARGETS = (Target("parquet", (".parquet",), "Parquet, ours: every column exactly", save=_save),)
