"""Reads a thesaurus in SKOS: as RDF/XML, Turtle, N-Triples and JSON-LD, and as plain JSON items."""

from __future__ import annotations

import logging
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from searchsets.errors import ReviewError
from searchsets.strategy.thesaurus.model import Row, Thesaurus, thesaurus_of
from searchsets.strategy.thesaurus.safe import MEND, name_of
from searchsets.text import normalise

SKOS = "http://www.w3.org/2004/02/skos/core#"
SKOS_XL = "http://www.w3.org/2008/05/skos-xl#"
SKOS_RELATIONS = {"narrower": "NT", "broader": "BT", "related": "RT"}
NON_PREFERRED = ("altLabel", "hiddenLabel")


@dataclass
class _Concept:
    """A concept: how it is called in each language, and the concepts it is related to."""

    preferred: list[tuple[str, str]] = field(default_factory=list)
    other: list[tuple[str, str]] = field(default_factory=list)
    related: list[tuple[str, str]] = field(default_factory=list)


_Concepts = dict[str, _Concept]
_Statements = dict[str, list[tuple[Any, Any]]]


def _thesaurus(concepts: _Concepts) -> Thesaurus:
    """Return the thesaurus of concepts, by their names in one language.

    A record carries names, so concepts of one name are one term. A further name that is the
    preferred name of another concept is that concept's alone.
    """
    language = _language(concepts)
    names = {key: _name(concept, language) for key, concept in concepts.items()}
    own = {normalise(name) for name in names.values()}
    rows: list[Row] = []
    unnamed = 0
    for key, concept in concepts.items():
        name = names[key]
        if not name:
            continue
        further = _in_language(concept.preferred + concept.other, language)
        rows += [(other, "USE", name) for other in further if normalise(other) not in own]
        for relation, target in concept.related:
            if names.get(target):
                rows.append((name, relation, names[target]))
            else:
                unnamed += 1
    findings = [f"{unnamed} relations lead to concepts without a name in the file"] * bool(unnamed)
    return thesaurus_of(rows, terms=filter(None, names.values()), findings=findings)


def _language(concepts: _Concepts) -> str:
    """Return English if any concept has an English name, else the language of most names."""
    counts = Counter(
        language for concept in concepts.values() for language, _ in concept.preferred if language
    )
    if not counts or "en" in counts:
        return "en"
    return min(counts, key=lambda language: (-counts[language], language))


def _in_language(labels: Iterable[tuple[str, str]], language: str) -> list[str]:
    return sorted({name for tag, name in labels if tag in (language, "") and normalise(name)})


def _name(concept: _Concept, language: str) -> str:
    """Return the preferred name in a language, else in any, else nothing."""
    chosen = _in_language(concept.preferred, language)
    anyhow = [name for _, name in sorted(concept.preferred) if normalise(name)]
    return (chosen or anyhow or [""])[0]


def read_json_items(path: Path, data: dict[str, Any]) -> Thesaurus:
    """Read `{"items": [{"uri", "prefLabel", "altLabel", "broader", "narrower", …}]}`.

    The values are texts or lists of texts; `broader` and the others name the `uri` of a concept.

    Args:
        path: the file.
        data: what it holds.

    Raises:
        ReviewError: not of this form, or a concept without a name.
    """
    concepts: _Concepts = {}
    for number, item in enumerate(data["items"], start=1):
        where = f"{path}, item {number}"
        if not isinstance(item, dict) or not isinstance(item.get("uri", ""), str):
            raise ReviewError("an item is no concept with a uri", where, MEND)
        if item.get("type", "Concept") != "Concept":
            continue
        concept = concepts.setdefault(item.get("uri", where), _Concept())
        concept.preferred += [("", name_of(t, where)) for t in _texts(item, "prefLabel", where)]
        if not concept.preferred:
            raise ReviewError("a concept has no prefLabel", where, MEND)
        for kind in NON_PREFERRED:
            concept.other += [("", name_of(text, where)) for text in _texts(item, kind, where)]
        for key, relation in SKOS_RELATIONS.items():
            concept.related += [(relation, target) for target in _texts(item, key, where)]
    return _thesaurus(concepts)


