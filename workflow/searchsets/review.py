"""The configuration of a run, checked as a whole before anything is built.

Everything a person wrote is looked at here: configuration, strategies, criteria, the folder of
exports, decisions. So a mistake stops a run in the first second, with one message, and costs nothing.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from searchsets.errors import ReviewError, raise_all
from searchsets.records.exports import Export, find_exports
from searchsets.screening.criteria import read_criteria
from searchsets.screening.events import read_events
from searchsets.settings import Document, check_by_schema
from searchsets.strategy.file import read_strategy
from searchsets.strategy.model import Reading, Strategy
from searchsets.strategy.thesaurus import Thesaurus, read_thesaurus


@dataclass(frozen=True)
class Review:
    """One run of a review: its configuration, its strategies, and the exports people brought."""

    config: dict[str, Any]
    strategies: dict[str, Strategy]
    exports: dict[str, list[Export]]
    """The export files of each database; a database without an export has an empty list."""

    @property
    def run(self) -> str:
        """The name of the run."""
        return self.config["run"]

    def reading_name(self, database: str) -> str:
        """The name of the reading of a database's outputs that this run uses."""
        return self.config["outputs"].get(database, "default")


def load_review(config: Mapping[str, Any]) -> Review:
    """Check a configuration and all that it names, and return it as a review.

    Args:
        config: the merged configuration of the run, with the keys of `config.schema.json`.

    Raises:
        ReviewError: whatever is wrong; all faults of strategies are told at once.
    """
    settings = dict(config) | {"run": str(config.get("run", ""))}
    check_by_schema(Document(Path("config/config.yaml"), settings, None), "config")
    strategies = load_strategies(
        Path(settings["strategies"]), literal=settings["errata"] == "literal"
    )
    for strategy in strategies.values():
        load_thesaurus(strategy)
    _check_screening(settings)
    for database, name in settings["outputs"].items():
        choose_reading(strategies, database, name)
    exports: dict[str, list[Export]] = {database: [] for database in strategies}
    for export in find_exports(
        Path(settings["exports"]), Path(settings["exports_table"]), strategies.keys()
    ):
        exports[export.database].append(export)
    return Review(settings, strategies, exports)


def _check_screening(settings: dict[str, Any]) -> None:
    read_criteria(Path(settings["criteria"])).combination(settings["combination"])
    # Which records there are is not known yet: here only the form of the decisions is checked.
    read_events(Path(settings["decisions"]), _EveryRecord(), settings["run"])


class _EveryRecord(frozenset[str]):
    def __contains__(self, record_id: object) -> bool:
        return True


def load_strategies(folder: Path, *, literal: bool = False) -> dict[str, Strategy]:
    """Read all strategies of a folder, by database; all their faults are told at once."""
    strategies: dict[str, Strategy] = {}
    errors: list[ReviewError] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            strategies[path.stem] = read_strategy(path, literal=literal)
        except ReviewError as error:
            errors.append(error)
    raise_all(errors)
    if not strategies:
        raise ReviewError(
            "no strategy was found", str(folder), "bring one file a database, as in eric.yaml"
        )
    return strategies


def load_thesaurus(strategy: Strategy) -> Thesaurus | None:
    """Return the thesaurus that a strategy names, or None where it names none."""
    file = strategy.thesaurus.get("file")
    if file is None:
        return None
    if not Path(file).exists():
        raise ReviewError(
            f"the thesaurus {file} does not exist",
            str(strategy.path),
            "mend the path under thesaurus",
        )
    return read_thesaurus(Path(file))


def choose_reading(strategies: Mapping[str, Strategy], database: str, name: str) -> Reading:
    """Return a database's reading of that name.

    Raises:
        ReviewError: there is no such database or reading.
    """
    if database not in strategies:
        near = difflib.get_close_matches(database, strategies, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known are: {', '.join(strategies)}"
        raise ReviewError(f"outputs names {database!r}, which has no strategy", "config.yaml", hint)
    try:
        return strategies[database].reading(name)
    except KeyError:
        known = ", ".join(reading.name for reading in strategies[database].readings)
        raise ReviewError(
            f"the strategy of {database} has no reading {name!r} of its outputs",
            str(strategies[database].path),
            f"choose one of: {known}",
        ) from None
