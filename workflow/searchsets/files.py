"""Reads and writes files at the edges: whole or not at all, the same bytes on every machine."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from searchsets.errors import ReviewError

csv.field_size_limit(1 << 30)  # some platforms write all references of an article into one cell


@contextmanager
def whole_file(path: Path):
    """Yield a temporary path beside `path` that takes its place only if nothing is raised."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a text as UTF-8 with LF line ends, whole or not at all."""
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def write_lasting(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, and wait until the disk has it."""
    with whole_file(path) as temporary, temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def cell(value: Any) -> str:
    """Return a value as it stands in our CSV files: nothing for None, lists joined by `; `.

    >>> cell(None), cell(["a", "b"]), cell(True), cell(0)
    ('', 'a; b', 'yes', '0')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return "; ".join(map(str, value))
    return str(value)


Row = Mapping[str, Any] | tuple[str, ...]
"""A row by its columns, or, where there are very many, its cells as they are to stand."""


def csv_text(columns: Sequence[str], rows: Iterable[Row]) -> str:
    """Return rows as the text of a CSV file with a header; a key without a column is an error."""
    out = io.StringIO()
    _write_rows(out, columns, rows)
    return out.getvalue()


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Write rows as UTF-8 CSV with a header and LF, one after the other, whole or not at all."""
    with whole_file(path) as temporary:
        with temporary.open("w", encoding="utf-8", newline="") as out:
            _write_rows(out, columns, rows)


def _write_rows(out: IO[str], columns: Sequence[str], rows: Iterable[Row]) -> None:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    known = set(columns)
    for row in rows:
        if isinstance(row, tuple):
            writer.writerow(row)
            continue
        if not row.keys() <= known:
            raise ValueError(f"no column for {', '.join(sorted(row.keys() - known))}")
        values = (row.get(column, "") for column in columns)
        writer.writerow([value if type(value) is str else cell(value) for value in values])


def read_csv(path: Path, required: Sequence[str] = ()) -> list[dict[str, str]]:
    """Return the rows of a CSV file a person or a stage wrote, all cells as text.

    Raises:
        ReviewError: the file cannot be read, a required column is missing, or a row has more
            cells than the header.
    """
    return [row for _, row in read_csv_with_lines(path, required)]


def read_csv_with_lines(
    path: Path, required: Sequence[str] = ()
) -> list[tuple[int, dict[str, str]]]:
    """Return (line of the file, row) pairs; errors as in `read_csv`."""
    text = read_text(path)
    delimiter = delimiter_of(text.partition("\n")[0])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, dict[str, str]]] = []
    columns: list[str] | None = None
    try:
        for cells in reader:
            if columns is None:
                columns = [name.strip() for name in cells]
                _require_columns(path, columns, required)
            elif any(value.strip() for value in cells):
                rows.append((reader.line_num, _row(path, reader.line_num, columns, cells)))
    except csv.Error as error:
        raise ReviewError(
            f"the table cannot be read: {error}",
            f"{path}:{reader.line_num}",
            "look for a quotation mark that is opened and never closed near this line",
        ) from None
    if columns is None:
        _require_columns(path, [], required)
    return rows


def columns_of(path: Path) -> tuple[str, ...]:
    """Return the names in the header of a CSV file, those that are empty left out."""
    header = read_text(path).partition("\n")[0]
    names = next(csv.reader([header], delimiter=delimiter_of(header)), [])
    return tuple(name.strip() for name in names if name.strip())


def delimiter_of(header: str) -> str:
    """Return what parts the cells of a CSV file: Excel in Britain writes commas, elsewhere semicolons.

    >>> delimiter_of("record;field"), delimiter_of("record,field")
    (';', ',')
    """
    return ";" if header.count(";") > header.count(",") else ","


def _row(path: Path, line: int, columns: list[str], cells: list[str]) -> dict[str, str]:
    if len(cells) > len(columns):
        raise ReviewError(
            f"{len(cells)} cells where the header has {len(columns)} columns",
            f"{path}:{line}",
            "put quotation marks around a cell that holds a comma",
        )
    return dict(zip(columns, cells + [""] * (len(columns) - len(cells)), strict=True))


def _require_columns(path: Path, columns: list[str], required: Sequence[str]) -> None:
    missing = [name for name in required if name not in columns]
    if missing:
        raise ReviewError(
            f"the column {missing[0]!r} is missing; the header has: {', '.join(columns) or 'nothing'}",
            f"{path}:1",
            f"the first row must name the columns {', '.join(required)}",
        )


def read_text(path: Path) -> str:
    """Return a UTF-8 text (with or without byte-order mark), every line end as LF.

    Raises:
        ReviewError: there is no such file, or it is not UTF-8.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ReviewError(f"cannot be read: {error.strerror}", str(path)) from None
    return text_of(data, path)


def text_of(data: bytes, path: Path) -> str:
    """Return what `read_text` does of the bytes of a file."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ReviewError(
            f"is not UTF-8 text (byte {error.start}: 0x{data[error.start]:02x})",
            f"{path}:{line}",
            "save the file as UTF-8 (in Excel: CSV UTF-8)",
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


OUTSIDE = "(outside)/"
"""How a manifest begins to name what lies outside the review: the setting that names it follows."""


def lasting_name(path: Path, config: Mapping[str, Any]) -> str:
    """Return a name of a file that is the same on every machine.

    Outside the review that is the setting of the configuration that names it or its folder, and its
    path from there: folders above may hold the name of a person.

    >>> config = {"exports": "/home/me/exports", "criteria": "/home/me/mine.yaml"}
    >>> lasting_name(Path("config/config.yaml"), config)
    'config/config.yaml'
    >>> lasting_name(Path("/home/me/exports/eric/a.ris"), config)
    'exports/eric/a.ris'
    >>> lasting_name(Path("/home/me/mine.yaml"), config)
    'criteria.yaml'
    >>> lasting_name(Path("/home/me/other.csv"), config)
    'outside/other.csv'
    """
    if not path.is_absolute():
        return path.as_posix()
    settings = [
        (len(Path(value).parts), key, Path(value))
        for key, value in config.items()
        if isinstance(value, str | Path) and Path(value).is_absolute()
    ]
    for _, key, place in sorted(settings, key=lambda one: (-one[0], one[1])):
        if path == place:
            return f"{key}{path.suffix}"
        if path.is_relative_to(place):
            return f"{key}/{path.relative_to(place).as_posix()}"
    return f"outside/{path.name}"


def lasting_paths(config: Any, key: str = "") -> Any:
    """Return a configuration in which no absolute path stands, but the setting that it is.

    >>> lasting_paths({"exports": "/home/me/exports", "window": {"from": 2002}})
    {'exports': '(outside)/exports', 'window': {'from': 2002}}
    """
    if isinstance(config, dict):
        return {name: lasting_paths(value, name) for name, value in config.items()}
    if isinstance(config, list):
        return [lasting_paths(value, key) for value in config]
    if isinstance(config, str) and Path(config).is_absolute():
        return f"{OUTSIDE}{key}"
    return config


LISTED = ".published.json"
"""A file beside the manifest of a run that is of this machine alone."""


def local_paths(run: Path) -> dict[str, str]:
    """Return where on this machine lies what the manifest of a run names by its setting alone."""
    try:
        places = json.loads((run / LISTED).read_text(encoding="utf-8"))["places"]
        return {name: path for name, path in places.items() if isinstance(path, str)}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def json_text(value: Any) -> str:
    """Return a value as JSON that is the same on every machine, ending with a line end."""
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
