"""Screening of a run: events, judgements, states, audit and agreement, as tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from searchsets.files import read_csv, write_csv
from searchsets.records.known_items import SOURCE, read_items
from searchsets.records.shards import read_records
from searchsets.screening.agreement import COLUMNS as AGREEMENT_COLUMNS
from searchsets.screening.agreement import agreement_rows
from searchsets.screening.criteria import Combination, Criteria, Judgement
from searchsets.screening.events import COLUMNS as EVENT_COLUMNS
from searchsets.screening.events import Event, read_events, standing
from searchsets.screening.judge import Judged, judge
from searchsets.screening.states import CONFLICT, judgements_of_work, state_of
from searchsets.search.engine import SearchableRecords

JUDGEMENT_COLUMNS = ("record_id", "criterion", "judgement", "basis", "evidence", "criteria_version")
FINAL_COLUMNS = (
    "record_id", "work_id", "state", "stage", "decided_by", "reason", "suggestion",
    "published_outcome", "criteria_version",
)  # fmt: skip
COMBINATION_COLUMNS = ("work_id", "combination", "chosen", "suggestion", "not_met")
AUDIT_COLUMNS = ("check", "severity", "record_id", "message")


@dataclass(frozen=True)
class Screening:
    """Everything the tables of screening are made of; works and records are in order."""

    criteria: Criteria
    combination: Combination
    run: str
    members: dict[str, list[str]]
    judged: list[Judged]
    events: list[Event]
    elsewhere: list[Event]

    def by_record(self) -> dict[str, dict[str, Judgement]]:
        """Return the judgements of each record by criterion."""
        found: dict[str, dict[str, Judgement]] = {}
        for one in self.judged:
            found.setdefault(one.record_id, {})[one.criterion] = one.judgement
        return found


def screen(
    criteria: Criteria,
    combination: Combination,
    run: str,
    works: Path,
    sources: Sequence[Path],
    enrichment: Path | None,
    decisions: Path,
) -> Screening:
    """Judge the records of the works by rule and read what people decided.

    Args:
        combination: the combination of criteria that makes the suggestion.
        works: the folder that deduplication wrote.
        sources: folders of records; known items are judged with their enrichment.
        decisions: `resources/decisions`.
    """
    members: dict[str, list[str]] = {}
    for row in read_csv(works / "links.csv", ("record_id", "work_id")):
        members.setdefault(row["work_id"], []).append(row["record_id"])
    chosen = {record_id for ids in members.values() for record_id in ids}
    judged = sorted(
        _judge_sources(criteria, sources, enrichment, chosen), key=lambda one: one.record_id
    )
    known = chosen | _all_ids(sources)
    events, elsewhere = read_events(decisions, known, run)
    return Screening(criteria, combination, run, members, judged, events, elsewhere)


def _all_ids(sources: Sequence[Path]) -> set[str]:
    return {
        record_id
        for folder in sources
        for record_id in read_records(folder, ["record_id"])["record_id"].to_pylist()
    }


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


def final_rows(screening: Screening) -> Iterator[dict[str, Any]]:
    """Yield the state of every record: that of its work."""
    judged = screening.by_record()
    names = [criterion.id for criterion in screening.criteria.criteria]
    events = _events_by_work(screening)
    for work_id, ids in screening.members.items():
        judgements = judgements_of_work(ids, judged, names)
        suggestion = screening.combination.suggest(judgements)
        failed = screening.combination.failed(judgements)
        state = state_of(events.get(work_id, ()), suggestion, failed)
        published = sorted(
            {
                f"{event.reviewer}: {event.decision}"
                for event in events.get(work_id, ())
                if event.role == "published_outcome"
            }
        )
        for record_id in ids:
            yield {
                "record_id": record_id,
                "work_id": work_id,
                **asdict(state),
                "suggestion": suggestion,
                "published_outcome": published,
                "criteria_version": screening.criteria.version,
            }


def _events_by_work(screening: Screening) -> dict[str, list[Event]]:
    work_of = {i: work for work, ids in screening.members.items() for i in ids}
    found: dict[str, list[Event]] = {}
    for event in standing(screening.events):
        if event.record_id in work_of:
            found.setdefault(work_of[event.record_id], []).append(event)
    return found


def combination_rows(screening: Screening) -> Iterator[dict[str, Any]]:
    """Yield what each combination of the criteria would suggest for each work."""
    judged = screening.by_record()
    names = [criterion.id for criterion in screening.criteria.criteria]
    for work_id, ids in screening.members.items():
        judgements = judgements_of_work(ids, judged, names)
        for combination in screening.criteria.combinations:
            yield {
                "work_id": work_id,
                "combination": combination.id,
                "chosen": combination.id == screening.combination.id,
                "suggestion": combination.suggest(judgements),
                "not_met": combination.failed(judgements),
            }


def audit_rows(screening: Screening, finals: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield what a person should look at in the log."""
    for row in finals:
        if row["state"] == CONFLICT:
            yield _finding("conflict", "warning", row["record_id"], row["reason"])
    for event in standing(screening.events):
        if event.stage == "full_text" and event.decision == "exclude" and not event.reason_code:
            message = f"{event.event_id}: excluded at full text without a reason_code"
            yield _finding("exclusion_without_reason", "warning", event.record_id, message)
    in_works = {i for ids in screening.members.values() for i in ids}
    for event in screening.events:
        if event.record_id not in in_works:
            message = f"{event.event_id}: decided on, but not retrieved in this run"
            yield _finding("decision_not_retrieved", "info", event.record_id, message)
    for event in screening.elsewhere:
        message = f"{event.event_id}: set aside, the record belongs to the run {event.search_run!r}"
        yield _finding("decision_of_other_run", "info", event.record_id, message)


def _finding(check: str, severity: str, record_id: str, message: str) -> dict[str, Any]:
    return {"check": check, "severity": severity, "record_id": record_id, "message": message}


def write_screening(screening: Screening, out: Path) -> Counter[str]:
    """Write `results/<run>/screening/` and return how many works stand in each state."""
    finals = list(final_rows(screening))
    write_csv(out / "events.csv", EVENT_COLUMNS, (asdict(event) for event in screening.events))
    version = {"criteria_version": screening.criteria.version}
    write_csv(
        out / "judgements.csv",
        JUDGEMENT_COLUMNS,
        (asdict(one) | version for one in screening.judged),
    )
    write_csv(out / "final.csv", FINAL_COLUMNS, sorted(finals, key=lambda row: row["record_id"]))
    write_csv(out / "combinations.csv", COMBINATION_COLUMNS, combination_rows(screening))
    write_csv(out / "audit.csv", AUDIT_COLUMNS, audit_rows(screening, finals))
    votes = standing(screening.events)
    write_csv(out / "agreement.csv", AGREEMENT_COLUMNS, agreement_rows(votes))
    return Counter({row["work_id"]: row["state"] for row in finals}.values())
