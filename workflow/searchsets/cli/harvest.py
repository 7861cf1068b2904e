"""The one command that asks over the network."""

from __future__ import annotations

from pathlib import Path

import click
from click.core import ParameterSource

from searchsets.cli.base import ERRATA, FILE, FOLDER, READING, say


@click.command()
@click.argument("source")
@click.option(
    "--strategy", help="The strategy to ask for: a name of search_strategies/, or a file."
)
@click.option("--from", "first", type=int, help="The first year of publication.")
@click.option("--to", "last", type=int, help="The last year of publication.")
@READING
@ERRATA
@click.option("--name", help="The name of this harvest; by itself its years.")
@click.option("--site", "only", multiple=True, help="With websites: only this one; repeat.")
@click.option("--pages-of", help="With govuk: ask for the pages that this run found there.")
@click.option("--count", is_flag=True, help="Ask each question once, and say how many there are.")
@click.option("--dry-run", is_flag=True, help="Show the plan; send nothing.")
@click.option("--most", type=click.IntRange(min=1), help="Allow a question with so many records.")
@click.option(
    "--accept-short", is_flag=True, help="Accept fewer records than the service speaks of."
)
@click.option(
    "--config", type=FILE, default=Path("config/sources.yaml"), show_default=True, help="Who asks."
)
@click.option("--store", type=FOLDER, help="Where to.  [default: as config/config.yaml says]")
@click.pass_context
def harvest(context: click.Context, source: str, **ordered) -> None:
    """Ask a SOURCE over the network, and keep every answer. May be interrupted, and goes on.

    SOURCE is eric, openalex, crossref, europepmc, core, doaj, govuk, or websites. This is the only
    command that sends anything. What comes is kept in resources/harvest/, and ./run review reads it
    there.
    """
    from searchsets.sources.stage import Ordered, harvest_source

    given = {
        name
        for name in ordered
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }
    harvest_source(source, Ordered(**ordered, given=given), say)
