"""Tells quickly, for many pairs at once, which need not be judged: nothing could come of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from searchsets.dedupe.evidence import (
    NEAR,
    NEAR_TITLE,
    OTHER,
    SAME,
    doi_of,
    is_contained,
    pages_of,
)
from searchsets.dedupe.reading import Reading, doi_without_version

if TYPE_CHECKING:
    import numpy as np

_SEVERAL = "?"


def are_strangers(a: Reading, b: Reading) -> bool:
    """Tell of two records whose titles are not near whether they cannot be one work or its versions.

    So it is where neither first page (not even nearly) nor identifier nor abstract agree: nothing else
    could outweigh the titles. A second title, or one that holds the other, is looked at more closely.
    """
    if len(a.title.forms) != 1 or len(b.title.forms) != 1:
        return False
    if _share_a_mark(a, b) or pages_of(a.pages, b.pages)[0] in (SAME, NEAR):
        return False
    return not is_contained(a.title, b.title)


def _share_a_mark(a: Reading, b: Reading) -> bool:
    """Tell whether an identifier, the address or the abstract agree."""
    if a.doi and b.doi and doi_of(a.doi, b.doi) != OTHER:
        return True
    return any(
        x and x == y for x, y in ((a.eric, b.eric), (a.url, b.url), (a.abstract, b.abstract))
    )


@dataclass(frozen=True)
class Columns:
    """Where texts stand, and what else can make them one work or its versions, as arrays.

    A volume and a page count only where there is one. `kind` is equal for records of one kind of
    text; the others are equal where the records share the identifier or abstract, 0 without one.
    """

    volume: np.ndarray
    year: np.ndarray
    page: np.ndarray
    begins_at_1: np.ndarray
    span: np.ndarray
    kind: np.ndarray
    marks: tuple[np.ndarray, ...]
    listed: np.ndarray
    starts: Sequence[str]
    ends: Sequence[str]

    @classmethod
    def of(cls, readings: Sequence[Reading]) -> Columns:
        """Return the columns of records."""
        import numpy as np

        numbers: dict[object, int] = {"": 0}

        def coded(values: Iterable[object]) -> np.ndarray:
            codes = (numbers.setdefault(value, len(numbers)) for value in values)
            return np.fromiter(codes, np.int64, len(readings))

        starts = [next(iter(r.pages.starts)) if len(r.pages.starts) == 1 else "" for r in readings]
        ends = [
            min(r.pages.ends, default="") if len(r.pages.ends) < 2 else _SEVERAL for r in readings
        ]
        volumes = (next(iter(v)) if len(v := r.volume.values) == 1 else -1 for r in readings)
        return cls(
            np.fromiter(volumes, np.int64, len(readings)),
            np.fromiter((r.year or 0 for r in readings), np.int64, len(readings)),
            coded(starts),
            np.array([start == "1" for start in starts], bool),
            np.fromiter((r.pages.span for r in readings), np.int64, len(readings)),
            coded((r.title.kind, r.title.numbers, r.preprint, r.meeting, r.type) for r in readings),
            (
                coded(doi_without_version(r.doi) for r in readings),
                coded(r.eric for r in readings),
                coded(r.abstract for r in readings),
                coded(r.url for r in readings),
            ),
            np.array([bool(r.isbn or r.trial) for r in readings], bool),
            starts,
            ends,
        )

    def surely_apart(self, pairs: np.ndarray) -> np.ndarray:
        """Tell of which pairs volume and first page speak against one work more than all else for it.

        The judge would find no merge, version or question in them; that a test holds against it.
        """
        import numpy as np

        a, b = pairs[:, 0], pairs[:, 1]
        volumes = (self.volume[a] >= 0) & (self.volume[b] >= 0) & (self.volume[a] != self.volume[b])
        for one in (a, b):  # a year in the place of a volume says nothing
            volumes &= self.volume[one] != self.year[one]
        pages = (self.page[a] > 0) & (self.page[b] > 0) & (self.page[a] != self.page[b])
        counted_anew = (self.span[a] == self.span[b]) & (self.begins_at_1[a] != self.begins_at_1[b])
        away = volumes & pages & ~counted_anew & (self.kind[a] == self.kind[b])
        for mark in self.marks:
            away &= (mark[a] == 0) | (mark[a] != mark[b])
        away &= ~(self.listed[a] & self.listed[b])
        left = np.flatnonzero(away)
        away[left] = _are_far(self.starts, pairs[left]) & _are_far(self.ends, pairs[left])
        return away


def _are_far(pages: Sequence[str], pairs: np.ndarray) -> np.ndarray:
    """Tell of which pairs the pages are more than a slip apart, or missing."""
    import numpy as np
    from rapidfuzz import process
    from rapidfuzz.distance import DamerauLevenshtein

    one, other = ([pages[i] for i in side.tolist()] for side in pairs.T)
    slips = process.cpdist(
        one, other, scorer=DamerauLevenshtein.distance, score_cutoff=1, workers=-1
    )
    both = list(zip(one, other, strict=True))
    missing = np.array([not x or not y for x, y in both], bool)
    several = np.array([_SEVERAL in (x, y) for x, y in both], bool)
    return ((slips > 1) | missing) & ~several


def near_pairs(
    readings: Sequence[Reading], titles: Sequence[str], pairs: np.ndarray
) -> Iterator[tuple[int, int]]:
    """Yield the pairs whose titles are near, and those that are no strangers all the same."""
    import numpy as np
    from rapidfuzz import fuzz, process

    both = pairs.tolist()
    alike = process.cpdist(
        [titles[i] for i, _ in both],
        [titles[j] for _, j in both],
        scorer=fuzz.ratio,
        score_cutoff=NEAR_TITLE,
        dtype=np.float32,
        workers=-1,
    ).tolist()
    for similarity, (i, j) in zip(alike, both, strict=True):
        if similarity or not are_strangers(readings[i], readings[j]):
            yield i, j
