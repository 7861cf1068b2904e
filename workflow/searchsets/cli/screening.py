"""The commands on screening: what a log comes to, its audit, its seals, and single decisions."""

from __future__ import annotations

import gc
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from searchsets import __version__
from searchsets.cli import exchange, sheets
from searchsets.cli.base import (
    CRITERIA,
    ENRICHMENT,
    FILE,
    FOLDER,
    LOG,
    LOG_FOLDER,
    THERE,
    DefaultGroup,
    named_values,
    say,
)
from searchsets.cli.protocol import protocol_of, protocol_options
from searchsets.screening.model import DECISIONS, PEOPLE, SCREENED_STAGES, SCREENER

if TYPE_CHECKING:  # a command imports what it needs when it is called
    from searchsets.screening.outcomes.screening import Screening

SEALS = click.option(
    "--seals", type=FILE, help="A seals.csv that was kept: what each file of the log must hold."
)


@click.group(cls=DefaultGroup)
def screening() -> None:
    """Screen the works: read people's decisions, audit them, write and exchange them."""


@screening.command(name="run")
@click.argument("folders", type=THERE, nargs=-1, required=True)
@click.option("--criteria", type=FILE, required=True, help="The criteria for inclusion.")
@click.option("--combination", required=True, help="Which combination of criteria to use.")
@click.option("--works", type=THERE, required=True, help="What deduplication wrote.")
@ENRICHMENT
@click.option("--decisions", type=FOLDER, required=True, help="<stage>/<round>/<reviewer>.csv")
@click.option("--run", "run_name", required=True, help="Name of the run.")
@click.option("--earlier", type=THERE, help="What is remembered of the run that this one updates.")
@click.option("--later", multiple=True, help="A run that updates this one: not looked at.")
@protocol_options
@click.option("-o", "--out", type=FOLDER, required=True)
def run(
    folders: tuple[Path, ...],
    criteria: Path,
    combination: str,
    works: Path,
    enrichment: Path | None,
    decisions: Path,
    run_name: str,
    earlier: Path | None,
    later: tuple[str, ...],
    out: Path,
    **options,
) -> None:
    """Judge the records in FOLDERS by rule, read people's decisions, derive every state."""
    from searchsets.screening.criteria.file import read_criteria
    from searchsets.screening.results import write_screening
    from searchsets.screening.stage import screen

    read = read_criteria(criteria)
    chosen = read.combination(combination)
    protocol = replace(protocol_of(options), all_stages=True)
    made = screen(
        read, chosen, run_name, works, folders, enrichment, decisions, protocol, earlier, later
    )
    states = write_screening(made, out)
    say("works by state: " + ", ".join(f"{state} {n:,}" for state, n in sorted(states.items())))
    if made.rechecks:
        say(f"decisions of earlier runs that are asked for again: {len(made.rechecks):,}")


@screening.command()
@click.argument("findings", type=FILE)
@click.option("--decisions", type=FOLDER, required=True, help="<stage>/<round>/<reviewer>.csv")
@click.option("--seals", type=FILE, required=True, help="seals.csv of the run before, if any.")
@click.option("-o", "--out", type=FILE, required=True)
def passed(findings: Path, decisions: Path, seals: Path, out: Path) -> None:
    """Stop if the audit of a run (FINDINGS, its audit.csv) found errors; else say what it found.

    It stops too if the log is not what it was at the run before.
    """
    from searchsets.screening.results import write_passed

    number = write_passed(findings, decisions, seals, out)
    say(f"audit of the screening log: {number:,} findings, no error")


@screening.command()
@click.argument("decisions", type=FOLDER, default=LOG_FOLDER)
@click.option("--records", type=click.Path(path_type=Path, exists=True), multiple=True,
              help="Files of the records, or folders that an import wrote.")  # fmt: skip
@click.option("--works", type=THERE, help="What a deduplication wrote: decisions on records of one "
              "work are one work's.")  # fmt: skip
@click.option("--criteria", type=FILE, help="The criteria, to hold reasons and versions against.")
@click.option("--combination", help="The combination of criteria that is used.")
@protocol_options
@SEALS
@click.option("-o", "--out", type=FOLDER, help="Where to write what the log comes to, as tables.")
def audit(
    decisions: Path,
    records: tuple[Path, ...],
    works: Path | None,
    criteria: Path | None,
    combination: str | None,
    seals: Path | None,
    out: Path | None,
    **options,
) -> None:
    """Audit a log of decisions by itself: what was changed, what is missing, what it comes to.

    DECISIONS is a folder <stage>/<round>/<reviewer>.csv. All stages count as finished but for those
    named by --open. Ends with an error if the audit finds one.
    """
    from searchsets.errors import ReviewError
    from searchsets.screening.audit.run import audit as look
    from searchsets.screening.audit.run import require_passed, told
    from searchsets.screening.criteria.file import read_criteria
    from searchsets.screening.results import write_log_tables
    from searchsets.screening.stage import read_alone

    gc.disable()  # a long log is many small things that live to the end
    if not decisions.is_dir():
        raise ReviewError("there is no such folder", str(decisions), "name a folder of decisions")
    if combination and not criteria:
        raise click.UsageError("--combination needs --criteria")
    read = read_criteria(criteria) if criteria else None
    chosen = read.combination(combination) if read and combination else None
    protocol = protocol_of(options)
    made = read_alone(decisions, protocol, _shas(records), works, read, chosen, seals)
    findings = write_log_tables(made, out) if out else look(made)
    for line in (*_summary(made), *told(row for row in findings if row["severity"] != "error")):
        click.echo(line)
    require_passed(findings, str(decisions))
    click.echo(f"audit: {len(findings):,} findings, no error")


