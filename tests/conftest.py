"""What the tests share: the project's folder, the real corpora where they are, and small makers."""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import settings

from reviews import _again, _original  # noqa: F401 (fixtures of all tests)
from searchsets.records.tables import schema

PROJECT = Path(__file__).parent.parent

# The same examples on every run, and no deadline: this is no test of speed.
settings.register_profile("tests", derandomize=True, deadline=None)
settings.load_profile("tests")


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder of real records, exports and thesauri (SEARCHSETS_CORPORA)."""
    folder = os.environ.get("SEARCHSETS_CORPORA")
    if not folder:
        pytest.skip("SEARCHSETS_CORPORA is not set: no real records to test with")
    return Path(folder)


@pytest.fixture
def project(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project's folder, made the current one, as every command expects."""
    monkeypatch.chdir(PROJECT)
    return PROJECT


def records_table(*rows: dict) -> pa.Table:
    """Return records as the table that the import writes; fields that a row leaves out are empty."""
    full = [
        {
            field.name: row.get(field.name, [] if pa.types.is_list(field.type) else None)
            for field in schema()
        }
        | {"record_id": row.get("record_id", f"test:{number}")}
        for number, row in enumerate(rows, start=1)
    ]
    return pa.Table.from_pylist(full, schema=schema())
