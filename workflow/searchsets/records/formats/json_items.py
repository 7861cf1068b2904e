"""Reads records from JSON: answers of services, lists that people saved, one object a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn

from searchsets.errors import ReviewError
from searchsets.records import clean
from searchsets.records.formats import documents
from searchsets.records.formats.base import (
    Buffer,
    Marks,
    Parsed,
    Reader,
    Stretch,
    Unreadable,
    each_line,
)

LISTS = ("docs", "documents", "results", "result", "items", "records", "articles", "works",
         "publications", "entries", "hits", "data")  # fmt: skip
"""A list of objects under one of these keys is a list of records."""
WRAPPERS = ("response", "body", "message", "resultList", "results", "result", "data", "hits")
"""Only through objects under these keys, from the outermost, is a list of records looked for."""

HEAD = 1 << 20
"""So many bytes tell whether a file has one object a line."""
_DEEP = 500
_TRIES = 1000
_LONG_JUNK = 10_000

_names = "|".join(LISTS)
_LIST_BEGINS = re.compile(rf'"(?:{_names})"\s*:\s*\[\s*\{{'.encode())
_PREFIX = re.compile(rf'"(?:{_names})"\s*:\s*\Z')
_KEY = re.compile(rb'(?<!\\)"([^"\\]*)"\s*:\s*\Z')
_VALUE = re.compile(rb":\s*\Z")
# To the next bracket outside a string. A raw line end inside a string is no JSON: there the string
# is taken as closed, so that one forgotten quotation mark does not turn the whole file inside out.
# Atomic groups, not `(...)*+`: Python 3.11.2 (Debian 12) goes too far with those.
_RUN = re.compile(rb'(?>(?:[^"{}\[\]]++|"[^"\\\n]*+(?>(?:\\[^\n][^"\\\n]*+)*)")*)')
_STRING = re.compile(rb'[^"\\\n]*+(?>(?:\\[^\n][^"\\\n]*+)*)')
_SOLID = re.compile(rb"\S")
_ITEM = re.compile(rb"[^\s,\[}]")
_BEFORE = re.compile(r"[\s}]*[\[,]?[\s,]*")
_BETWEEN = re.compile(r"[\s,}]*")
_OPENS = re.compile(r"\{")
_FIRST_KEY = re.compile(r'\{\s*("(?:[^"\\]|\\.)*")\s*:')
_ANNOUNCED = re.compile(
    r'"(?:numFound|hitCount|total-results|totalHits|total)"\s*:\s*(\d{1,15})(?![\d.])'
    r'|"meta"\s*:\s*\{[^{}]*?"count"\s*:\s*(\d{1,15})(?![\d.])'
)
# Control characters in strings are no JSON either, but common, and they do no harm.
_DECODER = json.JSONDecoder(strict=False)


class JsonItems(Reader):
    """Reads JSON, whatever the nesting of its list of records."""

    format = "JSON"
    flavours = "json"
    marks_hold = "where nothing is broken"

    def __init__(self) -> None:
        self.announced: int | None = None
        self.header = ""
        self._lines = False

    @classmethod
    def recognise(cls, head: str) -> str:
        """Say by which sign the beginning of a text is JSON, or nothing if it is not."""
        first = head.lstrip("\ufeff \t\r\n\0")[:1]
        return {"{": "an object in braces", "[": "a list in brackets"}.get(first, "")

    def marks(self) -> Marks:
        """Return a counter of the objects in the lists of records, or of the lines of JSON Lines."""
        return _Marks()

    def stretches(self, chunks: Iterable[bytes]) -> Iterator[Stretch]:
        """Cut a file into its items, and into what stands before, between and after them.

        An empty stretch at the end says that the file ends before its list or its object does.
        """
        head, chunks = _peeked(chunks)
        self._lines = one_object_a_line(head)
        if self._lines:
            yield from _cut_lines(chunks)
            return
        cutter = _Cutter()
        for chunk in chunks:
            yield from cutter.feed(chunk)
        yield from cutter.close()

    def parse(self, text: str) -> Iterator[Parsed | Unreadable]:
        """Return the record of an item; of what stands around the items, its number of records.

        Raises:
            ReviewError: the text is what a service says when it cannot answer.
        """
        if not text:
            yield _cut_off("", 0, begins=False)
            return
        alone = text.lstrip()[:1] == "{"
        if not self._lines and ((alone and _PREFIX.search(text)) or text.lstrip()[:1] == "]"):
            self._announce(text)
            return
        at = _BEFORE.match(text).end()
        if "{" not in text:
            if rest := text[at:].strip(" \t\r\n,:]}"):
                line = text.count("\n", 0, at)
                yield Unreadable("this is no record: no object in braces", rest, line, self._lines)
            return
        yield from self._values(text, at, alone)

    def _values(self, text: str, at: int, alone: bool) -> Iterator[Parsed | Unreadable]:
        while at < len(text) and text[at] != "]":
            try:
                value, end = _DECODER.raw_decode(text, at)
                parts = self._document(value) if alone else [_record(value)]
            except (ValueError, RecursionError) as error:
                yield from _rescued(text, at, error, alone)
                return
            for part in parts:
                if isinstance(part, Unreadable):
                    part = part._replace(text=text[at:end], line=text.count("\n", 0, at))
                yield part
            at = _BETWEEN.match(text, end).end()

    def _document(self, value: Any) -> list[Parsed | Unreadable]:
        """Return what an object is that stands in no list: a record, or an answer without any."""
        if not isinstance(value, dict):
            return [Unreadable("this JSON is no record", "")]
        _refuse_errors(value)
        empty = False
        for inner in _unwrapped(value):
            record = _record(inner)
            if isinstance(record, Parsed):
                return [record]
            empty |= any(inner.get(name) == [] for name in LISTS)
        if empty:
            self._announce(json.dumps(value))
            return []
        return [Unreadable("this JSON holds no list of records that is known, and is no record", "")]

    def _announce(self, around: str) -> None:
        if self.announced is None and (found := _ANNOUNCED.search(around)):
            self.announced = int(found[1] or found[2])


def one_object_a_line(head: bytes) -> bool:
    """Tell by its beginning whether a file has one object a line, and not lists of records.

    >>> one_object_a_line(b'{"id": 1}\\n{"id": 2}\\n'), one_object_a_line(b'{\\n"id": 1}')
    (True, False)
    """
    first, newline, rest = head.lstrip().partition(b"\n")
    return bool(
        newline
        and first.startswith(b"{")
        and rest.lstrip().startswith(b"{")
        and (
            not first.rstrip().endswith((b"{", b"[", b",", b":"))
            or _is_object(rest.lstrip().partition(b"\n")[0])
        )
        and not _LIST_BEGINS.search(first)
    )


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(_DECODER.decode(line.decode()), dict)
    except (ValueError, RecursionError):
        return False


def _peeked(chunks: Iterable[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """Return the first `HEAD` bytes, and all chunks from the first again."""
    rest = iter(chunks)
    kept: list[bytes] = []
    size = 0
    for chunk in rest:
        kept.append(chunk)
        size += len(chunk)
        if size >= HEAD:
            break

    def again() -> Iterator[bytes]:
        yield from kept
        yield from rest

    return b"".join(kept)[:HEAD], again()


def _cut_lines(chunks: Iterable[bytes]) -> Iterator[Stretch]:
    """Cut a file before each line that begins an object; other lines stay with the one before."""
    offset, number = 0, 1
    lines: list[bytes] = []
    for line in each_line(chunks):
        if lines and line.lstrip(b" \t").startswith(b"{"):
            stretch = Stretch(b"".join(lines), offset, number)
            yield stretch
            offset += len(stretch.data)
            number += len(lines)
            lines = []
        lines.append(line)
    if lines:
        yield Stretch(b"".join(lines), offset, number)


def _record(value: Any) -> Parsed | Unreadable:
    if not isinstance(value, dict):
        return Unreadable("this item of the list is no record: no object in braces", "", 0, False)
    fields, raw = documents.fields_of(value)
    known = any(fields.get(name) for name in ("title", "accession", "doi"))
    if not known and not documents.is_ours(value):
        return Unreadable("this item is no record: neither id nor title", "")
    return Parsed(fields, clean.raw(value) if raw is None else raw)


def _unwrapped(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the object and what its wrappers hold, from the outermost."""
    waiting = [value]
    while waiting:
        inner = waiting.pop(0)
        yield inner
        waiting += [inner[name] for name in WRAPPERS if isinstance(inner.get(name), dict)]


