"""The commands that read records."""

from __future__ import annotations

from pathlib import Path

import click

from searchsets.cli.base import FILE, FOLDER, THERE, say
from searchsets.errors import ReviewError

EARLIER = click.option(
    "--earlier", type=THERE, help="The run that this one updates: the ids that it gave are kept."
)
OUT = click.option(
    "-o", "--out", type=FOLDER, required=True, help="Folder for the records and their log."
)
SITES = click.option(
    "--sites", type=FILE, required=True, help="websites.yaml: which sites, and how."
)
SITES_STORE = click.option("--store", type=FOLDER, required=True, help="Holds one folder a site.")


@click.group()
def records() -> None:
    """Read the records that people bring."""


@records.command("import")
@click.argument("database")
@click.option("--exports", type=THERE, required=True, help="Holds one folder a database.")
@click.option("--table", type=FILE, required=True, help="exports.csv: what each file represents.")
@click.option("--columns", type=FILE, help="columns.csv: which column of a table is which field.")
@click.option("--store", type=FOLDER, help="What was harvested: its own answers are read too.")
@click.option("--strict", is_flag=True, help="Make a broken record an error.")
@EARLIER
@OUT
def records_import(
    database: str,
    exports: Path,
    table: Path,
    columns: Path | None,
    store: Path | None,
    strict: bool,
    earlier: Path | None,
    out: Path,
) -> None:
    """Read all export files of a DATABASE, and what was harvested of it, into one table of records."""
    from searchsets.records.columns import columns_for, read_columns, refuse_unused
    from searchsets.records.exports import find_exports
    from searchsets.records.reading import open_export
    from searchsets.sources.stage import import_with_harvests

    found = [one for one in find_exports(exports, table) if one.database == database]
    mapped = read_columns(columns) if columns else {}
    refuse_unused(mapped, database, [one.name for one in found], str(columns))
    read = [
        file for one in found for file in open_export(one, columns_for(one.name, mapped) or None)
    ]
    kept, broken, answers = import_with_harvests(database, read, store, out, earlier)
    for one in read:
        for finding in one.findings():
            say(f"WARNING: {one.name}: {finding}")
        for part in one.broken[:3]:
            say(f"WARNING: {one.name}:{part.line}: broken: {part.reason}")
    if strict and broken:
        raise ReviewError(
            f"{broken:,} broken records",
            str(out / "broken.csv"),
            "mend or export the files again; without --strict they are listed and left out",
        )
    harvested = f" and {answers:,} answers" if answers else ""
    say(f"{database}: {kept:,} records from {len(found)} files{harvested}, {broken:,} broken")


@records.command("harvested")
@click.argument("source")
@click.option("--store", type=THERE, required=True, help="What was harvested.")
@EARLIER
@OUT
def records_harvested(source: str, store: Path, earlier: Path | None, out: Path) -> None:
    """Read what was harvested from a SOURCE, without the network."""
    from searchsets.sources.stage import import_with_harvests

    kept, broken, answers = import_with_harvests(source, [], store, out, earlier)
    say(f"{source}: {kept:,} records from {answers:,} answers, {broken:,} broken")


@records.command("check")
@click.argument("files", type=FILE, nargs=-1, required=True)
@click.option("--encoding", default="", help="The encoding, where it is not told by the bytes.")
@click.option("--broken", type=FILE, help="Write what broke to this CSV file.")
@click.option("--strict", is_flag=True, help="Make a broken record an error.")
def records_check(
    files: tuple[Path, ...], encoding: str, broken: Path | None, strict: bool
) -> None:
    """Say what FILES of records are, how many records they hold, and what is wrong with them."""
    from searchsets.records.check import check, write_broken

    checked = [one for path in files for one in check(path, encoding)]
    for one in checked:
        click.echo(one.report())
    if broken:
        write_broken(broken, checked)
    unreadable = sum(one.error is not None for one in checked)
    lost = sum(len(one.broken) for one in checked)
    if unreadable or (strict and lost):
        raise ReviewError(
            f"{unreadable} of {len(checked)} files cannot be read; {lost} records are broken",
            None,
            "the reasons stand above",
        )


@records.command("convert")
@click.argument("files", type=FILE, nargs=-1, required=True)
@click.option("-o", "--out", type=FILE, required=True, help="Its ending tells the format.")
@click.option("--to", help="A program's flavour: asreview, rayyan, covidence, endnote ...")
@click.option("--encoding", default="", help="The encoding, where it is not told by the bytes.")
@click.option("--strict", is_flag=True, help="Make a broken record an error; nothing is written.")
def records_convert(
    files: tuple[Path, ...], out: Path, to: str | None, encoding: str, strict: bool
) -> None:
    """Write the records of FILES as another format (.ris .csv .bib .json .jsonl .parquet ...)."""
    from searchsets.records.convert import convert

    done = convert(files, out, to, encoding, strict=strict)
    for message in done.messages:
        say(f"WARNING: {message}")
    say(f"{done.written:,} records written to {out}, {done.broken:,} broken ones left out")


@records.command("known-items")
@click.argument("folder", type=FOLDER)
@EARLIER
@OUT
def records_known_items(folder: Path, earlier: Path | None, out: Path) -> None:
    """Read the works that the review knows without a search (RIS) from a FOLDER, if there are any."""
    from searchsets.records.known_items import SOURCE, open_known_items, roles
    from searchsets.records.shards import read_records
    from searchsets.records.store import import_database

    kept, _ = import_database(SOURCE, open_known_items(folder), out, earlier=earlier)
    roles(read_records(out))
    say(f"known items: {kept} records")


@records.command("supplied")
@click.argument("folder", type=THERE)
@EARLIER
@OUT
def records_supplied(folder: Path, earlier: Path | None, out: Path) -> None:
    """Read the documents that organisations sent, from the tables in a FOLDER."""
    from searchsets.records.store import import_database
    from searchsets.sources.supplied import SOURCE, open_supplied

    kept, _ = import_database(SOURCE, open_supplied(folder), out, earlier=earlier)
    say(f"documents that organisations sent: {kept} records")


@records.command("websites")
@SITES
@SITES_STORE
@EARLIER
@OUT
def records_websites(sites: Path, store: Path, earlier: Path | None, out: Path) -> None:
    """Read the documents of the websites that were harvested, without the network."""
    from searchsets.sources.websites.imports import import_websites
    from searchsets.sources.websites.sites import read_sites

    kept = import_websites(read_sites(sites), store, out, earlier)
    say(f"websites: {kept:,} documents")


@records.command("website-states")
@SITES
@SITES_STORE
@click.option("-o", "--out", type=FILE, required=True, help="The table to write.")
def records_website_states(sites: Path, store: Path, out: Path) -> None:
    """Say how far each website is: complete, blocked, stopped or not harvested."""
    from searchsets.sources.websites.sites import read_sites
    from searchsets.sources.websites.states import NOT_HARVESTED, write_states

    for row in write_states(read_sites(sites), store, out):
        if row["state"] != NOT_HARVESTED:
            say(f"{row['site']}: {row['state']}: {row['documents']:,} documents. {row['note']}")


@records.command("log")
@click.argument("folders", type=THERE, nargs=-1, required=True)
@click.option("--log", type=FILE, required=True, help="The joined log to write.")
@click.option("--broken", type=FILE, required=True, help="The joined list of broken records.")
def records_log(folders: tuple[Path, ...], log: Path, broken: Path) -> None:
    """Join the import logs of all FOLDERS of records into one."""
    from searchsets.records.store import gather_logs

    gather_logs(folders, log, broken)
