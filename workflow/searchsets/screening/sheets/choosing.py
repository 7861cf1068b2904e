"""Chooses the works that one reviewer has still to decide on, and the record of each to show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from searchsets.errors import ReviewError
from searchsets.files import cell, read_csv
from searchsets.screening.log.reading import round_key, standing
from searchsets.screening.model import ADJUDICATOR, SCREENER, STAGE_WORDS, Event
from searchsets.screening.outcomes.inherited import RECHECK_COLUMNS
from searchsets.screening.outcomes.outcome import CONFLICT, HALF, IN_DOUBT
from searchsets.screening.outcomes.states import AWAITING, AWAITING_ABSTRACT, NOT_SCREENED
from searchsets.screening.sheets.form import Assignment
from searchsets.screening.shown import records_of_run

_ENTERING = {
    "title": (NOT_SCREENED,),
    "title_abstract": (NOT_SCREENED, AWAITING_ABSTRACT),
    "full_text": (AWAITING,),
}
"""The states in which a work comes to a stage."""
_OPEN = {SCREENER: (HALF,), ADJUDICATOR: (CONFLICT, IN_DOUBT)}
"""The states in which a stage leaves a work to somebody, by the role of that person."""


@dataclass(frozen=True)
class Waiting:
    """A work that waits for a reviewer."""

    records: list[str]
    suggestion: str
    """What the rules suggest."""
    votes: list[Event]
    """For an adjudicator: the standing acts of the screeners."""
    before: str = ""
    """What an earlier run decided, and why it is asked for again."""


@dataclass
class Choice:
    """The works for a sheet."""

    works: list[Waiting]
    own: int = 0
    """Works that were left out because this reviewer screened them, and cannot settle them too."""
    later: str = ""
    """The last round in which any of the works was voted on, where that is behind the sheet's."""


def choose(
    finals: Iterable[Mapping[str, str]],
    log: Sequence[Event],
    assignment: Assignment,
    rechecks: Sequence[Mapping[str, str]] = (),
) -> Choice:
    """Return the works that wait for a reviewer.

    Args:
        finals: the rows of `final.csv`, one a record.
        log: all events.
        assignment: who decides, at which stage and in which round.
        rechecks: the rows of `recheck.csv`: decisions of earlier runs that are asked for again.
    """
    said: dict[str, list[Event]] = {}
    again = {row["event_id"] for row in rechecks}
    before = _before(rechecks)
    for event in standing(log):
        if event.stage == assignment.stage and event.event_id not in again:
            said.setdefault(event.record_id, []).append(event)
    by_work: dict[str, list[Mapping[str, str]]] = {}
    for row in finals:
        by_work.setdefault(row["work_id"], []).append(row)
    choice = Choice([])
    settles = assignment.role == ADJUDICATOR
    for rows in by_work.values():
        if not _waits(rows[0], assignment):  # all records of a work stand as it does
            continue
        records = sorted(row["record_id"] for row in rows)
        acts = [event for record_id in records for event in said.get(record_id, ())]
        mine = [event for event in acts if event.reviewer == assignment.reviewer]
        votes = [event for event in acts if settles and event.role == SCREENER]
        if settles:
            last = max((event.round for event in votes), key=round_key, default="")
            if any(event.role != ADJUDICATOR for event in mine):
                choice.own += 1
                continue
            if votes and round_key(last) > round_key(assignment.round):
                choice.later = max(
                    choice.later, last, key=lambda name: (name != "", round_key(name))
                )
                continue
        if any(event.round == assignment.round for event in mine) or (settles and not votes):
            continue
        told = before.get(rows[0]["work_id"], "")
        choice.works.append(Waiting(records, rows[0].get("suggestion", ""), votes, told))
    return choice


def _before(rechecks: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return for each work what was decided of it before, and why it is asked again, in words."""
    said: dict[str, list[str]] = {}
    for row in rechecks:
        why = f"{row['why']} ({row['criteria']})" if row["criteria"] else row["why"]
        stage = STAGE_WORDS[row["stage"]]
        said.setdefault(row["work_id"], []).append(
            f"{row['reviewer']}, {stage}: {row['decision']}; asked again: {why}"
        )
    return {work: "\n".join(many) for work, many in said.items()}


def _waits(row: Mapping[str, str], assignment: Assignment) -> bool:
    if row["state"] in _OPEN[assignment.role]:
        return row["stage"] == assignment.stage
    return assignment.role == SCREENER and row["state"] in _ENTERING[assignment.stage]


def row_to_show(work: Waiting, records: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the record of a work with the longest abstract, the first by id of several."""
    best = min(work.records, key=lambda i: (-len(records[i].get("abstract") or ""), i))
    also = [record_id for record_id in work.records if record_id != best]
    return {**records[best], "also": also, "suggestion": work.suggestion, "before": work.before}


def read_finals(run: Path) -> list[dict[str, str]]:
    """Return the state of every record of a run (`results/<run>`).

    Raises:
        ReviewError: the run has not been screened.
    """
    path = run / "screening" / "final.csv"
    if not path.exists():
        raise ReviewError(
            "there is no such file",
            str(path),
            "make the run first (./run review), or name it: --run",
        )
    return read_csv(path, ("record_id", "work_id", "state", "stage"))


def read_rechecks(run: Path) -> list[dict[str, str]]:
    """Return the decisions of earlier runs that a run asks for again; none if it updates none."""
    path = run / "screening" / "recheck.csv"
    return read_csv(path, RECHECK_COLUMNS) if path.exists() else []


def chosen_combination(run: Path) -> str:
    """Return the combination of criteria that a run was made with; empty where nothing says so."""
    path = run / "screening" / "combinations.csv"
    rows = read_csv(path, ("combination", "chosen")) if path.exists() else []
    return next((row["combination"] for row in rows if row["chosen"] == cell(True)), "")


def require_records(run: Path, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return the records of a run with these ids.

    Raises:
        ReviewError: the run lacks one.
    """
    wanted = sorted(set(ids))
    found = records_of_run(run, wanted)
    for record_id in wanted:
        if record_id not in found:
            raise ReviewError(
                f"the record {record_id} of final.csv is not there", str(run / "records"),
                "run again (./run review): the tables and the records are of different runs",
            )  # fmt: skip
    return found
