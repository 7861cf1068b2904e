"""How far each site is: complete, blocked, stopped or not harvested, told from what was kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from searchsets.files import write_csv
from searchsets.sources.exchange import Answer
from searchsets.sources.websites.kept import PAGES, SAVED, Kept, was_begun
from searchsets.sources.websites.sites import Site
from searchsets.sources.websites.walk import NO_JAVASCRIPT, Walk, walk
from searchsets.sources.websites.walls import archive_refusal, challenge_of, refusal_of

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


def state_of(made: Walk, kept: Kept) -> State:
    """Return how far a site is."""
    if not was_begun(kept.folder):
        return State(NOT_HARVESTED, made.site.note)
    notes = list(_notes(made, kept))
    if not made.is_whole and (walls := list(_walls(made.site, kept.troubles))):
        return State(BLOCKED, " ".join([*walls, *notes, save_by_hand(kept)]))
    stopped = not made.is_whole or any(_lost_starts(made, kept)) or kept.saved.faults
    return State(STOPPED if stopped else COMPLETE, " ".join(notes))


def save_by_hand(kept: Kept) -> str:
    """Return what a person can do where a site keeps programs out."""
    folder = f"{kept.folder.name}/{SAVED}"
    return f"Nothing is done against that: save its pages from a browser into {folder}/."


def _walls(site: Site, troubles: list[Answer]) -> Iterator[str]:
    for answer in troubles:
        if why := _wall(site, answer):
            yield f"Blocked at {answer.url}: {why}."
            return


def _wall(site: Site, answer: Answer) -> str:
    if site.archive:
        return archive_refusal(answer)
    if why := challenge_of(answer):
        return why
    if answer.url not in site.starts:
        return ""
    return refusal_of(answer) or (NO_JAVASCRIPT if answer.status == 200 else "")


def _notes(made: Walk, kept: Kept) -> Iterator[str]:
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
    yield from _lost_starts(made, kept)
    for file, why in kept.saved.faults[:_SHOWN]:
        yield f"The saved file {file} is not read: {why}."
    if made.is_whole and not made.documents:
        yield "No document was found: look at the selectors and patterns of the site."


def _lost_starts(made: Walk, kept: Kept) -> Iterator[str]:
    for address in map(kept.known_as, made.site.starts):
        if left := made.not_taken.get(address):
            file = kept.path_of(address).name
            yield (
                f"The start {address} is not read: {left.reason}. Mend it in websites.yaml, or "
                f"delete {kept.folder.name}/{PAGES}/{file} to ask again."
            )
        elif address in made.by_robots:
            yield f"The start {address} is not read: its robots.txt allows no program to."


def _some(waiting: dict[str, str]) -> str:
    shown = [f"{address} ({why})" for address, why in list(waiting.items())[:_SHOWN]]
    return "; ".join([*shown, *(["..."] if len(waiting) > _SHOWN else [])])


def state_row(made: Walk, kept: Kept) -> dict[str, Any]:
    """Return the row of a site; what is not known of one that was not harvested is empty."""
    site, state = made.site, state_of(made, kept)
    row: dict[str, Any] = {
        "site": site.name,
        "organisation": site.organisation,
        "report": site.report,
        "state": state.name,
        "note": state.note,
    }
    if state.name == NOT_HARVESTED:
        return row | dict.fromkeys(STATE_COLUMNS[5:])
    times = sorted(one.time for one in kept.reads.values() if one.time)
    return row | {
        "pages": made.pages,
        "saved_pages": len(kept.saved.pages),
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
        kept = Kept(site, store / site.name)
        rows.append(state_row(walk(site, kept), kept))
    write_csv(out, STATE_COLUMNS, rows)
    return rows
