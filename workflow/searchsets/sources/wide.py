"""The widest question of a strategy: what a service is asked, so that its answer holds the strategy's.

No service takes a strategy exactly as a review prints it. So each is asked for something that every
record of the strategy's result must fulfil: of a phrase all its words, of a truncated word its
forms, of a proximity both sides, and nothing of what is excluded by `not`. The strategy itself is
then run on what came back. Truths of logic make the question short: `a or (a and b)` is `a`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce

from searchsets.errors import ReviewError
from searchsets.sources.forms import Forms
from searchsets.strategy.expansion import expansion_of
from searchsets.strategy.model import (
    TEXT_FIELDS,
    And,
    Expression,
    Near,
    Not,
    Or,
    Range,
    Reading,
    Reference,
    Strategy,
    Term,
    lines_of,
)
from searchsets.strategy.thesaurus import Thesaurus
from searchsets.text import is_truncated, normalise_term

_SHORTEST_STEM = 3
_SHORTEST_PLURAL = 4
# The words that Lucene leaves out of English texts: a service may know no record that has one.
_STOP_WORDS = frozenset(
    "a an and are as at be but by for if in into is it no not of on or such that the their then "
    "there these they this to was will with".split()
)


@dataclass(frozen=True)
class Abilities:
    """What the language of a service can say."""

    descriptors: bool = False
    """Its records carry the descriptors of the strategy's thesaurus, and it can be asked for them."""
    truncation: bool = False
    """A word may end in `*`."""


@dataclass(frozen=True)
class Wide:
    """A question: `and`, `or`, words and descriptors; and what a person should know of it.

    Terms of free text are single words, in lower case; `none` says that nothing could be found.
    """

    expression: Expression
    notes: tuple[str, ...] = ()


def widest(
    strategy: Strategy,
    thesaurus: Thesaurus | None,
    reading: Reading,
    abilities: Abilities,
    forms: Forms,
) -> Wide:
    """Return the question whose answer holds every record that a strategy's result holds.

    Args:
        strategy: the strategy.
        thesaurus: what it names, for its descriptors.
        reading: which lines are the result.
        abilities: what the service can be asked.
        forms: the forms of truncated words, for a service that cannot be asked for a stem.

    Raises:
        ReviewError: the result has a part that no word or descriptor bounds.
    """
    work = _Widening(strategy, thesaurus, abilities, forms)
    made = any_of([work.line(number) for number in reading.lines])
    return Wide(made, tuple(dict.fromkeys(work.notes)))


@dataclass
class _Widening:
    strategy: Strategy
    thesaurus: Thesaurus | None
    abilities: Abilities
    forms: Forms
    notes: list[str] = field(default_factory=list)

    def line(self, number: int) -> Expression:
        """Return the question for a line that is part of the result."""
        made = self._wide(self.strategy.lines[number].expression)
        if made is None:
            line = self.strategy.lines[number]
            raise ReviewError(
                f"line #{number} ({line.text}) finds records by what they lack, or by names alone: "
                "no word can be asked for that all of them have",
                line.place,
                "search this line by hand, or choose another reading of the outputs (--reading)",
            )
        return made

    def _wide(self, node: Expression) -> Expression | None:
        """Return what every record that matches fulfils; None where nothing is known of it."""
        match node:
            case Term():
                return self._term(node)
            case Near(left, right):
                return all_of([self._wide(left), self._wide(right)])
            case Reference() | Range():
                parts = [self._wide(self.strategy.lines[n].expression) for n in lines_of(node)]
                joined = isinstance(node, Range) and node.operator == "and"
                return all_of(parts) if joined else any_of(parts)
            case And(parts):
                return all_of(list(map(self._wide, parts)))
            case Or(parts):
                return any_of(list(map(self._wide, parts)))
            case Not():
                self.notes.append("what `not` excludes is asked for too, and taken out here")
                return None

    def _term(self, term: Term) -> Expression | None:
        if not term.free_text:
            return self._descriptor(term)
        if term.fields and not set(term.fields) <= set(TEXT_FIELDS):
            self.notes.append(f"{term.text} is a name or a journal, and is not asked for")
            return None
        return self._words(term.text)

    def _descriptor(self, term: Term) -> Expression | None:
        alternatives = expansion_of(term, self.strategy, self.thesaurus).alternatives
        if not self.abilities.descriptors:
            if self.strategy.when_unindexed == "nothing":
                self.notes.append(f"{term.text} is a descriptor, which no record here has")
                return NOTHING
            self.notes.append("descriptors are asked for as words: this service has none of them")
        return any_of([all_of([self._name(name) for name in names]) for names in alternatives])

    def _name(self, name: str) -> Expression | None:
        if self.abilities.descriptors and not is_truncated(name):
            return Term(name)
        return self._words(name)

    def _words(self, text: str) -> Expression | None:
        words = [word for word in normalise_term(text).split() if word not in _STOP_WORDS]
        if len(words) > 1:
            self.notes.append("of a phrase all words are asked for, wherever they stand")
        return all_of(list(map(self._word, words)))

    def _word(self, word: str) -> Expression | None:
        if not is_truncated(word):
            return any_of([Term(one, free_text=True) for one in spellings(word)])
        stem = word.replace("?", "*").partition("*")[0]
        if len(stem) < _SHORTEST_STEM:
            self.notes.append(f"{word} is too short a beginning to be asked for")
            return None
        forms = [Term(form, free_text=True) for form in self.forms.of(stem)]
        if self.abilities.truncation:
            # Where words are reduced to stems, a beginning that is longer than the stem finds nothing.
            return any_of([Term(f"{stem}*", free_text=True), *forms])
        self.notes.append(
            "this service knows no truncation: the forms that are asked for are listed below; "
            "others would be missed (add them to config/forms.csv)"
        )
        return any_of(forms)


