"""Ids depend on what a record says and on nothing else; decisions hang on them for years."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import records_table
from searchsets.records.extraction import Extraction
from searchsets.records.formats.tagged import RIS, Tagged
from searchsets.records.identity import (
    _contents,
    content_hash,
    first_ids,
    fold,
    identified,
    identify,
)
from searchsets.records.model import Record
from searchsets.records.shards import Shards, read_records
from searchsets.records.store import ids_given

RECORD = Record(
    "bei/a.ris", 1, title="Children’s Trusts: où en sommes-nous?", authors=["Fox, C.", "Butler, G."], year=2004,
    container="Local Government", volume="30", pages="22-29", url="https://example.org/7",
)  # fmt: skip

TITLES = st.sampled_from(["Trusts", "TRUSTS!", "Boards", ""])
ACCESSIONS = st.sampled_from(["", "EJ1", "EJ2", "EJ1~2"])
RECORDS = st.lists(
    st.builds(
        Record, st.sampled_from(["a.ris", "b.ris"]), st.integers(1, 9),
        accession=ACCESSIONS, title=TITLES, abstract=st.sampled_from(["", "Where"]),
    )
)  # fmt: skip


def copies(records: list[Record]) -> list[Record]:
    return [replace(record) for record in records]


def contents(records: list[Record]) -> dict[str, tuple]:
    return {r.record_id: (r.accession, r.title, r.abstract, r.raw) for r in records}


# Frozen. A test that fails here means that every decision ever taken comes loose from its record:
# mend the change, or make folding version 2 with a table of the old ids.
@pytest.mark.parametrize(
    ("record", "frozen"),
    [
        (RECORD, "a3b00057c118"),
        (
            Record(
                "x", 1, title="Straße & Ärger", authors=["Öz, Ö."], container="漢字", pages="S12"
            ),
            "cd42416ae727",
        ),
        (Record("x", 1), "1598f47b1486"),
    ],
)
def test_the_hash_of_a_record_never_changes(record, frozen):
    assert content_hash(record) == frozen


def test_the_id_of_a_record_read_from_a_file_never_changes():
    fields = "TI  - Trusts &amp; boards\nAU  - Fox, C.\nY1  - 2004/05//\nSP  - 22\nEP  - 29\n"
    text = f"TY  - JOUR\n{fields}ER  - \n"
    [kept], _ = identify("bei", Extraction(Tagged(RIS), [text.encode()], "bei/a.ris"))
    assert kept.record_id == "bei:046e97d11e4c"


def test_an_accession_number_is_the_id_where_there_is_one():
    [kept], _ = identify("eric", [replace(RECORD, accession="EJ700001")])
    assert kept.record_id == "eric:EJ700001"


def test_a_record_without_accession_number_is_known_by_its_hash():
    [kept], _ = identify("bei", [RECORD])
    assert kept.record_id == f"bei:{content_hash(RECORD)}"


@pytest.mark.parametrize(
    "change", [{"title": "Trusts"}, {"year": 2005}, {"authors": ["Butler, G."]}, {"container": "Schools"},
               {"volume": "31"}, {"pages": "30-31"}, {"url": ""}],
)  # fmt: skip
def test_what_tells_records_apart_changes_the_hash(change):
    assert content_hash(replace(RECORD, **change)) != content_hash(RECORD)


@pytest.mark.parametrize(
    "change", [{"title": "CHILDREN’S trusts ou en sommes nous"}, {"abstract": "Where"}, {"source_file": "b.ris"},
               {"position": 9}, {"authors": ["Fox, C."]}, {"raw": "{}"}, {"descriptors": ["Governance"]}],
)  # fmt: skip
def test_what_sources_vary_leaves_the_hash_alone(change):
    assert content_hash(replace(RECORD, **change)) == content_hash(RECORD)


def test_words_do_not_wander_from_one_field_to_the_next():
    assert content_hash(Record("x", 1, title="a b", container="c")) != content_hash(
        Record("x", 1, title="a", container="b c")
    )


@given(st.text())
def test_folding_what_is_folded_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(RECORDS)
def test_ids_are_unique(records):
    kept, _ = identify("eric", records)
    assert len({record.record_id for record in kept}) == len(kept)


@given(RECORDS)
def test_every_record_is_kept_or_set_aside_as_a_repeat(records):
    kept, repeats = identify("eric", records)
    assert len(kept) + len(repeats) == len(records)
    assert {repeat.record_id for repeat in repeats} <= {record.record_id for record in kept}


@given(RECORDS, st.randoms(use_true_random=False))
def test_ids_do_not_depend_on_the_order_in_which_records_come(records, chance: random.Random):
    shuffled = copies(records)
    chance.shuffle(shuffled)
    assert identify("eric", shuffled) == identify("eric", copies(records))


@given(RECORDS, st.randoms(use_true_random=False))
def test_ids_do_not_depend_on_the_names_of_files_nor_on_places_in_them(
    records, chance: random.Random
):
    moved = [
        replace(r, source_file=chance.choice("xyz"), position=chance.randint(1, 99))
        for r in records
    ]
    assert contents(identify("eric", moved)[0]) == contents(identify("eric", records)[0])


@given(RECORDS)
def test_a_record_of_another_kind_changes_no_id(records):
    other = Record("c.ris", 1, accession="ED999999", title="Another")
    kept = contents(identify("eric", [other, *copies(records)])[0])
    kept.pop("eric:ED999999")
    assert kept == contents(identify("eric", records)[0])


def test_records_that_share_a_number_and_differ_are_numbered_by_their_contents():
    one, two, three = (
        Record("a.ris", n, accession="EJ1", title=t) for n, t in enumerate("bca", start=1)
    )
    kept, repeats = identify("eric", [one, two, three])
    assert [(r.record_id, r.title) for r in kept] == [
        ("eric:EJ1", "a"),
        ("eric:EJ1~2", "b"),
        ("eric:EJ1~3", "c"),
    ]
    assert repeats == []


def test_the_same_record_from_two_files_is_one_and_its_repeat_is_told_with_its_place():
    kept, repeats = identify(
        "bei", [replace(RECORD, source_file="bei/b.ris", position=5), replace(RECORD)]
    )
    assert [(r.source_file, r.position) for r in kept] == [("bei/a.ris", 1)]
    assert [(r.record_id, r.source_file, r.position) for r in repeats] == [
        (kept[0].record_id, "bei/b.ris", 5)
    ]


def _named(records, given=None):
    kept, _ = identify("bei", records, given or {})
    return {one.abstract: one.record_id for one in kept}


@given(
    st.lists(st.sampled_from("abcdef"), unique=True),
    st.lists(st.sampled_from("abcdefgh"), unique=True),
)
def test_records_of_one_number_keep_their_ids_whatever_comes_and_goes(then, now):
    """In a later run some are gone, some are new, and any may sort before the others."""
    made = [Record("x", n, accession="EJ1", abstract=one) for n, one in enumerate(then)]
    before = _named(made)
    given_ids = {"bei:EJ1": {_contents(one): one.record_id for one in made}}
    later = [Record("y", n, accession="EJ1", abstract=one) for n, one in enumerate(now)]
    after = _named(later, given_ids)
    assert all(after[one] == before[one] for one in after.keys() & before.keys())
    assert len(set(after.values())) == len(now)
    if not set(now) & set(then) and then and now:  # all changed: the first takes the first id
        assert "bei:EJ1" in after.values()


def test_ids_that_an_earlier_run_gave_are_kept_by_an_import(tmp_path):
    """The first of two records of one number is gone: the other does not become the first."""
    rows = [{"accession": "EJ1", "abstract": text} for text in ("a", "b")]
    rows += [{"accession": f"EJ{n}", "abstract": "c"} for n in (2, 3)]

    def imported(folder, some, earlier=None):
        shards = Shards(folder / "records/bei")
        table = records_table(*some)
        table = table.set_column(0, "record_id", first_ids("bei", table)).sort_by("record_id")
        for kept, _ in identified("bei", [table], ids_given(earlier, "bei")):
            shards.write(kept)
        shards.close()
        made = read_records(folder / "records/bei", ["record_id", "abstract"]).to_pylist()
        return {(row["record_id"], row["abstract"]) for row in made}

    first = imported(tmp_path / "first", rows)
    assert ("bei:EJ1~2", "b") in first
    again = imported(tmp_path / "again", rows[1:], tmp_path / "first")
    assert again == first - {("bei:EJ1", "a")}
    assert ("bei:EJ1", "b") in imported(tmp_path / "alone", rows[1:])
