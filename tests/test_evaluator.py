"""The search against its slow twin (tests/brute_force.py): whole strategies on small records.

Every line of every made-up strategy is to have, on every made-up record, the value that the twin
gives it: match, no match or undecidable, strict and in the fallback. The twin shares no code with
the search; it reads the same text of the lines.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import brute_force
from conftest import records_table
from searchsets.search.engine import SearchableRecords
from searchsets.search.evaluate import evaluate
from searchsets.strategy.file import read_strategy
from searchsets.strategy.model import TEXT_FIELDS
from searchsets.strategy.thesaurus import Thesaurus, thesaurus_of
from test_strategy_file import HEAD, written

Rows = list[tuple[str, str, str]]

# Few words, so that records and terms meet often; with everything that folding has to fold.
VOCABULARY = st.sampled_from(
    ["joint", "Joint", "planning", "plan", "plans", "children's", "childrens", "children’s", "centre",
     "centres", "multi-agency", "multiagency", "multi", "agency", "schools", "Day Schools",
     "Rural  Schools", "Field Schools", "a", "É́cole", "école", "ΟΔΟΣ", "οδος", "½", "ﬁt", "—", "|",
     "İstanbul", "x²", "日本", "ECM", "\t", "."]
)  # fmt: skip
WORDS = st.sampled_from(
    ["joint", "plan*", "pla?s", "planning", "Children*", "children's", "centre*", "multi", "agenc?",
     "multi-agency", "*", "?", "*s", "s*ools", "Schools", "day", "rural", "Ecole", "οδος", "1", "fit",
     "ist*", "X2", "日?"]
)  # fmt: skip
# Fewer words still, for proximity: every place matters, and a term stands in a value many times.
CLOSE_VOCABULARY = st.sampled_from(["a", "A's", "b", "b-a", "ab", "c", "½", "—", "É"])
CLOSE_WORDS = st.sampled_from(["a", "a*", "b", "?b", "*b", "as", "c", "*", "?", "1", "e"])

PREFERRED = ("Schools", "Day Schools", "Rural Schools", "Field Schools", "Multi-agency", "Planning")
NON_PREFERRED = ("Joint plans", "Children's centres", "Centres", "ECM")
CODES = st.lists(
    st.sampled_from(["ti", "ab", "de", "kw", "au", "so", "TI", " ab "]), min_size=1, max_size=3
)


def values(words: st.SearchStrategy[str], most: int, least: int = 0) -> st.SearchStrategy[str]:
    return st.lists(words, min_size=least, max_size=most).map(" ".join)


def records(words: st.SearchStrategy[str], most: int) -> st.SearchStrategy[dict]:
    full = values(words, most, least=most // 2)  # often, or few lines could be decided
    text = full | full | full | values(words, 1) | st.none()
    names = st.sampled_from([*PREFERRED, *NON_PREFERRED])
    return st.fixed_dictionaries(
        {
            "title": text,
            "abstract": text,
            "descriptors": st.lists(names | values(words, 3), max_size=3),
            "keywords": st.lists(values(words, 3), max_size=2),
            "authors": st.lists(values(words, 2), max_size=2),
            "container": text,
        }
    )


def term_texts(words: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    texts = st.lists(words, min_size=1, max_size=3).map(" ".join)
    return texts.filter(lambda text: any(sign.isalnum() for sign in text))


class Writer:
    """Writes lines at random, each naming only lines before it."""

    def __init__(self, draw, words: st.SearchStrategy[str]):
        self.draw, self.words = draw, words

    def one_of(self, *choices: str) -> str:
        return self.draw(st.sampled_from(choices))

    def term(self) -> str:
        text = self.draw(term_texts(self.words))
        return self.one_of(text, f'"{text}"', f"“{text}”")

    def fields(self) -> str:
        return f"[{','.join(self.draw(CODES))}]"

    def beside(self, deep: int) -> str:
        """What may stand beside near or pre: a term, or a bracket of alternatives."""
        if deep == 0 or self.draw(st.booleans()):
            return self.term() + self.one_of("", " (ft)")
        parts = [self.beside(deep - 1)]
        for _ in range(self.draw(st.integers(0, 2))):
            parts.append(self.one_of("or", "near/1", "near/4", "pre/0", "pre/2"))
            parts.append(self.beside(deep - 1))
        return f"({' '.join(parts)})"

    def proximity(self, deep: int = 2) -> str:
        text = self.beside(deep)
        for _ in range(self.draw(st.integers(1, 2))):
            between = self.draw(st.integers(0, 3))
            text += f" {self.one_of('near', 'NEAR', 'pre')}/{between} {self.beside(deep - 1)}"
        return text

    def in_fields(self, deep: int) -> str:
        """What may stand in a bracket behind which fields stand: anything but lines and (exp)."""
        kind = self.one_of("term", "term", "own fields", "near", "bracket" if deep else "term")
        if kind == "near":
            return self.one_of("", "not ") + self.proximity(1)
        if kind == "bracket":
            operator = self.one_of("or", "and", "not", "and not")
            bracket = f"({self.in_fields(deep - 1)} {operator} {self.in_fields(deep - 1)})"
            return bracket + self.one_of("", f" {self.fields()}")
        return self.term() + (
            f" {self.fields()}" if kind == "own fields" else self.one_of("", " (ft)")
        )

    def other_lines(self, number: int) -> str:
        if number == 2 or self.draw(st.booleans()):
            return f"#{self.draw(st.integers(1, number - 1))}"
        first = self.draw(st.integers(1, number - 2))
        last = self.draw(st.integers(first + 1, number - 1))
        return f"#{first} ... {self.one_of('or', 'and')} #{last}"

    def operand(self, number: int, deep: int = 2) -> str:
        kind = self.one_of("free", "fields", "descriptor", "name", "exploded", "near", "in fields",
                           "lines" if number > 1 else "free", "bracket" if deep else "near")  # fmt: skip
        match kind:
            case "free":
                return f"{self.term()} (ft)"
            case "fields":
                return f"{self.term()}{self.one_of('', ' (ft)')} {self.fields()}"
            case "descriptor":
                return self.term()
            case "name":
                return self.one_of(*PREFERRED, *NON_PREFERRED)
            case "exploded":
                return f"{self.one_of(*PREFERRED, *NON_PREFERRED, 'joint')} (exp)"
            case "near":
                return self.proximity()
            case "in fields":
                return f"({self.in_fields(2)}) {self.fields()}"
            case "lines":
                return self.other_lines(number)
            case _:
                operator = self.one_of("or", "and", "not")
                return f"({self.operand(number, deep - 1)} {operator} {self.operand(number, 0)})"

    def line(self, number: int) -> str:
        text = self.one_of("", "", "not ") + self.operand(number)
        for _ in range(self.draw(st.integers(0, 2))):
            text += f" {self.one_of('or', 'and', 'not', 'and not')} {self.operand(number)}"
        return text


@st.composite
def line_lists(draw) -> list[str]:
    writer = Writer(draw, WORDS)
    return [writer.line(number) for number in range(1, draw(st.integers(1, 6)) + 1)]


@st.composite
def proximities(draw) -> str:
    writer = Writer(draw, CLOSE_WORDS)
    return draw(st.sampled_from(["{}", "({}) [ti]", "({}) [de,au]", "not {}"])).format(
        writer.proximity()
    )


@st.composite
def thesauri(draw) -> Rows:
    """Rows as a thesaurus has them, said from either side; narrower terms may run in a circle."""
    pairs = st.tuples(st.sampled_from(PREFERRED), st.sampled_from(PREFERRED))
    below = draw(st.lists(pairs.filter(lambda pair: pair[0] != pair[1]), max_size=8))
    rows = [("Schools", "RT", "Planning"), *((upper, "NT", lower) for upper, lower in below)]
    for name in NON_PREFERRED:
        for target in draw(st.lists(st.sampled_from(PREFERRED), max_size=2)):
            rows.append((name, "USE", target))
    spelled = st.sampled_from([str, str.lower, str.upper, lambda name: name.replace(" ", "-")])
    return [_turned(draw, (draw(spelled)(a), b, draw(spelled)(c))) for a, b, c in rows]


def _turned(draw, row: tuple[str, str, str]) -> tuple[str, str, str]:
    term, relation, target = row
    other = {"NT": "BT", "USE": "UF", "RT": "RT"}[relation]
    return (target, other, term) if draw(st.booleans()) else row


DESCRIPTOR_LINES = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "", "not "]),
    st.sampled_from([*PREFERRED, *NON_PREFERRED]),
    st.sampled_from(["", " (exp)", " (exp)"]),
)
# Descriptors alone, or a text without descriptors, which the fallback reads.
INDEXED = st.lists(st.sampled_from([*PREFERRED, *NON_PREFERRED]), max_size=2)
INDEXED_RECORDS = st.one_of(
    st.fixed_dictionaries({"descriptors": INDEXED}),
    st.fixed_dictionaries({"title": INDEXED.map(" ".join), "abstract": INDEXED.map(". ".join)}),
)
LEFT_OUT = st.lists(st.sampled_from(PREFERRED), max_size=2, unique=True)


def with_leave_out(names: list[str]) -> str:
    return f"thesaurus: {{file: rows, note: made up, leave_out: [{', '.join(names)}]}}\n"


def ours(
    folder: Path, lines: list[str], rows: list[dict], thesaurus: Thesaurus | None, options: str = ""
) -> list[dict[int, tuple]]:
    """What the search says of each record: by line the strict value and that of the fallback."""
    numbered = [f"#{number} {line}" for number, line in enumerate(lines, start=1)]
    strategy = read_strategy(written(folder, *numbered, head=options + HEAD))
    results = evaluate(strategy, thesaurus, SearchableRecords(records_table(*rows)))

    def value(truth, index):
        return True if truth.sure[index] else None if truth.possible[index] else False

    return [
        {n: (value(r.strict, i), value(r.fallback, i)) for n, r in results.items()}
        for i in range(len(rows))
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("strategies")


@settings(max_examples=200)
@given(
    lines=line_lists(),
    rows=st.lists(records(VOCABULARY, 6), min_size=1, max_size=5),
    fields=st.lists(st.sampled_from(TEXT_FIELDS), min_size=1, unique=True),
    when_unindexed=st.sampled_from(["free_text", "nothing"]),
    thesaurus=thesauri(),
    leave_out=LEFT_OUT,
)
@example(["* joint (ft)"], [{"title": "joint", "abstract": "x"}], ["title"], "free_text", [], [])
def test_every_line_on_every_record_equals_the_slow_twin(
    folder, lines, rows, fields, when_unindexed, thesaurus, leave_out
):
    options = f"free_text_fields: [{', '.join(fields)}]\nwhen_unindexed: {when_unindexed}\n"
    options += with_leave_out(leave_out)
    found = ours(folder, lines, rows, thesaurus_of(thesaurus), options)
    numbered = dict(enumerate(lines, start=1))
    for row, result in zip(rows, found, strict=True):
        assert result == brute_force.evaluate(
            numbered,
            row,
            fields=fields,
            thesaurus=thesaurus,
            leave_out=leave_out,
            when_unindexed=when_unindexed,
        )


@settings(max_examples=200)
@given(
    lines=st.lists(proximities(), min_size=1, max_size=4),
    rows=st.lists(records(CLOSE_VOCABULARY, 9), min_size=1, max_size=4),
)
def test_every_proximity_on_every_record_equals_the_slow_twin(folder, lines, rows):
    numbered = dict(enumerate(lines, start=1))
    for row, result in zip(rows, ours(folder, lines, rows, None), strict=True):
        assert result == brute_force.evaluate(numbered, row)


@settings(max_examples=250)
@given(
    lines=st.lists(DESCRIPTOR_LINES, min_size=1, max_size=6),
    rows=st.lists(INDEXED_RECORDS, min_size=1, max_size=8),
    thesaurus=thesauri(),
    leave_out=LEFT_OUT,
)
def test_every_descriptor_stands_for_what_the_slow_twin_reads_in_the_thesaurus(
    folder, lines, rows, thesaurus, leave_out
):
    found = ours(folder, lines, rows, thesaurus_of(thesaurus), with_leave_out(leave_out))
    numbered = dict(enumerate(lines, start=1))
    for row, result in zip(rows, found, strict=True):
        assert result == brute_force.evaluate(
            numbered, row, thesaurus=thesaurus, leave_out=leave_out
        )
