"""Joins records into works, strongest pairs first, and never against a contradiction.

Two groups of records are joined by a pair only if their records do not contradict each other in
other ways: so no chain of small likenesses joins two works. The outcome depends on the records and
judgements alone, not on their order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from searchsets.dedupe.reading import Reading

_SOURCE, _EARLIER = "source", "earlier work"
TWO_WORKS = "the groups were two works in the run that this one updates"
TOLERATED = 1
"""In so many fields two groups may have nothing in common: one value can be damaged."""


@dataclass(slots=True)
class _Group:
    """What the records of a group say, by field, and with which records none of them may be joined."""

    members: list[int]
    said: dict[str, set]
    apart: set[int] = field(default_factory=set)


class Clusters:
    """Groups of records that are joined step by step."""

    def __init__(
        self,
        readings: Sequence[Reading],
        apart: Iterable[tuple[int, int]] = (),
        single: Sequence[str] = (),
        earlier: Sequence[str] = (),
    ):
        """Begin with every record alone.

        Args:
            readings: the records.
            apart: pairs of positions that a person said are different.
            single: for each record the source that holds nothing twice, or nothing.
            earlier: for each record the work that it was in an earlier run, or nothing.
        """
        self._readings = readings
        self._leader = list(range(len(readings)))
        self._groups: dict[int, _Group] = {}
        self._single, self._earlier = single, earlier
        self._apart: dict[int, set[int]] = {}
        for one, other in apart:
            self._apart.setdefault(one, set()).add(other)
            self._apart.setdefault(other, set()).add(one)

    def leader(self, position: int) -> int:
        """Return the record that stands for the group of a record."""
        leader = self._leader
        while leader[position] != position:
            leader[position] = leader[leader[position]]
            position = leader[position]
        return position

    def join(
        self, one: int, other: int, *, despite_contradictions: bool = False, by_person: bool = False
    ) -> str:
        """Join the groups of two records; return what forbids it, or nothing.

        Args:
            one: the position of a record.
            other: that of another.
            despite_contradictions: join them unless a person said that some are different, or they
                were two works in the run before.
            by_person: a person says so, who may join these too.
        """
        a, b = sorted((self.leader(one), self.leader(other)))
        if a == b:
            return ""
        first, second = self._group(a), self._group(b)
        if len(first.members) < len(second.members):
            first, second = second, first
        if any(member in first.apart for member in second.members):
            return "a person said that records of the two groups are different"
        if not by_person and _apart(first.said[_EARLIER], second.said[_EARLIER]):
            return TWO_WORKS
        if not (by_person or despite_contradictions) and (
            why := contradiction(first.said, second.said)
        ):
            return why
        first.members += second.members
        first.apart |= second.apart
        for name, values in second.said.items():
            first.said[name] |= values
        self._leader[b] = a
        self._groups.pop(b, None)
        self._groups[a] = first
        return ""

    def _group(self, leader: int) -> _Group:
        group = self._groups.get(leader)
        if group is None:
            said = said_by(self._readings[leader])
            said[_SOURCE] = _label(self._single, leader)
            said[_EARLIER] = _label(self._earlier, leader)
            group = _Group([leader], said, set(self._apart.get(leader, ())))
            self._groups[leader] = group
        return group

    def groups(self) -> Mapping[int, list[int]]:
        """Return the positions of each group's records, sorted, by the first of them."""
        found: dict[int, list[int]] = {}
        for position in range(len(self._leader)):
            found.setdefault(self.leader(position), []).append(position)
        return found


def _label(labels: Sequence[str], position: int) -> set[str]:
    return {labels[position]} if labels and labels[position] else set()


def said_by(r: Reading) -> dict[str, set]:
    """Return what a record says in the fields in which groups may contradict each other."""
    return {
        "numbers in the title": {r.title.numbers} if r.title.forms else set(),
        "DOI": {r.doi} if r.doi else set(),
        "volume": set(r.volume.values),
        "first page": set(r.pages.starts),
        "year": {r.year, r.year + 1} if r.year else set(),  # one apart is no contradiction
    }


def contradiction(one: Mapping[str, set], other: Mapping[str, set]) -> str:
    """Return in what two groups contradict each other, or nothing."""
    if one[_SOURCE] & other[_SOURCE]:
        return "both groups have a record of a source that holds nothing twice"
    contrary = [name for name in one.keys() - {_SOURCE, _EARLIER} if _apart(one[name], other[name])]
    if len(contrary) > TOLERATED:
        return f"the groups have nothing in common in: {', '.join(sorted(contrary))}"
    return ""


def _apart(one: set | None, other: set | None) -> bool:
    """Tell whether both say something, and nothing that is the same."""
    return bool(one and other and one.isdisjoint(other))
