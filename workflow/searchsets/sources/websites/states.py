"""How far each site is: complete, blocked, stopped or not harvested, told from what was kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from searchsets.files import write_csv
from searchsets.sources.websites.folder import SiteFolder
from searchsets.sources.websites.kept import SAVED, Holds, holds
from searchsets.sources.websites.model import Walk
from searchsets.sources.websites.sites import Site
from searchsets.sources.websites.walk import walk

COMPLETE, BLOCKED, STOPPED, NOT_HARVESTED = "complete", "blocked", "stopped", "not harvested"
STATE_COLUMNS = (
    "site", "organisation", "report", "state", "note", "pages", "saved_pages", "documents",
    "robots_refused", "not_taken", "first_asked", "last_asked",
)  # fmt: skip
_SHOWN = 3


@dataclass(frozen=True)
class State:
    """How far a site is, and what a person should know or do."""

    name: str
    note: str


def state_of(made: Walk, folder: SiteFolder) -> State:
    """Return how far a site is."""
    if holds(folder.folder) is Holds.NOTHING:
        return State(NOT_HARVESTED, made.site.note)
    notes = list(_notes(made, folder))
    if made.walls:
        address, why = next(iter(made.walls.items()))
        wall = f"Blocked at {address}: {why}."
        return State(BLOCKED, " ".join([wall, *notes, save_by_hand(folder)]))
    is_complete = made.is_whole and not folder.saved.faults
    return State(COMPLETE if is_complete else STOPPED, " ".join(notes))


def save_by_hand(folder: SiteFolder) -> str:
    """Return what a person can do where a site keeps programs out."""
    saved = f"{folder.folder.name}/{SAVED}"
    return f"Nothing is done against that: save its pages from a browser into {saved}/."


def _notes(made: Walk, folder: SiteFolder) -> Iterator[str]:
    if made.beyond:
        yield (
            f"The most of {made.site.most:,} pages is reached and {made.beyond:,} known ones were "
            "not asked for: raise `most`, or name what is endless in `leave_out`."
        )
    if made.waiting:
        yield (
            f"{len(made.waiting):,} addresses are still to be had: {_some(made.waiting)}. Give the "
            "command again; what never answers can be named in `leave_out`."
        )
    yield from _of_lost_lists(made, folder)
    if refused := made.refused & made.documents.keys():
        yield (
            f"The pages of {len(refused):,} documents were refused: of these is known what lists "
            "say. The next harvest asks for them again."
        )
    for file, why in folder.saved.faults[:_SHOWN]:
        yield f"The saved file {file} is not read: {why}."
    if made.is_whole and not made.documents:
        yield "No document was found: look at the selectors and patterns of the site."


def _of_lost_lists(made: Walk, folder: SiteFolder) -> Iterator[str]:
    """Say which lists are not read, starts first: what they name may be missing."""
    lost = sorted(made.lists_lost.values(), key=lambda one: not one.is_start)
    for one in lost[:_SHOWN]:
        kind = "start" if one.is_start else "list"
        yield f"The {kind} {one.address} is not read: {one.why}."
    if len(lost) > _SHOWN:
        yield f"{len(lost) - _SHOWN:,} more lists are not read."
    if lost:
        file = next((one.file for one in lost if one.file), "")
        again = f"delete {folder.folder.name}/{file} to ask again" if file else "harvest again"
        yield (
            "Documents that they name may be missing: mend the entry in websites.yaml, save the "
            f"pages into {folder.folder.name}/{SAVED}/, {again}, or name in `leave_out` what is "
            "no list."
        )


def _some(waiting: dict[str, str]) -> str:
    shown = [f"{address} ({why})" for address, why in list(waiting.items())[:_SHOWN]]
    return "; ".join([*shown, *(["..."] if len(waiting) > _SHOWN else [])])


def state_row(made: Walk, folder: SiteFolder) -> dict[str, Any]:
    """Return the row of a site; what is not known of one that was not harvested is empty."""
    site, state = made.site, state_of(made, folder)
    row: dict[str, Any] = {
        "site": site.name,
        "organisation": site.organisation,
        "report": site.report,
        "state": state.name,
        "note": state.note,
    }
    if state.name == NOT_HARVESTED:
        return row | dict.fromkeys(STATE_COLUMNS[5:])
    times = sorted(one.time for one in folder.reads.values() if one.time)
    return row | {
        "pages": made.pages,
        "saved_pages": len(folder.saved.pages),
        "documents": len(made.documents),
        "robots_refused": len(made.by_robots),
        "not_taken": len(made.not_taken),
        "first_asked": times[0] if times else None,
        "last_asked": times[-1] if times else None,
    }


def write_states(sites: list[Site], store: Path, out: Path) -> list[dict[str, Any]]:
    """Write `websites.csv`: a row a site, in the order of the configuration; return the rows.

    Args:
        sites: the sites of `config/websites.yaml`.
        store: the folder with a folder a site.
        out: the file to write.

    Raises:
        ReviewError: a kept answer is damaged, or a `saved.csv` is wrong.
    """
    rows = []
    for site in sites:
        folder = SiteFolder(site, store / site.name)
        rows.append(state_row(walk(site, folder), folder))
    write_csv(out, STATE_COLUMNS, rows)
    return rows
