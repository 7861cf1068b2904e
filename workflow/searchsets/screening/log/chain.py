"""Makes the log tamper-evident: each row carries the hash of the row before it and its own.

The hash of a row is the SHA-256 of the hash of the row before (nothing for the first) followed by
the row's other cells as a JSON list in the order of the columns. So a row that was changed, taken
away, put in or moved breaks the chain at that row. The last rows of a file can be cut off without
breaking it: against that each file has a *seal* beside it (`R01.seal` beside `R01.csv`), which says
how many rows were written and the hash of the last. Rows that came after the seal are no fault:
a file only grows. What is recomputed as a whole, chain and seal, cannot be told from the files
alone: commit them, or keep the last hash elsewhere (a run's manifest and `seals.csv` name it).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from searchsets.errors import ReviewError
from searchsets.files import json_text, read_text, write_lasting
from searchsets.screening.model import COLUMNS, Event

_HASHED = len(COLUMNS) - 2  # all but prev_hash and hash, which stand last
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_HASH = re.compile(r"[0-9a-f]{64}")


def row_hash(event: Event) -> str:
    """Return the hash of an event, from its `prev_hash` and its other columns."""
    return hashlib.sha256((event.prev_hash + _encode(event[:_HASHED])).encode()).hexdigest()


def chained(events: Iterable[Event], last: str = "") -> list[Event]:
    """Return the events with their hashes, the first bound to the hash `last`.

    >>> first, second = chained([Event("R01-1"), Event("R01-2")])
    >>> second.prev_hash == first.hash == row_hash(first)
    True
    """
    made = []
    for event in events:
        bound = event._replace(prev_hash=last)
        last = row_hash(bound)
        made.append(bound._replace(hash=last))
    return made


@dataclass(frozen=True)
class Seal:
    """How many rows a file had when it was last written by this program, and the last one's hash."""

    rows: int
    hash: str


def seal_path(file: Path) -> Path:
    """Return where the seal of a decisions file lies."""
    return file.with_suffix(".seal")


def write_seal(file: Path, seal: Seal) -> None:
    """Write the seal of a decisions file, to the disk."""
    write_lasting(seal_path(file), json_text(asdict(seal)).encode())


def read_seal(file: Path) -> Seal | None:
    """Return the seal of a decisions file, None where it has none.

    Raises:
        ReviewError: it cannot be read.
    """
    path = seal_path(file)
    if not path.exists():
        return None
    try:
        data = json.loads(read_text(path))
        seal = Seal(data["rows"], data["hash"])
    except (ValueError, KeyError, TypeError, RecursionError):
        seal = Seal(-1, "")
    if type(seal.rows) is not int or seal.rows < 1 or not _is_hash(seal.hash):
        raise ReviewError(
            "is no seal of a decisions file",
            str(path),
            "bring it back from a copy; if there is none, say so in the review's notes, delete it, "
            f"and seal the file anew: ./run searchsets screening seal {file}",
        )
    return seal


def _is_hash(value: object) -> bool:
    return isinstance(value, str) and _HASH.fullmatch(value) is not None
