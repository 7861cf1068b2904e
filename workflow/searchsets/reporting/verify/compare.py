"""Finds the first place at which two versions of a file differ, in the words of its kind."""

from __future__ import annotations

import csv
import re
import zipfile
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import TextIO

from searchsets.errors import ReviewError
from searchsets.reporting.database.dump import dump_lines, hidden_fault, opened, tables_of
from searchsets.reporting.verify.model import NOTHING, Place, place_of
from searchsets.reporting.verify.rows import first_row, lines_of, rows_of_sheet, rows_of_table
from searchsets.screening.sheets.opening import open_grids

_ROWS = 20_000
_MARK = re.compile("<[^>]*>")

Lines = Iterator[tuple[int, str]]


def first_difference(published: Path, now: Path) -> Place | None:
    """Return where two files of one name differ first, None where their content is the same.

    Bytes may differ where content is the same: of a database, and of Parquet.
    """
    compare = COMPARED.get(published.suffix.lower(), _texts)
    try:
        return compare(published, now)
    except ReviewError as error:
        return Place(f"the file {error.what}")


def _tables(published: Path, now: Path) -> Place | None:
    """Compare two CSV files row by row."""
    with _text(published) as one, _text(now) as other:
        try:
            place = first_row(lines_of(one), lines_of(other), "line")
        except csv.Error as error:
            return Place(f"the table cannot be read: {error}")
    return place or _texts(published, now)


