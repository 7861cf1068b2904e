"""The table of the order in which people screened, and of any rule by which they stopped."""

from __future__ import annotations

from searchsets.reporting.build import Build, Row
from searchsets.reporting.tables.model import Rows, Table, table
from searchsets.screening.model import CONFLICT_OF_INTEREST, MODEL, PEOPLE, SCREENED_STAGES

NOT_RECORDED = "not recorded"
NOBODY = "nobody screened at this stage"


def stopping(build: Build) -> Table:
    """For each stage: in which order records were read, by how many, and whether a model ranked."""
    columns = ("stage", "order_policy", "ranked_by_model", "records_read", "acts", "reviewers",
               "models", "stopping_rule")  # fmt: skip

    def rows() -> Rows:
        events = [
            row
            for row in build.events
            if row["standing"] == "yes" and row["record_id"] in build.work_of
        ]
        for stage in SCREENED_STAGES:
            here = [row for row in events if row["stage"] == stage]
            read = [
                row
                for row in here
                if row["role"] in PEOPLE and row["decision"] != CONFLICT_OF_INTEREST
            ]
            models = {row["reviewer"] for row in here if row["role"] == MODEL}
            by_policy: dict[str, list[Row]] = {}
            for row in read:
                by_policy.setdefault(row["order_policy"], []).append(row)
            for policy, acts in sorted(by_policy.items()) or [("", [])]:
                yield {"stage": stage, "models": sorted(models)} | _read(policy, acts)

    return table(
        "stopping",
        "In which order people read the records at each stage, as the screening log says "
        "(order_policy), and whether a model ranked them. The log has no act by which reading was "
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
