"""The folder of one site: answers that were kept, and pages that people saved.

Nothing here asks. An address leads to what was answered, or to why there is nothing; so the same
walk over a site serves the harvest, which asks for what is not there, and the reading.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from searchsets.sources.exchange import ENDING, MOVED, TROUBLE, Answer
from searchsets.sources.store import kept
from searchsets.sources.websites import archive, saved
from searchsets.sources.websites.addresses import (
    canonical,
    file_name,
    is_robots_txt,
    joined,
    origin_of,
    without_archive,
)
from searchsets.sources.websites.kept import PAGES, SAVED
from searchsets.sources.websites.model import BY_ROBOTS, NO_CAPTURE, NOT_ASKED, Got, Missing, Read
from searchsets.sources.websites.robots import Rules, says_anything
from searchsets.sources.websites.sites import Site
from searchsets.sources.websites.walls import (
    archive_refusal,
    challenge_of,
    nothing_shown,
    refusal_of,
)

_HOPS = 5


@dataclass
class SiteFolder:
    """The folder of one site, as it is."""

    site: Site
    folder: Path
    reads: dict[str, Read] = field(default_factory=dict)
    """What was read so far, by file."""
    _rules: dict[str, Rules] = field(default_factory=dict)

    @cached_property
    def saved(self) -> saved.SavedPages:
        """The pages that people saved."""
        return saved.read_saved(self.folder / SAVED)

    @cached_property
    def captures(self) -> archive.Listing:
        """What the web archive lists, as far as it is there; nothing for a site that is live."""
        return archive.listing(self.site, self.answer_of)

    @cached_property
    def starts(self) -> tuple[str, ...]:
        """The starts of the site, as they were captured if they were."""
        return tuple(map(self.known_as, self.site.starts))

    def get(self, address: str) -> Got | Missing:
        """Return what an address leads to.

        Args:
            address: in canonical spelling.
        """
        if page := self.saved.pages.get(address):
            file = f"{SAVED}/{page.path.name}"
            self._note(page.answer, file)
            return Got(page.answer, address, file, page.captured)
        asked = address
        if self.site.archive:
            capture = self.captures.of(address)
            if capture is None:
                return NO_CAPTURE if self.captures.lack is None else NOT_ASKED
            asked = capture.replay
        return self._followed(asked)

    def known_as(self, address: str) -> str:
        """Return an address as it was captured, if it was: the archive knows no spellings."""
        capture = self.captures.of(address)
        return capture.original if capture else address

    def _followed(self, asked: str, *, is_robots: bool = False) -> Got | Missing:
        for _ in range(_HOPS + 1):
            answer = self.answer_of(asked, is_robots=is_robots)
            if isinstance(answer, Missing):
                return answer
            if answer.status not in MOVED or not answer.header("location"):
                address, captured = without_archive(asked)
                return Got(answer, canonical(address), _file(self.path_of(asked)), captured)
            to = self._target(asked, answer.header("location"))
            if to is None:
                return Missing(
                    f"it sends on to {answer.header('location')[:200]}, which is not followed"
                )
            asked = to
        return Missing(f"it sends from one address to the next, more than {_HOPS} times")

    def _target(self, asked: str, location: str) -> str | None:
        """Return where a redirect leads if it is followed: to hosts of the site or the archive."""
        if self.site.archive:
            return archive.redirected(asked, location)
        to = joined(asked, location)
        return to if to and self.site.is_on(to) else None

    def answer_of(self, asked: str, *, is_robots: bool = False) -> Answer | Missing:
        """Return what was answered to exactly this address; robots.txt itself is always allowed."""
        path = self.path_of(asked)
        if path.exists():
            answer = kept(path)
            self._note(answer, _file(path))
            return answer
        if not is_robots:
            rules = self.rules(f"{origin_of(asked)}/robots.txt")
            if isinstance(rules, Missing):
                return rules
            if not rules.allows(asked):
                return BY_ROBOTS
        return self.ask(asked)

    def rules(self, robots: str) -> Rules | Missing:
        """Return the rules of a robots.txt, if they are known."""
        if robots not in self._rules:
            got = self._robots_answer(robots)
            if isinstance(got, Missing):
                return got
            self._rules[robots] = Rules(got)
        return self._rules[robots]

    def _robots_answer(self, robots: str) -> Answer | Missing:
        """Return the answer of a robots.txt; redirects are followed as those of pages (2.3.1.2)."""
        got = self._followed(robots, is_robots=True)
        if isinstance(got, Missing):
            why, is_wall = got.why, got.is_wall
        elif not says_anything(got.answer):
            why, is_wall = f"it answers {got.answer.status}", False
        else:
            return got.answer
        said = f"{robots} is not known ({why}), so nothing of the host is asked"
        return Missing(said, waits=True, is_wall=is_wall)

    def ask(self, asked: str) -> Answer | Missing:
        """Return what is answered now: nothing, where nothing is asked; a bad answer says why."""
        path = self.path_of(asked, TROUBLE)
        if not path.exists():
            return NOT_ASKED
        answer = kept(path)
        said = f"the last answer was {answer.status} {answer.reason}".strip()
        return self.judged(answer) or Missing(said, waits=True)

    def judged(self, answer: Answer) -> Missing | None:
        """Return what is wrong with an answer that is none for a program; None for all others.

        A captured page may be a challenge that the archive met; asked again it is the same.
        """
        if self.site.archive and archive.is_listing(answer):
            why = archive_refusal(answer)
            return Missing(why, waits=True, is_wall=True) if why else None
        if not self.site.archive and (why := challenge_of(answer)):
            return Missing(why, waits=True, is_wall=True)
        if is_robots_txt(answer.url):  # one that is refused allows all
            return None
        if self.site.archive:
            why = archive_refusal(answer) or refusal_of(answer)
        else:
            why = nothing_shown(answer)
        return Missing(why, refused=True) if why else None

    def path_of(self, asked: str, part: str = PAGES) -> Path:
        """Return the file of an address."""
        return self.folder / part / f"{file_name(asked)}{ENDING}"

    def _note(self, answer: Answer, file: str) -> None:
        made = hashlib.sha256(answer.content).hexdigest()
        time = answer.time.strftime("%Y-%m-%dT%H:%M:%SZ") if file.startswith(PAGES) else ""
        self.reads[file] = Read(answer.url, file, answer.status, time, made)


def _file(path: Path) -> str:
    """Return the place of a kept answer within the folder of its site."""
    return f"{path.parent.name}/{path.name}"
