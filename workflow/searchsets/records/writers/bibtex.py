"""Writes records as BibTeX, in LaTeX that every style can print."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator

from searchsets.records.formats import exact, latex
from searchsets.records.model import Record
from searchsets.records.writers.base import OWN_PLACE, PROGRAM, Target, page_range, terms
from searchsets.records.writers.kinds import kind_of

_KEY = re.compile(r"[A-Za-z0-9_:.+/-]+")
# A name BibTeX can take apart: one or two commas, and no ` and ` that would part it.
_NAME = re.compile(r"[^,]+,(?: [^,]+,)? [^,]+")
_AND = re.compile(r"(?i)(?:^|\s)and(?:\s|$)")
_PARTS_TERMS = re.compile("[,;]")


def _author(name: str) -> str:
    if name == "And Others":
        return "others"
    said = latex.encode(exact.text(name))
    plain = _NAME.fullmatch(name) and not _AND.search(name)
    return said if plain else "{" + said + "}"


def _terms(values: list[str]) -> str:
    written = (latex.encode(exact.text(value)) for value in values)
    return "; ".join("{" + one + "}" if _PARTS_TERMS.search(one) else one for one in written)


def _pages(pages: str) -> str:
    first, last = page_range(pages)
    return f"{first}--{last}" if last else _text(pages)


def _text(value: object) -> str:
    return latex.encode(exact.text(str(value))) if value not in (None, "") else ""


def _fields(record: Record, kind: str) -> Iterator[tuple[str, str]]:
    holder = "booktitle" if kind in ("incollection", "inproceedings") else "journal"
    yield "title", _text(record.title)
    yield "author", " and ".join(map(_author, record.authors))
    yield "year", _text(record.year)
    yield holder, _text(record.container)
    yield "volume", _text(record.volume)
    yield "number", _text(record.issue)
    yield "pages", _pages(record.pages)
    yield "publisher", _text(record.publisher)
    yield "address", _text(record.place)
    yield "abstract", _text(record.abstract)
    yield "keywords", _terms(terms(record))
    yield "descriptors", _terms(record.descriptors)
    yield "language", _text(record.language)
    yield "issn", _text(", ".join(record.issn))
    yield "isbn", _text(", ".join(record.isbn))
    yield "doi", latex.encode(exact.doi(record.doi), verbatim=True)
    yield "url", latex.encode(exact.text(record.url), verbatim=True)
    yield "type", _text(record.type)
    yield "accession", _text(record.accession)
    yield "database", _text(record.database)
    yield "bibsource", PROGRAM


def _key_of(record_id: str) -> str:
    """Return the key of a record, the same wherever it stands; nothing where it has no id.

    Keys must differ, and ids do. One that BibTeX cannot read is replaced by its SHA-256.

    >>> _key_of("eric:EJ1"), _key_of("a{b}"), _key_of("")
    ('eric:EJ1', 'record-b8a4b706093b', '')
    """
    if not record_id or _KEY.fullmatch(record_id):
        return record_id
    return f"record-{hashlib.sha256(record_id.encode('utf-8', 'replace')).hexdigest()[:12]}"


def _pieces(records: Iterable[Record]) -> Iterator[str]:
    for number, record in enumerate(records, start=1):
        kind = kind_of(record.type).bibtex
        key = _key_of(record.record_id) or f"record-{number}"
        fields = "".join(
            f"  {name} = {{{value}}},\n" for name, value in _fields(record, kind) if value
        )
        yield f"@{kind}{{{key},\n{fields}}}\n\n"


TARGETS = (
    Target(
        "bibtex",
        (".bib",),
        "BibTeX; what we read back is equal (keywords: all terms, descriptors again by themselves)",
        OWN_PLACE,
        pieces=_pieces,
    ),
)
