"""Judges all candidate pairs: what is known of all records together, and the work shared by cores."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from searchsets.dedupe.evidence import (
    NEAR_TITLE,
    OTHER,
    SAME,
    alias_key,
    are_strangers,
    authors_of,
    pages_of,
    volume_of,
)
from searchsets.dedupe.judge import Judgement, judge
from searchsets.dedupe.reading import Reading, doi_without_version
from searchsets.dedupe.venues import same_venue

if TYPE_CHECKING:
    import numpy as np

ALIAS_TITLES = 3
"""So many texts that two sources put into two venues make these one venue."""
_ALIAS_WORDS = 4
_SHARE = 50_000
_SEVERAL = "?"


@dataclass(frozen=True)
class Known:
    """What the records tell together.

    `frequency` says of a title (its letters) in how many places (years, volumes or first pages)
    texts of this title stand, where it is more than one; `aliases` are pairs of venues that are one.
    """

    frequency: Mapping[str, int]
    aliases: frozenset[tuple[str, str]] = frozenset()

    def judge(self, a: Reading, b: Reading) -> Judgement:
        """Say what two records are to each other."""
        return judge(a, b, min(self._places(a), self._places(b)), self.aliases)

    def _places(self, r: Reading) -> int:
        return self.frequency.get(r.title.forms[0], 1) if r.title.forms else 1


def learn(readings: Sequence[Reading], pairs: np.ndarray) -> Known:
    """Return what the records tell together; their order does not matter.

    Args:
        readings: the records.
        pairs: candidate pairs of positions, of shape (pairs, 2).
    """
    frequency = _frequencies(readings)
    return Known(frequency, _aliases(readings, pairs, frequency))


def _frequencies(readings: Sequence[Reading]) -> dict[str, int]:
    counts = Counter(r.title.forms[0] for r in readings if r.title.forms)
    places: dict[str, tuple[set, set, set]] = defaultdict(lambda: (set(), set(), set()))
    for r in readings:
        if r.title.forms and counts[r.title.forms[0]] > 1:
            years, volumes, pages = places[r.title.forms[0]]
            years.add(r.year)
            volumes.add(min(r.volume.values, default=None))
            pages.add(min(r.pages.starts, default=None))
    most = {form: max(len(s - {None}) for s in sets) for form, sets in places.items()}
    return {form: number for form, number in most.items() if number > 1}


def _aliases(
    readings: Sequence[Reading], pairs: np.ndarray, frequency: Mapping[str, int]
) -> frozenset[tuple[str, str]]:
    """Return the pairs of venues in which enough texts stand that are surely one.

    Source: the idea of learning a co-reference of venues from certain pairs is that of Bhattacharya
    and Getoor, Collective entity resolution, ACM TKDD 1(1), 2007.
    """
    import numpy as np

    numbers: dict[str, int] = {}
    titles = np.fromiter(
        (
            numbers.setdefault(r.title.forms[0] if r.title.forms else "", len(numbers))
            for r in readings
        ),
        np.int64,
        len(readings),
    )
    same_title = pairs[titles[pairs[:, 0]] == titles[pairs[:, 1]]]
    met: dict[tuple[str, str], tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for i, j in same_title.tolist():
        a, b = readings[i], readings[j]
        if not _is_telling(a, frequency) or a.year != b.year or not a.venue.key or not b.venue.key:
            continue
        if same_venue(a.venue, b.venue) or authors_of(a.authors, b.authors) != SAME:
            continue
        contrary = OTHER in (pages_of(a.pages, b.pages)[0], volume_of(a, b))
        met[alias_key(a.venue, b.venue)][contrary].add(a.title.forms[0])
    return frozenset(
        venues
        for venues, (agree, contrary) in met.items()
        if len(agree) >= ALIAS_TITLES and len(agree) > 3 * len(contrary)
    )


def _is_telling(r: Reading, frequency: Mapping[str, int]) -> bool:
    if len(r.title.words) < _ALIAS_WORDS or not r.year:
        return False
    return frequency.get(r.title.forms[0], 1) <= 2


def judged(readings: Sequence[Reading], pairs: np.ndarray, known: Known) -> Iterator[Judgement]:
    """Yield what each candidate pair is, unless it is nothing that needs telling.

    Told are merges, reviews and versions, and pairs that vetoes alone keep apart. It is done by one
    process: others would need copies of all records, which takes longer than they save.
    """
    titles = [r.title.forms[0] if r.title.forms else "" for r in readings]
    places = _Places.of(readings)
    for start in range(0, len(pairs), _SHARE):
        share = pairs[start : start + _SHARE]
        share = share[~places.elsewhere(share)]
        for i, j in _near(readings, titles, share):
            judgement = known.judge(readings[i], readings[j])
            if judgement.is_told:
                yield judgement


@dataclass(frozen=True)
class _Places:
    """Where texts stand, and what else can make them one work or its versions, as arrays.

    A volume and a page count only where there is one. `kind` is equal for records of one kind of
    text; the others are equal where the records share the identifier or abstract, 0 without one.
    """

    volume: np.ndarray
    year: np.ndarray
    page: np.ndarray
    first: np.ndarray
    span: np.ndarray
    kind: np.ndarray
    marks: tuple[np.ndarray, ...]
    isbn: np.ndarray
    starts: Sequence[str]
    ends: Sequence[str]

    @classmethod
    def of(cls, readings: Sequence[Reading]) -> _Places:
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
            np.array([bool(r.isbn) for r in readings], bool),
            starts,
            ends,
        )

    def elsewhere(self, pairs: np.ndarray) -> np.ndarray:
        """Tell of which pairs volume and first page speak against one work more than all else for it.

        It is no more than what the vetoes say, said for many pairs at once.
        """
        import numpy as np

        a, b = pairs[:, 0], pairs[:, 1]
        volumes = (self.volume[a] >= 0) & (self.volume[b] >= 0) & (self.volume[a] != self.volume[b])
        for one in (a, b):  # a year in the place of a volume says nothing
            volumes &= self.volume[one] != self.year[one]
        pages = (self.page[a] > 0) & (self.page[b] > 0) & (self.page[a] != self.page[b])
        counted_anew = (self.span[a] == self.span[b]) & (self.first[a] != self.first[b])
        away = volumes & pages & ~counted_anew & (self.kind[a] == self.kind[b])
        for mark in self.marks:
            away &= (mark[a] == 0) | (mark[a] != mark[b])
        away &= ~(self.isbn[a] & self.isbn[b])
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


def _near(
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
