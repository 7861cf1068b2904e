"""Reads one export file, whatever its format, and holds what came out against what went in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import pyarrow as pa

from searchsets.errors import ReviewError
from searchsets.files import sha256_of
from searchsets.records.exports import CORPUS, UNKNOWN, Export, Represents
from searchsets.records.extraction import CUT_OFF, Extraction
from searchsets.records.formats import reader_for
from searchsets.records.formats.parquet import open_parquet
from searchsets.records.model import Broken, Record
from searchsets.records.source import Source, sources
from searchsets.records.tables import Part, records_of, table_of
from searchsets.records.tally import FIRST_LIKELY_YEAR, Tally

_NO_SERVICE = frozenset(("csl", "searchsets", "searchsets_csl"))
"""Flavours of JSON that programs write; other JSON is a service's answer, and so a corpus."""


@dataclass
class ReadFile:
    """One text of records, to be read once, with the facts that the import log then states."""

    source: Source
    extraction: Extraction
    sign: str
    """By what the format was known."""
    records: list[Record] = field(default_factory=list)
    """The records, where the file was read whole."""
    tally: Tally = field(default_factory=Tally)
    reported: int | None = None
    """How many records a person says the database reported."""
    stated: Represents | None = None
    """What a person says the file represents."""
    is_page: bool = False
    """It is one page of an answer that was taken whole: that others are missing is no finding."""

    def take(self) -> Iterator[Record]:
        """Yield the records one after the other; the facts are whole when the last is taken.

        Raises:
            ReviewError: the file turns out to be damaged as a whole, or in another encoding.
        """
        for part in self._parts():
            yield from records_of(part)

    def tables(self) -> Iterator[pa.Table]:
        """Yield the records as `take` does, some thousands at a time as tables."""
        for part in self._parts():
            yield table_of(part)

    def _parts(self) -> Iterator[Part]:
        try:
            for part in self.extraction.parts():
                self.tally.add(part)
                yield part
        except ReviewError as error:
            raise _placed(error, self.source) from None
        self._place_broken()

    def _place_broken(self) -> None:
        """Say of what broke at which byte of the file it stands (its text was normalised)."""
        broken = self.extraction.broken
        self.source.on_bytes = lambda _: None  # what follows is no progress
        if broken:
            offsets = self.source.original_offsets(part.byte_offset for part in broken)
            broken[:] = [replace(part, byte_offset=offsets[part.byte_offset]) for part in broken]

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 of the file, archive or not, in hexadecimal digits."""
        return sha256_of(self.source.path)

    @property
    def size(self) -> int:
        """The bytes of the file, as it is on the disk."""
        return self.source.path.stat().st_size

    @property
    def represents(self) -> Represents:
        """What the file represents: as stated, or a service's answer is a corpus."""
        done = self.extraction
        service = done.reader.format == "JSON" and done.flavour.name not in _NO_SERVICE
        return self.stated or (CORPUS if service else UNKNOWN)

    @property
    def name(self) -> str:
        """The name of the file that is the same on every machine."""
        return self.source.name

    @property
    def broken(self) -> list[Broken]:
        """What should be a record and is none, in the order of the file."""
        return self.extraction.broken

    def facts(self) -> dict[str, object]:
        """Return what the import log says of the file, by column."""
        done, tally = self.extraction, self.tally
        flavour = done.flavour
        known_by = "; ".join(filter(None, (self.sign, done.flavour_sign)))
        databases = sorted(done.databases.items(), key=lambda item: (-item[1], item[0]))
        return {
            "source_file": self.name,
            "represents": self.represents,
            "format": done.reader.format,
            "flavour": flavour.label,
            "platform": flavour.platform,
            "program": flavour.program,
            "source_databases": [f"{name} {number}" for name, number in databases],
            "known_by": known_by,
            "encoding": self.source.encoding.name,
            "encoding_known_by": self.source.encoding.why,
            "line_ends": self.source.line_ends,
            "bytes": self.size,
            "sha256": self.sha256,
            "announced": done.reader.announced,
            "reported": self.reported,
            "start_marks": done.marks.starts,
            "end_marks": done.marks.ends,
            "found": done.found,
            "read": done.read,
            "broken": len(self.broken),
            "repeated_accessions": tally.repeated_accessions,
            "without_title": tally.without_title,
            "without_abstract": tally.without_abstract,
            "without_year": tally.without_year,
            "without_descriptors": tally.without_descriptors,
            "findings": self.findings(),
        }

    def findings(self) -> list[str]:
        """Return what a person should look at, one sentence each."""
        done = self.extraction
        found = [*self._counts()]
        if done.cut_off:
            found.append("the file ends inside a record: it was cut off, and others may be missing")
        if self.source.encoding.is_guess:
            found.append(
                f"the encoding {self.source.encoding.name} is a guess: look at a title, and state "
                "another in exports.csv (or with --encoding) if it is wrong"
            )
        for form, number in done.of_other_formats():
            found.append(
                f"{number} lines begin records of {form}, which are not read: part the file in two"
            )
        if done.mojibake:
            found.append(
                f"{done.mojibake} places look as if the text was once read in a wrong encoding"
            )
        if done.foreign:
            found.append(f"{done.foreign} records hold bytes that are not UTF-8, read as cp1252")
        if done.unread_years:
            some = ", ".join(f"'{year}'" for year in sorted(set(done.unread_years))[:3])
            found.append(f"years that cannot be read: {some}")
        if early := sorted(self.tally.early_years):
            found.append(f"years before {FIRST_LIKELY_YEAR}: {', '.join(map(str, early[:3]))}")
        return found

    def _counts(self):
        done, found = self.extraction, self.extraction.found
        if self.reported is not None and self.reported != found:
            where = "a part is missing" if self.reported > found else "a part came twice"
            yield f"{found} records, the platform reported {self.reported}: {where}"
        announced = done.reader.announced
        if announced is not None and announced > found and not self.is_page:
            yield f"{found} records of an answer of {announced}: bring the others"
        if done.marks.starts != done.read + len(self.broken) - done.outside:
            yield (
                f"{done.marks.starts} records begin by their marks, {done.read} were read and "
                f"{len(self.broken)} are broken"
            )
        if done.marks.ends is not None and done.marks.ends != done.marks.starts:
            yield f"{done.marks.starts} records begin and {done.marks.ends} end"


