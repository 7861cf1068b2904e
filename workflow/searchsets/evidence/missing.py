"""Finds the fewest blocks that kept a record out: those that would have to be otherwise.

A *change* is a block and the truth that it would have to have. The smallest sets of changes that
would make a logic true are built from below: a block that is as it should be needs none, `and` needs
those of all its parts together, `or` those of one of them, `not` turns what is wanted round.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product
from typing import NamedTuple

from searchsets.evidence.logic import All, Any, Block, Logic, Without, nodes_of, parts_of_logic

MOST = 2_000
"""So many sets are kept at one place; a strategy of some blocks never has more."""


class Change(NamedTuple):
    """A block, and whether it would have to match."""

    block: Block
    to: bool


Changes = frozenset[Change]
Values = Mapping[Block, bool | None]
_NONE: tuple[Changes, ...] = (frozenset(),)


def smallest_changes(logic: Logic, values: Values) -> list[Changes]:
    """Return the smallest sets of blocks that would have to be otherwise for a record to match.

    Sets with the fewest blocks that surely failed come first, and among these those with the fewest
    that cannot be judged; sets that are equal in this are all returned. Of a record that matches the
    one set is empty.

    Args:
        logic: how the blocks are joined.
        values: for each block whether the record matches it; None where that cannot be judged.
    """
    wanted: dict[tuple[int, bool], tuple[Changes, ...]] = {}
    for node in nodes_of(logic):
        for to in (True, False):
            parts = [
                [wanted[id(part), inner] for part in parts_of_logic(node)] for inner in (to, not to)
            ]
            wanted[id(node), to] = _changes(node, values, to, *parts)
    made = wanted[id(logic), True]
    least = min((_cost(changes, values) for changes in made), default=None)
    return sorted((changes for changes in made if _cost(changes, values) == least), key=_in_order)


def _changes(
    node: Logic,
    values: Values,
    to: bool,
    same: list[tuple[Changes, ...]],
    opposite: list[tuple[Changes, ...]],
) -> tuple[Changes, ...]:
    match node:
        case Block():
            is_so = values[node] is to
            return _NONE if is_so else (frozenset([Change(node, to)]),)
        case Without():
            return opposite[0]
        case All() | Any():
            together = isinstance(node, All) is to
            return _together(same, values) if together else _least(sum(same, ()), values)


def _together(parts: Iterable[tuple[Changes, ...]], values: Values) -> tuple[Changes, ...]:
    made: tuple[Changes, ...] = _NONE
    for part in parts:
        joined = (a | b for a, b in product(made, part))
        made = _least((changes for changes in joined if _is_possible(changes)), values)
    return made


def _is_possible(changes: Changes) -> bool:
    """No block can both match and not match."""
    return len({block for block, _ in changes}) == len(changes)


def _least(many: Iterable[Changes], values: Values) -> tuple[Changes, ...]:
    """Return the sets that hold no other of them."""
    kept: list[Changes] = []
    for changes in sorted(set(many), key=lambda one: (_cost(one, values), _in_order(one))):
        if not any(other <= changes for other in kept):
            kept.append(changes)
    return tuple(kept[:MOST])


def _cost(changes: Changes, values: Values) -> tuple[int, int]:
    """Return how many blocks failed, and how many cannot be judged."""
    unknown = sum(values[change.block] is None for change in changes)
    return len(changes) - unknown, unknown


def _in_order(changes: Changes) -> list[tuple[tuple[int, ...], str, bool]]:
    return sorted((change.block.lines, change.block.name, change.to) for change in changes)
