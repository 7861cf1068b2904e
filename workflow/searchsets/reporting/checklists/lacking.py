"""Says what an item of a checklist asks for and a run does not tell, with the numbers of the run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from searchsets.files import lasting_name
from searchsets.reporting.appendices.extraction import SUMMARIES
from searchsets.reporting.build import Build
from searchsets.reporting.flow.model import NOT_STATED
from searchsets.reporting.tables.exclusions import NO_REASON
from searchsets.reporting.tables.model import Table
from searchsets.screening.model import SCREENER
from searchsets.screening.outcomes.outcome import (
    BY_PUBLICATION,
)
from searchsets.screening.outcomes.states import DECIDED
from searchsets.sources.websites.documents import SOURCE as WEBSITES
from searchsets.sources.websites.states import COMPLETE

Made = Mapping[str, Table]


def rows_of(made: Made, name: str) -> list[dict[str, Any]]:
    """Return the rows of a table, none if the run does not have it."""
    return made[name].rows if name in made else []


def is_searched(build: Build) -> bool:
    """Tell whether any source was searched, beside the works that are known without a search."""
    return bool(build.exported or build.stand_ins or build.others or build.supplied)


def by_hand(build: Build) -> list[str]:
    """Return the databases whose records people exported, so that no harvest asked for them."""
    asked = {row["source"] for row in build.questions}
    return [database for database in build.exported if database not in asked]


def summarised(build: Build, made: Made) -> list[dict[str, Any]]:
    """Return the included works that somebody has summarised."""
    told = build.extracted.summary_columns
    rows = rows_of(made, "included_sources")
    return [row for row in rows if any(row.get(column) for column in told)]


def _databases(build: Build, made: Made) -> Iterator[str]:
    given, every = len(build.exported), len(build.strategies)
    if is_searched(build) and given < every:
        yield (
            f"Databases of the review with records in this run: {given} of {every}; of the others "
            "nothing is known."
        )
    closed = [one.name for name, one in build.strategies.items() if not build.is_searchable(name)]
    if closed:
        yield f"Not searchable any more, as far as their strategies know: {'; '.join(closed)}."


def _dates(build: Build, made: Made) -> Iterator[str]:
    if not is_searched(build):
        yield "Nothing was searched in this run."
    if by_hand(build):
        yield "Records were exported by hand; such a file does not say on which day it was made."


def _requests(build: Build, made: Made) -> Iterator[str]:
    if build.supplied:
        folder = lasting_name(Path(build.config["supplied"]), build.config)
        yield f"On which days organisations were asked stands in {folder} alone."


def _typed(build: Build, made: Made) -> Iterator[str]:
    if not build.exported:
        yield "No database was searched by these lines in this run."
    elif by_hand(build):
        yield (
            "What was typed into a database for an export by hand, and which fields and limits were "
            "set there, stands in no file."
        )
    if WEBSITES in build.others:
        file = lasting_name(Path(build.config["websites"]), build.config)
        yield f"How websites were read is set in {file}, which is no file of the run."


def _platforms(build: Build, made: Made) -> Iterator[str]:
    rows = rows_of(made, "databases_summary")
    here = [row for row in rows if row["source"] in build.exported]
    named = sum(bool(row.get("platform")) for row in here)
    if named < len(here):
        yield f"Databases whose platform is told: {named} of {len(here)}."


def _websites(build: Build, made: Made) -> Iterator[str]:
    rows = build.rows(f"records/{WEBSITES}.csv") if WEBSITES in build.others else []
    whole = sum(row["state"] == COMPLETE for row in rows)
    if whole < len(rows):
        yield f"Websites that were searched to the end: {whole:,} of {len(rows):,}."


def _published(build: Build) -> int:
    """Return how many works only the published review decided."""
    return sum(row["decided_by"] == BY_PUBLICATION for row in build.final_of.values())


def _selection(build: Build, made: Made) -> Iterator[str]:
    acts = [row for row in build.acts if row["role"] == SCREENER]
    blind = sum(row["blinded"] == "true" for row in acts)
    if blind < len(acts):
        yield (
            "Standing acts of screeners that are recorded as done blind to the others: "
            f"{blind:,} of {len(acts):,}."
        )
    if build.acts and (published := _published(build)):
        yield (
            "Works that the published review alone decided, by how many people is not said: "
            f"{published:,}."
        )


def _flow(build: Build, made: Made) -> Iterator[str]:
    if not is_searched(build):
        yield "Nothing was searched in this run."
    undecided = sum(row["state"] not in DECIDED for row in build.final_of.values())
    if undecided:
        yield f"Works that are not decided in the end: {undecided:,} of {len(build.final_of):,}."
    if published := _published(build):
        yield (
            "Works that the published review alone decided, by which steps is not said: "
            f"{published:,}."
        )
    boxes = {row["box"]: row["this_run"] for row in rows_of(made, "prisma")}
    if boxes.get("studies") == NOT_STATED:
        yield "How many studies the included reports are of is not stated."


def _reasons(build: Build, made: Made) -> Iterator[str]:
    rows = rows_of(made, "excluded")
    without = sum(row["reason"] == NO_REASON for row in rows)
    if without:
        yield f"Without a reason: {without:,} of {len(rows):,}."


def _characteristics(build: Build, made: Made) -> Iterator[str]:
    included, told = rows_of(made, "included_sources"), summarised(build, made)
    if len(told) < len(included):
        file = lasting_name(Path(build.config["extraction"]) / SUMMARIES, build.config)
        yield (
            f"Included works with a row of characteristics: {len(told):,} of {len(included):,}; the "
            f"others are to be written into {file}."
        )


LACKING: dict[str, Callable[[Build, Made], Iterator[str]]] = {
    "databases": _databases,
    "dates": _dates,
    "requests": _requests,
    "typed": _typed,
    "platforms": _platforms,
    "websites": _websites,
    "selection": _selection,
    "flow": _flow,
    "reasons": _reasons,
    "characteristics": _characteristics,
}
"""What a run may lack of an item, by the names that `answers.csv` uses; nothing: it lacks nothing."""
