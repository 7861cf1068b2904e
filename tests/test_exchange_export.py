"""What we write for other tools: the records with their decisions, and the same votes read back."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logs import act
from refusal import refused
from searchsets.records.exports import Export
from searchsets.records.model import Record
from searchsets.records.reading import read_export
from searchsets.records.tables import table_of
from searchsets.screening.exchange.model import Asked
from searchsets.screening.exchange.reading import read
from searchsets.screening.exchange.writing import export

RECORDS = table_of(
    [
        Record(
            "a.ris", 1, "EJ1", title='On trusts, "quoted" & more', year=2004, record_id="eric:EJ1"
        ),
        Record("a.ris", 2, title="Joint planning", abstract="ER  - no end", record_id="eric:EJ2"),
        Record("a.ris", 3, title="Café", authors=["Fox, C."], year=2006, record_id="eric:EJ3"),
    ]
)


EVENTS = [
    act("R01", "include", "eric:EJ1"), act("R02", "exclude", "eric:EJ1", reason_code="wrong date"),
    act("R03", "unclear", "eric:EJ1"), act("R01", "exclude", "eric:EJ2", note="line\nand | more"),
    act("R04", "exclude", "eric:EJ1", role="adjudicator"),
]  # fmt: skip
FINALS = {"eric:EJ1": "exclude", "eric:EJ2": "exclude"}
VOTES = {("eric:EJ1", "R01", "include"), ("eric:EJ1", "R02", "exclude"), ("eric:EJ1", "R03", "unclear"),
         ("eric:EJ2", "R01", "exclude")}  # fmt: skip


def votes(path: Path, tool: str = "") -> set[tuple[str, str, str]]:
    found = read(path, tool, Asked())
    cast = [act for act in found.acts if act.role == "screener"]
    return {(found.records[a.record_id].ids[0], a.reviewer, a.decision) for a in cast}


@pytest.mark.parametrize("tool", ["rayyan", "eppi", "covidence"])
def test_the_votes_that_were_written_are_read_back(tmp_path, tool):
    path = tmp_path / "out.ris"
    assert export(tool, RECORDS, EVENTS, FINALS, path) == 2
    assert votes(path, tool) == VOTES
    [made] = read_export(Export("test", path, path.name))
    assert [one.title for one in made.records] == RECORDS.column("title").to_pylist()


def test_a_reason_is_read_back_where_it_is_the_only_one(tmp_path):
    for tool in ("rayyan", "eppi"):
        export(tool, RECORDS, EVENTS, FINALS, tmp_path / "out.ris")
        acts = read(tmp_path / "out.ris", tool, Asked()).acts
        assert [a.reason_code for a in acts if a.reviewer == "R02"] == ["wrong date"]


def test_the_file_for_asreview_labels_what_is_decided_and_nothing_else(tmp_path):
    path = tmp_path / "out.csv"
    assert export("asreview", RECORDS, EVENTS, FINALS | {"eric:EJ2": "unclear"}, path) == 1
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["record_id"], row["included"]) for row in rows] == [
        ("eric:EJ1", "0"), ("eric:EJ2", ""), ("eric:EJ3", ""),
    ]  # fmt: skip
    [back] = read(path, "", Asked()).acts
    assert (back.record_id, back.reviewer, back.role, back.decision) == (
        "eric:EJ1", "published", "published_outcome", "exclude",
    )  # fmt: skip


def test_the_same_inputs_give_the_same_bytes(tmp_path):
    for tool, end in (("asreview", "csv"), ("rayyan", "ris"), ("eppi", "ris")):
        one, other = tmp_path / f"one.{end}", tmp_path / f"other.{end}"
        export(tool, RECORDS, EVENTS, FINALS, one)
        export(tool, RECORDS, EVENTS[::-1], dict(reversed(FINALS.items())), other)
        assert one.read_bytes() == other.read_bytes()


def test_a_file_that_ends_otherwise_than_its_format_is_refused(tmp_path):
    with refused(tmp_path / "out.csv", "out.ris"):
        export("rayyan", RECORDS, EVENTS, FINALS, tmp_path / "out.csv")
    assert not list(tmp_path.iterdir())


NAMES = st.text(
    st.one_of(st.sampled_from('"\\=>|,{}#@:\n\r\t\x85\u2028 é😀'), st.characters(codec="utf-8")),
    min_size=1,
)


@given(
    st.dictionaries(
        NAMES, st.sampled_from(["include", "exclude", "unclear"]), min_size=1, max_size=4
    ),
    NAMES,
)
def test_rayyan_gives_back_the_votes_of_people_of_any_name(tmp_path_factory, decisions, note):
    path = tmp_path_factory.mktemp("rayyan") / "out.ris"
    made = [act(who, decision, "eric:EJ2", note=note) for who, decision in decisions.items()]
    export("rayyan", RECORDS, made, {}, path)
    assert votes(path) == {("eric:EJ2", who, decision) for who, decision in decisions.items()}


@pytest.mark.parametrize("tool", ["eppi", "covidence"])
def test_what_settled_a_disagreement_comes_back(tmp_path, tool):
    own = act("R01", "include", "eric:EJ1", role="consensus")
    out = tmp_path / "log.ris"
    export(tool, RECORDS, [*EVENTS, own], FINALS, out)
    found = read(out, tool, Asked())

    def told(acts) -> list[tuple[str, ...]]:
        return sorted((a.role, a.reviewer, a.decision, a.reason_code) for a in acts)

    assert told(found.acts) == told([*EVENTS, own])
