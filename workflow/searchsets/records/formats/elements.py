"""Takes the fields out of the elements of XML: what stands where in a record of each kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from xml.etree.ElementTree import Element

from searchsets.records.formats.base import Fields

_INLINE = frozenset(
    ("style", "i", "b", "u", "em", "strong", "sub", "sup", "italic", "bold", "inf", "span", "br")
)
_DISPLAY = frozenset(("face", "font", "size", "color", "charset"))


def fields_of(record: Element) -> Fields:
    """Return the fields of a record.

    EndNote, ERIC's bulk files and PubMed: by path (`titles/title`, `ref-type@name`). Solr: by the
    name the document gives. MARC: by tag and subfield (`245a`), like the binary form of it.
    """
    for fits, read in _KINDS:
        if fits(record):
            return read(record)
    return _by_path(record)


class _Made(dict[str, list[str]]):
    """Fields in the making: empty values are left out."""

    def put(self, name: str, value: str | None) -> None:
        if value and (said := value.strip()):
            self.setdefault(name, []).append(said)


def _text(element: Element | None) -> str:
    return "" if element is None else "".join(element.itertext())


def _leaves(record: Element) -> Iterator[tuple[str, Element]]:
    """Yield the elements that hold text, each with its path below the record, in order."""
    waiting = [(child.tag, child) for child in reversed(record)]
    while waiting:
        path, element = waiting.pop()
        if (element.text and element.text.strip()) or all(one.tag in _INLINE for one in element):
            yield path, element
        else:
            if len(path) > 500:
                raise ValueError("elements are nested too deep to be a record")
            waiting += [(f"{path}/{child.tag}", child) for child in reversed(element)]


def _by_path(record: Element) -> Fields:
    made = _Made()
    for path, element in _leaves(record):
        made.put(path, _text(element))
        for name, value in element.attrib.items():
            if name not in _DISPLAY:
                made.put(f"{path}@{name}", value)
    return made


def _of_solr(record: Element) -> Fields:
    made = _Made()
    for field in record:
        name = field.get("name") or field.tag
        for value in list(field) or [field]:
            made.put(name, _text(value))
    return made


def _of_dublin_core(record: Element) -> Fields:
    """Return the fields by the names of Dublin Core, with their scheme: `identifier@eric_accno`."""
    made = _Made()
    for path, element in _leaves(record):
        parts = path.split("/")
        if parts[0] in ("header", "about"):
            made.put(path, _text(element))
            continue
        scheme = element.get("scheme") or element.get("xsi_type") or ""
        made.put(parts[-1], _text(element))
        if scheme:
            made.put(f"{parts[-1]}@{scheme}", _text(element))
    return made


# Fields of MARC that are read as one value: the subfields of it, and what joins them.
_SUBJECTS = ("600", "610", "611", "630", "650", "651", "655")
_JOINED = {"245": ("abnp", " "), **{tag: ("abcdtvxyz", " -- ") for tag in _SUBJECTS}}
_LEVELS = {"am": "Book", "as": "Serial", "ab": "Article", "aa": "Component part",
           "ac": "Collection", "tm": "Manuscript", "gm": "Video", "em": "Map", "jm": "Music",
           "im": "Recording", "mm": "Computer file", "nm": "Computer file",
           "ai": "Integrating resource"}  # fmt: skip


def _of_marc(record: Element) -> Fields:
    made = _Made()
    for field in record:
        tag = field.get("tag", field.tag)
        if field.tag == "leader":
            level = _text(field)[6:8]
            made.put("leader/06-07", _LEVELS.get(level, level))
        elif field.tag == "datafield":
            _put_subfields(made, tag, field)
        else:
            value = _text(field)
            made.put(tag, value)
            if tag == "008":
                made.put("008/07-10", value[7:11])
                # The place is fixed, but copies often lose blanks: then the end counts.
                language = value[35:38] if len(value) >= 40 else value.split(" ")[-2:-1] or ""
                made.put("008/35-37", "".join(language)[-3:].strip(" |"))
    return made


def _put_subfields(made: _Made, tag: str, field: Element) -> None:
    parts = [(one.get("code", ""), _text(one).strip()) for one in field]
    for code, value in parts:
        made.put(f"{tag}{code}", value)
    if tag in _JOINED:
        codes, glue = _JOINED[tag]
        made.put(tag, glue.join(value for code, value in parts if code in codes and value))


def _of_pubmed(record: Element) -> Fields:
    """Return the fields of an article or a book of PubMed, by path; and what several elements say."""
    made = _Made(_by_path(record))
    article = next((one for one in map(record.find, _ARTICLES) if one is not None), record)
    made.put("Title", _text(article.find("ArticleTitle")))
    made.put("Title", _text(article.find("Book/BookTitle")))
    made.put("Title", _text(article.find("VernacularTitle")))
    people = article.findall("AuthorList/Author") or article.findall("Book/AuthorList/Author")
    for author in people:
        made.put("Author", _author(author))
    made.put("Abstract", _abstract(article))
    for heading in record.iterfind(".//MeshHeadingList/MeshHeading"):
        name = _text(heading.find("DescriptorName")).strip()
        made.put("MeSH", name)
        for qualifier in heading.iterfind("QualifierName"):
            made.put("MeSH", f"{name}/{_text(qualifier).strip()}")
    for number in (*record.iterfind("PubmedData/ArticleIdList/ArticleId"),
                   *record.iterfind("PubmedBookData/ArticleIdList/ArticleId"),
                   *article.iterfind("ELocationID"),
                   *article.iterfind("ArticleIdList/ArticleId")):  # fmt: skip
        kind = number.get("IdType") or number.get("EIdType")
        made.put(f"Id@{kind}", _text(number))
    return made


_ARTICLES = ("MedlineCitation/Article", "BookDocument")


def _author(author: Element) -> str:
    family, given = _text(author.find("LastName")), _text(author.find("ForeName"))
    parts = (family, given or _text(author.find("Initials")), _text(author.find("Suffix")))
    name = ", ".join(filter(None, map(str.strip, parts)))
    return name or _text(author.find("CollectiveName"))


def _abstract(article: Element) -> str:
    """Return the abstract, the label of each part before it."""
    parts = []
    for part in article.iterfind("Abstract/AbstractText"):
        label = part.get("Label", "")
        said = _text(part).strip()
        parts.append(f"{label}: {said}" if label and said else said)
    return " ".join(filter(None, parts))


def _has_child(*names: str) -> Callable[[Element], bool]:
    return lambda record: any(record.find(name) is not None for name in names)


# The first that fits a record reads it.
_KINDS: tuple[tuple[Callable[[Element], bool], Callable[[Element], Fields]], ...] = (
    (lambda record: record.tag in ("PubmedArticle", "PubmedBookArticle"), _of_pubmed),
    (lambda record: record.tag == "doc", _of_solr),
    (_has_child("leader", "datafield", "controlfield"), _of_marc),
    (_has_child("metadata", "recordData"), _of_dublin_core),
)
