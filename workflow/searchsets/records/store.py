"""Keeps records as shards of Parquet, and the log of what came in from where."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow as pa

from searchsets.errors import ReviewError
from searchsets.files import read_csv, write_csv
from searchsets.records import model
from searchsets.records.identity import REPEAT_COLUMNS, first_ids, identified
from searchsets.records.model import COLUMNS, Record
from searchsets.records.progress import progress
from searchsets.records.reading import ReadFile, require_balance, require_records
from searchsets.records.spool import Spool
from searchsets.records.tables import schema, table_of

SHARD_ROWS = 50_000
GROUP_ROWS = 5_000
"""Rows that are written, and can be read, together."""
LOG_COLUMNS = (
    "database", "source_file", "represents", "format", "flavour", "platform", "program",
    "source_databases", "known_by", "encoding", "encoding_known_by", "line_ends", "bytes", "sha256",
    "announced", "reported", "start_marks", "end_marks", "found", "read", "broken",
    "identical_repeats", "repeated_accessions", "without_title", "without_abstract", "without_year",
    "without_descriptors", "findings",
)  # fmt: skip
BROKEN_COLUMNS = ("database", *model.BROKEN_COLUMNS)
_NO_REPEATS = schema().empty_table().select(REPEAT_COLUMNS)


class _Shards:
    """Writes records to a folder as shards of Parquet, the same however they come in parts."""

    def __init__(self, folder: Path):
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


def write_records(folder: Path, records: Sequence[Record]) -> None:
    """Write records in their order as shards of at most `SHARD_ROWS` rows; at least one shard."""
    shards = _Shards(folder)
    shards.write(table_of(list(records)))
    shards.close()


def read_records(folder: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Return all records of a folder of shards as one table, in the order of their ids.

    Raises:
        ReviewError: there is no shard in the folder.
    """
    import pyarrow.parquet as pq  # it takes a while to import

    # Not pq.read_table: it imports pandas, which takes longer than most of our stages.
    shards = [pq.ParquetFile(path).read(columns) for path in sorted(folder.glob("*.parquet"))]
    if not shards:
        raise ReviewError(
            "holds no records (part-*.parquet)",
            str(folder),
            "delete results/.build and run again: a file of the build was taken away",
        )
    return pa.concat_tables(shards)


def import_database(database: str, files: Iterable[ReadFile], folder: Path) -> tuple[int, int]:
    """Read one database's exports, and write its records and their log into a folder.

    Args:
        database: the short name of the database.
        files: its export files, opened and not yet read.
        folder: the folder to write to.

    Returns:
        The numbers of records kept and of broken ones.

    Raises:
        ReviewError: a file is damaged as a whole, or none of its records can be read.
    """
    exports = sorted(files, key=lambda one: one.name)
    folder.mkdir(parents=True, exist_ok=True)
    with Spool("record_id", folder) as spool:
        for one in exports:
            for table in progress(one.tables(), one.source):
                spool.add(_with_first_ids(database, table))
            require_records(one)
            require_balance(one)
        shards = _Shards(folder)
        repeats: list[pa.Table] = []
        for kept, repeated in identified(database, spool.slices()):
            shards.write(kept)
            repeats.append(repeated)
        shards.close()
    repeated = pa.concat_tables([_NO_REPEATS, *repeats])
    write_csv(folder / "import_log.csv", LOG_COLUMNS, _log_rows(database, exports, repeated))
    broken = [{"database": database} | vars(part) for one in exports for part in one.broken]
    write_csv(folder / "broken.csv", BROKEN_COLUMNS, broken)
    write_csv(folder / "repeats.csv", REPEAT_COLUMNS, repeated.to_pylist())
    return shards.rows, len(broken)


def _with_first_ids(database: str, records: pa.Table) -> pa.Table:
    made = {"record_id": first_ids(database, records), "database": pa.repeat(database, len(records))}
    for name, column in made.items():
        records = records.set_column(COLUMNS.index(name), name, column)
    return records


def _log_rows(database: str, exports: list[ReadFile], repeats: pa.Table):
    identical = Counter(repeats.column("source_file").to_pylist())
    for one in exports:
        yield one.facts() | {"database": database, "identical_repeats": identical[one.name]}


def gather_logs(folders: Sequence[Path], log: Path, broken: Path) -> None:
    """Join the logs of all databases into one, in the order of the database and the file."""
    csv.field_size_limit(1 << 30)  # the raw text of a broken record may be long
    for name, columns, target in (
        ("import_log.csv", LOG_COLUMNS, log),
        ("broken.csv", BROKEN_COLUMNS, broken),
    ):
        rows = [row for folder in folders for row in read_csv(folder / name, columns)]
        rows.sort(key=lambda row: (row["database"], row["source_file"]))
        write_csv(target, columns, rows)
