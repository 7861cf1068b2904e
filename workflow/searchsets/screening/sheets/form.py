"""The form of a screening sheet: its columns, its order, and the facts that say whose it is."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from searchsets.screening.model import SCREENER, SHOWN, Event, record_sha

FORMAT = "searchsets screening sheet 1"
"""Stands in the first cell of the sheet About; another number is another form."""
SCREEN, HOW_TO, LISTS, ABOUT = "Screen", "How to", "Lists", "About"
LONGEST_CELL = 32_767
"""Characters that a cell can hold, as Excel counts them: one beyond U+FFFF counts two."""
CUT = " ... [CUT HERE: the text is too long for a cell; read the whole of it elsewhere]"
CONFIDENCES = ("1", "2", "3")
"""From low to high."""
FILLED_FIELDS = ("decision", "reason_code", "criteria", "quote", "quote_loc", "note", "confidence")
"""The columns of an event that a person fills in on a sheet."""


class Assignment(NamedTuple):
    """Whose sheet it is, and for what."""

    stage: str
    round: str
    reviewer: str
    role: str = SCREENER
    run: str = "original"


class Column(NamedTuple):
    """A column of the sheet Screen."""

    key: str
    heading: str
    width: int
    filled: bool = False


_SHOWN_COLUMNS = (
    Column("number", "No.", 5),
    Column("record_id", "Record id", 9),
    Column("title", "Title", 36),
    Column("authors", "Authors", 15),
    Column("year", "Year", 6),
    Column("container", "Source", 15),
    Column("abstract", "Abstract", 64),
    Column("link", "Link", 14),
)
_ALSO = Column("also", "Also this record", 14)
_BEFORE = Column("before", "Decided before, and why it is asked again", 24)
_SUGGESTION = Column("suggestion", "The rules suggest", 11)
_FILLED_COLUMNS = (
    Column("reason_code", "Reason", 14, True),
    Column("quote", "Quote", 32, True),
    Column("quote_loc", "Where the quote stands", 14, True),
    Column("note", "Note", 28, True),
    Column("confidence", "Confidence", 11, True),
)


def columns_of(
    stage: str, criteria: Iterable[str], screeners: Iterable[str] = (), extra: Iterable[str] = ()
) -> list[Column]:
    """Return the columns of a sheet, in their order.

    Args:
        stage: at `title` no abstract is shown.
        criteria: the ids of the criteria that are judged.
        screeners: whose decisions are shown beside.
        extra: which of `also`, `before` and `suggestion` are shown.
    """
    columns = [c for c in _SHOWN_COLUMNS if stage != "title" or c.key != "abstract"]
    columns += [column for column in (_ALSO, _BEFORE, _SUGGESTION) if column.key in set(extra)]
    for name in screeners:
        columns.append(Column(f"decision of {name}", f"{name}: decision", 11))
        columns.append(Column(f"reason of {name}", f"{name}: reason", 13))
        columns.append(Column(f"note of {name}", f"{name}: note", 24))
    columns.append(Column("decision", "Decision", 12, True))
    columns += [criterion_column(name) for name in criteria]
    return [*columns, *_FILLED_COLUMNS]


def criterion_column(name: str) -> Column:
    """Return the column of a criterion; the question mark tells it from all other columns."""
    return Column(f"criterion {name}", f"{name.replace('_', ' ')}?", 12, True)


def ordered(records: Iterable[Mapping[str, Any]], policy: str) -> list[Mapping[str, Any]]:
    """Return records in the order of a policy: `id`, or `random:SEED`.

    Chance is the SHA-256 of the seed and the id, so that it is the same everywhere, and a record
    more or less leaves the order of the others as it is.
    """
    if policy == "id":
        return sorted(records, key=lambda record: record["record_id"])
    seed = policy.removeprefix("random:")

    def chance(record: Mapping[str, Any]) -> tuple[str, str]:
        name = str(record["record_id"])
        return hashlib.sha256(f"{seed}:{name}".encode()).hexdigest(), name

    return sorted(records, key=chance)


ORDER = re.compile(r"id|random:[\w.-]+")
"""The order policies that a sheet knows."""

# What XML 1.0 does not allow; a carriage return would come back as a line feed.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def cell_text(text: str) -> str:
    """Return a text as a cell can hold it: no forbidden characters, and not too long.

    >>> cell_text("a\\x01b\\r\\nc")
    'a�b\\nc'
    """
    text = _NOT_XML.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) <= LONGEST_CELL // 2 or _units(text) <= LONGEST_CELL:
        return text
    kept = text.encode("utf-16-le")[: 2 * (LONGEST_CELL - len(CUT))]
    return kept.decode("utf-16-le", "ignore") + CUT  # half of a character is left out


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def text_sha(text: str) -> str:
    """Return a fingerprint of a cell that no spreadsheet program changes: blanks do not count."""
    return hashlib.sha256("".join(text.split()).encode("utf-8", "replace")).hexdigest()[:8]


class Shown(NamedTuple):
    """A row as it was written: which record was shown, and the fingerprints of its texts."""

    number: str
    record_id: str
    record_sha: str
    title_sha: str
    abstract_sha: str


def shown(number: int, record: Mapping[str, Any]) -> Shown:
    """Return what is remembered of a record that is shown; its `record_sha` is of the whole text."""
    title, abstract = (cell_text(str(record.get(name) or "")) for name in ("title", "abstract"))
    whole = {name: record.get(name) for name in SHOWN}
    return Shown(
        str(number), record["record_id"], record_sha(whole), text_sha(title), text_sha(abstract)
    )


@dataclass(frozen=True)
class Facts:
    """What a sheet must say for its decisions to be taken: the sheet About."""

    assignment: Assignment
    order: str
    criteria: tuple[str, ...]
    reasons: tuple[str, ...]
    criteria_version: str
    tool_version: str
    rows: tuple[Shown, ...]

    @cached_property
    def by_record(self) -> dict[str, Shown]:
        """The rows as they were written by the ids of their records."""
        return {row.record_id: row for row in self.rows}

    def grid(self) -> list[list[str]]:
        """Return the facts as rows of cells, with the checksum over all others."""
        named = self.assignment._asdict() | {
            "order": self.order,
            "criteria": " ".join(self.criteria),
            "reasons": " ".join(self.reasons),
            "criteria version": self.criteria_version,
            "tool version": self.tool_version,
            "records": str(len(self.rows)),
        }
        rows = [[FORMAT], *map(list, named.items()), list(Shown._fields), *map(list, self.rows)]
        return [*rows, [CHECKSUM, _checksum(rows)]]


CHECKSUM = "checksum"


def _checksum(rows: Sequence[Sequence[str]]) -> str:
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()[:16]


def facts_of(grid: Sequence[Sequence[str]]) -> Facts | None:
    """Return the facts that stand in rows of cells, as `Facts.grid` made them; None if damaged."""
    rows = [list(row) for row in grid if any(row)]
    while rows and rows[-1][:1] != [CHECKSUM]:
        rows.pop()  # what somebody wrote below
    try:
        named = {row[0]: row[1] for row in rows[1:12]}
        there = Facts(
            Assignment(*(named[name] for name in Assignment._fields)),
            named["order"],
            tuple(named["criteria"].split()),
            tuple(named["reasons"].split()),
            named["criteria version"],
            named["tool version"],
            tuple(Shown(*row[: len(Shown._fields)]) for row in rows[13:-1]),
        )
        return there if there.grid()[-1][1] == rows[-1][1] else None
    except (KeyError, IndexError, TypeError):
        return None


def content(event: Event) -> tuple[str, ...]:
    """Return what a person said with an event."""
    return tuple(getattr(event, name) for name in FILLED_FIELDS)
