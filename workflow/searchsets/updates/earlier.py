"""Reads the run that an update begins from, as it was published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from searchsets.errors import ReviewError
from searchsets.files import read_csv, sha256_of
from searchsets.published import MANIFEST, read_manifest
from searchsets.records.other_sources import EARLIER
from searchsets.records.shards import read_records

if TYPE_CHECKING:
    import pyarrow as pa

Row = dict[str, str]
MEMORY = "earlier/records.csv"
VERSIONS = "earlier/criteria.csv"
VERSION_COLUMNS = ("run", "criteria_version", "criterion", "version")


@dataclass(frozen=True)
class Earlier:
    """A published run that another one updates.

    Args:
        folder: `results/<run>`.
        outputs: its files with their SHA-256, as its manifest names them.
    """

    folder: Path
    outputs: dict[str, str]

    @classmethod
    def read(cls, folder: Path) -> Earlier:
        """Return the run of a folder.

        Raises:
            ReviewError: there is no finished run.
        """
        return cls(folder, read_manifest(folder)["outputs"])

    @property
    def name(self) -> str:
        """The name of the run."""
        return self.folder.name

    def rows(self, name: str) -> list[Row]:
        """Return the rows of one of its tables.

        Raises:
            ReviewError: the file is not as it was published.
        """
        return read_csv(self._as_published(name))

    def has(self, name: str) -> bool:
        """Tell whether it has a file."""
        return name in self.outputs

    @cached_property
    def links(self) -> list[Row]:
        """Its records with their works."""
        return self.rows("works/links.csv")

    @cached_property
    def memory(self) -> dict[str, Row]:
        """What it remembers of the runs before it, by record; empty if it updates none."""
        rows = self.rows(MEMORY) if self.has(MEMORY) else []
        return {row["record_id"]: row for row in rows}

    def source_of(self, link: Row) -> str:
        """Return the source that gave a record, in whichever run it was first found."""
        if link["database"] == EARLIER:
            return self.memory[link["record_id"]]["source"]
        return link["database"]

    def found_in(self, link: Row) -> str:
        """Return the first run that had a record."""
        former = self.memory.get(link["record_id"])
        return former["first_found_in"] if former else self.name

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
        parts = []
        for source, ids in sorted(linked.items()):
            table = read_records(self._folder_of(source), columns)
            parts.append(table.filter(pc.is_in(table["record_id"], pa.array(ids))))
        return pa.concat_tables(parts).sort_by("record_id").combine_chunks()

    def _folder_of(self, source: str) -> Path:
        for name in self.outputs:
            if name.startswith(f"records/{source}/") and name.endswith(".parquet"):
                self._as_published(name)
        return self.folder / "records" / source

    @cached_property
    def criteria(self) -> list[Row]:
        """The versions of every criterion, of this run and of those before it (`VERSION_COLUMNS`)."""
        own = [
            {"run": self.name} | {name: row[name] for name in VERSION_COLUMNS[1:]}
            for row in self.rows("screening/criteria.csv")
        ]
        return [*(self.rows(VERSIONS) if self.has(VERSIONS) else []), *own]

    def _as_published(self, name: str) -> Path:
        path = self.folder / name
        if not path.is_file() or sha256_of(path) != self.outputs.get(name):
            raise ReviewError(
                "the file is not as it was published: an update cannot begin from it",
                str(path),
                f"./run verify {self.name} tells what happened to it; make the run again, or bring "
                f"back {MANIFEST} and the files from a copy",
            )
        return path
