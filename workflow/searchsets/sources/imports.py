"""Reads what a harvest kept, without the network, as often as it is wanted: the pipeline rests on it."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any

from searchsets.records.exports import CORPUS
from searchsets.records.identity import REPEAT_COLUMNS, fold
from searchsets.records.source import Source
from searchsets.sources.answers import StoredPage
from searchsets.sources.forms import Forms
from searchsets.sources.store import kept
from searchsets.sources.stored import NAMED, StoredHarvest

if TYPE_CHECKING:
    import pyarrow as pa

    from searchsets.records.reading import ReadFile

_HEAD = 4096
_COMPARED = ("record_id", "title", "year", "source_file", "position")
QUESTION_COLUMNS = (
    "source", "strategy", "harvest", "question", "text", "journal", "from", "to", "state",
    "accepted", "announced", "received", "records", "answers", "first_asked", "last_asked",
)  # fmt: skip
HARVEST_COLUMNS = (
    "source", "strategy", "harvest", "strategy_sha256", "reading", "errata", "lines", "records",
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
        for one in harvest.questions:
            opened += [_opened(harvest, page) for page in one.pages if page.records]
    return opened


def _opened(harvest: StoredHarvest, page: StoredPage) -> ReadFile:
    from searchsets.records.reading import open_source  # who imports nothing needs no readers

    read = open_source(StoredAnswer(page.path, name_of(harvest, page)))
    read.source.head = read.source.head[:_HEAD]  # there may be thousands of them
    read.stated, read.reported, read.is_page = CORPUS, page.records, True
    return read


def name_of(harvest: StoredHarvest, page: StoredPage) -> str:
    """Return the name of an answer that is the same on every machine."""
    return f"{folder_name(harvest)}/{'/'.join(page.path.parts[-2:])}"


def folder_name(harvest: StoredHarvest) -> str:
    """Return the name of the folder of a harvest, as those of its answers begin."""
    return NAMED + "/".join(harvest.folder.parts[-3:])


class Newest:
    """Chooses, of what a service said at several times of one record, what it said last.

    Questions overlap, and a harvest may be repeated: the same record then comes more than once, with
    another score or a date of its own. What states a year goes before what does not: the search of
    GOV.UK says less than its pages do.
    """

    def __init__(self, harvests: Sequence[StoredHarvest]):
        """Take the harvests of one source, whose answers tell when each was received."""
        self._own_numbers = all(harvest.service.own_numbers for harvest in harvests)
        self._times = {
            name_of(harvest, page): page.time
            for harvest in harvests
            for one in harvest.questions
            for page in one.pages
        }

    def settle(self, slices: Iterable[pa.Table], aside: list[pa.Table]) -> Iterator[pa.Table]:
        """Yield the slices without what was said earlier, which is put aside."""
        import pyarrow as pa

        for part in slices:
            keep = self._chosen(part)
            if not all(keep):
                others = pa.array([not one for one in keep])
                aside.append(part.filter(others).select(REPEAT_COLUMNS))
                part = part.filter(pa.array(keep))
            yield part

    def _chosen(self, part: pa.Table) -> list[bool]:
        """Tell of each row whether it stays: nothing better was said of the same record."""
        columns = (part.column(name).to_pylist() for name in _COMPARED)
        said = [self._said(*values) for values in zip(*columns, strict=True)]
        best: dict[str, tuple] = {}
        for record, rank in filter(None, said):
            best[record] = max(best.get(record, rank), rank)
        return [one is None or best[one[0]] == one[1] for one in said]

    def _said(
        self, record_id: str, title: str, year: int | None, file: str, position: int
    ) -> tuple[str, tuple] | None:
        """Return of which record a row speaks, and its rank; nothing of one that was not harvested."""
        if file not in self._times:
            return None
        record = record_id if self._own_numbers else f"{record_id} {fold(title)}"
        return record, (year is not None, self._times[file], file, position)


def harvest_rows(harvests: Iterable[StoredHarvest]) -> Iterator[dict[str, Any]]:
    """Yield for each harvest what was asked, and how many different records came."""
    for harvest in harvests:
        records = set().union(*(top.all_ids for top in harvest.answers))
        told = {name: harvest.facts[name] for name in ("strategy_sha256", "reading", "errata")}
        lines = harvest.facts["lines"]
        yield harvest.named | told | {"lines": lines, "records": len(records)}


def question_rows(harvests: Iterable[StoredHarvest]) -> Iterator[dict[str, Any]]:
    """Yield what became of each question: the service's own number, and what came."""
    for harvest in harvests:
        for one in harvest.questions:
            times = sorted(page.time for page in one.pages)
            first, last = one.query.years or (None, None)
            yield harvest.named | {
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


def difference_rows(
    harvests: Iterable[StoredHarvest], records: pa.Table
) -> Iterator[dict[str, Any]]:
    """Yield in what each harvest asked otherwise than its strategy says, as its plan told it.

    Args:
        harvests: the harvests.
        records: what was imported of them; it may show forms of truncated words that were not asked
            for.
    """
    texts = _texts(records)
    for harvest in harvests:
        told = [*harvest.facts["differences"]]
        told += forms_not_asked(harvest.facts["forms"], texts.get(folder_name(harvest), ()))
        for difference in told:
            yield harvest.named | {"difference": difference}


def _texts(records: pa.Table) -> dict[str, list[str]]:
    """Return the titles and abstracts of records by the harvest that they are from."""
    found: dict[str, list[str]] = {}
    columns = (records.column(name).to_pylist() for name in ("source_file", "title", "abstract"))
    for file, title, abstract in zip(*columns, strict=True):
        folder = "/".join(file.split("/")[:4])
        found.setdefault(folder, []).append(f"{title} {abstract or ''}")
    return found


def forms_not_asked(forms: Mapping[str, Sequence[str]], texts: Iterable[str]) -> Iterator[str]:
    """Yield the forms of truncated words that came back by other words and were not asked for."""
    asked = Forms(asked={stem: tuple(listed) for stem, listed in forms.items()})
    for stem, found in sorted(asked.not_asked(texts).items()):
        yield (
            f"{stem}* is also {', '.join(sorted(found))}: records that have only these forms were "
            "not asked for; add them to config/forms.csv and harvest under another name, if they "
            "matter"
        )


def texts_of(harvest: StoredHarvest) -> Iterator[str]:
    """Yield the titles and abstracts of all records of a harvest."""
    for read in open_answers([harvest]):
        for record in read.take():
            yield f"{record.title} {record.abstract}"


def _day(times: list[datetime]) -> str:
    return times[0].date().isoformat() if times else ""
