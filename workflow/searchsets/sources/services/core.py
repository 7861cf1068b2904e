"""CORE: what repositories of universities hold, reports and theses among it."""

from __future__ import annotations

from typing import Any

from searchsets.sources.exchange import Request
from searchsets.sources.services.base import Page, Position, Query, Service, ids, number, plain
from searchsets.strategy.model import Term


class Core(Service):
    """The works of CORE (version 3), after its documentation and clients that others wrote."""

    name, label = "core", "CORE"
    home = "https://api.core.ac.uk/v3/search/works/"  # with the slash: else it moves on
    rows, interval = 100, 2.5
    ceiling = 10_000
    key_variable, key_needed = "CORE_API_KEY", True
    limits = (
        "titles and abstracts only",
        "25 requests a minute and 1,000 a day with a personal key",
        "records without a year of publication are not asked for",
    )

    def term(self, term: Term) -> str:
        """Return a word in title or abstract."""
        word = plain(term.text)
        return f"(title:{word} OR abstract:{word})"

    def request(self, query: Query, at: Position) -> Request:
        """Return the request for the works after those that are there."""
        first, last = query.years
        asked = f"({query.text}) AND yearPublished>={first} AND yearPublished<={last}"
        return Request(
            self.address,
            (("q", asked), ("limit", str(self.rows)), ("offset", str(at.records))),
            secret_headers={"Authorization": f"Bearer {self.key}"} if self.key else {},
        )

    def page(self, data: Any) -> Page:
        """Return what an answer holds."""
        return Page(number(data["totalHits"]), ids(data["results"], "id"))
