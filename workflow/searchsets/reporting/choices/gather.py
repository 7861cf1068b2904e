"""Codes a finished run for what-if: which records, works and known items each choice reaches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from searchsets.errors import ReviewError
from searchsets.records.other_sources import UNSEARCHED
from searchsets.records.shards import read_records
from searchsets.reporting.build import Build, Row
from searchsets.reporting.choices.model import (
    Cell,
    Cellbook,
    Cells,
    Data,
    Judged,
    Known,
    Record,
    Search,
    Work,
)
from searchsets.reporting.choices.options import options
from searchsets.reporting.choices.totals import judged_from
from searchsets.screening.criteria.judge import judgements_of_work
from searchsets.search.choices import MATCH, RECORD_COLUMNS, UNDECIDABLE, Choice

_PERSON = "person"  # the basis of a judgement in judgements.csv


@dataclass
class Coded:
    """Numbers things in the order in which they are met, each once."""

    numbers: dict[Any, int] = field(default_factory=dict)

    def number(self, thing: Any) -> int:
        """Return the number of a thing, a new one if it was not met before."""
        return self.numbers.setdefault(thing, len(self.numbers))

    @property
    def things(self) -> tuple[Any, ...]:
        """All things by their number."""
        return tuple(self.numbers)


@dataclass(frozen=True)
class _Searched:
    """What the searches of a run reach: cells, and for each record those that retrieve it."""

    searches: list[Search]
    cells: list[Cell]
    undecidable: list[int]
    of_record: dict[str, frozenset[int]]


def gather(build: Build) -> Data:
    """Return a run coded for what-if.

    Raises:
        ReviewError: the files of the run do not fit each other.
    """
    searched = _searched(build)
    signatures, judged = Coded(), Coded()
    known_cells, known_signatures, known = _known(build)
    criteria = build.criteria
    data = Data(
        options=tuple(options(build)),
        searches=tuple(searched.searches),
        cells=Cellbook(tuple(searched.cells)),
        undecidable=tuple(searched.undecidable),
        records=tuple(_records(build, searched, signatures)),
        works=tuple(_works(build, searched, signatures, judged)),
        signatures=signatures.things,
        known_cells=known_cells,
        known_signatures=known_signatures,
        known=known,
        criteria=tuple(one.id for one in criteria.criteria),
        dated={
            one.id: one.published_until
            for one in criteria.criteria
            if one.published_from is not None
        },
        combinations=criteria.combinations,
        judged=judged.things,
        databases=tuple(build.strategies),
    )
    _check_suggestions(build, data)
    return data


def _searched(build: Build) -> _Searched:
    """Read the searches of a run, each database's own and those in its place."""
    own = [Search(database, database, database) for database in build.exported]
    elsewhere = [Search(f"{one}_in_{where}", one, where) for one, where in build.elsewhere]
    searches = [*own, *elsewhere]
    cells: list[Cell] = []
    undecidable: list[int] = []
    of_record: dict[str, set[int]] = defaultdict(set)
    for search in searches:
        table = pq.ParquetFile(build.folder / f"search/{search.name}/choices.parquet").read()
        ids = np.array(table["record_id"].to_pylist(), dtype=object)
        declared, in_corpus = (_flags(table[name]) for name in ("declared", "in_corpus"))
        for column in table.column_names[len(RECORD_COLUMNS) :]:
            choice, cell = Choice.of_column(column), len(cells)
            cells.append(Cell(search.name, choice.errata, choice.reading, choice.basis))
            undecidable.append(int(_flags(pc.equal(table[column], UNDECIDABLE)).sum()))
            matching = _flags(pc.equal(table[column], MATCH))
            for record_id in ids[declared | (in_corpus & matching)]:
                of_record[record_id].add(cell)
    reached = {one: frozenset(of_record[one]) for one in sorted(of_record)}
    return _Searched(searches, cells, undecidable, reached)


def _flags(column: pa.ChunkedArray) -> np.ndarray:
    return column.to_numpy().astype(bool)


def _records(build: Build, searched: _Searched, signatures: Coded) -> Iterator[Record]:
    for record_id, cells in searched.of_record.items():
        source = record_id.partition(":")[0]
        work_id = build.work_of.get(record_id, "")
        yield Record(record_id, source, work_id, signatures.number(cells))


