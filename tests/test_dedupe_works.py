"""Records joined into works: the same works in any order, and no record lost or counted twice."""

from __future__ import annotations

from itertools import combinations

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import records_table
from searchsets.dedupe.compare import candidate, compare
from searchsets.dedupe.stage import (
    LARGEST_BLOCK,
    balance_rows,
    deduplicate,
    merged_row,
    write_works,
)
from searchsets.errors import ReviewError
from searchsets.files import read_csv

TITLE = "Governance and outcomes for vulnerable children in three local authorities"
FIELDS = st.fixed_dictionaries(
    {
        "database": st.sampled_from(["assia", "eric", "known_items"]),
        "title": st.sampled_from(
            [TITLE, f"{TITLE}!", TITLE.replace("three", "thre"), f"{TITLE}: Part 2", "",
             f"Erratum: {TITLE}", "Editorial", "School meals"]
        ),
        "year": st.sampled_from([2004, 2004, 2005, None]),
        "authors": st.sampled_from([["Lord, P."], ["Lord, P."], []]),
        "doi": st.sampled_from(["", "", "10.1000/a", "10.1000/b"]),
        "accession": st.sampled_from(["", "", "EJ612345"]),
        "volume": st.sampled_from(["", "3", "4"]),
    }
)  # fmt: skip


def rows_of(*fields: dict) -> list[dict]:
    numbered = [
        {"title": TITLE, "year": 2004, "authors": ["Lord, P."], "database": "assia"}
        | {"record_id": f"test:{number:05}"}
        | one
        for number, one in enumerate(fields)
    ]
    return records_table(*numbered).to_pylist()


SETS = st.lists(FIELDS, max_size=8).map(lambda many: rows_of(*many))


