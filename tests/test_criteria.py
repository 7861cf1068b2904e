"""The criteria file: how judgements become a suggestion, and how a mistake in it is told."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from searchsets.errors import ReviewError
from searchsets.screening.criteria.file import Combination, Criteria, read_criteria

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


def test_the_version_changes_with_what_the_file_says_and_not_with_how_it_is_written(tmp_path):
    version = read_criteria(written(tmp_path)).version
    rewritten = f"# A comment\n\n{CRITERIA}".replace(
        "{published_from: 2002}", "\n      published_from: 2002"
    )
    assert read_criteria(written(tmp_path, rewritten)).version == version
    for old, new in [
        ("2002}", "2004}"),
        ("core: []", "core: [uk]"),
        ("made up", "made"),
        ("When", "Where"),
    ]:
        assert CRITERIA.count(old) == 1
        assert read_criteria(written(tmp_path, CRITERIA.replace(old, new))).version != version


def test_a_criterion_has_a_version_of_its_own(tmp_path):
    before = read_criteria(written(tmp_path))
    after = read_criteria(written(tmp_path, CRITERIA.replace("2002}", "2004}")))
    assert before.criterion("uk").version == after.criterion("uk").version
    assert before.criterion("date").version != after.criterion("date").version


TABLE = "name,kind,nation,needs,note\nUK,nation,United Kingdom,,\nLeeds,authority,England,,\n"


def with_places(folder: Path, table: str = TABLE, rule: str = "") -> Criteria:
    path = folder / "places.csv"
    path.write_text(table, encoding="utf-8")
    rule = rule or f"places: {path}"
    return read_criteria(written(folder, CRITERIA.replace("met_if: UK (ft)", rule)))


def test_the_version_changes_with_the_table_of_places_but_not_with_its_notes(tmp_path):
    before = with_places(tmp_path)
    noted = with_places(
        tmp_path, TABLE.replace("Leeds,authority,England,,", "Leeds,authority,England,,big")
    )
    changed = with_places(tmp_path, TABLE + "York,authority,England,council,\n")
    assert before.version == noted.version != changed.version
    assert before.criterion("uk").version == noted.criterion("uk").version
    assert before.criterion("uk").version != changed.criterion("uk").version
    assert before.criterion("date").version == changed.criterion("date").version


def test_a_rule_of_places_may_name_a_nation_of_its_table(tmp_path):
    path = tmp_path / "places.csv"
    rule = f"places: {path}\n      nation: England"
    assert [
        name.text for name in with_places(tmp_path, rule=rule).criterion("uk").places.names
    ] == ["Leeds"]
    with pytest.raises(ReviewError, match="'Englnd'") as error:
        with_places(tmp_path, rule=rule.replace("England", "Englnd"))
    assert "England, United Kingdom" in str(error.value)


def ordered(folder: Path, *orders: str) -> Criteria:
    text = CRITERIA
    for name, order in zip(("uk", "date"), orders, strict=True):
        text = text.replace(
            f"  - id: {name}\n", f"  - id: {name}\n{order and f'    order: {order}'}\n"
        )
    reasons = "reasons:\n  - {id: retracted, says: withdrawn}\n  - {id: double, says: twice}\n"
    return read_criteria(written(folder, text + reasons))


@pytest.mark.parametrize(
    ("orders", "first"), [(("", ""), "uk date"), (("9", "3"), "date uk"), (("5", ""), "date uk")]
)
def test_reasons_come_in_the_order_of_the_protocol_and_those_that_are_no_criterion_last(
    tmp_path, orders, first
):
    assert ordered(tmp_path, *orders).reason_order() == (*first.split(), "retracted", "double")


@pytest.mark.parametrize("orders", [("2", ""), ("4", "4")])
def test_two_criteria_of_one_order_are_told_with_the_place_of_the_second(tmp_path, orders):
    with pytest.raises(ReviewError, match="'date' and 'uk' both have the order"):
        ordered(tmp_path, *orders)


def test_a_facet_has_no_order(tmp_path):
    assert "'order'" in told(
        tmp_path, "    printed: England above all", "    order: 1\n    printed: E", line=13
    )


def test_a_reason_and_a_criterion_cannot_share_an_id(tmp_path):
    path = written(tmp_path, CRITERIA + "reasons:\n  - {id: england, says: not there}\n")
    with pytest.raises(ReviewError, match="'england'"):
        read_criteria(path)


def test_a_criterion_can_be_judged_at_all_stages_unless_it_says_so(tmp_path):
    text = CRITERIA.replace("    question:", "    stages: [full_text, title]\n    question:")
    read = read_criteria(written(tmp_path, text))
    assert read.criterion("uk").stages == ("title", "title_abstract", "full_text")
    assert read.criterion("date").stages == ("title", "full_text")
    message = told(tmp_path, "    question:", "    stages: [final]\n    question:", line=9)
    assert "title, title_abstract or full_text" in message


def test_a_criterion_or_a_facet_is_found_by_its_id(tmp_path):
    read = read_criteria(written(tmp_path))
    assert (read.criterion("date"), read.criterion("england")) == (read.criteria[1], read.facets[0])
    with pytest.raises(ReviewError, match="uk, date, england"):
        read.criterion("wales")


@pytest.mark.parametrize(
    "rule",
    ["{language: {is: [en]}, type: {is: [article]}}", "{nation: England}",
     "{published_until: 2001, met_if: UK}", "{published_from: 2002, published_until: 2001}",
     "{language: {is: [Englsh]}}", "{type: {}}", "{language: {is: []}}", "{language: {is: [no]}}"],
)  # fmt: skip
def test_what_is_not_one_rule_is_told_with_its_place(tmp_path, rule):
    told(tmp_path, "{published_from: 2002}", rule, line=10)


WORDS = {"met": True, "partly": True, "not met": False, "unclear": None}


@pytest.mark.parametrize(("core", "any_of"), [(1, 0), (2, 0), (0, 2), (1, 2), (2, 1)])
def test_partly_counts_as_met_and_what_does_not_apply_is_left_out(core, any_of):
    names = tuple("abcd"[: core + any_of])
    for values in product((*WORDS, "not applicable"), repeat=len(names)):
        judged = dict(zip(names, values, strict=True))
        told = {name: value.replace("partly", "met") for name, value in judged.items()}
        kept = [name for name in names if judged[name] != "not applicable"]
        groups = [names[:core], names[core:]]
        left = [[name for name in group if name in kept] for group in groups]
        suggestion = Combination("c", "", *groups).suggest(judged)
        if all(bool(group) == bool(rest) for group, rest in zip(groups, left, strict=True)):
            assert suggestion == Combination("c", "", *map(tuple, left)).suggest(told)
        else:  # a whole group that does not apply tells nothing
            assert suggestion != "include"


def test_a_core_that_does_not_apply_at_all_is_unclear():
    rule = Combination("c", "", ("uk", "date"), ())
    assert rule.suggest({"uk": "not applicable", "date": "not applicable"}) == "unclear"


def test_what_does_not_apply_is_no_reason_to_exclude():
    rule = Combination("c", "", ("date",), ("impact", "outcome"))
    judged = {"date": "met", "impact": "not met", "outcome": "not applicable"}
    assert (rule.suggest(judged), rule.failed(judged)) == ("exclude", ["impact"])


def test_the_criteria_of_the_project_can_be_read(project):
    read = read_criteria(Path("config/criteria.yaml"))
    assert read.combination("core_and_any").core == ("governance", "date")
    assert read.reason_order()[:2] == ("date", "uk")
    assert {one.id for one in read.reasons} >= {"duplicate_report", "not_available"}
    assert all(one.question for one in (*read.criteria, *read.facets))
    names = {name.nation for name in read.criterion("england").places.names}
    assert names == {"England"}
    assert read.tables == (Path("config/places/uk.csv"),)
