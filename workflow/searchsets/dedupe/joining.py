"""Joins records into works: by what people said, then by what the rules said, strongest first."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from searchsets.dedupe.clusters import Clusters
from searchsets.dedupe.judge import Judgement
from searchsets.dedupe.pairs import Known
from searchsets.dedupe.people import SAME_WORK, VERSION, Said, Standing
from searchsets.dedupe.reading import Reading
from searchsets.dedupe.remembered import Remembered
from searchsets.dedupe.versions import KINDS
from searchsets.dedupe.vetoes import RULES_VERSION
from searchsets.errors import ReviewError

BY_RULES = f"rules {RULES_VERSION}"
"""Who decided, where no person did."""
BY_EARLIER = "the run before"
"""Who decided that records are one work, where the run that this one updates had joined them."""
DISAGREE = "people disagree"
"""How the note of a question begins about which people said different things."""
_COUNTED = "versions of this kind count as one work"


@dataclass(frozen=True)
class Policy:
    """What a review decides about deduplication.

    `prefer` are databases in the order in which their values are taken into a merged record;
    `collapse` the kinds of versions that count as one work; `single` the databases that hold no
    record twice; `queue` the largest share of the records that a person is asked about.
    """

    prefer: tuple[str, ...] = ()
    collapse: tuple[str, ...] = ()
    single: tuple[str, ...] = ()
    queue: float = 0.03

    def __post_init__(self):
        unknown = next((kind for kind in self.collapse if kind not in KINDS), None)
        if unknown is not None:
            raise ReviewError(
                f"{unknown!r} is no kind of version",
                "collapse",
                f"the kinds are: {', '.join(KINDS)}",
            )


@dataclass(frozen=True, slots=True)
class Decision:
    """A judgement and what became of it.

    `by` names the rules or the person; `note` says why it was not followed, if it was not.
    """

    judgement: Judgement
    outcome: str
    kind: str
    by: str
    note: str = ""


class Joining:
    """Joins records by what people said, then by what the rules said, strongest first."""

    def __init__(
        self,
        table: pa.Table,
        readings: Sequence[Reading],
        policy: Policy,
        people: Standing,
        known: Known,
        earlier: Remembered,
    ):
        self._readings, self._policy, self._people, self._known = readings, policy, people, known
        self._earlier = earlier
        self._position = {r.record_id: i for i, r in enumerate(readings)}
        databases = table.column("database").to_pylist() if policy.single else []
        single = [name if name in policy.single else "" for name in databases]
        apart = [self._of(pair) for pair, said in people.pairs.items() if self._is_apart(said)]
        apart += [self._of(pair) for pair in people.disputed]
        labels = earlier.labels(r.record_id for r in readings) if earlier.work_of else ()
        self.clusters = Clusters(readings, apart, single, labels)

    def _is_apart(self, said: Said) -> bool:
        """Tell whether a person keeps two records apart; versions may count as one work."""
        counted = said.decision == VERSION and said.kind in self._policy.collapse
        return said.decision != SAME_WORK and not counted

    def _of(self, pair: tuple[str, str]) -> tuple[int, int]:
        return self._position[pair[0]], self._position[pair[1]]

    def run(self, found: Sequence[Judgement]) -> list[Decision]:
        """Join records, and return every decision, in the order of the ids."""
        decisions = [*self._by_people()]
        decided = self._people.pairs.keys() | self._people.disputed.keys()
        kept = [*self._kept(decided)]
        decisions += kept
        decided |= {(d.judgement.a, d.judgement.b) for d in kept}
        by_rules = [j for j in found if (j.a, j.b) not in decided]
        by_rules.sort(key=lambda j: (-j.weight, j.a, j.b))
        decisions += [self._followed(j) for j in by_rules if j.outcome == "merge"]
        decisions += [self._told(j) for j in by_rules if j.outcome != "merge"]
        decisions = self._collapsed(decisions)
        decisions.sort(key=lambda d: (d.judgement.a, d.judgement.b))
        return decisions

    def _by_people(self) -> Iterator[Decision]:
        for pair, said in sorted(self._people.pairs.items()):
            judgement = self._judgement(pair)
            by = f"{said.reviewer} ({said.event_id})"
            if said.decision == SAME_WORK:
                why = self.clusters.join(*self._of(pair), by_person=True)
                yield Decision(judgement, "review" if why else "merge", "", by, why or said.note)
            elif said.decision == VERSION:
                yield Decision(judgement, "version", said.kind, by, said.note)
            else:
                yield Decision(judgement, "apart", "", by, said.note)
        for pair, many in sorted(self._people.disputed.items()):
            note = "; ".join(f"{s.reviewer}: {s.decision} {s.kind}".strip() for s in many)
            by = ", ".join(s.event_id for s in many)
            yield Decision(self._judgement(pair), "review", "", by, f"{DISAGREE}: {note}")

    def _kept(self, decided: Collection[tuple[str, str]]) -> Iterator[Decision]:
        """Join the records that were one work before, whatever the rules say of them now.

        Each with the first before it that no person keeps apart from it: a work of which a person
        parts one record stays one without it.
        """
        for members in self._earlier.works():
            for place, member in enumerate(members):
                for other in members[:place]:
                    pair = (other, member)
                    if pair in decided:
                        continue
                    if not self.clusters.join(*self._of(pair), despite_contradictions=True):
                        yield Decision(self._judgement(pair), "merge", "", BY_EARLIER)
                        break

    def _judgement(self, pair: tuple[str, str]) -> Judgement:
        one, other = self._of(pair)
        return self._known.judge(self._readings[one], self._readings[other])

    def _followed(self, j: Judgement) -> Decision:
        why = self.clusters.join(*self._of((j.a, j.b)))
        return Decision(j, "review" if why else "merge", "", BY_RULES, why)

    def _told(self, j: Judgement) -> Decision:
        return Decision(j, j.outcome, j.kind, BY_RULES)

    def _collapsed(self, decisions: Sequence[Decision]) -> list[Decision]:
        """Join versions of the kinds that the review counts as one work."""
        made = []
        for d in decisions:
            if d.outcome == "version" and d.kind in self._policy.collapse:
                pair = self._of((d.judgement.a, d.judgement.b))
                why = self.clusters.join(*pair, despite_contradictions=True)
                note = "; ".join(filter(None, (d.note, why or _COUNTED)))
                d = replace(d, outcome="version" if why else "merge", note=note)
            made.append(d)
        return made
