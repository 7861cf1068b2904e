"""Lists what may be claimed of the searches: what they cover, find and leave out."""

from __future__ import annotations

from collections.abc import Iterator

from searchsets.files import cell
from searchsets.reporting.choices.model import TEXT, Data, Option
from searchsets.reporting.choices.stage import NOTHING, THIS_RUN
from searchsets.reporting.claims.cells import called, in_summary, live, name_of, search_choices
from searchsets.reporting.claims.model import ALWAYS, Claim, Facts
from searchsets.search.choices import STRICT

_EXPORTS = "Put exports of the databases into the folder of exports and run again (README)."


def databases(facts: Facts, data: Data) -> Iterator[Claim]:
    """Yield what can be said of the databases that were searched."""
    names = ("strategies", "databases_with_export", "databases_without_export")
    yield Claim(
        "every_database_searched",
        "All {strategies} databases of the report were searched.",
        "{databases_with_export} of {strategies} databases have an export in this run. Of the "
        "other {databases_without_export} nothing is known: what they hold is unknown, not 0.",
        _EXPORTS,
        ("databases_without_export = 0",),
        ("databases_without_export > 0",),
        in_summary(facts, *names),
    )
    yield Claim(
        "total_is_known",
        "It is known how many records the searches of all databases retrieve.",
        "The sources that were searched give {records} records. They stand for "
        "{databases_with_export} of {strategies} databases; the others would add to that number.",
        _EXPORTS,
        ("databases_without_export = 0", "records > -1"),
        ("databases_without_export > 0",),
        {**live(facts, "records"), **in_summary(facts, *names)},
        search_choices(data),
    )


def stand_ins(facts: Facts, data: Data) -> Iterator[Claim]:
    """Yield for each source that was asked in a database's place that it is not the database."""
    for search in data.searches:
        if search.name == search.database:
            continue
        column = f"records_{search.name}"
        source, database = search.source.replace("_", " "), name_of(facts, search.database)
        yield Claim(
            f"stands_in_{search.name}",
            f"The search of {source} shows what a search of {database} finds.",
            f"{source} was asked in the place of {database} and gave {{{column}}} "
            "records that the strategy retrieves. It holds other records and has other descriptors: "
            "this is no search of the database.",
            f"Put an export of {database} into the folder of exports.",
            (),
            (ALWAYS,),
            live(facts, column),
            search_choices(data),
        )


def known_items(facts: Facts, data: Data) -> Iterator[Claim]:
    """Yield what the known items show of the searches."""
    found = [f"key_sources_{state}" for state in ("matched", "undecidable", "not_matched")]
    cells = {**live(facts, *found), **in_summary(facts, "key_source")}
    yield Claim(
        "finds_the_key_sources",
        "The strategies would match all {key_source} key sources, by {option:text}.",
        "Of {key_source} key sources at least one strategy would match {key_sources_matched}. "
        "{key_sources_undecidable} cannot be judged, since the reference lacks what a line asks "
        "for; {key_sources_not_matched} would be missed. This is about words only: whether a "
        "database held the work is another question.",
        "Abstracts and descriptors of the key sources, as a database has them "
        "(resources/known_items/enrichment.csv).",
        ("key_sources_matched = {key_source}",),
        ("key_sources_not_matched > 0",),
        cells,
        (*search_choices(data), TEXT),
    )
    yield Claim(
        "misses_nothing",
        "The searches miss nothing that is relevant.",
        "The only test is of {key_source} works that the review itself chose, of which "
        "{key_sources_matched} would be matched. Of relevant works that nobody knows, this says "
        "nothing.",
        "A sample of relevant works that was found without these searches.",
        (),
        (),
        cells,
        (*search_choices(data), TEXT),
    )
    yield from _strictly(facts)


def _strictly(facts: Facts) -> Iterator[Claim]:
    names = ("matched_title_strict", "unjudged_title_strict", "matched_title_fallback")
    if facts.has("key_sources_by_strategy"):
        yield Claim(
            "strictly",
            "Searched strictly, as a database would, the strategies match all key sources.",
            "Strictly, by the title alone, {matched_title_strict} of {key_source} are matched and "
            "{unjudged_title_strict} cannot be judged: the reference list states no descriptors. "
            "Where descriptors are read as free text too, {matched_title_fallback} are matched. "
            "That reading is ours, and no database's.",
            "The descriptors that the databases gave to the key sources.",
            ("matched_title_strict = {key_source}",),
            (),
            in_summary(facts, *names, "key_source"),
        )


