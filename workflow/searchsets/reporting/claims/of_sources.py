"""Lists what may be claimed of the works: their years, and what the published review says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from searchsets.files import lasting_name
from searchsets.reporting.appendices.extraction import ILLEGIBLE, SUMMARIES
from searchsets.reporting.build import Build
from searchsets.reporting.choices.model import Data
from searchsets.reporting.claims.cells import live, name_of, search_choices
from searchsets.reporting.claims.model import ALWAYS, Claim, Facts
from searchsets.reporting.flow.model import RECORDS
from searchsets.reporting.tables.known_items import key_sources
from searchsets.reporting.tables.model import NOT_REPORTED

_WINDOW = ("window_from", "window_until")


def window(facts: Facts, data: Data) -> Iterator[Claim]:
    """Yield what can be said of the years of publication."""
    names = ("works_to_screen", "in_window", "outside_window", "no_year")
    yield Claim(
        "in_the_window",
        "All works were published from {option:window_from} to {option:window_until}.",
        "Works published in these years: {in_window} of {works_to_screen}; in others: "
        "{outside_window}; in a year that is not known: {no_year}. The window counts; it excludes "
        "none.",
        "Limits of years in the exports, or the criterion of the date.",
        ("outside_window = 0", "no_year = 0"),
        ("outside_window > 0",),
        live(facts, *names),
        (*_WINDOW, *search_choices(data)),
    )
    sources = list(facts.numbered("key_sources_by_strategy"))
    first = {str(row["source_number"]): number for number, row in reversed(sources)}
    after = {
        f"after_{source}": facts.cell_of_row(
            "key_sources_by_strategy", "published_after_searches", n
        )
        for source, n in sorted(first.items(), key=lambda one: int(one[0]))
    }
    late = [name.partition("_")[2] for name, one in after.items() if one.value != "no"]
    told = " ".join(f"Source {number}: {{after_{number}}}." for number in late)
    if after:
        yield Claim(
            "published_before_searches",
            "Every key source was published before the searches ended.",
            f"Published after the searches ended? {told} The others: no."
            if late
            else "By the dates that are known, each was.",
            "The report's own word on how such a source was found.",
            tuple(f"{name} = no" for name in after),
            tuple(f"{name} = yes" for name in after),
            after,
        )


def published(facts: Facts, data: Data) -> Iterator[Claim]:
    """Yield what can be held against the published review, which reports few numbers."""
    said = {
        f"reported_{database}": facts.cell("prisma", "published_review", box=f"{RECORDS}{database}")
        for database in data.databases
    }
    said["reported_works"] = facts.cell("prisma", "published_review", box="works")
    names = {f"reported_{database}": name_of(facts, database) for database in data.databases}
    names["reported_works"] = "works to screen"
    told = "; ".join(f"{words}: {{{name}}}" for name, words in names.items())
    yield Claim(
        "numbers_of_the_report",
        "The numbers of this run can be held against those of the published review.",
        f"Records and works in the published review: {told}.",
        "The numbers of the searches, from the authors.",
        tuple(f"{name} != {NOT_REPORTED}" for name in said),
        tuple(f"{name} = {NOT_REPORTED}" for name in said),
        said,
    )
    held = [row["indexed_in_database"] for _, row in facts.numbered("key_sources_by_strategy")]
    unknown = [one for one in held if not one.startswith("yes")]
    yield Claim(
        "route_of_the_sources",
        "It is known by which route each key source was found.",
        "The report does not say which source came from a database, a website or a request. "
        "Nor is it known of each whether a database held it.",
        "The records of the review team.",
        () if unknown or not held else (ALWAYS,),
        (ALWAYS,) if unknown else (),
    )


_CELLS = {
    "about": "about this study",
    "governance_context": "governance context",
    "actors_and_agencies": "actors and agencies",
}
"""The cells of Appendix 4 that people took over, as the appendix heads them."""


def illegible(build: Build) -> Iterator[Claim]:
    """Yield whether every cell of Appendix 4 could be read, whatever this run includes."""
    summaries = build.extracted.summaries
    read = {one.number: summaries.get(one.record_id) for one in key_sources(build)}
    if not any(read.values()):
        return
    lost = [
        f"source {number}, {words}"
        for number, summary in read.items()
        for column, words in _CELLS.items()
        if summary and getattr(summary, column) == ILLEGIBLE
    ]
    missing = [f"source {number}" for number, summary in read.items() if not summary]
    told = [f"Nobody has taken over: {'; '.join(missing)}."] if missing else []
    if lost:
        told.append(
            f"Illegible: {'; '.join(lost)}. The conversion to text destroyed it. It is not guessed."
        )
    file = lasting_name(Path(build.config["extraction"]) / SUMMARIES, build.config)
    yield Claim(
        "appendix_4_is_whole",
        "Every cell of Appendix 4 could be read.",
        " ".join(told) or "No cell of it is illegible; what it leaves empty is called not stated.",
        f"The printed report. What was read of it stands in {file}.",
        () if told else (ALWAYS,),
        (ALWAYS,) if lost else (),
    )
