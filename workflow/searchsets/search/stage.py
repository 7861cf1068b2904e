"""The search of one database: its strategy on its records and on the known items, as tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from searchsets.files import read_csv, write_csv
from searchsets.records.exports import CORPUS, Represents, check_answer, represents
from searchsets.records.known_items import read_items
from searchsets.records.shards import read_records
from searchsets.search.choices import (
    KNOWN_CHOICE_COLUMNS,
    MATCH,
    NO_MATCH,
    READ,
    RECORD_COLUMNS,
    Rival,
    choices_of,
    known_choice_rows,
    rival_of,
    state,
    states,
    union,
)
from searchsets.search.engine import Flags, SearchableRecords
from searchsets.search.evaluate import Results, Truth, evaluate
from searchsets.strategy.model import Reading, Strategy
from searchsets.strategy.thesaurus import Thesaurus

HITS_COLUMNS = (
    "line", "set", "text", "hits", "hits_fallback", "hits_declared", "undecidable", "known_items",
    "known_items_undecidable",
)  # fmt: skip
KNOWN_COLUMNS = ("record_id", "line", "basis", "state", "text")
RETRIEVED_COLUMNS = ("record_id", "source_file", "represents", "basis")
DISAGREEMENT_COLUMNS = ("record_id", "source_file", "represents", "line", "evaluated", "title")
OUTPUT_COLUMNS = (
    "reading", "chosen", "lines", "basis", "records", "hits", "hits_fallback", "hits_declared",
    "retrieved", "undecidable", "why",
)  # fmt: skip

# The two texts of a known item that a strategy is run on.
TITLE_ALONE, ENRICHED = "title", "enriched"


@dataclass(frozen=True)
class Sources:
    """Which files gave each record of a database, and what those files represent.

    `answers` are (row, what the file represents) of every record that a platform's answer holds.
    """

    answers: list[tuple[int, Represents]]
    in_corpus: Flags

    def declared(self, line: int | None) -> set[int]:
        """Return the rows that a platform gave as its answer to a line; None: to no known line."""
        return self._by_line.get(line, set())

    @cached_property
    def _by_line(self) -> dict[int | None, set[int]]:
        rows: dict[int | None, set[int]] = {}
        for row, answer in self.answers:
            rows.setdefault(answer.line, set()).add(row)
        return rows

    @cached_property
    def answered(self) -> set[int]:
        """The rows that came as any platform's answer, and so count as retrieved."""
        return {row for row, _ in self.answers}


@dataclass(frozen=True)
class DatabaseSearch:
    """A strategy on the records of its database."""

    strategy: Strategy
    records: SearchableRecords
    sources: Sources
    results: Results
    rival: Results | None = None
    """What the lines find under the errata that this run does not use, where any line differs."""

    def output(self, reading: Reading) -> tuple[Truth, Truth]:
        """Return the union of a reading's lines, evaluated strictly and with the fallback."""
        return union(self.results, reading)

    def retrieved(self, reading: Reading) -> Flags:
        """Return the records that are the result: declared, or matching in a corpus."""
        _, fallback = self.output(reading)
        flags = fallback.sure & self.sources.in_corpus
        flags[sorted(self.sources.answered)] = True
        return flags


def search_database(
    strategy: Strategy, thesaurus: Thesaurus | None, folder: Path, rival: Rival | None = None
) -> DatabaseSearch:
    """Run a strategy on the records that the import wrote into a folder.

    Args:
        strategy: the strategy.
        thesaurus: that of the strategy, if there is one.
        folder: the records.
        rival: the strategy under the other errata, where any line differs by them.
    """
    records = SearchableRecords(read_records(folder))
    sources = _sources(strategy, records, folder)
    results = evaluate(strategy, thesaurus, records)
    other = rival.evaluate(thesaurus, records, results) if rival else None
    return DatabaseSearch(strategy, records, sources, results, other)


def _sources(strategy: Strategy, records: SearchableRecords, folder: Path) -> Sources:
    log = folder / "import_log.csv"
    said = {
        row["source_file"]: represents(row["represents"], f"{log}: {row['source_file']}")
        for row in read_csv(log)
    }
    for name, file in said.items():
        check_answer(strategy, name, file)
    files = list(enumerate(records.table["source_file"].to_pylist()))
    places = {record_id: row for row, record_id in enumerate(records.ids)}
    files += [
        (places[repeat["record_id"]], repeat["source_file"])
        for repeat in read_csv(folder / "repeats.csv")
    ]
    in_corpus = np.zeros(records.size, dtype=bool)
    in_corpus[[row for row, name in files if said[name] == CORPUS]] = True
    return Sources([(row, said[name]) for row, name in files if said[name].is_answer], in_corpus)


