"""Reads the criteria for inclusion, and combines judgements into one suggestion."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from searchsets.errors import ReviewError
from searchsets.screening.criteria.places import Places, read_places
from searchsets.screening.criteria.stated import KNOWN_LANGUAGES, Wanted, forms_of
from searchsets.screening.model import STAGES
from searchsets.settings import Document, read_document
from searchsets.strategy.language import LineError, parse
from searchsets.strategy.model import Expression, Term, leaves

Judgement = Literal["met", "not met", "unclear", "partly", "not applicable"]
"""What is judged of a criterion; the last two only by people."""
Suggestion = Literal["include", "exclude", "unclear"]

JUDGED_AT = STAGES[:-1]
"""The stages of screening at which a criterion can be judged: all but what was published."""


@dataclass(frozen=True)
class Criterion:
    """A criterion, and the one rule that suggests how it is judged.

    The rule is an expression (`met_if`), a window of years, a language, a type, or a table of places;
    the others are empty.
    """

    id: str
    printed: str
    question: str
    met_if: Expression | None
    published_from: int | None
    published_until: int | None = None
    stated: Wanted | None = None
    """The language or the type that the rule asks for."""
    places: Places | None = None
    stages: tuple[str, ...] = JUDGED_AT
    order: int = 0
    """The place in the protocol's order; a facet, which never excludes, has none."""
    version: str = ""
    """The first 12 digits of the SHA-256 of what the file says of this criterion."""

    @property
    def looked_for(self) -> Expression | None:
        """What the texts of a record must hold for the rule to be met, if it looks at texts."""
        return self.places.sieve if self.places else self.met_if


@dataclass(frozen=True)
class Reason:
    """A reason to exclude that is no criterion, such as a second report of the same study."""

    id: str
    says: str


@dataclass(frozen=True)
class Combination:
    """A way to make one suggestion of the judgements: all of `core`, and one of `any_of`."""

    id: str
    says: str
    core: tuple[str, ...]
    any_of: tuple[str, ...]

    def suggest(self, judgements: Mapping[str, Judgement]) -> Suggestion:
        """Return what the judgements come to, by Kleene's logic: unknown is not false.

        What is partly met counts as met; what is not applicable is left out.

        >>> rule = Combination("c", "", ("date",), ("uk", "impact"))
        >>> rule.suggest({"date": "met", "uk": "unclear", "impact": "unclear"})
        'unclear'
        >>> rule.suggest({"date": "not met", "uk": "met", "impact": "unclear"})
        'exclude'
        >>> rule.suggest({"date": "partly", "uk": "not applicable", "impact": "met"})
        'include'
        """
        parts = []
        if self.core:
            parts.append(min(_values(self.core, judgements)))
        if self.any_of:
            parts.append(max(_values(self.any_of, judgements)))
        return _SUGGESTION[min(parts)] if parts else "unclear"

    def failed(self, judgements: Mapping[str, Judgement]) -> list[str]:
        """Return the criteria that are not met and so make it exclude."""
        if self.suggest(judgements) != "exclude":
            return []
        failed = [name for name in self.core if judgements[name] == "not met"]
        if self.any_of and not any(_values(self.any_of, judgements)):
            failed += [name for name in self.any_of if judgements[name] == "not met"]
        return failed


def _values(names: Sequence[str], judgements: Mapping[str, Judgement]) -> list[int]:
    """Return the values of the criteria that apply; unclear where none does."""
    applying = [judgements[name] for name in names if judgements[name] != "not applicable"]
    return [_VALUE[judgement] for judgement in applying] or [_VALUE["unclear"]]


_VALUE: dict[str, int] = {"not met": 0, "unclear": 1, "partly": 2, "met": 2}
_SUGGESTION: dict[int, Suggestion] = {0: "exclude", 1: "unclear", 2: "include"}


@dataclass(frozen=True)
class Criteria:
    """The criteria of a review, its facets, its combinations, and the version of all that."""

    source: str
    criteria: tuple[Criterion, ...]
    facets: tuple[Criterion, ...]
    combinations: tuple[Combination, ...]
    version: str
    """The first 12 digits of the SHA-256 of what the file and its tables say: decisions are bound
    to it. Comments and the way it is written do not change it."""
    path: Path = Path("criteria.yaml")
    reasons: tuple[Reason, ...] = ()

    @property
    def tables(self) -> tuple[Path, ...]:
        """The tables of places that the rules name, each once: a judgement is made from them too."""
        named = (one.places.path for one in (*self.criteria, *self.facets) if one.places)
        return tuple(dict.fromkeys(named))

    @property
    def reason_words(self) -> dict[str, str]:
        """What each reason to exclude says, by its code.

        That of a criterion says that it is not met: the words of the criterion alone would say that
        a work was excluded for meeting it.
        """
        words = {one.id: f"not met: {one.printed}" for one in self.criteria}
        return words | {one.id: one.says for one in self.reasons}

    def combination(self, name: str) -> Combination:
        """Return the combination of that name.

        Raises:
            ReviewError: there is none.
        """
        return self._one("combination", name, self.combinations)

    def criterion(self, name: str) -> Criterion:
        """Return the criterion or the facet of that name.

        Raises:
            ReviewError: there is none.
        """
        return self._one("criterion", name, (*self.criteria, *self.facets))

    def _one(self, what: str, name: str, among: Sequence[Any]) -> Any:
        for one in among:
            if one.id == name:
                return one
        known = ", ".join(one.id for one in among)
        raise ReviewError(
            f"the criteria have no {what} {name!r}", str(self.path), f"choose one of: {known}"
        )

    def reason_order(self) -> tuple[str, ...]:
        """Return the reasons to exclude, the one that is named first in front.

        A review gives one reason a report: the first criterion that fails in the protocol's order.
        """
        ordered = sorted(self.criteria, key=lambda criterion: criterion.order)
        return (*(one.id for one in ordered), *(reason.id for reason in self.reasons))


