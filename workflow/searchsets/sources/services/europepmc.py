"""Europe PMC: health and life sciences, with primary care, safeguarding and public health."""

from __future__ import annotations

from typing import Any

from searchsets.sources.exchange import Odd, Request, printable
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
)
from searchsets.sources.wide import Abilities
from searchsets.strategy.model import Term

_FIELDS = ("TITLE", "ABSTRACT", "KW")  # KW: keywords and MeSH


class EuropePmc(Service):
    """The search of Europe PMC, after recorded answers of 2026."""

    name, label = "europepmc", "Europe PMC"
    home = "https://www.ebi.ac.uk/europepmc/webservices/rest/search"
    abilities = Abilities(truncation=True)
    rows, interval = 500, 0.5
    by_cursor, own_numbers = True, False
    limits = (
        "titles, abstracts, keywords and MeSH are asked for, not the full text",
        "that a word may end in * is what others write of it, and was not seen in an answer: regular "
        "forms are asked for too",
    )

    def term(self, term: Term) -> str:
        """Return a word in each of the fields."""
        return f"({' OR '.join(f'{field}:{plain(term.text)}' for field in _FIELDS)})"

    def request(self, query: Query, at: Position) -> Request:
        """Return the request for the results after the mark."""
        first, last = query.years
        return Request(
            self.address,
            (
                ("query", f"({query.text}) AND PUB_YEAR:[{first} TO {last}]"),
                ("format", "json"),
                ("resultType", "core"),
                ("synonym", "false"),
                ("pageSize", str(self.rows)),
                ("cursorMark", at.cursor or "*"),
            ),
        )

    def page(self, data: Any) -> Page:
        """Return what an answer holds; errors come with status 200."""
        if "errCode" in data or "resultList" not in data:
            said = printable(f"{data.get('errCode', '')} {data.get('errMsg', '')}")
            if "cursor" in said.lower():
                raise CursorGone(said)
            raise Odd(f"Europe PMC says: {said}")
        found = ids(data["resultList"]["result"], "source", "id")
        return Page(number(data["hitCount"]), found, mark(data.get("nextCursorMark")))
