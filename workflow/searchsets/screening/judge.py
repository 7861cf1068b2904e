"""Judges every record by the rules of the criteria, with the text that shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from searchsets.screening.criteria import Criteria, Criterion, Judgement
from searchsets.search.engine import SearchableRecords
from searchsets.search.evaluate import find
from searchsets.search.quotes import Text, quotation, texts_of
from searchsets.strategy.model import (
    FIELD_CODES,
    TEXT_FIELDS,
    And,
    Expression,
    Not,
    Or,
    Term,
)


@dataclass(frozen=True)
class Judged:
    """One record on one criterion: what the rule suggests and the text that shows it."""

    record_id: str
    criterion: str
    judgement: Judgement
    basis: str
    evidence: str


def judge(criteria: Criteria, records: SearchableRecords) -> Iterator[Judged]:
    """Yield the judgement of every record on every criterion and facet, record by record."""
    all_criteria = (*criteria.criteria, *criteria.facets)
    rules = {one.id: one.met_if for one in all_criteria if one.met_if is not None}
    found = find(rules, records, TEXT_FIELDS)
    rows = records.table.select(["record_id", "year", *FIELD_CODES.values()]).to_pylist()
    for index, row in enumerate(rows):
        texts = texts_of(row)
        for criterion in all_criteria:
            if criterion.met_if is None:
                yield _judge_year(criterion, row)
            elif found[criterion.id][index]:
                shown = evidence(criterion.met_if, texts)
                yield Judged(row["record_id"], criterion.id, "met", "rule", shown)
            else:
                yield Judged(row["record_id"], criterion.id, "unclear", "rule", _unclear(row))


def _judge_year(criterion: Criterion, row: Mapping[str, Any]) -> Judged:
    first, year = criterion.published_from, row["year"]
    if year is None:
        return Judged(row["record_id"], criterion.id, "unclear", "rule", "no year of publication")
    if year < first:
        return Judged(
            row["record_id"], criterion.id, "not met", "rule", f"published {year}, before {first}"
        )
    note = f"published {year}; when the research was done is not known"
    return Judged(row["record_id"], criterion.id, "met", "proxy", note)


def _unclear(row: Mapping[str, Any]) -> str:
    return "not found in the text" if row["abstract"] else "not found; the record has no abstract"


def evidence(expression: Expression, texts: Sequence[Text]) -> str:
    """Return a place of a record for each part of an expression that makes it hold.

    >>> evidence(Term("trust*", free_text=True), texts_of({"title": "On Children's Trusts"}))
    "title: On Children's Trusts"
    """
    return " | ".join(dict.fromkeys(_quotes(expression, texts) or ()))


def _quotes(expression: Expression, texts: Sequence[Text]) -> list[str] | None:
    """Return the places that make an expression hold, or None where it does not hold."""
    match expression:
        case Term():
            quote = quotation(expression, texts)
            return [quote] if quote else None
        case Or():
            found = (_quotes(part, texts) for part in expression.parts)
            return next((quotes for quotes in found if quotes is not None), None)
        case And():
            parts = [_quotes(part, texts) for part in expression.parts]
            return None if None in parts else [quote for part in parts for quote in part]
        case Not():
            return [] if _quotes(expression.part, texts) is None else None
