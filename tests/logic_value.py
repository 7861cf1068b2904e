"""The truth of a logic, worked out from that of its blocks: what the tests hold the package against."""

from __future__ import annotations

from collections.abc import Callable

from searchsets.evidence.logic import All, Any, Block, Logic, Without, nodes_of, parts_of_logic


def value_of(logic: Logic, truth_of_block: Callable[[Block], bool | None]) -> bool | None:
    """Return whether a record meets a logic: True, False, or None where it cannot be decided."""
    values: dict[int, bool | None] = {}
    for node in nodes_of(logic):
        parts = [values[id(part)] for part in parts_of_logic(node)]
        match node:
            case Block():
                values[id(node)] = truth_of_block(node)
            case Without():
                values[id(node)] = None if parts[0] is None else not parts[0]
            case All():
                values[id(node)] = _first_of((False, None), parts, otherwise=True)
            case Any():
                values[id(node)] = _first_of((True, None), parts, otherwise=False)
    return values[id(logic)]


def _first_of(wanted: tuple, values: list[bool | None], *, otherwise: bool) -> bool | None:
    return next((value for value in wanted if value in values), otherwise)
