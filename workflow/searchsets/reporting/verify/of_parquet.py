"""Compares Parquet files by what they say: another version of the library writes other bytes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

from searchsets.reporting.verify.model import Place, place_of

_ROWS = 20_000


def records(published: Path, now: Path) -> Place | None:
    """Compare the columns, then which records there are, then the records."""
    import pyarrow as pa
    import pyarrow.parquet as pq  # it takes a while to import

    try:
        one, other = pq.ParquetFile(published), pq.ParquetFile(now)
        columns, columns_now = (
            "; ".join(f"{field.name} ({field.type})" for field in side.schema_arrow)
            for side in (one, other)
        )
        if columns != columns_now:
            return place_of("the columns and their types", columns, columns_now)
        names = one.schema_arrow.names
        return _ids(one, other, names[0]) or _values(one, other, names)
    except (pa.ArrowException, OSError) as error:
        return Place(f"the file is damaged: {error}")


def _ids(one, other, column: str) -> Place | None:
    """Compare which records, or works, there are."""
    ids, ids_now = (
        {
            str(value)
            for batch in file.iter_batches(_ROWS, columns=[column])
            for value in batch[0].to_pylist()
        }
        for file in (one, other)
    )
    kind = {"work_id": "work", "record_id": "record"}.get(column, "row")
    gone, new = sorted(ids - ids_now), sorted(ids_now - ids)
    if gone:
        return place_of(f"a {kind} that is there no more{_more(gone)}", gone[0], None)
    return place_of(f"a new {kind}{_more(new)}", None, new[0]) if new else None


def _more(names: Sequence[str]) -> str:
    return f" (the first of {len(names):,})" if len(names) > 1 else ""


def _values(one, other, columns: Sequence[str]) -> Place | None:
    row = 0
    for batch, batch_now in zip_longest(one.iter_batches(_ROWS), other.iter_batches(_ROWS)):
        if batch is None or batch_now is None or not batch.equals(batch_now):
            olds, news = ([] if b is None else b.to_pylist() for b in (batch, batch_now))
            for number, (old, new) in enumerate(zip_longest(olds, news), start=row + 1):
                if old != new:
                    return _value(columns, number, old, new)
        row += batch.num_rows if batch is not None else 0
    return None


def _value(columns: Sequence[str], row: int, old: dict | None, new: dict | None) -> Place:
    if old is None or new is None:
        named = (old or new or {}).get(columns[0])
        return place_of(f"row {row}", *(None if one is None else str(named) for one in (old, new)))
    column = next((c for c in columns if old[c] != new[c]), columns[0])
    was, now = ("" if side[column] is None else str(side[column]) for side in (old, new))
    return place_of(f"row {row} ({old[columns[0]]}), column {column}", was, now)
