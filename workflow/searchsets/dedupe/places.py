"""Reads volumes, issues and pages: where in a journal or a book a text stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

LONGEST_NUMBER = 25
"""What is longer in a field for an issue or a volume is no number: an address slipped into it."""
ARTICLE_NUMBER_DIGITS = 5
"""A page of so many digits is the number of an article, which no other one has."""
_MONTHS = {
    month: number
    for number, month in enumerate(
        "jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1
    )
}
_MONTH = "|".join(_MONTHS)
SPREADSHEET_DATE = re.compile(rf"(?i)(\d{{1,2}})-({_MONTH})|({_MONTH})-(\d{{1,2}})")
_REMARK = re.compile(r"(?i)[;\[(<].*$|\bdiss?cuss?ion.*$|\bauthor reply.*$|^(?:pages?|pp?)\b\.?\s*")
_DASH = re.compile(r"\s*(?:[-\u2010-\u2015\u2212/]|\bto\b)+\s*")
_SEVERAL = re.compile(r"\s*[,+&;]\s*")
_PAGE = re.compile(r"(?i)([a-z]{0,10})[\s.-]*(\d{1,9})\s*([a-z]{0,2})")
_ROMAN_PAGE = re.compile(r"(?ia)[ivxlc]{1,9}")
_NUMBER = re.compile(r"\d{1,18}")  # none is longer, and few computers take it
_SECOND = re.compile(r"\s*[-/]\s*(\d{1,18})(?!\d|-)")
_ORDINAL = re.compile(r"(?i)\b\d+(?:st|nd|rd|th)\b")
_ROMAN_NUMBER = re.compile(r"(?ia)[ivxlc]+")
_SUPPLEMENT = re.compile(r"(?i)\bs(?:up(?:pl)?)?(?:ement)?s?\b|sup|^s\d")


@dataclass(frozen=True, slots=True)
class Pages:
    """Where a text begins and ends: `starts` and `ends` as digits (or Roman digits), without prefix.

    `prefix` is what stands before the digits of the first page ("s", "e", "viii"), in lower case;
    `span` is the number of pages, 0 where it is not known.
    """

    starts: tuple[str, ...]
    ends: tuple[str, ...]
    prefix: str
    span: int


NO_PAGES = Pages((), (), "", 0)


@lru_cache(maxsize=200_000)
def read_pages(stated: str) -> Pages:
    """Return the pages that a field names; nothing where it names none ("N.PAG", "July").

    >>> read_pages("482-91") == read_pages("pp. 482--491")
    True
    >>> read_pages("S12")
    Pages(starts=('12',), ends=(), prefix='s', span=0)
    >>> read_pages("01-Aug") == read_pages("1-8")
    True
    """
    date = SPREADSHEET_DATE.fullmatch(stated.strip())
    if date:
        return _from_date(date)
    text = _REMARK.sub("", stated.strip().replace("N.PAG", "")).strip(" .,:")
    ranges = [made for part in _SEVERAL.split(text) if (made := _range(part))]
    if not ranges:
        return NO_PAGES
    ends = tuple(sorted({end for _, _, end in ranges if end}))
    prefix, start, end = ranges[0]
    return Pages(tuple(sorted({s for _, s, _ in ranges})), ends, prefix, _span(start, end))


def _from_date(date: re.Match[str]) -> Pages:
    """Return the pages that a spreadsheet made a date of: "1-8" becomes "01-Aug"."""
    month = _MONTHS.get((date[2] or date[3]).lower())
    if month is None:
        return NO_PAGES
    start, end = sorted((int(date[1] or date[4]), month))
    return Pages((str(start),), (str(end),), "", end - start + 1)


def _range(part: str) -> tuple[str, str, str] | None:
    """Return prefix, start and end of one range of pages."""
    first, *behind = _DASH.split(part, maxsplit=1)
    start = _PAGE.match(first)
    if not start and behind and _PAGE.match(behind[0]) and first.isalpha():
        # "HS-3", "C-326": what stands before the dash is a prefix.
        first, *behind = _DASH.split(behind[0], maxsplit=1)
        start = _PAGE.match(first)
    if not start:
        if not _ROMAN_PAGE.fullmatch(first):
            return None
        end = behind[0].lower() if behind and _ROMAN_PAGE.fullmatch(behind[0]) else ""
        return "", first.lower(), end
    end = _PAGE.search(behind[0]) if behind else None
    prefix = (start[1] or start[3]).lower()
    return prefix, _digits(start[2]), _completed(_digits(start[2]), _digits(end[2])) if end else ""


def _digits(page: str) -> str:
    """Return the digits of a page without leading noughts, but for the number of an article."""
    return page if len(page) >= ARTICLE_NUMBER_DIGITS else page.lstrip("0") or "0"


def _completed(start: str, end: str) -> str:
    """Return the end of "482-91" in full: 491."""
    if len(end) < len(start):
        return start[: len(start) - len(end)] + end
    return end


def _span(start: str, end: str) -> int:
    if not (start.isdigit() and end.isdigit()):
        return 0
    return max(int(end) - int(start) + 1, 0)


@dataclass(frozen=True, slots=True)
class Number:
    """The numbers in a field for a volume or an issue, and whether it says "supplement"."""

    values: frozenset[int]
    supplement: bool


NO_NUMBER = Number(frozenset(), False)


@lru_cache(maxsize=200_000)
def read_volume(stated: str) -> Number:
    """Return the number of a volume; what follows ("53 Suppl 2") is no part of it.

    >>> read_volume("53 Suppl 2"), read_volume("XIV").values
    (Number(values=frozenset({53}), supplement=True), frozenset({14}))
    """
    text = _ORDINAL.sub(" ", stated)
    found = list(_NUMBER.finditer(text))
    if not found:
        roman = stated.strip(" .").lower()
        value = _roman_value(roman) if _ROMAN_NUMBER.fullmatch(roman) else 0
        return Number(frozenset((value,) if value else ()), False)
    number = found[-1 if len(stated) > LONGEST_NUMBER else 0]
    behind = text[number.end() :]
    double = _SECOND.match(behind)
    values = [number[0], double[1]] if double else [number[0]]
    return Number(frozenset(map(int, values)), bool(_SUPPLEMENT.search(behind)))


@lru_cache(maxsize=200_000)
def read_issue(stated: str) -> Number:
    """Return the numbers of an issue, and whether it is a supplement.

    >>> read_issue("13, Sp. Iss. SI"), read_issue("Suppl. 1")
    (Number(values=frozenset({13}), supplement=False), Number(values=frozenset({1}), supplement=True))
    """
    if len(stated) > LONGEST_NUMBER:
        return NO_NUMBER
    return Number(frozenset(map(int, _NUMBER.findall(stated))), bool(_SUPPLEMENT.search(stated)))


def _roman_value(digits: str) -> int:
    values = [{"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}[digit] for digit in digits]
    return sum(
        -value if later > value else value
        for value, later in zip(values, [*values[1:], 0], strict=True)
    )
