"""Reads RIS: tagged lines, a record from TY to ER."""

from __future__ import annotations

import re

from searchsets.errors import ReviewError
from searchsets.records import clean
from searchsets.records.model import Broken, Imported, Record

_TAGGED = re.compile(r"\s*([A-Z][A-Z0-9])(  ?)-(?: (.*)|\s*)$")
# A byte-order mark stands before TY where files were joined.
_START = re.compile(r"(?m)^[\s\ufeff]*TY  ?-")

# With one blank before its dash a tag is one only if RIS has it: `UK - based` is a wrapped line.
_RIS_TAGS = frozenset(
    """TY A1 A2 A3 A4 AB AD AN AU AV BT C1 C2 C3 C4 C5 C6 C7 C8 CA CN CP CT CY DA DB DO DP ED EP ER
    ET ID IS J1 J2 JA JF JO KW L1 L2 L3 L4 LA LB LK M1 M2 M3 N1 N2 NV OP PB PP PY RI RN RP SE SN SP
    ST SV T1 T2 T3 TA TI TT U1 U2 U3 U4 U5 UR VL VO Y1 Y2 YR""".split()
)
_ISSN = re.compile(r"(?<![\dXx-])\d{4}-?\d{3}[\dXx](?![\dXx-])")
_ISBN = re.compile(r"(?<![\dXx-])(?:97[89][- ]?)?(?:\d[- ]?){9}[\dXx](?![\dXx-])")

# Our field: the tags that may hold it, the best first (RIS specification and its dialects).
TAGS = {
    "title": ("TI", "T1", "CT", "BT"),
    "container": ("JF", "T2", "JO", "J2", "JA", "T3"),
    "publisher": ("PB",),
    "place": ("CY", "PP"),
    "volume": ("VL",),
    "issue": ("IS", "CP"),
    "abstract": ("AB", "N2"),
    "language": ("LA",),
    "url": ("UR", "L2"),
    "type": ("TY",),
}
AUTHOR_TAGS = ("AU", "A1")
YEAR_TAGS = ("PY", "Y1", "YR", "DA")
ACCESSION_TAGS = ("AN",)
ERIC_NUMBER_TAGS = ("AN", "UR", "U2", "ID")
DOI_TAGS = ("DO", "M3", "L3", "UR")

# On these platforms KW holds the database's descriptors; elsewhere it may hold anybody's words.
DESCRIPTOR_PLATFORMS = re.compile(r"search\.ebscohost\.com|proquest\.com")

Fields = dict[str, list[str]]


def count_marks(text: str) -> int:
    """Return how many records begin in a text, by their TY lines alone."""
    return len(_START.findall(text))


def read(text: str, imported: Imported) -> None:
    """Add the records of a RIS text to `imported`.

    Raises:
        ReviewError: the last record has no end: the file was cut off.
    """
    imported.marks = count_marks(text)
    fields: Fields | None = None
    loose = _Loose(imported)
    tag = ""
    for number, line in enumerate(text.split("\n"), start=1):
        tagged = _tagged(line)
        if tagged is None:
            if fields is not None and line.strip():
                _continue(fields, tag, line.strip())
            loose.go_on(line)
            continue
        tag, value = tagged
        if tag == "TY":
            loose.report()
            fields = {"TY": [value]}
            loose.begin(number, line)
        elif fields is None:
            if tag == "ER":
                loose.report()
            else:
                loose.begin(number, line, is_record=False)
        elif tag == "ER":
            imported.records.append(record_of(fields, imported.source_file, _next(imported)))
            fields = None
            loose.forget()
        else:
            fields.setdefault(tag, []).append(value)
            loose.go_on(line)
    if fields is not None:
        raise ReviewError(
            "the file ends in the middle of its last record (no ER line): it was cut off",
            f"{imported.source_file}:{loose.first}",
            "export or download it again; if the record is whole, add a last line `ER  - `",
        )
    loose.report()


def _next(imported: Imported) -> int:
    return len(imported.records) + 1


class _Loose:
    """The lines since a record began, or since fields stood outside any: broken, unless it ends."""

    def __init__(self, imported: Imported):
        self.imported = imported
        self.lines: list[str] = []
        self.first = 0
        self.is_record = True

    def begin(self, number: int, line: str, *, is_record: bool = True) -> None:
        """Take the first line of a record, or a field outside any record."""
        if not self.lines:
            self.first, self.is_record = number, is_record
        self.lines.append(line)

    def go_on(self, line: str) -> None:
        """Take a further line, if any stands before it."""
        if self.lines and line.strip():
            self.lines.append(line)

    def forget(self) -> None:
        """The record is whole."""
        self.lines = []

    def report(self) -> None:
        """Report what was taken, if anything, as one broken record."""
        if not self.lines:
            return
        reason = "the record has no end (no ER line before the next TY line)"
        if not self.is_record:
            reason = "fields outside any record (no TY line before them)"
            self.imported.marks += 1  # no TY line, so that it was not counted
        raw = "\n".join(self.lines)
        self.imported.broken.append(
            Broken(self.imported.source_file, None, self.first, reason, raw)
        )
        self.forget()


def _tagged(line: str) -> tuple[str, str] | None:
    """Return the tag and value of a line, or None where it goes on with the line before."""
    if start := _START.match(line):
        return "TY", line[start.end() :].strip()
    found = _TAGGED.match(line)
    if found is None or (found[2] == " " and found[1] not in _RIS_TAGS):
        return None
    return found[1], (found[3] or "").strip()


def _continue(fields: Fields, tag: str, text: str) -> None:
    """Add a line without a tag: a further keyword after KW, the rest of the value after others."""
    values = fields.setdefault(tag, [])
    if tag == "KW" or not values:
        values.append(text)
    else:
        values[-1] = f"{values[-1]} {text}".strip()


def record_of(fields: Fields, source_file: str, position: int) -> Record:
    """Return the record that the tagged fields of one RIS record describe."""
    keywords = clean.texts(fields.get("KW", []))
    indexed = any(DESCRIPTOR_PLATFORMS.search(url) for url in fields.get("UR", []))
    return Record(
        source_file,
        position,
        accession=_accession(fields),
        doi=next(
            (doi for tag in DOI_TAGS for v in fields.get(tag, []) if (doi := clean.doi(v))), ""
        ),
        authors=clean.texts([v for tag in AUTHOR_TAGS for v in fields.get(tag, [])]),
        year=next(
            (y for tag in YEAR_TAGS for v in fields.get(tag, []) if (y := clean.year(v))), None
        ),
        pages=clean.pages(_first(fields, "SP"), _first(fields, "EP")),
        descriptors=keywords if indexed else [],
        keywords=[] if indexed else keywords,
        issn=clean.texts(
            [found for value in fields.get("SN", []) for found in _ISSN.findall(value)]
        ),
        isbn=clean.texts(
            [found for value in fields.get("SN", []) for found in _ISBN.findall(value)]
        ),
        raw=clean.raw(fields),
        **{name: _first(fields, *tags) for name, tags in TAGS.items()},
    )


def _first(fields: Fields, *tags: str) -> str:
    """Return the first value of the tags that says something; EndNote writes NA where it is silent."""
    values = (clean.text(value) for tag in tags for value in fields.get(tag, []))
    return next((value for value in values if value not in ("", "NA")), "")


def _accession(fields: Fields) -> str:
    for tag in ERIC_NUMBER_TAGS:
        for value in fields.get(tag, []):
            if number := clean.eric_number(value):
                return number
    return _first(fields, *ACCESSION_TAGS).split(";")[0].strip()
