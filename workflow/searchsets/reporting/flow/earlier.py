"""Tells which works an update takes over as they were decided, and which it screens."""

from __future__ import annotations

from searchsets.reporting.build import Build
from searchsets.screening.outcomes.states import DECIDED


def inherited_works(build: Build) -> set[str]:
    """Return the works that the run before decided, and that nobody was asked about again.

    A work that was asked for again, or that somebody decided on in this run all the same, is in the
    flow of this run.
    """
    decided = {
        build.work_of[row["record_id"]] for row in build.memory if row["state_then"] in DECIDED
    }
    again = {row["work_id"] for row in build.rechecks}
    own = {
        build.work_of[row["record_id"]]
        for row in build.acts
        if row["search_run"] == build.config["run"]
    }
    still = {work for work, row in build.final_of.items() if row["state"] in DECIDED}
    return (decided & still) - again - own
