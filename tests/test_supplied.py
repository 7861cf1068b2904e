"""What organisations sent: the contract of its tables, its records, and its place in the flow."""

from __future__ import annotations

import csv
import json
import zipfile
from collections import Counter
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from conftest import PROJECT
from refusal import refused
from searchsets.cli import main
from searchsets.dedupe.stage import write_works
from searchsets.errors import ReviewError
from searchsets.files import read_csv, write_csv
from searchsets.records.exports import CORPUS, Export
from searchsets.records.identity import content_hash
from searchsets.records.known_items import SOURCE as KNOWN_ITEMS
from searchsets.records.known_items import open_known_items
from searchsets.records.model import Record
from searchsets.records.other_sources import OTHER_SOURCES, UNSEARCHED
from searchsets.records.reading import open_export
from searchsets.records.shards import read_records
from searchsets.records.store import gather_logs, import_database
from searchsets.reporting.build import Build
from searchsets.reporting.closing import check_closing, check_flow_of
from searchsets.reporting.documents.xlsx import write_workbook
from searchsets.reporting.drawing.svg import svg_text
from searchsets.reporting.flow.diagram import chart_of
from searchsets.reporting.flow.layout import drawing_of
from searchsets.reporting.flow.table import flow_of, prisma_table
from searchsets.reporting.tables.model import Table
from searchsets.reporting.tables.supplied import ALL, supplied
from searchsets.screening.outcomes.flow import COLUMNS as STAGE_COUNTS
from searchsets.screening.outcomes.flow import STAGE_COLUMNS, flow_rows
from searchsets.screening.results import EVENT_COLUMNS, FINAL_COLUMNS
from searchsets.settings import SCHEMAS
from searchsets.sources.services import SERVICES
from searchsets.sources.supplied import COLUMNS, SOURCE, open_supplied, read_supplied

REQUEST = {"organisation": "North Council", "asked": "2026-10"}
ANSWER = REQUEST | {"came": "2026-10-29", "note": "nothing relevant"}
DOCUMENT = REQUEST | {"came": "2026-10-29", "title": "A plan for trusts"}


def brought(folder: Path, *rows: dict[str, str], name: str = "authorities.csv") -> Path:
    """Write a table of requests into the folder of supplied documents, and return the folder."""
    folder = folder / "supplied"
    folder.mkdir(exist_ok=True)
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return folder


def filed(folder: Path, name: str) -> Path:
    """Write a file that was sent."""
    path = folder / "supplied" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("%PDF", encoding="utf-8")
    return path


def imported(folder: Path, *rows: dict[str, str]) -> list[dict]:
    """Import a table of requests as the command does, and return the records."""
    done = CliRunner().invoke(
        main, ["records", "supplied", str(brought(folder, *rows)), "-o", str(folder / "records")]
    )
    assert done.exit_code == 0, done.output
    return read_records(folder / "records").to_pylist()


# The contract


def test_a_row_is_a_request_an_answer_or_a_document(tmp_path):
    entries = read_supplied(brought(tmp_path, REQUEST, ANSWER, DOCUMENT))
    assert [(one.is_answered, one.is_document) for one in entries] == [
        (False, False), (True, False), (True, True),
    ]  # fmt: skip
    assert [one.line for one in entries] == [2, 3, 4]
    assert {one.request for one in entries} == {("North Council", "2026-10")}


def test_two_columns_are_enough(tmp_path):
    path = brought(tmp_path) / "authorities.csv"
    path.write_text("asked;organisation\n2026;North Council\n", encoding="utf-8")
    [entry] = read_supplied(path.parent)
    assert entry.request == ("North Council", "2026") and not entry.is_answered


@pytest.mark.parametrize("rows", [(), (REQUEST, ANSWER)])
def test_without_a_document_there_is_nothing_to_import(tmp_path, rows):
    folder = brought(tmp_path, *rows)
    assert len(read_supplied(folder)) == len(rows)
    with refused(folder, "no row is a document"):
        open_supplied(folder)


