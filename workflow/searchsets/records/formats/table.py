"""Reads tables (CSV, TSV, semicolons): one row a record, columns known by their names."""

from __future__ import annotations

import csv
import difflib
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from io import BytesIO
from itertools import islice
from typing import ClassVar, NamedTuple

from searchsets.errors import ReviewError
from searchsets.records import clean
from searchsets.records.flavours import flavours_of
from searchsets.records.formats import exact
from searchsets.records.formats.base import Fields, Parsed, Reader, Stretch, Unreadable, each_line
from searchsets.records.mapping import SAID
from searchsets.records.model import COLUMNS

_MOST_LINES, _MOST_BYTES = 20_000, 16 << 20
"""No row of records is longer; a quotation mark still open after so much was never closed."""
_MOST_READ_TWICE = 16 * _MOST_BYTES
"""After so many bytes looked at in vain for a closing quotation mark, each line is a row."""
_HEADER_WITHIN = 20
"""The column names stand in one of so many lines at the beginning; platforms write titles above."""
_DELIMITERS = ",;\t"
_BLANKS = " \t\n\r\f\v"
_NAMED_DELIMITER = re.compile(r'"?sep=(?P<delimiter>[^"\w\s]|\t)"?\s*', re.IGNORECASE)
_NUMBERED = re.compile(r"/\d+(?=/|$)")
_TAGGED = re.compile(r"(?m)^\s*(?:[A-Z][A-Z0-9]{1,3} {0,2}- |%[A-Z0-9] |@\w+\s*[{(]|[<{\[])")
"""A line of RIS, nbib, EndNote, BibTeX, XML or JSON."""
_FILLED = re.compile(rb'[^\s",;|\t]')
csv.field_size_limit(1 << 30)  # some platforms write all references of an article into one cell


class _Header(NamedTuple):
    delimiter: str
    names: list[str]
    line: int
    """How many lines of the file stand before it."""