def _refuse_errors(answer: dict[str, Any]) -> None:
    """Raise a ReviewError if the answer of a service, or of a recorded exchange, is an error."""
    response = answer.get("response")
    if isinstance(response, dict) and "body" in response:
        status = response.get("status")
        code = status.get("code") if isinstance(status, dict) else status
        body = response["body"]
        if isinstance(body, dict):
            _refuse_errors(body)
        if re.fullmatch(r"[45]\d\d", str(code)):
            _refuse(f"{code} {body if isinstance(body, str) else ''}")
    error = answer.get("error")
    if isinstance(error, dict):
        _refuse(error.get("msg") or error.get("message") or error)
    if error and not answer.get("title"):
        _refuse(answer.get("message") or error)
    if answer.get("errCode"):
        _refuse(f"{answer['errCode']} {answer.get('errMsg', '')}")
    if answer.get("status") == "failed":
        said = answer.get("message")
        first = said[0] if isinstance(said, list) and said else said
        _refuse(first.get("message", first) if isinstance(first, dict) else first)


def _refuse(said: object) -> NoReturn:
    raise ReviewError(
        f"the service answered with an error, not with records: {clean.text(said)[:500]}",
        None,
        "ask again, and keep the answer that has records",
    )


def _rescued(
    text: str, at: int, error: Exception, alone: bool
) -> Iterator[Parsed | Unreadable]:
    """Report what cannot be read, and read the whole records that it has swallowed.

    Where a bracket is missing, an item reaches into those that follow. They are told by the key
    with which this one begins, and count only if they are plainly records: a part of a record must
    not be taken for one.
    """
    tail = text.rstrip()
    broken = at
    failures = 0
    for start in _begins(text, at):
        if start < broken or failures > _TRIES:
            continue
        try:
            value, end = _DECODER.raw_decode(text, start)
            found = documents.is_plainly_a_record(value) and _record(value)
        except (ValueError, RecursionError):
            failures += 1
            continue
        if isinstance(found, Parsed):
            if rest := text[broken:start].strip(" \t\r\n,"):
                yield _unreadable(rest, text.count("\n", 0, broken), error, False, alone)
            yield found
            broken = _BETWEEN.match(text, end).end()
    if rest := text[broken:].strip(" \t\r\n,]}") and tail[broken:]:
        cut = broken == at and _is_cut(tail, error)
        yield _unreadable(rest, text.count("\n", 0, broken), error, cut, alone)


