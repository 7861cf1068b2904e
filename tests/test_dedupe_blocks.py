"""Which pairs are compared: all that share a key; of many alike, those that agree in one thing more.

How many pairs that concerns is counted, never passed over in silence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alike_records import ARTICLE, EDITORIAL, MEALS, RECORDS, TITLE, readings_of
from searchsets.dedupe import blocks
from searchsets.dedupe.blocks import KINDS, LARGEST_BLOCK, SMALL_BLOCK, candidate_pairs
from searchsets.dedupe.reading import Reading

Pairs = set[tuple[int, int]]


def found(rows: Sequence[dict]) -> Pairs:
    return set(map(tuple, candidate_pairs(readings_of(rows))[0].tolist()))


# ---- twins ------------------------------------------------------------------------------------


def keys_by_kind(readings: Sequence[Reading]) -> Iterator[tuple[str, list[set[str]]]]:
    """Yield each kind of key with those of each record."""
    for kind, keys in KINDS.items():
        yield kind, [set(keys(r)) for r in readings]
    titles = [set(r.title.words) for r in readings]
    used = Counter(word for words in titles for word in words)
    shared = [{word for word in words if used[word] > 1} for words in titles]
    rarest = [sorted(words, key=lambda w: (used[w], w))[:3] for words in shared]
    yield "rare words", [{" ".join(sorted(two)) for two in combinations(r, 2)} for r in rarest]


def naive(readings: Sequence[Reading], small: int, largest: int) -> tuple[Pairs, dict[str, int]]:
    """Take every pair of every block; return those kept, and how many large blocks have, by kind."""
    kept: Pairs = set()
    concerned: dict[str, int] = {}
    for kind, keys in keys_by_kind(readings):
        for key in set().union(*keys):
            block = [i for i, own in enumerate(keys) if key in own]
            every = set(combinations(block, 2))
            some = every if len(block) <= small else naive_split(readings, block, largest)
            kept |= some
            if len(block) > small:
                concerned[kind] = concerned.get(kind, 0) + len(every)
    return kept, concerned


def naive_split(readings: Sequence[Reading], block: list[int], largest: int) -> Pairs:
    kept: Pairs = set()
    for trait in set().union(*(traits(readings[i]) for i in block)):
        group = [i for i in block if trait in traits(readings[i])]
        if len(group) <= largest:
            kept |= set(combinations(group, 2))
            continue
        for finer in set().union(*(fine_traits(readings[i]) for i in group)):
            nearest = [i for i in group if finer in fine_traits(readings[i])]
            if len(nearest) <= largest:
                kept |= set(combinations(nearest, 2))
            else:
                nearest.sort(key=lambda i: place(readings[i]))
                kept |= {(min(two), max(two)) for two in pairwise(nearest)}
    return kept


def traits(r: Reading) -> set:
    first = r.authors[0].surname if r.authors else ()
    made = {("year", r.year), *(("name", n) for n in first), *(("page", p) for p in r.pages.starts)}
    return {one for one in made | {("doi", r.doi)} if one[1]}


def fine_traits(r: Reading) -> set:
    title, names = r.title.forms[:1], r.authors[0].surname if r.authors else ()
    volume, page = min(r.volume.values, default=0), min(r.pages.starts, default="")
    made: set = {("text", title, r.year, names)}
    if volume or page:
        made |= {("place", title, volume, page), ("name", names, r.year, volume, page)}
    return made | ({("doi", r.doi)} if r.doi else set())


def place(r: Reading) -> tuple:
    values = (r.volume.values, r.issue.values, r.pages.starts)
    return (r.year or 0, *map(sorted, values), r.doi, r.record_id)


@given(st.lists(RECORDS, max_size=SMALL_BLOCK))
def test_every_pair_that_shares_a_key_is_compared_and_no_other_one(rows):
    readings = readings_of(rows)
    expected = {
        (i, j)
        for _, keys in keys_by_kind(readings)
        for (i, one), (j, other) in combinations(enumerate(keys), 2)
        if one & other
    }
    pairs, cuts = candidate_pairs(readings)
    assert pairs.tolist() == sorted(map(list, expected))
    assert cuts == []


@given(st.lists(RECORDS, min_size=SMALL_BLOCK + 1, max_size=30))
def test_of_many_alike_every_pair_that_agrees_in_one_thing_more_is_compared(rows):
    readings = readings_of(rows)
    kept, concerned = naive(readings, SMALL_BLOCK, LARGEST_BLOCK)
    pairs, cuts = candidate_pairs(readings)
    assert pairs.tolist() == sorted(map(list, kept))
    assert {cut.kind: cut.pairs for cut in cuts} == concerned


@given(st.lists(RECORDS, max_size=16))
def test_of_very_many_alike_the_nearest_are_compared_and_all_are_counted(rows):
    readings = readings_of(rows)
    kept, concerned = naive(readings, 3, 4)
    with mock.patch.multiple(blocks, SMALL_BLOCK=3, LARGEST_BLOCK=4):
        pairs, cuts = candidate_pairs(readings)
    assert pairs.tolist() == sorted(map(list, kept))
    assert {cut.kind: cut.pairs for cut in cuts} == concerned


# ---- what brings two records together ---------------------------------------------------------

SHARED = {
    "the beginning of the title": ({"title": TITLE}, {"title": f"{TITLE}: a study of trusts"}),
    "the end of the title": ({"title": f"Lessons. {TITLE}"}, {"title": f"On: {TITLE}"}),
    "a DOI": ({"title": "One", "doi": "10.1/x"}, {"title": "Two", "doi": "10.1/x"}),
    "a DOI but for its version": ({"doi": "10.1/x.v1"}, {"doi": "10.1/x.v2"}),
    "an ERIC number": (
        {"accession": "EJ612345"},
        {"url": "https://eric.ed.gov/?id=EJ612345"},
    ),
    "an abstract": (
        {"title": "One", "abstract": "What children say of meals. " * 20},
        {"title": "Two", "abstract": "What children say of meals - " * 20},
    ),
    "author, year and first page": (
        {"title": "One", "authors": ["Lord, P."], "year": 2004, "pages": "11-29"},
        {"title": "Un", "authors": ["Lord, Pippa"], "year": 2004, "pages": "11"},
    ),
    "author, volume and first page": (
        {"title": "One", "authors": ["Lord, P."], "volume": "3", "pages": "11-29"},
        {"title": "Un", "authors": ["Lord, Pippa"], "volume": "3", "pages": "11", "year": 1999},
    ),
    "journal, volume and first page": (
        {"title": "One", "container": "Mind", "volume": "3", "pages": "11"},
        {"title": "Un", "container": "Mind", "volume": "3", "pages": "11-29"},
    ),
    "journal, year and first page": (
        {"title": "One", "container": "Mind", "year": 2004, "pages": "11"},
        {"title": "Un", "container": "Mind", "year": 2004, "pages": "11-29", "volume": "3"},
    ),
    "year, volume and first page": (
        {"title": "One", "year": 2004, "volume": "3", "pages": "11"},
        {"title": "Un", "year": 2004, "volume": "3", "pages": "11-29"},
    ),
    "author, year and journal": (
        {"title": "One", "authors": ["Lord, P."], "year": 2004, "container": "Mind"},
        {"title": "Un", "authors": ["Lord, P."], "year": 2004, "container": "Mind"},
    ),
    "author, year and the first word": (
        {"title": "Mealz in schools", "authors": ["Lord, P."], "year": 2004},
        {"title": "Mealz at home and elsewhere", "authors": ["Lord, P."], "year": 2004},
    ),
    "two rare words, with slips at both ends": (
        {"title": "Gouvernance of zebra trusts in quaint placess"},
        {"title": "Governance of zebra trusts in quaint places"},
    ),
}


@pytest.mark.parametrize("rows", SHARED.values(), ids=SHARED)
def test_two_records_are_compared_that_share(rows):
    assert found(rows) == {(0, 1)}


def test_two_records_that_share_nothing_are_not_compared():
    assert found([ARTICLE, MEALS | {"title": "School meals in Leeds"}]) == set()


@pytest.mark.parametrize("rows", [[], [ARTICLE], [{}, {}]], ids=["none", "one", "two empty ones"])
def test_without_two_records_that_say_something_there_is_nothing_to_compare(rows):
    pairs, cuts = candidate_pairs(readings_of(rows))
    assert (pairs.shape, cuts) == ((0, 2), [])


# ---- many records alike -----------------------------------------------------------------------


def test_of_many_editorials_those_of_one_year_are_compared():
    rows = [EDITORIAL | {"year": 1950 + n % 10, "volume": str(n + 1)} for n in range(500)]
    pairs, [cut] = candidate_pairs(readings_of(rows))
    assert {j - i for i, j in pairs.tolist()} == set(range(10, 500, 10))
    assert len(pairs) == 10 * (50 * 49 // 2)
    assert (cut.kind, cut.blocks, cut.records, cut.example) == ("title", 1, 500, "editorial")
    assert cut.pairs == 500 * 499 // 2


def test_of_many_editorials_of_one_year_neighbours_are_compared():
    rows = [EDITORIAL | {"volume": str(n + 1)} for n in range(500)]
    pairs, [cut] = candidate_pairs(readings_of(rows))
    assert pairs.tolist() == [[n, n + 1] for n in range(499)]
    assert cut.pairs == 500 * 499 // 2


def test_of_many_editorials_those_of_one_place_are_compared_wherever_they_stand():
    rows = [EDITORIAL | {"volume": str(n % 250 + 1), "pages": "1-2"} for n in range(500)]
    assert {(n, n + 250) for n in range(250)} <= found(rows)


def test_blocks_as_large_as_is_allowed_are_compared_whole():
    rows = [{"title": TITLE, "volume": str(n + 1)} for n in range(SMALL_BLOCK)]
    assert len(found(rows)) == SMALL_BLOCK * (SMALL_BLOCK - 1) // 2
    assert found([*rows, {"title": TITLE, "volume": "99"}]) == set()
