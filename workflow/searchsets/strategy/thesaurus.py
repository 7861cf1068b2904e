"""Reads a plain thesaurus table and explodes a descriptor to all its narrower terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from searchsets.errors import ReviewError
from searchsets.files import read_csv_with_lines
from searchsets.text import normalise

# ISO 25964 relations: narrower, broader, use, used for, related. Explosion follows the first two.
RELATIONS = ("NT", "BT", "USE", "UF", "RT")


@dataclass(frozen=True)
class Thesaurus:
    """Narrower terms by normalised term; `names` gives back the spelling of the table."""

    narrower: Mapping[str, tuple[str, ...]]
    names: Mapping[str, str]

    def explode(self, term: str) -> list[str]:
        """Return the term and every narrower term at any depth, in the table's spelling.

        The term stands first, the others in alphabetical order. A term that the table does not
        know is returned alone.

        >>> tree = thesaurus_of([("Schools", "NT", "Day Schools"), ("Rural Schools", "BT", "Schools")])
        >>> tree.explode("schools")
        ['Schools', 'Day Schools', 'Rural Schools']
        """
        start = normalise(term)
        found, waiting = {start}, [start]
        while waiting:
            for below in self.narrower.get(waiting.pop(), ()):
                if below not in found:
                    found.add(below)
                    waiting.append(below)
        below = sorted(self.names[key] for key in found - {start})
        return [self.names.get(start, term), *below]

    def knows(self, term: str) -> bool:
        """Tell whether the table has the term."""
        return normalise(term) in self.names


def thesaurus_of(rows: list[tuple[str, str, str]]) -> Thesaurus:
    """Return the thesaurus of (term, relation, target) rows."""
    narrower: dict[str, set[str]] = {}
    names: dict[str, str] = {}
    for term, relation, target in rows:
        for name in (term, target):
            names.setdefault(normalise(name), name)
        if relation == "NT":
            narrower.setdefault(normalise(term), set()).add(normalise(target))
        elif relation == "BT":
            narrower.setdefault(normalise(target), set()).add(normalise(term))
    return Thesaurus({term: tuple(sorted(below)) for term, below in narrower.items()}, names)


def read_thesaurus(path: Path) -> Thesaurus:
    """Read a CSV table with the columns `term,relation,target`.

    Raises:
        ReviewError: not readable, an empty term, or a relation that is none of `RELATIONS`.
    """
    rows = []
    for line, row in read_csv_with_lines(path, ("term", "relation", "target")):
        relation = row["relation"].strip().upper()
        if relation not in RELATIONS:
            raise ReviewError(
                f"{row['relation']!r} is no relation between terms",
                f"{path}:{line}",
                f"the relations are {', '.join(RELATIONS)}",
            )
        if not normalise(row["term"]) or not normalise(row["target"]):
            raise ReviewError("a term is empty", f"{path}:{line}", "fill it in or delete the row")
        rows.append((row["term"].strip(), relation, row["target"].strip()))
    return thesaurus_of(rows)
