"""What the Wayback Machine captured of a site, as its CDX server lists it.

The server is described in internetarchive/wayback, wayback-cdx-server/README.md; answers recorded
by others were read, it was never tried live.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

from searchsets.sources.exchange import Answer, Odd
from searchsets.sources.websites.addresses import KEPT_SIGNS, joined, without_archive
from searchsets.sources.websites.model import Missing
from searchsets.sources.websites.sites import Archive, Site

SERVER = "https://web.archive.org"
_QUESTIONS = f"{SERVER}/cdx/search/cdx"
LEAST_PACE = 3.0
"""Seconds between two requests: the archive gives about 24 lists a minute to anybody."""
_ROWS = 1_000
_MOST_LISTS = 200
TAKEN = ("text/html", "application/pdf")
_COLUMNS = ("timestamp", "original", "mimetype", "statuscode")
_TIMESTAMP = re.compile(r"[0-9]{14}")


@dataclass(frozen=True)
class Capture:
    """One page or file as the archive has it."""

    original: str
    """Its address in canonical spelling."""
    timestamp: str
    mimetype: str
    written: str
    """Its address as the archive writes it."""

    @property
    def replay(self) -> str:
        """Where the archive gives it as it was received, without its own links and frames."""
        return f"{SERVER}/web/{self.timestamp}id_/{quote(self.written, safe=KEPT_SIGNS)}"


@dataclass
class Listing:
    """The captures of a site."""

    captures: dict[str, Capture] = field(default_factory=dict)
    """By the key under which the archive sorts addresses."""
    lack: Missing | None = None
    """Why not all was listed, if it was not."""

    def of(self, address: str) -> Capture | None:
        """Return the capture of an address, whichever of its spellings was captured."""
        return self.captures.get(_key(address))


def listing(site: Site, answer_of: Callable[[str], Answer | Missing]) -> Listing:
    """Return what the archive lists of a site, as far as its answers are there.

    Args:
        site: the site; one without an archive has no captures.
        answer_of: gives the answer of an address, or why there is none.
    """
    found = Listing()
    for address in site.archive.of if site.archive else ():
        _list_one(found, site.archive, address, answer_of)
    return found


def _list_one(
    found: Listing, asked: Archive, address: str, answer_of: Callable[[str], Answer | Missing]
) -> None:
    key, seen = "", set()
    for _ in range(_MOST_LISTS):
        answer = answer_of(question(asked, address, key))
        if not isinstance(answer, Answer):
            found.lack = answer
            return
        if answer.status != 200:
            found.lack = Missing(f"the archive answers {answer.status}", waits=True)
            return
        rows, key = read_listing(answer)
        for capture in rows:
            found.captures.setdefault(_key(capture.original), capture)
        if not key:
            return
        if key in seen:
            found.lack = Missing("the archive gives the same part of its list again", waits=True)
            return
        seen.add(key)
    most = _MOST_LISTS * _ROWS
    found.lack = Missing(f"the archive lists more than {most:,} captures of {address}", waits=True)


def question(asked: Archive, address: str, key: str) -> str:
    """Return the address that lists captures; from a resumption key on, if there is one."""
    params = [
        ("url", address),
        ("matchType", asked.match),
        *((name, value) for name, value in (("from", asked.first), ("to", asked.last)) if value),
        ("output", "json"),
        ("fl", ",".join(_COLUMNS)),
        ("filter", "statuscode:200"),
        ("filter", f"mimetype:({'|'.join(TAKEN)})"),
        ("collapse", "urlkey"),
        ("limit", str(_ROWS)),
        ("showResumeKey", "true"),
        *([("resumeKey", key)] if key else []),
    ]
    return f"{_QUESTIONS}?{urlencode(params)}"


def is_listing(answer: Answer) -> bool:
    """Tell whether an answer is one to such a question, good or bad."""
    return answer.url.startswith(f"{_QUESTIONS}?")


def read_listing(answer: Answer) -> tuple[list[Capture], str]:
    """Return the captures of one answer, and the key to go on with if there are more.

    Raises:
        Odd: it is no list of captures.
    """
    text = answer.content.decode("utf-8", "replace").strip()
    if not text:  # nothing was captured
        return [], ""
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        raise Odd("the archive's list cannot be read") from None
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise Odd("the archive's answer is no list")
    key = ""
    if len(rows) > 1 and rows[-2] == [] and len(rows[-1]) == 1:
        key, rows = str(rows[-1][0]), rows[:-2]
    if not rows:
        return [], key
    header = list(map(str, rows[0]))
    if not set(_COLUMNS) <= set(header):
        raise Odd(f"the archive's list has other columns: {', '.join(header)[:200]}")
    return list(_captures(header, rows[1:])), key


def _captures(header: list[str], rows: list[list[Any]]) -> Iterator[Capture]:
    for row in rows:
        if len(row) != len(header):
            raise Odd("a row of the archive's list is not whole")
        cells = dict(zip(header, map(str, row), strict=True))
        address = joined("", cells["original"])  # the archive holds addresses that are none
        right = cells["statuscode"] == "200" and cells["mimetype"] in TAKEN
        if address and right and _TIMESTAMP.fullmatch(cells["timestamp"]):
            yield Capture(address, cells["timestamp"], cells["mimetype"], cells["original"])


def redirected(asked: str, location: str) -> str | None:
    """Return where the archive sends on to: another capture, or another page of its own host."""
    try:
        to = urljoin(asked, location)
        parts = urlsplit(to)
    except ValueError:
        return None
    plain = (parts.scheme, parts.netloc) == ("https", urlsplit(SERVER).netloc)
    if not plain:
        return None
    inner, timestamp = without_archive(to)
    return f"{SERVER}/web/{timestamp}id_/{inner}" if timestamp else to


def _key(address: str) -> str:
    """Return an address without what the archive takes for the same: scheme, www., capitals.

    >>> _key("https://www.A.org/B") == _key("http://a.org/b")
    True
    """
    parts = urlsplit(address)
    host = parts.netloc.lower().removeprefix("www.")
    return f"{host}{parts.path.rstrip('/').lower()}?{parts.query.lower()}"
