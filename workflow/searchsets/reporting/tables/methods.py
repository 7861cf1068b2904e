"""Writes the methods of a run in sentences: only facts of the run, each with the cell it is from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from searchsets import __version__
from searchsets.dedupe.vetoes import RULES_VERSION
from searchsets.reporting.build import Build, Row, only_row
from searchsets.reporting.tables.exclusions import WHERE
from searchsets.reporting.tables.model import NOT_SEARCHABLE, Rows, Table, table
from searchsets.reporting.tables.stopping import NOBODY, NOT_RECORDED
from searchsets.screening.model import (
    ADJUDICATOR,
    CONSENSUS,
    SCREENED_STAGES,
    SCREENER,
    STAGE_WORDS,
)
from searchsets.screening.outcomes.outcome import BY_PUBLICATION
from searchsets.screening.outcomes.states import BY_RULE
from searchsets.words import counted

PROGRAM = "searchsets: what the program does and does not do"

Sentences = Iterator[tuple[str, list[str]]]
"""Sentences, each with the places that its facts were read from."""


@dataclass
class Facts:
    """Gives single facts of a run to sentences, and keeps where each of them stands."""

    build: Build
    made: Mapping[str, Table]
    read: list[str] = field(default_factory=list)

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Return the rows of a table, none if this run does not have it."""
        return self.made[name].rows if name in self.made else []

    def cell(self, name: str, column: str, **key: str) -> Any:
        """Return one cell of a table."""
        told = ", ".join(f"{column}={value}" for column, value in key.items())
        self.read.append(f"tables/{name}.csv: {column} ({told})")
        return only_row(self.rows(name), **key)[column]

    def number_of(self, name: str, what: str, rows: Sequence[Any]) -> int:
        """Return how many rows of a table there are of a kind that `what` describes."""
        self.read.append(f"tables/{name}.csv: rows {what}".strip())
        return len(rows)

    def sum_of(self, name: str, column: str, rows: Sequence[Mapping[str, Any]]) -> int:
        """Return the sum of a column over rows."""
        self.read.append(f"tables/{name}.csv: sum of {column}")
        return sum(int(row[column] or 0) for row in rows)

    def setting(self, *path: str) -> Any:
        """Return a value of the configuration."""
        self.read.append(f"config: {': '.join(path)}")
        value: Any = self.build.config
        for name in path:
            value = value[name]
        return value

    def told(self, *sources: str) -> list[str]:
        """Return where the facts since the last sentence were read, and begin anew."""
        read = [*dict.fromkeys([*self.read, *sources])]
        self.read.clear()
        return read


def methods(build: Build, made: Sequence[Table]) -> Table:
    """The methods of this run, a sentence a row, with the place of every fact in it."""

    def rows() -> Rows:
        facts = Facts(build, {one.name: one for one in made})
        for section, write in SECTIONS.items():
            for sentence, places in write(facts):
                yield {"section": section, "sentence": sentence, "from": places}

    return table(
        "methods",
        "The methods of this run in sentences, for the authors to work into their report. Each "
        "holds only facts of this run, and the places that they were read from.",
        ("section", "sentence", "from"),
        rows(),
    )


def _strategies(facts: Facts) -> Sentences:
    build = facts.build
    lines = facts.number_of("strategies", "", facts.rows("strategies"))
    databases = facts.number_of("databases", "", facts.rows("databases"))
    cited = sorted({one.source["citation"].strip(" .") for one in build.strategies.values()})
    these = (
        f"The search strategies of {counted(databases, 'database')}, of {counted(lines, 'line')} "
        "together"
    )
    whose = f"{these}, are those of" if build.words.review else f"{these}, stand in"
    yield (
        f"{whose} {'; '.join(cited)}.",
        facts.told("search_strategies/*.yaml: source"),
    )
    if facts.setting("errata") == "literal":
        yield "Every line was run literally as it stands.", facts.told()
    else:
        n = sum(e.kind == "reading" for one in build.strategies.values() for e in one.errata)
        told = facts.told("search_strategies/*.yaml: errata, kind reading")
        if n or build.words.review:
            yield (
                "Read otherwise than printed, as the errata of the strategies say: "
                f"{counted(n, 'line')}.",
                told,
            )
    for database, name in sorted(build.config["outputs"].items()):
        yield (
            f"The result of {build.strategies[database].name} is that of the reading “{name}”.",
            facts.told(f"config: outputs: {database}"),
        )


