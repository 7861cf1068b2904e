"""Brings titles, abstracts and search terms to one form, so that words can be compared.

The rules are those of the design ("Search: semantics and engine"): apostrophes vanish, marks are
dropped, case is folded, and everything that is no letter or digit separates words.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

APOSTROPHES = (
    "'`\u00b4\u02b9\u02bb\u02bc\u2018\u2019\u201b\u2032\uff07"  # also ´ ʹ ʻ ʼ ‘ ’ ‛ ′ ＇
)

# Two blanks part the fields of a record; words of one field are parted by one, so that no phrase,
# which is written with single blanks, can run from one field into the next.
FIELD_GAP = "  "

# Parts the values of a record, and one record from the next, while many are folded at once.
_VALUE_GAP, _RECORD_GAP = "\x00", "\x01"


class _Folding(dict[int, str]):
    """What each character becomes, worked out when it is first met and then remembered.

    Folding one character at a time equals folding the whole text: compatibility decomposition
    (NFKD) acts on each character by itself but for the order of marks, and marks are dropped.
    """

    def __init__(self, kept: str = ""):
        super().__init__({ord(sign): "" for sign in APOSTROPHES} | {ord(sign): sign for sign in kept})

    def __missing__(self, code: int) -> str:
        unmarked = (
            c for c in unicodedata.normalize("NFKD", chr(code)) if unicodedata.category(c)[0] != "M"
        )
        # One sigma: a lower-case one is written in one way inside a word, in another at its end.
        lowered = "".join(unmarked).lower().replace("ς", "σ")
        self[code] = folded = "".join(c if c.isalnum() else " " for c in lowered)
        return folded


_TEXT = _Folding()
_TERM = _Folding(kept="*?")
_MANY = _Folding(kept=_VALUE_GAP + _RECORD_GAP)


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


def searchable(values: Iterable[str | None]) -> str:
    """Return the texts of one record as one string that phrases are looked for in.

    Every value (a title, an abstract, one descriptor) begins and ends with a blank and is parted
    from the next by two, so that the pattern ` joint planning ` finds whole words of one value.

    >>> searchable(["Joint", None, "Planning-teams"])
    ' joint  planning teams '
    """
    words = (normalise(value) for value in values if value)
    inner = FIELD_GAP.join(value for value in words if value)
    return f" {inner} " if inner else ""


def searchable_many(records: Sequence[Sequence[str]]) -> list[bytes]:
    """Do for many records what `searchable` does for one, as UTF-8 and much faster.

    The values of all records are folded as one string; records that hold a character above ASCII
    are folded apart from the others, because one such character makes the whole string slow.
    What it returns may hold more than two blanks in a row where a value has no word at all.
    """
    texts = [_VALUE_GAP.join(values) for values in records]
    results: list[bytes] = [b""] * len(texts)
    for is_ascii in (True, False):
        chosen = [i for i, text in enumerate(texts) if text.isascii() == is_ascii]
        for index, folded in zip(chosen, _fold_many([texts[i] for i in chosen]), strict=True):
            results[index] = folded
    for index, values in enumerate(records):
        # A control character of a damaged export looks like one of our own gaps.
        if texts[index].count(_VALUE_GAP) + 1 > max(len(values), 1) or _RECORD_GAP in texts[index]:
            results[index] = searchable(values).encode()
    return results


def _fold_many(texts: list[str]) -> list[bytes]:
    if not texts:
        return []
    joined_texts = _RECORD_GAP.join(text.replace(_RECORD_GAP, " ") for text in texts)
    folded = joined_texts.translate(_MANY)
    while FIELD_GAP in folded:
        folded = folded.replace(FIELD_GAP, " ")
    for gap in (_VALUE_GAP, _RECORD_GAP):
        folded = folded.replace(f" {gap}", gap).replace(f"{gap} ", gap)
    folded = folded.replace(_VALUE_GAP, FIELD_GAP).replace(_RECORD_GAP, f" {_RECORD_GAP} ")
    return f" {folded.strip(' ')} ".encode().split(_RECORD_GAP.encode())


def has_words(value: str | None) -> bool:
    """Tell whether a field says anything: a letter or digit of any script."""
    return bool(value) and bool(normalise(value or ""))


def joined(values: Iterable[str]) -> str:
    """Return a list as one cell of a table, in the form all our tables use.

    >>> joined(["Fox, C.", "Butler, G."])
    'Fox, C.; Butler, G.'
    """
    return "; ".join(values)
