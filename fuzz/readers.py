#!/usr/bin/env python3
"""Reads damaged files of records for as long as it is told, and says where a promise is broken.

What every file must keep to, however damaged, stands in `judge`; what damages there are, in
`MUTATIONS` and `between_records`. Each execution depends on the seed and its own number alone.
"""
# ruff: noqa: S311 - nothing here is a secret

from __future__ import annotations

import argparse
import functools
import gzip
import io
import random
import re
import shutil
import signal
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from searchsets.errors import ReviewError
from searchsets.records import source as source_module
from searchsets.records.formats import blocks
from searchsets.records.model import Broken, Record
from searchsets.records.reading import ReadFile, open_source
from searchsets.records.source import Source, sources

SEEDS = Path(__file__).parent / "seeds"
HANG = 10
"""An input that takes more seconds of the processor is a hang."""
MINIMISE = 10
"""No more seconds are taken to make a failing input small."""
MOST = 1 << 16
"""An input has no more bytes as a rule; one in 300 has up to `VERY_MOST`."""
VERY_MOST = 1 << 19
LITTLE = 4000
"""An input of the tests has no more bytes."""


# What a file must keep to.


class Hang(BaseException):
    """Reading takes too long; no `except Exception` may catch it."""


class Fault(Exception):
    """A promise is broken: which one, and what was seen."""

    def __init__(self, kind: str, said: str):
        self.kind, self.said = kind, said
        super().__init__(f"{kind}: {said}")


@dataclass(frozen=True)
class Case:
    """One input, and what must come of it."""

    data: bytes
    stated: str = ""
    """The encoding that a person states."""
    expected: tuple[Record, ...] = ()
    """Records that must be among those read, whatever their positions."""
    chunk: int = 0
    """Read in chunks of so many bytes as well, and compare; 0 for not."""
    loose: tuple[int, int] | None = None
    """The bytes that may be taken out to make the case smaller; None for all."""


@dataclass
class Outcome:
    """What came of an input: by format, how many texts were read, records and broken parts."""

    formats: list[str] = field(default_factory=list)
    refused: int = 0
    records: int = 0
    broken: int = 0


@dataclass
class Read:
    """What was read of one text; `error` if it was refused."""

    file: ReadFile | None = None
    records: list[Record] = field(default_factory=list)
    error: str = ""

    @property
    def facts(self) -> dict[str, object]:
        """What the import log says of the file, nothing if it was refused."""
        return self.file.facts() if self.file and not self.error else {}

    @property
    def result(self) -> tuple:
        """What must be the same however the file was read."""
        if self.file is None or self.error:
            return (self.error, [], [], 0)
        return ("", self.records, self.file.broken, self.file.extraction.found)


def read(source: Source, *, by_columns: bool = True) -> Read:
    """Read one text as the import does."""
    made = Read()
    try:
        made.file = open_source(source)
        made.file.extraction.by_columns = by_columns
        made.records = list(made.file.take())
    except ReviewError as error:
        made.error = str(error)
        if str(source.path) not in str(error.where) or not error.remedy:
            raise Fault("refusal", f"names no file or no remedy: {error}") from None
    return made


def judge(path: Path, case: Case) -> Outcome:
    """Read a case and hold what comes of it against every promise.

    Raises:
        Fault: one is broken.
    """
    path.write_bytes(case.data)
    outcome = Outcome()
    taken: list[Record] = []
    try:
        for source in _sources(path, case):
            made = read(source)
            if made.file is None or made.error:
                outcome.refused += 1
                continue
            outcome.formats.append(made.file.extraction.reader.format)
            outcome.records += len(made.records)
            outcome.broken += len(made.file.broken)
            taken += made.records
            _accounts(made)
            _twin(path, case, made)
        if case.chunk:
            _whatever_the_chunks(path, case)
    except (Fault, Hang):
        raise
    except Exception as error:
        raise Fault(f"raised {_where(error)}", repr(error)) from error
    _keeps(case, taken)
    return outcome


def _sources(path: Path, case: Case) -> list[Source]:
    try:
        return sources(path, f"fuzz/{path.name}", case.stated)
    except ReviewError as error:
        if str(path) not in str(error.where) or not error.remedy:
            raise Fault("refusal", f"names no file or no remedy: {error}") from None
        return []


