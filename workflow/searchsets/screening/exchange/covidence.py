"""Reads the lists of Covidence: the records of one category, and the reason of an exclusion.

Covidence exports no votes of single reviewers: a list holds the records that are, say, excluded, and
its table of inter-rater reliability holds numbers only. So what all records of a list are in is said
by a person, and it is one act of consensus a record.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from searchsets.errors import ReviewError
from searchsets.screening.exchange.coding import says_reason
from searchsets.screening.exchange.model import (
    Asked,
    Foreign,
    Found,
    joined,
    require_votes,
    year_of,
)
from searchsets.screening.exchange.opening import Row, rows
from searchsets.screening.model import CONSENSUS, DECISIONS, EXCLUDE, Event

TOOL = REVIEWER = "covidence"
NUMBER = "covidence #"
_REASON = "exclusion reason:"
_NO_VOTES = (
    "Covidence exports no votes of single reviewers: each record has one act of consensus, by "
    "'covidence'"
)
_EXPORT = "in Covidence: Export, References, a category, CSV"


def is_list(names: Sequence[str]) -> bool:
    """Tell by the names of its columns, in small letters, whether a table is a list of Covidence."""
    return NUMBER in names and "title" in names


def is_agreement(names: Sequence[str]) -> bool:
    """Tell whether a table is the one of inter-rater reliability."""
    return any("kappa" in name for name in names)


def read(path: Path, asked: Asked) -> Found:
    """Return the acts that a list of Covidence comes to.

    Raises:
        ReviewError: it is no such list, or nobody says what its records are.
    """
    table = rows(path)
    names = list(table[0].cells) if table else []
    if is_agreement(names):
        raise ReviewError(
            "this is Covidence's table of agreement: it holds numbers of votes, and not whose they are",
            str(path),
            f"bring the lists of references instead ({_EXPORT})",
        )
    if not is_list(names):
        shown = ", ".join(filter(None, names)) or "none"
        raise ReviewError(
            f"it is no list of Covidence: its columns are {shown}", f"{path}:1", _EXPORT
        )
    if asked.decision not in DECISIONS:
        raise ReviewError(
            "the list does not say in which category of Covidence its records are"
            if not asked.decision
            else f"{asked.decision!r} is no decision",
            str(path),
            f"say it: --decision exclude (or one of: {', '.join(DECISIONS)})",
        )
    found = Found(TOOL, messages=[_NO_VOTES])
    for row in table:
        _add(found, row, asked.decision)
    return require_votes(found, str(path), _EXPORT)


def _add(found: Found, row: Row, decision: str) -> None:
    key = row.get(NUMBER).lstrip("#")
    if not key:
        raise ReviewError("the row has no Covidence number", row.place, _EXPORT)
    if key in found.records:
        raise ReviewError(f"the Covidence number {key} stands twice", row.place, _EXPORT)
    ids = tuple(filter(None, (row.get("ref"), row.get("accession number"))))
    year = year_of(row.get("published year"))
    found.records[key] = Foreign(key, ids, row.get("title"), year, row.get("doi"), row.place)
    reason, note = parted(row.get("notes"))
    is_code = decision == EXCLUDE and bool(reason) and says_reason(reason)
    tags = row.get("tags")
    found.acts.append(
        Event(
            record_id=key, reviewer=REVIEWER, role=CONSENSUS, decision=decision,
            reason_code=reason if is_code else "",
            note=joined([
                "" if is_code or not reason else f"exclusion reason: {reason}",
                note,
                f"tags: {tags}" if tags else "",
            ]),
        )
    )  # fmt: skip


def parted(notes: str) -> tuple[str, str]:
    """Return the exclusion reason in Covidence's notes, and the notes without it.

    >>> parted("Exclusion reason: Wrong outcomes; Jane: see p. 3; again")
    ('Wrong outcomes', 'Jane: see p. 3; again')
    >>> parted("see p. 3")
    ('', 'see p. 3')
    """
    at = notes.lower().find(_REASON)
    if at < 0:
        return "", notes.strip()
    reason, _, behind = notes[at + len(_REASON) :].partition(";")
    return reason.strip(), joined([notes[:at].strip(" ;\n"), behind.strip(" ;\n")])
