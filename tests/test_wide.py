"""The widest question: its answer holds the strategy's, whatever a service makes of apostrophes."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import records_table
from refusal import refused
from searchsets.errors import ReviewError
from searchsets.search.engine import SearchableRecords
from searchsets.search.evaluate import evaluate
from searchsets.sources.forms import Forms, read_forms, regular
from searchsets.sources.services import SERVICES
from searchsets.sources.services.govuk import handfuls
from searchsets.sources.wide import (
    NOTHING,
    Abilities,
    all_of,
    any_of,
    halves,
    pieces,
    size,
    spellings,
    widest,
    written,
)
from searchsets.strategy.file import choose_reading, load_strategies, load_thesaurus
from searchsets.strategy.model import And, Or, Reading, Term
from searchsets.text import normalise
from test_search import THESAURUS, strategy_of

# ---- a service, as it may see a record -------------------------------------------------------

APOSTROPHE = re.compile("['’]")
AS_SEEN = {
    "kept": lambda text: re.findall(r"[a-z0-9]+(?:'[a-z0-9]+)*", text),
    "parts": lambda text: re.findall(r"[a-z0-9]+", text),
    "dropped": lambda text: re.findall(r"[a-z0-9]+", re.sub(r"'s\b|'", "", text)),
    "deleted": lambda text: re.findall(r"[a-z0-9]+", text.replace("'", "")),
}
"""How services take words with apostrophes: as one word, as two, without the genitive, as ours."""


def finds(node, record: dict, how: str) -> bool:
    """Tell whether a service finds a record by a question; the slow twin of asking."""
    if isinstance(node, And):
        return all(finds(part, record, how) for part in node.parts)
    if isinstance(node, Or):
        return any(finds(part, record, how) for part in node.parts)
    if not node.free_text:
        return normalise(node.text) in map(normalise, record["descriptors"])
    tokens = AS_SEEN[how](" | ".join(texts_of(record)))
    if node.text.endswith("*"):
        return any(token.startswith(node.text[:-1]) for token in tokens)
    asked = AS_SEEN[how](node.text)
    return any(tokens[i : i + len(asked)] == asked for i in range(len(tokens)))


def texts_of(record: dict) -> list[str]:
    fields = [record["title"], record["abstract"], *record["descriptors"], *record["keywords"]]
    return [APOSTROPHE.sub("'", text.lower()) for text in fields]


# ---- records and strategies -------------------------------------------------------------------

WORDS = ("children's", "Childrens", "children", "service", "services", "service’s", "trust",
         "trusts", "governance", "multi-agency", "Multi", "agency", "planning", "Schools", "rural",
         "Rural Schools", "the", "of")  # fmt: skip
TEXTS = st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join)
DESCRIPTORS = ("Governance", "Schools", "Rural Schools", "Field Schools", "Planning")
RECORDS = st.fixed_dictionaries(
    {
        "title": TEXTS,
        "abstract": TEXTS,
        "descriptors": st.lists(st.sampled_from(DESCRIPTORS), max_size=2),
        "keywords": st.lists(TEXTS, max_size=1),
    }
)
TERMS = (
    "Governance", "Schools (exp)", "Planning", "Childrens service* (ft)", "Children* trust* (ft)",
    "Multi agency (ft)", "services (ft)", "trusts (ft)", "Planning (ft) [ti]", "of the schools (ft)",
    "children (ft) near/2 service* (ft)", "Governance (ft)", "serv?ce* (ft)", "cent* (ft)",
)  # fmt: skip


JOINED = ("#{0} and #{1}", "#{0} or #{1}", "#{1} not #{0}", "(#{0} or #{1}) and #{2}",
          "#{0} and (#{1} or #{2})")  # fmt: skip


@st.composite
def strategies(draw):
    """Return the lines of a strategy: terms, then combinations; the last one is the result."""
    lines = draw(st.lists(st.sampled_from(TERMS), min_size=2, max_size=5))
    for _ in range(draw(st.integers(1, 4))):
        one, two, three = (draw(st.integers(1, len(lines))) for _ in range(3))
        form = draw(
            st.sampled_from(
                [
                    "#{} and #{}",
                    "#{} or #{}",
                    "#{} not #{}",
                    "(#{} or #{}) and #{}",
                    "#{} and (#{} or #{})",
                ]
            )
        )
        lines.append(form.format(one, two, three))
    return lines


FORMS = {
    "children": ("children", "childrens", "children's"),
    "service": ("service", "services", "service's"),
    "trust": ("trust", "trusts"),
    "serv": ("service", "services", "service's"),
    "cent": (),
}
"""All forms that the records above have."""


@given(
    strategies(),
    st.lists(RECORDS, min_size=1, max_size=6),
    st.sampled_from([Abilities(d, t) for d in (True, False) for t in (True, False)]),
    st.sampled_from(list(AS_SEEN)),
)
def test_what_the_strategy_finds_is_in_what_the_question_finds(lines, records, abilities, how):
    if abilities.descriptors:  # a database with a thesaurus gives every record descriptors
        records = [one | {"descriptors": one["descriptors"] or ["Others"]} for one in records]
    strategy = strategy_of(lines)
    result = len(lines)
    reading = Reading("test", (result,), "", "")
    found = evaluate(strategy, THESAURUS, SearchableRecords(records_table(*records)))
    wide = widest(strategy, THESAURUS, reading, abilities, Forms(dict(FORMS)))
    for index, record in enumerate(records):
        if found[result].fallback.sure[index]:
            assert finds(wide.expression, record, how), wide.expression


SMALL = st.recursive(
    st.sampled_from([Term(one, free_text=True) for one in "abcdef"]),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=4).map(any_of)
        | st.lists(inner, min_size=1, max_size=4).map(all_of)
    ),
    max_leaves=12,
)


def truths(node) -> list[bool]:
    """Return the value of an expression for each set of words that a record may have."""
    return [
        finds(node, {"title": " ".join(w for w, has in zip("abcdef", here, strict=True) if has),
                     "abstract": "", "descriptors": [], "keywords": []}, "parts")
        for here in itertools.product([False, True], repeat=6)
    ]  # fmt: skip


@given(st.lists(SMALL, min_size=1, max_size=4))
def test_the_short_form_says_the_same_as_the_long_one(parts):
    assert truths(any_of(parts)) == truths(Or(tuple(parts)))
    assert truths(all_of(parts)) == truths(And(tuple(parts)))


@given(SMALL)
def test_two_halves_are_the_whole(node):
    parted = halves(node)
    if parted is None:
        assert isinstance(node, Term) or not any(isinstance(part, Or) for part in node.parts)
    else:
        assert truths(Or(parted)) == truths(node)
        assert all(size(half) < size(node) for half in parted)


@given(SMALL, st.integers(1, 6))
def test_pieces_fit_and_are_together_the_whole(node, most):
    try:
        made = list(pieces(node, lambda part: size(part) <= most))
    except ReviewError as error:  # a part that cannot be parted is too long
        assert "cannot be parted" in str(error)
        return
    assert all(size(part) <= most for part in made)
    assert truths(Or(tuple(made))) == truths(node)


@given(SMALL)
def test_every_record_has_one_handful_of_words_whole(node):
    """GOV.UK is asked for handfuls of words that must all be there."""
    made = handfuls(node)
    for here, value in zip(itertools.product([False, True], repeat=6), truths(node), strict=True):
        has = {word for word, there in zip("abcdef", here, strict=True) if there}
        if value:
            assert any(words <= has for words in made)


# ---- single rules -----------------------------------------------------------------------------


PLAIN = Abilities()


def asked(*lines: str, abilities=PLAIN, result: int = 0, **more):
    strategy = strategy_of(list(lines), **more)
    reading = Reading("test", (result or len(lines),), "", "")
    return widest(strategy, None, reading, abilities, Forms({"cent": ("centre",)}))


@pytest.mark.parametrize("how", AS_SEEN)
@pytest.mark.parametrize("title", ["The service’s plan", "Services", "The services' plan"])
def test_a_genitive_is_found_whatever_a_service_makes_of_apostrophes(how, title):
    record = {"title": title, "abstract": "", "descriptors": [], "keywords": []}
    assert finds(asked("services (ft)").expression, record, how)


@pytest.mark.parametrize(("line", "found"), [("#1 ... or #3", True), ("#1 ... and #3", False)])
def test_a_range_is_asked_for_with_its_operator(line, found):
    record = {"title": "Planning", "abstract": "", "descriptors": [], "keywords": []}
    wide = asked("Planning (ft)", "Budgeting (ft)", "Boards (ft)", line)
    assert finds(wide.expression, record, "parts") is found


def test_a_truncated_word_is_asked_for_as_its_forms_where_there_is_no_truncation():
    assert written(asked("trust* (ft)").expression, lambda term: term.text) == (
        "trust OR trusts OR trust's OR trusted OR trusting"
    )
    truncated = asked("trust* (ft)", abilities=Abilities(truncation=True)).expression
    assert written(truncated, lambda term: term.text).startswith("trust* OR trust OR trusts")


def test_what_is_excluded_is_asked_for_too_and_that_is_said():
    wide = asked("Governance (ft)", "Planning (ft)", "#1 not #2")
    assert wide.expression == Term("governance", free_text=True)
    assert any("not" in note for note in wide.notes)


@pytest.mark.parametrize("line", ["not #1", "#1 or not #1", "Smith (ft) [au]", "a* (ft)"])
def test_a_result_that_no_word_bounds_is_refused(line):
    with refused("test", "no word can be asked for"):
        asked("Governance (ft)", line)


def test_words_that_services_leave_out_are_not_asked_for():
    assert asked("Schools of the future (ft)").expression == And(
        (any_of([Term(one, free_text=True) for one in spellings("schools")]),
         Term("future", free_text=True))
    )  # fmt: skip


def test_a_descriptor_is_nothing_where_records_have_none_and_are_not_read_as_text():
    assert asked("Planning", when_unindexed="nothing").expression == NOTHING


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("errata", [False, True])
def test_every_service_can_be_asked_for_every_strategy_of_the_report(project, service, errata):
    asked_for = SERVICES[service](contact="a@example.org", key="k", journals=("0141-1926",))
    strategies = load_strategies(project / "search_strategies", literal=errata)
    assert len(strategies) == 6
    for strategy in strategies.values():
        forms = read_forms(project / "config/forms.csv")
        thesaurus = load_thesaurus(strategy)
        reading = choose_reading(strategy, "default")
        wide = widest(strategy, thesaurus, reading, asked_for.abilities, forms)
        queries = asked_for.queries(wide.expression, (2002, 2008))
        assert queries
        assert len({query.key for query in queries}) == len(queries)
        for query in queries:
            from searchsets.sources.services.base import Position

            assert len(asked_for.request(query, Position()).whole_url) <= 4000


def test_regular_forms_of_the_words_of_the_report():
    assert "authority" not in regular("authorit")  # so it stands in config/forms.csv
    assert regular("pct") == ("pct", "pcts", "pct's")


def test_forms_that_came_back_and_were_not_asked_for_are_told():
    forms = Forms({"cent": ("centre",)})
    forms.of("cent")
    forms.of("trust")
    assert forms.not_asked(["A Centre, centres; a century of trusts and mistrust."]) == {
        "cent": {"centres", "century"}
    }


def test_a_form_that_does_not_begin_as_its_stem_is_refused(tmp_path):
    table = tmp_path / "forms.csv"
    table.write_text("truncated,form\ncent*,center\ncent*,sent\n")
    with refused(f"{table}:3", "no form of"):
        read_forms(table)
