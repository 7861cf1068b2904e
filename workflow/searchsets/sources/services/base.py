"""What all services have in common: how a question is put, paged and read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from searchsets.sources.exchange import Answer, Odd, Refused, Request, printable
from searchsets.sources.wide import Abilities, halves, pieces, written
from searchsets.strategy.model import Expression, Term

Years = tuple[int, int]
_URL_BYTES = 3_900
_MOST_VALUES = 4_000_000


class CursorGone(Exception):
    """The service has forgotten where it was in a list: it must be begun again; its own words."""


@dataclass(frozen=True)
class Query:
    """One question to a service: in its own words, and as what can be parted further."""

    text: str
    years: Years | None = None
    expression: Expression | None = None
    journal: str = ""
    """An ISSN, where a whole journal is asked for."""

    @property
    def key(self) -> str:
        """A short name of the question, which its answers are kept under."""
        told = json.dumps([self.text, self.years, self.journal])
        return hashlib.sha256(told.encode()).hexdigest()[:12]

    def facts(self) -> dict[str, Any]:
        """Return what the store says of the question."""
        return {"text": self.text, "years": self.years, "journal": self.journal}

    @classmethod
    def of_facts(cls, facts: Mapping[str, Any]) -> Query:
        """Return the question that the store speaks of; it cannot be parted further."""
        years = tuple(facts["years"]) if facts["years"] else None
        return cls(facts["text"], years, None, facts["journal"])


@dataclass(frozen=True)
class Position:
    """How far one has come in the answers to a question: records and pages, and where to go on."""

    records: int = 0
    pages: int = 0
    cursor: str = ""


@dataclass(frozen=True)
class Page:
    """What one answer holds: the number of all records, the ids of its own, where to go on."""

    total: int
    ids: tuple[str, ...]
    cursor: str = ""
    cost: float = 0.0
    """In United States dollars, where the service says what it charged."""


class Service:
    """A service that is asked over the network.

    Args:
        address: where it is, if not where it is known to be.
        contact: who asks; services that want it are told.
        key: its key, from the environment.
        journals: ISSNs, for a service that is asked for whole journals.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    home: ClassVar[str]
    """Its address."""
    abilities: ClassVar[Abilities] = Abilities()
    rows: ClassVar[int]
    """Records of one answer, at most."""
    interval: ClassVar[float]
    """Seconds between two requests."""
    ceiling: ClassVar[int | None] = None
    """So many records of one question can be had, and no more."""
    boolean: ClassVar[bool] = True
    """It can be asked for words; else whole journals are taken."""
    dated: ClassVar[bool] = True
    """It can be asked for years of publication."""
    most_years: ClassVar[int] = 1000
    """Years of one question, where each must be named."""
    by_cursor: ClassVar[bool] = False
    """Answers say where the next one begins; else it is counted."""
    own_numbers: ClassVar[bool] = True
    """Its numbers stand for one record each; else several collections number for themselves."""
    key_variable: ClassVar[str] = ""
    """The variable of the environment that holds its key."""
    key_needed: ClassVar[bool] = False
    dollars: ClassVar[float] = 0.0
    """The price of one request, where there is one."""
    limits: ClassVar[tuple[str, ...]] = ()
    """What it cannot express, or cannot be relied upon for; shown in the plan."""

    def __init__(
        self, address: str = "", contact: str = "", key: str = "", journals: tuple[str, ...] = ()
    ):
        self.address = address or self.home
        self.contact, self.key, self.journals = contact, key, journals

    def queries(self, expression: Expression, years: Years) -> list[Query]:
        """Return the questions that together are the question of a strategy."""
        return [
            Query(self.written(piece), span if self.dated else None, piece)
            for span in _spans(years, self.most_years)
            for piece in pieces(expression, lambda part, span=span: self._fits(part, span))
        ]

    def written(self, expression: Expression) -> str:
        """Return an expression in the language of the service."""
        return written(expression, self.term)

    def term(self, term: Term) -> str:
        """Return a word, or a descriptor, in the language of the service."""
        raise NotImplementedError

    def _fits(self, expression: Expression, years: Years) -> bool:
        query = Query(self.written(expression), years)
        return len(self.request(query, Position()).whole_url) <= _URL_BYTES

    def request(self, query: Query, at: Position) -> Request:
        """Return what to send for the answer that follows a position."""
        raise NotImplementedError

    def page(self, data: Any) -> Page:
        """Return what an answer holds, from its JSON.

        Raises:
            KeyError, TypeError, ValueError: it is not of the form that is known.
            Odd, Refused: it says that something went wrong.
        """
        raise NotImplementedError

    def read(self, answer: Answer) -> Page:
        """Return what an answer holds.

        Raises:
            Odd: it is none, and another may come if it is asked again.
            Refused: it says that the question cannot be answered.
            CursorGone: the list must be begun again.
        """
        if answer.status != 200:
            self.refuse(answer)
        if sum(map(answer.content.count, (b",", b"[", b"{"))) > _MOST_VALUES:
            # A small packed answer may hold so many that they would fill the memory.
            raise Refused(f"it holds more than {_MOST_VALUES:,} values")
        try:
            data = json.loads(answer.content)
        except (ValueError, RecursionError):
            raise Odd(_no_json(answer.content)) from None
        try:
            return self.page(data)
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
            raise Odd(f"an answer of another form than is known: {shown(answer.content)}") from None

    def refuse(self, answer: Answer) -> None:
        """Raise for an answer whose status says that it is none."""
        hint = ""
        if answer.status in (401, 403) and self.key_variable:
            hint = f" (its key is taken from the variable {self.key_variable})"
        raise Refused(f"status {answer.status} {answer.reason}: {shown(answer.content)}{hint}")

    def narrower(self, query: Query) -> list[Query]:
        """Return questions with fewer answers each that together are one; none where there are none.

        Years first, then the words.
        """
        if query.years and query.years[0] < query.years[1]:
            first, last = query.years
            return [replace(query, years=(year, year)) for year in range(first, last + 1)]
        parted = halves(query.expression) if query.expression is not None else None
        return [replace(query, text=self.written(half), expression=half) for half in parted or ()]


