"""The command that draws a flow diagram from the file of the R package PRISMA2020."""

from __future__ import annotations

from pathlib import Path

import click

from searchsets.cli.base import FILE, say
from searchsets.errors import ReviewError


@click.command()
@click.argument("files", type=FILE, nargs=-1, required=True, metavar="FILE...")
@click.option(
    "-o",
    "--out",
    type=FILE,
    required=True,
    help="The drawing: its name ends in .svg, .pdf or .png.",
)
@click.option(
    "--living",
    type=click.Choice(["separate", "together"]),
    default="separate",
    show_default=True,
    help="Of several files: each update by itself, or all updates added up in one.",
)
def flow(files: tuple[Path, ...], out: Path, living: str) -> None:
    """Draw a PRISMA 2020 flow diagram from a PRISMA.csv.

    FILE is figures/PRISMA.csv of a run, or the file of the R package PRISMA2020, filled in by hand.
    Which of the four forms is drawn follows from the rows that state a number: with numbers of a previous
    version it is the form of an updated review, with numbers of websites, organisations or citation
    searching that with other methods. Several FILEs are the versions of a living review, the base
    review first; the same numbers twice, or a base review that has previous numbers, are refused.

    What is not known is NA in the column n, and is drawn as not stated, or left out with its group
    where nothing of that is known. A 0 is drawn: somebody looked and found none. A file that
    does not add up is refused, with the line.
    """
    from searchsets.reporting.flow.figures import draw_forms

    if living == "together" and len(files) == 1:
        raise click.UsageError(
            "--living together adds up the updates of a living review: name its files, the base "
            "review first"
        )
    if not out.parent.is_dir():
        raise ReviewError(
            "there is no such folder", str(out.parent), "make it first, or name another with -o"
        )
    for note in draw_forms(files, out, living):
        say(f"note: {note}")
    say(f"{out}")
