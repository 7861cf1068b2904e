"""The review tables as documents: nothing of a table is lost, and the bytes never differ."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import time
import zipfile
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import load_workbook

from screened import screened, work
from searchsets.reporting.documents import choice, xlsx
from searchsets.reporting.documents.choice import (
    CHOSEN,
    LONGEST,
    Part,
    Sheet,
    parts,
    shares,
    writable,
)
from searchsets.reporting.documents.docx import write_docx
from searchsets.reporting.documents.html import page_text
from searchsets.reporting.documents.markdown import escaped, tables_text
from searchsets.reporting.documents.stage import write_documents
from searchsets.reporting.documents.xlsx import write_workbook
from searchsets.reporting.tables.model import Table

METHODS = {"Searches": ["No database was searched.", "So it is."]}
HOSTILE = "a|b <b>*bold*</b> _x_ `c` [l](u) #1 & ~~s~~ \\ end"


def made(name: str, *rows: dict[str, str], columns: tuple[str, ...] = ("item", "note")) -> Table:
    return Table(name, f"Caption of {name}.", columns, list(rows))


def sheet(
    *rows: tuple[str, ...], headings: tuple[str, ...] = ("Item", "Note"), note: str = ""
) -> Sheet:
    return Sheet("years", "Years", "A caption.", headings, list(rows), note)


def written(path: Path, *sheets: Sheet) -> bytes:
    write_docx(path, "A review", [Part("One", sheets)], METHODS, {})
    return path.read_bytes()


def test_tables_are_chosen_by_name_in_the_order_of_an_appendix_and_missing_ones_passed_over():
    tables = {n: made(n, {"item": "1"}) for n in ("methods", "years", "prisma", "unheard_of")}
    names = [one.name for part in parts(tables) for one in part.sheets]
    assert names == ["years", "prisma", "methods"]


def test_no_table_is_chosen_twice():
    names = [one.name for chosen in CHOSEN.values() for one in chosen]
    assert len(names) == len(set(names))


def test_search_lines_are_one_table_a_database_called_by_its_name():
    rows = [
        {"database": d, "line": str(n), "text": f"{d} {n}"} for d in ("eric", "bei") for n in (1, 2)
    ]
    tables = {
        "strategies": made("strategies", *rows, columns=("database", "line", "text", "kind")),
        "databases": made("databases", {"database": "bei", "name": "British Index"},
                          columns=("database", "name")),
    }  # fmt: skip
    lines = [one for part in parts(tables) for one in part.sheets if one.name == "strategies"]
    assert [one.title for one in lines] == ["Search lines: eric", "Search lines: British Index"]
    assert lines[1].headings == ("Line", "Text")
    assert lines[1].rows == [("1", "bei 1"), ("2", "bei 2")]


def test_a_long_table_is_cut_and_says_where_the_rest_stands():
    rows = [{"item": str(n)} for n in range(LONGEST + 1)]
    [[one]] = [part.sheets for part in parts({"years": made("years", *rows)})]
    assert len(one.rows) == LONGEST
    assert "The first 2,000 rows of 2,001" in one.note and "tables/years.csv" in one.note


def test_an_empty_table_says_so_in_every_document(tmp_path):
    [part] = parts({"excluded": made("excluded")})
    text = tables_text("T", [part], {})
    page = page_text("T", [part], {}, {})
    document = Document(io.BytesIO(written(tmp_path / "a.docx", *part.sheets)))
    assert "This run has none." in text and "This run has none." in page
    assert "This run has none." in [paragraph.text for paragraph in document.paragraphs]
    assert not document.tables and "<table" not in page


@given(st.text(st.characters(exclude_categories=()), max_size=30))
def test_what_is_written_is_text_that_xml_can_hold(text):
    shown = writable(text)
    assert BeautifulSoup(f"<a>{shown.replace('&', '').replace('<', '')}</a>", "xml").a is not None
    shown.encode("utf-8")
    assert writable(shown) == shown
    assert len(shown) == len(text.replace("\r\n", "\n"))


@given(st.lists(st.lists(st.text(max_size=40), min_size=3, max_size=3), max_size=6))
def test_columns_share_the_whole_width_and_none_vanishes(rows):
    found = shares(sheet(*map(tuple, rows), headings=("A", "Longer heading", "C")))
    assert abs(sum(found) - 1) < 1e-9 and min(found) > 0.02


def test_the_word_document_holds_every_cell_and_what_word_needs(tmp_path):
    long = "word " * 400
    rows = [(str(n), f"{HOSTILE}\nline {n} \u2028 é") for n in range(60)] + [("long", long)]
    document = Document(io.BytesIO(written(tmp_path / "a.docx", sheet(*rows), sheet(("1", "")))))
    first, second = document.tables
    cells = [[cell.text for cell in row.cells] for row in first.rows]
    assert cells == [["Item", "Note"], *map(list, rows)]
    assert [[cell.text for cell in row.cells] for row in second.rows][1] == ["1", ""]
    head, *body = (row._tr.trPr for row in first.rows)
    assert head.find(qn("w:tblHeader")) is not None
    assert all(one.find(qn("w:tblHeader")) is None for one in body)
    assert [one.find(qn("w:cantSplit")) is not None for one in body] == [True] * 60 + [False]
    section = document.sections[0]
    assert section.page_width > section.page_height
    assert "PAGE" in section.footer._element.xml
    styles = [p.style.name for p in document.paragraphs]
    assert {"Heading 1", "Heading 2", "Caption"} <= set(styles)
    assert 'w:lang w:val="en-GB"' in document.styles.element.xml
    widths = [int(one.get(qn("w:w"))) for one in first._tbl.tblGrid]
    assert sum(widths) <= section.page_width.twips - 2 * section.left_margin.twips + 1


def test_markdown_shows_hostile_cells_as_they_are_in_one_line():
    text = tables_text("T", [Part("One", (sheet((HOSTILE, "two\nlines")),))], METHODS)
    line = next(line for line in text.split("\n") if line.startswith("| a"))
    assert line == (
        r"| a\|b \<b\>\*bold\*\</b\> \_x\_ \`c\` \[l\](u) \#1 &amp; \~~s\~~ \\ end | two<br>lines |"
    )
    assert "No database was searched. So it is." in text


@given(st.lists(st.text(max_size=20), min_size=2, max_size=2))
def test_a_row_of_markdown_has_as_many_cells_as_the_table_has_columns(cells):
    text = tables_text("T", [Part("One", (sheet(tuple(map(writable, cells))),))], {})
    row = text.split("| --- | --- |\n")[1].split("\n")[0]
    assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) == 3


def test_escaping_can_be_undone():
    back = re.sub(r"\\([\\`*\[\]<>|#_~])", r"\1", escaped(HOSTILE)).replace("&amp;", "&")
    assert back == HOSTILE


def test_the_page_is_one_file_without_scripts_whose_tables_can_be_read_aloud():
    parts_ = [Part("One", (sheet((HOSTILE, "x"), note="Cut here."),))]
    page = BeautifulSoup(
        page_text("T & Co", parts_, METHODS, {"A drawing": "<svg><desc>5 &lt; 6</desc></svg>"}),
        "html.parser",
    )
    assert page.html["lang"] == "en-GB" and not page.find_all(["script", "link"])
    for tag in page.find_all(src=True):
        assert tag["src"].startswith("data:") and tag["alt"] == "A drawing. 5 < 6"
    table = page.table
    assert table.caption.text == "A caption."
    assert [th["scope"] for th in table.thead.find_all("th")] == ["col", "col"]
    assert [td.text for td in table.tbody.find_all("td")] == [HOSTILE, "x"]
    assert "Cut here." in page.text and page.title.text == "Review tables: T & Co"
    for link in page.nav.find_all("a"):
        assert page.find(id=link["href"][1:]) is not None
    assert "table-header-group" in page.style.text and "http" not in page.style.text


def test_the_workbook_holds_every_row_and_keeps_what_is_no_number_as_text(tmp_path):
    values = ["007", "=1+1", "5", "0.8215", "-0.0721", "1e5", "a\x0bb", "+44", "x" * 40_000, ""]
    table = made("years", *({"item": value, "note": "n"} for value in values))
    write_workbook(tmp_path / "a.xlsx", "T", [table])
    book = load_workbook(tmp_path / "a.xlsx")
    assert book.sheet_names == ["contents", "years"]
    head, *rows = book.get_sheet_by_name("years").to_python()
    assert head == ["Item", "Note"]
    found = [row[0] for row in rows]
    assert found[:2] == ["007", "=1+1"] and found[2:5] == [5, 0.8215, -0.0721]
    assert found[5:8] == ["1e5", "a\ufffdb", "+44"]
    assert found[8].endswith("(the whole text is in the CSV file)") and len(found[8]) == 32_767
    xml = zipfile.ZipFile(tmp_path / "a.xlsx").read("xl/worksheets/sheet2.xml").decode()
    assert 'orientation="landscape"' in xml and 'state="frozen"' in xml and 'fitToHeight="0"' in xml
    names = zipfile.ZipFile(tmp_path / "a.xlsx").read("xl/workbook.xml").decode()
    assert "_xlnm.Print_Titles" in names


@given(st.text(st.sampled_from("ab é\nW"), max_size=200), st.integers(8, 60))
def test_a_row_is_as_tall_as_its_text(text, width):
    room = max(int(width * xlsx._SURE), 1)
    least = sum(max(-(-len(line) // room), 1) for line in text.split("\n"))
    assert least <= xlsx._lines(text, width, bold=False) <= least + len(text.split(" "))


def run_with_tables(folder: Path) -> Path:
    """Return a build that has the tables which documents need, and its configuration beside it."""
    build = screened(folder, [work(1, "included", "full_text"), work(2, "excluded", "full_text")])
    (folder / "config.json").write_text(json.dumps(build.config | {"title": "A review"}), "utf-8")
    (folder / "tables").mkdir()
    (folder / "tables/contents.csv").write_text(
        "table,caption\nyears,Years.\nmethods,M.\n", "utf-8"
    )
    (folder / "tables/years.csv").write_text('year,works\n2004,"1"\n2005,\n', "utf-8")
    (folder / "tables/methods.csv").write_text(
        "section,sentence,from\nS,Nothing.,nowhere\n", "utf-8"
    )
    (folder / "figures").mkdir()
    (folder / "figures/years.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><text y="15">É</text></svg>',
        "utf-8",
    )
    return folder


def test_documents_have_the_same_bytes_at_any_time_and_fixed_dates(tmp_path, monkeypatch):
    folder = run_with_tables(tmp_path / "run")
    made = []
    for name, clock, zone in (("one", 1e9, "UTC"), ("two", 2e9, "Pacific/Auckland")):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        monkeypatch.setattr(time, "time", lambda clock=clock: clock)
        out = tmp_path / name / "tables"
        assert write_documents(folder, folder / "config.json", out) == 2
        files = [path for path in (tmp_path / name).rglob("*") if path.is_file()]
        made.append(
            {path.relative_to(tmp_path / name).as_posix(): path.read_bytes() for path in files}
        )
    monkeypatch.undo()
    time.tzset()
    assert made[0] == made[1] and len(made[0]) == 11
    for name in ("docx", "xlsx"):
        archive = zipfile.ZipFile(io.BytesIO(made[0][f"tables/review_tables.{name}"]))
        assert len({one.date_time for one in archive.infolist()}) == 1
    core = zipfile.ZipFile(io.BytesIO(made[0]["tables/review_tables.docx"])).read(
        "docProps/core.xml"
    )
    assert b"2009-06-01" in core and b"python-docx" not in core
    assert "Nothing." in made[0]["tables/methods.md"].decode()


def converted(path: Path, folder: Path) -> str:
    """Return what LibreOffice makes of a document as PDF, as text, its pages parted by form feeds."""
    if not (shutil.which("soffice") and shutil.which("pdftotext")):
        pytest.skip("LibreOffice (soffice) or pdftotext is not here: documents are not converted")
    subprocess.run(
        ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
         "--convert-to", "pdf", "--outdir", folder, path],
        check=False, capture_output=True, timeout=300,
    )  # fmt: skip
    made = folder / f"{path.stem}.pdf"
    if not made.exists():
        pytest.skip(f"LibreOffice is here without the program that opens {path.suffix}")
    shown = subprocess.run(
        ["pdftotext", "-layout", made, "-"], check=True, capture_output=True, text=True
    )
    return shown.stdout


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_a_long_table_has_its_head_on_every_page_and_nothing_is_cut(tmp_path, kind):
    rows = [(f"row{n}", f"first{n} {'and more words ' * (n % 40)}last{n}") for n in range(150)]
    path = tmp_path / f"tables.{kind}"
    if kind == "docx":
        written(path, sheet(*rows, headings=("Zebra", "Yonder")))
    else:
        table = made(
            "years", *({"zebra": a, "yonder": b} for a, b in rows), columns=("zebra", "yonder")
        )
        write_workbook(path, "T", [table])
    pages = converted(path, tmp_path).split("\f")
    holding = [page for page in pages if re.search(r"\brow\d", page)]
    assert len(holding) >= 3
    assert all("Zebra" in page and "Yonder" in page for page in holding)
    words = set("\n".join(pages).split())
    assert {f"{part}{n}" for n in range(150) for part in ("row", "first", "last")} <= words


def test_headings_are_words():
    assert [choice.heading(name) for name in ("work_ids", "n", "pabak")] == [
        "Work ids",
        "Number",
        "PABAK",
    ]


@pytest.mark.parametrize(
    "name", ["key_sources_title_fallback", "rule_core_and_any", "hits_fallback", "title_fallback"]
)
def test_headings_say_in_words_what_a_program_calls_otherwise(name):
    told = choice.heading(name)
    assert "fallback" not in told and not told.startswith("Rule ")


def test_codes_of_variables_stay_out_of_documents_and_stages_are_told_in_words():
    coded = {"says": "Most are on trusts", "variable": "document_type", "values": "fits none"}
    flow = {"stage": "title_abstract", "what": "entered"}
    tables = {
        "statements": made("statements", coded, columns=tuple(coded)),
        "screening_flow": made("screening_flow", flow, columns=tuple(flow)),
    }
    first, second = (one for part in parts(tables) for one in part.sheets)
    assert first.rows == [("title and abstract", "entered")]
    assert (second.headings, second.rows) == (("Says",), [("Most are on trusts",)])
