"""Reads the rows of a run's files one after the other, for a database that may have millions."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from searchsets.errors import ReviewError

_BATCH = 20_000
_NUL = "\x00"


def columns_of(path: Path) -> list[str]:
    """Return the names of the columns of a CSV or Parquet file."""
    if path.suffix == ".parquet":
        return _parquet(path).schema_arrow.names
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        return next(csv.reader(file), [])


def rows_of(path: Path, columns: list[str]) -> Iterator[tuple[Any, ...]]:
    """Yield the values of these columns for every row of a file, in its order.

    An empty cell is None. A list becomes JSON. The character NUL, at which most tools that read
    SQLite would end a text, becomes the replacement character.

    Args:
        path: a CSV or Parquet file of a run.
        columns: a column that the file lacks is None throughout.
    """
    rows = _of_parquet if path.suffix == ".parquet" else _of_csv
    yield from rows(path, columns)


def _of_csv(path: Path, columns: list[str]) -> Iterator[tuple[Any, ...]]:
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        reader = csv.reader(file)
        header = next(reader, [])
        places = [header.index(name) if name in header else len(header) for name in columns]
        for cells in reader:
            cells += [""] * (len(header) + 1 - len(cells))
            yield tuple(_text(cells[place]) for place in places)


def _of_parquet(path: Path, columns: list[str]) -> Iterator[tuple[Any, ...]]:
    file = _parquet(path)
    there = [name for name in columns if name in file.schema_arrow.names]
    for batch in file.iter_batches(_BATCH, columns=there):
        read: Mapping[str, list[Any]] = batch.to_pydict()
        nothing = [None] * batch.num_rows
        yield from zip(*(map(value_of, read.get(name, nothing)) for name in columns), strict=True)


def _parquet(path: Path):
    import pyarrow as pa
    import pyarrow.parquet as pq  # it takes a while to import

    try:
        return pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise ReviewError(
            f"is damaged: {error}", str(path), "delete the folder of this run, and run it again"
        ) from None


def value_of(value: Any) -> Any:
    """Return a value as the database holds it.

    >>> value_of(["Fox, C.", "Ash"]), value_of([]), value_of(""), value_of(2004)
    ('["Fox, C.", "Ash"]', None, None, 2004)
    """
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return _text(json.dumps(value, ensure_ascii=False)) if value else None
    return value


def _text(value: str) -> str | None:
    return value.replace(_NUL, "\N{REPLACEMENT CHARACTER}") or None
