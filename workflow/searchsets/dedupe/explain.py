"""Says of two records, as a person would, what deduplication made of them and why."""

from __future__ import annotations

import shlex
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from searchsets.dedupe.evidence import FIELDS
from searchsets.dedupe.judge import judge
from searchsets.dedupe.log import DECISION_COLUMNS, SHOWN
from searchsets.dedupe.reading import COMPARED, read
from searchsets.dedupe.versions import KINDS
from searchsets.dedupe.vetoes import MERGE_WEIGHT, WEIGHTS, why_of
from searchsets.errors import ReviewError
from searchsets.files import cell, read_csv

Row = Mapping[str, str]
SAYS = {
    "same": "agrees",
    "spelling": "agrees but for the spelling",
    "contained": "agrees in part: one has a subtitle or note more",
    "near": "nearly agrees",
    "loose": "agrees in some words only",
    "other": "disagrees",
}
"""What each level says of a field, as a person would."""
CALLED = {
    "numbers": "numbers in the title", "venue": "journal or book", "start": "first page",
    "end": "last page", "doi": "DOI", "eric": "ERIC number", "isbn": "ISBN",
    "trial": "number of the trial", "url": "address",
}  # fmt: skip
"""How a field is called where its own name says too little."""


@dataclass(frozen=True)
class Log:
    """What deduplication wrote to a folder: the decisions, and the work of each record."""

    folder: Path
    work_of: dict[str, str]
    decisions: dict[tuple[str, str], Row]

    @classmethod
    def read(cls, folder: Path) -> Log:
        """Read the log.

        Raises:
            ReviewError: the folder holds none.
        """
        links = read_csv(folder / "links.csv", ("record_id", "work_id"))
        rows = read_csv(folder / "decisions.csv", DECISION_COLUMNS)
        return cls(
            folder,
            {row["record_id"]: row["work_id"] for row in links},
            {(row["record_id_a"], row["record_id_b"]): row for row in rows},
        )

    def require(self, record_id: str) -> str:
        """Return the id of a record, or raise an error that names near ones."""
        import difflib

        if record_id not in self.work_of:
            near = difflib.get_close_matches(record_id, self.work_of, n=1)
            raise ReviewError(
                f"there is no record {record_id!r}",
                str(self.folder / "links.csv"),
                f"did you mean {near[0]!r}?" if near else "take an id from its first column",
            )
        return record_id

    def path(self, start: str, end: str) -> list[Row]:
        """Return the merges by which two records of one work are joined, as few as possible."""
        beside: dict[str, list[str]] = defaultdict(list)
        for (a, b), row in self.decisions.items():
            if row["outcome"] == "merge":
                beside[a].append(b)
                beside[b].append(a)
        before = {start: start}
        waiting = deque([start])
        while waiting and end not in before:
            here = waiting.popleft()
            for there in sorted(beside[here]):
                if there not in before:
                    before[there] = here
                    waiting.append(there)
        steps = []
        while end != start and end in before:
            steps.append(self.decisions[_ordered(before[end], end)])
            end = before[end]
        return steps[::-1]


def _ordered(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one <= other else (other, one)


def decide_command(a: str, b: str, decision: str, where: str = "") -> str:
    """Return the command line that decides a pair, ready to copy but for what is in capitals.

    Args:
        a: the id of a record.
        b: that of another.
        decision: as `dedupe decide` takes it.
        where: the options that name the run, if any.
    """
    words = [*shlex.split(where), "--", a, b, *decision.split()]
    return f'./run searchsets dedupe decide --by YOUR_NAME --why "..." {shlex.join(words)}'


def explained(
    log: Log, one: str, other: str, records: pa.Table | None, where: str = ""
) -> Iterator[str]:
    """Yield the lines that tell what two records are to each other.

    Args:
        log: what deduplication wrote.
        one: the id of a record.
        other: that of another.
        records: all records, to show and to compare them; without, the log alone speaks.
        where: the options of `dedupe decide` that name the run, if any.
    """
    a, b = _ordered(log.require(one), log.require(other))
    if a == b:
        raise ReviewError(f"{a!r} is given twice", str(log.folder), "name two records")
    row = log.decisions.get((a, b))
    same = log.work_of[a] == log.work_of[b]
    yield f"{a}\n{b}"
    yield _verdict(row, log.work_of[a] if same else "")
    if records is not None:
        yield from _side_by_side(records, a, b)
    if row is not None:
        yield from _from_log(row)
    elif records is not None:
        yield from _compared_now(records, a, b)
    if same and (row is None or row["outcome"] != "merge"):
        yield "They are joined by these steps:"
        for step in log.path(a, b):
            yield (
                f"  {step['record_id_a']} = {step['record_id_b']}"
                f" (weight {step['weight']}, {step['decided_by']})"
            )
    yield "To decide otherwise:"
    word = "different" if same else "same"
    yield f"  {decide_command(a, b, word, where)}"


def _verdict(row: Row | None, work: str) -> str:
    by = f", decided by {row['decided_by']}" if row else ""
    if work:
        return f"are one work, {work}{by}."
    if row is None:
        return "are different works: too little speaks for one work to be told in the log."
    if row["outcome"] == "version":
        return f"are versions of one text and two works: {KINDS.get(row['kind'], row['kind'])}{by}."
    if row["outcome"] == "review":
        return f"are two works for now, and a question for a person{by}."
    if row["outcome"] == "merge":
        return f"would be one work{by}, but what was decided since keeps them apart."
    return f"are different works{by}."


def _side_by_side(records: pa.Table, a: str, b: str) -> Iterator[str]:
    rows = _rows(records, a, b)
    for name in SHOWN:
        one, other = (cell(rows[i][name]) for i in (a, b))
        if one or other:
            yield f"  {name:<10} {one or '-'}\n{'':<12} {other or '-'}"


def _rows(records: pa.Table, a: str, b: str) -> dict[str, dict]:
    found = records.filter(pc.is_in(records.column("record_id"), pa.array([a, b])))
    rows = {row["record_id"]: row for row in found.to_pylist()}
    for record_id in (a, b):
        if record_id not in rows:
            raise ReviewError(
                f"the records given do not hold {record_id!r}",
                None,
                "name all the files, and only those, that the works were made from",
            )
    return rows


def _from_log(row: Row) -> Iterator[str]:
    levels = {name: row[name] for name in FIELDS if row.get(name)}
    yield from _told(levels, int(row["weight"]), row["vetoes"].split("; ") if row["vetoes"] else [])
    if row["words_alone"]:
        yield f"  words that one title has alone: {row['words_alone']}"
    if row["note"]:
        yield f"Note: {row['note']}"


def _compared_now(records: pa.Table, a: str, b: str) -> Iterator[str]:
    rows = _rows(records.select(COMPARED), a, b)
    j = judge(read(rows[a]), read(rows[b]))
    yield "Compared now, these two by themselves:"
    yield from _told(j.evidence.levels, j.weight, j.vetoes)


def _told(levels: Mapping[str, str], weight: int, vetoes: Sequence[str]) -> Iterator[str]:
    for name, level in levels.items():
        adds = WEIGHTS.get(name, {}).get(level)
        counted = f" ({adds:+})" if adds else ""
        yield f"  {CALLED.get(name, name)} {SAYS[level]}{counted}"
    yield f"Weight {weight} (one work from {MERGE_WEIGHT} on, if nothing stands against it)."
    for veto in vetoes:
        yield f"  against it: {why_of(veto)}"
