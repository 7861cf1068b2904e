"""Plain tables of decisions and of labels, and the lists of Covidence."""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path

import pytest

from refusal import refused
from searchsets.cli import main
from searchsets.errors import ReviewError
from searchsets.files import read_csv
from searchsets.screening.exchange import covidence, table
from searchsets.screening.exchange.model import Asked
from searchsets.screening.exchange.reading import read, tool_of

COVIDENCE = "Title,Authors,Abstract,Published Year,Journal,DOI,Ref,Covidence #,Study,Notes,Tags\n"


def written(folder: Path, text: str, name: str = "table.csv") -> Path:
    path = folder / name
    data = text.encode("utf-8")
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


@pytest.mark.parametrize("name", ["decisions.csv", "decisions.csv.gz"])
def test_a_table_of_acts_names_stage_role_and_reason_of_each(tmp_path, name):
    path = written(
        tmp_path,
        "id,stage,reviewer,role,decision,reason\n"
        "r1,title_abstract,R1,screener,include,\nr1,title_abstract,R2,screener,exclude,too old\n"
        "r1,title_abstract,R3,adjudicator,exclude,\nr1,full_text,,final,exclude,Wrong age\n"
        "r2,full text,R1,,maybe,\nr3,full-text,R1,,Not Retrieved,\n",
        name,
    )
    found = read(path, "", Asked())
    assert [
        (a.stage, a.reviewer, a.role, a.decision, a.reason_code, a.note) for a in found.acts
    ] == [
        ("title_abstract", "R1", "screener", "include", "", ""),
        ("title_abstract", "R2", "screener", "exclude", "", "too old"),
        ("title_abstract", "R3", "adjudicator", "exclude", "", ""),
        ("full_text", "final", "consensus", "exclude", "Wrong age", ""),
        ("full_text", "R1", "screener", "unclear", "", ""),
        ("full_text", "R1", "screener", "not_retrieved", "", ""),
    ]


def test_labels_without_people_are_a_published_outcome_of_their_stages(tmp_path):
    path = written(
        tmp_path, "id,title_abstract_included,final_included\na,1,1\nb,1,0\nc,0,0\nd,0,1\n"
    )
    found = read(path, "", Asked())
    assert {(a.reviewer, a.role) for a in found.acts} == {("published", "published_outcome")}
    assert [(a.record_id, a.stage, a.decision) for a in found.acts] == [
        ("a", "title_abstract", "include"), ("a", "final", "include"),
        ("b", "title_abstract", "include"), ("b", "final", "exclude"),
        ("c", "title_abstract", "exclude"), ("d", "title_abstract", "exclude"), ("d", "final", "include"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,reviewer,decision\nr1,R1,perhaps\n", "table.csv:2: 'perhaps' is no decision"),
        ("id,reviewer,decision\n,R1,include\n", "table.csv:2: the row names no record"),
        ("id,reviewer,decision\nr1,,include\n", "table.csv:2: the row names no reviewer"),
        ("id,reviewer,role,decision\nr1,R1,king,include\n", "unknown role 'king'"),
        ("id,reviewer,stage,decision\nr1,R1,later,include\n", "unknown stage 'later'"),
        ("id,reviewer,decision\n", "the table has no rows"),
        ("id,colour\nr1,red\n", "its columns are id, colour"),
        ('id,reviewer,decision\nr1,"R1,include\n', "never closed"),
        ("id,reviewer,decision\nr1,R1,include,more\n", "4 cells where the header has 3"),
    ],
)
def test_a_table_that_is_not_as_it_must_be_is_refused_with_its_place(tmp_path, text, said):
    path = written(tmp_path, text)
    with refused(path, said):
        table.read(path, Asked())


