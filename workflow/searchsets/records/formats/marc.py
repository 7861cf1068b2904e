"""Reads MARC 21 as libraries exchange it: binary records (ISO 2709), by the library pymarc."""

from __future__ import annotations

import io
import logging
import re
import warnings
from collections.abc import Iterable, Iterator
from contextlib import redirect_stderr
from dataclasses import dataclass

import pymarc
from pymarc.exceptions import PymarcException

from searchsets.records import clean
from searchsets.records.encoding import WINDOWS
from searchsets.records.formats.base import Fields, Parsed, Reader, Stretch, Unreadable

logging.getLogger("pymarc").setLevel(logging.ERROR)  # what it warns of is reported by us

_END = b"\x1d"
_FIELD_END = 0x1E
_LEADER = re.compile(r"\s*(\d{5}[a-z ]{2}[\x20-\x7e]{3}[\d ]{2}\d{5})")
_SUBJECTS = ("600", "610", "611", "630", "650", "651", "655")
# Fields that are read as one value: the subfields of it, and what joins them.
_JOINED = {
    "245": ("abnp", " "),
    **{tag: ("abcdtvxyz", " -- ") for tag in _SUBJECTS},
}
# The type of record and the level (leader 06 and 07), https://www.loc.gov/marc/bibliographic/.
_KINDS = {"am": "Book", "as": "Serial", "ab": "Article", "aa": "Component part", "ac": "Collection",
          "tm": "Manuscript", "gm": "Video", "em": "Map", "jm": "Music", "im": "Recording",
          "mm": "Computer file", "ai": "Integrating resource"}  # fmt: skip


@dataclass
class TerminatorMarks:
    """Counts the bytes that end a record of MARC."""

    starts: int = 0
    ends: int | None = None

    def see(self, chunk: bytes) -> None:
        """Count the ends of records in the next chunk."""
        self.starts += chunk.count(_END)

    def close(self) -> None:
        """Nothing is left open: a mark is one byte."""


class Marc(Reader):
    """Reads one file of MARC 21; the chunks are its bytes, untouched."""

    format = "MARC"
    flavours = "marc"
    binary = True
    announced: int | None = None
    header = ""

    @classmethod
    def recognise(cls, head: str) -> str:
        """Say by which leader the beginning of a file is MARC, or nothing.

        >>> Marc.recognise("00755cam  22002414a 4500001001300000")
        'the leader 00755cam  2200241'
        """
        found = _LEADER.match(head)
        return f"the leader {found[1]}" if found else ""

    def marks(self) -> TerminatorMarks:
        """Return a counter of the bytes 0x1D, which end records."""
        return TerminatorMarks()

    def stretches(self, chunks: Iterable[bytes]) -> Iterator[Stretch]:
        """Cut a file after each byte 0x1D."""
        offset, line = 0, 1
        kept: list[bytes] = []
        for chunk in chunks:
            *ended, rest = chunk.split(_END)
            for part in ended:
                data = b"".join((*kept, part, _END))
                yield Stretch(data, offset, line)
                offset += len(data)
                line += data.count(b"\n")
                kept = []
            if rest:
                kept.append(rest)
        if data := b"".join(kept):
            yield Stretch(data, offset, line)

    def parse(self, text: str) -> Iterator[Parsed | Unreadable]:
        """Yield the record of a stretch, which is text by Latin-1: a character a byte."""
        data = text.encode("latin-1", "replace").lstrip(b"\r\n \x00")
        ended = data.endswith(_END)
        if not data.strip(b"\r\n \x00\x1a"):
            return
        if not ended:
            yield Unreadable("the file ends within a record", text, begins=False, cut_off=True)
            return
        try:
            read = _read(data)
        except _DAMAGE as fault:
            yield Unreadable(f"damaged MARC record: {_said(fault)}", text)
            return
        yield Parsed(_fields(read), clean.raw(read.as_dict()))


class _DoesNotFit(Exception):
    """The directory of a record does not point at its fields."""


# What pymarc raises for damaged bytes: its own exceptions, and others that it does not catch itself.
_DAMAGE = (PymarcException, _DoesNotFit, ValueError, IndexError, KeyError, TypeError, AttributeError)


def _said(fault: Exception) -> str:
    return str(fault) or type(fault).__name__


def _read(data: bytes) -> pymarc.Record:
    """Return the record in the bytes.

    Raises:
        PymarcException, ValueError and others of `_DAMAGE`: the bytes are no record.
    """
    _check_directory(data)
    # What pymarc warns of, or prints: odd codes of subfields; the record is read all the same.
    with warnings.catch_warnings(), redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        return pymarc.Record(
            data=data, to_unicode=True, hide_utf8_warnings=True, utf8_handling=WINDOWS
        )


def _check_directory(data: bytes) -> None:
    """Refuse a record whose directory points beside its fields: it would be read as garbage."""
    base = int(data[12:17])
    directory = data[24 : base - 1]
    for at in range(0, len(directory) - 11, 12):
        length, begin = int(directory[at + 3 : at + 7]), int(directory[at + 7 : at + 12])
        end = base + begin + length - 1
        if length < 1 or end >= len(data) or data[end] != _FIELD_END:
            tag = directory[at : at + 3].decode("latin-1")
            raise _DoesNotFit(f"the directory does not point at field {tag!r}")


def _fields(read: pymarc.Record) -> Fields:
    """Return the fields by tag and subfield (`245a`), whole (`650`), and by position (`008/35-37`)."""
    fields: Fields = {}

    def add(name: str, value: str) -> None:
        if value.strip():
            fields.setdefault(name, []).append(value)

    leader = str(read.leader)
    add("leader/06-07", _KINDS.get(leader[6:8], leader[6:8]))
    for field in read.fields:
        if field.control_field:
            add(field.tag, field.data or "")
            if field.tag == "008":
                add("008/07-10", (field.data or "")[7:11])
                add("008/35-37", (field.data or "")[35:38].strip(" |"))
            continue
        for part in field.subfields:
            add(f"{field.tag}{part.code}", part.value)
        if joined := _JOINED.get(field.tag):
            codes, glue = joined
            parts = [part.value.strip() for part in field.subfields if part.code in codes]
            add(field.tag, glue.join(part for part in parts if part))
    return fields
