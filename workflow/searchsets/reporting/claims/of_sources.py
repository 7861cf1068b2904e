"""Lists what may be claimed of the works: their years, and what the published review says."""

from __future__ import annotations

from collections.abc import Iterator

from searchsets.files import cell
from searchsets.reporting.choices.model import Data
from searchsets.reporting.claims.cells import live, name_of, search_choices
from searchsets.reporting.claims.model import ALWAYS, Cell, Claim, Facts
from searchsets.reporting.flow.model import RECORDS
from searchsets.reporting.tables.model import NOT_REPORTED

_WINDOW = ("window_from", "window_until")


def window(facts: Facts, data: Data) -> Iterator[Claim]:
    """Yield what can be said of the years of publication."""
    names = ("works_to_screen", "in_window", "outside_window", "no_year")
    yield Claim(
        "in_the_window",
        "All works were published from {option:window_from} to {option:window_until}.",
        "Of {works_to_screen} works, {in_window} were published in these years and "
        "{outside_window} in others; of {no_year} the year is not known. The window counts; it "
        "excludes none.",
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


_EXTRACTED = ("about_this_study", "governance_context", "actors_and_agencies")
_LOST = ("", "illegible")


def illegible(facts: Facts, data: Data) -> Iterator[Claim]:
    """Yield whether every cell of Appendix 4 could be read."""
    if not facts.has("included_sources"):
        return
    lost: dict[str, Cell] = {}
    told = []
    for number, row in facts.numbered("included_sources"):
        for column in _EXTRACTED:
            if column in row and cell(row[column]) in _LOST:
                name = f"{column}_{row['number']}"
                lost[name] = facts.cell_of_row("included_sources", column, number)
                told.append(f"source {row['number']}, {column.replace('_', ' ')}")
    yield Claim(
        "appendix_4_is_whole",
        "Every cell of Appendix 4 could be read.",
        f"Empty or illegible: {'; '.join(told)}. Such a cell may be empty in print, or the "
        "conversion to text destroyed it. It is not guessed."
        if told
        else "No cell of it is empty or illegible.",
        "The printed report.",
        tuple(f"{name} = read" for name in lost) or (ALWAYS,),
        tuple(f"{name} = illegible" for name in lost),
        lost,
    )
