"""The table of the order in which people screened, and of any rule by which they stopped."""

from __future__ import annotations

from searchsets.reporting.build import Build, Row
from searchsets.reporting.tables.model import Rows, Table, table
from searchsets.screening.model import MODEL, SCREENED_STAGES, SCREENER

NOT_RECORDED = "not recorded"
NOBODY = "nobody screened at this stage"


def stopping(build: Build) -> Table:
    """For each stage: in which order screeners read, how many they are, whether a model ranked."""
    columns = ("stage", "order_policy", "ranked_by_model", "records_read", "acts", "reviewers",
               "models", "stopping_rule")  # fmt: skip

    def rows() -> Rows:
        by_models = [
            row
            for row in build.events
            if row["role"] == MODEL
            and row["standing"] == "yes"
            and row["record_id"] in build.work_of
        ]
        for stage in SCREENED_STAGES:
            read = [row for row in build.acts if (row["stage"], row["role"]) == (stage, SCREENER)]
            models = {row["reviewer"] for row in by_models if row["stage"] == stage}
            by_policy: dict[str, list[Row]] = {}
            for row in read:
                by_policy.setdefault(row["order_policy"], []).append(row)
            for policy, acts in sorted(by_policy.items()) or [("", [])]:
                yield {"stage": stage, "models": sorted(models)} | _read(policy, acts)

    return table(
        "stopping",
        "In which order screeners read the records at each stage, as the screening log says "
        "(order_policy), and whether a model ranked them. Acts: those of screeners that stand; who "
        "settled a disagreement is not among them. The log has no act by which reading was "
        "stopped early: which works nobody has read stands in the table screening_states.",
        columns,
        rows(),
    )


def _read(policy: str, acts: list[Row]) -> dict[str, object]:
    if not acts:
        return {"order_policy": NOBODY, "records_read": 0, "acts": 0, "reviewers": 0}
    return {
        "order_policy": policy or NOT_RECORDED,
        "ranked_by_model": policy.startswith(MODEL) if policy else None,
        "records_read": len({row["record_id"] for row in acts}),
        "acts": len(acts),
        "reviewers": len({row["reviewer"] for row in acts}),
        "stopping_rule": "none in the log",
    }
