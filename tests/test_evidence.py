"""What lines are worth, which words truncations caught, what lines and databases share; the tables.

Contributions are held against a slow twin that does what the words say: it rewrites the strategy so
that one line matches nothing, and evaluates all of it anew, record by record.
"""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import replace
from fnmatch import fnmatchcase
from itertools import combinations
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import brute_force
from conftest import records_table
from searchsets.cli import main
from searchsets.evidence.forms import Form, Forms
from searchsets.evidence.lines import Evidence
from searchsets.evidence.overlap import Overlap, overlaps
from searchsets.evidence.stage import (
    FORMS_COLUMNS,
    LINES_COLUMNS,
    OVERLAP_COLUMNS,
    WHY_COLUMNS,
    gather_evidence,
    write_evidence,
)
from searchsets.files import read_csv, write_csv
from searchsets.reporting.database_overlap import (
    DATABASES_COLUMNS,
    TOGETHER_COLUMNS,
    Pair,
    shared,
    write_databases,
)
from searchsets.search.engine import SearchableRecords
from searchsets.strategy.file import read_strategy
from searchsets.strategy.model import TEXT_FIELDS, Near, Reading, Strategy, Term, parts_of
from searchsets.strategy.thesaurus import thesaurus_of
from searchsets.text import normalise, normalise_term
from test_evaluator import LEFT_OUT, VOCABULARY, WORDS, Writer, records, thesauri
from test_search import strategy_of
from test_strategy_file import HEAD, written

# Every record of the twin says where it appeared: a line that looks there for what nobody writes
# surely matches nothing, whatever else a record lacks.
PLACE = "journal"
NOTHING = "zqx [so]"

SETS = st.sampled_from(["", "Governance", "Outcomes"])
FIELDS = st.lists(st.sampled_from(TEXT_FIELDS), min_size=1, unique=True)
UNINDEXED = st.sampled_from(["free_text", "nothing"])


@st.composite
def small_strategies(draw) -> dict[int, tuple[str, str]]:
    """Draw lines, each with its set: terms, mixed lines, and lines that join those before them."""
    writer = Writer(draw, WORDS)
    lines: dict[int, tuple[str, str]] = {}
    for number in range(1, draw(st.integers(2, 7)) + 1):
        joins = number > 2 and draw(st.booleans())
        text = _joined(draw, writer, number) if joins else writer.line(number)
        lines[number] = draw(SETS), text
    return lines


def _joined(draw, writer: Writer, number: int) -> str:
    operands = [writer.other_lines(number) for _ in range(draw(st.integers(1, 3)))]
    operators = [draw(st.sampled_from(["or", "and", "not", "and not"])) for _ in operands]
    text = operands[0]
    for operator, operand in zip(operators[1:], operands[1:], strict=True):
        text += f" {operator} {operand}"
    return text


def strategy_in_sets(
    lines: dict[int, tuple[str, str]],
    fields: list[str] | tuple[str, ...] = TEXT_FIELDS,
    when_unindexed: str = "free_text",
    leave_out: list[str] | tuple[str, ...] = (),
) -> Strategy:
    made = strategy_of([text for _, text in lines.values()], fields, when_unindexed)
    in_sets = {n: replace(line, set=lines[n][0]) for n, line in made.lines.items()}
    return replace(made, lines=in_sets, thesaurus={"leave_out": list(leave_out)})


def reading_of(*numbers: int) -> Reading:
    return Reading("default", numbers, "inferred", "")


def evidence_of(strategy: Strategy, rows: list[dict], *output: int, thesaurus=None) -> Evidence:
    table = SearchableRecords(records_table(*rows))
    return Evidence(strategy, thesaurus, table, reading_of(*output))


# What each line contributes


