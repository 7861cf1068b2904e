"""Holds what a review states of its sources as a whole against how each source is coded.

A word such as “most” has no number of its own. What each is taken to mean stands in `QUANTITIES`:
the counts that surely bear the word out, and those that might. Where the two differ, or where
sources are in doubt or unknown, the answer can be that it cannot be told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from searchsets.reporting.appendices.extraction import FITS_NONE, Coding, Variable
from searchsets.reporting.tables.model import CANNOT_BE_TOLD, NO, YES

Fits = Callable[[int, int], bool]
"""Tells of a number of sources, and of how many there are in all, whether a word fits."""


@dataclass(frozen=True)
class Quantity:
    """A word for a number: which counts surely bear it out, and which might."""

    surely: Fits
    possibly: Fits
    why: str

    def accepts(self, total: int) -> str:
        """Return the counts that surely bear the word out, and in brackets those that might.

        >>> quantity("third").accepts(16), quantity("2").accepts(16)
        ('5-6 (4-7)', '2')
        """
        surely, possibly = (
            _span([n for n in range(total + 1) if fits(n, total)])
            for fits in (self.surely, self.possibly)
        )
        return surely if surely == possibly else f"{surely} ({possibly})"


def _span(counts: list[int]) -> str:
    if not counts:
        return "none"
    return f"{counts[0]}" if len(counts) == 1 else f"{counts[0]}-{counts[-1]}"


def _more_than_half(n: int, total: int) -> bool:
    return 2 * n > total


def _two_or_more(n: int, total: int) -> bool:
    return n >= 2


def _little(n: int, total: int) -> bool:
    return 4 * n <= total


def _less_than_half(n: int, total: int) -> bool:
    return 2 * n < total


def _near_a_third(n: int, total: int) -> bool:
    return Fraction(7, 24) < Fraction(n, total or 1) < Fraction(5, 12)


def _quarter_to_half(n: int, total: int) -> bool:
    return total <= 4 * n and 2 * n < total


QUANTITIES = {
    "majority": Quantity(_more_than_half, _more_than_half, "more than half of all sources"),
    "most": Quantity(_more_than_half, _more_than_half, "as majority: more than half"),
    "some": Quantity(
        _two_or_more, _two_or_more, "two or more: it says that there are such, not how few"
    ),
    "third": Quantity(
        _near_a_third,
        _quarter_to_half,
        "surely: nearer to a third than to a quarter or to a half; possibly, where a review says "
        "“around”: from a quarter to less than a half",
    ),
    "little": Quantity(
        _little, _less_than_half, "surely: a quarter or fewer; possibly: less than half"
    ),
}
"""What the words for numbers are taken to mean; a number stands for itself."""


def quantity(word: str) -> Quantity:
    """Return what a word of `QUANTITIES`, or a number, stands for.

    Raises:
        ValueError: it is neither; the message says what can be written.
    """
    if word in QUANTITIES:
        return QUANTITIES[word]
    if not (word.isascii() and word.isdecimal() and len(word) < 6):
        raise ValueError(f"write a number or one of: {', '.join(QUANTITIES)}")
    exact = int(word)

    def fits(n: int, total: int) -> bool:
        return n == exact

    return Quantity(fits, fits, f"exactly {exact}")


@dataclass(frozen=True)
class Count:
    """Which sources have a value, which may have it, and of which nothing is known (by number)."""

    counted: tuple[int, ...]
    in_doubt: tuple[int, ...]
    unknown: tuple[int, ...]

    @property
    def at_most(self) -> int:
        """How many there would be if all that is in doubt or unknown had the value."""
        return len(self.counted) + len(self.in_doubt) + len(self.unknown)


def count(
    codings: Sequence[tuple[int, Coding | None]], values: Sequence[str], variable: Variable
) -> Count:
    """Count the sources that have one of the values; None is a source that nobody has coded.

    >>> v = Variable("v", ("a", "b"), several=False)
    >>> a = Coding("k:1", "v", "a", ("a",), ())
    >>> count([(1, a), (2, None)], ["a"], v)
    Count(counted=(1,), in_doubt=(), unknown=(2,))
    """
    found: dict[str, list[int]] = {name: [] for name in ("counted", "in_doubt", "unknown", "not")}
    for number, coding in codings:
        found[_standing(coding, set(values), variable)].append(number)
    return Count(*(tuple(found[name]) for name in ("counted", "in_doubt", "unknown")))


def _standing(coding: Coding | None, values: set[str], variable: Variable) -> str:
    if coding is None or not (coding.sure or coding.doubtful):
        return "unknown"
    if values.intersection(coding.sure):
        return "counted"
    if values.intersection(coding.doubtful) or _may_be_another(coding, values, variable):
        return "in_doubt"
    return "not"


def _may_be_another(coding: Coding, values: set[str], variable: Variable) -> bool:
    """Tell whether a source may have one of the values because what it is coded as is in doubt.

    If only one value is written and it is in doubt, the right one may be any other. A source that
    may have several values, all of them in doubt, may have none.
    """
    if coding.sure:
        return False
    return FITS_NONE in values if variable.several else len(coding.doubtful) == 1


def agrees(word: str, least: int, most: int, total: int) -> str:
    """Say whether a count between `least` and `most` of `total` sources bears a word out.

    `yes` if every count that is possible surely does, `no` if none of them even might.

    >>> agrees("2", 2, 2, 16), agrees("2", 2, 3, 16), agrees("2", 3, 9, 16)
    ('yes', 'cannot be told', 'no')
    >>> agrees("majority", 9, 10, 16), agrees("third", 7, 7, 16), agrees("third", 3, 3, 16)
    ('yes', 'cannot be told', 'no')
    """
    meant = quantity(word)
    counts = range(least, most + 1)
    if all(meant.surely(n, total) for n in counts):
        return YES
    return CANNOT_BE_TOLD if any(meant.possibly(n, total) for n in counts) else NO
