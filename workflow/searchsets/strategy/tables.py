"""Writes what a strategy says, as tables: its lines, what its descriptors stand for, its errata."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from searchsets.files import write_csv
from searchsets.strategy.expansion import descriptors_of, expansion_of
from searchsets.strategy.language import to_text
from searchsets.strategy.model import Strategy
from searchsets.strategy.thesaurus import Thesaurus
from searchsets.strategy.thesaurus.model import TOGETHER

LINES_COLUMNS = ("line", "set", "text", "kind", "expression")
EXPANSION_COLUMNS = (
    "line", "term", "exploded", "name", "how", "depth", "through", "note", "thesaurus", "sha256",
)  # fmt: skip
ERRATA_COLUMNS = ("line", "kind", "text", "read_as", "applied", "why")


def line_rows(strategy: Strategy) -> Iterator[dict[str, Any]]:
    """Yield the rows of `lines.csv`, in printed order."""
    for line in strategy.lines.values():
        yield {
            "line": line.number,
            "set": line.set,
            "text": line.text,
            "kind": line.kind,
            "expression": to_text(line.expression),
        }


def expansion_rows(strategy: Strategy, thesaurus: Thesaurus | None) -> Iterator[dict[str, Any]]:
    """Yield a row for each name that a descriptor stands for beyond itself, in the order of lines.

    A descriptor that is to be exploded and stands for itself alone has one row, without a name,
    that says why.
    """
    note = strategy.thesaurus.get("note", "").strip()
    for line in strategy.lines.values():
        for term in dict.fromkeys(descriptors_of(line.expression)):
            expansion = expansion_of(term, strategy, thesaurus)
            shared = {
                "line": line.number,
                "term": term.text,
                "exploded": term.explode,
                "note": ". ".join(filter(None, (*expansion.notes, note))),
                "thesaurus": strategy.thesaurus.get("file"),
                "sha256": strategy.thesaurus.get("sha256"),
            }
            _, *beyond = expansion.rows
            for row in beyond:
                yield shared | {
                    "name": TOGETHER.join(row.names),
                    "how": row.how,
                    "depth": row.depth,
                    "through": row.through,
                }
            if term.explode and not beyond:
                yield shared | {"how": "alone"}


def write_strategy(
    strategy: Strategy, thesaurus: Thesaurus | None, *, literal: bool, out: Path
) -> None:
    """Write the tables of `results/<run>/strategies/<database>/`."""
    write_csv(out / "lines.csv", LINES_COLUMNS, line_rows(strategy))
    write_csv(out / "expansions.csv", EXPANSION_COLUMNS, expansion_rows(strategy, thesaurus))
    errata = (
        vars(erratum) | {"applied": not (literal and erratum.kind == "reading")}
        for erratum in strategy.errata
    )
    write_csv(out / "errata.csv", ERRATA_COLUMNS, errata)
