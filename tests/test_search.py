"""What the search finds, on small records that show one rule each, and on real ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import brute_force
from conftest import records_table
from searchsets.search.engine import SearchableRecords
from searchsets.search.evaluate import evaluate
from searchsets.strategy.file import order_of, referred
from searchsets.strategy.language import parse
from searchsets.strategy.model import TEXT_FIELDS, Line, Strategy
from searchsets.strategy.thesaurus import thesaurus_of
from searchsets.text import RECORD_GAP, VALUE_GAP, fold_records, normalise, word_places
from test_strategy_file import written

TREE = {"Schools": ["Day Schools", "Rural Schools"], "Rural Schools": ["Field Schools", "Schools"]}
THESAURUS = thesaurus_of([(t, "NT", below) for t, many in TREE.items() for below in many])


def strategy_of(lines: list[str], fields=TEXT_FIELDS, when_unindexed="free_text") -> Strategy:
    made = {n: Line(n, "", text, parse(text), "test") for n, text in enumerate(lines, start=1)}
    return Strategy(
        path=Path("test"), database="test", name="", description="", source={}, searched={},
        free_text_fields=tuple(fields), when_unindexed=when_unindexed, lines=made, readings=(),
        order=tuple(order_of(made)),
    )  # fmt: skip


def ours(strategy: Strategy, rows: list[dict], thesaurus=THESAURUS):
    results = evaluate(strategy, thesaurus, SearchableRecords(records_table(*rows)))

    def values(truth, index):
        return True if truth.sure[index] else None if truth.possible[index] else False

    return [
        {n: (values(r.strict, i), values(r.fallback, i)) for n, r in results.items()}
        for i in range(len(rows))
    ]


@given(st.text())
def test_folding_gives_the_words_that_the_slow_twin_sees(text):
    assert normalise(text).split() == brute_force.words(text)


@given(st.text(st.characters() | st.sampled_from("ab '’-.\u0301¨ßﬁ"), max_size=40))
def test_the_places_of_words_are_where_they_stand(text):
    places = word_places(text)
    assert " ".join(word for word, _, _ in places) == normalise(text)
    for word, start, end in places:
        assert word in normalise(text[start : end + 1]).split()
    assert [start for _, start, _ in places] == sorted(start for _, start, _ in places)


@given(st.lists(st.lists(st.text(), max_size=3), min_size=1, max_size=4))
def test_folding_many_records_at_once_is_folding_each_value_of_each(records):
    strip = dict.fromkeys(map(ord, VALUE_GAP + RECORD_GAP), " ")
    cleaned = [[value.translate(strip) for value in values] for values in records]
    texts = (VALUE_GAP.join(["", *values, ""]) for values in cleaned)
    utf8 = RECORD_GAP.join(texts).encode("utf-8", "replace")
    for folded, values in zip(fold_records(utf8).split(RECORD_GAP.encode()), cleaned, strict=True):
        seen = [" ".join(part.split()) for part in folded.decode().strip("|").split("|")]
        safe = [value.encode("utf-8", "replace").decode() for value in values]
        assert [s for s in seen if s] == [n for n in map(normalise, safe) if n]


@pytest.mark.parametrize(
    ("term", "title", "found"),
    [
        ("childrens centre*", "Children's Centres", True),
        ("multi agency", "multi-agency work", True),
        ("multi agency", "multiagency work", False),
        ("school* govern*", "school and governance", False),
        ("plan", "planning", False),
        ("plan?", "plans", True),
        ("plan?", "plan", False),
        ("joint planning", "planning joint", False),
    ],
)
def test_truncation_and_phrases_as_the_review_means_them(term, title, found):
    row = {"title": title, "abstract": "none"}
    assert (ours(strategy_of([f"{term} (ft)"]), [row])[0][1][0] is True) == found


def test_no_phrase_runs_from_one_field_or_descriptor_into_the_next():
    row = {"title": "on joint", "abstract": "planning", "descriptors": ["joint", "planning"]}
    assert ours(strategy_of(["joint planning (ft)"]), [row])[0][1] == (False, False)


def test_a_record_that_lacks_what_a_line_needs_is_undecidable_and_never_missed():
    bare = {"title": "On planning"}
    result = ours(
        strategy_of(["Budgets", "budgets (ft)", "planning (ft)", "#1 not #3", "#1 or #3"]), [bare]
    )[0]
    assert [result[n][0] for n in range(1, 6)] == [None, None, True, False, True]


def test_a_descriptor_is_read_as_free_text_only_on_records_without_descriptors_and_counted_apart():
    rows = [
        {"title": "planning", "abstract": "x", "descriptors": ["Budgets"]},
        {"title": "planning", "abstract": "x"},
    ]
    assert [r[1] for r in ours(strategy_of(["Planning"]), rows)] == [(False, False), (None, True)]
    assert ours(strategy_of(["Planning"], when_unindexed="nothing"), rows)[1][1] == (None, None)


def test_descriptors_are_compared_whole_after_folding():
    rows = [{"descriptors": ["Decision-Making"]}, {"descriptors": ["Decision making styles"]}]
    assert [r[1][0] for r in ours(strategy_of(["decision making"]), rows)] == [True, False]


def test_an_exploded_descriptor_takes_every_narrower_term_and_itself_without_a_thesaurus():
    rows = [{"descriptors": ["Field Schools"]}, {"descriptors": ["Schools"]}]
    assert [r[1][0] for r in ours(strategy_of(["Schools (exp)"]), rows)] == [True, True]
    assert [r[1][0] for r in ours(strategy_of(["Schools (exp)"]), rows, None)] == [False, True]


def test_a_search_of_no_records_finds_nothing():
    results = evaluate(
        strategy_of(["a (ft)", "b", "not #1"]), None, SearchableRecords(records_table())
    )
    assert [r.strict.sure.sum() for r in results.values()] == [0, 0, 0]


def test_ten_thousand_nested_lines_are_evaluated(tmp_path):
    from searchsets.strategy.file import read_strategy

    lines = ["#1 a (ft)", *(f"#{n} #{n - 1} or b (ft)" for n in range(2, 10_001))]
    strategy = read_strategy(written(tmp_path, *lines))
    results = evaluate(
        strategy, None, SearchableRecords(records_table({"title": "a", "abstract": "c"}))
    )
    assert bool(results[10_000].strict.sure[0])
    assert referred(strategy.lines[10_000]) == [9_999]


def test_the_eric_strategy_on_real_records_agrees_with_a_second_opinion_line_by_line(
    project, corpora
):
    import json

    from searchsets.records.exports import Export
    from searchsets.records.identity import identify
    from searchsets.records.reading import read_export
    from searchsets.strategy.file import load_thesaurus, read_strategy

    paths = sorted((corpora / "eric/api_json").glob("*.json"))
    read = [one for path in paths for one in read_export(Export("eric", path, path.name))]
    records = [record for one in read for record in one.records]
    kept, _ = identify("eric", records)
    strategy = read_strategy(project / "search_strategies/eric.yaml")
    searchable = SearchableRecords(records_table(*(record.as_row() for record in kept)))
    results = evaluate(strategy, load_thesaurus(strategy), searchable)
    expected = json.loads(
        (corpora / "eric/appendix1_eric_expected.json").read_text(encoding="utf-8")
    )
    assert len(kept) == expected["records"]
    assert {f"#{n}": int(r.strict.sure.sum()) for n, r in results.items()} == expected["counts"]
    for line, ids in expected["ids"].items():
        rows = np.flatnonzero(results[int(line[1:])].strict.sure)
        assert sorted(searchable.ids[row].removeprefix("eric:") for row in rows) == sorted(ids)


@pytest.mark.parametrize("field", TEXT_FIELDS)
def test_free_text_can_be_searched_in_any_one_field_alone(field):
    value = ["joint work"] if field in ("descriptors", "keywords") else "joint work"
    rows = [{field: value}, {field: value, "title": "other", "abstract": "other"}]
    if field in ("title", "abstract"):
        rows[1][field] = value
    assert [r[1][0] for r in ours(strategy_of(["joint (ft)"], [field]), rows)] == [True, True]
