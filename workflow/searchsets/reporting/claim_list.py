"""Lists what a reader may want to claim of a review, from the facts of a run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from searchsets.files import cell
from searchsets.reporting.build import Build
from searchsets.reporting.choices.files import read_choices
from searchsets.reporting.choices.model import (
    COMBINATION,
    PUBLISHED_FROM,
    TEXT,
    Data,
    Option,
    Search,
)
from searchsets.reporting.choices.stage import FOLDER, NOTHING, THIS_RUN
from searchsets.reporting.claims import (
    ALWAYS,
    OPTION,
    Cell,
    Claim,
    Facts,
    claims_table,
)
from searchsets.reporting.tables import NOT_REPORTED, Table
from searchsets.search.choices import STRICT

_EXPORTS = "Put exports of the databases into the folder of exports and run again (README)."
_WINDOW = ("window_from", "window_until")


def claims(build: Build, made: Sequence[Table]) -> Table:
    """What this review can and cannot claim, each from cells of the other tables."""
    data = read_choices(build.folder / FOLDER)
    facts = Facts(made)
    listed = [one for maker in MAKERS for one in maker(facts, data)]
    return claims_table(listed, words_of(data, data.default))


def words_of(data: Data, settings: dict) -> dict[str, str]:
    """Return what the values of choices are called, by `option:<id>`."""
    words = {}
    for option in data.options:
        chosen = settings.get(option.id, option.default)
        labels = {value.value: value.label for value in option.values}
        words[f"{OPTION}{option.id}"] = labels.get(chosen, cell(chosen))
    return words


def _live(facts: Facts, *names: str) -> dict[str, Cell]:
    """Return totals of this run's choices, which other choices change."""
    return {name: facts.cell("choices", name, choice=THIS_RUN) for name in names}


def _summary(facts: Facts, *names: str) -> dict[str, Cell]:
    return {name: facts.cell("summary", "value", figure=name) for name in names}


def _name(facts: Facts, database: str) -> str:
    return facts.cell("databases", "name", database=database).value


def _called(facts: Facts, search: Search) -> str:
    """Return what a search is called: its database, or another source and in whose place."""
    name = _name(facts, search.database)
    if search.source == search.database:
        return name
    return f"{search.source.replace('_', ' ')} in the place of {name}"


def _of_search(data: Data) -> tuple[str, ...]:
    """Return the choices that change what is retrieved."""
    return tuple(one.id for one in data.options if one.database)


def _databases(facts: Facts, data: Data) -> Iterator[Claim]:
    names = ("strategies", "databases_with_export", "databases_without_export")
    yield Claim(
        "every_database_searched",
        "All {strategies} databases of the report were searched.",
        "{databases_with_export} of {strategies} databases have an export in this run. Of the "
        "other {databases_without_export} nothing is known: what they hold is unknown, not 0.",
        _EXPORTS,
        ("databases_without_export = 0",),
        ("databases_without_export > 0",),
        _summary(facts, *names),
    )
    yield Claim(
        "total_is_known",
        "It is known how many records the searches of all databases retrieve.",
        "The sources that were searched give {records} records. They stand for "
        "{databases_with_export} of {strategies} databases; the others would add to that number.",
        _EXPORTS,
        ("databases_without_export = 0", "records > -1"),
        ("databases_without_export > 0",),
        {**_live(facts, "records"), **_summary(facts, *names)},
        _of_search(data),
    )


def stand_ins(facts: Facts, data: Data) -> Iterator[Claim]:
    """Yield for each source that was asked in a database's place that it is not the database."""
    for search in data.searches:
        if search.name == search.database:
            continue
        column = f"records_{search.name}"
        source, database = search.source.replace("_", " "), _name(facts, search.database)
        yield Claim(
            f"stands_in_{search.name}",
            f"The search of {source} shows what a search of {database} finds.",
            f"{source} was asked in the place of {database} and gave {{{column}}} "
            "records that the strategy retrieves. It holds other records and has other descriptors: "
            "this is no search of the database.",
            f"Put an export of {database} into the folder of exports.",
            (),
            (ALWAYS,),
            _live(facts, column),
            _of_search(data),
        )


def _known_items(facts: Facts, data: Data) -> Iterator[Claim]:
    found = [f"key_sources_{state}" for state in ("matched", "undecidable", "not_matched")]
    cells = {**_live(facts, *found), **_summary(facts, "key_source")}
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
        (*_of_search(data), TEXT),
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
        (*_of_search(data), TEXT),
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
            _summary(facts, *names, "key_source"),
        )


