"""Crossref: what publishers register; asked for whole journals, since it knows no `and`."""

from __future__ import annotations

import json
from typing import Any

from searchsets.errors import ReviewError
from searchsets.sources.exchange import Answer, Request
from searchsets.sources.services.base import (
    CursorGone,
    Page,
    Position,
    Query,
    Service,
    Years,
    ids,
    mark,
    number,
    shown,
)
from searchsets.strategy.model import Expression


class Crossref(Service):
    """The works of Crossref, after recorded answers of 2026."""

    name, label = "crossref", "Crossref"
    home = "https://api.crossref.org/works"
    rows, interval = 1000, 0.2
    boolean, by_cursor = False, True
    limits = (
        "it knows no `and`, no phrase and no truncation: the journals that config/sources.yaml lists "
        "are taken whole, and nothing else is asked for",
        "most of its records of these years have no abstract: many lines cannot be decided",
        "records without a date of publication are not asked for",
    )

    def queries(self, expression: Expression, years: Years) -> list[Query]:
        """Return one question for each journal and year: the strategy itself cannot be asked."""
        if not self.journals:
            raise ReviewError(
                "Crossref cannot be asked: no journal is named",
                None,
                "list ISSNs under `journals` in config/sources.yaml",
            )
        first, last = years
        return [
            Query("all articles", (year, year), None, journal)
            for journal in self.journals
            for year in range(first, last + 1)
        ]

    def request(self, query: Query, at: Position) -> Request:
        """Return the request for the works after the cursor."""
        first, last = query.years
        filters = f"issn:{query.journal},from-pub-date:{first},until-pub-date:{last}"
        return Request(
            self.address,
            (("filter", filters), ("rows", str(self.rows)), ("cursor", at.cursor or "*")),
            (("mailto", self.contact),) if "@" in self.contact else (),
        )

    def page(self, data: Any) -> Page:
        """Return what an answer holds."""
        message = data["message"]
        items = ids(message["items"], "DOI")
        return Page(number(message["total-results"]), items, mark(message.get("next-cursor")))

    def refuse(self, answer: Answer) -> None:
        """Raise; a cursor lasts for minutes only, and is then forgotten."""
        try:
            said = json.loads(answer.content)["message"][0]["type"]
        except (ValueError, KeyError, TypeError, IndexError, RecursionError):
            said = ""
        if said == "cursor-invalid":
            raise CursorGone(shown(answer.content))
        super().refuse(answer)
