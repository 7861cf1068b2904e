"""Reads BibTeX as programs and platforms really write it: entries by a counter of braces.

The format has no standard; this follows BibTeX itself (Patashnik, BibTeXing, 1988) and, where its
rules would cost a record, what the exporters meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from searchsets.records import clean
from searchsets.records.formats.base import (
    Fields,
    LineStart,
    MarksByLine,
    Parsed,
    Reader,
    Stretch,
    Unreadable,
    cut_at,
)
from searchsets.records.formats.latex import decode, split

# `@type{`, and `@type(` where a key or a field follows: remarks and addresses have an @ as well.
_NAMED = re.compile(
    rb"([A-Za-z][\w-]*)[ \t]*(?:(\{)|\((?=[^\s,()]*[ \t]*,|[ \t]*[\w-]+[ \t]*=))"
)
_KEY_FOLLOWS = re.compile(rb"[^{}=,\n]*,")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_NO_RECORDS = frozenset((b"comment", b"preamble", b"string"))
_HEAD = re.compile(r"[\s\ufeff]*@([A-Za-z][\w-]*)[ \t]*([{(])")
_KEY = re.compile(r"\s*([^,\n{}]*?)[ \t]*(?:,|\n|(?=[}])|\Z)")
# A name may hold single blanks ("funding_text 1").
_FIELD = re.compile(r"[\s,]*([^\s=,{}\"#%()]+(?: [^\s=,{}\"#%()]+){0,3})\s*=[ \t\n]*")
_FIELD_ON_A_LINE = re.compile(r"(?m)^[ \t]*[A-Za-z][\w:.-]*(?: \w+)?[ \t]*=[ \t]*(?=[{\"\w])")
_JUNK = re.compile(r"[^,\n{})]*")
_BARE = re.compile(r"[^\s,{}\"#=()]+")
_BLANKS = re.compile(r"[\s,]*")
_HASH = re.compile(r"\s*#\s*")
_BRACES = re.compile(r"[{}]")
_BRACES_NOT_ESCAPED = re.compile(r"(?<!\\)[{}]")
_QUOTE_OR_BRACE = re.compile(r'["{}]')
_NAMES = frozenset(("author", "editor"))
_TERMS = frozenset((
    "keywords", "keyword", "author_keywords", "keywords-plus", "index_keywords", "descriptors",
    "subject", "mesh_terms", "mesh-terms",
))  # fmt: skip
_VERBATIM = frozenset(("url", "doi", "file", "eprint", "pdf", "link", "unique-id", "howpublished"))
"""Fields of addresses, where ~ and -- are characters of the address."""
_MOST_DEFINED = 100_000
_ENTRY, _KEY_NAME, _OUTSIDE = "entrytype", "citekey", "text"


class _Unbalanced(Exception):
    """A value or an entry that never closes."""


def _blanks_begin(data: bytes, end: int) -> int:
    """Return where the blanks, tabs and byte-order marks begin that stand before a place."""
    while end:
        if data[end - 1] in b" \t":
            end -= 1
        elif data[max(end - 3, 0) : end] == _BYTE_ORDER_MARK:
            end -= 3
        else:
            break
    return end


class _EntryStart(LineStart):
    """Where an entry, a comment or a definition begins.

    At the beginning of a line, or behind the brace that closes the entry before: some services
    write all entries on one line.
    """

    def places(self, block: bytes) -> Iterator[int]:
        """Yield where such beginnings stand in a block of whole lines, in order."""
        at = block.find(b"@")
        while at >= 0:
            named = _NAMED.match(block, at + 1)
            if named:
                begins = _blanks_begin(block, at)
                before = block[begins - 1 : begins]
                if before in (b"", b"\n"):
                    yield begins
                elif before == b"}" and named[2] and _KEY_FOLLOWS.match(block, named.end()):
                    yield at
            at = block.find(b"@", at + 1)


_ENTRY_START = _EntryStart((b"@",), re.compile(rb"@"))
_NAMED_AT = re.compile(rb"[ \t\xef\xbb\xbf]*(@[A-Za-z][\w-]*[ \t]*[{(])")


class EntryMarks(MarksByLine):
    """Counts beginnings of entries by what stands before and after each @."""

    def _count(self, lines: bytes) -> None:
        pieces = lines.split(b"@")
        before = pieces[0]
        whole = not _blanks_begin(before, len(before))  # up to here the block is blank
        for after in pieces[1:]:
            ahead = before[: _blanks_begin(before, len(before))]
            found = _NAMED.match(after)
            if found and found[1].lower() not in _NO_RECORDS:
                alone = found[2] and _KEY_FOLLOWS.match(after, found.end())
                self.starts += whole or ahead.endswith(b"\n") or bool(
                    alone and ahead.endswith(b"}")
                )
            before, whole = after, False


class BibTeX(Reader):
    """Reads one file of BibTeX; definitions of strings hold for the entries after them."""

    format = "BibTeX"
    marks_hold = "where nothing is broken"
    flavours = "bibtex"
    announced: int | None = None
    header = ""

    def __init__(self) -> None:
        self._strings: dict[str, str] = {}

    @classmethod
    def recognise(cls, head: str) -> str:
        """Say by which entry the beginning of a text is BibTeX, or nothing.

        >>> BibTeX.recognise("% from somewhere\\n@article{fox2004,\\n title = {A}}")
        '@article{'
        """
        block = head.encode("utf-8", "replace")
        for begins in _ENTRY_START.places(block):
            return _NAMED_AT.match(block, begins)[1].decode()
        return ""

    @classmethod
    def begins(cls, head: str) -> int:
        """Return at which byte the first entry stands."""
        block = head.encode("utf-8", "replace")
        return next(_ENTRY_START.places(block), len(block))

    def marks(self) -> EntryMarks:
        """Return a counter of the beginnings of entries, comments and definitions left out."""
        return EntryMarks()

    def stretches(self, chunks: Iterable[bytes]) -> Iterator[Stretch]:
        """Cut a file where an entry, a comment or a definition begins."""
        return cut_at(chunks, _ENTRY_START)

    def parse(self, text: str) -> Iterator[Parsed | Unreadable]:
        """Yield the record of an entry, and what stands after it though it looks like fields."""
        head = _HEAD.match(text)
        if head is None:
            yield from _outside(text, 0)
            return
        kind = head[1].lower()
        if kind == "comment":
            return
        try:
            entry = self._read(text, head)
        except _Unbalanced as fault:
            begins = kind not in ("string", "preamble")
            yield Unreadable(str(fault), text, begins=begins, cut_off=True)
            return
        if kind == "string":
            self._strings |= {name.lower(): values[0] for name, values in entry.fields.items()}
        elif kind != "preamble":
            yield _record(kind, entry)
        yield from _outside(text, entry.end)

    def _read(self, text: str, head: re.Match[str]) -> _Entry:
        """Return an entry, with braces counted as BibTeX does, else as if `\\{` were no brace."""
        try:
            return _Entry(text, head, self._strings, _BRACES)
        except _Unbalanced:
            if "\\{" not in text and "\\}" not in text:
                raise
            return _Entry(text, head, self._strings, _BRACES_NOT_ESCAPED)


class _Entry:
    """One entry, parsed from its head to its closing brace."""

    def __init__(
        self, text: str, head: re.Match[str], strings: dict[str, str], braces: re.Pattern[str]
    ):
        self.text, self.strings, self.braces = text, strings, braces
        self.closing = "}" if head[2] == "{" else ")"
        self.fields: Fields = {}
        self.key = ""
        self.defined = 0
        """So many characters came from definitions."""
        self.end = head.end()
        kind = head[1].lower()
        if kind == "preamble":
            self.end = self._closed(self.end) if head[2] == "{" else len(text)
            return
        if kind != "string":
            self._take_key()
        while self._take_field():
            pass

    def _take_key(self) -> None:
        if self._is_field(self.end):
            return  # the entry has no key
        found = _KEY.match(self.text, self.end)
        if found:
            self.key, self.end = found[1].strip(), found.end()

    def _is_field(self, at: int) -> re.Match[str] | None:
        return _FIELD.match(self.text, at)

    def _take_field(self) -> bool:
        """Take the next field or the next piece of junk; return whether the entry goes on."""
        at = _BLANKS.match(self.text, self.end).end()
        if at >= len(self.text):
            raise _Unbalanced("the entry is never closed: a brace is missing")
        if self.text[at] == self.closing:
            return self._goes_on_after(at + 1)
        if found := self._is_field(at):
            name = found[1].strip()
            value, self.end = self._value(found.end())
            self.fields.setdefault(name, []).append(value)
        else:
            self._skip_junk(at)
        return True

    def _goes_on_after(self, at: int) -> bool:
        """Close the entry at a brace; but if text goes on behind it and fields follow, it was none.

        EBSCO writes keywords with stray braces; all up to the next entry belongs to this one.
        """
        self.end = at
        rest, _, _ = self.text[at:].partition("\n")
        if not rest.strip() or rest.lstrip().startswith(("%", "@")):
            return False
        found = _FIELD_ON_A_LINE.search(self.text, at)
        if not found:
            return False
        self._keep_outside(self.text[at : found.start()])
        self.end = found.start()
        while found := _FIELD_ON_A_LINE.match(self.text, self.end):
            name = found[0].strip().rstrip("= \t")
            value, self.end = self._value(found.end())
            self.fields.setdefault(name, []).append(value)
            following = _FIELD_ON_A_LINE.search(self.text, self.end)
            after = following.start() if following else len(self.text)
            self._keep_outside(self.text[self.end : after].strip(" \t\n,}"))
            self.end = after
        return False

    def _skip_junk(self, at: int) -> None:
        end = _JUNK.match(self.text, at).end()
        if self.text[end : end + 1] == "{":
            end = self._closed(end + 1)
        elif end == at:
            end += 1
        self._keep_outside(self.text[at:end])
        self.end = end

    def _keep_outside(self, junk: str) -> None:
        if junk.strip(" \t\n,{}()"):
            self.fields.setdefault(_OUTSIDE, []).append(junk.strip())

    def _value(self, at: int) -> tuple[str, int]:
        """Return a value from where it begins, its parts by # joined, and where it ends."""
        parts: list[str] = []
        while True:
            begins = self.text[at : at + 1]
            if begins == "{":
                end = self._closed(at + 1)
                parts.append(self.text[at + 1 : end - 1])
            elif begins == '"':
                end = self._quoted(at + 1)
                parts.append(self.text[at + 1 : end - 1])
            elif found := _BARE.match(self.text, at):
                end = found.end()
                parts.append(self._defined(found[0]))
            else:
                end = at
            hash_sign = _HASH.match(self.text, end)
            if not hash_sign or end == at:
                return "".join(parts), end
            at = hash_sign.end()

    def _defined(self, word: str) -> str:
        """Return what a word stands for.

        Definitions may name others and so grow without end (the billion laughs of XML).
        """
        made = self.strings.get(word.lower(), word)
        self.defined += len(made)
        if self.defined > _MOST_DEFINED:
            raise _Unbalanced("its words stand for a text that is too long to be one (@string)")
        return made

    def _closed(self, at: int) -> int:
        """Return where the brace that opens before `at` is closed."""
        depth = 1
        for found in self.braces.finditer(self.text, at):
            depth += 1 if found[0] == "{" else -1
            if not depth:
                return found.end()
        raise _Unbalanced("the braces do not balance: one is opened and never closed")

    def _quoted(self, at: int) -> int:
        depth = 0
        for found in _QUOTE_OR_BRACE.finditer(self.text, at):
            if found[0] == '"':
                if depth == 0:
                    return found.end()
            else:
                depth = max(0, depth + (1 if found[0] == "{" else -1))
        raise _Unbalanced("a quotation mark is opened and never closed")


