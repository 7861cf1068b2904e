"""Gives every record an id that depends on what the record says and on nothing else.

Ids are kept in decisions that people take, so this folding is frozen: it is a rule of its own, not
a call to those of the search. Ids rest on what the readers take from a file as well; tests freeze
some. If either must ever change, the folding becomes version 2, and a table of the old ids keeps
the decisions.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

import pyarrow as pa
import pyarrow.compute as pc

from searchsets.records.model import COLUMNS, Record
from searchsets.records.tables import records_of, schema, table_of

FOLDING_VERSION = 1
_ASCII_SIGNS = {sign: " " for sign in range(0x80) if not chr(sign).isalnum()}
_HASH_DIGITS = 12


def fold(text: str) -> str:
    """Return the letters and digits of a text in lower case, parted by single blanks (version 1).

    >>> fold("  Are We There Yet?  Café ")
    'are we there yet cafe'
    """
    if text.isascii():
        return " ".join(text.lower().translate(_ASCII_SIGNS).split())
    decomposed = unicodedata.normalize("NFKD", text)
    unmarked = (c for c in decomposed if unicodedata.category(c)[0] != "M")
    return " ".join("".join(c if c.isalnum() else " " for c in "".join(unmarked).lower()).split())


_HASHED = ("title", "year", "authors", "container", "volume", "pages", "url")


def content_hash(record: Record) -> str:
    """Return 12 hexadecimal digits over the folded bibliographic fields of a record."""
    return _hash_of(*(getattr(record, name) for name in _HASHED))


def _hash_of(title: str, year: int | None, authors: list[str], *others: str) -> str:
    parts = (title, "" if year is None else str(year), authors[0] if authors else "", *others)
    folded = "\x1f".join([f"v{FOLDING_VERSION}", *map(fold, parts)])
    return hashlib.sha256(folded.encode()).hexdigest()[:_HASH_DIGITS]


def first_ids(database: str, records: pa.Table) -> pa.Array:
    """Return for each row of a table the id that its record has if no other has the same number.

    Args:
        database: the short name of the database.
        records: a table with the columns of a file of records.
    """
    columns = [records.column(name).to_pylist() for name in ("accession", *_HASHED)]
    return pa.array(
        [
            _first_id(database, accession, parts)
            for accession, *parts in zip(*columns, strict=True)
        ],
        pa.string(),
    )


def _first_id(database: str, accession: str, hashed: Iterable) -> str:
    # `~` is ours: it numbers records of one accession number.
    return f"{database}:{accession.replace('~', '%7E') or _hash_of(*hashed)}"


@dataclass(frozen=True)
class Repeat:
    """A record that a database gave once more, the same in every field."""

    record_id: str
    source_file: str
    position: int


REPEAT_COLUMNS = tuple(column.name for column in fields(Repeat))


def identify(database: str, records: Iterable[Record]) -> tuple[list[Record], list[Repeat]]:
    """Give ids to the records of one database, and set aside those it gave twice.

    Records of one accession number (or hash) that differ take `~2`, `~3` in the order of their
    contents, so that an id does not depend on the order in which files were read.

    Returns:
        The records in the order of their ids, and the identical repeats in the same order.
    """
    groups: dict[str, dict[str, list[Record]]] = {}
    for record in records:
        record.database = database
        base = _first_id(database, record.accession, (getattr(record, name) for name in _HASHED))
        groups.setdefault(base, {}).setdefault(_contents(record), []).append(record)
    kept: list[Record] = []
    repeats: list[Repeat] = []
    for base, by_contents in sorted(groups.items()):
        for number, contents in enumerate(sorted(by_contents), start=1):
            first, *others = sorted(
                by_contents[contents], key=lambda r: (r.source_file, r.position)
            )
            first.record_id = base if number == 1 else f"{base}~{number}"
            kept.append(first)
            repeats += [Repeat(first.record_id, r.source_file, r.position) for r in others]
    kept.sort(key=lambda record: record.record_id)
    return kept, repeats


def identified(database: str, slices: Iterable[pa.Table]) -> Iterator[tuple[pa.Table, pa.Table]]:
    """Do what `identify` does with records that come in slices, in the order of their first ids.

    Args:
        database: the short name of the database.
        slices: tables with the columns of a file of records, `record_id` as `first_ids` gives it;
            all records of one such id are in one slice.

    Yields:
        Records in the order of their ids, and identical repeats (`record_id`, `source_file`,
        `position`).
    """
    waiting = schema().empty_table()  # `EJ1~2` comes behind `EJ10`
    for part in slices:
        if not part.num_rows:
            continue
        alone = _is_alone(part.column("record_id"))
        if not waiting.num_rows and pc.all(alone).as_py():
            yield part, _table_of_repeats([])
            continue
        kept, repeats = identify(database, records_of(part.filter(pc.invert(alone))))
        made = pa.concat_tables([part.filter(alone), table_of(kept), waiting]).sort_by("record_id")
        known = pc.less_equal(made.column("record_id"), part.column("record_id")[-1])
        waiting = made.filter(pc.invert(known))
        yield made.filter(known), _table_of_repeats(repeats)
    yield waiting, _table_of_repeats([])


def _is_alone(ids: pa.ChunkedArray) -> pa.Array:
    """Tell which of sorted ids come once."""
    values = ids.combine_chunks()
    same = pc.equal(values.slice(1), values.slice(0, len(values) - 1))
    edge = pa.array([False])
    return pc.invert(pc.or_(pa.concat_arrays([edge, same]), pa.concat_arrays([same, edge])))


def _table_of_repeats(repeats: list[Repeat]) -> pa.Table:
    made = {name: [getattr(one, name) for one in repeats] for name in REPEAT_COLUMNS}
    return pa.table(made, schema=pa.schema([schema().field(name) for name in REPEAT_COLUMNS]))


def _contents(record: Record) -> str:
    values = {
        name: getattr(record, name)
        for name in COLUMNS
        if name not in ("record_id", "database", "source_file", "position")
    }
    return json.dumps(values, sort_keys=True, ensure_ascii=False)
