"""Writes the records of files as another format, for a person with files and no pipeline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from searchsets.errors import ReviewError
from searchsets.records.progress import progress
from searchsets.records.reading import open_source, require_records
from searchsets.records.source import sources
from searchsets.records.writers import target_for, targets, write


@dataclass
class Converted:
    """What came of it: numbers, and what a person should know."""

    written: int = 0
    broken: int = 0
    messages: list[str] = field(default_factory=list)


def convert(
    files: Sequence[Path], out: Path, to: str | None = None, encoding: str = "", *, strict: bool
) -> Converted:
    """Read files one after the other and write their records, whole or not at all.

    Args:
        files: the files to read, in this order.
        out: the file to write.
        to: the flavour to write, where the ending of `out` does not tell it.
        encoding: the encoding of all files, where it is not told by the bytes.
        strict: whether a broken record is an error.

    Raises:
        ReviewError: a file cannot be read, the format is not written, or (strict) a record broke.
    """
    target = target_for(out, to)
    if out.exists() and any(path.exists() and path.samefile(out) for path in files):
        raise ReviewError(
            "the file to write is one of those to read",
            str(out),
            "give it another name: what its format cannot hold would be gone for good",
        )
    done = Converted()
    write(_tables(files, encoding, done, strict), out, target)
    if lost := targets()[target][2]:
        done.messages.append(f"{out}: this format cannot hold {', '.join(lost)}")
    return done


def _tables(
    files: Sequence[Path], encoding: str, done: Converted, strict: bool
) -> Iterator[pa.Table]:
    for path in files:
        for source in sources(path, str(path), encoding):
            read = open_source(source)
            for table in progress(read.tables(), source):
                done.written += table.num_rows
                yield table
            require_records(read)
            done.broken += len(read.broken)
            done.messages += [f"{source.name}: {finding}" for finding in read.findings()]
            done.messages += [
                f"{source.name}:{part.line}: broken: {part.reason}" for part in read.broken[:3]
            ]
            if strict and read.broken:
                first = read.broken[0]
                raise ReviewError(
                    f"{len(read.broken)} broken records; the first: {first.reason}",
                    f"{source.where}:{first.line}",
                    "mend or export the file again; without --strict they are left out",
                )
