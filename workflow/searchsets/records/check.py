"""Tells a person with a file and no pipeline what the file is, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from searchsets.errors import ReviewError
from searchsets.files import write_csv
from searchsets.records.model import BROKEN_COLUMNS, Broken
from searchsets.records.progress import progress
from searchsets.records.reading import ReadFile, open_source, require_records
from searchsets.records.source import Source, sources

_SHOWN = 5


@dataclass
class Checked:
    """What was found out about one text of records."""

    name: str
    read: ReadFile | None = None
    error: ReviewError | None = None
    broken: list[Broken] = field(default_factory=list)

    def report(self) -> str:
        """Return the facts as lines for a person."""
        if self.read is None:
            return f"{self.name}\n  ERROR: {self.error}"
        facts = self.read.facts()
        made = [
            self.name,
            f"  {facts['flavour'] or facts['format']} ({facts['known_by']})",
            f"  {facts['encoding']} ({facts['encoding_known_by']}), lines end with "
            f"{facts['line_ends']}, {facts['bytes']:,} bytes, SHA-256 {facts['sha256']}",
            f"  {facts['found']:,} records found: {facts['read']:,} read, {facts['broken']:,} broken",
        ]
        if facts["source_databases"]:
            made.append(f"  from: {'; '.join(facts['source_databases'])}")
        parts = ("title", "abstract", "year", "descriptors")
        missing = ", ".join(f"{part} {facts[f'without_{part}']:,}" for part in parts)
        made.append(f"  without: {missing}")
        if facts["repeated_accessions"]:
            made.append(f"  accession numbers that come again: {facts['repeated_accessions']:,}")
        made += [f"  LOOK: {finding}" for finding in facts["findings"]]
        made += [f"  BROKEN: line {one.line}: {one.reason}" for one in self.broken[:_SHOWN]]
        if len(self.broken) > _SHOWN:
            made.append(f"  and {len(self.broken) - _SHOWN:,} more (--broken FILE.csv writes all)")
        return "\n".join(made)


def check(path: Path, encoding: str = "") -> Iterator[Checked]:
    """Check a file: one text, or those of an archive. Memory does not grow with the file."""
    try:
        found = sources(path, str(path), encoding)
    except ReviewError as error:
        yield Checked(str(path), error=error)
        return
    for source in found:
        yield _checked(source)


def _checked(source: Source) -> Checked:
    try:
        read = open_source(source)
        for _ in progress(read.tables(), source):
            pass
        if not read.broken:
            require_records(read)
    except ReviewError as error:
        return Checked(source.name, error=error)
    return Checked(source.name, read, None, read.broken)


def write_broken(path: Path, checked: Iterable[Checked]) -> None:
    """Write what broke in all files as CSV: file, byte, line, reason, text."""
    write_csv(path, BROKEN_COLUMNS, (vars(part) for one in checked for part in one.broken))
