"""The flow that the published review reports: hardly a number, and none is made up."""

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
from searchsets.reporting.tables.model import NOT_REPORTED

# The report names these lines of enquiry (A1.1 and Appendix 1), and no number for any.
_REGISTERS = ("registers", "Registers")
_METHODS = (
    ("websites", "Websites"),
    ("supplied", "Organisations (EMIE request to local authorities)"),
    ("citations", "Citation searching"),
)
# Which steps each arm has in PRISMA 2020.
_BEFORE_RETRIEVAL = ("duplicates", "excluded_by_rule", "screened", "excluded")
_FROM_RETRIEVAL = ("sought", "not_retrieved", "assessed", "reports_excluded")
_STEPS = {DATABASES: (*_BEFORE_RETRIEVAL, *_FROM_RETRIEVAL), OTHER: _FROM_RETRIEVAL}


def published_boxes(boxes: Sequence[Box]) -> list[Box]:
    """Return the boxes of the flow as the published review reports them, from those of a run."""
    databases = [
        (box.id.removeprefix(RECORDS), box.label)
        for box in boxes
        if box.arm == DATABASES and box.id.startswith(RECORDS) and box.published == NOT_REPORTED
    ]
    included = next(box.published for box in boxes if box.id == "included")
    made = []
    for arm, sources in ((DATABASES, [*databases, _REGISTERS]), (OTHER, _METHODS)):
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
