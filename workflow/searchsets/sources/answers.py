"""Reads what a harvest kept, without the network, as often as it is wanted: the pipeline rests on it."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any

from searchsets.records.exports import CORPUS
from searchsets.records.identity import REPEAT_COLUMNS, fold
from searchsets.records.source import Source
from searchsets.sources.pages import Kept
from searchsets.sources.store import kept
from searchsets.sources.stored import NAMED, StoredHarvest

if TYPE_CHECKING:
    import pyarrow as pa

    from searchsets.records.reading import ReadFile

_HEAD = 4096
QUESTION_COLUMNS = (
    "source", "strategy", "harvest", "question", "text", "journal", "from", "to", "state",
    "accepted", "announced", "received", "records", "answers", "first_asked", "last_asked",
)  # fmt: skip
DIFFERENCE_COLUMNS = ("source", "strategy", "harvest", "difference")


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
    return f"{NAMED}{'/'.join(harvest.folder.parts[-3:])}/{'/'.join(page.path.parts[-2:])}"


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


def difference_rows(harvests: Iterable[StoredHarvest]) -> Iterator[dict[str, Any]]:
    """Yield in what each harvest asked otherwise than its strategy says, as its plan told it."""
    for harvest in harvests:
        for difference in harvest.facts["differences"]:
            named = {"source": harvest.source, "strategy": harvest.strategy}
            yield named | {"harvest": harvest.name, "difference": difference}


def _day(times: list[datetime]) -> str:
    return times[0].date().isoformat() if times else ""
