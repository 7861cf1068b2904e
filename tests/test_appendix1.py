"""The six strategies of Appendix 1, held against a second, independent transcription."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from searchsets.strategy.file import load_strategies, load_thesaurus, read_strategy
from searchsets.strategy.language import to_text
from searchsets.strategy.tables import expansion_rows

TRANSCRIPTION = Path(__file__).parent / "data" / "appendix1_lines.csv"


@pytest.fixture(scope="module")
def transcribed() -> list[tuple[str, int, str, str]]:
    with TRANSCRIPTION.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [(row["database"], int(row["line"]), row["set"], row["text"]) for row in rows]


@pytest.fixture
def strategies(project: Path):
    return load_strategies(project / "search_strategies")


def test_all_305_lines_equal_the_independent_transcription(strategies, transcribed):
    ours = [
        (database, line.number, line.set, line.text)
        for database, strategy in strategies.items()
        for line in strategy.lines.values()
    ]
    assert ours == transcribed
    assert len(ours) == 305


def test_each_database_has_as_many_lines_as_the_report_prints(strategies):
    assert {database: len(strategy.lines) for database, strategy in strategies.items()} == {
        "assia": 81,
        "bei": 74,
        "ceruk_plus": 21,
        "childdata": 44,
        "eric": 57,
        "social_care_online": 28,
    }


def test_the_lines_are_of_the_kinds_that_their_tags_say(strategies, transcribed):
    def kind(text: str) -> str:
        if "#" in text:
            return "combination"
        return "free_text" if "(ft)" in text else "descriptor"

    ours = Counter((d, line.kind) for d, s in strategies.items() for line in s.lines.values())
    assert ours == Counter((database, kind(text)) for database, _, _, text in transcribed)


def test_default_outputs_are_the_end_lines_and_said_to_be_inferred(strategies):
    assert {d: s.reading().lines for d, s in strategies.items()} == {
        "assia": (49, 64, 81),
        "bei": (38, 57, 74),
        "ceruk_plus": (21,),
        "childdata": (31, 44),
        "eric": (34, 56, 57),
        "social_care_online": (18, 28),
    }
    assert {s.reading().basis for s in strategies.values()} == {"inferred"}
    assert strategies["eric"].reading("all_sets").lines == (57,)
    assert strategies["eric"].reading("pairs").lines == (34, 56)


@pytest.mark.parametrize(
    ("database", "line", "read", "literal"),
    [
        ("bei", 73, "#58 or #59 or #60 ... or #72", "#58 or #59 or #60 or #72"),
        ("ceruk_plus", 21, "#1 or #2 or #3 ... or #20", "#1 or #2 or #3 or #20"),
    ],
)
def test_the_two_lines_without_dots_are_read_with_them_unless_told_otherwise(
    project, database, line, read, literal
):
    path = project / "search_strategies" / f"{database}.yaml"
    assert to_text(read_strategy(path).lines[line].expression) == read
    assert to_text(read_strategy(path, literal=True).lines[line].expression) == literal
    assert read_strategy(path).lines[line].text == literal
    errata = [e for e in read_strategy(path).errata if (e.line, e.kind) == (line, "reading")]
    assert "not checked against the printed report" in errata[0].why


def test_every_damage_of_the_text_conversion_is_recorded(strategies):
    repaired = {
        database: sorted(e.line for e in strategy.errata if e.kind == "repair")
        for database, strategy in strategies.items()
        if any(e.kind == "repair" for e in strategy.errata)
    }
    assert repaired == {"assia": list(range(5, 13)), "bei": list(range(65, 75))}


def test_an_indexing_term_that_holds_the_word_and_is_one_term_in_every_run(project):
    path = project / "search_strategies" / "childdata.yaml"
    for literal in (False, True):
        line = read_strategy(path, literal=literal).lines[27]
        assert line.kind == "descriptor"
        assert line.text == "Voluntary and community organisations"


def test_schools_explode_to_85_terms_and_bei_says_that_the_tree_is_a_stand_in(project, strategies):
    for database, line in (("eric", 18), ("bei", 19)):
        strategy = strategies[database]
        rows = list(expansion_rows(strategy, load_thesaurus(strategy)))
        assert {(row["line"], row["term"], row["how"]) for row in rows} == {
            (line, "Schools", "narrower")
        }
        assert len(rows) == 84
    assert "Stands in for the British Education Thesaurus" in strategies["bei"].thesaurus["note"]


def test_the_explosion_equals_the_one_computed_from_the_whole_thesaurus(
    project, strategies, corpora
):
    with (corpora / "thesauri/eric_schools_explode_2025.csv").open(encoding="utf-8") as file:
        expected = {row["descriptor"] for row in csv.DictReader(file)}
    thesaurus = load_thesaurus(strategies["eric"])
    assert set(thesaurus.explode("Schools")) == expected
