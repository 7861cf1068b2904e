"""The commands that make what-if, the tables, the documents, the page and the published run."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from searchsets.cli.base import BUILD, CONFIG, FILE, FOLDER, named_values, processors, say


def _require_closed(folder: Path, config_file: Path, *, listed: bool = False) -> None:
    """Refuse a build whose files do not fit each other; `listed`: the list of records is made."""
    from searchsets.reporting.build import Build
    from searchsets.reporting.closing import check_closing
    from searchsets.reporting.closing_screening import check_list

    build = Build.read(folder, config_file)
    check_closing(build)
    if listed:
        check_list(build)


@click.command()
@BUILD
@CONFIG
@click.option("-o", "--out", type=FOLDER, required=True)
def choices(build: Path, config_file: Path, out: Path) -> None:
    """Code what a BUILD would hold, had other choices been made: for the table and the page."""
    _require_closed(build, config_file)
    from searchsets.reporting.choices.stage import code_run

    data = code_run(build, config_file, out)
    say(f"{len(data.options)} choices; {len(data.records):,} records found under any of them")


@click.command()
@BUILD
@CONFIG
@click.option("-o", "--out", type=FOLDER, required=True)
def tables(build: Path, config_file: Path, out: Path) -> None:
    """Make the review tables of a BUILD folder as CSV files, and the drawings."""
    from searchsets.reporting.stage import write_tables

    made = write_tables(build, config_file, out)
    say(f"{len(made)} tables")


@click.command()
@BUILD
@CONFIG
@click.option("-o", "--out", type=FOLDER, required=True, help="Where the tables of BUILD are.")
def documents(build: Path, config_file: Path, out: Path) -> None:
    """Make the documents of a BUILD folder from its tables: XLSX, DOCX, HTML and Markdown.

    The bibliographies of the included and the excluded works are written beside them.
    """
    _require_closed(build, config_file, listed=True)
    from searchsets.reporting.documents.stage import write_documents

    number = write_documents(build, config_file, out)
    say(f"{number} tables in each document")


@click.command()
@BUILD
@CONFIG
@click.option("-o", "--out", type=FILE, required=True)
def page(build: Path, config_file: Path, out: Path) -> None:
    """Make the page of a BUILD folder from its tables: one file that opens from disk."""
    _require_closed(build, config_file, listed=True)
    from searchsets.reporting.page import write_page

    write_page(build, config_file, out)


@click.command()
@BUILD
@CONFIG
@click.option("-o", "--out", type=FILE, required=True)
def database(build: Path, config_file: Path, out: Path) -> None:
    """Make the database of a BUILD folder, to be asked in SQL or looked at in Datasette."""
    _require_closed(build, config_file, listed=True)
    from searchsets.reporting.database.stage import write_database

    counts = write_database(build, config_file, out)
    say(f"{len(counts)} tables, {sum(counts.values()):,} rows")


@click.command()
@BUILD
@click.option("-o", "--out", type=FOLDER, required=True)
@click.option(
    "--inputs", type=FILE, required=True, help="JSON: the files the run was made from, by kind."
)
def publish(build: Path, out: Path, inputs: Path) -> None:
    """Put a finished BUILD in the place of the run before it, with its manifest and RO-Crate."""
    _require_closed(build, build / "config.json", listed=True)
    from searchsets.reporting.publishing.stage import publish_build, read_inputs

    number = publish_build(build, out, read_inputs(inputs))
    say(f"{number} files in {out}; open {out}/report.html")


@click.command()
@click.argument("run", default="original")
@click.option("--no-rebuild", is_flag=True, help="Only compare hashes, which is quick.")
@click.option("--json", "as_json", is_flag=True, help="Write what was found as JSON.")
@click.option(
    "--config",
    "changes",
    multiple=True,
    metavar="KEY=PATH",
    callback=named_values,
    help="Where a folder of the configuration lies here, if it lay elsewhere: exports=FOLDER.",
)
@click.option(
    "--cores",
    default="all",
    show_default=True,
    metavar="NUMBER|all",
    callback=processors,
    help="Processors for the rebuild.",
)
def verify(run: str, no_rebuild: bool, as_json: bool, changes: dict[str, str], cores: str) -> None:
    """Tell whether a published RUN is what its manifest and its inputs give.

    RUN is a name (original) or a folder (results/original). The run is made again in a temporary
    folder and compared file by file. Ends with 0 if all is the same, with 1 if not.
    """
    from searchsets.files import json_text
    from searchsets.reporting.verify.run import verify as verified
    from searchsets.reporting.verify.words import told

    run = run.rstrip("/") or run  # a shell completes the names of folders so
    run = run.removesuffix("/manifest.json")
    folder = (
        Path(run) if "/" in run or Path(run, "manifest.json").exists() else Path("results", run)
    )
    found = verified(folder, changes, rebuild=not no_rebuild, cores=cores, tell=_progress)
    text = json_text(found.facts()) if as_json else "\n".join(told(found))
    # Names of files may be no text: in JSON they are written as such.
    click.echo(text.encode("utf-8", "backslashreplace"), nl=not as_json)
    sys.exit(0 if found.verified else 1)


def _progress(what: str) -> None:
    say(f"... {what.partition(' --')[0][:100]}")
