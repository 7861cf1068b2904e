"""The logic of a strategy: which blocks of alternatives it is made of and how they are joined.

A *block* is what searchers call a set or a facet: a concept with its alternatives, all joined by
`or`. Whatever lines a strategy is written in, its result is blocks joined by `and`, `or` and `not`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from searchsets.strategy.language import to_text
from searchsets.strategy.model import (
    And,
    Expression,
    Line,
    Not,
    Or,
    Range,
    Reference,
    Strategy,
)

LONGEST_NAME = 60
"""Characters of the text of lines that names a block which no set names."""


@dataclass(frozen=True)
class Block:
    """Alternatives, joined by `or` alone.

    `lines` are the numbers of the lines that its terms stand in, ascending. `line` is the line that
    is the whole block (one that reads #3 or #4), or None where the block is only a part of a line or
    parts of several; `expression` is what it is made of, to be evaluated beside the lines of the
    strategy.
    """

    lines: tuple[int, ...]
    line: int | None
    set: str
    name: str
    expression: Expression


@dataclass(frozen=True)
class All:
    """What all parts have in common. `line` is the line that says just this, if one does."""

    parts: tuple[Logic, ...]
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Any:
    """What at least one part has. `line` is the line that says just this, if one does."""

    parts: tuple[Logic, ...]
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Without:
    """Everything but the part."""

    part: Logic


Logic = Block | All | Any | Without


def parts_of_logic(logic: Logic) -> tuple[Logic, ...]:
    """Return what a logic is joined of; a block is joined of nothing."""
    match logic:
        case All(parts) | Any(parts):
            return parts
        case Without(part):
            return (part,)
        case _:
            return ()


def nodes_of(logic: Logic) -> list[Logic]:
    """Return a logic and all it is joined of: parts before wholes, what is shared only once."""
    found: dict[int, Logic] = {}
    waiting = [(logic, False)]
    while waiting:
        node, parts_done = waiting.pop()
        if id(node) in found:
            continue
        if parts_done:
            found[id(node)] = node
        else:
            waiting.append((node, True))
            waiting += [(part, False) for part in reversed(parts_of_logic(node))]
    return list(found.values())


def blocks_of(logic: Logic) -> list[Block]:
    """Return the blocks of a logic, each once, in the order in which they are first named."""
    return [node for node in nodes_of(logic) if isinstance(node, Block)]


def wishes_of(logic: Logic) -> dict[int, set[bool]]:
    """Return, by the id of each part, whether a logic wishes it to match, or not to, or both.

    A `not` turns what is wished round; what is shared may be wished both ways.
    """
    wished: dict[int, set[bool]] = {id(logic): {True}}
    for node in reversed(nodes_of(logic)):  # wholes before parts
        for part in parts_of_logic(node):
            own = {to is not isinstance(node, Without) for to in wished[id(node)]}
            wished.setdefault(id(part), set()).update(own)
    return wished


def logic_of(strategy: Strategy, numbers: Iterable[int]) -> Logic:
    """Return the logic of the union of some lines of a strategy, references written out.

    As much as is joined by `or` alone is one block, wherever it is written. `and` within `and` and
    `or` within `or` are one, `not not` is nothing, and what stands twice stands once. What several
    lines share is one object here too, so that no strategy makes this larger than it is itself.
    """
    return _Reader(strategy).logic(list(dict.fromkeys(numbers)))


def unused_lines(strategy: Strategy, numbers: Iterable[int]) -> list[int]:
    """Return the lines with terms of their own that the union of some lines makes no use of."""
    used = {line for block in blocks_of(logic_of(strategy, numbers)) for line in block.lines}
    return [n for n, line in strategy.lines.items() if line.kind != "combination" and n not in used]


@dataclass(frozen=True, eq=False)
class _Node:
    """A part of a line that is neither a negation nor a reference; `whole`: the part is all of it."""

    line: int
    expression: Expression
    whole: bool


class _Signed(NamedTuple):
    """A part, or everything but it."""

    negated: bool
    node: _Node


class _Reader:
    """Reads the lines of one strategy; every part of a line is met as one and the same node."""

    def __init__(self, strategy: Strategy):
        self.lines = strategy.lines
        self.nodes: dict[tuple[int, int], _Node] = {}
        self.is_block: dict[_Node, bool] = {}
        self.shared: dict[tuple, Logic] = {}
        self.heads: dict[int, _Signed] = {}
        for number in strategy.order:  # a line after those it refers to: no call goes deep
            self.heads[number] = self.signed(self.lines[number].expression, number)
            self.only_or(self.heads[number].node)

    def signed(self, expression: Expression, line: int) -> _Signed:
        """Follow an expression of a line through `not` and references to what it stands for."""
        whole, negated = expression is self._text_of(line), False
        while isinstance(expression, Not):
            expression, negated, whole = expression.part, not negated, False
        if isinstance(expression, Reference):
            below = self.heads[expression.line]
            return _Signed(negated != below.negated, below.node)
        # By identity: the same words in two places are two parts, and hashing long lines takes long.
        node = self.nodes.setdefault((line, id(expression)), _Node(line, expression, whole))
        return _Signed(negated, node)

    def _text_of(self, line: int) -> Expression | None:
        return self.lines[line].expression if line in self.lines else None

    def parts(self, node: _Node) -> list[_Signed]:
        match node.expression:
            case Range(first, last):
                return [self.heads[number] for number in range(first, last + 1)]
            case And(parts) | Or(parts):
                return [self.signed(part, node.line) for part in parts]
            case _:
                return []

    def only_or(self, node: _Node) -> bool:
        """Tell whether a part is terms joined by `or` alone."""
        if node not in self.is_block:
            parts = self.parts(node)
            self.is_block[node] = not parts or (
                _joined_by(node) is Any
                and all(not part.negated and self.only_or(part.node) for part in parts)
            )
        return self.is_block[node]

    def logic(self, numbers: list[int]) -> Logic:
        references = tuple(map(Reference, numbers))
        whole = Or(references) if len(references) > 1 else references[0]
        start = self.signed(whole, 0)
        done: dict[_Node, Logic] = {}
        waiting = [start.node]
        while waiting:
            node = waiting[-1]
            members = self.members(node)
            missing = [part.node for part in members if part.node not in done]
            if missing:
                waiting += reversed(missing)
            else:
                done.setdefault(node, self.made(node, members, done))
                waiting.pop()
        return _signed_logic(start.negated, done[start.node])

    def members(self, node: _Node) -> list[_Signed]:
        """Return what a part joins when all that it joins by its own operator is written out."""
        if self.only_or(node):
            return []
        operator = _joined_by(node)
        found: dict[_Signed, None] = {}
        waiting, seen = self.parts(node)[::-1], {_Signed(False, node)}
        while waiting:
            part = waiting.pop()
            if part in seen:
                continue
            seen.add(part)
            same = not part.negated and _joined_by(part.node) is operator
            if same and not self.only_or(part.node):
                waiting += reversed(self.parts(part.node))
            else:
                found[part] = None
        return list(found)

    def made(self, node: _Node, members: list[_Signed], done: dict[_Node, Logic]) -> Logic:
        if not members:
            return self.block(node)
        parts = [_signed_logic(part.negated, done[part.node]) for part in members]
        return self.joined(_joined_by(node), parts, node.line if node.whole else None)

    def joined(self, operator: type, parts: list[Logic], line: int | None) -> Logic:
        """Join parts; the same parts joined in the same way are the same object."""
        flat: dict[int, Logic] = {}
        for part in parts:
            # A line such as `#3 and #3` is #3 itself, which may be joined as this is.
            inner = part.parts if isinstance(part, operator) else (part,)
            flat |= {id(one): one for one in inner}
        if operator is Any:
            flat = self.with_one_block(list(flat.values()))
        if len(flat) == 1:
            return next(iter(flat.values()))
        return self.shared.setdefault((operator, *flat), operator(tuple(flat.values()), line))

    def with_one_block(self, parts: list[Logic]) -> dict[int, Logic]:
        """Return alternatives, the blocks among them as one block in the place of the first."""
        blocks = [part for part in parts if isinstance(part, Block)]
        if len(blocks) > 1:
            numbers = {number for block in blocks for number in block.lines}
            one = self.part_block(numbers, Or(tuple(block.expression for block in blocks)))
            others = [part for part in parts if not isinstance(part, Block)]
            place = next(n for n, part in enumerate(parts) if isinstance(part, Block))
            parts = [*others[:place], one, *others[place:]]
        return {id(part): part for part in parts}

    def block(self, node: _Node) -> Block:
        """Return a part that is terms joined by `or` as a block."""
        numbers = self.term_lines(node)
        if not node.whole:
            return self.part_block(numbers, node.expression)
        line = self.lines[node.line]
        return self.one_block(
            Block(
                tuple(sorted(numbers)),
                line.number,
                line.set,
                _name_of(line),
                Reference(line.number),
            )
        )

    def part_block(self, numbers: set[int], expression: Expression) -> Block:
        """Return alternatives that no line alone says as a block."""
        lines = tuple(sorted(numbers))
        sets = dict.fromkeys(self.lines[number].set for number in lines)
        name = part_name(expression)
        return self.one_block(Block(lines, None, "; ".join(filter(None, sets)), name, expression))

    def one_block(self, block: Block) -> Block:
        return self.shared.setdefault((Block, block.lines, block.expression), block)  # type: ignore

    def term_lines(self, node: _Node) -> set[int]:
        numbers: set[int] = set()
        waiting, seen = [node], {node}
        while waiting:
            node = waiting.pop()
            if not isinstance(node.expression, (Or, Range)):
                numbers.add(node.line)
            below = {part.node for part in self.parts(node)} - seen
            seen |= below
            waiting += below
        return numbers


def _joined_by(node: _Node) -> type | None:
    match node.expression:
        case And() | Range(operator="and"):
            return All
        case Or() | Range():
            return Any
        case _:
            return None


def _signed_logic(negated: bool, logic: Logic) -> Logic:
    if not negated:
        return logic
    return logic.part if isinstance(logic, Without) else Without(logic)


def _name_of(line: Line) -> str:
    """Name the block that a line is: by its set if it joins the lines of one, else by its text."""
    named = line.set and line.kind == "combination"
    return line.set if named else part_name(line.expression)


def part_name(expression: Expression) -> str:
    """Return the text of an expression, shortened, as the name of a block that no set names."""
    text = to_text(expression)
    return text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 1].rstrip()}…"


def combining_lines(strategy: Strategy) -> Iterator[Block]:
    """Yield, for every line that only joins other lines and only by `or`, the block that it is."""
    reader = _Reader(strategy)
    for number, line in strategy.lines.items():
        head = reader.heads[number]
        if line.kind == "combination" and not head.negated and reader.only_or(head.node):
            block = reader.block(head.node)
            if block.line == number:
                yield block
