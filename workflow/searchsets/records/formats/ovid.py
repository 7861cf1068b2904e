"""Reads Ovid's text export: `<1>`, the names of fields at the margin, their values indented."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from searchsets.records.formats.base import (
    Fields,
    LineMarks,
    LineStart,
    Parsed,
    Reader,
    Stretch,
    Unreadable,
    cut_at,
)

_START = LineStart((b">",), re.compile(rb"(?:\xef\xbb\xbf)?<\d+>[ \t]*(?:\n|$)"))
_NUMBER = re.compile(r"\ufeff?<\d+>[ \t]*(?:\n|$)")
_FIELD = re.compile(r"\n\ufeff?(<\d+>)[ \t]*\n[A-Z][\w /-]*[ \t]*(?:\n|-)")
_SHORT_LABEL = re.compile(r"([A-Z]{2})  ?- ?(.*)")


class Ovid(Reader):
    """Reads one file of Ovid's text export."""

    format = "Ovid tagged"
    flavours = "ovid"
    announced = None
    header = ""

    @classmethod
    def recognise(cls, head: str) -> str:
        """Say by which sign a text is of this format, or nothing."""
        found = _FIELD.search(f"\n{head}")
        return f"a line {found[1]} with the name of a field under it" if found else ""

    def marks(self) -> LineMarks:
        """Return a counter of the lines that number the records."""
        return LineMarks(_START)

    def stretches(self, chunks: Iterable[bytes]) -> Iterator[Stretch]:
        """Cut the file before the number of every record."""
        return cut_at(chunks, _START)

    def parse(self, text: str) -> Iterator[Parsed | Unreadable]:
        """Return the record of a stretch."""
        number = _NUMBER.match(text)
        if number is None:  # what stands before the first record: the name of the database, a date
            return
        fields: Fields = {}
        name = ""
        for line in text[number.end() :].split("\n"):
            said = line.strip()
            if line[:1] not in ("", " ", "\t"):
                short = _SHORT_LABEL.match(line)
                name, said = (short[1], short[2].strip()) if short else (said, "")
                fields.setdefault(name, [])
            if said and name:
                fields[name].append(said)
        if any(fields.values()):
            yield Parsed(fields, text)
        else:
            yield Unreadable("the record has no field", text)
