"""Takes the records that are to be deduplicated: imported ones, or those of files as they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from searchsets.dedupe.beside import made_beside
from searchsets.dedupe.reading import COMPARED, Reading, read
from searchsets.errors import ReviewError
from searchsets.files import read_csv
from searchsets.records.identity import first_ids
from searchsets.records.model import COLUMNS
from searchsets.records.other_sources import UNSEARCHED
from searchsets.records.progress import progress
from searchsets.records.reading import open_source, require_records
from searchsets.records.shards import read_records
from searchsets.records.source import sources

Say = Callable[[str], None]
_TOLD = 3
_CHUNK = 20_000
_LARGE = 1 << 22
"""A file of more bytes is read by a process of its own."""
_ROW = "row"
"""The number of a record among those of all files; less than 0 for one that an import wrote."""
TAKEN = tuple(name for name in COLUMNS if name != "raw")


def take(paths: Sequence[Path], retrieved: Sequence[Path] = (), say: Say = print) -> pa.Table:
    """Return the records of folders of imported records and of files, in the order of their ids.

    Args:
        paths: folders that an import wrote, and files in any format that can be imported.
        retrieved: `retrieved.csv` files; of a database only the records listed there take part. With
            none, all records do.
        say: what to do with a message for the person.

    Raises:
        ReviewError: a folder or file cannot be read, or a retrieved record is in none of them.
    """
    return _taken(paths, retrieved, say, lambda part: None).drop_columns([_ROW])


def take_and_read(
    paths: Sequence[Path], retrieved: Sequence[Path], say: Say
) -> tuple[pa.Table, list[Reading]]:
    """Return the same as `take`, and what is compared of each record.

    The records of a file are folded while another process reads on in the file.
    """
    folded: list[Reading] = []
    table = _taken(paths, retrieved, say, lambda part: folded.extend(read_rows(part)))
    rows = table.column(_ROW).to_pylist()
    table = table.drop_columns([_ROW])
    imported = [place for place, row in enumerate(rows) if row < 0]
    later = read_rows(table.take(pa.array(imported, pa.int64())))
    readings = [folded[row] if row >= 0 else next(later) for row in rows]
    for reading, record_id in zip(readings, table.column("record_id").to_pylist(), strict=True):
        reading.record_id = record_id
    return table, readings


def read_rows(table: pa.Table) -> Iterator[Reading]:
    """Yield what is compared of each record of a table."""
    chosen = table.select(COMPARED)
    for start in range(0, table.num_rows, _CHUNK):
        columns = [column.to_pylist() for column in chosen.slice(start, _CHUNK).columns]
        for values in zip(*columns, strict=True):
            yield read(dict(zip(COMPARED, values, strict=True)))


def _taken(
    paths: Sequence[Path], retrieved: Sequence[Path], say: Say, each: Callable[[pa.Table], None]
) -> pa.Table:
    """Return the records with a column `_ROW`: the number of the record among those of all files.

    Args:
        paths: as for `take`.
        retrieved: as for `take`.
        say: as for `take`.
        each: called with the records of files, part by part, while more are being read.
    """
    files = [path for path in paths if not path.is_dir()]
    names = _names_of(files)
    made = [_of_file(path, name, say, each) for path, name in zip(files, names, strict=True)]
    folders = [_imported(path) for path in paths if path.is_dir()]
    table = pa.concat_tables([*folders, *_apart(made, say)])
    imported = sum(folder.num_rows for folder in folders)
    numbers = pa.array(range(-imported, table.num_rows - imported), pa.int64())
    table = table.append_column(_ROW, numbers)
    _require_once(table)
    if retrieved:
        table = _chosen(table, retrieved)
    return table.sort_by("record_id").combine_chunks()


def _require_once(table: pa.Table) -> None:
    """Raise an error where an id stands for two records."""
    counts = Counter(table.column("record_id").to_pylist())
    again = min((i for i, number in counts.items() if number > 1), default=None)
    if again is not None:
        alike = table.filter(pc.equal(table.column("record_id"), again))
        raise ReviewError(
            f"the record {again!r} is there {counts[again]} times",
            str(alike.column("source_file")[0]),
            "name every file and folder once, and a file otherwise than a folder of records",
        )


def _imported(folder: Path) -> pa.Table:
    return read_records(folder, TAKEN).select(TAKEN)


def _chosen(table: pa.Table, retrieved: Sequence[Path]) -> pa.Table:
    """Return the records of the sources that no strategy is run on, and of the databases' records
    those that a search retrieved."""
    ids = {row["record_id"] for path in retrieved for row in read_csv(path, ("record_id",))}
    there = pc.is_in(table.column("record_id"), pa.array(sorted(ids), pa.string()))
    unsearched = pc.is_in(table.column("database"), pa.array(UNSEARCHED))
    kept = table.filter(pc.or_(there, unsearched))
    missing = sorted(ids.difference(kept.column("record_id").to_pylist()))
    if missing:
        raise ReviewError(
            f"{len(missing)} retrieved records are in no folder of records, first {missing[0]!r}",
            str(retrieved[0]),
            "results and records come from different runs: delete results/.build and run again",
        )
    return kept


def _of_file(path: Path, name: str, say: Say, each: Callable[[pa.Table], None]) -> pa.Table:
    """Return the records of one file; each keeps the id that the file gives it, if it gives one."""
    parts: list[pa.Table] = []
    large = path.stat().st_size > _LARGE
    for part in made_beside(_read, path) if large else _read(path):
        if isinstance(part, str):
            say(part)
        else:
            each(part)
            parts.append(part)
    table = pa.concat_tables(parts)
    table = _put(table, "database", pa.array([name] * table.num_rows, pa.string()))
    return _put(table, "record_id", _own_ids(table, name)).select(TAKEN)


def _read(path: Path) -> Iterator[pa.Table | str]:
    """Yield the records of a file in parts, and what a person should know."""
    for source in sources(path, path.name, ""):
        file = open_source(source)
        for table in progress(file.tables(), source):
            yield table.drop_columns(["raw"])
        require_records(file)
        for broken in file.broken[:_TOLD]:
            yield f"WARNING: {source.name}:{broken.line}: not read: {broken.reason}"
        if len(file.broken) > _TOLD:
            yield f"WARNING: {source.name}: {len(file.broken):,} stretches in all were not read"


def _names_of(paths: Sequence[Path]) -> list[str]:
    """Return a name for each file: as short as can be while no two are alike.

    That is: without its endings, else whole, else with its folders.
    """
    forms: tuple[Callable[[Path], str], ...] = (
        lambda path: path.name.split(".")[0] or path.name,
        lambda path: path.name,
        lambda path: f"{path.resolve().parent.name}/{path.name}",
        lambda path: path.resolve().as_posix(),
    )
    for form in forms:
        names = [form(path) for path in paths]
        if len(set(names)) == len(names):
            break
    return names


def _own_ids(table: pa.Table, name: str) -> pa.Array:
    """Return ids of the records of a file: its own, or a hash of what a record says without one.

    Where ids repeat, the records take `~2`, `~3` in an order that depends on content alone.
    """
    own = table.column("accession").to_pylist()
    if not all(own):
        made = first_ids(name, table).to_pylist()
        own = [mine or hashed for mine, hashed in zip(own, made, strict=True)]
    counts = Counter(own)
    if len(counts) < len(own):
        again = [i for i, one in enumerate(own) if counts[one] > 1]
        contents = table.drop_columns(["source_file", "position", "record_id"]).take(again)
        keyed = sorted(
            zip([own[i] for i in again], map(repr, contents.to_pylist()), again, strict=True)
        )
        numbers: dict[str, Iterator[int]] = {}
        for one, _, i in keyed:
            if one in numbers:
                free = (f"{one}~{number}" for number in numbers[one])
                own[i] = next(name for name in free if name not in counts)
            numbers.setdefault(one, count(2))
    return pa.array(own, pa.string())


def _apart(tables: list[pa.Table], say: Say) -> list[pa.Table]:
    """Return the tables of files with the name of the file before each id, if ids meet otherwise."""
    counts = Counter(i for table in tables for i in table.column("record_id").to_pylist())
    met = next((i for i, number in counts.items() if number > 1), None)
    if met is None:
        return tables
    say(f"WARNING: files use the same ids ({met!r}): the name of the file stands before each id")
    return [_named(table) for table in tables]


def _named(table: pa.Table) -> pa.Table:
    names, own = table.column("database"), table.column("record_id")
    return _put(table, "record_id", pc.binary_join_element_wise(names, own, ":"))


def _put(table: pa.Table, name: str, values: pa.Array | pa.ChunkedArray) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, values)
