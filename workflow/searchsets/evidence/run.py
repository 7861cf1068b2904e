"""A finished run, as its manifest describes it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from searchsets.errors import ReviewError
from searchsets.files import lasting_name, local_paths, sha256_of
from searchsets.strategy.file import read_strategy
from searchsets.strategy.model import Strategy

_SETTINGS = {"strategies": Path, "errata": str, "outputs": dict, "known_items": Path}
_AGAIN = "run the review again; if it changes nothing, delete the folder of this run first"


@dataclass(frozen=True)
class Run:
    """A finished run: its folder, its configuration, and the hashes of its inputs and outputs."""

    folder: Path
    config: dict[str, Any]
    inputs: dict[str, str]
    outputs: dict[str, str]

    @classmethod
    def read(cls, folder: Path) -> Run:
        """Read the manifest of a run.

        Raises:
            ReviewError: there is no finished run in the folder.
        """
        try:
            manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            places = local_paths(folder)
            settings = manifest["configuration"]
            for key in ("strategies", "known_items"):
                settings[key] = places.get(settings[key], settings[key])
            config = {key: kind(settings[key]) for key, kind in _SETTINGS.items()}
            return cls(folder, config, dict(manifest["inputs"]), dict(manifest["outputs"]))
        except FileNotFoundError:
            raise ReviewError(
                "there is no finished run here",
                str(folder),
                "make it: ./run review, or name another",
            ) from None
        except (ValueError, KeyError, TypeError, IsADirectoryError):
            raise ReviewError(
                "the manifest cannot be read", str(folder / "manifest.json"), "run the review again"
            ) from None

    def file(self, name: str) -> Path:
        """Return the path of one of the files of the run, which must be there.

        Raises:
            ReviewError: it is not there any more.
        """
        path = self.folder / name
        if not path.exists():
            raise ReviewError("is missing; this run had it", str(path), _AGAIN)
        return path

    def unchanged(self, name: str) -> Path:
        """Return the path of one of the files of the run, as it was when the run was finished.

        Raises:
            ReviewError: it is not there any more, or another.
        """
        path = self.file(name)
        if self.outputs.get(name) != sha256_of(path):
            raise ReviewError("has changed since this run was made", str(path), _AGAIN)
        return path

    def shards(self) -> list[str]:
        """Return the names of the files that hold the records of the run.

        Raises:
            ReviewError: the manifest names none; every run has some.
        """
        names = sorted(n for n in self.outputs if Path(n).match("records/*/part-*.parquet"))
        if not names:
            raise ReviewError("names no records", str(self.folder / "manifest.json"), _AGAIN)
        return names

    def strategies(self, databases: tuple[str, ...]) -> Iterator[Strategy]:
        """Yield the strategies of some databases, or of all, as this run reads them.

        Raises:
            ReviewError: there is no strategy of a database, or one cannot be read.
        """
        folder = self.config["strategies"]
        if not folder.is_dir():
            raise ReviewError(
                "the folder of the strategies is not there any more", str(folder), "bring it back"
            )
        known = sorted(path.stem for path in folder.glob("*.yaml"))
        for database in databases:
            if database not in known:
                remedy = f"known are: {', '.join(known)}"
                raise ReviewError(f"there is no strategy of {database!r}", str(folder), remedy)
        literal = self.config["errata"] == "literal"
        for path in (folder / f"{database}.yaml" for database in databases or known):
            yield read_strategy(path, literal=literal, schema_checked=not self.has_changed(path))

    def has_changed(self, path: Path) -> bool:
        """Tell whether a file is another than the one this run was made from, or only one is there."""
        return self.inputs.get(lasting_name(path, self.config)) != (
            sha256_of(path) if path.exists() else None
        )