def contribution(number, lines, records_, output, **options) -> dict[str, list[bool]]:
    """What one line contributes to each record, found out by leaving it out."""
    texts = {n: text for n, (_, text) in lines.items()}
    without = texts | {number: NOTHING}
    others = [
        n
        for n, (name, text) in lines.items()
        if n != number and name == lines[number][0] and has_terms(brute_force.parse(text))
    ]
    made: dict[str, list[bool]] = {}
    for record in records_:
        before, after = (
            {n: value for n, (_, value) in brute_force.evaluate(some, record, **options).items()}
            for some in (texts, without)
        )
        assert after[number] is False
        was, would_be = (
            brute_force.kleene_or([values[n] for n in output]) is True for values in (before, after)
        )
        only = before[number] is True and not any(before[n] is True for n in others)
        row = {
            "found": before[number] is True, "only_in_set": only, "only_in_output": only and was,
            "lost": was and not would_be, "gained": would_be and not was,
        }  # fmt: skip
        for name, value in row.items():
            made.setdefault(name, []).append(value)
    return made


def has_terms(tree: tuple) -> bool:
    if tree[0] in ("and", "or", "not"):
        return any(map(has_terms, tree[1:]))
    return tree[0] not in ("ref", "range")


@settings(max_examples=120)
@given(
    lines=small_strategies(),
    rows=st.lists(records(VOCABULARY, 6), min_size=1, max_size=5),
    fields=FIELDS,
    when_unindexed=UNINDEXED,
    thesaurus=thesauri(),
    leave_out=LEFT_OUT,
    data=st.data(),
)
def test_contributions_are_those_that_leaving_the_line_out_shows(
    lines, rows, fields, when_unindexed, thesaurus, leave_out, data
):
    rows = [row | {"container": PLACE} for row in rows]
    output = data.draw(st.lists(st.sampled_from(sorted(lines)), min_size=1, max_size=2))
    strategy = strategy_in_sets(lines, fields, when_unindexed, leave_out)
    evidence = evidence_of(strategy, rows, *output, thesaurus=thesaurus_of(thesaurus))
    made = {one.line.number: one for one in evidence.contributions()}
    assert list(made) == [n for n, (_, text) in lines.items() if has_terms(brute_force.parse(text))]
    for number, one in made.items():
        expected = contribution(
            number, lines, rows, output, fields=fields, thesaurus=thesaurus, leave_out=leave_out,
            when_unindexed=when_unindexed,
        )  # fmt: skip
        assert {name: getattr(one, name).tolist() for name in expected} == expected


def told(rows: list[dict], lines: dict[int, tuple[str, str]], *output: int) -> dict[int, dict]:
    """The numbers of the records, from 0, in each part of what each line contributes."""
    evidence = evidence_of(strategy_in_sets(lines), rows, *output)
    return {
        one.line.number: {
            name: np.flatnonzero(getattr(one, name)).tolist()
            for name in ("found", "only_in_set", "only_in_output", "lost", "gained")
        }
        for one in evidence.contributions()
    }


WHOLE = {"abstract": "about it", "descriptors": ["Nothing"]}


def test_two_lines_that_find_the_same_cover_for_each_other():
    rows = [{"title": "Joint planning"} | WHOLE, {"title": "Joint work"} | WHOLE]
    lines = {1: ("One", "joint (ft)"), 2: ("One", "planning (ft)"), 3: ("", "#1 or #2")}
    made = told(rows, lines, 3)
    assert made[1]["found"] == [0, 1] and made[1]["lost"] == made[1]["only_in_set"] == [1]
    assert made[2]["found"] == [0] and made[2]["lost"] == made[2]["only_in_set"] == []


def test_a_line_that_alone_carries_its_set_is_not_needed_where_another_output_finds_the_record():
    lines = {1: ("One", "joint (ft)"), 2: ("Two", "planning (ft)"), 3: ("", "#1 and #2")}
    made = told([{"title": "Joint planning"} | WHOLE], lines, 3, 2)
    assert made[1]["only_in_output"] == [0] and made[1]["lost"] == []
    assert made[2]["only_in_output"] == made[2]["lost"] == [0]


