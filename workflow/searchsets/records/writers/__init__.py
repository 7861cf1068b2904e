"""Writes records for other programs and for ourselves: whole files, one record at a time.

What each target cannot hold is said in its table and told by `targets()`, never passed over.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa

from searchsets.errors import ReviewError
from searchsets.files import whole_file
from searchsets.records.writers import (
    bibtex,
    csl_json,
    endnote_xml,
    json_lines,
    parquet,
    table,
    tagged,
)
from searchsets.records.writers.base import Target

_TARGETS: dict[str, Target] = {
    target.name: target
    for family in (tagged, bibtex, csl_json, json_lines, parquet, table, endnote_xml)
    for target in family.TARGETS
}
# Where several targets share an ending, the one that is meant if nothing else is said.
_USUAL = {
    ".ris": "ris", ".bib": "bibtex", ".json": "csl_json", ".jsonl": "jsonl", ".csv": "csv",
    ".tsv": "tsv", ".parquet": "parquet", ".xml": "endnote_xml", ".enw": "endnote_enw",
}  # fmt: skip


def write(tables: Iterable[pa.Table], path: Path, target: str) -> None:
    """Write records to a file, whole or not at all; `.gz` at the end of the name packs it.

    Args:
        tables: the records, some thousands at a time: no more are held.
        path: the file to write.
        target: the name of a target, see `targets`.

    Raises:
        ReviewError: there is no such target, or it cannot be packed.
    """
    made = _TARGETS.get(target)
    if made is None:
        raise _unknown(target, str(path))
    packed = path.suffix.lower() == ".gz"
    if packed and not made.may_be_packed:
        raise ReviewError(
            f"{made.name} is packed already and is not written as .gz",
            str(path),
            f"name the file {path.with_suffix('').name}",
        )
    with whole_file(path) as temporary:
        made.write(tables, temporary, packed)


def targets() -> dict[str, tuple[tuple[str, ...], str, tuple[str, ...]]]:
    """Return for each target its endings, what it is, and the columns that it cannot hold."""
    return {
        name: (one.endings, one.description, one.cannot_hold) for name, one in _TARGETS.items()
    }


def target_for(path: Path, to: str | None = None) -> str:
    """Return the target that a file's ending, or a person, asks for.

    Args:
        path: the file to write; a `.gz` behind its ending is passed over.
        to: the name of a target, or of a program of which the ending tells the target
            (`covidence` is covidence_ris for .ris and covidence_csv for .csv).

    Raises:
        ReviewError: the ending or the name is none that is written, or they do not go together.

    >>> target_for(Path("found.ris.gz")), target_for(Path("found.csv"), "covidence")
    ('ris', 'covidence_csv')
    """
    ending = path.suffixes[-2:][0].lower() if path.suffix.lower() == ".gz" else path.suffix.lower()
    if to is None:
        if ending not in _USUAL:
            known = ", ".join(_USUAL)
            what = f"the ending {ending!r} tells no format" if ending else "the file has no ending"
            raise ReviewError(what, str(path), f"name the file with one of {known}")
        return _USUAL[ending]
    wanted = to.strip().lower().replace("-", "_")
    named = [one for name, one in _TARGETS.items() if name == wanted or name.startswith(f"{wanted}_")]
    if not named:
        raise _unknown(to, str(path))
    for one in named:
        if ending in one.endings:
            return one.name
    endings = ", ".join(ending for one in named for ending in one.endings)
    raise ReviewError(
        f"{to} is not written to a file that ends in {ending!r}",
        str(path),
        f"name the file with {endings}",
    )


def _unknown(name: str, where: str) -> ReviewError:
    return ReviewError(
        f"there is no target {name!r}", where, f"choose one of {', '.join(sorted(_TARGETS))}"
    )
