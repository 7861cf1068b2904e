"""The commands that screen, and make the tables, the page and the published run."""

from __future__ import annotations

from pathlib import Path

import click

from searchsets.cli.base import ENRICHMENT, FILE, FOLDER, THERE, say


@click.command()
@click.argument("folders", type=THERE, nargs=-1, required=True)
@click.option("--criteria", type=FILE, required=True, help="The criteria for inclusion.")
@click.option("--combination", required=True, help="Which combination of criteria to use.")
@click.option("--works", type=THERE, required=True, help="What deduplication wrote.")
@ENRICHMENT
@click.option("--decisions", type=FOLDER, required=True, help="<stage>/<round>/<reviewer>.csv")
@click.option("--run", "run_name", required=True, help="Name of the run.")
@click.option("-o", "--out", type=FOLDER, required=True)
def screening(
    folders: tuple[Path, ...],
    criteria: Path,
    combination: str,
    works: Path,
    enrichment: Path | None,
    decisions: Path,
    run_name: str,
    out: Path,
) -> None:
    """Judge the records in FOLDERS by rule, read people's decisions, derive every state."""
    from searchsets.screening.criteria import read_criteria
    from searchsets.screening.stage import screen, write_screening

    read = read_criteria(criteria)
    chosen = read.combination(combination)
    screened = screen(read, chosen, run_name, works, folders, enrichment, decisions)
    states = write_screening(screened, out)
    say("works by state: " + ", ".join(f"{state} {n:,}" for state, n in sorted(states.items())))


@click.command()
@click.argument("build", type=THERE)
@click.option("--config", "config_file", type=FILE, required=True, help="The run's configuration.")
@click.option("-o", "--out", type=FOLDER, required=True)
def tables(build: Path, config_file: Path, out: Path) -> None:
    """Make the review tables of a BUILD folder: CSV, one workbook, and the drawings."""
    from searchsets.reporting.stage import write_tables

    made = write_tables(build, config_file, out)
    say(f"{len(made)} tables")


@click.command()
@click.argument("build", type=THERE)
@click.option("--config", "config_file", type=FILE, required=True, help="The run's configuration.")
@click.option("-o", "--out", type=FILE, required=True)
def page(build: Path, config_file: Path, out: Path) -> None:
    """Make the page of a BUILD folder from its tables: one file that opens from disk."""
    from searchsets.reporting.page import write_page

    write_page(build, config_file, out)


@click.command()
@click.argument("build", type=THERE)
@click.option("-o", "--out", type=FOLDER, required=True)
@click.option("--input", "inputs", type=FILE, multiple=True, help="A file the run was made from.")
def publish(build: Path, out: Path, inputs: tuple[Path, ...]) -> None:
    """Put a finished BUILD in the place of the run before it, and write its manifest."""
    from searchsets.reporting.publish import publish_build

    number = publish_build(build, out, inputs)
    say(f"{number} files in {out}; open {out}/report.html")