def _begins(text: str, at: int) -> Iterator[int]:
    if text[at] != "{":  # something before it is no JSON
        yield from (found.start() for found in _OPENS.finditer(text, at, at + _LONG_JUNK))
    elif key := _FIRST_KEY.match(text, at):
        begin = re.compile(r"(?:\}\s*,?|\n)\s*(\{\s*" + re.escape(key[1]) + r"\s*:)")
        for found in begin.finditer(text, at):
            yield found.start(1)


def _unreadable(rest: str, line: int, error: Exception, cut: bool, alone: bool) -> Unreadable:
    begins = rest.startswith("{") or not alone
    if cut:
        return _cut_off(rest, line, begins)
    if isinstance(error, json.JSONDecodeError):
        return Unreadable(f"not JSON: {error.msg}", rest, line, begins)
    reason = "nested too deep, or a number too long, to be a record"
    return Unreadable(reason, rest, line, begins)


def _cut_off(text: str, line: int, begins: bool) -> Unreadable:
    reason = "the JSON is cut off: the file ends before its list or its object does"
    return Unreadable(reason, text, line, begins, cut_off=True)


def _is_cut(tail: str, error: Exception) -> bool:
    if not isinstance(error, json.JSONDecodeError):
        return not tail.endswith(("}", "]"))
    return error.pos >= len(tail) or not tail.endswith(("}", "]"))


_TOP, _WRAPPER, _LIST, _NEST = range(4)


