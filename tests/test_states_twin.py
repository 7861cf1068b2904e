"""The states of works against a slow twin, which follows docs/screening.md sentence by sentence."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby

from hypothesis import given, settings
from hypothesis import strategies as st

from logs import CLOSED, act, log_of
from searchsets.screening.model import Event
from searchsets.screening.outcomes.protocol import Protocol
from searchsets.screening.stage import read_alone

STAGES = ("title", "title_abstract", "full_text")
ROUNDS = ("pilot", "pilot-2", "main", "recheck-9", "recheck-10")  # in the order in which they count
MEANS = {"include": "passed", "exclude": "excluded", "unclear": "unclear",
         "duplicate": "duplicate", "not_retrieved": "not retrieved"}  # fmt: skip
SAID = {outcome: decision for decision, outcome in MEANS.items()}
AFTER = {"title": "awaiting title and abstract", "title_abstract": "awaiting full text",
         "full_text": "included"}  # fmt: skip
WAITS = "awaiting another screener"


def is_vote(event: Event) -> bool:
    return event.role == "screener"


def come_to(stage: str, decisions: set[str]) -> str:
    """Two who agree agree; who includes and who is in doubt agree to read on before the full text."""
    if decisions == {"include", "unclear"} and stage != "full_text":
        return "passed"
    return MEANS[decisions.pop()] if len(decisions) == 1 else "conflict"


def that_stand(events: list[Event]) -> list[Event]:
    """A correction takes the place of all that the person said there before."""
    kinds: dict[tuple[str, ...], list[Event]] = {}
    for event in events:
        kind = event.reviewer, event.role, event.record_id, event.stage, event.round
        kinds.setdefault(kind, []).append(event)
    standing = []
    for acts in kinds.values():
        last = max((n for n, one in enumerate(acts) if one.supersedes), default=0)
        standing += acts[last:]
    return standing


def that_tell(events: list[Event]) -> list[Event]:
    """Calibration gives way to other rounds; a duplicate, or a text not to be had, to votes on others."""
    events = [event for event in events if event.decision != "conflict_of_interest"]
    if any(is_vote(event) and not event.round.startswith("pilot") for event in events):
        events = [event for event in events if not event.round.startswith("pilot")]
    voted = {e.record_id for e in events if e.decision in ("include", "exclude", "unclear")}
    if voted and len({event.record_id for event in events}) > 1:
        events = [event for event in events if event.record_id in voted]
    return events


def slow_outcome(stage: str, events: list[Event], required: int) -> tuple[str, bool]:
    """Return what came of a stage, and whether that was settled; an empty text where nothing did."""
    outcome, settled, waiting = "", False, []
    ordered = sorted(events, key=lambda event: ROUNDS.index(event.round))
    for _, group in groupby(ordered, key=lambda event: event.round):
        here = list(group)
        votes = [event for event in here if is_vote(event)]
        said = {event.decision for event in votes}
        people = {event.reviewer for event in votes}
        if votes and len(people) >= required:
            outcome, settled, waiting = come_to(stage, said), False, []
        elif votes and outcome in ("", WAITS):  # too few, and too few before: they count together
            waiting = [event for event in waiting if event.reviewer not in people] + votes
            said = {event.decision for event in waiting}
            enough = len({event.reviewer for event in waiting}) >= required
            outcome = come_to(stage, set(said)) if enough or said == {"not_retrieved"} else WAITS
        elif votes:  # a second look by fewer than must
            agrees = outcome in SAID and come_to(stage, {SAID[outcome], *said}) == outcome
            if not agrees:
                outcome, settled = "conflict", False
        settling = {event.decision for event in here if not is_vote(event)}
        if settling:
            outcome, settled, waiting = come_to(stage, settling), True, []
    return outcome, settled


def slow_state(events: list[Event], required: dict[str, int]) -> str:
    """Return where a work stands, from the acts on its records."""
    told = {}
    for stage in STAGES:
        here = that_tell([event for event in that_stand(events) if event.stage == stage])
        told[stage] = here
    made = {s: slow_outcome(s, told[s], required[s])[0] for s in STAGES if told[s]}
    last = {}
    for record in {event.record_id for here in told.values() for event in here}:
        for stage in STAGES:
            own = [event for event in told[stage] if event.record_id == record]
            if own:
                last[record] = (stage, *slow_outcome(stage, own, required[stage]))
    if len(last) > 1 and {"excluded", "passed"} <= {outcome for _, outcome, _ in last.values()}:
        top = max((stage for stage, _, _ in last.values()), key=STAGES.index)
        if not any(stage == top and settled for stage, _, settled in last.values()):
            return "conflict"
    if not made:
        return "not screened"
    stage, outcome = list(made.items())[-1]
    return AFTER[stage] if outcome == "passed" else outcome


ACTS = st.builds(
    act,
    st.sampled_from(["R01", "R02", "R03"]),
    st.sampled_from(["include", "include", "exclude", "exclude", "unclear", "duplicate",
                     "not_retrieved", "conflict_of_interest"]),
    st.sampled_from(["eric:1", "eric:1", "eric:2"]),
    stage=st.sampled_from(STAGES),
    round=st.sampled_from(["main", "main", *ROUNDS]),
    role=st.sampled_from(["screener"] * 6 + ["adjudicator", "consensus"]),
    supersedes=st.sampled_from(["", "", "previous"]),
)  # fmt: skip
REQUIRED = st.fixed_dictionaries({stage: st.integers(1, 3) for stage in STAGES})


@settings(max_examples=400)
@given(st.lists(ACTS, max_size=9), REQUIRED)
def test_the_state_of_a_work_is_what_the_slow_twin_says(tmp_path_factory, acts, required):
    log = log_of(tmp_path_factory.mktemp("log"), *acts)
    made = read_alone(log, Protocol(screeners=required))
    made = replace(made, members={"work:1": ["eric:1", "eric:2"]})
    assert made.finals[0]["state"] == slow_state(made.log.events, required)
    assert {row["state"] for row in made.finals} == {made.finals[0]["state"]}


def test_the_twin_sees_what_it_should():
    votes = [act("R01", "include"), act("R02", "exclude")]
    assert slow_state(votes, dict.fromkeys(STAGES, 2)) == "conflict"
    assert slow_state(votes[:1], dict.fromkeys(STAGES, 2)) == WAITS
    assert CLOSED.required("title", 2) == 2
