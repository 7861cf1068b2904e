"""The vocabulary of the screening log: its events, and the values that their columns may hold."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

FINAL = "final"
SCREENED_STAGES = ("title", "title_abstract", "full_text")
"""The stages at which people of this review screen, in their order."""
STAGES = (*SCREENED_STAGES, FINAL)
"""All stages; at `final` stands what a review published."""
STAGE_WORDS = {
    "title": "the title",
    "title_abstract": "title and abstract",
    "full_text": "full text",
    FINAL: "the end",
}

SCREENER, ADJUDICATOR, CONSENSUS = "screener", "adjudicator", "consensus"
RULE, MODEL, PUBLISHED_OUTCOME = "rule", "model", "published_outcome"
SETTLING_ROLES = (ADJUDICATOR, CONSENSUS)
"""The roles whose decision stands above those of the screeners."""
PEOPLE = (SCREENER, *SETTLING_ROLES)
"""The roles in which a person of this review decides."""
ROLES = (*PEOPLE, RULE, MODEL, PUBLISHED_OUTCOME)

INCLUDE, EXCLUDE, UNCLEAR = "include", "exclude", "unclear"
NO_FULL_TEXT, DUPLICATE, CONFLICT_OF_INTEREST = "not_retrieved", "duplicate", "conflict_of_interest"
DECISIONS = (INCLUDE, EXCLUDE, UNCLEAR, NO_FULL_TEXT, DUPLICATE, CONFLICT_OF_INTEREST)
VOTES = (INCLUDE, EXCLUDE, UNCLEAR)
"""The decisions that say something about inclusion."""

PREVIOUS = "previous"
"""In `supersedes` of an event that is to be written: the last standing act of the same reviewer in
the same role on the same record, stage and round."""


def decisions_at(stage: str) -> tuple[str, ...]:
    """Return what can be decided at a stage: that a text could not be had, only at full text."""
    return DECISIONS if stage == "full_text" else tuple(d for d in DECISIONS if d != NO_FULL_TEXT)


GRID_VALUES = ("met", "partly", "not", "unclear", "na")
"""What a person may say of a criterion in the grid `criteria`: `uk=met;date=not;impact=unclear`."""
JUDGED_AS = {name: name for name in GRID_VALUES} | {"not": "not met", "na": "not applicable"}
"""What each of these is called among the judgements of rules and persons."""


class Event(NamedTuple):
    """One act of one reviewer; the columns of a decisions file, in their order.

    All columns are text, as they stand in the file; an empty one is unknown. An event that is not
    yet written has no `event_id`, `seq`, `prev_hash` and `hash`.
    """

    event_id: str = ""
    seq: str = ""
    record_id: str = ""
    record_sha: str = ""
    report_id: str = ""
    study_id: str = ""
    search_run: str = ""
    stage: str = ""
    round: str = ""
    reviewer: str = ""
    role: str = ""
    decision: str = ""
    reason_code: str = ""
    criteria: str = ""
    override: str = ""
    quote: str = ""
    quote_loc: str = ""
    note: str = ""
    confidence: str = ""
    shown_at: str = ""
    decided_at: str = ""
    order_shown: str = ""
    order_policy: str = ""
    blinded: str = ""
    criteria_version: str = ""
    tool: str = ""
    tool_version: str = ""
    supersedes: str = ""
    prev_hash: str = ""
    hash: str = ""


COLUMNS = Event._fields
REQUIRED = ("event_id", "seq", "record_id", "stage", "round", "reviewer", "role", "decision")

SHOWN = ("title", "abstract", "year", "container")
"""The fields of a record that a decision is bound to."""


def record_sha(record: Mapping[str, Any]) -> str:
    """Return the fingerprint of what a reviewer is shown of a record: 12 hexadecimal digits.

    It is the beginning of the SHA-256 of the fields of `SHOWN` as a JSON list; a field that the
    record lacks is an empty text.

    >>> record_sha({"title": "On trusts", "year": 2004})
    '41e0dbd379b7'
    """
    shown = [str(record.get(name) or "") for name in SHOWN]
    return hashlib.sha256(json.dumps(shown, ensure_ascii=False).encode()).hexdigest()[:12]


def changed_fields(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Return in which of the fields that a reviewer is shown two versions of a record differ.

    >>> changed_fields({"title": "On trusts", "abstract": None}, {"title": "Trusts", "abstract": ""})
    ['title']
    """
    return [name for name in SHOWN if (then.get(name) or "") != (now.get(name) or "")]


_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


def is_name(text: str) -> bool:
    """Tell whether a text may name a reviewer or a round: it becomes the name of a file or folder.

    Only letters of the alphabet A to Z: those of others may look the same and be another name.

    >>> is_name("R01"), is_name("pilot-1"), is_name("../R01"), is_name("Jane Doe"), is_name("")
    (True, True, False, False, False)
    """
    return _NAME.fullmatch(text) is not None


def read_time(text: str) -> datetime | None:
    """Return a time of the log with its zone, UTC where none is stated; None if it cannot be read.

    >>> read_time("2026-11-28T10:00:00+01:00") == read_time("2026-11-28T09:00:00Z")
    True
    """
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def whole_number(text: str) -> int | None:
    """Return a whole number written in digits, None if it is none (or is absurdly long)."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def read_grid(text: str) -> dict[str, str] | None:
    """Return the judgements of a grid by criterion; None where it cannot be read.

    >>> read_grid("uk=met; date=not"), read_grid(""), read_grid("all good")
    ({'uk': 'met', 'date': 'not'}, {}, None)
    """
    found = {}
    for part in filter(None, map(str.strip, text.split(";"))):
        name, equals, value = map(str.strip, part.partition("="))
        if not equals or not name or value not in GRID_VALUES or name in found:
            return None
        found[name] = value
    return found


def grid_text(judgements: Mapping[str, str]) -> str:
    """Return judgements by criterion as the text of the column `criteria`."""
    return ";".join(f"{name}={value}" for name, value in judgements.items())
