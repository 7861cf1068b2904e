"""The cells of tables that the page shows, each with the file, row and column that it names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from searchsets.files import read_csv

SHOWN_AS = {
    "match": "would match",
    "undecidable": "cannot be judged",
    "no match": "does not match",
}


def assert_every_mark_is_a_cell(results: Path, page: BeautifulSoup) -> int:
    tables: dict[str, list[dict[str, str]]] = {}
    cells = 0
    for mark, row, column in marks_of(page):
        name = (row if row.has_attr("data-table") else row.find_parent(attrs={"data-table": True}))[
            "data-table"
        ]
        if name not in tables:
            tables[name] = read_csv(results / f"tables/{name}.csv")
        value = tables[name][int(row["data-row"]) - 2][column]
        assert " ".join(mark.get_text().split()) == " ".join(SHOWN_AS.get(value, value).split())
        cells += 1
    return cells


def marks_of(page: BeautifulSoup) -> Iterator[tuple[Tag, Tag, str]]:
    """Yield every cell of a table that the page shows, with what names its row, and its column.

    The column stands with the cell, or with the heading above it.
    """
    for mark in page.select("[data-column]:not(th)"):
        row = mark if mark.has_attr("data-row") else mark.find_parent(attrs={"data-row": True})
        yield mark, row, mark["data-column"]
    for table in page.select("table:has(th[data-column])"):
        columns = [heading["data-column"] for heading in table.select("thead tr:last-child th")]
        for row in table.select("tbody tr[data-row]"):
            yield from ((cell, row, name) for cell, name in zip(row("td"), columns, strict=True))
