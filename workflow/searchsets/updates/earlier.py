"""Reads the run that an update begins from, as it was published."""

from __future__ import annotations

from functools import cached_property

from searchsets.published import PublishedRun, Row
from searchsets.records.other_sources import EARLIER

MEMORY = "earlier/records.csv"
VERSIONS = "earlier/criteria.csv"
RECHECKS = "earlier/recheck.csv"
ASKED_COLUMNS = ("event_id", "why", "criteria")
VERSION_COLUMNS = ("run", "criteria_version", "criterion", "version")


class Earlier(PublishedRun):
    """A published run that another one updates."""

    @cached_property
    def memory(self) -> dict[str, Row]:
        """What it remembers of the runs before it, by record; empty if it updates none."""
        return {row["record_id"]: row for row in self.rows(MEMORY)}

    def source_of(self, link: Row) -> str:
        """Return the source that gave a record, in whichever run it was first found."""
        if link["database"] == EARLIER:
            return self.memory[link["record_id"]]["source"]
        return link["database"]

    def found_in(self, link: Row) -> str:
        """Return the first run that had a record."""
        former = self.memory.get(link["record_id"])
        return former["first_found_in"] if former else self.name

    @cached_property
    def asked(self) -> list[Row]:
        """The decisions that this run, or one before it, asked for again (`ASKED_COLUMNS`)."""
        rows = [*self.rows(RECHECKS), *self.rows("screening/recheck.csv")]
        by_id = {row["event_id"]: {name: row[name] for name in ASKED_COLUMNS} for row in rows}
        return [by_id[event_id] for event_id in sorted(by_id)]

    @cached_property
    def criteria(self) -> list[Row]:
        """The versions of every criterion, of the runs before this one and its own behind them
        (`VERSION_COLUMNS`)."""
        own = [
            {"run": self.name} | {name: row[name] for name in VERSION_COLUMNS[1:]}
            for row in self.rows("screening/criteria.csv")
        ]
        return [*self.rows(VERSIONS), *own]
