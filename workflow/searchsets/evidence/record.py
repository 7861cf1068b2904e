"""Finds the one record of a finished run that a person means."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from searchsets.errors import ReviewError
from searchsets.evidence.run import Run
from searchsets.records import clean
from searchsets.records.shards import read_shard
from searchsets.text import normalise

_KEYS = ("record_id", "accession", "doi")
_SHOWN = 10


def find_record(run: Run, wanted: str) -> pa.Table:
    """Return the one record that is meant, as a table of one row.

    Args:
        run: where to look.
        wanted: a record id, an accession number, a DOI, or words of a title.

    Raises:
        ReviewError: no record is meant, or several are.
    """
    if not normalise(wanted):
        raise ReviewError(
            f"{wanted!r} names no record",
            str(run.folder / "records"),
            "give an id, an accession number, a DOI, or a title",
        )
    wanted = _bare(wanted)
    shards = {run.file(name): name for name in run.shards()}
    found = [(path, row) for path in shards for row in _rows(read_shard(path, _KEYS), wanted)]
    if not found:
        found = [(path, row) for path in shards for row in _with_title(path, wanted)]
    for path in {path for path, _ in found} or shards:  # that there is none is said of whole files only
        run.unchanged(shards[path])
    if len(found) != 1:
        raise _not_one(wanted, found, run)
    path, row = found[0]
    return read_shard(path).slice(row, 1)


_ERIC_NUMBER = re.compile(
    r"(?i)\s*(?:\S*eric\.ed\.gov/\S*?\b(E[JD]\d+)\b\S*"
    r"|[(\s]*(?:eric)?(?:\s*number)?\s*:?\s*(E[JD]\s?\d+)[).\s]*)"
)


def _bare(wanted: str) -> str:
    """Return what was asked for without the address around an ERIC number, and other additions.

    >>> _bare("https://eric.ed.gov/?q=governance&id=EJ1036566"), _bare("ERIC Number: EJ 1036566.")
    ('EJ1036566', 'EJ1036566')
    >>> _bare(" eric: EJ1036566"), _bare("my : id"), _bare("A title: with words")
    ('EJ1036566', 'my:id', 'A title: with words')
    """
    if found := _ERIC_NUMBER.fullmatch(wanted):
        return "".join((found[1] or found[2]).split())
    return re.sub(r"^\s*(\w+)\s*:\s*(\S+)\s*$", r"\1:\2", wanted)


def _rows(table: pa.Table, wanted: str) -> list[int]:
    """Return the rows whose id is the wanted one, else those whose accession number or DOI is."""
    for names in (("record_id",), ("accession", "doi")):
        flags = pa.array([False] * table.num_rows, pa.bool_())  # a shard may hold no record
        for name in names:
            said = (clean.doi(wanted) if name == "doi" else "") or wanted.strip().lower()
            same = pc.equal(pc.utf8_lower(table[name]), said)
            flags = pc.or_(flags, same.fill_null(False).combine_chunks())
        rows = pc.indices_nonzero(flags).to_pylist()
        if rows:
            return rows
    return []


def _with_title(path: Path, wanted: str) -> Iterator[int]:
    words = f" {normalise(wanted)} "
    for row, title in enumerate(read_shard(path, ["title"])["title"].to_pylist()):
        if words in f" {normalise(title or '')} ":
            yield row


def _not_one(wanted: str, found: list[tuple[Path, int]], run: Run) -> ReviewError:
    if not found:
        return ReviewError(
            f"no record of this run has the id, accession number, DOI or title {wanted!r}",
            str(run.folder / "records"),
            "ids are in search/<database>/retrieved.csv and screening/final.csv",
        )
    shown = [
        "{record_id}: {title}".format(
            **read_shard(path, ["record_id", "title"]).slice(row, 1).to_pylist()[0]
        )
        for path, row in found[:_SHOWN]
    ]
    more = f"\n  and {len(found) - _SHOWN:,} more" if len(found) > _SHOWN else ""
    return ReviewError(
        f"{len(found):,} records are meant by {wanted!r}",
        str(run.folder / "records"),
        "name one by its id:\n  " + "\n  ".join(shown) + more,
    )
