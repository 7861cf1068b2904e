"""How far people who screened the same records agree, for each pair and for all together.

A vote either keeps a record (include, or unclear: in doubt it is read on) or excludes it. Where a
figure is not defined it is empty. Kappa and positive agreement stand together on purpose: where few
records are kept, agreement, PABAK and AC1 look splendid while half of the inclusions are disputed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import sqrt
from typing import Any

from searchsets.screening.log.reading import round_key
from searchsets.screening.model import SCREENER, STAGES, VOTES, Event
from searchsets.screening.outcomes.outcome import KEEPING

COLUMNS = (
    "stage", "round", "reviewer_a", "reviewer_b", "records", "corrected", "both_keep", "only_a_keeps",
    "only_b_keeps", "neither_keeps", "agreement", "kappa", "kappa_low", "kappa_high",
    "positive_agreement", "negative_agreement", "pabak", "ac1", "prevalence_index", "bias_index",
)  # fmt: skip
TOGETHER_COLUMNS = (
    "stage", "round", "screeners", "records", "records_of_two_or_more", "fleiss_votes",
    "fleiss_records", "fleiss_kappa", "krippendorff_alpha",
)  # fmt: skip
_Z = 1.959963984540054  # the 97.5 % point of the normal distribution

Place = tuple[str, str]
"""A stage and a round."""


@dataclass(frozen=True)
class Pair:
    """Two people of one stage and round, and how often each combination of their votes came."""

    stage: str
    round: str
    a: str
    b: str
    both: int
    only_a: int
    only_b: int
    neither: int

    @property
    def records(self) -> int:
        """How many records both voted on."""
        return self.both + self.only_a + self.only_b + self.neither

    @property
    def kept(self) -> int:
        """How many of these at least one of them keeps."""
        return self.both + self.only_a + self.only_b


def votes_of(events: Sequence[Event]) -> dict[Place, dict[str, dict[str, bool]]]:
    """Return who keeps which record, by stage and round, and then by record and person.

    Only the standing votes of screeners count: what was adjudicated or published is no vote.
    """
    found: dict[Place, dict[str, dict[str, bool]]] = {}
    for event in events:
        if event.role == SCREENER and event.decision in VOTES:
            by_record = found.setdefault((event.stage, event.round), {})
            by_record.setdefault(event.record_id, {})[event.reviewer] = event.decision in KEEPING
    return dict(sorted(found.items(), key=lambda one: _in_order(one[0])))


def _in_order(place: Place) -> tuple:
    return STAGES.index(place[0]), round_key(place[1])


def pairs(events: Sequence[Event]) -> list[Pair]:
    """Return every two people of a stage and round who share records."""
    return _pairs(votes_of(events))


def _pairs(cast: Mapping[Place, Mapping[str, Mapping[str, bool]]]) -> list[Pair]:
    made = []
    for (stage, round_name), by_record in cast.items():
        tables: dict[tuple[str, str], Counter] = defaultdict(Counter)
        for votes in by_record.values():
            for a, b in combinations(sorted(votes), 2):
                tables[a, b][votes[a], votes[b]] += 1
        for (a, b), n in sorted(tables.items()):
            counts = n[True, True], n[True, False], n[False, True], n[False, False]
            made.append(Pair(stage, round_name, a, b, *counts))
    return made


def agreement_rows(
    events: Sequence[Event], superseded: Iterable[Event] = ()
) -> Iterator[dict[str, Any]]:
    """Yield the figures of every pair; see `figures`.

    Args:
        events: the standing events.
        superseded: those that were corrected: on how many of the records of a pair one of the two
            corrected a vote stands beside the figures, since whoever has seen the other's vote is
            no independent screener any more.
    """
    changed = {
        (e.stage, e.round, e.record_id, e.reviewer) for e in superseded if e.role == SCREENER
    }
    votes = votes_of(events)
    for pair in _pairs(votes):
        place = pair.stage, pair.round
        corrected = sum(
            pair.a in who and pair.b in who
            and any((*place, record, name) in changed for name in (pair.a, pair.b))
            for record, who in votes[place].items()
        )  # fmt: skip
        yield {
            "stage": pair.stage,
            "round": pair.round,
            "reviewer_a": pair.a,
            "reviewer_b": pair.b,
            "records": pair.records,
            "corrected": corrected,
            "both_keep": pair.both,
            "only_a_keeps": pair.only_a,
            "only_b_keeps": pair.only_b,
            "neither_keeps": pair.neither,
        } | {name: _four(value) for name, value in figures(pair).items()}


def _four(value: float | None) -> str | None:
    return None if value is None else f"{value + 0:.4f}"  # + 0: no -0.0000


def figures(pair: Pair) -> dict[str, float | None]:
    """Return the measures of agreement of a pair, each None where it is not defined.

    `agreement`: the share of records on which both said the same. `kappa`: Cohen (1960), with its
    95 % interval by the large-sample standard error of Fleiss, Cohen and Everitt (1969), cut at -1
    and 1. `positive_agreement`, `negative_agreement`: Cicchetti and Feinstein (1990). `pabak`,
    `prevalence_index`, `bias_index`: Byrt, Bishop and Carlin (1993). `ac1`: Gwet (2008).
    """
    a, b, c, d, n = pair.both, pair.only_a, pair.only_b, pair.neither, pair.records
    agreed = (a + d) / n
    low, kappa, high = _kappa(a, b, c, d)
    kept = (2 * a + b + c) / (2 * n)
    by_chance = 2 * kept * (1 - kept)
    return {
        "agreement": agreed,
        "kappa": kappa,
        "kappa_low": low,
        "kappa_high": high,
        "positive_agreement": 2 * a / (2 * a + b + c) if a + b + c else None,
        "negative_agreement": 2 * d / (2 * d + b + c) if b + c + d else None,
        "pabak": 2 * agreed - 1,
        "ac1": (agreed - by_chance) / (1 - by_chance),
        "prevalence_index": (a - d) / n,
        "bias_index": (b - c) / n,
    }


def _kappa(a: int, b: int, c: int, d: int) -> tuple[float | None, float | None, float | None]:
    """Return kappa between the ends of its interval; None where chance alone explains everything."""
    n = a + b + c + d
    by_chance = (a + b) * (a + c) + (c + d) * (b + d)  # of n * n
    if by_chance == n * n:
        return None, None, None
    kappa = (n * (a + d) - by_chance) / (n * n - by_chance)
    rows, columns = ((a + b) / n, (c + d) / n), ((a + c) / n, (b + d) / n)
    table = ((a / n, b / n), (c / n, d / n))
    chance, rest = by_chance / n**2, 1 - kappa
    same = sum(table[i][i] * (1 - (rows[i] + columns[i]) * rest) ** 2 for i in (0, 1))
    other = rest**2 * sum(table[i][1 - i] * (columns[i] + rows[1 - i]) ** 2 for i in (0, 1))
    spread = same + other - (kappa - chance * rest) ** 2
    error = sqrt(max(spread, 0) / n) / (1 - chance)
    return max(kappa - _Z * error, -1), kappa, min(kappa + _Z * error, 1)


def together_rows(events: Sequence[Event]) -> Iterator[dict[str, Any]]:
    """Yield for each stage and round how far all its screeners agree.

    Fleiss's kappa needs as many votes on each record: it is of the records with the number of votes
    that most have. Krippendorff's alpha takes all that two or more voted on, however they differ.
    """
    for (stage, round_name), by_record in votes_of(events).items():
        tallies = [(sum(v.values()), len(v)) for v in by_record.values() if len(v) > 1]
        sizes = Counter(votes for _, votes in tallies)
        usual = max(sizes, key=lambda size: (sizes[size], size), default=None)
        alike = [kept for kept, votes in tallies if votes == usual]
        yield {
            "stage": stage,
            "round": round_name,
            "screeners": len({name for votes in by_record.values() for name in votes}),
            "records": len(by_record),
            "records_of_two_or_more": len(tallies),
            "fleiss_votes": usual,
            "fleiss_records": len(alike) or None,
            "fleiss_kappa": _four(fleiss_kappa(alike, usual) if usual else None),
            "krippendorff_alpha": _four(krippendorff_alpha(tallies)),
        }


def fleiss_kappa(kept: Sequence[int], votes: int) -> float | None:
    """Return the kappa of Fleiss (1971) for two categories; None where it is not defined.

    Args:
        kept: for each record how many of its votes keep it.
        votes: how many votes each record has, at least 2.

    >>> round(fleiss_kappa([2, 0, 1], 2), 4)
    0.3333
    """
    n = len(kept)
    share = sum(kept) / (n * votes)
    by_chance = share**2 + (1 - share) ** 2
    if not 0 < share < 1:
        return None
    same = sum(k * (k - 1) + (votes - k) * (votes - k - 1) for k in kept)
    return (same / (n * votes * (votes - 1)) - by_chance) / (1 - by_chance)


def krippendorff_alpha(tallies: Sequence[tuple[int, int]]) -> float | None:
    """Return Krippendorff's alpha for two nominal values; None where it is not defined.

    It is that of Krippendorff, Content Analysis (2004), section 11.3: records may be seen by
    different people and by different numbers of them.

    Args:
        tallies: for each record how many of its votes keep it, and how many votes it has, at
            least 2.

    >>> krippendorff_alpha([(2, 2), (0, 2), (1, 2)])
    0.4444444444444444
    """
    kept, votes = sum(k for k, _ in tallies), sum(m for _, m in tallies)
    excluded = votes - kept
    if not kept or not excluded:
        return None
    observed = sum(2 * k * (m - k) / (m - 1) for k, m in tallies)
    return 1 - observed * (votes - 1) / (2 * kept * excluded)


def implausible(made: Sequence[Pair]) -> Iterator[tuple[Pair, float]]:
    """Yield pairs that never differ on so many kept records that they can hardly be independent.

    The chance of that is reckoned from how often the *other* pairs of the stage and round both keep
    what one of them keeps, or, where there is no other, from 9 in 10, which is more than screeners
    reach (0.2 to 0.8 in the logs that this was tried on). A pair is named where the chance is less
    than one in a thousand.
    """
    for pair in made:
        if pair.only_a or pair.only_b or pair.both < _FEWEST:
            continue
        others = [
            one
            for one in made
            if (one.stage, one.round) == (pair.stage, pair.round) and one is not pair
        ]
        kept = sum(one.kept for one in others)
        share = sum(one.both for one in others) / kept if kept >= _FEWEST else _USUAL
        chance = min(share, _HIGHEST) ** pair.both
        if chance < _RARE:
            yield pair, chance


_FEWEST = 10
_USUAL = 0.9
_HIGHEST = 0.95  # others that are as perfect are no excuse
_RARE = 0.001
