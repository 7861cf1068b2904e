"""The logic of strategies: against the lines evaluated one by one; the report's six; drawings."""

from __future__ import annotations

import re
from itertools import combinations
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import brute_force
from logic_value import value_of
from searchsets.evidence.logic import (
    All,
    Any,
    Block,
    Without,
    blocks_of,
    combining_lines,
    logic_of,
    nodes_of,
    parts_of_logic,
    unused_lines,
)
from searchsets.reporting.logic_figure import logic_svg
from searchsets.strategy.file import load_strategies, read_strategy
from searchsets.strategy.model import And, Not, Or, Range, Reading, Reference
from test_search import strategy_of
from test_strategy_file import written

SVG = "{http://www.w3.org/2000/svg}"
TERMS = ("a", "b", "c", "d (ft)")
TRUTHS = st.fixed_dictionaries(
    {term.removesuffix(" (ft)"): st.sampled_from([True, False, None]) for term in TERMS}
)


@st.composite
def line_texts(draw, number: int, depth: int = 2) -> str:
    """Draw a line that refers to others more often than it has terms of its own."""
    kinds = ["term"] + ["line"] * 2 * (number > 1) + ["range"] * (number > 2)
    kinds += ["bracket", "not"] * (depth > 0)

    def operand() -> str:
        kind = draw(st.sampled_from(kinds))
        if kind == "line":
            return f"#{draw(st.integers(1, number - 1))}"
        if kind == "range":
            first = draw(st.integers(1, number - 2))
            last = draw(st.integers(first + 1, number - 1))
            return f"#{first} ... {draw(st.sampled_from(['or', 'and']))} #{last}"
        if kind in ("bracket", "not"):
            return f"{'not ' if kind == 'not' else ''}({draw(line_texts(number, depth - 1))})"
        return draw(st.sampled_from(TERMS))

    operators = draw(st.lists(st.sampled_from(["or", "or", "and", "not"]), max_size=2))
    return operand() + "".join(f" {operator} {operand()}" for operator in operators)


@st.composite
def strategies(draw):
    count = draw(st.integers(1, 8))
    return strategy_of([draw(line_texts(number)) for number in range(1, count + 1)])


def direct(expression, values, truths):
    """The value of an expression, worked out without looking for blocks."""
    match expression:
        case Reference(line):
            return values[line]
        case Range(first, last, operator):
            parts = [values[n] for n in range(first, last + 1)]
        case Not(part):
            return brute_force.kleene_not(direct(part, values, truths))
        case Or(parts) | And(parts):
            operator = "or" if isinstance(expression, Or) else "and"
            parts = [direct(part, values, truths) for part in parts]
        case _:
            return truths[expression.text]
    return brute_force.kleene_or(parts) if operator == "or" else brute_force.kleene_and(parts)


def line_values(strategy, truths):
    values: dict[int, bool | None] = {}
    for number in strategy.order:
        values[number] = direct(strategy.lines[number].expression, values, truths)
    return values


@settings(max_examples=300)
@given(strategies(), TRUTHS, st.data())
def test_the_logic_of_a_line_has_the_value_of_the_line_for_any_truth_of_the_terms(
    strategy, truths, data
):
    numbers = data.draw(st.lists(st.sampled_from(sorted(strategy.lines)), min_size=1, max_size=3))
    values = line_values(strategy, truths)

    def of_block(block):
        return direct(block.expression, values, truths)

    logic = logic_of(strategy, numbers)
    assert value_of(logic, of_block) == brute_force.kleene_or([values[n] for n in numbers])
    for node in nodes_of(logic):
        line = getattr(node, "line", None)
        if line is not None:
            assert value_of(node, of_block) == values[line]


