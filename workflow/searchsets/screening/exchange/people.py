"""Makes pseudonyms of names: no full name and no e-mail address reaches our log."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from searchsets.errors import ReviewError
from searchsets.screening.model import Event, is_name

_LONGEST = 64
"""A name becomes that of a file, which cannot be of any length."""
_MAIL = re.compile(r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)*", re.UNICODE)
_NO_MAIL = "[e-mail]"


def is_plain(name: str) -> bool:
    """Tell whether a name is kept, since it may name a reviewer in our log.

    >>> is_plain("R01"), is_plain("j.doe"), is_plain("Jane Doe"), is_plain("jane@example.org")
    (True, True, False, False)
    """
    return is_name(name) and len(name) <= _LONGEST


def pseudonyms(names: Iterable[str], said: Mapping[str, str]) -> dict[str, str]:
    """Return the pseudonym of each name: what a person says, the name if it is plain, or R01, R02 ...

    Args:
        names: the names of a file.
        said: pseudonyms by name, as a person says.

    Raises:
        ReviewError: a pseudonym is none, or stands for two people.

    >>> pseudonyms(["Jane Doe", "R01", "Anna Berg"], {})
    {'Anna Berg': 'R02', 'Jane Doe': 'R03', 'R01': 'R01'}
    """
    ordered = sorted(set(names))
    _check(said)
    made = {name: said.get(name, name if is_plain(name) else "") for name in ordered}
    # On some systems R01 and r01 would be one file.
    taken = {one.lower() for one in made.values() if one} | {one.lower() for one in said.values()}
    free = (name for name in _numbers() if name.lower() not in taken)
    made = {name: one or next(free) for name, one in made.items()}
    _require_apart(made)
    return made


def _numbers() -> Iterator[str]:
    number = 1
    while True:
        yield f"R{number:02}"
        number += 1


def _check(said: Mapping[str, str]) -> None:
    for name, pseudonym in said.items():
        if not is_plain(pseudonym):
            raise ReviewError(
                f"{pseudonym!r} is to stand for {name!r}",
                "--as",
                f"use letters, digits, -, _ and . in a pseudonym, {_LONGEST} at most",
            )


def _require_apart(made: Mapping[str, str]) -> None:
    seen: dict[str, str] = {}
    for name, pseudonym in made.items():
        other = seen.setdefault(pseudonym.lower(), name)
        if other != name:
            raise ReviewError(
                f"{other!r} and {name!r} would both be {pseudonym}",
                "--as",
                "give each a pseudonym: one person, one name",
            )


def without_addresses(text: str) -> str:
    """Return a text with e-mail addresses taken out.

    >>> without_addresses("ask jane.doe@uni.example.org, please")
    'ask [e-mail], please'
    """
    return _MAIL.sub(_NO_MAIL, text) if "@" in text else text


def renamed(acts: Iterable[Event], made: Mapping[str, str]) -> list[Event]:
    """Return acts under their pseudonyms; notes and reasons lose names and addresses too."""
    hidden = _hiding({name: one for name, one in made.items() if name != one})
    return [
        act._replace(
            reviewer=made[act.reviewer], note=hidden(act.note), reason_code=hidden(act.reason_code),
            quote=hidden(act.quote),
        )
        for act in acts
    ]  # fmt: skip


def _hiding(names: Mapping[str, str]):
    """Return what takes names and addresses out of a text; a name goes where it stands as a word."""
    longest = sorted((name for name in names if name.strip()), key=len, reverse=True)
    found = (
        re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in longest))
        if longest
        else None
    )

    def hide(text: str) -> str:
        if text and found:
            text = found.sub(lambda match: names[match[0]], text)
        return without_addresses(text)

    return hide


def strangers(made: Mapping[str, str], said: Collection[str]) -> dict[str, str]:
    """Return the names whose number was given out here, and is no one's own word."""
    return {name: one for name, one in made.items() if name != one and name not in said}
