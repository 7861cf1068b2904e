"""A server on this computer that answers, and fails, as the bibliographic services do.

    with Loopback({"eric": documents("eric", 450)}) as server:
        server.faults["/eric/"] = [too_many(retry_after=1), None, cut_off()]
        ...  # a client of f"{server.address}/eric/"
        assert [one.params["start"] for one in server.requests] == ["0", "0", "200", "200", "400"]

Services: /eric/  /openalex/works  /crossref/works  /europepmc/search  /core/search/works/
/doaj/search/articles/QUERY  /govuk/search.json  /govuk/content/PATH  /cdx/search/cdx  /site/...
All records are made up. As a process of its own: python tests/loopback.py --service eric
"""

from __future__ import annotations

import argparse
import base64
import gzip
import json
import re
import socket
import socketserver
import sys
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

HTML = "text/html; charset=utf-8"
TEXT = "text/plain;charset=UTF-8"
MEBIBYTE = 1 << 20


# What is asked and what is answered


class Params(dict):
    """What was asked by name; of a repeated name the last value, and every() has them all."""

    def __init__(self, pairs: list[tuple[str, str]]):
        super().__init__(pairs)
        self.pairs = pairs

    def every(self, name: str) -> list[str]:
        return [value for other, value in self.pairs if other == name]


@dataclass(frozen=True)
class Request:
    """One request; names of headers are in small letters, the time is that of time.monotonic()."""

    method: str
    path: str
    params: Params
    headers: dict[str, str]
    time: float


@dataclass(frozen=True)
class Stream:
    """A body that is made as it is sent; of no stated length, it goes in chunks."""

    pieces: Callable[[], Iterator[bytes]]
    length: int | None = None


@dataclass(frozen=True)
class Answer:
    body: bytes | Stream
    status: int = 200
    type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def length(self) -> int | None:
        return len(self.body) if isinstance(self.body, bytes) else self.body.length

    def pieces(self) -> Iterator[bytes]:
        return iter([self.body]) if isinstance(self.body, bytes) else self.body.pieces()


@dataclass(frozen=True)
class Page:
    """The documents of one page, and all those found that it is cut from."""

    found: list[dict]
    start: int
    size: int
    total: int
    documents: list[dict]
    next: int
    """Where a page begins that follows this one by cursor."""


def in_json(value: object, status: int = 200, **headers: str) -> Answer:
    body = json.dumps(value, ensure_ascii=False).encode()
    return Answer(body, status, headers={name.replace("_", "-"): headers[name] for name in headers})


def in_text(text: str, status: int = 200, type: str = TEXT, **headers: str) -> Answer:
    named = {name.replace("_", "-"): headers[name] for name in headers}
    return Answer(text.encode(), status, type, named)


# Faults: each alters what is found, what is answered, or how it goes over the wire


def _whole(wire: Wire, answer: Answer) -> None:
    """Send an answer as it should be."""
    wire.head(answer)
    for piece in answer.pieces() if wire.command != "HEAD" else ():
        wire.wfile.write(piece if answer.length is not None else _chunk(piece))
    if answer.length is None and wire.command != "HEAD":
        wire.wfile.write(_chunk(b""))


def _chunk(piece: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(piece), piece)


