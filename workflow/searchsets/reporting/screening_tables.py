"""Tables of screening: states and reasons, and the included sources."""

from __future__ import annotations

from collections import Counter

from searchsets.reporting.build import Build
from searchsets.reporting.citation import reference
from searchsets.reporting.tables import Rows, Table, table
from searchsets.screening.outcomes.states import INCLUDED


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


def included_sources(build: Build) -> Table:
    """The included sources in the form of Appendix 4."""
    columns = (
        "number", "selected_source", "about_this_study", "governance_context",
        "actors_and_agencies", "record_id",
    )  # fmt: skip

    def rows() -> Rows:
        about = {
            row["record"]: row["about"]
            for row in build.extraction("included_sources.csv", ("record", "about", "source"))
        }
        numbers = {item.record_id: item.number for item in build.known_items}
        included: dict[str, list[str]] = {}
        for row in build.rows("screening/final.csv"):
            if row["state"] == INCLUDED:
                included.setdefault(row["work_id"], []).append(row["record_id"])
        chosen = [build.shown(ids) for ids in included.values()]
        records = build.records_of(chosen)
        for record_id in sorted(chosen, key=lambda i: (numbers.get(i) or len(numbers) + 1, i)):
            record = records[record_id]
            yield {
                "number": numbers.get(record_id),
                "selected_source": reference(record),
                "about_this_study": about.get(record_id),
                "governance_context": _cell(build, record_id, "Governance context"),
                "actors_and_agencies": _cell(build, record_id, "Actors and agencies"),
                "record_id": record_id,
            }

    return table(
        "included_sources",
        "The included sources in the form of Appendix 4. “About this study” is summarised in other "
        "words; an empty cell is empty in the report or was destroyed in the text we have.",
        columns,
        rows(),
    )


def _cell(build: Build, record_id: str, column: str) -> str:
    return " ".join(statement.value for statement in build.said(record_id, "keywords", column))
