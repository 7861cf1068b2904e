"""Tables of duplicates: the balance, what a person is asked, versions, merges, people's decisions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from searchsets.dedupe.checks import CHECK_COLUMNS
from searchsets.dedupe.evidence import FIELDS
from searchsets.dedupe.explain import CALLED, SAYS
from searchsets.dedupe.joining import BY_RULES, DISAGREE
from searchsets.dedupe.log import BALANCE_COLUMNS, UNCERTAIN_COLUMNS
from searchsets.dedupe.versions import KINDS
from searchsets.reporting.build import Build, Row
from searchsets.reporting.citation import reference
from searchsets.reporting.tables.model import Rows, Table, table

ON_PAGE = 50
"""So many rows of a list the page shows; the others stand in its table."""
ALL = "all together"
_PLURAL = ("authors", "numbers")
_PAIR = ("record_id_a", "record_id_b")


def balance(build: Build) -> Table:
    """The records of each database, and the works that they are; last, of all taken together."""

    def rows() -> Rows:
        yield from build.rows("works/balance.csv")
        yield _balance_of_all(build)

    return table(
        "duplicates_balance",
        "For each database: records = duplicates within + works, and works = shared with another "
        "database + only here. Linked: works that are a version of another work. The last row takes "
        "all databases together, so that a shared work counts once.",
        BALANCE_COLUMNS,
        rows(),
    )


def _balance_of_all(build: Build) -> dict[str, Any]:
    links = {(row["work_id"], row["database"]) for row in build.links}
    databases = Counter(work for work, _ in links)
    shared = sum(number > 1 for number in databases.values())
    versions = [_two(row, "work_id") for row in build.rows("works/versions.csv")]
    return {
        "database": ALL,
        "records": len(build.work_of),
        "duplicates_within": len(build.work_of) - len(databases),
        "works": len(databases),
        "shared": shared,
        "only_here": len(databases) - shared,
        "linked": len({work for a, b in versions if a != b for work in (a, b)}),
    }


def review(build: Build) -> Table:
    """The pairs about which a person is asked."""
    return table(
        "duplicates_review",
        "Pairs of records that may be one work, for a person to decide, those first whose answer is "
        "worth most. Gain: the weight of what agrees, less the doubts of what stands against it. "
        "Disagree: the fields that disagree, or agree in part only.",
        UNCERTAIN_COLUMNS,
        iter(build.rows("works/uncertain.csv")),
    )


def version_kinds(build: Build) -> Table:
    """How many pairs are versions of one text, by kind."""

    def rows() -> Rows:
        links = Counter(row["type"] for row in build.rows("works/versions.csv"))
        for kind in (*KINDS, *sorted(links.keys() - KINDS.keys())):
            counts = kind in build.config["dedupe"]["collapse"]
            meaning = KINDS.get(kind)
            yield {"kind": kind, "meaning": meaning, "one_work": counts} | _shown(links[kind])

    return table(
        "duplicates_kinds",
        "Pairs of records that are versions of one text, by the kind of version. One work: the "
        "configuration counts this kind as one work (dedupe, collapse); else versions are linked "
        "and never merged.",
        ("kind", "meaning", "number", "on_page", "further", "one_work"),
        rows(),
    )


def versions(build: Build) -> Table:
    """Each two records that are versions of one text."""
    columns = ("kind", *_PAIR, "reference_a", "reference_b", "work_id_a", "work_id_b", "evidence",
               "decided_by", "note")  # fmt: skip

    def rows() -> Rows:
        found = build.rows("works/versions.csv")
        for row, cited in _cited(build, found):
            levels = [one.rpartition(" ") for one in row["evidence"].split("; ") if one]
            evidence = in_words({name: level for name, _, level in levels})
            works = {name: row[name] for name in ("work_id_a", "work_id_b")}
            yield cited | works | {"kind": row["type"], "evidence": evidence}

    return table(
        "duplicates_versions",
        "Each two records that are versions of one text, with the works that they belong to: two "
        "works, but where the configuration counts the kind as one.",
        columns,
        rows(),
    )


def merges(build: Build) -> Table:
    """Each two records that were joined, with what speaks for it; the weakest first."""
    columns = ("work_id", *_PAIR, "reference_a", "reference_b", "evidence", "weight", "decided_by",
               "note")  # fmt: skip

    def rows() -> Rows:
        found = [row for row in build.decisions if row["outcome"] == "merge"]
        found.sort(key=lambda row: (int(row["weight"]), _two(row)))
        for row, cited in _cited(build, found):
            work = build.work_of[row["record_id_a"]]
            yield cited | {"work_id": work, "evidence": in_words(row), "weight": row["weight"]}

    return table(
        "duplicates_merges",
        "Each two records that were joined into one work, and what speaks for it; those first for "
        "which least speaks. Weight: what all fields add together. What is missing in one of the two "
        "records is not told.",
        columns,
        rows(),
    )


def people(build: Build) -> Table:
    """What people decided about pairs, those first about which they disagree."""
    columns = ("outcome", *_PAIR, "reference_a", "reference_b", "decided_by", "note")

    def rows() -> Rows:
        found = [row for row in build.decisions if is_by_people(row)]
        found.sort(key=lambda row: (not is_disputed(row), _two(row)))
        for row, cited in _cited(build, found):
            yield cited | {"outcome": _outcome(row)}

    return table(
        "duplicates_people",
        "Pairs of records that people decided, as this run followed them; those first about which "
        "people disagree, which stay apart until they agree.",
        columns,
        rows(),
    )


def is_by_people(row: Row) -> bool:
    """Tell whether a decision is one of people, not of the rules.

    >>> is_by_people({"decided_by": "rules 2"}), is_by_people({"decided_by": "R01 (dedupe-R01-1)"})
    (False, True)
    """
    return row["decided_by"] != BY_RULES


def is_disputed(row: Row) -> bool:
    """Tell whether people say different things about a pair."""
    return row["outcome"] == "review" and row["note"].startswith(DISAGREE)


def _outcome(row: Row) -> str:
    if is_disputed(row):
        return DISAGREE
    if row["outcome"] == "version":
        return f"two versions: {row['kind']}"
    return {
        "merge": "one work",
        "apart": "two works",
        "review": "one work, but that was not followed",
    }[row["outcome"]]


def checks(build: Build) -> Table:
    """What was set aside before records were compared, and which pairs were not compared."""
    return table(
        "duplicates_checks",
        "What was set aside before records were compared, or read otherwise; and, where no database "
        "is named, which pairs were not compared because too many records have one thing in common: "
        "records is their number, example what they have in common.",
        CHECK_COLUMNS,
        iter(build.rows("works/checks.csv")),
    )


def counts(build: Build) -> Table:
    """How many works, merges, questions, versions and people's decisions there are."""

    def rows() -> Rows:
        sizes = Counter(build.work_of.values())
        yield _figure("records", len(build.work_of), "records that were put together", "links")
        yield _figure("works", len(sizes), "works that they are", "links")
        several = sum(number > 1 for number in sizes.values())
        yield _figure("several", several, "works of several records", "links")
        merged = sum(row["outcome"] == "merge" for row in build.decisions)
        yield _listed("merges", merged, "pairs of records that were joined", "decisions")
        asked = len(build.rows("works/uncertain.csv"))
        yield _listed("questions", asked, "pairs that a person is asked about", "uncertain")
        yield _figure("not_asked", _not_asked(build), NOT_ASKED, "decisions")
        linked = len(build.rows("works/versions.csv"))
        yield _figure("versions", linked, "pairs that are versions of one text", "versions")
        by_people = [row for row in build.decisions if is_by_people(row)]
        yield _listed("people", len(by_people), "pairs that people decided", "decisions")
        disputed = sum(map(is_disputed, by_people))
        yield _figure("disputed", disputed, "pairs about which people disagree", "decisions")
        findings = len(build.rows("works/checks.csv"))
        yield _listed("checks", findings, "findings about what was not compared", "checks")

    return table(
        "duplicates",
        "How many records, works, merges, questions, versions and decisions of people there are. On "
        "page: how many of a list the page shows; further: how many stand in its table only.",
        ("figure", "number", "on_page", "further", "meaning", "counted_from"),
        rows(),
    )


