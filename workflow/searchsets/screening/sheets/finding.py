"""Finds in a workbook what makes it a screening sheet: its facts, its rows and its columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from searchsets.errors import ReviewError
from searchsets.screening.model import PEOPLE, SCREENED_STAGES, is_name
from searchsets.screening.sheets.form import ABOUT, FORMAT, ORDER, Facts, columns_of, facts_of
from searchsets.screening.sheets.opening import Grid, address, open_grids, text_of
from searchsets.text import folded

_AGAIN = "ask for the sheet as it was sent out, or write it anew (./run searchsets screening sheet write)"


@dataclass(frozen=True)
class Opened:
    """A workbook that is a screening sheet: its facts, and its rows."""

    path: Path
    facts: Facts
    sheet: str
    header: int
    at: dict[str, int]
    """The place of each column by its key."""
    rows: list[list[Any]]

    def where(self, row: int, key: str = "record_id") -> str:
        """Return the place of a cell, for a message; rows count from 0."""
        return f"{self.path.name}, sheet {self.sheet}, cell {address(row, self.at[key])}"


def open_sheet(path: Path) -> Opened:
    """Return a workbook as a screening sheet, whatever its sheets are called now.

    Raises:
        ReviewError: no workbook, no screening sheet, damaged, or without a column that is needed.
    """
    grids = open_grids(path)
    about = screen = None
    for grid in grids:
        corner = next((c for c in _cells_of(grid.rows) if str(c[2]).startswith(FORMAT[:-1])), None)
        header = next((n for n, row in enumerate(grid.rows) if _is_header(row)), None)
        about = (grid, corner) if corner and not about else about
        screen = (grid, header) if header is not None and not screen else screen
    if not about:
        raise ReviewError(
            f"has no sheet {ABOUT}: this is no screening sheet, or it was taken out",
            path.name,
            _AGAIN,
        )
    facts = _facts(path, *about)
    if not screen:
        raise ReviewError(
            "no sheet has the columns Record id and Decision in one row", path.name,
            "bring back the first row of the sheet Screen as it was",
        )  # fmt: skip
    grid, header = screen
    at = _columns(path, grid.name, header, grid.rows[header], facts)
    return Opened(path, facts, grid.name, header, at, grid.rows)


def _cells_of(rows: Sequence[Sequence[Any]]) -> Iterator[tuple[int, int, Any]]:
    return ((r, c, cell) for r, row in enumerate(rows) for c, cell in enumerate(row) if cell)


def _is_header(row: Sequence[Any]) -> bool:
    return {"record id", "decision"} <= {folded(cell) for cell in row}


def _facts(path: Path, grid: Grid, corner: tuple[int, int, Any]) -> Facts:
    row, column, stated = corner
    where = f"{path.name}, sheet {grid.name}, cell {address(row, column)}"
    if text_of(stated) != FORMAT:
        raise ReviewError(
            f"{text_of(stated)!r} is another form than this version reads ({FORMAT!r})", where,
            "read it with the version of searchsets that wrote it",
        )  # fmt: skip
    facts = facts_of([[text_of(c) for c in cells[column:]] for cells in grid.rows[row:]])
    if facts is None or not _is_sound(facts):
        raise ReviewError("was changed, or is damaged: its checksum does not fit", where, _AGAIN)
    return facts


def _is_sound(facts: Facts) -> bool:
    """Tell whether all names are such as we write: they become parts of the names of files."""
    given = facts.assignment
    return (
        given.stage in SCREENED_STAGES
        and given.role in PEOPLE
        and all(map(is_name, (given.round, given.reviewer, given.run)))
        and bool(ORDER.fullmatch(facts.order))
    )


def _columns(
    path: Path, sheet: str, header: int, cells: Sequence[Any], facts: Facts
) -> dict[str, int]:
    """Return where each column stands, found by its heading."""
    known = columns_of(facts.assignment.stage, facts.criteria)
    keys = {folded(column.heading): column.key for column in known}
    at: dict[str, int] = {}
    for place, cell in enumerate(cells):
        key = keys.get(folded(cell))
        if key in at:
            raise ReviewError(
                f"two columns are called {text_of(cell)!r}",
                f"{path.name}, sheet {sheet}, cell {address(header, place)}",
                "delete or rename the one that is not meant",
            )
        if key:
            at[key] = place
    missing = [c.heading for c in known if c.key not in at and c.filled]
    if missing:
        raise ReviewError(
            f"the column {missing[0]!r} is missing",
            f"{path.name}, sheet {sheet}, row {header + 1}",
            "bring back its heading; if the column was deleted, insert an empty one of that name",
        )
    return at
