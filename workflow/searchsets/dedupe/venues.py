"""Reads the names of journals, books and meetings, and tells whether two name one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from searchsets.text import normalise

SAME_VENUE = 92.0
"""Similarity (rapidfuzz `ratio`, 0 to 100) from which one name is a slip of the other."""
_EMPTY_WORDS = frozenset(("a", "an", "and", "at", "by", "de", "der", "des", "die", "for", "fur", "in",
                          "la", "le", "of", "on", "the", "to", "und", "et", "y", "e", "les",
                          "annual", "proceedings", "proc", "online", "electronic", "print",
                          "resource", "series", "ser", "d", "l", "del", "du"))  # fmt: skip
_BEHIND = re.compile(r"\s[:(\[/=—]|\s-\s|\[|\(|\.\s*conference\b", re.I)
_DIGITS = re.compile(r"\d+")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)?")
_PREPRINTS = re.compile(
    r"\b(?:arxiv|biorxiv|medrxiv|psyarxiv|socarxiv|edarxiv|chemrxiv|ssrn|preprints?|research square"
    r"|working papers?|discussion papers?|osf)\b"
)


_MEETINGS = re.compile(r"\b(?:conference|congress|meeting|symposium|workshop|abstracts)\b")


@dataclass(frozen=True, slots=True)
class Venue:
    """The name of a journal, book or meeting: its telling words, and those before a subtitle."""

    key: str
    words: tuple[str, ...]
    short: tuple[str, ...]
    preprint: bool
    meeting: bool


NO_VENUE = Venue("", (), (), False, False)


@lru_cache(maxsize=100_000)
def read_venue(stated: str) -> Venue:
    """Return the name of a journal, a book or a meeting as it is compared.

    >>> read_venue("TIDE : the journal of an association").short
    ('tide',)
    """
    folded = normalise(stated)
    if not folded:
        return NO_VENUE
    words = _telling(folded)
    short = _telling(normalise(_BEHIND.split(stated, maxsplit=1)[0]))
    return Venue(
        "".join(words),
        words,
        short or words,
        bool(_PREPRINTS.search(folded)),
        bool(_MEETINGS.search(folded)),
    )


def _telling(folded: str) -> tuple[str, ...]:
    words = folded.split()
    telling = tuple(
        word for word in words if word not in _EMPTY_WORDS and not _ORDINAL.fullmatch(word)
    )
    return telling or tuple(words)


@lru_cache(maxsize=500_000)
def same_venue(one: Venue, other: Venue) -> bool:
    """Tell whether two names are one journal's: equal, abbreviated, an acronym, or a slip apart.

    >>> same_venue(read_venue("Harbour Med J"), read_venue("Harbour Medical Journal"))
    True
    """
    if one.key == other.key:
        return True
    a, b = sorted((one, other), key=lambda venue: (len(venue.key), venue.key))
    if any(
        _abbreviates(x, y) or _abbreviates(y, x)
        for x in (a.words, a.short)
        for y in (b.words, b.short)
    ):
        return True
    if _counted(a) != _counted(b):
        return False
    if fuzz.ratio(a.key, b.key) >= SAME_VENUE:
        return True
    return len(a.key) > 5 and a.words == b.words[: len(a.words)] and len(a.words) > 1


def _counted(venue: Venue) -> list[str]:
    """Return what tells the parts of a series: single letters, and numbers within words."""
    return [w for word in venue.words for w in _DIGITS.findall(word) or [word] if _tells(w)]


def _tells(word: str) -> bool:
    return len(word) == 1 or word.isdigit()


def _abbreviates(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """Tell whether every word of one name begins a word of the other, in order, none left over."""
    if short == long:
        return True
    if len(short) == 1 and len(long) > 1:
        return len(short[0]) == len(long) > 2 and short[0] == "".join(word[0] for word in long)
    return len(short) == len(long) and all(
        word == full or _is_cut(word, full) or _is_cut(full, word)
        for word, full in zip(short, long, strict=True)
    )


def _is_cut(word: str, full: str) -> bool:
    """Tell whether a word abbreviates another: its beginning, or its first letter and some others."""
    if full.startswith(word):
        return True
    letters = iter(full)
    return word[0] == full[0] and len(word) < len(full) and all(sign in letters for sign in word)
