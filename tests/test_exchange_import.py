"""From a file of another tool to our log: records found, names hidden, all or nothing, only once."""

from __future__ import annotations

import csv
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from conftest import records_table
from refusal import refused
from searchsets.cli.base import Commands
from searchsets.cli.exchange import export_log, import_log
from searchsets.errors import ReviewError
from searchsets.screening.exchange.matching import OurRecords, match
from searchsets.screening.exchange.model import Foreign
from searchsets.screening.exchange.people import pseudonyms, renamed, without_addresses
from searchsets.screening.log import writing
from searchsets.screening.log.reading import read_log, standing
from searchsets.screening.model import Event, record_sha
from searchsets.screening.outcomes.protocol import Protocol
from searchsets.screening.stage import read_alone

RECORDS = (
    {
        "record_id": "eric:EJ1",
        "accession": "EJ1",
        "title": "On trusts",
        "year": 2004,
        "doi": "10.1000/a1",
    },
    {"record_id": "eric:EJ2", "accession": "EJ2", "title": "Joint planning", "year": 2005},
    {
        "record_id": "bei:7",
        "accession": "7",
        "title": "Joint planning",
        "year": 2009,
        "doi": "10.1000/b",
    },
    {
        "record_id": "bei:8",
        "accession": "8",
        "title": "Joint planning!",
        "year": 2009,
        "doi": "10.1000/b",
    },
)
CSV = (
    "record_id,accession,title,year,doi\neric:EJ1,EJ1,On trusts,2004,10.1000/a1\n"
    "eric:EJ2,EJ2,Joint planning,2005,\n"
)


@click.group(cls=Commands)
def screening() -> None:
    """Stand for the group under which the two commands hang."""


screening.add_command(import_log)
screening.add_command(export_log)


def run(*words: object) -> Result:
    return CliRunner().invoke(screening, [*map(str, words)], catch_exceptions=False)


def bring(folder: Path, text: str, *words: object, name: str = "votes.csv") -> Result:
    (folder / name).write_text(text, encoding="utf-8")
    return run("import", folder / name, "-o", folder / "decisions", *words)


def log_of(folder: Path) -> list[Event]:
    return read_log(folder / "decisions").events


def stand(folder: Path) -> list[tuple[str, str, str, str]]:
    return [(e.record_id, e.reviewer, e.role, e.decision) for e in standing(log_of(folder))]


VOTES = "id,reviewer,decision\nr1,R01,include\nr1,R02,exclude\nr2,R01,exclude\n"


# --- records


@pytest.mark.parametrize(
    ("foreign", "record"),
    [
        (Foreign("1", ("eric:EJ2",)), "eric:EJ2"),
        (Foreign("1", ("ej1",)), "eric:EJ1"),
        (Foreign("1", (), doi="https://doi.org/10.1000/A1"), "eric:EJ1"),
        (Foreign("1", (), "on TRUSTS.", 2004), "eric:EJ1"),
        (Foreign("1", (), "On trusts"), "eric:EJ1"),
        (Foreign("1", (), "Joint planning", 2005), "eric:EJ2"),
    ],
)
def test_a_record_is_found_by_id_accession_doi_or_title_and_year(foreign, record):
    made = match({"1": foreign}, ["1"], records_table(*RECORDS), "file")
    assert made.record_of == {"1": record}
    row = next(row for row in RECORDS if row["record_id"] == record)
    assert made.sha_of[record] == record_sha(row)


@pytest.mark.parametrize(
    ("foreign", "fits"),
    [
        (Foreign("1", ("none",), "Unheard of"), "fits none"),
        (Foreign("1", (), "On trusts", 1999), "fits none"),
        (Foreign("1", (), doi="10.1000/b"), "fits 2"),
        (Foreign("1", (), "Joint planning", 2009), "fits 2"),
    ],
)
def test_a_record_that_fits_none_or_several_is_refused_unless_it_may_be_left_out(foreign, fits):
    table = records_table(*RECORDS)
    with refused("file", fits, "--skip-unmatched"):
        match({"1": foreign}, ["1"], table, "file")
    made = match({"1": foreign}, ["1"], table, "file", skip_unmatched=True)
    assert made.record_of == {} and made.unmatched == [foreign]


def test_a_record_whose_year_we_do_not_know_fits_any_year_but_one_that_has_it_goes_before():
    ours = OurRecords.of(
        records_table({"title": "T", "year": None}, {"title": "T", "year": 2004}, {"title": "U"})
    )
    assert ours.fitting(Foreign("1", (), "T", 2004)) == [1]
    assert ours.fitting(Foreign("1", (), "T", 2005)) == [0]
    assert ours.fitting(Foreign("1", (), "U", 2005)) == [2]


