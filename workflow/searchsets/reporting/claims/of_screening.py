"""Lists what may be claimed of the screening: its end, agreement, and the criteria."""

from __future__ import annotations

from collections.abc import Iterator

from searchsets.reporting.choices.model import COMBINATION, PUBLISHED_FROM, Data
from searchsets.reporting.claims.cells import in_summary, live, search_choices
from searchsets.reporting.claims.model import ALWAYS, Cell, Claim, Facts
from searchsets.screening.model import STAGE_WORDS


def screening(facts: Facts, data: Data) -> Iterator[Claim]:
    """Yield what can be said of the screening."""
    boxes = ("works", "undecided", "half_screened", "awaiting", "unsettled")
    cells = {name: facts.cell("prisma", "this_run", box=name) for name in boxes}
    yield Claim(
        "screening_is_finished",
        "Every work has been decided.",
        "Works on which nobody has decided: {undecided} of {works}; awaiting another screener: "
        "{half_screened}; to be read further: {awaiting}; in doubt or in conflict: {unsettled}.",
        "Screening: see docs/screening.md.",
        ("works > 0", *(f"{name} = 0" for name in boxes[1:])),
        tuple(f"{name} > 0" for name in boxes[1:]),
        cells,
    )
    yield from _agreement(facts)
    names = [f"suggested_{one}" for one in ("include", "unclear", "exclude")]
    yield Claim(
        "rules_settle_it",
        "The criteria, as rules, settle which works to include.",
        "A work would be included where {option:combination}. Works that would be: "
        "{suggested_include} of {works_to_screen}; excluded: {suggested_exclude}; unclear, since "
        "the record does not say enough: {suggested_unclear}. Rules suggest; people decide.",
        "Abstracts and full texts, and people who read them.",
        ("works_to_screen > 0", "suggested_unclear = 0"),
        ("suggested_unclear > 0",),
        live(facts, "works_to_screen", *names),
        (COMBINATION, PUBLISHED_FROM, *search_choices(data)),
    )


def _agreement(facts: Facts) -> Iterator[Claim]:
    review = facts.words.review
    pairs = list(facts.numbered("screening_agreement"))
    cells: dict[str, Cell] = {}
    told = []
    for place, (number, row) in enumerate(pairs, start=1):
        for column in ("records", "agreement", "kappa"):
            cells[f"{column}_{place}"] = facts.cell_of_row("screening_agreement", column, number)
        told.append(
            f"{row['reviewer_a']} and {row['reviewer_b']} at {STAGE_WORDS[row['stage']]}: records "
            f"that both screened {{records_{place}}}, agreement {{agreement_{place}}}, "
            f"kappa {{kappa_{place}}}."
        )
    yield Claim(
        "agreement_is_known",
        "It is known how far the screeners agree.",
        " ".join(told)
        or "No work was screened by two people in this run"
        + (f", and {review.called} states no figure of agreement." if review else "."),
        "Two people who screen the same works without seeing each other's decisions.",
        tuple(f"records_{place} > 0" for place in range(1, len(pairs) + 1)),
        () if pairs else (ALWAYS,),
        cells,
    )


def criteria(facts: Facts, data: Data) -> Iterator[Claim]:
    """Yield whether the key sources are seen to meet every criterion at once."""
    if not facts.has("combinations"):
        return
    every, review = facts.tables["combinations"].rows, facts.words.review
    told = ""
    if review:
        more = f", {review.strictness}" if review.strictness else ""
        told = f" {facts.words.capital} includes all of them{more}."
    asked = {one.id: set(one.core) for one in data.combinations}
    strictest = [row for row in every if asked[row["combination"]] == set(data.criteria)]
    for row in strictest:
        key = {"combination": row["combination"]}
        names = ("include", "unclear", "exclude")
        cells = {name: facts.cell("combinations", name, **key) for name in names}
        yield Claim(
            "all_criteria_at_once",
            "The key sources can be seen to meet every criterion at once.",
            "Key sources that by what is known of them meet every criterion: {include} of "
            f"{{key_source}}; that fail one: {{exclude}}; unclear: {{unclear}}.{told}",
            "Full texts of the key sources, judged by people.",
            ("include = {key_source}",),
            ("include = 0", "exclude > 0"),
            {**cells, **in_summary(facts, "key_source")},
        )
