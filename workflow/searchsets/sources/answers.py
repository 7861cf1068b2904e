"""Reads what a harvest kept, without the network, as often as it is wanted: the pipeline rests on it."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from searchsets.errors import ReviewError
from searchsets.records.exports import CORPUS
from searchsets.records.identity import REPEAT_COLUMNS, fold
from searchsets.records.source import Source
from searchsets.sources.pages import OPEN, SHORT, Answers, Kept
from searchsets.sources.plan import PLAN, read_facts
from searchsets.sources.services import SERVICES
from searchsets.sources.services.base import Query, Service
from searchsets.sources.store import kept

if TYPE_CHECKING:
    import pyarrow as pa

    from searchsets.records.reading import ReadFile

_HEAD = 4096
QUESTION_COLUMNS = (
    "source", "strategy", "harvest", "question", "text", "journal", "from", "to", "state",
    "accepted", "announced", "received", "records", "answers", "first_asked", "last_asked",
)  # fmt: skip


@dataclass(frozen=True)
class StoredHarvest:
    """One harvest: `<store>/<source>/<strategy>/<name>/`, with its plan."""

    folder: Path
    facts: dict[str, Any]

    @property
    def source(self) -> str:
        """The service that was asked."""
        return self.facts["source"]

    @property
    def strategy(self) -> str:
        """The strategy that it was asked for."""
        return self.facts["strategy"]

    @property
    def name(self) -> str:
        """The name of the harvest."""
        return self.folder.name

    @property
    def is_stand_in(self) -> bool:
        """Whether another source than the strategy's own database was asked."""
        return self.source != self.strategy

    @property
    def service(self) -> Service:
        """The service, as one that reads what it once answered."""
        return SERVICES[self.source]()

    @cached_property
    def answers(self) -> list[Answers]:
        """What is kept, question by question."""
        queries = [Query.of_facts(one) for one in self.facts["questions"]]
        return [Answers.read(self.folder, self.service, query) for query in queries]

    @property
    def files(self) -> list[Path]:
        """All its files that the import reads."""
        return sorted(
            path
            for path in self.folder.rglob("*")
            if path.is_file() and not path.name.startswith(".") and path.parent.name != "trouble"
        )

    def require_whole(self) -> None:
        """Refuse a harvest that is not finished: nothing is left out in silence.

        Raises:
            ReviewError: it was interrupted, or fewer records came than there are.
        """
        first, last = self.facts["from"], self.facts["to"]
        command = (
            f"searchsets harvest {self.source} --strategy {self.strategy} --from {first} --to {last} "
            f"--name {self.name}"
        )
        open_ones = sum(one.state == OPEN for one in self.answers)
        if open_ones:
            raise ReviewError(
                f"{open_ones} of {len(self.answers)} questions of this harvest are not answered in "
                "full",
                str(self.folder),
                f"go on with it: ./run {command}; or move the folder out of the store",
            )
        if any(one.state == SHORT and not one.accepted for one in self.answers):
            raise ReviewError(
                "fewer records came than the service speaks of",
                str(self.folder),
                f"ask again: ./run {command}; add --accept-short if it stays so",
            )


def find_harvests(store: Path) -> list[StoredHarvest]:
    """Return the harvests of a store, in the order of their folders; none where there is no store.

    Raises:
        ReviewError: a plan is damaged, or lies in another folder than its own.
    """
    found = []
    for path in sorted(store.glob(f"*/*/*/{PLAN}")):
        made = StoredHarvest(path.parent, read_facts(path))
        if path.parent.parts[-3:-1] != (made.source, made.strategy):
            raise ReviewError(
                f"this harvest of {made.source} for {made.strategy} lies in another folder",
                str(path.parent),
                f"put it back into {store / made.source / made.strategy}",
            )
        found.append(made)
    return found


