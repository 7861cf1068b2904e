"""Quotes the place of a record in which a term stands."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from searchsets.search.engine import words_pattern
from searchsets.search.proximity import Words, runs
from searchsets.strategy.model import FIELD_CODES, TEXT_FIELDS, Near, Term
from searchsets.text import word_places

CONTEXT = 40
"""Characters of the text that are quoted on either side of what was found."""


@dataclass(frozen=True)
class Text:
    """One text of a record, its words as the search sees them, and where each word stands."""

    field: str
    text: str
    words: str
    places: list[tuple[str, int, int]]

    def between(self, first: int, last: int) -> str:
        """Return the words from one number to before another, as they are written."""
        return self.text[self.places[first][1] : self.places[last - 1][2]]

    def first(self, most: int) -> Text:
        """Return the text as far as its first words go, so many at most."""
        if len(self.places) <= most:
            return self
        places = self.places[:most]
        words = " ".join(word for word, _, _ in places)
        return Text(self.field, self.text[: places[-1][2]], words, places)

    def quote(self, first: int, last: int) -> str:
        """Return the words from one number to before another, with some context and the field."""
        start, end = self.places[first][1], self.places[last - 1][2]
        return f"{self.field}: {_context(self.text, start, end)}"


def texts_of(row: Mapping[str, Any]) -> list[Text]:
    """Return the texts of a record that can be searched: title, abstract, each descriptor ..."""
    found = []
    for field in FIELD_CODES.values():
        value = row.get(field) or ""
        for text in value if isinstance(value, list) else [value]:
            places = word_places(text)
            found.append(Text(field, text, " ".join(word for word, _, _ in places), places))
    return found


def quotation(
    term: Term,
    texts: Sequence[Text],
    fields: Sequence[str] = TEXT_FIELDS,
    *,
    when_unindexed: str = "free_text",
) -> str:
    """Return the first place where a term stands, with the field and some context, or nothing.

    A descriptor stands in a descriptor that is equal to it.

    Args:
        term: free text, or a descriptor.
        texts: the record.
        fields: where to look if the term names no fields itself.
        when_unindexed: what a descriptor is where a record has none: `free_text`, or `nothing`.
    """
    texts = [text for text in texts if text.words]
    indexed = [text for text in texts if text.field == "descriptors"]
    whole = not term.free_text and (bool(indexed) or when_unindexed == "nothing")
    searched = [text for text in texts if text.field in (term.fields or fields)]
    pattern = _pattern(term.text, whole)
    for text in indexed if whole else searched:
        found = pattern.search(text.words)
        if found:
            first = text.words.count(" ", 0, found.start())
            return text.quote(first, first + found[0].count(" ") + 1)
    return ""


def near_quotation(near: Near, texts: Sequence[Text], fields: Sequence[str]) -> str:
    """Return the first place where a proximity stands, with the field and some context, or nothing."""
    for text in texts:
        if text.field in fields and (found := runs(near, Words(text.text))):
            return text.quote(*min(found))
    return ""


@cache
def _pattern(term: str, whole: bool) -> re.Pattern[str]:
    words = words_pattern(term)
    return re.compile(f"^{words}$" if whole else f"(?<![^ ]){words}(?![^ ])")


def _context(text: str, start: int, end: int) -> str:
    first = text.rfind(" ", 0, max(start - CONTEXT, 0)) + 1 if start > CONTEXT else 0
    last = text.find(" ", end + CONTEXT)
    last = len(text) if last < 0 else last
    return f"{'… ' if first else ''}{text[first:last]}{' …' if last < len(text) else ''}"
