"""What people took from the report's appendices: how it is read, and what the tables make of it."""

from __future__ import annotations

import csv
import os
import re
import shutil
from itertools import pairwise
from pathlib import Path

import pytest

from conftest import PROJECT
from refusal import refused
from searchsets.errors import ReviewError
from searchsets.files import write_csv
from searchsets.records.known_items import SOURCE, open_known_items
from searchsets.records.store import import_database
from searchsets.reporting.appendices.extraction import (
    CODEBOOK,
    CODING,
    FEATURES,
    STATEMENTS,
    SUMMARIES,
    Extracted,
    read_extracted,
)
from searchsets.reporting.appendices.statements import quantity
from searchsets.reporting.appendices.tables import (
    features,
    features_matrix,
    included_sources,
    statements,
    statements_coding,
)
from searchsets.reporting.build import Build
from searchsets.reporting.citation import cited_as

EXTRACTION = PROJECT / "resources/extraction"
HEADS = {
    SUMMARIES: "record,cited_as,about_this_study,governance_context,actors_and_agencies,page,note",
    CODEBOOK: "variable,value,takes,means",
    CODING: "record,cited_as,variable,value,page,basis,note",
    STATEMENTS: "statement,part,says,page,variable,values,reported,note",
    FEATURES: "feature,feature_says,point,point_says,page,cites,cited_as,note",
}
BOOK = "type,study,one,A study\ntype,guide,one,A guide\ntype,fits none,one,Neither\n"
TOPICS = "topic,a,several,A\ntopic,b,several,B\ntopic,fits none,several,Neither\n"