def changes(facts: Facts, data: Data) -> Iterator[Claim]:
    """Yield a claim for each choice of a database about whether it makes a difference."""
    for option in data.options:
        kind, _, database = option.id.partition(".")
        if kind in _DIFFERENCE and database:
            yield _difference(facts, option)
    everywhere = {"choice": "basis", "value": STRICT}
    if any(facts.numbered("choices", **everywhere)):
        yield _free_text_reading(facts, everywhere)


_DIFFERENCE = ("errata", "reading")


def _free_text_reading(facts: Facts, strictly: dict[str, str]) -> Claim:
    """Return the claim that nothing rests on reading descriptors as free text."""
    names = ("records", "known_items_matched")
    now = {f"{name}_now": facts.cell("choices", name, choice=THIS_RUN) for name in names}
    then = {f"{name}_strictly": facts.cell("choices", name, **strictly) for name in names}
    return Claim(
        "free_text_reading",
        "Reading descriptors as free text, in records that have none, makes no difference.",
        "With it, {records_now} records are retrieved and {known_items_matched_now} known items "
        "would be matched; strictly, {records_strictly} and {known_items_matched_strictly}. "
        "What a platform answered counts under both.",
        "Exports with descriptors.",
        (f"changes = {NOTHING}", "databases_without_export = 0"),
        (f"changes != {NOTHING}",),
        {
            **now,
            **then,
            "changes": facts.cell("choices", "changes", **strictly),
            **in_summary(facts, "databases_without_export"),
        },
    )


def _difference(facts: Facts, option: Option) -> Claim:
    """Return the claim that a choice of one database makes no difference."""
    cells = {
        "export": facts.cell("databases", "export", database=option.database),
        "records_now": facts.cell("choices", "records", choice=THIS_RUN),
        "known_now": facts.cell("choices", "known_items_matched", choice=THIS_RUN),
    }
    told, unchanged, changed = [], ["export = yes"], []
    for value in option.values:
        if value.value == option.default:
            continue
        name, key = str(value.value), {"choice": option.id, "value": cell(value.value)}
        cells[f"changes_{name}"] = facts.cell("choices", "changes", **key)
        cells[f"records_{name}"] = facts.cell("choices", "records", **key)
        cells[f"known_{name}"] = facts.cell("choices", "known_items_matched", **key)
        unchanged.append(f"changes_{name} = {NOTHING}")
        changed.append(f"changes_{name} != {NOTHING}")
        told.append(f"With {value.label}: {{records_{name}}} records and {{known_{name}}}.")
    return Claim(
        option.id.replace(".", "_"),
        f"{option.label} makes no difference.",
        "In this run {records_now} records are retrieved and {known_now} known items would be "
        f"matched. {' '.join(told)} Export of this database: {{export}}; without one only the "
        "known items can tell.",
        "The printed report, or an export of the database.",
        tuple(unchanged),
        tuple(changed),
        cells,
    )


def records(facts: Facts, data: Data) -> Iterator[Claim]:
    """Yield what became of the records under other choices."""
    undecidable = [f"undecidable_{search.name}" for search in data.searches]
    if undecidable:
        told = "; ".join(
            f"{called(facts, search)} {{undecidable_{search.name}}}" for search in data.searches
        )
        yield Claim(
            "every_record_judged",
            "Every record of what was searched could be judged by the strategy.",
            f"Records that lack what the strategy asks for, by search: {told}. They are neither "
            "found nor missed.",
            "Exports with abstracts and descriptors.",
            tuple(f"{name} = 0" for name in undecidable),
            tuple(f"{name} > 0" for name in undecidable),
            live(facts, *undecidable),
            search_choices(data),
        )
        yield Claim(
            "all_went_through",
            "Every record retrieved under these choices was deduplicated and screened in this run.",
            "{records} records are retrieved under these choices; {records_without_work} of them "
            "were not retrieved by this run and went no further. Duplicates among them are not "
            "joined.",
            "A run with these choices in config/config.yaml.",
            ("records_without_work = 0",),
            ("records_without_work > 0",),
            live(facts, "records", "records_without_work"),
            search_choices(data),
        )


def included(facts: Facts, data: Data) -> Iterator[Claim]:
    """Yield whether the included works would be found again."""
    yield Claim(
        "included_are_found",
        "Every work that is included in this run would be there under these choices.",
        "{included} included works are there, {included_not_found} would not be retrieved. Works "
        "of the reference list are there without a search.",
        "Other lines as the result, or another reading of descriptors.",
        ("included_not_found = 0",),
        ("included_not_found > 0",),
        live(facts, "included", "included_not_found"),
        search_choices(data),
    )
