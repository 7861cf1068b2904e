"""Reads Rayyan's `customizations_log.csv`: each time somebody decided, or gave a reason or label.

The columns are those of exports that people made public: `article_id`, `user_email` (or `user_id`),
`key`, `value`, `created_at`. The key `included` has the values 1, -1, 0 (maybe) and `deleted`; a key
that begins with `__EXR__` is a reason, given (1) or taken back; other keys are labels.
"""

from __future__ import annotations

from collections.abc import Sequence

from searchsets.errors import ReviewError
from searchsets.screening.exchange.model import Foreign, Found, joined, time_of
from searchsets.screening.exchange.opening import Row
from searchsets.screening.model import EXCLUDE, INCLUDE, SCREENER, UNCLEAR, Event
from searchsets.words import counted

_NEEDED = ("article_id", "key", "value", "created_at")
_WHO = ("user_email", "user_name", "user_id")
_VALUES = {"1": INCLUDE, "-1": EXCLUDE, "0": UNCLEAR}
_TAKEN_BACK = "deleted"
_REASON = "__EXR__"


def is_log(names: Sequence[str]) -> bool:
    """Tell by the names of its columns, in small letters, whether a table is such a log."""
    return all(name in names for name in _NEEDED) and any(name in names for name in _WHO)


def acts_of(table: Sequence[Row], found: Found) -> Found:
    """Add the acts of a log to what was found; a decision that was taken back leaves none.

    Raises:
        ReviewError: a row is not as Rayyan writes it.
    """
    if table and not is_log(list(table[0].cells)):
        raise ReviewError(
            f"the log has the columns {', '.join(table[0].cells)}",
            table[0].place,
            f"it must have {', '.join(_NEEDED)} and one of {', '.join(_WHO)}",
        )
    by_id = {one.rpartition("-")[2]: one for one in found.records}
    votes: dict[tuple[str, str], list[Event]] = {}
    reasons: dict[tuple[str, str], dict[str, bool]] = {}
    taken_back = 0
    for row in sorted(table, key=lambda one: one.get("created_at")):
        who, number, key = row.get(*_WHO), row.get("article_id"), row.get("key").strip('"')
        if not who or not number:
            raise ReviewError(
                "the row names no person, or no article", row.place, "export it again"
            )
        record = by_id.get(number, number)
        found.records.setdefault(record, Foreign(record, (number,), place=row.place))
        value = row.get("value").strip('"')
        if key.startswith(_REASON):
            reasons.setdefault((record, who), {})[key.removeprefix(_REASON)] = value == "1"
        elif key == "included" and value == _TAKEN_BACK:
            taken_back += bool(votes.pop((record, who), None))
        elif key == "included":
            _add(votes.setdefault((record, who), []), record, who, value, row)
    for at, acts in votes.items():
        given = [name for name, holds in reasons.get(at, {}).items() if holds]
        acts[-1] = _with_reasons(acts[-1], given)
        found.acts += acts
    if taken_back:
        found.messages.append(f"left out: {counted(taken_back, 'decision')}, taken back")
    return found


def _add(acts: list[Event], record: str, who: str, value: str, row: Row) -> None:
    decision = _VALUES.get(value)
    if decision is None:
        raise ReviewError(
            f"the decision has the value {value!r}", row.place, "Rayyan writes 1, 0, -1 or deleted"
        )
    if acts and acts[-1].decision == decision:
        return  # clicked again
    acts.append(
        Event(
            record_id=record, reviewer=who, role=SCREENER, decision=decision,
            decided_at=time_of(row.get("created_at")),
        )
    )  # fmt: skip


def _with_reasons(act: Event, given: list[str]) -> Event:
    if act.decision == EXCLUDE and len(given) == 1:
        return act._replace(reason_code=given[0])
    return act._replace(note=joined([f"exclusion reasons: {', '.join(given)}" if given else ""]))
