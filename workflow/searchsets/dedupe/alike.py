"""Finds records that say the same in all that is compared: one of them is compared for all."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from searchsets.dedupe.judge import Judgement
from searchsets.dedupe.pairs import Known
from searchsets.dedupe.reading import COMPARED, Reading, what_counts_of_accession

_ELSEWHERE = ("record_id", "database", "accession")
"""Columns that may differ: of an accession number only a part counts."""


class Alike:
    """Groups of records that say the same.

    `first` holds the position of one record of each group, in order.
    """

    def __init__(self, codes: Sequence[int]):
        """Take a number for each record that it shares with those that say the same."""
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


def alike_codes(
    table: pa.Table, single: Sequence[str] = (), decided: Collection[str] = ()
) -> list[int]:
    """Return for each record a number that it shares with those that say the same in all fields.

    Args:
        table: the records.
        single: databases that hold nothing twice, whose records share it with none.
        decided: ids of records about which people said something, which share it with none: what
            holds for such a record need not hold for those that say the same.
    """
    if not table.num_rows:
        return []
    values = [_text(table.column(name)) for name in COMPARED if name not in _ELSEWHERE]
    accessions = map(what_counts_of_accession, _text(table.column("accession")).to_pylist())
    decided_on = pc.is_in(table.column("record_id"), pa.array(sorted(decided), pa.string()))
    of_single = pc.is_in(table.column("database"), pa.array(list(single), pa.string()))
    own = pc.if_else(pc.or_(decided_on, of_single), table.column("record_id"), "")
    numbers = pa.chunked_array([pa.array(accessions, pa.string())])
    joined = pc.binary_join_element_wise(*values, numbers, own, "\x1f")
    return joined.combine_chunks().dictionary_encode().indices.to_pylist()


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_list(column.type):
        column = pc.binary_join(column, "\x1e")
    return pc.fill_null(column.cast(pa.string()), "")
