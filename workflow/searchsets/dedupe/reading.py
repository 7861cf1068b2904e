"""Folds a record once into what is compared of it; the record itself stays as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from searchsets.dedupe.names import Name, read_authors
from searchsets.dedupe.places import (
    NO_NUMBER,
    NO_PAGES,
    Number,
    Pages,
    read_issue,
    read_pages,
    read_volume,
)
from searchsets.dedupe.titles import NO_TITLE, Title, read_title
from searchsets.dedupe.venues import Venue, read_venue
from searchsets.records import clean
from searchsets.text import normalise

COMPARED = (
    "record_id", "database", "accession", "doi", "type", "title", "authors", "year", "container",
    "publisher", "volume", "issue", "pages", "abstract", "place", "issn", "isbn", "url",
)  # fmt: skip
"""The columns of a record that are compared."""
_ABSTRACT_LETTERS = 300
"""Two abstracts that agree in so many letters at the beginning are one text."""
_DOI_VERSION = re.compile(r"(?:\.pub\d+|[./]?v\d{1,2})$")
_NAMING_TRIALS = ("title", "container", "url", "accession")
_NO_TRIAL: frozenset[str] = frozenset()
_REGISTRIES = ("nct", "isrctn", "euctr", "eudract", "actrn", "chictr", "umin", "drks", "ctri/", "slctr",
               "ntr", "per-")  # fmt: skip
_TRIAL = re.compile(
    r"(?i)\b(?:show/|nctid=)?(NCT ?\d{8}|ISRCTN ?\d{6,8}|(?:EUCTR ?|EudraCT ?)\d{4}-\d{6}-\d\d"
    r"|ACTRN ?\d{14}"
    r"|ChiCTR[-\w]*\d{8,}|UMIN ?\d{9}|DRKS ?\d{8}|CTRI/\d{4}/\d+/\d+|SLCTR/\d{4}/\d+|NTR ?\d{2,5}"
    r"|PER-\d{3}-\d\d)\b"
)
"""Numbers of the registries of trials (WHO, International Clinical Trials Registry Platform)."""
_PREPRINT_DOI = re.compile(
    r"10\.(?:48550|1101|2139|21203|31234|31235|31219|26434|35542|20944|22541|36227)/"
)


@dataclass(slots=True)
class Reading:
    """What is compared of a record. Empty values are values that the record lacks."""

    record_id: str
    title: Title
    authors: tuple[Name, ...]
    year: int | None
    venue: Venue
    issn: frozenset[str]
    volume: Number
    issue: Number
    pages: Pages
    doi: str
    eric: str
    isbn: frozenset[str]
    abstract: str
    trial: frozenset[str]
    publisher: str
    url: str
    type: str
    preprint: bool
    meeting: bool


def read(row: Mapping[str, Any], set_aside: frozenset[str] = frozenset()) -> Reading:
    """Return what is compared of a record.

    Args:
        row: a row of the records table, with at least the columns of `COMPARED`.
        set_aside: columns that are not to be trusted, "issue" or "doi".
    """
    doi = "" if "doi" in set_aside else row["doi"] or ""
    venue = read_venue(row["container"] or "")
    title, pages = _title(row), _pages(row)
    issue = read_issue(row["issue"]) if row["issue"] and "issue" not in set_aside else NO_NUMBER
    return Reading(
        row["record_id"],
        title,
        read_authors(row["authors"] or ()),
        row["year"],
        venue,
        frozenset(issn.replace("-", "").upper() for issn in row["issn"] or ()),
        read_volume(row["volume"]) if row["volume"] else NO_NUMBER,
        issue,
        pages,
        doi,
        _eric_number(row["accession"], row["url"]),
        frozenset(re.sub(r"\W", "", isbn)[-10:-1] for isbn in row["isbn"] or ()),
        _abstract(row["abstract"]),
        _trials(row),
        _folded(row["publisher"] or ""),
        row["url"] or "",
        _folded(row["type"] or ""),
        venue.preprint or row["type"] == "preprint" or bool(_PREPRINT_DOI.match(doi)),
        venue.meeting or "abstract" in title.labels or (issue.supplement and pages.span < 2),
    )


def _title(row: Mapping[str, Any]) -> Title:
    stated, container = row["title"] or "", row["container"] or ""
    if len(stated) == len(container) and stated.lower() == container.lower():
        return NO_TITLE  # that of the journal
    return read_title(stated)


def _pages(row: Mapping[str, Any]) -> Pages:
    stated = row["pages"]
    if not stated or stated == str(row["year"]):  # a year in the field for pages
        return NO_PAGES
    return read_pages(stated)


def _trials(row: Mapping[str, Any]) -> frozenset[str]:
    """Return the numbers under which a trial is registered, where the record names one."""
    stated = " ".join([row[name] or "" for name in _NAMING_TRIALS])
    lowered = stated.lower()
    if not any([registry in lowered for registry in _REGISTRIES]):  # most have none: be quick
        return _NO_TRIAL
    return frozenset(re.sub(r"\W", "", found).upper() for found in _TRIAL.findall(stated))


def _eric_number(accession: str | None, url: str | None) -> str:
    if not accession and not url:
        return ""
    stated = f"{accession or ''} {url or ''}"
    return clean.eric_number(stated) if "E" in stated else ""


def _abstract(stated: str | None) -> str:
    if not stated:
        return ""
    squashed = normalise(stated[: 2 * _ABSTRACT_LETTERS]).replace(" ", "")
    return squashed[:_ABSTRACT_LETTERS] if len(squashed) >= _ABSTRACT_LETTERS else ""


@lru_cache(maxsize=50_000)
def _folded(stated: str) -> str:
    return normalise(stated)


def doi_without_version(doi: str) -> str:
    """Return a DOI without what names a version of the same text.

    >>> doi_without_version("10.1002/14651858.cd000001.pub2"), doi_without_version("10.1/abc.v2")
    ('10.1002/14651858.cd000001', '10.1/abc')
    """
    if "v" not in doi and ".pub" not in doi:  # most name none: be quick
        return doi
    return _DOI_VERSION.sub("", doi)
