"""Says why a strategy finds a record, does not find it, or cannot tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

from searchsets.evidence.disjoint import disjoint, leaves_of
from searchsets.evidence.lines import Evidence
from searchsets.evidence.logic import Block, blocks_of, logic_of, wishes_of
from searchsets.evidence.missing import Changes, Smallest, smallest_changes
from searchsets.evidence.nearest import Nearest, nearest
from searchsets.search.choices import MATCH, NO_MATCH, UNDECIDABLE, state
from searchsets.search.evaluate import Truth
from searchsets.search.quotes import Text, near_quotation, quotation, texts_of
from searchsets.strategy.expansion import expansion_of
from searchsets.strategy.language import to_text
from searchsets.strategy.model import Near, Strategy, Term, terms_of


@dataclass(frozen=True)
class Found:
    """A term that a record holds: the line it stands in, the term, and where it was found."""

    line: int
    term: str
    quote: str


@dataclass(frozen=True)
class BlockAnswer:
    """A block on one record.

    `takes_away`: it stands behind a `not` only. `found` are the terms that make it match, `nearest`
    what comes nearest where it does not match, `lacking` the fields without which it cannot be judged.
    """

    block: Block
    state: str
    takes_away: bool
    found: tuple[Found, ...] = ()
    nearest: tuple[Nearest, ...] = ()
    lacking: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The name of the block and its line, or lines."""
        block = self.block
        numbers = [block.line] if block.line is not None else block.lines
        lines = ", ".join(f"#{number}" for number in numbers[:3]) + (
            ", …" if len(numbers) > 3 else ""
        )
        return f"{block.name} ({lines})"


class Way(NamedTuple):
    """Blocks that keep a record out: those that surely fail, and those that cannot be judged.

    A block behind a `not` fails by matching.
    """

    failed: list[BlockAnswer]
    unknown: list[BlockAnswer]


@dataclass(frozen=True)
class Explanation:
    """A strategy on one record: what comes of it, block by block.

    `smallest` are the smallest sets of blocks that would have to be otherwise for it to be found.
    """

    strategy: Strategy
    state: str
    blocks: tuple[BlockAnswer, ...]
    smallest: Smallest

    def ways(self) -> Iterator[Way]:
        """Yield the fewest blocks that keep the record out, in each way that is as short.

        Nothing is in the way of a record that is found.
        """
        for changes in self.smallest.sets:
            if changes:
                yield self._way(changes)

    def _way(self, changes: Changes) -> Way:
        blocks = {change.block for change in changes}
        answers = [one for one in self.blocks if one.block in blocks]
        unknown = [one for one in answers if one.state == UNDECIDABLE]
        return Way([one for one in answers if one.state != UNDECIDABLE], unknown)

    def other_ways(self) -> str:
        """Say how many other ways are as short as the first."""
        others = max(len(self.smallest.sets) - 1, 0)
        if not self.smallest.are_smallest:
            return "there may be shorter ways"
        return str(others) if self.smallest.are_all else f"{others} or more"


class Explainer:
    """Explains records by a strategy that was evaluated on them."""

    def __init__(self, evidence: Evidence):
        """Take a strategy on some records, with the lines that are its output."""
        self._evidence, self._strategy = evidence, evidence.strategy
        logic = logic_of(evidence.strategy, evidence.reading.lines)
        self._logic = disjoint(logic, evidence.strategy)
        self._truths = {
            block: evidence.evaluator.truth(block.expression) for block in blocks_of(self._logic)
        }
        wished = wishes_of(self._logic)
        wanted = {block for block in blocks_of(self._logic) if True in wished[id(block)]}
        self._takes_away = self._truths.keys() - wanted
        self._smallest = cache(lambda *values: self._changes(values))

    def _changes(self, values: tuple[bool | None, ...]) -> Smallest:
        return smallest_changes(self._logic, dict(zip(self._truths, values, strict=True)))

    def explain(self, index: int) -> Explanation:
        """Return why the record of that number, from 0, is found or not, as the run evaluates it."""
        row = self._evidence.records.table.slice(index, 1).to_pylist()[0]
        values = {block: _value(truth, index) for block, truth in self._truths.items()}
        texts = texts_of(row)
        return Explanation(
            self._strategy,
            state(self._evidence.output, index),
            tuple(self._answer(block, value, texts) for block, value in values.items()),
            self._smallest(*values.values()),
        )

    def _answer(self, block: Block, value: bool | None, texts: list[Text]) -> BlockAnswer:
        away = block in self._takes_away
        if value:
            return BlockAnswer(block, MATCH, away, found=tuple(self._found(block, texts)))
        near = tuple(self._near(block, texts))
        if value is None:
            lacking = tuple(self._lacking(block, texts))
            return BlockAnswer(block, UNDECIDABLE, away, nearest=near, lacking=lacking)
        return BlockAnswer(block, NO_MATCH, away, nearest=near)

    def _searched(self, block: Block, texts: list[Text]) -> list[Text]:
        fields = {"descriptors", *self._strategy.free_text_fields}
        for _, leaf in leaves_of(block, self._strategy):
            fields.update(leaf.fields)
        return [text for text in texts if text.field in fields]

    def _near(self, block: Block, texts: list[Text]) -> Iterator[Nearest]:
        """Yield what comes nearest: of a descriptor, the whole of a descriptor of the record."""
        found = (leaf for _, leaf in leaves_of(block, self._strategy))
        terms = {term.text: term for leaf in found for term in terms_of(leaf)}
        for near in nearest(terms, self._searched(block, texts)):
            term = terms[near.term]
            is_whole = near.field == "descriptors" and not term.free_text
            words = near.value if is_whole else near.words
            yield replace(near, term=to_text(term), words=words)

    def _found(self, block: Block, texts: list[Text]) -> Iterator[Found]:
        for line, leaf in sorted(leaves_of(block, self._strategy), key=lambda one: one[0]):
            if quote := self._quote(leaf, texts):
                yield Found(line, to_text(leaf), quote)

    def _quote(self, leaf: Term | Near, texts: list[Text]) -> str:
        fields = self._strategy.free_text_fields
        if isinstance(leaf, Near):
            return near_quotation(leaf, texts, leaf.fields or fields)
        if leaf.free_text:
            return quotation(leaf, texts, fields)
        expansion = expansion_of(leaf, self._strategy, self._evidence.thesaurus)
        for names in expansion.alternatives:
            quotes = [
                quotation(Term(n), texts, fields, when_unindexed=self._strategy.when_unindexed)
                for n in names
            ]
            if all(quotes):
                return " + ".join(quotes)
        return ""

    def _lacking(self, block: Block, texts: list[Text]) -> Iterator[str]:
        there = {text.field for text in texts if text.words}
        needed: dict[str, None] = {}
        for _, leaf in leaves_of(block, self._strategy):
            if isinstance(leaf, Term) and not leaf.free_text:
                needed["descriptors"] = None
            else:
                fields = leaf.fields or self._strategy.free_text_fields
                silent = not there.intersection(fields)
                needed |= {f: None for f in fields if silent or f in ("title", "abstract")}
        return (field for field in needed if field not in there)


def _value(truth: Truth, index: int) -> bool | None:
    return {MATCH: True, NO_MATCH: False, UNDECIDABLE: None}[state(truth, index)]
