"""The commands: each stage of the review is one, as the rules of the workflow call them."""

from __future__ import annotations

import os
import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from searchsets import __version__
from searchsets.errors import ERROR_NOTE, ReviewError

if TYPE_CHECKING:  # a command imports what it needs when it is called
    from searchsets.dedupe.engine import Deduplicated
    from searchsets.strategy.model import Strategy
    from searchsets.strategy.thesaurus import Thesaurus

FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, dir_okay=False)
THERE = click.Path(path_type=Path, file_okay=False, exists=True)

ERRATA = click.option(
    "--errata",
    type=click.Choice(["read", "literal"]),
    default="read",
    show_default=True,
    help="Lines as they are read, or literally as printed.",
)
READING = click.option(
    "--reading", default="default", show_default=True, help="Which lines are the result."
)


class _Commands(click.Group):
    """Tells what people can cause as a message of its own; anything else is a fault of ours."""

    def invoke(self, ctx: click.Context):
        if ERROR_NOTE in os.environ:  # in the workflow: show the command as a person could type it
            _say(f"$ searchsets {shlex.join(sys.argv[1:])}")
        try:
            return super().invoke(ctx)
        except ReviewError as error:
            _tell(f"ERROR: {error}")
            sys.exit(2)
        except BrokenPipeError:  # a reader such as `head` has seen enough: click ends quietly
            raise
        except OSError as error:
            _tell(f"ERROR: {error.filename or 'a file'}: {error.strerror or error}")
            sys.exit(2)


def _tell(message: str) -> None:
    click.echo(message, err=True)
    if ERROR_NOTE in os.environ:
        with Path(os.environ[ERROR_NOTE]).open("a", encoding="utf-8") as file:
            file.write(f"{message}\n")


def _say(message: str) -> None:
    click.echo(message, err=True)


