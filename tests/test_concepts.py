"""The list of concepts across databases: nothing is lost, nothing is joined that is not listed."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refusal import refused
from searchsets.evidence.concepts import (
    Concepts,
    SetNames,
    concept_columns,
    concept_rows,
    read_concepts,
    read_sets,
    set_columns,
    set_rows,
    unused_terms,
)
from searchsets.files import csv_text, write_text
from searchsets.strategy.file import load_strategies, read_strategy
from searchsets.strategy.model import Near, Term, terms_of
from searchsets.text import normalise_term
from test_search import strategy_of
from test_strategy_file import HEAD, TAIL, written

NONE, NO_NAMES = Concepts({}), SetNames({})


@pytest.fixture
def report(project):
    return load_strategies(project / "search_strategies")


@pytest.fixture
def shipped(report):
    """The rows of the concepts and of the sets of the six strategies, as they ship."""
    sets = read_sets(Path("config/sets.csv"), report)
    concepts = read_concepts(Path("config/concepts.csv"))
    return list(concept_rows(report, concepts, sets)), list(set_rows(report, sets))


def table(folder: Path, *rows: str, header: str = "concept,term,note") -> Path:
    path = folder / "table.csv"
    write_text(path, "\n".join([header, *rows, ""]))
    return path


def lines_in(cells: list[str]) -> set[int]:
    return {int(cell.split(" ")[0].removeprefix("#")) for cell in cells}


def test_every_line_with_terms_stands_in_the_rows_of_its_terms_and_in_no_others(report, shipped):
    concepts = read_concepts(Path("config/concepts.csv"))

    def row_of(term: Term) -> str:
        grouped = concepts.by_term.get(normalise_term(term.text))
        return normalise_term(grouped.concept if grouped else term.text)

    wanted = defaultdict(set)
    for database, strategy in report.items():
        for line in strategy.lines.values():
            for term in terms_of(line.expression):
                if isinstance(term, Term):
                    wanted[row_of(term)].add((database, line.number))
    rows, _ = shipped
    found = {
        normalise_term(row["concept"]): {
            (database, line) for database in report for line in lines_in(row[database])
        }
        for row in rows
    }
    assert found == wanted
    lines = {place for places in wanted.values() for place in places}
    combinations = sum(
        line.kind == "combination" for s in report.values() for line in s.lines.values()
    )
    assert len(lines) + combinations == 305


@given(
    st.lists(
        st.lists(
            st.sampled_from(["a", "B", "b", "a*", "c (ft)", "B or c (ft)", "a (exp)", "#1"]),
            min_size=1,
        ),
        min_size=1,
        max_size=3,
    )
)
def test_without_a_table_every_term_is_a_concept_of_its_own_and_none_is_lost(lines):
    strategies = {f"d{n}": strategy_of(["start", *texts]) for n, texts in enumerate(lines, start=1)}
    rows = list(concept_rows(strategies, NONE, NO_NAMES))
    assert len({normalise_term(row["concept"]) for row in rows}) == len(rows)
    for database, strategy in strategies.items():
        for line in strategy.lines.values():
            terms = {normalise_term(term.text) for term in terms_of(line.expression)}
            carried = {
                normalise_term(row["concept"])
                for row in rows
                if line.number in lines_in(row[database])
            }
            assert carried == terms


def test_rows_stand_by_set_and_then_by_concept_with_what_is_under_no_set_last(shipped):
    rows, sets = shipped
    keys = [
        (row["sets"][0] == "no set", row["sets"][0], normalise_term(row["concept"])) for row in rows
    ]
    assert [key[:2] for key in keys] == sorted(key[:2] for key in keys)
    assert sets[-1]["set"] == "no set"


def row(rows, concept: str):
    (found,) = [row for row in rows if row["concept"] == concept]
    return found


def test_a_cell_says_whether_the_line_is_free_text_or_exploded_and_a_gap_is_empty(report, shipped):
    rows, _ = shipped
    schools = row(rows, "Schools")
    assert [schools[database] for database in report] == [
        ["#37"], ["#19 (exp)"], [], ["#25"], ["#18 (exp)"], ["#9"],
    ]  # fmt: skip
    multiagency = row(rows, "Multiagency")
    assert multiagency["assia"] == ["#62 (ft)"]
    assert multiagency["eric"] == ["#47 (ft)", "#48 (ft)"]
    assert row(rows, "Every Child Matters")["social_care_online"] == []


def test_spellings_and_names_that_thesauri_give_to_one_thing_are_one_concept_and_say_why(shipped):
    rows, _ = shipped
    effectiveness = row(rows, "Organisational effectiveness")
    assert (effectiveness["assia"], effectiveness["bei"], effectiveness["ceruk_plus"]) == (
        ["#69"], ["#62"], ["#20"],
    )  # fmt: skip
    assert "Organizational effectiveness: American spelling" in effectiveness["note"]
    assert row(rows, "Interagency collaboration")["social_care_online"] == ["#23"]


def test_a_set_is_shown_with_its_lines_and_the_line_that_combines_them(report, shipped):
    _, sets = shipped
    cells = {row["set"]: [row.get(database) for database in report] for row in sets}
    assert cells == {
        "Governance set": [
            "23 lines in #24", "17 lines in #18", None, "13 lines in #14", "16 lines in #17",
            "1 line",
        ],
        "Individual agencies set": [
            "23 lines in #48", "18 lines in #37", None, "9 lines in #30", "15 lines in #33",
            "15 lines in #17",
        ],
        "Integrated/collaborative working set": [
            "13 lines in #63", "17 lines in #56", None, "11 lines in #43", "20 lines in #55",
            "8 lines in #27",
        ],
        "Outcomes/effectiveness set": [
            "15 lines in #80", "15 lines in #73", None, "4 lines in #19", None, None,
        ],
        "no set": [None, None, "20 lines in #21", None, None, None],
    }  # fmt: skip


def test_a_combining_line_that_leaves_lines_of_its_set_out_is_told(project):
    bei = {"bei": read_strategy(project / "search_strategies/bei.yaml", literal=True)}
    cells = {row["set"]: row["bei"] for row in set_rows(bei, NO_NAMES)}
    assert cells["Outcomes/effectiveness set"] == "15 lines, 4 of them in #73"


def test_the_rows_have_the_columns_that_are_promised(report, shipped):
    rows, sets = shipped
    assert csv_text(concept_columns(report), rows).count("\n") == len(rows) + 1
    assert csv_text(set_columns(report), sets).startswith("set,assia,bei,")


def test_a_proximity_is_a_term_of_its_own():
    line = strategy_of(["x"]).lines[1]
    near = Near(Term("school*", free_text=True), Term("govern*", free_text=True), 2, True)
    strategy = strategy_of(["x"])
    strategy.lines[1] = type(line)(1, "", "as printed", near, "test")
    (found,) = concept_rows({"demo": strategy}, NONE, NO_NAMES)
    assert found["demo"] == ["#1 (near)"]
    assert "school*" in found["concept"] and "govern*" in found["concept"]


def test_a_term_that_is_looked_for_in_some_fields_shows_them():
    strategy = strategy_of(["x"])
    term = Term("plan", free_text=True, fields=("title", "abstract"))
    strategy.lines[1] = type(strategy.lines[1])(1, "", "as printed", term, "test")
    (found,) = concept_rows({"demo": strategy}, NONE, NO_NAMES)
    assert found["demo"] == ["#1 [ti,ab]"]


def test_a_term_that_is_named_like_a_concept_belongs_to_it(tmp_path):
    concepts = read_concepts(table(tmp_path, "Budgeting,Budgets,the thing"))
    strategies = {"demo": strategy_of(["Budgets", "budgeting"])}
    (found,) = concept_rows(strategies, concepts, NO_NAMES)
    assert (found["concept"], found["demo"]) == ("Budgeting", ["#1", "#2"])


def test_a_term_that_stands_twice_is_refused_and_both_places_are_told(tmp_path):
    path = table(tmp_path, "One,Multi-agency,", "Two,multi agency,")
    with refused(f"{path}:3", "'One' at", f"{path}:2", "'Two'"):
        read_concepts(path)


def test_an_empty_concept_or_term_is_refused(tmp_path):
    path = table(tmp_path, "One,,why")
    with refused(f"{path}:2", "is empty"):
        read_concepts(path)


def test_a_listed_term_that_no_strategy_has_changes_nothing_and_is_told_with_the_nearest(tmp_path):
    path = table(tmp_path, "Planning,Planing,")
    concepts, strategies = read_concepts(path), {"demo": strategy_of(["Planning"])}
    (found,) = concept_rows(strategies, concepts, NO_NAMES)
    assert found["demo"] == ["#1"]
    (told,) = unused_terms(concepts, strategies)
    assert told == f"{path}:2: no strategy has the term 'Planing'; did you mean 'Planning'?"
    assert unused_terms(concepts, {"demo": strategy_of(["planing*", "Planing"])}) == []


def sets_table(folder: Path, *rows: str) -> Path:
    return table(folder, *rows, header="name,database,set,note")


def demo(folder: Path):
    return {"demo": read_strategy(written(folder, "#1 a", head=HEAD, tail=TAIL))}


def test_a_set_of_another_name_is_the_same_set_where_the_table_says_so(tmp_path):
    strategies = demo(tmp_path)
    sets = read_sets(sets_table(tmp_path, "Governance,demo,one,"), strategies)
    assert [row["set"] for row in set_rows(strategies, sets)] == ["Governance"]
    everywhere = read_sets(sets_table(tmp_path, "Governance,,One,"), strategies)
    assert [row["sets"] for row in concept_rows(strategies, NONE, everywhere)] == [["Governance"]]


def test_a_set_that_no_strategy_has_changes_nothing_and_is_told_with_the_nearest(tmp_path):
    path = sets_table(tmp_path, "Governance,demo,Onee,", "Outcomes,gone,,")
    strategies = demo(tmp_path)
    sets = read_sets(path, strategies)
    assert [row["set"] for row in set_rows(strategies, sets)] == ["One"]
    assert sets.unused == (
        f"{path}:2: no strategy of demo has a set 'Onee'; did you mean 'One'?",
        f"{path}:3: no strategy of gone has a set ''",
    )


def test_a_set_that_is_named_twice_or_given_no_name_is_refused(tmp_path):
    path = sets_table(tmp_path, "A,demo,One,", "B,demo,one,")
    with refused(f"{path}:3", "named twice"):
        read_sets(path, demo(tmp_path))
    path = sets_table(tmp_path, ",demo,One,")
    with refused(f"{path}:2", "name is empty"):
        read_sets(path, demo(tmp_path))
