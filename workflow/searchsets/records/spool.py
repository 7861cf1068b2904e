"""Sorts more rows than memory holds: sorted runs on the disk, merged a slice at a time."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

RUN_BYTES = 24 << 20
"""So much is sorted in memory at once, about."""
_BATCH_ROWS = 64  # of a run on the disk: a merge holds one batch of each


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
        self._bounds: list[str] = []
        self._folder = tempfile.TemporaryDirectory(dir=folder, prefix=".spool-")

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def add(self, table: pa.Table) -> None:
        """Take rows."""
        if not table.num_rows:
            return
        self._held.append(table)
        self._size += table.nbytes
        if self._size >= self._run_bytes:
            self._save(self._sorted())

    def _sorted(self) -> pa.Table:
        held, self._held, self._size = self._held, [], 0
        return _sorted(pa.concat_tables(held), self._key)

    def _save(self, run: pa.Table) -> None:
        path = Path(self._folder.name) / f"run-{len(self._runs):06}.arrow"
        options = pa.ipc.IpcWriteOptions(compression="lz4")
        with pa.OSFile(str(path), "wb") as file:
            with pa.ipc.new_stream(file, run.schema, options=options) as writer:
                writer.write_table(run, max_chunksize=_BATCH_ROWS)
        self._runs.append(path)
        self._bounds += run.column(self._key)[::_BATCH_ROWS].to_pylist()

    def slices(self) -> Iterator[pa.Table]:
        """Yield all rows in order, in tables that never part rows of equal text."""
        runs = [_batches(path) for path in self._runs]
        # So far apart that about a batch of every fourth run lies between two of them.
        bounds = list(dict.fromkeys(sorted(self._bounds)[:: len(runs) // 4 or 1]))
        if self._held:
            runs.append(iter([self._sorted()]))
        yield from merged(runs, bounds, self._key)


def _sorted(table: pa.Table, key: str) -> pa.Table:
    # Sorting by a second column keeps rows of equal text in their order.
    numbered = pa.table({"key": table.column(key), "row": pa.array(range(table.num_rows))})
    order = pc.sort_indices(numbered, sort_keys=[("key", "ascending"), ("row", "ascending")])
    return table.combine_chunks().take(order)


def _batches(path: Path) -> Iterator[pa.Table]:
    with pa.OSFile(str(path), "rb") as file, pa.ipc.open_stream(file) as reader:
        for batch in reader:
            yield pa.Table.from_batches([batch])


def merged(
    runs: Iterable[Iterator[pa.Table]], bounds: Iterable[str], key: str
) -> Iterator[pa.Table]:
    """Merge sorted runs, cut at the bounds: rows of equal text are never parted.

    Args:
        runs: each gives the rows of a run in order, some at a time.
        bounds: texts that rise; rows that are less than one are in an earlier table.
        key: the column of text by which the runs are sorted.
    """
    heads = [_Head(run, key) for run in runs]
    for bound in (*bounds, None):
        if taken := [part for head in heads for part in head.take(bound)]:
            yield _sorted(pa.concat_tables(taken), key)


class _Head:
    """The rows of a run that are known and not yet taken."""

    def __init__(self, run: Iterator[pa.Table], key: str):
        self._run, self._key = run, key
        self._rest: pa.Table | None = next(run, None)

    def take(self, bound: str | None) -> Iterator[pa.Table]:
        """Take the rows whose text is less than the bound, or all."""
        while self._rest is not None:
            texts = self._rest.column(self._key)
            if bound is not None and texts[-1].as_py() >= bound:
                size = pc.sum(pc.less(texts, bound)).as_py()
                if size:
                    yield self._rest.slice(0, size)
                    self._rest = self._rest.slice(size)
                return
            yield self._rest
            self._rest = next(self._run, None)
