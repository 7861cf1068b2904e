"""Lists the choices that who runs the review again must make, in words, with those of this run."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from searchsets.reporting.build import Build
from searchsets.reporting.choices.model import (
    BASIS_WORDS,
    COMBINATION,
    ONE_OF,
    PUBLISHED_FROM,
    TEXT,
    WINDOW_FROM,
    WINDOW_UNTIL,
    YEAR,
    Option,
    Value,
)
from searchsets.search.choices import FALLBACK, LITERAL, READ, Rival, rival_of
from searchsets.search.stage import ENRICHED, TITLE_ALONE
from searchsets.strategy.model import Strategy

_FALLBACK_WHY = (
    "A record without descriptors is read for their words in its title, abstract and keywords. "
    "Strictly it cannot be judged."
)


def options(build: Build) -> Iterator[Option]:
    """Yield the options of a run: of each database, then of the review."""
    for database, strategy in build.strategies.items():
        if len(strategy.readings) > 1:
            yield _readings(build, database, strategy)
        rival = rival_of(strategy, build.config["errata"])
        if rival:
            yield _errata(build, database, strategy, rival)
        if strategy.when_unindexed == "free_text":
            yield _basis(database, strategy)
    if build.known_items:
        yield _text(build)
    yield Option(
        COMBINATION,
        "Which criteria a work must meet to be suggested for inclusion",
        ONE_OF,
        tuple(Value(one.id, one.says) for one in build.criteria.combinations),
        build.config["combination"],
    )
    yield from _years(build)


def _text(build: Build) -> Option:
    """Return what of the known items is searched."""
    why = "What the reference list states, and nothing more."
    enriched = f"the title and {build.words.description}"
    values = (Value(TITLE_ALONE, "the title alone", why), Value(ENRICHED, enriched))
    return Option(TEXT, "What of the known items is searched", ONE_OF, values, TITLE_ALONE)


def _readings(build: Build, database: str, strategy: Strategy) -> Option:
    values = tuple(
        Value(one.name, "; ".join(f"#{number}" for number in one.lines), one.why)
        for one in strategy.readings
    )
    label = f"{strategy.name}: which lines are the result"
    default = build.reading(database).name
    return Option(f"reading.{database}", label, ONE_OF, values, default, database)


def _errata(build: Build, database: str, strategy: Strategy, rival: Rival) -> Option:
    differing = [
        one for one in strategy.errata if one.kind == "reading" and one.line in rival.differing
    ]
    numbers = ", ".join(f"#{one.line}" for one in differing)
    values = (
        Value(READ, "; ".join(f"#{one.line} as {one.read_as}" for one in differing),
              " ".join(one.why for one in differing)),
        Value(LITERAL, "; ".join(f"#{one.line} as {one.text}" for one in differing),
              f"As the text of {build.words.of_review} stands."),
    )  # fmt: skip
    label = f"{strategy.name}: how {numbers} is read"
    return Option(f"errata.{database}", label, ONE_OF, values, build.config["errata"], database)


def _basis(database: str, strategy: Strategy) -> Option:
    values = tuple(
        Value(name, words, _FALLBACK_WHY if name == FALLBACK else "")
        for name, words in BASIS_WORDS.items()
    )
    label = f"{strategy.name}: how descriptors are searched in records that have none"
    return Option(f"basis.{database}", label, ONE_OF, values, FALLBACK, database)


def _years(build: Build) -> Iterator[Option]:
    """Yield the window, which counts and never excludes, and the first year of the criterion."""
    window = build.config["window"]
    criteria = build.criteria
    firsts = {one.published_from for one in (*criteria.criteria, *criteria.facets)} - {None}
    others = sorted(firsts - {window["from"]})
    yield Option(
        WINDOW_FROM,
        "First year of the window; it counts works and excludes none",
        YEAR,
        tuple(Value(year, str(year)) for year in (window["from"], *others)),
        window["from"],
    )
    whole = _last_whole_year(build)
    untils = [window["until"], *([whole] if whole not in (None, window["until"]) else [])]
    words = {whole: "The last year that the searches cover whole."}
    yield Option(
        WINDOW_UNTIL,
        "Last year of the window; it counts works and excludes none",
        YEAR,
        tuple(Value(year, str(year), words.get(year, "")) for year in untils),
        window["until"],
    )
    dated = [one for one in criteria.criteria if one.published_from is not None]
    if dated:
        names = ", ".join(f"“{one.printed}”" for one in dated)
        own = {one.published_from for one in dated}
        values = [Value(None, "as the criteria say: " + ", ".join(map(str, sorted(own))))]
        values += [Value(year, str(year)) for year in sorted(firsts - own)]
        yield Option(
            PUBLISHED_FROM,
            f"First year of publication that the criterion accepts ({names})",
            YEAR,
            tuple(values),
            None,
        )


def _last_whole_year(build: Build) -> int | None:
    """Return the last year that ended before the last search, or None where no day is known."""
    days = []
    for strategy in build.strategies.values():
        try:
            days.append(datetime.date.fromisoformat(strategy.searched["until"]))
        except ValueError:
            continue
    last = max(days, default=None)
    if last is None:
        return None
    return last.year if (last.month, last.day) == (12, 31) else last.year - 1
