"""The commands that make the tables, the page and the published run."""

from __future__ import annotations

from pathlib import Path

import click

from searchsets.cli.base import FILE, FOLDER, THERE, say


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
@click.option("--config", "config_file", type=FILE, required=True, help="The run's configuration.")
@click.option("-o", "--out", type=FILE, required=True)
def database(build: Path, config_file: Path, out: Path) -> None:
    """Make the database of a BUILD folder, to be asked in SQL or looked at in Datasette."""
    from searchsets.reporting.database.stage import write_database

    counts = write_database(build, config_file, out)
    say(f"{len(counts)} tables, {sum(counts.values()):,} rows")


@click.command()
@click.argument("build", type=THERE)
@click.option("-o", "--out", type=FOLDER, required=True)
@click.option("--input", "inputs", type=FILE, multiple=True, help="A file the run was made from.")
def publish(build: Path, out: Path, inputs: tuple[Path, ...]) -> None:
    """Put a finished BUILD in the place of the run before it, and write its manifest."""
    from searchsets.reporting.publish import publish_build

    number = publish_build(build, out, inputs)
    say(f"{number} files in {out}; open {out}/report.html")
