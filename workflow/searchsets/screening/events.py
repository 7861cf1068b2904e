"""Reads the decisions people took: append-only events, one file a reviewer, stage and round."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from pathlib import Path

from searchsets.dedupe.people import DEDUPLICATION
from searchsets.errors import ReviewError
from searchsets.files import read_csv_with_lines

STAGES = ("title", "title_abstract", "full_text", "final")
"""The stages of screening in their order; at `final` stands what a review published."""

ROLES = ("screener", "adjudicator", "consensus", "rule", "model", "published_outcome")
VOTING_ROLES = ("screener", "adjudicator", "consensus")
"""The roles in which a person of this review decides."""

DECISIONS = ("include", "exclude", "unclear", "not_retrieved", "duplicate", "conflict_of_interest")


@dataclass(frozen=True)
class Event:
    """One act of one reviewer; the columns of a decisions file, in their order."""

    event_id: str
    seq: str
    record_id: str
    record_sha: str
    report_id: str
    study_id: str
    search_run: str
    stage: str
    round: str
    reviewer: str
    role: str
    decision: str
    reason_code: str
    criteria: str
    override: str
    quote: str
    quote_loc: str
    note: str
    confidence: str
    shown_at: str
    decided_at: str
    order_shown: str
    order_policy: str
    blinded: str
    criteria_version: str
    tool: str
    tool_version: str
    supersedes: str
    prev_hash: str
    hash: str


COLUMNS = tuple(field.name for field in fields(Event))
REQUIRED = ("event_id", "seq", "record_id", "stage", "round", "reviewer", "role", "decision")


def read_events(
    folder: Path, records: Collection[str] | None, run: str
) -> tuple[list[Event], list[Event]]:
    """Return the events of a folder `<stage>/<round>/<reviewer>.csv`, in their order.

    Args:
        folder: `resources/decisions`; it may be missing, which means that nobody decided.
        records: the ids of the records of this run; None to check the form of the files alone.
        run: the name of this run.

    Returns:
        The events on records of this run, and those that say themselves (`search_run`) that they
        belong to another run and whose records this run does not have.

    Raises:
        ReviewError: a file in the wrong place, an unknown column or value, an event id used
            twice, or a decision about a record that there is not.
    """
    events: list[Event] = []
    elsewhere: list[Event] = []
    seen: dict[str, str] = {}
    for path in sorted(folder.rglob("*.csv")) if folder.is_dir() else []:
        if path.relative_to(folder).parts[0] == DEDUPLICATION:
            continue  # about pairs of records: they are read where these are joined
        for line, event in _read_file(path, folder):
            where = f"{path}:{line}"
            if event.event_id in seen:
                raise ReviewError(
                    f"the event {event.event_id!r} stands twice, here and at {seen[event.event_id]}",
                    where,
                    "every act has an id of its own: number on where your other file ended",
                )
            seen[event.event_id] = where
            if records is None or event.record_id in records:
                events.append(event)
            elif event.search_run and event.search_run != run:
                elsewhere.append(event)
            else:
                raise _unknown_record(event, where, run)
    _check_superseded(events + elsewhere, seen)
    return sorted(events, key=_place_in_order), elsewhere


def _place_in_order(event: Event) -> tuple[int, str, str, int, str]:
    stage = STAGES.index(event.stage)
    return (stage, event.round, event.record_id, int(event.seq), event.event_id)


def _read_file(path: Path, folder: Path):
    inside = path.relative_to(folder).parts
    if len(inside) != 3 or inside[0] not in STAGES:
        raise ReviewError(
            "decisions lie in <stage>/<round>/<reviewer>.csv",
            str(path),
            f"the stages are {', '.join(STAGES)}; for example title_abstract/main/R01.csv",
        )
    stage, round_name, reviewer = inside[0], inside[1], path.stem
    numbers: set[int] = set()
    for line, row in read_csv_with_lines(path, REQUIRED):
        where = f"{path}:{line}"
        unknown = sorted(set(row) - set(COLUMNS))
        if unknown:
            raise ReviewError(
                f"unknown column {unknown[0]!r}",
                f"{path}:1",
                f"the columns are: {', '.join(COLUMNS)}",
            )
        event = Event(**{name: row.get(name, "").strip() for name in COLUMNS})
        _check(event, where, {"stage": stage, "round": round_name, "reviewer": reviewer})
        if int(event.seq) in numbers:
            raise ReviewError(
                f"seq {event.seq} stands twice in this file",
                where,
                "rows are only ever added; each has a number of its own",
            )
        numbers.add(int(event.seq))
        yield line, event


def _check(event: Event, where: str, place: dict[str, str]) -> None:
    for name, expected in place.items():
        if getattr(event, name) != expected:
            raise ReviewError(
                f"the {name} is {getattr(event, name)!r} in a file of {expected!r}",
                where,
                "move the row to the file it belongs to, or mend the cell",
            )
    for name, allowed in (("role", ROLES), ("decision", DECISIONS)):
        if getattr(event, name) not in allowed:
            raise ReviewError(
                f"unknown {name} {getattr(event, name)!r}",
                where,
                f"write one of: {', '.join(allowed)}",
            )
    if not event.seq.isdecimal():
        raise ReviewError(
            f"seq is {event.seq!r}", where, "number the rows of the file 1, 2, 3, ..."
        )
    if not event.event_id:
        raise ReviewError("the event has no id", where, "write <reviewer>-<seq>")


def _unknown_record(event: Event, where: str, run: str) -> ReviewError:
    return ReviewError(
        f"a decision on {event.record_id!r}, a record that the run {run!r} does not have",
        where,
        "if its export was taken away, bring it back; if the decision belongs to another run, say "
        "so in the column search_run; if the id is misspelt, mend it",
    )


def _check_superseded(events: list[Event], seen: dict[str, str]) -> None:
    by_id = {event.event_id: event for event in events}
    for event in events:
        if event.supersedes:
            former = by_id.get(event.supersedes)
            if former is None or not _earlier(former, event):
                raise ReviewError(
                    f"{event.event_id} supersedes {event.supersedes!r}, which is no earlier act of "
                    "the same reviewer on the same record",
                    seen[event.event_id],
                    "name the event_id that this row corrects",
                )


def _earlier(former: Event, event: Event) -> bool:
    """Tell whether an act is an earlier one of the same reviewer on the same record."""
    if (former.reviewer, former.record_id) != (event.reviewer, event.record_id):
        return False
    if (former.stage, former.round) == (event.stage, event.round):
        return int(former.seq) < int(event.seq)
    return STAGES.index(former.stage) <= STAGES.index(event.stage)


def standing(events: list[Event]) -> list[Event]:
    """Return the events that no later one supersedes."""
    superseded = {event.supersedes for event in events if event.supersedes}
    return [event for event in events if event.event_id not in superseded]
