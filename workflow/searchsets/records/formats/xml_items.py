"""Reads records from XML: EndNote, PubMed, ERIC and MARC, each record by itself."""

from __future__ import annotations

import html.entities
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NoReturn
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from searchsets.errors import ReviewError
from searchsets.records import clean
from searchsets.records.formats import elements
from searchsets.records.formats.base import (
    Buffer,
    Marks,
    Parsed,
    Reader,
    Stretch,
    Unreadable,
)

_NAMES = "record|PubmedArticle|PubmedBookArticle|doc"
_TAG = (
    rf"<(?P<ends>/?)(?:[^\s<>:/]+:)?(?P<name>{_NAMES})(?=[\s/>])"
    r"(?P<rest>(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*+|[^<>]*)>"
    r"|<!(?P<comment>--|\[CDATA\[)"
)
_TOKEN = re.compile(_TAG, re.ASCII)
_TOKEN_BYTES = re.compile(_TAG.encode())
_ENDS = {"--": "-->", "[CDATA[": "]]>"}
_LONG = 1 << 16  # no tag is longer

# What protocols put around records: an SRU or OAI answer has a `record` around each record.
_AROUND = frozenset(
    ("recordSchema", "recordPacking", "recordData", "recordIdentifier", "recordPosition", "header",
     "identifier", "datestamp", "setSpec", "metadata", "about")
)  # fmt: skip
_HOLDERS = frozenset(
    ("xml", "records", "PubmedArticleSet", "response", "result", "collection", "OAI-PMH",
     "searchRetrieveResponse", "ListRecords")
)  # fmt: skip
_ANY_TAG = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)")
_ANNOUNCED = re.compile(r"\bnumFound=[\"'](\d{1,15})[\"']|numberOfRecords>\s*(\d{1,15})\s*<")
_PAGE = re.compile(r"(?i)<(?:!doctype\s+html|html|head|body)\b")

_REFERENCE = re.compile(r"&(?:#(?:x([0-9A-Fa-f]+)|([0-9]+))|([A-Za-z][\w.]*));|&")
_TAG_AS_A_WHOLE = re.compile(r"<[^<>]*+>")
_NAMESPACE = re.compile(r"""\sxmlns(?::[\w.-]+)?\s*=\s*(?:"[^"]*"|'[^']*')""")
_ELEMENT_PREFIX = re.compile(r"^(</?)[\w.-]+:")
_ATTRIBUTE_PREFIX = re.compile(r"""(\s)(?!xml:)([\w.-]+):(?=[\w.-]+\s*=\s*["'])""")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_QUOTES = {'"': "&quot;", "'": "&apos;"}
_OF_XML = frozenset(("amp", "lt", "gt", "quot", "apos"))


class XmlItems(Reader):
    """Reads XML by its record elements; nothing outside them is ever parsed."""

    format = "XML"
    marks_hold = "where nothing is broken"
    flavours = "xml"

    def __init__(self) -> None:
        self.announced: int | None = None
        self.header = ""
        self._any = False

    @classmethod
    def recognise(cls, head: str) -> str:
        """Say by which sign the beginning of a text is XML, or nothing if it is not.

        A web page is taken for XML too, so that `parse` can say what it is.
        """
        start = head.lstrip("\ufeff \t\r\n\0")
        found = re.match(r"<\?xml\b|<!--|<!DOCTYPE\b|<[A-Za-z][\w.:-]*", start, re.I)
        return f"it begins with {found[0]}" if found else ""

    def marks(self) -> Marks:
        """Return a counter of the tags that begin and end records, whatever their prefix."""
        return _Marks()

    def stretches(self, chunks: Iterable[bytes]) -> Iterator[Stretch]:
        """Cut a file after the end of each record; what stands before a record stays with it.

        An empty stretch at the end says that the file ends before its outermost element does.
        """
        cutter = _Cutter()
        for chunk in chunks:
            for stretch in cutter.feed(chunk):
                self._any = True
                yield stretch
        for stretch in cutter.close():
            self._any |= bool(cutter.open)
            yield stretch

    def parse(self, text: str) -> Iterator[Parsed | Unreadable]:
        """Return the record of a stretch, and records before it that have no end.

        Raises:
            ReviewError: the file is a web page, or XML that holds no records.
        """
        if not text:
            reason = "the file ends before its list of records does"
            yield Unreadable(reason, "", begins=False, cut_off=True)
            return
        starts, end = _places(text)
        around = text[: starts[0] if starts else len(text)]
        if self.announced is None and (found := _ANNOUNCED.search(around)):
            self.announced = int(found[1] or found[2])
        if not starts:
            if not self._any:
                _refuse_other_xml(text)
            return
        line = text.count("\n", 0, starts[0])
        for start, following in pairwise(starts):
            if not _is_around(before := text[start:following]):
                reason = "the record has no end: the next one begins within it"
                yield Unreadable(reason, before.rstrip(), line)
            line += before.count("\n")
        if end is None:
            reason = "the file ends within this record"
            yield Unreadable(reason, text[starts[-1] :], line, cut_off=True)
        else:
            part = _record(text[starts[-1] : end])
            yield part if isinstance(part, Parsed) else part._replace(line=line)


