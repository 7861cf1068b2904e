"""Statements on all sources, held against codes: whatever is unknown, the answer must hold."""

from __future__ import annotations

from itertools import chain, combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchsets.reporting.appendices.extraction import FITS_NONE, Coding, Variable, coded_values
from searchsets.reporting.appendices.statements import (
    CANNOT_BE_TOLD,
    NO,
    QUANTITIES,
    YES,
    agrees,
    count,
    quantity,
)

VALUES = ("a", "b", FITS_NONE)
WORDS = st.sampled_from([*QUANTITIES, "0", "1", "2", "3"])


def variable(several: bool) -> Variable:
    return Variable("v", VALUES, several)


def coding(text: str, several: bool) -> Coding:
    return Coding(
        "known_items:1", "v", text, *coded_values(text, variable(several), "coding.csv:2")
    )


SINGLE = [
    "a",
    "b",
    FITS_NONE,
    "a?",
    "b?",
    "a?; b?",
    "a?; b?; fits none?",
    "not stated",
    "illegible",
]
SEVERAL = ["a", "b", "a; b", FITS_NONE, "a?", "b; a?", "a?; b?", "not stated", "illegible"]


@st.composite
def codes(draw) -> tuple[list[str], bool]:
    several = draw(st.booleans())
    written = st.sampled_from(SEVERAL if several else SINGLE)
    return draw(st.lists(written, min_size=1, max_size=4)), several


def subsets(values: list[str]) -> list[set[str]]:
    sizes = range(len(values) + 1)
    return [set(one) for one in chain(*(combinations(values, n) for n in sizes))]


def truths(text: str, several: bool) -> list[set[str]]:
    """Every set of values that a source may really have, for what it is coded as: the slow twin."""
    parts = text.split("; ")
    if text in ("not stated", "illegible"):
        may = [one for one in subsets(["a", "b"]) if one] + [{FITS_NONE}]
        return may if several else [{value} for value in VALUES]
    sure = [part for part in parts if not part.endswith("?")]
    doubtful = [part[:-1] for part in parts if part.endswith("?")]
    if several:
        return [(set(sure) | more) or {FITS_NONE} for more in subsets(doubtful)]
    if sure:
        return [set(sure)]
    return [{value} for value in (doubtful if len(doubtful) > 1 else VALUES)]


def real_counts(texts: list[str], several: bool, value: str) -> list[int]:
    """Every number of sources that may really have a value."""
    worlds = product(*(truths(text, several) for text in texts))
    return [sum(value in found for found in world) for world in worlds]


@given(codes(), st.sampled_from(VALUES), WORDS)
def test_an_answer_is_what_every_possible_world_would_answer(coded, value, word):
    texts, several = coded
    found = count(
        [(n, coding(text, several)) for n, text in enumerate(texts)], [value], variable(several)
    )
    possible = real_counts(texts, several, value)
    assert (len(found.counted), found.at_most) == (min(possible), max(possible))
    meant, total = quantity(word), len(texts)
    answer = agrees(word, len(found.counted), found.at_most, total)
    if answer == YES:
        assert all(meant.surely(n, total) for n in possible)
    elif answer == NO:
        assert not any(meant.possibly(n, total) for n in possible)
    else:
        assert answer == CANNOT_BE_TOLD
        assert not all(meant.surely(n, total) for n in possible)
        assert any(meant.possibly(n, total) for n in possible)


@given(codes(), st.sampled_from(VALUES))
def test_every_source_stands_in_one_place_at_most_and_the_silent_ones_are_unknown(coded, value):
    texts, several = coded
    found = count(
        [(n, coding(text, several)) for n, text in enumerate(texts)], [value], variable(several)
    )
    places = [*found.counted, *found.in_doubt, *found.unknown]
    assert len(places) == len(set(places)) == found.at_most
    silent = tuple(n for n, text in enumerate(texts) if text in ("not stated", "illegible"))
    assert found.unknown == silent


@given(codes(), st.sampled_from(VALUES), WORDS, st.data())
def test_reading_an_illegible_cell_after_all_never_overturns_an_answer(coded, value, word, data):
    texts, several = coded
    readable = [t for t in (SEVERAL if several else SINGLE) if t not in ("not stated", "illegible")]
    filled = [
        data.draw(st.sampled_from(readable)) if text in ("not stated", "illegible") else text
        for text in texts
    ]

    def answer(of: list[str]) -> str:
        found = count(
            [(n, coding(text, several)) for n, text in enumerate(of)], [value], variable(several)
        )
        return agrees(word, len(found.counted), found.at_most, len(of))

    before = answer(texts)
    assert before == CANNOT_BE_TOLD or answer(filled) == before


def test_a_source_that_nobody_coded_is_unknown():
    found = count([(1, None), (2, coding("a", False))], ["b"], variable(False))
    assert (found.counted, found.in_doubt, found.unknown) == ((), (), (1,))


@pytest.mark.parametrize("word", [*QUANTITIES, "0", "2", "16"])
@given(total=st.integers(1, 60))
def test_what_surely_fits_a_word_also_may_fit_it(word, total):
    meant = quantity(word)
    for n in range(total + 1):
        assert meant.possibly(n, total) or not meant.surely(n, total)


def test_the_words_mean_of_sixteen_sources_what_the_documentation_says():
    said = {word: quantity(word).accepts(16) for word in [*QUANTITIES, "2"]}
    assert said == {
        "majority": "9-16", "most": "9-16", "some": "2-16", "third": "5-6 (4-7)",
        "little": "0-4 (0-7)", "2": "2",
    }  # fmt: skip


@given(st.integers(1, 40))
def test_the_thirds_of_any_number_of_sources_are_near_a_third(thirds):
    assert agrees("third", thirds, thirds, 3 * thirds) == YES
    assert agrees("third", 2 * thirds, 2 * thirds, 3 * thirds) == NO
    assert agrees("third", 0, 0, 3 * thirds) == NO


@given(st.integers(0, 99), st.integers(0, 99))
def test_a_number_stands_for_itself(reported, counted):
    assert agrees(str(reported), counted, counted, 99) == (YES if reported == counted else NO)


def test_a_number_that_cannot_be_reached_is_not_borne_out():
    assert agrees("20", 0, 16, 16) == NO
    assert quantity("20").accepts(16) == "none"


@pytest.mark.parametrize("word", ["", "many", "two", "-1", "1.5", "²", "Majority", "1" * 9])
def test_another_word_is_refused_and_the_words_are_told(word):
    with pytest.raises(ValueError, match="majority, most, some, third, little"):
        quantity(word)
