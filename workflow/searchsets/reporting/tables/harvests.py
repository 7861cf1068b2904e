"""Tables of what open services were asked for, what came, and what the strategies find in it."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from searchsets.files import sha256_of
from searchsets.reporting.build import Build, Row, only_row
from searchsets.reporting.tables.model import Rows, Table, table
from searchsets.sources.services import SERVICES

_KEYS = ("source", "strategy", "harvest")


def harvests(build: Build) -> Table:
    """Each harvest: the service's own number, and what came of it."""

    def rows() -> Rows:
        records = {_named(row): row["records"] for row in build.harvests}
        for named, questions in groupby(sorted(build.questions, key=_named), key=_named):
            told = dict(zip(_KEYS, named, strict=True)) | {"records": records[named]}
            yield told | _counts(list(questions))

    return table(
        "harvests",
        "What open services were asked for. Records: how many different ones came. Announced: what "
        "the service said there is, summed over the questions, which overlap; received: what came, "
        "those that came again included. Short: questions to which fewer came than there are; lacking: "
        "how many, which a person accepted. Each question stands in records/<source>/questions.csv.",
        (*_KEYS, "questions", "from", "to", "answers", "records", "announced", "received", "short",
         "lacking", "first_asked", "last_asked"),
        rows(),
    )  # fmt: skip


def _named(row: Row) -> tuple[str, ...]:
    return tuple(row[key] for key in _KEYS)


def _counts(questions: list[Row]) -> dict[str, Any]:
    whole = [row for row in questions if row["state"] != "cut"]  # the parts stand beside them
    short = [row for row in questions if row["state"] == "short"]
    days = sorted(
        row[key] for row in questions for key in ("first_asked", "last_asked") if row[key]
    )
    years = [int(row[key]) for row in questions for key in ("from", "to") if row[key]]
    return {
        "questions": len(questions),
        "from": min(years, default=None),
        "to": max(years, default=None),
        "answers": sum(int(row["answers"]) for row in questions),
        "announced": sum(int(row["announced"]) for row in whole),
        "received": sum(int(row["received"]) for row in questions),
        "short": len(short),
        "lacking": sum(int(row["announced"]) - int(row["records"]) for row in short),
        "first_asked": days[0],
        "last_asked": days[-1],
    }


def differences(build: Build) -> Table:
    """In what each harvest asked otherwise than its strategy says."""
    return table(
        "harvest_differences",
        "In what open services were asked otherwise than the strategies say. The strategies themselves "
        "were then run on what came back; what a service did not give is not there.",
        (*_KEYS, "difference"),
        iter([*_other_strategies(build), *build.differences]),
    )


def _other_strategies(build: Build) -> Rows:
    """Yield the harvests that were asked for another text, or other lines, than this run searches by."""
    for row in build.harvests:
        if not row["lines"]:  # pages that a run found, whatever it was searched by
            continue
        changed = []
        if row["strategy_sha256"] != sha256_of(build.strategies[row["strategy"]].path):
            changed.append("the file of the strategy was changed since")
        if row["errata"] != build.config["errata"]:
            changed.append(f"errata were taken as {row['errata']} then")
        wanted = set(map(str, build.reading(row["strategy"]).lines))
        if missing := wanted.difference(row["lines"].split("; ")):
            changed.append(f"#{', #'.join(sorted(missing, key=int))} was not asked for")
        if changed:
            yield {key: row[key] for key in _KEYS} | {
                "difference": f"ASKED FOR ANOTHER STRATEGY THAN THIS RUN SEARCHES BY: "
                f"{'; '.join(changed)}. What only this run's strategy finds was not asked for: "
                "harvest again under another name"
            }


def stand_ins(build: Build) -> Table:
    """Each strategy in each source that was asked in its database's place."""

    def rows() -> Rows:
        for strategy, source in build.elsewhere:
            search = f"search/{strategy}_in_{source}"
            chosen = only_row(build.rows(f"{search}/outputs.csv"), chosen="yes")
            counts = ("records", "hits", "hits_fallback", "retrieved", "undecidable")
            yield {
                "strategy": strategy,
                "source": source,
                "name": name_of(build, source),
                **{name: chosen[name] for name in counts},
                "lines": chosen["lines"],
            }

    return table(
        "stand_ins",
        "Strategies run on another source than their database. This is no search of the database: "
        "another source holds other records, and knows other fields. Records: all that is kept of "
        "the source, whatever it was asked for.",
        ("strategy", "source", "name", "lines", "records", "hits", "hits_fallback", "retrieved",
         "undecidable"),
        rows(),
    )  # fmt: skip


def name_of(build: Build, source: str) -> str:
    """Return what a source is called: a database of the review, or a service."""
    if source in build.strategies:
        return build.strategies[source].name
    return SERVICES[source].label


def place_of(build: Build, source: str) -> str:
    """Return what a source is called, and in whose place it was asked, for the flow."""
    instead = ", ".join(strategy for strategy, where in build.elsewhere if where == source)
    also = "also " if source in build.strategies else ""
    return name_of(build, source) + (f" ({also}in place of {instead})" if instead else "")
