"""Puts the inspector into the page: its data, its script, and the abstracts inside or beside it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from searchsets.files import write_text
from searchsets.reporting.build import Build
from searchsets.reporting.inspector.content import abstracts, content
from searchsets.reporting.inspector.packing import packed

SCRIPTS = (
    "data", "totals", "query", "elements", "facets", "records", "record", "log", "what_if", "start",
)  # fmt: skip
"""The parts of the script, in the order in which they build on each other."""

BESIDE = "report_abstracts"
"""The folder beside the page that holds the abstracts which it would be too large with."""
INSIDE = 3_000_000
"""Abstracts of as many letters in all still stand in the page: about a megabyte of it."""
IN_A_PART = 1_000
"""Records whose abstracts are one file beside the page."""


@dataclass(frozen=True)
class Inspector:
    """What the page holds of the inspector: data in printable letters, and the script."""

    data: str
    script: str


def inspector(build: Build, folder: Path) -> Inspector:
    """Return the inspector of a build; files that it needs beside the page go into `folder`."""
    data = content(build)
    texts = abstracts(build)
    shutil.rmtree(folder / BESIDE, ignore_errors=True)
    if sum(map(len, texts)) <= INSIDE:
        data["abstracts"] = {"texts": texts}
    else:
        data["abstracts"] = {"beside": BESIDE, "each": IN_A_PART}
        _write_beside(folder / BESIDE, texts)
    return Inspector(packed(data), script())


def _write_beside(folder: Path, texts: list[str]) -> None:
    """Write abstracts as scripts: a page that was opened from disk may run one, but read no file."""
    for part, begin in enumerate(range(0, len(texts), IN_A_PART)):
        text = packed(texts[begin : begin + IN_A_PART])
        write_text(folder / f"{part}.js", f'searchsetsAbstracts("{text}");\n')


def script() -> str:
    """Return the whole script of the page, closed in itself."""
    folder = Path(__file__).parent
    parts = [(folder / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS]
    return "(() => {\n'use strict';\n" + "\n".join(parts) + "})();\n"
