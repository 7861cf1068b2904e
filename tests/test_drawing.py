"""Drawings: nothing overlaps or is cut, real text, the same bytes on every machine."""

from __future__ import annotations

import os
import re
import struct
import subprocess
import sys
import zlib
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import PROJECT
from refusal import refused
from searchsets.reporting.drawing.files import FORMATS, write_drawing
from searchsets.reporting.drawing.fonts import BOLD, REGULAR, Run, drawn_text, width_of, wrapped
from searchsets.reporting.drawing.pdf import pdf_bytes
from searchsets.reporting.drawing.png import png_bytes
from searchsets.reporting.drawing.shapes import Drawing, Group, Line, Rect, Text
from searchsets.reporting.drawing.svg import svg_text
from searchsets.reporting.flow.boxes import STEPS
from searchsets.reporting.flow.diagram import chart_of, living_chart
from searchsets.reporting.flow.layout import drawing_of
from searchsets.reporting.flow.model import ARMS, Box

FONTS = {"text": (REGULAR, 12.0), "strong": (BOLD, 12.0)}
SVG = "{http://www.w3.org/2000/svg}"

LABELS = st.one_of(
    st.sampled_from(
        ["Records", "x" * 90, "A long name of a database " * 6, "<&\"'>", "", "é 中文 🙂"]
    ),
    st.text(max_size=60),
)
COUNTS = st.one_of(st.integers(0, 10**13), st.sampled_from([0, "not reported", "not searched"]))
STEP_BOXES = [f"{arm}_{step.name}" for arm in ARMS for step in STEPS]
OTHERS = ["records_a", "records_b", "specific_a:1", "databases_reports_excluded:a",
          "databases_reports_excluded:b", "other_reports_excluded:a"]  # fmt: skip
ENDS = ["studies", "included", "previous_studies", "previous_reports", "total_studies",
        "total_reports_ma"]  # fmt: skip


def box(name: str, label: str, n: int | str) -> Box:
    arm = next((arm for arm in ARMS if name.startswith(f"{arm}_")), "")
    arm = arm or ("databases" if name.startswith(("records_", "specific_")) else "")
    return Box(name, arm, label, "records", n, f"arm={arm}&removed=|rule")


BOXES = st.dictionaries(
    st.sampled_from(STEP_BOXES + OTHERS + ENDS), st.tuples(LABELS, COUNTS), max_size=40
).map(lambda found: [box(name, *said) for name, said in found.items()])


def assert_is_legible(drawing: Drawing) -> None:
    """Assert that all text is in its box, no box is on another, and no line runs through one."""
    rects = []
    for group in drawing.groups:
        [rect, *_] = [s for s in group.shapes if isinstance(s, Rect)] or [None]
        if rect:
            rects.append(rect)
            assert rect.x >= 0 and rect.x + rect.width <= drawing.width
            assert rect.y >= 0 and rect.y + rect.height <= drawing.height
        for text in (s for s in group.shapes if isinstance(s, Text)):
            left, top, right, bottom = extent(text)
            assert 0 <= left and right <= drawing.width and 0 <= top and bottom <= drawing.height
            if rect:
                assert rect.x <= left and right <= rect.x + rect.width + 0.01, text
                assert rect.y <= top and bottom <= rect.y + rect.height + 0.01, text
    for place, one in enumerate(rects):
        for other in rects[:place]:
            assert (
                one.x + one.width <= other.x or other.x + other.width <= one.x
                or one.y + one.height <= other.y or other.y + other.height <= one.y
            ), (one, other)  # fmt: skip
    for line in (s for s in drawing.shapes() if isinstance(s, Line)):
        for (x0, y0), (x1, y1) in zip(line.points, line.points[1:], strict=False):
            for rect in rects:
                crosses = (
                    min(x0, x1) < rect.x + rect.width - 0.01 and max(x0, x1) > rect.x + 0.01
                    and min(y0, y1) < rect.y + rect.height - 0.01 and max(y0, y1) > rect.y + 0.01
                )  # fmt: skip
                assert not crosses, (line, rect)


def extent(text: Text) -> tuple[float, float, float, float]:
    """Return the box of a text; its letters reach about a size above and a third below the line."""
    if text.upright:
        return text.x - 12, text.y - text.width, text.x + 4, text.y
    return text.x, text.y - 11, text.x + text.width, text.y + 4


@given(BOXES)
def test_a_flow_is_legible_whatever_stands_in_it(boxes):
    assert_is_legible(drawing_of(chart_of(boxes, "Flow"), "flow"))


@given(st.lists(st.tuples(LABELS, BOXES), min_size=2, max_size=4), BOXES)
def test_a_living_flow_is_legible_whatever_stands_in_it(versions, total):
    named = [(title, {one.id: one for one in boxes}) for title, boxes in versions]
    chart = living_chart(named, {one.id: one for one in total}, "Flow")
    assert_is_legible(drawing_of(chart, "flow"))


@given(st.lists(st.tuples(LABELS, st.sampled_from(["text", "strong"])), max_size=5),
       st.floats(20, 300))  # fmt: skip
def test_wrapped_text_is_all_there_and_no_wider_than_its_room(said, width):
    runs = [Run(text, look) for text, look in said]
    lines = wrapped(runs, FONTS, width)
    letters = "".join(run.text for line in lines for run in line).replace(" ", "")
    assert letters == "".join(drawn_text(text) for text, _ in said).replace(" ", "")
    for line in lines:
        wide = sum(width_of(run.text, *FONTS[run.look]) for run in line)
        assert wide <= width + 0.01 or len("".join(run.text for run in line)) == 1


