"""Writes what screening comes to: events, judgements, states, flow, audit and agreement, as tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from searchsets.files import read_csv, write_csv, write_text
from searchsets.screening.agreement import COLUMNS as AGREEMENT_COLUMNS
from searchsets.screening.agreement import TOGETHER_COLUMNS, together_rows
from searchsets.screening.audit.files import compared
from searchsets.screening.audit.model import COLUMNS as AUDIT_COLUMNS
from searchsets.screening.audit.run import audit, require_passed, rows_of, told
from searchsets.screening.criteria.file import Criteria
from searchsets.screening.log.reading import Log, read_log
from searchsets.screening.model import COLUMNS, JUDGED_AS, Event, read_grid
from searchsets.screening.outcomes import flow
from searchsets.screening.outcomes.inherited import RECHECK_COLUMNS
from searchsets.screening.outcomes.protocol import Protocol
from searchsets.screening.outcomes.screening import Screening
from searchsets.screening.stage import kept

EVENT_COLUMNS = (*COLUMNS, "standing")
STANDS, CORRECTED, ASKED_AGAIN = "yes", "no", "asked again"
STANDING = {
    STANDS: "no later act of the same person takes its place",
    CORRECTED: "a later act of the same person takes its place",
    ASKED_AGAIN: "a decision of an earlier run that is asked for again (screening/recheck.csv)",
}
"""Whether an act stands."""
JUDGEMENT_COLUMNS = ("record_id", "criterion", "judgement", "basis", "evidence", "criteria_version")
FINAL_COLUMNS = (
    "record_id", "work_id", "state", "stage", "decided_by", "reason", "reason_code", "suggestion",
    "published_outcome", "criteria_version",
)  # fmt: skip
COMBINATION_COLUMNS = ("work_id", "combination", "chosen", "suggestion", "not_met")
CRITERION_COLUMNS = (
    "criterion", "kind", "order", "stages", "printed", "question", "version", "criteria_version",
)  # fmt: skip
SEAL_COLUMNS = ("file", "rows", "last_hash", "sealed_rows")


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
    for name, value in (read_grid(event.criteria) or {}).items():
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


def event_rows(screening: Screening) -> Iterator[tuple[str, ...]]:
    """Yield every act, those of the rules too, and whether it stands (`STANDING`)."""
    others = {event.event_id: CORRECTED for event in screening.superseded}
    others |= dict.fromkeys(screening.asked_again, ASKED_AGAIN)
    for event in screening.all_events():
        yield (*event, others.get(event.event_id, STANDS))


def recheck_rows(screening: Screening) -> Iterator[dict[str, Any]]:
    """Yield the decisions of earlier runs that are asked for again, with the reason."""
    state = {row["work_id"]: row["state"] for row in screening.finals}
    for one in screening.rechecks:
        event = one.event
        yield {
            "work_id": one.work_id,
            "record_id": event.record_id,
            "event_id": event.event_id,
            "stage": event.stage,
            "reviewer": event.reviewer,
            "decision": event.decision,
            "why": one.why,
            "criteria": one.criteria,
            "state_now": state[one.work_id],
        }


def criterion_rows(criteria: Criteria) -> Iterator[dict[str, Any]]:
    """Yield the criteria as they were, each with a version of its own: what changes is told by it."""
    for one in (*criteria.criteria, *criteria.facets):
        yield {
            "criterion": one.id,
            "kind": "criterion" if one in criteria.criteria else "facet",
            "order": one.order or None,
            "stages": one.stages,
            "printed": one.printed,
            "question": one.question,
            "version": one.version,
            "criteria_version": criteria.version,
        }


def write_log_tables(screening: Screening, out: Path) -> list[dict[str, Any]]:
    """Write what a log comes to, and return what the audit finds."""
    findings = audit(screening)
    finals = sorted(screening.finals, key=lambda row: row["record_id"])
    write_csv(out / "events.csv", EVENT_COLUMNS, event_rows(screening))
    write_csv(out / "final.csv", FINAL_COLUMNS, finals)
    write_csv(out / "stages.csv", flow.STAGE_COLUMNS, screening.stages)
    write_csv(out / "flow.csv", flow.COLUMNS, screening.flow)
    write_csv(out / "audit.csv", AUDIT_COLUMNS, findings)
    write_csv(out / "agreement.csv", AGREEMENT_COLUMNS, screening.agreement)
    write_csv(out / "agreement_together.csv", TOGETHER_COLUMNS, together_rows(screening.standing))
    write_csv(out / "seals.csv", SEAL_COLUMNS, seal_rows(screening.log))
    return findings


def write_screening(screening: Screening, out: Path) -> Counter[str]:
    """Write `results/<run>/screening/` and return how many works stand in each state."""
    write_log_tables(screening, out)
    write_csv(out / "judgements.csv", JUDGEMENT_COLUMNS, judgement_rows(screening))
    write_csv(out / "combinations.csv", COMBINATION_COLUMNS, combination_rows(screening))
    write_csv(out / "criteria.csv", CRITERION_COLUMNS, criterion_rows(screening.criteria))
    if screening.inheritance:
        write_csv(out / "recheck.csv", RECHECK_COLUMNS, recheck_rows(screening))
    return Counter({row["work_id"]: row["state"] for row in screening.finals}.values())


def write_passed(audit_file: Path, decisions: Path, seals: Path, out: Path) -> int:
    """Write what an audit found, in words, unless it found errors; return how many findings.

    The log is also held against the seals of the run before, where there was one. That is done here
    and not with the audit: once those seals are taken away, the log passes without being read anew.

    Raises:
        ReviewError: it found errors, or the log is not what it was at the run before.
    """
    rows = [row | {"number": int(row["number"])} for row in read_csv(audit_file, AUDIT_COLUMNS)]
    before = kept(seals)
    lost = rows_of(compared(read_log(decisions), before), Protocol()) if before else []
    require_passed([*rows, *lost], str(audit_file))
    lines = [f"{len(rows):,} findings, no error.", *told(rows)]
    write_text(out, "\n".join(lines) + "\n")
    return len(rows)
