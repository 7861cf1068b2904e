"""Compares workbooks and documents, which are ZIP files: by cells or words, then by their parts."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from pathlib import Path

from searchsets import archives
from searchsets.errors import ReviewError
from searchsets.reporting.verify.model import Place, place_of
from searchsets.reporting.verify.of_texts import first_line, saying
from searchsets.reporting.verify.rows import first_row, rows_of_sheet
from searchsets.screening.sheets.opening import open_grids

_MOST_BYTES = 1 << 30
_PARAGRAPH, _MARK = re.compile("</w:p>"), re.compile("<[^>]*>")
_WORDS = "word/document.xml"


def workbooks(published: Path, now: Path) -> Place | None:
    """Compare two workbooks cell by cell, then by their parts."""
    try:
        grids, grids_now = open_grids(published), open_grids(now)
    except ReviewError:
        return parts(published, now)
    names, names_now = ([grid.name for grid in side] for side in (grids, grids_now))
    if names != names_now:
        return place_of("the names of the sheets", "; ".join(names), "; ".join(names_now))
    for old, new in zip(grids, grids_now, strict=True):
        pair = (rows_of_sheet(side.rows) for side in (old, new))
        place = first_row(*pair, f"sheet {old.name}, row")
        if place:
            return place
    return parts(published, now)


def documents(published: Path, now: Path) -> Place | None:
    """Compare two Word documents paragraph by paragraph, then by their parts."""
    return _first(published, now, _words) or parts(published, now)


def _words(one: zipfile.ZipFile, other: zipfile.ZipFile) -> Place | None:
    if not all(_WORDS in side.namelist() for side in (one, other)):
        return None
    pair = []
    for side in (one, other):
        text = archives.read_part(side, _WORDS).decode("utf-8", "replace")
        pair.append(_MARK.sub("", _PARAGRAPH.sub("\n", text)).splitlines())
    place = first_line(*map(saying, pair))
    return place and replace(place, where=place.where.replace("line", "its words, paragraph"))


def parts(published: Path, now: Path) -> Place | None:
    """Compare two archives by their parts."""
    return _first(published, now, _parts) or Place("the container alone, not the parts inside")


def _first(published: Path, now: Path, compare) -> Place | None:
    try:
        with zipfile.ZipFile(published) as one, zipfile.ZipFile(now) as other:
            for side in (one, other):
                archives.members(side, _MOST_BYTES)
            return compare(one, other)
    except archives.TooLarge:
        return Place(f"the file takes more than {_MOST_BYTES >> 20:,} MB unpacked")
    except archives.Locked:
        return Place("a part of the file is encrypted")
    except archives.DAMAGED as error:
        return Place(f"the file is damaged: {error}")


def _parts(one: zipfile.ZipFile, other: zipfile.ZipFile) -> Place | None:
    names, names_now = one.namelist(), other.namelist()
    if names != names_now:
        return place_of("the parts inside", "; ".join(names), "; ".join(names_now))
    for name in names:
        old, new = (archives.read_part(side, name) for side in (one, other))
        if old != new:
            shown = (text.decode("utf-8", "replace") for text in (old, new))
            return place_of(f"the part {name} inside", *shown)
    return None
