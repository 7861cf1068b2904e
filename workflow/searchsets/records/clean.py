"""Brings the values of a record to the form our tables use; what it does not know it leaves."""

from __future__ import annotations

import html
import json
import re
from urllib.parse import unquote

_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")
_DOI = re.compile(r"(?i)10\.\d{4,9}/\S+")
_ERIC_NUMBER = re.compile(r"(?<![A-Za-z0-9])E[DJ]\d{5,7}(?!\d)")
_BLANKS = re.compile(r"\s+")
_SURROGATES = re.compile("[\ud800-\udfff]")
# Control characters become blanks; soft hyphens and byte-order marks inside a text vanish.
_CONTROLS = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)], " ") | {0x00AD: "", 0xFEFF: ""}


def text(value: object) -> str:
    """Return a value as one line of text, entities decoded once, stray characters taken out.

    Lone surrogates become U+FFFD, because no UTF-8 file can hold them.

    >>> text("Learners&apos;   Perspectives &amp; more ")
    "Learners' Perspectives & more"
    """
    if value is None:
        return ""
    decoded = _SURROGATES.sub("\ufffd", html.unescape(str(value)))
    return _BLANKS.sub(" ", decoded.translate(_CONTROLS)).strip()


def raw(value: object) -> str:
    """Return a value as JSON that any UTF-8 file can hold."""
    return _SURROGATES.sub("\ufffd", json.dumps(value, ensure_ascii=False, sort_keys=True))


def texts(values: object) -> list[str]:
    """Return the non-empty texts of a list (or of one value), in order, each once."""
    many = values if isinstance(values, list) else [values]
    return list(dict.fromkeys(cleaned for value in many if (cleaned := text(value))))


def year(value: object) -> int | None:
    """Return the one year that a value states, or None; a year is never guessed.

    >>> year("Article 10 2019"), year("2004/05//"), year("99"), year("1998-2001")
    (2019, 2004, None, None)
    """
    found = set(_YEAR.findall(str(value if value is not None else "")))
    return int(found.pop()) if len(found) == 1 else None


def doi(value: object) -> str:
    """Return the DOI in a value in lower case, or nothing.

    >>> doi("https://doi.org/10.1111/J.1745-3992.2009.00153.x.")
    '10.1111/j.1745-3992.2009.00153.x'
    """
    stated = text(value)
    if "://" in stated:  # an address: what follows ? or # is not part of the DOI
        stated = re.split(r"[?#]", stated)[0]
    found = _DOI.search(unquote(stated))
    return found[0].rstrip(".,;)]}>\"'").lower() if found else ""


def eric_number(value: object) -> str:
    """Return the ERIC accession number (EJ or ED and digits) in a value, or nothing.

    >>> eric_number("http://search.ebscohost.com/login.aspx?db=eric&AN=EJ1100795&site=ehost-live")
    'EJ1100795'
    """
    found = _ERIC_NUMBER.search(text(value))
    return found[0] if found else ""


def without_prefix(value: object) -> str:
    """Return an ISSN or ISBN without the prefix that ERIC writes before it.

    >>> without_prefix("EISSN-1465-3346"), without_prefix("ISBN-978-1-906792-33-6")
    ('1465-3346', '978-1-906792-33-6')
    """
    return re.sub(r"(?i)^(?:e-?issn|issn|isbn)[- :]*", "", text(value))


def pages(start: str, end: str) -> str:
    """Return a range of pages as `22-23`, from what a source calls start and end.

    >>> pages("22", "23"), pages("179-193", "193"), pages("5", "5"), pages("", "")
    ('22-23', '179-193', '5', '')
    """
    if not end or end == start or "-" in start or "–" in start:
        return start.replace("–", "-")
    return f"{start}-{end}" if start else end
