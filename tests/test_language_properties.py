"""What holds for every line and strategy: printing, reading, refusing, circles, great length."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import brute_force
from conftest import records_table
from searchsets.errors import ReviewError
from searchsets.search.engine import SearchableRecords
from searchsets.search.evaluate import evaluate
from searchsets.strategy.file import read_strategy
from searchsets.strategy.language import LineError, parse, to_text
from searchsets.strategy.model import (
    FIELD_CODES,
    And,
    Near,
    Not,
    Or,
    Range,
    Reference,
    Term,
    leaves,
)
from searchsets.text import normalise_term
from test_evaluator import line_lists, proximities
from test_strategy_file import written

# ---- expressions ----------------------------------------------------------------------------

BARE_WORDS = ("Planning", "Children*", "cent?e", "multi-agency", "children's", "ÖPNV", "x1", "near",
              "pre", "ti", "w/s", "C.V.")  # fmt: skip
QUOTED_WORDS = (
    "or",
    "and",
    "NOT",
    "#3",
    "(a)",
    "(ft)",
    "[ti]",
    "near/3",
    "ADJ3",
    "3",
    "TI",
    "pre/3.5",
    "adj",
    "a.ti.",
    "ab:c",
    "c:ti",
    "S1",
    "exp",
    "a/",
    "a/exp",
    "wom$n",
    "PY=2",
    "w/2",
    "...",
    "]",
)
FIELDS = st.lists(st.sampled_from([*FIELD_CODES.values()]), unique=True).map(
    lambda chosen: tuple(field for field in FIELD_CODES.values() if field in chosen)
)
TEXTS = (
    st.lists(st.sampled_from(BARE_WORDS + QUOTED_WORDS), min_size=1, max_size=3)
    .map(" ".join)
    .filter(lambda text: any(sign.isalnum() for sign in text))
)
FREE_TERMS = st.builds(Term, TEXTS, free_text=st.just(True))
TERMS = (
    FREE_TERMS
    | st.builds(Term, TEXTS)
    | st.builds(Term, TEXTS, free_text=st.just(True), fields=FIELDS)
    | st.builds(Term, TEXTS.filter(lambda text: not {*"*?"} & {*text}), explode=st.just(True))
)


def _joined(kind, inner):
    return st.lists(inner, min_size=2, max_size=4).map(lambda parts: kind(tuple(parts)))


def _near(inner, fields):
    between = st.integers(0, 999)
    return st.builds(Near, inner, inner, between, st.booleans(), fields)


BESIDE = st.recursive(
    FREE_TERMS, lambda inner: _joined(Or, inner) | _near(inner, st.just(())), max_leaves=5
)
RANGES = st.builds(Range, st.integers(1, 50), st.integers(51, 99), st.sampled_from(["or", "and"]))
EXPRESSIONS = st.recursive(
    TERMS | _near(BESIDE, FIELDS) | st.builds(Reference, st.integers(1, 99)) | RANGES,
    lambda inner: _joined(And, inner) | _joined(Or, inner) | st.builds(Not, inner),
    max_leaves=10,
)


class Hand:
    """Writes an expression as people do: spaced, cased, quoted and bracketed in any way."""

    def __init__(self, draw):
        self.draw = draw

    def one_of(self, *choices):
        return self.draw(st.sampled_from(choices))

    def cased(self, text: str) -> str:
        return self.one_of(text, text.upper(), text.title())

    def gap(self) -> str:
        return self.one_of(" ", "  ", "\t", " \u00a0")

    def wide(self, *pieces: str) -> str:
        """Join pieces with a gap between them."""
        return pieces[0] + "".join(self.gap() + piece for piece in pieces[1:])

    def loose(self, *pieces: str) -> str:
        """Join pieces between which no gap is needed."""
        return pieces[0] + "".join(self.one_of("", " ", "  ") + piece for piece in pieces[1:])

    def codes(self, fields: tuple[str, ...]) -> str:
        codes = [code for code, field in FIELD_CODES.items() if field in fields]
        pieces = [self.cased(code) for code in self.draw(st.permutations(codes))]
        listed = self.loose(pieces[0], *[x for piece in pieces[1:] for x in (",", piece)])
        return self.loose("[", listed, "]")

    def term(self, term: Term, outer: tuple[str, ...], beside: bool) -> str:
        """A term; in a bracket with fields, or beside near, more of it may be left unsaid."""
        quoted = [f'"{term.text}"', f"“{term.text}”"]
        bare = not {*term.text.split()} & {*QUOTED_WORDS}
        pieces = [self.one_of(*quoted, *[term.text] * bare)]
        if term.explode:
            return self.loose(*pieces, self.loose("(", self.cased("exp"), ")"))
        if term.free_text and not ((term.fields or beside) and self.draw(st.booleans())):
            pieces.append(self.loose("(", self.cased("ft"), ")"))
        if term.fields and not (term.fields == outer and self.draw(st.booleans())):
            pieces.append(self.codes(term.fields))
        return self.loose(*pieces)

    def near(self, near: Near, outer: tuple[str, ...]) -> str:
        left = self.part(near.left, (), beside=True, bare=(Term, Near))
        right = self.part(near.right, (), beside=True, bare=(Term,))
        operator = f"{self.cased('pre' if near.ordered else 'near')}/{near.between}"
        text = self.wide(left, operator, right)
        if not near.fields or (near.fields == outer and self.draw(st.booleans())):
            return text
        return self.loose("(", text, ")", self.codes(near.fields))

    def range(self, some: Range) -> str:
        operator = [self.cased(some.operator)]
        before = self.one_of([], operator)
        dots = self.one_of("...", "…")
        return self.wide(f"#{some.first}", *before, dots, *operator, f"#{some.last}")

    def part(self, node, outer: tuple[str, ...], beside=False, bare=(Term, Near)) -> str:
        """A part of something: in brackets where it is not of the kinds that may stand bare."""
        text = self.write(node, outer, beside)
        if isinstance(node, bare) and self.draw(st.integers(0, 4)):
            return text
        return self.loose("(", text, ")")

    def write(self, node, outer: tuple[str, ...] = (), beside=False) -> str:
        match node:
            case Term():
                return self.term(node, outer, beside)
            case Near():
                return self.near(node, outer)
            case Reference(line):
                return f"#{line}"
            case Range():
                return self.range(node)
        if not outer and (common := self.fields_to_share(node)):
            return self.loose("(", self.write(node, common), ")", self.codes(common))
        match node:
            case Not(part):
                return self.wide(self.cased("not"), self.part(part, outer, bare=(Term, Near, Not)))
            case Or(parts):
                bare = (Term, Near, Reference, Range, Not, And)
                pieces = [self.part(part, outer, beside, bare) for part in parts]
                return self.wide(pieces[0], *[x for p in pieces[1:] for x in (self.cased("or"), p)])
            case And(parts):
                return self.all_of(parts, outer)

    def all_of(self, parts, outer: tuple[str, ...]) -> str:
        bare = (Term, Near, Reference, Range, Not)
        pieces = [self.part(parts[0], outer, bare=bare)]
        for part in parts[1:]:
            leave_and_out = isinstance(part, Not) and self.draw(st.booleans())
            text = self.part(part, outer, bare=bare) if not leave_and_out else self.write(part)
            # A bracket, perhaps with the fields of all of it, cannot stand behind a term alone.
            is_bare = leave_and_out and not text.startswith("(")
            pieces += [text] if is_bare else [self.cased("and"), text]
        return self.wide(*pieces)

    def fields_to_share(self, node) -> tuple[str, ...]:
        """Fields that can be written once, behind a bracket: all inside have fields of their own."""
        inside = [getattr(leaf, "fields", ()) for leaf in leaves(node)]
        return inside[0] if all(inside) and self.draw(st.booleans()) else ()


@given(EXPRESSIONS)
def test_what_is_printed_reads_as_the_same_expression(expression):
    assert parse(to_text(expression)) == expression


@given(st.data(), EXPRESSIONS)
def test_an_expression_may_be_spaced_cased_quoted_and_bracketed_in_any_way(data, expression):
    assert parse(Hand(data.draw).write(expression)) == expression


@given(line_lists() | proximities().map(lambda line: [line]))
def test_a_line_reads_as_what_is_printed_of_it_and_prints_so_again(lines):
    for line in lines:
        printed = to_text(parse(line))
        assert parse(printed) == parse(line)
        assert to_text(parse(printed)) == printed


@settings(max_examples=50)
@given(line_lists())
def test_a_strategy_keeps_its_lines_as_they_were_written(tmp_path_factory, lines):
    path = written(
        tmp_path_factory.mktemp("kept"), *[f"#{n} {line}" for n, line in enumerate(lines, 1)]
    )
    kept = [line.text for line in read_strategy(path).lines.values()]
    assert kept == [line.strip() for line in lines]


# ---- what is no sentence of the language ------------------------------------------------------

PIECES = ["a", "b*", "?c", "'", "*", "or", "AND", "not", "near/3", "pre/0", "NEAR/999", "near/1000",
          "pre/", "near", "near/-1", "near 3", "TI", "ti", "a.ti,ab.", "et.al.", "TI=", "xor", "adj3", "S1", "12", "exp", "a/", "a$", "or/1", "PY=1",
          "n/2", "w5", "(", ")", "((", "))", "(ft)", "( EXP )", "[ti]",
          "[ab, DE]", "[tx]", "[", "]", "[]", ",", "#1", "#23", "#", "#x", "...", "…", ".", '"', "“",
          "”", '"a b"', '""', " ", "\t", "-", "é", "|"]  # fmt: skip
SOUP = st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join) | st.lists(
    st.sampled_from(PIECES), max_size=12
).map("".join)


@st.composite
def damaged_lines(draw) -> str:
    """A line out of which a stretch is lost, or into which something has slipped."""
    line = draw(line_lists())[0]
    first, last = sorted(draw(st.tuples(*[st.integers(0, len(line))] * 2)))
    return line[:first] + draw(st.sampled_from(["", *PIECES])) + line[last:]


def refusal_of(text: str) -> LineError | None:
    try:
        parse(text)
    except LineError as error:
        return error
    return None


@settings(max_examples=400)
@given(SOUP | damaged_lines() | st.text())
@example("")
@example("a near/3")
@example("\ud800")
def test_any_text_is_read_or_refused_with_a_column_within_it_and_a_remedy(text):
    refusal = refusal_of(text)
    assert refusal is None or (1 <= refusal.column <= len(text) + 1)
    assert refusal is None or (refusal.what and refusal.remedy)


def as_the_twin_has_it(node) -> tuple:
    match node:
        case Term(text, free_text, explode, fields):
            words = tuple(normalise_term(text).split())
            kind = "free" if free_text else "explode" if explode else "descriptor"
            return (kind, words, fields) if free_text else (kind, words)
        case Near(left, right, between, ordered, fields):
            sides = as_the_twin_has_it(left), as_the_twin_has_it(right)
            return ("near", between, ordered, *sides, fields)
        case Reference(line):
            return ("ref", line)
        case Range(first, last, operator):
            return ("range", operator, first, last)
        case Not(part):
            return ("not", as_the_twin_has_it(part))
        case And(parts) | Or(parts):
            return (type(node).__name__.lower(), *map(as_the_twin_has_it, parts))


@settings(max_examples=400)
@given(SOUP | damaged_lines())
def test_a_text_is_refused_or_read_as_the_slow_twin_does(text):
    try:
        expected = brute_force.parse(text)
    except ValueError:
        expected = None
    assert (None if refusal_of(text) else as_the_twin_has_it(parse(text))) == expected


@pytest.mark.parametrize("piece", [" near/1 a", " pre/0 a", "not ", " not a", " or a", " and a"])
@pytest.mark.parametrize(
    ("deep", "often"), [(50, 1), (30, 30), (99, 2), (2, 99), (99, 99), (2, 3_000)]
)
def test_however_deep_and_long_a_line_is_it_is_read_and_printed_or_refused(piece, deep, often):
    text = "a"
    for _ in range(deep):
        text = f"{piece * often}({text})" if piece == "not " else f"({text}{piece * often})"
    refusal = refusal_of(text)
    if refusal is None:
        printed = to_text(parse(text))
        assert to_text(parse(printed)) == printed
    else:
        assert deep * often > 50
        assert "more than 100" in refusal.what


# ---- circles and great length -----------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("strategies")


def circle_told(path: Path, numbered: dict[int, str]) -> list[int]:
    """Return the lines that the refusal of a strategy shows as a circle, the first one twice."""
    with pytest.raises(ReviewError) as told:
        read_strategy(path)
    assert str(path) in str(told.value)
    assert told.value.remedy
    assert "in a circle" in told.value.what
    circle = [int(number) for number in re.findall(r"#(\d+)", told.value.what)]
    for line, following in pairwise(circle):
        assert f"#{following}" in numbered[line].split()
    assert circle[0] == circle[-1]
    return circle[:-1]


def written_down(folder: Path, numbered: dict[int, str]) -> Path:
    return written(folder, *[f"#{number} {text}" for number, text in numbered.items()])


@settings(max_examples=40)
@given(length=st.integers(2, 60), before=st.integers(0, 5), data=st.data())
@example(length=2, before=0, data=None)
@example(length=2_000, before=3, data=None)
def test_a_circle_of_any_length_is_shown_as_it_runs(folder, length, before, data):
    """Lines lead into the circle, round it in any order, and others hang on it."""
    members = list(range(before + 1, before + length + 1))
    round_trip = data.draw(st.permutations(members)) if data else members
    numbered = {n: f"plan (ft) or #{n + 1}" for n in range(1, before + 1)}
    for line, following in pairwise([*round_trip, round_trip[0]]):
        numbered[line] = f"not #{following} and ( joint near/2 plan )"
    numbered[before + length + 1] = f"#{before + length}"
    circle = circle_told(written_down(folder, dict(sorted(numbered.items()))), numbered)
    assert sorted(circle) == members


@pytest.mark.parametrize(
    "text", ["#1", "a or #1", "not (a (ft) and #1)", "#1 ... or #2", "#2 or a near/3 b"]
)
def test_a_line_that_leads_to_itself_in_any_way_is_refused(folder, text):
    numbered = {1: text, 2: "joint" if "#1" in text else "#1"}
    with pytest.raises(ReviewError, match="#1 -> "):
        read_strategy(written_down(folder, numbered))


LONG = 10_000
CHAIN = {1: "joint (ft)", **{n: f"#{n - 1} or plan [ti]" for n in range(2, LONG + 1)}}
FAN_IN = {**{n: f"word{n} (ft)" for n in range(1, LONG)}, LONG: f"#1 ... or #{LONG - 1}"}
FAN_IN |= {LONG - 1: "joint near/0 planning"}
ONE_LINE = {1: " or ".join(f"word{n} [ti,ab]" for n in range(1, LONG)) + " or joint pre/0 planning"}
BESIDE_MANY = {
    1: f"joint near/0 ({' or '.join([f'word{n}' for n in range(1, LONG // 5)])} or planning)"
}


@pytest.mark.parametrize(
    "numbered",
    [CHAIN, FAN_IN, ONE_LINE, BESIDE_MANY],
    ids=["chain", "fan-in", "one line", "beside many"],
)
def test_thousands_of_lines_or_terms_are_read_printed_and_evaluated(folder, numbered):
    strategy = read_strategy(written_down(folder, numbered))
    for line in strategy.lines.values():
        assert parse(to_text(line.expression)) == line.expression
    rows = [{"title": "Joint planning", "abstract": "c"}, {"title": "c", "abstract": "joint c"}]
    results = evaluate(strategy, None, SearchableRecords(records_table(*rows)))
    last = results[max(numbered)].strict
    assert last.sure.tolist() == [True, numbered is CHAIN]
    assert last.possible.tolist() == [True, numbered is CHAIN]
