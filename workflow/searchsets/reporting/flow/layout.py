"""Lays a flow diagram out: panels as high as their text, levels side by side, arrows between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from searchsets.errors import ReviewError
from searchsets.reporting.drawing.fonts import Run, drawn_text, width_of, wrapped
from searchsets.reporting.drawing.shapes import LOOKS, Drawing, Group, Line, Rect, Text
from searchsets.reporting.flow.diagram import IDENTIFY, LEVELS, Chart, Column, Item, Panel, Version
from searchsets.reporting.flow.model import number_text

_MAIN, _SIDE, _PREVIOUS = 190.0, 190.0, 150.0
_MARGIN, _BAR, _PADDING, _LINE = 10.0, 24.0, 8.0, 16.0
_SIDE_GAP, _COLUMN_GAP, _LEVEL_GAP, _STACK_GAP = 26.0, 30.0, 26.0, 8.0
_VERSION_GAP, _INDENT = 54.0, 10.0
_PAST_GAP, _PAST_EDGE = 22.0, 6.0  # what passes levels by goes down at the left of them
_LEAST_IDENTIFY, _LEAST_INCLUDED = 104.0, 66.0  # so that the bar beside it holds its word
_FONTS = {name: (look.font, look.size) for name, look in LOOKS.items()}
_BARS = ("identification", "screening", "included")
_NO_BREAK = "\u00a0"


@dataclass(frozen=True)
class _LineOfText:
    """A line of a panel, what it opens, and how far it is indented."""

    runs: list[Run]
    link: str
    indent: float


@dataclass(frozen=True)
class _Placed:
    """A panel with its place and its lines of text."""

    panel: Panel
    x: float
    width: float
    lines: list[_LineOfText]
    y: float = 0.0

    @property
    def height(self) -> float:
        return 2 * _PADDING + _LINE * len(self.lines)

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def centre(self) -> float:
        return self.x + self.width / 2

    @property
    def right(self) -> float:
        return self.x + self.width


@dataclass(frozen=True)
class _Arm:
    """A column with the places of its panels across; their heights are known, not where they begin."""

    heading: _Placed
    main: dict[str, _Placed]
    sides: dict[str, list[_Placed]]
    past: tuple[str, ...] = ()

    def height(self, level: str) -> float:
        """Return the room that a level needs in this column."""
        side = self.sides[level]
        stack = sum(one.height + _STACK_GAP for one in side) - (_STACK_GAP if side else 0)
        return max(self.main[level].height if level in self.main else 0, stack)


@dataclass(frozen=True)
class _Block:
    """A version with its columns: its title and what it includes stretch over all of them."""

    title: _Placed | None
    arms: list[_Arm]
    included: _Placed


def drawing_of(chart: Chart, name: str) -> Drawing:
    """Return the drawing of a chart; `name` is its name among the drawings of a page.

    Raises:
        ReviewError: the label of a bar has no room there.
    """
    left = _MARGIN + _BAR + _COLUMN_GAP / 2
    previous = None
    if chart.previous:
        previous = _placed(chart.previous, left, _PREVIOUS)
        left += _PREVIOUS + _COLUMN_GAP
    blocks: list[_Block] = []
    for version in chart.versions:
        block, right = _block(version, left)
        blocks.append(block)
        left = right + _VERSION_GAP
    return _Sheet(chart, blocks, previous, left - _VERSION_GAP).drawing(name)


def _block(version: Version, left: float) -> tuple[_Block, float]:
    arms: list[_Arm] = []
    start = left
    for column in version.columns:
        arm, right = _arm(column, left)
        arms.append(arm)
        left = right + _COLUMN_GAP
    right = left - _COLUMN_GAP
    last = arms[-1].main[IDENTIFY]
    included = _placed(version.included, start, last.right - start)
    named = Panel("bar", (Item(version.title),))
    title = _placed(named, start, right - start, "version") if version.title else None
    return _Block(title, arms, included), right


def _arm(column: Column, left: float) -> tuple[_Arm, float]:
    start = left + (_PAST_GAP if column.past else 0)
    main = {level: _placed(panel, start, _MAIN) for level, panel in column.main.items()}
    beside = start + _MAIN + _SIDE_GAP
    sides = {
        level: [_placed(one, beside, _SIDE) for one in column.sides[level]] for level in LEVELS
    }
    right = beside + _SIDE if any(sides.values()) else start + _MAIN
    heading = _placed(Panel(column.fill, (Item(column.heading),)), left, right - left, "heading")
    return _Arm(heading, main, sides, column.past), right


def _placed(panel: Panel, x: float, width: float, look: str = "") -> _Placed:
    lines: list[_LineOfText] = []
    for item in panel.items:
        indent = _INDENT * item.depth
        runs = [Run(item.label, look or ("strong" if item.n is None else "text"))]
        if item.n is not None:
            value = f"({number_text(item.n)})".replace(" ", _NO_BREAK)
            runs.append(Run(value, "strong" if isinstance(item.n, int) else "unknown"))
        room = width - 2 * _PADDING - indent
        lines += [_LineOfText(one, item.link, indent) for one in wrapped(runs, _FONTS, room)]
    return _Placed(panel, x, width, lines)


class _Sheet:
    """Gives every panel its place down the page and draws the arrows between them."""

    def __init__(
        self, chart: Chart, blocks: Sequence[_Block], previous: _Placed | None, right: float
    ):
        self.chart, self.blocks, self.previous, self.right = chart, blocks, previous, right
        self.arms = [arm for block in blocks for arm in block.arms]
        self.groups: list[Group] = []
        self.fork = 0.0  # where what passes levels by leaves the arrow to them

    def drawing(self, name: str) -> Drawing:
        """Return the whole drawing."""
        y = self._headings(_MARGIN)
        ends = {}
        top = y
        for level in LEVELS:
            heights = [arm.height(level) for arm in self.arms]
            if level == IDENTIFY:
                before = self.previous.height if self.previous else 0
                heights += [_LEAST_IDENTIFY, before]
                self.fork = y + max(heights) + _LEVEL_GAP / 2
            if max(heights):
                self._level(level, y)
                ends[level] = y + max(heights)
                y = ends[level] + _LEVEL_GAP
        identified = ends.pop(IDENTIFY)
        self._bar(0, top, identified)
        if ends:
            self._bar(1, identified + _LEVEL_GAP, max(ends.values()))
        bottom = self._included(y)
        self._bar(2, y, bottom)
        bottom = self._notes(bottom)
        return Drawing(
            name, self.chart.title, self.right + _MARGIN, bottom + _MARGIN, tuple(self.groups)
        )

    def _headings(self, y: float) -> float:
        """Draw the titles of versions and arms; return where the first level begins."""
        titles = [block.title for block in self.blocks if block.title]
        for title in titles:
            self._draw(replace(title, y=y))
        y += max((one.height + _STACK_GAP for one in titles), default=0)
        headings = [arm.heading for arm in self.arms]
        if self.previous:
            named = Panel("grey", (Item(self.chart.headings["previous"]),))
            headings.append(_placed(named, self.previous.x, self.previous.width, "heading"))
        tallest = max(one.height for one in headings)
        for heading in headings:
            self._draw(replace(heading, y=y), height=tallest)
        return y + tallest + _LEVEL_GAP / 2

    def _level(self, level: str, y: float) -> None:
        """Draw a level of all arms, and the arrows within it and from the one before."""
        if level == IDENTIFY and self.previous:
            self.previous = replace(self.previous, y=y)
            self._draw(self.previous)
        for arm in self.arms:
            main = arm.main.get(level)
            if main:
                arm.main[level] = main = replace(main, y=y)
                above = _last_before(arm, level)
                if above:
                    self._line((main.centre, above.bottom), (main.centre, y))
                if level in arm.past:
                    self._line(*_past(arm, main, self.fork))
                self._draw(main)
            top = y
            for number, side in enumerate(arm.sides[level]):
                side = replace(side, y=top)
                self._line(*_to_side(arm, level, side, straight=number == 0))
                self._draw(side)
                top = side.bottom + _STACK_GAP

    def _included(self, y: float) -> float:
        """Draw what is included, and the total; return where they end."""
        bottom = y
        for block in self.blocks:
            included = replace(block.included, y=y)
            for arm in block.arms:
                last = _last_before(arm, "")
                self._line((last.centre, last.bottom), (last.centre, y))
            height = max(included.height, _LEAST_INCLUDED if not self.chart.total else 0)
            self._draw(included, height)
            bottom = max(bottom, y + height)
        if not self.chart.total:
            return bottom
        start = self.previous.x if self.previous else self.blocks[0].included.x
        total = _placed(self.chart.total, start, self.blocks[-1].included.right - start)
        total = replace(total, y=bottom + _LEVEL_GAP)
        for block in self.blocks:
            height = block.included.height
            x = block.included.centre
            self._line((x, y + height), (x, total.y))
        if self.previous:
            x = self.previous.centre
            self._line((x, self.previous.bottom), (x, total.y))
        self._draw(total)
        return total.bottom

    def _bar(self, place: int, top: float, bottom: float) -> None:
        """Draw a bar at the side with its word, which is drawn whole or refused."""
        word = self.chart.bars[place]
        name, size = _FONTS["bar"]
        shown = drawn_text(word)
        wide = width_of(shown, name, size)
        if wide > bottom - top - 4:
            raise ReviewError(
                f"the label {shown!r} is too long for the bar at the side of the diagram",
                f"the column boxtext of the row {_BARS[place]}",
                "write a shorter one",
            )
        self.groups.append(
            Group(word, (
                Rect(_MARGIN, top, _BAR, bottom - top, "bar"),
                Text(_MARGIN + _BAR / 2 + size * 0.36, (top + bottom + wide) / 2, shown, "bar",
                     wide, upright=True),
            ))
        )  # fmt: skip

    def _notes(self, bottom: float) -> float:
        """Say below the diagram what its looks mean, where they are used."""
        texts = list(_notes_of(self.chart))
        for text in texts:
            for line in wrapped([Run(text, "note")], _FONTS, self.right - _MARGIN):
                bottom += _LINE
                self.groups.append(Group("", tuple(_texts(_MARGIN, bottom + 4, line))))
        return bottom + (4 if texts else 0)

    def _draw(self, one: _Placed, height: float = 0) -> None:
        panel = one.panel
        shapes: list[Rect | Text] = [
            Rect(one.x, one.y, one.width, max(height, one.height), panel.fill, panel.link)
        ]
        spare = max(height - one.height, 0) / 2
        for number, line in enumerate(one.lines):
            baseline = one.y + spare + _PADDING + _LINE * number + 12
            shapes += _texts(one.x + _PADDING + line.indent, baseline, line.runs, line.link)
        self.groups.append(Group(panel.title, tuple(shapes)))

    def _line(self, *points: tuple[float, float]) -> None:
        self.groups.append(Group("", (Line(points),)))


def _last_before(arm: _Arm, level: str) -> _Placed | None:
    """Return the panel that an arrow to a level comes from: the last one above it, if any."""
    before = LEVELS[: LEVELS.index(level)] if level else LEVELS
    return next((arm.main[one] for one in reversed(before) if one in arm.main), None)


def _past(arm: _Arm, main: _Placed, fork: float) -> list[tuple[float, float]]:
    """Return the way to a panel past those above it: off their arrow, down, and in from the left."""
    x, middle = main.x - _PAST_GAP + _PAST_EDGE, main.y + main.height / 2
    return [(arm.main[IDENTIFY].centre, fork), (x, fork), (x, middle), (main.x, middle)]


def _to_side(arm: _Arm, level: str, side: _Placed, straight: bool) -> list[tuple[float, float]]:
    """Return the way to a panel beside the flow: the first straight, those below round a corner.

    Without a panel at this level it comes from the arrow that passes by.
    """
    middle, main = side.y + side.height / 2, arm.main.get(level)
    if main is None:
        return [(arm.main[IDENTIFY].centre, middle), (side.x, middle)]
    start = main.y + min(main.height, arm.sides[level][0].height) / 2
    if straight:
        return [(main.right, start), (side.x, start)]
    corner = main.right + _SIDE_GAP / 2
    return [(main.right, start), (corner, start), (corner, middle), (side.x, middle)]


def _texts(x: float, baseline: float, line: Sequence[Run], link: str = "") -> Iterator[Text]:
    for run in line:
        name, size = _FONTS[run.look]
        wide = width_of(run.text, name, size)
        yield Text(x, baseline, run.text, run.look, wide, link)
        x += wide + width_of(" ", name, size)


def _notes_of(chart: Chart) -> Iterator[str]:
    """Yield what the looks of this diagram mean; what it does not use is not explained."""
    panels = [
        panel
        for version in chart.versions
        for column in version.columns
        for panel in (*column.main.values(), *(p for many in column.sides.values() for p in many))
    ]
    if any(panel.fill == "open" for panel in panels):
        yield "Dashed: not finished; these records or reports wait for somebody."
    shown = [*panels, *(v.included for v in chart.versions), chart.previous, chart.total]
    words = {item.n for panel in shown if panel for item in panel.items if isinstance(item.n, str)}
    if words:
        said = "”, “".join(sorted(number_text(word) for word in words))
        yield f"“{said}”: no number is known; this is not 0."
