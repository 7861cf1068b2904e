"""What all commands share: their options, and how a person is told what happens."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import click

from searchsets.errors import ERROR_NOTE, ReviewError

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

KNOWN_ITEMS = click.option(
    "--known-items", type=THERE, required=True, help="The known items as records."
)
ENRICHMENT = click.option(
    "--enrichment", type=FILE, help="What is said of the known items elsewhere."
)
BUILD = click.argument("build", type=THERE)
CONFIG = click.option(
    "--config", "config_file", type=FILE, required=True, help="The run's configuration."
)
LOG_FOLDER = Path("resources/decisions")
CRITERIA = click.option(
    "--criteria",
    type=FILE,
    help="The criteria for inclusion.  [default: those of the run]",
)
LOG = click.option(
    "--decisions",
    type=FOLDER,
    default=LOG_FOLDER,
    show_default=True,
    help="The screening log.",
)


def named_values(
    ctx: click.Context, option: click.Parameter, values: tuple[str, ...]
) -> dict[str, str]:
    """Take `NAME=VALUE` given several times, as an option's callback; a name may hold `=`."""
    made: dict[str, str] = {}
    for value in values:
        name, equals, said = value.rpartition("=")
        if not equals or not name.strip() or not said.strip():
            raise click.BadParameter(f'{value!r}: write it as "{option.metavar or "NAME=VALUE"}"')
        if made.setdefault(name.strip(), said.strip()) != said.strip():
            raise click.BadParameter(f"{name.strip()!r} is said twice, in contrary ways")
    return made


def processors(ctx: click.Context, option: click.Parameter, value: str) -> str:
    """Take a number of processors, or `all`, as an option's callback."""
    whole = value.isascii() and value.isdigit() and value.strip("0")
    if value != "all" and not whole:
        raise click.BadParameter(f"{value!r}: give a whole number, 1 or more, or all")
    return value


class Commands(click.Group):
    """Tells what people can cause as a message of its own; anything else is a fault of ours."""

    def invoke(self, ctx: click.Context):
        """Run a command; the name and its argument are those of `click`."""
        if ERROR_NOTE in os.environ:  # in the workflow: show the command as a person could type it
            say(f"$ searchsets {shlex.join(sys.argv[1:])}")
        try:
            return super().invoke(ctx)
        except ReviewError as error:
            tell(f"ERROR: {error}")
            sys.exit(2)
        except BrokenPipeError:  # a reader such as `head` has seen enough: click ends quietly
            raise
        except OSError as error:
            tell(f"ERROR: {error.filename or 'a file'}: {error.strerror or error}")
            sys.exit(2)


def tell(message: str) -> None:
    """Tell a person what stops the command; the workflow repeats it at its end."""
    click.echo(message, err=True)
    if ERROR_NOTE in os.environ:
        with Path(os.environ[ERROR_NOTE]).open("a", encoding="utf-8") as file:
            file.write(f"{message}\n")


def say(message: str) -> None:
    """Tell a person what happens."""
    click.echo(message, err=True)


class DefaultGroup(Commands):
    """A group of which one command, `default`, needs no name: `dedupe FILE` is `dedupe run FILE`."""

    default = "run"

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the name of the default command before arguments that begin with none.

        A bare word that is no file either is left to be told as an unknown command.
        """
        if args and args[0] not in self.commands and args[0] not in ("-h", "--help"):
            is_word = args[0].replace("-", "").isalpha() and not args[0].startswith("-")
            if not is_word or Path(args[0]).exists():
                args = [self.default, *args]
        return super().parse_args(ctx, args)
