"""Reads the criteria for inclusion, and combines judgements into one suggestion."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from searchsets.errors import ReviewError
from searchsets.settings import Document, read_document
from searchsets.strategy.language import LineError, parse
from searchsets.strategy.model import Expression, Term, leaves

Judgement = Literal["met", "not met", "unclear"]
Suggestion = Literal["include", "exclude", "unclear"]


@dataclass(frozen=True)
class Criterion:
    """A criterion and the rule that suggests how it is judged: an expression or a year."""

    id: str
    printed: str
    question: str
    met_if: Expression | None
    published_from: int | None


@dataclass(frozen=True)
class Combination:
    """A way to make one suggestion of the judgements: all of `core`, and one of `any_of`."""

    id: str
    says: str
    core: tuple[str, ...]
    any_of: tuple[str, ...]

    def suggest(self, judgements: Mapping[str, Judgement]) -> Suggestion:
        """Return what the judgements come to, by Kleene's logic: unknown is not false.

        >>> rule = Combination("c", "", ("date",), ("uk", "impact"))
        >>> rule.suggest({"date": "met", "uk": "unclear", "impact": "unclear"})
        'unclear'
        >>> rule.suggest({"date": "not met", "uk": "met", "impact": "unclear"})
        'exclude'
        """
        parts = [_VALUE[judgements[name]] for name in self.core]
        if self.any_of:
            parts.append(max(_VALUE[judgements[name]] for name in self.any_of))
        return _SUGGESTION[min(parts)] if parts else "unclear"

    def failed(self, judgements: Mapping[str, Judgement]) -> list[str]:
        """Return the criteria that are not met and so make it exclude."""
        if self.suggest(judgements) != "exclude":
            return []
        failed = [name for name in self.core if judgements[name] == "not met"]
        if all(judgements[name] == "not met" for name in self.any_of):
            failed += self.any_of
        return failed


_VALUE: dict[str, int] = {"not met": 0, "unclear": 1, "met": 2}
_SUGGESTION: dict[int, Suggestion] = {0: "exclude", 1: "unclear", 2: "include"}


@dataclass(frozen=True)
class Criteria:
    """The criteria of a review, its facets, its combinations, and the version of all that."""

    source: str
    criteria: tuple[Criterion, ...]
    facets: tuple[Criterion, ...]
    combinations: tuple[Combination, ...]
    version: str
    """The first 12 digits of the SHA-256 of the file: decisions can be bound to it."""
    path: Path = Path("criteria.yaml")

    def combination(self, name: str) -> Combination:
        """Return the combination of that name.

        Raises:
            ReviewError: there is none.
        """
        for combination in self.combinations:
            if combination.id == name:
                return combination
        known = ", ".join(combination.id for combination in self.combinations)
        raise ReviewError(
            f"the criteria have no combination {name!r}", str(self.path), f"choose one of: {known}"
        )


def read_criteria(path: Path) -> Criteria:
    """Read `criteria.yaml`.

    Raises:
        ReviewError: not as the schema says, an expression that cannot be parsed, an unknown
            criterion in a combination, or an id used twice.
    """
    document = read_document(path, "criteria")
    data = document.data
    criteria = tuple(_criteria(document, "criteria"))
    facets = tuple(_criteria(document, "facets"))
    ids = [criterion.id for criterion in (*criteria, *facets)]
    repeated = {name for name in ids if ids.count(name) > 1}
    if repeated:
        raise ReviewError(
            f"two criteria have the id {min(repeated)!r}", str(path), "give each an id of its own"
        )
    combinations = []
    known = {criterion.id for criterion in criteria}
    for index, row in enumerate(data["combinations"]):
        made = Combination(row["id"], row["says"], tuple(row["core"]), tuple(row.get("any_of", ())))
        unknown = set((*made.core, *made.any_of)) - known
        if unknown:
            raise ReviewError(
                f"the combination {made.id!r} names {min(unknown)!r}, which is no criterion",
                document.place(["combinations", index]),
                f"the criteria are: {', '.join(sorted(known))}",
            )
        combinations.append(made)
    names = [one.id for one in combinations]
    repeated = {name for name in names if names.count(name) > 1}
    if repeated:
        raise ReviewError(
            f"two combinations have the id {min(repeated)!r}",
            str(path),
            "give each an id of its own",
        )
    version = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    return Criteria(data["source"], criteria, facets, tuple(combinations), version, path)


def _criteria(document: Document, key: str):
    for index, row in enumerate(document.data.get(key, [])):
        rule: dict[str, Any] = row["rule"]
        expression = None
        if "met_if" in rule:
            place = document.place([key, index, "rule", "met_if"])
            expression = _expression(rule["met_if"], place)
        yield Criterion(
            row["id"],
            row["printed"],
            row.get("question", ""),
            expression,
            rule.get("published_from"),
        )


def _expression(text: str, place: str) -> Expression:
    try:
        expression = parse(text)
    except LineError as error:
        raise ReviewError(
            f"{error.what} (column {error.column} of the expression)", place, error.remedy
        ) from None
    if not all(isinstance(leaf, Term) for leaf in leaves(expression)):
        raise ReviewError(
            "the expression refers to a line of a strategy, or holds a proximity",
            place,
            "write terms only, such as: UK (ft)",
        )
    return expression
