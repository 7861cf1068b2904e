"""What became of a record of an earlier run, by what its source gave since."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from searchsets.files import json_text, write_csv, write_text
from searchsets.screening.shown import criteria_of
from searchsets.updates.memory import (
    FATES,
    FOUND,
    GONE,
    NOT_BROUGHT,
    NOT_RETRIEVED,
    NOT_SEARCHED,
    OUTSIDE,
    Now,
)
from searchsets.updates.stage import _is_whole


def _slow(*, there: bool, retrieved: bool, searched: bool, whole: bool, limit: str, year) -> str:
    """Return the fate of a record: a twin, as the docs tell it, question by question."""
    if retrieved:
        return FOUND
    if there:
        return NOT_RETRIEVED
    if not searched:
        return NOT_SEARCHED
    if not whole:
        return NOT_BROUGHT
    left_out = {"": False, "year": year is None or year < 2008, "entry": True}[limit]
    return OUTSIDE if left_out else GONE


def test_the_fate_of_a_record_is_that_of_the_twin():
    met = set()
    for there, retrieved, searched, whole, limit, year in itertools.product(
        (True, False), (True, False), (True, False), (True, False), ("", "year", "entry"),
        (None, 2007, 2008),
    ):  # fmt: skip
        now = Now(
            {"eric:1": {}} if there else {}, {"eric:1"} if retrieved else (),
            {"eric"} if searched else (), {"eric"} if whole else (),
            2008 if limit else None, limit == "entry",
        )  # fmt: skip
        said = {"there": there, "retrieved": retrieved, "searched": searched, "whole": whole}
        became = now.became("eric:1", "eric", year)
        assert became == _slow(**said, limit=limit, year=year)
        met.add(became)
    assert met == FATES.keys()


@pytest.mark.parametrize(
    ("represents", "file", "whole"),
    [("corpus", "eric/all.ris", True), ("output 49", "eric/all.ris", False),
     ("unknown", "eric/all.ris", False), ("sent", "supplied/a.csv", False),
     ("harvested", "websites/a.csv", False), ("corpus", "harvest/eric/eric/2002-2008", False)],
)  # fmt: skip
def test_gone_is_said_only_where_all_was_brought_that_a_source_has(
    tmp_path, represents, file, whole
):
    row = {"represents": represents, "source_file": file}
    write_csv(tmp_path / "import_log.csv", tuple(row), [row])
    assert _is_whole(tmp_path) == whole


def test_the_criteria_are_those_of_the_run_wherever_they_lie(tmp_path):
    config = {
        "run": "a",
        "errata": "read",
        "decisions": "d",
        "criteria": "config/criteria-2026.yaml",
    }
    manifest = {"inputs": {}, "outputs": {}, "configuration": config}
    assert criteria_of(tmp_path, None) == Path("config/criteria.yaml")
    write_text(tmp_path / "manifest.json", json_text(manifest))
    assert criteria_of(tmp_path, None) == Path("config/criteria-2026.yaml")
    assert criteria_of(tmp_path, Path("mine.yaml")) == Path("mine.yaml")
    config["criteria"] = "(outside)/criteria"
    write_text(tmp_path / "manifest.json", json_text(manifest))
    places = {"outputs": {}, "places": {"(outside)/criteria": "/home/me/criteria.yaml"}}
    write_text(tmp_path / ".published.json", json_text(places))
    assert criteria_of(tmp_path, None) == Path("/home/me/criteria.yaml")
