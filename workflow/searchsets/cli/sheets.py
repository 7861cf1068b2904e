"""The commands for people who screen in a spreadsheet: a sheet is sent out, and comes back."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click

from searchsets.cli.base import FILE, FOLDER, Commands, say
from searchsets.errors import raise_all

_RESULTS = Path("results")
CRITERIA = click.option(
    "--criteria",
    type=FILE,
    default=Path("config/criteria.yaml"),
    show_default=True,
    help="The criteria for inclusion.",
)
DECISIONS = click.option(
    "--decisions",
    type=FOLDER,
    default=Path("resources/decisions"),
    show_default=True,
    help="The screening log.",
)


@click.group(cls=Commands)
def sheet() -> None:
    """Screen in a spreadsheet: write a workbook for one reviewer, read it when it comes back."""


def _name(ctx: click.Context, option: click.Parameter, value: str) -> str:
    """Take a name that becomes one of a file or folder: it must not lead elsewhere."""
    if value is not None and not re.fullmatch(r"[\w-][\w.-]*", value):
        raise click.BadParameter(f"{value!r}: use letters, digits, -, _ and .")
    return value


@sheet.command()
@click.option("--by", required=True, callback=_name, help="Who will decide, for example R01.")
@click.option("--stage", type=click.Choice(["title", "title_abstract", "full_text"]), required=True)
@click.option("--round", "round_name", default="main", show_default=True, callback=_name)
@click.option(
    "--as",
    "role",
    type=click.Choice(["screener", "adjudicator"]),
    default="screener",
    show_default=True,
    help="An adjudicator gets what the screeners left open, and sees what they said.",
)
@click.option("--run", "run_name", default="original", show_default=True, callback=_name)
@click.option("--order", default="id", show_default=True, help="id, or random: and a number.")
@click.option("--show-suggestions", is_flag=True, help="Show what the rules suggest: it may lead.")
@CRITERIA
@click.option("--combination", help="Of the criteria.  [default: that of the run]")
@DECISIONS
@click.option("-o", "--out", type=FILE, help="[default: <by>-<stage>-<round>.xlsx]")
def write(
    by: str,
    stage: str,
    round_name: str,
    role: str,
    run_name: str,
    order: str,
    show_suggestions: bool,
    criteria: Path,
    combination: str | None,
    decisions: Path,
    out: Path | None,
) -> None:
    """Write a workbook with the works that one reviewer has still to decide on."""
    from searchsets.errors import ReviewError
    from searchsets.screening.criteria.file import read_criteria
    from searchsets.screening.log.reading import read_log
    from searchsets.screening.sheets.choosing import (
        choose,
        read_finals,
        require_records,
        rows_to_show,
        votes_by_record,
    )
    from searchsets.screening.sheets.form import Place
    from searchsets.screening.sheets.writing import write_sheet

    out = out or Path(f"{by}-{stage}-{round_name}.xlsx")
    if out.exists():
        raise ReviewError(
            "is there already, and may hold decisions", str(out),
            "read it first (searchsets screening sheet read), and move it away; or name another: -o",
        )  # fmt: skip
    run, place = _RESULTS / run_name, Place(stage, round_name, by, role, run_name)
    read = read_criteria(criteria)
    chosen = choose(read_finals(run), read_log(decisions).events, place)
    if chosen.own:
        say(f"{chosen.own:,} works are left out: {by} screened them, and cannot settle them too")
    if not chosen.members:
        say(f"nothing waits for {by} as {role} ({stage}, {round_name}): no sheet is written")
        return
    records = require_records(run, (i for ids in chosen.members.values() for i in ids))
    rows = rows_to_show(chosen, records)
    rule = combination or _combination_of(run_name)
    facts = write_sheet(
        out, place, rows, read, order=order, votes=votes_by_record(chosen, rows),
        combination=read.combination(rule) if rule else None, show_suggestions=show_suggestions,
    )  # fmt: skip
    say(f"{out}: {len(facts.rows):,} records for {by} ({stage}, {round_name}); send it, and read it "
        "with: searchsets screening sheet read")  # fmt: skip


def _combination_of(run_name: str) -> str:
    """Return the combination that a run was made with; empty if nothing says so."""
    path = _RESULTS / ".build" / run_name / "config.json"
    return json.loads(path.read_text("utf-8")).get("combination", "") if path.exists() else ""


@sheet.command()
@click.argument("file", type=FILE)
@click.option("--by", callback=_name, help="Whose sheet it must be; else whose it says it is.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be added to the log.")
@CRITERIA
@DECISIONS
def read(file: Path, by: str | None, dry_run: bool, criteria: Path, decisions: Path) -> None:
    """Check a workbook that came back, and add what is new in it to the screening log.

    If anything in it is wrong, all that is wrong is told, and nothing is added.
    """
    from searchsets.errors import ReviewError
    from searchsets.screening.criteria.file import read_criteria
    from searchsets.screening.log.reading import read_log
    from searchsets.screening.log.writing import append
    from searchsets.screening.sheets.choosing import records_of_run
    from searchsets.screening.sheets.finding import open_sheet
    from searchsets.screening.sheets.reading import check_sheet

    opened = open_sheet(file)
    place = opened.facts.place
    if by and by != place.reviewer:
        raise ReviewError(
            f"is the sheet of {place.reviewer}, not of {by}", file.name,
            f"look whether it is the right file; if it is, give: --by {place.reviewer}",
        )  # fmt: skip
    records = records_of_run(_RESULTS / place.run, (row.record_id for row in opened.facts.rows))
    found = check_sheet(opened, read_criteria(criteria), records, read_log(decisions).events)
    for warning in found.warnings:
        say(f"warning: {warning}")
    raise_all(found.errors)
    say(str(found))
    if dry_run:
        say("nothing is written (--dry-run)")
    elif found.acts:
        events = append(decisions, found.acts)
        say(f"written: {events[0].event_id} to {events[-1].event_id}")