@given(SETS, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(rows, random):
    shuffled = random.sample(rows, len(rows))
    one, other = deduplicate(rows), deduplicate(shuffled)
    assert one.decisions == other.decisions
    assert one.members() == other.members()


@given(SETS)
def test_works_are_what_comparing_every_pair_would_make(rows):
    works, done = [{row["record_id"]} for row in rows], deduplicate(rows)
    for a, b in combinations(map(candidate, rows), 2):
        decision = compare(a, b)
        assert decision is None or decision in done.decisions
        if decision and decision.outcome == "merge":
            touched = [work for work in works if {a.record_id, b.record_id} & work]
            works = [work for work in works if work not in touched] + [set().union(*touched)]
    assert sorted(done.members().values()) == sorted(map(sorted, works))


@given(SETS)
def test_every_record_is_in_exactly_one_work_named_after_its_first_record(rows):
    members = deduplicate(rows).members()
    assert sorted(i for ids in members.values() for i in ids) == [row["record_id"] for row in rows]
    assert all(work == f"work:{min(ids)}" for work, ids in members.items())


@given(SETS)
def test_the_balance_of_every_database_closes(rows):
    done = deduplicate(rows)
    lines = list(balance_rows(done))
    assert sum(line["records"] for line in lines) == len(rows)
    for line in lines:
        assert line["records"] == line["duplicates_within"] + line["works"]
        assert line["works"] == line["shared"] + line["only_here"]


def test_the_balance_tells_duplicates_shared_works_and_works_found_here_only():
    meals = {"title": "School meals and the health of children"}
    assia, eric = balance_rows(deduplicate(rows_of({}, {}, meals, {"database": "eric"})))
    assert tuple(assia.values()) == ("assia", 3, 1, 2, 1, 1)
    assert tuple(eric.values()) == ("eric", 1, 0, 1, 1, 0)


def test_a_chain_of_ten_thousand_records_is_one_work():
    # Each record shares its ERIC number with one neighbour, its DOI and title with the other.
    chain = [
        {
            "title": f"{(number + 1) // 2} children",
            "doi": f"10.1000/{(number + 1) // 2}",
            "accession": f"EJ{100_000 + number // 2}",
        }
        for number in range(10_000)
    ]
    assert list(deduplicate(rows_of(*chain)).members()) == ["work:test:00000"]


HARD_TO_FIND = {
    "a slip in the middle": ("Governance of children's trusts", "Governance of chilldren's trusts"),
    "slips at both ends": (TITLE, TITLE.replace("nance", "nence").replace("ities", "ites")),
    "an erratum to a short title": ("Joined-up government", "Erratum: Joined-up government"),
}


@pytest.mark.parametrize(("title", "other"), HARD_TO_FIND.values(), ids=HARD_TO_FIND)
def test_titles_that_begin_and_end_otherwise_are_compared_too(title, other):
    rows = rows_of({"title": title}, {"title": other})
    assert deduplicate(rows).decisions == [compare(*map(candidate, rows))]


def test_records_without_title_are_not_joined():
    assert len(deduplicate(rows_of(*[{"title": ""}] * 5)).members()) == 5


def test_too_many_records_alike_are_reported():
    many = [{"title": "Editorial", "volume": str(number)} for number in range(LARGEST_BLOCK + 1)]
    assert f"{len(many)} records" in " ".join(deduplicate(rows_of(*many)).cut_blocks)


def test_records_alike_in_all_are_joined_among_too_many():
    many = [{"volume": str(number)} for number in range(LARGEST_BLOCK)]
    done = deduplicate(rows_of(*many, {"volume": "0"}))
    assert done.work_of[f"test:{LARGEST_BLOCK:05}"] == "work:test:00000"


def test_the_row_of_a_work_is_its_fullest_record_with_gaps_filled_from_the_others():
    short = {"database": "eric", "abstract": "", "publisher": "NFER", "title": "SHORT"}
    full = {"abstract": "What it says", "volume": "3", "issue": "1", "year": None, "publisher": ""}
    row = merged_row("work:1", rows_of(short, full))
    assert (row["title"], row["abstract"], row["volume"]) == (TITLE, "What it says", "3")
    assert (row["year"], row["publisher"]) == (2004, "NFER")
    assert row["record_ids"] == ["test:00000", "test:00001"]
    assert row["databases"] == ["assia", "eric"]


def kept(tmp_path, retrieved: str, *fields: dict):
    (tmp_path / "eric").mkdir()
    pq.write_table(records_table(*rows_of(*fields)), tmp_path / "eric" / "part-0000.parquet")
    (tmp_path / "retrieved.csv").write_text(f"record_id\n{retrieved}", encoding="utf-8")
    return write_works([tmp_path / "eric"], [tmp_path / "retrieved.csv"], tmp_path / "works")


def test_only_retrieved_records_and_known_items_take_part(tmp_path):
    known = {"database": "known_items", "title": "School meals"}
    kept(tmp_path, "test:00001\n", {}, {}, known)
    links = read_csv(tmp_path / "works" / "links.csv")
    assert [row["record_id"] for row in links] == ["test:00001", "test:00002"]


def test_a_retrieved_record_that_is_nowhere_is_an_error(tmp_path):
    with pytest.raises(ReviewError, match="'test:00009'"):
        kept(tmp_path, "test:00009\n", {})


def test_doubtful_pairs_are_listed_with_their_titles(tmp_path):
    kept(tmp_path, "test:00000\ntest:00001\n", {}, {"year": 2005})
    [pair] = read_csv(tmp_path / "works" / "uncertain.csv")
    assert (pair["title_a"], pair["title_b"]) == (TITLE, TITLE)


def test_what_was_not_compared_stands_among_the_decisions(tmp_path):
    ids = "".join(f"test:{number:05}\n" for number in range(LARGEST_BLOCK + 1))
    kept(tmp_path, ids, *[{"volume": str(number)} for number in range(LARGEST_BLOCK + 1)])
    outcomes = {row["outcome"] for row in read_csv(tmp_path / "works" / "decisions.csv")}
    assert "not compared" in outcomes
