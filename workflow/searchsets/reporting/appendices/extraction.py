"""Reads what people took from sources and from a published review: summaries, codes, statements, points.

Each file is checked as it is read, so that no count rests on a mistyped source or value.
`docs/extraction.md` says what the files hold and how they were made.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from searchsets.errors import ReviewError
from searchsets.files import columns_of, read_csv_with_lines
from searchsets.records.known_items import SOURCE

SUMMARIES = "included_sources.csv"
CODEBOOK = "codebook.csv"
CODING = "coding.csv"
STATEMENTS = "statements.csv"
FEATURES = "features.csv"

NOT_STATED = "not stated"
"""The review leaves the cell empty, or says nothing of the matter."""
ILLEGIBLE = "illegible"
"""The text that we have of the review is destroyed there; nobody guesses what stood there."""
FITS_NONE = "fits none"
"""What can be read fits none of the values; a variable that allows it has it in its codebook."""
UNRESOLVED = "unresolved"
"""A citation that names no work of the reference list."""

UNKNOWN = (NOT_STATED, ILLEGIBLE)
_TAKES = ("one", "several")

Row = dict[str, str]


@dataclass(frozen=True)
class Summary:
    """What people took from a source, in their own words: its cells by the columns of the file."""

    record: str
    cells: Mapping[str, str]
    note: str


@dataclass(frozen=True)
class Variable:
    """What is coded of each source: its values, and whether a source can have several."""

    name: str
    values: tuple[str, ...]
    several: bool


@dataclass(frozen=True)
class Coding:
    """What one source is coded as on one variable.

    `sure` and `doubtful` are values of the variable; both are empty where nothing is known, and
    `text` then says why.
    """

    record: str
    variable: str
    text: str
    sure: tuple[str, ...]
    doubtful: tuple[str, ...]


@dataclass(frozen=True)
class Statement:
    """A part of one of the statements that a published review makes about its sources as a whole."""

    number: int
    part: str
    says: str
    page: str
    variable: str
    values: tuple[str, ...]
    reported: str
    note: str


@dataclass(frozen=True)
class Point:
    """A point that a published review makes and the works that it cites, each as printed.

    `label` is the number of the feature and the place of the point under it. A cited record is
    None where the citation names no work of the reference list.
    """

    feature: int
    feature_says: str
    number: int
    label: str
    says: str
    page: str
    cites: tuple[str | None, ...]
    cited_as: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class Extracted:
    """All that people took from sources, and from a published review on them."""

    summaries: dict[str, Summary] = field(default_factory=dict)
    summary_columns: tuple[str, ...] = ()
    """The columns of the summaries that are the review's own."""
    variables: dict[str, Variable] = field(default_factory=dict)
    codings: dict[tuple[str, str], Coding] = field(default_factory=dict)
    statements: tuple[Statement, ...] = ()
    points: tuple[Point, ...] = ()


def read_extracted(
    folder: Path, known: Collection[str], keys: Collection[str], quantity: Callable[[str], object]
) -> Extracted:
    """Read all files of the folder of extraction; a file that is not there holds nothing.

    A key source need not be coded, but one that is has a row for every variable.

    Args:
        known: the ids of the known items of the run.
        keys: the ids of those that are key sources; only these are coded.
        quantity: returns what a word such as `majority` stands for, or raises a ValueError that
            says which words there are.

    Raises:
        ReviewError: a column is missing, a cell that must be filled is empty, a row stands twice or
            is missing, or a record, variable, value or word of quantity is not known.
    """
    variables = _codebook(folder / CODEBOOK)
    columns = _own_columns(folder / SUMMARIES)
    return Extracted(
        _summaries(folder / SUMMARIES, columns, known),
        columns,
        variables,
        _codings(folder / CODING, keys, variables),
        _statements(folder / STATEMENTS, variables, quantity),
        _points(folder / FEATURES, known),
    )


def _rows(
    path: Path,
    columns: tuple[str, ...],
    key: tuple[str, ...],
    may_be_empty: tuple[str, ...] = (),
    own: tuple[str, ...] = (),
) -> Iterable[tuple[str, Row]]:
    """Yield (file:line, row) with stripped cells; what must be filled is, and no key comes twice.

    `own` are those of the columns that only this review has.
    """
    if not path.exists():
        return
    seen: dict[tuple[str, ...], int] = {}
    for line, cells in read_csv_with_lines(path, columns):
        where = f"{path}:{line}"
        row = {name: cell.strip() for name, cell in cells.items()}
        for name in columns:
            if not row[name] and name not in may_be_empty:
                raise ReviewError(f"the cell {name!r} is empty", where, _fill(name, own))
        one = tuple(row[name] for name in key)
        if one in seen:
            raise ReviewError(
                f"{', '.join(one)} stands twice, first in line {seen[one]}",
                where,
                "keep one of the two rows",
            )
        seen[one] = line
        yield where, row


