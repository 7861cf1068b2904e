"""Screening of a run: events, judgements, states, flow, audit and agreement, as tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from searchsets.files import read_csv, write_csv, write_text
from searchsets.records.known_items import KEY_SOURCE, SOURCE, Enrichment, read_items, roles
from searchsets.records.other_sources import UNSEARCHED
from searchsets.records.shards import read_records
from searchsets.screening import flow
from searchsets.screening.agreement import COLUMNS as AGREEMENT_COLUMNS
from searchsets.screening.agreement import TOGETHER_COLUMNS, agreement_rows, together_rows
from searchsets.screening.audit.model import COLUMNS as AUDIT_COLUMNS
from searchsets.screening.audit.model import KnownItem
from searchsets.screening.audit.run import audit, require_passed, told
from searchsets.screening.criteria import Combination, Criteria
from searchsets.screening.derive import Screening
from searchsets.screening.judge import Judged, judge
from searchsets.screening.log import Log, read_log
from searchsets.screening.model import COLUMNS, JUDGED_AS, SHOWN, Event, read_grid, record_sha
from searchsets.screening.protocol import Protocol
from searchsets.search.engine import SearchableRecords

JUDGEMENT_COLUMNS = ("record_id", "criterion", "judgement", "basis", "evidence", "criteria_version")
FINAL_COLUMNS = (
    "record_id", "work_id", "state", "stage", "decided_by", "reason", "suggestion",
    "published_outcome", "criteria_version",
)  # fmt: skip
COMBINATION_COLUMNS = ("work_id", "combination", "chosen", "suggestion", "not_met")
SEAL_COLUMNS = ("file", "rows", "last_hash", "sealed_rows")


def screen(
    criteria: Criteria,
    combination: Combination,
    run: str,
    works: Path,
    sources: Sequence[Path],
    enrichment: Path | None,
    decisions: Path,
    protocol: Protocol,
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
    """
    members: dict[str, list[str]] = {}
    searched: dict[str, bool] = {}
    for row in read_csv(works / "links.csv", ("record_id", "work_id", "database")):
        members.setdefault(row["work_id"], []).append(row["record_id"])
        searched[row["work_id"]] = searched.get(row["work_id"], False) or (
            row["database"] not in UNSEARCHED
        )
    chosen = {record_id for ids in members.values() for record_id in ids}
    judged = sorted(
        _judge_sources(criteria, sources, enrichment, chosen), key=lambda j: j.record_id
    )
    log = read_log(decisions)
    decided = {event.record_id for event in log.events}
    ids, shas, years = _records(sources, decided)
    statements = _statements(sources, enrichment)
    published = {i: (str(year), "year of publication") for i, year in years.items()}
    published |= {s.record_id: (s.value, s.source) for s in statements if s.field == "published"}
    return Screening(
        log, run, protocol, members, ids | chosen, criteria, combination, judged, shas, published,
        _known_items(sources, members, searched),
    )  # fmt: skip


def _records(
    sources: Sequence[Path], decided: Collection[str]
) -> tuple[frozenset[str], dict[str, str], dict[str, int]]:
    """Return the ids of all records; of those decided on what they say now, and their years."""
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
    return frozenset(ids), shas, years


def _statements(sources: Sequence[Path], enrichment: Path | None) -> list[Enrichment]:
    known = next((folder for folder in sources if folder.name == SOURCE), None)
    return read_items(known, enrichment)[2] if known else []


def _known_items(
    sources: Sequence[Path], members: Mapping[str, Sequence[str]], searched: Mapping[str, bool]
) -> list[KnownItem]:
    """Return the key sources; whether a search found them is known only if anything was searched."""
    known = next((folder for folder in sources if folder.name == SOURCE), None)
    if known is None:
        return []
    work_of = {i: work for work, ids in members.items() for i in ids}
    any_search = any(searched.values())
    return [
        KnownItem(
            item.record_id,
            f"key source {item.number}",
            searched.get(work_of.get(item.record_id, ""), False) if any_search else None,
        )
        for item in roles(read_records(known))
        if item.role == KEY_SOURCE
    ]


def _judge_sources(
    criteria: Criteria, sources: Sequence[Path], enrichment: Path | None, chosen: set[str]
) -> Iterator[Judged]:
    import pyarrow as pa
    import pyarrow.compute as pc

    for folder in sources:
        is_known_items = folder.name == SOURCE
        table = read_items(folder, enrichment)[1] if is_known_items else read_records(folder)
        wanted = pc.is_in(table["record_id"], value_set=pa.array(sorted(chosen), pa.string()))
        yield from judge(criteria, SearchableRecords(table.filter(wanted)))


