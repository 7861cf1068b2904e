"""The commands on records that may be one work."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from searchsets.cli.base import FILE, FOLDER, THERE, DefaultGroup, say

if TYPE_CHECKING:  # a command imports what it needs when it is called
    from searchsets.dedupe.engine import Deduplicated


@click.group(cls=DefaultGroup)
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
@click.option("--earlier", type=FILE, help="The works of the run that this one updates.")
@click.option("--later", multiple=True, help="A run that updates this one: not looked at.")
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
    earlier: Path | None,
    later: tuple[str, ...],
    out: Path,
) -> Deduplicated:
    """Join the records in PATHS that are one work, link versions, and log every decision.

    PATHS are files of records (CSV, RIS, BibTeX, ...) or folders that an import wrote.
    """
    from searchsets.dedupe.joining import Policy
    from searchsets.dedupe.stage import write_works

    policy = Policy(prefer, collapse, single, queue)
    done = write_works(paths, retrieved, out, policy, decisions, run_name, earlier, later, say)
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
    for text in explained(log, one, other, take(paths, (), say) if paths else None, where):
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
    say(f"{file}: {said.event_id} {said.decision}; run again to see what it changes")
