"""Takes the fields out of the documents of each service: what stands where in its JSON.

All services give the same names of fields, those of our columns; what a value must look like in
the end is the mapper's task. Every value is a text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from searchsets.records.formats import exact
from searchsets.records.formats.base import Fields
from searchsets.records.model import COLUMNS, LIST_COLUMNS

Document = dict[str, Any]

_ERIC_ID = re.compile(r"E[DJ]\d{5,7}")
_OPENALEX_ID = re.compile(r"https://openalex\.org/W\d+")
_EUROPE_PMC = frozenset(
    ("MED", "PMC", "PPR", "PAT", "AGR", "CBA", "CTX", "ETH", "HIR", "NBK", "PREPRINTS")
)


def fields_of(document: Document) -> tuple[Fields, str | None]:
    """Return the fields of a document, and its own column `raw` if it is a record of ours.

    >>> fields_of({"id": "EJ700001", "title": "Trusts", "author": ["Fox, C."]})[0]["authors"]
    ['Fox, C.']
    """
    read = next(read for fits, read in _KINDS if fits(document))
    fields: Fields = {}
    for name, value in read(document).items():
        texts = [said for one in _many(value) if (said := _said(one))]
        if texts:
            fields[name] = texts
    raw = _said(document.get("raw")) if read is _of_searchsets else None
    return fields, raw


def is_ours(document: Document) -> bool:
    """Tell whether this program wrote a document: then it is a record, whatever it lacks."""
    return _is_our_csl(document) or _is_our_row(document)


def is_plainly_a_record(value: Any) -> bool:
    """Tell whether a value is a record beyond doubt, and not a part of one.

    >>> is_plainly_a_record({"id": "C1", "display_name": "Education", "level": 0})
    False
    """
    if not isinstance(value, dict):
        return False
    fields, _ = fields_of(value)
    known = any(fits(value) for fits, _ in _KINDS[:-1])
    return "title" in fields and len(fields) > (2 if known else 3)


def _many(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list) else (value,)


def _said(value: Any) -> str:
    """Return a plain value as text; what holds further values has none."""
    if value is None or isinstance(value, (dict, list, bool)):
        return ""
    return value if isinstance(value, str) else str(value)


def _dict(value: Any) -> Document:
    return value if isinstance(value, dict) else {}


def _dicts(value: Any) -> list[Document]:
    return [one for one in _many(value) if isinstance(one, dict)]


def _texts(value: Any) -> list[str]:
    return [said for one in _many(value) if (said := _said(one))]


def _joined(value: Any) -> str:
    return "; ".join(dict.fromkeys(_texts(value)))


def _split(value: Any) -> list[str]:
    """Return the values of a list, also where somebody flattened it to one text."""
    return value.split(", ") if isinstance(value, str) else _texts(value)


def _name(person: Any) -> str:
    """Return a name as `Family, Given`, or as it stands if it is in one piece."""
    if not isinstance(person, dict):
        return _said(person)
    particles = (person.get("dropping-particle"), person.get("non-dropping-particle"))
    family = " ".join(
        filter(None, map(_said, (*particles[1:], person.get("family") or person.get("lastName"))))
    )
    given = " ".join(
        filter(None, map(_said, (person.get("given") or person.get("firstName"), particles[0])))
    )
    parts = [part for part in (family, given, _said(person.get("suffix"))) if part]
    whole = ("literal", "name", "fullName", "collectiveName", "display_name")
    return ", ".join(parts) or next(filter(None, (_said(person.get(key)) for key in whole)), "")


def _names(people: Any) -> list[str]:
    return [_name(person) for person in _many(people)]


def _date(value: Any) -> list[str]:
    """Return what a date of CSL says of its year: its parts, or the text it is written as.

    >>> _date({"date-parts": [[2006, 5]]}), _date({"date-parts": [[None]]}), _date({"raw": "2004"})
    (['2006'], [], ['2004'])
    >>> _date({"date-parts": [[2003], [2005]]})
    ['2003-2005']
    """
    if not isinstance(value, dict):
        return _texts(value)
    parts = value.get("date-parts")
    ends = [_first_of(one) for one in parts] if isinstance(parts, list) else []
    # From one year to another is no year, as elsewhere.
    stated = "-".join(dict.fromkeys(filter(None, map(_said, ends))))
    return _texts([stated or None, value.get("raw"), value.get("literal"), value.get("year")])


def _first_of(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value


def _of_searchsets(document: Document) -> Document:
    """Return the fields of a record as our writer wrote it; they come back exactly."""
    row = {
        name: _texts(value) if name in LIST_COLUMNS and isinstance(value, list) else _said(value)
        for name in COLUMNS
        if (value := document.get(name)) is not None
    }
    return {**exact.fields(row), "database": row.get("database")}


_OUR_CSL = {
    "title": "title", "container-title": "container", "publisher": "publisher",
    "publisher-place": "place", "volume": "volume", "issue": "issue", "page": "pages",
    "abstract": "abstract", "language": "language", "DOI": "doi", "URL": "url",
}  # fmt: skip
"""A field of CSL, and our column that our writer put there; the others stand in `custom`."""


def _is_our_csl(document: Document) -> bool:
    return _dict(document.get("custom")).get("program") == "searchsets"


def _of_our_csl(document: Document) -> Document:
    """Return the fields of an item of CSL as our writer wrote it."""
    row = {ours: document.get(field) for field, ours in _OUR_CSL.items()}
    row["year"] = next(iter(_date(document.get("issued"))), None)
    return _of_searchsets(row | _dict(document.get("custom")))


def _of_eric(document: Document) -> Document:
    """Return the fields of an ERIC document; authors that were flattened stay one text.

    "Last, First, Last, First" cannot be divided with certainty. `identifiersgeo` (places a record
    is about) joins the keywords: ERIC's own index, but not its thesaurus.
    """
    return {
        "accession": document.get("id"),
        "doi": document.get("url"),
        "type": _joined(_split(document.get("publicationtype"))),
        "title": document.get("title"),
        "authors": document.get("author"),
        "year": document.get("publicationdateyear"),
        "container": document.get("source"),
        "publisher": document.get("publisher"),
        "abstract": document.get("description"),
        "descriptors": _split(document.get("subject")),
        "keywords": _split(document.get("identifiersgeo")),
        "language": _joined(_split(document.get("language"))),
        "issn": _split(document.get("issn")),
        "isbn": _split(document.get("isbn")),
        "url": document.get("url"),
    }


def _of_openalex(document: Document) -> Document:
    place = _dict(document.get("primary_location"))
    source = _dict(place.get("source")) or _dict(document.get("host_venue"))
    biblio = _dict(document.get("biblio"))
    ids = _dict(document.get("ids"))
    people = _dicts(document.get("authorships"))
    return {
        "accession": document.get("id") or ids.get("openalex"),
        "doi": [document.get("doi"), ids.get("doi")],
        "type": document.get("type"),
        "title": [document.get("title"), document.get("display_name")],
        "authors": [
            _name(_dict(one.get("author"))) or one.get("raw_author_name") for one in people
        ],
        "year": [document.get("publication_year"), document.get("publication_date")],
        "container": source.get("display_name") or place.get("raw_source_name"),
        "publisher": source.get("host_organization_name") or source.get("publisher"),
        "volume": biblio.get("volume"),
        "issue": biblio.get("issue"),
        "pages": biblio.get("first_page"),
        "pages_end": biblio.get("last_page"),
        "abstract": document.get("abstract") or _uninverted(document),
        "keywords": [one.get("display_name") or one.get("keyword")
                     for one in _dicts(document.get("keywords"))],
        "language": document.get("language"),
        "issn": [source.get("issn_l"), *_texts(source.get("issn"))],
        "url": [place.get("landing_page_url"), document.get("doi"), document.get("id")],
    }  # fmt: skip


def _uninverted(document: Document) -> str:
    """Return the abstract that OpenAlex keeps as the positions of each of its words.

    >>> _uninverted({"abstract_inverted_index": {"boards": [1, 3], "of": [2], "Trust": [0]}})
    'Trust boards of boards'
    """
    words = [
        (position, word)
        for word, positions in _dict(document.get("abstract_inverted_index")).items()
        for position in _many(positions)
        if isinstance(position, int)
    ]
    return " ".join(word for _, word in sorted(words))


def _of_crossref(document: Document) -> Document:
    subtitle = ": ".join(_texts(document.get("subtitle"))[:1])
    title = "".join(_texts(document.get("title"))[:1])
    if subtitle and subtitle.lower() not in title.lower():
        title = f"{title}: {subtitle}" if title else subtitle
    published = ("issued", "published-print", "published-online", "published")
    return {
        "accession": document.get("DOI"),
        "doi": document.get("DOI"),
        "type": document.get("type"),
        "title": title,
        "authors": _names(document.get("author") or document.get("editor")),
        "year": [year for key in published for year in _date(document.get(key))],
        "container": document.get("container-title"),
        "publisher": document.get("publisher"),
        "place": document.get("publisher-location"),
        "volume": document.get("volume"),
        "issue": document.get("issue"),
        "pages": [document.get("page"), document.get("article-number")],
        "abstract": document.get("abstract"),
        "keywords": document.get("subject"),
        "language": document.get("language"),
        "issn": document.get("ISSN"),
        "isbn": document.get("ISBN"),
        "url": document.get("URL"),
    }


def _of_europe_pmc(document: Document) -> Document:
    info = _dict(document.get("journalInfo"))
    journal = _dict(info.get("journal"))
    book = _dict(document.get("bookOrReportDetails"))
    people = _dicts(_dict(document.get("authorList")).get("author"))
    authors = [_name({"name": one.get("fullName") or one.get("collectiveName")}) for one in people]
    links = _dicts(_dict(document.get("fullTextUrlList")).get("fullTextUrl"))
    types = _dict(document.get("pubTypeList")).get("pubType")
    return {
        "accession": document.get("id") or document.get("pmid"),
        "doi": document.get("doi"),
        "type": _joined(types) or document.get("pubType"),
        "title": document.get("title"),
        "authors": authors or re.split(r",\s+", _said(document.get("authorString")).rstrip(". ")),
        "year": [document.get("pubYear"), info.get("yearOfPublication")],
        "container": [journal.get("title"), document.get("journalTitle"), document.get("bookTitle")],
        "publisher": book.get("publisher"),
        "volume": [info.get("volume"), document.get("journalVolume")],
        "issue": [info.get("issue"), document.get("issue")],
        "pages": document.get("pageInfo"),
        "abstract": document.get("abstractText"),
        "descriptors": _mesh(document),
        "keywords": _dict(document.get("keywordList")).get("keyword"),
        "language": document.get("language"),
        # The short form puts several numbers in one text.
        "issn": [journal.get("issn"), journal.get("essn"), document.get("journalIssn")],
        "isbn": book.get("isbn13") or book.get("isbn10"),
        "url": [link.get("url") for link in links],
    }


def _mesh(document: Document) -> list[str]:
    found = []
    for heading in _dicts(_dict(document.get("meshHeadingList")).get("meshHeading")):
        name = _said(heading.get("descriptorName"))
        found.append(name)
        for one in _dicts(_dict(heading.get("meshQualifierList")).get("meshQualifier")):
            found.append(f"{name}/{_said(one.get('qualifierName'))}")
    return found


def _of_doaj(document: Document) -> Document:
    article = _dict(document.get("bibjson"))
    journal = _dict(article.get("journal"))
    numbers = _dicts(article.get("identifier"))

    def of_type(*types: str) -> list[Any]:
        return [one.get("id") for one in numbers if _said(one.get("type")).lower() in types]

    return {
        "accession": document.get("id"),
        "doi": of_type("doi"),
        "type": "Journal Article",
        "title": article.get("title"),
        "authors": _names(article.get("author")),
        "year": article.get("year"),
        "container": journal.get("title"),
        "publisher": journal.get("publisher") or article.get("publisher"),
        "volume": journal.get("volume"),
        "issue": journal.get("number"),
        "pages": article.get("start_page"),
        "pages_end": article.get("end_page"),
        "abstract": article.get("abstract"),
        "keywords": article.get("keywords"),
        "language": _joined(journal.get("language")),
        "issn": [*of_type("pissn", "eissn"), *_texts(journal.get("issns"))],
        "url": [link.get("url") for link in _dicts(article.get("link"))],
    }


def _of_core(document: Document) -> Document:
    """Return the fields of a work of CORE; it puts the name of a publisher in quotation marks."""
    journals = _dicts(document.get("journals"))
    numbers = [number for one in journals for number in _texts(one.get("identifiers"))]
    links = _dicts(document.get("links"))
    return {
        "accession": document.get("id"),
        "doi": document.get("doi"),
        "type": document.get("documentType"),
        "title": document.get("title"),
        "authors": list(dict.fromkeys(_names(document.get("authors")))),
        "year": [document.get("yearPublished"), document.get("publishedDate")],
        "container": [one.get("title") for one in journals],
        "publisher": _said(document.get("publisher")).strip("'"),
        "abstract": document.get("abstract"),
        "language": _dict(document.get("language")).get("name"),
        "issn": [number.removeprefix("issn:") for number in numbers],
        "url": [document.get("downloadUrl"), *(one.get("url") for one in links)],
    }


def _of_gov_uk(document: Document) -> Document:
    """Return the fields of a result of GOV.UK; its date is no date of publication, and not taken."""
    link = _said(document.get("link"))
    return {
        "accession": link,
        "type": document.get("content_store_document_type") or document.get("format"),
        "title": document.get("title"),
        "publisher": _joined([one.get("title") for one in _dicts(document.get("organisations"))]),
        "abstract": document.get("description"),
        "url": f"https://www.gov.uk{link}" if link.startswith("/") else link,
    }


def _of_gov_uk_page(document: Document) -> Document:
    """Return the fields of a page of GOV.UK, which says when it was first published."""
    links = _dict(document.get("links"))
    path = _said(document.get("base_path"))
    return {
        "accession": path,
        "type": document.get("document_type"),
        "title": document.get("title"),
        "year": _said(document.get("first_published_at"))[:4],
        "publisher": _joined([one.get("title") for one in _dicts(links.get("organisations"))]),
        "abstract": document.get("description"),
        "language": document.get("locale"),
        "url": f"https://www.gov.uk{path}",
    }


def _of_csl(document: Document) -> Document:
    return {
        "accession": document.get("id"),
        "doi": [document.get("DOI"), document.get("URL")],
        "type": document.get("type"),
        "title": document.get("title"),
        "authors": _names(document.get("author") or document.get("editor")),
        "year": _date(document.get("issued")),
        "container": document.get("container-title") or document.get("collection-title"),
        "publisher": document.get("publisher"),
        "place": document.get("publisher-place"),
        "volume": document.get("volume"),
        "issue": document.get("issue"),
        "pages": document.get("page"),
        "abstract": document.get("abstract"),
        "keywords": _keywords(document.get("keyword")),
        "language": document.get("language"),
        "issn": document.get("ISSN"),
        "isbn": document.get("ISBN"),
        "url": document.get("URL"),
    }


def _keywords(value: Any) -> list[str]:
    """Return keywords that stand in one text, parted by semicolons or else by commas."""
    if not isinstance(value, str):
        return [_name(one) or _said(_dict(one).get("tag")) for one in _many(value)]
    return re.split(r"\s*;\s*" if ";" in value else r"\s*,\s*", value)


def _of_repository(document: Document) -> Document:
    """Return the fields of an item of a repository, in the words of Dublin Core."""
    return {
        "accession": document.get("identifier") or document.get("uri"),
        "doi": [document.get("identifier"), document.get("uri")],
        "type": document.get("type"),
        "title": document.get("title"),
        "authors": document.get("creator"),
        "year": document.get("date"),
        "publisher": document.get("publisher"),
        "abstract": "\n".join(_texts(document.get("description"))),
        "keywords": document.get("subject"),
        "language": _joined(document.get("language")),
        "url": [document.get("uri"), document.get("identifier")],
        "database": document.get("source"),
    }


# In lower case.
_PLAIN = {
    "accession": ("accession", "accession_number", "id", "_id", "pmid", "key", "identifier"),
    "doi": ("doi", "url", "link"),
    "type": ("type", "document_type", "documenttype", "itemtype", "publication_type"),
    "title": ("title", "name"),
    "year": ("year", "publication_year", "yearpublished", "published", "date", "issued",
             "publisheddate", "publication_date"),
    "container": ("container", "journal", "publicationtitle", "journal_title", "container_title",
                  "source", "venue", "booktitle"),
    "publisher": ("publisher",),
    "place": ("place",),
    "volume": ("volume",),
    "issue": ("issue", "number"),
    "pages": ("pages", "page"),
    "abstract": ("abstract", "abstractnote", "description", "summary"),
    "descriptors": ("descriptors", "subject_headings"),
    "language": ("language", "lang"),
    "issn": ("issn",),
    "isbn": ("isbn",),
    "url": ("url", "link", "landing_page", "downloadurl"),
}  # fmt: skip


def _of_plain(document: Document) -> Document:
    """Return the fields of an object whose keys say in plain words what they hold."""
    lower = {key.lower(): value for key, value in document.items()}
    lower |= {key.lower(): value for key, value in _dict(document.get("data")).items()}
    found: Document = {
        name: [said for key in keys if key in lower for said in _plain_values(lower[key])]
        for name, keys in _PLAIN.items()
    }
    people = next(filter(None, map(lower.get, ("authors", "author", "creators", "creator"))), None)
    parted = isinstance(people, str) and ";" in people
    found["authors"] = people.split(";") if parted else _names(people)
    words = next(filter(None, map(lower.get, ("keywords", "keyword", "tags", "subjects"))), None)
    found["keywords"] = _keywords(words)
    return found


def _plain_values(value: Any) -> list[str]:
    if isinstance(value, dict):
        return _texts([value.get("name"), value.get("title"), value.get("code")])
    return _texts(value)


def _has(*names: str) -> Callable[[Document], bool]:
    wanted = set(names)
    return lambda document: wanted <= document.keys()


def _is_eric(document: Document) -> bool:
    number = document.get("id")
    return "publicationdateyear" in document or (
        isinstance(number, str) and bool(_ERIC_ID.fullmatch(number))
    )


def _is_openalex(document: Document) -> bool:
    number = document.get("id")
    return "authorships" in document or (
        isinstance(number, str) and bool(_OPENALEX_ID.match(number))
    )


def _is_crossref(document: Document) -> bool:
    return "DOI" in document and (
        isinstance(document.get("title"), list)
        or not document.keys().isdisjoint(("reference-count", "indexed", "content-domain", "member"))
    )


def _is_europe_pmc(document: Document) -> bool:
    return "id" in document and document.get("source") in tuple(_EUROPE_PMC)


def _is_core(document: Document) -> bool:
    return "yearPublished" in document and not document.keys().isdisjoint(
        ("dataProviders", "oaiIds", "sourceFulltextUrls")
    )


def _is_gov_uk(document: Document) -> bool:
    return {"link", "title"} <= document.keys() and not document.keys().isdisjoint(
        ("public_timestamp", "content_store_document_type", "es_score")
    )


def _is_csl(document: Document) -> bool:
    people = _dicts(document.get("author"))[:1]
    return (
        isinstance(document.get("issued"), dict)
        or isinstance(document.get("container-title"), str)
        or any(not person.keys().isdisjoint(("family", "literal")) for person in people)
    )


def _is_repository(document: Document) -> bool:
    return "source" in document and not document.keys().isdisjoint(("identifier", "uri")) and (
        "creator" in document or "label" in document
    )


_is_our_row = _has("source_file", "position", "title", *LIST_COLUMNS)

# The first that fits a document reads it; the last fits all.
_KINDS: tuple[tuple[Callable[[Document], bool], Callable[[Document], Document]], ...] = (
    (_is_our_row, _of_searchsets),
    (_is_our_csl, _of_our_csl),
    (_has("bibjson"), _of_doaj),
    (_is_openalex, _of_openalex),
    (_is_europe_pmc, _of_europe_pmc),
    (_is_eric, _of_eric),
    (_is_crossref, _of_crossref),
    (_is_core, _of_core),
    (_has("base_path", "content_id", "title"), _of_gov_uk_page),
    (_is_gov_uk, _of_gov_uk),
    (_is_csl, _of_csl),
    (_is_repository, _of_repository),
    (lambda _: True, _of_plain),
)
