"""review.sqlite: every view against a count from the files, search, dump, and hostile contents."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections import Counter
from itertools import combinations
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import records_table
from logs import act, both, log_of
from searchsets.errors import ReviewError
from searchsets.files import json_text, read_csv, write_csv, write_text
from searchsets.records.tables import schema
from searchsets.reporting.database import stage
from searchsets.reporting.database.dump import dump_lines
from searchsets.reporting.database.layout import column_words, quoted, tables, views
from searchsets.reporting.database.stage import write_database
from searchsets.screening.outcomes.protocol import Protocol
from searchsets.screening.results import write_log_tables
from searchsets.screening.stage import read_alone

FULL = {"stage": "full_text"}
NAMES = [f"eric:{number}" for number in range(1, 9)]
ACTS = [
    *both("include"), *both("include", **FULL),
    act("R01", "include", "eric:2"), act("R02", "exclude", "eric:2", reason_code="uk", note="Ohio"),
    act("R03", "include", "eric:2", role="adjudicator"),
    *both("exclude", "eric:3", reason_code="date"),
    act("R01", "exclude", "eric:4", reason_code="uk"), act("R02", "unclear", "eric:5"),
    act("R01", "include", "eric:6", round="pilot-1"), act("R02", "unclear", "eric:6", round="pilot-1"),
    act("R01", "exclude", "eric:7"), act("R01", "include", "eric:7", supersedes="previous"),
    act("R02", "include", "eric:7"),
]  # fmt: skip
# eric:4 and eric:5 are one work, on whose records the two voted in different ways.
WORK_OF = {name: f"work:{name}" for name in NAMES} | {"eric:5": "work:eric:4"}


def run_of(folder: Path, acts, records=None, matches=(), database="eric") -> Path:
    """Write what the stages would write of a small run of one strategy."""
    build, log = folder / "build", log_of(folder / "decisions", *acts)
    table = records_table(
        *(records or [{"record_id": name, "title": f"On {name}"} for name in NAMES])
    )
    ids = table["record_id"].to_pylist()
    work_of = {one: WORK_OF.get(one, f"work:{one}") for one in ids}
    parquet(build / f"records/{database}/part-0000.parquet", table)
    links = [
        {"record_id": one, "work_id": work, "database": database} for one, work in work_of.items()
    ]
    write_csv(
        build / "works/links.csv",
        ("record_id", "work_id", "database", "source_file", "position"),
        links,
    )
    titles = [f"About {work}" for work in sorted(set(work_of.values()))]
    parquet(
        build / "works/works.parquet",
        pa.table(
            {
                "work_id": sorted(set(work_of.values())),
                "title": titles,
                "databases": [[database]] * len(titles),
            }
        ),
    )
    empty = {one.name: one for one in tables()}
    for name in ("merges", "versions"):
        write_csv(build / empty[name].files, list(empty[name].columns), [])
    write_log_tables(read_alone(log, Protocol(), works=build / "works"), build / "screening")
    search = build / "search" / database
    write_csv(
        build / f"strategies/{database}/lines.csv",
        ("line", "set", "text", "kind", "expression"),
        [{"line": n, "set": "A", "text": f"t{n} (ft)", "kind": "free_text"} for n in (1, 2)],
    )
    found = Counter((line, basis) for _, line, basis in matches)
    write_csv(
        search / "hits.csv",
        ("line", "set", "text", "hits", "hits_fallback"),
        [
            {
                "line": n,
                "set": "A",
                "text": f"t{n} (ft)",
                "hits": found[n, "strict"],
                "hits_fallback": found[n, "fallback"],
            }
            for n in (1, 2)
        ],
    )
    parquet(
        search / "matches.parquet",
        pa.table(
            {
                name: pa.array([row[i] for row in matches], kind)
                for i, (name, kind) in enumerate(
                    (("record_id", pa.string()), ("line", pa.int64()), ("basis", pa.string()))
                )
            }
        ),
    )
    write_csv(
        search / "known_items.csv",
        ("record_id", "line", "basis", "state", "text"),
        [{"record_id": ids[0], "line": 1, "basis": "strict", "state": "match", "text": "enriched"}],
    )
    write_csv(
        search / "retrieved.csv", ("record_id", "basis"), [{"record_id": ids[0], "basis": "strict"}]
    )
    write_text(
        build / "config.json", json_text({"title": "T", "screening": {"count_as_votes": []}})
    )
    return build  # fmt: skip


def parquet(path: Path, table: pa.Table) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path)


def made(build: Path) -> Path:
    out = build.parent / "out/review.sqlite"
    write_database(build, build / "config.json", out)
    return out


def asked(path: Path, query: str, *values) -> list[dict]:
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    try:
        return [dict(row) for row in connection.execute(query, values)]
    finally:
        connection.close()


@pytest.fixture(scope="module")
def build(tmp_path_factory) -> Path:
    matches = [("eric:1", 1, "strict"), ("eric:4", 1, "fallback"), ("eric:5", 1, "strict"),
               ("eric:2", 2, "declared")]  # fmt: skip
    return run_of(tmp_path_factory.mktemp("run"), ACTS, matches=matches)


@pytest.fixture(scope="module")
def path(build) -> Path:
    return made(build)


def votes_of(build: Path) -> list[dict]:
    work_of = {row["record_id"]: row["work_id"] for row in read_csv(build / "works/links.csv")}
    return [
        row | {"work": work_of[row["record_id"]]}
        for row in read_csv(build / "screening/events.csv")
        if row["standing"] == "yes" and row["role"] == "screener"
        and row["decision"] in ("include", "exclude", "unclear")
    ]  # fmt: skip


def differing(build: Path) -> list[tuple]:
    """All pairs of votes that differ, the slow way."""
    return sorted(
        (a["work"], a["stage"], a["round"], *pair)
        for a, b in combinations(votes_of(build), 2)
        if (a["work"], a["stage"], a["round"]) == (b["work"], b["stage"], b["round"])
        and a["decision"] != b["decision"] and a["reviewer"] != b["reviewer"]
        for pair in [sorted([(a["reviewer"], a["decision"]), (b["reviewer"], b["decision"])])]
    )  # fmt: skip


def shown_differing(path: Path) -> list[tuple]:
    return sorted(
        (
            *(row[name] for name in ("work_id", "stage", "round")),
            *((row[f"reviewer_{side}"], row[f"decision_{side}"]) for side in "ab"),
        )
        for row in asked(path, "SELECT * FROM disagreements")
    )


def test_disagreements_are_the_pairs_of_votes_that_differ_on_one_work(build, path):
    found = shown_differing(path)
    assert found == differing(build)
    assert [one[0] for one in found] == ["work:eric:2", "work:eric:4", "work:eric:6"]
    [two] = asked(path, "SELECT * FROM disagreements WHERE work_id = 'work:eric:2'")
    assert (two["reason_b"], two["note_b"], two["title"]) == ("uk", "Ohio", "About work:eric:2")
    assert two["settled_as"] == "include by R03"


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["R01", "R02", "R03"]), st.sampled_from(["include", "exclude", "unclear"]),
            st.sampled_from(NAMES), st.sampled_from(["title", "title_abstract"]),
            st.sampled_from(["pilot-1", "main"]),
        ), max_size=40,
    )
)  # fmt: skip
def test_disagreements_of_any_log(tmp_path_factory, drawn):
    acts = [
        act(who, decision, record, stage=stage_, round=round_)
        for who, decision, record, stage_, round_ in drawn
    ]
    build = run_of(tmp_path_factory.mktemp("any"), acts)
    path = made(build)
    assert shown_differing(path) == differing(build)
    progress = asked(path, "SELECT * FROM reviewer_progress")
    assert sum(row["acts"] for row in progress) == len(drawn)


def test_works_stand_in_one_of_the_views_of_states(build, path):
    """Included, out, or undecided: each work once, as the file of states has it."""
    states = {row["work_id"]: row["state"] for row in read_csv(build / "screening/final.csv")}
    shown = {
        "included": {work for work, state in states.items() if state == "included"},
        "excluded_with_reason": {work for work, state in states.items() if state == "excluded"},
        "undecided": {work for work, state in states.items() if state not in (
            "included", "excluded", "not retrieved", "duplicate")},
    }  # fmt: skip
    for view, expected in shown.items():
        found = [row["work_id"] for row in asked(path, f"SELECT work_id FROM {view}")]
        assert expected and sorted(found) == sorted(expected), view
    reasons = asked(
        path, "SELECT reason_code FROM excluded_with_reason WHERE work_id = 'work:eric:3'"
    )
    assert reasons == [{"reason_code": "date"}]
    [four] = [r for r in asked(path, "SELECT * FROM who_decided") if r["work_id"] == "work:eric:4"]
    assert four["records"] == 2 and four["deciders"].count("title_abstract") == 2


def test_progress_counts_the_acts_of_each_reviewer(build, path):
    events = [row for row in read_csv(build / "screening/events.csv") if row["seq"]]
    by = Counter((row["stage"], row["round"], row["reviewer"], row["role"]) for row in events)
    gone = Counter(row["reviewer"] for row in events if row["standing"] == "no")
    shown = asked(path, "SELECT * FROM reviewer_progress")
    assert {(r["stage"], r["round"], r["reviewer"], r["role"]): r["acts"] for r in shown} == by
    assert sum(r["corrected"] for r in shown) == sum(gone.values()) == 1
    for row in shown:
        kinds = row["included"] + row["excluded"] + row["in_doubt"] + row["other"]
        assert kinds + row["corrected"] == row["acts"]


def test_losses_are_findings_of_the_audit(build, path):
    checks = ("stage_transfer_loss", "returned", "entered_directly", "too_early", "not_screened")
    expected = [row for row in read_csv(build / "screening/audit.csv") if row["check"] in checks]
    shown = asked(path, "SELECT * FROM stage_losses")
    assert len(expected) and Counter(row["check"] for row in shown) == Counter(
        row["check"] for row in expected
    )


def test_a_line_brings_the_different_works_of_its_matches(path):
    first, second = asked(path, "SELECT * FROM line_yield ORDER BY line")
    assert (first["hits"], first["hits_fallback"]) == (2, 1)
    assert (first["matching_works"], first["included_works"]) == (2, 1)  # 4 and 5 are one work
    assert (first["known_items_enriched"], second["known_items_enriched"]) == (1, None)
    assert (second["hits"], second["matching_works"], second["hits_declared"]) == (0, 1, None)


def test_the_history_of_a_record_ends_with_its_state(path):
    steps = asked(path, "SELECT * FROM record_history WHERE record_id = 'eric:1' ORDER BY step")
    assert [row["what"] for row in steps][:3] == ["came in", "found", "belongs to work:eric:1"]
    assert sum("include at" in row["what"] for row in steps) == 4
    assert steps[-1]["what"] == "included"


def test_an_empty_cell_is_unknown_and_numbers_are_numbers(path):
    [row] = asked(path, "SELECT typeof(seq) AS a, typeof(reason_code) AS b FROM decisions LIMIT 1")
    assert row == {"a": "integer", "b": "null"}


def test_every_reference_leads_somewhere(path):
    assert asked(path, "PRAGMA foreign_key_check") == []


def test_every_column_is_explained(path):
    for view in views():
        columns = asked(path, "SELECT name FROM pragma_table_info(?)", view.name)
        assert columns and {row["name"] for row in columns} <= column_words().keys(), view.name
    for one in tables():
        assert set(one.columns) <= column_words().keys() | one.says_of.keys(), one.name


def test_datasette_is_told_of_every_column_also_of_the_index_of_words(path):
    data = json.loads(path.with_name(stage.METADATA).read_text(encoding="utf-8"))
    described = data["databases"]["review"]["tables"]
    index = described["records_fts"]
    assert index["hidden"] and index["description"]
    assert set(index["columns"]) == {"title", "abstract", "authors", "keywords", "descriptors"}
    for name, table in described.items():
        if "hidden" not in table:
            asked_of = asked(path, "SELECT name FROM pragma_table_info(?)", name)
            assert {row["name"] for row in asked_of} == set(table["columns"]), name


def test_the_words_for_datasette_name_only_what_is_there(path):
    data = json.loads(path.with_name(stage.METADATA).read_text(encoding="utf-8"))
    for name, table in data["databases"]["review"]["tables"].items():
        columns = {
            row["name"] for row in asked(path, "SELECT name FROM pragma_table_info(?)", name)
        }
        assert columns, name
        if "hidden" not in table:
            assert table["title"] and table["description"].endswith(".")
            assert columns.issuperset([*table["columns"], *table.get("facets", [])])


SEARCH = (
    "SELECT record_id FROM records JOIN records_fts ON records.rowid = records_fts.rowid "
    "WHERE records_fts MATCH ? ORDER BY record_id"
)
HOSTILE = [
    {
        "record_id": "eric:1",
        "title": 'O\'Brien; DROP TABLE "records"; --',
        "authors": ["Müller; A.", 'B"x'],
    },
    {
        "record_id": "eric:2",
        "title": "before\x00after",
        "abstract": "caf\N{COMBINING ACUTE ACCENT}e",
    },
    {"record_id": "eric:3", "title": "=1+1", "descriptors": ["School \U0001f3eb Governance"]},
    {"record_id": "eric:'); DROP TABLE works; --", "title": "<script>"},
]


@pytest.fixture
def hostile(tmp_path) -> Path:
    return made(run_of(tmp_path, [], HOSTILE, database="an \"odd\" 'name'; --"))


def test_odd_names_and_texts_are_only_text(hostile):
    rows = asked(hostile, "SELECT record_id, title, authors FROM records ORDER BY rowid")
    titles = [one["title"].replace("\x00", "\N{REPLACEMENT CHARACTER}") for one in HOSTILE]
    assert [row["title"] for row in rows] == titles
    assert json.loads(rows[0]["authors"]) == ["Müller; A.", 'B"x']
    assert asked(hostile, "SELECT DISTINCT search FROM hits") == [
        {"search": "an \"odd\" 'name'; --"}
    ]
    assert len(asked(hostile, "SELECT * FROM works")) == 4


@pytest.mark.parametrize(
    ("words", "found"),
    [("muller", ["eric:1"]), ("after", ["eric:2"]), ("governance", ["eric:3"]), ("cafe", ["eric:2"]),
     ("title:governance", []), ("drop NOT brien", [])],
)  # fmt: skip
def test_records_are_found_by_words_whatever_their_accents(hostile, words, found):
    assert [row["record_id"] for row in asked(hostile, SEARCH, words)] == found


def test_the_index_stays_right_when_somebody_packs_the_file(hostile):
    connection = sqlite3.connect(hostile)
    connection.execute("VACUUM")
    connection.execute("INSERT INTO records_fts(records_fts, rank) VALUES ('integrity-check', 1)")
    connection.close()
    assert len(asked(hostile, SEARCH, "muller")) == 1


def test_a_database_made_from_the_dump_is_the_same_and_can_be_searched(hostile, tmp_path):
    lines = list(dump_lines(hostile))
    connection = sqlite3.connect(tmp_path / "again.sqlite")
    connection.executescript("".join(lines))
    connection.close()
    assert list(dump_lines(tmp_path / "again.sqlite")) == lines
    assert [row["record_id"] for row in asked(tmp_path / "again.sqlite", SEARCH, "muller")] == [
        "eric:1"
    ]


def test_a_dump_keeps_what_sql_text_cannot_hold(tmp_path):
    values = [None, 1, 0.1, b"\x00\xff", "a\x00b", "it's\n", "\U0001f3eb", ""]
    for name in ("a", "b"):
        connection = sqlite3.connect(tmp_path / name)
        if name == "a":
            connection.execute('CREATE TABLE "odd ""one"""(x)')
            connection.executemany('INSERT INTO "odd ""one""" VALUES (?)', [(v,) for v in values])
            connection.commit()
        else:
            connection.executescript("".join(dump_lines(tmp_path / "a")))
        connection.close()
    query = "SELECT x FROM " + quoted('odd "one"')
    assert [row["x"] for row in asked(tmp_path / "b", query)] == values


