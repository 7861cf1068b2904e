"""The tables of a comparison, beside the list of records that they are counted over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from searchsets.comparison.records import (
    CHANGED,
    CHANGES,
    COLUMNS,
    DECISIONS,
    DROPPED,
    NEW,
    NOT_AGAIN,
    SAME,
    Side,
)
from searchsets.nested import flat
from searchsets.published import PublishedRun, Row
from searchsets.reporting.tables.model import Table, table
from searchsets.screening.outcomes.states import INCLUDED

ONLY_A, ONLY_B, OTHER_TEXT, OTHER = "only in a", "only in b", "other text", "another"
Outputs = Mapping[str, Row]
"""By the name of a search: the row of `outputs.csv` that the run chose."""


def tables_of(a: Side, b: Side, rows: list[dict[str, Any]]) -> list[Table]:
    """Return all tables of a comparison, the list of records last."""
    one, other = a.run, b.run
    outputs = [_outputs(run) for run in (one, other)]
    every_line = list(lines(one, other))
    named = {"a": one.name, "b": other.name}
    return [
        table("counts", f"What became of the records and works of {one.name} in {other.name}. The "
              "filter finds them in records.csv.", ("figure", "value", "unit", "means", "filter"),
              counts(rows, named)),
        table("databases", "Records that each database gave, and that its strategy retrieved, in both "
              "runs. Empty: not searched, which is not 0.",
              ("database", "searched_a", "searched_b", "records_a", "records_b", "retrieved_a",
               "retrieved_b", "both", "new", "not_found_again"), databases(one, other, outputs, rows)),
        table("lines", "The lines of the strategies with what they found, then and now. Empty: not "
              "searched, which is not 0.",
              ("database", "line", "change", "text_a", "text_b", "hits_a", "hits_fallback_a",
               "hits_b", "hits_fallback_b"), iter(every_line)),
        table("strategies", "In what the strategies of the two runs differ.",
              ("database", "change", "lines_changed", "outputs_a", "outputs_b", "sha256_a",
               "sha256_b"), strategies(one, other, outputs, every_line)),
        table("criteria", "The criteria in both runs, and which of them say something else.",
              ("criterion", "change", "version_a", "version_b", "printed_a", "printed_b"),
              criteria(one, other)),
        table("settings", "Settings and versions that differ between the two runs.",
              ("setting", "a", "b"), settings(one, other)),
        table("asked_again", "Decisions that the later run asks for again, with the reason.",
              ("record_id", "work_id", "stage", "reviewer", "decision", "why", "criteria",
               "state_now"), asked_again(other)),
        table("years", "Works by year of publication, in both runs.",
              ("year", "works_a", "works_b", "new_works", "included_a", "included_b"), years(rows)),
        table("records", "Every record of either run, and what became of it.", COLUMNS, iter(rows)),
    ]  # fmt: skip


def counts(rows: list[dict[str, Any]], named: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Yield the counts of records by what changed, and of works by what became of the decision."""
    changes = Counter(row["change"] for row in rows)
    for change, means in CHANGES.items():
        yield _count(f"records: {change}", changes[change], "records", means.format(**named),
                     f"change={change}")  # fmt: skip
    became = Counter(row["became"] for row in rows if row["change"] == NOT_AGAIN)
    for what, number in sorted(became.items()):
        yield _count(f"not found again: {what}", number, "records", f"of these: {what}",
                     f"change={NOT_AGAIN}&became={what}")  # fmt: skip
    works: dict[str, set[str]] = {}
    for row in rows:
        works.setdefault(row["decision"], set()).add(row["work_b"])
    for decision, means in DECISIONS.items():
        yield _count(f"works: {decision}", len(works.get(decision, ())), "works",
                     means.format(**named), f"decision={decision}")  # fmt: skip
    for side in "ab":
        included = {_work(row) for row in rows if row[f"state_{side}"] == INCLUDED}
        yield _count(f"works: included in {named[side]}", len(included), "works",
                     f"included in {named[side]}", f"state_{side}={INCLUDED}")  # fmt: skip
    pairs = {(row["state_a"], row["work_b"]) for row in rows if row["state_b"] == INCLUDED}
    for state, number in sorted(Counter(state for state, _ in pairs).items()):
        if state != INCLUDED:
            was = f"{state} in {named['a']}" if state else f"not in {named['a']}"
            yield _count(f"works: newly included, {was}", number, "works",
                         f"included in {named['b']}; {was}",
                         f"state_a={state}&state_b={INCLUDED}")  # fmt: skip


def _work(row: Mapping[str, Any]) -> str:
    """Return the work of a record: its id is one in all runs, and a new record may join an old work."""
    return row["work_b"] or row["work_a"]


def _count(figure: str, value: int, unit: str, means: str, wanted: str) -> dict[str, Any]:
    return {"figure": figure, "value": value, "unit": unit, "means": means, "filter": wanted}


def databases(
    a: PublishedRun, b: PublishedRun, outputs: Sequence[Outputs], rows: Iterable[Row]
) -> Iterator[dict[str, Any]]:
    """Yield how many records each database gave, and what became of them."""
    kinds = Counter((row["source"], row["change"]) for row in rows)
    words = [
        {row["database"]: row["export"] for row in run.rows("tables/databases.csv")}
        for run in (a, b)
    ]
    for name in sorted({*outputs[0], *outputs[1]}):
        then, now = (_if_searched(side.get(name, {})) for side in outputs)
        yield {
            "database": name,
            "searched_a": words[0].get(name),
            "searched_b": words[1].get(name),
            "records_a": then.get("records"),
            "records_b": now.get("records"),
            "retrieved_a": then.get("retrieved"),
            "retrieved_b": now.get("retrieved"),
        } | _became(kinds, name, searched=bool(then or now))