def test_the_folder_need_not_be_there_but_must_be_one(tmp_path):
    assert read_supplied(tmp_path / "none") == []
    (tmp_path / "file").touch()
    with refused(tmp_path / "file", "not a folder"):
        read_supplied(tmp_path / "file")


def test_all_tables_are_read_in_the_order_of_their_names(tmp_path):
    brought(tmp_path, DOCUMENT, name="b.CSV")
    brought(tmp_path, {"organisation": ""}, name=".left-by-a-system.csv")
    folder = brought(tmp_path, REQUEST, name="a.csv")
    assert [one.table.name for one in read_supplied(folder)] == ["a.csv", "b.CSV"]


@pytest.mark.parametrize(("asked", "came"), [
    ("2026", "2026-10-29"), ("2026-10-29", "2026-10"), ("2026-10-29", "2026-10-29"),
    ("2024-02-29", "2025"),
])  # fmt: skip
def test_dates_are_compared_as_far_as_both_are_known(tmp_path, asked, came):
    assert read_supplied(brought(tmp_path, DOCUMENT | {"asked": asked, "came": came}))


@pytest.mark.parametrize(("cells", "told"), [
    ({"organisation": " "}, ["names no organisation", "say who was asked"]),
    ({"asked": ""}, ["does not say when", "write 2008, 2008-10"]),
    ({"asked": "29.10.2026"}, ["asked is '29.10.2026'", "no date"]),
    ({"asked": "2026-13"}, ["asked is '2026-13'", "no date"]),
    ({"came": "2026-02-30"}, ["came is '2026-02-30'", "no date"]),
    ({"came": "0000"}, ["came is '0000'", "no date"]),
    ({"came": "２０２６"}, ["no date"]),
    ({"asked": "2026-10-30", "came": "2026-10-29"}, ["before the organisation was asked", "mend"]),
    ({"asked": "2026", "came": "2025-12-31"}, ["before the organisation was asked"]),
    ({"came": ""}, ["title is filled in, and came is empty", "say when it came"]),
    ({"came": "", "title": "", "url": "http://x"}, ["url is filled in, and came is empty"]),
    ({"title": "", "abstract": "On plans."}, ["abstract is filled in", "no title", "square brackets"]),
    ({"title": ""}, ["does not say what", "nothing relevant"]),
    ({"title": "n/a"}, ["the title is 'n/a', which is none"]),
    ({"title": "<p> </p>"}, ["the title is '<p> </p>', which is none"]),
    ({"year": "2008/09"}, ["the year is '2008/09'", "four digits"]),
    ({"file": "files/plan.pdf"}, ["there is no file 'files/plan.pdf'", "put the file into the folder"]),
    ({"file": "files"}, ["there is no file 'files'"]),
    ({"file": "a\0b"}, ["there is no file"]),
    ({"file": "x" * 5_000}, ["there is no file"]),
])  # fmt: skip
def test_a_row_that_cannot_be_is_refused_with_its_line(tmp_path, cells, told):
    (tmp_path / "supplied/files").mkdir(parents=True)
    folder = brought(tmp_path, DOCUMENT, DOCUMENT | cells)
    with refused(folder / "authorities.csv:3", *told):
        read_supplied(folder)


def test_all_faults_are_told_at_once(tmp_path):
    folder = brought(tmp_path, DOCUMENT | {"year": "08"}, DOCUMENT | {"came": "soon", "year": "09"})
    with pytest.raises(ReviewError) as caught:
        read_supplied(folder)
    for words in ("csv:2: the year is '08'", "csv:3: came is 'soon'", "csv:3: the year is '09'"):
        assert words in str(caught.value)