@dataclass(frozen=True)
class KnownItemSearch:
    """A strategy on the known items: on what the references state, and on that plus enrichment."""

    ids: list[str]
    by_text: dict[str, Results]
    rival: dict[str, Results | None]
    """What the lines find under the errata that this run does not use, where any line differs."""


def search_known_items(
    strategy: Strategy,
    thesaurus: Thesaurus | None,
    folder: Path,
    enrichment: Path | None,
    rival: Rival | None = None,
) -> KnownItemSearch:
    """Run a strategy on the known items; `rival` as in `search_database`."""
    bare, enriched, _ = read_items(folder, enrichment)
    found = KnownItemSearch(bare["record_id"].to_pylist(), {}, {})
    for text, table in ((TITLE_ALONE, bare), (ENRICHED, enriched)):
        records = SearchableRecords(table)
        results = evaluate(strategy, thesaurus, records)
        found.by_text[text] = results
        found.rival[text] = rival.evaluate(thesaurus, records, results) if rival else None
    return found


def hits_rows(
    strategy: Strategy, search: DatabaseSearch | None, known: KnownItemSearch
) -> Iterator[dict[str, Any]]:
    """Yield the rows of `hits.csv`; without an export the hits are unknown and stay empty."""
    for line in strategy.lines.values():
        row: dict[str, Any] = {"line": line.number, "set": line.set, "text": line.text}
        if search is not None:
            result = search.results[line.number]
            row["hits"] = int(result.strict.sure.sum())
            row["hits_fallback"] = int(result.added.sum())
            row["hits_declared"] = len(search.sources.declared(line.number))
            row["undecidable"] = int(result.strict.undecidable.sum())
        strict = known.by_text[TITLE_ALONE][line.number].strict
        row["known_items"] = int(strict.sure.sum())
        row["known_items_undecidable"] = int(strict.undecidable.sum())
        yield row


def known_rows(known: KnownItemSearch) -> Iterator[dict[str, Any]]:
    """Yield the rows of `known_items.csv`: every item's state on every line, strictly, and on
    fallback where only the free-text reading of descriptors finds it."""
    for text, results in known.by_text.items():
        for number, result in sorted(results.items()):
            for index, record_id in enumerate(known.ids):
                row = {"record_id": record_id, "line": number, "text": text}
                yield row | {"basis": "strict", "state": state(result.strict, index)}
                if result.added[index]:
                    yield row | {"basis": "fallback", "state": MATCH}


def matches_table(search: DatabaseSearch | None) -> pa.Table:
    """Return `matches.parquet`: record_id, line, basis; the line is empty where an answer is to no
    known line. Rows stand in the order of line, basis and record."""
    ids: list[str] = []
    lines: list[int | None] = []
    bases: list[str] = []

    def add(rows: Iterable[int], line: int | None, basis: str) -> None:
        found = [search.records.ids[row] for row in rows]
        ids.extend(found)
        lines.extend([line] * len(found))
        bases.extend([basis] * len(found))

    if search is not None:
        for number in sorted(search.results):
            result = search.results[number]
            add(sorted(search.sources.declared(number)), number, "declared")
            add(np.flatnonzero(result.added), number, "fallback")
            add(np.flatnonzero(result.strict.sure), number, "strict")
        add(sorted(search.sources.declared(None)), None, "declared")
    return pa.table(
        {
            "record_id": pa.array(ids, pa.string()),
            "line": pa.array(lines, pa.int64()),
            "basis": pa.array(bases, pa.string()),
        }
    )


def retrieved_rows(search: DatabaseSearch, reading: Reading) -> Iterator[dict[str, Any]]:
    """Yield the records that are the result of the search, each with the ground on which it is."""
    strict, _ = search.output(reading)
    answers: dict[int, set[str]] = {}
    for row, answer in search.sources.answers:
        answers.setdefault(row, set()).add(str(answer))
    files = search.records.table["source_file"].to_pylist()
    for row in np.flatnonzero(search.retrieved(reading)):
        basis = "declared" if row in answers else "strict" if strict.sure[row] else "fallback"
        yield {
            "record_id": search.records.ids[row],
            "source_file": files[row],
            "represents": sorted(answers.get(row, {"corpus"})),
            "basis": basis,
        }