def test_of_many_that_fit_none_the_first_twenty_are_listed():
    many = {str(n): Foreign(str(n), (), f"Title {n}") for n in range(30)}
    with refused("file", "30 records", "Title 19", "and 10 more") as _:
        match(many, many, records_table(*RECORDS), "file")


# --- people


def test_plain_names_are_kept_and_others_are_numbered_in_alphabetical_order_past_taken_ones():
    names = ["Zoë", "R02", "Anna Berg", "jane@example.org", "kim_lee"]
    assert pseudonyms(names, {"jane@example.org": "R01"}) == {
        "Anna Berg": "R03", "R02": "R02", "Zoë": "R04", "jane@example.org": "R01", "kim_lee": "kim_lee",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["R1", "j.doe", "kim_lee", "2-b"])
def test_a_name_that_may_name_a_reviewer_of_the_log_is_kept(tmp_path, name):
    assert pseudonyms([name], {}) == {name: name}
    bring(tmp_path, f"id,reviewer,decision\nr1,{name},include\n")
    assert [event.reviewer for event in log_of(tmp_path)] == [name]


@pytest.mark.parametrize("name", ["J Doe", "j@doe", "Zoë", "_R1", "-", ".R1", "../R1", "R" * 99])
def test_a_name_that_may_name_no_reviewer_of_the_log_becomes_a_number(tmp_path, name):
    bring(tmp_path, f"id,reviewer,decision\nr1,{name},include\n")
    assert [event.reviewer for event in log_of(tmp_path)] == ["R01"]


@pytest.mark.parametrize("said", [{"A B": "a b"}, {"A B": "R1", "C D": "r1"}, {"A B": "x@y"}])
def test_a_pseudonym_that_is_none_or_stands_for_two_people_is_refused(said):
    with pytest.raises(ReviewError):
        pseudonyms(said, said)


def test_names_and_addresses_leave_notes_too():
    act = Event(
        reviewer="Jane Doe", note="Jane Doe: ask jane.doe@uni.example.org; Janet Doering agrees"
    )
    [made] = renamed([act], {"Jane Doe": "R01"})
    assert made.reviewer == "R01"
    assert made.note == "R01: ask [e-mail]; Janet Doering agrees"
    assert without_addresses("3 @ 4 EUR") == "3 @ 4 EUR"


# --- the command


def test_what_came_is_told_in_one_sentence(tmp_path):
    text = (
        "id,stage,reviewer,role,decision\nr1,title_abstract,R1,screener,include\n"
        "r1,title_abstract,R2,screener,exclude\nr1,title_abstract,R3,adjudicator,exclude\n"
    )
    done = bring(tmp_path, text)
    assert (
        "2 votes of 2 reviewers, 1 decision of an adjudicator, on 1 record; 0 were there already"
        in done.output
    )
    [first, *_] = log_of(tmp_path)
    assert (first.tool, first.round, first.seq) == ("table", "main", "1") and first.hash


def test_the_same_import_twice_doubles_no_vote(tmp_path):
    bring(tmp_path, VOTES)
    before = log_of(tmp_path)
    done = bring(tmp_path, VOTES)
    assert "3 were there already" in done.output and log_of(tmp_path) == before


def test_a_changed_vote_replaces_the_former_one_of_the_same_person_and_role(tmp_path):
    text = "id,reviewer,code,is_completed_coding\nr1,R01,Include,1\nr1,R02,Exclude,0\n"
    bring(tmp_path, text)
    done = bring(tmp_path, text.replace("R01,Include", "R01,Uncertain"))
    assert "2 decisions in place of what the same person had said" in done.output
    assert sorted(stand(tmp_path)) == [
        ("r1", "R01", "consensus", "unclear"), ("r1", "R01", "screener", "unclear"),
        ("r1", "R02", "screener", "exclude"),
    ]  # fmt: skip
    by_id = {event.event_id: event for event in log_of(tmp_path)}
    changed = [event for event in by_id.values() if event.supersedes]
    assert sorted(event.role for event in changed) == ["consensus", "screener"]
    assert all(by_id[event.supersedes].role == event.role for event in changed)


def test_full_names_and_addresses_never_reach_the_log(tmp_path):
    text = (
        "id,reviewer,decision,note\nr1,Jane Doe,include,ask Jane Doe\nr1,kim@example.org,exclude,\n"
    )
    done = bring(tmp_path, text)
    assert "Jane Doe is R01 in the log" in done.output
    written = b"".join(p.read_bytes() for p in (tmp_path / "decisions").rglob("*") if p.is_file())
    assert b"Jane" not in written and b"kim" not in written and b"@" not in written
    assert {event.reviewer for event in log_of(tmp_path)} == {"R01", "R02"}