NOTHING = Or(())
"""What no record fulfils."""


def spellings(word: str) -> tuple[str, ...]:
    """Return a word, and how it is written where its `s` is a genitive.

    The search deletes apostrophes: `childrens` is also `children's`, which services may take for
    `children`.

    >>> spellings("childrens"), spellings("governance"), spellings("ecm")
    (('childrens', "children's", 'children'), ('governance',), ('ecm',))
    """
    if len(word) < _SHORTEST_PLURAL or not word.endswith("s") or word.endswith(("ss", "ies")):
        return (word,)
    return (word, f"{word[:-1]}'s", word[:-1])


def conjuncts(node: Expression) -> frozenset[Expression]:
    """Return what all must be fulfilled for a node to be."""
    return frozenset(node.parts if isinstance(node, And) else (node,))


def any_of(parts: Iterable[Expression | None]) -> Expression | None:
    """Return the shortest form of `or`; None (everything) if a part is None.

    >>> a, b, c = (Term(one, free_text=True) for one in "abc")
    >>> any_of([a, And((a, b))]) == a
    True
    >>> any_of([And((a, b)), And((a, c))]) == And((a, Or((b, c))))
    True
    """
    flat: dict[Expression, None] = {}
    for part in parts:
        if part is None:
            return None
        flat |= dict.fromkeys(part.parts if isinstance(part, Or) else (part,))
    needs = {part: conjuncts(part) for part in flat}
    kept = [part for part in flat if not _is_within(part, flat, needs)]
    if len(kept) == 1:
        return kept[0]
    common = reduce(frozenset.intersection, map(needs.__getitem__, kept)) if kept else frozenset()
    if not common:
        return Or(tuple(kept))
    # In the order of the first part, so that the question is the same on every machine.
    first = [one for one in _in_order(kept[0]) if one in common]
    rests = [And(tuple(o for o in _in_order(part) if o not in common)) for part in kept]
    return all_of([*first, any_of([_alone(rest) for rest in rests])])


def _is_within(
    part: Expression,
    parts: Collection[Expression],
    needs: Mapping[Expression, frozenset[Expression]],
) -> bool:
    """Tell whether what fulfils a part of an `or` plainly fulfils others of its parts."""
    return any(needs[other] < needs[part] for other in parts) or (
        isinstance(part, And)
        and any(
            isinstance(need, Or) and all(one in parts for one in need.parts) for need in needs[part]
        )
    )


def all_of(parts: Iterable[Expression | None]) -> Expression | None:
    """Return the shortest form of `and`; a part that is None (everything) counts for nothing.

    >>> a, b = (Term(one, free_text=True) for one in "ab")
    >>> all_of([a, Or((a, b)), None]) == a
    True
    """
    flat: dict[Expression, None] = {}
    for part in parts:
        if part is not None:
            flat |= dict.fromkeys(_in_order(part))
    if NOTHING in flat:
        return NOTHING
    kept = [
        part
        for part in flat
        if not (isinstance(part, Or) and any(_implies(one, part) for one in flat if one != part))
    ]
    return _alone(And(tuple(kept))) if kept else None


def _implies(one: Expression, other: Or) -> bool:
    """Tell whether what fulfils one part of an `and` plainly fulfils another."""
    alternatives = frozenset(one.parts if isinstance(one, Or) else (one,))
    return alternatives < frozenset(other.parts)


def _in_order(node: Expression) -> tuple[Expression, ...]:
    return node.parts if isinstance(node, And) else (node,)


def _alone(node: And) -> Expression:
    return node.parts[0] if len(node.parts) == 1 else node


def halves(node: Expression) -> tuple[Expression, Expression] | None:
    """Return two questions whose answers together are that of one; None if it cannot be parted.

    The largest `or` is parted, whether it is the whole question or a part of an `and`.
    """
    if isinstance(node, Or) and len(node.parts) > 1:
        middle = len(node.parts) // 2
        return any_of(node.parts[:middle]), any_of(node.parts[middle:])
    if isinstance(node, And):
        parted = [part for part in node.parts if isinstance(part, Or) and len(part.parts) > 1]
        if parted:
            largest = max(parted, key=size)
            return tuple(
                all_of([half if part is largest else part for part in node.parts])
                for half in halves(largest)
            )
    return None


def size(node: Expression) -> int:
    """Return the number of words and descriptors of a question."""
    return sum(map(size, node.parts)) if isinstance(node, (And, Or)) else 1


def pieces(node: Expression, fits: Callable[[Expression], bool]) -> Iterator[Expression]:
    """Yield questions, each of which fits, whose answers together are that of the whole.

    Raises:
        ReviewError: a part that cannot be parted any more does not fit.
    """
    if fits(node):
        yield node
        return
    parted = halves(node)
    if parted is None:
        raise ReviewError(
            "a question of this strategy is longer than the service allows, and cannot be parted",
            None,
            "search this database in another way; docs/harvest.md tells which there are",
        )
    for half in parted:
        yield from pieces(half, fits)


def written(node: Expression, term: Callable[[Term], str], depth: int = 0) -> str:
    """Return a question in the language that services share: AND, OR, parentheses.

    >>> a, b, c = (Term(one, free_text=True) for one in "abc")
    >>> written(And((a, Or((b, c)))), lambda one: one.text)
    'a AND (b OR c)'
    """
    if isinstance(node, Term):
        return term(node)
    operator = " AND " if isinstance(node, And) else " OR "
    text = operator.join(written(part, term, depth + 1) for part in node.parts)
    return f"({text})" if depth else text