def _shas(paths: tuple[Path, ...]) -> dict[str, str] | None:
    from searchsets.dedupe.material import take
    from searchsets.screening.model import SHOWN, record_sha

    if not paths:
        return None
    rows = take(paths, (), say).select(["record_id", *SHOWN]).to_pylist()
    return {row["record_id"]: record_sha(row) for row in rows}


def _summary(made: Screening):
    """Yield what a log comes to, in a few lines."""
    yield f"{len(made.events):,} events in {len(made.log.files):,} files"
    for row in made.flow:
        reason = f" ({row['reason']})" if row["reason"] else ""
        yield f"  {row['stage']}: {row['what']}{reason}: {row['n']:,}"
    for row in made.agreement:
        figures = f"kappa {row['kappa'] or 'not defined'}, positive agreement " + (
            row["positive_agreement"] or "not defined"
        )
        yield (
            f"  {row['stage']}, {row['round']}: {row['reviewer_a']} and {row['reviewer_b']}, "
            f"{row['records']:,} records: {figures}"
        )


@screening.command()
@click.argument("files", type=FILE, nargs=-1)
@LOG
def seal(files: tuple[Path, ...], decisions: Path) -> None:
    """Seal FILES of decisions (all, if none is named), so that any later change can be told.

    A file that somebody wrote by hand gets the columns and hashes that it lacks; its rows stay.
    """
    from searchsets.screening.log.paths import log_paths
    from searchsets.screening.log.writing import complete

    for path in files or log_paths(decisions):
        file = complete(path)
        last = file.events[-1].hash if file.events else "none"
        say(f"{file.short}: {len(file.events):,} rows, last hash {last}")


@screening.command()
@click.argument("record")
@click.argument("decision", type=click.Choice(DECISIONS))
@click.option("--by", required=True, help="Who decides: a short name, such as R01.")
@click.option(
    "--stage", type=click.Choice(SCREENED_STAGES), default="title_abstract", show_default=True
)
@click.option("--round", "round_name", default="main", show_default=True)
@click.option("--as", "role", type=click.Choice(PEOPLE), default=SCREENER, show_default=True)  # fmt: skip
@click.option("--reason", default="", help="The first criterion that fails, or another reason.")
@click.option("--judge", "judged", multiple=True, metavar="CRITERION=VALUE", callback=named_values,
              help="What you judge of a criterion: met, partly, not, unclear or na.")  # fmt: skip
@click.option("--override", default="", help="Why the criteria are set aside, in one word.")
@click.option("--quote", default="", help="The passage that shows it.")
@click.option("--quote-at", default="", help="Where the passage stands: a page, or abstract.")
@click.option("--note", default="")
@click.option("--confidence", type=click.Choice(["", "1", "2", "3"]), default="")
@click.option("--run", "run_name", default="original", show_default=True, help="The run it is in.")
@CRITERIA
@LOG
def decide(
    record: str,
    decision: str,
    by: str,
    stage: str,
    round_name: str,
    role: str,
    reason: str,
    judged: dict[str, str],
    override: str,
    quote: str,
    quote_at: str,
    note: str,
    confidence: str,
    run_name: str,
    criteria: Path | None,
    decisions: Path,
) -> None:
    """Write down what you decide about RECORD; what you decided before in that round is superseded."""
    from searchsets.screening.criteria.file import read_criteria
    from searchsets.screening.log.deciding import checked, record_of
    from searchsets.screening.log.reading import read_log
    from searchsets.screening.log.writing import append
    from searchsets.screening.model import PREVIOUS, Event, grid_text, record_sha
    from searchsets.screening.shown import criteria_of

    run = Path("results") / run_name
    read = read_criteria(criteria_of(run, criteria))
    shown = record_of(run, record)
    act = Event(
        record_id=record, record_sha=record_sha(shown), search_run=run_name, stage=stage,
        round=round_name, reviewer=by, role=role, decision=decision, reason_code=reason,
        criteria=grid_text(judged), override=override, quote=quote, quote_loc=quote_at, note=note,
        confidence=confidence, decided_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        criteria_version=read.version, tool="searchsets decide", tool_version=__version__,
        supersedes=PREVIOUS,
    )  # fmt: skip
    [event] = append(decisions, [checked(act, read, read_log(decisions).events)])
    before = f", instead of {event.supersedes}" if event.supersedes else ""
    say(f"{event.event_id}: {event.record_id} {event.decision}{before}; run again to see it")


for _command in (exchange.import_log, exchange.export_log, sheets.sheet):
    screening.add_command(_command)