def _searches(facts: Facts) -> Sentences:
    rows = facts.rows("databases")
    exported = [row for row in rows if row["export"] == "yes"]
    missing = [row["name"] for row in rows if row["export"] not in ("yes", NOT_SEARCHABLE)]
    facts.number_of("databases", "by export", rows)
    if not exported:
        yield "No database was searched in this run.", facts.told()
    else:
        came = "; ".join(
            f"{row['name']} ({facts.cell('databases', 'retrieved', database=row['database']):,} "
            "retrieved)"
            for row in exported
        )
        yield (
            f"Records were brought from {len(exported)} of {len(rows)} databases: {came}.",
            facts.told(),
        )
        if missing:
            yield (
                f"Nothing was brought from {'; '.join(missing)}.",
                facts.told("tables/databases.csv: export"),
            )
    yield from _closed(facts, [row for row in rows if row["export"] == NOT_SEARCHABLE])
    yield from _periods(facts)
    yield from _services(facts)
    yield from _other_sources(facts)


def _update(facts: Facts) -> Sentences:
    """Yield what is taken over from the run that this one updates, and how its searches were limited."""
    build = facts.build
    if not build.base:
        return
    rows = facts.rows("earlier")
    told = "; ".join(
        f"{became}: {sum(row['records'] for row in rows if row['became'] == became):,}"
        for became in dict.fromkeys(row["became"] for row in rows)
    )
    yield (
        f"This run updates the run {build.base}, whose records, works and decisions are taken over. "
        f"Its records are now: {told or 'none'}.",
        facts.told("config: updates", "tables/earlier.csv: records"),
    )
    again = facts.number_of("asked_again", "", facts.rows("asked_again"))
    yield (
        f"{counted(again, 'decision')} of earlier runs {'is' if again == 1 else 'are'} asked for again, "
        "because a criterion that decided changed or an abstract came; all others stand.",
        facts.told("screening/recheck.csv"),
    )
    limited = build.config.get("limited")
    if limited:
        by = "year of publication" if limited["by"] == "publication_year" else "date of entry"
        yield (
            f"The searches of this run were limited by {by} to {limited['from']} and later.",
            facts.told("config: limited"),
        )
    else:
        yield "Whole searches were repeated, without a limit.", facts.told("config: limited")


def _closed(facts: Facts, rows: Sequence[Mapping[str, Any]]) -> Sentences:
    """Yield which databases nobody can search any more, each with what its strategy knows of it."""
    for row in rows:
        note = facts.build.strategies[row["database"]].available["note"].strip()
        yield (
            f"{row['name']} is not searchable, and no export of it was brought. {note}",
            facts.told(
                "tables/databases.csv: export",
                f"search_strategies/{row['database']}.yaml: available",
            ),
        )


def _periods(facts: Facts) -> Sentences:
    """Yield when the review searched which databases, as far as its strategies say."""
    who = "published review" if facts.build.words.review else "review"
    by_period: dict[tuple[str, str], list[str]] = {}
    for one in facts.build.strategies.values():
        period = one.searched.get("from", ""), one.searched.get("until", "")
        by_period.setdefault(period, []).append(one.name)
    for (first, last), names in sorted(by_period.items()):
        if first and last and (facts.build.words.review or first[0].isdigit()):
            which = "its databases" if len(by_period) == 1 else "; ".join(names)
            yield (
                f"The {who} searched {which} between {first} and {last}.",
                facts.told("search_strategies/*.yaml: searched"),
            )


def _services(facts: Facts) -> Sentences:
    rows = facts.rows("harvests")
    if not rows:
        yield "No open service was asked.", facts.told("records/*/harvests.csv: none")
        return
    n = facts.number_of("harvests", "", rows)
    days = sorted(row[key] for row in rows for key in ("first_asked", "last_asked"))
    yield (
        f"Open services were asked in {counted(n, 'harvest')}, between {days[0]} and {days[-1]}: "
        f"{', '.join(sorted({row['source'] for row in rows}))}.",
        facts.told("tables/harvests.csv: first_asked, last_asked, source"),
    )
    for row in facts.rows("stand_ins"):
        yield (
            f"The strategy of {row['strategy']} was run on {row['name']}, which is no search of "
            f"that database; it retrieved {counted(int(row['retrieved']), 'record')}.",
            facts.told(f"tables/stand_ins.csv: retrieved (strategy={row['strategy']}, "
                       f"source={row['source']})"),
        )  # fmt: skip


