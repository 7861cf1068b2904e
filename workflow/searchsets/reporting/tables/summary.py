"""The figures of the page's first screen, counted from the other tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from searchsets.reporting.build import Build
from searchsets.reporting.flow.model import RECORDS
from searchsets.reporting.tables.model import NOT_SEARCHABLE, Rows, Table, table
from searchsets.search.choices import MATCH, UNDECIDABLE


def summary(build: Build, made: Sequence[Table]) -> Table:
    """The figures of the page's first screen, each with the table it comes from."""
    by_name = {one.name: one.rows for one in made}
    roles = Counter(item.role for item in build.known_items)
    flow = {row["box"]: row["this_run"] for row in by_name["prisma"]}
    retrieved = [row["retrieved"] for row in by_name["databases"] if row["export"] == "yes"]

    def rows() -> Rows:
        yield _figure("strategies", len(build.strategies), "search strategies", "strategies")
        yield _figure(
            "lines",
            len(by_name["strategies"]),
            f"search lines, {build.words.as_printed}",
            "strategies",
        )
        exported, missing = len(build.exported), len(build.strategies) - len(build.exported)
        yield _figure("databases_with_export", exported, "databases with an export", "databases")
        yield _figure("databases_without_export", missing, "databases without one", "databases")
        closed = sum(row["export"] == NOT_SEARCHABLE for row in by_name["databases"])
        yield _figure("databases_not_searchable", closed, "of these closed", "databases")
        total = sum(retrieved) if retrieved else None
        yield _figure("retrieved", total, "records retrieved from databases", "databases")
        elsewhere = [*build.stand_ins, *build.others]
        if elsewhere:
            found = [flow[f"{RECORDS}{source}"] for source in elsewhere]
            yield _figure("elsewhere", sum(found), "records from other sources", "prisma")
        if build.known_items:
            for role, meaning in build.words.roles.items():
                yield _figure(role, roles[role], meaning, "known_items")
            yield _figure("known_items", len(build.known_items), build.words.works_known,
                          "known_items")  # fmt: skip
        if build.key_sources:
            yield from _best_states(by_name["key_sources_by_strategy"])
        for box in ("works", "included", "undecided", "excluded_by_rule", "excluded_by_people"):
            label = next(row["label"] for row in by_name["prisma"] if row["box"] == box)
            yield _figure(box, flow[box], label, "prisma")

    return table(
        "summary",
        "The figures of the first screen of the page, and the table each is counted from.",
        ("figure", "value", "meaning", "counted_from"),
        rows(),
    )


def _best_states(rows: list[dict[str, Any]]) -> Rows:
    """Yield how many key sources at least one strategy would match, and for how many none would
    but at least one cannot be judged."""
    for column in ("title_strict", "title_fallback", "enriched_strict", "enriched_fallback"):
        found: dict[int, set[str]] = {}
        for row in rows:
            found.setdefault(row["source_number"], set()).add(row[column])
        matched = sum(MATCH in states for states in found.values())
        unjudged = sum(MATCH not in states and UNDECIDABLE in states for states in found.values())
        name = column.replace("_", ", ")
        yield _figure(f"matched_{column}", matched, f"key sources that a strategy would match ({name})",
                      "key_sources_by_strategy")  # fmt: skip
        yield _figure(f"unjudged_{column}", unjudged, "key sources that none would match and that "
                      f"cannot be judged ({name})", "key_sources_by_strategy")  # fmt: skip


def _figure(name: str, value: int | None, meaning: str, source: str) -> dict[str, Any]:
    return {
        "figure": name,
        "value": value,
        "meaning": meaning,
        "counted_from": f"tables/{source}.csv",
    }
