"""The criteria file: how judgements become a suggestion, and how a mistake in it is told."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from searchsets.errors import ReviewError
from searchsets.screening.criteria import Combination, read_criteria

CRITERIA = """\
source: made up
criteria:
  - id: uk
    printed: from the UK
    rule:
      met_if: UK (ft)
  - id: date
    printed: from 2002 onwards
    question: When was the research done?
    rule: {published_from: 2002}
facets:
  - id: england
    printed: England above all
    rule: {met_if: England (ft)}
combinations:
  - id: all
    says: both
    core: [uk, date]
  - id: any
    says: one of them
    core: []
    any_of: [uk, date]
"""
JUDGEMENTS = ("met", "not met", "unclear")


def written(folder: Path, text: str = CRITERIA) -> Path:
    path = folder / "criteria.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def told(folder: Path, old: str, new: str, line: int | None = None) -> str:
    """Return what is said of the file with one thing changed, which stands in that line."""
    assert CRITERIA.count(old) == 1
    path = written(folder, CRITERIA.replace(old, new))
    with pytest.raises(ReviewError) as error:
        read_criteria(path)
    message = str(error.value)
    assert message.startswith(f"{path}:{line}:" if line else str(path))
    assert "->" in message
    return message


def every(judgements: list[str]) -> str:
    """Kleene's `and`, written out."""
    if "not met" in judgements:
        return "not met"
    return "unclear" if "unclear" in judgements else "met"


def one_of(judgements: list[str]) -> str:
    """Kleene's `or`, written out."""
    if "met" in judgements:
        return "met"
    return "unclear" if "unclear" in judgements else "not met"


@pytest.mark.parametrize(("core", "any_of"), [(1, 0), (3, 0), (0, 2), (1, 1), (1, 2), (2, 2)])
def test_judgements_combine_by_kleenes_logic(core, any_of):
    names = tuple("abcd"[: core + any_of])
    rule = Combination("c", "", names[:core], names[core:])
    suggestion = {"met": "include", "not met": "exclude", "unclear": "unclear"}
    for values in product(JUDGEMENTS, repeat=len(names)):
        parts = [*values[:core]] + ([one_of([*values[core:]])] if any_of else [])
        assert rule.suggest(dict(zip(names, values, strict=True))) == suggestion[every(parts)]


def test_an_exclusion_names_the_criteria_that_are_not_met():
    rule = Combination("c", "", ("uk", "date"), ("impact", "outcome"))
    judged = {"uk": "not met", "date": "met", "impact": "not met", "outcome": "not met"}
    assert rule.failed(judged) == ["uk", "impact", "outcome"]


def test_a_criterion_another_can_stand_in_for_is_no_reason_to_exclude():
    rule = Combination("c", "", ("date",), ("impact", "outcome"))
    judged = {"date": "not met", "impact": "not met", "outcome": "met"}
    assert rule.failed(judged) == ["date"]


def test_nothing_fails_where_nothing_is_excluded():
    rule = Combination("c", "", ("date",), ("impact", "outcome"))
    assert rule.failed({"date": "met", "impact": "not met", "outcome": "unclear"}) == []


def test_criteria_facets_and_combinations_are_read_in_their_order(tmp_path):
    read = read_criteria(written(tmp_path))
    assert [one.id for one in read.criteria] == ["uk", "date"]
    assert [one.id for one in read.facets] == ["england"]
    assert [one.id for one in read.combinations] == ["all", "any"]
    assert read.criteria[1].published_from == 2002


def test_an_unknown_key_is_told_with_the_key_it_resembles(tmp_path):
    assert "'question'" in told(tmp_path, "question:", "qestion:", line=9)


def test_a_combination_of_an_unknown_criterion_is_told_with_its_place(tmp_path):
    message = told(tmp_path, "core: [uk, date]", "core: [uk, data]", line=16)
    assert "'data'" in message
    assert "date, uk" in message


def test_a_facet_has_no_part_in_a_combination(tmp_path):
    assert "'england'" in told(tmp_path, "core: [uk, date]", "core: [uk, england]", line=16)


@pytest.mark.parametrize("expression", ["UK (ft) or", "(UK (ft)", "UK (ft) England", "..."])
def test_an_expression_that_cannot_be_read_is_told_with_its_place(tmp_path, expression):
    assert "column" in told(tmp_path, "met_if: UK (ft)", f"met_if: {expression}", line=6)


def test_an_expression_names_no_line_of_a_strategy(tmp_path):
    assert "line of a strategy" in told(tmp_path, "met_if: UK (ft)", 'met_if: "#3 or UK"', line=6)


def test_a_criterion_has_one_rule(tmp_path):
    told(tmp_path, "{published_from: 2002}", "{published_from: 2002, met_if: UK}", line=10)
    told(tmp_path, "{published_from: 2002}", "{}", line=10)


def test_a_year_is_a_number(tmp_path):
    assert "integer" in told(tmp_path, "{published_from: 2002}", "{published_from: soon}", line=10)


def test_two_criteria_of_one_id_are_an_error(tmp_path):
    assert "'uk'" in told(tmp_path, "id: date", "id: uk")


def test_two_combinations_of_one_id_are_an_error(tmp_path):
    assert "'all'" in told(tmp_path, "id: any", "id: all")


def test_an_unknown_combination_is_told_with_those_there_are(tmp_path):
    with pytest.raises(ReviewError, match="all, any"):
        read_criteria(written(tmp_path)).combination("both")


def test_the_version_changes_with_the_file_and_with_nothing_else(tmp_path):
    version = read_criteria(written(tmp_path)).version
    assert read_criteria(written(tmp_path)).version == version
    assert read_criteria(written(tmp_path, CRITERIA.replace("2002", "2004"))).version != version


def test_the_criteria_of_the_project_can_be_read(project):
    read = read_criteria(Path("config/criteria.yaml"))
    assert read.combination("core_and_any").core == ("governance", "date")
