"""What `searchsets harvest` does for a service: plans, shows the plan, asks, and says what came."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from searchsets.errors import ReviewError
from searchsets.sources.answers import SHORT, Answers
from searchsets.sources.harvest import Harvest, Progress, accept_short
from searchsets.sources.plan import Plan, settle_plan
from searchsets.sources.services import Service
from searchsets.sources.settings import Sources, require_key
from searchsets.sources.store import alone_in
from searchsets.sources.stored import FOLDERS
from searchsets.sources.web import Web
from searchsets.words import counted

Say = Callable[[str], None]


@dataclass(frozen=True)
class Order:
    """What a person ordered, besides the plan."""

    folder: Path
    most: int | None = None
    accept: bool = False
    count: bool = False
    """Only ask how many records there are."""


def harvest(
    plan: Plan, sources: Sources, order: Order, say: Say, progress: Progress, web: Web | None = None
) -> list[Answers]:
    """Ask a service for a plan, and keep what it answers.

    Args:
        plan: what to ask.
        sources: who asks, and how.
        order: where to, and what a person allows.
        say: tells the person.
        progress: is told how far it is.
        web: the session; by itself one is made as `sources` says.

    Raises:
        ReviewError: something is missing, the service refuses, or fewer records came than it
            speaks of.
    """
    service = plan.service
    sources.require_contact()
    require_key(service)
    web = web or Web(
        sources.contact,
        sources.interval(service),
        sources.permitted(service),
        say=say,
        secrets=tuple(filter(None, (service.key,))),
    )
    with alone_in(order.folder, FOLDERS):
        settle_plan(plan, order.folder, begun=not order.count)
        done = Harvest(
            service, order.folder, web, sources.most if order.most is None else order.most, progress
        )
        if order.count:
            answers = done.count(plan.queries)
            say(expected(service, answers))
            return answers
        answers = done.run(plan.queries)
        say(told(answers, done.asked))
        if order.accept:
            say(f"accepted: {accept_short(answers):,} questions of which fewer records came")
    require_all(answers, order.folder)
    return answers


def told(answers: list[Answers], asked: int) -> str:
    """Return what came, in a sentence."""
    ids = set().union(*(one.all_ids for one in answers))
    questions = [one for top in answers for one in top.each()]
    received = sum(one.received for one in questions)
    dollars = sum(one.dollars for one in questions)
    price = f", charged ${dollars:.3f}" if dollars else ""
    return (
        f"{len(ids):,} records in {received:,} received, by {counted(len(questions), 'question')}; "
        f"{counted(asked, 'answer')} came now{price}"
    )


def expected(service: Service, answers: list[Answers]) -> str:
    """Return how many records there are by the first answers, and what it takes to have them."""
    total = sum(one.total or 0 for one in answers)
    pages = sum(-(-(one.total or 0) // service.rows) or 1 for one in answers)
    price = f", about ${service.dollars * pages:.2f}" if service.dollars else ""
    return (
        f"{total:,} records by {counted(len(answers), 'question')}, which may overlap: "
        f"{counted(pages, 'answer')} in all{price}"
    )


def require_all(answers: list[Answers], folder: Path) -> None:
    """Refuse a harvest of which fewer records came than the service speaks of.

    Raises:
        ReviewError: so it is, and nobody accepted it.
    """
    lacking = [
        one for top in answers for one in top.each() if one.state == SHORT and not one.accepted
    ]
    for one in lacking:
        if not one.parts:
            raise ReviewError(
                f"{one.service.label} speaks of {one.total:,} records and gave {len(one.ids):,} "
                f"different ones, in {len(one.rounds)} walks through its list",
                str(folder / one.query.key),
                "give the same command again; if it stays so, the number of the service is wrong: "
                "say --accept-short, and that is noted",
            )
    for one in lacking:
        raise ReviewError(
            f"{one.service.label} speaks of {one.total:,} records, and its parts together gave "
            f"{len(one.all_ids):,} different ones",
            str(folder / one.query.key),
            "give the same command again; if it stays so, say --accept-short, and that is noted",
        )
