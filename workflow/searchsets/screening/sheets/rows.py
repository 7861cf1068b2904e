"""Reads the cells that a person filled in, in one row of a screening sheet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from searchsets.errors import ReviewError
from searchsets.screening.model import (
    EXCLUDE,
    GRID_VALUES,
    NO_FULL_TEXT,
    VOTES,
    decisions_at,
    grid_text,
)
from searchsets.screening.sheets.finding import Opened
from searchsets.screening.sheets.form import CONFIDENCES
from searchsets.screening.sheets.opening import is_date, text_of
from searchsets.text import folded

_ALIASES = {"not met": "not", "n/a": "na", "not applicable": "na"}
"""What people write for a judgement who do not use the list."""


def read_answers(
    opened: Opened, row: int, errors: list[ReviewError], warnings: list[ReviewError]
) -> dict[str, str]:
    """Return the fields of an event that a row fills in; empty if it decides nothing.

    Everything that is wrong with the cells is added to the errors and warnings.
    """
    return _Row(opened, row, errors, warnings).answers()


class _Row:
    def __init__(
        self, opened: Opened, row: int, errors: list[ReviewError], warnings: list[ReviewError]
    ):
        self.opened, self.row = opened, row
        self.errors, self.warnings = errors, warnings

    def answers(self) -> dict[str, str]:
        facts = self.opened.facts
        decisions = decisions_at(facts.assignment.stage)
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
                self._tell(self.warnings, "decision", "the row says something, but decides nothing",
                           "choose a decision: without one nothing of the row is taken")  # fmt: skip
            return {}
        self._check_reason(answers)
        return answers

    def _check_reason(self, answers: dict[str, str]) -> None:
        full_text = self.opened.facts.assignment.stage == "full_text"
        excluded = answers["decision"] == EXCLUDE
        given = text_of(self._cell("reason_code"))
        if given and answers["decision"] in VOTES and not excluded:
            self._tell(self.errors, "reason_code", f"a reason ({given}) beside {answers['decision']!r}",
                       "empty the reason, or choose exclude")  # fmt: skip
        if excluded and full_text and not given:
            self._tell(self.errors, "reason_code", "excluded at full text without a reason",
                       f"choose one of {_listed(self.opened.facts.reasons)}")  # fmt: skip
        if excluded and full_text and not answers["quote"]:
            self._tell(self.warnings, "quote", "excluded at full text without a quote",
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
            self._tell(self.errors, key, f"{given!r} is no {kind}", remedy)
        return chosen

    def _text(self, key: str) -> str:
        text = text_of(self._cell(key))
        if is_date(self._cell(key)):
            self._tell(self.errors, key, f"the program has made a date of it ({text})",
                       "type it again with an apostrophe before it: '12-13")  # fmt: skip
        return text

    def _cell(self, key: str):
        return self.opened.rows[self.row][self.opened.at[key]]

    def _tell(self, among: list[ReviewError], key: str, what: str, remedy: str) -> None:
        among.append(ReviewError(what, self.opened.where(self.row, key), remedy))


def _listed(values: Iterable[str]) -> str:
    return ", ".join(values)