def _parquet(published: Path, now: Path) -> Place | None:
    """Compare two Parquet files by what they say: another version of the library has other bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq  # it takes a while to import

    try:
        one, other = pq.ParquetFile(published), pq.ParquetFile(now)
        columns, columns_now = one.schema_arrow.names, other.schema_arrow.names
        if columns != columns_now:
            return Place("the names of the columns", "; ".join(columns), "; ".join(columns_now))
        return _ids(one, other, columns[0]) or _records(one, other, columns)
    except (pa.ArrowException, OSError) as error:
        return Place(f"the file is damaged: {error}")


def _ids(one, other, column: str) -> Place | None:
    """Compare which records, or works, there are."""
    ids, ids_now = (
        [
            value
            for batch in file.iter_batches(_ROWS, columns=[column])
            for value in batch[0].to_pylist()
        ]
        for file in (one, other)
    )
    kind = {"work_id": "work", "record_id": "record"}.get(column, "row")
    gone, new = sorted(set(ids) - set(ids_now)), sorted(set(ids_now) - set(ids))
    if gone:
        return Place(f"a {kind} that is there no more{_more(gone)}", gone[0], NOTHING)
    return Place(f"a new {kind}{_more(new)}", NOTHING, new[0]) if new else None


def _more(names: Sequence[str]) -> str:
    return f" (the first of {len(names):,})" if len(names) > 1 else ""


def _records(one, other, columns: Sequence[str]) -> Place | None:
    row = 0
    for batch, batch_now in zip_longest(one.iter_batches(_ROWS), other.iter_batches(_ROWS)):
        if batch is None or batch_now is None or not batch.equals(batch_now):
            olds, news = ([] if b is None else b.to_pylist() for b in (batch, batch_now))
            for number, (old, new) in enumerate(zip_longest(olds, news), start=row + 1):
                if old != new:
                    return _value(columns, number, old or {}, new or {})
        row += batch.num_rows if batch is not None else 0
    return None


def _value(columns: Sequence[str], row: int, old: dict, new: dict) -> Place:
    column = next((c for c in columns if old.get(c) != new.get(c)), columns[0])
    named = old.get(columns[0]) or new.get(columns[0])
    was, now = ("" if side.get(column) is None else str(side[column]) for side in (old, new))
    return place_of(f"row {row} ({named}), column {column}", was, now)


def _databases(published: Path, now: Path) -> Place | None:
    """Compare two databases by their dumps, and see to what a dump does not show."""
    other = _first_line(enumerate(dump_lines(published), 1), enumerate(dump_lines(now), 1))
    if not other:
        fault = hidden_fault(published)
        return Place(fault) if fault else None
    return _table_rows(published, now) or replace(other, where=f"{other.where} of its dump")


def _table_rows(published: Path, now: Path) -> Place | None:
    with opened(published) as one, opened(now) as other:
        for table in filter(tables_of(other).__contains__, tables_of(one)):
            pair = (rows_of_table(side, table) for side in (one, other))
            place = first_row(*pair, f"table {table}, row")
            if place:
                return place
    return None


def _text(path: Path) -> TextIO:
    return path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")


def _texts(published: Path, now: Path) -> Place | None:
    """Compare two texts by what they say, then as they are written."""
    with _text(published) as one, _text(now) as other:
        place = _first_line(_said(one), _said(other))
    return place or _as_written(published, now)


def _said(lines: Iterable[str]) -> Lines:
    """Yield the lines that say something, with their numbers."""
    for number, line in enumerate(lines, start=1):
        if line.strip("\r\n"):
            yield number, line.rstrip("\r\n")


def _as_written(published: Path, now: Path) -> Place | None:
    """Return where two files that say the same are written otherwise: an editor did that, mostly."""
    if published.read_bytes() == now.read_bytes():
        return None
    marks = [path.read_bytes()[:3] == BOM_UTF8 for path in (published, now)]
    if marks[0] != marks[1]:
        return Place(
            "a byte order mark at the start", *("there" if one else NOTHING for one in marks)
        )
    with _text(published) as one, _text(now) as other:
        for number, (old, new) in enumerate(zip_longest(one, other, fillvalue=""), start=1):
            if old.rstrip("\r\n") != new.rstrip("\r\n"):
                return Place(f"line {number}, where a blank line is too many or not there")
            if old != new:
                return Place(f"line {number}, how the line ends", *map(_ending, (old, new)))
    return Place("how the text is encoded")


def _ending(line: str) -> str:
    ended = {"\r\n": "CR LF, as Windows ends lines", "\n": "LF", "\r": "CR"}
    return ended.get(line[len(line.rstrip("\r\n")) :], NOTHING)


def _first_line(one: Lines, other: Lines) -> Place | None:
    for (number, old), (number_now, new) in zip_longest(one, other, fillvalue=(0, None)):
        if old != new:
            return place_of(f"line {number or number_now}", old, new)
    return None


def _workbooks(published: Path, now: Path) -> Place | None:
    """Compare two workbooks cell by cell, then by their parts."""
    try:
        grids, grids_now = open_grids(published), open_grids(now)
    except ReviewError:
        return _containers(published, now)
    names, names_now = ([grid.name for grid in side] for side in (grids, grids_now))
    if names != names_now:
        return place_of("the names of the sheets", "; ".join(names), "; ".join(names_now))
    for old, new in zip(grids, grids_now, strict=True):
        pair = (rows_of_sheet(side.rows) for side in (old, new))
        place = first_row(*pair, f"sheet {old.name}, row")
        if place:
            return place
    return _containers(published, now)


def _containers(published: Path, now: Path) -> Place | None:
    """Compare two workbooks or documents by their parts: they are ZIP files."""
    try:
        with zipfile.ZipFile(published) as one, zipfile.ZipFile(now) as other:
            names, names_now = one.namelist(), other.namelist()
            if names != names_now:
                return place_of("the parts inside", "; ".join(names), "; ".join(names_now))
            for name in names:
                if one.read(name) != other.read(name):
                    return _part(name, *(side.read(name) for side in (one, other)))
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        return Place(f"the file is damaged: {error}")
    return Place("the container alone, not the parts inside")


def _part(name: str, published: bytes, now: bytes) -> Place:
    """Return where two parts differ: in their words, else in the marks between them."""
    old, new = (side.decode("utf-8", "replace") for side in (published, now))
    words, words_now = (_MARK.sub("\n", side).splitlines() for side in (old, new))
    place = _first_line(_said(words), _said(words_now))
    if place:
        return replace(place, where=f"the words of the part {name} inside")
    return place_of(f"the part {name} inside", old, new)


def _bytes(published: Path, now: Path) -> Place | None:
    old, new = published.read_bytes(), now.read_bytes()
    if old == new:
        return None
    met = (n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b)
    return Place(f"byte {next(met, min(len(old), len(new))) + 1:,}")


COMPARED: dict[str, Callable[[Path, Path], Place | None]] = {
    ".csv": _tables,
    ".parquet": _parquet,
    ".sqlite": _databases,
    ".xlsx": _workbooks,
    ".docx": _containers,
    ".pdf": _bytes,
    ".png": _bytes,
}
"""How files are compared, by the end of their names; all others as text, line by line."""