def test_a_file_that_is_no_database_is_told(tmp_path):
    path = tmp_path / "review.sqlite"
    path.write_bytes(b"no database at all, and long enough to be looked at" * 50)
    with pytest.raises(ReviewError, match="cannot be read as a database"):
        list(dump_lines(path))


def test_the_same_run_gives_the_same_bytes_and_leaves_no_other_file(build, tmp_path):
    written = []
    for name in ("a", "b"):
        out = tmp_path / name / "review.sqlite"
        write_database(build, build / "config.json", out)
        written.append(out.read_bytes())
        assert sorted(p.name for p in out.parent.iterdir()) == [stage.METADATA, stage.NAME]
    assert written[0] == written[1]


def test_a_file_of_more_columns_is_taken_in_and_a_missing_one_leaves_its_table_out(tmp_path):
    build = run_of(tmp_path, ACTS)
    write_csv(
        build / "flow/records.csv", ("box", "record_id"), [{"box": "found", "record_id": "eric:1"}]
    )
    (build / "works/versions.csv").unlink()
    path = made(build)
    assert asked(path, "SELECT * FROM flow") == [{"box": "found", "record_id": "eric:1"}]
    names = {row["name"] for row in asked(path, "SELECT name FROM sqlite_master")}
    assert "versions" not in names and "disagreements" in names


def test_records_that_stand_twice_are_told_as_a_fault_of_the_run(tmp_path):
    build = run_of(tmp_path, [], HOSTILE[:1])
    parquet(build / "records/other/part-0000.parquet", records_table(HOSTILE[0]))
    with pytest.raises(ReviewError, match="the rows for the table records do not fit"):
        made(build)
    assert not (tmp_path / "out/review.sqlite").exists()


def test_every_table_names_the_columns_that_the_run_writes(build):
    for one in tables():
        for path in build.glob(one.files):
            if path.suffix == ".csv" and one.name not in ("hits", "retrieved"):
                with path.open(encoding="utf-8", newline="") as file:
                    header = next(csv.reader(file))
                assert [*([one.named] if one.named else []), *header] == list(one.columns), one.name
            elif one.name == "records":
                assert [*one.columns, *one.without] == schema().names