def _changes(facts: Facts, data: Data) -> Iterator[Claim]:
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
            **_summary(facts, "databases_without_export"),
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


def _records(facts: Facts, data: Data) -> Iterator[Claim]:
    undecidable = [f"undecidable_{search.name}" for search in data.searches]
    if undecidable:
        told = "; ".join(
            f"{_called(facts, search)} {{undecidable_{search.name}}}" for search in data.searches
        )
        yield Claim(
            "every_record_judged",
            "Every record of what was searched could be judged by the strategy.",
            f"Records that lack what the strategy asks for, by search: {told}. They are neither "
            "found nor missed.",
            "Exports with abstracts and descriptors.",
            tuple(f"{name} = 0" for name in undecidable),
            tuple(f"{name} > 0" for name in undecidable),
            _live(facts, *undecidable),
            _of_search(data),
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
            _live(facts, "records", "records_without_work"),
            _of_search(data),
        )
    yield Claim(
        "included_are_found",
        "Every work that is included in this run would be there under these choices.",
        "{included} included works are there, {included_not_found} would not be retrieved. Works "
        "of the reference list are there without a search.",
        "Other lines as the result, or another reading of descriptors.",
        ("included_not_found = 0",),
        ("included_not_found > 0",),
        _live(facts, "included", "included_not_found"),
        _of_search(data),
    )


def _window(facts: Facts, data: Data) -> Iterator[Claim]:
    names = ("works_to_screen", "in_window", "outside_window", "no_year")
    yield Claim(
        "in_the_window",
        "All works were published from {option:window_from} to {option:window_until}.",
        "Of {works_to_screen} works, {in_window} were published in these years and "
        "{outside_window} in others; of {no_year} the year is not known. The window counts; it "
        "excludes none.",
        "Limits of years in the exports, or the criterion of the date.",
        ("outside_window = 0", "no_year = 0"),
        ("outside_window > 0",),
        _live(facts, *names),
        (*_WINDOW, *_of_search(data)),
    )
    sources = list(facts.numbered("key_sources_by_strategy"))
    first = {str(row["source_number"]): number for number, row in reversed(sources)}
    after = {
        f"after_{source}": facts.cells("key_sources_by_strategy", "published_after_searches", n)
        for source, n in sorted(first.items(), key=lambda one: int(one[0]))
    }
    late = [name.partition("_")[2] for name, one in after.items() if one.value != "no"]
    told = " ".join(f"Source {number}: {{after_{number}}}." for number in late)
    if after:
        yield Claim(
            "published_before_searches",
            "Every key source was published before the searches ended.",
            f"Published after the searches ended? {told} The others: no."
            if late
            else "By the dates that are known, each was.",
            "The report's own word on how such a source was found.",
            tuple(f"{name} = no" for name in after),
            tuple(f"{name} = yes" for name in after),
            after,
        )


def _published(facts: Facts, data: Data) -> Iterator[Claim]:
    said = {
        f"reported_{database}": facts.cell("prisma", "published_review", box=f"records_{database}")
        for database in data.databases
    }
    said["reported_works"] = facts.cell("prisma", "published_review", box="works")
    names = {f"reported_{database}": _name(facts, database) for database in data.databases}
    names["reported_works"] = "works to screen"
    told = "; ".join(f"{words}: {{{name}}}" for name, words in names.items())
    yield Claim(
        "numbers_of_the_report",
        "The numbers of this run can be held against those of the published review.",
        f"Records and works in the published review: {told}.",
        "The numbers of the searches, from the authors.",
        tuple(f"{name} != {NOT_REPORTED}" for name in said),
        tuple(f"{name} = {NOT_REPORTED}" for name in said),
        said,
    )
    held = [row["indexed_in_database"] for _, row in facts.numbered("key_sources_by_strategy")]
    unknown = [one for one in held if not one.startswith("yes")]
    yield Claim(
        "route_of_the_sources",
        "It is known by which route each key source was found.",
        "The report does not say which source came from a database, a website or a request. "
        "Nor is it known of each whether a database held it.",
        "The records of the review team.",
        () if unknown or not held else (ALWAYS,),
        (ALWAYS,) if unknown else (),
    )


