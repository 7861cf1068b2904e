"""What a verification finds: changed files, changed inputs, other versions, differences with causes."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

CHANGED, MISSING, NEW = "changed", "missing", "new"
NOTHING = "(nothing)"
_SHOWN, _BEFORE = 120, 30  # characters


@dataclass(frozen=True)
class InputChange:
    """One input that is not as the manifest says."""

    file: str
    kind: str
    change: str
    """`changed`, `missing` or `new`."""
    details: tuple[str, ...] = ()
    """What changed in it, as far as that can be told."""


@dataclass(frozen=True)
class Place:
    """The first place at which two versions of a file differ; `now` is that of the rebuild."""

    where: str
    published: str = ""
    now: str = ""


def place_of(where: str, published: str | None, now: str | None) -> Place:
    """Return a place with two texts as they are shown: from a little before they part, and shortened.

    Args:
        where: the place.
        published: the text that is published, None if there is none.
        now: the text of the rebuild, None if there is none.
    """
    if published is None or now is None:
        return Place(where, *(NOTHING if one is None else _short(one) for one in (published, now)))
    if _shown_from(published, now).strip() == _shown_from(now, published).strip():
        published, now = repr(published), repr(now)  # a blank, a line break, one sign for another
    return Place(where, _shown_from(published, now), _shown_from(now, published))


def _shown_from(text: str, other: str) -> str:
    """Return a text from a little before the place where it parts from another."""
    pairs = enumerate(zip(text, other, strict=False))
    apart = next((n for n, (a, b) in pairs if a != b), min(len(text), len(other)))
    longest = max(len(text), len(other))
    return _short(text, 0 if longest <= _SHOWN else max(0, apart - _BEFORE))


def printable(text: str) -> str:
    """Return a text on one line, with a sign for each that no terminal shows as it is."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def _short(text: str, start: int = 0) -> str:
    shown = printable(text[start : start + _SHOWN].rstrip("\r\n"))
    return ("..." if start else "") + shown + ("..." if len(text) > start + _SHOWN else "")


@dataclass(frozen=True)
class Difference:
    """One file that the rebuild makes otherwise than it is published."""

    file: str
    stage: str
    place: Place
    causes: tuple[str, ...]


@dataclass(frozen=True)
class Other:
    """A version or a setting that is another now than when the run was made."""

    name: str
    then: str
    now: str


@dataclass(frozen=True)
class Verification:
    """What holding a run against its manifest, its inputs and a rebuild came to."""

    run: str
    files: int
    """How many files the manifest names."""
    changed: tuple[str, ...] = ()
    """Published files that are not as the manifest says."""
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    """Files that no run made: they are left alone, and are no fault."""
    inputs: tuple[InputChange, ...] = ()
    inputs_same: int = 0
    unread: str = ""
    """Why it cannot be told which inputs are new: those of today are no whole review."""
    versions: tuple[Other, ...] = ()
    settings: tuple[Other, ...] = ()
    """What the configuration says now otherwise than when the run was made; no fault either."""
    rebuilt: bool = False
    stopped: str = ""
    """Why the rebuild stopped; empty if it did not, or none was asked for."""
    same: int = 0
    """How many files the rebuild makes as they are published."""
    same_content: tuple[str, ...] = ()
    """Of these: files with other bytes and the same content."""
    differences: tuple[Difference, ...] = field(default=())

    @property
    def verified(self) -> bool:
        """Whether the published run is what its manifest and its inputs give."""
        faults = (self.missing, self.inputs, self.unread, self.stopped, self.differences)
        found = (*faults, set(self.changed) - set(self.same_content))
        return not any(found)

    def facts(self) -> dict[str, Any]:
        """Return all of it as plain values, for `--json`."""
        return {"verified": self.verified} | asdict(self)
