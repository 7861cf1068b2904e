"""Check 7: is every file of the log as it was written, row by row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from searchsets.screening.audit.model import Finding
from searchsets.screening.log.chain import row_hash
from searchsets.screening.log.reading import Kind, Log, LogFile, is_earlier, kind_of
from searchsets.screening.model import Event, read_time, whole_number
from searchsets.screening.outcomes.screening import Screening

_COPY = "bring the file back from a copy of it, such as the last commit"
_NEVER = "rows are only ever added; " + _COPY

Row = tuple[int, Event]
"""The index of a row in its file, and its event."""


def check_kept_seals(screening: Screening) -> Iterator[Finding]:
    """Yield files that are not what a list of seals says that was kept elsewhere."""
    yield from compared(screening.log, screening.kept_seals)


def compared(log: Log, seals: Iterable[Mapping[str, str]]) -> Iterator[Finding]:
    """Yield files of a log that are not what a list of seals says: it has rows of `seals.csv`."""
    files = {file.short: file for file in log.files}
    for kept in seals:
        name, rows = kept["file"], whole_number(kept["rows"]) or 0
        file = files.get(name)
        if not rows or not kept["last_hash"]:
            continue
        if file is None:
            message = f"{name} had {rows} rows when its seal was kept, and is gone"
            yield Finding("file_gone", message, _KEPT, place=name)
        elif kept["last_hash"] not in {event.hash for event in file.events}:
            message = f"row {rows} of {name} is not the one whose hash was kept, or is gone"
            yield Finding("file_cut_off", message, _KEPT, place=name)


_KEPT = (
    "bring the file back from a copy; if it was put back on purpose, delete the folder of the run in "
    "results/, or the list of seals that you named"
)


def check_files(screening: Screening) -> Iterator[Finding]:
    """Yield what is wrong with the rows of each file, and which files are gone."""
    for path in screening.log.orphans:
        name = "/".join(path.with_suffix(".csv").parts[-3:])
        yield Finding("file_gone", f"{name} was sealed and is gone", _COPY, place=name)
    seen: dict[str, str] = {}
    for file in screening.log.files:
        yield from check_file(file)
        for index, event in enumerate(file.events):
            here = file.short_place(index)
            there = seen.setdefault(event.event_id, here)
            if there.partition(":")[0] != here.partition(":")[0]:
                message = f"the act {event.event_id} stands in two files, here and at {there}"
                yield _about(file, index, "row_repeated", message, "keep the one that was written")


def check_file(file: LogFile) -> Iterator[Finding]:
    """Yield what is wrong with the rows of one file."""
    findings = list(_repeated(file))
    repeated = {index for index, _ in findings}
    yield from (finding for _, finding in findings)
    rows = [row for row in enumerate(file.events) if row[0] not in repeated]
    yield from _moved(file, rows)
    rows.sort(key=lambda row: int(row[1].seq))
    yield from _missing(file, rows)
    if any(event.hash or event.prev_hash for _, event in rows):
        yield from _chain(file, rows)
        if not file.seal:
            message = f"the seal of {file.short} is gone: its last rows may be gone too"
            remedy = (
                "hold its last hash against a seals.csv that was kept; then ./run searchsets "
                "screening seal"
            )
            yield _about(file, rows[-1][0], "seal_missing", message, remedy, record=False)
    elif rows and not file.seal:
        message = "the rows have no hashes: changes of this file cannot be told"
        remedy = "seal the log: ./run searchsets screening seal"
        yield _about(file, rows[0][0], "not_chained", message, remedy, record=False)
    yield from _cut_off(file, rows)
    yield from _times(file, rows)


def _about(
    file: LogFile, index: int, code: str, message: str, remedy: str, record: bool = True
) -> Finding:
    event = file.events[index]
    record_id, event_id = (event.record_id, event.event_id) if record else ("", "")
    return Finding(code, message, remedy, record_id, event_id, file.short_place(index))


def _repeated(file: LogFile) -> Iterator[tuple[int, Finding]]:
    """Yield rows that have the number or the id of an earlier row."""
    by_seq: dict[int, int] = {}
    by_id: dict[str, int] = {}
    for index, event in enumerate(file.events):
        earlier = by_seq.get(int(event.seq), by_id.get(event.event_id))
        by_seq.setdefault(int(event.seq), index)
        by_id.setdefault(event.event_id, index)
        if earlier is not None:
            same = event == file.events[earlier]
            what = "is the same" if same else "has the same number or id and says something else"
            message = f"row {event.seq} stands twice: line {file.lines[earlier]} {what}"
            remedy = "delete this copy" if same else _NEVER
            yield index, _about(file, index, "row_repeated", message, remedy)


def _moved(file: LogFile, rows: list[Row]) -> Iterator[Finding]:
    highest = 0
    for index, event in rows:
        if int(event.seq) < highest:
            message = (
                f"row {event.seq} stands behind row {highest}: the rows were put in another order"
            )
            yield _about(file, index, "row_moved", message, _NEVER)
        highest = max(highest, int(event.seq))


def _missing(file: LogFile, rows: list[Row]) -> Iterator[Finding]:
    last = 0
    for index, event in rows:
        number = int(event.seq)
        if number > last + 1:
            gone = (
                f"row {last + 1} is"
                if number == last + 2
                else f"rows {last + 1} to {number - 1} are"
            )
            yield _about(file, index, "row_missing", f"{gone} gone before this one", _NEVER)
        last = number


def _chain(file: LogFile, rows: list[Row]) -> Iterator[Finding]:
    """Yield the rows, in the order of their numbers, whose hashes do not fit."""
    former: Event | None = None
    for index, event in rows:
        gap = int(event.seq) != (int(former.seq) if former else 0) + 1
        if not event.hash:
            message = f"row {event.seq} has no hash: somebody wrote it into the file by hand"
            remedy = "take it out, and decide again with ./run searchsets screening decide"
            yield _about(file, index, "row_added", message, remedy)
        elif row_hash(event) != event.hash:
            message = f"row {event.seq} is not as it was written: its hash does not fit"
            yield _about(file, index, "row_changed", message, _NEVER)
        elif not gap and event.prev_hash != (former.hash if former else ""):
            message = (
                f"row {event.seq} does not follow the row before it: that is not the one written"
            )
            yield _about(file, index, "row_changed", message, _NEVER)
        former = event


def _cut_off(file: LogFile, rows: list[Row]) -> Iterator[Finding]:
    seal = file.seal
    if seal is None:
        return
    sealed = next((row for row in rows if int(row[1].seq) == seal.rows), None)
    if sealed is None:
        last = rows[-1][0] if rows else None
        place = file.short_place(last) if last is not None else file.short
        message = f"{seal.rows} rows were written to {file.short}; the last of them are gone"
        yield Finding("file_cut_off", message, _COPY, place=place)
    elif sealed[1].hash != seal.hash:
        message = f"row {seal.rows} is not the one that was sealed"
        yield _about(file, sealed[0], "row_changed", message, _NEVER)


def _times(file: LogFile, rows: list[Row]) -> Iterator[Finding]:
    last_of: dict[str, tuple[datetime, Event]] = {}  # what another tool brings later is older
    for index, event in rows:
        last = last_of.get(event.tool)
        times = [read_time(value) for value in (event.shown_at, event.decided_at)]
        for value, time in zip((event.shown_at, event.decided_at), times, strict=True):
            if value and time is None:
                message = f"{value!r} is no time that can be read"
                remedy = "write it as 2026-11-28T09:30:00Z"
                yield _about(file, index, "bad_time", message, remedy)
        shown, decided = times
        if shown and decided and decided < shown:
            message = f"decided at {event.decided_at}, before it was shown at {event.shown_at}"
            yield _about(
                file, index, "time_goes_back", message, "look at the clock of the reviewer"
            )
        if decided and last and decided < last[0]:
            message = (
                f"decided at {event.decided_at}, before row {last[1].seq} ({last[1].decided_at})"
            )
            remedy = "look whether rows were written later than they say, or the clock was put back"
            yield _about(file, index, "time_goes_back", message, remedy)
        if decided and (last is None or decided > last[0]):
            last_of[event.tool] = decided, event


def check_corrections(screening: Screening) -> Iterator[Finding]:
    """Yield acts that supersede no earlier act of the same person on the same record."""
    acts = [*screening.events, *screening.other_runs]
    by_id = {event.event_id: event for event in acts}
    for event in acts:
        if event.supersedes:
            former = by_id.get(event.supersedes)
            if former is None or not is_earlier(former, event):
                yield Finding(
                    "bad_correction",
                    f"{event.event_id} supersedes {event.supersedes!r}, which is no earlier act of "
                    "the same reviewer, in the same role, on the same record, stage and round",
                    "name the event_id that this row corrects; what a later round or stage decides "
                    "counts by itself",
                    **screening.about(event),
                )


def check_double_votes(screening: Screening) -> Iterator[Finding]:
    """Yield second standing decisions of one person on one record in one round and role."""
    first: dict[Kind, Event] = {}
    for event in screening.standing:
        former = first.setdefault(kind_of(event), event)
        if former.event_id != event.event_id:  # a row that stands twice is told elsewhere
            message = (
                f"{event.reviewer} decided on it twice: {former.decision} ({former.event_id}) and "
                f"{event.decision} ({event.event_id})"
            )
            remedy = "the later act must name the former in supersedes: decide once more"
            yield Finding("voted_twice", message, remedy, **screening.about(event))
