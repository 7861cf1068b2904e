"""Looks at the columns of each source before they are trusted, and says what is set aside.

A column can be filled and still say nothing: issue numbers that run through a whole file, a DOI that
stands with several titles (that of a journal or a volume), a year in the place of pages.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz import fuzz

from searchsets.dedupe.evidence import LOOSE_TITLE
from searchsets.dedupe.places import SPREADSHEET_DATE
from searchsets.dedupe.reading import is_title_of_container, is_year
from searchsets.text import normalise

ENOUGH_ISSUES = 100
"""Fewer issue numbers tell nothing about a column."""
RUNNING_ISSUES = 0.5
"""The share of distinct values from which a column of issues is taken for a running number."""
CONTAINER_TITLES = 3
"""A DOI that stands with so many titles, no two of them alike, is that of what contains them."""

CHECK_COLUMNS = ("database", "field", "records", "finding", "example")


@dataclass
class Checks:
    """What was found: the databases whose issues are set aside, the DOIs, and the rows that say so."""

    issues: set[str] = field(default_factory=set)
    dois: set[str] = field(default_factory=set)
    rows: list[dict[str, Any]] = field(default_factory=list)

    def set_aside(self, row: Mapping[str, Any]) -> frozenset[str]:
        """Return the columns of a record that are not to be compared."""
        if row["database"] in self.issues:
            return _BOTH if row["doi"] in self.dois else _ISSUE
        return _DOI if row["doi"] in self.dois else _NONE

    def say(self, database: str, name: str, records: int, finding: str, example: str = "") -> None:
        """Note a finding."""
        self.rows.append(
            dict(zip(CHECK_COLUMNS, (database, name, records, finding, example), strict=True))
        )


_NONE, _ISSUE, _DOI = frozenset[str](), frozenset(("issue",)), frozenset(("doi",))
_BOTH = _ISSUE | _DOI


def check_columns(columns: Mapping[str, Sequence[Any]]) -> Checks:
    """Look at the columns of all records.

    Args:
        columns: the values of `database`, `title`, `year`, `container`, `issue`, `pages` and `doi`,
            record by record.
    """
    checks = Checks()
    for database, issues in sorted(_by_database(columns, "issue").items()):
        _check_issues(checks, database, issues)
    _check_dois(checks, columns)
    for name, finding, found in _REMARKS:
        examples: dict[str, list[str]] = defaultdict(list)
        for database, value in found(columns):
            examples[database].append(value)
        for database, values in sorted(examples.items()):
            checks.say(database, name, len(values), finding, min(values))
    return checks


def _by_database(columns: Mapping[str, Sequence[Any]], name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for database, value in zip(columns["database"], columns[name], strict=True):
        if value:
            found[database].append(value)
    return found


def _check_issues(checks: Checks, database: str, issues: Sequence[str]) -> None:
    counts = Counter(issues)
    if len(issues) >= ENOUGH_ISSUES and len(counts) >= RUNNING_ISSUES * len(issues):
        checks.issues.add(database)
        finding = (
            f"{len(counts):,} values in {len(issues):,} records: a running number and no issue; "
            "the column is not compared"
        )
        checks.say(database, "issue", len(issues), finding, min(counts))


def _check_dois(checks: Checks, columns: Mapping[str, Sequence[Any]]) -> None:
    counts = Counter(doi for doi in columns["doi"] if doi)
    often = {doi for doi, number in counts.items() if number >= CONTAINER_TITLES}
    titles: dict[str, set[str]] = defaultdict(set)
    databases: dict[str, Counter[str]] = defaultdict(Counter)
    for doi, title, database in zip(
        columns["doi"], columns["title"], columns["database"], strict=True
    ):
        if doi in often:
            titles[doi].add(normalise(title or ""))
            databases[doi][database] += 1
    for doi in sorted(often):
        if _are_unlike(titles[doi] - {""}, CONTAINER_TITLES):
            checks.dois.add(doi)
            for database, number in sorted(databases[doi].items()):
                finding = "a DOI that stands with several titles; it is not compared"
                checks.say(database, "doi", number, finding, doi)


def _are_unlike(titles: set[str], number: int) -> bool:
    """Tell whether there are so many titles of which no two are alike."""
    kept: list[str] = []
    for title in sorted(titles):
        if all(fuzz.ratio(title, other) < LOOSE_TITLE for other in kept):
            kept.append(title)
            if len(kept) == number:
                return True
    return False


Columns = Mapping[str, Sequence[Any]]
Found = Iterator[tuple[str, str]]
"""Databases, each with a value in which something was found."""


def _years_for_pages(columns: Columns) -> Found:
    for database, pages, year in zip(
        columns["database"], columns["pages"], columns["year"], strict=True
    ):
        if is_year(pages, year):
            yield database, pages


def _dates_for_pages(columns: Columns) -> Found:
    for database, pages in zip(columns["database"], columns["pages"], strict=True):
        if pages and "-" in pages and SPREADSHEET_DATE.fullmatch(pages):
            yield database, pages


def _containers_for_titles(columns: Columns) -> Found:
    for database, title, container in zip(
        columns["database"], columns["title"], columns["container"], strict=True
    ):
        if is_title_of_container(title, container):
            yield database, title


_REMARKS: tuple[tuple[str, str, Callable[[Columns], Found]], ...] = (
    ("pages", "the year stands in the place of the pages; they are not compared", _years_for_pages),
    ("pages", "a spreadsheet made a date of the pages; it is read back", _dates_for_pages),
    (
        "title",
        "the title of the journal stands in the place of the title",
        _containers_for_titles,
    ),
)
