"""Tables of evidence: what lines bring, how far databases find the same, which concepts they hold."""

from __future__ import annotations

from pathlib import Path

from searchsets.evidence.concepts import (
    concept_columns,
    concept_rows,
    read_concepts,
    read_sets,
    set_columns,
    set_rows,
    unused_terms,
)
from searchsets.reporting.build import Build
from searchsets.reporting.citation import cited_as
from searchsets.reporting.tables.model import Rows, Table, table
from searchsets.search.stage import ENRICHED, TITLE_ALONE

_FORMS = 8  # so many forms of a truncation are shown in a cell


def evidence(build: Build) -> Table:
    """What each line with terms brings, over all records and over the known items."""
    columns = (
        "database", "set", "line", "text", "kind", "over", "found", "only_in_set",
        "only_in_output", "lost_without", "gained_without", "forms",
    )  # fmt: skip

    def rows() -> Rows:
        for database in build.strategies:
            forms = _forms(build, database)
            for row in build.rows(f"evidence/{database}/lines.csv"):
                made = {name: row[name] for name in columns if name in row}
                caught = forms.get((row["line"], row["over"]), [])
                yield made | {"database": database, "forms": caught}

    known = ", and over known items" if build.known_items else ""
    return table(
        "evidence",
        "What each search line brings: what it finds; what no other line of its set finds; how much of "
        "that is in the output; what the output would lose, or behind a “not” gain, if the line found "
        "nothing. Over the records of its database (empty without an export), of other databases with "
        f"an export, whose descriptors are of another thesaurus{known}. Forms: the words that each "
        "truncation caught, with the number of records.",
        columns,
        rows(),
    )


def _forms(build: Build, database: str) -> dict[tuple[str, str], list[str]]:
    """Return the forms that a line's truncated terms took over some records, the most frequent first."""
    found: dict[tuple[str, str], list[str]] = {}
    for row in build.rows(f"evidence/{database}/forms.csv"):
        found.setdefault((row["line"], row["over"]), []).append(f"{row['form']} ({row['records']})")
    for key, forms in found.items():
        if len(forms) > _FORMS:
            found[key] = [*forms[:_FORMS], f"{len(forms) - _FORMS} more"]
    return found


def databases_overlap(build: Build) -> Table:
    """How far each two databases find the same."""
    columns = ("over", "database_a", "database_b", "both", "only_a", "only_b")
    known = (
        "; and known items by their titles alone and with what else is said of them, as if every "
        "database held them all"
        if build.known_items
        else ""
    )
    return table(
        "databases_overlap",
        "How far each two strategies find the same: retrieved works, of the databases with an "
        f"export{known}.",
        columns,
        iter(build.rows("evidence/databases.csv")),
    )


def databases_together(build: Build) -> Table:
    """Which databases find what, exactly."""
    return table(
        "databases_together",
        f"How many works{', or known items,' if build.known_items else ''} exactly these databases "
        "find and no others.",
        ("over", "databases", "number"),
        iter(build.rows("evidence/together.csv")),
    )


def unused_rows(build: Build) -> list[str]:
    """Return which rows of the tables of concepts and of sets speak of what no strategy has."""
    sets = read_sets(Path(build.config["sets_table"]), build.strategies)
    listed = read_concepts(Path(build.config["concepts_table"]))
    return [*sets.unused, *unused_terms(listed, build.strategies)]


def concepts(build: Build) -> Table:
    """One list of concepts, with the lines of each database that carry them."""
    sets = read_sets(Path(build.config["sets_table"]), build.strategies)
    listed = read_concepts(Path(build.config["concepts_table"]))
    return table(
        "concepts",
        "Every concept of the strategies, and the lines of each database that carry it; an empty cell "
        "is a gap. Which terms carry one concept is our reading (config/concepts.csv).",
        concept_columns(build.strategies),
        concept_rows(build.strategies, listed, sets),
    )


def concept_sets(build: Build) -> Table:
    """The sets of the strategies, by database."""
    sets = read_sets(Path(build.config["sets_table"]), build.strategies)
    return table(
        "concept_sets",
        "The sets of each strategy: how many lines with terms, and the line that combines them. An "
        "empty cell: the strategy has no such set.",
        set_columns(build.strategies),
        set_rows(build.strategies, sets),
    )


def why_known_items(build: Build) -> Table:
    """Why each known item is found or not, by strategy."""
    columns = (
        "source_number", "cited_as", "database", "text", "state", "failed", "not_judged", "lacking",
        "other_ways", "nearest", "found", "record_id",
    )  # fmt: skip

    def rows() -> Rows:
        why = {
            (row["record_id"], row["text"], database): row
            for database in build.strategies
            for row in build.rows(f"evidence/{database}/why.csv")
        }
        for item in build.known_items:
            for text in (TITLE_ALONE, ENRICHED):
                for database in build.strategies:
                    yield why[item.record_id, text, database] | {
                        "source_number": item.number,
                        "cited_as": cited_as(build.records[item.record_id]),
                        "database": database,
                    }

    return table(
        "why_known_items",
        "Why each known item is found by a strategy or not, with descriptors read as free text: the "
        "fewest blocks that failed or cannot be judged, what the reference lacks, how many other ways "
        "are as short, the nearest words, and what was found.",
        columns,
        rows(),
    )
