"""The vocabulary of the audit: its checks, what they find, and what they look at."""

from __future__ import annotations

from dataclasses import dataclass

ERROR, WARNING, INFO = "error", "warning", "info"
SEVERITIES = (ERROR, WARNING, INFO)


@dataclass(frozen=True)
class Check:
    """One check: its number in docs/screening.md, its code, how grave it is, what it asks.

    `while_open` is its severity at a stage that is still going on.
    """

    number: int
    code: str
    severity: str
    while_open: str
    asks: str


CHECKS = {
    check.code: check
    for check in (
        Check(1, "one_state", ERROR, ERROR, "Has every record exactly one final state?"),
        Check(2, "stage_transfer_loss", ERROR, INFO,
               "Was everything that passed a stage seen at the next one?"),
        Check(3, "returned", ERROR, ERROR,
               "Did nothing come back that an earlier stage had taken out?"),
        Check(3, "entered_directly", WARNING, INFO,
               "Was everything at a stage screened at the one before?"),
        Check(3, "too_early", ERROR, INFO,
               "Was the stage before finished with everything that is at the next?"),
        Check(4, "too_few_screeners", ERROR, INFO,
               "Was every record screened by as many people as the protocol asks?"),
        Check(4, "not_screened", ERROR, INFO, "Was every work screened?"),
        Check(5, "unsettled", ERROR, INFO, "Is every disagreement settled?"),
        Check(5, "left_in_doubt", ERROR, INFO, "Was everything in doubt decided at last?"),
        Check(5, "settled_by_a_screener", ERROR, ERROR,
               "Was every disagreement settled by somebody else?"),
        Check(6, "exclusion_without_reason", ERROR, WARNING,
               "Has every exclusion at full text a reason?"),
        Check(6, "several_reasons", WARNING, INFO,
               "Do those who excluded a full text give the same reason?"),
        Check(6, "exclusion_without_quote", WARNING, INFO,
               "Has every exclusion at full text a quotation that shows it?"),
        Check(6, "unknown_reason", WARNING, WARNING, "Is every reason one of the protocol?"),
        Check(7, "row_changed", ERROR, ERROR, "Is every row as it was written?"),
        Check(7, "row_missing", ERROR, ERROR, "Is no row gone?"),
        Check(7, "row_moved", ERROR, ERROR, "Do the rows stand in their order?"),
        Check(7, "row_repeated", ERROR, ERROR, "Does every act stand once?"),
        Check(7, "row_added", ERROR, ERROR, "Was every row of a chained file written by the tool?"),
        Check(7, "file_cut_off", ERROR, ERROR, "Are the last rows that were written there?"),
        Check(7, "seal_missing", ERROR, ERROR, "Has every chained file its seal?"),
        Check(7, "file_gone", ERROR, ERROR, "Is every file there that was sealed?"),
        Check(7, "not_chained", INFO, INFO, "Can changes of the file be told?"),
        Check(7, "time_goes_back", ERROR, ERROR, "Do the times of a file never go back?"),
        Check(7, "bad_time", WARNING, WARNING, "Can every time be read?"),
        Check(7, "bad_correction", ERROR, ERROR,
               "Does every correction name an earlier act of its own kind?"),
        Check(7, "voted_twice", ERROR, WARNING,
               "Has nobody two standing decisions on one record?"),
        Check(8, "outdated_criteria", ERROR, WARNING,
               "Was everything decided under the present criteria?"),
        Check(8, "never_met", WARNING, WARNING,
              "Does any record meet each criterion of a language or a type?"),
        Check(8, "unknown_criterion", WARNING, WARNING,
               "Does every judgement name a criterion of the protocol?"),
        Check(9, "record_changed", ERROR, WARNING,
               "Does every record still say what the reviewer was shown?"),
        Check(10, "implausible_agreement", WARNING, WARNING, "Do screeners differ now and then?"),
        Check(10, "implausible_speed", WARNING, WARNING,
               "Was every decision given the time to read?"),
        Check(10, "identical_times", WARNING, WARNING, "Were decisions taken one by one?"),
        Check(11, "contrary_group", ERROR, WARNING,
               "Were the records of one work decided on alike?"),
        Check(12, "after_last_search", WARNING, WARNING,
               "Was everything included there when the last search was made?"),
        Check(13, "flow_sums", ERROR, ERROR, "Do the counts of the flow close?"),
        Check(14, "second_look", INFO, INFO, "Does the model agree with the decisions?"),
        Check(15, "known_item_lost", WARNING, WARNING,
               "Is every key source retrieved and included?"),
        Check(15, "known_item_not_found", INFO, INFO,
               "Did the search of a database find every key source?"),
        Check(15, "known_item_waits", INFO, INFO, "Is every key source decided on?"),
        Check(16, "against_criteria", ERROR, WARNING,
               "Has everything included against the criteria an override?"),
        Check(16, "override_without_note", ERROR, ERROR, "Has every override a reason in words?"),
        Check(17, "unknown_record", ERROR, ERROR, "Does the run have every record decided on?"),
        Check(17, "not_retrieved_in_run", INFO, INFO,
               "Was every record decided on retrieved in this run?"),
        Check(17, "other_run", INFO, INFO, "Are decisions of other runs set aside?"),
    )
}  # fmt: skip
"""All checks by their code."""

SETTABLE = frozenset(check.code for check in CHECKS.values() if check.number not in (1, 7, 13))
"""The checks whose severity a protocol may set: not those of whether the log and its sums are whole."""


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
