"""Reads the ERIC Thesaurus, as JSON of descriptors and as the XML that ERIC offers for download."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from searchsets.errors import ReviewError
from searchsets.files import read_text
from searchsets.strategy.thesaurus.model import RELATIONS, Row, Thesaurus, thesaurus_of
from searchsets.strategy.thesaurus.safe import name_of

JSON_RELATIONS = {"u": "UF", "b": "BT", "n": "NT", "r": "RT"}
"""The keys of a descriptor in the JSON form. `r` was not seen in a real file."""
XML_RELATIONS = {"U": "USE", **{relation: relation for relation in RELATIONS}}
"""The types of a `Relationship` in the XML form."""


def read_json(path: Path, data: dict[str, Any]) -> Thesaurus:
    """Read `{descriptor: {"u": [used for], "b": [broader], "n": [narrower]}}`.

    Args:
        path: the file.
        data: what it holds.

    Raises:
        ReviewError: not of this form; the place is the line where the descriptor stands.
    """
    return thesaurus_of(_json_rows(path, data), terms=(" ".join(name.split()) for name in data))


def _json_rows(path: Path, data: dict[str, Any]) -> Iterator[Row]:
    for descriptor, relations in data.items():
        try:
            term = name_of(descriptor, str(path))
            if not isinstance(relations, dict):
                raise ValueError(f"{relations!r} holds no relations")
            for key, targets in relations.items():
                if not isinstance(targets, list):
                    raise ValueError(f"{key!r} is no list of names")
                for target in targets:
                    yield term, JSON_RELATIONS[key], name_of(target, str(path))
        except (KeyError, TypeError, ValueError, ReviewError) as error:
            what = error.what if isinstance(error, ReviewError) else str(error)
            raise ReviewError(
                f"the entry of {descriptor!r} cannot be read: {what}",
                f"{path}:{_line_of(path, descriptor)}",
                'write each descriptor as in: "Schools": {"u": [used for], "b": [broader], '
                '"n": [narrower]}',
            ) from None


def _line_of(path: Path, descriptor: str) -> int:
    text = read_text(path)
    return text.count("\n", 0, max(text.find(json.dumps(descriptor, ensure_ascii=False)), 0)) + 1


def read_xml(path: Path) -> Thesaurus:
    """Read the XML form: `Nstein/Terms/Term` with a name, attributes and relationships to names.

    This layout is known from two public programs that read it; ERIC's file itself could not be
    seen. `RecType` is Main (a descriptor), Synonym (sent on by a relationship of type U; what the
    attribute USEAND names is used together with it) or Dead (given no more). Other types of
    relationship are counted as findings.

    Raises:
        ReviewError: a term without a name, or no terms. Whether the XML is sound is looked at
            before (`safe.root_of_xml`).
    """
    rows: list[Row] = []
    terms: list[str] = []
    retired: list[str] = []
    unread: dict[str, int] = {}
    for number, element in enumerate(ElementTree.parse(path).iter("Term"), start=1):  # noqa: S314
        where = f"{path}, term {number}"
        term = name_of(element.findtext("Name") or "", where)
        attributes = [(a.get("name"), a.text or "") for a in element.iter("Attribute")]
        kind = next((text.strip() for name, text in attributes if name == "RecType"), "Main")
        {"Main": terms, "Dead": retired}.get(kind, []).append(term)
        rows += [
            (term, "USE", name_of(text, where))
            for name, text in attributes
            if name == "USEAND" and text.strip()
        ]
        for relationship in element.iter("Relationship"):
            relation = XML_RELATIONS.get(relationship.get("type", "").upper())
            targets = [one.text for one in relationship.iter("Is") if (one.text or "").strip()]
            if relation is None:
                kind = relationship.get("type", "without type")
                unread[kind] = unread.get(kind, 0) + len(targets)
            else:
                rows += [(term, relation, name_of(target, where)) for target in targets]
    findings = [f"{count} relations of type {kind} were not read" for kind, count in unread.items()]
    return thesaurus_of(rows, terms=terms, retired=retired, findings=findings)
