"""Imports the documents of all harvested sites as the records of one source."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from searchsets.files import write_csv
from searchsets.records import clean
from searchsets.records.model import Record
from searchsets.sources.websites.documents import SOURCE, records_of
from searchsets.sources.websites.folder import SiteFolder
from searchsets.sources.websites.kept import Holds, holds
from searchsets.sources.websites.sites import Site
from searchsets.sources.websites.walk import walk

if TYPE_CHECKING:
    from searchsets.records.reading import ReadFile

READ_COLUMNS = ("address", "file", "status", "time", "sha256")
NOT_TAKEN_COLUMNS = ("site", "address", "found_on", "text", "reason")
NOT_TAKEN = "not_taken.csv"


def import_websites(sites: list[Site], store: Path, out: Path, earlier: Path | None = None) -> int:
    """Write the documents of all sites as records, with their log, into a folder.

    Beside the records stand a list of the answers that each site's documents were read from
    (`<site>.csv`) and of what is no record (`not_taken.csv`).

    Args:
        sites: the sites of `config/websites.yaml`.
        store: the folder with a folder a site.
        out: the folder to write to.
        earlier: the folder of the run that this one updates: the ids that it gave are kept.

    Returns:
        The number of records.

    Raises:
        ReviewError: a kept answer is damaged, or a `saved.csv` is wrong.
    """
    from searchsets.records.store import import_database  # pyarrow takes a while to import

    found: dict[str, list[Record]] = {}
    not_taken = []
    for site in sites:
        if holds(store / site.name) is not Holds.PAGES:
            continue
        folder = SiteFolder(site, store / site.name)
        made = walk(site, folder)
        found[site.name] = list(records_of(made))
        rows = sorted(map(vars, folder.reads.values()), key=lambda row: row["file"])
        write_csv(out / f"{site.name}.csv", READ_COLUMNS, rows)
        left = sorted(made.not_taken.values(), key=lambda one: one.address)
        not_taken += [{"site": site.name} | vars(one) for one in left]
    write_csv(out / NOT_TAKEN, NOT_TAKEN_COLUMNS, not_taken)
    once = without_repeats(found)
    files = [_opened(out / f"{name}.csv", name, records) for name, records in once.items()]
    kept_records, _ = import_database(SOURCE, files, out, earlier=earlier)
    return kept_records


def without_repeats(found: dict[str, list[Record]]) -> dict[str, list[Record]]:
    """Return the records of each site that has some, a document of several sites only once.

    It stays with the first site, and says on which pages of the others it was found.
    """
    first: dict[str, Record] = {}
    once: dict[str, list[Record]] = {}
    for name, records in found.items():
        for record in records:
            if known := first.get(record.accession):
                _join(known, record)
                continue
            first[record.accession] = record
            once.setdefault(name, []).append(record)
            record.position = len(once[name])
    return once


def _join(known: Record, other: Record) -> None:
    said, more = json.loads(known.raw), json.loads(other.raw)
    said["found_on"] = sorted({*said.get("found_on", ()), *more.get("found_on", ())})
    said["other_sites"] = [*said.get("other_sites", ()), more["site"]]
    known.raw = clean.raw(said)


def _opened(listing: Path, name: str, records: list[Record]) -> ReadFile:
    """Return the records of a site as the import takes them; its file is the list of answers."""
    from searchsets.records.made import made_file  # who imports nothing needs no readers
    from searchsets.records.source import Source

    return made_file(
        Source(listing, f"{SOURCE}/{name}"),
        records,
        what="pages of a website",
        known_by="the site's part of config/websites.yaml",
        represents="harvested",
    )
