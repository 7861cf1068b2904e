"""Holds the counts of the stages against each other: nothing may be lost between two of them.

The boxes of the flow are held against each other in `flow/sums.py`, and here against what the
stages wrote, which they were not counted from. What screening wrote is held together in
`closing_screening.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from searchsets.records.known_items import SOURCE
from searchsets.records.other_sources import EARLIER, UNSEARCHED
from searchsets.reporting.build import Build, Row, only_row
from searchsets.reporting.closing_screening import check_records, check_screening, require_equal
from searchsets.reporting.flow.model import RECORDS, Box
from searchsets.screening.outcomes.outcome import EXCLUDED
from searchsets.sources.stored import NAMED
from searchsets.sources.supplied import SOURCE as SUPPLIED
from searchsets.updates.memory import NOT_RETRIEVED


def check_closing(build: Build) -> None:
    """Raise if records are lost or made between import, search, deduplication and screening.

    Raises:
        ReviewError: which two counts do not close, with both numbers.
    """
    check_records(build)
    require_equal(build, _counts(build))
    check_works(build)
    check_screening(build)


def check_works(build: Build) -> None:
    """Raise if what deduplication wrote does not fit itself.

    Raises:
        ReviewError: the balance is not that of the links, or a pair names a record that has no work.
    """
    require_equal(build, _balance_counts(build))
    require_equal(build, _pair_counts(build))


def _counts(build: Build) -> Iterator[tuple[str, int, int]]:
    imported = build.rows("records/import_log.csv")
    for row in imported:
        accounted = int(row["read"]) + int(row["broken"])
        yield (
            f"records found and records read or broken in {row['source_file']}",
            int(row["found"]),
            accounted,
        )
        if row["source_file"].startswith(NAMED):
            what = f"records received and records found in {row['source_file']}"
            yield what, int(row["reported"]), int(row["found"])
        yield from _mark_counts(row)
    balance = {row["database"]: row for row in build.rows("works/balance.csv")}
    carried = [EARLIER] if build.base else []
    for source in [SOURCE, *carried, *build.others, *build.exported, *build.stand_ins]:
        kept = sum(
            int(row["read"]) - int(row["identical_repeats"])
            for row in imported
            if row["database"] == source
        )
        in_works = int(balance[source]["records"]) if source in balance else 0
        if source in UNSEARCHED:
            yield f"records of {source} imported and in works", kept, in_works
            continue
        for search in build.searches(source):
            chosen = only_row(build.rows(f"search/{search}/outputs.csv"), chosen="yes")
            yield f"records of {source} imported and searched", kept, int(chosen["records"])
            retrieved = len(build.rows(f"search/{search}/retrieved.csv"))
            yield f"records retrieved and listed by {search}", int(chosen["retrieved"]), retrieved
        retrieved = len(build.found(source)) + len(build.kept_back(source))
        yield f"records of {source} retrieved and in works", retrieved, in_works
    sent = sum(entry.is_document for entry in build.supplied)
    read = sum(int(row["read"]) for row in imported if row["database"] == SUPPLIED)
    yield "documents in the tables of requests and documents imported", sent, read
    links, finals = build.links, build.finals
    yield "records in works and records with a state", len(links), len(finals)
    works = {row["work_id"] for row in links}
    states = {(row["work_id"], row["state"]) for row in finals}
    yield "works and works with exactly one state", len(works), len(states)


def _mark_counts(row: Row) -> Iterator[tuple[str, int, int]]:
    """Yield the marks of a file beside its records, where no finding says that they differ.

    Broken pieces may stand between records, without a mark.
    """
    if row["findings"] or not row["start_marks"]:
        return
    starts, read, found = (int(row[name]) for name in ("start_marks", "read", "found"))
    what = f"in {row['source_file']}, without a finding (records/import_log.csv)"
    yield (
        f"records that begin by their marks and records found {what}",
        starts,
        min(max(starts, read), found),
    )
    if row["end_marks"]:
        yield f"records that begin and records that end {what}", starts, int(row["end_marks"])


def _balance_counts(build: Build) -> Iterator[tuple[str, int, int]]:
    """Yield what the balance says of each database beside what the links say."""
    databases_of: dict[str, set[str]] = defaultdict(set)
    records: dict[str, int] = defaultdict(int)
    for row in build.links:
        databases_of[row["work_id"]].add(row["database"])
        records[row["database"]] += 1
    balance = build.rows("works/balance.csv")
    yield "databases of the links and of the balance", len(records), len(balance)
    for row in balance:
        database = row["database"]
        number = {name: int(row[name]) for name in row if name != "database"}
        holding = [names for names in databases_of.values() if database in names]
        shared = sum(len(names) > 1 for names in holding)
        yield f"records of {database} in links and balance", records[database], number["records"]
        yield f"works of {database} in links and balance", len(holding), number["works"]
        yield f"shared works of {database} in links and balance", shared, number["shared"]
        within, only = number["duplicates_within"], number["only_here"]
        yield f"records of {database} and its balance", number["records"], within + number["works"]
        yield f"works of {database} and its balance", number["works"], number["shared"] + only


def _pair_counts(build: Build) -> Iterator[tuple[str, int, int]]:
    """Yield how many records each list of pairs names, and how many of them have a work."""
    for name in ("decisions", "versions", "uncertain"):
        rows = build.rows(f"works/{name}.csv")
        named = {row[f"record_id_{side}"] for row in rows for side in "ab"}
        known = named & build.work_of.keys()
        yield f"records in {name}.csv and in links.csv", len(named), len(known)
    sides = [(row, side) for row in build.rows("works/versions.csv") for side in "ab"]
    fitting = sum(
        build.work_of.get(row[f"record_id_{side}"]) == row[f"work_id_{side}"] for row, side in sides
    )
    yield "works that versions.csv names and those of links.csv", len(sides), fitting


def check_flow_of(build: Build, rows: Sequence[Row], boxes: Sequence[Box]) -> None:
    """Raise if the flow does not hold what the stages wrote.

    Raises:
        ReviewError: which two counts do not close, with both numbers.
    """
    require_equal(build, _flow_counts(build, rows, {box.id: box for box in boxes}))


def _flow_counts(
    build: Build, rows: Sequence[Row], boxes: Mapping[str, Box]
) -> Iterator[tuple[str, int, int]]:
    """Yield what the flow holds beside what import, search, deduplication and screening hold."""
    links = build.links
    kept_back = [row for row in build.memory if row["became"] == NOT_RETRIEVED]
    yield "records in works and records in the flow", len(links), len(rows)
    for source in [*build.exported, *build.stand_ins]:
        shown = boxes[f"{RECORDS}{source}"]
        yield f"records of {source} retrieved and in the flow", len(build.found(source)), shown.n
    for row in build.rows("works/balance.csv"):
        name = f"{RECORDS}{row['database']}"
        n = boxes[name].n if name in boxes else 0
        moved = len(build.kept_back(row["database"]))  # of a source, and shown as carried over
        n += moved if row["database"] != EARLIER else -len(kept_back)
        yield f"records of {row['database']} in the balance and in the flow", int(row["records"]), n
    works = {row["work_id"] for row in links}
    kept = [row["work_id"] for row in rows if row["removed"] != "duplicate"]
    yield "works, and works with one kept record in the flow", len(works), len(set(kept))
    yield "records kept in the flow, and their works", len(kept), len(set(kept))
    taken_over = boxes["previous_reports"].n if "previous_reports" in boxes else 0
    included = boxes["included"].n + taken_over
    yield "works included by screening, and in the flow", len(build.included), included
    for column in ("screening", "eligibility"):
        out = [row["work_id"] for row in rows if row[column] == "excluded"]
        ended = sum(build.final_of[work]["state"] == EXCLUDED for work in out)
        yield f"works excluded in the flow ({column}), and by screening", len(out), ended
