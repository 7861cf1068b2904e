"""Looks at the columns of each source before they are trusted, and says what is set aside.

A column can be filled and still say nothing: issue numbers that run through a whole file, a DOI that
stands with several titles (that of a journal or a volume), a year in the place of pages.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz import fuzz

from searchsets.dedupe.evidence import LOOSE_TITLE
from searchsets.text import normalise

ENOUGH_ISSUES = 100
"""Fewer issue numbers tell nothing about a column."""
RUNNING_ISSUES = 0.5
"""The share of values found once from which a column of issues is taken for a running number."""
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
    for name, finding, holds in _REMARKS:
        found: dict[str, list[str]] = defaultdict(list)
        values = (columns[key] for key in ("database", "title", "year", "container", "pages"))
        for database, title, year, container, pages in zip(*values, strict=True):
            if holds(title or "", year, container or "", pages or ""):
                found[database].append(title if name == "title" else pages)
        for database, examples in sorted(found.items()):
            checks.say(database, name, len(examples), finding, min(examples))
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
        if len(list(_unlike(titles[doi] - {""}))) >= CONTAINER_TITLES:
            checks.dois.add(doi)
            for database, number in sorted(databases[doi].items()):
                finding = "a DOI that stands with several titles; it is not compared"
                checks.say(database, "doi", number, finding, doi)


def _unlike(titles: set[str]) -> Iterator[str]:
    """Yield titles of which no two are alike, up to the number that is asked for."""
    kept: list[str] = []
    for title in sorted(titles):
        if len(kept) < CONTAINER_TITLES and all(
            fuzz.ratio(title, other) < LOOSE_TITLE for other in kept
        ):
            kept.append(title)
            yield title


def _is_year(title: str, year: int | None, container: str, pages: str) -> bool:
    return bool(pages) and pages == str(year)


def _is_date(title: str, year: int | None, container: str, pages: str) -> bool:
    from searchsets.dedupe.places import SPREADSHEET_DATE

    return "-" in pages and bool(SPREADSHEET_DATE.fullmatch(pages))


def is_container(title: str, year: int | None, container: str, pages: str) -> bool:
    """Tell whether the title of a record is that of its journal."""
    return bool(title) and len(title) == len(container) and title.lower() == container.lower()


_REMARKS = (
    ("pages", "the year stands in the place of the pages; they are not compared", _is_year),
    ("pages", "a spreadsheet made a date of the pages; it is read back", _is_date),
    ("title", "the title of the journal stands in the place of the title", is_container),
)
