"""Counts what the records of a file lack, one record after the other."""

from __future__ import annotations

from dataclasses import dataclass, field

from searchsets.records.model import Record

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
    repeated_accessions: int = 0
    _numbers: set[int] = field(default_factory=set)

    def add(self, record: Record) -> None:
        """Count one record."""
        self.without_title += not record.title
        self.without_abstract += not record.abstract
        self.without_year += record.year is None
        self.without_descriptors += not record.descriptors
        if record.year is not None and record.year < FIRST_LIKELY_YEAR:
            self.early_years.add(record.year)
        if record.accession:
            number = hash(record.accession)  # a number, not the text: a file may hold millions
            self.repeated_accessions += number in self._numbers
            self._numbers.add(number)
