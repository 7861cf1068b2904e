"""Writes the included and the excluded works as bibliographies that reference managers read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from searchsets.dedupe.works import FIELDS
from searchsets.records.tables import schema
from searchsets.records.writers import write
from searchsets.reporting.build import Build
from searchsets.screening.outcomes.outcome import EXCLUDED, LAST_STAGES

FORMATS = {"ris": "ris", "bib": "bibtex", "json": "csl_json"}
"""The ending of each file and the writer that makes it."""


def write_bibliographies(build: Build, out: Path) -> dict[str, int]:
    """Write `included.*` and `excluded.*`, one record a work; return how many each holds.

    Excluded are those of the table `excluded`: at full text, or by what the review published. A
    work is its merged record under the id of the record that stands for it.
    """
    chosen = {
        "included": build.included,
        "excluded": [
            work
            for work, row in build.final_of.items()
            if row["state"] == EXCLUDED and row["stage"] in LAST_STAGES
        ],
    }
    for name, works in chosen.items():
        records = works_as_records(build, works)
        for ending, target in FORMATS.items():
            write([records], out / f"{name}.{ending}", target)
    return {name: len(works) for name, works in chosen.items()}


def works_as_records(build: Build, work_ids: Iterable[str]) -> pa.Table:
    """Return works as records, in the order of a list of references."""
    wanted = pa.array(sorted(work_ids), pa.string())
    works = pq.read_table(build.folder / "works/works.parquet")
    rows = works.filter(pc.is_in(works["work_id"], wanted)).to_pylist()
    shown = {row["work_id"]: build.shown(row["record_ids"]) for row in rows}
    own = build.records_of(shown.values(), ("database", "source_file", "position", "accession"))
    made = [
        {name: row[name] for name in FIELDS} | own[shown[row["work_id"]]] | {"raw": ""}
        for row in rows
    ]
    made.sort(
        key=lambda row: (row["authors"][:1], row["year"] or 0, row["title"], row["record_id"])
    )
    return pa.Table.from_pylist(made, schema=schema())
