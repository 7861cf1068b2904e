"""Tables of screening: states and reasons, the included sources, the flow of records."""

from __future__ import annotations

from collections import Counter
from typing import Any

from searchsets.records.known_items import SOURCE
from searchsets.records.other_sources import OTHER_SOURCES
from searchsets.reporting.build import Build, Row
from searchsets.reporting.flow import RECORDS
from searchsets.reporting.harvest_tables import place_of
from searchsets.reporting.tables import NOT_REPORTED, NOT_SEARCHED, Rows, Table, table
from searchsets.screening.outcomes.outcome import (
    CONFLICT,
    EXCLUDED,
    HALF,
    IN_DOUBT,
    IS_DUPLICATE,
    NOT_RETRIEVED,
)
from searchsets.screening.outcomes.states import AWAITING, AWAITING_ABSTRACT, INCLUDED, NOT_SCREENED
from searchsets.sources.supplied import SOURCE as SUPPLIED
from searchsets.sources.websites.documents import SOURCE as WEBSITES
from searchsets.sources.websites.states import COMPLETE, NOT_HARVESTED


def screening(build: Build) -> Table:
    """How many works stand in each state, and why."""

    def rows() -> Rows:
        works = {row["work_id"]: row for row in build.rows("screening/final.csv")}
        counts = Counter(
            (row["state"], row["decided_by"], row["stage"], row["reason"]) for row in works.values()
        )
        for (state, decided_by, stage, reason), n in sorted(counts.items()):
            yield {
                "state": state,
                "decided_by": decided_by,
                "stage": stage,
                "reason": reason,
                "works": n,
            }

    return table(
        "screening",
        "Works by state and reason. “Rule” means excluded for a value that the record states, such "
        "as its year; nothing is excluded because something is missing.",
        ("state", "decided_by", "stage", "reason", "works"),
        rows(),
    )


def prisma(build: Build) -> Table:
    """The numbers of the flow diagram, in this run and in the published review."""
    finals = {row["work_id"]: row for row in build.rows("screening/final.csv")}
    by_state = Counter(row["state"] for row in finals.values())
    by_rule = sum(
        (row["state"], row["decided_by"]) == (EXCLUDED, "rule") for row in finals.values()
    )
    balance = {row["database"]: row for row in build.rows("works/balance.csv")}
    retrieved = {database: len(build.found(database)) for database in build.exported}
    records = sum(int(row["records"]) for row in balance.values())
    published = sum(row["published_outcome"].endswith(": include") for row in finals.values())
    known = int(balance[SOURCE]["records"])

    def rows() -> Rows:
        for database in build.strategies:
            found = retrieved.get(database, NOT_SEARCHED)
            yield _box(f"{RECORDS}{database}", place_of(build, database), found)
        for source in build.stand_ins:
            found = len(build.found(source))
            yield _box(f"{RECORDS}{source}", place_of(build, source), found, "not applicable")
        yield _box(
            "records_known_items",
            "Works of the report's own reference list",
            known,
            "not applicable",
        )
        yield from _other_methods(build, balance)
        yield _box("duplicates", "Duplicates joined", records - len(finals))
        yield _box("works", "Works to screen", len(finals))
        yield _box("excluded_by_rule", "Excluded by rule", by_rule)
        yield _box("excluded_by_people", "Excluded by people", by_state[EXCLUDED] - by_rule)
        yield _box("duplicates_by_people", "Called duplicates by people", by_state[IS_DUPLICATE])
        yield _box("not_retrieved", "Full text not retrieved", by_state[NOT_RETRIEVED])
        waiting = by_state[AWAITING] + by_state[AWAITING_ABSTRACT]
        yield _box("awaiting", "Kept, to be read further", waiting)
        yield _box("half_screened", "Awaiting another screener", by_state[HALF])
        yield _box("unsettled", "In doubt or in conflict", by_state[IN_DOUBT] + by_state[CONFLICT])
        yield _box("undecided", "Nobody has decided", by_state[NOT_SCREENED])
        yield _box("included", "Included", by_state[INCLUDED], published)

    return table(
        "prisma",
        "The flow of records. The published review reports no number before its last one; "
        "“not searched” and “not reported” are not 0.",
        ("box", "label", "this_run", "published_review"),
        rows(),
    )


def _other_methods(build: Build, balance: dict[str, Row]) -> Rows:
    """Yield the arm beside the databases; without it, the report's two other lines of enquiry."""
    found = {source: int(balance.get(source, {}).get("records", 0)) for source in build.others}
    if build.supplied:
        found.setdefault(SUPPLIED, 0)  # asked for, and nothing came: that is known
    if not found:
        yield _box("records_websites", "Records from websites", NOT_SEARCHED)
        yield _box("records_organisations", "Documents sent by local authorities", NOT_SEARCHED)
        return
    for source, label in OTHER_SOURCES.items():
        whole = _not_whole(build) if source == WEBSITES and source in build.others else ""
        yield _box(f"{RECORDS}{source}", f"{label}{whole}", found.get(source, NOT_SEARCHED))


def _not_whole(build: Build) -> str:
    """Return how many websites are not complete, for the flow to say."""
    sites = build.rows("records/websites.csv")
    left = sum(row["state"] not in (COMPLETE, NOT_HARVESTED) for row in sites)
    return f" ({left} not complete)" if left else ""


def _box(
    name: str, label: str, this_run: int | str, published: int | str = NOT_REPORTED
) -> dict[str, Any]:
    return {"box": name, "label": label, "this_run": this_run, "published_review": published}
