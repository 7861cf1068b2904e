"""Gathers what the inspector shows: records with their way through the review, acts, judgements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from operator import itemgetter
from typing import Any

import pyarrow.parquet as pq

from searchsets.records.known_items import SOURCE as KNOWN
from searchsets.records.other_sources import EARLIER, OTHER_SOURCES
from searchsets.reporting.build import Build
from searchsets.reporting.inspector.choosing import choices, claims
from searchsets.reporting.inspector.packing import columns, grouped, steps
from searchsets.reporting.tables.screening_words import STATES
from searchsets.screening.model import STAGE_WORDS
from searchsets.screening.outcomes.states import BY_RULE

_FLOW = ("arm", "removed", "screening", "retrieval", "eligibility", "reason")
_OF_RECORD = (
    "type", "title", "authors", "year", "container", "publisher", "volume", "issue", "pages", "doi",
    "url", "language",
)  # fmt: skip
_RECORD = (
    "id", "work", "source", "file", *_OF_RECORD, *_FLOW, "state", "decided_by",
    "decided_at", "suggestion", "why",
)  # fmt: skip
_ACT = (
    "event_id", "step", "stage", "round", "reviewer", "role", "decision", "reason_code", "criteria",
    "override", "quote", "quote_loc", "note", "decided_at", "blinded",
    "criteria_version", "supersedes", "standing",
)  # fmt: skip
_JUDGEMENT = ("criterion", "judgement", "basis", "evidence")
_STAGE = ("stage", "outcome", "decided_by", "reason", "screeners", "differed", "settled_by")
_PAIR = ("other", "evidence", "weight", "decided_by", "note")

WORDS = {
    "state": STATES,
    "stage": STAGE_WORDS,
    "arm": {
        "databases": "By a search of databases",
        "other": "By other methods",
    },
    "removed": {
        "": "Kept",
        "duplicate": "A duplicate of another record",
        "rule": "Excluded by a rule",
        "duplicate_by_people": "Called a duplicate by people",
    },
    "screening": {
        "": "Not reached",
        "passed": "Passed",
        "excluded": "Excluded",
        "awaiting": "Awaiting a decision",
        "direct": "Taken straight to full text",
        "not_reported": "Decided by the published review; how is not reported",
    },
    "retrieval": {
        "": "Not reached",
        "retrieved": "Retrieved",
        "not_retrieved": "Not retrieved",
        "awaiting": "To be read",
        "not_reported": "Not reported",
    },
    "eligibility": {
        "": "Not reached",
        "included": "Included",
        "excluded": "Excluded",
        "awaiting": "Awaiting a decision",
    },
    "type": {
        "JOUR": "Journal article (JOUR)",
        "RPRT": "Report (RPRT)",
        "BOOK": "Book (BOOK)",
        "CHAP": "Chapter (CHAP)",
        "CONF": "Conference (CONF)",
        "THES": "Thesis (THES)",
        "ELEC": "Web page (ELEC)",
        "STAT": "Statute (STAT)",
        "GEN": "Not said (GEN)",
        "": "Not stated",
    },
    "decided_by": {"": "Nobody"},
    "decided_at": {**STAGE_WORDS, BY_RULE: "before people screened", "": "at no stage"},
    "suggestion": {"include": "Include", "exclude": "Exclude", "unclear": "Unclear", "": "Nothing"},
}
"""What the codes of the columns mean, for a reader."""


def content(build: Build) -> dict[str, Any]:
    """Return all that the inspector shows but the abstracts.

    Records stand in the order of their ids; what belongs to a record (its acts, its judgements, the
    lines that found it) is grouped in that order, so that it need not say whose it is.
    """
    rows = list(_records(build))
    places = {row["id"]: place for place, row in enumerate(rows)}
    first: dict[str, str] = {}
    for row in build.links:
        work = row["work_id"]
        first[work] = min(first.get(work, row["record_id"]), row["record_id"])
    stages = ({"record_id": first[r["work_id"]]} | r for r in build.stages)
    return {
        "run": build.config["run"],
        "title": build.config["title"],
        "records": columns(rows, _RECORD) | {"position": steps(row["position"] for row in rows)},
        "acts": grouped(_acts(build, places), places, "record_id", _ACT),
        "judgements": grouped(
            build.rows("screening/judgements.csv"), places, "record_id", _JUDGEMENT
        ),
        "stages": grouped(stages, places, "record_id", _STAGE),
        "lines": {database: _lines(build, database) for database in build.strategies},
        "found": grouped(_found(build), places, "record_id", ("search", "line", "basis")),
        "merged": grouped(_pairs(build, "duplicates_merges"), places, "record_id", _PAIR),
        "versions": grouped(
            _pairs(build, "duplicates_versions"), places, "record_id", ("kind", *_PAIR)
        ),
        "criteria": build.rows("screening/criteria.csv"),
        "choices": choices(build, places, {work: places[one] for work, one in first.items()}),
        "claims": claims(build),
        "words": WORDS
        | {
            "arm": WORDS["arm"] | {"known": build.words.came_in},
            "source": _sources(build),
            "reason": build.criteria.reason_words,
            "criterion": _criteria(build),
        },
    }


def _records(build: Build) -> Iterator[dict[str, Any]]:
    """Yield every record that is in a work, with where it came from and how far it went."""
    finals = {row["record_id"]: row for row in build.finals}
    flow = {row["record_id"]: row for row in build.rows("flow/records.csv")}
    why = {row["work_id"]: row["why"] for row in build.rows("tables/screening_log.csv")}
    described = build.records_of(build.work_of, _OF_RECORD)
    for link in sorted(build.links, key=itemgetter("record_id")):
        record_id = link["record_id"]
        final, record = finals[record_id], described[record_id]
        yield {
            "id": record_id,
            # The work that is named after its only, or first, record needs no name of its own.
            "work": link["work_id"].replace(f"work:{record_id}", ""),
            "source": link["database"],
            "file": link["source_file"],
            "position": int(link["position"]),
            **{name: record[name] for name in _OF_RECORD},
            "authors": "; ".join(record["authors"]),
            **{name: flow[record_id][name] for name in _FLOW},
            "state": final["state"],
            "decided_by": final["decided_by"],
            "decided_at": final["stage"],
            "suggestion": final["suggestion"],
            "why": why[link["work_id"]],
        }


def abstracts(build: Build) -> list[str]:
    """Return the abstracts of the records in the order of `content`; empty where there is none."""
    found = build.records_of(build.work_of, ("abstract",))
    return [found[record_id]["abstract"] or "" for record_id in sorted(build.work_of)]


def _acts(build: Build, places: dict[str, int]) -> Iterator[dict[str, Any]]:
    """Yield the acts on records, in the order of the records.

    An id that says who acted, where, and as the how manyeth (as those do that the log's own writer
    gives) is left out: `step` says by how many it follows the one before of the same file.
    """
    acts = (row for row in build.events if row["record_id"] in places)
    last: dict[str, int] = defaultdict(int)
    for act in sorted(acts, key=itemgetter("record_id")):
        file = f"{act['reviewer']}-{act['stage']}-{act['round']}"
        seq = act["seq"]
        if act["event_id"] != f"{file}-{seq}" or not seq.isdecimal():
            yield act | {"step": 0}
            continue
        yield act | {"event_id": "", "step": int(seq) - last[file]}
        last[file] = int(seq)


def _lines(build: Build, database: str) -> dict[str, Any]:
    strategy = build.strategies[database]
    return {
        "name": strategy.name,
        "lines": {str(line.number): line.text for line in strategy.lines.values()},
        "outputs": list(build.reading(database).lines),
        "hits": {
            row["line"]: {basis: int(row[column]) for basis, column in _HITS.items() if row[column]}
            for row in build.rows(f"search/{database}/hits.csv")
        },
    }


_HITS = {"strict": "hits", "fallback": "hits_fallback", "declared": "hits_declared"}


def _found(build: Build) -> Iterator[dict[str, Any]]:
    """Yield which lines of which search found a record, and how; of known items by both texts."""
    searches = [*build.strategies, *(f"{one}_in_{where}" for one, where in build.elsewhere)]
    for search in searches:
        table = pq.read_table(build.folder / "search" / search / "matches.parquet")
        for record_id, line, basis in zip(*(c.to_pylist() for c in table.columns), strict=True):
            yield {"record_id": record_id, "search": search, "line": line, "basis": basis}
    for database in build.strategies:
        for row in build.rows(f"search/{database}/known_items.csv"):
            if row["state"] == "match":
                basis = f"{row['basis']}, {row['text']}"
                line = int(row["line"])
                yield {
                    "record_id": row["record_id"],
                    "search": database,
                    "line": line,
                    "basis": basis,
                }


def _pairs(build: Build, name: str) -> Iterator[dict[str, Any]]:
    """Yield each pair of a table of pairs twice: of one record, and of the other."""
    for row in build.rows(f"tables/{name}.csv"):
        for one, other in (("a", "b"), ("b", "a")):
            yield {
                "record_id": row[f"record_id_{one}"],
                "other": row[f"record_id_{other}"],
                "kind": row.get("kind", ""),
                "weight": row.get("weight", ""),
                **{key: row[key] for key in ("evidence", "decided_by", "note")},
            }


def _criteria(build: Build) -> dict[str, str]:
    """Return the words of each criterion and facet, by its id."""
    criteria = build.criteria
    return {one.id: one.printed for one in (*criteria.criteria, *criteria.facets)}


def _sources(build: Build) -> dict[str, str]:
    """Return what each source is called."""
    databases = {database: strategy.name for database, strategy in build.strategies.items()}
    carried = {EARLIER: f"Carried over from {build.base}"} if build.base else {}
    return {KNOWN: build.words.known_items, **carried, **OTHER_SOURCES, **databases}
