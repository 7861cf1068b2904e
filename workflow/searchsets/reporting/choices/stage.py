"""Writes a finished run coded for what-if, and tells its totals as a table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from searchsets.reporting.build import Build
from searchsets.reporting.choices.files import read_choices, write_choices
from searchsets.reporting.choices.gather import gather
from searchsets.reporting.choices.model import BASIS_WORDS, Data, Settings
from searchsets.reporting.choices.totals import Totals, columns_of, totals
from searchsets.reporting.tables.model import Rows, Table, table
from searchsets.search.choices import STRICT

FOLDER = "choices"
THIS_RUN = "as in this run"
NOTHING = "nothing"
"""Stands in the column `changes` where no total is of other records than in this run."""
FIRST_COLUMNS = ("choice", "value", "question", "answer", "changes")
CAPTION = (
    "What the totals would be, had a choice been made otherwise: first as in this run, then one "
    "choice changed at a time. Changes: the totals that then stand for other records or works. "
    "Suggestions are those of the rules, or of people where they judged; what people decided stays. "
    "What this run did not retrieve was not deduplicated and not judged: it is counted in "
    "records_without_work only. An empty cell: nothing was searched."
)


def code_run(folder: Path, config_file: Path, out: Path) -> Data:
    """Write `choices/` of a build.

    Raises:
        ReviewError: the files of the run do not fit each other.
    """
    data = gather(Build.read(folder, config_file))
    write_choices(data, out)
    return data


def single_changes(data: Data) -> Iterator[tuple[dict[str, Any], Settings]]:
    """Yield each single change of this run's choices: how the table names it, and its settings."""
    for option in data.options:
        for value in option.values:
            if value.value != option.default:
                named = {"choice": option.id, "value": value.value, "question": option.label}
                yield named | {"answer": value.label}, {option.id: value.value}
    everywhere = {one.id: STRICT for one in data.options if one.id.startswith("basis.")}
    if len(everywhere) > 1:
        named = {"choice": "basis", "value": STRICT, "answer": BASIS_WORDS[STRICT]}
        question = "All databases: how descriptors are searched in records that have none"
        yield named | {"question": question}, everywhere


def choices(build: Build) -> Table:
    """The totals of this run's choices, and of each single change of them."""
    data = read_choices(build.folder / FOLDER)
    now = totals(data, {})
    names = list(column_names(data))

    def rows() -> Rows:
        yield {"choice": THIS_RUN, **now.numbers()}
        for named, settings in single_changes(data):
            then = totals(data, settings)
            yield {**named, "changes": changed(now, then) or NOTHING, **then.numbers()}

    return table("choices", CAPTION, (*FIRST_COLUMNS, *names), rows())


def column_names(data: Data) -> Iterator[str]:
    """Yield the columns of the totals of a run: those of all runs, then those of each search."""
    yield from columns_of(data)
    for search in data.searches:
        yield from (f"records_{search.name}", f"undecidable_{search.name}")


def changed(now: Totals, then: Totals) -> list[str]:
    """Return the totals that stand for other records, or for another number of them."""
    by_list = [name for name in now.ids if set(now.ids[name] or ()) != set(then.ids[name] or ())]
    return by_list + [name for name in now.counts if now.counts[name] != then.counts[name]]