class Table(Reader):
    """Reads one table.

    Args:
        columns: columns that a person named in `config/columns.csv`: the name in the table, and
            which of our columns it holds. They go before what the flavour says.
    """

    format: ClassVar[str] = "CSV"
    flavours: ClassVar[str] = "table"
    marks_hold = "never"  # where quotation marks are wrong, nothing is

    def __init__(self, columns: Mapping[str, str] | None = None):
        self.announced: int | None = None
        self.header = ""
        self.delimiter = ""
        self.begins = 0
        """The byte of the file where the first row of records begins."""
        self._said = {_field(name): ours for name, ours in (columns or {}).items()}
        self._first_row: list[str] = []
        self._raw_names: list[str] = []
        self._fields: list[str] = []
        self._mapped: list[tuple[int, str]] = []
        self._is_ours = False

    @classmethod
    def recognise(cls, head: str) -> str:
        """Say which column names the beginning of a text has, or nothing if it is no table.

        >>> Table.recognise("Authors;Title;Year\\nFox, C.;Trusts;2004\\n")
        'column names authors, title, year'
        >>> Table.recognise("We looked for title, abstract, and keywords.\\nThen we read on.\\n")
        ''
        """
        lines = head.removeprefix("\ufeff").splitlines(keepends=True)
        header = _find_header(lines, frozenset())
        if header is None or _TAGGED.search("".join(lines[: header.line + 1])):
            return ""
        known = _known_names(header)
        if len(known) < 2 or not _rows_fit(lines[header.line :], header):
            return ""
        return f"column names {', '.join(known[:3])}"

    @classmethod
    def recognise_first_line(cls, head: str) -> str:
        """Say which column names the very first line has: a cell may hold lines of any format.

        >>> Table.recognise_first_line("Title,Authors,Year\\nTY  - JOUR,Fox,2004\\n")
        'column names title, authors, year'
        """
        header = _find_header(head.removeprefix("\ufeff").splitlines(keepends=True)[:1], frozenset())
        known = _known_names(header) if header else []
        return f"column names {', '.join(known[:3])}" if len(known) > 2 else ""

    def marks(self) -> TableMarks:
        """Return a counter of rows that goes by quotation marks and line ends alone."""
        return TableMarks(self)

    def stretches(self, chunks: Iterable[bytes]) -> Iterator[Stretch]:
        """Yield a stretch for each row that is not blank; what stands above the first is none.

        Raises:
            ReviewError: the table is empty, no column is named as titles are, or a column of
                `config/columns.csv` is not in the table.
        """
        lines = _Lines(chunks)
        offset, line = self._begin(lines)
        while first := lines.take():
            row = self._row(first, lines)
            data = first if len(row) == 1 else b"".join(row)
            if _FILLED.search(data) or not self._is_blank(data):
                yield Stretch(data, offset, line)
            offset += len(data)
            line += len(row)

    def parse(self, text: str) -> Iterable[Parsed | Unreadable]:
        """Return the record of a row, or why it is none."""
        cells, closed, fault = self._split(text)
        names = self._raw_names
        at_end = not text.endswith("\n")
        if fault:
            yield Unreadable(f"the row cannot be read: {fault}", text)
        elif not closed:
            reason = "a quotation mark is opened and never closed"
            yield Unreadable(reason, text, cut_off=at_end)
        elif not self._fits(cells):
            reason = f"{len(cells)} cells where the header has {len(names)}"
            yield Unreadable(reason, text, cut_off=at_end and len(cells) < len(names))
        elif cells == self._first_row:
            yield Unreadable("the row repeats the column names", text)
        elif self._is_ours:
            row = dict(zip(names, cells, strict=False))
            yield Parsed(exact.fields(row), row["raw"])
        else:
            raw = clean.raw(dict(zip(names, cells, strict=False)))
            yield Parsed(self._fields_of(cells), raw)

    def _fields_of(self, cells: list[str]) -> Fields:
        fields: Fields = {}
        for name, cell in zip(self._fields, cells, strict=False):
            if not cell or cell == "NA" or cell.isspace():
                continue  # a field without a value is none, and R writes NA for none
            if name in fields:
                fields[name].append(cell)
            else:
                fields[name] = [cell]
        for at, ours in self._mapped:
            if cells[at].strip():
                fields.setdefault(ours, []).append(cells[at])
        return fields

    def _begin(self, lines: _Lines) -> tuple[int, int]:
        """Read up to the header; return the offset and the line of what comes next."""
        titles = frozenset(name for name, ours in self._said.items() if ours == "title")
        above = lines.beginning()
        texts = [one.decode("utf-8", "replace") for one in above]
        header = _find_header(texts, titles)
        if header is None:
            raise _no_titles(texts)
        self.delimiter, self._first_row = header.delimiter, header.names
        lines.back(above[header.line :])
        row = self._row(lines.take(), lines)
        self.begins = sum(map(len, above[: header.line])) + sum(map(len, row))
        self._name(header.names)
        return self.begins, header.line + len(row) + 1

    def _name(self, header: list[str]) -> None:
        seen: set[str] = set()
        for number, name in enumerate((name.strip() for name in header), start=1):
            lower = name.lower()
            unique = name if name and lower not in seen else f"{name} (column {number})".strip()
            seen.add(lower)
            self._raw_names.append(unique)
        self._fields = [_field(name) for name in self._raw_names]
        self.header = "\n".join(self._fields)
        self._is_ours = tuple(self._raw_names) == COLUMNS and not self._said
        for name in self._said:
            if name not in self._fields:
                near = difflib.get_close_matches(name, self._fields, n=1)
                raise ReviewError(
                    f"config/columns.csv names a column {name!r}, and the table has none",
                    None,
                    f"did you mean {near[0]!r}?" if near else _columns_are(self._raw_names),
                )
        self._mapped = [
            (at, SAID + self._said[name])
            for at, name in enumerate(self._fields)
            if name in self._said
        ]

    def _row(self, first: bytes, lines: _Lines) -> list[bytes]:
        """Return the lines of the row that begins with a line.

        A row of several lines must be written without a flaw. Else a quotation mark that was never
        closed would swallow the next rows, up to one that happens to close it.
        """
        if b'"' not in first or lines.tired or self._cells(first)[1]:
            return [first]
        taken = [first]
        with suppress(_TooLong):
            try:
                cells = next(csv.reader(_fed(taken, lines), delimiter=self.delimiter, strict=True))
                is_whole, fits = True, self._fits(cells)
            except csv.Error:
                # Only a file that was cut off ends within a cell and without a line end.
                is_whole, fits = not taken[-1].endswith(b"\n"), False
            if fits or (is_whole and not any(map(self._is_row, taken[1:]))):
                return taken
        lines.back(taken[1:])
        lines.read_twice += sum(map(len, taken))
        return [first]

    def _is_row(self, line: bytes) -> bool:
        cells, closed = self._cells(line)
        return closed and self._fits(cells)

    def _is_blank(self, data: bytes) -> bool:
        cells, closed = self._cells(data)
        return closed and not any(cell.strip(_BLANKS) for cell in cells)

    def _fits(self, cells: list[str]) -> bool:
        """Say whether the cells are as many as the columns, but for empty ones behind them."""
        columns = len(self._first_row)
        return len(cells) == columns or (
            len(cells) > columns and not any(cell.strip() for cell in cells[columns:])
        )

    def _cells(self, data: bytes) -> tuple[list[str], bool]:
        # Whatever the encoding, the signs that matter are those of ASCII.
        return self._split(data.decode("latin-1"))[:2]

    def _split(self, text: str) -> tuple[list[str], bool, str]:
        """Return the cells of a row, whether its quotation marks are closed, and what is wrong."""
        return _split(text, self.delimiter)


