"""Finds the fewest blocks that kept a record out: those that would have to be otherwise.

Whatever a strategy asks for can be said with blocks that match and blocks that do not, joined by `and`
and `or`. Where that fails there is a *core*: some of these of which at least one has to come true. So
the search makes each of a core true in turn and looks again, as in a tree of hitting sets (R. Reiter
1987, A theory of diagnosis from first principles, Artificial Intelligence 32:57-95). It gives a branch
up as soon as cores that share no block show that it cannot come to fewer blocks than are known to do.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import NamedTuple

from searchsets.evidence.logic import (
    All,
    Block,
    Logic,
    Without,
    blocks_of,
    nodes_of,
    parts_of_logic,
    wishes_of,
)

MOST_SETS = 100
"""So many sets of changes that are equally small are returned at most."""
MOST_STEPS = 300_000
"""After so many looks at parts of a logic the search is given up; six printed strategies took some
hundred each."""


class Change(NamedTuple):
    """A block, and whether it would have to match."""

    block: Block
    to: bool


Changes = frozenset[Change]
Values = Mapping[Block, bool | None]


@dataclass(frozen=True)
class Smallest:
    """The smallest sets of changes by which a record would be found.

    Attributes:
        sets: these sets, in the order of their lines; one that is empty if the record is found as it
            is, none if nothing would help.
        are_all: there are no others as small.
        are_smallest: surely no set is smaller; else the search was given up, and `sets` holds the best
            that it had come to, if any.
    """

    sets: tuple[Changes, ...]
    are_all: bool = True
    are_smallest: bool = True


def smallest_changes(logic: Logic, values: Values) -> Smallest:
    """Return the smallest sets of blocks that would have to be otherwise for a record to match.

    Sets with the fewest blocks that surely failed come first, and among these those with the fewest
    that cannot be judged; sets that are equal in this are all returned, up to `MOST_SETS`. Each block
    is taken to be free to match or not, whatever the others do.

    Args:
        logic: how the blocks are joined.
        values: for each block whether the record matches it; None where that cannot be judged.
    """
    return _Search(logic, values).smallest()


class _Place(NamedTuple):
    """Where the search stands: which wishes are met, which others may be made so, at what cost."""

    met: int
    open: int
    cost: int


class _Search:
    """The search on one record. A set of wishes is a number whose bits are the wishes in it.

    Of block n, bit 2n is the wish that it match and bit 2n + 1 that it do not.
    """

    def __init__(self, logic: Logic, values: Values):
        self.blocks = list(dict.fromkeys(blocks_of(logic)))
        self.parts = list(_parts_of_wishes(logic, self.blocks))
        # One block that failed weighs more than all that cannot be judged.
        failed = len(self.blocks) + 1
        self.weights = [1 if values[block] is None else failed for block in self.blocks]
        self.start = _Place(*_as_it_is([values[block] for block in self.blocks]), 0)
        self.steps = 0
        self.least: int | None = None
        self.found: list[int] = []
        self.are_all = True

    def smallest(self) -> Smallest:
        easy = self.easy_changes()
        floor = self.floor()
        waiting = [self.start]
        while waiting and self.steps < MOST_STEPS:
            waiting += self.branches(waiting.pop())
        best = self.found or ([] if easy is None else [easy])
        sets = sorted(map(self.changes, best), key=_in_order)
        return Smallest(
            tuple(sets), self.are_all and not waiting, not waiting or self.least == floor
        )

    def easy_changes(self) -> int | None:
        """Return wishes by which all is met, which no other is smaller than if no block stands twice.

        Taken from below: of what is wished together all, of alternatives that of the least cost.
        """
        sets: list[tuple[int, int]] = []
        for wish, parts, together in self.parts:
            if wish is not None:
                is_met = self.start.met >> wish & 1
                sets.append((0, 0) if is_met else (self.weights[wish // 2], 1 << wish))
            elif together:
                made = 0
                for part in parts:
                    made |= sets[part][1]
                sets.append((sum(self.weights[one // 2] for one in _bits(made)), made))
            else:
                sets.append(min(sets[part] for part in parts))
        cost, made = sets[-1]
        met = self.start.met
        for wish in _bits(made):
            met = met & ~_both_of(wish) | 1 << wish
        if self.cores(met, 0):  # a block is wished to match and not to
            return None
        self.least = cost
        return met

    def floor(self) -> int:
        """Return a cost that no set of changes is below.

        Of what is wished together the costs are added, of alternatives the least is taken. So that
        no block is counted more than once, its cost is shared out among the places that it stands in.
        """
        places = [0] * len(self.parts)
        places[-1] = 1
        for at, (_, parts, _) in reversed(list(enumerate(self.parts))):
            for part in parts:
                places[part] += places[at]
        stands: Counter[int] = Counter()
        for at, (wish, _, _) in enumerate(self.parts):
            if wish is not None:
                stands[wish] += places[at]
        floors: list[float] = []
        for wish, parts, together in self.parts:
            if wish is None:
                floors.append((sum if together else min)(floors[part] for part in parts))
            else:
                is_met = self.start.met >> wish & 1
                floors.append(0 if is_met else self.weights[wish // 2] / stands[wish])
        return math.ceil(floors[-1] * (1 - 1e-9))

    def branches(self, place: _Place) -> list[_Place]:
        """Return the places that follow, the first to be looked at last; or keep what is found."""
        cores = self.cores(place.met, place.open)
        if not cores:
            self.keep(place)
        if not cores or self.is_too_dear(place, cores):
            return []
        if cores[0].bit_count() == 1:  # no choice
            forced = (core.bit_length() - 1 for core in cores if core.bit_count() == 1)
            return [reduce(self.after, forced, place)]
        made = []
        for wish in sorted(_bits(cores[0]), key=lambda wish: self.weights[wish // 2]):
            made.append(self.after(place, wish))
            # What is tried here is not tried again beside the others.
            place = place._replace(open=place.open & ~(1 << wish))
        return made[::-1]

    def after(self, place: _Place, wish: int) -> _Place:
        """Return the place at which one more wish is met."""
        both = _both_of(wish)
        cost = place.cost + self.weights[wish // 2]
        return _Place(place.met & ~both | 1 << wish, place.open & ~both, cost)

    def keep(self, place: _Place) -> None:
        if self.least is not None and place.cost > self.least:
            return
        if self.least is None or place.cost < self.least:
            self.least, self.found, self.are_all = place.cost, [], True
        if len(self.found) < MOST_SETS:
            self.found.append(place.met)
        else:
            self.are_all = False

    def is_too_dear(self, place: _Place, cores: list[int]) -> bool:
        """Tell whether a place leads to nothing that would still be kept."""
        most = math.inf if self.least is None else self.least
        most -= not self.are_all  # once there are too many, only smaller ones count
        cost, met = place.cost, place.met
        while cores and cost <= most:
            if not cores[0]:  # the least of them: nothing can help
                return True
            for core in cores:
                cost += min(self.weights[wish // 2] for wish in _bits(core))
                met |= _blocks_of(core)  # so that the next cores have none of these blocks
            cores = self.cores(met, place.open)
        return cost > most

    def cores(self, met: int, still: int) -> list[int]:
        """Return wishes of each of which one has to be met, no block in two; none if all is met.

        One that is empty says that nothing can help.
        """
        self.steps += len(self.parts)
        cores: list[int | None] = []
        for wish, parts, together in self.parts:
            if wish is not None:
                cores.append(None if met >> wish & 1 else still & 1 << wish)
            else:
                mine = [cores[part] for part in parts]
                cores.append(_of_all(mine) if together else _of_any(mine))
        _, parts, together = self.parts[-1]
        return _disjoint([cores[part] for part in parts] if together and parts else cores[-1:])

    def changes(self, met: int) -> Changes:
        wishes = _bits(met & ~self.start.met)
        return frozenset(Change(self.blocks[wish // 2], wish % 2 == 0) for wish in wishes)


def _parts_of_wishes(
    logic: Logic, blocks: list[Block]
) -> Iterator[tuple[int | None, list[int], bool]]:
    """Yield what a logic wishes, its parts before wholes: the whole last.

    Each is a wish of a block, or the places of its parts and whether they are wished together:
    not (a or b) is not a and not b.
    """
    numbers = {block: number for number, block in enumerate(blocks)}
    wished = wishes_of(logic)
    places: dict[tuple[int, bool], int] = {}
    for node in nodes_of(logic):
        for to in sorted(wished[id(node)]):
            inner = to is not isinstance(node, Without)
            parts = [places[id(part), inner] for part in parts_of_logic(node)]
            wish = 2 * numbers[node] + (not to) if isinstance(node, Block) else None
            places[id(node), to] = len(places)
            yield wish, parts, isinstance(node, All) is to


def _as_it_is(values: list[bool | None]) -> tuple[int, int]:
    """Return the wishes that are met as a record is, and those that a change would meet."""
    met = sum(1 << 2 * n + (not value) for n, value in enumerate(values) if value is not None)
    return met, (1 << 2 * len(values)) - 1 & ~met


def _of_all(cores: list[int | None]) -> int | None:
    """Return the core of what is wished together: the least of those that are not met."""
    return min((core for core in cores if core is not None), key=int.bit_count, default=None)


def _of_any(cores: list[int | None]) -> int | None:
    """Return the core of alternatives: one of the cores of each."""
    made = 0
    for core in cores:
        if core is None:
            return None
        made |= core
    return made


def _disjoint(cores: list[int | None]) -> list[int]:
    """Return of cores, None being none, the least, and all that share no block with those before."""
    found: list[int] = []
    taken = 0
    for core in sorted((core for core in cores if core is not None), key=int.bit_count):
        if not core & taken:
            found.append(core)
            taken |= _blocks_of(core)
    return found


def _blocks_of(core: int) -> int:
    """Return both wishes of each block of a core."""
    return reduce(int.__or__, map(_both_of, _bits(core)), 0)


def _both_of(wish: int) -> int:
    """Return the two wishes of the block of a wish."""
    return 3 << (wish & ~1)


def _bits(number: int) -> Iterator[int]:
    """Yield the places of the bits of a number, from the least.

    >>> list(_bits(0b1010))
    [1, 3]
    """
    while number:
        least = number & -number
        yield least.bit_length() - 1
        number ^= least


def _in_order(changes: Changes) -> list[tuple[tuple[int, ...], str, bool]]:
    return sorted((one.block.lines, one.block.name, one.to) for one in changes)
