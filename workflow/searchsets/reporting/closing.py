"""Holds the counts of the stages against each other: nothing may be lost between two of them."""

from __future__ import annotations

from collections.abc import Iterator

from searchsets.errors import ReviewError
from searchsets.records.known_items import SOURCE
from searchsets.reporting.build import Build


def check_closing(build: Build) -> None:
    """Raise if records are lost or made between import, search, deduplication and screening.

    Raises:
        ReviewError: which two counts do not close, with both numbers.
    """
    for what, before, after in _counts(build):
        if before != after:
            raise ReviewError(
                f"the counts do not close: {what}: {before} and {after}",
                str(build.folder),
                "delete results/.build and run again; if it comes back, please report it",
            )


def _counts(build: Build) -> Iterator[tuple[str, int, int]]:
    imported = build.rows("records/import_log.csv")
    for row in imported:
        accounted = int(row["read"]) + int(row["broken"])
        yield (
            f"records found and records read or broken in {row['source_file']}",
            int(row["found"]),
            accounted,
        )
    balance = {row["database"]: row for row in build.rows("works/balance.csv")}
    for source in [SOURCE, *build.exported]:
        kept = sum(
            int(row["read"]) - int(row["identical_repeats"])
            for row in imported
            if row["database"] == source
        )
        if source == SOURCE:
            yield (
                "known items imported and known items in works",
                kept,
                int(balance[SOURCE]["records"]),
            )
            continue
        chosen = [
            row for row in build.rows(f"search/{source}/outputs.csv") if row["chosen"] == "yes"
        ]
        yield f"records of {source} imported and searched", kept, int(chosen[0]["records"])
        retrieved = int(balance[source]["records"]) if source in balance else 0
        yield f"records of {source} retrieved and in works", int(chosen[0]["retrieved"]), retrieved
    links, finals = build.rows("works/links.csv"), build.rows("screening/final.csv")
    yield "records in works and records with a state", len(links), len(finals)
    works = {row["work_id"] for row in links}
    states = {(row["work_id"], row["state"]) for row in finals}
    yield "works and works with exactly one state", len(works), len(states)
