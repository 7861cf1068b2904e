"""Holds the counts of the stages against each other: nothing may be lost between two of them."""

from __future__ import annotations

from collections.abc import Iterator

from searchsets.errors import ReviewError
from searchsets.records.known_items import SOURCE
from searchsets.reporting.build import Build, only_row
from searchsets.reporting.flow import LEFT_OUT
from searchsets.reporting.tables import Table


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
        chosen = only_row(build.rows(f"search/{source}/outputs.csv"), chosen="yes")
        yield f"records of {source} imported and searched", kept, int(chosen["records"])
        retrieved = int(balance[source]["records"]) if source in balance else 0
        yield f"records of {source} retrieved and in works", int(chosen["retrieved"]), retrieved
    links, finals = build.rows("works/links.csv"), build.rows("screening/final.csv")
    yield "records in works and records with a state", len(links), len(finals)
    works = {row["work_id"] for row in links}
    states = {(row["work_id"], row["state"]) for row in finals}
    yield "works and works with exactly one state", len(works), len(states)


def check_flow(prisma: Table) -> None:
    """Raise if the boxes of the flow that works end in do not sum to all works.

    Raises:
        ReviewError: with both numbers.
    """
    numbers = {row["box"]: row["this_run"] for row in prisma.rows}
    ends = sum(numbers[box] for box in (*LEFT_OUT, "included"))
    if ends != numbers["works"]:
        raise ReviewError(
            f"the flow does not close: {numbers['works']} works, and {ends} in the boxes they end in",
            "tables/prisma.csv",
            "this is a fault of searchsets: please report it with the folder results/.build",
        )
