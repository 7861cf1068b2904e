"""Fills in the reporting checklists of a review from what its run did, and what it did not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from searchsets.errors import ReviewError
from searchsets.files import read_csv
from searchsets.reporting.build import Build, Row
from searchsets.reporting.tables.model import NOT_REPORTED, Rows, Table, table
from searchsets.screening.model import PEOPLE
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
            "otherwise_note")  # fmt: skip
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

Made = Mapping[str, Table]


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

    def rows() -> Rows:
        for item in items:
            answer = answers[item["item"]]
            holds = bool(answer["fact"]) and facts[answer["fact"]]
            yield item | _answered(build, by_name, answer, published, holds)

    return table(
        f"checklist_{name}",
        f"{CHECKLISTS[name]}, filled in from the facts of this run. Done: what the item asks stands "
        "in the files named; in part: some of it does, and the note says what. Published review: "
        "where the review that is run again reports it.",
        (
            "item",
            "section",
            "topic",
            "wording",
            "status",
            "reported_in",
            "published_review",
            "note",
        ),
        rows(),
    )


def _answered(
    build: Build, made: Made, answer: Row, published: Mapping[str, Row] | None, holds: bool
) -> dict[str, Any]:
    """Return the status of an item, where it is reported, and what is to be said of it."""
    row = (published or {}).get(answer["item"])
    reported = row["reported"] if row else "no"
    status = answer["status"] if holds else answer["otherwise"]
    if not holds and reported != "no":
        status = BY_REVIEW if reported == "yes" else IN_PART_BY_REVIEW
    notes = [answer["note" if holds else "otherwise_note"]]
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
    """Return what the published review reports, by item; None if nobody looked."""
    path = Path(build.config["extraction"]) / PUBLISHED
    if not path.exists():
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


def _rows(made: Made, name: str) -> list[dict[str, Any]]:
    return made[name].rows if name in made else []


def _is_screened(build: Build, made: Made) -> bool:
    return any(row["role"] in PEOPLE for row in build.events)


def _is_included(build: Build, made: Made) -> bool:
    return any(row["state"] == INCLUDED for row in _rows(made, "screening"))


def _is_searched(build: Build, made: Made) -> bool:
    return bool(build.exported or build.stand_ins or build.others or build.supplied)


def _is_extracted(build: Build, made: Made) -> bool:
    files = {path.name for path in Path(build.config["extraction"]).glob("*.csv")}
    return bool(files - {PUBLISHED}) and bool(_rows(made, "included_sources"))


FACTS: dict[str, Callable[[Build, Made], bool]] = {
    "always": lambda build, made: True,
    "strategies": lambda build, made: bool(build.strategies),
    "criteria": lambda build, made: bool(build.criteria.criteria),
    "searched": _is_searched,
    "databases": lambda build, made: bool(build.exported),
    "asked": lambda build, made: bool(build.questions or WEBSITES in build.others),
    "websites": lambda build, made: WEBSITES in build.others,
    "supplied": lambda build, made: bool(build.supplied),
    "stand_ins": lambda build, made: bool(build.stand_ins),
    "works": lambda build, made: bool(build.work_of),
    "screened": _is_screened,
    "flow": lambda build, made: bool(_rows(made, "prisma")),
    "excluded": lambda build, made: bool(_rows(made, "excluded")),
    "included": _is_included,
    "extracted": _is_extracted,
}
"""What can be told of a run, by the names that `answers.csv` uses."""
