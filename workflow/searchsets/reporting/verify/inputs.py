"""Holds the inputs of a run against its manifest, and says what changed in each as far as can be told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from searchsets.errors import ReviewError
from searchsets.files import lasting_name, read_csv, sha256_of
from searchsets.published import PublishedRun
from searchsets.reporting.verify.model import CHANGED, MISSING, NEW, InputChange
from searchsets.review import as_left_out, brought, load_review
from searchsets.screening.audit.files import check_file, compared
from searchsets.screening.criteria.file import read_criteria
from searchsets.screening.log.reading import Log, LogFile, read_file
from searchsets.strategy.file import read_strategy
from searchsets.strategy.tables import line_rows

_SHOWN = 10
_CHAIN = ("prev_hash", "hash")
"""Columns that follow from the others: a chain that was made anew differs in every row below."""


@dataclass(frozen=True)
class Run(PublishedRun):
    """A published run, with its configuration as its places are today."""

    config: Mapping[str, Any]

    def as_published(self, name: str) -> list[dict[str, str]] | None:
        """Return the rows of a published table, None if it is not as it was published."""
        return read_csv(self.folder / name) if self.is_as_published(name) else None


def changed_inputs(run: Run) -> tuple[list[InputChange], int, str]:
    """Return the inputs that are not as the manifest says, and how many are.

    Where the inputs of today are no whole review (a strategy that cannot be read, say), files that
    are new cannot be told: why stands in the third place.
    """
    hashes = run.manifest["inputs"]
    kinds = {n: kind for kind, names in run.manifest.get("kinds", {}).items() for n in names}
    there, unread = _present(run)
    there = there or {name: (kinds.get(name, ""), Path(name)) for name in hashes}
    found, same = [], 0
    for name in sorted(hashes.keys() | there.keys()):
        kind, path = there.get(name, (kinds.get(name, ""), Path(name)))
        if not path.is_file():
            found.append(InputChange(name, kind, MISSING, tuple(_details(run, kind, path))))
        elif name not in hashes:
            found.append(InputChange(name, kind, NEW))
        elif sha256_of(path) != hashes[name]:
            found.append(InputChange(name, kind, CHANGED, tuple(_details(run, kind, path))))
        else:
            same += 1
    return found, same, unread


def _present(run: Run) -> tuple[dict[str, tuple[str, Path]], str]:
    """Return the inputs of today by name, with their kind; else why they are no whole review."""
    try:
        listed = brought(load_review(as_left_out(run.config)))
    except (ReviewError, OSError) as error:
        return {}, str(error)
    named = {
        lasting_name(path, run.config): (kind, path)
        for kind, paths in listed.items()
        for path in paths
    }
    return named, ""


def _details(run: Run, kind: str, path: Path) -> Iterator[str]:
    explain = EXPLAINED.get(kind)
    if explain is None:
        return
    try:
        told = list(explain(run, path))
    except ReviewError as error:
        told = [str(error).replace("\n", " ")]
    except (OSError, KeyError, ValueError, TypeError, AttributeError):
        return  # a manifest of another version says less
    yield from told[:_SHOWN]
    if len(told) > _SHOWN:
        yield f"and {len(told) - _SHOWN:,} more"


def _strategy(run: Run, path: Path) -> Iterator[str]:
    """Yield the lines of a strategy that are others than the published ones."""
    published = run.as_published(f"strategies/{path.stem}/lines.csv")
    if published is None or not path.exists():
        return
    strategy = read_strategy(path, literal=run.config["errata"] == "literal")
    old = {row["line"]: row for row in published}
    new = {str(row["line"]): row for row in line_rows(strategy)}
    for line in sorted(old.keys() | new.keys(), key=int):
        was, now = (side[line]["text"] if line in side else None for side in (old, new))
        if now is None:
            yield f"line #{line} is gone: {was!r}"
        elif was is None:
            yield f"line #{line} is new: {now!r}"
        elif was != now:
            yield f"line #{line} was {was!r} and is now {now!r}"
        elif old[line]["expression"] != new[line]["expression"]:
            was, now = (side[line]["expression"] for side in (old, new))
            yield f"line #{line} was read as {was!r} and is now read as {now!r}"
    if {n: r["text"] for n, r in old.items()} == {n: r["text"] for n, r in new.items()}:
        yield "the lines as printed are the same; look at what else the file says"


def _criteria(run: Run, path: Path) -> Iterator[str]:
    """Yield the criteria that are others, by their versions."""
    if not path.exists():
        return
    old = run.manifest["criteria"]["versions"]
    criteria = read_criteria(path)
    new = {one.id: one.version for one in (*criteria.criteria, *criteria.facets)}
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            what = "is gone" if name not in new else "is new" if name not in old else "changed"
            yield f"the criterion {name} {what}"
    if old == new:
        yield "the criteria are the same; combinations or reasons, or words about them, changed"


def _decisions(run: Run, path: Path) -> Iterator[str]:
    """Yield what the chain and the seals of a log say, and which cells are not as published."""
    folder = Path(run.config["decisions"])
    table = path.with_suffix(".csv")
    name = table.relative_to(folder).as_posix()
    if not table.exists():
        rows = run.manifest["decisions"].get(name, {}).get("rows")
        yield f"the file had {rows} rows when the run was made" if rows else "the file is gone"
        return
    file = read_file(table, folder)
    yield from (f"{one.place}: {one.message}" for one in check_file(file))
    kept = run.manifest["decisions"].get(name)
    if kept:
        seal = {"file": name, "rows": str(kept["rows"]), "last_hash": kept["last_hash"] or ""}
        yield from (one.message for one in compared(Log([file]), [seal]))
    if path == table:
        yield from _cells(run, file)


def _cells(run: Run, file: LogFile) -> Iterator[str]:
    """Yield the acts of a file that are gone, new, or say something else than the published ones."""
    published = run.as_published("screening/events.csv")
    if published is None:
        return
    mine = ("stage", "round", "reviewer")
    here = {name: getattr(file, name) for name in mine}
    old = {r["event_id"]: r for r in published if r["seq"] and all(r[n] == here[n] for n in mine)}
    new = {event.event_id: (index, event) for index, event in enumerate(file.events)}
    for act in sorted(old.keys() - new.keys(), key=lambda one: int(old[one]["seq"])):
        row = old[act]
        yield f"the act {act} is gone: {row['decision']} on {row['record_id']}"
    added = [act for act in new if act not in old]
    for act, (index, event) in new.items():
        for column, value in event._asdict().items():
            if act in old and column not in _CHAIN and old[act][column] != value:
                was = old[act][column]
                yield f"{file.short_place(index)}, column {column}: was {was!r} and is now {value!r}"
    if added:
        yield f"{len(added):,} acts are new, the first is {added[0]}"


def _known_items(run: Run, path: Path) -> Iterator[str]:
    """Yield which records of the review's own literature are gone, and which are new."""
    from searchsets.records.known_items import SOURCE, open_known_items
    from searchsets.records.shards import read_records
    from searchsets.records.store import import_database

    folder = run.folder / "records" / SOURCE
    shards = (path.relative_to(run.folder).as_posix() for path in folder.glob("*.parquet"))
    if not path.exists() or not all(map(run.is_as_published, shards)):
        return
    with TemporaryDirectory(prefix="searchsets-known-") as place:
        import_database(SOURCE, open_known_items(path.parent), Path(place))
        ids, ids_now = (
            set(read_records(one, ["record_id"])["record_id"].to_pylist())
            for one in (folder, Path(place))
        )
    yield from (f"the record {one} is gone" for one in sorted(ids - ids_now))
    yield from (f"the record {one} is new" for one in sorted(ids_now - ids))


EXPLAINED: dict[str, Callable[[Run, Path], Iterator[str]]] = {
    "strategies": _strategy,
    "criteria": _criteria,
    "decisions": _decisions,
    "known_items": _known_items,
}
"""How a change of an input is told, by its kind; of other kinds the rebuild tells what follows."""