@settings(max_examples=150)
@given(strategies())
def test_a_block_is_terms_joined_by_or_and_names_the_lines_that_they_stand_in(strategy):
    def term_lines(expression, line, negated=False):
        """The lines of the terms; what is negated an even number of times is not negated."""
        match expression:
            case Not(part):
                return term_lines(part, line, not negated)
            case Reference(other):
                return term_lines(strategy.lines[other].expression, other, negated)
        assert not negated and not isinstance(expression, And)
        match expression:
            case Or(parts):
                return set().union(*(term_lines(part, line) for part in parts))
            case Range(first, last, operator):
                assert operator == "or"
                return set().union(
                    *(term_lines(Reference(n), None) for n in range(first, last + 1))
                )
            case _:
                return {line}

    for block in blocks_of(logic_of(strategy, strategy.lines)):
        if block.line is not None:
            assert block.expression == Reference(block.line)
            assert list(block.lines) == sorted(term_lines(block.expression, None))
        else:
            named = term_lines(block.expression, None)
            assert {n for n in named if n is not None} <= set(block.lines)
        assert set(block.lines) <= set(strategy.lines)


@settings(max_examples=150)
@given(strategies())
def test_nothing_is_nested_in_its_like_nothing_stands_twice_and_blocks_take_all_that_they_can(
    strategy,
):
    for node in nodes_of(logic_of(strategy, strategy.lines)):
        parts = parts_of_logic(node)
        assert not any(type(part) is type(node) for part in parts)
        assert len({id(part) for part in parts}) == len(parts)
        if isinstance(node, (All, Any)):
            assert len(parts) > 1
        if isinstance(node, Any):
            assert sum(isinstance(part, Block) for part in parts) <= 1


def block(strategy, number: int) -> Block:
    found = logic_of(strategy, [number])
    assert isinstance(found, Block)
    return found


def test_alternatives_are_one_block_through_any_number_of_lines():
    strategy = strategy_of(["a", "b or c (ft)", "#1 or #2", "d", "#3 ... or #4", "#5 and #4"])
    assert block(strategy, 5).lines == (1, 2, 4)
    assert logic_of(strategy, [6]) == All((block(strategy, 5), block(strategy, 4)))


def test_a_block_that_is_only_a_part_of_a_line_is_named_by_its_text():
    strategy = strategy_of(["a", "(b or #1) and c (ft) not (d or e)"])
    first, second, third = logic_of(strategy, [2]).parts
    assert (first.lines, first.line, first.name) == ((1, 2), None, "b or #1")
    assert (second.lines, second.line, second.name) == ((2,), None, "c (ft)")
    assert third == Without(Block((2,), None, "", "d or e", third.part.expression))


def test_long_parts_of_a_line_that_begin_alike_stay_two_blocks():
    words = " or ".join(f"word{n}" for n in range(40))
    strategy = strategy_of([f"({words} or a) and ({words} or b)"])
    first, second = logic_of(strategy, [1]).parts
    assert first.name == second.name and len(first.name) <= 60
    assert first != second


def test_the_same_reference_is_the_same_block():
    strategy = strategy_of(["a", "b", "c", "#1 and #2", "#1 and #3", "#4 or #5"])
    left, right = logic_of(strategy, [6]).parts
    assert left.parts[0] is right.parts[0]


def test_a_double_negation_is_nothing_through_other_lines_too():
    strategy = strategy_of(["a", "not #1", "not (not (not #2))", "b", "#3 or #4"])
    assert logic_of(strategy, [3]) == block(strategy, 1)
    assert block(strategy, 5).lines == (1, 4)


def test_what_is_nested_is_flattened_and_what_stands_twice_stands_once():
    strategy = strategy_of(["a", "b", "c", "#1 and #2", "(#4 and #3) and #4", "#5 or (#5 or #5)"])
    parts = tuple(block(strategy, n) for n in (1, 2, 3))
    assert logic_of(strategy, [6]) == All(parts)


def test_the_line_that_says_a_product_or_a_sum_is_named():
    strategy = strategy_of(["a", "b", "c", "#1 and #2", "#4 or #3", "#5 not #1"])
    logic = logic_of(strategy, [6])
    assert logic.parts[0].line == 5
    assert logic.parts[0].parts[0].line == 4


@pytest.mark.parametrize("joined", ["or", "and", "not"])
def test_ten_thousand_lines_that_each_refer_to_the_one_before_are_one_logic(tmp_path, joined):
    lines = ["#1 a", *(f"#{n} #{n - 1} {joined} b{n}" for n in range(2, 10_001))]
    strategy = read_strategy(written(tmp_path, *lines))
    logic = logic_of(strategy, [10_000])
    assert {line for block in blocks_of(logic) for line in block.lines} == set(range(1, 10_001))
    assert value_of(logic, lambda block: True) is (joined != "not")
    if joined == "or":
        assert isinstance(logic, Block)


