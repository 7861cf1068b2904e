"""Says what a run was made from and what it made, so that anyone can hold it against that."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from searchsets import __version__
from searchsets.checkout import CHECKOUT
from searchsets.files import lasting_name, lasting_paths, read_csv, sha256_of

PACKAGE = Path(__file__).parent.parent.parent
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
