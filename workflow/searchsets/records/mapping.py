"""Makes a record of the fields that a source wrote, by the table of the source's flavour."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import chain

from searchsets.records import clean
from searchsets.records.flavours import Flavour
from searchsets.records.formats.base import Fields
from searchsets.records.model import LIST_COLUMNS, Record

LINES = ("title", "container", "publisher", "volume", "issue", "abstract", "language", "place",
         "url", "type")  # fmt: skip
"""Columns of one text that are simply the first value that says something."""
NUMBERS = {"issn": clean.issns, "isbn": clean.isbns}
"""Columns of numbers that are looked for in all that their fields say."""
EMPTY = frozenset(("", "NA", "N/A", "null", "None"))
"""What some programs write where a field is silent."""
SAID = "="
"""Before the name of one of our columns: a field that a person said holds it, whatever the flavour."""
_SHORT = 200  # longer values hardly ever come twice
_REMEMBERED = 100_000
_EXAMPLES = 100
_LINE_ENDS = re.compile(r"[\r\n]+")


class _Tidied(dict[str, str]):
    """Short values as `clean.text` makes them, remembered: terms, names and journals come again."""

    def __missing__(self, value: str) -> str:
        tidy = clean.text(value)
        if len(value) < _SHORT:
            if len(self) > _REMEMBERED:
                self.clear()
            self[value] = tidy
        return tidy


class Mapper:
    """Makes the records of one file; the flavour's table is prepared once."""

    def __init__(self, flavour: Flavour):
        self.flavour = flavour
        all_columns = (*LINES, *LIST_COLUMNS, "doi", "year", "pages", "accession")
        columns = dict.fromkeys(all_columns, ()) | {
            name: tuple(tuple(tag.split("|")) for tag in tags)
            for name, tags in flavour.columns.items()
        }
        single = {
            name: (SAID + name, *chain.from_iterable(tags)) for name, tags in columns.items()
        }
        self._lines = tuple((name, single[name]) for name in LINES if name in single)
        self._lists = tuple(
            (name, SAID + name, columns[name], flavour.separators.get(name))
            for name in LIST_COLUMNS
            if name in columns
        )
        self._refined = frozenset((*flavour.drop, *flavour.strip))
        self._tidied = _Tidied()
        self._doi_tags, self._year_tags = single.get("doi", ()), single.get("year", ())
        self._pages_tags, self._end_tags = single.get("pages", ()), single.get("pages_end", ())
        self._eric_tags = single.get("eric_number", ())
        self._accession_tags = single.get("accession", ())
        self.unread_years: list[str] = []
        """What stands in years that cannot be read, some of them."""

    def record(self, fields: Fields, raw: str, source_file: str, position: int) -> Record:
        """Return the record that the fields describe.

        Args:
            fields: the fields of one record, as the source wrote them.
            raw: all that the source said of it.
            source_file: the file, by the name it has on every machine.
            position: the number of the record in the file, from 1.
        """
        record = Record(source_file, position, raw=raw)
        if self.flavour.repeats:
            fields = {**fields, **_without_repeats(fields, self.flavour.repeats)}
        for name, tags in self._lines:
            for tag in tags:
                if tag in fields and (said := self._line(name, fields[tag])):
                    setattr(record, name, said)
                    break
        for name, said, tags, split in self._lists:
            values = fields.get(said) or [
                value
                for rivals in tags
                for value in next((fields[tag] for tag in rivals if tag in fields), ())
            ]
            if values:
                setattr(record, name, self._list(name, values, split))
        if record.keywords and self._are_descriptors(fields):
            record.descriptors, record.keywords = [*record.descriptors, *record.keywords], []
        record.accession = self._accession(fields)
        record.doi = self._doi(fields)
        record.year = self.year(
            [value for tag in self._year_tags for value in fields.get(tag, ())]
        )
        record.pages = self._pages(fields)
        for tag, expression in self.flavour.citations:
            if tag in fields:
                _fill(record, expression, fields[tag])
        return record

    def database_of(self, fields: Fields) -> str:
        """Return the code or name of the database that the record is from, where it tells."""
        for tag, expression in self.flavour.databases:
            for value in fields.get(tag, ()):
                if found := expression.search(value):
                    return found[1].strip()
        return self.flavour.database

    def _line(self, name: str, values: list[str]) -> str:
        if name in self.flavour.joined and len(values) > 1:
            return "; ".join(filter(None, (self._line("", [value]) for value in values)))
        for value in values:
            said = self.tidy(value)
            if name in self._refined:
                said = self.refined(name, said)
            if said not in EMPTY:
                return said
        return ""

    def tidy(self, value: str) -> str:
        """Return a value as `clean.text` makes it."""
        return self._tidied[value]

    def refined(self, name: str, value: str) -> str:
        """Return a tidy value without what the flavour drops and strips in this column."""
        flavour = self.flavour
        if name in flavour.drop and flavour.drop[name].search(value):
            return ""
        if name in flavour.strip:
            return flavour.strip[name].sub("", value).strip()
        return value

    def _list(self, name: str, values: list[str], split: re.Pattern[str] | None) -> list[str]:
        if split:
            values = [part for value in values for part in clean.parted(value, split)]
        if name in NUMBERS:
            return NUMBERS[name]("; ".join(values))
        tidied = self._tidied
        made = [tidied[value] for value in values]
        if name in self._refined:
            made = [self.refined(name, one) for one in made]
        made = [one for one in dict.fromkeys(made) if one not in EMPTY]
        return clean.and_others(made) if name == "authors" else made

    def _are_descriptors(self, fields: Fields) -> bool:
        return any(
            expression.search(value)
            for tag, expression in self.flavour.descriptors_if
            for value in fields.get(tag, ())
        )

    def _doi(self, fields: Fields) -> str:
        for tag in self._doi_tags:
            if tag in fields:
                for value in fields[tag]:
                    if "10." in value and (doi := clean.doi(value)):
                        return doi
        return ""

    def year(self, values: Iterable[str]) -> int | None:
        """Return the year that the first value states that states one; note what cannot be read."""
        stated = ""
        for value in values:
            if made := clean.year(value):
                return made
            stated = stated or value
        if stated not in EMPTY and len(self.unread_years) < _EXAMPLES:
            self.unread_years.append(clean.text(stated))
        return None

    def _pages(self, fields: Fields) -> str:
        start = next((fields[tag] for tag in self._pages_tags if tag in fields), None)
        if start is None:
            return ""
        end = next((fields[tag] for tag in self._end_tags if tag in fields), [])
        return clean.pages(self._line("pages", start), self._line("pages_end", end))

    def _accession(self, fields: Fields) -> str:
        """Return an ERIC number wherever it stands, else the source's own number."""
        for tag in self._eric_tags:
            if tag in fields:
                for value in fields[tag]:
                    if "E" in value and (number := clean.eric_number(value)):
                        return number
        for tag in self._accession_tags:
            if tag in fields and (said := self._line("accession", fields[tag])):
                return said.split(";")[0].strip()
        return ""


def _without_repeats(fields: Fields, repeats: Mapping[str, str]) -> Fields:
    """Return the fields that repeat others without what they repeat.

    >>> _without_repeats({"KW": ["Boards", "Trusts", "Boards"], "U1": ["Boards"]}, {"KW": "U1"})
    {'KW': ['Trusts', 'Boards']}
    """
    own: Fields = {}
    for name, other in repeats.items():
        values = fields.get(name, [])
        # EndNote knows one value of a field, in lines.
        repeated = [part for value in fields.get(other, ()) for part in _LINE_ENDS.split(value)]
        begins = values[: len(repeated)] == repeated
        own[name] = (
            values[len(repeated) :] if begins else [one for one in values if one not in repeated]
        )
    return own


def _fill(record: Record, expression: re.Pattern[str], values: list[str]) -> None:
    """Fill columns that are still empty from a citation such as `Vol.45,(3), 2024, pp. 1-9`."""
    for value in values:
        if found := expression.search(clean.text(value)):
            for name, part in found.groupdict().items():
                if part and not getattr(record, name):
                    setattr(record, name, clean.year(part) if name == "year" else part.strip())
            return
