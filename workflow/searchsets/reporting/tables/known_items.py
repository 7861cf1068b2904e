"""Tables of the known items: their states, the strategies and the criteria held against them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from searchsets.records.known_items import KnownItem
from searchsets.reporting.build import Build
from searchsets.reporting.citation import cited_as
from searchsets.reporting.published_review import Words
from searchsets.reporting.tables.model import CANNOT_BE_TOLD, NO, YES, Rows, Table, table
from searchsets.search.choices import MATCH, NO_MATCH, UNDECIDABLE
from searchsets.search.stage import ENRICHED, TITLE_ALONE

_DATE = re.compile(r"\d{4}-\d\d-\d\d$")


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


def known_items(build: Build) -> Table:
    """The works that are known without a search, and where each of them stands."""
    columns = (
        "record_id", "role", "source_number", "cited_as", "title", "year", "state", "decided_by",
        "suggestion", *(["published_outcome"] if build.words.review else []),
    )  # fmt: skip

    def rows() -> Rows:
        for item in build.known_items:
            record = build.records[item.record_id]
            final = build.final_of[build.work_of[item.record_id]]
            yield {
                "record_id": item.record_id,
                "role": item.role,
                "source_number": item.number,
                "cited_as": cited_as(record),
                "title": record["title"],
                "year": record["year"],
                **{name: final[name] for name in columns[6:]},
            }

    return table("known_items", _of_known_items(build.words), columns, rows())


def _of_known_items(words: Words) -> str:
    if not words.review:
        return "Known items: key sources, which the searches should find, and others."
    place = f" ({words.included_sources})" if words.included_sources else ""
    return (
        f"{words.known_items}: key sources{place}, works it cites, works it only lists. What "
        f"{words.of_review} decided about works that are no key source is not known."
    )


def key_sources_by_strategy(build: Build) -> Table:
    """Every key source against every strategy."""
    columns = (
        "source_number", "cited_as", "database", "title_strict", "title_fallback",
        "enriched_strict", "enriched_fallback", "lines_matched", "published_after_searches",
        "published_evidence", "indexed_in_database", "record_id",
    )  # fmt: skip

    def rows() -> Rows:
        all_states = {database: known_states(build, database) for database in build.strategies}
        for item in build.key_sources:
            record = build.records[item.record_id]
            after, evidence = published_after(build, item.record_id)
            for database, strategy in build.strategies.items():
                states = all_states[database]
                lines = build.reading(database).lines
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
        f"title with {build.words.description}. strict: as the database would search; fallback: "
        "descriptors read as free text too. Whether a database held the source is not known, so "
        "nothing here says that it was found.",
        columns,
        rows(),
    )


def published_after(build: Build, record_id: str) -> tuple[str, str]:
    """Say whether a work was published after the searches ended, and on what evidence.

    Dates are compared as far as both are known: 2008 against 2008-09-05 cannot be told.
    """
    ends = [
        s.searched["until"] for s in build.strategies.values() if _DATE.match(s.searched["until"])
    ]
    last = max(ends, default="")
    stated = next(iter(build.said(record_id, "published")), None)
    year = build.records[record_id]["year"]
    date = stated.value if stated else str(year or "")
    evidence = f"{date} ({stated.source})" if stated else f"year {date or 'unknown'}"
    shared = min(len(date), len(last))
    if not shared or date[:shared] == last[:shared]:
        answer = CANNOT_BE_TOLD
    else:
        answer = YES if date > last else NO
    return answer, f"{evidence}; the searches ended {last or 'on an unknown day'}"


def _indexed(build: Build, record_id: str, database: str) -> str:
    stated = [s for s in build.said(record_id, "indexed_in") if s.value == database]
    return f"yes ({stated[0].source})" if stated else "not known"


def criteria_matrix(build: Build) -> Table:
    """The key sources against the criteria, and what each combination would have kept."""
    criteria = build.criteria
    names = [criterion.id for criterion in (*criteria.criteria, *criteria.facets)]
    combinations = [combination.id for combination in criteria.combinations]
    review = build.words.review
    included = f"; {review.called} included all of these" if review else ""

    def rows() -> Rows:
        items = build.key_sources
        ids = {item.record_id for item in items}
        judged = {
            (row["record_id"], row["criterion"]): row
            for row in build.rows("screening/judgements.csv")
            if row["record_id"] in ids
        }
        suggested = _suggested(build, items)
        for item in items:
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
                row[f"rule_{name}"] = suggested[name, item.record_id]
            yield row

    return table(
        "criteria_matrix",
        f"What the rules can tell of each key source from its title and {build.words.description}, "
        f"and what each combination of criteria would suggest (rule_...). People decide{included}.",
        ("source_number", "cited_as", *names, *(f"rule_{n}" for n in combinations), "record_id"),
        rows(),
    )


def combinations(build: Build) -> Table:
    """What each combination of the criteria would have kept of the key sources."""
    columns = ("combination", "says", "chosen", "include", "unclear", "exclude", "would_include")

    def rows() -> Rows:
        items = build.key_sources
        suggested = _suggested(build, items)
        for one in build.criteria.combinations:
            kept = {item.number: suggested[one.id, item.record_id] for item in items}
            counts = Counter(kept.values())
            yield {
                "combination": one.id,
                "says": one.says,
                "chosen": one.id == build.config["combination"],
                "include": counts["include"],
                "unclear": counts["unclear"],
                "exclude": counts["exclude"],
                "would_include": [n for n, suggestion in kept.items() if suggestion == "include"],
            }

    return table(
        "combinations",
        "How many of the key sources each combination of the criteria would include, leave unclear, "
        "or exclude: by the judgements of people where there are any, else by the rules, which see "
        f"only the title and {build.words.description}. would_include: their numbers.",
        columns,
        rows(),
    )


def _suggested(build: Build, items: Iterable[KnownItem]) -> dict[tuple[str, str], str]:
    """Return what each combination suggests of known items, by (combination, record)."""
    items_of: dict[str, list[str]] = {}
    for item in items:
        items_of.setdefault(build.work_of[item.record_id], []).append(item.record_id)
    return {
        (row["combination"], record_id): row["suggestion"]
        for row in build.rows("screening/combinations.csv")
        for record_id in items_of.get(row["work_id"], ())
    }
