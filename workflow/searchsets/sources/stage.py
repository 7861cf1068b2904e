"""What the commands do with sources: ask them, and import what they answered."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from searchsets.errors import ReviewError
from searchsets.files import read_csv, write_csv
from searchsets.settings import read_document, usual

if TYPE_CHECKING:
    from searchsets.records.reading import ReadFile
    from searchsets.sources.plan import Plan
    from searchsets.sources.settings import Sources

Say = Callable[[str], None]
WEBSITES, GOV_UK = "websites", "govuk"
CONFIG, FORMS = Path("config/config.yaml"), Path("config/forms.csv")
RESULTS = Path("results")

# Which options have a meaning for what is asked; those of all are not listed.
_OF_STRATEGIES = frozenset(
    ("strategy", "first", "last", "reading", "errata", "name", "most", "accept_short", "count")
)
_OF_PAGES = frozenset(("strategy", "pages_of", "name", "most", "accept_short", "count"))
_OF_WEBSITES = frozenset(("only",))


@dataclass(frozen=True)
class Ordered:
    """What a person ordered, by the options of `searchsets harvest`."""

    strategy: str | None
    first: int | None
    last: int | None
    reading: str
    errata: str
    name: str | None
    only: tuple[str, ...]
    pages_of: str | None
    count: bool
    dry_run: bool
    most: int | None
    accept_short: bool
    config: Path
    store: Path | None
    given: Collection[str]
    """The names of the options that were given."""

    @cached_property
    def review(self) -> dict[str, Any]:
        """The configuration of the review."""
        return usual("config") | read_document(CONFIG, "config").data

    @property
    def strategies(self) -> Path:
        """The folder of the strategy files."""
        return Path(self.review["strategies"])

    @property
    def folder(self) -> Path:
        """The folder that harvests are kept in."""
        return self.store or Path(self.review["harvest"])

    def command(self, source: str, name: str) -> str:
        """Return what a person gives to go on with the harvest."""
        said = {
            "strategy": self.strategy,
            "from": self.first,
            "to": self.last,
            "reading": None if self.reading == "default" else self.reading,
            "errata": None if self.errata == "read" else self.errata,
            "pages-of": self.pages_of,
            "name": name,
            "config": self.config if "config" in self.given else None,
            "store": self.store,
        }
        words = [
            word
            for option, value in said.items()
            if value is not None
            for word in (f"--{option}", str(value))
        ]
        return f"./run searchsets harvest {shlex.join([source, *words])}"

    def strategy_file(self) -> Path:
        """Return the file of the strategy that is asked for.

        Raises:
            ReviewError: there is none.
        """
        named = Path(self.strategy)
        path = named if named.suffix else self.strategies / f"{named}.yaml"
        if not path.exists():
            known = ", ".join(sorted(one.stem for one in self.strategies.glob("*.yaml")))
            raise ReviewError(
                f"there is no strategy {self.strategy!r}", None, f"known are: {known}"
            )
        return path

    def allow(self, what: str, options: Collection[str]) -> None:
        """Refuse options that have no meaning for what is asked.

        Raises:
            ReviewError: one was given.
        """
        listed = _OF_STRATEGIES | _OF_PAGES | _OF_WEBSITES
        if wrong := sorted(listed.intersection(self.given).difference(options)):
            names = {"first": "from", "last": "to", "only": "site"}
            shown = ", ".join(f"--{names.get(one, one).replace('_', '-')}" for one in wrong)
            raise ReviewError(f"{shown} has no meaning with {what}", None, "leave it out")


def harvest_source(source: str, ordered: Ordered, say: Say) -> None:
    """Do what `searchsets harvest` does.

    Args:
        source: the name of a service, or `websites`.
        ordered: what a person ordered.
        say: tells the person.

    Raises:
        ReviewError: an option is missing or wrong, or the harvest does not end well.
    """
    from searchsets.sources.settings import read_sources

    sources = read_sources(ordered.config)
    try:
        if source == WEBSITES:
            _harvest_websites(sources, ordered, say)
        elif ordered.pages_of:
            plan = _pages_plan(source, sources, ordered, say)
            _harvest(plan, ordered.name or f"pages-of-{ordered.pages_of}", sources, ordered, say)
        else:
            plan = _plan(source, sources, ordered)
            _harvest(plan, ordered.name or f"{ordered.first}-{ordered.last}", sources, ordered, say)
    except KeyboardInterrupt:
        say("\ninterrupted: what came is kept, and the same command goes on from there")
        raise


def _harvest(plan: Plan, name: str, sources: Sources, ordered: Ordered, say: Say) -> None:
    from searchsets.sources.bar import bar
    from searchsets.sources.command import Order, harvest
    from searchsets.sources.stored import require_name

    source = plan.service.name
    plan = replace(plan, errata=ordered.errata, command=ordered.command(source, name))
    for line in plan.text(in_full=ordered.dry_run):
        say(line)
    folder = ordered.folder / source / plan.strategy / require_name(name)
    if ordered.dry_run:
        say("nothing was sent")
        return
    order = Order(folder, ordered.most, ordered.accept_short, ordered.count)
    with bar(plan.service.label, say) as progress:
        answers = harvest(plan, sources, order, progress.say, progress)
    if gone := sum(one.total == 0 for one in answers if ordered.pages_of):
        say(f"WARNING: {gone:,} of {len(answers):,} pages are not there any more")
    if ordered.count:
        say("give the command again without --count to have them")
        return
    _tell_of_forms(plan, folder, say)
    with_store = f" --config {shlex.quote(f'harvest={ordered.store}')}" if ordered.store else ""
    say(f"kept in {folder}; ./run review{with_store} reads it there")


def _tell_of_forms(plan: Plan, folder: Path, say: Say) -> None:
    from searchsets.sources.imports import forms_not_asked, texts_of
    from searchsets.sources.stored import StoredHarvest

    if plan.forms:
        for warning in forms_not_asked(plan.forms, texts_of(StoredHarvest(folder, plan.facts()))):
            say(f"WARNING: {warning}")


def _harvest_websites(sources: Sources, ordered: Ordered, say: Say) -> None:
    from searchsets.sources.websites.command import harvest_websites

    ordered.allow(WEBSITES, _OF_WEBSITES)
    if not ordered.dry_run:
        sources.require_contact()
    sites = Path(ordered.review["websites"])
    store = ordered.folder / WEBSITES
    if harvest_websites(sites, store, sources.contact, ordered.only, ordered.dry_run, say):
        raise ReviewError("not all of the sites are complete", None, "see the lines above")


def _pages_plan(source: str, sources: Sources, ordered: Ordered, say: Say) -> Plan:
    """Plan to ask GOV.UK for the pages that a run found in it.

    Raises:
        ReviewError: the run found none there, or another service is asked.
    """
    from searchsets.sources.plan import Plan
    from searchsets.sources.services.govuk import PAGES_LIMITS, GovUk
    from searchsets.strategy.file import read_strategy

    ordered.allow("--pages-of", _OF_PAGES)
    if not ordered.strategy:
        raise ReviewError(
            "it is not said for which strategy the pages were found", None, "add --strategy NAME"
        )
    search = f"{ordered.strategy}_in_{GOV_UK}"
    found = RESULTS / ordered.pages_of / "search" / search / "retrieved.csv"
    if source != GOV_UK or not found.exists():
        raise ReviewError(
            f"the run {ordered.pages_of!r} found no pages of {source!r} for {ordered.strategy!r}",
            str(found),
            "only GOV.UK has pages to ask for, and those that a run found: first harvest govuk for "
            "this strategy and run the review",
        )
    strategy = read_strategy(ordered.strategy_file())
    links = {_accession(row["record_id"]) for row in read_csv(found, ("record_id",))}
    service = GovUk(sources.service(GOV_UK).address, sources.contact)
    queries = tuple(service.pages(links))
    if elsewhere := len(links) - len(queries):
        say(f"{elsewhere:,} of the records found are pages of other websites: not asked for")
    if not queries:
        raise ReviewError(
            f"the run {ordered.pages_of!r} found no page of GOV.UK",
            str(found),
            "nothing to ask for",
        )
    interval = sources.interval(service)
    return Plan(service, strategy.database, queries, interval=interval, limits=PAGES_LIMITS)


def _accession(record_id: str) -> str:
    """Return a number as the source gave it, from the id of a record."""
    return record_id.partition(":")[2].partition("~")[0].replace("%7E", "~")


def _plan(source: str, sources: Sources, ordered: Ordered) -> Plan:
    from searchsets.sources.forms import read_forms
    from searchsets.sources.plan import make_plan
    from searchsets.strategy.file import choose_reading, load_thesaurus, read_strategy

    service = sources.service(source)
    ordered.allow(source, _OF_STRATEGIES)
    needed = {"strategy": ordered.strategy, "from": ordered.first, "to": ordered.last}
    if missing := [f"--{name}" for name, said in needed.items() if said is None]:
        raise ReviewError(
            f"it is not said what to ask {service.label} for; missing: {', '.join(missing)}",
            None,
            f"write: searchsets harvest {source} --strategy eric --from 2002 --to 2008",
        )
    strategy = read_strategy(ordered.strategy_file(), literal=ordered.errata == "literal")
    return make_plan(
        service,
        strategy,
        load_thesaurus(strategy),
        choose_reading(strategy, ordered.reading),
        (ordered.first, ordered.last),
        read_forms(FORMS),
        sources.interval(service),
    )


def import_with_harvests(
    source: str,
    files: Sequence[ReadFile],
    store: Path | None,
    out: Path,
    earlier: Path | None = None,
) -> tuple[int, int, int]:
    """Import the export files of a database, and what was harvested of it.

    Args:
        source: the short name of the database, or of another service.
        files: its export files, opened.
        store: the folder of harvests, if any are to be read.
        out: the folder to write to.
        earlier: the folder of the run that this one updates: the ids that it gave are kept.

    Returns:
        The numbers of records kept, of broken ones, and of answers read.

    Raises:
        ReviewError: a harvest is not whole, or a file cannot be read.
    """
    from searchsets.records.shards import read_records
    from searchsets.records.store import import_database
    from searchsets.sources import imports
    from searchsets.sources.stored import find_harvests

    found = find_harvests(store) if store else []
    harvests = [one for one in found if one.source == source]
    if not harvests:
        return *import_database(source, files, out, earlier=earlier), 0
    answers = imports.open_answers(harvests)
    newest = imports.Newest(harvests)
    kept, broken = import_database(source, [*files, *answers], out, newest.settle, earlier)
    write_csv(out / "harvests.csv", imports.HARVEST_COLUMNS, imports.harvest_rows(harvests))
    write_csv(out / "questions.csv", imports.QUESTION_COLUMNS, imports.question_rows(harvests))
    records = read_records(out, ["source_file", "title", "abstract"])
    differences = imports.difference_rows(harvests, records)
    write_csv(out / "differences.csv", imports.DIFFERENCE_COLUMNS, differences)
    return kept, broken, len(answers)
