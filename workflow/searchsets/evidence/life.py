"""The life of a line whose term the vocabulary dates: found before, in and after its years of use.

How surely a line is found more rarely after its term's last year of use is told by Fisher's exact
test, one-sided (R. A. Fisher 1935, The Design of Experiments): were all records found alike often in
both periods, in how many of all ways to spread them would as few, or fewer, lie after? It speaks of
the records at hand; whether these stand for a database or for research it cannot tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, lgamma

from searchsets.strategy.vocabulary import Usage

SURE_BELOW = 0.05
"""A fall is told as one if chance alone would make one as deep in fewer cases than this share."""

NO_RECORDS = "cannot be told: no records of this database"
NOT_SEARCHABLE_NOW = "cannot be told: this database is not searchable"
IN_USE = "in use, as far as the vocabulary says"

Years = Mapping[int | None, tuple[int, int]]
"""By year (None: not known): how many records a line finds, and how many there are."""


@dataclass(frozen=True)
class Period:
    """The records that a line finds of all records of some years."""

    found: int = 0
    records: int = 0

    @property
    def per_1000(self) -> float | None:
        """How many of 1,000 records are found, None where there is no record."""
        return 1000 * self.found / self.records if self.records else None


@dataclass(frozen=True)
class Life:
    """A line's records by the years of use of its term; `unknown` have no year."""

    before: Period
    in_use: Period
    after: Period
    unknown: Period


def life_of(years: Years, usage: Usage) -> Life:
    """Return what a line finds before, in and after the years of use of its term.

    The first and the last year are years of use. Without a first year all up to the last are; without
    a last year all from the first are.
    """
    parts: dict[str, list[tuple[int, int]]] = {}
    for year, counts in years.items():
        parts.setdefault(_part_of(year, usage), []).append(counts)
    periods = {
        name: Period(sum(found for found, _ in many), sum(records for _, records in many))
        for name, many in parts.items()
    }
    return Life(*(periods.get(name, Period()) for name in ("before", "in use", "after", "unknown")))


def _part_of(year: int | None, usage: Usage) -> str:
    if year is None:
        return "unknown"
    if usage.used_from is not None and year < usage.used_from:
        return "before"
    if usage.used_to is not None and year > usage.used_to:
        return "after"
    return "in use"


def chance_of_so_few(life: Life) -> float | None:
    """Return how probable it is that chance puts as few of the records found after the years of use.

    None where one of the two periods has no records or nothing was found in them: then nothing can be
    compared.

    >>> round(chance_of_so_few(Life(Period(), Period(3, 10), Period(0, 10), Period())), 3)
    0.105
    """
    use, after = life.in_use, life.after
    found = use.found + after.found
    if not use.records or not after.records or not found:
        return None
    least = max(0, found - use.records)
    ways = _log_ways(use.records + after.records, found)
    share = sum(
        exp(_log_ways(after.records, k) + _log_ways(use.records, found - k) - ways)
        for k in range(least, after.found + 1)
    )
    return min(1.0, share)


def _log_ways(many: int, chosen: int) -> float:
    return lgamma(many + 1) - lgamma(chosen + 1) - lgamma(many - chosen + 1)


def verdict(life: Life, usage: Usage) -> str:
    """Say in words what became of a line after its term went out of use.

    The rule, the first that holds: the vocabulary gives no last year (in use); there are no records
    after it, or none from the years of use (cannot be told); found in neither (cannot be told); none
    found after, and chance makes so few in less than `SURE_BELOW` (gone with the word); none found
    after (cannot be told: too few records); some found after (still found, and whether more rarely).
    """
    last = usage.used_to
    if last is None:
        return IN_USE
    if not life.after.records:
        return f"cannot be told: no records after {last}"
    chance = chance_of_so_few(life)
    if life.after.found:
        return f"still found after {last}{_compared(life, chance)}"
    if not life.in_use.records:
        return "cannot be told: no records from its years of use"
    if chance is None:
        return f"cannot be told: found neither in its years of use nor after {last}"
    if chance < SURE_BELOW:
        return f"word out of use since {last}: no hits after is what one would expect, not less research"
    return f"cannot be told: none found after {last}, but of so few records that it may be chance"


def _compared(life: Life, chance: float | None) -> str:
    if not life.in_use.records:
        return "; no records from its years of use to compare with"
    if chance is not None and chance < SURE_BELOW:
        return ", more rarely than in its years of use"
    # Compared without dividing: 1 of 3 is as often as 2 of 6.
    if life.after.found * life.in_use.records >= life.in_use.found * life.after.records:
        return ", no more rarely than in its years of use"
    return "; that it is found more rarely cannot be told from these numbers"
