"""What people decide about pairs: read, checked, superseded, and written behind what stands there."""

from __future__ import annotations

from pathlib import Path

import pytest

from alike_records import ARTICLE, Policy, named, numbers, table_of
from refusal import refused
from searchsets.dedupe.engine import deduplicate
from searchsets.dedupe.people import (
    COLUMNS,
    DIFFERENT,
    SAME_WORK,
    VERSION,
    WITHDRAWN,
    Standing,
    decide,
    read_decisions,
)
from searchsets.files import read_csv

HEADER = "event_id,seq,record_id_a,record_id_b,decision,kind,reviewer,search_run,supersedes"
RECORDS = {named(n) for n in range(4)}
A, B, C = named(0), named(1), named(2)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "dedupe" / "main" / "anna.csv"


def written(file: Path, *rows: str, header: str = HEADER) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return file


def standing(file: Path, run: str = "original") -> Standing:
    return read_decisions(file.parent.parent, RECORDS, run)


def decisions(file: Path) -> dict[tuple[str, str], str]:
    return {pair: said.decision for pair, said in standing(file).pairs.items()}


# ---- what stands ------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", [None, Path("nowhere")], ids=["none named", "none there"])
def test_without_a_folder_nothing_was_decided(folder, tmp_path):
    found = read_decisions(folder and tmp_path / folder, RECORDS)
    assert (found.pairs, found.disputed, found.elsewhere) == ({}, {}, [])


def test_a_pair_is_one_whichever_record_is_named_first(file):
    written(file, f"e1,1,{B},{A},same,,anna,,")
    assert decisions(file) == {(A, B): "same"}


def test_a_decision_that_supersedes_another_one_stands_alone(file):
    written(file, f"e1,1,{A},{B},same,,anna,,", f"e2,2,{B},{A},different,,anna,,e1")
    assert decisions(file) == {(A, B): "different"}


def test_a_decision_withdrawn_leaves_the_pair_to_the_rules(file):
    written(file, f"e1,1,{A},{B},same,,anna,,", f"e2,2,{A},{B},withdrawn,,anna,,e1")
    assert decisions(file) == {}


def test_two_people_who_agree_are_one_decision(file):
    written(file, f"e1,1,{A},{B},same,,anna,,")
    written(file.with_name("eva.csv"), f"e2,1,{B},{A},same,,eva,,")
    assert (decisions(file), standing(file).disputed) == ({(A, B): "same"}, {})


@pytest.mark.parametrize("other", ["different,", "version,edition"])
def test_two_people_who_disagree_leave_the_pair_disputed(file, other):
    written(file, f"e1,1,{A},{B},version,preprint,anna,,")
    written(file.with_name("eva.csv"), f"e2,1,{B},{A},{other},eva,,")
    assert decisions(file) == {}
    assert [s.reviewer for s in standing(file).disputed[A, B]] == ["anna", "eva"]


def test_a_dispute_ends_where_one_supersedes_the_other(file):
    written(file, f"e1,1,{A},{B},same,,anna,,")
    written(file.with_name("eva.csv"), f"e2,1,{A},{B},different,,eva,,e1")
    assert (decisions(file), standing(file).disputed) == ({(A, B): "different"}, {})


def test_a_decision_about_a_record_of_another_run_is_kept_for_it(file):
    written(file, f"e1,1,{A},x:9,same,,anna,sixty_items,")
    assert [s.event_id for s in standing(file).elsewhere] == ["e1"]
    assert standing(file).pairs == {}


@pytest.mark.parametrize("run", ["", "original"], ids=["of no run", "of this run"])
def test_a_decision_about_a_record_that_there_is_not_is_refused(file, run):
    written(file, f"e1,1,{A},{B},same,,anna,,", f"e2,2,{A},x:9,same,,anna,{run},")
    with refused(f"{file}:3", "'x:9'"):
        standing(file)
    assert read_decisions(file.parent, None).elsewhere == []


