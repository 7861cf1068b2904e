"""Keeps records as shards of Parquet, and the log of what came in from where."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from searchsets.errors import ReviewError
from searchsets.files import read_csv, write_csv
from searchsets.records import model
from searchsets.records.identity import Repeat, identify
from searchsets.records.model import Record
from searchsets.records.reading import ReadFile
from searchsets.records.tables import table_of

if TYPE_CHECKING:
    import pyarrow as pa

SHARD_ROWS = 50_000
LOG_COLUMNS = (
    "database", "source_file", "represents", "format", "flavour", "platform", "program",
    "source_databases", "known_by", "encoding", "encoding_known_by", "line_ends", "bytes", "sha256",
    "announced", "reported", "start_marks", "end_marks", "found", "read", "broken",
    "identical_repeats", "repeated_accessions", "without_title", "without_abstract", "without_year",
    "without_descriptors", "findings",
)  # fmt: skip
BROKEN_COLUMNS = ("database", *model.BROKEN_COLUMNS)
REPEAT_COLUMNS = ("record_id", "source_file", "position")


def write_records(folder: Path, records: Sequence[Record]) -> None:
    """Write records in their order as shards of at most `SHARD_ROWS` rows; at least one shard."""
    import pyarrow.parquet as pq

    folder.mkdir(parents=True, exist_ok=True)
    for earlier in folder.glob("part-*.parquet"):
        earlier.unlink()
    for number, start in enumerate(range(0, max(len(records), 1), SHARD_ROWS)):
        rows = table_of(records[start : start + SHARD_ROWS])
        pq.write_table(rows, folder / f"part-{number:04}.parquet")


def read_records(folder: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Return all records of a folder of shards as one table, in the order of their ids.

    Raises:
        ReviewError: there is no shard in the folder.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    # Not pq.read_table: it imports pandas, which takes longer than most of our stages.
    shards = [pq.ParquetFile(path).read(columns) for path in sorted(folder.glob("*.parquet"))]
    if not shards:
        raise ReviewError(
            "holds no records (part-*.parquet)",
            str(folder),
            "delete results/.build and run again: a file of the build was taken away",
        )
    return pa.concat_tables(shards)


def import_database(database: str, read: Iterable[ReadFile], folder: Path) -> tuple[int, int]:
    """Write the records and the log of one database's exports into a folder.

    Returns:
        The numbers of records kept and of broken ones.
    """
    exports = sorted(read, key=lambda one: one.name)
    records, repeats = identify(database, [r for one in exports for r in one.records])
    write_records(folder, records)
    write_csv(folder / "import_log.csv", LOG_COLUMNS, _log_rows(database, exports, repeats))
    broken = [part for one in exports for part in one.broken]
    write_csv(
        folder / "broken.csv",
        BROKEN_COLUMNS,
        ({"database": database} | vars(part) for part in broken),
    )
    write_csv(folder / "repeats.csv", REPEAT_COLUMNS, (vars(repeat) for repeat in repeats))
    return len(records), len(broken)


def _log_rows(database: str, exports: list[ReadFile], repeats: list[Repeat]):
    for one in exports:
        identical = sum(repeat.source_file == one.name for repeat in repeats)
        yield one.facts() | {"database": database, "identical_repeats": identical}


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
