"""Judges all candidate pairs, with what all records tell together."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from searchsets.dedupe.evidence import OTHER, SAME, alias_key, authors_of, pages_of, volume_of
from searchsets.dedupe.judge import Judgement, judge
from searchsets.dedupe.quick import Columns, near_pairs
from searchsets.dedupe.reading import Reading
from searchsets.dedupe.venues import same_venue

if TYPE_CHECKING:
    import numpy as np

ALIAS_TITLES = 3
"""So many texts that two sources put into two venues make these one venue."""
_TO_EACH_CONTRARY = 3
"""And so many to each text that stands in other volumes or pages: then it was printed twice."""
_ALIAS_WORDS, _ALIAS_PLACES = 4, 2
"""A title of so many words that stands in so few places tells a text."""
_CHUNK = 50_000


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
        if len(agree) >= ALIAS_TITLES and len(agree) > _TO_EACH_CONTRARY * len(contrary)
    )


def _is_telling(r: Reading, frequency: Mapping[str, int]) -> bool:
    if len(r.title.words) < _ALIAS_WORDS or not r.year:
        return False
    return frequency.get(r.title.forms[0], 1) <= _ALIAS_PLACES


def judged(readings: Sequence[Reading], pairs: np.ndarray, known: Known) -> Iterator[Judgement]:
    """Yield what each candidate pair is, unless it is nothing that needs telling.

    Told are merges, reviews and versions, and pairs that vetoes alone keep apart. It is done by one
    process: others would need copies of all records, which takes longer than they save.
    """
    titles = [r.title.forms[0] if r.title.forms else "" for r in readings]
    columns = Columns.of(readings)
    for start in range(0, len(pairs), _CHUNK):
        some = pairs[start : start + _CHUNK]
        some = some[~columns.surely_apart(some)]
        for i, j in near_pairs(readings, titles, some):
            judgement = known.judge(readings[i], readings[j])
            if judgement.is_told:
                yield judgement
