"""Makes the documents of a run from its tables: what goes into the appendices of a report."""

from __future__ import annotations

from pathlib import Path

from searchsets.files import write_text
from searchsets.reporting.build import Build
from searchsets.reporting.documents.bibliography import write_bibliographies
from searchsets.reporting.documents.choice import Part, Sheet, parts
from searchsets.reporting.documents.docx import write_docx
from searchsets.reporting.documents.html import described, page_text
from searchsets.reporting.documents.markdown import methods_text, tables_text
from searchsets.reporting.documents.xlsx import write_workbook
from searchsets.reporting.drawing.png import rendered
from searchsets.reporting.page_table import PageTable, read_tables

FIGURES = {
    "The flow of records": "prisma.svg",
    "Works by year of publication": "years.svg",
}
"""The drawings that go into the documents, by what they show."""


def write_documents(folder: Path, config_file: Path, out: Path) -> int:
    """Write the review tables as documents, the methods, and the bibliographies beside them.

    Args:
        folder: the build, whose `tables/` and `figures/` are made.
        config_file: the configuration of the run.
        out: where `review_tables.*` and `methods.md` go; bibliographies go to `../bibliography`.

    Returns:
        How many tables the documents hold.
    """
    build = Build.read(folder, config_file)
    title = build.config["title"]
    tables = read_tables(folder)
    chosen = parts(tables, build.words)
    methods = _methods(tables)
    drawn = {shows: folder / "figures" / name for shows, name in FIGURES.items()}
    drawings = {s: p.read_text(encoding="utf-8") for s, p in drawn.items() if p.exists()}
    write_workbook(out / "review_tables.xlsx", title, list(tables.values()))
    pictures = {
        shows: (rendered(svg, zoom=2), described(shows, svg)) for shows, svg in drawings.items()
    }
    write_docx(out / "review_tables.docx", title, chosen, methods, pictures)
    write_text(out / "review_tables.html", page_text(title, chosen, methods, drawings))
    write_text(out / "review_tables.md", tables_text(title, chosen, methods))
    write_text(out / "methods.md", methods_text(title, methods, _places(chosen)))
    write_bibliographies(build, out.parent / "bibliography")
    return sum(len(part.sheets) for part in chosen)


def _methods(tables: dict[str, PageTable]) -> dict[str, list[str]]:
    """Return the sentences of the methods by section."""
    found: dict[str, list[str]] = {}
    for row in tables["methods"].rows if "methods" in tables else ():
        found.setdefault(row["section"], []).append(row["sentence"])
    return found


def _places(chosen: list[Part]) -> Sheet | None:
    sheets = (sheet for part in chosen for sheet in part.sheets)
    return next((sheet for sheet in sheets if sheet.name == "methods"), None)
