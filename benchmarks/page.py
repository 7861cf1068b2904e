"""Measures the page in a headless Chromium: its size, how soon it can be used, how fast it filters.

A review of the records and decisions of real reviews is built in a folder of its own: 50,000 decisions
on 17,000 records. Real decisions are those of three reviews; the records of two more, whose
screeners' own decisions were not kept, get decisions of two made-up screeners. Beside it, the same
records stand in a table of ITables (DataTables), the usual way to a page of a table that can be
searched.
"""

from __future__ import annotations

import csv
import gzip
import itertools
import os
import platform
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).parent.parent
sys.path[:0] = [str(PROJECT / "workflow"), str(PROJECT / "tests")]

from browser import CHROMIUM, Page, browser  # noqa: E402
from searchsets.files import write_csv  # noqa: E402
from searchsets.screening.log.writing import append  # noqa: E402
from searchsets.screening.model import Event  # noqa: E402 (on the path only now)

CORPORA = os.environ.get("SEARCHSETS_CORPORA", "")
PEERS = os.environ.get("PAGE_PEERS_PYTHON", "")
DECISIONS = 50_000
TIMES = 7
SHOWN = ("id", "title", "year", "doi", "label_included")
REVIEWED = ("class_size_2018", "caregiver_ratio_qual_2022", "dimitrov_2024")
MORE = ("nagtegaal_2019", "van_de_schoot_2017")
ITABLES = """
import sys
from pathlib import Path
import pandas as pd
from itables import to_html_datatable
from itables.javascript import generate_init_offline_itables_html
import itables.options as options
frame = pd.concat(pd.read_csv(path, dtype=str, keep_default_na=False) for path in sys.argv[2:])
init = generate_init_offline_itables_html(options.dt_bundle)
table = to_html_datatable(frame, connected=False, maxBytes=0, maxRows=0, maxColumns=0)
page = f"<!DOCTYPE html><html><meta charset=utf-8><body>{init}{table}</body></html>"
Path(sys.argv[1]).write_text(page, encoding="utf-8")
"""
ASKED = (
    ("filter: a state", "#records?state=excluded"),
    ("filter: a reviewer and a decision", "#records?reviewer=cl-R01&decision=include"),
    ("filter: a line of the strategy", "#records?line=eric.34"),
    ("filter: disagreements", "#records?differed=any"),
    ("search: one word", "#records?q=children"),
    ("search: two words", "#records?q=school+size"),
    ("sort by year", "#records?sort=-year"),
    ("a record with all its votes", "#record?id=eric:cs13796312"),
)
DRAWN = """new Promise((done) => {
  const began = performance.now();
  addEventListener("hashchange", () => setTimeout(() => requestAnimationFrame(() => setTimeout(() =>
    done(performance.now() - began)))), { once: true });
  location.hash = %r;
})"""


