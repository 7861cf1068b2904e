"""Writes the files of the flow: the drawings of a run, and drawings of files that people filled in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from searchsets.errors import ReviewError
from searchsets.files import write_text
from searchsets.reporting.drawing.files import FORMATS, write_drawing
from searchsets.reporting.drawing.shapes import Drawing
from searchsets.reporting.flow.diagram import chart_of, living_chart
from searchsets.reporting.flow.form import FORM
from searchsets.reporting.flow.form_reading import Form, read_prisma_csv, total_of
from searchsets.reporting.flow.form_writing import prisma_csv
from searchsets.reporting.flow.layout import drawing_of
from searchsets.reporting.flow.model import (
    KNOWN,
    NOT_STATED,
    REPORTS_UNIT,
    STUDIES_UNIT,
    Box,
    Count,
    number_text,
)
from searchsets.reporting.flow.published import published_boxes
from searchsets.reporting.flow.sums import check_sums, sums_of_form
from searchsets.reporting.published_review import Words

SEPARATE, TOGETHER = "separate", "together"
"""How the updates of a living review are drawn: each by itself, or all in one."""


def write_flow_figures(folder: Path, boxes: Sequence[Box], words: Words) -> None:
    """Write the flow of a run, that of a published review if it repeats one, and the R package's file."""
    charts = {
        "prisma": chart_of(boxes, "Flow of records in this run", {KNOWN: words.known_arm}),
    }
    if words.review:
        published = published_boxes(boxes, words.review)
        title = "Flow of records as the published review reports it"
        charts["prisma_published"] = chart_of(published, title)
    for name, chart in charts.items():
        drawing = drawing_of(chart, name)
        for end in FORMATS:
            write_drawing(folder / f"{name}{end}", drawing)
    write_text(folder / "PRISMA.csv", prisma_csv(boxes))


def draw_forms(paths: Sequence[Path], out: Path, living: str = SEPARATE) -> list[str]:
    """Draw one `PRISMA.csv`, or several as the versions of a living review, the first one first.

    Returns:
        What could not be checked, in words.

    Raises:
        ReviewError: a file cannot be read, or does not add up, or the files are not the versions of
            one review in their order.
    """
    forms = [read_checked(path) for path in paths]
    write_drawing(out, drawing_of_forms(forms, living))
    return list(_not_checked(forms))


def read_checked(path: Path) -> Form:
    """Return what a file says, if it adds up.

    Raises:
        ReviewError: it cannot be read, or two of its numbers do not fit: with the line.
    """
    form = read_prisma_csv(path)
    by_id = _by_id(form.boxes)
    remedy = "mend one of these numbers, or write NA where one is not known or does not apply"
    check_sums(by_id, sums_of_form(by_id), str(path), remedy)
    return form


def drawing_of_forms(forms: Sequence[Form], living: str = SEPARATE) -> Drawing:
    """Return the drawing of one file, or of several as a living review.

    Raises:
        ReviewError: a version says that other numbers came before it than the earlier ones give, two
            files say the same, or something came before the base review.
    """
    if len(forms) == 1:
        form = as_new_review(forms[0])
        return drawing_of(chart_of(form.boxes, "Flow of records", form.headings), "prisma")
    _check_versions(forms)
    versions = [_by_id(form.boxes) for form in forms]
    total = _totals(forms, versions)
    named = [(f"Base review ({forms[0].path.stem})", versions[0])]
    updates = [
        (f"Update {number} ({form.path.stem})", boxes)
        for number, (form, boxes) in enumerate(zip(forms[1:], versions[1:], strict=True), start=1)
    ]
    if living == TOGETHER and len(updates) > 1:
        updates = [(f"Updates 1 to {len(updates)} together", _added([b for _, b in updates]))]
    return drawing_of(living_chart([*named, *updates], total, "Flow of a living review"), "prisma")


_OF_NEW_REVIEW = {
    "New studies included in review": "Studies included in review",
    "Reports of new included studies": "Reports of included studies",
}