def read_criteria(path: Path) -> Criteria:
    """Read `criteria.yaml` and the tables of places that it names.

    Raises:
        ReviewError: not as the schema says, an expression that cannot be parsed, a rule that is no
            rule, an unknown criterion in a combination, an id or an order used twice, or a table
            that cannot be read.
    """
    document = read_document(path, "criteria")
    data = document.data
    criteria = tuple(_criteria(document, "criteria"))
    facets = tuple(_criteria(document, "facets"))
    reasons = tuple(Reason(row["id"], row["says"]) for row in data.get("reasons", ()))
    _refuse_repeated(
        path, "criteria or reasons", [one.id for one in (*criteria, *facets, *reasons)]
    )
    _refuse_repeated_order(document, criteria)
    combinations = tuple(_combinations(document, [criterion.id for criterion in criteria]))
    _refuse_repeated(path, "combinations", [one.id for one in combinations])
    version = _version(data, (*criteria, *facets))
    return Criteria(data["source"], criteria, facets, combinations, version, path, reasons)


def _version(said: Any, criteria: Iterable[Criterion]) -> str:
    """Return the fingerprint of a part of the file, and of the places that its rules name."""
    tables = [criterion.places.version for criterion in criteria if criterion.places]
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256("\n".join([text, *tables]).encode()).hexdigest()[:12]


def _refuse_repeated(path: Path, what: str, ids: Sequence[str]) -> None:
    repeated = [name for name, times in Counter(ids).items() if times > 1]
    if repeated:
        raise ReviewError(
            f"two {what} have the id {min(repeated)!r}", str(path), "give each an id of its own"
        )


def _refuse_repeated_order(document: Document, criteria: Sequence[Criterion]) -> None:
    first: dict[int, str] = {}
    for index, criterion in enumerate(criteria):
        if criterion.order in first:
            raise ReviewError(
                f"{criterion.id!r} and {first[criterion.order]!r} both have the order {criterion.order}",
                document.place(["criteria", index, "order"]),
                "number the criteria from the first that is named as a reason to the last; "
                "one without an order has its place in the file",
            )
        first[criterion.order] = criterion.id


def _combinations(document: Document, known: Sequence[str]) -> Iterator[Combination]:
    for index, row in enumerate(document.data["combinations"]):
        made = Combination(row["id"], row["says"], tuple(row["core"]), tuple(row.get("any_of", ())))
        unknown = set((*made.core, *made.any_of)) - set(known)
        if unknown:
            raise ReviewError(
                f"the combination {made.id!r} names {min(unknown)!r}, which is no criterion",
                document.place(["combinations", index]),
                f"the criteria are: {', '.join(sorted(known))}",
            )
        yield made


def _criteria(document: Document, key: str) -> Iterator[Criterion]:
    for index, row in enumerate(document.data.get(key, [])):
        rule, place = row["rule"], document.place([key, index, "rule"])
        _check_rule(rule, place)
        made = Criterion(
            id=row["id"],
            printed=row["printed"],
            question=row.get("question", ""),
            met_if=_expression(rule, document.place([key, index, "rule", "met_if"])),
            published_from=rule.get("published_from"),
            published_until=rule.get("published_until"),
            stated=_wanted(rule, place),
            places=_places(rule),
            stages=tuple(stage for stage in JUDGED_AT if stage in row.get("stages", JUDGED_AT)),
            order=row.get("order", index + 1) if key == "criteria" else 0,
        )
        yield replace(made, version=_version(row, [made]))


# The keys that make a rule, and those that may stand beside the first of them.
_RULES = (
    {"met_if"}, {"published_from", "published_until"}, {"language"}, {"type"}, {"places", "nation"},
)  # fmt: skip


def _check_rule(rule: Mapping[str, Any], place: str) -> None:
    if not any(set(rule) <= keys for keys in _RULES) or set(rule) == {"nation"}:
        raise ReviewError(
            f"this is not one rule: {', '.join(rule)}",
            place,
            "a rule is met_if, language, type, places (with nation or without), or published_from "
            "and published_until (both or one of them)",
        )
    first, last = rule.get("published_from"), rule.get("published_until")
    if first is not None and last is not None and first > last:
        raise ReviewError(
            f"the window begins in {first} and ends in {last}", place, "write the years in order"
        )


def _wanted(rule: Mapping[str, Any], place: str) -> Wanted | None:
    for field in ("language", "type"):
        if field in rule:
            values = rule[field]
            made = Wanted(field, tuple(values.get("is", ())), tuple(values.get("is_not", ())))
            unknown = forms_of("language", made.accepted) - KNOWN_LANGUAGES
            if field == "language" and unknown:
                raise ReviewError(
                    f"{min(unknown)!r} is not known as a language",
                    place,
                    f"write one of: {', '.join(sorted(KNOWN_LANGUAGES))}",
                )
            return made
    return None


def _places(rule: Mapping[str, Any]) -> Places | None:
    return read_places(Path(rule["places"]), rule.get("nation", "")) if "places" in rule else None


def _expression(rule: Mapping[str, Any], place: str) -> Expression | None:
    if "met_if" not in rule:
        return None
    try:
        expression = parse(rule["met_if"])
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