def _works(build: Build, searched: _Searched, signatures: Coded, judged: Coded) -> Iterator[Work]:
    members: dict[str, list[Row]] = {}
    for row in build.links:
        members.setdefault(row["work_id"], []).append(row)
    judgements = _Judgements.read(build)
    years = _years(build)
    of_work = _work_years(build.folder / "works/works.parquet")
    taken_over = {row["record_id"] for row in build.memory}
    for work_id, rows in sorted(members.items()):
        ids = [row["record_id"] for row in rows]
        cells: frozenset[int] = frozenset().union(*(searched.of_record.get(i, ()) for i in ids))
        known_years = {years[one] for one in ids if years[one] is not None}
        yield Work(
            work_id=work_id,
            record_id=build.shown(ids),
            signature=signatures.number(cells),
            brought=any(
                row["database"] in UNSEARCHED or row["record_id"] in taken_over for row in rows
            ),
            year=of_work[work_id],
            years=tuple(sorted(known_years)),
            judged=judged.number(judgements.of_work(ids)),
            state=build.final_of[work_id]["state"],
        )


def _years(build: Build) -> dict[str, int | None]:
    """Return the year of every record of a work."""
    found: dict[str, int | None] = {}
    for source in sorted({row["database"] for row in build.links}):
        table = read_records(build.folder / "records" / source, ("record_id", "year"))
        pairs = zip(table["record_id"].to_pylist(), table["year"].to_pylist(), strict=True)
        found |= dict(pairs)
    return found


def _work_years(path: Path) -> dict[str, int | None]:
    table = pq.ParquetFile(path).read(["work_id", "year"])
    return dict(zip(table["work_id"].to_pylist(), table["year"].to_pylist(), strict=True))


@dataclass(frozen=True)
class _Judgements:
    """What rules and people judged of the records of a run, by record."""

    criteria: tuple[str, ...]
    by_rule: dict[str, dict[str, str]]
    by_people: dict[str, list[tuple[str, str]]]

    @classmethod
    def read(cls, build: Build) -> _Judgements:
        made = cls(tuple(one.id for one in build.criteria.criteria), {}, {})
        for row in build.rows("screening/judgements.csv"):
            record_id, criterion, judgement = row["record_id"], row["criterion"], row["judgement"]
            if criterion not in made.criteria:
                continue
            if row["basis"] == _PERSON:
                made.by_people.setdefault(record_id, []).append((criterion, judgement))
            else:
                made.by_rule.setdefault(record_id, {})[criterion] = judgement
        return made

    def of_work(self, ids: Iterable[str]) -> Judged:
        """Return the judgements of a work: people's, which are unclear where they differ, else the
        rules'."""
        ids = list(ids)
        made = judgements_of_work(ids, self.by_rule, self.criteria)
        said: dict[str, set[str]] = {}
        for record_id in ids:
            for criterion, judgement in self.by_people.get(record_id, ()):
                said.setdefault(criterion, set()).add(judgement)
        made |= {n: next(iter(v)) if len(v) == 1 else "unclear" for n, v in said.items()}
        return Judged(tuple(made[name] for name in self.criteria), tuple(sorted(said)))


def _known(build: Build) -> tuple[Cellbook, tuple[Cells, ...], tuple[Known, ...]]:
    """Return the cells of the known items, their signatures, and the known items."""
    cells, signatures = Coded(), Coded()
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    for database in build.strategies:
        for row in build.rows(f"search/{database}/known_choices.csv"):
            names = (row[name] for name in ("errata", "reading", "basis", "text"))
            cell = cells.number(Cell(database, *names))
            found[row["record_id"], row["state"]].add(cell)

    def signature(record_id: str, state: str) -> int:
        return signatures.number(frozenset(found[record_id, state]))

    known = tuple(
        Known(
            item.record_id,
            build.work_of[item.record_id],
            item.role,
            item.number,
            signature(item.record_id, MATCH),
            signature(item.record_id, UNDECIDABLE),
        )
        for item in build.known_items
    )
    return Cellbook(cells.things), signatures.things, known


def _check_suggestions(build: Build, data: Data) -> None:
    """Raise if the judgements, put together anew, are not what the screening came to."""
    made = [
        {one.id: one.suggest(judged_from(data, judged, (), None)) for one in data.combinations}
        for judged in data.judged
    ]
    of_work = {one.work_id: made[one.judged] for one in data.works}
    for row in build.rows("screening/combinations.csv"):
        if of_work.get(row["work_id"], {}).get(row["combination"]) != row["suggestion"]:
            raise ReviewError(
                f"the judgements of {row['work_id']} do not come to {row['suggestion']!r} under "
                f"{row['combination']!r}",
                str(build.folder / "screening"),
                "the files of this run do not fit each other: delete results/.build and run again",
            )
