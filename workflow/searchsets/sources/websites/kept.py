"""What there is of one site: answers that were kept, and pages that people saved.

Nothing here asks. An address leads to what was answered, or to why there is nothing; so the same
walk over a site serves the harvest, which asks for what is not there, and the reading.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from searchsets.sources.exchange import ENDING, Answer
from searchsets.sources.store import kept
from searchsets.sources.websites import archive, saved
from searchsets.sources.websites.addresses import (
    canonical,
    file_name,
    joined,
    origin_of,
    without_archive,
)
from searchsets.sources.websites.robots import Rules, says_anything
from searchsets.sources.websites.sites import Site

PAGES, TROUBLES, SAVED = "pages", "troubles", "saved"
"""Folders of a site: good answers; the last bad answer of an address; what people saved."""
_MOVED = frozenset((301, 302, 303, 307, 308))
_HOPS = 5


@dataclass(frozen=True)
class Got:
    """An answer, where it came from in the end, and when an archive captured it."""

    answer: Answer
    address: str
    captured: str = ""


@dataclass(frozen=True)
class Missing:
    """Why there is no answer. `waits` tells whether the harvest would ask for it."""

    why: str
    waits: bool = False
    by_robots: bool = False


NOT_ASKED = Missing("it was not asked for yet", waits=True)
BY_ROBOTS = Missing("robots.txt allows no program to read it", by_robots=True)


@dataclass(frozen=True)
class Read:
    """One answer, or saved page, that was read."""

    address: str
    file: str
    status: int
    time: str
    sha256: str


@dataclass
class Kept:
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

    def get(self, address: str) -> Got | Missing:
        """Return what an address leads to.

        Args:
            address: in canonical spelling.
        """
        if page := self.saved.pages.get(address):
            self._note(page.answer, f"{SAVED}/{page.path.name}")
            return Got(page.answer, address, page.captured)
        asked = address
        if self.site.archive:
            capture = self.captures.of(address)
            if capture is None:
                unknown = not self.captures.is_whole
                return NOT_ASKED if unknown else Missing("the archive lists no capture of it")
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
            if answer.status not in _MOVED or not answer.header("location"):
                address, captured = without_archive(asked)
                return Got(answer, canonical(address), captured)
            to = self._target(asked, answer.header("location"))
            if to is None:
                return Missing(
                    f"it sends on to {answer.header('location')[:200]}, which is not followed"
                )
            asked = to
        return Missing(f"it sends from one address to the next, more than {_HOPS} times")

    def _target(self, asked: str, location: str) -> str | None:
        """Return where a redirect leads, if it is followed: to a host of the site, or the archive."""
        if self.site.archive:
            return archive.redirected(asked, location)
        to = joined(asked, location)
        return to if to and self.site.is_on(to) else None

    def answer_of(self, asked: str, *, is_robots: bool = False) -> Answer | Missing:
        """Return what was answered to exactly this address; robots.txt itself is always allowed."""
        path = self.path_of(asked)
        if path.exists():
            answer = kept(path)
            self._note(answer, f"{PAGES}/{path.name}")
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
            why = got.why
        elif not says_anything(got.answer):
            why = f"it answers {got.answer.status}"
        else:
            return got.answer
        return Missing(
            f"{robots} is not known ({why}), so nothing of the host is asked", waits=True
        )

    def ask(self, asked: str) -> Answer | Missing:
        """Return what is answered now: nothing, where nothing is asked."""
        return NOT_ASKED

    def path_of(self, asked: str, part: str = PAGES) -> Path:
        """Return the file of an address."""
        return self.folder / part / f"{file_name(asked)}{ENDING}"

    def _note(self, answer: Answer, file: str) -> None:
        made = hashlib.sha256(answer.content).hexdigest()
        time = answer.time.strftime("%Y-%m-%dT%H:%M:%SZ") if file.startswith(PAGES) else ""
        self.reads[file] = Read(answer.url, file, answer.status, time, made)

    @property
    def troubles(self) -> list[Answer]:
        """The last bad answers of addresses that gave no good one since."""
        paths = sorted((self.folder / TROUBLES).glob(f"*{ENDING}"))
        return [kept(path) for path in paths if not (self.folder / PAGES / path.name).exists()]


def was_begun(folder: Path) -> bool:
    """Tell whether a site was ever asked, answered or not, or a person saved a page of it."""
    return (folder / PAGES).is_dir() or any(saved.files_in(folder / SAVED))


def has_anything(folder: Path) -> bool:
    """Tell whether the folder of a site holds any answer, or a page that a person saved."""
    answers = any(any((folder / part).glob(f"*{ENDING}")) for part in (PAGES, TROUBLES))
    return answers or any(saved.files_in(folder / SAVED))


def has_answers(store: Path, sites: Iterable[Site]) -> bool:
    """Tell whether of any site an answer was kept or a page saved; a robots.txt alone is none.

    Args:
        store: the folder with a folder a site.
        sites: the sites of `config/websites.yaml`.

    Raises:
        ReviewError: a kept answer is damaged.
    """
    return any(map(_has_page, (store / site.name for site in sites)))


def _has_page(folder: Path) -> bool:
    answers = map(kept, sorted((folder / PAGES).glob(f"*{ENDING}")))
    pages = (one for one in answers if not one.url.endswith("/robots.txt"))
    return any(saved.files_in(folder / SAVED)) or next(pages, None) is not None


def listed_files(store: Path, sites: Iterable[Site]) -> list[Path]:
    """Return all files that the reading of the sites rests on, in the order of their names."""
    folders = (store / site.name / part for site in sites for part in (PAGES, TROUBLES, SAVED))
    return sorted(path for folder in folders for path in folder.glob("[!.]*") if path.is_file())
