"""Sees many records of RIS at once, as columns of lines: the quick way for regular ones.

A record is regular if its every line begins with a tag as RIS spells it, from TY to ER. Most are; of
those a block tells tags, values and raw text without a step of Python a line. All others are left to
the reader of tagged lines, of which this is the twin: what both read is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from searchsets.records.formats.base import Stretch

if TYPE_CHECKING:
    from searchsets.records.formats.tagged import Dialect

SIZE = 3 << 20
"""So many bytes of a file are looked at together, at least: enough to be quick, little to hold."""

_SLICE = 1 << 17  # what the processor keeps near
_BLANK, _NEWLINE, _TILDE = 0x20, 0x0A, 0x7E
_TAG_SIZE = 5  # TY, two blanks, a dash
# What may stand before the tag that begins a record: a blank, a tab, a byte-order mark.
_BEFORE_TAG = np.frombuffer(b" \t\xef", dtype=np.uint8)
_ROUNDS = 8  # so many blanks are skipped in all lines together; few have more
_NONE = np.zeros(0, dtype=np.int64)
_NO_TEXTS = pa.array([], pa.string())


class Piece(NamedTuple):
    """Bytes of a file that are whole stretches."""

    data: bytes
    offset: int
    """Where it begins in the file."""
    is_last: bool
    """The file ends with it."""


def pieces(chunks: Iterable[bytes], dialect: Dialect) -> Iterator[Piece]:
    """Cut a file into pieces of many stretches, each before a record as the dialect spells it."""
    begins = b"\n" + dialect.start.spellings[0]
    offset = 0
    held: list[bytes] = []
    size, wanted = 0, SIZE
    for chunk in chunks:
        held.append(chunk)
        size += len(chunk)
        if size < wanted:
            continue
        data = b"".join(held)
        if cut := data.rfind(begins) + 1 or _last(dialect, data):
            yield Piece(data[:cut], offset, is_last=False)
            offset += cut
        held, size = [data[cut:]], len(data) - cut
        wanted = max(SIZE, 2 * size)  # where records are huge, so that they are not joined for ever
    if data := b"".join(held):
        yield Piece(data, offset, is_last=True)


def _last(dialect: Dialect, data: bytes) -> int:
    """Return where the last record begins that is spelled otherwise."""
    whole = data[: data.rfind(b"\n") + 1]
    return max(dialect.start.places(whole), default=0)


class Block:
    """The regular records of a piece: their lines, by tag, and their texts.

    Stretches, records and lines are numbered from 0 in the order of the piece.
    """

    def __init__(self, data: bytes, dialect: Dialect):
        """Take the bytes of a piece, and what its records look like."""
        self._data = data
        self._bytes = np.frombuffer(data, dtype=np.uint8)
        places = _untidy_places(data)
        ends_line = self._bytes[places] == _NEWLINE
        newlines, self._untidy_places = places[ends_line], places[~ends_line]
        if not data.endswith(b"\n"):
            newlines = np.append(newlines, len(data))
        self._line_starts = np.concatenate(([0], newlines[:-1] + 1))
        self._line_ends = newlines
        self._tags = self._tags_of_lines()
        self._first_lines = self._beginnings(dialect)
        self._starts = self._line_starts[self._first_lines]
        begun = np.zeros(len(newlines), dtype=np.int64)
        begun[self._first_lines] = 1
        self._stretch = np.cumsum(begun) - 1
        self._end_lines = np.zeros(len(self._starts), dtype=np.int64)
        self.is_regular = self._regular(_code(dialect.begins), _code(dialect.ends))
        """For each stretch of the piece, whether it is a regular record."""
        self._keep_values(_code(dialect.ends))

    def _tags_of_lines(self) -> np.ndarray:
        """Return the code of each line's tag, 0 where it has none as RIS spells it."""
        long = np.flatnonzero(self._line_ends - self._line_starts >= _TAG_SIZE)
        at = self._line_starts[long]
        first, second, third, fourth, dash = (self._bytes[at + n] for n in range(_TAG_SIZE))
        letter = (first >= ord("A")) & (first <= ord("Z"))
        sign = ((second >= ord("A")) & (second <= ord("Z"))) | (
            (second >= ord("0")) & (second <= ord("9"))
        )
        spelled = letter & sign & (third == _BLANK) & (fourth == _BLANK) & (dash == ord("-"))
        tags = np.zeros(len(self._line_starts), dtype=np.uint16)  # small, so that it sorts soon
        tags[long] = np.where(spelled, first.astype(np.uint16) << 8 | second, 0)
        return tags

    def _beginnings(self, dialect: Dialect) -> np.ndarray:
        """Return the lines that begin a stretch: the first, and those that begin a record."""
        begins = self._tags == _code(dialect.begins)
        begins[0] = True
        filled = self._line_ends > self._line_starts
        first = self._bytes[np.where(filled, self._line_starts, 0)]
        usual = dialect.begins.encode()[0]
        for line in np.flatnonzero(
            filled & ~begins & (np.isin(first, _BEFORE_TAG) | (first == usual)) & (self._tags == 0)
        ):
            begins[line] = bool(dialect.start.line.match(self._data, int(self._line_starts[line])))
        return np.flatnonzero(begins)

    def _regular(self, begins: int, ends: int) -> np.ndarray:
        number, first = len(self._starts), self._first_lines
        tagged_before = np.concatenate(([0], np.cumsum(self._tags > 0)))
        bounds = np.append(first, len(self._tags))
        tagged = np.diff(tagged_before[bounds])
        blank_before = np.concatenate(([0], np.cumsum(self._line_starts == self._line_ends)))
        blank = np.diff(blank_before[bounds])
        ending = np.flatnonzero(self._tags == ends)
        endings = np.bincount(self._stretch[ending], minlength=number)
        self._end_lines[self._stretch[ending]] = ending
        # Tags from the first line to the end, one each; nothing behind it but empty lines.
        run = self._end_lines - first + 1
        return (
            (self._tags[first] == begins)
            & (endings == 1)
            & (tagged == run)
            & (tagged_before[self._end_lines + 1] - tagged_before[first] == run)
            & (tagged + blank == np.diff(bounds))
            & self._is_utf8()
        )

    def _is_utf8(self) -> np.ndarray:
        """For each stretch, whether it is UTF-8."""
        valid = np.ones(len(self._starts), dtype=bool)
        if not self._data.isascii() and not _is_utf8(self._data):
            ends = [*self._starts[1:].tolist(), len(self._data)]
            for number, (at, end) in enumerate(zip(self._starts.tolist(), ends, strict=True)):
                valid[number] = _is_utf8(self._data[at:end])
        return valid

    def _keep_values(self, ends: int) -> None:
        """Keep the lines that hold a value of a regular record, and find where each value stands."""
        number = np.cumsum(self.is_regular) - 1  # of a stretch: which regular record it is
        kept = np.flatnonzero((self._tags != ends) & self.is_regular[self._stretch])
        self.record = number[self._stretch[kept]]
        """For each line, the record that it belongs to."""
        tags = self._tags[kept]
        by_tag = np.argsort(tags, kind="stable")
        codes, begins = np.unique(tags[by_tag], return_index=True)
        self._by_tag = dict(zip(codes.tolist(), np.split(by_tag, begins[1:]), strict=False))
        starts, ends_at = self._line_starts[kept] + _TAG_SIZE, self._line_ends[kept]
        self._skip_blanks(starts, ends_at)
        self._skip_back(starts, ends_at)
        self._values = _strings(self._data, starts, ends_at)
        self.lengths = ends_at - starts
        """For each line, the bytes of its value."""
        self.first_signs = self._bytes[np.minimum(starts, len(self._bytes) - 1)]
        """For each line, the first byte of its value, or some byte where it has none."""
        self._mark(starts, ends_at)

    def _skip_blanks(self, starts: np.ndarray, ends: np.ndarray) -> None:
        """Move each start, in place, behind the blanks that stand there."""
        here = np.flatnonzero(starts < ends)
        for _ in range(_ROUNDS):
            here = here[self._bytes[starts[here]] == _BLANK]
            starts[here] += 1
            here = here[starts[here] < ends[here]]
        for line in here.tolist():
            value = self._data[starts[line] : ends[line]]
            starts[line] += len(value) - len(value.lstrip(b" "))

    def _skip_back(self, starts: np.ndarray, ends: np.ndarray) -> None:
        """Move each end, in place, before the blanks and line ends that stand there."""
        here = np.flatnonzero(starts < ends)
        for _ in range(_ROUNDS):
            sign = self._bytes[ends[here] - 1]
            here = here[(sign == _BLANK) | (sign == _NEWLINE)]
            ends[here] -= 1
            here = here[starts[here] < ends[here]]
        for line in here.tolist():
            value = self._data[starts[line] : ends[line]]
            ends[line] -= len(value) - len(value.rstrip(b" \n"))

    def _mark(self, starts: np.ndarray, ends: np.ndarray) -> None:
        """Find the values that `clean.text` may change, and those with an odd sign at an end."""
        places = self._untidy_places
        # Most often it is the second blank of a tag, which stands in no value.
        of_tag = (self._bytes[places] == _BLANK) & (self._bytes[np.maximum(places - 4, 0)] == _NEWLINE)
        places = places[~of_tag]
        lines = np.searchsorted(starts, places, side="right") - 1
        places, lines = places[lines >= 0], lines[lines >= 0]
        self.is_untidy = np.zeros(len(starts), dtype=bool)
        self.is_untidy[lines[places < ends[lines]]] = True
        edge = np.flatnonzero(self.is_untidy & (starts < ends))
        self._edge = np.zeros(len(starts), dtype=bool)
        first, last = self._bytes[starts[edge]], self._bytes[ends[edge] - 1]
        self._edge[edge] = _is_odd(first) | _is_odd(last)

    @property
    def size(self) -> int:
        """The number of regular records."""
        return int(np.count_nonzero(self.is_regular))

    @property
    def end_lines(self) -> int:
        """The number of line ends."""
        return len(self._line_ends) - (not self._data.endswith(b"\n"))

    def irregular(self, offset: int, line: int) -> Iterator[tuple[int, Stretch, bool]]:
        """Yield the stretches that are no regular record: after how many of those, and if last.

        Args:
            offset: where the piece begins in the file.
            line: the number of its first line in the file.
        """
        before = np.cumsum(self.is_regular)
        bounds = np.append(self._starts, len(self._data))
        for number in np.flatnonzero(~self.is_regular).tolist():
            begins, ends = int(bounds[number]), int(bounds[number + 1])
            first = line + int(self._first_lines[number])
            stretch = Stretch(self._data[begins:ends], offset + begins, first)
            yield int(before[number]), stretch, ends == len(self._data)

    def lines(self, tag: str) -> np.ndarray:
        """Return the numbers of the lines with a tag, in their order."""
        return self._by_tag.get(_code(tag), _NONE)

    def texts(self, lines: np.ndarray) -> pa.StringArray:
        """Return the values of lines, without blanks around them."""
        if not len(lines):
            return _NO_TEXTS
        return _mended(self._values.take(_odd_ones(lines)), self._edge[lines], str.strip)

    def tidied(self, lines: np.ndarray, tidy: Callable[[str], str]) -> pa.StringArray:
        """Return the values of lines as `tidy` makes them of stripped ones.

        Args:
            lines: numbers of lines.
            tidy: makes a text; it leaves printable ASCII as it is that has no `&`, no `<` and no
                two blanks together, and is called for other values only.
        """
        if not len(lines):
            return _NO_TEXTS
        values = self._values.take(_odd_ones(lines))
        return _mended(values, self.is_untidy[lines], lambda value: tidy(value.strip()))

    def raw(self) -> pa.StringArray:
        """Return the text of each record without its end."""
        starts = self._starts[self.is_regular]
        ends = self._line_starts[self._end_lines[self.is_regular]]
        self._skip_back(starts, ends)
        texts = _strings(self._data, starts, ends).take(_odd_ones(np.arange(len(starts))))
        return _mended(texts, _is_odd(self._bytes[ends - 1]), str.strip)


