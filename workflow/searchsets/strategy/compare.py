"""Compares two versions of a strategy: which lines are the same, changed, moved, added or dropped.

A line is known again by what it says, wherever it stands: references are compared by the lines that
they refer to, not by number, so that a line put in at the top does not change all those below. What
is left over is paired within its set where the two are alike enough to be one line, changed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from rapidfuzz import fuzz

from searchsets.errors import ReviewError
from searchsets.files import cell
from searchsets.strategy.file import referred
from searchsets.strategy.language import to_text
from searchsets.strategy.model import (
    And,
    Expression,
    Line,
    Not,
    Or,
    Range,
    Reference,
    Strategy,
    leaves,
)

ALIKE_ENOUGH = 0.6
"""Two lines of a set are one line, changed, from this likeness (0 to 1) upwards."""
SAME_NUMBER = 0.25
"""What it adds to the likeness of two lines that they have the same number."""

Kind = Literal["same", "renumbered", "moved", "changed", "added", "dropped"]
KINDS: tuple[Kind, ...] = ("same", "renumbered", "moved", "changed", "added", "dropped")


@dataclass(frozen=True)
class LineChange:
    """A line in the two versions; one of them has none where it was added or dropped.

    kind `same`: it says the same under the same number; `renumbered`: under another number;
    `moved`: in another set; `changed`: it says something else.
    """

    kind: Kind
    old: Line | None
    new: Line | None


@dataclass(frozen=True)
class SettingChange:
    """A setting of the strategy that differs: its outputs, fields, thesaurus or dates."""

    setting: str
    old: str
    new: str


@dataclass(frozen=True)
class Comparison:
    """All lines of two versions, each once, in the order of the new one; and what else differs."""

    old: Strategy
    new: Strategy
    lines: tuple[LineChange, ...]
    settings: tuple[SettingChange, ...]


def compare(old: Strategy, new: Strategy) -> Comparison:
    """Return what differs between two versions of a strategy.

    Raises:
        ReviewError: the two are strategies of different databases.
    """
    if old.database != new.database:
        raise ReviewError(
            f"this is a strategy of {new.database}, and {old.path} one of {old.database}",
            str(new.path),
            "compare two versions of the strategy of one database",
        )
    pairs = _Matching(old, new).pairs()
    changes = [_change(old.lines[a], new.lines[b], exact) for a, b, exact in pairs]
    old_paired, new_paired = {a for a, _, _ in pairs}, {b for _, b, _ in pairs}
    changes += [
        LineChange("dropped", line, None) for n, line in old.lines.items() if n not in old_paired
    ]
    changes += [
        LineChange("added", None, line) for n, line in new.lines.items() if n not in new_paired
    ]
    becomes = {a: b for a, b, _ in pairs}
    return Comparison(
        old, new, tuple(sorted(changes, key=_place)), tuple(_setting_changes(old, new, becomes))
    )


def _change(old: Line, new: Line, exact: bool) -> LineChange:
    kind: Kind = "same" if old.number == new.number else "renumbered"
    if old.set != new.set:
        kind = "moved"
    return LineChange(kind if exact else "changed", old, new)


def _place(change: LineChange) -> tuple[int, bool]:
    line = change.new or change.old
    return (line.number if line else 0), change.new is not None


class _Side:
    """The lines of one version, what they refer to, and which of them have found their partner."""

    def __init__(self, side: str, strategy: Strategy):
        self.side, self.lines = side, strategy.lines
        self.needs = {number: set(referred(line)) for number, line in strategy.lines.items()}
        self.needed_by: dict[int, list[int]] = defaultdict(list)
        for number, others in self.needs.items():
            for other in others:
                self.needed_by[other].append(number)
        self.height: dict[int, int] = {}  # how many steps of reference lie below a line
        for number in strategy.order:
            below = [self.height[other] for other in self.needs[number]]
            self.height[number] = 1 + max(below) if below else 0
        self.by_height: dict[int, list[int]] = defaultdict(list)
        for number, height in self.height.items():
            self.by_height[height].append(number)
        self.highest = max(self.height.values(), default=0)
        # A name for every line with a partner, which has the same; lines of one name say the same.
        self.names: dict[int, int] = {}
        self.unnamed_needs = {number: len(others) for number, others in self.needs.items()}
        # Lines that found no partner that says the same: all that were looked at, by set, and those
        # that were looked at last.
        self.open: dict[str, list[int]] = defaultdict(list)
        self.fresh: set[int] = set()
        self.fresh_by_set: dict[str, list[int]] = {}
        self.texts: dict[int, str] = {}
        self.items: dict[int, frozenset[Hashable]] = {}

    def open_at(self, height: int) -> None:
        """Go on to the lines of a height: those without partner are open for one that is alike."""
        self.fresh = {n for n in self.by_height.get(height, []) if n not in self.names}
        self.fresh_by_set = defaultdict(list)
        for name, numbers in self.open.items():
            self.open[name] = [number for number in numbers if number not in self.names]
        for number in sorted(self.fresh):
            line = self.lines[number]
            self.open[line.set].append(number)
            self.fresh_by_set[line.set].append(number)
            self.texts[number] = to_text(line.expression).casefold()
            self.items[number] = self._items(number)

    def meaning(self, expression: Expression) -> Hashable:
        """Return what an expression says, the order of alternatives and of conditions set aside.

        Every line that it refers to must have a partner: it goes by a name that both share.
        """
        match expression:
            case Reference(line):
                return ("line", self.names[line])
            case Range(first, last, operator):
                names = (self.names[number] for number in range(first, last + 1))
                return (operator, frozenset(("line", name) for name in names))
            case Not(part):
                return ("not", self.meaning(part))
            case Or(parts) | And(parts):
                operator = "or" if isinstance(expression, Or) else "and"
                return (operator, frozenset(self._joined(parts, operator)))
            case _:
                return expression

    def _joined(self, parts: Iterable[Expression], operator: str) -> Iterator[Hashable]:
        for part in parts:
            meaning = self.meaning(part)
            if isinstance(meaning, tuple) and meaning[0] == operator:
                yield from meaning[1]
            else:
                yield meaning

    def _items(self, number: int) -> frozenset[Hashable]:
        """Return what a line is made of: its terms, the lines it refers to, how it joins them."""
        expression = self.lines[number].expression
        found: set[Hashable] = {_operator_of(expression)}
        found |= {leaf for leaf in leaves(expression) if not isinstance(leaf, (Reference, Range))}
        for other in self.needs[number]:
            found.add(("line", self.names[other]) if other in self.names else (self.side, other))
        return frozenset(found)

    def name(self, number: int, name: int) -> list[int]:
        """Name a line that has a partner; return the lines whose references all have names now."""
        self.names[number] = name
        complete = []
        for dependant in self.needed_by[number]:
            self.unnamed_needs[dependant] -= 1
            if not self.unnamed_needs[dependant]:
                complete.append(dependant)
        return complete


def _operator_of(expression: Expression) -> str:
    if isinstance(expression, Range):
        return expression.operator
    return type(expression).__name__.lower()


class _Matching:
    """Finds the partner of every line; the same whichever of the two versions comes first."""

    def __init__(self, old: Strategy, new: Strategy):
        self.sides = _Side("old", old), _Side("new", new)
        self.found: list[tuple[int, int, bool]] = []
        self.numbers: dict[Hashable, int] = {}  # short names for what lines say
        # Lines whose references all have partners, so that they may find one that says the same.
        self.ready = tuple(
            [n for n, needs in side.needs.items() if not needs] for side in self.sides
        )

    def pairs(self) -> list[tuple[int, int, bool]]:
        """Return (old number, new number, whether they say the same) of all lines in both."""
        self.pair_equal()
        for height in range(max(side.highest for side in self.sides) + 1):
            for side in self.sides:
                side.open_at(height)
            for old, new in self.alike():
                self.pair(old, new, None)
            self.pair_equal()
        return self.found

    def pair(self, old: int, new: int, meaning: Hashable | None) -> None:
        """Make two lines partners, unless one of them has found another partner meanwhile.

        Args:
            meaning: what both say, or None where they do not say the same.
        """
        numbers = old, new
        if any(n in side.names for side, n in zip(self.sides, numbers, strict=True)):
            return
        own = ("pair", old, new)
        name = self.numbers.setdefault(own if meaning is None else meaning, len(self.numbers))
        for side, number, ready in zip(self.sides, numbers, self.ready, strict=True):
            ready += side.name(number, name)
        self.found.append((old, new, meaning is not None))

    def pair_equal(self) -> None:
        """Pair lines that say the same, then those that refer to them, and so on upwards.

        Lines that say the same refer to lines that say the same, so that all are ready at once.
        """
        while any(self.ready):
            ready, self.ready = self.ready, ([], [])
            meanings = [
                {n: side.meaning(side.lines[n].expression) for n in numbers if n not in side.names}
                for side, numbers in zip(self.sides, ready, strict=True)
            ]
            for by_set, by_number in _BEST_FIRST:
                self._pair_groups(meanings, by_set, by_number)

    def _pair_groups(
        self, meanings: list[dict[int, Hashable]], by_set: bool, by_number: bool
    ) -> None:
        groups: tuple[dict, dict] = defaultdict(list), defaultdict(list)
        for side, group, known in zip(self.sides, groups, meanings, strict=True):
            for number in sorted(n for n in known if n not in side.names):
                name = side.lines[number].set if by_set else None
                group[known[number], name, number if by_number else None].append(number)
        for key, numbers in groups[0].items():
            for old, new in zip(numbers, groups[1].get(key, []), strict=False):
                self.pair(old, new, key[0])

    def alike(self) -> list[tuple[int, int]]:
        """Return the open lines of one set that are alike enough, as pairs, the most alike first.

        One of each pair has just been opened: the others were compared before.
        """
        old_side, new_side = self.sides
        found: list[tuple[float, int, int, int, int]] = []
        for name, open_lines in old_side.open.items():
            for old in open_lines:
                others = new_side.open if old in old_side.fresh else new_side.fresh_by_set
                for new in others.get(name, []):
                    score = self.likeness(old, new)
                    if score >= ALIKE_ENOUGH:
                        found.append((-score, abs(old - new), old + new, old, new))
        return [one[3:] for one in sorted(found)]

    def likeness(self, old: int, new: int) -> float:
        """Return how alike two lines are: by their text, or by what they join.

        What two lines share of all that they join, and of what the shorter joins, counts equally: a
        line that only takes in more than before is the same line.
        """
        old_side, new_side = self.sides
        number = SAME_NUMBER if old == new else 0
        if not old_side.needs[old] and not new_side.needs[new]:
            return number + fuzz.ratio(old_side.texts[old], new_side.texts[new]) / 100
        left, right = old_side.items[old], new_side.items[new]
        shared = len(left & right)
        return number + (shared / len(left | right) + shared / min(len(left), len(right))) / 2


# Of several lines that say the same: in the same set or not, under the same number or not.
_BEST_FIRST = ((True, True), (True, False), (False, True), (False, False))


def _setting_changes(
    old: Strategy, new: Strategy, becomes: Mapping[int, int]
) -> Iterator[SettingChange]:
    """Yield the settings that differ; outputs are the same if their lines are partners."""
    before, after = _settings(old), _settings(new)
    for name in dict.fromkeys([*before, *after]):
        if before.get(name) != after.get(name):
            yield SettingChange(name, before.get(name, ""), after.get(name, ""))
    readings = [{one.name: one for one in strategy.readings} for strategy in (old, new)]
    for name in dict.fromkeys(name for side in readings for name in side):
        lines = [set(side[name].lines) if name in side else set() for side in readings]
        if {becomes.get(number) for number in lines[0]} != lines[1]:
            yield SettingChange(f"outputs ({name})", *map(_numbers, lines))


def _settings(strategy: Strategy) -> dict[str, str]:
    settings = {
        "free_text_fields": cell(strategy.free_text_fields),
        "when_unindexed": strategy.when_unindexed,
    }
    for name in ("thesaurus", "searched"):
        settings |= {f"{name} ({key})": cell(v) for key, v in getattr(strategy, name).items()}
    basis = {reading.basis for reading in strategy.readings}
    return settings | {"outputs (basis)": cell(sorted(basis))}


def _numbers(lines: Iterable[int]) -> str:
    return cell([f"#{number}" for number in sorted(lines)])


CHANGE_COLUMNS = ("change", "old_line", "new_line", "old_set", "new_set", "old_text", "new_text")
SETTING_COLUMNS = ("setting", "old", "new")


def change_row(change: LineChange) -> dict[str, Any]:
    """Return a line of the comparison as a row of a table."""
    row: dict[str, Any] = {"change": change.kind}
    for version, line in (("old", change.old), ("new", change.new)):
        if line is not None:
            row |= {
                f"{version}_line": line.number,
                f"{version}_set": line.set,
                f"{version}_text": line.text,
            }
    return row


def comparison_text(comparison: Comparison) -> str:
    """Return what differs as a person reads it: the sums, then every line that is not the same."""
    old, new = comparison.old, comparison.new
    counts = Counter(change.kind for change in comparison.lines)
    summed = ", ".join(f"{counts[kind]:,} {kind}" for kind in KINDS if counts[kind])
    said = [f"{old.name}: {len(old.lines):,} lines before, {len(new.lines):,} after: {summed}"]
    said += [f"  {text}" for text in _renumbered(comparison.lines)]
    for change in comparison.lines:
        if change.kind not in ("same", "renumbered"):
            said += _told(change)
    for setting in comparison.settings:
        said.append(f"{setting.setting}: {setting.old or 'nothing'} -> {setting.new or 'nothing'}")
    return "\n".join(said)


def _renumbered(changes: Iterable[LineChange]) -> Iterator[str]:
    """Say which lines are renumbered, those that keep together in one go."""
    run: list[tuple[int, int]] = []
    for change in changes:
        if change.kind == "renumbered" and change.old and change.new:
            pair = change.old.number, change.new.number
            if run and pair != (run[-1][0] + 1, run[-1][1] + 1):
                yield _run_text(run)
                run = []
            run.append(pair)
    if run:
        yield _run_text(run)


def _run_text(run: list[tuple[int, int]]) -> str:
    (old, new), (last_old, last_new) = run[0], run[-1]
    if len(run) == 1:
        return f"#{old} is #{new} now"
    return f"#{old} to #{last_old} are #{new} to #{last_new} now"


def _told(change: LineChange) -> list[str]:
    old, new = change.old, change.new
    if new is None or old is None:
        line = new or old
        return [f"{change.kind}: #{line.number} {line.text}  [{line.set}]"] if line else []
    if change.kind == "moved":
        return [f"moved: #{old.number} {old.text}  [{old.set}] -> #{new.number} [{new.set}]"]
    return [
        f"changed: #{old.number} {old.text}  [{old.set}]",
        f"      -> #{new.number} {new.text}",
    ]
