"""Small logs of decisions for tests, and what the audit finds in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from searchsets.screening.audit.run import audit
from searchsets.screening.log.writing import append
from searchsets.screening.model import Event
from searchsets.screening.outcomes.protocol import Protocol
from searchsets.screening.stage import read_alone

CLOSED = Protocol(open_stages=())
CRITERIA = """\
source: made up
criteria:
  - {id: uk, printed: from the UK, rule: {met_if: UK (ft)}}
  - {id: date, printed: from 2002 onwards, rule: {published_from: 2002}}
combinations:
  - {id: all, says: both, core: [uk, date]}
reasons:
  - {id: retracted, says: the report was retracted}
"""


def act(reviewer: str, decision: str, record: str = "eric:1", **fields: str) -> Event:
    """Return an act of a screener at title and abstract, but for the fields that are given."""
    cells = {"stage": "title_abstract", "round": "main", "role": "screener"} | fields
    return Event(reviewer=reviewer, decision=decision, record_id=record, **cells)


def both(decision: str, record: str = "eric:1", **fields: str) -> list[Event]:
    """Return the same act of R01 and R02."""
    return [act(name, decision, record, **fields) for name in ("R01", "R02")]


def log_of(folder: Path, *acts: Event) -> Path:
    """Write acts as the log of a folder, and return it."""
    append(folder, acts)
    return folder


def found_in(folder: Path, protocol: Protocol = CLOSED, **context: Any) -> list[dict[str, Any]]:
    """Return what the audit finds in a log by itself."""
    return audit(read_alone(folder, protocol, **context))


def codes(findings: list[dict[str, Any]], severity: str = "") -> list[str]:
    """Return the checks that found something."""
    return [one["check"] for one in findings if not severity or one["severity"] == severity]


def changed(path: Path, change: Callable[[list[str]], list[str]]) -> None:
    """Change the rows of a file behind its header, one line each."""
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([header, *change(rows)]) + "\n", encoding="utf-8")


def only(findings: list[dict[str, Any]], check: str) -> Mapping[str, Any]:
    """Return the one finding of a check."""
    [one] = [finding for finding in findings if finding["check"] == check]
    return one
