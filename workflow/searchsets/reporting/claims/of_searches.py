"""Lists what may be claimed of the searches: what they cover, find and leave out."""

from __future__ import annotations

from collections.abc import Iterator

from searchsets.files import cell
from searchsets.reporting.choices.model import TEXT, Data, Option
from searchsets.reporting.choices.stage import NOTHING, THIS_RUN
from searchsets.reporting.claims.cells import called, in_summary, live, name_of, search_choices
from searchsets.reporting.claims.model import ALWAYS, Cell, Claim, Facts
from searchsets.search.choices import STRICT

_EXPORTS = "Put exports of the databases into the folder of exports and run again (README)."


def databases(facts: Facts, data: Data) -> Iterator[Claim]:
    """Yield what can be said of the databases that were searched."""
    names = ("strategies", "databases_with_export", "databases_without_export")
    is_one = in_summary(facts, "strategies")["strategies"].value == "1"
    yield Claim(
        "every_database_searched",
        f"The database of {facts.words.of_review} was searched."
        if is_one
        else f"All {{strategies}} databases of {facts.words.of_review} were searched.",
        "Databases with an export in this run: {databases_with_export} of {strategies}. Without "
        "one: {databases_without_export}; what such a database holds is unknown, not 0.",
        _EXPORTS,
        ("databases_without_export = 0",),
        ("databases_without_export > 0",),
        in_summary(facts, *names),
    )
    yield Claim(
        "total_is_known",
        "It is known how many records the searches of all databases retrieve.",
        "Records from the sources that were searched: {records}. Databases among these: "
        "{databases_with_export} of {strategies}; the others would add to that number.",
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
            f"{source} was asked in the place of {database}. Records that the strategy retrieves "
            f"from it: {{{column}}}. It holds other records and has other descriptors: this is no "
            "search of the database.",
            f"Put an export of {database} into the folder of exports.",
            (),
            (ALWAYS,),
            live(facts, column),
            search_choices(data),
        )


def known_items(facts: Facts, data: Data) -> Iterator[Claim]:
    """Yield what the known items show of the searches, if there are any that should be found."""
    if not facts.has("key_sources_by_strategy"):
        return
    chosen = (
        "works that the review itself chose, its key sources"
        if facts.words.review
        else "works that were known before, its key sources"
    )
    found = [f"key_sources_{state}" for state in ("matched", "undecidable", "not_matched")]
    cells = {**live(facts, *found), **in_summary(facts, "key_source")}
    yield Claim(
        "finds_the_key_sources",
        "The strategies would match all {key_source} key sources, by {option:text}.",
        "Key sources that at least one strategy would match: {key_sources_matched} of "
        "{key_source}; that cannot be judged, since the reference lacks what a line asks for: "
        "{key_sources_undecidable}; that would be missed: {key_sources_not_matched}. This is about "
        "words only: whether a database held the work is another question.",
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
        f"The only test is of {chosen}. That would be "
        "matched: {key_sources_matched} of {key_source}. Of relevant works that nobody knows, this "
        "says nothing.",
        "A sample of relevant works that was found without these searches.",
        (),
        (),
        cells,
        (*search_choices(data), TEXT),
    )
    yield _strictly(facts)