class StoredAnswer(Source):
    """An answer as a text of records: what the service sent, unpacked."""

    @contextmanager
    def opened(self) -> Iterator[IO[bytes]]:
        """Open what was received."""
        yield io.BytesIO(kept(self.path).content)


def open_answers(harvests: Iterable[StoredHarvest]) -> list[ReadFile]:
    """Open the answers of harvests that hold records, to be imported.

    Raises:
        ReviewError: a harvest is not whole, or a file is damaged.
    """
    opened = []
    for harvest in harvests:
        harvest.require_whole()
        for top in harvest.answers:
            for one in top.each():
                opened += [_opened(harvest, page) for page in one.pages if page.records]
    return opened


def _opened(harvest: StoredHarvest, page: Kept) -> ReadFile:
    from searchsets.records.reading import open_source  # who imports nothing needs no readers

    read = open_source(StoredAnswer(page.path, name_of(harvest, page)))
    read.source.head = read.source.head[:_HEAD]  # there may be thousands of them
    read.stated, read.reported, read.is_page = CORPUS, page.records, True
    return read


def name_of(harvest: StoredHarvest, page: Kept) -> str:
    """Return the name of an answer that is the same on every machine."""
    return f"harvest/{'/'.join(harvest.folder.parts[-3:])}/{'/'.join(page.path.parts[-2:])}"


class Newest:
    """Chooses, of what a service said at several times of one record, what it said last.

    Questions overlap, and a harvest may be repeated: the same record then comes more than once, with
    another score or a date of its own.
    """

    def __init__(self, harvests: Iterable[StoredHarvest]):
        """Take the harvests, whose answers tell when each was received."""
        self._times: dict[str, datetime] = {
            name_of(harvest, page): page.time
            for harvest in harvests
            for top in harvest.answers
            for one in top.each()
            for page in one.pages
        }

    def settle(self, slices: Iterable[pa.Table], aside: list[pa.Table]) -> Iterator[pa.Table]:
        """Yield the slices without what was said earlier, which is put aside."""
        import pyarrow as pa

        for part in slices:
            keep = self._kept(part)
            if not all(keep):
                aside.append(
                    part.filter(pa.array([not one for one in keep])).select(REPEAT_COLUMNS)
                )
                part = part.filter(pa.array(keep))
            yield part

    def _kept(self, part: pa.Table) -> list[bool]:
        """Tell of each row whether it stays: no other of its number and title was received later."""
        columns = ("record_id", "title", "source_file", "position")
        rows = list(zip(*(part.column(name).to_pylist() for name in columns), strict=True))
        last: dict[tuple[str, str], tuple[datetime, str, int]] = {}
        for record_id, title, file, position in rows:
            if file in self._times:
                said = (self._times[file], file, position)
                key = (record_id, fold(title))
                last[key] = max(last.get(key, said), said)
        return [
            file not in self._times
            or last[record_id, fold(title)] == (self._times[file], file, position)
            for record_id, title, file, position in rows
        ]


def question_rows(harvests: Iterable[StoredHarvest]) -> Iterator[dict[str, Any]]:
    """Yield what became of each question: the service's own number, and what came."""
    for harvest in harvests:
        for top in harvest.answers:
            for one in top.each():
                times = sorted(page.time for page in one.pages)
                first, last = one.query.years or (None, None)
                yield {
                    "source": harvest.source,
                    "strategy": harvest.strategy,
                    "harvest": harvest.name,
                    "question": one.query.key,
                    "text": one.query.text,
                    "journal": one.query.journal,
                    "from": first,
                    "to": last,
                    "state": one.state,
                    "accepted": one.accepted,
                    "announced": one.total,
                    "received": one.received,
                    "records": len(one.all_ids),
                    "answers": len(one.pages),
                    "first_asked": _day(times[:1]),
                    "last_asked": _day(times[-1:]),
                }


def _day(times: list[datetime]) -> str:
    return times[0].date().isoformat() if times else ""