def _warn_of_unexploded(strategy: Strategy, thesaurus: Thesaurus | None) -> None:
    from searchsets.strategy.expansion import unexploded

    for warning in unexploded(strategy, thesaurus):
        _say(f"WARNING: {warning}")


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Run a literature review from its boolean search sets to its review tables.

    Each command is one stage; the workflow (./run review) calls them in order.
    """


@main.group()
def strategy() -> None:
    """Read and check search strategies."""


@strategy.command("lines")
@click.argument("file", type=FILE)
@ERRATA
@click.option(
    "-o", "--out", type=FOLDER, required=True, help="Folder for lines.csv and the others."
)
def strategy_lines(file: Path, errata: str, out: Path) -> None:
    """Parse a strategy FILE and write its lines, expansions and errata as tables."""
    from searchsets.strategy.file import load_thesaurus, read_strategy
    from searchsets.strategy.tables import write_strategy

    literal = errata == "literal"
    parsed = read_strategy(file, literal=literal)
    thesaurus = load_thesaurus(parsed)
    for finding in thesaurus.findings if thesaurus else ():
        _say(f"WARNING: {parsed.thesaurus['file']}: {finding}")
    _warn_of_unexploded(parsed, thesaurus)
    write_strategy(parsed, thesaurus, literal=literal, out=out)
    _say(f"{parsed.database}: {len(parsed.lines)} lines")


@strategy.command("terms")
@click.argument("file", type=FILE)
@click.option("--thesaurus", "source", type=FILE, required=True, help="Any that can be read.")
@click.option("-o", "--out", type=FILE, required=True, help="The CSV file to write.")
def strategy_terms(file: Path, source: Path, out: Path) -> None:
    """Look up the descriptors of a strategy FILE in a thesaurus and write their status."""
    from searchsets.strategy.descriptor_status import write_descriptor_status
    from searchsets.strategy.file import read_strategy
    from searchsets.strategy.thesaurus import read_thesaurus

    thesaurus = read_thesaurus(source)
    for finding in thesaurus.findings:
        _say(f"WARNING: {source}: {finding}")
    counts = write_descriptor_status(read_strategy(file), thesaurus, source, out)
    told = ", ".join(f"{count} {status}" for status, count in counts.items())
    _say(f"{counts.total()} terms looked up in {len(thesaurus.names):,} names: {told}")


@strategy.command("replace")
@click.argument("file", type=FILE)
@click.argument("line")
@click.argument("text")
@click.option("-o", "--out", type=FILE, required=True, help="A file of the same name elsewhere.")
def strategy_replace(file: Path, line: str, text: str, out: Path) -> None:
    """Write a strategy FILE in which LINE says TEXT, all else byte for byte, to compare the two."""
    from searchsets.strategy.file import load_thesaurus
    from searchsets.strategy.writing import replace_line

    if not line.removeprefix("#").isdecimal():
        raise click.BadParameter(f"{line!r} is no number of a line: write 41, or '#41'")
    number = int(line.removeprefix("#"))
    made = replace_line(file, number, text, out)
    _warn_of_unexploded(made, load_thesaurus(made))
    _say(f"{out}: #{number} now says {made.lines[number].text}")


@strategy.command("compare")
@click.argument("old", type=FILE)
@click.argument("new", type=FILE)
@click.option("--records", "folder", type=THERE, help="The database's records, to search by both.")
@READING
@ERRATA
@click.option("-o", "--out", type=FOLDER, help="Folder for lines.csv, settings.csv, records.csv.")
def strategy_compare(
    old: Path, new: Path, folder: Path | None, reading: str, errata: str, out: Path | None
) -> None:
    """Say what differs between two versions of a strategy, and what that does to the records found.

    OLD and NEW are files of one name in two folders (2008/eric.yaml 2026/eric.yaml), since a strategy
    file is named after its database.
    """
    from searchsets.strategy.compare import compare, comparison_text
    from searchsets.strategy.file import choose_reading, load_thesaurus, read_strategy

    before, after = (read_strategy(path, literal=errata == "literal") for path in (old, new))
    thesauri = load_thesaurus(before), load_thesaurus(after)
    for one, thesaurus in zip((before, after), thesauri, strict=True):
        _warn_of_unexploded(one, thesaurus)
    compared = compare(before, after)
    click.echo(comparison_text(compared))
    effect = None
    if folder is not None:
        from searchsets.evidence.compare import effect_on, effect_text

        readings = tuple(choose_reading(one, reading) for one in (before, after))
        effect = effect_on(compared, thesauri, readings, folder)
        click.echo(effect_text(effect))
    if out is not None:
        from searchsets.evidence.compare import write_comparison

        write_comparison(compared, effect, out)


@main.group()
def records() -> None:
    """Read the records that people bring."""


@records.command("import")
@click.argument("database")
@click.option("--exports", type=THERE, required=True, help="Holds one folder a database.")
@click.option("--table", type=FILE, required=True, help="exports.csv: what each file represents.")
@click.option("--columns", type=FILE, help="columns.csv: which column of a table is which field.")
@click.option("--store", type=FOLDER, help="What was harvested: its own answers are read too.")
@click.option("--strict", is_flag=True, help="Make a broken record an error.")
@click.option(
    "-o", "--out", type=FOLDER, required=True, help="Folder for the records and their log."
)
def records_import(
    database: str,
    exports: Path,
    table: Path,
    columns: Path | None,
    store: Path | None,
    strict: bool,
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
    kept, broken, answers = import_with_harvests(database, read, store, out)
    for one in read:
        for finding in one.findings():
            _say(f"WARNING: {one.name}: {finding}")
        for part in one.broken[:3]:
            _say(f"WARNING: {one.name}:{part.line}: broken: {part.reason}")
    if strict and broken:
        raise ReviewError(
            f"{broken:,} broken records",
            str(out / "broken.csv"),
            "mend or export the files again; without --strict they are listed and left out",
        )
    harvested = f" and {answers:,} answers" if answers else ""
    _say(f"{database}: {kept:,} records from {len(found)} files{harvested}, {broken:,} broken")


@records.command("harvested")
@click.argument("source")
@click.option("--store", type=THERE, required=True, help="What was harvested.")
@click.option(
    "-o", "--out", type=FOLDER, required=True, help="Folder for the records and their log."
)
def records_harvested(source: str, store: Path, out: Path) -> None:
    """Read what was harvested from a SOURCE, without the network."""
    from searchsets.sources.stage import import_with_harvests

    kept, broken, answers = import_with_harvests(source, [], store, out)
    _say(f"{source}: {kept:,} records from {answers:,} answers, {broken:,} broken")


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
        _say(f"WARNING: {message}")
    _say(f"{done.written:,} records written to {out}, {done.broken:,} broken ones left out")


@records.command("known-items")
@click.argument("folder", type=THERE)
@click.option(
    "-o", "--out", type=FOLDER, required=True, help="Folder for the records and their log."
)
def records_known_items(folder: Path, out: Path) -> None:
    """Read the review's own literature (RIS) from a FOLDER."""
    from searchsets.records.known_items import SOURCE, open_known_items, roles
    from searchsets.records.shards import read_records
    from searchsets.records.store import import_database

    kept, _ = import_database(SOURCE, open_known_items(folder), out)
    roles(read_records(out))
    _say(f"known items: {kept} records")


