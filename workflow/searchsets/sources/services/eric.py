"""ERIC, of the United States Department of Education: its own service, not one in its place."""

from __future__ import annotations

from typing import Any

from searchsets.sources.exchange import Odd, Request, printable
from searchsets.sources.services.base import (
    Page,
    Position,
    Query,
    Service,
    ids,
    number,
    plain,
    quoted,
    years_or,
)
from searchsets.sources.wide import Abilities
from searchsets.strategy.model import Term

# The journal (`source`) and the address stand in no answer unless they are asked for by name.
_FIELDS = (
    "id", "title", "author", "description", "subject", "publicationtype", "publicationdateyear",
    "language", "issn", "isbn", "publisher", "peerreviewed", "url", "source", "sourceid",
    "institution", "sponsor", "educationlevel", "identifiersgeo", "e_yearadded", "e_datemodified",
)  # fmt: skip


class Eric(Service):
    """The service of ERIC, after its documentation and 7,050 recorded documents."""

    name, label = "eric", "ERIC"
    home = "https://api.ies.ed.gov/eric/"
    abilities = Abilities(descriptors=True, truncation=True)
    most_years = 15
    rows, interval = 200, 1.0
    limits = (
        "words are reduced to their stems: more comes back than the line finds; whether a beginning "
        "with * then finds all words that begin so was not seen, so regular forms are asked for too",
        "descriptors are asked for as descriptors only: a record that has none yet is not asked for",
        "no order can be asked for: if records are added while pages are taken, all is asked again",
    )

    def term(self, term: Term) -> str:
        """Return `word`, `begin*` or `subject:"Decision making"`."""
        return plain(term.text) if term.free_text else f"subject:{quoted(term.text)}"

    def request(self, query: Query, at: Position) -> Request:
        """Return the request for the documents after those that are there."""
        search = f"({query.text}) AND {years_or('publicationdateyear', query.years)}"
        return Request(
            self.address,
            (
                ("search", search),
                ("format", "json"),
                ("start", str(at.records)),
                ("rows", str(self.rows)),
                ("fields", ",".join(_FIELDS)),
            ),
        )

    def page(self, data: Any) -> Page:
        """Return what an answer holds."""
        if "error" in data:
            raise Odd(printable(f"ERIC says: {data['error'].get('msg', data['error'])}"))
        found = data["response"]
        return Page(number(found["numFound"]), ids(found["docs"], "id"))
