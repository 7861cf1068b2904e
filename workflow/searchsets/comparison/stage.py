"""Writes the comparison of two published runs into a folder of its own."""

from __future__ import annotations

from pathlib import Path

from searchsets.comparison.figure import years_svg
from searchsets.comparison.page import page_of
from searchsets.comparison.records import Side, check_closing, compared_records
from searchsets.comparison.tables import tables_of
from searchsets.errors import ReviewError
from searchsets.files import json_text, sha256_of, write_csv, write_text
from searchsets.published import MANIFEST
from searchsets.reporting.tables.model import Table
from searchsets.updates.earlier import Earlier

PAGE = "comparison.html"


def compare_runs(first: Path, second: Path, out: Path) -> list[Table]:
    """Write what is new, gone and changed from one published run to another.

    Args:
        first: `results/<run>` of the earlier run.
        second: that of the later one.
        out: the folder of comparisons; `<a>--<b>` is made in it.

    Raises:
        ReviewError: a run is not finished or not as it was published, or counts do not close.
    """
    a, b = Side(Earlier.read(first)), Side(Earlier.read(second))
    if b.run.manifest["configuration"].get("updates") != a.run.name:
        raise ReviewError(
            f"{b.run.name} does not update {a.run.name}",
            str(second),
            "a run is compared with the one that it updates: name that one first",
        )
    rows = list(compared_records(a, b))
    check_closing(rows, a, b)
    tables = tables_of(a, b, rows)
    folder = out / f"{a.run.name}--{b.run.name}"
    (folder / MANIFEST).unlink(missing_ok=True)
    for one in tables:
        write_csv(folder / f"{one.name}.csv", one.columns, one.rows)
    years = next(one for one in tables if one.name == "years").rows
    drawing = years_svg(years, a.run.name, b.run.name)
    write_text(folder / "years.svg", drawing)
    write_text(folder / PAGE, page_of(a, b, tables, drawing))
    written = [*(f"{one.name}.csv" for one in tables), "years.svg", PAGE]
    manifests = {side.run.name: sha256_of(side.run.folder / MANIFEST) for side in (a, b)}
    outputs = {name: sha256_of(folder / name) for name in sorted(written)}
    write_text(folder / MANIFEST, json_text({"of": manifests, "outputs": outputs}))
    return tables