def test_a_number_stays_with_its_brackets():
    [*_, last] = wrapped([Run("Records", "text"), Run("(n\u00a0=\u00a05)", "strong")], FONTS, 60)
    assert last == [Run("(n\u00a0=\u00a05)", "strong")]


HOSTILE = [
    box("databases_identified", "Found", 5),
    box("records_a", "a\x00b\x0b\ud800 \u202egnp", "not reported"),
    box("databases_screened", "</title><script>alert('&')</script>", 5),
    box("included", "Included", 1),
]


def test_svg_is_xml_with_a_title_and_links_for_each_box_and_no_script():
    text = svg_text(drawing_of(chart_of(HOSTILE, "Flow <of> records"), "flow"))
    text.encode("utf-8")
    root = ElementTree.fromstring(text)
    assert not [one for one in root.iter() if one.tag == f"{SVG}script"]
    assert root.find(f"{SVG}title").text == "Flow <of> records"
    groups = root.findall(f"{SVG}g")
    assert all(group.find(f"{SVG}title").text for group in groups)
    shown = ["".join(one.itertext()) for one in root.iter(f"{SVG}text")]
    assert "(n = 5)".replace(" ", "\u00a0") in shown and any("alert('&')" in one for one in shown)
    links = {one.get("href") for one in root.iter(f"{SVG}a")}
    assert links == {"../report.html#records?arm=databases&removed=|rule",
                     "../report.html#records?arm=&removed=|rule"}  # fmt: skip
    looks = {one.get("class") for one in root.iter(f"{SVG}text") if "(n\u00a0not" in one.text}
    assert looks == {"t-unknown"}


def test_two_drawings_in_one_page_do_not_share_names():
    texts = [svg_text(Drawing(name, "t", 9, 9, ())) for name in ("one", "two")]
    ids = [set(re.findall(r'id="([^"]+)"', text)) for text in texts]
    assert ids[0] and not ids[0] & ids[1]


def test_png_is_sharp_in_print_and_says_nothing_of_its_making():
    data = png_bytes(drawing_of(chart_of(HOSTILE, "Flow"), "flow"))
    chunks, place = {}, 8
    while place < len(data):
        size, kind = struct.unpack(">I4s", data[place : place + 8])
        content = data[place + 8 : place + 8 + size]
        assert struct.unpack(">I", data[place + 8 + size : place + 12 + size])[0] == zlib.crc32(
            kind + content
        )
        chunks[kind] = content
        place += 12 + size
    assert set(chunks) == {b"IHDR", b"pHYs", b"IDAT", b"IEND"}
    assert struct.unpack(">I", chunks[b"IHDR"][:4])[0] == 2008  # 17 cm at 300 dots an inch
    assert struct.unpack(">IIB", chunks[b"pHYs"]) == (11811, 11811, 1)


def test_png_is_set_in_our_font_and_no_other():
    def drawn(text: str) -> bytes:
        words = Text(5, 20, text, "text", width_of(text, REGULAR, 12))
        return png_bytes(Drawing("d", "t", 60, 30, (Group("", (words,)),)))

    assert drawn("Records") != drawn("Recorda")
    # Open Sans has no Chinese: with a font of the machine these two would differ.
    assert drawn("\u4e2d") == drawn("\u6587")


def test_pdf_has_our_fonts_text_and_no_picture():
    data = pdf_bytes(drawing_of(chart_of(HOSTILE, "Flow"), "flow"))
    assert set(re.findall(rb"/BaseFont /[A-Z]+\+([\w-]+)", data)) == {b"OpenSans", b"OpenSans-Bold"}
    assert data.count(b"/FontFile2") == 2 and data.count(b"/ToUnicode") == 2
    assert b"/Subtype /Image" not in data and b"Helvetica" not in data
    [width] = set(re.findall(rb"/MediaBox \[ 0 0 ([\d.]+)", data))
    assert abs(float(width) - 17 / 2.54 * 72) < 0.01


def test_another_process_time_zone_and_hash_seed_give_the_same_bytes(tmp_path):
    code = (
        "import sys; from pathlib import Path; from test_drawing import *\n"
        "for end in FORMATS: write_drawing(Path(sys.argv[1] + end), "
        "drawing_of(chart_of(HOSTILE, 'Flow'), 'flow'))"
    )
    for name, zone, seed in (("one", "UTC", "1"), ("two", "Pacific/Auckland", "2")):
        paths = os.pathsep.join(map(str, (PROJECT / "workflow", PROJECT / "tests")))
        environment = os.environ | {"TZ": zone, "PYTHONHASHSEED": seed, "PYTHONPATH": paths}
        subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / name)], check=True, env=environment
        )
    for end in FORMATS:
        one = (tmp_path / f"one{end}").read_bytes()
        assert one == (tmp_path / f"two{end}").read_bytes()
        assert not re.search(rb"20[1-9]\d-\d\d-\d\d|D:20[1-9]", one)


def test_a_file_of_another_format_is_refused(tmp_path):
    with refused("out.jpg", ".svg, .pdf, .png"):
        write_drawing(tmp_path / "out.jpg", Drawing("d", "t", 1, 1, ()))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("make", FORMATS.values())
def test_an_empty_drawing_is_a_drawing(make):
    assert make(drawing_of(chart_of([], ""), "flow"))
