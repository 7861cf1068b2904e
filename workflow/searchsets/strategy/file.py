"""Reads a strategy file (`search_strategies/<database>.yaml`) and checks that it can be run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from searchsets.errors import ReviewError, raise_all
from searchsets.files import sha256_of
from searchsets.settings import Document, read_document
from searchsets.strategy.language import LineError, parse
from searchsets.strategy.model import (
    TEXT_FIELDS,
    Addition,
    Erratum,
    Line,
    Reading,
    Strategy,
    leaves,
    lines_of,
)
from searchsets.strategy.thesaurus import Thesaurus, read_thesaurus

LONGEST_RANGE = 100_000
_ROW = re.compile(r"#([0-9]{1,6})(?:[ \t]+|$)")


def read_strategy(path: Path, *, literal: bool = False, schema_checked: bool = False) -> Strategy:
    """Return a strategy, parsed and checked.

    Args:
        path: the strategy file.
        literal: take the printed lines as they stand and leave errata of kind `reading` aside.
        schema_checked: the same file was held against its schema before.

    Raises:
        ReviewError: the file is not as its schema says; a line is no sentence of the language; a
            number is used twice, referred to but not defined, or refers to itself round a circle.
    """
    document = read_document(path, None if schema_checked else "strategy")
    data = document.data
    if path.stem != data["database"]:
        raise ReviewError(
            f"the file is named {path.name} and holds the database {data['database']!r}",
            document.place(["database"]),
            f"name the file {data['database']}.yaml or mend the database",
        )
    errata = tuple(_errata(data))
    lines = _lines(document, errata, literal)
    _check_errata(document, errata, lines)
    return Strategy(
        path=path,
        database=data["database"],
        name=data["name"],
        description=data["description"],
        source=data["source"],
        searched=data["searched"],
        free_text_fields=tuple(data.get("free_text_fields", TEXT_FIELDS)),
        when_unindexed=data.get("when_unindexed", "free_text"),
        lines=lines,
        readings=tuple(_readings(document, lines)),
        errata=errata,
        thesaurus=data.get("thesaurus", {}),
        order=tuple(order_of(lines)),
        available=data.get("available", {}),
        additions=tuple(_additions(document, lines)),
        amends=data.get("amendment", {}).get("sha256", ""),
    )


def _additions(document: Document, lines: dict[int, Line]) -> Iterator[Addition]:
    rows = document.data.get("amendment", {}).get("lines", [])
    for index, row in enumerate(rows):
        for number in (row["line"], row.get("rewrites", row["line"])):
            if number not in lines:
                raise ReviewError(
                    f"the amendment speaks of line #{number}, which is not defined",
                    document.place(["amendment", "lines", index]),
                    "name lines of this strategy",
                )
        yield Addition(row["line"], row["why"], row.get("rewrites"))


def _errata(data: dict[str, Any]) -> list[Erratum]:
    return [
        Erratum(row["line"], row["kind"], row["text"], row["read_as"], row["why"])
        for row in data.get("errata", [])
    ]


def _check_errata(document: Document, errata: tuple[Erratum, ...], lines: dict[int, Line]) -> None:
    for index, erratum in enumerate(errata):
        line = lines.get(erratum.line)
        expected = erratum.read_as if erratum.kind == "repair" else erratum.text
        if line is None or line.text != expected:
            raise ReviewError(
                f"the erratum of line #{erratum.line} speaks of {expected!r}, the line is "
                f"{line.text if line else 'not there'!r}",
                document.place(["errata", index]),
                "a repair's `read_as`, and any other erratum's `text`, is the line as it stands above",
            )


def _lines(document: Document, errata: tuple[Erratum, ...], literal: bool) -> dict[int, Line]:
    read_as = {
        erratum.line: erratum.read_as
        for erratum in errata
        if erratum.kind == "notation" or (erratum.kind == "reading" and not literal)
    }
    lines: dict[int, Line] = {}
    errors: list[ReviewError] = []
    for number, name, text, row, column in _rows(document):
        if number in lines:
            raise ReviewError(
                f"line #{number} is defined twice, here and at {lines[number].place}",
                f"{document.path}:{row}:{column}",
                "give one of the two another number",
            )
        try:
            expression = parse(read_as.get(number, text))
        except LineError as error:
            errors.append(error.at(str(document.path), row, column))
            continue
        place = f"{document.path}:{row}:{column}"
        lines[number] = Line(number, name, text, expression, place)
    raise_all(errors)
    raise_all(list(_reference_errors(lines)))
    return lines


def _rows(document: Document):
    """Yield (number, set, text, row of the file, column of the text) for every line as printed."""
    for index, block in enumerate(document.data["sets"]):
        node = document.node(["sets", index, "lines"])
        if not isinstance(node, yaml.ScalarNode) or node.style != "|":
            raise ReviewError(
                "the lines of a set must be a block",
                document.place(["sets", index]),
                "write `lines: |` and below it, indented, one line to a row",
            )
        source = document.path.read_text(encoding="utf-8-sig").splitlines()
        for offset, text in enumerate(block["lines"].splitlines()):
            row = node.start_mark.line + 2 + offset
            if not text.strip():
                continue
            found = _ROW.match(text)
            if not found:
                raise ReviewError(
                    f"{text.strip()!r} does not begin with the number of a line",
                    f"{document.path}:{row}:1",
                    "begin every row with # and its number, as in: #12 Planning",
                )
            indent = len(source[row - 1]) - len(source[row - 1].lstrip())
            yield (
                int(found[1]),
                block["name"],
                text[found.end() :].strip(),
                row,
                indent + found.end() + 1,
            )


_SHOWN = 10


def referred(line: Line) -> list[int]:
    """Return the numbers of the lines that a line refers to, ranges written out."""
    numbers: list[int] = []
    for leaf in leaves(line.expression):
        # A slip of the pen may name line 2,000,000: no more than one unknown line is needed.
        numbers += lines_of(leaf)[:LONGEST_RANGE]
    return numbers


def _reference_errors(lines: dict[int, Line]):
    for line in lines.values():
        missing = sorted({number for number in referred(line) if number not in lines})
        if missing:
            shown = ", ".join(f"#{number}" for number in missing[:_SHOWN])
            more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
            noun, verb = ("line", "is") if len(missing) == 1 else ("lines", "are")
            yield ReviewError(
                f"line #{line.number} refers to {noun} {shown}{more}, which {verb} not defined",
                line.place,
                "define what is missing, or mend the reference",
            )


def order_of(lines: dict[int, Line]) -> list[int]:
    """Return the numbers so that each comes after those it refers to, or raise for a circle."""
    needs = {number: set(referred(line)) for number, line in lines.items()}
    needed_by: dict[int, list[int]] = {number: [] for number in lines}
    for number, others in needs.items():
        for other in others:
            needed_by[other].append(number)
    open_needs = {number: len(others) for number, others in needs.items()}
    order = [number for number in lines if not open_needs[number]]
    for number in order:
        for dependant in needed_by[number]:
            open_needs[dependant] -= 1
            if not open_needs[dependant]:
                order.append(dependant)
    if len(order) < len(lines):
        raise _circle_error(lines, needs, set(lines) - set(order))
    return order


def _circle_error(
    lines: dict[int, Line], needs: dict[int, set[int]], left: set[int]
) -> ReviewError:
    path = [min(left)]
    while path.count(path[-1]) < 2:
        path.append(min(needs[path[-1]] & left))
    circle = path[path.index(path[-1]) :]
    shown = " -> ".join(f"#{number}" for number in circle)
    return ReviewError(
        f"lines refer to each other in a circle: {shown}",
        lines[circle[0]].place,
        "one of these lines must be made of terms, or of lines outside the circle",
    )


def _readings(document: Document, lines: dict[int, Line]) -> list[Reading]:
    outputs = document.data["outputs"]
    readings = [Reading("default", tuple(outputs["lines"]), outputs["basis"], outputs["why"])]
    for row in outputs.get("rival_readings", []):
        readings.append(Reading(row["name"], tuple(row["lines"]), outputs["basis"], row["why"]))
    for reading in readings:
        for number in reading.lines:
            if number not in lines:
                raise ReviewError(
                    f"the output line #{number} is not defined",
                    document.place(["outputs"]),
                    "name lines of this strategy",
                )
    names = [reading.name for reading in readings]
    if len(set(names)) < len(names):
        raise ReviewError(
            "two readings of the outputs have one name",
            document.place(["outputs", "rival_readings"]),
            "each reading needs a name of its own; `default` is the first",
        )
    return readings


def load_strategies(folder: Path, *, literal: bool = False) -> dict[str, Strategy]:
    """Read all strategies of a folder, by database; all their faults are told at once."""
    strategies: dict[str, Strategy] = {}
    errors: list[ReviewError] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            strategies[path.stem] = read_strategy(path, literal=literal)
        except ReviewError as error:
            errors.append(error)
    raise_all(errors)
    if not strategies:
        raise ReviewError(
            "no strategy was found", str(folder), "bring one file a database, as in eric.yaml"
        )
    return strategies


def load_thesaurus(strategy: Strategy) -> Thesaurus | None:
    """Return the thesaurus that a strategy names, or None where it names none.

    Raises:
        ReviewError: the file is not there, cannot be read, or is not the one whose sha256 the
            strategy gives; a term of `leave_out` is no preferred term of it.
    """
    file = strategy.thesaurus.get("file")
    if file is None:
        return None
    if not Path(file).is_file():
        raise ReviewError(
            f"the thesaurus {file} does not exist",
            _place_in(strategy, "file"),
            "mend the path under thesaurus",
        )
    _check_pin(strategy, Path(file))
    thesaurus = read_thesaurus(Path(file))
    raise_all(list(_leave_out_errors(strategy, thesaurus)))
    return thesaurus


def _check_pin(strategy: Strategy, file: Path) -> None:
    pinned, found = strategy.thesaurus.get("sha256"), sha256_of(file)
    if pinned == found:
        return
    fault = f"has not the sha256 {pinned}" if pinned else "is not pinned: its sha256 is missing"
    raise ReviewError(
        f"the thesaurus {file} {fault}",
        _place_in(strategy, "sha256"),
        f"if this is the file that is meant, write under thesaurus: sha256: {found}",
    )


def _leave_out_errors(strategy: Strategy, thesaurus: Thesaurus) -> Iterator[ReviewError]:
    for index, name in enumerate(strategy.thesaurus.get("leave_out", [])):
        if thesaurus.is_preferred(name):
            continue
        if thesaurus.knows(name):
            what = "is no preferred term"
            preferred = ", ".join(thesaurus.linked(name, thesaurus.use))
            remedy = f"leave out what stands in its place: {preferred}"
        else:
            what = f"is not in {strategy.thesaurus['file']}"
            near = ", ".join(thesaurus.nearest(name))
            remedy = f"the nearest names are: {near}" if near else "no name in it is like this one"
        place = _place_in(strategy, "leave_out", index)
        yield ReviewError(f"leave_out names {name!r}, which {what}", place, remedy)


def _place_in(strategy: Strategy, *keys: str | int) -> str:
    return read_document(strategy.path, None).place(["thesaurus", *keys])


def choose_reading(strategy: Strategy, name: str) -> Reading:
    """Return a strategy's reading of that name.

    Raises:
        ReviewError: there is no such reading.
    """
    try:
        return strategy.reading(name)
    except KeyError:
        known = ", ".join(reading.name for reading in strategy.readings)
        raise ReviewError(
            f"the strategy of {strategy.database} has no reading {name!r} of its outputs",
            str(strategy.path),
            f"choose one of: {known}",
        ) from None
