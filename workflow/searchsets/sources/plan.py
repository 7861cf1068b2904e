"""The plan of a harvest: what will be asked, shown before anything is sent, and kept with the answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from searchsets.errors import ReviewError
from searchsets.files import json_text, sha256_of, write_lasting
from searchsets.settings import Document, check_by_schema
from searchsets.sources.forms import Forms
from searchsets.sources.services import Service
from searchsets.sources.services.base import Query, Years
from searchsets.sources.wide import NOTHING, Wide, widest
from searchsets.strategy.model import Reading, Strategy
from searchsets.strategy.thesaurus import Thesaurus
from searchsets.words import counted, duration

PLAN = "plan.json"
_SHOWN_QUESTIONS, _SHOWN_SIGNS = 20, 300


@dataclass(frozen=True)
class Plan:
    """One strategy, as one service is asked for it, for some years."""

    service: Service
    strategy: str
    queries: tuple[Query, ...]
    years: Years | None = None
    reading: str = ""
    lines: tuple[int, ...] = ()
    strategy_sha256: str = ""
    errata: str = ""
    """`read` or `literal`: how the strategy was read."""
    command: str = ""
    """What a person gives to go on with it."""
    notes: tuple[str, ...] = ()
    interval: float = 0.0
    """Seconds between two requests."""
    limits: tuple[str, ...] = ()
    """What the service cannot express, or cannot be relied upon for."""
    forms: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The forms that are asked for in place of truncated words, by stem."""

    def facts(self, *, begun: bool = True) -> dict[str, Any]:
        """Return what is kept of the plan.

        Args:
            begun: whether the records are asked for; else only how many there are.
        """
        return {
            "source": self.service.name,
            "strategy": self.strategy,
            "strategy_sha256": self.strategy_sha256,
            "errata": self.errata,
            "command": self.command,
            "reading": self.reading,
            "lines": self.lines,
            "from": self.years[0] if self.years else None,
            "to": self.years[1] if self.years else None,
            "questions": [query.facts() for query in self.queries],
            "differences": self.differences,
            "forms": self.forms,
            "begun": begun,
        }

    @property
    def differences(self) -> list[str]:
        """What is asked for otherwise than the strategy says, for a reader of the results too."""
        asked = [f"{stem}* as {', '.join(forms)}" for stem, forms in sorted(self.forms.items())]
        return [*self.notes, *self.limits, *asked]

    def text(self, *, in_full: bool) -> Iterator[str]:
        """Yield the lines that tell a person what will be asked.

        Args:
            in_full: show long questions to their end.
        """
        service = self.service
        yield f"{service.label} ({service.address})"
        if self.lines:
            lines = ", ".join(f"#{number}" for number in self.lines)
            yield f"strategy {self.strategy}, {_span(self)}, what is found by: {lines}"
        if self.years is None:
            time = duration(len(self.queries) * self.interval)
            yield f"{counted(len(self.queries), 'page')} to ask for, which takes at least {time}"
        else:
            yield self._size()
        if service.dollars:
            yield (
                f"priced: about ${service.dollars:g} an answer; the first answers alone "
                f"${service.dollars * len(self.queries):.3f}"
            )
        yield from self._questions(None if in_full else _SHOWN_SIGNS)
        yield "what differs from the strategy, which is run here on what comes back:"
        yield from (f"  - {note}" for note in self.differences)

    def _size(self) -> str:
        return (
            f"{counted(len(self.queries), 'question')}, up to {self.service.rows:,} records an answer; "
            "how many answers there are, --count asks. It takes at least "
            f"{duration(len(self.queries) * self.interval)}"
        )

    def _questions(self, signs: int | None) -> Iterator[str]:
        """Yield the questions, each text once, with the journals and years it is asked for."""
        asked: dict[str, list[Query]] = {}
        for query in self.queries:
            asked.setdefault(query.text, []).append(query)
        for number, (text, queries) in enumerate(asked.items(), start=1):
            if number > _SHOWN_QUESTIONS:
                yield f"  ... and {len(asked) - _SHOWN_QUESTIONS:,} more of this kind"
                return
            more = " ..." if len(text[:signs]) < len(text) else ""
            yield f"  {number}. {text[:signs]}{more}"
            if spans := ", ".join(dict.fromkeys(filter(None, map(_limits, queries)))):
                yield f"     {spans}"


