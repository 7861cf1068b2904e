"""The review's own literature: known items, their roles, and what is said of them elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from searchsets.errors import ReviewError
from searchsets.files import read_csv_with_lines
from searchsets.records.exports import CORPUS, Export
from searchsets.records.formats.tagged import fields_of
from searchsets.records.shards import read_records

if TYPE_CHECKING:
    import pyarrow as pa

    from searchsets.records.reading import ReadFile

SOURCE = "known_items"
"""The source that known items belong to; no database may have this name."""

_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
KEY_SOURCE = "key_source"
ROLES = (KEY_SOURCE, "cited", "listed_only")
_ROLE_TAG, _NUMBER_TAG = "C1", "C2"  # RIS leaves these fields to the user

ENRICHABLE = ("abstract", "descriptors", "keywords", "indexed_in", "published")
ENRICHMENT_FILE = "enrichment.csv"
_ENRICHMENT_COLUMNS = ("record", "field", "value", "source")


def open_known_items(folder: Path) -> list[ReadFile]:
    """Open all RIS files of the folder of known items; a review need not have any.

    Raises:
        ReviewError: there is none, but other files that may be meant as known items.
    """
    from searchsets.records.reading import open_export  # who reads no files needs no readers

    paths = sorted(folder.glob("*.ris"))
    others = sorted(path.name for path in folder.glob("*") if not _is_expected(path))
    if not paths and others:
        raise ReviewError(
            f"holds no .ris file of known items, but {', '.join(others[:3])}",
            str(folder),
            "save them as RIS, each work with a line "
            f"`{_ROLE_TAG}  - ` and its role: {', '.join(ROLES)}; or take the files away",
        )
    exports = [Export(SOURCE, path, f"{SOURCE}/{path.name}", CORPUS) for path in paths]
    return [read for export in exports for read in open_export(export)]


def _is_expected(path: Path) -> bool:
    return path.name.startswith(".") or path.name in (ENRICHMENT_FILE, "README.md")


@dataclass(frozen=True)
class KnownItem:
    """One known item: its role in the review, and its number among the key sources, if any."""

    record_id: str
    role: str
    number: int | None


def roles(table: pa.Table) -> list[KnownItem]:
    """Return the role of every known item, key sources by their number first.

    Raises:
        ReviewError: a record states no role or one that is not known, or a key source has no
            number of its own.
    """
    items = []
    numbers: set[int] = set()
    for row in table.select(["record_id", "raw", "title", "source_file", "position"]).to_pylist():
        raw = fields_of(row["raw"])
        role, number = (raw.get(tag, [""])[0] for tag in (_ROLE_TAG, _NUMBER_TAG))
        if role not in ROLES:
            raise ReviewError(
                f"the known item {row['title']!r} has the role {role!r}",
                f"{row['source_file']}: record {row['position']}",
                f"give it a line `{_ROLE_TAG}  - ` and one of: {', '.join(ROLES)}",
            )
        if role == KEY_SOURCE and (not number.isdecimal() or int(number) in numbers):
            raise ReviewError(
                f"the key source {row['title']!r} has the number {number!r}",
                f"{row['source_file']}: record {row['position']}",
                f"give each key source a line `{_NUMBER_TAG}  - ` and a number of its own",
            )
        numbers.add(int(number) if number.isdecimal() else 0)
        items.append(KnownItem(row["record_id"], role, int(number) if number.isdecimal() else None))
    return sorted(items, key=lambda i: (ROLES.index(i.role), i.number or 0, i.record_id))


@dataclass(frozen=True)
class Enrichment:
    """A statement about a known item that its reference does not make, and who makes it."""

    record_id: str
    field: str
    value: str
    source: str


def read_enrichment(path: Path, known: set[str]) -> list[Enrichment]:
    """Read `enrichment.csv` (record, field, value, source of the statement).

    Raises:
        ReviewError: an unknown record or field, or a statement without a source.
    """
    made = []
    for line, row in read_csv_with_lines(path, _ENRICHMENT_COLUMNS):
        statement = Enrichment(*(row[name].strip() for name in _ENRICHMENT_COLUMNS))
        where = f"{path}:{line}"
        if statement.record_id not in known:
            raise ReviewError(
                f"there is no known item {statement.record_id!r}",
                where,
                "the ids stand in results/<run>/tables/known_items.csv: bring the record back if it "
                "was removed, mend the id, or take this row out",
            )
        if statement.field not in ENRICHABLE:
            fields = ", ".join(ENRICHABLE)
            raise ReviewError(
                f"unknown field {statement.field!r}", where, f"write one of: {fields}"
            )
        if statement.field == "published" and not _DATE.fullmatch(statement.value):
            raise ReviewError(
                f"{statement.value!r} is no date", where, "write 2008, 2008-10 or 2008-10-29"
            )
        if not statement.value:
            raise ReviewError("the statement has no value", where, "write one, or delete the row")
        if not statement.source:
            raise ReviewError("the statement has no source", where, "say where it can be looked up")
        made.append(statement)
    return made


def enrich(table: pa.Table, statements: list[Enrichment]) -> pa.Table:
    """Return the known items with what the statements add to their fields."""
    import pyarrow as pa

    rows = table.to_pylist()
    by_id = {row["record_id"]: row for row in rows}
    for statement in statements:
        row = by_id[statement.record_id]
        if statement.field in ("descriptors", "keywords"):
            row[statement.field] = [*row[statement.field], statement.value]
        elif statement.field == "abstract":
            row["abstract"] = statement.value
    return pa.Table.from_pylist(rows, schema=table.schema)


def read_items(
    folder: Path, enrichment: Path | None
) -> tuple[pa.Table, pa.Table, list[Enrichment]]:
    """Return the known items as their references state them, the same enriched, and how.

    Args:
        folder: where the import wrote the records of the known items.
        enrichment: `enrichment.csv`, if there is one.
    """
    table = read_records(folder)
    known = set(table["record_id"].to_pylist())
    statements = read_enrichment(enrichment, known) if enrichment and enrichment.exists() else []
    return table, enrich(table, statements), statements