def test_what_a_line_behind_not_keeps_out_comes_in_without_it_also_where_it_cannot_be_judged():
    rows = [{"title": "Joint adult work"} | WHOLE, {"title": "Joint work", "descriptors": ["X"]}]
    lines = {1: ("One", "joint [ti]"), 2: ("Two", "adult* (ft)"), 3: ("", "#1 not #2")}
    assert told(rows, lines, 3)[2] == {
        "found": [0], "only_in_set": [0], "only_in_output": [], "lost": [], "gained": [0, 1],
    }  # fmt: skip


def test_what_is_lost_through_many_lines_is_counted_whatever_their_order():
    rows = [{"title": "Joint planning"} | WHOLE, {"title": "Joint work"} | WHOLE]
    lines = {1: ("", "#5 or #2"), 2: ("", "#3 and #3"), 3: ("", "#4"), 4: ("", "joint (ft)"),
             5: ("", "planning (ft)")}  # fmt: skip
    made = told(rows, lines, 1)
    assert made[4]["lost"] == [1] and made[5]["lost"] == []


def test_a_line_of_the_same_set_that_only_joins_others_takes_nothing_from_what_a_line_brings():
    lines = {1: ("One", "joint (ft)"), 2: ("One", "#1"), 3: ("Two", "joint (ft)")}
    made = told([{"title": "Joint work"} | WHOLE], lines, 2)
    assert made[1]["only_in_set"] == made[3]["only_in_set"] == [0]


# The forms that truncations caught


def terms_in(expression) -> list[tuple[Term, tuple[str, ...], bool]]:
    """Every term, with the fields of its own or of its proximity, and whether it is free text."""
    if isinstance(expression, Term):
        return [(expression, expression.fields, expression.free_text)]
    fields = expression.fields if isinstance(expression, Near) else ()
    inside = [one for part in parts_of(expression) for one in terms_in(part)]
    return [(term, own or fields, free) for term, own, free in inside]


def forms_in(record: dict, term: str, fields: tuple[str, ...], free_text: bool) -> set[str]:
    pattern = normalise_term(term).split()
    forms = set()
    for field in fields if free_text else ("descriptors",):
        value = record.get(field) or []
        for text in value if isinstance(value, list) else [value]:
            words = normalise(text).split()
            last = len(words) - len(pattern)
            starts = range(last + 1) if free_text else [0] if last == 0 else []
            for start in starts:
                some = words[start : start + len(pattern)]
                if all(map(fnmatchcase, some, pattern)):
                    forms.add(" ".join(some))
    return forms


@settings(max_examples=100)
@given(
    lines=small_strategies(),
    rows=st.lists(records(VOCABULARY, 6), min_size=1, max_size=5),
    fields=FIELDS,
)
def test_forms_and_their_records_are_those_of_a_plain_count(lines, rows, fields):
    strategy = strategy_in_sets(lines, fields)
    expected = set()
    for line in strategy.lines.values():
        for term, own, free_text in terms_in(line.expression):
            if "*" in term.text or "?" in term.text:
                counted = Counter(
                    form
                    for record in rows
                    for form in forms_in(record, term.text, own or tuple(fields), free_text)
                )
                expected |= {
                    Form(line.number, term.text, free_text, *one) for one in counted.items()
                }
    made = list(Forms(evidence_of(strategy, rows, 1)).forms())
    assert set(made) == expected
    numbers = [one.line for one in made]
    assert numbers == sorted(numbers)


def forms(line: str, *rows: dict) -> list[tuple[str, str, int]]:
    evidence = evidence_of(strategy_of([line]), list(rows), 1)
    return [(one.term, one.form, one.records) for one in Forms(evidence).forms()]


def test_a_record_counts_once_for_each_of_its_forms_and_the_most_frequent_form_comes_first():
    rows = (
        {"title": "Central, central", "abstract": "a centre", "descriptors": ["Central"]},
        {"title": "Centres and centre"},
        {"title": "Zentrum"},
    )
    assert forms("cent* (ft)", *rows) == [
        ("cent*", "centre", 2), ("cent*", "central", 1), ("cent*", "centres", 1),
    ]  # fmt: skip


