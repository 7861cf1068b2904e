"""Compares what a run says of itself, its manifest and its crate, with what a rebuild says."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from searchsets.files import json_text
from searchsets.nested import leaves
from searchsets.reporting.verify.model import Place, place_of

MADE_WITH = ("searchsets", "python", "libraries", "lock", "code")
"""What a manifest says of versions: another one is told as such, and is no edit."""
_OF_VERSIONS = ("#workflow", "#library-")


def manifest_difference(
    published: Path,
    now: Path,
    told: Collection[str],
    moved: Collection[str],
    same: Collection[str] = (),
) -> Place | None:
    """Return the first key in which two manifests differ, None where they say the same.

    Args:
        published: the manifest of the run.
        now: the manifest that the rebuild wrote.
        told: files, inputs or outputs, of which it is told elsewhere that they are others.
        moved: keys of the configuration whose folders lie elsewhere now.
        same: published files that the rebuild made byte for byte: their hashes must be these.
    """
    then, made = (_read(path) for path in (published, now))
    if then is None or made is None:
        return Place("the file is no JSON")
    apart = {("outputs", name) for name in told} | {("inputs", name) for name in told}
    apart |= {("same_content", name) for name in told} | {("configuration", key) for key in moved}
    # Other files that both name are compared themselves; the hash of the crate follows from theirs.
    both = made["outputs"].keys() & then["outputs"].keys()
    apart |= {("outputs", name) for name in both - set(same)}
    pair = (
        {
            path: value
            for path, value in leaves(side)
            if path[0] not in MADE_WITH and path[:2] not in apart
        }
        for side in (then, made)
    )
    return _first(*pair, "key ") or _not_as_a_run_writes_it(published, then)


def crate_difference(
    published: Path, now: Path, told: Collection[str], *, same_versions: bool
) -> Place | None:
    """Return the first thing in which two crates differ, None where they say the same.

    Args:
        published: the crate of the run.
        now: the crate that the rebuild wrote.
        told: files, inputs or outputs, of which it is told elsewhere that they are others.
        same_versions: whether both were made by the same program and libraries.
    """
    if not published.is_file():
        return Place("the file is not there; the rebuild makes it")
    if published.read_bytes() == now.read_bytes():
        return None
    then, made = (_read(path) for path in (published, now))
    if then is None or made is None:
        return Place("the file is no JSON")
    apart = {quote(name) for name in told} | {f"#input/{quote(name)}" for name in told}
    pair = (dict(_entities(side, apart, same_versions)) for side in (then, made))
    return _first(*pair, "") or _not_as_a_run_writes_it(published, then)


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None


def _entities(crate: Any, apart: Collection[str], versions: bool) -> Iterator[tuple[tuple, Any]]:
    """Yield the values of a crate by entity and key, without what may be another."""
    graph = crate.get("@graph") if isinstance(crate, dict) else None
    if not isinstance(graph, list):
        yield ("the crate",), crate
        return
    yield from leaves({key: value for key, value in crate.items() if key != "@graph"})
    met: Counter[str] = Counter()
    for number, entity in enumerate(graph):
        name = str(entity.get("@id")) if isinstance(entity, dict) else f"number {number + 1}"
        met[name] += 1
        if name not in apart and (versions or not name.startswith(_OF_VERSIONS)):
            again = f", stated again ({met[name]})" if met[name] > 1 else ""
            yield from leaves(entity, (f"entity {name}{again}",))
    order = [one for one in met if one not in apart and not one.startswith(_OF_VERSIONS)]
    yield ("the order of the entities",), order


def _first(then: dict[tuple, Any], now: dict[tuple, Any], kind: str) -> Place | None:
    """Return the first place, with how many there are, at which nested values differ."""
    other = [
        path
        for path in sorted(then.keys() | now.keys())
        # Compared as written: in Python True is 1.
        if _written(then, path) != _written(now, path)
    ]
    if not other:
        return None
    more = f" (the first of {len(other):,})" if len(other) > 1 else ""
    pair = [side.get(other[0], "") for side in (then, now)]
    if all(isinstance(one, str) for one in pair):  # texts are told without their marks
        shown = [
            one if other[0] in side else None for one, side in zip(pair, (then, now), strict=True)
        ]
    else:
        shown = [_written(side, other[0]) for side in (then, now)]
    return place_of(f"{kind}{'.'.join(other[0])}{more}", *shown)


def _written(values: Mapping[tuple, Any], path: tuple) -> str | None:
    """Return a value as JSON writes it, None where there is none."""
    return json.dumps(values[path], ensure_ascii=False) if path in values else None


def _not_as_a_run_writes_it(path: Path, value: Any) -> Place | None:
    """Tell of a file that says the same to a program, and perhaps not to a person: a key twice, say."""
    if path.read_bytes() == json_text(value).encode("utf-8", "surrogatepass"):
        return None
    return Place("not as it is written by a run: spaces, an order, or a key that stands twice")
