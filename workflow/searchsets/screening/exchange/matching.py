"""Finds our record for each record that another tool names in its own way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from searchsets.errors import ReviewError
from searchsets.records import clean
from searchsets.records.model import COLUMNS
from searchsets.screening.exchange.model import Foreign
from searchsets.screening.model import SHOWN, record_sha
from searchsets.text import normalise

_LISTED = 20
_NEEDED = tuple(dict.fromkeys(("record_id", "accession", "doi", *SHOWN)))


@dataclass
class OurRecords:
    """Our records by what another tool may know of them; the values are places in `rows`."""

    rows: list[dict[str, Any]]
    by_id: dict[str, list[int]] = field(default_factory=dict)
    by_accession: dict[str, list[int]] = field(default_factory=dict)
    by_doi: dict[str, list[int]] = field(default_factory=dict)
    by_title: dict[str, list[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, records: pa.Table) -> OurRecords:
        """Return the records of a table with the columns of a file of records."""
        made = cls(records.select([n for n in _NEEDED if n in COLUMNS]).to_pylist())
        for place, row in enumerate(made.rows):
            record_id = row["record_id"]
            made.by_id.setdefault(record_id, []).append(place)
            behind = record_id.partition(":")[2]
            for accession in {row["accession"] or "", behind} - {""}:
                made.by_accession.setdefault(accession.casefold(), []).append(place)
            if doi := clean.doi(row["doi"]):
                made.by_doi.setdefault(doi, []).append(place)
            if title := normalise(row["title"] or ""):
                made.by_title.setdefault(title, []).append(place)
        return made

    def fitting(self, foreign: Foreign) -> list[int]:
        """Return the places of the records that fit best: by id, accession, DOI, title and year.

        >>> ours = OurRecords([{"title": "On trusts", "year": 2004}], {}, {"ej1": [0]})
        >>> ours.fitting(Foreign("7", ("EJ1",))), ours.fitting(Foreign("8"))
        ([0], [])
        """
        for one in foreign.ids:
            if found := self.by_id.get(one):
                return found
        for one in foreign.ids:
            if found := self.by_accession.get(one.casefold()):
                return self._narrowed(found, foreign)
        if found := self.by_doi.get(clean.doi(foreign.doi)):
            return self._narrowed(found, foreign)
        return self._of_year(self.by_title.get(normalise(foreign.title), []), foreign.year)

    def _narrowed(self, places: list[int], foreign: Foreign) -> list[int]:
        """Of several records with one DOI or number, take the one whose title and year fit too."""
        title = normalise(foreign.title)
        alike = [p for p in places if normalise(self.rows[p]["title"] or "") == title]
        fit = self._of_year(alike, foreign.year)
        return fit if len(places) > 1 and len(fit) == 1 else places

    def _of_year(self, places: list[int], year: int | None) -> list[int]:
        """Take those of a year; one of an unknown year only where none states the year asked for."""
        if year is None:
            return places
        same = [place for place in places if self.rows[place]["year"] == year]
        return same or [place for place in places if self.rows[place]["year"] is None]


@dataclass(frozen=True)
class Matched:
    """Our record by the other tool's key; those that fit none or several; what was shown of each."""

    record_of: dict[str, str]
    unmatched: list[Foreign]
    sha_of: dict[str, str]


def match(
    foreign: Mapping[str, Foreign],
    wanted: Iterable[str],
    records: pa.Table | None,
    where: str,
    *,
    skip_unmatched: bool = False,
) -> Matched:
    """Return which of our records the wanted ones of another tool are.

    Args:
        foreign: the other tool's records by their keys.
        wanted: the keys on which somebody decided, each once.
        records: ours; None: ids stay as they are, the one that may be ours before the tool's own.
        where: the file, for messages.
        skip_unmatched: return those that fit none or several, instead of refusing the file.

    Raises:
        ReviewError: a record fits none of ours, or several.
    """
    asked = [foreign.get(key, Foreign(key, (key,))) for key in wanted]
    if records is None:
        return Matched({one.key: (one.ids or (one.key,))[0] for one in asked}, [], {})
    ours = OurRecords.of(records)
    found = {one.key: ours.fitting(one) for one in asked}
    unmatched = [one for one in asked if len(found[one.key]) != 1]
    if unmatched and not skip_unmatched:
        raise _refused(unmatched, {key: len(places) for key, places in found.items()}, where)
    rows = {key: ours.rows[places[0]] for key, places in found.items() if len(places) == 1}
    return Matched(
        {key: row["record_id"] for key, row in rows.items()},
        unmatched,
        {row["record_id"]: record_sha(row) for row in rows.values()},
    )


def _refused(unmatched: list[Foreign], numbers: Mapping[str, int], where: str) -> ReviewError:
    lines = [
        f"  {one.place or one.key}: {one.title or 'without a title'} "
        f"({'fits none' if not numbers[one.key] else f'fits {numbers[one.key]}'})"
        for one in unmatched[:_LISTED]
    ]
    if len(unmatched) > _LISTED:
        lines.append(f"  and {len(unmatched) - _LISTED:,} more")
    few = (
        "record that somebody decided on is"
        if len(unmatched) == 1
        else "records that somebody decided on are"
    )
    return ReviewError(
        "\n".join([f"{len(unmatched):,} {few} none of ours, or may be several:", *lines]),
        where,
        "name all files or folders of records by --records; or leave these out: --skip-unmatched",
    )