def test_the_same_people_are_known_again_by_their_acts(tmp_path):
    text = "id,reviewer,decision\nr1,Jane Doe,include\nr1,Kim Lee,exclude\n"
    bring(tmp_path, text)
    done = bring(tmp_path, text + "r2,Kim Lee,include\n")
    assert "2 were there already" in done.output and len(log_of(tmp_path)) == 3


def test_who_may_be_another_person_than_the_number_says_is_asked_for(tmp_path):
    bring(tmp_path, "id,reviewer,decision\nr1,Jane Doe,include\n")
    before = log_of(tmp_path)
    text = "id,reviewer,decision\nr1,Anna Berg,exclude\nr1,Jane Doe,include\n"
    done = bring(tmp_path, text)
    assert done.exit_code == 2 and '--as "Anna Berg=R01"' in done.output
    assert log_of(tmp_path) == before
    bring(tmp_path, text, "--as", "Anna Berg=R02", "--as", "Jane Doe=R01")
    assert sorted(stand(tmp_path)) == [
        ("r1", "R01", "screener", "include"),
        ("r1", "R02", "screener", "exclude"),
    ]


def test_records_are_found_among_ours_and_bound_to_what_was_shown(tmp_path):
    (tmp_path / "ours.csv").write_text(CSV, encoding="utf-8")
    text = (
        "id,reviewer,decision,title,year\nx1,R01,include,On trusts,2004\n"
        "x2,R01,exclude,Joint planning,2005\n"
    )
    done = bring(tmp_path, text, "--records", tmp_path / "ours.csv", "--run", "original")
    assert done.exit_code == 0, done.output
    first, second = log_of(tmp_path)
    assert {first.record_id, second.record_id} == {"EJ1", "EJ2"}
    assert first.record_sha == record_sha({"title": "On trusts", "year": 2004})
    assert first.search_run == "original"


def test_one_row_that_fits_no_record_of_ours_stops_the_whole_import(tmp_path):
    (tmp_path / "ours.csv").write_text(CSV, encoding="utf-8")
    text = "id,reviewer,decision,title\nx1,R01,include,On trusts\nx2,R01,exclude,Unheard of\n"
    words = ("--records", tmp_path / "ours.csv")
    done = bring(tmp_path, text, *words)
    assert done.exit_code == 2 and "Unheard of" in done.output and not log_of(tmp_path)
    done = bring(tmp_path, text, *words, "--skip-unmatched")
    assert "WARNING: none of our records" in done.output and len(log_of(tmp_path)) == 1


def test_two_records_that_are_one_of_ours_may_not_be_decided_on_in_contrary_ways(tmp_path):
    (tmp_path / "ours.csv").write_text(CSV, encoding="utf-8")
    text = "id,reviewer,decision,title\nx1,R01,include,On trusts\nx2,R01,{},On trusts\n"
    words = ("--records", tmp_path / "ours.csv")
    assert "x1 and x2 are both" in bring(tmp_path, text.format("exclude"), *words).output
    bring(tmp_path, text.format("include"), *words)
    assert len(log_of(tmp_path)) == 1


def test_codes_are_said_on_the_command_line_and_a_name_may_hold_an_equals_sign(tmp_path):
    text = "id,reviewer,code\nr1,R01,a = b\n"
    assert bring(tmp_path, text).exit_code == 2
    done = bring(tmp_path, text, "--code", "A = b=exclude")
    assert done.exit_code == 0 and stand(tmp_path) == [("r1", "R01", "screener", "exclude")]
    assert bring(tmp_path, text, "--code", "A").exit_code == 2


@pytest.mark.parametrize("option", ["--code", "--as"])
def test_a_name_that_is_said_twice_in_contrary_ways_is_refused(tmp_path, option):
    assert bring(tmp_path, VOTES, option, "A=include", option, "A=include").exit_code == 0
    done = bring(tmp_path, VOTES, option, "A=include", option, "A=exclude")
    assert done.exit_code == 2 and "'A' is said twice, in contrary ways" in done.output


def test_a_tool_that_is_not_known_is_told_with_those_that_are(tmp_path):
    done = bring(tmp_path, VOTES, "--from", "endnote")
    assert done.exit_code == 2 and "'eppi', 'covidence', 'table'" in done.output
    assert "[asreview|rayyan|eppi|covidence]" in run("export", "--help").output


