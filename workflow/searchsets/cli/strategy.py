"""The commands on search strategies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from searchsets.cli.base import ERRATA, FILE, FOLDER, READING, THERE, say

if TYPE_CHECKING:  # a command imports what it needs when it is called
    from searchsets.strategy.model import Strategy
    from searchsets.strategy.thesaurus import Thesaurus


def _warn_of_unexploded(strategy: Strategy, thesaurus: Thesaurus | None) -> None:
    from searchsets.strategy.expansion import unexploded

    for warning in unexploded(strategy, thesaurus):
        say(f"WARNING: {warning}")


@click.group()
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
        say(f"WARNING: {parsed.thesaurus['file']}: {finding}")
    _warn_of_unexploded(parsed, thesaurus)
    write_strategy(parsed, thesaurus, literal=literal, out=out)
    say(f"{parsed.database}: {len(parsed.lines)} lines")


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
        say(f"WARNING: {source}: {finding}")
    counts = write_descriptor_status(read_strategy(file), thesaurus, source, out)
    told = ", ".join(f"{count} {status}" for status, count in counts.items())
    say(f"{counts.total()} terms looked up in {len(thesaurus.names):,} names: {told}")


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
    say(f"{out}: #{number} now says {made.lines[number].text}")


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


@strategy.command("request")
@click.argument("file", type=FILE)
@click.option("--from", "first", type=int, required=True, help="First year of publication wanted.")
@click.option("--until", "last", type=int, required=True, help="Last year of publication wanted.")
@click.option("-o", "--out", type=FILE, required=True, help="The Markdown file to write.")
def strategy_request(file: Path, first: int, last: int, out: Path) -> None:
    """Write the letter that asks for the records of the closed database of a strategy FILE."""
    from searchsets.reporting.request import write_request
    from searchsets.strategy.file import read_strategy

    write_request(read_strategy(file), first, last, out)


@strategy.command("amend")
@click.argument("file", type=FILE)
@click.option(
    "--vocabulary",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    default=Path("resources/vocabulary.csv"),
    show_default=True,
    help="From when to when terms were in use, and what followed them.",
)
@click.option("-o", "--out", type=FILE, help="The file to write; by default proposed/ beside FILE.")
def strategy_amend(file: Path, vocabulary: Path, out: Path | None) -> None:
    """Propose a strategy in which what followed terms out of use is added to a strategy FILE."""
    from searchsets.strategy.amending import propose, write_amended
    from searchsets.strategy.file import read_strategy
    from searchsets.strategy.vocabulary import read_vocabulary

    original = read_strategy(file)
    proposal = propose(original, read_vocabulary(vocabulary))
    if proposal is None:
        say(
            f"{original.database}: nothing to propose: no successor is missing; nothing was written"
        )
        return
    out = out or file.parent / "proposed" / file.name
    amended = write_amended(original, proposal, out)
    for one in amended.additions:
        click.echo(f"#{one.line} {amended.lines[one.line].text}\n    {one.why}")
    say(f"{out}: a proposal of {len(amended.additions)} lines; {file} is as it was")


@strategy.command("beside")
@click.argument("original", type=FILE)
@click.argument("amended", type=FILE)
@click.option("--records", "folder", type=THERE, required=True, help="The database's records.")
@READING
@ERRATA
@click.option("-o", "--out", type=FOLDER, help="Folder for lines.csv, outputs.csv, records.csv.")
def strategy_beside(
    original: Path, amended: Path, folder: Path, reading: str, errata: str, out: Path | None
) -> None:
    """Run an ORIGINAL strategy and an AMENDED one on the same records, side by side."""
    from searchsets.evidence.beside import beside_text, run_beside, write_beside
    from searchsets.files import sha256_of
    from searchsets.strategy.file import choose_reading, load_thesaurus, read_strategy

    first, second = (read_strategy(one, literal=errata == "literal") for one in (original, amended))
    if second.amends and second.amends != sha256_of(original):
        say(f"WARNING: {original} has changed since {amended} was proposed for it")
    thesauri = load_thesaurus(first), load_thesaurus(second)
    readings = choose_reading(first, reading), choose_reading(second, reading)
    made = run_beside((first, second), thesauri, readings, folder)
    click.echo(beside_text(made))
    if out is not None:
        write_beside(made, out)
