"""Chooses which tables go into the documents of a review, in which order, and how they are headed.

Tables are chosen by name and those that a run does not have are passed over; columns are headed by
their own names unless a friendlier heading stands here. Nothing else is known of a table.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Protocol

from searchsets.reporting.published_review import Words
from searchsets.screening.model import STAGE_WORDS
from searchsets.words import counted

MADE = datetime.datetime(2009, 6, 1, tzinfo=datetime.UTC)
"""When documents say that they were made: any fixed date, for the same tables give the same bytes."""

LONGEST = 2_000
"""Rows of a table in a document. Of 2,000 rows Word makes about a hundred pages: beyond that nobody
reads on paper, programs become slow, and the CSV file and the workbook have every row."""


class HasRows(Protocol):
    """A table: one that was just made, or one read back from its file."""

    name: str
    caption: str
    columns: Sequence[str]
    rows: Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Chosen:
    """A table that goes into the documents.

    Args:
        name: its name among the tables.
        title: how it is headed; `{}` stands for the part, where it is split, `{review}` and
            `{Features}` for what the review, and the groups of its points, are called.
        hidden: columns that documents leave out; the CSV file and the workbook have them.
        split_by: a column for each of whose values there is a table of its own.
        named_by: the table and column in which such a value is called by a name.
    """

    name: str
    title: str
    hidden: tuple[str, ...] = ()
    split_by: str = ""
    named_by: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Sheet:
    """A table as a document shows it: all texts, headed in words, cut where it is too long."""

    name: str
    title: str
    caption: str
    headings: tuple[str, ...]
    rows: list[tuple[str, ...]]
    note: str = ""
    """What is to be said below it: where it was cut, or that it is empty."""
    number: int = 0
    """Its place among all tables of the document, from 1."""

    @property
    def numbered_title(self) -> str:
        """The title with the number by which a text can name the table."""
        return f"Table {self.number}. {self.title}"


@dataclass(frozen=True)
class Part:
    """Some tables under one heading."""

    title: str
    sheets: tuple[Sheet, ...]


_IDS = frozenset(
    ("record_id", "work_id", "work_ids", "criteria_version", "reason_code", "counted_from")
)
"""Columns for programs, which documents leave out."""
_OF_LINES = ("kind", "expression", "known_items_enriched", "known_items_enriched_fallback",
             "known_items_undecidable")  # fmt: skip
_OF_DATABASES = ("put_exports_into", "database", "declared", "in_corpus", "matched_strict",
                 "matched_fallback", "undecidable", "disagreements")  # fmt: skip
_OF_WORDS = ("set", "term", "found_before", "found_no_year", "chance", "source")
CHOSEN: dict[str, tuple[Chosen, ...]] = {
    "The searches": (
        Chosen("strategies", "Search lines: {}", _OF_LINES, "database", ("databases", "name")),
        Chosen("databases_summary", "Databases and services", ("source",)),
        Chosen("databases", "What came from each database", _OF_DATABASES),
        Chosen("vocabulary", "Words that age", _OF_WORDS),
        Chosen("databases_overlap", "How far databases find the same"),
        Chosen("harvests", "Open services that were asked"),
        Chosen("stand_ins", "Services in the place of databases"),
        Chosen("websites", "Websites"),
        Chosen("supplied", "Documents that organisations sent"),
        Chosen("years", "Works by year of publication"),
        Chosen("earlier", "What became of the records of the run before"),
        Chosen("asked_again", "Decisions that are asked for again"),
        Chosen("notices", "Retractions, errata and comments on included works"),
    ),
    "The flow": (
        Chosen("prisma", "The flow of records", ("box", "filter")),
        Chosen("duplicates_balance", "Duplicates by source"),
        Chosen("screening_flow", "The flow through the stages of screening"),
        Chosen("screening", "Works by state and reason"),
        Chosen("excluded_reasons", "Exclusions by reason"),
        Chosen("excluded", "Reports excluded at full text"),
        Chosen("not_retrieved", "Reports that could not be had"),
        Chosen("screening_agreement", "Agreement of each two screeners"),
        Chosen("screening_agreement_together", "Agreement of all screeners"),
        Chosen("stopping", "The order of reading, and stopping"),
    ),
    "The included sources": (
        Chosen("included_sources", "Included sources"),
        Chosen("statements", "What {review} says of its sources", ("variable", "values")),
        Chosen("characteristics", "What {review} says of its sources, counted"),
        Chosen("features_matrix", "{Features} by source"),
        Chosen("features", "{Features}"),
        Chosen("criteria_matrix", "Criteria by source"),
        Chosen("combinations", "What each combination of criteria would include"),
    ),
    "Reporting": (
        Chosen("checklist_prisma_2020", "PRISMA 2020 checklist"),
        Chosen("checklist_prisma_s", "PRISMA-S checklist"),
        Chosen("methods", "Where each fact of the methods stands"),
    ),
}
HEADINGS = {
    "kappa_low": "Kappa, lower limit", "kappa_high": "Kappa, upper limit", "pabak": "PABAK",
    "ac1": "AC1", "n": "Number",
    "hits_declared": "Hits declared by the platform",
    "hits_fallback": "More hits, descriptors read as free text",
    "matched_strict": "Matched strictly",
    "matched_fallback": "Matched, descriptors read as free text",
    "known_items_title": "Known items by title",
    "known_items_title_fallback": "More known items, descriptors read as free text",
    "known_items_enriched": "Known items by title and description",
    "known_items_enriched_fallback":
        "More known items by title and description, descriptors read as free text",
    "key_sources_title": "Key sources by title",
    "key_sources_title_fallback": "Key sources by title, descriptors read as free text",
    "key_sources_enriched": "Key sources by title and description",
    "key_sources_enriched_fallback":
        "Key sources by title and description, descriptors read as free text",
    "title_strict": "By title, strictly",
    "title_fallback": "By title, descriptors read as free text",
    "enriched_strict": "By title and description, strictly",
    "enriched_fallback": "By title and description, descriptors read as free text",
}  # fmt: skip
"""Headings for columns whose own name, with a capital letter, is not clear enough."""
_BY_COMBINATION = "rule_"
"""How columns begin that are named for a combination of the criteria."""
_WORDS = {"stage": STAGE_WORDS}
"""Columns whose values have words."""
# What neither XML nor a spreadsheet can hold: control characters, halves of pairs, non-characters.
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def writable(text: str) -> str:
    """Return a text that every document can hold; what none can is shown as U+FFFD.

    >>> writable("a\\x0bb"), writable("\\ud800")
    ('a\ufffdb', '\ufffd')
    """
    return _UNWRITABLE.sub("\ufffd", text).replace("\r\n", "\n").replace("\r", "\n")


def heading(column: str) -> str:
    """Return the heading of a column in words.

    >>> heading("decided_by"), heading("kappa_low"), heading("rule_core_and_any")
    ('Decided by', 'Kappa, lower limit', 'Suggested by the combination “core and any”')
    """
    words = column.replace("_", " ").strip()
    if column.startswith(_BY_COMBINATION):
        return f"Suggested by the combination “{words.removeprefix('rule ')}”"
    if len(words) == 2:  # an abbreviation, as the short name of a criterion
        return HEADINGS.get(column) or words.upper()
    return HEADINGS.get(column) or words[:1].upper() + words[1:]


def parts(tables: Mapping[str, HasRows], words: Words | None = None) -> list[Part]:
    """Return the chosen tables of a run, in their order; parts without any are left out."""
    words = words or Words()
    numbers = count(1)
    made = []
    for title, chosen in CHOSEN.items():
        sheets = [sheet for one in chosen for sheet in _sheets(one, tables, words)]
        numbered = zip(sheets, numbers, strict=False)
        made.append(Part(title, tuple(replace(one, number=n) for one, n in numbered)))
    return [part for part in made if part.sheets]


def _sheets(choice: Chosen, tables: Mapping[str, HasRows], words: Words) -> Iterator[Sheet]:
    table = tables.get(choice.name)
    if table is None:
        return
    if not choice.split_by or choice.split_by not in table.columns:
        title = choice.title.replace(": {}", "").format(
            review=words.of_review, Features=words.features.capitalize()
        )
        yield _sheet(choice, table, table.rows, title)
        return
    by_value: dict[str, list[Mapping[str, str]]] = {}
    for row in table.rows:
        by_value.setdefault(row[choice.split_by], []).append(row)
    names = _names(choice, tables)
    for value, rows in by_value.items():
        yield _sheet(choice, table, rows, choice.title.format(names.get(value, value)))


def _names(choice: Chosen, tables: Mapping[str, HasRows]) -> dict[str, str]:
    table, column = choice.named_by
    rows = tables[table].rows if table in tables else ()
    return {row[choice.split_by]: row.get(column) or row[choice.split_by] for row in rows}


def _sheet(choice: Chosen, table: HasRows, rows: Sequence[Mapping[str, str]], title: str) -> Sheet:
    hidden = {*choice.hidden, *_IDS, choice.split_by}
    columns = [name for name in table.columns if name not in hidden]
    return Sheet(
        name=table.name,
        title=writable(title),
        caption=writable(table.caption),
        headings=tuple(map(heading, columns)),
        rows=[tuple(writable(_shown(row, c)) for c in columns) for row in rows[:LONGEST]],
        note=_note(table.name, len(rows)),
    )


def _shown(row: Mapping[str, str], column: str) -> str:
    value = row.get(column) or ""
    return _WORDS.get(column, {}).get(value, value)


def _note(name: str, n: int) -> str:
    if n == 0:
        return "This run has none."
    if n > LONGEST:
        rows = f"The first {counted(LONGEST, 'row')} of {n:,}"
        return f"{rows}: all stand in tables/{name}.csv and in tables/review_tables.xlsx."
    return ""


_ROOM = 170
"""Letters that have room beside each other on a page, at the size that tables have."""
_WORD = 20
"""Longer words, such as addresses, are torn."""


def shares(sheet: Sheet) -> list[float]:
    """Return how much of the width of a page each column takes; together they are 1.

    First every heading and every word finds room, then what is left goes to the columns whose texts
    are longer than that, by their length.
    """
    columns = list(zip(*sheet.rows, strict=True)) or [()] * len(sheet.headings)
    needed = [
        max(1.3 * _longest_word(head), *(min(_longest_word(text), _WORD) for text in texts), 3) + 2
        for head, texts in zip(sheet.headings, columns, strict=True)
    ]
    lengths = [sum(map(len, texts)) / max(len(texts), 1) for texts in columns]
    longer = [
        length**0.7 if max(map(len, texts), default=0) > room else 0.0
        for length, texts, room in zip(lengths, columns, needed, strict=True)
    ]
    left = max(_ROOM - sum(needed), 0.0) if any(longer) else 0.0
    wide = [n + left * one / (sum(longer) or 1) for n, one in zip(needed, longer, strict=True)]
    return [one / sum(wide) for one in wide]


def _longest_word(text: str) -> int:
    return max(map(len, text.split()), default=0)
