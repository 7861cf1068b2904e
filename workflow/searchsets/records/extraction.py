"""Takes the records out of a normalised file: cut, decoded, parsed, mapped, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice, pairwise

import numpy as np
import pyarrow as pa

from searchsets.records.columnar import Columnar, can_map
from searchsets.records.encoding import WINDOWS, mojibake
from searchsets.records.flavours import Flavour, flavours_of
from searchsets.records.formats.base import LineMarks, Marks, Parsed, Reader, Stretch
from searchsets.records.formats.blocks import Block, Piece, pieces
from searchsets.records.formats.tagged import DIALECTS, Dialect
from searchsets.records.mapping import Mapper
from searchsets.records.model import Broken, Record
from searchsets.records.tables import Part, records_of, table_of

CUT_OFF = "the file ends inside this record: it was cut off"
_TOGETHER = 1_000
_JOINED = frozenset(("BibTeX", "PubMed abstract text", *(dialect.format for dialect in DIALECTS)))
"""Formats to which people join files of others; in RIS, text outside records is reported itself."""
SAMPLE = 200
"""So many records at the beginning of a file tell its flavour."""


@dataclass
class Extraction:
    """The records of one file, taken one after the other; what is counted is whole at the end."""

    reader: Reader
    chunks: Iterable[bytes]
    source_file: str
    flavour: Flavour = field(default_factory=lambda: Flavour(""))
    flavour_sign: str = ""
    """Why this flavour, in words."""
    broken: list[Broken] = field(default_factory=list)
    read: int = 0
    outside: int = 0
    """Broken stretches that no start mark announces: fields outside any record."""
    cut_off: bool = False
    """The file ends inside a record."""
    mojibake: int = 0
    """Places that look as if the text was once read in a wrong encoding."""
    foreign: int = 0
    """Records that hold bytes which are not UTF-8, read as Windows-1252."""
    databases: Counter[str] = field(default_factory=Counter)
    marks: Marks | None = None
    by_columns: bool = True
    """Read regular records at once where that can be; False reads each by itself, to compare."""
    unread_years: list[str] = field(default_factory=list)
    _others: list[tuple[str, LineMarks]] = field(default_factory=list, repr=False)

    def __iter__(self) -> Iterator[Record]:
        for part in self.parts():
            yield from records_of(part)

    def parts(self) -> Iterator[Part]:
        """Yield the records some hundreds at a time: as a table where they were read by columns."""
        self.marks = self.reader.marks()
        chunks = self._counted()
        dialect = self.reader.by_columns if self.by_columns else None
        if dialect is None:
            stretches = self.reader.stretches(chunks)
            sample = list(islice(stretches, SAMPLE))
            yield from self._one_by_one(chain(sample, stretches), self._mapper(sample))
            return
        first, following = _peeked(pieces(chunks, dialect), dialect.start.spellings[0])
        found = chain(first, following)
        mapper = self._mapper(list(islice(self._cut(first), SAMPLE)))
        if can_map(self.flavour):
            yield from self._at_once(found, dialect, mapper)
        else:
            yield from self._one_by_one(self._cut(found), mapper)

    def _cut(self, found: Iterable[Piece]) -> Iterator[Stretch]:
        return self.reader.stretches(piece.data for piece in found)

    def _mapper(self, sample: Sequence[Stretch]) -> Mapper:
        texts = [self.reader.header or self._text(stretch)[0] for stretch in sample]
        self.flavour, self.flavour_sign = choose_flavour(self.reader.flavours, texts)
        mapper = Mapper(self.flavour)
        self.unread_years = mapper.unread_years
        return mapper

    def _one_by_one(self, stretches: Iterable[Stretch], mapper: Mapper) -> Iterator[list[Record]]:
        made: list[Record] = []
        for stretch, is_last in _and_last(stretches):
            made += self._records(stretch, mapper, last=is_last)
            if len(made) >= _TOGETHER:
                yield made
                made = []
        if made:
            yield made

    def _at_once(
        self, found: Iterable[Piece], dialect: Dialect, mapper: Mapper
    ) -> Iterator[pa.Table]:
        line = 1
        for piece in found:
            block = Block(piece.data, dialect)
            records, positions = self._beside(block, piece, line, mapper)
            line += block.end_lines
            columnar = Columnar(mapper, block)
            self.databases.update(columnar.databases())
            table = columnar.batch(self.source_file, positions)
            if records:
                table = pa.concat_tables([table, table_of(records)]).sort_by("position")
            yield table

    def _beside(
        self, block: Block, piece: Piece, line: int, mapper: Mapper
    ) -> tuple[list[Record], np.ndarray]:
        """Return the records of a block that are not regular, and the positions of those that are."""
        read = self.read
        positions = read + 1 + np.arange(block.size)
        records: list[Record] = []
        for before, stretch, is_last in block.irregular(piece.offset, line):
            self.read = read + before + len(records)
            added = list(self._records(stretch, mapper, last=is_last and piece.is_last))
            records += added
            positions[before:] += len(added)
        self.read = read + block.size + len(records)
        return records, positions

    def of_other_formats(self) -> Iterator[tuple[str, int]]:
        """Yield the formats of which records begin in this file of another one, and how many."""
        for form, marks in self._others:
            if marks.starts:
                yield form, marks.starts

    def _counted(self) -> Iterator[bytes]:
        if self.reader.format in _JOINED and not self.reader.by_columns:
            self._others = [
                (dialect.format, LineMarks(dialect.start))
                for dialect in DIALECTS
                if dialect.format != self.reader.format
            ]
        for chunk in self.chunks:
            for _, others in self._others:
                others.see(chunk)
            self.marks.see(chunk)
            self.mojibake += mojibake(chunk)
            yield chunk
        for marks in (self.marks, *(others for _, others in self._others)):
            marks.close()

    def _text(self, stretch: Stretch) -> tuple[str, bool]:
        """Return the text of a stretch, and whether it is not UTF-8 (then read as Windows-1252)."""
        if self.reader.binary:
            return stretch.data.decode("latin-1"), False
        try:
            return stretch.data.decode(), False
        except UnicodeDecodeError:
            return stretch.data.decode("utf-8", WINDOWS), True

    def _records(self, stretch: Stretch, mapper: Mapper, *, last: bool) -> Iterator[Record]:
        text, foreign = self._text(stretch)
        self.foreign += foreign
        lines = _Lines(stretch.data)
        for part in self.reader.parse(text):
            if isinstance(part, Parsed):
                self.read += 1
                database = mapper.database_of(part.fields)
                if database:
                    self.databases[database] += 1
                yield mapper.record(part.fields, part.raw, self.source_file, self.read)
            else:
                offset = stretch.offset + lines.begins(part.line)
                self.outside += not part.begins
                reason = part.reason
                if part.cut_off and last:
                    self.cut_off, reason = True, CUT_OFF
                self._report(reason, part.text, offset, stretch.line + part.line)

    @property
    def found(self) -> int:
        """Records by their marks, and stretches that should be records; counted without parsing.

        Where the marks of a damaged file do not hold no count is independent: there it is what was
        read and what is broken, and a finding tells the difference.
        """
        hold, told = self.reader.marks_hold, self.read + len(self.broken)
        marked = self.marks.starts + self.outside
        if hold == "where nothing is broken":
            return told if self.broken else max(told, marked)
        return told if hold == "never" else marked

    def _report(self, reason: str, text: str, offset: int, line: int) -> None:
        self.broken.append(Broken(self.source_file, offset, line, reason, text.rstrip("\n")))


class _Lines:
    """Finds where lines begin, quickly where their numbers rise."""

    def __init__(self, data: bytes):
        self._data = data
        self._line = self._at = 0

    def begins(self, line: int) -> int:
        """Return the byte at which a line begins, counted from 0."""
        if line < self._line:
            self._line = self._at = 0
        while self._line < line and (end := self._data.find(b"\n", self._at)) >= 0:
            self._at = end + 1
            self._line += 1
        return self._at


def _peeked(found: Iterator[Piece], begins: bytes) -> tuple[list[Piece], Iterator[Piece]]:
    """Return as many pieces as a sample takes, and those that follow."""
    first: list[Piece] = []
    for piece in found:
        first.append(piece)
        if sum(piece.data.count(begins) for piece in first) > SAMPLE:
            break
    return first, found


def _and_last(stretches: Iterable[Stretch]) -> Iterator[tuple[Stretch, bool]]:
    """Yield the stretches, each with whether it is the last one."""
    for one, following in pairwise(chain(stretches, (None,))):
        yield one, following is None


def choose_flavour(table: str, texts: list[str]) -> tuple[Flavour, str]:
    """Return the flavour that most records of a sample show, and why, in words.

    Programs stand before platforms in the tables: a program that shows in at least half of the
    sample is what wrote the file, whichever platform its records once came from.
    """
    *known, plain = flavours_of(table)
    counts = [
        sum(any(sign.search(text) for sign in flavour.signs) for text in texts) for flavour in known
    ]
    half = len(texts) / 2
    likely = [index for index, count in enumerate(counts) if count and count >= half]
    if not likely and any(counts):
        likely = [counts.index(max(counts))]
    if not likely:
        return plain, ""
    return known[likely[0]], f"its signs in {counts[likely[0]]} of {len(texts)} records looked at"