def test_a_list_of_covidence_is_one_consensus_a_record_with_the_reason_in_its_notes(tmp_path):
    path = written(
        tmp_path,
        COVIDENCE + "On trusts,A,B,2004,J,10.1000/a1,EJ1,#12,Fox 2004,"
        "Exclusion reason: Wrong outcomes; see p. 3,old\n"
        "Joint,A,B,2005,J,,,#13,Fox 2005,,\n",
    )
    found = read(path, "", Asked(decision="exclude"))
    assert [
        (a.record_id, a.reviewer, a.role, a.decision, a.reason_code, a.note) for a in found.acts
    ] == [
        ("12", "covidence", "consensus", "exclude", "Wrong outcomes", "see p. 3; tags: old"),
        ("13", "covidence", "consensus", "exclude", "", ""),
    ]
    assert found.records["12"].ids == ("EJ1",) and found.records["12"].doi == "10.1000/a1"
    assert "Covidence exports no votes" in found.messages[0]


def test_a_list_of_covidence_asks_in_which_category_its_records_are(tmp_path):
    path = written(tmp_path, COVIDENCE + "T,A,B,2004,J,,,#12,S,,\n")
    with refused(path, "--decision exclude"):
        covidence.read(path, Asked())


def test_covidences_table_of_agreement_is_refused_for_it_holds_no_votes(tmp_path):
    path = written(tmp_path, "Reviewer A,Reviewer B,A Yes B Yes,Cohen's Kappa\nJane,Kim,12,0.8\n")
    assert tool_of(path) == "covidence"
    with refused(path, "it holds numbers of votes"):
        covidence.read(path, Asked(decision="exclude"))


def test_the_whole_of_a_real_dual_screened_review_is_read(corpora):
    found = read(corpora / "screening/dimitrov_2024/decisions.csv.gz", "", Asked())
    counts = Counter((act.stage, act.role, act.decision) for act in found.acts)
    assert counts["title_abstract", "screener", "include"] == 34
    assert counts["title_abstract", "screener", "exclude"] == 2962
    assert counts["title_abstract", "adjudicator", "include"] == 2
    assert counts["full_text", "consensus", "include"] == 7
    reasons = Counter(act.reason_code for act in found.acts if act.role == "consensus")
    assert (reasons["Not SNHL only"], reasons["Wrong age cohort"]) == (9, 2)


@pytest.mark.parametrize(
    ("name", "passed", "included"), [("nagtegaal_2019", 392, 101), ("van_de_schoot_2017", 388, 43)]
)
def test_real_labels_of_two_stages_come_to_the_flow_that_was_published(
    corpora, tmp_path, name, passed, included
):
    labels = corpora / "screening" / name / "stages.csv.gz"
    for words in (["import", labels, "-o", tmp_path / "log"],
                  ["audit", tmp_path / "log", "-o", tmp_path / "out"]):  # fmt: skip
        main(["screening", *map(str, words)], standalone_mode=False)
    flow = read_csv(tmp_path / "out/flow.csv")
    n = {(row["stage"], row["what"]): int(row["n"]) for row in flow if not row["reason"]}
    assert (n["title_abstract", "passed"], n["final", "passed"]) == (passed, included)
    assert n["final", "entered"] == passed
    finals = read_csv(tmp_path / "out/final.csv")
    assert {row["decided_by"] for row in finals} == {"published outcome"}


HEAD = "id,stage,reviewer,role,decision,reason,time\n"
CONTRARY = (
    "a,title_abstract,R1,screener,include,good,{0}\na,title_abstract,R1,screener,exclude,,{1}\n"
)


def test_one_person_who_says_contrary_things_in_a_table_is_in_doubt(tmp_path):
    path = written(tmp_path, HEAD + CONTRARY.format("", ""))
    [act] = read(path, "table", Asked()).acts
    assert (act.decision, act.note) == ("unclear", "contrary rows: include, exclude; good")


def test_of_contrary_rows_with_times_the_later_corrects_the_earlier(tmp_path):
    path = written(tmp_path, HEAD + CONTRARY.format("2026-01-01T10:00:00Z", "2026-01-02T10:00:00Z"))
    assert [act.decision for act in read(path, "table", Asked()).acts] == ["include", "exclude"]


def test_a_file_of_no_tool_is_told_without_its_signs(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"\x00\x01\x1b[31mred,b\n1,2\n")
    with pytest.raises(ReviewError, match="does not tell which tool") as error:
        read(path, "", Asked())
    assert str(error.value).replace("\n", "").isprintable()
