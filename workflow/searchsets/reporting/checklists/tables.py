"""Fills in the reporting checklists of a review from what its run did, and what it did not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from searchsets.errors import ReviewError
from searchsets.files import read_csv
from searchsets.reporting.build import Build, Row
from searchsets.reporting.checklists.lacking import (
    LACKING,
    Made,
    is_searched,
    rows_of,
    summarised,
)
from searchsets.reporting.tables.model import NOT_REPORTED, Rows, Table, table
from searchsets.screening.outcomes.states import INCLUDED
from searchsets.sources.websites.documents import SOURCE as WEBSITES

CHECKLISTS = {
    "prisma_2020": "The PRISMA 2020 checklist (Page et al. 2021, BMJ 372:n71, CC BY 4.0)",
    "prisma_s": "The PRISMA-S checklist of searches (Rethlefsen et al. 2021, Systematic Reviews "
    "10:39, CC BY 4.0)",
}
DONE, IN_PART = "done by this run", "in part by this run"
BY_REVIEW = "reported by the published review"
IN_PART_BY_REVIEW = "reported in part by the published review"
NOT_DONE, FOR_AUTHORS = "not done", "for the authors"
STATUSES = (DONE, IN_PART, BY_REVIEW, IN_PART_BY_REVIEW, NOT_DONE, FOR_AUTHORS)

PUBLISHED = "reporting_items.csv"
PUBLISHED_COLUMNS = ("checklist", "item", "reported", "where", "note")
_REPORTED = {"yes": "", "partly": "partly: ", "no": ""}
_ANSWERS = ("checklist", "item", "fact", "status", "reported_in", "note", "otherwise",
            "otherwise_note", "lacking")  # fmt: skip
_FOLDER = Path(__file__).parent
MADE_LATER = frozenset(
    (
        "bibliography/excluded.ris",
        "bibliography/included.ris",
        "figures/prisma.svg",
        "manifest.json",
        "report.html",
    )
)
"""Files of every run that are made after the tables, or with them."""


def items_of(checklist: str) -> list[Row]:
    """Return the items of a checklist, worded as its authors published them."""
    return read_csv(_FOLDER / f"{checklist}.csv", ("item", "section", "topic", "wording"))


def checklist(build: Build, made: Sequence[Table], name: str) -> Table:
    """Return a checklist with, for each item, whether it is done and where it stands.

    Args:
        build: the run.
        made: the tables of the run that are made so far.
        name: one of `CHECKLISTS`.

    Raises:
        ReviewError: `reporting_items.csv` names an item that there is not.
    """
    by_name = {one.name: one for one in made}
    facts = {fact: is_so(build, by_name) for fact, is_so in FACTS.items()}
    every = read_csv(_FOLDER / "answers.csv", _ANSWERS)
    answers = {row["item"]: row for row in every if row["checklist"] == name}
    items = items_of(name)
    published = _published(build, name, {row["item"] for row in items})
    of_review = ["published_review"] if build.words.review else []
    columns = ("item", "section", "topic", "wording", "status", "reported_in", *of_review, "note")
    repeated = (
        " Published review: where the review that is run again reports it." if of_review else ""
    )

    def rows() -> Rows:
        for item in items:
            answer = answers[item["item"]]
            holds = bool(answer["fact"]) and facts[answer["fact"]]
            yield item | _answered(build, by_name, answer, published, holds)

    return table(
        f"checklist_{name}",
        f"{CHECKLISTS[name]}, filled in from the facts of this run. Done: what the item asks stands "
        "in the files named; in part: some of it does, and the note says what." + repeated,
        columns,
        ({column: row[column] for column in columns} for row in rows()),
    )


def _answered(
    build: Build, made: Made, answer: Row, published: Mapping[str, Row] | None, holds: bool
) -> dict[str, Any]:
    """Return the status of an item, where it is reported, and what is to be said of it."""
    row = (published or {}).get(answer["item"])
    reported = row["reported"] if row else "no"
    status = answer["status"] if holds else answer["otherwise"]
    names = filter(None, answer["lacking"].split("; "))
    lacks = [sentence for name in names for sentence in LACKING[name](build, made)]
    if holds and lacks:
        status = IN_PART
    if not holds and reported != "no":
        status = BY_REVIEW if reported == "yes" else IN_PART_BY_REVIEW
    notes = [answer["note" if holds else "otherwise_note"], *lacks]
    if row and row["note"]:
        notes.append(f"The published review: {row['note']}.")
    return {
        "status": status,
        "reported_in": _there(build, made, answer["reported_in"]) if holds else [],
        "published_review": _place(row) if row else None,
        "note": " ".join(filter(None, notes)),
    }


def _place(row: Row) -> str:
    return NOT_REPORTED if row["reported"] == "no" else _REPORTED[row["reported"]] + row["where"]


def _there(build: Build, made: Made, names: str) -> list[str]:
    """Return those files that this run has; a name with * stands for all that it fits."""
    return [name for name in names.split("; ") if _exists(build, made, name)]


def _exists(build: Build, made: Made, name: str) -> bool:
    folder, _, file = name.partition("/")
    if folder == "tables":
        return file.removesuffix(".csv") in made
    drawn = folder == "figures" and bool(build.strategies)
    return name in MADE_LATER or drawn or any(build.folder.glob(name))


def _published(build: Build, checklist_name: str, items: set[str]) -> dict[str, Row] | None:
    """Return what the published review reports, by item; None if there is none, or nobody looked."""
    path = Path(build.config["extraction"]) / PUBLISHED
    if not build.words.review or not path.exists():
        return None
    found = {}
    for line, row in enumerate(read_csv(path, PUBLISHED_COLUMNS), start=2):
        if row["checklist"] not in CHECKLISTS:
            raise ReviewError(
                f"there is no checklist {row['checklist']!r}",
                f"{path}:{line}",
                f"write one of {', '.join(CHECKLISTS)}",
            )
        if row["checklist"] != checklist_name:
            continue
        if row["item"] not in items or row["reported"] not in _REPORTED:
            raise ReviewError(
                f"the row on item {row['item']!r} (reported: {row['reported']!r}) cannot be read",
                f"{path}:{line}",
                "name an item of the checklist, and yes, partly or no",
            )
        found[row["item"]] = row
    return found


def _is_included(build: Build, made: Made) -> bool:
    return any(row["state"] == INCLUDED for row in rows_of(made, "screening"))


def _has_source_databases(build: Build, made: Made) -> bool:
    imports = build.rows("records/import_log.csv") if build.exported else ()
    return any(row["source_databases"] for row in imports if row["database"] in build.exported)


FACTS: dict[str, Callable[[Build, Made], bool]] = {
    "always": lambda build, made: True,
    "repeats": lambda build, made: build.words.review is not None,
    "strategies": lambda build, made: bool(build.strategies),
    "criteria": lambda build, made: bool(build.criteria.criteria),
    "searched": lambda build, made: is_searched(build),
    "databases": lambda build, made: bool(build.exported),
    "source_databases": _has_source_databases,
    "asked": lambda build, made: bool(build.questions or WEBSITES in build.others),
    "websites": lambda build, made: WEBSITES in build.others,
    "supplied": lambda build, made: bool(build.supplied),
    "other_methods": lambda build, made: bool(build.elsewhere or rows_of(made, "known_items")),
    "works": lambda build, made: bool(build.work_of),
    "updates": lambda build, made: bool(build.base),
    "screened": lambda build, made: bool(build.acts),
    "flow": lambda build, made: bool(rows_of(made, "prisma")),
    "excluded": lambda build, made: bool(rows_of(made, "excluded")),
    "included": _is_included,
    "extracted": lambda build, made: bool(summarised(build, made)),
}
"""What can be told of a run, by the names that `answers.csv` uses."""
