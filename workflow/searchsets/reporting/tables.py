"""The review tables: each function makes the rows of one, from what the stages wrote.

A cell is empty where something is unknown; it is never 0 then. `NOT_REPORTED` stands where the
published review does not say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from searchsets.records.known_items import SOURCE
from searchsets.records.model import TEXT_COLUMNS
from searchsets.reporting.build import Build, Row, only_row
from searchsets.reporting.citation import cited_as, reference
from searchsets.search.stage import ENRICHED, MATCH, NO_MATCH, TITLE_ALONE, UNDECIDABLE

NOT_REPORTED = "not reported"
KEY_SOURCE = "key_source"

Rows = Iterator[dict[str, Any]]


@dataclass(frozen=True)
class Table:
    """One review table: its file name, what it shows in a sentence, its columns and rows."""

    name: str
    caption: str
    columns: tuple[str, ...]
    rows: list[dict[str, Any]]


def table(name: str, caption: str, columns: Sequence[str], rows: Rows) -> Table:
    """Return a table with all its rows made."""
    return Table(name, caption, tuple(columns), list(rows))


# What the strategies say and find


def strategy_lines(build: Build) -> Table:
    """Appendix 1 again: every line with what it finds."""
    columns = (
        "database", "set", "line", "text", "kind", "expression", "hits", "hits_fallback",
        "hits_declared", "undecidable", "known_items_title", "known_items_title_fallback",
        "known_items_enriched", "known_items_enriched_fallback", "known_items_undecidable",
    )  # fmt: skip

    frames = [_lines_of(build, database) for database in build.strategies]
    rows = pd.concat(frames)[list(columns)].to_dict("records")
    return table(
        "strategies",
        "The search lines as printed, and what each finds in this run. Hits are empty where a "
        "database has no export.",
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
    return joined.assign(database=database)


KNOWN_COUNTS = {
    "known_items_title": (TITLE_ALONE, "strict"),
    "known_items_title_fallback": (TITLE_ALONE, "fallback"),
    "known_items_enriched": (ENRICHED, "strict"),
    "known_items_enriched_fallback": (ENRICHED, "fallback"),
}


def outputs(build: Build) -> Table:
    """The totals under each reading of which lines are the result."""
    columns = (
        "database", "reading", "chosen", "lines", "basis", "records", "hits", "hits_fallback",
        "hits_declared", "retrieved", "undecidable", "key_sources_title",
        "key_sources_title_fallback", "key_sources_enriched", "key_sources_enriched_fallback",
        "key_sources", "why",
    )  # fmt: skip

    def rows() -> Rows:
        keys = _key_sources(build)
        for database, strategy in build.strategies.items():
            states = known_states(build, database)
            for row in build.rows(f"search/{database}/outputs.csv"):
                reading = strategy.reading(row["reading"])
                counts = Counter(
                    (text, basis)
                    for item in keys
                    for text in (TITLE_ALONE, ENRICHED)
                    for basis in ("strict", "fallback")
                    if states.output(item.record_id, reading.lines, text, basis) == MATCH
                )
                yield row | {
                    "database": database,
                    "key_sources_title": counts[TITLE_ALONE, "strict"],
                    "key_sources_title_fallback": counts[TITLE_ALONE, "fallback"],
                    "key_sources_enriched": counts[ENRICHED, "strict"],
                    "key_sources_enriched_fallback": counts[ENRICHED, "fallback"],
                    "key_sources": len(keys),
                }

    return table(
        "outputs",
        "Which lines are taken as the result of each strategy, with rival readings, and the totals "
        "under each. key_sources_...: how many of the key sources the output would match; those "
        "with fallback include the strict ones.",
        columns,
        rows(),
    )


@dataclass(frozen=True)
class KnownStates:
    """What a strategy says of each known item, line by line."""

    state: dict[tuple[str, int, str, str], str]

    def line(self, record_id: str, line: int, text: str, basis: str) -> str:
        """Return an item's state on a line; `fallback` is the strict state and what it adds."""
        if (record_id, line, text, basis) in self.state:
            return self.state[record_id, line, text, basis]
        return self.state[record_id, line, text, "strict"]

    def output(self, record_id: str, lines: Sequence[int], text: str, basis: str) -> str:
        """Return an item's state on the union of lines."""
        found = {self.line(record_id, line, text, basis) for line in lines}
        return next(state for state in (MATCH, UNDECIDABLE, NO_MATCH) if state in found)


