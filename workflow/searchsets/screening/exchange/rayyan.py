"""Reads the exports of Rayyan: the archive, `articles.csv`, RIS, and the log of what people did."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from searchsets.errors import ReviewError
from searchsets.screening.exchange import rayyan_log, rayyan_notes
from searchsets.screening.exchange.model import (
    Asked,
    Foreign,
    Found,
    decision_of,
    joined,
    require_votes,
    year_of,
)
from searchsets.screening.exchange.opening import (
    columns_of,
    is_archive,
    is_ris,
    members,
    rows,
    tagged,
)
from searchsets.screening.exchange.opening import read as read_text
from searchsets.screening.exchange.ruby import NoHash
from searchsets.screening.model import EXCLUDE, SCREENER, UNCLEAR, Event

TOOL = "rayyan"
_EXPORT = "in Rayyan: Export, all articles, with decisions, reasons, labels and notes"
_KEY = re.compile(r"rayyan-", re.I)


class Article(NamedTuple):
    """A record of an export, and its notes as they stand there."""

    record: Foreign
    notes: str


def read(path: Path, asked: Asked) -> Found:
    """Return the votes of an export of Rayyan.

    Raises:
        ReviewError: it is none, or its notes cannot be read.
    """
    if is_archive(path):
        return _read_archive(path, asked)
    text = read_text(path)
    if rayyan_log.is_log(columns_of(text)):
        return _finished(rayyan_log.acts_of(rows(path, text=text), Found(TOOL)), path)
    return _finished(_read_articles(path, "", text, asked), path)


def _finished(found: Found, path: Path) -> Found:
    return require_votes(found, str(path), _EXPORT)


def _read_archive(path: Path, asked: Asked) -> Found:
    """Take acts from the log, where there is one: it says when, and who gave which reason."""
    names = sorted(name for name in members(path) if not name.startswith("__MACOSX"))
    found = Found(TOOL)
    log = ""
    for name in names:
        base = name.rpartition("/")[2].lower()
        if base.startswith("customizations_log"):
            log = name
        elif base.endswith((".csv", ".ris", ".txt")):
            part = _read_articles(path, name, read_text(path, name), asked)
            found.records |= part.records
            found.acts += part.acts
            found.messages += part.messages
    if log:
        noted = _last_votes(found.acts)
        found = rayyan_log.acts_of(rows(path, log), Found(TOOL, records=found.records))
        if noted != (logged := _last_votes(found.acts)):
            found.messages.append(
                f"the notes hold {sum(noted.values()):,} votes and the log {sum(logged.values()):,}: "
                "those of the log were taken"
            )
    return _finished(found, path)


def _last_votes(acts: Iterable[Event]) -> dict[tuple[str, str], int]:
    """Return how many people hold each decision on each record (the log names them otherwise)."""
    last = {(act.record_id, act.reviewer): act.decision for act in acts}
    counts: dict[tuple[str, str], int] = {}
    for (record, _), decision in last.items():
        counts[record, decision] = counts.get((record, decision), 0) + 1
    return counts


def _read_articles(path: Path, member: str, text: str, asked: Asked) -> Found:
    found = Found(TOOL)
    articles = (_of_ris if is_ris(text) else _of_table)(path, member, text)
    for article in articles:
        key = article.record.key
        if key in found.records:
            raise ReviewError(f"the article {key!r} stands twice", article.record.place, _EXPORT)
        try:
            notes = rayyan_notes.parse(article.notes)
        except NoHash as error:
            raise ReviewError(
                f"the notes of {key!r} ({article.record.title[:60]}) are not "
                f"as Rayyan writes them: {error}",
                article.record.place,
                f"a program may have cut them off (Excel holds 32,767 signs); {_EXPORT}",
            ) from None
        record = article.record._replace(
            ids=(*notes.ids, *article.record.ids), doi=article.record.doi or notes.doi
        )
        found.records[key] = record
        found.acts += _acts(record, notes, asked)
    return found


def _of_table(path: Path, member: str, text: str) -> Iterator[Article]:
    for row in rows(path, member, text):
        if "notes" not in row.cells or "title" not in row.cells:
            shown = ", ".join(filter(None, row.cells)) or "none"
            where = f"{path}/{member}" if member else str(path)
            raise ReviewError(f"the table has no columns title and notes: {shown}", where, _EXPORT)
        key = row.get("key", "rayyan_id", "id") or row.place
        record = Foreign(
            key,
            (_KEY.sub("", key), key),
            row.get("title"),
            year_of(row.get("year")),
            row.get("doi"),
            row.place,
        )
        yield Article(record, row.cells["notes"])


def _of_ris(path: Path, member: str, text: str) -> Iterator[Article]:
    for one in tagged(path, member, text):
        key = one.first("ID", "AN") or one.place
        ids = tuple(dict.fromkeys(one.values.get("ID", []) + one.values.get("AN", [])))
        record = Foreign(
            key,
            ids,
            one.first("TI", "T1"),
            year_of(one.first("PY", "Y1", "DA")),
            one.first("DO"),
            one.place,
        )
        yield Article(record, " | ".join(one.values.get("N1", [])))


def _acts(record: Foreign, notes: rayyan_notes.Notes, asked: Asked) -> Iterator[Event]:
    labels = f"labels: {', '.join(notes.labels)}" if notes.labels else ""
    for who, word in notes.inclusion.items():
        decision = rayyan_notes.DECISIONS.get(word) or decision_of(word, asked.codes)
        if not decision:
            raise ReviewError(
                f"{word!r} is no decision of Rayyan",
                record.place,
                f'it writes Included, Excluded or Maybe; or say it: --code "{word.lower()}={UNCLEAR}"',
            )
        code, said = reason_and_note(decision, notes.reasons, "exclusion reasons of all")
        note = joined([said, *notes.of_people.get(who, []), labels])
        yield Event(
            record_id=record.key, reviewer=who, role=SCREENER, decision=decision,
            reason_code=code, note=note,
        )  # fmt: skip


def reason_and_note(decision: str, reasons: Sequence[str], what: str) -> tuple[str, str]:
    """Return the reason code of a vote, and what its note says of the reasons.

    Only one reason of an excluding vote is a reason code: of several, nobody says which came first.

    >>> reason_and_note("exclude", ["wrong date"], "reasons")
    ('wrong date', '')
    >>> reason_and_note("exclude", ["a", "b"], "reasons")
    ('', 'reasons: a, b')
    """
    if decision == EXCLUDE and len(reasons) == 1:
        return reasons[0], ""
    return "", f"{what}: {', '.join(reasons)}" if reasons and decision == EXCLUDE else ""