def test_forms_are_told_without_accents_apostrophes_and_case():
    rows = ({"title": "Children’s Écoles"}, {"title": "childrens ecole"}, {"title": "ÉCOLES"})
    assert forms("child* ecole* (ft)", *rows) == [
        ("child* ecole*", "childrens ecole", 1), ("child* ecole*", "childrens ecoles", 1),
    ]  # fmt: skip
    assert forms("École? (ft)", *rows) == [("École?", "ecoles", 2)]


def test_a_form_stands_in_one_value_and_in_the_fields_that_the_term_names():
    row = {"title": "joint", "abstract": "planning jointly", "keywords": ["plan", "joint plans"]}
    assert forms("joint* plan* (ft)", row) == [("joint* plan*", "joint plans", 1)]
    assert forms("joint* [ti]", row) == [("joint*", "joint", 1)]
    assert forms("(joint* near/1 x) [ab]", row) == [("joint*", "jointly", 1)]


def test_forms_of_a_descriptor_are_whole_descriptors():
    rows = ({"descriptors": ["School boards", "School Boards", "Boards of schools"]},
            {"descriptors": ["SCHOOL-BOARDS", "Schools"], "title": "school boarders"})  # fmt: skip
    assert forms("school board*", *rows) == [("school board*", "school boards", 2)]


def test_of_a_proximity_the_forms_of_its_terms_are_told_near_or_not():
    row = {"title": "Trusts for very many old and young children", "abstract": "trustees"}
    assert forms("trust* pre/1 (child* or boards)", row) == [
        ("trust*", "trustees", 1), ("trust*", "trusts", 1), ("child*", "children", 1),
    ]  # fmt: skip


def test_what_is_not_truncated_has_no_forms():
    assert forms("joint (ft) or plan or Schools (exp)", {"title": "joint plan"}) == []


# What lines and databases share


@given(
    st.integers(0, 20).flatmap(
        lambda size: st.dictionaries(
            st.integers(1, 40),
            st.lists(st.booleans(), min_size=size, max_size=size),
            max_size=6,
        )
    )
)
def test_lines_share_the_records_that_sets_say(flags):
    records_ = {n: {i for i, flag in enumerate(some) if flag} for n, some in flags.items()}
    found = {n: np.array(some, dtype=bool) for n, some in flags.items()}
    assert list(overlaps(found)) == [
        Overlap(a, b, len(records_[a] & records_[b]), len(records_[a] - records_[b]),
                len(records_[b] - records_[a]))
        for a, b in combinations(records_, 2)
        if records_[a] & records_[b]
    ]  # fmt: skip


@given(
    st.dictionaries(
        st.sampled_from(["eric", "assia", "bei", "childdata"]),
        st.lists(st.sampled_from("uvwxyz")),
    )
)
def test_databases_share_the_works_that_sets_say(found):
    pairs, together = shared(found)
    works = {database: set(ids) for database, ids in found.items()}
    assert pairs == [
        Pair(a, b, len(works[a] & works[b]), len(works[a] - works[b]), len(works[b] - works[a]))
        for a, b in combinations(found, 2)
    ]
    for work in set().union(*works.values()):
        holders = tuple(database for database in found if work in works[database])
        others = [w for w in set().union(*works.values()) if _holders(works, w) == set(holders)]
        assert together[holders] == len(others)
    assert together.total() == len(set().union(*works.values()))


def _holders(works: dict[str, set[str]], work: str) -> set[str]:
    return {database for database, ids in works.items() if work in ids}


# The tables

TAIL = "outputs: {lines: [4], basis: inferred, why: the last line}\n"
LINES = ("#1 Planning", "#2 joint* (ft)", "#3 ill* (ft)", "#4 (#1 and #2) not #3")
KNOWN = (
    {"record_id": "known_items:1", "title": "Joint planning"},
    {"record_id": "known_items:2", "title": "Joint work", "abstract": "On illness."},
)
ENRICHMENT = (
    "record,field,value,source\n"
    "known_items:1,abstract,On planning jointly.,the publisher\n"
    "known_items:1,descriptors,Planning,ERIC\n"
)


