"""Tells by a table of names whether a text speaks of a place, and says where it does.

A name in the table is evidence by itself, or only next to certain words, for `Reading` and `Bath`
are words of other things too. A phrase of the kind `not` takes the names inside it away: there is
no Wales in New South Wales.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

from searchsets.errors import ReviewError
from searchsets.files import read_csv_with_lines
from searchsets.strategy.model import TEXT_FIELDS, And, Expression, Or, Term
from searchsets.text import normalise_term

COLUMNS = ("name", "kind", "nation", "needs", "note")
KINDS = ("nation", "region", "authority", "city", "term")
NOT, LIST = "not", "list"
"""Kinds of rows that name no place: a phrase to leave out, and a list of words for `needs`."""
_NAME = "~"  # in `needs`, the name itself
_SHORT = 4  # letters of a word that begins many others: with LEA come learning and learners


class Words(Protocol):
    """A text of a record: its field and its words, parted by blanks; it can quote itself."""

    field: str
    words: str

    def quote(self, first: int, last: int) -> str:
        """Return the words from one number to before another, with some context and the field."""


@dataclass(frozen=True)
class Phrase:
    """Words next to each other; `*` ends a word anyhow, and the last word may have a final s.

    >>> Phrase.of("primary care trust*").end("a primary care trusts board".split(), 1)
    4
    >>> Phrase.of("England").end(["englands"], 0), Phrase.of("England").end(["englander"], 0)
    (1, 0)
    """

    words: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Phrase:
        """Return the phrase of a text."""
        return cls(tuple(normalise_term(text).split()))

    @property
    def firsts(self) -> tuple[str, ...]:
        """The words with which it can begin."""
        first = self.words[0]
        return (first, f"{first}s") if len(self.words) == 1 else (first,)

    @property
    def sieve(self) -> Term | Or:
        """An expression that finds the phrase, and perhaps a little more."""
        text = " ".join(self.words)
        if text.endswith("*"):
            return Term(text, free_text=True)
        if len(self.words[-1]) > _SHORT:
            # One pattern that is a little too wide is quicker than two.
            return Term(f"{text}*", free_text=True)
        return Or((Term(text, free_text=True), Term(f"{text}s", free_text=True)))

    def end(self, words: Sequence[str], start: int) -> int:
        """Return where the phrase ends that begins at a word, 0 where it does not stand there."""
        end = start + len(self.words)
        if end > len(words):
            return 0
        for wanted, word in zip(self.words, words[start:end], strict=True):
            if wanted[-1] == "*":
                if not word.startswith(wanted[:-1]):
                    return 0
            # A possessive has lost its apostrophe by now: England's is englands.
            elif word != wanted and (wanted is not self.words[-1] or word != f"{wanted}s"):
                return 0
        return end

    def begins(self, words: Sequence[str], end: int) -> int | None:
        """Return where the phrase begins that ends before a word, None where it does not."""
        start = end - len(self.words)
        return start if start >= 0 and self.end(words, start) else None


@dataclass(frozen=True)
class Name:
    """A row of the table: a name that is evidence, perhaps only next to one of some phrases.

    A phrase in `needs` stands on either side of the name, but `~ council` behind it and
    `borough of ~` before it.
    """

    text: str
    kind: str
    nation: str
    needs: tuple[str, ...]

    @cached_property
    def phrase(self) -> Phrase:
        """The words of the name."""
        return Phrase.of(self.text)

    @cached_property
    def before(self) -> tuple[Phrase, ...]:
        """The phrases of `needs` that may stand right before the name."""
        return tuple(Phrase.of(text) for text in self.needs if not text.startswith(_NAME))

    @cached_property
    def behind(self) -> tuple[Phrase, ...]:
        """The phrases of `needs` that may stand right behind the name."""
        return tuple(Phrase.of(text) for text in self.needs if not text.endswith(_NAME))

    @property
    def sieve(self) -> Expression:
        """An expression that finds every record with such a mention, and some without."""
        if not self.needs:
            return self.phrase.sieve
        beside = dict.fromkeys((*self.before, *self.behind))
        return And((self.phrase.sieve, Or(tuple(phrase.sieve for phrase in beside))))

    def mention(self, words: Sequence[str], start: int, end: int) -> tuple[int, int] | None:
        """Return from where to where the name is evidence, None where it lacks what it needs.

        >>> bury = Name("Bury", "authority", "England", ("~ council", "borough of ~"))
        >>> bury.mention("bury council".split(), 0, 1), bury.mention("council bury".split(), 1, 2)
        ((0, 2), None)
        """
        if not self.needs:
            return start, end
        for phrase in self.behind:
            if last := phrase.end(words, end):
                return start, last
        for phrase in self.before:
            if (first := phrase.begins(words, start)) is not None:
                return first, end
        return None


@dataclass(frozen=True)
class Places:
    """The names of a table, those of one nation perhaps, and the phrases that are no evidence."""

    names: tuple[Name, ...]
    apart: tuple[str, ...]
    version: str = ""
    """The first 12 digits of the SHA-256 of the rows without their notes, in any order."""
    path: Path = Path("places.csv")

    @cached_property
    def sieve(self) -> Or:
        """An expression that finds every record with a mention, and some without.

        With it all names are looked for in one pass; `quotation` then reads what is left.
        """
        return Or(tuple(name.sieve for name in self.names))

    def quotation(self, texts: Iterable[Words]) -> str:
        """Return the first mention in the texts of a record with its field, or nothing."""
        for text in texts:
            if text.words and text.field in TEXT_FIELDS:
                for first, last in self.mentions(text.words.split(" ")):
                    return text.quote(first, last)
        return ""

    def mentions(self, words: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Yield from which word to before which a place is named.

        >>> table = Places((Name("Wales", "nation", "Wales", ()),), ("New South Wales",))
        >>> list(table.mentions("new south wales and wales".split()))
        [(4, 5)]
        """
        apart: list[tuple[int, int]] | None = None
        for start, end, name in _finds(self._names_by_word, words):
            if apart is None:  # few texts name a place at all
                apart = [(a, b) for a, b, _ in _finds(self._apart_by_word, words)]
            if not any(a <= start and end <= b for a, b in apart):
                mention = name.mention(words, start, end)
                if mention:
                    yield mention

    @cached_property
    def _names_by_word(self) -> _ByWord:
        return _by_first_word((name.phrase, name) for name in self.names)

    @cached_property
    def _apart_by_word(self) -> _ByWord:
        return _by_first_word((Phrase.of(text), None) for text in self.apart)


