"""Tells by its content which tool a file is from, and reads it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from searchsets.errors import ReviewError
from searchsets.screening.exchange import (
    asreview,
    asreview_table,
    covidence,
    eppi,
    ours,
    rayyan,
    rayyan_log,
    rayyan_notes,
    table,
)
from searchsets.screening.exchange.model import Asked, Found
from searchsets.screening.exchange.opening import chunks, columns_of, is_archive, is_ris, members

_RAYYAN = re.compile("|".join(map(re.escape, (rayyan_notes.INCLUSION, rayyan_notes.REASONS))))
_IS_HTML = re.compile(r"\s*(?:<!doctype\s+html|<html|<table)", re.I)


def read(path: Path, tool: str, asked: Asked) -> Found:
    """Return what a file of another tool holds.

    Args:
        path: the file.
        tool: one of `TOOLS`, or nothing: then its content tells.
        asked: what a person says about it.

    Raises:
        ReviewError: it cannot be told, or not be read.
    """
    return READERS[tool or tool_of(path)](path, asked)


def tool_of(path: Path) -> str:
    """Return which tool a file is from.

    Raises:
        ReviewError: it cannot be read, or its content does not tell.
    """
    if is_archive(path):
        names = [name.rpartition("/")[2].lower() for name in members(path)]
        if asreview.is_project(path):
            return "asreview"
        if any(name.startswith(("customizations_log", "articles")) for name in names):
            return "rayyan"
        shown = ", ".join(sorted(names)[:5]) or "nothing"
        raise ReviewError(
            f"the archive is none of a screening tool; it holds {shown}", str(path), _remedy()
        )
    head = _head(path)
    if _IS_HTML.match(head):
        return "eppi"
    if is_ris(head):
        return "rayyan" if _RAYYAN.search(head) else "eppi"
    return _of_table(head, path)


def _head(path: Path) -> str:
    return next(chunks(path), b"").decode("utf-8", "replace")


def _of_table(head: str, path: Path) -> str:
    names = columns_of(head)
    if asreview_table.is_export(names):
        return "asreview"
    if covidence.is_list(names) or covidence.is_agreement(names):
        return "covidence"
    if rayyan_log.is_log(names) or ("notes" in names and _RAYYAN.search(head)):
        return "rayyan"
    if table.is_table(names):
        return "table"
    shown = "".join(filter(str.isprintable, ", ".join(filter(None, names[:12])))) or "nothing"
    raise ReviewError(
        f"the content does not tell which tool it is from; it begins: {shown[:200]}",
        str(path),
        _remedy(),
    )


def _remedy() -> str:
    return f"say which tool it is from: --from {'|'.join(TOOLS)}"


def _asreview(path: Path, asked: Asked) -> Found:
    return asreview.read(path, asked) if is_archive(path) else asreview_table.read(path, asked)


def _eppi(path: Path, asked: Asked) -> Found:
    return ours.read(path, eppi.TOOL) if _is_ris(path) else eppi.read(path, asked)


def _covidence(path: Path, asked: Asked) -> Found:
    return ours.read(path, covidence.TOOL) if _is_ris(path) else covidence.read(path, asked)


def _is_ris(path: Path) -> bool:
    head = _head(path)
    return is_ris(head) and not _IS_HTML.match(head)


READERS: dict[str, Callable[[Path, Asked], Found]] = {
    "asreview": _asreview, "rayyan": rayyan.read, "eppi": _eppi, "covidence": _covidence,
    "table": table.read,
}  # fmt: skip
"""What reads the files of a tool, by its name."""
TOOLS = tuple(READERS)
