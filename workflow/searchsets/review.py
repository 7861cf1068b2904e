"""The configuration of a run, checked as a whole before anything is built.

What people write is looked at here before anything runs: configuration, strategies, criteria, which
files were exported, what was harvested, which websites are searched, what organisations sent, the
form of decisions. So most mistakes stop a run in its first second.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from searchsets.dedupe.people import DEDUPLICATION, read_decisions
from searchsets.errors import ReviewError
from searchsets.evidence.concepts import read_concepts, read_sets
from searchsets.published import MANIFEST
from searchsets.records.exports import TABLE as EXPORTS_TABLE
from searchsets.records.exports import Export, check_answer, find_exports
from searchsets.runs import RUNS, read_runs
from searchsets.screening.audit.model import SETTABLE
from searchsets.screening.criteria.file import Criteria, read_criteria
from searchsets.screening.log.paths import log_paths
from searchsets.screening.log.reading import read_log
from searchsets.settings import Document, check_by_schema, usual
from searchsets.sources.stored import StoredHarvest, find_harvests
from searchsets.sources.supplied import Entry, read_supplied, tables_of
from searchsets.sources.websites.kept import listed_files
from searchsets.sources.websites.sites import Site, read_sites
from searchsets.strategy.file import choose_reading, load_strategies, load_thesaurus
from searchsets.strategy.model import Strategy
from searchsets.strategy.vocabulary import read_vocabulary

# What a configuration names besides strategies and criteria, which tell so themselves if they lack.
_NAMED = (
    "exports_table", "columns_table", "concepts_table", "sets_table", "decisions", "extraction",
    "known_items", "websites",
)  # fmt: skip
# What of it is one file.
_FILES = (
    "criteria",
    "columns_table",
    "concepts_table",
    "sets_table",
    "vocabulary",
    "websites",
    "exports_table",
)


@dataclass(frozen=True)
class Review:
    """One run of a review: its configuration, its strategies, and the exports people brought."""

    config: dict[str, Any]
    strategies: dict[str, Strategy]
    exports: dict[str, list[Export]]
    """The export files of each database; a database without an export has an empty list."""
    harvests: list[StoredHarvest]
    """What was harvested from open services."""
    supplied: list[Entry]
    """Whom the review asked for documents, and what came."""
    sites: list[Site]
    """The websites that are searched."""
    criteria: Criteria
    """The criteria for inclusion."""

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
    settings = _settings(config)
    strategies = load_strategies(
        Path(settings["strategies"]), literal=settings["errata"] == "literal"
    )
    for strategy in strategies.values():
        load_thesaurus(strategy)
    _check_paths(config)
    _check_updates(settings)
    criteria = _check_screening(settings)
    read_sets(Path(settings["sets_table"]), strategies)
    read_concepts(Path(settings["concepts_table"]))
    read_vocabulary(Path(settings["vocabulary"]))
    _check_outputs(settings["outputs"], strategies)
    exports = _exports(settings, strategies)
    harvests = _harvests(Path(settings["harvest"]), strategies, exports)
    supplied = read_supplied(Path(settings["supplied"]))
    sites = read_sites(Path(settings["websites"]))
    return Review(settings, strategies, exports, harvests, supplied, sites, criteria)


def _settings(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a configuration as its schema wants it, whatever types YAML made of its texts.

    What it leaves out is as usual.
    """
    run = config.get("run")
    settings = usual("config") | dict(config) | {"run": "" if run is None else str(run)}
    if isinstance(settings.get("published"), dict):  # YAML makes a date of a date
        said = {key: str(v) if key == "date" else v for key, v in settings["published"].items()}
        settings["published"] = said
    check_by_schema(Document(Path("config/config.yaml"), settings, None), "config")
    return settings


