"""The tables of a run as the page shows them: read back from their CSV files."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from searchsets.files import read_csv
from searchsets.reporting.build import Row


@dataclass(frozen=True)
class PageTable:
    """A table as the page shows it: the rows of its CSV file."""

    name: str
    caption: str
    columns: list[str]
    rows: list[Row]

    def groups(self, column: str) -> dict[str, list[tuple[int, Row]]]:
        """Return the rows by the value of a column, each with its number in the file."""
        found: dict[str, list[tuple[int, Row]]] = {}
        for number, row in self.numbered():
            found.setdefault(row[column], []).append((number, row))
        return found

    def numbered(self) -> list[tuple[int, Row]]:
        """Return (number of the row in the CSV file, the header being 1; row)."""
        return list(enumerate(self.rows, start=2))


def read_tables(folder: Path) -> dict[str, PageTable]:
    """Return all tables of a build by their names, in the order of `tables/contents.csv`."""
    made = {}
    for row in read_csv(folder / "tables" / "contents.csv", ("table", "caption")):
        path = folder / "tables" / f"{row['table']}.csv"
        with path.open(encoding="utf-8", newline="") as file:  # a table may have no row
            columns = next(csv.reader(file))
        made[row["table"]] = PageTable(row["table"], row["caption"], columns, read_csv(path))
    return made
