"""Writes records as CSL-JSON, which Zotero and citation processors read.

What the schema has no field for stands in `custom`, the place it keeps for that
(https://github.com/citation-style-language/schema, csl-data.json 1.0.2).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from searchsets.records.model import Record
from searchsets.records.writers.base import OWN_PLACE, PROGRAM, Target, terms
from searchsets.records.writers.kinds import kind_of

_CUSTOM = ("accession", "type", "authors", "descriptors", "keywords", "issn", "isbn", "database")


def _name(author: str) -> dict[str, str]:
    family, comma, given = author.partition(", ")
    return {"family": family, "given": given} if comma and given else {"literal": author}


def _item(record: Record, number: int) -> dict[str, Any]:
    item = {
        "id": record.record_id or f"record-{number}",
        "type": kind_of(record.type).csl,
        "title": record.title,
        "author": [_name(author) for author in record.authors],
        "issued": {"date-parts": [[record.year]]} if record.year else None,
        "container-title": record.container,
        "publisher": record.publisher,
        "publisher-place": record.place,
        "volume": record.volume,
        "issue": record.issue,
        "page": record.pages,
        "abstract": record.abstract,
        "keyword": ", ".join(terms(record)),
        "language": record.language,
        "ISSN": ", ".join(record.issn),
        "ISBN": ", ".join(record.isbn),
        "DOI": record.doi,
        "URL": record.url,
        "source": record.database,
        "custom": {"program": PROGRAM}
        | {name: value for name in _CUSTOM if (value := getattr(record, name))},
    }
    return {name: value for name, value in item.items() if value not in (None, "", [])}


def _pieces(records: Iterable[Record]) -> Iterator[str]:
    before = "[\n"
    for number, record in enumerate(records, start=1):
        yield before + json.dumps(_item(record, number), ensure_ascii=False)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


TARGETS = (
    Target("csl_json", (".json",), "CSL-JSON for Zotero and citation styles", OWN_PLACE,
           pieces=_pieces),
)  # fmt: skip