def _fill(column: str, own: Collection[str]) -> str:
    if column == "value" or column in own:
        return (
            f"write {NOT_STATED!r} if the source does not say, {ILLEGIBLE!r} if it cannot be read"
        )
    return "fill it in, or take the row away"


def _require(record: str, allowed: Collection[str], what: str, where: str) -> None:
    if record not in allowed:
        raise ReviewError(
            f"there is no {what} {record!r}",
            where,
            "the ids stand in results/<run>/tables/known_items.csv; if the file is about the works "
            "of another review, name a folder of your own, which may be empty, as `extraction` in "
            "config.yaml",
        )


_SUMMARY = ("record", "cited_as", "note")
_TAKEN = frozenset(("number", "selected_source", "record_id"))


def _own_columns(path: Path) -> tuple[str, ...]:
    """Return the columns of the summaries that a review chose itself: all but those of every review."""
    if not path.exists():
        return ()
    header = columns_of(path)
    for column in header:
        if column in _TAKEN or header.count(column) > 1:
            raise ReviewError(
                f"no column of this table can be called {column!r}, or it stands twice",
                f"{path}:1",
                "give each column a name of its own, such as about_this_study",
            )
    return tuple(column for column in header if column not in _SUMMARY)


def _summaries(path: Path, own: tuple[str, ...], known: Collection[str]) -> dict[str, Summary]:
    made = {}
    for where, row in _rows(path, ("record", *own), ("record",), ("page", "note"), own):
        source, colon, rest = row["record"].partition(":")
        if source == SOURCE:
            _require(row["record"], known, "known item", where)
        elif not (source and colon and rest):
            raise ReviewError(
                f"{row['record']!r} is no id of a record",
                where,
                "write it as in results/<run>/tables/included_sources.csv, such as eric:EJ123",
            )
        cells = {name: row[name] for name in own}
        made[row["record"]] = Summary(row["record"], cells, row.get("note", ""))
    return made


def _codebook(path: Path) -> dict[str, Variable]:
    columns = ("variable", "value", "takes", "means")
    values: dict[str, list[str]] = {}
    takes: dict[str, str] = {}
    for where, row in _rows(path, columns, ("variable", "value")):
        name, value = row["variable"], row["value"]
        if value in UNKNOWN or value.endswith("?") or ";" in value:
            raise ReviewError(
                f"{value!r} cannot be a value",
                where,
                f"{' and '.join(UNKNOWN)} can be written for every variable; a value neither "
                "ends with ? nor holds a semicolon",
            )
        if row["takes"] not in _TAKES or takes.setdefault(name, row["takes"]) != row["takes"]:
            raise ReviewError(
                f"{name!r} takes {row['takes']!r}",
                where,
                f"write {' or '.join(_TAKES)}, the same in all rows of a variable",
            )
        values.setdefault(name, []).append(value)
    return {
        name: Variable(name, tuple(found), takes[name] == "several")
        for name, found in values.items()
    }


def _variable(name: str, variables: dict[str, Variable], where: str) -> Variable:
    if name not in variables:
        raise ReviewError(
            f"there is no variable {name!r}",
            where,
            f"write one of: {', '.join(variables) or 'none is known'}; or add it to {CODEBOOK}",
        )
    return variables[name]


def _known_values(values: Iterable[str], variable: Variable, where: str) -> None:
    for value in values:
        if value not in variable.values:
            raise ReviewError(
                f"{variable.name} has no value {value!r}",
                where,
                f"write one of: {', '.join(variable.values)}; or add it to {CODEBOOK}",
            )


def _codings(
    path: Path, keys: Collection[str], variables: dict[str, Variable]
) -> dict[tuple[str, str], Coding]:
    columns = ("record", "variable", "value", "page", "basis", "note")
    made = {}
    first: dict[str, str] = {}
    for where, row in _rows(path, columns, ("record", "variable"), ("page", "note")):
        _require(row["record"], keys, "key source", where)
        first.setdefault(row["record"], where)
        variable = _variable(row["variable"], variables, where)
        sure, doubtful = coded_values(row["value"], variable, where)
        coding = Coding(row["record"], variable.name, row["value"], sure, doubtful)
        made[row["record"], variable.name] = coding
    for record, where in first.items():
        missing = [name for name in variables if (record, name) not in made]
        if missing:
            raise ReviewError(
                f"{record} is coded, but has no row for {', '.join(missing)}",
                where,
                f"add a row for each variable of {CODEBOOK}; write {NOT_STATED!r} where the source "
                "does not say",
            )
    return made