def _other_sources(facts: Facts) -> Sentences:
    sites = facts.rows("websites")
    if sites:
        states = sorted({row["state"] for row in sites})
        told = ", ".join(f"{sum(row['state'] == one for row in sites)} {one}" for one in states)
        yield (
            f"Of {counted(len(sites), 'website')}: {told}.",
            facts.told("tables/websites.csv: state"),
        )
    else:
        yield "No website was searched in this run.", facts.told("records/websites.csv: state")
    if facts.rows("supplied"):
        asked, documents = (
            int(facts.cell("supplied", column, organisation="all together"))
            for column in ("asked", "documents")
        )
        yield (
            f"{counted(asked, 'request')} for documents went to organisations; "
            f"{counted(documents, 'document')} came.",
            facts.told(),
        )
    else:
        yield (
            "No request to an organisation is recorded in this run.",
            facts.told("resources/supplied"),
        )
    if facts.rows("known_items"):
        known = facts.number_of("known_items", "", facts.rows("known_items"))
        what = (
            "the published review's own reference list"
            if facts.build.words.review
            else "known items"
        )
        yield (
            f"Beside what was searched, this run holds {what}: {counted(known, 'work')}.",
            facts.told(),
        )


def _deduplication(facts: Facts) -> Sentences:
    n = {
        figure: int(facts.cell("duplicates", "number", figure=figure))
        for figure in ("records", "works", "merges", "people", "questions")
    }
    yield (
        f"Deduplication by version {RULES_VERSION} of the rules of searchsets made "
        f"{counted(n['works'], 'work')} of {counted(n['records'], 'record')}. Pairs of records that "
        f"were joined: {n['merges']:,}; that people decided: {n['people']:,}; that wait for a "
        f"person: {n['questions']:,}.",
        facts.told("works/decisions.csv: decided_by"),
    )


def _criteria(facts: Facts) -> Sentences:
    criteria = facts.build.criteria
    chosen = criteria.combination(facts.setting("combination"))
    yield (
        f"Criteria used: {len(criteria.criteria)}, version {criteria.version}; the combination "
        f"“{chosen.id}” makes the suggestion: {chosen.says}.",
        facts.told("screening/criteria.csv: criterion, criteria_version", "config/criteria.yaml"),
    )
    window = facts.setting("window")
    yield (
        f"The window of this run is {window['from']} to {window['until']}: works are counted by "
        "these years, which are no filter of the search.",
        facts.told(),
    )


def _screening(facts: Facts) -> Sentences:
    asked = facts.setting("screening", "screeners")
    told = ", ".join(
        f"{asked[stage]} at {STAGE_WORDS[stage]}" for stage in SCREENED_STAGES if stage in asked
    )
    if told:
        yield (
            f"The protocol asks for this number of screeners of each record: {told}.",
            facts.told(),
        )
    facts.read.clear()
    acts = facts.build.acts
    if not acts:
        yield "Nobody screened in this run.", facts.told("screening/events.csv: role")
    for stage in SCREENED_STAGES:
        here = [row for row in acts if row["stage"] == stage]
        if here:
            yield from _stage(facts, stage, here)
    yield from _decided_otherwise(facts)
    yield from _agreement(facts)
    yield from _order(facts)


def _stage(facts: Facts, stage: str, acts: Sequence[Row]) -> Sentences:
    by_screeners = [row for row in acts if row["role"] == SCREENER]
    n = {
        what: int(facts.cell("screening_flow", "n", stage=stage, what=what, reason=""))
        for what in ("entered", "by two or more", "differed", "differed, settled")
    }
    yield (
        f"At {STAGE_WORDS[stage]}, {_people(acts, SCREENER)} screened{_settled_by(acts)}. Works with "
        f"a decision there: {n['entered']:,}; that two or more screened: {n['by two or more']:,}; on "
        f"which they differed: {n['differed']:,}; of these settled: {n['differed, settled']:,}.",
        facts.told(f"screening/events.csv: reviewer, role (stage={stage}, standing=yes)"),
    )
    blind = sum(row["blinded"] == "true" for row in by_screeners)
    if by_screeners:
        yield (
            f"Recorded as done blind to the others: {blind:,} of "
            f"{counted(len(by_screeners), 'standing act')} of screeners.",
            facts.told(
                f"screening/events.csv: blinded (stage={stage}, role=screener, standing=yes)"
            ),
        )


def _people(acts: Sequence[Row], role: str) -> str:
    """Return how many people acted in a role, in words."""
    people = len({row["reviewer"] for row in acts if row["role"] == role})
    return "nobody" if not people else "1 person" if people == 1 else f"{people:,} people"


