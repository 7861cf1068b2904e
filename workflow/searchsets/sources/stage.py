"""What the commands do with sources: ask them, and import what they answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from searchsets.errors import ReviewError
from searchsets.files import read_csv, write_csv

if TYPE_CHECKING:
    from searchsets.records.reading import ReadFile
    from searchsets.sources.plan import Plan
    from searchsets.sources.settings import Sources

Say = Callable[[str], None]
WEBSITES = "websites"
STRATEGIES, RESULTS = Path("search_strategies"), Path("results")


def harvest_source(source: str, ordered: Mapping[str, Any], say: Say) -> None:
    """Do what `searchsets harvest` does.

    Args:
        source: the name of a service, or `websites`.
        ordered: the options of the command, by name.
        say: tells the person.

    Raises:
        ReviewError: an option is missing or wrong, or the harvest does not end well.
    """
    from searchsets.sources.bar import bar
    from searchsets.sources.command import Order, folder_of, harvest
    from searchsets.sources.settings import read_sources

    sources = read_sources(ordered["config"])
    if source == WEBSITES:
        _harvest_websites(sources, ordered, say)
        return
    if ordered["pages_of"]:
        plan, name = _pages_plan(source, sources, ordered), f"pages-of-{ordered['pages_of']}"
    else:
        plan, name = _plan(source, sources, ordered), f"{ordered['first']}-{ordered['last']}"
    for line in plan.text():
        say(line)
    name = ordered["name"] or name
    folder = folder_of(ordered["store"], source, plan.strategy, name)
    if ordered["dry_run"]:
        say("nothing was sent")
        return
    order = Order(folder, ordered["most"], ordered["accept_short"], ordered["count"])
    with bar(plan.service.label, say) as progress:
        harvest(plan, sources, order, progress.say, progress)
    if ordered["count"]:
        say("give the command again without --count to have them")
    else:
        say(f"kept in {folder}; ./run review reads it there")


def _harvest_websites(sources: Sources, ordered: Mapping[str, Any], say: Say) -> None:
    from searchsets.sources.websites.command import harvest_websites

    if not ordered["dry_run"]:
        sources.require_contact()
    left = harvest_websites(
        ordered["sites"],
        ordered["store"] / WEBSITES,
        sources.contact,
        ordered["only"],
        ordered["dry_run"],
        say,
    )
    if left:
        raise ReviewError(
            "not all of the sites are complete", str(ordered["sites"]), "the list stands above"
        )


def _pages_plan(source: str, sources: Sources, ordered: Mapping[str, Any]) -> Plan:
    """Plan to ask GOV.UK for the pages that a run found in it.

    Raises:
        ReviewError: the run found none there, or another service is asked.
    """
    from searchsets.sources.plan import Plan
    from searchsets.sources.services.govuk import GovUk
    from searchsets.strategy.file import read_strategy

    found = (
        RESULTS / ordered["pages_of"] / "search" / f"{ordered['strategy']}_in_govuk/retrieved.csv"
    )
    if source != "govuk" or not found.exists():
        raise ReviewError(
            f"the run {ordered['pages_of']!r} found no pages of {source!r} for "
            f"{ordered['strategy']!r}",
            str(found),
            "only GOV.UK has pages to ask for, and those that a run found: first harvest govuk for "
            "this strategy and run the review",
        )
    strategy = read_strategy(STRATEGIES / f"{ordered['strategy']}.yaml")
    links = [row["record_id"].partition(":")[2] for row in read_csv(found, ("record_id",))]
    service = GovUk(sources.service("govuk").address, sources.contact)
    queries = tuple(service.pages(map(_accession, links)))
    return Plan(service, strategy.database, queries, interval=sources.interval(service))


def _accession(part: str) -> str:
    """Return a number as the source gave it, from the part of an id behind its source."""
    return part.partition("~")[0].replace("%7E", "~")


def _plan(source: str, sources: Sources, ordered: Mapping[str, Any]) -> Plan:
    from searchsets.sources.forms import read_forms
    from searchsets.sources.plan import make_plan
    from searchsets.strategy.file import choose_reading, load_thesaurus, read_strategy

    service = sources.service(source)
    missing = [f"--{name}" for name, key in _NEEDED.items() if ordered[key] is None]
    if missing:
        raise ReviewError(
            f"it is not said what to ask {service.label} for; missing: {', '.join(missing)}",
            None,
            f"write: searchsets harvest {source} --strategy eric --from 2002 --to 2008",
        )
    named = Path(ordered["strategy"])
    path = named if named.suffix else STRATEGIES / f"{named}.yaml"
    strategy = read_strategy(path, literal=ordered["errata"] == "literal")
    return make_plan(
        service,
        strategy,
        load_thesaurus(strategy),
        choose_reading(strategy, ordered["reading"]),
        (ordered["first"], ordered["last"]),
        read_forms(sources.path.parent / "forms.csv"),
        sources.interval(service),
    )


_NEEDED = {"strategy": "strategy", "from": "first", "to": "last"}


def import_with_harvests(
    source: str, files: Sequence[ReadFile], store: Path | None, out: Path
) -> tuple[int, int, int]:
    """Import the export files of a database, and what was harvested of it.

    Args:
        source: the short name of the database, or of another service.
        files: its export files, opened.
        store: the folder of harvests, if any are to be read.
        out: the folder to write to.

    Returns:
        The numbers of records kept, of broken ones, and of answers read.

    Raises:
        ReviewError: a harvest is not whole, or a file cannot be read.
    """
    from searchsets.records.store import import_database
    from searchsets.sources.answers import (
        DIFFERENCE_COLUMNS,
        QUESTION_COLUMNS,
        Newest,
        difference_rows,
        open_answers,
        question_rows,
    )
    from searchsets.sources.stored import find_harvests

    found = find_harvests(store) if store else []
    harvests = [one for one in found if one.source == source]
    if not harvests:
        return *import_database(source, files, out), 0
    answers = open_answers(harvests)
    kept, broken = import_database(source, [*files, *answers], out, Newest(harvests).settle)
    write_csv(out / "questions.csv", QUESTION_COLUMNS, question_rows(harvests))
    write_csv(out / "differences.csv", DIFFERENCE_COLUMNS, difference_rows(harvests))
    return kept, broken, len(answers)
