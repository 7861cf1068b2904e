"""Deduplicates records: the whole way from a table of records to works, links and the log."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pyarrow as pa

from searchsets.dedupe.blocks import Cut, candidate_pairs
from searchsets.dedupe.checks import Checks, check_columns
from searchsets.dedupe.clusters import Clusters
from searchsets.dedupe.judge import Judgement
from searchsets.dedupe.material import alike_codes, read_rows
from searchsets.dedupe.pairs import Known, judged, learn
from searchsets.dedupe.people import SAME_WORK, VERSION, Said, Standing
from searchsets.dedupe.reading import COMPARED, Reading, read
from searchsets.dedupe.versions import KINDS
from searchsets.dedupe.vetoes import RULES_VERSION
from searchsets.errors import ReviewError

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


@dataclass
class Deduplicated:
    """The records, the works that they are, every decision, and what was found on the way."""

    table: pa.Table
    readings: list[Reading]
    groups: Mapping[int, Sequence[int]]
    work_of: list[str]
    decisions: list[Decision]
    checks: Checks
    cuts: list[Cut] = field(default_factory=list)


def deduplicate(
    table: pa.Table,
    policy: Policy,
    people: Standing,
    say: Callable[[str], None] = lambda message: None,
    readings: list[Reading] | None = None,
) -> Deduplicated:
    """Join records into works; the outcome does not depend on the order of the rows.

    Args:
        table: the records, with the columns of an import but `raw`, in the order of their ids.
        policy: what the review decides.
        people: what people decided about pairs.
        say: told how far it is.
        readings: what is compared of each record, if that is known already.
    """
    checks = checked(table)
    if readings is None:
        readings = list(read_rows(table))
    set_aside(table, readings, checks)
    say(f"{len(readings):,} records read")
    alike = _Alike(alike_codes(table, policy.single, people.records))
    few = [readings[i] for i in alike.first]
    pairs, cuts = candidate_pairs(few)
    say(f"{len(pairs):,} pairs to compare")
    known = learn(few, pairs)
    found = [*judged(few, pairs, known), *alike.judged(readings, known)]
    say(f"{len(found):,} pairs judged; joining")
    joining = _Joining(table, readings, policy, people, known)
    decisions = joining.run(found)
    groups = joining.clusters.groups()
    work_of = [""] * len(readings)
    for first, members in groups.items():
        for member in members:
            work_of[member] = f"work:{readings[first].record_id}"
    return Deduplicated(table, readings, groups, work_of, decisions, checks, cuts)


def checked(table: pa.Table) -> Checks:
    """Look at the columns of records before they are trusted."""
    names = ("database", "title", "year", "container", "issue", "pages", "doi")
    return check_columns({name: table.column(name).to_pylist() for name in names})


def set_aside(table: pa.Table, readings: list[Reading], checks: Checks) -> None:
    """Take out of what is compared the columns and values that are not to be trusted."""
    if not checks.issues and not checks.dois:
        return
    columns = [table.column(name).to_pylist() for name in COMPARED]
    for place, values in enumerate(zip(*columns, strict=True)):
        row = dict(zip(COMPARED, values, strict=True))
        if aside := checks.set_aside(row):
            readings[place] = read(row, aside)


class _Alike:
    """Records that say the same in all fields: one of them is compared for all."""

    def __init__(self, codes: Sequence[int]):
        first_of: dict[int, int] = {}
        self._others: list[tuple[int, int]] = []
        for position, code in enumerate(codes):
            first = first_of.setdefault(code, position)
            if first != position:
                self._others.append((first, position))
        self.first = sorted(first_of.values())

    def judged(self, readings: Sequence[Reading], known: Known) -> Iterator[Judgement]:
        """Yield what each other record is to the one that was compared for it."""
        judgements: dict[int, Judgement] = {}
        for first, other in self._others:
            if first not in judgements:
                judgements[first] = known.judge(readings[first], readings[first])
            yield replace(judgements[first], b=readings[other].record_id)


class _Joining:
    """Joins records by what people said, then by what the rules said, strongest first."""

    def __init__(
        self,
        table: pa.Table,
        readings: Sequence[Reading],
        policy: Policy,
        people: Standing,
        known: Known,
    ):
        self._readings, self._policy, self._people, self._known = readings, policy, people, known
        self._position = {r.record_id: i for i, r in enumerate(readings)}
        databases = table.column("database").to_pylist() if policy.single else []
        single = [name if name in policy.single else "" for name in databases]
        apart = [self._of(pair) for pair, said in people.pairs.items() if self._is_apart(said)]
        apart += [self._of(pair) for pair in people.disputed]
        self.clusters = Clusters(readings, apart, single)

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
            yield Decision(self._judgement(pair), "review", "", by, f"people disagree: {note}")

    def _judgement(self, pair: tuple[str, str]) -> Judgement:
        one, other = self._of(pair)
        return self._known.judge(self._readings[one], self._readings[other])

    def _followed(self, j: Judgement) -> Decision:
        why = self.clusters.join(*self._of((j.a, j.b)))
        return Decision(j, "review" if why else "merge", "", f"rules {RULES_VERSION}", why)

    def _told(self, j: Judgement) -> Decision:
        return Decision(j, j.outcome, j.kind, f"rules {RULES_VERSION}")

    def _collapsed(self, decisions: Sequence[Decision]) -> list[Decision]:
        """Join versions of the kinds that the review counts as one work."""
        made = []
        for d in decisions:
            if d.outcome == "version" and d.kind in self._policy.collapse:
                pair = self._of((d.judgement.a, d.judgement.b))
                why = self.clusters.join(*pair, by_person=True)
                note = "; ".join(filter(None, (d.note, why or _COUNTED)))
                d = replace(d, outcome="version" if why else "merge", note=note)
            made.append(d)
        return made
