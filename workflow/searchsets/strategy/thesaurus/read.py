"""Reads a thesaurus file; what it is, is told by its content, not by its name."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

from searchsets.errors import ReviewError
from searchsets.strategy.thesaurus import eric, skos, table
from searchsets.strategy.thesaurus.model import Thesaurus
from searchsets.strategy.thesaurus.safe import load_json, root_of_xml

_PACKED = (b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
_COMMENTS = re.compile(rb"(?:\s|#[^\n]*\n)*")
_IRI = re.compile(rb"<[^\s<>\"]*:[^\s<>\"]*>")
_TURTLE = re.compile(rb"(?i)@prefix\s|@base\s|prefix\s+[\w.-]*:|base\s+<|_:\w|\[\s*(?:\]|a\s)")
FORMATS = (
    "a table with the columns term,relation,target or with a column a relation; ERIC's thesaurus as "
    "JSON, XML or CSV; SKOS as RDF/XML, Turtle, N-Triples or JSON-LD"
)


def read_thesaurus(path: Path) -> Thesaurus:
    """Read a thesaurus of any of the `FORMATS`.

    No file reaches the network or another file, whatever it says.

    Raises:
        ReviewError: no such file, no thesaurus, or a fault in it.
    """
    if not path.is_file():
        raise ReviewError("there is no such file", str(path), "mend the path of the thesaurus")
    thesaurus = _reader(path)(path)
    if not thesaurus.names:
        raise ReviewError("the thesaurus holds no term", str(path), "bring the whole file")
    return thesaurus


def _reader(path: Path) -> Callable[[Path], Thesaurus]:
    with path.open("rb") as file:
        head = file.read(65_536)
    if head.startswith(_PACKED):
        raise ReviewError("the file is packed", str(path), "unpack it and name the file inside")
    start = head.removeprefix(b"\xef\xbb\xbf")
    start = start[_COMMENTS.match(start).end() :]
    if _IRI.match(start) or _TURTLE.match(start):
        return skos.read_turtle
    if start.startswith(b"<") or head.startswith((b"\xff\xfe<", b"\xfe\xff\x00<")):
        return _xml_reader(path)
    if start.startswith((b"{", b"[")):
        return _json_reader(path)
    return table.read_table


def _xml_reader(path: Path) -> Callable[[Path], Thesaurus]:
    root = root_of_xml(path)
    if root == "RDF":
        return skos.read_rdf_xml
    if root == "Nstein":
        return eric.read_xml
    raise ReviewError(
        f"this XML is no thesaurus: its outermost element is {root!r}",
        str(path),
        f"what can be read: {FORMATS}",
    )


def _json_reader(path: Path) -> Callable[[Path], Thesaurus]:
    data = load_json(path)
    if isinstance(data, list) or {"@context", "@graph", "@id"} & data.keys():
        return partial(skos.read_json_ld, data=data)
    read = skos.read_json_items if isinstance(data.get("items"), list) else eric.read_json
    return partial(read, data=data)