def _spans(years: Years, most: int) -> Iterator[Years]:
    """Yield spans of at most so many years that together are a span.

    >>> list(_spans((2000, 2012), 5))
    [(2000, 2004), (2005, 2009), (2010, 2012)]
    """
    first, last = years
    for start in range(first, last + 1, most):
        yield start, min(start + most - 1, last)


def number(value: Any) -> int:
    """Return a number of records.

    Raises:
        ValueError: it is none.
    """
    if isinstance(value, bool) or not isinstance(value, (int, str)) or int(value) < 0:
        raise ValueError(f"{value!r} is no number of records")
    return int(value)


def ids(items: Any, *keys: str) -> tuple[str, ...]:
    """Return a name for each item of a list: what stands under the keys, else a hash of it all.

    Raises:
        TypeError: it is no list of objects.
    """
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise TypeError("no list of records")
    return tuple(_name(item, keys) for item in items)


def _name(item: dict[str, Any], keys: tuple[str, ...]) -> str:
    parts = [str(item[key]) for key in keys if item.get(key)]
    if len(parts) == len(keys):
        return ":".join(parts)
    return hashlib.sha256(json.dumps(item, sort_keys=True).encode()).hexdigest()[:16]


def mark(value: Any) -> str:
    """Return where the next answer begins, as the service says it; nothing at the end.

    Raises:
        TypeError, ValueError: it is nothing that could be sent.
    """
    if not isinstance(value, (str, type(None))):
        raise TypeError("no mark of a place in a list")
    return (value or "").encode().decode()  # a half of a surrogate pair cannot be sent


def years_or(field: str, years: Years) -> str:
    """Return years as alternatives, for services whose ranges are not known to work.

    >>> years_or("bibjson.year", (2002, 2003))
    '(bibjson.year:2002 OR bibjson.year:2003)'
    """
    first, last = years
    return f"({' OR '.join(f'{field}:{year}' for year in range(first, last + 1))})"


def quoted(text: str) -> str:
    """Return a text in quotation marks, safe in the language of Lucene.

    >>> quoted('a "b"')
    '"a b"'
    """
    return f'"{" ".join(text.replace(chr(34), " ").replace(chr(92), " ").split())}"'


def plain(word: str) -> str:
    """Return a word as Lucene's language has it: in quotation marks if it is no plain word.

    >>> plain("trust*"), plain("children's")
    ('trust*', '"children\\'s"')
    """
    return word if word.removesuffix("*").isalnum() else quoted(word)


def _no_json(content: bytes) -> str:
    start = content[:2000].lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "an HTML page in the place of JSON"
    return f"no JSON: {shown(content)}" if start else "an empty answer"


def shown(content: bytes) -> str:
    """Return the beginning of an answer, as it may be shown."""
    return printable(content[:2000].decode("utf-8", "replace"))