NOT_ASKED = (
    "pairs in question that nobody is asked about: beyond the share that the configuration sets, or "
    "between two works that another pair asks about"
)


def _figure(name: str, number: int, meaning: str, source: str) -> dict[str, Any]:
    file = f"works/{source}.csv"
    return {"figure": name, "number": number, "meaning": meaning, "counted_from": file}


def _listed(name: str, number: int, meaning: str, source: str) -> dict[str, Any]:
    """Return the row of a figure that counts what the page lists."""
    return _figure(name, number, meaning, source) | _shown(number)


def _not_asked(build: Build) -> int:
    asked = {_two(row) for row in build.rows("works/uncertain.csv")}
    return sum(
        row["outcome"] == "review"
        and _two(row) not in asked
        and build.work_of[row["record_id_a"]] != build.work_of[row["record_id_b"]]
        for row in build.decisions
    )


def _shown(number: int) -> dict[str, int]:
    """Return a number, how many of them the page shows, and how many more there are."""
    shown = min(number, ON_PAGE)
    return {"number": number, "on_page": shown, "further": number - shown}


def in_words(levels: Mapping[str, str]) -> list[str]:
    """Return what the fields of two records are to each other, fields of one level together.

    Args:
        levels: the level of each field; fields without one, and what is no field, are left out.

    >>> in_words({"title": "same", "authors": "same", "year": "near", "doi": "", "weight": "14"})
    ['title and authors agree', 'year nearly agrees']
    """
    fields_of: dict[str, list[str]] = {level: [] for level in SAYS}
    for name in FIELDS:
        if levels.get(name):
            fields_of[levels[name]].append(CALLED.get(name, name))
    return [_sentence(names, level) for level, names in fields_of.items() if names]


def _sentence(names: list[str], level: str) -> str:
    many = len(names) > 1 or names[0].startswith(_PLURAL)
    told = SAYS[level].replace("agrees", "agree") if many else SAYS[level]
    *first, last = names
    return f"{', '.join(first)} and {last} {told}" if first else f"{last} {told}"


def _cited(build: Build, rows: Collection[Row]) -> Iterator[tuple[Row, dict[str, str]]]:
    """Yield each row about a pair, and what a table tells of all pairs: which, and decided by whom."""
    records = build.records_of(record for row in rows for record in _two(row))
    for row in rows:
        a, b = (_reference(records[record]) for record in _two(row))
        told = {name: row[name] for name in (*_PAIR, "decided_by", "note")}
        yield row, told | {"reference_a": a, "reference_b": b}


def _reference(record: Mapping[str, Any]) -> str:
    """Return the reference of a record without its address, which would make it long."""
    return reference(record | {"title": record["title"] or "[no title]", "url": ""})


def _two(row: Row, name: str = "record_id") -> tuple[str, str]:
    return row[f"{name}_a"], row[f"{name}_b"]