WRONG = {
    "an unknown decision": (["e1,1,a,b,maybe,,anna,,"], 2, "'maybe'"),
    "an unknown kind": (["e1,1,a,b,version,preprimt,anna,,"], 2, "'preprimt'"),
    "a version without its kind": (["e1,1,a,b,version,,anna,,"], 2, "no kind of version"),
    "one record twice": (["e1,1,a,a,same,,anna,,"], 2, "'a' stands twice"),
    "no reviewer": (["e1,1,a,b,same,,,,"], 2, "reviewer is empty"),
    "no id": ([",1,a,b,same,,anna,,"], 2, "event_id is empty"),
    "an id twice": (["e1,1,a,b,same,,anna,,", "e1,2,a,c,same,,anna,,"], 3, "'e1' stands twice"),
    "superseding nothing": (["e1,1,a,b,same,,anna,,e0"], 2, "'e0'"),
    "superseding itself": (["e1,1,a,b,same,,anna,,e1"], 2, "'e1'"),
    "superseding another pair": (["e1,1,a,b,same,,anna,,", "e2,2,a,c,same,,anna,,e1"], 3, "'e1'"),
    "superseding each other": (
        ["e1,1,a,b,same,,anna,,e2", "e2,2,a,b,different,,anna,,e1"], 2, "'e2'"
    ),
    "withdrawing nothing": (["e1,1,a,b,withdrawn,,anna,,"], 2, "withdrawn, but what?"),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "line", "words"), WRONG.values(), ids=WRONG)
def test_a_file_is_refused_with_its_line_for(file, rows, line, words):
    written(file, *rows)
    with refused(f"{file}:{line}", words):
        read_decisions(file, None)


def test_an_unknown_column_is_refused(file):
    written(file, "e1,1,a,b,same,,anna,,,x", header=f"{HEADER},colour")
    with refused(f"{file}:1", "'colour'"):
        read_decisions(file, None)


# ---- as people save files ---------------------------------------------------------------------

ROWS = [HEADER, f"e1,1,{A},{B},same,,anna,,", f"e2,2,{A},{C},different,,anna,,"]
SAVED = {
    "as it is": "\n".join(ROWS),
    "with line ends of Windows": "\r\n".join(ROWS) + "\r\n",
    "with a mark of the byte order": "\ufeff" + "\n".join(ROWS) + "\n",
    "with semicolons": "\n".join(ROWS).replace(",", ";"),
    "as a spreadsheet elsewhere does it": "\ufeff" + "\r\n".join(ROWS).replace(",", ";") + "\r\n",
    "with blanks in the header and empty lines": "\n\n".join(ROWS).replace(",seq", ", seq"),
}


@pytest.mark.parametrize("text", SAVED.values(), ids=SAVED)
def test_a_file_is_read_as_it_is_saved_and_not_added_to_if_a_column_is_lacking(file, text):
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8", newline="")
    before = file.read_bytes()
    assert decisions(file) == {(A, B): "same", (A, C): "different"}
    with refused(f"{file}:1", "no column 'decided_at'"):
        decide(file, (B, A), DIFFERENT, "", "", "original")
    assert file.read_bytes() == before


FULL = [",".join(COLUMNS), f"e1,1,{A},{B},same,,anna,2026-01-01,,,"]


