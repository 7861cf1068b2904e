"""The vocabulary of a thesaurus, and what one of its terms stands for when it is searched.

The relations are those of ISO 25964: narrower (NT), broader (BT), use (USE), used for (UF), related
(RT). NT and BT say the same from both sides, and so do USE and UF. A term with USE is non-preferred:
indexers take the term, or the terms together, that USE names. Databases do not index old records
anew, so these may still carry the non-preferred term.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Literal

from searchsets.text import is_truncated, normalise, normalise_term

RELATIONS = ("NT", "BT", "USE", "UF", "RT")
TOGETHER = " + "
"""Between the names, in tables, that a record must carry together."""

Row = tuple[str, str, str]
How = Literal["term", "preferred", "non-preferred", "narrower"]
Links = Mapping[str, tuple[str, ...]]
_Reached = Iterable[tuple[str, int, str]]


@dataclass(frozen=True)
class Alternative:
    """What a record may carry in place of a term: one name, or several together.

    `depth` is the number of steps down from the term; `through` the name from which it was reached.
    """

    names: tuple[str, ...]
    how: How
    depth: int = 0
    through: str = ""


@dataclass(frozen=True)
class Expansion:
    """All that a term stands for, the term itself first, and what a reader must know about it."""

    rows: tuple[Alternative, ...]
    notes: tuple[str, ...] = ()

    @property
    def alternatives(self) -> tuple[tuple[str, ...], ...]:
        """What a record must carry as descriptors: one of these, and of it all names."""
        return tuple(row.names for row in self.rows)


@dataclass(frozen=True)
class Thesaurus:
    """The relations between terms, by normalised name; `names` gives back how each is written.

    `retired` terms are no longer given to records; `findings` say what of the file was left aside.
    """

    names: Mapping[str, str]
    narrower: Links
    broader: Links
    use: Links
    used_for: Links
    retired: frozenset[str] = frozenset()
    findings: tuple[str, ...] = ()

    def knows(self, term: str) -> bool:
        """Tell whether the thesaurus has the term."""
        return normalise(term) in self.names

    def is_preferred(self, term: str) -> bool:
        """Tell whether the thesaurus has the term and does not send it on to another."""
        return self.knows(term) and normalise(term) not in self.use

    def linked(self, term: str, links: Links) -> list[str]:
        """Return the names to which some links of the thesaurus lead from a term.

        >>> schools = thesaurus_of([("Schools", "NT", "Day Schools")])
        >>> schools.linked("day schools", schools.broader)
        ['Schools']
        """
        return [self.names[key] for key in links.get(normalise(term), ())]

    def nearest(self, term: str, limit: int = 3) -> list[str]:
        """Return the names that are written most like a term, the nearest first.

        >>> thesaurus_of([("Organization", "NT", "Departments")]).nearest("Organisation")
        ['Organization']
        """
        from rapidfuzz import fuzz, process

        scored = process.extract(
            normalise(term), self.names.keys(), scorer=fuzz.ratio, score_cutoff=80, limit=None
        )
        best = sorted((-score, key) for key, score, _ in scored)[:limit]
        return [self.names[key] for _, key in best]

    def explode(self, term: str) -> list[str]:
        """Return the names of a term and of every narrower term, without non-preferred ones."""
        expansion = self.expand(term, explode=True, resolve=False)
        return [name for row in expansion.rows for name in row.names]

    def expand(
        self, term: str, *, explode: bool, leave_out: Collection[str] = (), resolve: bool = True
    ) -> Expansion:
        """Return what a term stands for.

        A preferred term stands for itself and every non-preferred term that leads to it, alone or
        with others. A non-preferred one stands for itself and all that its preferred term stands
        for; where USE names several, for these together, and then it cannot be exploded. A term
        with `*` or `?`, or one that the thesaurus does not know, stands for itself alone.

        Args:
            term: a descriptor, in any spelling that normalises to that of the thesaurus.
            explode: take every narrower term at any depth too, with its non-preferred terms.
            leave_out: terms that exploding does not enter. What is reached only through them is
                not taken either.
            resolve: follow USE and UF.

        >>> schools = thesaurus_of([
        ...     ("Schools", "NT", "Preschools"), ("Nursery Schools", "USE", "Preschools"),
        ...     ("School Nurses", "USE", "Schools"), ("School Nurses", "USE", "Nurses")])
        >>> schools.expand("schools", explode=True).alternatives
        (('Schools',), ('School Nurses',), ('Preschools',), ('Nursery Schools',))
        >>> schools.expand("School nurses", explode=False).alternatives
        (('School Nurses',), ('Nurses', 'Schools'))
        """
        key = normalise(term)
        if is_truncated(term):
            return _alone(normalise_term(term), "a truncated term stands for itself alone")
        if key not in self.names:
            return _alone(term, f"{term} is not in the thesaurus")
        return _Walk(self, frozenset(map(normalise, leave_out)), resolve).expansion(key, explode)


def _alone(term: str, note: str) -> Expansion:
    return Expansion((Alternative((term,), "term"),), (note,))


class _Walk:
    """Collects what a term stands for; what is reached in several ways is kept as first reached."""

    def __init__(self, thesaurus: Thesaurus, leave_out: frozenset[str], resolve: bool):
        self.thesaurus, self.leave_out, self.resolve = thesaurus, leave_out, resolve
        self.rows: dict[tuple[str, ...], Alternative] = {}
        self.left_out: set[str] = set()

    def expansion(self, start: str, explode: bool) -> Expansion:
        names = self.thesaurus.names
        path, together = self.preferred(start)
        self.add((start,), "term")
        for before, key in pairwise(path):
            self.add((key,), "preferred", 0, before)
        notes = []
        if together:
            self.add(together, "preferred", 0, path[-1])
            if explode:
                joined = TOGETHER.join(names[key] for key in together)
                notes.append(f"not exploded: in its place stands {joined}")
        else:
            self.add_non_preferred(path[-1], 0)
        if explode and not together:
            before = len(self.rows)
            for key, depth, above in self.narrower(path):
                self.add((key,), "narrower", depth, above)
                self.add_non_preferred(key, depth)
            if len(self.rows) == before and not self.left_out:
                notes.append(f"{names[path[-1]]} has no narrower terms")
        if self.left_out:
            notes.append(f"left out: {', '.join(sorted(names[key] for key in self.left_out))}")
        return Expansion(tuple(self.rows.values()), tuple(notes))

    def preferred(self, start: str) -> tuple[list[str], tuple[str, ...]]:
        """Return the terms that USE leads to, one after the other, and those named together."""
        path = [start]
        while self.resolve and (targets := self.thesaurus.use.get(path[-1])):
            if len(targets) > 1:
                return path, targets
            if targets[0] in path:  # a circle, which no thesaurus should have
                break
            path.append(targets[0])
        return path, ()

    def narrower(self, roots: list[str]) -> _Reached:
        """Yield every narrower term with its depth and the term above, level by level."""
        met = set(roots)
        level = list(roots)
        depth = 0
        while level:
            depth += 1
            reached: dict[str, str] = {}
            for above in level:
                for key in self.thesaurus.narrower.get(above, ()):
                    if key in met:
                        continue
                    if key in self.leave_out:
                        self.left_out.add(key)
                        continue
                    met.add(key)
                    reached[key] = above
            level = sorted(reached)
            for key in level:
                yield key, depth, reached[key]

    def add_non_preferred(self, key: str, depth: int) -> None:
        if self.resolve and (depth or key not in self.thesaurus.use):
            for other in self.thesaurus.used_for.get(key, ()):
                self.add((other,), "non-preferred", depth, key)

    def add(self, keys: tuple[str, ...], how: How, depth: int = 0, through: str = "") -> None:
        if keys not in self.rows:
            names = self.thesaurus.names
            spelled = tuple(names[key] for key in keys)
            self.rows[keys] = Alternative(spelled, how, depth, names.get(through, ""))


def thesaurus_of(
    rows: Iterable[Row],
    *,
    terms: Iterable[str] = (),
    retired: Iterable[str] = (),
    findings: Iterable[str] = (),
) -> Thesaurus:
    """Return the thesaurus of (term, relation, target) rows, whatever their order.

    Args:
        rows: the relations; one that leads from a term to itself is passed over.
        terms: further terms, which may have no relation.
        retired: those that are no longer given to records.
        findings: what of the file was left aside.
    """
    narrower: dict[str, set[str]] = {}
    use: dict[str, set[str]] = {}
    spellings: dict[str, tuple[bool, str]] = {}
    retired, itself = list(retired), []
    normalised = cache(normalise)  # most names stand in several rows

    def key_of(name: str, non_preferred: bool = False) -> str:
        # Where spellings differ, that of the descriptor is kept, not that of what leads to it.
        key, spelling = normalised(name), (non_preferred, name)
        spellings[key] = min(spellings.get(key, spelling), spelling)
        return key

    for name in (*terms, *retired):
        key_of(name)
    for term, relation, target in rows:
        if relation in ("BT", "UF"):
            term, target = target, term
        above, below = key_of(term, relation in ("USE", "UF")), key_of(target)
        links = {"NT": narrower, "BT": narrower, "USE": use, "UF": use}.get(relation)
        if links is not None and above == below:
            itself.append(target)
        elif links is not None:
            links.setdefault(above, set()).add(below)
    circles = [key for links in (narrower, use) for key in _into_circles(links)]
    findings = [
        *findings,
        *_counted("relations from a term to itself, not taken", itself),
        *_counted(
            "terms that lead into a circle of relations, each taken once",
            [spellings[key][1] for key in circles],
        ),
    ]
    return Thesaurus(
        names={key: spelling for key, (_, spelling) in spellings.items()},
        narrower=_sorted(narrower),
        broader=_sorted(_inverse(narrower)),
        use=_sorted(use),
        used_for=_sorted(_inverse(use)),
        retired=frozenset(map(normalise, retired)),
        findings=tuple(findings),
    )


def _into_circles(links: Mapping[str, set[str]]) -> list[str]:
    """Return the terms from which some links lead into a circle, in alphabetical order."""
    inverse = _inverse(links)
    waits = {key: len(targets) for key, targets in links.items()}
    done = [key for key in inverse if key not in waits]
    for key in done:
        for above in inverse.get(key, ()):
            waits[above] -= 1
            if not waits[above]:
                done.append(above)
    return sorted(key for key, number in waits.items() if number)


def _counted(what: str, names: list[str]) -> Iterator[str]:
    if names:
        yield f"{what}: {len(names):,}, such as {min(names)}"


def _inverse(links: Mapping[str, set[str]]) -> dict[str, set[str]]:
    inverse: dict[str, set[str]] = {}
    for term, targets in links.items():
        for target in targets:
            inverse.setdefault(target, set()).add(term)
    return inverse


def _sorted(links: Mapping[str, set[str]]) -> dict[str, tuple[str, ...]]:
    return {term: tuple(sorted(links[term])) for term in sorted(links)}
