"""Puts a finished run in the place of the one before it, and says what it was made from."""

from __future__ import annotations

import json
import platform
import shutil
from collections.abc import Iterable
from pathlib import Path

from searchsets import __version__
from searchsets.files import json_text, lasting_name, sha256_of, whole_file, write_text

MANIFEST = "manifest.json"
_LISTED = ".published.json"  # survives when Snakemake takes the manifest away to build it anew
_LEFT_IN_BUILD = (".snakemake_timestamp", "config.json", "decisions.txt")


def publish_build(build: Path, out: Path, inputs: Iterable[Path]) -> int:
    """Copy what is new or changed, take away what the run no longer makes, write the manifest.

    A run is published only when all of it is made, so that a run that fails leaves the results of
    the one before as they were. Files that no run made are left alone.

    Returns:
        The number of files of the run.
    """
    made = {
        path.relative_to(build).as_posix(): path
        for path in sorted(build.rglob("*"))
        if path.is_file() and path.name not in _LEFT_IN_BUILD
    }
    before = _published(out / _LISTED)
    (out / MANIFEST).unlink(missing_ok=True)  # what stands there now is no whole run
    hashes = {name: sha256_of(path) for name, path in made.items()}
    write_text(out / _LISTED, json_text({"outputs": before | hashes}))
    for name, path in made.items():
        target = out / name
        if not target.exists() or sha256_of(target) != hashes[name]:
            with whole_file(target) as temporary:
                shutil.copyfile(path, temporary)
    for name in before.keys() - made.keys():
        (out / name).unlink(missing_ok=True)
    _remove_empty_folders(out)
    manifest = {
        "searchsets": __version__,
        "python": ".".join(platform.python_version_tuple()[:2]),
        "configuration": json.loads((build / "config.json").read_text(encoding="utf-8")),
        "inputs": {lasting_name(path): sha256_of(path) for path in sorted(inputs)},
        "outputs": hashes,
    }
    write_text(out / _LISTED, json_text({"outputs": hashes}))
    write_text(out / MANIFEST, json_text(manifest))
    return len(made)


def _published(listing: Path) -> dict[str, str]:
    """Return the files that a manifest or list names, with hashes; none where it cannot be read."""
    try:
        return dict(json.loads(listing.read_text(encoding="utf-8"))["outputs"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _remove_empty_folders(out: Path) -> None:
    for folder in sorted((path for path in out.rglob("*") if path.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()


def is_whole(out: Path) -> bool:
    """Tell whether every file that the manifest of a run names is there, as it was published."""
    hashes = _published(out / MANIFEST)
    return bool(hashes) and all(
        (out / name).is_file() and sha256_of(out / name) == hashes[name] for name in hashes
    )
