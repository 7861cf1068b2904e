"""Asks for what is wanted of a site and not there yet, and keeps each answer before it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from searchsets.errors import ReviewError
from searchsets.sources.exchange import TROUBLE, Answer, Refused, Request
from searchsets.sources.store import alone_in, keep, kept
from searchsets.sources.web import Web
from searchsets.sources.websites.archive import LEAST_PACE, is_listing, read_listing
from searchsets.sources.websites.folder import SiteFolder
from searchsets.sources.websites.model import Got, Missing, Walk
from searchsets.sources.websites.robots import Rules
from searchsets.sources.websites.sites import Site
from searchsets.sources.websites.states import State, state_of
from searchsets.sources.websites.walk import OnPage, walk

_ROBOTS_LAST = timedelta(hours=24)  # RFC 9309, 2.4
_MOST_IN_A_ROW = 3
_FOLDERS = 2  # of the websites, of the site
_LONGEST_DELAY = 120.0

Say = Callable[[str], None]


class _Blocked(Exception):
    """The site keeps programs out: nothing more is asked."""


class _Given(Exception):
    """The site gives no answer time after time, or asks for too long waits."""


@dataclass
class Asking(SiteFolder):
    """The folder of one site, to which the answers that are not there yet are added."""

    web: Web = field(kw_only=True)
    say: Say = field(kw_only=True)
    last_failure: str = ""
    """Which address gave no answer last, and why."""
    _renewed: set[str] = field(default_factory=set)
    _unknown: dict[str, Missing] = field(default_factory=dict)
    _failed: int = 0

    def get(self, address: str) -> Got | Missing:
        """Return what an address leads to.

        Raises:
            _Blocked: it is a start, and shows nothing to programs; or as `ask` says.
            _Given: as `ask` says.
        """
        got = super().get(address)
        if isinstance(got, Missing) and got.refused and address in self.starts:
            raise _Blocked(got.why)
        return got

    def ask(self, asked: str) -> Answer | Missing:
        """Ask for an address, and keep what is answered; a bad answer is kept apart.

        Raises:
            _Blocked: the answer is one that sites give to programs, to keep them out.
            _Given: too many addresses in a row gave no answer.
        """
        bad: list[Answer] = []

        def on_trouble(answer: Answer, why: str) -> None:
            keep(self.path_of(asked, TROUBLE), answer)
            bad.append(answer)

        self.web.on_trouble = on_trouble
        try:
            answer, judged = self.web.ask(Request(asked), self._judged_now)
        except ReviewError as error:
            return self._failure(asked, error, bad)
        self._failed = 0
        if judged:
            keep(self.path_of(asked, TROUBLE), answer)
            if judged.is_wall:
                raise _Blocked(judged.why)
            return judged
        keep(self.path_of(asked), answer)
        self.path_of(asked, TROUBLE).unlink(missing_ok=True)
        return super().answer_of(asked)

    def _judged_now(self, answer: Answer) -> Missing | None:
        """Judge an answer; raise if it is no list of the archive, so that it is asked for again."""
        judged = self.judged(answer)
        if judged is None and self.site.archive and is_listing(answer):
            if answer.status != 200:
                raise Refused(f"the archive answers {answer.status} {answer.reason}".strip())
            read_listing(answer)
        return judged

    def _failure(self, asked: str, error: ReviewError, bad: list[Answer]) -> Missing:
        """Note that an address gave no answer that can be used, only the bad ones of just now."""
        judged = self.judged(bad[-1]) if bad else None
        if judged and judged.is_wall:
            raise _Blocked(judged.why)
        self._failed += 1
        self.last_failure = f"{asked}: {error.what}"
        self.say(f"{self.site.name}: {self.last_failure}")
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


@dataclass(frozen=True)
class Harvested:
    """What came of the harvest of one site."""

    state: State
    walk: Walk
    why_ended: str = ""
    """Why it was broken off, else which address gave no answer last, if one did not."""


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
    with alone_in(folder, _FOLDERS):
        asking = Asking(site, folder, web=web, say=say)
        try:
            walk(site, asking, on_page)
            why_ended = asking.last_failure
        except (_Blocked, _Given) as error:
            why_ended = str(error)
            say(f"{site.name}: {error}: nothing more is asked")
        # What is there now is read anew, as the import will read it.
        there = SiteFolder(site, folder)
        made = walk(site, there)
        return Harvested(state_of(made, there), made, why_ended)
