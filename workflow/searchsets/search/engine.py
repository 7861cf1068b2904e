"""Finds phrases and descriptors in many records at once.

All free-text patterns are looked for in one pass over each record (google-re2's `Set`), descriptors
by looking up each name once. No pattern can make this slow: RE2 is linear in the text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import re2

from searchsets.text import (
    FOLDED_GAP,
    RECORD_GAP,
    VALUE_GAP,
    fold_records,
    has_words,
    is_truncated,
    normalise,
    normalise_term,
)

Flags = np.ndarray
"""One truth value a record, of shape (records,) and type bool."""

_SET_MEMORY = 1 << 28  # bytes
_BATCH = 2_000  # records folded at once: enough to be fast, little enough to stay in the cache
LIST_FIELDS = ("descriptors", "keywords", "authors")
_EDGE, _INSIDE = f"[ {FOLDED_GAP}]", f"[^ {FOLDED_GAP}]"
_MANY_TERMS = 300


def pattern_of(term: str) -> str:
    """Return the RE2 pattern of a term: its words, next to each other, in order, in one value.

    `*` stands for any number of letters or digits within a word, `?` for exactly one.

    >>> pattern_of("Children's cent*")
    '[ |]childrens +cent[^ |]*[ |]'
    """
    return f"{_EDGE}{words_pattern(term)}{_EDGE}"


def words_pattern(term: str) -> str:
    """Return the pattern of a term's words alone, without what stands before and after them."""
    return " +".join(map(_word_pattern, normalise_term(term).split()))


def _word_pattern(word: str) -> str:
    if set(word) == {"*"}:
        return f"{_INSIDE}+"  # a word of its own has at least one letter
    return word.replace("?", _INSIDE).replace("*", f"{_INSIDE}*")


class SearchError(RuntimeError):
    """RE2 gave no answer (it ran out of memory); an empty answer would have been a lie."""


class PhraseSet:
    """Many terms, looked for together."""

    def __init__(self, terms: Iterable[str]):
        self.terms = sorted(set(terms))
        options = re2.Options()
        options.max_mem = _SET_MEMORY
        self._set = re2.Set.SearchSet(options)
        for term in self.terms:
            self._set.Add(pattern_of(term))
        # Match answers None both for "nothing found" and for "no memory left". This pattern is
        # always found, so that its absence tells the two apart.
        self._sentinel = self._set.Add("")
        self._set.Compile()
        self._any = _any_of(self.terms)

    def find(self, folded: _Folded) -> dict[str, np.ndarray]:
        """Return for each term the rows that hold it, in no order.

        Args:
            folded: texts, and the row that each is of.

        Raises:
            SearchError: RE2 ran out of memory.
        """
        found: list[list[int]] = [[] for _ in range(len(self.terms) + 1)]
        match = self._set.Match
        looked_at = 0
        for texts, rows in folded:
            if self._any:
                candidates = pc.match_substring_regex(texts, self._any)
                texts, rows = texts.filter(candidates), rows[candidates.to_numpy(False)]
            looked_at += len(rows)
            for text, row in zip(texts.cast(pa.binary()).to_pylist(), rows.tolist(), strict=True):
                for term in match(text) or ():
                    found[term].append(row)
        if len(found[self._sentinel]) != looked_at:
            raise SearchError("RE2 ran out of memory; search fewer terms at once")
        return {
            term: np.array(rows, dtype=np.int64)
            for term, rows in zip(self.terms, found, strict=False)
        }


def _any_of(terms: Sequence[str]) -> str:
    """Return a pattern that any of the terms makes hold, or nothing where it would be slow.

    It tells soon in which texts it is worth looking for each. RE2 forgets and begins anew where a
    pattern has very many states: beyond some hundred terms, or where words begin with a wildcard.
    """
    words = (word for term in terms for word in normalise_term(term).split())
    if len(terms) > _MANY_TERMS or any(word[0] in "*?" for word in words):
        return ""
    return f"{_EDGE}(?:{'|'.join(map(words_pattern, terms))}){_EDGE}"


