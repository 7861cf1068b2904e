"""Reads what people decided about pairs of records, and writes a new decision behind the others.

The files lie in `resources/decisions/dedupe/<round>/<person>.csv`. Rows are only ever added: undoing
is a row that supersedes another one. Every run replays them.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

from searchsets.dedupe.versions import KINDS
from searchsets.errors import ReviewError
from searchsets.files import delimiter_of, read_csv_with_lines, read_text

DEDUPLICATION = "dedupe"
"""The folder of these decisions among those of other stages."""
SAME_WORK, DIFFERENT, VERSION, WITHDRAWN = "same", "different", "version", "withdrawn"
DECISIONS = (SAME_WORK, DIFFERENT, VERSION, WITHDRAWN)
"""What a person can say of two records; `withdrawn` leaves the pair to the rules again."""


@dataclass(frozen=True)
class Said:
    """One decision of a person about two records; the columns of a file, in their order."""

    event_id: str
    seq: str
    record_id_a: str
    record_id_b: str
    decision: str
    kind: str
    reviewer: str
    decided_at: str
    note: str
    search_run: str
    supersedes: str

    @property
    def pair(self) -> tuple[str, str]:
        """The ids of the two records, in order."""
        return tuple(sorted((self.record_id_a, self.record_id_b)))  # type: ignore[return-value]


COLUMNS = tuple(column.name for column in fields(Said))
REQUIRED = ("event_id", "seq", "record_id_a", "record_id_b", "decision", "reviewer")


@dataclass(frozen=True)
class Standing:
    """What stands of all that people said.

    `pairs` holds one decision for each pair on which all agree; `disputed` those pairs about which
    people say different things; `elsewhere` decisions about records that this run does not have.
    """

    pairs: dict[tuple[str, str], Said]
    disputed: dict[tuple[str, str], list[Said]]
    elsewhere: list[Said]

    @property
    def records(self) -> set[str]:
        """The ids of all records of this run about which people said something."""
        return {record for pair in (*self.pairs, *self.disputed) for record in pair}


def read_decisions(
    folder: Path | None,
    records: Collection[str] | None,
    run: str = "",
    later: Collection[str] = (),
) -> Standing:
    """Return what stands of the decisions in a folder `<round>/<person>.csv`.

    Args:
        folder: `resources/decisions/dedupe`, or a folder or file like it; it may be missing.
        records: the ids of all records; None to check the form of the files alone.
        run: the name of this run.
        later: the runs that update this one: it knows nothing of what was decided in them.

    Raises:
        ReviewError: an unknown column or value, an id used twice, a row that supersedes none, or a
            record that there is not (unless the row names another run).
    """
    every, places = _read_all(folder)
    said = [one for one in every if one.search_run not in later]
    superseded = _superseded(said, places)
    standing: dict[tuple[str, str], list[Said]] = defaultdict(list)
    elsewhere: list[Said] = []
    for one in said:
        unknown = [] if records is None else [i for i in one.pair if i not in records]
        if unknown and one.search_run and one.search_run != run:
            elsewhere.append(one)
        elif unknown:
            raise ReviewError(
                f"there is no record {unknown[0]!r}",
                places[one.event_id],
                "take the id from links.csv; if another run has the record, name it in search_run",
            )
        elif one.event_id not in superseded and one.decision != WITHDRAWN:
            standing[one.pair].append(one)
    agreed = {p: many[0] for p, many in standing.items() if len({_what(s) for s in many}) == 1}
    disputed = {p: many for p, many in standing.items() if p not in agreed}
    return Standing(agreed, disputed, elsewhere)


def _what(said: Said) -> tuple[str, str]:
    return said.decision, said.kind if said.decision == VERSION else ""


def _read_all(folder: Path | None) -> tuple[list[Said], dict[str, str]]:
    said: list[Said] = []
    places: dict[str, str] = {}
    for path in _files(folder):
        for line, row in read_csv_with_lines(path, REQUIRED):
            where = f"{path}:{line}"
            one = _checked(row, path, where)
            if one.event_id in places:
                raise ReviewError(
                    f"the event {one.event_id!r} stands twice, here and at {places[one.event_id]}",
                    where,
                    "every decision has an id of its own: number on where your other file ended",
                )
            places[one.event_id] = where
            said.append(one)
    return said, places


def _files(folder: Path | None) -> Iterable[Path]:
    if folder is None or not folder.exists():
        return []
    return [folder] if folder.is_file() else sorted(folder.rglob("*.csv"))


def _checked(row: dict[str, str], path: Path, where: str) -> Said:
    unknown = sorted(set(row) - set(COLUMNS))
    if unknown:
        raise ReviewError(
            f"unknown column {unknown[0]!r}", f"{path}:1", f"the columns are: {', '.join(COLUMNS)}"
        )
    one = Said(**{name: row.get(name, "").strip() for name in COLUMNS})
    _check(one, where)
    return one


def _check(one: Said, where: str) -> None:
    empty = next((name for name in REQUIRED if not getattr(one, name)), None)
    if empty:
        raise ReviewError(f"{empty} is empty", where, "every decision needs it")
    if one.decision not in DECISIONS:
        raise ReviewError(
            f"{one.decision!r} is no decision", where, f"the decisions are: {', '.join(DECISIONS)}"
        )
    if one.decision == VERSION and one.kind not in KINDS:
        raise ReviewError(
            f"{one.kind!r} is no kind of version", where, f"the kinds are: {', '.join(KINDS)}"
        )
    if one.decision != VERSION and one.kind:
        raise ReviewError(
            f"a kind, {one.kind!r}, but no version", where, "only versions have a kind"
        )
    if one.record_id_a == one.record_id_b:
        raise ReviewError(f"{one.record_id_a!r} stands twice in one row", where, "name two records")


def _comes_back(start: Said, by_id: Mapping[str, Said]) -> bool:
    """Tell whether a decision supersedes itself, at once or by way of others."""
    met: set[str] = set()
    one: Said | None = start
    while one is not None and one.event_id not in met:
        met.add(one.event_id)
        one = by_id.get(one.supersedes)
    return one is start


def _superseded(said: list[Said], places: dict[str, str]) -> set[str]:
    by_id = {one.event_id: one for one in said}
    for one in said:
        if not one.supersedes:
            if one.decision == WITHDRAWN:
                raise ReviewError(
                    "withdrawn, but what?", places[one.event_id], "name the event in supersedes"
                )
            continue
        former = by_id.get(one.supersedes)
        if former is None or former.pair != one.pair or _comes_back(one, by_id):
            raise ReviewError(
                f"supersedes {one.supersedes!r}, which is no other decision about these two records",
                places[one.event_id],
                "name the event_id of an earlier row about the same two records",
            )
    return {one.supersedes for one in said if one.supersedes}


def decide(
    file: Path, pair: tuple[str, str], decision: str, kind: str, note: str, run: str
) -> Said:
    """Write a decision about two records behind the others of a person, and return it.

    What the person said before about the same pair, in whatever round, is superseded.

    Args:
        file: `resources/decisions/dedupe/<round>/<person>.csv`; it is made if there is none.
        pair: the ids of the two records.
        decision: one of `DECISIONS`.
        kind: the kind of version, one of `KINDS`, or nothing.
        note: why.
        run: the run that has the records.
    """
    said, _ = _read_all(file)
    everywhere, _ = _read_all(
        file.parent.parent if file.parent.parent.name == DEDUPLICATION else file
    )
    superseded = {one.supersedes for one in everywhere}
    a, b = sorted(pair)
    former = [
        one
        for one in everywhere
        if one.pair == (a, b) and one.reviewer == file.stem and one.event_id not in superseded
    ]
    number = max((int(one.seq) for one in said if one.seq.isdigit()), default=0) + 1
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    reviewer = file.stem
    round_name = file.resolve().parent.name  # a person may decide in several rounds
    made = Said(
        f"{DEDUPLICATION}-{round_name}-{reviewer}-{number}", str(number), a, b, decision, kind, reviewer,
        now, note, run, former[-1].event_id if former else "",
    )  # fmt: skip
    _check(made, str(file))
    if decision == WITHDRAWN and not former:
        raise ReviewError(
            "there is no decision of this person about the two records",
            str(file),
            "nothing to undo",
        )
    _append(file, made)
    return made


def _append(file: Path, said: Said) -> None:
    """Write a row behind the others, in the columns that the file has."""
    row = asdict(said)
    columns, delimiter = list(COLUMNS), ","
    text = read_text(file) if file.exists() else ""
    if text.strip():
        header = text.partition("\n")[0]
        delimiter = delimiter_of(header)
        columns = [name.strip() for name in next(csv.reader([header], delimiter=delimiter))]
        lacking = [name for name, value in row.items() if value and name not in columns]
        if lacking:
            raise ReviewError(
                f"the file has no column {lacking[0]!r}",
                f"{file}:1",
                f"name all columns in its first row: {','.join(COLUMNS)}",
            )
    out = io.StringIO()
    writer = csv.DictWriter(
        out, columns, delimiter=delimiter, lineterminator="\n", extrasaction="ignore"
    )
    if not text.strip():
        writer.writeheader()
    elif not text.endswith("\n"):
        out.write("\n")
    writer.writerow(row)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8", newline="") as end:
        end.write(out.getvalue())
