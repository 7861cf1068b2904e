"""What the commands do with sources: ask them, and import what they answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from searchsets.errors import ReviewError
from searchsets.files import write_csv

if TYPE_CHECKING:
    from searchsets.records.reading import ReadFile
    from searchsets.sources.plan import Plan
    from searchsets.sources.settings import Sources

Say = Callable[[str], None]
WEBSITES = "websites"
STRATEGIES = Path("search_strategies")


def harvest_source(source: str, ordered: Mapping[str, Any], say: Say) -> None:
    """Do what `searchsets harvest` does.

    Args:
        source: the name of a service, or `websites`.
        ordered: the options of the command, by name.
        say: tells the person.

    Raises:
        ReviewError: an option is missing or wrong, or the harvest does not end well.
    """
    from searchsets.sources.command import Order, bar, folder_of, harvest
    from searchsets.sources.settings import read_sources

    sources = read_sources(ordered["config"])
    plan = _plan(source, sources, ordered)
    for line in plan.text():
        say(line)
    name = ordered["name"] or f"{plan.years[0]}-{plan.years[1]}"
    folder = folder_of(ordered["store"], source, plan.strategy, name)
    if ordered["dry_run"]:
        say("nothing was sent")
        return
    order = Order(folder, ordered["most"], ordered["accept_short"])
    with bar(plan.service.label) as progress:
        harvest(plan, sources, order, say, progress)
    say(f"kept in {folder}; ./run review reads it there")


def _plan(source: str, sources: Sources, ordered: Mapping[str, Any]) -> Plan:
    from searchsets.sources.forms import read_forms
    from searchsets.sources.plan import make_plan
    from searchsets.strategy.file import choose_reading, load_thesaurus, read_strategy

    service = sources.service(source)
    missing = [f"--{name}" for name, key in _NEEDED.items() if ordered[key] is None]
    if missing:
        raise ReviewError(
            f"it is not said what to ask {service.label} for: {', '.join(missing)} is missing",
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
        QUESTION_COLUMNS,
        Newest,
        find_harvests,
        open_answers,
        question_rows,
    )

    found = find_harvests(store) if store else []
    harvests = [one for one in found if one.source == source]
    if not harvests:
        return *import_database(source, files, out), 0
    answers = open_answers(harvests)
    kept, broken = import_database(source, [*files, *answers], out, Newest(harvests).settle)
    write_csv(out / "questions.csv", QUESTION_COLUMNS, question_rows(harvests))
    return kept, broken, len(answers)
