"""Keeps a harvest in its folder: links in a store may lead to what is somebody's own."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from searchsets.errors import ReviewError


def refuse_links(folder: Path, levels: int) -> None:
    """Refuse a folder of a store that is a link, or lies in one.

    Args:
        folder: the folder.
        levels: how many folders are looked at, it and those above it; the store itself may lie
            elsewhere.

    Raises:
        ReviewError: which folder is a link.
    """
    for one in islice((folder, *folder.parents), levels):
        if one.is_symlink():
            raise ReviewError(
                "this folder of the store is a link to another",
                str(one),
                "only the store itself may lie elsewhere: name its place by --store",
            )
