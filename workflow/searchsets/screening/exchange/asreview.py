"""Reads the projects of ASReview 3: labels, who gave them and when, and labels that were changed.

A project file is a zip archive with `project.json`, the database `results.db` and the data as they were
brought. In the table `results` is one label a record; `decision_changes` keeps the label, time and
user that a later label replaced.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from searchsets.archives import read_part
from searchsets.errors import ReviewError
from searchsets.screening.exchange import asreview_db
from searchsets.screening.exchange.asreview_db import Project, Result
from searchsets.screening.exchange.model import (
    Asked,
    Foreign,
    Found,
    joined,
    require_votes,
    utc,
)
from searchsets.screening.exchange.opening import Row, members, opened, rows, tagged
from searchsets.screening.model import (
    ADJUDICATOR,
    EXCLUDE,
    GRID_VALUES,
    INCLUDE,
    SCREENER,
    Event,
    grid_text,
)
from searchsets.words import counted

TOOL = "asreview"
NOBODY = "asreview-user"
"""The reviewer of a project in which nobody had to sign in."""
_CONFIG, _DATABASE = "project.json", "results.db"
_VERSION = 3
_EXPORT = "in ASReview: the menu of the project, Export project"
_LABELS = {1: INCLUDE, 0: EXCLUDE}


def is_project(path: Path) -> bool:
    """Tell whether an archive is a project of ASReview."""
    return _CONFIG in members(path)


def read(path: Path, asked: Asked) -> Found:
    """Return the labels of a project as acts.

    Raises:
        ReviewError: it is no project of version 3, a simulation, or damaged.
    """
    files = members(path)
    config = _config(path, files)
    if config.get("mode") == "simulate":
        raise ReviewError(
            "the project is a simulation: its labels are those of the data, and nobody decided",
            str(path),
            "import the decisions that the data came from",
        )
    project = asreview_db.read(path, _DATABASE)
    ids = _own_ids(path, files, config)
    found = Found(TOOL, str(config.get("version", "")))
    for key, record in project.records.items():
        own = ids.get(record.row, ())
        found.records[str(key)] = Foreign(
            str(key), own, record.title, record.year, record.doi, f"{path}: record {key}"
        )
    _add_acts(found, project, asked, path)
    return require_votes(
        found, str(path), "screen something in ASReview, and export the project again"
    )


def _config(path: Path, files: dict[str, int]) -> dict[str, Any]:
    if _CONFIG not in files:
        raise ReviewError("the archive is no project of ASReview", str(path), _EXPORT)
    with opened(path) as archive:
        data = read_part(archive, _CONFIG)
    try:
        config = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ReviewError(f"{_CONFIG} cannot be read: {error}", str(path), _EXPORT) from None
    if not isinstance(config, dict):
        raise ReviewError(f"{_CONFIG} describes no project", str(path), _EXPORT)
    version = config.get("project_file_version", config.get("version"))
    if config.get("project_file_version") != _VERSION or _DATABASE not in files:
        raise ReviewError(
            f"the project is of version {version!r}, not {_VERSION}",
            str(path),
            "open it in ASReview 3, which brings it to its version, and export it again",
        )
    return config


def _own_ids(
    path: Path, files: dict[str, int], config: dict[str, Any]
) -> dict[int, tuple[str, ...]]:
    """Return by the row of the data which ids the data gave their records."""
    names = [
        f"data/{one.get('name')}" for one in config.get("datasets") or () if isinstance(one, dict)
    ]
    names = [name for name in names if name in files]
    if len(names) != 1:
        return {}
    name = names[0]
    if name.lower().endswith((".csv", ".tsv", ".tab")):
        return {number: own_ids(row) for number, row in enumerate(rows(path, name))}
    if name.lower().endswith((".ris", ".txt")):
        return {
            number: tuple(filter(None, (one.first("ID"), one.first("AN"))))
            for number, one in enumerate(tagged(path, name))
        }
    return {}


def own_ids(row: Row) -> tuple[str, ...]:
    """Return which ids the data gave a record, of the columns that ASReview passes on."""
    return tuple(filter(None, map(row.get, ("record_id", "accession_number", "id"))))


def _add_acts(found: Found, project: Project, asked: Asked, path: Path) -> None:
    priors = alike = taken_back = 0
    for key, history in project.history.items():
        record = project.records.get(key)
        if record is None:
            raise ReviewError(
                f"a label on the record {key}, which the project does not have", str(path), _EXPORT
            )
        if history[-1].is_earlier:
            taken_back += 1
        elif record.duplicate_of is not None:
            alike += 1
        else:
            came_with_data = history[-1].is_prior and history[0].label == record.included
            priors += came_with_data
            found.acts += _acts(str(key), history[came_with_data:], asked)
    for number, what, why in (
        (priors, "label", "came with the data as prior knowledge"),
        (alike, "record", "labelled with the one that it repeats"),
        (taken_back, "label", "taken back"),
    ):
        if number:
            found.messages.append(f"left out: {counted(number, what)}, {why}")


def _acts(key: str, history: Sequence[Result], asked: Asked) -> Iterator[Event]:
    """Yield the acts on one record: labels that others replaced, and the one that holds."""
    before: Result | None = None
    for result in history:
        # A label that was changed keeps the time of the one before: when it was changed is not known.
        is_stale = before is not None and result.time is not None and result.time == before.time
        criteria, tags = _tags(result.tags, asked)
        by_other = before is not None and before.user != result.user
        yield Event(
            record_id=key, reviewer=who(result.user), role=ADJUDICATOR if by_other else SCREENER,
            decision=_LABELS[result.label], criteria=criteria,
            note=joined([
                result.note, tags,
                f"replaces the label of {who(before.user)}" if by_other and before else "",
            ]),
            decided_at="" if is_stale or result.time is None else utc(result.time),
        )  # fmt: skip
        before = result


def who(user: int | None) -> str:
    """Return the reviewer of a user's number: names are kept by ASReview's server, not the project."""
    return NOBODY if user is None else f"{NOBODY}-{user}"


def _tags(groups: Sequence[tuple[str, str, str]], asked: Asked) -> tuple[str, str]:
    """Return the grid of criteria that tags make, and the other tags for the note.

    A tag that is named like a criterion says that it is met; in a group of that name, a tag that is
    named like a judgement says what it is.
    """
    grid: dict[str, str] = {}
    others: list[str] = []
    for group, tag, label in groups:
        if group in asked.criteria and tag in GRID_VALUES:
            grid[group] = tag
        elif tag in asked.criteria:
            grid[tag] = "met"
        else:
            others.append(label or tag)
    return grid_text(grid), f"tags: {', '.join(others)}" if others else ""
