"""Rayyan: notes as the text of a Ruby hash, tables, RIS, archives, and the log of what people did."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refusal import refused
from searchsets.screening.exchange import rayyan, rayyan_notes, ruby
from searchsets.screening.exchange.model import Asked

HEADER = "key,title,year,month,day,journal,authors,abstract,notes\n"
LOG = "article_id,user_id,user_email,key,value,created_at\n"
NAMES = st.text(
    st.one_of(
        st.sampled_from('"\\=>|,{}[]#$@:\n\r\t\0\x85\u2028 é俊😀'), st.characters(codec="utf-8")
    ),
    min_size=1,
)


def table(folder: Path, *notes: str, encoding: str = "utf-8") -> Path:
    path = folder / "articles.csv"
    rows = (
        f'rayyan-{n},Title {n},200{n},,,J,A,"An abstract","{one.replace(chr(34), chr(34) * 2)}"\n'
        for n, one in enumerate(notes, start=1)
    )
    path.write_text(HEADER + "".join(rows), encoding=encoding, newline="\n")
    return path


def votes(path: Path) -> list[tuple[str, str, str, str]]:
    return [
        (a.record_id, a.reviewer, a.decision, a.reason_code)
        for a in rayyan.read(path, Asked()).acts
    ]


def test_every_persons_decision_is_a_vote_and_maybe_is_unclear(tmp_path):
    path = table(
        tmp_path, 'RAYYAN-INCLUSION: {"Kofi"=>"Included", "Ama"=>"Maybe", "Jo"=>"Excluded"}'
    )
    assert votes(path) == [
        ("rayyan-1", "Kofi", "include", ""),
        ("rayyan-1", "Ama", "unclear", ""),
        ("rayyan-1", "Jo", "exclude", ""),
    ]


def test_one_reason_of_nobody_in_particular_is_that_of_the_votes_that_exclude(tmp_path):
    path = table(
        tmp_path,
        'RAYYAN-INCLUSION: {"A"=>"Included", "B"=>"Excluded"} | RAYYAN-EXCLUSION-REASONS: wrong date',
    )
    assert [reason for *_, reason in votes(path)] == ["", "wrong date"]


def test_of_several_reasons_none_is_a_persons_and_the_note_holds_them(tmp_path):
    path = table(
        tmp_path,
        'RAYYAN-INCLUSION: {"A"=>"Excluded"} | RAYYAN-LABELS: x,y | RAYYAN-EXCLUSION-REASONS: a,b | '
        'USER-NOTES: {"A"=>["see p. 3", "and 4"], "B"=>["no"]}',
    )
    [act] = rayyan.read(path, Asked()).acts
    assert act.reason_code == ""
    assert act.note == "exclusion reasons of all: a, b; see p. 3; and 4; labels: x, y"


def test_what_the_notes_held_before_is_kept_apart_and_brings_our_id_and_doi_back():
    notes = rayyan_notes.parse(
        "DOI: 10.1000/a1 | Accession: EJ1 | searchsets-record: eric:EJ1 | Database: eric | "
        'RAYYAN-INCLUSION: {"A"=>"Included"}'
    )
    assert notes.ids == ("eric:EJ1", "EJ1") and notes.doi == "10.1000/a1"
    assert notes.before.startswith("DOI:") and notes.inclusion == {"A": "Included"}


def test_a_name_may_hold_what_looks_like_the_next_part():
    name = 'A "B", {C} => | RAYYAN-EXCLUSION-REASONS: x'
    written = rayyan_notes.written({name: "exclude"}, ["late"], {})
    notes = rayyan_notes.parse(f"old | {written}")
    assert notes.inclusion == {name: "Excluded"} and notes.reasons == ["late"]


def test_the_blanks_of_newer_ruby_and_its_escapes_are_read():
    assert ruby.parse(r'{"Jos\u00e9 \u{1F600}" => "Included", "a\tb"=>nil}')[0] == {
        "José 😀": "Included", "a\tb": "nil",
    }  # fmt: skip


@given(st.dictionaries(NAMES, st.one_of(NAMES, st.lists(NAMES)), max_size=5), st.text(max_size=9))
def test_what_is_written_as_a_ruby_hash_is_read_back_and_is_one_line(made, behind):
    text = ruby.written(made)
    assert len(text.splitlines()) <= 1
    assert ruby.parse(text + behind) == (made, len(text))


@given(st.text(st.sampled_from('{}[]"\\=>, |a1u\n'), max_size=30))
def test_no_text_breaks_the_reading_of_a_hash_otherwise_than_by_saying_so(text):
    try:
        ruby.parse(text)
    except ruby.NoHash:
        pass


@given(
    st.dictionaries(
        NAMES, st.sampled_from(["include", "exclude", "unclear"]), min_size=1, max_size=4
    ),
    st.dictionaries(NAMES, st.lists(NAMES, min_size=1, max_size=3), max_size=2),
)
def test_notes_that_are_written_are_read_back_with_the_same_votes(decisions, notes):
    read = rayyan_notes.parse("old | " + rayyan_notes.written(decisions, [], notes))
    assert {who: rayyan_notes.DECISIONS[word] for who, word in read.inclusion.items()} == decisions
    assert read.of_people == notes


@pytest.mark.parametrize("broken", ['{"A"=>"Included"', '{"A"}', '{"A"=>"Inc', '{"A" "B"}', "{=>}"])
def test_notes_that_are_cut_off_are_refused_with_their_line(tmp_path, broken):
    path = table(tmp_path, 'RAYYAN-INCLUSION: {"A"=>"Included"}', f"RAYYAN-INCLUSION: {broken}")
    with refused(f"{path}:3", "'rayyan-2'", "in Rayyan: Export"):
        rayyan.read(path, Asked())


def test_a_word_that_is_no_decision_is_refused_unless_a_person_says_what_it_means(tmp_path):
    path = table(tmp_path, 'RAYYAN-INCLUSION: {"A"=>"Perhaps"}')
    with refused(path, "'Perhaps' is no decision"):
        rayyan.read(path, Asked())
    [act] = rayyan.read(path, Asked(codes={"perhaps": "unclear"})).acts
    assert act.decision == "unclear"


@pytest.mark.parametrize("encoding", ["mac-roman", "cp1252", "utf-16", "utf-8-sig"])
def test_names_in_other_encodings_are_read_without_loss(tmp_path, encoding):
    name = "José Müller-Brontë"
    text = (
        f'RAYYAN-INCLUSION: {{"{name}"=>"Included"}} | USER-NOTES: {{"{name}"=>["où, là, déjà"]}}'
    )
    [act] = rayyan.read(table(tmp_path, text, encoding=encoding), Asked()).acts
    assert (act.reviewer, act.note) == ("José Müller-Brontë", "où, là, déjà")


def test_ris_with_wrapped_notes_is_read(tmp_path):
    path = tmp_path / "articles.ris"
    path.write_text(
        "TY  - JOUR\nTI  - On trusts\nPY  - 2004//\nAN  - rayyan-7\nDO  - 10.1000/a1\n"
        'N1  - RAYYAN-INCLUSION: {"A"=>"Excluded",\n "B"=>"Included"} | '
        "RAYYAN-EXCLUSION-REASONS: late\nER  - \n",
        encoding="utf-8",
    )
    found = rayyan.read(path, Asked())
    assert [(a.reviewer, a.decision, a.reason_code) for a in found.acts] == [
        ("A", "exclude", "late"), ("B", "include", ""),
    ]  # fmt: skip
    assert found.records["rayyan-7"].doi == "10.1000/a1"


def archive(folder: Path, log: str) -> Path:
    path = folder / "export.zip"
    with zipfile.ZipFile(path, "w") as made:
        notes = 'RAYYAN-INCLUSION: {"Ann"=>"Excluded"}'
        made.write(table(folder, notes, 'RAYYAN-INCLUSION: {"Ann"=>"Included"}'), "articles.csv")
        made.writestr("customizations_log.csv", LOG + log)
    return path


def test_the_log_of_an_archive_gives_times_changes_and_who_gave_which_reason(tmp_path):
    path = archive(
        tmp_path,
        "1,9,ann@example.org,included,1,2024-03-02 10:00:00 UTC\n"
        "1,9,ann@example.org,included,-1,2024-03-02 11:00:00 UTC\n"
        '1,9,ann@example.org,"""__EXR__wrong date""",1,2024-03-02 11:00:01 UTC\n'
        "2,9,ann@example.org,included,1,2024-03-02 12:00:00 UTC\n",
    )
    found = rayyan.read(path, Asked())
    assert [(a.record_id, a.decision, a.reason_code) for a in found.acts] == [
        ("rayyan-1", "include", ""), ("rayyan-1", "exclude", "wrong date"),
        ("rayyan-2", "include", ""),
    ]  # fmt: skip
    assert found.acts[0].decided_at == "2024-03-02T10:00:00Z"
    assert found.records["rayyan-1"].title == "Title 1" and not found.messages


def test_a_decision_that_was_taken_back_in_the_log_leaves_no_vote(tmp_path):
    path = archive(
        tmp_path,
        "1,9,ann@example.org,included,1,2024-03-02 10:00:00 UTC\n"
        "1,9,ann@example.org,included,deleted,2024-03-02 11:00:00 UTC\n"
        "2,9,ann@example.org,included,0,2024-03-02 12:00:00 UTC\n",
    )
    found = rayyan.read(path, Asked())
    assert [(a.record_id, a.decision) for a in found.acts] == [("rayyan-2", "unclear")]
    assert found.messages[0] == "left out: 1 decision, taken back"
    assert "those of the log were taken" in found.messages[1]


def test_a_log_with_a_value_of_no_decision_is_refused_with_its_line(tmp_path):
    path = tmp_path / "customizations_log.csv"
    path.write_text(
        LOG + "1,9,a@example.org,included,7,2024-03-02 10:00:00 UTC\n", encoding="utf-8"
    )
    with refused(path, "customizations_log.csv:2: the decision has the value '7'"):
        rayyan.read(path, Asked())
