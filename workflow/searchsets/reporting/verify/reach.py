"""Which stage each input can change, and which stage each file of a run belongs to."""

from __future__ import annotations

STAGES = (
    "strategies",
    "records",
    "search",
    "earlier",
    "works",
    "evidence",
    "screening",
    "reporting",
)
"""The stages in the way of the data; a file whose folder is none of them is of the reporting."""

_FROM_SEARCH = ("search", "earlier", "works", "evidence", "screening", "reporting")
_FROM_RECORDS = ("records", *_FROM_SEARCH)
_SCREENING = ("screening", "reporting")

REACH: dict[str, tuple[str, ...]] = {
    "strategies": ("strategies", *_FROM_SEARCH),
    "thesauri": ("strategies", *_FROM_SEARCH),
    "exports": _FROM_RECORDS,
    "exports_table": _FROM_RECORDS,
    "columns_table": _FROM_RECORDS,
    "harvest": _FROM_RECORDS,
    "websites": _FROM_RECORDS,
    "website_pages": _FROM_RECORDS,
    "supplied": _FROM_RECORDS,
    "known_items": _FROM_RECORDS,
    "enrichment": ("search", "evidence", "screening", "reporting"),
    "pairs": ("works", "evidence", "screening", "reporting"),
    "criteria": _SCREENING,
    "places": _SCREENING,
    "decisions": _SCREENING,
    "extraction": ("reporting",),
    "concepts_table": ("reporting",),
    "sets_table": ("reporting",),
    "run_before": ("records", "earlier", "works", "evidence", "screening", "reporting"),
    "vocabulary": ("reporting",),
}
"""By kind of input (`searchsets.review.brought`): the stages that it can change."""


def stage_of(name: str) -> str:
    """Return the stage that a file of a run belongs to.

    >>> stage_of("search/eric/hits.csv"), stage_of("report.html"), stage_of("tables/prisma.csv")
    ('search', 'reporting', 'reporting')
    """
    folder = name.partition("/")[0]
    return folder if folder in STAGES else STAGES[-1]


def in_order(name: str) -> tuple[int, str]:
    """Return what files are sorted by: their stage, then their name."""
    return STAGES.index(stage_of(name)), name


def reaches(kind: str, stage: str) -> bool:
    """Tell whether an input of a kind can change a stage; of an unknown kind it may be any."""
    return stage in REACH.get(kind, STAGES)
