"""Codes the choices of a re-runner, and what can be claimed under them, for the page's script."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from searchsets.reporting.build import Build, Row
from searchsets.reporting.choices.totals import COLUMNS
from searchsets.reporting.inspector.packing import column, columns, steps

_CELL = re.compile(
    r"(?P<name>\S+): tables/(?P<table>\w+)\.csv, row (?P<row>\d+), column (?P<column>.+)"
)
_TOTALS = ("choices", "2")
"""The table and the row with the totals of this run. What stands there under its own name is what the
script counts anew."""
_TOLD = (
    "claim", "says", "holds", "because", "would_change", "says_template", "because_template",
    "yes_if", "no_if",
)  # fmt: skip


def choices(build: Build, places: Mapping[str, int], works: Mapping[str, int]) -> dict[str, Any]:
    """Return the choices with the coded records, works and known items (docs/what-if.md).

    Args:
        build: the run.
        places: the place of each record in the page's list of records.
        works: the place of the first record of each work.

    Returns:
        Records and works are named by their places. Records that this run did not retrieve are not
        in the page's list: `beyond` holds their ids.
    """
    coded = json.loads((build.folder / "choices/choices.json").read_text(encoding="utf-8"))
    coded["totals_words"] = {
        n: coded["totals"][n] for n in COLUMNS if n in coded["totals"]
    }  # in their order
    del coded["totals"]
    records = build.rows("choices/records.csv")
    here = [row for row in records if row["work_id"]]
    beyond = [row for row in records if not row["work_id"]]
    judged = [_work(row) for row in build.rows("choices/works.csv")]
    known = [
        row | {name: int(row[name]) for name in ("matches", "undecidable")}
        for row in build.rows("choices/known_items.csv")
    ]
    return coded | {
        "records": {
            "record": steps(places[row["record_id"]] for row in here),
            "work": steps(works[row["work_id"]] for row in here),
            "signature": column(int(row["signature"]) for row in here),
        },
        "beyond": {
            "id": [row["record_id"] for row in beyond],
            "signature": column(int(row["signature"]) for row in beyond),
        },
        "works": {
            "work": steps(works[row["work_id"]] for row in judged),
            **columns(judged, ("signature", "brought", "year", "years", "judged", "state")),
        },
        "known": columns(known, ("record_id", "role", "number", "matches", "undecidable")),
    }


def _work(row: Row) -> dict[str, Any]:
    return row | {
        "signature": int(row["signature"]),
        "judged": int(row["judged"]),
        "brought": row["brought"] == "yes",
        "year": int(row["year"]) if row["year"] else None,
        "years": tuple(int(year) for year in row["years"].split("; ") if year),
    }


def claims(build: Build) -> list[dict[str, Any]]:
    """Return the claims, each with the values that its sentences are filled with.

    `live` are the names of those values that follow from the choices.
    """
    tables: dict[str, list[Row]] = {}
    made = []
    for claim in build.rows("tables/claims.csv"):
        values, live = {}, []
        for said in filter(None, claim["counted_from"].split("; ")):
            found = _CELL.fullmatch(said)
            name, table = found["name"], found["table"]
            if table not in tables:
                tables[table] = build.rows(f"tables/{table}.csv")
            values[name] = tables[table][int(found["row"]) - 2][found["column"]]
            if (table, found["row"]) == _TOTALS and found["column"] == name:
                live.append(name)
        made.append({name: claim[name] for name in _TOLD} | {"values": values, "live": live})
    return made
