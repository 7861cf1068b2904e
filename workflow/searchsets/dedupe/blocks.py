"""Finds the pairs worth comparing: records that share a key.

Every record has keys of several kinds (the beginning of its title, author with year and page, the
DOI ...). A pair that shares one key of any kind is compared. Where too many records share a key,
only those are paired that share finer ones; how many pairs were left out is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import pyarrow as pa

from searchsets.dedupe.reading import Reading, doi_without_version

if TYPE_CHECKING:
    import numpy as np

LARGEST_BLOCK = 150
"""So many records that share a key are compared pair by pair; more only if finer keys agree."""
_TITLE_LETTERS = 25
_VENUE_LETTERS = 8
_RARE_WORDS = 3
_CHUNK = 100_000

Keys = Callable[[Reading], Iterator[str]]


@dataclass(frozen=True)
class Cut:
    """A block too large to compare pair by pair."""

    kind: str
    example: str
    records: int
    left_out: int


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
        An array of shape (pairs, 2) of positions, the smaller first, sorted; and the blocks that
        were too large, of which only what agrees in finer keys is paired.
    """
    import numpy as np

    rare = _rare_words(readings)
    cuts: list[Cut] = []
    coded = []
    for kind, keys in (*KINDS.items(), ("rare words", rare)):
        coded.append(_paired(readings, kind, keys, cuts))
    unique = np.unique(np.concatenate(coded)) if coded else np.empty(0, np.int64)
    count = max(len(readings), 1)
    return np.stack([unique // count, unique % count], axis=1), cuts


def _rare_words(readings: Sequence[Reading]) -> Keys:
    """Return keys of the pairs of a title's rarest words."""
    used = Counter(word for r in readings for word in set(r.title.words))

    def keys(r: Reading) -> Iterator[str]:
        rarest = sorted(set(r.title.words), key=lambda word: (used[word], word))[:_RARE_WORDS]
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


def _paired(
    readings: Sequence[Reading], kind: str, keys: Keys, cuts: list[Cut]
) -> np.ndarray:
    """Return the pairs that share a key, each as first * number of records + second."""
    import numpy as np

    codes, owners = _coded(readings, keys)
    begins = np.flatnonzero(np.diff(codes, prepend=-1))
    sizes = np.diff(begins, append=len(codes))
    large = sizes > LARGEST_BLOCK
    pairs = [np.empty(0, np.int64)]
    for begin, size in zip(begins[large].tolist(), sizes[large].tolist(), strict=True):
        members = owners[begin : begin + size]
        pairs.append(_finer(readings, kind, keys, members, cuts))
    small = np.repeat(~large, sizes)
    codes, owners = codes[small], owners[small]
    for distance in range(1, LARGEST_BLOCK):
        together = codes[distance:] == codes[:-distance]
        if not together.any():
            break
        pairs.append(owners[:-distance][together] * len(readings) + owners[distance:][together])
    return np.concatenate(pairs)


def _finer(
    readings: Sequence[Reading], kind: str, keys: Keys, members: np.ndarray, cuts: list[Cut]
) -> np.ndarray:
    """Return the pairs of a block too large, that agree in the title and in one thing more.

    Within what still is too much, neighbours in the order of their places are paired: what is one
    work stands together there, and merging joins neighbours as a chain.
    """
    import numpy as np

    groups: dict[tuple, list[int]] = {}
    for member in members.tolist():
        r = readings[member]
        title, names = r.title.forms[:1], _surnames(r)
        place = (min(r.volume.values, default=0), min(r.pages.starts, default=""))
        for finer in ((title, r.year, names), (title, *place), (names, r.year, *place), (r.doi,)):
            if any(finer):
                groups.setdefault(finer, []).append(member)
    coded: set[int] = set()
    for group in groups.values():
        group.sort(key=lambda i: _order(readings[i]))
        reach = len(group) if len(group) <= LARGEST_BLOCK else 2
        for place, one in enumerate(group):
            for other in group[place + 1 : place + reach]:
                coded.add(min(one, other) * len(readings) + max(one, other))
    size = len(members)
    shared = set(keys(readings[members[0]])).intersection(keys(readings[members[-1]]))
    example = min(shared, default="")
    cuts.append(Cut(kind, example, size, size * (size - 1) // 2 - len(coded)))
    return np.array(sorted(coded), np.int64)


def _order(r: Reading) -> tuple:
    return (
        r.year or 0, sorted(r.volume.values), sorted(r.issue.values), sorted(r.pages.starts), r.doi,
        r.record_id,
    )  # fmt: skip
