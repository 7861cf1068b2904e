"""The sources beside the databases: no strategy is run on them, and nothing filters them."""

from __future__ import annotations

from searchsets.records.known_items import SOURCE as KNOWN_ITEMS

OTHER_SOURCES = {
    "websites": "Records from websites",
    "supplied": "Documents from organisations",
}
"""Where records come from by other methods than a search of a database, and what the flow calls
them. No database may have one of these names (`strategy.schema.json`)."""

EARLIER = "earlier"
"""The source of the records that the run before had, and that nothing brought in this one."""

UNSEARCHED = (KNOWN_ITEMS, EARLIER, *OTHER_SOURCES)
"""The sources of which every record is deduplicated and screened."""
