"""Records that were made of something else than a file of records, for the import to take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from searchsets.records.exports import Represents
from searchsets.records.extraction import Extraction
from searchsets.records.flavours import Flavour
from searchsets.records.formats.base import Reader
from searchsets.records.model import Record
from searchsets.records.reading import ReadFile
from searchsets.records.source import Source


class _NoReader(Reader):
    """Tells what the log asks of a reader; nothing is read."""

    flavours, announced, header = "json", None, ""

    def __init__(self, what: str):
        self.format = what


@dataclass
class _Counted:
    """The number of records, as they were made."""

    starts: int
    ends: None = None


class _Made(Extraction):
    """The records, as they are."""

    def __init__(self, records: Sequence[Record], source_file: str, what: str):
        super().__init__(_NoReader(what), (), source_file, flavour=Flavour("made", what))
        self._records = list(records)

    def parts(self) -> Iterator[list[Record]]:
        """Yield all records."""
        self.marks, self.read = _Counted(len(self._records)), len(self._records)
        yield self._records


def made_file(
    source: Source, records: Sequence[Record], *, what: str, known_by: str, represents: str
) -> ReadFile:
    """Return records as the import takes those of a file.

    Args:
        source: the file that tells what they were made of; the log has its hash.
        records: the records, clean, each with its position.
        what: what the log calls the format.
        known_by: by what it was known.
        represents: what the file represents.

    Raises:
        ReviewError: the file is empty, or no text.
    """
    source.examine()
    extraction = _Made(records, source.name, what)
    return ReadFile(source, extraction, known_by, stated=Represents(represents))
