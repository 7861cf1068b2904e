"""What a drawing is made of: rectangles, lines and text, in groups that have a title and links.

Lengths are those of an SVG without a unit; y grows downwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from searchsets.reporting.drawing.fonts import BOLD, REGULAR


@dataclass(frozen=True)
class Look:
    """How text looks."""

    font: str
    size: float
    colour: str


@dataclass(frozen=True)
class Fill:
    """How a rectangle looks; `dash` is the length of the dashes of its border, 0 for none."""

    fill: str
    stroke: str
    dash: float = 0


INK, SOFT, RULE = "#1b1f24", "#57606a", "#57606a"
LOOKS = {
    "text": Look(REGULAR, 12, INK),
    "strong": Look(BOLD, 12, INK),
    "unknown": Look(REGULAR, 12, SOFT),
    "heading": Look(BOLD, 12.5, INK),
    "version": Look(BOLD, 14, INK),
    "bar": Look(BOLD, 12, INK),
    "note": Look(REGULAR, 11, SOFT),
}
"""The looks of text by name: what is not known stands in another look than a number."""

FILLS = {
    "box": Fill("#ffffff", RULE),
    "start": Fill("#eef4fb", RULE),
    "end": Fill("#e9f5ec", RULE),
    "open": Fill("#ffffff", RULE, dash=4),
    "title": Fill("#fdf3d6", "#c8a951"),
    "grey": Fill("#eceff2", RULE),
    "bar": Fill("#cfe0f3", "#8fa9c4"),
}
"""The looks of rectangles by name; `open` is what is not finished."""


@dataclass(frozen=True)
class Rect:
    """A rectangle with its upper left corner at (x, y)."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    link: str = ""


@dataclass(frozen=True)
class Text:
    """A line of text from its baseline at (x, y); `width` is what the font makes of it.

    With `upright` it runs upwards from there.
    """

    x: float
    y: float
    text: str
    look: str
    width: float
    link: str = ""
    upright: bool = False


@dataclass(frozen=True)
class Line:
    """A line through points, with an arrow head at its end or none.

    A head is drawn for a last part that is horizontal or vertical.
    """

    points: tuple[tuple[float, float], ...]
    arrow: bool = True


@dataclass(frozen=True)
class Group:
    """Shapes that are one thing, and what it is called where somebody points at it."""

    title: str
    shapes: tuple[Rect | Text | Line, ...]


@dataclass(frozen=True)
class Drawing:
    """A whole drawing: its name in the page, what it shows in a sentence, its size and its shapes."""

    name: str
    title: str
    width: float
    height: float
    groups: tuple[Group, ...]

    def shapes(self) -> Iterator[Rect | Text | Line]:
        """Yield all shapes, in the order in which they are drawn."""
        for group in self.groups:
            yield from group.shapes


HEAD = 6.0
"""The length of an arrow head."""


def arrow_head(line: Line) -> tuple[tuple[float, float], ...]:
    """Return the three corners of the head of an arrow, its tip first."""
    (x0, y0), (x, y) = line.points[-2:]
    back_x, back_y = HEAD * _sign(x0 - x), HEAD * _sign(y0 - y)
    side_x, side_y = abs(back_y) * 0.55, abs(back_x) * 0.55
    return (
        (x, y),
        (x + back_x - side_x, y + back_y - side_y),
        (x + back_x + side_x, y + back_y + side_y),
    )


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)
