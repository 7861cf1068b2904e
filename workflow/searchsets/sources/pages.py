"""The answers to one question, in the order in which they came: how far they go, what is missing.

This is pure bookkeeping on what was kept. A harvest asks it where to go on, and the import whether all
is there, so that both mean the same by "complete".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from searchsets.errors import ReviewError
from searchsets.files import json_text
from searchsets.sources.services.base import CursorGone, Page, Position, Query, Service
from searchsets.sources.store import ENDING, kept, write_lasting
from searchsets.sources.web import Odd, Refused

_PAGE = re.compile(r"(\d)-(\d{6})" + re.escape(ENDING))
ROUNDS = 3
"""So often a list is begun anew, where it came short or the service forgot its place."""
COMPLETE, CUT, SHORT, OPEN = "complete", "cut", "short", "open"


@dataclass
class Round:
    """One walk through the list of a question's records, from its first page."""

    service: Service
    at: Position = field(default_factory=Position)
    total: int | None = None
    ended: bool = False
    first_total: int | None = None

    def add(self, page: Page) -> None:
        """Take the next page."""
        service, count = self.service, len(page.ids)
        self.first_total = page.total if self.first_total is None else self.first_total
        self.total = page.total
        records = self.at.records + count
        no_more = service.by_cursor and page.cursor in ("", self.at.cursor)
        self.ended = not count or no_more or (records >= page.total and count < service.rows)
        if service.ceiling is not None and records >= service.ceiling:
            self.ended = True
        self.at = Position(records, self.at.pages + 1, page.cursor)


@dataclass(frozen=True)
class Kept:
    """One answer that is kept: its file, the number of its records, and when it was received."""

    path: Path
    records: int
    time: datetime


@dataclass
class Answers:
    """All that is kept of the answers to one question.

    `rounds` are walks through the list; ids of all of them count, since a record that one walk
    missed another may have brought.
    """

    folder: Path
    service: Service
    query: Query
    rounds: list[Round] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    pages: list[Kept] = field(default_factory=list)
    dollars: float = 0.0
    parts: list[Answers] = field(default_factory=list)
    """Where the list is longer than the service gives: the questions that it was cut into."""
    accepted: bool = False
    """A person accepted that fewer came than the service speaks of."""

    @classmethod
    def read(cls, store: Path, service: Service, query: Query) -> Answers:
        """Read what is kept of a question's answers, and of those it was cut into.

        Raises:
            ReviewError: a file is damaged, or missing between others.
        """
        made = cls(store / query.key, service, query)
        made.accepted = (made.folder / "accepted.json").exists()
        for path, (number, place) in _pages(made.folder):
            made._take(path, number, place)
        cut = made.folder / "cut.json"
        if cut.exists():
            made.parts = [cls.read(store, service, Query.of_facts(facts)) for facts in _facts(cut)]
        return made

    def _take(self, path: Path, number: int, place: int) -> None:
        if number == len(self.rounds) + 1:
            self.rounds.append(Round(self.service))
        if number != len(self.rounds) or place != self.rounds[-1].at.pages + 1:
            raise ReviewError(
                "an answer before this one is missing",
                str(path),
                "bring it back; or delete this one and those after it, and harvest again",
            )
        answer = kept(path)
        try:
            page = self.service.read(answer)
        except (Odd, Refused, CursorGone) as error:
            raise ReviewError(
                f"the stored answer cannot be read: {error}", str(path), "delete it, harvest again"
            ) from None
        self.add(page, path, answer.time)

    def add(self, page: Page, path: Path, time: datetime) -> None:
        """Take a page, which is kept in a file, into the last round."""
        self.rounds[-1].add(page)
        self.pages.append(Kept(path, len(page.ids), time))
        self.ids |= set(page.ids)
        self.dollars += page.cost

    def next_path(self) -> Path:
        """Return the file for the next answer."""
        place = self.rounds[-1].at.pages + 1
        return self.folder / f"{len(self.rounds)}-{place:06}{ENDING}"

    def cut_into(self, queries: list[Query]) -> None:
        """Note that the question is asked in parts from now on."""
        facts = [query.facts() for query in queries]
        write_lasting(self.folder / "cut.json", json_text(facts).encode())
        store = self.folder.parent
        self.parts = [Answers.read(store, self.service, query) for query in queries]

    def describe(self) -> None:
        """Write down what was asked, beside what came."""
        path = self.folder / "query.json"
        if not path.exists():
            write_lasting(path, json_text(self.query.facts()).encode())

    @property
    def total(self) -> int | None:
        """How many records the service says there are, when it was asked last."""
        return self.rounds[-1].total if self.rounds else None

    @property
    def received(self) -> int:
        """The number of records of all its answers, those that came again included."""
        return sum(page.records for page in self.pages)

    @property
    def beyond(self) -> bool:
        """Whether the service has more records than it gives to one question."""
        ceiling = self.service.ceiling
        return ceiling is not None and (self.total or 0) > ceiling

    @property
    def all_ids(self) -> set[str]:
        """The ids of all records that came, also of the questions it was cut into."""
        return set().union(self.ids, *(part.all_ids for part in self.parts))

    @property
    def state(self) -> str:
        """`complete`, `cut` (complete in parts), `short` (fewer came than there are) or `open`."""
        if self.parts:
            if any(part.state == OPEN for part in self.parts):
                return OPEN
            lacking = any(part.state == SHORT for part in self.parts) or self._lacks(self.all_ids)
            return SHORT if lacking else CUT
        if not self.rounds or not self.rounds[-1].ended or self.beyond:
            return OPEN
        return SHORT if self._lacks(self.ids) else COMPLETE

    def _lacks(self, ids: set[str]) -> bool:
        return len(ids) < (self.total or 0)

    def each(self) -> Iterator[Answers]:
        """Yield this question and all it was cut into."""
        yield self
        for part in self.parts:
            yield from part.each()


def _pages(folder: Path) -> list[tuple[Path, tuple[int, int]]]:
    """Return the files of answers in the order in which they were asked for."""
    found = []
    for path in folder.glob(f"*{ENDING}"):
        if name := _PAGE.fullmatch(path.name):
            found.append((path, (int(name[1]), int(name[2]))))
    return sorted(found, key=lambda pair: pair[1])


def _facts(path: Path) -> list[dict[str, Any]]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise ReviewError(
            "this file is damaged", str(path), "delete it, and harvest again"
        ) from None