def _same(unchanged):
    return unchanged


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one answer: in its page, as a whole, or on its way."""

    page: Callable[[Page], Page] = _same
    answer: Callable[[Answer], Answer] = _same
    wire: Callable[[Wire, Answer], None] = _whole


NO_FAULT = Fault()
FaultOf = Callable[[int, str, Params], Fault | None]


def _instead(answer: Answer) -> Fault:
    return Fault(answer=lambda _: answer)


def failing(status: int = 503, retry_after: float | datetime | None = None) -> Fault:
    """A status with a page for people; Retry-After in seconds, or as a date (of UTC)."""
    headers = {}
    if isinstance(retry_after, datetime):
        headers["Retry_After"] = format_datetime(retry_after, usegmt=True)
    elif retry_after is not None:
        headers["Retry_After"] = str(retry_after)
    page = f"<html><body><h1>{status}</h1><p>Something went wrong.</p></body></html>"
    return _instead(in_text(page, status, HTML, **headers))


def too_many(retry_after: float | datetime | None = None) -> Fault:
    return failing(429, retry_after)


def html_page(status: int = 200) -> Fault:
    """A page for people where data were asked for."""
    return _instead(in_text("<!DOCTYPE html><html><body>Be back soon</body></html>", status, HTML))


def json_error(error: object = None, status: int = 200) -> Fault:
    """An error told as data, by default as ERIC does."""
    return _instead(in_json(error or {"error": {"msg": "made to fail", "code": 400}}, status))


def not_json(text: str = '{"response": {"docs": [') -> Fault:
    """A body that is called JSON and is not."""
    return _instead(Answer(text.encode()))


def redirected(url: str, status: int = 302) -> Fault:
    return _instead(in_text("<html><body>Moved</body></html>", status, HTML, Location=url))


def huge(size: int, stated: bool = True, type: str = "application/json") -> Fault:
    """A body of any size, all blanks, made as it is sent; its length may be left unsaid."""

    def blanks() -> Iterator[bytes]:
        block = b" " * MEBIBYTE
        for _ in range(size // MEBIBYTE):
            yield block
        yield block[: size % MEBIBYTE]

    return _instead(Answer(Stream(blanks, size if stated else None), type=type))


def gzip_bomb(unpacked: int = 1 << 30, type: str = "application/json") -> Fault:
    """Blanks, a thousandth as large on the wire as unpacked; right gzip, of whole mebibytes."""
    block = b" " * MEBIBYTE
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    # Flushed fully, a block stands for itself: packed once, it can be sent any number of times.
    packed = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    times = unpacked // MEBIBYTE

    def pieces() -> Iterator[bytes]:
        yield b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
        checksum = 0
        for _ in range(times):
            checksum = zlib.crc32(block, checksum)
            yield packed
        size = times * MEBIBYTE % (1 << 32)
        yield b"\x03\0" + checksum.to_bytes(4, "little") + size.to_bytes(4, "little")

    body = Stream(pieces, 10 + times * len(packed) + 10)
    return _instead(Answer(body, type=type, headers={"Content-Encoding": "gzip"}))


def broken_gzip() -> Fault:
    """A gzip body of which the first half can be unpacked and the rest is no gzip."""
    return Fault(answer=lambda answer: _half_packed(answer, b"\xff" * 64))


def ended_gzip() -> Fault:
    """A gzip body that ends in the middle, though of the length its header states."""
    return Fault(answer=lambda answer: _half_packed(answer, b""))


def _half_packed(answer: Answer, rest: bytes) -> Answer:
    packer = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
    body = b"".join(answer.pieces())
    half = packer.compress(body[: len(body) // 2]) + packer.flush(zlib.Z_SYNC_FLUSH)
    headers = answer.headers | {"Content-Encoding": "gzip"}
    return replace(answer, body=half + rest, headers=headers)


def cut_off(share: float = 0.5) -> Fault:
    """A body of which only a share comes before the connection is closed."""

    def cut(wire: Wire, answer: Answer) -> None:
        wire.close_connection = True
        wire.head(answer)
        body = b"".join(answer.pieces())
        wire.wfile.write(body[: int(len(body) * share)])

    return Fault(wire=cut)


def broken_chunks() -> Fault:
    """A chunk of the body, then what is no chunk."""

    def broken(wire: Wire, answer: Answer) -> None:
        wire.close_connection = True
        body = b"".join(answer.pieces())
        wire.head(replace(answer, body=Stream(lambda: iter(()))))
        wire.wfile.write(_chunk(body[: len(body) // 2]) + b"no length\r\n")

    return Fault(wire=broken)


def slow(pause: float = 0.05, pieces: int = 10) -> Fault:
    """The body in some pieces, with a pause before each."""

    def drip(wire: Wire, answer: Answer) -> None:
        wire.head(answer)
        body = b"".join(answer.pieces())
        step = len(body) // pieces + 1
        for at in range(0, len(body), step):
            wire.wait(pause)
            wire.wfile.write(body[at : at + step])

    return Fault(wire=drip)


def late(seconds: float) -> Fault:
    """The right answer, after a time in which nothing comes."""

    def wait(wire: Wire, answer: Answer) -> None:
        wire.wait(seconds)
        _whole(wire, answer)

    return Fault(wire=wait)


def hung_up() -> Fault:
    """The connection closed without an answer."""
    return Fault(wire=lambda wire, answer: setattr(wire, "close_connection", True))


def wrong_total(by: int) -> Fault:
    """A total of so many more, or fewer, than there are."""
    return Fault(page=lambda page: replace(page, total=max(0, page.total + by)))


def growing_total(by: int = 1) -> FaultOf:
    """A total that is right at first and changes by so many with every page."""
    return lambda number, path, params: wrong_total(by * (number - 1))


def short_page(by: int = 1) -> Fault:
    """A page of fewer than were asked for; a cursor goes on where it ends."""

    def shorten(page: Page) -> Page:
        kept = page.documents[: max(0, len(page.documents) - by)]
        return replace(page, documents=kept, next=page.start + len(kept))

    return Fault(page=shorten)


def empty_page() -> Fault:
    """A page of nothing before the end; a cursor stays where it is."""
    return Fault(page=lambda page: replace(page, documents=[], next=page.start))


def repeated_border() -> Fault:
    """A page that begins with the last document of the one before; none is left out."""

    def repeat(page: Page) -> Page:
        before = page.found[max(0, page.start - 1) : page.start]
        return replace(page, documents=before + page.documents)

    return Fault(page=repeat)


def shifted(by: int = 1) -> Fault:
    """A page as after so many new documents came in: it repeats some, or (below 0) skips some."""

    def shift(page: Page) -> Page:
        start = max(0, page.start - by)
        return replace(page, documents=page.found[start : start + page.size])

    return Fault(page=shift)


# Made-up documents

_ASPECTS = [
    "Governance of", "Decision making in", "Joint commissioning by", "Leadership of",
    "Partnership working in", "Accountability of", "Integrated working in", "The boards of",
]  # fmt: skip
_BODIES = [
    "children's trusts", "local authorities", "primary schools", "extended schools",
    "children's centres", "youth offending teams", "academies", "primary care trusts",
]  # fmt: skip
_PEOPLE = [
    "looked after children", "young carers", "pupils at risk of exclusion", "disabled children",
    "teenage parents", "refugee children", "children in need", "care leavers",
]  # fmt: skip
_FAMILIES = ["Ashdown", "Birch", "Carrow", "Denholm", "Eddery", "Fell", "Garside", "Hallam", "Ives"]
_GIVEN = ["Ada", "Bernard", "Cicely", "Dermot", "Édith", "Farida", "George"]
_JOURNALS = [("Made-up Journal of Children's Services", "1000-0011"),
             ("Invented Studies in Local Government", "2000-0030"),
             ("Feigned Review of Schools", "3000-005X")]  # fmt: skip
_DESCRIPTORS = ["Governance", "Foreign Countries", "Decision Making", "Agency Cooperation",
                "School Districts", "Child Welfare", "Participative Decision Making"]  # fmt: skip


@dataclass(frozen=True)
class Work:
    """What a made-up document tells, whatever its shape; every seventh has no abstract."""

    number: int

    @property
    def title(self) -> str:
        at = self.number
        aspect, body = _ASPECTS[at % 8], _BODIES[at // 8 % 8]
        return f"{aspect} {body} and outcomes for {_PEOPLE[at // 64 % 8]}: a study of area {at}"

    @property
    def year(self) -> int:
        return 2000 + self.number % 11

    @property
    def authors(self) -> list[tuple[str, str]]:
        at = self.number
        places = range(at, at + at % 3 + 1)
        return [(_FAMILIES[4 * place % 9], _GIVEN[place % 7]) for place in places]

    @property
    def abstract(self) -> str | None:
        if self.number % 7 == 0:
            return None
        return f"What people of area {self.number} say of it, in {self.number % 40 + 5} talks."

    @property
    def journal(self) -> tuple[str, str]:
        return _JOURNALS[self.number % 3]

    @property
    def pages(self) -> tuple[str, str]:
        first = self.number % 300 + 1
        return str(first), str(first + 12)

    @property
    def doi(self) -> str:
        return f"10.5555/made-up.{self.number}"  # the prefix that is kept for trials

    @property
    def date(self) -> str:
        return f"{self.year}-{self.number % 12 + 1:02}-15"

    @property
    def volume(self) -> str:
        return str(self.year - 1990)


def documents(service: str, number: int, start: int = 1) -> list[dict]:
    """Make so many documents in a service's shape; the same numbers always give the same ones."""
    return [KINDS[service].make(Work(one)) for one in range(start, start + number)]


