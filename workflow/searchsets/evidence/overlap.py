"""How far lines find the same records, and how far databases find the same works."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from searchsets.search.engine import Flags


@dataclass(frozen=True)
class Overlap:
    """Two lines, or two databases: what both find, and what only the one or the other does."""

    first: int | str
    second: int | str
    both: int
    only_first: int
    only_second: int


def overlaps(found: Mapping[int, Flags]) -> Iterator[Overlap]:
    """Yield each pair of lines that find a record in common, in the order of the mapping.

    Args:
        found: for each line the records that it finds, of shape (records,).
    """
    numbers = list(found)
    packed = np.array([np.packbits(flags) for flags in found.values()])
    totals = [int(flags.sum()) for flags in found.values()]
    for first, number in enumerate(numbers):
        both = np.bitwise_count(packed[first] & packed[first + 1 :]).sum(axis=1, dtype=np.int64)
        for after in np.flatnonzero(both).tolist():
            second, common = first + 1 + after, int(both[after])
            only = totals[first] - common, totals[second] - common
            yield Overlap(number, numbers[second], common, *only)


def shared(found: Mapping[str, Iterable[str]]) -> tuple[list[Overlap], Counter[tuple[str, ...]]]:
    """Return how far databases find the same works: by pair, and by exactly which databases.

    Args:
        found: for each database the works that it found.
    """
    works = {database: set(ids) for database, ids in found.items()}
    pairs = [
        Overlap(a, b, len(works[a] & works[b]), len(works[a] - works[b]), len(works[b] - works[a]))
        for a, b in combinations(works, 2)
    ]
    by_work: dict[str, list[str]] = {}
    for database, ids in works.items():
        for work in ids:
            by_work.setdefault(work, []).append(database)
    return pairs, Counter(map(tuple, by_work.values()))
