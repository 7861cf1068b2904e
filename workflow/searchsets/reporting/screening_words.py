"""Says in words where a work stands in screening, and why: as one reviewer would tell another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from searchsets.reporting.build import Row
from searchsets.screening.states import (
    AWAITING,
    AWAITING_ABSTRACT,
    CONFLICT,
    EXCLUDED,
    HALF,
    IN_DOUBT,
    INCLUDED,
    IS_DUPLICATE,
    NOT_RETRIEVED,
    NOT_SCREENED,
)

STATES = {
    INCLUDED: "Included",
    EXCLUDED: "Excluded",
    NOT_RETRIEVED: "The full text could not be had",
    IS_DUPLICATE: "Called a duplicate",
    AWAITING: "Kept; the full text is to be read",
    AWAITING_ABSTRACT: "Kept by its title; the abstract is to be read",
    HALF: "Another person must screen it",
    CONFLICT: "The screeners differ",
    IN_DOUBT: "In doubt",
    NOT_SCREENED: "Nobody has decided",
}
STAGES = {
    "title": "the title",
    "title_abstract": "title and abstract",
    "full_text": "full text",
    "final": "the end",
}
_DID = {
    "include": "included it",
    "exclude": "excluded it",
    "unclear": "was in doubt",
    "not_retrieved": "could not get the text",
    "duplicate": "called it a duplicate",
    "conflict_of_interest": "stepped back (own interest)",
}
_AS = {"adjudicator": " (who settled it)", "consensus": " (by consensus)", "model": " (a model)"}


def votes(events: Sequence[Row]) -> str:
    """Return what everybody did, in order.

    >>> votes([{"reviewer": "R01", "role": "screener", "decision": "exclude", "stage": "title",
    ...         "criteria": "uk=not"}])
    'R01 excluded it at the title (uk=not)'
    """
    return "; ".join(
        f"{one['reviewer']}{_AS.get(one['role'], '')} {_DID[one['decision']]}"
        f" at {STAGES[one['stage']]}" + (f" ({one['criteria']})" if one["criteria"] else "")
        for one in events
        if one["role"] not in ("published_outcome", "rule")
    )


def why(final: Row, events: Sequence[Row], printed: Mapping[str, str]) -> str:
    """Return why a work stands where it does.

    Args:
        final: its row of `final.csv`.
        events: its events, in order.
        printed: the words of each criterion and reason, by its id.
    """
    if final["decided_by"] == "rule":
        rule = next(one for one in events if one["role"] == "rule")
        return f"Excluded by a rule: {printed[rule['reason_code']]}; {rule['quote']}."
    if final["decided_by"] == "published outcome":
        said = [one for one in events if one["role"] == "published_outcome"]
        notes = "; ".join(one["note"] for one in said if one["note"])
        more = f" ({notes})" if notes else ""
        return f"The review published it as {final['state']}{more}."
    if final["state"] == NOT_SCREENED:
        return f"Nobody has decided. The rules suggest: {final['suggestion']}."
    return _by_people(final, events, printed)


def _by_people(final: Row, events: Sequence[Row], printed: Mapping[str, str]) -> str:
    at = STAGES[final["stage"]]
    if final["state"] in (CONFLICT, HALF):
        return f"At {at}: {final['reason']}."
    here = [one for one in events if one["stage"] == final["stage"] and one["role"] != "rule"]
    parts = [f"Decided at {at}"]
    if any(one["reason_code"] for one in here) and final["state"] != INCLUDED:
        parts.append(f"reason: {printed.get(final['reason'], final['reason'])}")
    for one in here:
        if one["quote"]:
            where = f", {one['quote_loc']}" if one["quote_loc"] else ""
            parts.append(f"{one['reviewer']} quotes “{one['quote']}”{where}")
        if one["override"]:
            parts.append(f"against the criteria ({one['override']}): {one['note']}")
    return "; ".join(parts) + "."


def rules_say(judged: Sequence[Row], names: Sequence[str]) -> str:
    """Return what the rules tell of a work, from their judgements of its records.

    >>> rules_say([{"criterion": "uk", "judgement": "met", "basis": "rule"},
    ...            {"criterion": "date", "judgement": "met", "basis": "proxy"}], ["uk", "date", "impact"])
    'met: uk, date (by proxy); nothing found of: impact'
    """
    found: dict[str, dict[str, None]] = {"met": {}, "not met": {}}
    for row in judged:
        if row["judgement"] in found and row["criterion"] in names and row["basis"] != "person":
            proxy = " (by proxy)" if row["basis"] == "proxy" else ""
            found[row["judgement"]][row["criterion"] + proxy] = None
    parts = [f"{value}: {', '.join(ids)}" for value, ids in found.items() if ids]
    known = {one.removesuffix(" (by proxy)") for ids in found.values() for one in ids}
    silent = [name for name in names if name not in known]
    if silent:
        parts.append(f"nothing found of: {', '.join(silent)}")
    return "; ".join(parts)