def _span(plan: Plan) -> str:
    if plan.service.dated and plan.years:
        return f"{plan.years[0]} to {plan.years[1]}"
    return "all years: it cannot be asked for some"


def _limits(query: Query) -> str:
    journal = f"ISSN {query.journal}" if query.journal else ""
    first, last = query.years or (None, None)
    years = f"{first}" if first == last else f"{first}-{last}"
    return " ".join(filter(None, (journal, years if first else "")))


def make_plan(
    service: Service,
    strategy: Strategy,
    thesaurus: Thesaurus | None,
    reading: Reading,
    years: Years,
    forms: Forms,
    interval: float = 0.0,
) -> Plan:
    """Plan how a service is asked for a strategy.

    Raises:
        ReviewError: it cannot be, and why; or the years are no span of years.
    """
    if not 1000 <= years[0] <= years[1] <= 2999:
        raise ReviewError(
            f"from {years[0]} to {years[1]} is no span of years",
            None,
            "write: --from 2002 --to 2008",
        )
    wide = Wide(NOTHING)
    if service.boolean:
        wide = widest(strategy, thesaurus, reading, service.abilities, forms)
        if wide.expression == NOTHING:
            raise ReviewError(
                f"no record of {service.label} can be found by this strategy: it rests on "
                "descriptors, which records there do not have",
                str(strategy.path),
                "ask another service; or let descriptors be read as text (when_unindexed: free_text)",
            )
    queries = {query.key: query for query in service.queries(wide.expression, years)}
    return Plan(
        service,
        strategy.database,
        tuple(queries.values()),
        years,
        reading.name,
        reading.lines,
        sha256_of(strategy.path),
        notes=wide.notes,
        interval=interval,
        limits=service.limits,
        forms={} if service.abilities.truncation else dict(forms.asked),
    )


def settle_plan(plan: Plan, folder: Path, *, begun: bool) -> None:
    """Keep a plan in its folder; what is there already must be the same questions.

    A plan of pages may gain some: another run found others.

    Args:
        plan: what is asked.
        folder: the folder of the harvest.
        begun: whether the records are asked for; else only how many there are.

    Raises:
        ReviewError: a harvest of that name was planned otherwise.
    """
    path, facts = folder / PLAN, plan.facts(begun=begun)
    if path.exists():
        before = read_facts(path)
        asked = _listed(before)
        if plan.years is None:
            facts["questions"] = asked + [one for one in facts["questions"] if one not in asked]
        elif facts["questions"] != asked:
            raise _planned_otherwise(path, before["strategy_sha256"] != plan.strategy_sha256)
        facts["begun"] = begun or before["begun"]
    text = json_text(facts)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        write_lasting(path, text.encode())


def _planned_otherwise(path: Path, strategy_changed: bool) -> ReviewError:
    why = "the strategy was changed since" if strategy_changed else "other forms, lines or journals"
    return ReviewError(
        f"a harvest of this name asked other questions ({why})",
        str(path),
        "keep it, and give this one another name: --name NAME",
    )


def _listed(facts: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the questions of a kept plan as `Query.facts` gives them."""
    return [Query.of_facts(one).facts() for one in facts["questions"]]


def read_facts(path: Path) -> dict[str, Any]:
    """Return what is kept of a plan.

    Raises:
        ReviewError: the file is damaged, or of another form than `plan.schema.json` says.
    """
    try:
        if not path.is_file():  # what is no file may be waited for without end
            raise ValueError("it is no file")
        facts = json.loads(path.read_bytes())
        check_by_schema(Document(path, facts, None), "plan")
    except (OSError, ValueError, RecursionError, ReviewError) as error:
        raise ReviewError(
            f"this plan cannot be read: {str(getattr(error, 'what', error))[:_SHOWN_SIGNS]}",
            str(path),
            "the answers beside it are whole: delete it, and give the harvest command again, which "
            "writes it anew",
        ) from None
    return facts
