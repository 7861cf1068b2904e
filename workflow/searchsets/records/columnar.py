"""Makes the columns of many regular records at once; the twin of `mapping.Mapper`, and as exact.

What a value means is said in `clean.py` alone: here it is called once for each value that differs,
or that needs it at all, instead of once for each value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from searchsets.records import clean
from searchsets.records.flavours import Flavour
from searchsets.records.formats.blocks import Block
from searchsets.records.mapping import EMPTY, LINES, NUMBERS, Mapper
from searchsets.records.model import LIST_COLUMNS
from searchsets.records.tables import schema

_EMPTY = pa.array(sorted(EMPTY))
_LONGEST_EMPTY = max(map(len, EMPTY))
_BEGINS_EMPTY = np.isin(np.arange(256), [ord(word[0]) for word in EMPTY if word])
_NONE = np.zeros(0, dtype=np.int64)


def can_map(flavour: Flavour) -> bool:
    """Say whether a flavour has nothing that needs each record by itself."""
    rivals = any("|" in tag for tags in flavour.columns.values() for tag in tags)
    paged = all(len(flavour.columns.get(name, ())) < 2 for name in ("pages", "pages_end"))
    alone = (flavour.separators, flavour.joined, flavour.strip, flavour.citations, flavour.repeats)
    return paged and not rivals and not any(alone)


class _Values(NamedTuple):
    """Values, and for each the record that it belongs to; the records rise."""

    record: np.ndarray
    text: pa.StringArray

    def kept(self, which: np.ndarray) -> _Values:
        if which.all():
            return self  # most often; texts are long
        return _Values(self.record[which], self.text.filter(pa.array(which)))


class Columnar:
    """Makes the columns of one block."""

    def __init__(self, mapper: Mapper, block: Block):
        self._mapper, self._flavour, self._block = mapper, mapper.flavour, block
        short = (block.lengths <= _LONGEST_EMPTY) & _BEGINS_EMPTY[block.first_signs]
        # Of each line, whether its value, tidy, may be one that says nothing.
        self._doubtful = block.is_untidy | short | (block.lengths == 0)

    def batch(self, source_file: str, positions: np.ndarray) -> pa.Table:
        """Return the records of the block as a table with the columns of every file of records.

        Args:
            source_file: the file, by the name it has on every machine.
            positions: for each record its number in the file, from 1.
        """
        size = self._block.size
        made = {name: self._line(name, self._tags(name)) for name in LINES}
        lists = {name: self._list(name) for name in LIST_COLUMNS}
        described = self._are_descriptors()[lists["keywords"].record]
        lists["descriptors"] = _joined(lists["descriptors"], lists["keywords"].kept(described))
        lists["keywords"] = lists["keywords"].kept(~described)
        made |= {name: _as_lists(values, size) for name, values in lists.items()}
        made |= {
            "source_file": pa.repeat(source_file, size),
            "position": pa.array(positions, pa.int64()),
            "accession": self._accession(),
            "doi": self._doi(),
            "year": self._year(),
            "pages": self._pages(),
            "raw": self._block.raw(),
            "database": pa.repeat("", size),
            "record_id": pa.repeat("", size),
        }
        columns = schema()
        return pa.table([made[name] for name in columns.names], schema=columns)

    def databases(self) -> list[str]:
        """Return for each record that tells it the database that it is from."""
        found = [self._flavour.database] * self._block.size
        for tag, expression in reversed(self._flavour.databases):
            lines = self._block.lines(tag)[::-1]
            texts = self._block.texts(lines).to_pylist()
            for record, text in zip(self._block.record[lines].tolist(), texts, strict=True):
                if match := expression.search(text):
                    found[record] = match[1].strip()
        return [name for name in found if name]

    def _tags(self, name: str) -> tuple[str, ...]:
        return self._flavour.columns.get(name, ())

    def _lines(self, tags: Iterable[str]) -> np.ndarray:
        """Return the lines with one of the tags: by record, then by tag, then as they stand."""
        found = [lines for tag in tags if len(lines := self._block.lines(tag))]
        if len(found) < 2:
            return found[0] if found else _NONE
        lines = np.concatenate(found)
        return lines[np.argsort(self._block.record[lines], kind="stable")]

    def _tidied(self, tags: Iterable[str]) -> _Values:
        """Return the values that say something."""
        lines = self._lines(tags)
        values = _Values(self._block.record[lines], self._block.tidied(lines, self._mapper.tidy))
        doubtful = self._doubtful[lines]
        if not doubtful.any():
            return values
        says = ~doubtful
        says[doubtful] = ~_flags(pc.is_in(values.text.filter(pa.array(doubtful)), _EMPTY))
        return values.kept(says)

    def _as_written(self, tags: Iterable[str]) -> _Values:
        lines = self._lines(tags)
        return _Values(self._block.record[lines], self._block.texts(lines))

    def _line(self, name: str, tags: Iterable[str]) -> pa.StringArray:
        """Return for each record the first value that says something."""
        values = self._tidied(tags)
        if name in self._flavour.drop:
            values = self._without_dropped(name, values)
        return _first(values, self._block.size)

    def _list(self, name: str) -> _Values:
        """Return the values of a list, each once a record."""
        if name in NUMBERS:
            return self._numbers(name)
        values = self._tidied(self._tags(name))
        if not len(values.record):
            return values
        if name in self._flavour.drop:
            values = self._without_dropped(name, values)
        values = _each_once(values)
        return _and_others(values) if name == "authors" else values

    def _without_dropped(self, name: str, values: _Values) -> _Values:
        encoded = values.text.dictionary_encode()
        refined = [self._mapper.refined(name, one) for one in encoded.dictionary.to_pylist()]
        text = pa.array(refined, pa.string()).take(encoded.indices)
        return values._replace(text=text).kept(_says_something(text))

    def _numbers(self, name: str) -> _Values:
        values = self._as_written(self._tags(name))
        if not len(values.record):
            return values
        alone = np.bincount(values.record, minlength=self._block.size)[values.record] == 1
        plain = alone & _matches(values.text, clean.ISSN_ALONE)
        others = self._numbers_one_by_one(name, values.kept(~plain))
        return _joined(values.kept(plain), others) if name == "issn" else others

    def _numbers_one_by_one(self, name: str, values: _Values) -> _Values:
        made = [
            (record, number)
            for record, texts in _by_record(values)
            for number in NUMBERS[name]("; ".join(texts))
        ]
        return _Values(
            np.array([record for record, _ in made], dtype=np.int64),
            pa.array([number for _, number in made], pa.string()),
        )

    def _are_descriptors(self) -> np.ndarray:
        """Tell for each record whether its keywords are the descriptors of the database."""
        made = np.zeros(self._block.size, dtype=bool)
        for tag, expression in self._flavour.descriptors_if:
            values = self._as_written([tag])
            found = [bool(expression.search(text)) for text in values.text.to_pylist()]
            made[values.record[np.array(found, dtype=bool)]] = True
        return made

    def _doi(self) -> pa.Array:
        values = self._as_written(self._tags("doi"))
        values = values.kept(_contains(values.text, "10."))
        plain = _matches(values.text, clean.PLAIN_DOI)
        lower = pc.ascii_lower(values.text)
        if plain.all():
            return _first(values._replace(text=lower), self._block.size)
        made = np.array([None] * len(plain), dtype=object)
        made[plain] = lower.filter(pa.array(plain)).to_pylist()
        made[~plain] = [clean.doi(text) for text in values.text.filter(pa.array(~plain)).to_pylist()]
        text = pa.array(made, pa.string())
        return _first(_Values(values.record, text).kept(_says_something(text)), self._block.size)

    def _accession(self) -> pa.Array:
        values = self._as_written(self._tags("eric_number"))
        # An entity may hide a letter or a digit.
        values = values.kept(_matches(values.text, r"E[DJ]\d{5}|E.*[^ -~]|[^ -~].*E|E.*[&<]|[&<].*E"))
        eric = _first_made(values, clean.eric_number, self._block.size)
        own = self._line("accession", self._tags("accession"))
        if _contains(own, ";").any():
            own = pa.array([said.split(";")[0].strip() for said in own.to_pylist()], pa.string())
        return pc.if_else(pc.equal(eric, ""), own, eric)

    def _year(self) -> pa.Array:
        values = self._as_written(self._tags("year"))
        encoded = values.text.dictionary_encode()
        of_word = np.array([clean.year(word) or 0 for word in encoded.dictionary.to_pylist()] + [0])
        years = of_word[encoded.indices.to_numpy()]
        stated = np.flatnonzero(years)
        made = np.zeros(self._block.size, dtype=np.int64)
        # Backwards, so that the first year of a record is what stays.
        made[values.record[stated][::-1]] = years[stated][::-1]
        for _, texts in _by_record(values.kept(made[values.record] == 0)):
            self._mapper.year(texts)  # notes what it cannot read
        return pa.array(made, mask=made == 0)

    def _pages(self) -> pa.Array:
        tags = self._tags("pages")
        start, end = self._line("pages", tags), self._line("pages_end", self._tags("pages_end"))
        stated = np.zeros(self._block.size, dtype=bool)
        stated[self._block.record[self._lines(tags)]] = True
        lengths = pc.binary_length(start).to_numpy(), pc.binary_length(end).to_numpy()
        plain = stated & (lengths[0] > 0) & (lengths[1] > 0)
        plain &= ~_contains(start, "-") & ~_contains(start, "–")
        made = pc.if_else(pc.equal(start, end), start, pc.binary_join_element_wise(start, end, "-"))
        odd = np.flatnonzero(~plain)
        if len(odd):
            places = pa.array(odd)
            pairs = zip(start.take(places).to_pylist(), end.take(places).to_pylist(), strict=True)
            texts = [
                clean.pages(*pair) if said else ""
                for pair, said in zip(pairs, stated[odd].tolist(), strict=True)
            ]
            made = pc.replace_with_mask(made, pa.array(~plain), pa.array(texts, pa.string()))
        return made


def _flags(made: pa.BooleanArray) -> np.ndarray:
    return made.to_numpy(zero_copy_only=False)


def _says_something(texts: pa.StringArray) -> np.ndarray:
    return pc.binary_length(texts).to_numpy() > 0


def _contains(texts: pa.StringArray, word: str) -> np.ndarray:
    return _flags(pc.match_substring(texts, word))


def _matches(texts: pa.StringArray, expression: str) -> np.ndarray:
    """Tell in which texts RE2 finds an expression."""
    return _flags(pc.match_substring_regex(texts, expression))


def _each_once(values: _Values) -> _Values:
    """Leave out what an earlier value of the same record says."""
    encoded = values.text.dictionary_encode()
    keys = values.record * (len(encoded.dictionary) + 1) + encoded.indices.to_numpy()
    in_order = np.sort(keys)
    if not np.any(in_order[1:] == in_order[:-1]):
        return values  # most often
    kept = np.zeros(len(keys), dtype=bool)
    kept[np.unique(keys, return_index=True)[1]] = True
    return values.kept(kept)


def _begins(record: np.ndarray) -> np.ndarray:
    """Return where the values of each record begin."""
    if not len(record):
        return _NONE
    return np.concatenate(([0], np.flatnonzero(record[1:] != record[:-1]) + 1))


def _first(values: _Values, size: int) -> pa.StringArray:
    """Return for each record its first value, or an empty text."""
    begins = _begins(values.record)
    if not len(begins):
        return pa.repeat("", size)
    if len(begins) == len(values.record) == size:
        return values.text
    which = np.full(size, len(values.record))  # the empty text, behind all others
    which[values.record[begins]] = begins
    return pa.concat_arrays([values.text, pa.array([""])]).take(pa.array(which))


def _first_made(values: _Values, make: Callable[[str], str], size: int) -> pa.Array:
    """Return for each record what is made of the first value of which something can be made."""
    made = [""] * size
    for record, text in zip(values.record.tolist(), values.text.to_pylist(), strict=True):
        if not made[record]:
            made[record] = make(text)
    return pa.array(made, pa.string())


def _by_record(values: _Values) -> Iterable[tuple[int, Sequence[str]]]:
    """Yield each record that has values, and its values."""
    begins = _begins(values.record)
    texts = values.text.to_pylist()
    ends = [*begins[1:].tolist(), len(texts)]
    for begin, end, record in zip(begins.tolist(), ends, values.record[begins].tolist(), strict=False):
        yield record, texts[begin:end]


def _joined(first: _Values, second: _Values) -> _Values:
    """Return the values of both, in each record those of the first before those of the second."""
    record = np.concatenate([first.record, second.record])
    order = np.argsort(record, kind="stable")
    text = pa.concat_arrays([first.text, second.text]).take(pa.array(order))
    return _Values(record[order], text)


def _and_others(authors: _Values) -> _Values:
    """Put `And Others` behind the authors of each record whose list its source breaks off."""
    places = np.flatnonzero(_matches(authors.text, "(?i)others|et[^a-z]+al"))
    others = np.zeros(len(authors.record), dtype=bool)
    texts = authors.text.take(pa.array(places)).to_pylist()
    others[places] = [clean.is_others(text) for text in texts]
    if not others.any():
        return authors
    broken_off = np.unique(authors.record[others])
    return _joined(
        authors.kept(~others), _Values(broken_off, pa.repeat(clean.AND_OTHERS, len(broken_off)))
    )


def _as_lists(values: _Values, size: int) -> pa.ListArray:
    ends = np.cumsum(np.bincount(values.record, minlength=size))
    return pa.ListArray.from_arrays(pa.array(np.concatenate(([0], ends)), pa.int32()), values.text)
