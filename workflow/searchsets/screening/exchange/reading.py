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
from searchsets.screening.exchange.opening import chunks, is_archive, members

TOOLS = ("asreview", "rayyan", "eppi", "covidence", "table")
_RAYYAN = re.compile("|".join(map(re.escape, (rayyan_notes.INCLUSION, rayyan_notes.REASONS))))
_IS_HTML = re.compile(r"\s*(?:<!doctype\s+html|<html|<table)", re.I)
_IS_RIS = re.compile(r"(?m)^\s{0,3}TY  ?-")
_REMEDY = f"say which tool it is from: --from {'|'.join(TOOLS)}"


def read(path: Path, tool: str, asked: Asked) -> Found:
    """Return what a file of another tool holds.

    Args:
        path: the file.
        tool: one of `TOOLS`, or nothing: then its content tells.
        asked: what a person says about it.

    Raises:
        ReviewError: it cannot be told, or not be read.
    """
    return _READERS[tool or tool_of(path)](path, asked)


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
            f"the archive is none of a screening tool; it holds {shown}", str(path), _REMEDY
        )
    head = next(chunks(path), b"").decode("utf-8", "replace")
    if _IS_HTML.match(head):
        return "eppi"
    if _IS_RIS.search(head[:10_000]):
        return "rayyan" if _RAYYAN.search(head) else "eppi"
    return _of_table(head, path)


def _of_table(head: str, path: Path) -> str:
    names = [
        " ".join(n.strip(' "').split()).lower()
        for n in re.split(r"[,;\t]", head.partition("\n")[0])
    ]
    if asreview_table.is_export(names):
        return "asreview"
    if covidence.is_list(names) or covidence.is_agreement(names):
        return "covidence"
    if rayyan_log.is_log(names) or ("notes" in names and _RAYYAN.search(head)):
        return "rayyan"
    if table.is_table(names):
        return "table"
    shown = ", ".join(filter(None, names[:12])) or "nothing"
    raise ReviewError(
        f"the content does not tell which tool it is from; it begins: {shown[:200]}",
        str(path),
        _REMEDY,
    )


def _asreview(path: Path, asked: Asked) -> Found:
    return asreview.read(path, asked) if is_archive(path) else asreview_table.read(path, asked)


def _eppi(path: Path, asked: Asked) -> Found:
    return ours.read(path, eppi.TOOL) if _is_ris(path) else eppi.read(path, asked)


def _covidence(path: Path, asked: Asked) -> Found:
    return ours.read(path, covidence.TOOL) if _is_ris(path) else covidence.read(path, asked)


def _is_ris(path: Path) -> bool:
    head = next(chunks(path), b"")[:10_000].decode("utf-8", "replace")
    return _IS_RIS.search(head) is not None and not _IS_HTML.match(head)


_READERS: dict[str, Callable[[Path, Asked], Found]] = {
    "asreview": _asreview, "rayyan": rayyan.read, "eppi": _eppi, "covidence": _covidence,
    "table": table.read,
}  # fmt: skip
