"""Reads the cells that a person filled in, in one row of a screening sheet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from searchsets.errors import ReviewError
from searchsets.screening.model import EXCLUDE, GRID_VALUES, NO_FULL_TEXT, VOTES, grid_text
from searchsets.screening.sheets.finding import Opened
from searchsets.screening.sheets.form import CONFIDENCES, decisions_at, folded
from searchsets.screening.sheets.opening import is_date, text_of

_ALIASES = {"not met": "not", "n/a": "na", "not applicable": "na"}
"""What people write for a judgement who do not use the list."""


class Problem(NamedTuple):
    """Something that is wrong with a sheet; nothing is imported as long as one is serious."""

    serious: bool
    what: str
    where: str
    remedy: str

    @property
    def told(self) -> ReviewError:
        """The problem in the words in which a person is told."""
        return ReviewError(self.what, self.where, self.remedy)


def read_answers(opened: Opened, row: int, problems: list[Problem]) -> dict[str, str]:
    """Return the fields of an event that a row fills in; empty if it decides nothing.

    Everything that is wrong with the cells is added to the problems.
    """
    return _Row(opened, row, problems).answers()


class _Row:
    def __init__(self, opened: Opened, row: int, problems: list[Problem]):
        self.opened, self.row, self.problems = opened, row, problems

    def answers(self) -> dict[str, str]:
        facts = self.opened.facts
        decisions = decisions_at(facts.place.stage)
        decision = self._choice("decision", decisions, "decision")
        grid = {}
        for name in facts.criteria:
            grid[name] = self._choice(f"criterion {name}", GRID_VALUES, "judgement", _ALIASES)
        answers = {
            "decision": decision,
            "reason_code": self._choice("reason_code", facts.reasons, "reason"),
            "criteria": grid_text({name: value for name, value in grid.items() if value}),
            "quote": self._text("quote"),
            "quote_loc": self._text("quote_loc"),
            "note": self._text("note"),
            "confidence": self._choice("confidence", CONFIDENCES, "confidence"),
        }
        if not decision:
            if any(answers.values()) and not text_of(self._cell("decision")):
                self._tell(False, "decision", "the row says something, but decides nothing",
                           "choose a decision: without one nothing of the row is taken")  # fmt: skip
            return {}
        self._check_reason(answers)
        return answers

    def _check_reason(self, answers: dict[str, str]) -> None:
        full_text = self.opened.facts.place.stage == "full_text"
        excluded = answers["decision"] == EXCLUDE
        given = text_of(self._cell("reason_code"))
        if given and answers["decision"] in VOTES and not excluded:
            self._tell(True, "reason_code", f"a reason ({given}) beside {answers['decision']!r}",
                       "empty the reason, or choose exclude")  # fmt: skip
        if excluded and full_text and not given:
            self._tell(True, "reason_code", "excluded at full text without a reason",
                       f"choose one of {_listed(self.opened.facts.reasons)}")  # fmt: skip
        if excluded and full_text and not answers["quote"]:
            self._tell(False, "quote", "excluded at full text without a quote",
                       "copy the words of the text that show the reason")  # fmt: skip

    def _choice(
        self, key: str, allowed: Sequence[str], kind: str, aliases: dict[str, str] | None = None
    ) -> str:
        """Return what was chosen, in the spelling of the list; empty if nothing, or nothing known."""
        given = text_of(self._cell(key))
        known = {folded(value): value for value in allowed} | (aliases or {})
        text = given.removesuffix(".0") if kind == "confidence" else given
        chosen = known.get(folded(text), "")
        if given and not chosen:
            remedy = f"choose one of {_listed(allowed)}"
            if folded(given) == folded(NO_FULL_TEXT):
                remedy += f"; {NO_FULL_TEXT} is for the full text only"
            self._tell(True, key, f"{given!r} is no {kind}", remedy)
        return chosen

    def _text(self, key: str) -> str:
        if is_date(self._cell(key)):
            self._tell(True, key, f"the program has made a date of it ({text_of(self._cell(key))})",
                       "type it again with an apostrophe before it: '12-13")  # fmt: skip
        return text_of(self._cell(key)).encode("utf-8", "replace").decode()

    def _cell(self, key: str):
        return self.opened.rows[self.row][self.opened.at[key]]

    def _tell(self, serious: bool, key: str, what: str, remedy: str) -> None:
        where = self.opened.where(self.row, key)
        self.problems.append(Problem(serious, what, where, remedy))


def _listed(values: Iterable[str]) -> str:
    return ", ".join(values)
