"""Reads records from Parquet: ours exactly, others by the names of their columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from searchsets.errors import ReviewError
from searchsets.records import clean
from searchsets.records.flavours import flavours_of
from searchsets.records.mapping import Mapper
from searchsets.records.model import COLUMNS, LIST_COLUMNS, Record
from searchsets.records.tables import schema

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS = 4_000


def read_parquet(path: Path) -> Iterator[Record]:
    """Yield the records of a Parquet file in their order, a few thousand in memory at a time.

    A file with our columns gives its records as they were. Another one needs a column `title`;
    what its other columns hold is known by our names for them, and `raw` keeps each row whole.

    Raises:
        ReviewError: the file cannot be read, or has no column `title`.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
        names = {name.strip().lower(): name for name in reversed(file.schema_arrow.names)}
        if "title" not in names:
            shown = ", ".join(file.schema_arrow.names[:40])
            raise ReviewError(
                f"the table has no column title; its columns are: {shown}",
                str(path),
                "name its columns title, authors, year, abstract, ...",
            )
        rows = (row for batch in file.iter_batches(_ROWS) for row in batch.to_pylist())
        if _is_ours(file.schema_arrow):
            for row in rows:
                yield _ours(row)
        else:
            yield from _others(rows, names, path.name)
    except (pa.ArrowException, OSError) as error:
        raise ReviewError(
            f"is no Parquet file that can be read: {str(error).splitlines()[0]}",
            str(path),
            "write it again",
        ) from None


def _is_ours(found: pa.Schema) -> bool:
    return all(
        field.name in found.names and found.field(field.name).type == field.type
        for field in schema()
    )


def _ours(row: Mapping[str, Any]) -> Record:
    empty: dict[str, Any] = dict.fromkeys(COLUMNS, "") | {"year": None, "position": 0}
    values = {
        name: list(row[name] or ()) if name in LIST_COLUMNS
        else empty[name] if row[name] is None else row[name]
        for name in COLUMNS
    }  # fmt: skip
    return Record(**values)


def _others(
    rows: Iterator[Mapping[str, Any]], names: Mapping[str, str], file: str
) -> Iterator[Record]:
    mapper = Mapper(flavours_of("json")[-1])
    ours = {name: names[name] for name in COLUMNS if name in names}
    for position, row in enumerate(rows, start=1):
        fields = {
            name: texts
            for name, theirs in ours.items()
            if (texts := [str(one) for one in _many(row[theirs]) if one not in (None, "")])
        }
        yield mapper.record(fields, clean.raw(_plain(row)), file, position)


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with values that JSON knows."""
    known = (str, int, float, bool, list, dict, type(None))
    return {name: value if isinstance(value, known) else str(value) for name, value in row.items()}
