"""What a page lists, and what the page of a document states about it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from searchsets.records import clean
from searchsets.sources.websites.addresses import joined
from searchsets.sources.websites.pages import HtmlPage, first_text, plain, text_of, value_of
from searchsets.sources.websites.sites import Site

if TYPE_CHECKING:
    from bs4 import Tag

# Names of meta elements, the surest first: those of Highwire (citation_), of Dublin Core, of the
# Open Graph protocol.
_TITLES = ("citation_title", "dc.title", "dcterms.title", "og:title")
_DATES = (
    "citation_publication_date", "citation_date", "dcterms.issued", "dc.date.issued",
    "article:published_time", "dc.date", "dcterms.date",
)  # fmt: skip
_ORGANISATIONS = (
    "citation_technical_report_institution", "citation_publisher", "dc.publisher",
    "dcterms.publisher",
)  # fmt: skip
_DESCRIPTIONS = (
    "citation_abstract", "dcterms.abstract", "dc.description", "dcterms.description",
    "og:description", "description",
)  # fmt: skip
TIMES = "time"
"""Where a date is from that only stands in time elements, of whatever."""
_FILE_REMARK = re.compile(
    r"(?i)\s*[\[(][^\[\]()]*\b(?:pdf|word|doc|docx|rtf|\d[\d.,]*\s*[km]b)\b[^\[\]()]*[\])]\s*$"
)
_REFRESH = re.compile(r"(?i)refresh")
_REFRESHED = re.compile(r"(?i)\burl\s*=\s*[\"']?([^\"'\s]+)")
_SAYS_NOTHING = re.compile(
    r"(?i)\W*(?:(?:click|read|find out|see|view|open|get)\b.{0,20}|download\b.{0,30}|here|more|link"
    r"|pdf(?: version| file| document)?|full (?:report|text)|document|report|summary|html|word)\W*"
)


@dataclass(frozen=True)
class Stated:
    """A text, and where it was stated."""

    text: str
    where: str


@dataclass
class Listed:
    """A document as one list shows it."""

    address: str
    link_text: str = ""
    title: str = ""
    date: str = ""
    snippet: str = ""
    files: list[str] = field(default_factory=list)
    """What else the entry leads to that is a document by its address: the same one as a file."""


@dataclass
class Lists:
    """What one page leads to."""

    documents: list[Listed] = field(default_factory=list)
    further: list[str] = field(default_factory=list)
    next: list[str] = field(default_factory=list)
    nowhere: list[tuple[str, str]] = field(default_factory=list)
    """Links of entries that lead to no web page, and nothing for none, with their texts."""


def lists_of(page: HtmlPage, site: Site) -> Lists:
    """Return the documents and the further lists of a page, in its order, without repeats."""
    found = Lists()
    entries = page.soup.select(site.documents.entry) if site.documents.entry else []
    for entry in entries:
        _add_entry(found, page, site, entry)
    named = {one for listed in found.documents for one in (listed.address, *listed.files)}
    for link in page.soup.find_all("a", href=True):
        address = page.link(link)
        if address and address not in named and site.is_document(address):
            found.documents.append(Listed(address, link_text(link)))
    for selector in site.lists:
        found.further += filter(None, map(page.link, page.soup.select(selector)))
    if site.next:
        found.next += filter(None, map(page.link, page.soup.select(site.next)))
    found.next += _sent_on(page)
    return found


def _sent_on(page: HtmlPage) -> Iterator[str]:
    """Yield where a page itself sends its readers on to, as old ones do for a redirect."""
    for element in page.soup.find_all("meta", {"http-equiv": _REFRESH}):
        to = _REFRESHED.search(str(element.get("content") or ""))
        if to and (address := joined(page.base, to[1])):
            yield address


def _add_entry(found: Lists, page: HtmlPage, site: Site, entry: Tag) -> None:
    parts = site.documents
    if parts.link:
        link = entry.select_one(parts.link)
    else:
        link = entry if entry.name == "a" else entry.find("a", href=True)
    address = page.link(link)
    if address is None:
        if link is not None:
            found.nowhere.append((plain(str(link.get("href") or "")), text_of(link)))
        elif (words := text_of(entry)) and not _document_links(entry, page, site):
            found.nowhere.append(("", words))
        return
    values = {
        name: first_text(entry.select(getattr(parts, name), limit=3))
        if getattr(parts, name)
        else ""
        for name in ("title", "date", "snippet")
    }
    files = []
    if not entry.select_one(parts.entry):  # an entry that is never closed holds all others
        files = [one for one in _document_links(entry, page, site) if one != address]
    found.documents.append(Listed(address, link_text(link), **values, files=files))


def _document_links(within: Tag, page: HtmlPage, site: Site) -> list[str]:
    links = map(page.link, within.find_all("a", href=True))
    return list(dict.fromkeys(one for one in links if one and site.is_document(one)))


def files_of(page: HtmlPage, site: Site) -> list[str]:
    """Return the files that the page of a document leads to: they are the document, not others."""
    return _document_links(page.soup, page, site)


def link_text(link: Tag) -> str:
    """Return the words of a link; of a picture those in its place."""
    said = text_of(link)
    if not said and (picture := link.find("img", alt=True)):
        said = plain(str(picture["alt"]))
    return said or plain(str(link.get("title") or ""))


def without_remark(words: str) -> str:
    """Return a title without the remark on its file that lists put behind it.

    >>> without_remark("Governance guidance (PDF, 1.2 MB)"), without_remark("Trusts (2006)")
    ('Governance guidance', 'Trusts (2006)')
    """
    return _FILE_REMARK.sub("", words).strip()


def as_title(link_words: str) -> str:
    """Return the words of a link as a title: without remarks on the file, or nothing.

    >>> as_title("Governance guidance (PDF, 1.2 MB)"), as_title("Download the report")
    ('Governance guidance', '')
    """
    said = without_remark(link_words)
    return "" if _SAYS_NOTHING.fullmatch(said) else said


@dataclass(frozen=True)
class Facts:
    """What the page of a document states about it."""

    title: Stated | None
    heading: Stated | None
    """What stands as a title on every page; titles that are said to be titles go before."""
    date: Stated | None
    organisation: str
    description: Stated | None
    authors: list[str]


def facts_of(page: HtmlPage, site: Site) -> Facts:
    """Return what a page states about the document that it is, or is of."""
    meta = _metas(page)
    parts = site.page
    return Facts(
        title=_selected(page, parts.title) or _of_meta(meta, _TITLES),
        heading=_selected(page, "h1") or _selected(page, "title"),
        date=_selected(page, parts.date) or _of_meta(meta, _DATES) or _of_times(page),
        organisation=(
            (_selected(page, parts.organisation) or Stated("", "")).text
            or (_of_meta(meta, _ORGANISATIONS) or Stated("", "")).text
        ),
        description=_selected(page, parts.snippet) or _of_meta(meta, _DESCRIPTIONS),
        authors=list(dict.fromkeys(meta.get("citation_author", ()))),
    )


def _metas(page: HtmlPage) -> dict[str, list[str]]:
    made: dict[str, list[str]] = {}
    for element in page.soup.find_all("meta", content=True):
        name = str(element.get("name") or element.get("property") or "").strip().lower()
        # Dublin Core was long written with two points or a colon: DC.Date.Issued, dc:date.
        name = name.replace("dc:", "dc.").replace("dcterms:", "dcterms.")
        if said := value_of(element):
            made.setdefault(name, []).append(said)
    return made


def _of_meta(meta: dict[str, list[str]], names: tuple[str, ...]) -> Stated | None:
    return next((Stated(meta[name][0], name) for name in names if name in meta), None)


def _selected(page: HtmlPage, selector: str) -> Stated | None:
    said = first_text(page.soup.select(selector, limit=3)) if selector else ""
    return Stated(said, selector) if said else None


def _of_times(page: HtmlPage) -> Stated | None:
    """Return the date of the page's time elements, if all state one year."""
    said = list(filter(None, _times(page)))
    years = {clean.year(one) for one in said}
    return Stated(said[0], TIMES) if len(years) == 1 and None not in years else None


def _times(page: HtmlPage) -> Iterator[str]:
    for element in page.soup.find_all("time"):
        yield value_of(element)
