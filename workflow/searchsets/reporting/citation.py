"""Writes a record as a reference, in the order of the report's own list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CITED = (
    "authors", "year", "title", "container", "volume", "issue", "pages", "place", "publisher", "url",
)  # fmt: skip
"""The fields of a record that a reference is written from."""


def cited_as(record: Mapping[str, Any]) -> str:
    """Return a record as it is cited in a text: author and year.

    >>> cited_as({"authors": ["Fox, C.", "Butler, G."], "year": 2004, "title": "Partnerships"})
    'Fox and Butler (2004)'
    """
    names = [author.split(",")[0] for author in record["authors"]]
    if not names:
        shown = record["title"]
    elif len(names) < 3:
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
    authors = list(record["authors"])
    who = (
        " and ".join([", ".join(authors[:-1]), authors[-1]])
        if len(authors) > 1
        else "".join(authors)
    )
    year = f"({record['year'] or 'no year'})."
    title = record["title"] if record["title"].endswith(("?", "!", ".")) else f"{record['title']}."
    volume = [record["volume"], record["issue"], record["pages"]]
    where = ", ".join(part for part in (record["container"], *volume) if part)
    published = ": ".join(part for part in (record["place"], record["publisher"]) if part)
    parts = [who, year, title, where and f"{where}.", published and f"{published}."]
    parts.append(record["url"] and f"Available: {record['url']}")
    return " ".join(part for part in parts if part)
