"""Chooses the works that one reviewer has still to decide on, and the record of each to show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from searchsets.errors import ReviewError
from searchsets.files import read_csv
from searchsets.screening.log.reading import standing
from searchsets.screening.model import Event
from searchsets.screening.outcomes.states import (
    AWAITING,
    AWAITING_ABSTRACT,
    CONFLICT,
    HALF,
    IN_DOUBT,
    NOT_SCREENED,
)
from searchsets.screening.sheets.form import Place

_ENTERING = {
    "title": (NOT_SCREENED,),
    "title_abstract": (NOT_SCREENED, AWAITING_ABSTRACT),
    "full_text": (AWAITING,),
}
"""The states in which a work comes to a stage."""
_OPEN = {"screener": (HALF,), "adjudicator": (CONFLICT, IN_DOUBT)}
"""The states in which a stage leaves a work to somebody, by the role of that person."""
_FIELDS = (
    "record_id", "title", "authors", "year", "container", "abstract", "doi", "url",
)  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """The works for a sheet: the records of each, what the rules suggest, and who said what."""

    members: dict[str, list[str]]
    suggestions: dict[str, str]
    votes: dict[str, list[Event]]
    """Of an adjudicator: the standing acts of the screeners by work."""
    own: int
    """Works that were left out because this reviewer screened them, and cannot settle them too."""


def choose(finals: Iterable[Mapping[str, str]], log: Sequence[Event], place: Place) -> Choice:
    """Return the works that wait for a reviewer.

    Args:
        finals: the rows of `final.csv`, one a record.
        log: all events.
        place: who decides, at which stage and in which round.
    """
    by_record: dict[str, list[Event]] = {}
    for event in standing(log):
        if (event.stage, event.round) == (place.stage, place.round):
            by_record.setdefault(event.record_id, []).append(event)
    members: dict[str, list[str]] = {}
    suggestions: dict[str, str] = {}
    for row in finals:
        if _waits(row, place):
            members.setdefault(row["work_id"], []).append(row["record_id"])
            suggestions[row["work_id"]] = row.get("suggestion", "")
    said = {work: [e for i in ids for e in by_record.get(i, ())] for work, ids in members.items()}
    mine = {w: [e for e in many if e.reviewer == place.reviewer] for w, many in said.items()}
    settles = place.role == "adjudicator"
    votes = {w: [e for e in m if e.role == "screener"] for w, m in said.items()} if settles else {}
    kept = [w for w in members if not mine[w] and (votes.get(w) or not settles)]
    own = sum(any(e.role != place.role for e in many) for many in mine.values()) if settles else 0
    return Choice(
        {work: sorted(members[work]) for work in kept},
        {work: suggestions[work] for work in kept},
        {work: votes[work] for work in kept if work in votes},
        own,
    )


def _waits(row: Mapping[str, str], place: Place) -> bool:
    if row["state"] in _OPEN[place.role]:
        return row["stage"] == place.stage
    return place.role == "screener" and row["state"] in _ENTERING[place.stage]


def rows_to_show(choice: Choice, records: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return one record a work: that with the longest abstract, the first by id of several."""
    rows = []
    for work, ids in choice.members.items():
        best = min(ids, key=lambda i: (-len(records[i].get("abstract") or ""), i))
        also = [i for i in ids if i != best]
        rows.append({**records[best], "also": also, "suggestion": choice.suggestions[work]})
    return rows


def votes_by_record(
    choice: Choice, rows: Iterable[Mapping[str, Any]]
) -> dict[str, Sequence[Event]]:
    """Return the votes on each work by the record of it that is shown."""
    work_of = {i: work for work, ids in choice.members.items() for i in ids}
    shown = [row["record_id"] for row in rows]
    return {i: choice.votes[work_of[i]] for i in shown if work_of[i] in choice.votes}


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


def records_of_run(run: Path, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return the records of a run with these ids, as far as it has them, by id."""
    import pyarrow as pa  # it takes a while to import
    import pyarrow.compute as pc

    from searchsets.records.shards import read_records

    wanted = pa.array(sorted(set(ids)), pa.string())
    found: dict[str, dict[str, Any]] = {}
    for folder in sorted((run / "records").glob("*/")):
        if any(folder.glob("*.parquet")):
            table = read_records(folder, _FIELDS)
            chosen = table.filter(pc.is_in(table["record_id"], value_set=wanted))
            found |= {row["record_id"]: row for row in chosen.to_pylist()}
    return found


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
