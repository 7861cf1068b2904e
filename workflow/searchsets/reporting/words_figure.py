"""Draws the life of lines as curves: of how many of the records of each year a line is found.

One small drawing a line, all on the same years, each with its term's years of use shaded. A year with
fewer than `FEWEST` records has no point, and the curve is broken there: a share of a few records is
no share to draw. The table of the vocabulary counts every record.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from searchsets.evidence.life import Years
from searchsets.reporting.drawing.fonts import Run, width_of, wrapped
from searchsets.reporting.drawing.shapes import LOOKS, Drawing, Group, Line, Rect, Text
from searchsets.reporting.opening import line_address
from searchsets.reporting.tables.vocabulary import AgedLine
from searchsets.strategy.vocabulary import Usage

FEWEST = 10
LONGEST = 50
"""So many years, the last ones, are drawn."""

_COLUMNS, _WIDTH, _HEIGHT, _GAP = 3, 250.0, 70.0, 26.0
_MARGIN, _TOP, _HEAD, _FOOT = 24.0, 70.0, 40.0, 20.0
_POINT = 5.0


@dataclass(frozen=True)
class _Panel:
    """A line with the rows of the vocabulary on its terms, and the corner where it is drawn."""

    aged: AgedLine
    usages: tuple[Usage, ...]
    x: float
    y: float


def words_drawing(database: str, name: str, lines: Sequence[AgedLine]) -> Drawing:
    """Return the drawing of a database: a small curve for each line that the vocabulary dates.

    Args:
        database: the short name of the database.
        name: its name.
        lines: its lines with terms of the vocabulary; one with several such rows stands several times.
    """
    panels = list(_panels(lines))
    years = _years_of(panels)
    title = f"{name}: of 1,000 records of each year, how many a line finds"
    width = 2 * _MARGIN + _COLUMNS * _WIDTH + (_COLUMNS - 1) * _GAP
    below = _TOP + -(-len(panels) // _COLUMNS) * (_HEAD + _HEIGHT + _FOOT + _GAP)
    groups = [Group("", tuple(_heading(title, panels, years, width)))]
    for panel in panels if years else ():
        groups += _drawn(panel, years)
    return Drawing(f"words-{database}", title, width, below, tuple(groups))


def _panels(lines: Sequence[AgedLine]) -> Iterator[_Panel]:
    usages: dict[int, list[Usage]] = {}
    first: dict[int, AgedLine] = {}
    for aged in lines:
        usages.setdefault(aged.line.number, []).append(aged.usage)
        first.setdefault(aged.line.number, aged)
    for place, (number, aged) in enumerate(first.items()):
        row, column = divmod(place, _COLUMNS)
        x = _MARGIN + column * (_WIDTH + _GAP)
        y = _TOP + row * (_HEAD + _HEIGHT + _FOOT + _GAP)
        yield _Panel(aged, tuple(usages[number]), x, y)


def _years_of(panels: Sequence[_Panel]) -> range:
    """Return the years that all panels show: those with records enough, the last ones of them."""
    known = [
        year
        for panel in panels[:1]
        for year, (_, records) in panel.aged.years.items()
        if year is not None and records >= FEWEST
    ]
    if not known:
        return range(0)
    return range(max(min(known), max(known) - LONGEST + 1), max(known) + 1)


def _text(x: float, y: float, text: str, look: str) -> Text:
    return Text(x, y, text, look, width_of(text, LOOKS[look].font, LOOKS[look].size))


def _heading(
    title: str, panels: Sequence[_Panel], years: range, width: float
) -> Iterator[Rect | Text]:
    yield _text(_MARGIN, 24, title, "version")
    if not panels:
        said = "No line has a term of the vocabulary."
    elif not years:
        said = f"No year has {FEWEST} records or more: there is no share to draw."
    else:
        said = (
            f"{years[0]} to {years[-1]}. Years with fewer than {FEWEST} records have no point. "
            "Shaded: the years in which the term was in use, as the vocabulary says."
        )
    font = {"note": (LOOKS["note"].font, LOOKS["note"].size)}
    for row, runs in enumerate(wrapped([Run(said, "note")], font, width - 2 * _MARGIN)):
        yield _text(_MARGIN, 42 + 15 * row, " ".join(run.text for run in runs), "note")


def _drawn(panel: _Panel, years: range) -> Iterator[Group]:
    """Yield the groups of one small drawing: what stands still, then each point with its count."""
    most = max((_share(panel.aged.years, year) or 0 for year in years), default=0)
    said = f"at most {most:.1f} of 1,000" if most else "found in no year that is drawn"
    base = panel.y + _HEAD + _HEIGHT
    shapes: list[Rect | Text | Line] = [*_bands(panel, years)]
    shapes += [
        _text(panel.x, panel.y + 12, _cut(panel), "strong"),
        _text(panel.x, panel.y + 28, said, "note"),
        Line(((panel.x, base), (panel.x + _WIDTH, base)), arrow=False),
        _text(panel.x, base + 14, str(years[0]), "note"),
    ]
    last = _text(0, base + 14, str(years[-1]), "note")
    shapes.append(Text(panel.x + _WIDTH - last.width, last.y, last.text, last.look, last.width))
    shapes += [Line(points, arrow=False) for points in _curve(panel, years, most)]
    yield Group(f"#{panel.aged.line.number} {panel.aged.line.text}: {_used(panel)}", tuple(shapes))
    for year in years:
        found, records = panel.aged.years.get(year, (0, 0))
        if found and records >= FEWEST:
            x, y = _place(panel, years, year, most)
            link = f"../report.html{line_address(panel.aged.database, panel.aged.line.number, str(year))}"
            point = Rect(x - _POINT / 2, y - _POINT / 2, _POINT, _POINT, "bar", link)
            yield Group(f"{year}: {found:,} of {records:,} records", (point,))


def _cut(panel: _Panel) -> str:
    """Return the heading of a panel, cut where it is wider than the panel."""
    said = f"#{panel.aged.line.number} {panel.aged.line.text}"
    look = LOOKS["strong"]
    if width_of(said, look.font, look.size) <= _WIDTH:
        return said
    while said and width_of(f"{said}…", look.font, look.size) > _WIDTH:
        said = said[:-1]
    return f"{said}…"


def _used(panel: _Panel) -> str:
    told = [
        f"“{one.term}” {f'from {one.used_from}' if one.used_from else 'from an unknown year'} "
        f"{f'to {one.used_to}' if one.used_to else 'on, no end is known'}"
        for one in panel.usages
    ]
    return "; ".join(dict.fromkeys(told))


def _bands(panel: _Panel, years: range) -> Iterator[Rect]:
    step = _WIDTH / len(years)
    for first, last in sorted(
        {(one.used_from or years[0], one.used_to or years[-1]) for one in panel.usages}
    ):
        first, last = max(first, years[0]), min(last, years[-1])
        if first <= last:
            x = panel.x + step * (first - years[0])
            yield Rect(x, panel.y + _HEAD, step * (last - first + 1), _HEIGHT, "start")


def _share(years: Years, year: int) -> float | None:
    """Return of how many of 1,000 records of a year a line is found; None where they are too few."""
    found, records = years.get(year, (0, 0))
    return 1000 * found / records if records >= FEWEST else None


def _place(panel: _Panel, years: range, year: int, most: float) -> tuple[float, float]:
    x = panel.x + _WIDTH * (year - years[0] + 0.5) / len(years)
    share = _share(panel.aged.years, year) or 0
    return x, panel.y + _HEAD + _HEIGHT - (_HEIGHT * share / most if most else 0)


def _curve(panel: _Panel, years: range, most: float) -> Iterator[tuple[tuple[float, float], ...]]:
    """Yield the parts of a curve; it is broken where a year has too few records."""
    part: list[tuple[float, float]] = []
    for year in [*years, None]:
        if year is not None and _share(panel.aged.years, year) is not None:
            part.append(_place(panel, years, year, most))
            continue
        if len(part) > 1:
            yield tuple(part)
        part = []
