"""Keeps records as shards of Parquet, and the log of what came in from where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pyarrow as pa

from searchsets.files import read_csv, write_csv
from searchsets.records import model
from searchsets.records.identity import REPEAT_COLUMNS, Given, first_ids, identified
from searchsets.records.model import COLUMNS
from searchsets.records.other_sources import EARLIER
from searchsets.records.progress import progress
from searchsets.records.reading import ReadFile, require_balance, require_records
from searchsets.records.shards import Shards
from searchsets.records.spool import Spool
from searchsets.records.tables import schema

LOG_COLUMNS = (
    "database", "source_file", "represents", "format", "flavour", "platform", "program",
    "source_databases", "known_by", "encoding", "encoding_known_by", "line_ends", "bytes", "sha256",
    "announced", "reported", "start_marks", "end_marks", "found", "read", "broken",
    "identical_repeats", "repeated_accessions", "without_title", "without_abstract", "without_year",
    "without_descriptors", "findings",
)  # fmt: skip
BROKEN_COLUMNS = ("database", *model.BROKEN_COLUMNS)
_REPEAT_ORDER = [(name, "ascending") for name in REPEAT_COLUMNS]
_NO_REPEATS = schema().empty_table().select(REPEAT_COLUMNS)


Slices = Iterable[pa.Table]
Settle = Callable[[Slices, list[pa.Table]], Slices]
"""Takes slices of records in the order of their first ids, and a list for those it sets aside."""


def import_database(
    database: str,
    files: Iterable[ReadFile],
    folder: Path,
    settle: Settle | None = None,
    earlier: Path | None = None,
) -> tuple[int, int]:
    """Read one database's exports, and write its records and their log into a folder.

    Args:
        database: the short name of the database.
        files: its export files, opened and not yet read.
        folder: the folder to write to.
        settle: chooses between records of one number, before they are given ids.
        earlier: the folder of the run that this one updates: the ids that it gave are kept.

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
        shards = Shards(folder)
        repeats: list[pa.Table] = []
        slices = settle(spool.slices(), repeats) if settle else spool.slices()
        for kept, repeated in identified(database, slices, ids_given(earlier, database)):
            shards.write(kept)
            repeats.append(repeated)
        shards.close()
    repeated = pa.concat_tables([_NO_REPEATS, *repeats])
    write_csv(folder / "import_log.csv", LOG_COLUMNS, _log_rows(database, exports, repeated))
    broken = [{"database": database} | vars(part) for one in exports for part in one.broken]
    write_csv(folder / "broken.csv", BROKEN_COLUMNS, broken)
    write_csv(folder / "repeats.csv", REPEAT_COLUMNS, repeated.sort_by(_REPEAT_ORDER).to_pylist())
    return shards.rows, len(broken)


def ids_given(earlier: Path | None, database: str) -> Given:
    """Return the ids that an earlier run (`results/<run>`) gave to the records of a database."""
    sources = (database, EARLIER) if earlier else ()
    return Given([earlier / "records" / source for source in sources], database)


def _with_first_ids(database: str, records: pa.Table) -> pa.Table:
    made = {
        "record_id": first_ids(database, records),
        "database": pa.repeat(database, len(records)),
    }
    for name, column in made.items():
        records = records.set_column(COLUMNS.index(name), name, column)
    return records


def _log_rows(database: str, exports: list[ReadFile], repeats: pa.Table):
    identical = Counter(repeats.column("source_file").to_pylist())
    for one in exports:
        yield one.facts() | {"database": database, "identical_repeats": identical[one.name]}


def gather_logs(folders: Sequence[Path], log: Path, broken: Path) -> None:
    """Join the logs of all databases into one, in the order of the database and the file."""
    for name, columns, target in (
        ("import_log.csv", LOG_COLUMNS, log),
        ("broken.csv", BROKEN_COLUMNS, broken),
    ):
        rows = [row for folder in folders for row in read_csv(folder / name, columns)]
        rows.sort(key=lambda row: (row["database"], row["source_file"]))
        write_csv(target, columns, rows)