def _settled_by(acts: Sequence[Row]) -> str:
    """Return who settled disagreements, as the end of a sentence; nothing where nobody did."""
    roles = {row["role"] for row in acts}
    alone = f", and {_people(acts, ADJUDICATOR)} settled disagreements" * (ADJUDICATOR in roles)
    return alone + ", and some works were decided by consensus" * (CONSENSUS in roles)


def _decided_otherwise(facts: Facts) -> Sentences:
    rows = facts.rows("screening")
    published = [row for row in rows if row["decided_by"] == BY_PUBLICATION]
    if published:
        n = facts.sum_of("screening", "works", published)
        yield (
            f"Decided by the published review, and by nobody since: {counted(n, 'work')}.",
            facts.told("tables/screening.csv: decided_by=published outcome"),
        )
    by_rule = [row for row in facts.rows("excluded_reasons") if row["stage"] == WHERE[BY_RULE]]
    n = facts.sum_of("excluded_reasons", "works", by_rule)
    yield (
        f"Excluded by rules, for a value that the record states: {counted(n, 'work')}.",
        facts.told(),
    )


def _agreement(facts: Facts) -> Sentences:
    rows = facts.rows("screening_agreement")
    if not rows:
        yield (
            "No agreement can be told: no two people screened the same work.",
            facts.told("tables/screening_agreement.csv: no row"),
        )
    for number, row in enumerate(rows, start=2):
        figures = ("kappa", "kappa_low", "kappa_high", "positive_agreement")
        told = {name: _rounded(row[name]) for name in figures}
        kappa = (
            f"kappa {told['kappa']} (95 % interval {told['kappa_low']} to {told['kappa_high']})"
            if row["kappa"]
            else "kappa is not defined"
        )
        yield (
            f"At {STAGE_WORDS.get(row['stage'], row['stage'])}, round {row['round']}, "
            f"{row['reviewer_a']} and {row['reviewer_b']} both screened "
            f"{counted(int(row['records']), 'record')}: {kappa}, positive agreement "
            f"{told['positive_agreement']}.",
            facts.told(f"tables/screening_agreement.csv, row {number}: kappa, kappa_low, "
                       "kappa_high, positive_agreement"),
        )  # fmt: skip


def _rounded(figure: str) -> str:
    """Return a figure of agreement for a sentence; the table has more decimals.

    >>> _rounded("0.2000"), _rounded("-0.2704"), _rounded("-0.0049"), _rounded("")
    ('0.20', '-0.27', '0.00', 'not defined')
    """
    return f"{float(figure):z.2f}" if figure else "not defined"


def _order(facts: Facts) -> Sentences:
    read = [row for row in facts.rows("stopping") if row["order_policy"] != NOBODY]
    models = sorted({name for row in facts.rows("stopping") for name in row.get("models") or ()})
    place = facts.told("tables/stopping.csv: order_policy, ranked_by_model, models")
    ranked = [row for row in read if row["ranked_by_model"]]
    unknown = sum(row["acts"] for row in read if row["order_policy"] == NOT_RECORDED)
    if ranked or models:
        named = sorted({row["order_policy"] for row in ranked} | set(models))
        yield f"Models took part in the screening or in its order: {', '.join(named)}.", place
    elif read:
        yield "The log names no model, neither for a decision nor for the order of reading.", place
    if unknown:
        yield (
            "The order of reading is not recorded for "
            f"{counted(unknown, 'standing act')} of screeners.",
            place,
        )


def _result(facts: Facts) -> Sentences:
    rows = facts.rows("screening_states")
    told = "; ".join(
        f"{row['state'].lower()}: {int(facts.cell('screening_states', 'works', state=row['state'])):,}"
        for row in rows
    )
    if told:
        yield f"Where the works stand: {told}.", facts.told()
    else:
        yield "This run holds no work yet.", facts.told("tables/screening_states.csv: no row")
    yield (
        "This run makes no synthesis, and assesses neither risk of bias nor the certainty of "
        "evidence.",
        facts.told(PROGRAM),
    )
    yield f"All this was made by searchsets {__version__}.", facts.told("manifest.json: searchsets")


SECTIONS: dict[str, Callable[[Facts], Sentences]] = {
    "Strategies": _strategies,
    "Searches": _searches,
    "Update": _update,
    "Deduplication": _deduplication,
    "Criteria": _criteria,
    "Screening": _screening,
    "Result": _result,
}
