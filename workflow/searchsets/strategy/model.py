"""The vocabulary of a search strategy: terms, lines, outputs, and the strategy itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

TEXT_FIELDS = ("title", "abstract", "descriptors", "keywords")

Kind = Literal["descriptor", "free_text", "mixed", "combination"]


@dataclass(frozen=True)
class Term:
    """A descriptor or free text, as the strategy writes it, without quotation marks.

    `explode` holds for descriptors only: the term and all its narrower terms.
    """

    text: str
    free_text: bool = False
    explode: bool = False


@dataclass(frozen=True)
class Reference:
    """The records of another line: `#12`."""

    line: int


@dataclass(frozen=True)
class Range:
    """All lines from `first` to `last`, joined by one operator: `#3 ... or #23`."""

    first: int
    last: int
    operator: Literal["or", "and"] = "or"


@dataclass(frozen=True)
class And:
    """What all parts have in common; `a not b` is `And(a, Not(b))`."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Or:
    """What at least one part has."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Not:
    """Everything but the part."""

    part: Expression


Expression = Term | Reference | Range | And | Or | Not


def leaves(expression: Expression) -> Iterator[Term | Reference | Range]:
    """Yield the terms, references and ranges of an expression, from left to right."""
    waiting: list[Expression] = [expression]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (And, Or)):
            waiting += reversed(node.parts)
        elif isinstance(node, Not):
            waiting.append(node.part)
        else:
            yield node


def kind_of(expression: Expression) -> Kind:
    """Say whether a line is made of descriptors, of free text, of both, or of other lines.

    >>> kind_of(Or((Term("ECM", free_text=True), Term("Planning"))))
    'mixed'
    """
    kinds = {
        ("free_text" if leaf.free_text else "descriptor")
        if isinstance(leaf, Term)
        else "combination"
        for leaf in leaves(expression)
    }
    return kinds.pop() if len(kinds) == 1 else "mixed"  # type: ignore[return-value]


@dataclass(frozen=True)
class Line:
    """One numbered line of a strategy.

    `text` is what the review printed, `expression` what is run, which differs from the text where
    an erratum says how the text is read. `place` is `file:line:column` of the text.
    """

    number: int
    set: str
    text: str
    expression: Expression
    place: str

    @property
    def kind(self) -> Kind:
        """Whether the line is made of descriptors, free text, both, or other lines."""
        return kind_of(self.expression)


@dataclass(frozen=True)
class Erratum:
    """A place where the source text cannot stand as it is.

    kind `repair`: the conversion of the report to text damaged it and the line is given as it was;
    `notation`: the print leaves unsaid how a name is to be read; `reading`: the printed line is
    read otherwise than it stands, which a run may refuse (`errata: literal`).
    """

    line: int
    kind: Literal["repair", "notation", "reading"]
    text: str
    read_as: str
    why: str


@dataclass(frozen=True)
class Reading:
    """One opinion about which lines are the result of a strategy."""

    name: str
    lines: tuple[int, ...]
    basis: str
    why: str


@dataclass(frozen=True)
class Strategy:
    """A database's search strategy: what a strategy file says, parsed and checked."""

    path: Path
    database: str
    name: str
    description: str
    source: dict[str, str]
    searched: dict[str, str]
    free_text_fields: tuple[str, ...]
    when_unindexed: Literal["free_text", "nothing"]
    lines: dict[int, Line]
    readings: tuple[Reading, ...]
    errata: tuple[Erratum, ...] = ()
    thesaurus: dict[str, str] = field(default_factory=dict)
    order: tuple[int, ...] = ()
    """Line numbers so that every line comes after the lines it refers to."""

    def reading(self, name: str = "default") -> Reading:
        """Return the reading of that name; `default` is the one that the strategy file puts first.

        Raises:
            KeyError: the strategy has no such reading.
        """
        return {reading.name: reading for reading in self.readings}[name]