def known_states(build: Build, database: str) -> KnownStates:
    """Return what a database's strategy says of the known items."""
    return KnownStates(
        {
            (row["record_id"], int(row["line"]), row["text"], row["basis"]): row["state"]
            for row in build.rows(f"search/{database}/known_items.csv")
        }
    )


def _key_sources(build: Build):
    return [item for item in build.known_items if item.role == KEY_SOURCE]


# Databases and records


def databases(build: Build) -> Table:
    """What came from each database: found, in the window, duplicates, unique."""
    columns = (
        "database", "name", "export", "records", "retrieved", "declared", "matched_strict",
        "matched_fallback", "undecidable", "disagreements", "in_window", "outside_window",
        "no_year", "duplicates_within", "works", "shared", "only_here", "put_exports_into",
    )  # fmt: skip

    def rows() -> Rows:
        balance = {row["database"]: row for row in build.rows("works/balance.csv")}
        for database, strategy in build.strategies.items():
            row: dict[str, Any] = {"database": database, "name": strategy.name, "export": "no"}
            if build.has_export(database):
                row |= _exported(build, database, balance.get(database, {}))
            else:
                row["put_exports_into"] = f"{build.config['exports']}/{database}/"
            yield row

    return table(
        "databases",
        "The databases of the report: what was brought from each and what became of it. Where "
        "nothing was exported, everything is unknown and the cells are empty.",
        columns,
        rows(),
    )


def _exported(build: Build, database: str, balance: Row) -> dict[str, Any]:
    from searchsets.records.store import read_records

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


# The known items


def known_items(build: Build) -> Table:
    """The report's own literature, and where each work of it stands."""
    columns = (
        "record_id", "role", "source_number", "cited_as", "title", "year", "state", "decided_by",
        "suggestion", "published_outcome",
    )  # fmt: skip

    def rows() -> Rows:
        finals = {row["record_id"]: row for row in build.rows("screening/final.csv")}
        for item in build.known_items:
            record, final = build.records[item.record_id], finals[item.record_id]
            yield {
                "record_id": item.record_id,
                "role": item.role,
                "source_number": item.number,
                "cited_as": cited_as(record),
                "title": record["title"],
                "year": record["year"],
                **{name: final[name] for name in columns[6:]},
            }

    return table(
        "known_items",
        "The report's own reference list: key sources (Appendix 4), works it cites, works it only "
        "lists. What the report decided about works that are no key source is not known.",
        columns,
        rows(),
    )


def key_sources_by_strategy(build: Build) -> Table:
    """Every key source against every strategy."""
    columns = (
        "source_number", "cited_as", "database", "title_strict", "title_fallback",
        "enriched_strict", "enriched_fallback", "lines_matched", "published_after_searches",
        "published_evidence", "indexed_in_database", "record_id",
    )  # fmt: skip

    def rows() -> Rows:
        for item in _key_sources(build):
            record = build.records[item.record_id]
            after, evidence = published_after(build, item.record_id)
            for database, strategy in build.strategies.items():
                states = known_states(build, database)
                lines = strategy.reading(build.config["outputs"].get(database, "default")).lines
                yield {
                    "source_number": item.number,
                    "cited_as": cited_as(record),
                    "database": database,
                    **{
                        f"{name}_{basis}": states.output(item.record_id, lines, text, basis)
                        for name, text in (("title", TITLE_ALONE), ("enriched", ENRICHED))
                        for basis in ("strict", "fallback")
                    },
                    "lines_matched": [
                        f"#{number}"
                        for number in strategy.lines
                        if states.line(item.record_id, number, ENRICHED, "fallback") == MATCH
                    ],
                    "published_after_searches": after,
                    "published_evidence": evidence,
                    "indexed_in_database": _indexed(build, item.record_id, database),
                    "record_id": item.record_id,
                }

    return table(
        "key_sources_by_strategy",
        "Would the output of each strategy match each key source? By the title alone, and by the "
        "title with the report's description. strict: as the database would search; fallback: "
        "descriptors read as free text too. Whether a database held the source is not known, so "
        "nothing here says that it was found.",
        columns,
        rows(),
    )


