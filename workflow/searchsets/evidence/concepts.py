"""One list of concepts across databases: which lines carry each, where a database has a gap.

Two tables of the review say what belongs together: `concepts.csv`, which terms carry one concept,
and `sets.csv`, which sets of the strategies are one set under several names. What stands in neither
is a concept, or a set, of its own, so that nothing is lost.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from searchsets.errors import ReviewError, raise_all
from searchsets.evidence.logic import Block, combining_lines
from searchsets.files import read_csv_with_lines
from searchsets.strategy.language import to_text
from searchsets.strategy.model import FIELD_CODES, Line, Near, Strategy, Term, leaves
from searchsets.text import normalise, normalise_term

NO_SET = "no set"
"""Stands where a line is under no heading."""

_CODES = {field: code for code, field in FIELD_CODES.items()}


@dataclass(frozen=True)
class Grouped:
    """A term that the table of concepts names: its concept, why, and the row of the table."""

    concept: str
    term: str
    note: str
    place: str


@dataclass(frozen=True)
class Concepts:
    """Which terms carry one concept, by the term in the form of `normalise_term`."""

    by_term: Mapping[str, Grouped]


@dataclass(frozen=True)
class SetNames:
    """The name that a set goes by, by database and the set's own name, both normalised.

    `unused` says which rows of the table name a set that no strategy has.
    """

    names: Mapping[tuple[str, str], str]
    unused: tuple[str, ...] = ()

    def of(self, database: str, name: str) -> str:
        """Return the name of a set that is the same in all databases."""
        own = normalise(name)
        known = self.names.get((database, own)) or self.names.get(("", own))
        return known or " ".join(name.split()) or NO_SET


def _rows(path: Path, columns: tuple[str, ...]) -> Iterable[tuple[int, dict[str, str]]]:
    return read_csv_with_lines(path, columns) if path.exists() else ()


def read_concepts(path: Path) -> Concepts:
    """Read a table with the columns `concept,term,note`; it need not exist.

    Raises:
        ReviewError: not readable; a concept or a term is empty; a term stands twice.
    """
    by_term: dict[str, Grouped] = {}
    spellings: dict[str, str] = {}
    errors: list[ReviewError] = []
    for number, row in _rows(path, ("concept", "term", "note")):
        place, concept, term = f"{path}:{number}", row["concept"].strip(), row["term"].strip()
        key = normalise_term(term)
        if not normalise(concept) or not normalise(term):
            errors.append(
                ReviewError("a concept or a term is empty", place, "fill it in or delete the row")
            )
        elif key in by_term:
            before = by_term[key]
            errors.append(
                ReviewError(
                    f"the term {term!r} stands twice: for {concept!r} here, for "
                    f"{before.concept!r} at {before.place}",
                    place,
                    "a term carries one concept: delete one of the two rows",
                )
            )
        else:
            name = spellings.setdefault(normalise(concept), concept)
            by_term[key] = Grouped(name, term, row["note"].strip(), place)
    raise_all(errors)
    return Concepts(by_term)


def read_sets(path: Path, strategies: Mapping[str, Strategy]) -> SetNames:
    """Read a table with the columns `name,database,set,note`; no database means all of them.

    The table need not exist.

    Raises:
        ReviewError: not readable; a name is empty; a set stands twice.
    """
    known = {
        (database, normalise(line.set)): line.set
        for database, strategy in strategies.items()
        for line in strategy.lines.values()
    }
    names: dict[tuple[str, str], str] = {}
    errors: list[ReviewError] = []
    unused: list[str] = []
    for number, row in _rows(path, ("name", "database", "set", "note")):
        place = f"{path}:{number}"
        key = row["database"].strip(), normalise(row["set"])
        if not normalise(row["name"]):
            errors.append(ReviewError("the name is empty", place, "give the set a name"))
        elif key in names:
            what = f"the set {row['set']!r} is named twice"
            errors.append(ReviewError(what, place, "delete one of the two rows"))
        elif not any(key[1] == own and key[0] in ("", database) for database, own in known):
            of = f" of {key[0]}" if key[0] else ""
            near = _nearest(row["set"], list(known.values()))
            unused.append(f"{place}: no strategy{of} has a set {row['set']!r}{near}")
        else:
            names[key] = " ".join(row["name"].split())
    raise_all(errors)
    return SetNames(names, tuple(unused))


def unused_terms(concepts: Concepts, strategies: Mapping[str, Strategy]) -> list[str]:
    """Return which rows of the table of concepts name a term that no strategy has.

    That is no error: a line may be mended, or a strategy taken away, without a look at this table.
    """
    written = {
        key: text
        for strategy in strategies.values()
        for line in strategy.lines.values()
        for key, text, _ in _terms(line)
    }
    return [
        f"{grouped.place}: no strategy has the term {grouped.term!r}"
        + _nearest(grouped.term, list(written.values()))
        for key, grouped in concepts.by_term.items()
        if key not in written
    ]


def _nearest(name: str, known: list[str]) -> str:
    keys = {normalise_term(other): other for other in known if other}
    near = difflib.get_close_matches(normalise_term(name), keys, n=1, cutoff=0.5)
    return f"; did you mean {keys[near[0]]!r}?" if near else ""


def concept_columns(strategies: Mapping[str, Strategy]) -> tuple[str, ...]:
    """Return the columns of `concept_rows`."""
    return ("concept", "sets", *strategies, "note")


def concept_rows(
    strategies: Mapping[str, Strategy], concepts: Concepts, sets: SetNames
) -> Iterator[dict[str, Any]]:
    """Yield every concept with the lines that carry it, by set and then by concept.

    A cell lists the lines of that database (`#12`, `#47 (ft)`, `#37 (exp)`); it is empty where the
    database has no line for the concept.
    """
    titles = {normalise(one.concept): one.concept for one in concepts.by_term.values()}
    rows: dict[str, dict[str, Any]] = {}
    for database, strategy in strategies.items():
        for line in strategy.lines.values():
            for key, text, tag in _terms(line):
                grouped = concepts.by_term.get(key)
                name = grouped.concept if grouped else titles.get(key, text)
                row = rows.setdefault(normalise_term(name), _empty_row(name, strategies))
                _add(row["sets"], sets.of(database, line.set))
                _add(row[database], f"#{line.number}{tag}")
                if grouped and grouped.note:
                    _add(row["note"], f"{grouped.term}: {grouped.note}")
    for row in rows.values():
        row["sets"].sort(key=_last_if_none)
    yield from sorted(rows.values(), key=_by_set_and_concept)


def _empty_row(name: str, strategies: Mapping[str, Strategy]) -> dict[str, Any]:
    return {"concept": name, "sets": [], "note": []} | {database: [] for database in strategies}


def _add(values: list[str], value: str) -> None:
    if value not in values:
        values.append(value)


def _last_if_none(name: str) -> tuple[bool, str]:
    return name == NO_SET, name.casefold()


def _by_set_and_concept(row: dict[str, Any]) -> tuple:
    return _last_if_none(row["sets"][0]), normalise(row["concept"]), row["concept"]


def _terms(line: Line) -> Iterator[tuple[str, str, str]]:
    """Yield of every term of a line the form it is compared in, its text, and its tag."""
    for leaf in leaves(line.expression):
        match leaf:
            case Term():
                yield normalise_term(leaf.text), leaf.text, _tag_of(leaf)
            case Near():
                text = to_text(leaf)
                yield normalise_term(text), text, " (near)"


def _tag_of(term: Term) -> str:
    if term.fields:
        return f" [{','.join(_CODES[field] for field in term.fields)}]"
    return " (ft)" if term.free_text else " (exp)" if term.explode else ""


def set_columns(strategies: Mapping[str, Strategy]) -> tuple[str, ...]:
    """Return the columns of `set_rows`."""
    return ("set", *strategies)


def set_rows(strategies: Mapping[str, Strategy], sets: SetNames) -> Iterator[dict[str, Any]]:
    """Yield every set with its lines in each database; a cell is empty where there is no such set.

    A cell says how many lines the set has and which line combines them (`15 lines in #80`); where
    that line leaves some of them out, this is said (`15 lines, 4 of them in #73`).
    """
    rows: dict[str, dict[str, Any]] = {}
    for database, strategy in strategies.items():
        combined = list(combining_lines(strategy))
        for name, lines in _lines_by_set(database, strategy, sets).items():
            row = rows.setdefault(name, {"set": name})
            row[database] = _extent(lines, combined)
    yield from sorted(rows.values(), key=lambda row: _last_if_none(row["set"]))


def _lines_by_set(database: str, strategy: Strategy, sets: SetNames) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for line in strategy.lines.values():
        if line.kind != "combination":
            found.setdefault(sets.of(database, line.set), set()).add(line.number)
    return found


def _extent(lines: set[int], combined: list[Block]) -> str:
    """Say how many lines a set has, and which line combines the most of them and no others."""
    text = f"{len(lines):,} line{'' if len(lines) == 1 else 's'}"
    inside = [block for block in combined if lines.issuperset(block.lines)]
    best = max(inside, key=lambda block: (len(block.lines), -(block.line or 0)), default=None)
    if best is None:
        return text
    if len(best.lines) == len(lines):
        return f"{text} in #{best.line}"
    return f"{text}, {len(best.lines):,} of them in #{best.line}"
