"""The vocabulary of the websites: what an address gives, what is a document, what a walk met."""

from __future__ import annotations

from dataclasses import dataclass, field

from searchsets.sources.exchange import Answer
from searchsets.sources.websites.found import Facts, Listed
from searchsets.sources.websites.sites import Site


@dataclass(frozen=True)
class Got:
    """An answer, where it came from in the end, its file, and when an archive captured it."""

    answer: Answer
    address: str
    file: str
    captured: str = ""


@dataclass(frozen=True)
class Missing:
    """Why an address gives nothing that can be read."""

    why: str
    waits: bool = False
    """Whether the site is not whole without it, be it a list or the page of a document."""
    by_robots: bool = False
    refused: bool = False
    """Whether it was answered, but with nothing for a program; it is asked for again."""
    is_wall: bool = False
    """Whether the answer is one that keeps programs out of the whole site."""
    is_gone: bool = False
    """Whether it is known that there is nothing."""


NOT_ASKED = Missing("it was not asked for yet", waits=True)
BY_ROBOTS = Missing("robots.txt allows no program to read it", by_robots=True)
NO_CAPTURE = Missing("the archive lists no capture of it", is_gone=True)


@dataclass(frozen=True)
class Read:
    """One answer, or saved page, that was read."""

    address: str
    file: str
    status: int
    time: str
    sha256: str


@dataclass
class Document:
    """A document that the site leads to: the lists that name it, and what its page states."""

    address: str
    listed: list[Listed] = field(default_factory=list)
    found_on: list[str] = field(default_factory=list)
    facts: Facts | None = None
    files: list[str] = field(default_factory=list)
    captured: str = ""
    """When the archive captured it, or the first list that names it: never its own date."""


@dataclass(frozen=True)
class NotTaken:
    """An address that is no record, or a page that cannot be read, and why."""

    address: str
    found_on: str
    text: str
    reason: str


@dataclass(frozen=True)
class LostList:
    """A list that is not read, so that nobody knows which documents it names."""

    address: str
    why: str
    is_start: bool = False
    file: str = ""
    """Where the answer is kept that cannot be read; nothing if none is."""


@dataclass
class Walk:
    """What a walk met."""

    site: Site
    documents: dict[str, Document] = field(default_factory=dict)
    not_taken: dict[str, NotTaken] = field(default_factory=dict)
    """By address; what has no address of its own by what it says."""
    waiting: dict[str, str] = field(default_factory=dict)
    """Addresses that are wanted and not there, and why."""
    lists_lost: dict[str, LostList] = field(default_factory=dict)
    walls: dict[str, str] = field(default_factory=dict)
    """Addresses at which the site keeps programs out, and how."""
    by_robots: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    """Addresses that were answered, but with nothing for a program."""
    beyond: int = 0
    """Addresses that were left because the most pages of the site were reached."""
    had: set[str] = field(default_factory=set)
    """Addresses of the pages that were had, each counted once."""

    @property
    def pages(self) -> int:
        """How many pages were had."""
        return len(self.had)

    @property
    def is_whole(self) -> bool:
        """Whether all lists were read, and nothing is left to ask for."""
        return not self.waiting and not self.beyond and not self.lists_lost

    def leave(self, address: str, found_on: str, text: str, reason: str) -> None:
        """Note an address that is no record; the first note of an address stays."""
        self.not_taken.setdefault(address, NotTaken(address, found_on, text, reason))

    def leave_entry(self, href: str, found_on: str, text: str) -> None:
        """Note an entry of a list that leads to no page; several may share a link such as `#`."""
        reason = "its link leads to no web page" if href else "its entry has no link"
        left = NotTaken(href, found_on, text, reason)
        self.not_taken.setdefault(f"{href}\n{text}", left)
