"""Tables of the screening log: every work with its state, the flow, the audit, agreement, rules."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from searchsets.reporting.build import Build, Row
from searchsets.reporting.citation import cited_as, reference
from searchsets.reporting.tables.model import Rows, Table, table
from searchsets.reporting.tables.screening_words import STATES, rules_say, votes, why
from searchsets.screening.agreement import COLUMNS as AGREEMENT_COLUMNS
from searchsets.screening.agreement import TOGETHER_COLUMNS
from searchsets.screening.audit.model import CHECKS
from searchsets.screening.model import RULE
from searchsets.screening.outcomes.flow import COLUMNS as FLOW_COLUMNS


def log(build: Build) -> Table:
    """Every work with its state and the reason for it, in words."""
    columns = (
        "state", "work", "why", "decisions", "rules_say", "suggestion", "record_id", "work_id",
        "records",
    )  # fmt: skip

    def rows() -> Rows:
        by_work = _by(build.finals, "work_id")
        work_of = {row["record_id"]: work for work, many in by_work.items() for row in many}
        acts = build.events
        events = _grouped(acts, work_of)
        counted = _counted(build, acts, work_of)
        judged = _grouped(build.rows("screening/judgements.csv"), work_of)
        ids = {work: [row["record_id"] for row in many] for work, many in by_work.items()}
        shown = {work: build.shown(many) for work, many in ids.items()}
        records = build.records_of(sorted(shown.values()))
        names = [one.id for one in build.criteria.criteria]

        def place(work: str) -> tuple:
            record = records[shown[work]]
            state = _ORDER[by_work[work][0]["state"]]
            return state, record["authors"][:1], record["year"] or 0, record["title"], work

        for work in sorted(by_work, key=place):
            final = by_work[work][0]
            yield {
                "state": STATES[final["state"]],
                "work": reference(records[shown[work]]),
                "why": why(
                    final, counted.get((work, final["stage"]), ()), build.criteria.reason_words
                ),
                "decisions": votes(events[work]) or "nobody",
                "rules_say": rules_say(judged[work], names),
                "suggestion": final["suggestion"],
                "record_id": shown[work],
                "work_id": work,
                "records": len(by_work[work]),
            }

    return table(
        "screening_log",
        "Every work with its state and the reason for it.",
        columns,
        rows(),
    )


_ORDER = {state: place for place, state in enumerate(STATES)}


def _by(rows: Iterable[Row], column: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row[column], []).append(row)
    return found


def _grouped(rows: Iterable[Row], work_of: dict[str, str]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["record_id"] in work_of:
            found[work_of[row["record_id"]]].append(row)
    return found


def _counted(
    build: Build, acts: list[Row], work_of: dict[str, str]
) -> dict[tuple[str, str], list[Row]]:
    """Return the acts that count, by work and stage; those of rules at the stage `rule`."""
    by_id = {act["event_id"]: act for act in acts}
    found = {
        (row["work_id"], row["stage"]): [by_id[i] for i in row["counted"].split("; ")]
        for row in build.stages
    }
    for act in acts:
        if act["role"] == RULE and act["record_id"] in work_of:
            found.setdefault((work_of[act["record_id"]], RULE), []).append(act)
    return found


def states(build: Build) -> Table:
    """How many works stand in each state."""

    def rows() -> Rows:
        counts = Counter(row["state"] for row in build.final_of.values())
        for state, words in STATES.items():
            if counts[state]:
                yield {"state": words, "works": counts[state]}

    return table(
        "screening_states",
        "How many works stand in each state.",
        ("state", "works"),
        rows(),
    )


def screening(build: Build) -> Table:
    """How many works stand in each state, and why."""

    def rows() -> Rows:
        counts = Counter(
            (row["state"], row["decided_by"], row["stage"], row["reason"])
            for row in build.final_of.values()
        )
        for (state, decided_by, stage, reason), n in sorted(counts.items()):
            yield {
                "state": state,
                "decided_by": decided_by,
                "stage": stage,
                "reason": reason,
                "works": n,
            }

    return table(
        "screening",
        "Works by state and reason. “Rule” means excluded for a value that the record states, such "
        "as its year; nothing is excluded because something is missing.",
        ("state", "decided_by", "stage", "reason", "works"),
        rows(),
    )


def flow(build: Build) -> Table:
    """The flow of works through the stages at which people screened."""
    published = " or the review published" if build.words.review else ""
    return table(
        "screening_flow",
        f"The flow through the stages, as people decided{published}; each number is "
        "that of rows of screening/stages.csv.",
        FLOW_COLUMNS,
        iter(build.rows("screening/flow.csv")),
    )


def agreement(build: Build) -> Table:
    """How far each two screeners agree."""
    return table(
        "screening_agreement",
        "How far each two screeners agree. To keep is to include or to be in doubt. Kappa (with its "
        "95 % interval) and positive agreement belong together: where few works are kept, the other "
        "figures look splendid while half of the inclusions are disputed.",
        AGREEMENT_COLUMNS,
        iter(build.rows("screening/agreement.csv")),
    )


def together(build: Build) -> Table:
    """How far all screeners of a stage agree."""
    return table(
        "screening_agreement_together",
        "How far all screeners of a stage and round agree: Fleiss's kappa of the records with the "
        "usual number of votes, Krippendorff's alpha of all that two or more voted on.",
        TOGETHER_COLUMNS,
        iter(build.rows("screening/agreement_together.csv")),
    )


def audit(build: Build) -> Table:
    """What the audit of the log found, and what each check asks."""
    columns = ("severity", "asked", "record", "message", "remedy", "place", "check", "record_id")

    def rows() -> Rows:
        found = build.rows("screening/audit.csv")
        ids = {row["record_id"] for row in found if row["record_id"] in build.work_of}
        records = build.records_of(sorted(ids))
        for row in found:
            record = records.get(row["record_id"])
            yield {
                "severity": row["severity"],
                "asked": CHECKS[row["check"]].asks,
                "record": cited_as(record) if record else row["record_id"],
                "message": row["message"],
                "remedy": row["remedy"],
                "place": row["place"],
                "check": row["check"],
                "record_id": row["record_id"],
            }

    return table(
        "screening_audit",
        "What the audit of the screening log found. An error would have stopped the run.",
        columns,
        rows(),
    )
