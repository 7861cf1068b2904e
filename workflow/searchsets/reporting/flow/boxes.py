"""Counts the boxes of the flow over the list of records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from searchsets.reporting.flow.model import (
    ARMS,
    CARRIED,
    DATABASES,
    KNOWN,
    NOT_STATED,
    OTHER,
    RECORDS,
    RECORDS_UNIT,
    REPORTS_UNIT,
    SEEN,
    STUDIES_UNIT,
    Box,
    Count,
    Counts,
    Row,
    filter_text,
    passes,
    read_filter,
)
from searchsets.reporting.tables.model import NOT_REPORTED, NOT_SEARCHED
from searchsets.screening.outcomes.outcome import (
    CONFLICT,
    EXCLUDED,
    HALF,
    IN_DOUBT,
    NOT_RETRIEVED,
)
from searchsets.screening.outcomes.states import (
    AWAITING,
    AWAITING_ABSTRACT,
    INCLUDED,
    NOT_SCREENED,
)

ARM_WORDS = {
    DATABASES: "databases",
    OTHER: "other methods",
    KNOWN: "route not reported",
    CARRIED: "carried over",
}
NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True)
class Step:
    """A step of an arm: what its box is called, and which records stand in it.

    `only_if_any` is for what PRISMA 2020 has no box for: it is there only if something stands in it.
    """

    name: str
    label: str
    unit: str
    wanted: Mapping[str, str]
    only_if_any: bool = False


STEPS = (
    Step("identified", "Records identified", RECORDS_UNIT, {}),
    Step("duplicates", "Duplicate records", RECORDS_UNIT, {"removed": "duplicate"}),
    Step("duplicates_by_people", "Called duplicates by people", RECORDS_UNIT,
         {"removed": "duplicate_by_people"}, only_if_any=True),
    Step("excluded_by_rule", "Records marked as ineligible by automation tools", RECORDS_UNIT,
         {"removed": "rule"}),
    Step("removed_other", "Records of works that the run before decided", RECORDS_UNIT,
         {"removed": SEEN}, only_if_any=True),
    Step("kept", "Records to screen", RECORDS_UNIT, {"removed": ""}),
    Step("screened", "Records screened", RECORDS_UNIT, {"screening": "passed|excluded"}),
    Step("excluded", "Records excluded", RECORDS_UNIT, {"screening": "excluded"}),
    Step("passed", "Records that passed screening", RECORDS_UNIT, {"screening": "passed"}),
    Step("awaiting_screening", "Records awaiting screening", RECORDS_UNIT,
         {"screening": "awaiting"}, only_if_any=True),
    Step("direct", "Taken straight to full text", RECORDS_UNIT, {"screening": "direct"},
         only_if_any=True),
    Step("stages_not_reported", "Decided in the published review, by which stages is not reported",
         REPORTS_UNIT, {"screening": "not_reported"}, only_if_any=True),
    Step("sought", "Reports sought for retrieval", REPORTS_UNIT, {"screening": "passed|direct"}),
    Step("not_retrieved", "Reports not retrieved", REPORTS_UNIT, {"retrieval": "not_retrieved"}),
    Step("awaiting_retrieval", "Reports awaiting retrieval or reading", REPORTS_UNIT,
         {"retrieval": "awaiting"}, only_if_any=True),
    Step("retrieval_not_reported", "Reports whose retrieval is not reported", REPORTS_UNIT,
         {"screening": "passed|direct", "retrieval": "not_reported"}, only_if_any=True),
    Step("assessed", "Reports assessed for eligibility", REPORTS_UNIT, {"retrieval": "retrieved"}),
    Step("reports_excluded", "Reports excluded", REPORTS_UNIT, {"eligibility": "excluded"}),
    Step("awaiting_eligibility", "Reports awaiting a decision", REPORTS_UNIT,
         {"eligibility": "awaiting"}, only_if_any=True),
    Step("included", "Reports included", REPORTS_UNIT, {"eligibility": "included"}),
)  # fmt: skip
"""The steps of each arm, in order; `a|b` is one or the other, nothing is an empty cell."""

TOTALS = (
    Step("identified", "All records identified", RECORDS_UNIT,
         {"removed": "|duplicate|rule|duplicate_by_people"}),
    Step("duplicates", "Duplicates joined", RECORDS_UNIT, {"removed": "duplicate"}),
    Step("works", "Works, all duplicates joined", RECORDS_UNIT,
         {"removed": "|rule|duplicate_by_people"}),
    Step("excluded_by_rule", "Excluded by rule", RECORDS_UNIT, {"removed": "rule"}),
    Step("duplicates_by_people", "Called duplicates by people", RECORDS_UNIT,
         {"removed": "duplicate_by_people"}),
    Step("undecided", "Nobody has decided", RECORDS_UNIT,
         {"removed": "", "state": NOT_SCREENED}),
    Step("half_screened", "Awaiting another screener", RECORDS_UNIT, {"removed": "", "state": HALF}),
    Step("unsettled", "In doubt or in conflict", RECORDS_UNIT,
         {"removed": "", "state": f"{IN_DOUBT}|{CONFLICT}"}),
    Step("awaiting", "Kept, to be read further", RECORDS_UNIT,
         {"removed": "", "state": f"{AWAITING}|{AWAITING_ABSTRACT}"}),
    Step("not_retrieved", "Full text not retrieved", RECORDS_UNIT,
         {"removed": "", "state": NOT_RETRIEVED}),
    Step("excluded_by_people", "Excluded by people", RECORDS_UNIT,
         {"removed": "", "state": EXCLUDED}),
)  # fmt: skip


@dataclass(frozen=True)
class Source:
    """A source of records as the flow shows it.

    Args:
        name: the name of the source.
        arm: the arm it belongs to.
        label: what it is called.
        is_searched: whether this run looked there; if not, its number is not 0.
        published: what the published review reports of it.
        unsearched: why there is no number, where this run did not look there.
    """

    name: str
    arm: str
    label: str
    is_searched: bool
    published: Count = NOT_REPORTED
    unsearched: Count = NOT_SEARCHED


@dataclass(frozen=True)
class Setting:
    """What the boxes need besides the list.

    Args:
        sources: the sources in the order in which they are shown.
        reasons: the words of each reason to exclude, by its code.
        published_included: how many reports the published review included.
        base: the run that this one updates, if it updates one.
    """

    sources: Sequence[Source]
    reasons: Mapping[str, str] = field(default_factory=dict)
    published_included: Count = NOT_REPORTED
    base: str = ""


def boxes_of(rows: Sequence[Row], setting: Setting) -> list[Box]:
    """Return all boxes of a run, in the order of the table.

    An arm in which this run looked nowhere has no numbers; `not searched` is not 0.
    """
    counts = Counts(rows)
    made: list[Box] = []
    for arm in ARMS:
        sources = [source for source in setting.sources if source.arm == arm]
        made += [_source_box(counts, source) for source in sources]
        if any(source.is_searched for source in sources):
            made += _arm_boxes(counts, arm, setting)
        elif arm == DATABASES:
            made += [
                Box(f"{arm}_{step.name}", arm, step.label, step.unit, NOT_SEARCHED)
                for step in STEPS
                if not step.only_if_any
            ]
    made += [_box(counts, "", step) for step in _totals(setting)]
    made += _included(rows, counts, setting)
    return [*made, *(_versions(rows, counts) if setting.base else ())]


def _totals(setting: Setting) -> Sequence[Step]:
    """Return the steps of all arms together; in an update some works were decided before."""
    if not setting.base:
        return TOTALS
    first, *others = TOTALS
    seen = Step("removed_other", f"In works that the run {setting.base} decided", RECORDS_UNIT,
                {"removed": SEEN})  # fmt: skip
    return (replace(first, wanted={"removed": f"{first.wanted['removed']}|{SEEN}"}), seen, *others)


def _source_box(counts: Counts, source: Source) -> Box:
    wanted = filter_text([("arm", [source.arm]), ("source", [source.name])])
    n: Count = counts.of(wanted) if source.is_searched else source.unsearched
    return Box(
        f"{RECORDS}{source.name}", source.arm, source.label, RECORDS_UNIT, n,
        wanted if source.is_searched else "", source.published,
    )  # fmt: skip


def _arm_boxes(counts: Counts, arm: str, setting: Setting) -> Iterator[Box]:
    published = NOT_APPLICABLE if arm == KNOWN else NOT_REPORTED
    for step in STEPS:
        box = _box(counts, arm, step, published)
        if box.n or not step.only_if_any:
            yield box
        if step.name == "reports_excluded":
            yield from _reason_boxes(counts, box, setting.reasons, published)


def _reason_boxes(
    counts: Counts, box: Box, words: Mapping[str, str], published: str
) -> Iterator[Box]:
    """Yield a box for each reason of an arm, the most frequent first."""
    found = []
    for code in counts.values("reason", box.filter):
        wanted = f"{box.filter}&{filter_text([('reason', [code])])}"
        label = words.get(code, code) if code else "No reason stated"
        name = f"{box.id}:{code}"
        found.append(Box(name, box.arm, label, box.unit, counts.of(wanted), wanted, published))
    return iter(sorted(found, key=lambda one: (-one.n, one.id)))


def _box(counts: Counts, arm: str, step: Step, published: Count = NOT_REPORTED) -> Box:
    pairs = ([("arm", [arm])] if arm else []) + [
        (column, values.split("|")) for column, values in step.wanted.items()
    ]
    wanted = filter_text(pairs)
    name = f"{arm}_{step.name}" if arm else step.name
    return Box(name, arm, step.label, step.unit, counts.of(wanted), wanted, published)


def _included(rows: Sequence[Row], counts: Counts, setting: Setting) -> Iterator[Box]:
    """Yield the studies and the reports included in this run."""
    wanted = filter_text([("eligibility", ["included"])])
    new = "New s" if setting.base else "S"
    yield _studies("studies", f"{new}tudies included in review", rows, wanted)
    label = "Reports of new included studies" if setting.base else "Reports of included studies"
    yield Box("included", "", label, REPORTS_UNIT, counts.of(wanted), wanted,
              setting.published_included)  # fmt: skip


def _versions(rows: Sequence[Row], counts: Counts) -> Iterator[Box]:
    """Yield what the run before included and this one takes over, and what both include."""
    for name, label, removed in (
        ("previous", "{} included in previous version of review", [SEEN]),
        ("total", "{} included in review, in both versions", ["", SEEN]),
    ):
        wanted = filter_text([("removed", removed), ("state", [INCLUDED])])
        yield _studies(f"{name}_studies", label.format("Studies"), rows, wanted)
        reports = label.format("Reports of studies")
        yield Box(f"{name}_reports", "", reports, REPORTS_UNIT, counts.of(wanted), wanted)


def _studies(name: str, label: str, rows: Iterable[Row], wanted: str) -> Box:
    """Return a box of studies, with a number only where the log states the studies of all reports."""
    asked = read_filter(wanted)
    stated = [row["study_id"] for row in rows if passes(row, asked)]
    studies = {study for many in stated for study in many.split("; ")}
    known = bool(stated) and all(stated)
    n = len(studies) if known else NOT_STATED
    return Box(name, "", label, STUDIES_UNIT, n, wanted if known else "")
