"""Says what a run was made from and what it made, so that anyone can hold it against that."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from searchsets import __version__
from searchsets.errors import ReviewError
from searchsets.files import lasting_name, lasting_paths, read_csv, sha256_of

MANIFEST = "manifest.json"
PACKAGE = Path(__file__).parent.parent.parent
CHECKOUT = PACKAGE.parent.parent
LIBRARIES = (
    "google-re2", "jinja2", "numpy", "pandas", "pyarrow", "python-docx", "rapidfuzz", "reportlab",
    "resvg-py", "snakemake", "xlsxwriter",
)  # fmt: skip
"""The libraries whose version can change what a run makes, by their names in the lock."""

Inputs = Mapping[str, Sequence[Path]]
"""The files that a run is made from, by kind."""


def manifest_of(
    build: Path, config: Mapping[str, Any], inputs: Inputs, outputs: Mapping[str, str]
) -> dict[str, Any]:
    """Return what a manifest says. It names no time, no machine and no place on its disk.

    Args:
        build: the folder of the finished run.
        config: the configuration of the run.
        inputs: the files that it was made from.
        outputs: the SHA-256 of each file that it made, by name.
    """
    hashes = {lasting_name(p, config): sha256_of(p) for paths in inputs.values() for p in paths}
    return made_with() | {
        "configuration": lasting_paths(dict(config)),
        "inputs": hashes,
        "kinds": {
            kind: sorted(lasting_name(p, config) for p in paths)
            for kind, paths in inputs.items()
            if paths
        },
        "strategies": dict(_strategies(build, inputs.get("strategies", ()), config)),
        "criteria": _criteria(build, inputs.get("criteria", ()), config),
        "decisions": _decisions(build),
        "outputs": dict(outputs),
        "same_content": _dumps(build),
    }


def made_with() -> dict[str, Any]:
    """Return what makes a run besides its inputs: versions, and the hashes of code and lock."""
    lock = CHECKOUT / "requirements.lock"
    rules = [CHECKOUT / "Snakefile", *(CHECKOUT / "workflow/rules").glob("*.smk")]
    code = (path for path in PACKAGE.rglob("*") if path.is_file() and path.suffix != ".pyc")
    schemas = (PACKAGE.parent / "schemas").glob("*.json")
    return {
        "searchsets": __version__,
        "python": ".".join(platform.python_version_tuple()[:2]),
        "libraries": dict(_versions()),
        "lock": sha256_of(lock) if lock.exists() else None,
        "code": {
            "package": _digest([*code, *schemas], PACKAGE.parent),
            "rules": _digest([path for path in rules if path.exists()], CHECKOUT),
        },
    }


def _versions() -> Iterator[tuple[str, str]]:
    for name in LIBRARIES:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            continue


def _digest(paths: Iterable[Path], root: Path) -> str:
    """Return one hash over files: of the lines `<SHA-256>  <name>`, as sha256sum prints them."""
    named = sorted((path.relative_to(root).as_posix(), path) for path in paths)
    lines = (f"{sha256_of(path)}  {name}\n" for name, path in named)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _strategies(
    build: Path, paths: Iterable[Path], config: Mapping[str, Any]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield for each database the file of its strategy, and the hash of its lines as they were read."""
    for path in sorted(paths):
        lines = build / "strategies" / path.stem / "lines.csv"
        yield (
            path.stem,
            {
                "file": lasting_name(path, config),
                "sha256": sha256_of(path),
                "lines": len(read_csv(lines)) if lines.exists() else None,
                "lines_sha256": sha256_of(lines) if lines.exists() else None,
            },
        )


def _criteria(
    build: Path, paths: Sequence[Path], config: Mapping[str, Any]
) -> dict[str, Any] | None:
    read = build / "screening/criteria.csv"
    if not paths or not read.exists():
        return None
    rows = read_csv(read, ("criterion", "version", "criteria_version"))
    return {
        "file": lasting_name(paths[0], config),
        "sha256": sha256_of(paths[0]),
        "version": rows[0]["criteria_version"] if rows else None,
        "versions": {row["criterion"]: row["version"] for row in rows},
    }


def _decisions(build: Path) -> dict[str, dict[str, Any]]:
    """Return of each file of the log its rows, the hash of the last, and the rows that are sealed."""
    seals = build / "screening/seals.csv"
    rows = read_csv(seals, ("file", "rows", "last_hash", "sealed_rows")) if seals.exists() else []
    return {
        row["file"]: {
            "rows": int(row["rows"]),
            "last_hash": row["last_hash"] or None,
            "sealed_rows": int(row["sealed_rows"]) if row["sealed_rows"] else None,
        }
        for row in rows
    }


def _dumps(build: Path) -> dict[str, str]:
    """Return the hash of the content of what has other bytes under another version of SQLite."""
    return {path.name: dump_hash(path) for path in sorted(build.glob("*.sqlite"))}


def dump_hash(path: Path) -> str:
    """Return the SHA-256 of a database's dump (`searchsets.reporting.database.dump`)."""
    from searchsets.reporting.database.dump import dump_lines

    digest = hashlib.sha256()
    for line in dump_lines(path):
        digest.update(line.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


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
