"""Why a record is found or not: the fewest blocks in the way, the nearest words, the command.

What is said of a record is held against the record: the slow twin says what each block makes of it,
what is quoted stands in it, what it is said to lack is not there, and with that it can be judged.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from itertools import combinations, product
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

import brute_force
from conftest import records_table
from logic_value import value_of
from searchsets.cli import main
from searchsets.evidence.disjoint import disjoint, leaves_of
from searchsets.evidence.lines import Evidence
from searchsets.evidence.logic import All, Any, Block, Without, blocks_of, logic_of
from searchsets.evidence.missing import MOST_SETS, smallest_changes
from searchsets.evidence.nearest import FARTHEST, FIRST_WORDS, LIKE_ENOUGH, nearest
from searchsets.evidence.record import _rows
from searchsets.evidence.why import BlockAnswer, Explainer, Explanation, Way
from searchsets.records.exports import find_exports
from searchsets.records.known_items import SOURCE, open_known_items
from searchsets.records.reading import open_export
from searchsets.records.store import import_database
from searchsets.records.tables import schema
from searchsets.reporting.publishing.stage import publish_build
from searchsets.search.choices import MATCH, NO_MATCH, UNDECIDABLE
from searchsets.search.engine import SearchableRecords
from searchsets.search.quotes import texts_of
from searchsets.search.stage import write_search
from searchsets.strategy.file import load_thesaurus, read_strategy
from searchsets.strategy.language import to_text
from searchsets.strategy.model import FIELD_CODES, TEXT_FIELDS, Reading, Reference, leaves
from searchsets.strategy.thesaurus import thesaurus_of
from searchsets.text import normalise, normalise_term
from test_evaluator import (
    CLOSE_VOCABULARY,
    LEFT_OUT,
    VOCABULARY,
    WORDS,
    line_lists,
    proximities,
    records,
    thesauri,
)
from test_logic import TRUTHS as TERM_TRUTHS
from test_logic import line_values, strategies
from test_search import strategy_of

# The fewest blocks in the way

BLOCKS = [Block((n,), n, "", name, Reference(n)) for n, name in enumerate("abcde", start=1)]
A, B, C, D, E = BLOCKS
TRUTHS = st.sampled_from([True, False, None])
LOGICS = st.recursive(
    st.sampled_from(BLOCKS),
    lambda inner: st.one_of(
        st.builds(Without, inner),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: All(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: Any(tuple(parts))),
    ),
    max_leaves=9,
)


def tried(logic, values) -> set[frozenset[tuple[Block, bool]]]:
    """The cheapest changes that make a logic true, found by trying them all."""
    blocks = blocks_of(logic)
    choices = [[None, *({True, False} - {values[block]})] for block in blocks]
    by_cost: dict[tuple[int, int], set] = {}
    for chosen in product(*choices):
        changes = {b: to for b, to in zip(blocks, chosen, strict=True) if to is not None}
        if value_of(logic, (values | changes).get) is True:
            unknown = sum(values[block] is None for block in changes)
            cost = len(changes) - unknown, unknown
            by_cost.setdefault(cost, set()).add(frozenset(changes.items()))
    return by_cost[min(by_cost)] if by_cost else set()


def as_pairs(made) -> list[frozenset[tuple[Block, bool]]]:
    return [frozenset(map(tuple, changes)) for changes in made]


@settings(max_examples=250)
@given(LOGICS, st.fixed_dictionaries({block: TRUTHS for block in BLOCKS}))
@example(All((A, Without(A))), dict.fromkeys(BLOCKS, True))
@example(All((Any((A, B)), Without(A))), {A: True, B: False, C: None, D: None, E: None})
def test_the_smallest_changes_are_those_that_trying_all_of_them_finds(logic, values):
    smallest = smallest_changes(logic, values)
    made = as_pairs(smallest.sets)
    assert smallest.are_all and smallest.are_smallest
    assert set(made) == tried(logic, values)
    assert len(set(made)) == len(made)


@settings(max_examples=120)
@given(strategies(), st.data())
def test_the_smallest_changes_of_a_strategy_are_those_that_trying_all_of_them_finds(strategy, data):
    numbers = data.draw(st.lists(st.sampled_from(sorted(strategy.lines)), min_size=1, max_size=2))
    logic = logic_of(strategy, numbers)
    blocks = blocks_of(logic)
    assume(len(blocks) <= 6)
    values = {block: data.draw(TRUTHS) for block in blocks}
    assert set(as_pairs(smallest_changes(logic, values).sets)) == tried(logic, values)


def changes(logic, *matching: Block, unknown: tuple[Block, ...] = ()) -> list[set]:
    values = {b: True if b in matching else None if b in unknown else False for b in BLOCKS}
    return [set(one) for one in smallest_changes(logic, values).sets]


def test_a_record_that_matches_needs_no_change():
    assert changes(Any((All((A, B)), C)), A, B) == [set()]


def test_what_failed_counts_before_what_cannot_be_judged():
    assert changes(Any((All((A, B)), C)), unknown=(A, B)) == [{(A, True), (B, True)}]
    assert changes(Any((A, B)), unknown=(B,)) == [{(B, True)}]


def test_changes_that_are_as_small_are_all_told_in_the_order_of_their_lines():
    assert changes(Any((C, All((D, E)), A))) == [{(A, True)}, {(C, True)}]


def test_a_block_behind_not_is_in_the_way_by_matching():
    assert changes(All((A, Without(Any((B, C))))), A, B, C) == [{(B, False), (C, False)}]


def test_nothing_helps_where_a_strategy_contradicts_itself():
    for matching in ((A,), ()):
        assert changes(All((A, Without(A))), *matching) == []
    assert changes(All((A, Without(A))), unknown=(A,)) == []


def blocks_numbered(number: int) -> list[Block]:
    return [Block((n,), n, "", str(n), Reference(n)) for n in range(number)]


def pairs_of_blocks(number: int) -> list[tuple[Block, Block]]:
    made = blocks_numbered(2 * number)
    return list(zip(made[::2], made[1::2], strict=True))


def test_many_alternatives_joined_by_and_need_one_of_each():
    pairs = pairs_of_blocks(12)
    logic = All(tuple(map(Any, pairs)))
    values = dict.fromkeys(blocks_of(logic), False)
    made = smallest_changes(logic, values)
    assert made.are_smallest and not made.are_all and len(made.sets) == MOST_SETS
    for one in made.sets:
        assert len(one) == 12
        assert value_of(logic, (values | dict(one)).get) is True


def test_what_comes_last_still_counts_after_many_alternatives():
    """Of each of 12 pairs the first must not match: there is one way, among 4,096 to begin with."""
    pairs = pairs_of_blocks(12)
    logic = All((*map(Any, pairs), *(Without(first) for first, _ in pairs)))
    made = as_pairs(smallest_changes(logic, dict.fromkeys(blocks_of(logic), None)).sets)
    assert made == [frozenset((b, b is second) for first, second in pairs for b in (first, second))]


def test_two_blocks_are_enough_where_fifty_products_hide_them():
    """Both sums are true by the first block and any other; the last asks for one of those besides."""
    first, *others, far = blocks_numbered(53)
    sums = [Any((first, *(All((block, first)) for block in others[:50])))] * 2
    last = Any((All((others[50], far)), All((others[7], first))))
    logic = All((*sums, last))
    made = smallest_changes(logic, dict.fromkeys(blocks_of(logic), False))
    assert made.are_smallest and made.are_all
    assert made.sets == (frozenset({(first, True), (others[7], True)}),)


@pytest.mark.parametrize("number", [29, 100])
def test_a_strategy_too_entangled_for_a_sure_answer_gets_one_that_says_so(number):
    ring = blocks_numbered(number)
    after = [ring[n:] + ring[:n] for n in range(4)]
    parts = [Any((All(some[:2]), All(some[2:]))) for some in zip(*after, strict=True)]
    logic = All(tuple(parts))
    values = dict.fromkeys(ring, False)
    made = smallest_changes(logic, values)
    assert not made.are_smallest and not made.are_all
    for one in made.sets:
        assert value_of(logic, (values | dict(one)).get) is True


@pytest.mark.parametrize("joined", [All, Any])
def test_thousands_of_blocks_are_no_hindrance(joined):
    blocks = blocks_numbered(5_000)
    made = smallest_changes(joined(tuple(blocks)), dict.fromkeys(blocks, False))
    assert made.are_smallest and len(made.sets[0]) == (5_000 if joined is All else 1)


# The nearest words


def test_words_of_millions_of_letters_are_no_hindrance():
    found = near_words(["governance of schools"], abstract="x" * 3_000_000 + " governence of school")
    assert found == [("governance of schools", "governence of school", "abstract")]


def test_only_the_first_words_of_a_very_long_text_are_looked_at():
    filler = "x " * (FIRST_WORDS - 1)
    for before, is_seen in ((filler, True), (filler + "x ", False)):
        found = near_words(["governanc", "board* trust"], abstract=f"{before}governance")
        assert bool(found) is is_seen


def first_way(why: Explanation) -> Way:
    return next(why.ways(), Way([], []))


def near_words(terms: list[str], **row) -> list[tuple[str, str, str]]:
    return [(one.term, one.words, one.field) for one in nearest(terms, texts_of(row))]


def test_words_of_a_term_that_stand_apart_come_first():
    row = {"title": "Governance of schools", "abstract": "School boards; governors of a school"}
    assert near_words(["school* governance", "Scool"], **row) == [
        ("school* governance", "Governance of schools", "title"),
        ("Scool", "School", "abstract"),
    ]


def test_words_are_near_in_any_order_and_the_shortest_stretch_is_told():
    row = {"abstract": "Planning was joint. Joint staff plan little, planning jointly."}
    one = nearest(["joint plan*"], texts_of(row))[0]
    assert (one.words, one.between) == ("Planning was joint", 1)
    assert near_words(["joint planning"], title="Planning, joint") == [
        ("joint planning", "Planning, joint", "title")
    ]


def test_the_shortest_of_several_stretches_is_told_and_the_nearest_term_first():
    row = {"title": "Planning was not joint; a joint little plan, and joint staff of the plan"}
    assert near_words(["joint plan*"], **row) == [("joint plan*", "joint little plan", "title")]
    assert near_words(["joint and was", "little and"], **row) == [
        ("little and", "little plan, and", "title"),
        ("joint and was", "was not joint; a joint little plan, and", "title"),
    ]


def test_truncation_signs_are_no_letters_of_their_own():
    assert near_words(["trus*"], title="trup") == [("trus*", "trup", "title")]
    assert near_words(["?rus"], title="prup") == []


@pytest.mark.parametrize("terms", [["boardb", "boarda"], ["boarda", "boardb"]])
def test_of_terms_that_are_as_near_to_the_same_words_the_first_by_its_name_is_told(terms):
    assert near_words(terms, title="board") == [("boarda", "board", "title")]


@pytest.mark.parametrize(("between", "told"), [(0, True), (FARTHEST, True), (FARTHEST + 1, False)])
def test_words_that_stand_too_far_apart_are_not_near(between, told):
    title = " ".join(["boards", *["x"] * between, "trusts"])
    made = near_words(["trusts boards"], title=title)
    assert made == ([("trusts boards", title, "title")] if told else [])


def test_words_that_stand_in_two_values_are_not_near():
    assert near_words(["trust board"], descriptors=["Trust", "Board"]) == []


def test_an_inflected_form_is_near_and_another_word_is_not():
    assert near_words(["governance", "cooking"], title="On Governances and books") == [
        ("governance", "Governances", "title")
    ]


def test_words_are_told_as_they_are_written():
    assert near_words(["childrens trusts"], abstract="A CHILDREN’S-Trust, its board.") == [
        ("childrens trusts", "CHILDREN’S-Trust", "abstract")
    ]


def test_a_record_without_words_has_none_that_are_near():
    assert near_words(["governance"]) == []
    assert near_words(["governance", "a b"], title="— ?", descriptors=[""]) == []
    assert near_words([], title="Governance") == []


NEAR_TERMS = st.lists(
    st.lists(WORDS, min_size=1, max_size=3)
    .map(" ".join)
    .filter(lambda term: any(map(str.isalnum, term))),
    max_size=6,
)


def holds(record: dict, term: str) -> bool:
    return brute_force.found(
        ("free", brute_force.term_words(term)), record, list(FIELD_CODES.values())
    )


@settings(max_examples=120)
@given(NEAR_TERMS, records(VOCABULARY, 8), st.integers(0, 4))
def test_near_words_stand_in_the_record_and_are_the_nearest_of_one_term_each(terms, row, limit):
    terms = [term for term in terms if not holds(row, term)]
    made = nearest(terms, texts_of(row), limit)
    assert made == nearest(reversed(terms), texts_of(row), limit)
    assert len(made) <= limit
    assert [one.likeness for one in made] == sorted((o.likeness for o in made), reverse=True)
    for number, one in enumerate(made):
        assert one.term in terms
        assert one.words in "\n".join(
            text.text for text in texts_of(row) if text.field == one.field
        )
        stretch, words = normalise(one.words).split(), normalise_term(one.term).split()
        assert LIKE_ENOUGH <= one.likeness <= 100
        assert all(one.term != other.term and one.words != other.words for other in made[:number])
        if one.between:
            assert one.likeness == 100 - one.between
            assert len(stretch) == len(words) + one.between
            for word in words:
                assert any(brute_force.fits(word, other) for other in stretch)


def test_the_words_of_a_very_long_text_are_looked_at_to_the_end():
    title = " ".join(f"word{n}" for n in range(10_000)) + " boards of trust"
    terms = ["trust boards", "governances", *(f"term {n}" for n in range(20))]
    assert near_words(terms, abstract=title, title="Governance") == [
        ("trust boards", "boards of trust", "abstract"),
        ("governances", "Governance", "title"),
    ]


# Why a record is found or not


def explained(
    lines: list[str],
    row: dict,
    *output: int,
    thesaurus=None,
    fields=TEXT_FIELDS,
    when_unindexed="free_text",
    leave_out=(),
) -> Explanation:
    strategy = strategy_of(lines, fields, when_unindexed)
    strategy = replace(strategy, thesaurus={"leave_out": list(leave_out)})
    reading = Reading("default", output or (len(lines),), "inferred", "")
    table = SearchableRecords(records_table({"title": "another"}, row))
    return Explainer(Evidence(strategy, thesaurus, table, reading)).explain(1)


STATES = {True: MATCH, False: NO_MATCH, None: UNDECIDABLE}


class Told:
    """An explanation beside the record, the lines and the options that it is of."""

    def __init__(self, lines, row, output, *, thesaurus, **options):
        self.texts = dict(enumerate(lines, start=1))
        self.row, self.output = row, output
        self.rows, self.leave_out = thesaurus, options["leave_out"]
        self.options = options | {"thesaurus": thesaurus}
        self.why = explained(lines, row, *output, thesaurus=thesaurus_of(thesaurus), **options)

    def value(self, text: str, **filled) -> bool | None:
        """What the run makes of a line beside the others, of the record or of one with more in it."""
        number = len(self.texts) + 1
        lines = self.texts | {number: text}
        return brute_force.evaluate(lines, self.row | filled, **self.options)[number][1]

    def check(self) -> None:
        value = self.value(" or ".join(f"#{number}" for number in self.output))
        assert self.why.state == STATES[value]
        for answer in self.why.blocks:
            text = to_text(answer.block.expression)
            assert answer.state == STATES[self.value(text)]
            if answer.state == MATCH:
                self.check_found(answer)
            else:
                assert not answer.found
            if answer.state == UNDECIDABLE:
                self.check_lacking(answer, text)
            else:
                assert not answer.lacking
        self.check_in_the_way()

    def check_found(self, answer: BlockAnswer) -> None:
        assert answer.found
        for found in answer.found:
            line = self.why.strategy.lines[found.line]
            assert found.line in answer.block.lines
            assert found.term in map(to_text, leaves(line.expression))
            assert self.value(found.term) is True
            for quote in found.quote.split(" + "):
                self.check_quote(found.term, quote)

    def check_quote(self, term: str, quote: str) -> None:
        field, _, words = quote.partition(": ")
        words = words.removeprefix("… ").removesuffix(" …")
        value = self.row[field]
        assert any(words in text for text in (value if isinstance(value, list) else [value]))
        assert self.stands_in(brute_force.parse(term), words)

    def stands_in(self, tree: tuple, quote: str) -> bool:
        """Tell whether a term, or one of the names that a descriptor stands for, is in a quote."""
        words = brute_force.words(quote)
        if tree[0] in ("free", "near"):
            return bool(brute_force.spans(tree, words))
        alternatives = brute_force.readings(*tree, self.rows, self.leave_out)
        return any(brute_force.spans(("free", n), words) for names in alternatives for n in names)

    def check_lacking(self, answer: BlockAnswer, text: str) -> None:
        assert answer.lacking
        for field in answer.lacking:
            assert not brute_force.values(self.row, field), f"{field} is there"
        filled = {
            field: ["zqx"] if field in brute_force.LISTS else "zqx" for field in answer.lacking
        }
        assert self.value(text, **filled) is not None

    def check_in_the_way(self) -> None:
        failed, unknown = first_way(self.why)
        assert all(one.state == UNDECIDABLE for one in unknown)
        assert all(one.state != UNDECIDABLE for one in failed)
        if self.why.state == MATCH:
            assert not failed and not unknown
        elif self.why.smallest.sets:  # else the strategy contradicts itself
            assert failed or unknown
            wanted = {change.block for change in self.why.smallest.sets[0]}
            assert {one.block for one in (*failed, *unknown)} == wanted
        if self.why.state == UNDECIDABLE and self.why.smallest.sets:
            assert unknown


@settings(max_examples=120)
@given(
    lines=line_lists(),
    row=records(VOCABULARY, 6),
    fields=st.lists(st.sampled_from(TEXT_FIELDS), min_size=1, unique=True),
    when_unindexed=st.sampled_from(["free_text", "nothing"]),
    thesaurus=thesauri(),
    leave_out=LEFT_OUT,
    data=st.data(),
)
def test_what_is_said_of_a_record_is_so(
    lines, row, fields, when_unindexed, thesaurus, leave_out, data
):
    numbers = st.sampled_from(range(1, len(lines) + 1))
    output = data.draw(st.lists(numbers, min_size=1, max_size=2, unique=True))
    Told(
        lines, row, output, fields=fields, when_unindexed=when_unindexed, thesaurus=thesaurus,
        leave_out=leave_out,
    ).check()  # fmt: skip


@settings(max_examples=100)
@given(st.lists(proximities(), min_size=1, max_size=3), records(CLOSE_VOCABULARY, 9))
def test_what_is_said_of_proximities_is_so(lines, row):
    last = " and ".join(f"#{number}" for number in range(1, len(lines) + 1))
    lines = [*lines, last]
    options = {"fields": TEXT_FIELDS, "when_unindexed": "free_text", "leave_out": []}
    Told(lines, row, [len(lines)], thesaurus=[], **options).check()


THESAURUS = thesaurus_of(
    [
        ("Schools", "NT", "Rural Schools"),
        ("Country Schools", "USE", "Rural Schools"),
        ("School Nurses", "USE", "Schools"),
        ("School Nurses", "USE", "Nurses"),
    ]
)


def found_in(lines: list[str], row: dict, **options) -> list[tuple[int, str, str]]:
    why = explained(lines, row, **options)
    assert why.state == MATCH
    return [(one.line, one.term, one.quote) for answer in why.blocks for one in answer.found]


def test_a_proximity_is_quoted_from_its_first_word_to_its_last():
    row = {"title": "Many boards that govern a trust", "abstract": "x"}
    assert found_in(["trust* near/3 board*"], row) == [
        (1, "trust* (ft) near/3 board* (ft)", "title: Many boards that govern a trust")
    ]


def test_what_stands_far_from_the_words_is_cut_from_the_quote():
    long = "unrelated words that go on and on for some time before "
    quote = found_in(["trust (ft)"], {"title": f"{long}the trust and {long}"})[0][2]
    assert quote.startswith("title: … ") and quote.endswith(" …")
    assert " the trust and " in quote and len(quote) < 110


def test_the_words_are_quoted_to_their_end_with_as_much_on_either_side():
    before, after = "trustees " * 9, " of trusteeship" * 9
    for line, words in (
        ("trust (ft)", "Trust"),
        ("a trust* (ft)", "a Trust"),
        ("boards pre/9 trust", f"boards of {'many ' * 8}Trust"),
    ):
        quote = found_in([line], {"title": f"{before}{words}{after}", "abstract": "x"})[0][2]
        start, end = quote.removeprefix("title: … ").removesuffix(" …").split(words)
        assert start == "trustees " * 5 and end == " of trusteeship" * 3


def test_a_proximity_is_quoted_from_the_fields_that_it_names():
    row = {"title": "Trust board", "abstract": "A board of trust", "authors": ["Board, Trust"]}
    for code, quote in (("ab", "abstract: A board of trust"), ("au", "authors: Board, Trust")):
        assert found_in([f"(trust near/1 board) [{code}]"], row) == [
            (1, f"(trust (ft) near/1 board (ft)) [{code}]", quote)
        ]


def test_a_field_is_quoted_where_the_term_stands_in_it():
    row = {"title": "Trust", "abstract": "In trust we", "authors": ["Trust, A."]}
    assert found_in(["trust [ab]"], row) == [(1, "trust [ab]", "abstract: In trust we")]
    assert found_in(["trust [au]"], row) == [(1, "trust [au]", "authors: Trust, A.")]


@pytest.mark.parametrize(
    ("line", "descriptors", "quote"),
    [
        ("Schools (exp)", ["Nurses", "rural schools"], "descriptors: rural schools"),
        ("Schools (exp)", ["Country Schools"], "descriptors: Country Schools"),
        ("Country Schools", ["Rural Schools"], "descriptors: Rural Schools"),
        ("School Nurses", ["School nurses"], "descriptors: School nurses"),
        ("rural sch*", ["Schools", "Rural Schools"], "descriptors: Rural Schools"),
        ("Schools", ["Rural Schools", "Schools"], "descriptors: Schools"),
    ],
)
def test_a_descriptor_is_quoted_by_the_name_under_which_the_record_has_it(line, descriptors, quote):
    row = {"title": "Schools (rural)", "descriptors": descriptors}
    assert found_in([line], row, thesaurus=THESAURUS) == [(1, line, quote)]


def test_a_descriptor_that_is_met_by_two_names_together_is_quoted_by_one_of_them():
    for row in (
        {"title": "x", "descriptors": ["Nurses", "Other", "Schools"]},
        {"title": "Nurses in schools", "abstract": "x"},
    ):
        ((line, term, quote),) = found_in(["School Nurses"], row, thesaurus=THESAURUS)
        assert (line, term) == (1, "School Nurses")
        assert "nurses" in quote.lower() or "schools" in quote.lower()


def test_a_descriptor_that_needs_two_names_is_not_found_by_one_of_them():
    row = {"title": "School nurses", "abstract": "x", "descriptors": ["Schools"]}
    lines = ["School Nurses or Schools"]
    assert found_in(lines, row, thesaurus=THESAURUS) == [(1, "Schools", "descriptors: Schools")]


def test_a_descriptor_is_not_found_in_the_text_where_the_strategy_does_not_read_it_there():
    row = {"title": "Trust planning", "abstract": "x"}
    assert found_in(["trust (ft) or planning"], row, when_unindexed="nothing") == [
        (1, "trust (ft)", "title: Trust planning")
    ]


def test_descriptors_are_near_whatever_fields_free_text_is_looked_for_in():
    why = explained(["Plannings"], {"title": "x", "descriptors": ["Planning"]}, fields=("title",))
    assert [str(one) for one in why.blocks[0].nearest] == ["Plannings ~ “Planning” in descriptors"]


def test_a_descriptor_is_quoted_from_the_text_where_the_record_has_no_descriptors():
    row = {"title": "The rural schools", "abstract": "x"}
    assert found_in(["Schools (exp)"], row, thesaurus=THESAURUS, fields=("abstract", "title")) == [
        (1, "Schools (exp)", "title: The rural schools")
    ]
    why = explained(["rural schools"], row, when_unindexed="nothing")
    assert (why.state, why.blocks[0].lacking) == (UNDECIDABLE, ("descriptors",))


def test_what_alternatives_of_several_lines_hold_is_told_with_their_own_lines():
    lines = ["(a [ti] and b [ti]) or trust [ti]", "(c [ti] and d [ti]) or board [ti]", "#1 or #2"]
    assert found_in(lines, {"title": "the board"}) == [(2, "board [ti]", "title: the board")]


def test_a_field_that_is_there_is_not_said_to_be_lacking():
    row = {"title": "x", "authors": ["Nobody, A."], "container": "Journal"}
    why = explained(
        ["trust (ft) or trust [au] or trust [so,kw]"], row, fields=("title", "abstract")
    )
    assert why.blocks[0].lacking == ("abstract",)


def test_words_of_a_field_that_only_the_term_names_are_near():
    why = explained(["Bryson [au] and x [ti]"], {"title": "x", "authors": ["Brysons, J."]})
    answer = next(one for one in why.blocks if one.state == NO_MATCH)
    assert [str(one) for one in answer.nearest] == ["Bryson [au] ~ “Brysons” in authors"]


def test_a_record_that_surely_fails_is_told_from_one_that_cannot_be_judged():
    lines = ["trust (ft)", "Schools", "board [ti]", "#1 and #2 not #3"]
    failed, unknown = first_way(explained(lines, {"title": "A board"}))
    assert [one.label for one in failed] == ["board [ti] (#3)"]
    assert [(one.label, one.lacking) for one in unknown] == [
        ("trust (ft) (#1)", ("abstract",)), ("Schools (#2)", ("descriptors",)),
    ]  # fmt: skip


def test_a_block_of_many_lines_is_named_by_its_first():
    lines = [f"t{n} (ft)" for n in range(4)]
    why = explained([*lines, "(#1 or #2) and (#3 or #4)"], {"title": "x"}, 5)
    assert {one.label for one in why.blocks} == {"#1 or #2 (#1, #2)", "#3 or #4 (#3, #4)"}
    assert [one.label for one in explained([*lines, "#1 ... or #4"], {"title": "x"}).blocks] == [
        "#1 ... or #4 (#5)"
    ]


@pytest.mark.parametrize(
    ("title", "output", "in_the_way"),
    [
        ("x", "#3 and #1", ["alpha (ft) (#1)"]),
        ("x", "#1 or #2", ["#1 or #2 (#4)"]),
        ("alpha", "#3 not #1", ["beta (ft) (#2)", "alpha (ft) (#1)"]),
        ("alpha", "#1 not #3", []),
        ("alpha", "#1 not (alpha (ft))", []),
    ],
)
def test_blocks_that_share_terms_are_parted_so_that_each_can_be_otherwise(title, output, in_the_way):
    row = {"title": title, "abstract": "x"}
    why = explained(["alpha (ft)", "beta (ft)", "#1 or #2", output], row)
    way = first_way(why)
    assert sorted(one.label for one in (*way.failed, *way.unknown)) == sorted(in_the_way)
    assert why.smallest.are_smallest


@settings(max_examples=100)
@given(strategies(), TERM_TRUTHS, st.data())
def test_what_is_parted_means_the_same_and_what_is_in_the_way_is_so(strategy, truths, data):
    numbers = data.draw(st.lists(st.sampled_from(sorted(strategy.lines)), min_size=1, max_size=2))

    def value(truths):
        values = line_values(strategy, truths)
        return brute_force.kleene_or([values[number] for number in numbers])

    logic = disjoint(logic_of(strategy, numbers), strategy)
    terms = {one: {leaf.text for _, leaf in leaves_of(one, strategy)} for one in blocks_of(logic)}
    for first, second in combinations(terms.values(), 2):
        assert not first & second
    values = {
        block: brute_force.kleene_or([truths[term] for term in some]) for block, some in terms.items()
    }
    assert value_of(logic, values.get) == value(truths)
    for changes in smallest_changes(logic, values).sets:
        changed = {term: to for block, to in changes for term in terms[block]}
        assert value(truths | changed) is True


# The command

DEMO = """\
database: demo
name: The demo database
description: made up
source: {citation: nobody, page: "1"}
searched: {from: not reported, until: not reported}
sets:
  - name: Trusts
    lines: |
      #1 Trusts
      #2 trust* (ft)
      #3 #1 or #2
  - name: Boards
    lines: |
      #4 board* [ti]
      #5 #3 and #4
