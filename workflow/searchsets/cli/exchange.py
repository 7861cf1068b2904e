"""The commands that bring decisions from other screening tools to the log, and from it to them."""

from __future__ import annotations

from pathlib import Path

import click

from searchsets.cli.base import FILE, FOLDER, THERE, say

_STAGES = click.Choice(["title", "title_abstract", "full_text", "final"])
_PATHS = click.Path(path_type=Path, exists=True)
_SHOWN = 20


def _pairs(ctx: click.Context, option: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """Take `NAME=VALUE` given several times; a name may hold `=`."""
    made: dict[str, str] = {}
    for value in values:
        name, equals, said = value.rpartition("=")
        if not equals or not name.strip() or not said.strip():
            raise click.BadParameter(f'{value!r}: write it as "NAME=VALUE"')
        if made.setdefault(name.strip(), said.strip()) != said.strip():
            raise click.BadParameter(f"{name.strip()!r} is said twice, in contrary ways")
    return made


@click.command(name="import")
@click.argument("file", type=FILE)
@click.option(
    "--from",
    "tool",
    type=click.Choice(["asreview", "rayyan", "eppi", "covidence", "table"]),
    help="The tool it is from.  [default: told by the content]",
)
@click.option("--stage", type=_STAGES, default="title_abstract", show_default=True)
@click.option("--round", "round_name", default="main", show_default=True)
@click.option("--records", type=_PATHS, multiple=True, help="Our records: files or folders.")
@click.option(
    "--as", "people", multiple=True, callback=_pairs, help='A person: "Jane Doe=R01". Repeatable.'
)
@click.option(
    "--code",
    "codes",
    multiple=True,
    callback=_pairs,
    help='What a code means: "Maybe later=unclear".',
)
@click.option(
    "--decision",
    type=click.Choice(["include", "exclude", "unclear", "not_retrieved", "duplicate"]),
    help="What all records of the file are, where it holds no votes (Covidence).",
)
@click.option(
    "--criteria", type=FILE, help="criteria.yaml: tags named like a criterion go to the grid."
)
@click.option("--run", "run_name", default="", help="The run that has the records.")
@click.option("--skip-unmatched", is_flag=True, help="Leave out what is none of our records.")
@click.option("-o", "--out", type=FOLDER, required=True, help="The folder of decisions.")
def import_log(
    file: Path,
    tool: str | None,
    stage: str,
    round_name: str,
    records: tuple[Path, ...],
    people: dict[str, str],
    codes: dict[str, str],
    decision: str | None,
    criteria: Path | None,
    run_name: str,
    skip_unmatched: bool,
    out: Path,
) -> None:
    """Bring the decisions in FILE, an export of another tool, to the log: all of them, or none.

    Reads projects and tables of ASReview 3, exports of Rayyan, full coding reports of EPPI-Reviewer,
    lists of Covidence, and plain tables. To import a file again adds only what is new in it.
    """
    from searchsets.dedupe.material import take
    from searchsets.screening.criteria.file import read_criteria
    from searchsets.screening.exchange.importing import prepared
    from searchsets.screening.exchange.model import Asked, counted, folded
    from searchsets.screening.exchange.reading import read
    from searchsets.screening.log.reading import read_log, standing
    from searchsets.screening.log.writing import append

    read_codes = {folded(code): meant for code, meant in codes.items()}
    ids = tuple(one.id for one in read_criteria(criteria).criteria) if criteria else ()
    asked = Asked(stage, round_name, read_codes, decision or "", ids)
    found = read(file, tool or "", asked)
    log = read_log(out).events
    made = prepared(
        found, asked, log, standing(log), take(records, (), say) if records else None, people,
        run_name, str(file), skip_unmatched=skip_unmatched,
    )  # fmt: skip
    if made.fresh:
        append(out, made.fresh)
    for message in found.messages:
        say(f"{file.name}: {message}")
    for one in made.unmatched[:_SHOWN]:
        say(f"WARNING: none of our records, or several: {one.place or one.key}: {one.title}")
    if len(made.unmatched) > _SHOWN:
        say(f"WARNING: {len(made.unmatched):,} records in all were left out")
    for name, pseudonym in made.names.items():
        say(f"{name} is {pseudonym} in the log; the name is kept nowhere: note it down")
    if made.changed:
        say(f"{counted(made.changed, 'decision')} in place of what the same person had said")
    say(made.summary())


@click.command(name="export")
@click.argument("decisions", type=THERE)
@click.option(
    "--to", "tool", type=click.Choice(["asreview", "rayyan", "eppi", "covidence"]), required=True
)
@click.option(
    "--records", type=_PATHS, multiple=True, required=True, help="Our records: files or folders."
)
@click.option("--stage", type=_STAGES, help="Only the decisions of one stage.  [default: all]")
@click.option(
    "-o", "--out", type=FILE, required=True, help="The file: .csv for ASReview, else .ris."
)
def export_log(
    decisions: Path, tool: str, records: tuple[Path, ...], stage: str | None, out: Path
) -> None:
    """Write the records with what was decided in the folder DECISIONS, as another tool imports them."""
    from searchsets.dedupe.material import take
    from searchsets.screening.exchange.writing import TELLS, export, of_stage
    from searchsets.screening.log.reading import read_log, standing
    from searchsets.screening.outcomes.states import final_decisions

    events = of_stage(read_log(decisions).events, stage or "")
    table = take(records, (), say)
    number = export(tool, table, standing(events), final_decisions(events), out)
    say(f"{TELLS[tool]}")
    say(f"{table.num_rows:,} records written to {out}, {number:,} of them with a decision")
