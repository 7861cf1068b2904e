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
from collections.abc import Iterable
from dataclasses import dataclass

from searchsets.records.model import COLUMNS, Record

FOLDING_VERSION = 1
_HASH_DIGITS = 12


def fold(text: str) -> str:
    """Return the letters and digits of a text in lower case, parted by single blanks (version 1).

    >>> fold("  Are We There Yet?  Café ")
    'are we there yet cafe'
    """
    decomposed = unicodedata.normalize("NFKD", text)
    unmarked = (c for c in decomposed if unicodedata.category(c)[0] != "M")
    return " ".join("".join(c if c.isalnum() else " " for c in "".join(unmarked).lower()).split())


def content_hash(record: Record) -> str:
    """Return 12 hexadecimal digits over the folded bibliographic fields of a record."""
    first_author = record.authors[0] if record.authors else ""
    year = "" if record.year is None else str(record.year)
    parts = (record.title, year, first_author, record.container, record.volume, record.pages)
    folded = "\x1f".join([f"v{FOLDING_VERSION}", *map(fold, parts), fold(record.url)])
    return hashlib.sha256(folded.encode()).hexdigest()[:_HASH_DIGITS]


@dataclass(frozen=True)
class Repeat:
    """A record that a database gave once more, the same in every field."""

    record_id: str
    source_file: str
    position: int


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
        # `~` is ours: it numbers records of one accession number.
        key = record.accession.replace("~", "%7E") or content_hash(record)
        groups.setdefault(f"{database}:{key}", {}).setdefault(_contents(record), []).append(record)
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


def _contents(record: Record) -> str:
    values = {
        name: getattr(record, name)
        for name in COLUMNS
        if name not in ("record_id", "database", "source_file", "position")
    }
    return json.dumps(values, sort_keys=True, ensure_ascii=False)
