"""Reads records from Parquet: ours exactly, others by the names of their columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from searchsets.errors import ReviewError
from searchsets.records import clean
from searchsets.records.encoding import Encoding
from searchsets.records.extraction import Extraction
from searchsets.records.flavours import Flavour, flavours_of
from searchsets.records.formats.base import Reader
from searchsets.records.mapping import Mapper
from searchsets.records.model import COLUMNS, OWN_COLUMNS, Record
from searchsets.records.source import Source
from searchsets.records.tables import Part, records_of, schema

_ROWS = 4_000


class Parquet(Reader):
    """Tells what the log asks of a reader; a file of Parquet is not cut into stretches."""

    format = "Parquet"
    flavours = "json"
    announced = None
    header = ""


@dataclass
class _Rows:
    """The number of rows that the file itself states."""

    starts: int
    ends: None = None


class Rows(Extraction):
    """The records of a file of Parquet, a row each, some thousands in memory at a time."""

    def __init__(self, source: Source):
        super().__init__(Parquet(), (), source.name)
        self._source = source

    def parts(self) -> Iterator[Part]:
        """Yield the records of the file in their order.

        A file with our columns gives its records as they were. Another one needs a column `title`;
        what its other columns hold is known by our names for them, and `raw` keeps each row whole.

        Raises:
            ReviewError: the file cannot be read, or has no column `title`.
        """
        import pyarrow.parquet as pq  # it takes a while to import

        try:
            file = pq.ParquetFile(self._source.path)
            self.marks = _Rows(file.metadata.num_rows)
            made = self._ours if _is_ours(file.schema_arrow) else self._others(file.schema_arrow)
            for batch in file.iter_batches(_ROWS):
                part = made(pa.Table.from_batches([batch]))
                self._source.on_bytes(self._source.path.stat().st_size * len(part) // self._rows)
                yield part
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            raise ReviewError(
                f"is no Parquet file that can be read: {str(error).splitlines()[0]}",
                self._source.where,
                "write it again",
            ) from None

    @property
    def _rows(self) -> int:
        return max(self.marks.starts, 1)

    def _ours(self, table: pa.Table) -> list[Record]:
        self.flavour = Flavour("searchsets", "Parquet of searchsets", program="searchsets")
        filled = [_without_nulls(table.column(name)) for name in COLUMNS]
        return [self._placed(one) for one in records_of(pa.table(filled, schema=schema()))]

    def _others(self, columns: pa.Schema):
        names = {name.strip().lower(): name for name in reversed(columns.names)}
        if "title" not in names:
            raise ReviewError(
                f"the table has no column title; its columns are: {', '.join(columns.names[:40])}",
                self._source.where,
                "name its columns title, authors, year, abstract, ...",
            )
        ours = {name: names[name] for name in COLUMNS if name in names and name not in OWN_COLUMNS}
        self.flavour = flavours_of("json")[-1]
        mapper = Mapper(self.flavour)
        self.unread_years = mapper.unread_years

        def made(table: pa.Table) -> list[Record]:
            return [
                self._placed(mapper.record(_fields(row, ours), clean.raw(_plain(row)), "", 0))
                for row in table.to_pylist()
            ]

        return made

    def _placed(self, record: Record) -> Record:
        self.read += 1
        record.source_file, record.position = self.source_file, self.read
        record.record_id = record.database = ""
        return record


def open_parquet(source: Source) -> tuple[Rows, str]:
    """Return the records of a file of Parquet, and the sign of its format.

    Raises:
        ReviewError: it lies in an archive or is packed: it can only be read where it is.
    """
    with source.path.open("rb") as file:
        packed = not source.head.startswith(file.read(4))
    if packed:
        raise ReviewError("is Parquet in an archive", source.where, "unpack it, and try again")
    source.encoding = Encoding("none", "Parquet is no text")
    source.line_ends = "none"
    return Rows(source), "the first bytes are PAR1"


def _is_ours(found: pa.Schema) -> bool:
    return all(
        field.name in found.names and found.field(field.name).type == field.type
        for field in schema()
    )


def _without_nulls(column: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow.compute as pc

    if pa.types.is_string(column.type):
        return pc.fill_null(column, "")
    if pa.types.is_list(column.type):
        filled = [[one for one in value or () if one] for value in column.to_pylist()]
        return pa.chunked_array([filled], column.type)
    return column


def _fields(row: Mapping[str, Any], ours: Mapping[str, str]) -> dict[str, list[str]]:
    """Return what a row says, by our names of its columns."""
    fields = {}
    for name, theirs in ours.items():
        many = row[theirs] if isinstance(row[theirs], list) else [row[theirs]]
        if texts := [str(one) for one in many if one not in (None, "") and one == one]:
            fields[name] = texts
    return fields


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with values that JSON knows."""
    known = (str, int, float, bool, list, dict, type(None))
    return {name: value if isinstance(value, known) else str(value) for name, value in row.items()}