def rows_of(name: str) -> list[dict[str, str]]:
    """Read a real file with nothing of the package, for tests to count in."""
    with (EXTRACTION / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def written(folder: Path, **files: str) -> Path:
    """Write files of extraction, each under its head, the codebook always; return the folder."""
    texts = {"codebook": BOOK + TOPICS} | files
    for name, text in texts.items():
        path = folder / f"{name}.csv"
        path.write_text(f"{HEADS[path.name]}\n{text}", encoding="utf-8")
    return folder


def read(folder: Path) -> Extracted:
    known = {f"known_items:{n}" for n in range(1, 5)}
    return read_extracted(folder, known, known - {"known_items:4"}, quantity)


@pytest.fixture(scope="module")
def real(tmp_path_factory) -> Build:
    """A build of the review's known items, all key sources being included, and one work more."""
    folder = tmp_path_factory.mktemp("build")
    import_database(
        SOURCE, open_known_items(PROJECT / "resources/known_items"), folder / "records" / SOURCE
    )
    build = Build(folder, {"extraction": str(EXTRACTION)})
    keys = [item.record_id for item in build.known_items if item.number]
    other = next(item.record_id for item in build.known_items if not item.number)
    finals = [
        {"record_id": one, "work_id": f"w{n}", "state": "included"}
        for n, one in enumerate([*keys, other])
    ]
    write_csv(folder / "screening/final.csv", ("record_id", "work_id", "state"), finals)
    return build


def with_extraction(build: Build, folder: Path) -> Build:
    return Build(build.folder, {"extraction": str(folder)})


# The real files


def test_every_key_source_is_summarised_and_coded_once_on_every_variable(real):
    keys = [item.record_id for item in real.known_items if item.number]
    assert len(keys) == 16
    assert [row["record"] for row in rows_of(SUMMARIES)] == keys
    variables = list(dict.fromkeys(row["variable"] for row in rows_of(CODEBOOK)))
    expected = [(key, variable) for key in keys for variable in variables]
    assert [(row["record"], row["variable"]) for row in rows_of(CODING)] == expected
    assert all(row["basis"].startswith("Appendix 4, source ") for row in rows_of(CODING))


def test_the_readers_names_and_pages_are_the_same_in_all_files(real):
    summaries = {row["record"]: row for row in rows_of(SUMMARIES)}
    for row in rows_of(CODING):
        one = summaries[row["record"]]
        assert (row["cited_as"], row["page"]) == (one["cited_as"], one["page"])
    pages = [tuple(map(int, row["page"].split("-"))) for row in summaries.values()]
    assert (pages[0][0], pages[-1][-1]) == (41, 57)
    assert all(after[0] - before[-1] in (0, 1) for before, after in pairwise(pages))


def test_a_cell_that_was_destroyed_is_never_guessed():
    [row] = [r for r in rows_of(SUMMARIES) if r["governance_context"] == "illegible"]
    assert row["cited_as"] == "Fox and Butler (2004)"
    coded = [r for r in rows_of(CODING) if r["value"] == "illegible"]
    assert [(r["record"], r["variable"]) for r in coded] == [(row["record"], "context")]


def test_the_sources_without_actors_are_those_that_the_report_leaves_empty():
    silent = [
        number
        for number, row in enumerate(rows_of(SUMMARIES), start=1)
        if row["actors_and_agencies"] == "not stated"
    ]
    assert silent == [5, 8, 12, 15]


def test_appendix_3_has_seven_features_and_thirty_points_and_every_citation_is_a_key_source(real):
    rows = rows_of(FEATURES)
    assert [row["point"] for row in rows] == [str(n) for n in range(1, 31)]
    points = [sum(row["feature"] == str(n) for row in rows) for n in range(1, 8)]
    assert points == [4, 7, 6, 3, 3, 3, 4]
    keys = {item.record_id for item in real.known_items if item.number}
    assert {one for row in rows for one in row["cites"].split("; ")} <= keys


def test_each_citation_names_the_record_that_stands_beside_it(real):
    """The year and the first name of a citation are those of the record."""
    names = {"ICGGPS": "The Independent", "UEA with NCB": "University of East Anglia",
             "NCB": "National Children's Bureau", "DfES": "Department for Education"}  # fmt: skip
    for row in rows_of(FEATURES):
        pairs = zip(row["cites"].split("; "), row["cited_as"].split("; "), strict=True)
        for record, printed in pairs:
            who, year = re.match(r"(.*?), (\d{4})", printed).groups()
            first = who.split(" and ")[0].split(" et al")[0]
            shown = next(r["cited_as"] for r in rows_of(SUMMARIES) if r["record"] == record)
            assert shown.startswith(names.get(who, first)) and f"({year})" in shown, printed


def test_the_eight_statements_are_there_with_their_parts():
    parts = [f"{row['statement']}{row['part']}" for row in rows_of(STATEMENTS)]
    assert parts == "1a 2a 3a 4a 4b 5a 5b 6a 7a 7b 7c 8a 8b 8c".split()


def test_no_cell_repeats_eight_words_of_the_report():
    corpora = os.environ.get("SEARCHSETS_CORPORA")
    report = Path(corpora or ".").parent / "source/lord-et-al-2009.txt"
    if not corpora or not report.exists():
        pytest.skip("the text of the report is not here (beside SEARCHSETS_CORPORA)")
    printed = words(report.read_text(encoding="utf-8"))
    runs = {tuple(printed[i : i + 8]) for i in range(len(printed) - 7)}
    assert len(runs) > 10_000
    for name in HEADS:
        for row in rows_of(name):
            for column in set(row) - {"cited_as", "record", "cites"}:
                cell = words(row[column])
                for i in range(len(cell) - 7):
                    assert tuple(cell[i : i + 8]) not in runs, (name, column, row[column])


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", re.sub("['’]", "", text.lower()))


# The tables


def test_every_count_is_the_number_of_sources_with_the_value_in_the_coding(real):
    numbers = {item.record_id: item.number for item in real.known_items}
    for row in statements(real).rows:
        coded = {
            numbers[r["record"]]: r["value"].split("; ")
            for r in rows_of(CODING)
            if r["variable"] == row["variable"]
        }
        values = [row["values"]] if isinstance(row["values"], str) else row["values"]
        expected = [n for n, found in coded.items() if set(values) & set(found)]
        assert (list(row["sources"]), row["counted"]) == (expected, len(expected))
        silent = [n for n, found in coded.items() if found[0] in ("not stated", "illegible")]
        assert list(row["unknown"]) == silent
        assert not set(row["sources"]) & {*row["in_doubt"], *row["unknown"]}
        assert row["at_most"] == len({*row["sources"], *row["in_doubt"], *row["unknown"]})


def test_what_fits_no_context_is_shown(real):
    none = {r["variable"]: r for r in statements(real).rows if r["values"] == "fits none"}
    assert none.keys() == {"context", "document_type"}
    assert (none["context"]["sources"], none["context"]["in_doubt"]) == ((16,), (12,))
    assert none["context"].get("agrees") is None


def test_the_documentation_tells_what_the_table_of_statements_says(real):
    text = (PROJECT / "docs/extraction.md").read_text(encoding="utf-8")
    printed = [
        [cell.strip() for cell in line.strip("|\n ").split("|")]
        for line in text.partition("## What the tables say")[2].splitlines()
        if re.match(r"\| \d", line)
    ]
    columns = ("reported", "counted", "at_most", "agrees", "as_read")
    made = [row for row in statements(real).rows if "reported" in row]
    assert [cells[1:] for cells in printed] == [[str(r[c]) for c in columns] for r in made]
    for row, cells in zip(made, printed, strict=True):
        label = cells[0].split()[0]
        assert f"{row['statement']}{row['part']}".startswith(label)


def test_the_coding_table_holds_each_code_as_written(real):
    made = statements_coding(real)
    assert len(made.rows) == 16
    for row in made.rows:
        for code in (r for r in rows_of(CODING) if r["record"] == row["record_id"]):
            assert row[code["variable"]] == code["value"]


def test_the_matrix_of_features_lists_each_citation_once_and_shows_empty_rows(real):
    made = features_matrix(real)
    columns = made.columns[2:-2]
    assert len(columns) == 7
    listed = [(row["number"], label) for row in made.rows for c in columns for label in row[c]]
    cited = [(n, row["label"]) for row in features(real).rows for n in row["sources"]]
    assert sorted(listed) == sorted(cited) and len(cited) == 38
    assert [r["number"] for r in made.rows if not any(r[c] for c in columns)] == [2, 6, 7, 9, 11]
    assert sum(row["points"] for row in made.rows) == 38
    by_number = {row["number"]: row for row in made.rows}
    assert by_number[5][columns[0]] == ["1.2"] and by_number[14][columns[4]] == ["5.3"]


def test_included_works_come_in_the_form_of_appendix_4_and_say_what_is_to_be_written(real):
    made = included_sources(real)
    assert [row["number"] for row in made.rows] == [*range(1, 17), None]
    summaries = rows_of(SUMMARIES)
    for row, summary in zip(made.rows, summaries, strict=False):
        assert row["about_this_study"] == summary["about_this_study"]
        assert row["governance_context"] == summary["governance_context"]
        assert row["actors_and_agencies"] == summary["actors_and_agencies"]
    last = made.rows[-1]
    assert "about_this_study" not in last and SUMMARIES in last["note"]


def test_another_review_takes_other_columns_from_its_sources(real, tmp_path):
    first = real.known_items[0].record_id
    (tmp_path / SUMMARIES).write_text(
        f"record,setting,participants\n{first},two wards,31 nurses\n", encoding="utf-8"
    )
    made = included_sources(with_extraction(real, tmp_path))
    assert made.columns == (
        "number", "selected_source", "setting", "participants", "note", "record_id",
    )  # fmt: skip
    assert (made.rows[0]["setting"], made.rows[0]["participants"]) == ("two wards", "31 nurses")


@pytest.mark.parametrize("header", ["record,number", "record,setting,setting"])
def test_a_column_that_cannot_stand_in_the_table_is_refused(tmp_path, header):
    (tmp_path / SUMMARIES).write_text(f"{header}\n", encoding="utf-8")
    with refused(f"{tmp_path / SUMMARIES}:1", "a name of its own"):
        read(tmp_path)


def test_a_work_is_summarised_by_any_of_its_records(real, tmp_path):
    first = real.known_items[0].record_id
    folder = tmp_path / "build"
    shutil.copytree(real.folder / "records", folder / "records")
    finals = [
        {"record_id": one, "work_id": "w1", "state": "included"} for one in (first, "eric:EJ1")
    ]
    write_csv(folder / "screening/final.csv", ("record_id", "work_id", "state"), finals)
    notes = written(tmp_path, included_sources="eric:EJ1,x,A study,Trusts,not stated,3,\n")
    [row] = included_sources(Build(folder, {"extraction": str(notes)})).rows
    assert (row["record_id"], row["about_this_study"]) == (first, "A study")


def test_without_the_files_the_tables_are_empty_and_nothing_is_counted(real, tmp_path):
    bare = with_extraction(real, tmp_path / "none")
    for maker in (statements, statements_coding, features, features_matrix):
        assert maker(bare).rows == []
    assert all(SUMMARIES in row["note"] for row in included_sources(bare).rows)


def test_codes_without_statements_are_said_and_not_dropped(real, tmp_path):
    key = real.known_items[0].record_id
    folder = written(tmp_path, coding=f"{key},x,type,study,3,b,\n{key},x,topic,a,3,b,\n")
    [row] = statements(with_extraction(real, folder)).rows
    assert STATEMENTS in row["says"] and set(row) == {"says"}


def test_statements_on_sources_that_nobody_coded_are_unknown_and_not_false(real, tmp_path):
    folder = written(
        tmp_path,
        statements="1,a,Most are studies,3,type,study,most,\n2,a,Five are guides,3,type,guide,5,\n",
    )
    first, second, none = statements(with_extraction(real, folder)).rows
    for row in (first, second):
        assert (row["counted"], len(row["unknown"]), row["agrees"]) == (0, 16, "cannot be told")
    assert (none["counted"], len(none["unknown"])) == (0, 16)


def test_a_citation_that_names_no_work_is_said_and_one_that_is_no_key_source_is_named(
    real, tmp_path
):
    other = next(item for item in real.known_items if not item.number)
    key = real.known_items[0].record_id
    folder = written(
        tmp_path,
        features=f"1,clear roles,1,One,3,{key}; unresolved; {other.record_id},A; B; C,\n"
        "1,clear roles,2,Two,3,,,\n2,openness,3,Three,4,,,\n",
    )
    build = with_extraction(real, folder)
    made = features(build).rows
    assert made[0]["sources"][:2] == [1, "unresolved"]
    assert made[0]["sources"][2] == cited_as(build.records[other.record_id])
    assert [row["label"] for row in made] == ["1.1", "1.2", "2.1"]
    assert made[1]["sources"] == []
    assert features_matrix(build).rows[0]["1_clear_roles"] == ["1.1"]


# What is refused

ITEM = "known_items:1"


@pytest.mark.parametrize(
    ("name", "text", "line", "said"),
    [
        ("included_sources", f"{ITEM},x,,Trusts,Many,3,\n", 2, "'about_this_study' is empty"),
        ("included_sources", "known_items:9,x,A,Trusts,Many,3,\n", 2, "'known_items:9'"),
        ("included_sources", "known_items:9,x,A,Trusts,Many,3,\n", 2, "`extraction` in config.yaml"),
        ("included_sources", "nine,x,A,Trusts,Many,3,\n", 2, "is no id of a record"),
        ("included_sources", f"{ITEM},x,A,T,M,3,\n{ITEM},x,B,T,M,3,\n", 3, "first in line 2"),
        ("included_sources", f"{ITEM},x,A, B,T,M,3,,,\n", 2, "10 cells"),
        ("codebook", "type,study?,one,A study\n", 2, "'study?' cannot be a value"),
        ("codebook", "type,a; b,one,A study\n", 2, "cannot be a value"),
        ("codebook", "type,not stated,one,Silence\n", 2, "cannot be a value"),
        ("codebook", "type,a,one,A\ntype,b,several,B\n", 3, "takes 'several'"),
        ("codebook", "type,a,two,A\n", 2, "takes 'two'"),
        ("codebook", "type,a,one,A\ntype,a,one,A\n", 3, "first in line 2"),
        ("coding", "known_items:9,x,type,study,3,b,\n", 2, "key source 'known_items:9'"),
        ("coding", "known_items:4,x,type,study,3,b,\n", 2, "key source 'known_items:4'"),
        ("coding", f"{ITEM},x,tipe,study,3,b,\n", 2, "no variable 'tipe'"),
        ("coding", f"{ITEM},x,type,studies,3,b,\n", 2, "no value 'studies'"),
        ("coding", f"{ITEM},x,type,Study,3,b,\n", 2, "no value 'Study'"),
        ("coding", f"{ITEM},x,type,,3,b,\n", 2, "'value' is empty"),
        ("coding", f"{ITEM},x,type,study,3,,\n", 2, "'basis' is empty"),
        ("coding", f"{ITEM},x,type,study; guide,3,b,\n", 2, "do not go together"),
        ("coding", f"{ITEM},x,type,study; guide?,3,b,\n", 2, "do not go together"),
        ("coding", f"{ITEM},x,topic,a; a?,3,b,\n", 2, "do not go together"),
        ("coding", f"{ITEM},x,topic,a; fits none,3,b,\n", 2, "do not go together"),
        ("coding", f"{ITEM},x,topic,a; not stated,3,b,\n", 2, "no value 'not stated'"),
        ("coding", f"{ITEM},x,topic,illegible?,3,b,\n", 2, "no value 'illegible'"),
        ("coding", f"{ITEM},x,topic,a;,3,b,\n", 2, "no value ''"),
        ("coding", f"{ITEM},x,topic,a,3,b,\n{ITEM},x,topic,b,3,b,\n", 3, "first in line 2"),
        ("statements", "0,a,S,3,type,study,most,\n", 2, "statement is '0'"),
        ("statements", "²,a,S,3,type,study,most,\n", 2, "statement is '²'"),
        ("statements", "1,a,S,3,tipe,study,most,\n", 2, "no variable 'tipe'"),
        ("statements", "1,a,S,3,type,studies,most,\n", 2, "no value 'studies'"),
        ("statements", "1,a,S,3,type,illegible,most,\n", 2, "no value 'illegible'"),
        ("statements", "1,a,S,3,type,study,many,\n", 2, "reported is 'many'"),
        ("statements", "1,a,S,3,type,study,-1,\n", 2, "reported is '-1'"),
        ("statements", f"1,a,S,3,type,study,{'9' * 5000},\n", 2, "reported is"),
        ("statements", "1,a,S,3,type,study,1,\n1,a,S,3,type,study,1,\n", 3, "first in line 2"),
        ("features", "1,f,2,P,3,,,\n", 2, "point 2 of feature 1 comes after point 0"),
        ("features", "1,f,1,P,3,,,\n3,g,2,P,3,,,\n", 3, "after point 1 of feature 1"),
        ("features", "1,f,1,P,3,,,\n1,g,2,P,3,,,\n", 3, "is called 'g'"),
        ("features", "one,f,1,P,3,,,\n", 2, "feature is 'one'"),
        ("features", f"1,f,1,P,3,{ITEM},A; B,\n", 2, "1 records for 2 citations"),
        ("features", "1,f,1,P,3,known_items:9,A,\n", 2, "known item 'known_items:9'"),
    ],
)  # fmt: skip
def test_a_slip_in_a_file_is_refused_with_its_line(tmp_path, name, text, line, said):
    folder = written(tmp_path, **{name: text})
    with refused(f"{folder / name}.csv:{line}", said):
        read(folder)


@pytest.mark.parametrize("name", HEADS)
def test_a_missing_column_is_named(tmp_path, name):
    folder = written(tmp_path)
    needed = {"record"} if name == SUMMARIES else set(HEADS[name].split(",")) - {"cited_as"}
    for column in needed:
        left = [one for one in HEADS[name].split(",") if one != column]
        (folder / name).write_text(",".join(left) + "\n", encoding="utf-8")
        with refused(f"{folder / name}:1", f"'{column}'"):
            read(folder)


@pytest.mark.parametrize("name", HEADS)
@pytest.mark.parametrize(
    "data", [b"", b"\x00\xff\xfe", b'record,"open', "é".encode("latin-1"), b"\n\n", b",,,\n,,,\n"]
)
def test_a_file_that_is_no_table_is_refused_and_never_a_traceback(tmp_path, name, data):
    folder = written(tmp_path)
    (folder / name).write_bytes(data)
    with pytest.raises(ReviewError) as caught:
        read(folder)
    assert name in str(caught.value)


def test_a_source_that_is_coded_is_coded_on_every_variable(tmp_path):
    whole = f"{ITEM},x,type,study,3,b,\n{ITEM},x,topic,not stated,3,b,\n"
    assert len(read(written(tmp_path, coding=whole)).codings) == 2
    folder = written(tmp_path, coding=f"{whole}known_items:2,x,topic,a,3,b,\n")
    with refused(f"{folder / CODING}:4", "known_items:2", "no row for type", "not stated"):
        read(folder)


def test_coding_without_a_codebook_is_refused(tmp_path):
    folder = written(tmp_path, coding=f"{ITEM},x,type,study,3,b,\n")
    (folder / CODEBOOK).unlink()
    with refused(f"{folder / CODING}:2", "no variable 'type'", CODEBOOK):
        read(folder)


def test_a_row_about_a_record_of_another_run_is_kept_for_that_run(tmp_path):
    folder = written(tmp_path, included_sources="eric:EJ1,x,A study,Trusts,not stated,3,\n")
    assert list(read(folder).summaries) == ["eric:EJ1"]


def test_a_table_that_a_spreadsheet_saved_is_read_alike(tmp_path):
    """With a byte-order mark, semicolons, Windows line ends and blanks around the cells."""
    folder = written(tmp_path, coding=f"{ITEM},x,topic,a?,3,b,\n{ITEM},x,type,not stated,3,b,\n")
    expected = read(folder)
    text = (folder / CODING).read_text(encoding="utf-8").replace(",", " ;").replace("\n", "\r\n")
    (folder / CODING).write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert read(folder) == expected