def _flags(indexes: Sequence[int] | np.ndarray, size: int) -> Flags:
    flags = np.zeros(size, dtype=bool)
    flags[indexes] = True
    return flags


class SearchableRecords:
    """The records of one source, in the form that terms are looked for in.

    Args:
        table: at least the columns `record_id`, `title`, `abstract`, `descriptors`, `keywords`, and
            those that a strategy searches besides.
    """

    def __init__(self, table: pa.Table):
        self.table = table.combine_chunks()
        self.size = table.num_rows
        self._has: dict[str, Flags] = {}
        self._indexes: dict[str, _ValueIndex] = {}
        self._phrases: dict[tuple[tuple[str, ...], bool], dict[str, Flags]] = {}

    @cached_property
    def ids(self) -> list[str]:
        """The record ids, in the order of the table."""
        return self.table["record_id"].to_pylist()

    def has(self, field: str) -> Flags:
        """Tell which records say anything in a field."""
        if field not in self._has:
            if field in LIST_FIELDS:
                self._has[field] = _flags(self._values(field).rows_with_words(), self.size)
            else:
                self._has[field] = _with_words(self.table[field])
        return self._has[field]

    def prepare(
        self, fields: tuple[str, ...], terms: Iterable[str], *, unindexed: bool = False
    ) -> None:
        """Look for many terms in one pass, so that `phrase` then only looks them up."""
        known = self._phrases.setdefault((fields, unindexed), {})
        missing = {term for term in terms if term not in known}
        if not missing:
            return
        phrases = PhraseSet(missing)
        single = [field for field in fields if field not in LIST_FIELDS]
        rows = np.flatnonzero(~self.has("descriptors")) if unindexed else np.arange(self.size)
        for term in missing:
            known[term] = _flags([], self.size)
        for start in range(0, len(rows) if single else 0, _BATCH):
            batch = rows[start : start + _BATCH]
            texts = self.table.select(single).take(batch)
            folded = _folded([texts[field].combine_chunks() for field in single])
            for term, found in phrases.find(folded).items():
                known[term][batch[found]] = True
        for field in fields:
            if field in LIST_FIELDS:
                # A phrase stands within one value: each distinct value is looked at only once.
                values = self._values(field)
                for term, found in phrases.find(values.folded).items():
                    known[term][values.rows(found)] = True
        if unindexed:
            for term in missing:
                known[term] &= ~self.has("descriptors")

    def phrase(self, fields: tuple[str, ...], term: str, *, unindexed: bool = False) -> Flags:
        """Tell which records hold a term in one of the fields.

        Args:
            unindexed: look only at records without descriptors; the others are False.
        """
        self.prepare(fields, [term], unindexed=unindexed)
        return self._phrases[fields, unindexed][term]

    def _values(self, field: str) -> _ValueIndex:
        if field not in self._indexes:
            self._indexes[field] = _ValueIndex(self.table[field])
        return self._indexes[field]

    def descriptor(self, terms: Iterable[str]) -> Flags:
        """Tell which records have one of the terms as a descriptor; `*` and `?` may truncate it."""
        values = self._values("descriptors")
        return _flags(values.rows(values.named(terms)), self.size)

    def descriptor_forms(self, term: str) -> Counter[str]:
        """Return the descriptors, normalised, that a truncated term is equal to, with records."""
        values = self._values("descriptors")
        by_name: dict[str, list[int]] = {}
        for code in values.named([term]):
            by_name.setdefault(normalise(values.value(code)), []).append(code)
        return Counter({name: len(set(values.rows(codes))) for name, codes in by_name.items()})


