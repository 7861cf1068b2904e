"""The vocabulary of the audit: its checks, what they find, and what they look at."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from searchsets.screening.criteria import Combination, Criteria
from searchsets.screening.flow import Path
from searchsets.screening.log import Log
from searchsets.screening.model import Event
from searchsets.screening.protocol import Protocol
from searchsets.screening.states import Deriver, Outcome

ERROR, WARNING, INFO = "error", "warning", "info"
SEVERITIES = (ERROR, WARNING, INFO)


@dataclass(frozen=True)
class Check:
    """One check: its number in the list of section (c) of the design, code, severity, what it asks.

    `while_open` is its severity at a stage that is still going on.
    """

    number: int
    code: str
    asks: str
    severity: str
    while_open: str


def _check(number: int, code: str, severity: str, while_open: str, asks: str) -> Check:
    return Check(number, code, asks, severity, while_open)


CHECKS = {
    check.code: check
    for check in (
        _check(1, "one_state", ERROR, ERROR, "Has every record exactly one final state?"),
        _check(2, "stage_transfer_loss", ERROR, INFO,
               "Was everything that passed a stage seen at the next one?"),
        _check(3, "returned", ERROR, ERROR,
               "Did nothing come back that an earlier stage had taken out?"),
        _check(3, "entered_directly", WARNING, INFO,
               "Was everything at a stage screened at the one before?"),
        _check(4, "too_few_screeners", ERROR, INFO,
               "Was every record screened by as many people as the protocol asks?"),
        _check(5, "unsettled", ERROR, INFO, "Is every disagreement settled?"),
        _check(5, "settled_by_a_screener", ERROR, ERROR,
               "Was every disagreement settled by somebody else?"),
        _check(6, "exclusion_without_reason", ERROR, WARNING,
               "Has every exclusion at full text a reason?"),
        _check(6, "several_reasons", WARNING, INFO,
               "Do those who excluded a full text give the same reason?"),
        _check(6, "exclusion_without_quote", WARNING, INFO,
               "Has every exclusion at full text a quotation that shows it?"),
        _check(6, "unknown_reason", WARNING, WARNING, "Is every reason one of the protocol?"),
        _check(7, "row_changed", ERROR, ERROR, "Is every row as it was written?"),
        _check(7, "row_missing", ERROR, ERROR, "Is no row gone?"),
        _check(7, "row_moved", ERROR, ERROR, "Do the rows stand in their order?"),
        _check(7, "row_repeated", ERROR, ERROR, "Does every act stand once?"),
        _check(7, "row_added", ERROR, ERROR, "Was every row of a chained file written by the tool?"),
        _check(7, "file_cut_off", ERROR, ERROR, "Are the last rows that were written there?"),
        _check(7, "file_gone", ERROR, ERROR, "Is every file there that was sealed?"),
        _check(7, "not_chained", INFO, INFO, "Can changes of the file be told?"),
        _check(7, "time_goes_back", ERROR, ERROR, "Do the times of a file never go back?"),
        _check(7, "bad_time", WARNING, WARNING, "Can every time be read?"),
        _check(7, "bad_correction", ERROR, ERROR,
               "Does every correction name an earlier act of the same person on the same record?"),
        _check(7, "voted_twice", ERROR, WARNING,
               "Has nobody two standing decisions on one record?"),
        _check(8, "outdated_criteria", ERROR, WARNING,
               "Was everything decided under the present criteria?"),
        _check(8, "unknown_criterion", WARNING, WARNING,
               "Does every judgement name a criterion of the protocol?"),
        _check(9, "record_changed", ERROR, WARNING,
               "Does every record still say what the reviewer was shown?"),
        _check(10, "implausible_agreement", WARNING, WARNING, "Do screeners differ now and then?"),
        _check(10, "implausible_speed", WARNING, WARNING,
               "Was every decision given the time to read?"),
        _check(10, "identical_times", WARNING, WARNING, "Were decisions taken one by one?"),
        _check(11, "contrary_group", ERROR, WARNING,
               "Were the records of one work decided on alike?"),
        _check(12, "after_last_search", WARNING, WARNING,
               "Was everything included there when the last search was made?"),
        _check(13, "flow_sums", ERROR, ERROR, "Do the counts of the flow close?"),
        _check(14, "second_look", INFO, INFO, "Does the model agree with the decisions?"),
        _check(15, "known_item_lost", WARNING, WARNING,
               "Is every key source retrieved and included?"),
        _check(15, "known_item_waits", INFO, INFO, "Is every key source decided on?"),
        _check(16, "against_criteria", ERROR, WARNING,
               "Has everything included against the criteria an override?"),
        _check(16, "override_without_note", ERROR, ERROR, "Has every override a reason in words?"),
        _check(17, "unknown_record", ERROR, ERROR, "Does the run have every record decided on?"),
        _check(17, "not_retrieved_in_run", INFO, INFO,
               "Was every record decided on retrieved in this run?"),
        _check(17, "other_run", INFO, INFO, "Are decisions of other runs set aside?"),
    )
}  # fmt: skip
"""All checks by their code. Numbers above 15 are ours."""


@dataclass(frozen=True)
class Finding:
    """One thing that a check found.

    Args:
        code: of the check.
        message: what is wrong, in words.
        remedy: what to do about it.
        record_id: the record, or the first of the work.
        event_id: the act, if it is about one.
        place: `<stage>/<round>/<reviewer>.csv:<line>`, if it is about a row.
        stage: the stage it is about, which may be still open; empty: none.
    """

    code: str
    message: str
    remedy: str
    record_id: str = ""
    event_id: str = ""
    place: str = ""
    stage: str = ""


COLUMNS = ("number", "check", "severity", "record_id", "event_id", "place", "message", "remedy")


@dataclass(frozen=True)
class KnownItem:
    """A source that the review must find: its record, how to call it, and whether any search found it.

    `found` is None where nothing was exported, so that it cannot be known.
    """

    record_id: str
    called: str
    found: bool | None


@dataclass(frozen=True)
class Case:
    """Everything that the checks look at. What is not known is None or empty, and not checked.

    Args:
        log: the whole log.
        events: the events that count in this run, in order.
        standing: those that no later one supersedes.
        protocol: what the log is held against.
        members: the records of each work.
        outcomes: what came of each stage, for each work that anybody decided on.
        paths: the way of each of these works through the stages.
        finals: for each record its state (`record_id`, `work_id`, `state`, `stage`, `reason`).
        flow: the counts of the flow.
        deriver: what derived the outcomes.
        criteria: the criteria, if they are known.
        combination: the combination of criteria that this run uses.
        records: the ids of all records of the run; None: not known.
        shas: what the records that were decided on are now, by `record_sha`.
        published: when a record was published, as far as known, and who says so.
        known_items: the key sources.
        other_runs: events that belong to another run.
    """

    log: Log
    events: Sequence[Event]
    standing: Sequence[Event]
    protocol: Protocol
    members: Mapping[str, Sequence[str]]
    outcomes: Mapping[str, Mapping[str, Outcome]]
    paths: Mapping[str, Path]
    finals: Sequence[Mapping[str, Any]]
    flow: Sequence[Mapping[str, Any]]
    deriver: Deriver
    criteria: Criteria | None = None
    combination: Combination | None = None
    records: Collection[str] | None = None
    shas: Mapping[str, str] = field(default_factory=dict)
    published: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    known_items: Sequence[KnownItem] = ()
    other_runs: Sequence[Event] = ()

    @cached_property
    def voting(self) -> list[Event]:
        """The standing events of those whose decisions count."""
        return [event for event in self.standing if event.role in self.protocol.voting_roles]

    def about(self, event: Event) -> dict[str, str]:
        """Return what says where an event stands, for a finding."""
        return {
            "record_id": event.record_id,
            "event_id": event.event_id,
            "place": self.log.places.get(event.event_id, ""),
            "stage": event.stage,
        }