def as_left_out(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return a whole configuration without the keys at whose usual place nothing is.

    So that a run can be made again from what it says of itself: whoever made it left these out.
    """
    places = usual("config")
    return {
        key: value
        for key, value in settings.items()
        if key not in _NAMED or value != places[key] or Path(value).exists()
    }


def _check_paths(config: Mapping[str, Any]) -> None:
    """Refuse a path that a configuration names and that leads nowhere."""
    for key in _NAMED:
        if key in config and not Path(config[key]).exists():
            raise ReviewError(
                f"{key} names {config[key]!r}, which does not exist",
                "config/config.yaml or the command line",
                "mend the path",
            )


def _check_updates(settings: Mapping[str, Any]) -> None:
    """Raise an error where the run that this one updates is not there, or nothing is limited by it."""
    base, limited = settings.get("updates"), settings.get("limited")
    window = settings["window"]
    if window["from"] > window["until"]:
        raise ReviewError(
            f"the window begins in {window['from']} and ends in {window['until']}",
            f"{RUNS} or config/config.yaml: window",
            "write the years in order",
        )
    if base == settings["run"]:
        raise ReviewError(
            f"the run {base!r} updates itself", str(RUNS), "name the run that was made before it"
        )
    if base and not base_manifest(settings).exists():
        runs = read_runs()
        if runs and base not in runs:
            raise ReviewError(
                f"{settings['run']} updates {base!r}, which is no run that is named",
                str(RUNS),
                f"the runs are: {', '.join(runs)}",
            )
        raise ReviewError(
            f"{settings['run']} updates the run {base!r}, which is not made",
            f"results/{base}",
            f"make it first: ./run review --config run={base}",
        )
    if limited and limited["from"] >= settings["window"]["from"]:
        raise ReviewError(
            f"the searches are limited to {limited['from']} and later, and the window begins in "
            f"{settings['window']['from']}: what databases took in late would be missed",
            f"{RUNS}: limited",
            "search at least one year more than the window, or, better, without a limit",
        )


def base_manifest(settings: Mapping[str, Any]) -> Path:
    """Return where the manifest lies of the run that a run updates."""
    return Path("results", settings["updates"], MANIFEST)


def _check_outputs(outputs: Mapping[str, str], strategies: Mapping[str, Strategy]) -> None:
    for database, name in outputs.items():
        if database not in strategies:
            near = difflib.get_close_matches(database, strategies, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known are: {', '.join(strategies)}"
            raise ReviewError(
                f"outputs names {database!r}, which has no strategy",
                "config/config.yaml: outputs",
                hint,
            )
        choose_reading(strategies[database], name)


def _exports(
    settings: Mapping[str, Any], strategies: Mapping[str, Strategy]
) -> dict[str, list[Export]]:
    """Return the export files of each database, none where it has none."""
    exports: dict[str, list[Export]] = {database: [] for database in strategies}
    for export in find_exports(
        Path(settings["exports"]), Path(settings["exports_table"]), strategies.keys()
    ):
        exports[export.database].append(export)
        if export.represents:
            check_answer(strategies[export.database], export.name, export.represents, export.where)
    return exports


def brought(review: Review) -> dict[str, list[Path]]:
    """Return every file that people wrote or kept and a run is made from, by what it is.

    The kinds are those of `searchsets.reporting.verify.reach`, which says what each can change.
    """
    config = review.config
    named = {key: [Path(config[key])] for key in _FILES}
    log = Path(config["decisions"])
    known_items = Path(config["known_items"])
    table = Path(config["exports"]) / EXPORTS_TABLE
    found: dict[str, list[Path]] = named | {
        "strategies": [one.path for one in review.strategies.values()],
        "thesauri": [Path(s.thesaurus["file"]) for s in review.strategies.values() if s.thesaurus],
        "places": list(review.criteria.tables),
        "exports_table": [*named["exports_table"], table],
        "exports": [export.path for files in review.exports.values() for export in files],
        "harvest": [path for one in review.harvests for path in one.files],
        "website_pages": listed_files(Path(config["harvest"]) / "websites", review.sites),
        "known_items": list(known_items.glob("*.ris")),
        "enrichment": [known_items / "enrichment.csv"],
        "supplied": list(tables_of(Path(config["supplied"]))),
        "decisions": [*log_paths(log), *log_paths(log, ".seal")],
        "pairs": list((log / DEDUPLICATION).rglob("*.csv")),
        "extraction": list(Path(config["extraction"]).glob("*.csv")),
        "run_before": [base_manifest(config)] if config.get("updates") else [],
    }
    return {kind: sorted({p for p in paths if p.exists()}) for kind, paths in found.items()}


def _harvests(
    store: Path, strategies: Mapping[str, Strategy], exports: Mapping[str, list[Export]]
) -> list[StoredHarvest]:
    """Return the harvests of a store, all of strategies of this review.

    Raises:
        ReviewError: one is of another strategy; or a database was asked for another's strategy, and
            nothing was brought for its own.
    """
    found = find_harvests(store)
    own = {one.source for one in found if not one.is_stand_in}
    for one in found:
        if one.strategy not in strategies:
            raise ReviewError(
                f"this harvest is of the strategy {one.strategy!r}, which this review does not have",
                str(one.folder),
                "bring the strategy, or move the harvest out of the store",
            )
        if one.source in strategies and one.source not in own and not exports[one.source]:
            raise ReviewError(
                f"{one.source} was asked for the strategy of {one.strategy} and not for its own: what "
                "its own finds among these records would look like a search of it",
                str(one.folder),
                f"harvest its own too: ./run searchsets harvest {one.source} --strategy {one.source}",
            )
    return found


def _check_screening(settings: dict[str, Any]) -> Criteria:
    criteria = read_criteria(Path(settings["criteria"]))
    criteria.combination(settings["combination"])
    wrong = sorted(set(settings["screening"]["severities"]) - SETTABLE)
    if wrong:
        raise ReviewError(
            f"{wrong[0]!r} is no check of the audit whose severity can be set",
            "config/config.yaml: screening: severities",
            f"these can be: {', '.join(sorted(SETTABLE))}",
        )
    # Which records there are is not known yet: here only the form of the decisions is checked.
    read_log(Path(settings["decisions"]))
    read_decisions(Path(settings["decisions"]) / DEDUPLICATION, None)
    return criteria
