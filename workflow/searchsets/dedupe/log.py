"""Writes what deduplication did: links, decisions, versions, pairs for a person, the balance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import floor
from typing import Any

from searchsets.dedupe.engine import Deduplicated
from searchsets.dedupe.evidence import FIELDS, SAME
from searchsets.dedupe.joining import Decision
from searchsets.dedupe.vetoes import MERGE_WEIGHT, why_of

LINK_COLUMNS = ("record_id", "work_id", "database", "source_file", "position")
DECISION_COLUMNS = (
    "record_id_a", "record_id_b", "outcome", "kind", "weight", "vetoes", *FIELDS, "similarity",
    "words_alone", "decided_by", "note",
)  # fmt: skip
VERSION_COLUMNS = (
    "record_id_a", "record_id_b", "type", "work_id_a", "work_id_b", "evidence", "decided_by", "note",
)  # fmt: skip
SHOWN = ("title", "authors", "year", "container", "volume", "issue", "pages", "doi", "accession",
         "database")  # fmt: skip
"""The fields that stand side by side where a person is asked."""
UNCERTAIN_COLUMNS = (
    "rank", "record_id_a", "record_id_b", "gain", "reason", "disagree",
    *(f"{name}_{side}" for name in SHOWN for side in "ab"),
)  # fmt: skip
BALANCE_COLUMNS = (
    "database", "records", "duplicates_within", "works", "shared", "only_here", "linked",
)  # fmt: skip
LEAST_QUEUE = 20
"""So many records a person is asked about in any case, unless about none."""
_SHOWS_AS = {"start": "pages", "end": "pages", "venue": "container", "numbers": "title"}


def link_rows(done: Deduplicated) -> Iterator[dict[str, Any]]:
    """Yield for each record the work that it belongs to."""
    names = ("record_id", "database", "source_file", "position")
    columns = (done.table.column(name).to_pylist() for name in names)
    for work, values in zip(done.work_of, zip(*columns, strict=True), strict=True):
        yield dict(zip(names, values, strict=True)) | {"work_id": work}


def decision_rows(done: Deduplicated) -> Iterator[dict[str, Any]]:
    """Yield every decision: the two ids, the level of each field, weight, vetoes, outcome, by whom."""
    for d in done.decisions:
        j, e = d.judgement, d.judgement.evidence
        yield {
            "record_id_a": j.a,
            "record_id_b": j.b,
            "outcome": d.outcome,
            "kind": d.kind,
            "weight": j.weight,
            "vetoes": list(j.vetoes),
            **e.levels,
            "similarity": f"{e.similarity:.0f}",
            "words_alone": " ".join(e.words),
            "decided_by": d.by,
            "note": d.note,
        }


def version_rows(done: Deduplicated) -> Iterator[dict[str, Any]]:
    """Yield the typed links between records that are versions of one text."""
    for d in done.decisions:
        if d.kind and d.outcome in ("version", "merge"):
            j = d.judgement
            yield {
                "record_id_a": j.a,
                "record_id_b": j.b,
                "type": d.kind,
                "work_id_a": done.work(j.a),
                "work_id_b": done.work(j.b),
                "evidence": [f"{name} {level}" for name, level in j.evidence.levels.items()],
                "decided_by": d.by,
                "note": d.note,
            }


def open_questions(done: Deduplicated) -> list[Decision]:
    """Return the pairs for a person, the most worth looking at first, those answered left out."""
    questions = [
        d
        for d in done.decisions
        if d.outcome == "review" and done.work(d.judgement.a) != done.work(d.judgement.b)
    ]
    return sorted(questions, key=lambda d: (-d.judgement.gain, d.judgement.a, d.judgement.b))


def queue(done: Deduplicated, share: float) -> list[Decision]:
    """Return the questions that fit in a share of the records; a pair of two works stands once.

    What goes beyond it stays in `decisions.csv` with the outcome "review".
    """
    most = max(floor(share * len(done.readings)), LEAST_QUEUE) if share else 0
    asked: set[str] = set()
    works: set[tuple[str, ...]] = set()
    kept: list[Decision] = []
    for d in open_questions(done):
        pair = {d.judgement.a, d.judgement.b}
        between = tuple(sorted(done.work(i) for i in pair))
        if between not in works and len(asked) + len(pair - asked) <= most:
            asked |= pair
            works.add(between)
            kept.append(d)
    return kept


def uncertain_rows(done: Deduplicated, kept: Sequence[Decision]) -> Iterator[dict[str, Any]]:
    """Yield the pairs for a person with what disagrees, the fields side by side."""
    places = [done.position[i] for d in kept for i in (d.judgement.a, d.judgement.b)]
    rows = iter(done.table.select(SHOWN).take(places).to_pylist()) if places else iter(())
    for rank, d in enumerate(kept, start=1):
        sides = {"a": next(rows), "b": next(rows)}
        yield {
            "rank": rank,
            "record_id_a": d.judgement.a,
            "record_id_b": d.judgement.b,
            "gain": d.judgement.gain,
            "reason": _reason(d),
            "disagree": disagreeing(d),
        } | {f"{name}_{side}": sides[side][name] for name in SHOWN for side in "ab"}


def _reason(d: Decision) -> str | list[str]:
    """Return why a person is asked: the note of a decision, the vetoes, or a weight too small."""
    j = d.judgement
    too_little = f"too little agrees: a weight of {j.weight}, where {MERGE_WEIGHT} are needed"
    return d.note or [why_of(name) for name in j.vetoes] or too_little


def disagreeing(d: Decision) -> list[str]:
    """Return the shown fields that disagree, or agree in part only."""
    levels = d.judgement.evidence.levels
    found = (_SHOWS_AS.get(name, name) for name, level in levels.items() if level != SAME)
    return list(dict.fromkeys(found))


def balance_rows(done: Deduplicated) -> Iterator[dict[str, Any]]:
    """Yield for each database: records = duplicates within it + works; works = shared + only here.

    `linked` counts the works of it that are a version of another work.
    """
    databases = done.table.column("database").to_pylist()
    records: dict[str, int] = defaultdict(int)
    works: dict[str, set[str]] = defaultdict(set)
    holding: dict[str, set[str]] = defaultdict(set)
    for database, work in zip(databases, done.work_of, strict=True):
        records[database] += 1
        works[database].add(work)
        holding[work].add(database)
    linked = _linked(done)
    for database, number in sorted(records.items()):
        own = works[database]
        shared = sum(len(holding[work]) > 1 for work in own)
        yield {
            "database": database,
            "records": number,
            "duplicates_within": number - len(own),
            "works": len(own),
            "shared": shared,
            "only_here": len(own) - shared,
            "linked": len(own & linked),
        }


def _linked(done: Deduplicated) -> set[str]:
    linked: set[str] = set()
    for row in version_rows(done):
        if row["work_id_a"] != row["work_id_b"]:
            linked |= {row["work_id_a"], row["work_id_b"]}
    return linked


def summary(done: Deduplicated, asked: int) -> str:
    """Say in a line what came of it, with the number of questions that are asked."""
    versions = sum(d.outcome == "version" for d in done.decisions)
    return (
        f"{len(done.readings):,} records are {len(done.groups):,} works; {versions:,} pairs are "
        f"versions of one text, {len(open_questions(done)):,} are open questions "
        f"({asked:,} asked in uncertain.csv)"
    )


def check_rows(done: Deduplicated) -> Iterator[Mapping[str, Any]]:
    """Yield what was set aside, and which pairs were not compared because there are too many."""
    yield from done.checks.rows
    for cut in done.cuts:
        yield {
            "database": "",
            "field": cut.kind,
            "records": cut.records,
            "finding": f"{cut.blocks:,} blocks of many records, this the largest: of their "
            f"{cut.pairs:,} pairs only those are compared that agree in one thing more",
            "example": cut.example,
        }