@records.command("supplied")
@click.argument("folder", type=THERE)
@click.option(
    "-o", "--out", type=FOLDER, required=True, help="Folder for the records and their log."
)
def records_supplied(folder: Path, out: Path) -> None:
    """Read the documents that organisations sent, from the tables in a FOLDER."""
    from searchsets.records.store import import_database
    from searchsets.sources.supplied import SOURCE, open_supplied

    kept, _ = import_database(SOURCE, open_supplied(folder), out)
    _say(f"documents that organisations sent: {kept} records")


@records.command("websites")
@click.option("--sites", type=FILE, required=True, help="websites.yaml: which sites, and how.")
@click.option("--store", type=FOLDER, required=True, help="Holds one folder a site.")
@click.option(
    "-o", "--out", type=FOLDER, required=True, help="Folder for the records and their log."
)
def records_websites(sites: Path, store: Path, out: Path) -> None:
    """Read the documents of the websites that were harvested, without the network."""
    from searchsets.sources.websites.imports import import_websites
    from searchsets.sources.websites.sites import read_sites

    kept = import_websites(read_sites(sites), store, out)
    _say(f"websites: {kept:,} documents")


@records.command("website-states")
@click.option("--sites", type=FILE, required=True, help="websites.yaml: which sites, and how.")
@click.option("--store", type=FOLDER, required=True, help="Holds one folder a site.")
@click.option("-o", "--out", type=FILE, required=True, help="The table to write.")
def records_website_states(sites: Path, store: Path, out: Path) -> None:
    """Say how far each website is: complete, blocked, stopped or not harvested."""
    from searchsets.sources.websites.sites import read_sites
    from searchsets.sources.websites.states import NOT_HARVESTED, write_states

    for row in write_states(read_sites(sites), store, out):
        if row["state"] != NOT_HARVESTED:
            _say(f"{row['site']}: {row['state']}: {row['documents']:,} documents. {row['note']}")


@records.command("log")
@click.argument("folders", type=THERE, nargs=-1, required=True)
@click.option("--log", type=FILE, required=True, help="The joined log to write.")
@click.option("--broken", type=FILE, required=True, help="The joined list of broken records.")
def records_log(folders: tuple[Path, ...], log: Path, broken: Path) -> None:
    """Join the import logs of all FOLDERS of records into one."""
    from searchsets.records.store import gather_logs

    gather_logs(folders, log, broken)


@main.command()
@click.argument("file", type=FILE)
@click.option("--records", "folder", type=THERE, help="The database's records; none: no export.")
@click.option("--known-items", type=THERE, required=True, help="The known items as records.")
@click.option("--enrichment", type=FILE, help="What is said of the known items elsewhere.")
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
    from searchsets.strategy.file import choose_reading, load_thesaurus, read_strategy

    parsed = read_strategy(file, literal=errata == "literal")
    chosen = choose_reading(parsed, reading)
    thesaurus = load_thesaurus(parsed)
    done = write_search(parsed, thesaurus, folder, known_items, enrichment, chosen, out)
    if done is None:
        _say(f"{parsed.database}: no export; the strategy was run on the known items only")
    else:
        found = int(done.retrieved(chosen).sum())
        _say(f"{parsed.database}: {found:,} of {done.records.size:,} records retrieved")


@main.command()
@click.argument("source")
@click.option("--strategy", help="The strategy to ask for: a name of search_strategies/, or a file.")
@click.option("--from", "first", type=int, help="The first year of publication.")
@click.option("--to", "last", type=int, help="The last year of publication.")
@READING
@ERRATA
@click.option("--name", help="The name of this harvest; by itself its years.")
@click.option("--site", "only", multiple=True, help="With websites: only this one; repeat.")
@click.option(
    "--sites",
    type=FILE,
    default=Path("config/websites.yaml"),
    show_default=True,
    help="With websites: which there are.",
)
@click.option("--pages-of", help="With govuk: ask for the pages that this run found there.")
@click.option("--count", is_flag=True, help="Ask each question once, and say how many there are.")
@click.option("--dry-run", is_flag=True, help="Show the plan; send nothing.")
@click.option("--most", type=int, help="Allow a question with so many records.")
@click.option("--accept-short", is_flag=True, help="Accept fewer records than the service speaks of.")
@click.option(
    "--config", type=FILE, default=Path("config/sources.yaml"), show_default=True, help="Who asks."
)
@click.option(
    "--store", type=FOLDER, default=Path("resources/harvest"), show_default=True, help="Where to."
)
def harvest(source: str, **ordered) -> None:
    """Ask a SOURCE over the network, and keep every answer. May be interrupted, and goes on.

    SOURCE is eric, openalex, crossref, europepmc, core, doaj, govuk, or websites. This is the only
    command that sends anything. What comes is kept in resources/harvest/, and ./run review reads it
    there.
    """
    from searchsets.sources.stage import harvest_source

    harvest_source(source, ordered, _say)


