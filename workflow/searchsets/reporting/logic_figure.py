"""Draws the logic of a strategy as SVG: its blocks at the left, what joins them, its result.

Boxes stand in columns, each as near to the result as what uses it allows. Where a connector has to
pass a column, it has a lane of its own there, so that it never runs through a box.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from searchsets.evidence.logic import (
    All,
    Any,
    Block,
    Logic,
    Without,
    logic_of,
    nodes_of,
    parts_of_logic,
    unused_lines,
)
from searchsets.strategy.model import Reading, Strategy
from searchsets.words import counted

_BLOCK_WIDTH, _JOIN_WIDTH, _RESULT_WIDTH = 310, 170, 230
_LINE, _PADDING, _GAP, _MARGIN = 18, 12, 22, 20
_BETWEEN_COLUMNS = 90  # room for the curves
_LANE, _PORT = 14, 12  # the height of a lane; the distance of two arrow heads
_MOST_ROWS = 4  # of a name; what is longer is cut, and told whole by its tooltip

_STYLE = (
    ".logic text{font:13px system-ui,-apple-system,'Segoe UI',sans-serif;fill:#1b1f24}"
    ".logic .h{font-weight:600}.logic .s{fill:#57606a}"
    ".logic rect{fill:#fff;stroke:#57606a}.logic .start{fill:#eef4fb}.logic .end{fill:#e9f5ec}"
    ".logic path{stroke:#57606a;fill:none}.logic .not{stroke-dasharray:5 3}"
)

# Widths in pixels at 13 px, as wide as the widest of the usual sans-serif fonts (DejaVu, Verdana).
_NARROW, _WIDE = re.compile(r"[ijlftrI .,:;'|!()\[\]/*-]"), re.compile(r"[mwMWOQGDHNUC@%—…#]")


@dataclass(eq=False)
class _Box:
    """A box, or a lane of a connector that passes the column (then it has no rows).

    `inputs` are what is joined in it, each with whether it is negated; `x` and `y`, its top left
    corner, and `column_end`, where its column ends, are set when it is placed.
    """

    kind: str
    name: str
    width: int
    rows: list[tuple[str, str, str]] = field(default_factory=list)
    inputs: list[tuple[_Box, bool]] = field(default_factory=list)
    column: int = 0
    x: int = 0
    y: int = 0
    column_end: int = 0

    @property
    def height(self) -> int:
        if self.kind == "lane":
            return _LANE
        return max(2 * _PADDING + _LINE * len(self.rows) - 4, _PORT * (len(self.inputs) + 1))

    @property
    def middle(self) -> int:
        return self.y + self.height // 2


def logic_svg(
    strategy: Strategy,
    reading: Reading,
    hits: Mapping[int, int | str | None],
    found: int | None = None,
) -> str:
    """Return the drawing of how a strategy comes to its result: real text, no date.

    Args:
        hits: the records that each line finds, None or left out where that is unknown; or words in
            the place of a number.
        found: the records of the result, where known.
    """
    logic = logic_of(strategy, reading.lines)
    boxes = _boxes(logic, hits, _result_box(reading, hits, found))
    described = _described(boxes)
    columns = _columns(boxes)
    _with_lanes(columns)
    width, height = _place(columns)
    heading = f"{strategy.name}: how its lines come to the result"
    unused = unused_lines(strategy, reading.lines)
    below = f"The result makes no use of {numbers_text(unused)}." if unused else ""
    return _document(
        f"logic-{strategy.database}-{re.sub(r'[^A-Za-z0-9]+', '-', reading.name)}",
        heading, described, below, [box for column in columns for box in column],
        width, height,
    )  # fmt: skip


def numbers_text(numbers: Sequence[int]) -> str:
    """Return line numbers, three or more that follow each other as a range.

    >>> numbers_text([1, 2, 3, 5, 7, 8])
    '#1 to #3, #5, #7, #8'
    """
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = [
        [f"#{run[0]} to #{run[-1]}"] if len(run) > 2 else [f"#{number}" for number in run]
        for run in runs
    ]
    return ", ".join(text for run in parts for text in run)


def _boxes(logic: Logic, hits: Mapping[int, int | str | None], result: _Box) -> list[_Box]:
    """Return the boxes, what is joined before what joins it; the result takes the outermost `or`."""
    made: dict[int, _Box] = {}
    for node in nodes_of(logic):
        if isinstance(node, Block):
            made[id(node)] = _block_box(node, hits)
        elif isinstance(node, Any) and node is logic:
            made[id(node)] = result
        elif isinstance(node, (All, Any)):
            made[id(node)] = _join_box(node, hits)
        else:
            continue
        made[id(node)].inputs = [_input(part, made) for part in parts_of_logic(node)]
    if not isinstance(logic, Any):
        result.inputs = [_input(logic, made)]
        made[id(result)] = result
    return list(made.values())


def _input(part: Logic, made: Mapping[int, _Box]) -> tuple[_Box, bool]:
    if isinstance(part, Without):
        return made[id(part.part)], True
    return made[id(part)], False


def _block_box(block: Block, hits: Mapping[int, int | str | None]) -> _Box:
    rows = [("h", row, "") for row in _wrapped(block.name, _BLOCK_WIDTH - 2 * _PADDING, bold=True)]
    known = _hits_text(block.line, hits)
    if block.line is None:
        where = f"in {numbers_text(block.lines)}"
    elif block.lines == (block.line,):
        where = f"#{block.line}"
    else:
        where = f"#{block.line}: {counted(len(block.lines), 'line')}"
    room = _BLOCK_WIDTH - 3 * _PADDING - _width_of(known)
    named = f"#{block.line} {block.name}" if block.line is not None else block.name
    return _Box("start", named, _BLOCK_WIDTH, [*rows, ("s", _cut(where, room), known)])


def _join_box(node: All | Any, hits: Mapping[int, int | str | None]) -> _Box:
    word = "and" if isinstance(node, All) else "or"
    number = f"#{node.line}" if node.line is not None else ""
    rows = [("h", word, number)]
    if node.line is not None:
        rows.append(("s", "", _hits_text(node.line, hits)))
    return _Box(word, number or f"what is joined by {word}", _JOIN_WIDTH, rows)


def _result_box(reading: Reading, hits: Mapping[int, int | str | None], found: int | None) -> _Box:
    one = reading.lines[0] if len(set(reading.lines)) == 1 else None
    known = f"n = {found:,}" if found is not None else _hits_text(one, hits)
    said = ("any of " if one is None else "") + numbers_text(reading.lines)
    rows = [("h", "Result", "")]
    rows += [("s", row, "") for row in _wrapped(said, _RESULT_WIDTH - 2 * _PADDING)]
    if known:
        rows.append(("s", "", known))
    return _Box("end", "Result", _RESULT_WIDTH, rows)


def _hits_text(line: int | None, hits: Mapping[int, int | str | None]) -> str:
    if line is None:
        return ""
    known = hits.get(line)
    if isinstance(known, str):
        return known
    return "hits unknown" if known is None else f"n = {known:,}"


def _columns(boxes: list[_Box]) -> list[list[_Box]]:
    """Part the boxes into columns: each directly before the first that uses it."""
    after = {id(box): 0 for box in boxes}
    for box in reversed(boxes):
        for source, _ in box.inputs:
            after[id(source)] = max(after[id(source)], after[id(box)] + 1)
    columns: list[list[_Box]] = [[] for _ in range(max(after.values()) + 1)]
    for box in boxes:
        box.column = len(columns) - 1 - after[id(box)]
        columns[box.column].append(box)
    return columns


def _with_lanes(columns: list[list[_Box]]) -> None:
    """Put a lane into every column that a connector passes, one for all that comes from one box."""
    lanes: dict[tuple[int, int], _Box] = {}
    for column in columns:
        for box in [one for one in column if one.kind != "lane"]:
            box.inputs = [
                (_lane(source, box.column - 1, columns, lanes), negated)
                for source, negated in box.inputs
            ]


def _lane(
    source: _Box, last: int, columns: list[list[_Box]], lanes: dict[tuple[int, int], _Box]
) -> _Box:
    """Return what stands for a box in the column `last`: the end of its lanes, or itself."""
    before = source
    for number in range(source.column + 1, last + 1):
        key = (id(source), number)
        if key not in lanes:
            lanes[key] = _Box("lane", "", 0, [], [(before, False)], number)
            columns[number].append(lanes[key])
        before = lanes[key]
    return before


def _place(columns: list[list[_Box]]) -> tuple[int, int]:
    """Place every box beside the middle of what is joined in it; return the width and the height."""
    left, bottom = _MARGIN, 0
    for column in columns:
        width = max(box.width for box in column)
        ordered = [(_wish(box), place, box) for place, box in enumerate(column)]
        top = _MARGIN
        for wish, _, box in sorted(ordered, key=lambda one: one[:2]):
            box.x, box.column_end = left, left + width
            box.y = top if wish == _NO_WISH else max(top, wish - box.height // 2)
            top = box.y + box.height + _GAP
            bottom = max(bottom, box.y + box.height)
        left += width + _BETWEEN_COLUMNS
    return left - _BETWEEN_COLUMNS + _MARGIN, bottom + _MARGIN


_NO_WISH = 1 << 30  # after all others of the column


def _wish(box: _Box) -> int:
    if not box.inputs:
        return _NO_WISH
    return sum(source.middle for source, _ in box.inputs) // len(box.inputs)


def _document(
    name: str, heading: str, described: str, below: str, boxes: list[_Box], width: int, height: int
) -> str:
    over = _wrapped(heading, width - 2 * _MARGIN, bold=True)
    under = _wrapped(below, width - 2 * _MARGIN, rows=20) if below else []
    top = _LINE * len(over)
    texts = [_text("h", _MARGIN, _MARGIN + 4 + n * _LINE, row) for n, row in enumerate(over)]
    texts += [_text("s", _MARGIN, top + height + n * _LINE + 8, row) for n, row in enumerate(under)]
    whole = top + height + _LINE * len(under)
    drawn = "".join(_connectors(box, name) for box in boxes) + "".join(map(_drawn, boxes))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="logic" viewBox="0 0 {width} {whole}" '
        f'width="{width}" height="{whole}" role="img" aria-labelledby="{name}-title {name}-desc">'
        f'<title id="{name}-title">{escape(heading)}</title>'
        f'<desc id="{name}-desc">{escape(described)}</desc><style>{_STYLE}</style>'
        f'<defs><marker id="{name}-arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" '
        f'markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z" style="fill:#57606a"/></marker>'
        f'</defs>{"".join(texts)}<g transform="translate(0 {top})">{drawn}</g></svg>\n'
    )


def _connectors(box: _Box, name: str) -> str:
    """Draw what comes into a box: curves that stay between two columns, from the top down."""
    parts: list[str] = []
    inputs = sorted(box.inputs, key=lambda one: one[0].middle)
    for number, (source, negated) in enumerate(inputs, start=1):
        end, y1, x2 = source.column_end, source.middle, box.x
        start = end if source.kind == "lane" else source.x + source.width
        y2 = box.y + box.height * number // (len(inputs) + 1)
        bend = (x2 - end) // 2
        curve = f"C{end + bend} {y1} {x2 - bend} {y2} {x2} {y2}"
        through = f"H{box.column_end}" if box.kind == "lane" else ""
        style = ' class="not"' if negated else ""
        arrow = "" if box.kind == "lane" else f' marker-end="url(#{name}-arrow)"'
        parts.append(f'<path{style} d="M{start} {y1}H{end}{curve}{through}"{arrow}/>')
        if negated:
            parts.append(_text("h", x2 - 10, y2 - 4, "not", anchor="end"))
    return "".join(parts)


def _drawn(box: _Box) -> str:
    if box.kind == "lane":
        return ""
    texts: list[str] = []
    for number, (style, left, right) in enumerate(box.rows, start=1):
        baseline = box.y + _PADDING - 4 + number * _LINE - 4
        if left:
            texts.append(_text(style, box.x + _PADDING, baseline, left))
        if right:
            end = box.x + box.width - _PADDING
            texts.append(_text(style, end, baseline, right, anchor="end"))
    return (
        f'<g><title>{escape(box.name)}</title><rect class="{box.kind}" x="{box.x}" y="{box.y}" '
        f'width="{box.width}" height="{box.height}" rx="4"/>{"".join(texts)}</g>'
    )


def _text(style: str, x: int, y: int, text: str, anchor: str = "") -> str:
    anchored = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text class="{style}" x="{x}" y="{y}"{anchored}>{escape(text)}</text>'


def _described(boxes: list[_Box]) -> str:
    """Say in words what the drawing shows, one sentence for each box in which others are joined."""
    names = {id(box): box.name for box in boxes}
    joined = [box for box in boxes if box.inputs]
    for number, box in enumerate((b for b in joined if not b.name.startswith("#")), start=1):
        names[id(box)] = box.name if box.kind == "end" else f"product {number}"
    return " ".join(
        f"{names[id(box)]} is "
        + f" {'and' if box.kind == 'and' else 'or'} ".join(
            f"{'not ' if negated else ''}{names[id(source)]}" for source, negated in box.inputs
        )
        + "."
        for box in joined
    )


def _width_of(text: str, *, bold: bool = False) -> float:
    """Return how wide a text may be, in pixels, in any of the usual fonts."""
    narrow, wide = len(_NARROW.findall(text)), len(_WIDE.findall(text))
    broad = sum(ord(sign) > 0x2E7F for sign in text)  # Chinese, Japanese, Korean
    other = len(text) - narrow - wide - broad
    return (5.4 * narrow + 8.3 * other + 11.8 * wide + 14 * broad) * (1.1 if bold else 1)


def _cut(text: str, room: float, *, bold: bool = False) -> str:
    if _width_of(text, bold=bold) <= room:
        return text
    while text and _width_of(f"{text}…", bold=bold) > room:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _wrapped(text: str, room: float, *, bold: bool = False, rows: int = _MOST_ROWS) -> list[str]:
    """Return a text in rows that fit; the last is cut where it takes more rows than allowed."""
    made: list[str] = []
    waiting = text.split()
    while waiting:
        row, waiting = waiting[0], waiting[1:]
        while waiting and _width_of(f"{row} {waiting[0]}", bold=bold) <= room:
            row, waiting = f"{row} {waiting[0]}", waiting[1:]
        if waiting and len(made) == rows - 1:
            row, waiting = f"{row} {' '.join(waiting)}", []
        made.append(_cut(row, room, bold=bold))
    return made