def _known_names(header: _Header) -> list[str]:
    return [name for name in map(_field, header.names) if name in _known_fields()]


class TableMarks:
    """Counts the rows of a table that are not blank, by quotation marks and line ends.

    It knows nothing of cells; the reader only tells where the rows begin, and by which sign cells
    are parted, once it has seen that.
    """

    def __init__(self, table: Table):
        self.ends: int | None = None
        self._table = table
        self._starts = 0
        self._waiting: list[bytes] = []
        self._is_whole = False
        self._seen = 0
        self._row: list[bytes] = []  # lines of the open row, as long as it may still be blank
        self._filled = self._quoted = False

    @property
    def starts(self) -> int:
        """The rows; in a short file they can only be counted when the reader knows the header."""
        if self._is_whole and self._waiting:
            self._count(b"".join(self._waiting))
            self._waiting = []
            self._end_row()
        return self._starts

    def see(self, chunk: bytes) -> None:
        """Count the rows up to the end of the chunk, as far as whole lines go."""
        if self._table.delimiter and b"\n" in chunk:
            whole, _, rest = b"".join([*self._waiting, chunk]).rpartition(b"\n")
            self._waiting = [rest]
            self._count(whole + b"\n")
        else:
            self._waiting.append(chunk)

    def close(self) -> None:
        """Take what no line end closes for a row as well."""
        self._is_whole = True

    def _count(self, block: bytes) -> None:
        skipped = min(max(self._table.begins - self._seen, 0), len(block))
        self._seen += len(block)
        for line in BytesIO(block[skipped:]):
            if not self._filled:
                self._filled = bool(_FILLED.search(line))
                self._row.append(line)
            self._quoted ^= line.count(b'"') % 2 == 1
            if not self._quoted and line.endswith(b"\n"):
                self._end_row()

    def _end_row(self) -> None:
        if self._filled or self._holds_a_sign(b"".join(self._row)):
            self._starts += 1
        self._row, self._filled, self._quoted = [], False, False

    def _holds_a_sign(self, row: bytes) -> bool:
        """Say whether a row of delimiters, quotation marks and blanks says anything in a cell."""
        blank = _BLANKS.encode()
        outside = (self._table.delimiter or _DELIMITERS).encode() + blank
        parts = row.split(b'"')
        return any(
            part.strip(blank if at % 2 else outside)
            or (not part and at % 2 == 0 and 0 < at < len(parts) - 1)  # "" within a cell is a sign
            for at, part in enumerate(parts)
        )


class _TooLong(Exception):
    """A row goes on for longer than any row of records is."""


class _Lines:
    """The lines of a file, some of which can be put back."""

    def __init__(self, chunks: Iterable[bytes]):
        self._lines = each_line(chunks)
        self._ahead: deque[bytes] = deque()
        self.read_twice = 0

    @property
    def tired(self) -> bool:
        return self.read_twice > _MOST_READ_TWICE

    def take(self) -> bytes:
        """Return the next line, nothing at the end."""
        return self._ahead.popleft() if self._ahead else next(self._lines, b"")

    def back(self, lines: list[bytes]) -> None:
        self._ahead.extendleft(reversed(lines))

    def beginning(self) -> list[bytes]:
        """Return lines enough to hold a header: `_HEADER_WITHIN` that are not blank, and more."""
        lines: list[bytes] = []
        filled = 0
        while filled < 2 * _HEADER_WITHIN and (line := self.take()):
            lines.append(line)
            filled += bool(line.strip())
        return lines