def open_source(source: Source, columns: Mapping[str, str] | None = None) -> ReadFile:
    """Look at the beginning of a text and return it, ready to be read.

    Args:
        source: the text.
        columns: for a table, which column holds which field, where a person says so.

    Raises:
        ReviewError: the text is empty, no text, or of no format that is read.
    """
    try:
        source.examine()
        if source.is_parquet:
            return ReadFile(source, *open_parquet(source))
        reader, sign = reader_for(source, columns)
    except ReviewError as error:
        raise _placed(error, source) from None
    return ReadFile(source, Extraction(reader, source.chunks(), source.name), sign)


def open_export(export: Export, columns: Mapping[str, str] | None = None) -> list[ReadFile]:
    """Open an export file: one text, or those of an archive in their order.

    Raises:
        ReviewError: it is empty, no text, or of no known format.
    """
    opened = [
        open_source(source, columns)
        for source in sources(export.path, export.name, export.encoding)
    ]
    for one in opened:
        one.stated = export.represents
    if export.reported and len(opened) > 1:
        raise ReviewError(
            f"the number of records that was reported ({export.reported}) is that of an archive of "
            f"{len(opened)} files",
            str(export.path),
            "unpack it, and state in exports.csv the number of each file",
        )
    if export.reported:
        opened[0].reported = int(export.reported)
    return opened


def read_export(export: Export, columns: Mapping[str, str] | None = None) -> list[ReadFile]:
    """Read an export file whole, into memory.

    Raises:
        ReviewError: as `open_export`, or none of the records of a text can be read.
    """
    read = open_export(export, columns)
    for one in read:
        one.records = list(one.take())
        require_records(one)
    return read


def require_records(read: ReadFile) -> None:
    """Refuse a file, after it was read, of which no record can be read.

    Raises:
        ReviewError: it holds none, or all of it is broken.
    """
    if read.extraction.read:
        return
    where = read.source.where
    if not read.broken:
        raise ReviewError(
            "the file holds no record", where, "export it again, or take it out of the folder"
        )
    first = read.broken[0]
    remedy = "export or download it again"
    if first.reason == CUT_OFF:
        remedy = "export or download it again: it is not whole"
    raise ReviewError(f"no record can be read: {first.reason}", f"{where}:{first.line}", remedy)


def require_balance(read: ReadFile) -> None:
    """Refuse a file, after it was read, of which a record is neither read nor told as broken.

    Raises:
        ReviewError: the records that were found are not those read and those broken.
    """
    done = read.extraction
    if done.found != done.read + len(done.broken):
        raise ReviewError(
            f"{done.found} records were found, {done.read} read and {len(done.broken)} are broken",
            read.source.where,
            "mend or export the file again; nothing of it was imported, so that nothing is lost "
            "unseen",
        )


def _placed(error: ReviewError, source: Source) -> ReviewError:
    """Return the error with the file as its place, where the reader knew only the line."""
    where = str(error.where or "")
    if str(source.path) in where:
        return error
    return ReviewError(error.what, f"{source.where}:{where}" if where else source.where, error.remedy)
