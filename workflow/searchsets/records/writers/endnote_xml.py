"""Writes records as EndNote's XML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape

from searchsets.records.formats import exact
from searchsets.records.model import Record
from searchsets.records.writers.base import (
    OWN_PLACE,
    PROGRAM,
    Target,
    name_for_endnote,
    terms,
)
from searchsets.records.writers.kinds import kind_of

# What XML 1.0 cannot hold, not even as an entity; clean values have no other such characters.
_NO_XML = re.compile("[\ufffe\uffff\ud800-\udfff]")
_LINE_END = "&#xD;"


def _text(value: object) -> str:
    return escape(_NO_XML.sub("\ufffd", exact.text(str(value))))


def _element(name: str, value: object) -> str:
    return f"<{name}>{_text(value)}</{name}>" if value not in (None, "") else ""


def _group(path: str, values: Iterable[object]) -> str:
    """Return elements that stand within others: `contributors/authors/author`."""
    *outer, name = path.split("/")
    inner = "".join(_element(name, value) for value in values)
    for one in reversed(outer if inner else []):
        inner = f"<{one}>{inner}</{one}>"
    return inner


def _record(record: Record, number: int) -> str:
    kind = kind_of(record.type)
    titles = _element("title", record.title) + _element("secondary-title", record.container)
    # Lines of one field, as EndNote writes them.
    descriptors = _LINE_END.join(map(_text, record.descriptors))
    return "".join((
        "<record>",
        f'<source-app name="{PROGRAM}">{PROGRAM}</source-app>',
        _element("rec-number", number),
        f'<ref-type name="{kind.endnote}">{kind.number}</ref-type>',
        _group("contributors/authors/author", map(name_for_endnote, record.authors)),
        f"<titles>{titles}</titles>" if titles else "",
        _element("pages", record.pages),
        _element("volume", record.volume),
        _element("number", record.issue),
        _group("keywords/keyword", terms(record)),
        _group("dates/year", [record.year]),
        _element("pub-location", record.place),
        _element("publisher", record.publisher),
        _element("isbn", "; ".join((*record.issn, *record.isbn))),
        _element("accession-num", record.accession),
        _element("label", record.record_id),
        f"<electronic-resource-num>{escape(exact.doi(record.doi))}</electronic-resource-num>"
        if record.doi else "",
        _element("abstract", record.abstract),
        _group("urls/related-urls/url", [record.url]),
        _element("work-type", record.type),
        f"<custom1>{descriptors}</custom1>" if descriptors else "",
        _element("remote-database-name", record.database),
        f"<remote-database-provider>{PROGRAM}</remote-database-provider>",
        _element("language", record.language),
        "</record>\n",
    ))  # fmt: skip


def _pieces(records: Iterable[Record]) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<xml><records>\n'
    for number, record in enumerate(records, start=1):
        yield _record(record, number)
    yield "</records></xml>\n"


TARGETS = (
    Target(
        "endnote_xml",
        (".xml",),
        "EndNote's XML (custom1: the descriptors, a line each); U+FFFE and U+FFFF are replaced",
        OWN_PLACE,
        pieces=_pieces,
    ),
)
