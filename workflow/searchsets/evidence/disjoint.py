"""Parts the blocks of a logic that share terms, so that each can be otherwise without the others."""

from __future__ import annotations

from collections.abc import Iterator

from searchsets.evidence.logic import (
    All,
    Any,
    Block,
    Logic,
    Without,
    blocks_of,
    nodes_of,
    part_name,
    parts_of_logic,
)
from searchsets.strategy.model import Expression, Near, Or, Strategy, Term, leaves, lines_of

Leaf = Term | Near


def leaves_of(block: Block, strategy: Strategy) -> Iterator[tuple[int, Leaf]]:
    """Yield the terms of a block, each with the line that it stands in."""
    waiting: list[tuple[int | None, Expression]] = [(None, block.expression)]
    seen: set[int] = set()
    while waiting:
        line, expression = waiting.pop()
        for leaf in leaves(expression):
            if isinstance(leaf, (Term, Near)):
                yield line if line is not None else _line_of(leaf, block, strategy), leaf
            for number in lines_of(leaf):
                if number not in seen:
                    seen.add(number)
                    waiting.append((number, strategy.lines[number].expression))


def _line_of(leaf: Leaf, block: Block, strategy: Strategy) -> int:
    """Return the line of a block in which a leaf of the block itself stands."""
    return next(n for n in block.lines if leaf in leaves(strategy.lines[n].expression))


def disjoint(logic: Logic, strategy: Strategy) -> Logic:
    """Return a logic in which no two blocks have a term in common.

    A block that shares terms with others becomes alternatives: what it shares with the same others is
    one block, what it has alone is another. All other blocks stay as they are.
    """
    blocks = list(dict.fromkeys(blocks_of(logic)))
    lines: dict[Leaf, set[int]] = {}
    owners: dict[Leaf, set[int]] = {}
    for number, block in enumerate(blocks):
        for line, leaf in leaves_of(block, strategy):
            lines.setdefault(leaf, set()).add(line)
            owners.setdefault(leaf, set()).add(number)
    if all(len(some) == 1 for some in owners.values()):
        return logic
    together: dict[frozenset[int], list[Leaf]] = {}
    for leaf, some in owners.items():
        together.setdefault(frozenset(some), []).append(leaf)
    pieces = {some: _piece(found, lines, strategy) for some, found in together.items()}
    parted = {
        block: tuple(piece for some, piece in pieces.items() if number in some)
        for number, block in enumerate(blocks)
        if any(number in some and len(some) > 1 for some in pieces)
    }
    return _replaced(logic, parted)


def _piece(terms: list[Leaf], lines: dict[Leaf, set[int]], strategy: Strategy) -> Block:
    numbers = tuple(sorted(set().union(*(lines[term] for term in terms))))
    expression = Or(tuple(terms)) if len(terms) > 1 else terms[0]
    sets = dict.fromkeys(strategy.lines[number].set for number in numbers)
    return Block(numbers, None, "; ".join(filter(None, sets)), part_name(expression), expression)


def _replaced(logic: Logic, parted: dict[Block, tuple[Block, ...]]) -> Logic:
    done: dict[int, Logic] = {}
    for node in nodes_of(logic):
        parts = tuple(done[id(part)] for part in parts_of_logic(node))
        match node:
            case Block():
                pieces = parted.get(node, (node,))
                done[id(node)] = Any(pieces) if len(pieces) > 1 else pieces[0]
            case Without():
                done[id(node)] = Without(*parts)
            case All() | Any():
                done[id(node)] = type(node)(parts, node.line)
    return done[id(logic)]
