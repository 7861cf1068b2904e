"""Sorts more rows than memory holds: sorted runs on the disk, merged a slice at a time."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

RUN_BYTES = 32 << 20
"""So much is sorted in memory at once, about."""
_BATCH_ROWS = 500  # of a run on the disk: a merge holds one batch of each


class Spool:
    """Takes tables of one schema and gives their rows back in the order of one column of text.

    Rows of equal text come in the order in which they were added. Few rows never touch the disk.
    Use it as a context: at its end the runs are deleted.
    """

    def __init__(self, key: str, folder: Path, run_bytes: int = RUN_BYTES):
        """Take the name of the column, and the folder for the runs."""
        self._key, self._run_bytes = key, run_bytes
        self._held: list[pa.Table] = []
        self._size = 0
        self._runs: list[Path] = []
        self._folder = tempfile.TemporaryDirectory(dir=folder, prefix=".spool-")

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def add(self, table: pa.Table) -> None:
        """Take rows."""
        self._held.append(table)
        self._size += table.nbytes
        if self._size >= self._run_bytes:
            self._save(self._sorted())

    def _sorted(self) -> pa.Table:
        table = _sorted(pa.concat_tables(self._held), self._key)
        self._held, self._size = [], 0
        return table

    def _save(self, run: pa.Table) -> None:
        path = Path(self._folder.name) / f"run-{len(self._runs):06}.arrow"
        options = pa.ipc.IpcWriteOptions(compression="lz4")
        with pa.OSFile(str(path), "wb") as file:
            with pa.ipc.new_stream(file, run.schema, options=options) as writer:
                writer.write_table(run, max_chunksize=_BATCH_ROWS)
        self._runs.append(path)

    def slices(self) -> Iterator[pa.Table]:
        """Yield all rows in order, in tables that never part rows of equal text."""
        runs = [_batches(path) for path in self._runs]
        if self._held:
            runs.append(iter([self._sorted()]))
        yield from merged(runs, self._key)


def _sorted(table: pa.Table, key: str) -> pa.Table:
    # Sorting by a second column keeps rows of equal text in their order.
    numbered = pa.table({"key": table.column(key), "row": pa.array(range(table.num_rows))})
    order = pc.sort_indices(numbered, sort_keys=[("key", "ascending"), ("row", "ascending")])
    return table.take(order).combine_chunks()


def _batches(path: Path) -> Iterator[pa.Table]:
    with pa.OSFile(str(path), "rb") as file, pa.ipc.open_stream(file) as reader:
        for batch in reader:
            yield pa.Table.from_batches([batch])


def merged(runs: Iterable[Iterator[pa.Table]], key: str) -> Iterator[pa.Table]:
    """Merge sorted runs into tables that never part rows of equal text.

    Args:
        runs: each gives the rows of a run in order, some at a time.
        key: the column of text by which they are sorted.
    """
    heads = [_Head(run, key) for run in runs]
    while heads := [head for head in heads if head.fill()]:
        # Up to here every run is known; rows of this very text may still come.
        bounds = [head.last for head in heads if not head.is_all]
        bound = min(bounds) if bounds else None
        taken = [part for head in heads if (part := head.take(bound)).num_rows]
        if taken:
            yield _sorted(pa.concat_tables(taken), key)
        else:
            for head in heads:
                if not head.is_all and head.last == bound:
                    head.grow()


class _Head:
    """What is known of a run and not yet taken."""

    def __init__(self, run: Iterator[pa.Table], key: str):
        self._run, self._key = run, key
        self._table: pa.Table | None = None
        self.is_all = False

    @property
    def last(self) -> str:
        return self._table.column(self._key)[-1].as_py()

    def fill(self) -> bool:
        """Have at least one row; tell whether there is one."""
        while not self.is_all and (self._table is None or not self._table.num_rows):
            self.grow()
        return self._table is not None and self._table.num_rows > 0

    def grow(self) -> None:
        """Know more of the run, if there is more."""
        following = next(self._run, None)
        if following is None:
            self.is_all = True
        elif self._table is None or not self._table.num_rows:
            self._table = following
        else:
            self._table = pa.concat_tables([self._table, following])

    def take(self, bound: str | None) -> pa.Table:
        """Take the rows whose text is less than the bound."""
        size = self._table.num_rows
        if bound is not None:
            size = pc.sum(pc.less(self._table.column(self._key), bound)).as_py() or 0
        taken, self._table = self._table.slice(0, size), self._table.slice(size)
        return taken
