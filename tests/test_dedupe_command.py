"""`searchsets dedupe`: from files as people have them to works, the log, and answers about pairs."""

from __future__ import annotations

import csv
import gzip
import random
import shlex
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import util
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from conftest import PROJECT, records_table
from refusal import refused
from searchsets.cli import main
from searchsets.dedupe.material import take
from searchsets.dedupe.stage import write_works
from searchsets.files import read_csv

COLUMNS = ("id", "source", "entrytype", "title", "author", "year", "journal", "volume", "number",
           "pages", "doi", "abstract", "isbn")  # fmt: skip
WRITTEN = ("links", "decisions", "uncertain", "versions", "balance", "checks", "works")
TITLE = "Governance and outcomes for vulnerable children in three local authorities"
A = dict(
    zip(
        COLUMNS,
        ("a1", "assia", "article", TITLE, "Lord, Pippa and Hart, Ruth", "2004", "Social Work Today",
         "3", "2", "11-29", "", "", ""),
        strict=True,
    )
)  # fmt: skip
COPY = A | {"id": "b1", "title": f"{TITLE}.", "author": "Lord, P. and Hart, R."}
PREPRINT = A | {"id": "p1", "journal": "medRxiv", "volume": "", "number": "", "pages": "",
                "doi": "10.1101/2004.01.01"}  # fmt: skip
MEALS = A | {"id": "m1", "title": "School meals and what children say of them", "year": "1999",
             "author": "Fox, Carl and Webb, Ann", "journal": "Nutrition", "volume": "8",
             "pages": "3-9"}  # fmt: skip
LATER = MEALS | {"id": "q1", "year": "2000", "volume": "", "number": "", "pages": ""}
ROWS = [A, COPY, PREPRINT, MEALS, LATER]


def csv_file(path: Path, rows: Iterable[dict], columns: Sequence[str] = COLUMNS) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, columns)
        table.writeheader()
        table.writerows(rows)
    return path


def dedupe(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["dedupe", *map(str, arguments)])


def run(out: Path, *arguments: object) -> Path:
    done = dedupe(*arguments, "-o", out)
    assert done.exit_code == 0, done.output
    return out


def fails(*arguments: object) -> str:
    """Run what must end with an error that a person can read, and return what it says."""
    done = dedupe(*arguments)
    assert done.exit_code == 2
    assert isinstance(done.exception, SystemExit)
    assert "Traceback" not in done.output
    return done.output