class _Cutter(Buffer):
    """Cuts JSON at the ends of items, from bracket to bracket, whatever the chunks."""

    def __init__(self) -> None:
        super().__init__()
        self.in_string = False
        self.place = _TOP
        self.outer = _TOP  # the place around a nest
        self.wrappers = 0
        self.listed = False  # the open object has had a list of records
        self.stack = bytearray()  # the open brackets of a nest
        self.deeper = 0  # those beyond `_DEEP`, which are counted only

    def feed(self, chunk: bytes) -> Iterator[Stretch]:
        self.buffer += chunk
        while (at := self._bracket()) >= 0:
            cut = self._meet(at)
            if cut is None:  # what follows decides, and is not here yet
                return
            if cut:
                yield self.cut(cut)

    def close(self) -> Iterator[Stretch]:
        rest = bytes(self.buffer)
        where = self.outer if self.place == _NEST else self.place
        between = where == _LIST or rest.lstrip().startswith(b"]")
        if where == _WRAPPER and not between and _PREFIX.search(rest[-300:].decode("latin-1")):
            # Cut off before the list could begin: not to be taken for what stands before a list.
            yield self.cut(rest.rindex(b":"))
            rest = bytes(self.buffer)
        if rest:
            yield self.cut(len(rest))
        in_item = self.place == _NEST and self.outer == _LIST
        if where != _TOP and between and not in_item:
            yield self.cut(0)

    def _bracket(self) -> int:
        """Return where the next bracket outside a string is, or -1 if it is not here yet."""
        buffer = self.buffer
        while self.at < len(buffer):
            if self.in_string:
                self.at = _STRING.match(buffer, self.at).end()
                rest = buffer[self.at : self.at + 2]
                if not rest or rest == b"\\":
                    return -1
                self.at += 1
                self.in_string = False
                continue
            self.at = _RUN.match(buffer, self.at).end()
            if self.at < len(buffer):
                if buffer[self.at] != 0x22:
                    return self.at
                self.in_string = True
                self.at += 1
        return -1

    def _meet(self, at: int) -> int | None:
        """Go over a bracket; return where to cut, 0 for nowhere, None if more must be seen."""
        bracket = self.buffer[at]
        opens = bracket in b"{["
        cut: int | None = 0
        if self.place == _NEST:
            if self._nested(bracket):
                self.place = self.outer
                item = self.outer == _LIST and self.item
                cut = at + 1 if item else 0
        elif self.place == _LIST:
            if opens:
                self._open(bracket, _LIST)
            elif bracket == 0x5D:
                cut = at if _ITEM.search(self.buffer, 0, at) else 0
                self.place = _WRAPPER if self.wrappers else _TOP
        elif self.place == _TOP:
            cut = self._meet_at_top(bracket, at)
        elif opens:
            cut = self._meet_in_wrapper(bracket, at)
        elif bracket == 0x7D:
            self.wrappers -= 1
            self.place = _WRAPPER if self.wrappers else _TOP
        if cut is not None:
            self.at = at + 1
        return cut

    def _meet_at_top(self, bracket: int, at: int) -> int:
        if bracket == 0x7B:
            self.wrappers, self.listed, self.place = 1, False, _WRAPPER
        elif bracket == 0x5B:
            self.wrappers, self.place = 0, _LIST
        else:
            return 0
        return at if _SOLID.search(self.buffer, 0, at) else 0

    def _meet_in_wrapper(self, bracket: int, at: int) -> int | None:
        before = self.buffer[max(0, at - 300) : at]
        key = found[1].decode("latin-1") if (found := _KEY.search(before)) else ""
        if bracket == 0x5B and key in LISTS:
            first = _SOLID.search(self.buffer, at + 1)
            if first is None:
                return None
            if self.buffer[first.start()] in b"{n":
                self.listed, self.place = True, _LIST
                return at
        elif bracket == 0x7B and key in WRAPPERS:
            self.wrappers += 1
            return 0
        elif self.listed and not _VALUE.search(before):
            # An object that is nobody's value: a stray bracket has closed the list before its end.
            self._open(bracket, _LIST)
            return 0
        self._open(bracket, _WRAPPER)
        return 0

    def _open(self, bracket: int, outer: int) -> None:
        self.place, self.outer = _NEST, outer
        self.item = bracket == 0x7B
        self.stack[:] = bytes((bracket,))
        self.deeper = 0

    def _nested(self, bracket: int) -> bool:
        """Go over a bracket in a nest; tell whether it closes the nest.

        A closing bracket closes the last that it fits, and is passed over if it fits none: so a
        forgotten bracket in an item mostly ends with that item.
        """
        if bracket in b"{[":
            if len(self.stack) < _DEEP:
                self.stack.append(bracket)
            else:
                self.deeper += 1
        elif self.deeper:
            self.deeper -= 1
        elif (last := self.stack.rfind(0x7B if bracket == 0x7D else 0x5B)) >= 0:
            del self.stack[last:]
        return not self.stack