def _if_searched(output: Row) -> Row:
    """Return an output of a search, nothing where no search was made."""
    return output if output.get("retrieved") else {}


def _became(
    kinds: Mapping[tuple[str, str], int], name: str, *, searched: bool
) -> dict[str, int | None]:
    if not searched:
        return dict.fromkeys(("both", "new", "not_found_again"))
    return {
        "both": kinds[name, SAME] + kinds[name, CHANGED],
        "new": kinds[name, NEW],
        "not_found_again": kinds[name, NOT_AGAIN] + kinds[name, DROPPED],
    }


def strategies(
    a: PublishedRun, b: PublishedRun, outputs: Sequence[Outputs], every_line: Iterable[Row]
) -> Iterator[dict[str, Any]]:
    """Yield whether each strategy is the same in both runs, and in what it is another."""
    files = [run.manifest["strategies"] for run in (a, b)]
    changed = Counter(row["database"] for row in every_line if row["change"] != SAME)
    for name in sorted({*files[0], *files[1]}):
        then, now = (side.get(name, {}) for side in files)
        yield {
            "database": name,
            "change": _strategy_change(then, now),
            "lines_changed": changed[name],
            "outputs_a": outputs[0].get(name, {}).get("lines"),
            "outputs_b": outputs[1].get(name, {}).get("lines"),
            "sha256_a": then.get("sha256"),
            "sha256_b": now.get("sha256"),
        }


def _strategy_change(then: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    if not then or not now:
        return ONLY_B if now else ONLY_A
    return SAME if then["sha256"] == now["sha256"] else OTHER


def _outputs(run: PublishedRun) -> Outputs:
    """Return of each search the output that the run chose, searched or not."""
    made = {}
    for name in run.manifest["outputs"]:
        folder, _, file = name.rpartition("/")
        if folder.startswith("search/") and file == "outputs.csv":
            [made[folder.removeprefix("search/")]] = [
                row for row in run.rows(name) if row["chosen"] == "yes"
            ]
    return made


def lines(a: PublishedRun, b: PublishedRun) -> Iterator[dict[str, Any]]:
    """Yield every line of either run's strategies with its hits."""
    sides = [_lines(run) for run in (a, b)]
    for key in sorted(sides[0].keys() | sides[1].keys()):
        then, now = (side.get(key) for side in sides)
        yield {
            "database": key[0],
            "line": key[1],
            "change": _line_change(then, now),
            **_hits("a", then),
            **_hits("b", now),
        }


def _lines(run: PublishedRun) -> dict[tuple[str, int], Row]:
    names = [name for name in run.manifest["outputs"] if name.endswith("/hits.csv")]
    return {
        (name.split("/")[1], int(row["line"])): row
        for name in sorted(names)
        for row in run.rows(name)
    }


def _line_change(then: Row | None, now: Row | None) -> str:
    if then is None or now is None:
        return ONLY_B if then is None else ONLY_A
    return SAME if then["text"] == now["text"] else OTHER_TEXT


def _hits(side: str, row: Row | None) -> dict[str, Any]:
    row = row or {}
    return {f"{name}_{side}": row.get(name) for name in ("text", "hits", "hits_fallback")}


def criteria(a: PublishedRun, b: PublishedRun) -> Iterator[dict[str, Any]]:
    """Yield the criteria of either run."""
    then, now = (
        {row["criterion"]: row for row in run.rows("screening/criteria.csv")} for run in (a, b)
    )
    for name in dict.fromkeys((*then, *now)):
        old, new = then.get(name, {}), now.get(name, {})
        changed = "changed" if old and new else "new" if new else "gone"
        yield {
            "criterion": name,
            "change": SAME if old.get("version") == new.get("version") else changed,
            "version_a": old.get("version"),
            "version_b": new.get("version"),
            "printed_a": old.get("printed"),
            "printed_b": new.get("printed"),
        }


def settings(a: PublishedRun, b: PublishedRun) -> Iterator[dict[str, Any]]:
    """Yield in what the configurations and the versions of the two runs differ."""
    parts = ("configuration", "searchsets", "lock")
    then, now = (flat({name: run.manifest.get(name) for name in parts}) for run in (a, b))
    for name in sorted(then.keys() | now.keys()):
        if then.get(name) != now.get(name):
            yield {
                "setting": name.removeprefix("configuration."),
                "a": then.get(name),
                "b": now.get(name),
            }


def asked_again(b: PublishedRun) -> Iterator[Row]:
    """Yield the decisions that the later run asks for again."""
    for row in b.rows("screening/recheck.csv"):
        yield {name: value for name, value in row.items() if name != "event_id"}


def years(rows: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield works by the year of their first record that states one; those without stand last."""
    of_work: dict[str, dict[str, Any]] = {}
    for row in rows:
        for side in "ab":
            if row[f"work_{side}"]:
                work = of_work.setdefault(row[f"work_{side}"], {"year": None})
                work[side] = row[f"state_{side}"]
                work["year"] = work["year"] or row["year"]
    counted: dict[Any, Counter[str]] = {}
    for work in of_work.values():
        counts_of_year = counted.setdefault(work["year"], Counter())
        for side in "ab":
            counts_of_year[f"works_{side}"] += side in work
            counts_of_year[f"included_{side}"] += work.get(side) == INCLUDED
        counts_of_year["new_works"] += "a" not in work
    for year in sorted(counted, key=lambda one: (one is None, one)):
        names = ("works_a", "works_b", "new_works", "included_a", "included_b")
        yield {"year": "unknown" if year is None else year} | {n: counted[year][n] for n in names}
