"""The commands of runs that repeat a search for later years."""

from __future__ import annotations

import sys
from itertools import takewhile
from pathlib import Path

import click

from searchsets.cli.base import FILE, FOLDER, THERE, say

LIMITS = ("publication_year", "entry_date")


@click.command()
@click.argument("run", type=FOLDER)
@click.argument("records", type=THERE, nargs=-1)
@click.option("--retrieved", type=FILE, multiple=True, help="What each search retrieved.")
@click.option("--limited-by", type=click.Choice(LIMITS))
@click.option("--limited-from", type=int, help="The first year that was searched.")
@click.option("--carried", type=FOLDER, required=True, help="Where the records carried over go.")
@click.option("-o", "--out", type=FOLDER, required=True)
def remember(
    run: Path,
    records: tuple[Path, ...],
    retrieved: tuple[Path, ...],
    limited_by: str | None,
    limited_from: int | None,
    carried: Path,
    out: Path,
) -> None:
    """Say what became of every record of a published RUN among the RECORDS of a later one.

    RUN is a folder such as results/original; RECORDS are folders of imported records.
    """
    from collections import Counter

    from searchsets.updates.stage import remember as remembered

    limited = {"by": limited_by, "from": limited_from} if limited_by else None
    rows = remembered(run, records, retrieved, out, carried, limited)
    counts = Counter(row["became"] for row in rows)
    told = "; ".join(f"{what}: {number:,}" for what, number in sorted(counts.items()))
    say(f"{len(rows):,} records of {run.name}. {told}")


@click.command()
@click.option("--from", "first", type=int, required=True, help="The first year of publication.")
@click.option("--to", "last", type=int, required=True, help="The last year.")
@click.option("--name", help="The name of the new run.  [default: update-<last year>]")
@click.option("--updates", default="original", show_default=True, help="The run that it repeats.")
@click.option(
    "--limited-by",
    type=click.Choice(LIMITS),
    help="The searches are limited to these years by this field (and one year more); else whole "
    "searches are repeated, which is the rule.",
)
def update(first: int, last: int, name: str | None, updates: str, limited_by: str | None) -> None:
    """Name a new run that repeats an earlier one for later years, and make its folders.

    What the earlier run found and what was decided in it is taken over; docs/updates.md tells how.
    """
    from searchsets.updates.declare import Update, declare

    new = Update(name or f"update-{last}", updates, first, last, limited_by or "")
    for message in declare(new):
        say(message)
    where = f"{new.folder}/exports/<database>/"
    say(f"Bring what the databases give into {where}, then: ./run runs {new.name}")


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("names", nargs=-1, type=click.UNPROCESSED)
def runs(names: tuple[str, ...]) -> None:
    """Make the runs that config/runs.yaml names, each behind the one that it updates.

    NAMES are runs; with none, all. Options behind them go to Snakemake.
    """
    from searchsets.updates.making import make_runs

    wanted = list(takewhile(lambda name: not name.startswith("-"), names))
    options = list(names[len(wanted) :])
    sys.exit(make_runs(wanted, options, say))


@click.command()
@click.argument("first", type=THERE)
@click.argument("second", type=THERE)
@click.option("-o", "--out", type=FOLDER, default=Path("results/comparison"), show_default=True)
def compare(first: Path, second: Path, out: Path) -> None:
    """Say what is new, gone and changed from one published run to the one that updates it.

    FIRST and SECOND are folders such as results/original and results/update-2026.
    """
    from searchsets.comparison.stage import PAGE, compare_runs

    tables = {one.name: one for one in compare_runs(first, second, out)}
    for row in tables["counts"].rows:
        if row["value"]:
            say(f"{row['figure']}: {row['value']:,}")
    say(f"open {out}/{first.name}--{second.name}/{PAGE}")