def test_ten_thousand_lines_that_join_by_and_and_or_in_turn_nest_as_deep_as_they_say(tmp_path):
    lines = ["#1 a", *(f"#{n} #{n - 1} {('or', 'and')[n % 2]} b{n}" for n in range(2, 10_001))]
    logic = logic_of(read_strategy(written(tmp_path, *lines)), [10_000])
    assert len(blocks_of(logic)) == 9_999
    assert value_of(logic, lambda block: block.lines == (10_000,)) is True
    assert value_of(logic, lambda block: block.lines == (9_999,)) is False


def test_lines_that_are_shared_over_and_over_do_not_multiply(tmp_path):
    lines = ["#1 a", "#2 b", "#3 #1 and #2"]
    for number in range(4, 2_000):
        lines.append(f"#{number} (#{number - 1} or c) and (#{number - 1} or d)")
    logic = logic_of(read_strategy(written(tmp_path, *lines)), [1_999])
    assert len(nodes_of(logic)) < 12_000
    again = ["#1 a", "#2 b", "#3 #1 and #2"]
    again += [f"#{number} #{number - 1} and #{number - 1}" for number in range(4, 2_000)]
    strategy = read_strategy(written(tmp_path, *again))
    assert logic_of(strategy, [1_999]) == logic_of(strategy, [3])


def test_lines_that_no_result_uses_are_told():
    strategy = strategy_of(["a", "b", "c", "#1 or #2", "#4 and c", "#4 or #3"])
    assert unused_lines(strategy, [4]) == [3, 5]
    assert unused_lines(strategy, [5, 6]) == []


@pytest.fixture
def report(project):
    return load_strategies(project / "search_strategies")


def product(strategy, line: int, *blocks: int):
    logic = logic_of(strategy, [line])
    assert logic.line == line
    assert [block.line for block in logic.parts] == list(blocks)
    return logic


@pytest.mark.parametrize(
    ("database", "governance", "products"),
    [
        ("assia", 24, {49: 48, 64: 63, 81: 80}),
        ("bei", 18, {38: 37, 57: 56, 74: 73}),
    ],
)
def test_assia_and_bei_take_three_products_of_governance_with_one_other_set(
    report, database, governance, products
):
    strategy = report[database]
    logic = logic_of(strategy, strategy.reading().lines)
    assert logic == Any(
        tuple(product(strategy, line, governance, other) for line, other in products.items())
    )
    assert [block.set for block in blocks_of(logic)] == [
        "Governance set",
        "Individual agencies set",
        "Integrated/collaborative working set",
        "Outcomes/effectiveness set",
    ]


def test_childdata_joins_agencies_and_collaboration_to_governance_and_outcomes(report):
    strategy = report["childdata"]
    assert logic_of(strategy, strategy.reading().lines) == Any(
        (product(strategy, 31, 14, 19, 30), product(strategy, 44, 14, 19, 43))
    )
    assert block(strategy, 14).set == "Governance set"
    assert block(strategy, 19).set == "Outcomes/effectiveness set"


def test_eric_has_no_outcomes_set_and_joins_the_other_three_in_pairs_and_all_together(report):
    strategy = report["eric"]
    logic = logic_of(strategy, strategy.reading().lines)
    assert logic == Any(
        (
            product(strategy, 34, 17, 33),
            product(strategy, 56, 17, 55),
            product(strategy, 57, 17, 33, 55),
        )
    )
    assert not any("utcome" in block.set for block in blocks_of(logic))


def test_social_care_online_starts_from_one_line(report):
    strategy = report["social_care_online"]
    logic = logic_of(strategy, strategy.reading().lines)
    assert logic == Any((product(strategy, 18, 1, 17), product(strategy, 28, 1, 27)))
    start = blocks_of(logic)[0]
    assert (start.lines, start.name) == ((1,), "Governance (ft)")


