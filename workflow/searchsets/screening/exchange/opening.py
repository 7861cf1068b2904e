"""Opens the files of other tools: text in any encoding, tables, tagged records, and archives."""

from __future__ import annotations

import csv
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from searchsets.errors import ReviewError
from searchsets.files import delimiter_of
from searchsets.records.source import Source

MOST = 1 << 30
"""No export of a screening tool is larger unpacked; what is may be made to fill a disk."""
_AGAIN = "export it again"
DAMAGED_ARCHIVE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError, NotImplementedError,
    UnicodeDecodeError, OSError,
)  # fmt: skip
"""What unpacking raises of an archive that is damaged, locked, or packed in an unknown way."""
_TAG = re.compile(r"\s{0,3}([A-Z][A-Z0-9])  ?-(?: (.*))?$")


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
            raise too_large(source.where)
        yield piece


def too_large(where: str) -> ReviewError:
    """Return the refusal of a file that is too large unpacked."""
    return ReviewError(
        f"unpacked, it is larger than {MOST >> 30} GB",
        where,
        "no export is so large: look what it is, and export the decisions again",
    )


def members(path: Path) -> dict[str, int]:
    """Return the files of an archive with their sizes unpacked; nothing is unpacked.

    Raises:
        ReviewError: it is damaged, or larger unpacked than it may be.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            found = {one.filename: one.file_size for one in archive.infolist() if not one.is_dir()}
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError, ValueError) as error:
        raise ReviewError(f"the archive is damaged: {error}", str(path), _AGAIN) from None
    except OSError as error:
        raise ReviewError(f"cannot be read: {error.strerror or error}", str(path)) from None
    if sum(found.values()) > MOST:
        raise too_large(str(path))
    return found


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


def tagged(path: Path, member: str = "", text: str | None = None) -> list[Tagged]:
    """Return the records of a RIS file; a line without a tag goes on with the value before it."""
    found: list[Tagged] = []
    values: dict[str, list[str]] | None = None
    last = ""
    said = read(path, member) if text is None else text
    for number, line in enumerate(said.split("\n"), start=1):
        match = _TAG.match(line)
        if match and match[1] == "TY":
            values, last = {}, ""
            found.append(Tagged(place_of(path, member, number), values))
        elif match and match[1] == "ER":
            values = None
        elif match and values is not None:
            last = match[1]
            values.setdefault(last, []).append((match[2] or "").strip())
        elif values is not None and last and line.strip():
            values[last][-1] += f" {line.strip()}"
    return found
