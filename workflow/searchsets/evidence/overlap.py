"""How far lines find the same records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from searchsets.search.engine import Flags


@dataclass(frozen=True)
class Overlap:
    """Two lines: how many records both find, and only the one or the other."""

    first: int
    second: int
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
