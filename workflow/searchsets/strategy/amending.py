"""Proposes an amended strategy: lines for what followed terms out of use, and lines that take them in.

Nothing that was printed changes: every line keeps its number and its text, new lines follow after the
last one, and a line that shall take in a new term is said anew under a new number. A proposal is for
people to judge; it is written beside the original.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain, pairwise
from pathlib import Path

import yaml

from searchsets.errors import ReviewError
from searchsets.files import sha256_of
from searchsets.settings import Document, read_document
from searchsets.strategy.file import LONGEST_RANGE
from searchsets.strategy.language import to_text
from searchsets.strategy.model import (
    Addition,
    And,
    Expression,
    Line,
    Not,
    Or,
    Range,
    Reference,
    Strategy,
    Term,
    leaves,
    lines_of,
)
from searchsets.strategy.vocabulary import Usage, Vocabulary, lines_that_find
from searchsets.strategy.writing import check_name, write_new
from searchsets.text import normalise_term

SET = "Proposed additions"
"""The set that the new lines stand in."""


@dataclass(frozen=True)
class Proposal:
    """What an amended strategy adds: the text of each new line, why, and what takes whose place.

    `becomes` gives for lines of the original the new line that says them anew.
    """

    texts: Mapping[int, str]
    additions: tuple[Addition, ...]
    becomes: Mapping[int, int]


@dataclass(frozen=True)
class _New:
    """Lines of successors: for each line of the original that has a term out of use, what follows it.

    `beside` holds where the line is a union, so that line and successors together are what is meant;
    `inside` by term where the term stands under `and` or `not`, and the line has to be said anew.
    """

    beside: dict[int, tuple[int, ...]] = field(default_factory=dict)
    inside: dict[int, dict[Term, tuple[int, ...]]] = field(default_factory=dict)


class _Growing:
    """A proposal while lines are added to it."""

    def __init__(self, strategy: Strategy, vocabulary: Vocabulary):
        self.strategy, self.vocabulary = strategy, vocabulary
        self.last = max(strategy.lines)
        self.texts: dict[int, str] = {}
        self.additions: list[Addition] = []
        self.becomes: dict[int, int] = {}
        self.new = _New()

    def add(self, text: str, why: str, rewrites: int | None = None) -> int:
        """Add a line, and return its number."""
        self.last += 1
        self.texts[self.last] = text
        self.additions.append(Addition(self.last, why, rewrites))
        if rewrites is not None:
            self.becomes[rewrites] = self.last
        return self.last

    def add_successors(self) -> None:
        """Add a line for each successor that no line of the same set finds yet."""
        added: dict[tuple[str, Term], int] = {}
        for line in self.strategy.lines.values():
            followed: dict[Term, list[int]] = {}
            direct = [leaf for leaf in leaves(line.expression) if isinstance(leaf, Term)]
            for term, usage in self.vocabulary.of_line(line):
                if usage.used_to is None or term not in direct:  # inside a proximity: for people
                    continue
                for name in self.vocabulary.successors(usage):
                    if lines_that_find(self.strategy, name, line.set):
                        continue
                    new = Term(" ".join(name.split()), free_text=True, fields=term.fields)
                    key = line.set, replace(new, text=normalise_term(name))
                    if key not in added:
                        added[key] = self.add(to_text(new), self.why_new(line, usage))
                    followed.setdefault(term, []).append(added[key])
            self.follow(line, followed)

    def follow(self, line: Line, followed: Mapping[Term, list[int]]) -> None:
        """Keep what follows the terms of a line, by how the line is made."""
        if not followed:
            return
        if _is_union(line.expression):
            self.new.beside[line.number] = tuple(dict.fromkeys(chain(*followed.values())))
        else:
            self.new.inside[line.number] = {t: tuple(numbers) for t, numbers in followed.items()}

    def why_new(self, line: Line, usage: Usage) -> str:
        """Say why the line of a successor is proposed."""
        followed = ", then ".join(self.vocabulary.successors(usage))
        return (
            f"#{line.number} {line.text}: “{usage.term}” is out of use since {usage.used_to}; what "
            f"followed: {followed}. Source: {usage.source}"
        )

    def say_anew(self, line: Line) -> None:
        """Add a line that says another with the new lines in it, where that makes a difference."""
        inside = self.new.inside.get(line.number, {})
        needed = [number for leaf in leaves(line.expression) for number in _numbers(leaf)]
        beside = [n for number in needed for n in self.new.beside.get(number, ())]
        anew = [number for number in needed if number in self.becomes]
        if not inside and not beside and not anew:
            return
        taken = [f"#{n}" for n in [*chain(*inside.values()), *beside]]
        taken += [f"#{self.becomes[number]} (#{number} anew)" for number in anew]
        if _is_union(line.expression) and not anew:
            # A union of lines takes in more: it is its old self and the new lines.
            text = " or ".join(f"#{n}" for n in dict.fromkeys((line.number, *beside)))
        else:
            text = to_text(self.substituted(line.expression, inside))
        why = f"#{line.number} {line.text}, with {', '.join(dict.fromkeys(taken))}"
        self.add(text, why, line.number)

    def say_outputs_anew(self) -> None:
        """Add a line for each output line that has a term out of use itself."""
        outputs = dict.fromkeys(n for reading in self.strategy.readings for n in reading.lines)
        for number in outputs:
            if new := self.new.beside.get(number):
                lines = [f"#{n}" for n in (self.becomes.get(number, number), *new)]
                line = self.strategy.lines[number]
                why = f"the output #{number} {line.text}, with {', '.join(lines[1:])}"
                self.add(" or ".join(lines), why, number)

    def substituted(
        self, expression: Expression, inside: Mapping[Term, tuple[int, ...]]
    ) -> Expression:
        """Return an expression in which terms and references stand with what they have become."""
        match expression:
            case Term():
                return _or(expression, inside.get(expression, ()))
            case Reference(line):
                return self.become(line)
            case Range(first, last, operator):
                changed = [n for n in range(first, last + 1) if self.has_become(n)]
                if not changed:
                    return expression
                parts = tuple(self.range_parts(expression, changed))
                return Or(_flat(parts)) if operator == "or" else And(parts)
            case And(parts):
                return And(tuple(self.substituted(part, inside) for part in parts))
            case Or(parts):
                return Or(_flat(tuple(self.substituted(part, inside) for part in parts)))
            case Not(part):
                return Not(self.substituted(part, inside))
            case _:
                return expression

    def has_become(self, number: int) -> bool:
        """Tell whether a reference to a line has to be another now."""
        return number in self.becomes or number in self.new.beside

    def become(self, number: int) -> Expression:
        """Return what a reference to a line is now."""
        own = Reference(self.becomes.get(number, number))
        return _or(own, self.new.beside.get(number, ()))

    def range_parts(self, whole: Range, changed: list[int]) -> Iterator[Expression]:
        """Yield what a range is made of: shorter ranges, and what lines in it have become."""
        for before, number in pairwise([whole.first - 1, *changed, whole.last + 1]):
            if number - before == 2:
                yield Reference(before + 1)
            elif number - before > 2:
                yield Range(before + 1, number - 1, whole.operator)
            if number <= whole.last:
                yield self.become(number)


def _numbers(leaf: Expression) -> range:
    return lines_of(leaf)[:LONGEST_RANGE] if isinstance(leaf, (Reference, Range)) else range(0)


def _is_union(expression: Expression) -> bool:
    """Tell whether an expression takes in all that any of its leaves finds."""
    parts = expression.parts if isinstance(expression, Or) else (expression,)
    return not any(
        isinstance(part, (And, Or, Not)) or (isinstance(part, Range) and part.operator == "and")
        for part in parts
    )


def _or(expression: Expression, lines: tuple[int, ...]) -> Expression:
    return Or((expression, *map(Reference, lines))) if lines else expression


def _flat(parts: tuple[Expression, ...]) -> tuple[Expression, ...]:
    return tuple(one for part in parts for one in (part.parts if isinstance(part, Or) else (part,)))


def propose(strategy: Strategy, vocabulary: Vocabulary) -> Proposal | None:
    """Return what to add to a strategy whose terms are out of use, or None if nothing is.

    For each term out of use: every successor that no line of its set finds yet becomes a line of free
    text (whether a database has it as a descriptor is not known). Then each line that refers to a
    line with such a term is said anew with both, each line that refers to that one, and so on; and
    each line in which such a term stands under `and` or `not`. The outputs then find what they would
    had each term out of use been written `(term or successor ...)` from the beginning.
    """
    made = _Growing(strategy, vocabulary)
    made.add_successors()
    for number in strategy.order:
        made.say_anew(strategy.lines[number])
    made.say_outputs_anew()
    if not made.additions:
        return None
    return Proposal(made.texts, tuple(made.additions), made.becomes)


def amended_text(strategy: Strategy, proposal: Proposal) -> str:
    """Return the file of a strategy with a proposal in it; what stood there stands there still.

    The new lines make a set of their own behind the last one. The output lines, of all readings, are
    those that say them anew. A part `amendment` tells of each new line why it is there.
    """
    raw = strategy.path.read_bytes().decode("utf-8")
    newline = "\r\n" if "\r\n" in raw else "\n"
    mark, text = ("\ufeff", raw[1:]) if raw.startswith("\ufeff") else ("", raw)
    rows = text.replace("\r\n", "\n").replace("\r", "\n").splitlines(keepends=True)
    document = read_document(strategy.path, None)
    if rows and not rows[-1].endswith("\n"):
        rows[-1] += "\n"
    at, indent = _end_of_sets(strategy, document)
    # From the end of the file upwards, so that the places of what is still to come stay right.
    edits = [(at, at, _set_rows(proposal, indent))]
    for node, numbers in _outputs(document):
        moved = dict.fromkeys(proposal.becomes.get(number, number) for number in numbers)
        edits.append(_replaced(rows, node, f"[{', '.join(map(str, moved))}]"))
    for first, last, new in sorted(edits, key=lambda edit: edit[:2], reverse=True):
        rows[first:last] = new
    made = "".join(rows) + _amendment(strategy, proposal)
    return mark + made.replace("\n", newline)


def _outputs(document: Document) -> Iterator[tuple[yaml.Node, list[int]]]:
    """Yield each list of output lines of a file: where it stands, and what it says."""
    outputs = document.data["outputs"]
    yield document.node(["outputs", "lines"]), outputs["lines"]
    for index, row in enumerate(outputs.get("rival_readings", [])):
        yield document.node(["outputs", "rival_readings", index, "lines"]), row["lines"]


def _replaced(rows: list[str], node: yaml.SequenceNode, text: str) -> tuple[int, int, list[str]]:
    """Return the edit that puts a text where a list stands, in brackets or with a dash to each row."""
    start = node.start_mark
    end = node.end_mark if node.flow_style else node.value[-1].end_mark
    before, behind = rows[start.line][: start.column], rows[end.line][end.column :]
    return start.line, end.line + 1, [before + text + behind]


def _end_of_sets(strategy: Strategy, document: Document) -> tuple[int, int]:
    """Return behind how many rows the last set ends, and how far its dash is indented."""
    last = len(document.data["sets"]) - 1
    node = document.node(["sets", last])
    rows = [int(line.place.split(":")[-2]) for line in strategy.lines.values()]
    name = document.node(["sets", last, "name"])
    indent = document.node(["sets"]).start_mark.column
    return max([name.end_mark.line + 1, node.start_mark.line + 1, *rows]), indent


def _set_rows(proposal: Proposal, indent: int) -> list[str]:
    blank = " " * indent
    head = [f"{blank}- name: {SET}\n", f"{blank}  lines: |\n"]
    return head + [f"{blank}    #{number} {text}\n" for number, text in proposal.texts.items()]


def _amendment(strategy: Strategy, proposal: Proposal) -> str:
    rows = [
        "",
        "# A proposal of `searchsets strategy amend`, for people to judge. All lines but these are those",
        "# of the original, under their numbers.",
        "amendment:",
        f"  of: {_quoted(strategy.path.name)}",
        f"  sha256: {_quoted(sha256_of(strategy.path))}",
        "  lines:",
    ]
    for one in proposal.additions:
        rows.append(f"    - line: {one.line}")
        if one.rewrites is not None:
            rows.append(f"      rewrites: {one.rewrites}")
        rows.append(f"      why: {_quoted(one.why)}")
    return "\n".join(rows) + "\n"


def _quoted(text: str) -> str:
    """Return a text as a scalar of YAML: that of JSON is one."""
    return json.dumps(text, ensure_ascii=False)


def write_amended(strategy: Strategy, proposal: Proposal, out: Path) -> Strategy:
    """Write a proposed strategy to a file that is not there yet, and return it as it is read back.

    Raises:
        ReviewError: the file has another name than the original or is there, the original is a
            proposal itself, or what is proposed cannot be run; nothing is written then.
    """
    check_name(strategy, out)
    if strategy.additions:
        raise ReviewError(
            "is a proposal itself", str(strategy.path), "amend the strategy that it amends"
        )
    return write_new(strategy, amended_text(strategy, proposal).encode("utf-8"), out)
