"""What `screening sheet` does: a sheet is written for one reviewer, and what comes back is logged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from searchsets.errors import ReviewError, raise_all
from searchsets.screening.criteria.file import read_criteria
from searchsets.screening.log.reading import read_log
from searchsets.screening.log.writing import append
from searchsets.screening.sheets.choosing import (
    choose,
    chosen_combination,
    read_finals,
    read_rechecks,
    require_records,
    row_to_show,
)
from searchsets.screening.sheets.finding import open_sheet
from searchsets.screening.sheets.form import Assignment
from searchsets.screening.sheets.reading import check_sheet
from searchsets.screening.sheets.writing import write_sheet
from searchsets.screening.shown import criteria_of, records_of_run

Say = Callable[[str], None]
_RESULTS = Path("results")


def write(
    assignment: Assignment,
    out: Path,
    order: str,
    show_suggestions: bool,
    criteria: Path | None,
    decisions: Path,
    say: Say,
) -> None:
    """Write the workbook of a reviewer, with the works that wait for that person.

    Args:
        assignment: who decides, at which stage, in which round, in which run.
        out: the file.
        order: `id` or `random:SEED`.
        show_suggestions: show what the rules suggest.
        criteria: the file of the criteria; None: that of the run.
        decisions: the folder of the log.
        say: tells the person.

    Raises:
        ReviewError: the file is there already, or the run was not made.
    """
    if out.exists():
        raise ReviewError(
            "is there already, and may hold decisions", str(out),
            "read it first (./run searchsets screening sheet read) and move it away, or name "
            "another with -o",
        )  # fmt: skip
    run, given = _RESULTS / assignment.run, assignment
    read = read_criteria(criteria_of(run, criteria))
    log = read_log(decisions).events
    choice = choose(read_finals(run), log, given, read_rechecks(run))
    asked_again = sum(bool(work.before) for work in choice.works)
    if asked_again:
        say(
            f"{asked_again:,} works were decided before and are asked for again; the sheet says why"
        )
    if choice.own:
        say(f"{choice.own:,} works are left out: {given.reviewer} screened them, and cannot settle "
            "them too")  # fmt: skip
    if choice.later:
        say(
            f"works were voted on in a later round, where they are to be settled: --round {choice.later}"
        )
    if not choice.works:
        say(f"nothing waits for {given.reviewer} as {given.role} ({given.stage}, {given.round}): "
            "no sheet is written")  # fmt: skip
        return
    records = require_records(run, (i for work in choice.works for i in work.records))
    rows = [row_to_show(work, records) for work in choice.works]
    shown = [row["record_id"] for row in rows]
    rule = chosen_combination(run)
    write_sheet(
        out, given, rows, read, order=order, show_suggestions=show_suggestions,
        votes={i: work.votes for i, work in zip(shown, choice.works, strict=True) if work.votes},
        combination=read.combination(rule) if rule else None,
    )  # fmt: skip
    say(f"{out}: {len(rows):,} records for {given.reviewer} ({given.stage}, {given.round}); send it, "
        "and read it with: ./run searchsets screening sheet read")  # fmt: skip


def read(
    file: Path, by: str | None, dry_run: bool, criteria: Path | None, decisions: Path, say: Say
) -> None:
    """Check a workbook that came back, and add what is new in it to the log.

    Args:
        file: the workbook.
        by: whose sheet it must be; None: whose it says it is.
        dry_run: only tell what would be added.
        criteria: the file of the criteria; None: that of the run.
        decisions: the folder of the log.
        say: tells the person.

    Raises:
        ReviewError: it is no sheet, that of another reviewer, or anything in it is wrong; nothing
            is added then.
    """
    opened = open_sheet(file)
    given = opened.facts.assignment
    if by and by != given.reviewer:
        raise ReviewError(
            f"is the sheet of {given.reviewer}, not of {by}", file.name,
            f"look whether it is the right file; if it is, give: --by {given.reviewer}",
        )  # fmt: skip
    records = records_of_run(_RESULTS / given.run, (row.record_id for row in opened.facts.rows))
    run = _RESULTS / given.run
    # What is asked again counts as not yet said: a confirmation is a decision too.
    again = {row["event_id"] for row in read_rechecks(run)}
    log = [event for event in read_log(decisions).events if event.event_id not in again]
    found = check_sheet(opened, read_criteria(criteria_of(run, criteria)), records, log)
    for warning in found.warnings:
        say(f"warning: {warning}")
    raise_all(found.errors)
    say(str(found))
    if dry_run:
        say("nothing is written (--dry-run)")
    elif found.acts:
        events = append(decisions, found.acts)
        say(f"written: {events[0].event_id} to {events[-1].event_id}")
