"""Writes a record as a reference, in the order of a list of references."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from searchsets.dedupe.names import read_names
from searchsets.records.clean import AND_OTHERS
from searchsets.words import ended

CITED = (
    "authors", "year", "title", "container", "volume", "issue", "pages", "place", "publisher", "url",
)  # fmt: skip
"""The fields of a record that a reference is written from."""

_INITIAL = re.compile(r"[^\W\d_](?:\.|\s|$)")
# Names of people have none of these words, on neither side of the comma; nor a form of company there.
_OF_BODIES = re.compile(r"(?:^|\s)(?:and|&|for|of|the|with)(?:\s|$)")
_COMPANY = re.compile(r"(?i)(?:inc|llc|llp|ltd|limited|plc|gmbh)\.?")


def surname(author: str) -> str:
    """Return what an author is cited by: the surname of a person, the whole name of a body.

    A body is told by the words that join its parts, by a form of company, or by what deduplication
    knows it by, where several words stand before the comma: `Board, John` is a person.

    >>> surname("Fox, C."), surname("De la Cruz, Ana Maria")
    ('Fox', 'De la Cruz')
    >>> surname("Department for Children, Schools and Families")
    'Department for Children, Schools and Families'
    """
    before, _, behind = (part.strip() for part in author.partition(","))
    if not behind or _INITIAL.match(behind):
        return before
    if _OF_BODIES.search(before) or _OF_BODIES.search(behind) or _COMPANY.fullmatch(behind):
        return author.strip()
    named_as_body = " " in before and any(one.organisation for one in read_names(author))
    return author.strip() if named_as_body else before


def cited_as(record: Mapping[str, Any]) -> str:
    """Return a record as it is cited in a text: author and year.

    >>> cited_as({"authors": ["Fox, C.", "Butler, G."], "year": 2004, "title": "Partnerships"})
    'Fox and Butler (2004)'
    """
    names = [surname(author) for author in record["authors"] if author != AND_OTHERS]
    if not names:
        shown = record["title"]
    elif len(record["authors"]) < 3 and len(names) == len(record["authors"]):
        shown = " and ".join(names)
    else:
        shown = f"{names[0]} et al."
    return f"{shown} ({record['year'] or 'no year'})"


def reference(record: Mapping[str, Any]) -> str:
    """Return the full reference of a record; what it does not say is left out.

    >>> reference({"authors": ["Russell, H."], "year": 2005, "title": "Issues", "container": "",
    ...     "volume": "", "issue": "", "pages": "", "place": "London", "publisher": "ODPM", "url": ""})
    'Russell, H. (2005). Issues. London: ODPM.'
    """
    year = f"({record['year'] or 'no year'})."
    title = record["title"] and ended(record["title"])
    volume = [record["volume"], record["issue"], record["pages"]]
    where = ", ".join(part for part in (record["container"], *volume) if part)
    published = ": ".join(part for part in (record["place"], record["publisher"]) if part)
    parts = [_who(record["authors"]), year, title, where and ended(where)]
    parts.append(published and ended(published))
    parts.append(record["url"] and f"Available: {record['url']}")
    return " ".join(part for part in parts if part)


def _who(authors: Sequence[str]) -> str:
    """Return the authors of a reference in a row, `et al.` where the record breaks them off."""
    named = [author for author in authors if author != AND_OTHERS]
    if len(named) < len(authors):
        return f"{', '.join(named)} et al." if named else ""
    return " and ".join(filter(None, [", ".join(named[:-1]), *named[-1:]]))
