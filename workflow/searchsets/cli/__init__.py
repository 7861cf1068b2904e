"""The commands: each stage of the review is one, as the rules of the workflow call them."""

from __future__ import annotations

import click

from searchsets import __version__
from searchsets.cli import (
    dedupe,
    flow,
    harvest,
    records,
    review,
    screening,
    search,
    start,
    strategy,
    updates,
)
from searchsets.cli.base import Commands


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Run a literature review from its boolean search sets to its review tables.

    Each command is one stage; the workflow (./run review) calls them in order.
    """


for _command in (
    start.new,
    strategy.strategy,
    records.records,
    harvest.harvest,
    search.search,
    search.evidence,
    search.why,
    updates.remember,
    updates.update,
    updates.runs,
    updates.compare,
    dedupe.dedupe,
    screening.screening,
    review.choices,
    review.tables,
    flow.flow,
    review.documents,
    review.page,
    review.database,
    review.publish,
    review.verify,
):
    main.add_command(_command)
