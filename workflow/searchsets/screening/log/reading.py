"""Reads the screening log: append-only events, one file a reviewer, stage and round."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from operator import itemgetter
from pathlib import Path

from searchsets.errors import ReviewError, raise_all
from searchsets.files import delimiter_of, read_text
from searchsets.screening.log.chain import Seal, read_seal
from searchsets.screening.log.paths import log_paths, refuse_look_alikes
from searchsets.screening.model import (
    COLUMNS,
    DECISIONS,
    FINAL,
    PUBLISHED_OUTCOME,
    REQUIRED,
    ROLES,
    STAGES,
    Event,
    is_name,
    whole_number,
)

_NUMBERS = re.compile(r"([0-9]+)")


@dataclass(frozen=True)
class LogFile:
    """One file of the log: its events in the order of its rows, and where each row stands."""

    path: Path
    stage: str
    round: str
    reviewer: str
    events: list[Event]
    lines: list[int]
    seal: Seal | None

    @property
    def short(self) -> str:
        """The file as seen from the folder of the log, the same on every machine."""
        return f"{self.stage}/{self.round}/{self.path.name}"

    def place(self, index: int) -> str:
        """Return `file:line` of an event by its index."""
        return f"{self.path}:{self.lines[index]}"

    def short_place(self, index: int) -> str:
        """Return the same as seen from the folder of the log."""
        return f"{self.short}:{self.lines[index]}"


@dataclass(frozen=True)
class Log:
    """All files of the log, and the seals whose file is gone."""

    files: list[LogFile]
    orphans: list[Path] = field(default_factory=list)

    @cached_property
    def events(self) -> list[Event]:
        """All events by stage, round (calibration first), record and number."""
        return sorted((event for file in self.files for event in file.events), key=in_order)

    @cached_property
    def places(self) -> dict[str, str]:
        """Where each event stands, as `<stage>/<round>/<reviewer>.csv:<line>`, by its id.

        Of an id that is used twice it is the first place.
        """
        found: dict[str, str] = {}
        for file in self.files:
            for index, event in enumerate(file.events):
                found.setdefault(event.event_id, file.short_place(index))
        return found


def in_order(event: Event) -> tuple:
    """Return what events are sorted by: stage, round, record, number, reviewer."""
    return (
        STAGES.index(event.stage), round_key(event.round), event.record_id,
        int(event.seq or 0), event.reviewer, event.event_id,
    )  # fmt: skip


@cache
def round_key(name: str) -> tuple:
    """Return what rounds are sorted by: calibration rounds, `main`, then all others by name.

    Numbers in names count as numbers.

    >>> sorted(["recheck-10", "main", "pilot-1", "recheck-9"], key=round_key)
    ['pilot-1', 'main', 'recheck-9', 'recheck-10']
    """
    place = 0 if is_calibration(name) else 1 if name == "main" else 2
    parts = _NUMBERS.split(name)
    return place, [(int(part), "") if part.isdecimal() else (0, part) for part in parts], name


def is_calibration(name: str) -> bool:
    """Tell whether a round is for calibration: `pilot`, `pilot-1`, `calibration-2` and the like."""
    return name.lower().startswith(("pilot", "calibration"))


def read_log(folder: Path) -> Log:
    """Return the log of a folder `<stage>/<round>/<reviewer>.csv`.

    Only the form is looked at here; what the log says is for the audit.

    Args:
        folder: `resources/decisions`; it may be missing, which means that nobody decided.

    Raises:
        ReviewError: a file in the wrong place, an unknown column or value, a row that is not whole.
    """
    paths = log_paths(folder)
    refuse_look_alikes(paths)
    orphans = [path for path in log_paths(folder, ".seal") if not path.with_suffix(".csv").exists()]
    return Log([read_file(path, folder) for path in paths], orphans)


def read_file(path: Path, folder: Path) -> LogFile:
    """Return one file of the log in `folder`; errors as in `read_log`."""
    inside = path.relative_to(folder).parts
    if len(inside) != 3 or inside[0] not in STAGES:
        raise ReviewError(
            "decisions lie in <stage>/<round>/<reviewer>.csv",
            str(path),
            f"the stages are {', '.join(STAGES)}; for example title_abstract/main/R01.csv",
        )
    for kind, name in (("round", inside[1]), ("reviewer", path.stem)):
        if not is_name(name):
            raise ReviewError(
                f"the {kind} is called {name!r}",
                str(path),
                "use the letters A to Z, digits, -, _ and . in such a name",
            )
    rows = _Rows(path)
    events, lines = [], []
    expected = (("stage", inside[0]), ("round", inside[1]), ("reviewer", path.stem))
    check = _Check(path, expected)
    for line, event in rows:
        check(event, line)
        events.append(event)
        lines.append(line)
    raise_all(check.errors)
    return LogFile(path, inside[0], inside[1], path.stem, events, lines, read_seal(path))


class _Rows:
    """The rows of a decisions file as events, in whatever order its columns stand."""

    def __init__(self, path: Path):
        self.path = path
        self.text = read_text(path)

    def __iter__(self) -> Iterator[tuple[int, Event]]:
        delimiter = delimiter_of(self.text.partition("\n")[0])
        reader = csv.reader(io.StringIO(self.text, newline=""), delimiter=delimiter, strict=True)
        line = 1
        try:
            header = [name.strip() for name in next(reader, [])]
            pick = self._picker(header)
            line = reader.line_num + 1  # a row may span lines: its place is where it begins
            for cells in reader:
                if any(map(str.strip, cells)):
                    self._require_whole(line, header, cells)
                    yield line, Event._make(pick([*map(str.strip, cells), ""]))
                line = reader.line_num + 1
        except csv.Error as error:
            raise ReviewError(
                f"the row that begins here cannot be read: {error}",
                f"{self.path}:{line}",
                "it is cut off, or a quotation mark is opened in it and never closed; bring the file "
                "back from a copy",
            ) from None

    def _picker(self, header: list[str]):
        for name in REQUIRED:
            if name not in header:
                raise ReviewError(
                    f"the column {name!r} is missing; the header has: "
                    f"{', '.join(header) or 'nothing'}",
                    f"{self.path}:1",
                    f"the first row must name the columns {', '.join(REQUIRED)}",
                )
        for name in header:
            if name not in COLUMNS or header.count(name) > 1:
                raise ReviewError(
                    f"unknown column {name!r}" if name not in COLUMNS else f"two columns {name!r}",
                    f"{self.path}:1",
                    f"the columns are: {', '.join(COLUMNS)}",
                )
        empty = len(header)  # the cell that is put behind every row
        return itemgetter(*(header.index(n) if n in header else empty for n in COLUMNS))

    def _require_whole(self, line: int, header: list[str], cells: list[str]) -> None:
        if len(cells) != len(header):
            raise ReviewError(
                f"the row has {len(cells)} cells where the header has {len(header)} columns",
                f"{self.path}:{line}",
                "the row is cut off, or holds a comma outside quotation marks; bring the file back "
                "from a copy",
            )


@dataclass
class _Check:
    """Holds the form of each row against what its file and the vocabulary allow."""

    path: Path
    expected: Sequence[tuple[str, str]]
    errors: list[ReviewError] = field(default_factory=list)

    def __call__(self, event: Event, line: int) -> None:
        for what, remedy in self._slips(event):
            self.errors.append(ReviewError(what, f"{self.path}:{line}", remedy))

    def _slips(self, event: Event) -> Iterator[tuple[str, str]]:
        for name, expected in self.expected:
            value = getattr(event, name)
            if value != expected:
                remedy = "move the row to the file it belongs to, or mend the cell"
                yield f"the {name} is {value!r} in a file of {expected!r}", remedy
        if event.role not in ROLES:
            yield f"unknown role {event.role!r}", f"write one of: {', '.join(ROLES)}"
        if event.decision not in DECISIONS:
            yield f"unknown decision {event.decision!r}", f"write one of: {', '.join(DECISIONS)}"
        if whole_number(event.seq) is None:
            yield f"seq is {event.seq!r}", "number the rows of the file 1, 2, 3, ..."
        if event.stage == FINAL and event.role != PUBLISHED_OUTCOME:
            remedy = f"people decide at the stages before; the role here is {PUBLISHED_OUTCOME}"
            yield f"{event.role!r} at {FINAL}, where only what a review published stands", remedy
        if not event.event_id:
            yield "the event has no id", "write <reviewer>-<seq>"
        if not event.record_id:
            yield "the event names no record", "write the record_id of the record decided on"


def standing(events: Sequence[Event]) -> list[Event]:
    """Return the events that no later one supersedes.

    A correction names an earlier act of its own kind (`is_earlier`) and takes the place of all acts
    of that kind before it; one that names another act changes nothing (the audit says so).
    """
    by_id = {event.event_id: event for event in events}
    corrected: dict[Kind, int] = {}
    for event in events:
        former = by_id.get(event.supersedes) if event.supersedes else None
        if former is not None and is_earlier(former, event):
            kind, number = kind_of(event), int(event.seq or 0)
            corrected[kind] = max(corrected.get(kind, 0), number)
    if not corrected:
        return list(events)
    return [e for e in events if int(e.seq or 0) >= corrected.get(kind_of(e), 0)]


def is_earlier(former: Event, event: Event) -> bool:
    """Tell whether an act is an earlier one of the same reviewer, in the same role, on the same record.

    It must be of the same stage and round: a later round or stage stands above an earlier one by
    itself, and must not take it out of the log.
    """
    return kind_of(former) == kind_of(event) and int(former.seq or 0) < int(event.seq or 0)


Kind = tuple[str, str, str, str, str]
"""Reviewer, role, record, stage and round: acts of one kind take each other's place."""


def kind_of(event: Event) -> Kind:
    """Return what an act has in common with those that may correct it."""
    return (event.reviewer, event.role, event.record_id, event.stage, event.round)
