"""Writes what a strategy says, as tables: its lines, its explosions, its errata."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from searchsets.files import write_csv
from searchsets.strategy.language import to_text
from searchsets.strategy.model import Strategy, Term, leaves
from searchsets.strategy.thesaurus import Thesaurus

LINES_COLUMNS = ("line", "set", "text", "kind", "expression")
EXPLOSION_COLUMNS = ("line", "term", "narrower_terms", "note")
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


def explosion_rows(strategy: Strategy, thesaurus: Thesaurus | None) -> Iterator[dict[str, Any]]:
    """Yield every exploded descriptor with its narrower terms, or why it stands for itself alone."""
    for line in strategy.lines.values():
        for leaf in leaves(line.expression):
            if isinstance(leaf, Term) and leaf.explode:
                known = thesaurus is not None and thesaurus.knows(leaf.text)
                note = strategy.thesaurus.get("note", "") if known else _alone(leaf.text, strategy)
                narrower = thesaurus.explode(leaf.text)[1:] if thesaurus and known else []
                yield {
                    "line": line.number,
                    "term": leaf.text,
                    "narrower_terms": narrower,
                    "note": note,
                }


def _alone(term: str, strategy: Strategy) -> str:
    if "file" in strategy.thesaurus:
        return f"{term} is not in {strategy.thesaurus['file']}: the term alone was searched"
    return "no thesaurus is named: the term alone was searched"


def write_strategy(
    strategy: Strategy, thesaurus: Thesaurus | None, *, literal: bool, out: Path
) -> None:
    """Write the tables of `results/<run>/strategies/<database>/`."""
    write_csv(out / "lines.csv", LINES_COLUMNS, line_rows(strategy))
    write_csv(out / "explosions.csv", EXPLOSION_COLUMNS, explosion_rows(strategy, thesaurus))
    errata = (
        vars(erratum) | {"applied": not (literal and erratum.kind == "reading")}
        for erratum in strategy.errata
    )
    write_csv(out / "errata.csv", ERRATA_COLUMNS, errata)
