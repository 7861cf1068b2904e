"""Makes the folder of a new review from the files in `review/`, and writes nothing beside it."""

from __future__ import annotations

import json
import os
import shlex
import shutil
from pathlib import Path

from searchsets.checkout import CHECKOUT
from searchsets.errors import ReviewError
from searchsets.files import write_text

TEMPLATES = Path(__file__).parent / "review"
_NAMED_OTHERWISE = {"gitignore": ".gitignore"}
"""Templates that would do something where they stand, if they had their own name."""
_RUN = "run"


def new_review(folder: Path, title: str | None = None, checkout: Path = CHECKOUT) -> list[Path]:
    """Make the folder of a new review, which is not there yet or is empty.

    Args:
        folder: the folder to make.
        title: the heading of the review; by itself the name of the folder.
        checkout: the program's folder, which the review's `run` finds by its way from the new one.

    Returns:
        The files that were made, as seen from the folder.

    Raises:
        ReviewError: the name is none, the folder is not empty or cannot be made, or the program is
            not run from a checkout.
    """
    _require_checkout(checkout)
    _require_place(folder)
    folder = folder.resolve()  # `a/..` is this folder, though there is no `a`
    title = _title(folder, title)
    home = os.path.relpath(checkout.resolve(), folder)
    folder.mkdir(exist_ok=True)
    try:
        return [_write(path, folder, title, home) for path in _templates()]
    except BaseException:  # half a review would be refused the next time
        for path in folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise


def _templates() -> list[Path]:
    files = (path for path in TEMPLATES.rglob("*") if path.is_file())
    return sorted(path for path in files if "__pycache__" not in path.parts)


def _write(template: Path, folder: Path, title: str, home: str) -> Path:
    name = template.relative_to(TEMPLATES)
    name = name.with_name(_NAMED_OTHERWISE.get(name.name, name.name))
    # A text in JSON is one in YAML; a title may hold a colon or quotation marks.
    as_yaml = json.dumps(title, ensure_ascii=False)
    text = template.read_text(encoding="utf-8").replace("@home@", shlex.quote(home))
    text = text.replace("@title@", as_yaml if name.suffix == ".yaml" else title)
    write_text(folder / name, text)
    if name.name == _RUN:
        (folder / name).chmod(0o755)
    return name


def _require_checkout(checkout: Path) -> None:
    if not (checkout / "Snakefile").is_file() or not (checkout / _RUN).is_file():
        raise ReviewError(
            "a new review is run by the folder of the program, and this program is installed without it",
            None,
            "give the command as ./run searchsets new NAME in the folder of the program",
        )


def _require_place(folder: Path) -> None:
    """Refuse a folder that is no place for a new review.

    Raises:
        ReviewError: its name is none, something is there, or the folder above it is missing.
    """
    place = folder.resolve()
    name = place.name
    if not name or not name.isprintable() or name.startswith(("-", ".")):
        raise ReviewError(
            f"{str(folder)!r} is no name of a review",
            None,
            "name a folder that begins with a letter or a digit, such as ../school-meals",
        )
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise ReviewError("is there and is no folder", str(folder), "choose another name")
    if place.is_dir() and any(place.iterdir()):
        raise ReviewError(
            "is not empty, and nothing in it is written over", str(folder), "choose another name"
        )
    if not place.parent.is_dir():
        raise ReviewError(
            "the folder that it is to be made in does not exist", str(folder), "make that one first"
        )


def _title(folder: Path, title: str | None) -> str:
    """Return the heading of a review: what was given, else the name of its folder in words."""
    if title is None:
        words = folder.name.replace("-", " ").replace("_", " ").strip()
        return words[:1].upper() + words[1:] or folder.name
    if not title.strip() or not title.isprintable():
        raise ReviewError(f"{title!r} is no title", "--title", "write one line of text")
    return title.strip()
