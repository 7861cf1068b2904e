"""Pages that a person saved from a browser, where a site keeps programs out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from searchsets.errors import ReviewError
from searchsets.files import read_csv_with_lines
from searchsets.sources.exchange import Answer
from searchsets.sources.websites.addresses import joined, without_archive
from searchsets.sources.websites.pages import MOST_BYTES, Unreadable, read_page

TABLE = "saved.csv"
_COLUMNS = ("file", "address")
# Browsers write the number of letters of the address before it.
_COMMENT = re.compile(rb"<!--\s*saved from url=\(\d{1,6}\)(\S{1,4000}?)\s*-->")
_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)
_SAY_ADDRESS = f"name the file and its address in {TABLE} beside it (columns file,address)"


@dataclass(frozen=True)
class SavedPage:
    """One saved page: its file, and its text as if it had been answered."""

    path: Path
    answer: Answer
    captured: str


@dataclass
class SavedPages:
    """All saved pages of a site by their address in canonical spelling, and files that are none."""

    pages: dict[str, SavedPage] = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)
    """A file, and why it is not read."""


def files_in(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder of saved pages; those below it belong to pages, as pictures."""
    if folder.is_dir():
        for path in sorted(folder.iterdir()):
            if path.is_file() and path.name != TABLE and not path.name.startswith("."):
                yield path


def read_saved(folder: Path) -> SavedPages:
    """Read the pages of a folder.

    Raises:
        ReviewError: `saved.csv` cannot be read, or names no file or no address.
    """
    stated = _stated(folder)
    found = SavedPages()
    for path in files_in(folder):
        content = path.read_bytes()
        why = _fault(content)
        address = None if why else stated.get(path.name) or _own_address(content)
        if address is None:
            found.faults.append((path.name, why or f"it does not say its address: {_SAY_ADDRESS}"))
            continue
        whole = joined("", address)
        if whole is None:
            found.faults.append((path.name, f"{address!r} is no address of a web page"))
        elif whole in found.pages:
            other = found.pages[whole].path.name
            found.faults.append((path.name, f"{other} is the same page ({whole})"))
        else:
            answer = _answer(whole, content)
            found.pages[whole] = SavedPage(path, answer, without_archive(address)[1])
    return found


def _stated(folder: Path) -> dict[str, str]:
    """Return the addresses that a person states, by file."""
    table, made = folder / TABLE, {}
    for line, row in read_csv_with_lines(table, _COLUMNS) if table.exists() else ():
        name, address = (row[column].strip() for column in _COLUMNS)
        if not (folder / Path(name).name).is_file() or Path(name).name != name:
            raise ReviewError(
                f"there is no file {name!r} beside it", f"{table}:{line}", "mend the name"
            )
        if joined("", address) is None:
            raise ReviewError(
                f"{address!r} is no address of a web page",
                f"{table}:{line}",
                "copy it from the browser, with http:// or https://",
            )
        made[name] = address
    return made


def _fault(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        return f"larger than {MOST_BYTES >> 20} MB"
    return "" if b"<" in content[:4096] and b"%PDF-" not in content[:1024] else "it is no HTML"


def _own_address(content: bytes) -> str | None:
    """Return the address that a page itself states: as the browser wrote it, else as its author."""
    if found := _COMMENT.search(content[:8192]):
        return found[1].decode("latin-1")
    try:
        soup = read_page(_answer("", content), "").soup
    except Unreadable:
        return None
    links = soup.find_all("link", rel="canonical", href=True, limit=1)
    for element in (*links, *soup.find_all("base", href=True, limit=1)):
        if joined("", str(element["href"])):
            return str(element["href"])
    return None


def _answer(address: str, content: bytes) -> Answer:
    headers = (("Content-Type", "text/html"),)
    return Answer(address, _NO_TIME, 200, "OK", headers, content, content)
