"""Reads a screening sheet that somebody filled in, and says all that is wrong with it at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from searchsets.errors import ReviewError
from searchsets.screening.criteria.file import Criteria
from searchsets.screening.log.reading import standing
from searchsets.screening.model import (
    ADJUDICATOR,
    DECISIONS,
    PREVIOUS,
    SCREENER,
    VOTES,
    Event,
    record_sha,
)
from searchsets.screening.sheets.finding import Opened
from searchsets.screening.sheets.form import Assignment, Facts, columns_of, content, text_sha
from searchsets.screening.sheets.opening import text_of
from searchsets.screening.sheets.rows import read_answers


@dataclass
class Sheet:
    """What a sheet says: the acts that are new, and what is wrong with it.

    The acts are in the order of the rows; they have no id, number or hash yet. Nothing may be
    written as long as there is an error.
    """

    assignment: Assignment
    acts: list[Event] = field(default_factory=list)
    errors: list[ReviewError] = field(default_factory=list)
    """What must be mended before anything is written."""
    warnings: list[ReviewError] = field(default_factory=list)
    """What should be looked at."""
    known: int = 0
    """Decisions that stand in the log as they stand here."""
    undecided: int = 0
    """Records on which nothing is decided, be their rows there or not."""

    def __str__(self) -> str:
        counts = Counter(act.decision for act in self.acts)
        made = ", ".join(f"{counts[d]:,} {d}" for d in DECISIONS if counts[d] or d in VOTES)
        changed = sum(bool(act.supersedes) for act in self.acts)
        known = f", {self.known:,} in the log already" if self.known else ""
        given = self.assignment
        return (
            f"{given.reviewer}, {given.stage}, {given.round}: {len(self.acts):,} "
            f"decisions ({made}), {changed:,} changed{known}, {self.undecided:,} rows not yet decided"
        )


def check_sheet(
    opened: Opened,
    criteria: Criteria,
    records: Mapping[str, Mapping[str, Any]],
    log: Sequence[Event] = (),
) -> Sheet:
    """Return what a sheet adds to the log, and what is wrong with it.

    Args:
        opened: the workbook.
        criteria: the present criteria.
        records: the records of the run by their ids.
        log: all events, also those that are superseded.
    """
    facts = opened.facts
    sheet = Sheet(facts.assignment)
    if facts.criteria_version != criteria.version:
        sheet.warnings.append(ReviewError(
            f"written under the criteria {facts.criteria_version}; they are "
            f"{criteria.version} now", opened.path.name,
            "the decisions keep the version that was seen; the audit lists them for a recheck",
        ))  # fmt: skip
    rows, answers = _rows_by_record(opened, sheet.errors), {}
    for record_id, row in rows.items():
        _check_shown(sheet, opened, row, record_id, records)
        answers[record_id] = read_answers(opened, row, sheet.errors, sheet.warnings)
    said = _Said(log, facts.assignment)
    for record_id, row in rows.items():
        _add_act(sheet, opened, row, record_id, answers[record_id], said)
    _tell_missing(sheet, opened, rows, said)
    return sheet


def _rows_by_record(opened: Opened, errors: list[ReviewError]) -> dict[str, int]:
    """Return the row of each record that the sheet was written for."""
    listed = {row.record_id for row in opened.facts.rows}
    found: dict[str, int] = {}
    filled = [opened.at[c.key] for c in columns_of("", opened.facts.criteria) if c.filled]
    for row, cells in enumerate(opened.rows[opened.header + 1 :], start=opened.header + 1):
        record_id = text_of(cells[opened.at["record_id"]])
        if record_id in listed and record_id not in found:
            found[record_id] = row
        elif record_id in found:
            errors.append(ReviewError(
                f"the record {record_id} stands twice, here and in row "
                f"{found[record_id] + 1}", opened.where(row), "delete one of the two rows",
            ))  # fmt: skip
        elif any(text_of(cells[place]) for place in filled):
            errors.append(ReviewError(
                f"{record_id!r} is no record of this sheet" if record_id
                else "the row says something, but of no record: it has no Record id",
                opened.where(row), "empty the row, or bring back the id that stood there",
            ))  # fmt: skip
    return found


def _check_shown(
    sheet: Sheet,
    opened: Opened,
    row: int,
    record_id: str,
    records: Mapping[str, Mapping[str, Any]],
) -> None:
    """Hold what stands beside a decision against what was written there, and against the run."""
    if not text_of(opened.rows[row][opened.at["decision"]]):
        return
    was = opened.facts.by_record[record_id]
    for key, sha in (("title", was.title_sha), ("abstract", was.abstract_sha)):
        if key in opened.at and text_sha(text_of(opened.rows[row][opened.at[key]])) != sha:
            sheet.errors.append(ReviewError(
                f"this is not the {key} that was written for {record_id}: it was changed, or "
                "rows were mixed up, by sorting some columns without the others",
                opened.where(row, key), "undo it, or copy your decisions into a new sheet",
            ))  # fmt: skip
    if record_id not in records:
        sheet.errors.append(ReviewError(
            f"the run {sheet.assignment.run} has no record {record_id}",
            opened.where(row), "bring back the export that it came from, or empty the row",
        ))  # fmt: skip
    elif record_sha(records[record_id]) != was.record_sha:
        sheet.warnings.append(ReviewError(
            f"the record {record_id} has changed since the sheet was written",
            opened.where(row), "the decision stays bound to the text that was shown",
        ))  # fmt: skip


class _Said:
    """What the reviewer of a sheet has said already, at this stage and in this round."""

    def __init__(self, log: Sequence[Event], given: Assignment):
        here = [one for one in log if (one.reviewer, one.stage) == (given.reviewer, given.stage)]
        self.screened = {one.record_id: one for one in standing(here) if one.role == SCREENER}
        mine = [one for one in here if one.round == given.round]
        stands = standing(mine)
        stands.sort(
            key=lambda one: one.role == given.role
        )  # what was said in this role goes before
        self.standing = {one.record_id: one for one in stands}
        ids = {one.event_id for one in stands}
        self.former: dict[str, list[Event]] = {}
        for one in mine:
            if one.event_id not in ids:
                self.former.setdefault(one.record_id, []).append(one)


def _add_act(
    sheet: Sheet, opened: Opened, row: int, record_id: str, answers: Mapping[str, str], said: _Said
) -> None:
    """Add the act that a row comes to, if it says anything new."""
    where = opened.where(row, "decision")
    former = said.standing.get(record_id)
    if not answers.get("decision"):
        if former:
            sheet.warnings.append(_not_erased(former, where))
        else:
            sheet.undecided += 1
        return
    act = _act(opened.facts, record_id, answers)
    own = said.screened.get(record_id) if act.role == ADJUDICATOR else None
    if own or (former and former.role != act.role):
        former = own or former
        sheet.errors.append(ReviewError(
            f"{act.reviewer} has decided on {record_id} as {former.role} "
            f"({former.event_id}), and cannot be its {act.role} too", where,
            "let somebody else decide, and empty the row",
        ))  # fmt: skip
    elif former and content(act) == content(former):
        sheet.known += 1
    elif former:
        same = [one for one in said.former.get(record_id, ()) if content(one) == content(act)]
        if same:
            sheet.warnings.append(ReviewError(
                f"goes back to what {same[-1].event_id} said before {former.event_id}",
                where, "if this is an older file, take the newest one of this reviewer instead",
            ))  # fmt: skip
        sheet.acts.append(act._replace(supersedes=PREVIOUS))
    else:
        sheet.acts.append(act)


def _not_erased(former: Event, where: str) -> ReviewError:
    return ReviewError(
        f"the decision on {former.record_id} ({former.decision}, {former.event_id}) is "
        "gone from the sheet, but stays in the log", where,
        "a decision cannot be erased: choose unclear to take it back",
    )  # fmt: skip


def _act(facts: Facts, record_id: str, answers: Mapping[str, str]) -> Event:
    from searchsets import __version__

    was, given = facts.by_record[record_id], facts.assignment
    return Event(
        record_id=record_id,
        record_sha=was.record_sha,
        search_run=given.run,
        stage=given.stage,
        round=given.round,
        reviewer=given.reviewer,
        role=given.role,
        order_shown=was.number,
        order_policy=facts.order,
        blinded="true" if given.role == SCREENER else "false",
        criteria_version=facts.criteria_version,
        tool="searchsets sheet",
        tool_version=__version__,
        **answers,
    )


def _tell_missing(sheet: Sheet, opened: Opened, there: Collection[str], said: _Said) -> None:
    missing = [row for row in opened.facts.rows if row.record_id not in there]
    for row in missing:
        if row.record_id in said.standing:
            where = f"{opened.path.name}, sheet {opened.sheet}"
            sheet.warnings.append(_not_erased(said.standing[row.record_id], where))
    lost = [row for row in missing if row.record_id not in said.standing]
    sheet.undecided += len(lost)
    if lost:
        named = ", ".join(f"No. {row.number} {row.record_id}" for row in lost[:5])
        sheet.warnings.append(ReviewError(
            f"{len(lost):,} rows are gone, and count as not yet decided: {named}"
            + (" ..." if len(lost) > 5 else ""), f"{opened.path.name}, sheet {opened.sheet}",
            "if they were to be decided, write a new sheet: it holds what is left",
        ))  # fmt: skip
