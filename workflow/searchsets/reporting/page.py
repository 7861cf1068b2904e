"""Makes `report.html`: one file that opens from disk, every number of it a cell of a CSV table."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from searchsets.dedupe.versions import KINDS
from searchsets.files import write_text
from searchsets.reporting.build import Build, Row, only_row
from searchsets.reporting.duplicate_views import questions, version_links
from searchsets.reporting.inspector.embedding import inspector
from searchsets.reporting.opening import opens
from searchsets.reporting.page_table import PageTable, read_tables
from searchsets.reporting.tables.duplicates import ON_PAGE
from searchsets.reporting.tables.evidence import unused_rows
from searchsets.reporting.templating import template
from searchsets.screening.model import PUBLISHED_OUTCOME, RULE
from searchsets.sources.stored import NAMED

_TEMPLATES = Path(__file__).parent / "templates"


class Figures:
    """Writes single numbers into sentences, each marked with the cell it is read from."""

    def __init__(self, tables: dict[str, PageTable]):
        self.tables = tables

    def __call__(self, name: str) -> Markup:
        """Return the value of a row of `summary.csv`."""
        return self.cell("summary", "value", figure=name)

    def value(self, name: str) -> int:
        """Return a figure as a number, to choose a sentence by; unknown counts as 0 there."""
        return self.number("summary", "value", figure=name)

    def number(self, table: str, column: str, **key: str) -> int:
        """Return one cell of a table as a number, to choose a sentence by."""
        return int(only_row(self.tables[table].rows, **key)[column] or 0)

    def cell(self, table: str, column: str, **key: str) -> Markup:
        """Return one cell of a table, with a mark that says which."""
        rows = self.tables[table].rows
        row = only_row(rows, **key)
        return marked(table, rows.index(row) + 2, column, row[column], opens(table, column, row))


def marked(table: str, row: int, column: str, value: str, opened: str = "") -> Markup:
    """Return a value with the file, row and column that it stands in.

    It is linked to the records that make it (`opened`: their address on the page), or to the file.
    """
    where = f"tables/{table}.csv, row {row}, column {column}"
    return Markup(
        '<a class="n" href="{href}" data-table="{t}" data-row="{r}" data-column="{c}" '
        'title="{w}">{v}</a>'
    ).format(
        href=opened or f"tables/{table}.csv",
        t=table,
        r=row,
        c=column,
        w=where,
        v=value or "unknown",
    )


VIEWS = {
    "overview": "Overview",
    "records": "Records",
    "disagreements": "Disagreements",
    "reasons": "Reasons",
    "reviewers": "Reviewers",
    "audit": "Audit",
    "sources": "Sources",
    "earlier": "Since the run before",
    "duplicates": "Duplicates",
    "strategies": "Strategies",
    "criteria": "Criteria",
    "what_if": "What if",
    "claims": "Claims",
    "review_tables": "Review tables",
    "files": "Files",
}
"""The views of the page: what its address and its template are called, and what a reader calls it.

`earlier` is there in a run that updates another."""


def write_page(folder: Path, config_file: Path, out: Path) -> None:
    """Write the page of a build from its tables; abstracts that make it too large stand beside it."""
    build = Build.read(folder, config_file)
    tables = read_tables(folder)
    imports = build.rows("records/import_log.csv")
    embedded = inspector(build, out.parent)
    values = {
        "config": build.config,
        "words": build.words,
        "has_known_items": bool(build.known_items),
        "run": build.config["run"],
        "strategies": build.strategies,
        "lines_of": lines_of,
        "unused_rows": unused_rows(build),
        "flow": _drawing(folder, "prisma"),
        "years": _drawing(folder, "years"),
        "logic": {name: _drawing(folder, f"logic_{name}") for name in build.strategies},
        "aging": {name: _drawing(folder, f"words_{name}") for name in build.exported},
        "criteria_versions": build.rows("screening/criteria.csv"),
        "acts_by_version": _acts_by_version(build),
        "errata": _errata(build),
        "imports": imports,
        "exported_files": [row for row in imports if not row["source_file"].startswith(NAMED)],
        "others": build.others,
        "elsewhere": [*build.stand_ins, *build.others],
        **of_duplicates(tables, build.config["run"]),
    }
    text = _template("report.html.jinja").render(
        title=build.config["title"],
        views=[
            (name, words, view(name, tables, **values))
            for name, words in VIEWS.items()
            if name != "earlier" or build.base
        ],
        style=Markup((_TEMPLATES / "report.css").read_text(encoding="utf-8")),  # noqa: S704
        data=embedded.data,
        script=Markup(embedded.script),  # noqa: S704
        **values,
    )
    write_text(out, text)


def view(name: str, tables: dict[str, PageTable], **values: Any) -> Markup:
    """Return one view of the page, from the tables and what else it shows."""
    text = _template(f"{name}.html.jinja").render(tables=tables, figure=Figures(tables), **values)
    return Markup(text)  # noqa: S704


def of_duplicates(tables: dict[str, PageTable], run: str) -> dict[str, Any]:
    """Return what the view of duplicates shows besides its tables."""
    return {
        "questions": questions(tables["duplicates_review"], run),
        "version_links": version_links(tables["duplicates_versions"]),
        "kinds": KINDS,
        "on_page": ON_PAGE,
    }


def _acts_by_version(build: Build) -> list[tuple[str, int]]:
    """Return how many acts of people were made under each version of the criteria."""
    people = (act for act in build.events if act["role"] not in (RULE, PUBLISHED_OUTCOME))
    return sorted(Counter(act["criteria_version"] for act in people).items())


def _template(name: str) -> jinja2.Template:
    return template(_TEMPLATES / name, heading=_heading, marked=marked, opens=opens)


@dataclass
class EvidenceLine:
    """A line with the row of the table of evidence for each kind of records that is counted."""

    line: str
    set: str
    text: str
    over: dict[str, tuple[int, Row]]


def lines_of(evidence: PageTable) -> dict[str, list[EvidenceLine]]:
    """Return the lines of the table of evidence by database, the rows of each beside each other.

    What nothing is known of, for want of an export, is left out.
    """
    found: dict[str, dict[str, EvidenceLine]] = {}
    for number, row in evidence.numbered():
        lines = found.setdefault(row["database"], {})
        line = EvidenceLine(row["line"], row["set"], row["text"], {})
        line = lines.setdefault(row["line"], line)
        if row["found"]:
            line.over[row["over"]] = number, row
    return {database: list(lines.values()) for database, lines in found.items()}


def _drawing(folder: Path, name: str) -> Markup:
    """Return a drawing to stand in the page; its links to the page are links within it there."""
    text = (folder / "figures" / f"{name}.svg").read_text(encoding="utf-8")
    return Markup(text.replace('href="../report.html#', 'href="#'))  # noqa: S704


def _heading(column: str) -> str:
    return column.replace("_", " ")


def _errata(build: Build) -> list[dict[str, Any]]:
    return [
        {"database": database} | row
        for database in build.strategies
        for row in build.rows(f"strategies/{database}/errata.csv")
    ]
