"""Reads records of tagged lines: RIS, MEDLINE, ERIC's .nbib, Web of Science, Ovid and EndNote.

All of them are one reader: a dialect says how a record begins and ends, what a tag looks like, and
what an untagged line means. A line that is no tag belongs to the value before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

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

_ODD_TAG = re.compile(r"(?m)^[^\S\n]*[A-Z][A-Z0-9][^\S\n]{0,3}[-\u2010-\u2015\u2212]")
# What platforms write before and between records: `Record #2 of 2`, `Provider: Ovid`, `1.`, `<1>`.
_REMARK = re.compile(
    r"(?m)^[ \t\ufeff]*(?:record\b.{0,40}|(?:\d+|<\d+>)[.)]?|"
    r"(?:provider|content|database|source|url|link|search|date|text)\b[^:\n]{0,60}:.*)$",
    re.IGNORECASE,
)
_LITTLE = 20  # so few signs are no record
_MARKS_AND_BLANKS = " \t\r\n\f\v\ufeff\x00\x1a-=*_#"
_LINE = 50  # so much of a line tells whether it begins a record


@dataclass(frozen=True)
class Dialect:
    """How one format writes tagged lines."""

    format: str
    flavours: str
    begins: str
    """The tag that begins a record."""
    start: LineStart
    """The line that begins a record."""
    tag: re.Pattern[str]
    """Finds a tag with the line end before it; its one group is the tag."""
    plain: re.Pattern[str] | None = None
    """Finds a tag of the usual spelling, in less time."""
    title: str = "TI "
    """The tag of the title; no record has two with an empty line between them."""
    ends: str = ""
    """The tag that ends a record; empty where a record goes on to the next."""
    end: LineStart | None = None
    """The line that ends a record."""
    of_file: frozenset[str] = frozenset()
    """Tags that stand outside the records and tell of the file."""
    by_line: frozenset[str] = frozenset()
    """Tags whose every line is a value of its own; other lines are joined."""


# With one blank before its dash a tag is one only if RIS has it: `UK - based` is a wrapped line.
_RIS_TAGS = """TY A1 A2 A3 A4 AB AD AN AU AV BT C1 C2 C3 C4 C5 C6 C7 C8 CA CN CP CT CY DA DB DO DP
    ED EP ER ET ID IS J1 J2 JA JF JO KW L1 L2 L3 L4 LA LB LK M1 M2 M3 N1 N2 NV OP PB PP PY RI RN RP
    SE SN SP ST SV T1 T2 T3 TA TI TT U1 U2 U3 U4 U5 UR VL VO Y1 Y2 YR""".split()
# ERIC wraps its long values without indenting them, so only a known tag is one.
_ERIC_TAGS = """OWN TI AU OT JT SO AID OID VI IP PG DP LID AB ISSN ISBN LA PT PB PL CN IS DA TA LG
    SP AD GN""".split()

RIS = Dialect(
    "RIS",
    "ris",
    "TY",
    # A byte-order mark stands before TY where files were joined.
    start=LineStart(
        (b"TY  -", b"TY -"),
        re.compile(rb"(?:[ \t]|\xef\xbb\xbf)*TY(?:  -| -(?=[ \n]|$))"),
        is_plain=True,
    ),
    tag=re.compile(
        rf"\n[ \t\ufeff]*([A-Z][A-Z0-9])(?:  -|(?<={'|'.join(_RIS_TAGS)}) -(?=[ \n]|$))"
    ),
    plain=re.compile(r"\n([A-Z][A-Z0-9])  -"),
    ends="ER",
    end=LineStart(
        (b"ER  -", b"ER -"),
        re.compile(rb"(?:[ \t]|\xef\xbb\xbf)*ER(?:  -| -(?=[ \n]|$))"),
        is_plain=True,
    ),
    by_line=frozenset({"KW"}),
)
MEDLINE = Dialect(
    "MEDLINE",
    "medline",
    "PMID",
    start=LineStart((b"PMID-",), re.compile(rb"(?:\xef\xbb\xbf)?PMID-"), is_plain=True),
    tag=re.compile(r"\n\ufeff?(PMID(?=-)|[A-Z][A-Z0-9]{1,3}(?= {0,2}-(?:[ \n]|$))) {0,2}-"),
)
ERIC_NBIB = Dialect(
    "ERIC nbib",
    "eric_nbib",
    "OWN",
    start=LineStart((b"- ERIC",), re.compile(rb"(?:\xef\xbb\xbf)?OWN ?- ERIC")),
    tag=re.compile(rf"\n\ufeff?({'|'.join(_ERIC_TAGS)}) {{0,2}}-(?=[ \n]|$)"),
)
WEB_OF_SCIENCE = Dialect(
    "Web of Science tagged",
    "web_of_science",
    "PT",
    start=LineStart((b"PT ",), re.compile(rb"(?:\xef\xbb\xbf)?PT [A-Z][ \t]*(?:\n|$)")),
    tag=re.compile(r"\n\ufeff?([A-Z][A-Z0-9])(?=[ \n]|$)"),
    ends="ER",
    end=LineStart((b"ER",), re.compile(rb"ER[ \t]*(?:\n|$)")),
    of_file=frozenset({"FN", "VR", "EF"}),
    by_line=frozenset({"AU", "AF", "BA", "BF", "CA", "GP", "BE", "ED", "CR"}),
)
ENDNOTE = Dialect(
    "EndNote tagged",
    "enw",
    "%0",
    title="%T ",
    start=LineStart((b"%0",), re.compile(rb"(?:\xef\xbb\xbf)?%0(?= [A-Z]|[ ]?(?:\n|$))")),
    tag=re.compile(r"\n\ufeff?(%[0-9A-Za-z@!$&#()*+\[\]=~^<>?|])(?=[ \n]|$)"),
    by_line=frozenset({"%K", "%A", "%E"}),
)


class Tagged(Reader):
    """Reads one file of tagged lines in the given dialect."""

    announced = None
    header = ""

    def __init__(self, dialect: Dialect, *, unended: bool = False):
        """Take a dialect; `unended` says that no record of this file has an end of its own."""
        self.dialect = dialect
        self.format, self.flavours = dialect.format, dialect.flavours
        self._ends = "" if unended else dialect.ends
        self.by_columns = dialect if dialect.plain and self._ends else None

    def marks(self) -> LineMarks:
        """Return a counter of lines that begin and end a record."""
        return LineMarks(self.dialect.start, self.dialect.end)

    def stretches(self, chunks: Iterable[bytes]) -> Iterator[Stretch]:
        """Cut the file before every line that begins a record."""
        return cut_at(chunks, self.dialect.start)

    def parse(self, text: str) -> Iterator[Parsed | Unreadable]:
        """Return the record of a stretch, and what stands outside it, in their order."""
        text = text.rstrip()
        if not self._ends and (begins := self._unbegun(text)):
            yield from self.parse(text[:begins])
            reason = f"a second title behind an empty line: no {self.dialect.begins} begins its record"
            line = text.count("\n", 0, begins)
            yield Unreadable(reason, text[begins:], line, begins=False)
            return
        lined = f"\n{text}"
        plain = self.dialect.plain
        # Where every line begins with a tag as usual, nothing need be looked at twice.
        parts = plain.split(lined) if plain else []
        every_line = len(parts) // 2 == lined.count("\n")
        if not every_line:
            parts = self.dialect.tag.split(lined)
        tags, values = parts[1::2], parts[2::2]
        if not tags:
            yield from _outside(text, 0)
            return
        last = len(tags) - 1
        ends = self._ends
        whole = not ends or (tags[last] == ends and tags.index(ends) == last)
        if not whole or not self._begins(tags[0], text):
            yield from self._irregular(text)
            return
        behind = ""
        if ends:  # the end, and what a platform writes behind it, is no part of the record
            tags.pop()
            behind = values[-1].partition("\n")[2]
            text = text[: len(text) - len(values[-1])].rpartition("\n")[0]
        fields: Fields = {}
        if every_line:
            for tag, value in zip(tags, map(str.strip, values), strict=False):
                if tag in fields:
                    fields[tag].append(value)
                else:
                    fields[tag] = [value]
        else:
            fields = self._fields(zip(tags, values, strict=False))
        yield Parsed(fields, text.strip())
        yield from _outside(behind, lined.count("\n") - 1 - behind.count("\n"))

    def _unbegun(self, text: str) -> int:
        """Return where a record begins within another that has no end, or 0."""
        title = f"\n{self.dialect.title}"
        first = text.find(title)
        second = text.find(title, first + 1) if first >= 0 else -1
        return text.rfind("\n\n", first, second) + 2 if "\n\n" in text[first:second] else 0

    def _begins(self, tag: str, text: str) -> bool:
        """Tell whether a text, of which this is the first tag, begins as a record does."""
        start = self.dialect.start
        return tag == self.dialect.begins and (
            start.is_plain or bool(start.line.match(text[:_LINE].encode()))
        )

    def _irregular(self, text: str) -> Iterator[Parsed | Unreadable]:
        """Take a stretch apart that is more, or less, than one whole record."""
        found = list(self.dialect.tag.finditer(f"\n{text}"))
        edges = [*(one.start() for one in found), len(text) + 1]
        run: list[tuple[str, str]] = []
        began = 0
        for number, one in enumerate(found):
            if one[1] == self._ends:
                yield from self._run(run, text[began : edges[number]], text[:began])
                run = []
            elif one[1] not in self.dialect.of_file:
                began = began if run else one.start()
                run.append((one[1], text[one.end() - 1 : max(edges[number + 1] - 1, 0)]))
        yield from self._run(run, text[began:], text[:began], open_end=bool(self._ends))

    def _run(
        self, run: list[tuple[str, str]], text: str, before: str, *, open_end: bool = False
    ) -> Iterator[Parsed | Unreadable]:
        if not run:
            return
        begins = self.dialect.begins
        line = before.count("\n")
        if not self._begins(run[0][0], text):
            reason = f"fields outside any record (no {begins} line before them)"
            yield Unreadable(reason, text, line, begins=False)
        elif open_end:
            reason = f"the record has no end (no {self._ends} line before the next {begins} line)"
            yield Unreadable(reason, text, line, cut_off=True)
        else:
            yield Parsed(self._fields(run), text.strip())

    def _fields(self, pairs: Iterable[tuple[str, str]]) -> Fields:
        fields: Fields = {}
        by_line = self.dialect.by_line
        for tag, value in pairs:
            said = value.strip()
            if "\n" not in said:
                lines = [said]
            else:
                lines = [part for line in said.split("\n") if (part := line.strip())]
                if tag not in by_line:
                    lines = ["\n".join(lines)]
            if tag in fields:
                fields[tag] += lines
            else:
                fields[tag] = lines
        return fields


def _outside(text: str, line: int) -> Iterator[Unreadable]:
    """Report text that stands in no record, unless it is what platforms write there."""
    if len(_REMARK.sub("", text).strip(_MARKS_AND_BLANKS)) < _LITTLE:
        return
    said = text.lstrip()
    line += text[: len(text) - len(said)].count("\n")
    odd = len(_ODD_TAG.findall(text)) > 1
    reason = "lines look like tags and are none: odd blanks or dashes stand in them"
    yield Unreadable(reason if odd else "text outside any record", said, line, begins=False)


def fields_of(raw: str) -> Fields:
    """Return the fields of a record of RIS from its column `raw`.

    >>> fields_of("TY  - RPRT\\nC1  - cited")["C1"]
    ['cited']
    """
    parts = Tagged(RIS, unended=True).parse(raw)
    return next((part.fields for part in parts if isinstance(part, Parsed)), {})


def dialect_of(head: str) -> tuple[Tagged, str] | None:
    """Return a reader for a text of tagged lines, and the sign by which it is known.

    The dialect is the one whose first lines of records are the most.
    """
    lines = f"\n{head}".encode()
    counts = {d.begins: sum(1 for _ in d.start.places(lines)) for d in DIALECTS}
    found = max(DIALECTS, key=lambda dialect: counts[dialect.begins])
    if not counts[found.begins]:
        return None
    unended = bool(found.end) and counts[found.begins] > 1 and not any(found.end.places(lines))
    sign = f"{counts[found.begins]} lines that begin a record with {found.begins}"
    return Tagged(found, unended=unended), f"{sign}, none that ends one" if unended else sign


def begins(head: str) -> int:
    """Return at which byte the first line stands that begins a record in some dialect."""
    block = head.encode()
    firsts = (next(dialect.start.places(block), len(block)) for dialect in DIALECTS)
    return min(firsts)


def without_beginnings(head: str) -> tuple[Tagged, str] | None:
    """Return a reader for fields of RIS of which none begins a record, so that they are reported."""
    found = RIS.plain.findall(f"\n{head}")
    if sum(tag in ("ER", "TI", "T1", "AU", "A1") for tag in found) < 2:
        return None
    return Tagged(RIS), "lines with tags of RIS, none begins a record"


DIALECTS = (RIS, MEDLINE, ERIC_NBIB, WEB_OF_SCIENCE, ENDNOTE)
