"""Finds the pairs worth comparing: records that share a key.

Every record has keys of several kinds (the beginning of its title, author with year and page, the
DOI ...). A pair that shares one key of any kind is compared. Where too many records share a key,
only those of them are paired that agree in one thing more; how many pairs were left out is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

import pyarrow as pa

from searchsets.dedupe.evidence import CONTAINED_LETTERS
from searchsets.dedupe.reading import Reading, doi_without_version

if TYPE_CHECKING:
    import numpy as np

SMALL_BLOCK = 10
"""So many records that share any key are compared pair by pair; more only if they agree in more."""
LARGEST_BLOCK = 50
"""So many records that agree in more are compared pair by pair; more only if title or place agree."""
_TITLE_LETTERS = CONTAINED_LETTERS
_VENUE_LETTERS = 8
_RARE_WORDS = 3
_CHUNK = 100_000

Keys = Callable[[Reading], Iterator[str]]


@dataclass
class Cut:
    """Blocks of one kind that were too large to compare pair by pair.

    `blocks` is their number, `records` that of the largest, `example` its key; of all their `pairs`
    only those are compared that agree in one thing more.
    """

    kind: str
    blocks: int
    records: int
    example: str
    pairs: int


def _titles(r: Reading) -> Iterator[str]:
    for form in r.title.forms:
        yield form[:_TITLE_LETTERS]
        if len(form) > _TITLE_LETTERS:
            yield "$" + form[-_TITLE_LETTERS:]


def _identifiers(r: Reading) -> Iterator[str]:
    if r.doi:
        yield doi_without_version(r.doi)
    if r.eric:
        yield r.eric
    if r.abstract:
        yield r.abstract


def _surnames(r: Reading) -> tuple[str, ...]:
    return r.authors[0].surname if r.authors else ()


def _places(r: Reading) -> Iterator[str]:
    for page in sorted(r.pages.starts):
        for name in _surnames(r):
            yield f"{name} {r.year} {page}"
            for volume in r.volume.values:
                yield f"{name} v{volume} {page}"
        if r.venue.key:
            yield f"{r.venue.key[:_VENUE_LETTERS]} {r.year} {page}"
        for volume in r.volume.values:
            yield f"{r.year} v{volume} {page}"
            yield f"{r.venue.key[:_VENUE_LETTERS]} v{volume} {page}"


def _people(r: Reading) -> Iterator[str]:
    for name in _surnames(r):
        if r.title.words:
            yield f"{name} {r.year} {r.title.words[0]}"
        if r.venue.key:
            yield f"{name} {r.year} {r.venue.key[:_VENUE_LETTERS]}"


KINDS: dict[str, Keys] = {
    "identifier": _identifiers,
    "title": _titles,
    "place": _places,
    "author and year": _people,
}


def candidate_pairs(readings: Sequence[Reading]) -> tuple[np.ndarray, list[Cut]]:
    """Return the pairs of records that share a key.

    Args:
        readings: the records, in the order of their ids.

    Returns:
        An array of shape (pairs, 2) of positions, the smaller first, sorted; and for each kind of
        key the blocks that were too large.
    """
    import numpy as np

    parts = _Parts.of(readings)
    found, cuts = [], []
    for kind, keys in (*KINDS.items(), ("rare words", _rare_words(readings))):
        codes, owners = _coded(readings, keys)
        sizes = _sizes(codes)
        large = np.repeat(sizes, sizes) > SMALL_BLOCK
        found.append(_within(codes[~large], owners[~large], SMALL_BLOCK, len(readings)))
        if large.any():
            found += _agreeing_in_more(codes[large], owners[large], parts, readings)
            cuts.append(_cut(kind, keys, codes[large], owners[large], readings))
    unique = _distinct(np.concatenate(found))
    count = max(len(readings), 1)
    return np.stack([unique // count, unique % count], axis=1), cuts


def _sizes(codes: np.ndarray) -> np.ndarray:
    """Return how often each of sorted keys stands, in their order."""
    import numpy as np

    begins = np.flatnonzero(np.diff(codes, prepend=-1))
    return np.diff(begins, append=len(codes))


def _within(codes: np.ndarray, owners: np.ndarray, largest: int, count: int) -> np.ndarray:
    """Return all pairs of owners of one key, each as first * number of records + second."""
    import numpy as np

    pairs = [np.empty(0, np.int64)]
    for distance in range(1, min(largest, len(codes))):
        together = codes[distance:] == codes[:-distance]
        if not together.any():
            break
        pairs.append(owners[:-distance][together] * count + owners[distance:][together])
    return _distinct(np.concatenate(pairs))


def _distinct(values: np.ndarray) -> np.ndarray:
    """Return the distinct numbers, sorted (for as many as these faster than `np.unique`)."""
    import numpy as np

    ordered = np.sort(values)
    return ordered[np.diff(ordered, prepend=-1) != 0]


def _rare_words(readings: Sequence[Reading]) -> Keys:
    """Return keys of the pairs of a title's rarest words."""
    used = Counter(word for r in readings for word in set(r.title.words))

    def keys(r: Reading) -> Iterator[str]:
        shared = (word for word in set(r.title.words) if used[word] > 1)  # not the slips of one
        rarest = sorted(shared, key=lambda word: (used[word], word))[:_RARE_WORDS]
        for one, other in combinations(sorted(rarest), 2):
            yield f"{one} {other}"

    return keys


