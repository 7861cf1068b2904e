"""What a descriptor of a strategy stands for, by the thesaurus and the options that it names."""

from __future__ import annotations

from collections.abc import Iterator

from searchsets.strategy.model import Expression, Strategy, Term, leaves
from searchsets.strategy.thesaurus import Alternative, Expansion, Thesaurus


def expansion_of(term: Term, strategy: Strategy, thesaurus: Thesaurus | None) -> Expansion:
    """Return what a descriptor stands for; without a thesaurus it is itself alone."""
    if thesaurus is None:
        return Expansion((Alternative((term.text,), "term"),), ("no thesaurus is named",))
    return thesaurus.expand(
        term.text,
        explode=term.explode,
        leave_out=strategy.thesaurus.get("leave_out", ()),
        resolve=strategy.thesaurus.get("non_preferred", "both") == "both",
    )


def unexploded(strategy: Strategy, thesaurus: Thesaurus | None) -> Iterator[str]:
    """Yield a warning for terms that are to be exploded and stand for themselves alone."""
    exploded = [
        (line, term)
        for line in strategy.lines.values()
        for term in descriptors_of(line.expression)
        if term.explode
    ]
    if thesaurus is None:
        if exploded:
            line, term = exploded[0]
            yield (
                f"{line.place}: {term.text} (exp), and all that is to be exploded ({len(exploded)} in "
                "all), stands for itself alone, for the strategy names no thesaurus"
            )
        return
    for line, term in exploded:
        if not thesaurus.knows(term.text):
            near = thesaurus.nearest(term.text, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            yield (
                f"{line.place}: {term.text} (exp) stands for itself alone, for it is not in the "
                f"thesaurus{hint}"
            )


def descriptors_of(expression: Expression) -> Iterator[Term]:
    """Yield the descriptors of an expression, from left to right."""
    for leaf in leaves(expression):
        if isinstance(leaf, Term) and not leaf.free_text:
            yield leaf
