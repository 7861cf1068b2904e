"""The commands for people who screen in a spreadsheet: a sheet is sent out, and comes back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from searchsets.cli.base import CRITERIA, FILE, LOG, Commands, say
from searchsets.screening.model import ADJUDICATOR, SCREENED_STAGES, SCREENER, is_name


@click.group(cls=Commands)
def sheet() -> None:
    """Screen in a spreadsheet: write a workbook for one reviewer, read it when it comes back."""


def _named(ctx: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """Take a name that becomes one of a file or folder: it must not lead elsewhere."""
    if value is not None and not is_name(value):
        raise click.BadParameter(f"{value!r}: use letters, digits, -, _ and .")
    return value


@sheet.command()
@click.option("--by", required=True, callback=_named, help="Who will decide, for example R01.")
@click.option("--stage", type=click.Choice(SCREENED_STAGES), required=True)
@click.option("--round", "round_name", default="main", show_default=True, callback=_named)
@click.option(
    "--as",
    "role",
    type=click.Choice([SCREENER, ADJUDICATOR]),
    default=SCREENER,
    show_default=True,
    help="An adjudicator gets what the screeners left open, and sees what they said.",
)
@click.option("--run", "run_name", default="original", show_default=True, callback=_named)
@click.option("--order", default="id", show_default=True, help="id, or random: and a number.")
@click.option("--show-suggestions", is_flag=True, help="Show what the rules suggest: it may lead.")
@CRITERIA
@LOG
@click.option("-o", "--out", type=FILE, help="[default: <by>-<stage>-<round>.xlsx]")
def write(
    by: str,
    stage: str,
    round_name: str,
    role: str,
    run_name: str,
    out: Path | None,
    **options: Any,
) -> None:
    """Write a workbook with the works that one reviewer has still to decide on."""
    from searchsets.screening.sheets import command
    from searchsets.screening.sheets.form import Assignment

    out = out or Path(f"{by}-{stage}-{round_name}.xlsx")
    command.write(Assignment(stage, round_name, by, role, run_name), out, say=say, **options)


@sheet.command()
@click.argument("file", type=FILE)
@click.option("--by", callback=_named, help="Whose sheet it must be; else whose it says it is.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be added to the log.")
@CRITERIA
@LOG
def read(**options: Any) -> None:
    """Check a workbook that came back, and add what is new in it to the screening log.

    If anything in it is wrong, all that is wrong is told, and nothing is added.
    """
    from searchsets.screening.sheets import command

    command.read(say=say, **options)
