"""PRISMA.csv: the form of the R package, written by a run, filled in by hand, drawn and refused."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from flow_forms import DATABASES, OTHER, PREVIOUS, R_COLUMNS, R_ROWS, filled, updated
from refusal import refused
from searchsets.cli import main
from searchsets.errors import ReviewError
from searchsets.reporting.drawing.png import png_bytes
from searchsets.reporting.drawing.shapes import Line, Rect
from searchsets.reporting.drawing.svg import svg_text
from searchsets.reporting.flow.boxes import Setting, Source, boxes_of
from searchsets.reporting.flow.diagram import chart_of
from searchsets.reporting.flow.figures import drawing_of_forms, read_checked
from searchsets.reporting.flow.form_reading import read_list, read_prisma_csv
from searchsets.reporting.flow.form_writing import prisma_csv, safe_label
from searchsets.reporting.flow.layout import drawing_of
from searchsets.reporting.flow.model import COLUMNS

SOURCES = [
    Source("eric", "databases", "ERIC; the index, of education", True),
    Source("assia", "databases", "ASSIA", False),
    Source("websites", "other", "Websites", True),
    Source("known_items", "known", "Reference list", True, "not applicable"),
]
PLACES = {
    "twice": {"removed": "duplicate"},
    "called": {"removed": "duplicate_by_people"},
    "rule": {"removed": "rule", "reason": "date"},
    "waits": {"screening": "awaiting"},
    "out": {"screening": "excluded", "reason": "uk", "state": "excluded"},
    "to_read": {"screening": "passed", "retrieval": "awaiting"},
    "no_text": {"screening": "direct", "retrieval": "not_retrieved"},
    "read_out": {"screening": "passed", "retrieval": "retrieved", "eligibility": "excluded",
                 "reason": "uk", "state": "excluded"},
    "open": {"screening": "passed", "retrieval": "retrieved", "eligibility": "awaiting"},
    "in": {"screening": "passed", "retrieval": "retrieved", "eligibility": "included"},
    "reported": {"screening": "not_reported", "retrieval": "not_reported",
                 "eligibility": "included"},
}  # fmt: skip


def boxes(*places: str, words: str = "not UK, or too old; really"):
    """Return the boxes of a run; each place is `source:place`."""
    arms = {source.name: source.arm for source in SOURCES}
    rows = []
    for number, one in enumerate(places):
        source, _, place = one.partition(":")
        row = dict.fromkeys(COLUMNS, "") | {"record_id": str(number), "source": source}
        rows.append(row | {"arm": arms[source]} | PLACES[place])
    return boxes_of(rows, Setting(SOURCES, {"uk": words}))


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def as_r_reads(packed: str) -> list[tuple[str, str]]:
    """Return the labels and numbers that PRISMA_parse_reasons_ of the R package finds in a cell."""
    parts = re.split(r"; ?", packed)
    return [(re.sub(r",.*$", "", one), re.sub(r"^.*?,([ 0-9,]*).*$", r"\1", one).strip())
            for one in parts]  # fmt: skip


# What a run writes


def test_the_form_is_that_of_the_r_package_row_by_row():
    text = prisma_csv(boxes("eric:in", "known_items:reported"))
    rows = rows_of(text)
    assert tuple(rows[0]) == R_COLUMNS
    expected = [line.split() for line in R_ROWS.splitlines()]
    assert [[row["data"], row["node"], row["box"]] for row in rows[:34]] == expected
    assert all(value for row in rows for value in row.values())
    # The package finds rows by their names: what is ours has none, and no box of its.
    assert {row["data"] for row in rows[34:]} == {"NA"}
    assert not {row["box"] for row in rows[34:]} & {row["box"] for row in rows[:34]}


def test_the_package_reads_our_lists_as_they_are_meant():
    made = {
        row["data"]: row["n"] for row in rows_of(prisma_csv(boxes("eric:read_out", "eric:twice")))
    }
    assert as_r_reads(made["dbr_excluded"]) == [("not UK / or too old / really", "1")]
    assert as_r_reads(made["database_specific_results"]) == [
        ("ERIC / the index / of education", "2"), ("ASSIA", ""),
    ]  # fmt: skip
    assert (made["database_results"], made["duplicates"], made["register_results"]) == (
        "2",
        "1",
        "NA",
    )


@given(st.text(max_size=40), st.integers(0, 10**9))
def test_no_label_breaks_a_list(label, n):
    safe = safe_label(label) or "reason"
    assert as_r_reads(f"{safe}, {n}") == [(safe, str(n))] or "\n" in label or "\r" in label
    assert not set(",;") & set(safe)


@given(st.lists(st.sampled_from([f"{source}:{place}" for source in ("eric", "websites", "known_items")
                                 for place in PLACES]), max_size=30))  # fmt: skip
def test_what_a_run_writes_adds_up_and_is_read_back(tmp_path_factory, places):
    made = boxes(*places)
    path = tmp_path_factory.mktemp("form") / "PRISMA.csv"
    path.write_text(prisma_csv(made), encoding="utf-8")
    read = {box.id: box.n for box in read_checked(path).boxes}
    n = {box.id: box.n for box in made}
    duplicates = n["databases_duplicates"] + n.get("databases_duplicates_by_people", 0)
    assert (read["databases_duplicates"], read["records_databases"]) == (
        duplicates, n["databases_identified"],
    )  # fmt: skip
    derived = ("_identified", "_kept", "_passed", "_included", "duplicates", "duplicates_by_people")
    for box in made:
        if box.arm and isinstance(box.n, int) and box.n and not box.id.endswith(derived):
            if ":" not in box.id and box.id != "records_eric":
                assert read[box.id] == box.n, box
    assert read["included"] == n["included"]


# What a reader adds up


def n_of(panels):
    """Return the sum of the numbers in panels, but for what is a part of the one above it."""
    return sum(item.n for panel in panels for item in panel.items
               if isinstance(item.n, int) and not item.depth)  # fmt: skip


@given(st.lists(st.sampled_from([f"{source}:{place}" for source in ("eric", "websites", "known_items")
                                 for place in PLACES]), max_size=30))  # fmt: skip
def test_a_reader_can_add_every_arm_up_along_its_arrows(places):
    made = {box.id: box.n for box in boxes(*places)}
    [version] = chart_of(boxes(*places), "Flow").versions
    included = 0
    for arm, column in zip(("databases", "other", "known"), version.columns, strict=True):
        main, sides = column.main, column.sides
        kept = n_of([main["identify"]]) - n_of(sides["identify"])
        here = {level: n_of([panel]) for level, panel in main.items()}
        straight = made.get(f"{arm}_direct", 0) if "seek" in here else 0
        decided = made.get(f"{arm}_stages_not_reported", 0)
        assert kept == n_of(sides["wait"]) + here.get("screen", 0) + straight + decided
        assert here.get("seek", 0) == here.get("screen", 0) + straight - n_of(sides["screen"])
        read = here.get("seek", 0) - n_of(sides["seek"])
        assert here.get("assess", 0) == read + decided
        included += here.get("assess", 0) - n_of(sides["assess"])
        levels = list(main)
        for level, n in (("seek", straight), ("assess", decided)):
            assert (level in column.past) == bool(n and levels.index(level) > 1)
    assert included == n_of([version.included])


def test_what_waits_leaves_before_screening_and_what_was_decided_elsewhere_leads_to_included():
    places = ["reported"] * 3 + ["waits", "out", "in"]
    drawn = drawing_of(chart_of(boxes(*(f"known_items:{one}" for one in places)), "Flow"), "flow")
    rects = {
        group.title: shape
        for group in drawn.groups
        for shape in group.shapes
        if isinstance(shape, Rect) and group.title
    }
    ways = [shape.points for shape in drawn.shapes() if isinstance(shape, Line)]
    screened = rects["Records screened (n = 2)"]
    waits = rects["Records awaiting screening (n = 1)"]
    [way] = [one for one in ways if one[-1][0] == waits.x and waits.y < one[-1][1] < screened.y]
    assert way[0][1] < screened.y, "it leaves before what is screened"
    assert way[0][0] == screened.x + screened.width / 2, "and from the arrow that leads there"
    [title] = [one for one in rects if "Decided in the published review" in one]
    decided, end = rects[title], rects["Studies included in review (n not stated); "
                                       "Reports of included studies (n = 4)"]  # fmt: skip
    assert "(n = 3)" in title and decided.x == screened.x
    [past] = [one for one in ways if one[-1] == (decided.x, decided.y + decided.height / 2)]
    assert past[0][0] == way[0][0] and past[0][1] < screened.y, "it passes screening by"
    assert any(one[0][1] == decided.y + decided.height and one[-1][1] == end.y for one in ways)


# What people fill in

FORMS = {
    "new, databases": (DATABASES,),
    "new, other methods too": (DATABASES, OTHER),
    "updated, databases": updated(DATABASES, studies="20", reports="26"),
    "updated, other methods too": updated(DATABASES, OTHER, studies="20", reports="31"),
}


@pytest.mark.parametrize("form", FORMS)
def test_which_form_is_drawn_follows_from_what_is_filled_in(tmp_path, form):
    svg = svg_text(drawing_of_forms([read_checked(filled(tmp_path / "a.csv", *FORMS[form]))]))
    assert ("via other methods" in svg) == ("other methods" in form)
    for only_updated in (
        "Previous studies",
        "Total studies included",
        "New studies",
        "new studies",
    ):
        assert (only_updated in svg) == form.startswith("updated")
    assert "Not in the UK" in svg and "meta-analysis" not in svg


NONE = {
    "register_results": "Registers", "excluded_other": "Records removed for other reasons",
    "website_results": "Websites", "citations_results": "Citation searching",
    "previous_studies": "Studies included in previous version of review",
    "total_studies_ma": "Total studies included in meta-analysis",
}  # fmt: skip


@pytest.mark.parametrize("row", NONE)
def test_a_stated_none_is_drawn_and_what_is_not_stated_is_not(tmp_path, row):
    cells = {"database_results": "120", "duplicates": "20", "excluded_automatic": "0",
             "excluded_other": "NA", "register_results": "NA"}  # fmt: skip
    for n in ("0", "NA", ""):
        path = filled(tmp_path / "a.csv", DATABASES, **(cells | {row: n}))
        svg = svg_text(drawing_of_forms([read_checked(path)]))
        assert (NONE[row] in svg) == (n == "0")
        assert (f"{NONE[row]} (n = 0)" in svg) == (n == "0")


def test_the_other_methods_of_which_none_found_anything_stay_in_the_flow(tmp_path):
    path = filled(
        tmp_path / "a.csv", DATABASES, **dict.fromkeys(OTHER, "0") | {"new_reports": "10"}
    )
    svg = svg_text(drawing_of_forms([read_checked(path)]))
    assert "Identification of studies via other methods" in svg and "Websites (n = 0)" in svg


def test_the_empty_file_of_the_package_is_drawn_as_its_widest_form(tmp_path):
    names = [line.split()[0] for line in R_ROWS.splitlines()]
    nothing = dict.fromkeys((name for name in names if name != "NA"), "0")
    svg = svg_text(drawing_of_forms([read_checked(filled(tmp_path / "a.csv", nothing))]))
    for words in (
        "Previous studies",
        "via other methods",
        "Registers (n = 0)",
        "meta-analysis (n = 0)",
    ):
        assert words in svg
    assert "not stated" not in svg


def test_several_files_are_the_versions_of_a_living_review(tmp_path):
    base = filled(tmp_path / "2026.csv", DATABASES)
    second = filled(tmp_path / "2027.csv", DATABASES, previous_studies="8", previous_reports="10",
                    total_studies="16", total_reports="20")  # fmt: skip
    third = filled(tmp_path / "2028.csv", DATABASES, OTHER)
    forms = [read_checked(path) for path in (base, second, third)]
    separate = svg_text(drawing_of_forms(forms))
    for title in ("Base review (2026)", "Update 1 (2027)", "Update 2 (2028)"):
        assert title in separate
    assert separate.count("<title>Records screened (n = 100)</title>") == 3
    together = svg_text(drawing_of_forms(forms, "together"))
    assert "Updates 1 to 2 together" in together and "Update 1 (2027)" not in together
    assert "<title>Records screened (n = 200)</title>" in together
    assert "Not in the UK (n = 20); No evidence (n = 12)" in together
    for svg in (separate, together):
        assert (
            "Total studies included in review (n = 24); Reports of total included studies (n = 35)"
            in svg
        )


def test_a_version_must_say_of_those_before_it_what_they_say(tmp_path):
    base = filled(tmp_path / "2026.csv", DATABASES)
    second = filled(
        tmp_path / "2027.csv", DATABASES, PREVIOUS, total_studies="20", total_reports="26"
    )
    with refused(f"{second}:3", "previous version", "12", "include 8"):
        drawing_of_forms([read_checked(base), read_checked(second)])


def test_versions_that_would_count_twice_are_refused(tmp_path):
    base, again = (filled(tmp_path / name, DATABASES) for name in ("a.csv", "b.csv"))
    update = filled(tmp_path / "u.csv", DATABASES, previous_studies="8", previous_reports="10",
                    total_studies="16", total_reports="20")  # fmt: skip
    for files, place, words in (
        ((base, base), base, "count twice"),
        ((base, again), again, f"the same as {base}"),
        ((base, update, update), update, "count twice"),
        ((update, base), f"{update}:3", "base review first"),
    ):
        with refused(place, words):
            drawing_of_forms([read_checked(path) for path in files])


def test_an_update_that_does_not_say_what_came_before_it_is_told(tmp_path):
    base = filled(tmp_path / "a.csv", DATABASES)
    update = filled(tmp_path / "u.csv", DATABASES, OTHER)
    done = drawn(base, update, "-o", tmp_path / "out.svg")
    assert done.exit_code == 0 and f"note: {update}: previous_studies and" in done.output
    told = filled(tmp_path / "v.csv", DATABASES, previous_studies="8", previous_reports="10",
                  total_studies="16", total_reports="20")  # fmt: skip
    assert "note" not in drawn(base, told, "-o", tmp_path / "out.svg").output


def test_updates_of_one_file_cannot_be_added_up(tmp_path):
    path = filled(tmp_path / "a.csv", DATABASES)
    done = drawn(path, "-o", tmp_path / "out.svg", "--living", "together")
    assert done.exit_code == 2 and "Usage" in done.output and "living review" in done.output
    assert not (tmp_path / "out.svg").exists()


def test_the_words_that_people_write_are_drawn(tmp_path):
    path = filled(tmp_path / "a.csv", DATABASES)
    text = path.read_text("utf-8").replace(
        "NA,node6,newstud,,,", "NA,node6,newstud,,Searching <b>us</b>,"
    )
    text = text.replace(
        "records_screened,node9,box4,,NA,", "records_screened,node9,box4,,Read by two,"
    )
    path.write_text(text, encoding="utf-8")
    svg = svg_text(drawing_of_forms([read_checked(path)]))
    assert "Searching &lt;b&gt;us&lt;/b&gt;" in svg and "Read by two (n = 100)" in svg


@pytest.mark.parametrize(("cell", "said"), [
    ("NA", "n not stated"), ("", "n not stated"), ("xxx", "n not stated"),
    ("not reported", "n not reported"), ("1,000", "n = 1,000"),
])  # fmt: skip
def test_what_is_not_known_is_drawn_as_such_and_closes_no_sum(tmp_path, cell, said):
    cells = {"records_screened": cell, "records_excluded": "NA", "database_results": "1020",
             "duplicates": "20", "database_specific_results": "NA"}  # fmt: skip
    path = filled(tmp_path / "a.csv", DATABASES, **cells)
    assert f"Records screened ({said})" in svg_text(drawing_of_forms([read_checked(path)]))


WRONG = {
    "duplicates": ("21", ["Records identified", "125", "126"]),
    "register_results": ("6", ["126", "125"]),
    "database_specific_results": ("ERIC, 80; ASSIA, 41", ["Databases", "120", "121"]),
    "records_excluded": ("71", ["Records screened", "100", "101"]),
    "dbr_notretrieved_reports": ("3", ["Reports sought for retrieval", "30", "29"]),
    "dbr_excluded": ("Not in the UK, 10; No evidence, 5", ["41 ", "25"]),
    "new_reports": ("16", ["Reports of new included studies", "39", "40"]),
    "other_sought_reports": ("15", ["other methods", "14", "15"]),
    "total_reports": ("32", ["Reports of total included studies", "32", "31"]),
    "total_studies": ("19", ["Total studies", "19", "20"]),
}


@pytest.mark.parametrize("row", WRONG)
def test_what_does_not_add_up_is_refused_with_its_line(tmp_path, row):
    n, words = WRONG[row]
    if row == "dbr_excluded":
        words = ["Reports assessed", "39"]
    numbers = updated(DATABASES, OTHER, studies="20", reports="31")
    path = filled(tmp_path / "a.csv", *numbers, **{row: n})
    with refused(f"{path}:", "does not close", *words) as _:
        read_checked(path)


@pytest.mark.parametrize(("row", "n"), [
    ("records_screened", "-5"), ("records_screened", "about 100"), ("duplicates", "2.5"),
    ("duplicates", "\u0665"), ("dbr_excluded", "Not in the UK"), ("dbr_excluded", "UK, 3; , 4"),
    ("dbr_excluded", "UK, many; old, 4"), ("records_screened", "9" * 400),
])  # fmt: skip
def test_what_is_no_number_is_refused_with_its_line(tmp_path, row, n):
    path = filled(tmp_path / "a.csv", DATABASES, **{row: n})
    line = 1 + [one.split()[0] for one in R_ROWS.splitlines()].index(row) + 1
    with refused(f"{path}:{line}"):
        read_prisma_csv(path)


def test_rows_that_are_missing_unknown_or_there_twice_are_refused(tmp_path):
    path = filled(tmp_path / "a.csv", DATABASES)
    lines = path.read_text("utf-8").splitlines(keepends=True)
    for change, words in (
        (lines[:-20], "is missing"),
        ([*lines, lines[5]], "there twice"),
        ([*lines, lines[5].replace("database_results", "data_base")], "is not known"),
        (["a,b\n", *lines[1:]], "'data' is missing"),
    ):
        path.write_text("".join(change), encoding="utf-8")
        with refused(path, words):
            read_prisma_csv(path)


def test_a_file_of_an_earlier_version_of_the_package_is_drawn(tmp_path):
    path = filled(tmp_path / "a.csv", DATABASES)
    later = ("database_specific", "register_specific", "total_studies_ma", "total_reports_ma")
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(one for one in lines if not one.startswith(later)), encoding="utf-8")
    svg = svg_text(drawing_of_forms([read_checked(path)]))
    assert "Databases (n = 120)" in svg and "ERIC" not in svg


@pytest.mark.parametrize(("text", "expected"), [
    ("UK, 1,234; Old, 5", (1239, [("UK", 1234), ("Old", 5)])),
    ("Aged 5, 12; Old, 5", (17, [("Aged 5", 12), ("Old", 5)])),
    ("Old, very old, 5", (5, [("Old, very old", 5)])),
    ("UK, NA; Old, 5", ("not stated", [("UK", "not stated"), ("Old", 5)])),
    ("1,234", (1234, [])), ("0", (0, [])), ("", ("not stated", [])),
])  # fmt: skip
def test_lists_are_read_as_people_write_them(text, expected):
    assert read_list(text, "x") == expected


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", 'x" onclick="y', " vbscript:x"]
)
def test_a_link_that_could_do_harm_is_not_drawn(tmp_path, url):
    path = filled(tmp_path / "a.csv", DATABASES)
    text = path.read_text("utf-8").replace(
        "records_screened.html", '"' + url.replace('"', '""') + '"'
    )
    path.write_text(text, encoding="utf-8")
    svg = svg_text(drawing_of_forms([read_checked(path)]))
    assert "records_excluded.html" in svg
    assert not re.search(r"alert|text/html|onclick|vbscript", svg)


def test_a_total_of_exclusions_may_stand_without_reasons(tmp_path):
    path = filled(tmp_path / "a.csv", DATABASES, dbr_excluded="16")
    svg = svg_text(drawing_of_forms([read_checked(path)]))
    assert "<title>Reports excluded (n = 16)</title>" in svg
    with refused(path, "does not close"):
        read_checked(filled(tmp_path / "a.csv", DATABASES, dbr_excluded="17"))


def test_a_number_that_is_too_large_is_called_so(tmp_path):
    path = filled(tmp_path / "a.csv", DATABASES, records_screened=str(10**30))
    with refused(path, "31 digits"):
        read_prisma_csv(path)


def bar_called(path: Path, row: str, word: str) -> Path:
    """Write a file in which a bar at the side has this label."""
    lines = filled(path, DATABASES).read_text("utf-8").splitlines(keepends=True)
    start = f"{row},"
    lines = [
        one.replace(",,NA,", f",,{word},", 1) if one.startswith(start) else one for one in lines
    ]
    path.write_text("".join(lines), encoding="utf-8")
    return path


@pytest.mark.parametrize("row", ["identification", "screening", "included"])
def test_a_label_at_the_side_is_drawn_whole_or_refused(tmp_path, row):
    short = read_checked(bar_called(tmp_path / "a.csv", row, "Step one"))
    assert ">Step one</text>" in svg_text(drawing_of_forms([short]))
    long = read_checked(bar_called(tmp_path / "a.csv", row, "Identification" + "4231412341" * 6))
    with refused(row, "too long"):
        drawing_of_forms([long])


def png_width(data: bytes) -> int:
    return int.from_bytes(data[16:20], "big")


def test_a_picture_of_many_versions_is_wider_and_its_text_is_not_smaller(tmp_path):
    updates = [
        filled(tmp_path / f"{n}.csv", DATABASES, database_results=str(120 + n), duplicates=str(20 + n),
               database_specific_results="NA")
        for n in range(6)
    ]  # fmt: skip
    forms = [read_checked(path) for path in updates]
    drawings = {many: drawing_of_forms(forms[:many]) for many in (1, 3, 6)}
    widths = {many: png_width(png_bytes(one)) for many, one in drawings.items()}
    assert widths[1] == widths[3] == 2008 < widths[6]
    assert widths[6] / drawings[6].width >= 12 / 10, "a letter of 12 has 14 dots or more"


# The command


def test_the_command_makes_no_folder_that_was_not_there(tmp_path):
    path = filled(tmp_path / "a.csv", DATABASES)
    done = drawn(path, "-o", tmp_path / "typo" / "out.svg")
    assert done.exit_code == 2 and "no such folder" in done.output
    assert not (tmp_path / "typo").exists()


def drawn(*arguments: object):
    return CliRunner().invoke(main, ["flow", *map(str, arguments)])


@pytest.mark.parametrize(
    ("end", "start"), [(".svg", b"<svg "), (".pdf", b"%PDF"), (".PNG", b"\x89PNG")]
)
def test_the_command_draws_each_format(tmp_path, end, start):
    path, update = (
        filled(tmp_path / "a.csv", DATABASES),
        filled(tmp_path / "b.csv", DATABASES, OTHER),
    )
    done = drawn(path, update, "-o", tmp_path / f"out{end}", "--living", "together")
    assert done.exit_code == 0, done.output
    assert (tmp_path / f"out{end}").read_bytes().startswith(start)


def test_the_command_refuses_in_words_and_writes_nothing(tmp_path):
    path = filled(tmp_path / "a.csv", DATABASES, duplicates="21")
    for arguments, words in (
        ((path, "-o", tmp_path / "out.svg"), "does not close"),
        ((tmp_path / "none.csv", "-o", tmp_path / "out.svg"), "cannot be read"),
        ((filled(tmp_path / "b.csv", DATABASES), "-o", tmp_path / "out.gif"), ".svg, .pdf, .png"),
    ):
        done = drawn(*arguments)
        assert done.exit_code == 2 and words in done.output and "Traceback" not in done.output
    assert not list(tmp_path.glob("*out*"))


@given(st.binary(max_size=300))
def test_no_file_whatever_it_holds_is_a_traceback(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("form") / "a.csv"
    path.write_bytes(",".join(R_COLUMNS).encode() + b"\n" + data)
    with pytest.raises(ReviewError):
        read_checked(Path(path))
