"""Makes acts of codes: who gave which code to which record, and whose coding was completed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from searchsets.errors import ReviewError
from searchsets.screening.exchange.model import (
    decision_of,
    joined,
)
from searchsets.screening.model import CONSENSUS, EXCLUDE, SCREENER, UNCLEAR, VOTES, Event
from searchsets.text import folded
from searchsets.words import counted

_SAYS_NO_REASON = re.compile(
    r"exclu(?:de|ded|sion)\W*(?:(?:on|at|by)\s+)?(?:(?:t\W*a|title|abstract|and|screen(?:ing)?)\W*)*",
    re.I,
)


class Coding(NamedTuple):
    """One code that a person gave to a record."""

    record: str
    reviewer: str
    code: str
    is_complete: bool
    note: str = ""


class Coded(NamedTuple):
    """The acts that codings make, and the disputed records that no single coding settles."""

    acts: list[Event]
    unsettled: list[str]


def decisions_of(counts: Mapping[str, int], codes: Mapping[str, str], where: str) -> dict[str, str]:
    """Return the decision that each code means.

    Args:
        counts: how often each code was given.
        codes: what a person says that codes mean, by their folded names.
        where: the file.

    Raises:
        ReviewError: a code cannot be told; the error lists all that cannot, and how often each is.
    """
    made = {code: decision_of(code, codes) for code in counts}
    unknown = [f"{code!r} ({counts[code]:,})" for code, decision in made.items() if not decision]
    if unknown:
        some = next(code for code, decision in made.items() if not decision)
        raise ReviewError(
            f"it cannot be told what these codes mean (and how often each was given): "
            f"{', '.join(unknown)}",
            where,
            f'say it for each: --code "{folded(some)}=DECISION" (include, exclude or unclear)',
        )
    wrong = sorted(set(made.values()) - set(VOTES))
    if wrong:
        raise ReviewError(
            f"{wrong[0]!r} is no vote", "--code", f"the votes are: {', '.join(VOTES)}"
        )
    return made


def acts_of(codings: Iterable[Coding], decisions: Mapping[str, str]) -> Coded:
    """Return one act for each record and reviewer, and a consensus where the screeners differ.

    Args:
        codings: the codings in the order of the file.
        decisions: the decision that each code means.
    """
    by_record: dict[str, dict[str, list[Coding]]] = {}
    for one in codings:
        by_record.setdefault(one.record, {}).setdefault(one.reviewer, []).append(one)
    acts: list[Event] = []
    unsettled: list[str] = []
    for record, by_reviewer in by_record.items():
        votes = {who: _act(many, decisions) for who, many in by_reviewer.items()}
        acts += votes.values()
        if len({vote.decision for vote in votes.values()}) > 1:
            complete = [
                who for who, many in by_reviewer.items() if any(c.is_complete for c in many)
            ]
            if len(complete) == 1:
                acts.append(votes[complete[0]]._replace(role=CONSENSUS))
            else:
                unsettled.append(record)
    return Coded(acts, unsettled)


def _act(codings: Sequence[Coding], decisions: Mapping[str, str]) -> Event:
    """Return what one person's codes on one record come to."""
    given = list(dict.fromkeys(one.code.strip() for one in codings))
    met = {decisions[one.code] for one in codings}
    decision = met.pop() if len(met) == 1 else UNCLEAR
    excluding = [one.code.strip() for one in codings if decisions[one.code] == EXCLUDE]
    reason = next((code for code in excluding if says_reason(code)), "")
    contrary = (
        f"contrary codes: {', '.join(given)}"
        if len({decisions[c.code] for c in codings}) > 1
        else ""
    )
    several = "" if contrary or len(given) == 1 else f"codes: {', '.join(given)}"
    first = codings[0]
    return Event(
        record_id=first.record, reviewer=first.reviewer, role=SCREENER, decision=decision,
        reason_code=reason if decision == EXCLUDE else "",
        note=joined([contrary, several, *(one.note for one in codings)]),
    )  # fmt: skip


def says_reason(code: str) -> bool:
    """Tell whether a code that excludes says why.

    >>> says_reason("EXCLUDE"), says_reason("Exclude on title & abstract")
    (False, False)
    >>> says_reason("Exclude on review")
    True
    """
    return not _SAYS_NO_REASON.fullmatch(code.strip())


def unsettled_said(records: Sequence[str]) -> str:
    """Return what a person should know of disputed records that no single coding settles."""
    return f"{counted(len(records), 'disputed record')} without a single completed coding stay so"


def counts_of(codings: Iterable[Coding]) -> Counter[str]:
    """Return how often each code was given."""
    return Counter(one.code for one in codings)
