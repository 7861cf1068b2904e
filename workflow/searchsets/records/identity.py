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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import chain, count
from pathlib import Path
from types import MappingProxyType

import pyarrow as pa
import pyarrow.compute as pc

from searchsets.records.model import COLUMNS, Record
from searchsets.records.shards import read_records
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
        [_first_id(database, accession, parts) for accession, *parts in zip(*columns, strict=True)],
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


IdsGiven = Mapping[str, Mapping[str, str]]
"""By the first id of a record: the ids that an earlier run gave to such records, by their contents."""


def identify(
    database: str, records: Iterable[Record], given: IdsGiven = MappingProxyType({})
) -> tuple[list[Record], list[Repeat]]:
    """Give ids to the records of one database, and set aside those it gave twice.

    Records of one accession number (or hash) that differ take `~2`, `~3` in the order of their
    contents, so that an id does not depend on the order in which files were read. What an earlier
    run gave an id to keeps it.

    Args:
        database: the short name of the database.
        records: its records.
        given: the ids that an earlier run gave.

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
        for contents, record_id in _ids_of(base, by_contents, given.get(base, {})).items():
            first, *others = sorted(
                by_contents[contents], key=lambda r: (r.source_file, r.position)
            )
            first.record_id = record_id
            kept.append(first)
            repeats += [Repeat(first.record_id, r.source_file, r.position) for r in others]
    kept.sort(key=lambda record: record.record_id)
    return kept, repeats


def _ids_of(base: str, contents: Iterable[str], given: Mapping[str, str]) -> dict[str, str]:
    """Return the id of each of the records of one first id, by their contents.

    What changed since an earlier run takes an id that is left over from it, what is new a new one.
    """
    made = {one: given[one] for one in sorted(contents) if one in given}
    taken = set(made.values())
    left = sorted(set(given.values()) - taken, key=_number_of)
    numbers = (base if number == 1 else f"{base}~{number}" for number in count(1))
    free = chain(left, (one for one in numbers if one not in given.values()))
    return made | {one: next(free) for one in sorted(contents) if one not in made}


def _number_of(record_id: str) -> int:
    return int(record_id.partition("~")[2] or 1)


class Given:
    """The ids that an earlier run gave to the records of one database."""

    def __init__(self, folders: Sequence[Path] = (), database: str = ""):
        """Take folders of records of that run, and the database of which ids are wanted."""
        self._folders = [folder for folder in folders if any(folder.glob("*.parquet"))]
        ids = [one for folder in self._folders for one in self._ids(folder)]
        mine = (one for one in ids if one.startswith(f"{database}:"))
        self.several = frozenset(one.partition("~")[0] for one in mine if "~" in one)

    @staticmethod
    def _ids(folder: Path) -> list[str]:
        return read_records(folder, ["record_id"])["record_id"].to_pylist()

    def of(self, first_ids: Iterable[str]) -> dict[str, dict[str, str]]:
        """Return the ids that were given to records of these first ids, by their contents."""
        wanted = pa.array(sorted(set(first_ids)), pa.string())
        found: dict[str, dict[str, str]] = {}
        for folder in self._folders:
            table = read_records(folder)
            first = pc.list_element(pc.split_pattern(table["record_id"], "~"), 0)
            for record in records_of(table.filter(pc.is_in(first, value_set=wanted))):
                base = record.record_id.partition("~")[0]
                found.setdefault(base, {})[_contents(record)] = record.record_id
        return found


def identified(
    database: str, slices: Iterable[pa.Table], given: Given | None = None
) -> Iterator[tuple[pa.Table, pa.Table]]:
    """Do what `identify` does with records that come in slices, in the order of their first ids.

    Args:
        database: the short name of the database.
        slices: tables with the columns of a file of records, `record_id` as `first_ids` gives it;
            all records of one such id are in one slice.
        given: the ids that an earlier run gave.

    Yields:
        Records in the order of their ids, and identical repeats (`record_id`, `source_file`,
        `position`).
    """
    given = given or Given()
    several = pa.array(sorted(given.several), pa.string())
    waiting = schema().empty_table()  # `EJ1~2` comes behind `EJ10`
    for part in slices:
        if not part.num_rows:
            continue
        first = part.column("record_id")
        alone = pc.and_not(_is_alone(first), pc.is_in(first, value_set=several))
        if not waiting.num_rows and pc.all(alone).as_py():
            yield part, _table_of_repeats([])
            continue
        shared = part.filter(pc.invert(alone))
        known = given.of(shared.column("record_id").to_pylist())
        kept, repeats = identify(database, records_of(shared), known)
        made = pa.concat_tables([part.filter(alone), table_of(kept), waiting]).sort_by("record_id")
        complete = pc.less_equal(made.column("record_id"), first[-1])
        waiting = made.filter(pc.invert(complete))
        yield made.filter(complete), _table_of_repeats(repeats)
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