def _without_nothing(document: dict) -> dict:
    return {name: value for name, value in document.items() if value is not None}


def _eric_document(work: Work) -> dict:
    article = work.number % 4 > 0
    journal, issn = work.journal
    authors = [f"{family}, {given}" for family, given in work.authors]
    return _without_nothing({
        "id": f"{'EJ' if article else 'ED'}{800000 + work.number}",
        "title": work.title.replace("'", "&apos;"),
        "author": [*authors, "And Others"] if work.number % 9 == 0 else authors,
        "source": journal if article else None,
        "sourceid": f"v{work.volume} n1 p{'-'.join(work.pages)} {work.year}" if article else None,
        "description": work.abstract and f"&quot;Area&quot; {work.number}: {work.abstract}",
        "subject": [_DESCRIPTORS[(work.number + one) % 7] for one in range(4)],
        "publicationtype": ["Journal Articles", "Reports - Research"] if article else ["Reports"],
        "publicationdateyear": work.year,
        "language": ["English"],
        "issn": [f"ISSN-{issn}"] if article else None,
        "publisher": "Made-up Press",
        "peerreviewed": "T" if article else "F",
        "url": f"https://doi.org/{work.doi}" if article else None,
    })  # fmt: skip


def _openalex_document(work: Work) -> dict:
    journal, issn = work.journal
    first, last = work.pages
    words: dict[str, list[int]] = {}
    for at, word in enumerate((work.abstract or "").split()):
        words.setdefault(word, []).append(at)
    authorships = [
        {"author": {"display_name": f"{given} {family}"}, "countries": ["GB"]}
        for family, given in work.authors
    ]
    return {
        "id": f"https://openalex.org/W{7000000000 + work.number}",
        "doi": f"https://doi.org/{work.doi}",
        "title": work.title, "display_name": work.title,
        "publication_year": work.year, "publication_date": work.date,
        "language": "en", "type": "article", "authorships": authorships,
        "primary_location": {
            "source": {"display_name": journal, "issn_l": issn, "issn": [issn]},
            "landing_page_url": f"https://doi.org/{work.doi}",
        },
        "biblio": {"volume": work.volume, "issue": "1", "first_page": first, "last_page": last},
        "abstract_inverted_index": words or None,
        "keywords": [{"display_name": "Governance", "score": 0.5}], "topics": [],
        "open_access": {"is_oa": False, "oa_url": None},
        "is_retracted": False, "referenced_works": [],
    }  # fmt: skip


def _crossref_document(work: Work) -> dict:
    journal, issn = work.journal
    authors = [
        {"given": given, "family": family, "affiliation": [],
         "sequence": "additional" if at else "first"}
        for at, (family, given) in enumerate(work.authors)
    ]  # fmt: skip
    return _without_nothing({
        "DOI": work.doi, "URL": f"https://doi.org/{work.doi}", "type": "journal-article",
        "title": [work.title], "container-title": [journal], "author": authors,
        "issued": {"date-parts": [[work.year, work.number % 12 + 1]]},
        "abstract": work.abstract and f"<jats:p>{work.abstract}</jats:p>",
        "ISSN": [issn], "page": "-".join(work.pages), "volume": work.volume, "issue": "1",
        "publisher": "Made-up Press", "language": "en", "score": 1.0,
    })  # fmt: skip


def _europepmc_document(work: Work) -> dict:
    journal, issn = work.journal
    names = [f"{family} {given[0]}" for family, given in work.authors]
    number = str(30000000 + work.number)
    return _without_nothing({
        "id": number, "source": "MED", "pmid": number, "doi": work.doi, "title": f"{work.title}.",
        "authorString": f"{', '.join(names)}.",
        "authorList": {"author": [{"fullName": name} for name in names]},
        "journalInfo": {"issue": "1", "volume": work.volume, "yearOfPublication": work.year,
                        "journal": {"title": journal, "issn": issn}},
        "pubYear": str(work.year), "pageInfo": "-".join(work.pages),
        "abstractText": work.abstract and f"<h4>What was found</h4>{work.abstract}",
        "language": "eng", "pubTypeList": {"pubType": ["Journal Article"]},
        "keywordList": {"keyword": ["Governance", "Child"]},
        "isOpenAccess": "N", "firstPublicationDate": work.date,
    })  # fmt: skip


def _core_document(work: Work) -> dict:
    journal, issn = work.journal
    names = [f"{family}, {given}" for family, given in work.authors]
    return {
        "id": 400000 + work.number, "doi": work.doi,
        "title": work.title.replace(": ", ":\n", 1) if work.number % 5 == 0 else work.title,
        # CORE gives some authors twice, in two ways of writing.
        "authors": [{"name": name} for name in [*names, names[0].upper()]],
        "abstract": work.abstract, "yearPublished": work.year,
        "publishedDate": f"{work.date}T00:00:00", "documentType": "research",
        "publisher": "'Made-up Press'", "journals": [{"title": journal, "identifiers": [issn]}],
        "identifiers": [{"identifier": work.doi, "type": "DOI"}],
        "language": {"code": "en", "name": "English"} if work.number % 4 else None,
        "downloadUrl": f"https://core.example/download/{work.number}.pdf",
        "links": [], "dataProviders": [], "oaiIds": [], "sourceFulltextUrls": [],
    }  # fmt: skip


