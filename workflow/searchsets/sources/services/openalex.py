"""OpenAlex: an open index of scholarly works, a stand-in for databases of journals."""

from __future__ import annotations

from typing import Any

from searchsets.sources.exchange import Answer, Request
from searchsets.sources.services.base import (
    CursorGone,
    Page,
    Position,
    Query,
    Service,
    ids,
    mark,
    number,
    plain,
    shown,
)
from searchsets.strategy.model import Term

_FIELDS = (
    "id", "doi", "title", "display_name", "publication_year", "publication_date", "language",
    "type", "ids", "authorships", "primary_location", "biblio", "abstract_inverted_index",
    "keywords", "topics", "open_access", "is_retracted",
)  # fmt: skip


class OpenAlex(Service):
    """The list of works of OpenAlex, after its documentation of 2026."""

    name, label = "openalex", "OpenAlex"
    home = "https://api.openalex.org/works"
    rows, interval = 100, 0.2
    by_cursor = True
    key_variable, key_needed = "OPENALEX_API_KEY", True
    dollars = 0.001
    limits = (
        "titles and abstracts only: a term that stands in its keywords alone is not asked for",
        "words are reduced to their stems: more comes back than the line finds",
        "it knows the country of the authors, not the country that is studied: none is asked for",
        "records without a date of publication are not asked for",
    )

    def term(self, term: Term) -> str:
        """Return a word."""
        return plain(term.text)

    def request(self, query: Query, at: Position) -> Request:
        """Return the request for the works after the cursor."""
        first, last = query.years
        filters = (
            f"title_and_abstract.search:{query.text},from_publication_date:{first}-01-01,"
            f"to_publication_date:{last}-12-31"
        )
        return Request(
            self.address,
            (
                ("filter", filters),
                ("select", ",".join(_FIELDS)),
                ("per-page", str(self.rows)),
                ("cursor", at.cursor or "*"),
            ),
            (("api_key", self.key),) if self.key else (),
        )

    def page(self, data: Any) -> Page:
        """Return what an answer holds."""
        meta = data["meta"]
        return Page(
            number(meta["count"]),
            ids(data["results"], "id"),
            mark(meta.get("next_cursor")),
            float(meta.get("cost_usd") or 0),
        )

    def refuse(self, answer: Answer) -> None:
        """Raise; a cursor that it does not know any more is refused as other parameters are."""
        if answer.status == 400 and b"cursor" in answer.content[:2000].lower():
            raise CursorGone(shown(answer.content))
        super().refuse(answer)