def coded_values(
    text: str, variable: Variable, where: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the sure and the doubtful values of a cell; a value in doubt has a `?` behind it.

    Raises:
        ReviewError: a value is not known, stands twice, or does not go with the others.

    >>> coded_values("b; a?", Variable("v", ("a", "b"), several=True), "coding.csv:2")
    (('b',), ('a',))
    >>> coded_values("not stated", Variable("v", ("a", "b"), several=True), "coding.csv:2")
    ((), ())
    """
    if text in UNKNOWN:
        return (), ()
    parts = [part.strip() for part in text.split(";")]
    values = [part.removesuffix("?").strip() for part in parts]
    _known_values(values, variable, where)
    sure = tuple(v for v, part in zip(values, parts, strict=True) if not part.endswith("?"))
    doubtful = tuple(v for v, part in zip(values, parts, strict=True) if part.endswith("?"))
    alone = not variable.several or FITS_NONE in sure
    if len(set(values)) < len(values) or (sure and alone and len(values) > 1):
        raise ReviewError(
            f"the values {text!r} do not go together",
            where,
            f"{variable.name} takes {_TAKES[variable.several]}: write each value once; "
            f"{FITS_NONE!r} stands alone; if you doubt between values, put ? behind each of them",
        )
    return sure, doubtful


def _statements(
    path: Path, variables: dict[str, Variable], quantity: Callable[[str], object]
) -> tuple[Statement, ...]:
    columns = ("statement", "part", "says", "page", "variable", "values", "reported", "note")
    made = []
    for where, row in _rows(path, columns, ("statement", "part"), ("note",)):
        variable = _variable(row["variable"], variables, where)
        values = tuple(value.strip() for value in row["values"].split(";"))
        _known_values(values, variable, where)
        try:
            quantity(row["reported"])
        except ValueError as error:
            raise ReviewError(f"reported is {row['reported']!r}", where, str(error)) from None
        number = _number(row["statement"], "statement", where)
        told = {
            name: row[name] for name in ("part", "says", "page", "variable", "reported", "note")
        }
        made.append(Statement(number=number, values=values, **told))
    return tuple(sorted(made, key=lambda one: (one.number, one.part)))


def _number(text: str, column: str, where: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < int(text) < 10_000):
        raise ReviewError(
            f"{column} is {text[:40]!r}", where, "number them 1, 2, 3 and so on, as printed"
        )
    return int(text)


def _points(path: Path, known: Collection[str]) -> tuple[Point, ...]:
    columns = (
        "feature", "feature_says", "point", "point_says", "page", "cites", "cited_as", "note",
    )  # fmt: skip
    made: list[Point] = []
    for where, row in _rows(path, columns, ("point",), ("cites", "cited_as", "note")):
        feature, number = (_number(row[name], name, where) for name in ("feature", "point"))
        before = made[-1] if made else None
        _follows(feature, number, row["feature_says"], before, where)
        place = 1 + sum(point.feature == feature for point in made)
        cites, cited_as = _citations(row, known, where)
        told = {name: row[name] for name in ("feature_says", "page", "note")}
        made.append(
            Point(
                feature=feature,
                number=number,
                label=f"{feature}.{place}",
                says=row["point_says"],
                cites=cites,
                cited_as=cited_as,
                **told,
            )
        )
    return tuple(made)


def _follows(feature: int, number: int, says: str, before: Point | None, where: str) -> None:
    """Refuse a point that is out of order, or whose feature is called otherwise than before."""
    last, of = (before.number, before.feature) if before else (0, 0)
    if number != last + 1 or feature not in (of, of + 1) or not feature:
        raise ReviewError(
            f"point {number} of feature {feature} comes after point {last} of feature {of}",
            where,
            "keep the points in order and number them without a gap",
        )
    if before and feature == of and says != before.feature_says:
        raise ReviewError(
            f"feature {feature} is called {says!r} here and {before.feature_says!r} above",
            where,
            "call it the same in all its rows",
        )


def _citations(
    row: Row, known: Collection[str], where: str
) -> tuple[tuple[str | None, ...], tuple[str, ...]]:
    records, printed = (
        [one.strip() for one in row[name].split(";") if one.strip()]
        for name in ("cites", "cited_as")
    )
    if len(records) != len(printed):
        raise ReviewError(
            f"{len(records)} records for {len(printed)} citations",
            where,
            f"write a record for each citation, in their order; {UNRESOLVED!r} if it names no work "
            "of the reference list",
        )
    for record in records:
        if record != UNRESOLVED:
            _require(record, known, "known item", where)
    return tuple(None if one == UNRESOLVED else one for one in records), tuple(printed)
