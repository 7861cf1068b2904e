"""More records than memory holds: sorted runs, merged, give what one sort of all gives."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from searchsets.records.identity import first_ids, identified, identify
from searchsets.records.model import COLUMNS, Record
from searchsets.records.spool import Spool
from searchsets.records.tables import records_of, schema, table_of

keys = st.text("ab~1é", max_size=3)


@settings(max_examples=100, deadline=None)
@given(parts=st.lists(st.lists(keys, max_size=6), max_size=8), size=st.integers(1, 400))
def test_rows_come_in_order_and_equal_ones_as_they_were_added(tmp_path_factory, parts, size):
    folder = tmp_path_factory.mktemp("spool")
    rows, slices = [], []
    with Spool("key", folder, run_bytes=size) as spool:
        for part in parts:
            numbers = range(len(rows), len(rows) + len(part))
            rows += zip(part, numbers, strict=True)
            spool.add(pa.table({"key": pa.array(part, pa.string()), "row": pa.array(numbers, pa.int64())}))
        for table in spool.slices():
            columns = table.column("key").to_pylist(), table.column("row").to_pylist()
            slices.append(list(zip(*columns, strict=True)))
    assert [row for part in slices for row in part] == sorted(rows)
    bounds = [(a[-1][0], b[0][0]) for a, b in zip(slices, slices[1:], strict=False)]
    assert all(before < after for before, after in bounds)
    assert not list(folder.iterdir())


records = st.lists(
    st.builds(
        Record,
        source_file=st.sampled_from(["b/1.ris", "b/2.ris"]),
        position=st.integers(1, 3),
        accession=st.sampled_from(["", "EJ1", "EJ10", "EJ1~2", "EJ2"]),
        title=st.sampled_from(["Trusts", "Boards", "trusts"]),
        year=st.sampled_from([None, 2004]),
    ),
    max_size=14,
)


@settings(max_examples=200, deadline=None)
@given(made=records, size=st.integers(1, 2000))
def test_ids_given_slice_by_slice_are_those_given_to_all_at_once(tmp_path_factory, made, size):
    kept, repeats = [], []
    with Spool("record_id", tmp_path_factory.mktemp("spool"), run_bytes=size) as spool:
        for record in made:
            table = table_of([record])
            ids = first_ids("bei", table)
            table = table.set_column(COLUMNS.index("record_id"), "record_id", ids)
            spool.add(table.set_column(COLUMNS.index("database"), "database", pa.array(["bei"])))
        for some, repeated in identified("bei", spool.slices()):
            assert some.schema == schema()
            kept += records_of(some)
            repeats += repeated.to_pylist()
    all_kept, all_repeats = identify("bei", made)
    assert kept == all_kept
    assert repeats == [vars(one) for one in all_repeats]
