"""What the differences between two versions of a strategy do to the records that are found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from searchsets.errors import ReviewError
from searchsets.files import write_csv
from searchsets.records.shards import read_records
from searchsets.search.choices import state, union
from searchsets.search.engine import Flags, SearchableRecords
from searchsets.search.evaluate import LineResult, Results, Truth, evaluate
from searchsets.strategy.compare import (
    CHANGE_COLUMNS,
    SETTING_COLUMNS,
    Comparison,
    LineChange,
    change_row,
)
from searchsets.strategy.model import Reading
from searchsets.strategy.thesaurus import Thesaurus

LINE_COLUMNS = (
    *CHANGE_COLUMNS, "hits_before", "hits_after", "hits_fallback_before", "hits_fallback_after",
    "gained", "lost",
)  # fmt: skip
RECORD_COLUMNS = ("change", "record_id", "title", "year", "before", "after", "lines")


@dataclass(frozen=True)
class Effect:
    """Both versions of a strategy on the same records.

    `before` and `after` are the results of every line, `readings` say which lines are the output of
    the old and of the new version. What the free-text reading of descriptors finds counts as found.
    """

    comparison: Comparison
    records: SearchableRecords
    before: Results
    after: Results
    readings: tuple[Reading, Reading]

    @property
    def outputs(self) -> tuple[Truth, Truth]:
        """The records of the outputs, before and after."""
        old, new = self.readings
        return union(self.before, old)[1], union(self.after, new)[1]

    @property
    def gained(self) -> Flags:
        """The records that only the new version finds."""
        before, after = self.outputs
        return after.sure & ~before.sure

    @property
    def lost(self) -> Flags:
        """The records that only the old version finds."""
        before, after = self.outputs
        return before.sure & ~after.sure


def effect_on(
    comparison: Comparison,
    thesauri: tuple[Thesaurus | None, Thesaurus | None],
    readings: tuple[Reading, Reading],
    folder: Path,
) -> Effect:
    """Run both versions of a strategy on the records that the import wrote into a folder.

    What platforms declared as their answers stays out of it: it does not depend on the strategy.

    Raises:
        ReviewError: the folder holds no records.
    """
    table = read_records(folder)
    if not table.num_rows:
        raise ReviewError("holds no record to compare by", str(folder), "name another folder")
    records = SearchableRecords(table)
    before = evaluate(comparison.old, thesauri[0], records)
    after = evaluate(comparison.new, thesauri[1], records)
    return Effect(comparison, records, before, after, readings)


def line_rows(comparison: Comparison, effect: Effect | None) -> Iterator[dict[str, Any]]:
    """Yield every line of the two versions; what it finds is empty where no records are given."""
    for change in comparison.lines:
        row = change_row(change)
        if effect is not None:
            old, new = _results(change, effect)
            row |= _hits(old, "before") | _hits(new, "after")
            nothing = np.zeros(effect.records.size, dtype=bool)
            found = [nothing if one is None else one.fallback.sure for one in (old, new)]
            row["gained"] = int((found[1] & ~found[0]).sum())
            row["lost"] = int((found[0] & ~found[1]).sum())
        yield row


def _results(change: LineChange, effect: Effect) -> tuple[LineResult | None, LineResult | None]:
    return (
        effect.before[change.old.number] if change.old else None,
        effect.after[change.new.number] if change.new else None,
    )


def _hits(result: LineResult | None, when: str) -> dict[str, int]:
    if result is None:
        return {}
    return {
        f"hits_{when}": int(result.strict.sure.sum()),
        f"hits_fallback_{when}": int(result.added.sum()),
    }


def record_rows(effect: Effect) -> Iterator[dict[str, Any]]:
    """Yield the records that the outputs gain and lose, each with the lines that make it so.

    These are the lines with terms of their own which hold for the record in one version only, each
    with the kind of its change: `#57 (added)`.
    """
    titles = effect.records.table["title"].to_pylist()
    years = effect.records.table["year"].to_pylist()
    before, after = effect.outputs
    differing = _differing(effect)
    for name, flags in (("gained", effect.gained), ("lost", effect.lost)):
        for row in np.flatnonzero(flags):
            yield {
                "change": name,
                "record_id": effect.records.ids[row],
                "title": titles[row],
                "year": years[row],
                "before": state(before, row),
                "after": state(after, row),
                "lines": [label for label, differs in differing if differs[row]],
            }


def _differing(effect: Effect) -> list[tuple[str, Flags]]:
    """Return for every line with terms of its own which records it holds for in one version only."""
    found: list[tuple[str, Flags]] = []
    for change in effect.comparison.lines:
        line = change.new or change.old
        if line is None or line.kind == "combination":
            continue
        old, new = _results(change, effect)
        sure = [one.fallback.sure for one in (old, new) if one is not None]
        differs = sure[0] if len(sure) == 1 else sure[0] ^ sure[1]
        found.append((f"#{line.number} ({change.kind})", differs))
    return found


def effect_text(effect: Effect) -> str:
    """Return what the new version does to the records found, as a person reads it."""
    before, after = effect.outputs
    old, new = int(before.sure.sum()), int(after.sure.sum())
    gained, lost = int(effect.gained.sum()), int(effect.lost.sum())
    said = [
        f"{effect.records.size:,} records: {old:,} found before, {new:,} after: "
        f"{gained:,} gained, {lost:,} lost",
        f"cannot be judged: {int(before.undecidable.sum()):,} before, "
        f"{int(after.undecidable.sum()):,} after",
    ]
    return "\n".join([*said, *_line_texts(effect)])


def _line_texts(effect: Effect) -> Iterable[str]:
    """Say what every line that is not the same, or does not find the same, found and finds."""
    for row in line_rows(effect.comparison, effect):
        unlike = row["change"] not in ("same", "renumbered")
        if unlike or row["gained"] or row["lost"]:
            old, new = row.get("old_line"), row.get("new_line")
            names = " -> ".join(f"#{number}" for number in (old, new) if number is not None)
            hits = " -> ".join(_found(row, when) for when in ("before", "after"))
            yield f"{row['change']} {names}: {hits} ({row['gained']:,} gained, {row['lost']:,} lost)"


def _found(row: dict[str, Any], when: str) -> str:
    if f"hits_{when}" not in row:
        return "no such line"
    return f"{row[f'hits_{when}'] + row[f'hits_fallback_{when}']:,}"


def write_comparison(comparison: Comparison, effect: Effect | None, out: Path) -> None:
    """Write `lines.csv` and `settings.csv`, and with records `records.csv`, to a folder."""
    write_csv(out / "lines.csv", LINE_COLUMNS, line_rows(comparison, effect))
    settings = (vars(setting) for setting in comparison.settings)
    write_csv(out / "settings.csv", SETTING_COLUMNS, settings)
    if effect is not None:
        write_csv(out / "records.csv", RECORD_COLUMNS, record_rows(effect))
