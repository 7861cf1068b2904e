"""The flow that a published review reports: what it does not report has no number here either."""

from __future__ import annotations

from collections.abc import Sequence

from searchsets.reporting.flow.boxes import STEPS
from searchsets.reporting.flow.model import (
    DATABASES,
    OTHER,
    RECORDS,
    RECORDS_UNIT,
    REPORTS_UNIT,
    STUDIES_UNIT,
    Box,
)
from searchsets.reporting.flow.table import METHODS
from searchsets.reporting.published_review import PublishedReview
from searchsets.reporting.tables.model import NOT_REPORTED

# Which steps each arm has in PRISMA 2020.
_BEFORE_RETRIEVAL = ("duplicates", "excluded_by_rule", "screened", "excluded")
_FROM_RETRIEVAL = ("sought", "not_retrieved", "assessed", "reports_excluded")
_STEPS = {DATABASES: (*_BEFORE_RETRIEVAL, *_FROM_RETRIEVAL), OTHER: _FROM_RETRIEVAL}


def published_boxes(boxes: Sequence[Box], review: PublishedReview) -> list[Box]:
    """Return the boxes of the flow as the published review reports them, from those of a run."""
    registers = ("registers", review.registers)
    methods = [(n, review.other_methods[n]) for n in METHODS if n in review.other_methods]
    databases = [
        (box.id.removeprefix(RECORDS), box.label)
        for box in boxes
        if box.arm == DATABASES and box.id.startswith(RECORDS) and box.published == NOT_REPORTED
    ]
    included = next(box.published for box in boxes if box.id == "included")
    made = []
    for arm, sources in ((DATABASES, [*databases, registers]), (OTHER, methods)):
        made.append(Box(f"{arm}_identified", arm, "Records identified", RECORDS_UNIT, NOT_REPORTED))
        made += [
            Box(f"{RECORDS}{name}", arm, label, RECORDS_UNIT, NOT_REPORTED)
            for name, label in sources
        ]
        made += [
            Box(f"{arm}_{step.name}", arm, step.label, step.unit, NOT_REPORTED)
            for step in STEPS
            if step.name in _STEPS[arm]
        ]
    return [
        *made,
        Box("studies", "", "Studies included in review", STUDIES_UNIT, NOT_REPORTED),
        Box("included", "", "Reports of included studies", REPORTS_UNIT, included),
    ]
