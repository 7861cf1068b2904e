"""Reads the YAML files a person writes and checks them by schema, with file, line and column."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from searchsets.errors import ReviewError
from searchsets.files import read_text

SCHEMAS = Path(__file__).parent.parent / "schemas"


@dataclass(frozen=True)
class Document:
    """A YAML file: its data, and where in the file each of its parts stands."""

    path: Path
    data: Any
    _root: yaml.Node | None

    def node(self, keys: list[str | int]) -> yaml.Node | None:
        """Return the parsed node that stands under a path of keys and indexes."""
        node = self._root
        for key in keys:
            if isinstance(node, yaml.MappingNode):
                node = next((v for k, v in node.value if k.value == str(key)), node)
            elif isinstance(node, yaml.SequenceNode) and isinstance(key, int):
                node = node.value[key]
        return node

    def place(self, keys: list[str | int]) -> str:
        """Return `file:line:column` of what stands under a path of keys and indexes."""
        node = self.node(keys)
        if node is None:
            return str(self.path)
        return f"{self.path}:{node.start_mark.line + 1}:{node.start_mark.column + 1}"


def read_document(path: Path, schema: str | None) -> Document:
    """Read a YAML file and hold it against `workflow/schemas/<schema>.schema.json`.

    Without a schema it is only read: the library that checks takes a while to import.

    Raises:
        ReviewError: not readable, not YAML, a key twice, or not as the schema says.
    """
    text = read_text(path)
    try:
        loader = _TextDates(text)
        root = loader.get_single_node()
        data = None if root is None else loader.construct_document(root)
    except yaml.YAMLError as error:
        raise _yaml_error(path, text, error) from None
    except (ValueError, KeyError, RecursionError) as error:
        raise ReviewError(
            f"a value of this file cannot be read: {error}",
            str(path),
            "look for a tag such as !!int, a number of thousands of digits, or very deep nesting",
        ) from None
    if data is None:
        raise ReviewError(
            "the file is empty", str(path), "bring back the file, or write it anew after its schema"
        )
    document = Document(path, data, root)
    _refuse_repeated_keys(path, root)
    if schema is not None:
        check_by_schema(document, schema)
    return document


class _TextDates(yaml.SafeLoader):
    """A SafeLoader that leaves dates as the text a person wrote."""


_TextDates.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _yaml_error(path: Path, text: str, error: yaml.YAMLError) -> ReviewError:
    mark = getattr(error, "problem_mark", None)
    if mark:
        where = f"{path}:{mark.line + 1}:{mark.column + 1}"
    else:  # a character that YAML does not allow has a position only
        where = f"{path}:{text.count(chr(10), 0, getattr(error, 'position', 0)) + 1}"
    problem = getattr(error, "problem", None) or str(error)
    return ReviewError(
        f"this is not YAML: {problem}",
        where,
        "look at the indentation and the quotation marks at this place and just above it",
    )


def _refuse_repeated_keys(path: Path, root: yaml.Node | None) -> None:
    waiting, met = [root], set()
    while waiting:
        node = waiting.pop()
        if id(node) in met:  # an alias: it was looked at where it is defined
            continue
        met.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting += node.value
        elif isinstance(node, yaml.MappingNode):
            seen: dict[str, int] = {}
            for key, value in node.value:
                line = key.start_mark.line + 1
                if key.value in seen:
                    raise ReviewError(
                        f"the key {key.value!r} stands twice, here and in line {seen[key.value]}",
                        f"{path}:{line}:{key.start_mark.column + 1}",
                        "keep one of the two",
                    )
                seen[key.value] = line
                waiting.append(value)


def check_by_schema(document: Document, schema: str) -> None:
    """Raise a ReviewError at the first place where a document is not as its schema says."""
    errors = sorted(_validator(schema).iter_errors(document.data), key=lambda e: e.json_path)
    if errors:
        raise _schema_error(document, errors[0])


@cache
def _definition(schema: str) -> dict[str, Any]:
    return json.loads((SCHEMAS / f"{schema}.schema.json").read_text(encoding="utf-8"))


@cache
def _validator(schema: str):
    import jsonschema

    return jsonschema.Draft202012Validator(_definition(schema))


def keys_of(schema: str) -> set[str]:
    """Return the keys that a file may have, as its schema states them."""
    return set(_definition(schema)["properties"])


def usual(schema: str) -> dict[str, Any]:
    """Return the defaults of the keys that a file may leave out, as its schema states them."""
    properties = _definition(schema)["properties"]
    return {key: said["default"] for key, said in properties.items() if "default" in said}


def _schema_error(document: Document, error: Any) -> ReviewError:
    keys = list(error.absolute_path)
    if error.validator == "additionalProperties":
        known = sorted(error.schema.get("properties", {}))
        unknown = next(key for key in error.instance if key not in known)
        near = difflib.get_close_matches(str(unknown), known, n=1)
        return ReviewError(
            f"unknown key {unknown!r}",
            _place_of_key(document, keys, str(unknown)),
            f"did you mean {near[0]!r}?"
            if near
            else f"the keys known here are: {', '.join(known)}",
        )
    name = ".".join(map(str, keys)) or "the file"
    described = error.schema.get("description", "") if isinstance(error.schema, dict) else ""
    problem = {
        "pattern": f"{error.instance!r} is not of the form that is wanted",
        "not": f"{error.instance!r} is not allowed",
    }.get(error.validator, error.message)
    remedy = f"{name}: {described}" if described else "compare the file with the one that shipped"
    return ReviewError(f"{name}: {problem}", document.place(keys), remedy)


def _place_of_key(document: Document, keys: list[str | int], unknown: str) -> str:
    node = document.node(keys)
    if isinstance(node, yaml.MappingNode):
        for key, _ in node.value:
            if key.value == unknown:
                return f"{document.path}:{key.start_mark.line + 1}:{key.start_mark.column + 1}"
    return document.place(keys)
