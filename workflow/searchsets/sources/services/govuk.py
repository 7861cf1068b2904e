"""GOV.UK: papers of today's government, and few of those from before 2010."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import product
from typing import Any
from urllib.parse import quote, urlsplit

from searchsets.sources.exchange import Answer, Request
from searchsets.sources.services.base import Page, Position, Query, Service, Years, ids, number
from searchsets.strategy.model import Expression, Or, Term

# Of two or three words all must match; of more, half of them.
_MOST_WORDS = 3
_MOST_QUESTIONS = 5_000
_FIELDS = (
    "title", "link", "description", "format", "organisations", "public_timestamp",
    "content_store_document_type",
)  # fmt: skip

_PATH = re.compile(r"(?:/[\w.~-]+)+")
_GONE = (404, 410)

PAGES_LIMITS = (
    "pages are asked for that a search of GOV.UK found: each says when it was first published there",
)

Words = frozenset[str]


class GovUk(Service):
    """The search of GOV.UK, after its documentation of 2026.

    It knows no operators: a question is a handful of words that must all match. So the `and` and `or`
    of a strategy become many such questions.
    """

    name, label = "govuk", "GOV.UK"
    home = "https://www.gov.uk/api/search.json"
    rows, interval = 500, 0.2
    dated = False
    ceiling = 900_000
    limits = (
        "it knows no `and`, `or` and no truncation: each combination of words is a question",
        "its dates are those of the last change of a page, not of publication: years are not asked "
        "for, and records have none",
        "most documents of 2002 to 2010 were never moved to GOV.UK: see the archived websites",
    )

    def queries(self, expression: Expression, years: Years) -> list[Query]:
        """Return one question for each handful of words of which one must be in every record."""
        return [Query(" ".join(sorted(words))) for words in handfuls(expression)]

    def pages(self, links: Iterable[str]) -> list[Query]:
        """Return a question for the page behind each link: it says when it was first published."""
        return [Query(link) for link in sorted(set(links)) if _PATH.fullmatch(link)]

    def request(self, query: Query, at: Position) -> Request:
        """Return the request for the results after those that are there, or for a page."""
        if query.text.startswith("/"):
            return Request(f"{self.address.rpartition('/')[0]}/content{quote(query.text)}")
        return Request(
            self.address,
            (
                ("q", query.text),
                ("count", str(self.rows)),
                ("start", str(at.records)),
                *(("fields", field) for field in _FIELDS),
            ),
        )

    def read(self, answer: Answer) -> Page:
        """Return what an answer holds; a page may be gone, and that is an answer."""
        if answer.status in _GONE and "/content/" in urlsplit(answer.url).path:
            return Page(0, ())
        return super().read(answer)

    def page(self, data: Any) -> Page:
        """Return what an answer holds: results of a search, or one page."""
        if "base_path" in data:
            found = ids([data], "base_path") if data["title"] else ()
            return Page(len(found), found)
        return Page(number(data["total"]), ids(data["results"], "link"))


def handfuls(node: Expression) -> list[Words]:
    """Return handfuls of words, of which every record that fulfils the expression has one whole.

    >>> from searchsets.strategy.model import And
    >>> a, b, c = (Term(one, free_text=True) for one in ("joint", "planning", "trusts"))
    >>> [sorted(words) for words in handfuls(And((Or((a, b)), c)))]
    [['joint', 'trusts'], ['planning', 'trusts']]
    """
    if isinstance(node, Term):
        return [frozenset([node.text])]
    if isinstance(node, Or):
        return _smallest([words for part in node.parts for words in handfuls(part)])
    together: list[Words] = [frozenset()]
    # Those with the fewest first: if the others are too many, these alone are asked for.
    for part in sorted(map(handfuls, node.parts), key=len):
        joined = _smallest([_few(one | other) for one, other in product(together, part)])
        if len(joined) > _MOST_QUESTIONS:
            continue
        together = joined
    return together


def _few(words: Words) -> Words:
    """Return the longest of the words, which are the rarest: of more than three, half are enough."""
    return frozenset(sorted(words, key=lambda word: (-len(word), word))[:_MOST_WORDS])


def _smallest(handfuls: list[Words]) -> list[Words]:
    """Return the handfuls without those that hold another one: it is asked for anyway."""
    kept: dict[Words, None] = {}
    for words in sorted(set(handfuls), key=lambda words: (len(words), sorted(words))):
        if not any(frozenset(part) in kept for part in _parts(words)):
            kept[words] = None
    return list(kept)


def _parts(words: Words) -> list[set[str]]:
    """Return all smaller handfuls within one of at most three."""
    return [{one} for one in words] + [words - {one} for one in words if len(words) > 2]