@pytest.mark.parametrize(("header", "told"), [
    ("organisation,title", "'asked' is missing"),
    ("organisation,asked,titel", "did you mean 'title'?"),
    ("organisation,asked,telephone", "goes into `note`"),
])  # fmt: skip
def test_a_column_that_is_missing_or_not_read_is_refused(tmp_path, header, told):
    path = brought(tmp_path) / "authorities.csv"
    path.write_text(f"{header}\na,2026,b\n", encoding="utf-8")
    with refused(f"{path}:1", told):
        read_supplied(path.parent)


# The files that were sent


@pytest.mark.parametrize("name", [
    "../secret.txt", "..\\secret.txt", "files/../../secret.txt", "files/../plan.pdf", "/etc/passwd",
    "\\secret.txt", "C:\\secret.txt", "c:secret.txt", "\\\\host\\share\\secret.txt", "..", "//host/x/y",
])  # fmt: skip
def test_a_name_that_leads_out_of_the_folder_is_refused(tmp_path, name):
    (tmp_path / "secret.txt").touch()
    filed(tmp_path, "plan.pdf")
    folder = brought(tmp_path, DOCUMENT | {"file": "plan.pdf"}, DOCUMENT | {"file": name})
    with refused(folder / "authorities.csv:3", "leads out of the folder", "put the file into"):
        read_supplied(folder)


@pytest.mark.parametrize("of_folder", [False, True])
def test_a_link_that_leads_out_of_the_folder_is_refused(tmp_path, of_folder):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.txt").touch()
    name = "files/secret.txt" if of_folder else "secret.txt"
    folder = brought(tmp_path, DOCUMENT | {"file": name})
    (folder / name.split("/")[0]).symlink_to(outside if of_folder else outside / "secret.txt")
    with refused(folder / "authorities.csv:2", "a link that leads out of the folder"):
        read_supplied(folder)


def test_a_folder_that_is_itself_a_link_holds_its_files(tmp_path):
    filed(tmp_path, "files/plan.pdf")
    folder = brought(tmp_path, DOCUMENT | {"file": "files/plan.pdf"})
    (tmp_path / "link").symlink_to(folder)
    assert len(read_supplied(tmp_path / "link")) == 1


@pytest.mark.parametrize("name", ["files/plan.pdf", "files\\plan.pdf", "./files/plan.pdf"])
def test_a_file_may_be_named_as_any_system_writes_it(tmp_path, name):
    filed(tmp_path, "files/plan.pdf")
    assert len(read_supplied(brought(tmp_path, DOCUMENT | {"file": name}))) == 1


def test_a_file_that_no_row_names_is_refused_lest_it_be_missing_from_the_review(tmp_path):
    path = filed(tmp_path, "files/forgotten.pdf")
    folder = brought(tmp_path, DOCUMENT)
    with refused(path, "no row names this file", "write a row for it"):
        read_supplied(folder)


def test_what_systems_leave_needs_no_row_and_a_table_below_is_a_document(tmp_path):
    for name in ("README.md", ".DS_Store", "files/Thumbs.db", "files/figures.csv"):
        filed(tmp_path, name)
    folder = brought(tmp_path, DOCUMENT | {"file": "files/figures.csv"})
    assert len(read_supplied(folder)) == 1


# The records


def test_a_document_becomes_a_record_that_keeps_who_sent_it(tmp_path):
    filed(tmp_path, "plan.pdf")
    whole = {
        "authors": "Fox, C.; M&uuml;ller, B.", "year": "2008", "type": "plan", "file": "plan.pdf",
        "url": "https://doi.org/10.1000/182", "abstract": "On\ntrusts.", "note": "by post",
    }  # fmt: skip
    [record] = imported(tmp_path, REQUEST, ANSWER, DOCUMENT | whole)
    hashed = Record("", 1, title="A plan for trusts", authors=["Fox, C."], year=2008,
                    url="https://doi.org/10.1000/182")  # fmt: skip
    assert record["record_id"] == f"supplied:{content_hash(hashed)}"
    assert (record["database"], record["source_file"]) == (SOURCE, "supplied/authorities.csv")
    assert (record["position"], record["year"], record["type"]) == (1, 2008, "plan")
    assert record["authors"] == ["Fox, C.", "Müller, B."]
    assert (record["abstract"], record["doi"]) == ("On trusts.", "10.1000/182")
    assert not record["publisher"]
    assert json.loads(record["raw"]) == DOCUMENT | whole


