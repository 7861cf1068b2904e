"""Looks up the descriptors of a strategy in a thesaurus: what each of them is there today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from searchsets.files import sha256_of, write_csv
from searchsets.strategy.expansion import descriptors_of
from searchsets.strategy.model import Strategy, Term
from searchsets.strategy.thesaurus import Thesaurus
from searchsets.text import is_truncated, normalise, normalise_term

COLUMNS = (
    "line", "term", "exploded", "status", "preferred", "nearest", "broader", "narrower_direct",
    "narrower_any_depth", "non_preferred", "thesaurus", "sha256",
)  # fmt: skip
DESCRIPTOR = "descriptor"
NON_PREFERRED = "non-preferred"
RETIRED = "retired"
TRUNCATED = "truncated"
UNKNOWN = "not in this thesaurus"


def status_of(term: str, thesaurus: Thesaurus) -> str:
    """Say what a term is in a thesaurus.

    A truncated term is none of its terms. A retired one is no longer given to records, and no other
    stands in its place.
    """
    if is_truncated(term):
        return TRUNCATED
    if not thesaurus.knows(term):
        return UNKNOWN
    if not thesaurus.is_preferred(term):
        return NON_PREFERRED
    return RETIRED if normalise(term) in thesaurus.retired else DESCRIPTOR


def status_rows(strategy: Strategy, thesaurus: Thesaurus) -> Iterator[dict[str, Any]]:
    """Yield a row for each descriptor of a strategy, in the order of its first line."""
    lines: dict[tuple[str, bool], list[int]] = {}
    first: dict[tuple[str, bool], Term] = {}
    for line in strategy.lines.values():
        for term in dict.fromkeys(descriptors_of(line.expression)):
            key = (normalise_term(term.text), term.explode)
            lines.setdefault(key, []).append(line.number)
            first.setdefault(key, term)
    for key, term in first.items():
        yield {"line": lines[key], "term": term.text, "exploded": term.explode} | _found(
            term.text, thesaurus
        )


def _found(term: str, thesaurus: Thesaurus) -> dict[str, Any]:
    status = status_of(term, thesaurus)
    if status in (UNKNOWN, TRUNCATED):
        return {"status": status, "nearest": thesaurus.nearest(term)}
    return {
        "status": status,
        "preferred": thesaurus.linked(term, thesaurus.use) or thesaurus.names[normalise(term)],
        "broader": thesaurus.linked(term, thesaurus.broader),
        "narrower_direct": len(thesaurus.linked(term, thesaurus.narrower)),
        "narrower_any_depth": len(thesaurus.explode(term)) - 1,
        "non_preferred": thesaurus.linked(term, thesaurus.used_for),
    }


def write_descriptor_status(
    strategy: Strategy, thesaurus: Thesaurus, source: Path, out: Path
) -> Counter[str]:
    """Write the status of the descriptors of a strategy as CSV; return how many have which."""
    rows = list(status_rows(strategy, thesaurus))
    named = {"thesaurus": source.name, "sha256": sha256_of(source)}
    write_csv(out, COLUMNS, (row | named for row in rows))
    return Counter(row["status"] for row in rows)