_ByWord = dict[str, list[tuple[Phrase, "Name | None"]]]


def _by_first_word(phrases: Iterable[tuple[Phrase, Name | None]]) -> _ByWord:
    found: _ByWord = {}
    for phrase, name in phrases:
        for word in phrase.firsts:
            found.setdefault(word, []).append((phrase, name))
    return found


def _finds(by_word: _ByWord, words: Sequence[str]) -> Iterator[tuple[int, int, Name | None]]:
    """Yield where phrases begin and end in some words, from left to right."""
    for start, word in enumerate(words):
        for phrase, name in by_word.get(word, ()):
            # Of a single word, it was found by all that it can be.
            end = phrase.end(words, start) if len(phrase.words) > 1 else start + 1
            if end:
                yield start, end, name


def read_places(path: Path, nation: str = "") -> Places:
    """Read a table of places; with a nation, only the names of that nation.

    Raises:
        ReviewError: a row that cannot be used, with its line, or a nation that the table lacks.
    """
    rows = read_csv_with_lines(path, COLUMNS)
    lists = {row["name"]: row["needs"] for _, row in rows if row["kind"] == LIST}
    names, apart, seen = [], [], {}
    for line, row in rows:
        where = f"{path}:{line}"
        made = _name(row, lists, where)
        _refuse_repeated(made, line, seen, where)
        if made.kind == NOT:
            apart.append(made.text)
        elif made.kind != LIST:
            names.append(made)
    nations = {name.nation for name in names}
    if nation and nation not in nations:
        raise ReviewError(
            f"no row of this table is of the nation {nation!r}",
            str(path),
            f"choose one of: {', '.join(sorted(filter(None, nations)))}",
        )
    chosen = tuple(name for name in names if nation in ("", name.nation))
    return Places(chosen, tuple(apart), _version(row for _, row in rows), path)


def _version(rows: Iterable[dict[str, str]]) -> str:
    told = sorted([row[column].strip() for column in COLUMNS[:-1]] for row in rows)
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _refuse_repeated(made: Name, line: int, seen: dict, where: str) -> None:
    key = (made.kind == NOT, made.kind == LIST, made.phrase.words)
    if key in seen:
        raise ReviewError(
            f"{made.text!r} stands twice, here and in line {seen[key]}",
            where,
            "keep one of the two",
        )
    seen[key] = line


def _name(row: dict[str, str], lists: dict[str, str], where: str) -> Name:
    name, kind, nation = (row[column].strip() for column in COLUMNS[:3])
    if kind not in (*KINDS, NOT, LIST):
        known = ", ".join((*KINDS, NOT, LIST))
        raise ReviewError(f"{kind!r} is no kind of place", where, f"write one of: {known}")
    _check_phrase(name, where)
    if "*" in normalise_term(name).split(" ")[0]:
        raise ReviewError(
            f"the first word of {name!r} is truncated", where, "write a row for each form of it"
        )
    needs = tuple(filter(None, map(str.strip, row["needs"].split("|"))))
    if kind == NOT and (needs or nation):
        raise ReviewError(
            f"{name!r} is of the kind `not` and needs no words and no nation",
            where,
            "leave `nation` and `needs` empty",
        )
    if kind == LIST and not needs:
        raise ReviewError(f"the list {name!r} has no words", where, "write them in `needs`")
    return Name(name, kind, nation, tuple(_spelled_out(needs, lists, where)))


def _spelled_out(needs: Iterable[str], lists: dict[str, str], where: str) -> Iterator[str]:
    """Yield the neighbours that a row asks for; `@authority` stands for those of a list."""
    for text in needs:
        if not text.startswith("@"):
            _check_phrase(text, where)
            yield text
        elif text[1:] in lists:
            yield from filter(None, map(str.strip, lists[text[1:]].split("|")))
        else:
            known = ", ".join(f"@{name}" for name in sorted(lists)) or "there is none"
            raise ReviewError(
                f"{text!r} is no list of this table", where, f"the rows of the kind list: {known}"
            )


def _check_phrase(text: str, where: str) -> None:
    words = normalise_term(text).split()
    if _NAME in text.strip(_NAME) or (text.startswith(_NAME) and text.endswith(_NAME)):
        raise ReviewError(
            f"the ~ of {text!r} stands at neither end, or at both",
            where,
            "write `~ council` for what stands behind the name, `borough of ~` for what stands before",
        )
    if not any(word.strip("*?") for word in words):
        raise ReviewError(f"{text!r} has no words", where, "write a name in the column `name`")
    if any("?" in word or "*" in word[:-1] or word == "*" for word in words):
        raise ReviewError(
            f"{text!r} is truncated where that cannot be looked for",
            where,
            "write `*` only at the end of a word",
        )
