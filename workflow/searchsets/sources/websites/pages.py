"""Reads one page as HTML, however it was written: no page may stop, or hold up, the others."""

from __future__ import annotations

import codecs
import re
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from searchsets.sources.exchange import Answer
from searchsets.sources.websites.addresses import joined

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

MOST_BYTES = 10 << 20
"""No page that a person reads is larger."""
_MOST_DEPTH = 20_000_000
"""The depths of all elements together; a page of a million characters has about a million."""
_OPEN_TAIL = 1_000
_META_CHARSET = re.compile(rb"(?i)<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([a-z0-9_:.-]{1,40})")
_CHARSET = re.compile(r"(?i)charset\s*=\s*[\"']?([^\"';\s]+)")
_OF_PAGES = re.compile(
    r"utf-?(?:8|16|32)(?:-sig|-?[lb]e)?|(?:us-)?ascii|iso-?8859-\d{1,2}|latin-?\d"
    r"|(?:windows-|cp)\d{3,4}|mac(?:intosh|-?roman)|koi8-[ru]|big5\S*|gbk?\d*|euc-\w+|shift-jis|x?-?sjis"
)
"""Encodings that pages are in; Python knows others, some of which take hours (punycode)."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_BREAKING = frozenset(
    "address article aside blockquote br dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 "
    "h6 header hr li main nav ol option p pre section table td th tr ul".split()
)
_ENDED_BY = {name: frozenset((name,)) for name in ("a", "li", "td", "th", "tr", "option")}
_ENDED_BY |= {name: frozenset(("dt", "dd")) for name in ("dt", "dd")}
_ENDED_BY["p"] = _BREAKING - {"br"}
"""What begins where an element has ended though nobody closed it (WHATWG HTML, 13.1.2.4)."""


class Unreadable(Exception):
    """A page of which nothing can be taken, and why."""


@dataclass(frozen=True)
class HtmlPage:
    """A page as a tree of elements, and where it was found."""

    address: str
    soup: BeautifulSoup

    @cached_property
    def base(self) -> str:
        """The address that its links are seen from."""
        stated = self.soup.find("base", href=True)
        return (joined(self.address, str(stated["href"])) if stated else None) or self.address

    def link(self, element: Tag | None) -> str | None:
        """Return where an element leads, in canonical spelling; None if to no web page."""
        source = "src" if element is not None and element.name in ("frame", "iframe") else "href"
        href = str(element.get(source) or "") if element is not None else ""
        # `#` alone is a link for a script: it leads to no other page.
        return None if href.strip()[:1] in ("", "#") else joined(self.base, href)

    @cached_property
    def text(self) -> str:
        """What a person sees, and what is seen without JavaScript, as one line."""
        return text_of(self.soup)


def kind_of(answer: Answer) -> str:
    """Return what an answer holds: `html`, `pdf`, or the type that it states."""
    stated = answer.header("content-type").partition(";")[0].strip().lower()
    begins = answer.content[:1024].lstrip()
    if begins.startswith(b"%PDF-") or stated == "application/pdf":
        return "pdf"
    sniffed = begins[:1] == b"<" and stated in ("", "text/plain", "application/octet-stream")
    if stated in ("text/html", "application/xhtml+xml") or sniffed:
        return "html"
    return stated or "of no stated type"


def read_page(answer: Answer, address: str) -> HtmlPage:
    """Return the page of an answer.

    Args:
        answer: what was answered, or saved by a person.
        address: where it was found; its links are seen from there.

    Raises:
        Unreadable: it is too large, or nested too deeply.
    """
    from bs4 import BeautifulSoup  # it takes a while to import
    from bs4.exceptions import ParserRejectedMarkup

    if len(answer.content) > MOST_BYTES:
        raise Unreadable(f"larger than {MOST_BYTES >> 20} MB")
    markup = _without_open_end(decoded(answer.content, answer.header("content-type")))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what looks like XML, or like a name of a file
            return HtmlPage(address, BeautifulSoup(markup, "html.parser"))
    except (ParserRejectedMarkup, RecursionError) as error:
        raise Unreadable(f"no HTML that can be read ({type(error).__name__})") from None


def decoded(content: bytes, content_type: str) -> str:
    """Return the text of a page: by its byte-order mark, its header, its own word, else UTF-8.

    What is not in its stated encoding, or in none that is known, is read as UTF-8 if it is valid,
    else as Windows-1252, as browsers do (WHATWG HTML, 13.2.3).

    >>> decoded("café".encode("cp1252"), "text/html"), decoded("café".encode(), "")
    ('café', 'café')
    """
    marked = next((name for mark, name in _MARKS if content.startswith(mark)), "")
    header = _CHARSET.search(content_type)
    meta = _META_CHARSET.search(content[:4096])
    stated = [marked, header[1] if header else "", meta[1].decode() if meta else ""]
    for name in filter(None, (*stated, "utf-8")):
        # Pages that say Latin-1 mean Windows-1252; a page that can say so in ASCII is not UTF-16.
        plain = name.lower().replace("_", "-")
        latin = plain in ("iso-8859-1", "iso8859-1", "latin-1", "latin1", "us-ascii", "ascii")
        wide = plain.startswith(("utf-16", "utf-32")) and not marked
        if not _OF_PAGES.fullmatch(plain):
            continue
        try:
            return content.decode("cp1252" if latin else "utf-8" if wide else name)
        except (UnicodeError, LookupError):
            continue
    return content.decode("cp1252", "replace")


class _Scan(HTMLParser):
    """Goes over a page without making anything of it: how deep it is, and what is left open."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self._open: list[str] = []
        self._names: Counter[str] = Counter()
        self._together = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in _VOID:
            self._open.append(tag)
            self._names[tag] += 1

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._together += len(self._open)
        if self._together > _MOST_DEPTH:
            raise Unreadable("its elements are nested too deeply")

    def handle_endtag(self, tag: str) -> None:
        while self._names[tag]:  # all that was opened in it ends with it
            last = self._open.pop()
            self._names[last] -= 1
            if last == tag:
                return


