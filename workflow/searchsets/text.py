"""Brings titles, abstracts and search terms to one form, so that words can be compared.

The rules are those of the design ("Search: semantics and engine"): apostrophes vanish, marks are
dropped, case is folded, and everything that is no letter or digit separates words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

APOSTROPHES = "'`\u00b4\u02b9\u02bb\u02bc\u2018\u2019\u201b\u2032\uff07"  # also ´ ʹ ʻ ʼ ‘ ’ ‛ ′ ＇

# While many records are folded at once, this parts the values of a record (a title, an abstract, one
# descriptor), and the other one record from the next. In the folded text values are parted by `|`,
# which no word holds, so that no phrase runs from one value into the next.
VALUE_GAP, RECORD_GAP = "\x00", "\x01"
FOLDED_GAP = "|"


class _Folding(dict[int, str]):
    """What each character becomes, worked out when it is first met and then remembered.

    Folding one character at a time equals folding the whole text: compatibility decomposition
    (NFKD) acts on each character by itself but for the order of marks, and marks are dropped.
    """

    def __init__(self, special: dict[str, str]):
        super().__init__({ord(sign): "" for sign in APOSTROPHES})
        self.update({ord(sign): folded for sign, folded in special.items()})

    def __missing__(self, code: int) -> str:
        unmarked = (
            c for c in unicodedata.normalize("NFKD", chr(code)) if unicodedata.category(c)[0] != "M"
        )
        # One sigma: a lower-case one is written in one way inside a word, in another at its end.
        lowered = "".join(unmarked).lower().replace("ς", "σ")
        self[code] = folded = "".join(c if c.isalnum() else " " for c in lowered)
        return folded


_TEXT = _Folding({})
_TERM = _Folding({"*": "*", "?": "?"})
_MANY = _Folding({VALUE_GAP: FOLDED_GAP, RECORD_GAP: RECORD_GAP})


def normalise(text: str) -> str:
    """Return the words of a text in lower case without marks, parted by one blank.

    >>> normalise("Children’s  Multi-Agency Trusts: où?")
    'childrens multi agency trusts ou'
    >>> normalise("...")
    ''
    """
    return " ".join(text.translate(_TEXT).split())


def normalise_term(term: str) -> str:
    """Return a search term in the form of `normalise`, its truncation signs `*` and `?` kept.

    >>> normalise_term("Children's cent*")
    'childrens cent*'
    """
    return " ".join(term.translate(_TERM).split())


def folded(name: object) -> str:
    """Return a name of a column, code or choice in the form in which such names are compared.

    >>> folded(" Not_Retrieved "), folded("Record  ID")
    ('not retrieved', 'record id')
    """
    return " ".join(str(name).casefold().replace("_", " ").split())


def is_truncated(term: str) -> bool:
    """Tell whether a search term has a truncation sign.

    >>> is_truncated("Trust*"), is_truncated("wom?n"), is_truncated("Trusts")
    (True, True, False)
    """
    return "*" in term or "?" in term


def fold_records(utf8: bytes) -> bytes:
    """Return the texts of many records in the form that phrases are looked for in, as UTF-8.

    Args:
        utf8: the texts of the records parted by `RECORD_GAP`; in each, its values (a title, an
            abstract, one descriptor), each enclosed in `VALUE_GAP`. No other control character may
            occur.

    Returns:
        The same, parted in the same way, but each value enclosed in `|` and its words folded as by
        `normalise`; between words stand one or more blanks (to make them one would take longer than
        the search itself).

    >>> fold_records(f"{VALUE_GAP}Joint{VALUE_GAP}Planning-teams{VALUE_GAP}".encode())
    b'|joint|planning teams|'
    """
    if utf8.isascii():
        return utf8.translate(_ASCII_TABLE, _ASCII_DELETED)
    return utf8.decode().translate(_MANY).encode()


_ASCII_TABLE = bytes(ord(_MANY[code]) if len(_MANY[code]) == 1 else 0 for code in range(128)).ljust(
    256
)
_ASCII_DELETED = bytes(code for code in range(128) if not _MANY[code])


def word_places(text: str) -> list[tuple[str, int, int]]:
    """Return the words of a text as `normalise` sees them, each with where it begins and ends.

    >>> word_places("Children's trust-boards")
    [('childrens', 0, 10), ('trust', 11, 16), ('boards', 17, 23)]
    """
    places: list[tuple[str, int, int]] = []
    for run in _RUN.finditer(text):
        folded = run[0].translate(_TEXT)
        if " " not in folded and _TEXT[ord(run[0][0])]:  # the common case: one word and no more
            places.append((folded, run.start(), run.end()))
        else:
            places += _places_in(run[0], run.start())
    return places


_RUN = re.compile(r"\S+")


def _places_in(run: str, offset: int) -> Iterator[tuple[str, int, int]]:
    """Yield the words of a part of a text that begins at a place of it."""
    letters: list[str] = []
    start = offset
    for place, sign in enumerate(f"{run} ", offset):
        first, *others = _TEXT[ord(sign)].split(" ")
        if first:
            start = start if letters else place
            letters.append(first)
        for part in others:  # a blank: the word is at its end
            if letters:
                yield "".join(letters), start, place
            letters, start = [part] if part else [], place


def has_words(value: str | None) -> bool:
    """Tell whether a field says anything: a letter or digit of any script."""
    return bool(value) and bool(normalise(value or ""))