def _tokens(text: str) -> Iterator[re.Match[str]]:
    """Yield the tags of records, but for those in comments and quoted sections."""
    at = closes = 0
    while found := _TOKEN.search(text, at):
        at = found.end()
        if not (mark := found["comment"]):
            yield found
        elif closes >= 0:  # what one without end hides is looked at
            closes = text.find(_ENDS[mark], at)
            at = max(closes, at)


def _places(text: str) -> tuple[list[int], int | None]:
    """Return where records begin in a stretch, and where the last of them ends."""
    starts: list[int] = []
    name = ""
    for found in _tokens(text):
        if not found["ends"]:
            starts.append(found.start())
            name = found["name"]
            if found["rest"].endswith("/"):
                return starts, found.end()
        elif found["name"] == name:
            return starts, found.end()
    return starts, None


def _is_around(text: str) -> bool:
    """Tell whether what precedes a record is only what a protocol puts around records."""
    _, *names = _ANY_TAG.findall(text)
    return bool(names) and _AROUND.issuperset(names)


def _refuse_other_xml(text: str) -> None:
    if not text.strip():
        return
    if _PAGE.search(text[:5000]):
        raise ReviewError(
            "this is a web page, not records: the service probably answered with an error page",
            None,
            "open it in a browser to see what it says, and export the records again",
        )
    root = _end_of_root(text[:_LONG].encode("utf-8", "replace")).decode()
    name = re.sub(r"^</(?:.*:)?", "", root)
    if name not in _HOLDERS:
        _refuse_unknown(name)


def _refuse_unknown(root: str) -> NoReturn:
    raise ReviewError(
        f"this XML ({f'<{root}>' if root else 'no element'}) holds no records that are known",
        None,
        "bring XML of EndNote, PubMed, ERIC or MARC, or export the records as RIS",
    )


def _record(text: str) -> Parsed | Unreadable:
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        return Unreadable("a record must not define a document type or entities", text)
    try:
        root = ElementTree.fromstring(_plain(text))  # noqa: S314 - no DTD, so no entities
        fields = elements.fields_of(root)
    except (ElementTree.ParseError, ValueError, RecursionError, MemoryError) as error:
        return Unreadable(f"the XML is not well-formed: {error}", text)
    if not fields:
        return Unreadable("the record holds nothing", text)
    return Parsed(fields, clean.raw(fields))


def _plain(text: str) -> str:
    """Return a record without what needs more than itself to be understood.

    Prefixes and name spaces go, entities of HTML become their characters, and characters that no
    XML may hold become blanks.
    """
    parts: list[str] = []
    at = 0
    while (begins := text.find("<![CDATA[", at)) >= 0:
        if (closes := text.find("]]>", begins)) < 0:
            break
        parts += (_plain_part(text[at:begins]), text[begins:closes])
        at = closes
    return _ILLEGAL.sub(" ", "".join((*parts, _plain_part(text[at:]))))


def _plain_part(text: str) -> str:
    if "&" in text:
        text = _REFERENCE.sub(_resolved, text)
    if ":" in text or "xmlns" in text:
        text = _TAG_AS_A_WHOLE.sub(_unprefixed, text)
    return text


def _resolved(found: re.Match[str]) -> str:
    hexadecimal, decimal, name = found.groups()
    if name in _OF_XML:
        return found[0]
    if name:
        return escape(html.entities.html5.get(f"{name};", f"&{name};"), _QUOTES)
    if not (hexadecimal or decimal):
        return "&amp;"
    digits = hexadecimal or decimal
    code = int(digits, 16 if hexadecimal else 10) if len(digits) < 9 else -1
    legal = 0 < code < 0x110000 and not _ILLEGAL.match(chr(code))
    return f"&#{code};" if legal else " "


def _unprefixed(found: re.Match[str]) -> str:
    tag = found[0]
    if tag.startswith(("<!", "<?")) or not (":" in tag or "xmlns" in tag):
        return tag
    tag = _NAMESPACE.sub("", _ELEMENT_PREFIX.sub(r"\1", tag))
    return _ATTRIBUTE_PREFIX.sub(r"\1\2_", tag)