def _without_open_end(markup: str) -> str:
    """Return a page without a comment or a tag that is opened at its end and never closed.

    `html.parser` looks for its end again from every sign that follows, which takes hours for a few
    hundred thousand signs (CPython issue 135462).
    """
    scan = _Scan()
    try:
        scan.feed(markup)
    except AssertionError:  # a declaration that is none: the parser says so too
        raise Unreadable("no HTML that can be read") from None
    left = len(scan.rawdata)
    return markup[: len(markup) - left] if left > _OPEN_TAIL else markup


def text_of(element: Tag | None) -> str:
    """Return the text of an element as one line, scripts and styles left out.

    In old pages many elements are never closed, and hold all that follow; the text ends where a
    browser would end it.

    >>> from bs4 import BeautifulSoup
    >>> text_of(BeautifulSoup("<p>One <b>two</b><p>three", "html.parser").p)
    'One two'
    """
    return plain("".join(_strings(element))) if element is not None else ""


def _strings(element: Tag) -> Iterator[str]:
    from bs4 import Tag
    from bs4.element import PreformattedString, Script, Stylesheet, TemplateString

    ends = _ENDED_BY.get(element.name, frozenset())
    unseen = (PreformattedString, Script, Stylesheet, TemplateString)
    for part in element.descendants:
        if isinstance(part, Tag):
            if part.name in ends:
                return
            if part.name in _BREAKING:
                yield " "
        elif not isinstance(part, unseen):
            yield str(part)


def plain(text: str) -> str:
    """Return a text as one line without signs that cannot be seen.

    >>> plain(" a\\x00b\\n c ")
    'a b c'
    """
    seen = "".join(sign if sign.isprintable() else " " for sign in text.replace("\u00ad", ""))
    return " ".join(seen.split())


def first_text(elements: Iterable[Tag]) -> str:
    """Return the first value that is none of blanks: of a meta its content, of a time its date."""
    return next(filter(None, map(value_of, elements)), "")


def value_of(element: Tag) -> str:
    """Return what an element states: `content` of a meta, `datetime` of a time, else its text."""
    stated = {"meta": "content", "time": "datetime"}.get(element.name)
    said = plain(str(element.get(stated) or "")) if stated else ""
    return said or text_of(element)
