"""Joins the records of all sources into works, and writes the log of every decision."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

from searchsets.dedupe.compare import Candidate, Decision, candidate, compare
from searchsets.errors import ReviewError
from searchsets.files import read_csv, write_csv
from searchsets.records.known_items import SOURCE
from searchsets.records.model import COLUMNS
from searchsets.records.shards import read_records
from searchsets.records.tables import schema

TITLE_KEY_LETTERS = 20
LARGEST_BLOCK = 400
"""Records whose titles begin alike are compared pair by pair up to this number."""

LINK_COLUMNS = ("record_id", "work_id", "database")
DECISION_COLUMNS = ("record_id_a", "record_id_b", "outcome", "rule", "evidence")
UNCERTAIN_COLUMNS = ("record_id_a", "record_id_b", "rule", "evidence", "title_a", "title_b")
VERSION_COLUMNS = ("record_id_a", "record_id_b", "type", "evidence")
BALANCE_COLUMNS = ("database", "records", "duplicates_within", "works", "shared", "only_here")


@dataclass(frozen=True)
class Deduplicated:
    """The records, what was decided about pairs of them, and the works that came of it."""

    rows: dict[str, dict[str, Any]]
    decisions: list[Decision]
    work_of: dict[str, str]
    cut_blocks: list[str]

    def members(self) -> dict[str, list[str]]:
        """Return the record ids of each work, works and records in order."""
        works: dict[str, list[str]] = {}
        for record_id in sorted(self.work_of):
            works.setdefault(self.work_of[record_id], []).append(record_id)
        return dict(sorted(works.items()))


def deduplicate(rows: Iterable[dict[str, Any]]) -> Deduplicated:
    """Join records into works; the outcome does not depend on the order of the rows."""
    by_id = {row["record_id"]: row for row in rows}
    candidates = [candidate(by_id[record_id]) for record_id in sorted(by_id)]
    pairs, cut = _pairs(candidates)
    decided = (compare(candidates[i], candidates[j]) for i, j in sorted(pairs))
    decisions = sorted(
        (decision for decision in decided if decision), key=lambda d: (d.outcome, d.a, d.b)
    )
    merges = [(d.a, d.b) for d in decisions if d.outcome == "merge"]
    return Deduplicated(by_id, decisions, _works(by_id, merges), cut)


def _pairs(candidates: Sequence[Candidate]) -> tuple[set[tuple[int, int]], list[str]]:
    """Return the pairs worth comparing, and what was not compared because there is too much of it."""
    blocks: dict[tuple[str, str], list[int]] = {}
    for index, one in enumerate(candidates):
        squashed = one.title.replace(" ", "")
        keys = [("doi", one.doi), ("eric", one.eric), ("start", squashed[:TITLE_KEY_LETTERS])]
        keys.append(("end", squashed[-TITLE_KEY_LETTERS:]))
        if one.author and one.year:
            keys.append(("author", f"{min(one.author.split())} {one.year}"))
        if one.notice:  # meet the work that it is about
            about = re.sub(r"^\w+( to| on| of)? ", "", one.title).replace(" ", "")
            keys.append(("start", about[:TITLE_KEY_LETTERS]))
        for key in dict.fromkeys(keys):
            if key[1]:
                blocks.setdefault(key, []).append(index)
    pairs: set[tuple[int, int]] = set()
    cut: list[str] = []
    for (kind, key), members in sorted(blocks.items()):
        if len(members) > LARGEST_BLOCK:
            cut.append(
                f"{len(members)} records share the {kind} {key!r}: compared only where the whole "
                "title, the year and the first author agree"
            )
            for finer in _finer(candidates, members):
                pairs.update(combinations(finer, 2))
        else:
            pairs.update(combinations(members, 2))
    return pairs, cut


def _finer(candidates: Sequence[Candidate], members: list[int]) -> Iterator[list[int]]:
    groups: dict[tuple[str, int | None, str], list[int]] = {}
    for index in members:
        one = candidates[index]
        groups.setdefault((one.title, one.year, one.author), []).append(index)
    # Neighbours in the order of their places stand for all pairs: merging joins them as a chain.
    for group in groups.values():
        group.sort(key=lambda i: (candidates[i].locator, candidates[i].record_id))
        yield from (list(pair) for pair in pairwise(group))


def _works(record_ids: Iterable[str], merges: list[tuple[str, str]]) -> dict[str, str]:
    """Return the work of every record: named after the first of its records."""
    leader = {record_id: record_id for record_id in record_ids}

    def find(record_id: str) -> str:
        while leader[record_id] != record_id:
            leader[record_id] = leader[leader[record_id]]
            record_id = leader[record_id]
        return record_id

    for a, b in merges:
        first, second = sorted((find(a), find(b)))
        leader[second] = first
    return {record_id: f"work:{find(record_id)}" for record_id in leader}


def merged_row(work_id: str, members: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the row of a work: its fullest record, the gaps filled from the others in order."""
    ordered = sorted(members, key=lambda row: (-_fullness(row), row["record_id"]))
    row: dict[str, Any] = {
        "work_id": work_id,
        "record_ids": sorted(m["record_id"] for m in members),
    }
    row["databases"] = sorted({member["database"] for member in members})
    for column in COLUMNS:
        if column not in _OWN_TO_A_RECORD:
            row[column] = next((m[column] for m in ordered if m[column]), ordered[0][column])
    return row


