"""Asks a service all questions of a plan, keeps every answer, and goes on where it was interrupted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from searchsets.errors import ReviewError
from searchsets.files import write_lasting
from searchsets.sources.answers import CUT_INTO, ROUNDS, SHORT, Answers, Round
from searchsets.sources.exchange import ENDING, TROUBLE, Answer, Odd
from searchsets.sources.links import refuse_links
from searchsets.sources.services.base import CursorGone, Page, Query, Service
from searchsets.sources.store import keep
from searchsets.sources.web import Web

_MOST_TROUBLE = 50
_EMPTY_TRIES = 2


class Progress(Protocol):
    """Is told how far the harvest is."""

    def there_are(self, records: int) -> None:
        """So many more records are now expected than before; it may be fewer."""

    def came(self, records: int) -> None:
        """So many records came, or were there already."""


@dataclass
class Harvest:
    """One harvest in its folder.

    Args:
        service: whom to ask.
        folder: where the answers are kept.
        web: how to ask.
        most: a question with more records than this stops the harvest.
        progress: is told how far it is.
    """

    service: Service
    folder: Path
    web: Web
    most: int
    progress: Progress
    asked: int = 0
    """Answers that were received by this harvest and not by an earlier one."""
    _trouble: int = field(default=0, repr=False)
    _expected: dict[str, int] = field(default_factory=dict, repr=False)
    """Of each question, how many records are to come in all, as far as is known."""

    def __post_init__(self) -> None:
        self.web.on_trouble = self._keep_trouble

    def run(self, queries: Iterable[Query]) -> list[Answers]:
        """Ask all questions that are not answered yet.

        Raises:
            ReviewError: a service refuses, does not answer, or has more than `most` records.
        """
        return [self._question(query) for query in self._announced(queries)]

    def _announced(self, queries: Iterable[Query]) -> list[Query]:
        """Tell that there is at least a record to come of each question, until more is known."""
        listed = list(queries)
        self.progress.there_are(len(listed))
        self._expected |= {query.key: 1 for query in listed}
        return listed

    def count(self, queries: Iterable[Query]) -> list[Answers]:
        """Ask only for the first answer to each question, which says how many records there are.

        Raises:
            ReviewError: as `run`.
        """
        counted = []
        for query in self._announced(queries):
            answers = self._begun(query)
            if not answers.rounds:
                answers.rounds.append(Round(self.service))
                self._next(answers, ROUNDS)
            counted.append(answers)
        return counted

    def _begun(self, query: Query) -> Answers:
        """Return what is kept of the answers to a question."""
        refuse_links(self.folder / query.key, 1)
        answers = Answers.read(self.folder, self.service, query)
        answers.describe()
        self._tell(answers, 0)
        return answers

    def _tell(self, answers: Answers, before: int) -> None:
        """Tell how many more records of a question came, and how many are now expected in all."""
        walk = answers.rounds[-1] if answers.rounds else Round(self.service)
        left = 0
        if not walk.ended and not answers.beyond:
            left = 1 if walk.total is None else max(1, walk.total - walk.at.records)
        expected, key = answers.received + left, answers.query.key
        self.progress.there_are(expected - self._expected[key])
        self.progress.came(answers.received - before)
        self._expected[key] = expected

    def _question(self, query: Query) -> Answers:
        answers = self._begun(query)
        # A person who gives the command again wants one more walk, if those before came short.
        walks = max(ROUNDS, len(answers.rounds) + 1)
        while self._wants_more(answers, walks):
            self._next(answers, walks)
        if answers.beyond:
            self._cut(answers)
        return answers

    def _wants_more(self, answers: Answers, walks: int) -> bool:
        """Tell whether to go on with a question; begin its list anew where it came short."""
        self._refuse_too_many(answers)
        if answers.beyond:
            return False
        if not answers.rounds:
            answers.rounds.append(Round(self.service))
        elif answers.rounds[-1].ended:
            if answers.state != SHORT or len(answers.rounds) >= walks or answers.accepted:
                return False
            answers.rounds.append(Round(self.service))
        return True

    def _refuse_too_many(self, answers: Answers) -> None:
        # What came counts too: a service may announce few, and give pages without end.
        walked = answers.rounds[-1].at.records if answers.rounds else 0
        number = max(answers.total or 0, walked)
        if number > self.most:
            raise ReviewError(
                f"{self.service.label} has {number:,} records for one question, more than "
                f"{self.most:,}: {answers.query.text[:200]}",
                str(answers.folder),
                "take them all with --most NUMBER, or ask for fewer years",
            )

    def _next(self, answers: Answers, walks: int) -> None:
        """Ask for the next page and keep it."""
        path, at = answers.next_path(), answers.rounds[-1].at
        empty = 0

        def read(answer: Answer) -> Page:
            nonlocal empty
            page = self.service.read(answer)
            if not page.ids and at.records < page.total and empty < _EMPTY_TRIES:
                empty += 1
                raise Odd(f"an empty page after {at.records:,} of {page.total:,} records")
            return page

        try:
            answer, page = self.web.ask(self.service.request(answers.query, at), read)
        except CursorGone as gone:
            self._begin_anew(answers, walks, str(gone))
            return
        keep(path, answer)
        self.asked += 1
        before = answers.received
        answers.add(page, path, answer.time)
        answers.take_kept()  # if this one was missing among others
        self._tell(answers, before)

    def _begin_anew(self, answers: Answers, walks: int, said: str) -> None:
        at = answers.rounds[-1].at
        if not at.pages or len(answers.rounds) >= walks:
            raise ReviewError(
                f"{self.service.label} has forgotten its place in the list, after {at.records:,} "
                f"records of walk {len(answers.rounds)}: {said}",
                str(answers.folder),
                "what came is kept: give the same command again, without interrupting it for long",
            )
        self.web.say(f"{self.service.label} has forgotten its place in the list: it is begun anew")
        answers.rounds.append(Round(self.service))

    def _cut(self, answers: Answers) -> None:
        """Ask in parts for a list that is longer than the service gives."""
        queries = self.service.narrower(answers.query)
        if not queries:
            raise ReviewError(
                f"{self.service.label} has {answers.total:,} records for one question and gives "
                f"{self.service.ceiling:,}, and the question cannot be parted: {answers.query.text}",
                str(answers.folder),
                "ask another service, or leave this line out by another reading (--reading)",
            )
        if not answers.parts:
            answers.note_cut(queries)
        elif [part.query.key for part in answers.parts] != [query.key for query in queries]:
            raise ReviewError(
                "this question was once parted in another way",
                str(answers.folder / CUT_INTO),
                "give this harvest another name: --name NAME",
            )
        answers.parts = [self._question(query) for query in self._announced(queries)]

    def _keep_trouble(self, answer: Answer, why: str) -> None:
        """Keep an answer that was none, so that somebody may look at it."""
        folder = self.folder / TROUBLE
        while (path := folder / f"{self._trouble + 1:03}{ENDING}").exists():
            self._trouble += 1
        if self._trouble < _MOST_TROUBLE:
            keep(path, answer)
            write_lasting(path.with_name(f"{path.name}.txt"), f"{why}\n".encode())


def accept_short(answers: Iterable[Answers]) -> int:
    """Note that a person accepts that fewer records came than the service speaks of.

    Returns:
        The number of questions of which that was so.
    """
    lacking = [one for top in answers for one in top.each() if one.state == SHORT]
    for one in lacking:
        one.accept()
    return len(lacking)
