"""An update keeps the works of the run before it, with their ids."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from alike_records import (
    ARTICLE,
    EDITORIAL,
    MEALS,
    NOBODY,
    PLAIN,
    RECORDS,
    Policy,
    named,
    people_say,
    said,
    table_of,
    works,
)
from searchsets.dedupe.clusters import TWO_WORKS
from searchsets.dedupe.engine import deduplicate
from searchsets.dedupe.joining import BY_EARLIER
from searchsets.dedupe.people import DIFFERENT, SAME_WORK
from searchsets.dedupe.remembered import Remembered
from searchsets.dedupe.versions import KINDS
from searchsets.dedupe.works import works_tables

WORKS = st.lists(RECORDS, min_size=1, max_size=6)


def later(rows, before: dict[str, str], people=NOBODY, policy: Policy = PLAIN):
    return deduplicate(table_of(rows), policy, people, earlier=Remembered(before))


def work_of(done) -> dict[str, str]:
    return dict(zip([one.record_id for one in done.readings], done.work_of, strict=True))


@given(WORKS, st.lists(st.integers(0, 3), min_size=6, max_size=6), WORKS, st.integers(0, 5),
       st.booleans())  # fmt: skip
def test_whatever_comes_later_works_stay_as_they_were(old, groups, new, place, collapse):
    """The records of the run before may have changed since, and new ones may sort before them."""
    ids = [f"test:m{number}" for number in range(len(old))]
    first: dict[int, str] = {}
    before = {
        one: f"work:{first.setdefault(group, one)}" for one, group in zip(ids, groups, strict=False)
    }
    rows = [row | {"record_id": one} for row, one in zip(old, ids, strict=True)]
    rows += [
        row | {"record_id": f"test:{'a' if n < place else 'z'}{n}"} for n, row in enumerate(new)
    ]
    done = later(rows, before, policy=Policy(collapse=tuple(KINDS) if collapse else ()))
    now = work_of(done)
    assert {one: now[one] for one in ids} == before
    assert len(set(done.work_of)) == len(done.groups)  # no id stands for two works
    table = list(works_tables(done.table, done.groups, done.work_of))
    shown = {row["work_id"]: row["record_ids"] for part in table for row in part.to_pylist()}
    assert shown == {
        work: sorted(one for one, its in now.items() if its == work) for work in set(done.work_of)
    }


@given(WORKS)
def test_a_run_that_remembers_itself_is_the_same(rows):
    alone = deduplicate(table_of(rows), PLAIN, NOBODY)
    again = later(rows, work_of(alone))
    assert works(again) == works(alone) and again.work_of == alone.work_of


def test_two_works_that_look_like_one_now_are_a_question_for_a_person():
    rows = [ARTICLE, ARTICLE]
    before = {named(0): f"work:{named(0)}", named(1): f"work:{named(1)}"}
    done = later(rows, before)
    [decision] = done.decisions
    assert (decision.outcome, decision.note) == ("review", TWO_WORKS)
    joined = later(rows, before, people_say(said(0, 1, SAME_WORK)))
    assert set(joined.work_of) == {f"work:{named(0)}"}


def test_a_work_is_kept_though_its_records_differ_now_unless_a_person_parts_it():
    rows, before = [ARTICLE, MEALS], dict.fromkeys([named(0), named(1)], f"work:{named(0)}")
    done = later(rows, before)
    assert [(one.outcome, one.by) for one in done.decisions] == [("merge", BY_EARLIER)]
    parted = later(rows, before, people_say(said(0, 1, DIFFERENT)))
    assert parted.work_of == [f"work:{named(0)}", f"work:{named(1)}"]


def test_a_new_record_joins_the_work_that_was_there():
    before = {named(1): f"work:{named(1)}"}
    done = later([ARTICLE, ARTICLE], before)
    assert done.work_of == [f"work:{named(1)}"] * 2


def test_a_person_who_parts_one_record_of_a_work_parts_that_one_alone():
    before = dict.fromkeys([named(0), named(1), named(2)], f"work:{named(0)}")
    parted = people_say(said(0, 1, DIFFERENT), said(0, 2, DIFFERENT))
    done = later([ARTICLE, MEALS, EDITORIAL], before, parted)
    assert done.work_of == [f"work:{named(0)}", f"work:{named(1)}", f"work:{named(1)}"]
