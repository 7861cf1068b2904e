"""Looks at a single decision before it is written: is its record there, is it what may be said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from searchsets.errors import ReviewError
from searchsets.screening.criteria.file import Criteria
from searchsets.screening.log.reading import standing
from searchsets.screening.model import (
    ADJUDICATOR,
    EXCLUDE,
    SCREENER,
    STAGE_WORDS,
    Event,
    decisions_at,
    read_grid,
)
from searchsets.screening.shown import records_of_run


def record_of(run: Path, record_id: str) -> Mapping[str, Any]:
    """Return what a reviewer is shown of a record of a run.

    Raises:
        ReviewError: the run does not have it.
    """
    found = records_of_run(run, [record_id])
    if record_id not in found:
        raise ReviewError(
            f"there is no record {record_id!r}",
            str(run / "records"),
            f"take the id from {run}/screening/final.csv; is it another run's (--run)?",
        )
    return found[record_id]


def checked(act: Event, criteria: Criteria, log: Sequence[Event]) -> Event:
    """Return an act that may be written behind those of the log.

    Raises:
        ReviewError: it names an unknown reason or criterion, an exclusion at full text has no
            reason, or an override no note; or whoever adjudicates has screened the record, or
            stepped back from it.
    """
    own = [
        event
        for event in standing(log)
        if (event.record_id, event.reviewer, event.stage)
        == (act.record_id, act.reviewer, act.stage)
    ]
    if act.role == ADJUDICATOR and any(event.role == SCREENER for event in own):
        raise ReviewError(
            f"{act.reviewer} has screened {act.record_id}, and cannot be its adjudicator too",
            None,
            "let a third person decide; or write --as consensus, where both settled it together",
        )
    reasons = criteria.reason_order()
    names = [one.id for one in (*criteria.criteria, *criteria.facets)]
    if act.decision not in decisions_at(act.stage):
        raise ReviewError(
            f"{act.decision!r} is decided at full text, not at {STAGE_WORDS[act.stage]}",
            None,
            f"write --stage full_text, or one of: {', '.join(decisions_at(act.stage))}",
        )
    if act.reason_code and act.reason_code not in reasons:
        raise ReviewError(
            f"{act.reason_code!r} is no reason", None, f"the reasons are: {', '.join(reasons)}"
        )
    if act.stage == "full_text" and act.decision == EXCLUDE and not act.reason_code:
        raise ReviewError(
            "an exclusion at full text without a reason",
            None,
            f"give the first criterion that fails with --reason: {', '.join(reasons)}",
        )
    grid = read_grid(act.criteria)
    if grid is None or set(grid) - set(names):
        raise ReviewError(
            f"the judgements {act.criteria!r} name no criterion or no judgement that there is",
            None,
            f"the criteria are {', '.join(names)}; judge met, partly, not, unclear or na",
        )
    if act.override and not act.note:
        raise ReviewError("an override without a note", None, "say with --note why")
    return act
