"""Tells of every record where it stands in the flow: one list behind all counts.

Nothing is guessed: what is half screened, in doubt, in conflict or not yet read is `awaiting`, and
what a published review decided without saying how is `not_reported`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from searchsets.records.known_items import SOURCE as KNOWN_ITEMS
from searchsets.records.other_sources import EARLIER, OTHER_SOURCES
from searchsets.reporting.build import Build, Row
from searchsets.reporting.flow.earlier import inherited_works
from searchsets.reporting.flow.model import ARMS, CARRIED, DATABASES, KNOWN, OTHER, SEEN
from searchsets.screening.model import SCREENED_STAGES
from searchsets.screening.outcomes.outcome import EXCLUDED, IS_DUPLICATE, NOT_RETRIEVED
from searchsets.screening.outcomes.states import AWAITING, BY_RULE, INCLUDED

*_BEFORE_FULL_TEXT, _FULL_TEXT = SCREENED_STAGES
_ELIGIBILITY = {INCLUDED: "included", EXCLUDED: "excluded"}
_AT_SCREENING = {EXCLUDED: "excluded", AWAITING: "passed", NOT_RETRIEVED: "passed"}
_NOWHERE = {"removed": "", "screening": "", "retrieval": "", "eligibility": "", "reason": ""}


def arm_of(source: str) -> str:
    """Return the arm of the flow that the records of a source belong to.

    What stands only among the known items was found by no search of this run; what nothing brought
    in this run is carried over from the run that it updates.

    >>> arm_of("eric"), arm_of("websites"), arm_of("known_items"), arm_of("earlier")
    ('databases', 'other', 'known', 'carried')
    """
    if source in (KNOWN_ITEMS, EARLIER):
        return KNOWN if source == KNOWN_ITEMS else CARRIED
    return OTHER if source in OTHER_SOURCES else DATABASES


def flow_records(build: Build) -> list[Row]:
    """Return `flow/records.csv`: where every record of a run stands, sorted by its id."""
    stages: dict[str, set[str]] = defaultdict(set)
    for row in build.stages:
        stages[row["work_id"]].add(row["stage"])
    links = [row | {"database": EARLIER} if row["record_id"] in build.carried else row
             for row in build.links]  # fmt: skip
    studies = studies_of(build.events, build.work_of)
    rows = records_list(links, build.finals, stages, studies, inherited_works(build))
    return sorted(rows, key=lambda row: row["record_id"])


def records_list(
    links: Iterable[Row],
    finals: Iterable[Row],
    stages: Mapping[str, set[str]],
    studies: Mapping[str, str],
    inherited: Collection[str] = (),
) -> Iterator[Row]:
    """Yield where each record stands, from what deduplication and screening wrote.

    One record of a work is kept, the first by its id of the arm that the work belongs to; the others
    are its duplicates, each in the arm of its own source.

    Args:
        links: the rows of `works/links.csv`.
        finals: the rows of `screening/final.csv`.
        stages: the stages at which anything came of a work, by its id.
        studies: the studies that a work reports, where the log says so.
        inherited: the works that are taken over as the run before decided them.
    """
    final_of = {row["work_id"]: row for row in finals}
    members: dict[str, list[Row]] = defaultdict(list)
    for row in links:
        members[row["work_id"]].append(row)
    for work_id, many in members.items():
        kept = min(many, key=lambda row: (ARMS.index(arm_of(row["database"])), row["record_id"]))
        final = final_of[work_id]
        place = place_of_work(final, stages.get(work_id, set()))
        if work_id in inherited:
            place = _NOWHERE | {"removed": SEEN}
        for row in many:
            stands = place if row is kept else _NOWHERE | {"removed": "duplicate"}
            yield {
                "record_id": row["record_id"],
                "work_id": work_id,
                "source": row["database"],
                "arm": arm_of(row["database"]),
                **stands,
                "state": final["state"],
                "study_id": studies.get(work_id, ""),
            }


def place_of_work(final: Row, stages: set[str]) -> dict[str, str]:
    """Return where the kept record of a work stands.

    Args:
        final: the row of the work in `screening/final.csv`.
        stages: the stages at which anything came of it.
    """
    state = final["state"]
    if state == IS_DUPLICATE:
        return _NOWHERE | {"removed": "duplicate_by_people"}
    if (state, final["decided_by"]) == (EXCLUDED, BY_RULE):
        return _NOWHERE | {"removed": "rule", "reason": final["reason_code"]}
    screening = _screening(final, stages)
    retrieval = _retrieval(final, stages, screening)
    is_read = retrieval in ("retrieved", "not_reported")
    return {
        "removed": "",
        "screening": screening,
        "retrieval": retrieval,
        "eligibility": _ELIGIBILITY.get(state, "awaiting") if is_read else "",
        "reason": final["reason_code"] if state == EXCLUDED else "",
    }


def _screening(final: Row, stages: set[str]) -> str:
    """Return what came of title and abstract.

    What was excluded there and was read in full later all the same has passed in the end.
    """
    if not final["stage"] or final["stage"] in _BEFORE_FULL_TEXT:
        return _AT_SCREENING.get(final["state"], "awaiting")
    if stages.intersection(_BEFORE_FULL_TEXT):
        return "passed"
    return "direct" if _FULL_TEXT in stages else "not_reported"


def _retrieval(final: Row, stages: set[str], screening: str) -> str:
    """Return whether the full text was had: whoever voted on it had it."""
    if screening in ("excluded", "awaiting"):
        return ""
    if final["state"] == NOT_RETRIEVED:
        return "not_retrieved"
    if final["stage"] in _BEFORE_FULL_TEXT:
        return "awaiting"
    return "retrieved" if _FULL_TEXT in stages else "not_reported"


def studies_of(events: Iterable[Row], work_of: Mapping[str, str]) -> dict[str, str]:
    """Return the studies that each work reports, joined by `; `, as the standing acts state them."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in events:
        if row["study_id"] and row["standing"] == "yes" and row["record_id"] in work_of:
            found[work_of[row["record_id"]]].add(row["study_id"])
    return {work_id: "; ".join(sorted(ids)) for work_id, ids in found.items()}
