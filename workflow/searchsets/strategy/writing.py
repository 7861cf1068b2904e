"""Writes other texts for lines into a strategy file, and leaves all else byte for byte."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from searchsets.errors import ReviewError
from searchsets.files import whole_file
from searchsets.strategy.file import read_strategy
from searchsets.strategy.model import Strategy


def with_lines(strategy: Strategy, texts: Mapping[int, str]) -> bytes:
    """Return the file of a strategy with other texts for some of its lines.

    Comments, blank rows, indentation, line ends and all lines that are not named stay as they are,
    byte for byte.

    Args:
        strategy: as it was read from its file, which must not have changed since.
        texts: the new text of each line, without its number.

    Raises:
        ReviewError: there is no such line, or a text is empty or has more than one row.
    """
    rows = strategy.path.read_bytes().decode().splitlines(keepends=True)
    for number, text in texts.items():
        if number not in strategy.lines:
            raise ReviewError(
                f"there is no line #{number}", str(strategy.path), "name a line of this strategy"
            )
        line, text = strategy.lines[number], text.strip()
        if len(text.splitlines()) != 1:
            raise ReviewError(
                f"{text!r} is no text of a line", line.place, "write one row, that is not empty"
            )
        *_, row, column = line.place.split(":")
        before, behind = _parted(rows[int(row) - 1], line.text, int(column) - 1)
        rows[int(row) - 1] = before + text + behind
    return "".join(rows).encode()


def _parted(row: str, text: str, column: int) -> tuple[str, str]:
    start = row.index(text, column) if text else column
    return row[:start], row[start + len(text) :]


def replace_line(source: Path, number: int, text: str, out: Path) -> Strategy:
    """Write a strategy file with another text for one line, and return the strategy.

    Args:
        source: the file of a strategy.
        number: which line.
        text: what it shall say, without its number.
        out: the file to write, named after the database as every strategy file is.

    Raises:
        ReviewError: the new strategy cannot be run, or would be written over a file or under another
            name; nothing is written then.
    """
    before = read_strategy(source)
    check_name(before, out)
    return write_new(before, with_lines(before, {number: text}), out)


def check_name(strategy: Strategy, out: Path) -> None:
    """Raise if another version of a strategy has not the name of its database.

    Raises:
        ReviewError: it has another name.
    """
    if out.name != f"{strategy.database}.yaml":
        raise ReviewError(
            f"a strategy of {strategy.database} cannot stand under this name",
            str(out),
            f"call it {strategy.database}.yaml, in another folder than {strategy.path}",
        )


def write_new(before: Strategy, data: bytes, out: Path) -> Strategy:
    """Write another version of a strategy to a file that is not there yet, and return it.

    Raises:
        ReviewError: it cannot be run, told as of the file of the version before, or the file is there;
            nothing is written then.
    """
    with tempfile.TemporaryDirectory() as folder:
        tried = Path(folder) / out.name
        tried.write_bytes(data)
        try:
            read_strategy(tried)
        except ReviewError as error:
            raise ReviewError(str(error).replace(str(tried), str(before.path))) from None
    if out.exists():
        raise ReviewError(
            "would be written over",
            str(out),
            "name a file that is not there yet, or delete this one",
        )
    with whole_file(out) as temporary:
        temporary.write_bytes(data)
    return read_strategy(out)
