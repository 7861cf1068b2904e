"""The tables of what open services were asked for."""

from __future__ import annotations

from types import SimpleNamespace

from conftest import PROJECT
from searchsets.files import sha256_of
from searchsets.reporting.tables.harvests import differences
from searchsets.strategy.file import read_strategy


def told(**changed: str) -> list[str]:
    """Return what the page says of a harvest of ERIC that was asked in this way."""
    strategy = read_strategy(PROJECT / "search_strategies/eric.yaml")
    row = {"source": "eric", "strategy": "eric", "harvest": "x", "errata": "read",
           "lines": "34; 56; 57", "strategy_sha256": sha256_of(strategy.path)}  # fmt: skip
    build = SimpleNamespace(
        harvests=[row | changed],
        differences=[],
        strategies={"eric": strategy},
        reading=lambda database: strategy.reading(),
        config={"errata": "read"},
    )
    return [row["difference"] for row in differences(build).rows]


def test_a_harvest_for_the_strategy_of_this_run_differs_in_nothing():
    assert told() == []
    assert told(lines="34; 56; 57; 1") == []
    assert told(lines="") == []  # pages that a run found


def test_a_harvest_for_another_strategy_is_told_loudly():
    [changed] = told(strategy_sha256="0" * 64)
    assert "ANOTHER STRATEGY" in changed and "changed since" in changed
    [narrower] = told(lines="57")
    assert "#34, #56 was not asked for" in narrower
    [literal] = told(errata="literal")
    assert "errata were taken as literal" in literal
