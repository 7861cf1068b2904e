"""Judges every record by the rules of the criteria, with the text that shows it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from searchsets.screening.criteria.file import Criteria, Criterion, Judgement
from searchsets.screening.criteria.stated import compare
from searchsets.search.engine import Flags, SearchableRecords
from searchsets.search.evaluate import find
from searchsets.search.quotes import Text, quotation
from searchsets.strategy.model import (
    FIELD_CODES,
    TEXT_FIELDS,
    And,
    Expression,
    Not,
    Or,
    Term,
    terms_of,
)
from searchsets.text import normalise, word_places


@dataclass(frozen=True)
class Judged:
    """One record on one criterion: what the rule suggests and the text that shows it."""

    record_id: str
    criterion: str
    judgement: Judgement
    basis: str
    evidence: str


@dataclass(frozen=True)
class Read:
    """A text of a record and its words; where each stands is worked out for a quotation only."""

    field: str
    text: str
    words: str

    def quote(self, first: int, last: int) -> str:
        """Return the words from one number to before another, with some context and the field."""
        if self.text.isascii():
            places = [(self.words, *word.span()) for word in _PLAIN_WORD.finditer(self.text)]
        else:
            places = word_places(self.text)
        return Text(self.field, self.text, self.words, places).quote(first, last)


# The words of a text without other letters, where `word_places` has them but in a quarter of the time.
_PLAIN_WORD = re.compile(r"[A-Za-z0-9]+(?:['`]+[A-Za-z0-9]+)*['`]*")


def read_texts(row: Mapping[str, Any]) -> list[Read]:
    """Return the texts of a record that rules can look at: title, abstract, each descriptor ..."""
    found = []
    for field in FIELD_CODES.values():
        value = row.get(field) or ""
        for text in value if isinstance(value, list) else [value]:
            found.append(Read(field, text, normalise(text)))
    return found


def judge(criteria: Criteria, records: SearchableRecords) -> Iterator[Judged]:
    """Yield the judgement of every record on every criterion and facet, record by record.

    All phrases of all rules are looked for in one pass; only what was found is then read.
    """
    all_criteria = (*criteria.criteria, *criteria.facets)
    rules = {one.id: one.looked_for for one in all_criteria if one.looked_for is not None}
    found = find(rules, records, TEXT_FIELDS)
    flags = {one.id: _term_flags(one, records) for one in all_criteria}
    fields = ["record_id", "year", "language", "type", *FIELD_CODES.values()]
    for index, row in enumerate(records.table.select(fields).to_pylist()):
        found_here = {name for name in rules if found[name][index]}
        texts = read_texts(row) if found_here else []
        for criterion in all_criteria:
            if criterion.id in found_here:
                judged = _by_text(criterion, texts, flags[criterion.id], index) or _not_found(row)
            elif criterion.id in rules:
                judged = _not_found(row)
            elif criterion.stated is not None:
                judgement, shown = compare(criterion.stated, row[criterion.stated.field])
                judged = judgement, "rule", shown
            else:
                judged = _by_year(criterion, row["year"])
            yield Judged(row["record_id"], criterion.id, *judged)


_Said = tuple[Judgement, str, str]
"""A judgement, its basis, and the text that shows it."""


def _term_flags(criterion: Criterion, records: SearchableRecords) -> dict[Term, Flags]:
    """Return for each free text of an expression the records that hold it: `find` looked it up."""
    terms = terms_of(criterion.met_if) if criterion.met_if is not None else ()
    return {
        term: records.phrase(TEXT_FIELDS, term.text)
        for term in terms
        if term.free_text and not term.fields
    }


def _by_text(
    criterion: Criterion, texts: Sequence[Read], flags: Mapping[Term, Flags], index: int
) -> _Said | None:
    """Return what the texts of a record show, in which something of the rule was found."""
    if criterion.places:
        quoted = criterion.places.quotation(texts)
        return ("met", "rule", quoted) if quoted else None
    absent = {term for term, where in flags.items() if not where[index]}
    return "met", "rule", evidence(criterion.met_if, texts, absent)


def _by_year(criterion: Criterion, year: int | None) -> _Said:
    first, last = criterion.published_from, criterion.published_until
    if year is None:
        return "unclear", "rule", "no year of publication"
    if first is not None and year < first:
        return "not met", "rule", f"published {year}, before {first}"
    if last is not None and year > last:
        return "not met", "rule", f"published {year}, after {last}"
    return "met", "proxy", f"published {year}; when the research was done is not known"


def _not_found(row: Mapping[str, Any]) -> _Said:
    shown = "not found in the text" if row["abstract"] else "not found; the record has no abstract"
    return "unclear", "rule", shown


def evidence(
    expression: Expression, texts: Sequence[Read], absent: Collection[Term] = frozenset()
) -> str:
    """Return a place of a record for each part of an expression that makes it hold.

    Args:
        absent: terms known not to stand in the record, which need not be looked for.

    >>> evidence(Term("trust*", free_text=True), read_texts({"title": "On Children's Trusts"}))
    "title: On Children's Trusts"
    """
    return " | ".join(dict.fromkeys(_quotes(expression, texts, absent) or ()))


def _quotes(
    expression: Expression, texts: Sequence[Read], absent: Collection[Term]
) -> list[str] | None:
    """Return the places that make an expression hold, or None where it does not hold."""
    match expression:
        case Term():
            quote = "" if expression in absent else quotation(expression, texts)
            return [quote] if quote else None
        case Or():
            found = (_quotes(part, texts, absent) for part in expression.parts)
            return next((quotes for quotes in found if quotes is not None), None)
        case And():
            parts = [_quotes(part, texts, absent) for part in expression.parts]
            return None if None in parts else [quote for part in parts for quote in part]
        case Not():
            return [] if _quotes(expression.part, texts, absent) is None else None


def combine_members(judged: Iterable[Judgement]) -> Judgement:
    """Return one judgement of those on the records of one work.

    Records of one work that say opposite things (2001 and 2002) leave it unclear.

    >>> combine_members(["unclear", "met"]), combine_members(["met", "not met"])
    ('met', 'unclear')
    """
    values = set(judged) - {"unclear"}
    return values.pop() if len(values) == 1 else "unclear"


def judgements_of_work(
    members: Iterable[str], judged: Mapping[str, Mapping[str, Judgement]], criteria: Iterable[str]
) -> dict[str, Judgement]:
    """Return one judgement a criterion for a work, from the judgements on its records.

    What was not judged is unclear.
    """
    records = [judged.get(record_id, {}) for record_id in members]
    return {
        name: combine_members(record.get(name, "unclear") for record in records)
        for name in criteria
    }
