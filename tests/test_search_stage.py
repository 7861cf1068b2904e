"""What the search of a database writes: hits, matches, what was retrieved, and who disagrees."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from searchsets.errors import ReviewError
from searchsets.records.exports import find_exports
from searchsets.records.known_items import SOURCE, open_known_items
from searchsets.records.reading import open_export
from searchsets.records.store import import_database
from searchsets.search.stage import write_search
from searchsets.strategy.file import read_strategy
from test_strategy_file import HEAD, written

KNOWN = """TY  - RPRT
AU  - Nobody, A.
PY  - 2005
TI  - Joint planning for children
C1  - key_source
ER  -
"""
LINES = ("#1 Planning", "#2 joint (ft)", "#3 #1 and #2")
TAIL = "outputs: {lines: [3], basis: inferred, why: the last line}\n"


def ris(*titles: str, keywords: str = "") -> str:
    return "".join(
        f"TY  - JOUR\nTI  - {title}\nAB  - About it.\nPY  - 2004\n{keywords}ER  - \n"
        for title in titles
    )


def corpus(*records: tuple[str, str]) -> str:
    docs = ", ".join(
        f'{{"id": "EJ10000{n}", "title": "{title}", "description": "x", "subject": ["{subject}"]}}'
        for n, (title, subject) in enumerate(records)
    )
    return f'{{"response": {{"numFound": {len(records)}, "docs": [{docs}]}}}}'


class Run:
    """A search of the made-up database `demo` in a folder of its own."""

    def __init__(self, folder: Path):
        self.folder = folder
        (folder / "known").mkdir()
        (folder / "known/items.ris").write_text(KNOWN, encoding="utf-8")
        import_database(SOURCE, open_known_items(folder / "known"), folder / SOURCE)

    def export(self, name: str, text: str) -> None:
        path = self.folder / "exports/demo" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def declare(self, *rows: str) -> None:
        text = "\n".join(["file,represents", *rows])
        (self.folder / "exports/exports.csv").write_text(text, encoding="utf-8")

    def search(self, *lines: str, tail: str = TAIL) -> dict[str, list[dict[str, str]]]:
        strategy = read_strategy(written(self.folder, *(lines or LINES), head=HEAD, tail=tail))
        exports = self.folder / "exports"
        records = None
        if exports.exists():
            found = find_exports(exports, exports / "none.csv", ["demo"])
            records = self.folder / "demo"
            import_database("demo", [read for one in found for read in open_export(one)], records)
        out = self.folder / "out"
        write_search(strategy, None, records, self.folder / SOURCE, None, strategy.reading(), out)
        tables = {}
        for path in out.glob("*.csv"):
            with path.open(encoding="utf-8", newline="") as file:
                tables[path.stem] = list(csv.DictReader(file))
        tables["matches"] = pq.ParquetFile(out / "matches.parquet").read().to_pylist()
        return tables


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path)


def numbers(rows, *columns):
    return [tuple(row[column] for column in columns) for row in rows]


def test_without_an_export_hits_are_unknown_and_only_the_known_items_are_counted(run):
    tables = run.search()
    assert (
        numbers(tables["hits"], "hits", "hits_fallback", "hits_declared", "undecidable")
        == [("",) * 4] * 3
    )
    assert numbers(tables["hits"], "known_items", "known_items_undecidable") == [
        ("0", "1"),
        ("1", "0"),
        ("0", "1"),
    ]
    assert tables["matches"] == [] and tables["retrieved"] == []


def test_a_corpus_is_filtered_by_the_strategy(run):
    run.export(
        "corpus.json",
        corpus(("Joint work", "Planning"), ("Joint work", "Budgets"), ("Other", "Planning")),
    )
    tables = run.search()
    assert numbers(tables["hits"], "hits", "hits_declared", "undecidable") == [
        ("2", "0", "0"),
        ("2", "0", "0"),
        ("1", "0", "0"),
    ]
    assert numbers(tables["retrieved"], "record_id", "represents", "basis") == [
        ("demo:EJ100000", "corpus", "strict")
    ]
    assert tables["disagreements"] == []


def test_all_records_of_an_answer_count_as_retrieved_and_the_evaluation_stands_beside(run):
    run.export("answer.ris", ris("Joint planning", "Something else"))
    run.declare("demo/answer.ris,output 3")
    tables = run.search()
    assert numbers(tables["hits"], "hits", "hits_fallback", "hits_declared", "undecidable") == [
        ("0", "1", "0", "2"),
        ("1", "0", "0", "0"),
        ("0", "1", "2", "1"),
    ]
    assert numbers(tables["retrieved"], "represents", "basis") == [("output 3", "declared")] * 2
    assert numbers(tables["disagreements"], "line", "evaluated", "title") == [
        ("3", "no match", "Something else")
    ]


def test_hits_are_the_rows_of_matches_by_line_and_basis(run):
    run.export("answer.ris", ris("Joint planning", "Something else"))
    run.export("corpus.json", corpus(("Joint work", "Planning"), ("Other", "Budgets")))
    run.declare("demo/answer.ris,line 2")
    tables = run.search()
    for row in tables["hits"]:
        for basis, column in (
            ("strict", "hits"),
            ("fallback", "hits_fallback"),
            ("declared", "hits_declared"),
        ):
            found = [
                m for m in tables["matches"] if (str(m["line"]), m["basis"]) == (row["line"], basis)
            ]
            assert len(found) == int(row[column])


def test_a_file_of_which_nothing_is_said_is_an_answer_to_an_unknown_line(run):
    run.export("found.ris", ris("Something else"))
    tables = run.search()
    assert numbers(tables["retrieved"], "represents", "basis") == [("unknown", "declared")]
    assert [m for m in tables["matches"] if m["basis"] == "declared"] == [
        {"record_id": tables["retrieved"][0]["record_id"], "line": None, "basis": "declared"}
    ]
    assert numbers(tables["disagreements"], "line") == [("#3",)]


def test_a_record_that_is_in_a_corpus_and_in_an_answer_is_declared(run):
    run.export("corpus.ris", ris("Something else"))
    run.export("answer.ris", ris("Something else"))
    run.declare("demo/corpus.ris,corpus", "demo/answer.ris,line 1")
    tables = run.search()
    assert numbers(tables["retrieved"], "represents", "basis") == [("line 1", "declared")]
    assert tables["outputs"][0]["records"] == "1"


def test_totals_are_given_under_each_reading_of_the_outputs(run):
    run.export("corpus.json", corpus(("Joint work", "Planning"), ("Joint work", "Budgets")))
    tail = (
        "outputs: {lines: [2], basis: inferred, why: w, "
        "rival_readings: [{name: last, lines: [3], why: v}]}\n"
    )
    tables = run.search(tail=tail)
    assert numbers(tables["outputs"], "reading", "chosen", "lines", "retrieved") == [
        ("default", "yes", "#2", "2"),
        ("last", "no", "#3", "1"),
    ]


@pytest.mark.parametrize(
    ("declared", "what"), [("line 9", "has no line #9"), ("output 2", "no output of the strategy")]
)
def test_an_answer_to_a_line_that_there_is_not_is_refused(run, declared, what):
    run.export("answer.ris", ris("x"))
    run.declare(f"demo/answer.ris,{declared}")
    with pytest.raises(ReviewError, match=what):
        run.search()


def test_known_items_have_a_state_on_every_line(run):
    rows = run.search()["known_items"]
    title = [row for row in rows if row["text"] == "title"]
    assert numbers(title, "line", "basis", "state") == [
        ("1", "strict", "undecidable"),
        ("1", "fallback", "match"),
        ("2", "strict", "match"),
        ("3", "strict", "undecidable"),
        ("3", "fallback", "match"),
    ]
