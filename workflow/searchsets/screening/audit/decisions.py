"""Checks 6, 8, 9, 12 and 16, 17: is each decision founded, and on what is there now."""

from __future__ import annotations

from collections.abc import Iterator

from searchsets.screening.audit.model import Case, Finding
from searchsets.screening.model import EXCLUDE, INCLUDE, JUDGED_AS, PEOPLE, Event, read_grid
from searchsets.screening.states import EXCLUDED, INCLUDED, Outcome


def check_reasons(case: Case) -> Iterator[Finding]:
    """Yield exclusions at full text without one reason and a quotation (6)."""
    for made in case.outcomes.values():
        outcome = made.get("full_text")
        if outcome and outcome.outcome == EXCLUDED:
            yield from _reason_of(case, outcome)
    known = set(case.criteria.reason_order()) if case.criteria else None
    for event in case.voting:
        if known is not None and event.reason_code and event.reason_code not in known:
            yield Finding(
                "unknown_reason",
                f"the reason {event.reason_code!r} is neither a criterion nor a reason of the protocol",
                f"the reasons are: {', '.join(case.criteria.reason_order())}",
                **case.about(event),
            )


def _reason_of(case: Case, outcome: Outcome) -> Iterator[Finding]:
    at = case.about(outcome.counted[0])
    reasons = outcome.reasons
    if not reasons:
        yield Finding(
            "exclusion_without_reason",
            "excluded at full text without a reason",
            "give the first criterion that fails, in reason_code",
            **at,
        )
    elif len(reasons) > 1:
        yield Finding(
            "several_reasons",
            f"excluded for {' and for '.join(reasons)}; {case.deriver.reason(outcome)} is reported",
            "one reason is reported for each: the first that fails, in the order of the protocol",
            **at,
        )
    if not any(event.quote for event in outcome.counted):
        yield Finding(
            "exclusion_without_quote",
            "excluded at full text without a quotation",
            "quote the passage that shows it, and say where it stands",
            **at,
        )


def check_criteria(case: Case) -> Iterator[Finding]:
    """Yield decisions under other criteria than the present, and judgements on unknown ones (8)."""
    if case.criteria is None:
        return
    valid = {case.criteria.version, *case.protocol.accepted_criteria, ""}
    names = {one.id for one in (*case.criteria.criteria, *case.criteria.facets)}
    for event in case.voting:
        if event.criteria_version not in valid:
            yield Finding(
                "outdated_criteria",
                f"decided under the criteria {event.criteria_version}; they are now "
                f"{case.criteria.version}",
                "decide again, or name the version in accepted_criteria if the decision stays valid",
                **case.about(event),
            )
        unknown = sorted(set(read_grid(event.criteria)) - names)
        if unknown or (event.criteria and not read_grid(event.criteria)):
            what = f"names {unknown[0]!r}, no criterion" if unknown else "cannot be read"
            yield Finding(
                "unknown_criterion",
                f"the judgements {event.criteria!r}: {what}",
                "write them as uk=met;date=not, with the ids of the criteria",
                **case.about(event),
            )


def check_records(case: Case) -> Iterator[Finding]:
    """Yield decisions on records that are not there, or not what was shown any more (9, 17)."""
    retrieved = {record for members in case.members.values() for record in members}
    for event in case.events:
        if case.records is not None and event.record_id not in case.records:
            yield Finding(
                "unknown_record",
                f"a decision on {event.record_id!r}, a record that this run does not have",
                "if its export was taken away, bring it back; if the decision belongs to another "
                "run, say so in the column search_run; if the id is misspelt, mend it",
                **case.about(event),
            )
        elif event.record_id not in retrieved:
            yield Finding(
                "not_retrieved_in_run",
                "decided on, but no search of this run retrieved it",
                "nothing, if the searches are narrower on purpose",
                **case.about(event),
            )
    for event in case.other_runs:
        message = f"set aside: the record belongs to the run {event.search_run!r}"
        yield Finding("other_run", message, "nothing", **case.about(event))
    yield from _changed(case)


def _changed(case: Case) -> Iterator[Finding]:
    for event in case.voting:
        now = case.shas.get(event.record_id)
        if event.record_sha and now and event.record_sha != now:
            yield Finding(
                "record_changed",
                f"what was shown had the fingerprint {event.record_sha}; the record has {now} now",
                "look whether the change (a new abstract, a corrected title) alters the decision; "
                "decide again if so",
                **case.about(event),
            )


def check_overrides(case: Case) -> Iterator[Finding]:
    """Yield what was included against the criteria without a word on why (16)."""
    for event in case.voting:
        if event.override and not event.note:
            yield Finding(
                "override_without_note",
                f"an override ({event.override}) without a note",
                "say in the note why the criteria are set aside for it",
                **case.about(event),
            )
        if event.decision == INCLUDE and not event.override and _comes_to_exclude(case, event):
            yield Finding(
                "against_criteria",
                f"included, though its judgements ({event.criteria}) come to exclude under the "
                f"combination {case.combination.id!r}",
                "name an override, such as nearest_evidence, and say why in the note",
                **case.about(event),
            )


def _comes_to_exclude(case: Case, event: Event) -> bool:
    grid = read_grid(event.criteria)
    if not grid or case.combination is None or case.criteria is None or event.role not in PEOPLE:
        return False
    judgements = {one.id: "unclear" for one in case.criteria.criteria}
    judgements |= {name: JUDGED_AS[value] for name, value in grid.items()}
    return case.combination.suggest(judgements) == EXCLUDE


def check_dates(case: Case) -> Iterator[Finding]:
    """Yield included sources that were not there yet when the last search was made (12)."""
    last = case.protocol.last_search
    if not last:
        return
    for row in case.finals:
        published, source = case.published.get(row["record_id"], ("", ""))
        length = min(len(published), len(last))
        if row["state"] == INCLUDED and published[:length] > last[:length]:
            yield Finding(
                "after_last_search",
                f"included, and first available {published} ({source}); the last search was {last}",
                "say in the report how it was found",
                row["record_id"],
            )
