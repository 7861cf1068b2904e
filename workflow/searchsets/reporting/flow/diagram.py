"""Turns boxes into what the diagram shows: panels in the levels and columns of PRISMA 2020.

There are its four variants (a new or an updated review; databases alone or other methods too), and
the form of a living review, several versions side by side (PRISMA-LSR 2024, BMJ 387:e079183). A panel
that PRISMA 2020 has not is there only where something stands in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from searchsets.reporting.flow.model import (
    CARRIED,
    DATABASES,
    KNOWN,
    OTHER,
    RECORDS,
    Box,
    Count,
    number_text,
)
from searchsets.reporting.flow.sums import READ
from searchsets.reporting.tables.model import UNSEARCHED

Boxes = Mapping[str, Box]

IDENTIFY, WAIT, SCREEN, SEEK, ASSESS = "identify", "wait", "screen", "seek", "assess"
LEVELS = (IDENTIFY, WAIT, SCREEN, SEEK, ASSESS)
"""The levels down the page; what waits to be screened leaves the flow before it is screened."""

SPECIFIC = "specific_"
"""How the ids of boxes begin that part the number of another box, by database or register."""


@dataclass(frozen=True)
class Item:
    """A label with its number; without one it is the heading of those below it.

    `depth` says how often it is a part: of the number above it, and that of another.
    """

    label: str
    n: Count | None = None
    link: str = ""
    depth: int = 0

    @property
    def text(self) -> str:
        """The item in words, as a title says it."""
        return self.label if self.n is None else f"{self.label} ({number_text(self.n)})"


@dataclass(frozen=True)
class Panel:
    """A rectangle of the diagram: how it looks, what it opens, and what stands in it."""

    fill: str
    items: tuple[Item, ...]
    link: str = ""

    @property
    def title(self) -> str:
        """What it says where somebody points at it."""
        return "; ".join(item.text for item in self.items)


@dataclass(frozen=True)
class Column:
    """One arm: its heading, what leads on at each level, and what leaves the flow beside it.

    `past` names the levels that something reaches past those above it.
    """

    heading: str
    fill: str
    main: Mapping[str, Panel]
    sides: Mapping[str, Sequence[Panel]]
    past: tuple[str, ...] = ()


@dataclass(frozen=True)
class Version:
    """The flow of one version of a review; a review that is no living one has one without a title."""

    title: str
    columns: Sequence[Column]
    included: Panel


@dataclass(frozen=True)
class Chart:
    """A whole flow diagram: what it shows in a sentence, and its parts."""

    title: str
    versions: Sequence[Version]
    previous: Panel | None = None
    total: Panel | None = None
    bars: tuple[str, str, str] = ("Identification", "Screening", "Included")
    headings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Place:
    """Where a step stands: its level, beside the flow or in it, which steps share its panel."""

    level: str
    steps: tuple[str, ...]
    fill: str = "box"
    heading: str = ""


_REMOVED = ("duplicates", "duplicates_by_people", "excluded_by_rule", "removed_other")
_MAIN = (
    _Place(SCREEN, ("screened",)),
    _Place(SEEK, ("sought", "direct")),
    # All that was decided on: what is excluded, waits or is included after it are its parts.
    _Place(ASSESS, READ),
)
_SIDES = (
    _Place(IDENTIFY, _REMOVED, heading="Records removed before screening:"),
    _Place(WAIT, ("awaiting_screening",), "open"),
    _Place(SCREEN, ("excluded",)),
    _Place(SEEK, ("not_retrieved",)),
    _Place(SEEK, ("awaiting_retrieval",), "open"),
    _Place(ASSESS, ("reports_excluded",)),
    _Place(ASSESS, ("awaiting_eligibility",), "open"),
)
_PAST = {SEEK: ("direct",), ASSESS: ("stages_not_reported",)}
# What each arm always shows: PRISMA 2020 has no removal and no screening by other methods.
_ALWAYS = {
    DATABASES: {SCREEN, SEEK, ASSESS, IDENTIFY},
    OTHER: {SEEK, ASSESS},
    KNOWN: set(),
    CARRIED: set(),
}
_NEW = {
    DATABASES: "Identification of studies via databases and registers",
    OTHER: "Identification of studies via other methods",
    KNOWN: "Known items, which no search of this run brought",
    CARRIED: "Carried over from the run before, and not found again",
}
_UPDATED = {
    DATABASES: "Identification of new studies via databases and registers",
    OTHER: "Identification of new studies via other methods",
    KNOWN: _NEW[KNOWN],
    CARRIED: _NEW[CARRIED],
}
HEADING_FILLS = {DATABASES: "title", OTHER: "grey", KNOWN: "grey", CARRIED: "grey"}


def chart_of(boxes: Iterable[Box], title: str, headings: Mapping[str, str] | None = None) -> Chart:
    """Return the diagram of one flow; a previous version is drawn where its boxes are there.

    Args:
        boxes: the boxes of a run, or those of a file.
        title: what the diagram shows, in a sentence.
        headings: what to call arms, bars and the previous version, where that is not as usual.
    """
    by_id = {box.id: box for box in boxes}
    headings = headings or {}
    previous, total = _panel("grey", by_id, _PREVIOUS), _panel("end", by_id, _TOTALS)
    is_update = bool(previous.items)
    usual = _UPDATED if is_update else _NEW
    bars = tuple(headings.get(one.lower(), one) for one in Chart.bars)
    return Chart(
        title,
        [version_of(by_id, "", usual | {key: headings[key] for key in usual if key in headings})],
        previous if is_update else None,
        total if total.items else None,
        bars,
        {"previous": headings.get("previous", "Previous studies")},
    )


_PREVIOUS = ("previous_studies", "previous_reports")
_TOTALS = ("total_studies", "total_reports", "total_studies_ma", "total_reports_ma")


def living_chart(versions: Sequence[tuple[str, Boxes]], total: Boxes, title: str) -> Chart:
    """Return the diagram of a living review: its versions side by side, and all of them together."""
    made = [
        version_of(boxes, name, _UPDATED if place else _NEW)
        for place, (name, boxes) in enumerate(versions)
    ]
    previous = _panel("grey", versions[0][1], _PREVIOUS)
    return Chart(
        title,
        made,
        previous if previous.items else None,
        _panel("end", total, _TOTALS),
        headings={"previous": "Previous studies"},
    )


def version_of(boxes: Boxes, title: str, headings: Mapping[str, str]) -> Version:
    """Return one version: the columns of its arms and what it includes."""
    arms = [DATABASES]
    if any(box.arm == OTHER and box.n not in UNSEARCHED for box in boxes.values()):
        arms.append(OTHER)
    # In an update, what both bring is shown as previous studies, but for what is screened now.
    is_update = "previous_reports" in boxes
    arms += [
        arm
        for arm in (KNOWN, CARRIED)
        if any(box.arm == arm for box in boxes.values())
        and not (is_update and f"{arm}_kept" in boxes and boxes[f"{arm}_kept"].n == 0)
    ]
    columns = [_column(boxes, arm, headings[arm]) for arm in arms]
    return Version(title, columns, _panel("end", boxes, ("studies", "included")))


def _column(boxes: Boxes, arm: str, heading: str) -> Column:
    main = _main(boxes, arm)
    past = tuple(
        level
        for place, level in enumerate(main)
        if place > 1 and _holds_any(boxes, arm, _PAST.get(level, ()))
    )
    return Column(heading, HEADING_FILLS[arm], main, _sides(boxes, arm), past)


def _main(boxes: Boxes, arm: str) -> dict[str, Panel]:
    """Return what leads on at each level.

    Where nothing was screened or sought there is only what was decided elsewhere.
    """
    main = {IDENTIFY: _identified(boxes, arm)}
    begun = _begun(boxes, arm)
    for place in _MAIN:
        steps = place.steps if place.level in begun else place.steps[1:]
        if place.level in begun or _holds_any(boxes, arm, steps):
            main[place.level] = _panel(place.fill, boxes, _ids(boxes, arm, steps))
    return main


def _begun(boxes: Boxes, arm: str) -> set[str]:
    """Return the levels of an arm at which work was done, and those that follow on it."""
    begun: set[str] = set()
    for place in _MAIN:
        step = place.steps[:1]
        follows = bool(begun) and f"{arm}_{step[0]}" in boxes
        if follows or place.level in _ALWAYS[arm] or _holds_any(boxes, arm, step):
            begun.add(place.level)
    return begun


def _sides(boxes: Boxes, arm: str) -> dict[str, list[Panel]]:
    """Return what leaves the flow at each level; beside what is always shown, also a 0."""
    sides: dict[str, list[Panel]] = {level: [] for level in LEVELS}
    always = _ALWAYS[arm] | _begun(boxes, arm)
    for place in _SIDES:
        there = [step for step in place.steps if f"{arm}_{step}" in boxes]
        if there and (place.level in always or _holds_any(boxes, arm, there)):
            ids = _ids(boxes, arm, place.steps)
            sides[place.level].append(_panel(place.fill, boxes, ids, place.heading))
    return sides


def _holds_any(boxes: Boxes, arm: str, steps: Iterable[str]) -> bool:
    """Tell whether anything stands in steps of an arm, or may, as far as is known."""
    counts = [boxes[name].n for step in steps if (name := f"{arm}_{step}") in boxes]
    return any(n not in (0, *UNSEARCHED) for n in counts)


def _identified(boxes: Boxes, arm: str) -> Panel:
    """Return the first panel of an arm: its sources, and what they part into."""
    sources = [box for box in boxes.values() if box.arm == arm and box.id.startswith(RECORDS)]
    several = int(len(sources) != 1 and f"{arm}_identified" in boxes)
    items = [_item(boxes[f"{arm}_identified"])] if several else []
    for box in sources:
        items.append(_item(box, several))
        start = f"{SPECIFIC}{box.id.removeprefix(RECORDS)}:"
        parts = (one for one in boxes.values() if one.id.startswith(start))
        items += [_item(one, several + 1) for one in parts]
    return Panel("start", tuple(items), items[0].link if items else "")


def _ids(boxes: Boxes, arm: str, steps: Iterable[str]) -> list[str]:
    """Return the ids of steps of an arm and of their parts."""
    ids = []
    for step in steps:
        name = f"{arm}_{step}"
        ids += [name, *(one for one in boxes if one.startswith(f"{name}:"))]
    return ids


def _panel(fill: str, boxes: Boxes, ids: Iterable[str], heading: str = "") -> Panel:
    items = [
        _item(boxes[name], int(":" in name or name.endswith("_direct")))
        for name in ids
        if name in boxes
    ]
    link = "" if heading or not items else items[0].link
    return Panel(fill, ((Item(heading),) if heading else ()) + tuple(items), link)


def _item(box: Box, depth: int = 0) -> Item:
    return Item(box.label, box.n, box.link or link_of(box), depth)


def link_of(box: Box) -> str:
    """Return what opens the records of a box in the page of its run; nothing without a filter."""
    return f"../report.html#records?{box.filter}" if box.filter else ""
