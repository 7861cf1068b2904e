"""Writes and reads a run coded for what-if: small CSV files, and one of dictionaries.

`docs/what-if.md` says what stands in each; the page's script reads the same files.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from searchsets.files import json_text, read_csv, write_csv, write_text
from searchsets.reporting.choices.model import (
    Cell,
    Cellbook,
    Cells,
    Data,
    Judged,
    Known,
    Option,
    Record,
    Search,
    Value,
    Work,
)
from searchsets.reporting.choices.totals import columns_of
from searchsets.screening.criteria.file import Combination

DICTIONARIES = "choices.json"
RECORDS, WORKS, KNOWN_ITEMS = "records.csv", "works.csv", "known_items.csv"


def write_choices(data: Data, out: Path) -> None:
    """Write a run coded for what-if to a folder."""
    write_text(out / DICTIONARIES, json_text(_dictionaries(data)))
    write_csv(out / RECORDS, Record._fields, (one._asdict() for one in data.records))
    write_csv(out / WORKS, Work._fields, (one._asdict() for one in data.works))
    write_csv(out / KNOWN_ITEMS, Known._fields, (one._asdict() for one in data.known))


def _dictionaries(data: Data) -> dict[str, Any]:
    return {
        "options": [asdict(one) for one in data.options],
        "default": data.default,
        "totals": columns_of(data),
        "databases": data.databases,
        "searches": [asdict(one) for one in data.searches],
        "cells": [one._asdict() for one in data.cells.cells],
        "undecidable": data.undecidable,
        "signatures": _listed(data.signatures),
        "known_cells": [one._asdict() for one in data.known_cells.cells],
        "known_signatures": _listed(data.known_signatures),
        "criteria": data.criteria,
        "dated": data.dated,
        "combinations": [asdict(one) for one in data.combinations],
        "judged": [asdict(one) for one in data.judged],
    }


def _listed(signatures: Iterable[Cells]) -> list[list[int]]:
    return [sorted(cells) for cells in signatures]


def read_choices(folder: Path) -> Data:
    """Return the coded run of a folder, as `write_choices` wrote it."""
    records = (
        Record(row["record_id"], row["source"], row["work_id"], int(row["signature"]))
        for row in read_csv(folder / RECORDS)
    )
    return replace(
        read_dictionaries(folder),
        records=tuple(records),
        works=tuple(map(_work, read_csv(folder / WORKS))),
        known=tuple(map(_known, read_csv(folder / KNOWN_ITEMS))),
    )


def read_dictionaries(folder: Path) -> Data:
    """Return the same without records, works and known items, of which there may be millions."""
    told = json.loads((folder / DICTIONARIES).read_text(encoding="utf-8"))
    return Data(
        options=tuple(_option(one) for one in told["options"]),
        searches=tuple(Search(**one) for one in told["searches"]),
        cells=Cellbook(tuple(Cell(**one) for one in told["cells"])),
        undecidable=tuple(told["undecidable"]),
        signatures=tuple(map(frozenset, told["signatures"])),
        known_cells=Cellbook(tuple(Cell(**one) for one in told["known_cells"])),
        known_signatures=tuple(map(frozenset, told["known_signatures"])),
        criteria=tuple(told["criteria"]),
        dated=told["dated"],
        combinations=tuple(
            Combination(one["id"], one["says"], tuple(one["core"]), tuple(one["any_of"]))
            for one in told["combinations"]
        ),
        judged=tuple(
            Judged(tuple(one["judgements"]), tuple(one["by_people"])) for one in told["judged"]
        ),
        databases=tuple(told["databases"]),
    )


def _option(told: dict[str, Any]) -> Option:
    return Option(**told | {"values": tuple(Value(**one) for one in told["values"])})


def _work(row: dict[str, str]) -> Work:
    years = tuple(int(year) for year in row["years"].split("; ") if year)
    return Work(
        row["work_id"], row["record_id"], int(row["signature"]), row["brought"] == "yes",
        _number(row["year"]), years, int(row["judged"]), row["state"],
    )  # fmt: skip


def _known(row: dict[str, str]) -> Known:
    return Known(
        row["record_id"], row["work_id"], row["role"], _number(row["number"]),
        int(row["matches"]), int(row["undecidable"]),
    )  # fmt: skip


def _number(cell: str) -> int | None:
    return int(cell) if cell else None