def published_after(build: Build, record_id: str) -> tuple[str, str]:
    """Say whether a work was published after the searches ended, and on what evidence."""
    ends = {strategy.searched["until"] for strategy in build.strategies.values()}
    last = max(ends)
    for statement in build.said(record_id, "published"):
        return ("yes" if statement.value > last else "no"), f"{statement.value} ({statement.source})"
    year = build.records[record_id]["year"]
    if year is None or not last[:4].isdigit() or year == int(last[:4]):
        return "cannot be told", f"year {year or 'unknown'}; the searches ended {last}"
    return ("yes" if year > int(last[:4]) else "no"), f"year {year}; the searches ended {last}"


def _indexed(build: Build, record_id: str, database: str) -> str:
    stated = [s for s in build.said(record_id, "indexed_in") if s.value == database]
    return f"yes ({stated[0].source})" if stated else "not known"


def criteria_matrix(build: Build) -> Table:
    """The key sources against the criteria, and what each combination would have kept."""
    criteria = _criteria(build)
    names = [criterion.id for criterion in (*criteria.criteria, *criteria.facets)]
    combinations = [combination.id for combination in criteria.combinations]

    def rows() -> Rows:
        judged = {
            (row["record_id"], row["criterion"]): row for row in build.rows("screening/judgements.csv")
        }
        suggested = {
            (row["work_id"], row["combination"]): row["suggestion"]
            for row in build.rows("screening/combinations.csv")
        }
        work_of = {row["record_id"]: row["work_id"] for row in build.rows("works/links.csv")}
        for item in _key_sources(build):
            row = {
                "source_number": item.number,
                "cited_as": cited_as(build.records[item.record_id]),
                "record_id": item.record_id,
            }
            for name in names:
                one = judged[item.record_id, name]
                proxy = " (proxy)" if one["basis"] == "proxy" else ""
                row[name] = one["judgement"] + proxy
            for name in combinations:
                row[f"rule_{name}"] = suggested[work_of[item.record_id], name]
            yield row

    return table(
        "criteria_matrix",
        "What the rules can tell of each key source from its title and the report's description, "
        "and what each combination of criteria would suggest (rule_...). People decide; the report "
        "included all of these.",
        ("source_number", "cited_as", *names, *(f"rule_{n}" for n in combinations), "record_id"),
        rows(),
    )


def _criteria(build: Build):
    from pathlib import Path

    from searchsets.screening.criteria import read_criteria

    return read_criteria(Path(build.config["criteria"]))


# Screening and the included sources


def screening(build: Build) -> Table:
    """How many works stand in each state, and why."""

    def rows() -> Rows:
        works = {row["work_id"]: row for row in build.rows("screening/final.csv")}
        counts = Counter(
            (row["state"], row["decided_by"], row["stage"], row["reason"]) for row in works.values()
        )
        for (state, decided_by, stage, reason), n in sorted(counts.items()):
            yield {
                "state": state,
                "decided_by": decided_by,
                "stage": stage,
                "reason": reason,
                "works": n,
            }

    return table(
        "screening",
        "Works by state and reason. `rule` means excluded for a stated year; nothing is excluded "
        "because something is missing.",
        ("state", "decided_by", "stage", "reason", "works"),
        rows(),
    )


