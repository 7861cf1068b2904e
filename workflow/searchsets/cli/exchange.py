"""The commands that bring decisions from other screening tools to the log, and from it to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click

from searchsets.cli.base import FILE, FOLDER, THERE, named_values, say
from searchsets.cli.protocol import SCREENERS
from searchsets.screening.model import CONFLICT_OF_INTEREST, DECISIONS, STAGES
from searchsets.screening.outcomes.protocol import Protocol

_STAGES = click.Choice(STAGES)
_PATHS = click.Path(path_type=Path, exists=True)


class _Tools(click.ParamType):
    """A choice of the tools of a table that is imported only when it is needed: it takes a while."""

    name = "tool"

    def __init__(self, known: Callable[[], Iterable[str]]):
        self._known = known

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str | None:
        """Name the tools in the help; the name and its arguments are those of `click`."""
        return click.Choice(tuple(self._known())).get_metavar(param, ctx)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Take a tool; the name and its arguments are those of `click`."""
        return click.Choice(tuple(self._known())).convert(value, param, ctx)


def _read() -> Iterable[str]:
    from searchsets.screening.exchange.reading import TOOLS

    return TOOLS


def _written() -> Iterable[str]:
    from searchsets.screening.exchange.writing import WRITERS

    return WRITERS


@click.command(name="import")
@click.argument("file", type=FILE)
@click.option(
    "--from",
    "tool",
    type=_Tools(_read),
    help="The tool it is from.  [default: told by the content]",
)
@click.option("--stage", type=_STAGES, default="title_abstract", show_default=True)
@click.option("--round", default="main", show_default=True)
@click.option("--records", type=_PATHS, multiple=True, help="Our records: files or folders.")
@click.option(
    "--as",
    "people",
    multiple=True,
    callback=named_values,
    help='A person: "Jane Doe=R01". Repeatable.',
)
@click.option(
    "--code",
    "codes",
    multiple=True,
    callback=named_values,
    help='What a code means: "Maybe later=unclear". Repeatable.',
)
@click.option(
    "--decision",
    type=click.Choice([one for one in DECISIONS if one != CONFLICT_OF_INTEREST]),
    help="What all records of the file are, where it holds no votes (Covidence).",
)
@click.option(
    "--criteria", type=FILE, help="criteria.yaml: tags named like a criterion go to the grid."
)
@click.option("--run", default="", help="The run that has the records.")
@click.option("--skip-unmatched", is_flag=True, help="Leave out what is none of our records.")
@click.option("-o", "--out", type=FOLDER, required=True, help="The folder of decisions.")
def import_log(file: Path, out: Path, **options: Any) -> None:
    """Bring the decisions in FILE, an export of another tool, to the log.

    Nothing is written if anything in FILE is wrong. If the disk is full, some files of the log may
    have theirs and others not: import FILE again, and it is completed.

    Reads projects and tables of ASReview 3, exports of Rayyan, full coding reports of EPPI-Reviewer,
    lists of Covidence, and plain tables. To import a file again adds only what is new in it.
    """
    from searchsets.screening.exchange.command import Order, import_file

    import_file(file, Order(**options), out, say)


@click.command(name="export")
@click.argument("decisions", type=THERE)
@click.option("--to", "tool", type=_Tools(_written), required=True)
@click.option(
    "--records", type=_PATHS, multiple=True, required=True, help="Our records: files or folders."
)
@click.option("--stage", type=_STAGES, help="Only one stage's.  [default: all]")
@SCREENERS
@click.option(
    "-o", "--out", type=FILE, required=True, help="The file: .csv for ASReview, else .ris."
)
def export_log(screeners: dict[str, int], **options: Any) -> None:
    """Write the records with what was decided in the folder DECISIONS, as another tool imports them.

    A record that awaits another screener, or is in conflict, has votes and no decision.
    """
    from searchsets.screening.exchange.command import export_file

    export_file(protocol=Protocol(screeners=screeners), say=say, **options)
