"""Brings the values of a record to the form our tables use; what it does not know it leaves."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import unquote

import orjson

_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")
# Most are written like this, with nothing around them.
PLAIN_DOI = r"^10\.[0-9]{4,9}/[A-Za-z0-9._/-]*[A-Za-z0-9]$"
_PLAIN_DOI = re.compile(PLAIN_DOI.replace("$", r"\Z"))
_DOI = re.compile(r"(?i)10\.\d{4,9}/\S+")
# An address that carries a DOI as a parameter: `...?eid=2-s2.0-85&doi=10.1080%2f2096`, `id=doi:10.`
_DOI_PARAMETER = re.compile(r"(?i)[?&](?:rft_)?(?:doi|do|id)=(?:info:)?(?:doi[:/])?(10\.[^&#]+)")
# What publishers put behind a DOI in the address of one of its pages.
_PAGE = re.compile(r"(?i)/(?:abstract|full|fulltext|full\.pdf|pdf|epdf|pdfdirect|meta|html)/*$")
_ISSN = re.compile(r"(?<![\dXx-])\d{4}-?\d{3}[\dXx](?![\dXx-])")
ISSN_ALONE = r"^[0-9]{4}-[0-9]{3}[0-9Xx]$"
_ISBN = re.compile(r"(?<![\dXx-])(?:97[89][- ]?)?(?:\d[- ]?){9}[\dXx](?![\dXx-])")
_PREFIX = re.compile(r"(?i)(?<![a-z])(?:[ep]-?issn|issn|[ep]-?isbn|isbn)(?:-1[03])?[- :]*")
# Mark-up that services leave in titles and abstracts; an unknown word in angle brackets is text.
INLINE_MARKUP = re.compile(
    r"(?i)</?(?:jats:)?(?:i|b|u|em|strong|italic|bold|sub|sup|inf|sc|tt|span|font|a|underline"
    r"|monospace|roman)(?:\s[^<>]*)?/?>"
)
BLOCK_MARKUP = re.compile(
    r"(?i)</?(?:jats:)?(?:p|br|div|sec|title|h[1-6]|ul|ol|li|list|list-item|abstract|label)"
    r"(?:\s[^<>]*)?/?>"
)
AND_OTHERS = "And Others"
_OTHERS = re.compile(r"(?i)\W*(?:and\s+others|et\.?\s+al|others)\W*")
_ERIC_NUMBER = re.compile(r"(?<![A-Za-z0-9])E[DJ]\d{5,7}(?!\d)")
_ENTITY = re.compile(r"(&(?:[A-Za-z][A-Za-z0-9]{1,31}|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}));")
_KEPT = "\ue000"  # stands for a semicolon that is to be kept, in no text that has it
_SURROGATES = re.compile("[\ud800-\udfff]")
# Control characters become blanks; soft hyphens and byte-order marks inside a text vanish.
_CONTROLS = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)], " ") | {0x00AD: "", 0xFEFF: ""}


def text(value: object) -> str:
    """Return a value as one line of text, entities decoded once, stray characters taken out.

    Mark-up of HTML and JATS goes, its text stays. Lone surrogates become U+FFFD, because no UTF-8
    file can hold them.

    >>> text("Learners&apos;   Perspectives &amp; more ")
    "Learners' Perspectives & more"
    >>> text("<jats:p>H<sub>2</sub>O, p < 0.05</jats:p>")
    'H2O, p < 0.05'
    """
    if value is None:
        return ""
    said = value if isinstance(value, str) else str(value)
    # Most values need nothing: no sign that the steps below would change.
    if said.isprintable() and "&" not in said and "<" not in said and "  " not in said:
        return said.strip()
    if "&" in said:
        said = html.unescape(said)
    if "<" in said:
        said = INLINE_MARKUP.sub("", BLOCK_MARKUP.sub(" ", said))
    said = " ".join(said.split())
    if not said.isprintable():
        said = _SURROGATES.sub("\ufffd", said).translate(_CONTROLS)
        said = " ".join(said.split())
    return said


def parted(value: str, mark: re.Pattern[str]) -> list[str]:
    """Return the parts of a list; a semicolon that ends an entity parts none.

    >>> parted("K&ouml;nig, B.; Day, C.", re.compile(";"))
    ['K&ouml;nig, B.', ' Day, C.']
    """
    if "&" not in value or _KEPT in value:
        return mark.split(value)
    kept = _ENTITY.sub(lambda found: found[1] + _KEPT if _is_entity(found[0]) else found[0], value)
    return [part.replace(_KEPT, ";") for part in mark.split(kept)]


def _is_entity(text: str) -> bool:
    return html.unescape(text) != text


def raw(value: object) -> str:
    """Return a value as JSON that any UTF-8 file can hold.

    >>> raw({"b": ["é"], "a": None})
    '{"a":null,"b":["é"]}'
    """
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    except (TypeError, orjson.JSONEncodeError):  # a lone surrogate, or an endless whole number
        plain = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return _SURROGATES.sub("\ufffd", plain)


def texts(values: Iterable[object] | object) -> list[str]:
    """Return the non-empty texts of a list (or of one value), in order, each once."""
    many = values if isinstance(values, list) else [values]
    return list(dict.fromkeys(filter(None, map(text, many))))


def and_others(authors: list[str]) -> list[str]:
    """Return the authors with one `And Others` at the end where the source breaks its list off.

    >>> and_others(["Fox, C.", "et al."]), and_others(["Fox, C.", "[and others]", "Butler, G."])
    (['Fox, C.', 'And Others'], ['Fox, C.', 'Butler, G.', 'And Others'])
    """
    named = [author for author in authors if not is_others(author)]
    return named if len(named) == len(authors) else [*named, AND_OTHERS]


def is_others(author: str) -> bool:
    """Return whether this is no author, but says that there are others.

    >>> is_others("et al."), is_others("Others, A.")
    (True, False)
    """
    return bool(_OTHERS.fullmatch(author))


def issns(value: str) -> list[str]:
    """Return the ISSNs in a value, without prefixes and remarks, each once.

    >>> issns("EISSN-1465-3346; 02666669 (ISSN)")
    ['1465-3346', '02666669']
    """
    return list(dict.fromkeys(_ISSN.findall(_PREFIX.sub(" ", value))))


def isbns(value: str) -> list[str]:
    """Return the ISBNs in a value, without prefixes and remarks, each once.

    >>> isbns("ISBN-978-1-906792-33-6; 1234-5678")
    ['978-1-906792-33-6']
    """
    return list(dict.fromkeys(_ISBN.findall(_PREFIX.sub(" ", value))))


@lru_cache(maxsize=10_000)
def year(value: object) -> int | None:
    """Return the one year that a value states, or None; a year is never guessed.

    >>> year("Article 10 2019"), year("2004/05//"), year("99"), year("1998-2001")
    (2019, 2004, None, None)
    """
    found = set(_YEAR.findall(str(value if value is not None else "")))
    return int(found.pop()) if len(found) == 1 else None


def doi(value: object) -> str:
    """Return the DOI in a value in lower case, however it is spelled, or nothing.

    >>> doi("https://doi.org/10.1111/J.1745-3992.2009.00153.x."), doi("10.1016/a(1) [doi]")
    ('10.1111/j.1745-3992.2009.00153.x', '10.1016/a(1)')
    >>> doi("https://www.frontiersin.org/articles/10.3389/fpsyg.2017.01395/pdf")
    '10.3389/fpsyg.2017.01395'
    >>> doi("https://www.scopus.com/record.uri?eid=2-s2.0-85&doi=10.1080%2f2096&partnerID=40")
    '10.1080/2096'
    """
    if value is None or "10" not in str(value):
        return ""
    if _PLAIN_DOI.match(str(value)):
        return str(value).lower()
    stated = text(value)
    if "://" in stated:  # an address: what follows ? or # is not part of the DOI, unless it names one
        parameter = _DOI_PARAMETER.search(stated)
        stated = parameter[1] if parameter else _PAGE.sub("", re.split(r"[?#]", stated)[0])
    found = _DOI.search(unquote(stated))
    return _without_end(found[0]).lower() if found else ""


def _without_end(found: str) -> str:
    """Take away the punctuation that follows a DOI; a bracket only where none opens before it."""
    while (found and found[-1] in ".,;:]}>\"'") or (
        found.endswith(")") and found.count(")") > found.count("(")
    ):
        if found.endswith(">") and "<" in found:
            break
        found = found[:-1]
    return found


def eric_number(value: object) -> str:
    """Return the ERIC accession number (EJ or ED and digits) in a value, or nothing.

    >>> eric_number("http://search.ebscohost.com/login.aspx?db=eric&AN=EJ1100795&site=ehost-live")
    'EJ1100795'
    """
    found = _ERIC_NUMBER.search(text(value))
    return found[0] if found else ""


def pages(start: str, end: str) -> str:
    """Return a range of pages as `22-23`, from what a source calls start and end.

    >>> pages("22", "23"), pages("179-193", "193"), pages("5", "5"), pages("", "")
    ('22-23', '179-193', '5', '')
    """
    if not end or end == start or "-" in start or "–" in start:
        return start.replace("–", "-")
    return f"{start}-{end}" if start else end