def disagreement_rows(search: DatabaseSearch, reading: Reading) -> Iterator[dict[str, Any]]:
    """Yield the records that a platform gave and our evaluation surely does not find.

    Undecidable ones are no disagreement: the record lacks what it would take to judge.
    """
    titles = search.records.table["title"].to_pylist()
    files = search.records.table["source_file"].to_pylist()
    _, whole = search.output(reading)
    for row, answer in sorted(search.sources.answers, key=lambda a: (a[0], str(a[1]))):
        line = answer.line
        truth = whole if line is None else search.results[line].fallback
        if not truth.possible[row]:
            yield {
                "record_id": search.records.ids[row],
                "source_file": files[row],
                "represents": answer,
                "line": line if line is not None else [f"#{number}" for number in reading.lines],
                "evaluated": NO_MATCH,
                "title": titles[row],
            }


def output_rows(
    strategy: Strategy, search: DatabaseSearch | None, chosen: Reading
) -> Iterator[dict[str, Any]]:
    """Yield the totals under each reading of which lines are the result."""
    for reading in strategy.readings:
        row: dict[str, Any] = {
            "reading": reading.name,
            "chosen": reading == chosen,
            "lines": [f"#{number}" for number in reading.lines],
            "basis": reading.basis,
            "why": reading.why,
        }
        if search is not None:
            strict, fallback = search.output(reading)
            row["records"] = search.records.size
            row["hits"] = int(strict.sure.sum())
            row["hits_fallback"] = int((fallback.sure & ~strict.sure).sum())
            row["hits_declared"] = len(search.sources.answered)
            row["retrieved"] = int(search.retrieved(reading).sum())
            row["undecidable"] = int(strict.undecidable.sum())
        yield row


def choices_table(search: DatabaseSearch | None, errata: str) -> pa.Table:
    """Return `choices.parquet`: what each record is under each choice of a re-runner.

    `declared` and `in_corpus` say how the record came; then a column for each choice, named
    errata:reading:basis. A record is retrieved under a choice if a platform declared it, or if it
    is of a corpus and matches. There are columns for both errata only where they differ.
    """
    if search is None:
        types = (pa.string(), pa.bool_(), pa.bool_())
        return pa.table([pa.array([], one) for one in types], RECORD_COLUMNS)
    declared = np.zeros(search.records.size, dtype=bool)
    declared[sorted(search.sources.answered)] = True
    came = (pa.array(search.records.ids, pa.string()), declared, search.sources.in_corpus)
    choices = choices_of(search.strategy, errata, search.results, search.rival)
    return pa.table(
        dict(zip(RECORD_COLUMNS, came, strict=True))
        | {choice.column: states(truth) for choice, truth in choices}
    )


def known_choices(
    strategy: Strategy, known: KnownItemSearch, errata: str
) -> Iterator[dict[str, Any]]:
    """Yield the rows of `known_choices.csv`: every item's state under each choice, by its texts."""
    for text, results in known.by_text.items():
        choices = choices_of(strategy, errata, results, known.rival[text])
        yield from known_choice_rows(known.ids, text, choices)


def write_search(
    strategy: Strategy,
    thesaurus: Thesaurus | None,
    records: Path | None,
    known_items: Path,
    enrichment: Path | None,
    reading: Reading,
    out: Path,
    errata: str = READ,
) -> DatabaseSearch | None:
    """Run a strategy and write the tables of `results/<run>/search/<database>/`.

    Args:
        records: the folder of the database's records, or None where nothing was exported.
        reading: which lines are the result of this run.
        out: the folder that the tables are written to.
        errata: how the strategy was read.
    """
    rival = rival_of(strategy, errata)
    search = search_database(strategy, thesaurus, records, rival) if records else None
    known = search_known_items(strategy, thesaurus, known_items, enrichment, rival)
    write_csv(out / "hits.csv", HITS_COLUMNS, hits_rows(strategy, search, known))
    write_csv(out / "known_items.csv", KNOWN_COLUMNS, known_rows(known))
    write_csv(out / "outputs.csv", OUTPUT_COLUMNS, output_rows(strategy, search, reading))
    retrieved = retrieved_rows(search, reading) if search else ()
    write_csv(out / "retrieved.csv", RETRIEVED_COLUMNS, retrieved)
    disagreements = disagreement_rows(search, reading) if search else ()
    write_csv(out / "disagreements.csv", DISAGREEMENT_COLUMNS, disagreements)
    choices = known_choices(strategy, known, errata)
    write_csv(out / "known_choices.csv", KNOWN_CHOICE_COLUMNS, choices)
    pq.write_table(matches_table(search), out / "matches.parquet")
    pq.write_table(choices_table(search, errata), out / "choices.parquet")
    return search
