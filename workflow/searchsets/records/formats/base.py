"""What a format must tell of a file: where its records begin, and which fields each of them has.

A reader sees a file as chunks of UTF-8 with LF line ends (`source.py` makes them so), cuts them into
stretches, and parses each stretch by itself: a stretch that cannot be read costs no other record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple, Protocol

import numpy as np

if TYPE_CHECKING:
    from searchsets.records.formats.tagged import Dialect

Fields = dict[str, list[str]]
"""The fields of one record as the source wrote them: the name of a field, and its values in order."""


class Stretch(NamedTuple):
    """The bytes from where a record begins to where the next one does.

    `offset` counts bytes from 0 and `line` lines from 1, both in the normalised file.
    """

    data: bytes
    offset: int
    line: int


class Parsed(NamedTuple):
    """One record of a stretch: its fields, and all that the source said of it (the column `raw`)."""

    fields: Fields
    raw: str


class Unreadable(NamedTuple):
    """Text that should be a record and is none: why, the text, and how many lines into its stretch.

    `begins` tells whether a record begins here by its marks, as the independent count sees it;
    `cut_off` whether the file simply ends before the record does.
    """

    reason: str
    text: str
    line: int = 0
    begins: bool = True
    cut_off: bool = False


class Marks(Protocol):
    """Counts where records begin and end in the bytes of a file, without parsing them."""

    starts: int
    ends: int | None

    def see(self, chunk: bytes) -> None:
        """Count the marks of the next chunk."""

    def close(self) -> None:
        """Count what the last chunk left open."""


class Reader(Protocol):
    """Reads one format. One reader serves one file."""

    binary: ClassVar[bool] = False
    """Stretches are bytes of no text encoding; they are decoded as Latin-1, byte by byte."""
    marks_hold: ClassVar[Literal["always", "where nothing is broken", "never"]] = "always"
    """In which files the marks tell the number of records: a bracket or a quotation mark too many
    can make two of one, or one of two."""

    by_columns: Dialect | None = None
    """The dialect whose regular records can be read many at once (`blocks.py`), if any."""

    format: ClassVar[str]
    flavours: ClassVar[str]
    """The table of flavours in `flavours/`, without its ending."""
    announced: int | None
    """The number of records that the answer of a service says there are."""
    header: str
    """What stands once for all records and tells their flavour: the column names of a table."""

    @classmethod
    def recognise(cls, head: str) -> str:
        """Say by which sign the beginning of a text is of this format, or nothing if it is not."""

    def marks(self) -> Marks:
        """Return a counter of marks that shares nothing with the parsing."""

    def stretches(self, chunks: Iterable[bytes]) -> Iterator[Stretch]:
        """Cut a file into stretches of one record; together they are the whole file."""

    def parse(self, text: str) -> Iterable[Parsed | Unreadable]:
        """Return what a stretch holds: a record as a rule, and what stands outside any."""


@dataclass(frozen=True)
class LineStart:
    """What the line that begins (or ends) a record looks like.

    `spellings` are quick to look for, and one of them stands in every such line, the usual one
    first; `line` decides at the line's beginning. One expression over a whole file would take
    longer than all the rest of reading it.
    """

    spellings: tuple[bytes, ...]
    line: re.Pattern[bytes]
    is_plain: bool = False
    """The usual spelling at the beginning of a line is all that `line` asks for."""

    def places(self, block: bytes) -> Iterator[int]:
        """Yield where such lines begin in a block of whole lines, in order."""
        ahead = {at: word for word in self.spellings if (at := block.find(word)) >= 0}
        last = -1
        while ahead:
            at = min(ahead)
            word = ahead.pop(at)
            begins = block.rfind(b"\n", 0, at) + 1
            if begins > last and self.line.match(block, begins):
                yield begins
                last = begins
            if (following := block.find(word, at + len(word))) >= 0:
                ahead[following] = word


class MarksByLine:
    """Counts marks in whole lines, whatever the chunks; `_count` says how."""

    def __init__(self, ends: int | None = None):
        """Take 0 where records have an end of their own, None where they have not."""
        self.starts = 0
        self.ends = ends
        self._open = b""

    def see(self, chunk: bytes) -> None:
        """Count the marks of the lines that the chunk completes."""
        if end := chunk.rfind(b"\n") + 1:
            self._count(b"".join((self._open, memoryview(chunk)[:end])))
            self._open = chunk[end:]
        else:
            self._open += chunk

    def close(self) -> None:
        """Count the last line, which no line end closes."""
        self._count(self._open)
        self._open = b""

    def _count(self, lines: bytes) -> None:
        raise NotImplementedError


class LineMarks(MarksByLine):
    """Marks at the beginning of lines, counted in another way than the one that cuts.

    As a rule all are spelled as usual and begin their line: then counting that spelling, and what
    stands before it, is enough. Else each line is looked at.
    """

    def __init__(self, start: LineStart, end: LineStart | None = None):
        """Take what begins a record and, where records have an end, what ends it."""
        super().__init__(None if end is None else 0)
        self._start, self._end = start, end

    def _count(self, lines: bytes) -> None:
        words = _Words(lines)
        self.starts += _lines_that_are(self._start, words)
        if self._end is not None:
            self.ends += _lines_that_are(self._end, words)


class _Words:
    """Finds short words in many bytes; `bytes.count` takes five times as long, one after the other."""

    def __init__(self, data: bytes):
        self.data = data
        self._bytes = np.frombuffer(data, dtype=np.uint8)
        self._ending: dict[int, np.ndarray] = {}

    def places(self, word: bytes) -> np.ndarray:
        """Return where a word begins, in order."""
        last = word[-1]
        if last not in self._ending:
            self._ending[last] = np.flatnonzero(self._bytes == last)
        at = self._ending[last] - (len(word) - 1)
        at = at[at >= 0]
        for number, sign in enumerate(word[:-1]):
            at = at[self._bytes[at + number] == sign]
        return at

    def begin_lines(self, places: np.ndarray) -> int:
        """Return at how many of the places a line begins."""
        return int(np.count_nonzero((places == 0) | (self._bytes[places - 1] == ord("\n"))))


def _lines_that_are(mark: LineStart, words: _Words) -> int:
    if mark.is_plain:
        usual, *others = (words.places(spelling) for spelling in mark.spellings)
        begun = words.begin_lines(usual)
        if begun == len(usual) and not any(map(len, others)):
            return begun
    return sum(1 for _ in mark.places(words.data))


def cut_at(chunks: Iterable[bytes], start: LineStart) -> Iterator[Stretch]:
    """Cut a file where an expression finds the beginning of a record.

    Args:
        chunks: the normalised file.
        start: the line that begins a record.

    Yields:
        First what stands before the first record, if anything; then a stretch a record.
    """
    before: list[bytes] = []  # what earlier blocks hold of the stretch
    offset, line = 0, 1
    for block in _whole_lines(chunks):
        at = 0
        for begins in start.places(block):
            data = block[at:begins]
            if before:
                data = b"".join([*before, data])
                before = []
            at = begins
            if data:
                yield Stretch(data, offset, line)
                offset += len(data)
                line += data.count(b"\n")
        before.append(block[at:])
    if data := b"".join(before):
        yield Stretch(data, offset, line)


def _whole_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the same bytes in blocks that end with a line end, but for the last."""
    open_line: list[bytes] = []
    for chunk in chunks:
        whole, newline, rest = chunk.rpartition(b"\n")
        if newline:
            yield b"".join([*open_line, whole, newline])
            open_line = [rest] if rest else []
        elif rest:
            open_line.append(rest)
    if open_line:
        yield b"".join(open_line)


def each_line(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines of a file, each with its line end but for the last."""
    for block in _whole_lines(chunks):
        yield from BytesIO(block)


class Buffer:
    """What has come of a file and stands in no stretch yet, for readers that cut anywhere."""

    def __init__(self) -> None:
        self.buffer = bytearray()
        self.at = 0
        """So far the buffer has been looked at."""
        self.offset, self.line = 0, 1

    def cut(self, size: int) -> Stretch:
        """Take the first bytes away as a stretch."""
        stretch = Stretch(bytes(self.buffer[:size]), self.offset, self.line)
        del self.buffer[:size]
        self.at -= size
        self.offset += size
        self.line += stretch.data.count(b"\n")
        return stretch
