"""Makes all review tables of a run as CSV files, and its drawings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from searchsets.files import write_csv, write_text
from searchsets.reporting.appendices import tables as appendices
from searchsets.reporting.build import Build, Row, only_row
from searchsets.reporting.checklists.tables import CHECKLISTS, checklist
from searchsets.reporting.choices.stage import choices
from searchsets.reporting.claims.stage import claims
from searchsets.reporting.closing import check_closing, check_flow_of
from searchsets.reporting.drawing.files import write_drawing
from searchsets.reporting.flow.figures import write_flow_figures
from searchsets.reporting.flow.model import COLUMNS as FLOW_COLUMNS
from searchsets.reporting.flow.model import Box
from searchsets.reporting.flow.table import flow_of, prisma_table
from searchsets.reporting.logic_figure import logic_svg
from searchsets.reporting.tables import (
    duplicates,
    earlier,
    evidence,
    exclusions,
    harvests,
    known_items,
    log,
    searches,
    supplied,
    vocabulary,
    websites,
)
from searchsets.reporting.tables.databases import databases_summary
from searchsets.reporting.tables.methods import methods
from searchsets.reporting.tables.model import NOT_SEARCHABLE, Table
from searchsets.reporting.tables.stopping import stopping
from searchsets.reporting.tables.summary import summary
from searchsets.reporting.tables.years import years, years_svg
from searchsets.reporting.words_figure import words_drawing
from searchsets.sources.websites.documents import SOURCE as WEBSITES

OF_SEARCHES = (
    searches.strategy_lines,
    searches.outputs,
    searches.databases,
    databases_summary,
    duplicates.counts,
    duplicates.balance,
    duplicates.review,
    duplicates.version_kinds,
    duplicates.versions,
    duplicates.merges,
    duplicates.people,
    duplicates.checks,
    evidence.concept_sets,
    evidence.concepts,
    evidence.evidence,
    vocabulary.vocabulary,
    evidence.databases_overlap,
    evidence.databases_together,
)
"""What makes the tables before that of the flow."""

OF_WORKS = (
    log.screening,
    log.states,
    log.log,
    log.flow,
    log.agreement,
    log.together,
    log.audit,
    exclusions.excluded,
    exclusions.excluded_reasons,
    exclusions.not_retrieved,
    stopping,
    years,
    appendices.included_sources,
    appendices.statements,
    appendices.statements_coding,
    appendices.features,
    appendices.features_matrix,
    known_items.key_sources_by_strategy,
    evidence.why_known_items,
    known_items.combinations,
    choices,
    known_items.criteria_matrix,
    known_items.known_items,
    harvests.harvests,
    harvests.stand_ins,
    harvests.differences,
    websites.websites,
    supplied.supplied,
    earlier.earlier,
    earlier.asked_again,
    earlier.notices,
)
"""What makes the tables after it."""


def _has_databases(build: Build) -> bool:
    return len(build.strategies) > 1


def _has_statements(build: Build) -> bool:
    return bool(build.extracted.statements or build.extracted.codings)


def _has_points(build: Build) -> bool:
    return bool(build.extracted.points)


def _has_known_items(build: Build) -> bool:
    return bool(build.known_items)


def _has_key_sources(build: Build) -> bool:
    return bool(build.key_sources)


def _has_vocabulary(build: Build) -> bool:
    return Path(build.config["vocabulary"]).exists()


def _updates(build: Build) -> bool:
    return bool(build.base)


def _asked_services(build: Build) -> bool:
    return bool(build.questions)


def _read_websites(build: Build) -> bool:
    return WEBSITES in build.others


def _asked_organisations(build: Build) -> bool:
    return bool(build.supplied)


NEEDS: dict[Callable[[Build], Table], Callable[[Build], bool]] = {
    evidence.concept_sets: _has_databases,
    evidence.concepts: _has_databases,
    evidence.databases_overlap: _has_databases,
    evidence.databases_together: _has_databases,
    appendices.statements: _has_statements,
    appendices.statements_coding: _has_statements,
    appendices.features: _has_points,
    appendices.features_matrix: _has_points,
    known_items.key_sources_by_strategy: _has_key_sources,
    known_items.combinations: _has_key_sources,
    known_items.criteria_matrix: _has_key_sources,
    evidence.why_known_items: _has_known_items,
    known_items.known_items: _has_known_items,
    vocabulary.vocabulary: _has_vocabulary,
    earlier.earlier: _updates,
    earlier.asked_again: _updates,
    earlier.notices: _updates,
    harvests.harvests: _asked_services,
    harvests.stand_ins: _asked_services,
    harvests.differences: _asked_services,
    websites.websites: _read_websites,
    supplied.supplied: _asked_organisations,
}
"""The tables that a review may have no data for, and what tells so; the others every run has."""


def _is_there(maker: Callable[[Build], Table], build: Build) -> bool:
    return maker not in NEEDS or NEEDS[maker](build)


def make_tables(build: Build, boxes: Sequence[Box]) -> list[Table]:
    """Return all review tables, the summary of the page's first screen first.

    Args:
        build: the run.
        boxes: those of its flow.
    """
    made = [maker(build) for maker in OF_SEARCHES if _is_there(maker, build)]
    made.append(prisma_table(boxes, build.words))
    made += [maker(build) for maker in OF_WORKS if _is_there(maker, build)]
    made.append(methods(build, made))
    made += [checklist(build, made, name) for name in CHECKLISTS]
    made = [summary(build, made), *made]
    return [*made, claims(build, made)]


def write_tables(folder: Path, config_file: Path, out: Path) -> list[Table]:
    """Write `tables/`, `flow/` and `figures/` of a build."""
    build = Build.read(folder, config_file)
    check_closing(build)
    rows, boxes = flow_of(build)
    check_flow_of(build, rows, boxes)
    made = make_tables(build, boxes)
    exclusions.check_exclusions(made)
    figures = out.parent / "figures"
    # A table or drawing that this run has no more would be published.
    gone = ("logic_*.svg", "words_*.svg", "prisma_published.*")
    drawn = (path for pattern in gone for path in figures.glob(pattern))
    for former in (*out.glob("*.csv"), *drawn):
        former.unlink()
    for one in made:
        write_csv(out / f"{one.name}.csv", one.columns, one.rows)
    captions = ({"table": one.name, "caption": one.caption} for one in made)
    write_csv(out / "contents.csv", ("table", "caption"), captions)
    write_csv(out.parent / "flow" / "records.csv", FLOW_COLUMNS, rows)
    write_flow_figures(figures, boxes, build.words)
    by_year = next(one for one in made if one.name == "years")
    write_text(figures / "years.svg", years_svg(by_year))
    for database in build.strategies:
        write_text(figures / f"logic_{database}.svg", _logic(build, database))
    words = vocabulary.vocabulary_of(build)
    for database in build.exported:
        lines = list(vocabulary.aged_lines(build, database, words))
        drawing = words_drawing(database, build.strategies[database].name, lines)
        write_drawing(figures / f"words_{database}.svg", drawing)
    return made


def _logic(build: Build, database: str) -> str:
    strategy = build.strategies[database]
    reading = build.reading(database)
    hits: dict[int, int | str | None] = {
        int(row["line"]): _found(row) if build.is_searchable(database) else NOT_SEARCHABLE
        for row in build.rows(f"search/{database}/hits.csv")
    }
    chosen = only_row(build.rows(f"search/{database}/outputs.csv"), reading=reading.name)
    return logic_svg(strategy, reading, hits, _found(chosen))


def _found(row: Row) -> int | None:
    """Return what a line or an output finds, or None where nothing was exported."""
    return int(row["hits"]) + int(row["hits_fallback"]) if row["hits"] else None
