"""Which files there are of the sites, told by their names alone: none is opened.

The workflow asks this each time it is parsed, and there may be thousands of files.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from pathlib import Path

from searchsets.sources.exchange import ENDING, TROUBLE
from searchsets.sources.websites import saved
from searchsets.sources.websites.addresses import ROBOTS_MARK
from searchsets.sources.websites.sites import Site

PAGES, SAVED = "pages", "saved"
"""Folders of a site: good answers, and what people saved; beside them the last bad answers."""


class Holds(Enum):
    """What the folder of a site holds."""

    NOTHING = "nothing: there is no folder, or it is empty, since nothing ever answered"
    NO_PAGE = "only a robots.txt, or bad answers: the site was asked, and gave no page"
    PAGES = "an answer that was kept as good, or a page that a person saved"


def holds(folder: Path) -> Holds:
    """Tell what the folder of a site holds; a site has records only where it holds pages."""
    good = [path.name for path in (folder / PAGES).glob(f"*{ENDING}")]
    if any(saved.files_in(folder / SAVED)) or not all(ROBOTS_MARK in name for name in good):
        return Holds.PAGES
    asked = good or any((folder / TROUBLE).glob(f"*{ENDING}"))
    return Holds.NO_PAGE if asked else Holds.NOTHING


def has_answers(store: Path, sites: Iterable[Site]) -> bool:
    """Tell whether of any site there are pages, so that there is something to import.

    Args:
        store: the folder with a folder a site.
        sites: the sites of `config/websites.yaml`.
    """
    return any(holds(store / site.name) is Holds.PAGES for site in sites)


def listed_files(store: Path, sites: Iterable[Site]) -> list[Path]:
    """Return all files that the reading of the sites rests on, in the order of their names."""
    folders = (store / site.name / part for site in sites for part in (PAGES, TROUBLE, SAVED))
    return sorted(path for folder in folders for path in folder.glob("[!.]*") if path.is_file())