def _untidy_places(data: bytes) -> np.ndarray:
    """Return where a line ends, or a sign stands that `clean.text` may change, or a second blank."""
    signs = np.frombuffer(data, dtype=np.uint8)
    found = []
    for begin in range(0, len(signs), _SLICE):
        end = begin + _SLICE
        here = signs[begin:end]
        untidy = (here - _BLANK) > _TILDE - _BLANK  # what is below the blank wraps around
        for sign in b"&<":
            if data.find(sign, begin, end) >= 0:
                untidy |= here == sign
        blank = here == _BLANK
        untidy[1:] |= blank[1:] & blank[:-1]
        untidy[0] |= blank[0] and begin > 0 and signs[begin - 1] == _BLANK
        found.append(np.flatnonzero(untidy) + begin)
    return np.concatenate(found)


def _code(tag: str) -> int:
    return ord(tag[0]) << 8 | ord(tag[1])


def _is_odd(signs: np.ndarray) -> np.ndarray:
    """Tell which bytes are no printable ASCII."""
    return (signs < 0x20) | (signs > 0x7E)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _strings(data: bytes, starts: np.ndarray, ends: np.ndarray) -> pa.StringArray:
    """Return stretches of UTF-8, in their order, as every other string, and what parts them between.

    Nothing is copied: the strings at 1, 3, 5 are the stretches.
    """
    bounds = np.empty(2 * len(starts) + 2, dtype=np.int32)
    bounds[0], bounds[-1] = 0, len(data)
    bounds[1:-1:2], bounds[2:-1:2] = starts, ends
    return pa.StringArray.from_buffers(len(bounds) - 1, pa.py_buffer(bounds), pa.py_buffer(data))


def _odd_ones(numbers: np.ndarray) -> pa.Array:
    return pa.array(numbers * 2 + 1)


def _mended(texts: pa.StringArray, flags: np.ndarray, mend: Callable[[str], str]) -> pa.StringArray:
    """Return the texts, those with a flag mended."""
    if not flags.any():
        return texts
    flagged = pa.array(flags)
    made = [mend(one) for one in texts.filter(flagged).to_pylist()]
    return pc.replace_with_mask(texts, flagged, pa.array(made, pa.string()))
