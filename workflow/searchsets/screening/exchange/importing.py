"""Brings the acts of another tool's file to our log: checked as a whole, each act only once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from searchsets.errors import ReviewError
from searchsets.screening.exchange.matching import Matched, match
from searchsets.screening.exchange.model import Asked, Foreign, Found
from searchsets.screening.exchange.people import pseudonyms, renamed, strangers
from searchsets.screening.log.reading import Kind, kind_of, standing
from searchsets.screening.log.writing import one_cell
from searchsets.screening.model import (
    ADJUDICATOR,
    CONSENSUS,
    PREVIOUS,
    PUBLISHED_OUTCOME,
    SCREENER,
    Event,
)
from searchsets.words import counted

_LISTED = 20


def _same(act: Event) -> tuple[str, ...]:
    """Return what makes two acts the same."""
    return (*kind_of(act), act.decision, act.reason_code, act.note)


@dataclass
class Import:
    """What is to be written, and what a person should know of it."""

    acts: list[Event]
    """All acts of the file, as they stand in our log."""
    fresh: list[Event]
    """Those that the log does not have."""
    names: dict[str, str]
    """The pseudonyms of people whose names are not kept."""
    unmatched: list[Foreign] = field(default_factory=list)
    changed: int = 0
    """How many of the fresh acts replace one that the log has."""

    def summary(self) -> str:
        """Return what came, in one sentence."""
        parts = [
            part
            for role, say in _SAID.items()
            if (part := say([a for a in self.acts if a.role == role]))
        ]
        there = len(self.acts) - len(self.fresh)
        on = f"on {counted(len({act.record_id for act in self.acts}), 'record')}"
        return f"{', '.join([*parts, on])}; {there:,} were there already"


def _people(acts: Sequence[Event]) -> int:
    return len({act.reviewer for act in acts})


def _votes(acts: Sequence[Event]) -> str:
    return f"{counted(len(acts), 'vote')} of {counted(_people(acts), 'reviewer')}" if acts else ""


def _adjudications(acts: Sequence[Event]) -> str:
    who = "an adjudicator" if _people(acts) == 1 else f"{_people(acts)} adjudicators"
    return f"{counted(len(acts), 'decision')} of {who}" if acts else ""


def _consensus(acts: Sequence[Event]) -> str:
    return f"{counted(len(acts), 'decision')} of consensus" if acts else ""


def _outcomes(acts: Sequence[Event]) -> str:
    return counted(len(acts), "published outcome") if acts else ""


_SAID = {
    SCREENER: _votes, ADJUDICATOR: _adjudications, CONSENSUS: _consensus,
    PUBLISHED_OUTCOME: _outcomes,
}  # fmt: skip


def prepared(
    found: Found,
    asked: Asked,
    log: Sequence[Event],
    records: pa.Table | None,
    people: Mapping[str, str],
    run: str,
    where: str,
    *,
    skip_unmatched: bool = False,
) -> Import:
    """Return what is to be written to the log; nothing is written here.

    Args:
        found: what the file holds.
        asked: what a person says about it.
        log: all events of the log.
        records: our records; None: ids stay as they are.
        people: pseudonyms by name, as a person says.
        run: the search run that has the records, if any.
        where: the file, for messages.
        skip_unmatched: leave out what is none of our records.

    Raises:
        ReviewError: a record is none of ours, a person cannot be told, or one person says contrary
            things on one record of ours.
    """
    names = pseudonyms((act.reviewer for act in found.acts), people)
    wanted = dict.fromkeys(act.record_id for act in found.acts)
    matched = match(found.records, wanted, records, where, skip_unmatched=skip_unmatched)
    chains = _chains(renamed(found.acts, names), found, asked, matched, run, where)
    numbered = strangers(names, people)
    stands = standing(log)
    _require_known_people(numbered, chains, stands, where)
    fresh, changed = _fresh(chains, log, stands)
    acts = [act for chain in chains.values() for act in chain]
    return Import(acts, fresh, numbered, matched.unmatched, changed)


def _chains(
    acts: Sequence[Event], found: Found, asked: Asked, matched: Matched, run: str, where: str
) -> dict[Kind, list[Event]]:
    """Return the acts as they stand in our log, those that replace one another together."""
    chains: dict[Kind, list[Event]] = {}
    keys: dict[Kind, str] = {}
    contrary: list[str] = []
    for act in acts:
        record = matched.record_of.get(act.record_id)
        if record is None:
            continue
        ours = act._replace(
            record_id=record, record_sha=matched.sha_of.get(record, ""), stage=act.stage or asked.stage,
            round=asked.round, search_run=run, note=one_cell(act.note),
            reason_code=one_cell(act.reason_code), tool=found.tool, tool_version=found.tool_version,
            supersedes=PREVIOUS,
        )  # fmt: skip
        kind = kind_of(ours)
        if keys.setdefault(kind, act.record_id) == act.record_id:
            chains.setdefault(kind, []).append(ours)
        elif chains[kind][-1].decision != ours.decision:
            contrary.append(
                f"  {keys[kind]} and {act.record_id} are both {record}; {ours.reviewer} differs"
            )
    if contrary:
        more = [f"  and {len(contrary) - _LISTED:,} more"] if len(contrary) > _LISTED else []
        raise ReviewError(
            "\n".join(["records that are one of ours were decided on in contrary ways by one person:",
                       *contrary[:_LISTED], *more]),
            where,
            "settle it in the other tool, or take one of each pair out of the file",
        )  # fmt: skip
    return chains


def _require_known_people(
    numbered: Mapping[str, str],
    chains: Mapping[Kind, Sequence[Event]],
    stands: Sequence[Event],
    where: str,
) -> None:
    """Refuse to guess who a number is: names are not kept, so only the same acts tell a person again."""
    there = {event.reviewer for event in stands}
    brought = {_same(act) for chain in chains.values() for act in chain}
    stages = {(act.stage, act.round, act.tool) for chain in chains.values() for act in chain}
    for name, pseudonym in numbered.items():
        if pseudonym not in there:
            continue
        former = [
            event for event in stands
            if event.reviewer == pseudonym and (event.stage, event.round, event.tool) in stages
        ]  # fmt: skip
        if not former or any(_same(event) not in brought for event in former):
            raise ReviewError(
                f"the log has a reviewer {pseudonym}, and it cannot be told whether that is {name!r}",
                where,
                f'say it: --as "{name}={pseudonym}" if so, else another: --as "{name}={_free(there)}"',
            )


def _free(there: set[str]) -> str:
    return next(
        name for number in range(1, len(there) + 2) if (name := f"R{number:02}") not in there
    )


def _fresh(
    chains: Mapping[Kind, Sequence[Event]], log: Sequence[Event], stands: Sequence[Event]
) -> tuple[list[Event], int]:
    """Return the acts that the log does not have, and how many of them replace one that it has."""
    last = {kind_of(event): event for event in stands}
    history: dict[Kind, list[Event]] = {}
    for event in log:
        history.setdefault(kind_of(event), []).append(event)
    fresh: list[Event] = []
    changed = 0
    for kind, chain in chains.items():
        if kind not in last:
            fresh += chain
        elif _same(chain[-1]) != _same(last[kind]):
            fresh += _behind(chain, history[kind])
            changed += 1
    return fresh, changed


def _behind(chain: Sequence[Event], history: Sequence[Event]) -> list[Event]:
    """Return the acts of a chain behind those that the log has, in the same order."""
    known = 0
    for event in history:
        if known < len(chain) - 1 and _same(chain[known]) == _same(event):
            known += 1
    return list(chain[known:])