def read_alone(
    decisions: Path,
    protocol: Protocol,
    records: Mapping[str, str] | None = None,
    works: Path | None = None,
    criteria: Criteria | None = None,
    combination: Combination | None = None,
) -> Screening:
    """Return a log by itself, without a run.

    Args:
        decisions: a folder `<stage>/<round>/<reviewer>.csv`.
        protocol: what the log is held against.
        records: all records by id, with their `record_sha`; None: those that the log names.
        works: the folder that a deduplication wrote; None: each record is a work of its own.
        criteria: the criteria, if they are known.
        combination: the combination of them that is used.
    """
    log = read_log(decisions)
    decided = {event.record_id for event in log.events}
    members = _members(works) if works else {i: [i] for i in sorted(records or decided)}
    known = (
        None
        if records is None and works is None
        else frozenset(records or ()) | {record_id for ids in members.values() for record_id in ids}
    )
    ids = [record_id for many in members.values() for record_id in many]
    judged = _unjudged(ids, criteria)
    return Screening(
        log, "", protocol, members, known, criteria, combination, judged, records or {}
    )


def _members(works: Path) -> dict[str, list[str]]:
    members: dict[str, list[str]] = {}
    for row in read_csv(works / "links.csv", ("record_id", "work_id")):
        members.setdefault(row["work_id"], []).append(row["record_id"])
    return members


def _unjudged(ids: Sequence[str], criteria: Criteria | None) -> list[Judged]:
    """Return for records that no rule has looked at that everything about them is unclear."""
    names = [one.id for one in criteria.criteria] if criteria else []
    return [Judged(i, name, "unclear", "rule", "not looked at") for i in ids for name in names]


def judgement_rows(screening: Screening) -> Iterator[dict[str, Any]]:
    """Yield every judgement of a record on a criterion: that of the rule, then those of people."""
    version = screening.criteria.version if screening.criteria else None
    by_people: dict[str, list[dict[str, Any]]] = {}
    for event in screening.standing:
        if event.role in screening.protocol.voting_roles:
            by_people.setdefault(event.record_id, []).extend(_judged_by(event))
    last = None
    for one in screening.judged:
        if one.record_id != last:
            yield from by_people.pop(last, ())
            last = one.record_id
        yield asdict(one) | {"criteria_version": version}
    yield from by_people.pop(last, ())


def _judged_by(event: Event) -> Iterator[dict[str, Any]]:
    where = f" ({event.quote_loc})" if event.quote_loc else ""
    quoted = f": {event.quote}{where}" if event.quote else ""
    for name, value in read_grid(event.criteria).items():
        yield {
            "record_id": event.record_id,
            "criterion": name,
            "judgement": JUDGED_AS[value],
            "basis": "person",
            "evidence": f"{event.reviewer}, {event.stage}{quoted}",
            "criteria_version": event.criteria_version,
        }


def combination_rows(screening: Screening) -> Iterator[dict[str, Any]]:
    """Yield what each combination of the criteria would suggest for each work."""
    for work_id in screening.members:
        judgements = screening.judgements[work_id]
        for combination in screening.criteria.combinations:
            yield {
                "work_id": work_id,
                "combination": combination.id,
                "chosen": combination.id == screening.combination.id,
                "suggestion": combination.suggest(judgements),
                "not_met": combination.failed(judgements),
            }


def seal_rows(log: Log) -> Iterator[dict[str, Any]]:
    """Yield how each file of the log ends: keep this elsewhere, and no later change goes unseen."""
    for file in log.files:
        yield {
            "file": file.short,
            "rows": len(file.events),
            "last_hash": file.events[-1].hash if file.events else None,
            "sealed_rows": file.seal.rows if file.seal else None,
        }


def write_log_tables(screening: Screening, out: Path) -> list[dict[str, Any]]:
    """Write what a log comes to, and return what the audit finds."""
    findings = audit(screening.case())
    finals = sorted(screening.finals, key=lambda row: row["record_id"])
    votes = screening.standing
    events = (event._asdict() for event in screening.all_events())
    write_csv(out / "events.csv", COLUMNS, events)
    write_csv(out / "final.csv", FINAL_COLUMNS, finals)
    write_csv(out / "stages.csv", flow.STAGE_COLUMNS, screening.stages)
    write_csv(out / "flow.csv", flow.COLUMNS, screening.flow)
    write_csv(out / "audit.csv", AUDIT_COLUMNS, findings)
    write_csv(out / "agreement.csv", AGREEMENT_COLUMNS, agreement_rows(votes))
    write_csv(out / "agreement_together.csv", TOGETHER_COLUMNS, together_rows(votes))
    write_csv(out / "seals.csv", SEAL_COLUMNS, seal_rows(screening.log))
    return findings


def write_screening(screening: Screening, out: Path) -> Counter[str]:
    """Write `results/<run>/screening/` and return how many works stand in each state."""
    write_log_tables(screening, out)
    write_csv(out / "judgements.csv", JUDGEMENT_COLUMNS, judgement_rows(screening))
    write_csv(out / "combinations.csv", COMBINATION_COLUMNS, combination_rows(screening))
    return Counter({row["work_id"]: row["state"] for row in screening.finals}.values())


def write_passed(audit_file: Path, out: Path) -> int:
    """Write what an audit found, in words, unless it found errors; return how many findings.

    Raises:
        ReviewError: it found errors.
    """
    rows = [row | {"number": int(row["number"])} for row in read_csv(audit_file, AUDIT_COLUMNS)]
    require_passed(rows, str(audit_file))
    lines = [f"{len(rows):,} findings, no error.", *told(rows)]
    write_text(out, "\n".join(lines) + "\n")
    return len(rows)
