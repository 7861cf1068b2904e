"""The table of what organisations sent when they were asked for documents."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from searchsets.records.shards import read_records
from searchsets.reporting.build import Build
from searchsets.reporting.tables.model import Rows, Table, table
from searchsets.sources.supplied import SOURCE, Entry

ALL = "all together"


def supplied(build: Build) -> Table:
    """For each organisation: how often it was asked, what came, and what of it is included."""

    def rows() -> Rows:
        works = _works_by_organisation(build)
        for name in sorted({entry.organisation for entry in build.supplied}):
            entries = [entry for entry in build.supplied if entry.organisation == name]
            yield _counts(name, entries, works.get(name, set()), build.included)
        yield _counts(ALL, build.supplied, set().union(*works.values()), build.included)

    return table(
        "supplied",
        "Whom the review asked for documents, and what came. Asked: requests; asked = answered + "
        "nothing came (yet). Answered: documents came, or word that there are none. Works: what "
        "the documents are when duplicates are joined; the last row counts a work once, whoever "
        "sent it.",
        ("organisation", "asked", "answered", "nothing_came", "documents", "works", "included"),
        rows(),
    )


def _counts(
    name: str, entries: Collection[Entry], works: set[str], included: set[str]
) -> dict[str, Any]:
    asked = {entry.request for entry in entries}
    answered = {entry.request for entry in entries if entry.is_answered}
    return {
        "organisation": name,
        "asked": len(asked),
        "answered": len(answered),
        "nothing_came": len(asked - answered),
        "documents": sum(entry.is_document for entry in entries),
        "works": len(works),
        "included": len(works & included),
    }


def _works_by_organisation(build: Build) -> dict[str, set[str]]:
    """Return the works of each organisation's documents, as the import kept who sent them."""
    found: dict[str, set[str]] = {}
    if SOURCE in build.others:
        sent = read_records(build.folder / "records" / SOURCE, ("record_id", "raw"))
        for row in sent.to_pylist():
            organisation = json.loads(row["raw"])["organisation"]
            found.setdefault(organisation, set()).add(build.work_of[row["record_id"]])
    return found
