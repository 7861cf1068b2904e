"""How many records of each year a line finds, and how many records of that year there are at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from searchsets.errors import ReviewError
from searchsets.files import write_csv
from searchsets.records.shards import read_records
from searchsets.strategy.model import Strategy

COLUMNS = ("line", "year", "hits", "hits_fallback", "hits_declared", "found", "records")
_COLUMN_OF = {"strict": "hits", "fallback": "hits_fallback", "declared": "hits_declared"}

Counts = Counter[tuple[int | None, int | None]]
"""Numbers of records by line and year; a year that a record does not state is None."""


def years_rows(
    strategy: Strategy, matches: pa.Table, records: pa.Table, place: str = ""
) -> Iterator[dict[str, Any]]:
    """Yield every line with every year of which there are records, the unknown year last.

    Args:
        strategy: whose lines they are.
        matches: what the search wrote: `record_id`, `line`, `basis`.
        records: all records of the database: `record_id`, `year`.
        place: the file of the matches, for an error.

    Yields:
        `hits`, `hits_fallback` and `hits_declared` are counted as in `hits.csv`; `found` are the
        different records of the three, `records` all of that year.

    Raises:
        ReviewError: a match is of no record: the two are of different runs.
    """
    of_match = pc.index_in(matches["record_id"], value_set=records["record_id"])
    if of_match.null_count:
        raise ReviewError(
            f"{of_match.null_count:,} matches are of no record of this database",
            place or None,
            "search again: the matches and the records must be of one run",
        )
    year = records["year"].take(of_match)
    dated = matches.append_column("year", pc.cast(year, pa.int64()))
    by_basis = {
        column: _counts(dated.filter(pc.equal(dated["basis"], basis)))
        for basis, column in _COLUMN_OF.items()
    }
    # A record may be found by a line on several bases: what is declared may match, too.
    different = dated.group_by(["line", "record_id", "year"]).aggregate([])
    by_basis["found"] = _counts(different)
    there = Counter(records["year"].to_pylist())
    for line in strategy.lines:
        for year in sorted(there, key=_unknown_last):
            counts = {column: made[line, year] for column, made in by_basis.items()}
            yield {"line": line, "year": year, **counts, "records": there[year]}


def _counts(table: pa.Table) -> Counts:
    grouped = table.group_by(["line", "year"]).aggregate([([], "count_all")])
    rows = grouped.to_pylist()
    return Counter({(row["line"], row["year"]): row["count_all"] for row in rows})


def _unknown_last(year: int | None) -> tuple[bool, int]:
    return year is None, year or 0


def write_years(strategy: Strategy, matches: Path, records: Path | None, out: Path) -> None:
    """Write `evidence/<database>/years.csv`; without records it has only its header.

    Args:
        strategy: the strategy of the database.
        matches: the file `matches.parquet` of its search.
        records: the folder of its records, or None where nothing was exported.
        out: the folder that the table is written to.
    """
    rows: Iterator[dict[str, Any]] = iter(())
    if records is not None:
        found = pq.read_table(matches)
        rows = years_rows(
            strategy, found, read_records(records, ["record_id", "year"]), str(matches)
        )
    write_csv(out / "years.csv", COLUMNS, rows)
