"""A proposed strategy: what was printed stays, what followed dead words is added; both side by side."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import brute_force
from refusal import refused
from reviews import PROJECT
from searchsets.cli import main
from searchsets.files import read_csv, sha256_of
from searchsets.records.exports import find_exports
from searchsets.records.reading import open_export
from searchsets.records.store import import_database
from searchsets.strategy.amending import SET, propose, write_amended
from searchsets.strategy.file import read_strategy
from searchsets.strategy.model import And, Not, Or, Range, Reference, Strategy
from searchsets.strategy.vocabulary import Usage, Vocabulary
from test_logic import line_texts
from test_search_stage import corpus

SHIPPED = sorted((PROJECT / "search_strategies").glob("*.yaml"))
DEAD = Vocabulary({"a": (Usage("a", 2000, 2010, "z", "made up"),)})
HEAD = "database: demo\nname: Demo\ndescription: made up\nsource: {citation: nobody, page: '1'}\n"
HEAD += "searched: {from: '2008', until: '2008'}\n"


def strategy_file(folder: Path, lines: list[str], outputs: list[int], tail: str = "") -> Path:
    path = folder / "demo.yaml"
    rows = "".join(f"      #{n} {text}\n" for n, text in enumerate(lines, start=1))
    ends = f"outputs: {{lines: {outputs}, basis: inferred, why: the end}}\n"
    path.write_text(
        f"{HEAD}sets:\n  - name: One\n    lines: |\n{rows}{ends}{tail}", encoding="utf-8"
    )
    return path


def amended(
    folder: Path, lines: list[str], outputs: list[int], words: Vocabulary = DEAD
) -> Strategy:
    original = read_strategy(strategy_file(folder, lines, outputs))
    proposal = propose(original, words)
    assert proposal is not None
    return write_amended(original, proposal, folder / "proposed/demo.yaml")


def texts(strategy: Strategy, above: int) -> dict[int, str]:
    return {n: line.text for n, line in strategy.lines.items() if n > above}


def test_a_successor_is_a_new_line_and_what_combined_the_old_one_is_said_anew(tmp_path):
    made = amended(tmp_path, ["a (ft)", "b", "#1 or #2", "c", "#3 and #4"], [5])
    assert texts(made, 5) == {6: "z (ft)", 7: "#3 or #6", 8: "#7 and #4"}
    assert made.reading().lines == (8,)
    assert [(one.line, one.rewrites) for one in made.additions] == [(6, None), (7, 3), (8, 5)]
    assert (
        "“a” is out of use since 2010; what followed: z. Source: made up" in made.additions[0].why
    )
    assert {made.lines[n].set for n in (6, 7, 8)} == {SET}


def test_a_range_is_parted_around_the_lines_that_are_said_anew(tmp_path):
    lines = ["b", "c", "a (ft) or b", "#1 or #3", "d", "e", "#1 ... or #6"]
    made = texts(amended(tmp_path, lines, [7]), 7)
    assert made == {
        8: "z (ft)",
        9: "#4 or #8",
        10: "#1 ... or #2 or #3 or #8 or #9 or #5 ... or #6",
    }


def test_under_and_or_not_the_line_itself_is_said_anew(tmp_path):
    made = texts(amended(tmp_path, ["a and b", "c not a (ft)", "#1 or #2"], [3]), 3)
    assert made == {
        4: "z (ft)",
        5: "(a or #4) and b",
        6: "c not (a (ft) or #4)",
        7: "#5 or #6",
    }


def test_an_output_that_is_a_line_of_terms_becomes_a_line_with_its_successor(tmp_path):
    made = amended(tmp_path, ["a (ft)"], [1])
    assert texts(made, 1) == {2: "z (ft)", 3: "#1 or #2"}
    assert made.reading().lines == (3,)


def test_fields_of_a_term_are_those_of_its_successor(tmp_path):
    assert texts(amended(tmp_path, ["a [ti]", "b and #1"], [2]), 2)[3] == "z [ti]"


def test_all_that_followed_is_proposed_once_however_many_lines_it_follows(tmp_path):
    words = Vocabulary(
        {
            "a": (Usage("a", 2000, 2010, "z", "x"),),
            "b": (Usage("b", 2000, 2010, "z", "x"),),
            "z": (Usage("z", 2010, 2020, "y", "x"),),
        }
    )
    made = amended(tmp_path, ["a (ft)", "b (ft)", "#1 or #2"], [3], words)
    assert texts(made, 3) == {4: "z (ft)", 5: "y (ft)", 6: "#3 or #4 or #5"}


@pytest.mark.parametrize("line", ["z (ft)", "z* (ft)", "z"])
def test_what_a_line_of_the_set_finds_already_is_not_proposed(tmp_path, line):
    path = strategy_file(tmp_path, ["a (ft)", line, "#1 or #2"], [3])
    assert propose(read_strategy(path), DEAD) is None


def test_a_word_in_use_and_one_inside_a_proximity_are_left_to_people(tmp_path):
    path = strategy_file(tmp_path, ["a near/2 b", "#1 or c"], [2])
    assert propose(read_strategy(path), DEAD) is None
    in_use = Vocabulary({"a": (Usage("a", 2000, None, "z", "made up"),)})
    assert propose(read_strategy(strategy_file(tmp_path, ["a", "b"], [1])), in_use) is None


def value(strategy: Strategy, number: int, truths, widen: bool) -> bool | None:
    """The value of a line; with `widen`, as if every term a had been written (a or z)."""

    def of(expression):
        match expression:
            case Reference(line):
                return value(strategy, line, truths, widen)
            case Range(first, last, operator):
                parts = [value(strategy, n, truths, widen) for n in range(first, last + 1)]
                joins = brute_force.kleene_or if operator == "or" else brute_force.kleene_and
                return joins(parts)
            case And(parts):
                return brute_force.kleene_and([of(part) for part in parts])
            case Or(parts):
                return brute_force.kleene_or([of(part) for part in parts])
            case Not(part):
                return brute_force.kleene_not(of(part))
        found = truths[expression.text]
        if widen and expression.text == "a":
            return brute_force.kleene_or([found, truths["z"]])
        return found

    return of(strategy.lines[number].expression)


@settings(max_examples=200)
@given(st.data())
def test_the_outputs_find_what_they_would_had_each_dead_word_been_written_with_its_successor(
    tmp_path_factory, data
):
    lines = [data.draw(line_texts(n)) for n in range(1, data.draw(st.integers(1, 6)) + 1)]
    numbers = st.integers(1, len(lines))
    outputs = data.draw(st.lists(numbers, min_size=1, max_size=3, unique=True))
    folder = tmp_path_factory.mktemp("amended")
    path = strategy_file(folder, lines, outputs)
    original = read_strategy(path)
    proposal = propose(original, DEAD)
    assume(proposal is not None)
    made = write_amended(original, proposal, folder / "proposed/demo.yaml")
    truth = st.sampled_from([True, False, None])
    truths = {term: data.draw(truth) for term in ("a", "b", "c", "d", "z")}
    for before, after in zip(original.reading().lines, made.reading().lines, strict=True):
        assert value(made, after, truths, widen=False) == value(
            original, before, truths, widen=True
        )
    for number, line in original.lines.items():
        assert (made.lines[number].text, made.lines[number].set) == (line.text, line.set)
    assert min(set(made.lines) - set(original.lines)) == len(lines) + 1


# The file


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_of_our_strategies_only_outputs_move_and_all_else_is_byte_for_byte(path, tmp_path):
    done = CliRunner().invoke(
        main, ["strategy", "amend", str(path), "-o", str(tmp_path / path.name)]
    )
    assert done.exit_code == 0, done.output
    before, after = (
        one.read_text(encoding="utf-8").splitlines() for one in (path, tmp_path / path.name)
    )
    lost = [row for row in before if row not in after]
    assert lost and all(row.strip().startswith("lines: [") for row in lost)
    made = read_strategy(tmp_path / path.name)
    assert made.amends == sha256_of(path)
    assert all("Source: " in one.why for one in made.additions if one.rewrites is None)
    assert read_strategy(tmp_path / path.name, literal=True).lines.keys() == made.lines.keys()


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_line_ends_a_mark_comments_and_every_way_to_write_outputs_are_kept(tmp_path, newline):
    text = (
        f"{HEAD}outputs: # which\n  lines:\n    - 2 # this\n    - 1\n  basis: inferred\n  why: w\n"
        "  rival_readings:\n    - {name: rival, lines: [2], why: r}\n"
        "sets:\n- name: One\n  lines: |\n    #1 b\n    #2 #1 and #3\n\n- lines: |\n    #3 a (ft)\n"
        "  name: Two\n# the end"
    )
    path = tmp_path / "demo.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", newline).encode())
    original = read_strategy(path)
    made = write_amended(original, propose(original, DEAD), tmp_path / "new/demo.yaml")
    assert made.reading().lines == (5, 1) and made.reading("rival").lines == (5,)
    assert texts(made, 3) == {4: "z (ft)", 5: "#1 and (#3 or #4)"}
    data = (tmp_path / "new/demo.yaml").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") and (data.count(b"\r\n") == data.count(b"\n")) == (
        newline == "\r\n"
    )
    assert "# which" in data.decode() and "# the end" in data.decode()


def test_nothing_is_written_over_nor_under_another_name_nor_on_a_proposal(tmp_path):
    made = amended(tmp_path, ["a (ft)", "#1 or b"], [2])
    original = read_strategy(tmp_path / "demo.yaml")
    before = (tmp_path / "demo.yaml").read_bytes()
    with refused("demo.yaml", "would be written over"):
        write_amended(original, propose(original, DEAD), tmp_path / "demo.yaml")
    with refused("other.yaml", "call it demo.yaml"):
        write_amended(original, propose(original, DEAD), tmp_path / "other.yaml")
    again = propose(read_strategy(tmp_path / "demo.yaml"), DEAD)
    with refused("demo.yaml", "is a proposal itself"):
        write_amended(made, again, tmp_path / "third/demo.yaml")
    assert (tmp_path / "demo.yaml").read_bytes() == before


def test_an_amendment_of_a_line_that_is_not_there_is_refused(tmp_path):
    tail = f"amendment: {{of: x, sha256: {'a' * 64}, lines: [{{line: 9, why: w}}]}}\n"
    with refused("demo.yaml:", "speaks of line #9"):
        read_strategy(strategy_file(tmp_path, ["b"], [1], tail))


def test_the_command_writes_beside_the_original_and_says_when_there_is_nothing(tmp_path):
    path = strategy_file(tmp_path, ["PCT* (ft)", "#1 or b"], [2])
    words = str(PROJECT / "resources/vocabulary.csv")
    done = CliRunner().invoke(main, ["strategy", "amend", str(path), "--vocabulary", words])
    assert done.exit_code == 0, done.output
    made = yaml.safe_load((tmp_path / "proposed/demo.yaml").read_text(encoding="utf-8"))
    assert [one["line"] for one in made["amendment"]["lines"]] == [3, 4, 5]
    assert "#3 Clinical commissioning group* (ft)" in done.output
    (tmp_path / "x").mkdir()
    none = strategy_file(tmp_path / "x", ["Planning"], [1])
    done = CliRunner().invoke(main, ["strategy", "amend", str(none), "--vocabulary", words])
    assert done.exit_code == 0 and "nothing was written" in done.output
    assert not (tmp_path / "x/proposed").exists()


# Side by side


def imported(folder: Path, name: str, text: str) -> Path:
    (folder / "exports/demo").mkdir(parents=True)
    (folder / "exports/demo" / name).write_text(text, encoding="utf-8")
    found = find_exports(folder / "exports", folder / "none.csv", ["demo"])
    import_database(
        "demo", [read for one in found for read in open_export(one)], folder / "records"
    )
    return folder / "records"


def beside(folder: Path, original: Path, new: Path, records: Path):
    command = ["strategy", "beside", original, new, "--records", records, "-o", folder / "out"]
    done = CliRunner().invoke(main, list(map(str, command)))
    assert done.exit_code == 0, done.output
    return done.output, *(
        read_csv(folder / f"out/{name}.csv") for name in ("lines", "outputs", "records")
    )


def test_each_line_and_output_says_what_both_and_what_one_alone_retrieve(tmp_path):
    made = amended(tmp_path, ["a (ft)", "Planning", "#1 and #2"], [3])
    records = imported(
        tmp_path, "corpus.json",
        corpus(("a then", "Planning"), ("z now", "Planning"), ("z alone", "Budgets"), ("b", "Planning")),
    )  # fmt: skip
    said, lines, outputs, found = beside(tmp_path, tmp_path / "demo.yaml", made.path, records)
    columns = ("original_line", "amended_line", "both", "original_only", "amended_only")
    assert [tuple(row[name] for name in columns) for row in lines] == [
        ("1", "1", "1", "0", "0"),
        ("2", "2", "3", "0", "0"),
        ("3", "5", "1", "0", "1"),
        ("", "4", "0", "0", "2"),
    ]
    assert [tuple(row.values()) for row in outputs] == [("#3", "#5", "1", "0", "1")] * 2
    assert [(row["retrieved_by"], row["title"], row["lines"]) for row in found] == [
        ("both", "a then", ""), ("amended only", "z now", "#4"),
    ]  # fmt: skip
    assert "#3 -> #5" in said and "new #4" in said and "all outputs together:" in said


def test_a_strategy_beside_itself_retrieves_the_same(tmp_path):
    path = strategy_file(tmp_path, ["a (ft)", "#1 or b"], [1, 2])
    records = imported(tmp_path, "corpus.json", corpus(("a", "b"), ("c", "d")))
    _, lines, outputs, found = beside(tmp_path, path, path, records)
    assert {row["original_only"] for row in [*lines, *outputs]} == {"0"}
    assert {row["amended_only"] for row in [*lines, *outputs]} == {"0"}
    assert [row["retrieved_by"] for row in found] == ["both"]


def test_a_line_that_an_amended_strategy_dropped_is_found_by_the_original_only(tmp_path):
    path = strategy_file(tmp_path, ["a (ft)", "b (ft)"], [1, 2])
    (tmp_path / "new").mkdir()
    new = strategy_file(tmp_path / "new", ["a (ft)"], [1])
    records = imported(tmp_path, "corpus.json", corpus(("a", "x"), ("b", "x")))
    _, lines, outputs, found = beside(tmp_path, path, new, records)
    assert [(row["amended_line"], row["original_only"]) for row in lines] == [("1", "0"), ("", "1")]
    assert [row["amended_lines"] for row in outputs] == ["#1", "", "#1"]
    assert [row["retrieved_by"] for row in found] == ["both", "original only"]


def test_an_original_that_has_changed_since_is_told_and_no_records_are_refused(tmp_path):
    made = amended(tmp_path, ["a (ft)", "#1 or b"], [2])
    path = tmp_path / "demo.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "# later\n", encoding="utf-8")
    import_database("demo", [], tmp_path / "records")
    command = ["strategy", "beside", path, made.path, "--records", tmp_path / "records"]
    done = CliRunner().invoke(main, list(map(str, command)))
    assert done.exit_code == 2 and "has changed since" in done.output
    assert "holds no record" in done.output and "name another folder" in done.output


def test_strategies_of_two_databases_are_refused(tmp_path):
    records = imported(tmp_path, "corpus.json", corpus(("a", "b")))
    command = ["strategy", "beside", SHIPPED[0], SHIPPED[1], "--records", records]
    done = CliRunner().invoke(main, list(map(str, command)))
    assert done.exit_code == 2 and "name two strategies of one database" in done.output


def test_on_the_real_records_of_eric_an_amended_strategy_runs_and_loses_nothing(
    corpora, tmp_path, project
):
    words = tmp_path / "vocabulary.csv"
    words.write_text(
        "term,used_from,used_to,successor,source\n"
        "School districts,1970,2000,local education agenc*,test\n"
        "Governance,,1990,leadership,test\n",
        encoding="utf-8",
    )
    original, new = project / "search_strategies/eric.yaml", tmp_path / "proposed/eric.yaml"
    command = ["strategy", "amend", original, "--vocabulary", words, "-o", new]
    done = CliRunner().invoke(main, list(map(str, command)))
    assert done.exit_code == 0, done.output
    text = (corpora / "eric/api_json/random.json").read_text(encoding="utf-8")
    records = imported(tmp_path, "corpus.json", text)
    _, lines, outputs, found = beside(tmp_path, original, new, records)
    assert {row["original_only"] for row in [*lines, *outputs]} == {"0"}
    added = [row for row in lines if not row["original_line"]]
    assert sum(int(row["amended_only"]) for row in added) > 0
    total = outputs[-1]
    assert int(total["both"]) > 0 and int(total["amended_only"]) > 0
    assert len(found) == int(total["both"]) + int(total["amended_only"])
    assert all(row["lines"] for row in found if row["retrieved_by"] == "amended only")