def as_new_review(form: Form) -> Form:
    """Return a form in the words that PRISMA 2020 has for a new review, if it is one.

    The form has those of an update, whatever it is about; what people wrote themselves stays.
    """
    if any(box.id.startswith("previous_") for box in form.boxes):
        return form
    boxes = [replace(box, label=_OF_NEW_REVIEW.get(box.label, box.label)) for box in form.boxes]
    printed = {row.boxtext for row in FORM}
    headings = {key: text for key, text in form.headings.items() if text not in printed}
    return Form(form.path, boxes, headings)


def _by_id(boxes: Sequence[Box]) -> dict[str, Box]:
    return {box.id: box for box in boxes}


def _totals(forms: Sequence[Form], versions: Sequence[Mapping[str, Box]]) -> dict[str, Box]:
    """Return what all versions include together.

    Raises:
        ReviewError: what a version says of those before it is not what these say.
    """
    total: dict[str, Box] = {}
    for kind, new, unit, label in _ADDED_UP:
        so_far = [versions[0][name].n for name in (f"previous_{kind}", new) if name in versions[0]]
        for form, boxes in zip(forms[1:], versions[1:], strict=True):
            _check_previous(form, boxes.get(f"previous_{kind}"), total_of(so_far))
            so_far += [boxes[new].n] if new in boxes else []
        name = f"total_{kind}"
        total[name] = Box(name, "", label, unit, total_of(so_far))
    return total


_ADDED_UP = (
    ("studies", "studies", STUDIES_UNIT, "Total studies included in review"),
    ("reports", "included", REPORTS_UNIT, "Reports of total included studies"),
)


def _check_versions(forms: Sequence[Form]) -> None:
    """Raise where adding the files up would count something twice."""
    for box in forms[0].boxes:
        if box.id.startswith("previous_") and box.n not in (0, NOT_STATED):
            raise ReviewError(
                f"the first file is the base review, but says of a version before it: {box.label}: "
                f"{number_text(box.n)}",
                f"{forms[0].path}:{box.line}",
                "name the files in their order, the base review first; or write NA there",
            )
    seen: dict[frozenset[tuple[str, str, Count]], Path] = {}
    for form in forms:
        said = frozenset((box.id, box.label, box.n) for box in form.boxes)
        if said in seen:
            raise ReviewError(
                f"this file says the same as {seen[said]}, so that its numbers would count twice",
                str(form.path),
                "name each version of the review once",
            )
        seen[said] = form.path


def _not_checked(forms: Sequence[Form]) -> Iterator[str]:
    """Yield the updates that do not say how much came before them."""
    for form in forms[1:]:
        stated = {box.id for box in form.boxes if isinstance(box.n, int)}
        missing = [f"previous_{kind}" for kind, *_ in _ADDED_UP if f"previous_{kind}" not in stated]
        if missing:
            yield (
                f"{form.path}: {' and '.join(missing)} not stated; whether this update follows on "
                "the file before it could not be checked"
            )


def _check_previous(form: Form, stated: Box | None, before: Count) -> None:
    if stated is None or not isinstance(stated.n, int) or not isinstance(before, int):
        return
    if stated.n != before:
        raise ReviewError(
            f"the flow does not close: {stated.label}: {stated.n:,}; but the versions before it "
            f"include {before:,}",
            f"{form.path}:{stated.line}",
            "name the files in their order, the base review first, or mend the number",
        )


def _added(versions: Sequence[Mapping[str, Box]]) -> dict[str, Box]:
    """Return the boxes of several versions added up; the parts of a list by their labels."""
    found: dict[tuple[str, str], list[Box]] = {}
    for boxes in versions:
        for box in boxes.values():
            whole, colon, _ = box.id.partition(":")
            found.setdefault((whole, box.label if colon else ""), []).append(box)
    made = {}
    for (whole, label), boxes in found.items():
        if boxes[0].id.startswith(("previous_", "total_")):
            continue
        name = f"{whole}:{label}" if label else whole
        made[name] = replace(boxes[0], id=name, n=total_of([box.n for box in boxes]), link="")
    return made