def _doaj_document(work: Work) -> dict:
    journal, issn = work.journal
    first, last = work.pages
    bibjson = _without_nothing({
        "title": work.title, "abstract": work.abstract, "year": str(work.year), "month": "1",
        "author": [{"name": f"{given} {family}"} for family, given in work.authors],
        "journal": {"title": journal, "volume": work.volume, "number": "1", "country": "GB",
                    "publisher": "Made-up Press", "language": ["EN"]},
        "identifier": [{"id": work.doi, "type": "doi"}, {"id": issn, "type": "eissn"}],
        "keywords": ["governance", "children"], "link": [],
        "subject": [{"code": "L", "scheme": "LCC", "term": "Education"}],
        "start_page": first, "end_page": last,
    })  # fmt: skip
    made = "2020-01-01T00:00:00Z"
    return {"id": f"{work.number:032x}", "created_date": made, "last_updated": made} | {
        "bibjson": bibjson
    }


def _govuk_document(work: Work) -> dict:
    link = f"/government/publications/made-up-{work.number}"
    organisation = {"slug": "made-up-department", "title": "Made-up Department", "acronym": "MUD",
                    "link": "/government/organisations/made-up-department"}  # fmt: skip
    return {
        "title": work.title, "link": link, "description": work.abstract,
        "format": "publication", "document_type": "edition",
        "content_store_document_type": "research", "organisations": [organisation],
        "public_timestamp": f"{work.date}T09:00:00.000Z",
        "index": "government", "es_score": 1.0, "_id": link,
    }  # fmt: skip


def _cdx_document(work: Work) -> dict:
    pdf = work.number % 2 == 0
    original = f"http://reports.example.gov.uk/area/{work.number}{'.pdf' if pdf else '.html'}"
    return {
        "urlkey": _urlkey(original), "timestamp": f"{work.date.replace('-', '')}120000",
        "original": original, "mimetype": "application/pdf" if pdf else "text/html",
        "statuscode": "200", "length": str(1000 + work.number),
        "digest": base64.b32encode(f"{work.number:020}".encode()).decode(),
    }  # fmt: skip


def content_item(path: str, title: str, document_type: str = "research", **details: object) -> dict:
    """Make what GOV.UK's content interface tells of a page."""
    stamp = "2008-03-01T09:00:00.000+00:00"
    return {
        "base_path": path, "content_id": "00000000-0000-4000-8000-000000000000", "title": title,
        "description": f"About: {title}", "locale": "en", "document_type": document_type,
        "schema_name": "publication", "first_published_at": stamp, "public_updated_at": stamp,
        "details": {"body": f"<p>{title}</p>", "documents": [], "attachments": []} | details,
        "links": {"organisations": []}, "withdrawn_notice": {},
    }  # fmt: skip


def gone_item(path: str, explanation: str = "", alternative: str = "") -> dict:
    """Make a page that GOV.UK took away; without an explanation it is answered with 410."""
    details = {"explanation": explanation, "alternative_path": alternative}
    return {"base_path": path, "title": None, "description": None, "document_type": "gone",
            "schema_name": "gone", "locale": "en", "details": details, "links": {}}  # fmt: skip


# Which documents answer a query

Select = Callable[[Params, list[dict]], list[dict]]


@dataclass(frozen=True)
class Years:
    """Where a service's queries name years, where its documents do, and in which words."""

    param: str
    at: str
    """The way to the year in a document."""
    single: str = ""
    since: str = ""
    until: str = ""

    def select(self, params: Params, documents: list[dict]) -> list[dict]:
        """Return the documents of the years that a query names; all, if it names none."""
        text = params.get(self.param, "")
        wanted = set(_years_named(text, self.single)) if self.single else set()
        since = _year_after(self.since, text, 0)
        until = _year_after(self.until, text, 9999)
        if not wanted and (since, until) == (0, 9999):
            return documents
        years = ((_year_of(at_path(one, self.at)), one) for one in documents)
        return [
            one
            for year, one in years
            if year is not None and since <= year <= until and (not wanted or year in wanted)
        ]


def _years_named(text: str, field: str) -> Iterator[int]:
    """Yield the years of field:2004, field:(2004 OR 2005) and field:[2002 TO 2008]."""
    value = r"\(([^)]*)\)|\[([^]]*)\]|\"?(\d{4}(?:\|\d{4})*)"
    for several, between, single in re.findall(rf"{re.escape(field)}\s*(?:{value})", text):
        if between:
            first, last = re.findall(r"\b\d{4}|\*", between)[:2]
            last = "9999" if last == "*" else last
            yield from range(int(first.replace("*", "0")), int(last) + 1)
        yield from map(int, re.findall(r"\d{4}", several or single))


def _year_after(words: str, text: str, otherwise: int) -> int:
    found = words and re.search(rf"(?<![\w-]){re.escape(words)}\s*(\d{{4}})", text)
    return int(found[1]) if found else otherwise


def _year_of(value: object) -> int | None:
    found = re.match(r"\d{4}", str(value))
    return int(found[0]) if found else None


def at_path(document: object, path: str) -> object:
    """Return what lies at a path like "issued.date-parts.0.0" of a document, or None."""
    for step in path.split("."):
        try:
            document = document[int(step) if isinstance(document, list) else step]
        except (KeyError, IndexError, TypeError, ValueError):
            return None
    return document


_CROSSREF_YEARS = Years("filter", "issued.date-parts.0.0", since="from-pub-date:",
                        until="until-pub-date:")  # fmt: skip
_GOVUK_YEARS = Years("filter_public_timestamp", "public_timestamp", since="from:", until="to:")


