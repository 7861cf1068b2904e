"""The evidence of one strategy, as tables: what its lines bring, which words, what they share, why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from searchsets.evidence.forms import Forms
from searchsets.evidence.lines import Contribution, Evidence
from searchsets.evidence.overlap import overlaps
from searchsets.evidence.why import Explainer, Explanation, Way
from searchsets.files import write_csv
from searchsets.records.known_items import read_items
from searchsets.records.shards import read_records
from searchsets.search.engine import SearchableRecords
from searchsets.search.stage import ENRICHED, TITLE_ALONE
from searchsets.strategy.model import Reading, Strategy
from searchsets.strategy.thesaurus import Thesaurus

BY_TEXT = {TITLE_ALONE: "known_items:title", ENRICHED: "known_items:enriched"}
"""What a count over known items is called, by the text of them; one over records, by the database."""

LINES_COLUMNS = (
    "line", "set", "text", "kind", "over", "found", "only_in_set", "only_in_output",
    "lost_without", "gained_without", "lost",
)  # fmt: skip
FORMS_COLUMNS = ("line", "term", "read_as", "over", "form", "records")
OVERLAP_COLUMNS = ("over", "line_a", "line_b", "both", "only_a", "only_b")
WHY_COLUMNS = (
    "record_id", "text", "state", "failed", "not_judged", "lacking", "other_ways", "nearest", "found",
)  # fmt: skip

_LISTED = 10  # so many ids of lost records are listed; the count stands beside them


@dataclass(frozen=True)
class StrategyEvidence:
    """A strategy on all records of the run, by what they are called in the column `over`.

    Its own database stands first, None where nothing was exported; then other databases, whose
    descriptors may be of another thesaurus; then the known items.
    """

    strategy: Strategy
    over: Mapping[str, Evidence | None]


def gather_evidence(
    strategy: Strategy,
    thesaurus: Thesaurus | None,
    reading: Reading,
    records: Iterable[Path],
    known_items: Path,
    enrichment: Path | None,
) -> StrategyEvidence:
    """Evaluate a strategy on all that evidence is counted over.

    Args:
        records: the folders of the imported databases, each named after its database.
        known_items: the folder of the known items.
        enrichment: what is said of the known items elsewhere.
    """
    bare, enriched, _ = read_items(known_items, enrichment)
    tables: dict[str, pa.Table | None] = {strategy.database: None}
    tables |= {folder.name: read_records(folder) for folder in records}
    if bare.num_rows:  # a review need not have known items
        tables |= {BY_TEXT[TITLE_ALONE]: bare, BY_TEXT[ENRICHED]: enriched}
    return StrategyEvidence(
        strategy,
        {
            over: None
            if table is None
            else Evidence(strategy, thesaurus, SearchableRecords(table), reading)
            for over, table in tables.items()
        },
    )


def lines_rows(evidence: StrategyEvidence) -> Iterator[dict[str, Any]]:
    """Yield what each line with terms contributes; without an export, counts of records are empty."""
    made = {
        over: {one.line.number: one for one in known.contributions()} if known else None
        for over, known in evidence.over.items()
    }
    for line in evidence.strategy.lines.values():
        if line.kind == "combination":
            continue
        for over, contributions in made.items():
            row = {"line": line.number, "set": line.set, "text": line.text, "kind": line.kind}
            row["over"] = over
            if contributions is not None:
                known = evidence.over[over]
                row |= _counts(contributions[line.number], known.records.ids)
            yield row


def _counts(one: Contribution, ids: list[str]) -> dict[str, Any]:
    lost = np.flatnonzero(one.lost)
    return {
        "found": int(one.found.sum()),
        "only_in_set": int(one.only_in_set.sum()),
        "only_in_output": int(one.only_in_output.sum()),
        "lost_without": len(lost),
        "gained_without": int(one.gained.sum()),
        "lost": [ids[row] for row in lost[:_LISTED]] + (["…"] if len(lost) > _LISTED else []),
    }


def forms_rows(evidence: StrategyEvidence) -> Iterator[dict[str, Any]]:
    """Yield the forms that truncated terms took, by line, the most frequent first."""
    rows = (
        {
            "line": form.line, "term": form.term, "over": over, "form": form.form,
            "read_as": "free text" if form.is_free_text else "descriptor", "records": form.records,
        }
        for over, known in evidence.over.items()
        if known
        for form in Forms(known).forms()
    )  # fmt: skip
    places = list(evidence.over)
    yield from sorted(rows, key=lambda row: (row["line"], places.index(row["over"])))


def overlap_rows(evidence: StrategyEvidence) -> Iterator[dict[str, Any]]:
    """Yield the pairs of lines with terms that find something in common."""
    for over, known in evidence.over.items():
        if known:
            found = {line.number: known.truths[line.number].sure for line in known.with_terms()}
            for one in overlaps(found):
                yield {
                    "over": over, "line_a": one.first, "line_b": one.second, "both": one.both,
                    "only_a": one.only_first, "only_b": one.only_second,
                }  # fmt: skip


def why_rows(evidence: StrategyEvidence) -> Iterator[dict[str, Any]]:
    """Yield why each known item is found or not, by its title and by what else is said of it."""
    for text, over in BY_TEXT.items():
        known = evidence.over.get(over)
        if known is None:
            continue
        explainer = Explainer(known)
        for index, record_id in enumerate(known.records.ids):
            yield {"record_id": record_id, "text": text} | _why(explainer.explain(index))


def _why(why: Explanation) -> dict[str, Any]:
    failed, unknown = next(why.ways(), Way([], []))
    answers = [*failed, *unknown]
    return {
        "state": why.state,
        "failed": [one.label for one in failed],
        "not_judged": [one.label for one in unknown],
        "lacking": list(dict.fromkeys(field for one in unknown for field in one.lacking)),
        "other_ways": why.other_ways(),
        "nearest": [str(near) for one in answers for near in one.nearest[:1]],
        "found": [
            f"#{one.found[0].line} {one.found[0].term}: {one.found[0].quote}"
            for one in why.blocks
            if one.found
        ],
    }


def write_evidence(evidence: StrategyEvidence, out: Path) -> None:
    """Write the tables of `results/<run>/evidence/<database>/`."""
    write_csv(out / "lines.csv", LINES_COLUMNS, lines_rows(evidence))
    write_csv(out / "forms.csv", FORMS_COLUMNS, forms_rows(evidence))
    write_csv(out / "overlap.csv", OVERLAP_COLUMNS, overlap_rows(evidence))
    write_csv(out / "why.csv", WHY_COLUMNS, why_rows(evidence))
