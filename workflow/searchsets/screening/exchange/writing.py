"""Writes records with their decisions for other screening tools."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from searchsets.errors import ReviewError
from searchsets.files import write_text
from searchsets.records.writers import write
from searchsets.screening.exchange import ours, rayyan_notes
from searchsets.screening.log.reading import in_order
from searchsets.screening.model import EXCLUDE, INCLUDE, PEOPLE, SCREENER, VOTES, Event

_END = "ER  - \n\n"
_INCLUDED = {INCLUDE: "1", EXCLUDE: "0"}


class Writer(NamedTuple):
    """How records with their decisions are written for a tool."""

    ending: str
    """How the file must end."""
    tells: str
    """What a person should know of the file."""
    lines: Callable[[str, Sequence[Event], str], list[str]] | None = None
    """Makes further lines of a record from its id, its votes and its decision; without them the file
    is a table with a column of labels."""
    roles: Collection[str] = PEOPLE
    """Whose acts are written."""


def export(
    tool: str,
    records: pa.Table,
    events: Sequence[Event],
    finals: Mapping[str, str],
    out: Path,
) -> int:
    """Write records with their decisions for a tool, whole or not at all; return how many have any.

    Args:
        tool: one of `WRITERS`.
        records: the records, with the columns of a file of records.
        events: the standing events.
        finals: the decision of each record on which people came to one.
        out: the file to write.

    Raises:
        ReviewError: the name of the file does not end as the format asks.
    """
    writer = WRITERS[tool]
    if out.suffix.lower() != writer.ending:
        raise ReviewError(
            f"the file for {tool} is written as {writer.ending}",
            str(out),
            f"name it so: {out.stem}{writer.ending}",
        )
    ids = records.column("record_id").to_pylist()
    if writer.lines is None:
        write_text(out, _with_labels(records, ids, finals))
        return sum(finals.get(one, "") in _INCLUDED for one in ids)
    acts = acts_by_record(events, writer.roles)
    said = [writer.lines(one, acts.get(one, []), finals.get(one, "")) for one in ids]
    write_text(out, _with_lines(records, said))
    return sum(one in acts or one in finals for one in ids)


def acts_by_record(events: Sequence[Event], roles: Collection[str]) -> dict[str, list[Event]]:
    """Return what each person said of each record in these roles, at the last stage and round."""
    last: dict[tuple[str, str, str], Event] = {}
    for event in sorted(events, key=in_order):
        if event.role in roles and event.decision in VOTES:
            last[event.record_id, event.role, event.reviewer] = event
    found: dict[str, list[Event]] = {}
    for (record, _, _), event in sorted(last.items()):
        found.setdefault(record, []).append(event)
    return found


def _text_of(records: pa.Table, target: str, ending: str) -> str:
    if "raw" not in records.column_names:  # it was left out, and no target needs it
        records = records.append_column("raw", pa.array([""] * records.num_rows, pa.string()))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"records{ending}"
        write([records], path, target)
        return path.read_bytes().decode("utf-8")


def _with_labels(records: pa.Table, ids: Sequence[str], finals: Mapping[str, str]) -> str:
    """Return the table for ASReview with a column `included`; undecided records have no label."""
    text = _text_of(records, "asreview", ".csv")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    writer.writerow([*header, "included"])
    for record, row in zip(ids, rows, strict=True):
        writer.writerow([*row, _INCLUDED.get(finals.get(record, ""), "")])
    return out.getvalue()


def _with_lines(records: pa.Table, said: Sequence[Sequence[str]]) -> str:
    """Return the records as RIS, each with further lines before its end."""
    parts = _text_of(records, "covidence_ris", ".ris").split(_END)
    made = [
        "".join([part, *(f"{line}\n" for line in lines), _END])
        for part, lines in zip(parts[:-1], said, strict=True)
    ]
    return "".join(made)


def _rayyan(record: str, votes: Sequence[Event], final: str) -> list[str]:
    decisions = {vote.reviewer: vote.decision for vote in votes}
    reasons = list(dict.fromkeys(vote.reason_code for vote in votes if vote.reason_code))
    notes = {vote.reviewer: [vote.note] for vote in votes if vote.note}
    said = rayyan_notes.written(decisions, reasons, notes)
    ours_first = f"{rayyan_notes.OUR_ID}: {record}" if " " not in record else ""
    decision = f"{ours.DECISION}{final}" if final else ""
    return [f"N1  - {' | '.join(filter(None, (ours_first, decision, said)))}"]


def _tagged(tag: str) -> Callable[[str, Sequence[Event], str], list[str]]:
    return lambda record, votes, final: [f"{tag}  - {line}" for line in ours.lines_of(votes, final)]


WRITERS = {
    "asreview": Writer(
        ".csv", "ASReview takes the column `included` for prior knowledge; votes are not in it"
    ),
    "rayyan": Writer(
        ".ris",
        "votes, reasons and notes stand in the field N1, as Rayyan exports them; what settled a "
        "disagreement has no place there",
        _rayyan,
        (SCREENER,),
    ),
    "eppi": Writer(
        ".ris",
        "decisions and votes stand among the keywords (KW): in EPPI-Reviewer search for them there",
        _tagged("KW"),
    ),
    "covidence": Writer(
        ".ris",
        "Covidence takes no votes: they stand in the notes (N1), for people to read",
        _tagged("N1"),
    ),
}
"""What writes a file for a tool, by its name."""
