"""The commands that search, and say what a search is worth."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from searchsets.cli.base import (
    ENRICHMENT,
    ERRATA,
    FILE,
    FOLDER,
    KNOWN_ITEMS,
    READING,
    THERE,
    say,
)

if TYPE_CHECKING:  # a command imports what it needs when it is called
    from searchsets.strategy.model import Reading, Strategy
    from searchsets.strategy.thesaurus import Thesaurus


@click.command()
@click.argument("file", type=FILE)
@click.option("--records", "folder", type=THERE, help="The database's records; none: no export.")
@KNOWN_ITEMS
@ENRICHMENT
@ERRATA
@READING
@click.option("-o", "--out", type=FOLDER, required=True)
def search(
    file: Path,
    folder: Path | None,
    known_items: Path,
    enrichment: Path | None,
    errata: str,
    reading: str,
    out: Path,
) -> None:
    """Run a strategy FILE on the records of its database and on the known items."""
    from searchsets.search.stage import write_search

    parsed, thesaurus, chosen = _read(file, errata, reading)
    done = write_search(parsed, thesaurus, folder, known_items, enrichment, chosen, out, errata)
    if done is None:
        say(f"{parsed.database}: no export; the strategy was run on the known items only")
    else:
        found = int(done.retrieved(chosen).sum())
        whose = "" if folder.name == parsed.database else f" in {folder.name}"
        say(f"{parsed.database}{whose}: {found:,} of {done.records.size:,} records retrieved")


def _read(file: Path, errata: str, reading: str) -> tuple[Strategy, Thesaurus | None, Reading]:
    """Return a strategy with its thesaurus, and which of its lines are the result."""
    from searchsets.strategy.file import choose_reading, load_thesaurus, read_strategy

    parsed = read_strategy(file, literal=errata == "literal")
    chosen = choose_reading(parsed, reading)
    return parsed, load_thesaurus(parsed), chosen


@click.group()
def evidence() -> None:
    """Say what each line of a strategy is worth, and how far databases find the same."""


@evidence.command("lines")
@click.argument("file", type=FILE)
@click.option(
    "--records",
    "folders",
    type=THERE,
    multiple=True,
    help="Imported records of a database; repeat.",
)
@KNOWN_ITEMS
@ENRICHMENT
@ERRATA
@READING
@click.option("-o", "--out", type=FOLDER, required=True)
def evidence_lines(
    file: Path,
    folders: tuple[Path, ...],
    known_items: Path,
    enrichment: Path | None,
    errata: str,
    reading: str,
    out: Path,
) -> None:
    """Write what each line of a strategy FILE brings, alone and with others, and why."""
    from searchsets.evidence.stage import gather_evidence, write_evidence

    parsed, thesaurus, chosen = _read(file, errata, reading)
    write_evidence(
        gather_evidence(parsed, thesaurus, chosen, folders, known_items, enrichment), out
    )
    say(f"{parsed.database}: evidence for {len(parsed.lines)} lines")


@evidence.command("years")
@click.argument("file", type=FILE)
@click.option("--matches", type=FILE, required=True, help="What the search wrote: matches.parquet.")
@click.option("--records", "folder", type=THERE, help="The database's records; none: no export.")
@click.option("-o", "--out", type=FOLDER, required=True)
def evidence_years(file: Path, matches: Path, folder: Path | None, out: Path) -> None:
    """Write how many records of each year each line of a strategy FILE finds."""
    from searchsets.evidence.years import write_years
    from searchsets.strategy.file import read_strategy

    write_years(read_strategy(file), matches, folder, out)


@evidence.command("databases")
@click.argument("databases", nargs=-1, required=True)
@click.option("--build", type=THERE, required=True, help="What the stages before wrote.")
@click.option("-o", "--out", type=FOLDER, required=True)
def evidence_databases(databases: tuple[str, ...], build: Path, out: Path) -> None:
    """Write how far the DATABASES find the same works and the same known items."""
    from searchsets.reporting.database_overlap import write_databases

    write_databases(list(databases), build, out)


@click.command()
@click.argument("record")
@click.option("--run", "run_name", default="original", show_default=True, help="A finished run.")
@click.option("--database", "databases", multiple=True, help="Only this one; may be repeated.")
def why(record: str, run_name: str, databases: tuple[str, ...]) -> None:
    """Say why a RECORD is found by each strategy, is not, or cannot be judged.

    RECORD is a record id (eric:EJ123456), an accession number, a DOI, or words of a title.
    """
    from searchsets.evidence.record import find_record
    from searchsets.evidence.run import Run
    from searchsets.evidence.telling import told

    run = Run.read(Path("results") / run_name)
    for text in told(run, find_record(run, record), databases):
        click.echo(text)
