"""The folder that the program runs from, and how its workflow is started."""

from __future__ import annotations

import sys
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
"""The folder of the program, with its Snakefile and its `run`."""


def snakemake(*targets: str) -> list[str]:
    """Return the command that runs the workflow on the review of the current folder.

    Targets stand first: behind some options of Snakemake they would be taken for more of these.
    """
    return [
        sys.executable, "-m", "snakemake", *targets, "--snakefile", str(CHECKOUT / "Snakefile"),
        "--workflow-profile", str(CHECKOUT / "profiles/default"),
    ]  # fmt: skip
