"""Reads authors, people and organisations, however a source writes them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from sys import intern

from rapidfuzz import fuzz

from searchsets.records.clean import AND_OTHERS
from searchsets.text import normalise

SAME_NAME = 80.0
"""Similarity (rapidfuzz `ratio`, 0 to 100) from which one surname is a slip of the other."""
MOST_AUTHORS = 100
"""So many authors of a text are compared; a collaboration may have thousands."""
_NOBODY = frozenset(("", "anon", "anonymous", "anonymus", "no author", "no authors listed", "unknown",
                     "none", "na", "n a", "not available", "and others", "et al", "authors unknown",
                     "author unknown", "no author listed", "not known", "unbekannt"))  # fmt: skip
_ORGANISATION = re.compile(
    r"\b(?:academy|agency|alliance|association|authority|board|bureau|cent(?:re|er)|college|committee"
    r"|commission|commissioner|consortium|corporation|council|department|directorate|federation"
    r"|foundation|fund|government|group|inspectorate|institute|investigators|ltd|ministry|network"
    r"|office|organi[sz]ation|panel|partnership|project|secretariat|service|services|society|trust"
    r"|union|unit|university)\b"
)
_PLAIN = re.compile(r"([^,;&]+), ([A-Z](?:[. -]*[A-Z])*\.?)")
"""Most names in lists of authors: "Day-Lewis, C. D."."""
_CAPITAL = "[A-Z\u00c0-\u00d6\u00d8-\u00de\u0386-\u03ab\u0400-\u042f]"
_INITIALS = re.compile(rf"{_CAPITAL}(?:[.\s-]*{_CAPITAL})*\.?")
_ENDS_WITH_INITIAL = re.compile(rf".*\s(?:{_CAPITAL}[.\s-]*)+")
# "Fox et al.", "Fox AB Jr": what follows the name.
_BEHIND = re.compile(r"(?i)[\s,]+(?:et\.? al|and others|jr|sr|2nd|3rd)\b[\s.]*$")
_PARTICLES = frozenset(("de", "da", "dos", "del", "der", "den", "di", "du", "el", "la", "le", "van",
                        "von", "zu", "al", "bin", "jr", "sr", "ii", "iii"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Name:
    """One author: the words of the surname that tell it, and all words and initials of the name."""

    surname: tuple[str, ...]
    words: tuple[str, ...]
    organisation: bool = False


@lru_cache(maxsize=200_000)
def read_names(stated: str) -> tuple[Name, ...]:
    """Return the people or the organisation that one entry of a list of authors names.

    An entry may hold several people ("Ann Fox, Bob Day, Cy Lee").

    >>> [name.surname for name in read_names("Van der Berg, A.")]
    [('berg',)]
    >>> [name.surname for name in read_names("Ann Fox, Bob de Day, Cy Lee")]
    [('fox',), ('day',), ('lee',)]
    """
    plain = _PLAIN.fullmatch(stated)
    if plain:
        surname = normalise(plain[1]).split()
        initials = [sign.lower() for sign in plain[2] if sign.isalpha()]
        return (Name(_telling(surname), tuple(map(intern, surname + initials))),) if surname else ()
    folded = normalise(stated)
    if folded in _NOBODY:
        return ()
    if _ORGANISATION.search(folded):
        return (Name((folded,), tuple(folded.split()), organisation=True),)
    if " " not in folded and not stated.rstrip().endswith(","):
        return (Name((folded,), (folded,), organisation=True),)  # "Ofsted", "OECD"
    stated = _BEHIND.sub("", stated)
    parts = [part.strip() for part in re.split(r",|&| and ", stated) if part.strip(" .")]
    if len(parts) < 2:
        return _only([_forename_first(stated)])
    if _INITIALS.fullmatch(parts[1]) or _INITIALS.fullmatch(parts[0]):
        return _only(_pairs(parts))
    if len(parts) == 2 and _is_surname_first(*parts):
        return _only([_surname_first(parts[0], parts[1])])
    return _only([_forename_first(part) for part in parts])


def _only(names: list[Name]) -> tuple[Name, ...]:
    return tuple(name for name in names if name.surname)


def _is_surname_first(one: str, other: str) -> bool:
    """Tell "Van der Berg, Ann B." from "Ann Fox, Bob Day" and "Fox A, Day B"."""
    if not (" " in one and " " in other):
        return True
    return not _ENDS_WITH_INITIAL.fullmatch(one) and bool(_ENDS_WITH_INITIAL.fullmatch(other))


def _pairs(parts: list[str]) -> list[Name]:
    """Return the names of "Fox, A., Day, B." (and of "Fox, A., B. Day")."""
    names, waiting = [], ""
    for part in parts:
        if _INITIALS.fullmatch(part) and waiting:
            names.append(_surname_first(waiting, part))
            waiting = ""
        else:
            if waiting:
                names.append(_forename_first(waiting))
            waiting = part
    return [*names, _forename_first(waiting)] if waiting else names


def _surname_first(surname: str, forenames: str) -> Name:
    words = normalise(surname).split()
    return Name(_telling(words), (*words, *normalise(forenames).split()))


def _forename_first(stated: str) -> Name:
    words = normalise(stated).split()
    if len(words) > 1 and _INITIALS.fullmatch(stated.split()[-1]) and len(words[-1]) < 4:
        return Name(_telling(words[:-1]), tuple(words))  # "Fox AB"
    return Name(_telling(words)[-1:], tuple(words))


def _telling(words: Sequence[str]) -> tuple[str, ...]:
    """Return the words of a surname but for particles and single letters, if any are left."""
    telling = tuple(w for w in words if len(w) > 1 and w not in _PARTICLES)
    return telling or tuple(words)


def read_authors(stated: Sequence[str]) -> tuple[Name, ...]:
    """Return all authors of a record in order; nobody where none is named ("Anonymous").

    >>> read_authors(["[Anon]", "And Others"])
    ()
    """
    names: list[Name] = []
    for entry in stated[:MOST_AUTHORS]:
        if entry != AND_OTHERS:
            names += read_names(entry)
    return tuple(names[:MOST_AUTHORS])


def _others_by_initials(one: Name, other: Name) -> bool:
    """Tell whether two names of one surname have no letter of a forename in common.

    Of two forenames written out, one may be short for the other: "Bob" and "Robert".
    """
    if one.organisation or other.organisation or one.surname != other.surname:
        return False
    a = [word for word in one.words if word not in one.surname]
    b = [word for word in other.words if word not in other.surname]
    if not a or not b or max(map(len, a)) > 1 < max(map(len, b)):
        return False
    return {word[0] for word in a}.isdisjoint(word[0] for word in b)


def same_name(one: Name, other: Name) -> bool:
    """Tell whether two names can be one person's: a word of the surname agrees, or nearly.

    >>> same_name(*read_names("Fox Marin, S."), *read_names("Marin, S. Fox"))
    True
    """
    shared = any(word in other.words for word in one.surname)
    if shared or any(word in one.words for word in other.surname):
        return not _others_by_initials(one, other)
    if "".join(one.words) == "".join(other.words):
        return True  # parted otherwise
    a, b = "".join(one.surname), "".join(other.surname)
    return min(len(a), len(b)) > 3 and fuzz.ratio(a, b) >= SAME_NAME
