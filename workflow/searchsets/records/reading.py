"""Reads one export file, whatever its format, and holds what came out against what went in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from searchsets.errors import ReviewError
from searchsets.records import eric, ris, table
from searchsets.records.decode import decode, line_offsets
from searchsets.records.exports import CORPUS, UNKNOWN, Export, Represents
from searchsets.records.model import Imported

READERS: dict[str, Callable[[str, Imported], None]] = {
    "RIS": ris.read,
    "ERIC JSON": eric.read,
    "CSV": table.read,
}


@dataclass(frozen=True)
class ReadExport:
    """An export file as it was read, with the facts that the import log states."""

    export: Export
    imported: Imported
    represents: Represents
    sha256: str
    size: int

    def shortfall(self) -> str:
        """Say where the file holds another number of records than was announced, or nothing."""
        found, announced = self.imported.marks, self.imported.announced
        if self.export.reported and int(self.export.reported) != found:
            return (
                f"{self.export.name}: {found} records, the platform reported {self.export.reported}"
            )
        if announced is not None and announced > found:
            return (
                f"{self.export.name}: {found} records of an answer of {announced}: bring the others"
            )
        return ""


def read_export(export: Export) -> ReadExport:
    """Read an export file.

    Raises:
        ReviewError: the file is empty, binary, cut off, in another encoding, of no known format,
            or holds no record.
    """
    try:
        data = export.path.read_bytes()
    except OSError as error:
        raise ReviewError(
            f"cannot be read: {error.strerror}",
            str(export.path),
            "look whether it is there and may be opened",
        ) from None
    text, encoding = decode(data, str(export.path), export.encoding)
    format_name = detect(text, str(export.path))
    imported = Imported(str(export.path), format_name, encoding)
    READERS[format_name](text, imported)
    _check_counts(imported)
    imported.source_file = export.name
    for record in imported.records:
        record.source_file = export.name
    offsets = line_offsets(data, encoding) if imported.broken else []
    imported.broken = [
        replace(
            part,
            source_file=export.name,
            byte_offset=offsets[part.line - 1] if part.line else None,
        )
        for part in imported.broken
    ]
    declared = export.represents or (CORPUS if format_name == "ERIC JSON" else UNKNOWN)
    return ReadExport(export, imported, declared, hashlib.sha256(data).hexdigest(), len(data))


def detect(text: str, name: str) -> str:
    """Return the format of a text, told by what it holds and not by the name of the file.

    Raises:
        ReviewError: it is of no format that is read.
    """
    start = text.lstrip("\ufeff \n\t")
    if start[:1] in ("{", "["):
        return "ERIC JSON"
    if start[:1] == "<":
        raise ReviewError(
            "this is a web page or XML, not a format that is read yet",
            name,
            "export the records as RIS, CSV or ERIC JSON",
        )
    if ris.count_marks(text):
        return "RIS"
    header = start.partition("\n")[0].lower()
    if any(sign in header for sign in ",;\t"):
        return "CSV"
    raise ReviewError(
        "no record was found: there is no RIS record (TY line), no JSON and no CSV header",
        name,
        "export the records as RIS, CSV or ERIC JSON",
    )


def _check_counts(imported: Imported) -> None:
    found, accounted = imported.marks, len(imported.records) + len(imported.broken)
    if found != accounted:
        raise ReviewError(
            f"{found} records begin in the file, {accounted} were read or reported as broken",
            imported.source_file,
            "this is a fault of searchsets, not of the file: please report it with the file",
        )
    if not found:
        raise ReviewError(
            "the file holds no record",
            imported.source_file,
            "export it again, or take it out of the folder",
        )
