"""The works of an earlier run: an update keeps them as they were, with their ids.

Decisions and citations name records and works, so a later search must not take a work apart, nor
join two, unless a person says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from searchsets.dedupe.works import work_id
from searchsets.files import read_csv


@dataclass(frozen=True)
class Remembered:
    """The works of an earlier run.

    Args:
        work_of: the work of each of its records.
    """

    work_of: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path | None) -> Remembered:
        """Return the works of an `earlier/records.csv`, none without one."""
        if path is None:
            return cls()
        rows = read_csv(path, ("record_id", "work_id"))
        return cls({row["record_id"]: row["work_id"] for row in rows})

    def works(self) -> list[list[str]]:
        """Return the records of each work of several, in order."""
        made: dict[str, list[str]] = {}
        for record_id, work in sorted(self.work_of.items()):
            made.setdefault(work, []).append(record_id)
        return [members for members in made.values() if len(members) > 1]

    def work_id(self, members: Sequence[str]) -> str:
        """Return the id of a work: that of the earlier work, else one after its first record.

        An earlier work that a person took apart leaves its id to the part that holds the record
        after which it is named; of several that a person joined, the first id stays.

        Args:
            members: the ids of its records, in order.

        >>> then = Remembered({"b": "work:b", "c": "work:b", "d": "work:d"})
        >>> then.work_id(["a", "b", "c"]), then.work_id(["c"]), then.work_id(["b", "d"])
        ('work:b', 'work:c', 'work:b')
        """
        there = set(map(work_id, members))
        kept = {self.work_of[one] for one in members if one in self.work_of} & there
        return min(kept, default=work_id(members[0]))

    def labels(self, record_ids: Iterable[str]) -> list[str]:
        """Return the earlier work of each of these records, nothing for a new one."""
        return [self.work_of.get(one, "") for one in record_ids]
