"""A published run: its manifest, and its files as they were published."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from searchsets.errors import ReviewError
from searchsets.files import read_csv, sha256_of
from searchsets.records.shards import read_records
from searchsets.records.tables import schema

if TYPE_CHECKING:
    import pyarrow as pa

MANIFEST = "manifest.json"
Row = dict[str, str]


@dataclass(frozen=True)
class PublishedRun:
    """A published run, of which every file that is read must be as it was published.

    Args:
        folder: `results/<run>`.
        manifest: what its manifest says.
    """

    folder: Path
    manifest: dict[str, Any]

    @classmethod
    def read(cls, folder: Path):
        """Return the run of a folder.

        Raises:
            ReviewError: there is no finished run.
        """
        return cls(folder, read_manifest(folder))

    @property
    def name(self) -> str:
        """The name of the run."""
        return self.folder.name

    def has(self, name: str) -> bool:
        """Tell whether it has a file."""
        return name in self.manifest["outputs"]

    def is_as_published(self, name: str) -> bool:
        """Tell whether one of its files is there, and as its manifest says."""
        path = self.folder / name
        return path.is_file() and self.manifest["outputs"].get(name) == sha256_of(path)

    def path(self, name: str) -> Path:
        """Return the path of one of its files.

        Raises:
            ReviewError: the file is not as it was published.
        """
        path = self.folder / name
        if not self.is_as_published(name):
            raise ReviewError(
                "the file is not as it was published",
                str(path),
                f"./run verify {self.name} tells what happened to it; make the run again, or bring "
                "the folder back from a copy",
            )
        return path

    def rows(self, name: str) -> list[Row]:
        """Return the rows of one of its tables, none where it has no such table.

        Raises:
            ReviewError: the file is not as it was published.
        """
        return read_csv(self.path(name)) if self.has(name) else []

    @cached_property
    def links(self) -> list[Row]:
        """Its records with their works."""
        return self.rows("works/links.csv")

    def records(self, columns: Sequence[str] | None = None) -> pa.Table:
        """Return the records that its works are made of, in the order of their ids.

        Args:
            columns: those that are wanted, the id first; all by default.

        Raises:
            ReviewError: a file is not as it was published.
        """
        import pyarrow as pa  # they take a while to import
        import pyarrow.compute as pc

        linked: dict[str, list[str]] = {}
        for link in self.links:
            linked.setdefault(link["database"], []).append(link["record_id"])
        parts = [schema().empty_table().select(columns or schema().names)]
        for source, ids in sorted(linked.items()):
            table = read_records(self._shards_of(source), columns)
            parts.append(table.filter(pc.is_in(table["record_id"], pa.array(ids))))
        return pa.concat_tables(parts).sort_by("record_id").combine_chunks()

    def _shards_of(self, source: str) -> Path:
        for name in self.manifest["outputs"]:
            if name.startswith(f"records/{source}/") and name.endswith(".parquet"):
                self.path(name)
        return self.folder / "records" / source


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
