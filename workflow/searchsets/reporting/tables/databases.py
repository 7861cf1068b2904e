"""The table that PRISMA-S asks for: each source, its platform, when it was searched, what it brought."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from searchsets.reporting.build import Build, Row
from searchsets.reporting.tables.harvests import place_of
from searchsets.reporting.tables.model import NOT_SEARCHABLE, NOT_SEARCHED, Rows, Table, table
from searchsets.sources.services import SERVICES

COLUMNS = (
    "source", "name", "platform", "searched_by_the_review_from", "searched_by_the_review_until",
    "asked_first", "asked_last", "records", "retrieved", "works", "only_here", "included",
    "included_only_here",
)  # fmt: skip


def databases_summary(build: Build) -> Table:
    """For each database, and each source in its place: platform, dates, hits, contribution."""

    def rows() -> Rows:
        sources_of = _sources_of_works(build)
        balance = {row["database"]: row for row in build.rows("works/balance.csv")}
        logged = build.rows("records/import_log.csv")
        for source in (*build.strategies, *build.stand_ins):
            row = {"source": source, "name": place_of(build, source), **_dates(build, source)}
            if source in build.stand_ins or build.has_export(source):
                own = balance.get(source, {})
                row |= {
                    "platform": _platforms(build, logged, source),
                    "records": sum(int(r["read"]) for r in logged if r["database"] == source),
                    "retrieved": len(build.found(source)),
                    "works": own.get("works", 0),
                    "only_here": own.get("only_here", 0),
                    **_contribution(source, sources_of, build.included),
                }
            else:
                can_be = build.is_searchable(source)
                row["retrieved"] = NOT_SEARCHED if can_be else NOT_SEARCHABLE
            yield row

    review = "published review" if build.words.review else "review"
    return table(
        "databases_summary",
        f"Each database and service: its platform, as far as the files tell it; when the {review} "
        "searched it, and when this run's harvests asked it (an export by hand does not "
        "say); what was read and what of it the strategies retrieved; the works that only this "
        "source brought, and how many of them are included (PRISMA-S, items 1, 13 and 15).",
        COLUMNS,
        rows(),
    )


def _dates(build: Build, source: str) -> dict[str, Any]:
    searched = build.strategies[source].searched if source in build.strategies else {}
    days = sorted(
        row[key]
        for row in build.questions
        if row["source"] == source
        for key in ("first_asked", "last_asked")
        if row[key]
    )
    return {
        "searched_by_the_review_from": searched.get("from"),
        "searched_by_the_review_until": searched.get("until"),
        "asked_first": days[0] if days else None,
        "asked_last": days[-1] if days else None,
    }


def _platforms(build: Build, logged: Iterable[Row], source: str) -> str:
    named = {row["platform"] for row in logged if row["database"] == source} - {""}
    if any(row["source"] == source for row in build.questions):
        named.add(SERVICES[source].label)
    return "; ".join(sorted(named))


def _sources_of_works(build: Build) -> dict[str, set[str]]:
    sources: dict[str, set[str]] = {}
    for row in build.links:
        sources.setdefault(row["work_id"], set()).add(row["database"])
    return sources


def _contribution(
    source: str, sources_of: dict[str, set[str]], included: set[str]
) -> dict[str, int]:
    holding = [work for work in included if source in sources_of[work]]
    alone = sum(sources_of[work] == {source} for work in holding)
    return {"included": len(holding), "included_only_here": alone}