def _crossref_select(params: Params, documents: list[dict]) -> list[dict]:
    """Select by years and by ISSN, of which any may match."""
    wanted = set(re.findall(r"issn:([\dXx-]+)", params.get("filter", "")))
    found = _CROSSREF_YEARS.select(params, documents)
    return [one for one in found if not wanted or wanted & set(one.get("ISSN", []))]


def _govuk_select(params: Params, documents: list[dict]) -> list[dict]:
    """Select by years of the last change, and by other fields, of which any value may match."""
    found = _GOVUK_YEARS.select(params, documents)
    for name in params:
        field = name.removeprefix("filter_")
        if field not in (name, "public_timestamp"):
            wanted = set(params.every(name))
            found = [one for one in found if wanted & set(_slugs(one.get(field)))]
    return found


def _slugs(value: object) -> list[str]:
    return [one["slug"] for one in value] if isinstance(value, list) else [str(value)]


def _cdx_select(params: Params, documents: list[dict]) -> list[dict]:
    """Select captures as the CDX server does: by address, time, filters, and collapsed."""
    key, kind = _urlkey(params["url"]), params.get("matchType", "exact")
    host = key.partition(")")[0]
    beginnings = {"prefix": (key,), "host": (f"{host})",), "domain": (f"{host})", f"{host},")}
    since, until = params.get("from", ""), params.get("to", "9").ljust(14, "9")
    found = [
        one
        for one in documents
        if (one["urlkey"] == key if kind == "exact" else one["urlkey"].startswith(beginnings[kind]))
        and since <= one["timestamp"] <= until
        and all(_passes(one, rule) for rule in params.every("filter"))
    ]
    return _collapsed(found, params.get("collapse", ""))


def _urlkey(url: str) -> str:
    """Return the key of an address: gov,example)/path of www.example.gov/path."""
    parts = urlsplit(url if "//" in url else f"//{url}")
    host = (parts.hostname or "").removeprefix("www.")
    asked = f"?{parts.query}" if parts.query else ""
    return f"{','.join(reversed(host.split('.')))}){parts.path or '/'}{asked}".lower()


def _passes(row: dict, rule: str) -> bool:
    name, _, pattern = rule.removeprefix("!").partition(":")
    return bool(re.fullmatch(pattern, row[name])) != rule.startswith("!")


def _collapsed(rows: list[dict], rule: str) -> list[dict]:
    """Keep the first of adjacent rows that are alike in a field, or in its first letters."""
    name, _, letters = rule.partition(":")
    keys = [row[name][: int(letters or 999)] if name else at for at, row in enumerate(rows)]
    return [row for at, row in enumerate(rows) if at == 0 or keys[at] != keys[at - 1]]


# How each service answers


class UnfitError(Exception):
    """A parameter that a service does not accept."""


@dataclass
class Service:
    """What one service holds. GOV.UK's content: item by path, or the path it moved to."""

    documents: list[dict]
    select: Select | None = None
    content: dict[str, dict | str] = field(default_factory=dict)
    blocked: set[str] = field(default_factory=set)
    """The hosts that the web archive does not give out."""


@dataclass(frozen=True)
class Ask:
    """A request to a service, and what its answer is made from."""

    service: Service
    select: Select
    request: Request
    params: Params
    fault: Fault
    epoch: int

    def page(self, start: int, size: int) -> Page:
        found = self.select(self.params, self.service.documents)
        documents = found[start : start + size]
        page = Page(found, start, size, len(found), documents, start + len(documents))
        return self.fault.page(page)

    def number(self, name: str, otherwise: int, least: int = 0, most: int | None = None) -> int:
        text = self.params.get(name, str(otherwise))
        if not text.isdecimal() or int(text) < least or (most is not None and int(text) > most):
            raise UnfitError(f"{name}={text}: a number from {least} to {most} is expected")
        return int(text)

    def token(self, place: int) -> str:
        """Return a cursor for a place: with + and / in it, so that it must be encoded in a URL."""
        return base64.b64encode(b"\xfb\xff\xbf" + f"{self.epoch}:{place}".encode()).decode()

    def place(self, token: str) -> int:
        """Return the place that a cursor stands for, unless it was made up or is outdated."""
        try:
            epoch, place = base64.b64decode(token, validate=True)[3:].decode().split(":")
        except ValueError:
            epoch, place = "", "0"
        if token != "*" and (epoch != str(self.epoch) or self.token(int(place)) != token):
            raise UnfitError(f"the cursor {token} is invalid or has expired")
        return int(place)


_ERIC_DEFAULT = ["id", "title", "author", "description", "subject", "publicationtype", "language",
                 "publicationdateyear", "issn", "isbn", "publisher", "peerreviewed"]  # fmt: skip


def _eric(ask: Ask) -> Answer:
    """Answer as ERIC: at most 200 rows whatever is asked for; source and url only by name."""
    if not ask.params.get("search"):
        raise UnfitError("search is required")
    page = ask.page(ask.number("start", 0), min(200, ask.number("rows", 20)))
    if ask.params.get("format", "xml") != "json":  # what a client gets that forgot to ask for it
        xml = f'<response><result numFound="{page.total}" start="{page.start}"/></response>'
        return in_text(xml, type="text/xml; charset=utf-8")
    names = ask.params["fields"].split(",") if "fields" in ask.params else _ERIC_DEFAULT
    docs = [{name: one[name] for name in one if name in names} for one in page.documents]
    response = {"numFound": page.total, "start": page.start, "numFoundExact": True, "docs": docs}
    return in_json({"response": response})