def included_sources(build: Build) -> Table:
    """The included sources in the form of Appendix 4."""
    columns = (
        "number", "selected_source", "about_this_study", "governance_context",
        "actors_and_agencies", "record_id",
    )  # fmt: skip

    def rows() -> Rows:
        about = {
            row["record"]: row["about"]
            for row in build.extraction("included_sources.csv", ("record", "about", "source"))
        }
        numbers = {item.record_id: item.number for item in build.known_items}
        included = [r for r in build.rows("screening/final.csv") if r["state"] == "included"]
        chosen = _one_record_a_work(included, numbers)
        records = _records(build, chosen)
        for record_id in sorted(chosen, key=lambda i: (numbers.get(i) or len(numbers) + 1, i)):
            record = records[record_id]
            yield {
                "number": numbers.get(record_id),
                "selected_source": reference(record),
                "about_this_study": about.get(record_id),
                "governance_context": _cell(build, record_id, "Governance context"),
                "actors_and_agencies": _cell(build, record_id, "Actors and agencies"),
                "record_id": record_id,
            }

    return table(
        "included_sources",
        "The included sources in the form of Appendix 4. `About this study` is summarised in other "
        "words; an empty cell is empty in the report or was destroyed in the text we have.",
        columns,
        rows(),
    )


def _one_record_a_work(rows: list[Row], numbers: dict[str, int | None]) -> list[str]:
    """Return for each work the record to show: the known item if there is one."""
    shown: dict[str, str] = {}
    for row in sorted(rows, key=lambda row: (row["record_id"] not in numbers, row["record_id"])):
        shown.setdefault(row["work_id"], row["record_id"])
    return list(shown.values())


def _records(build: Build, record_ids: list[str]) -> dict[str, dict[str, Any]]:
    """Return the records of these ids, each source being read once."""
    from searchsets.records.store import read_records

    found: dict[str, dict[str, Any]] = {}
    wanted = set(record_ids)
    for source in sorted({record_id.partition(":")[0] for record_id in wanted}):
        columns = [*TEXT_COLUMNS, "authors", "year"]
        for row in read_records(build.folder / "records" / source, columns).to_pylist():
            if row["record_id"] in wanted:
                found[row["record_id"]] = row
    return found


def _cell(build: Build, record_id: str, column: str) -> str:
    return " ".join(statement.value for statement in build.said(record_id, "keywords", column))


# The flow


def prisma(build: Build) -> Table:
    """The numbers of the flow diagram, in this run and in the published review."""
    finals = {row["work_id"]: row for row in build.rows("screening/final.csv")}
    states = Counter((row["state"], row["decided_by"]) for row in finals.values())
    by_state = Counter(row["state"] for row in finals.values())
    balance = {row["database"]: row for row in build.rows("works/balance.csv")}
    retrieved = {
        database: len(build.rows(f"search/{database}/retrieved.csv")) for database in build.exported
    }
    records = sum(int(row["records"]) for row in balance.values())
    published = sum(bool(row["published_outcome"]) for row in finals.values())

    def rows() -> Rows:
        for database, strategy in build.strategies.items():
            found = retrieved.get(database, "not searched")
            yield _box(f"records_{database}", strategy.name, found, NOT_REPORTED)
        yield _box("records_known_items", "Works of the report's own reference list",
                   int(balance[SOURCE]["records"]), "not applicable")  # fmt: skip
        yield _box("records_websites", "Records from websites", "not searched", NOT_REPORTED)
        yield _box("records_organisations", "Documents sent by local authorities", "not searched",
                   NOT_REPORTED)  # fmt: skip
        yield _box("duplicates", "Duplicates joined", records - len(finals), NOT_REPORTED)
        yield _box("works", "Works to screen", len(finals), NOT_REPORTED)
        yield _box("excluded_by_rule", "Excluded by rule (year)", states["excluded", "rule"],
                   NOT_REPORTED)  # fmt: skip
        yield _box("excluded_by_people", "Excluded by people", by_state["excluded"]
                   - states["excluded", "rule"], NOT_REPORTED)  # fmt: skip
        undecided = len(finals) - by_state["excluded"] - by_state["included"]
        yield _box("undecided", "Not decided in this run", undecided, NOT_REPORTED)
        yield _box("included", "Included", by_state["included"], published)

    return table(
        "prisma",
        "The flow of records. The published review reports no number before its last one; "
        "`not searched` and `not reported` are not 0.",
        ("box", "label", "this_run", "published_review"),
        rows(),
    )