outputs:
  lines: [5]
  basis: inferred
  why: the last line
  rival_readings: [{name: trusts, lines: [3], why: wider}]
"""
OTHER = """\
database: other
name: Another database
description: made up
source: {citation: nobody, page: "1"}
searched: {from: not reported, until: not reported}
sets:
  - name: Joint
    lines: |
      #1 Joint (ft)
outputs: {lines: [1], basis: inferred, why: the only line}
"""
CORPUS = [
    {"id": "EJ100001", "title": "Boards of trusts", "description": "On it.", "subject": ["Trusts"]},
    {"id": "EJ100002", "title": "Boards", "description": "Of a trust.", "subject": ["Health"]},
    {"id": "EJ100003", "title": "Cooking for trustees", "description": "x", "subject": ["Cooking"]},
    {"id": "EJ100004", "title": "A board of Trusts", "description": "no index"},
]
ANSWER = """TY  - JOUR
TI  - Cooking for governors
AB  - About it.
DO  - 10.1234/Cook.1
KW  - Cooking
ER  -
"""
OTHERS = """TY  - JOUR
TI  - Joint planning of thrust boards
AB  - About it.
ER  -
"""
KNOWN = """TY  - RPRT
TI  - The board
PY  - 2005
C1  - listed_only
ER  -
TY  - RPRT
TI  - Governing the trust
PY  - 2005
C1  - listed_only
ER  -
"""


class Review:
    """A review of two databases, with a run of it that the stages made and published."""

    def __init__(self, folder: Path):
        self.folder = folder

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def make(self, **changed) -> None:
        config = {
            "strategies": "strategies", "known_items": "known", "errata": "read", "outputs": {},
        } | changed  # fmt: skip
        build = self.folder / "build"
        self.write("build/config.json", json.dumps(config))
        import_database(SOURCE, open_known_items(Path("known")), build / "records" / SOURCE)
        strategies_ = sorted(Path(config["strategies"]).glob("*.yaml"))
        for path in strategies_:
            strategy = read_strategy(path)
            records_ = build / "records" / strategy.database
            exports = find_exports(Path("exports"), Path("exports/exports.csv"))
            mine = [one for one in exports if one.database == strategy.database]
            import_database(strategy.database, [f for e in mine for f in open_export(e)], records_)
            write_search(
                strategy, load_thesaurus(strategy), records_, build / "records" / SOURCE, None,
                strategy.reading(config["outputs"].get(strategy.database, "default")),
                build / "search" / strategy.database,
            )  # fmt: skip
        publish_build(build, Path("results/mine"), {"strategies": strategies_})

    def why(self, record: str, *options: str, run: str = "mine") -> Result:
        return CliRunner().invoke(main, ["why", record, "--run", run, *options])

    def told(self, record: str, *options: str) -> list[str]:
        done = self.why(record, *options)
        assert done.exit_code == 0, done.output
        return done.output.splitlines()

    def refused(self, record: str, *options: str, **run: str) -> str:
        done = self.why(record, *options, **run)
        assert done.exit_code == 2, done.output
        assert done.stderr.startswith("ERROR: ") and "\n  -> " in done.stderr
        return done.stderr


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("review")
    review = Review(folder)
    review.write("strategies/demo.yaml", DEMO)
    review.write("strategies/other.yaml", OTHER)
    response = {"response": {"numFound": len(CORPUS), "docs": CORPUS}}
    review.write("exports/demo/corpus.json", json.dumps(response))
    review.write("exports/demo/answer.ris", ANSWER)
    review.write("exports/other/corpus.ris", OTHERS)
    review.write(
        "exports/exports.csv",
        "file,represents\ndemo/answer.ris,output 5\nother/corpus.ris,corpus\n",
    )
    review.write("known/items.ris", KNOWN)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        review.make()
    return folder


@pytest.fixture
def review(made: Path, monkeypatch: pytest.MonkeyPatch) -> Review:
    """The finished run, which the command only reads."""
    monkeypatch.chdir(made)
    return Review(made)


@pytest.fixture
def again(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Review:
    """A copy of it, to change."""
    shutil.copytree(made, tmp_path / "review")
    monkeypatch.chdir(tmp_path / "review")
    return Review(tmp_path / "review")


def id_of(review: Review, title: str) -> str:
    shards = (review.folder / "results/mine/records").glob("*/part-*.parquet")
    rows = [row for path in shards for row in pq.ParquetFile(path).read().to_pylist()]
    return next(row["record_id"] for row in rows if row["title"] == title)


def test_a_record_is_meant_by_its_id_its_accession_its_doi_or_its_title(review):
    by_id = review.told("demo:EJ100001")
    assert by_id[:2] == [
        "demo:EJ100001: Boards of trusts (no year)", "  it has title, abstract, descriptors",
    ]  # fmt: skip
    for record in (
        "EJ100001",
        " ej100001 ",
        "DEMO:ej100001",
        "boards OF trusts",
        "Boards—of trusts",
    ):
        assert review.told(record) == by_id
    by_doi = review.told("10.1234/cook.1")
    assert by_doi[0].endswith(": Cooking for governors (no year)")
    own_id = id_of(review, "Cooking for governors")
    assert review.told("for governors") == by_doi == review.told(own_id)


def test_a_doi_may_be_written_as_its_address(review):
    assert review.told("https://doi.org/10.1234/COOK.1") == review.told("10.1234/cook.1")


def test_a_record_that_there_is_not_is_refused(review):
    for record in ("demo:EJ999999", "gardening", "—", ""):
        message = review.refused(record)
        assert f"{record!r}" in message and "results/mine/records" in message


def test_a_title_of_several_records_lists_them_with_their_ids(review):
    message = review.refused("cooking for")
    assert "2 records are meant by 'cooking for'" in message
    assert "  demo:EJ100003: Cooking for trustees\n" in message
    assert ": Cooking for governors\n" in message


def test_of_very_many_records_ten_are_listed(again):
    docs = [{"id": f"EJ1001{n:02}", "title": f"Gardening {n}"} for n in range(12)]
    again.write(
        "exports/demo/corpus.json", json.dumps({"response": {"numFound": 12, "docs": docs}})
    )
    again.make()
    message = again.refused("gardening")
    assert "12 records are meant" in message and "and 2 more" in message
    assert message.count(": Gardening ") == 10


def verdicts(lines: list[str]) -> dict[str, str]:
    names = ("The demo database", "Another database")
    return {name: line for line in lines for name in names if line.startswith(name)}


@pytest.mark.parametrize(
    ("record", "verdict"),
    [
        ("EJ100001", "found; in this run retrieved, because its lines match"),
        ("EJ100003", "not found; in this run not retrieved"),
        ("EJ100004", "found; in this run retrieved, because its lines match"),
        (
            "10.1234/cook.1",
            "not found; in this run retrieved, because a file declares it to be the platform's answer",
        ),
    ],
)
def test_the_verdict_says_what_the_run_made_of_the_record(review, record, verdict):
    made = verdicts(review.told(record))
    assert made["The demo database"] == f"The demo database: {verdict}"
    assert made["Another database"] == "Another database: would not be found"


def test_a_record_that_only_the_free_text_reading_finds_is_said_to_be_so(again):
    again.write("strategies/demo.yaml", DEMO.replace("#3 #1 or #2", "#3 #1"))
    again.make()
    assert verdicts(again.told("EJ100004"))["The demo database"] == (
        "The demo database: found; in this run retrieved, because its lines match when descriptors "
        "are read as free text"
    )


def test_what_is_in_the_way_is_told_with_the_places_and_the_nearest_words(review):
    assert review.told("EJ100003", "--database", "demo")[2:] == [
        "",
        "The demo database: not found; in this run not retrieved",
        "  In the way: board* [ti] (#4)",
        "  Trusts (#3): matches: #2 trust* (ft) in title: Cooking for trustees",
        "  board* [ti] (#4): does not match; nothing comes near",
    ]
    other = review.told("thrust boards", "--database", "demo")
    assert other[1] == "  it has no descriptors"
    assert other[3] == "The demo database: cannot be judged"
    assert other[4] == "  In the way: Trusts (#3) [not judged]"
    assert other[5].startswith(
        "  Trusts (#3): cannot be judged, for the record has no descriptors; nearest: "
    )
    assert "“thrust” in title" in other[5]


def test_three_terms_of_a_block_are_shown_and_the_others_counted(again):
    for more, told in (("", ""), (" or trusts (ft) or it (ft)", "; and 2 more terms")):
        text = f"on (ft) or boards (ft) or of (ft){more}"
        again.write("strategies/other.yaml", OTHER.replace("Joint (ft)", text))
        (line,) = (one for one in again.told("EJ100001", "--database", "other") if "matches" in one)
        assert line.endswith(
            "matches: #1 on (ft) in abstract: On it.; #1 boards (ft) in title: Boards of trusts; "
            f"#1 of (ft) in title: Boards of trusts{told}"
        )


def test_a_record_that_is_found_has_nothing_in_the_way(review):
    lines = review.told("EJ100002", "--database", "demo")
    assert not any("In the way" in line for line in lines)
    assert lines[4:] == [
        "  Trusts (#3): matches: #2 trust* (ft) in abstract: Of a trust.",
        "  board* [ti] (#4): matches: #4 board* [ti] in title: Boards",
    ]


def test_ways_that_are_as_short_are_told_and_the_rest_counted(again):
    for number, others in (
        (1, ""), (2, ""), (3, ""), (4, " (1 other way is as short)"),
        (5, " (2 other ways are as short)"),
    ):  # fmt: skip
        ways = [f"(z{n} (ft) and x{n} (ft))" for n in range(number)]
        again.write("strategies/other.yaml", OTHER.replace("Joint (ft)", " or ".join(ways)))
        told = "; or ".join(f"z{n} (ft) (#1) and x{n} (ft) (#1)" for n in range(min(number, 3)))
        assert f"  In the way: {told}{others}" in again.told("EJ100001", "--database", "other")


def test_a_block_that_takes_the_record_away_is_said_to_do_so(again):
    again.write("strategies/other.yaml", OTHER.replace("Joint (ft)", "board* [ti] not trust* (ft)"))
    assert again.told("EJ100001", "--database", "other")[5:] == [
        "  In the way: trust* (ft) (#1) [takes it away]",
        "  board* [ti] (#1): matches: #1 board* [ti] in title: Boards of trusts",
        "  trust* (ft) (#1): matches, which takes the record away: #1 trust* (ft) in title: Boards of "
        "trusts",
    ]


def test_a_strategy_that_contradicts_itself_is_said_to_do_so(again):
    again.write(
        "strategies/other.yaml", OTHER.replace("lines: [1]", "lines: [2]").replace(
            "#1 Joint (ft)", "#1 board* (ft)\n      #2 #1 not #1"
        ),
    )  # fmt: skip
    assert again.told("EJ100001", "--database", "other")[5] == (
        "  In the way: no change of blocks would help, for the strategy contradicts itself"
    )


def test_a_strategy_that_is_another_than_that_of_the_run_is_noted(again):
    assert not any("NOTE" in line for line in again.told("EJ100001"))
    again.write("strategies/demo.yaml", DEMO.replace("board* [ti]", "cook* [ti]"))
    lines = again.told("EJ100001")
    assert [line for line in lines if "NOTE" in line] == [
        "  NOTE: the strategy has changed since the run was made; this is by the new one"
    ]
    place = lines.index(
        "The demo database: not found; in this run retrieved, because its lines match"
    )
    assert "NOTE" in lines[place + 1]


def test_a_strategy_outside_the_review_that_is_the_same_is_not_said_to_have_changed(again):
    again.make(strategies=str(again.folder / "strategies"))
    assert not any("NOTE" in line for line in again.told("EJ100001"))


def test_the_reading_of_the_run_says_which_lines_are_the_result(again):
    again.make(outputs={"demo": "trusts"})
    assert verdicts(again.told("EJ100003"))["The demo database"].startswith(
        "The demo database: found; in this run retrieved"
    )


ERRATUM = """\
errata:
  - {line: 4, kind: reading, text: "board* [ti]", read_as: "cook* [ti]", why: a slip of the pen}
