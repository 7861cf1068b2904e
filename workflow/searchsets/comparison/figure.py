"""Draws the works of two runs by year of publication, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from searchsets.reporting.drawing.bars import Scale

_BAR, _GAP, _HEIGHT, _LEFT, _TOP, _BOTTOM = 9, 8, 180, 56, 58, 46
_STYLE = (
    "text{font:12px 'Open Sans',Arial,sans-serif;fill:#1b1f24}.h{font-weight:bold;font-size:14px}"
    ".a{fill:#b3bac2}.b{fill:#2f6f9f}.l{stroke:#57606a;stroke-width:1}"
)


def years_svg(rows: Sequence[Mapping[str, Any]], a: str, b: str) -> str:
    """Return the table of years as pairs of bars: the works of the one run and of the other."""
    step = 2 * _BAR + _GAP
    width = max(_LEFT + step * len(rows) + 20, 480)
    base = _TOP + _HEIGHT
    most = max((row[f"works_{side}"] for row in rows for side in "ab"), default=0) or 1
    scale = Scale(_LEFT, width, base, _HEIGHT, most)
    bars = "".join(
        _pair(row, _LEFT + step * place, scale, (a, b)) for place, row in enumerate(rows)
    )
    title = f"Works by year of publication: {a} and {b}"
    total = base + _BOTTOM + 10
    legend = "".join(
        f'<rect class="{side}" x="{_LEFT + 180 * place}" y="30" width="12" height="12"/>'
        f'<text x="{_LEFT + 180 * place + 17}" y="40">{escape(name)}</text>'
        for place, (side, name) in enumerate((("a", a), ("b", b)))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="t" width="{width}" '
        f'height="{total}" viewBox="0 0 {width} {total}"><title id="t">{escape(title)}</title>'
        f'<style>{_STYLE}</style><rect width="{width}" height="{total}" fill="#fff"/>'
        f'<text class="h" x="{_LEFT}" y="20">{escape(title)}</text>{legend}{scale.marks()}{bars}</svg>\n'
    )


def _pair(row: Mapping[str, Any], x: int, scale: Scale, named: tuple[str, str]) -> str:
    """Return the two bars of a year with their title, and the year turned below them."""
    told = zip("ab", named, strict=True)
    said = "; ".join(f"{name}: {row[f'works_{side}']:,}" for side, name in told)
    bars = ""
    for place, side in enumerate("ab"):
        tall = scale.tall(row[f"works_{side}"])
        if tall:
            bars += (
                f'<rect class="{side}" x="{x + place * _BAR}" y="{scale.base - tall}" '
                f'width="{_BAR}" height="{tall}"/>'
            )
    year = str(row["year"])
    return f"<g><title>{year}: {escape(said)}</title>{bars}{scale.below(x + _BAR + 4, year)}</g>"