def _box(name: str, label: str, this_run: Any, published: Any) -> dict[str, Any]:
    return {"box": name, "label": label, "this_run": this_run, "published_review": published}


def summary(build: Build, made: Sequence[Table]) -> Table:
    """The figures of the page's first screen, each with the table it comes from."""
    by_name = {one.name: one.rows for one in made}
    roles = Counter(item.role for item in build.known_items)
    flow = {row["box"]: row["this_run"] for row in by_name["prisma"]}
    retrieved = [row["retrieved"] for row in by_name["databases"] if row["export"] == "yes"]

    def rows() -> Rows:
        yield _figure("strategies", len(build.strategies), "search strategies", "strategies")
        yield _figure("lines", len(by_name["strategies"]), "search lines, as printed", "strategies")
        exported, missing = len(build.exported), len(build.strategies) - len(build.exported)
        yield _figure("databases_with_export", exported, "databases with an export", "databases")
        yield _figure("databases_without_export", missing, "databases without one", "databases")
        total = sum(retrieved) if retrieved else None
        yield _figure("retrieved", total, "records retrieved from databases", "databases")
        for role, meaning in KNOWN_ITEM_ROLES.items():
            yield _figure(role, roles[role], meaning, "known_items")
        yield _figure("known_items", len(build.known_items), "works of the report's reference list",
                      "known_items")  # fmt: skip
        yield from _best_states(by_name["key_sources_by_strategy"])
        for box in ("works", "included", "undecided", "excluded_by_rule", "excluded_by_people"):
            label = next(row["label"] for row in by_name["prisma"] if row["box"] == box)
            yield _figure(box, flow[box], label, "prisma")

    return table(
        "summary",
        "The figures of the first screen of the page, and the table each is counted from.",
        ("figure", "value", "meaning", "counted_from"),
        rows(),
    )


KNOWN_ITEM_ROLES = {
    KEY_SOURCE: "key sources of Appendix 4",
    "cited": "works cited that are no key source",
    "listed_only": "works listed and never cited",
}


def _best_states(rows: list[dict[str, Any]]) -> Rows:
    """Yield how many key sources at least one strategy would match, and for how many none would
    but at least one cannot be judged."""
    for column in ("title_strict", "title_fallback", "enriched_strict", "enriched_fallback"):
        found: dict[int, set[str]] = {}
        for row in rows:
            found.setdefault(row["source_number"], set()).add(row[column])
        matched = sum(MATCH in states for states in found.values())
        unjudged = sum(MATCH not in states and UNDECIDABLE in states for states in found.values())
        name = column.replace("_", ", ")
        yield _figure(f"matched_{column}", matched, f"key sources that a strategy would match ({name})",
                      "key_sources_by_strategy")  # fmt: skip
        yield _figure(f"unjudged_{column}", unjudged, "key sources that none would match and that "
                      f"cannot be judged ({name})", "key_sources_by_strategy")  # fmt: skip


def _figure(name: str, value: int | None, meaning: str, source: str) -> dict[str, Any]:
    return {"figure": name, "value": value, "meaning": meaning, "counted_from": f"tables/{source}.csv"}
