"""Checks 6, 8, 9, 12 and 16, 17: is each decision founded, and on what is there now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from searchsets.screening.audit.model import Finding
from searchsets.screening.model import EXCLUDE, INCLUDE, JUDGED_AS, PEOPLE, Event, read_grid
from searchsets.screening.outcomes.outcome import BY_PUBLICATION, EXCLUDED, Outcome
from searchsets.screening.outcomes.screening import Screening
from searchsets.screening.outcomes.states import INCLUDED


def check_reasons(screening: Screening) -> Iterator[Finding]:
    """Yield exclusions at full text without one reason and a quotation (6)."""
    for made in screening.outcomes.values():
        outcome = made.get("full_text")
        if outcome and outcome.outcome == EXCLUDED and outcome.decided_by != BY_PUBLICATION:
            yield from _reason_of(screening, outcome)
    known = set(screening.criteria.reason_order()) if screening.criteria else None
    for event in screening.voting:
        if known is not None and event.reason_code and event.reason_code not in known:
            yield Finding(
                "unknown_reason",
                f"the reason {event.reason_code!r} is neither a criterion nor a reason of the protocol",
                f"the reasons are: {', '.join(screening.criteria.reason_order())}",
                **screening.about(event),
            )


def _reason_of(screening: Screening, outcome: Outcome) -> Iterator[Finding]:
    at = screening.about(outcome.counted[0])
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
            f"excluded for {' and for '.join(reasons)}; {screening.deriver.first(reasons)} is reported",
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


def check_criteria(screening: Screening) -> Iterator[Finding]:
    """Yield decisions under other criteria than the present, and judgements on unknown ones (8)."""
    if screening.criteria is None:
        return
    valid = {screening.criteria.version, *screening.protocol.accepted_criteria, ""}
    names = {one.id for one in (*screening.criteria.criteria, *screening.criteria.facets)}
    for event in screening.voting:
        # In an update, what was founded on criteria that changed is asked for again, not refused.
        if event.criteria_version not in valid and not screening.inheritance:
            yield Finding(
                "outdated_criteria",
                f"decided under the criteria {event.criteria_version}; they are now "
                f"{screening.criteria.version}",
                "decide again, or name the version in accepted_criteria if the decision stays valid",
                **screening.about(event),
            )
        grid = read_grid(event.criteria)
        unknown = sorted(set(grid or ()) - names)
        if unknown or grid is None:
            what = f"names {unknown[0]!r}, no criterion" if unknown else "cannot be read"
            yield Finding(
                "unknown_criterion",
                f"the judgements {event.criteria!r}: {what}",
                "write them as uk=met;date=not, with the ids of the criteria",
                **screening.about(event),
            )


def check_rules(screening: Screening) -> Iterator[Finding]:
    """Yield criteria of a language or type that no record meets and some do not (8).

    A value that is misspelt in the criteria would refuse every record that states one.
    """
    stated = (
        {one.id: one for one in screening.criteria.criteria if one.stated}
        if screening.criteria
        else {}
    )
    counts = Counter(
        (one.criterion, one.judgement) for one in screening.judged if one.criterion in stated
    )
    for name, criterion in stated.items():
        refused = counts[name, "not met"]
        if refused and not counts[name, "met"]:
            wanted = ", ".join((*criterion.stated.accepted, *criterion.stated.refused))
            yield Finding(
                "never_met",
                f"no record meets {name!r} ({criterion.stated.field}: {wanted}), and {refused:,} do not",
                "look whether the value is spelt as the records have it (judgements.csv shows it)",
            )


def check_records(screening: Screening) -> Iterator[Finding]:
    """Yield decisions on records that are not there, or not what was shown any more (9, 17)."""
    retrieved = {record for members in screening.members.values() for record in members}
    for event in screening.events:
        if screening.records is not None and event.record_id not in screening.records:
            yield Finding(
                "unknown_record",
                f"a decision on {event.record_id!r}, a record that this run does not have",
                "if its export was taken away, bring it back; if the decision belongs to another "
                "run, say so in the column search_run; if the id is misspelt, mend it; if the log is "
                "that of another review, name a folder of your own as `decisions` in config.yaml",
                **screening.about(event),
            )
        elif event.record_id not in retrieved:
            yield Finding(
                "not_retrieved_in_run",
                "decided on, but no search of this run retrieved it",
                "nothing, if the searches are narrower on purpose",
                **screening.about(event),
            )
    for event in screening.other_runs:
        message = f"set aside: the record belongs to the run {event.search_run!r}"
        yield Finding("other_run", message, "nothing", **screening.about(event))
    yield from _changed(screening)


def _changed(screening: Screening) -> Iterator[Finding]:
    for event in screening.voting:
        now = screening.shas.get(event.record_id)
        if event.record_sha and now and event.record_sha != now:
            yield Finding(
                "record_changed",
                f"what was shown had the fingerprint {event.record_sha}; the record has {now} now",
                "look whether the change (a new abstract, a corrected title) alters the decision; "
                "decide again if so",
                **screening.about(event),
            )


def check_overrides(screening: Screening) -> Iterator[Finding]:
    """Yield what was included against the criteria without a word on why (16)."""
    for event in screening.voting:
        if event.override and not event.note:
            yield Finding(
                "override_without_note",
                f"an override ({event.override}) without a note",
                "say in the note why the criteria are set aside for it",
                **screening.about(event),
            )
        if event.decision == INCLUDE and not event.override and _comes_to_exclude(screening, event):
            yield Finding(
                "against_criteria",
                f"included, though its judgements ({event.criteria}) come to exclude under the "
                f"combination {screening.combination.id!r}",
                "name an override, such as nearest_evidence, and say why in the note",
                **screening.about(event),
            )


def _comes_to_exclude(screening: Screening, event: Event) -> bool:
    grid = read_grid(event.criteria)
    if (
        not grid
        or screening.combination is None
        or screening.criteria is None
        or event.role not in PEOPLE
    ):
        return False
    judgements = {one.id: "unclear" for one in screening.criteria.criteria}
    judgements |= {name: JUDGED_AS[value] for name, value in grid.items()}
    return screening.combination.suggest(judgements) == EXCLUDE


def check_dates(screening: Screening) -> Iterator[Finding]:
    """Yield included sources that were not there yet when the last search was made (12)."""
    last = screening.protocol.last_search
    if not last:
        return
    for row in screening.finals:
        published, source = screening.published.get(row["record_id"], ("", ""))
        length = min(len(published), len(last))
        if row["state"] == INCLUDED and published[:length] > last[:length]:
            yield Finding(
                "after_last_search",
                f"included, and first available {published} ({source}); the last search was {last}",
                "say in the report how it was found",
                row["record_id"],
            )
