"""Keeps records on the disk as shards of Parquet, and reads them back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from searchsets.errors import ReviewError
from searchsets.records.tables import schema

SHARD_ROWS = 50_000
GROUP_ROWS = 5_000
"""Rows that are written, and can be read, together."""


class Shards:
    """Writes records to a folder as shards of Parquet, the same however they come in parts."""

    def __init__(self, folder: Path):
        """Take a folder; the shards that it holds are taken away."""
        import pyarrow.parquet as pq  # it takes a while to import

        folder.mkdir(parents=True, exist_ok=True)
        for earlier in folder.glob("part-*.parquet"):
            earlier.unlink()
        self._folder, self._file = folder, pq.ParquetWriter
        self._waiting: pa.Table = schema().empty_table()
        self._writer: pq.ParquetWriter | None = None
        self.rows = 0

    def write(self, records: pa.Table) -> None:
        """Write records, in the order of their ids."""
        self._waiting = pa.concat_tables([self._waiting, records])
        while self._waiting.num_rows >= GROUP_ROWS:
            self._write_group(self._waiting.slice(0, GROUP_ROWS))
            self._waiting = self._waiting.slice(GROUP_ROWS)

    def _write_group(self, group: pa.Table) -> None:
        if self.rows % SHARD_ROWS == 0:
            self._close_shard()
            path = self._folder / f"part-{self.rows // SHARD_ROWS:04}.parquet"
            self._writer = self._file(path, schema())
        self._writer.write_table(group)
        self.rows += group.num_rows

    def _close_shard(self) -> None:
        if self._writer is not None:
            self._writer.close()

    def close(self) -> None:
        """Write what waits; at least one shard, if without rows."""
        if self._waiting.num_rows or self._writer is None:
            self._write_group(self._waiting)
        self._close_shard()


def read_shard(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Return the records of one shard.

    Raises:
        ReviewError: the file is damaged, or lacks a column.
    """
    import pyarrow.parquet as pq  # it takes a while to import

    try:
        # Not pq.read_table: it takes much longer to start.
        file = pq.ParquetFile(path)
        lacking = set(columns or schema().names).difference(file.schema_arrow.names)
        if lacking:
            raise ReviewError(
                f"has no column {', '.join(sorted(lacking))}: these are not imported records",
                str(path),
                "name a folder that an import wrote (records/<database> of a run)",
            )
        return file.read(columns)
    except FileNotFoundError:
        raise
    except (pa.ArrowException, OSError) as error:  # a damaged page is an OSError without a file
        raise ReviewError(
            f"is damaged: {error}", str(path), "delete the folder of this run, and run it again"
        ) from None


def read_records(folder: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Return all records of a folder of shards as one table, in the order of their ids.

    Raises:
        ReviewError: there is no shard in the folder, or one is damaged.
    """
    shards = [read_shard(path, columns) for path in sorted(folder.glob("*.parquet"))]
    if not shards:
        raise ReviewError(
            "holds no records (part-*.parquet)",
            str(folder),
            "name a folder of imported records; if a file of results/.build was taken away, delete "
            "results/.build and run again",
        )
    return pa.concat_tables(shards)
