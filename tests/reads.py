"""Reads small files for tests of the formats: whatever is in them must be accounted for."""

from __future__ import annotations

from pathlib import Path

from searchsets.records.exports import Export
from searchsets.records.model import Record
from searchsets.records.reading import ReadFile, read_export


def read_bytes(path: Path, data: bytes, **stated: str) -> ReadFile:
    """Write bytes to a file and read it."""
    path.write_bytes(data)
    [one] = read_export(Export("test", path, path.name, **stated))
    done = one.extraction
    assert done.found == done.read + len(one.broken)  # the law
    assert done.read == len(one.records)
    return one


class Reads:
    """Reads texts, or bytes, as the file at a path."""

    def __init__(self, path: Path):
        self.path = path

    def __call__(self, *parts: str | bytes) -> ReadFile:
        data = (
            part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
            for part in parts
        )
        return read_bytes(self.path, b"".join(data))

    def record(self, *parts: str | bytes) -> Record:
        """Return the one record of a file in which nothing is broken."""
        made = self(*parts)
        assert made.broken == []
        [found] = made.records
        return found

    def titles(self, *parts: str | bytes) -> list[str]:
        """Return the titles of all records."""
        return [one.title for one in self(*parts).records]