def _strictly(facts: Facts) -> Claim:
    names = ("matched_title_strict", "unjudged_title_strict", "matched_title_fallback")
    return Claim(
        "strictly",
        "Searched strictly, as a database would, the strategies match all key sources.",
        "Strictly, by the title alone, matched: {matched_title_strict} of {key_source}; not to "
        "be judged, since the references state no descriptors: {unjudged_title_strict}. "
        "Where descriptors are read as free text too, matched: {matched_title_fallback}. That "
        "reading is ours, and no database's.",
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
            yield _difference(facts, data, option)
    everywhere = {"choice": "basis", "value": STRICT}
    if any(facts.numbered("choices", **everywhere)):
        yield _free_text_reading(facts, data, everywhere)


_DIFFERENCE = ("errata", "reading")


def _free_text_reading(facts: Facts, data: Data, strictly: dict[str, str]) -> Claim:
    """Return the claim that nothing rests on reading descriptors as free text.

    It needs records of every database that is read so: what a platform declared counts strictly
    too, so that of a database that gave nothing else only the known items can tell.
    """
    asked = [one.database for one in data.options if one.id.startswith("basis.")]
    corpora = {
        f"in_corpus_{database}": facts.cell("databases", "in_corpus", database=database)
        for database in asked
    }
    silent = [
        name_of(facts, database)
        for database, one in zip(asked, corpora.values(), strict=True)
        if one.value in _NONE
    ]
    has_known = facts.has("known_items")
    names = ("records", *(("known_items_matched",) if has_known else ()))
    now = {f"{name}_now": facts.cell("choices", name, choice=THIS_RUN) for name in names}
    then = {f"{name}_strictly": facts.cell("choices", name, **strictly) for name in names}
    return Claim(
        "free_text_reading",
        "Reading descriptors as free text, in records that have none, makes no difference.",
        (_WITH_KNOWN if has_known else _WITHOUT_KNOWN)
        + (_silent(silent, has_known) if silent else ""),
        "Whole databases, or wide searches of them, with descriptors.",
        (f"changes = {NOTHING}", *(f"{name} > 0" for name in corpora)),
        (f"changes != {NOTHING}",),
        {
            **now,
            **then,
            "changes": facts.cell("choices", "changes", **strictly),
            **corpora,
        },
    )


_WITH_KNOWN = (
    "Records retrieved, and known items that would be matched, with it: {records_now} and "
    "{known_items_matched_now}. Strictly: {records_strictly} and {known_items_matched_strictly}. "
    "What a platform answered counts under both."
)
_WITHOUT_KNOWN = (
    "Records retrieved with it: {records_now}. Strictly: {records_strictly}. What a platform answered "
    "counts under both."
)


def _silent(names: list[str], has_known: bool) -> str:
    """Say of which databases no record can tell."""
    known = "the known items, or sources in their place," if has_known else "sources in their place"
    return f" So of these databases only {known} can tell: {'; '.join(names)}."


def _difference(facts: Facts, data: Data, option: Option) -> Claim:
    """Return the claim that a choice of one database makes no difference.

    It holds only if the database gave records that no platform declared, since those that one did
    declare are retrieved under any choice.
    """
    corpus = facts.cell("databases", "in_corpus", database=option.database)
    has_known = facts.has("known_items")
    counted = {"records": "records"} | ({"known": "known_items_matched"} if has_known else {})
    cells = {"in_corpus": corpus} | {
        f"{name}_now": facts.cell("choices", column, choice=THIS_RUN)
        for name, column in counted.items()
    }
    told, unchanged, changed = [], ["in_corpus > 0"], []
    for value in option.values:
        if value.value == option.default:
            continue
        name, key = str(value.value), {"choice": option.id, "value": cell(value.value)}
        cells[f"changes_{name}"] = facts.cell("choices", "changes", **key)
        cells |= {f"{a}_{name}": facts.cell("choices", b, **key) for a, b in counted.items()}
        unchanged.append(f"changes_{name} = {NOTHING}")
        changed.append(f"changes_{name} != {NOTHING}")
        numbers = " and ".join(f"{{{one}_{name}}}" for one in counted)
        told.append(f"With {value.label}: {numbers}.")
    differs = any(cells[one.split()[0]].value != NOTHING for one in changed)
    stand_ins_told = any(one.database == option.database != one.source for one in data.searches)
    return Claim(
        option.id.replace(".", "_"),
        f"{option.label} makes no difference.",
        f"Records retrieved{', and known items that would be matched,' if has_known else ''} in this "
        f"run: {' and '.join(f'{{{one}_now}}' for one in counted)}. {' '.join(told)} "
        f"{_what_can_tell(corpus, stand_ins_told, differs, has_known)}",
        f"{facts.words.printed}; or the whole database, or a wide search of it, as an export.",
        tuple(unchanged),
        tuple(changed),
        cells,
    )


_NONE = ("", "0")


def _what_can_tell(corpus: Cell, has_stand_ins: bool, differs: bool, has_known: bool) -> str:
    """Say which records can show a difference, and what those that can do show."""
    if corpus.value not in _NONE:
        besides = ", besides the known items" if has_known else ""
        return f"Records of this database that can tell{besides}: {{in_corpus}}."
    given = (
        "All that was exported from this database is its platform's answer, which counts either way"
        if corpus.value
        else "Nothing was exported from this database"
    )
    who = ["the known items"] * has_known + ["the sources in its place"] * has_stand_ins
    if not who:
        return f"{given}: nothing in this run can tell."
    return (
        f"{given}: only {' and '.join(who)} can tell, and they show "
        f"{'a' if differs else 'no'} difference."
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
            f"Records that lack what the strategy asks for, by search: {told}. By the "
            "lines alone they are neither found nor missed.",
            "Exports with abstracts and descriptors.",
            tuple(f"{name} = 0" for name in undecidable),
            tuple(f"{name} > 0" for name in undecidable),
            live(facts, *undecidable),
            search_choices(data),
        )
        yield Claim(
            "all_went_through",
            "Every record retrieved under these choices was deduplicated in this run.",
            "Records retrieved under these choices: {records}; of them not retrieved by this run, "
            "so that duplicates among them are not joined and nobody could screen them: "
            "{records_without_work}.",
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
        "Included works that are there: {included}; that would not be retrieved: "
        f"{{included_not_found}}.{_without_search(facts)}",
        "Other lines as the result, or another reading of descriptors.",
        ("included > 0", "included_not_found = 0"),
        ("included_not_found > 0",),
        live(facts, "included", "included_not_found"),
        search_choices(data),
    )


def _without_search(facts: Facts) -> str:
    if not facts.has("known_items"):
        return ""
    known = "Works of the reference list" if facts.words.review else "Known items"
    return f" {known} are there without a search."
