"""Reads RIS: tagged lines, a record from TY to ER."""

from __future__ import annotations

import json
import re

from searchsets.errors import ReviewError
from searchsets.records import clean
from searchsets.records.model import Broken, Imported, Record

_TAGGED = re.compile(r"\s*([A-Z][A-Z0-9])  ?-(?: (.*)|\s*)$")
_START = re.compile(r"(?m)^\s*TY  ?-")

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
    tag = ""
    for number, line in enumerate(text.split("\n"), start=1):
        tagged = _TAGGED.match(line)
        if tagged is None:
            if fields is not None and line.strip():
                _continue(fields, tag, line.strip())
            continue
        tag, value = tagged[1], (tagged[2] or "").strip()
        if tag == "TY":
            _finish(fields, imported)
            fields, start = {}, number
        if fields is None:
            _note_stray(imported, text, number, line)
        elif tag == "ER":
            _finish(fields, imported)
            fields = None
        else:
            fields.setdefault(tag, []).append(value)
    if fields is not None:
        raise ReviewError(
            "the file ends in the middle of its last record (no ER line): it was cut off",
            f"{imported.source_file}:{start}",
            "export or download it again; if the record is whole, add a last line `ER  - `",
        )


def _continue(fields: Fields, tag: str, text: str) -> None:
    """Add a line without a tag: a further keyword after KW, the rest of the value after others."""
    values = fields.setdefault(tag, [])
    if tag == "KW" or not values:
        values.append(text)
    else:
        values[-1] = f"{values[-1]} {text}".strip()


def _note_stray(imported: Imported, text: str, number: int, line: str) -> None:
    """Report a tagged line outside every record; a second ER after a record is harmless."""
    if line.strip().startswith("ER"):
        return
    before = "\n".join(text.split("\n")[: number - 1])
    offset = len(before.encode()) + (1 if number > 1 else 0)
    imported.marks += 1
    imported.broken.append(
        Broken(imported.source_file, offset, number, "a field outside any record (no TY)", line)
    )


def _finish(fields: Fields | None, imported: Imported) -> None:
    if fields is not None:
        position = len(imported.records) + 1
        imported.records.append(record_of(fields, imported.source_file, position))


def record_of(fields: Fields, source_file: str, position: int) -> Record:
    """Return the record that the tagged fields of one RIS record describe."""
    keywords = clean.texts(fields.get("KW", []))
    indexed = any(DESCRIPTOR_PLATFORMS.search(url) for url in fields.get("UR", []))
    return Record(
        source_file,
        position,
        accession=_accession(fields),
        doi=next((doi for tag in DOI_TAGS for v in fields.get(tag, []) if (doi := clean.doi(v))), ""),
        authors=clean.texts([v for tag in AUTHOR_TAGS for v in fields.get(tag, [])]),
        year=next((y for tag in YEAR_TAGS for v in fields.get(tag, []) if (y := clean.year(v))), None),
        pages=clean.pages(_first(fields, "SP"), _first(fields, "EP")),
        descriptors=keywords if indexed else [],
        keywords=[] if indexed else keywords,
        issn=clean.texts([part for v in fields.get("SN", []) for part in v.split(",")]),
        raw=json.dumps(fields, ensure_ascii=False, sort_keys=True),
        **{name: _first(fields, *tags) for name, tags in TAGS.items()},
    )


def _first(fields: Fields, *tags: str) -> str:
    return next((t for tag in tags for value in fields.get(tag, []) if (t := clean.text(value))), "")


def _accession(fields: Fields) -> str:
    for tag in ERIC_NUMBER_TAGS:
        for value in fields.get(tag, []):
            if number := clean.eric_number(value):
                return number
    return _first(fields, *ACCESSION_TAGS).split(";")[0].strip()
