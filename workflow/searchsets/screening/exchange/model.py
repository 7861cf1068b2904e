"""The vocabulary of the exchange: what a person asks for, and what was found in another tool's file."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from searchsets.errors import ReviewError
from searchsets.records import clean
from searchsets.screening.model import EXCLUDE, INCLUDE, UNCLEAR, Event
from searchsets.text import folded
from searchsets.words import counted

PUBLISHED = "published"
"""The reviewer of labels that come without people."""

# How other tools begin the name of a decision or a code; 1 and 0 are labels of ASReview's kind.
_BEGINNINGS = (
    (INCLUDE, ("include", "inclusion", "relevant", "yes")),
    (EXCLUDE, ("exclude", "exclusion", "irrelevant", "no")),
    (UNCLEAR, ("uncertain", "unclear", "maybe", "second opinion", "unsure")),
)
_LABELS = {
    "1": INCLUDE,
    "1.0": INCLUDE,
    "0": EXCLUDE,
    "0.0": EXCLUDE,
    "true": INCLUDE,
    "false": EXCLUDE,
}
_WHOLE = frozenset(("relevant", "irrelevant", "yes", "no"))
"""Words that mean something only where nothing follows them."""
_YEAR = re.compile(r"\((\d{4})\)\s*$")
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d+)?(?: ?(?:UTC|Z|\+00:?00))?\Z")


class Foreign(NamedTuple):
    """A record as another tool knows it; what is empty, that tool does not say."""

    key: str
    """The id by which the acts of the same file name it."""
    ids: tuple[str, ...] = ()
    """What may be our id or an accession number."""
    title: str = ""
    year: int | None = None
    doi: str = ""
    place: str = ""
    """Where it stands in the file, for messages."""


@dataclass
class Found:
    """What a file of another tool holds: records, and acts whose `record_id` is a key of these."""

    tool: str
    tool_version: str = ""
    records: dict[str, Foreign] = field(default_factory=dict)
    acts: list[Event] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    """What a person should know: what was left out, and what the tool does not say."""


@dataclass(frozen=True)
class Asked:
    """What a person says about a file.

    Args:
        stage: the stage of acts whose file names none.
        round: the round of all acts.
        codes: the decision that a code or label means, by its folded name.
        decision: the decision that all records of a file are in, where it holds no votes.
        criteria: the ids of the criteria, for tags that name one.
    """

    stage: str = "title_abstract"
    round: str = "main"
    codes: Mapping[str, str] = field(default_factory=dict)
    decision: str = ""
    criteria: Collection[str] = ()


def decision_of(name: str, codes: Mapping[str, str] | None = None) -> str:
    """Return the decision that the name of a code or label means; nothing if it does not tell.

    >>> decision_of("EXCLUDE on review"), decision_of("Second opinion"), decision_of("1")
    ('exclude', 'unclear', 'include')
    >>> decision_of("Put on exclude list"), decision_of("Put on list", {"put on list": "exclude"})
    ('', 'exclude')
    """
    said = folded(name)
    if codes and said in codes:
        return codes[said]
    if said in _LABELS:
        return _LABELS[said]
    for decision, beginnings in _BEGINNINGS:
        if any(said == b or (said.startswith(b) and b not in _WHOLE) for b in beginnings):
            return decision
    return ""


def year_of(value: object) -> int | None:
    """Return the year that a value states, or None; also of a short title such as `Fox (2004)`."""
    said = str(value or "")
    found = _YEAR.search(said)
    return clean.year(found[1] if found else said)


def utc(seconds: float) -> str:
    """Return a time in seconds since 1970 as ISO 8601.

    >>> utc(0), utc(1e30)
    ('1970-01-01T00:00:00Z', '')
    """
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, ValueError, OSError):
        return ""


def time_of(said: str) -> str:
    """Return a time in UTC as ISO 8601, or nothing where it cannot be read.

    >>> time_of("2024-03-02 10:11:12 UTC"), time_of("2024-03-02T10:11:12.123Z"), time_of("2 March")
    ('2024-03-02T10:11:12Z', '2024-03-02T10:11:12Z', '')
    """
    found = _TIME.match(said.strip())
    return f"{found[1]}T{found[2]}Z" if found else ""


def joined(parts: Sequence[str]) -> str:
    """Return what is said in a note: the parts that are not empty, each once."""
    return "; ".join(dict.fromkeys(filter(None, map(str.strip, parts))))


def require_votes(found: Found, where: str, remedy: str) -> Found:
    """Refuse a file in which nobody decided anything."""
    if not found.acts:
        what = f"no decision in {counted(len(found.records), 'record')}"
        raise ReviewError("; ".join([what, *found.messages]), where, remedy)
    return found
