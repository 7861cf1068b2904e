"""Tables of what people took from the included sources, and from the published review on them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from searchsets.files import lasting_name
from searchsets.reporting.appendices.extraction import (
    CODING,
    FITS_NONE,
    STATEMENTS,
    SUMMARIES,
    UNRESOLVED,
    Statement,
    Summary,
    Variable,
)
from searchsets.reporting.appendices.statements import Count, agrees, count, quantity
from searchsets.reporting.build import Build
from searchsets.reporting.citation import cited_as, reference
from searchsets.reporting.tables.model import Rows, Table, table


def _file(build: Build, name: str) -> str:
    return lasting_name(Path(build.config["extraction"]) / name, build.config)


def included_sources(build: Build) -> Table:
    """The included sources with what people took from each."""
    told = build.extracted.summary_columns
    columns = ("number", "selected_source", *told, "note", "record_id")

    def rows() -> Rows:
        numbers = {item.record_id: item.number for item in build.known_items}
        included: dict[str, list[str]] = {}
        for row in build.finals:
            if row["work_id"] in build.included:
                included.setdefault(row["work_id"], []).append(row["record_id"])
        works = {build.shown(ids): ids for ids in included.values()}
        records = build.records_of(works)
        for record_id in sorted(works, key=lambda i: (numbers.get(i) or len(numbers) + 1, i)):
            yield {
                "number": numbers.get(record_id),
                "selected_source": reference(records[record_id]),
                "record_id": record_id,
                **_summarised(build, record_id, works[record_id]),
            }

    return table("included_sources", _of_included(build), columns, rows())


def _of_included(build: Build) -> str:
    review = build.words.review
    empty = "Where nobody has summarised a work, its cells are empty."
    if not review:
        return f"The included sources, with what people took from each. {empty}"
    form = f" in the form of {review.included_sources}" if review.included_sources else ""
    return (
        f"The included sources{form}, in other words than {review.called}'s. "
        f"“not stated”: {review.called} leaves the cell empty. “illegible”: the text that we have of "
        f"{review.called} is destroyed there. Page: in {review.called}, derived as "
        f"{_file(build, 'README.md')} says. {empty}"
    )


def _summarised(build: Build, record_id: str, members: list[str]) -> dict[str, str]:
    """Return the cells that people wrote of a work: of the record shown, or of another of its."""
    summaries = build.extracted.summaries
    written = [one for one in (record_id, *sorted(members)) if one in summaries]
    if not written:
        return {"note": f"to be summarised in {_file(build, SUMMARIES)}"}
    one: Summary = summaries[written[0]]
    return {**one.cells, "note": one.note}


def statements(build: Build) -> Table:
    """The statements that the published review makes on its sources, held against their codes."""
    columns = (
        "statement", "part", "says", "page", "reported", "counted", "sources", "agrees", "as_read",
        "in_doubt", "unknown", "at_most", "accepts", "note", "variable", "values",
    )  # fmt: skip
    words = build.words
    place = f" ({words.statements})" if words.statements else ""
    coded = f", coded from {words.included_sources} alone" if words.included_sources else ""

    def rows() -> Rows:
        extracted, total = build.extracted, len(build.key_sources)
        if extracted.codings and not extracted.statements:
            yield {"says": f"No statement stands in {_file(build, STATEMENTS)}: nothing is checked"}
        for one in extracted.statements:
            found = _count(build, extracted.variables[one.variable], one.values)
            yield _statement_row(one, found, total)
        spoken_of = {one.variable for one in extracted.statements}
        for variable in extracted.variables.values():
            if FITS_NONE in variable.values and variable.name in spoken_of:
                found = _count(build, variable, (FITS_NONE,))
                yield _counted(found) | {
                    "says": "Sources that fit none of the values of "
                    + variable.name.replace("_", " "),
                    "variable": variable.name,
                    "values": FITS_NONE,
                }

    return table(
        "statements",
        f"What {words.of_review} says of its sources as a whole{place}, and how many of the key "
        f"sources show it{coded}. A source can have several values. unknown: not stated, or illegible. "
        "agrees: yes or no only if it holds whatever the sources in doubt and unknown are. as_read: "
        "what the sure sources alone would say. accepts: the counts that bear "
        f"{words.of_review}'s word out (in brackets: that might). The sources and codes stand in "
        "statements_coding.",
        columns,
        rows(),
    )


def _count(build: Build, variable: Variable, values: Iterable[str]) -> Count:
    codings = build.extracted.codings
    keys = [(k.number, codings.get((k.record_id, variable.name))) for k in build.key_sources]
    return count(keys, tuple(values), variable)


def _counted(found: Count) -> dict[str, Any]:
    return {
        "counted": len(found.counted),
        "sources": found.counted,
        "in_doubt": found.in_doubt,
        "unknown": found.unknown,
        "at_most": found.at_most,
    }


def _statement_row(one: Statement, found: Count, total: int) -> dict[str, Any]:
    sure = len(found.counted)
    return _counted(found) | {
        "statement": one.number,
        "part": one.part,
        "says": one.says,
        "page": one.page,
        "variable": one.variable,
        "values": one.values,
        "reported": one.reported,
        "accepts": quantity(one.reported).accepts(total),
        "agrees": agrees(one.reported, sure, found.at_most, total),
        "as_read": agrees(one.reported, sure, sure, total),
        "note": one.note,
    }


def statements_coding(build: Build) -> Table:
    """How each key source is coded on each variable: the list behind every count of `statements`."""
    extracted, place = build.extracted, build.words.included_sources
    from_place = f" from {place}" if place else ""

    def rows() -> Rows:
        for item in build.key_sources if extracted.codings else ():
            codes = {
                name: extracted.codings[item.record_id, name].text
                for name in extracted.variables
                if (item.record_id, name) in extracted.codings
            }
            yield {
                "number": item.number,
                "cited_as": cited_as(build.records[item.record_id]),
                **codes,
                "record_id": item.record_id,
            }

    return table(
        "statements_coding",
        f"How each key source is coded{from_place}. A question mark: in doubt. Empty: not coded. "
        f"What each code rests on stands in {_file(build, CODING)}.",
        ("number", "cited_as", *extracted.variables, "record_id"),
        rows(),
    )


def features(build: Build) -> Table:
    """The points that the published review makes, with the sources that each cites."""
    columns = (
        "label", "feature", "feature_says", "point", "says", "page", "cited_as", "sources", "note",
    )  # fmt: skip
    place = build.words.points
    of = f" of {place}" if place else ""

    def rows() -> Rows:
        numbers = {item.record_id: item.number for item in build.key_sources}
        for point in build.extracted.points:
            yield {
                "label": point.label,
                "feature": point.feature,
                "feature_says": point.feature_says,
                "point": point.number,
                "says": point.says,
                "page": point.page,
                "cited_as": point.cited_as,
                "sources": [_cited(build, one, numbers) for one in point.cites],
                "note": point.note,
            }

    return table(
        "features",
        f"The {build.words.features}{of} and their points, in other words than "
        f"{build.words.of_review}'s, with what each cites. sources: numbers of key sources. label: "
        "feature and place under it.",
        columns,
        rows(),
    )


def _cited(build: Build, record: str | None, numbers: dict[str, int | None]) -> int | str:
    """Return the number of a cited work; of one that is no key source, how it is cited."""
    if record is None:
        return UNRESOLVED
    return numbers.get(record) or cited_as(build.records[record])


def features_matrix(build: Build) -> Table:
    """The key sources against the features: which points of each feature cite a source."""
    points = build.extracted.points
    place = build.words.points
    of = f" of {place}" if place else ""
    named = {point.feature: _column(point.feature, point.feature_says) for point in points}

    def rows() -> Rows:
        for item in build.key_sources if points else ():
            citing = [point for point in points if item.record_id in point.cites]
            by_feature = {
                column: [point.label for point in citing if point.feature == feature]
                for feature, column in named.items()
            }
            yield {
                "number": item.number,
                "cited_as": cited_as(build.records[item.record_id]),
                **by_feature,
                "points": len(citing),
                "record_id": item.record_id,
            }

    return table(
        "features_matrix",
        f"Which points{of} cite each key source. A row without any label is a source that "
        f"{place or 'no point'} {'never ' if place else ''}cites.",
        ("number", "cited_as", *named.values(), "points", "record_id"),
        rows(),
    )


def _column(feature: int, says: str) -> str:
    """Return the column of a feature.

    >>> _column(5, "clear lines of accountability")
    '5_clear_lines_of_accountability'
    """
    return f"{feature}_{re.sub(r'[^0-9A-Za-z]+', '_', says).strip('_').lower()}"
