"""Sees many records of RIS at once, as columns of lines: the quick way for regular ones.

A record is regular if its every line begins with a tag as RIS spells it, from TY to ER. Most are; of
those a block tells tags, values and raw text without a step of Python a line. All others are left to
the reader of tagged lines, of which this is the twin: what both read is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from searchsets.records.formats.base import LineStart, Stretch

SIZE = 1 << 22
"""So many bytes of a file are looked at together, at least: enough to be quick, little to hold."""

_BLANK, _NEWLINE = 0x20, 0x0A
_TAG_SIZE = 5  # TY, two blanks, a dash
# Signs that tell that a value is not yet as `clean.text` makes it, or may not be.
_UNTIDY = np.zeros(256, dtype=bool)
_UNTIDY[:0x20] = _UNTIDY[0x7F:] = True
_UNTIDY[[ord("&"), ord("<")]] = True
_UNTIDY[_NEWLINE] = False


def _code(tag: str) -> int:
    return ord(tag[0]) << 8 | ord(tag[1])


@dataclass(frozen=True)
class Piece:
    """Bytes of a file that are whole stretches, and where each of them begins."""

    data: bytes
    offset: int
    line: int
    """Where it begins in the file, as in a `Stretch`."""
    starts: list[int]
    """Where its stretches begin in it."""
    is_last: bool = False
    """The file ends with it; then it is one stretch."""

    def stretches(self, wanted: Iterable[int] | None = None) -> Iterator[Stretch]:
        """Yield the stretches, or those with the given numbers, which must rise."""
        bounds = [*self.starts, len(self.data)]
        at, line = 0, self.line
        for number in range(len(self.starts)) if wanted is None else wanted:
            begins, ends = bounds[number], bounds[number + 1]
            line += self.data.count(b"\n", at, begins)
            at = begins
            yield Stretch(self.data[begins:ends], self.offset + begins, line)


def pieces(chunks: Iterable[bytes], start: LineStart) -> Iterator[Piece]:
    """Cut a file as `cut_at` does, but into pieces of many stretches.

    Args:
        chunks: the normalised file.
        start: the line that begins a record.
    """
    held: list[bytes] = []  # from the beginning of the last stretch that may not be whole
    offset, line = 0, 1
    for block in _large(chunks):
        begins = list(start.places(block))
        if not begins or (begins == [0] and not held):
            held.append(block)
            continue
        before = b"".join(held)
        cut = begins.pop()
        data = before + block[:cut]
        held = [block[cut:]]
        if not data:
            continue
        starts = [len(before) + at for at in begins]
        yield Piece(data, offset, line, starts if starts[:1] == [0] else [0, *starts])
        offset += len(data)
        line += data.count(b"\n")
    if data := b"".join(held):
        yield Piece(data, offset, line, [0], is_last=True)


def _large(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the same bytes in blocks of at least `SIZE` that end with a line end, but for the last."""
    held: list[bytes] = []
    size = 0
    for chunk in chunks:
        held.append(chunk)
        size += len(chunk)
        if size >= SIZE:
            whole, newline, rest = b"".join(held).rpartition(b"\n")
            if newline:
                yield whole + newline
            held, size = ([rest], len(rest)) if rest else ([], 0)
    if data := b"".join(held):
        yield data


