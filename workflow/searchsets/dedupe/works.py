"""Makes one row of the records of a work: for each field the best value, and whose it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from searchsets.files import json_text
from searchsets.records.model import COLUMNS
from searchsets.records.tables import schema

OF_A_RECORD = ("record_id", "database", "source_file", "position", "raw", "accession")
"""Columns that say where one record is from; a work names them in lists of its own."""
FIELDS = tuple(name for name in COLUMNS if name not in OF_A_RECORD)
_GATHERED = frozenset(("descriptors", "keywords", "issn", "isbn"))
"""Lists to which every record of a work adds."""
_IDENTIFYING = ("accession", "doi", "isbn", "url")
_CHUNK = 20_000
_LONGEST = frozenset(("authors", "abstract", "container", "pages"))
"""Fields of which the longer value says more: an abbreviated journal, a list cut off."""


def work_id(first: str) -> str:
    """Return the id of a work, after the first of its records."""
    return f"work:{first}"


def works_schema() -> pa.Schema:
    """Return the columns of a table of works with their types."""
    texts, lists = pa.string(), pa.list_(pa.string())
    first = [
        ("work_id", texts),
        ("record_ids", lists),
        ("databases", lists),
        ("identifiers", lists),
    ]
    kept = [schema().field(name) for name in FIELDS]
    return pa.schema([*first, *kept, ("taken_from", texts)])


def works_tables(
    table: pa.Table,
    groups: Mapping[int, Sequence[int]],
    work_of: Sequence[str],
    prefer: Sequence[str] = (),
) -> Iterator[pa.Table]:
    """Yield one row for each work, in the order of their ids, some thousands at a time.

    Args:
        table: the records, in the order of their ids.
        groups: the positions of the records of each work, by the first of them, in order.
        work_of: the id of the work of each record.
        prefer: databases in the order in which their values are taken; others follow.
    """
    rank = {database: place for place, database in enumerate(prefer)}
    everyone = list(groups.values())
    for start in range(0, max(len(everyone), 1), _CHUNK):
        some = everyone[start : start + _CHUNK]
        alone = [members[0] for members in some if len(members) == 1]
        names = [work_of[one] for one in alone]
        many = [members for members in some if len(members) > 1]
        parts = [
            _single_rows(table.take(pa.array(alone, pa.int64())), names),
            _merged_rows(table, many, [work_of[members[0]] for members in many], rank),
        ]
        yield pa.concat_tables(parts).sort_by("work_id")


def _single_rows(table: pa.Table, names: Sequence[str]) -> pa.Table:
    """Return the rows of works of one record."""
    ids = table.column("record_id")
    columns = {
        "work_id": pa.array(names, pa.string()),
        "record_ids": _lists_of(ids),
        "databases": _lists_of(table.column("database")),
        "identifiers": pa.array(
            [_identifiers([row]) for row in table.select(_IDENTIFYING).to_pylist()],
            pa.list_(pa.string()),
        ),
        **{name: table.column(name) for name in FIELDS},
        "taken_from": pa.array([""] * table.num_rows, pa.string()),
    }
    return pa.table(columns, schema=works_schema())


def _lists_of(column: pa.ChunkedArray) -> pa.Array:
    """Return a list of one value for each value."""
    values = pa.array(column.to_pylist(), pa.string())
    return pa.ListArray.from_arrays(pa.array(range(len(values) + 1), pa.int32()), values)


def _merged_rows(
    table: pa.Table,
    groups: Sequence[Sequence[int]],
    names: Sequence[str],
    rank: Mapping[str, int],
) -> pa.Table:
    """Return the rows of works of several records."""
    positions = pa.array([i for members in groups for i in members], pa.int64())
    rows = iter(table.take(positions).to_pylist())
    made = [
        {"work_id": name} | merged_row([next(rows) for _ in members], rank)
        for name, members in zip(names, groups, strict=True)
    ]
    return pa.Table.from_pylist(made, works_schema())


def merged_row(members: Sequence[Mapping[str, Any]], rank: Mapping[str, int]) -> dict[str, Any]:
    """Return the row of a work: each field from the first record in order that has it.

    The records are taken in the order of preference of their databases, then the fuller ones, then
    by their ids. Authors, an abstract, the name of a journal and pages are taken from the record
    that gives most of it, if no database is preferred; descriptors, keywords, ISSNs and ISBNs from
    all.
    `taken_from` is JSON that says for each field which record its value is from.
    """
    ordered = sorted(
        members,
        key=lambda m: (rank.get(m["database"], len(rank)), -_fullness(m), m["record_id"]),
    )
    row: dict[str, Any] = {
        "record_ids": sorted(m["record_id"] for m in members),
        "databases": sorted({m["database"] for m in members}),
        "identifiers": _identifiers(ordered),
    }
    taken: dict[str, Any] = {}
    for name in FIELDS:
        if name in _GATHERED:
            row[name] = list(dict.fromkeys(v for m in ordered for v in m[name] or ()))
            giving = [m["record_id"] for m in ordered if m[name]]
            if giving:
                taken[name] = giving
            continue
        best = _best(name, ordered, rank)
        row[name] = best[name]
        if best[name]:
            taken[name] = best["record_id"]
    return row | {"taken_from": json_text(taken).replace("\n", "")}


def _best(name: str, ordered: Sequence[Mapping[str, Any]], rank: Mapping[str, int]) -> Mapping:
    having = [m for m in ordered if m[name]]
    if not having:
        return ordered[0]
    if name in _LONGEST:
        first = rank.get(having[0]["database"], len(rank))
        peers = [m for m in having if rank.get(m["database"], len(rank)) == first]
        return max(peers, key=lambda m: len(m[name]))
    return having[0]


def _fullness(row: Mapping[str, Any]) -> int:
    return sum(bool(row[name]) for name in FIELDS)


def _identifiers(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return all accession numbers, DOIs, ISBNs and addresses of the records, each once."""
    found: list[str] = []
    for row in rows:
        found += [row["accession"], row["doi"], *(row["isbn"] or ()), row["url"]]
    return list(dict.fromkeys(filter(None, found)))