def _openalex(ask: Ask) -> Answer:
    """Answer as OpenAlex: a cursor goes on until it is null, numbered pages to 10,000 records."""
    size, number = ask.number("per-page", 25, 1, 100), ask.number("page", 1, 1)
    cursor = ask.params.get("cursor")
    if cursor is None and number * size > 10_000:
        raise UnfitError("Maximum results size of 10,000 records is exceeded: use a cursor.")
    page = ask.page(ask.place(cursor) if cursor else (number - 1) * size, size)
    following = ask.token(page.next) if cursor and page.start < len(page.found) else None
    meta = {"count": page.total, "db_response_time_ms": 7, "page": None if cursor else number,
            "per_page": size, "next_cursor": following}  # fmt: skip
    return in_json({"meta": meta, "results": page.documents, "group_by": []})


def _crossref_headers(ask: Ask) -> dict[str, str]:
    polite = "mailto" in ask.params or "mailto:" in ask.request.headers.get("user-agent", "")
    pool, limit, at_once = ("polite", "10", "3") if polite else ("public", "5", "1")
    return {"x_rate_limit_limit": limit, "x_rate_limit_interval": "1s",
            "x_concurrency_limit": at_once, "x_api_pool": pool}  # fmt: skip


_CROSSREF_FILTERS = {"from-pub-date", "until-pub-date", "type", "issn", "has-abstract",
                     "from-index-date", "until-index-date", "container-title"}  # fmt: skip


def _crossref(ask: Ask) -> Answer:
    """Answer as Crossref: a next cursor comes even at the end."""
    rows, offset = ask.number("rows", 20, 0, 1000), ask.number("offset", 0, 0, 10_000)
    filters = re.findall(r"(?:^|,)([^:,]+)", ask.params.get("filter", ""))
    if unknown := set(filters) - _CROSSREF_FILTERS:
        raise UnfitError(f"Filter {unknown} specified but there is no such filter")
    headers, cursor = _crossref_headers(ask), ask.params.get("cursor")
    try:
        page = ask.page(ask.place(cursor) if cursor else offset, rows)
    except UnfitError as error:
        told = [{"type": "cursor-invalid", "value": cursor, "message": str(error)}]
        failure = {"status": "failed", "message-type": "resource-failure", "message": told}
        return in_json(failure, 404, **headers)
    words = next((ask.params[name] for name in ask.params if name.startswith("query")), None)
    query = {"start-index": offset, "search-terms": words}
    message = {"facets": {}, "total-results": page.total, "items": page.documents,
               "items-per-page": rows, "query": query}  # fmt: skip
    if cursor:
        message["next-cursor"] = ask.token(page.next)
    return in_json(_crossref_message("work-list", message), **headers)


def _crossref_message(kind: str, message: object) -> dict:
    return {"status": "ok", "message-type": kind, "message-version": "1.0.0", "message": message}


def _crossref_work(ask: Ask) -> Answer:
    wanted, headers = ask.params["doi"].lower(), _crossref_headers(ask)
    for one in ask.service.documents:
        if one.get("DOI", "").lower() == wanted:
            return in_json(_crossref_message("work", one), **headers)
    return in_text("Resource not found.", 404, "text/plain", **headers)


def _europepmc(ask: Ask) -> Answer:
    """Answer as Europe PMC: at the end the next cursor is the one sent; of no hits none comes."""
    if not ask.params.get("query"):
        raise UnfitError("query is required")
    size, cursor = ask.number("pageSize", 25, 1, 1000), ask.params.get("cursorMark", "*")
    page = ask.page(ask.place(cursor), size)
    answer = {"version": "6.9", "hitCount": page.total}
    if page.found:
        answer["nextCursorMark"] = cursor if page.next == page.start else ask.token(page.next)
    answer["request"] = {"queryString": ask.params["query"], "cursorMark": cursor, "pageSize": size,
                         "resultType": ask.params.get("resultType", "lite")}  # fmt: skip
    return in_json(answer | {"resultList": {"result": page.documents}})


def _core(ask: Ask) -> Answer:
    """Answer as CORE: only with a key, and above 10,000 only by scrolling."""
    if not re.fullmatch(r"Bearer \S+", ask.request.headers.get("authorization", "")):
        return in_json({"message": "Rate limit exceeded"}, 429, Retry_After="60")
    limit, offset = ask.number("limit", 10, 1, 100), ask.number("offset", 0)
    scrolls = ask.params.get("scroll", "").lower() == "true" or "scrollId" in ask.params
    if not scrolls and offset + limit > 10_000:
        raise UnfitError("Only 10,000 records can be reached by offset: use scroll")
    token = ask.params.get("scrollId")
    page = ask.page(ask.place(token) if token else offset, limit)
    answer = {"totalHits": page.total, "limit": limit, "offset": page.start,
              "scrollId": ask.token(page.next) if scrolls else None}  # fmt: skip
    return in_json(answer | {"results": page.documents})


