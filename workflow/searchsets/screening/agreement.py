"""How far two people who screened the same records agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

from searchsets.screening.events import Event

COLUMNS = (
    "stage", "round", "reviewer_a", "reviewer_b", "records", "both_include", "only_a_includes",
    "only_b_includes", "neither_includes", "agreement", "kappa", "positive_agreement",
)  # fmt: skip


def agreement_rows(events: Sequence[Event]) -> Iterator[dict[str, Any]]:
    """Yield a row for every pair of screeners of a stage and round who share records.

    Only votes of screeners count; the published outcome of a review is no vote. "Include" is held
    against everything else. Kappa is Cohen's (1960); positive agreement is that of Cicchetti and
    Feinstein (1990): both are given, since at a low share of inclusions the one misleads without
    the other. Where a figure is not defined it is empty.
    """
    votes: dict[tuple[str, str], dict[str, dict[str, bool]]] = {}
    for event in events:
        if event.role == "screener" and event.decision in ("include", "exclude", "unclear"):
            by_reviewer = votes.setdefault((event.stage, event.round), {})
            by_reviewer.setdefault(event.reviewer, {})[event.record_id] = (
                event.decision == "include"
            )
    for (stage, round_name), by_reviewer in sorted(votes.items()):
        for a, b in combinations(sorted(by_reviewer), 2):
            shared = sorted(by_reviewer[a].keys() & by_reviewer[b].keys())
            if shared:
                pairs = [(by_reviewer[a][i], by_reviewer[b][i]) for i in shared]
                place = {"stage": stage, "round": round_name, "reviewer_a": a, "reviewer_b": b}
                yield place | _figures(pairs)


def _figures(pairs: Sequence[tuple[bool, bool]]) -> dict[str, Any]:
    both, only_a = pairs.count((True, True)), pairs.count((True, False))
    only_b, neither = pairs.count((False, True)), pairs.count((False, False))
    n = len(pairs)
    agreed = n * (both + neither)
    by_chance = (both + only_a) * (both + only_b) + (only_b + neither) * (only_a + neither)
    either = 2 * both + only_a + only_b
    return {
        "records": n,
        "both_include": both,
        "only_a_includes": only_a,
        "only_b_includes": only_b,
        "neither_includes": neither,
        "agreement": f"{agreed / n**2:.4f}",
        "kappa": f"{(agreed - by_chance) / (n**2 - by_chance):.4f}" if by_chance < n**2 else None,
        "positive_agreement": f"{2 * both / either:.4f}" if either else None,
    }
