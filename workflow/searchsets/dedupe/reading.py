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
    "publisher", "volume", "issue", "pages", "abstract", "issn", "isbn", "url",
)  # fmt: skip
"""The columns of a record that are compared."""
_ABSTRACT_LETTERS = 300
"""Two abstracts that agree in so many letters at the beginning are one text."""
_DOI_VERSION = re.compile(r"(?:\.pub\d+|(?:[./]|(?<=\d))v\d{1,2})$")
_NAMING_TRIALS = ("title", "container", "url", "accession")
_NO_TRIAL: frozenset[str] = frozenset()
_TRIAL = re.compile(
    r"(?i)\b(NCT ?\d{8}|ISRCTN ?\d{6,8}|(?:EUCTR ?|EudraCT ?)\d{4}-\d{6}-\d\d"
    r"|ACTRN ?\d{14}|ChiCTR[-\w]*\d{8,}|UMIN ?\d{9}|DRKS ?\d{8}|CTRI/\d{4}/\d+/\d+"
    r"|SLCTR/\d{4}/\d+|NTR ?\d{3,5}|PER-\d{3}-\d\d)\b"
)
"""Numbers of the registries of trials (WHO, International Clinical Trials Registry Platform)."""
_THREE_DIGITS = re.compile(r"\d\d\d")
_PREPRINTS = {
    "10.48550/": "arXiv",
    "10.1101/20": "bioRxiv and medRxiv, dated; what else begins with 10.1101 is of journals",
    "10.2139/ssrn": "SSRN",
    "10.21203/rs": "Research Square",
    "10.31234/": "PsyArXiv",
    "10.31235/": "SocArXiv",
    "10.31219/": "OSF Preprints",
    "10.35542/": "EdArXiv",
    "10.26434/": "ChemRxiv",
    "10.20944/preprints": "Preprints.org",
    "10.22541/au": "Authorea",
    "10.36227/techrxiv": "TechRxiv",
}
"""How the DOIs of preprints begin, by server."""


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
        record_id=row["record_id"],
        title=title,
        authors=read_authors(row["authors"] or ()),
        year=row["year"],
        venue=venue,
        issn=frozenset(issn.replace("-", "").upper() for issn in row["issn"] or ()),
        volume=read_volume(row["volume"]) if row["volume"] else NO_NUMBER,
        issue=issue,
        pages=pages,
        doi=doi,
        eric=_eric_number(row["accession"], row["url"]),
        # The digits that both forms of an ISBN share: without 978 and the check digit.
        isbn=frozenset(re.sub(r"\W", "", isbn)[-10:-1] for isbn in row["isbn"] or ()),
        abstract=_abstract(row["abstract"]),
        trial=_trials(row),
        publisher=_folded(row["publisher"] or ""),
        url=row["url"] or "",
        type=_folded(row["type"] or ""),
        preprint=venue.preprint or row["type"] == "preprint" or doi.startswith(tuple(_PREPRINTS)),
        meeting=venue.meeting
        or "abstract" in title.labels
        or (issue.supplement and pages.span < 2),
    )


def _title(row: Mapping[str, Any]) -> Title:
    stated = row["title"] or ""
    return NO_TITLE if is_title_of_container(stated, row["container"]) else read_title(stated)


def is_title_of_container(title: str | None, container: str | None) -> bool:
    """Tell whether the title of a record is that of its journal."""
    if not title or not container or len(title) != len(container):
        return False
    return title.lower() == container.lower()


def _pages(row: Mapping[str, Any]) -> Pages:
    stated = row["pages"]
    return NO_PAGES if not stated or is_year(stated, row["year"]) else read_pages(stated)


def is_year(pages: str | None, year: int | None) -> bool:
    """Tell whether the year of a record stands in the place of its pages."""
    return bool(pages) and pages == str(year)


def _trials(row: Mapping[str, Any]) -> frozenset[str]:
    """Return the numbers under which a trial is registered, where the record names one."""
    stated = " ".join([row[name] or "" for name in _NAMING_TRIALS])
    if not _THREE_DIGITS.search(stated):  # most have none: be quick
        return _NO_TRIAL
    return frozenset(re.sub(r"\W", "", found).upper() for found in _TRIAL.findall(stated))


def what_counts_of_accession(accession: str) -> str:
    """Return what of an accession number is compared: that of ERIC, and numbers of trials.

    >>> what_counts_of_accession("EJ612345"), what_counts_of_accession("2008-12345")
    ('EJ612345', '')
    """
    trials = sorted(_TRIAL.findall(accession)) if _THREE_DIGITS.search(accession) else []
    return " ".join(filter(None, (_eric_number(accession, ""), *trials)))


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