_OWN_TO_A_RECORD = {"record_id", "database", "source_file", "position", "raw", "accession"}


def _fullness(row: dict[str, Any]) -> int:
    return sum(bool(row[column]) for column in COLUMNS)


def write_works(sources: Sequence[Path], retrieved: Sequence[Path], out: Path) -> Deduplicated:
    """Join the retrieved records and all known items, and write `results/<run>/works/`.

    Args:
        sources: folders of records.
        retrieved: `retrieved.csv` files; of a database only the records listed there take part.
        out: the folder to write to.
    """
    chosen = {row["record_id"] for path in retrieved for row in read_csv(path, ("record_id",))}
    rows: list[dict[str, Any]] = []
    for folder in sources:
        for row in read_records(folder).to_pylist():
            if row["database"] == SOURCE or row["record_id"] in chosen:
                rows.append(row)
    done = deduplicate(rows)
    missing = sorted(chosen - done.rows.keys())
    if missing:
        raise ReviewError(
            f"{len(missing)} retrieved records are in no folder of records, first {missing[0]!r}",
            str(out),
            "results and records come from different runs: delete results/.build and run again",
        )
    _write(done, out)
    return done


def _write(done: Deduplicated, out: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    works = [
        merged_row(work_id, [done.rows[record_id] for record_id in members])
        for work_id, members in done.members().items()
    ]
    kept = [field for field in schema() if field.name not in _OWN_TO_A_RECORD]
    texts, lists = pa.string(), pa.list_(pa.string())
    first = [("work_id", texts), ("record_ids", lists), ("databases", lists)]
    out.mkdir(parents=True, exist_ok=True)
    pq.write_table(
        pa.Table.from_pylist(works, schema=pa.schema([*first, *kept])), out / "works.parquet"
    )
    write_csv(
        out / "links.csv",
        LINK_COLUMNS,
        (
            {"record_id": i, "work_id": w, "database": done.rows[i]["database"]}
            for i, w in sorted(done.work_of.items())
        ),
    )
    write_csv(out / "decisions.csv", DECISION_COLUMNS, _decision_rows(done))
    write_csv(out / "uncertain.csv", UNCERTAIN_COLUMNS, _uncertain_rows(done))
    write_csv(
        out / "versions.csv",
        VERSION_COLUMNS,
        (
            {"record_id_a": d.a, "record_id_b": d.b, "type": d.rule, "evidence": d.evidence}
            for d in done.decisions
            if d.outcome == "version"
        ),
    )
    write_csv(out / "balance.csv", BALANCE_COLUMNS, balance_rows(done))


def _decision_rows(done: Deduplicated) -> Iterator[dict[str, Any]]:
    for d in done.decisions:
        yield {
            "record_id_a": d.a,
            "record_id_b": d.b,
            "outcome": d.outcome,
            "rule": d.rule,
            "evidence": d.evidence,
        }
    for message in done.cut_blocks:
        yield {"outcome": "not compared", "rule": "too many records alike", "evidence": message}


def _uncertain_rows(done: Deduplicated) -> Iterator[dict[str, Any]]:
    for d in done.decisions:
        if d.outcome == "uncertain":
            yield {
                "record_id_a": d.a,
                "record_id_b": d.b,
                "rule": d.rule,
                "evidence": d.evidence,
                "title_a": done.rows[d.a]["title"],
                "title_b": done.rows[d.b]["title"],
            }


def balance_rows(done: Deduplicated) -> Iterator[dict[str, Any]]:
    """Yield for each database: records = duplicates within it + works; works = shared + only here."""
    by_database: dict[str, list[str]] = {}
    for record_id, row in done.rows.items():
        by_database.setdefault(row["database"], []).append(record_id)
    databases_of = {
        work: {done.rows[i]["database"] for i in members}
        for work, members in done.members().items()
    }
    for database, record_ids in sorted(by_database.items()):
        works = {done.work_of[record_id] for record_id in record_ids}
        shared = sum(len(databases_of[work]) > 1 for work in works)
        yield {
            "database": database,
            "records": len(record_ids),
            "duplicates_within": len(record_ids) - len(works),
            "works": len(works),
            "shared": shared,
            "only_here": len(works) - shared,
        }
