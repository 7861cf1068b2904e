"""Runs of the whole workflow in copies of the project, for the tests that need one."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
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


@pytest.fixture(scope="session", name="original")
def _original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project in which the default review was run."""
    folder = copy_project(tmp_path_factory.mktemp("original") / "review")
    done = review(folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(name="again")
def _again(original: Path, tmp_path: Path) -> Path:
    """A copy of that run, to do harm to."""
    return Path(shutil.copytree(original, tmp_path / "review", symlinks=True))


def spoil(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
