"""What `searchsets harvest websites` does: one site after the other, none stopping the others."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from searchsets.errors import ReviewError
from searchsets.sources.bar import Bar, bar
from searchsets.sources.websites.archive import LEAST_PACE
from searchsets.sources.websites.sites import Site, read_sites
from searchsets.sources.websites.states import COMPLETE
from searchsets.words import duration

Say = Callable[[str], None]


def harvest_websites(
    sites_file: Path,
    store: Path,
    contact: str,
    only: Collection[str],
    dry_run: bool,
    say: Say,
) -> list[str]:
    """Harvest the websites of a review, or show what that would be.

    Args:
        sites_file: `config/websites.yaml`.
        store: the folder with a folder a site, `resources/harvest/websites`.
        contact: an address at which the sites can reach the person who asks.
        only: names of sites, if not all are to be harvested.
        dry_run: show the plan and send nothing.
        say: tells a person what happens.

    Returns:
        A line for each site that is not complete; the last lines that were said are these.

    Raises:
        ReviewError: the file of the sites is wrong, or a name is none of a site.
    """
    sites = _chosen(read_sites(sites_file), only, sites_file)
    for site in sites:
        for line in plan_of(site):
            say(line)
    if dry_run:
        say("nothing was sent")
        return []
    left = [line for site in sites if (line := _harvest_one(site, store, contact, say))]
    if left:
        say(f"{len(left)} of {len(sites)} sites are not complete:")
        for line in left:
            say(f"  {line}")
    return left


def _chosen(sites: list[Site], only: Collection[str], sites_file: Path) -> list[Site]:
    known = [site.name for site in sites]
    for name in only:
        if name not in known:
            raise ReviewError(
                f"there is no site {name!r}", str(sites_file), f"name one of: {', '.join(known)}"
            )
    return [site for site in sites if not only or site.name in only]


def plan_of(site: Site) -> Iterator[str]:
    """Yield what would be asked of a site, as lines for a person."""
    pace = max(site.pace, LEAST_PACE) if site.archive else site.pace
    tried = "" if site.tried_live else ", never tried live"
    yield f"{site.name}: {site.title or site.organisation}{tried}"
    if site.archive:
        dates = f"{site.archive.first or 'the first'} to {site.archive.last or 'the last'}"
        yield f"  the Wayback Machine's captures, {dates}, of: {', '.join(site.archive.of)}"
    yield f"  starts: {', '.join(site.starts) or 'none'}"
    yield (
        f"  {site.depth} steps from a start, at most {site.most:,} pages, one every {pace:g} "
        f"seconds or more: so many take {duration(site.most * pace)} at least"
    )


def _harvest_one(site: Site, store: Path, contact: str, say: Say) -> str:
    """Harvest one site; return what is to be said of it in the end, nothing if it is complete."""
    from searchsets.sources.web import Web  # it takes a while to import
    from searchsets.sources.websites.harvest import harvest_site

    try:
        with bar(site.name, say) as shown:
            web = Web(contact, permitted=_named_machines(site), say=shown.say)
            on_page = Progress(shown, site.most)
            done = harvest_site(site, web, store / site.name, shown.say, on_page)
    except (ReviewError, OSError) as error:
        say(f"{site.name}: {error}")
        return f"{site.name}: {error}"
    made = done.walk
    state, note = done.state.name, done.state.note
    say(
        f"{site.name}: {state}: {made.pages:,} pages, {len(made.documents):,} documents, "
        f"{len(made.not_taken):,} not taken, {len(made.by_robots):,} refused by robots.txt"
    )
    ended = f" ({done.why_ended})" if done.why_ended else ""
    return "" if state == COMPLETE else f"{site.name}: {state}{ended}: {note}"


def _named_machines(site: Site) -> frozenset[str]:
    """Return the hosts that a person wrote as addresses of machines: those may be local ones."""
    return frozenset(host for host in site.stay_on if _is_machine(host))


def _is_machine(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return host == "localhost"
    return True


class Progress:
    """Shows on a bar how far a walk is."""

    def __init__(self, shown: Bar, most: int):
        """Take the bar, and how many pages are asked for at most."""
        self._shown, self._most = shown, most
        self._had = self._known = 0

    def __call__(self, had: int, left: int) -> None:
        """Show how many pages were had, and how many are known to be left."""
        known = had + max(1, min(left, self._most - had))  # a bar that was full stays so
        self._shown.there_are(known - self._known)
        self._shown.came(had - self._had)
        self._had, self._known = had, known
