"""Puts a finished run in the place of the one before it, and says what it was made from."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from searchsets.files import (
    LISTED,
    OUTSIDE,
    json_text,
    lasting_name,
    sha256_of,
    whole_file,
    write_text,
)
from searchsets.published import MANIFEST
from searchsets.reporting.publishing.crate import CRATE, crate_of
from searchsets.reporting.publishing.manifest import Inputs, manifest_of

_LEFT_IN_BUILD = (
    ".snakemake_timestamp", "before.txt", "config.json", "decisions.txt", "inputs.json",
    "kept_pages.txt", CRATE,
)  # fmt: skip
"""What the workflow writes into a build for itself, and the crate, which is made last."""


def publish_build(build: Path, out: Path, inputs: Inputs) -> int:
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
    config = json.loads((build / "config.json").read_text(encoding="utf-8"))
    hashes = {name: sha256_of(path) for name, path in made.items()}
    manifest = manifest_of(build, config, inputs, hashes)
    # The manifest holds the hash of the crate; so the crate cannot hold that of the manifest.
    made[CRATE] = build / CRATE
    brought = {lasting_name(path, config): path for paths in inputs.values() for path in paths}
    sizes = {name: path.stat().st_size for name, path in (brought | made).items() if name != CRATE}
    write_text(made[CRATE], json_text(crate_of(manifest, sizes)))
    hashes[CRATE] = sha256_of(made[CRATE])
    _put(made, hashes, out)
    write_text(out / LISTED, json_text({"outputs": hashes} | _places(config)))
    write_text(out / MANIFEST, json_text(manifest | {"outputs": hashes}))
    return len(made)


def _put(made: dict[str, Path], hashes: dict[str, str], out: Path) -> None:
    before = _published(out / LISTED)
    (out / MANIFEST).unlink(missing_ok=True)  # what stands there now is no whole run
    # It survives when Snakemake takes the manifest away to build it anew.
    write_text(out / LISTED, json_text({"outputs": before | hashes}))
    for name, path in made.items():
        target = out / name
        if not target.exists() or sha256_of(target) != hashes[name]:
            with whole_file(target) as temporary:
                shutil.copyfile(path, temporary)
    for name in before.keys() - made.keys():
        (out / name).unlink(missing_ok=True)
    _remove_empty_folders(out)


def _places(config: dict[str, object]) -> dict[str, dict[str, str]]:
    """Return where on this machine lies what the manifest names by its setting alone."""
    named = ((key, value) for key, value in config.items() if isinstance(value, str))
    places = {f"{OUTSIDE}{key}": value for key, value in named if Path(value).is_absolute()}
    return {"places": places} if places else {}


def read_inputs(file: Path) -> Inputs:
    """Return the files that a run is made from, by kind, as the workflow lists them."""
    listed = json.loads(file.read_text(encoding="utf-8"))
    return {kind: list(map(Path, paths)) for kind, paths in listed.items()}


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
