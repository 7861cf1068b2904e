"""The vocabulary of a search strategy: terms, lines, outputs, and the strategy itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

TEXT_FIELDS = ("title", "abstract", "descriptors", "keywords")
"""Where free text is looked for unless the strategy or the term says otherwise."""
FIELD_CODES = {
    "ti": "title",
    "ab": "abstract",
    "de": "descriptors",
    "kw": "keywords",
    "au": "authors",
    "so": "container",
}
"""Fields as a line names them, in square brackets, and the columns of a record that they are."""

Kind = Literal["descriptor", "free_text", "mixed", "combination"]


@dataclass(frozen=True)
class Term:
    """A descriptor or free text, as the strategy writes it, without quotation marks.

    `explode` holds for descriptors only: the term and all its narrower terms. `fields`, columns of a
    record, hold for free text only; without them it is looked for in the fields of the strategy.
    """

    text: str
    free_text: bool = False
    explode: bool = False
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Near:
    """Two finds of free text in one value, with at most so many words between them.

    `between` counts words that stand between the two, whatever number a platform would write for it
    (`ADJ3` of Ovid is 2 here, `NEAR/3` of ProQuest 3); `ordered` says that `left` stands first.
    Operands are terms without fields of their own, alternatives of such, and proximities.
    """

    left: Proximate
    right: Proximate
    between: int
    ordered: bool
    fields: tuple[str, ...] = ()


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


Expression = Term | Near | Reference | Range | And | Or | Not
Proximate = Term | Near | Or
Leaf = Term | Near | Reference | Range


def parts_of(expression: Expression) -> tuple[Expression, ...]:
    """Return what an expression is joined of, from left to right; a leaf is joined of nothing."""
    match expression:
        case And(parts) | Or(parts):
            return parts
        case Not(part):
            return (part,)
        case Near(left, right):
            return (left, right)
        case _:
            return ()


def leaves(expression: Expression) -> Iterator[Leaf]:
    """Yield the terms, proximities, references and ranges of an expression, from left to right."""
    waiting: list[Expression] = [expression]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (And, Or, Not)):
            waiting += reversed(parts_of(node))
        else:
            yield node


def lines_of(leaf: Leaf) -> range:
    """Return the numbers of the lines that a leaf refers to, none for a term.

    >>> list(lines_of(Range(3, 5))), list(lines_of(Term("Planning")))
    ([3, 4, 5], [])
    """
    match leaf:
        case Reference(line):
            return range(line, line + 1)
        case Range(first, last):
            return range(first, last + 1)
        case _:
            return range(0)


def terms_of(expression: Expression) -> Iterator[Term]:
    """Yield the terms of an expression, those inside proximities too, from left to right."""
    waiting: list[Expression] = [expression]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Term):
            yield node
        else:
            waiting += reversed(parts_of(node))


def kind_of(expression: Expression) -> Kind:
    """Say whether a line is made of descriptors, of free text, of both, or of other lines.

    >>> kind_of(Or((Term("ECM", free_text=True), Term("Planning"))))
    'mixed'
    """
    kinds = set(map(_kind_of_leaf, leaves(expression)))
    return kinds.pop() if len(kinds) == 1 else "mixed"


def _kind_of_leaf(leaf: Leaf) -> Kind:
    if isinstance(leaf, (Reference, Range)):
        return "combination"
    return "free_text" if isinstance(leaf, Near) or leaf.free_text else "descriptor"


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

    kind `repair`: the conversion of the print to text damaged it and the line is given as it was;
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
class Addition:
    """A line that an amended strategy adds to its original; `rewrites` is a line that it says anew."""

    line: int
    why: str
    rewrites: int | None = None


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
    thesaurus: dict[str, Any] = field(default_factory=dict)
    order: tuple[int, ...] = ()
    """Line numbers so that every line comes after the lines it refers to."""
    available: dict[str, Any] = field(default_factory=dict)
    """Whether the database can still be searched: `valid_from`, `closed`, `replaced_by`, `note` ..."""
    additions: tuple[Addition, ...] = ()
    """What this strategy adds to the one that it amends."""
    amends: str = ""
    """The SHA-256 of the file of that one."""

    @property
    def is_closed(self) -> bool:
        """Tell whether nobody can search the database any more, as far as its file knows."""
        return "closed" in self.available

    def reading(self, name: str = "default") -> Reading:
        """Return the reading of that name; `default` is the one that the strategy file puts first.

        Raises:
            KeyError: the strategy has no such reading.
        """
        return {reading.name: reading for reading in self.readings}[name]
