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
    """Refuse two names that differ in small and capital letters alone: on some disks they are one.

    Folders are held against those beside them, reviewers against all.
    """
    met: dict[tuple[str, ...], tuple[str, ...]] = {}
    for path in paths:
        stage, round_name = path.parts[-3:-1]
        for name in ((stage,), (stage, round_name), ("reviewer", "", path.stem)):
            former = met.setdefault(tuple(part.lower() for part in name), name)
            if former != name:
                raise ReviewError(
                    f"{name[-1]!r} and {former[-1]!r} differ in small and capital letters alone",
                    str(path),
                    "call one person, round or stage by one name",
                )