def works(out: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in read_csv(out / "links.csv"):
        found.setdefault(row["work_id"], []).append(row["record_id"])
    return found


def texts(out: Path, *names: str) -> dict[str, str]:
    return {name: (out / f"{name}.csv").read_text(encoding="utf-8") for name in names or WRITTEN}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """The works of the five records."""
    return run(tmp_path / "out", csv_file(tmp_path / "five.csv", ROWS))


# ---- what is written --------------------------------------------------------------------------


def test_a_table_of_records_is_joined_into_works_under_its_own_ids(out):
    assert works(out) == {
        "work:a1": ["a1", "b1"], "work:m1": ["m1"], "work:p1": ["p1"], "work:q1": ["q1"]
    }  # fmt: skip
    outcomes = {row["record_id_a"] + row["record_id_b"]: row["outcome"]
                for row in read_csv(out / "decisions.csv")}  # fmt: skip
    assert (outcomes["a1b1"], outcomes["a1p1"], outcomes["m1q1"]) == ("merge", "version", "review")
    assert {row["type"] for row in read_csv(out / "versions.csv")} == {"preprint"}
    assert {row["record_id_b"] for row in read_csv(out / "uncertain.csv")} == {"q1"}
    assert read_csv(out / "balance.csv")[0]["duplicates_within"] == "1"


def test_works_are_written_for_people_and_for_the_stages_after(out):
    rows = read_csv(out / "works.csv")
    table = pq.read_table(out / "works.parquet").to_pylist()
    assert [row["work_id"] for row in rows] == [row["work_id"] for row in table]
    assert (rows[0]["record_ids"], table[0]["record_ids"]) == ("a1; b1", ["a1", "b1"])
    assert (rows[0]["authors"], rows[0]["year"]) == ("Lord, Pippa; Hart, Ruth", "2004")
    assert "\n" not in rows[0]["taken_from"]


def test_a_folder_is_written_with_every_table_and_nothing_else(out):
    expected = {f"{name}.csv" for name in WRITTEN} | {"works.parquet"}
    assert {path.name for path in out.iterdir()} == expected


def test_the_command_says_what_came_of_it(tmp_path):
    done = dedupe(csv_file(tmp_path / "five.csv", ROWS), "-o", tmp_path / "out")
    assert "5 records are 4 works" in done.output


RIS = """TY  - JOUR
TI  - {title}
AU  - Lord, P.
AU  - Hart, R.
PY  - 2004
JO  - Social Work Today
VL  - 3
IS  - 2
SP  - 11
EP  - 29
ER  -

"""
BIBTEX = """@article{{lord,
  title = {{{title}}},
  author = {{Lord, Pippa and Hart, Ruth}},
  year = {{2004}},
  journal = {{Social Work Today}},
  volume = {{3}},
  number = {{2}},
  pages = {{11--29}}
}}
"""


def test_ris_and_bibtex_without_ids_are_joined_with_a_table(tmp_path):
    (tmp_path / "x.ris").write_text(RIS.format(title=TITLE), encoding="utf-8")
    (tmp_path / "y.bib").write_text(BIBTEX.format(title=f"{TITLE}."), encoding="utf-8")
    files = [tmp_path / "x.ris", tmp_path / "y.bib", csv_file(tmp_path / "z.csv", [A])]
    found = works(run(tmp_path / "out", *files))
    assert sorted(map(len, found.values())) == [3]
    again = works(run(tmp_path / "again", *reversed(files)))
    assert again == found


def test_records_without_ids_keep_those_made_for_them_when_the_file_is_reordered(tmp_path):
    (tmp_path / "x.ris").write_text(
        RIS.format(title=TITLE) + RIS.format(title="Meals"), encoding="utf-8"
    )
    (tmp_path / "two" / "x.ris").parent.mkdir()
    (tmp_path / "two" / "x.ris").write_text(
        RIS.format(title="Meals") + RIS.format(title=TITLE), encoding="utf-8"
    )
    one, other = (
        run(tmp_path / "a", tmp_path / "x.ris"),
        run(tmp_path / "b", tmp_path / "two/x.ris"),
    )
    assert works(one) == works(other)
    assert texts(one, "decisions", "works") == texts(other, "decisions", "works")


def test_folders_of_imported_records_take_part_with_those_that_a_search_retrieved(tmp_path):
    rows = [{"title": TITLE, "database": "eric", "record_id": f"eric:{n}"} for n in range(3)]
    known = {"title": "School meals", "database": "known_items", "record_id": "known_items:1"}
    for name, many in (("eric", rows), ("known_items", [known])):
        (tmp_path / name).mkdir()
        pq.write_table(records_table(*many), tmp_path / name / "part-0000.parquet")
    folders = [tmp_path / "eric", tmp_path / "known_items"]
    (tmp_path / "retrieved.csv").write_text("record_id\neric:1\n", encoding="utf-8")
    made = run(tmp_path / "out", *folders, "--retrieved", tmp_path / "retrieved.csv")
    links = [row["record_id"] for row in read_csv(made / "links.csv")]
    assert links == ["eric:1", "known_items:1"]
    assert not (made / "works.csv").exists()
    (tmp_path / "retrieved.csv").write_text("record_id\neric:9\n", encoding="utf-8")
    with refused(tmp_path / "retrieved.csv", "'eric:9'"):
        write_works(folders, [tmp_path / "retrieved.csv"], tmp_path / "out")


# ---- order ------------------------------------------------------------------------------------

TOWNS = ("Trains", "Ports", "Mills", "Farms", "Mines", "Roads", "Canals", "Woods", "Parks", "Lakes")
FIFTY = [
    row
    | {"id": f"{row['id']}-{n:02}", "title": f"{word} {row['title']}"}
    | {"volume": row["volume"] and str(n + 1)}
    for n, word in enumerate(TOWNS)
    for row in ROWS
]


def shuffled(rows: Sequence[dict], seed: int) -> list[dict]:
    return random.Random(seed).sample(rows, len(rows))


@pytest.mark.parametrize("seed", range(3))
def test_rows_in_another_order_give_the_same_bytes_but_for_their_positions(tmp_path, seed):
    one = run(tmp_path / "one", csv_file(tmp_path / "x.csv", FIFTY))
    other = run(tmp_path / "other", csv_file(tmp_path / "b" / "x.csv", shuffled(FIFTY, seed)))
    same = [name for name in WRITTEN if name != "links"]
    assert texts(one, *same) == texts(other, *same)
    assert (one / "works.parquet").read_bytes() == (other / "works.parquet").read_bytes()
    links = [[row | {"position": ""} for row in read_csv(made / "links.csv")]
             for made in (one, other)]  # fmt: skip
    assert links[0] == links[1]


def test_columns_in_another_order_give_the_same_bytes(tmp_path):
    one = run(tmp_path / "one", csv_file(tmp_path / "x.csv", FIFTY))
    columns = random.Random(1).sample(COLUMNS, len(COLUMNS))
    other = run(tmp_path / "other", csv_file(tmp_path / "b" / "x.csv", FIFTY, columns))
    assert texts(one) == texts(other)


@pytest.mark.parametrize("parts", [2, 5])
def test_one_file_given_in_several_gives_the_same_works_decisions_and_versions(tmp_path, parts):
    whole = run(tmp_path / "whole", csv_file(tmp_path / "x.csv", FIFTY))
    files = [csv_file(tmp_path / f"part{n}.csv", FIFTY[n::parts]) for n in range(parts)]
    split = run(tmp_path / "split", *files)
    turned = run(tmp_path / "turned", *files[::-1])
    assert works(whole) == works(split)
    assert texts(whole, "decisions", "versions") == texts(split, "decisions", "versions")
    assert texts(split) == texts(turned)


# ---- ids --------------------------------------------------------------------------------------


def test_files_that_use_the_same_ids_have_their_names_before_them(tmp_path):
    files = [csv_file(tmp_path / name, [A]) for name in ("x.csv", "y.csv")]
    done = dedupe(*files, "-o", tmp_path / "out")
    assert "WARNING: files use the same ids ('a1')" in done.output
    assert works(tmp_path / "out") == {"work:x:a1": ["x:a1", "y:a1"]}


def test_files_of_one_name_are_told_apart_by_their_folders(tmp_path):
    files = [csv_file(tmp_path / name / "x.csv", [A]) for name in ("one", "two")]
    found = works(run(tmp_path / "out", *files))
    assert found == {"work:one/x.csv:a1": ["one/x.csv:a1", "two/x.csv:a1"]}


def test_one_id_twice_in_a_file_is_numbered_by_content(tmp_path):
    rows = [A | {"id": "7"}, COPY | {"id": "7"}, MEALS | {"id": "7~2"}]
    tables = [
        take([csv_file(tmp_path / str(n) / "x.csv", many)], (), lambda message: None)
        for n, many in enumerate((rows, rows[::-1]))
    ]
    made = [
        dict(zip(t["record_id"].to_pylist(), t["title"].to_pylist(), strict=True)) for t in tables
    ]
    assert set(made[0]) == {"7", "7~2", "7~3"}
    assert made[0]["7~2"] == MEALS["title"]
    assert made[0] == made[1]


@pytest.mark.parametrize("twice", ["x.csv", "records"])
def test_one_file_or_folder_named_twice_is_refused(tmp_path, twice):
    csv_file(tmp_path / "x.csv", [A])
    (tmp_path / "records").mkdir()
    pq.write_table(records_table({"record_id": "a1"}), tmp_path / "records" / "part-0000.parquet")
    told = fails(tmp_path / twice, tmp_path / twice, "-o", tmp_path / "out")
    assert "is there 2 times" in told


CUT = pytest.mark.xfail(strict=True, reason="the import takes what is before a semicolon")
STRANGE = ["x,1", "y 2", "-z", "--help", "it's", 'q"3', "a~2", "work:1", "$HOME", "é",
           pytest.param("x;4", marks=CUT)]  # fmt: skip


@pytest.mark.parametrize("strange", STRANGE)
def test_an_id_of_any_signs_is_kept_explained_and_decided_on(tmp_path, strange):
    rows = [A | {"id": strange}, COPY]
    file = csv_file(tmp_path / "x.csv", rows)
    out = run(tmp_path / "out", file)
    assert sorted(i for ids in works(out).values() for i in ids) == sorted([strange, "b1"])
    told = dedupe("explain", "--works", out, "--", strange, "b1")
    assert "are one work" in told.output
    # The command that it tells is one that a person can take over.
    offered = shlex.split(told.output.splitlines()[-1])
    assert offered[:4] == ["./run", "searchsets", "dedupe", "decide"]
    files = ["--decisions", str(tmp_path / "dedupe")]
    decided = CliRunner().invoke(
        main, [*offered[2:4], *files, *(w.replace("YOUR_NAME", "anna") for w in offered[4:])]
    )
    assert decided.exit_code == 0, decided.output
    parted = run(tmp_path / "parted", file, "--decisions", tmp_path / "dedupe")
    assert sorted(map(len, works(parted).values())) == [1, 1]


def test_a_zero_byte_in_an_id_ends_in_a_sentence_or_in_works_never_in_a_fault(tmp_path):
    told = fails(csv_file(tmp_path / "x.csv", [A | {"id": "a\x001"}, COPY]), "-o", tmp_path / "out")
    assert "binary" in told


# ---- what cannot be done ----------------------------------------------------------------------

TROUBLE = {
    "a file that is not there": ("nowhere.csv", "nowhere.csv' does not exist"),
    "an empty file": ("empty.csv", "the file is empty"),
    "a file without a record": ("header.csv", "holds no record"),
    "a folder that no import wrote": ("folder", "holds no records"),
}


@pytest.mark.parametrize(("name", "words"), TROUBLE.values(), ids=TROUBLE)
def test_one_sentence_is_told_about(tmp_path, name, words):
    (tmp_path / "empty.csv").write_text("", encoding="utf-8")
    csv_file(tmp_path / "header.csv", [])
    (tmp_path / "folder").mkdir()
    told = fails(tmp_path / name, "-o", tmp_path / "out")
    assert words in told
    assert name in told
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("below", ["plain", "plain/out"])
def test_a_place_where_nothing_can_be_written_is_told(tmp_path, below):
    (tmp_path / "plain").write_text("a file", encoding="utf-8")
    told = fails(csv_file(tmp_path / "x.csv", ROWS), "-o", tmp_path / below)
    assert "plain" in told
    assert (tmp_path / "plain").read_text(encoding="utf-8") == "a file"


def test_without_a_file_the_help_is_shown():
    for arguments in ([], ["--help"], ["-h"]):
        told = dedupe(*arguments).output
        assert "explain" in told
        assert "decide" in told


@pytest.mark.parametrize("command", ["run", "explain", "decide"])
def test_every_command_tells_its_help(command):
    done = dedupe(command, "--help")
    assert done.exit_code == 0
    assert f"dedupe {command}" in done.output


def test_a_kind_to_collapse_that_there_is_not_is_refused(tmp_path):
    file = csv_file(tmp_path / "x.csv", ROWS)
    assert "'preprimt'" in fails(file, "--collapse", "preprimt", "-o", tmp_path / "out")
    counted = run(tmp_path / "out", file, "--collapse", "preprint")
    assert works(counted)["work:a1"] == ["a1", "b1", "p1"]


def test_options_say_which_values_are_taken_first_and_who_holds_nothing_twice(tmp_path):
    one, other = csv_file(tmp_path / "x.csv", [A]), csv_file(tmp_path / "y.csv", [COPY])
    [row] = read_csv(run(tmp_path / "out", one, other, "--prefer", "y") / "works.csv")
    assert row["title"] == f"{TITLE}."
    both = csv_file(tmp_path / "z.csv", [A, COPY])
    assert len(works(run(tmp_path / "single", both, "--single", "z"))) == 2


# ---- explain ----------------------------------------------------------------------------------


def explained(out: Path, one: str, other: str, *more: object) -> str:
    done = dedupe("explain", one, other, "--works", out, *more)
    assert done.exit_code == 0, done.output
    return done.output


def test_a_merged_pair_is_explained_with_what_agrees_and_its_weight(out):
    told = explained(out, "b1", "a1")
    assert told.startswith("a1\nb1\nare one work, work:a1, decided by rules")
    assert "authors agrees (+4)" in told
    assert "first page agrees (+4)" in told
    [row] = [r for r in read_csv(out / "decisions.csv") if r["record_id_b"] == "b1"]
    assert f"Weight {row['weight']} " in told
    assert told.rstrip().endswith("-- a1 b1 different")


def test_a_question_is_explained_with_what_stands_against_it(out):
    told = explained(out, "m1", "q1")
    assert "a question for a person" in told
    assert "against it: the years are one apart, and no place agrees" in told
    assert told.rstrip().endswith("-- m1 q1 same")


def test_a_version_is_explained_by_its_kind(out):
    told = explained(out, "a1", "p1")
    assert "are versions of one text and two works: a preprint or working paper" in told


def test_a_pair_that_the_log_does_not_tell_is_compared_if_the_records_are_named(out, tmp_path):
    assert "are different works: too little speaks for one work" in explained(out, "a1", "m1")
    told = explained(out, "a1", "m1", "--records", tmp_path / "five.csv")
    assert MEALS["title"] in told
    assert "title disagrees" in told


def test_two_records_joined_through_others_are_explained_by_the_steps(tmp_path):
    # The first names no volume, the last no page: only the one between agrees with both.
    first = A | {
        "id": "1",
        "volume": "",
        "number": "",
        "pages": "",
        "doi": "10.1000/x",
        "author": "",
    }
    last = A | {"id": "3", "author": "Lord, P. and Hart, R.", "pages": "", "year": "2005"}
    between = A | {"id": "2", "doi": "10.1000/x"}
    out = run(tmp_path / "out", csv_file(tmp_path / "x.csv", [first, between, last]))
    assert works(out) == {"work:1": ["1", "2", "3"]}
    told = explained(out, "1", "3")
    assert "They are joined by these steps:\n  1 = 2 (weight" in told
    assert "\n  2 = 3 (weight" in told


def test_an_unknown_id_is_told_with_the_nearest_one(out):
    told = fails("explain", "a1", "m11", "--works", out)
    assert "there is no record 'm11'" in told
    assert "did you mean 'm1'?" in told


def test_a_record_and_itself_are_no_pair(out):
    assert "'a1' is given twice" in fails("explain", "a1", "a1", "--works", out)


def test_a_folder_without_a_log_is_told(tmp_path):
    assert "links.csv" in fails("explain", "a1", "b1", "--works", tmp_path)


# ---- decide -----------------------------------------------------------------------------------


def decide(out: Path, folder: Path, *arguments: str, why: str = "read both") -> str:
    options = ("--works", out, "--decisions", folder, "--why", why)
    done = dedupe("decide", *arguments, *options)
    assert done.exit_code == 0, done.output
    return done.output


def test_what_is_decided_is_followed_explained_and_can_be_undone(out, tmp_path):
    file, folder = tmp_path / "five.csv", tmp_path / "dedupe"
    before = texts(out)
    decide(out, folder, "b1", "a1", "different", "--by", "anna", why="two studies")
    decide(out, folder, "a1", "q1", "same", "--by", "anna")
    parted = run(tmp_path / "parted", file, "--decisions", folder)
    assert works(parted)["work:a1"] == ["a1", "q1"]
    told = explained(parted, "a1", "b1")
    assert "are different works, decided by anna" in told
    assert "Note: two studies" in told
    decide(out, folder, "a1", "b1", "withdrawn", "--by", "anna")
    decide(out, folder, "a1", "q1", "withdrawn", "--by", "anna")
    assert texts(run(tmp_path / "again", file, "--decisions", folder)) == before


def test_two_people_who_disagree_are_asked_again(out, tmp_path):
    folder = tmp_path / "dedupe"
    decide(out, folder, "a1", "b1", "same", "--by", "anna")
    decide(out, folder, "a1", "b1", "different", "--by", "eva", "--round", "second")
    made = run(tmp_path / "again", tmp_path / "five.csv", "--decisions", folder)
    [row] = [r for r in read_csv(made / "uncertain.csv") if r["record_id_b"] == "b1"]
    assert row["reason"] == "people disagree: anna: same; eva: different"


@pytest.mark.parametrize("option", ["--by", "--round"])
@pytest.mark.parametrize("name", ["../anna", "a/b", "", ".", "a b"])
def test_a_name_that_leads_elsewhere_is_refused(out, tmp_path, option, name):
    names = {"--by": "anna", "--round": "main"} | {option: name}
    given = [word for pair in names.items() for word in pair]
    folder = tmp_path / "d" / "dedupe"
    fails("decide", "a1", "b1", "same", *given, "--why", "x", "--works", out, "--decisions", folder)
    assert not (tmp_path / "d").exists()


def test_a_decision_about_an_unknown_record_or_without_its_kind_is_not_written(out, tmp_path):
    options = ["--by", "anna", "--why", "x", "--works", out, "--decisions", tmp_path / "dedupe"]
    assert "'a9'" in fails("decide", "a9", "b1", "same", *options)
    assert "no kind of version" in fails("decide", "a1", "b1", "version", *options)
    assert not (tmp_path / "dedupe").exists()


def test_a_decision_about_a_record_that_is_gone_is_refused_with_its_line(out, tmp_path):
    decide(out, tmp_path / "dedupe", "a1", "m1", "different", "--by", "anna", "--run", "now")
    fewer = csv_file(tmp_path / "fewer.csv", [A, COPY])
    given = (fewer, "--decisions", tmp_path / "dedupe", "-o", tmp_path / "again")
    told = fails(*given, "--run", "now")
    assert "there is no record 'm1'" in told
    assert "anna.csv:2" in told
    assert dedupe(*given, "--run", "another").exit_code == 0


# ---- real records -----------------------------------------------------------------------------


def _counting():
    spec = util.spec_from_file_location("dedupe_score", PROJECT / "benchmarks" / "dedupe_score.py")
    module = util.module_from_spec(spec)
    sys.modules.setdefault(spec.name, module)
    spec.loader.exec_module(module)
    return module


counting = _counting()
FIVE = ("haematology", "respiratory", "digital_work", "copper", "tafenoquine")


@pytest.fixture(scope="module")
def measured(corpora: Path, tmp_path_factory: pytest.TempPathFactory):
    """A function that counts a gold set against its adjudged truth: score, queue, records."""
    if not (corpora / "dedupe").is_dir():
        pytest.skip("SEARCHSETS_CORPORA has no folder `dedupe`: no gold sets to measure with")

    @cache
    def measure(name: str):
        folder = corpora / "dedupe" / name
        [records] = folder.glob("records.csv*")
        out = tmp_path_factory.mktemp(name)
        write_works([records], [], out)
        work_of = {row["record_id"]: row["work_id"] for row in read_csv(out / "links.csv")}
        [truth_file] = folder.glob("truth.csv*")
        opened = gzip.open if truth_file.suffix == ".gz" else open
        with opened(truth_file, "rt", encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert {row["id"] for row in rows} == work_of.keys()
        ids, truth = [row["id"] for row in rows], [row["cluster_adj"] for row in rows]
        asked = [
            (row["record_id_a"], row["record_id_b"]) for row in read_csv(out / "uncertain.csv")
        ]
        predicted = [work_of[i] for i in ids]
        score = counting.score(predicted, truth)
        return score, counting.queue(ids, predicted, truth, asked), len(ids)

    return measure


def test_of_five_gold_sets_next_to_nothing_is_joined_wrongly_or_missed(measured):
    scores = [measured(name)[0] for name in FIVE]
    assert sum(score.pairs.wrong for score in scores) <= 1
    assert sum(score.pairs.missed for score in scores) <= 15
    assert sum(score.impure for score in scores) == 0


def test_what_is_missed_in_five_gold_sets_is_asked_of_a_person_in_few_questions(measured):
    scores, queues, sizes = zip(*(measured(name) for name in FIVE), strict=True)
    assert sum(queue.records for queue in queues) <= 0.03 * sum(sizes)
    missed = sum(score.pairs.missed for score in scores)
    assert sum(queue.held for queue in queues) >= 0.8 * missed


def test_papers_of_computer_science_without_pages_are_joined_with_few_faults(measured):
    score, _, _ = measured("dblp_acm")
    assert score.pairs.precision >= 0.99
    assert score.pairs.recall >= 0.95