def _fed(taken: list[bytes], lines: _Lines) -> Iterator[str]:
    """Yield the lines of a row as they are needed, and keep them."""
    size = 0
    line = taken[0]
    while line:
        size += len(line)
        if size > _MOST_BYTES or len(taken) > _MOST_LINES:
            raise _TooLong
        yield line.decode("latin-1")
        if line := lines.take():
            taken.append(line)


def _split(text: str, delimiter: str) -> tuple[list[str], bool, str]:
    # The reader asks for the second, empty line only if the row is still open after the first.
    reader = csv.reader((text, ""), delimiter=delimiter)
    try:
        cells = next(reader, [])
    except csv.Error as error:
        return [], True, str(error)
    return cells, reader.line_num == 1, ""


def _field(name: str) -> str:
    """Return the field a column belongs to; numbered columns (`au/0`, `au/1`) are one field.

    >>> _field(" Artinfo/SUG/subj/10/__text")
    'artinfo/sug/subj/#/__text'
    """
    return _NUMBERED.sub("/#", name.strip().lower())


@cache
def _known_fields() -> frozenset[str]:
    return frozenset(
        field
        for flavour in flavours_of(Table.flavours)
        for fields in flavour.columns.values()
        for field in "|".join(fields).split("|")
    )


@cache
def _title_fields() -> frozenset[str]:
    return frozenset(
        field
        for flavour in flavours_of(Table.flavours)
        for field in "|".join(flavour.columns.get("title", ())).split("|")
    )


def _find_header(lines: list[str], titles: frozenset[str]) -> _Header | None:
    """Return the first row of column names: at least two, one of them a column of titles."""
    known = titles or _title_fields()
    delimiters = _DELIMITERS
    filled = 0
    for at, line in enumerate(lines):
        if named := _NAMED_DELIMITER.fullmatch(line):
            delimiters = named["delimiter"]
            continue
        filled += bool(line.strip())
        if filled > _HEADER_WITHIN:
            break
        rows = [(_logical_row(lines[at:], delimiter), delimiter) for delimiter in delimiters]
        fit = [
            (cells, delimiter)
            for cells, delimiter in rows
            if sum(map(bool, map(str.strip, cells))) > 1 and not known.isdisjoint(map(_field, cells))
        ]
        if fit:
            cells, delimiter = max(fit, key=lambda row: len(row[0]))
            return _Header(delimiter, cells, at)
    # A list of nothing but titles.
    for at, line in enumerate(lines):
        if line.strip() and not _NAMED_DELIMITER.fullmatch(line):
            alone = line.strip().strip('"')
            return _Header(delimiters[0], [alone], at) if _field(alone) in known else None
    return None


def _logical_row(lines: list[str], delimiter: str) -> list[str]:
    with suppress(csv.Error):
        return next(csv.reader(lines, delimiter=delimiter), [])
    return []


def _rows_fit(lines: list[str], header: _Header) -> bool:
    """Say whether one of the rows below a header has as many cells as it, or there are none."""
    rows = csv.reader(lines, delimiter=header.delimiter)
    with suppress(csv.Error):
        below = [cells for cells in islice(rows, 6) if any(cells)][1:]
        if rows.line_num == len(lines) and not lines[-1].endswith("\n"):
            below = below[:-1]  # the beginning of a file may end anywhere
        return not below or any(len(cells) == len(header.names) for cells in below)
    return True


def _no_titles(lines: list[str]) -> ReviewError:
    if not any(line.strip(_BLANKS + _DELIMITERS + '"') for line in lines):
        return ReviewError("the table is empty", None, "export it again")
    rows = [
        [cell.strip() for cell in _logical_row(lines[at:], delimiter)]
        for at in range(min(len(lines), _HEADER_WITHIN))
        if not _NAMED_DELIMITER.fullmatch(lines[at])
        for delimiter in _DELIMITERS
    ]
    names = max((row for row in rows if any(row)), key=len, default=[])
    return ReviewError(
        f"no column is named title; {_columns_are(names)}",
        None,
        "name the columns in the first row (title, authors, year, abstract, ...), or say in "
        "config/columns.csv which column holds what",
    )


def _columns_are(names: list[str]) -> str:
    shown = ", ".join(name[:60] for name in names[:40])
    return f"the columns are: {shown}{', ...' if len(names) > 40 else ''}"