def _accounts(made: Read) -> None:
    """Check that every record is read or told as broken, and at a place that is in the file."""
    file = made.file
    done, broken = file.extraction, file.broken
    said = f"{done.reader.format}: found {done.found}, read {done.read}, broken {len(broken)}"
    if done.found != done.read + len(broken) or done.read != len(made.records):
        which = "more" if done.found > done.read + len(broken) else "fewer"
        raise Fault(f"count: {which}", f"{said}, taken {len(made.records)}")
    if [one.position for one in made.records] != list(range(1, done.read + 1)):
        raise Fault("position", f"{said}: positions are not 1 to {done.read}")
    file.facts()
    if broken:
        with file.source.opened() as stream:
            data = stream.read()
        for one in broken:
            _is_placed(one, data, file)


def _is_placed(one: Broken, data: bytes, file: ReadFile) -> None:
    name = file.extraction.reader.format
    if not 0 <= one.byte_offset <= len(data) or one.line < 1:
        raise Fault(
            "offset", f"{name}: byte {one.byte_offset}, line {one.line} of {len(data)} bytes"
        )
    if not data.isascii() or file.source.encoding.name != "utf-8" or name == "MARC":
        return
    before, behind = (_with_lf(part) for part in (data[: one.byte_offset], data[one.byte_offset :]))
    first = one.raw.split("\n")[0].encode("utf-8", "replace")
    line = before.count(b"\n") + 1
    if line != one.line or first not in behind.split(b"\n")[0]:
        said = (
            f"byte {one.byte_offset} is on line {line}, line {one.line} is told for {first[:40]!r}"
        )
        raise Fault("place", f"{name}: {said}")


