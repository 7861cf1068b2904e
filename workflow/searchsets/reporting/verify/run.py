"""Verifies a published run: its files, its inputs, its versions, and what a rebuild makes of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from searchsets.errors import ReviewError
from searchsets.files import LISTED, OUTSIDE, lasting_paths, local_paths, sha256_of
from searchsets.nested import flat
from searchsets.published import MANIFEST, read_manifest
from searchsets.reporting.database.dump import beside, hidden_fault
from searchsets.reporting.publishing.crate import CRATE
from searchsets.reporting.publishing.manifest import dump_hash, made_with
from searchsets.reporting.verify.compare import first_difference
from searchsets.reporting.verify.described import crate_difference, manifest_difference
from searchsets.reporting.verify.inputs import Run, changed_inputs
from searchsets.reporting.verify.model import (
    CHANGED,
    MISSING,
    NEW,
    Difference,
    InputChange,
    Other,
    Place,
    Verification,
)
from searchsets.reporting.verify.reach import in_order, reaches, stage_of
from searchsets.reporting.verify.rebuild import Rebuilt, rebuilt, told_of_room
from searchsets.runs import read_runs, settings_of
from searchsets.settings import read_document, usual

_PATHS = ("exports", "known_items", "harvest", "websites", "supplied", "decisions", "extraction",
          "strategies", "criteria", "exports_table", "columns_table", "concepts_table", "vocabulary",
          "sets_table")  # fmt: skip
_MAY_LACK = ("harvest", "supplied", "vocabulary")
"""Wherever they are; others may lack only at their usual place."""
_EDITED = "the published file was edited or damaged after the run"
_REMOVED = "the published file was removed after the run"


@told_of_room()
def verify(
    folder: Path,
    changes: Mapping[str, str],
    *,
    rebuild: bool = True,
    cores: str = "all",
    tell: Callable[[str], None] = lambda _: None,
) -> Verification:
    """Hold a published run against its manifest, its inputs and a rebuild.

    Args:
        folder: of the published run.
        changes: where folders of the configuration lie on this machine, by their key.
        rebuild: whether the run is made anew; else only hashes are compared.
        cores: how many processors the rebuild may use.
        tell: is called with what happens.

    Raises:
        ReviewError: there is no finished run, or a folder that it was made from is not known, or
            there is no room for the rebuild.
    """
    manifest = read_manifest(folder)
    config = _config_here(folder, manifest["configuration"], changes)
    run = Run(folder, manifest, config)
    tell("comparing files with the manifest")
    changed, missing, extra = _published(folder, manifest)
    inputs, inputs_same, unread = changed_inputs(run)
    found = {
        "run": folder.as_posix(), "files": len(manifest["outputs"]), "changed": changed,
        "missing": missing, "extra": extra, "inputs": tuple(inputs), "inputs_same": inputs_same,
        "unread": unread,
        "versions": tuple(_versions(manifest)),
        "settings": tuple(_settings(manifest["configuration"])),
    }  # fmt: skip
    if not rebuild:
        return Verification(**found)
    with rebuilt(config, cores, tell) as made:
        if made.stopped:
            return Verification(**found, stopped=made.stopped)
        tell("comparing the rebuild with what is published")
        return Verification(**found, rebuilt=True, **_compared(run, made, found))


def _config_here(
    folder: Path, config: dict[str, Any], changes: Mapping[str, str]
) -> dict[str, Any]:
    """Return the configuration of a run with its folders where they lie on this machine."""
    unknown = sorted(changes.keys() - set(_PATHS))
    if unknown:
        raise ReviewError(
            f"{unknown[0]!r} names no file or folder of a configuration",
            "--config",
            f"these can be named: {', '.join(_PATHS)}; everything else is taken from the manifest",
        )
    places, places_as_usual = local_paths(folder), usual("config")
    here = dict(config)
    for key in _PATHS:
        named = str(config.get(key, ""))
        here[key] = changes.get(key) or (
            named if Path(named).exists() else places.get(named, named)
        )
        if named.startswith(OUTSIDE) and here[key] != named:  # it is named by its setting again
            here[key] = os.path.abspath(here[key])
        if key in changes and not Path(here[key]).exists():
            raise ReviewError(
                f"{key}={changes[key]}: there is no such file or folder",
                "--config",
                "mend the path",
            )
        may_lack = key in _MAY_LACK or here[key] == places_as_usual[key]
        if not Path(here[key]).exists() and not may_lack:
            raise ReviewError(
                f"{key} was {named!r} when this run was made, and is not there",
                f"{folder}/{MANIFEST}",
                f"bring it back, or say where it is: ./run verify {folder} --config {key}=PATH",
            )
    return here


def _published(folder: Path, manifest: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
    """Return which files are changed, missing, and there although no run made them."""
    outputs, content = manifest["outputs"], manifest.get("same_content", {})
    there = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    there |= {name: folder / name for name in outputs if (folder / name).is_file()}  # through links
    logs = {one for name in content for one in beside(folder / name)}
    changed = []
    for name in sorted(outputs.keys() & there.keys(), key=in_order):
        other = sha256_of(there[name]) != outputs[name]
        if name in content:  # of a database its content counts, and a log beside it may change that
            other = (other or bool(logs)) and not _holds(there[name], content[name])
        if other:
            changed.append(name)
    missing = sorted(outputs.keys() - there.keys(), key=in_order)
    extra = sorted(there.keys() - outputs.keys() - {MANIFEST, LISTED})
    return tuple(changed), tuple(missing), tuple(extra)


def _holds(path: Path, content: str) -> bool:
    """Tell whether a database holds what it held, and its indexes what it holds."""
    try:
        return dump_hash(path) == content and not hidden_fault(path)
    except ReviewError:
        return False


def _versions(manifest: Mapping[str, Any]) -> Iterator[Other]:
    """Yield versions, and hashes of code, that are others now."""
    then, now = (flat(side) for side in (manifest, made_with()))
    for name in sorted(
        now.keys() | {n for n in then if n.partition(".")[0] in ("libraries", "code")}
    ):
        if then.get(name) != now.get(name):
            yield Other(name, then.get(name, "not there"), now.get(name, "not there"))


def _settings(config: Mapping[str, Any]) -> Iterator[Other]:
    """Yield settings of config.yaml that are others than those of the run."""
    path = Path("config/config.yaml")
    if not path.exists():
        return
    try:
        said = usual("config") | read_document(path, "config").data | {"run": config["run"]}
        written = lasting_paths(settings_of(said, {}, read_runs()))
    except ReviewError as error:
        yield Other(str(path), "could be read", f"cannot be read: {error.what}")
        return
    then, now = flat(config), flat(written)
    for name in sorted(then.keys() | now.keys()):
        if then.get(name) != now.get(name):
            yield Other(name, then.get(name, "not set"), now.get(name, "not set"))


def _compared(run: Run, made: Rebuilt, found: Mapping[str, Any]) -> dict[str, Any]:
    """Compare every file that is published, or that the rebuild makes, with its counterpart."""
    outputs = run.manifest["outputs"]
    now = read_manifest(made.folder)["outputs"]
    edited = {*found["changed"], *found["missing"]}
    same_bytes, same_content, differences = set(), [], []
    for name in sorted({*outputs, *now} - {CRATE}, key=in_order):
        published = run.folder / name
        if published.is_file() and sha256_of(published) == now.get(name) and not beside(published):
            same_bytes.add(name)
            continue
        place = _place(published, made.folder / name)
        if place is None:
            same_content.append(name)
            continue
        own = name in edited and now.get(name) == outputs.get(name)
        told = _harm(name, found)
        told += [] if own else _causes(name, found["inputs"], found["versions"])
        differences.append(Difference(name, stage_of(name), place, tuple(told)))
    others = {one.file for one in (*differences, *found["inputs"])} | {*same_content}
    described = list(_described(run, made, found, others, same_bytes))
    same = len(same_bytes) + len(same_content)
    same += CRATE in outputs and CRATE not in {one.file for one in described}
    differences = sorted([*differences, *described], key=lambda one: in_order(one.file))
    return {"same": same, "same_content": tuple(same_content), "differences": tuple(differences)}


def _described(
    run: Run, made: Rebuilt, found: Mapping[str, Any], others: set[str], same: set[str]
) -> Iterator[Difference]:
    """Yield where the manifest and the crate say something else than those of the rebuild.

    Args:
        run: the published run.
        made: its rebuild.
        found: what was found before.
        others: files, inputs or outputs, that are others, or have other bytes.
        same: published files that the rebuild made byte for byte.
    """
    moved = {k for k in _PATHS if run.config.get(k) != run.manifest["configuration"].get(k)}
    crate, manifest = (
        crate_difference(
            run.folder / CRATE, made.folder / CRATE, others, same_versions=not found["versions"]
        ),
        manifest_difference(run.folder / MANIFEST, made.folder / MANIFEST, others, moved, same),
    )
    for name, place in ((CRATE, crate), (MANIFEST, manifest)):
        if place is not None:
            told = _harm(name, found) or _causes(name, found["inputs"], found["versions"])
            yield Difference(name, stage_of(name), place, tuple(told))


def _harm(name: str, found: Mapping[str, Any]) -> list[str]:
    """Return what happened to a published file after the run, nothing if it is as it was."""
    if name in found["missing"]:
        return [_REMOVED]
    return [_EDITED] if name in found["changed"] else []


def _place(published: Path, now: Path) -> Place | None:
    if not now.is_file():
        return Place("the rebuild does not make this file any more")
    if not published.is_file():
        return Place("the file is not there; the rebuild makes it")
    return first_difference(published, now)


_WORDS = {CHANGED: "changed", MISSING: "is missing", NEW: "is new"}


def _causes(name: str, inputs: Iterable[InputChange], versions: Iterable[Other]) -> list[str]:
    """Return from what a difference of a file can follow that is no edit of the published file."""
    stage = stage_of(name)
    told = [f"{i.file} {_WORDS[i.change]}" for i in inputs if reaches(i.kind, stage)]
    told += [f"{v.name} was {v.then[:12]} and is {v.now[:12]}" for v in versions]
    return told or [
        "no input and no version that the manifest names has changed: the manifest was edited, or "
        "the rebuild is not the same twice, which would be a fault of searchsets"
    ]
