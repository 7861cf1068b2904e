"""Records as tables of Arrow: the columns of every file of records, with their types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from searchsets.records.model import COLUMNS, LIST_COLUMNS, TEXT_COLUMNS, Record


def schema() -> pa.Schema:
    """Return the columns of a file of records with their types."""
    types = {name: pa.string() for name in TEXT_COLUMNS}
    types |= {name: pa.list_(pa.string()) for name in LIST_COLUMNS}
    types |= {"position": pa.int64(), "year": pa.int64()}
    return pa.schema([(name, types[name]) for name in COLUMNS])


def table_of(records: Sequence[Record]) -> pa.Table:
    """Return records, in their order, as a table."""
    columns = schema()
    made = {name: [getattr(record, name) for record in records] for name in columns.names}
    return pa.table(made, schema=columns)


def records_of(table: pa.Table) -> Iterator[Record]:
    """Yield the records of a table in their order."""
    columns = [table.column(name).to_pylist() for name in COLUMNS]
    for values in zip(*columns, strict=True):
        yield Record(**dict(zip(COLUMNS, values, strict=True)))
