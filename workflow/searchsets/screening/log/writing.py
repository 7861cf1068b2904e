"""Writes events behind those of the log: numbered, chained, sealed, and on the disk for good."""

from __future__ import annotations

import csv
import fcntl
import io
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from operator import itemgetter
from pathlib import Path

from searchsets.errors import ReviewError
from searchsets.files import csv_text, delimiter_of, text_of, write_lasting
from searchsets.screening.log.chain import Seal, chained, row_hash, write_seal
from searchsets.screening.log.paths import log_paths, refuse_look_alikes
from searchsets.screening.log.reading import LogFile, read_file, standing
from searchsets.screening.model import (
    COLUMNS,
    FINAL,
    PREVIOUS,
    PUBLISHED_OUTCOME,
    Event,
    is_name,
)


def append(folder: Path, acts: Iterable[Event]) -> list[Event]:
    """Write acts to the files they belong to, each behind what is there, and return the events.

    The acts need no id, number or hash: they get `<reviewer>-<stage>-<round>-<seq>`, the next
    numbers and the hashes. All files are looked at before the first is written. When this returns,
    the rows are on the disk.

    Args:
        folder: `resources/decisions`.
        acts: what was decided, in order.

    Raises:
        ReviewError: a file of the log is not whole or its chain is broken; nothing is written then.
    """
    by_file: dict[Path, list[Event]] = {}
    for act in acts:
        _require_name(act)
        path = folder / act.stage / act.round / f"{act.reviewer}.csv"
        by_file.setdefault(path, []).append(act)
    written: list[Event] = []
    refuse_look_alikes(sorted({*log_paths(folder), *by_file}))
    with _locked(by_file):
        former = {path: _former(path, folder) for path in by_file}
        made = {path: _numbered(many, former[path]) for path, many in by_file.items()}
        for path, events in made.items():
            _write(path, events, former[path])
            written += events
    return written


def complete(path: Path) -> LogFile:
    """Give the rows of a file that somebody wrote by hand their hashes, and seal it.

    A file that has hashes, or a seal, is held against them and only sealed.

    Raises:
        ReviewError: there is no such file, or its chain is broken.
    """
    if not path.is_file():
        raise ReviewError("there is no such file", str(path), "name a file of decisions")
    path = Path(os.path.abspath(path))  # not resolved: a link stands in its place
    folder = path.parents[min(2, len(path.parents) - 1)]
    with _locked([path]):
        file = read_file(path, folder)
        if file.events and not file.seal and not any(event.hash for event in file.events):
            events = chained(file.events)
            write_lasting(path, _text(COLUMNS, events).encode())
            write_seal(path, Seal(len(events), events[-1].hash))
        else:
            _require_chain(file)
            if file.events:
                write_seal(path, Seal(len(file.events), file.events[-1].hash))
        return read_file(path, folder)


def _require_name(act: Event) -> None:
    """Refuse a name that would lead to another folder, or could not be told from other columns."""
    for kind, name in (("round", act.round), ("reviewer", act.reviewer)):
        if not is_name(name):
            remedy = "use the letters A to Z, digits, -, _ and . in such a name"
            raise ReviewError(f"the {kind} is {name!r}", None, remedy)
    if act.stage == FINAL and act.role != PUBLISHED_OUTCOME:
        raise ReviewError(
            f"{act.role!r} at {FINAL}, where only what a review published stands",
            None,
            "people decide at the stages before",
        )


@contextmanager
def _locked(paths: Iterable[Path]) -> Iterator[None]:
    """Keep other processes from writing to the files meanwhile."""
    held = []
    try:
        for path in sorted(paths):
            path.parent.mkdir(parents=True, exist_ok=True)
            folder = os.open(path.parent, os.O_RDONLY)
            held.append(folder)
            if all(not os.path.sameopenfile(folder, other) for other in held[:-1]):
                fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        for folder in held:
            os.close(folder)


def _former(path: Path, folder: Path) -> LogFile | None:
    if not path.exists() or not path.stat().st_size:
        return None
    file = read_file(path, folder)
    if any(event.hash for event in file.events) or file.seal:
        _require_chain(file)
    return file


def _require_chain(file: LogFile) -> None:
    last = ""
    for index, event in enumerate(file.events):
        if event.prev_hash != last or event.hash != row_hash(event):
            raise ReviewError(
                "this row is not as it was written, or a row before it is gone",
                file.place(index),
                "nothing is added to a file that was changed; ./run searchsets screening audit says "
                "what is wrong with it",
            )
        last = event.hash
    seal = file.seal
    if seal and (len(file.events) < seal.rows or file.events[seal.rows - 1].hash != seal.hash):
        raise ReviewError(
            f"the file has {len(file.events)} rows, not the {seal.rows} that were written, or others",
            str(file.path),
            "bring it back from a copy; nothing is added to a file that was cut off",
        )


def _numbered(acts: Sequence[Event], former: LogFile | None) -> list[Event]:
    there = former.events if former else []
    number = max((int(event.seq) for event in there), default=0)
    last_act = {(event.record_id, event.role): event.event_id for event in standing(there)}
    made = []
    for seq, act in enumerate(acts, start=number + 1):
        event_id = f"{act.reviewer}-{act.stage}-{act.round}-{seq}"
        former_act = last_act.get((act.record_id, act.role), "")
        supersedes = former_act if act.supersedes == PREVIOUS else act.supersedes
        event = act._replace(event_id=event_id, seq=str(seq), supersedes=supersedes)
        made.append(Event._make(map(one_cell, event)))
        last_act[act.record_id, act.role] = event_id
    return chained(made, there[-1].hash if there else "")


def one_cell(text: str) -> str:
    """Return a text as it is read back: line ends as LF, no blanks around it, nothing unreadable."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return text.encode("utf-8", "replace").decode().strip()


def _write(path: Path, events: list[Event], former: LogFile | None) -> None:
    if former is None:
        write_lasting(path, _text(COLUMNS, events).encode())
    else:
        _add(path, events)
    write_seal(path, Seal(len(events) + (len(former.events) if former else 0), events[-1].hash))


def _add(path: Path, events: list[Event]) -> None:
    """Write rows behind the others, in the columns of the file: all of them, or none."""
    with path.open("r+b", buffering=0) as file:  # what is not written must not wait in a buffer
        there = file.read()
        header = text_of(there, path).partition("\n")[0]
        delimiter = delimiter_of(header)
        columns = [name.strip() for name in next(csv.reader([header], delimiter=delimiter))]
        if set(columns) != set(COLUMNS):
            raise ReviewError(
                f"the file has no column {min(set(COLUMNS) - set(columns))!r}",
                f"{path}:1",
                f"let it be completed once: ./run searchsets screening seal {path}",
            )
        rows = _text(columns, events, delimiter).partition("\n")[2].encode()
        waiting = memoryview((b"" if there.endswith((b"\n", b"\r")) else b"\n") + rows)
        try:
            while waiting:
                waiting = waiting[file.write(waiting) :]
            os.fsync(file.fileno())
        except OSError:  # a full disk: no row may be there in part
            file.truncate(len(there))
            raise


def _text(columns: Sequence[str], events: Iterable[Event], delimiter: str = ",") -> str:
    if delimiter == ",":
        pick = itemgetter(*map(COLUMNS.index, columns))
        return csv_text(columns, map(pick, events))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(event._asdict() for event in events)
    return out.getvalue()
