"""Writes what a run takes over from the run that it updates, before its records become works."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from searchsets.files import read_csv, sha256_of, write_csv
from searchsets.records.exports import CORPUS
from searchsets.records.identity import REPEAT_COLUMNS
from searchsets.records.other_sources import EARLIER, UNSEARCHED
from searchsets.records.shards import Shards, read_records
from searchsets.records.store import BROKEN_COLUMNS, LOG_COLUMNS
from searchsets.screening.model import SHOWN
from searchsets.sources.stored import NAMED
from searchsets.updates.earlier import ASKED_COLUMNS, VERSION_COLUMNS, Earlier
from searchsets.updates.memory import (
    FOUND,
    MEMORY_COLUMNS,
    NOT_RETRIEVED,
    Now,
    Then,
    memory_rows,
)

_FIELDS = ("record_id", *SHOWN)


def remember(
    folder: Path,
    sources: Sequence[Path],
    retrieved: Sequence[Path],
    out: Path,
    carried: Path,
    limited: Mapping[str, Any] | None = None,
) -> list[dict[str, Any]]:
    """Write what became of each record of an earlier run, and the records that are carried over.

    Args:
        folder: `results/<run>` of the earlier run.
        sources: folders of the records of this run.
        retrieved: the `retrieved.csv` of its searches.
        out: the folder to write `records.csv`, `kept.csv`, `criteria.csv` and `recheck.csv` to.
        carried: the folder of records to write: those that nothing brought in this run.
        limited: how its searches were limited, if they were (`config.schema.json`).

    Raises:
        ReviewError: the earlier run is not finished, or not as it was published.
    """
    earlier = Earlier.read(folder)
    records = earlier.records()
    now = _now(sources, retrieved, records["record_id"], limited)
    rows = list(memory_rows(_then(earlier, records), now))
    rows.sort(key=lambda row: row["record_id"])
    write_csv(out / "records.csv", MEMORY_COLUMNS, rows)
    kept = [{"record_id": row["record_id"]} for row in rows if row["became"] == NOT_RETRIEVED]
    write_csv(out / "kept.csv", ("record_id",), kept)
    write_csv(out / "criteria.csv", VERSION_COLUMNS, earlier.criteria)
    write_csv(out / "recheck.csv", ASKED_COLUMNS, earlier.asked)
    gone = [r["record_id"] for r in rows if r["became"] not in (FOUND, NOT_RETRIEVED)]
    chosen = records.filter(pc.is_in(records["record_id"], pa.array(gone, pa.string())))
    _write_carried(earlier, chosen, carried)
    return rows


def _then(earlier: Earlier, records: pa.Table) -> Iterator[Then]:
    shown = {row["record_id"]: row for row in records.select(_FIELDS).to_pylist()}
    states = {row["record_id"]: row["state"] for row in earlier.rows("screening/final.csv")}
    for link in earlier.links:
        record_id = link["record_id"]
        yield Then(
            record_id=record_id,
            source=earlier.source_of(link),
            work_id=link["work_id"],
            first_found_in=earlier.found_in(link),
            state=states[record_id],
            shown=shown[record_id],
        )


def _now(
    sources: Sequence[Path],
    retrieved: Sequence[Path],
    wanted: pa.ChunkedArray,
    limited: Mapping[str, Any] | None,
) -> Now:
    """Return what the searches of this run brought, of the records that are wanted."""
    records: dict[str, Mapping[str, Any]] = {}
    found = {row["record_id"] for path in retrieved for row in read_csv(path, ("record_id",))}
    for folder in sources:
        table = read_records(folder, _FIELDS)
        table = table.filter(pc.is_in(table["record_id"], value_set=wanted))
        if folder.name in UNSEARCHED:
            found.update(table["record_id"].to_pylist())
        records |= {row["record_id"]: row for row in table.to_pylist()}
    names = {folder.name for folder in sources}
    whole = {folder.name for folder in sources if _is_whole(folder)}
    if not limited:
        return Now(records, found, names, whole)
    return Now(records, found, names, whole, limited["from"], limited["by"] == "entry_date")


def _is_whole(folder: Path) -> bool:
    """Tell whether a source gave all that it has, on which the strategy is then run.

    What a service answered is no more than what it was asked for.
    """
    return any(
        row["represents"] == CORPUS.kind and not row["source_file"].startswith(NAMED)
        for row in read_csv(folder / "import_log.csv")
    )


def _write_carried(earlier: Earlier, records: pa.Table, folder: Path) -> None:
    """Write the records of an earlier run that nothing brought again, as a source of their own."""
    records = _put(records, "source_file", earlier.folder.as_posix())
    records = _put(records, "database", EARLIER)
    shards = Shards(folder)
    shards.write(records)
    shards.close()
    write_csv(folder / "import_log.csv", LOG_COLUMNS, [_log_row(earlier, records)])
    write_csv(folder / "broken.csv", BROKEN_COLUMNS, [])
    write_csv(folder / "repeats.csv", REPEAT_COLUMNS, [])


def _put(table: pa.Table, column: str, value: str) -> pa.Table:
    place = table.column_names.index(column)
    return table.set_column(place, column, pa.array([value] * table.num_rows, pa.string()))


def _log_row(earlier: Earlier, records: pa.Table) -> dict[str, Any]:
    links = earlier.folder / "works/links.csv"
    number = records.num_rows
    without = {
        f"without_{name}": sum(not value for value in records[name].to_pylist())
        for name in ("title", "abstract", "year", "descriptors")
    }
    return {
        "database": EARLIER,
        "source_file": earlier.folder.as_posix(),
        "represents": "the run before",
        "format": "records of a published run",
        "known_by": "the run that this one updates",
        "bytes": links.stat().st_size,
        "sha256": sha256_of(links),
        "start_marks": number,
        "found": number,
        "read": number,
        "broken": 0,
        "identical_repeats": 0,
        "repeated_accessions": 0,
    } | without
