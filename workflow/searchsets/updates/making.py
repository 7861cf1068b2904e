"""Makes the runs of a review in their order, so that each finds the run that it updates."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence

from searchsets.checkout import snakemake
from searchsets.errors import ReviewError
from searchsets.runs import RUNS, in_order, read_runs


def make_runs(names: Sequence[str], options: Sequence[str], say: Callable[[str], None]) -> int:
    """Make runs, and before each the one that it updates; return 0, or what the first failure gave.

    Args:
        names: the runs that are wanted; none: all of them.
        options: of Snakemake.
        say: tells the person which run is made.

    Raises:
        ReviewError: there is no run of a name.
    """
    runs = read_runs()
    unknown = [name for name in names if name not in runs]
    if unknown or not runs:
        said = f"there is no run {unknown[0]!r}" if unknown else "no runs are named"
        known = ", ".join(runs) or "none"
        raise ReviewError(said, str(RUNS), f"the runs are: {known}; ./run review makes one alone")
    wanted = set(names) or set(runs)
    for name in reversed(in_order(runs)):
        if name in wanted and runs[name].updates in runs:
            wanted.add(runs[name].updates)
    for name in in_order(runs):
        if name in wanted:
            say(f"the run {name}")
            command = [*snakemake(), *options, "--config", f"run={name}"]
            ended = subprocess.run(command, check=False).returncode  # noqa: S603 (ours)
            if ended:
                return ended
    return 0
