"""What the tests share: the project's folder, the real corpora where they are, and small makers."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import settings

from reviews import PROJECT, copy_project, review, screened_review
from searchsets.records.tables import schema

# The same examples on every run, and no deadline: this is no test of speed.
settings.register_profile("tests", derandomize=True, deadline=None)
settings.load_profile("tests")


_LONG = ("test_verify", "test_pipeline", "test_updates", "test_page_in_browser", "test_second_review",
         "test_closing", "test_dedupe_engine", "test_what_if_in_browser")  # fmt: skip
"""The files that run the whole workflow, or take long: begun last, one would be waited for alone."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the long files be begun first; the others keep their order."""
    items.sort(
        key=lambda item: _LONG.index(item.path.stem) if item.path.stem in _LONG else len(_LONG)
    )


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder of real records, exports and thesauri (SEARCHSETS_CORPORA)."""
    folder = os.environ.get("SEARCHSETS_CORPORA")
    if not folder:
        pytest.skip("SEARCHSETS_CORPORA is not set: no real records to test with")
    return Path(folder)


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project in which the default review was run."""
    folder = copy_project(tmp_path_factory.mktemp("original") / "review")
    done = review(folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def again(original: Path, tmp_path: Path) -> Path:
    """A copy of that run, to do harm to."""
    return Path(shutil.copytree(original, tmp_path / "review", symlinks=True))


@pytest.fixture(scope="session")
def screened_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of a run with exports that several people screened."""
    return screened_review(tmp_path_factory.mktemp("screened") / "review")


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
