"""Finds the fewest blocks that kept a record out: those that would have to be otherwise.

A *demand* is a block and the truth that it has to have. The sets of demands that make a logic true are
built from below: `and` needs those of all its parts together, `or` those of one of them, `not` turns
what is wanted round. The smallest are those of which the fewest are not met as the record is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product
from typing import NamedTuple

from searchsets.evidence.logic import All, Block, Logic, Without, nodes_of, parts_of_logic

MOST = 2_000
"""So many sets are kept at one place; a strategy of some blocks never has more."""


class Demand(NamedTuple):
    """A block, and whether it has to match."""

    block: Block
    to: bool


Demands = frozenset[Demand]
Values = Mapping[Block, bool | None]


def smallest_changes(logic: Logic, values: Values) -> list[Demands]:
    """Return the smallest sets of blocks that would have to be otherwise for a record to match.

    Sets with the fewest blocks that surely failed come first, and among these those with the fewest
    that cannot be judged; sets that are equal in this are all returned. Of a record that matches the
    one set is empty; where nothing would help there is none.

    Args:
        logic: how the blocks are joined.
        values: for each block whether the record matches it; None where that cannot be judged.
    """
    made = _Search(logic, values).demands()
    changes = {frozenset(one for one in some if values[one.block] is not one.to) for some in made}
    least = min((_cost(some, values) for some in changes), default=None)
    return sorted((some for some in changes if _cost(some, values) == least), key=_in_order)


class _Search:
    def __init__(self, logic: Logic, values: Values):
        self.logic, self.values = logic, values
        self.both_ways = _both_ways(logic)

    def demands(self) -> tuple[Demands, ...]:
        """Return the sets of demands that make the logic true."""
        done: dict[tuple[int, bool], tuple[Demands, ...]] = {}
        for node in nodes_of(self.logic):
            for to in (True, False):
                inner = not to if isinstance(node, Without) else to
                parts = [done[id(part), inner] for part in parts_of_logic(node)]
                done[id(node), to] = self.of_node(node, to, parts)
        return done[id(self.logic), True]

    def of_node(
        self, node: Logic, to: bool, parts: list[tuple[Demands, ...]]
    ) -> tuple[Demands, ...]:
        if isinstance(node, Block):
            # What is as it should be need not be kept so, unless it is wanted otherwise elsewhere.
            is_free = self.values[node] is to and node not in self.both_ways
            return (frozenset(() if is_free else (Demand(node, to),)),)
        if isinstance(node, Without):
            return parts[0]
        return self.together(parts) if isinstance(node, All) is to else self.least(sum(parts, ()))

    def together(self, parts: list[tuple[Demands, ...]]) -> tuple[Demands, ...]:
        made: tuple[Demands, ...] = (frozenset(),)
        for part in sorted(parts, key=len):  # those that leave no choice first
            joined = (a | b for a, b in product(made, part))
            made = self.least(some for some in joined if _is_possible(some))
        return made

    def least(self, many: Iterable[Demands]) -> tuple[Demands, ...]:
        """Return the sets that hold no other of them."""
        kept: list[Demands] = []
        for some in sorted(
            set(many), key=lambda one: (len(one), _cost(one, self.values), _in_order(one))
        ):
            if not any(other <= some for other in kept):
                kept.append(some)
        return tuple(sorted(kept, key=lambda one: _cost(one, self.values))[:MOST])


def _both_ways(logic: Logic) -> set[Block]:
    """Return the blocks that stand both behind a `not` and not."""
    signs: dict[int, set[bool]] = {id(logic): {True}}
    nodes = nodes_of(logic)
    for node in reversed(nodes):  # wholes before parts
        turned = {not sign for sign in signs[id(node)]}
        for part in parts_of_logic(node):
            own = turned if isinstance(node, Without) else signs[id(node)]
            signs.setdefault(id(part), set()).update(own)
    by_block: dict[Block, set[bool]] = {}
    for node in nodes:
        if isinstance(node, Block):
            by_block.setdefault(node, set()).update(signs[id(node)])
    return {block for block, found in by_block.items() if len(found) == 2}


def _is_possible(demands: Demands) -> bool:
    """No block can both match and not match."""
    return len({block for block, _ in demands}) == len(demands)


def _cost(demands: Demands, values: Values) -> tuple[int, int]:
    """Return how many blocks fail a demand, and of how many that cannot be judged."""
    unmet = [values[one.block] for one in demands if values[one.block] is not one.to]
    return len(unmet) - unmet.count(None), unmet.count(None)


def _in_order(demands: Demands) -> list[tuple[tuple[int, ...], str, bool]]:
    return sorted((one.block.lines, one.block.name, one.to) for one in demands)
