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

from searchsets.errors import ReviewError
from searchsets.files import json_text, write_lasting
from searchsets.sources.exchange import ENDING, Odd, Refused
from searchsets.sources.services.base import CursorGone, Page, Position, Query, Service
from searchsets.sources.store import kept

_PAGE = re.compile(r"(\d{1,3})-(\d{6})" + re.escape(ENDING))
ROUNDS = 3
"""So many walks through a list are made, where it came short or the service forgot its place."""
ACCEPTED, CUT_INTO = "accepted.json", "cut.json"
COMPLETE, CUT, SHORT, OPEN = "complete", "cut", "short", "open"


@dataclass
class Round:
    """One walk through the list of a question's records, from its first page."""

    service: Service
    at: Position = field(default_factory=Position)
    total: int | None = None
    """The most that was announced on the way: where it falls, what moved up may have been missed."""
    ended: bool = False

    def add(self, page: Page) -> None:
        """Take the next page."""
        service, count = self.service, len(page.ids)
        self.total = max(page.total, self.total or 0)
        records = self.at.records + count
        no_more = service.by_cursor and page.cursor in ("", self.at.cursor)
        self.ended = not count or no_more or (records >= page.total and count < service.rows)
        if service.ceiling is not None and records >= service.ceiling:
            self.ended = True
        self.at = Position(records, self.at.pages + 1, page.cursor)


@dataclass(frozen=True)
class StoredPage:
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
    pages: list[StoredPage] = field(default_factory=list)
    dollars: float = 0.0
    parts: list[Answers] = field(default_factory=list)
    """Where the list is longer than the service gives: the questions that it was cut into."""
    taken: bytes = b""
    """What a person accepted: how many there are, and how many came."""

    @classmethod
    def read(
        cls, store: Path, service: Service, query: Query, within: frozenset[str] = frozenset()
    ) -> Answers:
        """Read what is kept of a question's answers, and of those it was cut into.

        Args:
            store: the folder of the harvest.
            service: reads the answers.
            query: the question.
            within: the keys of the questions that it is a part of.

        Raises:
            ReviewError: a file is damaged.
        """
        made = cls(store / query.key, service, query)
        accepted = made.folder / ACCEPTED
        made.taken = accepted.read_bytes() if accepted.is_file() else b""
        walks = _pages(made.folder)
        for number in range(1, max(walks, default=0) + 1):
            made.rounds.append(Round(service))
            if number < max(walks):  # of an earlier walk the records count, not where it ended
                for path in walks.get(number, ()):
                    made._take(path)
        made.take_kept()
        cut = made.folder / CUT_INTO
        if cut.is_file():
            around = within | {query.key}
            parts = _queries(cut)
            if around.intersection(part.key for part in parts):
                raise _damaged(cut)
            made.parts = [cls.read(store, service, part, around) for part in parts]
        return made

    def take_kept(self) -> None:
        """Take the answers of the last walk that are kept, up to one that is missing."""
        while self.rounds and (path := self.next_path()).is_file():
            self._take(path)

    def _take(self, path: Path) -> None:
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
        self.pages.append(StoredPage(path, len(page.ids), time))
        self.ids |= set(page.ids)
        self.dollars += page.cost

    def next_path(self) -> Path:
        """Return the file for the next answer."""
        place = self.rounds[-1].at.pages + 1
        return self.folder / f"{len(self.rounds)}-{place:06}{ENDING}"

    def note_cut(self, queries: list[Query]) -> None:
        """Note that the question is asked in parts from now on."""
        facts = [query.facts() for query in queries]
        write_lasting(self.folder / CUT_INTO, json_text(facts).encode())

    def describe(self) -> None:
        """Write down what was asked, beside what came."""
        path = self.folder / "query.json"
        if not path.exists():
            write_lasting(path, json_text(self.query.facts()).encode())

    @property
    def total(self) -> int | None:
        """How many records the service says there are, in the last walk.

        A service in trouble may say for a moment that there are none: a number below that of the
        records that are here is not believed, and the most that was said in any walk counts.
        """
        last = self.rounds[-1].total if self.rounds else None
        if last is None or last >= len(self.ids):
            return last
        return max(one.total for one in self.rounds if one.total is not None)

    @property
    def received(self) -> int:
        """The number of records of all its answers, those that came again included."""
        return sum(page.records for page in self.pages)

    @property
    def beyond(self) -> bool:
        """Whether the service has more records than it gives to one question."""
        ceiling, total = self.service.ceiling, self.total or 0
        if ceiling is None or not self.rounds:
            return False
        return total > ceiling or self.rounds[-1].at.records >= ceiling > total  # announced too few

    @property
    def all_ids(self) -> set[str]:
        """The ids of all records that came, also of the questions it was cut into."""
        return set().union(self.ids, *(part.all_ids for part in self.parts))

    @property
    def shortfall(self) -> bytes:
        """How many records there are and how many came, as a person's acceptance notes it."""
        return json_text({"total": self.total, "came": len(self.all_ids)}).encode()

    @property
    def accepted(self) -> bool:
        """Whether a person accepted that so many fewer came than the service speaks of."""
        return self.taken == self.shortfall

    def accept(self) -> None:
        """Note that a person accepts it."""
        self.taken = self.shortfall
        write_lasting(self.folder / ACCEPTED, self.taken)

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


def _pages(folder: Path) -> dict[int, list[Path]]:
    """Return the files of answers by the number of their walk, as they were asked for."""
    found: dict[int, list[Path]] = {}
    for path in sorted(path for path in folder.glob(f"*{ENDING}") if path.is_file()):
        if name := _PAGE.fullmatch(path.name):
            found.setdefault(int(name[1]), []).append(path)
    return found


def _queries(path: Path) -> list[Query]:
    try:
        return [Query.of_facts(facts) for facts in json.loads(path.read_text(encoding="utf-8"))]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _damaged(path) from None


def _damaged(path: Path) -> ReviewError:
    return ReviewError("this file is damaged", str(path), "delete it, and harvest again")