def test_ceruk_plus_is_one_or(report):
    strategy = report["ceruk_plus"]
    assert logic_of(strategy, strategy.reading().lines) == block(strategy, 21)
    assert block(strategy, 21).lines == tuple(range(1, 21))


def test_read_literally_bei_leaves_out_most_of_its_outcomes_set(project):
    strategy = read_strategy(project / "search_strategies/bei.yaml", literal=True)
    assert unused_lines(strategy, strategy.reading().lines) == list(range(61, 72))


def test_every_set_of_the_report_is_combined_in_a_line_of_its_own(report):
    found = {name: [one.line for one in combining_lines(s)] for name, s in report.items()}
    assert found == {
        "assia": [24, 48, 63, 80],
        "bei": [18, 37, 56, 73],
        "ceruk_plus": [21],
        "childdata": [14, 19, 30, 43],
        "eric": [17, 33, 55],
        "social_care_online": [17, 27],
    }


def drawn(strategy, numbers=(), hits=None, found=None) -> ElementTree.Element:
    reading = Reading("default", tuple(numbers) or tuple(strategy.lines)[-1:], "inferred", "")
    return ElementTree.fromstring(logic_svg(strategy, reading, hits or {}, found))


def texts(svg: ElementTree.Element) -> list[str]:
    return [text.text for text in svg.iter(f"{SVG}text")]


def rectangles(svg: ElementTree.Element) -> list[tuple[int, int, int, int]]:
    """The boxes as (left, top, right, bottom)."""
    sides = ([int(box.get(name)) for name in ("x", "y", "width", "height")] for box in boxes(svg))
    return [(x, y, x + width, y + height) for x, y, width, height in sides]


def boxes(svg: ElementTree.Element) -> list[ElementTree.Element]:
    return list(svg.iter(f"{SVG}rect"))


def assert_well_drawn(svg: ElementTree.Element) -> None:
    """No box lies on another or beyond the picture, every row within its box, no line through one."""
    places = rectangles(svg)
    width, height = (int(svg.get(name)) for name in ("width", "height"))
    for left, top, right, bottom in places:
        assert 0 <= left < right <= width and 0 <= top < bottom <= height
    for first, second in combinations(places, 2):
        apart = first[2] < second[0] or second[2] < first[0]
        assert apart or first[3] < second[1] or second[3] < first[1]
    for group in svg.iter(f"{SVG}g"):
        for box in group.findall(f"{SVG}rect"):
            top, bottom = int(box.get("y")), int(box.get("y")) + int(box.get("height"))
            rows = [int(text.get("y")) for text in group.findall(f"{SVG}text")]
            assert all(top + 12 < row < bottom - 4 for row in rows)
    for path in svg.findall(f".//{SVG}g/{SVG}path"):
        for x, y in points(path.get("d")):
            for left, top, right, bottom in places:
                assert not (left < x < right and top < y < bottom)


def points(path: str) -> list[tuple[float, float]]:
    """Places along a connector: `M x y H x C x y x y x y`, perhaps with another H."""
    start, end, curve, through = re.fullmatch(
        r"M(\S+ \S+)H(\d+)C([\d ]+?)(?:H(\d+))?", path
    ).groups()
    x0, y0 = map(int, start.split())
    x1 = int(end)
    bent = list(map(int, curve.split()))
    found = [(x0 + (x1 - x0) * step / 8, y0) for step in range(9)]
    for step in range(17):
        t = step / 16
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
        xs, ys = (x1, *bent[0::2]), (y0, *bent[1::2])
        found.append(
            (
                sum(weight * x for weight, x in zip(weights, xs, strict=True)),
                sum(weight * y for weight, y in zip(weights, ys, strict=True)),
            )
        )
    if through:
        x, y = found[-1]
        found += [(x + (int(through) - x) * step / 8, y) for step in range(9)]
    return found


@settings(max_examples=100)
@given(strategies(), st.data())
def test_no_drawing_has_boxes_that_overlap_or_connectors_that_run_through_them(strategy, data):
    numbers = data.draw(st.lists(st.sampled_from(sorted(strategy.lines)), min_size=1, max_size=3))
    assert_well_drawn(drawn(strategy, numbers))


