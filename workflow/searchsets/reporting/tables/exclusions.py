"""Tables of what was left out: works excluded, with reasons, and works whose text was not had."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from searchsets.errors import ReviewError
from searchsets.reporting.build import Build, Row
from searchsets.reporting.citation import reference
from searchsets.reporting.tables.model import Rows, Table, table
from searchsets.screening.model import EXCLUDE, NO_FULL_TEXT
from searchsets.screening.outcomes.outcome import EXCLUDED, LAST_STAGES, NOT_RETRIEVED
from searchsets.screening.outcomes.states import BY_RULE

NO_REASON = "no reason given"
WHERE = {
    BY_RULE: "before people screened",
    "title": "title",
    "title_abstract": "title and abstract",
    "full_text": "full text",
    "final": "as the review published it",
}
"""Where in the flow a work was excluded, in words, in the order of the flow."""


def excluded(build: Build) -> Table:
    """The works excluded at full text, or by what the review published: PRISMA 2020, item 16b."""
    columns = (
        "work", "reason", "quotes", "notes", "excluded_by", "screeners", "settled_by", "stage",
        "reason_code", "criteria_version", "record_id", "work_id",
    )  # fmt: skip

    def rows() -> Rows:
        finals = [row for row in _works(build, EXCLUDED) if row["stage"] in LAST_STAGES]
        for final, shown, work, acts, outcome in _with_acts(build, finals, EXCLUDE):
            yield {
                "work": work,
                "reason": reason_in_words(build, final["reason_code"]),
                "quotes": _distinct(map(_quoted, acts)),
                "notes": _distinct(act["note"] for act in acts),
                "excluded_by": _distinct(act["reviewer"] for act in acts),
                "screeners": outcome["screeners"],
                "settled_by": outcome["settled_by"],
                "stage": WHERE[final["stage"]],
                "reason_code": final["reason_code"],
                "criteria_version": final["criteria_version"],
                "record_id": shown,
                "work_id": final["work_id"],
            }

    rerun = " A re-run knows no exclusions of a review that published none."
    rerun = rerun if build.words.review else ""
    return table(
        "excluded",
        "Works excluded at full text, each with the reason, what those who excluded it quote from "
        "it, who screened it and who settled it where they differed (PRISMA 2020, item 16b). Works "
        "excluded earlier are counted by reason in the table excluded_reasons." + rerun,
        columns,
        rows(),
    )


def excluded_reasons(build: Build) -> Table:
    """How many works were excluded for which reason at which stage, and which works they are."""

    def rows() -> Rows:
        found: dict[tuple[str, str, str], list[str]] = {}
        for row in _works(build, EXCLUDED):
            key = row["stage"], row["decided_by"], row["reason_code"]
            found.setdefault(key, []).append(row["work_id"])
        order = {stage: place for place, stage in enumerate(WHERE)}
        for stage, decided_by, code in sorted(
            found, key=lambda key: (order[key[0]], key[1], -len(found[key]), key[2])
        ):
            works = sorted(found[stage, decided_by, code])
            yield {
                "stage": WHERE[stage],
                "decided_by": decided_by,
                "reason": reason_in_words(build, code),
                "works": len(works),
                "reason_code": code,
                "work_ids": works,
            }

    return table(
        "excluded_reasons",
        "How many works were excluded at each stage, by the first reason in the order of the "
        "protocol, and the ids of the works. The numbers add up to all works excluded.",
        ("stage", "decided_by", "reason", "works", "reason_code", "work_ids"),
        rows(),
    )


def not_retrieved(build: Build) -> Table:
    """The works whose full text could not be had, and what was tried."""

    def rows() -> Rows:
        gone = _works(build, NOT_RETRIEVED)
        for final, shown, work, acts, _ in _with_acts(build, gone, NO_FULL_TEXT):
            yield {
                "work": work,
                "tried": _distinct(act["note"] for act in acts),
                "said_by": _distinct(act["reviewer"] for act in acts),
                "said_at": _distinct(act["decided_at"] for act in acts),
                "record_id": shown,
                "work_id": final["work_id"],
            }

    return table(
        "not_retrieved",
        "Works whose full text could not be had. Tried: the notes of those who looked for it; "
        "empty where they left none.",
        ("work", "tried", "said_by", "said_at", "record_id", "work_id"),
        rows(),
    )


def check_exclusions(made: Iterable[Table]) -> None:
    """Raise if the exclusions by reason are not all exclusions of the table `screening`.

    Raises:
        ReviewError: with both numbers.
    """
    by_name = {one.name: one.rows for one in made}
    by_reason = sum(row["works"] for row in by_name["excluded_reasons"])
    by_state = sum(row["works"] for row in by_name["screening"] if row["state"] == EXCLUDED)
    if by_reason != by_state:
        raise ReviewError(
            f"works excluded by reason and works in the state excluded: {by_reason} and {by_state}",
            "tables/excluded_reasons.csv",
            "this is a fault of searchsets: please report it with the folder results/.build",
        )


def reason_in_words(build: Build, code: str) -> str:
    """Return a reason in the words of the criteria, by its code."""
    return build.criteria.reason_words.get(code, code) or NO_REASON


def _works(build: Build, state: str) -> list[Row]:
    """Return one row of `final.csv` for each work in a state, by the id of the work."""
    return [row for _, row in sorted(build.final_of.items()) if row["state"] == state]


def _with_acts(build: Build, finals: Sequence[Row], decision: str) -> Iterator[tuple]:
    """Yield for each work its final row, the record shown, its reference, the standing acts of that
    decision at its last stage, and the row of that stage; in the order of a list of references."""
    if not finals:
        return
    ids: dict[str, list[str]] = {row["work_id"]: [] for row in finals}
    for record_id, work in build.work_of.items():
        if work in ids:
            ids[work].append(record_id)
    shown = {work: build.shown(many) for work, many in ids.items()}
    records = build.records_of(shown.values())
    acts = _acts(build, decision)
    outcomes = {(row["work_id"], row["stage"]): row for row in build.stages}
    for final in sorted(
        finals, key=lambda row: (_place(records[shown[row["work_id"]]]), row["work_id"])
    ):
        work = final["work_id"]
        key = work, final["stage"]
        yield final, shown[work], reference(records[shown[work]]), acts.get(key, []), outcomes[key]


def _acts(build: Build, decision: str) -> dict[tuple[str, str], list[Row]]:
    """Return the standing acts of a decision by work and stage."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in build.events:
        if (row["standing"], row["decision"]) == ("yes", decision):
            work = build.work_of.get(row["record_id"], "")
            found.setdefault((work, row["stage"]), []).append(row)
    return found


def _place(record: Mapping) -> tuple:
    return list(record["authors"][:1]), record["year"] or 0, record["title"]


def _quoted(act: Row) -> str:
    where = f" ({act['quote_loc']})" if act["quote_loc"] else ""
    return f"“{act['quote']}”{where}" if act["quote"] else ""


def _distinct(values: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(value for value in values if value))