class _ValueIndex:
    """The distinct values of a field of lists, and the rows that have each."""

    def __init__(self, column: pa.ChunkedArray):
        lists = (
            column.chunk(0)
            if column.num_chunks == 1
            else pa.concat_arrays([*column.chunks, pa.array([], column.type)])
        )
        encoded = lists.flatten().dictionary_encode(null_encoding="encode")
        codes = encoded.indices.to_numpy(zero_copy_only=False)
        # In the smallest type that holds them: numpy sorts 16-bit numbers ten times as fast.
        codes = codes.astype(np.min_scalar_type(len(encoded.dictionary)))
        by_code = np.argsort(codes, kind="stable")
        self._rows = pc.list_parent_indices(lists).to_numpy(zero_copy_only=False)[by_code]
        self._starts = np.searchsorted(codes[by_code], np.arange(len(encoded.dictionary) + 1))
        self._distinct = encoded.dictionary.fill_null("")

    @cached_property
    def _codes(self) -> dict[str, list[int]]:
        """The codes of the values that are one after normalising, by their normalised name."""
        codes: dict[str, list[int]] = {}
        for code, value in enumerate(self._distinct.to_pylist()):
            codes.setdefault(normalise(value), []).append(code)
        return codes

    @cached_property
    def folded(self) -> _Folded:
        """The distinct values in the form that phrases are looked for in."""
        return _folded([self._distinct])

    def named(self, terms: Iterable[str]) -> list[int]:
        """Return the codes of the values that equal one of the terms."""
        names: set[str] = set()
        for term in map(normalise_term, terms):
            if is_truncated(term):
                pattern = re.compile(words_pattern(term))
                names.update(name for name in self._codes if pattern.fullmatch(name))
            else:
                names.add(term)
        return [code for name in names for code in self._codes.get(name, ())]

    def value(self, code: int) -> str:
        """Return the value of a code."""
        return self._distinct[code].as_py()

    def rows_with_words(self) -> np.ndarray:
        """Return the rows that have a value with a letter or digit in it."""
        return self.rows([code for name, codes in self._codes.items() if name for code in codes])

    def rows(self, codes: Sequence[int] | np.ndarray) -> np.ndarray:
        """Return the rows that have one of the values; a row may stand there more than once."""
        parts = [self._rows[self._starts[code] : self._starts[code + 1]] for code in codes]
        return np.concatenate(parts) if parts else np.array([], dtype=int)


_Folded = list[tuple[pa.StringArray, np.ndarray]]
"""Texts in the form that phrases are looked for in, and the row that each is of, in some parts."""


def _folded(columns: Sequence[pa.Array]) -> _Folded:
    """Fold the values of each row into the form that phrases are looked for in.

    Rows with characters above ASCII are folded apart: one of them makes a whole string slow.
    """
    texts = pc.binary_join_element_wise(
        "", *columns, "", VALUE_GAP, null_handling="replace", null_replacement=""
    )
    plain = pc.string_is_ascii(texts)
    made: _Folded = []
    for flags in (plain, pc.invert(plain)):
        rows = np.flatnonzero(flags.to_numpy(zero_copy_only=False))
        if len(rows):
            part = texts if len(rows) == len(texts) else texts.filter(flags)
            made.append((_fold(part), rows))
    return made


def _fold(texts: pa.StringArray) -> pa.StringArray:
    """Return texts folded; what parts them stands at the end of each but the last."""
    together = pa.ListArray.from_arrays([0, len(texts)], texts)
    folded = fold_records(pc.binary_join(together, RECORD_GAP)[0].as_buffer().to_pybytes())
    gaps = np.flatnonzero(np.frombuffer(folded, dtype=np.uint8) == ord(RECORD_GAP))
    bounds = np.concatenate(([0], gaps + 1, [len(folded)])).astype(np.int32)
    return pa.StringArray.from_buffers(len(texts), pa.py_buffer(bounds), pa.py_buffer(folded))


def _with_words(column: pa.ChunkedArray) -> Flags:
    """Tell which texts hold a letter or digit; only those without an ASCII one are looked into."""
    plain = pc.match_substring_regex(column, "[A-Za-z0-9]").fill_null(False)
    flags = plain.to_numpy(zero_copy_only=False).astype(bool)
    for index in np.flatnonzero(~flags):
        flags[index] = has_words(column[int(index)].as_py())
    return flags