class Block:
    """The regular records of a piece: their lines, by tag, and their texts.

    Records are numbered from 0 in the order of the piece; lines too.
    """

    def __init__(self, piece: Piece, begins: str, ends: str):
        """Take a piece and the tags that begin and end a record."""
        self._piece = piece
        self._padded = np.frombuffer(piece.data + b"\n" * 8, dtype=np.uint8)
        self._bytes = self._padded[: len(piece.data)]
        newlines = np.flatnonzero(self._bytes == _NEWLINE)
        if not piece.data.endswith(b"\n"):
            newlines = np.append(newlines, len(piece.data))
        self._line_starts = np.concatenate(([0], newlines[:-1] + 1))
        self._line_ends = newlines
        self._tags = self._tags_of_lines()
        self._stretch = np.searchsorted(piece.starts, self._line_starts, side="right") - 1
        self._end_lines = np.zeros(len(piece.starts), dtype=np.int64)
        self.is_regular = self._regular(_code(begins), _code(ends))
        """For each stretch of the piece, whether it is a regular record."""
        self._keep_values(_code(ends))

    def _tags_of_lines(self) -> np.ndarray:
        """Return the code of each line's tag, 0 where it has none as RIS spells it."""
        at = self._line_starts
        first, second, third, fourth, dash = (self._padded[at + n] for n in range(_TAG_SIZE))
        letter = (first >= ord("A")) & (first <= ord("Z"))
        sign = ((second >= ord("A")) & (second <= ord("Z"))) | (
            (second >= ord("0")) & (second <= ord("9"))
        )
        spelled = letter & sign & (third == _BLANK) & (fourth == _BLANK) & (dash == ord("-"))
        return np.where(spelled, first.astype(np.int32) << 8 | second, 0)

    def _regular(self, begins: int, ends: int) -> np.ndarray:
        number = len(self._piece.starts)
        first = np.searchsorted(self._line_starts, self._piece.starts)
        tagged = np.bincount(self._stretch, self._tags > 0, number)
        blank = np.bincount(self._stretch, self._line_starts == self._line_ends, number)
        lines = np.bincount(self._stretch, minlength=number)
        ending = np.flatnonzero(self._tags == ends)
        endings = np.bincount(self._stretch[ending], minlength=number)
        self._end_lines[self._stretch[ending]] = ending
        # Tags from the first line to the end, one each; nothing behind it but empty lines.
        run = self._end_lines - first + 1
        before = np.concatenate(([0], np.cumsum(self._tags > 0)))
        whole = before[self._end_lines + 1] - before[first] == run
        return (
            (self._tags[first] == begins)
            & (endings == 1)
            & (tagged == run)
            & whole
            & (tagged + blank == lines)
            & self._is_utf8()
        )

    def _is_utf8(self) -> np.ndarray:
        """For each stretch, whether it is UTF-8."""
        data, starts = self._piece.data, self._piece.starts
        valid = np.ones(len(starts), dtype=bool)
        try:
            data.decode()
        except UnicodeDecodeError:
            for number, (at, end) in enumerate(zip(starts, [*starts[1:], len(data)], strict=True)):
                try:
                    data[at:end].decode()
                except UnicodeDecodeError:
                    valid[number] = False
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
        self._values = _strings(self._piece.data, starts, ends_at)
        self._mark(starts, ends_at)

    def _skip_blanks(self, starts: np.ndarray, ends: np.ndarray) -> None:
        """Move each start, in place, behind the blanks that stand there."""
        here = np.flatnonzero((self._padded[starts] == _BLANK) & (starts < ends))
        while len(here):
            starts[here] += 1
            here = here[(self._padded[starts[here]] == _BLANK) & (starts[here] < ends[here])]

    def _skip_back(self, starts: np.ndarray, ends: np.ndarray) -> None:
        """Move each end, in place, before the blanks and line ends that stand there."""
        here = np.flatnonzero(ends > starts)
        while len(here):
            sign = self._padded[ends[here] - 1]
            here = here[(sign == _BLANK) | (sign == _NEWLINE)]
            ends[here] -= 1
            here = here[ends[here] > starts[here]]

    def _mark(self, starts: np.ndarray, ends: np.ndarray) -> None:
        """Find the values that hold a sign which `clean.text` may change, and those to be stripped."""
        signs = self._bytes
        untidy = _UNTIDY[signs]
        untidy[1:] |= (signs[1:] == _BLANK) & (signs[:-1] == _BLANK)
        places = np.flatnonzero(untidy)
        lines = np.searchsorted(starts, places, side="right") - 1
        within = (lines >= 0) & (places < ends[lines]) if len(starts) else lines >= 0
        self._untidy = np.zeros(len(starts), dtype=bool)
        self._untidy[lines[within]] = True
        filled = ends > starts
        edge = _UNTIDY[self._padded[np.where(filled, starts, 0)]]
        edge |= _UNTIDY[self._padded[np.where(filled, ends - 1, 0)]]
        self._edge = edge & filled

    @property
    def size(self) -> int:
        """The number of regular records."""
        return int(self.is_regular.sum())

    def lines(self, tag: str) -> np.ndarray:
        """Return the numbers of the lines with a tag, in their order."""
        return self._by_tag.get(_code(tag), _NONE)

    def texts(self, lines: np.ndarray) -> pa.StringArray:
        """Return the values of lines, without blanks around them."""
        return _mended(self._values.take(_odd(lines)), self._edge[lines], str.strip)

    def tidied(self, lines: np.ndarray, tidy: Callable[[str], str]) -> pa.StringArray:
        """Return the values of lines as `tidy` makes them of stripped ones.

        Args:
            lines: numbers of lines.
            tidy: makes a text; it leaves printable ASCII as it is that has no `&`, no `<` and no
                two blanks together, and is called for other values only.
        """
        values = self._values.take(_odd(lines))
        return _mended(values, self._untidy[lines], lambda value: tidy(value.strip()))

    def raw(self) -> pa.StringArray:
        """Return the text of each record without its end."""
        starts = np.asarray(self._piece.starts)[self.is_regular]
        ends = self._line_starts[self._end_lines[self.is_regular]]
        self._skip_back(starts, ends)
        texts = _strings(self._piece.data, starts, ends).take(_odd(np.arange(len(starts))))
        return _mended(texts, _UNTIDY[self._padded[ends - 1]], str.strip)


_NONE = np.zeros(0, dtype=np.int64)


def _strings(data: bytes, starts: np.ndarray, ends: np.ndarray) -> pa.StringArray:
    """Return stretches of UTF-8, in their order, as every other string, and what parts them between.

    Nothing is copied: the strings at 1, 3, 5 are the stretches.
    """
    bounds = np.empty(2 * len(starts) + 2, dtype=np.int32)
    bounds[0], bounds[-1] = 0, len(data)
    bounds[1:-1:2], bounds[2:-1:2] = starts, ends
    buffers = [None, pa.py_buffer(bounds), pa.py_buffer(data)]
    return pa.StringArray.from_buffers(len(bounds) - 1, *buffers[1:])


def _odd(numbers: np.ndarray) -> pa.Array:
    return pa.array(numbers * 2 + 1)


def _mended(
    texts: pa.StringArray, flags: np.ndarray, mend: Callable[[str], str]
) -> pa.StringArray:
    """Return the texts, those with a flag mended."""
    if not flags.any():
        return texts
    flagged = pa.array(flags)
    made = [mend(one) for one in texts.filter(flagged).to_pylist()]
    return pc.replace_with_mask(texts, flagged, pa.array(made, pa.string()))