def _record(kind: str, entry: _Entry) -> Parsed:
    raw = {_ENTRY: [kind], _KEY_NAME: [entry.key], **entry.fields}
    fields: Fields = {_ENTRY: [kind], _KEY_NAME: [entry.key] if entry.key else []}
    for name, values in entry.fields.items():
        lower = name.lower()
        many = fields.setdefault(lower, [])
        for value in values:
            many += _values(lower, value)
    return Parsed(fields, clean.raw(raw))


def _values(name: str, value: str) -> list[str]:
    """Return the values of a field decoded: names and terms one by one, all else as one."""
    if name in _NAMES:
        return [decode(one.strip()) for one in split(value, r"(?i)(?<=\s)and(?=\s)")]
    if name in _TERMS:
        value = _unbraced(value)
        # EBSCO and Zotero part terms by commas; where semicolons do, a comma belongs to a term.
        many = split(value, ";")
        many = many if len(many) > 1 else split(value, ",")
        return [decode(one, dashes=False) for one in many]
    return [decode(value, verbatim=name in _VERBATIM)]


def _unbraced(value: str) -> str:
    """Return a value without a pair of braces around all of it: Web of Science writes two.

    >>> _unbraced("{boards; trusts}"), _unbraced("{UK} and {US}")
    ('boards; trusts', '{UK} and {US}')
    """
    inner = value.strip()
    if not (inner.startswith("{") and inner.endswith("}")):
        return value
    depth = 0
    for found in _BRACES.finditer(inner):
        depth += 1 if found[0] == "{" else -1
        if not depth:
            return inner[1:-1] if found.end() == len(inner) else value
    return value


def _outside(text: str, at: int) -> Iterator[Unreadable]:
    """Report what stands outside any entry if it looks like the fields of one; other text is remark."""
    if found := _FIELD_ON_A_LINE.search(text, at):
        # A remark line before the field may be the damaged head of its entry.
        begin = len(text) - len(text[at:].lstrip(" \t\n})"))
        begin = min(begin, found.start())
        line = text.count("\n", 0, begin)
        reason = "fields outside any entry: its beginning (@type{key,) is missing"
        yield Unreadable(reason, text[begin:], line, begins=False)
