"""Counts a review's totals under any setting of its choices; the page's script does the same.

The page counts in JavaScript what `totals` counts here: this is the reference that it is held
against (docs/what-if.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain

from searchsets.records.known_items import KEY_SOURCE
from searchsets.reporting.choices.model import (
    COMBINATION,
    PUBLISHED_FROM,
    TEXT,
    WINDOW_FROM,
    WINDOW_UNTIL,
    Cells,
    Data,
    Judged,
    Known,
    Record,
    Settings,
    Work,
)
from searchsets.screening.criteria.file import Judgement
from searchsets.screening.criteria.judge import combine_members
from searchsets.screening.outcomes.states import INCLUDED
from searchsets.search.choices import FALLBACK, READ, Choice

SUGGESTIONS = ("include", "unclear", "exclude")
FOUND = ("records", "works", "records_without_work")
COLUMNS = {
    "records": "Records retrieved",
    "works": "Works retrieved, after this run's deduplication",
    "records_without_work": "Records retrieved that this run did not retrieve: not deduplicated, "
    "not judged",
    "works_to_screen": "Works to screen: retrieved, or brought without a search",
    "in_window": "Works to screen that were published in the window",
    "outside_window": "Works to screen that were published outside it",
    "no_year": "Works to screen of which the year is not known",
    "suggested_include": "Works to screen that the combination would include",
    "suggested_unclear": "Works to screen that it leaves unclear",
    "suggested_exclude": "Works to screen that it would exclude",
    "included": "Works to screen that are included in this run",
    "included_not_found": "Works that are included in this run and would not be found",
    "key_sources_matched": "Key sources that a strategy would match",
    "key_sources_undecidable": "Key sources that none would match and that cannot be judged",
    "key_sources_not_matched": "Key sources that no strategy would match",
    "known_items_matched": "Known items that a strategy would match",
    "known_items_undecidable": "Known items that none would match and that cannot be judged",
    "known_items_not_matched": "Known items that no strategy would match",
}
"""The totals, and what each counts; besides them `records_<search>` and `undecidable_<search>`."""
_OF_KNOWN = ("key_sources_", "known_items_")


def columns_of(data: Data) -> dict[str, str]:
    """Return the totals that a run can have: those of known items only where it has some."""
    has_known = bool(data.known_cells.cells)
    return {
        name: says for name, says in COLUMNS.items() if has_known or not name.startswith(_OF_KNOWN)
    }


@dataclass(frozen=True)
class Totals:
    """The totals of one setting.

    `ids` are those behind each number; None: unknown, since nothing was searched. `counts` are
    numbers without a list: the records of each search that cannot be judged.
    """

    ids: Mapping[str, tuple[str, ...] | None]
    counts: Mapping[str, int | None]

    def numbers(self) -> dict[str, int | None]:
        """Return each total as a number, None where it is unknown."""
        counted = {name: None if ids is None else len(ids) for name, ids in self.ids.items()}
        return counted | dict(self.counts)


def totals(data: Data, settings: Settings) -> Totals:
    """Return the totals of a review under some settings.

    Args:
        data: the coded records, works and known items of a run.
        settings: a value for each option; what is left out is as in this run.

    Raises:
        KeyError: there is no such option, or it has no such value.
    """
    unknown = settings.keys() - data.default.keys()
    if unknown:
        raise KeyError(min(unknown))
    chosen = {**data.default, **settings}
    searched = {one.name: _cell(data, chosen, one.name, one.database) for one in data.searches}
    active = frozenset(searched.values())
    reached = _reached(data, active)
    works = [one for one in data.works if one.brought or one.signature in reached]
    ids = _found(data, searched, active)
    ids |= _by_year(works, chosen[WINDOW_FROM], chosen[WINDOW_UNTIL])
    ids |= _suggested(data, works, chosen)
    there = {one.work_id for one in works}
    included = [one.work_id for one in data.works if one.state == INCLUDED]
    ids["included"] = tuple(one for one in included if one in there)
    ids["included_not_found"] = tuple(one for one in included if one not in there)
    ids |= _known(data, chosen)
    counts = {f"undecidable_{name}": data.undecidable[cell] for name, cell in searched.items()}
    return Totals(ids, counts)


def choice_of(chosen: Settings, database: str) -> Choice:
    """Return how a database is searched under some settings."""
    return Choice(
        str(chosen.get(f"errata.{database}", READ)),
        str(chosen.get(f"reading.{database}", "default")),
        str(chosen.get(f"basis.{database}", FALLBACK)),
    )


def _cell(data: Data, chosen: Settings, search: str, database: str) -> int:
    return data.cells.number(search, choice_of(chosen, database))


def _reached(data: Data, cells: Cells) -> set[int]:
    """Return the signatures that any of these cells belongs to: there are far fewer than records."""
    return {number for number, one in enumerate(data.signatures) if one & cells}


def _retrieved(data: Data, cells: Cells) -> list[Record]:
    reached = _reached(data, cells)
    return [one for one in data.records if one.signature in reached]


def _found(
    data: Data, searched: Mapping[str, int], active: Cells
) -> dict[str, tuple[str, ...] | None]:
    """Return the records and works that the searches retrieve; None if nothing was searched."""
    if not searched:
        return dict.fromkeys(FOUND)
    records = _retrieved(data, active)
    by_search = {
        f"records_{name}": tuple(one.record_id for one in _retrieved(data, frozenset((cell,))))
        for name, cell in searched.items()
    }
    return {
        "records": tuple(one.record_id for one in records),
        "works": tuple(sorted({one.work_id for one in records if one.work_id})),
        "records_without_work": tuple(one.record_id for one in records if not one.work_id),
        **by_search,
    }


def _by_year(
    works: Iterable[Work], first: int | None, last: int | None
) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {"in_window": [], "outside_window": [], "no_year": []}
    for one in works:
        if one.year is None:
            place = "no_year"
        else:
            place = "in_window" if within(one.year, first, last) else "outside_window"
        found[place].append(one.work_id)
    lists = {name: tuple(many) for name, many in found.items()}
    return {"works_to_screen": tuple(sorted(chain(*lists.values()))), **lists}


def within(year: int, first: int | None, last: int | None) -> bool:
    """Tell whether a year is in a window, of which either end may be open.

    >>> within(2002, 2002, 2008), within(2009, None, 2008), within(2009, 2002, None)
    (True, False, True)
    """
    return (first is None or first <= year) and (last is None or year <= last)


def _suggested(data: Data, works: Iterable[Work], chosen: Settings) -> dict[str, tuple[str, ...]]:
    """Return what the chosen combination suggests of each work."""
    [combination] = [one for one in data.combinations if one.id == chosen[COMBINATION]]
    first = chosen.get(PUBLISHED_FROM)
    found: dict[str, list[str]] = {name: [] for name in SUGGESTIONS}

    @cache  # many works, few judgements
    def suggestion(judged: int, years: tuple[int, ...]) -> str:
        return combination.suggest(judged_from(data, data.judged[judged], years, first))

    for one in works:
        found[suggestion(one.judged, one.years)].append(one.work_id)
    return {f"suggested_{name}": tuple(many) for name, many in found.items()}


def judged_from(
    data: Data, judged: Judged, years: Iterable[int], first: int | None
) -> dict[str, Judgement]:
    """Return the judgements of a work, had the criterion of the date another first year.

    A person's judgement stays. Without another first year the judgements are those of this run.
    """
    made = dict(zip(data.criteria, judged.judgements, strict=True))
    if first is None:
        return made
    for name, last in data.dated.items():
        if name not in judged.by_people:
            by_year = ("met" if within(year, first, last) else "not met" for year in years)
            made[name] = combine_members(by_year)
    return made


def _known(data: Data, chosen: Settings) -> dict[str, tuple[str, ...]]:
    """Return which known items at least one strategy matches, and which cannot be judged."""
    if not data.known_cells.cells:
        return {}
    active = frozenset(
        data.known_cells.number(database, choice_of(chosen, database), str(chosen[TEXT]))
        for database in data.databases
    )
    found: dict[str, list[str]] = {
        f"{who}_{state}": []
        for who in ("key_sources", "known_items")
        for state in ("matched", "undecidable", "not_matched")
    }
    for one in data.known:
        state = _state(data, one, active)
        found[f"known_items_{state}"].append(one.record_id)
        if one.role == KEY_SOURCE:
            found[f"key_sources_{state}"].append(one.record_id)
    return {name: tuple(many) for name, many in found.items()}


def _state(data: Data, item: Known, active: Cells) -> str:
    if data.known_signatures[item.matches] & active:
        return "matched"
    return "undecidable" if data.known_signatures[item.undecidable] & active else "not_matched"