"""


def test_the_run_says_whether_printed_lines_are_taken_as_they_stand(again):
    again.write("strategies/demo.yaml", DEMO + ERRATUM)
    for errata, found in (("read", ["EJ100003"]), ("literal", ["EJ100001"])):
        again.make(errata=errata)
        for record in ("EJ100001", "EJ100003"):
            verdict = verdicts(again.told(record))["The demo database"]
            said = "found" if record in found else "not found"
            assert verdict.startswith(f"The demo database: {said}; in this run ")


def test_only_the_databases_that_are_named_are_told(review):
    both = verdicts(review.told("EJ100001"))
    assert len(both) == 2
    for name, database in zip(both, ("demo", "other"), strict=True):
        assert list(verdicts(review.told("EJ100001", "--database", database))) == [name]
    again = review.told("EJ100001", "--database", "other", "--database", "demo")
    assert list(verdicts(again)) == ["Another database", "The demo database"]


def test_a_database_without_a_strategy_is_refused(review):
    message = review.refused("EJ100001", "--database", "erik")
    assert "no strategy of 'erik'" in message and "known are: demo, other" in message


def test_a_known_item_is_told_by_its_title_and_by_what_else_is_said_of_it(again):
    item = id_of(again, "The board")
    assert [line for line in again.told(item) if "database" in line] == [
        "The demo database, by the title alone: cannot be judged",
        "Another database, by the title alone: cannot be judged",
    ]
    again.write(
        "known/enrichment.csv",
        f"record,field,value,source\n{item},abstract,Of the trust.,the publisher\n",
    )
    lines = again.told(item, "--database", "demo")
    assert lines[2] == "  NOTE: what else is said of known items has changed since the run was made"
    assert lines[4] == "The demo database, by the title alone: cannot be judged"
    assert "The demo database, by what else is said of it too: would be found" in lines
    other = id_of(again, "Governing the trust")  # nothing else is said of it
    assert [line for line in again.told(other, "--database", "demo") if "by " in line] == [
        "The demo database, by the title alone: would not be found"
    ]


def test_nothing_is_told_before_what_was_asked_is_known_to_make_sense(review):
    assert not review.why("EJ100001", "--database", "erik").stdout


@pytest.mark.parametrize(
    "wanted",
    ["https://eric.ed.gov/?id=EJ100001", "http://eric.ed.gov/?q=a+b&id=EJ100001", "demo: EJ100001",
     " ej100001 ", "eric.ed.gov/?id=ej100001", "(EJ 100001)", "ERIC Number: EJ100001.", "demo : EJ100001"],
)  # fmt: skip
def test_a_record_is_known_by_an_address_and_by_an_id_that_was_typed_with_blanks(review, wanted):
    assert review.told(wanted)[0].startswith("demo:EJ100001: Boards of trusts")


def test_words_of_a_title_are_whole_words(review):
    assert "no record of this run has" in review.refused("oard")
    assert review.told("thrust boards")[0].endswith("Joint planning of thrust boards (no year)")


def test_what_is_told_is_short_and_holds_no_sign_that_a_terminal_would_obey(again):
    title = "Boards \u202eof \u200btrusts\u2028 " + "on and on " * 300_000
    again.write("exports/demo/corpus.json", json.dumps([CORPUS[0] | {"title": title}]))
    again.make()
    lines = again.told("EJ100001")
    assert lines[0].startswith("demo:EJ100001: Boards of trusts on and on")
    assert all(len(line) < 500 and line.isprintable() for line in lines)


def test_a_run_that_there_is_not_is_refused(review):
    message = review.refused("EJ100001", run="yours")
    assert "results/yours: there is no finished run here" in message


WHOLE_MANIFEST = """\
{"configuration": {"strategies": "strategies", "known_items": "known", "errata": "read",
 "outputs": {"demo": "default"}}, "inputs": {}, "outputs": {}}
