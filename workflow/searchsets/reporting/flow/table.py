"""The table of the flow of a run: each box, its number, and the filter that opens its records."""

from __future__ import annotations

from collections.abc import Sequence

from searchsets.records.known_items import SOURCE as KNOWN_ITEMS
from searchsets.records.other_sources import EARLIER, OTHER_SOURCES
from searchsets.reporting.build import Build
from searchsets.reporting.flow.boxes import (
    ARM_WORDS,
    NOT_APPLICABLE,
    Setting,
    Source,
    boxes_of,
)
from searchsets.reporting.flow.model import CARRIED, DATABASES, KNOWN, OTHER, Box, Row
from searchsets.reporting.flow.records import flow_records
from searchsets.reporting.flow.sums import check_sums, sums_of_run
from searchsets.reporting.published_review import Words
from searchsets.reporting.tables.harvests import place_of
from searchsets.reporting.tables.model import (
    NOT_REPORTED,
    NOT_SEARCHABLE,
    NOT_SEARCHED,
    Table,
    table,
)
from searchsets.sources.supplied import SOURCE as SUPPLIED
from searchsets.sources.websites.documents import SOURCE as WEBSITES
from searchsets.sources.websites.states import COMPLETE, NOT_HARVESTED

CITATIONS = "citations"
METHODS = OTHER_SOURCES | {CITATIONS: "Citation searching"}
"""The other methods of PRISMA 2020; where a review has no such source, it did not look there."""

PUBLISHED = "published_review"
COLUMNS = ("box", "arm", "label", "unit", "this_run", PUBLISHED, "filter")


def sources_of(build: Build) -> list[Source]:
    """Return all sources of a run, as the flow shows them: databases, other methods, known items."""
    made = [
        Source(
            name,
            DATABASES,
            place_of(build, name),
            build.has_export(name),
            unsearched=NOT_SEARCHED if build.is_searchable(name) else NOT_SEARCHABLE,
        )
        for name in build.strategies
    ]
    made += [
        Source(name, DATABASES, place_of(build, name), True, NOT_APPLICABLE)
        for name in build.stand_ins
    ]
    for name, label in METHODS.items():
        asked = name == SUPPLIED and bool(build.supplied)  # and nothing came: that is known
        whole = _not_whole(build) if name == WEBSITES and name in build.others else ""
        made.append(Source(name, OTHER, f"{label}{whole}", asked or name in build.others))
    if build.known_items:
        made.append(Source(KNOWN_ITEMS, KNOWN, build.words.known_source, True, NOT_APPLICABLE))
    if build.base:
        label = f"Records that the run {build.base} had, and no search of this one found"
        made.append(Source(EARLIER, CARRIED, label, True, NOT_APPLICABLE))
    return made


def _not_whole(build: Build) -> str:
    """Return how many websites are not complete, for the flow to say."""
    sites = build.rows("records/websites.csv")
    left = sum(row["state"] not in (COMPLETE, NOT_HARVESTED) for row in sites)
    return f" ({left} not complete)" if left else ""


def setting_of(build: Build) -> Setting:
    """Return what the boxes of a run need besides its list."""
    outcomes = (row["published_outcome"] for row in build.final_of.values())
    published = sum(outcome.endswith(": include") for outcome in outcomes)
    return Setting(
        sources_of(build), build.criteria.reason_words, published or NOT_REPORTED, build.base
    )


def check_flow(boxes: Sequence[Box]) -> None:
    """Raise if the boxes of a run do not close.

    Raises:
        ReviewError: which, with their numbers.
    """
    by_id = {box.id: box for box in boxes}
    remedy = "this is a fault of searchsets: please report it with the folder results/.build"
    check_sums(by_id, sums_of_run(by_id), "tables/prisma.csv", remedy)


def flow_of(build: Build) -> tuple[list[Row], list[Box]]:
    """Return the list of records of a run, and the boxes counted over it.

    Raises:
        ReviewError: two of the boxes do not close.
    """
    rows = flow_records(build)
    boxes = boxes_of(rows, setting_of(build))
    check_flow(boxes)
    return rows, boxes


_CAPTION = (
    "The flow of records, box by box: databases, other methods{known}, and all together. {reported} "
    "The filter finds the records of a box in flow/records.csv."
)


def prisma_table(boxes: Sequence[Box], words: Words) -> Table:
    """The boxes of the flow, in this run and, if it repeats one, in the published review."""
    arms = ARM_WORDS | {KNOWN: words.known_route}
    if words.review:
        known = ", what was found by a route that is not reported"
        reported = (
            "The published review reports no number before its last one; “not searched”, “not "
            "searchable” (a closed database) and “not reported” are not 0."
        )
    else:
        has_known = any(box.arm == KNOWN for box in boxes)
        known, reported = ", known items" * has_known, "“Not searched” and “not searchable” are not 0."
    columns = [name for name in COLUMNS if words.review or name != PUBLISHED]
    rows = (
        {
            "box": box.id,
            "arm": arms.get(box.arm, "all"),
            "label": box.label,
            "unit": box.unit,
            "this_run": box.n,
            PUBLISHED: box.published,
            "filter": box.filter,
        }
        for box in boxes
    )
    return table(
        "prisma",
        _CAPTION.format(known=known, reported=reported),
        columns,
        ({name: row[name] for name in columns} for row in rows),
    )
