"""Opens the files of other tools: text in any encoding, tables, tagged records, and archives."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from searchsets import archives
from searchsets.errors import ReviewError
from searchsets.files import delimiter_of
from searchsets.records.formats.base import Parsed
from searchsets.records.formats.tagged import RIS
from searchsets.records.formats.tagged import Tagged as RisReader
from searchsets.records.source import Source

MOST = 1 << 30
"""No export of a screening tool is larger unpacked; what is may be made to fill a disk."""
_AGAIN = "export it again"
_HEAD = 10_000
"""So much of a text tells of which kind it is."""


class Row(NamedTuple):
    """A row of a table: where it begins, and its cells by the names of their columns."""

    place: str
    cells: dict[str, str]

    def get(self, *names: str) -> str:
        """Return the first cell that is not empty, of columns named in small letters."""
        return next((said for name in names if (said := self.cells.get(name, "").strip())), "")


def read(path: Path, member: str = "") -> str:
    """Return the text of a file, or of a member of an archive, whatever its encoding and packing.

    Raises:
        ReviewError: it cannot be read, is empty or no text, or is larger unpacked than it may be.
    """
    return b"".join(chunks(path, member)).decode("utf-8", "replace")


def chunks(path: Path, member: str = "") -> Iterator[bytes]:
    """Yield the text of a file as `read` does, in pieces of UTF-8."""
    source = Source(path, path.name, member)
    source.examine()
    taken = 0
    for piece in source.chunks():
        taken += len(piece)
        if taken > MOST:
            raise _too_large(source.where)
        yield piece


def _too_large(where: str) -> ReviewError:
    """Return the refusal of a file that is too large unpacked."""
    return ReviewError(
        f"unpacked, it is larger than {MOST >> 30} GB",
        where,
        "no export is so large: look what it is, and export the decisions again",
    )


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open an archive, of which files may be unpacked within the block.

    Raises:
        ReviewError: it is damaged or locked, or larger unpacked than it may be.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            archives.members(archive, MOST)
            yield archive
    except archives.TooLarge:
        raise _too_large(str(path)) from None
    except archives.Locked:
        raise ReviewError("the archive is locked", str(path), "unpack it by hand") from None
    except archives.DAMAGED as error:
        raise ReviewError(f"the archive is damaged: {error}", str(path), _AGAIN) from None


def members(path: Path) -> list[str]:
    """Return the names of the files of an archive; errors as in `opened`."""
    with opened(path) as archive:
        return list(archives.members(archive, MOST))


def is_archive(path: Path) -> bool:
    """Tell whether a file is a zip archive by its first bytes."""
    return beginning(path).startswith(b"PK\x03\x04")


def beginning(path: Path, size: int = 4) -> bytes:
    """Return the first bytes of a file.

    Raises:
        ReviewError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(size)
    except OSError as error:
        raise ReviewError(
            f"cannot be read: {error.strerror or error}", str(path), "name a file that is there"
        ) from None


def place_of(path: Path, member: str, line: int) -> str:
    """Return where a line stands, for messages."""
    return f"{path}/{member}:{line}" if member else f"{path}:{line}"


def rows(path: Path, member: str = "", text: str | None = None) -> list[Row]:
    """Return the rows of a table; the names of columns are in small letters.

    Raises:
        ReviewError: it is no table, or a row is not whole.
    """
    said = read(path, member) if text is None else text
    head = said.partition("\n")[0]
    delimiter = "\t" if head.count("\t") > head.count(",") + head.count(";") else delimiter_of(head)
    reader = csv.reader(io.StringIO(said, newline=""), delimiter=delimiter, strict=True)
    found: list[Row] = []
    line = 1
    try:
        names = [" ".join(name.split()).lower() for name in next(reader, [])]
        line = reader.line_num + 1
        for cells in reader:
            if any(map(str.strip, cells)):
                found.append(_row(place_of(path, member, line), names, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise ReviewError(
            f"the table cannot be read: {error}",
            place_of(path, member, line),
            "a quotation mark is opened and never closed near this line, or the file is cut off: "
            + _AGAIN,
        ) from None
    return found


def columns_of(head: str) -> list[str]:
    """Return the names of columns in the first line of a table, in small letters."""
    line = head.partition("\n")[0]
    return [" ".join(name.strip(' "').split()).lower() for name in re.split(r"[,;\t]", line)]


def _row(place: str, names: Sequence[str], cells: Sequence[str]) -> Row:
    if len(cells) > len(names) and any(map(str.strip, cells[len(names) :])):
        raise ReviewError(
            f"{len(cells)} cells where the header has {len(names)} columns",
            place,
            "put quotation marks around a cell that holds a comma, or export the table again",
        )
    made: dict[str, str] = {}
    for name, cell in zip(names, cells, strict=False):
        if not made.get(name):  # of two columns of one name, the first that says something
            made[name] = cell
    return Row(place, made)


class Tagged(NamedTuple):
    """A record of tagged lines (RIS): where it begins, and its values by tag."""

    place: str
    values: dict[str, list[str]]

    def first(self, *tags: str) -> str:
        """Return the first value of the first tag that has one."""
        return next((v for tag in tags for v in self.values.get(tag, ()) if v), "")


def is_ris(text: str) -> bool:
    """Tell by its beginning whether a text is RIS."""
    return next(RIS.start.places(text[:_HEAD].encode()), None) is not None


def tagged(path: Path, member: str = "", text: str | None = None) -> list[Tagged]:
    """Return the records of a RIS file, as the import of records reads them; values are one line.

    Raises:
        ReviewError: a record is not whole, so that votes could be missing.
    """
    said = read(path, member) if text is None else text
    reader = RisReader(RIS)
    found: list[Tagged] = []
    for stretch in reader.stretches([said.encode()]):
        for part in reader.parse(stretch.data.decode()):
            if isinstance(part, Parsed):
                values = {tag: _on_one_line(many) for tag, many in part.fields.items()}
                found.append(Tagged(place_of(path, member, stretch.line), values))
            elif part.begins:
                place = place_of(path, member, stretch.line + part.line)
                raise ReviewError(part.reason, place, f"the file may be cut off: {_AGAIN}")
    return found


def _on_one_line(values: Sequence[str]) -> list[str]:
    return [value.replace("\n", " ") for value in values]
