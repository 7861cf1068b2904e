"""An original strategy and an amended one on the same records: what each line and output retrieves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from searchsets.errors import ReviewError
from searchsets.files import write_csv
from searchsets.records.shards import read_records
from searchsets.search.choices import union
from searchsets.search.engine import Flags, SearchableRecords
from searchsets.search.evaluate import Results, evaluate
from searchsets.strategy.model import Reading, Strategy
from searchsets.strategy.thesaurus import Thesaurus

BOTH, ORIGINAL_ONLY, AMENDED_ONLY = "both", "original only", "amended only"
COLUMNS = (
    "original_line", "amended_line", "original_text", "amended_text", "both", "original_only",
    "amended_only", "why",
)  # fmt: skip
OUTPUT_COLUMNS = ("original_lines", "amended_lines", "both", "original_only", "amended_only")
RECORD_COLUMNS = ("retrieved_by", "record_id", "year", "title", "lines")


@dataclass(frozen=True)
class Beside:
    """Two strategies of a database on the same records, and which lines are the output of each.

    What is found with descriptors read as free text counts as retrieved, where the strategy says so.
    """

    original: Strategy
    amended: Strategy
    records: SearchableRecords
    results: tuple[Results, Results]
    readings: tuple[Reading, Reading]

    def found(self, original: int | None, amended: int | None) -> tuple[Flags, Flags]:
        """Return which records a line of each finds; a line that is not there finds nothing."""
        nothing = np.zeros(self.records.size, dtype=bool)
        first, second = (
            nothing if number is None else results[number].fallback.sure
            for results, number in zip(self.results, (original, amended), strict=True)
        )
        return first, second

    @property
    def retrieved(self) -> tuple[Flags, Flags]:
        """The records of all outputs of each."""
        first, second = (
            union(results, reading)[1].sure
            for results, reading in zip(self.results, self.readings, strict=True)
        )
        return first, second

    @property
    def pairs(self) -> list[tuple[int | None, int | None]]:
        """Which line stands beside which: its own number, or the new line that says it anew."""
        becomes = {one.rewrites: one.line for one in self.amended.additions if one.rewrites}
        made: list[tuple[int | None, int | None]] = []
        for number in self.original.lines:
            same = number if number in self.amended.lines else None
            made.append((number, becomes.get(number, same)))
        paired = {second for _, second in made} | self.original.lines.keys()
        return made + [(None, number) for number in self.amended.lines if number not in paired]


def run_beside(
    strategies: tuple[Strategy, Strategy],
    thesauri: tuple[Thesaurus | None, Thesaurus | None],
    readings: tuple[Reading, Reading],
    folder: Path,
) -> Beside:
    """Run an original strategy and an amended one on the records that the import wrote into a folder.

    Raises:
        ReviewError: they are of two databases, or the folder holds no records.
    """
    original, amended = strategies
    if original.database != amended.database:
        raise ReviewError(
            f"this is a strategy of {amended.database}, and {original.path} one of {original.database}",
            str(amended.path),
            "name two strategies of one database",
        )
    table = read_records(folder)
    if not table.num_rows:
        raise ReviewError("holds no record to run them on", str(folder), "name another folder")
    records = SearchableRecords(table)
    first, second = (
        evaluate(strategy, thesaurus, records)
        for strategy, thesaurus in zip(strategies, thesauri, strict=True)
    )
    return Beside(original, amended, records, (first, second), readings)


def line_rows(beside: Beside) -> Iterator[dict[str, Any]]:
    """Yield every line beside the one that stands for it, and what each of the two finds."""
    why = {one.line: one.why for one in beside.amended.additions}
    for original, amended in beside.pairs:
        yield {
            "original_line": original,
            "amended_line": amended,
            "original_text": beside.original.lines[original].text if original else None,
            "amended_text": beside.amended.lines[amended].text if amended else None,
            **_parted(*beside.found(original, amended)),
            "why": why.get(amended or 0),
        }


def output_rows(beside: Beside) -> Iterator[dict[str, Any]]:
    """Yield every output line beside the one that stands for it; the last row is all together."""
    chosen = tuple(set(reading.lines) for reading in beside.readings)
    for original, amended in beside.pairs:
        ours = original if original in chosen[0] else None
        theirs = amended if amended in chosen[1] else None
        if ours is not None or theirs is not None:
            yield _output_row([ours], [theirs], *beside.found(ours, theirs))
    first, second = (list(reading.lines) for reading in beside.readings)
    yield _output_row(first, second, *beside.retrieved)


def _output_row(
    original: list[int | None], amended: list[int | None], first: Flags, second: Flags
) -> dict[str, Any]:
    named = [[f"#{n}" for n in numbers if n is not None] for numbers in (original, amended)]
    return {"original_lines": named[0], "amended_lines": named[1], **_parted(first, second)}


def _parted(first: Flags, second: Flags) -> dict[str, int]:
    return {
        "both": int((first & second).sum()),
        "original_only": int((first & ~second).sum()),
        "amended_only": int((second & ~first).sum()),
    }


def record_rows(beside: Beside) -> Iterator[dict[str, Any]]:
    """Yield the records that any output retrieves, and which new lines with terms find each."""
    first, second = beside.retrieved
    titles = beside.records.table["title"].to_pylist()
    years = beside.records.table["year"].to_pylist()
    new = [
        (number, beside.found(None, number)[1])
        for original, number in beside.pairs
        if original is None and beside.amended.lines[number].kind != "combination"
    ]
    parts = (
        (BOTH, first & second),
        (ORIGINAL_ONLY, first & ~second),
        (AMENDED_ONLY, second & ~first),
    )
    for name, flags in parts:
        for row in np.flatnonzero(flags):
            yield {
                "retrieved_by": name,
                "record_id": beside.records.ids[row],
                "year": years[row],
                "title": titles[row],
                "lines": [f"#{number}" for number, found in new if found[row]],
            }


def beside_text(beside: Beside) -> str:
    """Return both as a person reads them: every line, then every output, then all together."""
    said = [
        f"{beside.original.name}: {beside.records.size:,} records",
        f"{'both':>9} {'original':>9} {'amended':>9}",
        f"{'':>9} {'only':>9} {'only':>9}",
    ]
    for row in line_rows(beside):
        names = _names([row["original_line"]], [row["amended_line"]])
        said.append(f"{_numbers(row)}  {names}  {row['amended_text'] or row['original_text']}")
    *outputs, total = output_rows(beside)
    said += ["outputs:"]
    said += [f"{_numbers(row)}  {_shown(row)}" for row in outputs]
    said += ["all outputs together:", f"{_numbers(total)}  {_shown(total)}"]
    return "\n".join(said)


def _shown(row: dict[str, Any]) -> str:
    first, second = (", ".join(row[name]) or "none" for name in ("original_lines", "amended_lines"))
    return first if first == second else f"{first} -> {second}"


def _names(original: list[int | None], amended: list[int | None]) -> str:
    first, second = (
        ", ".join(f"#{n}" for n in numbers if n is not None) for numbers in (original, amended)
    )
    if not first:
        return f"new {second}"
    return first if first == second else f"{first} -> {second or 'none'}"


def _numbers(row: dict[str, Any]) -> str:
    return " ".join(f"{row[name]:>9,}" for name in ("both", "original_only", "amended_only"))


def write_beside(beside: Beside, out: Path) -> None:
    """Write `lines.csv`, `outputs.csv` and `records.csv` to a folder."""
    write_csv(out / "lines.csv", COLUMNS, line_rows(beside))
    write_csv(out / "outputs.csv", OUTPUT_COLUMNS, output_rows(beside))
    write_csv(out / "records.csv", RECORD_COLUMNS, record_rows(beside))
