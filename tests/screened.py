"""A small run that was screened, made up for tests of what is told of it: its files and its build."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from conftest import PROJECT, records_table
from logs import CRITERIA
from searchsets.dedupe import log
from searchsets.dedupe.works import FIELDS, works_schema
from searchsets.files import write_csv
from searchsets.records.known_items import SOURCE
from searchsets.records.model import TEXT_COLUMNS
from searchsets.records.shards import Shards
from searchsets.reporting.build import Build
from searchsets.screening.outcomes.flow import COLUMNS as FLOW_COLUMNS
from searchsets.screening.outcomes.flow import STAGE_COLUMNS
from searchsets.screening.results import EVENT_COLUMNS, FINAL_COLUMNS

Work = dict[str, Any]


def work(number: int, state: str, stage: str = "", **more: Any) -> Work:
    """Return a work of one record and its final state; `record` holds fields of the record."""
    return {"id": f"eric:{number}", "state": state, "stage": stage} | more


def event(number: int, reviewer: str, decision: str, **more: str) -> dict[str, str]:
    """Return a standing act of a screener at full text on a record, but for the cells given."""
    return {
        "event_id": f"{reviewer}-{number}-{more.get('stage', 'full_text')}",
        "record_id": f"eric:{number}", "stage": "full_text", "round": "main", "reviewer": reviewer,
        "role": "screener", "decision": decision, "standing": "yes",
    } | more  # fmt: skip


def screened(
    folder: Path,
    works: Sequence[Work],
    events: Sequence[dict[str, str]] = (),
    **config: Any,
) -> Build:
    """Write the files of a run that hold these works and acts, and return its build."""
    records = [
        dict.fromkeys(TEXT_COLUMNS, "")
        | {"record_id": one["id"], "database": "eric", "title": f"Work {one['id']}", "year": 2005,
         "authors": ["Fox, C."], "source_file": "a.ris", "position": 1}
        | one.get("record", {})
        for one in works
    ]  # fmt: skip
    for source, rows in (("eric", records), (SOURCE, [])):
        shards = Shards(folder / "records" / source)
        shards.write(records_table(*rows))
        shards.close()
    write_csv(folder / "records/import_log.csv", ("database", "source_databases"), ())
    _write_works(folder / "works", records)
    _write_screening(folder / "screening", works, events)
    (folder / "criteria.yaml").write_text(CRITERIA, encoding="utf-8")
    settings = {
        "criteria": str(folder / "criteria.yaml"),
        "strategies": str(PROJECT / "search_strategies"),
        "extraction": str(folder / "extraction"),
        "supplied": str(folder / "supplied"),
        "errata": "read",
        "outputs": {},
        "window": {"from": 2002, "until": 2008},
        "combination": "all",
        "screening": {"screeners": {"full_text": 2}},
    }
    return Build(folder, settings | config)


def _write_works(folder: Path, records: Sequence[dict[str, Any]]) -> None:
    links = [
        {"record_id": one["record_id"], "work_id": f"work:{one['record_id']}", "database": "eric"}
        for one in records
    ]
    write_csv(folder / "links.csv", log.LINK_COLUMNS, links)
    table = records_table(*records)
    full = table.to_pylist()
    rows = [
        {"work_id": f"work:{row['record_id']}", "record_ids": [row["record_id"]],
         "databases": ["eric"], "identifiers": [], "taken_from": ""}
        | {name: row[name] for name in FIELDS}
        for row in full
    ]  # fmt: skip
    pq.write_table(pa.Table.from_pylist(rows, schema=works_schema()), folder / "works.parquet")


def _write_screening(folder: Path, works: Sequence[Work], events: Sequence[dict[str, str]]) -> None:
    finals = [
        {"record_id": one["id"], "work_id": f"work:{one['id']}"}
        | {name: one.get(name, "") for name in ("state", "stage", "decided_by", "reason_code")}
        for one in works
    ]
    stages = [
        {"work_id": f"work:{one['id']}", "stage": one["stage"], "outcome": one["state"],
         "decided_by": one.get("decided_by", ""), "reason": one.get("reason_code", ""),
         "screeners": one.get("screeners", ""), "settled_by": one.get("settled_by", "")}
        for one in works
        if one["stage"]
    ]  # fmt: skip
    write_csv(folder / "final.csv", FINAL_COLUMNS, finals)
    write_csv(folder / "stages.csv", STAGE_COLUMNS, stages)
    write_csv(folder / "events.csv", EVENT_COLUMNS, events)
    write_csv(folder / "flow.csv", FLOW_COLUMNS, ())
