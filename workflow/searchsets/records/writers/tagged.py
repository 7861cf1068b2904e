"""Writes records as lines with tags: RIS for us and for Covidence, EndNote's .enw.

A value is one line and stands behind its tag, so no value can look like the end of a record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from searchsets.records.formats import exact
from searchsets.records.model import Record
from searchsets.records.writers.base import (
    OWN_PLACE,
    PROGRAM,
    Target,
    name_for_endnote,
    page_range,
    terms,
)
from searchsets.records.writers.kinds import kind_of

Row = tuple[str, str | Callable[[Record], object]]
"""A tag, and the column or the function that gives its value, or its values one a line."""

_RIS: tuple[Row, ...] = (
    ("TY", lambda record: kind_of(record.type).ris),
    ("TI", "title"),
    ("AU", "authors"),
    ("PY", "year"),
    ("T2", "container"),
    ("VL", "volume"),
    ("IS", "issue"),
    ("SP", lambda record: page_range(record.pages)[0]),
    ("EP", lambda record: page_range(record.pages)[1]),
    ("AB", "abstract"),
    ("KW", terms),
    ("PB", "publisher"),
    ("CY", "place"),
    ("SN", lambda record: [*record.issn, *record.isbn]),
    ("LA", "language"),
    ("UR", "url"),
    ("DO", "doi"),
    ("AN", "accession"),
    ("ID", "record_id"),
)
# What only we read: the type as the source had it, which of the terms are descriptors.
_RIS_OURS: tuple[Row, ...] = (
    *_RIS,
    ("M3", "type"),
    ("U1", "descriptors"),
    ("DB", "database"),
    ("DP", lambda _: PROGRAM),
)
_ENW: tuple[Row, ...] = (
    ("%0", lambda record: kind_of(record.type).endnote),
    ("%T", "title"),
    ("%A", lambda record: map(name_for_endnote, record.authors)),
    ("%D", "year"),
    ("%J", lambda record: record.container if _is_periodical(record) else ""),
    ("%B", lambda record: "" if _is_periodical(record) else record.container),
    ("%V", "volume"),
    ("%N", "issue"),
    ("%P", "pages"),
    ("%X", "abstract"),
    ("%K", terms),
    ("%I", "publisher"),
    ("%C", "place"),
    ("%@", lambda record: [*record.issn, *record.isbn]),
    ("%G", "language"),
    ("%U", "url"),
    ("%R", "doi"),
    ("%M", "accession"),
    ("%F", "record_id"),
    ("%9", "type"),
    ("%1", "descriptors"),
    ("%~", "database"),
    ("%W", lambda _: PROGRAM),
)


def _is_periodical(record: Record) -> bool:
    return kind_of(record.type).ris in ("JOUR", "NEWS", "GEN")


def _pieces(
    rows: tuple[Row, ...], between: str, end: str, doi_tag: str, records: Iterable[Record]
) -> Iterator[str]:
    for record in records:
        lines: list[str] = []
        for tag, source in rows:
            value = getattr(record, source) if isinstance(source, str) else source(record)
            for one in (value,) if isinstance(value, str | int) else value or ():
                if one != "":
                    said = exact.doi(one) if tag == doi_tag else exact.text(str(one))
                    lines.append(f"{tag}{between}{said}\n")
        yield "".join((*lines, end))


TARGETS = (
    Target(
        "ris",
        (".ris",),
        "RIS for most programs; what we read back is equal (KW: all terms, U1: descriptors again)",
        OWN_PLACE,
        pieces=partial(_pieces, _RIS_OURS, "  - ", "ER  - \n\n", "DO"),
    ),
    Target(
        "covidence_ris",
        (".ris",),
        "RIS with only the tags that Covidence imports",
        ("database", "type", "accession", "descriptors", "keywords", *OWN_PLACE),
        pieces=partial(_pieces, _RIS, "  - ", "ER  - \n\n", "DO"),
    ),
    Target(
        "endnote_enw",
        (".enw",),
        "EndNote's tagged import (.enw)",
        OWN_PLACE,
        pieces=partial(_pieces, _ENW, " ", "\n", "%R"),
    ),
)
