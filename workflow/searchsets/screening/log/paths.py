"""Finds the files of the log: one a reviewer, in a folder for each stage and round."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from searchsets.dedupe.people import DEDUPLICATION
from searchsets.errors import ReviewError


def log_paths(folder: Path, ending: str = ".csv") -> list[Path]:
    """Return the files of the log in a folder, or their seals; folders may be links.

    Raises:
        ReviewError: a file lies there that looks like decisions and would not be read.
    """
    found: list[Path] = []
    met: set[str] = set()
    for place, folders, names in os.walk(folder, followlinks=True):
        if os.path.realpath(place) in met:  # a link that leads back
            folders[:] = []
            continue
        met.add(os.path.realpath(place))
        if Path(place) == folder:
            # Decisions about pairs of records lie beside the stages; they are read elsewhere.
            folders[:] = sorted(set(folders) - {DEDUPLICATION})
        for path in (Path(place) / name for name in sorted(names)):
            if path.suffix == ending:
                found.append(path)
            elif _is_like_decisions(path):
                raise ReviewError(
                    "lies among the decisions and is not read",
                    str(path),
                    "decisions are CSV files whose names end with .csv; read a workbook with "
                    "./run searchsets screening sheet read, another tool's file with screening import",
                )
    return sorted(found)


def _is_like_decisions(path: Path) -> bool:
    hidden = path.name.startswith((".", "~"))
    return path.suffix != ".csv" and path.suffix.lower() in _ALIKE and not hidden


_ALIKE = frozenset(
    (".csv", ".tsv", ".txt", ".xls", ".xlsx", ".ods", ".numbers", ".ris", ".html", ".json", ".gz",
     ".zip", ".asreview")
)  # fmt: skip


def refuse_look_alikes(paths: Sequence[Path]) -> None:
    """Refuse two names that differ in small and capital letters alone: on some disks they are one."""
    met: dict[str, Path] = {}
    for path in paths:
        names = (*path.parts[-3:-1], path.stem)
        for length in range(1, len(names) + 1):
            name = "/".join(names[:length])
            former = met.setdefault(name.lower(), path)
            if "/".join((*former.parts[-3:-1], former.stem)[:length]) != name:
                raise ReviewError(
                    f"this name and {former} differ in small and capital letters alone",
                    str(path),
                    "give the one another name, or put the rows of both into one file",
                )
    reviewers: dict[str, str] = {}
    for path in paths:
        if reviewers.setdefault(path.stem.lower(), path.stem) != path.stem:
            raise ReviewError(
                f"the reviewer {path.stem!r} is called {reviewers[path.stem.lower()]!r} elsewhere",
                str(path),
                "call one person by one name, and two persons by two",
            )
