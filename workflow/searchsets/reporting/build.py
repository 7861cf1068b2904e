"""A finished run as its files say it: what the stages wrote, read back for the reports."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from searchsets.errors import ReviewError
from searchsets.files import read_csv
from searchsets.records.known_items import (
    KEY_SOURCE,
    SOURCE,
    Enrichment,
    KnownItem,
    read_enrichment,
    roles,
)
from searchsets.records.other_sources import EARLIER, OTHER_SOURCES
from searchsets.records.shards import read_records
from searchsets.reporting.appendices.extraction import Extracted, read_extracted
from searchsets.reporting.appendices.statements import quantity
from searchsets.reporting.citation import CITED
from searchsets.reporting.published_review import Words
from searchsets.screening.criteria.file import Criteria, read_criteria
from searchsets.screening.model import CONFLICT_OF_INTEREST, PEOPLE
from searchsets.screening.outcomes.states import INCLUDED
from searchsets.sources.supplied import Entry, read_supplied
from searchsets.strategy.file import load_strategies
from searchsets.strategy.model import Reading, Strategy
from searchsets.updates.memory import FOUND, NOT_RETRIEVED

Row = dict[str, str]


@dataclass(frozen=True)
class Build:
    """The folder that a run's stages wrote to, and the run's configuration."""

    folder: Path
    config: dict[str, Any]

    @classmethod
    def read(cls, folder: Path, config_file: Path) -> Build:
        """Return the build of a folder; the configuration is the JSON file of the run."""
        return cls(folder, json.loads(config_file.read_text(encoding="utf-8")))

    def rows(self, name: str) -> list[Row]:
        """Return the rows of one of the run's CSV files."""
        return read_csv(self.folder / name)

    @cached_property
    def strategies(self) -> dict[str, Strategy]:
        """The strategies of the run, by database."""
        literal = self.config["errata"] == "literal"
        return load_strategies(Path(self.config["strategies"]), literal=literal)

    def reading(self, database: str) -> Reading:
        """Return which lines of a database's strategy are the result in this run."""
        return self.strategies[database].reading(self.config["outputs"].get(database, "default"))

    @cached_property
    def words(self) -> Words:
        """What the results of the run call the review and its parts."""
        return Words.of(self.config)

    @cached_property
    def criteria(self) -> Criteria:
        """The criteria of the run."""
        return read_criteria(Path(self.config["criteria"]))

    @cached_property
    def exported(self) -> list[str]:
        """The databases that have an export in this run."""
        return [database for database in self.strategies if self.has_export(database)]

    def has_export(self, database: str) -> bool:
        """Tell whether anything was exported from a database."""
        return (self.folder / "records" / database).is_dir()

    def is_searchable(self, database: str) -> bool:
        """Tell whether a database can be searched, or an export of it was brought to this run."""
        return self.has_export(database) or not self.strategies[database].is_closed

    @cached_property
    def others(self) -> list[str]:
        """The sources beside the databases that brought records in this run."""
        return [source for source in OTHER_SOURCES if (self.folder / "records" / source).is_dir()]

    @cached_property
    def questions(self) -> list[Row]:
        """What open services were asked, and what became of each question."""
        return self._of_all_sources("questions.csv")

    @cached_property
    def harvests(self) -> list[Row]:
        """What was harvested: each harvest, what it asked for, how many records it brought."""
        return self._of_all_sources("harvests.csv")

    @cached_property
    def differences(self) -> list[Row]:
        """In what open services were asked otherwise than the strategies say."""
        return self._of_all_sources("differences.csv")

    def _of_all_sources(self, name: str) -> list[Row]:
        paths = sorted((self.folder / "records").glob(f"*/{name}"))
        return [row for path in paths for row in read_csv(path)]

    @cached_property
    def elsewhere(self) -> list[tuple[str, str]]:
        """(strategy, source) of each search in another source than the strategy's own database."""
        asked = {(row["strategy"], row["source"]) for row in self.questions}
        return sorted((strategy, source) for strategy, source in asked if strategy != source)

    @cached_property
    def stand_ins(self) -> list[str]:
        """The sources that are no databases of the review and were asked in place of some."""
        return sorted({source for _, source in self.elsewhere}.difference(self.strategies))

    def searches(self, source: str) -> list[str]:
        """Return the names of the searches of a source: its own, and those of other strategies."""
        own = [source] if source in self.strategies else []
        return own + [f"{one}_in_{where}" for one, where in self.elsewhere if where == source]

    def found(self, source: str) -> set[str]:
        """Return the records of a source that any strategy retrieved."""
        return {
            row["record_id"]
            for search in self.searches(source)
            for row in self.rows(f"search/{search}/retrieved.csv")
        }

    @cached_property
    def supplied(self) -> list[Entry]:
        """Whom the review asked for documents, and what came."""
        return read_supplied(Path(self.config["supplied"]))

    @cached_property
    def known_items(self) -> list[KnownItem]:
        """The known items with their roles, key sources by their number first; there may be none."""
        return roles(read_records(self.folder / "records" / SOURCE))

    @cached_property
    def records(self) -> dict[str, dict[str, Any]]:
        """The known items as records, by id."""
        table = read_records(self.folder / "records" / SOURCE)
        return {row["record_id"]: row for row in table.to_pylist()}

    def records_of(
        self, record_ids: Iterable[str], fields: Sequence[str] = CITED
    ) -> dict[str, dict[str, Any]]:
        """Return the records of these ids, each source being read once.

        Args:
            record_ids: the ids.
            fields: what is wanted of each besides its id; by default what a reference needs.
        """
        wanted = set(record_ids)
        found: dict[str, dict[str, Any]] = {}
        for source in sorted({self._source_of(record_id) for record_id in wanted}):
            table = read_records(self.folder / "records" / source, ("record_id", *fields))
            chosen = table.filter(pc.is_in(table["record_id"], pa.array(sorted(wanted))))
            found |= {row["record_id"]: row for row in chosen.to_pylist()}
        return found

    def _source_of(self, record_id: str) -> str:
        """Return in which source's folder a record lies: one that nothing brought again, apart."""
        return EARLIER if record_id in self._brought_by_none else record_id.partition(":")[0]

    @cached_property
    def _brought_by_none(self) -> set[str]:
        there = (FOUND, NOT_RETRIEVED)
        return {row["record_id"] for row in self.memory if row["became"] not in there}

    def shown(self, record_ids: Iterable[str]) -> str:
        """Return which record stands for a work: the known item if there is one."""
        return min(record_ids, key=lambda one: (one not in self.records, one))

    @cached_property
    def decisions(self) -> list[Row]:
        """Every decision of deduplication."""
        return self.rows("works/decisions.csv")

    @cached_property
    def links(self) -> list[Row]:
        """Every record with its work."""
        return self.rows("works/links.csv")

    @cached_property
    def work_of(self) -> dict[str, str]:
        """The work of every record, by the id of the record."""
        return {row["record_id"]: row["work_id"] for row in self.links}

    @cached_property
    def events(self) -> list[Row]:
        """Every act of the screening log."""
        return self.rows("screening/events.csv")

    @cached_property
    def finals(self) -> list[Row]:
        """Where screening left every record."""
        return self.rows("screening/final.csv")

    @property
    def base(self) -> str:
        """The run that this one updates; empty if it updates none."""
        return self.config.get("updates", "")

    @cached_property
    def memory(self) -> list[Row]:
        """What became of each record of the run that this one updates; none if it updates none."""
        return self.rows("earlier/records.csv") if self.base else []

    @cached_property
    def carried(self) -> set[str]:
        """The records of the run before that no search of this one found."""
        return {row["record_id"] for row in self.memory if row["became"] != FOUND}

    @cached_property
    def rechecks(self) -> list[Row]:
        """The decisions of earlier runs that are asked for again."""
        return self.rows("screening/recheck.csv") if self.base else []

    def kept_back(self, source: str) -> set[str]:
        """Return the records of a source that only the run before retrieved: works keep them."""
        return {
            row["record_id"]
            for row in self.memory
            if (row["source"], row["became"]) == (source, NOT_RETRIEVED)
        }

    @cached_property
    def stages(self) -> list[Row]:
        """What came of each stage for each work that people screened."""
        return self.rows("screening/stages.csv")

    @cached_property
    def final_of(self) -> dict[str, Row]:
        """Where screening left every work, by its id: the records of a work share it."""
        return {row["work_id"]: row for row in self.finals}

    @cached_property
    def included(self) -> set[str]:
        """The works that are included."""
        return {work for work, row in self.final_of.items() if row["state"] == INCLUDED}

    @cached_property
    def acts(self) -> list[Row]:
        """The standing acts of people on records of this run, without those who stepped back."""
        return [
            row
            for row in self.events
            if row["role"] in PEOPLE
            and row["standing"] == "yes"
            and row["decision"] != CONFLICT_OF_INTEREST
            and row["record_id"] in self.work_of
        ]

    @cached_property
    def enrichment(self) -> list[Enrichment]:
        """What is said of the known items elsewhere."""
        path = Path(self.config["known_items"]) / "enrichment.csv"
        return read_enrichment(path, set(self.records)) if path.exists() else []

    def said(self, record_id: str, field: str, about: str = "") -> list[Enrichment]:
        """Return the statements on a field of a known item whose source mentions `about`."""
        return [
            one
            for one in self.enrichment
            if (one.record_id, one.field) == (record_id, field) and about in one.source
        ]

    @cached_property
    def key_sources(self) -> list[KnownItem]:
        """The key sources, by their number."""
        return [item for item in self.known_items if item.role == KEY_SOURCE]

    @cached_property
    def extracted(self) -> Extracted:
        """What people took from the works that are included, and from the published review."""
        keys = {item.record_id for item in self.key_sources}
        return read_extracted(Path(self.config["extraction"]), set(self.records), keys, quantity)


def only_row(rows: list[Row], **values: str) -> Row:
    """Return the one row that has these values.

    Raises:
        ReviewError: there is none, or more than one: the run's files do not fit each other.
    """
    found = [row for row in rows if all(row[name] == value for name, value in values.items())]
    if len(found) != 1:
        raise ReviewError(
            f"{len(found)} rows where one was expected: {values}",
            "results/.build",
            "the files of this run do not fit each other: delete results/.build and run again",
        )
    return found[0]