_LINE_BEGINS = re.compile(rb"\n[ \t]*+\{")
_ESCAPE = re.compile(rb"(?s)\\.")
_BLANK = b" \t\r\n"
_LIST_KEY, _WRAPPER_KEY, _BOTH, _OBJECT, _TEXT = (bytes((code,)) for code in range(1, 6))
_CODES = {name.encode(): _LIST_KEY for name in LISTS}
_CODES |= {name.encode(): _BOTH if name in LISTS else _WRAPPER_KEY for name in WRAPPERS}
_FLAT_LIST = re.compile(rb"(?<![\x01\x03]):\[[^{}\[\]\x01-\x03]*\]")
_FLAT_OBJECT = re.compile(rb"([:,\[])\{[^{}\[\]\x01-\x03]*\}")
_TOKEN = re.compile(
    rb"[\x01\x03]:\[(?=[{\x04n])|[\x01\x03]:\[\]|[\x02\x03]:\{|[{}\[\]]|\x04"
)


class _LineMarks:
    """Counts the lines that begin with an opening brace."""

    def __init__(self) -> None:
        self.starts = 0
        self._held = b"\n"

    def see(self, chunk: bytes) -> None:
        text = self._held + chunk
        self.starts += len(_LINE_BEGINS.findall(text))
        _, newline, rest = text.rpartition(b"\n")
        self._held = newline + rest if not rest.strip(b" \t") else b""


class _Marks:
    """Counts the objects in lists of records by what is left of JSON without its strings.

    The text is parted at its quotation marks, nothing but the brackets and the keys that matter is
    kept, brackets without brackets inside fold to one sign; only the rest is gone through.
    """

    def __init__(self) -> None:
        self.starts = 0
        self.ends: int | None = None
        self._head: list[bytes] | None = []
        self._lines: _LineMarks | None = None
        self._held = b""
        self._wrappers = self._depth = 0
        self._in_list = self._listed = False

    def see(self, chunk: bytes) -> None:
        """Count the items that begin in the next chunk."""
        if self._head is None:
            self._see(chunk)
            return
        self._head.append(chunk)
        if sum(map(len, self._head)) >= HEAD:
            self._begin()

    def close(self) -> None:
        """Count the object that the end of the file leaves open."""
        if self._head is not None:
            self._begin()
        if self._lines:
            return
        self._see(b'":')  # lets go of what is held back
        self.starts += bool(self._wrappers and not self._listed)

    def _begin(self) -> None:
        head = b"".join(self._head)
        self._head = None
        if one_object_a_line(head[:HEAD]):
            self._lines = _LineMarks()
        self._see(head)

    def _see(self, chunk: bytes) -> None:
        if self._lines:
            self._lines.see(chunk)
            self.starts = self._lines.starts
            return
        parts = _ESCAPE.sub(b"", self._held + chunk).split(b'"')
        held = b""
        if len(parts) % 2 == 0:  # a string is open: its beginning, and whether an escape is open too
            text = parts.pop()
            held = b'"' + text[:64] + (b"\\" if text[64:].endswith(b"\\") else b"")
        last = parts[-1].translate(None, _BLANK)
        if len(parts) > 1 and last in (b"", b":", b":["):  # a key whose value is not here yet
            held = b'"' + parts[-2][:64] + b'"' + last + held
            del parts[-2:]
        self._held = held
        parts[1::2] = [_CODES.get(text, _TEXT) for text in parts[1::2]]
        structure = b"".join(parts).translate(None, _BLANK)
        structure = _FLAT_OBJECT.sub(rb"\1" + _OBJECT, _FLAT_LIST.sub(b":", structure))
        self._count(structure)

    def _count(self, structure: bytes) -> None:
        for found in _TOKEN.finditer(structure):
            token = found[0]
            opens = token[-1:] in (b"{", b"[")
            if self._depth:
                if token[-1:] == b"]" and len(token) > 1:
                    continue
                self._depth += opens - (token in (b"}", b"]"))
            elif self._in_list:
                self.starts += token in (b"{", _OBJECT)
                self._depth = int(opens)
                self._in_list = token != b"]"
            else:
                self._outside(token)

    def _outside(self, token: bytes) -> None:
        if not self._wrappers:
            if token == b"{":
                self._wrappers, self._listed = 1, False
            self._in_list = token == b"["
        elif token[0] in b"\x01\x02\x03":
            self._listed |= token[-1] != 0x7B
            self._in_list = token[-1:] == b"["
            self._wrappers += token[-1:] == b"{"
        elif token in (b"{", b"["):
            self._depth = 1
        elif token == b"}":
            self._wrappers -= 1
            self.starts += not (self._wrappers or self._listed)
