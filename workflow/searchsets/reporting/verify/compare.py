"""Finds the first place at which two versions of a file differ, in the words of its kind."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path

from searchsets.errors import ReviewError
from searchsets.reporting.database.dump import dump_lines, hidden_fault
from searchsets.reporting.verify.model import Place
from searchsets.words import counted

_SHOWN, _BEFORE = 120, 30
_ROWS = 20_000
_GONE = "(nothing)"


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
    with (
        published.open(encoding="utf-8", errors="surrogateescape", newline="") as one,
        now.open(encoding="utf-8", errors="surrogateescape", newline="") as other,
    ):
        try:
            place = _rows(_numbered(one), _numbered(other))
        except csv.Error as error:
            return Place(f"the table cannot be read: {error}")
    return place or _texts(published, now)


def _numbered(file: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(file)
    line = 1
    for cells in reader:
        yield line, cells
        line = reader.line_num + 1


Numbered = Iterator[tuple[int, list[str]]]


def _rows(one: Numbered, other: Numbered) -> Place | None:
    (_, columns), (_, columns_now) = next(one, (1, [])), next(other, (1, []))
    if columns != columns_now:
        return Place("line 1, the names of the columns", "; ".join(columns), "; ".join(columns_now))
    for (line, old), (line_now, new) in zip_longest(one, other, fillvalue=(0, None)):
        if old == new:
            continue
        following, following_now = next(one, (0, None)), next(other, (0, None))
        if new is None or (old is not None and following[1] == new):
            return Place(f"line {line}, a row that is made no more", _short("; ".join(old)), _GONE)
        if old is None or following_now[1] == old:
            return Place(f"line {line_now}, a new row", _GONE, _short("; ".join(new)))
        return _cell(columns, line, old, new)
    return None


def _cell(columns: Sequence[str], line: int, old: list[str], new: list[str]) -> Place:
    if len(old) != len(new):  # somebody's hand: rows of one table have as many cells
        told = [counted(len(cells), "cell") for cells in (old, new)]
        return Place(f"line {line}, the number of cells", *told)
    column, was, now = next(
        (c, o, n) for c, o, n in zip_longest(columns, old, new, fillvalue="") if o != n
    )
    named = f" ({old[0]})" if old[0] and column != columns[0] else ""
    return Place(f"line {line}{named}, column {column}", *around(was, now))


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
        return Place(f"a {kind} that is there no more{_more(gone)}", gone[0], _GONE)
    return Place(f"a new {kind}{_more(new)}", _GONE, new[0]) if new else None


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
    return Place(f"row {row} ({named}), column {column}", *around(was, now))


def _databases(published: Path, now: Path) -> Place | None:
    """Compare two databases by their dumps, and see to what a dump does not show."""
    place = _lines(dump_lines(published), dump_lines(now), "of its dump")
    fault = "" if place else hidden_fault(published)
    return Place(fault) if fault else place


def _texts(published: Path, now: Path) -> Place | None:
    with (
        published.open(encoding="utf-8", errors="surrogateescape", newline="") as one,
        now.open(encoding="utf-8", errors="surrogateescape", newline="") as other,
    ):
        return _lines(one, other)


def _lines(one: Iterable[str], other: Iterable[str], of: str = "") -> Place | None:
    for number, (old, new) in enumerate(zip_longest(one, other), start=1):
        if old != new:
            where = " ".join(filter(None, (f"line {number}", of)))
            return Place(where, *around(old, new))
    return None


def _containers(published: Path, now: Path) -> Place | None:
    """Compare two workbooks or documents: they are ZIP files of parts."""
    try:
        with zipfile.ZipFile(published) as one, zipfile.ZipFile(now) as other:
            names, names_now = one.namelist(), other.namelist()
            if names != names_now:
                return Place("the parts inside", "; ".join(names), "; ".join(names_now))
            for name in names:
                if one.read(name) != other.read(name):
                    pair = (file.read(name).decode("utf-8", "replace") for file in (one, other))
                    return Place(f"the part {name} inside", *around(*pair))
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        return Place(f"the file is damaged: {error}")
    return Place("the container alone, not the parts inside")


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
    ".xlsx": _containers,
    ".docx": _containers,
    ".pdf": _bytes,
    ".png": _bytes,
}
"""How files are compared, by the end of their names; all others as text, line by line."""


def around(old: str | None, new: str | None) -> tuple[str, str]:
    """Return two texts as they are shown, from a little before the first sign that differs."""
    if old is None or new is None:
        return (_GONE if old is None else _short(old)), (_GONE if new is None else _short(new))
    same = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), None)
    first = min(len(old), len(new)) if same is None else same
    start = 0 if max(len(old), len(new)) <= _SHOWN else max(0, first - _BEFORE)
    return _short(old, start), _short(new, start)


def _short(text: str, start: int = 0) -> str:
    shown = text[start : start + _SHOWN].rstrip("\r\n")
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in shown)
    return ("..." if start else "") + shown + ("..." if len(text) > start + _SHOWN else "")
