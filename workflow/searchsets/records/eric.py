"""Reads what the ERIC service answers: JSON as it comes, and lists of its records people saved."""

from __future__ import annotations

import json
from typing import Any

from searchsets.errors import ReviewError
from searchsets.records import clean
from searchsets.records.model import Broken, Imported, Record


def read(text: str, imported: Imported) -> None:
    """Add the records of an ERIC JSON answer, or of a saved list of records, to `imported`.

    Raises:
        ReviewError: the text is no JSON (cut off, or a web page), or holds no list of records.
    """
    answer = _parse(text, imported.source_file)
    documents = _documents(answer, imported)
    imported.marks = len(documents)
    for position, document in enumerate(documents, start=1):
        if isinstance(document, dict) and (document.get("id") or document.get("title")):
            imported.records.append(record_of(document, imported.source_file, position))
        else:
            raw = clean.raw(document)
            reason = f"item {position} of the list is no record (neither id nor title)"
            imported.broken.append(Broken(imported.source_file, None, None, reason, raw))


def _parse(text: str, name: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        if text.lstrip().startswith("<"):
            raise ReviewError(
                "this is a web page, not records: the service probably answered with an error page",
                name,
                "open it in a browser to see what it says, and ask again later",
            ) from None
        whole = text.rstrip()
        cut = error.pos >= len(whole) or not whole.endswith(("}", "]"))
        raise ReviewError(
            "the JSON is cut off: the download stopped early" if cut else f"not JSON: {error.msg}",
            f"{name}:{error.lineno}:{error.colno}",
            "download it again",
        ) from None
    except (RecursionError, ValueError):  # nested too deep, or a number of thousands of digits
        raise ReviewError(
            "the JSON is nested too deep, or holds a number too long, to be records",
            name,
            "export it again",
        ) from None


def _documents(answer: Any, imported: Imported) -> list[Any]:
    if isinstance(answer, dict) and "error" in answer:
        error = answer["error"]
        message = error.get("msg", "") if isinstance(error, dict) else error
        raise ReviewError(
            f"the service answered with an error, not with records: {message}",
            imported.source_file,
            "ask again, and keep the answer that has records",
        )
    body = answer.get("response", answer) if isinstance(answer, dict) else answer
    if isinstance(body, dict):
        imported.announced = body.get("numFound") if isinstance(body.get("numFound"), int) else None
        body = body.get("docs")
    if not isinstance(body, list):
        raise ReviewError(
            "this JSON holds no list of ERIC records (response.docs)",
            imported.source_file,
            "bring an answer of the ERIC service (format=json), or a list of its records",
        )
    if body and not any(isinstance(item, dict) and "title" in item for item in body):
        raise ReviewError(
            "none of the items of this JSON list has a title",
            imported.source_file,
            "bring an answer of the ERIC service (format=json), or a list of its records",
        )
    if any(map(_is_nested, body)):
        raise ReviewError(
            "these are no records of ERIC: their fields hold further fields",
            imported.source_file,
            "export the records as RIS or CSV",
        )
    return body


def _is_nested(document: Any) -> bool:
    values = document.values() if isinstance(document, dict) else ()
    parts = (part for value in values for part in (value if isinstance(value, list) else [value]))
    return any(isinstance(part, dict) for part in parts)


def record_of(document: dict[str, Any], source_file: str, position: int) -> Record:
    """Return the record that one document of an ERIC answer describes.

    `identifiersgeo` (places a record is about) joins the keywords: ERIC's own index, but not its
    thesaurus. In lists that somebody flattened to text, authors stay one text, since "Last, First,
    Last, First" cannot be divided with certainty.
    """
    return Record(
        source_file,
        position,
        accession=clean.text(document.get("id")),
        doi=clean.doi(document.get("url")),
        type="; ".join(_list(document, "publicationtype")),
        title=clean.text(document.get("title")),
        authors=clean.texts(document.get("author")),
        year=clean.year(document.get("publicationdateyear")),
        container=clean.text(document.get("source")),
        publisher=clean.text(document.get("publisher")),
        abstract=clean.text(document.get("description")),
        descriptors=_list(document, "subject"),
        keywords=_list(document, "identifiersgeo"),
        language="; ".join(_list(document, "language")),
        issn=clean.texts([clean.without_prefix(value) for value in _list(document, "issn")]),
        isbn=clean.texts([clean.without_prefix(value) for value in _list(document, "isbn")]),
        url=clean.text(document.get("url")),
        raw=clean.raw(document),
    )


def _list(document: dict[str, Any], name: str) -> list[str]:
    value = document.get(name)
    return clean.texts(value.split(", ") if isinstance(value, str) else value)
