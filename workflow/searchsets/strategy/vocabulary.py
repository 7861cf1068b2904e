"""Reads the vocabulary of a review: from when to when its terms were in use, and what followed them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from searchsets.errors import ReviewError, raise_all
from searchsets.files import read_csv_with_lines
from searchsets.strategy.language import LineError, parse
from searchsets.strategy.model import Line, Strategy, Term, terms_of
from searchsets.text import normalise_term

COLUMNS = ("term", "used_from", "used_to", "successor", "source")
_YEAR = re.compile(r"[12][0-9]{3}")


@dataclass(frozen=True)
class Usage:
    """A row of the vocabulary: a term as lines write it, its years of use, a term that followed it.

    `used_from` and `used_to` are years, both of them years of use, None where that is not known; a
    term without `used_to` is in use. `successor` is a term too, empty where there is none.
    """

    term: str
    used_from: int | None
    used_to: int | None
    successor: str
    source: str
    place: str = ""


@dataclass(frozen=True)
class Vocabulary:
    """All rows of a vocabulary, by the term in the form of `normalise_term`."""

    by_term: Mapping[str, tuple[Usage, ...]]

    def of(self, text: str) -> tuple[Usage, ...]:
        """Return the rows of a term, none where the vocabulary does not have it."""
        return self.by_term.get(normalise_term(text), ())

    def of_line(self, line: Line) -> list[tuple[Term, Usage]]:
        """Return the terms of a line that the vocabulary has, each with each of its rows."""
        terms = dict.fromkeys(terms_of(line.expression))
        return [(term, usage) for term in terms for usage in self.of(term.text)]

    def successors(self, usage: Usage) -> list[str]:
        """Return what followed a term: its successor, and what followed that where it is out of use.

        The nearest stands first, each once, however the rows refer to each other.
        """
        found: dict[str, str] = {}
        seen = {normalise_term(usage.term)}
        waiting = [usage.successor]
        for name in waiting:
            key = normalise_term(name)
            if not key or key in seen:
                continue
            seen.add(key)
            found[key] = name
            waiting += [after.successor for after in self.of(name) if after.used_to is not None]
        return list(found.values())


def read_vocabulary(path: Path) -> Vocabulary:
    """Read a table with the columns `term,used_from,used_to,successor,source`; the file may lack.

    Raises:
        ReviewError: not readable, or a row is wrong; all rows that are wrong are told at once, each
            with its line and its column.
    """
    by_term: dict[str, list[Usage]] = {}
    errors: list[ReviewError] = []
    for number, row in read_csv_with_lines(path, COLUMNS) if path.exists() else ():
        cells = {name: row[name].strip() for name in COLUMNS}
        wrong = [
            ReviewError(what, f"{path}:{number}: column {column}", remedy)
            for column, what, remedy in _faults(cells)
        ]
        errors += wrong
        if wrong:
            continue
        usage = _usage(cells, f"{path}:{number}")
        rows = by_term.setdefault(normalise_term(usage.term), [])
        if same := _same(usage, rows):
            errors.append(
                ReviewError(
                    f"{usage.term!r} stands here as at {same.place}, with the same successor",
                    f"{path}:{number}: column term",
                    "a term has one row for each of its successors: delete one of the two",
                )
            )
        else:
            rows.append(usage)
    raise_all(errors)
    return Vocabulary({key: tuple(rows) for key, rows in by_term.items()})


def _usage(cells: Mapping[str, str], place: str) -> Usage:
    first, last = (int(cells[name]) if cells[name] else None for name in ("used_from", "used_to"))
    return Usage(cells["term"], first, last, cells["successor"], cells["source"], place)


def _same(usage: Usage, rows: list[Usage]) -> Usage | None:
    followed = normalise_term(usage.successor)
    return next((row for row in rows if normalise_term(row.successor) == followed), None)


def _faults(cells: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield (column, what is wrong, what to do) of the cells of a row."""
    if not normalise_term(cells["term"]):
        yield "term", "the term is empty", "fill it in or delete the row"
    if not cells["source"]:
        yield (
            "source",
            "nothing says where this is from",
            "name an act, a document, or who knows it",
        )
    for name in ("used_from", "used_to"):
        if cells[name] and not _YEAR.fullmatch(cells[name]):
            yield name, f"{cells[name]!r} is no year", "write four digits, or nothing if unknown"
            return
    if cells["used_from"] and cells["used_to"] and cells["used_from"] > cells["used_to"]:
        yield (
            "used_to",
            f"the last year of use, {cells['used_to']}, lies before the first, {cells['used_from']}",
            "mend one of the two",
        )
    if cells["successor"]:
        yield from _faults_of_successor(cells)


def _faults_of_successor(cells: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    successor = cells["successor"]
    if normalise_term(successor) == normalise_term(cells["term"]):
        yield "successor", f"{successor!r} is said to follow itself", "name another, or none"
        return
    try:
        is_term = parse(successor) == Term(" ".join(successor.split()))
    except LineError:
        is_term = False
    if not is_term:
        yield (
            "successor",
            f"{successor!r} is not one term",
            "write the words alone, without tag, field or operator; one row for each successor",
        )


def lines_that_find(strategy: Strategy, successor: str, name: str) -> list[Line]:
    """Return the lines of a set that have a successor already, in printed order.

    In another set the same words stand for something else: `Commissioning (ft)` is in every text on
    clinical commissioning groups, and stands for governance there. A line has a successor if free
    text of the line stands in every text in which the successor stands, or if a descriptor of the line
    is one that the successor may be.
    """
    return [
        line
        for line in strategy.lines.values()
        if line.set == name
        and any(_finds(term, normalise_term(successor)) for term in terms_of(line.expression))
    ]


def _finds(term: Term, successor: str) -> bool:
    words, wanted = normalise_term(term.text).split(), successor.split()
    if not words or term.fields:  # in some fields alone it does not find all of them
        return False
    if not term.free_text:
        return len(words) == len(wanted) and all(map(_covers, wanted, words))
    places = range(len(wanted) - len(words) + 1)
    return any(all(map(_covers, words, wanted[place:])) for place in places)


def _covers(pattern: str, word: str) -> bool:
    """Tell whether a word of a term finds all that another finds; `*` may end each.

    >>> _covers("trust*", "trusts"), _covers("trust", "trust*"), _covers("part*", "partner*")
    (True, False, True)
    """
    if pattern == word:
        return True
    if pattern.endswith("*") and not set("*?") & set(pattern[:-1]):
        return word.rstrip("*").startswith(pattern[:-1]) and "?" not in word
    return False
