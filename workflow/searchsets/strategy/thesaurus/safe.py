"""Opens XML and JSON that may be broken or malicious, without harm and with a place to look at."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any
from xml.parsers import expat

from searchsets.errors import ReviewError
from searchsets.files import read_text
from searchsets.text import has_words

DEEPEST = 200
"""Elements inside elements, at most."""
LONGEST_ENTITY = 200
"""Characters of an entity that a file declares: enough for the address of a namespace."""
MEND = "download the file again, or write the thesaurus as a table term,relation,target"


def name_of(value: object, where: str) -> str:
    """Return the name of a term without blanks around it.

    Raises:
        ReviewError: it is no text, or holds no letter or digit.

    >>> name_of(" Day Schools ", "here")
    'Day Schools'
    """
    if not isinstance(value, str):
        raise ReviewError(f"{value!r} is no name of a term", where, MEND)
    if not has_words(value):
        raise ReviewError("a term is empty", where, "fill it in or delete the row")
    return " ".join(value.split())


def load_json(path: Path) -> Any:
    """Return what a JSON file holds.

    Raises:
        ReviewError: no JSON, nested too deeply, or a key twice in one object.
    """
    try:
        data = json.loads(read_text(path), object_pairs_hook=_without_repeats)
    except json.JSONDecodeError as error:
        where = f"{path}:{error.lineno}:{error.colno}"
        raise ReviewError(f"this is not JSON: {error.msg}", where, MEND) from None
    except RecursionError:
        raise ReviewError("the JSON is nested too deeply", str(path), MEND) from None
    except ValueError as error:
        raise ReviewError(f"the JSON cannot be read: {error}", str(path), MEND) from None
    if not isinstance(data, dict | list):
        raise ReviewError("this JSON is no thesaurus", str(path), MEND)
    return data


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice, _ = Counter(key for key, _ in pairs).most_common(1)[0]
        raise ValueError(f"the key {twice!r} stands twice in one object")
    return found


def root_of_xml(path: Path) -> str:
    """Return the name of the outermost element, without prefix, of an XML file that can do no harm.

    Entities that a file declares may be short and plain: such name the namespaces of many RDF files.

    Raises:
        ReviewError: not well-formed, nested too deeply, or with entities that grow or lie elsewhere.
    """
    return _Guard(path).root


class _Guard:
    def __init__(self, path: Path):
        self.path, self.root, self.depth = path, "", 0
        self.parser = parser = expat.ParserCreate()
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.EntityDeclHandler = self.entity
        try:
            with path.open("rb") as file:
                parser.ParseFile(file)
        except expat.ExpatError as error:
            what = f"this is not XML: {expat.errors.messages[error.code]}"
            where = f"{path}:{error.lineno}:{error.offset + 1}"
            raise ReviewError(what, where, MEND) from None
        except (LookupError, ValueError) as error:  # an encoding that nobody knows
            raise ReviewError(f"the XML cannot be read: {error}", str(path), MEND) from None

    def refuse(self, what: str) -> None:
        raise ReviewError(what, f"{self.path}:{self.parser.CurrentLineNumber}", MEND)

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        self.root = self.root or name.rpartition(":")[2]
        self.depth += 1
        if self.depth > DEEPEST:
            self.refuse(f"elements stand inside elements more than {DEEPEST} deep")

    def end(self, _name: str) -> None:
        self.depth -= 1

    def entity(self, name: str, _parameter: bool, value: str | None, *_elsewhere: object) -> None:
        if value is None:
            self.refuse(f"the entity {name!r} lies outside the file")
        elif "&" in value or len(value) > LONGEST_ENTITY:
            self.refuse(f"the entity {name!r} is made of others, or is too long")
