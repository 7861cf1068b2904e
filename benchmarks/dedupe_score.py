"""Counts what a deduplication did rightly and wrongly, beside the true clusters of a gold set.

Clusters are given as labels, one a record, in the order of the file: records with equal labels are
in one cluster. Nothing here goes through pairs one by one: how many pairs a cluster holds follows
from its size, so that a million records are counted in seconds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import astuple, dataclass

Labels = Sequence[Hashable]
Pair = tuple[str, str]


@dataclass(frozen=True)
class Pairs:
    """Pairs of records: joined rightly, joined wrongly, and not joined though they are one work."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float | None:
        """The share of what was joined that is right; unknown where nothing was joined."""
        return share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> float | None:
        """The share of the true pairs that were joined; unknown where there are none."""
        return share(self.right, self.right + self.missed)


@dataclass(frozen=True)
class Records:
    """Records, where the first of each cluster is kept and the others are removed.

    `lost` are works of which no record was kept (false positives), `left` the records kept beyond
    the first of their work (false negatives), `removed` and `kept` what was done rightly.
    """

    removed: int
    lost: int
    left: int
    kept: int


@dataclass(frozen=True)
class Score:
    """All that is counted against one truth; scores of several sets can be added up."""

    pairs: Pairs
    records: Records
    impure: int

    def __add__(self, other: Score) -> Score:
        return Score(
            Pairs(*map(sum, zip(astuple(self.pairs), astuple(other.pairs), strict=True))),
            Records(*map(sum, zip(astuple(self.records), astuple(other.records), strict=True))),
            self.impure + other.impure,
        )


@dataclass(frozen=True)
class Queue:
    """What a tool leaves to a person: records named, pairs, and the missed true pairs it holds."""

    records: int
    pairs: int
    held: int

    def __add__(self, other: Queue) -> Queue:
        return Queue(*map(sum, zip(astuple(self), astuple(other), strict=True)))


def share(part: int, whole: int) -> float | None:
    """Return a share, or nothing where it is a share of nothing."""
    return part / whole if whole else None


def score(predicted: Labels, truth: Labels) -> Score:
    """Count pairs, records and impure clusters."""
    return Score(pairs(predicted, truth), records(predicted, truth), impure(predicted, truth))


def within(labels: Iterable[Hashable]) -> int:
    """Return how many pairs are in one cluster."""
    return sum(size * (size - 1) // 2 for size in Counter(labels).values())


def pairs(predicted: Labels, truth: Labels) -> Pairs:
    """Count pairs of records that are in one cluster of both, or of one only."""
    right = within(zip(predicted, truth, strict=True))
    return Pairs(right, within(predicted) - right, within(truth) - right)


def records(predicted: Labels, truth: Labels) -> Records:
    """Count records by the convention of bib-dedupe and ASySD: the first of each cluster is kept.

    It can hide a wrong merge, where another record of the lost work happens to be kept.
    """
    first = {label: place for place, label in reversed([*enumerate(predicted)])}
    kept = Counter(truth[place] for place in first.values())
    sizes = Counter(truth)
    lost = sum(work not in kept for work in sizes)
    return Records(
        removed=len(truth) - len(first) - lost,
        lost=lost,
        left=sum(number - 1 for number in kept.values()),
        kept=len(kept),
    )


def impure(predicted: Labels, truth: Labels) -> int:
    """Count clusters that hold records of more than one work."""
    works_in = Counter(cluster for cluster, _ in set(zip(predicted, truth, strict=True)))
    return sum(number > 1 for number in works_in.values())


def differing(one: Labels, other: Labels) -> int:
    """Count pairs that are joined by only one of two clusterings of the same records."""
    counted = pairs(one, other)
    return counted.wrong + counted.missed


def newly_wrong(before: Labels, after: Labels, truth: Labels) -> int:
    """Count wrong pairs of a clustering that the one before did not make."""
    in_both = [*zip(before, after, strict=True)]
    return pairs(after, truth).wrong - pairs(in_both, truth).wrong


def queue(ids: Sequence[str], predicted: Labels, truth: Labels, doubtful: Iterable[Pair]) -> Queue:
    """Count what a review queue names, and the missed pairs that come together by its true pairs.

    A person who says yes to the true pairs of the queue joins whole clusters: a missed pair is held
    by the queue if its records are together then.
    """
    asked = {(min(pair), max(pair)) for pair in doubtful}
    work_of = dict(zip(ids, truth, strict=True))
    agreed = [(a, b) for a, b in asked if work_of[a] == work_of[b]]
    reviewed = joined(ids, predicted, agreed)
    held = pairs(reviewed, truth).right - pairs(predicted, truth).right
    return Queue(len({record for pair in asked for record in pair}), len(asked), held)


def joined(ids: Sequence[str], labels: Labels, more: Iterable[Pair]) -> list[Hashable]:
    """Return the labels when pairs of records, and with them their clusters, are joined as well."""
    label_of = dict(zip(ids, labels, strict=True))
    parent = {label: label for label in labels}

    def top(label: Hashable) -> Hashable:
        while parent[label] != label:
            parent[label] = label = parent[parent[label]]
        return label

    for a, b in more:
        parent[top(label_of[a])] = top(label_of[b])
    return [top(label) for label in labels]
