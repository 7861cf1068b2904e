"""Holds the boxes of a flow against each other: nothing may be lost between two of them.

One list of sums serves the flow of a run and a file that people filled in by hand. What is not known
closes nothing: there, only a part that is greater than its whole is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from searchsets.errors import ReviewError
from searchsets.reporting.flow.boxes import ARM_WORDS
from searchsets.reporting.flow.model import ARMS, OTHER, RECORDS, Box
from searchsets.reporting.tables.model import UNSEARCHED

Boxes = Mapping[str, Box]

READ = ("assessed", "retrieval_not_reported", "stages_not_reported")
DECIDED = ("reports_excluded", "awaiting_eligibility")

OF_AN_ARM = (
    (("identified",), ("duplicates", "duplicates_by_people", "excluded_by_rule", "removed_other",
                       "kept")),
    (("kept",), ("screened", "awaiting_screening", "direct", "stages_not_reported")),
    (("screened",), ("excluded", "passed")),
    (("passed", "direct"), ("sought",)),
    (("sought",), ("not_retrieved", "awaiting_retrieval", "retrieval_not_reported", "assessed")),
    (READ, (*DECIDED, "included")),
)  # fmt: skip
"""Of each arm: the steps whose sum is that of the others. A step without a box is 0."""

OF_A_FORM = (
    (("identified",), ("duplicates", "duplicates_by_people", "excluded_by_rule", "removed_other",
                       "screened", "awaiting_screening", "direct", "stages_not_reported")),
    (("screened", "direct"), ("excluded", "sought")),
    (("sought",), ("not_retrieved", "awaiting_retrieval", "retrieval_not_reported", "assessed")),
)  # fmt: skip
"""The same for an arm as a file of the R package has it: without what is left after each step."""

TOTALS = {
    "total_studies": ("previous_studies", "studies"),
    "total_reports": ("previous_reports", "included"),
}


@dataclass(frozen=True)
class Sum:
    """Two groups of boxes whose sums must be equal, or of which the second may be less."""

    whole: tuple[str, ...]
    parts: tuple[str, ...]
    may_be_less: bool = False


def sums_of_run(boxes: Boxes) -> Iterator[Sum]:
    """Yield every sum that must close in the flow of a run."""
    for arm in ARMS:
        sources = _ids(boxes, RECORDS, arm)
        yield Sum((f"{arm}_identified",), sources)
        yield from (_of_arm(arm, *sides) for sides in OF_AN_ARM)
        yield from _reasons(boxes, arm)
    for step in (
        "identified",
        "duplicates",
        "duplicates_by_people",
        "excluded_by_rule",
        "removed_other",
        "included",
    ):
        yield Sum((step,), tuple(f"{arm}_{step}" for arm in ARMS))
    yield Sum(("identified",), ("duplicates", "removed_other", "works"))
    if "total_reports" in boxes:  # studies may be told of one version and not of the other
        yield Sum(("total_reports",), TOTALS["total_reports"])
    kept = tuple(f"{arm}_kept" for arm in ARMS)
    left = ("duplicates_by_people", "excluded_by_rule")
    yield Sum(("works",), (*kept, *left))
    yield Sum(("works",), (*left, *STANDING, "included"))


STANDING = (
    "undecided", "half_screened", "unsettled", "awaiting", "not_retrieved", "excluded_by_people",
)  # fmt: skip
"""The totals of works that were not taken out before screening and are not included."""


def sums_of_form(boxes: Boxes) -> Iterator[Sum]:
    """Yield every sum that must close in a file of the R package."""
    for arm in ARMS:
        yield Sum((f"{arm}_identified",), _ids(boxes, RECORDS, arm))
        yield from _of_form(boxes, arm)
        if _ids(boxes, f"{arm}_reports_excluded:", arm):  # a total may stand without reasons
            yield from _reasons(boxes, arm)
    for kind in ("databases", "registers"):
        parts = tuple(one for one in boxes if one.startswith(f"specific_{kind}:"))
        if parts:
            yield Sum((f"{RECORDS}{kind}",), parts)
    read = tuple(f"{arm}_{step}" for arm in ARMS for step in READ)
    decided = tuple(f"{arm}_{step}" for arm in ARMS for step in DECIDED)
    yield Sum(read, (*decided, "included"))
    for total, parts in TOTALS.items():
        if total in boxes:  # a new review has none
            yield Sum((total,), parts)


def _of_form(boxes: Boxes, arm: str) -> Iterator[Sum]:
    """Yield the sums of an arm of a form.

    By other methods PRISMA 2020 has no removal and no screening: of what was found, the rest was
    seen not to fit where it was found. Where the file has a row of ours for it, the sums are exact.
    """
    before, screened, after = (_of_arm(arm, *sides) for sides in OF_A_FORM)
    if arm == OTHER and not any(one in boxes for one in before.parts):
        yield Sum(before.whole, (f"{arm}_sought",), may_be_less=True)
    else:
        yield from (before, screened)
    yield after


def _of_arm(arm: str, whole: Iterable[str], parts: Iterable[str]) -> Sum:
    return Sum(tuple(f"{arm}_{one}" for one in whole), tuple(f"{arm}_{one}" for one in parts))


def _ids(boxes: Boxes, start: str, arm: str) -> tuple[str, ...]:
    return tuple(one for one, box in boxes.items() if one.startswith(start) and box.arm == arm)


def _reasons(boxes: Boxes, arm: str) -> Iterator[Sum]:
    parts = _ids(boxes, f"{arm}_reports_excluded:", arm)
    if parts or f"{arm}_reports_excluded" in boxes:
        yield Sum((f"{arm}_reports_excluded",), parts)


def check_sums(boxes: Boxes, sums: Iterable[Sum], where: str, remedy: str) -> None:
    """Raise at the first sum that does not close.

    Raises:
        ReviewError: both groups of boxes with their numbers.
    """
    for one in sums:
        whole, parts = _there(boxes, one.whole), _there(boxes, one.parts)
        if not (whole or parts) or _closes(whole, parts, one.may_be_less):
            continue
        lines = [box.line for box in (*whole, *parts) if box.line]
        place = f"{where}:{min(lines)}" if lines else where
        raise ReviewError(
            f"the flow does not close: {_said(whole)}; but {_said(parts)}", place, remedy
        )


def _there(boxes: Boxes, ids: Iterable[str]) -> list[Box]:
    return [boxes[one] for one in ids if one in boxes]


def _closes(whole: list[Box], parts: list[Box], may_be_less: bool) -> bool:
    """Tell whether two sums fit: they are equal, or the second may be less.

    Where a number is unknown, tell whether they can fit. Where nothing was searched nothing was
    found: that adds nothing, and is not unknown.
    """
    known = [sum(box.n for box in many if isinstance(box.n, int)) for many in (whole, parts)]
    open_ends = [
        any(not isinstance(box.n, int) and box.n not in UNSEARCHED for box in many)
        for many in (whole, parts)
    ]
    if not any(open_ends):
        return known[0] == known[1] or (may_be_less and known[0] > known[1])
    if all(open_ends):
        return True
    return known[0] >= known[1] if open_ends[1] else may_be_less or known[1] >= known[0]


def _said(boxes: list[Box]) -> str:
    """Return boxes and their numbers in words, with their sum where they are several."""
    if not boxes:
        return "no box for it: 0"
    shown = " + ".join(
        f"{box.label}{f' ({ARM_WORDS[box.arm]})' if box.arm else ''}: {_number(box)}"
        for box in boxes
    )
    if len(boxes) == 1:
        return shown
    return f"{shown} = {sum(box.n for box in boxes if isinstance(box.n, int)):,}"


def _number(box: Box) -> str:
    return f"{box.n:,}" if isinstance(box.n, int) else str(box.n)