@main.group()
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
@click.option("--known-items", type=THERE, required=True, help="The known items as records.")
@click.option("--enrichment", type=FILE, help="What is said of the known items elsewhere.")
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
    from searchsets.strategy.file import choose_reading, load_thesaurus, read_strategy

    parsed = read_strategy(file, literal=errata == "literal")
    chosen = choose_reading(parsed, reading)
    thesaurus = load_thesaurus(parsed)
    write_evidence(
        gather_evidence(parsed, thesaurus, chosen, folders, known_items, enrichment), out
    )
    _say(f"{parsed.database}: evidence for {len(parsed.lines)} lines")


@evidence.command("databases")
@click.argument("databases", nargs=-1, required=True)
@click.option("--build", type=THERE, required=True, help="What the stages before wrote.")
@click.option("-o", "--out", type=FOLDER, required=True)
def evidence_databases(databases: tuple[str, ...], build: Path, out: Path) -> None:
    """Write how far the DATABASES find the same works and the same known items."""
    from searchsets.reporting.database_overlap import write_databases

    write_databases(list(databases), build, out)


@main.command()
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


class _DefaultGroup(_Commands):
    """A group of which one command needs no name: `dedupe FILE` is `dedupe run FILE`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ("-h", "--help"):
            args = ["run", *args]
        return super().parse_args(ctx, args)


@main.group(cls=_DefaultGroup)
def dedupe() -> None:
    """Join records that are one work: dedupe FILE... -o FOLDER; explain and decide about pairs."""


@dedupe.command(name="run")
@click.argument("paths", type=click.Path(path_type=Path, exists=True), nargs=-1, required=True)
@click.option("--retrieved", type=FILE, multiple=True, help="Records of a database that take part.")
@click.option(
    "--decisions",
    type=click.Path(path_type=Path, exists=True),
    help="What people decided about pairs: a folder or a file.",
)
@click.option("--prefer", multiple=True, help="A database whose values are taken first.")
@click.option("--collapse", multiple=True, help="A kind of version that counts as the same work.")
@click.option("--single", multiple=True, help="A database that holds no record twice.")
@click.option(
    "--queue",
    type=click.FloatRange(0, 1),
    default=0.03,
    show_default=True,
    help="The largest share of the records that a person is asked about.",
)
@click.option("--run", "run_name", default="", help="The name of the run, as decisions state it.")
@click.option("-o", "--out", type=FOLDER, required=True)
def dedupe_run(
    paths: tuple[Path, ...],
    retrieved: tuple[Path, ...],
    decisions: Path | None,
    prefer: tuple[str, ...],
    collapse: tuple[str, ...],
    single: tuple[str, ...],
    queue: float,
    run_name: str,
    out: Path,
) -> Deduplicated:
    """Join the records in PATHS that are one work, link versions, and log every decision.

    PATHS are files of records (CSV, RIS, BibTeX, ...) or folders that an import wrote.
    """
    from searchsets.dedupe.joining import Policy
    from searchsets.dedupe.stage import write_works

    policy = Policy(prefer, collapse, single, queue)
    done = write_works(paths, retrieved, out, policy, decisions, run_name, _say)
    return done  # kept to the end of the process, which takes it apart faster than Python does


ORIGINAL = "original"
"""The run that is meant where none is named."""
PAIR_DECISIONS = Path("resources/decisions/dedupe")
WORKS_OF = click.option(
    "--works", type=THERE, help="What a deduplication wrote; else that of the run."
)
RUN_NAME = click.option("--run", "run_name", default=ORIGINAL, show_default=True, help="A run.")


@dedupe.command()
@click.argument("one")
@click.argument("other")
@RUN_NAME
@WORKS_OF
@click.option(
    "--records",
    type=click.Path(path_type=Path, exists=True),
    multiple=True,
    help="The files that --works was made from, to show the records too.",
)
def explain(
    one: str, other: str, run_name: str, works: Path | None, records: tuple[Path, ...]
) -> None:
    """Say what two records are to each other, and why: ids as in links.csv."""
    from searchsets.dedupe.explain import Log, explained
    from searchsets.dedupe.material import take

    run = Path("results") / run_name
    paths = records or (() if works else tuple(sorted((run / "records").glob("*/"))))
    log = Log.read(works or run / "works")
    where = f"--works {shlex.quote(str(works))}" if works else f"--run {run_name}"
    if not works and run_name == ORIGINAL:
        where = ""
    for text in explained(log, one, other, take(paths, (), _say) if paths else None, where):
        click.echo(text)


def _file_name(ctx: click.Context, option: click.Parameter, value: str) -> str:
    """Take a name that becomes one of a file or folder: it must not lead elsewhere."""
    if not re.fullmatch(r"[\w-]+", value):
        raise click.BadParameter(f"{value!r}: use letters, digits, - and _")
    return value


@dedupe.command()
@click.argument("one")
@click.argument("other")
@click.argument("decision", type=click.Choice(["same", "different", "version", "withdrawn"]))
@click.option(
    "--by", required=True, callback=_file_name, help="Who decides: letters, digits, - and _."
)
@click.option("--why", required=True, help="The reason, for whoever reads the log.")
@click.option("--kind", default="", help="Of a version: preprint, abstract, edition ...")
@click.option("--round", "round_name", default="main", show_default=True, callback=_file_name)
@click.option("--run", "run_name", help="The run that has the records.  [default: original]")
@WORKS_OF
@click.option(
    "--decisions",
    type=FOLDER,
    help="Where decisions about pairs lie: for a run, resources/decisions/dedupe.",
)
def decide(
    one: str,
    other: str,
    decision: str,
    by: str,
    why: str,
    kind: str,
    round_name: str,
    run_name: str | None,
    works: Path | None,
    decisions: Path | None,
) -> None:
    """Write down what you decide about two records; every run from then on follows it.

    `withdrawn` takes back what you decided about the two before.
    """
    from searchsets.dedupe.explain import Log
    from searchsets.dedupe.people import decide as write_decision

    if works and not decisions:
        raise click.UsageError("with --works, say by --decisions FOLDER where to write it")
    log = Log.read(works or Path("results") / (run_name or ORIGINAL) / "works")
    pair = (log.require(one), log.require(other))
    file = (decisions or PAIR_DECISIONS) / round_name / f"{by}.csv"
    run = run_name or ("" if works else ORIGINAL)  # files by themselves are no run
    said = write_decision(file, pair, decision, kind, why, run)
    _say(f"{file}: {said.event_id} {said.decision}; run again to see what it changes")


@main.command()
@click.argument("folders", type=THERE, nargs=-1, required=True)
@click.option("--criteria", type=FILE, required=True, help="The criteria for inclusion.")
@click.option("--combination", required=True, help="Which combination of criteria to use.")
@click.option("--works", type=THERE, required=True, help="What deduplication wrote.")
@click.option("--enrichment", type=FILE, help="What is said of the known items elsewhere.")
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
    _say("works by state: " + ", ".join(f"{state} {n:,}" for state, n in sorted(states.items())))


@main.command()
@click.argument("build", type=THERE)
@click.option("--config", "config_file", type=FILE, required=True, help="The run's configuration.")
@click.option("-o", "--out", type=FOLDER, required=True)
def tables(build: Path, config_file: Path, out: Path) -> None:
    """Make the review tables of a BUILD folder: CSV, one workbook, and the drawings."""
    from searchsets.reporting.stage import write_tables

    made = write_tables(build, config_file, out)
    _say(f"{len(made)} tables")


@main.command()
@click.argument("build", type=THERE)
@click.option("--config", "config_file", type=FILE, required=True, help="The run's configuration.")
@click.option("-o", "--out", type=FILE, required=True)
def page(build: Path, config_file: Path, out: Path) -> None:
    """Make the page of a BUILD folder from its tables: one file that opens from disk."""
    from searchsets.reporting.page import write_page

    write_page(build, config_file, out)


@main.command()
@click.argument("build", type=THERE)
@click.option("-o", "--out", type=FOLDER, required=True)
@click.option("--input", "inputs", type=FILE, multiple=True, help="A file the run was made from.")
def publish(build: Path, out: Path, inputs: tuple[Path, ...]) -> None:
    """Put a finished BUILD in the place of the run before it, and write its manifest."""
    from searchsets.reporting.publish import publish_build

    number = publish_build(build, out, inputs)
    _say(f"{number} files in {out}; open {out}/report.html")