def _doaj(ask: Ask) -> Answer:
    """Answer as DOAJ: at most 100 a page whatever was asked for, and no more than 1,000 in all."""
    number, size = ask.number("page", 1, 1), min(100, ask.number("pageSize", 10, 1))
    start = (number - 1) * size
    if start >= 1000:
        raise UnfitError("You cannot access results beyond 1000 records via this API.")
    page = ask.page(start, min(size, 1000 - start))
    answer = {"total": page.total, "page": number, "pageSize": size,
              "timestamp": "2026-01-01T00:00:00Z", "query": ask.params["query"],
              "results": page.documents}  # fmt: skip
    pages = max(1, -(-page.total // size))
    links = {"next": number + 1, "last": pages} if number < pages else {}
    where = f"http://{ask.request.headers.get('host', '')}{quote(ask.request.path)}"
    return in_json(
        answer | {name: f"{where}?page={to}&pageSize={size}" for name, to in links.items()}
    )


_GOVUK_PARAMS = r"(q|count|start|order|fields(\[\])?|debug|(filter|reject|aggregate|facet)_.+)"
_GOVUK_ALWAYS = {"_id", "index", "es_score", "document_type"}


def _govuk(ask: Ask) -> Answer:
    """Answer as GOV.UK: a parameter that it does not know is refused."""
    unknown = [name for name in ask.params if not re.fullmatch(_GOVUK_PARAMS, name)]
    if unknown:
        raise UnfitError(f"Unexpected parameters: {', '.join(unknown)}")
    if len(ask.params.get("q", "")) > 512:
        raise UnfitError("q: more than 512 characters")
    page = ask.page(ask.number("start", 0, 0, 900_000), ask.number("count", 10, 0, 1500))
    asked = [*ask.params.every("fields"), *ask.params.every("fields[]")]
    names = {name for one in asked for name in one.split(",")}
    results = [
        {name: one[name] for name in one if not names or name in names | _GOVUK_ALWAYS}
        for one in page.documents
    ]
    return in_json({"results": results, "total": page.total, "start": page.start,
                    "aggregates": {}, "suggested_queries": []})  # fmt: skip


def _govuk_content(ask: Ask) -> Answer:
    """Answer with what GOV.UK tells of a page, or where it went, or that it is gone."""
    item = ask.service.content.get(f"/{ask.params['path']}")
    match item:
        case None:
            return in_text("<html><body>Page not found</body></html>", 404, HTML)
        case str():
            return in_text("", 303, HTML, Location=f"/govuk/content{item}")
        case {"schema_name": "gone", "details": details} if not any(details.values()):
            return in_json(item, 410)
    return in_json(item)


_CDX_COLUMNS = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]


def _cdx(ask: Ask) -> Answer:
    """Answer as the Wayback Machine: rows, then an empty one and the key to go on with."""
    if not ask.params.get("url"):
        raise UnfitError("url is required")
    host = urlsplit(ask.params["url"]).hostname or ask.params["url"].partition("/")[0]
    if host in ask.service.blocked:
        told = "AdministrativeAccessControlException: Blocked Site Error"
        return in_text(f"{told}\n", 403, x_archive_wayback_runtime_error=told)
    key = ask.params.get("resumeKey")
    page = ask.page(ask.place(key) if key else 0, ask.number("limit", 150_000, 1))
    names = ask.params["fl"].split(",") if "fl" in ask.params else _CDX_COLUMNS
    rows = [[str(one.get(name, "-")) for name in names] for one in page.documents]
    goes_on = ask.params.get("showResumeKey") == "true" and page.next < len(page.found)
    key_rows = [[], [ask.token(page.next)]] if goes_on else []
    if ask.params.get("output") == "json":
        return in_json([names, *rows, *key_rows] if rows or key_rows else [])
    return in_text("".join(f"{' '.join(row)}\n" for row in [*rows, *key_rows]))


def _crossref_refusal(message: str) -> Answer:
    told = [{"type": "parameter-not-allowed", "message": message}]
    failure = {"status": "failed", "message-type": "validation-failure", "message": told}
    return in_json(failure, 400)


@dataclass(frozen=True)
class Kind:
    """What is known of a service: its paths, its documents, which it finds, and how it refuses."""

    answers: dict[str, Callable[[Ask], Answer]]
    make: Callable[[Work], dict]
    select: Select
    refuse: Callable[[str], Answer]


KINDS = {
    "eric": Kind(
        {"": _eric}, _eric_document,
        Years("search", "publicationdateyear", "publicationdateyear:").select,
        lambda told: in_json({"error": {"msg": told, "code": 400}}, 400),
    ),
    "openalex": Kind(
        {"works": _openalex}, _openalex_document,
        Years("filter", "publication_year", "publication_year:", "from_publication_date:",
              "to_publication_date:").select,
        lambda told: in_json({"error": "Invalid query parameters error.", "message": told}, 400),
    ),
    "crossref": Kind(
        {"works": _crossref, "works/(?P<doi>.+)": _crossref_work}, _crossref_document,
        _crossref_select, _crossref_refusal,
    ),
    "europepmc": Kind(
        {"search": _europepmc}, _europepmc_document,
        Years("query", "pubYear", "PUB_YEAR:").select,
        lambda told: in_json({"version": "6.9", "errCode": 404, "errMsg": told}),
    ),
    "core": Kind(
        {"search/works": _core}, _core_document,
        Years("q", "yearPublished", "yearPublished:", "yearPublished>=", "yearPublished<=").select,
        lambda told: in_json({"message": told}, 400),
    ),
    "doaj": Kind(
        {"search/articles/(?P<query>.+)": _doaj}, _doaj_document,
        Years("query", "bibjson.year", "bibjson.year:").select,
        lambda told: in_json({"status": "bad_request", "error": told}, 400),
    ),
    "govuk": Kind(
        {r"search\.json": _govuk, "content/(?P<path>.+)": _govuk_content}, _govuk_document,
        _govuk_select, lambda told: in_json({"error": told}, 422),
    ),
    "cdx": Kind(
        {"search/cdx": _cdx}, _cdx_document, _cdx_select, lambda told: in_text(f"{told}\n", 400),
    ),
}  # fmt: skip


# The server


class Wire(BaseHTTPRequestHandler):
    """Reads requests from one connection, and sends what the server answers."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else the body waits until the client has seen the headers
    server: _Server

    def do_GET(self) -> None:
        request = self._request()
        fault = self.server.loopback.note(request)
        answer = fault.answer(self.server.loopback.answer(request, fault))
        fault.wire(self, self.server.loopback.encoded(answer, request))

    do_HEAD = do_POST = do_GET

    def _request(self) -> Request:
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        pairs = parse_qsl(query, keep_blank_values=True)
        body = self.rfile.read(int(headers.get("content-length", 0)))
        if body and "json" in headers.get("content-type", ""):
            values = json.loads(body).items()
            pairs += [(name, one if isinstance(one, str) else str(one)) for name, one in values]
        elif body:
            pairs += parse_qsl(body.decode(), keep_blank_values=True)
        return Request(self.command, unquote(path), Params(pairs), headers, time.monotonic())

    def head(self, answer: Answer) -> None:
        """Send the status and the headers."""
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.type)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.length is None:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(answer.length))
        self.end_headers()

    def wait(self, seconds: float) -> None:
        """Wait, unless the server is about to stop."""
        self.server.stopping.wait(seconds)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    """Knows its open connections, so as to end them; clients that vanish are no error."""

    daemon_threads = False  # so that server_close() waits for them
    request_queue_size = 128

    def __init__(self, loopback: Loopback, port: int):
        self.loopback = loopback
        self.open: set[socket.socket] = set()
        self.stopping = threading.Event()
        self.broken: list[BaseException] = []
        super().__init__(("127.0.0.1", port), Wire)

    def server_bind(self) -> None:
        """Bind without asking what the computer is called, which may take long."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]

    def process_request(self, request, client_address) -> None:
        self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request) -> None:
        self.open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request, client_address) -> None:
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):  # a client that went away
            self.broken.append(error)

    def stop(self) -> None:
        self.stopping.set()
        self.shutdown()
        for one in list(self.open):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # closed meanwhile
        self.server_close()


