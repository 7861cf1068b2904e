"""Makes all review tables of a run: CSV files, one workbook, and the flow diagram."""

from __future__ import annotations

from pathlib import Path

from searchsets.files import write_csv, write_text
from searchsets.reporting import known_item_tables, screening_tables, search_tables
from searchsets.reporting.build import Build
from searchsets.reporting.characteristics import characteristics
from searchsets.reporting.closing import check_closing, check_flow
from searchsets.reporting.flow import flow_svg
from searchsets.reporting.summary import summary
from searchsets.reporting.tables import Table
from searchsets.reporting.workbook import write_workbook

MAKERS = (
    search_tables.strategy_lines,
    search_tables.outputs,
    search_tables.databases,
    screening_tables.prisma,
    screening_tables.screening,
    screening_tables.included_sources,
    characteristics,
    known_item_tables.key_sources_by_strategy,
    known_item_tables.criteria_matrix,
    known_item_tables.known_items,
)


def make_tables(build: Build) -> list[Table]:
    """Return all review tables, the summary of the page's first screen first."""
    made = [maker(build) for maker in MAKERS]
    return [summary(build, made), *made]


def write_tables(folder: Path, config_file: Path, out: Path) -> list[Table]:
    """Write `tables/` and `figures/` of a build."""
    build = Build.read(folder, config_file)
    check_closing(build)
    made = make_tables(build)
    check_flow(next(one for one in made if one.name == "prisma"))
    for one in made:
        write_csv(out / f"{one.name}.csv", one.columns, one.rows)
    captions = ({"table": one.name, "caption": one.caption} for one in made)
    write_csv(out / "contents.csv", ("table", "caption"), captions)
    write_workbook(out / "review_tables.xlsx", build.config["title"], made)
    prisma = next(one for one in made if one.name == "prisma")
    write_text(out.parent / "figures" / "prisma.svg", flow_svg(prisma))
    return made
