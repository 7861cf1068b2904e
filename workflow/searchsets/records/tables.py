"""Records as tables of Arrow: the columns of every file of records, with their types."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from searchsets.records.model import COLUMNS, LIST_COLUMNS, TEXT_COLUMNS, Record

# What one batch of records gives back to the system's own allocator the next one takes again; others
# ask for fresh memory each time, which takes a quarter of the time of an import.
pa.set_memory_pool(pa.system_memory_pool())


def schema() -> pa.Schema:
    """Return the columns of a file of records with their types."""
    types = {name: pa.string() for name in TEXT_COLUMNS}
    types |= {name: pa.list_(pa.string()) for name in LIST_COLUMNS}
    types |= {"position": pa.int64(), "year": pa.int64()}
    return pa.schema([(name, types[name]) for name in COLUMNS])


Part = list[Record] | pa.Table
"""Some records of a file, in their order: as records, or as a table where they were read so."""


def table_of(part: Part) -> pa.Table:
    """Return records as a table."""
    if isinstance(part, pa.Table):
        return part
    columns = schema()
    made = {name: [getattr(record, name) for record in part] for name in columns.names}
    return pa.table(made, schema=columns)


def records_of(part: Part) -> Iterator[Record]:
    """Yield records one by one."""
    if isinstance(part, list):
        yield from part
        return
    columns = [part.column(name).to_pylist() for name in COLUMNS]
    for values in zip(*columns, strict=True):
        yield Record(**dict(zip(COLUMNS, values, strict=True)))
