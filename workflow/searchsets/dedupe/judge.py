"""Says what two records are to each other: one work, two versions, a question, or nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from searchsets.dedupe.evidence import LOOSE, MISSING, OTHER, SAME, Evidence, compare_fields
from searchsets.dedupe.quick import are_strangers
from searchsets.dedupe.reading import Reading
from searchsets.dedupe.versions import version_of
from searchsets.dedupe.vetoes import (
    MERGE_WEIGHT,
    REVIEW_WEIGHT,
    doubt_of,
    vetoes_of,
    weight_of,
)

Outcome = Literal["merge", "review", "version", "apart"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What two records are to each other, and what it rests on.

    `kind` is that of the version where they are versions; `gain` is what a person's look is worth:
    the weight less the doubts of the vetoes.
    """

    a: str
    b: str
    outcome: Outcome
    kind: str
    weight: int
    gain: int
    vetoes: tuple[str, ...]
    evidence: Evidence

    @property
    def is_told(self) -> bool:
        """Whether the log tells it: not where two records have little to do with each other."""
        return self.outcome != "apart" or self.weight >= MERGE_WEIGHT


def judge(
    one: Reading, other: Reading, frequency: int = 1, aliases: Collection[tuple[str, str]] = ()
) -> Judgement:
    """Say what two records are to each other; the order in which they are given does not matter."""
    a, b = (one, other) if one.record_id <= other.record_id else (other, one)
    e = compare_fields(a, b, frequency, aliases)
    weight = weight_of(e)
    vetoes = vetoes_of(a, b, e)
    kind = version_of(a, b, e, vetoed=bool(vetoes))
    gain = weight - doubt_of(vetoes)
    outcome: Outcome
    if e.title in (LOOSE, OTHER) and are_strangers(a, b):
        outcome = "apart"  # the quick path does not even look at them
    elif kind:
        outcome = "version"
    elif weight >= MERGE_WEIGHT and not vetoes:
        outcome = "merge"
    elif gain >= REVIEW_WEIGHT and not (MISSING == e.title == e.authors and e.doi != SAME):
        outcome = "review"
    else:
        outcome = "apart"
    return Judgement(a.record_id, b.record_id, outcome, kind, weight, gain, vetoes, e)
