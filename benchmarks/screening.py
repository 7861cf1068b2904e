"""Measures the screening log: how long it takes, and whether its figures are those of others.

A log of a hundred thousand acts is read, checked row by row, reduced to final decisions and written
as tables; beside it pandas reads the same files and derives the same decisions as a reviewer's own
script would, without any check. Agreement of real logs is held against statsmodels, irrCAC and
krippendorff. Each program runs in a process of its own.
"""

from __future__ import annotations

import gzip
import json
import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).parent.parent
sys.path[:0] = [str(PROJECT / "workflow")]

from searchsets.screening.log.writing import append  # noqa: E402
from searchsets.screening.model import Event  # noqa: E402 (on the path only now)

ACTS = 100_000
PEERS = os.environ.get("SCREENING_PEERS_PYTHON", "")
CORPORA = os.environ.get("SEARCHSETS_CORPORA", "")
OURS = [sys.executable, "-m", "searchsets", "screening", "audit"]

PANDAS = """
import sys
from pathlib import Path
import pandas as pd
frame = pd.concat(pd.read_csv(path, dtype=str) for path in Path(sys.argv[1]).rglob("*.csv"))
frame = frame[~frame.event_id.isin(frame.supersedes.dropna())]
settled = frame[frame.role == "adjudicator"].groupby("record_id").decision.first()
votes = frame[frame.role == "screener"].groupby("record_id").decision.agg(["nunique", "first"])
final = votes["first"].where(votes["nunique"] == 1, "conflict")
final.update(settled)
print(final.value_counts().to_dict())
"""
COEFFICIENTS = """
import json, sys
import numpy as np, pandas as pd
from statsmodels.stats.inter_rater import aggregate_raters, cohens_kappa, fleiss_kappa
from irrCAC.raw import CAC
import krippendorff
out = []
for case in json.load(sys.stdin):
    if "table" in case:
        a, b, c, d = case["table"]
        kappa = cohens_kappa([[a, b], [c, d]])
        pairs = [(1, 1)] * a + [(1, 0)] * b + [(0, 1)] * c + [(0, 0)] * d
        ac1 = CAC(pd.DataFrame(pairs)).gwet()["est"]["coefficient_value"]
        out.append([kappa.kappa, kappa.kappa_low, kappa.kappa_upp, ac1])
    else:
        votes = case["votes"]
        width = max(map(len, votes))
        matrix = np.array([row + [np.nan] * (width - len(row)) for row in votes], float).T
        alpha = krippendorff.alpha(matrix, level_of_measurement="nominal")
        size = case["size"]
        alike = np.array([row for row in votes if len(row) == size], int)
        out.append([alpha, fleiss_kappa(aggregate_raters(alike, n_cat=2)[0])])
json.dump(out, sys.stdout)
"""


def acts() -> Iterator[Event]:
    """Yield the acts of two screeners and an adjudicator on as many records as it takes."""
    dice = random.Random(1)
    kept: dict[str, list[bool]] = {}
    records = [f"eric:EJ{number:07}" for number in range(ACTS * 49 // 100)]
    for reviewer in ("R01", "R02"):
        for order, record in enumerate(records):
            keeps = dice.random() < 0.03 or (any(kept.get(record, [])) and dice.random() < 0.7)
            kept.setdefault(record, []).append(keeps)
            yield Event(
                record_id=record, record_sha="0123456789ab", search_run="original",
                stage="title_abstract", round="main", reviewer=reviewer, role="screener",
                decision="include" if keeps else "exclude", reason_code="" if keeps else "empirical",
                criteria="empirical=not;uk=met;date=met", order_shown=str(order + 1),
                order_policy="random:7", blinded="true", criteria_version="0123456789ab",
            )  # fmt: skip
    disputed = [record for record, both in kept.items() if both[0] != both[1]]
    for record in [*disputed, *records][: ACTS - 2 * len(records)]:
        yield Event(record_id=record, stage="title_abstract", round="main", reviewer="R03",
                    role="adjudicator", decision="include")  # fmt: skip


def timed(command: list[str], best_of: int = 3) -> tuple[float, float]:
    """Return the seconds and the most megabytes of a command, the best of several runs."""
    runs = []
    for _ in range(best_of):
        script = (
            "import resource, subprocess, sys\n"
            "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n"
            "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
        )
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", script, *command],
            env=_environment(),
            capture_output=True,
            text=True,
            check=True,
        )
        runs.append((time.perf_counter() - began, int(done.stdout) / 1024))
    return min(seconds for seconds, _ in runs), max(memory for _, memory in runs)


def _environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(PROJECT / "workflow")}