def _coded(readings: Sequence[Reading], keys: Keys) -> tuple[np.ndarray, np.ndarray]:
    """Return all keys of a kind as numbers, and whose they are, sorted by key and owner."""
    import numpy as np

    chunks, owners = [], [np.empty(0, np.int64)]
    for start in range(0, len(readings), _CHUNK):
        found: list[str] = []
        counts = []
        for reading in readings[start : start + _CHUNK]:
            before = len(found)
            found.extend(keys(reading))
            counts.append(len(found) - before)
        chunks.append(pa.array(found, pa.large_string()))
        owners.append(np.repeat(np.arange(start, start + len(counts)), counts))
    encoded = pa.chunked_array(chunks, pa.large_string()).combine_chunks().dictionary_encode()
    codes, whose = encoded.indices.to_numpy(zero_copy_only=False), np.concatenate(owners)
    order = np.lexsort((whose, codes))
    codes, whose = codes[order], whose[order]
    fresh = np.ones(len(order), bool)  # a record may have one key twice
    fresh[1:] = (codes[1:] != codes[:-1]) | (whose[1:] != whose[:-1])
    return codes[fresh], whose[fresh]


@dataclass(frozen=True)
class _Parts:
    """What two records of a large block can agree in besides: year, author, page, DOI, as numbers.

    The parts of a record begin at `starts[position]` in `values`; there are `counts[position]`.
    """

    values: np.ndarray
    starts: np.ndarray
    counts: np.ndarray

    @classmethod
    def of(cls, readings: Sequence[Reading]) -> _Parts:
        import numpy as np

        numbers: dict[object, int] = {}
        values: list[int] = []
        counts = np.empty(len(readings), np.int64)
        for position, reading in enumerate(readings):
            before = len(values)
            values.extend(numbers.setdefault(part, len(numbers)) for part in _more_of(reading))
            counts[position] = len(values) - before
        return cls(np.array(values, np.int64), np.cumsum(counts) - counts, counts)

    def joined(self, codes: np.ndarray, owners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return keys together with each part of their owners, as numbers, sorted."""
        import numpy as np

        counts = self.counts[owners]
        ends = np.cumsum(counts)
        within = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - counts, counts)
        parts = self.values[np.repeat(self.starts[owners], counts) + within]
        both = np.repeat(codes, counts).astype(np.int64) << 32 | parts
        whose = np.repeat(owners, counts)
        order = np.lexsort((whose, both))
        return both[order], whose[order]


def _more_of(r: Reading) -> Iterator[object]:
    if r.year:
        yield r.year
    yield from set(_surnames(r))
    for page in r.pages.starts:
        yield "page", page
    if r.doi:
        yield "doi", r.doi


def _agreeing_in_more(
    codes: np.ndarray, owners: np.ndarray, parts: _Parts, readings: Sequence[Reading]
) -> list[np.ndarray]:
    """Return the pairs of large blocks that agree in one thing more.

    Where these still are too many, those are paired that agree in title, year and author, or in title
    and place; and of more still, neighbours in the order of their places: what is one work stands
    together there, and merging joins neighbours as a chain.
    """
    import numpy as np

    both, whose = parts.joined(codes, owners)
    sizes = _sizes(both)
    large = np.repeat(sizes, sizes) > LARGEST_BLOCK
    found = [_within(both[~large], whose[~large], LARGEST_BLOCK, len(readings))]
    ends = np.cumsum(sizes)[sizes > LARGEST_BLOCK]
    for end, size in zip(ends.tolist(), sizes[sizes > LARGEST_BLOCK].tolist(), strict=True):
        close = sorted(_closest(readings, whose[end - size : end].tolist()))
        found.append(np.array(close, np.int64))
    return found


def _closest(readings: Sequence[Reading], members: Sequence[int]) -> set[int]:
    groups: dict[object, list[int]] = {}
    for member in members:
        for part in _all_of(readings[member]):
            groups.setdefault(part, []).append(member)
    found: set[int] = set()
    for group in groups.values():
        pairs = combinations(group, 2)
        if len(group) > LARGEST_BLOCK:
            pairs = pairwise(sorted(group, key=lambda i: _order(readings[i])))
        found.update(min(pair) * len(readings) + max(pair) for pair in pairs)
    return found


def _all_of(r: Reading) -> Iterator[object]:
    title, names = r.title.forms[:1], _surnames(r)
    place = (min(r.volume.values, default=0), min(r.pages.starts, default=""))
    yield title, r.year, names
    if any(place):
        yield title, place
        yield names, r.year, place
    if r.doi:
        yield "doi", r.doi


def _order(r: Reading) -> tuple:
    return (
        r.year or 0, sorted(r.volume.values), sorted(r.issue.values), sorted(r.pages.starts), r.doi,
        r.record_id,
    )  # fmt: skip


def _cut(
    kind: str, keys: Keys, codes: np.ndarray, owners: np.ndarray, readings: Sequence[Reading]
) -> Cut:
    import numpy as np

    sizes = _sizes(codes)
    largest = int(np.argmax(sizes))
    end = int(np.cumsum(sizes)[largest])
    first, last = readings[owners[end - sizes[largest]]], readings[owners[end - 1]]
    example = min(set(keys(first)) & set(keys(last)))
    pairs = int((sizes * (sizes - 1) // 2).sum())
    return Cut(kind, len(sizes), int(sizes[largest]), example, pairs)
