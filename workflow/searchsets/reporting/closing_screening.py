"""Holds what screening and the flow wrote, file against file: every record, every count."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from searchsets.errors import ReviewError
from searchsets.files import read_csv
from searchsets.reporting.build import Build, Row
from searchsets.reporting.flow.model import FILTERED, STUDIES_UNIT, Counts, read_filter
from searchsets.screening.model import RULE, STAGES
from searchsets.screening.outcomes.flow import flow_rows, ways_of
from searchsets.screening.outcomes.outcome import EXCLUDED
from searchsets.screening.outcomes.states import BY_RULE, STATES, state_after

LINKS, FINAL = "works/links.csv", "screening/final.csv"
STAGES_FILE, FLOW, EVENTS = "screening/stages.csv", "screening/flow.csv", "screening/events.csv"
LIST, BOXES = "flow/records.csv", "tables/prisma.csv"

Counted = tuple[str, object, object]
"""What is counted twice, and both numbers, which must be equal."""


def require_equal(build: Build, counts: Iterable[Counted]) -> None:
    """Raise at the first two counts that are not equal.

    Raises:
        ReviewError: what was counted, with both numbers.
    """
    for what, before, after in counts:
        if before != after:
            raise _not_closed(build, f"{what}: {before} and {after}")


def _not_closed(build: Build, what: str) -> ReviewError:
    return ReviewError(
        f"the counts do not close: {what}",
        str(build.folder),
        "delete results/.build and run again; if it comes back, please report it",
    )


def check_records(build: Build) -> None:
    """Raise if deduplication and screening do not name the same records, works and acts.

    Raises:
        ReviewError: both files with their numbers, and the first that stands in one alone.
    """
    for name, rows in ((LINKS, build.links), (FINAL, build.finals)):
        different = {row["record_id"] for row in rows}
        require_equal(build, [(f"rows and records of {name}", len(rows), len(different))])
    _require_same(build, "records", (LINKS, _ids(build.links)), (FINAL, _ids(build.finals)))
    _require_same_works(build, FINAL, build.finals)
    works = {row["work_id"] for row in build.links}
    screened = {row["work_id"] for row in build.stages}
    _require_same(build, "works", (STAGES_FILE, screened), (LINKS, works & screened))
    acts = {row["event_id"] for row in build.events}
    counted = {one for row in build.stages for one in row["counted"].split("; ") if one}
    _require_same(build, "acts that count", (STAGES_FILE, counted), (EVENTS, acts & counted))
    ruled = {build.work_of.get(row["record_id"]) for row in build.events if row["role"] == RULE}
    out = {
        row["work_id"]
        for row in build.finals
        if (row["state"], row["decided_by"]) == (EXCLUDED, BY_RULE)
    }
    _require_same(build, "works excluded by rule", (FINAL, out), (EVENTS, out & ruled))


def _ids(rows: Iterable[Row]) -> set[str]:
    return {row["record_id"] for row in rows}


def _require_same(
    build: Build, what: str, one: tuple[str, set[str]], other: tuple[str, set[str]]
) -> None:
    """Raise if two files do not name the same: with both numbers and the first that one lacks."""
    (name, ids), (other_name, other_ids) = one, other
    if ids == other_ids:
        return
    first = min(ids ^ other_ids)
    there, lacking = (name, other_name) if first in ids else (other_name, name)
    raise _not_closed(
        build,
        f"{what} in {name} and in {other_name}: {len(ids)} and {len(other_ids)}; "
        f"{first} stands in {there} and is missing in {lacking}",
    )


def _require_same_works(build: Build, name: str, rows: Sequence[Row]) -> None:
    """Raise if a file puts a record of `works/links.csv` into another work."""
    moved = [row for row in rows if build.work_of[row["record_id"]] != row["work_id"]]
    if moved:
        first = moved[0]["record_id"]
        raise _not_closed(
            build,
            f"records in {LINKS}, and those of the same work in {name}: {len(rows)} and "
            f"{len(rows) - len(moved)}; {first} is of {build.work_of[first]} in the one and of "
            f"{moved[0]['work_id']} in the other",
        )


@dataclass(frozen=True)
class _Came:
    """What came of a stage for a work."""

    outcome: str


def check_screening(build: Build) -> None:
    """Raise if the outcomes, the counts and the states of screening do not fit each other.

    Raises:
        ReviewError: both files and both numbers.
    """
    stages = build.stages
    made: dict[str, dict[str, _Came]] = defaultdict(dict)
    for row in stages:
        made[row["work_id"]][row["stage"]] = _Came(row["outcome"])
    pairs = sum(map(len, made.values()))
    require_equal(
        build, [(f"rows, and works with their stages, of {STAGES_FILE}", len(stages), pairs)]
    )
    require_equal(build, _stage_counts(build, stages, made))
    require_equal(build, _state_counts(build, made))


def _stage_counts(
    build: Build, stages: Sequence[Row], made: Mapping[str, Mapping[str, Any]]
) -> Iterator[Counted]:
    """Yield each number of `screening/flow.csv` beside that of the rows that it counts."""
    told = [
        row
        | {
            "screeners": [one for one in row["screeners"].split("; ") if one],
            "differed": row["differed"] == "yes",
        }
        for row in stages
    ]
    lost = filter(None, (way.lost_after for way in ways_of(made).values()))
    recounted = {_named(row): str(row["n"]) for row in flow_rows(told, lost)}
    written = build.rows(FLOW)
    stated = {_named(row): row["n"] for row in written}
    yield f"rows, and different counts, of {FLOW}", len(written), len(stated)
    for key in sorted(recounted.keys() | stated.keys()):
        stage, what, reason = key
        named = f"{what} ({reason})" if reason else what
        yield (
            f"works at stage {stage}, {named}, by the rows of {STAGES_FILE} and in {FLOW}",
            recounted.get(key, "not counted"),
            stated.get(key, "no row"),
        )


def _named(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return row["stage"], row["what"], row["reason"]


def _state_counts(build: Build, made: Mapping[str, Mapping[str, _Came]]) -> Iterator[Counted]:
    """Yield how many works stand in each state beside what their last stages come to.

    What a review published stands where nobody has decided since: it is then a stage of the work.
    """
    reached = {}
    for work, came in made.items():
        last = max(came, key=STAGES.index)
        reached[work] = state_after(last, came[last].outcome)
    decided = {
        work: row["state"]
        for work, row in build.final_of.items()
        if work in made or row["decided_by"] not in ("", BY_RULE)
    }
    by_stages, by_finals = Counter(reached.values()), Counter(decided.values())
    included = f"after their last stage in {STAGES_FILE} and in {FINAL}"
    for state in sorted({*STATES, *by_stages, *by_finals}):
        yield f"works that are {state} {included}", by_stages[state], by_finals[state]
    same = sum(decided.get(work) == state for work, state in reached.items())
    yield f"works in {STAGES_FILE}, and those with that state in {FINAL}", len(reached), same


def check_list(build: Build) -> None:
    """Raise if the published list of records, or the flow counted over it, is not as it was made.

    Raises:
        ReviewError: both files and both numbers.
    """
    rows = build.rows(LIST)
    require_equal(build, [(f"rows and records of {LIST}", len(rows), len(_ids(rows)))])
    _require_same(build, "records", (LINKS, _ids(build.links)), (LIST, _ids(rows)))
    _require_same_works(build, LIST, rows)
    states = sum(build.final_of[row["work_id"]]["state"] == row["state"] for row in rows)
    require_equal(build, [(f"records in {LIST}, and those with that state in {FINAL}",
                           len(rows), states)])  # fmt: skip
    require_equal(build, _box_counts(build, rows))


def _box_counts(build: Build, rows: Collection[Row]) -> Iterator[Counted]:
    """Yield each box of `tables/prisma.csv` that has a filter, beside what the filter finds."""
    counts = Counts(rows)
    for line, box in enumerate(read_csv(build.folder / BOXES), start=2):
        text, n = box["filter"], box["this_run"]
        unknown = [column for column, _ in read_filter(text) if column not in FILTERED]
        if unknown:
            raise _not_closed(
                build, f"{BOXES}:{line}: {LIST} has no column {unknown[0]!r} to filter"
            )
        if text and (box["unit"] != STUDIES_UNIT or n.isdigit()):
            found = _studies(rows, text) if box["unit"] == STUDIES_UNIT else counts.of(text)
            what = f"box {box['box']} in {BOXES}, and the rows of {LIST} that its filter finds"
            yield what, n, str(found)


def _studies(rows: Iterable[Row], text: str) -> int:
    """Return how many studies the rows report that pass a filter."""
    wanted = read_filter(text)
    stated = (r["study_id"] for r in rows if all(r[name] in values for name, values in wanted))
    return len({study for many in stated for study in many.split("; ") if study})
