"""Tables of an update: what became of the records of the run before, what is asked again, notices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from searchsets.dedupe.versions import KINDS
from searchsets.reporting.build import Build, Row
from searchsets.reporting.citation import reference
from searchsets.reporting.tables.model import Rows, Table, table
from searchsets.screening.outcomes.inherited import REASONS
from searchsets.updates.memory import FATES

NOTICES = ("retraction", "erratum", "notice", "comment")
"""The kinds of versions that say something about a text that a review includes."""


def earlier(build: Build) -> Table:
    """What became of the records of the run before, source by source."""

    def rows() -> Rows:
        counts = Counter((row["source"], row["became"]) for row in build.memory)
        changed = Counter((row["source"], row["became"]) for row in build.memory if row["changed"])
        for source, became in sorted(counts):
            yield {
                "source": source,
                "became": became,
                "records": counts[source, became],
                "changed": changed[source, became],
                "means": FATES[became],
            }

    return table(
        "earlier",
        f"What became in this run of the records that the run {build.base} had, by their source. Each "
        "record stands in earlier/records.csv. Changed: its title, abstract, year or journal is another.",
        ("source", "became", "records", "changed", "means"),
        rows(),
    )


def asked_again(build: Build) -> Table:
    """The decisions of earlier runs that are asked for again, with the reason in words."""

    def rows() -> Rows:
        records = build.records_of({row["record_id"] for row in build.rechecks})
        for row in build.rechecks:
            yield {
                "work": reference(records[row["record_id"]]),
                "stage": row["stage"],
                "reviewer": row["reviewer"],
                "decision": row["decision"],
                "why": REASONS[row["why"]],
                "criteria": row["criteria"],
                "state_now": row["state_now"],
                "record_id": row["record_id"],
            }

    return table(
        "asked_again",
        "Decisions of earlier runs that are asked for again, each with the reason. All others are taken "
        "over as they were.",
        ("work", "stage", "reviewer", "decision", "why", "criteria", "state_now", "record_id"),
        rows(),
    )


def notices(build: Build) -> Table:
    """What was published about the included works since: retractions, errata, comments."""

    def rows() -> Rows:
        found = list(_about_included(build))
        records = build.records_of({one for pair in found for one in pair[1:]})
        for kind, included, notice in found:
            yield {
                "kind": kind,
                "included": reference(records[included]),
                "notice": reference(records[notice]),
                "means": KINDS[kind],
                "record_id": included,
                "notice_record_id": notice,
            }

    return table(
        "notices",
        "Retractions, errata and comments among the records of this run that are about included works, "
        "as deduplication linked them by title. Nothing here does not mean that there are none: only "
        "what was searched can be found.",
        ("kind", "included", "notice", "means", "record_id", "notice_record_id"),
        rows(),
    )


def _about_included(build: Build) -> Iterator[tuple[str, str, str]]:
    """Yield the kind, the record of the included work, and that of the notice about it."""
    links: list[Row] = build.rows("works/versions.csv")
    for row in links:
        if row["type"] in NOTICES:
            for one, other in (("a", "b"), ("b", "a")):
                if row[f"work_id_{one}"] in build.included:
                    yield row["type"], row[f"record_id_{one}"], row[f"record_id_{other}"]
