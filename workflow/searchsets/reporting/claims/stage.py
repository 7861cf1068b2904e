"""Makes the table of what a review can and cannot claim."""

from __future__ import annotations

from collections.abc import Sequence

from searchsets.files import cell
from searchsets.reporting.build import Build
from searchsets.reporting.choices.files import read_dictionaries
from searchsets.reporting.choices.model import Data
from searchsets.reporting.choices.stage import FOLDER
from searchsets.reporting.claims import of_screening, of_searches, of_sources
from searchsets.reporting.claims.model import OPTION, Facts, claims_table
from searchsets.reporting.tables.model import Table

MAKERS = (
    of_searches.databases,
    of_searches.stand_ins,
    of_searches.known_items,
    of_searches.changes,
    of_searches.records,
    of_searches.included,
    of_sources.window,
    of_sources.published,
    of_screening.screening,
    of_screening.criteria,
)


def claims(build: Build, made: Sequence[Table]) -> Table:
    """What this review can and cannot claim, each from cells of the other tables."""
    data = read_dictionaries(build.folder / FOLDER)
    facts = Facts(made, build.words)
    listed = [one for maker in MAKERS for one in maker(facts, data)]
    listed += of_sources.illegible(build)
    return claims_table(listed, words_of(data, data.default))


def words_of(data: Data, settings: dict) -> dict[str, str]:
    """Return what the values of choices are called, by `option:<id>`."""
    words = {}
    for option in data.options:
        chosen = settings.get(option.id, option.default)
        labels = {value.value: value.label for value in option.values}
        words[f"{OPTION}{option.id}"] = labels.get(chosen, cell(chosen))
    return words
