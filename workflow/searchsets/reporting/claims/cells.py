"""Finds the cells that several claims are made from."""

from __future__ import annotations

from searchsets.reporting.choices.model import Data, Search
from searchsets.reporting.choices.stage import THIS_RUN
from searchsets.reporting.claims.model import Cell, Facts


def live(facts: Facts, *names: str) -> dict[str, Cell]:
    """Return totals of this run's choices, which other choices change."""
    return {name: facts.cell("choices", name, choice=THIS_RUN) for name in names}


def in_summary(facts: Facts, *names: str) -> dict[str, Cell]:
    """Return figures of the first screen of the page."""
    return {name: facts.cell("summary", "value", figure=name) for name in names}


def name_of(facts: Facts, database: str) -> str:
    """Return what a database is called."""
    return facts.cell("databases", "name", database=database).value


def called(facts: Facts, search: Search) -> str:
    """Return what a search is called: its database, or another source and in whose place."""
    name = name_of(facts, search.database)
    if search.source == search.database:
        return name
    return f"{search.source.replace('_', ' ')} in the place of {name}"


def search_choices(data: Data) -> tuple[str, ...]:
    """Return the choices that change what is retrieved."""
    return tuple(one.id for one in data.options if one.database)