def rows_of(name: str, file: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a file of a stored review."""
    path = Path(CORPORA) / "screening" / name / file
    with gzip.open(path, "rt", encoding="utf-8", newline="") as opened:
        yield from csv.DictReader(opened)


def acts() -> Iterator[Event]:
    """Yield the decisions: real ones, then those of made-up screeners until there are enough."""
    number = 0
    for name in REVIEWED:
        for row in rows_of(name, "decisions.csv.gz"):
            if row.get("role", "screener") == "screener":
                decision = {"uncertain": "unclear"}.get(row["decision"], row["decision"])
                number += 1
                yield Event(
                    record_id=f"eric:{row['id']}", stage=row.get("stage", "title_abstract"),
                    round="main", reviewer=f"{name[:2]}-{row['reviewer']}", role="screener",
                    decision=decision, reason_code="empirical" if decision == "exclude" else "",
                )  # fmt: skip
    dice = random.Random(1)
    records = [row for name in MORE for row in rows_of(name, "records.csv.gz")]
    for reviewer, row in itertools.product(("A", "B", "C"), records):
        if number == DECISIONS:
            return
        number += 1
        keeps = row["label_included"] == "1" or dice.random() < 0.03
        yield Event(
            record_id=f"eric:{row['id']}", stage="title_abstract", round="main", reviewer=reviewer,
            role="screener", decision="include" if keeps else "exclude",
            reason_code="" if keeps else "impact",
        )  # fmt: skip


def review(folder: Path) -> Path:
    """Build the review in a folder; return the folder of its results."""
    for name in ("Snakefile", "config", "profiles", "resources", "search_strategies", "workflow"):
        copy = shutil.copytree if (PROJECT / name).is_dir() else shutil.copy
        copy(PROJECT / name, folder / name)
    exports = folder / "exports" / "eric"
    exports.mkdir(parents=True)
    for name in (*REVIEWED, *MORE):
        (exports / f"{name}.csv").write_bytes(
            gzip.decompress((Path(CORPORA) / "screening" / name / "records.csv.gz").read_bytes())
        )
    with (folder / "config/columns.csv").open("a", encoding="utf-8") as columns:
        columns.writelines(f"eric/{name}.csv,id,accession\n" for name in (*REVIEWED, *MORE))
    append(folder / "resources/decisions", acts())
    config = folder / "config/config.yaml"  # a real log has real faults, which would stop the run
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("severities: {}", "severities: {returned: warning}"), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", "--config", "exports=exports", "run=large"],
        cwd=folder, env=os.environ | {"PYTHONPATH": str(folder / "workflow")},
        capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        sys.exit(done.stderr[-3000:])
    return folder / "results/large"


def opened(page: Page, path: Path, ready: str) -> list[float]:
    """Return the seconds from asking for a file of the disk to the page being usable, each time."""
    taken = []
    for _ in range(TIMES):
        page.leave()
        began = time.perf_counter()
        page.open(path, ready=ready)
        taken.append(time.perf_counter() - began)
    return taken


def measured(results: Path, peer: Path | None) -> Iterator[str]:
    """Yield the tables of what was measured."""
    with browser() as page:
        page.resize(1280, 900)
        report = results / "report.html"
        seconds = opened(page, report, ready="document.documentElement.dataset.ready === 'yes'")
        page.go("#records")
        records = page.text(".shown [role=status]")
        beside = sum(path.stat().st_size for path in (results / "report_abstracts").glob("*"))
        yield f"{DECISIONS:,} decisions; the page lists {records.partition(' of ')[0]}.\n"
        yield "| what | the page | ITables | ratio |\n| --- | --- | --- | --- |"
        ours = [report.stat().st_size / 1e6, statistics.median(seconds)]
        other: list[float] = []
        if peer:
            other = [peer.stat().st_size / 1e6]
            ready = "document.querySelector('table.dataTable tbody tr td')"
            other.append(statistics.median(opened(page, peer, ready)))
            page.leave()
            page.open(report, ready="document.documentElement.dataset.ready === 'yes'")
        for what, unit, mine, theirs in zip(
            ("size without abstracts", "usable after"),
            ("MB", "s"),
            ours,
            other or [0, 0],
            strict=True,
        ):
            beside_it = f"{theirs:.2f} {unit} | {mine / theirs:.2f}" if theirs else "- | -"
            yield f"| {what} | {mine:.2f} {unit} | {beside_it} |"
        yield f"\nAbstracts beside the page: {beside / 1e6:.1f} MB. What follows was asked {TIMES} times "
        yield "each; the time is that until the browser had drawn the answer.\n"
        yield "| asked for | median | longest |\n| --- | --- | --- |"
        for what, place in ASKED:
            taken = []
            for _ in range(TIMES):
                page.go("#records")
                taken.append(page.run(DRAWN % place))
            yield f"| {what} | {statistics.median(taken):.0f} ms | {max(taken):.0f} ms |"
        heap = page.run("performance.memory.usedJSHeapSize")
        yield f"\nMemory of the page's script: {heap / 1e6:.0f} MB."


def table_of_peer(folder: Path) -> Path | None:
    """Return the page that ITables makes of the same records, if it is there."""
    if not PEERS:
        return None
    exports = sorted((folder / "exports/eric").glob("*.csv"))
    plain = []
    for path in exports:  # without the abstracts, as ours
        rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines(True)))
        made = folder / f"plain-{path.name}"
        write_csv(made, SHOWN, ({name: row[name] for name in SHOWN} for row in rows))
        plain.append(str(made))
    page = folder / "itables.html"
    subprocess.run([PEERS, "-c", ITABLES, str(page), *plain], check=True)
    return page


def main() -> None:
    """Measure, and write `page.md` if the peer is there."""
    if not CORPORA or not CHROMIUM:
        sys.exit("this needs SEARCHSETS_CORPORA (the shared records and decisions) and Chromium")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "review"
        folder.mkdir()
        results = review(folder)
        text = "\n".join(
            [
                "# The page\n",
                f"Made by `./run bench page` with Python {platform.python_version()} and a headless "
                f"Chromium, on {os.cpu_count()} cores, from disk.\n",
                *measured(results, table_of_peer(folder)),
                "",
            ]
        )
    print(text)
    if PEERS:
        (Path(__file__).parent / "page.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
