"""Finds the first place at which two versions of a file differ, in the words of its kind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from searchsets.errors import ReviewError
from searchsets.reporting.verify.model import Place
from searchsets.reporting.verify.of_archives import documents, workbooks
from searchsets.reporting.verify.of_databases import databases
from searchsets.reporting.verify.of_parquet import records
from searchsets.reporting.verify.of_texts import tables, texts


def first_difference(published: Path, now: Path) -> Place | None:
    """Return where two files of one name differ first, None where their content is the same.

    Bytes may differ where content is the same: of a database, and of Parquet.
    """
    compare = COMPARED.get(published.suffix.lower(), texts)
    try:
        return compare(published, now)
    except ReviewError as error:
        return Place(f"the file {error.what}")


def _bytes(published: Path, now: Path) -> Place | None:
    old, new = published.read_bytes(), now.read_bytes()
    if old == new:
        return None
    met = (n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b)
    return Place(f"byte {next(met, min(len(old), len(new))) + 1:,}")


COMPARED: dict[str, Callable[[Path, Path], Place | None]] = {
    ".csv": tables,
    ".parquet": records,
    ".sqlite": databases,
    ".xlsx": workbooks,
    ".docx": documents,
    ".pdf": _bytes,
    ".png": _bytes,
}
"""How files are compared, by the end of their names; all others as text, line by line."""
