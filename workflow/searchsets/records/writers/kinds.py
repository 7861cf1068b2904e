"""What kind of publication a record is, in the words of each format.

A source's own words for its type go into a field of their own and come back as they were; the kind
is for programs that know only a list of kinds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Kind:
    """A kind of publication: in RIS, BibTeX and CSL, and EndNote's name and number of it."""

    ris: str
    bibtex: str
    csl: str
    endnote: str
    number: int


_ARTICLE = Kind("JOUR", "article", "article-journal", "Journal Article", 17)
_OTHER = Kind("GEN", "misc", "document", "Generic", 13)
# The first that is found in what the source says. Sources: the specification of RIS (2001 and
# later), BibTeXing (1988), the CSL 1.0.2 schema, the reference types in EndNote's own XML.
_KINDS: tuple[tuple[str, Kind], ...] = (
    (r"thes[ie]s|dissertation|^thes$", Kind("THES", "phdthesis", "thesis", "Thesis", 32)),
    (r"chapter|^chap$|section|incollection|inbook|component part",
     Kind("CHAP", "incollection", "chapter", "Book Section", 5)),
    (r"conference|proceedings|^conf$|^cpaper$|speech|meeting",
     Kind("CPAPER", "inproceedings", "paper-conference", "Conference Paper", 47)),
    (r"newspaper|^news$", Kind("NEWS", "article", "article-newspaper", "Newspaper Article", 23)),
    (r"journal|article|^jour$|^review$|^ejour$", _ARTICLE),
    (r"report|^rprt$|working paper|government|^govdoc$",
     Kind("RPRT", "techreport", "report", "Report", 27)),
    (r"book|monograph|guide", Kind("BOOK", "book", "book", "Book", 6)),
    (r"web|^elec$|online|blog", Kind("ELEC", "misc", "webpage", "Web Page", 12)),
)  # fmt: skip
_COMPILED = tuple((re.compile(pattern, re.IGNORECASE), kind) for pattern, kind in _KINDS)


@lru_cache(maxsize=10_000)
def kind_of(said: str) -> Kind:
    """Return the kind of publication that a source's words for its type mean.

    >>> kind_of("Journal Articles; Reports - Research").ris, kind_of("RPRT").csl, kind_of("").ris
    ('JOUR', 'report', 'GEN')
    """
    return next((kind for pattern, kind in _COMPILED if pattern.search(said)), _OTHER)