"""


def test_a_manifest_needs_no_more_than_what_is_used_and_names_records(again):
    again.write("results/mine/manifest.json", WHOLE_MANIFEST)
    assert "manifest.json: names no records" in again.refused("EJ100001")


def test_a_folder_of_strategies_that_is_gone_is_told(again):
    shutil.move(again.folder / "strategies", again.folder / "elsewhere")
    assert "the folder of the strategies is not there any more" in again.refused("EJ100001")


@pytest.mark.parametrize(
    "manifest",
    [
        "", "{", "\xff", "[]", "null", "{}", '{"configuration": {}}', '{"inputs": {}}',
        WHOLE_MANIFEST.replace('"inputs": {}', '"inputs": [1]'),
        WHOLE_MANIFEST.replace('"strategies": "strategies"', '"strategies": 5'),
        WHOLE_MANIFEST.replace('{"demo": "default"}', '["x"]'),
        WHOLE_MANIFEST.replace(', "outputs": {}}', "}"), '{"configuration": {}, "inputs": {}}',
        '{"configuration": [], "inputs": {}}',
        '{"configuration": {"strategies": "strategies", "errata": "read"}, "inputs": {}}',
    ],
)  # fmt: skip
def test_a_damaged_manifest_is_refused(again, manifest):
    again.write("results/mine/manifest.json", manifest)
    message = again.refused("EJ100001")
    assert "results/mine/manifest.json: the manifest cannot be read" in message
    assert "run the review again" in message


@pytest.mark.parametrize("name", ["records/demo/part-0000.parquet", "search/demo/retrieved.csv"])
@pytest.mark.parametrize(
    "damage", ["has changed since this run was made", "is missing; this run had it"]
)
def test_a_run_that_is_not_as_it_was_left_is_refused(again, name, damage):
    path = again.folder / "results/mine" / name
    if "missing" in damage:
        path.unlink()
    elif path.suffix == ".parquet":
        pq.write_table(pq.ParquetFile(path).read().slice(0, 2), path)
    else:
        path.write_bytes(path.read_bytes()[:20])
    for record in ("EJ100001", "EJ100004"):  # the last is one that is gone
        message = again.refused(record)
        assert f"results/mine/{name}: {damage}" in message
        assert "run the review again" in message


def test_a_damaged_file_of_records_is_refused(again):
    (again.folder / "results/mine/records/demo/part-0000.parquet").write_bytes(b"PAR1 garbage")
    message = again.refused("EJ100001")
    assert "results/mine/records/demo/part-0000.parquet: is damaged" in message


def test_a_shard_without_records_holds_nothing_that_is_asked_for():
    assert _rows(schema().empty_table(), "eric:EJ1") == []
