"""Makes records of the documents that a walk over a site met."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from searchsets.records import clean
from searchsets.records.model import Record
from searchsets.sources.websites.addresses import last_part
from searchsets.sources.websites.found import TIMES, Stated, as_title, without_remark
from searchsets.sources.websites.model import Document, Walk
from searchsets.sources.websites.sites import Site

SOURCE = "websites"
"""The source that these records belong to, one of `OTHER_SOURCES`."""
_ITS_LIST, _ITS_HEADING, _ITS_LINK, _ITS_FILE = (
    "the list", "the heading of its page", "the words of its link", "the name of its file",
)  # fmt: skip


def records_of(made: Walk) -> Iterator[Record]:
    """Yield the records of a walk, in the order of their addresses."""
    name = f"{SOURCE}/{made.site.name}"
    common = _common(made.documents.values())
    for position, address in enumerate(sorted(made.documents), start=1):
        yield _record(made.documents[address], made.site, common, name, position)


def _common(documents: Iterable[Document]) -> set[Stated]:
    """Return what the pages of several documents state alike: it is of the site, not of a document.

    A date in a meta element is said to be that of the document, and several may share it.
    """
    counts: Counter[Stated] = Counter()
    for facts in filter(None, (one.facts for one in documents)):
        dates = [facts.date] if facts.date and facts.date.where == TIMES else []
        counts.update(filter(None, (facts.title, facts.heading, facts.description, *dates)))
    return {stated for stated, times in counts.items() if times > 1}


def _record(
    document: Document, site: Site, common: set[Stated], name: str, position: int
) -> Record:
    title, date = _title(document, common), _date(document, common)
    description = _description(document, common)
    facts = document.facts
    said: dict[str, Any] = {
        "site": site.name,
        "found_on": sorted(document.found_on),
        "link_texts": sorted({one.link_text for one in document.listed if one.link_text}),
        "title_from": title.where,
        "date": date.text,
        "date_from": date.where,
        "abstract_from": description.where,
        "captured": document.captured,
        "files": sorted(
            {*document.files, *(file for one in document.listed for file in one.files)}
        ),
    }
    return Record(
        source_file=name,
        position=position,
        accession=document.address,
        title=title.text,
        authors=facts.authors if facts else [],
        year=clean.year(date.text),
        publisher=(facts.organisation if facts else "") or site.organisation,
        abstract=description.text,
        url=document.address,
        raw=clean.raw({key: value for key, value in said.items() if value}),
    )


def _title(document: Document, common: set[Stated]) -> Stated:
    """Return the title that is said to be one, else what is most likely to be; and which it is."""
    facts = document.facts
    words = (as_title(one.link_text) for one in document.listed)
    found = [
        facts and facts.title,
        *(Stated(without_remark(one.title) or one.title, _ITS_LIST) for one in document.listed),
        facts and facts.heading and Stated(facts.heading.text, _ITS_HEADING),
        *(Stated(one, _ITS_LINK) for one in words),
    ]
    stated = [one for one in found if one and one.text]
    shared = {one.text for one in common}
    own = (one for one in stated if one.where == _ITS_LIST or one.text not in shared)
    return next(own, stated[0] if stated else Stated(last_part(document.address), _ITS_FILE))


def _date(document: Document, common: set[Stated]) -> Stated:
    """Return the date that states one year; the date of a capture is none of the document."""
    own = document.facts.date if document.facts else None
    stated = [own] if own and own not in common else []
    stated += [Stated(one.date, _ITS_LIST) for one in document.listed if one.date]
    dated = (one for one in stated if clean.year(one.text) is not None)
    return next(dated, stated[0] if stated else Stated("", ""))


def _description(document: Document, common: set[Stated]) -> Stated:
    """Return what the page states as its description, else what the list says of it."""
    own = document.facts.description if document.facts else None
    if own and own not in common:
        return own
    snippets = (Stated(one.snippet, _ITS_LIST) for one in document.listed if one.snippet)
    return next(snippets, Stated("", ""))
