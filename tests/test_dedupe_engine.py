"""Records joined into works: the same works in any order, and no record lost or counted twice."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alike_records import (
    ARTICLE,
    EDITORIAL,
    MEALS,
    NOBODY,
    PREPRINT,
    SETS,
    TITLE,
    done_with,
    joined,
    named,
    numbers,
    outcomes,
    people_say,
    readings_of,
    said,
    table_of,
    works,
)  # fmt: skip
from searchsets.dedupe.alike import alike_codes
from searchsets.dedupe.blocks import candidate_pairs
from searchsets.dedupe.checks import ENOUGH_ISSUES
from searchsets.dedupe.clusters import Clusters, contradiction, said_by
from searchsets.dedupe.engine import Deduplicated, look_at_columns
from searchsets.dedupe.joining import Policy
from searchsets.dedupe.log import (
    LEAST_QUEUE,
    balance_rows,
    check_rows,
    decision_rows,
    link_rows,
    open_questions,
    queue,
    uncertain_rows,
    version_rows,
)
from searchsets.dedupe.pairs import judged, learn
from searchsets.dedupe.people import DIFFERENT, SAME_WORK, VERSION, Standing
from searchsets.dedupe.versions import KINDS
from searchsets.dedupe.works import FIELDS, works_schema, works_tables
from searchsets.errors import ReviewError
from searchsets.records.tables import schema

EVERY_VERSION = Policy(collapse=tuple(KINDS))


def works_of(*arguments) -> pa.Table:
    return pa.concat_tables(works_tables(*arguments))


def logged(done: Deduplicated) -> list:
    """Return all that is written but what says where a record stood in its file."""
    links = [{**row, "position": ""} for row in link_rows(done)]
    rows = (decision_rows(done), version_rows(done), balance_rows(done), check_rows(done))
    kept = uncertain_rows(done, queue(done, 0.03))
    table = works_of(done.table, done.groups, done.work_of).to_pylist()
    return [links, *map(list, rows), list(kept), table]


# ---- order ------------------------------------------------------------------------------------


@given(SETS, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing_that_is_written(rows, random):
    rows = [row | {"record_id": named(number)} for number, row in enumerate(rows)]
    shuffled = random.sample(rows, len(rows))
    assert logged(done_with(rows)) == logged(done_with(shuffled))


@given(SETS)
def test_the_names_of_the_databases_change_neither_works_nor_decisions(rows):
    other = {"assia": "psycinfo", "eric": "a", "known_items": "z"}
    renamed = [row | {"database": other[row["database"]]} for row in rows]
    one, two = done_with(rows), done_with(renamed)
    assert works(one) == works(two)
    assert one.decisions == two.decisions


@given(SETS, st.randoms(use_true_random=False))
def test_other_ids_change_no_works_but_where_a_contradiction_was_met(rows, random):
    # Which of two pairs of one weight is followed first goes by the ids.
    ids = random.sample(range(100), len(rows))
    renamed = [row | {"record_id": f"x{number}"} for row, number in zip(rows, ids, strict=True)]
    one, other = done_with(rows), done_with(renamed)
    expected = {frozenset(f"x{ids[i]}" for i in group) for group in numbers(one)}
    held = any(d.note for d in (*one.decisions, *other.decisions))
    assert held or works(other) == expected


# ---- twins ------------------------------------------------------------------------------------


@given(SETS)
def test_every_pair_that_could_be_merged_is_found(rows):
    readings = readings_of(rows)
    pairs, _ = candidate_pairs(readings)
    known = learn(readings, pairs)
    every = (known.judge(a, b) for a, b in combinations(readings, 2))
    told = {(j.a, j.b): j for j in judged(readings, pairs, known)}
    for judgement in every:
        if judgement.outcome == "merge":
            assert told[judgement.a, judgement.b] == judgement


@given(SETS)
def test_of_what_shares_a_key_all_is_told_that_a_look_at_every_pair_tells(rows):
    readings = readings_of(rows)
    pairs, _ = candidate_pairs(readings)
    known = learn(readings, pairs)
    every = [known.judge(readings[i], readings[j]) for i, j in pairs.tolist()]
    assert list(judged(readings, pairs, known)) == [j for j in every if j.is_told]


def naive_contradiction(one: list, other: list) -> bool:
    """Say whether the records of two groups have nothing in common in two fields or more."""
    contrary = 0
    for name in ("DOI", "volume", "first page", "year", "numbers in the title"):
        left = {value for r in one for value in said_by(r)[name]}
        right = {value for r in other for value in said_by(r)[name]}
        contrary += bool(left and right and not left & right)
    return contrary > 1


@given(SETS)
def test_works_are_what_joining_the_strongest_pairs_one_by_one_makes(rows):
    done = done_with(rows)
    of = {r.record_id: r for r in done.readings}
    groups = [[r] for r in done.readings]
    merges = [d for d in done.decisions if d.outcome == "merge" or (d.note and not d.kind)]
    for d in sorted(merges, key=lambda d: (-d.judgement.weight, d.judgement.a, d.judgement.b)):
        one, other = (
            next(group for group in groups if of[i] in group)
            for i in (d.judgement.a, d.judgement.b)
        )
        held = one is not other and naive_contradiction(one, other)
        assert held == (d.outcome == "review")
        if one is not other and not held:
            groups.remove(other)
            one += other
    assert works(done) == {frozenset(r.record_id for r in group) for group in groups}


@given(SETS)
def test_works_are_what_the_logged_merges_join(rows):
    done = done_with(rows)
    merged = [pair for pair, outcome in outcomes(done).items() if outcome == "merge"]
    assert numbers(done) == joined(merged, len(rows))


@given(SETS)
def test_works_that_count_versions_are_what_the_logged_merges_join(rows):
    done = done_with(rows, EVERY_VERSION)
    merged = [pair for pair, outcome in outcomes(done).items() if outcome == "merge"]
    assert numbers(done) == joined(merged, len(rows))


@given(SETS)
def test_every_record_is_in_exactly_one_work_named_after_its_first_record(rows):
    done = done_with(rows)
    assert sorted(i for group in done.groups.values() for i in group) == list(range(len(rows)))
    for first, group in done.groups.items():
        assert first == min(group)
        assert {done.work_of[i] for i in group} == {f"work:{named(first)}"}
    assert [row["record_id"] for row in link_rows(done)] == [named(n) for n in range(len(rows))]


# ---- what others say changes nothing here -----------------------------------------------------


@pytest.mark.parametrize("lacking", ["title", "authors"])
def test_a_thousand_records_that_lack_a_field_change_no_work_of_the_others(lacking):
    rows = [
        ARTICLE,
        ARTICLE | {"title": f"{TITLE}."},
        ARTICLE | {"pages": "12-30"},
        MEALS,
        PREPRINT,
    ]
    more = [
        {"title": f"Text {n} of {n % 7} in {n % 90}", "authors": [f"Name{n % 50}, A."]}
        | {"database": "more", "year": 1990 + n % 20, "volume": str(n), "pages": f"{n + 1}"}
        | {lacking: [] if lacking == "authors" else ""}
        for n in range(1000)
    ]
    alone, among = done_with(rows), done_with([*rows, *more])
    assert alone.decisions
    assert among.decisions[: len(alone.decisions)] == alone.decisions
    assert [g for g in numbers(among) if g[0] < len(rows)] == numbers(alone)


def test_records_without_title_are_not_joined():
    rows = [ARTICLE | {"title": "", "volume": "", "issue": "", "pages": "", "abstract": str(n)}
            for n in range(5)]  # fmt: skip
    assert len(done_with(rows).groups) == 5


def test_no_records_are_no_works():
    done = done_with([])
    assert (done.groups, done.decisions) == ({}, [])
    assert works_of(done.table, done.groups, done.work_of).num_rows == 0


# ---- clusters ---------------------------------------------------------------------------------


def test_a_chain_of_ten_thousand_records_is_one_work():
    # Too many to be compared pair by pair: each is joined with its neighbour.
    done = done_with(ARTICLE | {"doi": f"10.1000/{n}"} for n in range(10_000))
    assert len(done.groups) == 1
    assert len(done.decisions) == 9_999


def test_a_chain_of_ten_thousand_records_breaks_wherever_its_parts_contradict_each_other():
    readings = readings_of(
        {"doi": f"10.1/{n // 2}", "volume": f"{n // 2 + 1}"} for n in range(10_000)
    )
    clusters = Clusters(readings)
    reasons = [clusters.join(n, n + 1) for n in range(9_999)]
    assert reasons[:3] == ["", "the groups have nothing in common in: DOI, volume", ""]
    assert sum(map(bool, reasons)) == 4_999
    assert list(clusters.groups().values()) == [[n, n + 1] for n in range(0, 10_000, 2)]


def test_a_chain_of_ten_thousand_records_joined_from_its_end_is_one_group():
    count = 10_000
    clusters = Clusters(readings_of([{"title": TITLE}] * count))
    for n in reversed(range(count - 1)):
        clusters.join(n, n + 1)
    assert clusters.groups() == {0: list(range(count))}


def test_ten_thousand_copies_in_neighbouring_places_do_not_become_one_work():
    rows = [ARTICLE | {"volume": str(n + 1), "year": 1900 + n % 100, "pages": f"{n + 1}"}
            for n in range(10_000)]  # fmt: skip
    assert len(done_with(rows).groups) == 10_000


def test_a_chain_of_small_likenesses_does_not_join_two_works():
    # The third record lacks all that tells the other two apart.
    one = ARTICLE | {"doi": "10.1/a", "pages": "11-29"}
    other = ARTICLE | {"doi": "10.1/b", "pages": "45-50"}
    between = ARTICLE | {"pages": ""}
    done = done_with([one, between, other])
    assert len(done.groups) == 2
    assert outcomes(done)[0, 1] == "merge"
    [held] = [d for d in done.decisions if d.note]
    assert (held.outcome, held.judgement.outcome) == ("review", "merge")
    assert held.note == "the groups have nothing in common in: DOI, first page"
    assert [d for d in open_questions(done) if d.note] == [held]


def test_the_strongest_pair_is_joined_first():
    # The one between is like both; with the second it shares more.
    one = ARTICLE | {"doi": "10.1/a", "pages": "11-29", "issue": "", "container": ""}
    between = ARTICLE | {"pages": "", "publisher": "NFER"}
    other = ARTICLE | {"doi": "10.1/b", "pages": "45-50", "publisher": "NFER"}
    assert numbers(done_with([one, between, other])) == [[0], [1, 2]]
    assert numbers(done_with([other, between, one])) == [[0, 1], [2]]


def test_one_damaged_value_does_not_part_two_groups():
    said_a = said_by(readings_of([ARTICLE])[0]) | {"source": set()}
    damaged = said_by(readings_of([ARTICLE | {"volume": "33"}])[0]) | {"source": set()}
    worse = said_by(readings_of([ARTICLE | {"volume": "33", "year": 1999}])[0]) | {"source": set()}
    assert contradiction(said_a, damaged) == ""
    assert "volume, year" in contradiction(said_a, worse)


@given(SETS)
def test_a_database_that_holds_nothing_twice_is_never_joined_within(rows):
    done = done_with(rows, Policy(single=("assia",)))
    for group in done.groups.values():
        assert sum(rows[i]["database"] == "assia" for i in group) <= 1


def test_two_copies_in_a_database_that_holds_nothing_twice_are_a_question():
    [d] = done_with([ARTICLE, ARTICLE], Policy(single=("assia",))).decisions
    assert d.outcome == "review"
    assert "holds nothing twice" in d.note
    assert numbers(done_with([ARTICLE, ARTICLE], Policy(single=("eric",)))) == [[0, 1]]


# ---- people -----------------------------------------------------------------------------------


def decisions_of(count: int) -> st.SearchStrategy[list[tuple[int, int, str]]]:
    """Return what people may say of some pairs of a set, each pair once."""
    every = list(combinations(range(count), 2))
    if not every:
        return st.just([])
    one = st.tuples(st.sampled_from(every), st.sampled_from([SAME_WORK, DIFFERENT, VERSION]))
    many = st.lists(one, max_size=6, unique_by=lambda two: two[0])
    return many.map(lambda found: [(*pair, decision) for pair, decision in found])


DECIDED = SETS.flatmap(lambda rows: st.tuples(st.just(rows), decisions_of(len(rows))))


def spoken(decisions: list[tuple[int, int, str]]) -> Standing:
    return people_say(
        *(said(a, b, d, kind="preprint" if d == VERSION else "") for a, b, d in decisions)
    )


@given(DECIDED)
def test_what_people_say_is_different_is_never_joined_even_by_a_path(drawn):
    rows, decisions = drawn
    done = done_with(rows, Policy(), spoken(decisions))
    for a, b, decision in decisions:
        if decision != SAME_WORK:
            assert done.work_of[a] != done.work_of[b]


@given(DECIDED)
def test_what_people_say_is_one_work_is_joined_unless_another_decision_forbids_it(drawn):
    rows, decisions = drawn
    done = done_with(rows, Policy(single=("assia",)), spoken(decisions))
    wanted = [(a, b) for a, b, decision in decisions if decision == SAME_WORK]
    forbidden = [(a, b) for a, b, decision in decisions if decision != SAME_WORK]
    together = {i: group for group in map(tuple, joined(wanted, len(rows))) for i in group}
    for a, b in wanted:
        if not any(c in together[a] and d in together[a] for c, d in forbidden):
            assert done.work_of[a] == done.work_of[b]
        elif done.work_of[a] != done.work_of[b]:
            assert outcomes(done)[a, b] == "review"


@given(DECIDED)
def test_every_decision_of_a_person_is_in_the_log_once(drawn):
    rows, decisions = drawn
    done = done_with(rows, Policy(), spoken(decisions))
    logged_pairs = [(d.judgement.a, d.judgement.b) for d in done.decisions]
    assert len(set(logged_pairs)) == len(logged_pairs)
    assert {(named(a), named(b)) for a, b, _ in decisions} <= set(logged_pairs)


# Four copies of a text, each with a slip of its own, so that none says the same as another one.
COPIES = [
    ARTICLE,
    ARTICLE | {"title": f"{TITLE}."},
    ARTICLE | {"authors": ["Lord, P.", "Hart, R."]},
    ARTICLE | {"database": "eric", "container": "Soc Work Today"},
]


@pytest.mark.parametrize("rows", [COPIES, [ARTICLE] * 4], ids=["copies", "identical copies"])
@pytest.mark.parametrize("cut", list(combinations(range(4), 2)), ids=str)
def test_cutting_any_one_pair_parts_these_two_records_and_no_others(rows, cut):
    assert len(done_with(rows).groups) == 1
    done = done_with(rows, Policy(), people_say(said(*cut, DIFFERENT)))
    assert len(done.groups) == 2
    one, other = done.groups.values()
    assert {cut[0] in one, cut[0] in other} == {True, False}
    assert (cut[0] in one) != (cut[1] in one)


@pytest.mark.parametrize("rows", [COPIES, [ARTICLE] * 4], ids=["copies", "identical copies"])
def test_a_record_parted_from_two_others_stays_with_the_last(rows):
    apart = people_say(said(0, 1, DIFFERENT), said(0, 2, DIFFERENT), said(0, 3, DIFFERENT))
    assert numbers(done_with(rows, Policy(), apart)) == [[0], [1, 2, 3]]


def test_two_people_who_disagree_leave_a_question():
    pair = (named(0), named(1))
    many = [said(0, 1, SAME_WORK), said(0, 1, DIFFERENT, by="eva")]
    done = done_with([ARTICLE, ARTICLE], Policy(), Standing({}, {pair: many}, []))
    [d] = done.decisions
    assert (d.outcome, d.note) == ("review", "people disagree: anna: same; eva: different")
    assert len(done.groups) == 2
    assert open_questions(done) == [d]


def test_what_people_disagree_about_is_not_joined_by_a_path_either():
    pair = (named(0), named(1))
    many = [said(0, 1, SAME_WORK), said(0, 1, DIFFERENT, by="eva")]
    done = done_with(COPIES, Policy(), Standing({}, {pair: many}, []))
    assert len(done.groups) == 2
    assert done.work_of[0] != done.work_of[1]


def test_a_person_joins_what_the_rules_would_not():
    done = done_with([ARTICLE, MEALS], Policy(), people_say(said(0, 1, SAME_WORK)))
    [d] = done.decisions
    assert (d.outcome, d.by, numbers(done)) == ("merge", "anna (anna-0-1-same)", [[0, 1]])


def test_of_two_same_that_a_different_forbids_the_later_is_a_question():
    people = people_say(said(0, 1, SAME_WORK), said(1, 2, SAME_WORK), said(0, 2, DIFFERENT))
    done = done_with([ARTICLE, MEALS, EDITORIAL], Policy(), people)
    assert outcomes(done) == {(0, 1): "merge", (0, 2): "apart", (1, 2): "review"}
    assert numbers(done) == [[0, 1], [2]]


# ---- records that say the same ----------------------------------------------------------------


def test_fifty_identical_copies_are_one_work_with_forty_nine_merges():
    done = done_with([ARTICLE] * 50)
    assert len(done.groups) == 1
    assert list(outcomes(done).values()) == ["merge"] * 49


def test_identical_editorials_without_a_place_are_questions_and_not_merged():
    done = done_with([EDITORIAL | {"authors": ["Fox, C."], "container": "Mind"}] * 5)
    assert len(done.groups) == 5
    assert list(outcomes(done).values()) == ["review"] * 4


WHOLE = {
    "title": "A tide table", "authors": ["Fox, C."], "year": 2004, "container": "Tides", "volume": "3",
    "issue": "2", "pages": "11-29", "doi": "10.1/x", "publisher": "Harbour Press", "type": "article",
    "abstract": "What tides do. " * 40, "issn": ["1234-5679"], "isbn": ["978-0-306-40615-7"],
    "url": "https://tides.example/1", "accession": "EJ612345 NCT01234567", "database": "eric",
}  # fmt: skip
OTHERWISE = {
    "title": "A tide chart", "authors": ["Day, C."], "year": 2005, "container": "Ports", "volume": "4",
    "issue": "3", "pages": "12-29", "doi": "10.1/y", "publisher": "Pier Press", "type": "report",
    "abstract": "What ports do. " * 40, "issn": ["1234-5680"], "isbn": ["978-1-86197-876-9"],
    "url": "https://tides.example/2", "accession": "EJ612346 NCT01234567",
}  # fmt: skip


@pytest.mark.parametrize("name", [*OTHERWISE, "trial"])
def test_records_that_differ_in_anything_that_is_compared_have_other_codes(name):
    other = {"accession": "EJ612345 NCT07654321"} if name == "trial" else {name: OTHERWISE[name]}
    rows = [WHOLE, WHOLE | other, WHOLE | {"database": "elsewhere"}]
    readings, codes = readings_of(rows), alike_codes(table_of(rows))
    assert replace(readings[0], record_id="") != replace(readings[1], record_id="")
    assert codes[0] == codes[2] != codes[1]


@given(SETS)
def test_records_with_one_code_say_the_same_in_all_that_is_compared(rows):
    readings, codes = readings_of(rows), alike_codes(table_of(rows))
    for (i, one), (j, other) in combinations(enumerate(readings), 2):
        alike = replace(one, record_id="") == replace(other, record_id="")
        if codes[i] == codes[j]:
            assert alike
    every = list(RECORD_FIELDS)
    for i, j in combinations(range(len(rows)), 2):
        if all(rows[i][name] == rows[j][name] for name in every):
            assert codes[i] == codes[j]


RECORD_FIELDS = ("type", "title", "authors", "year", "container", "volume", "issue", "pages", "doi",
                 "accession", "publisher")  # fmt: skip


@given(SETS)
def test_works_do_not_depend_on_comparing_one_record_for_its_identical_copies(rows):
    # What a person says of a record takes it out of those compared through another one.
    far = [MEALS | {"title": f"{n} meals", "doi": f"10.9/{n}", "pages": f"{n}"} for n in range(9)]
    some = people_say(*(said(n, len(rows) + n, DIFFERENT) for n in range(len(rows))))
    apart, together = done_with([*rows, *far], Policy(), some), done_with([*rows, *far])
    assert works(apart) == works(together)


# ---- works ------------------------------------------------------------------------------------


def rows_of_works(done: Deduplicated, *prefer: str) -> list[dict]:
    return works_of(done.table, done.groups, done.work_of, prefer).to_pylist()


def taken(row: dict) -> dict:
    import json

    return json.loads(row["taken_from"])


SHORT = ARTICLE | {
    "database": "eric", "abstract": "What", "container": "SWT", "publisher": "NFER", "volume": "",
    "issue": "", "pages": "11", "authors": ["Lord, P.", "Hart, R."], "year": 2004,
    "keywords": ["trusts", "boards"], "accession": "EJ612345", "doi": "10.1/x", "language": "en",
}  # fmt: skip
FULL = ARTICLE | {
    "abstract": "What it says", "keywords": ["boards", "care"], "accession": "A1", "doi": "10.1/x",
    "isbn": ["9780000000002"], "url": "https://example.org/1", "place": "Leeds",
}  # fmt: skip


def test_a_work_has_the_values_of_its_fullest_record_and_gaps_filled_from_the_others():
    [row] = rows_of_works(done_with([SHORT, FULL]))
    assert (row["volume"], row["abstract"], row["pages"]) == ("3", "What it says", "11-29")
    assert (row["publisher"], row["language"]) == ("NFER", "en")
    assert row["authors"] == ["Lord, Pippa", "Hart, Ruth"]
    assert (row["record_ids"], row["databases"]) == ([named(0), named(1)], ["assia", "eric"])
    source = taken(row)
    assert (source["volume"], source["publisher"]) == (named(1), named(0))


def test_of_an_abstract_a_journal_pages_and_authors_the_longer_is_taken():
    short = FULL | {"container": "SWT", "pages": "11", "authors": ["Lord, Pippa"]}
    longer = {"publisher": "", "database": "eric", "abstract": "What it says at length"}
    [row] = rows_of_works(done_with([short, ARTICLE | longer]))
    assert (row["container"], row["pages"]) == ("Social Work Today", "11-29")
    assert (row["abstract"], row["authors"]) == (longer["abstract"], ["Lord, Pippa", "Hart, Ruth"])
    longest = [taken(row)[name] for name in ("container", "pages", "abstract", "authors")]
    assert (longest, taken(row)["url"]) == ([named(1)] * 4, named(0))


def test_a_preferred_database_gives_what_it_has():
    [row] = rows_of_works(done_with([SHORT, FULL]), "eric", "assia")
    assert (row["container"], row["pages"], row["abstract"]) == ("SWT", "11", "What")
    assert (row["volume"], row["publisher"]) == ("3", "NFER")
    assert (taken(row)["container"], taken(row)["volume"]) == (named(0), named(1))


def test_identifiers_and_lists_of_all_records_of_a_work_are_kept():
    [row] = rows_of_works(done_with([SHORT, FULL]))
    expected = ["A1", "10.1/x", "9780000000002", "https://example.org/1", "EJ612345"]
    assert row["identifiers"] == expected
    assert row["keywords"] == ["boards", "care", "trusts"]
    assert sorted(taken(row)["keywords"]) == [named(0), named(1)]


@given(SETS, st.permutations(["assia", "eric", "known_items"]))
def test_every_value_of_a_work_is_that_of_the_record_it_is_taken_from(rows, prefer):
    done = done_with(rows)
    by_id = {row["record_id"]: row for row in done.table.to_pylist()}
    made = rows_of_works(done, *prefer)
    assert [row["work_id"] for row in made] == sorted(set(done.work_of))
    for row in made:
        members = [by_id[i] for i in row["record_ids"]]
        given_by = taken(row) if row["taken_from"] else dict.fromkeys(FIELDS, row["record_ids"][0])
        for name in FIELDS:
            assert bool(row[name]) == any(m[name] for m in members)
            if row[name] and isinstance(given_by[name], str):
                assert row[name] == by_id[given_by[name]][name]
        numbers_of_all = {
            m[name] for m in members for name in ("accession", "doi", "url") if m[name]
        }
        assert numbers_of_all <= set(row["identifiers"])


@given(SETS)
def test_the_columns_of_works_have_their_types(rows):
    done = done_with(rows)
    table = works_of(done.table, done.groups, done.work_of)
    assert table.schema == works_schema()
    assert table.schema.field("year").type == schema().field("year").type
    assert table.num_rows == len(done.groups)


def test_where_every_work_has_several_records_the_works_are_written_too():
    [row] = rows_of_works(done_with([ARTICLE, ARTICLE]))
    assert row["record_ids"] == [named(0), named(1)]


# ---- the balance ------------------------------------------------------------------------------


@given(SETS, st.sampled_from([Policy(), EVERY_VERSION, Policy(single=("eric",))]))
def test_the_balance_of_every_database_closes(rows, policy):
    done = done_with(rows, policy)
    lines = list(balance_rows(done))
    assert {line["database"] for line in lines} == {row["database"] for row in rows}
    assert sum(line["records"] for line in lines) == len(rows)
    assert sum(line["only_here"] for line in lines) == sum(
        len({rows[i]["database"] for i in group}) == 1 for group in done.groups.values()
    )
    for line in lines:
        assert line["records"] == line["duplicates_within"] + line["works"]
        assert line["works"] == line["shared"] + line["only_here"]
        assert line["linked"] <= line["works"]


def test_the_balance_tells_duplicates_shared_works_works_only_here_and_linked_ones():
    shared = ARTICLE | {"database": "eric"}
    rows = [
        ARTICLE,
        ARTICLE,
        MEALS | {"database": "assia"},
        shared,
        PREPRINT | {"database": "eric"},
    ]
    assia, eric = balance_rows(done_with(rows))
    assert tuple(assia.values()) == ("assia", 3, 1, 2, 1, 1, 1)
    assert tuple(eric.values()) == ("eric", 2, 0, 2, 1, 1, 2)


# ---- versions that count as one work ----------------------------------------------------------


def test_a_preprint_is_linked_and_counts_as_the_same_work_if_the_review_says_so():
    apart = done_with([ARTICLE, PREPRINT])
    assert (numbers(apart), outcomes(apart)) == ([[0], [1]], {(0, 1): "version"})
    counted = done_with([ARTICLE, PREPRINT], Policy(collapse=("preprint",)))
    assert (numbers(counted), outcomes(counted)) == ([[0, 1]], {(0, 1): "merge"})
    [link] = version_rows(counted)
    assert (link["type"], link["work_id_a"]) == ("preprint", link["work_id_b"])
    other = done_with([ARTICLE, PREPRINT], Policy(collapse=("erratum",)))
    assert numbers(other) == [[0], [1]]


def test_a_version_that_a_person_names_counts_as_the_same_work_too():
    people = people_say(said(0, 1, VERSION, kind="edition"))
    assert len(done_with([ARTICLE, MEALS], Policy(), people).groups) == 2
    done = done_with([ARTICLE, MEALS], Policy(collapse=("edition",)), people)
    assert numbers(done) == [[0, 1]]
    assert len(done_with([ARTICLE, MEALS], Policy(collapse=("report",)), people).groups) == 2


def test_a_person_keeps_versions_apart_that_would_count_as_one_work():
    people = people_say(said(0, 1, DIFFERENT))
    done = done_with([ARTICLE, PREPRINT], Policy(collapse=("preprint",)), people)
    assert (numbers(done), outcomes(done)) == ([[0], [1]], {(0, 1): "apart"})


def test_a_kind_of_version_that_there_is_not_is_refused():
    with pytest.raises(ReviewError, match="'preprimt'"):
        Policy(collapse=("preprimt",))


# ---- columns that are not to be trusted -------------------------------------------------------


def findings(rows: list[dict]) -> list[tuple]:
    names = ("database", "field", "records", "example")
    return [tuple(row[name] for name in names) for row in look_at_columns(table_of(rows)).rows]


def test_issue_numbers_that_run_through_a_file_are_set_aside():
    running = [MEALS | {"issue": str(n + 1)} for n in range(ENOUGH_ISSUES)]
    rows = [*running, ARTICLE]
    assert findings(rows) == [("eric", "issue", ENOUGH_ISSUES, "1")]
    *others, last = readings_of(rows)
    assert not any(r.issue.values for r in others)
    assert last.issue.values
    assert len(done_with(running).groups) == 1


def test_issue_numbers_that_repeat_or_are_few_are_trusted():
    assert findings([MEALS | {"issue": str(n % 12 + 1)} for n in range(200)]) == []
    assert findings([MEALS | {"issue": str(n + 1)} for n in range(ENOUGH_ISSUES - 1)]) == []


def test_a_doi_that_stands_with_several_titles_is_set_aside():
    titles = [TITLE, MEALS["title"], "A history of reading rooms"]
    rows = [ARTICLE | {"title": title, "doi": "10.1/journal"} for title in titles]
    assert findings(rows) == [("assia", "doi", 3, "10.1/journal")]
    assert [r.doi for r in readings_of(rows)] == [""] * 3


def test_a_doi_that_stands_with_one_title_in_several_spellings_is_trusted():
    rows = [ARTICLE | {"title": TITLE + end, "doi": "10.1/x"} for end in ("", ".", "!", " a")]
    assert findings(rows) == []


def test_a_year_in_the_place_of_pages_is_not_compared():
    rows = [ARTICLE | {"pages": "2004"}, ARTICLE]
    assert findings(rows) == [("assia", "pages", 1, "2004")]
    assert [bool(r.pages.starts) for r in readings_of(rows)] == [False, True]


def test_a_date_that_a_spreadsheet_made_of_pages_is_read_back():
    rows = [ARTICLE | {"pages": "11-Dec"}, ARTICLE | {"pages": "11-12"}]
    assert findings(rows) == [("assia", "pages", 1, "11-Dec")]
    one, other = readings_of(rows)
    assert set(one.pages.starts) & set(other.pages.starts)


def test_the_title_of_the_journal_in_the_place_of_the_title_says_nothing():
    rows = [ARTICLE | {"title": "Social work today"}] * 2 + [ARTICLE]
    assert findings(rows) == [("assia", "title", 2, "Social work today")]
    assert [len(r.title.forms) for r in readings_of(rows)][:2] == [0, 0]


def test_what_is_set_aside_or_left_out_is_written():
    rows = [EDITORIAL | {"volume": str(n + 1), "pages": "2004"} for n in range(60)]
    remark, cut = check_rows(done_with(rows))
    assert (remark["field"], remark["records"]) == ("pages", 60)
    assert (cut["field"], cut["records"], cut["example"]) == ("title", 60, "editorial")
    assert f"{60 * 59 // 2:,} pairs" in cut["finding"]


# ---- questions --------------------------------------------------------------------------------


def questions(count: int) -> list[dict]:
    """Return pairs of records that a person must look at, each of another text."""
    return [
        ARTICLE
        | {
            "title": f"{'abcdefghijklmnopqrstuvwxyz'[n // 2] * 9} of governance",
            "year": 2004 + n % 2,
        }
        | {"authors": [f"Lord{'abcdefghijklmnopqrstuvwxyz'[n // 2] * 4}, P."], "issue": ""}
        | {"container": f"Paper {n // 2}", "volume": "", "pages": "", "database": f"d{n % 2}"}
        for n in range(2 * count)
    ]


def test_the_questions_stay_within_their_share_of_the_records():
    rows = questions(20)
    done = done_with(rows)
    assert len(open_questions(done)) == 20
    assert [len(queue(done, share)) for share in (0.0, 0.01, 0.6, 1.0)] == [
        0,
        LEAST_QUEUE // 2,
        12,
        20,
    ]


@given(SETS, st.sampled_from([0.01, 0.5, 1.0]))
def test_questions_are_asked_once_for_two_works_the_most_worth_first(rows, share):
    done = done_with(rows)
    kept = queue(done, share)
    work = dict(zip((named(n) for n in range(len(rows))), done.work_of, strict=True))
    between = [frozenset((work[d.judgement.a], work[d.judgement.b])) for d in kept]
    assert len(set(between)) == len(between)
    assert all(len(two) == 2 for two in between)
    gains = [d.judgement.gain for d in kept]
    assert gains == sorted(gains, reverse=True)
    # The sets are too small for a share to leave anything out.
    asked = {frozenset((work[d.judgement.a], work[d.judgement.b])) for d in done.decisions
             if d.outcome == "review" and work[d.judgement.a] != work[d.judgement.b]}  # fmt: skip
    assert set(between) == asked


def test_two_works_are_asked_about_once_however_many_pairs_of_theirs_are_questions():
    later = ARTICLE | {"year": 2005, "volume": "", "issue": "", "pages": "", "doi": "10.1/x"}
    nfer = {"publisher": "NFER"}
    done = done_with([ARTICLE, ARTICLE | nfer, later, later | nfer])
    assert numbers(done) == [[0, 1], [2, 3]]
    assert len(open_questions(done)) == 4
    [first] = queue(done, 1.0)
    assert first == open_questions(done)[0]


def test_a_question_that_is_answered_by_a_path_is_not_asked():
    # The first and last are a question by themselves; both are one work with the one between.
    first = ARTICLE | {"title": "Governance and outcomes for vulnerable children", "pages": ""}
    between = ARTICLE | {"doi": "10.1/x"}
    rows = [first | {"doi": "10.1/x", "year": 2004}, between, ARTICLE | {"year": 2004}]
    done = done_with(rows)
    assert len(done.groups) == 1
    assert queue(done, 1.0) == []


def test_a_question_tells_both_sides_and_what_disagrees():
    done = done_with(questions(1))
    [row] = uncertain_rows(done, queue(done, 1.0))
    assert (row["rank"], row["year_a"], row["year_b"]) == (1, 2004, 2005)
    assert row["disagree"] == ["year"]
    assert "the years are one apart, and no place agrees" in row["reason"]


def test_nobody_is_asked_about_what_people_decided():
    people = people_say(said(0, 1, DIFFERENT))
    assert queue(done_with(questions(1), Policy(), people), 1.0) == []
    assert NOBODY.records == set()
    assert people.records == {named(0), named(1)}


def test_a_short_title_that_another_one_begins_with_is_found_without_author_and_year():
    short = ARTICLE | {"title": "Governance and outcomes", "authors": [], "year": 2005}
    others = [
        MEALS | {"title": f"Governance and outcomes of {word}"} for word in ("ports", "mills")
    ]
    local = MEALS | {"title": "Three local authorities and vulnerable children"}
    readings = readings_of([short, ARTICLE | {"container": "Soc Work Today"}, *others, local])
    pairs, _ = candidate_pairs(readings)
    assert learn(readings, pairs).judge(*readings[:2]).outcome == "merge"
    assert [0, 1] in pairs.tolist()
