"""The command that starts a new review."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from searchsets.cli.base import say


@click.command()
@click.argument("name", type=click.Path(path_type=Path))
@click.option("--title", help="The heading of the review.  [default: its name]")
def new(name: Path, title: str | None) -> None:
    """Make the folder NAME for a new review, with an example in it that runs at once."""
    from searchsets.starting.make import new_review

    made = new_review(name, title)
    go = f"cd {shlex.quote(str(name))} && ./run review"
    say(f"{name}: {len(made)} files, with an example that runs. Next: {go}")
    say(f"What to do then stands in {name / 'README.md'}")
