"""The characteristics that a review states of its sources, held against what its table says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from searchsets.errors import ReviewError
from searchsets.records.tables import schema
from searchsets.reporting.build import Build, Row
from searchsets.reporting.known_item_tables import key_sources
from searchsets.reporting.tables import Rows, Table, table
from searchsets.search.engine import SearchableRecords
from searchsets.search.evaluate import find
from searchsets.strategy.language import LineError, parse

FILE = "characteristics.csv"
COLUMNS = ("id", "statement", "page", "reported", "column", "expression", "note")


def characteristics(build: Build) -> Table:
    """The statements of section A1.4 against the columns of Appendix 4."""

    def rows() -> Rows:
        for number, row in enumerate(build.extraction(FILE, COLUMNS), start=2):
            yield (
                {name: row[name] for name in ("id", "statement", "page", "reported")}
                | (_counted(build, row, number) if row["expression"] else {"agrees": "not coded"})
                | {"note": row["note"]}
            )

    return table(
        "characteristics",
        "What the report says of its sources (A1.4), and how many key sources show it in the "
        "columns of Appendix 4. One source can show several things; a cell that is empty, or was "
        "destroyed in the text we have, counts as unknown.",
        ("id", "statement", "page", "reported", "found", "sources", "unknown", "agrees", "note"),
        rows(),
    )


def _counted(build: Build, row: Row, line: int) -> dict[str, Any]:
    path = Path(build.config["extraction"]) / FILE
    if row["reported"] not in ("majority", "some") and not row["reported"].isdecimal():
        raise ReviewError(
            f"reported is {row['reported']!r} for {row['id']}",
            f"{path}:{line}",
            "write majority, some or a number, or take the expression away",
        )
    keys = key_sources(build)
    said = {
        item: [one.value for one in build.said(item.record_id, "keywords", row["column"])]
        for item in keys
    }
    speaking = [item for item in keys if said[item]]
    shown = _matching([said[item] for item in speaking], row["expression"], f"{path}:{line}")
    found = [item.number for item, hit in zip(speaking, shown, strict=True) if hit]
    unknown = len(keys) - len(speaking)
    return {
        "found": len(found),
        "sources": found,
        "unknown": unknown,
        "agrees": _agrees(row["reported"], len(found), unknown, len(keys)),
    }


def _matching(values: list[list[str]], expression: str, where: str) -> list[bool]:
    """Tell for each source whether an expression is found in what is said of it."""
    try:
        parsed = parse(expression)
    except LineError as error:
        raise ReviewError(error.what, where, error.remedy) from None
    rows = [{"record_id": str(i), "keywords": value} for i, value in enumerate(values)]
    records = SearchableRecords(pa.Table.from_pylist(rows, schema=schema()))
    return find({"": parsed}, records, ("keywords",))[""].tolist()


def _agrees(reported: str, found: int, unknown: int, total: int) -> str:
    """Say whether a count agrees with what the review reports, given what is not known.

    >>> _agrees("2", 2, 1, 16), _agrees("2", 1, 1, 16), _agrees("majority", 10, 1, 16)
    ('yes', 'cannot be told', 'yes')
    """
    if reported == "majority":
        least, most = total // 2 + 1, total
    elif reported == "some":
        least, most = 1, total
    else:
        least = most = int(reported)
    if least <= found <= most:
        return "yes"
    return "cannot be told" if found < least <= found + unknown else "no"
