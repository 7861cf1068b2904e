"""Writes a drawing into files, in the format that the name of each asks for."""

from __future__ import annotations

from pathlib import Path

from searchsets.errors import ReviewError
from searchsets.files import whole_file
from searchsets.reporting.drawing.pdf import pdf_bytes
from searchsets.reporting.drawing.png import png_bytes
from searchsets.reporting.drawing.shapes import Drawing
from searchsets.reporting.drawing.svg import svg_text

FORMATS = {
    ".svg": lambda drawing: svg_text(drawing).encode("utf-8"),
    ".pdf": pdf_bytes,
    ".png": png_bytes,
}
"""What makes the bytes of each format, by the end of the name of its file."""


def write_drawing(path: Path, drawing: Drawing) -> None:
    """Write a drawing, whole or not at all.

    Raises:
        ReviewError: the name of the file ends in none of `.svg`, `.pdf`, `.png`.
    """
    make = FORMATS.get(path.suffix.lower())
    if make is None:
        raise ReviewError(
            f"cannot draw a file that ends in {path.suffix!r}",
            str(path),
            f"let its name end in one of {', '.join(FORMATS)}",
        )
    with whole_file(path) as temporary:
        temporary.write_bytes(make(drawing))
