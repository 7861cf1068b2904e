"""Counts what the records of a file lack, some hundreds after the other."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from searchsets.records.tables import Part

FIRST_LIKELY_YEAR = 1900


@dataclass
class Tally:
    """Numbers over the records of one file."""

    without_title: int = 0
    without_abstract: int = 0
    without_year: int = 0
    without_descriptors: int = 0
    early_years: set[int] = field(default_factory=set)
    """Years so early that they are likely errors."""
    _numbers: array[int] = field(default_factory=lambda: array("q"))

    def add(self, records: Part) -> None:
        """Count records, or the rows of a table of records."""
        if isinstance(records, pa.Table):
            self._add_table(records)
            return
        for record in records:
            self.without_title += not record.title
            self.without_abstract += not record.abstract
            self.without_year += record.year is None
            self.without_descriptors += not record.descriptors
            if record.year is not None and record.year < FIRST_LIKELY_YEAR:
                self.early_years.add(record.year)
        self._remember(record.accession for record in records)

    def _add_table(self, records: pa.Table) -> None:
        self.without_title += _empty(pc.binary_length(records["title"]))
        self.without_abstract += _empty(pc.binary_length(records["abstract"]))
        self.without_year += records["year"].null_count
        self.without_descriptors += _empty(pc.list_value_length(records["descriptors"]))
        early = records["year"].filter(pc.less(records["year"], FIRST_LIKELY_YEAR))
        self.early_years.update(early.unique().to_pylist())
        self._remember(records["accession"].to_pylist())

    def _remember(self, accessions: Iterable[str]) -> None:
        # Numbers, not the texts: a file may hold millions.
        self._numbers.extend(map(hash, filter(None, accessions)))

    @property
    def repeated_accessions(self) -> int:
        """Records whose accession number an earlier one has."""
        return len(self._numbers) - len(np.unique(np.frombuffer(self._numbers, dtype=np.int64)))


def _empty(lengths: pa.ChunkedArray) -> int:
    return pc.sum(pc.equal(lengths, 0)).as_py() or 0