def test_the_import_log_has_a_row_for_each_table_that_brought_documents(tmp_path):
    brought(tmp_path, REQUEST, name="not-yet.csv")
    imported(tmp_path, REQUEST, DOCUMENT, DOCUMENT)
    [row] = read_csv(tmp_path / "records/import_log.csv")
    assert (row["source_file"], row["represents"]) == ("supplied/authorities.csv", "sent")
    assert (row["format"], row["encoding"]) == ("documents that were sent", "utf-8")
    assert [row[name] for name in ("found", "read", "broken", "identical_repeats")] == [
        "2", "2", "0", "1",
    ]  # fmt: skip
    assert row["findings"] == ""


def test_two_organisations_that_send_one_document_are_both_kept(tmp_path):
    records = imported(tmp_path, DOCUMENT, DOCUMENT | {"organisation": "South Council"})
    one, other = [record["record_id"] for record in records]
    assert other == f"{one}~2"
    assert {json.loads(one["raw"])["organisation"] for one in records} == {
        "North Council", "South Council",
    }  # fmt: skip


# Deduplication, closing and the flow

TITLES = ("Governing schools in cities", "Boards today", "Trusts and their finances")


def ris(folder: Path, *titles: str) -> Path:
    folder.mkdir(parents=True)
    lines = (
        f"TY  - RPRT\nTI  - {title}\nAU  - Fox, C.\nAU  - Day, D.\nC1  - cited\nPY  - 2005\nER  - \n"
        for title in titles
    )
    (folder / "found.ris").write_text("".join(lines), encoding="utf-8")
    return folder


def built(folder: Path, supplied_rows: tuple[dict, ...] = (), websites: tuple[str, ...] = ()):
    """Write what the stages before the tables write, and return the build."""
    records = folder / "records"
    known = open_known_items(ris(folder / "known", *TITLES))
    import_database(KNOWN_ITEMS, known, records / KNOWN_ITEMS)
    if websites:
        path = ris(folder / "web", *websites) / "found.ris"
        export = Export("websites", path, "websites/found.ris", CORPUS)
        import_database("websites", open_export(export), records / "websites")
        states = [{"site": "one", "state": "complete"}, {"site": "two", "state": "stopped"}]
        write_csv(records / "websites.csv", ("site", "state"), states)
    brought(folder, *supplied_rows)
    if any("title" in row for row in supplied_rows):
        import_database(SOURCE, open_supplied(folder / "supplied"), records / SOURCE)
    sources = sorted(records.glob("*/"))
    gather_logs(sources, records / "import_log.csv", records / "broken.csv")
    write_works(sources, [], folder / "works")
    links = read_csv(folder / "works/links.csv")
    finals = [
        {"record_id": row["record_id"], "work_id": row["work_id"], "state": "included",
         "stage": "full_text", "decided_by": "person"}
        for row in links
    ]  # fmt: skip
    write_csv(folder / "screening/final.csv", FINAL_COLUMNS, finals)
    works = sorted({row["work_id"] for row in links})
    stages = [
        {"work_id": work, "stage": "full_text", "outcome": "passed", "reason": "",
         "screeners": [], "differed": False, "settled_by": "", "entered": "first stage"}
        for work in works
    ]  # fmt: skip
    write_csv(folder / "screening/stages.csv", STAGE_COLUMNS, stages)
    write_csv(folder / "screening/flow.csv", STAGE_COUNTS, flow_rows(stages, ()))
    write_csv(folder / "screening/events.csv", EVENT_COLUMNS, ())
    config = yaml.safe_load((PROJECT / "config/config.yaml").read_text(encoding="utf-8"))
    paths = {"strategies": str(PROJECT / "search_strategies"), "supplied": str(folder / "supplied")}
    return Build(folder, config | paths)


