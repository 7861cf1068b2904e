"""The votes in the RIS files that we write for EPPI-Reviewer and Covidence, and reading them back.

Neither of the two takes votes in: they stand there as keywords or notes that a person can see and
search for, one vote a line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from searchsets.errors import ReviewError
from searchsets.screening.exchange.model import SCREENER, Foreign, Found, require_votes, year_of
from searchsets.screening.exchange.opening import Tagged, tagged
from searchsets.screening.model import VOTES, Event

VOTE, DECISION = "searchsets vote: ", "searchsets decision: "
_BAR = " | "
_EXPORT = "write it anew: searchsets screening export"


def lines_of(votes: Sequence[Event], final: str) -> Iterator[str]:
    """Yield what stands in a record: the decision, and each vote with its reason.

    >>> list(lines_of([Event(reviewer="R01", decision="exclude", reason_code="date")], ""))
    ['searchsets vote: R01 | exclude | date']
    """
    if final:
        yield f"{DECISION}{final}"
    for vote in votes:
        reason = " ".join(vote.reason_code.split())
        yield f"{VOTE}{vote.reviewer}{_BAR}{vote.decision}{_BAR}{reason}".rstrip(" |")


def has_votes(text: str) -> bool:
    """Tell whether a text holds votes that we wrote."""
    return VOTE in text


def read(path: Path, tool: str) -> Found:
    """Return the votes in a RIS file that we wrote for another tool.

    Raises:
        ReviewError: it holds none, or one that is not as we wrote it.
    """
    found = Found(tool)
    for one in tagged(path):
        key = one.first("ID") or one.place
        ids = tuple(filter(None, (one.first("ID"), one.first("AN"))))
        year = year_of(one.first("PY", "Y1"))
        found.records[key] = Foreign(
            key, ids, one.first("TI", "T1"), year, one.first("DO"), one.place
        )
        found.acts += [_vote(key, line, one) for line in _lines(one)]
    return require_votes(found, str(path), "in such a file only votes that we wrote can be read")


def _lines(one: Tagged) -> list[str]:
    return [v for tag in ("KW", "N1") for v in one.values.get(tag, ()) if v.startswith(VOTE)]


def _vote(key: str, line: str, one: Tagged) -> Event:
    who, _, behind = line.removeprefix(VOTE).partition(_BAR)
    decision, _, reason = behind.partition(_BAR)
    if decision not in VOTES or not who:
        raise ReviewError(f"{line!r} is not as we write votes", one.place, _EXPORT)
    return Event(record_id=key, reviewer=who, role=SCREENER, decision=decision, reason_code=reason)
