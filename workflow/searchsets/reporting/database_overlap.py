"""How far the databases find the same works, and the same known items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from searchsets.evidence.stage import BY_TEXT
from searchsets.files import read_csv, write_csv
from searchsets.search.choices import MATCH

WORKS = "works"
DATABASES_COLUMNS = ("over", "database_a", "database_b", "both", "only_a", "only_b")
TOGETHER_COLUMNS = ("over", "databases", "number")


class Pair(NamedTuple):
    """Two databases: how many works both find, and only the one or the other."""

    first: str
    second: str
    both: int
    only_first: int
    only_second: int


def shared(found: Mapping[str, Iterable[str]]) -> tuple[list[Pair], Counter[tuple[str, ...]]]:
    """Return how far databases find the same works: by pair, and by exactly which databases.

    Args:
        found: for each database the works that it found.
    """
    works = {database: set(ids) for database, ids in found.items()}
    pairs = [
        Pair(a, b, len(works[a] & works[b]), len(works[a] - works[b]), len(works[b] - works[a]))
        for a, b in combinations(works, 2)
    ]
    by_work: dict[str, list[str]] = {}
    for database, ids in works.items():
        for work in ids:
            by_work.setdefault(work, []).append(database)
    return pairs, Counter(map(tuple, by_work.values()))


def write_databases(databases: list[str], build: Path, out: Path) -> None:
    """Write how far the databases find the same works, and the same known items.

    Args:
        databases: in their order.
        build: the folder with what searches, evidence and deduplication wrote.
        out: the folder that `databases.csv` and `together.csv` are written to.
    """
    pairs, together = [], []
    for over, by_database in _found(databases, build, build / "works" / "links.csv"):
        overlap, combinations = shared(by_database)
        pairs += [
            {
                "over": over, "database_a": one.first, "database_b": one.second, "both": one.both,
                "only_a": one.only_first, "only_b": one.only_second,
            }
            for one in overlap
        ]  # fmt: skip
        ranked = sorted(combinations.items(), key=lambda item: (-item[1], item[0]))
        together += [
            {"over": over, "databases": list(names), "number": number} for names, number in ranked
        ]
    write_csv(out / "databases.csv", DATABASES_COLUMNS, pairs)
    write_csv(out / "together.csv", TOGETHER_COLUMNS, together)


def _found(
    databases: list[str], folder: Path, links: Path
) -> Iterator[tuple[str, dict[str, set[str]]]]:
    """Yield what each database found: works, and known items by the two texts of them."""
    work_of = {row["record_id"]: row["work_id"] for row in read_csv(links)}
    works = {
        database: {
            work_of[row["record_id"]]
            for row in read_csv(folder / "search" / database / "retrieved.csv")
        }
        for database in databases
        if (folder / "records" / database).is_dir()  # of the others it is not known
    }
    yield WORKS, works
    why = {database: read_csv(folder / "evidence" / database / "why.csv") for database in databases}
    for text, over in BY_TEXT.items() if any(why.values()) else ():
        matching = {
            database: {
                row["record_id"] for row in rows if (row["text"], row["state"]) == (text, MATCH)
            }
            for database, rows in why.items()
        }
        yield over, matching
