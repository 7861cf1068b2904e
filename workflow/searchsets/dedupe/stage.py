"""Deduplicates the records of a run, or of any files, and writes all that came of it."""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from searchsets.dedupe import log
from searchsets.dedupe.checks import CHECK_COLUMNS
from searchsets.dedupe.engine import Deduplicated, deduplicate
from searchsets.dedupe.joining import Policy
from searchsets.dedupe.material import take_and_read
from searchsets.dedupe.people import read_decisions
from searchsets.dedupe.remembered import Remembered
from searchsets.dedupe.works import works_schema, works_tables
from searchsets.errors import ReviewError
from searchsets.files import whole_file, write_csv

DEFAULT_POLICY = Policy()


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Keep Python from looking through millions of records for circles that there are not.

    With 100,000 records that takes a quarter of the time.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.freeze()  # nor look through them at once when it may again
            gc.enable()


@_no_collecting()
def write_works(
    paths: Sequence[Path],
    retrieved: Sequence[Path],
    out: Path,
    policy: Policy = DEFAULT_POLICY,
    decisions: Path | None = None,
    run: str = "",
    earlier: Path | None = None,
    later: Collection[str] = (),
    say: Callable[[str], None] = lambda message: None,
) -> Deduplicated:
    """Join records into works, and write `links.csv`, the works and the log to a folder.

    Args:
        paths: folders of imported records, or files of records.
        retrieved: `retrieved.csv` files; of a database only the records listed there take part.
        out: the folder to write to.
        policy: what the review decides.
        decisions: what people decided (`resources/decisions/dedupe`), if anything.
        run: the name of the run.
        earlier: what is remembered of the run that this one updates (`earlier/records.csv`).
        later: the runs that update this one: it knows nothing of what was decided in them.
        say: what to do with a message for the person.

    Raises:
        ReviewError: something that people brought cannot be read.
    """
    table, readings = take_and_read(paths, retrieved, say)
    ids = set(table.column("record_id").to_pylist())
    people = read_decisions(decisions, ids, run, later)
    if people.elsewhere:
        say(f"{len(people.elsewhere):,} decisions are about records of other runs: not used here")
    databases = set(table.column("database").unique().to_pylist())
    for name in sorted({*policy.prefer, *policy.single} - databases):
        say(f"WARNING: no record is of {name!r}, which is preferred or said to hold nothing twice")
    before = Remembered.read(earlier)
    _require_there(before, table, earlier)
    done = deduplicate(table, policy, people, say, readings, before)
    write_csv(out / "links.csv", log.LINK_COLUMNS, log.link_rows(done))
    write_csv(out / "decisions.csv", log.DECISION_COLUMNS, log.decision_rows(done))
    write_csv(out / "versions.csv", log.VERSION_COLUMNS, log.version_rows(done))
    kept = log.queue(done, policy.queue)
    say(log.summary(done, len(kept)))
    write_csv(out / "uncertain.csv", log.UNCERTAIN_COLUMNS, log.uncertain_rows(done, kept))
    write_csv(out / "balance.csv", log.BALANCE_COLUMNS, log.balance_rows(done))
    write_csv(out / "checks.csv", CHECK_COLUMNS, log.check_rows(done))
    works = works_tables(table, done.groups, done.work_of, policy.prefer)
    _write_works(works, out, for_people=any(path.is_file() for path in paths))
    return done


def _require_there(before: Remembered, table: pa.Table, path: Path | None) -> None:
    """Raise an error where a record that an earlier run had is not among the records."""
    lost = sorted(before.work_of.keys() - set(table.column("record_id").to_pylist()))
    if lost:
        raise ReviewError(
            f"{len(lost):,} records of the run before are not among the records, first {lost[0]!r}",
            str(path),
            "name the folder records/earlier too, and earlier/kept.csv with --retrieved",
        )


def _write_works(works: Iterator[pa.Table], out: Path, *, for_people: bool) -> None:
    """Write one row a work: as Parquet for the stages after, and as CSV for a person."""
    with ExitStack() as stack:
        parquet = stack.enter_context(whole_file(out / "works.parquet"))
        writers = [_parquet_writer(stack, parquet)]
        if for_people:
            writers.append(_csv_writer(stack, stack.enter_context(whole_file(out / "works.csv"))))
        for part in works:
            for write in writers:
                write(part)


def _parquet_writer(stack: ExitStack, path: Path) -> Callable[[pa.Table], None]:
    import pyarrow.parquet as pq

    return stack.enter_context(pq.ParquetWriter(path, works_schema())).write_table


def _csv_writer(stack: ExitStack, path: Path) -> Callable[[pa.Table], None]:
    from pyarrow import csv

    file = stack.enter_context(path.open("wb"))
    file.write(f"{','.join(works_schema().names)}\n".encode())
    options = csv.WriteOptions(include_header=False, quoting_style="needed")

    def write(part: pa.Table) -> None:
        cells = {name: _cells(part.column(name)) for name in part.column_names}
        csv.write_csv(pa.table(cells), file, options)

    return write


def _cells(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the values of a column as they stand in our CSV files: lists joined by `; `."""
    return pc.binary_join(column, "; ") if pa.types.is_list(column.type) else column