def boxes(table: Table) -> dict[str, int | str]:
    return {row["box"]: row["this_run"] for row in table.rows}


ONE_WORK = DOCUMENT | {"title": TITLES[0], "authors": "Fox, C.; Day, D.", "year": "2005"}
SENT = (
    REQUEST | {"organisation": "West Council"},
    ANSWER | {"organisation": "East Council"},
    ONE_WORK,
    ONE_WORK | {"organisation": "South Council"},
    DOCUMENT | {"organisation": "South Council"},
)


def test_counts_close_from_the_tables_of_requests_to_the_flow(tmp_path):
    build = built(tmp_path, SENT, ("Boards of other countries", TITLES[1]))
    check_closing(build)
    check_flow_of(build, *flow_of(build))
    found = boxes(prisma_table(flow_of(build)[1], build.words))
    assert {one: found.get(f"records_{one}") for one in UNSEARCHED} == {
        "known_items": 3, "earlier": None, "websites": 2, "supplied": 3}  # fmt: skip
    assert (found["duplicates"], found["works"]) == (3, 5)
    assert found["records_assia"] == "not searched"
    assert (found["databases_screened"], found["other_direct"], found["known_direct"]) == (
        "not searched", 4, 1,
    )  # fmt: skip
    sources = Counter(row["database"] for row in read_csv(tmp_path / "works/links.csv"))
    assert sources == {"known_items": 3, "websites": 2, "supplied": 3}


def test_the_table_says_who_was_asked_what_came_and_what_is_included(tmp_path):
    rows = {row["organisation"]: row for row in supplied(built(tmp_path, SENT)).rows}
    names = ("asked", "answered", "nothing_came", "documents", "works", "included")
    assert {name: tuple(row[one] for one in names) for name, row in rows.items()} == {
        "East Council": (1, 1, 0, 0, 0, 0),
        "North Council": (1, 1, 0, 1, 1, 1),
        "South Council": (1, 1, 0, 2, 2, 2),
        "West Council": (1, 0, 1, 0, 0, 0),
        ALL: (4, 3, 1, 3, 2, 2),
    }


@pytest.mark.parametrize("source", OTHER_SOURCES)
def test_no_search_filters_what_came_by_other_methods(tmp_path, source):
    if source == SOURCE:
        built(tmp_path, (DOCUMENT,))
    else:
        built(tmp_path, websites=("Boards of other countries",))
    retrieved = tmp_path / "retrieved.csv"
    retrieved.write_text("record_id\n", encoding="utf-8")
    write_works(sorted((tmp_path / "records").glob("*/")), [retrieved], tmp_path / "again")
    links = read_csv(tmp_path / "again/links.csv")
    assert Counter(row["database"] for row in links) == {"known_items": 3, source: 1}


def test_a_document_that_was_not_imported_stops_the_run(tmp_path):
    build = built(tmp_path, (DOCUMENT,))
    brought(tmp_path, DOCUMENT, DOCUMENT | {"title": "Another plan"})
    with pytest.raises(ReviewError, match="documents imported: 2 and 1"):
        check_closing(build)


def test_a_record_of_another_source_that_is_lost_stops_the_run(tmp_path):
    build = built(tmp_path, websites=("Boards of other countries",))
    rows = [r for r in build.rows("works/balance.csv") if r["database"] != "websites"]
    write_csv(tmp_path / "works/balance.csv", list(rows[0]), rows)
    with pytest.raises(ReviewError, match="records of websites imported and in works: 1 and 0"):
        check_closing(build)


