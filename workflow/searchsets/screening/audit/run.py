"""Runs all checks of the audit and tells what they found."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from searchsets.errors import ReviewError
from searchsets.screening.audit import decisions, files, people, stages
from searchsets.screening.audit.model import CHECKS, ERROR, SETTABLE, SEVERITIES, Finding
from searchsets.screening.outcomes.protocol import Protocol
from searchsets.screening.outcomes.screening import Screening

_ALL = (
    stages.check_states,
    stages.check_transfers,
    stages.check_screeners,
    stages.check_gaps,
    stages.check_disagreements,
    decisions.check_reasons,
    files.check_files,
    files.check_kept_seals,
    files.check_corrections,
    files.check_double_votes,
    decisions.check_criteria,
    decisions.check_rules,
    decisions.check_records,
    people.check_agreement,
    people.check_speed,
    stages.check_groups,
    decisions.check_dates,
    stages.check_sums,
    people.check_ranks,
    people.check_known_items,
    decisions.check_overrides,
)
_SHOWN = 20


def audit(screening: Screening) -> list[dict[str, Any]]:
    """Return what all checks find, errors first, then by number of the check and by record."""
    return rows_of((finding for check in _ALL for finding in check(screening)), screening.protocol)


def rows_of(findings: Iterable[Finding], protocol: Protocol) -> list[dict[str, Any]]:
    """Return findings as rows of `audit.csv`, in their order."""
    rows = [_row(finding, protocol) for finding in findings]
    return sorted(
        rows,
        key=lambda row: (
            SEVERITIES.index(row["severity"]), row["number"], row["check"], row["record_id"],
            row["place"], row["message"],
        ),
    )  # fmt: skip


def _row(finding: Finding, protocol: Protocol) -> dict[str, Any]:
    return {
        "number": CHECKS[finding.code].number,
        "check": finding.code,
        "severity": severity_of(finding, protocol),
        "record_id": finding.record_id,
        "event_id": finding.event_id,
        "place": finding.place,
        "message": finding.message,
        "remedy": finding.remedy,
    }


def severity_of(finding: Finding, protocol: Protocol) -> str:
    """Return how grave a finding is: as the protocol says, else by whether its stage is finished."""
    check = CHECKS[finding.code]
    if finding.code in protocol.severities:
        return protocol.severities[finding.code]
    is_open = bool(finding.stage) and not protocol.is_closed(finding.stage)
    return check.while_open if is_open else check.severity


def told(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield findings as a person reads them, the first of each check."""
    shown: dict[str, int] = {}
    for row in rows:
        shown[row["check"]] = shown.get(row["check"], 0) + 1
        if shown[row["check"]] <= _SHOWN:
            where = ", ".join(filter(None, (row["place"], row["record_id"])))
            yield f"{row['severity']} {row['number']} {row['check']}: {where}: {row['message']}"
            yield f"  -> {row['remedy']}"
    for check, n in shown.items():
        if n > _SHOWN:
            yield f"... and {n - _SHOWN:,} more of {check}"


def _less_grave(checks: Collection[str]) -> str:
    """Return which of these checks the protocol may make less grave, in words; nothing for none."""
    settable = ", ".join(sorted(SETTABLE.intersection(checks)))
    if not settable:
        return ""
    return f"; screening: severities in config.yaml can make less grave: {settable}"


def require_passed(rows: Iterable[Mapping[str, Any]], where: str) -> None:
    """Raise if anything found is an error.

    Raises:
        ReviewError: it names the rows and records.
    """
    errors = [row for row in rows if row["severity"] == ERROR]
    if errors:
        raise ReviewError(
            f"the audit of the screening log found {len(errors):,} "
            f"{'error' if len(errors) == 1 else 'errors'} (places as seen from the folder of "
            "decisions):\n" + "\n".join(told(errors)),
            where,
            "mend them" + _less_grave({row["check"] for row in errors}),
        )
