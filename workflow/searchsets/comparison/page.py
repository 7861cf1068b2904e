"""Makes the page of a comparison: one file, without a script, every count a list below it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from searchsets.comparison.records import SAME, Side
from searchsets.reporting.opening import record_address
from searchsets.reporting.tables.model import Table
from searchsets.reporting.templating import template

_TEMPLATE = Path(__file__).parent / "comparison.html.jinja"
MOST_ROWS = 500
"""So many records of a kind stand on the page; all stand in records.csv."""


def page_of(a: Side, b: Side, tables: Sequence[Table], years_svg: str) -> str:
    """Return the page of a comparison as HTML."""
    by_name = {one.name: one for one in tables}
    records = by_name["records"].rows
    lists = {
        row["figure"]: list(behind(row, records))
        for row in by_name["counts"].rows
        if row["figure"] != f"records: {SAME}"
    }
    named = {"a": a.run.name, "b": b.run.name}
    return template(_TEMPLATE).render(
        a=a.run.name,
        b=b.run.name,
        title=b.run.manifest["configuration"]["title"],
        tables=by_name,
        lists=lists,
        means={row["figure"]: row["means"] for row in by_name["counts"].rows},
        heading=lambda column: _heading(column, named),
        years=Markup(years_svg),  # noqa: S704 (ours)
        flow=Markup(_flow(b)),  # noqa: S704 (ours)
        most=MOST_ROWS,
        opened=lambda row: _address(row, named),
        anchor=_anchor,
        value=_in_words,
    )


def behind(count: Mapping[str, Any], records: Sequence[Mapping[str, Any]]) -> Iterator[Mapping]:
    """Yield the records behind a count; of works the first record that has what is counted.

    Args:
        count: a row of `counts.csv`.
        records: the rows of `records.csv`.
    """
    wanted = [part.partition("=")[::2] for part in count["filter"].split("&")]
    met = set()
    for row in records:
        if not all(str(row[column] or "") == value for column, value in wanted):
            continue
        work = row["work_b"] or row["work_a"]
        if count["unit"] == "records" or work not in met:
            met.add(work)
            yield row


def _heading(column: str, named: Mapping[str, str]) -> str:
    """Return what a column is called on the page."""
    stem, _, side = column.rpartition("_")
    if side in named:
        return f"{stem.replace('_', ' ')} in {named[side]}" if stem else named[side]
    return column.replace("_", " ")


def _flow(b: Side) -> str:
    """Return the flow of the later run, with links that lead to its page from here."""
    text = b.run.path("figures/prisma.svg").read_text(encoding="utf-8")
    return text.replace("../report.html", f"../../{b.run.name}/report.html")


def _address(row: Mapping[str, Any], named: Mapping[str, str]) -> str:
    """Return the address of a record on the page of the run that has it, the later one if it may be."""
    run = named["b" if row["b"] else "a"]
    return f"../../{run}/report.html{record_address(row['record_id'])}"


def _anchor(text: str) -> str:
    """Return a name for a place of the page.

    >>> _anchor("not found again")
    'not-found-again'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _in_words(value: Any) -> Any:
    """Return a number as a person reads it, any other value as it is, nothing for what is unknown."""
    if value is None or value == "":
        return ""
    return f"{int(value):,}" if str(value).isdigit() else value
