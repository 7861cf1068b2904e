"""The runs that runs.yaml names: what each sets, and which updates which."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refusal import refused
from searchsets.files import write_text
from searchsets.runs import Run, in_order, later_than, read_runs, settings_of

RUNS = """\
original: {}
update-2026:
  updates: original
  window: {from: 2009}
  exports: resources/update-2026/exports
update-2030: {updates: update-2026}
"""


def test_a_run_goes_before_the_configuration_and_the_command_line_before_both(tmp_path):
    write_text(tmp_path / "runs.yaml", RUNS)
    runs = read_runs(tmp_path / "runs.yaml")
    config = {"run": "update-2026", "exports": "said", "window": {"from": 2002, "until": 2008}}
    made = settings_of(config, {"run": "update-2026", "exports": "said"}, runs)
    assert made == config | {"updates": "original", "window": {"from": 2009, "until": 2008}}
    assert settings_of({"run": "other", "exports": "x"}, {}, runs) == {
        "run": "other",
        "exports": "x",
    }
    assert config["window"]["from"] == 2002  # nothing of what was given is changed


def test_which_runs_are_later_and_in_which_order_they_are_made(tmp_path):
    write_text(tmp_path / "runs.yaml", RUNS)
    runs = read_runs(tmp_path / "runs.yaml")
    assert later_than(runs, "original") == ["update-2026", "update-2030"]
    assert later_than(runs, "update-2026") == ["update-2030"]
    assert later_than(runs, "not there") == []
    assert in_order(runs) == ["original", "update-2026", "update-2030"]
    assert read_runs(tmp_path / "no such file") == {}


@given(st.dictionaries(st.sampled_from("bcdefg"), st.sampled_from("abcdefg"), max_size=6))
def test_every_run_stands_behind_the_one_that_it_updates(bases):
    runs = {
        name: Run(name, {"updates": base} if base < name else {}) for name, base in bases.items()
    }
    order = in_order(runs)
    for name, run in runs.items():
        if run.updates in runs:
            assert order.index(run.updates) < order.index(name)
        assert name in later_than(runs, run.updates) if run.updates else True


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: {updates: a}", ["a -> a", ":1:"]),
        ("a: {updates: b}\nb: {updates: c}\nc: {updates: a}", ["update each other", "a -> b -> c"]),
        ("a: {windw: {from: 2009}}", ["'windw'", "no setting of a run", ":1:"]),
        ("a:\n  run: b\n", ["'run'", "no setting", ":2:"]),
        ("comparison: {}", ["comparison", "not allowed"]),
        ("a b: {}", ["a b"]),
        ("2026: {}", ["2026", "quotation marks"]),
        ("on: {}", ["True", "quotation marks"]),
        ("a: 3", ["not of type"]),
        ("[a, b]", ["not of type"]),
    ],
)
def test_what_is_no_list_of_runs_is_told(tmp_path, text, told):
    write_text(tmp_path / "runs.yaml", text)
    with refused(tmp_path / "runs.yaml", *told):
        read_runs(tmp_path / "runs.yaml")
