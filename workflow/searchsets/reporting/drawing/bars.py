"""The scale of a drawing of bars, as SVG: how tall a bar is, the marks beside it, the words below."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Scale:
    """The scale of bars that stand on a line.

    Args:
        left: where the line begins.
        width: that of the whole drawing.
        base: the line on which the bars stand.
        height: that of the tallest bar.
        most: its value.
    """

    left: int
    width: int
    base: int
    height: int
    most: int

    def tall(self, value: int) -> int:
        """Return how tall a bar is: rounded up, so that one among thousands is still seen."""
        return -(-value * self.height // self.most)

    def marks(self) -> str:
        """Return the line, and the marks for half and for the whole of it."""
        return "".join(map(self._mark, sorted({0, self.most // 2 or self.most, self.most})))

    def _mark(self, value: int) -> str:
        y = self.base - value * self.height // self.most
        end = self.width - 10 if value == 0 else self.left
        return (
            f'<text x="{self.left - 8}" y="{y + 4}" text-anchor="end">{value:,}</text>'
            f'<line class="l" x1="{self.left - 4}" y1="{y}" x2="{end}" y2="{y}"/>'
        )

    def below(self, middle: int, text: str) -> str:
        """Return words below a bar, turned so that they read upwards."""
        y = self.base + 8
        return (
            f'<text transform="rotate(-90 {middle} {y})" x="{middle}" y="{y}" '
            f'text-anchor="end">{escape(text)}</text>'
        )