def test_labels_without_people_decide_as_what_was_published(tmp_path):
    done = bring(tmp_path, "id,title_abstract_included,final_included\na,1,1\nb,1,0\nc,0,\n")
    assert "5 published outcomes, on 3 records; 0 were there already" in done.output
    made = read_alone(tmp_path / "decisions", Protocol())
    assert [(row["record_id"], row["state"], row["decided_by"]) for row in made.finals] == [
        ("a", "included", "published outcome"), ("b", "excluded", "published outcome"),
        ("c", "excluded", "published outcome"),
    ]  # fmt: skip


def test_an_import_that_a_full_disk_ended_is_completed_by_another_one(tmp_path, monkeypatch):
    write, written = writing._write, []

    def until_full(path: Path, *others) -> None:
        if written:
            raise OSError(28, "No space left on device", str(path))
        written.append(path)
        write(path, *others)

    with monkeypatch.context() as patch:
        patch.setattr(writing, "_write", until_full)
        assert "No space left on device" in bring(tmp_path, VOTES).output
    assert 0 < len(log_of(tmp_path)) < 3
    bring(tmp_path, VOTES)
    assert sorted(stand(tmp_path)) == [
        ("r1", "R01", "screener", "include"), ("r1", "R02", "screener", "exclude"),
        ("r2", "R01", "screener", "exclude"),
    ]  # fmt: skip
    assert len(log_of(tmp_path)) == 3


def labels(folder: Path, *words: object) -> list[str]:
    """Return the labels of our two records in a file for ASReview."""
    words = ("--records", folder / "ours.csv", *words, "-o", folder / "out.csv")
    done = run("export", folder / "decisions", "--to", "asreview", *words)
    assert done.exit_code == 0, done.output
    with (folder / "out.csv").open(encoding="utf-8", newline="") as file:
        return [row["included"] for row in csv.DictReader(file)]


def test_what_is_written_for_another_tool_was_decided_as_the_protocol_asks(tmp_path):
    (tmp_path / "ours.csv").write_text(CSV, encoding="utf-8")
    bring(tmp_path, "id,reviewer,decision\nEJ1,R01,include\nEJ2,R01,exclude\n")
    assert labels(tmp_path) == ["1", "0"]
    assert labels(tmp_path, "--screeners", "title_abstract=2") == ["", ""]
    bring(tmp_path, "id,reviewer,decision\nEJ2,R02,exclude\n")
    assert labels(tmp_path) == ["", "0"]  # the first awaits another screener too
    assert labels(tmp_path, "--screeners", "title_abstract=1") == ["1", "0"]


def test_the_decisions_of_one_stage_are_written_alone(tmp_path):
    (tmp_path / "ours.csv").write_text(CSV, encoding="utf-8")
    text = "id,stage,reviewer,decision\nEJ1,title_abstract,R01,include\nEJ1,full_text,R01,exclude\n"
    bring(tmp_path, text)
    assert labels(tmp_path) == ["0", ""]
    assert labels(tmp_path, "--stage", "title_abstract") == ["1", ""]


def test_what_the_log_holds_is_written_for_another_tool_and_comes_back(tmp_path):
    (tmp_path / "ours.csv").write_text(CSV, encoding="utf-8")
    words = ("--records", tmp_path / "ours.csv")
    bring(
        tmp_path,
        "id,reviewer,decision\nEJ1,R01,include\nEJ1,R02,exclude\nEJ2,R01,exclude\n",
        *words,
    )
    before = stand(tmp_path)
    out = tmp_path / "out.ris"
    done = run("export", tmp_path / "decisions", "--to", "rayyan", *words, "-o", out)
    assert "2 records written" in done.output, done.output
    back = tmp_path / "back"
    run("import", out, "-o", back / "decisions", *words)
    assert stand(back) == before and len(before) == 3


def test_a_changed_mind_in_the_file_is_imported_once_however_often(tmp_path):
    head = "article_id,user_id,key,value,created_at\n"
    first = "1,9,included,1,2024-03-02 10:00:00 UTC\n"
    then = "1,9,included,-1,2024-03-02 11:00:00 UTC\n"
    last = "1,9,included,0,2024-03-02 12:00:00 UTC\n"
    for text in (
        head + first,
        head + first + then,
        head + first + then,
        head + first + then + last,
    ):
        assert bring(tmp_path, text, name="customizations_log.csv").exit_code == 0
    assert [event.decision for event in log_of(tmp_path)] == ["include", "exclude", "unclear"]
    assert stand(tmp_path) == [("1", "9", "screener", "unclear")]
