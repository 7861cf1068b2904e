"""Writes a drawing as PNG from its SVG, with our fonts alone, sharp enough for print."""

from __future__ import annotations

import struct
import zlib
from typing import Any

from searchsets.reporting.drawing.fonts import FAMILY, FILES
from searchsets.reporting.drawing.pdf import PRINTED_WIDTH_CM
from searchsets.reporting.drawing.shapes import Drawing
from searchsets.reporting.drawing.svg import svg_text

DOTS_PER_INCH = 300
_WIDTH = round(PRINTED_WIDTH_CM / 2.54 * DOTS_PER_INCH)
_PAGE = 1600.0
"""How wide a drawing is at most that is printed on one page: three columns and what came before."""
_HEADER_END = 8 + 4 + 4 + 13 + 4  # the signature and the first chunk, IHDR


def png_bytes(drawing: Drawing) -> bytes:
    """Return a drawing as the bytes of a PNG file: 300 dots an inch at a width of 17 cm.

    A drawing of more columns than a page holds is wider, so that its text can be read.
    """
    width = round(_WIDTH * max(1.0, drawing.width / _PAGE))
    made = rendered(svg_text(drawing), background="#ffffff", width=width)
    return made[:_HEADER_END] + _resolution() + made[_HEADER_END:]


def rendered(svg: str, **how: Any) -> bytes:
    """Return an SVG as the bytes of a PNG file, set with our fonts; `how` as resvg takes it."""
    import resvg_py  # heavy: only who draws waits for it

    made = resvg_py.svg_to_bytes(
        svg_string=svg,
        skip_system_fonts=True,
        font_files=[str(path) for path in FILES.values()],
        font_family=FAMILY,
        sans_serif_family=FAMILY,
        **how,
    )
    return bytes(made)


def _resolution() -> bytes:
    """Return the chunk of a PNG file that says how many dots go into a metre."""
    per_metre = round(DOTS_PER_INCH / 0.0254)
    content = b"pHYs" + struct.pack(">IIB", per_metre, per_metre, 1)
    return struct.pack(">I", 9) + content + struct.pack(">I", zlib.crc32(content))
