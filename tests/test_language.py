"""The language of a strategy's lines: what it reads, what it prints, what it refuses and why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchsets.strategy.language import DEEPEST, LineError, parse, to_text
from searchsets.strategy.model import And, Not, Or, Range, Reference, Term, kind_of

WORDS = st.sampled_from(
    [
        "Planning",
        "Children*",
        "cent?e",
        "multi-agency",
        "children's",
        "ÖPNV",
        "x1",
        "or",
        "and",
        "not",
        "#3",
        "(a)",
    ]
)


@st.composite
def terms(draw):
    text = " ".join(draw(st.lists(WORDS, min_size=1, max_size=3)))
    truncated = "*" in text or "?" in text
    tag = draw(
        st.sampled_from(["free_text", "none"] if truncated else ["free_text", "explode", "none"])
    )
    return Term(text, free_text=tag == "free_text", explode=tag == "explode")


REFERENCES = st.integers(1, 99).map(Reference)
RANGES = st.tuples(st.integers(1, 50), st.integers(51, 99), st.sampled_from(["or", "and"])).map(
    lambda made: Range(*made)
)
EXPRESSIONS = st.recursive(
    terms() | REFERENCES | RANGES,
    lambda inner: (
        st.lists(inner, min_size=2, max_size=4).map(lambda parts: And(tuple(parts)))
        | st.lists(inner, min_size=2, max_size=4).map(lambda parts: Or(tuple(parts)))
        | inner.map(Not)
    ),
    max_leaves=12,
)


@given(EXPRESSIONS)
def test_what_is_printed_parses_to_the_same_expression(expression):
    assert parse(to_text(expression)) == expression


@given(EXPRESSIONS)
def test_printing_what_was_printed_changes_nothing(expression):
    assert to_text(parse(to_text(expression))) == to_text(expression)


@given(st.text(alphabet='ab or#1()"“”.…*?ftexpandnot\t-', max_size=60))
def test_any_text_is_parsed_or_refused_with_a_column_and_a_remedy(text):
    try:
        parse(text)
    except LineError as error:
        assert 1 <= error.column <= len(text) + 1
        assert error.what and error.remedy


def test_not_binds_before_and_before_or():
    a, b, c, d = (Term(name) for name in "abcd")
    assert parse("a or b and not c not d") == Or((a, And((b, Not(c), Not(d)))))
    assert parse("not a or b") == Or((Not(a), b))


def test_operators_tags_and_quotation_marks_may_be_written_in_any_usual_way():
    assert parse("ECM ( FT ) OR “good practice”(ft)") == Or(
        (Term("ECM", free_text=True), Term("good practice", free_text=True))
    )


def test_dots_stand_for_every_line_between():
    assert parse("#1 or #2 or #3 ... or #23") == Or((Reference(1), Reference(2), Range(3, 23)))
    assert parse("#3 … and #9") == Range(3, 9, "and")
    assert parse("#3 or ... or #9") == Range(3, 9)


def test_operator_words_inside_longer_words_or_quotation_marks_are_no_operators():
    assert parse("organisation") == Term("organisation")
    assert parse('"terms and conditions"') == Term("terms and conditions")


@pytest.mark.parametrize(
    ("text", "column", "what", "remedy"),
    [
        ("(a or b", 8, "never closed", "close it"),
        ("a or", 5, "ends where a term", "operand"),
        ("a or or b", 6, "'or' is not expected", "operand"),
        ("or", 1, "'or' is not expected", "operand"),
        ("a) or b", 2, "never opened", "take the )"),
        ('"a b', 1, "quotation mark", "close it"),
        ("Planning (f t)", 10, "cannot stand after a term", "(ft)"),
        ("a #3", 3, "'#3' is not expected", "or, and, not, near"),
        ("a or #x", 6, "without a line number", "#12"),
        ("#9 ... or #3", 1, "no range", "lower number"),
        ("#3 or ... and #9", 1, "no range", "one operator"),
        ("... or #3", 1, "no letter or digit", "between two line numbers"),
        ("* (ft)", 1, "no letter or digit", "write a term"),
        ("school* (exp)", 1, "truncated and exploded", "in full"),
        ("", 1, "ends where a term", "operand"),
        (
            "(" * (DEEPEST + 1) + "a" + ")" * (DEEPEST + 1),
            DEEPEST + 1,
            "more than 100",
            "line of its own",
        ),
        ("not " * (DEEPEST + 1) + "a", 401, "more than 100", "line of its own"),
    ],
)
def test_what_is_no_sentence_is_told_with_place_and_remedy(text, column, what, remedy):
    with pytest.raises(LineError) as told:
        parse(text)
    assert told.value.column == column
    assert what in told.value.what
    assert remedy in told.value.remedy


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Planning", "descriptor"),
        ("Schools (exp)", "descriptor"),
        ("Interagency (ft) or inter agency (ft)", "free_text"),
        ("ECM (ft) or Planning", "mixed"),
        ("#1 and #2", "combination"),
        ("#1 ... or #4", "combination"),
        ("#1 and ECM (ft)", "mixed"),
    ],
)
def test_a_line_is_of_the_kind_of_its_parts(text, kind):
    assert kind_of(parse(text)) == kind


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("a near/ b", 3, "'near/' is no operator here"),
        ("a near/-1 b", 3, "'near/-1' is no operator here"),
        ("a near/3.5 b", 3, "'near/3.5' is no operator here"),
        ("a near/1000 b", 3, "'near/1000' is no operator here"),
        ("a near 3 b", 3, "'near 3' is no operator here"),
        ("a xor b", 3, "'xor' is no operator here"),
        ("trust.ti,ab.", 1, "'trust.ti,ab.' names no field here"),
        ("TI trust", 1, "'TI' names no field here"),
        ("ab:trust", 1, "'ab:trust' names no field here"),
        ("S1 or a", 1, "'S1' is no line here"),
        ("or/2-3", 1, "'or/2-3' is no operator here"),
        ("exp Schools/", 1, "'exp Schools/' is not exploded here"),
        ("Schools/", 1, "'Schools/' is not exploded here"),
        ("a or school/exp", 6, "'school/exp' is not exploded here"),
        ("trust:ti,ab", 1, "'trust:ti,ab' names no field here"),
        ("a or TI(foo)", 6, "'TI' names no field here"),
        ("(foo or bar).ti,ab.", 13, "'.ti,ab.' names no field here"),
        ('DE "foo"', 1, "'DE' names no field here"),
        ("PY=2005", 1, "'PY=2005' names no field here"),
        ("wom$n", 1, "'wom$n' is not truncated here"),
        ("a and ()", 8, "a bracket holds nothing"),
        ("foo (", 5, "a bracket is opened and never closed"),
    ],
)
def test_what_belongs_to_another_platform_or_is_not_ended_is_told_as_such(text, column, words):
    with pytest.raises(LineError) as told:
        parse(text)
    assert told.value.what == words and told.value.column == column
    assert told.value.remedy


@pytest.mark.parametrize(
    "text", ["pre 16 education", "next 5 years", "et.al.", "ti", "n/a", "w/o", "near", "NEAR", "e.g.",
             "Stage 12", "2005", "12", "Key stage 3", "Title: I", "S10x", "$5", "and/or", "pre/post test", "ID cards", "IT skills"]
)
def test_ordinary_words_stay_words(text):
    assert parse(text) == Term(text)
