"""Asks for what is wanted of a site and not there yet, and keeps each answer before it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from searchsets.errors import ReviewError
from searchsets.sources.exchange import Answer, Refused, Request
from searchsets.sources.store import alone_in, keep, kept
from searchsets.sources.web import Web
from searchsets.sources.websites.archive import LEAST_PACE, read_listing
from searchsets.sources.websites.kept import PAGES, TROUBLES, Kept, Missing
from searchsets.sources.websites.pages import Unreadable, kind_of, read_page
from searchsets.sources.websites.robots import Rules
from searchsets.sources.websites.sites import Site
from searchsets.sources.websites.states import State, state_of
from searchsets.sources.websites.walk import OnPage, Walk, walk
from searchsets.sources.websites.walls import (
    archive_refusal,
    challenge_of,
    needs_javascript,
    refusal_of,
)

_ROBOTS_LAST = timedelta(hours=24)  # RFC 9309, 2.4
_MOST_IN_A_ROW = 3
_LONGEST_DELAY = 120.0

Say = Callable[[str], None]


class _Blocked(Exception):
    """The site keeps programs out: nothing more is asked."""


class _Given(Exception):
    """The site gives no answer time after time, or asks for too long waits."""


@dataclass
class Asking(Kept):
    """The folder of one site, to which the answers that are not there yet are added."""

    web: Web = field(kw_only=True)
    say: Say = field(kw_only=True)
    _renewed: set[str] = field(default_factory=set)
    _unknown: dict[str, Missing] = field(default_factory=dict)
    _failed: int = 0

    def ask(self, asked: str) -> Answer | Missing:
        """Ask for an address, and keep what is answered; a bad answer is kept apart.

        Raises:
            _Blocked: the answer is one that sites give to programs, to keep them out.
            _Given: too many addresses in a row gave no answer.
        """
        self.web.on_trouble = lambda answer, why: keep(self.path_of(asked, TROUBLES), answer)
        try:
            answer, why = self.web.ask(Request(asked), self._wall)
        except ReviewError as error:
            return self._failure(asked, error)
        self._failed = 0
        if why:
            keep(self.path_of(asked, TROUBLES), answer)
            raise _Blocked(why)
        keep(self.path_of(asked), answer)
        self.path_of(asked, TROUBLES).unlink(missing_ok=True)
        return super().answer_of(asked)

    def _wall(self, answer: Answer) -> str:
        """Return how an answer keeps programs out, or nothing."""
        if self.site.archive:
            if "/cdx/search/" not in answer.url:
                return ""
            if why := archive_refusal(answer):
                return why
            if answer.status != 200:
                raise Refused(f"the archive answers {answer.status} {answer.reason}".strip())
            read_listing(answer)  # raises if it is none, so that it is asked for again
            return ""
        if why := challenge_of(answer):
            return why
        if answer.url not in self.site.starts:
            return ""
        return refusal_of(answer) or _empty_without_scripts(answer)

    def _failure(self, asked: str, error: ReviewError) -> Missing:
        path = self.path_of(asked, TROUBLES)
        if path.exists() and (why := challenge_of(kept(path))):
            raise _Blocked(why)
        self._failed += 1
        self.say(f"{self.site.name}: {asked}: {error.what}")
        if self._failed >= _MOST_IN_A_ROW:
            raise _Given(f"{self._failed} addresses in a row gave no answer")
        return Missing(error.what, waits=True)

    def rules(self, robots: str) -> Rules | Missing:
        """Return the rules of a robots.txt, asked for again when they are of another day."""
        if robots in self._unknown:
            return self._unknown[robots]
        if robots not in self._renewed:
            self._renewed.add(robots)
            self._renew(robots)
        rules = super().rules(robots)
        if isinstance(rules, Rules):
            self._keep_pace(robots, rules.delay)
        else:
            self._unknown[robots] = rules
        return rules

    def _renew(self, robots: str) -> None:
        path = self.path_of(robots)
        if not path.exists():
            return
        old = datetime.now(UTC) - kept(path).time > _ROBOTS_LAST
        # One that told nothing may tell more now; a person asks again because of it.
        if (old or isinstance(self._robots_answer(robots), Missing)) and isinstance(
            self.ask(robots), Missing
        ):
            path.unlink()  # what was allowed then may not be so today

    def _keep_pace(self, robots: str, delay: float) -> None:
        if delay > _LONGEST_DELAY:
            raise _Given(f"{robots} asks for {delay:,.0f} seconds between requests")
        if delay > self.web.interval:
            self.say(f"{self.site.name}: {robots} asks for {delay:g} seconds between requests")
            self.web.interval = delay


def _empty_without_scripts(answer: Answer) -> str:
    if answer.status != 200 or kind_of(answer) != "html":
        return ""
    try:
        empty = needs_javascript(read_page(answer, answer.url))
    except (Unreadable, RecursionError):
        return ""
    return "its page holds no text unless its scripts are run" if empty else ""


@dataclass(frozen=True)
class Harvested:
    """What came of the harvest of one site."""

    state: State
    walk: Walk
    why_ended: str = ""
    """Why it was broken off, if it was."""


def harvest_site(
    site: Site, web: Web, folder: Path, say: Say, on_page: OnPage = lambda had, left: None
) -> Harvested:
    """Harvest a site, or go on with it: whatever is kept is not asked for again.

    Args:
        site: what is asked for.
        web: the session; the pace of the site is set in it, and redirects are left to the walk.
        folder: the folder of this site in the store.
        say: tells a person what happens.
        on_page: is told how far it is, after each page.

    Returns:
        The state of the site, which is not `complete` where something is left, and what was met.

    Raises:
        ReviewError: another harvest is at work in the folder, a kept answer is damaged, or
            `saved.csv` is wrong.
    """
    web.interval = max(site.pace, LEAST_PACE) if site.archive else site.pace
    web.follow_redirects = False
    for part in (PAGES, TROUBLES):
        (folder / part).mkdir(parents=True, exist_ok=True)
    with alone_in(folder):
        why_ended = ""
        try:
            walk(site, Asking(site, folder, web=web, say=say), on_page)
        except (_Blocked, _Given) as error:
            why_ended = str(error)
            say(f"{site.name}: {error}: nothing more is asked")
        # What is there now is read anew, as the import will read it.
        there = Kept(site, folder)
        made = walk(site, there)
        return Harvested(state_of(made, there), made, why_ended)
