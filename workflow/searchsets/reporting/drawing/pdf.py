"""Writes a drawing as PDF: one page, our fonts embedded, real text, no date."""

from __future__ import annotations

import io

from searchsets.reporting.drawing.fonts import BOLD, REGULAR, drawn_text, font
from searchsets.reporting.drawing.shapes import (
    FILLS,
    LOOKS,
    RULE,
    Drawing,
    Line,
    Rect,
    Text,
    arrow_head,
)

PRINTED_WIDTH_CM = 17.0
"""How wide a drawing is in print: the text of an A4 page."""

_POINTS_PER_CM = 72 / 2.54


def pdf_bytes(drawing: Drawing) -> bytes:
    """Return a drawing as the bytes of a PDF file of one page, 17 cm wide."""
    from reportlab.pdfgen.canvas import Canvas  # heavy: only who draws waits for it

    for name in (REGULAR, BOLD):
        font(name)
    scale = PRINTED_WIDTH_CM * _POINTS_PER_CM / drawing.width
    out = io.BytesIO()
    page = Canvas(
        out, pagesize=(drawing.width * scale, drawing.height * scale), invariant=1,
        initialFontName=REGULAR, lang="en-GB",
    )  # fmt: skip
    page.setTitle(drawn_text(drawing.title))
    page.setAuthor("searchsets")
    page.setCreator("searchsets")
    page.scale(scale, scale)
    for shape in drawing.shapes():
        _DRAW[type(shape)](page, drawing.height, shape)
    page.showPage()
    page.save()
    return out.getvalue()


def _rect(page, height: float, rect: Rect) -> None:
    look = FILLS[rect.fill]
    page.setFillColor(look.fill)
    page.setStrokeColor(look.stroke)
    page.setDash(*([look.dash, look.dash] if look.dash else []))
    page.roundRect(rect.x, height - rect.y - rect.height, rect.width, rect.height, 3, fill=1)
    page.setDash()


def _text(page, height: float, text: Text) -> None:
    look = LOOKS[text.look]
    page.setFillColor(look.colour)
    page.setFont(look.font, look.size)
    if not text.upright:
        page.drawString(text.x, height - text.y, text.text)
        return
    page.saveState()
    page.translate(text.x, height - text.y)
    page.rotate(90)
    page.drawString(0, 0, text.text)
    page.restoreState()


def _line(page, height: float, line: Line) -> None:
    page.setStrokeColor(RULE)
    page.setFillColor(RULE)
    _path(page, height, line.points, stroke=1, fill=0)
    if line.arrow:
        _path(page, height, arrow_head(line), stroke=0, fill=1)


def _path(page, height: float, points: tuple[tuple[float, float], ...], **how: int) -> None:
    path = page.beginPath()
    (x, y), *others = points
    path.moveTo(x, height - y)
    for x, y in others:
        path.lineTo(x, height - y)
    page.drawPath(path, **how)


_DRAW = {Rect: _rect, Text: _text, Line: _line}
