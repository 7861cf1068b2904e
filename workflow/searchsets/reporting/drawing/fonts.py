"""Measures and wraps text by the fonts that are shipped, so that it is the same on every machine."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

_FOLDER = Path(__file__).parent.parent / "fonts"
REGULAR, BOLD = "OpenSans", "OpenSans-Bold"
FILES = {REGULAR: _FOLDER / "OpenSans-Regular.ttf", BOLD: _FOLDER / "OpenSans-Bold.ttf"}
FAMILY = "Open Sans"

# Control characters no file may hold, and lone surrogates: no drawing can show them.
_NOT_DRAWN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u200e\u200f\u202a-\u202e]+")


@dataclass(frozen=True)
class Run:
    """A piece of text in one look, such as the number behind a label; the look is a style's name."""

    text: str
    look: str


def drawn_text(text: str) -> str:
    """Return a text as it can be drawn: control characters are blanks, blanks are one.

    >>> drawn_text("a\\tb\\n  c\\x00")
    'a b c'
    """
    return re.sub(r"[ \t\r\n]+", " ", _NOT_DRAWN.sub(" ", text)).strip(" ")


@cache
def font(name: str):
    """Return one of our fonts for measuring and for PDF."""
    from reportlab.pdfbase import pdfmetrics  # heavy: only who draws waits for it
    from reportlab.pdfbase.ttfonts import TTFont

    if name not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(name, str(FILES[name])))
    return pdfmetrics.getFont(name)


@lru_cache(maxsize=8192)
def width_of(text: str, name: str, size: float) -> float:
    """Return how wide a text is."""
    return font(name).stringWidth(text, size)


def wrapped(
    runs: Iterable[Run], fonts: dict[str, tuple[str, float]], width: float
) -> list[list[Run]]:
    """Return runs as lines that are no wider than `width`; a word that is wider is cut.

    Blanks part words; a no-break space does not. One character stands on each line at least.

    Args:
        runs: the text.
        fonts: the font and the size of each look.
        width: the room.
    """
    lines: list[list[Run]] = [[]]
    used = 0.0
    for run in runs:
        name, size = fonts[run.look]
        blank = width_of(" ", name, size)
        for word in filter(None, drawn_text(run.text).split(" ")):
            for piece in _pieces(word, name, size, width):
                wide = width_of(piece, name, size)
                if lines[-1] and used + blank + wide > width:
                    lines.append([])
                    used = 0.0
                used += (blank if lines[-1] else 0) + wide
                lines[-1].append(Run(piece, run.look))
    return [_joined(line) for line in lines]


def _pieces(word: str, name: str, size: float, width: float) -> list[str]:
    """Return a word, cut where it would be wider than the room."""
    pieces: list[str] = []
    while word and width_of(word, name, size) > width:
        end = len(word)
        while end > 1 and width_of(word[:end], name, size) > width:
            end = max(1, min(end - 1, int(end * width / width_of(word[:end], name, size))))
        pieces.append(word[:end])
        word = word[end:]
    return [*pieces, word] if word else pieces


def _joined(line: list[Run]) -> list[Run]:
    """Join words of one look that follow each other."""
    joined: list[Run] = []
    for run in line:
        if joined and joined[-1].look == run.look:
            joined[-1] = Run(f"{joined[-1].text} {run.text}", run.look)
        else:
            joined.append(run)
    return joined
