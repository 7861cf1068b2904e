"""How the benchmark of deduplication counts: worked by hand, and beside a twin that takes every pair.

And that the records it makes are what it says they are.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from importlib import util
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import PROJECT


def _load(name: str):
    spec = util.spec_from_file_location(name, PROJECT / "benchmarks" / f"{name}.py")
    module = util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


counting = _load("dedupe_score")
tools = _load("dedupe_tools")
made = _load("dedupe_made")
Pairs, Records, Queue = counting.Pairs, counting.Records, counting.Queue


# ---- worked by hand ---------------------------------------------------------------------------


def test_nothing_joined_is_all_missed_and_precision_is_unknown():
    score = counting.score("12345", "aaabc")
    assert score.pairs == Pairs(right=0, wrong=0, missed=3)
    assert score.records == Records(removed=0, lost=0, left=2, kept=3)
    assert (score.impure, score.pairs.precision, score.pairs.recall) == (0, None, 0)


def test_all_joined_is_one_impure_cluster_and_all_works_but_the_first_are_lost():
    score = counting.score("11111", "aaabc")
    assert score.pairs == Pairs(right=3, wrong=7, missed=0)
    assert score.records == Records(removed=2, lost=2, left=0, kept=1)
    assert (score.impure, score.pairs.precision, score.pairs.recall) == (1, 0.3, 1)


def test_a_wrong_merge_is_seen_by_pairs_and_hidden_by_records_where_a_copy_is_kept():
    #  a1 and b1 are joined; of b another record is kept, so that no work is lost
    score = counting.score("1123", "abbc")
    assert score.pairs == Pairs(right=0, wrong=1, missed=1)
    assert score.records == Records(removed=1, lost=0, left=0, kept=3)
    assert score.impure == 1


def test_which_record_is_kept_is_the_first_of_the_file():
    assert counting.records("11", "ab") == Records(removed=0, lost=1, left=0, kept=1)
    assert counting.records("112", "abb") == Records(removed=1, lost=0, left=0, kept=2)
    assert counting.records("211", "bba") == Records(removed=0, lost=1, left=1, kept=1)


def test_impure_counts_clusters_and_not_works():
    assert counting.impure("111122", "aabcaa") == 1
    assert counting.impure("112233", "abcdee") == 2


def test_scores_add_up():
    score = counting.score("112", "abb")
    assert (score + score).pairs == Pairs(right=0, wrong=2, missed=2)
    assert (score + score).records == Records(removed=2, lost=0, left=0, kept=4)
    assert (score + score).impure == 2
    assert Queue(1, 2, 3) + Queue(4, 5, 6) == Queue(5, 7, 9)


def test_differing_pairs_are_those_that_only_one_joins():
    assert counting.differing("1122", "aabb") == 0
    assert counting.differing("1122", "aaaa") == 4
    assert counting.differing("1122", "abab") == 4


def test_a_pair_is_newly_wrong_only_where_it_was_not_joined_before():
    assert counting.newly_wrong("1123", "1123", "abcd") == 0
    assert counting.newly_wrong("1123", "1112", "abcd") == 2
    assert counting.newly_wrong("1123", "1112", "abac") == 1


def test_a_queue_holds_what_its_true_pairs_join_with_their_clusters():
    ids, predicted, truth = "pqrstu", "112234", "aaaaab"
    #  q-r joins {p, q} with {r, s}: four of the eight missed pairs; t-u is no true pair
    assert counting.queue(ids, predicted, truth, [("q", "r"), ("t", "u")]) == Queue(4, 2, 4)
    assert counting.queue(ids, predicted, truth, [("r", "q"), ("q", "r")]) == Queue(2, 1, 4)
    assert counting.queue(ids, predicted, truth, [("q", "r"), ("s", "t")]) == Queue(4, 2, 8)
    assert counting.queue(ids, predicted, truth, []) == Queue(0, 0, 0)


def test_a_true_pair_that_was_joined_already_adds_nothing_to_what_a_queue_holds():
    assert counting.queue("pq", "11", "aa", [("p", "q")]) == Queue(2, 1, 0)


# ---- beside a twin that takes every pair ------------------------------------------------------


def _together(labels) -> set[tuple[int, int]]:
    return {(a, b) for a, b in combinations(range(len(labels)), 2) if labels[a] == labels[b]}


def _records(predicted, truth) -> Records:
    """The convention as it is written down: work by work, with the records kept of each."""
    kept = [place for place, label in enumerate(predicted) if label not in predicted[:place]]
    works = defaultdict(list)
    for place, work in enumerate(truth):
        works[work].append(place)
    removed = lost = left = right = 0
    for places in works.values():
        k = sum(place in kept for place in places)
        if k == 0:
            lost, removed = lost + 1, removed + len(places) - 1
        else:
            right, left, removed = right + 1, left + k - 1, removed + len(places) - k
    return Records(removed, lost, left, right)


def _closure(size: int, links: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """All pairs that are connected, found by going on until nothing is added."""
    connected = set(links) | {(b, a) for a, b in links}
    while more := {(a, d) for a, b in connected for c, d in connected if b == c} - connected:
        connected |= more
    return {(a, b) for a, b in connected if a < b}


CLUSTERED = st.lists(st.tuples(*[st.integers(0, 4)] * 3), max_size=9)


@given(CLUSTERED)
def test_counting_by_sizes_is_counting_every_pair(clustered):
    predicted, other, truth = zip(*clustered, strict=True) if clustered else ([], [], [])
    ours, true = _together(predicted), _together(truth)
    score = counting.score(predicted, truth)
    assert score.pairs == Pairs(len(ours & true), len(ours - true), len(true - ours))
    assert score.records == _records(predicted, truth)
    assert score.impure == len({predicted[a] for a, b in ours - true})
    assert counting.differing(predicted, other) == len(ours ^ _together(other))
    wrong = ours - _together(other) - true
    assert counting.newly_wrong(other, predicted, truth) == len(wrong)


@given(CLUSTERED, st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=6))
def test_a_queue_is_counted_as_by_connecting_every_pair(clustered, asked):
    size = len(clustered)
    predicted, _, truth = zip(*clustered, strict=True) if clustered else ([], [], [])
    asked = {(min(pair), max(pair)) for pair in asked if max(pair) < size and pair[0] != pair[1]}
    ours, true = _together(predicted), _together(truth)
    held = (true - ours) & _closure(size, ours | (asked & true))
    counted = counting.queue(
        [*map(str, range(size))], predicted, truth, [(str(a), str(b)) for a, b in asked]
    )
    assert counted == Queue(len({one for pair in asked for one in pair}), len(asked), len(held))


# ---- the records that are made ----------------------------------------------------------------


def _gold(size: int):
    rows = [
        dict.fromkeys(tools.COLUMNS, "") | {"id": f"r{n}", "title": f"Title {n}", "author": "Lord"}
        for n in range(size)
    ]
    works = [f"w{n // 2}" for n in range(size)]
    return tools.GoldSet("made", None, rows, works, works)


@pytest.mark.parametrize(
    ("start", "end", "further", "expected"),
    [
        ("2000", "2004", 17, "2017-2021"),
        ("2000", "4", 0, "2000-4"),
        ("2000", "4", 17, "2017-21"),
        ("95", "8", 17, "112-5"),
        ("98", "102", 17, "115-119"),
        ("985", "92", 17, "1002-09"),
    ],
)
def test_pages_move_and_stay_as_short_as_they_were(start, end, further, expected):
    assert made.moved(start, end, further) == expected


def test_copies_of_a_record_are_other_works_with_ids_titles_places_and_dois_of_their_own():
    gold = _gold(3)
    gold.rows[0] |= {"volume": "12", "pages": "95-8", "doi": "10.1000/a"}
    copies = [*made.multiplied(gold)]
    assert len(copies) == 3 * made.COPIES
    for field in ("id", "title"):
        assert len({row[field] for row, _ in copies}) == len(copies)
    row, work = copies[3]
    assert (row["id"], work) == ("r0-1", "w0-1")
    assert (row["volume"], row["pages"], row["doi"]) == ("29", "112-5", "10.1000/a.1")
    row, work = copies[4]
    assert (row["volume"], row["pages"], row["doi"], work) == ("", "", "", "w0-1")


def test_other_orders_hold_the_same_records():
    rows = _gold(5).rows
    for contents in made.reordered(rows).values():
        given = [row["id"] for file in contents for row in file]
        assert sorted(given) == [row["id"] for row in rows]
    assert [len(file) for file in made.reordered(rows)["in two files"]] == [2, 3]


def test_records_with_a_field_emptied_are_of_the_work_they_were_copied_from():
    gold = _gold(4)
    more = made.emptied(gold, "author")
    assert more.rows[:4] == gold.rows
    assert len(set(more.ids)) == 4 + made.ADDED
    work_of_title = {row["title"]: work for row, work in zip(gold.rows, gold.adjudged, strict=True)}
    for row, work in zip(more.rows[4:], more.adjudged[4:], strict=True):
        assert (row["author"], work_of_title[row["title"]]) == ("", work)


def test_each_record_of_the_chain_differs_from_the_one_before_by_one_word():
    titles = [row["title"].lower().split() for row in made.chain()]
    assert len(titles) == made.CHAIN
    for before, after in pairwise(titles):
        assert sum(a != b for a, b in zip(before, after, strict=True)) == 1