@pytest.mark.parametrize("parting", [",", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["Unix", "Windows"])
@pytest.mark.parametrize("last", [True, False], ids=["line ended", "line not ended"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["no mark", "mark"])
def test_a_decision_is_written_behind_the_others_however_they_are_saved(
    file, parting, end, last, mark
):
    file.parent.mkdir(parents=True)
    text = mark + end.join(FULL).replace(",", parting) + (end if last else "")
    file.write_text(text, encoding="utf-8", newline="")
    made = decide(file, (C, A), DIFFERENT, "", "says: a, b; c", "original")
    assert file.read_bytes().startswith(text.encode())
    assert decisions(file) == {(A, B): "same", (A, C): "different"}
    assert standing(file).pairs[A, C] == made
    assert (made.seq, made.note) == ("2", "says: a, b; c")


# ---- writing ----------------------------------------------------------------------------------


def test_the_first_decision_makes_the_file_with_all_columns(file):
    made = decide(file, (B, A), SAME_WORK, "", "read both", "original")
    [row] = read_csv(file, COLUMNS)
    assert (row["record_id_a"], row["record_id_b"], row["seq"]) == (A, B, "1")
    assert (row["reviewer"], row["note"], row["search_run"]) == ("anna", "read both", "original")
    assert row["event_id"] == made.event_id


def test_a_new_decision_supersedes_what_the_person_said_before_and_can_be_withdrawn(file):
    first = decide(file, (A, B), SAME_WORK, "", "", "original")
    second = decide(file, (B, A), VERSION, "edition", "", "original")
    assert (second.supersedes, decisions(file)) == (first.event_id, {(A, B): "version"})
    decide(file, (A, B), WITHDRAWN, "", "", "original")
    assert decisions(file) == {}
    decide(file, (A, B), DIFFERENT, "", "", "original")
    assert decisions(file) == {(A, B): "different"}
    assert len(read_csv(file)) == 4


def test_what_a_person_said_of_other_pairs_or_others_said_is_not_superseded(file):
    decide(file, (A, C), SAME_WORK, "", "", "original")
    decide(file.with_name("eva.csv"), (A, B), SAME_WORK, "", "", "original")
    assert decide(file, (A, B), DIFFERENT, "", "", "original").supersedes == ""
    assert list(standing(file).disputed) == [(A, B)]


def test_what_a_person_said_in_an_earlier_round_is_superseded(tmp_path):
    first, second = (tmp_path / "dedupe" / name / "anna.csv" for name in ("main", "recheck"))
    decide(first, (A, B), SAME_WORK, "", "one text", "original")
    decide(second, (A, B), DIFFERENT, "", "two trials", "original")
    assert decisions(first) == {(A, B): "different"}
    assert standing(first).disputed == {}


def test_a_person_can_decide_in_two_rounds(file):
    second = file.parent.parent / "second" / file.name
    decide(file, (A, B), SAME_WORK, "", "", "original")
    decide(second, (A, B), SAME_WORK, "", "", "original")
    decide(second, (A, C), DIFFERENT, "", "", "original")
    assert decisions(file) == {(A, B): "same", (A, C): "different"}


NOT_WRITTEN = {
    "a version without its kind": (A, B, VERSION, ""),
    "an unknown kind": (A, B, VERSION, "preprimt"),
    "one record twice": (A, A, SAME_WORK, ""),
    "nothing to withdraw": (A, B, WITHDRAWN, ""),
}


@pytest.mark.parametrize(("a", "b", "decision", "kind"), NOT_WRITTEN.values(), ids=NOT_WRITTEN)
def test_what_no_run_could_read_is_not_written(file, a, b, decision, kind):
    with refused(file):
        decide(file, (a, b), decision, kind, "why", "original")
    assert not file.exists()


def test_ids_with_commas_quotes_and_semicolons_are_read_as_they_were_written(file):
    ids = {'x,"1"', "y;2", "-z 3"}
    a, b, c = sorted(ids)
    decide(file, (a, b), SAME_WORK, "", "", "")
    decide(file, (b, c), DIFFERENT, "", "", "")
    assert read_decisions(file, ids).pairs.keys() == {(a, b), (b, c)}


# ---- what comes of it -------------------------------------------------------------------------


def test_every_run_follows_what_was_decided_and_undone_last(file):
    table = table_of([ARTICLE, ARTICLE, ARTICLE])

    def works() -> list[list[int]]:
        ids = set(table.column("record_id").to_pylist())
        return numbers(deduplicate(table, Policy(), read_decisions(file, ids)))

    assert works() == [[0, 1, 2]]
    decide(file, (A, B), DIFFERENT, "", "", "")
    assert len(works()) == 2
    decide(file, (A, B), VERSION, "edition", "", "")
    assert len(works()) == 2
    decide(file, (A, B), WITHDRAWN, "", "", "")
    assert works() == [[0, 1, 2]]
