"""The options that say what the protocol of a review asks of its screening."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import click

from searchsets.cli.base import named_values
from searchsets.screening.model import MODEL, RULE, SCREENED_STAGES, whole_number
from searchsets.screening.outcomes.protocol import Protocol


def _numbers(
    ctx: click.Context, option: click.Parameter, values: tuple[str, ...]
) -> dict[str, int]:
    screeners = named_values(ctx, option, values)
    for stage, number in screeners.items():
        if stage not in SCREENED_STAGES or not whole_number(number):
            raise click.BadParameter(
                f"{stage}={number}: a stage ({', '.join(SCREENED_STAGES)}) and a number from 1"
            )
    return {stage: int(number) for stage, number in screeners.items()}


def _severities(
    ctx: click.Context, option: click.Parameter, values: tuple[str, ...]
) -> dict[str, str]:
    from searchsets.screening.audit.model import SETTABLE, SEVERITIES

    severities = named_values(ctx, option, values)
    for code, severity in severities.items():
        if code not in SETTABLE or severity not in SEVERITIES:
            raise click.BadParameter(
                f"{code}={severity}: one of {', '.join(SEVERITIES)} for one of "
                f"{', '.join(sorted(SETTABLE))}"
            )
    return severities


def _date(ctx: click.Context, option: click.Parameter, value: str) -> str:
    if value and not re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", value):
        raise click.BadParameter(f"{value}: write 2008, 2008-09 or 2008-09-05")
    return value


SCREENERS = click.option(
    "--screeners",
    multiple=True,
    metavar="STAGE=N",
    callback=_numbers,
    help="How many people must screen each record of a stage.  [default: as many as screened any "
    "record of a round, at most two]",
)
_OPTIONS = (
    SCREENERS,
    click.option("--open", "open_stages", multiple=True, type=click.Choice(SCREENED_STAGES),
                 help="A stage that is still going on: gaps there are no errors."),
    click.option("--count", "counted", multiple=True, type=click.Choice([RULE, MODEL]),
                 help="A role that the protocol counts among the screeners."),
    click.option("--accept", "accepted", multiple=True, metavar="VERSION",
                 help="An earlier version of the criteria whose decisions stay valid."),
    click.option("--severity", "severities", multiple=True, metavar="CHECK=SEVERITY",
                 callback=_severities,
                 help="How grave a finding of a check is: error, warning or info."),
    click.option("--last-search", default="", callback=_date, help="Date of the last search."),
)  # fmt: skip


def protocol_options(command: Callable) -> Callable:
    """Give a command all options that say what the protocol asks."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def protocol_of(options: Mapping[str, Any]) -> Protocol:
    """Return the protocol that these options say."""
    return Protocol(
        screeners=options["screeners"],
        open_stages=options["open_stages"],
        voting_roles=(*Protocol().voting_roles, *options["counted"]),
        accepted_criteria=options["accepted"],
        last_search=options["last_search"],
        severities=options["severities"],
    )