class Loopback:
    """The services, on a port of this computer, for as long as the context lasts.

    services: by name a list of documents, or a Service; "site" is {path: (content type, bytes)}.
    faults: {path prefix: list of Fault or None, used up one a request, or a function of the number
    of the request (from 1), its path and its params}; or one such function for all paths.
    """

    def __init__(self, services: dict, *, compressed: bool = False, port: int = 0):
        self.site: dict[str, tuple[str, bytes]] = services.get("site", {})
        self.services: dict[str, Service] = {
            name: one if isinstance(one, Service) else Service(one)
            for name, one in services.items()
            if name != "site"
        }
        self.compressed = compressed
        self.requests: list[Request] = []
        self.faults: dict[str, list[Fault | None] | FaultOf] | FaultOf = {}
        self._asked: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._epoch = 0
        self._port = port

    def __enter__(self) -> Loopback:
        self._server = _Server(self, self._port)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        serve = self._server.serve_forever
        self._thread = threading.Thread(target=serve, kwargs={"poll_interval": 0.005})
        self._thread.start()
        return self

    def __exit__(self, kind: type | None, *_: object) -> None:
        self._server.stop()
        self._thread.join()
        if kind is None and self._server.broken:
            raise self._server.broken[0]

    def expire_cursors(self) -> None:
        """Let the cursors given out so far be refused from now on."""
        self._epoch += 1

    def asked(self, prefix: str) -> list[Request]:
        """Return the requests below a path."""
        return [one for one in list(self.requests) if one.path.startswith(prefix)]

    def asked_twice(self) -> list[str]:
        """Return what was asked more than once."""
        asked = Counter(f"{one.path}?{urlencode(one.params.pairs)}" for one in list(self.requests))
        return [one for one, times in asked.items() if times > 1]

    def note(self, request: Request) -> Fault:
        """Keep a request, and return what is to go wrong with its answer."""
        with self._lock:
            self.requests.append(request)
            plans = {"/": self.faults} if callable(self.faults) else self.faults
            prefix = next((one for one in plans if request.path.startswith(one)), None)
            if prefix is None:
                return NO_FAULT
            self._asked[prefix] += 1
            plan = plans[prefix]
            if callable(plan):
                return plan(self._asked[prefix], request.path, request.params) or NO_FAULT
            return (plan.pop(0) if plan else None) or NO_FAULT

    def answer(self, request: Request, fault: Fault) -> Answer:
        """Answer a request, but for the faults that come after."""
        name, _, path = request.path.removeprefix("/").partition("/")
        if name == "site" and f"/{path}" in self.site:
            type, body = self.site[f"/{path}"]
            return Answer(body, type=type)
        if name == "requests":  # for a test that runs the server as a process of its own
            return in_json([vars(one) for one in list(self.requests) if one is not request])
        if name in self.services:
            for pattern, answer in KINDS[name].answers.items():
                if found := re.fullmatch(pattern, path.rstrip("/"), re.DOTALL):
                    return self._ask(name, answer, request, found.groupdict(), fault)
        return in_text("<html><body>Not found</body></html>", 404, HTML)

    def _ask(
        self,
        name: str,
        answer: Callable[[Ask], Answer],
        request: Request,
        in_path: dict[str, str],
        fault: Fault,
    ) -> Answer:
        kind, service = KINDS[name], self.services[name]
        params = Params([*request.params.pairs, *in_path.items()])
        select = service.select or kind.select
        try:
            return answer(Ask(service, select, request, params, fault, self._epoch))
        except UnfitError as error:
            return kind.refuse(str(error))

    def encoded(self, answer: Answer, request: Request) -> Answer:
        """Pack an answer, if that is wanted on both sides and not done already."""
        accepted = "gzip" in request.headers.get("accept-encoding", "")
        if not (self.compressed and accepted and isinstance(answer.body, bytes)):
            return answer
        if "Content-Encoding" in answer.headers:
            return answer
        headers = answer.headers | {"Content-Encoding": "gzip"}
        return replace(answer, body=gzip.compress(answer.body, 1), headers=headers)


# As a process of its own


def documents_in(paths: list[Path]) -> list[dict]:
    """Return the documents of files of answers by ERIC, each id once."""
    found = {}
    for path in paths:
        for one in json.loads(path.read_bytes())["response"]["docs"]:
            found.setdefault(one["id"], one)
    return list(found.values())


def main() -> None:
    """Print the address, and serve until killed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--service", choices=sorted(KINDS), default="eric")
    parser.add_argument("--documents", type=int, default=1000, help="how many to make up")
    parser.add_argument("--docs", type=Path, nargs="+", help="files of answers by ERIC to serve")
    parser.add_argument("--compressed", action="store_true")
    parser.add_argument("--pause", type=float, default=0, help="seconds before each answer")
    asked = parser.parse_args()
    held = documents_in(asked.docs) if asked.docs else documents(asked.service, asked.documents)
    with Loopback({asked.service: held}, compressed=asked.compressed, port=asked.port) as server:
        if asked.pause:
            server.faults = lambda number, path, params: late(asked.pause)
        print(server.address, flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main()
