"""The forms of truncated words, for services that find whole words only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from searchsets.errors import ReviewError
from searchsets.files import read_csv_with_lines
from searchsets.text import normalise, normalise_term

_LONGEST_ABBREVIATION = 4


def regular(stem: str) -> tuple[str, ...]:
    """Return the forms that English words with this beginning regularly have.

    >>> regular("service")
    ('service', 'services', "service's", 'serviced')
    >>> regular("team"), regular("lscb")
    (('team', 'teams', "team's", 'teamed', 'teaming'), ('lscb', 'lscbs', "lscb's"))
    """
    if len(stem) <= _LONGEST_ABBREVIATION and not _VOWEL.search(stem):
        endings = ["", "s", "'s"]
    elif stem.endswith("e"):
        endings = ["", "s", "'s", "d"]
    elif stem.endswith(("s", "x", "z", "ch", "sh")):
        endings = ["", "es", "'s", "ed", "ing"]
    else:
        endings = ["", "s", "'s", "ed", "ing"]
    return tuple(f"{stem}{ending}" for ending in endings)


_VOWEL = re.compile(r"[aeiouy]")


@dataclass
class Forms:
    """What is asked for in place of a truncated word: regular forms, and those of a table."""

    listed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Stem: the forms of `config/forms.csv`."""
    asked: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Stem: the forms that were asked for, for the plan to show."""

    def of(self, stem: str) -> tuple[str, ...]:
        """Return the forms of a stem.

        >>> Forms({"cent": ("centre", "centres")}).of("cent")[-2:]
        ('centre', 'centres')
        """
        self.asked[stem] = tuple(dict.fromkeys((*regular(stem), *self.listed.get(stem, ()))))
        return self.asked[stem]

    def not_asked(self, texts: Iterable[str]) -> dict[str, set[str]]:
        """Return the forms that stand in texts and were not asked for, by stem.

        What came back was found by other words; a form that it holds may stand in records that did
        not come back.
        """
        known = {stem: {normalise(one) for one in forms} for stem, forms in self.asked.items()}
        found: dict[str, set[str]] = {stem: set() for stem in known}
        if not known:
            return {}
        stems = "|".join(sorted(map(re.escape, known), key=len, reverse=True))
        words = re.compile(rf"\b({stems})(\w*)", re.IGNORECASE)
        for text in texts:
            for stem, rest in set(words.findall(text)):
                form = normalise(f"{stem}{rest}")
                for one in known:  # of two stems, one may begin with the other
                    if form.startswith(one) and form not in known[one]:
                        found[one].add(form)
        return {stem: forms for stem, forms in found.items() if forms}


def read_forms(path: Path) -> Forms:
    """Read `config/forms.csv` (truncated, form); without the file there are regular forms only.

    Raises:
        ReviewError: a form does not begin with its stem.
    """
    listed: dict[str, list[str]] = {}
    for line, truncated, form in _rows(path):
        stem = normalise_term(truncated).rstrip("*")
        if not normalise(form).startswith(stem) or not stem:
            raise ReviewError(
                f"{form!r} is no form of {truncated!r}",
                f"{path}:{line}",
                "write a word that begins as the truncated one does, as in: authorit*,authority",
            )
        listed.setdefault(stem, []).append(form.strip().lower())
    return Forms({stem: tuple(forms) for stem, forms in listed.items()})


def _rows(path: Path) -> Iterator[tuple[int, str, str]]:
    if path.exists():
        for line, row in read_csv_with_lines(path, ("truncated", "form")):
            yield line, row["truncated"], row["form"]
