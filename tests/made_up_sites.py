"""Websites that answer without a network: made-up pages in the shape of those that are searched."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from conftest import PROJECT
from searchsets.records.model import Record
from searchsets.sources.exchange import Answer
from searchsets.sources.web import Web
from searchsets.sources.websites.documents import records_of
from searchsets.sources.websites.folder import SiteFolder
from searchsets.sources.websites.sites import Site, read_sites
from searchsets.sources.websites.walk import walk

HTML = "text/html; charset=utf-8"
Given = str | bytes | tuple[int, str] | Callable[[], Answer | Exception]
SHIPPED = {site.name: site for site in read_sites(PROJECT / "config/websites.yaml")}


def answer(url: str, body: str | bytes = "", status: int = 200, **headers: str) -> Answer:
    """Return an answer as the network would give it."""
    named = {"content_type": HTML} | headers
    told = tuple((name.replace("_", "-"), value) for name, value in named.items())
    content = body.encode() if isinstance(body, str) else body
    return Answer(url, datetime.now(UTC), status, "", told, content, content)


@dataclass
class MadeUp(Web):
    """A session in which addresses lead to what a test says, without waiting; else to a 404."""

    contact: str = "tests@example.org"
    world: dict[str, object] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    tries: int = 2

    def __post_init__(self) -> None:
        self.sleep = self.slept.append
        super().__post_init__()

    def _exchange(self, shown, sent, headers) -> Answer:
        self._keep_pace()
        self.asked.append(sent)
        given = self.world.get(sent, (404, "not there"))
        if callable(given):
            given = given()
        if isinstance(given, Exception):
            raise given
        if isinstance(given, Answer):
            return given
        if isinstance(given, dict):
            return answer(sent, **given)
        status, body = given if isinstance(given, tuple) else (200, given)
        return answer(sent, body, status)

    @property
    def pages_asked(self) -> list[str]:
        return [one for one in self.asked if not one.endswith("/robots.txt")]


def site(**changed: object) -> Site:
    """Return a small site, as an entry of the file would make it."""
    from searchsets.sources.websites.sites import Entries, PageParts

    entry = {
        "name": "small",
        "organisation": "The Small Council",
        "starts": ("http://a.org/list",),
        "depth": 2,
        "most": 100,
        "pace": 0,
        "tried_live": False,
        "lists": ("a.list",),
        "next": "a.next",
        "documents": Entries(patterns=(r"(?i)\.pdf$",)),
        "page": PageParts(),
    }
    return Site(**entry | changed)


def wayback(rows: list[list[str]], key: str = "") -> str:
    """Return a list of captures as the archive writes it."""
    header = ["timestamp", "original", "mimetype", "statuscode"]
    return json.dumps([header, *rows, *([[], [key]] if key else [])])


def _key(address: str) -> str:
    """Return an address as the archive sorts it."""
    return address.replace(":80/", "/").removeprefix("http://").removeprefix("www.")


@dataclass
class MadeUpArchive(MadeUp):
    """An archive of some captures: (timestamp, address, type, body)."""

    captures: list[tuple[str, str, str, str]] = field(default_factory=list)
    rows_a_list: int = 1000

    def _exchange(self, shown, sent, headers) -> Answer:
        for timestamp, address, kind, body in self.captures:
            url = f"https://web.archive.org/web/{timestamp}id_/{address}"
            self.world[url] = {"body": body, "content_type": kind}
        parts = urlsplit(sent)
        if parts.path == "/cdx/search/cdx" and sent not in self.world:
            self.world[sent] = self._listed(parse_qs(parts.query))
        return super()._exchange(shown, sent, headers)

    def _listed(self, asked: dict[str, list[str]]) -> str:
        begin = asked["url"][0]
        found = [
            [timestamp, address, kind, "200"]
            for timestamp, address, kind, _ in self.captures
            if _key(address).startswith(_key(begin))
        ]
        at = int(asked.get("resumeKey", ["0"])[0])
        rest = found[at : at + self.rows_a_list]
        after = at + self.rows_a_list
        return wayback(rest, str(after) if after < len(found) else "")


# Pages in the shape that each shipped entry expects.

NFER = """<html><head><title>Publications - NFER</title></head><body>
<main><article class="publication"><h2><a href="/publications/lead-member">The role of the lead
member for children's services</a></h2><span class="date">September 2008</span>
<p class="summary">Case studies in ten authorities.</p>
<a href="/media/00RCP.pdf">PDF</a></article>
<article class="publication"><h3><a href="/media/cyc.pdf">Changing children's services (PDF 1.1
MB)</a></h3></article></main>
<div class="pagination"><span class="next"><a href="/publications/?page=2">Next</a></span></div>
</body></html>"""
NFER_DOCUMENT = """<html><head><title>Lead member - NFER</title>
<meta name="citation_title" content="The role of the lead member for children&#39;s services">
<meta name="citation_author" content="White, R."><meta name="citation_author" content="Harland, J.">
<meta name="citation_publication_date" content="2008/09/10">
<meta name="description" content="A study of lead members."></head>
<body><h1>Lead member</h1><a href="/media/00RCP.pdf">Download</a></body></html>"""
GOVUK = """<ul class="gem-c-document-list"><li class="gem-c-document-list__item">
<div class="gem-c-document-list__item-title"><a href="/government/publications/trusts">Children's
trusts: a review</a></div><p class="gem-c-document-list__item-description">How trusts work.</p>
<ul><li>Published: <time datetime="2006-03-02">2 March 2006</time></li></ul></li></ul>
<nav><div class="govuk-pagination__next"><a href="?page=2">Next</a></div></nav>"""
GOVUK_DOCUMENT = """<html><head><title>Children's trusts: a review - GOV.UK</title>
<meta property="og:title" content="Children's trusts: a review">
<meta name="description" content="A review of trusts.">
<meta name="govuk:first-published-at" content="2006-03-02T09:30:00+00:00">
<meta name="govuk:primary-publishing-organisation" content="Department for Education"></head>
<body><h1>Children's trusts: a review</h1><time datetime="2015-01-01">Updated 2015</time></body>
</html>"""
ARCHIVED = {
    "nfer_2008": (
        "http://www.nfer.ac.uk/publications/",
        '<a href="pdfs/downloadable/00RCPreport.pdf">The role of the lead member</a>',
        "http://www.nfer.ac.uk/publications/pdfs/downloadable/00RCPreport.pdf",
    ),
    "audit_commission": (
        "http://www.audit-commission.gov.uk/reports/NATIONAL-REPORT.asp?CategoryID=ENGLISH",
        '<a href="/Products/NATIONAL-REPORT/17AEBDA5/AreWe.pdf">Are we there yet?</a>',
        "http://www.audit-commission.gov.uk/Products/NATIONAL-REPORT/17AEBDA5/AreWe.pdf",
    ),
    "sure_start": (
        "http://www.surestart.gov.uk/",
        '<a href="/_doc/P0002361.PDF">Governance and management of extended schools</a>',
        "http://www.surestart.gov.uk/_doc/P0002361.PDF",
    ),
    "every_child_matters": (
        "http://www.everychildmatters.gov.uk/resources-and-practice/",
        '<p>Reviewed in 2009<a href="/_files/31D70299DD.pdf">Youth offending teams</a>',
        "http://www.everychildmatters.gov.uk/_files/31D70299DD.pdf",
    ),
    "dcsf": (
        "http://www.dcsf.gov.uk/research/",
        '<a href="http://publications.dcsf.gov.uk/eOrderingDownload/RR839.pdf">Children\'s trust '
        "pathfinders</a>",
        "http://publications.dcsf.gov.uk/eOrderingDownload/RR839.pdf",
    ),
}
"""By site: a list, what it holds, and the document that it leads to."""


def records_in(entry: Site, folder: Path) -> list[Record]:
    """Return the documents of a site from what was kept of it, as the import makes them."""
    return list(records_of(walk(entry, SiteFolder(entry, folder))))


def said(messages: list[str]) -> str:
    return "\n".join(messages)


def store(tmp_path: Path, name: str = "small") -> Path:
    return tmp_path / "websites" / name
