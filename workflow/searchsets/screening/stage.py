"""Takes in what a run, or a log by itself, is screened by: works, records, criteria, decisions."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from searchsets.files import read_csv
from searchsets.records.known_items import KEY_SOURCE, SOURCE, Enrichment, read_items, roles
from searchsets.records.other_sources import UNSEARCHED
from searchsets.records.shards import read_records
from searchsets.screening.criteria.file import Combination, Criteria
from searchsets.screening.criteria.judge import Judged, judge
from searchsets.screening.log.reading import read_log
from searchsets.screening.model import SHOWN, record_sha
from searchsets.screening.outcomes.inherited import Inheritance
from searchsets.screening.outcomes.protocol import Protocol
from searchsets.screening.outcomes.screening import KnownItem, Screening
from searchsets.search.engine import SearchableRecords

if TYPE_CHECKING:
    import pyarrow as pa


def screen(
    criteria: Criteria,
    combination: Combination,
    run: str,
    works: Path,
    sources: Sequence[Path],
    enrichment: Path | None,
    decisions: Path,
    protocol: Protocol,
    earlier: Path | None = None,
    later: Collection[str] = (),
) -> Screening:
    """Judge the records of the works by rule and read what people decided.

    Args:
        criteria: the criteria of the review.
        combination: the combination of criteria that makes the suggestion.
        run: the name of the run.
        works: the folder that deduplication wrote.
        sources: folders of records; known items are judged with their enrichment.
        enrichment: what is said of the known items elsewhere.
        decisions: `resources/decisions`.
        protocol: what the protocol asks.
        earlier: what is remembered of the run that this one updates, if it updates one.
        later: the runs that update this one.
    """
    links = read_csv(works / "links.csv", ("record_id", "work_id", "database"))
    members = _members(links)
    chosen = frozenset(row["record_id"] for row in links)
    known = next((folder for folder in sources if folder.name == SOURCE), None)
    as_stated, enriched, statements = read_items(known, enrichment) if known else (None, None, [])
    tables = (enriched if folder is known else read_records(folder) for folder in sources)
    log = read_log(decisions)
    now = _records_now(sources, {event.record_id for event in log.events})
    return Screening(
        log=log,
        run=run,
        protocol=protocol,
        members=members,
        records=now.ids | chosen,
        criteria=criteria,
        combination=combination,
        judged=sorted(_judged(criteria, tables, chosen), key=lambda one: one.record_id),
        shas=now.shas,
        published=_published(now.years, statements),
        known_items=_known_items(as_stated, links) if known else [],
        later=later,
        inheritance=_inheritance(earlier, works, links) if earlier else None,
    )


def _inheritance(earlier: Path, works: Path, links: Sequence[Mapping[str, str]]) -> Inheritance:
    """Return what the folder `earlier/` of a run says of the runs before it."""
    versions: dict[str, dict[str, str]] = {}
    of_run: dict[str, str] = {}
    for row in read_csv(earlier / "criteria.csv"):  # the oldest run stands first
        versions.setdefault(row["criteria_version"], {})[row["criterion"]] = row["version"]
        of_run[row["run"]] = row["criteria_version"]
    gained = frozenset(_gained(read_csv(earlier / "records.csv"), works, links))
    asked = {
        row["event_id"]: (row["why"], tuple(filter(None, row["criteria"].split("; "))))
        for row in read_csv(earlier / "recheck.csv")
    }
    return Inheritance(versions, of_run, gained, asked)


def _gained(
    memory: Sequence[Mapping[str, str]], works: Path, links: Sequence[Mapping[str, str]]
) -> Iterator[str]:
    """Yield the works of which no record had an abstract in the run before, and that have one now."""
    import pyarrow.parquet as pq  # it takes a while to import

    work_of = {row["record_id"]: row["work_id"] for row in links}
    known = {work_of[row["record_id"]] for row in memory}
    had = {work_of[row["record_id"]] for row in memory if row["abstract"] in ("kept", "lost")}
    table = pq.read_table(works / "works.parquet", columns=["work_id", "abstract"])
    for row in table.to_pylist():
        if row["abstract"] and row["work_id"] in known - had:
            yield row["work_id"]


def _members(links: Sequence[Mapping[str, str]]) -> dict[str, list[str]]:
    members: dict[str, list[str]] = {}
    for row in links:
        members.setdefault(row["work_id"], []).append(row["record_id"])
    return members


def _judged(
    criteria: Criteria, tables: Iterator[pa.Table], chosen: Collection[str]
) -> Iterator[Judged]:
    import pyarrow as pa
    import pyarrow.compute as pc

    wanted = pa.array(sorted(chosen), pa.string())
    for table in tables:
        part = table.filter(pc.is_in(table["record_id"], value_set=wanted))
        yield from judge(criteria, SearchableRecords(part))


@dataclass(frozen=True)
class _Now:
    """The ids of all records of a run, and of those decided on their fingerprints and years."""

    ids: frozenset[str]
    shas: dict[str, str]
    years: dict[str, int]


def _records_now(sources: Sequence[Path], decided: Collection[str]) -> _Now:
    import pyarrow as pa
    import pyarrow.compute as pc

    ids: set[str] = set()
    shas: dict[str, str] = {}
    years: dict[str, int] = {}
    wanted = pa.array(sorted(decided), pa.string())
    for folder in sources:
        table = read_records(folder, ["record_id", *SHOWN])
        ids.update(table["record_id"].to_pylist())
        for row in table.filter(pc.is_in(table["record_id"], value_set=wanted)).to_pylist():
            shas[row["record_id"]] = record_sha(row)
            if row["year"] is not None:
                years[row["record_id"]] = row["year"]
    return _Now(frozenset(ids), shas, years)


def _published(
    years: Mapping[str, int], statements: Sequence[Enrichment]
) -> dict[str, tuple[str, str]]:
    """Return when records were published, and who says so: a statement goes before the bare year."""
    stated = {s.record_id: (s.value, s.source) for s in statements if s.field == "published"}
    return {i: (str(year), "year of publication") for i, year in years.items()} | stated


def _known_items(table: pa.Table, links: Sequence[Mapping[str, str]]) -> list[KnownItem]:
    """Return the key sources; whether a search found them is known only if anything was searched."""
    searched = {row["work_id"] for row in links if row["database"] not in UNSEARCHED}
    work_of = {row["record_id"]: row["work_id"] for row in links}
    return [
        KnownItem(
            item.record_id,
            f"key source {item.number}",
            work_of.get(item.record_id) in searched if searched else None,
        )
        for item in roles(table)
        if item.role == KEY_SOURCE
    ]


def read_alone(
    decisions: Path,
    protocol: Protocol,
    records: Mapping[str, str] | None = None,
    works: Path | None = None,
    criteria: Criteria | None = None,
    combination: Combination | None = None,
    seals: Path | None = None,
) -> Screening:
    """Return a log by itself, without a run.

    Args:
        decisions: a folder `<stage>/<round>/<reviewer>.csv`.
        protocol: what the log is held against.
        records: all records by id, with their `record_sha`; None: those that the log names.
        works: the folder that a deduplication wrote; None: each record is a work of its own.
        criteria: the criteria, if they are known.
        combination: the combination of them that is used.
        seals: a `seals.csv` that was kept, if it is there.
    """
    log = read_log(decisions)
    if works:
        members = _members(read_csv(works / "links.csv", ("record_id", "work_id")))
    else:
        decided = {event.record_id for event in log.events}
        members = {record_id: [record_id] for record_id in sorted(records or decided)}
    ids = frozenset(record_id for many in members.values() for record_id in many)
    return Screening(
        log=log,
        run="",
        protocol=protocol,
        members=members,
        records=ids.union(records or ()) if records is not None or works else None,
        criteria=criteria,
        combination=combination,
        shas=records or {},
        kept_seals=kept(seals),
    )


def kept(seals: Path | None) -> list[dict[str, str]]:
    """Return the rows of a `seals.csv` that was kept, none if there is no such file."""
    return read_csv(seals, ("file", "rows", "last_hash")) if seals and seals.exists() else []
