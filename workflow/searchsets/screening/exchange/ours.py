"""The votes in the RIS files that we write for EPPI-Reviewer and Covidence, and reading them back.

Neither of the two takes votes in: they stand there as keywords or notes that a person can see and
search for, one vote a line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from searchsets.errors import ReviewError
from searchsets.screening.exchange.model import Foreign, Found, require_votes, year_of
from searchsets.screening.exchange.opening import Tagged, tagged
from searchsets.screening.model import ADJUDICATOR, CONSENSUS, SCREENER, VOTES, Event

DECISION = "searchsets decision: "
_BEGINNINGS = {
    "searchsets vote: ": SCREENER,
    "searchsets adjudicator: ": ADJUDICATOR,
    "searchsets consensus: ": CONSENSUS,
}
"""How a line begins that says what somebody did, by the role in which it was done."""
_OF_ROLE = {role: beginning for beginning, role in _BEGINNINGS.items()}
_BAR = " | "
_EXPORT = "write it anew: ./run searchsets screening export"


def lines_of(acts: Sequence[Event], final: str) -> Iterator[str]:
    """Yield what stands in a record: the decision, and each act with its reason.

    >>> vote = Event(reviewer="R01", role="screener", decision="exclude", reason_code="date")
    >>> list(lines_of([vote], ""))
    ['searchsets vote: R01 | exclude | date']
    """
    if final:
        yield f"{DECISION}{final}"
    for act in acts:
        reason = " ".join(act.reason_code.split())
        line = f"{_OF_ROLE[act.role]}{act.reviewer}{_BAR}{act.decision}{_BAR}{reason}"
        yield line.rstrip(" |")


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
        found.acts += [_act(key, line, one) for line in _lines(one)]
    return require_votes(found, str(path), "in such a file only votes that we wrote can be read")


def _lines(one: Tagged) -> list[str]:
    beginnings = tuple(_BEGINNINGS)
    values = [value for tag in ("KW", "N1") for value in one.values.get(tag, ())]
    return [value for value in values if value.startswith(beginnings)]


def _act(key: str, line: str, one: Tagged) -> Event:
    beginning = next(one for one in _BEGINNINGS if line.startswith(one))
    who, _, behind = line.removeprefix(beginning).partition(_BAR)
    decision, _, reason = behind.partition(_BAR)
    if decision not in VOTES or not who:
        raise ReviewError(f"{line!r} is not as we write votes", one.place, _EXPORT)
    role = _BEGINNINGS[beginning]
    return Event(record_id=key, reviewer=who, role=role, decision=decision, reason_code=reason)
