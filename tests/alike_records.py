"""Small sets of records that are nearly alike, and short ways to deduplicate them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyarrow as pa
from hypothesis import strategies as st

from conftest import records_table
from searchsets.dedupe.engine import Deduplicated, deduplicate, look_at_columns, set_aside
from searchsets.dedupe.joining import Policy
from searchsets.dedupe.material import read_rows
from searchsets.dedupe.people import Said, Standing
from searchsets.dedupe.reading import Reading
from searchsets.dedupe.versions import KINDS

TITLE = "Governance and outcomes for vulnerable children in three local authorities"
ARTICLE = {
    "database": "assia", "type": "article", "title": TITLE, "authors": ["Lord, Pippa", "Hart, Ruth"],
    "year": 2004, "container": "Social Work Today", "volume": "3", "issue": "2", "pages": "11-29",
}  # fmt: skip
MEALS = {
    "database": "eric", "type": "article", "title": "School meals and what children say of them",
    "authors": ["Fox, Carl", "Webb, Ann"], "year": 1999, "container": "Nutrition in Schools",
    "volume": "8", "issue": "1", "pages": "3-9",
}  # fmt: skip
EDITORIAL = {"database": "assia", "title": "Editorial", "year": 2004}
PREPRINT = ARTICLE | {
    "container": "medRxiv", "volume": "", "issue": "", "pages": "", "doi": "10.1101/2004.01.01"
}  # fmt: skip

_ANY = st.fixed_dictionaries(
    {
        "database": st.sampled_from(["assia", "eric", "known_items"]),
        "type": st.sampled_from(["article", "report", ""]),
        "title": st.sampled_from(
            [TITLE, TITLE, f"{TITLE}!", TITLE.replace("three", "thre"), f"{TITLE}: Part 2",
             f"{TITLE}: Part 3", f"Erratum: {TITLE}", f"Foreword. {TITLE}",
             "Governance and outcomes for vulnerable children",
             "", "Editorial", "Editorial", MEALS["title"]]
        ),
        "authors": st.sampled_from(
            [["Lord, P.", "Hart, R."], ["Lord, Pippa", "Hart, Ruth"], ["Lord, P."], [], ["Fox, Carl"],
             ["Department for Education"]]
        ),
        "year": st.sampled_from([2004, 2004, 2004, 2005, 2007, None]),
        "container": st.sampled_from(["Social Work Today", "Soc Work Today", "medRxiv", "Mind", ""]),
        "volume": st.sampled_from(["3", "3", "4", ""]),
        "issue": st.sampled_from(["2", "1", "", ""]),
        "pages": st.sampled_from(["11-29", "11-29", "11-2", "1-19", "45-50", ""]),
        "doi": st.sampled_from(["", "", "", "10.1000/a", "10.1000/b", "10.1000/a.v2"]),
        "accession": st.sampled_from(["", "", "", "EJ612345", "EJ612346"]),
        "publisher": st.sampled_from(["", "", "NFER"]),
    }
)  # fmt: skip
_BLANK = {"doi": "", "accession": "", "publisher": ""}
_NEAR = st.builds(
    lambda base, other, names: _BLANK | base | {name: other[name] for name in names},
    st.sampled_from([ARTICLE, ARTICLE, PREPRINT, MEALS]),
    _ANY,
    st.lists(st.sampled_from(["title", "authors", "year", "container", "volume", "issue", "pages",
                              "doi", "accession", "database"]), max_size=3),
)  # fmt: skip
RECORDS = _ANY | _NEAR
"""A record as a database might give it, of few works, and often of one."""
SETS = st.lists(RECORDS, max_size=9)

NOBODY = Standing({}, {}, [])
PLAIN = Policy()


def named(number: int) -> str:
    return f"test:{number:05}"


def table_of(rows: Iterable[dict]) -> pa.Table:
    """Return records as deduplication takes them: numbered, unless they have ids, in their order."""
    made = [{"record_id": named(number)} | row for number, row in enumerate(rows)]
    return records_table(*made).drop_columns(["raw"]).sort_by("record_id").combine_chunks()


def readings_of(rows: Iterable[dict]) -> list[Reading]:
    table = table_of(rows)
    readings = list(read_rows(table))
    set_aside(table, readings, look_at_columns(table))
    return readings


def done_with(
    rows: Iterable[dict], policy: Policy = PLAIN, people: Standing = NOBODY
) -> Deduplicated:
    return deduplicate(table_of(rows), policy, people)


def works(done: Deduplicated) -> set[frozenset[str]]:
    """Return the ids of the records of each work."""
    names = [r.record_id for r in done.readings]
    return {frozenset(names[i] for i in members) for members in done.groups.values()}


def numbers(done: Deduplicated) -> list[list[int]]:
    """Return the works as the numbers of their records."""
    return sorted(map(list, done.groups.values()))


def outcomes(done: Deduplicated) -> dict[tuple[int, int], str]:
    """Return what became of each pair, by the numbers of its records."""
    number = {r.record_id: i for i, r in enumerate(done.readings)}
    return {
        (number[d.judgement.a], number[d.judgement.b]): d.outcome for d in done.decisions
    }  # fmt: skip


def said(a: int, b: int, decision: str, *, by: str = "anna", kind: str = "") -> Said:
    assert not kind or kind in KINDS
    event = f"{by}-{a}-{b}-{decision}"
    return Said(event, "1", named(a), named(b), decision, kind, by, "", "", "", "")


def people_say(*many: Said) -> Standing:
    """Return what people said, none of them against another."""
    return Standing({one.pair: one for one in many}, {}, [])


def joined(pairs: Iterable[Sequence[int]], count: int) -> list[list[int]]:
    """Return the numbers up to `count` in groups that the pairs join: a twin, slow and plain."""
    groups = [{number} for number in range(count)]
    for pair in pairs:
        touched = [group for group in groups if group & set(pair)]
        groups = [group for group in groups if group not in touched] + [set().union(*touched)]
    return sorted(map(sorted, groups))