def test_a_flow_that_does_not_hold_what_the_stages_wrote_stops_the_run(tmp_path):
    build = built(tmp_path, (DOCUMENT,))
    rows, flow = flow_of(build)
    with pytest.raises(ReviewError, match="records in works and records in the flow: 4 and 3"):
        check_flow_of(build, rows[1:], flow)
    kept = [row | {"removed": "duplicate"} if row is rows[0] else row for row in rows]
    with pytest.raises(ReviewError, match="works with one kept record in the flow: 4 and 3"):
        check_flow_of(build, kept, flow)
    finals = build.rows("screening/final.csv")
    finals[0]["state"] = "excluded"
    write_csv(tmp_path / "screening/final.csv", FINAL_COLUMNS, finals)
    with pytest.raises(ReviewError, match="included by screening, and in the flow: 3 and 4"):
        check_flow_of(Build(build.folder, build.config), rows, flow)


def flow_svg(build: Build) -> str:
    return svg_text(drawing_of(chart_of(flow_of(build)[1], "Flow"), "prisma"))


def test_without_another_source_the_flow_has_no_other_arm(tmp_path):
    build = built(tmp_path)
    check_closing(build)
    found = boxes(prisma_table(flow_of(build)[1], build.words))
    assert [found[f"records_{one}"] for one in ("websites", "supplied", "citations")] == [
        "not searched"
    ] * 3
    assert "other_identified" not in found
    assert "via other methods" not in flow_svg(build)


def test_that_nothing_came_is_known_and_so_0(tmp_path):
    build = built(tmp_path, (REQUEST,))
    check_closing(build)
    found = boxes(prisma_table(flow_of(build)[1], build.words))
    assert (found["records_supplied"], found["records_websites"]) == (0, "not searched")
    assert "via other methods" in flow_svg(build)


def test_the_flow_draws_other_methods_beside_the_databases(tmp_path):
    svg = flow_svg(built(tmp_path, SENT, ("Boards of other countries",)))
    beside = svg[svg.index("via other methods") :]
    assert "Records from websites (1 not complete) (n = 1)" in beside
    title = next(one for one in beside.split("<title>") if "from websites" in one)
    assert all(label in title for label in OTHER_SOURCES.values()) and "ASSIA" not in title


# What holds for the project


def test_no_database_may_have_the_name_of_another_source():
    schema = json.loads((SCHEMAS / "strategy.schema.json").read_text(encoding="utf-8"))
    services = set(SERVICES) - {"eric"}  # what ERIC answers are the records of the database itself
    reserved = {*UNSEARCHED, "harvest", *services}
    assert set(schema["properties"]["database"]["not"]["enum"]) == reserved


def test_the_readme_of_the_folder_names_every_column():
    text = (PROJECT / "resources/supplied/README.md").read_text(encoding="utf-8")
    assert ",".join(COLUMNS) in text
    assert all(f"| `{name}` |" in text for name in COLUMNS)


def test_a_cell_that_begins_with_an_equals_sign_is_no_formula_in_the_workbook(tmp_path):
    name = '=HYPERLINK("http://x.example","North")'
    made = supplied(built(tmp_path, (DOCUMENT | {"organisation": name},)))
    assert made.rows[0]["organisation"] == name
    write_workbook(tmp_path / "tables.xlsx", "Title", [made])
    with zipfile.ZipFile(tmp_path / "tables.xlsx") as book:
        sheets = [book.read(one) for one in book.namelist() if "worksheets/sheet" in one]
        assert b"=HYPERLINK" in book.read("xl/sharedStrings.xml")
    assert sheets and not any(b"<f>" in sheet or b"<f " in sheet for sheet in sheets)


def test_reading_writes_nothing_into_the_folder(tmp_path):
    filed(tmp_path, "plan.pdf")
    folder = brought(tmp_path, DOCUMENT | {"file": "plan.pdf"})
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    import_database(SOURCE, open_supplied(folder), tmp_path / "records")
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before
