"""Draws the flow of records as SVG, from the table `prisma`."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from searchsets.files import cell
from searchsets.records.other_sources import OTHER_SOURCES
from searchsets.reporting.tables import Table

_WIDTH, _LEFT_WIDTH, _RIGHT_LEFT = 960, 580, 640
_LINE, _PADDING, _GAP, _MARGIN = 18, 12, 34, 20
_RIGHT_WIDTH, _CENTRE = _WIDTH - _RIGHT_LEFT - _MARGIN, _MARGIN + _LEFT_WIDTH // 2
_JOIN = 8  # below the first box, and above what is taken out before screening

_STYLE = (
    "text{font:13px system-ui,-apple-system,'Segoe UI',sans-serif;fill:#1b1f24}"
    ".h{font-weight:600}.n{font-weight:600}.s{fill:#57606a}"
    "rect{fill:#fff;stroke:#57606a}.start{fill:#eef4fb}.end{fill:#e9f5ec}"
    "path{stroke:#57606a;fill:none}"
)

# Where a work may stand that is not included; the sum of these and the included is all works.
LEFT_OUT = (
    "excluded_by_rule",
    "excluded_by_people",
    "duplicates_by_people",
    "not_retrieved",
    "awaiting",
    "half_screened",
    "unsettled",
    "undecided",
)

RECORDS = "records_"
"""How the names of the boxes begin that say what came from a source."""

Label = tuple[str, str]


def flow_svg(prisma: Table) -> str:
    """Return the flow diagram: real text, no date, the same from the same table.

    What came by other methods than a search of databases has a box of its own, as in the PRISMA
    2020 diagram (Page et al. 2021), where the run has some of it. That diagram keeps it apart to
    the end; here all is deduplicated and screened together, and so its arrow joins the others.
    """
    rows = {row["box"]: row for row in prisma.rows}

    def line(name: str) -> Label:
        return rows[name]["label"], _number(rows[name]["this_run"])

    other = [box for box in (RECORDS + source for source in OTHER_SOURCES) if box in rows]
    if not any(isinstance(rows[box]["this_run"], int) for box in other):
        other = []
    sources = [name for name in rows if name.startswith(RECORDS) and name not in other]
    left = [
        ("Found", "start", [line(name) for name in sources]),
        ("Put together", "", [line("works")]),
        ("Included", "end", [line("included")]),
    ]
    right = [
        ("Taken out before screening", "", [line("duplicates")]),
        (
            "Not included, or not yet",
            "",
            [line(name) for name in LEFT_OUT],
        ),
    ]
    return _draw(left, right, [line(name) for name in other])


def _number(value: Any) -> str:
    return f"n = {value:,}" if isinstance(value, int) else cell(value)


def _height(lines: Sequence[Label]) -> int:
    return 2 * _PADDING + _LINE * (len(lines) + 1)


def _draw(left: list, right: list, other: Sequence[Label]) -> str:
    """Lay the boxes of the way of the records at the left, what leaves it beside the arrows.

    What came from other sources stands beside the first box, and joins the way below it.
    """
    parts: list[str] = []
    top = _MARGIN
    for index, (title, kind, lines) in enumerate(left):
        height = _height(lines)
        parts.append(_box(_MARGIN, top, _LEFT_WIDTH, title, kind, lines))
        bottom = top + height
        if other and index == 0:
            bottom = top + max(height, _height(other))
            parts += _beside_the_first(top, bottom, other)
        if index < len(right):
            beside = right[index]
            space = max(_GAP * 2, _height(beside[2]) + _GAP)
            middle = bottom + space // 2
            parts.append(_arrow((_CENTRE, top + height), (_CENTRE, bottom + space)))
            parts.append(_arrow((_CENTRE, middle), (_RIGHT_LEFT, middle)))
            beside_top = middle - _height(beside[2]) // 2
            parts.append(_box(_RIGHT_LEFT, beside_top, _RIGHT_WIDTH, *beside))
            bottom += space
        top = bottom
    height = top + _MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'aria-label="Flow of records in this run"><style>{_STYLE}</style>'
        f'<defs><marker id="a" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" '
        f'orient="auto"><path d="M0 0 8 4 0 8z" style="fill:#57606a"/></marker></defs>'
        f"{''.join(parts)}</svg>\n"
    )


def _beside_the_first(top: int, bottom: int, lines: Sequence[Label]) -> list[str]:
    """Draw the box of the other sources, and the arrow that joins it to the way of the records."""
    box = _box(_RIGHT_LEFT, top, _RIGHT_WIDTH, "Found by other methods", "start", lines)
    x, y = _RIGHT_LEFT + _RIGHT_WIDTH // 2, bottom + _JOIN
    return [box, _arrow((x, top + _height(lines)), (x, y), (_CENTRE, y))]


def _arrow(*points: tuple[int, int]) -> str:
    way = "L".join(f"{x} {y}" for x, y in points)
    return f'<path d="M{way}" marker-end="url(#a)"/>'


def _box(x: int, y: int, width: int, title: str, kind: str, lines: Sequence[Label]) -> str:
    texts = [f'<text class="h" x="{x + _PADDING}" y="{y + _PADDING + 12}">{escape(title)}</text>']
    for number, (label, value) in enumerate(lines, start=1):
        baseline = y + _PADDING + 12 + number * _LINE
        style = "n" if value.startswith("n = ") else "s"
        texts.append(f'<text x="{x + _PADDING}" y="{baseline}">{escape(label)}</text>')
        texts.append(
            f'<text class="{style}" x="{x + width - _PADDING}" y="{baseline}" '
            f'text-anchor="end">{escape(value)}</text>'
        )
    return (
        f'<g><title>{escape(title)}</title><rect class="{kind}" x="{x}" y="{y}" width="{width}" '
        f'height="{_height(lines)}" rx="4"/>{"".join(texts)}</g>'
    )