def _screening(facts: Facts, data: Data) -> Iterator[Claim]:
    boxes = ("works", "undecided", "half_screened", "awaiting", "unsettled")
    cells = {name: facts.cell("prisma", "this_run", box=name) for name in boxes}
    yield Claim(
        "screening_is_finished",
        "Every work has been decided.",
        "Of {works} works, nobody has decided {undecided}; {half_screened} await another screener, "
        "{awaiting} are to be read further, {unsettled} are in doubt or in conflict.",
        "Screening: see docs/screening.md.",
        tuple(f"{name} = 0" for name in boxes[1:]),
        tuple(f"{name} > 0" for name in boxes[1:]),
        cells,
    )
    yield from _agreement(facts)
    names = [f"suggested_{one}" for one in ("include", "unclear", "exclude")]
    yield Claim(
        "rules_settle_it",
        "The criteria, as rules, settle which works to include.",
        "Where {option:combination}, {suggested_include} of {works_to_screen} works would be "
        "included and {suggested_exclude} excluded; {suggested_unclear} stay unclear, since the "
        "record does not say enough. Rules suggest; people decide.",
        "Abstracts and full texts, and people who read them.",
        ("suggested_unclear = 0",),
        ("suggested_unclear > 0",),
        _live(facts, "works_to_screen", *names),
        (COMBINATION, PUBLISHED_FROM, *_of_search(data)),
    )


def _agreement(facts: Facts) -> Iterator[Claim]:
    pairs = list(facts.numbered("screening_agreement"))
    cells: dict[str, Cell] = {}
    told = []
    for place, (number, row) in enumerate(pairs, start=1):
        for column in ("records", "agreement", "kappa"):
            cells[f"{column}_{place}"] = facts.cells("screening_agreement", column, number)
        told.append(
            f"{row['reviewer_a']} and {row['reviewer_b']} ({row['stage']}): {{records_{place}}} "
            f"works, agreement {{agreement_{place}}}, kappa {{kappa_{place}}}."
        )
    yield Claim(
        "agreement_is_known",
        "It is known how far the screeners agree.",
        " ".join(told)
        or "No work was screened by two people in this run, and the report states "
        "no figure of agreement.",
        "Two people who screen the same works without seeing each other's decisions.",
        tuple(f"records_{place} > 0" for place in range(1, len(pairs) + 1)),
        () if pairs else (ALWAYS,),
        cells,
    )


def _criteria(facts: Facts, data: Data) -> Iterator[Claim]:
    every = facts.tables["combinations"].rows
    asked = {one.id: set(one.core) for one in data.combinations}
    strictest = [row for row in every if asked[row["combination"]] == set(data.criteria)]
    for row in strictest:
        key = {"combination": row["combination"]}
        names = ("include", "unclear", "exclude")
        cells = {name: facts.cell("combinations", name, **key) for name in names}
        yield Claim(
            "all_criteria_at_once",
            "The key sources can be seen to meet every criterion at once.",
            "By what is known of the {key_source} key sources, {include} meet every criterion, "
            "{exclude} fail one and {unclear} are unclear. The report includes all of them, and "
            "says that about a third are guidance and a third discussion papers (A1.4): it hardly "
            "asked every criterion of each.",
            "Full texts of the key sources, judged by people.",
            ("include = {key_source}",),
            ("include = 0", "exclude > 0"),
            {**cells, **_summary(facts, "key_source")},
        )


_EXTRACTED = ("about_this_study", "governance_context", "actors_and_agencies")
_LOST = ("", "illegible")


def _illegible(facts: Facts, data: Data) -> Iterator[Claim]:
    if not facts.has("included_sources"):
        return
    lost: dict[str, Cell] = {}
    told = []
    for number, row in facts.numbered("included_sources"):
        for column in _EXTRACTED:
            if column in row and cell(row[column]) in _LOST:
                name = f"{column}_{row['number']}"
                lost[name] = facts.cells("included_sources", column, number)
                told.append(f"source {row['number']}, {column.replace('_', ' ')}")
    yield Claim(
        "appendix_4_is_whole",
        "Every cell of Appendix 4 could be read.",
        f"Empty or illegible: {'; '.join(told)}. Such a cell may be empty in print, or the "
        "conversion to text destroyed it. It is not guessed."
        if told
        else "No cell of it is empty or illegible.",
        "The printed report.",
        tuple(f"{name} = read" for name in lost) or (ALWAYS,),
        tuple(f"{name} = illegible" for name in lost),
        lost,
    )


MAKERS = (
    _databases,
    stand_ins,
    _known_items,
    _changes,
    _records,
    _window,
    _published,
    _screening,
    _criteria,
    _illegible,
)