def speed(folder: Path) -> Iterator[str]:
    """Yield the table of times and memory."""
    began = time.perf_counter()
    log = folder / "log"
    number = len(append(log, acts()))
    yield f"{number:,} acts of two screeners and an adjudicator, written (chained, sealed, synced) in "
    yield f"{time.perf_counter() - began:.1f} s.\n"
    yield "| what | time | ratio | memory |\n| --- | --- | --- | --- |"
    whole, memory = timed([*OURS, str(log)])
    yield _line("read, checked and reduced: `screening audit`", whole, whole, memory)
    written, memory = timed([*OURS, str(log), "-o", str(folder / "out")])
    yield _line("the same, and written as tables (`-o`)", written, whole, memory)
    if PEERS:
        script = folder / "peer.py"
        script.write_text(PANDAS, encoding="utf-8")
        other, memory = timed([PEERS, str(script), str(log)])
        yield _line("pandas: read and reduced, nothing checked", other, whole, memory)


def _line(what: str, seconds: float, whole: float, memory: float) -> str:
    return f"| {what} | {seconds:.1f} s | {seconds / whole:.2f} | {memory:.0f} MB |"


def coefficients() -> Iterator[str]:
    """Yield our figures of real logs beside those of others."""
    from searchsets.screening.agreement import (
        figures,
        fleiss_kappa,
        krippendorff_alpha,
        pairs,
        votes_of,
    )

    cases, named = [], []
    for name in ("dimitrov_2024", "class_size_2018", "caregiver_ratio_qual_2022"):
        events = list(_events(Path(CORPORA) / "screening" / name / "decisions.csv.gz"))
        for pair in pairs(events):
            if pair.records >= 400 or pair.stage == "full_text":
                cases.append({"table": [pair.both, pair.only_a, pair.only_b, pair.neither]})
                found = figures(pair)
                ours = [found[n] for n in ("kappa", "kappa_low", "kappa_high", "ac1")]
                log = f"{name}, {pair.stage}: {pair.a} and {pair.b}"
                named.append((log, "kappa, its interval, AC1", ours))
        for (stage, _), by_record in votes_of(events).items():
            votes = [[int(v) for v in one.values()] for one in by_record.values() if len(one) > 1]
            sizes = [len(one) for one in votes]
            size = max(set(sizes), key=lambda s: (sizes.count(s), s))
            cases.append({"votes": votes, "size": size})
            tallies = [(sum(one), len(one)) for one in votes]
            kept = [k for k, m in tallies if m == size]
            ours = [krippendorff_alpha(tallies), fleiss_kappa(kept, size)]
            named.append((f"{name}, {stage}: all", "alpha, Fleiss's kappa", ours))
    done = subprocess.run(
        [PEERS, "-c", COEFFICIENTS],
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        check=True,
    )
    yield "| log | figures | searchsets | others |\n| --- | --- | --- | --- |"
    for (log, what, ours), theirs in zip(named, json.loads(done.stdout), strict=True):
        shown = [
            ", ".join("-" if v is None or v != v else f"{v:.4f}" for v in row)
            for row in (ours, theirs)
        ]
        yield f"| {log} | {what} | {shown[0]} | {shown[1]} |"


def _events(path: Path) -> Iterator[Event]:
    import csv

    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row.get("role", "screener") == "screener":
                decision = {"uncertain": "unclear"}.get(row["decision"], row["decision"])
                yield Event(
                    record_id=row["id"], stage=row.get("stage", "title_abstract"), round="main",
                    reviewer=row["reviewer"], role="screener", decision=decision,
                )  # fmt: skip


def main() -> None:
    """Measure, and write `screening.md` if all peers are there."""
    with tempfile.TemporaryDirectory() as folder:
        lines = [
            "# The screening log\n",
            f"Made by `./run bench screening` with "
            f"Python {platform.python_version()}, on {os.cpu_count()} cores.\n",
        ]
        lines += ["## Speed\n", *speed(Path(folder))]
    if PEERS and CORPORA:
        lines += ["\n## Agreement beside statsmodels, irrCAC and krippendorff\n", *coefficients()]
    text = "\n".join(lines) + "\n"
    print(text)
    if PEERS and CORPORA:
        (Path(__file__).parent / "screening.md").write_text(text, encoding="utf-8")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(f"most memory of any process: {peak / 1024:.0f} MB", file=sys.stderr)


if __name__ == "__main__":
    main()
