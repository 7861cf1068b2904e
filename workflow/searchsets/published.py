"""A published run: its manifest, and its files as they were published."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from searchsets.errors import ReviewError

MANIFEST = "manifest.json"


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a published run.

    Raises:
        ReviewError: there is no finished run in the folder, or its manifest is damaged.
    """
    path = folder / MANIFEST
    again = "./run review would write over the files beside it, so copy the folder first"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        _require_form(manifest)
        return manifest
    except FileNotFoundError:
        raise _no_manifest(folder, again) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        # What is no manifest, or was edited into none.
        raise ReviewError(
            "the manifest cannot be read", str(path), f"bring it back from a copy; {again}"
        ) from None


def _no_manifest(folder: Path, again: str) -> ReviewError:
    """Return what is told where no manifest is: there is no run, or there is one without it."""
    if folder.is_dir() and any(folder.iterdir()):
        return ReviewError(
            f"there are files here and no {MANIFEST}: it was removed, or publishing was interrupted",
            str(folder),
            f"bring {MANIFEST} back from a copy; {again}",
        )
    return ReviewError(
        "there is no finished run here", str(folder), "make it: ./run review, or name another"
    )


def _require_form(manifest: Any) -> None:
    """Raise a TypeError, KeyError or AttributeError where a manifest lacks what readers rely on."""
    hashes = (manifest[name] for name in ("inputs", "outputs"))
    content = manifest.get("same_content", {})
    named = [value for one in (*hashes, content) for value in one.values()]
    listed = [name for names in manifest.get("kinds", {}).values() for name in names]
    config = manifest["configuration"]
    named += [*listed, config["run"], config["errata"], config["decisions"]]
    if not all(isinstance(value, str) for value in named):
        raise TypeError
    if any(Path(name).is_absolute() or ".." in Path(name).parts for name in manifest["outputs"]):
        raise ValueError("a file of a run lies in its folder")
