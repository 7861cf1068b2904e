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

from searchsets.dedupe.reading import Reading, doi_without_version

if TYPE_CHECKING:
    import numpy as np

SMALL_BLOCK = 10
"""So many records that share any key are compared pair by pair; more only if they agree in more."""
LARGEST_BLOCK = 50
"""So many records that agree in more are compared pair by pair; of more, neighbours."""
_TITLE_LETTERS = 25
_VENUE_LETTERS = 8
_RARE_WORDS = 3
_CHUNK = 100_000

Keys = Callable[[Reading], Iterator[str]]


@dataclass
class Cut:
    """Blocks of one kind that were too large to compare pair by pair.

    `example` is the key of the largest, `records` their number in it, `left_out` all pairs left out.
    """

    kind: str
    blocks: int = 0
    records: int = 0
    example: str = ""
    left_out: int = 0


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
        key what was left out of blocks too large.
    """
    import numpy as np

    coded, cuts = [], []
    for kind, keys in (*KINDS.items(), ("rare words", _rare_words(readings))):
        cut = Cut(kind)
        coded.append(np.unique(_paired(readings, keys, cut)))
        cuts.append(cut)
    unique = np.unique(np.concatenate(coded))
    count = max(len(readings), 1)
    pairs = np.stack([unique // count, unique % count], axis=1)
    return pairs, [cut for cut in cuts if cut.blocks]


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


def _paired(readings: Sequence[Reading], keys: Keys, cut: Cut) -> np.ndarray:
    """Return the pairs that share a key, each as first * number of records + second."""
    import numpy as np

    codes, owners = _coded(readings, keys)
    begins = np.flatnonzero(np.diff(codes, prepend=-1))
    sizes = np.diff(begins, append=len(codes))
    large = sizes > SMALL_BLOCK
    split: set[int] = set()
    for begin, size in zip(begins[large].tolist(), sizes[large].tolist(), strict=True):
        members = owners[begin : begin + size].tolist()
        found = _split(readings, members)
        split |= found
        _note(cut, keys, readings, members, size * (size - 1) // 2 - len(found))
    pairs = [np.fromiter(split, np.int64, len(split))]
    small = np.repeat(~large, sizes)
    codes, owners = codes[small], owners[small]
    for distance in range(1, SMALL_BLOCK):
        together = codes[distance:] == codes[:-distance]
        pairs.append(owners[:-distance][together] * len(readings) + owners[distance:][together])
    return np.concatenate(pairs)


def _note(
    cut: Cut, keys: Keys, readings: Sequence[Reading], members: Sequence[int], left_out: int
) -> None:
    if left_out:
        cut.blocks += 1
        cut.left_out += left_out
        if len(members) > cut.records:
            first, last = readings[members[0]], readings[members[-1]]
            cut.records, cut.example = len(members), min(set(keys(first)) & set(keys(last)))


def _split(readings: Sequence[Reading], members: Sequence[int]) -> set[int]:
    """Return the pairs of a large block that agree in one thing more: year, author, page or DOI.

    Of those that still are too many, those are paired that agree in the title and in year and author,
    or in the title and the place; and within these, neighbours in the order of their places: what is
    one work stands together there, and merging joins neighbours as a chain.
    """
    found: set[int] = set()
    for group in _grouped(readings, members, _more_of):
        if len(group) <= LARGEST_BLOCK:
            found.update(i * len(readings) + j for i, j in combinations(group, 2))
            continue
        for finer in _grouped(readings, group, _all_of):
            if len(finer) <= LARGEST_BLOCK:
                found.update(i * len(readings) + j for i, j in combinations(finer, 2))
            else:
                finer.sort(key=lambda i: _order(readings[i]))
                found.update(min(p) * len(readings) + max(p) for p in pairwise(finer))
    return found


def _grouped(
    readings: Sequence[Reading], members: Sequence[int], parts: Callable[[Reading], Iterator]
) -> list[list[int]]:
    """Return the members in groups of those that share a part, each with its members in order."""
    groups: dict[object, list[int]] = {}
    for member in members:
        for part in parts(readings[member]):
            groups.setdefault(part, []).append(member)
    return [group for group in groups.values() if len(group) > 1]


def _more_of(r: Reading) -> Iterator[object]:
    if r.year:
        yield r.year
    yield from _surnames(r)
    for page in r.pages.starts:
        yield "page", page
    if r.doi:
        yield "doi", r.doi


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
