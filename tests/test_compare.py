"""Two versions of a strategy: every line once, known again by what it says; the effect on records."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from refusal import refused
from searchsets.cli import main
from searchsets.records.exports import find_exports
from searchsets.records.reading import open_export
from searchsets.records.store import import_database
from searchsets.strategy.compare import compare, comparison_text
from searchsets.strategy.file import load_strategies, order_of, read_strategy
from searchsets.strategy.language import parse
from searchsets.strategy.model import Reading
from test_logic import strategies
from test_search import strategy_of
from test_search_stage import corpus
from test_strategy_file import HEAD

MIRRORED = {"added": "dropped", "dropped": "added"}


def version(*lines: str, sets: dict[int, str] | None = None, outputs: tuple[int, ...] = ()):
    """A strategy of lines in their order, in the sets that are given for them."""
    strategy = strategy_of(list(lines))
    placed = {n: replace(line, set=(sets or {}).get(n, "")) for n, line in strategy.lines.items()}
    readings = (Reading("default", outputs, "inferred", ""),) if outputs else ()
    return replace(strategy, lines=placed, readings=readings)


def kinds(old, new) -> list[tuple[str, int | None, int | None]]:
    return [
        (
            change.kind,
            change.old.number if change.old else None,
            change.new.number if change.new else None,
        )
        for change in compare(old, new).lines
    ]


@given(strategies())
def test_a_strategy_compared_with_itself_is_the_same_line_by_line(strategy):
    found = compare(strategy, strategy)
    assert [change.kind for change in found.lines] == ["same"] * len(strategy.lines)
    assert [change.old for change in found.lines] == [change.new for change in found.lines]
    assert found.settings == ()


@settings(max_examples=200)
@given(strategies(), strategies())
def test_every_line_of_both_versions_stands_in_one_row(old, new):
    changes = compare(old, new).lines
    assert Counter(c.old.number for c in changes if c.old) == Counter(old.lines.keys())
    assert Counter(c.new.number for c in changes if c.new) == Counter(new.lines.keys())
    for change in changes:
        assert (change.old is None) == (change.kind == "added")
        assert (change.new is None) == (change.kind == "dropped")


@settings(max_examples=200)
@given(strategies(), strategies())
def test_the_other_way_round_what_was_added_is_dropped_and_nothing_else_differs(old, new):
    forth = {(MIRRORED.get(kind, kind), a, b) for kind, a, b in kinds(old, new)}
    back = {(kind, b, a) for kind, a, b in kinds(new, old)}
    assert forth == back


@given(strategies(), st.integers(1, 50))
def test_lines_that_are_only_numbered_otherwise_are_all_known_again(strategy, shift):
    lines = {}
    for number, line in strategy.lines.items():
        text = _shifted(line.text, shift)
        lines[number + shift] = replace(
            line, number=number + shift, text=text, expression=parse(text)
        )
    new = replace(strategy, lines=lines, order=tuple(order_of(lines)))
    # Lines that say the same under two numbers may change places; none is lost or held for changed.
    assert {kind for kind, _, _ in kinds(strategy, new)} <= {"same", "renumbered"}


def _shifted(text: str, shift: int) -> str:
    words = text.replace("(", "( ").replace(")", " )").split(" ")
    return " ".join(f"#{int(word[1:]) + shift}" if word.startswith("#") else word for word in words)


def test_a_line_put_in_at_the_top_renumbers_what_is_below_and_changes_only_what_takes_it_in():
    old = strategy_of(["Police", "Schools", "#1 or #2", "Planning", "#3 and #4"])
    new = strategy_of(["Agencies", "Police", "Schools", "#1 or #2 or #3", "Planning", "#4 and #5"])
    assert kinds(old, new) == [
        ("added", None, 1),
        ("renumbered", 1, 2),
        ("renumbered", 2, 3),
        ("changed", 3, 4),
        ("renumbered", 4, 5),
        ("renumbered", 5, 6),
    ]


def test_a_term_mended_leaves_the_lines_that_refer_to_it_the_same():
    old = strategy_of(["Childrens service*", "Police", "#1 or #2", "#3 not #2"])
    new = strategy_of(["Children* service*", "Police", "#1 or #2", "#3 not #2"])
    assert kinds(old, new) == [("changed", 1, 1), ("same", 2, 2), ("same", 3, 3), ("same", 4, 4)]


def test_a_line_that_says_the_same_in_other_words_is_the_same():
    old = strategy_of(["a", "b", "c", "#1 or #2 or #3"])
    new = strategy_of(["a", "b", "c", "#1 ... or #3"])
    assert kinds(old, new)[3] == ("same", 4, 4)


def test_free_text_for_a_descriptor_is_a_change():
    assert kinds(strategy_of(["Planning"]), strategy_of(["Planning (ft)"])) == [("changed", 1, 1)]


def test_lines_that_have_nothing_in_common_are_dropped_and_added():
    old, new = strategy_of(["Legitimacy"]), strategy_of(["Youth offending team* (ft)"])
    assert kinds(old, new) == [("dropped", 1, None), ("added", None, 1)]


def test_and_in_place_of_or_changes_a_line():
    old = strategy_of(["a", "b", "#1 or #2"])
    new = strategy_of(["a", "b", "#1 and #2"])
    assert kinds(old, new)[2] == ("changed", 3, 3)


def test_a_line_in_another_set_has_moved_and_one_of_its_like_in_the_same_set_comes_first():
    old = version("Police", "Schools", sets={1: "A", 2: "A"})
    new = version("Schools", "Schools", "Police", sets={1: "B", 2: "A", 3: "B"})
    assert kinds(old, new) == [("added", None, 1), ("same", 2, 2), ("moved", 1, 3)]


def test_lines_that_refer_to_a_dropped_line_are_changed_and_those_above_them_the_same():
    old = strategy_of(["a", "b", "c", "#1 or #2 or #3", "#4 not c"])
    new = strategy_of(["a", "b", "zzzz", "#1 or #2", "#4 not c"])
    found = dict((a, (kind, b)) for kind, a, b in kinds(old, new))
    assert found[3] == ("dropped", None)
    assert found[4] == ("changed", 4)
    assert found[5] == ("same", 5)


def test_ten_thousand_lines_that_each_refer_to_the_one_before_are_compared():
    old = strategy_of(["start", *(f"#{n - 1} or b{n}" for n in range(2, 10_001))])
    new = strategy_of(["starts", *(f"#{n - 1} or b{n}" for n in range(2, 10_001))])
    assert Counter(kind for kind, _, _ in kinds(old, new)) == {"changed": 1, "same": 9_999}


def test_outputs_are_the_same_if_their_lines_are_only_renumbered():
    old = version("a", "b", outputs=(2,))
    assert compare(old, version("new", "a", "b", outputs=(3,))).settings == ()
    (change,) = compare(old, version("a", "b", outputs=(1,))).settings
    assert (change.setting, change.old, change.new) == ("outputs (default)", "#2", "#1")


def test_fields_thesaurus_dates_and_readings_that_differ_are_told():
    old = version("a", "b", outputs=(2,))
    new = replace(
        old,
        free_text_fields=("title",),
        when_unindexed="nothing",
        thesaurus={"file": "tree.csv"},
        searched={"from": "2026"},
        readings=(*old.readings, Reading("rival", (1,), "inferred", "")),
    )
    found = {one.setting: (one.old, one.new) for one in compare(old, new).settings}
    assert found == {
        "free_text_fields": ("title; abstract; descriptors; keywords", "title"),
        "when_unindexed": ("free_text", "nothing"),
        "thesaurus (file)": ("", "tree.csv"),
        "searched (from)": ("", "2026"),
        "outputs (rival)": ("", "#1"),
    }


def test_the_report_sums_up_then_tells_every_line_that_is_not_the_same():
    old = strategy_of(["Police", "Childrens service*", "#1 or #2"])
    new = strategy_of(["zz", "Police", "Children* service*", "#2 or #3"])
    assert comparison_text(compare(old, new)).splitlines() == [
        ": 3 lines before, 4 after: 2 renumbered, 1 changed, 1 added",
        "  #1 is #2 now",
        "  #3 is #4 now",
        "added: #1 zz  []",
        "changed: #2 Childrens service*  []",
        "      -> #3 Children* service*",
    ]


def test_strategies_of_two_databases_are_refused(project):
    report = load_strategies(project / "search_strategies")
    with refused("bei.yaml", "a strategy of bei", "one of eric"):
        compare(report["eric"], report["bei"])


def test_the_two_readings_of_bei_differ_in_one_line(project):
    path = project / "search_strategies/bei.yaml"
    read, literal = read_strategy(path), read_strategy(path, literal=True)
    unlike = [one for one in compare(literal, read).lines if one.kind != "same"]
    assert [(one.kind, one.old.number, one.new.number) for one in unlike] == [("changed", 73, 73)]


RECORDS = (
    ("Planning of schools", "Schools"),
    ("Budgets of schools", "Budgets"),
    ("Joint work", "Teams"),
)
OLD = ("#1 planning (ft)", "#2 Teams", "#3 #1 or #2")
NEW = ("#1 planning (ft)", "#2 budgets (ft)", "#3 Schools", "#4 #1 or #2 or #3")


class Versions:
    """Two versions of the strategy of `demo`, each in a folder of its own, and three records."""

    def __init__(self, folder: Path):
        self.folder = folder
        exports = folder / "exports/demo/corpus.json"
        exports.parent.mkdir(parents=True)
        exports.write_text(corpus(*RECORDS), encoding="utf-8")
        found = find_exports(folder / "exports", folder / "none.csv", ["demo"])
        read = [file for one in found for file in open_export(one)]
        import_database("demo", read, folder / "records")
        self.old, self.new = self.write("old", OLD, 3), self.write("new", NEW, 4)

    def write(self, name: str, lines: tuple[str, ...], output: int) -> Path:
        path = self.folder / name / "demo.yaml"
        path.parent.mkdir()
        rows = "".join(f"      {line}\n" for line in lines)
        tail = f"outputs: {{lines: [{output}], basis: inferred, why: the last}}\n"
        path.write_text(HEAD + rows + tail, encoding="utf-8")
        return path

    def run(self, *options: object):
        arguments = ["strategy", "compare", self.old, self.new, *options]
        return CliRunner().invoke(main, list(map(str, arguments)))

    def table(self, name: str) -> list[dict[str, str]]:
        with (self.folder / "out" / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))


@pytest.fixture
def versions(tmp_path) -> Versions:
    return Versions(tmp_path)


def test_the_command_tells_the_records_that_are_gained_and_lost(versions):
    done = versions.run("--records", versions.folder / "records", "-o", versions.folder / "out")
    assert done.exit_code == 0, done.output
    assert "3 records: 2 found before, 2 after: 1 gained, 1 lost" in done.output
    assert "dropped #2: 1 -> no such line (0 gained, 1 lost)" in done.output
    assert [
        (row["change"], row["title"], row["before"], row["after"], row["lines"])
        for row in versions.table("records.csv")
    ] == [
        ("gained", "Budgets of schools", "no match", "match", "#2 (added)"),
        ("lost", "Joint work", "match", "no match", "#2 (dropped)"),
    ]


def test_the_table_of_lines_has_what_each_found_before_and_after(versions):
    versions.run("--records", versions.folder / "records", "-o", versions.folder / "out")
    rows = {
        (row["change"], row["old_line"], row["new_line"]): (
            row["hits_before"], row["hits_after"], row["gained"], row["lost"],
        )
        for row in versions.table("lines.csv")
    }  # fmt: skip
    assert rows == {
        ("same", "1", "1"): ("1", "1", "0", "0"),
        ("dropped", "2", ""): ("1", "", "0", "1"),
        ("added", "", "2"): ("", "1", "1", "0"),
        ("added", "", "3"): ("", "1", "1", "0"),
        ("dropped", "3", ""): ("2", "", "0", "2"),
        ("added", "", "4"): ("", "2", "2", "0"),
    }


def test_without_records_the_lines_are_compared_and_what_they_find_stays_empty(versions):
    done = versions.run("-o", versions.folder / "out")
    assert done.exit_code == 0, done.output
    assert "1 same, 3 added, 2 dropped" in done.output
    assert {row["hits_before"] for row in versions.table("lines.csv")} == {""}
    assert not (versions.folder / "out/records.csv").exists()


def test_what_a_setting_changes_shows_in_the_settings_and_in_the_hits_of_lines_that_are_the_same(
    versions,
):
    text = versions.old.read_text(encoding="utf-8")
    versions.new.write_text(text + "free_text_fields: [abstract]\n", encoding="utf-8")
    done = versions.run("--records", versions.folder / "records", "-o", versions.folder / "out")
    assert "same #1 -> #1: 1 -> 0 (0 gained, 1 lost)" in done.output
    assert [row["setting"] for row in versions.table("settings.csv")] == ["free_text_fields"]
    assert versions.table("records.csv")[0]["lines"] == "#1 (same)"


def test_a_reading_that_a_version_does_not_have_is_refused(versions):
    done = versions.run("--records", versions.folder / "records", "--reading", "rival")
    assert done.exit_code == 2
    assert "no reading 'rival'" in done.output and "choose one of: default" in done.output