def _with_lf(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _twin(path: Path, case: Case, made: Read) -> None:
    """Check that reading by columns gives what reading record by record gives."""
    if made.file.extraction.reader.by_columns is None:
        return
    [again] = [one for one in _sources(path, case) if one.name == made.file.source.name][:1]
    slow = read(again, by_columns=False)
    _same("twin", made, slow)
    if made.facts != slow.facts:
        told = [name for name, value in slow.facts.items() if value != made.facts.get(name)]
        raise Fault("twin", f"facts differ: {', '.join(told)}")


def _whatever_the_chunks(path: Path, case: Case) -> None:
    """Check that a text gives the same in small chunks, and in small pieces of RIS."""
    whole = [read(source) for source in _sources(path, case)]
    with _small_chunks(case.chunk):
        parts = [read(source) for source in _sources(path, case)]
    for one, other in zip(whole, parts, strict=True):
        _same("chunks", one, other)


@contextmanager
def _small_chunks(size: int) -> Iterator[None]:
    kept = source_module._CHUNK, blocks.SIZE
    source_module._CHUNK, blocks.SIZE = size, size
    try:
        yield
    finally:
        source_module._CHUNK, blocks.SIZE = kept


def _same(kind: str, one: Read, other: Read) -> None:
    name = one.file.extraction.reader.format if one.file else "none"
    for what, first, second in zip(
        ("refusal", "records", "broken", "found"), one.result, other.result, strict=True
    ):
        if first != second:
            raise Fault(kind, f"{name}: {what} differ: {_difference(first, second)}")


def _difference(first: object, second: object) -> str:
    if isinstance(first, list) and isinstance(second, list):
        if len(first) != len(second):
            return f"{len(first)} and {len(second)}"
        pair = next(pair for pair in zip(first, second, strict=True) if pair[0] != pair[1])
        names = [name for name in vars(pair[0]) if vars(pair[0])[name] != vars(pair[1])[name]]
        return "; ".join(
            f"{name} {vars(pair[0])[name]!r:.200} and {vars(pair[1])[name]!r:.200}"
            for name in names
        )
    return f"{first!r:.200} and {second!r:.200}"


def _keeps(case: Case, taken: list[Record]) -> None:
    """Check that the well-formed records beside the damage were read as they are."""
    if not case.expected:
        return
    found = [_free(record) for record in taken]
    for one in case.expected:
        if _free(one) in found:
            continue
        near = next((other for other in found if other.title == one.title), None)
        said = (
            f"read with another value: {_difference([_free(one)], [near])}" if near else "not read"
        )
        raise Fault("lost" if near is None else "changed", f"the record {one.title!r} is {said}")


def _free(record: Record) -> Record:
    return replace(record, position=0, source_file="")


def _where(error: BaseException) -> str:
    """Return what was raised and where in the package, the same for all inputs that show it."""
    frames = [
        one for one in traceback.extract_tb(error.__traceback__) if "searchsets" in one.filename
    ]
    last = frames[-1] if frames else None
    return (
        f"{type(error).__name__} in {Path(last.filename).name}:{last.name}" if last else repr(error)
    )


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise a `Hang` where the block takes longer, by the clock of the processor: others may use it."""

    def ring(*_: object) -> None:
        raise Hang

    kept = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, kept)


def fault_of(path: Path, case: Case) -> Fault | Outcome:
    """Return what came of a case, or the promise that it breaks."""
    try:
        with time_limit(HANG):
            return judge(path, case)
    except Fault as fault:
        return fault
    except Hang as error:
        return Fault("hang", f"not read within {HANG} s, at {_where(error)}")


# Damage of any kind, anywhere.

TOKENS = (
    b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00", b"TY  -", b"\nTY  - JOUR\n", b"ER  -",
    b"\nER  - \n", b"TY -", b"ER -", b"\nAU  - ", b"KW  - ", b'"', b'""', b"'", b"{", b"}", b"[",
    b"]", b"{}", b"[]", b"\\", b"\\u", b"\\ud800", b"<!DOCTYPE", b"<!ENTITY", b"<![CDATA[", b"]]>",
    b"<!--", b"-->", b"&", b"&amp;", b"&#0;", b"&#x110000;", b"&#74;", b"<", b">", b"</", b"/>",
    b"<record>", b"</record>", b"<record", b"<doc/>", b"<a:", b"</xml>", b"<header>",
    b"<recordData>", b"<?xml", b"<html>", b"xmlns", b"xmlns:a='b'", b"\xed\xa0\x80",
    b"\xed\xb0\x80", b"\xc3", b"\xe2\x80", b"\xf0\x9f", b"\xff", b"\x80", b"\x81", b"\r", b"\n",
    b"\r\n", b"\n\r", b"\n\n", b"\x1d", b"\x1e", b"\x1f", b"\x1a", b"\x0b", b"\x0c", b"\x85",
    b"\xc2\x85", b"\xc2\xa0", b"\xe2\x80\xa8", b"\xef\xbf\xbf", b"\t", b" ", b"  ", b",", b";",
    b":", b"|", b"=", b"#", b"%", b"%0 ", b"@", b"@article{", b"@article{a,", b"@comment{",
    b"@string{", b"@preamble{", b"\n@book(", b"PMID-", b"\nPMID- 1\n", b"OWN - ERIC\n", b"PT J\n",
    b"\nER\n", b"\nEF\n", b"<1>\n", b"\n<2>\n", b"sep=;\n", b"title", b"null", b"NaN", b"1e999",
    b"-", b"0", b"9" * 30, b'"docs":[{', b'"items":[', b'{"title":"A"}', b'"response":{',
    b'"error":{', b'"result":null', b"\x1f\x8b", b"PK\x03\x04", b"PAR1", b"{\\rtf", b"%PDF",
    b"et al.", b"10.1000/", b"EJ123456", b"00000nam a2200000 a 4500", b"A" * 300,
)  # fmt: skip
ENCODINGS = (
    "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "cp1252", "latin-1", "mac-roman",
    "gb18030", "big5", "shift_jis", "euc_jp", "euc_kr", "utf-7", "cp437", "cp1251",
)  # fmt: skip
STATED = (
    "cp1252", "utf-8", "utf-8-sig", "UTF8", "latin-1", "mac-roman", "utf-16", "utf-16-le",
    "utf-16-be", "utf-32", "gb18030", "shift_jis", "iso2022_jp", "hz", "utf-7", "ascii",
    "unicode_escape", "punycode", "idna", "hex", "nonsense",
)  # fmt: skip
Mutation = Callable[[bytes, random.Random], bytes]


def _span(data: bytes, dice: random.Random, most: int = 0) -> tuple[int, int]:
    """Return a stretch of the data, short as a rule."""
    at = dice.randint(0, len(data))
    size = min(int(dice.expovariate(1 / 20)) + 1, most or len(data))
    return at, min(at + size, len(data))


def flip(data: bytes, dice: random.Random) -> bytes:
    """Change a bit, or a byte, at one to four places."""
    made = bytearray(data)
    for _ in range(dice.randint(1, 4)):
        if made:
            at = dice.randrange(len(made))
            made[at] = dice.choice((made[at] ^ (1 << dice.randrange(8)), dice.randrange(256)))
    return bytes(made)


def insert_bytes(data: bytes, dice: random.Random) -> bytes:
    """Put some bytes of any value anywhere."""
    at = dice.randint(0, len(data))
    return data[:at] + dice.randbytes(dice.randint(1, 6)) + data[at:]


def insert_token(data: bytes, dice: random.Random) -> bytes:
    """Put a token that means something in one of the formats anywhere, or at a line's beginning."""
    at = dice.randint(0, len(data))
    if dice.random() < 0.4:
        at = data.rfind(b"\n", 0, at) + 1
    return data[:at] + dice.choice(TOKENS) + data[at:]


def delete(data: bytes, dice: random.Random) -> bytes:
    """Take a stretch out."""
    at, end = _span(data, dice)
    return data[:at] + data[end:]


def duplicate(data: bytes, dice: random.Random) -> bytes:
    """Write a stretch again, somewhere."""
    (at, end), to = _span(data, dice), dice.randint(0, len(data))
    return data[:to] + data[at:end] + data[to:]


def truncate(data: bytes, dice: random.Random) -> bytes:
    """Cut the end off, seldom the beginning."""
    at = dice.randint(0, len(data))
    return data[at:] if dice.random() < 0.2 else data[:at]


def swap_lines(data: bytes, dice: random.Random) -> bytes:
    """Let two lines change places."""
    lines = data.splitlines(keepends=True)
    if len(lines) > 1:
        one, other = dice.randrange(len(lines)), dice.randrange(len(lines))
        lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def line_ends(data: bytes, dice: random.Random) -> bytes:
    """Write other line ends, in all of the file or in a part of it."""
    at = dice.choice((0, dice.randint(0, len(data))))
    return data[:at] + _with_lf(data[at:]).replace(
        b"\n", dice.choice((b"\r", b"\r\n", b"\n\n", b" ", b""))
    )


def splice(data: bytes, dice: random.Random) -> bytes:
    """Put a part of another seed, or all of it, somewhere."""
    other = dice.choice(list(seeds().values()))
    at, end = sorted((dice.randint(0, len(other)), dice.randint(0, len(other))))
    part = other if dice.random() < 0.3 else other[at:end]
    to = dice.choice((0, len(data), dice.randint(0, len(data))))
    return data[:to] + part + data[to:]


def repeat(data: bytes, dice: random.Random) -> bytes:
    """Repeat a part, or all, many times."""
    at, end = _span(data, dice) if dice.random() < 0.7 else (0, len(data))
    part = data[at:end]
    times = dice.choice((2, 5, 50, 300, 2000))
    return data[:at] + part * min(times, 1 + MOST // (len(part) or 1)) + data[end:]


def long_line(data: bytes, dice: random.Random) -> bytes:
    """Put a very long line, or a very long word, somewhere."""
    at = dice.randint(0, len(data))
    word = dice.choice(
        (b"a", b"ab ", b"x;", b",", b" ", b"\t", b"\xc3\xa9", b"<i>", b"&a", b"{", b"[", b'"', b"-")
    )
    return data[:at] + word * (dice.choice((400, 3000, 20000)) // len(word)) + data[at:]


def encode_again(data: bytes, dice: random.Random) -> bytes:
    """Write the text in another encoding, or twice in UTF-8."""
    text = data.decode(dice.choice(("utf-8", "utf-8", "cp1252")), "replace")
    return text.encode(dice.choice((*ENCODINGS, "utf-8")), "replace")


def enormous(data: bytes, dice: random.Random) -> bytes:
    """Repeat a part until the file is very large: what takes squared time shows here."""
    at, end = sorted((dice.randint(0, len(data)), dice.randint(0, len(data))))
    at, end = dice.choice(((at, end), (0, len(data)), _span(data, dice)))
    part = data[at:end] or b"\n"
    return data[:at] + part * (dice.randint(MOST, VERY_MOST) // len(part)) + data[end:]


MUTATIONS: dict[Mutation, int] = {
    flip: 12, insert_bytes: 6, insert_token: 24, delete: 10, duplicate: 8, truncate: 6, swap_lines: 5,
    line_ends: 4, splice: 8, repeat: 4, long_line: 1, encode_again: 3,
}  # fmt: skip
"""What damages a file, and how often one is taken beside the others."""


def mutated(data: bytes, dice: random.Random, most: int = MOST) -> bytes:
    """Return the data after some damages, cut to a size."""
    kinds, weights = list(MUTATIONS), list(MUTATIONS.values())
    for kind in dice.choices(kinds, weights, k=1 + min(int(dice.expovariate(0.5)), 12)):
        data = kind(data, dice)[:most]
    return data


def packed(data: bytes, dice: random.Random) -> bytes:
    """Return the data in a gzip or zip archive, which may be damaged itself."""
    if dice.random() < 0.5:
        data = gzip.compress(data, mtime=0)
    else:
        data = _zipped(data, dice)
    return (
        flip(truncate(data, dice) if dice.random() < 0.3 else data, dice)
        if dice.random() < 0.4
        else data
    )


def _zipped(data: bytes, dice: random.Random) -> bytes:
    made = io.BytesIO()
    names = dice.sample(("a.ris", "b/c.csv", "README.txt", ".d", "é.xml", "e"), dice.randint(1, 3))
    with zipfile.ZipFile(made, "w") as archive:
        for number, name in enumerate(names):
            member = zipfile.ZipInfo(name)
            member.compress_type = dice.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))
            archive.writestr(member, data if number == 0 else dice.choice(list(seeds().values())))
    return made.getvalue()


# Damage beside well-formed records, which must then be read.


@dataclass(frozen=True)
class Shape:
    """Where the records of a seed stand, and what damage would be that of others too."""

    begins: bytes
    """What a record begins with."""
    not_in_garbage: bytes
    """An expression for what would begin, end, quote or open something in the format."""
    tail: bytes = b""
    """What stands behind the last record."""
    hurts: tuple[int, ...] = ()
    """What garbage behind a record may hurt: itself (0), the next one (1)."""
    is_cut: bool = True
    """Bytes may also be taken out of one record without harm to the others."""


_JSON_MARKS = rb"[{}\"\[\]\\\r\n]"
_XML_MARKS = rb"<!|]]>|-->|[\"']|(?i:record|pubmed|doc|html)"
SHAPES = {
    "ris-plain.ris": Shape(rb"(?m)^TY  -", rb"TY|ER"),
    "medline.nbib": Shape(rb"(?m)^PMID-", rb"PMID|TY|ER", hurts=(0,)),
    "eric.nbib": Shape(rb"(?m)^OWN -", rb"OWN|ERIC|TY|ER", hurts=(0,)),
    "web-of-science.txt": Shape(rb"(?m)^PT ", rb"PT|ER|EF|TY", tail=b"EF\n"),
    "ovid.txt": Shape(rb"(?m)^<\d", rb"[<>]", hurts=(0,)),
    # The PMID and the blank lines that part two records are in the bytes of the first.
    "pubmed-abstracts.txt": Shape(rb"(?m)^\d\. (?:Rev|Sch|bio)", rb"\d|PMID", is_cut=False),
    "endnote.enw": Shape(rb"(?m)^%0", rb"%", hurts=(0,)),
    "bibtex.bib": Shape(rb"(?m)^@(?!string|comment)", rb"[@{}\"()#\\]"),
    "table.csv": Shape(rb"(?m)^E[DJ]\d", rb"\"", is_cut=False),
    "endnote.xml": Shape(rb"<record>", _XML_MARKS, tail=b"</records>"),
    "pubmed.xml": Shape(rb"<PubmedArticle>", _XML_MARKS, tail=b"</PubmedArticleSet>"),
    "eric.xml": Shape(rb"<record>", _XML_MARKS, tail=b"</records>"),
    "eric-solr.xml": Shape(rb"<doc>", _XML_MARKS, tail=b"</result>"),
    "marc.xml": Shape(rb"<marc:record>", _XML_MARKS, tail=b"</marc:collection>"),
    # The bytes before a leader are of its stretch.
    "marc.mrc": Shape(rb"(?<=\x1d)\d|^\d", rb"[\x1d\x1e\x1f\d]", hurts=(1,)),
    "lines.jsonl": Shape(rb"(?m)^\{", rb"[{}\"\[\]\\]"),
    "eric-api.json": Shape(rb"(?m)^   \{", _JSON_MARKS, b"\n  ]", is_cut=False),
    "csl.json": Shape(rb"(?m)^  \{", _JSON_MARKS, b"\n]", is_cut=False),
    "openalex.json": Shape(rb"\{\"id\": ", _JSON_MARKS, b"]}", is_cut=False),
    "crossref.json": Shape(rb"\{\"DOI\"", _JSON_MARKS, b"]}}", is_cut=False),
    "europe-pmc.json": Shape(rb"\{\"id\"", _JSON_MARKS, b"]}}", is_cut=False),
}
"""For the seeds of each format in which a broken record must cost no other."""

_GARBAGE = (
    b" ", b"\n", b"\n\n", b"\t", b"-", b"  - ", b"AU  - ", b"N1  - ", b"garbage", b"Lorem ipsum",
    b";", b",", b":", b"=", b"&", b"&amp;", b"&x;", b"<", b">", b"</", b"/", b"<b>", b"</b>",
    b"\x0c", b"\x01", b"\x85", b"\xff", b"\xc3", b"\xc3\xa9", b"\xe2\x80\xa8", b"\xef\xbb\xbf",
    b"\r", b"\r\n", b"%", b"%K", b"@", b"#", b"\\", b"'", b"(", b")", b"[", b"]", b"x" * 400,
    b"\n  - \n", b"\nAU  - x\n", b"\nTI  - y\n", b"\nTI z\n", b"null", b"NaN", b"1", b"\n1,2,3\n",
    b",,,,,,,,,", b"\x1a",
)  # fmt: skip


def garbage(shape: Shape, dice: random.Random) -> bytes:
    """Return bytes that mean nothing in the format beyond the record that they stand in."""
    parts = [
        dice.choice(_GARBAGE)
        if dice.random() < 0.8
        else dice.randbytes(dice.randint(1, 4)).replace(b"\0", b"")
        for _ in range(dice.choice((1, 2, 4, 12)))
    ]
    made = b"".join(parts)
    while re.search(shape.not_in_garbage, made):
        made = re.sub(shape.not_in_garbage, b"", made)
    return made


def spans(name: str) -> list[tuple[int, int]]:
    """Return where the records of a seed begin and end."""
    data, shape = seeds()[name], SHAPES[name]
    starts = [found.start() for found in re.finditer(shape.begins, data)]
    end = data.rindex(shape.tail) if shape.tail else len(data)
    return list(zip(starts, [*starts[1:], end], strict=True))


@functools.cache
def well_formed(name: str) -> tuple[Record, ...]:
    """Return the records of a seed, one for each of its spans."""
    made = read(sources(SEEDS / name, f"fuzz/{name}")[0])
    if len(made.records) != len(spans(name)):
        raise ValueError(f"{name}: {len(made.records)} records in {len(spans(name))} spans")
    return tuple(made.records)


def between_records(name: str, dice: random.Random, chunk: int) -> Case:
    """Return a case with damage behind or inside one record, and the others to be expected.

    Or the file ends there, and those before are.
    """
    data, shape, places = seeds()[name], SHAPES[name], spans(name)
    which = dice.randrange(len(places))
    begin, end = places[which]
    if shape.hurts == (0,):  # what begins a record ends the one before
        begin = data.index(b"\n", begin) + 1
    kind = dice.choice(("behind", "inside", "end", "cut" if shape.is_cut else "inside"))
    hurt = {which}
    put, out = garbage(shape, dice), 0
    if kind == "behind":
        at, put = end, b"\n" + put + b"\n"
        hurt = {which + one for one in shape.hurts}
    else:
        # What the file is must show at its beginning, so that the first record keeps its own.
        at = dice.randrange(begin + ((end - begin) // 2 if which == 0 else 0), end - 1)
        if kind == "cut":
            out, put = dice.randint(1, end - 1 - at), b""
        elif kind == "end":
            out, put, hurt = len(data), b"", set(range(which, len(places)))
    expected = [one for number, one in enumerate(well_formed(name)) if number not in hurt]
    made = data[:at] + put + data[at + out :]
    return Case(made, expected=tuple(expected), chunk=chunk, loose=(at, at + len(put)))


@functools.cache
def seeds() -> dict[str, bytes]:
    """Return the bytes of each seed by its name."""
    return {path.name: path.read_bytes() for path in sorted(SEEDS.iterdir())}


def case_of(seed: int, number: int, *, is_quick: bool = False) -> tuple[str, Case]:
    """Return the case of an execution and the seed file that it began with.

    Args:
        seed: the seed of the run.
        number: the number of the execution, from 0.
        is_quick: make no large files.
    """
    dice = random.Random(f"{seed}:{number}")
    chunk = dice.choice((0, 0, 1, 2, 7, 64, 500))
    if dice.random() < 0.35:
        name = dice.choice(list(SHAPES))
        return name, between_records(name, dice, chunk)
    name = dice.choice(list(seeds()))
    data = mutated(seeds()[name], dice, LITTLE if is_quick else MOST)
    if dice.random() < 0.003 and not is_quick:
        return name, Case(enormous(data, dice)[:VERY_MOST])
    if dice.random() < 0.08:
        data = packed(data, dice)
    stated = dice.choice(STATED) if dice.random() < 0.1 else ""
    return name, Case(data, stated, chunk=chunk if len(data) < 20_000 else 0)


# A failing input is made small and kept.


def smaller(path: Path, case: Case, fault: Fault) -> Case:
    """Take out of a case what it can do without and still fail in the same way."""
    until = time.process_time() + MINIMISE
    begin, end = case.loose or (0, len(case.data))
    head, middle, tail = case.data[:begin], case.data[begin:end], case.data[end:]
    size = max(len(middle) // 2, 1)
    while size and time.process_time() < until:
        at = 0
        while at < len(middle) and time.process_time() < until:
            less = middle[:at] + middle[at + size :]
            found = fault_of(path, replace(case, data=head + less + tail))
            if isinstance(found, Fault) and alike(found, fault):
                middle = less
            else:
                at += size
        size = min(size, len(middle)) // 2
    return replace(case, data=head + middle + tail, loose=(begin, begin + len(middle)))


def alike(one: Fault, other: Fault) -> bool:
    """Say whether two faults are the same promise broken in the same way."""
    return signature(one) == signature(other)


def signature(fault: Fault) -> str:
    """Return what is the same for all inputs that fail in one way: no number, no value."""
    if fault.kind == "hang":
        return f"hang {fault.said.rpartition(', ')[2]}"
    return (
        f"{fault.kind}: {re.split(r'[:,]', fault.said)[0]}"
        if fault.kind in _BY_FORMAT
        else fault.kind
    )


_BY_FORMAT = ("count: more", "count: fewer", "position", "offset", "place", "twin", "chunks")


@dataclass
class Finding:
    """One way to fail: the first input that showed it, made small, and how often it was met."""

    fault: Fault
    case: Case
    seed_file: str
    number: int
    met: int = 1


@dataclass
class Run:
    """One run of the fuzzer, and what came of it so far."""

    seed: int
    keep: Path
    is_quick: bool = False
    executions: int = 0
    by_seed: dict[str, Counter[str]] = field(default_factory=dict)
    by_format: Counter[str] = field(default_factory=Counter)
    findings: dict[str, Finding] = field(default_factory=dict)
    seconds: float = 0

    def go(self, more: Callable[[Run], bool], on_each: Callable[[Run], None]) -> None:
        """Execute as long as `more` says so."""
        begun = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="fuzz-", dir=_memory()) as folder:
            path = Path(folder) / "input"
            while more(self):
                self._execute(path)
                self.seconds = time.monotonic() - begun
                on_each(self)

    def _execute(self, path: Path) -> None:
        number = self.executions
        self.executions += 1
        name, case = case_of(self.seed, number, is_quick=self.is_quick)
        counts = self.by_seed.setdefault(name, Counter())
        counts["executions"] += 1
        found = fault_of(path, case)
        if isinstance(found, Outcome):
            self.by_format.update(found.formats or ["refused"])
            counts.update(refused=found.refused, records=found.records, broken=found.broken)
            return
        counts["faults"] += 1
        key = (
            f"{signature(found)} ({name})"
            if found.kind in ("lost", "changed")
            else signature(found)
        )
        if key in self.findings:
            self.findings[key].met += 1
            return
        less = smaller(path, case, found)
        again = fault_of(path, less)
        fault = again if isinstance(again, Fault) else found
        self.findings[key] = Finding(fault, less, name, number)
        self._keep(key, self.findings[key])

    def _keep(self, key: str, finding: Finding) -> None:
        self.keep.mkdir(parents=True, exist_ok=True)
        stem = f"{re.sub(r'[^A-Za-z0-9]+', '-', key).strip('-')[:60]}-{self.seed}-{finding.number}"
        (self.keep / f"{stem}.input").write_bytes(finding.case.data)
        said = "\n".join(_told(key, finding, self.seed))
        (self.keep / f"{stem}.txt").write_text(f"{said}\n", encoding="utf-8", errors="replace")


def _memory() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - a folder made in it


def _told(key: str, finding: Finding, seed: int) -> Iterator[str]:
    case = finding.case
    yield key
    yield f"  {finding.fault}"
    yield f"  seed {seed}, execution {finding.number}, from {finding.seed_file}"
    yield f"  stated encoding {case.stated!r}, chunks of {case.chunk or 'the usual'} bytes"
    yield f"  {len(case.data)} bytes: {case.data!r:.1500}"
    if case.loose and case.expected:
        yield f"  the damage is bytes {case.loose[0]} to {case.loose[1]}"


def report(run: Run) -> Iterator[str]:
    """Yield the lines that tell what a run did and found."""
    rate = run.executions / run.seconds if run.seconds else 0
    yield f"seed {run.seed}: {run.executions} executions in {run.seconds:.0f} s, {rate:.0f} a second"
    yield f"{'seed file':24}{'executions':>11}{'refused':>9}{'records':>9}{'broken':>9}{'faults':>8}"
    for name, counts in sorted(run.by_seed.items()):
        columns = (counts[one] for one in ("executions", "refused", "records", "broken", "faults"))
        yield f"{name:24}{{:>11}}{{:>9}}{{:>9}}{{:>9}}{{:>8}}".format(*columns)
    formats = ", ".join(f"{name} {number}" for name, number in run.by_format.most_common())
    yield f"read as: {formats}"
    for key, finding in run.findings.items():
        yield f"\n{finding.met} x " + "\n".join(_told(key, finding, run.seed))
    yield f"{len(run.findings)} ways to fail; inputs in {run.keep}" if run.findings else "no fault"


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Reads damaged files of records and tells faults.")
    parser.add_argument("--minutes", type=float, default=5, help="how long to go on (5)")
    parser.add_argument("--executions", type=int, help="how many files to read, whatever the time")
    parser.add_argument("--seed", type=int, help="what the damage depends on; else by chance")
    parser.add_argument("--keep", type=Path, help="the folder for inputs that fail; else a new one")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Run as the command line says; return 1 if a promise was broken, else 0."""
    options = _options(arguments)
    seed = random.randrange(1_000_000) if options.seed is None else options.seed
    keep = options.keep or Path(tempfile.gettempdir()) / f"fuzz-readers-{seed}"
    say = sys.stdout.write
    say(f"seed {seed}; inputs that fail are kept in {keep}\n")
    until = time.monotonic() + 60 * options.minutes
    shown = [0.0]

    def more(run: Run) -> bool:
        if options.executions is not None:
            return run.executions < options.executions
        return time.monotonic() < until

    def progress(run: Run) -> None:
        if sys.stderr.isatty() and run.seconds - shown[0] > 0.5:
            shown[0] = run.seconds
            line = f"{run.executions} executions, {run.seconds:.0f} s, {len(run.findings)} ways to fail"
            sys.stderr.write(f"\r{line:{shutil.get_terminal_size().columns - 1}}")

    run = Run(seed, keep)
    try:
        run.go(more, progress)
    except KeyboardInterrupt:
        say("stopped\n")
    if shown[0]:
        sys.stderr.write("\n")
    say("\n".join(report(run)) + "\n")
    return 1 if run.findings else 0


if __name__ == "__main__":
    sys.exit(main())
