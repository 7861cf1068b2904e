"""Tells in words why each database's strategy finds a record of a finished run, or does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from searchsets.evidence.lines import Evidence
from searchsets.evidence.run import Run
from searchsets.evidence.why import BlockAnswer, Explainer, Explanation
from searchsets.files import read_csv
from searchsets.records.known_items import SOURCE, read_items
from searchsets.search.choices import MATCH, NO_MATCH, UNDECIDABLE
from searchsets.search.engine import SearchableRecords
from searchsets.search.stage import ENRICHED, TITLE_ALONE
from searchsets.strategy.file import choose_reading, load_thesaurus
from searchsets.strategy.model import Strategy

_WAYS_TOLD = 3
_LONGEST_TITLE = 300  # characters


def told(run: Run, record: pa.Table, databases: tuple[str, ...]) -> Iterator[str]:
    """Yield the answer to why a record was found or not, as lines for a person.

    Args:
        run: the run that the record is of.
        record: the record, a table of one row.
        databases: whose strategies are asked; none means all.

    Raises:
        ReviewError: there is no such strategy, or the run is not as it was made.
    """
    strategies = list(run.strategies(databases))
    row = record.to_pylist()[0]
    retrieved = _retrieved(run, row, strategies)
    yield _printable(f"{row['record_id']}: {_title(row)} ({row['year'] or 'no year'})")
    yield f"  {_extent(row)}"
    enrichment = run.config["known_items"] / "enrichment.csv"
    texts = _texts(run, record, enrichment if enrichment.exists() else None)
    if row["database"] == SOURCE and run.has_changed(enrichment):
        yield "  NOTE: what else is said of known items has changed since the run was made"
    for strategy in strategies:
        has_changed = run.has_changed(strategy.path)
        for text, why in _explanations(run, strategy, texts):
            yield ""
            yield f"{strategy.name}{_OF_TEXT.get(text, '')}: {_verdict(row, strategy, why, retrieved)}"
            if has_changed:
                yield "  NOTE: the strategy has changed since the run was made; this is by the new one"
            yield from map(_printable, _in_the_way(why))
            for one in why.blocks:
                yield _printable(f"  {one.label}: {_answer(one)}")


def _explanations(
    run: Run, strategy: Strategy, texts: dict[str, pa.Table]
) -> Iterator[tuple[str, Explanation]]:
    """Yield what a strategy makes of a record, for each text of it that there is."""
    reading = choose_reading(strategy, run.config["outputs"].get(strategy.database, "default"))
    thesaurus = load_thesaurus(strategy)
    for text, table in texts.items():
        evidence = Evidence(strategy, thesaurus, SearchableRecords(table), reading)
        yield text, Explainer(evidence).explain(0)


def _texts(run: Run, record: pa.Table, enrichment: Path | None) -> dict[str, pa.Table]:
    """Return the texts to judge a record by; a known item has its title alone, and what else is said."""
    if record["database"][0].as_py() != SOURCE:
        return {"": record}
    bare, enriched, _ = read_items(run.folder / "records" / SOURCE, enrichment)
    mine = pc.equal(bare["record_id"], record["record_id"][0])
    texts = {TITLE_ALONE: bare.filter(mine), ENRICHED: enriched.filter(mine)}
    return texts if texts[TITLE_ALONE] != texts[ENRICHED] else {TITLE_ALONE: texts[TITLE_ALONE]}


_OF_TEXT = {TITLE_ALONE: ", by the title alone", ENRICHED: ", by what else is said of it too"}
_VERDICTS = {MATCH: "found", NO_MATCH: "not found", UNDECIDABLE: "cannot be judged"}
_ELSEWHERE = {
    MATCH: "would be found",
    NO_MATCH: "would not be found",
    UNDECIDABLE: "cannot be judged",
}


def _extent(row: dict[str, Any]) -> str:
    lacking = [field for field in ("title", "abstract", "descriptors") if not row[field]]
    return (
        f"it has no {', no '.join(lacking)}" if lacking else "it has title, abstract, descriptors"
    )


def _retrieved(run: Run, row: dict[str, Any], strategies: list[Strategy]) -> str:
    """Return on what grounds the run retrieved a record from its own database; empty if it did not."""
    if row["database"] not in {strategy.database for strategy in strategies}:
        return ""
    retrieved = read_csv(run.unchanged(f"search/{row['database']}/retrieved.csv"))
    return next((r["basis"] for r in retrieved if r["record_id"] == row["record_id"]), "")


def _verdict(row: dict[str, Any], strategy: Strategy, why: Explanation, basis: str) -> str:
    """Say in one sentence what comes of a strategy, and what the run made of its own record."""
    if row["database"] != strategy.database:
        return _ELSEWHERE[why.state]
    grounds = {
        "declared": "retrieved, because a file declares it to be the platform's answer",
        "strict": "retrieved, because its lines match",
        "fallback": "retrieved, because its lines match when descriptors are read as free text",
        "": "not retrieved",
    }
    return f"{_VERDICTS[why.state]}; in this run {grounds[basis]}"


def _in_the_way(why: Explanation) -> Iterator[str]:
    if why.state == MATCH:
        return
    smallest, ways = why.smallest, list(why.ways())
    if not ways:
        yield "  In the way: " + (
            "no change of blocks would help, for the strategy contradicts itself"
            if smallest.are_smallest
            else "not worked out; the strategy is too entangled"
        )
        return
    shown = [
        " and ".join(map(_named, [*failed, *unknown])) for failed, unknown in ways[:_WAYS_TOLD]
    ]
    others = _others(len(ways) - _WAYS_TOLD, smallest.are_all)
    yield f"  In the way: {'; or '.join(shown)}{others}"
    if not smallest.are_smallest:
        yield "  NOTE: fewer blocks may do; the strategy is too entangled to be sure"


def _named(one: BlockAnswer) -> str:
    notes = {MATCH: " [takes it away]", UNDECIDABLE: " [not judged]", NO_MATCH: ""}
    return f"{one.label}{notes[one.state]}"


def _others(number: int, are_all: bool) -> str:
    if number <= 0:
        return "" if are_all else "; or other ways as short"
    more = "" if are_all else " or more"
    ways = "way is" if number == 1 and are_all else "ways are"
    return f" ({number}{more} other {ways} as short)"


def _title(row: dict[str, Any]) -> str:
    title = row["title"] or "no title"
    return title if len(title) <= _LONGEST_TITLE else f"{title[:_LONGEST_TITLE]} …"


def _printable(text: str) -> str:
    """Return a text without signs that a terminal would not show, or would obey."""
    return "".join(c if c.isprintable() else " " * c.isspace() for c in text)


def _answer(one: BlockAnswer) -> str:
    if one.state == MATCH:
        shown = [f"#{found.line} {found.term} in {found.quote}" for found in one.found[:3]]
        more = f"; and {len(one.found) - 3} more terms" if len(one.found) > 3 else ""
        matches = "matches, which takes the record away" if one.takes_away else "matches"
        return f"{matches}: {'; '.join(shown)}{more}"
    said = "does not match"
    if one.state == UNDECIDABLE:
        said = f"cannot be judged, for the record has no {', no '.join(one.lacking)}"
    near = "; ".join(map(str, one.nearest))
    return f"{said}; nearest: {near}" if near else f"{said}; nothing comes near"
