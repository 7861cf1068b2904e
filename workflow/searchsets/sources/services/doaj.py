"""DOAJ: articles of open journals; little of it is from before 2008."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from searchsets.sources.exchange import Request
from searchsets.sources.services.base import (
    Page,
    Position,
    Query,
    Service,
    ids,
    number,
    plain,
    years_or,
)
from searchsets.strategy.model import Term


class Doaj(Service):
    """The articles of DOAJ, after its own source code (version 4 of the service)."""

    name, label = "doaj", "DOAJ"
    home = "https://doaj.org/api/search/articles/"
    most_years = 15
    rows, interval = 100, 0.6
    ceiling = 1_000
    limits = (
        "1,000 articles of one question: larger ones are cut by year, then by their words",
        "articles without a year of publication are not asked for",
    )

    def term(self, term: Term) -> str:
        """Return a word, looked for in all that DOAJ says of an article."""
        return plain(term.text)

    def request(self, query: Query, at: Position) -> Request:
        """Return the request for the page after those that are there."""
        asked = f"({query.text}) AND {years_or('bibjson.year', query.years)}"
        return Request(
            f"{self.address.rstrip('/')}/{quote(asked, safe='')}",
            (
                ("page", str(at.pages + 1)),
                ("pageSize", str(self.rows)),
                ("sort", "title:asc"),
            ),
        )

    def page(self, data: Any) -> Page:
        """Return what an answer holds."""
        return Page(number(data["total"]), ids(data["results"], "id"))