class Build:
    """What the stages before the evidence wrote, in a folder of its own."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.strategy = written(folder, *LINES, head=HEAD, tail=TAIL)
        self.enrichment = folder / "enrichment.csv"
        self.enrichment.write_text(ENRICHMENT, encoding="utf-8")
        self.bring("known_items", *KNOWN)

    def bring(self, name: str, *rows: dict) -> Path:
        folder = self.folder / "records" / name
        folder.mkdir(parents=True)
        rows = [
            {"record_id": f"{name}:{n:02}", "database": name} | row for n, row in enumerate(rows)
        ]
        pq.write_table(records_table(*rows), folder / "part-0000.parquet")
        return folder

    def evidence(self, *databases: Path) -> dict[str, list[dict[str, str]]]:
        strategy = read_strategy(self.strategy)
        gathered = gather_evidence(
            strategy, None, strategy.reading(), databases, self.folder / "records/known_items",
            self.enrichment,
        )  # fmt: skip
        write_evidence(gathered, self.folder / "out")
        return tables_of(self.folder / "out")

    def retrieved(self, database: str, *ids: str) -> None:
        rows = [{"record_id": record_id} for record_id in ids]
        write_csv(self.folder / "search" / database / "retrieved.csv", ["record_id"], rows)

    def known(self, database: str, *rows: tuple[str, str, str]) -> None:
        columns = ["record_id", "text", "state"]
        made = [dict(zip(columns, row, strict=True)) for row in rows]
        write_csv(self.folder / "evidence" / database / "why.csv", columns, made)


def tables_of(folder: Path) -> dict[str, list[dict[str, str]]]:
    return {path.stem: read_csv(path) for path in sorted(folder.glob("*.csv"))}


def header(path: Path) -> tuple[str, ...]:
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(next(csv.reader(file)))


def columns(rows: list[dict[str, str]], *names: str) -> list[tuple[str, ...]]:
    return [tuple(row[name] for name in names) for row in rows]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    return Build(tmp_path)


def test_without_an_export_counts_of_records_are_empty_and_not_0(build):
    tables = build.evidence()
    own = [row for row in tables["lines"] if row["over"] == "demo"]
    counts = ("found", "only_in_set", "only_in_output", "lost_without", "gained_without", "lost")
    assert columns(own, "line", *counts) == [(str(n), *[""] * 6) for n in (1, 2, 3)]
    assert {row["over"] for row in tables["forms"]} == {"known_items:enriched", "known_items:title"}
    assert "demo" not in {row["over"] for row in tables["overlap"]}


def test_an_export_without_records_counts_0(build):
    tables = build.evidence(build.bring("demo"))
    own = [row for row in tables["lines"] if row["over"] == "demo"]
    assert columns(own, "found", "lost_without", "lost") == [("0", "0", "")] * 3


def test_evidence_is_counted_over_the_own_database_then_others_then_known_items(build):
    rows = [{"title": "Joint planning", "abstract": "x", "descriptors": ["Planning"]}]
    other, own = build.bring("another", *rows), build.bring("demo", *rows)
    tables = build.evidence(other, own)
    order = ["demo", "another", "known_items:title", "known_items:enriched"]
    assert columns(tables["lines"], "line", "over") == [(n, o) for n in "123" for o in order]
    for name, known in (
        ("lines", LINES_COLUMNS), ("forms", FORMS_COLUMNS), ("overlap", OVERLAP_COLUMNS),
        ("why", WHY_COLUMNS),
    ):  # fmt: skip
        assert header(build.folder / f"out/{name}.csv") == known
    places = [(int(row["line"]), order.index(row["over"])) for row in tables["forms"]]
    assert places == sorted(places)
    assert list(dict.fromkeys(row["over"] for row in tables["overlap"])) == order


def test_lines_say_what_they_bring_and_which_records_would_be_lost(build):
    whole = {"abstract": "x", "descriptors": ["Planning"]}
    ill = {"title": "Joint illness", "abstract": "x", "descriptors": ["Planning"]}
    rows = [{"title": f"Joint work {n}"} | whole for n in range(11)]
    tables = build.evidence(build.bring("demo", ill, *rows))
    own = [row for row in tables["lines"] if row["over"] == "demo"]
    assert columns(own, "line", "kind", "found", "only_in_set", "only_in_output", "lost_without",
                   "gained_without") == [
        ("1", "descriptor", "12", "0", "0", "11", "0"),
        ("2", "free_text", "12", "0", "0", "11", "0"),
        ("3", "free_text", "1", "0", "0", "0", "1"),
    ]  # fmt: skip
    assert own[0]["lost"] == "; ".join([f"demo:{n:02}" for n in range(1, 11)] + ["…"])
    assert own[2]["lost"] == ""
    shared_by = [row for row in tables["overlap"] if row["over"] == "demo"]
    assert columns(shared_by, "line_a", "line_b", "both", "only_a", "only_b") == [
        ("1", "2", "12", "0", "0"), ("1", "3", "1", "11", "0"), ("2", "3", "1", "11", "0"),
    ]  # fmt: skip


def test_ten_lost_records_are_all_listed(build):
    rows = [{"title": "Joint", "abstract": "x", "descriptors": ["Planning"]}] * 10
    tables = build.evidence(build.bring("demo", *rows))
    assert tables["lines"][0]["lost"] == "; ".join(f"demo:{n:02}" for n in range(10))


def test_known_items_are_explained_by_their_title_and_by_what_else_is_said_of_them(build):
    rows = build.evidence()["why"]
    assert columns(rows, "record_id", "text", "state") == [
        ("known_items:1", "title", "undecidable"),
        ("known_items:2", "title", "no match"),
        ("known_items:1", "enriched", "match"),
        ("known_items:2", "enriched", "no match"),
    ]
    title, _, enriched, ill = rows
    assert (title["failed"], title["not_judged"]) == ("", "ill* (ft) (#3)")
    assert title["lacking"] == "abstract" and title["nearest"] == ""
    assert (enriched["failed"], enriched["not_judged"], enriched["lacking"]) == ("", "", "")
    assert enriched["other_ways"] == "0"
    assert enriched["found"].startswith(
        "#1 Planning: descriptors: Planning; #2 joint* (ft): title: "
    )
    assert (ill["failed"], ill["not_judged"]) == ("ill* (ft) (#3)", "Planning (#1)")
    assert ill["lacking"] == "descriptors"


def test_of_each_block_in_the_way_the_nearest_words_are_told(build):
    written(build.folder, "#1 plannings [ti] or joints [ti]", "#2 zq [ti]", "#3 works [ti]",
            "#4 #1 and #2 and #3", head=HEAD, tail=TAIL)  # fmt: skip
    rows = [row for row in build.evidence()["why"] if row["text"] == "title"]
    assert columns(rows, "failed", "nearest") == [
        (
            "plannings [ti] or joints [ti] (#1); zq [ti] (#2); works [ti] (#3)",
            "plannings [ti] ~ “planning” in title",
        ),
        (
            "plannings [ti] or joints [ti] (#1); zq [ti] (#2); works [ti] (#3)",
            "joints [ti] ~ “Joint” in title; works [ti] ~ “work” in title",
        ),
    ]


def write_links(folder: Path, **work_of: str) -> None:
    rows = [{"record_id": i.replace("_", ":"), "work_id": work} for i, work in work_of.items()]
    write_csv(folder / "works/links.csv", ["record_id", "work_id"], rows)


@pytest.fixture
def found(build: Build) -> Build:
    """Three databases, the second without an export."""
    for database in ("zoo", "art"):
        build.bring(database)
    write_links(
        build.folder, zoo_1="w1", zoo_2="w2", zoo_3="w3", art_1="w1", art_2="w4", art_3="w4"
    )
    build.retrieved("zoo", "zoo:1", "zoo:2", "zoo:3")
    build.retrieved("none")
    build.retrieved("art", "art:1", "art:2", "art:3")
    build.known("zoo", ("k:1", "title", "match"), ("k:2", "title", "undecidable"),
                ("k:1", "enriched", "match"), ("k:2", "enriched", "match"))  # fmt: skip
    build.known("none", ("k:1", "title", "match"), ("k:2", "enriched", "match"))
    build.known("art", ("k:1", "title", "no match"), ("k:1", "enriched", "match"))
    return build


DATABASES = ["zoo", "none", "art"]


def test_a_database_without_an_export_takes_part_in_known_items_only(found):
    write_databases(DATABASES, found.folder, found.folder / "out")
    tables = tables_of(found.folder / "out")
    assert header(found.folder / "out/databases.csv") == DATABASES_COLUMNS
    assert [tuple(row.values()) for row in tables["databases"]] == [
        ("works", "zoo", "art", "1", "2", "1"),
        ("known_items:title", "zoo", "none", "1", "0", "0"),
        ("known_items:title", "zoo", "art", "0", "1", "0"),
        ("known_items:title", "none", "art", "0", "1", "0"),
        ("known_items:enriched", "zoo", "none", "1", "1", "0"),
        ("known_items:enriched", "zoo", "art", "1", "1", "0"),
        ("known_items:enriched", "none", "art", "0", "1", "1"),
    ]


def test_together_says_how_many_exactly_these_databases_find_the_most_first(found):
    write_databases(DATABASES, found.folder, found.folder / "out")
    assert header(found.folder / "out/together.csv") == TOGETHER_COLUMNS
    assert [tuple(row.values()) for row in tables_of(found.folder / "out")["together"]] == [
        ("works", "zoo", "2"), ("works", "art", "1"), ("works", "zoo; art", "1"),
        ("known_items:title", "zoo; none", "1"),
        ("known_items:enriched", "zoo; art", "1"), ("known_items:enriched", "zoo; none", "1"),
    ]  # fmt: skip


# The commands


def run(*arguments: object) -> str:
    done = CliRunner().invoke(main, list(map(str, arguments)))
    assert done.exit_code == 0, done.output
    return done.output


def test_the_command_writes_the_evidence_of_a_strategy(build):
    own = build.bring("demo", {"title": "Joint", "abstract": "x", "descriptors": ["Planning"]})
    told = run("evidence", "lines", build.strategy, "--records", own, "--known-items",
               build.folder / "records/known_items", "--enrichment", build.enrichment,
               "-o", build.folder / "cli")  # fmt: skip
    assert "demo: evidence for 4 lines" in told
    build.evidence(own)
    for name in ("lines", "forms", "overlap", "why"):
        made, expected = (build.folder / f"{folder}/{name}.csv" for folder in ("cli", "out"))
        assert made.read_bytes() == expected.read_bytes()


def test_the_command_writes_what_databases_share(found):
    run("evidence", "databases", *DATABASES, "--build", found.folder, "-o", found.folder / "cli")
    write_databases(DATABASES, found.folder, found.folder / "out")
    for name in ("databases", "together"):
        made, expected = (found.folder / f"{folder}/{name}.csv" for folder in ("cli", "out"))
        assert made.read_bytes() == expected.read_bytes()


def test_an_unknown_reading_is_refused(build):
    done = CliRunner().invoke(
        main,
        ["evidence", "lines", str(build.strategy), "--known-items",
         str(build.folder / "records/known_items"), "--reading", "rival", "-o",
         str(build.folder / "cli")],
    )  # fmt: skip
    assert done.exit_code == 2
    assert "no reading 'rival'" in done.output and "choose one of: default" in done.output
    assert not (build.folder / "cli").exists()