def test_sixty_blocks_joined_in_sixty_steps_are_drawn_without_overlap():
    lines = ["first"]
    for number in range(1, 61):
        operator = ("and", "or", "not")[number % 3]
        shared = max(1, number - 7)
        lines.append(f"(#{number} {operator} (term{number} or other{number} (ft))) and #{shared}")
    svg = drawn(strategy_of(lines))
    assert len(boxes(svg)) > 60
    assert_well_drawn(svg)


def test_the_result_of_sixty_products_is_drawn_without_overlap():
    lines = [f"term{n}" for n in range(61)] + [f"#{n} and #{n + 1}" for n in range(1, 61)]
    svg = drawn(strategy_of(lines), range(62, 122))
    assert len(boxes(svg)) == 122
    assert_well_drawn(svg)


def test_a_strategy_nested_two_thousand_deep_is_drawn_to_its_end():
    lines = ["a", *(f"#{n - 1} {('or', 'and')[n % 2]} b{n}" for n in range(2, 2_001))]
    assert len(boxes(drawn(strategy_of(lines)))) > 3_000


def test_a_name_that_is_too_long_for_its_box_is_wrapped_then_cut_and_told_whole_by_a_tooltip():
    words = "Wasserverunreinigungsbekämpfungsmaßnahmenkoordination " * 9
    svg = drawn(strategy_of([f"{words.strip()} (ft)", "b", "#1 and #2"]))
    rows = [text for text in texts(svg) if "Wasser" in text]
    assert 1 <= len(rows) <= 4 and rows[-1].endswith("…")
    assert all(len(row) < 40 for row in rows)
    assert all(len(row) <= 22 for row in texts(drawn(strategy_of(["W" * 50]))) if "W" in row)
    assert any("Wasser" in title.text for title in svg.iter(f"{SVG}title"))


@pytest.mark.parametrize(
    ("database", "number"),
    [
        ("assia", 4 + 3 + 1),
        ("bei", 4 + 3 + 1),
        ("ceruk_plus", 1 + 1),
        ("childdata", 4 + 2 + 1),
        ("eric", 3 + 3 + 1),
        ("social_care_online", 3 + 2 + 1),
    ],
)
def test_the_drawings_of_the_six_strategies_have_their_blocks_products_and_result(
    report, database, number
):
    strategy = report[database]
    svg = drawn(strategy, strategy.reading().lines)
    assert len(boxes(svg)) == number
    assert_well_drawn(svg)


def test_a_drawing_names_sets_lines_and_hits_and_says_where_they_are_unknown(report):
    eric = report["eric"]
    shown = texts(drawn(eric, (34, 56, 57), {17: 1234, 33: None, 34: 0}, 1_000))
    assert {"Governance set", "#17: 16 lines", "n = 1,234", "hits unknown", "n = 0"} <= set(shown)
    assert {"Result", "any of #34, #56, #57", "n = 1,000"} <= set(shown)


def test_a_drawing_says_which_lines_no_result_uses_and_what_is_taken_away():
    svg = drawn(strategy_of(["a", "b", "c", "#1 not #2"]))
    assert "The result makes no use of #3." in texts(svg)
    assert texts(svg).count("not") == 1
    assert len(svg.findall(f".//{SVG}path[@class='not']")) == 1


def test_a_drawing_is_told_in_words_and_its_names_are_its_own(report):
    def ids(svg):
        return [element.get("id") for element in svg.iter() if element.get("id")]

    childdata = drawn(report["childdata"], (31, 44))
    title, described = childdata.get("aria-labelledby").split()
    words = {element.get("id"): element.text for element in childdata.iter()}
    assert words[title] == "ChildData: how its lines come to the result"
    assert words[described] == (
        "#31 is #14 Governance set and #19 Outcomes/effectiveness set and #30 Individual agencies "
        "set. #44 is #14 Governance set and #19 Outcomes/effectiveness set and #43 "
        "Integrated/collaborative working set. Result is #31 or #44."
    )
    assert not set(ids(childdata)) & set(ids(drawn(report["eric"], (34,))))
