"""Tables of the strategies: what every line and every output finds, and what came from where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from searchsets.records.known_items import KnownItem
from searchsets.records.shards import read_records
from searchsets.reporting.build import Build, Row, only_row
from searchsets.reporting.tables.known_items import KnownStates, known_states
from searchsets.reporting.tables.model import NO, NOT_SEARCHABLE, Rows, Table, table
from searchsets.search.choices import MATCH
from searchsets.search.stage import ENRICHED, TITLE_ALONE


def strategy_lines(build: Build) -> Table:
    """Every line as printed, with what it finds."""
    columns = (
        "database", "set", "line", "text", "kind", "expression", "hits", "hits_fallback",
        "hits_declared", "undecidable",
        *([*KNOWN_COUNTS, "known_items_undecidable"] if build.known_items else ()),
    )  # fmt: skip

    frames = [_lines_of(build, database) for database in build.strategies]
    rows = pd.concat(frames)[list(columns)].to_dict("records")
    return table(
        "strategies",
        f"The search lines {build.words.as_printed}, and what each finds in this run. Hits are empty "
        "where a database has no export, and “not searchable” where it is closed besides.",
        columns,
        iter(rows),
    )


def _lines_of(build: Build, database: str) -> pd.DataFrame:
    """Join what a database's lines are, what they hit, and how many known items they match."""
    lines, hits, known = (
        pd.read_csv(build.folder / name, dtype=str, keep_default_na=False)
        for name in (
            f"strategies/{database}/lines.csv",
            f"search/{database}/hits.csv",
            f"search/{database}/known_items.csv",
        )
    )
    matched = known[known["state"] == MATCH]
    counts = matched.groupby(["line", "text", "basis"]).size().unstack(["text", "basis"])
    joined = lines.merge(hits.drop(columns=["set", "text"]), on="line", validate="one_to_one")
    for column, key in KNOWN_COUNTS.items():
        found = counts[key] if key in counts else pd.Series(dtype=int)
        joined[column] = joined["line"].map(found).fillna(0).astype(int)
    if not build.is_searchable(database):
        joined["hits"] = NOT_SEARCHABLE
    return joined.assign(database=database)


KNOWN_COUNTS = {
    "known_items_title": (TITLE_ALONE, "strict"),
    "known_items_title_fallback": (TITLE_ALONE, "fallback"),
    "known_items_enriched": (ENRICHED, "strict"),
    "known_items_enriched_fallback": (ENRICHED, "fallback"),
}


def outputs(build: Build) -> Table:
    """The totals under each reading of which lines are the result."""
    keys = build.key_sources
    columns = (
        "database", "reading", "chosen", "lines", "basis", "records", "hits", "hits_fallback",
        "hits_declared", "retrieved", "undecidable", *(_KEY_SOURCES if keys else ()), "why",
    )  # fmt: skip

    def rows() -> Rows:
        for database, strategy in build.strategies.items():
            states = known_states(build, database)
            for row in build.rows(f"search/{database}/outputs.csv"):
                lines = strategy.reading(row["reading"]).lines
                matched = _matched(states, lines, keys) if keys else {}
                found = {} if build.is_searchable(database) else {"retrieved": NOT_SEARCHABLE}
                yield row | found | {"database": database} | matched

    told = (
        " key_sources_...: how many of the key sources the output would match; those with fallback "
        "include the strict ones."
    )
    return table(
        "outputs",
        "Which lines are taken as the result of each strategy, with rival readings, and the totals "
        "under each." + (told if keys else ""),
        columns,
        rows(),
    )


_KEY_SOURCES = (
    "key_sources_title", "key_sources_title_fallback", "key_sources_enriched",
    "key_sources_enriched_fallback", "key_sources",
)  # fmt: skip


def _matched(states: KnownStates, lines: Sequence[int], keys: list[KnownItem]) -> dict[str, int]:
    """Return how many of the key sources an output would match, by text and basis."""
    counts = Counter(
        (text, basis)
        for item in keys
        for text in (TITLE_ALONE, ENRICHED)
        for basis in ("strict", "fallback")
        if states.output(item.record_id, lines, text, basis) == MATCH
    )
    return {
        "key_sources_title": counts[TITLE_ALONE, "strict"],
        "key_sources_title_fallback": counts[TITLE_ALONE, "fallback"],
        "key_sources_enriched": counts[ENRICHED, "strict"],
        "key_sources_enriched_fallback": counts[ENRICHED, "fallback"],
        "key_sources": len(keys),
    }


def databases(build: Build) -> Table:
    """What came from each database: found, in the window, duplicates, unique."""
    columns = (
        "database", "name", "export", "records", "retrieved", "declared", "in_corpus",
        "matched_strict", "matched_fallback", "undecidable", "disagreements", "in_window",
        "outside_window", "no_year", "duplicates_within", "works", "shared", "only_here",
        "put_exports_into",
    )  # fmt: skip

    def rows() -> Rows:
        balance = {row["database"]: row for row in build.rows("works/balance.csv")}
        for database, strategy in build.strategies.items():
            export = NO if build.is_searchable(database) else NOT_SEARCHABLE
            row: dict[str, Any] = {"database": database, "name": strategy.name, "export": export}
            if build.has_export(database):
                row |= _exported(build, database, balance.get(database, {}))
            else:
                row["put_exports_into"] = f"{_folder_of_exports(build)}/{database}/"
            yield row

    return table(
        "databases",
        f"The databases of {build.words.of_review}: what was brought from each and what became of "
        "it. Where nothing was exported, everything is unknown and the cells are empty; a closed "
        "database is not searchable any more, as far as its strategy knows. in_corpus: records of a "
        "corpus that no platform declared; only of these can another reading find more or fewer, "
        "and of these matched_... counts.",
        columns,
        rows(),
    )


def _folder_of_exports(build: Build) -> str:
    """Return the folder of exports as results name it: no place of a machine stands in them."""
    folder = Path(build.config["exports"])
    return "your folder of exports" if folder.is_absolute() else folder.as_posix()


def _exported(build: Build, database: str, balance: Row) -> dict[str, Any]:
    retrieved = build.rows(f"search/{database}/retrieved.csv")
    basis = Counter(row["basis"] for row in retrieved)
    chosen = only_row(build.rows(f"search/{database}/outputs.csv"), chosen="yes")
    ids = {row["record_id"] for row in retrieved}
    pairs = read_records(build.folder / "records" / database, ["record_id", "year"]).to_pylist()
    years = [pair["year"] for pair in pairs if pair["record_id"] in ids]
    window = build.config["window"]
    inside = sum(y is not None and window["from"] <= y <= window["until"] for y in years)
    unknown = years.count(None)
    return {
        "export": "yes",
        "records": chosen["records"],
        "retrieved": len(retrieved),
        "declared": basis["declared"],
        "in_corpus": _in_corpus(build, database),
        "matched_strict": basis["strict"],
        "matched_fallback": basis["fallback"],
        "undecidable": chosen["undecidable"],
        "disagreements": len(build.rows(f"search/{database}/disagreements.csv")),
        "in_window": inside,
        "outside_window": len(years) - inside - unknown,
        "no_year": unknown,
        **{
            name: balance.get(name, 0)
            for name in ("duplicates_within", "works", "shared", "only_here")
        },
    }


def _in_corpus(build: Build, database: str) -> int:
    """Return how many records of a corpus no platform declared to be the answer to a line."""
    path = build.folder / f"search/{database}/choices.parquet"
    rows = pq.ParquetFile(path).read(["declared", "in_corpus"]).to_pylist()
    return sum(row["in_corpus"] and not row["declared"] for row in rows)
