"""Writes records as Parquet, with the columns and types of every file of records of ours."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa

from searchsets.records.tables import schema
from searchsets.records.writers.base import Target


def _save(tables: Iterable[pa.Table], path: Path) -> None:
    import pyarrow.parquet as pq  # it takes a while to import

    # The least and the greatest `raw` of each few thousand would be held until the end.
    with pq.ParquetWriter(path, schema(), write_statistics=False) as writer:
        for table in tables:
            writer.write_table(table)


TARGETS = (Target("parquet", (".parquet",), "Parquet, ours: every column exactly", save=_save),)