class _Cutter(Buffer):
    """Cuts XML after the end of each record, whatever the chunks."""

    def __init__(self) -> None:
        super().__init__()
        self.open = b""  # the name of the open record
        self.until = b""  # what ends the open comment
        self.hidden = 0  # where its text begins
        self.endless: set[bytes] = set()  # what ends no comment from here on
        self.end = b""  # what ends the outermost element

    def feed(self, chunk: bytes) -> Iterator[Stretch]:
        self.buffer += chunk
        while token := self._token():
            name, ends, rest = token
            if not ends:
                self.open = name
            if self.open == name and (ends or rest.endswith(b"/")):
                self.open = b""
                yield self._cut(self.at)

    def close(self) -> Iterator[Stretch]:
        while self.until:  # a comment without end hides nothing
            self.endless.add(self.until)
            self.at, self.until = self.hidden, b""
            yield from self.feed(b"")
        rest = bytes(self.buffer)
        if rest:
            yield self._cut(len(rest))
        if not self.open and self.end not in rest:
            yield self._cut(0)

    def _cut(self, at: int) -> Stretch:
        first = not self.offset
        stretch = self.cut(at)
        if first:
            self.end = _end_of_root(stretch.data)
        return stretch

    def _token(self) -> tuple[bytes, bytes, bytes] | None:
        """Return the next tag of a record: its name, whether it ends one, and its attributes."""
        while True:
            if self.until:
                closes = self.buffer.find(self.until, self.at)
                if closes < 0:
                    self.at = max(self.at, len(self.buffer) - len(self.until) + 1)
                    return None
                self.at, self.until = closes, b""
            found = _TOKEN_BYTES.search(self.buffer, self.at)
            if found is None:
                last = self.buffer.rfind(b"<", self.at)
                near = last >= 0 and len(self.buffer) - last < _LONG
                self.at = last if near else len(self.buffer)
                return None
            self.at = found.end()
            if not found["comment"]:
                return found["name"], found["ends"], found["rest"]
            until = _ENDS[found["comment"].decode()].encode()
            if until not in self.endless:
                self.until, self.hidden = until, self.at


_BEFORE_ROOT = ((b"<!--", b"-->"), (b"<?", b"?>"), (b"<!", b">"))
_ROOT = re.compile(rb"<([\w.:-]+)[^<>]*?(/?)>")


def _end_of_root(head: bytes) -> bytes:
    """Return the beginning of the end tag of the outermost element, if it is no record itself."""
    at = head.find(b"<")
    while at >= 0 and (found := _ROOT.match(head, at)) is None:
        closes = next((closes for opens, closes in _BEFORE_ROOT if head.startswith(opens, at)), b"")
        end = head.find(closes, at) if closes else -1
        at = head.find(b"<", end) if end >= 0 else -1
    if at < 0 or found[2] or _TOKEN_BYTES.match(head, at):
        return b""
    return b"</" + found[1]


_HIDES = re.compile(rb"<!--|<!\[CDATA\[")
_MARK = re.compile(
    rf"<(/?)(?:[^\s<>:/]+:)?(?:{_NAMES})(?=[\s/>])[^<>]*?(/?)>"
    r"(?:\s*<(?:[^\s<>:/]+:)?(record[A-Z]|header\b))?".encode()
)
_LONG_TEXT = re.compile(rb">[^<]{1000,}")


class _Marks:
    """Counts the tags that begin and end records, in pieces of the file that end at a tag.

    A record around another one, as protocols have it, is told by what it begins with.
    """

    def __init__(self) -> None:
        self.starts = 0
        self.ends: int | None = 0
        self._held = b""
        self._open = self._around = False

    def see(self, chunk: bytes) -> None:
        """Count the tags in the next chunk, but for the last ones, which may not be whole."""
        text, hidden = _without_comments(self._held + chunk)
        end = len(text)
        if hidden:  # a comment that is not over: its end is yet to be seen
            self._held = hidden
        else:
            # Two tags are held back: one that may not be whole, and the one before it.
            end = max(text.rfind(b"<", 0, max(text.rfind(b"<"), 0)), 0)
            self._held = _LONG_TEXT.sub(b">-", text[end:])
        self._count(text, end)

    def close(self) -> None:
        """Count the last tags."""
        self._count(self._held, len(self._held))
        self._held = b""

    def _count(self, text: bytes, end: int) -> None:
        """Count the tags that begin before a place; those behind it tell what they stand around."""
        for found in _MARK.finditer(text):
            if found.start() >= end:
                return
            ends, empty, inner = found.groups()
            if ends:
                self.ends += self._open
                self._open = False
                continue
            self.starts += not (self._open and self._around)
            self._open, self._around = not empty, bool(inner)
            self.ends += bool(empty)


def _without_comments(text: bytes) -> tuple[bytes, bytes]:
    """Return the text outside comments and quoted sections, and the ends of one that is open."""
    parts: list[bytes] = []
    at = 0
    while hides := _HIDES.search(text, at):
        parts.append(text[at : hides.start()])
        closes = text.find(b"-->" if hides[0] == b"<!--" else b"]]>", hides.end())
        if closes < 0:
            inside = text[hides.end() :]
            return b"".join(parts), hides[0] + inside[-2:]
        at = closes + 3
    return b"".join((*parts, text[at:])), b""
