"""Runs of the whole workflow in copies of the project, for the tests that need one."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from logs import act, both, log_of
from searchsets.screening.model import PREVIOUS

PROJECT = Path(__file__).parent.parent
ELSEWHERE = (
    "--snakefile", str(PROJECT / "Snakefile"),
    "--workflow-profile", str(PROJECT / "profiles/default"),
)  # fmt: skip
"""What Snakemake is told where the review is a folder of its own, as `run` tells it."""
BROUGHT = ("Snakefile", "config", "profiles", "resources", "search_strategies", "workflow")


def copy_project(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in BROUGHT:
        source = PROJECT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    for name in ("exports", "harvest", "supplied"):  # a user's own are no test data
        for brought in (folder / "resources" / name).glob("*"):
            if brought.is_dir():
                shutil.rmtree(brought)
            elif brought.suffix == ".csv":
                brought.unlink()
    return folder


def review(folder: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Snakemake in a copy of the project, as ./run review does."""
    return subprocess.run(
        [sys.executable, "-m", "snakemake", *options],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def files_of(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def spoil(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def _answer(number: int, title: str, **fields: object) -> dict[str, object]:
    """Return a record of the ERIC service about the governance of schools."""
    common = {"id": f"EJ10000{number}", "title": title, "subject": ["Governance", "Schools"]}
    return common | {"description": "On it."} | fields


_ANSWERS = [
    _answer(1, "Governing schools", author=["Nobody, A."], publicationdateyear=2005),
    _answer(2, "Old governing", publicationdateyear=1999),
    _answer(3, "Cooking", subject=["Cooking"]),
    _answer(
        4,
        "Children’s trusts: <b>who</b> governs?",
        author=["Ünal, Ö.", "Smith, J."],
        publicationdateyear=2006,
        url="javascript:alert(1)",
    ),
    _answer(
        5, f"<img src=x onerror=alert(1)> School boards {'x' * 1500}", publicationdateyear=2007
    ),
    _answer(6, "Boards of schools and their towns", description=""),
]
_FOUND = (
    {
        "TY": "JOUR",
        "TI": "Governing schools",
        "AU": "Nobody, A.",
        "PY": "2005",
        "UR": "http://x/?AN=EJ100001",
    },
    {"TY": "JOUR", "TI": "Partnerships", "AB": "=1+1", "PY": "2003"},
    {"TY": "RPRT", "TI": "What the partnership did", "PY": "2004"},
)
EXPORTED = {
    "eric/answer.json": json.dumps({"response": {"numFound": 6, "docs": _ANSWERS}}),
    "assia/found.ris": "".join(
        "".join(f"{tag}  - {value}\n" for tag, value in [*record.items(), ("ER", "")])
        for record in _FOUND
    ),
    "exports.csv": "file,represents\nassia/found.ris,output 49\n",
}
"""Records of two databases, two of which are one work, with texts that try to be markup."""


def screened_review(folder: Path) -> Path:
    """Run a review with exports that two people screened, a third settled, and return its results.

    At title and abstract the screeners differ about two records, one of which R03 settles; one vote
    is corrected; of what was kept one text is not to be had, one is excluded, one included.
    """
    copy_project(folder)
    for name, text in EXPORTED.items():
        path = folder / "brought" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    one, four, five, six = (f"eric:EJ10000{number}" for number in (1, 4, 5, 6))
    log_of(
        folder / "resources/decisions",
        act("R01", "exclude", one, reason_code="uk", note="wrong button"),
        act("R01", "include", one, criteria="governance=met;uk=met", supersedes=PREVIOUS),
        act("R02", "include", one, criteria="governance=met;uk=unclear"),
        act("R01", "include", four), act("R02", "exclude", four, reason_code="empirical"),
        act("R03", "include", four, role="adjudicator", note="boards are studied"),
        act("R01", "include", five), act("R02", "exclude", five, reason_code="uk"),
        *both("exclude", six, reason_code="impact"),
        *both("include", one, stage="full_text", criteria="governance=met"),
        act("R01", "not_retrieved", four, stage="full_text", note="asked twice"),
        act("R02", "not_retrieved", four, stage="full_text"),
    )  # fmt: skip
    done = review(folder, "--config", "exports=brought", "run=screened")
    assert done.returncode == 0, done.stderr
    return folder / "results/screened"
