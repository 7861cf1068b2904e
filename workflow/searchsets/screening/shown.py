"""Reads the records of a run as reviewers are shown them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from searchsets.files import local_paths
from searchsets.published import MANIFEST, read_manifest
from searchsets.records.shards import read_records
from searchsets.settings import usual

_FIELDS = (
    "record_id", "title", "authors", "year", "container", "abstract", "doi", "url",
)  # fmt: skip


def criteria_of(run: Path, named: Path | None) -> Path:
    """Return the file of the criteria of a run (`results/<run>`), unless another is named."""
    if named is not None:
        return named
    manifest = run / MANIFEST
    if not manifest.exists():
        return Path(usual("config")["criteria"])
    said = read_manifest(run)["configuration"]["criteria"]
    return Path(local_paths(run).get(said, said))  # a manifest names no place outside the review


def records_of_run(run: Path, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return the records of a run with these ids, as far as it has them, by id."""
    import pyarrow as pa  # it takes a while to import
    import pyarrow.compute as pc

    wanted = pa.array(sorted(set(ids)), pa.string())
    found: dict[str, dict[str, Any]] = {}
    for folder in sorted((run / "records").glob("*/")):
        if any(folder.glob("*.parquet")):
            table = read_records(folder, _FIELDS)
            chosen = table.filter(pc.is_in(table["record_id"], value_set=wanted))
            found |= {row["record_id"]: row for row in chosen.to_pylist()}
    return found
