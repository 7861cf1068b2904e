"""The table of the websites that were searched, and how far."""

from __future__ import annotations

from searchsets.reporting.build import Build
from searchsets.reporting.tables.model import Table, table
from searchsets.sources.websites.documents import SOURCE
from searchsets.sources.websites.states import STATE_COLUMNS


def websites(build: Build) -> Table:
    """Each website of the configuration: its state, what was asked, what was found."""
    return table(
        "websites",
        "The websites that were searched, and how far. Complete: every list that its entry in "
        "config/websites.yaml leads to was read, but for those that are not there; blocked: it "
        "keeps programs out; stopped: a list could not be read, or something is still to be asked "
        "for. Of a site that was not harvested nothing is known. Documents: before those of "
        "several sites are joined; what was not taken stands in records/websites/not_taken.csv.",
        STATE_COLUMNS,
        iter(build.rows(f"records/{SOURCE}.csv")),
    )
