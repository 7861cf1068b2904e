"""Reading a strategy file: what is checked, and how a mistake is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from searchsets.errors import ReviewError
from searchsets.strategy.file import load_strategies, read_strategy
from searchsets.strategy.thesaurus import read_thesaurus

HEAD = """\
database: demo
name: A database
description: made up
source: {citation: nobody, page: "1"}
searched: {from: not reported, until: not reported}
sets:
  - name: One
    lines: |
"""
TAIL = "outputs: {lines: [1], basis: inferred, why: the only line}\n"


def written(
    folder: Path, *lines: str, head: str = HEAD, tail: str = TAIL, name: str = "demo"
) -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(head + "".join(f"      {line}\n" for line in lines) + tail, encoding="utf-8")
    return path


def told(path: Path) -> str:
    with pytest.raises(ReviewError) as error:
        read_strategy(path)
    assert str(path) in str(error.value)
    assert "->" in str(error.value)
    return str(error.value)


def test_lines_keep_their_text_set_and_place(tmp_path):
    path = written(tmp_path, "#1 Planning", "", "#12  Joint   planning (ft)")
    strategy = read_strategy(path)
    assert [line.text for line in strategy.lines.values()] == ["Planning", "Joint   planning (ft)"]
    assert strategy.lines[12].place == f"{path}:11:12"
    assert strategy.lines[12].set == "One"


def test_an_error_names_file_line_and_column(tmp_path):
    path = written(tmp_path, "#1 Planning", "#2 (Budgets or #1")
    assert f"{path}:10:24: a bracket is opened and never closed" in told(path)


def test_all_faulty_lines_are_told_at_once(tmp_path):
    message = told(written(tmp_path, "#1 (a", "#2 b)", "#3 c"))
    assert ":9:" in message and ":10:" in message


def test_a_line_number_used_twice_is_an_error(tmp_path):
    path = written(tmp_path, "#1 a", "#1 b")
    assert f"{path}:10:10: line #1 is defined twice, here and at {path}:9:10" in told(path)


def test_a_reference_to_no_line_is_an_error_also_inside_a_range(tmp_path):
    message = told(written(tmp_path, "#1 a", "#2 #1 or #5", "#4 #1 ... or #4"))
    assert "line #2 refers to line #5, which is not defined" in message
    assert "line #4 refers to line #3, which is not defined" in message


@pytest.mark.parametrize("length", [1, 2, 3, 500])
def test_a_circle_of_any_length_is_told_with_its_lines(tmp_path, length):
    lines = [f"#{n} a (ft) or #{n % length + 1}" for n in range(1, length + 1)]
    message = told(written(tmp_path, *lines))
    assert "in a circle: #1 -> " in message
    assert message.count("#") >= min(length, 3)


def test_lines_may_refer_to_later_lines(tmp_path):
    strategy = read_strategy(written(tmp_path, "#1 #2 or #3", "#2 a", "#3 #2 not b"))
    assert strategy.order.index(2) < strategy.order.index(3) < strategy.order.index(1)


def test_ten_thousand_lines_that_each_refer_to_the_one_before_are_ordered(tmp_path):
    lines = ["#1 a", *(f"#{n} #{n - 1} or b" for n in range(2, 10_001))]
    assert read_strategy(written(tmp_path, *lines)).order == tuple(range(1, 10_001))


def test_a_row_without_a_number_is_an_error(tmp_path):
    assert "does not begin with the number" in told(written(tmp_path, "#1 a", "Budgets"))


def test_folded_lines_would_run_together_and_are_refused(tmp_path):
    assert "must be a block" in told(written(tmp_path, "#1 a", head=HEAD.replace("|", ">")))


def test_an_unknown_key_is_told_with_a_suggestion(tmp_path):
    message = told(written(tmp_path, "#1 a", head="descripton: x\n" + HEAD))
    assert ":1:1: unknown key 'descripton'" in message
    assert "did you mean 'description'?" in message


def test_a_key_written_twice_is_an_error(tmp_path):
    assert "'name' stands twice" in told(written(tmp_path, "#1 a", head="name: x\n" + HEAD))


def test_what_is_not_yaml_is_told_with_its_place(tmp_path):
    assert "demo.yaml:3:5: this is not YAML" in told(
        written(tmp_path, "#1 a", head="database: [\n" + HEAD)
    )


def test_a_file_named_otherwise_than_its_database_is_an_error(tmp_path):
    assert "holds the database 'demo'" in told(written(tmp_path, "#1 a", name="other"))


def test_an_output_that_is_no_line_is_an_error(tmp_path):
    assert "output line #1 is not defined" in told(written(tmp_path, "#2 a"))


def test_an_erratum_must_speak_of_the_line_as_it_stands(tmp_path):
    tail = TAIL + "errata: [{line: 1, kind: reading, text: b, read_as: c, why: d}]\n"
    assert "erratum of line #1 speaks of 'b'" in told(written(tmp_path, "#1 a", tail=tail))


def test_the_faults_of_several_strategies_are_told_together(tmp_path):
    written(tmp_path, "#1 (a")
    written(tmp_path, "#1 b)", head=HEAD.replace("demo", "second"), name="second")
    with pytest.raises(ReviewError) as error:
        load_strategies(tmp_path)
    assert "demo.yaml" in str(error.value) and "second.yaml" in str(error.value)


def test_a_folder_without_strategies_is_told(tmp_path):
    with pytest.raises(ReviewError, match="no strategy was found"):
        load_strategies(tmp_path)


@pytest.mark.parametrize(
    ("row", "what"), [("a,XX,b", "'XX' is no relation"), ("a,NT,", "a term is empty")]
)
def test_a_faulty_row_of_a_thesaurus_is_told_with_its_line(tmp_path, row, what):
    path = tmp_path / "t.csv"
    path.write_text(f"term,relation,target\nx,NT,y\n{row}\n", encoding="utf-8")
    with pytest.raises(ReviewError) as error:
        read_thesaurus(path)
    assert f"{path}:3: " in str(error.value) and what in str(error.value)


def test_a_thesaurus_with_a_circle_explodes_to_its_terms_once(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("term,relation,target\na,NT,b\nb,NT,c\nc,NT,a\nb,UF,z\n", encoding="utf-8")
    assert read_thesaurus(path).explode("A") == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "the file is empty"),
        ("a: &a\n  - *a\n", "unknown key"),
        ("x: !!int 'abc'\n", "cannot be read"),
        ("[" * 3000, "cannot be read"),
        ("database: a\x01b\n", ":1: this is not YAML"),
        ("- a\n", "is not of type 'object'"),
    ],
    ids=["empty", "circle", "tag", "deep", "control", "list"],
)
def test_strange_yaml_is_told_and_never_hangs_or_crashes(tmp_path, text, what):
    path = tmp_path / "demo.yaml"
    path.write_text(text, encoding="utf-8")
    assert what in told(path)


def test_a_range_to_a_line_that_cannot_be_is_told_at_once(tmp_path):
    assert "not defined" in told(written(tmp_path, "#1 a", "#2 #1 ... or #999999"))
    assert "is not expected" in told(written(tmp_path, "#1 a", "#2 #1 or #99999999999"))
