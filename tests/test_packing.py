"""What the page carries comes back as it was: columns, rows of records, and the same letters twice."""

from __future__ import annotations

import base64
import gzip
import json

from hypothesis import given
from hypothesis import strategies as st

from searchsets.reporting.inspector.packing import column, grouped, packed

VALUES = st.lists(st.one_of(st.none(), st.integers(-9, 9), st.text(max_size=3)), max_size=30)


def unpacked(text: str):
    """Return packed data, as a browser unpacks it."""
    return json.loads(gzip.decompress(base64.b64decode(text)))


def values_of(packed_column) -> list:
    """Return the values of a column, as the script of the page reads them."""
    if isinstance(packed_column, list):
        return packed_column
    return [packed_column["of"][place] for place in packed_column["at"]]


@given(VALUES)
def test_a_column_comes_back(values):
    assert values_of(unpacked(packed(column(values)))) == values


@given(st.lists(st.sampled_from("abc"), max_size=40))
def test_a_column_of_few_values_holds_each_once(values):
    made = column(values)
    if isinstance(made, dict):
        assert len(set(made["of"])) == len(made["of"])


@given(
    st.lists(
        st.tuples(st.sampled_from(["r1", "r2", "r3", "gone"]), st.text(max_size=3)), max_size=30
    )
)
def test_rows_come_back_with_their_records_and_those_of_no_record_are_left_out(rows):
    places = {"r1": 0, "r2": 1, "r3": 2}
    made = unpacked(
        packed(grouped(({"id": i, "said": s} for i, s in rows), places, "id", ("said",)))
    )
    said = iter(values_of(made["said"]))
    back = {name: [next(said) for _ in range(made["per"][place])] for name, place in places.items()}
    assert back == {name: [s for i, s in rows if i == name] for name in places}


def test_packed_data_name_no_day():
    data = {"a": ["ü", "“", None] * 50}
    squeezed = base64.b64decode(packed(data))
    assert squeezed[:3] == b"\x1f\x8b\x08" and squeezed[4:8] == b"\0\0\0\0"
    assert packed(data) == packed(json.loads(json.dumps(data)))
