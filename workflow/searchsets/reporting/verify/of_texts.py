"""Compares texts and CSV files by what they say, then as they are written."""

from __future__ import annotations

import csv
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import TextIO

from searchsets.reporting.verify.model import NOTHING, Place, place_of
from searchsets.reporting.verify.rows import first_row, lines_of

Lines = Iterator[tuple[int, str]]


def tables(published: Path, now: Path) -> Place | None:
    """Compare two CSV files row by row."""
    with _text(published) as one, _text(now) as other:
        try:
            place = first_row(lines_of(one), lines_of(other), "line")
        except csv.Error as error:
            return Place(f"the table cannot be read: {error}")
    return place or texts(published, now)


def texts(published: Path, now: Path) -> Place | None:
    """Compare two texts by the lines that say something, then as they are written."""
    with _text(published) as one, _text(now) as other:
        place = first_line(saying(one), saying(other))
    return place or _otherwise_written(published, now)


def _text(path: Path) -> TextIO:
    return path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")


def saying(lines: Iterable[str]) -> Lines:
    """Yield the lines that say something, with their numbers."""
    for number, line in enumerate(lines, start=1):
        if line.strip("\r\n"):
            yield number, line.rstrip("\r\n")


def first_line(one: Lines, other: Lines) -> Place | None:
    """Return the first line in which two texts differ."""
    for (number, old), (number_now, new) in zip_longest(one, other, fillvalue=(0, None)):
        if old != new:
            return place_of(f"line {number or number_now}", old, new)
    return None


def _otherwise_written(published: Path, now: Path) -> Place | None:
    """Return where two files that say the same are written otherwise: an editor did that, mostly."""
    pair = published.read_bytes(), now.read_bytes()
    if pair[0] == pair[1]:
        return None
    marks = [text.startswith(BOM_UTF8) for text in pair]
    if marks[0] != marks[1]:
        shown = ("there" if marked else NOTHING for marked in marks)
        return Place("a byte order mark at the start", *shown)
    with _text(published) as one, _text(now) as other:
        for number, (old, new) in enumerate(zip_longest(one, other, fillvalue=""), start=1):
            if old == new:
                continue
            if bool(old.strip("\r\n")) != bool(new.strip("\r\n")) or not (old and new):
                return Place(f"line {number}, where a blank line is too many or not there")
            return Place(f"line {number}, how the line ends", _ending(old), _ending(new))
    return Place("the bytes, though they are the same text")


def _ending(line: str) -> str:
    ended = {"\r\n": "CR LF, as Windows ends lines", "\n": "LF", "\r": "CR"}
    return ended.get(line[len(line.rstrip("\r\n")) :], NOTHING)
