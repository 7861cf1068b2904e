"""Writes a drawing as SVG: real text, a title and links for each box, no date, no script."""

from __future__ import annotations

from html import escape

from searchsets.reporting.drawing.fonts import BOLD, FAMILY, drawn_text
from searchsets.reporting.drawing.shapes import (
    FILLS,
    LOOKS,
    RULE,
    Drawing,
    Group,
    Line,
    Rect,
    Text,
    arrow_head,
)

# Noto Sans has the widths of Open Sans; where neither is there, `textLength` keeps text in its box.
_FONTS = f"'{FAMILY}','Noto Sans','Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"


def svg_text(drawing: Drawing) -> str:
    """Return a drawing as the text of an SVG file."""
    name, width, height = escape(drawing.name), _number(drawing.width), _number(drawing.height)
    groups = "\n".join(_group(group) for group in drawing.groups)
    has_links = any(not isinstance(one, Line) and one.link for one in drawing.shapes())
    role = "group" if has_links else "img"  # an image would hide its links from screen readers
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="drawing" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="{role}" aria-labelledby="{name}-title">\n'
        f'<title id="{name}-title">{_words(drawing.title)}</title>\n<style>{_style()}</style>\n'
        f"{groups}\n</svg>\n"
    )


def _style() -> str:
    texts = "".join(
        f".drawing .t-{name}{{font-size:{_number(look.size)}px;fill:{look.colour}"
        f"{';font-weight:700' if look.font == BOLD else ''}}}"
        for name, look in LOOKS.items()
    )
    fills = "".join(
        f".drawing .r-{name}{{fill:{fill.fill};stroke:{fill.stroke}"
        f"{f';stroke-dasharray:{_number(fill.dash)}' if fill.dash else ''}}}"
        for name, fill in FILLS.items()
    )
    return (
        f".drawing text{{font-family:{_FONTS};white-space:pre}}{texts}{fills}"
        f".drawing .line{{fill:none;stroke:{RULE}}}.drawing .head{{fill:{RULE}}}"
        ".drawing a:hover text,.drawing a:focus text{text-decoration:underline}"
    )


def _group(group: Group) -> str:
    shapes = "".join(_shape(shape) for shape in group.shapes)
    return f"<g><title>{_words(group.title)}</title>{shapes}</g>" if group.title else shapes


def _shape(shape: Rect | Text | Line) -> str:
    if isinstance(shape, Line):
        return _line(shape)
    drawn = _rect(shape) if isinstance(shape, Rect) else _text(shape)
    return f'<a href="{escape(shape.link)}">{drawn}</a>' if shape.link else drawn


def _rect(rect: Rect) -> str:
    return (
        f'<rect class="r-{rect.fill}" x="{_number(rect.x)}" y="{_number(rect.y)}" '
        f'width="{_number(rect.width)}" height="{_number(rect.height)}" rx="3"/>'
    )


def _text(text: Text) -> str:
    x, y = _number(text.x), _number(text.y)
    turned = f' transform="rotate(-90 {x} {y})"' if text.upright else ""
    kept = f' textLength="{_number(text.width)}" lengthAdjust="spacingAndGlyphs"'
    return (
        f'<text class="t-{text.look}" x="{x}" y="{y}"{kept if len(text.text) > 1 else ""}{turned}>'
        f"{_words(text.text)}</text>"
    )


def _words(text: str) -> str:
    """Return text for XML, which may not hold every character."""
    return escape(drawn_text(text))


def _line(line: Line) -> str:
    points = " ".join(f"{_number(x)},{_number(y)}" for x, y in line.points)
    drawn = f'<polyline class="line" points="{points}"/>'
    if line.arrow:
        head = " ".join(f"{_number(x)},{_number(y)}" for x, y in arrow_head(line))
        drawn += f'<polygon class="head" points="{head}"/>'
    return drawn


def _number(value: float) -> str:
    """Return a number with at most two digits behind the point, and none that say nothing.

    >>> _number(12.0), _number(3.14159), _number(-0.001)
    ('12', '3.14', '0')
    """
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