def _texts(item: dict[str, Any], key: str, where: str) -> list[str]:
    value = item.get(key, [])
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise ReviewError(f"{key} is no text and no list of texts", where, MEND)
    return texts


def read_json_ld(path: Path, data: Any) -> Thesaurus:
    """Read SKOS as JSON-LD. Its context must stand in the file: nothing is fetched.

    Args:
        path: the file.
        data: what it holds.

    Raises:
        ReviewError: not JSON-LD, a context that lies elsewhere, or no SKOS in it.
    """
    waiting: list[Any] = [data]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            _refuse_context(path, value)
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return _read_rdf(path, "json-ld")


def _refuse_context(path: Path, value: dict[str, Any]) -> None:
    context = value.get("@context")
    parts = context if isinstance(context, list) else [context]
    elsewhere = [part for part in parts if isinstance(part, str)] + [value.get("@import")]
    if any(elsewhere):
        raise ReviewError(
            f"the file says that its context lies at {next(filter(None, elsewhere))!r}",
            str(path),
            "put the context into the file in place of its address: nothing is fetched",
        )


def _read_rdf(path: Path, format: str) -> Thesaurus:
    """Read SKOS in one of the formats of rdflib.

    Names are taken from `prefLabel`, `altLabel` and `hiddenLabel` of SKOS and of SKOS-XL; the
    hierarchy from `narrower` and `broader`.

    Raises:
        ReviewError: not of the format, or no SKOS in it.
    """
    statements = _statements(path, format)
    concepts: _Concepts = defaultdict(_Concept)
    for label in ("prefLabel", *NON_PREFERRED):
        for node, literal in _labels(statements, label):
            language = str(literal.language or "").lower().partition("-")[0]
            concept = concepts[node]
            named = concept.preferred if label == "prefLabel" else concept.other
            named.append((language, " ".join(literal.split())))
    for key, relation in SKOS_RELATIONS.items():
        for node, target in statements.get(SKOS + key, ()):
            concepts[str(node)].related.append((relation, str(target)))
    if not any(concept.preferred for concept in concepts.values()):
        raise ReviewError(
            "no concept of the file has a skos:prefLabel", str(path), "bring a thesaurus in SKOS"
        )
    return _thesaurus(concepts)


def _statements(path: Path, format: str) -> _Statements:
    """Return (subject, object) by predicate, of all graphs of a file."""
    import rdflib

    statements: _Statements = defaultdict(list)
    dataset = rdflib.Dataset()
    logger = logging.getLogger("rdflib.term")  # tells of odd dates and the like, which are not read
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dataset.parse(data=path.read_bytes(), format=format)
            for subject, predicate, value, _ in dataset.quads():
                statements[str(predicate)].append((subject, value))
    except RecursionError:
        raise ReviewError("the file is nested too deeply", str(path), MEND) from None
    except Exception as error:  # rdflib has no common class of errors for what a file may do
        raise _rdf_error(path, format, error) from None
    finally:
        logger.setLevel(level)
    return statements


def _labels(statements: _Statements, label: str) -> Iterator[tuple[str, Any]]:
    import rdflib

    found = list(statements.get(SKOS + label, ()))
    forms = dict(statements.get(f"{SKOS_XL}literalForm", ()))
    for node, named in statements.get(SKOS_XL + label, ()):
        found.append((node, forms.get(named)))
    return ((str(node), value) for node, value in found if isinstance(value, rdflib.Literal))


def _rdf_error(path: Path, format: str, error: Exception) -> ReviewError:
    text, at = getattr(error, "_str", None), getattr(error, "_i", None)
    line = None
    if isinstance(text, bytes) and isinstance(at, int):  # Turtle: rdflib's own count runs ahead
        line = text[:at].rstrip().count(b"\n") + 1
    elif hasattr(error, "getLineNumber"):
        line = error.getLineNumber()
    what = " ".join(str(getattr(error, "_why", error)).split())[:200]
    where = f"{path}:{line}" if line is not None else str(path)
    return ReviewError(f"this cannot be read as {format}: {what}", where, MEND)


read_rdf_xml: Callable[[Path], Thesaurus] = partial(_read_rdf, format="xml")
read_turtle: Callable[[Path], Thesaurus] = partial(_read_rdf, format="turtle")
