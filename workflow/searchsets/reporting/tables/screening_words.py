"""Says in words where a work stands in screening, and why: as one reviewer would tell another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from searchsets.reporting.build import Row
from searchsets.screening.model import PUBLISHED_OUTCOME, RULE, STAGE_WORDS
from searchsets.screening.outcomes.outcome import (
    BY_PUBLICATION,
    CONFLICT,
    EXCLUDED,
    HALF,
    IN_DOUBT,
    IS_DUPLICATE,
    NOT_RETRIEVED,
)
from searchsets.screening.outcomes.states import (
    AWAITING,
    AWAITING_ABSTRACT,
    BY_RULE,
    INCLUDED,
    NOT_SCREENED,
)
from searchsets.words import ended

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
    """Return what everybody did, in order; what was corrected since was taken back.

    >>> votes([{"reviewer": "R01", "role": "screener", "decision": "exclude", "stage": "title",
    ...         "round": "main", "criteria": "uk=not", "reason_code": "uk", "standing": "yes"}])
    'R01 excluded it at the title (uk=not; reason: uk)'
    """
    return "; ".join(_did(one) for one in events if one["role"] not in (PUBLISHED_OUTCOME, RULE))


_BACK = {"no": ", and took that back", "asked again": ", which is asked for again in this run"}


def _did(one: Row) -> str:
    where = f" at {STAGE_WORDS[one['stage']]}"
    where += f", {one['round']}" if one["round"] != "main" else ""
    said = [one["criteria"], one["reason_code"] and f"reason: {one['reason_code']}"]
    judged = f" ({'; '.join(filter(None, said))})" if any(said) else ""
    back = _BACK.get(one["standing"], "")
    return (
        f"{one['reviewer']}{_AS.get(one['role'], '')} {_DID[one['decision']]}{where}{judged}{back}"
    )


def why(final: Row, counted: Sequence[Row], printed: Mapping[str, str]) -> str:
    """Return why a work stands where it does.

    Args:
        final: its row of `final.csv`.
        counted: the acts that its state follows from: those that count at its last stage, or the
            act of the rule.
        printed: the words of each criterion and reason, by its id.
    """
    if final["decided_by"] == BY_RULE:
        shown = "; ".join(dict.fromkeys(one["quote"] for one in counted if one["quote"]))
        return ended(f"Excluded by a rule: {_reason(final, printed)}; {shown}")
    if final["decided_by"] == BY_PUBLICATION:
        notes = "; ".join(one["note"] for one in counted if one["note"])
        more = f" ({notes})" if notes else ""
        return f"The review published it as {final['state']}{more}."
    if final["state"] == NOT_SCREENED:
        return ended(f"Nobody has decided. The rules suggest: {final['suggestion']}")
    at = STAGE_WORDS[final["stage"]]
    if final["state"] in (CONFLICT, HALF):
        return ended(f"At {at}: {final['reason']}")
    reason = f"; reason: {_reason(final, printed)}" if final["reason_code"] else ""
    return ended(f"Decided at {at}{reason}{''.join(_shown(one) for one in counted)}")


def _reason(final: Row, printed: Mapping[str, str]) -> str:
    return printed.get(final["reason_code"], final["reason_code"])


def _shown(one: Row) -> str:
    """Return what somebody quotes, and why the criteria were set aside."""
    where = f", {one['quote_loc']}" if one["quote_loc"] else ""
    quote = f"; {one['reviewer']} quotes “{one['quote']}”{where}" if one["quote"] else ""
    against = (
        f"; against the criteria ({one['override']}): {one['note']}" if one["override"] else ""
    )
    return quote + against


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
