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
        ("works_to_screen > 0", "outside_window = 0", "no_year = 0"),
        ("outside_window > 0",),
        live(facts, *names),
        (*_WINDOW, *search_choices(data)),
    )
    if not facts.has("key_sources_by_strategy"):
        return
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
    others = " The others: no." if len(late) < len(after) else ""
    if after:
        yield Claim(
            "published_before_searches",
            "Every key source was published before the searches ended.",
            f"Published after the searches ended? {told}{others}"
            if late
            else "By the dates that are known, each was.",
            f"{facts.words.capital}'s own word on how such a source was found.",
            tuple(f"{name} = no" for name in after),
            tuple(f"{name} = yes" for name in after),
            after,
        )


def published(facts: Facts, data: Data) -> Iterator[Claim]:
    """Yield what can be held against the published review, if there is one."""
    if facts.words.review:
        yield _numbers(facts, data)
    if facts.has("key_sources_by_strategy"):
        yield _route(facts)


def _numbers(facts: Facts, data: Data) -> Claim:
    said = {
        f"reported_{database}": facts.cell("prisma", "published_review", box=f"{RECORDS}{database}")
        for database in data.databases
    }
    said["reported_works"] = facts.cell("prisma", "published_review", box="works")
    names = {f"reported_{database}": name_of(facts, database) for database in data.databases}
    names["reported_works"] = "works to screen"
    told = "; ".join(f"{words}: {{{name}}}" for name, words in names.items())
    return Claim(
        "numbers_of_the_report",
        "The numbers of this run can be held against those of the published review.",
        f"Records and works in the published review: {told}.",
        "The numbers of the searches, from the authors.",
        tuple(f"{name} != {NOT_REPORTED}" for name in said),
        tuple(f"{name} = {NOT_REPORTED}" for name in said),
        said,
    )


def _route(facts: Facts) -> Claim:
    held = [row["indexed_in_database"] for _, row in facts.numbered("key_sources_by_strategy")]
    unknown = [one for one in held if not one.startswith("yes")]
    told = (
        f"{facts.words.capital} does not say which source came from a "
        "database, a website or a request. Nor is it known of each whether a database held it."
        if facts.words.review
        else "It is not known of each key source whether a database held it."
    )
    return Claim(
        "route_of_the_sources",
        "It is known by which route each key source was found.",
        told,
        "The records of the review team.",
        () if unknown or not held else (ALWAYS,),
        (ALWAYS,) if unknown else (),
    )


def illegible(build: Build) -> Iterator[Claim]:
    """Yield whether all that a published review says of its sources could be read.

    That is so whatever this run includes.
    """
    review = build.words.review
    if not review:
        return
    summaries = build.extracted.summaries
    read = {one.number: summaries.get(one.record_id) for one in build.key_sources}
    if not any(read.values()):
        return
    lost = [
        f"source {number}, {column.replace('_', ' ')}"
        for number, summary in read.items()
        for column, said in (summary.cells if summary else {}).items()
        if said == ILLEGIBLE
    ]
    missing = [f"source {number}" for number, summary in read.items() if not summary]
    told = [f"Nobody has taken over: {'; '.join(missing)}."] if missing else []
    if lost:
        told.append(
            f"Illegible: {'; '.join(lost)}. The conversion to text destroyed it. It is not guessed."
        )
    file = lasting_name(Path(build.config["extraction"]) / SUMMARIES, build.config)
    place = review.included_sources or f"what {review.called} says of its sources"
    yield Claim(
        "all_of_the_sources_could_be_read",
        f"Every cell of {place} could be read.",
        " ".join(told) or "No cell of it is illegible; what it leaves empty is called not stated.",
        f"{build.words.printed}. What was read of it stands in {file}.",
        () if told else (ALWAYS,),
        (ALWAYS,) if lost else (),
    )
